"""One page of a timeline, read for the one who asks: filter, count, cards and the way to older events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory.errors import InvalidCursor
from pghistory.timeline import Count, Entry, Page, Timeline
from pghistory_ui import clock, config
from pghistory_ui.cards import Desk
from pghistory_ui.filters import FilterForm, Pill
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.rows import Day
from pghistory_ui.sets import Sets

# How many pages are read at most to fill one, where a ModelAdmin hides single objects.
READ_AHEAD: Final = 5


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the templates of a timeline show; the addresses are query strings relative to the page.

    `count` is said where the page shows all that there is; else it comes with what is beside the events.
    `horizon` is how far back was looked for events to which no index leads, on the last page before it.
    """

    form: FilterForm
    days: tuple[Day, ...] = ()
    pills: tuple[Pill, ...] = ()
    count: str = ""
    counted: Count | None = None
    older: str = ""
    older_cards: str = ""
    newest: str = ""
    export: str = ""
    live: str = ""
    newest_at: str = ""
    horizon: dt.datetime | None = None
    all_fields: bool = False
    switch: str = ""
    here: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is active, rightly written or not."""
        return self.form.is_active


def read(
    request: HttpRequest,
    access: Access,
    timeline: Timeline,
    form: FilterForm,
    *,
    sets: Sets | None = None,
    restorable: bool = False,
) -> Ledger:
    """The page that the request's parameters ask for; with a parameter in error, the form alone.

    `sets` are those of the object whose timeline it is; `restorable` says that it may be brought back to each row.
    """
    query = request.GET
    all_fields = query.get("unchanged") == "1"
    switch = _query(query, without=("after", "before", "day", "unchanged"), unchanged="" if all_fields else "1")
    here = _query(query, without=("day",))
    if not form.is_valid():
        return Ledger(form, switch=switch, here=here, all_fields=all_fields)
    narrowed = form.apply(timeline)
    horizon = horizon_of(access, narrowed, form)
    if horizon is not None:
        narrowed = narrowed.since(horizon)
    try:
        entries, older = visible_page(access, narrowed, form.cleaned_data.get("after") or None)
    except InvalidCursor:
        form.add_error("after", _("This is not the address of a page. Start again from the newest events."))
        return Ledger(form, switch=switch, here=here, all_fields=all_fields)
    desk = Desk(Links(access, entries), all_fields=all_fields, sets=sets, restorable=restorable)
    days = desk.days(entries, continues=query.get("day", ""))
    last = days[-1].date.isoformat() if days else ""
    whole = access.counts_are_true and not (older or query.get("after"))
    count = Count(len(entries), exact=True) if whole else None
    further = {"after": older} if older else {"after": "", "until": horizon.isoformat()} if horizon else {}
    return Ledger(
        form=form,
        days=days,
        pills=tuple(form.pills()),
        count=count_words(count) if count else "",
        counted=count,
        older=_query(query, without=("day",), **further) if further else "",
        older_cards=_query(query, without=(), day=last, **further) if further else "",
        horizon=clock.local(horizon) if horizon and not older else None,
        newest=_query(query, without=("after", "day")) if query.get("after") else "",
        export=_query(query, without=("after", "day", "unchanged", "tab")),
        live=_query(query, without=("after", "day", "since")) if not (query.get("after") or query.get("until")) else "",
        newest_at=entries[0].at.isoformat() if entries else "",
        all_fields=all_fields,
        switch=switch,
        here=here,
    )


def horizon_of(access: Access, timeline: Timeline, form: FilterForm) -> dt.datetime | None:
    """How far back a page looks, or counts, where it may have to look at many events to find some; None for all.

    It tells when events were stored, so it comes of events in sight alone, or not at all.
    """
    if not timeline.reads_far or not access.may_count(timeline.event_models):
        return None
    return timeline.horizon(form.cleaned_data.get("until"))


def count_words(count: Count) -> str:
    """A number of events, or the bound that it is beyond."""
    number = number_format(count.number, force_grouping=True)
    if not count.exact:
        return _("more than %s events") % number
    return ngettext("%s event", "%s events", count.number) % number


def figure(count: Count) -> str:
    """A number of events as a figure."""
    return number_format(count.number, force_grouping=True) + ("" if count.exact else "+")


def viewable(access: Access, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries without those that a ModelAdmin hides one by one, and without fields that may not be seen."""
    return (
        access.redacted(entry) for entry in entries if access.may_view_entry_object(entry.tracked_model, entry.object)
    )


def visible_page(access: Access, timeline: Timeline, after: str | None) -> tuple[list[Entry], str]:
    """The entries of a page, read ahead over those that may not be seen, and the cursor of the older page."""
    size = config.page_size()
    entries: list[Entry] = []
    page: Page = timeline.page(size=size, after=after)
    for _attempt in range(READ_AHEAD):
        entries += viewable(access, page.entries)
        if len(entries) >= size // 2 or page.after is None:
            break
        page = timeline.page(size=size, after=page.after)
    return entries, page.after or ""


def _query(query: QueryDict, *, without: tuple[str, ...], **values: str) -> str:
    """The request's query string without some parameters and with others set."""
    kept = {name: found for name, found in query.lists() if name not in without and name not in values}
    changed = kept | {name: [value] for name, value in values.items() if value}
    return f"?{urlencode(changed, doseq=True)}"
