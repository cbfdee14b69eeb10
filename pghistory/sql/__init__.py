"""SQL as files, and the only place that quotes a name or a value into SQL text."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import resources
from typing import cast

from pghistory import errors

try:
    from psycopg import sql
except ImportError as error:
    raise errors.UnsupportedDatabase(
        problem="(pghistory.E003) The database adapter psycopg 3 is missing; psycopg2 has no pipelines.",
        remedy='Install it, as in: pip install "psycopg[binary]>=3.2". Django uses it without any other change.',
    ) from error


@functools.cache
def read(path: str) -> str:
    """The text of a file below this folder, as `functions/_pgh_attach_context_v2.sql`.

    Raises FileNotFoundError for a path that does not exist.
    """
    return resources.files(__name__).joinpath(path).read_text(encoding="utf-8")


def name(identifier: str) -> str:
    """An identifier in double quotes; one that has some, as `"schema"."table"` or `schema"."table`, as Django does."""
    if '"' not in identifier:
        return sql.Identifier(identifier).as_string(None)
    return identifier if identifier.startswith('"') and identifier.endswith('"') else f'"{identifier}"'


def bound(identifier: str) -> str:
    """The same in the function of a row's trigger, whose text says at its installation in which schema that is."""
    return name(identifier) if '"' in identifier else f"pghistory_bound.{name(identifier)}"


def literal(value: str) -> str:
    """A text as an SQL literal that reads the same under every setting of the session.

    A backslash needs PostgreSQL's E'' form, whose meaning does not depend on `standard_conforming_strings`.
    """
    quoted = value.replace("'", "''")
    if "\\" not in quoted:
        return f"'{quoted}'"
    escaped = quoted.replace("\\", "\\\\")
    return f"E'{escaped}'"


def dollar_quoted(value: str) -> str:
    """A text between dollar signs that do not occur in it."""
    tag = "pgh"
    while f"${tag}$" in value:
        tag += "_"
    return f"${tag}${value}${tag}$"


def array(values: Iterable[str | None]) -> str:
    """Texts as one parameter that is cast to an array; a list of thousands would be adapted text by text."""
    listed = list(values)
    if None not in listed:
        text = '","'.join(cast("list[str]", listed))
        if "\\" not in text and text.count('"') == 2 * len(listed) - 2:
            return f'{{"{text}"}}'
    return "{" + ",".join("null" if value is None else _element(value) for value in listed) + "}"


def _element(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def insert_select(table: str, columns: Iterable[str], select: str, returning: str | None = None) -> str:
    """The statement that stores what a SELECT gives, column by column; `returning` names a column to give back."""
    listed = ",\n    ".join(map(name, columns))
    suffix = f"\nreturning\n    {name(returning)}" if returning else ""
    return f"insert into {name(table)} (\n    {listed}\n)\n{select}{suffix}"


def copy(arms: Iterable[str], columns: int, file_format: str, *, by_id: bool = False) -> str:
    """The statement that sends all rows of several SELECTs, newest first, as lines of CSV or of JSON.

    Each SELECT begins with the time and the id of an event and the place of its event model; `columns` further ones are
    sent. With `by_id` the id is the order. JSON has no control characters, so that lines of it pass the rules of CSV as
    they are, if such stand for the comma and the quote.
    """
    listed = ", ".join(f'"pgh_column_{position}"' for position in range(3, columns + 3))
    union = "\nunion all\n".join(f"({arm})" for arm in arms)
    order = ", ".join(f'"pgh_column_{position}" desc' for position in ([1] if by_id else [0, 1, 2]))
    options = "format csv" if file_format == "csv" else "format csv, delimiter E'\\x02', quote E'\\x01'"
    return f"copy (\nselect {listed}\nfrom (\n{union}\n) as pgh_events\norder by {order}\n) to stdout with ({options})"
