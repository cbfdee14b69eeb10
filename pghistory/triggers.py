"""The triggers that write events, and those that keep event tables as they were written.

The classes named `…V1` stand in users' migrations by their import path: they stay, and their templates
(`sql/triggers/*.sql`) are never edited once released. A new text is a new class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pgtrigger
from django.db import models
from pgtrigger import compiler
from pgtrigger.core import Level, Operation

from pghistory import conditions, config, functions, sql

if TYPE_CHECKING:
    from pghistory import models as pghistory_models


Tracked: TypeAlias = Any
"""The class of a tracked model, which django-pgtrigger annotates as an instance."""

SEEN_INSIDE = frozenset([conditions.WHOLE_ROW, "OLD.* *<> NEW.*"])
"""Conditions that nearly every update meets. As the WHEN of a trigger they would be read anew for each statement, which
costs more than to call the function, whose body is read once a connection.
"""


class _FileSql(compiler.UpsertTriggerSql):
    template: str

    def get_template(self) -> str:
        return sql.read(f"triggers/{self.template}") + sql.read("triggers/install_v1.sql")


class _UninstallSql(compiler.DropTriggerSql):
    def get_template(self) -> str:
        return sql.read("triggers/uninstall_v1.sql")


class CompiledTriggerV1(compiler.Trigger):
    """A trigger in migrations, which is removed from its table whatever that is called by then.

    Migrations that rename a model rename its table before they remove the triggers of the old name.
    """

    @property
    def uninstall_sql(self) -> str:
        return str(_UninstallSql(pgid=self.sql.pgid, table=self.sql.table))


class RowEventSqlV1(_FileSql):
    """A trigger that stores one event a row, in a function whose names are bound when it is made."""

    template = "row_v1.sql"


class StatementEventSqlV1(_FileSql):
    """A trigger that stores the events of a statement from its transition tables.

    Nested loops are off in its function: PL/pgSQL plans the join once a connection, and a plan made for one row would
    serve the next ten thousand. Merges are off too: for ten thousand they sort both tables, where a hash does.
    """

    template = "statement_v1.sql"


class AppendOnlySqlV1(_FileSql):
    """A trigger that refuses to change what was stored."""

    template = "append_only_v1.sql"


class Event(pgtrigger.Trigger):
    """Stores an event of one label in one event model.

    All event triggers are AFTER triggers: what they store is what the table holds, whatever BEFORE triggers did.
    """

    when = pgtrigger.After

    def __init__(
        self,
        *,
        name: str,
        event_model: type[pghistory_models.Event],
        label: str,
        operation: Operation,
        row: str,
        condition: pgtrigger.Condition | None = None,
        level: Level = pgtrigger.Row,
    ) -> None:
        self.event_model = event_model
        self.label = label
        self.row = row
        super().__init__(
            name=name,
            operation=operation,
            condition=condition,
            level=level,
            referencing=_transition_tables(operation) if level is pgtrigger.Statement else None,
        )

    def get_func(self, model: Tracked) -> str:
        columns = self.columns()
        named = sql.bound if self.level is pgtrigger.Row else sql.name
        insert = f"insert into {named(self.event_model._meta.db_table)} (\n    {_lines(columns)}\n)"
        values = _lines(columns.values())
        condition = self._condition(model)
        if self.level is pgtrigger.Row:
            left_out = f"if not ({condition}) then\n    return null;\nend if;\n\n" if self._is_inside(condition) else ""
            return _indented(f"{left_out}{insert}\nvalues (\n    {values}\n);")
        if isinstance(self.condition, conditions.ByValue):
            condition = self.condition.by_column(model)
        select = f"select\n    {values}\nfrom\n    {self._source()}"
        where = f"\nwhere\n    {condition}" if condition else ""
        return _indented(f"{insert}\n{select}{where};")

    def is_beside(self, model: type[models.Model]) -> bool:
        """Whether migrations pass a tracked model by: it is unmanaged, or a many-to-many field makes it."""
        table = model._meta.concrete_model or model
        return not table._meta.managed or bool(model._meta.auto_created)

    def columns(self) -> dict[str, str]:
        """{quoted column of the event table: SQL that gives its value}; object and context come last."""
        return {
            sql.name(str(field.column)): value
            for field in sorted(self.event_model._meta.local_concrete_fields, key=_is_reference)
            if (value := self._value(field)) is not None
        }

    def compile(self, model: Tracked) -> compiler.Trigger:
        """The trigger of the tracked model, in whose place the event model may stand in migrations."""
        if model._meta.label == self.event_model._meta.label:
            model = model._meta.apps.get_model(self.event_model.pgh_tracked_model._meta.label)
        is_row = self.level is pgtrigger.Row
        sql_class = RowEventSqlV1 if is_row else StatementEventSqlV1
        return CompiledTriggerV1(
            name=self.name,
            sql=sql_class(
                pgid=self.get_pgid(model),
                func=self.get_func(model),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                level=str(self.level),
                referencing="" if is_row else str(self.referencing).strip(),
                condition=self.render_condition(model)
                if is_row and not self._is_inside(self._condition(model))
                else "",
            ),
        )

    def _condition(self, model: Tracked) -> str:
        return self.condition.resolve(model).strip() if self.condition else ""

    def _is_inside(self, condition: str) -> bool:
        """Whether the function of a row asks for the condition, and not the trigger."""
        return self.operation is pgtrigger.Update and condition in SEEN_INSIDE

    def _value(self, field: models.Field[Any, Any]) -> str | None:
        """What a column of the event table is filled with; None for one that fills itself."""
        tracked: Any = self.event_model.pgh_tracked_model._meta
        if field.generated:
            return None
        if field.name == "pgh_created_at":
            return config.created_at_function()
        if field.name == "pgh_label":
            return sql.literal(self.label)
        if field.name == "pgh_obj":
            return f"{self.row}.{sql.name(tracked.pk.column)}"
        if field.name == "pgh_context":
            return self._once(self._attached() if field.is_relation else functions.CONTEXT_METADATA_SQL)
        if field.name == "pgh_context_id":
            return self._once(functions.CONTEXT_ID_SQL)
        if field.name in self.event_model.pgh_tracked_fields:
            return f"{self.row}.{sql.name(tracked.get_field(field.name).column)}"
        return None

    def _attached(self) -> str:
        function = functions.ATTACH_CONTEXT
        if self.level is pgtrigger.Row:
            function = sql.bound(function)
        return _indented(functions.ATTACHED_CONTEXT_SQL.format(function=function))

    def _once(self, value: str) -> str:
        """A value that all rows of a statement share: a sub-query that waits for the first row, and is asked once."""
        return value if self.level is pgtrigger.Row else f"(select {value})"

    def _source(self) -> str:
        """The rows of the statement, aliased so that a condition for a single row holds for them unchanged.

        The two transition tables of an update hold the same rows in the same order. Pairing by position, not by key,
        stays right when a statement changes keys, even when it exchanges them.
        """
        if self.operation is pgtrigger.Insert:
            return "new_rows as new"
        if self.operation is pgtrigger.Delete:
            return "old_rows as old"
        return (
            "(select *, row_number() over () as pgh_position from old_rows) as old\n"
            "    join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position)"
        )


class AppendOnly(pgtrigger.Trigger):
    """Refuses update and delete of stored events."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self) -> None:
        super().__init__(name="append_only")

    def get_func(self, model: Tracked) -> str:
        table = sql.literal(model._meta.db_table)
        return (
            f"raise exception '(pghistory) % is append-only: its events cannot be changed or removed', {table}\n"
            "        using errcode = 'object_not_in_prerequisite_state';"
        )

    def compile(self, model: Tracked) -> compiler.Trigger:
        return CompiledTriggerV1(
            name=self.name,
            sql=AppendOnlySqlV1(
                pgid=self.get_pgid(model),
                func=self.get_func(model),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                level=str(self.level),
            ),
        )


