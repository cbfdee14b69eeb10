"""Migration operations that write pghistory's SQL functions and its index on actors into the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from pghistory import config, sql

_BODY: Final = re.compile(r"\$function\$(.*)\$function\$", re.DOTALL)

LATEST = {"_pgh_attach_context": 2}
"""The version of each SQL function that this release installs."""


def bodies(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, str]:
    """{function: its body in the database} of those that are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname, prosrc from pg_proc where proname = any(%s) and pg_function_is_visible(oid)", [list(names)]
        )
        return dict(cursor.fetchall())


class InstallFunction(Operation):
    """Writes one version of an SQL function; backwards writes the version before, or drops the first one.

    The text is `sql/functions/NAME_vVERSION.sql`. A released file is never edited.
    """

    category = OperationCategory.SQL
    reversible = True
    elidable = False

    def __init__(self, name: str, version: int) -> None:
        self.name = name
        self.version = version

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name, "version": self.version}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """A function is no part of the models' state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _may_migrate(app_label, schema_editor):
            schema_editor.execute(definition(self.name, self.version), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _may_migrate(app_label, schema_editor):
            return
        if self.version > 1:
            schema_editor.execute(definition(self.name, self.version - 1), params=None)
        else:
            schema_editor.execute(f"drop function if exists {sql.name(self.name)}()", params=None)

    def describe(self) -> str:
        return f"Install version {self.version} of the SQL function {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"install{self.name}_v{self.version}"


class InstallActorIndex(Operation):
    """Indexes contexts by their user, where PGHISTORY_INDEXES names "actor" when the migration is applied.

    No part of the models' state, which may not depend on a setting: what was left out is made later by hand from
    `sql/indexes/context_actor.sql`.
    """

    category = OperationCategory.ADDITION
    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """An index that a setting decides on is no part of the models' state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _may_migrate(app_label, schema_editor) and "actor" in config.indexes():
            schema_editor.execute(sql.read("indexes/context_actor.sql"), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _may_migrate(app_label, schema_editor):
            schema_editor.execute("drop index if exists pghistory_context_actor", params=None)

    def describe(self) -> str:
        return "Index contexts by their user"

    @property
    def migration_name_fragment(self) -> str:
        return "index_actor"


def _may_migrate(app_label: str, schema_editor: BaseDatabaseSchemaEditor) -> bool:
    connection = schema_editor.connection
    return connection.vendor == "postgresql" and router.allow_migrate(connection.alias, app_label)


def definition(name: str, version: int) -> str:
    """The text of one version of an SQL function; FileNotFoundError for one that was never released."""
    return sql.read(f"functions/{name}_v{version}.sql")


def install_latest(using: str = DEFAULT_DB_ALIAS) -> None:
    """Writes the newest version of every function, whatever is there."""
    with connections[using].cursor() as cursor:
        for name, version in LATEST.items():
            cursor.execute(definition(name, version))


def body(text: str) -> str:
    """What pg_proc keeps of a function's definition."""
    found = _BODY.search(text)
    return found.group(1) if found else ""
