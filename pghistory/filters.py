"""What narrows a timeline: each filter says, for one event model, which of its events are meant.

Values come from addresses and forms: what no column can hold matches nothing, and never reaches the database.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.related import ForeignKey
from django.db.models.functions import Cast

from pghistory import changes, keys, registry
from pghistory.models import Event

ANYTHING: Final = "*"
"""Stands for every value in a change."""


class Filter(Protocol):
    """One condition of a timeline."""

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        """The events that are meant; None where the event model cannot have any."""


@dataclass(frozen=True, slots=True)
class Objects:
    """Events of these objects; of an object in several tables (multi-table inheritance), those of each table."""

    objects: tuple[models.Model, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if not changes.has_object(event_model):
            return None
        field = event_model._meta.get_field("pgh_obj")
        tracked = event_model.pgh_tracked_model
        return _one_of("pgh_obj", [keys.as_stored(field, keys.key_in(obj, tracked), using) for obj in self.objects])


@dataclass(frozen=True, slots=True)
class References:
    """Events in which a mirrored foreign key points to one of these objects."""

    objects: tuple[models.Model, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        found: Q | None = None
        for name in event_model.pgh_tracked_fields:
            field = event_model._meta.get_field(name)
            if not isinstance(field, ForeignKey):
                continue
            values = [keys.as_stored(field, keys.target_value(field, obj), using) for obj in self.objects]
            condition = _one_of(name, values)
            if condition is not None:
                found = condition if found is None else found | condition
        return found


@dataclass(frozen=True, slots=True)
class Labels:
    """Events under one of these labels, registered or not."""

    labels: tuple[str, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return _one_of("pgh_label", [label for label in self.labels if keys.is_storable(label)])


@dataclass(frozen=True, slots=True)
class Actor:
    """Events whose context names this user key, as a number or as a text."""

    key: str

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        path = metadata_path(event_model)
        if path is None or not keys.is_storable(self.key):
            return None
        return Q(**{f"{path}__user__in": json_readings(self.key)})


@dataclass(frozen=True, slots=True)
class InContext:
    """Events of one context."""

    id: uuid.UUID

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if not changes.has_column(event_model, "pgh_context_id"):
            return None
        return Q(pgh_context_id=self.id)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Events whose context has this value at this key, as JSON or as a text that reads the same."""

    key: str
    value: Any

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        path = metadata_path(event_model)
        value = self.value if self.value is None or isinstance(self.value, (bool, int, float)) else str(self.value)
        if path is None or not (keys.is_storable(self.key) and keys.is_storable(str(value))):
            return None
        # Containment takes any key as it is, where a lookup would read "a__b" or "0" as a path.
        found = changes.NEVER
        for reading in json_readings(value):
            found |= Q(**{f"{path}__contains": {self.key: reading}})
        return found


@dataclass(frozen=True, slots=True)
class Touching:
    """Events that change one of these fields."""

    fields: tuple[str, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        mirrored = [name for name in self.fields if name in event_model.pgh_tracked_fields]
        return changes.touching(mirrored).condition(event_model) if mirrored else None


@dataclass(frozen=True, slots=True)
class Changed:
    """Events that change a field from one value to another; ANYTHING is any value."""

    field: str
    before: Any
    after: Any

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if self.field not in event_model.pgh_tracked_fields:
            return None
        before, after = (self._state(event_model, value, using) for value in (self.before, self.after))
        if before is None or after is None:
            return None
        is_known = Q(**{f"{self.field}__isnull": False})
        sought = changes.Sought(
            (self.field,),
            before=before,
            after=after,
            insert=after & is_known if self.before in (None, ANYTHING) else changes.NEVER,
            delete=before & is_known if self.after in (None, ANYTHING) else changes.NEVER,
        )
        return sought.condition(event_model)

    def _state(self, event_model: type[Event], value: Any, using: str) -> Q | None:
        if value is None:
            return Q(**{f"{self.field}__isnull": True})
        if isinstance(value, str) and value == ANYTHING:
            return Q()
        field = event_model._meta.get_field(self.field)
        prepared = keys.as_stored(field, value, using)
        return None if prepared is None else Q(**{self.field: prepared})


@dataclass(frozen=True, slots=True)
class Since:
    """Events at or after an instant."""

    at: dt.datetime

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return Q(pgh_created_at__gte=self.at)


@dataclass(frozen=True, slots=True)
class Until:
    """Events before an instant."""

    at: dt.datetime

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return Q(pgh_created_at__lt=self.at)


@dataclass(frozen=True, slots=True)
class Search:
    """Events with this text in their label, as their object's key, or somewhere in the values of their context.

    No index serves it: events are read newest first until a page is full, and all of them where the text is rare.
    """

    text: str

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if not keys.is_storable(self.text):
            return None
        found = Q(pgh_label__icontains=self.text)
        if changes.has_object(event_model):
            field = event_model._meta.get_field("pgh_obj")
            found |= _one_of("pgh_obj", [keys.as_stored(field, self.text, using)]) or changes.NEVER
        path = metadata_path(event_model)
        if path is not None:
            found |= Q(HasText(F(path), Cast(Value(_text_path(self.text)), JSONPathField())))
        if path == FOREIGN_METADATA:
            found |= Q(pgh_context__actor_label__icontains=self.text)
        return found


@dataclass(frozen=True, slots=True)
class Within:
    """Events of objects in a queryset; for event models of that queryset's table only."""

    model: type[models.Model]
    objects: models.QuerySet[Any]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if registry.concrete(event_model.pgh_tracked_model) is not registry.concrete(self.model):
            return Q()
        return Q(pgh_obj__in=self.objects.values("pk")) if changes.has_object(event_model) else None


class JSONPathField(models.Field):  # type: ignore[type-arg]  # Django 5.2 has no models.Field[…] at run time
    """The type of a compiled path into JSON."""

    def db_type(self, connection: Any) -> str:
        return "jsonpath"


class HasText(Func):
    """Whether a path into JSON finds anything."""

    function = "jsonb_path_exists"
    arity = 2
    output_field = models.BooleanField()


FOREIGN_METADATA: Final = "pgh_context__metadata"


def metadata_path(event_model: type[Event]) -> str | None:
    """The lookup path to the context's metadata; None for an event model without context."""
    if not changes.has_column(event_model, "pgh_context"):
        return None
    return FOREIGN_METADATA if event_model._meta.get_field("pgh_context").is_relation else "pgh_context"


def json_readings(value: Any) -> list[Any]:
    """A value and what JSON may hold in its place: 3 may be "3", and the text "3" may be 3."""
    if value is None or not isinstance(value, str):
        if isinstance(value, float) and not math.isfinite(value):
            return [str(value)]
        return [value] if value is None else [value, json.dumps(value)]
    try:
        scalar = json.loads(value, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return [value]
    is_scalar = isinstance(scalar, (bool, int)) or (isinstance(scalar, float) and math.isfinite(scalar))
    return [value, scalar] if is_scalar else [value]


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _one_of(path: str, values: Iterable[Any]) -> Q | None:
    known = [value for value in values if value is not None]
    return Q(**{f"{path}__in": known}) if known else None


def _text_path(text: str) -> str:
    """A path to every text that contains this one, whatever its case, and to every number that it writes."""
    found = f'@.type() == "string" && @ like_regex {json.dumps(text)} flag "iq"'
    numbers = [item for item in json_readings(text) if isinstance(item, (int, float)) and not isinstance(item, bool)]
    return f"$.** ? ({' || '.join([f'({found})', *(f'@ == {json.dumps(item)}' for item in numbers)])})"
