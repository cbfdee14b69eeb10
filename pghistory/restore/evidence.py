"""What the events of one event model prove about the rows of its table: who they are, and how they were before.

A NEW row shows the state after a change and an OLD row the state before it; only trackers that miss no change make
the row before an event the state before it.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any, TypeAlias

import pgtrigger
from django.db import models

from pghistory import changes, readings, registry, trackers
from pghistory.conditions import CHANGES
from pghistory.models import Event

Column: TypeAlias = "models.Field[Any, Any]"


class Evidence:
    """The columns that one event model shares with its table, and its labels by what their events show."""

    def __init__(self, event_model: type[Event]) -> None:
        self.event_model = event_model
        self.table: type[models.Model] = registry.concrete(event_model.pgh_tracked_model)
        read = {label: readings.reading(event_model, label) for label in registry.labels(event_model)}
        self.inserts = [label for label, found in read.items() if found.only == "insert"]
        self.deletes = [label for label, found in read.items() if found.only == "delete"]
        self.old = [label for label, found in read.items() if found.is_old]
        self.new = [
            label
            for label, found in read.items()
            if not found.is_old and found.kinds & {"insert", "update"} and label not in self.inserts
        ]
        self.may_insert = bool(self.inserts) or any("insert" in read[label].kinds for label in self.new)
        self.misses_no_new_row = self._misses_nothing(trackers.New)
        self.misses_no_old_row = self._misses_nothing(trackers.Old)

    @property
    def changes(self) -> list[str]:
        """Labels of events that a change made, whatever row they store."""
        return [*self.inserts, *self.new, *self.old]

    @property
    def states(self) -> list[str]:
        """Labels of events after which the state is known: the row that they store, or none."""
        return [*self.inserts, *self.new, *self.deletes]

    @functools.cached_property
    def obj(self) -> Column | None:
        """The column of the event table that holds the object's key; None where none does.

        Events without `pgh_obj`, as those of many-to-many rows, may keep the key among the tracked fields.
        """
        column: Column | None = changes.column(self.event_model, "pgh_obj")
        key = self.key.name
        if column is not None:
            return column
        return changes.column(self.event_model, key) if key in self.event_model.pgh_tracked_fields else None

    @property
    def key(self) -> Column:
        """The key of the table itself."""
        return self.table._meta.pk

    @functools.cached_property
    def columns(self) -> dict[str, tuple[Column, Column]]:
        """{field name: (column of the table, column of the event table)} of what can be written back."""
        own = {field.name: field for field in self.table._meta.local_concrete_fields}
        kept = {field.name: field for field in self.event_model._meta.local_concrete_fields}
        return {
            name: (own[name], kept[name])
            for name in self.event_model.pgh_tracked_fields
            if name in own and name in kept and not own[name].generated
        }

    @functools.cached_property
    def generated(self) -> tuple[str, ...]:
        """Names of tracked fields that PostgreSQL works out by itself."""
        own = {field.name: field for field in self.table._meta.local_concrete_fields}
        return tuple(name for name in self.event_model.pgh_tracked_fields if name in own and own[name].generated)

    @functools.cached_property
    def times(self) -> frozenset[str]:
        """Names of tracked fields that Django sets at every save: a later edit moves them by itself."""
        return frozenset(name for name, (own, _kept) in self.columns.items() if getattr(own, "auto_now", False))

    @functools.cached_property
    def untracked(self) -> tuple[Column, ...]:
        """Columns of the table, besides its key, that the events do not keep and the database does not work out."""
        return tuple(
            field
            for field in self.table._meta.local_concrete_fields
            if field.name not in self.event_model.pgh_tracked_fields and not field.generated and not field.primary_key
        )

    def unknown(self, fields: Collection[str]) -> list[Column]:
        """The columns without which no row can be added, where only these fields are known."""
        return [
            own
            for own in self.table._meta.local_concrete_fields
            if own.name not in fields and not own.generated and not own.primary_key and not _fills_itself(own)
        ]

    def is_new(self, event: Event) -> bool:
        """Whether the event stores a row as a change left it, or as it was when somebody recorded it."""
        return not readings.reading(self.event_model, event.pgh_label).is_old

    def is_delete(self, event: Event) -> bool:
        """Whether the row was deleted by what the event tells."""
        return event.pgh_label in self.deletes

    def _misses_nothing(self, row: str) -> bool:
        """Whether every change of a tracked field, except a time that Django sets, makes an event of this row."""
        wanted = frozenset(self.columns) - self._automatic
        found = [
            tracker.condition
            for tracker in self.event_model.pgh_trackers
            if isinstance(tracker, trackers.RowEvent) and tracker.row == row and pgtrigger.Update in tracker.operations
        ]
        return any(self._holds_always(condition, wanted) for condition in found) or any(
            _are_opposites(one, other) for one in found for other in found
        )

    @property
    def _automatic(self) -> frozenset[str]:
        fields = self.table._meta.local_concrete_fields
        return frozenset(
            field.name
            for field in fields
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or field.primary_key
        )

    def _holds_always(self, condition: Any, wanted: frozenset[str]) -> bool:
        if condition is None:
            return True
        if not isinstance(condition, pgtrigger.AnyChange) or condition._negated:
            return False
        attnames = {field.attname: field.name for field in self.table._meta.local_concrete_fields}
        named = frozenset(attnames.get(name, name) for name in condition.fields or ()) or wanted
        return wanted <= named - frozenset(attnames.get(name, name) for name in condition.exclude or ())


@functools.cache
def evidence(event_model: type[Event]) -> Evidence:
    """The evidence of an event model, which never changes once it is defined."""
    return Evidence(event_model)


def _are_opposites(one: Any, other: Any) -> bool:
    """Whether one change condition is the other one's negation."""
    if not (isinstance(one, CHANGES) and isinstance(other, CHANGES)):
        return False
    return type(one) is type(other) and vars(one) == {**vars(other), "_negated": not other._negated}


def _fills_itself(field: Any) -> bool:
    return bool(field.has_default() or field.has_db_default() or field.null or field.blank)
