"""One event at its own address."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import registry
from pghistory import timeline as timelines
from pghistory.timeline import Entry
from pghistory.visibility import has_object
from pghistory_ui.cards import Desk
from pghistory_ui.links import Links, as_key, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.renderers.base import LONGEST_VALUE, shown
from pghistory_ui.rows import metadata_of
from pghistory_ui.sets import Sets, bound_words
from pghistory_ui.views import frame

# A structure above so many characters stands in the raw row as the beginning of its text.
LONGEST_STRUCTURE: Final = 20_000


def event(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The event's page; with `?text=field&side=before`, a long text of it alone."""
    access = frame.enter(request, site)
    entry = visible_entry(access, unquote(label), unquote(key))
    if "text" in request.GET:
        return full_text(entry, request.GET["text"], request.GET.get("side", "after"))
    sets = sets_of(access, entry)
    joined = sets.beside(entry) if sets else []
    links = Links(access, [entry, *joined])
    desk = Desk(links, all_fields=request.GET.get("unchanged") == "1", whole=True)
    card = desk.card([entry])
    panel_title, panel_note = headline(entry)
    older, newer = neighbours(entry)
    return frame.page(
        request,
        site,
        "event.html",
        title=_("Event #%s") % entry.event.pgh_id,
        entry=entry,
        row=card.rows[0],
        changes=desk.changes(entry),
        sets=list(sets.changes(links, joined)) if sets else [],
        sets_note=bound_words(joined),
        card=card,
        panel_title=panel_title,
        panel_note=panel_note,
        all_fields=desk.all_fields,
        raw=raw(entry, access.hidden_fields(entry.event_model)),
        stored=stored_row(entry),
        metadata={name: as_text(value) for name, value in metadata_of(entry).items()},
        event_model=entry.event_model._meta.label,
        restore_url=restore_url(access, entry),
        older=older and (older, page_url(site, "event", entry.event_model._meta.label, older)),
        compare_older=older and page_url(site, "compare", entry.event_model._meta.label, older, entry.event.pgh_id),
        newer=newer and (newer, page_url(site, "event", entry.event_model._meta.label, newer)),
    )


def sets_of(access: Access, entry: Entry) -> Sets | None:
    """The sets of the entry's object, living or not; None for an event that belongs to no object."""
    if not has_object(entry.event_model):
        return None
    return Sets(access, object_of(entry))


def object_of(entry: Entry) -> Model:
    """The object of an entry that has one: living, or else an instance that has its key only."""
    gone: Model = registry.concrete(entry.tracked_model)(pk=entry.obj_id)
    return gone if entry.object is None else entry.object


def restore_url(access: Access, entry: Entry) -> str:
    """The page that brings the object back to the event, or "" where it may not be used."""
    if entry.obj_id is None or not access.may_restore(entry.tracked_model, entry.object):
        return ""
    return page_url(access.site, "restore", entry.event_model._meta.label, entry.event.pgh_id)


def visible_entry(access: Access, label: str, key: str) -> Entry:
    """An event by its address; 404 also when its object may not be seen."""
    event_model = frame.visible_event_model(access, label)
    pgh_id = as_key(event_model, key)
    try:
        if pgh_id is None:
            raise event_model.DoesNotExist
        entry = timelines.entry(event_model, pgh_id)
    except event_model.DoesNotExist as error:
        raise Http404(_("There is no event #%s.") % key) from error
    if has_object(event_model):
        model = event_model.pgh_tracked_model
        living = entry.object is not None
        seen = access.viewable(model, [entry.obj_id]) if living else access.may_view_deleted(model)
        if not seen:
            raise Http404(_("There is no event #%s.") % key)
    return access.redacted(entry)


def headline(entry: Entry) -> tuple[str, str]:
    """The title of the difference, and what it is a difference to."""
    total = len(entry.after or entry.before or ())
    if entry.kind == "insert":
        return _("What was added"), ngettext("%d field", "%d fields", total) % total
    if entry.kind == "delete":
        return _("What was deleted"), ngettext("%d field", "%d fields", total) % total
    if entry.is_first:
        return _("What was recorded"), _("nothing earlier is recorded to compare with")
    changed = _("%(changed)d of %(total)d fields, against the event before")
    return _("What changed"), changed % {"changed": len(entry.changes), "total": total}


def neighbours(entry: Entry) -> tuple[int | None, int | None]:
    """The keys of the event before and after it, of the same object in the same event model."""
    if not has_object(entry.event_model):
        return None, None
    same = entry.event_model._base_manager.filter(Q(pgh_obj_id=entry.obj_id)).values_list("pgh_id", flat=True)
    older = same.filter(pgh_id__lt=entry.event.pgh_id).order_by("-pgh_id").first()
    newer = same.filter(pgh_id__gt=entry.event.pgh_id).order_by("pgh_id").first()
    return older, newer


def raw(entry: Entry, hidden: Collection[str]) -> str:
    """The stored row as JSON, each value cut at what a page can carry, without the hidden fields."""
    fields = [field for field in entry.event_model._meta.concrete_fields if field.name not in hidden]
    row = {field.name: _cut(field.value_from_object(entry.event)) for field in fields}
    return json.dumps(row, indent=2, ensure_ascii=False, default=as_text)


def full_text(entry: Entry, name: str, side: str) -> HttpResponse:
    """A value in full as plain text."""
    state = {"before": entry.before, "after": entry.after}.get(side)
    if not state or name not in state:
        raise Http404(_("The event has no such text."))
    value = state[name]
    text = (
        json.dumps(value, indent=2, ensure_ascii=False, default=as_text) if isinstance(value, (dict, list)) else value
    )
    response = HttpResponse("" if text is None else str(text), content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def stored_row(entry: Entry) -> str:
    """Which row the tracker stored, in words."""
    tracker = registry.tracker(entry.event_model, entry.label)
    row = str(getattr(tracker, "row", "") or "")
    return {"OLD": _("before the change (OLD)"), "NEW": _("after the change (NEW)")}.get(row, _("as it was"))


def as_text(value: Any) -> str:
    """A value of a row or of metadata in words."""
    if isinstance(value, str):
        return value
    try:
        return str(DjangoJSONEncoder().default(value))
    except TypeError:
        return json.dumps(value, ensure_ascii=False, default=str)


def _cut(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        text = json.dumps(value, ensure_ascii=False, default=as_text)
        return value if len(text) <= LONGEST_STRUCTURE else shown(text, LONGEST_VALUE)
    return shown(value, LONGEST_VALUE) if isinstance(value, str) else value
