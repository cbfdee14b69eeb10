"""Texts that are looked for in labels, keys and contexts, without an index that serves them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q

from pghistory import changes, keys, registry
from pghistory.models import Context, Event
from pghistory.timeline import metadata
from pghistory.timeline.filters import Filter, Reach, one_of

RARE: Final = 1_000
"""Up to so many contexts with a text are worth to be read before the events."""


@dataclass(frozen=True, slots=True)
class Search(Filter):
    """Events with this text in their label, as their object's key, or somewhere in the values of their context.

    Contexts are read first, and their ids kept where they are few; else events are read newest first until a page is
    full. Where only events since an instant are meant, only their contexts are read.
    """

    reads_far = True

    text: str
    contexts: tuple[uuid.UUID, ...] | None = None

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if not keys.is_storable(self.text):
            return None
        labels = registry.labels(event_model)
        found = Q(pgh_label__in=[label for label in labels if self.text.lower() in label.lower()])
        found |= ~Q(pgh_label__in=labels) & Q(pgh_label__icontains=self.text)
        field = changes.column(event_model, "pgh_obj")
        if field is not None:
            found |= one_of("pgh_obj", [keys.as_stored(field, self.text, using)]) or changes.NEVER
        path = metadata.path(event_model)
        if path == metadata.SHARED and self.contexts is not None:
            found |= Q(pgh_context_id__in=self.contexts)
        elif path == metadata.SHARED:
            found |= metadata.mentions(path, self.text) | Q(pgh_context__actor_label__icontains=self.text)
        elif path is not None:
            found |= metadata.mentions(path, self.text)
        return found

    def planned(self, using: str, reach: Reach) -> Search:
        if not keys.is_storable(self.text):
            return self
        mentioned = metadata.mentions("metadata", self.text) | Q(actor_label__icontains=self.text)
        contexts = Context._base_manager.using(using).filter(mentioned)
        if reach.since is not None:
            recent = [
                changes.rows(event_model, using).filter(pgh_created_at__gte=reach.since).values("pgh_context_id")
                for event_model in reach.event_models
                if metadata.path(event_model) == metadata.SHARED
            ]
            if not recent:
                return replace(self, contexts=())
            ids = recent[0].union(*recent[1:]) if len(recent) > 1 else recent[0].distinct()
            contexts = contexts.filter(metadata.EqualsAny(F("pk"), ArraySubquery(ids)))
        found = tuple(contexts.values_list("pk", flat=True)[: RARE + 1])
        return replace(self, contexts=found if len(found) <= RARE else None)
