"""What an event changed, field by field: a region of lists of events, fetched when a row is opened."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from pghistory.timeline import Entry
from pghistory_ui import config
from pghistory_ui.blame import Blame
from pghistory_ui.cards import Desk
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame
from pghistory_ui.views.event import object_of, visible_entry


def changes(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The changes as an open row tells them, for htmx; anybody else is led to the event's page."""
    access = frame.enter(request, site)
    entry = visible_entry(access, unquote(label), unquote(key))
    if not frame.wants_fragment(request):
        return frame.varying(HttpResponseRedirect(Links(access, []).event(entry)))
    older = before(access, entry)
    links = Links(access, [entry, *older])
    desk = Desk(links, all_fields=request.GET.get("unchanged") == "1")
    told = desk.changes(entry, Blame(links, [entry, *older]))
    return frame.varying(frame.fragment(request, "changes.html", row=desk.row(entry), changes=told))


def before(access: Access, entry: Entry) -> list[Entry]:
    """As many entries as a page has of the same object and event model, from the one before this entry on."""
    if entry.obj_id is None or not entry.changes:
        return []
    older = access.history_of(object_of(entry)).across(entry.event_model).older(entry, config.page_size())
    return [access.redacted(each) for each in older]
