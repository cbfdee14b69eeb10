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
    *, context_id: uuid.UUID | None = ID, metadata: Any = None, actor: str | None = None, sign: str = "+"
) -> None:
    """Sets what the wrapper would set."""
    label = "" if actor is None else json.dumps(actor)
    value = f"{sign}\t{context_id}\t{label}\t{json.dumps(metadata or {})}" if context_id else ""
    run("select set_config('pghistory.context', %s, true)", value)


def hand_over_by_name(context_id: uuid.UUID, metadata: Any) -> None:
    """Sets what django-pghistory would set."""
    run("select set_config('pghistory.context_id', %s, true)", str(context_id))
    run("select set_config('pghistory.context_metadata', %s, true)", json.dumps(metadata))


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
    hand_over(metadata={"user": 4})
    attach()
    assert (stored().metadata, stored().actor_label) == ({"user": 4}, None)
    assert Context.objects.count() == 1


@pytest.mark.parametrize("sign", "+?")
def test_a_row_that_says_the_same_is_not_written_again(sign: str):
    hand_over(metadata={"user": 3}, actor="Ada")
    attach()
    before = run("select xmin::text || ctid::text from pghistory_context")
    hand_over(metadata={"user": 3}, actor="Ada", sign=sign)
    assert attach() == ID
    assert attach() == ID
    assert run("select xmin::text || ctid::text from pghistory_context") == before


@pytest.mark.parametrize(("metadata", "actor"), [({"user": 4}, "Ada"), ({"user": 3}, None), ({"user": 3}, "Eve")])
def test_a_row_that_is_expected_and_says_something_else_is_replaced(metadata: Any, actor: str | None):
    hand_over(metadata={"user": 3}, actor="Ada")
    attach()
    hand_over(metadata=metadata, actor=actor, sign="?")
    assert attach() == ID
    assert (stored().metadata, stored().actor_label) == (metadata, actor)


def test_a_row_that_is_expected_and_missing_is_written():
    hand_over(metadata={"user": 3}, actor="Ada", sign="?")
    assert attach() == ID
    assert (stored().metadata, stored().actor_label) == ({"user": 3}, "Ada")


def test_labels_and_metadata_come_apart_whatever_they_hold():
    metadata = {"a\tb": "\t", "é": ["=", "+", "?"]}
    hand_over(metadata=metadata, actor='Ada "A"\t{"user": 1}')
    attach()
    assert (stored().metadata, stored().actor_label) == (metadata, 'Ada "A"\t{"user": 1}')


def test_contexts_by_the_names_of_django_pghistory_are_stored_and_those_handed_over_come_first():
    hand_over_by_name(ID, {"user": 3})
    assert attach() == ID
    hand_over_by_name(ID, {"user": 4})
    assert attach() == ID
    assert stored().metadata == {"user": 4}
    before = run("select xmin::text || ctid::text from pghistory_context")
    assert attach() == ID
    assert run("select xmin::text || ctid::text from pghistory_context") == before
    other = uuid.UUID(int=8)
    hand_over(context_id=other)
    assert attach() == other
    hand_over(context_id=None)
    assert attach() == ID


def test_the_first_version_of_the_function_needs_no_labels():
    with connection.cursor() as cursor:
        cursor.execute(sql.read("functions/_pgh_attach_context_v1.sql"))
        cursor.execute("alter table pghistory_context drop column actor_label")
    assert attach() is None
    for number, sign in enumerate("++?="):
        hand_over(metadata={"user": number}, actor="Ada", sign=sign)
        assert attach() == ID
    assert run("select metadata from pghistory_context") == '{"user": 2}'
    hand_over(context_id=None)
    hand_over_by_name(ID, {"user": 5})
    assert attach() == ID
    assert run("select metadata from pghistory_context") == '{"user": 5}'


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
