"""A page of entries as it is read: days, in them one card for each context, in it a row for each event."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import groupby
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pghistory.models import Event
from pghistory.timeline import Entry
from pghistory.timeline.memberships import Membership
from pghistory_ui import clock
from pghistory_ui.addresses import Addresses
from pghistory_ui.blame import Blame
from pghistory_ui.idioms import Idiom, chosen, history_fields
from pghistory_ui.links import Links, page_url
from pghistory_ui.renderers import Change, Renderers
from pghistory_ui.rows import Card, Day, Row, metadata_of, restoring
from pghistory_ui.sets import SetChip, Sets, members
from pghistory_ui.sets import change as set_change

JOB_KEYS: Final = ("command", "job", "task")
MINUTE: Final = dt.timedelta(minutes=1)
UNITS: Final = (dt.timedelta(weeks=1), dt.timedelta(days=1), dt.timedelta(hours=1), MINUTE)


class Desk:
    """Makes the rows, cards and days of one page from its entries; names are fetched once for all."""

    def __init__(
        self,
        links: Links,
        *,
        all_fields: bool = False,
        whole: bool = False,
        sets: Sets | None = None,
        restorable: bool = False,
    ) -> None:
        """`all_fields` shows unchanged fields too; `whole`, also changes of fields outside `history_fields`.

        `sets` are those of the object that the page is about; `restorable` says that it may be brought back.
        """
        self.restorable = restorable
        self.sets = sets
        self.whole = whole or all_fields
        self.links = links
        self.renderers = Renderers(links)
        self.all_fields = all_fields
        self._how_much = "?unchanged=1" if all_fields else ""
        self.now = clock.now()
        self._zone = timezone.get_current_timezone()
        self._addresses = Addresses()
        self._idioms: dict[type[Event], Idiom] = {}
        self._ages: dict[Hashable, str] = {}

    def days(self, entries: Iterable[Entry], *, continues: str = "") -> tuple[Day, ...]:
        """The days of entries that come newest first; `continues` is the ISO date that the page before ended in."""
        return tuple(
            self._day(date, list(group), continues)
            for date, group in groupby(entries, key=lambda entry: entry.at.astimezone(self._zone).date())
        )

    def row(self, entry: Entry) -> Row:
        """An event as a row."""
        idiom, links = self._idiom(entry), self.links
        told = idiom.told(entry)
        telling = idiom.telling(entry, told)
        chips = idiom.chips(entry, telling)
        kind, label, restored = entry.kind, entry.label, restoring(entry)
        url = links.event(entry)
        return Row(
            entry=entry,
            kind="restore" if restored else kind,
            word=restored or idiom.word(kind),
            model=idiom.model,
            object=links.object(entry),
            url=url,
            label="" if label == kind else label,
            chips=chips,
            more=len(telling) - len(chips),
            note="" if telling else idiom.note(entry),
            changes_url=f"{url}changes/{self._how_much}" if idiom.opens(entry, told) else "",
            restore_url=self._restore_url(entry) if self.restorable else "",
        )

    def changes(self, entry: Entry, blame: Blame | None = None) -> tuple[Change, ...]:
        """What an open row tells, field by field; with `blame`, also who had set what was there before."""
        return self._idiom(entry).changes(entry, blame)

    def card(self, entries: list[Entry]) -> Card:
        """The card of entries that share a context."""
        first = entries[0]
        metadata = metadata_of(first)
        at = first.at.astimezone(self._zone)
        return Card(
            key=f"{first.event_model._meta.label_lower}-{first.id}".replace(".", "-"),
            actor=self.links.actor(first),
            source=source(metadata),
            reason=text_of(metadata.get("reason")),
            is_job=not metadata.get("url") and any(metadata.get(key) for key in JOB_KEYS),
            has_context=first.context is not None,
            url=self.links.context(first),
            at=at,
            ago=self._ago(at),
            rows=tuple(self._rows(entries)),
        )

    def _idiom(self, entry: Entry) -> Idiom:
        found = self._idioms.get(entry.event_model)
        if found is None:
            wanted = None if self.whole else history_fields(self.links.access, entry.tracked_model)
            renderers = self.renderers.of(entry)
            found = Idiom(entry, renderers, history_fields=wanted, all_fields=self.all_fields)
            self._idioms[entry.event_model] = found
        return found

    def _restore_url(self, entry: Entry) -> str:
        label = entry.event_model._meta.label
        make = partial(page_url, self.links.access.site, "restore", label)
        return self._addresses.of(label, entry.id, make)

    def _rows(self, entries: list[Entry]) -> Iterator[Row]:
        """A row for each entry, but one for all that was added to a set or removed from it."""
        if not self.sets:
            yield from map(self.row, entries)
            return
        together: dict[Any, list[Entry]] = {}
        for entry in entries:
            together.setdefault(self.sets.of(entry) or (entry.event_model, entry.id), []).append(entry)
        for key, found in together.items():
            yield self._set_row(self.sets, key, found) if isinstance(key, Membership) else self.row(found[0])

    def _set_row(self, sets: Sets, membership: Membership, entries: list[Entry]) -> Row:
        newest, idiom = entries[0], self._idiom(entries[0])
        wanted = None if self.whole else history_fields(self.links.access, sets.model)
        shown = bool(chosen([membership.name], wanted))
        found = members(self.links, membership, entries) if shown else ()
        restored = restoring(newest)
        # What comes or goes is an update of the object that the page is about.
        return Row(
            entry=newest,
            kind="restore" if restored else "update",
            word=restored or idiom.word("update"),
            model=idiom.model,
            object=self.links.object(newest),
            url=self.links.event(newest),
            label="",
            chips=(SetChip(membership.verbose_name, found),) if shown else (),
            more=0,
            note="" if shown else _("other fields changed"),
            is_set=True,
            changes=(set_change(membership.name, membership.verbose_name, found),) if shown else (),
        )

    def _ago(self, at: dt.datetime) -> str:
        """How long ago: the cards of a page have few ages, and each is put into words once."""
        age = _age(at, self.now)
        if age not in self._ages:
            self._ages[age] = ago(at, self.now)
        return self._ages[age]

    def _day(self, date: dt.date, entries: list[Entry], continues: str) -> Day:
        title, note = day_title(date, self.now.date())
        together: defaultdict[tuple[Any, ...], list[Entry]] = defaultdict(list)
        for entry in entries:
            together[_card_key(entry)].append(entry)
        cards = tuple(self.card(group) for group in together.values())
        return Day(date, title, note, date.isoformat() == continues, cards)


def source(metadata: dict[str, Any]) -> str:
    """By what: the address of the request with its method, or the command, job or task."""
    url = text_of(metadata.get("url"))
    if url:
        return f"{text_of(metadata.get('method'))} {url}".strip()
    return next((text_of(metadata[key]) for key in JOB_KEYS if metadata.get(key)), "")


def text_of(value: Any) -> str:
    """A metadata value in words, whatever was stored."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 500 else f"{text[:499]}…"


