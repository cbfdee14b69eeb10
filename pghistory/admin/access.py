"""What one request may see in the lists of events: permission comes from the tracked models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model, Q
from django.http import HttpRequest

from pghistory import registry, visibility
from pghistory.models import Event


class Viewer:
    """The one who asks, on one admin site; answers are kept for as long as this object."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.request = request
        self.site = site
        self._visibilities: dict[type[Model], visibility.Visibility] = {}

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
