"""How many events each day has, as bars that filter by their day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory.timeline import Timeline
from pghistory_ui import clock
from pghistory_ui.filters import FilterForm

DAYS: Final = 30
MOST_DAYS: Final = 92
WIDTH: Final = 30
HEIGHT: Final = 56


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its number of events in words, the query string that filters by it, and its place in the drawing."""

    words: str
    query: str
    x: int
    height: int
    is_chosen: bool

    @property
    def y(self) -> int:
        """The upper edge."""
        return HEIGHT - 1 - self.height


@dataclass(frozen=True, slots=True)
class Histogram:
    """The bars of a filtered timeline over its newest days, and what they say in one sentence."""

    bars: tuple[Bar, ...]
    first: str
    last: str
    summary: str
    width: int
    height: int = HEIGHT
    horizon: dt.datetime | None = None


def histogram(
    timeline: Timeline, form: FilterForm, query: QueryDict, *, horizon: dt.datetime | None = None
) -> Histogram:
    """The bars between "since" and "until" of the filter, else of the last 30 days; never of more than 92.

    With a horizon, days before it have none.
    """
    first, last = span(form)
    looked_at = None if horizon is None else clock.local(horizon)
    if looked_at is not None and looked_at.date() >= first:
        timeline = timeline.since(looked_at)
        first = min(looked_at.date(), last)
    else:
        looked_at = None
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    counts = timeline.by_day(first, last)
    highest = max(counts.values(), default=0)
    bars = tuple(
        Bar(
            words=f"{date_format(day, 'DATE_FORMAT')}: {events(counts.get(day, 0))}",
            query=of_day(query, day),
            x=WIDTH * place,
            height=ceil(counts.get(day, 0) * (HEIGHT - 4) / highest) if highest else 0,
            is_chosen=first == last or day == clock.today(),
        )
        for place, day in enumerate(days)
    )
    busiest = max(counts, key=lambda day: counts[day], default=None)
    told = {"events": events(sum(counts.values())), "days": ngettext("%d day", "%d days", len(days)) % len(days)}
    summary = _("%(events)s in %(days)s") % told
    if busiest is not None and len(days) > 1:
        most = {"day": date_format(busiest, "MONTH_DAY_FORMAT"), "number": number_format(highest, force_grouping=True)}
        summary += _(", most on %(day)s (%(number)s)") % most
    return Histogram(bars, name_of(first), name_of(last), summary, WIDTH * len(days), horizon=looked_at)


def span(form: FilterForm) -> tuple[dt.date, dt.date]:
    """The first and the last day."""
    since, until = form.cleaned_data.get("since"), form.cleaned_data.get("until")
    today = clock.today()
    last = clock.local(until - dt.timedelta(microseconds=1)).date() if until else today
    if since:
        first = clock.local(since).date()
        last = max(first, last)
        return max(first, last - dt.timedelta(days=MOST_DAYS - 1)), last
    return last - dt.timedelta(days=DAYS - 1), last


def of_day(query: QueryDict, day: dt.date) -> str:
    """The filter with a day in the place of its own times."""
    narrowed = query.copy()
    for name in ("after", "day"):
        narrowed.pop(name, None)
    narrowed["since"] = day.isoformat()
    narrowed["until"] = (day + dt.timedelta(days=1)).isoformat()
    return f"?{narrowed.urlencode()}"


def events(number: int) -> str:
    """A number of events in words."""
    return ngettext("%s event", "%s events", number) % number_format(number, force_grouping=True)


def name_of(day: dt.date) -> str:
    """A day below the bars."""
    return _("Today") if day == clock.today() else date_format(day, "MONTH_DAY_FORMAT")
