"""Which events somebody on an admin site may see: permission comes from the tracked model.

From its ModelAdmin on this site, or, where there is none, from the `view_` permission of its concrete model.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import get_permission_codename
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from pghistory import config, registry
from pghistory.changes import has_object
from pghistory.models import Event
from pghistory.timeline.entries import Entry
from pghistory.timeline.filters import Within

__all__ = [
    "Visibility",
    "has_object",
    "has_permission",
    "hidden_fields",
    "may_backfill",
    "may_view_object",
    "model_admin",
    "redacted",
    "visibility",
]


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
        """Every row, living or gone, and nothing that only the ModelAdmin can tell."""
        return self.allowed and self.is_unlimited and not self.by_object

    @property
    def is_unlimited(self) -> bool:
        """Whether nothing has to be added to a query."""
        return self.deleted and not self.restricted

    def condition(self, model: type[Model], event_model: type[Event], using: str) -> Q | None:
        """The events of the model that may be seen, None where the event model has none of them."""
        return Within(model, self.rows, self.deleted).condition(event_model, using)


def visibility(request: HttpRequest, site: AdminSite, model: type[Model]) -> Visibility:
    """What the one who asks may see of a model."""
    admin = model_admin(site, model)
    if admin is None:
        rows = registry.concrete(model)._base_manager.all()
        allowed = has_permission(request, "view", model)
        return Visibility(allowed, rows if allowed else rows.none(), deleted=allowed)
    rows = admin.get_queryset(request)
    if not admin.has_view_permission(request):
        return Visibility(allowed=False, rows=rows.none())
    restricted = _is_restricted(rows)
    decide = getattr(admin, "has_view_deleted_history_permission", None)
    return Visibility(
        allowed=True,
        rows=rows,
        restricted=restricted,
        deleted=bool(decide(request)) if decide else not restricted,
        by_object=type(admin).has_view_permission is not ModelAdmin.has_view_permission,
    )


def may_backfill(request: HttpRequest, site: AdminSite, model: type[Model]) -> bool:
    """Whether the one who asks may order a job that stores events of a model's rows.

    It takes the permission to add jobs, and to change the model: all of it, as nobody asks about each object.
    """
    seen = visibility(request, site, model)
    if not seen.allowed or seen.by_object or not request.user.has_perm("pghistory.add_job"):
        return False
    admin = model_admin(site, model)
    return has_permission(request, "change", model) if admin is None else admin.has_change_permission(request)


def model_admin(site: AdminSite, model: type[Model]) -> ModelAdmin[Any] | None:
    """The ModelAdmin that speaks for a model: a proxy counts as its concrete model's."""
    return site._registry.get(registry.concrete(model)) or site._registry.get(model)


def may_view_object(request: HttpRequest, site: AdminSite, found: Model) -> bool:
    """What the ModelAdmin says about one living object that is among its rows."""
    admin = model_admin(site, type(found))
    return admin is None or admin.has_view_permission(request, found)


def hidden_fields(request: HttpRequest, event_model: type[Event]) -> frozenset[str]:
    """The mirrored fields that `PGHISTORY_UI_FIELD_PERMISSION` withholds from the one who asks."""
    decide = config.field_permission()
    if decide is None:
        return frozenset()
    model = event_model.pgh_tracked_model
    return frozenset(name for name in event_model.pgh_tracked_fields if not decide(request, model, name))


def redacted(entry: Entry, hidden: Collection[str]) -> Entry:
    """An entry without some fields."""
    if not hidden:
        return entry
    before, after = (
        state and {name: value for name, value in state.items() if name not in hidden}
        for state in (entry.before, entry.after)
    )
    changes = {name: pair for name, pair in entry.changes.items() if name not in hidden}
    return entry.telling(before=before, after=after, changes=changes)


def has_permission(request: HttpRequest, action: str, model: type[Model]) -> bool:
    """Whether the one who asks has the permission `<action>_<model>` of the concrete model."""
    options = registry.concrete(model)._meta
    return request.user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


def _is_restricted(rows: QuerySet[Any]) -> bool:
    """Whether a queryset may leave rows of its table out."""
    query = rows.query
    return bool(query.where or query.is_sliced or query.distinct_fields or query.combinator)
