"""Events as their tables give them: values in the order of columns, of which an instance is made where one is needed.

The events of a page and those that complete their changes come from one statement, whose text is made once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from django.db import DataError, connections, models
from django.db.models import F, Value
from django.db.models.expressions import Col
from django.db.models.fields.related import ForeignKey
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from psycopg import pq

from pghistory import changes, sql
from pghistory.models import Event
from pghistory.shapes import Compiled
from pghistory.statements import OnlyReads
from pghistory.timeline import loaders

State = dict[str, Any]

FROM_CONTEXT: Final = ("metadata", "actor_label")
NO_CONVERTERS: Final[tuple[list[Any], Any]] = ([], None)
PLAIN: Final = (DeferredAttribute, ForeignKeyDeferredAttribute)
"""Descriptors that give what an instance was made with."""


@dataclass(frozen=True)
class Table:
    """How the events of an event model are read in one database, and what stands where in a row."""

    event_model: type[Event]
    using: str

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of an instance, in the order of the columns."""
        return tuple(field.attname for field in self._fields)

    @cached_property
    def places(self) -> dict[str, int]:
        """{name of a field, or its attribute: place in a row}; behind the event's own columns, those of its context."""
        found = {name: place for place, field in enumerate(self._fields) for name in (field.name, field.attname)}
        return found | {f"context {name}": len(self._fields) + place for place, name in enumerate(self.of_context)}

    @cached_property
    def context(self) -> ForeignKey[Any, Any] | None:
        """The field that refers to a context's row; None where the event keeps its context itself, or has none."""
        field = changes.column(self.event_model, "pgh_context")
        return field if isinstance(field, ForeignKey) else None

    @cached_property
    def of_context(self) -> tuple[str, ...]:
        """What is read of the context's row."""
        known = {field.name for field in self.context.related_model._meta.concrete_fields} if self.context else ()
        return tuple(name for name in FROM_CONTEXT if name in known)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The fields that have the same value on an instance as in a row."""
        model: Any = self.event_model
        makes_its_own = (
            model.from_db.__func__ is not models.Model.from_db.__func__  # type: ignore[attr-defined]
            or model.__init__ is not models.Model.__init__
            or pre_init.has_listeners(model)
            or post_init.has_listeners(model)
        )
        fields = () if makes_its_own else self._fields
        return frozenset(field.name for field in fields if type(getattr(model, field.attname)) in PLAIN)

    @cached_property
    def converters(self) -> dict[int, tuple[list[Any], Any]]:
        """{place: what makes the value of a field from that of its column, and the column}, where something does."""
        of_context = [self.context.related_model._meta.get_field(name) for name in self.of_context if self.context]
        columns = [Col(field.model._meta.db_table, field) for field in (*self._fields, *of_context)]
        compiler: Any = self.event_model._base_manager.using(self.using).query.get_compiler(self.using)
        found: dict[int, tuple[list[Any], Any]] = compiler.get_converters(columns)
        return found

    def value(self, row: tuple[Any, ...], place: int) -> Any:
        """What the field of a column holds; what the field cannot read any more comes as the database gives it."""
        value = row[place]
        converters, column = self.converters.get(place, NO_CONVERTERS)
        try:
            for converter in converters:
                value = converter(value, column, connections[self.using])
        except Exception:
            # A project's own code meets values of years ago: a member that its enumeration has lost, another key.
            return row[place]
        return value

    def reading(self, wanted: Compiled) -> Compiled:
        """The statement that reads the events whose ids a one-column SELECT gives, and others that complete them."""
        text, values = wanted
        start, end, own = self._statement
        return start + text + end, (*values, *own)

    def by_ids(self, ids: Iterable[Any]) -> Compiled:
        """The statement that reads the events with these ids, and others that complete their changes."""
        return self.reading((f"select unnest(%s::{self._key_type}[])", ([*ids],)))

    @property
    def _fields(self) -> list[Any]:
        return list(self.event_model._meta.concrete_fields)

    @cached_property
    def _key_type(self) -> str:
        return str(self.event_model._meta.pk.rel_db_type(connections[self.using]))

    @cached_property
    def _statement(self) -> tuple[str, str, tuple[Any, ...]]:
        """The statement around the SELECT of the ids, and the parameters behind those.

        Rows are fetched one by one through the index over the key: no estimate makes the planner read a whole table.
        """
        of_context = [f"{self.context.name}__{name}" for name in self.of_context if self.context]
        has_neighbours = changes.has_object(self.event_model)
        neighbour_id = changes.neighbour_id(self.event_model) if has_neighbours else Value(None, models.TextField())
        every = changes.rows(self.event_model, self.using).order_by()
        events = every.annotate(pgh_neighbour_id=neighbour_id).values_list(
            *self.attributes, *of_context, "pgh_neighbour_id"
        )
        names = [f"c{place}" for place in range(len(self.attributes) + len(of_context))]
        compiler = events.query.get_compiler(self.using)
        text, params = compiler.as_sql()
        key, _ = compiler.compile(F("pgh_id").resolve_expression(events.query))
        rows, _ = every.values_list(*self.attributes).query.get_compiler(self.using).as_sql()
        filled = sql.read(f"timeline/{'with_neighbours' if has_neighbours else 'alone'}.sql").format(
            names=", ".join([*names, "pgh_neighbour_id"]),
            events=text,
            id=key,
            key=names[self.places["pgh_id"]],
            rows=rows,
            nothing=", ".join(["null"] * (len(of_context) + 1)),
            wanted="{wanted}",
        )
        start, end = filled.split("{wanted}")
        return start, end, tuple(params)


class Stored:
    """One event as its table gives it; `id` is its own key."""

    __slots__ = ("_instance", "event_model", "id", "row", "table")

    def __init__(self, table: Table, row: tuple[Any, ...]) -> None:
        self.table = table
        self.row = row
        self.event_model = table.event_model
        self.id = table.value(row, table.places["pgh_id"])
        self._instance: Event | None = None

    def get(self, name: str) -> Any:
        """The value of a field, or of an attribute; None where the event model has none."""
        place = self.table.places.get(name)
        return None if place is None else self.table.value(self.row, place)

    @property
    def label(self) -> str:
        """The label under which the event was stored."""
        return str(self.get("pgh_label"))

    @property
    def at(self) -> dt.datetime:
        """When the transaction began that stored the event."""
        return self.get("pgh_created_at")  # type: ignore[no-any-return]

    @property
    def neighbour_id(self) -> Any:
        """The id of the event that completes the change; None where it is complete."""
        return self.row[-2]

    @property
    def has_context_row(self) -> bool:
        """Whether the row of the context that the event refers to exists."""
        place = self.table.places.get("context metadata")
        return place is not None and self.row[place] is not None

    def state(self, names: Iterable[str]) -> State:
        """{field: value}, as an instance has them; a foreign key gives the key."""
        return {name: self.field(name) for name in names}

    def field(self, name: str) -> Any:
        """What an instance has in a field; a foreign key gives the key."""
        table = self.table
        place = table.places[name]
        if name in table.plain:
            return table.value(self.row, place)
        return getattr(self.instance, table.attributes[place])

    @property
    def instance(self) -> Event:
        """The event as Django makes it, with the row of its context."""
        if self._instance is None:
            self._instance = self._made()
        return self._instance

    def _made(self) -> Event:
        table = self.table
        values = [table.value(self.row, place) for place in range(len(table.attributes))]
        event = table.event_model.from_db(table.using, table.attributes, values)
        if table.context is not None:
            table.context.set_cached_value(event, self._context_row(table.context) if self.has_context_row else None)
        return event

    def _context_row(self, field: ForeignKey[Any, Any]) -> models.Model:
        """The context's row, of which the other columns are read when they are asked for."""
        names = [field.target_field.attname, *self.table.of_context]
        values = [self.get(field.attname), *(self.get(f"context {name}") for name in self.table.of_context)]
        model: type[models.Model] = field.related_model
        order = [each.attname for each in model._meta.concrete_fields if each.attname in names]
        return model.from_db(self.table.using, order, [values[names.index(name)] for name in order])


