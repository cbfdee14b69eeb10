"""The fields that events keep, as the tracked model declares them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model

from pghistory.models import Event
from pghistory.timeline import Entry

# The model that a key belongs to, and the attribute that holds the key.
Target = tuple[type[Model], str]


def field_of(entry: Entry, name: str) -> Field[Any, Any] | None:
    """A field as the tracked model declares it, or as the event model keeps it when the model has lost it."""
    return _field(entry.tracked_model, entry.event_model, name)


@lru_cache(maxsize=5_000)
def _field(tracked_model: type[Model], event_model: type[Model], name: str) -> Field[Any, Any] | None:
    for model in (tracked_model, event_model):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, Field):
            return field
    return None


def pointing(entry: Entry) -> tuple[tuple[str, Target], ...]:
    """The foreign keys that the entry's event model mirrors, each with what its values are keys of."""
    return _pointing(entry.tracked_model, entry.event_model)


@lru_cache(maxsize=5_000)
def _pointing(tracked_model: type[Model], event_model: type[Event]) -> tuple[tuple[str, Target], ...]:
    fields = ((name, _field(tracked_model, event_model, name)) for name in event_model.pgh_tracked_fields)
    return tuple((name, target_of(field)) for name, field in fields if isinstance(field, ForeignKey))


@lru_cache(maxsize=5_000)
def pointers(model: type[Model]) -> tuple[tuple[str, ForeignKey[Any, Any], Target], ...]:
    """The foreign keys of a model: the attribute that holds the key, the field, and what its values are keys of."""
    fields = (field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))
    return tuple((field.attname, field, target_of(field)) for field in fields)


def foreign_keys(entry: Entry) -> list[str]:
    """The names of the foreign keys that an entry keeps."""
    state = entry.after or entry.before or {}
    return [name for name, _target in pointing(entry) if name in state]


def target_of(field: ForeignKey[Any, Any]) -> Target:
    """What the values of a foreign key are keys of."""
    return field.related_model, "pk" if field.target_field.primary_key else field.target_field.attname
