"""Events in their order, newest first: of one object, of some models or of everything.

A page is read in three steps: each event model gives the keys of its newest events that are meant, by index and with a
limit; the keys of the page are chosen among these; then only the events of the page are fetched and compared.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.models import IntegerField, Q, QuerySet, UUIDField, Value
from django.utils import timezone

from pghistory import changes, errors, filters, keys, registry
from pghistory.cursors import Cursor
from pghistory.entries import Entry, EntryContext, entries
from pghistory.errors import InvalidCursor as BadCursor
from pghistory.estimates import Estimate, estimates
from pghistory.filters import Filter
from pghistory.models import Event

__all__ = [
    "BadCursor",
    "Count",
    "Entry",
    "EntryContext",
    "Estimate",
    "Filter",
    "Page",
    "Timeline",
    "entry",
    "estimates",
]

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first, and the cursors of the older page (`after`) and of the newer one (`before`)."""

    entries: tuple[Entry, ...]
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of events; at least that many when it is not `exact`."""

    number: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events in their order; each method gives a narrower timeline and leaves this one as it is.

    Several values in one call mean any of them, several calls mean all of them; a call without values means no event.
    `using` names a database; without it each event model is read where the routers say.
    """

    using: str | None = None
    event_models: tuple[type[Event], ...] = field(default_factory=registry.event_models)
    filters: tuple[Filter, ...] = ()

    def of(self, *objects: models.Model) -> Self:
        """Events of these objects, living or not: only their keys are read.

        An object in several tables (multi-table inheritance) has the events of each. Raises UntrackedModel.
        """
        for obj in objects:
            if not keys.event_models_of(obj):
                raise errors.UntrackedModel(model=type(obj)._meta.label)
        return self._narrowed(filters.Objects(objects))

    def references(self, *objects: models.Model) -> Self:
        """Events in which a mirrored foreign key points to one of these objects."""
        return self._narrowed(filters.References(objects))

    def across(self, *wanted: Model | str) -> Self:
        """Events of these event models, or of these tracked models' tables; labels ("app.Model") serve too.

        Raises UntrackedModel.
        """
        named = {found for model in wanted for found in _event_models(model)}
        return replace(self, event_models=tuple(found for found in self.event_models if found in named))

    def labelled(self, *labels: str) -> Self:
        """Events under one of these labels."""
        return self._narrowed(filters.Labels(labels))

    def by(self, user: Any) -> Self:
        """Events whose context names this user: an instance or its key, stored as a number or as a text."""
        key = user.pk if isinstance(user, models.Model) else user
        return self._nothing() if key is None else self._narrowed(filters.Actor(str(key)))

    def named(self, text: str) -> Self:
        """Events whose actor was called so at the time, in whole or in part."""
        return self._narrowed(filters.ActorLabel(text))

    def in_context(self, context_id: uuid.UUID | str) -> Self:
        """Events of one context."""
        try:
            key = UUIDField().to_python(context_id)
        except ValidationError:
            key = None
        return self._nothing() if key is None else self._narrowed(filters.InContext(key))

    def where_context(self, key: str, value: Any) -> Self:
        """Events whose context has a value at a key: "3" and 3 mean the same, None is JSON's null."""
        return self._narrowed(filters.Metadata(key, value))

    def touching(self, *fields: str) -> Self:
        """Events that change one of these fields; added and removed rows change them all."""
        return self._narrowed(filters.Touching(fields))

    def changed(self, field: str, before: Any, after: Any) -> Self:
        """Events that change a field from one value to another; "*" is any value."""
        return self._narrowed(filters.Changed(field, before, after))

    def since(self, at: dt.datetime) -> Self:
        """Events at or after an instant."""
        return self._narrowed(filters.Since(_instant(at)))

    def until(self, at: dt.datetime) -> Self:
        """Events before an instant."""
        return self._narrowed(filters.Until(_instant(at)))

    def searching(self, text: str) -> Self:
        """Events with this text in their label, as their object's key, or in the values of their context.

        No index serves it: where the text is rare, every event that the other filters leave is read.
        """
        return self._narrowed(filters.Search(text.strip())) if text.strip() else self

    def within(self, objects: Mapping[Model, QuerySet[Any]], *, deleted: Collection[Model] = ()) -> Self:
        """Of each model named here, only events of the objects in its queryset; other models stay as they are.

        Of the models in `deleted`, those of objects that are gone stay too; an event that belongs to no object (no
        `pgh_obj`) counts as one of these.
        """
        return self._narrowed(*(filters.Within(model, found, model in deleted) for model, found in objects.items()))

    def page(self, size: int = 50, *, after: str | None = None, before: str | None = None) -> Page:
        """A page of the newest entries, of those after a cursor (older), or of those before one (newer).

        With both cursors, the newest between them. Raises InvalidCursor for a text that no page gave.
        """
        if size < 1:
            raise errors.InvalidObjects(problem=f"A page cannot have {size} entries.", remedy="Ask for one or more.")
        older = Cursor.read(after, by_id=self._is_by_id) if after else None
        newer = Cursor.read(before, by_id=self._is_by_id) if before else None
        upwards = newer is not None and older is None
        positions = self._positions(size + 1, older, newer, upwards=upwards)
        more, positions = len(positions) > size, positions[:size]
        if upwards:
            positions.reverse()
        if not positions:
            return Page(())
        return Page(
            self._entries(positions),
            after=str(positions[-1]) if more or upwards else None,
            before=str(positions[0]) if (more if upwards else older is not None) else None,
        )

    def count(self, bound: int = 10_000) -> Count:
        """How many events there are, counted up to the bound."""
        number = 0
        for branches in self._branches():
            limited = [rows.values_list("pgh_id")[: bound + 1] for rows in branches.values()]
            number += _joined(limited)[: bound + 1].count()
        return Count(min(number, bound), exact=number <= bound)

    def entries(self, batch: int = 2000) -> Iterator[Entry]:
        """Everything, newest first, fetched in batches; for one snapshot, open a REPEATABLE READ transaction."""
        cursor = None
        while True:
            page = self.page(batch, after=cursor)
            yield from page.entries
            cursor = page.after
            if cursor is None:
                return

    @property
    def _is_by_id(self) -> bool:
        """Whether `pgh_id` alone is the order: within objects of one event model it is the order of the writes."""
        return len(self.event_models) == 1 and any(isinstance(found, filters.Objects) for found in self.filters)

    def _narrowed(self, *added: Filter) -> Self:
        """This timeline with more filters, over the event models that can have events for all of them."""
        narrowed = replace(self, filters=(*self.filters, *added))
        kept = tuple(
            found
            for found in self.event_models
            if all(item.condition(found, self._database(found)) is not None for item in added)
        )
        return replace(narrowed, event_models=kept)

    def _nothing(self) -> Self:
        return replace(self, event_models=())

    def _database(self, event_model: type[Event]) -> str:
        return self.using or router.db_for_read(event_model)

    def _databases(self) -> dict[str, list[type[Event]]]:
        """{database: its event models}, without those whose tables belong elsewhere."""
        found = defaultdict(list)
        for event_model in self.event_models:
            alias = self._database(event_model)
            if router.allow_migrate_model(alias, event_model):
                found[alias].append(event_model)
        return found

    def _branches(self) -> Iterator[dict[type[Event], QuerySet[Event]]]:
        """For each database, {event model: its events that are meant}."""
        for alias, event_models in self._databases().items():
            planned = [item.planned(alias) for item in self.filters]
            branches = {}
            for event_model in event_models:
                conditions = (item.condition(event_model, alias) for item in planned)
                rows = changes.rows(event_model, alias)
                branches[event_model] = rows.filter(*(found for found in conditions if found is not None))
            yield branches

    def _positions(self, limit: int, older: Cursor | None, newer: Cursor | None, *, upwards: bool) -> list[Cursor]:
        """The first positions, newest first or else upwards, from one query a database."""
        by_id, sign = self._is_by_id, "" if upwards else "-"
        order = [f"{sign}pgh_id"] if by_id else [f"{sign}pgh_created_at", f"{sign}pgh_id"]
        places = {event_model: place for place, event_model in enumerate(registry.event_models())}
        found: list[Cursor] = []
        for branches in self._branches():
            limited = []
            for event_model, rows in branches.items():
                place = places[event_model]
                bounds = [older.older(place) if older else Q(), newer.newer(place) if newer else Q()]
                placed = rows.filter(*bounds).annotate(pgh_place=Value(place, IntegerField())).order_by(*order)
                limited.append(placed.values_list("pgh_created_at", "pgh_id", "pgh_place")[:limit])
            joined = _joined(limited)
            if len(limited) > 1:
                joined = joined.order_by(*order, f"{sign}pgh_place")[:limit]
            found += [Cursor(None if by_id else at, pgh_id, place) for at, pgh_id, place in joined]
        found.sort(key=lambda position: (position.at, position.pgh_id, position.place), reverse=not upwards)
        return found[:limit]

    def _entries(self, positions: list[Cursor]) -> tuple[Entry, ...]:
        """The entries at these positions, without those that were removed a moment ago."""
        event_models = registry.event_models()
        order = [(event_models[position.place], position.pgh_id) for position in positions]
        wanted: dict[str, dict[type[Event], list[int]]] = defaultdict(lambda: defaultdict(list))
        for event_model, pgh_id in order:
            wanted[self._database(event_model)][event_model].append(pgh_id)
        found = {key: made for alias, ids in wanted.items() for key, made in entries(ids, using=alias).items()}
        return tuple(found[key] for key in order if key in found)


def entry(event_model: type[Event], pgh_id: Any, using: str | None = None) -> Entry:
    """One event as it is read; raises the event model's DoesNotExist, also for what can be no id."""
    alias = using or router.db_for_read(event_model)
    key = keys.as_stored(event_model._meta.pk, pgh_id, alias)
    found = entries({event_model: [key]}, using=alias) if key is not None else {}
    if not found:
        raise event_model.DoesNotExist(f"{event_model._meta.label} {pgh_id!r} does not exist.")
    return found[event_model, key]


def _joined(branches: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]


def _event_models(model: Model | str) -> tuple[type[Event], ...]:
    """The event models that a model, or its label, stands for."""
    try:
        known = apps.get_model(model) if isinstance(model, str) else model
    except (LookupError, ValueError) as error:
        raise errors.UntrackedModel(model=model) from error
    event_models = registry.event_models()
    found = tuple(event_model for event_model in event_models if event_model is known)
    found = found or registry.event_models_of(known)
    if not found:
        raise errors.UntrackedModel(model=known._meta.label)
    return found


def _instant(at: dt.datetime) -> dt.datetime:
    """The instant with a zone where Django keeps zones."""
    return timezone.make_aware(at) if settings.USE_TZ and timezone.is_naive(at) else at
