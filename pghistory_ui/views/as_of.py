"""An object as it was at an instant: each field with who had set it, and the objects that pointed to it then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import as_of, registry
from pghistory.errors import NotReconstructable, UnknownRow
from pghistory.timeline import Entry, Timeline
from pghistory_ui import clock, ledger
from pghistory_ui.cards import Desk
from pghistory_ui.inputs import InstantField
from pghistory_ui.links import Link, Links, admin_url, called, clipped, page_url, timeline_url
from pghistory_ui.permissions import Access
from pghistory_ui.renderers import Change
from pghistory_ui.rows import Row
from pghistory_ui.views import frame
from pghistory_ui.views.object import living_or_gone

# How many events of the object are looked at for the slider, and for who set each field.
LOOKED_AT: Final = 100
SHOWN_RELATED: Final = 10


@dataclass(frozen=True, slots=True)
class FieldThen:
    """A field as it was, and the row of the event that had set it, None where that lies further back."""

    change: Change
    set_by: Link | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class RelatedThen:
    """The objects of one model that pointed to the object; `unknown` where their history cannot tell."""

    name: str
    links: tuple[Link, ...] = ()
    more: bool = False
    unknown: bool = False


def object_as_of(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The page; `?at=` an instant, else now; `?event=` the place of an event on the slider, the oldest one first."""
    access = frame.enter(request, site)
    model = frame.visible_model(access, unquote(label))
    found = living_or_gone(access, model, unquote(key))
    history = fullest(access.history_of(found))
    events = list(ledger.viewable(access, history.page(size=LOOKED_AT).entries))[::-1]
    at, error = instant(request.GET.get("at", ""))
    place = request.GET.get("event", "")
    if place.isdecimal() and 0 < int(place[:9]) <= len(events):
        at = events[int(place[:9]) - 1].at
    past = history if at is None else history.until(at + dt.timedelta(microseconds=1))
    entries = list(ledger.viewable(access, past.page(size=LOOKED_AT).entries))
    links = Links(access, entries)
    desk = Desk(links)
    last = entries[0] if entries else None
    existed = last is not None and last.kind != "delete"
    living = not found._state.adding
    named = links.object(last).label if last is not None else clipped(called(found)) or f"#{found.pk}"
    address = page_url(site, "as_of", model._meta.label, found.pk)
    position = sum(1 for entry in events if at is None or entry.at <= at)
    return frame.page(
        request,
        site,
        "as_of.html",
        title=_("As of: %s") % named,
        at=clock.local(at) if at is not None else None,
        at_text=request.GET.get("at", "") if error else (clock.local(at).strftime("%Y-%m-%dT%H:%M") if at else ""),
        error=error,
        fields=fields_then(desk, entries) if existed else (),
        last=desk.row(last) if last is not None else None,
        existed=existed,
        related=related_then(access, model, found, at) if existed and at is not None else (),
        events=len(events),
        position=position,
        older=f"?event={position - 1}" if position > 1 else "",
        newer=f"?event={position + 1}" if position < len(events) else "",
        address=address,
        object_link=Link(named, timeline_url(access, model, found.pk, living=living)),
        change_url=admin_url(site, model, "change", found.pk) if living else "",
        list_url=admin_url(site, model, "changelist") if living else "",
        opts=registry.concrete(model)._meta,
    )


def instant(text: str) -> tuple[dt.datetime | None, str]:
    """The instant of a parameter, None for none or a bad one; and what is wrong with it, or ""."""
    try:
        return InstantField(required=False).clean(text), ""
    except ValidationError as error:
        return None, " ".join(error.messages)


def fullest(history: Timeline) -> Timeline:
    """The timeline in the event model that keeps most of the object's fields."""
    best = max(history.event_models, key=lambda found: len(found.pgh_tracked_fields), default=None)
    return history if best is None else history.across(best)


def fields_then(desk: Desk, entries: list[Entry]) -> tuple[FieldThen, ...]:
    """The fields after the first of these entries, which come newest first, each with who had set it."""
    last = entries[0]
    state = last.after or last.before or {}
    setters = last_set(entries)
    rows = {id(entry): desk.row(entry) for entry in {id(found): found for found in setters.values()}.values()}
    told = []
    for name, value in state.items():
        entry = setters.get(name)
        told.append(
            FieldThen(
                change=desk.renderers.of(last)[name].state(value),
                set_by=None if entry is None else desk.links.actor(entry),
                row=None if entry is None else rows[id(entry)],
            )
        )
    return tuple(told)


def last_setters(access: Access, found: Model) -> tuple[FieldThen, ...]:
    """The fields of a living object, each with who last set it; nothing of it without events in sight."""
    if not access.event_models_of(type(found)):
        return ()
    history = fullest(access.history_of(found))
    entries = list(ledger.viewable(access, history.page(size=LOOKED_AT).entries))
    return fields_then(Desk(Links(access, entries)), entries) if entries else ()


def last_set(entries: Iterable[Entry]) -> dict[str, Entry]:
    """{field: the newest of these entries, which come newest first, that set it}."""
    found: dict[str, Entry] = {}
    for entry in entries:
        names = entry.after or {} if entry.kind == "insert" else entry.changes
        for name in names:
            found.setdefault(name, entry)
    return found


def related_then(access: Access, model: type[Model], found: Model, at: dt.datetime) -> tuple[RelatedThen, ...]:
    """What pointed to the object at an instant, of the tracked models of which every row may be seen."""
    told = []
    for relation in registry.concrete(model)._meta.related_objects:
        other, field = relation.related_model, relation.remote_field
        if not isinstance(field, ForeignKey) or not access.event_models_of(other):
            continue
        if not access.visibility(other).whole or access.hidden_fields(access.event_models_of(other)[0]):
            continue
        name = str(capfirst(other._meta.verbose_name_plural))
        target: Any = getattr(found, field.target_field.attname)
        try:
            rows = as_of.as_of(other, at, partial=True).filter(**{field.attname: target}).order_by("pk")
            objects = list(rows[: SHOWN_RELATED + 1])
        except (NotReconstructable, UnknownRow):
            told.append(RelatedThen(name, unknown=True))
            continue
        if objects:
            links = tuple(_then(access, other, each) for each in objects[:SHOWN_RELATED])
            told.append(RelatedThen(name, links, more=len(objects) > SHOWN_RELATED))
    return tuple(told)


def _then(access: Access, model: type[Model], each: Model) -> Link:
    label = clipped(called(each)) or f"#{each.pk}"
    return Link(label, page_url(access.site, "object", model._meta.label, each.pk))
