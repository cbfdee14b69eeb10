"""Loaders of values that PostgreSQL keeps and Python has no object for: `infinity`, years before Christ, 24:00.

They come as the text that PostgreSQL writes, alone, in arrays and as the ends of ranges.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

from psycopg import Cursor, DataError, abc, pq
from psycopg.adapt import Loader

TYPES: Final = ("date", "interval", "time", "timestamp", "timestamptz", "timetz")


def register(cursor: Cursor[Any]) -> None:
    """Lets one cursor give the text of what its loaders refuse; it is told value by value, which takes longer."""
    for name in TYPES:
        oid = cursor.adapters.types[name].oid
        usual = cursor.adapters.get_loader(oid, pq.Format.TEXT)
        cursor.adapters.register_loader(oid, _tolerant(cast("type[abc.Loader]", usual)))


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
            return bytes(data).decode()


@lru_cache(maxsize=256)
def _tolerant(usual: type[abc.Loader]) -> type[abc.Loader]:
    return type("Tolerant", (_Tolerant,), {"usual": usual})
