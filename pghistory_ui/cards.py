"""A page of entries as it is read: days, in them one card for each context, in it a row for each event."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import TextField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pghistory.timeline import Entry
from pghistory.visibility import has_object
from pghistory_ui.links import Link, Links, field_of, foreign_keys
from pghistory_ui.renderers import Change, Chip, Renderers

CHIPS: Final = 3
JOB_KEYS: Final = ("command", "job", "task")

KINDS: Final = {
    "insert": gettext_lazy("Added"),
    "update": gettext_lazy("Updated"),
    "delete": gettext_lazy("Deleted"),
    "manual": gettext_lazy("Recorded"),
    "unknown": gettext_lazy("Stored"),
}
# What a restore wrote, by the key of its context's metadata; a row that it removed is called so all the same.
RESTORED: Final = {"restored": gettext_lazy("Restored"), "undone": gettext_lazy("Undone")}
# A row of a many-to-many relation joins or leaves a set.
SET_KINDS: Final = {**KINDS, "delete": pgettext_lazy("from a set", "Removed")}


@dataclass(frozen=True, slots=True)
class Row:
    """One event: closed, its chips; open, its changes. `note` says why there is no change to show."""

    entry: Entry
    word: str
    model: str
    object: Link
    url: str
    label: str
    chips: tuple[Chip, ...]
    more: int
    changes: tuple[Change, ...]
    note: str

    @property
    def kind(self) -> str:
        """The kind by which the row is drawn: what brought something back is told apart."""
        return "restore" if restoring(self.entry) else self.entry.kind

    @property
    def at(self) -> dt.datetime:
        """The time in the reader's zone."""
        return timezone.localtime(self.entry.at)

    @property
    def version(self) -> str:
        """The event as a form names it: "shop.ProductEvent:5"."""
        return f"{self.entry.event_model._meta.label}:{self.entry.event.pgh_id}"


@dataclass(frozen=True, slots=True)
class Card:
    """One request or job, with the events of it that are on the page."""

    key: str
    actor: Link | None
    source: str
    reason: str
    is_job: bool
    has_context: bool
    url: str
    at: dt.datetime
    ago: str
    rows: tuple[Row, ...]

    @property
    def initials(self) -> str:
        """Two letters of the actor's name, or "" where it has none fit for it."""
        names = [name for name in (self.actor.label if self.actor else "").split() if name[0].isalpha()]
        return "".join(name[0] for name in (names[:1] + names[-1:] if len(names) > 1 else names)).upper()


@dataclass(frozen=True, slots=True)
class Day:
    """The cards of one day in the reader's zone; `continued` when the page before ended in it."""

    date: dt.date
    title: str
    note: str
    continued: bool
    cards: tuple[Card, ...]


