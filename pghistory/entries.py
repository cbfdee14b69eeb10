"""How stored events become entries: each with the state before and after, its context and its living object.

The number of queries depends on the event models on the page, never on the rows: events with their contexts, the
neighbours that complete their changes, and the living objects are each asked for once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import ForeignKey, Model, QuerySet
from django.utils import timezone

from pghistory import changes, readings
from pghistory.models import Event

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What is known about the unit of work of an event, however its event model keeps it.

    `id` is None for a context in JSON without a column for the id; `metadata` is empty when its row is gone.
    """

    id: uuid.UUID | None
    metadata: dict[str, Any]
    actor_label: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is read.

    `kind` is "insert", "update", "delete", "manual" or "unknown". `before` and `after` are the tracked fields, {name:
    Python value} with the key for a foreign key, or None where there was no row or nothing is known; `changes` holds
    what differs, {name: (before, after)}. `is_first` says that `before` is not known because nothing earlier is
    recorded. `object` is the living tracked instance, or None.
    """

    event: Event
    kind: str
    before: State | None
    after: State | None
    changes: dict[str, tuple[Any, Any]]
    is_first: bool
    context: EntryContext | None
    object: Model | None

    @property
    def event_model(self) -> type[Event]:
        """The event model that keeps the event."""
        return type(self.event)

    @property
    def tracked_model(self) -> type[Model]:
        """The model of the object, as it was tracked: it may be a proxy."""
        return self.event.pgh_tracked_model

    @property
    def label(self) -> str:
        """The label under which the event was stored."""
        return self.event.pgh_label

    @property
    def at(self) -> dt.datetime:
        """When the transaction began that stored the event, with a zone."""
        at = self.event.pgh_created_at
        return timezone.make_aware(at) if timezone.is_naive(at) else at

    @property
    def obj_id(self) -> Any:
        """The object's key; None for events that belong to no object."""
        return getattr(self.event, "pgh_obj_id", None)

    @property
    def stored(self) -> State:
        """The row that the event keeps."""
        return state(self.event, self.event.pgh_tracked_fields)

    @property
    def living(self) -> State | None:
        """The object's row as it is now, of the tracked fields that it still has; None when it is gone."""
        if self.object is None:
            return None
        present = {field.name for field in self.object._meta.concrete_fields}
        return state(self.object, (name for name in self.event.pgh_tracked_fields if name in present))

    def between(self, before: State, after: State) -> Entry:
        """The entry as an update from one state to another, in place of its own change.

        Only fields that both states have are compared.
        """
        fields = [name for name in self.event.pgh_tracked_fields if name in before and name in after]
        old, new = ({name: found[name] for name in fields} for found in (before, after))
        changes = _changes(old, new, fields)
        return replace(self, kind="update", before=old, after=new, changes=changes, is_first=False)

    @property
    def actor(self) -> Any:
        """The user key in the context, as it was stored: a number, a text or None."""
        return self.context.metadata.get("user") if self.context else None

    @property
    def actor_label(self) -> str | None:
        """What the actor was called at the time, where that was kept."""
        return self.context.actor_label if self.context else None


def entries(
    ids: Mapping[type[Event], Collection[int]], *, using: str, read: Iterable[Event] = ()
) -> dict[tuple[type[Event], int], Entry]:
    """{(event model, pgh_id): entry} of the stored ones among these ids.

    Events that were `read` as `readable` gives them are not read once more; there may be others among them.
    """
    known = {(type(event), event.pgh_id): event for event in read}
    events = {
        event_model: {pgh_id: known[event_model, pgh_id] for pgh_id in found}
        if known
        else _events(event_model, found, using)
        for event_model, found in ids.items()
    }
    objects = _living([event for found in events.values() for event in found.values()], using)
    made = {}
    for event_model, found in events.items():
        others = {pgh_id: event for (of, pgh_id), event in known.items() if of is event_model}
        neighbours = _neighbours(event_model, found, others, using)
        for pgh_id, event in found.items():
            neighbour = neighbours.get(pgh_id)
            made[event_model, pgh_id] = _entry(event, neighbour, objects.get(_object_key(event)))
    return made


def state(row: Model, fields: Iterable[str]) -> State:
    """{field name: value} of a row of the event model or of the tracked model; a foreign key gives the key."""
    attributes = _attributes(type(row))
    return {name: getattr(row, attributes[name]) for name in fields}


@cache
def _attributes(model: type[Model]) -> dict[str, str]:
    return {field.name: field.attname for field in model._meta.concrete_fields}


def differ(before: Any, after: Any) -> bool:
    """Whether two values of one column differ to the database, to which NaN is NaN and JSON's true is not 1."""
    if isinstance(before, bool) is not isinstance(after, bool):
        return True
    if isinstance(before, (bool, int, float, dict, list)) and type(before) is type(after):
        return repr(before) != repr(after)
    try:
        return bool(before != after)
    except (TypeError, ValueError):
        # Arrays of other packages, as of vectors, compare item by item.
        return repr(before) != repr(after)


