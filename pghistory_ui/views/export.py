"""The filtered set as a CSV file, read from one snapshot and never held as a whole."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, router, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from pghistory.models import Context
from pghistory.timeline import Entry, Timeline
from pghistory_ui import ledger
from pghistory_ui.cards import metadata_of, text_of
from pghistory_ui.filters import FilterForm
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame

BATCH: Final = 1_000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "pgh_created_at",
    "pgh_event_model",
    "pgh_id",
    "pgh_label",
    "pgh_obj_model",
    "pgh_obj_id",
    "object",
    "actor_id",
    "actor",
    "url",
    "reason",
    "changes",
    "context",
)


class ValueEncoder(DjangoJSONEncoder):
    """JSON of whatever a field may hold; what JSON has no form for becomes text."""

    def default(self, o: Any) -> Any:
        """The value in a form that JSON has."""
        if isinstance(o, dt.datetime):
            return o.isoformat()
        if isinstance(o, (bytes, memoryview)):
            return bytes(o).hex()
        try:
            return super().default(o)
        except TypeError:
            return str(o)


class Line:
    """A file without a memory: what is written to it is what it gives back."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def export(request: HttpRequest, site: AdminSite, file_format: str) -> HttpResponseBase:
    """A streamed file of exactly the events that the activity page would show under the same parameters."""
    if file_format != "csv":
        raise Http404(_("There is no export as “%s”.") % file_format)
    access = frame.enter(request, site)
    form = FilterForm(request.GET, access)
    if not form.is_valid():
        errors = (f"{name}: {' '.join(map(str, found))}" for name, found in form.errors.items())
        return HttpResponse("\n".join(errors), status=400, content_type="text/plain; charset=utf-8")
    rows = csv_rows(access, form.apply(access.timeline()), timezone.get_current_timezone())
    name = f"history-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    return StreamingHttpResponse(
        rows,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def csv_rows(access: Access, timeline: Timeline, zone: dt.tzinfo) -> Iterator[str]:
    """The lines of the file."""
    write = csv.writer(Line()).writerow
    yield write(COLUMNS)
    with snapshot():
        stream = ledger.viewable(access, timeline.entries(batch=BATCH))
        while entries := list(islice(stream, BATCH)):
            links = Links(access, entries)
            for entry in entries:
                yield write([guarded(cell) for cell in cells(entry, links, zone)])


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


def cells(entry: Entry, links: Links, zone: dt.tzinfo) -> tuple[str, ...]:
    """The columns of one event, in the order of COLUMNS."""
    metadata = metadata_of(entry)
    actor = links.actor(entry)
    return (
        entry.at.astimezone(zone).isoformat(),
        entry.event_model._meta.label,
        str(entry.event.pgh_id),
        entry.label,
        entry.tracked_model._meta.label,
        "" if entry.obj_id is None else str(entry.obj_id),
        " · ".join(end.label for end in links.ends(entry)) if entry.obj_id is None else links.object(entry).label,
        "" if entry.actor is None else str(entry.actor),
        actor.label if actor else "",
        text_of(metadata.get("url")),
        text_of(metadata.get("reason")),
        as_json(entry.changes),
        as_json(entry.context.metadata if entry.context else None),
    )


def as_json(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, cls=ValueEncoder, ensure_ascii=False)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
