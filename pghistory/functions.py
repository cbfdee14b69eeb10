"""Database expressions that read the context which `injection` handed to the connection."""

from __future__ import annotations

import functools

from django.db import models
from django.db.models.expressions import Func
from django.utils import timezone

from pghistory import sql

CONTEXT_ID_SQL = "nullif(current_setting('pghistory.context_id', true), '')::uuid"
CONTEXT_METADATA_SQL = "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb"
ATTACH_CONTEXT = "_pgh_attach_context"
ATTACHED_CONTEXT_SQL = """case
    when starts_with(current_setting('pghistory.context', true), '=')
    then split_part(current_setting('pghistory.context'), E'\\t', 2)::uuid
    when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
    then {function}()
end"""
"""The active context's id, for triggers: the function is called where there is a row to be written, and not else."""


class AttachContext(Func):
    """The active context's id, whose row is written when it is not yet; null without a context."""

    template = f"{ATTACH_CONTEXT}()"
    output_field = models.UUIDField()
    arity = 0


class ContextId(Func):
    """The active context's id, without writing its row; null without a context."""

    template = CONTEXT_ID_SQL
    output_field = models.UUIDField()
    arity = 0


class ContextMetadata(Func):
    """The active context's metadata as jsonb; null without a context."""

    template = CONTEXT_METADATA_SQL
    output_field = models.JSONField()
    arity = 0


class Once(Func):
    """An expression that is the same for every row of a statement, computed for the first one."""

    template = "(select %(expressions)s)"
    arity = 1


class Midnight(Func):
    """The first instant of a day in a zone."""

    arg_joiner = "::timestamp at time zone "
    template = "(%(expressions)s)"
    arity = 2
    output_field = models.DateTimeField()


def zone_name() -> str:
    """The current time zone as PostgreSQL knows it; it reads the sign of a fixed offset the other way round."""
    offset = timezone.get_current_timezone().utcoffset(None)
    if offset is None:
        return timezone.get_current_timezone_name()
    return f"UTC{'+' if offset.days < 0 else '-'}{abs(offset)}"


def set_config(values: dict[str, str], *, session: bool = False) -> str:
    """One SELECT that sets these settings for the rest of the transaction, or of the session.

    The text has no `%` where the values have none.
    """
    return set_config_of(tuple(values), session=session) % tuple(map(sql.dollar_quoted, values.values()))


def set_local(values: dict[str, str]) -> str:
    """The same for the rest of the transaction as one SET for each setting, of which none takes a snapshot."""
    return set_local_of(tuple(values)) % tuple(map(sql.dollar_quoted, values.values()))


@functools.cache
def set_config_of(names: tuple[str, ...], *, session: bool = False) -> str:
    """The text of `set_config` with a placeholder for each value."""
    local = "false" if session else "true"
    return "select " + ", ".join(f"set_config({sql.literal(name)}, %s, {local})" for name in names)


@functools.cache
def set_local_of(names: tuple[str, ...]) -> str:
    """The text of `set_local` with a placeholder for each value."""
    return "; ".join(f"set local {name} = %s" for name in names)
