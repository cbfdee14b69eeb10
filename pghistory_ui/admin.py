"""The browser's place on an admin site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver

from pghistory import registry
from pghistory.models import Events
from pghistory_ui import actions, urls
from pghistory_ui.links import TIMELINE_TEMPLATE
from pghistory_ui.permissions import Access

if TYPE_CHECKING:
    # Generic to the type checker only: Django 5.2 has no ModelAdmin[…] at run time.
    EventsAdmin = ModelAdmin[Events]
else:
    EventsAdmin = ModelAdmin


class HistoryAdmin(EventsAdmin):
    """Mounts every page of the browser under its site; nothing here adds, changes or deletes an event."""

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        """The pages; and, now that every model is registered, the History pages of the tracked ones."""
        show_timelines(self.admin_site)
        return list(urls.patterns(self.admin_site))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For those who may see the history of anything."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who may see the history of anything."""
        return Access.of(request, self.admin_site).sees_any

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: events come from the database."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: history is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: history is not edited."""
        return False


class HistoryAdminMixin:
    """Makes a ModelAdmin's History page the timeline, by hand, shows on its change form who last set each field, and
    says what the options are.

    Any ModelAdmin may have the options, with or without this class. `history_fields` are the fields whose changes
    timelines show, in this order; the others stand behind "All fields". `history_related` are the tracked models
    ("shop.OrderLine") whose events the tab of related objects shows: None all that have a foreign key to this model,
    () none.
    """

    object_history_template: Any = TIMELINE_TEMPLATE
    change_form_template: Any = "pghistory_ui/change_form.html"
    history_fields: Sequence[str] | None = None
    history_related: Sequence[str] | None = None


def register(site: AdminSite) -> None:
    """Mounts the browser on an admin site, in the place of another admin for `Events`."""
    if site.is_registered(Events):
        site.unregister(Events)
    site.register(Events, HistoryAdmin)


def show_timelines(site: AdminSite) -> None:
    """Gives the timeline's template to the admins of tracked models that have not chosen a History page themselves.

    And actions to their lists.
    """
    for model, model_admin in site._registry.items():
        own = type(model_admin).history_view is not ModelAdmin.history_view
        if registry.event_models_of(model) and model_admin.object_history_template is None and not own:
            model_admin.object_history_template = TIMELINE_TEMPLATE  # type: ignore[misc]
        if registry.event_models_of(model):
            actions.offer(model, model_admin)


register(admin.site)
