"""Pages of a timeline: by cursor, in both directions, over events of the same instant."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pghistory
from pghistory.timeline import BadCursor, Entry, Page, Timeline
from tests.tracked.models import CharKey, Everything, Loose, OldRows

pytestmark = pytest.mark.django_db

DAY = dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC)
WANTED = (Everything, CharKey, Loose)


def keys(found: tuple[Entry, ...] | list[Entry]) -> list[tuple[str, int]]:
    return [(entry.event_model.__name__, entry.event.pgh_id) for entry in found]


def down(timeline: Timeline, size: int) -> Iterator[Page]:
    """Every page from the newest to the oldest."""
    page = timeline.page(size)
    yield page
    while page.after:
        page = timeline.page(size, after=page.after)
        yield page


def up(timeline: Timeline, size: int, page: Page) -> Iterator[Page]:
    """Every page above one, from the oldest to the newest."""
    while page.before:
        page = timeline.page(size, before=page.before)
        yield page


def fill(days: list[int]) -> Timeline:
    """Events of three models on these days, several on one of them."""
    for place, day in enumerate(days):
        model: Any = WANTED[place % len(WANTED)]
        row = model.objects.create(name="a", **({"code": str(place)} if model is CharKey else {}))
        event_model = model.pgh_event_model
        event = event_model.objects.get(**{row._meta.pk.name: row.pk})
        event_model.objects.filter(pk=event.pk).update(pgh_created_at=DAY + dt.timedelta(days=day))
    return Timeline().across(*WANTED)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 2), max_size=12), size=st.integers(1, 5))
def test_pages_meet_without_gap_or_overlap_in_both_directions(days: list[int], size: int):
    with transaction.atomic():
        timeline = fill(days)
        whole = list(timeline.entries())
        pages = list(down(timeline, size))
        assert keys(whole) == keys([entry for page in pages for entry in page.entries])
        assert len(whole) == len(days)
        assert [entry.at for entry in whole] == sorted((entry.at for entry in whole), reverse=True)
        assert all(len(page.entries) == size for page in pages[:-1])
        assert pages[0].before is None
        assert pages[-1].after is None

        climbed = [pages[-1], *up(timeline, size, pages[-1])][::-1]
        assert keys([entry for page in climbed for entry in page.entries]) == keys(whole)
        assert keys(list(timeline.entries(batch=size))) == keys(whole)
        transaction.set_rollback(True)


def test_a_page_below_or_above_another_is_where_it_came_from():
    timeline = fill([0] * 9)
    first = timeline.page(3)
    second = timeline.page(3, after=first.after)
    third = timeline.page(3, after=second.after)
    assert keys(timeline.page(3, before=third.before).entries) == keys(second.entries)
    assert keys(timeline.page(3, before=second.before).entries) == keys(first.entries)
    assert third.after is None


def test_new_events_do_not_move_the_pages_below():
    timeline = fill([0] * 6)
    first = timeline.page(3)
    below = keys(timeline.page(3, after=first.after).entries)
    Everything.objects.create(name="new")
    assert keys(timeline.page(3, after=first.after).entries) == below


def test_new_events_are_above_the_first_page():
    timeline = fill([0] * 3)
    cursor = timeline.page(2, after=timeline.page(1).after).before
    event = Everything.objects.create(name="new").events.get()
    Everything.pgh_event_model.objects.filter(pk=event.pk).update(pgh_created_at=DAY + dt.timedelta(days=9))
    above = timeline.page(5, before=cursor)
    assert [entry.event for entry in above.entries if entry.event == event]
    assert above.before is None


def test_pages_of_one_object_are_in_the_order_of_the_writes():
    row = Everything.objects.create(name="a", number=0)
    for number in range(1, 8):
        Everything.objects.filter(pk=row.pk).update(number=number)
    event_model = Everything.pgh_event_model
    # Transactions may overlap: a later write may belong to a transaction that began earlier.
    for event in event_model.objects.all():
        event_model.objects.filter(pk=event.pk).update(pgh_created_at=DAY - dt.timedelta(days=event.pgh_id % 3))
    timeline = Timeline().of(row)
    found = [entry.event.number for page in down(timeline, 3) for entry in page.entries]
    assert found == [7, 6, 5, 4, 3, 2, 1, 0]
    last = list(down(timeline, 3))[-1]
    assert [page.entries[0].event.number for page in up(timeline, 3, last)] == [4, 7]


def test_changes_at_the_edge_of_a_page_are_known():
    for model in (Everything, OldRows):
        row = model.objects.create(name="0")
        for name in "1234":
            model.objects.filter(pk=row.pk).update(name=name)
        found = [entry for page in down(Timeline().of(row), 2) for entry in page.entries if entry.kind == "update"]
        assert [entry.changes for entry in found] == [{"name": (str(n), str(n + 1))} for n in (3, 2, 1, 0)]


@pytest.mark.parametrize(
    "cursor",
    ["nope", "%%%", "\x00", "é", "MjAzMQ", "a" * 10_000, "=", "-1", "'; drop table x", "bm9wZSAxIDE"],
    ids=["word", "percent", "nul", "accent", "half", "long", "padding", "number", "sql", "no time"],
)
@pytest.mark.parametrize("argument", ["after", "before"])
def test_what_no_page_gave_is_a_bad_cursor(cursor: str, argument: str):
    with pytest.raises(BadCursor) as caught:
        Timeline().across(Everything).page(**{argument: cursor})  # type: ignore[arg-type]
    assert isinstance(caught.value, ValueError)
    assert "first page" in str(caught.value)


def test_a_cursor_of_another_order_is_a_bad_cursor():
    row = Everything.objects.create(name="a")
    Everything.objects.update(name="b")
    of_object = Timeline().of(row).page(1).after
    of_everything = Timeline().across(Everything).page(1).after
    assert of_object is not None
    assert of_everything is not None
    with pytest.raises(BadCursor):
        Timeline().page(1, after=of_object)
    with pytest.raises(BadCursor):
        Timeline().of(row).page(1, after=of_everything)


def test_cursors_are_fit_for_an_address():
    cursor = fill([0, 0]).page(1).after
    assert cursor is not None
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_has_at_least_one_entry(size: int):
    with pytest.raises(ValueError, match="one or more"):
        Timeline().page(size)


def test_a_page_of_nothing_is_empty():
    page = Timeline().across(Everything).page()
    assert (page.entries, page.after, page.before) == ((), None, None)


def test_a_page_costs_as_many_queries_for_many_rows_as_for_few():
    def queries(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(timeline.page(size).entries) == size
        return len(captured)

    with pghistory.context(user=1):
        Everything.objects.bulk_create([Everything(name="a") for _ in range(30)])
    timeline = Timeline().across(Everything)
    assert queries(30) == queries(3)


def test_pages_use_no_offset_and_read_no_more_than_they_show(sent: list[str]):
    timeline = fill([0] * 12)
    cursor = timeline.page(3).after
    sent.clear()
    timeline.page(3, after=cursor)
    assert sent
    assert not any(" offset " in text.lower() for text in sent)
    assert " limit 4" in sent[0].lower()
