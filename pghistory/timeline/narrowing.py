"""Which events a timeline has: of which event models, and by which filters."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models, router
from django.db.models import Q, QuerySet, UUIDField

from pghistory import errors, keys, registry
from pghistory.models import Event
from pghistory.states import aware
from pghistory.timeline import filters
from pghistory.timeline.filters import Filter, Reach
from pghistory.timeline.searches import Search

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which events are meant; each method gives a narrower value and leaves this one as it is.

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
        their_own: set[type[Event]] = set()
        for obj in objects:
            event_models = keys.event_models_of(obj)
            if not event_models:
                raise errors.UntrackedModel(model=type(obj)._meta.label)
            their_own.update(event_models)
        narrowed = replace(self, event_models=tuple(found for found in self.event_models if found in their_own))
        return narrowed._narrowed(filters.Objects(objects))

    def references(self, *objects: models.Model, hidden: Collection[tuple[type[Event], str]] = ()) -> Self:
        """Events in which a mirrored foreign key points to one of these objects.

        `hidden` are foreign keys to pass over, as (event model, field).
        """
        return self._narrowed(filters.References(objects, frozenset(hidden)))

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
        """Events that change a field from one value to another; "*" is any value, an Interval what lies in it."""
        return self._narrowed(filters.Changed(field, before, after))

    def since(self, at: dt.datetime) -> Self:
        """Events at or after an instant."""
        return self._narrowed(filters.Since(aware(at)))

    def until(self, at: dt.datetime) -> Self:
        """Events before an instant."""
        return self._narrowed(filters.Until(aware(at)))

    def searching(self, text: str) -> Self:
        """Events with this text in their label, as their object's key, or in the values of their context.

        No index serves it: the contexts are read for it, and where the text is rare, every event that the other filters
        leave is looked at, though not its context.
        """
        return self._narrowed(Search(text.strip())) if text.strip() else self

    def within(self, objects: Mapping[Model, QuerySet[Any]], *, deleted: Collection[Model] = ()) -> Self:
        """Of each model named here, only events of the objects in its queryset; other models stay as they are.

        Of the models in `deleted`, those of objects that are gone stay too; an event that belongs to no object (no
        `pgh_obj`) counts as one of these.
        """
        return self._narrowed(*(filters.Within(model, found, model in deleted) for model, found in objects.items()))

    @property
    def reads_far(self) -> bool:
        """Whether a page may look at many events to find some, since no index leads to them."""
        return any(item.reads_far for item in self.filters) and not any(item.is_narrow for item in self.filters)

    @property
    def _since(self) -> dt.datetime | None:
        """The instant from which on events are meant; None for all."""
        return max((item.at for item in self.filters if isinstance(item, filters.Since)), default=None)

    def _conditions(
        self, *, besides: tuple[type[Filter], ...] = ()
    ) -> Iterator[tuple[str, dict[type[Event], list[Q]]]]:
        """For each database, {event model: what its events that are meant have in common}, besides some filters."""
        wanted = [item for item in self.filters if not isinstance(item, besides)]
        for alias, event_models in self._databases().items():
            yield alias, self._met(wanted, event_models, alias)

    def _met(self, wanted: Iterable[Filter], event_models: list[type[Event]], alias: str) -> dict[type[Event], list[Q]]:
        """{event model: what some filters ask of its events}"""
        reach = Reach(tuple(event_models), self._since, any(item.is_narrow for item in self.filters))
        planned = [item.planned(alias, reach) for item in wanted]
        found = {}
        for event_model in event_models:
            conditions = (item.condition(event_model, alias) for item in planned)
            found[event_model] = [condition for condition in conditions if condition is not None]
        return found

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
        if not router.routers:
            # What Django says without a router, said once: there may be hundreds of event models.
            return {self.using or DEFAULT_DB_ALIAS: [*self.event_models]} if self.event_models else {}
        found = defaultdict(list)
        for event_model in self.event_models:
            alias = self._database(event_model)
            if router.allow_migrate_model(alias, event_model):
                found[alias].append(event_model)
        return found


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
