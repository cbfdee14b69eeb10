"""Reading where the routers say: a replica, and databases of their own."""

from typing import Any

import pytest

import pghistory
from pghistory import timeline
from pghistory.as_of import as_of
from pghistory.models import Events, MiddlewareEvents
from pghistory.timeline import Timeline, estimates
from tests.integration.history import happened, hour
from tests.past.models import Customer, Line, Order, Receipt

pytestmark = pytest.mark.django_db(databases=["default", "archive"])

MODELS = (Customer, Order, Line, Receipt)


class ReadsFromReplica:
    """Everything is written to one database and read from another."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "archive"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True


class KeepsLinesElsewhere:
    """The lines, their events too, are in a database of their own."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "archive" if model._meta.model_name in ("line", "lineevent") else None

    db_for_write = db_for_read


@pytest.fixture
def replica(settings: Any) -> Any:
    """A history that only the replica has: what is read from another database is missed."""
    ada = Customer.objects.using("archive").create(name="Ada")
    with pghistory.context(user=5, url="/orders/"):
        order = Order.objects.using("archive").create(customer=ada, total=1)
        Line.objects.using("archive").create(order=order)
        Receipt.objects.using("archive").create(order=order, number=1)
    happened(1, *MODELS, using="archive")
    Customer.objects.using("archive").update(name="Bea")
    Receipt.objects.using("archive").update(number=2)
    happened(2, *MODELS, using="archive")
    settings.DATABASE_ROUTERS = [ReadsFromReplica()]
    return order


def test_a_timeline_reads_from_the_replica(replica: Any):
    found = Timeline().across(*MODELS)
    page = found.page(2)
    assert page.after is not None
    kinds = [entry.kind for entry in (*page.entries, *found.page(9, after=page.after).entries)]
    assert sorted(kinds) == ["insert"] * 4 + ["update"] * 2
    assert found.count().number == 6
    assert {entry.actor for entry in found.by(5).entries()} == {5}
    assert found.searching("/orders/").count().number == 3
    [update] = Timeline().of(Receipt(pk=replica.receipt.pk)).labelled("update").page().entries
    assert update.changes == {"number": (1, 2)}
    assert update.object is not None
    assert update.object._state.db == "archive"
    first = Timeline().of(replica.receipt).previous(update)
    assert first is not None
    assert timeline.between(first) == {"number": (1, 2)}
    assert timeline.entry(update.event_model, update.event.pgh_id) == update
    assert estimates([Customer.pgh_event_model])[Customer.pgh_event_model].events == 2


def test_rows_as_they_were_come_from_the_replica(replica: Any):
    then = as_of(Order, hour(1)).get(pk=replica.pk)
    assert (then.customer.name, then.lines.count(), then.receipt.number) == ("Ada", 1, 1)
    assert {row._state.db for row in (then, then.customer, then.receipt)} == {"archive"}
    assert as_of(Order, hour(2)).filter(customer__name="Bea").exists()
    assert replica.events.as_of(hour(1)).get().total == 1
    assert not as_of(Order, hour(2), using="default").exists()


def test_the_aggregate_reads_from_the_replica(replica: Any):
    assert Events.objects.tracks(replica).get().pgh_context == {"user": 5, "url": "/orders/"}
    assert MiddlewareEvents.objects.across(Order.pgh_event_model).filter(url="/orders/").count() == 1
    assert not Events.objects.using("default").tracks(replica).exists()


def test_event_models_may_be_in_different_databases(settings: Any):
    settings.DATABASE_ROUTERS = [KeepsLinesElsewhere()]
    order = Order.objects.create(total=1)
    Order.objects.using("archive").create(pk=order.pk)
    line = Line.objects.using("archive").create(order_id=order.pk)
    happened(1, Order)
    happened(2, Line, using="archive")
    found = Timeline().across(Order, Line)
    pages = [found.page(1)]
    while pages[-1].after:
        pages.append(found.page(1, after=pages[-1].after))
    assert [entry.object for page in pages for entry in page.entries] == [line, order]
    assert (found.count().number, found.latest(), found.first()) == (2, pages[0].entries[0], pages[1].entries[0])
    assert [row.pk for row in as_of(Line, hour(2))] == [line.pk]
    assert [row.pk for row in as_of(Order, hour(2))] == [order.pk]
