"""Which models are tracked, by which event models, under which labels.

Filled while models are defined; read by everything that writes, reads or shows events.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from pghistory import errors

if TYPE_CHECKING:
    from pghistory.models import Event
    from pghistory.trackers import Tracker

_event_models: dict[str, type[Event]] = {}
_keeping_contexts: set[str] = set()


def register(event_model: type[Event]) -> None:
    """Takes an event model into the registry, in the place of one with the same label ("app.Model").

    Raises LabelTaken when one of its labels belongs to another event model of the same tracked model.
    """
    key = event_model._meta.label_lower
    others = {
        label: other
        for other in event_models_of(event_model.pgh_tracked_model)
        if other._meta.label_lower != key
        for label in labels(other)
    }
    for label in labels(event_model):
        if label in others:
            raise errors.LabelTaken(
                model=event_model.pgh_tracked_model._meta.label,
                label=label,
                first=others[label]._meta.label,
                second=event_model._meta.label,
            )
    _event_models[key] = event_model
    if any(map(_keeps_context, event_model._meta.local_fields)):
        _keeping_contexts.add(key)


def keeps_contexts() -> bool:
    """Whether any event model keeps contexts itself, and not only their ids as a reference to their rows."""
    return bool(_keeping_contexts)


def _keeps_context(field: models.Field[Any, Any]) -> bool:
    return field.name == "pgh_context_id" or (field.name == "pgh_context" and not field.is_relation)


def event_models() -> tuple[type[Event], ...]:
    """Every event model, in the order of definition."""
    return tuple(_event_models.values())


def named(label: str) -> type[Event] | None:
    """The event model with a label ("app.Model", in letters of any size); None where there is none."""
    return _event_models.get(label.lower())


def tracked_models() -> tuple[type[models.Model], ...]:
    """Every tracked model once, as it was declared: a proxy stays a proxy."""
    return tuple(dict.fromkeys(event_model.pgh_tracked_model for event_model in event_models()))


def event_models_of(model: type[models.Model]) -> tuple[type[Event], ...]:
    """The event models of a table: of the model, its concrete model and the proxies of that."""
    return _event_models_of(concrete(model), event_models())


@lru_cache(maxsize=1024)
def _event_models_of(table: type[models.Model], known: tuple[type[Event], ...]) -> tuple[type[Event], ...]:
    return tuple(event_model for event_model in known if concrete(event_model.pgh_tracked_model) is table)


def declared_event_models(model: type[models.Model]) -> tuple[type[Event], ...]:
    """The event models that name exactly this model, or else those of its table, or else of its parents' tables."""
    exact = tuple(event_model for event_model in event_models() if event_model.pgh_tracked_model is model)
    if exact or (same_table := event_models_of(model)):
        return exact or same_table
    parents = concrete(model)._meta.get_parent_list()
    return tuple(found for parent in parents for found in event_models_of(parent))


def event_model(model: type[models.Model], label: str) -> type[Event]:
    """The event model that stores a label of a model.

    Raises UntrackedModel for a model without event models, UnknownLabel for a label that none of them registers.
    """
    candidates = declared_event_models(model)
    if not candidates:
        raise errors.UntrackedModel(model=model._meta.label)
    for candidate in (*candidates, *event_models_of(model)):
        if label in labels(candidate):
            return candidate
    known = ", ".join(sorted({label for candidate in candidates for label in labels(candidate)}))
    raise errors.UnknownLabel(model=model._meta.label, label=label, labels=known or "none")


def labels(event_model: type[Event]) -> tuple[str, ...]:
    """The labels that an event model registers, in the order of its trackers."""
    return tuple(dict.fromkeys(tracker.label for tracker in event_model.pgh_trackers))


def tracker(event_model: type[Event], label: str) -> Tracker | None:
    """The tracker behind a stored label; None when the label is no longer registered."""
    return next((found for found in event_model.pgh_trackers if found.label == label), None)


def trackers(event_model: type[Event], label: str) -> tuple[Tracker, ...]:
    """All trackers behind a stored label: one label may serve several operations."""
    return tuple(found for found in event_model.pgh_trackers if found.label == label)


def manual_labels(model: type[models.Model]) -> tuple[str, ...]:
    """The labels of a model that only people and code store, never a trigger."""
    return tuple(
        dict.fromkeys(
            found.label
            for event_model in event_models_of(model)
            for found in event_model.pgh_trackers
            if found.is_manual
        )
    )


def concrete(model: type[models.Model]) -> type[models.Model]:
    """The model that owns the table."""
    return model._meta.concrete_model or model


class EventModels:
    """`pgh_event_models` of a tracked model: {label: event model}."""

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> dict[str, type[Event]]:
        return {label: found for found in declared_event_models(owner) for label in labels(found)}


class OnlyEventModel:
    """`pgh_event_model` of a tracked model: its one event model; SeveralEventModels when there are more."""

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> type[Event]:
        found = declared_event_models(owner)
        if len(found) > 1:
            names = ", ".join(event_model._meta.label for event_model in found)
            raise errors.SeveralEventModels(model=owner._meta.label, event_models=names)
        return found[0]
