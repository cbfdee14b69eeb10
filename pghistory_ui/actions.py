"""What can be done from a list of objects in the admin: see their history, record an event about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pghistory import registry
from pghistory_ui.filters import MOST_OBJECTS
from pghistory_ui.links import activity_url, page_url, timeline_url
from pghistory_ui.permissions import Access


@admin.action(description=gettext_lazy("History of the selected objects"), permissions=["view"])
def history_of_selected(model_admin: ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Leads to the history of one object, or to what happened to several of them."""
    keys = chosen(request, rows)
    if keys is None:
        return None
    label, site = rows.model._meta.label, model_admin.admin_site
    if len(keys) == 1:
        return HttpResponseRedirect(timeline_url(Access(request, site), rows.model, keys[0], living=True))
    query = urlencode([("obj", f"{label}:{key}") for key in keys])
    return HttpResponseRedirect(f"{activity_url(site)}?{query}")


@admin.action(description=gettext_lazy("Record an event for the selected objects"), permissions=["change"])
def record_for_selected(model_admin: ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Leads to the form that records one event for each of them."""
    keys = chosen(request, rows)
    if keys is None:
        return None
    query = urlencode([("model", rows.model._meta.label), *(("pk", str(key)) for key in keys)])
    return HttpResponseRedirect(f"{page_url(model_admin.admin_site, 'record')}?{query}")


def chosen(request: HttpRequest, rows: QuerySet[Any]) -> list[Any] | None:
    """The keys of the selected objects; None, with a message, for more than a page can be about."""
    keys = list(rows.values_list("pk", flat=True)[: MOST_OBJECTS + 1])
    if len(keys) <= MOST_OBJECTS:
        return keys
    messages.error(request, _("Choose no more than %d objects.") % MOST_OBJECTS)
    return None


def offer(model: type[Model], model_admin: ModelAdmin[Any]) -> None:
    """Adds the actions to the admin of a tracked model, once; one that takes no actions keeps none."""
    if model_admin.actions is None:
        return
    wanted = [history_of_selected, *([record_for_selected] if registry.manual_labels(model) else [])]
    present = {each if isinstance(each, str) else each.__name__ for each in model_admin.actions}
    added = [action for action in wanted if action.__name__ not in present]
    model_admin.actions = [*model_admin.actions, *added]
