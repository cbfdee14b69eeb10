"""Events as a file, CSV or JSON Lines, at the speed of `COPY` and in constant memory.

`export.write(Timeline().across(Product), file)`. What a row says is what an entry of the timeline says, computed by the
database: the change by the neighbours of an event, the actor by the label that was frozen. The label of an object is
known to Python only and is no column here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, transaction
from django.db.models import F, Value

from pghistory import branches, errors, functions, registry, sql
from pghistory.export import cells
from pghistory.export.cells import FORMATS
from pghistory.export.gaps import Gap, entries_of, fill, subject
from pghistory.export.sheets import Sheet
from pghistory.models import Event
from pghistory.timeline import Timeline

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Gap",
    "Progress",
    "Sheet",
    "Writable",
    "cells",
    "copy",
    "entries_of",
    "fill",
    "statement",
    "subject",
    "write",
]

COLUMNS: Final = tuple(name for name in cells.COLUMNS if name != "object")

PIECE: Final = 200_000
"""Bytes after which lines are written."""

MOST_LINES: Final = 1_000

Progress = Callable[[int], None]


class Writable(Protocol):
    """A file that is open for bytes."""

    def write(self, data: bytes, /) -> Any:
        """Takes the bytes."""


def write(
    timeline: Timeline,
    file: Writable,
    *,
    file_format: str = "csv",
    columns: Sequence[str] = COLUMNS,
    progress: Progress | None = None,
) -> int:
    """Writes the events of a timeline, newest first within a database, and gives their number.

    CSV begins with a heading, and a cell that a spreadsheet would run begins with an apostrophe. `progress` is called
    with the number of rows so far. Raises InvalidObjects for a format or a column that does not exist.
    """
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or file_format not in FORMATS:
        problem = f"There is no column or format {', '.join(unknown) or file_format}."
        raise errors.InvalidObjects(problem=problem, remedy=f"Columns: {', '.join(COLUMNS)}; formats: csv, jsonl.")
    return copy(timeline, file, Sheet(file_format, columns), progress=progress)


def copy(
    timeline: Timeline, file: Writable, sheet: Sheet, *, progress: Progress | None = None, ending: bytes = b"\n"
) -> int:
    """Writes what a sheet is to hold and gives the number of events; each line has this ending."""
    if sheet.file_format == "csv":
        file.write(",".join(sheet.columns).encode() + ending)
    written = 0
    for rows in timeline._branches():
        alias = next(iter(rows.values())).db
        connection = connections[alias]
        text, params = statement(rows, alias, sheet, by_id=timeline._is_by_id)
        if text is None:
            continue
        with (
            transaction.atomic(using=alias),
            connection.cursor() as cursor,
            _zone(cursor),
            connection.wrap_database_errors,
            # With DEBUG, Django's own cursor takes no parameters for it.
            cursor.cursor.copy(text, params) as lines,
        ):
            for piece in _pieces(lines):
                file.write(b"".join(piece) if ending == b"\n" else ending.join([line[:-1] for line in piece] + [b""]))
                written += len(piece)
                if progress:
                    progress(written)
    if progress and not written:
        progress(0)
    return written


def _pieces(lines: Iterable[Any]) -> Iterator[list[Any]]:
    """Lines, some at a time: a file is slow to take them one by one."""
    waiting: list[Any] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size > PIECE or len(waiting) == MOST_LINES:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


@contextmanager
def _zone(cursor: Any) -> Iterator[None]:
    """The reader's zone for the length of the block; Django relies on its own one."""
    cursor.execute("select current_setting('TimeZone')")
    [usual] = cursor.fetchone()
    cursor.execute(functions.set_config({"TimeZone": functions.zone_name()}))
    yield
    cursor.execute(functions.set_config({"TimeZone": usual}))


def statement(
    rows: dict[type[Event], models.QuerySet[Any]], alias: str, sheet: Sheet, *, by_id: bool = False
) -> tuple[str | None, Any]:
    """One COPY over all event models of a database; None where their filters can match nothing."""
    arms: list[str] = []
    params: list[Any] = []
    places = {event_model: place for place, event_model in enumerate(registry.event_models())}
    for event_model, found in rows.items():
        place = places[event_model]
        order = [F("pgh_created_at"), F("pgh_id"), Value(place)]
        try:
            selected = branches.selected(found, [*order, *sheet.cells(event_model, place, alias)])
            text, given = selected.query.get_compiler(alias).as_sql()
        except EmptyResultSet:
            continue
        arms.append(text)
        params += given
    if not arms:
        return None, ()
    columns = 1 if sheet.file_format == "jsonl" else len(sheet.columns)
    return sql.copy(arms, columns, sheet.file_format, by_id=by_id), params
