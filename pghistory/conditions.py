"""Change conditions over columns of every type.

django-pgtrigger compares by `is distinct from`, which fails when a row is written where a type has no equality, as
json, and misses a change where equality is less than the value: to citext, "a" is "A".
"""

from __future__ import annotations

import copy
import re
from typing import Any

import pgtrigger
from django.db import connection, models

from pghistory import sql

CHANGES = (pgtrigger.AnyChange, pgtrigger.AnyDontChange, pgtrigger.AllChange, pgtrigger.AllDontChange)

EQUAL_BY_VALUE = frozenset(
    [
        *("bigint", "boolean", "bytea", "date", "double precision", "inet", "integer", "interval", "jsonb", "numeric"),
        *("real", "smallint", "text", "time", "timestamp with time zone", "tsvector", "uuid", "varchar"),
        *("daterange", "hstore", "int4range", "int8range", "numrange", "tstzrange"),
    ]
)
"""Types of which two values that are equal are the same one to a reader."""

WHOLE_ROW = "OLD.* IS DISTINCT FROM NEW.*"

_MODIFIERS = re.compile(r"\(.*?\)|\[\d*\]")


class ByValue(pgtrigger.Condition):
    """A change condition of django-pgtrigger, which says the same where every column has an equality of values.

    Else rows are compared by their image, byte for byte, as the operator `*<>` does for any type.
    """

    def __init__(self, change: Any, *, tracked: tuple[str, ...]) -> None:
        self.change = copy.copy(change)
        self.change.fields = list(change.fields or tracked)

    def __str__(self) -> str:
        return type(self.change).__name__

    def resolve(self, model: Any) -> str:
        columns = self.columns(model)
        if all(map(has_equality, columns)):
            return str(self.change.resolve(model))
        same = self.change.comparison == "ndf"
        if {column.name for column in columns} == {field.name for field in model._meta.fields} and not self.change.all:
            compared = f"OLD.* {'*=' if same else '*<>'} NEW.*"
        else:
            joint = " AND " if self.change.all else " OR "
            compared = joint.join(_compared(column, same=same) for column in columns)
        return f"NOT ({compared})" if self.change._negated else compared

    def by_column(self, model: Any) -> str:
        """The condition over the columns of two relations, which have to make a row of each row to compare it whole."""
        whole = self.resolve(model)
        columns = [column for column in self.columns(model) if not column.generated]
        if whole != WHOLE_ROW or not all(map(_is_found_everywhere, columns)):
            return whole
        return "\n    or ".join(_compared(column, same=False) for column in columns)

    def columns(self, model: Any) -> list[models.Field[Any, Any]]:
        """The columns that are compared, by name; FieldDoesNotExist and ValueError as pgtrigger raises them."""
        left_out = {model._meta.get_field(name).name for name in self.change.exclude}
        if self.change.exclude_auto:
            left_out |= {field.name for field in model._meta.fields if _is_automatic(field)}
        fields = {field.name: field for field in map(model._meta.get_field, self.change.fields)}
        return [fields[name] for name in sorted(fields.keys() - left_out)]


def _compared(field: models.Field[Any, Any], *, same: bool) -> str:
    # A many-to-many field is no column; the check of conditions reads its name here, and says so.
    column = sql.name(field.column or field.name)
    if has_equality(field):
        return f"OLD.{column} is {'not ' if same else ''}distinct from NEW.{column}"
    # By name: the operators are told column by column in a dump, and some types have none.
    return f"record_image_{'eq' if same else 'ne'}(row(OLD.{column}), row(NEW.{column}))"


def has_equality(field: Any) -> bool:
    """Whether `=` on the column says that the values are the same; a collation may find different texts equal."""
    return _type(field) in EQUAL_BY_VALUE and not getattr(field, "db_collation", None)


def _is_found_everywhere(field: Any) -> bool:
    # An extension's operators may lie in a schema of their own, which only a whole row knows.
    return _type(field) != "hstore"


def _type(field: Any) -> str:
    return _MODIFIERS.sub("", field.db_type(connection) or "").strip()


def _is_automatic(field: Any) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
