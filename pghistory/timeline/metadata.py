"""How the metadata of contexts is asked, wherever an event model keeps it."""

from __future__ import annotations

import json
import math
import uuid
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from pghistory import changes, keys
from pghistory.models import Event

SHARED: Final = "pgh_context__metadata"


def path(event_model: type[Event]) -> str | None:
    """The lookup path to the context's metadata; None for an event model without context."""
    field = changes.column(event_model, "pgh_context")
    if field is None:
        return None
    return SHARED if field.is_relation else "pgh_context"


def names_actor(path: str, key: str) -> Q:
    """The metadata at the path names this user key, as a number or as a text; the index over actors answers it."""
    return Q(**{f"{path}__user__in": readings(key)})


def of_contexts(found: tuple[uuid.UUID, ...] | models.QuerySet[Any, Any]) -> Q:
    """The events of these contexts, which are given by their ids, or by a queryset of one column."""
    known = Value([*found], ArrayField(models.UUIDField())) if isinstance(found, tuple) else ArraySubquery(found)
    return Q(EqualsAny(F("pgh_context_id"), known))


def holds(path: str, key: str, value: Any) -> Q:
    """The metadata at the path has a value at a key, as JSON or as a text that reads the same."""
    scalar = value if value is None or isinstance(value, (bool, int, float)) else str(value)
    found = changes.NEVER
    if keys.is_storable([key, scalar]):
        for reading in readings(scalar):
            # Containment takes any key as it is, where a lookup would read "a__b" or "0" as a path.
            found |= Q(**{f"{path}__contains": {key: reading}})
    return found


def mentions(path: str, text: str) -> Q:
    """The metadata at the path has the text somewhere in its values, whatever its case, or the number it writes."""
    return Q(HasMatch(F(path), Cast(Value(_text_path(text)), JSONPathField())))


def readings(value: Any) -> list[Any]:
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


class EqualsAny(Func):
    """Whether a value is in an array."""

    arg_joiner = " = any("
    template = "%(expressions)s)"
    arity = 2
    output_field = models.BooleanField()


class JSONPathField(models.Field):  # type: ignore[type-arg]  # Django 5.2 has no models.Field[…] at run time
    """The type of a compiled path into JSON."""

    def db_type(self, connection: Any) -> str:
        return "jsonpath"


class HasMatch(Func):
    """Whether a path into JSON finds anything."""

    function = "jsonb_path_exists"
    arity = 2
    output_field = models.BooleanField()


def _text_path(text: str) -> str:
    """A path to every text that contains this one, whatever its case, and to every number that it writes."""
    found = f'@.type() == "string" && @ like_regex {json.dumps(text)} flag "iq"'
    numbers = [item for item in readings(text) if isinstance(item, (int, float)) and not isinstance(item, bool)]
    return f"$.** ? ({' || '.join([f'({found})', *(f'@ == {json.dumps(item)}' for item in numbers)])})"
