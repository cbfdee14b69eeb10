"""Who had set the values that an event replaced, as far as the entries at hand tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pghistory.models import Event
from pghistory.timeline import Entry
from pghistory_ui import clock
from pghistory_ui.links import Links


class Blame:
    """The setters of old values, from entries with none left out between them; events without an object have none."""

    def __init__(self, links: Links, entries: Iterable[Entry]) -> None:
        self._links = links
        self._words: dict[tuple[type[Event], int], str] = {}
        self._setters: dict[tuple[type[Event], int], dict[str, Entry]] = {}
        last: defaultdict[tuple[type[Event], Any], dict[str, Entry]] = defaultdict(dict)
        # A long transaction stands where it began: the numbers of its events tell when each was written.
        for entry in sorted((entry for entry in entries if entry.obj_id is not None), key=_written):
            known = last[entry.event_model, entry.obj_id]
            self._setters[entry.event_model, entry.id] = {name: known[name] for name in entry.changes if name in known}
            known |= dict.fromkeys((entry.after or {}) if entry.kind == "insert" else entry.changes, entry)

    def words(self, entry: Entry, name: str) -> str:
        """When the value that an entry replaced had been set, and by whom; "" where these entries do not tell."""
        setter = self._setters.get((entry.event_model, entry.id), {}).get(name)
        if setter is None:
            return ""
        place = setter.event_model, setter.id
        if place not in self._words:
            self._words[place] = self._said(setter)
        return self._words[place]

    def _said(self, setter: Entry) -> str:
        on = date_format(clock.local(setter.at), "DATE_FORMAT")
        actor = self._links.actor(setter)
        return _("set %(on)s by %(name)s") % {"on": on, "name": actor.label} if actor else _("set %(on)s") % {"on": on}


def _written(entry: Entry) -> tuple[str, Any]:
    return entry.event_model._meta.label, entry.id