def readable(event_model: type[Event], found: QuerySet[Any]) -> QuerySet[Any]:
    """Events with what entries need: their contexts, and the ids of the events that complete their changes."""
    context = changes.column(event_model, "pgh_context")
    if isinstance(context, ForeignKey):
        found = found.select_related(context.name)
    if changes.has_object(event_model):
        found = found.annotate(pgh_neighbour_id=changes.neighbour_id(event_model))
    return found


def _events(event_model: type[Event], ids: Collection[int], using: str) -> dict[int, Event]:
    found = changes.rows(event_model, using).filter(pgh_id__in=ids)
    return {event.pgh_id: event for event in readable(event_model, found)}


def _neighbours(
    event_model: type[Event], events: Mapping[int, Event], others: Mapping[int, Event], using: str
) -> dict[int, Event]:
    """{pgh_id: the event that completes its change}; most of them are on the same page."""
    wanted = {}
    for pgh_id, event in events.items():
        neighbour_id = vars(event).pop("pgh_neighbour_id", None)
        if neighbour_id is not None:
            wanted[pgh_id] = neighbour_id
    missing = set(wanted.values()) - events.keys() - others.keys()
    rows = changes.rows(event_model, using).filter(pgh_id__in=missing) if missing else ()
    known = {**others, **events, **{event.pgh_id: event for event in rows}}
    return {pgh_id: known[neighbour_id] for pgh_id, neighbour_id in wanted.items() if neighbour_id in known}


def _living(events: Iterable[Event], using: str) -> dict[tuple[type[Model], Any], Model]:
    """{(tracked model, key): instance} of the objects that still exist, each set as its events' `pgh_obj`."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for event in events:
        if getattr(event, "pgh_obj_id", None) is not None:
            model, key = _object_key(event)
            wanted[model].add(key)
    found = {
        (model, obj.pk): obj
        for model, keys in wanted.items()
        for obj in model._base_manager.using(using).filter(pk__in=keys)
    }
    for event in events:
        obj = found.get(_object_key(event))
        if obj is not None:
            changes.column(type(event), "pgh_obj").set_cached_value(event, obj)
    return found


def _object_key(event: Event) -> tuple[type[Model], Any]:
    return event.pgh_tracked_model, getattr(event, "pgh_obj_id", None)


def _entry(event: Event, neighbour: Event | None, obj: Model | None) -> Entry:
    reading = readings.reading(type(event), event.pgh_label)
    fields = event.pgh_tracked_fields
    own = state(event, fields)
    before: State | None = None
    after: State | None = None
    if reading.is_old:
        kind = _kind_of_old(event, reading, neighbour, obj)
        before = own
        follower = neighbour or obj
        if kind != "delete" and follower is not None and not _is_insert(neighbour):
            after = state(follower, fields)
    else:
        previous = None if neighbour is None or _is_delete(neighbour) else neighbour
        kind = _kind_of_new(event, reading, previous)
        after = own
        if kind != "insert" and previous is not None:
            before = state(previous, fields)
    is_known = kind in ("insert", "delete") or (before is not None and after is not None)
    return Entry(
        event=event,
        kind=kind,
        before=before,
        after=after,
        changes=_changes(before, after, fields) if is_known else {},
        is_first=before is None and kind != "insert",
        context=_context(event),
        object=obj,
    )


def _kind_of_old(event: Event, reading: readings.Reading, following: Event | None, obj: Model | None) -> str:
    """A row that was updated or deleted is gone when nothing of it is left, or when it was added once more."""
    if reading.only is not None:
        return reading.only
    if not changes.has_object(type(event)):
        return "unknown"
    is_gone = _is_insert(following) if following is not None else obj is None
    return "delete" if is_gone else "update"


def _kind_of_new(event: Event, reading: readings.Reading, previous: Event | None) -> str:
    """A row that was added or updated was added when nothing of it was there before."""
    if reading.only is not None:
        return reading.only
    if not changes.has_object(type(event)):
        return "unknown"
    return "insert" if previous is None else "update"


def _is_insert(event: Event | None) -> bool:
    return event is not None and readings.reading(type(event), event.pgh_label).only == "insert"


def _is_delete(event: Event) -> bool:
    return readings.reading(type(event), event.pgh_label).only == "delete"


def _changes(before: State | None, after: State | None, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    old, new = before or {}, after or {}
    pairs = ((name, old.get(name), new.get(name)) for name in fields)
    return {name: (was, is_now) for name, was, is_now in pairs if differ(was, is_now)}


def _context(event: Event) -> EntryContext | None:
    field = changes.column(type(event), "pgh_context")
    context_id = getattr(event, "pgh_context_id", None)
    if isinstance(field, ForeignKey):
        stored = field.get_cached_value(event, default=None)
        metadata, actor_label = getattr(stored, "metadata", None), getattr(stored, "actor_label", None)
    else:
        metadata, actor_label = getattr(event, "pgh_context", None), None
    if context_id is None and metadata is None:
        return None
    return EntryContext(context_id, metadata if isinstance(metadata, dict) else {}, actor_label)
