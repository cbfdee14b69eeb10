"""What stands behind `Events` in a FROM clause: the event tables, put together with UNION ALL.

Two layers, which the planner takes apart again. The inner one is a branch for each event model, without a WHERE, so
that conditions and orders reach the indexes of each table. The outer one adds what is dear, as the diff, so that it is
computed for the rows that are left after ORDER BY and LIMIT. Everything else of such a query is Django's own.
This and `past` put tables of their own into a query; others that write SELECTs, as `timeline/keysets` and
`timeline/stored`, put them around what the ORM has compiled.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, Self, cast

from django.db import connections, models
from django.db.models import F, Q
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

from pghistory import branches, casts, errors, fields, registry

EventModels = tuple[type[models.Model], ...]
Compiled = tuple[str, tuple[Any, ...]]


def columns_of(fields: Iterable[models.Field[Any, Any]]) -> list[str]:
    """The names of the columns of fields that have one."""
    return [field.column for field in fields if field.column]


class StandIn(BaseTable):
    """A SELECT in the place of a table's name."""

    def __init__(self, model: type[models.Model], alias: str | None = None) -> None:
        super().__init__(model._meta.db_table, alias)
        self.model = model

    @property
    def alias(self) -> str:
        """The name in the query."""
        return self.table_alias or self.table_name

    def relabeled_clone(self, change_map: Mapping[Any, str]) -> Self:
        return self.under(change_map.get(self.alias, self.alias))

    def under(self, alias: str) -> Self:
        """The same under another alias."""
        renamed = copy.copy(self)
        renamed.table_alias = alias
        return renamed


