"""Bringing one object back: what a preview shows is what is done, to the last byte, or it is refused in words."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import JSONField, Value
from django.utils import timezone

import pghistory
from pghistory import errors, restore
from pghistory.models import Context, Event
from tests.tracked.models import (
    ByStatement,
    CharKey,
    ContextFree,
    Everything,
    Loose,
    MyUser,
    Odd,
    OldRows,
    OnlyDeletions,
    OnlyInt,
    Place,
    Restaurant,
    Specimen,
    Target,
    TwoHistories,
    UuidKey,
)

pytestmark = pytest.mark.django_db


def events(model: Any) -> Any:
    return model.pgh_event_model.objects.order_by("pgh_id")


def first(model: Any) -> Any:
    return events(model).first()


def last(model: Any) -> Any:
    return events(model).last()


def rewritten(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def choice(plan: restore.Plan, name: str) -> restore.Choice:
    return next(found for found in plan.choices if found.name == name)


def test_a_row_goes_back_to_what_an_event_keeps_and_the_new_event_says_so(user: User):
    row = rewritten(Everything.objects.create(name="then", number=1), name="now")
    plan = restore.plan(first(Everything))
    assert [(found.name, found.base, found.then, found.now, found.chosen) for found in plan.choices] == [
        ("name", "then", "now", "now", True)
    ]
    assert [(entry.kind, entry.changes) for entry in plan.events] == [("update", {"name": ("now", "then")})]
    assert plan.count == 1
    done = restore.apply(plan, reason="typo", actor=user, url="/there/")
    assert Everything.objects.get(pk=row.pk).name == "then"
    assert done.rows == 1
    stored = last(Everything)
    assert stored.pgh_context_id == done.context_id
    assert stored.pgh_context.actor_label == "Ada Lovelace"
    assert stored.pgh_context.metadata == {
        "user": user.pk,
        "url": "/there/",
        "reason": "typo",
        "restored": f"tracked.EverythingEvent:{first(Everything).pk}",
    }


def test_a_preview_leaves_nothing_behind():
    row = rewritten(Everything.objects.create(name="then"), name="now")
    before = events(Everything).count(), Context.objects.count()
    with pghistory.context(x=1):
        restore.plan(first(Everything))
    row.refresh_from_db()
    assert row.name == "now"
    assert (events(Everything).count(), Context.objects.count()) == before
    with connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_restore_is_a_context_of_its_own_within_another_one():
    rewritten(Everything.objects.create(name="then"), name="now")
    with pghistory.context(job="night") as outer:
        done = restore.apply(restore.plan(first(Everything)))
        Everything.objects.create(name="other")
    assert done.context_id != outer.id
    assert Context.objects.get(pk=done.context_id).metadata["job"] == "night"
    assert "restored" not in Context.objects.get(pk=outer.id).metadata


def test_a_field_that_was_edited_since_is_a_conflict_and_stays_unless_it_is_named(user: User):
    row = rewritten(Everything.objects.create(name="base", number=1), name="then", number=2)
    with pghistory.context(actor=user):
        rewritten(row, name="now")
    plan = restore.plan(first(Everything))
    name, number = choice(plan, "name"), choice(plan, "number")
    assert (name.base, name.then, name.now, name.chosen, name.conflict) == ("base", "then", "now", False, True)
    assert name.edit is not None
    assert name.edit.actor_label == "Ada Lovelace"
    assert (number.chosen, number.conflict) == (True, False)
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 1)
    plan = restore.plan(first(Everything), fields=["name"])
    assert choice(plan, "name").conflict
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("base", 1)


def test_only_chosen_fields_are_written():
    row = rewritten(Everything.objects.create(name="then", number=1), name="now", number=2)
    plan = restore.plan(first(Everything), fields=["number"])
    assert {found.name: found.chosen for found in plan.choices} == {"name": False, "number": True}
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 1)


def test_a_field_that_is_not_kept_is_refused_by_name():
    rewritten(Everything.objects.create(name="then"), name="now")
    with pytest.raises(errors.NotRestorable, match="does not keep colour, size"):
        restore.plan(first(Everything), fields=["colour", "size", "name"])


def test_a_row_that_is_as_it_was_has_nothing_to_restore():
    Everything.objects.create(name="same")
    plan = restore.plan(first(Everything))
    assert not plan.is_ready
    assert "nothing to restore" in plan.problem
    with pytest.raises(errors.NotRestorable, match="nothing to write"):
        restore.apply(plan)


def test_an_instant_without_a_zone_is_in_the_current_one():
    rewritten(Everything.objects.create(name="one"), name="two")
    zone = dt.timezone(dt.timedelta(hours=5))
    noon = dt.datetime(2026, 1, 1, 12, tzinfo=zone)
    for event, hour in zip(events(Everything), (11, 13), strict=True):
        Everything.pgh_event_model.objects.filter(pk=event.pk).update(pgh_created_at=noon.replace(hour=hour))
    with timezone.override(zone):
        assert restore.plan(last(Everything), at=noon.replace(tzinfo=None)).event == events(Everything)[0]


def test_an_instant_finds_the_event_that_keeps_the_row():
    row = Everything.objects.create(name="one")
    for name in ("two", "three"):
        rewritten(row, name=name)
    hours = [timezone.now() - dt.timedelta(hours=hours) for hours in (3, 2, 1)]
    for event, at in zip(events(Everything), hours, strict=True):
        Everything.pgh_event_model.objects.filter(pk=event.pk).update(pgh_created_at=at)
    plan = restore.plan(last(Everything), at=hours[1] + dt.timedelta(minutes=5))
    assert plan.event == events(Everything)[1]
    restore.apply(plan.token)
    row.refresh_from_db()
    assert row.name == "two"
    with pytest.raises(errors.NotRestorable, match="there was no such row"):
        restore.plan(last(Everything), at=hours[0] - dt.timedelta(minutes=5))


def test_every_column_comes_back_as_it_was_stored(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    target = Target.objects.create(code="t1")
    row = Specimen(unique="Ünique <b> %s", target=target, by_code=target, only=target, binary=b"\x00\xff", array=[1, 2])
    row.json, row.days, row.decimal = {"a": [None, "%"]}, (dt.date(2020, 1, 1), dt.date(2020, 2, 1)), "12.50"
    row.file.save("a.txt", ContentFile(b"x"), save=False)
    row.save()
    kept = {name: value for name, value in vars(Specimen.objects.get()).items() if name != "_state"}
    other = Target.objects.create(code="t2")
    Specimen.objects.update(
        unique="other", target=other, by_code=None, only=None, binary=b"", array=[], days=None, decimal=1, file="",
        json=Value(None, JSONField()), by_database="z", now=timezone.now() + dt.timedelta(days=1), uuid=uuid.uuid4(),
    )  # fmt: skip
    plan = restore.plan(first(Specimen))
    assert choice(plan, "lowered").problem == "The database works it out by itself."
    assert choice(plan, "now").chosen
    restore.apply(plan)
    found = {name: value for name, value in vars(Specimen.objects.get()).items() if name != "_state"}
    assert {name: str(value) for name, value in found.items()} == {name: str(value) for name, value in kept.items()}
    row.delete()
    restore.apply(restore.plan(last(Specimen)))
    found = {name: value for name, value in vars(Specimen.objects.get()).items() if name != "_state"}
    assert {name: str(value) for name, value in found.items()} == {name: str(value) for name, value in kept.items()}


@pytest.mark.parametrize(("json", "sql"), [("'null'", "null"), ("null", "'null'")])
def test_nulls_of_json_and_of_sql_are_kept_apart(json: str, sql: str):
    row = ByStatement.objects.create(name="a", data={})
    with connection.cursor() as cursor:
        cursor.execute(f"update tracked_bystatement set data = {json}")
        cursor.execute(f"update tracked_bystatement set data = {sql}")
    event = ByStatement.pgh_event_models["update"].objects.filter(pgh_label="update").order_by("pgh_id").first()
    plan = restore.plan(event, fields=["data"])
    restore.apply(plan)
    with connection.cursor() as cursor:
        cursor.execute(f"select data::text is not distinct from {json}::text from tracked_bystatement")
        assert cursor.fetchone() == (True,)
    assert row.pk


def test_old_rows_come_back_as_they_were_before_the_change():
    row = OldRows.objects.create(name="one")
    for name in ("two", "three"):
        rewritten(row, name=name)
    plan = restore.plan(first(OldRows))
    assert (choice(plan, "name").base, choice(plan, "name").then, choice(plan, "name").now) == ("one", "two", "three")
    assert not plan.is_ready
    plan = restore.plan(last(OldRows))
    assert (choice(plan, "name").base, choice(plan, "name").conflict) == ("two", False)
    restore.apply(plan)
    row.refresh_from_db()
    assert row.name == "two"


def test_an_instant_is_read_from_old_rows_too():
    row = rewritten(OldRows.objects.create(name="one"), name="two")
    OldRows.pgh_event_model.objects.update(pgh_created_at=timezone.now() - dt.timedelta(hours=1))
    plan = restore.plan(first(OldRows), at=timezone.now() - dt.timedelta(hours=2))
    restore.apply(plan)
    row.refresh_from_db()
    assert row.name == "one"


def test_a_history_that_misses_changes_or_fields_says_so():
    row = MyUser.objects.create(username="a", email="a@example.com", address="x")
    rewritten(row, email="b@example.com")
    rewritten(row, address="y")
    plan = restore.plan(first(MyUser))
    assert any("does not keep every change" in note for note in plan.notes)
    restore.apply(plan, reason="")
    row.refresh_from_db()
    assert row.email == "a@example.com"
    rewritten(OnlyInt.objects.create(int_field=1, char_field="c", user=User.objects.create(username="u")), int_field=2)
    plan = restore.plan(first(OnlyInt))
    assert [note for note in plan.notes if "char field, user" in note]
    restore.apply(plan)
    assert OnlyInt.objects.get().int_field == 1


def test_one_of_two_histories_brings_back_the_fields_that_it_keeps():
    row = TwoHistories.objects.create(username="a", email="a@example.com")
    rewritten(row, username="b", email="b@example.com")
    event = TwoHistories.pgh_event_models["email_changed"].objects.get()
    restore.apply(restore.plan(event))
    row.refresh_from_db()
    assert (row.username, row.email) == ("b", "a@example.com")


def test_a_deleted_row_of_which_only_some_fields_are_kept_is_refused_in_words():
    row = OnlyInt.objects.create(int_field=1, char_field="c", user=User.objects.create(username="u"))
    row.delete()
    plan = restore.plan(first(OnlyInt))
    assert plan.problem == "Not kept, and without a default: char field, user."
    with pytest.raises(errors.NotRestorable):
        restore.apply(plan)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (CharKey, {"code": "5% <script>'\"\\ :x", "name": "a"}),
        (UuidKey, {"name": "a"}),
        (Loose, {"name": "a"}),
        (OnlyDeletions, {"name": "a"}),
    ],
)
def test_a_deleted_row_comes_back_under_its_key(model: Any, values: dict[str, Any]):
    row = model.objects.create(**values)
    key = row.pk
    row.delete()
    plan = restore.plan(last(model))
    assert plan.count == len([label for label in model.pgh_event_models if label == "insert"])
    restore.apply(plan.token)
    assert model.objects.get(pk=key).name == "a"


def test_names_that_must_be_quoted_are_quoted():
    row = rewritten(Odd.objects.create(select=1, order="%s %(x)s"), select=2, order="<script>")
    restore.apply(restore.plan(first(Odd)))
    row.refresh_from_db()
    assert (row.select, row.order) == (1, "%s %(x)s")


def test_events_without_context_are_shown_and_written():
    row = rewritten(ContextFree.objects.create(name="then"), name="now")
    plan = restore.plan(first(ContextFree))
    assert plan.count == 1
    assert [entry.changes for entry in plan.events] == [{"name": ("now", "then")}]
    restore.apply(plan)
    row.refresh_from_db()
    assert row.name == "then"


@pytest.mark.django_db(databases=["default", "archive"])
def test_a_row_of_another_database_is_restored_there():
    row = Everything.objects.using("archive").create(name="then")
    row.name = "now"
    row.save(using="archive")
    Everything.objects.create(name="here")
    event = Everything.pgh_event_model.objects.using("archive").earliest("pgh_id")
    plan = restore.plan(event)
    assert plan.count == 1
    restore.apply(plan.token)
    assert Everything.objects.using("archive").get().name == "then"
    assert Everything.objects.get().name == "here"


def test_a_proxy_restores_the_table_that_it_stands_for():
    group = Group.objects.create(name="readers")
    group.name = "writers"
    group.save()
    event: Any = group.events.earliest("pgh_id")
    restore.apply(restore.plan(event))
    group.refresh_from_db()
    assert group.name == "readers"


def test_a_child_comes_back_with_its_part_in_the_parents_table():
    row = Restaurant.objects.create(name="Nori", stars=1)
    rewritten(row, name="Kelp", stars=2)
    event: Event = Restaurant.pgh_event_model.objects.filter(pgh_label="insert").get()
    plan = restore.plan(event)
    assert {found.name: (found.base, found.now) for found in plan.choices} == {
        "stars": (1, 2),
        "name": ("Nori", "Kelp"),
    }
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.stars) == ("Nori", 1)
    key = row.pk
    row.delete()
    restore.apply(restore.plan(last(Restaurant)))
    assert (Restaurant.objects.get(pk=key).name, Restaurant.objects.get(pk=key).stars) == ("Nori", 1)


def test_a_parent_comes_back_with_the_child_that_went_with_it():
    row = Restaurant.objects.create(name="Nori", stars=3)
    row.delete()
    event = Place.pgh_event_models["delete"].objects.filter(pgh_label="delete").get()
    restore.apply(restore.plan(event))
    assert Restaurant.objects.get().stars == 3


def test_an_event_that_is_gone_is_refused():
    rewritten(Everything.objects.create(name="then"), name="now")
    event = first(Everything)
    Everything.pgh_event_model.objects.filter(pk=event.pk).delete()
    with pytest.raises(errors.NotRestorable, match="there is no such event"):
        restore.plan(event)
