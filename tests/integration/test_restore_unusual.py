"""Bringing back rows whose tables, or whose histories, are of an unusual make."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, models, transaction

import pghistory
from demo_project.shop.models import Category
from pghistory import errors, restore
from tests.returned.models import Boat, Box, Ferry, Parcel, Rack
from tests.tracked.models import ByRow, Everything, Kept, Loose, ManualUser, Place, Reference, Restaurant

pytestmark = pytest.mark.django_db


def first(model: Any, **found: Any) -> Any:
    return model.pgh_event_model.objects.filter(**found).earliest("pgh_id")


def deletion(model: Any) -> Any:
    return first(model, pgh_label="delete")


def test_rows_that_referred_by_another_column_than_the_key_come_back_too():
    rack = Rack.objects.create(code="A-1")
    Box.objects.create(rack=rack)
    Box.objects.create(rack=Rack.objects.create(code="A-2")).delete()
    rack.delete()
    restore.apply(restore.plan(deletion(Rack)))
    assert [box.rack_id for box in Box.objects.all()] == ["A-1"]


def test_a_child_with_a_key_of_its_own_comes_back_with_its_part_in_the_parents_table():
    Boat.objects.create(name="other")
    ferry = Ferry.objects.create(number=7, name="then")
    Ferry.objects.filter(pk=7).update(name="now")
    boat = ferry.boat_id
    ferry.delete()
    restore.apply(restore.plan(deletion(Ferry)))
    assert [(found.pk, found.name, found.boat_id) for found in Ferry.objects.all()] == [(7, "now", boat)]


def test_a_parent_whose_history_begins_later_stays_as_it_is():
    row = Restaurant.objects.create(name="Nori", stars=1)
    Restaurant.objects.filter(pk=row.pk).update(stars=2)
    event = first(Restaurant, pgh_label="update")
    Restaurant.objects.filter(pk=row.pk).update(stars=3)
    Place.objects.filter(pk=row.pk).update(name="Kelp")
    events = Place.pgh_event_models["insert"].objects
    # As a backfill leaves it, which began after the restaurants were tracked.
    events.filter(pgh_label="insert").update(pgh_created_at=event.pgh_created_at + dt.timedelta(hours=1))
    events.filter(pgh_label="update").update(pgh_created_at=event.pgh_created_at + dt.timedelta(hours=2))
    restore.apply(restore.plan(event))
    row.refresh_from_db()
    assert (row.name, row.stars) == ("Kelp", 2)


def test_a_column_that_is_not_kept_takes_the_default_of_the_database():
    Parcel.objects.create(name="gift", state="sent").delete()
    restore.apply(restore.plan(deletion(Parcel)))
    assert [(parcel.name, parcel.state) for parcel in Parcel.objects.all()] == [("gift", "packed")]


def test_additions_and_changes_under_one_label_are_told_apart_by_what_was_before(build: Any):
    @pghistory.track(pghistory.AfterInsertOrUpdate("saved"), pghistory.DeleteEvent())
    class Draft(models.Model):
        text = models.CharField(max_length=16)

        class Meta:
            app_label = "tracked"

    build(Draft)
    known, gone = (Draft.objects.create(text=text) for text in ("known", "gone"))
    key = gone.pk
    gone.delete()
    with pghistory.context() as context:
        Draft.objects.filter(pk=known.pk).update(text="changed")
        Draft.objects.create(text="added")
        Draft.objects.create(pk=key, text="again")
    plan = restore.undo(context.id)
    assert sorted((each.operation, each.span.obj == str(known.pk)) for each in plan.writes) == [
        ("delete", False),
        ("delete", False),
        ("update", True),
    ]
    restore.apply(plan)
    assert [draft.text for draft in Draft.objects.all()] == ["known"]


def test_a_row_that_came_back_without_a_trace_is_not_taken_for_one_that_was_added():
    row = Everything.objects.create(name="first")
    key = row.pk
    row.delete()
    Everything.objects.create(pk=key, name="second")
    Everything.pgh_event_model.objects.latest("pgh_id").delete()
    with pghistory.context() as context:
        Everything.objects.filter(pk=key).update(name="third")
    plan = restore.undo(context.id)
    assert [each.problem for each in plan.left_out] == [
        "It was deleted before this, and nothing tells how it came back."
    ]
    with pytest.raises(errors.NotRestorable):
        restore.apply(plan)
    assert Everything.objects.get().name == "third"


def test_an_event_that_was_recorded_by_hand_is_no_change_to_be_undone():
    user = ManualUser.objects.create(username="ada")
    with pghistory.context() as context:
        pghistory.create_event(user, label="user_create")
        added = Everything.objects.create(name="added")
    assert [each.span.obj for each in restore.undo(context.id).revisions] == [str(added.pk)]
    with pghistory.context() as context:
        pghistory.create_event(user, label="user_create")
    with pytest.raises(errors.NotRestorable, match="no event of a change belongs to it"):
        restore.undo(context.id)


def test_who_edited_a_row_is_not_known_where_events_name_no_object():
    Loose.objects.create(name="then")
    for name in ("meant", "edited"):
        Loose.objects.update(name=name)
    [choice] = restore.plan(first(Loose)).choices
    assert (choice.base, choice.then, choice.now, choice.conflict, choice.edit) == (
        "then",
        "meant",
        "edited",
        True,
        None,
    )


def test_an_event_that_is_removed_while_its_restore_is_planned_is_told():
    row = Everything.objects.create(name="then")
    Everything.objects.filter(pk=row.pk).update(name="now")
    event = first(Everything)

    def remove(execute: Any, statement: str, *rest: Any) -> Any:
        found = execute(statement, *rest)
        if "pgh_base" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("delete from tracked_everythingevent where pgh_id = %s", [event.pk])
        return found

    with connection.execute_wrapper(remove), pytest.raises(errors.NotRestorable, match="its event is gone"):
        restore.plan(event)


def test_conflicts_of_a_row_that_is_deleted_by_now_are_none():
    row = Everything.objects.create(name="base")
    with pghistory.context() as context:
        Everything.objects.update(name="then")
    Everything.objects.update(name="edited")
    plan = restore.undo(context.id)
    assert [choice.name for _revision, choice in restore.conflicts(plan.conflicts, "default")] == ["name"]
    row.delete()
    assert list(restore.conflicts(plan.conflicts, "default")) == []


def test_a_row_that_was_never_deleted_or_whose_deletions_are_not_stored_has_no_deletion():
    row = Everything.objects.create(name="a")
    assert restore.deletion(Everything, row.pk, using="default") is None
    assert restore.deletion(Category, 1, using="default") is None
    key = row.pk
    row.delete()
    assert restore.deletion(Everything, key, using="default") == deletion(Everything)


def test_an_undo_of_which_the_database_refuses_everything_by_now_is_refused_in_words():
    row = Kept.objects.create(name="base")
    with pghistory.context() as context:
        Kept.objects.update(name="then")
    plan = restore.undo(context.id)
    Kept.objects.create(name="base")
    with pytest.raises(errors.RestoreRefused, match=r"Another row has the same value: Key \(name\)=\(base\)"):
        restore.apply(plan)
    row.refresh_from_db()
    assert row.name == "then"


@contextmanager
def held(row: models.Model) -> Iterator[None]:
    """Somebody else has locked the row and takes their time."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            type(row)._base_manager.select_for_update().get(pk=row.pk)
            locked.set()
            done.wait(20)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(10)
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("refused", [False, True])
def test_a_row_that_refers_to_a_locked_one_is_told_to_be_busy(monkeypatch: pytest.MonkeyPatch, refused: bool):
    monkeypatch.setattr("pghistory.restore.rehearsals.LOCK_TIMEOUT", "100ms")
    parent = ByRow.objects.create(name="parent")
    reference = Reference.objects.create(row=parent)
    kept = Kept.objects.create(name="base")
    with pghistory.context() as context:
        reference.delete()
        Kept.objects.update(name="then")
    plan = restore.undo(context.id)
    if refused:
        # What the database refuses first does not hide that the rest has to wait.
        Kept.objects.create(name="base")
    with held(parent), pytest.raises(errors.RowsBusy):
        restore.apply(plan)
    assert not Reference.objects.exists()
    kept.refresh_from_db()
    assert kept.name == "then"
