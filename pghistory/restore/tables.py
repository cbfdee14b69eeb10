"""In which order tables are written to, so that foreign keys allow it."""

from __future__ import annotations

from django.db import models


def parents_first(tables: set[type[models.Model]]) -> dict[type[models.Model], int]:
    """{table: its place}, those first that others refer to; a circle of foreign keys goes by their names."""
    order: dict[type[models.Model], int] = {}
    open_tables: set[type[models.Model]] = set()

    def visit(table: type[models.Model]) -> None:
        if table in order or table in open_tables:
            return
        open_tables.add(table)
        for field in table._meta.local_concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, models.Model):
                visit(target._meta.concrete_model or target)
        order[table] = len(order)

    for table in sorted(tables, key=lambda each: each._meta.label):
        visit(table)
    return order
