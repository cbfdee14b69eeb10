"""What an event says about a change: by the row that its tracker stores, and by its neighbours.

Neighbours are events of the same event model and object, in the order of `pgh_id`. A NEW row shows the state after the
change, and the previous event the state before it; an OLD row shows the state before, and the next event, or else the
living object, the state after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, When

from pghistory import branches, conditions
from pghistory.models import Event
from pghistory.readings import Labels

NEVER: Final = Q(pk__in=())


def has_object(event_model: type[Event]) -> bool:
    """Whether the events say to which object they belong."""
    return branches.has_column(event_model, "pgh_obj")


def column(event_model: type[Event], name: str) -> Any:
    """The field of an event model with this name or attribute (`pgh_context_id`); None where it has none."""
    return next((field for field in event_model._meta.concrete_fields if name in (field.name, field.attname)), None)


def rows(event_model: type[Event], using: str | None = None) -> models.QuerySet[Any]:
    """Every event of an event model, whatever its own managers leave out."""
    return event_model._base_manager.using(using)


def neighbour_id(event_model: type[Event]) -> Case:
    """The id of the event that completes a change: the next one for an OLD row, the previous one for a NEW row.

    Null where the change is complete without one.
    """
    labels = Labels(event_model)
    return Case(
        When(pgh_label__in=[*labels.inserts, *labels.deletes], then=None),
        When(pgh_label__in=labels.before_updates, then=Subquery(_next(OuterRef, event_model))),
        default=Subquery(_previous(OuterRef, event_model)),
        output_field=event_model._meta.pk,
    )


class IsDistinct(Func):
    """Whether two values differ, where null is a value like any other."""

    arg_joiner = " is distinct from "
    template = "(%(expressions)s)"
    arity = 2
    output_field: ClassVar[models.Field[Any, Any]] = models.BooleanField()


class IsAnother(Func):
    """Whether two values differ byte for byte, of any type: as triggers see a change where `=` does not tell."""

    arg_joiner = ")::record *<> row("
    template = "(row(%(expressions)s)::record)"
    arity = 2
    output_field: ClassVar[models.Field[Any, Any]] = models.BooleanField()


@dataclass(frozen=True, slots=True)
class Sought:
    """A change that is looked for: conditions on the state before, on the state after, and the fields that differ.

    `insert` and `delete` are conditions on the one row that these keep.
    """

    fields: tuple[str, ...]
    before: Q
    after: Q
    insert: Q
    delete: Q

    def condition(self, event_model: type[Event]) -> Q:
        """The events of an event model that show the change, as `Entry.changes` reads it."""
        labels = Labels(event_model)
        condition = Q(pgh_label__in=labels.inserts) & self.insert
        condition |= Q(pgh_label__in=labels.deletes) & self.delete
        if not has_object(event_model):
            return condition
        old = Q(pgh_label__in=labels.before_updates)
        new = ~Q(pgh_label__in=[*labels.inserts, *labels.deletes, *labels.before_updates])
        condition |= new & self.after & Q(Exists(self._previous_state(event_model, labels)))
        if labels.insert_or_updates:
            before = rows(event_model).filter(pgh_id=Subquery(_previous(_outer_outer, event_model)))
            born = Q(pgh_label__in=labels.insert_or_updates) & ~Q(Exists(before.exclude(pgh_label__in=labels.deletes)))
            condition |= born & self.insert
        if labels.before_updates:
            follower = Q(Exists(_next(OuterRef, event_model)))
            alive = Q(Exists(living(event_model)))
            changed = Q(Exists(self._next_state(event_model, labels)))
            changed |= ~follower & Q(Exists(living(event_model).filter(self._differs(event_model), self.after)))
            condition |= old & self.before & changed
            reborn = rows(event_model).filter(
                pgh_id=Subquery(_next(_outer_outer, event_model)), pgh_label__in=labels.inserts
            )
            gone = (~follower & ~alive) | Q(Exists(reborn))
            condition |= Q(pgh_label__in=labels.update_or_deletes) & gone & self.delete
        return condition

    def _previous_state(self, event_model: type[Event], labels: Labels) -> models.QuerySet[Any]:
        previous = rows(event_model).filter(pgh_id=Subquery(_previous(_outer_outer, event_model)))
        return previous.exclude(pgh_label__in=labels.deletes).filter(self._differs(event_model), self.before)

    def _next_state(self, event_model: type[Event], labels: Labels) -> models.QuerySet[Any]:
        following = rows(event_model).filter(pgh_id=Subquery(_next(_outer_outer, event_model)))
        return following.exclude(pgh_label__in=labels.inserts).filter(self._differs(event_model), self.after)

    def _differs(self, event_model: type[Event]) -> Q:
        """Any of the fields differs between a row of a subquery and the event outside of it."""
        differs = NEVER
        for name in self.fields:
            comparison = IsDistinct if conditions.has_equality(event_model._meta.get_field(name)) else IsAnother
            differs |= Q(comparison(F(name), OuterRef(name)))
        return differs


def touching(fields: Iterable[str]) -> Sought:
    """A change of any of the fields; what is added or removed changes them all."""
    return Sought(tuple(fields), before=Q(), after=Q(), insert=Q(), delete=Q())


def _previous(outer: Any, event_model: type[Event]) -> models.QuerySet[Any]:
    """The id of the event before the one outside."""
    earlier = rows(event_model).filter(pgh_obj=outer("pgh_obj"), pgh_id__lt=outer("pgh_id"))
    return earlier.order_by("-pgh_id").values("pgh_id")[:1]


def _next(outer: Any, event_model: type[Event]) -> models.QuerySet[Any]:
    """The id of the event after the one outside."""
    later = rows(event_model).filter(pgh_obj=outer("pgh_obj"), pgh_id__gt=outer("pgh_id"))
    return later.order_by("pgh_id").values("pgh_id")[:1]


def living(event_model: type[Event]) -> models.QuerySet[Any]:
    """The living object of the event outside."""
    return event_model.pgh_tracked_model._base_manager.filter(pk=OuterRef("pgh_obj"))


def _outer_outer(name: str) -> OuterRef:
    return OuterRef(OuterRef(name))
