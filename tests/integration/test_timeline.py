"""`Timeline`: what an entry says, and which events are meant."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, models
from django.utils import timezone

import pghistory
from pghistory import registry, timeline
from pghistory.timeline import Count, Entry, Timeline
from tests.tracked.models import (
    ByRow,
    CharKey,
    ContextFree,
    DenormalisedContext,
    Everything,
    GroupPermissions,
    Labelled,
    Loose,
    MyUser,
    OldRows,
    OneKey,
    Reference,
    Restaurant,
    Specimen,
    Target,
    TwoHistories,
    UuidKey,
)

pytestmark = pytest.mark.django_db

DAY = dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC)


def entries(found: Timeline) -> list[Entry]:
    """Oldest first, which is how they are told."""
    return list(found.entries())[::-1]


def labels(found: Timeline) -> list[str]:
    return [entry.label for entry in entries(found)]


def numbers(found: Timeline) -> list[Any]:
    """The column `number` of each event."""
    return [entry.event.number for entry in entries(found)]


def write(model: Any, values: Iterable[dict[str, Any]], **first: Any) -> Any:
    """A row and its later versions."""
    row = model.objects.create(**first)
    for value in values:
        model.objects.filter(pk=row.pk).update(**value)
    return row


@pytest.fixture
def told() -> Any:
    """The key of a row that was added, changed twice and removed."""
    row = write(Everything, [{"name": "b"}, {"name": "c", "number": 2}], name="a", number=1)
    key = row.pk
    row.delete()
    return key


def test_entries_come_newest_first(told: int):
    page = Timeline().across(Everything).page()
    assert [entry.label for entry in page.entries] == ["delete", "update", "update", "insert"]
    assert (page.after, page.before) == (None, None)


def test_an_entry_tells_the_row_before_and_after(told: int):
    row = {"id": told, "name": "a", "number": 1}
    second, third = {**row, "name": "b"}, {**row, "name": "c", "number": 2}
    found = [(entry.kind, entry.before, entry.after) for entry in entries(Timeline().of(Everything(pk=told)))]
    assert found == [("insert", None, row), ("update", row, second), ("update", second, third), ("delete", third, None)]


def test_changes_hold_the_fields_that_differ(told: int):
    found = [entry.changes for entry in entries(Timeline().of(Everything(pk=told)))]
    assert found == [
        {"id": (None, told), "name": (None, "a"), "number": (None, 1)},
        {"name": ("a", "b")},
        {"name": ("b", "c"), "number": (1, 2)},
        {"id": (told, None), "name": ("c", None), "number": (2, None)},
    ]


def test_an_entry_says_where_it_comes_from(told: int):
    entry = entries(Timeline().of(Everything(pk=told)))[0]
    assert entry.event_model is Everything.pgh_event_model
    assert entry.tracked_model is Everything
    assert entry.event == Everything.pgh_event_model.objects.order_by("pgh_id")[0]
    assert (entry.label, entry.obj_id) == ("insert", told)
    assert entry.at == entry.event.pgh_created_at
    assert timezone.is_aware(entry.at)


def test_an_entry_has_the_living_object_or_none(told: int):
    row = Everything.objects.create(name="alive")
    assert entries(Timeline().of(row))[0].object == row
    assert entries(Timeline().of(Everything(pk=told)))[0].object is None


def test_what_was_before_the_first_recorded_event_is_not_known():
    row = write(Labelled, [{"number": 1}, {"number": 2}], name="a")
    first, second = entries(Timeline().of(row))
    assert (first.kind, first.before, first.changes, first.is_first) == ("update", None, {}, True)
    assert first.after == {"id": row.pk, "name": "a", "number": 1}
    assert (second.changes, second.is_first) == ({"number": (1, 2)}, False)


def test_an_insert_is_never_first_in_this_sense(told: int):
    assert [entry.is_first for entry in entries(Timeline().of(Everything(pk=told)))] == [False] * 4


def test_an_old_row_is_the_state_before_and_the_next_event_or_the_living_row_the_one_after():
    row = write(OldRows, [{"name": "b"}, {"name": "c"}], name="a")
    assert [entry.changes for entry in entries(Timeline().of(row))] == [{"name": ("a", "b")}, {"name": ("b", "c")}]
    assert [entry.kind for entry in entries(Timeline().of(row))] == ["update", "update"]


def test_the_last_old_row_of_a_deleted_object_has_no_state_after_it():
    row = write(OldRows, [{"name": "b"}, {"name": "c"}], name="a")
    key = row.pk
    row.delete()
    first, last = entries(Timeline().of(OldRows(pk=key)))
    assert first.changes == {"name": ("a", "b")}
    assert (last.before, last.after, last.changes) == ({"id": key, "name": "b"}, None, {})


def test_conditional_events_read_since_the_previous_recorded_one():
    user = MyUser.objects.create(username="ada", email="a@b.c", address="x")
    for change in ({"username": "grace"}, {"email": "b@b.c"}, {"address": "y"}, {"email": "c@b.c"}):
        MyUser.objects.filter(pk=user.pk).update(**change)
    first, second = entries(Timeline().of(user))
    assert first.changes == {"email": ("a@b.c", "b@b.c"), "address": ("x", "y")}
    assert second.changes == {"email": ("b@b.c", "c@b.c")}


def test_a_manual_event_says_so_and_shows_what_changed_since_the_previous_one():
    row = write(Labelled, [{"number": 1}], name="a")
    row.refresh_from_db()
    pghistory.create_event(row, label="reviewed")
    entry = entries(Timeline().of(row))[-1]
    assert (entry.kind, entry.changes) == ("manual", {})
    assert entry.before == entry.after == {"id": row.pk, "name": "a", "number": 1}


def test_a_label_that_is_no_longer_registered_counts_as_a_new_row_of_unknown_kind():
    row = write(Everything, [{"name": "b"}], name="a")
    Everything.pgh_event_model.objects.filter(pgh_label="update").update(pgh_label="forgotten")
    entry = entries(Timeline().of(row))[-1]
    assert (entry.kind, entry.label, entry.changes) == ("unknown", "forgotten", {"name": ("a", "b")})


@pytest.mark.parametrize(
    ("tracker", "kinds"),
    [
        (pghistory.AfterInsertOrUpdate("x"), ["insert", "update", "update"]),
        (pghistory.BeforeUpdateOrDelete("x"), ["update", "update", "delete"]),
    ],
)
def test_one_label_for_two_operations_tells_them_apart(build: Any, tracker: pghistory.Tracker, kinds: list[str]):
    @pghistory.track(tracker)
    class Twofold(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "tracked"

    build(Twofold)
    row = write(Twofold, [{"number": 1}, {"number": 2}], number=0)
    key = row.pk
    row.delete()
    assert [entry.kind for entry in entries(Timeline().of(Twofold(pk=key)))] == kinds


def test_a_key_that_was_used_again_begins_anew():
    for name in ("a", "b"):
        CharKey.objects.create(code="k", name=name).delete()
    found = [(entry.kind, entry.before and entry.before["name"]) for entry in entries(Timeline().of(CharKey(pk="k")))]
    assert found == [("insert", None), ("delete", "a"), ("insert", None), ("delete", "b")]


def test_the_events_of_several_event_models_of_one_object_are_one_timeline():
    row = write(TwoHistories, [{"email": "b"}, {"username": "g"}], username="a", email="a")
    found = Timeline().of(row)
    assert sorted(labels(found)) == ["email_changed", "username_changed"]
    assert {entry.event_model for entry in entries(found)} == set(registry.event_models_of(TwoHistories))
    assert {name for entry in entries(found) for name in entry.changes} == {"email", "username"}


def test_the_timeline_of_a_child_has_the_events_of_its_parent_too():
    restaurant = Restaurant.objects.create(name="Anna's")
    restaurant.name, restaurant.stars = "Bea's", 1
    restaurant.save()
    found = [(entry.tracked_model.__name__, entry.kind) for entry in entries(Timeline().of(restaurant))]
    assert sorted(found) == [
        ("Place", "insert"),
        ("Place", "update"),
        ("Restaurant", "insert"),
        ("Restaurant", "update"),
    ]
    assert {entry.tracked_model.__name__ for entry in entries(Timeline().of(restaurant.place_ptr))} == {"Place"}


def test_several_objects_are_any_of_them_and_several_calls_are_all_of_them():
    first, second = Everything.objects.create(name="a"), Everything.objects.create(name="b")
    Everything.objects.create(name="c")
    assert [entry.obj_id for entry in entries(Timeline().of(first, second))] == [first.pk, second.pk]
    assert entries(Timeline().of(first).of(second)) == []
    assert entries(Timeline().of()) == []


def test_an_untracked_object_is_refused():
    with pytest.raises(ValueError, match=r"tracked\.Target is not tracked"):
        Timeline().of(Target(pk=1))


def test_keys_of_any_kind_find_their_events():
    parent = UuidKey.objects.create(name="a")
    one = OneKey.objects.create(parent=parent, name="b")
    text = CharKey.objects.create(code="50% 'off'")
    for row in (parent, one, text):
        assert [entry.object for entry in entries(Timeline().of(row))] == [row]


def test_events_without_an_object_are_entries_too():
    Loose.objects.create(name="a")
    entry = entries(Timeline().across(Loose))[0]
    assert (entry.kind, entry.obj_id, entry.object) == ("insert", None, None)
    assert entry.after is not None
    assert entry.after["name"] == "a"


def test_changed_rows_without_an_object_have_no_state_before():
    row = write(Loose, [{"name": "b"}], name="a")
    update = entries(Timeline().across(Loose))[-1]
    assert (update.kind, update.before, update.changes) == ("update", None, {})
    assert update.after == {"id": row.pk, "name": "b"}


def test_events_of_a_through_model_are_found_by_what_they_refer_to():
    group, other = Group.objects.create(name="a"), Group.objects.create(name="b")
    permission = Permission.objects.order_by("pk")[0]
    for each in (group, other):
        each.permissions.add(permission)
    group.permissions.remove(permission)
    assert labels(Timeline().across(GroupPermissions).references(group)) == ["permission.add", "permission.remove"]
    assert labels(Timeline().across(GroupPermissions).references(permission)) == [
        "permission.add",
        "permission.add",
        "permission.remove",
    ]


def test_references_are_any_foreign_key_to_the_object():
    target, other = Target.objects.create(code="t"), Target.objects.create(code="o")
    first = Specimen.objects.create(unique="a", target=target)
    second = Specimen.objects.create(unique="b", target=other, by_code=target, itself=first)
    Specimen.objects.create(unique="c", target=other)
    assert [entry.obj_id for entry in entries(Timeline().references(target))] == [first.pk, second.pk]
    assert [entry.obj_id for entry in entries(Timeline().references(first))] == [second.pk]
    assert entries(Timeline().references(User(pk=1)).across(Specimen)) == []


def test_references_find_what_was_deleted():
    row = ByRow.objects.create(number=1)
    Reference.objects.create(row=row)
    key = row.pk
    row.delete()
    assert set(labels(Timeline().across(Reference).references(ByRow(pk=key)))) == {"insert", "delete"}


@pytest.mark.parametrize("wanted", [Everything, "tracked.Everything", "tracked.EverythingEvent"])
def test_across_takes_models_and_labels(told: int, wanted: Any):
    Loose.objects.create(name="a")
    found = Timeline().across(wanted)
    assert found.event_models == (Everything.pgh_event_model,)
    assert len(entries(found)) == 4


@pytest.mark.parametrize("wanted", [Target, "tracked.Target", "tracked.Nope", "nope"])
def test_across_refuses_what_is_not_tracked(wanted: Any):
    with pytest.raises(ValueError, match="is not tracked"):
        Timeline().across(wanted)


def test_a_whole_timeline_reads_every_event_model():
    assert Timeline().event_models == registry.event_models()


def test_labelled_means_one_of_the_labels(told: int):
    found = Timeline().of(Everything(pk=told))
    assert labels(found.labelled("insert", "delete")) == ["insert", "delete"]
    assert labels(found.labelled("nope")) == []
    assert labels(found.labelled("nul \x00", "half \ud800")) == []


@pytest.fixture
def acted() -> dict[int, uuid.UUID]:
    """{number: context} of rows that different people and jobs made."""
    made = {}
    contexts: list[dict[str, Any]] = [
        {"user": 1, "url": "/a/", "reason": "Typo in 100%"},
        {"user": 2, "url": "/b/", "nested": {"deep": ["Needle"]}},
        {"user": "celery", "task": "tidy"},
        {"user": None},
        {"user": "1"},
    ]
    for number, metadata in enumerate(contexts, start=1):
        with pghistory.context(**metadata) as ctx:
            Everything.objects.create(name=f"row {number}", number=number)
            made[number] = ctx.id
    Everything.objects.create(name="nobody", number=6)
    return made


@pytest.mark.parametrize(
    ("user", "found"),
    [(1, [1, 5]), ("1", [1, 5]), (2, [2]), ("celery", [3]), (None, []), ("\x00", []), (10**30, []), ("nope", [])],
    ids=str,
)
def test_by_finds_the_actor_as_number_or_text(acted: dict[int, uuid.UUID], user: Any, found: list[int]):
    assert numbers(Timeline().across(Everything).by(user)) == found


def test_by_takes_a_user(acted: dict[int, uuid.UUID]):
    assert numbers(Timeline().across(Everything).by(User(pk=2))) == [2]


def test_in_context_finds_all_that_a_unit_of_work_changed(acted: dict[int, uuid.UUID]):
    with pghistory.context(user=9) as ctx:
        Everything.objects.create(name="a")
        Loose.objects.create(name="b")
        DenormalisedContext.objects.create(name="c")
        ContextFree.objects.create(name="d")
    found = {entry.tracked_model for entry in Timeline().in_context(ctx.id).entries()}
    assert found == {Everything, Loose, DenormalisedContext}
    assert numbers(Timeline().across(Everything).in_context(str(acted[3]))) == [3]
    assert entries(Timeline().in_context("nope")) == []


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("url", "/a/", [1]),
        ("task", "tidy", [3]),
        ("user", 1, [1, 5]),
        ("user", None, [4]),
        ("nope", None, []),
        ("reason", "Typo in 100%", [1]),
        ("reason", "Typo", []),
    ],
)
def test_where_context_compares_a_value_of_the_metadata(
    acted: dict[int, uuid.UUID], key: str, value: Any, found: list[int]
):
    assert numbers(Timeline().across(Everything).where_context(key, value)) == found


def test_an_entry_has_its_context(acted: dict[int, uuid.UUID]):
    first, *_, last = entries(Timeline().across(Everything))
    assert first.context is not None
    assert (first.context.id, first.context.metadata["url"]) == (acted[1], "/a/")
    assert first.actor == 1
    assert (last.context, last.actor, last.actor_label) == (None, None, None)


def test_an_entry_has_the_actors_name_of_that_moment():
    ada = User.objects.create(username="ada")
    with pghistory.context(actor=ada):
        row = Everything.objects.create(name="a")
    ada.delete()
    entry = entries(Timeline().of(row))[0]
    assert entry.actor_label == "ada"


def test_a_denormalised_context_is_read_alike():
    with pghistory.context(user=3, url="/a/") as ctx:
        row = DenormalisedContext.objects.create(name="a")
    entry = entries(Timeline().of(row))[0]
    assert entry.context is not None
    assert (entry.context.id, entry.context.metadata, entry.actor) == (ctx.id, {"user": 3, "url": "/a/"}, 3)
    assert len(entries(Timeline().of(row).by(3).where_context("url", "/a/"))) == 1


def test_touching_means_that_one_of_the_fields_changed(told: int):
    found = Timeline().of(Everything(pk=told))
    assert [entry.kind for entry in entries(found.touching("number"))] == ["insert", "update", "delete"]
    assert len(entries(found.touching("name"))) == 4
    assert entries(found.touching("nope")) == []


def test_touching_reads_old_rows_as_entries_do():
    row = write(MyUser, [{"email": "b", "address": "y"}, {"email": "c"}], username="a", email="a", address="x")
    found = Timeline().of(row)
    assert [entry.changes for entry in entries(found.touching("address"))] == [
        {"email": ("a", "b"), "address": ("x", "y")}
    ]


@pytest.mark.parametrize(
    ("field", "before", "after", "found"),
    [
        ("name", "a", "b", [1]),
        ("name", "*", "c", [2]),
        ("name", "b", "*", [2]),
        ("number", 1, 2, [2]),
        ("number", "1", "2", [2]),
        ("name", "a", "c", []),
        ("name", None, "a", [0]),
        ("name", "c", None, [3]),
        ("name", "*", "*", [0, 1, 2, 3]),
        ("number", "one", "*", []),
        ("number", 10**30, "*", []),
        ("nope", "*", "*", []),
        ("name", "\x00", "*", []),
    ],
    ids=str,
)
def test_changed_means_from_one_value_to_another(told: int, field: str, before: Any, after: Any, found: list[int]):
    whole = entries(Timeline().of(Everything(pk=told)))
    assert entries(Timeline().of(Everything(pk=told)).changed(field, before, after)) == [
        whole[place] for place in found
    ]


def spread(model: Any) -> None:
    """One event a day, in the order of `pgh_id`."""
    for day, event in enumerate(model.pgh_event_model.objects.order_by("pgh_id")):
        event.pgh_created_at = DAY + dt.timedelta(days=day)
        event.save()


def test_since_is_inclusive_and_until_is_exclusive():
    Everything.objects.bulk_create([Everything(name="a", number=number) for number in range(5)])
    spread(Everything)
    found = Timeline().across(Everything)
    assert numbers(found.since(DAY + dt.timedelta(days=3))) == [3, 4]
    assert numbers(found.until(DAY + dt.timedelta(days=1))) == [0]
    assert numbers(found.since(DAY + dt.timedelta(days=1)).until(DAY + dt.timedelta(days=3))) == [1, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("needle", [2]),
        ("TYPO IN", [1]),
        ("100%", [1]),
        ("%", [1]),
        ("_", []),
        ("INSERT", [1, 2, 3, 4, 5, 6]),
        ("  celery  ", [3]),
        ("", [1, 2, 3, 4, 5, 6]),
        ("\x00", []),
        ('"\\', []),
    ],
    ids=repr,
)
def test_searching_looks_into_labels_and_contexts(acted: dict[int, uuid.UUID], text: str, found: list[int]):
    assert numbers(Timeline().across(Everything).searching(text)) == found


def test_searching_finds_an_object_by_its_key_and_an_actor_by_name():
    row = CharKey.objects.create(code="needle")
    CharKey.objects.create(code="needles")
    assert [entry.object for entry in entries(Timeline().across(CharKey).searching("needle"))] == [row]
    with pghistory.context(actor=User(username="Lovelace", pk=1)):
        Everything.objects.create(name="a", number=1)
    assert numbers(Timeline().across(Everything).searching("lovelace")) == [1]


def test_within_keeps_only_events_of_the_objects_in_a_queryset():
    for number in range(3):
        Everything.objects.create(name="a", number=number)
    CharKey.objects.create(code="a")
    found = Timeline().across(Everything, CharKey).within({Everything: Everything.objects.filter(number__gte=1)})
    assert sorted(entry.tracked_model.__name__ for entry in found.entries()) == ["CharKey", "Everything", "Everything"]
    Everything.objects.filter(number=1).delete()
    assert numbers(found.across(Everything)) == [2]


def test_a_timeline_is_never_changed():
    whole = Timeline()
    narrowed = whole.across(Everything).labelled("insert").since(DAY)
    assert whole == Timeline()
    assert narrowed != whole
    with pytest.raises(AttributeError):
        whole.using = "archive"  # type: ignore[misc]


def test_a_count_is_exact_up_to_its_bound():
    Everything.objects.bulk_create([Everything(name="a") for _ in range(5)])
    Loose.objects.create(name="a")
    found = Timeline().across(Everything, Loose)
    assert found.count() == Count(6, exact=True)
    assert found.count(bound=6) == Count(6, exact=True)
    assert found.count(bound=5) == Count(5, exact=False)
    assert found.labelled("nope").count() == Count(0, exact=True)
    unseen = {Everything: Everything.objects.none(), Loose: Loose.objects.none()}
    assert found.within(unseen, deleted=[]).count() == Count(0, exact=True)
    assert Timeline().of().count() == Count(0, exact=True)


def test_one_entry_is_read_by_its_key(told: int):
    event_model = Everything.pgh_event_model
    second = event_model.objects.order_by("pgh_id")[1]
    entry = timeline.entry(event_model, second.pk)
    assert entry.changes == {"name": ("a", "b")}
    assert entry == entries(Timeline().of(Everything(pk=told)))[1]
    for key in (0, "nope", None, 10**30, "\x00"):
        with pytest.raises(event_model.DoesNotExist):
            timeline.entry(event_model, key)


@pytest.mark.django_db(databases=["default", "archive"])
def test_a_timeline_reads_the_database_that_it_is_told():
    row = Everything.objects.using("archive").create(name="a")
    assert [entry.object for entry in Timeline("archive").of(row).entries()] == [row]
    assert entries(Timeline("default").of(row)) == []
    event = Everything.pgh_event_model.objects.using("archive").get()
    assert timeline.entry(Everything.pgh_event_model, event.pk, "archive").object == row


def test_estimates_say_how_much_there_is_and_from_when_to_when():
    Everything.objects.create(name="a")
    with connection.cursor() as cursor:
        # The database notes pages without rows, and the table is filled afterwards.
        cursor.execute("delete from tracked_everythingevent")
        cursor.execute("analyze tracked_everythingevent")
    Everything.objects.bulk_create([Everything(name="a") for _ in range(3)])
    spread(Everything)
    found = timeline.estimates([Everything.pgh_event_model, Loose.pgh_event_model])
    full, empty = found[Everything.pgh_event_model], found[Loose.pgh_event_model]
    assert (full.events, full.first, full.last) == (3, DAY, DAY + dt.timedelta(days=2))
    assert full.size > 0
    assert (empty.events, empty.first, empty.last) == (0, None, None)


def test_activity_counts_days_where_django_keeps_no_zones(settings: Any):
    settings.USE_TZ = False
    Everything.objects.bulk_create([Everything(name="a") for _ in range(3)])
    Everything.pgh_event_model.objects.update(pgh_created_at="2031-05-02T23:59")
    found = timeline.activity([Everything.pgh_event_model], dt.date(2031, 5, 3), days=3)
    assert found[Everything.pgh_event_model].days == (0, 3, 0)


def test_events_that_name_no_object_are_nobodys():
    row = Loose.objects.create(name="a")
    assert Loose.pgh_event_model.objects.exists()
    assert entries(Timeline().of(row)) == []


def test_of_several_objects_each_is_looked_for_in_its_own_table():
    first, second = Everything.objects.create(name="a"), Labelled.objects.create(pk=10**6, name="a")
    Everything.objects.create(pk=second.pk, name="b")
    Labelled.objects.update(name="b")
    found = Timeline().of(first, second)
    assert {(entry.tracked_model, entry.obj_id) for entry in found.entries()} == {
        (Everything, first.pk),
        (Labelled, second.pk),
    }


def test_a_living_row_is_that_of_now_and_a_gone_object_has_none(told: int):
    row = write(Everything, [{"name": "now"}], name="then")
    [first, _] = entries(Timeline().of(row))
    assert first.living == {"id": row.pk, "name": "now", "number": None}
    assert [entry.living for entry in entries(Timeline().of(Everything(pk=told)))] == [None] * 4


def test_an_object_may_be_given_as_its_proxy(scratch: None, told: int):
    class Proxy(Everything):
        class Meta:
            app_label = "tracked"
            proxy = True

    assert len(entries(Timeline().of(Proxy(pk=told)))) == 4
