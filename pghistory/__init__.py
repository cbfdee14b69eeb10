"""History for Django models, recorded by PostgreSQL itself."""

from importlib.metadata import version

from pgtrigger import AllChange, AllDontChange, AnyChange, AnyDontChange, Condition, Delete, F, Insert, Q, Update

from pghistory.config import (
    DEFAULT,
    ContextForeignKey,
    ContextJSONField,
    ContextUUIDField,
    Field,
    ForeignKey,
    ObjForeignKey,
    RelatedField,
)
from pghistory.contexts import context
from pghistory.fields import ProxyField
from pghistory.recording import create_event
from pghistory.trackers import (
    AfterInsert,
    AfterInsertOrUpdate,
    AfterUpdate,
    BeforeDelete,
    BeforeUpdate,
    BeforeUpdateOrDelete,
    DeleteEvent,
    InsertEvent,
    ManualEvent,
    New,
    Old,
    Row,
    RowEvent,
    Statement,
    Tracker,
    UpdateEvent,
)
from pghistory.tracking import create_event_model, track

__version__ = version("django-pghistory-ui")

__all__ = [
    "DEFAULT",
    "AfterInsert",
    "AfterInsertOrUpdate",
    "AfterUpdate",
    "AllChange",
    "AllDontChange",
    "AnyChange",
    "AnyDontChange",
    "BeforeDelete",
    "BeforeUpdate",
    "BeforeUpdateOrDelete",
    "Condition",
    "ContextForeignKey",
    "ContextJSONField",
    "ContextUUIDField",
    "Delete",
    "DeleteEvent",
    "F",
    "Field",
    "ForeignKey",
    "Insert",
    "InsertEvent",
    "ManualEvent",
    "New",
    "ObjForeignKey",
    "Old",
    "ProxyField",
    "Q",
    "RelatedField",
    "Row",
    "RowEvent",
    "Statement",
    "Tracker",
    "Update",
    "UpdateEvent",
    "__version__",
    "context",
    "create_event",
    "create_event_model",
    "track",
]
