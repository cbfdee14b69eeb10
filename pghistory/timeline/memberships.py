"""Many-to-many relations of a model, as the events of their tracked through models tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import ManyToManyField, Model, Q

from pghistory import changes, keys, registry
from pghistory.models import Event
from pghistory.readings import Labels
from pghistory.timeline.filters import Filter, Objects

if TYPE_CHECKING:
    from pghistory.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Membership:
    """A relation seen from one of its ends: its name there, and the through event model with its foreign keys.

    `near` points to the object whose set it is, `far` to what is in the set.
    """

    name: str
    verbose_name: str
    event_model: type[Event]
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class Belonging(Filter):
    """Events of an object, and those that added to its sets or removed from them."""

    is_narrow = True

    obj: Model
    memberships: tuple[Membership, ...]

    def condition(self, event_model: type[Event], using: str) -> Q:
        found = Objects((self.obj,)).condition(event_model, using)
        labels = Labels(event_model)
        for membership in self.memberships:
            if membership.event_model is not event_model:
                continue
            field: Any = event_model._meta.get_field(membership.near)
            key = keys.as_stored(field, keys.target_value(field, self.obj), using)
            if key is not None:
                joined = Q(**{membership.near: key, "pgh_label__in": [*labels.inserts, *labels.deletes]})
                found = joined if found is None else found | joined
        return changes.NEVER if found is None else found


def memberships(model: type[Model], event_models: Iterable[type[Event]]) -> tuple[Membership, ...]:
    """The relations of a model whose through models these event models track, forward ones first."""
    known = tuple(event_models)
    return tuple(made for relation in _relations(model) for made in _tracked(relation, known))


def with_memberships(timeline: Timeline, obj: Model, found: Iterable[Membership]) -> Timeline:
    """A timeline of an object's event models, with the events of its sets among them."""
    sets = tuple(found)
    event_models = {*keys.event_models_of(obj), *(each.event_model for each in sets)}
    kept = tuple(each for each in timeline.event_models if each in event_models)
    return replace(timeline, event_models=kept, filters=(*timeline.filters, Belonging(obj, sets)))


def _relations(model: type[Model]) -> Iterator[tuple[str, str, type[Model], str, str]]:
    """Name, name for people, through model, near and far end of each relation; those without a name are left out."""
    options = registry.concrete(model)._meta
    for field in options.many_to_many:
        near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
        yield field.name, str(field.verbose_name), _through(field), near, far
    for relation in options.related_objects:
        there: Any = relation.field
        if isinstance(there, ManyToManyField):
            words = str(relation.related_model._meta.verbose_name_plural)
            near, far = there.m2m_reverse_field_name(), there.m2m_field_name()
            yield str(relation.get_accessor_name()), words, _through(there), near, far


def _through(field: Any) -> type[Model]:
    through: type[Model] = field.remote_field.through
    return through


def _tracked(
    relation: tuple[str, str, type[Model], str, str], event_models: tuple[type[Event], ...]
) -> Iterator[Membership]:
    """The relation by the first event model that tells of rows of its through model coming and going."""
    name, words, through, near, far = relation
    for event_model in registry.event_models_of(through):
        labels = Labels(event_model)
        tells = (labels.inserts or labels.deletes) and {near, far} <= set(event_model.pgh_tracked_fields)
        if tells and event_model in event_models:
            yield Membership(name, words, event_model, near, far)
            return
