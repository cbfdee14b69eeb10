"""The indexes by which histories are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement

GUARDED: Final = """DO $pghistory$ BEGIN
    IF to_regclass({literal}) IS NULL THEN
        {create};
    END IF;
END $pghistory$"""


class ReadIndex(models.Index):
    """An index of an event table that is made only where there is none of its name.

    A big table gets it beforehand without being locked, by `manage.py pghistory indexes --concurrently`; the migration
    that names it then finds it there. It stands in users' migrations by its import path.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        """What a migration runs: where the index is there, it asks for no lock, and so waits for nobody."""
        statement = self.bare_sql(model, schema_editor, using, **kwargs)
        if not kwargs.get("concurrently"):
            literal = "'" + schema_editor.quote_name(self.name).replace("'", "''").replace("%", "%%") + "'"
            statement.template = GUARDED.format(literal=literal, create=statement.template)
        return statement

    def bare_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        """One CREATE INDEX, which locks the table against writes before it looks for the index."""
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        statement.template = statement.template.replace("%(name)s", "IF NOT EXISTS %(name)s", 1)
        return statement


def deletions(event_model: type[models.Model], labels: Iterable[str]) -> ReadIndex:
    """The index of the events of deletions alone, in their order; other events do not pay for it."""
    index = ReadIndex(fields=["pgh_created_at", "pgh_id"])
    index.set_name_with_model(event_model)
    # That name is the one of the same fields without a condition.
    name = f"{index.name.removesuffix('idx')}del"
    return ReadIndex(fields=index.fields, name=name, condition=models.Q(pgh_label__in=sorted(labels)))
