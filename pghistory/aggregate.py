"""What stands behind `Events` in a FROM clause: the event tables, put together with UNION ALL.

Everything else of such a query is Django's own. This is the only module that builds a part of a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

from pghistory import branches, errors, registry

if TYPE_CHECKING:
    from pghistory.models import Event

class DerivedTable(BaseTable):
    """`(select …) alias (columns)` in the place of a table's name."""

    def __init__(self, model: type[models.Model], alias: str | None = None) -> None:
        super().__init__(model._meta.db_table, alias)
        self.model = model

    def selects(self) -> list[models.QuerySet[Any, Any]]:
        """The querysets that make up the table."""
        return [branches.of_proxy(self.model)]

    def names(self) -> list[str]:
        """The names of their columns, in order."""
        return [field.column for field in self.model._meta.concrete_fields]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sqls, params = [], []
        for select in self.selects():
            sql, values = select.query.get_compiler(connection=connection).as_sql()
            sqls.append(sql)
            params.extend(values)
        alias = compiler.quote_name_unless_alias(self.table_alias)
        names = ", ".join(map(connection.ops.quote_name, self.names()))
        return f"({' union all '.join(sqls)}) {alias} ({names})", params

    def relabeled_clone(self, change_map: dict[str, str]) -> DerivedTable:
        return type(self)(self.model, change_map.get(self.table_alias, self.table_alias))

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.model)


class EventsTable(DerivedTable):
    """Every event model in the fields of `Events`, or of a proxy of it.

    `event_models` are those that can have what is asked for, None for all. Each of `conditions`, {event model:
    condition}, is a boolean column that the outer query filters by: a branch with a WHERE of its own would not be
    taken apart by the planner. `purposes` are the methods that narrowed the table.
    """

    def __init__(
        self,
        model: type[models.Model],
        alias: str | None = None,
        *,
        event_models: tuple[type[models.Model], ...] | None = None,
        conditions: tuple[Mapping[type[models.Model], Q], ...] = (),
        purposes: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(model, alias)
        self.event_models = event_models
        self.conditions = conditions
        self.purposes = purposes

    def selects(self) -> list[models.QuerySet[Any, Any]]:
        fields = self.model._meta.concrete_fields
        return [
            branches.of_events(event_model, fields, [condition.get(event_model) for condition in self.conditions])
            for event_model in (registry.event_models() if self.event_models is None else self.event_models)
        ]

    def names(self) -> list[str]:
        return [*super().names(), *(chosen(number).column for number in range(len(self.conditions)))]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if self.event_models == () or not registry.event_models():
            return self._nothing(compiler, connection), []
        return super().as_sql(compiler, connection)

    def _nothing(self, compiler: Any, connection: Any) -> str:
        """A table with the columns and without rows."""
        columns = [*self.model._meta.concrete_fields, *map(chosen, range(len(self.conditions)))]
        selected = ", ".join(
            f"null::{column.db_type(connection)} as {connection.ops.quote_name(column.column)}" for column in columns
        )
        return f"(select {selected} limit 0) {compiler.quote_name_unless_alias(self.table_alias)}"

    def changed(self, **changes: Any) -> EventsTable:
        """The same with other keyword arguments."""
        kept = {name: getattr(self, name) for name in ("event_models", "conditions", "purposes")}
        return type(self)(self.model, changes.pop("alias", self.table_alias), **{**kept, **changes})

    def relabeled_clone(self, change_map: dict[str, str]) -> EventsTable:
        return self.changed(alias=change_map.get(self.table_alias, self.table_alias))


def chosen(number: int) -> models.BooleanField[Any, Any]:
    """The column of the condition with that number."""
    field: models.BooleanField[Any, Any] = models.BooleanField()
    field.set_attributes_from_name(f"pgh_chosen_{number}")
    return field


def query_of_proxy(proxy: type[models.Model]) -> Query:
    """A query over the event model behind a proxy, in the fields of the proxy."""
    return _query(DerivedTable(proxy))


def query_of_events(model: type[models.Model]) -> Query:
    """A query over every event model, in the fields of `Events` or a proxy of it."""
    return _query(EventsTable(model))


def purposes(query: Query) -> frozenset[str]:
    """The methods that narrowed a query over `Events` so far."""
    return _table(query).purposes


def narrow(query: Query, purpose: str, conditions: Mapping[type[models.Model], Q]) -> Col:
    """Leaves in a query over `Events` only these event models, and gives the condition that is to be filtered by."""
    table = _table(query)
    kept = registry.event_models() if table.event_models is None else table.event_models
    query.alias_map[table.table_alias] = table.changed(
        event_models=tuple(event_model for event_model in kept if event_model in conditions),
        conditions=(*table.conditions, conditions),
        purposes=table.purposes | {purpose},
    )
    return Col(table.table_alias, chosen(len(table.conditions)))


def merge(query: Query, other: Query) -> None:
    """Makes a query over `Events`, which Django combined with another, read what both need.

    Raises InvalidObjects where the conditions of both cannot be told apart.
    """
    table, added = _table(query), _table(other)
    longer = max(table.conditions, added.conditions, key=len)
    if longer[: len(table.conditions)] != table.conditions or longer[: len(added.conditions)] != added.conditions:
        raise errors.InvalidObjects(
            problem="Two querysets of Events that find different objects cannot be combined by an operator.",
            remedy="Use union(), or name all objects in one call.",
        )
    both = table.event_models is not None and added.event_models is not None
    query.alias_map[table.table_alias] = table.changed(
        event_models=tuple(dict.fromkeys((*table.event_models, *added.event_models))) if both else None,
        conditions=longer,
        purposes=table.purposes | added.purposes,
    )


def _query(table: DerivedTable) -> Query:
    query = Query(table.model)
    query.join(table)
    return query


def _table(query: Query) -> EventsTable:
    return cast("EventsTable", query.alias_map[query.base_table])
