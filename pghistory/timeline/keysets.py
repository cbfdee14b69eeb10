"""Which events stand next in a timeline: their keys, by one SELECT an event model that an index answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import F, Q, QuerySet

from pghistory import changes
from pghistory.models import Event
from pghistory.shapes import Compiled
from pghistory.timeline.cursors import Cursor


class Select(NamedTuple):
    """How events are selected: the columns of time and id, and what follows the columns, with its parameters."""

    at: str
    id: str
    rest: str
    params: tuple[Any, ...]


@dataclass(frozen=True)
class Keyset:
    """The first events behind some ends: newest first, or `upwards`; by `pgh_id` alone where `by_id`."""

    limit: int
    older: Cursor | None = None
    newer: Cursor | None = None
    upwards: bool = False
    by_id: bool = False

    def ids(self, event_model: type[Event], using: str, *, place: int, conditions: Iterable[Q]) -> Compiled | None:
        """A SELECT of the `pgh_id` of events that are meant; None where none can be."""
        found = _selected(event_model, using, [*conditions, *self._bounds(place)])
        if found is None:
            return None
        order = found.id if self.by_id else f"{found.at}{self._direction}, {found.id}"
        text = f"select {found.id} {found.rest} order by {order}{self._direction} limit {self.limit}"
        return text, found.params

    def keys(self, event_model: type[Event], using: str, *, place: int, conditions: Iterable[Q]) -> Compiled | None:
        """A SELECT of time, id and place of events that are meant; None where none can be."""
        found = _selected(event_model, using, [*conditions, *self._bounds(place)])
        if found is None:
            return None
        return f"(select {found.at}, {found.id}, {place} {found.rest} {self._ordered(2)})", found.params

    def first(self, keys: list[Compiled]) -> Compiled:
        """The first of what several SELECTs of keys give."""
        text, params = _united(keys)
        return f"{text}\n{self._ordered(3)}" if len(keys) > 1 else text, params

    def some(self, event_model: type[Event], using: str, conditions: Iterable[Q]) -> Compiled | None:
        """A SELECT of any of the events that are meant, as many as the limit; None where none can be."""
        found = _selected(event_model, using, [*conditions])
        return None if found is None else (f"(select {found.rest} limit {self.limit})", found.params)

    def number(self, some: list[Compiled]) -> Compiled:
        """How many rows several such SELECTs give, up to the limit."""
        text, params = _united(some)
        # The text is made of compiled SELECTs, and a number.
        return f"select count(*) from (select from ({text}) as every limit {self.limit}) as counted", params  # noqa: S608

    def _ordered(self, columns: int) -> str:
        order = ", ".join(f"{column}{self._direction}" for column in range(1, columns + 1))
        return f"order by {order} limit {self.limit}"

    @cached_property
    def _direction(self) -> str:
        return "" if self.upwards else " desc"

    def _bounds(self, place: int) -> list[Q]:
        older = [self.older.older(place)] if self.older else []
        return [*older, self.newer.newer(place)] if self.newer else older


def _united(selects: list[Compiled]) -> Compiled:
    text = "\nunion all\n".join(text for text, _ in selects)
    return text, tuple(value for _, values in selects for value in values)


def _selected(event_model: type[Event], using: str, conditions: list[Q]) -> Select | None:
    """How events that meet the conditions are selected; None where none can."""
    if not conditions:
        return _whole(event_model, using)
    rows = changes.rows(event_model, using)
    # A queryset's own filter() would copy the query first, which nobody else has.
    rows.query.add_q(Q(*conditions))
    return _compiled(rows, using)


@lru_cache(maxsize=4096)
def _whole(event_model: type[Event], using: str) -> Select | None:
    return _compiled(changes.rows(event_model, using), using)


def _compiled(rows: QuerySet[Event], using: str) -> Select | None:
    """Only what the conditions ask for is compiled: Django's own SELECT takes several times as long to make."""
    query = rows.query
    columns = [F(name).resolve_expression(query) for name in ("pgh_created_at", "pgh_id")]
    compiler = query.get_compiler(using)
    try:
        where, params = compiler.compile(query.where) if query.where else ("", ())
    except EmptyResultSet:
        return None
    except FullResultSet:
        where, params = "", ()
    tables, leading = compiler.get_from_clause()
    at, pgh_id = (compiler.compile(column)[0] for column in columns)
    condition = f" where {where}" if where else ""
    return Select(at, pgh_id, f"from {' '.join(tables)}{condition}", (*leading, *params))
