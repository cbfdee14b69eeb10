"""Handing the active context to PostgreSQL.

One execute wrapper a connection sets transaction-local settings (`pghistory.context_…`), which triggers read. It sets
them at most once per transaction and version of the context, in front of a statement that may write, in the same round
trip wherever psycopg allows it; the caller's statement, params, results and row counts stay as they are.

The text of a statement is read only to leave the settings out (where it cannot write) and to forget what is known of
the connection (where it may end a transaction or roll back): a misreading costs a `set_config`, never a context.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg import pq
from psycopg import sql as psycopg_sql

from pghistory import contexts, functions, statements

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]

NOT_IN_A_TRANSACTION_BLOCK = ("25001", "2D000")
"""SQLSTATEs of statements that want to be alone: VACUUM, CREATE INDEX CONCURRENTLY, procedures that commit."""


class Memory(enum.Enum):
    """What the settings of the connection are known to be, where they are not a version of a context."""

    NOTHING = "nothing was set in this transaction"
    CLEARED = "what was set is cleared, and a rollback may bring it back"
    UNKNOWN = "something may be set"


class ContextInjection:
    """The execute wrapper of one connection."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.forget()

    def forget(self) -> None:
        """A connection that was just made, or a transaction that has ended: nothing is set."""
        self._psycopg: psycopg.Connection[Any] | None = None
        self._held: int | Memory = Memory.NOTHING
        self._savepoints: tuple[str | None, ...] = ()

    def __call__(self, execute: Execute, statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        frame = contexts.active()
        if frame is None and self._held is Memory.NOTHING:
            return execute(statement, params, many, context)

        connection: psycopg.Connection[Any] = self.connection.connection
        status = connection.info.transaction_status
        if connection is not self._psycopg or status == pq.TransactionStatus.IDLE:
            self.forget()
            self._psycopg = connection
        elif tuple(self.connection.savepoint_ids[: len(self._savepoints)]) != self._savepoints:
            self._held = Memory.UNKNOWN

        reading = statements.read(statement)
        wanted = self._wanted(frame)
        if status == pq.TransactionStatus.INERROR or wanted == self._held or reading.cannot_write:
            result = execute(statement, params, many, context)
        else:
            result = self._execute_with(frame, execute, statement, params, many, context)
        if reading.moves_transaction:
            self._held = Memory.UNKNOWN
        return result

    def _execute_with(
        self,
        frame: contexts.Frame | None,
        execute: Execute,
        statement: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        setting = setting_statement(frame)
        connection = self.connection.connection
        cursor = _psycopg_cursor(context["cursor"])
        alone = connection.autocommit and connection.info.transaction_status == pq.TransactionStatus.IDLE

        if many and alone:
            with self.connection.wrap_database_errors, connection.transaction():
                connection.execute(setting)
                return execute(statement, params, many, context)

        in_pipeline = connection.info.pipeline_status != pq.PipelineStatus.OFF
        if many or _is_named(cursor) or in_pipeline:
            # What a pipeline sends before its next sync is one transaction, also in autocommit.
            if in_pipeline or not alone:
                with self.connection.wrap_database_errors:
                    connection.execute(setting)
            if not alone:
                self._remember(frame)
            return execute(statement, params, many, context)

        result = self._execute_together(setting, execute, statement, params, context, alone=alone)
        if not alone:
            self._remember(frame)
        return result

    def _execute_together(
        self, setting: str, execute: Execute, statement: Any, params: Any, context: dict[str, Any], *, alone: bool
    ) -> Any:
        """The setting and the statement in one round trip; the result of the setting is stepped over."""
        cursor = _psycopg_cursor(context["cursor"])
        errors_occurred = self.connection.errors_occurred
        try:
            if _takes_prefix(cursor, params):
                result = execute(_prefixed(setting, statement), params, False, context)
                cursor.nextset()
            else:
                with self.connection.wrap_database_errors, self.connection.connection.pipeline():
                    self.connection.connection.execute(setting)
                    result = execute(statement, params, False, context)
        except Error as error:
            if not alone or getattr(error.__cause__, "sqlstate", None) not in NOT_IN_A_TRANSACTION_BLOCK:
                raise
            self.connection.errors_occurred = errors_occurred
            result = execute(statement, params, False, context)
        return result

    def _wanted(self, frame: contexts.Frame | None) -> int | Memory:
        """What the connection should hold before a statement that may write."""
        if frame is not None:
            return frame.version
        return Memory.NOTHING if self._held is Memory.NOTHING else Memory.CLEARED

    def _remember(self, frame: contexts.Frame | None) -> None:
        self._held = Memory.CLEARED if frame is None else frame.version
        self._savepoints = tuple(self.connection.savepoint_ids)


def install(connection: BaseDatabaseWrapper) -> None:
    """Puts the wrapper in front of a PostgreSQL connection's execute wrappers, once; called at every connect.

    In front, because Django's `execute_wrapper()` takes the last one away when its block ends.
    """
    if connection.vendor != "postgresql":
        return
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, ContextInjection):
            wrapper.forget()
            return
    connection.execute_wrappers.insert(0, ContextInjection(connection))


def setting_statement(frame: contexts.Frame | None, *, session: bool = False) -> str:
    """The SELECT that sets (or, for None, clears) the context for the transaction or the session; without `%`."""
    if frame is None:
        return functions.set_config(dict.fromkeys(SETTINGS, ""), session=session)
    actor = "" if frame.actor_label is None else json.dumps(frame.actor_label)
    values = (str(frame.id), frame.text, actor, str(frame.version))
    settings = dict(zip(SETTINGS, (_without_percent(value) for value in values), strict=True))
    return functions.set_config(settings, session=session)


SETTINGS = (
    "pghistory.context_id",
    "pghistory.context_metadata",
    "pghistory.context_actor",
    "pghistory.context_version",
)


def _without_percent(value: str) -> str:
    """JSON in which `%` is escaped, so that psycopg never takes it for a placeholder."""
    return value.replace("%", "\\u0025")


def _prefixed(setting: str, statement: Any) -> Any:
    if isinstance(statement, psycopg_sql.Composable):
        return psycopg_sql.SQL(setting + ";\n") + statement
    if isinstance(statement, bytes):
        return f"{setting};\n".encode() + statement
    return f"{setting};\n{statement}"


def _takes_prefix(cursor: Any, params: Any) -> bool:
    """Whether psycopg sends the text as it is, which may then hold two statements.

    Parameters bound by the server, and statements that psycopg prepares by itself, go by the extended protocol.
    """
    if isinstance(cursor, psycopg.ClientCursor):
        return True
    return params is None and cursor.connection.prepare_threshold is None


def _psycopg_cursor(cursor: CursorWrapper) -> Any:
    return cursor.cursor


def _is_named(cursor: Any) -> bool:
    return isinstance(cursor, psycopg.ServerCursor)
