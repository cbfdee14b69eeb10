"""Bulk methods and raw SQL are tracked like any other write; histories of several models at once."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection

import pghistory
from demo_project.people.models import UserGroups, UserProxy
from pghistory import registry
from tests.tracked.models import (
    ByRow,
    CharKey,
    Everything,
    GroupPermissions,
    Loose,
    ManualUser,
    OneKey,
    Place,
    Reference,
    Restaurant,
    TwoHistories,
    UuidKey,
)

pytestmark = pytest.mark.django_db


def stored(model: Any, *names: str) -> list[tuple[Any, ...]]:
    return list(model.pgh_event_model.objects.order_by("pgh_id").values_list(*names))


def test_bulk_create_is_tracked():
    made = Everything.objects.bulk_create([Everything(name=name) for name in "abc"])
    assert stored(Everything, "pgh_label", "pgh_obj_id", "name") == [
        ("insert", row.pk, name) for row, name in zip(made, "abc", strict=True)
    ]


def test_bulk_create_that_updates_conflicts_is_tracked_as_what_it_does():
    first = Everything.objects.create(name="a", number=1)
    Everything.objects.bulk_create(
        [Everything(id=first.pk, name="a", number=2), Everything(name="b", number=2)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["number"],
    )
    assert stored(Everything, "pgh_label", "name", "number") == [
        ("insert", "a", 1),
        ("update", "a", 2),
        ("insert", "b", 2),
    ]


def test_bulk_create_that_ignores_conflicts_stores_only_what_was_added():
    first = Everything.objects.create(name="a")
    Everything.objects.bulk_create([Everything(id=first.pk, name="z"), Everything(name="b")], ignore_conflicts=True)
    assert stored(Everything, "pgh_label", "name") == [("insert", "a"), ("insert", "b")]


def test_bulk_update_is_tracked():
    made = Everything.objects.bulk_create([Everything(name=name) for name in "abc"])
    for number, row in enumerate(made[1:], start=1):
        row.number = number
    Everything.objects.bulk_update(made, ["number"])
    updates = sorted(row[1:] for row in stored(Everything, "pgh_label", "name", "number") if row[0] == "update")
    assert updates == [("b", 1), ("c", 2)]


def test_update_of_a_queryset_is_tracked_for_each_row_that_changes():
    Everything.objects.bulk_create([Everything(name="a", number=1), Everything(name="b", number=2)])
    Everything.objects.update(number=2)
    assert stored(Everything, "pgh_label", "name", "number")[2:] == [("update", "a", 2)]


def test_delete_of_a_queryset_is_tracked():
    Everything.objects.bulk_create([Everything(name=name) for name in "abc"])
    Everything.objects.filter(name__lt="c").delete()
    assert sorted(stored(Everything, "pgh_label", "name")[3:]) == [("delete", "a"), ("delete", "b")]


def test_raw_sql_is_tracked():
    with connection.cursor() as cursor:
        cursor.execute("insert into tracked_everything (name) values ('a')")
        cursor.execute("update tracked_everything set name = 'b'")
        cursor.execute("delete from tracked_everything")
    assert stored(Everything, "pgh_label", "name") == [("insert", "a"), ("update", "b"), ("delete", "b")]


def test_rows_that_a_foreign_key_takes_along_are_tracked():
    row = ByRow.objects.create(name="a")
    Reference.objects.create(row=row)
    row.delete()
    assert [label for (label,) in stored(Reference, "pgh_label")] == ["insert", "delete"]


def test_keys_of_any_kind_are_kept_in_the_event():
    parent = UuidKey.objects.create(name="a")
    one = OneKey.objects.create(parent=parent, name="b")
    text = CharKey.objects.create(code="50% 'off' \"é\"")
    assert stored(UuidKey, "pgh_obj_id", "id") == [(parent.pk, parent.pk)]
    assert stored(OneKey, "pgh_obj_id", "parent_id") == [(one.pk, parent.pk)]
    assert stored(CharKey, "pgh_obj_id", "code") == [(text.pk, text.pk)]
    assert [event.pgh_obj for event in text.events.all()] == [text]


def test_a_changed_key_is_an_update_of_the_new_key():
    CharKey.objects.create(code="a")
    CharKey.objects.update(code="b")
    assert stored(CharKey, "pgh_label", "pgh_obj_id", "code") == [("insert", "a", "a"), ("update", "b", "b")]


def test_each_side_of_a_multi_table_child_has_its_own_history():
    restaurant = Restaurant.objects.create(name="Anna's", stars=1)
    restaurant.stars = 2
    restaurant.save()
    Place.objects.filter(pk=restaurant.pk).update(name="Bea's")
    assert stored(Place, "pgh_label", "name") == [("insert", "Anna's"), ("update", "Bea's")]
    assert stored(Restaurant, "pgh_label", "stars") == [("insert", 1), ("update", 2)]
    assert [event.stars for event in restaurant.restaurant_events.order_by("pgh_id")] == [1, 2]
    assert Place.pgh_event_model is not Restaurant.pgh_event_model


def test_two_histories_of_one_model_store_their_own_fields_and_moments():
    tracked = TwoHistories.objects.create(username="ada", email="a@b.c")
    tracked.email = "new@b.c"
    tracked.save()
    tracked.username = "grace"
    tracked.save()
    emails, usernames = (
        TwoHistories.pgh_event_models["email_changed"],
        TwoHistories.pgh_event_models["username_changed"],
    )
    assert (emails.__name__, usernames.__name__) == ("TwoHistoriesEmail", "TwoHistoriesUsername")
    assert list(emails.objects.values_list("pgh_label", "email")) == [("email_changed", "a@b.c")]
    assert list(usernames.objects.values_list("pgh_label", "username")) == [("username_changed", "ada")]
    assert emails.pgh_tracked_fields == ("email",)
    assert [event.email for event in tracked.email_events.all()] == ["a@b.c"]


def test_one_event_model_is_refused_where_there_are_several():
    with pytest.raises(ValueError, match=r"tracked\.TwoHistories .*pgh_event_models"):
        _ = TwoHistories.pgh_event_model


def test_a_manual_tracker_installs_no_trigger():
    assert not getattr(ManualUser._meta, "triggers", [])
    ManualUser.objects.create(username="ada", password="secret").delete()
    assert stored(ManualUser, "pgh_id") == []


def test_the_document_example_of_a_manual_event():
    user = ManualUser.objects.create(username="ada", password="secret")
    with pghistory.context(reason="sign-up"):
        pghistory.create_event(user, label="user_create")
    event = user.username_events.get()
    assert (event.pgh_label, event.username, event.pgh_obj) == ("user_create", "ada", user)
    assert event.pgh_context.metadata == {"reason": "sign-up"}
    assert not hasattr(event, "password")
    assert registry.manual_labels(ManualUser) == ("user_create",)


def test_a_third_party_model_is_tracked_through_a_proxy_without_its_password():
    user = User.objects.create_user("ada", password="secret")
    user.email = "a@b.c"
    user.save()
    user.set_password("other")
    user.save()
    events = UserProxy.pgh_event_model.objects.filter(pgh_obj_id=user.pk).order_by("pgh_id")
    assert [(event.pgh_label, event.email) for event in events] == [("insert", ""), ("update", "a@b.c")]
    assert "password" not in {field.name for field in UserProxy.pgh_event_model._meta.fields}


def test_a_proxys_event_model_belongs_to_the_app_of_the_proxy():
    event_model = UserProxy.pgh_event_model
    assert event_model._meta.app_label == "people"
    assert event_model.pgh_tracked_model is UserProxy
    assert event_model._meta.get_field("pgh_obj").related_model is UserProxy
    assert registry.event_models_of(User) == registry.event_models_of(UserProxy)


def test_adding_and_removing_a_group_is_tracked_as_the_document_prints_it():
    user = User.objects.create_user("username")
    group = Group.objects.create(name="group")
    user.groups.add(group)
    user.groups.remove(group)
    events = UserGroups.pgh_event_model.objects.filter(user=user).order_by("pgh_id")
    assert list(events.values("user", "group", "pgh_label")) == [
        {"user": user.pk, "group": group.pk, "pgh_label": "group.add"},
        {"user": user.pk, "group": group.pk, "pgh_label": "group.remove"},
    ]


def test_a_through_model_tracked_by_insert_and_delete_events_says_the_same():
    group = Group.objects.create(name="group")
    first, second = Permission.objects.order_by("pk")[:2]
    group.permissions.add(first, second)
    group.permissions.set([second])
    group.permissions.clear()
    found = stored(GroupPermissions, "pgh_label", "group", "permission")
    assert sorted(found[:2]) == sorted(("permission.add", group.pk, each.pk) for each in (first, second))
    assert found[2:] == [("permission.remove", group.pk, first.pk), ("permission.remove", group.pk, second.pk)]


def test_without_an_object_field_events_have_no_reference():
    names = {field.name for field in Loose.pgh_event_model._meta.fields}
    assert names == {"pgh_id", "pgh_created_at", "pgh_label", "pgh_context", "id", "name"}
    row = Loose.objects.create(name="a")
    assert stored(Loose, "id", "name") == [(row.pk, "a")]
    assert not hasattr(Loose, "events")
