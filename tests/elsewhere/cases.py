"""What holds in that project; tests/integration/test_elsewhere.py runs these in a process of their own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, connections, models
from django.test import Client

import pghistory
from pghistory.models import Context, Events, MiddlewareEvents
from pghistory.timeline import Timeline
from pghistory_ui.links import page_url
from tests.elsewhere.models import Bag, Member, Sack
from tests.ui.html import Page, opened

pytestmark = pytest.mark.django_db(databases=["default", "second"])

SCHEMAS = {"default": "first", "second": "second"}


@pytest.fixture
def ada() -> Member:
    return Member.objects.create(username="ada", is_staff=True, is_superuser=True)


@pytest.fixture(params=[Bag, Sack], ids=["row", "statement"])
def bag(request: pytest.FixtureRequest, ada: Member) -> Any:
    made = request.param.objects.create(words={"a": "1", "b": None}, insensitive="Straße", many=[{"a": "b"}], owner=ada)
    return request.param.objects.get(pk=made.pk)


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """A session that looks into no schema, as one that restores a dump does."""
    with connection.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        yield
        cursor.execute("set local search_path = first, public")


def rows(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def test_models_and_migrations_say_the_same():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_the_projects_own_users_are_tracked_and_act(ada: Member, client: Client):
    with pghistory.context(actor=ada, user=ada.pk):
        bob = Member.objects.create(username="bob", password="secret")
        bob.email = "bob@example.com"
        bob.save()
    assert [event.pgh_label for event in bob.story.order_by("pgh_id")] == ["insert", "update"]
    assert not hasattr(bob.story.first(), "password")
    assert Context.objects.get().actor_label == "member ada"
    assert {event.user for event in MiddlewareEvents.objects.tracks(bob).select_related("user")} == {ada}
    newest = Timeline().of(bob).by(ada).page().entries[0]
    assert newest.changes == {"email": ("", "bob@example.com")}
    assert newest.actor_label == "member ada"
    client.force_login(ada)  # type: ignore[arg-type]  # the stubs know one kind of user
    page = client.get(page_url(admin.site, "object", "elsewhere.Member", bob.pk))
    assert "bob@example.com" in Page(page.content.decode()).text


def test_a_reference_to_a_user_is_mirrored_and_outlives_the_user(bag: Any, ada: Member):
    event = bag.events.get()
    assert event.owner == ada
    assert event._meta.get_field("owner").remote_field.model is Member
    assert [found.event for found in Timeline().references(ada).across(type(bag)).page().entries] == [event]
    key = ada.pk
    ada.delete()
    assert [found.pgh_label for found in type(event).objects.order_by("pgh_id")] == ["insert", "delete"]
    assert type(event).objects.first().owner_id == key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", {"a": "1", "b": ""}),
        ("words", {}),
        ("words", None),
        ("insensitive", "STRASSE"),
        ("insensitive", "STRAßE"),
        ("many", [{"a": "B"}, {}]),
    ],
)
def test_a_change_of_an_extension_type_is_told_and_taken_back(bag: Any, field: str, value: Any):
    before = getattr(bag, field)
    type(bag).objects.filter(pk=bag.pk).update(**{field: value})
    first, second = bag.events.order_by("pgh_id")
    assert (first.pgh_label, second.pgh_label) == ("insert", "update")
    assert (getattr(first, field), getattr(second, field)) == (before, value)
    told = Events.objects.tracks(bag).order_by("-pgh_id")[0]
    assert set(told.pgh_diff) == {field}
    entry, _ = Timeline().of(bag).page().entries
    assert entry.changes == {field: (before, value)}
    assert [found.event for found in Timeline().of(bag).touching(field).page().entries] == [second, first]
    first.revert()
    assert getattr(type(bag).objects.get(), field) == before
    assert bag.events.count() == 3


def test_a_write_that_changes_nothing_has_no_event(bag: Any):
    bag.save()
    assert bag.events.count() == 1


def test_pages_show_extension_types(bag: Any, ada: Member, client: Client):
    bag.words = {"a": "2", "b": None}
    bag.insensitive = "STRAßE"
    bag.save()
    client.force_login(ada)  # type: ignore[arg-type]  # the stubs know one kind of user
    page = client.get(page_url(admin.site, "object", type(bag)._meta.label, bag.pk)).content.decode()
    text = Page(opened(client, page)).text
    assert 'changed a from "1" to "2"' in text
    assert "STRAßE" in text


@pytest.mark.parametrize("alias", SCHEMAS)
def test_events_lie_in_the_schema_of_their_row(alias: str):
    with pghistory.context(schema=alias):
        made = Bag.objects.using(alias).create(insensitive=alias)
        Sack.objects.using(alias).create(insensitive=alias)
    for schema in SCHEMAS.values():
        expected = int(schema == SCHEMAS[alias])
        for table in ("elsewhere_bagevent", "elsewhere_sackevent", "pghistory_context"):
            with connections[alias].cursor() as cursor:
                cursor.execute(f"select count(*) from {schema}.{table}")
                assert cursor.fetchone() == (expected,), (schema, table)
    assert [event.pgh_data["insensitive"] for event in Events.objects.using(alias).all()] == [alias, alias]
    assert len(Timeline(using=alias).of(made).page().entries) == 1


@pytest.mark.parametrize("path", ["second, public", "public", "", "second, first"])
def test_triggers_write_beside_their_table_whatever_the_session_looks_into(path: str):
    with connection.cursor() as cursor:
        cursor.execute(f"set local search_path = {path or repr('')}")
        for table in ("first.elsewhere_bag", "first.elsewhere_sack"):
            cursor.execute(f"insert into {table} (insensitive) values ('a')")
            cursor.execute(f"update {table} set insensitive = 'A'")
        for table in ("elsewhere_bagevent", "elsewhere_sackevent"):
            assert rows(f"select pgh_label from first.{table} order by pgh_id") == [("insert",), ("update",)]
            assert rows(f"select pgh_label from second.{table}") == []


def test_a_context_is_written_beside_the_events(elsewhere: None):
    with pghistory.context(user="ada"), connection.cursor() as cursor:
        cursor.execute("insert into first.elsewhere_bag (insensitive) values ('a')")
    joined = "first.pghistory_context as c join first.elsewhere_bagevent on c.id = pgh_context_id"
    found = rows(f"select metadata from {joined}")
    assert [metadata for (metadata,) in found] in ([{"user": "ada"}], ['{"user": "ada"}'])


def test_types_are_what_the_database_says():
    assert {
        field.name: field.db_type(connection)
        for field in Bag.pgh_event_model._meta.concrete_fields
        if isinstance(field, models.Field) and not field.name.startswith("pgh_")
    } == {"id": "bigint", "words": "hstore", "insensitive": "citext", "many": "hstore[]", "owner": "uuid"}
