"""What a list of events can be narrowed by in its address: event model, label, object; a value that is none says so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Final, cast

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy

from pghistory import branches, keys, registry
from pghistory.admin.access import Viewer
from pghistory.models import Event
from pghistory.querysets import EventsQuerySet

Choices = list[tuple[str, Any]]

NARROWING: Final = frozenset({"event_model", "label", "obj"})
"""Parameters that leave only some events."""

PARAMETERS: Final = NARROWING | {"method", "back"}
"""Parameters of all filters here."""


class EventFilter(admin.SimpleListFilter, ABC):
    """A filter whose odd values find nothing, and are named in a message."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: ModelAdmin[Any]) -> None:
        self.viewer = Viewer.of(request, model_admin.admin_site)
        super().__init__(request, params, model, model_admin)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The narrowed events; none for a value that means nothing."""
        value = self.value()
        if value is None:
            return queryset
        narrowed = self.narrowed(request, queryset, value) if keys.is_storable(value) else None
        if narrowed is None:
            text = gettext("The filter “%(name)s” cannot be “%(value)s”.") % {"name": self.title, "value": value}
            messages.error(request, text.replace("\0", "�"), fail_silently=True)
            return queryset.none()
        return narrowed

    @abstractmethod
    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any] | None:
        """The events that a value means; None where it means nothing."""


class EventModelFilter(EventFilter):
    """The events of one event model."""

    title = gettext_lazy("event model")
    parameter_name = "event_model"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """The event models of which anything may be seen."""
        return [(found._meta.label, found._meta.verbose_name) for found in self.viewer.event_models]

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any] | None:
        found = registry.named(value)
        if found not in self.viewer.event_models or not isinstance(queryset, EventsQuerySet):
            return None
        return queryset.across(found)


class LabelFilter(EventFilter):
    """The events under one label, registered or not."""

    title = gettext_lazy("label")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """The labels that are registered for what may be seen."""
        own = registry.concrete(model_admin.model)
        event_models = [found for found in self.viewer.event_models if found is own] or self.viewer.event_models
        labels = {label for event_model in event_models for label in registry.labels(event_model)}
        return [(label, label) for label in sorted(labels)]

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(pgh_label=value)


class ObjFilter(EventFilter):
    """The events of an object, `obj=app.Model:pk`, be it deleted or not; or those that refer to it."""

    title = gettext_lazy("object")
    parameter_name = "obj"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """The object that was asked for, if any."""
        return [(value, value)] if (value := self.value()) else []

    def has_output(self) -> bool:
        """Also where nothing is chosen: an empty value is an odd one."""
        return self.value() is not None

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any] | None:
        found = _object(value, queryset.db)
        if found is None:
            return None
        if request.GET.get("method") != "references":
            return self._tracking(queryset, found)
        conditions = {each: self._referencing(each, found) for each in self.viewer.event_models}
        known = {each: condition for each, condition in conditions.items() if condition is not None}
        if isinstance(queryset, EventsQuerySet):
            return queryset.limited(known)
        event_model = cast("type[Event]", registry.concrete(queryset.model))
        return queryset.filter(known[event_model]) if event_model in known else None

    def _tracking(self, queryset: QuerySet[Any], found: Model) -> QuerySet[Any] | None:
        if isinstance(queryset, EventsQuerySet):
            return queryset.tracks(found)
        condition = branches.tracking(cast("type[Event]", registry.concrete(queryset.model)), type(found), [found])
        return None if condition is None else queryset.filter(condition)

    def _referencing(self, event_model: type[Event], found: Model) -> Q | None:
        hidden = self.viewer.hidden_fields(event_model)
        return branches.referencing(event_model, type(found), [found], hidden=hidden)


class MethodFilter(EventFilter):
    """How events are about the object: `method=tracks` or `method=references`."""

    title = gettext_lazy("relation")
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """Both, where there is an object."""
        return [("tracks", gettext("its own events")), ("references", gettext("events that refer to it"))]

    def has_output(self) -> bool:
        """Where there is an object, or something to complain about."""
        return "obj" in self.request.GET or self.value() is not None

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any] | None:
        return queryset if value in ("tracks", "references") else None


class BackFilter(EventFilter):
    """A way back to the page of this site that led here, `back=/path`; any other address is passed over."""

    title = gettext_lazy("way back")
    parameter_name = "back"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """The page, where it is one of this site."""
        back = self.value()
        allowed = {request.get_host()}
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=allowed, require_https=request.is_secure())
        return [(back, gettext("Back"))] if back and is_ours else []

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """One link."""
        for back, title in self.lookup_choices:
            yield {"selected": False, "query_string": back, "display": title}

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset


def _object(text: str, using: str) -> Model | None:
    """An instance with nothing but the key of `app.Model:pk`; None for what is no such thing."""
    label, _, key = text.partition(":")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    stored = keys.as_stored(model._meta.pk, key, using)
    return None if stored is None else model(pk=stored)
