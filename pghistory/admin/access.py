"""What one request may see in the lists of events: permission comes from the tracked models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, Self, cast

from django.contrib.admin import AdminSite
from django.db.models import Model, Q
from django.http import HttpRequest

from pghistory import fields, registry, visibility
from pghistory.models import Event, Events

ROWS: Final = ("pgh_data", "pgh_diff")
"""The columns of `Events` that hold the values of all mirrored fields."""


class Viewer:
    """The one who asks, on one admin site; answers are kept for as long as this object."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.request = request
        self.site = site
        self._visibilities: dict[type[Model], visibility.Visibility] = {}
        self._hidden: dict[type[Event], frozenset[str]] = {}

    @classmethod
    def of(cls, request: HttpRequest, site: AdminSite) -> Self:
        """The one of a request: a list asks for it many times, and each would ask every ModelAdmin again."""
        kept: dict[Any, Self] = request.__dict__.setdefault("_pghistory_viewers", {})
        return kept.setdefault((site, request.user.pk), cls(request, site))

    def visibility(self, model: type[Model]) -> visibility.Visibility:
        """What may be seen of a tracked model."""
        if model not in self._visibilities:
            self._visibilities[model] = visibility.visibility(self.request, self.site, model)
        return self._visibilities[model]

    @cached_property
    def event_models(self) -> tuple[type[Event], ...]:
        """The event models of which anything may be seen."""
        return tuple(event_model for event_model in registry.event_models() if self.may_view(event_model))

    def may_view(self, event_model: type[Event]) -> bool:
        """Whether anything may be seen; an event that belongs to no object counts as one of a deleted object."""
        seen = self.visibility(event_model.pgh_tracked_model)
        return seen.allowed and (seen.deleted or visibility.has_object(event_model))

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        """The events that may be seen: Q() for all of them, None for none."""
        if not self.may_view(event_model):
            return None
        seen = self.visibility(event_model.pgh_tracked_model)
        return Q() if seen.is_unlimited else seen.condition(event_model.pgh_tracked_model, event_model, using)

    def hidden(self, model: type[Model], keys: Iterable[Any]) -> set[Any]:
        """The keys of living objects that the model's admin hides one by one, in one query."""
        seen = self.visibility(model)
        if not seen.by_object:
            return set()
        objects = seen.rows.filter(pk__in=[key for key in keys if key is not None])
        return {found.pk for found in objects if not visibility.may_view_object(self.request, self.site, found)}

    def hidden_fields(self, event_model: type[Event]) -> frozenset[str]:
        """The mirrored fields that may not be seen."""
        if event_model not in self._hidden:
            self._hidden[event_model] = visibility.hidden_fields(self.request, event_model)
        return self._hidden[event_model]

    def hidden_columns(self, event_model: type[Event]) -> frozenset[str]:
        """The columns of these fields: the keys in the rows and differences of `Events`."""
        return frozenset(_column(event_model, name) for name in self.hidden_fields(event_model))

    def may_read(self, model: type[Model], path: str) -> bool:
        """Whether a look-up, or the name of a column, reads nothing of a field that may not be seen."""
        first, *rest = path.split("__")
        for field in fields.proxied_fields(model):
            if field.name == first:
                return self.may_read(registry.concrete(model), "__".join([str(fields.proxied_path(field)), *rest]))
        if issubclass(model, Events):
            return first not in ROWS or self._may_read_key(rest)
        event_model = cast("type[Event]", registry.concrete(model))
        hidden = self.hidden_fields(event_model)
        if first == "pgh_obj":
            # The living row has the same fields.
            first = "__".join(rest[:1])
        return first not in hidden and first not in {_attribute(event_model, name) for name in hidden}

    def _may_read_key(self, path: list[str]) -> bool:
        """Whether a path into the rows of all event models begins with a column that none of them hides."""
        hidden = {column for event_model in self.event_models for column in self.hidden_columns(event_model)}
        kept = {_column(found, name) for found in self.event_models for name in found.pgh_tracked_fields}
        return not hidden or (bool(path) and path[0] in kept - hidden)


def _column(event_model: type[Event], name: str) -> str:
    return str(cast("Any", event_model._meta.get_field(name)).column)


def _attribute(event_model: type[Event], name: str) -> str:
    return str(cast("Any", event_model._meta.get_field(name)).attname)
