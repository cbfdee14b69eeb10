"""Events stored by code: `create_event`, and the expressions for those who write rows themselves."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.utils.functional import SimpleLazyObject

import pghistory
from pghistory import errors
from pghistory.functions import AttachContext
from pghistory.models import Context
from tests.tracked.models import (
    AppendOnly,
    ByRow,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Labelled,
    Loose,
    ManualUser,
    OneKey,
    Specimen,
    Target,
    UuidKey,
)

pytestmark = pytest.mark.django_db


def assert_whole(event: Any) -> None:
    """Every column of the instance holds what the database holds."""
    stored = type(event)._base_manager.get(pk=event.pk)
    names = [field.attname for field in event._meta.concrete_fields]
    assert {name: getattr(event, name) for name in names} == {name: getattr(stored, name) for name in names}


def test_a_manual_event_keeps_the_tracked_fields_and_its_object():
    user = ManualUser.objects.create(username="ada", password="secret")
    event = pghistory.create_event(user, label="user_create")
    assert (event.pgh_label, event.username, event.pgh_obj) == ("user_create", "ada", user)
    assert event.pgh_context_id is None
    assert_whole(event)


def test_events_can_be_stored_under_the_label_of_a_trigger():
    free = ContextFree.objects.create(name="a")
    event = pghistory.create_event(free, label="insert")
    assert free.events.count() == 2
    assert_whole(event)


def test_the_values_are_those_in_memory():
    labelled = Labelled.objects.create(name="stored")
    labelled.name = "not yet"
    event = pghistory.create_event(labelled, label="reviewed")
    assert event.name == "not yet"
    assert Labelled.objects.get().name == "stored"


def test_the_event_belongs_to_the_active_context():
    labelled = Labelled.objects.create(name="a")
    with pghistory.context(reason="typo") as context:
        event = pghistory.create_event(labelled, label="reviewed")
    assert event.pgh_context_id == context.id
    assert event.pgh_context.metadata == {"reason": "typo"}
    assert_whole(event)


def test_a_context_in_json_is_kept_by_value_and_by_id():
    tracked = DenormalisedContext.objects.create(name="a")
    with pghistory.context(reason="typo", percent="100 %") as context:
        event = pghistory.create_event(tracked, label="seen")
    assert event.pgh_context == {"reason": "typo", "percent": "100 %"}
    assert event.pgh_context_id == context.id
    assert not Context.objects.exists()
    assert_whole(event)


def test_a_context_in_json_may_come_without_its_id():
    tracked = DenormalisedMetadata.objects.create(name="a")
    with pghistory.context(reason="typo"):
        event = pghistory.create_event(tracked, label="insert")
    assert event.pgh_context == {"reason": "typo"}
    assert_whole(event)


def test_an_event_model_without_object_and_one_that_is_append_only_take_events_too():
    loose = Loose.objects.create(name="a")
    event = pghistory.create_event(loose, label="update")
    assert (event.name, event.id) == ("a", loose.pk)
    assert_whole(pghistory.create_event(AppendOnly.objects.create(name="a"), label="update"))


def test_columns_that_the_database_makes_are_there_at_once():
    row = ByRow.objects.create(number=4)
    event = pghistory.create_event(row, label="checked")
    assert event.doubled == 8
    assert_whole(event)


def test_every_kind_of_column_is_taken_over(settings: Any):
    specimen = Specimen.objects.create(
        unique="a", json={"k": [1]}, array=[1, 2], file="there.txt", target=Target.objects.create(code="t")
    )
    moment = specimen.now
    event = pghistory.create_event(specimen, label="update")
    assert (event.now, event.file.name, event.target_id) == (moment, "there.txt", specimen.target_id)
    assert_whole(event)


def test_keys_of_all_kinds_lead_back_to_the_object():
    parent = UuidKey.objects.create(name="a")
    assert pghistory.create_event(parent, label="update").pgh_obj_id == parent.pk
    one = OneKey.objects.create(parent=parent, name="b")
    event = pghistory.create_event(one, label="update")
    assert (event.pgh_obj_id, event.parent_id) == (parent.pk, parent.pk)


def test_it_costs_a_statement_that_writes_and_one_that_reads(sent: list[str]):
    labelled = Labelled.objects.create(name="a")
    sent.clear()
    with pghistory.context(reason="typo"):
        pghistory.create_event(labelled, label="reviewed")
    assert [text.split("\n")[-1].split()[0].lower() for text in sent] == ["insert", "select"]


def test_a_lazy_user_is_the_user(build: Callable[..., Any]):
    @pghistory.track(pghistory.ManualEvent("seen"), fields=["name"])
    class Lazy(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "tracked"

    build(Lazy)
    instance = Lazy.objects.create(name="a")
    event = pghistory.create_event(SimpleLazyObject(lambda: instance), label="seen")  # type: ignore[arg-type]
    assert (event.pgh_obj_id, event.name) == (instance.pk, "a")


@pytest.mark.django_db(databases=["default", "archive"])
def test_the_event_is_stored_where_it_is_asked_to_be():
    labelled = Labelled.objects.using("archive").create(name="a")
    with pghistory.context(reason="typo") as context:
        event = pghistory.create_event(labelled, label="reviewed", using="archive")
    assert event._state.db == "archive"
    assert event.pgh_context_id == context.id
    assert Context.objects.using("archive").get().metadata == {"reason": "typo"}
    assert not Labelled.pgh_event_model.objects.exists()


def test_a_label_that_is_not_registered_is_refused_by_name():
    labelled = Labelled.objects.create(name="a")
    with pytest.raises(errors.UnknownLabel, match=r'"approved" is no label of tracked\.Labelled.*reviewed') as raised:
        pghistory.create_event(labelled, label="approved")
    assert isinstance(raised.value, ValueError)


def test_a_model_without_history_is_refused():
    with pytest.raises(errors.UntrackedModel, match=r"tracked\.Target is not tracked"):
        pghistory.create_event(Target.objects.create(code="t"), label="seen")


def test_an_object_without_key_is_refused():
    with pytest.raises(ValueError, match="pgh_obj"):
        pghistory.create_event(Labelled(name="a"), label="reviewed")


def test_rows_of_an_event_model_can_be_written_with_the_active_context():
    labelled = Labelled.objects.create(name="a")
    event_model = Labelled.pgh_event_model
    values = {"pgh_label": "reviewed", "pgh_obj": labelled, "id": labelled.pk, "name": "a", "number": 1}
    with pghistory.context(reason="typo") as context:
        event_model.objects.create(pgh_context_id=AttachContext(), **values)
        event_model.objects.bulk_create([event_model(pgh_context_id=AttachContext(), **values) for _ in range(3)])
    event_model.objects.create(pgh_context_id=AttachContext(), **values)
    ids = list(event_model.objects.order_by("pgh_id").values_list("pgh_context_id", flat=True))
    assert ids == [context.id] * 4 + [None]
    assert isinstance(ids[0], uuid.UUID)
    assert Context.objects.get().metadata == {"reason": "typo"}
