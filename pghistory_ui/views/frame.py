"""What every page stands in: the admin site's own context, the tabs, and the way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.models import Event, Events
from pghistory_ui.filters import tracked_model
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.permissions import Access


@dataclass(frozen=True, slots=True)
class Tab:
    """An area of the browser, or one of the histories of an object."""

    title: str
    url: str
    current: bool
    count: str = ""


def enter(request: HttpRequest, site: AdminSite) -> Access:
    """The rights of the one who asks; PermissionDenied for those who may see the history of nothing."""
    request.current_app = site.name
    access = Access.of(request, site)
    if not access.event_models:
        raise PermissionDenied
    return access


def page(
    request: HttpRequest, site: AdminSite, template: str, *, title: str, tab: str = "", **context: Any
) -> TemplateResponse:
    """A page of the browser in the admin's frame."""
    frame = {
        **site.each_context(request),
        "title": title,
        "subtitle": None,
        "opts": Events._meta,
        "tabs": areas(site, tab) if tab else (),
    }
    return TemplateResponse(request, f"pghistory_ui/{template}", frame | context)


def fragment(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """A region of a page, for htmx to put into the page."""
    return TemplateResponse(request, f"pghistory_ui/{template}", context)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a region; django-htmx's middleware is not needed for it."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def varying(response: HttpResponse) -> HttpResponse:
    """The response, marked as another one for htmx than for a browser."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def areas(site: AdminSite, current: str) -> tuple[Tab, ...]:
    """The areas of the browser."""
    return (
        Tab(_("Activity"), activity_url(site), current == "activity"),
        Tab(_("Event models"), page_url(site, "models"), current == "models"),
        Tab(_("Deleted objects"), page_url(site, "deleted"), current == "deleted"),
        Tab(_("Jobs"), page_url(site, "jobs"), current == "jobs"),
        Tab(_("Health"), page_url(site, "health"), current == "health"),
    )


def visible_model(access: Access, label: str) -> type[Model]:
    """A tracked model by its label; 404 for what is not tracked, 403 for what may not be seen."""
    model = tracked_model(access, label)
    if model is not None:
        return model
    known = {name for tracked in registry.tracked_models() for name in labels_of(tracked)}
    if label in known:
        raise PermissionDenied
    raise Http404(_("“%s” is not tracked.") % label)


def visible_event_model(access: Access, label: str) -> type[Event]:
    """An event model by its label; 404 for what is none, 403 for what may not be seen."""
    found = registry.named(label)
    if found is None:
        raise Http404(_("There is no event model “%s”.") % label)
    if found not in access.event_models:
        raise PermissionDenied
    return found


def labels_of(model: type[Model]) -> set[str]:
    """The label of a model and, for a proxy, that of its concrete model."""
    return {model._meta.label, registry.concrete(model)._meta.label}
