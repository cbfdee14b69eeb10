"""The text of triggers: golden files in tests/expected/, one a tracked model.

A change of them is a migration for every user and a line in the changelog. To write them anew:

    PGHISTORY_UPDATE_GOLDEN=1 pytest tests/sql/test_triggers.py
"""

import os
import re
import uuid
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import ProgrammingError, connection, models, transaction

from pghistory.models import Context
from tests.tracked.models import (
    AppendOnly,
    ByRow,
    ByStatement,
    CharKey,
    Compared,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Everything,
    GroupPermissions,
    KeptEvent,
    Loose,
    Odd,
    OldRows,
    Restaurant,
    Specimen,
    WatchedEvent,
)

FOLDER = Path(__file__).resolve().parents[1] / "expected"
UPDATE = os.environ.get("PGHISTORY_UPDATE_GOLDEN") == "1"
GOLDEN: list[type[models.Model]] = [
    AppendOnly,
    AppendOnly.pgh_event_model,
    ByRow,
    ByStatement,
    CharKey,
    Compared,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Everything,
    GroupPermissions,
    KeptEvent.pgh_tracked_model,
    Loose,
    Odd,
    OldRows,
    Restaurant,
    Specimen,
    WatchedEvent,
    WatchedEvent.pgh_tracked_model,
]


def path(model: type[models.Model]) -> Path:
    return FOLDER / f"{model._meta.model_name}.sql"


def text(model: type[models.Model]) -> str:
    """The SQL that installs the triggers of a model, in the order of their trackers."""
    registered: list[tuple[Any, Any]] = pgtrigger.registered()
    triggers = [trigger for owner, trigger in registered if owner is model]
    return "\n".join(f"-- {trigger.name}\n{trigger.compile(model).install_sql.strip()}\n" for trigger in triggers)


@pytest.mark.parametrize("model", GOLDEN, ids=lambda model: model.__name__)
def test_the_triggers_of_a_model_are_as_they_were_released(model: type[models.Model]):
    if UPDATE:
        path(model).write_text(text(model), encoding="utf-8")
    assert text(model) == path(model).read_text(encoding="utf-8")


def test_every_expected_file_belongs_to_a_model():
    assert {found.name for found in FOLDER.glob("*.sql")} == {path(model).name for model in GOLDEN}


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_the_database_has_exactly_the_triggers_that_are_registered():
    declared = {
        (re.split(r'"\."', model._meta.db_table)[-1].strip('"'), trigger.get_pgid(model))
        for model, trigger in pgtrigger.registered()
        if not model._meta.auto_created
    }
    installed = rows(
        "select relname, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid where not tgisinternal"
    )
    assert {(table, name) for table, name in installed if name.startswith("pgtrigger_")} == declared


@pytest.mark.django_db
def test_triggers_are_after_triggers_except_those_that_refuse():
    names = rows("select tgname from pg_trigger where tgname like 'pgtrigger%%' and tgtype & 2 = 2")
    assert {name.rsplit("_", 1)[0] for (name,) in names} == {
        "pgtrigger_append_only",
        "pgtrigger_append_only_truncate",
    }


@pytest.mark.django_db
def test_functions_of_statement_triggers_have_nested_loops_off():
    found = rows(
        "select proname, proconfig from pg_trigger join pg_proc on pg_proc.oid = tgfoid"
        " where tgrelid = 'tracked_bystatement'::regclass and not tgisinternal"
    )
    assert found
    assert all("enable_nestloop=off" in settings for _, settings in found)


@pytest.fixture
def odd_schema() -> str:
    """A schema with a table of its own, of the same name as a tracked one."""
    schema = '"Odd ""one"""'
    with connection.cursor() as cursor:
        cursor.execute(f"create schema {schema}")
        cursor.execute(f"create table {schema}.tracked_oldrows (like public.tracked_oldrows)")
        cursor.execute(f"insert into {schema}.tracked_oldrows (id, name) values (1, 'a')")
    return schema


def install(model: type[models.Model], *, looking_into: str) -> None:
    """The triggers of a model, in a session that looks for names in these schemas."""
    with connection.cursor() as cursor:
        cursor.execute(f"set local search_path = {looking_into}")
        cursor.execute(text(model))


LIKE_PUBLIC = "(like public.tracked_oldrowsevent including identity)"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["''", "public", "pg_temp"])
def test_a_row_is_stored_in_the_event_table_that_the_installation_found(odd_schema: str, path: str):
    with connection.cursor() as cursor:
        cursor.execute(f"create table {odd_schema}.tracked_oldrowsevent {LIKE_PUBLIC}")
        install(OldRows, looking_into=f"{odd_schema}, public")
        cursor.execute(f"set local search_path = {path}; update {odd_schema}.tracked_oldrows set name = 'b'")
    assert rows(f"select name from {odd_schema}.tracked_oldrowsevent") == [("a",)]
    assert rows("select name from public.tracked_oldrowsevent") == []


