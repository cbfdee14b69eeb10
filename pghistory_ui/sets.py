"""Many-to-many relations of an object as sets: what was added and what was removed, by one unit of work."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory.timeline import Entry, Timeline
from pghistory.timeline.memberships import Membership, memberships, with_memberships
from pghistory_ui.links import Link, Links
from pghistory_ui.mirrored import field_of
from pghistory_ui.permissions import Access
from pghistory_ui.renderers import Change
from pghistory_ui.renderers.markup import Words

LOOKED_AT: Final = 500
"""So many events of sets are looked at between two versions of an object, or in one unit of work."""

INSTANT: Final = dt.timedelta(microseconds=1)

SHOWN: Final = 100
"""So many of a set are shown in an open row; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Member:
    """Something that was added to a set, or removed from it, and the event that tells so, where it is one."""

    link: Link
    added: bool
    number: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Members:
    """What is shown of a set's changes, and how many more there are."""

    shown: tuple[Member, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class SetChip:
    """A set in a closed row: what came and what went, in as many as fit."""

    field: str
    members: tuple[Member, ...]
    most: int = 4

    def drawn(self, words: Words) -> SafeString:
        """The chip as markup; it has words of its own."""
        told = " ".join(_mark(member) for member in self.members[: self.most])
        more = len(self.members) - self.most
        further = ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more}
        rest = f" {escape(further)}" if more > 0 else ""
        name = f'<span class="pgh-chip__field">{escape(self.field)}</span>'
        return mark_safe(f'<span class="pgh-chip pgh-chip--set">{name} {told}{rest}</span>')


class Sets:
    """The sets of one object, as the one who asks may see them."""

    def __init__(self, access: Access, obj: Model) -> None:
        self.access = access
        self.obj = obj
        self.model = type(obj)
        # A through model of which only some rows may be seen stays out: its events name no row to ask for.
        seen = [found for found in access.event_models if access.sees_every_row(found)]
        self.memberships = tuple(
            found
            for found in memberships(type(obj), seen)
            if not {found.near, found.far} & access.hidden_fields(found.event_model)
        )
        self._models = {found.event_model for found in self.memberships}

    def added_to(self, timeline: Timeline) -> Timeline:
        """A timeline narrowed to the object, with the events of its sets."""
        return with_memberships(timeline, self.obj, self.memberships) if self.memberships else timeline.of(self.obj)

    def of(self, entry: Entry) -> Membership | None:
        """The set that an entry adds to or removes from, None for an entry of the object itself."""
        if entry.event_model not in self._models or entry.kind not in ("insert", "delete"):
            return None
        state = entry.after or entry.before or {}
        return next(
            (
                found
                for found in self.memberships
                if found.event_model is entry.event_model and state.get(found.near) == self._key(entry, found.near)
            ),
            None,
        )

    def between(self, since: dt.datetime, until: dt.datetime | None) -> list[Entry]:
        """The LOOKED_AT newest entries that came after an instant, up to another or to now."""
        if not self.memberships:
            return []
        narrowed = self.added_to(self.access.timeline(*self._models)).since(since + INSTANT)
        if until is not None:
            narrowed = narrowed.until(until + INSTANT)
        return [self.access.redacted(entry) for entry in narrowed.page(size=LOOKED_AT).entries]

    def beside(self, entry: Entry) -> list[Entry]:
        """The LOOKED_AT newest entries of the same unit of work: of the context, or, without one, of the instant."""
        if not self.memberships:
            return []
        narrowed = self.added_to(self.access.timeline(*self._models))
        if entry.context is not None and entry.context.id is not None:
            narrowed = narrowed.in_context(entry.context.id)
        else:
            narrowed = narrowed.since(entry.at).until(entry.at + INSTANT)
        return [self.access.redacted(found) for found in narrowed.page(size=LOOKED_AT).entries]

    def changes(self, links: Links, entries: Iterable[Entry], *, backwards: bool = False) -> Iterator[Change]:
        """What these entries, newest first, come to for each set: what came and went again is left out."""
        told: defaultdict[Membership, defaultdict[Any, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry in entries:
            found = self.of(entry)
            if found is not None:
                told[found][(entry.after or entry.before or {})[found.far]].append(entry)
        for membership, by_target in told.items():
            lasting = [found[0] for found in by_target.values() if found[0].kind == found[-1].kind]
            came = members(links, membership, lasting, backwards=backwards)
            if came:
                yield change(membership.name, membership.verbose_name, came)

    def _key(self, entry: Entry, name: str) -> Any:
        field: Any = field_of(entry, name)
        return getattr(self.obj, field.target_field.attname, None)


def bound_words(entries: Sized) -> str:
    """That not all was looked at, in words; "" where it was."""
    if len(entries) < LOOKED_AT:
        return ""
    return _("Of what came and went, only the newest %d events were looked at.") % LOOKED_AT


def change(name: str, words: str, members: Iterable[Member]) -> Change:
    """The set in an open row, or in a comparison."""
    found = tuple(members)
    body = Members(found[:SHOWN], max(0, len(found) - SHOWN))
    return Change(name, str(capfirst(words)), "pghistory_ui/changes/set.html", body=body)


def members(
    links: Links, membership: Membership, entries: Iterable[Entry], *, backwards: bool = False
) -> tuple[Member, ...]:
    """What these entries added and removed, or with `backwards` what takes it back: added ones first, by name."""
    told = [
        Member(
            link=_target(links, membership, entry),
            added=(entry.kind == "insert") is not backwards,
            number=entry.id,
            url=links.event(entry),
        )
        for entry in entries
    ]
    return tuple(sorted(told, key=lambda member: (not member.added, member.link.label.casefold())))


def _target(links: Links, membership: Membership, entry: Entry) -> Link:
    field: Any = field_of(entry, membership.far)
    return links.target(field, (entry.after or entry.before or {})[membership.far])


def _mark(member: Member) -> str:
    tag, word = ("ins", _("added")) if member.added else ("del", _("removed"))
    return f'<{tag}>{escape(member.link.label)}<span class="pgh-hidden">, {escape(word)}</span></{tag}>'