def day_title(date: dt.date, today: dt.date) -> tuple[str, str]:
    """A day as one speaks of it, and the rest of the date."""
    formats = get_format("DATE_FORMAT"), get_format("MONTH_DAY_FORMAT")
    return _day_title(date, today, (get_language(), *formats))


@lru_cache(maxsize=2_000)
def _day_title(date: dt.date, today: dt.date, style: Hashable) -> tuple[str, str]:
    """The same in a language and its formats: all pages tell of the same days, and formatting one takes long."""
    full, weekday = date_format(date, "DATE_FORMAT"), date_format(date, "l")
    days = (today - date).days
    if days == 0:
        return _("Today"), f"{weekday}, {full}"
    if days == 1:
        return _("Yesterday"), f"{weekday}, {full}"
    if 1 < days < 7:
        return weekday, full
    if date.year == today.year:
        return date_format(date, "MONTH_DAY_FORMAT"), weekday
    return full, weekday


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in one unit; "" for what is yet to come."""
    if at > now:
        return ""
    if now - at < MINUTE:
        return _("just now")
    return _("%s ago") % timesince(at, now, depth=1)


def _age(at: dt.datetime, now: dt.datetime) -> Hashable:
    """What `ago` depends on: whole years or else months of the calendar, or else the largest unit that has elapsed."""
    is_begun = (at.day, at.time()) > (now.day, now.time())
    months = (now.year - at.year) * 12 + now.month - at.month - is_begun
    if months > 0:
        return ("years", months // 12) if months >= 12 else ("months", months)
    elapsed = now - at
    return next(((unit, elapsed // unit) for unit in UNITS if elapsed >= unit), at > now)


def _card_key(entry: Entry) -> tuple[Any, ...]:
    """Events of a context stand together, also when others came between.

    Without a context, events of the same instant were written by one transaction.
    """
    return ("context", entry.context.id) if entry.context and entry.context.id else ("instant", entry.at)
