"""How a file of events looks, whoever makes it: its columns, what Python writes into a cell, and what is no formula."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

COLUMNS: Final = (
    "pgh_created_at",
    "pgh_event_model",
    "pgh_id",
    "pgh_label",
    "pgh_obj_model",
    "pgh_obj_id",
    "object",
    "actor_id",
    "actor",
    "url",
    "reason",
    "changes",
    "context",
)
"""Every column in its order; `object`, which is what an object calls itself, is known to Python only."""

FORMATS: Final = ("csv", "jsonl")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class ValueEncoder(DjangoJSONEncoder):
    """JSON of whatever a field may hold; what JSON has no form for becomes text."""

    def default(self, o: Any) -> Any:
        """The value in a form that JSON has."""
        if isinstance(o, dt.datetime):
            return o.isoformat()
        if isinstance(o, (bytes, memoryview)):
            return bytes(o).hex()
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def as_json(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, cls=ValueEncoder, ensure_ascii=False)


def as_cell(value: Any) -> str:
    """A value in a cell of a spreadsheet; nothing is an empty one."""
    if value is None:
        return ""
    return guarded(as_json(value) if isinstance(value, (dict, list, bool)) else str(value))


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def quoted(cell: str) -> str:
    """A cell as it stands between the commas of a line."""
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if doubled is not cell or any(mark in cell for mark in ',"\r\n') else cell
