"""What narrows a timeline: each filter says, for one event model, which of its events are meant.

Values come from addresses and forms: what no column can hold matches nothing, and never reaches the database.
"""

from __future__ import annotations

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, Q, lookups
from django.db.models.fields.related import ForeignKey
from django.db.models.functions import Cast

from pghistory import changes, conditions, config, keys, registry
from pghistory.models import Context, Event
from pghistory.timeline import metadata
from pghistory.timeline.intervals import ORDERED, Interval

ANYTHING: Final = "*"
"""Stands for every value in a change."""

RARE: Final = 1_000
"""Up to so many contexts of an actor are worth to be read before the events."""

BUSY: Final = 5_000
"""Beyond so many contexts of an actor, events are read before them."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is asked together: the event models of one database, since when, and whether few events are left anyway."""

    event_models: tuple[type[Event], ...]
    since: dt.datetime | None = None
    is_narrow: bool = False


class Filter(ABC):
    """One condition of a timeline."""

    __slots__ = ()

    reads_far: ClassVar[bool] = False
    """Whether no index leads to its events: where they are rare, many others are looked at for one of them."""

    is_narrow: ClassVar[bool] = False
    """Whether an index leads to its events, and they are few beside all of them."""

    @abstractmethod
    def condition(self, event_model: type[Event], using: str) -> Q | None:
        """The events that are meant; None where the event model cannot have any."""

    def planned(self, using: str, reach: Reach) -> Filter:
        """The same filter, fit for what the database holds."""
        return self


