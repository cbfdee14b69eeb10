"""The lists: of the events of everything, and of one event model."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from pghistory import config, fields, registry, visibility
from pghistory.admin import display, filters
from pghistory.admin.access import ROWS
from pghistory.admin.read_only import ReadOnlyAdmin
from pghistory.models import Event, Events
from pghistory.timeline import entries


class EventsAdmin(ReadOnlyAdmin):
    """The events of every event model of which something may be seen, as the settings PGHISTORY_ADMIN_… say."""

    list_filter: ClassVar[Any] = (
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
        found = {each: viewer.condition(each, events.db) for each in viewer.event_models}
        conditions = {event_model: condition for event_model, condition in found.items() if condition is not None}
        return events.limited(conditions)

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
        return bool(self.seen(request, [obj]))

    def told(self, request: HttpRequest, events: list[Any]) -> list[Any]:
        viewer = self.viewer(request)
        for event in events:
            hidden = viewer.hidden_columns(cast("type[Event]", apps.get_model(event.pgh_model)))
            for name in ROWS if hidden else ():
                kept = {key: value for key, value in (getattr(event, name) or {}).items() if key not in hidden}
                setattr(event, name, kept)
        return events

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

    list_display: Any = ("pgh_created_at", "pgh_label", "tracked_object", "actor", "changes")
    list_filter: ClassVar[Any] = (filters.LabelFilter, filters.ObjFilter, filters.MethodFilter, filters.BackFilter)
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
        return bool(self.seen(request, [obj]))

    def told(self, request: HttpRequest, events: list[Any]) -> list[Any]:
        """With what they changed, which is read for all of them at once."""
        hidden = self.viewer(request).hidden_fields(self.event_model)
        read = entries.read({self.event_model: [event.pk for event in events]}, using=events[0]._state.db)
        found = []
        for event in events:
            # One that was removed a moment ago is told no more.
            if entry := read.get((self.event_model, event.pk)):
                event.pgh_entry = visibility.redacted(entry, hidden)
                event.pgh_row = {name: value for name, value in entry.stored.items() if name not in hidden}
                found.append(event)
        return found

    def object_of(self, event: Any) -> tuple[type[Model], Any]:
        return self.event_model.pgh_tracked_model, getattr(event, "pgh_obj_id", None)

    @admin.display(description=gettext_lazy("actor"))
    def actor(self, event: Any) -> str:
        """Who it was, as kept; the key where no name was."""
        return display.text(event.pgh_entry.actor_label or event.pgh_entry.actor)

    @admin.display(description=gettext_lazy("changes"))
    def changes(self, event: Any) -> SafeString:
        """Field by field."""
        return display.changes(event.pgh_entry.changes)

    @admin.display(description=gettext_lazy("row"))
    def row(self, event: Any) -> SafeString:
        """The row as it is stored."""
        return display.values(event.pgh_row)

    @admin.display(description=gettext_lazy("context"))
    def metadata(self, event: Any) -> SafeString:
        """The metadata."""
        context = event.pgh_entry.context
        return display.values(context.metadata if context else None)
