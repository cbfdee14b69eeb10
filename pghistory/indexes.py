"""The indexes by which histories are read."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class ReadIndex(models.Index):
    """An index of an event table that is made only where there is none of its name.

    A big table gets it beforehand without being locked, by `manage.py pghistory indexes --concurrently`; the migration
    that names it then finds it there. It stands in users' migrations by its import path.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        statement.template = statement.template.replace("%(name)s", "IF NOT EXISTS %(name)s", 1)
        return statement