class DerivedTable(StandIn, ABC):
    """`(select …) alias (columns)`."""

    def names(self) -> list[str]:
        """The names of the columns."""
        return columns_of(self.model._meta.concrete_fields)

    @abstractmethod
    def select(self, connection: Any) -> Compiled:
        """The SQL that gives the columns, in order."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.select(connection)
        names = ", ".join(map(connection.ops.quote_name, self.names()))
        return f"({sql}) {casts.quoted(compiler, self.alias)} ({names})", params


class ProxyTable(DerivedTable):
    """The event model behind a proxy, in the fields of the proxy."""

    def select(self, connection: Any) -> Compiled:
        return _compiled(branches.of_proxy(self.model), connection)


class BranchesTable(DerivedTable):
    """The event models in the common columns, and a boolean column for each of `conditions`."""

    def __init__(self, model: type[models.Model], alias: str | None, table: EventsTable) -> None:
        super().__init__(model, alias)
        self.table = table

    def names(self) -> list[str]:
        return [*branches.COLUMNS, *columns_of(self.table.chosen())]

    def select(self, connection: Any) -> Compiled:
        parts: list[str] = []
        params: list[Any] = []
        for event_model in self.table.event_models_now():
            conditions = [condition.get(event_model) for condition in self.table.conditions]
            sql, values = _compiled(branches.of_events(event_model, conditions), connection)
            parts.append(sql)
            params.extend(values)
        return " union all ".join(parts), tuple(params)


class EventsTable(DerivedTable):
    """Every event model in the fields of `Events`, or of a proxy of it.

    `event_models` are those that can have what is asked for, None for all. Each of `conditions`, {event model:
    condition}, is a boolean column that the query filters by. `purposes` are the methods that
    gave them.
    """

    def __init__(
        self,
        model: type[models.Model],
        alias: str | None = None,
        *,
        event_models: EventModels | None = None,
        conditions: tuple[Mapping[type[models.Model], Q], ...] = (),
        purposes: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(model, alias)
        self.event_models = event_models
        self.conditions = conditions
        self.purposes = purposes

    def event_models_now(self) -> EventModels:
        """The event models; of all those that are registered by the time of the query."""
        return registry.event_models() if self.event_models is None else self.event_models

    def names(self) -> list[str]:
        return [*super().names(), *columns_of(self.chosen())]

    def chosen(self) -> list[models.BooleanField[Any, Any]]:
        """The columns of the conditions."""
        return [_chosen(number) for number in range(len(self.conditions))]

    def select(self, connection: Any) -> Compiled:
        event_models = self.event_models_now()
        if not event_models:
            return self._nothing(connection), ()
        if self.conditions:
            return _compiled(self.outer(), connection)
        features = connection.features
        return _select_of(self.model, event_models, connection.alias, features.uses_server_side_binding)

    def outer(self) -> models.QuerySet[Any, Any]:
        """The outer layer as a queryset of tuples."""
        table = BranchesTable(self.model, None, self)
        query = _query(table)
        kept = (Col(table.alias, column) for column in self.chosen())
        return branches.selected(models.QuerySet(self.model, query), [*self._expressions(), *kept])

    def _expressions(self) -> list[Any]:
        event_models = self.event_models_now()
        common = {
            **{name: F(name) for name in branches.COLUMNS},
            "pgh_data": branches.data(event_models),
            "pgh_diff": branches.diff(event_models),
            "pgh_context": branches.context(event_models),
        }
        expressions = []
        for field in self.model._meta.concrete_fields:
            first, *keys = (fields.proxied_path(field) or field.attname).split("__")
            expressions.append(casts.value_at(common[first], keys, field))
        return expressions

    def _nothing(self, connection: Any) -> str:
        """The columns without rows."""
        columns = [*self.model._meta.concrete_fields, *self.chosen()]
        return f"select {', '.join(f'null::{column.db_type(connection)}' for column in columns)} limit 0"

    def changed(self, **changes: Any) -> EventsTable:
        """The same with other keyword arguments."""
        kept = {name: getattr(self, name) for name in ("event_models", "conditions", "purposes")}
        return type(self)(self.model, self.table_alias, **{**kept, **changes})


def query_of_proxy(proxy: type[models.Model]) -> Query:
    """A query over the event model behind a proxy, in the fields of the proxy."""
    return _query(ProxyTable(proxy))


def query_of_events(model: type[models.Model]) -> Query:
    """A query over every event model, in the fields of `Events` or a proxy of it."""
    return _query(EventsTable(model))


def purposes(query: Query) -> frozenset[str]:
    """The methods that gave the conditions of a query over `Events`."""
    return _table(query).purposes


def restrict(query: Query, event_models: Collection[type[models.Model]]) -> None:
    """Leaves only these event models in a query over `Events`: less to plan. The caller filters by them besides."""
    table = _table(query)
    kept = tuple(event_model for event_model in table.event_models_now() if event_model in event_models)
    query.alias_map[table.alias] = table.changed(event_models=kept)


def narrow(query: Query, purpose: str | None, conditions: Mapping[Any, Q]) -> Col:
    """Adds a condition to a query over `Events`, and gives the column that the caller is to filter by."""
    restrict(query, conditions)
    table = _table(query)
    query.alias_map[table.alias] = table.changed(
        conditions=(*table.conditions, conditions), purposes=table.purposes | ({purpose} if purpose else frozenset())
    )
    return Col(table.alias, _chosen(len(table.conditions)))


def merge(query: Query, other: Query) -> None:
    """Makes a query over `Events`, which Django combined with another, read what both need.

    Raises InvalidObjects where the conditions of both cannot be told apart.
    """
    table, added = _table(query), _table(other)
    longer = max(table.conditions, added.conditions, key=len)
    if longer[: len(table.conditions)] != table.conditions or longer[: len(added.conditions)] != added.conditions:
        raise errors.InvalidObjects(
            problem="Two querysets of Events that were narrowed differently cannot be combined by an operator.",
            remedy="Use union(), or name all objects in one call.",
        )
    both = (
        None
        if table.event_models is None or added.event_models is None
        else tuple(dict.fromkeys((*table.event_models, *added.event_models)))
    )
    query.alias_map[table.alias] = table.changed(
        event_models=both, conditions=longer, purposes=table.purposes | added.purposes
    )


def _chosen(number: int) -> models.BooleanField[Any, Any]:
    """The column of a condition."""
    field: models.BooleanField[Any, Any] = models.BooleanField()
    field.set_attributes_from_name(f"pgh_chosen_{number}")
    return field


def _query(table: DerivedTable) -> Query:
    query = Query(table.model)
    query.join(table)
    return query


def _table(query: Query) -> EventsTable:
    return cast("EventsTable", query.alias_map[query.base_table])


def _compiled(queryset: models.QuerySet[Any, Any], connection: Any) -> Compiled:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


@lru_cache(maxsize=64)
def _select_of(model: type[models.Model], event_models: EventModels, alias: str, server_side_binding: bool) -> Compiled:
    """The SQL of a table that nothing narrows but its event models: the same for every query."""
    return _compiled(EventsTable(model, event_models=event_models).outer(), connections[alias])
