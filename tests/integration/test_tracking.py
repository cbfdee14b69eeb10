"""`pghistory.track`: the first sections of the document, statement by statement."""

import pytest
from django.contrib.auth.models import User
from django.db import models

import pghistory
from pghistory import registry
from tests.tracked.models import AllButInt, Dated, Note, OnlyInt, TrackedModel

pytestmark = pytest.mark.django_db


def columns(event_model: type[models.Model]) -> set[str]:
    return {field.name for field in event_model._meta.fields}


def test_the_document_example_reads_as_it_is_printed(user: User):
    tracked = TrackedModel.objects.create(int_field=1, char_field="hello", user=user)
    tracked.int_field = 2
    tracked.save()

    assert list(tracked.events.order_by("pgh_id").values("pgh_obj", "pgh_label", "int_field")) == [
        {"pgh_obj": tracked.pk, "pgh_label": "insert", "int_field": 1},
        {"pgh_obj": tracked.pk, "pgh_label": "update", "int_field": 2},
    ]


def test_track_registers_insert_and_update_trackers_by_default():
    trackers = TrackedModel.pgh_event_model.pgh_trackers
    assert [type(tracker) for tracker in trackers] == [pghistory.InsertEvent, pghistory.UpdateEvent]
    assert registry.labels(TrackedModel.pgh_event_model) == ("insert", "update")


def test_deleting_stores_no_event_by_default(user: User):
    tracked = TrackedModel.objects.create(int_field=1, char_field="a", user=user)
    key = tracked.pk
    tracked.delete()
    events = TrackedModel.pgh_event_model.objects.filter(pgh_obj_id=key)
    assert [event.pgh_label for event in events] == ["insert"]


def test_the_event_model_is_named_after_the_tracked_model_and_lives_beside_it():
    event_model = TrackedModel.pgh_event_model
    assert event_model.__name__ == "TrackedModelEvent"
    assert event_model.__module__ == TrackedModel.__module__
    assert event_model._meta.label == "tracked.TrackedModelEvent"
    assert event_model._meta.db_table == "tracked_trackedmodelevent"


def test_the_event_model_holds_every_field_of_the_tracked_model_and_the_tracking_fields():
    own = {"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context"}
    assert columns(TrackedModel.pgh_event_model) == {field.name for field in TrackedModel._meta.fields} | own


def test_an_update_that_changes_nothing_stores_no_event(user: User):
    tracked = TrackedModel.objects.create(int_field=1, char_field="a", user=user)
    tracked.save()
    TrackedModel.objects.filter(pk=tracked.pk).update(char_field="a")
    assert [event.pgh_label for event in tracked.events.all()] == ["insert"]


def test_events_is_the_default_related_name():
    assert TrackedModel.pgh_event_model._meta.get_field("pgh_obj").remote_field.related_name == "events"


def test_only_the_named_fields_are_mirrored():
    mirrored = {name for name in columns(OnlyInt.pgh_event_model) if not name.startswith("pgh_")}
    assert mirrored == {"int_field"}
    assert OnlyInt.pgh_event_model.__name__ == "OnlyIntIntFieldEvent"
    assert OnlyInt.pgh_event_model.pgh_tracked_fields == ("int_field",)


def test_an_update_counts_only_when_a_named_field_changes(user: User):
    tracked = OnlyInt.objects.create(int_field=1, char_field="a", user=user)
    tracked.char_field = "b"
    tracked.save()
    assert [event.int_field for event in tracked.int_field_events.all()] == [1]

    tracked.int_field = 2
    tracked.save()
    events = tracked.int_field_events.order_by("pgh_id")
    assert [(event.pgh_label, event.int_field) for event in events] == [("insert", 1), ("update", 2)]


def test_excluded_fields_are_not_mirrored():
    mirrored = {name for name in columns(AllButInt.pgh_event_model) if not name.startswith("pgh_")}
    assert mirrored == {"id", "char_field", "user"}


def test_an_excluded_field_alone_makes_no_event_and_the_others_do(user: User):
    other = User.objects.create(username="grace")
    tracked = AllButInt.objects.create(int_field=1, char_field="a", user=user)
    tracked.int_field = 2
    tracked.save()
    assert tracked.events.count() == 1

    tracked.char_field = "b"
    tracked.save()
    tracked.user = other
    tracked.save()
    events = tracked.events.order_by("pgh_id")
    assert [(event.char_field, event.user_id) for event in events] == [
        ("a", user.pk),
        ("b", user.pk),
        ("b", other.pk),
    ]


def test_every_update_of_a_model_with_an_automatic_date_is_an_event():
    note = Note.objects.create(text="a")
    note.save()
    events = list(note.events.order_by("pgh_id"))
    assert [event.pgh_label for event in events] == ["insert", "update"]
    assert events[0].changed < events[1].changed
    assert [event.made for event in events] == [note.made, note.made]


def test_fields_of_an_abstract_parent_are_tracked():
    inherited = {field.name for field in Dated._meta.fields}
    assert inherited == {"made", "changed"}
    assert set(Note.pgh_event_model.pgh_tracked_fields) == inherited | {"id", "text"}
    assert Note.pgh_event_model._meta.ordering == []


def test_events_of_one_transaction_have_its_time_and_come_in_order(user: User):
    tracked = TrackedModel.objects.create(int_field=1, char_field="a", user=user)
    for number in (2, 3):
        TrackedModel.objects.filter(pk=tracked.pk).update(int_field=number)
    events = list(tracked.events.order_by("pgh_id"))
    assert [event.int_field for event in events] == [1, 2, 3]
    assert len({event.pgh_created_at for event in events}) == 1


def test_tracking_gives_the_model_its_event_models_by_label():
    assert TrackedModel.pgh_event_models == {
        "insert": TrackedModel.pgh_event_model,
        "update": TrackedModel.pgh_event_model,
    }


def test_an_event_says_what_it_is():
    event = TrackedModel.pgh_event_model(pgh_id=7, pgh_label="insert")
    assert "7" in str(event)
    assert "insert" in str(event)
