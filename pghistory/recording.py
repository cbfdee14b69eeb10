"""Events that code stores, where no trigger can know that something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, models

from pghistory import functions, registry

if TYPE_CHECKING:
    from pghistory.models import Event


def create_event(obj: models.Model, *, label: str, using: str = DEFAULT_DB_ALIAS) -> Event:
    """Stores an event of an object under one of its model's labels, in the active context.

    The event keeps the values that the instance has in memory, saved or not. Returns it as the database stored it.

    Raises UnknownLabel for a label that the model does not register and UntrackedModel for one without event models,
    both ValueErrors.
    """
    event_model = registry.event_model(obj.__class__, label)
    event = event_model(pgh_label=label, **_values(event_model, obj), **_context(event_model))
    event.save(using=using, force_insert=True)
    made = [
        field.attname
        for field in event_model._meta.concrete_fields
        if field.name == "pgh_created_at" or hasattr(getattr(event, field.attname), "resolve_expression")
    ]
    event.refresh_from_db(using=using, fields=made)
    return event


def _values(event_model: type[Event], obj: models.Model) -> dict[str, Any]:
    """The object, where the event model refers to it, and its tracked values, {attribute of the event: value}."""
    columns = {field.name: field for field in event_model._meta.concrete_fields}
    tracked = {field.name: field for field in event_model.pgh_tracked_model._meta.concrete_fields}
    values = {
        columns[name].attname: getattr(obj, tracked[name].attname)
        for name in event_model.pgh_tracked_fields
        if not columns[name].generated
    }
    return {"pgh_obj": obj, **values} if "pgh_obj" in columns else values


def _context(event_model: type[Event]) -> dict[str, Any]:
    """{column of the event: expression that the database fills from the active context}."""
    columns = {field.name: field for field in event_model._meta.concrete_fields}
    expressions: dict[str, Any] = {}
    if "pgh_context" in columns:
        if columns["pgh_context"].is_relation:
            return {"pgh_context_id": functions.AttachContext()}
        expressions["pgh_context"] = functions.ContextMetadata()
    if "pgh_context_id" in columns:
        expressions["pgh_context_id"] = functions.ContextId()
    return expressions
