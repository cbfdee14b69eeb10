"""Which events stand next in a timeline: their keys, by one SELECT an event model that an index answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import F, Q

from pghistory import changes, registry
from pghistory.models import Event
from pghistory.shapes import Compiled
from pghistory.statements import OnlyReads
from pghistory.timeline.cursors import Cursor


class Select(NamedTuple):
    """How events are selected: the columns of time, id and context, and what follows columns, with its parameters.

    `is_whole` says that every event is.
    """

    at: str
    id: str
    context: str
    rest: str
    params: tuple[Any, ...]
    is_whole: bool = False

    def narrowed(self, conditions: Iterable[Compiled]) -> Select:
        """The same with more conditions, in which `{at}`, `{id}` and `{context}` stand for the columns."""
        columns = {"at": self.at, "id": self.id, "context": self.context}
        rest, params, word = self.rest, self.params, "where" if self.is_whole else "and"
        for text, values in conditions:
            rest, params, word = f"{rest} {word} {text.format(**columns)}", params + values, "and"
        return self._replace(rest=rest, params=params, is_whole=word == "where")


Branches = Mapping[type[Event], list[Q]]
"""{event model: what is asked of its events}"""


@dataclass(frozen=True)
class Keyset:
    """The first events behind some ends, and between two instants: newest first, or `upwards`.

    `since` is one of the instants, `until` is not. The order is by `pgh_id` alone where `by_id`.
    """

    limit: int
    older: Cursor | None = None
    newer: Cursor | None = None
    upwards: bool = False
    by_id: bool = False
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def ids(self, event_model: type[Event], using: str, conditions: list[Q]) -> Compiled | None:
        """A SELECT of the `pgh_id` of events that are meant; None where none can be."""
        for _, found in self.selected({event_model: conditions}, using):
            order = found.id if self.by_id else f"{found.at}{self.direction}, {found.id}"
            text = f"select {found.id} {found.rest} order by {order}{self.direction} limit {self.limit}"
            return text, found.params
        return None

    def keys(self, branches: Branches, using: str) -> list[Compiled]:
        """SELECTs of time, id and place of events that are meant; none where an event model can have none."""
        return [
            (f"(select {found.at}, {found.id}, {place} {found.rest} {self._ordered(2)})", found.params)
            for place, found in self.selected(branches, using)
        ]

    def first(self, keys: list[Compiled]) -> Compiled:
        """The first of what several SELECTs of keys give."""
        text, params = united(keys)
        return f"{text}\n{self._ordered(3)}" if len(keys) > 1 else text, params

    def nearest(self, branches: Branches, using: str) -> Compiled | None:
        """The keys of the first events of several event models, perhaps of some more; None where there can be none."""
        if not (self.older or self.newer or self._instants or any(branches.values())):
            return _of_everything(self, (*branches,), using, registry.event_models())
        keys = self.keys(branches, using)
        return self.first(keys) if keys else None

    def merged(self, found: list[tuple[int, Select]]) -> Compiled:
        """The keys of the first of all events that stand in several tables.

        Without a condition or an order of its own, each SELECT is the scan of an index, read as far as need be. What
        has the same time and id as the last is given as well: its place is in no index.
        """
        selects = ((f"select {select.at}, {select.id}, {place} {select.rest}", ()) for place, select in found)
        text, _ = united([*selects])
        order = f"1{self.direction}, 2{self.direction}"
        text = f"select * from ({text}) as every order by {order} fetch first {self.limit} rows with ties"  # noqa: S608
        return OnlyReads(text), ()

    def some(self, branches: Branches, using: str) -> list[Compiled]:
        """SELECTs of any of the events that are meant, as many as the limit; none where there can be none."""
        return [
            (f"(select {found.rest} limit {self.limit})", found.params) for _, found in self.selected(branches, using)
        ]

    def number(self, some: list[Compiled]) -> Compiled:
        """How many rows several such SELECTs give, up to the limit."""
        text, params = united(some)
        # The text is made of compiled SELECTs, and a number.
        return f"select count(*) from (select from ({text}) as every limit {self.limit}) as counted", params  # noqa: S608

    def selected(self, branches: Branches, using: str, more: Iterable[Compiled] = ()) -> Iterator[tuple[int, Select]]:
        """For each event model that can have any, its place and how its events are selected that are meant.

        `more` are further conditions, in which `{at}`, `{id}` and `{context}` stand for the columns.
        """
        places = _places(registry.event_models())
        further = [*self._instants, *more]
        for event_model, conditions in branches.items():
            found = _compiled(event_model, using, conditions) if conditions else _whole(event_model, using)
            if found is not None:
                place = places[event_model]
                bounds = [*further, *self._ends(place)]
                yield place, found.narrowed(bounds) if bounds else found

    @cached_property
    def direction(self) -> str:
        """What follows each column in ORDER BY."""
        return "" if self.upwards else " desc"

    def _ordered(self, columns: int) -> str:
        order = ", ".join(f"{column}{self.direction}" for column in range(1, columns + 1))
        return f"order by {order} limit {self.limit}"

    @cached_property
    def _instants(self) -> list[Compiled]:
        since = [("{at} >= %s", (self.since,))] if self.since else []
        return [*since, ("{at} < %s", (self.until,))] if self.until else since

    def _ends(self, place: int) -> list[Compiled]:
        older = [self.older.older(place)] if self.older else []
        return [*older, self.newer.newer(place)] if self.newer else older


def united(selects: list[Compiled]) -> Compiled:
    """What several SELECTs give, one after the other."""
    text = "\nunion all\n".join(text for text, _ in selects)
    return text, tuple(value for _, values in selects for value in values)


@lru_cache(maxsize=64)
def _of_everything(
    keyset: Keyset, event_models: tuple[type[Event], ...], using: str, places: tuple[type[Event], ...]
) -> Compiled | None:
    """The keys of the first events of several event models, of which every event is meant."""
    branches: Branches = {event_model: [] for event_model in event_models}
    found = [*keyset.selected(branches, using)]
    if len(found) > 1 and all(select.is_whole for _, select in found):
        return keyset.merged(found)
    keys = keyset.keys(branches, using)
    return keyset.first(keys) if keys else None


@lru_cache(maxsize=4)
def _places(event_models: tuple[type[Event], ...]) -> dict[type[Event], int]:
    return {event_model: place for place, event_model in enumerate(event_models)}


@lru_cache(maxsize=4096)
def _whole(event_model: type[Event], using: str) -> Select | None:
    return _compiled(event_model, using, [])


def _compiled(event_model: type[Event], using: str, conditions: list[Q]) -> Select | None:
    """Only what the conditions ask for is compiled: Django's own SELECT takes several times as long to make.

    None where no event can meet them.
    """
    query = changes.rows(event_model, using).query
    if conditions:
        # A queryset's own filter() would copy the query first, which nobody else has.
        query.add_q(Q(*conditions))
    names = ("pgh_created_at", "pgh_id", "pgh_context_id")
    known = [name for name in names if changes.column(event_model, name)]
    columns = [F(name).resolve_expression(query) for name in known]
    compiler = query.get_compiler(using)
    try:
        where, params = compiler.compile(query.where) if query.where else ("", ())
    except EmptyResultSet:
        return None
    except FullResultSet:
        where, params = "", ()
    tables, leading = compiler.get_from_clause()
    compiled = {name: compiler.compile(column)[0] for name, column in zip(known, columns, strict=True)}
    condition = f" where {where}" if where else ""
    return Select(
        compiled["pgh_created_at"],
        compiled["pgh_id"],
        compiled.get("pgh_context_id", ""),
        f"from {' '.join(tables)}{condition}",
        (*leading, *params),
        is_whole=not where,
    )
