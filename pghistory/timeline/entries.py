"""How stored events become entries: each with the state before and after, its context and its living object.

The number of queries never depends on the rows: events, with their contexts and the neighbours that complete their
changes, are one query, and living objects are asked for once a model, when the first is needed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import cached_property

from pghistory import changes, readings
from pghistory.models import Event
from pghistory.timeline import stored
from pghistory.timeline.differences import differences, differing, state
from pghistory.timeline.instances import instances_by_key
from pghistory.timeline.stored import State, Stored

Found = dict[tuple[type[Event], Any], "Entry"]
"""{(event model, pgh_id): entry}"""


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What is known about the unit of work of an event, however its event model keeps it.

    `id` is None for a context in JSON without a column for the id; `metadata` is empty when its row is gone.
    """

    id: uuid.UUID | None
    metadata: dict[str, Any]
    actor_label: str | None


class Living:
    """The living objects of entries that were read together: one query a model, once one of them is asked for."""

    def __init__(self, using: str) -> None:
        self._using = using
        self._wanted: defaultdict[type[Model], set[Any]] = defaultdict(set)
        self._found: dict[type[Model], dict[Any, Model]] = {}

    def want(self, event: Stored) -> None:
        """Takes the object of an event into the next query."""
        key = event.get("pgh_obj_id")
        if key is not None:
            self._wanted[event.event_model.pgh_tracked_model].add(key)

    def of(self, event: Stored) -> Model | None:
        """The tracked instance, or None where it is gone or the event belongs to none."""
        model, key = event.event_model.pgh_tracked_model, event.get("pgh_obj_id")
        if key is None:
            return None
        if model not in self._found:
            self._found[model] = {found.pk: found for found in self._read(model)}
        return self._found[model].get(key)

    def _read(self, model: type[Model]) -> list[Model]:
        return instances_by_key(model._base_manager.using(self._using), self._wanted[model])


