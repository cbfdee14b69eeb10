"""W002: big event tables that a migration would rewrite are named before it does."""

from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import connection, models

import pghistory
from pghistory import checks, rewrites
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db

EVENTS = Everything.pgh_event_model
TABLE = EVENTS._meta.db_table


class Bits(models.Field):  # type: ignore[type-arg]
    """A type that Django does not know."""

    def db_type(self, connection: Any) -> str:
        return "bit(4)"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def found() -> list[CheckMessage]:
    return checks.check_rewrites(None, databases=["default"])


def note(events: int, table: str = TABLE) -> None:
    """Makes PostgreSQL believe that its one page of the table holds so many events."""
    execute(f"update pg_class set relpages = 1, reltuples = {events} where oid = '{table}'::regclass")


@pytest.fixture
def big() -> None:
    """A table of a project that switched, with 32-bit keys, and with two million events."""
    Everything.objects.create(name="a")
    execute(f"alter table {TABLE} alter pgh_id type integer")
    note(2_000_000)


@pytest.mark.usefixtures("big")
def test_wider_keys_are_reported_with_the_setting_that_keeps_them():
    (message,) = found()
    assert message.id == "pghistory.W002"
    assert message.obj is EVENTS
    assert message.msg.startswith(
        'tracked.EverythingEvent: the column "pgh_id" is integer in the database "default" and bigint in the model.'
    )
    assert "about 2,000,000 events" in message.msg
    assert 'PGHISTORY_ID_FIELD = "django.db.models.AutoField"' in (message.hint or "")
    assert "docs/switching.md" in (message.hint or "")


@pytest.mark.usefixtures("big")
def test_a_table_that_is_rewritten_in_passing_is_not_reported():
    note(999_999)
    assert found() == []


@pytest.mark.usefixtures("big")
def test_a_table_that_was_never_analysed_is_counted_so_far(monkeypatch: pytest.MonkeyPatch):
    execute(f"update pg_class set relpages = 0, reltuples = -1 where oid = '{TABLE}'::regclass")
    assert found() == []
    monkeypatch.setattr(rewrites, "BIG", 1)
    assert [message.obj for message in found()] == [EVENTS]


def test_a_table_without_anything_to_change_is_passed_by():
    Everything.objects.create(name="a")
    note(2_000_000)
    assert found() == []


@pytest.mark.usefixtures("big")
def test_without_a_database_nothing_is_asked(monkeypatch: pytest.MonkeyPatch):
    assert checks.check_rewrites(None) == []
    monkeypatch.setattr(connection, "vendor", "sqlite")
    assert found() == []


@pytest.mark.parametrize(
    ("before", "after", "is_reported"),
    [
        ("integer", models.IntegerField(), False),
        ("integer", models.BigIntegerField(), True),
        ("bigint", models.IntegerField(), True),
        ("varchar(10)", models.CharField(max_length=10), False),
        ("varchar(10)", models.CharField(max_length=20), False),
        ("varchar(20)", models.CharField(max_length=10), True),
        ("varchar", models.CharField(max_length=10), True),
        ("varchar(10)", models.TextField(), False),
        ("text", models.CharField(max_length=10), True),
        ("numeric(8,2)", models.DecimalField(max_digits=10, decimal_places=2), False),
        ("numeric(8,2)", models.DecimalField(max_digits=6, decimal_places=2), True),
        ("numeric(8,2)", models.DecimalField(max_digits=10, decimal_places=3), True),
        ("date", models.DateTimeField(), True),
        ("timestamptz", models.DateTimeField(), False),
        ("text", models.JSONField(), True),
        ("bit(3)", Bits(), True),
    ],
    ids=str,
)
@pytest.mark.usefixtures("scratch")
def test_a_column_is_reported_when_postgresql_would_rewrite_the_table_and_only_then(
    before: str, after: Any, is_reported: bool
):
    class Sized(models.Model):
        value = after.clone()

        class Meta:
            app_label = "tracked"

    event_model = pghistory.create_event_model(Sized, obj_field=None, abstract=False)
    with connection.schema_editor() as editor:
        editor.create_model(event_model)
    table = event_model._meta.db_table
    assert rewritten(table, before, str(after.db_type(connection))) is is_reported
    execute(f"alter table {table} drop column value")
    execute(f"alter table {table} add column value {before}")
    execute(f"insert into {table} (pgh_created_at, pgh_label, id) values (now(), 'insert', 1)")
    note(2_000_000, table)
    assert [message.obj for message in found()] == [event_model] * is_reported


def test_a_new_column_that_is_only_noted_is_passed_by():
    Everything.objects.create(name="a")
    execute(f"alter table {TABLE} drop column number")
    note(2_000_000)
    assert found() == []


@pytest.mark.usefixtures("big")
def test_a_type_that_the_database_does_not_have_yet_is_passed_by(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(models.BigAutoField, "db_type", lambda self, connection: "not_there")
    assert found() == []


@pytest.mark.usefixtures("big", "scratch")
def test_a_new_column_that_is_computed_for_every_row_is_reported():
    class Computed(models.Model):
        number = models.IntegerField()
        doubled = models.GeneratedField(
            expression=models.F("number") * 2, output_field=models.IntegerField(), db_persist=True
        )

        class Meta:
            app_label = "tracked"

    event_model = pghistory.create_event_model(Computed, obj_field=None, abstract=False)
    with connection.schema_editor() as editor:
        editor.create_model(event_model)
    table = event_model._meta.db_table
    execute(f"insert into {table} (pgh_created_at, pgh_label, id, number) values (now(), 'insert', 1, 1)")
    execute(f"alter table {table} drop column doubled")
    note(2_000_000, table)
    (message,) = [message for message in found() if message.obj is event_model]
    assert (
        '"doubled" is missing in the database "default" and integer, computed for every row in the model' in message.msg
    )
    assert "Leave the column as it is" in (message.hint or "")


def rewritten(table: str, before: str, after: str) -> bool:
    """Whether PostgreSQL gives the table another file when the column's type changes; it has the first one then."""

    def file() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("select pg_relation_filenode(%s)", [table])
            return cursor.fetchone()

    execute(f"alter table {table} drop column value")
    execute(f"alter table {table} add column value {before}")
    first = file()
    execute(f"alter table {table} alter column value type {after} using value::{after}")
    return bool(file() != first)
