"""Names that projects import from here; their own modules are `tracking`, `recording`, `registry` and `trackers`."""

from pghistory.fields import ProxyField
from pghistory.recording import create_event
from pghistory.registry import event_models
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
    RowEvent,
    Tracker,
    UpdateEvent,
)
from pghistory.tracking import create_event_model, track

__all__ = [
    "AfterInsert",
    "AfterInsertOrUpdate",
    "AfterUpdate",
    "BeforeDelete",
    "BeforeUpdate",
    "BeforeUpdateOrDelete",
    "DeleteEvent",
    "InsertEvent",
    "ManualEvent",
    "ProxyField",
    "RowEvent",
    "Tracker",
    "UpdateEvent",
    "create_event",
    "create_event_model",
    "event_models",
    "track",
]