class Entry:
    """One event as it is read.

    `event_model` is the one that keeps the event.
    `kind` is "insert", "update", "delete", "manual" or "unknown". `before` and `after` are the tracked fields, {name:
    Python value} with the key for a foreign key, or None where there was no row or nothing is known; `changes` holds
    what differs, {name: (before, after)}. `is_first` says that `before` is not known because nothing earlier is
    recorded. `object` is the living tracked instance, or None; it is read when it is asked for first, with those of
    all entries that were read together.
    """

    def __init__(self, event: Stored, neighbour: Stored | None, living: Living) -> None:
        self.event_model = event.event_model
        self._event = event
        self._neighbour = neighbour
        self._living = living

    def __repr__(self) -> str:
        return f"<Entry: {self.kind} {self.event_model._meta.label} {self.id}>"

    def __eq__(self, other: object) -> bool:
        """Whether both tell the same of the same event."""
        if not isinstance(other, Entry):
            return NotImplemented
        return self.event_model is other.event_model and self._told == other._told

    __hash__ = None  # type: ignore[assignment]

    @property
    def id(self) -> Any:
        """The event's `pgh_id`."""
        return self._event.id

    @property
    def tracked_model(self) -> type[Model]:
        """The model of the object, as it was tracked: it may be a proxy."""
        return self.event_model.pgh_tracked_model

    @property
    def label(self) -> str:
        """The label under which the event was stored."""
        return self._event.label

    @cached_property
    def at(self) -> dt.datetime:
        """When the transaction began that stored the event, with a zone."""
        at = self._event.at
        return timezone.make_aware(at) if timezone.is_naive(at) else at

    @property
    def obj_id(self) -> Any:
        """The object's key; None for events that belong to no object."""
        return self._event.get("pgh_obj_id")

    @cached_property
    def event(self) -> Event:
        """The event as an instance of its event model."""
        event = self._event.instance
        if self.object is not None:
            changes.column(self.event_model, "pgh_obj").set_cached_value(event, self.object)
        return event

    @cached_property
    def object(self) -> Model | None:
        """The living tracked instance; None when it is gone."""
        return self._living.of(self._event)

    @cached_property
    def kind(self) -> str:
        """What happened to the row."""
        return self._ends[0]

    @cached_property
    def before(self) -> State | None:
        """The row before the event."""
        return self._state(self._ends[1])

    @cached_property
    def after(self) -> State | None:
        """The row after the event."""
        return self._state(self._ends[2])

    def sides(self, name: str) -> tuple[Any, Any]:
        """One tracked field before and after, without what else the rows hold; None where there is no row."""
        told, (_kind, *rows) = vars(self), self._ends
        before, after = (
            (told[side] or {}).get(name) if side in told else self._field(row, name)
            for side, row in zip(("before", "after"), rows, strict=True)
        )
        return before, after

    @cached_property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What differs."""
        kind, before, after = self._ends
        fields = self.event_model.pgh_tracked_fields
        if isinstance(before, Stored) and isinstance(after, Stored):
            return differing(before, after, fields)
        is_known = kind in ("insert", "delete") or (before is not None and after is not None)
        return differences(self.before, self.after, fields) if is_known else {}

    @cached_property
    def is_first(self) -> bool:
        """Whether nothing earlier is recorded of a row that was there before."""
        kind, before, _ = self._ends
        return before is None and kind != "insert"

    @cached_property
    def context(self) -> EntryContext | None:
        """What is known about the unit of work."""
        event = self._event
        context_id = event.get("pgh_context_id")
        if event.table.context is None:
            metadata, actor_label = event.get("pgh_context"), None
        else:
            metadata, actor_label = event.get("context metadata"), event.get("context actor_label")
        if context_id is None and metadata is None:
            return None
        return EntryContext(context_id, metadata if isinstance(metadata, dict) else {}, actor_label)

    @property
    def stored(self) -> State:
        """The row that the event keeps."""
        return self._event.state(self.event_model.pgh_tracked_fields)

    @property
    def living(self) -> State | None:
        """The object's row as it is now, of the tracked fields that it still has; None when it is gone."""
        if self.object is None:
            return None
        present = {field.name for field in self.object._meta.concrete_fields}
        return state(self.object, (name for name in self.event_model.pgh_tracked_fields if name in present))

    @property
    def actor(self) -> Any:
        """The user key in the context, as it was stored: a number, a text or None."""
        return self.context.metadata.get("user") if self.context else None

    @property
    def actor_label(self) -> str | None:
        """What the actor was called at the time, where that was kept."""
        return self.context.actor_label if self.context else None

    def between(self, before: State, after: State) -> Entry:
        """The entry as an update from one state to another, in place of its own change.

        Only fields that both states have are compared.
        """
        fields = [name for name in self.event_model.pgh_tracked_fields if name in before and name in after]
        old, new = ({name: found[name] for name in fields} for found in (before, after))
        return self.telling(kind="update", before=old, after=new, changes=differences(old, new, fields), is_first=False)

    def telling(self, **told: Any) -> Entry:
        """The same entry with other words: a kind, states, changes."""
        other = copy(self)
        vars(other).update(told)
        return other

    @property
    def _told(self) -> tuple[Any, ...]:
        return (self.id, self.kind, self.is_first, self.before, self.after, self.changes, self.context, self.object)

    def _state(self, row: Stored | Model | None) -> State | None:
        fields = self.event_model.pgh_tracked_fields
        return row.state(fields) if isinstance(row, Stored) else None if row is None else state(row, fields)

    def _field(self, row: Stored | Model | None, name: str) -> Any:
        return row.field(name) if isinstance(row, Stored) else None if row is None else state(row, [name])[name]

    @cached_property
    def _ends(self) -> tuple[str, Stored | Model | None, Stored | Model | None]:
        """The kind, and the rows before and after."""
        event, neighbour = self._event, self._neighbour
        reading = readings.reading(event.event_model, event.label)
        if reading.is_old:
            kind = self._kind_of_old(reading)
            goes_on = kind != "delete" and not _is(neighbour, "insert")
            return kind, event, (neighbour or self.object) if goes_on else None
        previous = None if _is(neighbour, "delete") else neighbour
        kind = reading.only or self._kind_of_one_object("insert" if previous is None else "update")
        return kind, None if kind == "insert" else previous, event

    def _kind_of_old(self, reading: readings.Reading) -> str:
        """A row that was updated or deleted is gone when nothing of it is left, or when it was added once more."""
        if reading.only is not None:
            return reading.only
        following = self._neighbour
        is_gone = _is(following, "insert") if following is not None else self.object is None
        return self._kind_of_one_object("delete" if is_gone else "update")

    def _kind_of_one_object(self, kind: str) -> str:
        return kind if changes.has_object(self.event_model) else "unknown"


def read(ids: Mapping[type[Event], Collection[int]], *, using: str) -> Found:
    """The entries of the stored ones among these ids."""
    tables = {stored.table(event_model, using): wanted for event_model, wanted in ids.items() if wanted}
    found = stored.read([(table, table.by_ids(wanted)) for table, wanted in tables.items()], using) if tables else []
    return told(found, using=using)


def told(found: Iterable[tuple[list[Stored], list[Stored]]], *, using: str) -> Found:
    """The entries of events as `stored.read` gives them for each event model."""
    living = Living(using)
    made: Found = {}
    for shown, others in found:
        known = {event.id: event for event in (*others, *shown)}
        for event in shown:
            living.want(event)
            made[event.event_model, event.id] = Entry(event, known.get(event.neighbour_id), living)
    return made


def _is(event: Stored | None, kind: str) -> bool:
    """Whether every event of its label is of one kind."""
    return event is not None and readings.reading(event.event_model, event.label).only == kind
