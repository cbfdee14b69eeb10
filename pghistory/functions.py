"""Database expressions that read the context which `injection` handed to the connection."""

from __future__ import annotations

from django.db import models
from django.db.models.expressions import Func
from django.utils import timezone

from pghistory import sql

CONTEXT_ID_SQL = "nullif(current_setting('pghistory.context_id', true), '')::uuid"
CONTEXT_METADATA_SQL = "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb"
ATTACH_CONTEXT_SQL = "_pgh_attach_context()"
ATTACHED_CONTEXT_SQL = """case
    when current_setting('pghistory.context_id', true) <> '' is not true then null
    when
        current_setting('pghistory.context_version', true)
        = nullif(current_setting('pghistory.context_stored', true), '')
    then current_setting('pghistory.context_id')::uuid
    else _pgh_attach_context()
end"""
"""The same, for triggers: the function is called where there is a row to be written, and not where there is none."""


class AttachContext(Func):
    """The active context's id, whose row is written when it is not yet; null without a context."""

    template = ATTACH_CONTEXT_SQL
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
    local = "false" if session else "true"
    calls = [f"set_config({sql.literal(name)}, {sql.dollar_quoted(value)}, {local})" for name, value in values.items()]
    return "select " + ", ".join(calls)


def set_local(values: dict[str, str]) -> str:
    """The same for the rest of the transaction as one SET for each setting, of which none takes a snapshot."""
    return "; ".join(f"set local {name} = {sql.dollar_quoted(value)}" for name, value in values.items())
