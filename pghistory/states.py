"""The rows of a table as they were at an instant, as a SELECT over the table's events.

Where events keep new rows, a row is what its last event until the instant says; where they keep old rows, what the
first event after the instant says, or else the living row. Only the keys that a query asks for are looked up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from pghistory import branches, conditions, errors, registry, sql, trackers
from pghistory.readings import Labels
from pghistory.shapes import Compiled, Hole, completed, filled

if TYPE_CHECKING:
    from pghistory.models import Event

Model = type[models.Model]

INSTANT: Final[Any] = models.DateTimeField()

OPERATIONS: Final = {"insert": pgtrigger.Insert, "update": pgtrigger.Update, "delete": pgtrigger.Delete}


@dataclass(frozen=True, slots=True)
class Instant:
    """When rows are looked at, and whether what is not known is left out (`partial`) or refused.

    `event_model` is the one that is to tell about the rows themselves, where one was named.
    """

    at: dt.datetime
    partial: bool = False
    event_model: type[Event] | None = None

    def elsewhere(self) -> Self:
        """The same instant for the rows of other models."""
        return replace(self, event_model=None)

    def source(self, model: Model) -> Source | None:
        """Where the rows of a model's own table are told; None for living rows, which stand in for untracked ones.

        Raises NotReconstructable where something is missing, unless it is to be left out.
        """
        table = registry.concrete(model)
        named = self.event_model
        if named is None or registry.concrete(named.pgh_tracked_model) is not table:
            best = _best(table, registry.event_models_of(table))
        else:
            best = _best(table, (named,))
        if best is None:
            if self.partial:
                return None
            raise errors.NotReconstructable(model=table._meta.label, missing="an event model")
        if not best.has_key or (best.missing and not self.partial):
            raise errors.NotReconstructable(model=table._meta.label, missing=", ".join(best.missing))
        return best


@dataclass(frozen=True)
class Source:
    """An event model that tells the rows of a table."""

    table: Model
    event_model: type[Event]

    @cached_property
    def labels(self) -> Labels:
        """The labels of the events."""
        return Labels(self.event_model)

    @cached_property
    def by_old_rows(self) -> bool:
        """Whether rows are known from their old states: where no tracker stores what updates make of them."""
        if self._stores("update", trackers.New, always=True):
            return False
        if self._stores("update", trackers.Old, always=True):
            return True
        return not self._stores("update", trackers.New) and self._stores("update", trackers.Old)

    @cached_property
    def missing(self) -> list[str]:
        """What keeps the rows from being known whole, in words."""
        update, delete = (trackers.Old if self.by_old_rows else trackers.New), trackers.Old
        wanted = {"insert": trackers.New, "update": update, "delete": delete}
        found = [
            f"a tracker of every {operation}"
            for operation, row in wanted.items()
            if not self._stores(operation, row, always=True)
        ]
        found += [f'the field "{field.name}"' for field in self.fields if field.name not in self._kept]
        if not self.has_obj:
            found.append("`pgh_obj`")
        return found

    @cached_property
    def has_obj(self) -> bool:
        """Whether events refer to their row; else they are told apart by the mirrored key."""
        return branches.has_column(self.event_model, "pgh_obj")

    @cached_property
    def has_key(self) -> bool:
        """Whether it is known which events are those of one row."""
        return self.has_obj or all(field.name in self._kept for field in self.table._meta.pk_fields)

    @cached_property
    def column_names(self) -> list[str]:
        """The columns of the table, in the order of the SELECT."""
        return [str(field.column) for field in self.fields]

    @cached_property
    def lost(self) -> list[str]:
        """The attributes of the table's instances that events do not keep."""
        return [field.attname for field in self.fields if field.name not in self._kept]

    def select(self, instant: Instant, keys: Compiled | None, connection: Any) -> Compiled:
        """The SELECT of the rows; of those with the `keys` that a one-column SELECT gives, or else of all."""
        shape = (keys is not None, instant.partial)
        if shape not in self._shapes:
            self._shapes[shape] = self._shape(connection, keyed=shape[0], partial=shape[1])
        text, params = self._shapes[shape]
        values = {
            Hole.INSTANT: [INSTANT.get_db_prep_value(instant.at, connection)],
            Hole.REFUSAL: [f"(pghistory) {self.table._meta.label} is not known at {instant.at}: "],
            Hole.KEYS: keys[1] if keys else (),
        }
        return text.replace(Hole.KEYS.value, keys[0] if keys else ""), completed(params, values)

    @cached_property
    def _shapes(self) -> dict[tuple[bool, bool], Compiled]:
        """{(whether keys are given, whether unknown rows are left out): the SELECT with holes}."""
        return {}

    def _shape(self, connection: Any, *, keyed: bool, partial: bool) -> Compiled:
        parts = self.parts(connection, partial=partial)
        if not self.has_obj:
            return filled("without_object", parts)
        given = (Hole.KEYS.value, (Hole.KEYS,))
        parts["keys"] = given if keyed else filled("keys" if self._is_indexed else "keys_by_scan", parts)
        is_numbered = isinstance(self.event_model._meta.pk, models.IntegerField)
        parts["newest"] = ("", ()) if keyed or not is_numbered else filled("newest", parts)
        parts["unknown"] = ("false", ()) if partial else filled("unknown", parts)
        return filled("by_old_rows" if self.by_old_rows else "by_new_rows", parts)

    def keys_referring(self, field: Any, wanted: Compiled) -> Compiled | None:
        """The keys of rows that may have one of the wanted values, by an index over the events' foreign key.

        Living rows are asked too: what is not known may be among them. None where events cannot answer.
        """
        if self.by_old_rows or not self.has_obj or field.name not in self._kept or not field.is_relation:
            return None
        mirrored = self._mirror(field.name)
        parts = {
            **self._names(),
            "mirrored": (_name(mirrored.column), ()),
            "column": (_name(field.column), ()),
            "wanted": wanted,
        }
        return filled("keys_referring", parts)

    @cached_property
    def fields(self) -> list[Any]:
        """The fields of the table, in the order of the SELECT."""
        return list(self.table._meta.local_concrete_fields)

    @property
    def _kept(self) -> tuple[str, ...]:
        return self.event_model.pgh_tracked_fields

    @property
    def _is_indexed(self) -> bool:
        """Whether an index begins with `pgh_obj`, so that the next key is one probe away."""
        options = self.event_model._meta
        obj = self._mirror("pgh_obj")
        return bool(obj.db_index) or any([*index.fields, ""][0] == "pgh_obj" for index in options.indexes)

    def _stores(self, operation: str, row: str, *, always: bool = False) -> bool:
        """Whether a tracker stores this row at an operation; `always` leaves out those with a condition."""
        return any(
            OPERATIONS[operation] in found.operations
            and found.row == row
            and (not always or self._is_unconditional(found))
            and (operation != "delete" or self.by_old_rows or found.label in self.labels.deletes)
            for found in self.event_model.pgh_trackers
            if isinstance(found, trackers.RowEvent)
        )

    def _is_unconditional(self, tracker: trackers.RowEvent) -> bool:
        """Whether nothing that is kept changes without an event."""
        condition: Any = tracker.condition
        if not isinstance(condition, pgtrigger.AnyChange):
            return condition is None
        compared = conditions.ByValue(condition, tracked=self._kept).columns(self.event_model.pgh_tracked_model)
        return not condition._negated and set(self._kept) <= {column.name for column in compared}

    def _names(self) -> dict[str, Compiled]:
        key = [_name(field.column) for field in self.table._meta.pk_fields]
        obj = _name(self._mirror("pgh_obj").column) if self.has_obj else ""
        return {
            "events": (_name(self.event_model._meta.db_table), ()),
            "table": (_name(self.table._meta.db_table), ()),
            "obj": (obj, ()),
            "key": (", ".join(key), ()),
        }

    def parts(self, connection: Any, *, partial: bool) -> dict[str, Compiled]:
        """What fills the places of the templates, but for the keys."""
        labels = self.labels
        inserts = [*labels.inserts, *labels.insert_or_updates]
        key = "pgh_wanted.pgh_key" if self.has_obj else ""
        columns = self.columns("pgh_state", connection, by_alias=self.by_old_rows, key=key)
        parts = {
            **self._names(),
            "columns": (columns, ()),
            "stored": (self.columns("pgh_event", connection, named=True), ()),
            "living": (self.columns("pgh_living", connection, living=True), ()),
            "join": ("join" if partial else "left join", ()),
            # A fence: conditions of the query come after the refusal of what is not known.
            "fence": ("" if partial else "offset 0", ()),
            "instant": ("%s", (Hole.INSTANT,)),
            "counted": _without(labels.before_updates),
            "deletes": _labels(labels.deletes),
            "inserts": _labels(inserts),
            "told": _labels([*labels.inserts, *labels.before_updates, *labels.deletes]),
            "refusal": ("%s::text", (Hole.REFUSAL,)),
        }
        if not self.has_obj:
            mirrored = (self._mirror(field.name) for field in self.table._meta.pk_fields)
            parts["mirrored"] = (", ".join(f"pgh_event.{_name(field.column)}" for field in mirrored), ())
        return parts

    def columns(
        self,
        alias: str,
        connection: Any,
        *,
        named: bool = False,
        by_alias: bool = False,
        living: bool = False,
        key: str = "",
    ) -> str:
        """The columns of the table in a SELECT, null where they are not kept; `key` gives that of the key."""
        found = []
        for place, field in enumerate(self.fields):
            if key and field.primary_key:
                value = key
            elif by_alias:
                value = f"{alias}.pgh_column_{place}"
            elif field.name not in self._kept:
                value = f"null::{field.cast_db_type(connection)}"
            else:
                column = field.column if living else self._mirror(field.name).column
                value = f"{alias}.{_name(column)}"
            found.append(f"{value} as pgh_column_{place}" if named else value)
        return ",\n    ".join(found)

    def _mirror(self, name: str) -> Any:
        return self.event_model._meta.get_field(name)


@lru_cache(maxsize=1024)
def _best(table: Model, event_models: tuple[type[Event], ...]) -> Source | None:
    """The source of which the least is missing: what it says about itself is found out once."""
    return min((Source(table, each) for each in event_models), key=lambda source: len(source.missing), default=None)


def distinct(wanted: Compiled) -> Compiled:
    """The keys that a SELECT in brackets gives, each once."""
    return filled("keys_wanted", {"wanted": wanted})


def aware(at: dt.datetime) -> dt.datetime:
    """The instant with a zone where Django keeps zones."""
    return timezone.make_aware(at) if settings.USE_TZ and timezone.is_naive(at) else at


def _labels(labels: list[str]) -> Compiled:
    # In the text, as they never differ: a list among the parameters takes longer to adapt than the rest.
    listed = ", ".join(sql.literal(label) for label in labels).replace("%", "%%")
    return f"array[{listed}]::text[]", ()


def _without(labels: list[str]) -> Compiled:
    """The condition that an event has none of these labels, where there are such."""
    return (f"and pgh_event.pgh_label <> all({_labels(labels)[0]})", ()) if labels else ("", ())


def _name(identifier: str | None) -> str:
    # The text is one with parameters.
    return sql.name(identifier or "").replace("%", "%%")
