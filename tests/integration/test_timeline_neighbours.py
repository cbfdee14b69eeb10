"""The first and the latest entry, those beside another, and what differs between any two."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pghistory import errors, timeline
from pghistory.timeline import Timeline
from tests.integration.history import happened
from tests.tracked.models import CharKey, Everything, OldRows

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Any:
    """Named a, b, c and d, an hour each, beside another row."""
    row = Everything.objects.create(name="a", number=1)
    for hour, name in enumerate("bcd", start=1):
        happened(hour, Everything, CharKey)
        CharKey.objects.create(code=f"between {hour}")
        Everything.objects.filter(pk=row.pk).update(name=name)
    happened(9, Everything, CharKey)
    return row


def names(found: Any) -> list[Any]:
    return [entry and entry.event.name for entry in found]


@pytest.mark.parametrize("whole", [False, True], ids=["of the object", "of everything"])
def test_the_first_and_the_latest_are_the_ends(row: Any, whole: bool):
    found = Timeline().across(Everything) if whole else Timeline().of(row)
    assert names([found.first(), found.latest()]) == ["a", "d"]
    assert names([found.labelled("update").first(), found.labelled("insert").latest()]) == ["b", "a"]
    assert found.labelled("nope").first() is None
    assert found.labelled("nope").latest() is None
    assert Timeline().of().latest() is None


@pytest.mark.parametrize("whole", [False, True], ids=["of the object", "of everything"])
def test_neighbours_are_one_step_older_and_newer(row: Any, whole: bool):
    found = Timeline().across(Everything) if whole else Timeline().of(row)
    entries = list(found.entries())[::-1]
    for of in (entries, [entry.event for entry in entries]):
        assert names(found.previous(entry) for entry in of) == [None, "a", "b", "c"]
        assert names(found.next(entry) for entry in of) == ["b", "c", "d", None]
    assert found.previous(entries[1]) == entries[0]


def test_neighbours_may_be_of_other_event_models(row: Any):
    found = Timeline().across(Everything, CharKey)
    entries = list(found.entries())
    assert [found.previous(entry) for entry in entries] == [*entries[1:], None]
    assert [found.next(entry) for entry in entries] == [None, *entries[:-1]]


@pytest.mark.parametrize("whole", [False, True], ids=["of the object", "of everything"])
def test_older_entries_are_all_the_steps_back_up_to_a_number(row: Any, whole: bool):
    found = Timeline().across(Everything) if whole else Timeline().of(row)
    entries = list(found.entries())
    for place, entry in enumerate(entries):
        for of in (entry, entry.event):
            for size in (1, 2, 9):
                assert list(found.older(of, size)) == entries[place + 1 :][:size]
        assert next(iter(found.older(entry, 1)), None) == found.previous(entry)


def test_older_entries_are_of_the_timeline_alone(row: Any):
    other = Everything.objects.create(name="other", number=1)
    Everything.objects.filter(pk=other.pk).update(name="changed")
    latest = Timeline().of(other).latest()
    assert latest is not None
    assert names(Timeline().of(other).older(latest, 9)) == ["other"]
    assert names(Timeline().of(row).older(latest, 9)) == ["d", "c", "b", "a"]
    assert names(Timeline().of(row).labelled("insert").older(latest, 9)) == ["a"]
    assert Timeline().of().older(latest, 9) == ()
    key = Timeline().across(CharKey).latest()
    assert key is not None
    assert names(Timeline().across(Everything).older(key, 2)) == ["c", "b"]
    with pytest.raises(errors.InvalidObjects, match=r"is no tracked\.EverythingEvent"):
        Timeline().of(row).older(key, 2)


def test_older_entries_of_several_event_models_come_in_one_order(row: Any):
    found = Timeline().across(Everything, CharKey)
    entries = list(found.entries())
    assert [found.older(entry, 3) for entry in entries] == [
        tuple(entries[place : place + 3]) for place in range(1, len(entries) + 1)
    ]


def test_an_event_need_not_be_in_the_timeline(row: Any):
    updates = Timeline().of(row).labelled("update")
    insert = Timeline().of(row).first()
    assert insert is not None
    assert names([updates.next(insert), updates.previous(insert)]) == ["b", None]
    key = Timeline().across(CharKey).latest()
    assert key is not None
    assert names([Timeline().across(Everything).previous(key)]) == ["c"]
    with pytest.raises(errors.InvalidObjects, match=r"is no tracked\.EverythingEvent"):
        updates.previous(key)


def test_a_neighbour_costs_as_many_queries_in_a_long_history_as_in_a_short_one(row: Any):
    def queries() -> int:
        latest = Timeline().of(row).latest()
        assert latest is not None
        with CaptureQueriesContext(connection) as captured:
            assert Timeline().of(row).previous(latest) is not None
        return len(captured)

    few = queries()
    for number in range(30):
        Everything.objects.filter(pk=row.pk).update(number=number)
    assert queries() == few


def test_any_two_events_of_an_object_differ_by_field(row: Any):
    first, latest = Timeline().of(row).first(), Timeline().of(row).latest()
    assert first is not None
    assert latest is not None
    assert timeline.between(first, latest) == {"name": ("a", "d")}
    assert timeline.between(latest, first) == {"name": ("d", "a")}
    assert timeline.between(first, first) == {}
    Everything.objects.filter(pk=row.pk).update(number=7)
    first = Timeline().of(row).first()
    assert first is not None
    assert timeline.between(first) == {"name": ("a", "d"), "number": (1, 7)}


def test_events_of_different_objects_and_gone_ones_are_not_compared(row: Any):
    other = Everything.objects.create(name="o")
    [a], [b] = Timeline().of(other).page().entries, Timeline().of(row).labelled("insert").page().entries
    [c] = Timeline().across(CharKey).page(1).entries
    for x, y in ((a, b), (a, c)):
        with pytest.raises(errors.InvalidObjects, match="different objects"):
            timeline.between(x, y)
    other.delete()
    [a] = Timeline().of(Everything(pk=a.obj_id)).labelled("insert").page().entries
    with pytest.raises(errors.InvalidObjects, match="no living row"):
        timeline.between(a)


def test_old_rows_are_compared_as_they_are_kept():
    row = OldRows.objects.create(name="a")
    for name in "bc":
        OldRows.objects.filter(pk=row.pk).update(name=name)
    first, latest = Timeline().of(row).first(), Timeline().of(row).latest()
    assert first is not None
    assert timeline.between(first, latest) == {"name": ("a", "b")}
    assert timeline.between(first) == {"name": ("a", "c")}
