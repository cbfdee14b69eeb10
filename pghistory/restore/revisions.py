"""What would have to be written to bring rows back: each row as it was, as it was left and as it is.

PostgreSQL compares the rows where they are; what reaches Python are keys and names of fields, never values, so that
each column comes back exactly as it was stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, Final, NamedTuple, TypeVar

from django.db import connections

from pghistory import sql
from pghistory.conditions import has_equality
from pghistory.models import Event
from pghistory.restore.evidence import Evidence, evidence

T = TypeVar("T")

BATCH: Final = 5_000
"""Rows that one statement locks, compares or writes."""


class Span(NamedTuple):
    """A row between two of its events: `base` is the id of the one that keeps the row to bring back.

    Without a `base` the row was not there. `then` is the id of the event that keeps what replaced it, None where the
    row was gone, or where the living row itself is all that is known (`is_open`). `guess` says that changes may have
    been missed between the two, `problem` why the row cannot be brought back at all. Of a `partial` span only the
    fields in which base and then differ are meant. A tuple, as an undo makes tens of thousands.
    """

    event_model: type[Event]
    obj: str
    base: str | None
    then: str | None = None
    is_open: bool = False
    guess: bool = False
    partial: bool = False
    problem: str = ""

    @property
    def slug(self) -> str:
        """The name of the row: "app.EventModel:key"."""
        return f"{self.event_model._meta.label}:{self.obj}"

    @property
    def kind(self) -> tuple[Any, ...]:
        """All that decides, besides the values, what is done to the row."""
        return self.base is None, self.then is None, self.is_open, self.guess, self.partial, self.problem


class Revision(NamedTuple):
    """What is to be written to one row: "insert", "update", "delete", or "" for nothing.

    `fields` are written, `conflicts` were edited since and stay as they are, `different` is all that base and now
    differ in. `image` stands for what the living rows are made of, of several revisions together. `problem` says why
    nothing is written.
    """

    span: Span
    operation: str = ""
    fields: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    image: int | None = None
    problem: str = ""

    @property
    def slug(self) -> str:
        """The name of the row: "app.EventModel:key"."""
        return self.span.slug

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return bool(self.operation) and not self.problem


def revisions(
    spans: Sequence[Span], *, using: str, fields: Collection[str] | None = None, overwrite: Collection[str] = ()
) -> Iterator[Revision]:
    """The revision of each span, in order, compared in batches.

    `fields` names what is to be written, conflicts included; None stands for all that nobody edited since.
    `overwrite` names conflicts that are written all the same, "app.EventModel:key:field".
    """
    for event_model, group in groupby(spans, key=lambda span: span.event_model):
        known = evidence(event_model)
        if known.obj is None:
            yield from (Revision(span, problem=span.problem) for span in group)
            continue
        for batch in batches(group):
            found: dict[int, Revision] = {}
            for lives, *differences, image, positions in _compared(known, batch, using):
                # Of thousands of rows, most have the same done to them.
                made: dict[Any, tuple[Any, ...]] = {}
                marked = [_named(tuple(known.columns), marks) for marks in differences]
                for position in sorted(map(int, positions.split(","))):
                    span = batch[position - 1]
                    if overwrite or span.kind not in made:
                        made[span.kind] = _decided(span, fields, overwrite, lives, *marked)[1:]
                    found[position] = Revision(span, *made[span.kind])
                # What all of them are made of stands with the last one.
                found[position] = found[position]._replace(image=image)
            yield from (found[position] for position in sorted(found))


def digest(found: Iterable[Revision]) -> str:
    """What the rows looked like when they were compared; any later write to one of them makes another digest."""
    rows = (f"{each.span.obj!r} {each.span.base} {each.span.then} {each.image}" for each in found)
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _compared(known: Evidence, spans: Sequence[Span], using: str) -> list[Any]:
    statement = sql.read("restore/compare.sql").format(
        **names(known, using),
        changed=_differences(known, using, "pgh_base", "pgh_then"),
        edited=_differences(known, using, "pgh_then", "pgh_now"),
        different=_differences(known, using, "pgh_base", "pgh_now"),
    )
    params = [sql.array(keys) for keys in zip(*((span.obj, span.base, span.then) for span in spans), strict=True)]
    with connections[using].cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[tuple[T, ...]]:
    """The rows in groups that one statement takes."""
    left = iter(rows)
    while batch := tuple(islice(left, size)):
        yield batch


def names(known: Evidence, using: str) -> dict[str, str]:
    """What the statements in `sql/restore` call tables, keys and types."""
    connection = connections[using]
    return {
        "table": quoted(known.table._meta.db_table),
        "events": quoted(known.event_model._meta.db_table),
        "key": quoted(str(known.key.column)),
        "key_type": str(known.key.db_type(connection)),
        "id_type": str(known.event_model._meta.get_field("pgh_id").db_type(connection)),
    }


def quoted(identifier: str) -> str:
    """An identifier in a statement with parameters."""
    return sql.name(identifier).replace("%", "%%")


def stored(known: Evidence, name: str, using: str) -> str:
    """A column of an event, in the type of the table's column."""
    own, kept = known.columns[name]
    connection = connections[using]
    cast = "" if own.db_type(connection) == kept.db_type(connection) else f"::{own.db_type(connection)}"
    return f"{quoted(str(kept.column))}{cast}"


