"""Managers and querysets of event models, and of the aggregate over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeAlias, TypeVar

from django.db import models
from django.db.models import Q

from pghistory import aggregate, branches, errors, fields, registry, rows, states

if TYPE_CHECKING:
    from pghistory.models import Event

M = TypeVar("M", bound=models.Model)
Objects: TypeAlias = "models.Model | Sequence[models.Model] | models.QuerySet[Any]"
FindsObjects = Callable[["type[Event]", "type[models.Model]", Any], "Q | None"]


class EventQuerySet(models.QuerySet[M], Generic[M]):
    """Events of one event model, or of a proxy of it with the fields that read through a path."""

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        if query is None and model is not None and fields.proxied_fields(model):
            query = aggregate.query_of_proxy(model)
        super().__init__(model, query, using, hints)

    def tracks(self, *objects: Objects) -> Self:
        """The events of these objects, or of those of one queryset or list; of deleted ones too, as only keys are read.

        Raises InvalidObjects for objects of another model, and for an event model without `pgh_obj`.
        """
        given = _unpacked(objects)
        tracked: type[models.Model] = self.model.pgh_tracked_model  # type: ignore[attr-defined]
        model, wanted = _objects("tracks", given) if given else (tracked, [])
        if registry.concrete(model) is not registry.concrete(tracked):
            raise errors.InvalidObjects(
                problem=f"{given[0]!r} is no {tracked._meta.label}.", remedy="Ask the event model of its own model."
            )
        if not branches.has_column(self.model, "pgh_obj"):
            raise errors.InvalidObjects(
                problem=f"{self.model._meta.label} keeps no reference to its objects.",
                remedy="Filter by a column of its own, or give it a `pgh_obj`.",
            )
        return self.filter(pgh_obj__in=wanted if isinstance(wanted, models.QuerySet) else [obj.pk for obj in wanted])

    def as_of(self, instant: dt.datetime, *, partial: bool = False) -> models.QuerySet[Any]:
        """The objects of these events as they were at an instant, by what this event model keeps of them.

        Options and errors are those of `pghistory.as_of.as_of`; InvalidObjects for an event model without `pgh_obj`
        whose events were narrowed.
        """
        event_model: Any = registry.concrete(self.model)
        at = states.Instant(states.aware(instant), partial, event_model)
        found = rows.rows(event_model.pgh_tracked_model, at, self.db)
        if not self.query.has_filters():
            return found
        if not branches.has_column(event_model, "pgh_obj"):
            raise errors.InvalidObjects(
                problem=f"{event_model._meta.label} keeps no reference to its objects.",
                remedy="Ask all of its events, and filter the rows.",
            )
        return found.filter(pk__in=self.order_by().values("pgh_obj"))

    def delete(self) -> tuple[int, dict[str, int]]:
        return self._of_the_table().delete() if self._reads_through_paths() else super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def update(self, **values: Any) -> int:
        return self._of_the_table().update(**values) if self._reads_through_paths() else super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def _reads_through_paths(self) -> bool:
        # Django refuses a slice itself.
        return bool(fields.proxied_fields(self.model)) and not self.query.is_sliced

    def _of_the_table(self) -> models.QuerySet[models.Model]:
        """The same rows of the event table itself, which can be written to."""
        keys = self.order_by().values("pk")
        return models.QuerySet(registry.concrete(self.model), using=self.db).filter(pk__in=keys)


class EventsQuerySet(models.QuerySet[M], Generic[M]):
    """Events of every event model."""

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        if query is None and model is not None:
            query = aggregate.query_of_events(model)
        super().__init__(model, query, using, hints)

    def across(self, *event_models: type[models.Model] | str) -> Self:
        """Only the events of these event models, classes or "app.Model" labels; of all when none is named.

        Without a name it narrows nothing, as in django-pghistory, unlike `Timeline.across`. Raises InvalidObjects for
        anything else.
        """
        if not event_models:
            return self._chain()  # type: ignore[attr-defined,no-any-return]
        wanted = [_event_model(named) for named in event_models]
        narrowed: Self = self._chain()  # type: ignore[attr-defined]
        aggregate.restrict(narrowed.query, wanted)
        return narrowed.filter(pgh_model__in=[event_model._meta.label for event_model in wanted])

    def tracks(self, *objects: Objects) -> Self:
        """The events of these objects, or of those of one queryset or list; of deleted ones too, as only keys are read.

        Raises InvalidObjects for objects of several models, and together with `references`.
        """
        return self._about("tracks", objects, branches.tracking)

    def references(self, *objects: Objects) -> Self:
        """The events with a foreign key, `pgh_obj` too, to one of these objects, or of those of one queryset or list.

        Raises InvalidObjects for objects of several models, and together with `tracks`.
        """
        return self._about("references", objects, branches.referencing)

    def limited(self, conditions: Mapping[type[Event], Q]) -> Self:
        """Only the events that meet the condition of their event model; of others, none."""
        if not conditions:
            return self.none()
        narrowed = self.across(*conditions)
        if not any(conditions.values()):
            return narrowed
        return narrowed.filter(aggregate.narrow(narrowed.query, None, conditions))

    def delete(self) -> NoReturn:
        raise errors.ReadOnlyEvents

    def update(self, **values: Any) -> NoReturn:
        raise errors.ReadOnlyEvents

    def create(self, **values: Any) -> NoReturn:
        raise errors.ReadOnlyEvents

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise errors.ReadOnlyEvents

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise errors.ReadOnlyEvents

    def __or__(self, other: models.QuerySet[Any]) -> Self:
        return self._merged(super().__or__(other), other)

    def __and__(self, other: models.QuerySet[Any]) -> Self:
        return self._merged(super().__and__(other), other)

    def __xor__(self, other: models.QuerySet[Any]) -> Self:
        return self._merged(super().__xor__(other), other)

    def _about(self, method: str, given: tuple[Any, ...], condition: FindsObjects) -> Self:
        objects = _unpacked(given)
        if not objects:
            return self.none()
        model, wanted = _objects(method, objects)
        if aggregate.purposes(self.query) - {method}:
            raise errors.InvalidObjects(
                problem="tracks() and references() were called on one queryset.",
                remedy="Put two querysets together with union().",
            )
        conditions: dict[type[models.Model], Q] = {}
        for event_model in registry.event_models():
            found = condition(event_model, model, wanted)
            if found is not None:
                conditions[event_model] = found
        narrowed: Self = self._chain()  # type: ignore[attr-defined]
        return narrowed.filter(aggregate.narrow(narrowed.query, method, conditions))

    def _merged(self, combined: Self, other: models.QuerySet[Any]) -> Self:
        if combined is not self and combined is not other:
            aggregate.merge(combined.query, self.query)
            aggregate.merge(combined.query, other.query)
        return combined


EventsManager = models.Manager.from_queryset(EventsQuerySet, "EventsManager")


class NoEventsManager(models.Manager[Any]):
    """Finds nothing, so that dumpdata and the like pass over a model without a table.

    It is the base manager too, which an option of Meta would have to say in migrations.
    """

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        super().contribute_to_class(model, name)
        model._meta.base_manager_name = name

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().none()


def _event_model(named: object) -> type[models.Model]:
    found = None
    if isinstance(named, str):
        found = registry.named(named)
    elif isinstance(named, type) and issubclass(named, models.Model):
        found = registry.named(registry.concrete(named)._meta.label)
    if found is None:
        labels = ", ".join(event_model._meta.label for event_model in registry.event_models())
        raise errors.InvalidObjects(problem=f"{named!r} is no event model.", remedy=f"Use one of: {labels or 'none'}.")
    return found


def _unpacked(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The objects, which may be given as one list."""
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], list | tuple) else given


def _objects(method: str, objects: tuple[Any, ...]) -> tuple[type[models.Model], Any]:
    """The model of objects or of a queryset, and what a condition can look them up by."""
    if len(objects) == 1 and isinstance(objects[0], models.QuerySet):
        return objects[0].model, objects[0]
    for obj in objects:
        if not isinstance(obj, models.Model) or obj.pk is None:
            raise errors.InvalidObjects(
                problem=f"{method}() got a {type(obj).__name__} that is no object with a key.",
                remedy="Give model instances, or one queryset.",
            )
        if registry.concrete(type(obj)) is not registry.concrete(type(objects[0])):
            raise errors.InvalidObjects(
                problem=f"{method}() got objects of several models, {objects[0]!r} and {obj!r}.",
                remedy="Call it for each model, and put the querysets together with union().",
            )
    return type(objects[0]), list(objects)
