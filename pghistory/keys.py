"""Keys and other values that come from outside, as the columns of an event table hold them.

Addresses, forms and callers may give anything; what no column can hold is None here, and never reaches the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models.fields.related import ForeignKey

from pghistory import errors, registry
from pghistory.contexts import storable
from pghistory.models import Event
from pghistory.states import aware


def key_in(obj: models.Model, model: type[models.Model]) -> Any:
    """The key of an object in a model's table: its own one, or that of its part in a parent's table; else None."""
    own, wanted = registry.concrete(type(obj)), registry.concrete(model)
    if own is wanted:
        return obj.pk
    link = own._meta.get_ancestor_link(wanted) if wanted in own._meta.get_parent_list() else None
    if link is None:
        return None
    return obj.pk if link.primary_key else getattr(obj, link.attname)


def event_models_of(obj: models.Model) -> tuple[type[Event], ...]:
    """The event models of an object's table and of its parents' tables."""
    own = registry.concrete(type(obj))
    return tuple(found for model in (own, *own._meta.get_parent_list()) for found in registry.event_models_of(model))


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL can hold a text, or every text in a structure: no NUL and no half of a surrogate pair."""
    if isinstance(value, Mapping):
        return all(is_storable(key) and is_storable(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return all(is_storable(item) for item in value)
    return not isinstance(value, str) or ("\0" not in value and storable(value) == value)


def as_stored(field: Any, value: Any, using: str) -> Any:
    """A value as a column of this field holds it; None when it cannot."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    if value is None or not is_storable(value):
        return None
    try:
        prepared = field.to_python(value)
        if isinstance(prepared, dt.datetime):
            prepared = aware(prepared)
        # Some fields, as those of addresses, only look at a value on its way to the database.
        field.get_db_prep_value(prepared, connections[using])
    except (ValidationError, ArithmeticError, TypeError, ValueError):
        return None
    if isinstance(field, models.IntegerField):
        if isinstance(value, float) and value != prepared:
            return None
        lowest, highest = connections[using].ops.integer_field_range(field.get_internal_type())
        if not lowest <= prepared <= highest:
            return None
    return prepared


def target_value(field: ForeignKey[Any, Any], obj: models.Model) -> Any:
    """What the foreign key would hold to point to an object; None when it cannot."""
    target = field.target_field
    if not issubclass(registry.concrete(type(obj)), registry.concrete(field.related_model)):
        return None
    return key_in(obj, field.related_model) if target.primary_key else getattr(obj, target.attname, None)


def lookups(text: str) -> dict[str, Any]:
    """{look-up: value} of a text such as `status=new&stock__gt=3&pk__in=1,2&category__isnull=true`; InvalidObjects."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    except ValueError as error:
        problem = f"“{text}” is no filter."
        raise errors.InvalidObjects(problem=problem, remedy="Write look-ups joined by &, as in status=new.") from error
    return {lookup: _looked_up(lookup, value) for lookup, value in pairs}


def _looked_up(lookup: str, value: str) -> Any:
    if lookup.endswith("__in"):
        return value.split(",")
    if lookup.endswith("__isnull"):
        return value.lower() not in ("", "0", "false")
    return value
