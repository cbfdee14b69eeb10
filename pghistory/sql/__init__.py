"""SQL as files, and the only place that quotes a name or a value into SQL text."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import resources

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


def insert_select(table: str, columns: Iterable[str], select: str, returning: str | None = None) -> str:
    """The statement that stores what a SELECT gives, column by column; `returning` names a column to give back."""
    listed = ",\n    ".join(map(name, columns))
    suffix = f"\nreturning\n    {name(returning)}" if returning else ""
    return f"insert into {name(table)} (\n    {listed}\n)\n{select}{suffix}"
