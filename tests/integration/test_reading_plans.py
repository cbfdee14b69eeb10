"""How PostgreSQL reads: by index, no more than is shown, and in as many queries for many events as for few."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pghistory import registry
from pghistory.as_of import as_of
from pghistory.models import Context, Events
from pghistory.timeline import Timeline
from pghistory.timeline.cursors import Cursor
from tests.integration.history import FIRST, hour
from tests.past.models import Customer, Order, Receipt, Tag

pytestmark = pytest.mark.django_db

MODELS: tuple[Any, ...] = (Customer, Order, Receipt, Tag)
LONG, EVENTS, SHOWN = 7, 5_000, 50

FILL = """
    insert into pghistory_context (id, created_at, updated_at, metadata)
    select gen_random_uuid(), now(), now(), jsonb_build_object('user', n, 'url', '/page/' || n || '/')
    from generate_series(1, 2000) as n;

    create temporary table numbered on commit drop as
    select id, row_number() over (order by id) as n from pghistory_context;

    -- One object has half of all events, and a fifth of the events has a context.
    insert into past_customerevent (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name)
    select timestamptz '2001-05-01Z' + n * interval '1 minute', 'update', obj, numbered.id, obj, 'name ' || n
    from (select n, case when n % 2 = 0 then 7 else 100 + n % 500 end from generate_series(1, 10000) as n)
        as each (n, obj)
        left join numbered using (n);

    insert into past_orderevent (pgh_created_at, pgh_label, pgh_obj_id, id, customer_id, "Total of it")
    select timestamptz '2001-05-01Z' + n * interval '1 minute', case when n <= 500 then 'insert' else 'update' end,
        n % 500, n % 500, 1 + n % 400, n
    from generate_series(1, 10000) as n;

    insert into past_receiptevent (pgh_created_at, pgh_label, pgh_obj_id, id, order_id, number)
    select timestamptz '2001-05-01Z' + n * interval '1 minute', 'update', n % 500, n % 500, n % 500, n
    from generate_series(1, 5000) as n;

    insert into past_tagevent (pgh_created_at, pgh_label, pgh_obj_id, "the word")
    select timestamptz '2001-05-01Z' + n * interval '1 minute', 'insert', 'w' || n, 'w' || n
    from generate_series(1, 5000) as n;

    analyze past_customerevent, past_orderevent, past_receiptevent, past_tagevent, pghistory_context, past_customer
