"""What the database refused, in words: which constraint or trigger, and which fields of the row it is about."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from django.db import Error, connections

from pghistory import errors, sql
from pghistory.restore.evidence import Evidence

REASONS: Final = {
    "23502": "it cannot be empty",
    "23503": "it refers to a row that is gone, or is still referred to",
    "23505": "another row has the same value",
    "23514": "a check constraint forbids it",
    "23P01": "it overlaps with another row",
}
"""{SQLSTATE of a broken constraint: what it means}."""

WHOLE_ROWS: Final = frozenset({"23502", "23514"})

BUSY: Final = {
    "40001": "their transaction was first",
    "40P01": "each waited for the other",
    "55P03": "they are locked",
}
SCHEMA: Final = frozenset({"42703", "42P01", "42804", "42883"})


def is_refusal(error: Error) -> bool:
    """Whether a constraint or a trigger refused the rows, so that other rows may still pass."""
    state = sqlstate(error)
    return state.startswith(("23", "P0", "22")) or state == "55000"


def sqlstate(error: Error) -> str:
    """The SQLSTATE of an error, or ""."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def words(error: Error, *, values: bool = True) -> str:
    """What was refused, in one sentence; without `values` it tells none of the row's."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    primary = getattr(diagnosis, "message_primary", None) or str(error)
    state = sqlstate(error)
    reason = REASONS.get(state)
    # For an empty field and a check, the detail is the whole row.
    detail = getattr(diagnosis, "message_detail", None) if values and state not in WHOLE_ROWS else None
    return f"{reason[0].upper()}{reason[1:]}: {detail or primary}" if reason else str(primary)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Errors of the database within leave as what they mean; to stand around the transaction."""
    try:
        yield
    except Error as error:
        raise raised(error) from error


def raised(error: Error) -> errors.RestoreError:
    """The error that says what to do."""
    state = sqlstate(error)
    if state in BUSY:
        return errors.RowsBusy(problem=BUSY[state])
    if state in SCHEMA:
        return errors.SchemaDiffers(problem=words(error))
    return errors.RestoreRefused(problem=words(error))


def fields(error: Error, known: Evidence, using: str) -> tuple[str, ...]:
    """The fields of the table that the broken constraint is about; none where it is another table's, or no constraint.

    To be asked after the savepoint in which the error came was rolled back.
    """
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    named = {str(field.column): field.name for field in known.table._meta.local_concrete_fields}
    column, constraint = getattr(diagnosis, "column_name", None), getattr(diagnosis, "constraint_name", None)
    if column in named:
        return (named[column],)
    if not constraint:
        return ()
    with connections[using].cursor() as cursor:
        params = {"table": sql.name(known.table._meta.db_table), "constraint": constraint}
        cursor.execute(sql.read("restore/constraint.sql"), params)
        return tuple(named[found] for (found,) in cursor.fetchall() if found in named)
