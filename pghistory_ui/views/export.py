"""The filtered set as a file, CSV or JSON Lines, read from one snapshot and never held as a whole."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any, Final, Self

from asgiref.sync import sync_to_async
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.db import connections, router, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from pghistory.export.cells import COLUMNS, as_cell, as_json
from pghistory.models import Context
from pghistory.timeline import Entry, Timeline
from pghistory_ui import clock, ledger, records
from pghistory_ui.filters import FilterForm
from pghistory_ui.forms import ColumnsForm
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.rows import metadata_of
from pghistory_ui.views import frame

BATCH: Final = 1_000
AT_ONCE: Final = 100
FORMATS: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


class Parts:
    """A file for a loop to send, some lines at a time and none ahead, made in the thread that has the connection.

    Django closes it in that thread as well, also when nobody reads any more.
    """

    def __init__(self, lines: Generator[str, None, None]) -> None:
        self._lines = lines

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        text = await sync_to_async(self._next)()
        if not text:
            raise StopAsyncIteration
        return text

    def close(self) -> None:
        """Ends the transaction that the lines are read in."""
        self._lines.close()

    def _next(self) -> str:
        return "".join(islice(self._lines, AT_ONCE))


class Line:
    """A file without a memory: what is written to it is what it gives back."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def export(request: HttpRequest, site: AdminSite, file_format: str) -> HttpResponseBase:
    """A streamed file of exactly the events that the activity page would show under the same parameters.

    Of models whose history may not be exported, no event is in it. `columns` chooses among COLUMNS.
    """
    if file_format not in FORMATS:
        raise Http404(_("There is no export as “%s”.") % file_format)
    access = frame.enter(request, site)
    if not access.exportable:
        raise PermissionDenied
    form, chooser = FilterForm(request.GET, access), ColumnsForm(request.GET)
    if not (form.is_valid() and chooser.is_valid()):
        found = {**form.errors, **chooser.errors}
        errors = (f"{name}: {' '.join(map(str, problems))}" for name, problems in found.items())
        return HttpResponse("\n".join(errors), status=400, content_type="text/plain; charset=utf-8")
    columns = chooser.chosen
    timeline = form.apply(access.timeline(*access.exportable))
    entry = records.begin(request, file_format, form.query, columns)
    rows = records.counted(entry, values(access, timeline, columns, timezone.get_current_timezone()))
    name = f"history-{clock.now():%Y-%m-%d-%H%M}.{file_format}"
    lines = csv_lines(columns, rows) if file_format == "csv" else json_lines(columns, rows)
    return StreamingHttpResponse(
        Parts(lines) if isinstance(request, ASGIRequest) else lines,
        content_type=FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def values(
    access: Access, timeline: Timeline, columns: Sequence[str], zone: dt.tzinfo
) -> Generator[list[Any], None, None]:
    """The values of the columns, an event at a time, read in batches from one snapshot."""
    with snapshot():
        stream = ledger.viewable(access, timeline.entries(batch=BATCH))
        while entries := list(islice(stream, BATCH)):
            links = Links(access, entries)
            for entry in entries:
                cells = row(entry, links, zone)
                yield [cells[column] for column in columns]


def csv_lines(columns: Sequence[str], rows: Generator[list[Any], None, None]) -> Generator[str, None, None]:
    """A heading, then a line for each row; structures are JSON, nothing is an empty cell."""
    write = csv.writer(Line()).writerow
    with closing(rows):
        yield write(columns)
        for cells in rows:
            yield write([as_cell(cell) for cell in cells])


def json_lines(columns: Sequence[str], rows: Generator[list[Any], None, None]) -> Generator[str, None, None]:
    """An object on each line."""
    with closing(rows):
        for cells in rows:
            yield as_json(dict(zip(columns, cells, strict=True))) + "\n"


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees the database as it is at its first statement; inside another one, that one."""
    connection = connections[router.db_for_read(Context)]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=connection.alias):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        yield


def row(entry: Entry, links: Links, zone: dt.tzinfo) -> dict[str, Any]:
    """{column: value} of one event."""
    metadata = metadata_of(entry)
    actor = links.actor(entry)
    cells = (
        entry.at.astimezone(zone).isoformat(),
        entry.event_model._meta.label,
        entry.event.pgh_id,
        entry.label,
        entry.tracked_model._meta.label,
        entry.obj_id,
        name(entry, links),
        entry.actor,
        actor.label if actor else None,
        told(metadata.get("url")),
        told(metadata.get("reason")),
        entry.changes,
        entry.context.metadata if entry.context else None,
    )
    return dict(zip(COLUMNS, cells, strict=True))


def name(entry: Entry, links: Links) -> str:
    """What the object of an event is called, or all that a row of a many-to-many relation joins."""
    return links.object(entry).label if entry.obj_id is not None else " · ".join(end.label for end in links.ends(entry))


def told(value: Any) -> str | None:
    """A value of the metadata as a text, None where it says nothing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else as_json(value)
