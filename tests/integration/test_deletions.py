"""The last words about objects that are gone, in Python as on the page."""

import pytest

from pghistory import deletions
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
