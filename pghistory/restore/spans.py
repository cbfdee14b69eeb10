"""Between which of its events a row is meant: to bring back one event, an instant, or the state before a context."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from django.db import models, router
from django.db.models import Value

from pghistory import changes, errors, registry, sql
from pghistory.models import Event
from pghistory.restore.comparisons import Comparison, names, quoted
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import Batch, Revision, Span
from pghistory.restore.tables import parents_first
from pghistory.timeline import instances_of
from pghistory.timeline.differences import differ, state

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
    last = _first(earlier.filter(pgh_label__in=known.states).order_by("-pgh_id"))
    first = _first(later.order_by("pgh_id"))
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
    return _first(_events_of(known, obj, using).filter(pgh_label__in=known.deletes).order_by("-pgh_id"))


def count_of_context(context_id: uuid.UUID, using: str) -> int:
    """How many rows a context wrote to, of each event model."""
    return sum(
        _in_context(evidence(event_model), context_id, using).values(column.attname).distinct().count()
        for event_model in _event_models_of(context_id, using)
        if (column := evidence(event_model).obj) is not None
    )


def of_context(
    context_id: uuid.UUID, using: str, *, overwrite: Collection[str] = (), held: bool = False
) -> Iterator[Batch]:
    """Each row that a context wrote to, from before its first event to after its last one, newest first.

    Where several event models keep a table, the one that keeps most of a row brings it back. `held` locks the living
    rows, each table's in the order of its keys, until the transaction ends.
    """
    event_models = [evidence(event_model) for event_model in _event_models_of(context_id, using)]
    order = parents_first({known.table for known in event_models})
    for known in sorted(event_models, key=lambda each: order[each.table]) if held else event_models:
        if known.obj is not None and known.changes:
            wider = _wider(known, event_models)
            yield from _of_context(known, wider, context_id, using=using, held=held).batches(overwrite=overwrite)
        elif _in_context(known, context_id, using).exists():
            yield Batch.of([Revision(Span(known.event_model, "", base=None, problem=NAMELESS), problem=NAMELESS)])


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
    for found in instances_of(following[:LABELS_OF_A_CHANGE]):
        other = state(found, fields)
        if found.pgh_label in evidence(type(event)).deletes or any(differ(own[name], other[name]) for name in fields):
            return found
    return found


def _first(events: models.QuerySet[Any]) -> Event | None:
    return next(iter(instances_of(events[:1])), None)


def _events_of(known: Evidence, obj: str, using: str) -> models.QuerySet[Any]:
    column: Any = known.obj
    events = changes.rows(known.event_model, using).filter(pgh_label__in=known.changes)
    return events.filter(**{column.attname: obj})


def _in_context(known: Evidence, context_id: uuid.UUID, using: str) -> models.QuerySet[Any]:
    """The events of changes in a context."""
    return changes.rows(known.event_model, using).filter(pgh_context_id=context_id, pgh_label__in=known.changes)


def _wider(known: Evidence, event_models: Sequence[Evidence]) -> list[Evidence]:
    """The event models that keep all that one keeps of the same table, and more; of two alike, the first one."""
    place = event_models.index(known)
    return [
        other
        for position, other in enumerate(event_models)
        if other.table is known.table and other.obj is not None
        if other.columns.keys() >= known.columns.keys()
        if (len(other.columns), -position) > (len(known.columns), -place)
    ]


def _of_context(
    known: Evidence, wider: Sequence[Evidence], context_id: uuid.UUID, using: str, held: bool
) -> Comparison:
    """The rows of a context that no wider event model tells of."""
    named = {**names(known, using), "obj": _obj(known)}
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
    apart = ""
    for place, other in enumerate(wider):
        told = {**names(other, using), "obj": _obj(other), "asked": f"pgh_own.{_obj(known)}", "labels": f"told_{place}"}
        apart += f"and not {sql.read('restore/told.sql').format(**told)}"
        params[f"told_{place}"] = other.changes
    work = sql.read("restore/spans.sql").format(**named, apart=apart)
    return Comparison(known, using, work, params, [_span(known, kind) for kind in range(16)], held=held)


def _span(known: Evidence, kind: int) -> Span:
    """What spans of a kind have in common; its bits are those that `spans.sql` names."""
    problem = "" if not kind & 4 else RETURNED if kind & 8 else UNKNOWN
    return Span(known.event_model, "", None, None, bool(kind & 1), bool(kind & 2), partial=True, problem=problem)


def _obj(known: Evidence) -> str:
    return quoted(str(known.obj.column)) if known.obj is not None else "null"
