"""The lists: of the events of everything, and of one event model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from pghistory import config, entries, fields, keys, registry, timeline
from pghistory.admin import display, filters
from pghistory.admin.access import Viewer
from pghistory.admin.paging import COUNTED_AT_MOST, BoundedPaginator
from pghistory.models import Event, Events

if TYPE_CHECKING:
    # Generic to the type checker only: Django 5.2 has no ModelAdmin[…] at run time.
    AnyAdmin = ModelAdmin[Any]
else:
    AnyAdmin = ModelAdmin


class EventList(ChangeList):
    """A list that stays short of what only an object's own admin can hide, and is never counted to its end."""

    model_admin: ReadOnlyAdmin

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
        return super().get_object(request, object_id, from_field) if keys.is_storable(object_id) else None

    def viewer(self, request: HttpRequest) -> Viewer:
        """What the one who asks may see."""
        return Viewer(request, self.admin_site)

    def may_list_everything(self) -> bool:
        """Whether the list shows events without a filter."""
        return True

    def shown(self, request: HttpRequest, events: Iterable[Any]) -> list[Any]:
        """The events of a page without those that an object's own admin hides."""
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
        raise NotImplementedError  # pragma: no cover - each kind of list knows it

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What PostgreSQL cannot hold is no value to look for; the filters tell odd values themselves."""
        if lookup in filters.PARAMETERS:
            return True
        return keys.is_storable(value) and super().lookup_allowed(lookup, value, request)

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


class EventsAdmin(ReadOnlyAdmin):
    """The events of every event model of which something may be seen, as the settings PGHISTORY_ADMIN_… say."""

    list_filter = (
        filters.EventModelFilter,
        filters.LabelFilter,
        filters.ObjFilter,
        filters.MethodFilter,
        filters.BackFilter,
    )

    def may_list_everything(self) -> bool:
        return config.admin_all_events()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What PGHISTORY_ADMIN_QUERYSET gives of what may be seen."""
        viewer = self.viewer(request)
        chosen = config.admin_queryset()
        events = cast("type[Events]", self.model).objects.all() if chosen is None else chosen
        if not viewer.event_models:
            return events.none()
        found = {each: viewer.condition(each, events.db) for each in viewer.event_models}
        conditions = {event_model: condition for event_model, condition in found.items() if condition is not None}
        return events.across(*conditions).limited(conditions)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return config.admin_ordering()

    def get_list_display(self, request: HttpRequest) -> Any:
        """What PGHISTORY_ADMIN_LIST_DISPLAY names; a diff is shown in lines."""
        usual = ("pgh_created_at", "pgh_obj_model", "pgh_obj_id", "pgh_diff", *self._added())
        chosen = config.admin_list_display()
        return ["diff" if name == "pgh_diff" else name for name in (usual if chosen is None else chosen)]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """The foreign keys among the columns: one query for all rows."""
        shown = set(self.get_list_display(request))
        return [field.name for field in fields.proxied_fields(self.model) if field.is_relation and field.name in shown]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything about an event, what a proxy adds included."""
        return ["pgh_created_at", "pgh_label", "pgh_model", "tracked_object", "diff", "data", "context", *self._added()]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who may see the history of anything, or of the object of an event."""
        if obj is None:
            return bool(self.viewer(request).event_models)
        return bool(self.shown(request, [obj]))

    def object_of(self, event: Any) -> tuple[type[Model], Any]:
        model = apps.get_model(event.pgh_obj_model)
        key = event.pgh_obj_id
        return model, key if key is None else model._meta.pk.to_python(key)

    def _added(self) -> list[str]:
        """The fields that a proxy of `Events` has besides."""
        return [field.name for field in fields.proxied_fields(self.model)]

    @admin.display(description=gettext_lazy("changes"))
    def diff(self, event: Any) -> SafeString:
        """What differs from the event before."""
        return display.changes(event.pgh_diff or {})

    @admin.display(description=gettext_lazy("row"))
    def data(self, event: Any) -> SafeString:
        """The row as it is stored."""
        return display.values(event.pgh_data)

    @admin.display(description=gettext_lazy("context"))
    def context(self, event: Any) -> SafeString:
        """The metadata."""
        return display.values(event.pgh_context)


class EventModelAdmin(ReadOnlyAdmin):
    """The events of one event model, for projects to register with it: read-only, with what changed."""

    list_display = ("pgh_created_at", "pgh_label", "tracked_object", "actor", "changes")
    list_filter = (filters.LabelFilter, filters.ObjFilter, filters.MethodFilter, filters.BackFilter)
    ordering = ("-pgh_id",)

    @property
    def event_model(self) -> type[Event]:
        """The event model, also behind a proxy."""
        return cast("type[Event]", registry.concrete(self.model))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The events that may be seen."""
        found = super().get_queryset(request)
        condition = self.viewer(request).condition(self.event_model, found.db)
        return found.none() if condition is None else found.filter(condition)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything about an event."""
        return ["pgh_created_at", "pgh_label", "tracked_object", "actor", "changes", "row", "metadata"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who may see the tracked model, or the event's object."""
        if obj is None:
            return self.viewer(request).may_view(self.event_model)
        return bool(super().shown(request, [obj]))

    def shown(self, request: HttpRequest, events: Iterable[Any]) -> list[Any]:
        """The events of a page; what they changed is read for all of them at once."""
        found = super().shown(request, events)
        if found:
            using = found[0]._state.db
            told = entries.entries({self.event_model: [event.pk for event in found]}, using=using)
            for event in found:
                event.pgh_entry = told.get((self.event_model, event.pk))
        return found

    def object_of(self, event: Any) -> tuple[type[Model], Any]:
        return self.event_model.pgh_tracked_model, getattr(event, "pgh_obj_id", None)

    @admin.display(description=gettext_lazy("actor"))
    def actor(self, event: Any) -> str:
        """Who it was, as kept; the key where no name was."""
        return display.text(_entry(event).actor_label or _entry(event).actor)

    @admin.display(description=gettext_lazy("changes"))
    def changes(self, event: Any) -> SafeString:
        """Field by field."""
        return display.changes(_entry(event).changes)

    @admin.display(description=gettext_lazy("row"))
    def row(self, event: Any) -> SafeString:
        """The row as it is stored."""
        return display.values(_entry(event).stored)

    @admin.display(description=gettext_lazy("context"))
    def metadata(self, event: Any) -> SafeString:
        """The metadata."""
        context = _entry(event).context
        return display.values(context.metadata if context else None)


def _entry(event: Any) -> entries.Entry:
    """The entry that a list has read for a row, or that is read now for a single event."""
    known: entries.Entry | None = getattr(event, "pgh_entry", None)
    if known is None:
        event_model = cast("type[Event]", registry.concrete(type(event)))
        known = event.pgh_entry = timeline.entry(event_model, event.pk, event._state.db)
    return known
