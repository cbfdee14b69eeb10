"""Pages of what an actor did: nothing is missing, in whichever order contexts were made and used."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pghistory.models import Context
from pghistory.timeline import Timeline, actors, filters
from tests.integration.history import hour
from tests.past.models import Customer, Order
from tests.tracked.models import DenormalisedContext

pytestmark = pytest.mark.django_db

MODELS: tuple[Any, ...] = (Customer, Order, DenormalisedContext)
USERS = (7, "7", 8, None)


class Written(NamedTuple):
    """One event: its model, its hour, and which of the contexts it has."""

    model: int
    at: int
    context: int


def ids() -> st.SearchStrategy[uuid.UUID]:
    """Ids in the order of time, as ours are, and any others."""
    timed = st.integers(-2, 12).map(lambda each: uuid.UUID(int=actors._first_id(hour(each)).int + each))
    return timed | st.uuids() | st.integers(0, 5).map(lambda each: uuid.UUID(int=each))


CONTEXTS = st.lists(st.tuples(ids(), st.sampled_from(USERS)), max_size=8, unique_by=lambda each: each[0])
EVENTS = st.lists(st.builds(Written, st.integers(0, 2), st.integers(0, 9), st.integers(-1, 7)), max_size=25)


def write(contexts: list[tuple[uuid.UUID, Any]], events: list[Written]) -> list[tuple[dt.datetime, int, Any, Any]]:
    """[(time, id, event model, user)] of what is written."""
    told = []
    known = [Context.objects.create(id=key, metadata={"user": user}) for key, user in contexts]
    for event in events:
        model = MODELS[event.model]
        context = known[event.context] if 0 <= event.context < len(known) else None
        if model is DenormalisedContext:
            kept = {"pgh_context": context and context.metadata, "pgh_context_id": context and context.pk}
        else:
            kept = {"pgh_context": context}
        made = model.pgh_event_model.objects.create(
            pgh_label="manual", pgh_obj_id=1, id=1, pgh_created_at=hour(event.at), **kept
        )
        told.append((hour(event.at), made.pk, model.pgh_event_model, context and context.metadata["user"]))
    return told


def walked(timeline: Timeline, size: int, *, upwards: bool) -> Iterator[Any]:
    """All entries, page by page: from the newest down, or from the oldest up."""
    if not upwards:
        yield from timeline.entries(batch=size)
        return
    entry = timeline.first()
    while entry is not None:
        yield entry
        entry = timeline.next(entry)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contexts=CONTEXTS,
    events=EVENTS,
    size=st.integers(1, 5),
    taken=st.integers(1, 3),
    bearable=st.sampled_from([-1, 3, 1_000]),
    models=st.sets(st.sampled_from(MODELS), min_size=1),
    ends=st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    upwards=st.booleans(),
)
def test_every_event_of_an_actor_is_on_one_page(
    monkeypatch: pytest.MonkeyPatch,
    contexts: list[Any],
    events: list[Written],
    size: int,
    taken: int,
    bearable: int,
    models: set[Any],
    ends: tuple[int | None, int | None],
    upwards: bool,
):
    monkeypatch.setattr(actors, "TRIES", ((0, taken, bearable), (1, 2 * taken, bearable)))
    since, until = ends
    with transaction.atomic():
        told = write(contexts, events)
        timeline = Timeline().across(*models).by(7)
        timeline = timeline if since is None else timeline.since(hour(since))
        timeline = timeline if until is None else timeline.until(hour(until))
        wanted = {
            (at, key, event_model)
            for at, key, event_model, user in told
            if str(user) == "7"
            and event_model.pgh_tracked_model in models
            and (since is None or at >= hour(since))
            and (until is None or at < hour(until))
        }
        found = [(entry.at, entry.id, entry.event_model) for entry in walked(timeline, size, upwards=upwards)]
        transaction.set_rollback(True)
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert [at for at, _, _ in found] == sorted((at for at, _, _ in found), reverse=not upwards)


def many(number: int) -> None:
    """So many contexts of one user, each with an event an hour after the one before."""
    contexts = [
        Context(id=uuid.UUID(int=actors._first_id(hour(each)).int + each), metadata={"user": 7})
        for each in range(number)
    ]
    Context.objects.bulk_create(contexts)
    event_model = Customer.pgh_event_model
    event_model.objects.bulk_create(
        event_model(pgh_label="manual", pgh_obj_id=1, id=1, pgh_created_at=hour(each), pgh_context=context)
        for each, context in enumerate(contexts)
    )


def test_a_page_does_not_depend_on_how_much_an_actor_has_done():
    many(200)
    timeline = Timeline().across(Customer, Order).by(7)
    with CaptureQueriesContext(connection) as captured:
        page = timeline.page(10)
    assert [entry.at for entry in page.entries] == [hour(each) for each in range(199, 189, -1)]
    assert len(captured) == 4
    asked = "".join(query["sql"] for query in captured)
    assert asked.count(str(uuid.UUID(int=actors._first_id(hour(190)).int + 190))) >= 1
    assert str(uuid.UUID(int=actors._first_id(hour(100)).int + 100)) not in asked


def test_ids_that_are_not_in_the_order_of_time_do_not_send_a_page_through_all_contexts(monkeypatch: pytest.MonkeyPatch):
    many(200)
    monkeypatch.setattr(actors, "TRIES", ((0, 5, 50),))
    imported = Customer.pgh_event_model.objects.create(
        pgh_id=1_000_000, pgh_label="manual", pgh_obj_id=1, id=1, pgh_created_at=hour(200)
    )
    with CaptureQueriesContext(connection) as captured:
        page = Timeline().across(Customer, Order).by(7).page(3)
    assert [entry.at for entry in page.entries] == [hour(199), hour(198), hour(197)]
    assert imported not in [entry.event for entry in page.entries]
    asked = "".join(query["sql"] for query in captured)
    assert "looked_at" in asked
    assert str(uuid.UUID(int=actors._first_id(hour(100)).int + 100)) not in asked


def test_a_late_event_of_an_old_context_comes_first():
    many(200)
    old = Context.objects.order_by("id")[3]
    event = Customer.pgh_event_model.objects.create(
        pgh_label="manual", pgh_obj_id=1, id=1, pgh_created_at=hour(198) + dt.timedelta(minutes=30), pgh_context=old
    )
    page = Timeline().across(Customer, Order).by(7).page(3)
    assert [entry.at for entry in page.entries] == [hour(199), event.pgh_created_at, hour(198)]
    older = Timeline().across(Customer, Order).by(7).page(3, after=page.after)
    assert [entry.at for entry in older.entries] == [hour(197), hour(196), hour(195)]


def test_without_the_indexes_for_it_a_page_is_read_as_any_other(settings: Any):
    many(100)
    settings.PGHISTORY_INDEXES = ("actor", "context")
    page = Timeline().across(Customer, Order).by(7).page(3)
    assert [entry.at for entry in page.entries] == [hour(99), hour(98), hour(97)]


@pytest.mark.parametrize(("rare", "busy"), [(100, 200), (10, 200), (10, 20)])
def test_where_an_actors_events_are_too_far_apart_a_page_is_read_as_any_other(
    monkeypatch: pytest.MonkeyPatch, rare: int, busy: int
):
    many(100)
    monkeypatch.setattr(actors, "TRIES", ((0, 1, -1), (0, 2, -1)))
    monkeypatch.setattr(filters, "RARE", rare)
    monkeypatch.setattr(filters, "BUSY", busy)
    timeline = Timeline().across(Customer, Order).by(7)
    assert timeline.count().number == 100
    assert timeline.of(Customer(pk=1)).count().number == 100
    for narrowed in (timeline, timeline.across(Customer)):
        assert [entry.at for entry in narrowed.page(3).entries] == [hour(99), hour(98), hour(97)]


def test_what_no_event_can_have_is_found_nowhere():
    many(100)
    assert Timeline().across(Customer, Order).by(7).where_context("key", "\0").page(3).entries == ()