class Desk:
    """Makes the rows, cards and days of one page from its entries; names are fetched once for all."""

    def __init__(self, links: Links, *, all_fields: bool = False, whole: bool = False) -> None:
        """`all_fields` shows unchanged fields too; `whole`, also changes of fields outside `history_fields`."""
        self.whole = whole or all_fields
        self.links = links
        self.renderers = Renderers(links)
        self.all_fields = all_fields
        self.now = timezone.localtime()

    def days(self, entries: Iterable[Entry], *, continues: str = "") -> tuple[Day, ...]:
        """The days of entries that come newest first; `continues` is the ISO date that the page before ended in."""
        return tuple(
            self._day(date, list(group), continues)
            for date, group in groupby(entries, key=lambda entry: timezone.localtime(entry.at).date())
        )

    def row(self, entry: Entry) -> Row:
        """An event as a row."""
        names, changes = self._changes(entry)
        words = KINDS
        if not has_object(entry.event_model):
            # The row is called by its first end: a chip need not say it again.
            words, names = SET_KINDS, [name for name in names if name not in foreign_keys(entry)[:1]]
        chips = tuple(self._chip(entry, name) for name in names[:CHIPS])
        return Row(
            entry=entry,
            word=restoring(entry) or str(words.get(entry.kind, KINDS["unknown"])),
            model=str(capfirst(entry.tracked_model._meta.verbose_name)),
            object=self.links.object(entry),
            url=self.links.event(entry),
            label="" if entry.label == entry.kind else entry.label,
            chips=chips,
            more=len(names) - len(chips),
            changes=changes,
            note=self._note(entry, names),
        )

    def card(self, entries: list[Entry]) -> Card:
        """The card of entries that share a context."""
        first = entries[0]
        metadata = metadata_of(first)
        at = timezone.localtime(first.at)
        return Card(
            key=f"{first.event_model._meta.label_lower}-{first.event.pgh_id}".replace(".", "-"),
            actor=self.links.actor(first),
            source=source(metadata),
            reason=text_of(metadata.get("reason")),
            is_job=not metadata.get("url") and any(metadata.get(key) for key in JOB_KEYS),
            has_context=first.context is not None,
            url=self.links.context(first),
            at=at,
            ago=ago(at, self.now),
            rows=tuple(self.row(entry) for entry in entries),
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
        state = entry.after if entry.kind == "insert" else entry.before
        if entry.kind in ("insert", "delete") and state is not None:
            names = [name for name in self._chosen(entry, state) if state[name] not in (None, "", [], {})]
            changes = [self.renderers.of(entry, name).state(state[name]) for name in names]
            return self._telling(entry, names), tuple(changes)
        names = self._chosen(entry, entry.changes)
        changes = [self.renderers.of(entry, name).change(*entry.changes[name]) for name in names]
        rest = entry.after or entry.before or {}
        if self.all_fields or (entry.is_first and not names):
            changes += [
                self.renderers.of(entry, name).state(value) for name, value in rest.items() if name not in names
            ]
        return self._telling(entry, names) or names, tuple(changes)

    def _chosen(self, entry: Entry, names: Iterable[str]) -> list[str]:
        """Of these fields, those of the ModelAdmin's `history_fields`, in its order; all of them without it."""
        wanted = (
            None if self.whole else getattr(self.links.access.model_admin(entry.tracked_model), "history_fields", None)
        )
        present = list(names)
        return present if wanted is None else [name for name in wanted if name in present]

    def _chip(self, entry: Entry, name: str) -> Chip:
        renderer = self.renderers.of(entry, name)
        if name in entry.changes and entry.kind not in ("insert", "delete"):
            return renderer.chip(*entry.changes[name])
        gone = entry.kind == "delete"
        return renderer.only_chip(((entry.before if gone else entry.after) or {}).get(name), gone=gone)

    def _telling(self, entry: Entry, names: Iterable[str]) -> list[str]:
        """The names worth a chip: no times that Django sets by itself, no key and, at last, long texts of a new row."""
        fields = {name: field_of(entry, name) for name in names}
        worth = [name for name, field in fields.items() if not _sets_itself(field)]
        whole = entry.kind in ("insert", "delete")
        return sorted(worth, key=lambda name: whole and isinstance(fields[name], TextField))

    def _note(self, entry: Entry, names: list[str]) -> str:
        if names:
            return ""
        if entry.is_first:
            return _("first recorded state")
        if entry.changes:
            return _("other fields changed")
        return _("no tracked field changed")


def _sets_itself(field: Any) -> bool:
    return any(getattr(field, name, False) for name in ("auto_now", "auto_now_add", "primary_key"))


def metadata_of(entry: Entry) -> dict[str, Any]:
    """The metadata of an entry's context; whatever else may have been stored there counts as none."""
    metadata = entry.context.metadata if entry.context else None
    return metadata if isinstance(metadata, dict) else {}


def restoring(entry: Entry) -> str:
    """The word for a row that a restore or an undo added or changed, or ""."""
    metadata = metadata_of(entry) if entry.kind in ("insert", "update") else {}
    return next((str(word) for key, word in RESTORED.items() if metadata.get(key)), "")


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
