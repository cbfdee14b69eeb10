"""Between which of its events a row is meant: to bring back one event, an instant, or the state before a context."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django.db import connections, models, router
from django.db.models import Value

from pghistory import changes, errors, registry, sql
from pghistory.models import Event
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import Span, names, quoted
from pghistory.timeline.differences import differ, state

FETCHED: Final = 500
"""So many rows become spans at a time, and are forgotten again."""

NAMELESS: Final = "Its events do not say to which rows they belong. Set the values that they show by hand."
UNKNOWN: Final = "Nothing is recorded of it before this."
RETURNED: Final = "It was deleted before this, and nothing tells how it came back."

LABELS_OF_A_CHANGE: Final = 20
"""So many events of one change are looked through for the next change."""


def of_event(event: Event, using: str) -> Span:
    """The row as the event keeps it, and what replaced it first."""
    known = evidence(type(event))
    obj = key_of(event)
    if known.is_delete(event):
        return Span(known.event_model, obj, base=str(event.pk))
    labels = known.states if known.is_new(event) else known.old
    following = _events_of(known, obj, using).filter(pgh_id__gt=event.pk, pgh_label__in=labels).order_by("pgh_id")
    then = _first_other(event, following)
    if then is None:
        return Span(known.event_model, obj, base=str(event.pk), is_open=True)
    gone = known.is_new(event) and known.is_delete(then)
    return Span(known.event_model, obj, base=str(event.pk), then=None if gone else str(then.pk))


def at_instant(
    event_model: type[Event], obj: str, at: dt.datetime, using: str, *, before: bool = False
) -> Event | None:
    """The event that keeps the row as it was after all that was stored at an instant, or `before` that.

    None where the row was not there; raises NotRestorable where nothing tells.
    """
    known = evidence(event_model)
    events = _events_of(known, obj, using)
    earlier = events.filter(**{"pgh_created_at__lt" if before else "pgh_created_at__lte": at})
    later = events.filter(**{"pgh_created_at__gte" if before else "pgh_created_at__gt": at})
    last: Event | None = earlier.filter(pgh_label__in=known.states).order_by("-pgh_id").first()
    first: Event | None = later.order_by("pgh_id").first()
    if first is not None and not known.is_new(first) and (before or last is None or known.misses_no_old_row):
        return first
    if last is not None:
        return None if known.is_delete(last) else last
    if first is not None and first.pgh_label in known.inserts:
        return None
    raise errors.NotRestorable(
        subject=f"{known.table._meta.verbose_name} {obj}", problem=f"nothing tells how it was at {at}."
    )


def last_deletion(event_model: type[Event], obj: str, using: str) -> Event | None:
    """The newest event that says that a row was deleted."""
    known = evidence(event_model)
    deletions = _events_of(known, obj, using).filter(pgh_label__in=known.deletes)
    found: Event | None = deletions.order_by("-pgh_id").first()
    return found


def of_context(context_id: uuid.UUID, using: str) -> list[Span]:
    """Each row that a context wrote to, from before its first event to after its last one, newest first."""
    return [
        span
        for event_model in _event_models_of(context_id, using)
        for span in _of_context(evidence(event_model), context_id, using)
    ]


def _event_models_of(context_id: uuid.UUID, using: str) -> list[type[Event]]:
    """The event models that have events of a context, those that were defined last first; in one query."""
    asked = [
        event_model
        for event_model in reversed(registry.event_models())
        if changes.column(event_model, "pgh_context_id") is not None and router.allow_migrate_model(using, event_model)
    ]
    found = [
        changes.rows(event_model, using)
        .filter(pgh_context_id=context_id)
        .order_by()
        .annotate(pgh_place=Value(place, models.IntegerField()))
        .values_list("pgh_place")[:1]
        for place, event_model in enumerate(asked)
    ]
    places = {place for (place,) in found[0].union(*found[1:], all=True)} if found else set()
    return [event_model for place, event_model in enumerate(asked) if place in places]


def key_of(event: Event) -> str:
    """The object's key as text; raises NotRestorable for an event that names no object."""
    column = evidence(type(event)).obj
    key = getattr(event, column.attname) if column is not None else None
    if key is None:
        raise errors.NotRestorable(
            subject=f"{type(event)._meta.label} {event.pk}",
            problem="it does not say to which row it belongs. Set the values that it shows by hand.",
        )
    return as_text(key)


def as_text(key: Any) -> str:
    """A key as PostgreSQL reads it."""
    return str(key)


def _first_other(event: Event, following: models.QuerySet[Any]) -> Event | None:
    """The first event that tells of a change: one change may make several events, under several labels."""
    fields = event.pgh_tracked_fields
    own = state(event, fields)
    found: Event | None = None
    for found in following[:LABELS_OF_A_CHANGE]:
        other = state(found, fields)
        if found.pgh_label in evidence(type(event)).deletes or any(differ(own[name], other[name]) for name in fields):
            return found
    return found


def _events_of(known: Evidence, obj: str, using: str) -> models.QuerySet[Any]:
    column: Any = known.obj
    events = changes.rows(known.event_model, using).filter(pgh_label__in=known.changes)
    return events.filter(**{column.attname: obj})


def _of_context(known: Evidence, context_id: uuid.UUID, using: str) -> list[Span]:
    if known.obj is None or not known.changes:
        rows = changes.rows(known.event_model, using).filter(pgh_context_id=context_id, pgh_label__in=known.changes)
        return [Span(known.event_model, "", base=None, problem=NAMELESS)] if rows.exists() else []
    statement = sql.read("restore/spans.sql").format(
        events=names(known, using)["events"], obj=quoted(str(known.obj.column))
    )
    params: dict[str, Any] = {
        "context": context_id,
        "change": known.changes,
        "old": known.old,
        "new": [*known.inserts, *known.new],
        "insert": known.inserts,
        "delete": known.deletes,
        "state": known.states,
        "misses_no_new_row": known.misses_no_new_row,
        "misses_no_old_row": known.misses_no_old_row,
        # An addition whose label does not say so may be the first event of all.
        "may_be_added": known.may_insert and not known.inserts,
    }
    with connections[using].cursor() as cursor:
        cursor.execute(statement, params)
        return [
            Span(
                known.event_model,
                obj,
                base,
                then,
                is_open,
                guess,
                partial=True,
                problem="" if is_known else RETURNED if was_deleted else UNKNOWN,
            )
            for rows in iter(lambda: cursor.fetchmany(FETCHED), [])
            for obj, base, then, is_open, guess, is_known, was_deleted in rows
        ]
