"""How much there is, from PostgreSQL's own notes: without counting a large table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connections, router
from django.db.models import IntegerField, Model, Q, QuerySet, Value
from django.utils import timezone

from pghistory import changes, functions, sql
from pghistory.models import Event

COUNTED_AT_MOST: Final = 10_000
"""How far the events of a table are counted that was never analysed."""

CATALOGUE: Final = """
    select
        wanted.place,
        case
            when pg_class.relpages > 0
            then pg_class.reltuples / pg_class.relpages
                * (pg_relation_size(pg_class.oid) / current_setting('block_size')::integer)
            else -1
        end,
        pg_total_relation_size(pg_class.oid)
    from
        unnest(%s::text[]) with ordinality as wanted (name, place)
        join pg_class on pg_class.oid = to_regclass(wanted.name)
"""


LOOKED_AT: Final = 50_000
"""How many events of a table are looked at for one page, where no index leads to those that are meant."""

COUNTED_A_MONTH: Final = 50_000
"""How many of a table's newest events are told by day."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Events a day, the oldest day first; with more events than are counted, the older days are not `exact`."""

    days: tuple[int, ...]
    exact: bool

    @property
    def total(self) -> int:
        """All that were counted."""
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many events an event table has, its size in bytes with indexes, and the times of its ends."""

    events: int
    size: int
    first: dt.datetime | None
    last: dt.datetime | None


def estimates(event_models: Iterable[type[Event]], using: str | None = None) -> dict[type[Event], Estimate]:
    """{event model: estimate}, without those whose table does not exist.

    Two queries a database, and a bounded count for each table that had no rows when it was last analysed, or never was.
    The ends are read from the index over time; without that index the table is read.
    """
    by_database: dict[str, list[type[Event]]] = {}
    for event_model in event_models:
        by_database.setdefault(using or router.db_for_read(event_model), []).append(event_model)
    found: dict[type[Event], Estimate] = {}
    for alias, models in by_database.items():
        found |= _of_database(models, alias)
    return found


def rows(model: type[Model], using: str) -> int:
    """About how many rows a model's table has; 0 where it has none, or was never analysed."""
    with connections[using].cursor() as cursor:
        cursor.execute(CATALOGUE, [[sql.name(model._meta.db_table)]])
        return next((max(round(number), 0) for _place, number, _size in cursor.fetchall()), 0)


def horizon(
    event_models: Iterable[type[Event]],
    *,
    until: dt.datetime | None = None,
    using: str | None = None,
    within: Callable[[type[Event], str], Q] | None = None,
) -> dt.datetime | None:
    """Since when, up to an instant or now, no table has more than LOOKED_AT events; None where none has more at all.

    With `within`, the condition for an event model in a database, only events that answer it are counted.
    """
    by_database: dict[str, list[type[Event]]] = {}
    for event_model in event_models:
        by_database.setdefault(using or router.db_for_read(event_model), []).append(event_model)
    ends: list[dt.datetime] = []
    for alias, found in by_database.items():
        branches = [
            _end(event_model, alias, until, within=within(event_model, alias) if within else Q())
            for event_model in found
        ]
        ends += [at for (at,) in (branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0])]
    return max(ends, default=None)


def _end(event_model: type[Event], alias: str, until: dt.datetime | None, *, within: Q) -> QuerySet[Any, Any]:
    rows = changes.rows(event_model, alias).filter(within).order_by("-pgh_created_at", "-pgh_id")
    if until is not None:
        rows = rows.filter(pgh_created_at__lt=until)
    return rows.values_list("pgh_created_at")[LOOKED_AT : LOOKED_AT + 1]


def _of_database(event_models: Sequence[type[Event]], alias: str) -> dict[type[Event], Estimate]:
    with connections[alias].cursor() as cursor:
        cursor.execute(CATALOGUE, [[sql.name(event_model._meta.db_table) for event_model in event_models]])
        notes = {place - 1: (rows, size) for place, rows, size in cursor.fetchall()}
    ends = _ends({place: event_models[place] for place in notes}, alias)
    return {
        event_models[place]: Estimate(
            events=round(rows) if rows > 0 else _counted(event_models[place], alias),
            size=size,
            first=min(ends[place], default=None),
            last=max(ends[place], default=None),
        )
        for place, (rows, size) in sorted(notes.items())
    }


def _ends(event_models: dict[int, type[Event]], alias: str) -> dict[int, list[dt.datetime]]:
    """{place: the times of the first and of the last event}, all in one query."""
    branches = [
        changes.rows(event_model, alias).order_by(order).values_list(Value(place, IntegerField()), "pgh_created_at")[:1]
        for place, event_model in event_models.items()
        for order in ("pgh_created_at", "-pgh_created_at")
    ]
    ends: dict[int, list[dt.datetime]] = {place: [] for place in event_models}
    for place, at in branches[0].union(*branches[1:], all=True) if branches else ():
        ends[place].append(at)
    return ends


def _counted(event_model: type[Event], alias: str) -> int:
    return changes.rows(event_model, alias)[:COUNTED_AT_MOST].count()


def activity(
    event_models: Iterable[type[Event]], today: dt.date, *, days: int = 30, using: str | None = None
) -> dict[type[Event], Activity]:
    """{event model: events of the last days, today's last, in the current time zone}.

    One query a database, and of each table the newest events by index, up to a bound.
    """
    by_database: dict[str, list[type[Event]]] = {}
    for event_model in event_models:
        by_database.setdefault(using or router.db_for_read(event_model), []).append(event_model)
    found: dict[type[Event], Activity] = {}
    for alias, wanted in by_database.items():
        counts = _by_day(wanted, alias, today - dt.timedelta(days=days - 1))
        for place, event_model in enumerate(wanted):
            told = counts.get(place, {})
            numbers = tuple(told.get(today - dt.timedelta(days=ago), 0) for ago in reversed(range(days)))
            found[event_model] = Activity(numbers, sum(told.values()) <= COUNTED_A_MONTH)
    return found


def _by_day(event_models: Sequence[type[Event]], alias: str, first: dt.date) -> dict[int, dict[dt.date, int]]:
    """{place: {day: events}} since a day."""
    since = dt.datetime.combine(first, dt.time.min)
    if settings.USE_TZ:
        since = timezone.make_aware(since)
    branches = []
    for place, event_model in enumerate(event_models):
        newest = changes.rows(event_model, alias).filter(pgh_created_at__gte=since).order_by("-pgh_created_at")
        branches.append(newest.values_list(Value(place, IntegerField()), "pgh_created_at")[: COUNTED_A_MONTH + 1])
    rows = branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
    newest_of_all, parameters = rows.query.get_compiler(using=alias).as_sql()
    zone = functions.zone_name()
    day, leading = ("(at at time zone %s)::date", [zone]) if settings.USE_TZ else ("at::date", [])
    counts: dict[int, dict[dt.date, int]] = {}
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"select place, {day}, count(*) from ({newest_of_all}) as newest (place, at) group by 1, 2",  # noqa: S608
            [*leading, *parameters],
        )
        for place, date, number in cursor.fetchall():
            counts.setdefault(place, {})[date] = number
    return counts