@pytest.mark.django_db
def test_an_event_table_that_is_not_there_yet_is_found_when_it_is(odd_schema: str):
    install(OldRows, looking_into=odd_schema)
    with connection.cursor() as cursor:
        cursor.execute(f"create table {odd_schema}.tracked_oldrowsevent {LIKE_PUBLIC}")
        cursor.execute(f"set local search_path = {odd_schema}, public; update tracked_oldrows set name = 'b'")
    assert rows(f"select name from {odd_schema}.tracked_oldrowsevent") == [("a",)]


@pytest.mark.django_db
def test_a_write_after_a_schema_was_renamed_fails_until_the_triggers_are_installed_anew(odd_schema: str):
    with connection.cursor() as cursor:
        cursor.execute(f"create table {odd_schema}.tracked_oldrowsevent {LIKE_PUBLIC}")
        install(OldRows, looking_into=f"{odd_schema}, public")
        cursor.execute(f"alter schema {odd_schema} rename to moved")
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            cursor.execute("update moved.tracked_oldrows set name = 'b'")
        install(OldRows, looking_into="moved, public")
        cursor.execute("update moved.tracked_oldrows set name = 'b'")
    assert rows("select name from moved.tracked_oldrowsevent") == [("a",)]


@pytest.mark.django_db
def test_no_function_of_a_row_sets_anything():
    found = rows(
        "select proconfig from pg_trigger join pg_proc on pg_proc.oid = tgfoid"
        " where tgrelid = 'tracked_byrow'::regclass and not tgisinternal"
    )
    assert found
    assert {settings for (settings,) in found} == {None}


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Everything, ByStatement])
def test_contexts_that_are_set_by_the_names_of_django_pghistory_are_all_stored(model: Any):
    ids = [str(uuid.UUID(int=number)) for number in (1, 2)]
    for context_id, metadata in [(ids[0], '{"a": 1}'), (ids[1], '{"a": 2}'), (ids[0], '{"a": 3}')]:
        rows("select set_config('pghistory.context_id', %s, true)", context_id)
        rows("select set_config('pghistory.context_metadata', %s, true)", metadata)
        model.objects.create(number=1)
    events = model.pgh_event_model.objects.filter(pgh_label="insert").order_by("pgh_id")
    assert [str(event.pgh_context_id) for event in events] == [ids[0], ids[1], ids[0]]
    assert {str(context.id): context.metadata for context in Context.objects.all()} == {
        ids[0]: {"a": 3},
        ids[1]: {"a": 2},
    }


@pytest.mark.django_db
def test_an_update_asks_its_function_whether_the_row_has_changed_and_other_conditions_stand_on_the_trigger():
    told = dict(
        rows(
            "select tgname, pg_get_triggerdef(oid) from pg_trigger"
            " where tgrelid = 'tracked_byrow'::regclass and not tgisinternal"
        )
    )
    with_condition = {name.rsplit("_", 1)[0] for name, text in told.items() if " WHEN " in text}
    assert "pgtrigger_update_update" not in with_condition
    assert {"pgtrigger_down_update", "pgtrigger_big_insert"} <= with_condition


@pytest.mark.client_binding
@pytest.mark.django_db
def test_an_ignored_trigger_stores_nothing():
    with pgtrigger.ignore("tracked.Everything:insert_insert"):
        row = Everything.objects.create(name="a")
        Everything.objects.update(name="b")
    assert [event.pgh_label for event in row.events.all()] == ["update"]
    Everything.objects.create(name="c")
    assert Everything.pgh_event_model.objects.filter(pgh_label="insert").count() == 1


@pytest.mark.client_binding
@pytest.mark.django_db
def test_ignored_statement_triggers_store_nothing():
    with pgtrigger.ignore():
        row = ByStatement.objects.create(number=1)
        ByStatement.objects.update(number=2)
        ByStatement.objects.all().delete()
    assert not ByStatement.pgh_event_model.objects.exists()
    assert row.number == 1


@pytest.mark.client_binding
@pytest.mark.django_db
def test_append_only_rows_may_be_removed_where_their_trigger_is_ignored():
    row = AppendOnly.objects.create(name="a")
    with pgtrigger.ignore("tracked.AppendOnlyEvent:append_only"):
        row.events.update(name="b")
        assert row.events.get().name == "b"
        row.events.all().delete()
    assert not row.events.exists()
