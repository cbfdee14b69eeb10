"""Bringing rows back: a few statements for any number of them, in the order of their foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import Error, connections, transaction

from pghistory import sql
from pghistory.restore import refusals
from pghistory.restore.comparisons import names, quoted, stored
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import BATCH, Batch, Revision, Revisions, Span, parted
from pghistory.restore.tables import parents_first

LOCK_TIMEOUT: Final = "3s"
"""How long somebody else's lock is waited for."""

Refusal = tuple[Revision, Error]
Progress = Callable[[int], None]


def hold(spans: Iterable[Span], using: str) -> None:
    """Locks the living rows, each table's in the order of its keys, until the transaction ends.

    Raises RowsBusy where somebody else holds one of them for long.
    """
    keys: dict[Evidence, list[str]] = {}
    for span in spans:
        keys.setdefault(evidence(span.event_model), []).append(span.obj)
    for known in _ordered(keys):
        for part in parted(sorted(keys[known])):
            statement = sql.read("restore/lock.sql").format(**names(known, using))
            _execute(using, statement, [sql.array(part)])


def write(found: Revisions, using: str, progress: Progress | None = None) -> list[Refusal]:
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


def _told(all_batches: Iterable[Batch], progress: Progress | None) -> Iterator[Batch]:
    """The batches, each of which is counted once it is written."""
    written = 0
    for batch in all_batches:
        yield batch
        written += batch.size
        if progress:
            progress(written)


def _passing(batch: Batch, using: str) -> list[Refusal]:
    """Writes what the database takes of a batch, by halves; returns the rest."""
    try:
        with transaction.atomic(using=using):
            _write_batch(batch, using)
            connections[using].check_constraints()
    except Error as error:
        if not refusals.is_refusal(error):
            raise refusals.raised(error) from error
        rows = list(batch)
        if len(rows) == 1:
            return [(rows[0], error)]
        half = len(rows) // 2
        return [*_passing(Batch.of(rows[:half]), using), *_passing(Batch.of(rows[half:]), using)]
    return []


def _batches(found: Revisions) -> Iterator[Batch]:
    """What one statement writes, in an order that foreign keys allow: away with children, back with parents."""
    alike: dict[tuple[Any, ...], list[Batch]] = {}
    for batch in found.that(lambda common: common.writes).batches:
        common = batch.common
        alike.setdefault((common.operation, common.span.event_model, common.fields), []).append(batch)
    for operation in ("delete", "update", "insert"):
        chosen = [key for key in alike if key[0] == operation]
        known = _ordered({evidence(event_model) for _, event_model, _ in chosen})
        for each in known if operation != "delete" else reversed(known):
            for key in (key for key in chosen if key[1] is each.event_model):
                # A default that is made for each row is made for one row a statement.
                singly = operation == "insert" and _makes_defaults(alike[key][0].common)
                yield from _each_alone(alike[key]) if singly else _together(alike[key])


def _together(alike: Iterable[Batch]) -> Iterator[Batch]:
    """The same rows in batches as large as one statement writes."""
    waiting: list[Batch] = []
    for batch in alike:
        if sum(each.size for each in waiting) + batch.size > BATCH:
            yield Batch.joined(waiting)
            waiting = []
        waiting.append(batch)
    yield Batch.joined(waiting)


def _each_alone(alike: Iterable[Batch]) -> Iterator[Batch]:
    return (Batch.of([revision]) for batch in alike for revision in batch)


def _write_batch(batch: Batch, using: str) -> None:
    first = batch.common
    known = evidence(first.span.event_model)
    objects, bases = batch.objs, batch.bases
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


def _ordered(found: Collection[Evidence]) -> list[Evidence]:
    """Those first to whose tables others refer."""
    order = parents_first({known.table for known in found})
    return sorted(found, key=lambda known: order[known.table])


def _execute(using: str, statement: str, params: Sequence[Any]) -> None:
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(statement, params)
    except Error as error:
        if refusals.is_refusal(error):
            raise
        raise refusals.raised(error) from error
