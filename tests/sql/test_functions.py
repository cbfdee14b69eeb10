"""The SQL functions, called in the database as a trigger would call them."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from pghistory import sql
from pghistory.models import Context
from tests.savepoints import new_savepoint

pytestmark = pytest.mark.django_db

ID = uuid.UUID(int=7)


def run(statement: str, *params: Any) -> Any:
    """The only value of the only row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def attach() -> uuid.UUID | None:
    found = run("select _pgh_attach_context()")
    assert found is None or isinstance(found, uuid.UUID)
    return found


def hand_over(
    *, context_id: uuid.UUID | None = ID, metadata: Any = None, actor: str | None = None, version: str = "1"
) -> None:
    """Sets what the wrapper would set."""
    values = {
        "context_id": str(context_id or ""),
        "context_metadata": "" if metadata is None else json.dumps(metadata),
        "context_actor": "" if actor is None else json.dumps(actor),
        "context_version": version,
    }
    for name, value in values.items():
        run("select set_config(%s, %s, true)", f"pghistory.{name}", value)


def stored() -> Context:
    return Context.objects.get(pk=ID)


def test_without_settings_there_is_no_context():
    assert attach() is None
    assert not Context.objects.exists()


def test_with_empty_settings_there_is_no_context():
    hand_over(context_id=None)
    assert attach() is None
    assert not Context.objects.exists()


def test_the_row_is_written_when_it_is_first_needed():
    hand_over(metadata={"user": 3}, actor="Ada")
    assert not Context.objects.exists()
    assert attach() == ID
    assert (stored().metadata, stored().actor_label) == ({"user": 3}, "Ada")
    assert stored().created_at == stored().updated_at


def test_the_same_version_is_written_once():
    hand_over(metadata={"user": 3})
    attach()
    Context.objects.all().delete()
    assert attach() == ID
    assert not Context.objects.exists()


def test_a_new_version_replaces_metadata_and_label():
    hand_over(metadata={"user": 3}, actor="Ada")
    attach()
    hand_over(metadata={"user": 4}, version="2")
    attach()
    assert (stored().metadata, stored().actor_label) == ({"user": 4}, None)
    assert Context.objects.count() == 1


def test_a_row_that_says_the_same_is_not_written_again():
    hand_over(metadata={"user": 3}, actor="Ada")
    attach()
    before = run("select xmin::text || ctid::text from pghistory_context")
    hand_over(metadata={"user": 3}, actor="Ada", version="2")
    attach()
    assert run("select xmin::text || ctid::text from pghistory_context") == before


def test_a_rolled_back_savepoint_takes_the_marker_with_the_row():
    hand_over(metadata={"user": 3})
    savepoint = new_savepoint()
    attach()
    transaction.savepoint_rollback(savepoint)
    assert not Context.objects.exists()
    assert attach() == ID
    assert stored().metadata == {"user": 3}


def test_a_context_without_metadata_has_an_empty_object():
    hand_over()
    attach()
    assert stored().metadata == {}


@pytest.mark.parametrize(
    "value",
    ["", "'", "''", "\\", "a\\'b", "%s", "$pgh$ $pgh_$", "line\nbreak", "é☃😀", "E'x'", "--", "/* */"],
    ids=repr,
)
def test_literals_read_as_they_were_written_under_every_setting(value: str):
    for standard in ("on", "off"):
        with connection.cursor() as cursor:
            cursor.execute(f"set local standard_conforming_strings = {standard}")
            cursor.execute(f"select {sql.literal(value)}, {sql.dollar_quoted(value)}")
            assert cursor.fetchone() == (value, value)


@pytest.mark.parametrize("name", ["a", "We ird", "select", "é", "a.b"])
def test_names_are_quoted_as_the_database_quotes_them(name: str):
    quoted = sql.name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"select 1 as {quoted}")
        assert [column.name for column in cursor.description] == [name]


def test_a_name_with_quotes_of_its_own_has_a_schema():
    assert sql.name('"schema"."table"') == '"schema"."table"'
    assert sql.name('schema"."table') == '"schema"."table"'
