"""Names that projects import from here; their own modules are `tracking`, `recording`, `registry` and `trackers`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Model

from pghistory import registry
from pghistory.changes import has_object
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
    RowEvent,
    Tracker,
    UpdateEvent,
)
from pghistory.tracking import create_event_model, track

if TYPE_CHECKING:
    from pghistory.models import Event

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


def event_models(
    models: Iterable[type[Event]] | None = None,
    references_model: type[Model] | None = None,
    tracks_model: type[Model] | None = None,
    include_missing_pgh_obj: bool = False,
) -> list[type[Event]]:
    """The event models, of `models` or else of all, that track a model and that have a foreign key to a model.

    Proxies count as their concrete model. One without `pgh_obj` tracks a model only with `include_missing_pgh_obj`.
    """
    found = list(registry.event_models() if models is None else models)
    if references_model is not None:
        found = [event_model for event_model in found if _refers(event_model, references_model)]
    if tracks_model is not None:
        tracking = registry.event_models_of(tracks_model)
        found = [
            event_model
            for event_model in found
            if event_model in tracking and (include_missing_pgh_obj or has_object(event_model))
        ]
    return found


def _refers(event_model: type[Event], model: type[Model]) -> bool:
    table = registry.concrete(model)
    targets = [field.related_model for field in event_model._meta.concrete_fields if field.is_relation]
    return any(isinstance(target, type) and registry.concrete(target) is table for target in targets)
