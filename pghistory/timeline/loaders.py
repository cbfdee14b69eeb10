"""Loaders of values that PostgreSQL keeps and Python has no object for: `infinity`, years before Christ, 24:00.

They come as the text that PostgreSQL writes, alone, in arrays and as the ends of ranges.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

from psycopg import Cursor, DataError, abc, pq
from psycopg.adapt import Loader
from psycopg.types.range import Range

TYPES: Final = ("date", "interval", "time", "timestamp", "timestamptz", "timetz")


class Unread(str):
    """A value as PostgreSQL writes it, for which Python has no object."""

    __slots__ = ()


def is_unread(value: Any) -> bool:
    """Whether a value is one, or has one within."""
    if isinstance(value, (list, tuple)):
        return any(map(is_unread, value))
    ends = (getattr(value, "lower", None), getattr(value, "upper", None)) if isinstance(value, Range) else ()
    return isinstance(value, Unread) or any(map(is_unread, ends))


def register(cursor: Cursor[Any]) -> None:
    """Lets a cursor give the text of what its loaders refuse: value by value, which takes longer."""
    for name in TYPES:
        oid = cursor.adapters.types[name].oid
        usual = cast("type[abc.Loader]", cursor.adapters.get_loader(oid, pq.Format.TEXT))
        cursor.adapters.register_loader(oid, _tolerant(usual))


class _Tolerant(Loader):
    """Loads as another loader does, where that one can."""

    usual: type[abc.Loader]

    def __init__(self, oid: int, context: abc.AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._usual = self.usual(oid, context)

    def load(self, data: abc.Buffer) -> Any:
        try:
            return self._usual.load(data)
        except DataError:
            return Unread(bytes(data).decode())


@lru_cache(maxsize=256)
def _tolerant(usual: type[abc.Loader]) -> type[abc.Loader]:
    # Django looks for the time zone of the loader of instants.
    return type("Tolerant", (_Tolerant,), {"usual": usual, "timezone": getattr(usual, "timezone", None)})
