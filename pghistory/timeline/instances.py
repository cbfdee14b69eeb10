"""Instances of rows of any model, also where Python has no object for a value, or its field refuses it by now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db import DataError, Error, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.db.models.expressions import Col
from django.db.models.query import ModelIterable

from pghistory.statements import OnlyReads
from pghistory.timeline import loaders

Row = TypeVar("Row", bound=models.Model)

Converters = dict[int, Any]
"""{place: what makes the value of a field from that of its column, and the column}"""

UNREAD = "_pgh_unread"


def instances_by_key(rows: models.QuerySet[Row], keys: Collection[Any]) -> list[Row]:
    """Those of the rows that have these keys, as `instances_of` gives them.

    Where they are all rows of a table, the text of the statement is made once: that takes longer than reading few rows.
    """
    if _is_plain(rows):
        model, using = rows.model, rows.db
        text, names, converters = _selecting(model, using)
        try:
            with connections[using].cursor() as cursor:
                key: Any = model._meta.pk
                wanted = [key.get_db_prep_value(each, connections[using]) for each in keys]
                cursor.execute(OnlyReads(text), (wanted,))
                found: Iterable[Sequence[Any]] = cursor.fetchall()
            if converters:
                found = _converted(found, converters, connections[using])
            return [model.from_db(using, names, row) for row in found]
        except Exception as error:
            if _is_the_servers(error):
                raise
    return instances_of(rows.filter(pk__in=keys))


def instances_of(rows: models.QuerySet[Row]) -> list[Row]:
    """The rows; a value that cannot be read comes as the database gives it, and `unread` names its field."""
    try:
        return list(rows)
    except Exception as error:
        # A project's own code meets values of years ago.
        if _is_the_servers(error):
            raise
    return list(_as_stored(rows.all()))


def unread(row: models.Model) -> frozenset[str]:
    """The names of the fields that hold what the database keeps, and not what they usually make of it."""
    found: frozenset[str] = getattr(row, UNREAD, frozenset())
    return found


def _is_the_servers(error: Exception) -> bool:
    """Whether the server refused a statement, which no other way of reading its rows would change."""
    is_read = isinstance(error, DataError) and getattr(error.__cause__, "sqlstate", None) is None
    return isinstance(error, Error) and not is_read


def _is_plain(rows: models.QuerySet[Any]) -> bool:
    """Whether these are all rows of a table, each with all of its columns and nothing else."""
    found, query = cast("Any", rows), cast("Any", rows.query)
    is_narrowed = query.where or query.is_sliced or query.distinct or query.combinator or query.select_for_update
    has_more = query.annotations or query.extra or query.select_related or found._prefetch_related_lookups
    # A project's own may narrow when they are compiled, or make something of their rows.
    classes: tuple[Any, ...] = (type(query), type(rows)._fetch_all)
    return (
        not (is_narrowed or has_more)
        and classes == (_query_class(found.model), models.QuerySet._fetch_all)
        and query.deferred_loading == (frozenset(), True)
        and found._iterable_class is ModelIterable
        and getattr(rows.model._meta.pk, "column", None) is not None
    )


@lru_cache(maxsize=1_000)
def _query_class(model: type[models.Model]) -> type:
    return type(models.QuerySet(model).query)


@lru_cache(maxsize=1_000)
def _selecting(model: type[models.Model], using: str) -> tuple[str, list[str], Converters]:
    """The statement that reads rows by an array of keys, the attributes that it gives, and their converters."""
    # No manager of the model's, which may leave rows out.
    compiler, names, converters = _columns(models.QuerySet(model, using=using).order_by())
    text, _ = compiler.as_sql()
    key, _ = compiler.compile(F("pk").resolve_expression(compiler.query))
    # Without a length or a precision: a cast cuts what is beyond it, and finds another row.
    kind = re.sub(r"\(.*?\)", "", str(model._meta.pk.rel_db_type(connections[using])))
    return f"{text} where {key} = any(%s::{kind}[])", names, converters


def _columns(rows: models.QuerySet[Any]) -> tuple[Any, list[str], Converters]:
    """The compiler of all columns of rows, the attributes that they are, and their converters."""
    fields: list[Any] = list(rows.model._meta.concrete_fields)
    names = [field.attname for field in fields]
    compiler: Any = rows.values_list(*names).query.get_compiler(rows.db)
    return compiler, names, compiler.get_converters([Col(field.model._meta.db_table, field) for field in fields])


def _converted(
    rows: Iterable[Sequence[Any]], converters: Converters, connection: BaseDatabaseWrapper
) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for place, (each, column) in converters.items():
            for converter in each:
                values[place] = converter(values[place], column, connection)
        yield values


def _as_stored(rows: models.QuerySet[Row]) -> Iterator[Row]:
    model, connection = rows.model, connections[rows.db]
    compiler, names, converters = _columns(rows)
    text, params = compiler.as_sql()
    with connection.cursor() as cursor:
        loaders.register(cursor.cursor)
        cursor.execute(text, params)
        found = cursor.fetchall()
    for stored in found:
        values, refused = [], set()
        for place, (field, value) in enumerate(zip(model._meta.concrete_fields, stored, strict=True)):
            made = value
            each, column = converters.get(place, ((), None))
            try:
                for converter in each:
                    made = converter(made, column, connection)
            except Exception:
                made = value
                refused.add(field.name)
            if loaders.is_unread(value):
                refused.add(field.name)
            values.append(made)
        row = model.from_db(rows.db, names, values)
        setattr(row, UNREAD, frozenset(refused))
        yield row
