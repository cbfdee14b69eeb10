"""The last words about objects that are gone, in Python as on the page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pghistory import deletions, estimates
from pghistory.timeline import Timeline
from tests.tracked.models import Everything, Loose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gone() -> None:
    for name in ("first", "second"):
        Everything.objects.create(name=name).delete()


def found(*texts: str) -> list[str]:
    timeline = deletions.deleted(Timeline().across(Everything, Loose), texts=texts)
    return sorted(entry.event.name for entry in timeline.page().entries)


def test_objects_that_are_gone_are_found_by_a_text_of_theirs():
    assert found() == ["first", "second"]
    assert found("IRST") == ["first"]


@pytest.mark.parametrize("text", ["\0", "fir\ud800st"])
def test_a_text_that_no_column_can_hold_is_in_no_object(text: str):
    assert found(text) == []


def test_events_that_belong_to_no_object_tell_of_none():
    Loose.objects.create(name="loose").delete()
    assert Loose.pgh_event_model.objects.filter(pgh_label="delete").exists()
    assert found() == ["first", "second"]


def test_deletions_are_found_by_their_own_index_among_any_number_of_events():
    event_model = Everything.pgh_event_model
    assert deletions.is_indexed(event_model)
    assert not deletions.is_indexed(Loose.pgh_event_model)
    assert deletions.horizon(Timeline().across(event_model)) is None
    index = next(str(index.name) for index in event_model._meta.indexes if index.condition is not None)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into tracked_everythingevent (pgh_created_at, pgh_label, pgh_obj_id, id, name, number) "
            "select now() - n * interval '1 second', 'update', n % 50 + 1000, n % 50 + 1000, 'more', n "
            "from generate_series(1, 20000) as n"
        )
        cursor.execute("analyze tracked_everythingevent")
        with CaptureQueriesContext(connection) as captured:
            assert found() == ["first", "second"]
        cursor.execute("explain " + captured[0]["sql"].replace("%", "%%"), ())
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on tracked_everythingevent" not in plan


def test_without_that_index_only_the_newest_events_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    event_model = Everything.pgh_event_model
    monkeypatch.setattr(estimates, "LOOKED_AT", 1)
    kept = [index for index in event_model._meta.indexes if index.condition is None]
    monkeypatch.setattr(event_model._meta, "indexes", kept)
    timeline = Timeline().across(event_model)
    horizon = deletions.horizon(timeline)
    assert horizon is not None
    # What the timeline itself says of its ends counts.
    assert deletions.horizon(timeline, until=horizon) is None
    assert deletions.horizon(timeline.until(horizon)) is None
    assert deletions.horizon(timeline.since(horizon)) is None
