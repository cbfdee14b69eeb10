"""A page of entries as it is read: days, in them one card for each context, in it a row for each event."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, Final

from django.db.models import Model, TextField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from pghistory.timeline import Entry
from pghistory.timeline.memberships import Membership
from pghistory.visibility import has_object
from pghistory_ui import clock
from pghistory_ui.addresses import Addresses
from pghistory_ui.blame import Blame
from pghistory_ui.links import Links, page_url
from pghistory_ui.mirrored import field_of, foreign_keys
from pghistory_ui.renderers import Change, Chip, Renderers
from pghistory_ui.rows import KINDS, SET_KINDS, Card, Day, Row, metadata_of, restoring
from pghistory_ui.sets import SetChip, Sets, members
from pghistory_ui.sets import change as set_change

CHIPS: Final = 3
JOB_KEYS: Final = ("command", "job", "task")


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
        gapless: bool = False,
    ) -> None:
        """`all_fields` shows unchanged fields too; `whole`, also changes of fields outside `history_fields`.

        `sets` are those of the object that the page is about; `restorable` says that it may be brought back, `gapless`
        that no event is left out between those of the page, so that they tell who had set what.
        """
        self.restorable = restorable
        self.gapless = gapless
        self._addresses = Addresses()
        self.sets = sets
        self.whole = whole or all_fields
        self.links = links
        self.renderers = Renderers(links)
        self.all_fields = all_fields
        self.now = clock.now()
        self._zone = timezone.get_current_timezone()
        self._blame: Blame | None = None
        self._kinds: dict[tuple[str, bool], str] = {}
        self._models: dict[type[Model], tuple[str, Sequence[str] | None]] = {}

    def days(self, entries: Iterable[Entry], *, continues: str = "") -> tuple[Day, ...]:
        """The days of entries that come newest first; `continues` is the ISO date that the page before ended in."""
        found = list(entries)
        self._blame = Blame(self.links, found) if self.gapless else None
        return tuple(
            self._day(date, list(group), continues)
            for date, group in groupby(found, key=lambda entry: entry.at.astimezone(self._zone).date())
        )

    def row(self, entry: Entry) -> Row:
        """An event as a row."""
        names, changes = self._changes(entry)
        of_set = not has_object(entry.event_model)
        if of_set:
            # The row is called by its first end: a chip need not say it again.
            names = [name for name in names if name not in foreign_keys(entry)[:1]]
        chips = tuple(self._chip(entry, name) for name in names[:CHIPS])
        return Row(
            entry=entry,
            word=restoring(entry) or self._kind(entry.kind, of_set=of_set),
            model=self._of_model(entry.tracked_model)[0],
            object=self.links.object(entry),
            url=self.links.event(entry),
            label="" if entry.label == entry.kind else entry.label,
            chips=chips,
            more=len(names) - len(chips),
            changes=changes,
            note=self._note(entry, names),
            restore_url=self._restore_url(entry) if self.restorable else "",
        )

    def _kind(self, kind: str, *, of_set: bool = False) -> str:
        """The word for a kind, translated once for a page."""
        if (kind, of_set) not in self._kinds:
            self._kinds[kind, of_set] = str((SET_KINDS if of_set else KINDS).get(kind, KINDS["unknown"]))
        return self._kinds[kind, of_set]

    def _of_model(self, model: type[Model]) -> tuple[str, Sequence[str] | None]:
        """What a model is called, and its ModelAdmin's `history_fields`."""
        if model not in self._models:
            wanted = None if self.whole else getattr(self.links.access.model_admin(model), "history_fields", None)
            self._models[model] = str(capfirst(model._meta.verbose_name)), wanted
        return self._models[model]

    def _restore_url(self, entry: Entry) -> str:
        label = entry.event_model._meta.label
        make = partial(page_url, self.links.access.site, "restore", label)
        return self._addresses.of(label, entry.id, make)

    def _rows(self, entries: list[Entry]) -> Iterator[Row]:
        """A row for each entry, but one for all that was added to a set or removed from it."""
        together: dict[Any, list[Entry]] = {}
        for entry in entries:
            found = self.sets.of(entry) if self.sets else None
            together.setdefault(found or (entry.event_model, entry.id), []).append(entry)
        for key, found_entries in together.items():
            yield self._set_row(key, found_entries) if isinstance(key, Membership) else self.row(found_entries[0])

    def _set_row(self, membership: Membership, entries: list[Entry]) -> Row:
        newest = entries[0]
        shown = bool(self._chosen(self.sets.model, [membership.name])) if self.sets else False
        found = members(self.links, membership, entries) if shown else ()
        return Row(
            entry=newest,
            word=restoring(newest) or self._kind("update"),
            model=self._of_model(newest.tracked_model)[0],
            object=self.links.object(newest),
            url=self.links.event(newest),
            label="",
            chips=(SetChip(membership.verbose_name, found),) if shown else (),
            more=0,
            changes=(set_change(membership.name, membership.verbose_name, found),) if shown else (),
            note="" if shown else _("other fields changed"),
            is_set=True,
        )

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
            ago=ago(at, self.now),
            rows=tuple(self._rows(entries)),
        )

    def _day(self, date: dt.date, entries: list[Entry], continues: str) -> Day:
        title, note = day_title(date, self.now.date())
        together: defaultdict[tuple[Any, ...], list[Entry]] = defaultdict(list)
        for entry in entries:
            together[_card_key(entry)].append(entry)
        cards = tuple(self.card(group) for group in together.values())
        return Day(date, title, note, date.isoformat() == continues, cards)

    def _changes(self, entry: Entry) -> tuple[list[str], tuple[Change, ...]]:
        """The names worth a chip, and the changes of the open row."""
        renderers, whole = self.renderers.of(entry), entry.kind in ("insert", "delete")
        state = (entry.after if entry.kind == "insert" else entry.before) if whole else None
        if state is not None:
            names = [name for name in self._chosen(entry.tracked_model, state) if state[name] not in (None, "", [], {})]
            changes = [renderers[name].state(state[name]) for name in names]
            return self._telling(entry, names), tuple(changes)
        names = self._chosen(entry.tracked_model, entry.changes)
        changes = [self._change(entry, name) for name in names]
        if self.all_fields or (entry.is_first and not names):
            rest = entry.after or entry.before or {}
            changes += [renderers[name].state(value) for name, value in rest.items() if name not in names]
        return self._telling(entry, names) or names, tuple(changes)

    def _change(self, entry: Entry, name: str) -> Change:
        change = self.renderers.of(entry)[name].change(*entry.changes[name])
        blame = self._blame.words(entry, name) if self._blame else ""
        return replace(change, blame=blame) if blame else change

    def _chosen(self, model: type[Model], names: Iterable[str]) -> list[str]:
        """Of these fields, those of the ModelAdmin's `history_fields`, in its order; all of them without it."""
        wanted = self._of_model(model)[1]
        present = list(names)
        return present if wanted is None else [name for name in wanted if name in present]

    def _chip(self, entry: Entry, name: str) -> Chip:
        renderer = self.renderers.of(entry)[name]
        if name in entry.changes and entry.kind not in ("insert", "delete"):
            return renderer.chip(*entry.changes[name])
        gone = entry.kind == "delete"
        before, after = entry.sides(name)
        return renderer.only_chip(before if gone else after, gone=gone)

    def _telling(self, entry: Entry, names: Iterable[str]) -> list[str]:
        """The names worth a chip: no times that Django sets by itself, no key and, at last, long texts of a new row."""
        renderers = self.renderers.of(entry)
        worth = [name for name in names if not renderers[name].sets_itself]
        if entry.kind not in ("insert", "delete"):
            return worth
        return sorted(worth, key=lambda name: isinstance(field_of(entry, name), TextField))

    def _note(self, entry: Entry, names: list[str]) -> str:
        if names:
            return ""
        if entry.is_first:
            return _("first recorded state")
        if entry.changes:
            return _("other fields changed")
        return _("no tracked field changed")


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
    if now - at < dt.timedelta(minutes=1):
        return _("just now")
    return _("%s ago") % timesince(at, now, depth=1)


def _card_key(entry: Entry) -> tuple[Any, ...]:
    """Events of a context stand together, also when others came between.

    Without a context, events of the same instant were written by one transaction.
    """
    return ("context", entry.context.id) if entry.context and entry.context.id else ("instant", entry.at)
