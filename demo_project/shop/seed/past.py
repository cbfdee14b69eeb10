"""Move what the stories wrote to the times at which it is said to have happened.

Triggers stamp an event with `now()`, the start of the transaction. The seed lets every row go through the same triggers
and contexts as in a running shop, in passing order, and changes the times alone, in SQL: those of a context's events by
their context, one statement a table, and those of the few events without a context while they still bear `now()`. The
ids of contexts tell the time as well, and move with it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import connection

from pghistory import registry
from pghistory.models import Event

APPS = ("people", "shop")

EVENTS_WITHOUT_CONTEXT = """
    update {table}
    set pgh_created_at = %s
    where pgh_context_id is null and pgh_created_at = now()
"""

EVENTS_OF_CONTEXTS = """
    update {table} as event
    set pgh_created_at = moment.at, pgh_context_id = moment.id_then
    from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) as moment (id, id_then, at)
    where event.pgh_context_id = moment.id
"""

CONTEXTS = """
    update pghistory_context as context
    set id = moment.id_then, created_at = moment.at, updated_at = moment.at
    from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) as moment (id, id_then, at)
    where context.id = moment.id
"""


def event_models() -> tuple[type[Event], ...]:
    """The demo's own; a project may track more."""
    return tuple(model for model in registry.event_models() if model._meta.app_label in APPS)


def move_events_without_context(at: datetime) -> None:
    """Give this time to what was written in the running transaction outside of any context, and not moved yet."""
    _execute(EVENTS_WITHOUT_CONTEXT, at)


def move_contexts(times: Mapping[UUID, datetime]) -> list[UUID]:
    """Give these times to the contexts and to all of their events; gives the ids that the contexts have by then."""
    ids, instants = list(times), list(times.values())
    ids_then = [_id_of(context_id, at) for context_id, at in times.items()]
    _execute(EVENTS_OF_CONTEXTS, ids, ids_then, instants)
    with connection.cursor() as cursor:
        cursor.execute(CONTEXTS, [ids, ids_then, instants])
    return ids_then


def _id_of(context_id: UUID, at: datetime) -> UUID:
    """The id that a context would have got at an instant: a UUID of version 7 begins with its milliseconds."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | context_id.int & (1 << 80) - 1)


def _execute(statement: str, *params: Any) -> None:
    """Run a statement for every event table, `{table}` standing for its name."""
    # The triggers of append-only event models would refuse, and rightly: nobody else has a reason to do this.
    guards = [
        f"{model._meta.label}:{trigger.name}"
        for model in event_models()
        for trigger in getattr(model._meta, "triggers", ())
    ]
    with pgtrigger.ignore(*guards), connection.cursor() as cursor:
        for model in event_models():
            cursor.execute(statement.format(table=connection.ops.quote_name(model._meta.db_table)), params)
