"""Handing the active context to PostgreSQL.

One execute wrapper a connection sets transaction-local settings (`pghistory.context…`), which triggers read. It sets
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
from typing import Any, Final

import psycopg
from django.db import Error, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg import sql as psycopg_sql
from psycopg.types.string import StrDumperUnknown

from pghistory import contexts, functions, registry, statements

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]

NOT_IN_A_TRANSACTION_BLOCK = ("25001", "2D000")
"""SQLSTATEs of statements that want to be alone: VACUUM, CREATE INDEX CONCURRENTLY, procedures that commit."""

SET_IS_NORMALISED = 180000
"""The version of PostgreSQL from which SET, which costs less than a SELECT of set_config(), is one query to statistics
whatever it sets; before, each context would be a query of its own in pg_stat_statements.
"""

# As numbers, because members of enumerations are looked up slowly, and each query asks.
_IDLE: Final = int(pq.TransactionStatus.IDLE)
_ACTIVE: Final = int(pq.TransactionStatus.ACTIVE)
_IN_TRANSACTION: Final = int(pq.TransactionStatus.INTRANS)
_IN_ERROR: Final = int(pq.TransactionStatus.INERROR)
_NO_PIPELINE: Final = int(pq.PipelineStatus.OFF)


class Memory(enum.Enum):
    """What the settings of the connection are known to be, where they are not a version of a context."""

    NOTHING = "nothing was set in this transaction"
    CLEARED = "what was set is cleared, and a rollback may bring it back"
    UNKNOWN = "something may be set"


class ContextInjection:
    """The execute wrapper of one connection."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._told: tuple[int, dict[str, str]] = (0, {})
        self.forget()

    def forget(self) -> None:
        """A connection that was just made, or a transaction that has ended: nothing is set."""
        raw = self.connection.connection
        self._prefers_set = raw is not None and not raw.closed and raw.info.server_version >= SET_IS_NORMALISED
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

        connection: psycopg.Connection[Any] = context["cursor"].cursor.connection
        status: int = connection.pgconn.transaction_status
        # Most statements follow another one of the same transaction.
        if status != _IN_TRANSACTION or connection is not self._psycopg or self._savepoints or _in_pipeline(connection):
            self._notice_end_of_transaction(connection, status)
        reading = statements.read(statement)
        try:
            wanted = self._cleared() if frame is None else frame.version
            if wanted == self._held or reading.cannot_write or status == _IN_ERROR:
                return execute(statement, params, many, context)
            return self._execute_with(frame, execute, statement, params, many, context)
        finally:
            if reading.moves_transaction:
                self._held = Memory.UNKNOWN

    def _notice_end_of_transaction(self, connection: psycopg.Connection[Any], status: int) -> None:
        """Forgets what the end of a transaction or of a savepoint has undone."""
        if connection is not self._psycopg:
            self.forget()
            self._psycopg = connection
        elif _in_pipeline(connection) and (connection.autocommit or status == _IDLE):
            # The server tells the status at a sync only, and a sync may end what was begun unseen.
            self._held = Memory.NOTHING if self._held is Memory.NOTHING else Memory.UNKNOWN
        elif status == _IDLE:
            self._held = Memory.NOTHING
            self._savepoints = ()
        elif self._savepoints and tuple(self.connection.savepoint_ids[: len(self._savepoints)]) != self._savepoints:
            self._held = Memory.UNKNOWN

    def _execute_with(
        self,
        frame: contexts.Frame | None,
        execute: Execute,
        statement: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        cursor = context["cursor"].cursor
        connection: psycopg.Connection[Any] = cursor.connection
        named = isinstance(cursor, psycopg.ServerCursor)

        if _in_pipeline(connection):
            # What it sends before its next sync is one transaction, also in autocommit.
            with self.connection.wrap_database_errors:
                connection.execute(self._setting(frame))
            self._remember(frame)
            return execute(statement, params, many, context)

        if connection.autocommit and connection.pgconn.transaction_status == _IDLE:
            if many or (named and cursor.withhold):
                with self.connection.wrap_database_errors, connection.transaction():
                    connection.execute(self._setting(frame))
                    return execute(statement, params, many, context)
            if named:
                return execute(statement, params, many, context)
            return self._execute_alone(frame, execute, statement, params, context)

        if many or named:
            with self.connection.wrap_database_errors:
                connection.execute(self._setting(frame))
            self._remember(frame)
            return execute(statement, params, many, context)
        result = self._execute_together(frame, execute, statement, params, context)
        self._remember(frame)
        return result

    def _execute_alone(
        self, frame: contexts.Frame | None, execute: Execute, statement: Any, params: Any, context: dict[str, Any]
    ) -> Any:
        """In autocommit; what refuses company goes without the context."""
        errors_occurred = self.connection.errors_occurred
        try:
            return self._execute_together(frame, execute, statement, params, context)
        except Error as error:
            if _sqlstate(error) not in NOT_IN_A_TRANSACTION_BLOCK:
                raise
        self.connection.errors_occurred = errors_occurred
        return execute(statement, params, False, context)

    def _execute_together(
        self, frame: contexts.Frame | None, execute: Execute, statement: Any, params: Any, context: dict[str, Any]
    ) -> Any:
        """The settings and the statement in one round trip."""
        cursor = context["cursor"].cursor
        if _takes_prefix(cursor, params):
            return self._execute_prefixed(frame, execute, statement, params, context)
        with self.connection.wrap_database_errors, cursor.connection.pipeline():
            cursor.connection.execute(self._setting(frame))
            return execute(statement, params, False, context)

    def _execute_prefixed(
        self, frame: contexts.Frame | None, execute: Execute, statement: Any, params: Any, context: dict[str, Any]
    ) -> Any:
        """The settings and the statement in one text; the results of the settings are stepped over.

        Where the statement has params, the settings are params too: psycopg keeps what it has read of a text, and the
        text stays the same.
        """
        cursor = context["cursor"].cursor
        settings = self._settings(frame)
        names = tuple(settings)
        # No SELECT may precede what chooses the isolation level.
        as_set = (len(names) == 1 and self._prefers_set) or statements.read(statement).chooses_isolation
        prefix = functions.set_local_of(names) if as_set else functions.set_config_of(names)
        if isinstance(params, (list, tuple)):
            try:
                result = execute(_prefixed(prefix, statement), (*settings.values(), *params), False, context)
            except (ProgrammingError, TypeError) as error:
                if _sqlstate(error) or cursor.connection.pgconn.transaction_status == _ACTIVE:
                    raise
                # The params do not fit: what is said of them counts the caller's own only.
                return execute(statement, params, False, context)
        else:
            prefix = (functions.set_local if as_set else functions.set_config)(settings)
            result = execute(_prefixed(prefix.replace("%", "\\u0025"), statement), params, False, context)
        for _ in names if as_set else names[:1]:
            cursor.nextset()
        return result

    def _settings(self, frame: contexts.Frame | None) -> dict[str, str]:
        """The value of each setting; the second time, the row of the context is most likely there."""
        if frame is None:
            return settings_of(None)
        version, settings = self._told
        if version != frame.version:
            settings = settings_of(frame)
            self._told = (frame.version, settings)
        elif settings[CONTEXT].startswith("+"):
            settings = {**settings, CONTEXT: _Setting("?" + settings[CONTEXT][1:])}
            self._told = (version, settings)
        return settings

    def _setting(self, frame: contexts.Frame | None) -> str:
        return functions.set_config(self._settings(frame))

    def _cleared(self) -> Memory:
        """What the connection should hold where there is no context."""
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


class _Setting(str):
    """A value that is a literal without a type, as SET needs it, whichever dumper a project has for text."""

    __slots__ = ()


psycopg.adapters.register_dumper(_Setting, StrDumperUnknown)
CONTEXT: Final = "pghistory.context"
"""What `_pgh_attach_context` has to know, tabs between: a sign, the id, the actor's label as JSON, the metadata."""

NAMES: Final = ("pghistory.context_id", "pghistory.context_metadata")
"""What is read, also by triggers of django-pghistory, where events keep their contexts themselves."""


def settings_of(frame: contexts.Frame | None) -> dict[str, str]:
    """The value of each setting; empty ones where there is no context."""
    names = NAMES if registry.keeps_contexts() else ()
    if frame is None:
        return dict.fromkeys((CONTEXT, *names), _Setting())
    context_id = str(frame.id)
    actor = "" if frame.actor_label is None else json.dumps(frame.actor_label)
    values: dict[str, str] = {CONTEXT: _Setting(f"+\t{context_id}\t{actor}\t{frame.text}")}
    return values | dict(zip(names, (context_id, frame.text), strict=True)) if names else values


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


def _sqlstate(error: Exception) -> str | None:
    """What the server said; None for errors of psycopg itself."""
    return getattr(error.__cause__, "sqlstate", None)


def _in_pipeline(connection: psycopg.Connection[Any]) -> bool:
    return bool(connection.pgconn.pipeline_status != _NO_PIPELINE)
