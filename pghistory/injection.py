"""Handing the active context to PostgreSQL.

One execute wrapper a connection sets transaction-local settings (`pghistory.context_…`), which triggers read. It sets
them at most once per transaction and version of the context, in front of a statement that may write, in the same round
trip wherever psycopg allows it; the caller's statement, params, results and row counts stay as they are.

The text of a statement is read only to leave the settings out (where it cannot write) and to forget what is known of
the connection (where it may end a transaction or roll back): a misreading costs a `set_config`, never a context.
"""

from __future__ import annotations

import enum
import functools
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
        self._told: tuple[int, str] = (0, "")
        self.forget()

    def forget(self) -> None:
        """A connection that was just made, or a transaction that has ended: nothing is set."""
        self._psycopg: psycopg.Connection[Any] | None = None
        self._held: int | Memory = Memory.NOTHING
        self._savepoints: tuple[str | None, ...] = ()

    def forgetting(self, end: Callable[[], None]) -> Callable[[], None]:
        """What ends a transaction, after which nothing is known of the settings."""

        @functools.wraps(end)
        def ended() -> None:
            try:
                end()
            finally:
                self._held = Memory.NOTHING if self._held is Memory.NOTHING else Memory.UNKNOWN

        return ended

    def __call__(self, execute: Execute, statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        frame = contexts.active()
        if frame is None and self._held is Memory.NOTHING:
            return execute(statement, params, many, context)

        status = self._notice_end_of_transaction(_psycopg_cursor(context["cursor"]).connection)
        reading = statements.read(statement)
        try:
            if status == pq.TransactionStatus.INERROR or self._wanted(frame) == self._held or reading.cannot_write:
                return execute(statement, params, many, context)
            if reading.chooses_isolation and not many:
                return self._execute_after_sets(frame, execute, statement, params, context)
            return self._execute_with(frame, execute, statement, params, many, context)
        finally:
            if reading.moves_transaction:
                self._held = Memory.UNKNOWN

    def _notice_end_of_transaction(self, connection: psycopg.Connection[Any]) -> int:
        """Forgets what the end of a transaction or of a savepoint has undone; returns the transaction's status."""
        status = _status(connection)
        if connection is not self._psycopg:
            self.forget()
            self._psycopg = connection
        elif _in_pipeline(connection) and (connection.autocommit or status == pq.TransactionStatus.IDLE):
            # The server tells the status at a sync only, and a sync may end what was begun unseen.
            self._held = Memory.NOTHING if self._held is Memory.NOTHING else Memory.UNKNOWN
        elif status == pq.TransactionStatus.IDLE:
            self.forget()
            self._psycopg = connection
        elif self._savepoints and tuple(self.connection.savepoint_ids[: len(self._savepoints)]) != self._savepoints:
            self._held = Memory.UNKNOWN
        return status

    def _execute_with(
        self,
        frame: contexts.Frame | None,
        execute: Execute,
        statement: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        setting = self._setting(frame)
        cursor = _psycopg_cursor(context["cursor"])
        connection: psycopg.Connection[Any] = cursor.connection
        named = isinstance(cursor, psycopg.ServerCursor)

        if _in_pipeline(connection):
            # What it sends before its next sync is one transaction, also in autocommit.
            with self.connection.wrap_database_errors:
                connection.execute(setting)
            self._remember(frame)
            return execute(statement, params, many, context)

        if connection.autocommit and _status(connection) == pq.TransactionStatus.IDLE:
            if many or (named and cursor.withhold):
                with self.connection.wrap_database_errors, connection.transaction():
                    connection.execute(setting)
                    return execute(statement, params, many, context)
            if named:
                return execute(statement, params, many, context)
            return self._execute_alone(setting, execute, statement, params, context)

        if many or named:
            with self.connection.wrap_database_errors:
                connection.execute(setting)
            self._remember(frame)
            return execute(statement, params, many, context)
        result = self._execute_together(setting, execute, statement, params, context)
        self._remember(frame)
        return result

    def _execute_alone(
        self, setting: str, execute: Execute, statement: Any, params: Any, context: dict[str, Any]
    ) -> Any:
        """In autocommit; what refuses company goes without the context."""
        errors_occurred = self.connection.errors_occurred
        try:
            return self._execute_together(setting, execute, statement, params, context)
        except Error as error:
            if getattr(error.__cause__, "sqlstate", None) not in NOT_IN_A_TRANSACTION_BLOCK:
                raise
        self.connection.errors_occurred = errors_occurred
        return execute(statement, params, False, context)

    def _execute_together(
        self, setting: str, execute: Execute, statement: Any, params: Any, context: dict[str, Any]
    ) -> Any:
        """The setting and the statement in one round trip; the result of the setting is stepped over."""
        cursor = _psycopg_cursor(context["cursor"])
        if _takes_prefix(cursor, params):
            result = execute(_prefixed(setting, statement), params, False, context)
            cursor.nextset()
            return result
        with self.connection.wrap_database_errors, cursor.connection.pipeline():
            cursor.connection.execute(setting)
            return execute(statement, params, False, context)

    def _execute_after_sets(
        self, frame: contexts.Frame | None, execute: Execute, statement: str, params: Any, context: dict[str, Any]
    ) -> Any:
        """Where the isolation level may be chosen in a string of statements, which no SELECT may precede."""
        cursor = _psycopg_cursor(context["cursor"])
        settings = settings_of(frame)
        result = execute(f"{functions.set_local(settings)};\n{statement}", params, False, context)
        for _ in settings:
            cursor.nextset()
        return result

    def _setting(self, frame: contexts.Frame | None) -> str:
        """The statement that sets the frame, which autocommit asks for before each statement."""
        if frame is None:
            return setting_statement(None)
        version, text = self._told
        if version != frame.version:
            text = setting_statement(frame)
            self._told = (frame.version, text)
        return text

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
    injection = ContextInjection(connection)
    connection.execute_wrappers.insert(0, injection)
    # The next transaction may begin by a statement that no wrapper sees, as COPY.
    for name in ("_commit", "_rollback"):
        setattr(connection, name, injection.forgetting(getattr(connection, name)))


def setting_statement(frame: contexts.Frame | None, *, session: bool = False) -> str:
    """The SELECT that sets (or, for None, clears) the context for the transaction or the session; without `%`."""
    return functions.set_config(settings_of(frame), session=session)


def settings_of(frame: contexts.Frame | None) -> dict[str, str]:
    """The value of each setting; empty ones where there is no context."""
    if frame is None:
        return dict.fromkeys(SETTINGS, "")
    actor = "" if frame.actor_label is None else json.dumps(frame.actor_label)
    values = (str(frame.id), frame.text, actor, str(frame.version))
    return dict(zip(SETTINGS, (_without_percent(value) for value in values), strict=True))


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

    Parameters bound by the server, statements that psycopg prepares by itself and binary results go by the extended
    protocol.
    """
    if cursor.format == pq.Format.BINARY:
        return False
    return isinstance(cursor, psycopg.ClientCursor) or (params is None and cursor.connection.prepare_threshold is None)


def _psycopg_cursor(cursor: CursorWrapper) -> Any:
    return cursor.cursor


def _status(connection: psycopg.Connection[Any]) -> int:
    return connection.pgconn.transaction_status


def _in_pipeline(connection: psycopg.Connection[Any]) -> bool:
    return connection.pgconn.pipeline_status != pq.PipelineStatus.OFF
