"""Instances of rows of any model, also where Python has no object for a value, or its field refuses it by now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import DataError, Error, connections, models
from django.db.models.expressions import Col

from pghistory.timeline import loaders

Row = TypeVar("Row", bound=models.Model)

UNREAD = "_pgh_unread"


def instances_of(rows: models.QuerySet[Row]) -> list[Row]:
    """The rows; a value that cannot be read comes as the database gives it, and `unread` names its field."""
    try:
        return list(rows)
    except Exception as error:
        # A project's own code meets values of years ago. What the server says is another matter.
        is_read = isinstance(error, DataError) and getattr(error.__cause__, "sqlstate", None) is None
        if isinstance(error, Error) and not is_read:
            raise
    return list(_as_stored(rows.all()))


def unread(row: models.Model) -> frozenset[str]:
    """The names of the fields that hold what the database keeps, and not what they usually make of it."""
    found: frozenset[str] = getattr(row, UNREAD, frozenset())
    return found


def _as_stored(rows: models.QuerySet[Row]) -> Iterator[Row]:
    model, connection = rows.model, connections[rows.db]
    fields: list[Any] = list(model._meta.concrete_fields)
    names = [field.attname for field in fields]
    compiler: Any = rows.values_list(*names).query.get_compiler(rows.db)
    text, params = compiler.as_sql()
    converters = compiler.get_converters([Col(field.model._meta.db_table, field) for field in fields])
    with connection.cursor() as cursor:
        loaders.register(cursor.cursor)
        cursor.execute(text, params)
        found = cursor.fetchall()
    for stored in found:
        values, refused = [], set()
        for place, (field, value) in enumerate(zip(fields, stored, strict=True)):
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
