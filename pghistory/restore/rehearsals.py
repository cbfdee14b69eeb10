"""Writing for real and taking it back: what triggers, cascades and constraints make of it, without a guess."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connections, models, router, transaction
from django.db.models import Max
from django.db.models.expressions import RawSQL

from pghistory import changes, registry, sql
from pghistory.contexts import apart
from pghistory.models import Event
from pghistory.restore import writes
from pghistory.restore.revisions import Revisions
from pghistory.restore.writes import LOCK_TIMEOUT, Refusal
from pghistory.timeline import Timeline, entries
from pghistory.timeline.entries import Entry

SHOWN: Final = 50
"""Events that are read back whole; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The newest events that were written, how many there were, and the rows that the database refused."""

    events: tuple[Entry, ...]
    count: int
    refused: tuple[Refusal, ...]


class _TakenBack(Exception):
    """Everything was written and read; now it goes."""


def rehearse(found: Revisions, using: str, metadata: Mapping[str, Any]) -> Rehearsal:
    """Writes all rows in a context of their own, reads the events, and takes everything back.

    Raises RowsBusy where somebody else holds a row for long.
    """
    writing = found.that(lambda common: common.writes)
    made = Rehearsal((), 0, ())
    if not writing:
        return made
    try:
        with transaction.atomic(using=using), short_waits(using), apart(**metadata) as context:
            marks = _marks(using)
            writes.hold((revision.span for revision in writing), using)
            refused = writes.write(writing, using)
            made = _read(context.id, marks, using, tuple(refused))
            raise _TakenBack
    except _TakenBack:
        return made


@contextlib.contextmanager
def short_waits(using: str) -> Iterator[None]:
    """Waits for nobody's lock for long; within a transaction, whose own limit holds again afterwards."""
    with connections[using].cursor() as cursor:
        cursor.execute("select current_setting('lock_timeout')")
        [usual] = cursor.fetchone()
        cursor.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        yield
        cursor.execute("select set_config('lock_timeout', %s, true)", [usual])


def _marks(using: str) -> dict[type[Event], Any]:
    """{event model: its newest id} of those that do not say in which context an event was written."""
    blind = [
        event_model
        for event_model in registry.event_models()
        if changes.column(event_model, "pgh_context_id") is None and router.allow_migrate_model(using, event_model)
    ]
    return {
        event_model: changes.rows(event_model, using).aggregate(newest=Max("pgh_id"))["newest"] or 0
        for event_model in blind
    }


def _read(
    context_id: uuid.UUID, marks: Mapping[type[Event], Any], using: str, refused: tuple[Refusal, ...]
) -> Rehearsal:
    """The events of the context, and those that this transaction wrote without one."""
    timeline = Timeline(using=using).in_context(context_id)
    events, count = timeline.page(size=SHOWN).entries, timeline.count(bound=10**9).number
    own = RawSQL(sql.read("restore/written.sql"), [], output_field=models.BooleanField())
    for event_model, newest in marks.items():
        written = changes.rows(event_model, using).filter(pgh_id__gt=newest).filter(own)
        ids = list(written.order_by("-pgh_id").values_list("pgh_id", flat=True)[:SHOWN])
        events = (*events, *entries.read({event_model: ids}, using=using).values())
        count += written.count()
    for entry in events:
        # The living row, and what else is read when it is asked for: it is about to be as it was.
        _ = entry.object
    return Rehearsal(events, count, refused)
