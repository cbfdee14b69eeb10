"""What a package reads back of the bookshop's history, through the names that both packages have."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.files import File
from django.db import models

import pghistory.core
from pghistory.models import Context, Event, Events, MiddlewareEvents
from tests.switching.bookshop.models import fields, keys, reading, trackers

COLUMNS = (
    "pgh_slug",
    "pgh_model",
    "pgh_id",
    "pgh_created_at",
    "pgh_label",
    "pgh_data",
    "pgh_diff",
    "pgh_context_id",
    "pgh_context",
    "pgh_obj_model",
    "pgh_obj_id",
)
CONTEXT_COLUMNS = ("id", "created_at", "updated_at", "metadata")
LINKED = (fields.Words, fields.Relations, keys.PlainKey, keys.WordKey, keys.Child, trackers.Book, trackers.Customer)
REFERENCED = (User, keys.PlainKey, keys.UniversalKey)


def record() -> dict[str, Any]:
    """{what: values} of every event, as JSON takes them."""
    every: list[Any] = pghistory.core.event_models(include_missing_pgh_obj=True)
    event_models = {model._meta.label: model for model in sorted(every, key=lambda model: model._meta.label)}
    return {
        "columns": {label: columns(model) for label, model in event_models.items()},
        "rows": {label: rows(model) for label, model in event_models.items()},
        "tuples": {label: tuples(model) for label, model in event_models.items()},
        "contexts": list(Context.objects.order_by("created_at", "id").values(*CONTEXT_COLUMNS)),
        "labels": {model.__name__: labels(model) for model in (trackers.Book, trackers.Customer, trackers.Reader)},
        "of an object": {model.__name__: of_objects(model) for model in (trackers.Book, keys.PlainKey)},
        "objects": {label: objects(model) for label, model in event_models.items() if has_object(model)},
        "aggregate": list(Events.objects.order_by("pgh_slug").values(*COLUMNS)),
        "middleware": list(MiddlewareEvents.objects.order_by("pgh_slug").values("pgh_slug", "user", "url")),
        "user": list(MiddlewareEvents.objects.filter(user__username="ada1").order_by("pgh_slug").values_list("pk")),
        "proxy of Events": reasons(reading.ShopEvents),
        "proxy": list(reading.BookEvents.objects.order_by("pgh_id").values("pgh_id", "url", "user__username")),
        "across": slugs(Events.objects.across(trackers.Book.pgh_event_model, "bookshop.OrderHistory")),
        "tracks": {model.__name__: found(model, "tracks") for model in LINKED},
        "references": {model.__name__: found(model, "references") for model in REFERENCED},
        "counts": [Events.objects.count(), Events.objects.filter(pgh_label="update").count()],
    }


def columns(model: type[Event]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def rows(model: type[Event]) -> list[dict[str, Any]]:
    return [{name: getattr(event, name) for name in columns(model)} for event in model.objects.order_by("pgh_id")]


def tuples(model: type[Event]) -> list[Any]:
    return list(model.objects.order_by("pgh_id").values_list())


def labels(model: type[models.Model]) -> dict[str, str]:
    return {label: event_model._meta.label for label, event_model in model.pgh_event_models.items()}


def of_objects(model: type[models.Model]) -> dict[str, list[int]]:
    found = model.objects.order_by("pk")
    return {str(row.pk): [event.pgh_id for event in row.events.order_by("pgh_id")] for row in found}


def has_object(model: type[Event]) -> bool:
    return "pgh_obj_id" in columns(model)


def objects(model: Any) -> list[Any]:
    return list(model.objects.order_by("pgh_id").values_list("pgh_id", "pgh_obj__pk"))


def reasons(model: Any) -> list[Any]:
    return list(model.objects.order_by("pgh_slug").values("pgh_slug", "reason"))


def slugs(events: models.QuerySet[Events]) -> list[str]:
    return [event.pgh_slug for event in events.order_by("pgh_slug")]


def found(model: type[models.Model], method: str) -> dict[str, list[str]]:
    return {str(row.pk): slugs(getattr(Events.objects, method)(row)) for row in model.objects.order_by("pk")}


def as_json(value: Any) -> str:
    return json.dumps(value, default=plain, ensure_ascii=False, indent=1)


def plain(value: object) -> str:
    """A value with its type, where JSON has none for it."""
    if isinstance(value, File):
        return f"File({value.name!r})"
    if isinstance(value, memoryview):
        return f"bytes({bytes(value)!r})"
    return f"{type(value).__name__}({value})" if type(value).__str__ is not object.__str__ else repr(value)
