"""What an actor did next, from the actor's next few contexts: the same work, however much the actor has done before.

The ids of contexts are in the order of time as a rule, but no rule holds for contexts that live long, nor for ids that
others have made. So whatever is as near as the last event that was found is looked through for strays: events of
contexts that were not read.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db import connections
from django.utils import timezone

from pghistory import config, keys, sql
from pghistory.shapes import Compiled
from pghistory.timeline import metadata
from pghistory.timeline.cursors import Cursor
from pghistory.timeline.filters import Actor, Filter
from pghistory.timeline.keysets import Branches, Keyset, Select, united

NEEDED: Final = frozenset({"actor", "context", "time"})
"""The indexes without which contexts, their events or strays would be looked for in whole tables."""

TRIES: Final = ((1 / 8, 50, 100_000), (8, 400, 300_000))
"""How many contexts are read, as a share of the events that are wanted and some more; and up to about how many events
are looked through for strays: beyond the last, it is as quick to read all contexts."""

AHEAD: Final = dt.timedelta(hours=1)
"""How far the clock that made a context's id may be ahead of the database's."""


def only(found: tuple[Filter, ...]) -> Actor | None:
    """The one actor that filters ask for, where nothing else leads to few events."""
    actors = [item for item in found if isinstance(item, Actor)]
    return actors[0] if len(actors) == 1 and not any(item.is_narrow for item in found) else None


@dataclass(frozen=True, slots=True)
class Contexts:
    """Some contexts of an actor, and the ids beyond which there are more; None where there are none beyond."""

    ids: tuple[uuid.UUID, ...]
    low: uuid.UUID | None
    high: uuid.UUID | None

    @property
    def are_all(self) -> bool:
        """Whether the actor has no others."""
        return self.low is None and self.high is None

    @property
    def others(self) -> Compiled:
        """The condition for events of every other context."""
        ends = [("{context} < %s", self.low), ("{context} > %s", self.high)]
        known = [(text, end) for text, end in ends if end is not None]
        return f"({' or '.join(text for text, _ in known)})", tuple(end for _, end in known)


@dataclass(frozen=True)
class Deeds:
    """The first events of an actor in one database that meet what is asked of event models in `branches`."""

    keyset: Keyset
    actor: Actor
    branches: Branches
    using: str

    def first(self) -> list[Cursor] | None:
        """Their positions, in the order of the keyset; None where other ways to find them are as good."""
        limit = self.keyset.limit
        if not (self._shared and config.indexes() >= NEEDED and keys.is_storable(self.actor.key)):
            return None
        for share, more, bearable in TRIES:
            contexts = self._contexts(int(limit * share) + more)
            if contexts.are_all:
                return self._positions([*self._keys(contexts), *self._own_keys()])
            found, number = self._nearest(contexts)
            near = [self._as_near_as("%s", found[-1].at)] if len(found) == limit else []
            if number > bearable and near:
                number = self._counted(near, bearable + 1)
            if number <= bearable:
                found += self._positions([*self._strays(contexts, near), *self._own_keys()])
                return sorted(found, key=lambda position: position.order, reverse=not self.keyset.upwards)[:limit]
        return None

    def _contexts(self, number: int) -> Contexts:
        """The next contexts: as many as are asked for, or all."""
        upwards = self.keyset.upwards
        start = _first_id(self._edge) if upwards else _last_id(self._edge)
        arms = [(False, ">=", ""), (True, "<", "desc")] if upwards else [(False, "<=", "desc"), (True, ">", "")]
        selects: list[Compiled] = []
        for is_beyond, compared, direction in arms:
            text = sql.read("timeline/contexts_of_actor.sql").format(
                is_beyond=is_beyond, compared=compared, direction=direction, limit=number + 1
            )
            selects += [(text, (reading, start)) for reading in self._readings]
        rows = self._rows(united(selects))
        ahead = sorted((context_id for context_id, is_beyond in rows if not is_beyond), reverse=not upwards)
        beyond = [context_id for context_id, is_beyond in rows if is_beyond]
        more = ahead[number - 1] if len(ahead) > number else None
        behind = start if len(beyond) > number else None
        ids = (*ahead[:number], *(() if behind else beyond))
        return Contexts(ids, *((behind, more) if upwards else (more, behind)))

    def _keys(self, contexts: Contexts) -> list[Compiled]:
        """SELECTs of the first events of these contexts.

        Every event of these is read before the order is looked at: else the planner may walk through everything in that
        order, as if the actor's events were spread over all of it.
        """
        ids = "{" + ",".join(str(context_id) for context_id in contexts.ids) + "}"
        return self._filled("of_contexts", [("{context} = any(%s::uuid[])", (ids,))], ())

    def _own_keys(self) -> list[Compiled]:
        """SELECTs of the first events of event models that keep their contexts themselves."""
        named = {found: self.actor.condition(found, self.using) for found in self.branches if found not in self._shared}
        branches = {found: [*self.branches[found], condition] for found, condition in named.items() if condition}
        return self.keyset.keys(branches, self.using)

    def _strays(self, contexts: Contexts, near: list[Compiled]) -> list[Compiled]:
        """SELECTs of the first events of other contexts that are as near as others that were found."""
        return self._filled("strays", [*near, contexts.others], (self._readings,))

    def _filled(self, name: str, conditions: list[Compiled], params: tuple[Any, ...]) -> list[Compiled]:
        template, keyset = sql.read(f"timeline/{name}.sql"), self.keyset
        return [
            (
                template.format(place=place, direction=keyset.direction, limit=keyset.limit, **found._asdict()),
                found.params + params,
            )
            for place, found in keyset.selected(self._shared, self.using, conditions)
        ]

    def _nearest(self, contexts: Contexts) -> tuple[list[Cursor], int]:
        """The first events of these contexts, and about how many there are that are as near as the last of these.

        That number is told by the first id and the last. Where there are fewer events than are wanted, all are as near.
        """
        selects = self._keys(contexts)
        if not selects:
            return [], 0
        first, params = self.keyset.first(selects)
        last = "(select max(at) from found)" if self.keyset.upwards else "(select min(at) from found)"
        ends, values = self._ends([self._as_near_as(last)])
        rows = self._rows((sql.read("timeline/nearest.sql").format(first=first, ends=ends), params + values))
        found = [Cursor(*key) for *key, _ in rows]
        if len(found) == self.keyset.limit:
            return found, rows[0][-1]
        return found, sum(abs(newest - oldest) for newest, oldest in self._rows(self._ends([])) if newest is not None)

    def _counted(self, near: list[Compiled], limit: int) -> int:
        """How many events are as near, up to the limit; ids that are not in the order of time tell too many."""
        events = [(f"select {found.rest}", found.params) for _, found in self._every(near)]
        text, params = united(events)
        [(number,)] = self._rows((sql.read("timeline/counted.sql").format(events=text, limit=limit), params))
        return int(number)

    def _ends(self, near: list[Compiled]) -> Compiled:
        """A SELECT of the ids of the newest event and of the oldest, for each event model."""
        template = sql.read("timeline/ends.sql")
        return united([(template.format(**found._asdict()), found.params * 2) for _, found in self._every(near)])

    def _every(self, conditions: list[Compiled]) -> Iterator[tuple[int, Select]]:
        """What selects events under no other conditions than these, for each event model."""
        every: Branches = {event_model: [] for event_model in self._shared}
        return self.keyset.selected(every, self.using, conditions)

    def _positions(self, selects: list[Compiled]) -> list[Cursor]:
        return [Cursor(*key) for key in self._rows(self.keyset.first(selects))] if selects else []

    def _rows(self, statement: Compiled) -> Sequence[tuple[Any, ...]]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(*statement)
            return [*cursor.fetchall()]

    def _as_near_as(self, last: str, *params: Any) -> Compiled:
        """The condition for events that are as near as an instant, which is given as SQL."""
        return f"{{at}} {'<=' if self.keyset.upwards else '>='} {last}", params

    @property
    def _edge(self) -> dt.datetime:
        """Where the events begin, in the order of the keyset."""
        keyset = self.keyset
        cursor, at = (keyset.newer, keyset.since) if keyset.upwards else (keyset.older, keyset.until)
        ends = [end for end in (cursor.at if cursor else None, at) if end is not None]
        known = [timezone.make_aware(end) if timezone.is_naive(end) else end for end in ends]
        if keyset.upwards:
            return max(known, default=dt.datetime.fromtimestamp(0, dt.UTC))
        return min([*known, timezone.now() + AHEAD])

    @property
    def _readings(self) -> list[str]:
        return [json.dumps(reading) for reading in metadata.readings(self.actor.key)]

    @cached_property
    def _shared(self) -> Branches:
        """The branches whose events refer to the rows of contexts."""
        return {found: self.branches[found] for found in self.branches if metadata.path(found) == metadata.SHARED}


def _first_id(at: dt.datetime) -> uuid.UUID:
    """The first id that a context of that millisecond can have."""
    return uuid.UUID(int=max(int(at.timestamp() * 1000), 0) << 80)


def _last_id(at: dt.datetime) -> uuid.UUID:
    return uuid.UUID(int=_first_id(at).int | (1 << 80) - 1)
