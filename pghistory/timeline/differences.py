"""What differs between two states of a row, as the database sees it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db.models import Model

from pghistory.timeline.stored import State, Stored

COMPARED_WHOLE: Final = frozenset({str, int, bool, Decimal, dt.datetime, dt.date, uuid.UUID, type(None)})
"""Types of which equal values never differ."""


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
    if isinstance(before, Decimal) and isinstance(after, Decimal) and before.is_nan() and after.is_nan():
        return False
    try:
        return bool(before != after)
    except (TypeError, ValueError):
        # Arrays of other packages, as of vectors, compare item by item.
        return repr(before) != repr(after)


def differences(before: State | None, after: State | None, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """{field: (before, after)} of what differs; a state that is not known has nothing but None."""
    old, new = before or {}, after or {}
    pairs = ((name, old.get(name), new.get(name)) for name in fields)
    return {name: (was, is_now) for name, was, is_now in pairs if differ(was, is_now)}


def differing(before: Stored, after: Stored, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """The differences of two events of one event model; what their columns hold alike is not read further."""
    found = {}
    places, old, new = after.table.places, before.row, after.row
    for name in fields:
        place = places[name]
        was, is_now = old[place], new[place]
        if was is is_now or (type(was) is type(is_now) and type(was) in COMPARED_WHOLE and was == is_now):
            continue
        pair = before.field(name), after.field(name)
        if differ(*pair):
            found[name] = pair
    return found
