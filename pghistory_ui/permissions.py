"""What the one who asks may see and do: the only place that decides it.

Permission comes from the tracked model: from its ModelAdmin on this site, or, where there is none, from the `view_` and
`change_` permissions of its concrete model. Every list, fragment, count, export and link starts from an `Access`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import get_permission_codename
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest

from pghistory import registry
from pghistory.models import Event
from pghistory.timeline import Filter, Timeline


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which rows of one model the one who asks may see.

    `rows` is the ModelAdmin's queryset; `restricted` says that it leaves rows out, `deleted` that events of rows which
    are gone may be seen, `by_object` that the ModelAdmin decides about each object by itself as well.
    """

    allowed: bool
    rows: QuerySet[Model]
    restricted: bool = False
    deleted: bool = False
    by_object: bool = False

    @property
    def whole(self) -> bool:
        """Every row, living or gone: nothing has to be added to a query."""
        return self.allowed and self.deleted and not self.restricted and not self.by_object


class Access:
    """The rights of one request on one admin site; answers are kept for the length of the request."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.request = request
        self.site = site
        self._visibilities: dict[type[Model], Visibility] = {}

    def model_admin(self, model: type[Model]) -> ModelAdmin[Any] | None:
        """The ModelAdmin that speaks for a model: a proxy counts as its concrete model's."""
        registered = self.site._registry
        return registered.get(registry.concrete(model)) or registered.get(model)

    def visibility(self, model: type[Model]) -> Visibility:
        """What may be seen of a model."""
        if model not in self._visibilities:
            self._visibilities[model] = self._decide(model)
        return self._visibilities[model]

    def may_view(self, model: type[Model]) -> bool:
        """Whether anything of the model may be seen."""
        return self.visibility(model).allowed

    def viewable(self, model: type[Model], keys: Iterable[Any], attribute: str = "pk") -> dict[Any, Model]:
        """The living objects with these keys that may be seen, by key, in one query."""
        seen = self.visibility(model)
        if not seen.allowed:
            return {}
        objects = seen.rows.filter(**{f"{attribute}__in": list(keys)})
        return {getattr(found, attribute): found for found in objects if self._may_view_object(model, found)}

    def may_view_deleted(self, model: type[Model]) -> bool:
        """Whether events of the model's deleted objects may be seen."""
        seen = self.visibility(model)
        return seen.allowed and seen.deleted

    def may_change(self, model: type[Model], found: Model) -> bool:
        """Whether a living object that may be seen may also be changed, and so have an event recorded."""
        admin = self.model_admin(model)
        if admin is None:
            return self._has_permission("change", model)
        return admin.has_change_permission(self.request, found)

    @cached_property
    def event_models(self) -> tuple[type[Event], ...]:
        """The event models of which anything may be seen, in the order of definition.

        An event that belongs to no object counts as one of a deleted object.
        """
        return tuple(
            event_model
            for event_model in registry.event_models()
            if self.may_view(event_model.pgh_tracked_model)
            and (has_object(event_model) or self.may_view_deleted(event_model.pgh_tracked_model))
        )

    @cached_property
    def tracked_models(self) -> tuple[type[Model], ...]:
        """The tracked models of which anything may be seen, as they were declared."""
        return tuple(dict.fromkeys(event_model.pgh_tracked_model for event_model in self.event_models))

    def event_models_of(self, model: type[Model]) -> tuple[type[Event], ...]:
        """The event models of a model's table that may be seen."""
        return tuple(found for found in registry.event_models_of(model) if found in self.event_models)

    def timeline(self, *event_models: type[Event]) -> Timeline:
        """The timeline of everything that may be seen, or of some of the event models that may be seen."""
        chosen = [found for found in event_models or self.event_models if found in self.event_models]
        seen = {found: self.visibility(found.pgh_tracked_model) for found in chosen}
        limits = [InSight(found, each.rows, each.deleted) for found, each in seen.items() if _is_limited(each)]
        return replace(Timeline().across(*chosen), filters=tuple(limits))

    def history_of(self, found: Model) -> Timeline:
        """The timeline of one object that may be seen, or of a deleted one whose history may be seen."""
        event_models = [each for each in self.event_models_of(type(found)) if has_object(each)]
        return Timeline().across(*event_models).of(found)

    def sees_every_row(self, event_model: type[Event]) -> bool:
        """Whether numbers about the whole table tell nothing that may not be seen."""
        return self.visibility(event_model.pgh_tracked_model).whole

    def may_view_entry_object(self, model: type[Model], found: Model | None) -> bool:
        """Whether an entry that the timeline gave may be shown: the part that only the ModelAdmin can decide."""
        seen = self.visibility(model)
        return found is None or not seen.by_object or self._may_view_object(model, found)

    @property
    def counts_are_true(self) -> bool:
        """Whether the database alone can count what may be seen."""
        return not any(self.visibility(model).by_object for model in self.tracked_models)

    def _decide(self, model: type[Model]) -> Visibility:
        admin = self.model_admin(model)
        if admin is None:
            rows = registry.concrete(model)._base_manager.all()
            allowed = self._has_permission("view", model)
            return Visibility(allowed, rows if allowed else rows.none(), deleted=allowed)
        rows = admin.get_queryset(self.request)
        if not admin.has_view_permission(self.request):
            return Visibility(allowed=False, rows=rows.none())
        restricted = is_restricted(rows)
        decide = getattr(admin, "has_view_deleted_history_permission", None)
        return Visibility(
            allowed=True,
            rows=rows,
            restricted=restricted,
            deleted=bool(decide(self.request)) if decide else not restricted,
            by_object=type(admin).has_view_permission is not ModelAdmin.has_view_permission,
        )

    def _may_view_object(self, model: type[Model], found: Model) -> bool:
        admin = self.model_admin(model)
        return admin is None or admin.has_view_permission(self.request, found)

    def _has_permission(self, action: str, model: type[Model]) -> bool:
        options = registry.concrete(model)._meta
        return self.request.user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


@dataclass(frozen=True, slots=True)
class InSight(Filter):
    """The filter of a timeline that leaves of one event model the events of rows that may be seen.

    With `deleted`, also those of objects that are gone; events without object are gone in this sense.
    """

    event_model: type[Event]
    rows: QuerySet[Model]
    deleted: bool

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        """The events that may be seen; None where the event model has none."""
        if event_model is not self.event_model:
            return Q()
        if not has_object(event_model):
            return Q() if self.deleted else None
        visible = Q(pgh_obj__in=self.rows.using(using).values("pk"))
        if not self.deleted:
            return visible
        living = event_model.pgh_tracked_model._base_manager.using(using).filter(pk=OuterRef("pgh_obj"))
        return visible | Q(~Exists(living))


def _is_limited(seen: Visibility) -> bool:
    return seen.restricted or not seen.deleted


def has_object(event_model: type[Event]) -> bool:
    """Whether the events of a model say to which object they belong."""
    return any(field.name == "pgh_obj" for field in event_model._meta.fields)


def is_restricted(rows: QuerySet[Any]) -> bool:
    """Whether a queryset may leave rows of its table out."""
    query = rows.query
    return bool(query.where or query.is_sliced or query.distinct_fields or query.combinator)
