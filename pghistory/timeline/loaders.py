"""Loaders of values that PostgreSQL keeps and Python has no object for: `infinity`, years before Christ, 24:00.

They come as the text that PostgreSQL writes, alone, in arrays and as the ends of ranges.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, cast

from psycopg import Connection, Cursor, DataError, abc, pq
from psycopg.adapt import Loader

TYPES: Final = ("date", "interval", "time", "timestamp", "timestamptz", "timetz")


def register(adapted: Cursor[Any] | Connection[Any]) -> None:
    """Lets a cursor, or a connection, give the text of what its loaders refuse: value by value, which takes longer."""
    for oid, usual in _loaders(adapted).items():
        adapted.adapters.register_loader(oid, _tolerant(usual))


@contextmanager
def registered(connection: Connection[Any]) -> Iterator[None]:
    """The same for the length of a block, in which the ORM may read."""
    usual = _loaders(connection)
    register(connection)
    try:
        yield
    finally:
        for oid, loader in usual.items():
            connection.adapters.register_loader(oid, loader)


def _loaders(adapted: Cursor[Any] | Connection[Any]) -> dict[int, type[abc.Loader]]:
    oids = [adapted.adapters.types[name].oid for name in TYPES]
    return {oid: cast("type[abc.Loader]", adapted.adapters.get_loader(oid, pq.Format.TEXT)) for oid in oids}


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
    # Django looks for the time zone of the loader of instants.
    return type("Tolerant", (_Tolerant,), {"usual": usual, "timezone": getattr(usual, "timezone", None)})
