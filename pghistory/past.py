"""Queries over the rows as they were: every table in them, joined ones too, is read at the same instant.

In the place of a table's name stands the SELECT of its rows at the instant. Which rows a query needs is read from its
conditions and joins, so that a few rows cost a few probes of the index over objects, whatever the size of the history.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.where import AND

from pghistory import aggregate, casts, errors, registry, states

if TYPE_CHECKING:
    from pghistory.shapes import Compiled
    from pghistory.states import Instant, Source

_instant: Final[ContextVar[Instant | None]] = ContextVar("pghistory.past.instant", default=None)
"""The instant of a query that Django makes by itself, of nothing but a model."""


class PastQuery(Query):
    """A query over the rows of a model as they were at an instant."""

    def __init__(self, model: Any, alias_cols: bool = True, instant: Instant | None = None) -> None:
        super().__init__(model, alias_cols)
        self.instant = instant or _instant.get()

    def join(self, join: Any, reuse: Any = None) -> str:
        """Adds a table, or finds it where it is, as it was at the instant."""
        if self.instant is not None and not isinstance(join, (PastTable, PastJoin)):
            if isinstance(join, Join):
                model = _model_of(join)
                is_same = model is registry.concrete(self._model)
                join = PastJoin.of(join, model, self.instant if is_same else self.instant.elsewhere())
            else:
                join = PastTable(self._model, join.table_alias, self.instant)
        return super().join(join, reuse)

    @property
    def _model(self) -> type[models.Model]:
        return cast("type[models.Model]", self.model)

    def table_alias(self, table_name: str, create: bool = False, filtered_relation: Any = None) -> tuple[str, bool]:
        """The alias of a table; the name of one in a schema (`"schema"."table"`) can stand for no SELECT."""
        if '"' not in table_name or table_name in self.table_map or filtered_relation is not None:
            return super().table_alias(table_name, create, filtered_relation)
        alias = f"{self.alias_prefix}{len(self.alias_map) + 1}"
        self.table_map[table_name] = [alias]
        self.alias_refcount[alias] = 1
        return alias, True

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        compiler: Any = super().get_compiler(*args, **kwargs)
        # Only of a table does PostgreSQL know that a key determines the other columns.
        compiler.collapse_group_by = lambda expressions, having: expressions
        return compiler

    def split_exclude(self, *args: Any, **kwargs: Any) -> Any:
        """Excludes over many rows become a subquery, which Django makes by the class."""
        token = _instant.set(self.instant)
        try:
            return super().split_exclude(*args, **kwargs)
        finally:
            _instant.reset(token)

    def trim_start(self, names_with_path: Any) -> Any:
        """In such a subquery, Django puts a table of its own in the place of the first join."""
        joins = {alias: join for alias, join in self.alias_map.items() if isinstance(join, PastJoin)}
        trimmed = super().trim_start(names_with_path)
        for alias, join in joins.items():
            if self.alias_map[alias] is not join:
                self.alias_map[alias] = PastTable(join.model, alias, join.instant)
        return trimmed


class PastTable(aggregate.StandIn):
    """The first table of a query."""

    def __init__(self, model: type[models.Model], alias: str | None, instant: Instant) -> None:
        super().__init__(model, alias)
        self.instant = instant

    def as_sql(self, compiler: Any, connection: Any) -> Compiled:
        source = self.instant.source(self.model)
        if source is None:
            return BaseTable.as_sql(self, compiler, connection)
        text, params = source.select(self.instant, self._keys(source, compiler, connection), connection)
        return _derived(compiler, connection, text, source, self), params

    def _keys(self, source: Source, compiler: Any, connection: Any) -> Compiled | None:
        """The keys of all rows that the conditions of the query may mean, if they say so."""
        where = compiler.query.where
        if not where or where.connector != AND or where.negated:
            return None
        found = None
        for condition in where.children:
            wanted = self._wanted(condition, compiler, connection)
            if wanted is None:
                continue
            field = condition.lhs.target
            if field.primary_key:
                return wanted
            found = found or source.keys_referring(field, wanted)
        return found

    def _wanted(self, condition: Any, compiler: Any, connection: Any) -> Compiled | None:
        """A SELECT of the values that a condition allows a column of this table to have; None where it is no such."""
        if not isinstance(condition, (lookups.Exact, lookups.In)) or not isinstance(condition.lhs, Col):
            return None
        field = condition.lhs.target
        if condition.lhs.alias != self.alias or not (field.primary_key or field.is_relation):
            return None
        if isinstance(condition.rhs, Col) and condition.rhs.alias in compiler.query.external_aliases:
            return _selected(*compiler.compile(condition.rhs))
        if isinstance(condition.rhs, Query):
            if type(condition) is not lookups.In or condition.rhs.get_external_cols():
                return None
            text, params = condition.process_rhs(compiler, connection)
            return states.distinct((text, tuple(params)))
        if not condition.rhs_is_direct_value():
            return None
        try:
            _, params = condition.process_rhs(compiler, connection)
        except EmptyResultSet:
            return None
        kind = field.cast_db_type(connection)
        if isinstance(condition, lookups.Exact):
            # A constant, to which the planner need not join.
            return f"select %s::{kind}", tuple(params)
        return f"select unnest(%s::{kind}[])", ([*params],)


class PastJoin(Join):
    """A table that is joined to another, by a LATERAL where the other one names the keys.

    NotReconstructable is raised when the query is compiled: of many joins Django needs no table in the end.
    """

    model: type[models.Model]
    instant: Instant

    @classmethod
    def of(cls, join: Join, model: type[models.Model], instant: Instant) -> PastJoin:
        """The same join of the rows as they were."""
        made = cls(
            join.table_name,
            join.parent_alias,
            join.table_alias,
            join.join_type,
            join.join_field,
            join.nullable,
            filtered_relation=join.filtered_relation,
        )
        made.model, made.instant = model, instant
        return made

    @property
    def alias(self) -> str:
        """The name in the query."""
        return self.table_alias or self.table_name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        plain, params = super().as_sql(compiler, connection)
        source = self.instant.source(self.model)
        if source is None:
            return plain, params
        # Behind the table's name and alias, which are replaced.
        _, _, condition = plain.partition(" ON (")
        keys = self._keys(source, compiler, connection)
        text, values = source.select(self.instant, keys, connection)
        lateral = "LATERAL " if keys else ""
        table = _derived(compiler, connection, text, source, self)
        return f"{self.join_type} {lateral}{table} ON ({condition}", [*values, *params]

    def relabeled_clone(self, change_map: Any) -> PastJoin:
        return self.of(super().relabeled_clone(change_map), self.model, self.instant)

    def _keys(self, source: Source, compiler: Any, connection: Any) -> Compiled | None:
        """The key that the other table names, or those of the rows that refer to it."""
        if len(self.join_cols) != 1:
            return None
        [(theirs, ours)] = self.join_cols
        name = f"{casts.quoted(compiler, self.parent_alias)}.{connection.ops.quote_name(theirs)}"
        wanted = (f"select {name.replace('%', '%%')}", ())
        field = next(field for field in source.table._meta.local_concrete_fields if field.column == ours)
        if field.primary_key:
            return wanted if source.has_obj else None
        return source.keys_referring(field, wanted)


def query(model: type[models.Model], instant: Instant) -> PastQuery:
    """A query over the rows of a model at an instant; NotReconstructable where they are not known."""
    for table in (model, *registry.concrete(model)._meta.get_parent_list()):
        instant.source(table)
    return PastQuery(model, instant=instant)


def _derived(compiler: Any, connection: Any, text: str, source: Source, table: PastTable | PastJoin) -> str:
    names = ", ".join(map(connection.ops.quote_name, source.column_names))
    return f"({text}) {casts.quoted(compiler, table.alias)} ({names})"


def _selected(text: str, params: Any) -> Compiled:
    return f"select {text}", tuple(params)


def _model_of(join: Join) -> type[models.Model]:
    """The model whose table is joined."""
    field: Any = join.join_field
    for model in (field.related_model, field.model):
        if isinstance(model, type) and registry.concrete(model)._meta.db_table == join.table_name:
            return registry.concrete(model)
    raise errors.NotReconstructable(model=join.table_name, missing="a model of its own")
