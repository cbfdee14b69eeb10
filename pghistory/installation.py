"""What an event model needs in the database besides its table: the read indexes, and the triggers that fill it.

Every concrete event model is taken in once its class is prepared, also one that a user wrote as a subclass of
`create_event_model()`.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models

from pghistory import config, registry, trackers, triggers
from pghistory.indexes import ReadIndex, deletions
from pghistory.models import Event
from pghistory.readings import Labels


def take_in(sender: type[models.Model], **signal: Any) -> None:
    """Receiver of `class_prepared`: what a concrete event model needs once all its fields are known."""
    if not (issubclass(sender, Event) and hasattr(sender, "pgh_tracked_model")) or sender._meta.proxy:
        return
    registry.register(sender)
    _add_indexes(sender)
    _add_triggers(sender)
    table = registry.concrete(sender.pgh_tracked_model)
    for model in {sender.pgh_tracked_model, table}:
        model.pgh_event_models = registry.EventModels()  # type: ignore[attr-defined]
        model.pgh_event_model = registry.OnlyEventModel()  # type: ignore[attr-defined]


def _add_indexes(event_model: type[Event]) -> None:
    """The read indexes of PGHISTORY_INDEXES, beside those that the class declares or its foreign keys bring along."""
    wanted = config.indexes()
    columns: dict[str, Any] = {field.name: field for field in event_model._meta.local_fields}
    added = []
    if "obj" in wanted and "pgh_obj" in columns:
        added.append(ReadIndex(fields=["pgh_obj", "-pgh_id"]))
    if "time" in wanted:
        added.append(ReadIndex(fields=["pgh_created_at", "pgh_id"]))
    context: Any = columns.get("pgh_context_id") or columns.get("pgh_context")
    is_key = context is not None and context.get_internal_type() in ("ForeignKey", "UUIDField")
    if "context" in wanted and is_key and not context.db_index:
        added.append(ReadIndex(fields=[context.name]))
    present = {tuple(index.fields) for index in event_model._meta.indexes}
    added = [index for index in added if tuple(index.fields) not in present]
    for index in added:
        index.set_name_with_model(event_model)
    deletes = Labels(event_model).deletes
    if "deletions" in wanted and deletes and "pgh_obj" in columns:
        added.append(deletions(event_model, deletes))
    if added:
        event_model._meta.indexes = [*event_model._meta.indexes, *added]
        event_model._meta.original_attrs["indexes"] = event_model._meta.indexes


def _add_triggers(event_model: type[Event]) -> None:
    names = trackers.TriggerNames()
    for other in registry.event_models_of(event_model.pgh_tracked_model):
        if other is not event_model:
            for tracker in other.pgh_trackers:
                tracker.triggers(other, names)
    for tracker in event_model.pgh_trackers:
        for trigger in tracker.triggers(event_model, names):
            pgtrigger.register(trigger)(event_model.pgh_tracked_model)
            if trigger.is_beside(event_model.pgh_tracked_model):
                _migrate_with(event_model, trigger)
    if event_model.pgh_append_only:
        pgtrigger.register(triggers.AppendOnly(), triggers.AppendOnlyTruncate())(event_model)


def _migrate_with(event_model: type[Event], trigger: triggers.Event) -> None:
    """Leaves a trigger to the migrations of the event model, where the tracked model has none of its own."""
    tracked = event_model.pgh_tracked_model._meta
    for options in (vars(tracked), tracked.original_attrs):
        options["triggers"] = [other for other in options["triggers"] if other is not trigger]
    if event_model._meta.managed:
        own = event_model._meta.original_attrs
        own["triggers"] = [*own.get("triggers", ()), trigger]
