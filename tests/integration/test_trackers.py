"""Custom trackers: which rows are stored when, under which label."""

import pgtrigger
import pytest
from django.db import models

import pghistory
from tests.tracked.models import BackwardReader, Everything, MyLabel, Odd, OldRows, OnlyDeletions

pytestmark = pytest.mark.django_db


def stored(event_model: type[models.Model], *names: str) -> list[tuple[object, ...]]:
    return list(event_model._default_manager.order_by("pgh_id").values_list(*names))


def test_a_delete_tracker_alone_stores_deletions_only():
    tracked = OnlyDeletions.objects.create(name="a")
    key = tracked.pk
    tracked.name = "b"
    tracked.save()
    assert stored(OnlyDeletions.pgh_event_model, "pgh_label") == []

    tracked.delete()
    assert stored(OnlyDeletions.pgh_event_model, "pgh_label", "pgh_obj_id", "id", "name") == [("delete", key, key, "b")]


def test_inserts_updates_and_deletes_are_tracked_together_when_all_three_are_named():
    tracked = Everything.objects.create(name="a")
    tracked.name = "b"
    tracked.save()
    tracked.delete()
    assert stored(Everything.pgh_event_model, "pgh_label", "name") == [
        ("insert", "a"),
        ("update", "b"),
        ("delete", "b"),
    ]


def test_events_of_a_deleted_object_keep_its_key():
    tracked = Everything.objects.create(name="a")
    key = tracked.pk
    tracked.delete()
    assert stored(Everything.pgh_event_model, "pgh_obj_id") == [(key,), (key,)]


def test_a_label_is_the_first_argument_of_a_tracker():
    MyLabel.objects.create(name="a").delete()
    assert stored(MyLabel.pgh_event_model, "pgh_label") == [("my_custom_label",)]


def test_the_old_row_of_an_update_is_the_row_before_it():
    tracked = OldRows.objects.create(name="a")
    for name in ("b", "b", "c"):
        tracked.name = name
        tracked.save()
    assert stored(OldRows.pgh_event_model, "pgh_label", "name") == [("update", "a"), ("update", "b")]


@pytest.mark.parametrize(
    ("tracker", "label", "operation", "row"),
    [
        (pghistory.InsertEvent(), "insert", pgtrigger.Insert, "NEW"),
        (pghistory.UpdateEvent(), "update", pgtrigger.Update, "NEW"),
        (pghistory.DeleteEvent(), "delete", pgtrigger.Delete, "OLD"),
        (pghistory.AfterInsert("x"), "x", pgtrigger.Insert, "NEW"),
        (pghistory.AfterUpdate("x"), "x", pgtrigger.Update, "NEW"),
        (pghistory.BeforeUpdate("x"), "x", pgtrigger.Update, "OLD"),
        (pghistory.BeforeDelete("x"), "x", pgtrigger.Delete, "OLD"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_automatic_trackers_are_row_events_with_their_defaults(
    tracker: pghistory.RowEvent, label: str, operation: object, row: str
):
    assert isinstance(tracker, pghistory.RowEvent)
    assert (tracker.label, tracker.operation, tracker.row) == (label, operation, row)


def test_only_the_update_tracker_has_a_condition_by_default():
    assert isinstance(pghistory.UpdateEvent().condition, pghistory.AnyChange)
    named = (pghistory.AfterInsert, pghistory.AfterUpdate, pghistory.BeforeUpdate, pghistory.BeforeDelete)
    assert pghistory.InsertEvent().condition is None
    assert pghistory.DeleteEvent().condition is None
    assert [tracker("x").condition for tracker in named] == [None] * 4


@pytest.mark.parametrize(
    ("tracker", "words"),
    [
        (pghistory.AfterInsertOrUpdate, ["insert", "update"]),
        (pghistory.BeforeUpdateOrDelete, ["update", "delete"]),
    ],
)
def test_a_tracker_of_two_operations_registers_both_under_one_label(
    tracker: type[pghistory.RowEvent], words: list[str]
):
    assert sorted(str(operation).lower() for operation in tracker("x").operations) == sorted(words)


def test_the_constants_are_those_of_pgtrigger():
    assert (pghistory.Old, pghistory.New) == ("OLD", "NEW")
    assert (pghistory.Row, pghistory.Statement) == (pgtrigger.Row, pgtrigger.Statement)
    assert (pghistory.Insert, pghistory.Update, pghistory.Delete) == (
        pgtrigger.Insert,
        pgtrigger.Update,
        pgtrigger.Delete,
    )
    for name in ("AnyChange", "AnyDontChange", "AllChange", "AllDontChange", "Q", "F", "Condition"):
        assert getattr(pghistory, name) is getattr(pgtrigger, name)


def test_a_subclass_of_a_tracker_brings_its_own_defaults():
    tracked = BackwardReader.objects.create(number=1)
    for number in (5, 3):
        tracked.number = number
        tracked.save()
    assert sorted(stored(BackwardReader.pgh_event_model, "pgh_label", "number")) == [("again", 1), ("upwards", 1)]


def test_a_trigger_takes_the_name_that_it_is_given():
    names = {trigger.name for trigger in BackwardReader._meta.triggers}
    assert names == {"upwards_update", "over_again"}


def test_labels_may_hold_any_character():
    tracked = Odd.objects.create(select=1)
    tracked.order = "b"
    tracked.save()
    assert stored(Odd.pgh_event_model, "pgh_label", "select", "order") == [
        ("it's 100% \\new", 1, ""),
        ('{"odd"} %s', 1, "b"),
    ]


def test_triggers_are_named_after_label_and_operation():
    names = [trigger.name for trigger in Everything._meta.triggers]
    assert names == ["insert_insert", "update_update", "delete_delete"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("price-changed", "price_changed_update"),
        ("a.b", "a_b_update"),
        ("A..B", "a_b_update"),
        ("a__b", "a_b_update"),
        ("_a_", "_a_update"),
        ("größer", "gr_er_update"),
        ("☃", "_update"),
        ("x" * 40, f"{'x' * 40}_update"),
        ("x" * 41, f"{'x' * 40}_0110e8"),
    ],
)
def test_a_trigger_keeps_the_name_that_django_pghistory_gave_it_unless_that_was_too_long(label: str, name: str):
    """So that migrations of a project that switches replace it: both would store the same event."""
    (trigger,) = pghistory.UpdateEvent(label).triggers(Everything.pgh_event_model)
    assert trigger.name == name


def test_a_given_trigger_name_is_spelled_like_any_other():
    (trigger,) = pghistory.UpdateEvent("a", trigger_name="We ird.name").triggers(Everything.pgh_event_model)
    assert trigger.name == "we_ird_name"
