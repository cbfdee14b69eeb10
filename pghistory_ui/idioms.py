"""How the events of an event model are told: by which of their fields, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import Model, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory.timeline import Entry
from pghistory.visibility import has_object
from pghistory_ui.blame import Blame
from pghistory_ui.mirrored import field_of, foreign_keys
from pghistory_ui.permissions import Access
from pghistory_ui.renderers import Change, Chip
from pghistory_ui.renderers.base import Renderer
from pghistory_ui.rows import KINDS, SET_KINDS

CHIPS: Final = 3
NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


class Idiom:
    """What is alike in all events of an event model on a page; `model` is what the tracked model is called."""

    def __init__(
        self,
        entry: Entry,
        renderers: dict[str, Renderer],
        *,
        history_fields: Sequence[str] | None,
        all_fields: bool,
    ) -> None:
        """`entry` is any of the events; `history_fields` are those of the ModelAdmin, None for all."""
        self.model = str(capfirst(entry.tracked_model._meta.verbose_name))
        self._renderers = renderers
        self._history_fields = history_fields
        self._all_fields = all_fields
        self._of_set = not has_object(entry.event_model)
        # A row of a set is called by its first end: a chip need not say it again.
        self._named_by = foreign_keys(entry)[:1] if self._of_set else []
        self._words: dict[str, str] = {}

    def word(self, kind: str) -> str:
        """The word for a kind, translated once for a page."""
        if kind not in self._words:
            self._words[kind] = str((SET_KINDS if self._of_set else KINDS).get(kind, KINDS["unknown"]))
        return self._words[kind]

    def told(self, entry: Entry) -> list[str]:
        """The fields that an event tells of: what differs, or all that something new or gone had."""
        state = _whole(entry)
        if state is None:
            return chosen(entry.changes, self._history_fields)
        return [name for name in chosen(state, self._history_fields) if state[name] not in NOTHING]

    def telling(self, entry: Entry, told: list[str]) -> list[str]:
        """The names worth a chip: no times that Django sets by itself, no key and, at last, long texts of a new row."""
        renderers = self._renderers
        worth = [name for name in told if not renderers[name].sets_itself]
        if _whole(entry) is None:
            worth = worth or told
        else:
            worth.sort(key=lambda name: isinstance(field_of(entry, name), TextField))
        return [name for name in worth if name not in self._named_by] if self._named_by else worth

    def chips(self, entry: Entry, telling: list[str]) -> tuple[Chip, ...]:
        """What a closed row tells."""
        renderers, state = self._renderers, _whole(entry)
        if state is None:
            changes = entry.changes
            return tuple([renderers[name].chip(*changes[name]) for name in telling[:CHIPS]])
        gone = entry.kind == "delete"
        return tuple([renderers[name].only_chip(state[name], gone=gone) for name in telling[:CHIPS]])

    def opens(self, entry: Entry, told: list[str]) -> bool:
        """Whether an open row has anything to tell."""
        if told or _whole(entry) is not None:
            return bool(told)
        return (self._all_fields or entry.is_first) and bool(entry.after or entry.before)

    def changes(self, entry: Entry, blame: Blame | None = None) -> tuple[Change, ...]:
        """What an open row tells, field by field; with `blame`, also who had set what was there before."""
        renderers, state, told = self._renderers, _whole(entry), self.told(entry)
        if state is not None:
            return tuple(renderers[name].state(state[name]) for name in told)
        changes = [self._change(entry, name, blame) for name in told]
        if self._all_fields or (entry.is_first and not told):
            rest = entry.after or entry.before or {}
            changes += [renderers[name].state(value) for name, value in rest.items() if name not in told]
        return tuple(changes)

    def note(self, entry: Entry) -> str:
        """Why there is no change to tell of."""
        if entry.is_first:
            return _("first recorded state")
        return _("other fields changed") if entry.changes else _("no tracked field changed")

    def _change(self, entry: Entry, name: str, blame: Blame | None) -> Change:
        change = self._renderers[name].change(*entry.changes[name])
        words = blame.words(entry, name) if blame else ""
        return replace(change, blame=words) if words else change


def history_fields(access: Access, model: type[Model]) -> Sequence[str] | None:
    """The fields of which the timelines of a model tell, as its ModelAdmin says; None for all of them."""
    fields: Sequence[str] | None = getattr(access.model_admin(model), "history_fields", None)
    return fields


def chosen(names: Iterable[str], wanted: Sequence[str] | None) -> list[str]:
    """The names that are wanted, in that order; all of them where nothing is said."""
    if wanted is None:
        return list(names)
    present = list(names)
    return [name for name in wanted if name in present]


def _whole(entry: Entry) -> dict[str, Any] | None:
    """The row that came or went as a whole; None for an event that tells of a change."""
    kind = entry.kind
    if kind == "insert":
        return entry.after
    return entry.before if kind == "delete" else None
