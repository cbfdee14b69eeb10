"""One row as it was, asked for by its key: by a short SELECT, and by the whole one where that finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from pghistory import probes
from pghistory.as_of import UnknownRow, as_of
from tests.integration.history import happened, hour
from tests.past.models import Order
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Everything:
    """Made at hour 1, changed in 2 and gone in 3."""
    row = Everything.objects.create(name="a", number=1)
    happened(1, Everything)
    Everything.objects.filter(pk=row.pk).update(name="b")
    happened(2, Everything)
    Everything.objects.filter(pk=row.pk).delete()
    happened(3, Everything)
    return row


def statements(call: Callable[[], Any]) -> list[str]:
    call()
    with CaptureQueriesContext(connection) as found:
        call()
    return [query["sql"] for query in found.captured_queries]


def test_a_row_that_was_there_is_one_probe_that_asks_for_nothing_else(row: Everything):
    [statement] = statements(lambda: as_of(Everything, hour(2)).get(pk=row.pk))
    assert statements(lambda: as_of(Everything, hour(2)).filter(pk=row.pk).first()) == [statement]
    assert statement.count('"tracked_everythingevent"') == 1
    assert '"tracked_everything" as' not in statement
    assert statement.lower().count("select") == 2


@pytest.mark.parametrize("at", [0, 3])
def test_a_row_that_was_not_there_is_looked_for_in_all_that_may_tell_of_it(row: Everything, at: int):
    probe, whole = statements(lambda: as_of(Everything, hour(at)).filter(pk=row.pk).first())
    assert '"tracked_everything" as pgh_living' not in probe
    assert '"tracked_everything" as pgh_living' in whole


def test_a_row_that_is_not_known_is_still_refused(row: Everything):
    event_model = Everything.pgh_event_model
    event_model.objects.filter(pgh_label="insert").delete()
    with pytest.raises(UnknownRow), transaction.atomic():
        as_of(Everything, hour(1)).get(pk=row.pk)
    assert as_of(Everything, hour(2)).get(pk=row.pk).name == "b"


def test_a_key_that_no_column_can_hold_finds_nothing(row: Everything):
    assert list(as_of(Everything, hour(2)).filter(pk=2**70)) == []


# Django 6.1 would rather have the fields named.
@pytest.mark.filterwarnings(r"ignore:Calling select_related\(\)")
@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: rows.values("name", "number"),
        lambda rows: rows.values_list("name"),
        lambda rows: rows.annotate(more=F("number") + 1),
        lambda rows: rows.only("name"),
        lambda rows: rows.defer("name"),
        lambda rows: rows[1:],
        lambda rows: rows[:0],
        lambda rows: rows[:1],
        lambda rows: rows.distinct(),
        lambda rows: rows.order_by("-name"),
        lambda rows: rows.extra(select={"three": "3"}),
        lambda rows: rows.filter(name="a"),
        lambda rows: rows.filter(name="b"),
        lambda rows: rows.exclude(name="b"),
        lambda rows: rows.select_related(),
        lambda rows: rows.union(rows),
        lambda rows: rows.none(),
    ],
)
def test_more_than_the_row_is_answered_as_for_many(row: Everything, ask: Callable[[Any], Any]):
    def answers(rows: Any) -> list[Any]:
        return [
            {name: value for name, value in vars(found).items() if name != "_state"}
            if isinstance(found, Everything)
            else found
            for found in ask(rows)
        ]

    rows = as_of(Everything, hour(2))
    assert answers(rows.filter(pk=row.pk)) == answers(rows.filter(pk__in=[row.pk]))


def test_a_condition_over_an_expression_is_no_key(row: Everything):
    rows = as_of(Everything, hour(2))
    assert rows.filter(pk=F("number") + row.pk - 1).get() == row
    assert list(rows.exclude(pk=row.pk)) == []
    assert list(rows.filter(pk__gt=row.pk)) == []


def test_rows_of_a_model_with_an_order_are_found_by_key():
    order = Order.objects.create(total=3)
    happened(1, Order)
    assert [found.total for found in as_of(Order, hour(1)).filter(pk=order.pk)] == [3]
    assert as_of(Order, hour(1)).get(pk=order.pk).twice == 6


def test_a_column_that_is_read_by_a_function_is_read_so(row: Everything, monkeypatch: pytest.MonkeyPatch):
    def louder(compiler: Any, sql: str, params: Any) -> tuple[str, tuple[Any, ...]]:
        return f"upper({sql})", tuple(params)

    monkeypatch.setattr(Everything._meta.get_field("name"), "select_format", louder)
    monkeypatch.setattr(probes, "_probes", {})
    [statement] = statements(lambda: as_of(Everything, hour(2)).get(pk=row.pk))
    assert '"tracked_everything" as' not in statement
    assert as_of(Everything, hour(2)).get(pk=row.pk).name == "B"


def test_a_column_that_is_read_by_parameters_of_its_own_is_read_so(row: Everything, monkeypatch: pytest.MonkeyPatch):
    def louder(compiler: Any, sql: str, params: Any) -> tuple[str, tuple[Any, ...]]:
        return f"concat({sql}, %s::text)", (*params, "!")

    monkeypatch.setattr(Everything._meta.get_field("name"), "select_format", louder)
    monkeypatch.setattr(probes, "_probes", {})
    assert as_of(Everything, hour(2)).get(pk=row.pk).name == "b!"
