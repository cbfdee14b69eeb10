"""Objects that are gone, found by the events that they left.

Where a tracker stores deletions, their events tell; elsewhere, the last event of an object whose row does not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from pghistory import changes, keys, registry
from pghistory.indexes import ReadIndex
from pghistory.models import Event
from pghistory.readings import Labels
from pghistory.timeline.filters import Filter

if TYPE_CHECKING:
    from pghistory.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Gone(Filter):
    """The last word about an object that is gone: its deletion, or its last event where no deletion is stored.

    With `since`, only events since then are looked at, also as later words.
    """

    since: dt.datetime | None = None

    def condition(self, event_model: type[Event], using: str) -> Q:
        deletes = Labels(event_model).deletes
        later = changes.rows(event_model).filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__gt=OuterRef("pgh_id"))
        if self.since is not None:
            later = later.filter(pgh_created_at__gte=self.since)
        if deletes:
            later = later.filter(pgh_label__in=deletes)
        gone = ~Q(Exists(changes.living(event_model))) & ~Q(Exists(later))
        if self.since is not None:
            gone &= Q(pgh_created_at__gte=self.since)
        return Q(pgh_label__in=deletes) & gone if deletes else gone


@dataclass(frozen=True, slots=True)
class Holding(Filter):
    """Events whose stored row has a text in one of its texts, but for the hidden fields, or as its object's key."""

    text: str
    hidden: Mapping[type[Event], Collection[str]] = field(default_factory=dict)

    def condition(self, event_model: type[Event], using: str) -> Q:
        found = changes.NEVER
        if not keys.is_storable(self.text):
            return found
        for name in event_model.pgh_tracked_fields:
            if name in self.hidden.get(event_model, ()):
                continue
            if isinstance(event_model._meta.get_field(name), (models.CharField, models.TextField)):
                found |= Q(**{f"{name}__icontains": self.text})
        key = keys.as_stored(changes.column(event_model, "pgh_obj"), self.text, using)
        return found if key is None else found | Q(pgh_obj=key)


def deleted(
    timeline: Timeline,
    *,
    texts: Iterable[str] = (),
    hidden: Mapping[type[Event], Collection[str]] | None = None,
    since: dt.datetime | None = None,
) -> Timeline:
    """The timeline of the last events of objects that are gone, newest first; of those that have all the texts.

    Texts are not looked for in `hidden` fields, {event model: names}.

    `since` keeps to newer events, as a `horizon()`.

    Of a model with several event models, those that store deletions speak for the others.
    """
    filters = (*timeline.filters, Gone(since))
    return holding(replace(timeline, event_models=_speaking(timeline), filters=filters), texts, hidden)


def holding(
    timeline: Timeline, texts: Iterable[str], hidden: Mapping[type[Event], Collection[str]] | None = None
) -> Timeline:
    """The events of a timeline whose stored rows have all the texts, as `deleted()` looks for them."""
    added = (Holding(text, hidden or {}) for text in texts)
    return replace(timeline, filters=(*timeline.filters, *added))


def stores_deletions(event_model: type[Event]) -> bool:
    """Whether a tracker stores each deletion under a label of its own."""
    return bool(Labels(event_model).deletes)


def is_deletion(event: Event) -> bool:
    """Whether an event was stored by a tracker of deletions alone."""
    return event.pgh_label in Labels(type(event)).deletes


def is_indexed(event_model: type[Event]) -> bool:
    """Whether an index holds the deletions alone, so that all of them are found however many events there are."""
    return stores_deletions(event_model) and any(
        isinstance(index, ReadIndex) and index.condition is not None for index in event_model._meta.indexes
    )


def horizon(timeline: Timeline, until: dt.datetime | None = None) -> dt.datetime | None:
    """How far back a page of what `deleted()` finds looks from an instant, or from now, as `Timeline.horizon` says it.

    Tables with an index of their deletions do not count. None where all events are looked at.
    """
    wide = tuple(found for found in _speaking(timeline) if not is_indexed(found))
    return replace(timeline, event_models=wide).horizon(until)


def _speaking(timeline: Timeline) -> tuple[type[Event], ...]:
    return tuple(found for found in timeline.event_models if _speaks(found, timeline.event_models))


def _speaks(event_model: type[Event], all_of_them: Iterable[type[Event]]) -> bool:
    """Whether an event model tells which objects of its table are gone."""
    if not changes.has_object(event_model):
        return False
    table = registry.concrete(event_model.pgh_tracked_model)
    rivals = [
        other
        for other in all_of_them
        if registry.concrete(other.pgh_tracked_model) is table and changes.has_object(other)
    ]
    best = [other for other in rivals if stores_deletions(other)] or rivals[:1]
    return event_model in best