"""
TABLES = frozenset(model.pgh_event_model._meta.db_table for model in MODELS)


@pytest.fixture
def filled(db: None) -> None:
    with connection.cursor() as cursor:
        for statement in FILL.split(";"):
            cursor.execute(statement)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def read(call: Callable[[], Any]) -> tuple[Any, list[dict[str, Any]]]:
    """What a call gives, and the nodes of the plans of its queries, run once more."""
    with CaptureQueriesContext(connection) as captured:
        given = call()
    found = []
    with connection.cursor() as cursor:
        for statement in (text for query in captured for text in query["sql"].split(";\n")):
            if statement.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
                cursor.execute(f"explain (analyze, format json) {statement.replace('%', '%%')}", ())
                [(plan,)] = cursor.fetchall()
                found += list(nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]))
    assert found
    return given, found


def check(found: list[dict[str, Any]], shown: int = SHOWN + 1) -> None:
    """No event table is read as a whole, and nothing is run more often than rows are shown."""
    for node in found:
        if node.get("Relation Name") in TABLES:
            assert node["Node Type"] != "Seq Scan", json.dumps(node)
        if node.get("Parent Relationship") == "SubPlan":
            assert node["Actual Loops"] <= shown, node


def most_read(found: list[dict[str, Any]]) -> Any:
    """The rows that the busiest scan of an event table gave or passed over."""
    scans = [node for node in found if node.get("Relation Name") in TABLES]
    return max((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)


def deep(place: int) -> str:
    event = Customer.pgh_event_model.objects.order_by("pgh_created_at", "pgh_id")[place]
    return str(Cursor(event.pgh_created_at, event.pgh_id, registry.event_models().index(Customer.pgh_event_model)))


def test_a_page_of_an_object_of_thousands_of_events_reads_what_it_shows(filled: None):
    assert Timeline().of(Customer(pk=LONG)).count().number == EVENTS
    page, found = read(lambda: Timeline().of(Customer(pk=LONG)).page(SHOWN))
    assert len(page.entries) == SHOWN
    check(found)
    assert most_read(found) <= 2 * SHOWN + 2
    older, found = read(lambda: Timeline().of(Customer(pk=LONG)).page(SHOWN, after=page.after))
    assert len(older.entries) == SHOWN
    check(found)
    assert most_read(found) <= 2 * SHOWN + 2


@pytest.mark.parametrize("everything", [False, True], ids=["of 4 event models", "of every event model"])
def test_the_newest_page_reads_what_it_shows(filled: None, everything: bool):
    timeline = Timeline() if everything else Timeline().across(*MODELS)
    page, found = read(lambda: timeline.page(SHOWN))
    assert len(page.entries) == SHOWN
    check(found)
    assert most_read(found) <= 2 * SHOWN + 2


def test_a_page_deep_below_reads_what_it_shows(filled: None):
    cursor = deep(2_000)
    for ways in ({"after": cursor}, {"before": cursor}):
        page, found = read(partial(Timeline().across(*MODELS).page, SHOWN, **ways))
        assert len(page.entries) == SHOWN
        check(found)
        assert most_read(found) <= 2 * SHOWN + 2


def test_events_of_a_user_are_found_by_the_contexts(filled: None):
    page, found = read(lambda: Timeline().across(Customer).by(1_000).page(SHOWN))
    assert len(page.entries) == 1
    check(found)
    assert any(node.get("Index Name") == "pghistory_context_actor" for node in found)
    assert most_read(found) <= SHOWN


@pytest.fixture
def busy(filled: None) -> None:
    """A user with a context for every two events of customers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into pghistory_context (id, created_at, updated_at, metadata)
            select lpad(to_hex(n), 32, '0')::uuid, now(), now(), '{"user": 0}'
            from generate_series(0, 5000) as n
            """
        )
        cursor.execute(
            """
            update past_customerevent set pgh_context_id = lpad(to_hex(n / 2), 32, '0')::uuid
            from (select pgh_id, row_number() over (order by pgh_id) as n from past_customerevent) as each
            where each.pgh_id = past_customerevent.pgh_id
            """
        )
        cursor.execute("analyze pghistory_context, past_customerevent")


def test_a_page_of_what_a_user_does_all_the_time_reads_little_more_than_it_shows(busy: None):
    timeline = Timeline().across(*MODELS).by(0)
    page, found = read(lambda: timeline.page(SHOWN))
    assert len(page.entries) == SHOWN
    check(found)
    assert most_read(found) <= 4 * SHOWN
    contexts = [node for node in found if node.get("Relation Name") == "pghistory_context"]
    assert all(node["Node Type"] != "Seq Scan" for node in contexts)
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in contexts) <= 2 * SHOWN


def test_where_a_users_next_contexts_have_none_of_the_events_these_are_not_looked_for_in_all(busy: None):
    """The planner takes the events of contexts for spread over all: it might walk through all, a page being short."""
    timeline = Timeline().across(*MODELS).by(0).until(FIRST + dt.timedelta(minutes=200))
    page, found = read(lambda: timeline.page(SHOWN))
    assert len(page.entries) == SHOWN
    check(found)
    assert most_read(found) <= 300
    of_contexts = [node for node in found if "pgh_context_id = ANY" in node.get("Index Cond", "")]
    assert of_contexts
    assert not any("pgh_context_id = ANY" in node.get("Filter", "") for node in found)


def test_events_of_one_context_are_found_by_index(filled: None):
    context = Context.objects.all()[0]
    page, found = read(lambda: Timeline().in_context(context.pk).page(SHOWN))
    assert len(page.entries) == 1
    check(found)


def test_references_are_found_by_index(filled: None):
    page, found = read(lambda: Timeline().across(Order).references(Customer(pk=5)).page(SHOWN))
    assert len(page.entries) == 25
    check(found)
    assert most_read(found) <= 60


def test_a_count_reads_no_further_than_its_bound(filled: None):
    count, found = read(lambda: Timeline().across(*MODELS).count(bound=100))
    assert not count.exact
    assert most_read(found) <= 101


def test_steps_beside_an_entry_are_found_by_index(filled: None):
    timeline = Timeline().of(Customer(pk=LONG))
    [entry] = timeline.page(1, after=timeline.page(SHOWN).after).entries
    for step in (timeline.previous, timeline.next):
        _, found = read(partial(step, entry))
        check(found)
        assert most_read(found) <= 2


def test_one_row_as_it_was_is_found_by_index(filled: None):
    row, found = read(lambda: as_of(Customer, hour(200)).get(pk=LONG))
    assert row.name.startswith("name ")
    check(found)
    assert most_read(found) <= 1


def test_some_rows_as_they_were_are_as_many_probes(filled: None):
    keys = list(range(100, 150))
    for rows in (
        as_of(Customer, hour(200), partial=True).filter(pk__in=keys),
        as_of(Order, hour(200), partial=True).filter(pk__in=keys).select_related("customer"),
        as_of(Order, hour(200), partial=True).filter(customer=5),
    ):
        found_rows, found = read(partial(list, rows))
        assert found_rows
        check(found)
        assert most_read(found) <= 60


def test_a_whole_table_as_it_was_is_one_probe_an_object(filled: None):
    rows, found = read(lambda: list(as_of(Order, hour(200), partial=True)))
    assert len(rows) == 500
    check(found, shown=501)
    assert most_read(found) <= 600


def test_the_newest_page_of_the_aggregate_reads_what_it_shows(filled: None):
    newest = Events.objects.across(*(model.pgh_event_model for model in MODELS)).order_by("-pgh_created_at")
    page, found = read(lambda: [(event.pgh_data, event.pgh_diff, event.pgh_context) for event in newest[:SHOWN]])
    assert len(page) == SHOWN
    check(found, SHOWN)
    assert most_read(found) <= SHOWN + 1


def test_queries_are_as_many_for_many_events_as_for_few(filled: None):
    def queries(timeline: Timeline, size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(timeline.page(size).entries) == size
        return len(captured)

    for timeline in (Timeline().of(Customer(pk=LONG)), Timeline().across(Customer), Timeline().across(Order)):
        assert queries(timeline, 10) == queries(timeline, 1_000)


def test_event_models_without_events_on_the_page_cost_no_query(filled: None):
    def queries(timeline: Timeline) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(timeline.page(SHOWN).entries) == SHOWN
        return len(captured)

    assert len(registry.event_models()) > 20 * len(MODELS)
    assert queries(Timeline().since(FIRST)) == queries(Timeline().across(*MODELS))
