"""Big event tables that a migration would write anew, row by row, while it keeps everybody out.

The columns that a database has are compared with those that the models declare, as PostgreSQL itself compares them: a
longer text stays as it is, a wider number does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from pghistory import changes, estimates, registry, sql
from pghistory.models import Event

BIG: Final = 1_000_000
"""Events from which on a table is not rewritten in passing."""

COLUMNS: Final = """
    select
        attname,
        atttypid,
        atttypmod,
        format_type(atttypid, atttypmod)
    from
        pg_attribute
    where
        attrelid = to_regclass(%s)
        and attnum > 0
        and not attisdropped
"""

STAYS: Final = """
    select
        exists (
            select
            from
                pg_cast
            where
                castsource = %s
                and casttarget = %s
                and castmethod = 'b'
        )
"""
"""Whether the values of one type are those of another as they are."""

UNLIMITED: Final = -1
VARCHAR: Final = 1043
NUMERIC: Final = 1700
DIGITS: Final = 0xFFFF0000
"""The part of a numeric's limit that is not its scale."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type as PostgreSQL knows it: its number, its limit, and both in words."""

    oid: int
    limit: int
    words: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A column of an event table that a migration would change, and about how many events that would write anew."""

    event_model: type[Event]
    field: models.Field[Any, Any]
    present: str
    wanted: str
    events: int


def rewrites(connection: BaseDatabaseWrapper) -> Iterator[Rewrite]:
    """Every column for whose sake a migration would rewrite a table of about BIG events or more."""
    event_models = [found for found in registry.event_models() if found._meta.can_migrate(connection)]
    with connection.cursor() as cursor:
        cursor.execute(estimates.CATALOGUE, [[sql.name(found._meta.db_table) for found in event_models]])
        counts = {event_models[place - 1]: round(rows) for place, rows, _ in cursor.fetchall()}
    for event_model, noted in counts.items():
        # A table that was never analysed, as after a restore, is looked at as well.
        changed = list(_changed(event_model, connection)) if noted < 0 or noted >= BIG else []
        if not changed:
            continue
        events = changes.rows(event_model, connection.alias)[:BIG].count() if noted < 0 else noted
        if events >= BIG:
            for field, present, wanted in changed:
                yield Rewrite(event_model, field, present, wanted, events)


def _changed(
    event_model: type[Event], connection: BaseDatabaseWrapper
) -> Iterator[tuple[models.Field[Any, Any], str, str]]:
    """(field, type of its column, type that it would get) of what differs, new computed columns among them."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [sql.name(event_model._meta.db_table)])
        present = {name: ColumnType(*found) for name, *found in cursor.fetchall()}
    for field in event_model._meta.local_concrete_fields:
        words = str(field.db_type(connection))
        before = present.get(str(field.column))
        if before is None:
            if field.generated:
                yield field, "missing", f"{words}, computed for every row"
        elif (after := _type(words, connection)) and not _is_kept(before, after, connection):
            yield field, before.words, words


def _type(words: str, connection: BaseDatabaseWrapper) -> ColumnType | None:
    """A type by its name; None when the database does not have it yet."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regtype(%s) is not null", [words])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(f"select null::{words}")
        result = cursor.pgresult
        return ColumnType(result.ftype(0), result.fmod(0), words)


def _is_kept(before: ColumnType, after: ColumnType, connection: BaseDatabaseWrapper) -> bool:
    """Whether values stay as they are when a column's type becomes another one."""
    if before.oid != after.oid:
        with connection.cursor() as cursor:
            cursor.execute(STAYS, [before.oid, after.oid])
            return after.limit == UNLIMITED and bool(cursor.fetchone()[0])
    if after.limit in (before.limit, UNLIMITED):
        return True
    if before.limit == UNLIMITED or after.limit < before.limit:
        return False
    if before.oid == NUMERIC:
        return before.limit & ~DIGITS == after.limit & ~DIGITS
    return before.oid == VARCHAR
