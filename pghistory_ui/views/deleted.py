"""Objects that are gone: what they were called, who deleted them and when, and the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from pghistory import deletions
from pghistory.errors import InvalidCursor
from pghistory.timeline import Entry
from pghistory.timeline.exclusions import without
from pghistory_ui import clock, config
from pghistory_ui.cards import Desk, ago
from pghistory_ui.filters import FilterForm, Pill
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.rows import Card, Row
from pghistory_ui.views import frame
from pghistory_ui.views.event import restore_url


@dataclass(frozen=True, slots=True)
class DeletedObject:
    """One object that is gone, with the event that tells of it; `recorded` when that is its deletion."""

    row: Row
    card: Card
    key: Any
    recorded: bool
    ago: str
    restore_url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of deleted objects; addresses are query strings, "" where there is nothing further."""

    form: FilterForm
    objects: tuple[DeletedObject, ...] = ()
    pills: tuple[Pill, ...] = ()
    older: str = ""
    newest: str = ""
    horizon: dt.datetime | None = None


def deleted(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page, newest deletion first, under the filters that fit it."""
    access = frame.enter(request, site)
    form = FilterForm(request.GET, access)
    form.furnish()
    form.offer_people()
    form["q"].label = _("Search names and keys")
    form["actor"].label = _("Deleted by")
    shelf = read(access, form, request.GET)
    return frame.page(
        request,
        site,
        "deleted.html",
        title=_("Deleted objects"),
        tab="deleted",
        shelf=shelf,
        form=form,
        unrecorded=[
            model._meta.verbose_name_plural
            for model in access.tracked_models
            if not any(deletions.stores_deletions(found) for found in access.event_models_of(model))
        ],
    )


def read(access: Access, form: FilterForm, query: QueryDict) -> Shelf:
    """The deleted objects that the parameters ask for; with a parameter in error, the form alone."""
    if not form.is_valid():
        return Shelf(form)
    # On this page words are looked for in the rows, not in labels and contexts.
    meanings = form.meanings
    words = [meaning for meaning in meanings if meaning.term.kind == "word"]
    form.meanings = [meaning for meaning in meanings if meaning not in words]
    seen = [found for found in access.event_models if access.may_view_deleted(found.pgh_tracked_model)]
    narrowed = form.apply(access.timeline(*seen) if seen else access.timeline().across())
    form.meanings = meanings
    event_models = deletions.deleted(narrowed).event_models
    telling = access.may_count(event_models)
    horizon = deletions.horizon(narrowed, form.cleaned_data.get("until")) if telling else None
    hidden = {event_model: access.hidden_fields(event_model) for event_model in event_models}
    texts = [str(word.term.value) for word in words if not word.term.negated]
    found = deletions.deleted(narrowed, texts=texts, hidden=hidden, since=horizon)
    for word in words:
        if word.term.negated:
            found = without(found, deletions.holding(found, [str(word.term.value)], hidden))
    try:
        page = found.page(size=config.page_size(), after=form.cleaned_data.get("after") or None)
    except InvalidCursor:
        form.add_error("after", _("This is not the address of a page. Start again from the newest events."))
        return Shelf(form)
    older = ""
    if page.after:
        older = _query(query, after=page.after)
    elif horizon is not None:
        older = _query(query, after="", until=horizon.isoformat())
    return Shelf(
        form=form,
        objects=objects(access, tuple(map(access.redacted, page.entries))),
        pills=tuple(form.pills()),
        older=older,
        newest=_query(query, after="", until="") if query.get("after") or query.get("until") else "",
        horizon=clock.local(horizon) if horizon is not None and not page.after else None,
    )


def objects(access: Access, entries: tuple[Entry, ...]) -> tuple[DeletedObject, ...]:
    """The objects that these entries tell of."""
    desk = Desk(Links(access, entries))
    found = []
    for entry in entries:
        card = desk.card([entry])
        found.append(
            DeletedObject(
                row=card.rows[0],
                card=card,
                key=entry.obj_id,
                recorded=entry.kind == "delete",
                ago=ago(card.at, desk.now),
                restore_url=restore_url(access, entry),
            )
        )
    return tuple(found)


def _query(query: QueryDict, **values: str) -> str:
    """The query string with some parameters set, or taken away where they are ""."""
    changed = query.copy()
    for name, value in values.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"
