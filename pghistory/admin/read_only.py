"""What lists of events have in common: they show what may be seen, change nothing, and are not counted to their end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import flatten
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from pghistory import keys
from pghistory.admin import columns, display, filters
from pghistory.admin.access import Viewer
from pghistory.admin.paging import COUNTED_AT_MOST, BoundedPaginator

if TYPE_CHECKING:
    # Generic to the type checker only: Django 5.2 has no ModelAdmin[…] at run time.
    AnyAdmin = ModelAdmin[Any]
else:
    AnyAdmin = ModelAdmin


class EventList(ChangeList):
    """A list that stays short of what only an object's own admin can hide, and is never counted to its end."""

    model_admin: ReadOnlyAdmin

    def __init__(
        self,
        request: HttpRequest,
        model: type[Model],
        list_display: Any,
        list_display_links: Any,
        list_filter: Any,
        date_hierarchy: Any,
        search_fields: Any,
        list_select_related: Any,
        list_per_page: Any,
        list_max_show_all: Any,
        list_editable: Any,
        model_admin: ReadOnlyAdmin,
        *options: Any,
    ) -> None:
        """Without columns and filters of fields that may not be seen, however the list has come to them."""
        viewer = model_admin.viewer(request)
        super().__init__(
            request,
            model,
            columns.shown(viewer, model, list_display),
            list_display_links,
            columns.readable(viewer, model, list_filter),
            next(iter(columns.readable(viewer, model, [date_hierarchy or ""])), None),
            search_fields,
            list_select_related,
            list_per_page,
            list_max_show_all,
            list_editable,
            model_admin,
            *options,
        )

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The filtered events; none where PGHISTORY_ADMIN_ALL_EVENTS wants a filter and there is none."""
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        narrowing = filters.NARROWING.intersection(self.get_filters_params())
        if self.model_admin.may_list_everything() or narrowing:
            return found
        return found.none()

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page, read once."""
        super().get_results(request)
        self.result_list = self.model_admin.shown(request, self.result_list)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By number within an instant: an index has that order, and not that of slugs."""
        ordering = super().get_ordering(request, queryset)
        for sign in ("", "-"):
            if ordering[-2:] == [f"{sign}pgh_created_at", "-pk"]:
                return [*ordering[:-1], f"{sign}pgh_id", f"{sign}pk"]
        return ordering


class ReadOnlyAdmin(AnyAdmin):
    """An admin that shows events to those who may see their objects; nobody adds, changes or deletes one."""

    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    # Any other order would have to sort every event.
    sortable_by = ("pgh_created_at",)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return EventList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, which says so when it is cut short."""
        events = super().get_changelist_instance(request)
        if events.result_count >= COUNTED_AT_MOST:
            events.title = gettext("The first %(count)s events: a filter finds others") % {"count": COUNTED_AT_MOST}
        return events

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The event; None for what can be no key of one."""
        found = super().get_object(request, object_id, from_field) if keys.is_storable(object_id) else None
        return None if found is None else next(iter(self.told(request, [found])), None)

    def told(self, request: HttpRequest, events: list[Any]) -> list[Any]:
        """The events with what is shown of them, and without the fields that may not be seen."""
        raise NotImplementedError  # pragma: no cover - abstract: the metaclass of ModelAdmin is not ABC's

    def viewer(self, request: HttpRequest) -> Viewer:
        """What the one who asks may see."""
        return Viewer.of(request, self.admin_site)

    def may_list_everything(self) -> bool:
        """Whether the list shows events without a filter."""
        return True

    def shown(self, request: HttpRequest, events: Iterable[Any]) -> list[Any]:
        """The events of a page as they are told, without those that an object's own admin hides."""
        found = self.seen(request, events)
        return self.told(request, found) if found else []

    def seen(self, request: HttpRequest, events: Iterable[Any]) -> list[Any]:
        """The events without those that an object's own admin hides."""
        found = list(events)
        viewer = self.viewer(request)
        objects: dict[type[Model], set[Any]] = {}
        for event in found:
            model, key = self.object_of(event)
            objects.setdefault(model, set()).add(key)
        hidden = {(model, key) for model, wanted in objects.items() for key in viewer.hidden(model, wanted)}
        return [event for event in found if self.object_of(event) not in hidden]

    def object_of(self, event: Any) -> tuple[type[Model], Any]:
        """The tracked model and the key of an event's object, which is None where it belongs to none."""
        raise NotImplementedError  # pragma: no cover - abstract: the metaclass of ModelAdmin is not ABC's

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What PostgreSQL cannot hold is no value to look for; the filters tell odd values themselves."""
        if lookup in filters.PARAMETERS:
            return True
        if not (keys.is_storable(value) and self.viewer(request).may_read(self.model, lookup)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Those that may be seen."""
        return columns.readable(self.viewer(request), self.model, super().get_search_fields(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without fields that may not be seen, however a project has come to them."""
        viewer = self.viewer(request)
        return [
            (name, {**options, "fields": columns.shown(viewer, self.model, flatten(options["fields"]))})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description=gettext_lazy("object"))
    def tracked_object(self, event: Any) -> SafeString:
        """The object with its page."""
        return display.object_link(self.admin_site, *self.object_of(event))
