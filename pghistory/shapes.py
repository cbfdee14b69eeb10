"""SQL templates with places that other SQL fills, and holes for what differs from query to query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

from pghistory import sql

Compiled = tuple[str, tuple[Any, ...]]

_PLACE: Final = re.compile(r"\{(\w+)\}")


class Hole(Enum):
    """A value that is not known yet; that of KEYS also stands in the text, in the place of the keys' own SELECT."""

    INSTANT = "{instant}"
    REFUSAL = "{refusal}"
    KEYS = "{keys}"


def filled(template: str, parts: Mapping[str, Compiled]) -> Compiled:
    """A template with its places filled, and the parameters in their order."""
    params: list[Any] = []

    def fill(place: re.Match[str]) -> str:
        text, values = parts[place[1]]
        params.extend(values)
        return text

    return _PLACE.sub(fill, sql.read(f"states/{template}.sql")), tuple(params)


def completed(params: Iterable[Any], values: Mapping[Hole, Iterable[Any]]) -> tuple[Any, ...]:
    """The parameters with the values of their holes."""
    found: list[Any] = []
    for value in params:
        found.extend(values[value] if isinstance(value, Hole) else [value])
    return tuple(found)