@dataclass(frozen=True, slots=True)
class Objects(Filter):
    """Events of these objects; of an object in several tables (multi-table inheritance), those of each table."""

    is_narrow = True

    objects: tuple[models.Model, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        field = changes.column(event_model, "pgh_obj")
        if field is None:
            return None
        tracked = event_model.pgh_tracked_model
        return one_of("pgh_obj", [keys.as_stored(field, keys.key_in(obj, tracked), using) for obj in self.objects])


@dataclass(frozen=True, slots=True)
class References(Filter):
    """Events in which a mirrored foreign key points to one of these objects.

    `hidden` are fields that nobody is to learn of, as (event model, name).
    """

    objects: tuple[models.Model, ...]
    hidden: frozenset[tuple[type[Event], str]] = frozenset()

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        found: Q | None = None
        for name in event_model.pgh_tracked_fields:
            field = event_model._meta.get_field(name)
            if not isinstance(field, ForeignKey) or (event_model, name) in self.hidden:
                continue
            values = [keys.as_stored(field, keys.target_value(field, obj), using) for obj in self.objects]
            condition = one_of(name, values)
            if condition is not None:
                found = condition if found is None else found | condition
        return found


@dataclass(frozen=True, slots=True)
class Labels(Filter):
    """Events under one of these labels, registered or not."""

    reads_far = True

    labels: tuple[str, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return one_of("pgh_label", [label for label in self.labels if keys.is_storable(label)])


@dataclass(frozen=True, slots=True)
class Actor(Filter):
    """Events whose context names this user key, as a number or as a text.

    The contexts of a rare actor are read first, and their events by the ids of these; without them the planner may walk
    through everything, newest first, which serves actors whose events are many.
    """

    key: str
    contexts: tuple[uuid.UUID, ...] | models.QuerySet[Any, Any] | None = None

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        path = metadata.path(event_model)
        if path is None or not keys.is_storable(self.key):
            return None
        if self.contexts is not None and path == metadata.SHARED:
            return metadata.of_contexts(self.contexts)
        return metadata.names_actor(path, self.key)

    def planned(self, using: str, reach: Reach) -> Actor:
        # Without the index over actors, each branch would read all contexts.
        if "actor" not in config.indexes() or not keys.is_storable(self.key):
            return self
        named = Context._base_manager.using(using).filter(metadata.names_actor("metadata", self.key))
        found = tuple(named.values_list("pk", flat=True)[: RARE + 1])
        if len(found) <= RARE:
            return replace(self, contexts=found)
        is_busy = reach.is_narrow or named[: BUSY + 1].count() > BUSY
        return self if is_busy else replace(self, contexts=named.values("pk"))


@dataclass(frozen=True, slots=True)
class InContext(Filter):
    """Events of one context."""

    is_narrow = True

    id: uuid.UUID

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return Q(pgh_context_id=self.id) if changes.column(event_model, "pgh_context_id") else None


@dataclass(frozen=True, slots=True)
class ActorLabel(Filter):
    """Events whose actor was called so at the time, in whole or in part, whatever the case.

    No index serves it: events are read newest first until a page is full, and all of them where the name is rare.
    """

    reads_far = True

    text: str

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if metadata.path(event_model) != metadata.SHARED or not keys.is_storable(self.text):
            return None
        return Q(pgh_context__actor_label__icontains=self.text)


@dataclass(frozen=True, slots=True)
class Metadata(Filter):
    """Events whose context has this value at this key, as JSON or as a text that reads the same."""

    reads_far = True

    key: str
    value: Any

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        path = metadata.path(event_model)
        return None if path is None else metadata.holds(path, self.key, self.value)


@dataclass(frozen=True, slots=True)
class Touching(Filter):
    """Events that change one of these fields."""

    reads_far = True

    fields: tuple[str, ...]

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        mirrored = [name for name in self.fields if name in event_model.pgh_tracked_fields]
        return changes.touching(mirrored).condition(event_model) if mirrored else None


@dataclass(frozen=True, slots=True)
class Changed(Filter):
    """Events that change a field from one value to another; ANYTHING is any value, an Interval what lies in it."""

    reads_far = True

    field: str
    before: Any
    after: Any

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if self.field not in event_model.pgh_tracked_fields:
            return None
        before, after = (self._state(event_model, value, using) for value in (self.before, self.after))
        if before is None or after is None:
            return None
        is_known = Q(**{f"{self.field}__isnull": False})
        sought = changes.Sought(
            (self.field,),
            before=before,
            after=after,
            insert=after & is_known if self.before in (None, ANYTHING) else changes.NEVER,
            delete=before & is_known if self.after in (None, ANYTHING) else changes.NEVER,
        )
        return sought.condition(event_model)

    def _state(self, event_model: type[Event], value: Any, using: str) -> Q | None:
        if value is None:
            return Q(**{f"{self.field}__isnull": True})
        if isinstance(value, str) and value == ANYTHING:
            return Q()
        field = event_model._meta.get_field(self.field)
        if isinstance(value, Interval):
            found = value.condition(field, using)
            if found is not None or isinstance(field, ORDERED):
                return found
            value = value.text
        prepared = keys.as_stored(field, value, using)
        if prepared is None:
            return None
        if isinstance(prepared, str) and (not conditions.has_equality(field) or isinstance(field, SearchVectorField)):
            # A type of the database's own may know no `=` and refuse the text; to a search vector, `=` is a search.
            return Q(lookups.Exact(Cast(self.field, models.TextField()), prepared))
        return Q(**{self.field: prepared})


@dataclass(frozen=True, slots=True)
class Since(Filter):
    """Events at or after an instant."""

    at: dt.datetime

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return Q(pgh_created_at__gte=self.at)


@dataclass(frozen=True, slots=True)
class Until(Filter):
    """Events before an instant."""

    at: dt.datetime

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        return Q(pgh_created_at__lt=self.at)


@dataclass(frozen=True, slots=True)
class Within(Filter):
    """Events of objects in a queryset; for event models of that queryset's table only.

    With `deleted`, also those of objects that are gone, as which events without an object count.
    """

    model: type[models.Model]
    objects: models.QuerySet[Any]
    deleted: bool = False

    def condition(self, event_model: type[Event], using: str) -> Q | None:
        if registry.concrete(event_model.pgh_tracked_model) is not registry.concrete(self.model):
            return Q()
        if not changes.has_object(event_model):
            return Q() if self.deleted else None
        found = Q(pgh_obj__in=self.objects.using(using).values("pk"))
        return found | ~Q(Exists(changes.living(event_model))) if self.deleted else found


def one_of(path: str, values: Iterable[Any]) -> Q | None:
    """The rows that have one of these values in a field; None without a value."""
    known = [value for value in values if value is not None]
    return Q(**{f"{path}__in": known}) if known else None
