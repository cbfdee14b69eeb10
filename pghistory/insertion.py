"""Events of rows as they are now, stored by one `insert … select` as the triggers would store them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from pghistory import branches, config, functions, sql
from pghistory.models import Event


@dataclass(frozen=True, slots=True)
class Insertion:
    """What is stored of a row: under which label, and at which time, a date field of the row or now (None)."""

    event_model: type[Event]
    label: str
    time: str | None
    using: str

    def write(self, cursor: Any, rows: models.QuerySet[Any], *, returning: bool = False) -> int:
        """Stores an event of each row of the tracked model, and gives their number.

        With `returning`, the events come in the order of the rows and the cursor gives their ids.
        """
        columns = self._columns()
        selected = branches.selected(rows, list(columns.values()), ordered=returning)
        try:
            select, params = selected.query.get_compiler(self.using).as_sql()
        except EmptyResultSet:
            return 0
        returned = str(self.event_model._meta.get_field("pgh_id").column) if returning else None
        cursor.execute(sql.insert_select(self.event_model._meta.db_table, columns, select, returned), params)
        return int(cursor.rowcount)

    def _columns(self) -> dict[str, Any]:
        """{column of the event table: expression over the tracked model}, without those that fill themselves."""
        columns = {}
        for field in self.event_model._meta.local_concrete_fields:
            expression = None if field.generated else self._value(field)
            if expression is not None:
                columns[str(field.column)] = expression
        return columns

    def _value(self, field: models.Field[Any, Any]) -> Any:
        if field.name == "pgh_created_at":
            return self._instant()
        if field.name == "pgh_label":
            return Value(self.label, models.TextField())
        if field.name == "pgh_obj":
            return F("pk")
        if field.name == "pgh_context":
            return functions.Once(functions.AttachContext() if field.is_relation else functions.ContextMetadata())
        if field.name == "pgh_context_id":
            return functions.Once(functions.ContextId())
        if field.name in self.event_model.pgh_tracked_fields:
            # As a field of no type, so that none asks for another form of what it is going to read.
            return ExpressionWrapper(F(field.name), models.Field())
        return None

    def _instant(self) -> Any:
        now = RawSQL(config.created_at_function(), (), models.DateTimeField())
        if self.time is None:
            return now
        field = self.event_model.pgh_tracked_model._meta.get_field(self.time)
        column: Any = F(self.time)
        if not isinstance(field, models.DateTimeField) and settings.USE_TZ:
            column = functions.Midnight(column, Value(functions.zone_name()))
        return Coalesce(column, now, output_field=models.DateTimeField())
