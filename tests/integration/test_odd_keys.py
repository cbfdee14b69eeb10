"""Keys that would be something else in SQL text find their events through every way of asking."""

import pytest

from pghistory.models import Events
from pghistory.timeline import Timeline
from tests.tracked.models import CharKey

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["50%", "%s", "%(a)s", "%%", "it's", 'a"b', "a:b", "a\\b", "ü ☃", "{0}", "--", "$1"])
def test_an_object_has_its_events(key: str):
    row, other = CharKey.objects.create(code=key, name="a"), CharKey.objects.create(code="other", name="b")
    event_model = CharKey.pgh_event_model
    assert [event.pgh_obj_id for event in Events.objects.tracks(row)] == [key]
    assert [event.pgh_obj_id for event in Events.objects.across(event_model).tracks(row)] == [key]
    assert {event.pgh_obj_id for event in Events.objects.references(row, other)} == {key, "other"}
    assert Events.objects.filter(pgh_obj_id=key).count() == 1
    assert [event.code for event in event_model.objects.tracks(row)] == [key]
    assert [entry.object for entry in Timeline().of(row).page().entries] == [row]