class AppendOnlyTruncate(AppendOnly):
    """Refuses truncate, unless the session has said that it means it."""

    operation = pgtrigger.Truncate
    level = pgtrigger.Statement

    def __init__(self) -> None:
        pgtrigger.Trigger.__init__(self, name="append_only_truncate")

    def get_func(self, model: Tracked) -> str:
        table = sql.literal(model._meta.db_table)
        return (
            "if current_setting('pghistory.allow_truncate', true) = 'on' then\n"
            "        return null;\n"
            "    end if;\n\n"
            f"    raise exception '(pghistory) % is append-only: its events cannot be truncated', {table}\n"
            "        using\n"
            "            errcode = 'object_not_in_prerequisite_state',\n"
            "            hint = 'To empty it on purpose: set pghistory.allow_truncate = ''on''.';"
        )


def _is_reference(field: models.Field[Any, Any]) -> bool:
    return field.name in ("pgh_obj", "pgh_context", "pgh_context_id")


def _transition_tables(operation: Operation) -> pgtrigger.Referencing:
    return pgtrigger.Referencing(
        old=None if operation is pgtrigger.Insert else "old_rows",
        new=None if operation is pgtrigger.Delete else "new_rows",
    )


def _lines(parts: Sequence[str] | Any) -> str:
    return ",\n    ".join(parts)


def _indented(text: str) -> str:
    """The text as it stands in a function's body, four spaces in."""
    return text.replace("\n", "\n    ")
