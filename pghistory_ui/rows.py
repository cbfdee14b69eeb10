"""What a page of entries is made of: a row for each event, a card for each context, a day for each date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext_lazy

from pghistory.timeline import Entry
from pghistory_ui import clock
from pghistory_ui.links import Link
from pghistory_ui.renderers import Change, Chip
from pghistory_ui.sets import SetChip

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


# As for what renderers make: frozen, each would take five times as long to make.
@dataclass(slots=True)
class Row:
    """One event: closed, its chips; open, what `changes_url` gives. `note` says why there is no change to show.

    `kind` is the event's, but "restore" for what brought something back, and "update" for a set.
    `is_set` marks what a context added to a set of the object and removed from it: several events, of which `entry` is
    the newest. Such a row has what it tells in itself, as `changes`.
    """

    entry: Entry
    kind: str
    word: str
    model: str
    object: Link
    url: str
    label: str
    chips: tuple[Chip | SetChip, ...]
    more: int
    note: str
    is_set: bool = False
    changes: tuple[Change, ...] = ()
    changes_url: str = ""
    restore_url: str = ""

    @property
    def at(self) -> dt.datetime:
        """The time in the reader's zone."""
        return clock.local(self.entry.at)

    @property
    def version(self) -> str:
        """The event as a form names it: "shop.ProductEvent:5"."""
        return f"{self.entry.event_model._meta.label}:{self.entry.id}"


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


def metadata_of(entry: Entry) -> dict[str, Any]:
    """The metadata of an entry's context; whatever else may have been stored there counts as none."""
    metadata = entry.context.metadata if entry.context else None
    return metadata if isinstance(metadata, dict) else {}


def restoring(entry: Entry) -> str:
    """The word for a row that a restore or an undo added or changed, or ""."""
    metadata = metadata_of(entry)
    if metadata.keys().isdisjoint(RESTORED) or entry.kind not in ("insert", "update"):
        return ""
    return next((str(word) for key, word in RESTORED.items() if metadata.get(key)), "")