def _differences(known: Evidence, using: str, one: str, other: str) -> str:
    """A 1 for each field in which two rows differ; by their image where the type has no equality of values."""

    def column(row: str, name: str) -> str:
        if row == "pgh_now":
            return f"{row}.{quoted(str(known.columns[name][0].column))}"
        return f"{row}.{stored(known, name, using)}"

    def differs(name: str) -> str:
        left, right = column(one, name), column(other, name)
        if has_equality(known.columns[name][0]):
            return f"{left} is distinct from {right}"
        return f"row({left})::record *<> row({right})::record"

    return ", ".join(map(differs, known.columns))


def _named(fields: tuple[str, ...], marks: str) -> tuple[str, ...]:
    """The fields that have a 1."""
    return tuple(name for name, mark in zip(fields, marks, strict=True) if mark == "1")


def _decided(
    span: Span,
    wanted: Collection[str] | None,
    overwrite: Collection[str],
    lives: bool,
    changed: Sequence[str],
    edited: Sequence[str],
    different: Sequence[str],
) -> Revision:
    """What is to be written to a row that was compared."""
    known = evidence(span.event_model)
    revision = Revision(span, problem=span.problem)
    if span.problem:
        return revision
    if span.base is None:
        if not lives:
            return revision
        edits = () if span.is_open else tuple(name for name in edited if name not in known.times)
        if span.then is None and not span.is_open:
            return revision._replace(problem="It was added once more since.")
        kept = bool(edits) and f"{span.slug}:" not in overwrite
        return revision._replace(operation="" if kept else "delete", conflicts=edits if kept else ())
    if not lives:
        if span.partial and span.then is not None:
            return revision._replace(problem="It was deleted since.")
        fields = tuple(name for name in known.columns if wanted is None or name in wanted)
        unknown = ", ".join(str(field.verbose_name) for field in known.unknown(fields))
        revision = revision._replace(fields=fields, different=tuple(known.columns))
        if unknown:
            return revision._replace(problem=f"Not kept, and without a default: {unknown}.")
        return revision._replace(operation="insert")
    is_known = not span.is_open and span.then is not None
    meant = [name for name in different if name in changed or not (span.partial and is_known)]
    if span.guess or (span.then is None and not span.is_open):
        edited = meant
    elif not is_known:
        edited = []
    later = [name for name in meant if name in edited]
    if wanted is None:
        chosen = [name for name in meant if name not in later or f"{span.slug}:{name}" in overwrite]
        if later and known.times.issuperset(chosen):
            # The time of a change that stays.
            chosen = []
    else:
        chosen = [name for name in different if name in wanted]
    return revision._replace(
        operation="update" if chosen else "",
        fields=tuple(chosen),
        conflicts=tuple(name for name in later if name not in chosen and name not in known.times),
        different=tuple(different),
    )