@lru_cache(maxsize=4096)
def table(event_model: type[Event], using: str) -> Table:
    """The table of an event model in a database: what is known about it is found out once."""
    return Table(event_model, using)


def read(wanted: Sequence[tuple[Table, Compiled]], using: str) -> list[tuple[list[Stored], list[Stored]]]:
    """Of each table with its statement: the events that are meant, in no order, and others that complete them."""
    together = _takes_several(using)
    found: list[tuple[list[Stored], list[Stored]]] = []
    for sent in [wanted] if together else [[each] for each in wanted]:
        results = _results([statement for _, statement in sent], using)
        for (table, _), rows in zip(sent, results, strict=True):
            events = [(Stored(table, row), row[-1]) for row in rows]
            found.append(([event for event, shown in events if shown], [event for event, shown in events if not shown]))
    return found


def _takes_several(using: str) -> bool:
    """Whether one text may be several statements: where parameters are put into it, and results not waited for."""
    connection: Any = connections[using]
    connection.ensure_connection()
    is_in_pipeline = connection.connection.pgconn.pipeline_status != pq.PipelineStatus.OFF
    return not (connection.features.uses_server_side_binding or is_in_pipeline)


def _results(statements: list[Compiled], using: str) -> list[list[tuple[Any, ...]]]:
    """The rows of statements that are sent in one text."""
    text = OnlyReads(";\n".join(text for text, _ in statements))
    params = [value for _, values in statements for value in values]
    with connections[using].cursor() as cursor:
        cursor.execute(text, params)
        try:
            return _fetched(cursor, len(statements))
        except DataError:
            loaders.register(cursor.cursor)
            cursor.execute(text, params)
            return _fetched(cursor, len(statements))


def _fetched(cursor: Any, number: int) -> list[list[tuple[Any, ...]]]:
    found = [cursor.fetchall()]
    while len(found) < number:
        cursor.nextset()
        found.append(cursor.fetchall())
    return found
