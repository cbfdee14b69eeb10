"""How often a timeline asks the database, and what it leaves until it is asked for."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

import pghistory
from pghistory.timeline import Timeline, stored
from pghistory.timeline.filters import Reach
from pghistory.timeline.keysets import Keyset
from pghistory.timeline.searches import Search
from tests.tracked.models import (
    ByRow,
    CharKey,
    ContextFree,
    DenormalisedContext,
    Everything,
    OldRows,
    Reference,
    Specimen,
    Target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Any:
    """Named a and then b, in a context, beside a row of another model."""
    with pghistory.context(user=1, url="/x/"):
        row = Everything.objects.create(name="a", number=1)
        Everything.objects.filter(pk=row.pk).update(name="b")
        CharKey.objects.create(code="c")
    return row


def test_a_page_of_an_object_is_one_query(row: Any):
    with CaptureQueriesContext(connection) as captured:
        told = [
            (entry.kind, entry.changes, entry.context and entry.context.metadata["url"], entry.obj_id, entry.label)
            for entry in Timeline().of(row).page().entries
        ]
    assert len(captured) == 1
    assert told == [
        ("update", {"name": ("a", "b")}, "/x/", row.pk, "update"),
        ("insert", {"id": (None, row.pk), "name": (None, "a"), "number": (None, 1)}, "/x/", row.pk, "insert"),
    ]


def test_a_page_of_everything_is_one_query_for_its_keys_and_one_for_its_rows(row: Any):
    with CaptureQueriesContext(connection) as captured:
        told = {(entry.event_model, entry.kind): entry.before for entry in Timeline().page().entries}
    assert len(captured) == 2
    assert told == {
        (CharKey.pgh_event_model, "insert"): None,
        (Everything.pgh_event_model, "update"): {"id": row.pk, "name": "a", "number": 1},
        (Everything.pgh_event_model, "insert"): None,
    }


def test_living_objects_are_read_once_for_the_page_when_the_first_is_asked_for(row: Any):
    others = [Everything.objects.create(name=name) for name in "xyz"]
    others.pop().delete()
    entries = Timeline().across(Everything).page().entries
    with CaptureQueriesContext(connection) as captured:
        found = {entry.obj_id: entry.object for entry in entries}
        assert entries[-1].event.pgh_obj == row
    assert len(captured) == 1
    assert sorted(key for key, obj in found.items() if obj is not None) == [row.pk, *(other.pk for other in others)]


def test_old_rows_ask_for_the_living_ones_to_tell_their_kind():
    row = OldRows.objects.create(name="a")
    OldRows.objects.filter(pk=row.pk).update(name="b")
    [entry] = Timeline().of(row).page().entries
    with CaptureQueriesContext(connection) as captured:
        assert entry.kind == "update"
        assert entry.changes["name"] == ("a", "b")
    assert len(captured) == 1


def test_the_context_of_an_event_is_there_and_what_pages_do_not_need_is_read_later(row: Any):
    [entry] = Timeline().of(row).labelled("update").page().entries
    context = entry.event.pgh_context
    with CaptureQueriesContext(connection) as captured:
        assert context.metadata == {"user": 1, "url": "/x/"}
        assert context.pk == entry.context.id  # type: ignore[union-attr]
    assert not captured.captured_queries
    assert context.created_at <= context.updated_at


def test_entries_of_the_same_event_are_equal_until_one_is_told_otherwise(row: Any):
    [entry], [again] = ([*Timeline().of(row).labelled("update").entries()] for _ in range(2))
    assert entry == again
    assert entry != entry.event
    assert entry != entry.telling(kind="delete")
    assert entry.telling(changes={}).changes == {}
    assert repr(entry) == f"<Entry: update tracked.EverythingEvent {entry.id}>"


def test_instances_are_asked_where_they_may_know_better_than_their_columns(row: Any):
    event_model = Everything.pgh_event_model

    def louder(instance: Any, **_: Any) -> None:
        instance.name = instance.name.upper()

    post_init.connect(louder, sender=event_model)
    stored.table.cache_clear()
    try:
        [entry] = Timeline().of(row).labelled("update").page().entries
        assert entry.changes == {"name": ("A", "B")}
        assert entry.before == {"id": row.pk, "name": "A", "number": 1}
    finally:
        post_init.disconnect(louder, sender=event_model)
        stored.table.cache_clear()


def test_foreign_keys_are_told_by_their_keys():
    row = ByRow.objects.create()
    reference = Reference.objects.create(row=row)
    [entry] = Timeline().of(reference).page().entries
    assert (entry.after or {})["row"] == entry.stored["row"] == row.pk


def test_a_search_since_an_instant_reads_the_contexts_of_what_happened_since(row: Any):
    early = Timeline().across(Everything).first()
    with pghistory.context(url="/x/later/"):
        later = CharKey.objects.create(code="later")
    key = Timeline().of(later).first()
    assert early is not None
    assert key is not None
    CharKey.pgh_event_model.objects.filter(pk=key.id).update(pgh_created_at=early.at + dt.timedelta(days=2))
    found = Timeline().searching("/x/")
    assert len(found.page().entries) == 4
    assert [entry.obj_id for entry in found.since(early.at + dt.timedelta(days=1)).page().entries] == ["later"]
    assert [entry.obj_id for entry in found.across(CharKey).since(early.at + dt.timedelta(days=1)).entries()] == [
        "later"
    ]


def test_a_search_since_an_instant_needs_no_table_of_contexts():
    with pghistory.context(user="needle"):
        DenormalisedContext.objects.create()
    found = Timeline().across(DenormalisedContext).searching("needle")
    [entry] = found.entries()
    assert found.since(entry.at).count().number == 1
    assert found.since(entry.at + dt.timedelta(days=1)).count().number == 0


def test_a_timeline_knows_whether_it_may_look_far(row: Any):
    assert not Timeline().reads_far
    assert not Timeline().by(1).references(row).reads_far
    assert Timeline().touching("name").reads_far
    assert Timeline().searching("x").by(1).reads_far
    assert not Timeline().of(row).touching("name").searching("x").reads_far


def test_what_columns_write_differently_may_be_the_same():
    row = Specimen.objects.create(unique="a", float=float("nan"), target=Target.objects.create(code="t"))
    Specimen.objects.filter(pk=row.pk).update(text="b")
    latest = Timeline().of(row).latest()
    assert latest is not None
    assert latest.changes == {"text": ("", "b")}


def test_an_event_without_a_context_column_becomes_an_instance():
    row = ContextFree.objects.create()
    [entry] = Timeline().of(row).entries()
    assert entry.event == ContextFree.pgh_event_model.objects.get()
    assert entry.event.pgh_obj == row
    assert entry.context is None


def test_what_no_event_can_have_is_not_asked_for(row: Any):
    nothing = Timeline().across(Everything, CharKey).where_context("key", "\0")
    with CaptureQueriesContext(connection) as captured:
        assert not nothing.page().entries
        assert not nothing.across(Everything).page().entries
    assert not captured.captured_queries


def test_what_every_event_has_narrows_nothing(row: Any):
    event_model = Everything.pgh_event_model
    everything = Q(pk__in=()) | ~Q(pk__in=())
    text, params = Keyset(5).ids(event_model, "default", [everything]) or ("", ())
    assert params == ()
    table = stored.table(event_model, "default")
    [(shown, others)] = stored.read([(table, table.reading((text, params)))], "default")
    assert (len(shown), others) == (2, [])


def test_events_of_several_models_are_read_one_by_one_where_one_text_is_one_statement(row: Any):
    def kinds() -> list[tuple[str, Any]]:
        return [(entry.kind, entry.before) for entry in Timeline().across(Everything, CharKey).page().entries]

    told = kinds()
    with CaptureQueriesContext(connection) as captured, connection.connection.pipeline():
        assert kinds() == told
    assert len(captured) == 3


def test_a_page_hands_no_context_over(row: Any):
    """Nor do hundreds of event models, or several statements in one text, make it look like something that writes."""
    with pghistory.context(user=1), CaptureQueriesContext(connection) as captured:
        assert len(Timeline().page().entries) == 3
        assert len(Timeline().of(row).page().entries) == 2
    assert max(len(query["sql"]) for query in captured) > 10_000
    assert not [query["sql"] for query in captured if "pghistory.context" in query["sql"]]


def test_events_without_time_or_id_of_their_own_have_one_order(row: Any):
    """Of two event models: the last of a page and the first of the next one may have the same time and id."""
    numbered = [(Everything.pgh_event_model, 101), (CharKey.pgh_event_model, 101)]
    at = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    for event_model, number in numbered:
        event_model.objects.filter(pk=event_model.objects.latest("pk").pk).update(pgh_id=number, pgh_created_at=at)
    whole = Timeline().across(Everything, CharKey)
    pages = [whole.page(1)]
    while pages[-1].after:
        pages.append(whole.page(1, after=pages[-1].after))
    found = [(entry.event_model, entry.id) for page in pages for entry in page.entries]
    assert len(found) == len(set(found)) == 3
    assert {*found[1:]} == {*numbered}
    assert [(entry.event_model, entry.id) for entry in whole.page().entries] == found


def test_a_text_that_no_column_holds_needs_no_contexts():
    search = Search("\0")
    assert search.planned("default", Reach(())) is search
