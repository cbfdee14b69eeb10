"""What a timeline leaves out: the events that a narrower one of it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import router
from django.db.models import BooleanField, Case, Q, Value, When

from pghistory.models import Event
from pghistory.timeline.filters import Filter, Reach

if TYPE_CHECKING:
    from pghistory.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Excluded(Filter):
    """Events that do not answer all of these filters; of other event models, every one."""

    reads_far = True

    filters: tuple[Filter, ...]
    event_models: tuple[type[Event], ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if event_model not in self.event_models:
            return Q()
        meant = Q()
        for item in self.filters:
            found = item.condition(event_model, using)
            if found is None:
                return Q()
            meant &= found
        if not meant:
            return None
        # Where nothing is known, as of an event without a context, it is not what was excepted.
        return Q(Case(When(meant, then=Value(False)), default=Value(True), output_field=BooleanField()))

    def planned(self, using: str, reach: Reach) -> Excluded:
        return replace(self, filters=tuple(item.planned(using, reach) for item in self.filters))


def without(timeline: Timeline, narrowed: Timeline) -> Timeline:
    """A timeline without the events of a narrower one that was made of it."""
    added = narrowed.filters[len(timeline.filters) :]
    left_out = Excluded(added, narrowed.event_models)
    kept = tuple(
        found
        for found in timeline.event_models
        if found not in narrowed.event_models or _leaves(left_out, found, timeline)
    )
    return replace(timeline, event_models=kept, filters=(*timeline.filters, *([left_out] if added else [])))


def _leaves(left_out: Excluded, event_model: type[Event], timeline: Timeline) -> bool:
    """Whether an event model can have events that do not answer the filters."""
    using = timeline.using or router.db_for_read(event_model)
    return left_out.condition(event_model, using) is not None
