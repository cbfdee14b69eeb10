"""How much there is, from PostgreSQL's own notes: without counting a large table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connections, router
from django.db.models import IntegerField, Value

from pghistory import changes, sql
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


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many events an event table has, its size in bytes with indexes, and the times of its ends."""

    events: int
    size: int
    first: dt.datetime | None
    last: dt.datetime | None


def estimates(event_models: Iterable[type[Event]], using: str | None = None) -> dict[type[Event], Estimate]:
    """{event model: estimate}, without those whose table does not exist.

    Two queries a database, and a bounded count for each table that was never analysed. The ends are read from the index
    over time; without that index the table is read.
    """
    by_database: dict[str, list[type[Event]]] = {}
    for event_model in event_models:
        by_database.setdefault(using or router.db_for_read(event_model), []).append(event_model)
    found: dict[type[Event], Estimate] = {}
    for alias, models in by_database.items():
        found |= _of_database(models, alias)
    return found


def _of_database(event_models: Sequence[type[Event]], alias: str) -> dict[type[Event], Estimate]:
    with connections[alias].cursor() as cursor:
        cursor.execute(CATALOGUE, [[sql.name(event_model._meta.db_table) for event_model in event_models]])
        notes = {place - 1: (rows, size) for place, rows, size in cursor.fetchall()}
    ends = _ends({place: event_models[place] for place in notes}, alias)
    return {
        event_models[place]: Estimate(
            events=round(rows) if rows >= 0 else _counted(event_models[place], alias),
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
