"""Events in their order, newest first: of one object, of some models or of everything.

A page is read in two steps: each event model gives the keys of its newest events that are meant, by index and with a
limit, and the keys of the page are chosen among these in the same query; then only the events of the page are fetched.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections, models, router
from django.db.models import Q, QuerySet

from pghistory import changes, errors, functions, keys, registry
from pghistory.errors import InvalidCursor as BadCursor
from pghistory.estimates import Activity, Estimate, activity, estimates, horizon
from pghistory.models import Event
from pghistory.timeline import actors, entries, filters, stored
from pghistory.timeline.cursors import Cursor
from pghistory.timeline.differences import state
from pghistory.timeline.entries import Entry, EntryContext, Found, told
from pghistory.timeline.filters import Filter
from pghistory.timeline.instances import instances_by_key, instances_of, unread
from pghistory.timeline.keysets import Keyset
from pghistory.timeline.narrowing import Narrowing

__all__ = [
    "Activity",
    "BadCursor",
    "Count",
    "Entry",
    "EntryContext",
    "Estimate",
    "Filter",
    "Page",
    "Timeline",
    "activity",
    "between",
    "entry",
    "estimates",
    "instances_by_key",
    "instances_of",
    "state",
    "unread",
]

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first, and the cursors of the older page (`after`) and of the newer one (`before`)."""

    entries: tuple[Entry, ...]
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of events; at least that many when it is not `exact`."""

    number: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Timeline(Narrowing):
    """Events in their order; each method of Narrowing gives a narrower timeline and leaves this one as it is."""

    def page(self, size: int = 50, *, after: str | None = None, before: str | None = None) -> Page:
        """A page of the newest entries, of those after a cursor (older), or of those before one (newer).

        With both cursors, the newest between them. Raises InvalidCursor for a text that no page gave.
        """
        if size < 1:
            raise errors.InvalidObjects(problem=f"A page cannot have {size} entries.", remedy="Ask for one or more.")
        older = Cursor.read(after, by_id=self._is_by_id) if after else None
        newer = Cursor.read(before, by_id=self._is_by_id) if before else None
        upwards = newer is not None and older is None
        positions, read = self._positions(self._keyset(size + 1, older, newer, upwards=upwards))
        more, positions = len(positions) > size, positions[:size]
        if upwards:
            positions.reverse()
        if not positions:
            return Page(())
        return Page(
            self._entries(positions, read),
            after=str(positions[-1]) if more or upwards else None,
            before=str(positions[0]) if (more if upwards else older is not None) else None,
        )

    def count(self, bound: int = 10_000) -> Count:
        """How many events there are, counted up to the bound."""
        number = 0
        keyset = Keyset(bound + 1)
        for alias, branches in self._conditions():
            if some := keyset.some(branches, alias):
                with connections[alias].cursor() as cursor:
                    cursor.execute(*keyset.number(some))
                    number += cursor.fetchone()[0]
        return Count(min(number, bound), exact=number <= bound)

    def horizon(self, until: dt.datetime | None = None) -> dt.datetime | None:
        """Since when, up to an instant or now, no event model has more than `estimates.LOOKED_AT` events; None for all.

        Where `reads_far`, a page of what happened since then is found quickly in a table of any size. None also where
        the timeline itself goes no further back; what it has no events of after an instant is not counted either.
        Events of objects that it is not `within` do not count: the answer tells nothing of them.
        """
        ends = [item.at for item in self.filters if isinstance(item, filters.Until)]
        end = min(ends if until is None else [*ends, until], default=None)
        limits = [item for item in self.filters if isinstance(item, filters.Within)]

        def within(event_model: type[Event], alias: str) -> Q:
            found = Q()
            for limit in limits:
                found &= limit.condition(event_model, alias) or Q()
            return found

        found = horizon(self.event_models, until=end, using=self.using, within=within)
        since = self._since
        return None if found is None or (since is not None and found <= since) else found

    def latest(self) -> Entry | None:
        """The newest entry, None where there is none."""
        return self._first(None, None, upwards=False)

    def first(self) -> Entry | None:
        """The oldest entry, None where there is none."""
        return self._first(None, None, upwards=True)

    def previous(self, of: Entry | Event) -> Entry | None:
        """The next older entry than an event, which need not be in this timeline; None below the oldest."""
        return next(iter(self.older(of, 1)), None)

    def older(self, of: Entry | Event, size: int) -> tuple[Entry, ...]:
        """The next older entries than an event, newest first, which need not be in this timeline."""
        return self._entries(*self._positions(self._keyset(size, self._position(of), None, upwards=False)))

    def next(self, of: Entry | Event) -> Entry | None:
        """The next newer entry than an event, which need not be in this timeline; None above the newest."""
        return self._first(None, self._position(of), upwards=True)

    def by_day(self, first: dt.date, last: dt.date, *, bound: int = 20_000) -> dict[dt.date, int]:
        """{day: events} in the current time zone, of the days between both ends that have any.

        Of each event model the newest events are counted, up to the bound: where a table has more, the older days are
        told short.
        """
        ends = [dt.datetime.combine(day, dt.time.min) for day in (first, last + dt.timedelta(days=1))]
        narrowed = self.since(ends[0]).until(ends[1])
        zone = functions.zone_name()
        day, leading = ("(at at time zone %s)::date", [zone]) if settings.USE_TZ else ("at::date", [])
        counts: Counter[dt.date] = Counter()
        for alias, event_models in zip(narrowed._databases(), narrowed._branches(), strict=True):
            newest_first = (rows.order_by("-pgh_created_at") for rows in event_models.values())
            limited = [rows.values_list("pgh_created_at")[:bound] for rows in newest_first]
            newest, parameters = _joined(limited).query.get_compiler(using=alias).as_sql()
            statement = f"select {day}, count(*) from ({newest}) as newest (at) group by 1"  # noqa: S608
            with connections[alias].cursor() as cursor:
                cursor.execute(statement, [*leading, *parameters])
                counts.update(dict(cursor.fetchall()))
        return dict(counts)

    def entries(self, batch: int = 2000) -> Iterator[Entry]:
        """Everything, newest first, fetched in batches; for one snapshot, open a REPEATABLE READ transaction."""
        cursor = None
        while True:
            page = self.page(batch, after=cursor)
            yield from page.entries
            cursor = page.after
            if cursor is None:
                return

    @property
    def _is_by_id(self) -> bool:
        """Whether `pgh_id` alone is the order: within objects of one event model it is the order of the writes."""
        return len(self.event_models) == 1 and any(isinstance(found, filters.Objects) for found in self.filters)

    def _position(self, of: Entry | Event) -> Cursor:
        """Where an event stands; InvalidObjects for one of an event model that the order does not know."""
        event = of.event if isinstance(of, Entry) else of
        event_model = type(event)._meta.concrete_model
        if self._is_by_id and event_model is not self.event_models[0]:
            raise errors.InvalidObjects(
                problem=f"{event!r} is no {self.event_models[0]._meta.label}, of which alone this timeline is.",
                remedy="Ask a timeline of both.",
            )
        place = registry.event_models().index(event_model)
        return Cursor(None if self._is_by_id else event.pgh_created_at, event.pgh_id, place)

    def _first(self, older: Cursor | None, newer: Cursor | None, *, upwards: bool) -> Entry | None:
        return next(iter(self._entries(*self._positions(self._keyset(1, older, newer, upwards=upwards)))), None)

    def _keyset(self, limit: int, older: Cursor | None, newer: Cursor | None, *, upwards: bool) -> Keyset:
        until = min((item.at for item in self.filters if isinstance(item, filters.Until)), default=None)
        return Keyset(limit, older, newer, upwards=upwards, by_id=self._is_by_id, since=self._since, until=until)

    def _branches(self) -> Iterator[dict[type[Event], QuerySet[Event]]]:
        """For each database, {event model: its events that are meant}."""
        for alias, conditions in self._conditions():
            yield {model: changes.rows(model, alias).filter(*found) for model, found in conditions.items()}

    def _positions(self, keyset: Keyset) -> tuple[list[Cursor], Found]:
        """The first positions, in the order of the keyset, from one query a database, or a few for an actor.

        With them come the entries, where all are of one event model: there is nothing to choose among.
        """
        found: list[Cursor] = []
        actor = actors.only(self.filters)
        for alias, branches in self._conditions(
            besides=(filters.Since, filters.Until, *([filters.Actor] if actor else []))
        ):
            if actor is not None:
                nearest = actors.Deeds(keyset, actor, branches, alias).first()
                if nearest is not None:
                    found += nearest
                    continue
                for event_model, conditions in self._met([actor], [*branches], alias).items():
                    branches[event_model] += conditions
            if len(self.event_models) == 1:
                return self._read(keyset, alias, branches)
            keys = keyset.nearest(branches, alias)
            if keys is not None:
                with connections[alias].cursor() as cursor:
                    cursor.execute(*keys)
                    found += [Cursor(*key) for key in cursor.fetchall()]
        found.sort(key=lambda position: position.order, reverse=not keyset.upwards)
        return found[: keyset.limit], {}

    def _read(self, keyset: Keyset, alias: str, branches: dict[type[Event], list[Q]]) -> tuple[list[Cursor], Found]:
        """The first positions in one event model, and their entries."""
        [(event_model, conditions)] = branches.items()
        wanted = keyset.ids(event_model, alias, conditions)
        if wanted is None:
            return [], {}
        table, place = stored.table(event_model, alias), registry.event_models().index(event_model)
        [(shown, others)] = stored.read([(table, table.reading(wanted))], alias)
        positions = [Cursor(None if keyset.by_id else event.at, event.id, place) for event in shown]
        positions.sort(key=lambda position: (position.at, position.pgh_id), reverse=not keyset.upwards)
        return positions, told([(shown, others)], using=alias)

    def _entries(self, positions: list[Cursor], read: Found) -> tuple[Entry, ...]:
        """The entries at these positions, without those that were removed a moment ago."""
        event_models = registry.event_models()
        order = [(event_models[position.place], position.pgh_id) for position in positions]
        wanted: dict[str, dict[type[Event], list[int]]] = defaultdict(lambda: defaultdict(list))
        for event_model, pgh_id in order:
            if (event_model, pgh_id) not in read:
                wanted[self._database(event_model)][event_model].append(pgh_id)
        found = dict(read)
        for alias, ids in wanted.items():
            found |= entries.read(ids, using=alias)
        return tuple(found[key] for key in order if key in found)


def entry(event_model: type[Event], pgh_id: Any, using: str | None = None) -> Entry:
    """One event as it is read; raises the event model's DoesNotExist, also for what can be no id."""
    alias = using or router.db_for_read(event_model)
    key = keys.as_stored(event_model._meta.pk, pgh_id, alias)
    found = entries.read({event_model: [key]}, using=alias) if key is not None else {}
    if not found:
        raise event_model.DoesNotExist(f"{event_model._meta.label} {pgh_id!r} does not exist.")
    return found[event_model, key]


def between(a: Entry, b: Entry | None = None) -> dict[str, tuple[Any, Any]]:
    """{field: (in a, in b)} of what differs in the rows that two events of an object keep; without b, the living row.

    Raises InvalidObjects for events of different objects or event models, and where no row is living.
    """
    if b is None and a.object is None:
        raise errors.InvalidObjects(
            problem=f"The object of {a.event!r} has no living row.", remedy="Give an event to compare it with."
        )
    if b is not None and (a.event_model is not b.event_model or a.obj_id != b.obj_id):
        raise errors.InvalidObjects(
            problem=f"{a.event!r} and {b.event!r} are of different objects.",
            remedy="Compare events of one event model and one object.",
        )
    return a.between(a.stored, (a.living if b is None else b.stored) or {}).changes


def _joined(branches: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
