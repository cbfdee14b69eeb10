"""Configurations of django-pghistory that projects bring along, by name."""

from collections.abc import Mapping
from typing import Any

import pghistory

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "columns": {
        "PGHISTORY_FIELD": pghistory.Field(null=True, blank=True, db_index=pghistory.DEFAULT),
        "PGHISTORY_FOREIGN_KEY_FIELD": pghistory.ForeignKey(db_index=False),
        "PGHISTORY_EXCLUDE_FIELD_KWARGS": {"django.db.models.DecimalField": ["null"]},
        "PGHISTORY_CREATED_AT_FUNCTION": "CLOCK_TIMESTAMP()",
        "PGHISTORY_LEVEL": pghistory.Statement,
    },
    "models": {
        "PGHISTORY_BASE_MODEL": "tests.switching.bookshop.base.ShopEvent",
        "PGHISTORY_RELATED_FIELD": pghistory.RelatedField(related_query_name="+"),
        "PGHISTORY_OBJ_FIELD": pghistory.ObjForeignKey(null=True, related_name="history"),
        "PGHISTORY_CONTEXT_FIELD": pghistory.ContextJSONField(null=False),
        "PGHISTORY_CONTEXT_ID_FIELD": pghistory.ContextUUIDField(db_index=True),
        "PGHISTORY_APPEND_ONLY": True,
        "PGHISTORY_DEFAULT_TRACKERS": (pghistory.UpdateEvent("changed"), pghistory.ManualEvent("seen")),
    },
    "apart": {
        "PGHISTORY_CONTEXT_FIELD": pghistory.ContextForeignKey(db_index=False),
    },
    "context": {
        "PGHISTORY_CONTEXT_FIELD": pghistory.ContextForeignKey(null=False, related_query_name="made"),
    },
}
