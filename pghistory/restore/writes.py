"""Bringing rows back: a few statements for any number of them, in the order of their foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.db import Error, connections, models, transaction

from pghistory import sql
from pghistory.models import Event
from pghistory.restore import refusals
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import BATCH, Revision, Span, batches, names, quoted, stored

T = TypeVar("T")

LOCK_TIMEOUT: Final = "3s"
"""How long somebody else's lock is waited for."""

Refusal = tuple[Revision, Error]
Progress = Callable[[int], None]


def hold(spans: Iterable[Span], using: str) -> None:
    """Locks the living rows, each table's in the order of its keys, until the transaction ends.

    Raises RowsBusy where somebody else holds one of them for long.
    """
    named = (span for span in spans if evidence(span.event_model).obj is not None)
    for known, rows in _by_table(named, attrgetter("event_model"), parents_first=True):
        for batch in batches(sorted(span.obj for span in rows)):
            statement = sql.read("restore/lock.sql").format(**names(known, using))
            _execute(using, statement, [sql.array(batch)])


def write(found: Sequence[Revision], using: str, progress: Progress | None = None) -> list[Refusal]:
    """Writes all of them; returns those that the database refused, and leaves these rows as they are.

    `progress` is called with the number of rows so far; from 0 again when single rows have to be looked for.
    Raises RestoreError where it refused for another reason than the rows themselves.
    """
    try:
        with transaction.atomic(using=using):
            for batch in _told(_batches(found), progress):
                _write_batch(batch, using)
            connections[using].check_constraints()
    except Error as error:
        if not refusals.is_refusal(error):
            raise refusals.raised(error) from error
        if len(found) == 1:
            return [(found[0], error)]
    else:
        return []
    refused: list[Refusal] = []
    for batch in _told(_batches(found), progress):
        refused += _passing(batch, using)
    return refused


def _told(all_batches: Iterable[tuple[Revision, ...]], progress: Progress | None) -> Iterator[tuple[Revision, ...]]:
    """The batches, each of which is counted once it is written."""
    written = 0
    for batch in all_batches:
        yield batch
        written += len(batch)
        if progress:
            progress(written)


def _passing(batch: Sequence[Revision], using: str) -> list[Refusal]:
    """Writes what the database takes of a batch, by halves; returns the rest."""
    try:
        with transaction.atomic(using=using):
            _write_batch(batch, using)
            connections[using].check_constraints()
    except Error as error:
        if not refusals.is_refusal(error):
            raise refusals.raised(error) from error
        if len(batch) == 1:
            return [(batch[0], error)]
        half = len(batch) // 2
        return [*_passing(batch[:half], using), *_passing(batch[half:], using)]
    return []


def _batches(found: Sequence[Revision]) -> Iterator[tuple[Revision, ...]]:
    """What one statement writes, in an order that foreign keys allow: away with children, back with parents."""
    for operation in ("delete", "update", "insert"):
        chosen = [revision for revision in found if revision.writes and revision.operation == operation]
        for _known, rows in _by_table(chosen, _event_model, parents_first=operation != "delete"):
            alike: dict[tuple[Any, ...], list[Revision]] = {}
            for revision in rows:
                alike.setdefault((revision.span.event_model, revision.fields), []).append(revision)
            for group in alike.values():
                # A default that is made for each row is made for one row a statement.
                size = 1 if operation == "insert" and _makes_defaults(group[0]) else BATCH
                yield from batches(group, size)


def _write_batch(batch: Sequence[Revision], using: str) -> None:
    first = batch[0]
    known = evidence(first.span.event_model)
    objects = sql.array(revision.span.obj for revision in batch)
    bases = sql.array(revision.span.base for revision in batch)
    if first.operation == "delete":
        _execute(using, sql.read("restore/delete.sql").format(**names(known, using)), [objects])
    elif first.operation == "update":
        assignments = (
            f"{quoted(str(known.columns[name][0].column))} = pgh_base.{stored(known, name, using)}"
            for name in first.fields
        )
        statement = sql.read("restore/update.sql")
        statement = statement.format(**names(known, using), assignments=",\n    ".join(assignments))
        _execute(using, statement, [objects, bases])
    else:
        columns, values, params = _inserted(known, first, using)
        statement = sql.read("restore/insert.sql").format(
            **names(known, using), columns=",\n    ".join(columns), values=",\n    ".join(values)
        )
        _execute(using, statement, [*params, bases])


def _inserted(known: Evidence, revision: Revision, using: str) -> tuple[list[str], list[str], list[Any]]:
    """Columns, the SQL of their values, and parameters: what is not kept or not wanted takes its default."""
    connection = connections[using]
    columns, values, params = [], [], []
    for own in known.table._meta.local_concrete_fields:
        if own.generated:
            continue
        if own.name in revision.fields:
            columns.append(quoted(str(own.column)))
            values.append(f"pgh_base.{stored(known, own.name, using)}")
        elif own.primary_key and known.obj is not None:
            columns.append(quoted(str(own.column)))
            values.append(f"pgh_base.{quoted(str(known.obj.column))}")
        elif own.has_default() or not own.has_db_default():
            columns.append(quoted(str(own.column)))
            values.append(f"%s::{own.db_type(connection)}")
            default = None if own.null and own.name in known.columns else own.get_default()
            params.append(own.get_db_prep_save(default, connection))
    return columns, values, params


def _makes_defaults(revision: Revision) -> bool:
    left_out = (own for own in evidence(revision.span.event_model).untracked if own.name not in revision.fields)
    return any(callable(own.default) for own in left_out)


def _event_model(revision: Revision) -> type[Event]:
    return revision.span.event_model


def _by_table(
    found: Iterable[T], event_model_of: Callable[[T], type[Event]], *, parents_first: bool
) -> Iterator[tuple[Evidence, list[T]]]:
    """Revisions or spans of each event model, tables that others refer to first or last."""
    grouped: dict[type[Event], list[T]] = {}
    for row in found:
        grouped.setdefault(event_model_of(row), []).append(row)
    order = _with_parents_first({evidence(event_model).table for event_model in grouped})
    known = sorted((evidence(event_model) for event_model in grouped), key=lambda each: order[each.table])
    for each in known if parents_first else reversed(known):
        yield each, grouped[each.event_model]


def _with_parents_first(tables: set[type[models.Model]]) -> dict[type[models.Model], int]:
    """{table: its place}; within a circle of foreign keys the order is the one of the names."""
    order: dict[type[models.Model], int] = {}
    open_tables: set[type[models.Model]] = set()

    def visit(table: type[models.Model]) -> None:
        if table in order or table in open_tables:
            return
        open_tables.add(table)
        for field in table._meta.local_concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, models.Model):
                visit(target._meta.concrete_model or target)
        order[table] = len(order)

    for table in sorted(tables, key=lambda each: each._meta.label):
        visit(table)
    return order


def _execute(using: str, statement: str, params: Sequence[Any]) -> None:
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(statement, params)
    except Error as error:
        if refusals.is_refusal(error):
            raise
        raise refusals.raised(error) from error
