"""Everything that one request or job changed, over all models."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory.errors import InvalidCursor
from pghistory.timeline import Count, Entry
from pghistory_ui import ledger
from pghistory_ui.cards import Desk
from pghistory_ui.links import Links, as_uuid, page_url
from pghistory_ui.rows import KINDS, Card, Row, metadata_of
from pghistory_ui.views import frame
from pghistory_ui.views.event import as_text


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one model on the page."""

    key: str
    model: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """The ways from one page of a context to the others; addresses are query strings."""

    count: str
    older: str = ""
    newest: str = ""

    @property
    def older_cards(self) -> str:
        """The address of the older page's groups alone."""
        return self.older


@dataclass(frozen=True, slots=True)
class Figures:
    """What a context did in numbers, where all of it is on the page."""

    events: str
    models: str
    span: str
    kinds: tuple[tuple[str, str], ...]


def context(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """The page of a context, newest event first; for htmx, the groups of an older page alone."""
    access = frame.enter(request, site)
    missing = Http404(_("There is no such context, or nothing of it may be seen."))
    context_id = as_uuid(key)
    if context_id is None:
        raise missing
    timeline = access.timeline().in_context(context_id)
    after = request.GET.get("after") or ""
    try:
        entries, older = ledger.visible_page(access, timeline, after or None)
    except InvalidCursor as error:
        raise Http404(_("This is not the address of a page.")) from error
    if not entries and not older:
        raise missing
    counted = timeline.count() if access.counts_are_true else None
    desk = Desk(Links(access, entries))
    pages = Pages(
        count=ledger.count_words(counted) if counted else "",
        older=f"?after={older}" if older else "",
        newest="?" if after else "",
    )
    shown: dict[str, Any] = {"groups": groups(desk, entries), "pages": pages}
    if frame.wants_fragment(request):
        return frame.varying(frame.fragment(request, "context_results.html", **shown))
    card = desk.card(entries[:1]) if entries else None
    return frame.varying(
        frame.page(
            request,
            site,
            "context.html",
            title=headline(card, counted),
            card=card,
            metadata={name: as_text(value) for name, value in (metadata_of(entries[0]) if entries else {}).items()},
            figures=figures(entries) if entries and not older and not after else None,
            context_id=context_id,
            export_url=f"{page_url(site, 'exports')}?context={context_id}"
            if any(access.may_export(entry.tracked_model) for entry in entries)
            else "",
            undo_url=page_url(site, "undo", context_id) if access.may_undo(entries) else "",
            **shown,
        )
    )


def groups(desk: Desk, entries: list[Entry]) -> tuple[Group, ...]:
    """The entries of each model together, the models in the order of their newest event."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for entry in entries:
        row = desk.row(entry)
        rows[row.model].append(row)
    return tuple(Group(key_of(found[0]), model, tuple(found)) for model, found in rows.items())


def key_of(row: Row) -> str:
    """What tells a group from those of other pages."""
    return f"{row.entry.event_model._meta.label_lower}-{row.entry.id}".replace(".", "-")


def headline(card: Card | None, counted: Count | None) -> str:
    """The title: one request or one job, and how much it changed."""
    whole = _("One job, %s") if card and card.is_job else _("One request, %s")
    if counted is None:
        return _("One job") if card and card.is_job else _("One request")
    number = number_format(counted.number, force_grouping=True)
    if not counted.exact:
        return whole % (_("more than %s changes") % number)
    return whole % (ngettext("%s change", "%s changes", counted.number) % number)


def figures(entries: list[Entry]) -> Figures:
    """What these events say about the context that they are all of."""
    objects = {(entry.tracked_model, entry.obj_id) for entry in entries if entry.obj_id is not None}
    events = ngettext("%d event", "%d events", len(entries)) % len(entries)
    on = ngettext("%d object", "%d objects", len(objects)) % len(objects)
    kinds = Counter(entry.kind for entry in entries)
    return Figures(
        events=_("%(events)s on %(objects)s") % {"events": events, "objects": on} if objects else events,
        models=number_format(len({entry.tracked_model for entry in entries})),
        span=span(entries),
        kinds=tuple((kind, f"{number} {str(KINDS[kind]).lower()}") for kind, number in kinds.most_common()),
    )


def span(entries: list[Entry]) -> str:
    """How long it took from the first transaction to the last, or "" for a single one."""
    times = [entry.at for entry in entries]
    took = max(times) - min(times)
    seconds = took.total_seconds()
    if not seconds:
        return ""
    if seconds < 1:
        return _("%d ms") % round(seconds * 1000)
    return _("%s s") % number_format(round(seconds, 1), use_l10n=True)
