"""Whether the database is as the code says: triggers, functions and tables, read from PostgreSQL's catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pgtrigger
from django.db import connections, router
from django.db.models import Model

from pghistory import operations, sql, triggers
from pghistory.models import Context, Event

INSTALLED: Final = "installed"
OUTDATED: Final = "outdated"
DISABLED: Final = "disabled"
MISSING: Final = "missing"

# Below this many rows, dead ones say nothing about vacuum.
FEW_ROWS: Final = 10_000
LARGEST_DEAD_SHARE: Final = 0.2

_TRIGGERS: Final = """
    select
        wanted.place,
        obj_description(pg_trigger.oid, 'pg_trigger'),
        pg_trigger.tgenabled
    from
        unnest(%s::text[], %s::text[]) with ordinality as wanted (relation, name, place)
        join pg_trigger on pg_trigger.tgrelid = to_regclass(wanted.relation) and pg_trigger.tgname = wanted.name
"""

_TABLES: Final = """
    select
        wanted.place,
        greatest(pg_class.reltuples, 0)::bigint,
        pg_total_relation_size(pg_class.oid),
        pg_indexes_size(pg_class.oid),
        coalesce(stats.n_live_tup, 0),
        coalesce(stats.n_dead_tup, 0)
    from
        unnest(%s::text[]) with ordinality as wanted (relation, place)
        join pg_class on pg_class.oid = to_regclass(wanted.relation)
        left join pg_stat_all_tables as stats on stats.relid = pg_class.oid
    order by
        wanted.place
"""


@dataclass(frozen=True, slots=True)
class TriggerState:
    """One trigger of an event model; `uri` is its name to `manage.py pgtrigger`.

    `state` is INSTALLED, OUTDATED (another text than the code's), DISABLED or MISSING.
    """

    event_model: type[Event]
    name: str
    uri: str
    state: str


@dataclass(frozen=True, slots=True)
class FunctionState:
    """One SQL function of the package in one database; `state` as a trigger's."""

    name: str
    version: int
    database: str
    state: str


@dataclass(frozen=True, slots=True)
class TableState:
    """One table of events, or that of the contexts: estimates of its rows, bytes with and of its indexes."""

    name: str
    rows: int
    size: int
    indexes: int
    dead_share: float

    @property
    def is_small(self) -> bool:
        """Whether there are too few rows for the share of dead ones to tell anything."""
        return self.rows < FEW_ROWS

    @property
    def is_bloated(self) -> bool:
        """Whether so many rows are dead that vacuum is late."""
        return not self.is_small and self.dead_share > LARGEST_DEAD_SHARE


def trigger_states(event_models: Iterable[type[Event]]) -> dict[type[Event], tuple[TriggerState, ...]]:
    """{event model: the states of its triggers}, from one query a database."""
    wanted = set(event_models)
    by_database: defaultdict[str, list[tuple[Any, triggers.Event]]] = defaultdict(list)
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, triggers.Event) and trigger.event_model in wanted:
            by_database[router.db_for_write(trigger.event_model)].append((model, trigger))
    found: dict[type[Event], list[TriggerState]] = {event_model: [] for event_model in wanted}
    for alias, registered in by_database.items():
        present = _present(registered, alias)
        for place, (model, trigger) in enumerate(registered, start=1):
            state = _state(present.get(place), trigger.compile(model).hash)
            uri = str(trigger.get_uri(model))
            found[trigger.event_model].append(TriggerState(trigger.event_model, str(trigger.name), uri, state))
    return {event_model: tuple(states) for event_model, states in found.items()}


def worst(states: Iterable[TriggerState]) -> str:
    """The state that needs somebody most; INSTALLED where nothing does."""
    order = (INSTALLED, OUTDATED, DISABLED, MISSING)
    return max((found.state for found in states), key=order.index, default=INSTALLED)


def function_states(event_models: Iterable[type[Event]]) -> tuple[FunctionState, ...]:
    """The functions that the triggers of these event models call, in each of their databases."""
    states = []
    for alias in sorted({router.db_for_write(event_model) for event_model in event_models}):
        present = operations.bodies(connections[alias], operations.LATEST)
        for name, version in operations.LATEST.items():
            wanted = operations.body(operations.definition(name, version))
            state = MISSING if name not in present else INSTALLED if present[name] == wanted else OUTDATED
            states.append(FunctionState(name, version, alias, state))
    return tuple(states)


def table_states(event_models: Iterable[type[Event]]) -> tuple[TableState, ...]:
    """The tables of these event models and that of the contexts, from one query a database."""
    by_database: defaultdict[str, list[str]] = defaultdict(list)
    tables: list[type[Model]] = [*event_models, Context]
    for model in tables:
        by_database[router.db_for_read(model)].append(model._meta.db_table)
    states = []
    for alias, names in by_database.items():
        with connections[alias].cursor() as cursor:
            cursor.execute(_TABLES, [[sql.name(name) for name in names]])
            for place, rows, size, indexes, alive, dead in cursor.fetchall():
                share = dead / (alive + dead) if dead else 0.0
                states.append(TableState(names[place - 1], rows, size, indexes, share))
    return tuple(states)


def _present(registered: Sequence[tuple[Any, triggers.Event]], alias: str) -> dict[int, tuple[str | None, str]]:
    """{place: (hash, enabled)} of the triggers that exist."""
    relations = [sql.name(model._meta.db_table) for model, _trigger in registered]
    names = [trigger.get_pgid(model) for model, trigger in registered]
    with connections[alias].cursor() as cursor:
        cursor.execute(_TRIGGERS, [relations, names])
        return {place: (stored, enabled) for place, stored, enabled in cursor.fetchall()}


def _state(present: tuple[str | None, str] | None, expected: str) -> str:
    if present is None:
        return MISSING
    stored, enabled = present
    if enabled == "D":
        return DISABLED
    return INSTALLED if stored == expected else OUTDATED
