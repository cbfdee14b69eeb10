"""The relations of a row as it was: they lead to rows of the same instant.

The instance itself says what these are: `pgh_rows(model)`, and `pgh_as_past(instance)` of one that Django made.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from django.db import models

from pghistory import errors


class PastRelation:
    """A relation to one row, read at the instant of the instance that has it."""

    pgh_target: type[models.Model]

    def get_queryset(self, *, instance: Any, **hints: Any) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = instance.pgh_rows(self.pgh_target)
        return found

    def get_object(self, instance: Any) -> Any:
        # Of a parent's table, Django makes the row itself from that of the child.
        return instance.pgh_as_past(super().get_object(instance))  # type: ignore[misc]

    def get_prefetch_querysets(self, instances: list[Any], querysets: Any = None) -> Any:
        given = querysets or [self.get_queryset(instance=instances[0])]
        return super().get_prefetch_querysets(instances, given)  # type: ignore[misc]


class PastRelations:
    """A relation to several rows, read at the instant of the instance that has it."""

    def __init__(self, relation: Any, name: str, field_name: str) -> None:
        self.relation = relation
        self.name = name
        self.field_name = field_name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return PastManyManager(instance, self) if self.relation.many_to_many else PastManager(instance, self)


class PastManyManager(models.Manager[Any]):
    """The rows at the other end of a many-to-many relation."""

    def __init__(self, instance: Any, relations: PastRelations) -> None:
        super().__init__()
        self.model = relations.relation.related_model
        self.instance = instance
        self.relations = relations

    def get_queryset(self) -> models.QuerySet[Any]:
        return self._apply_rel_filters(self.instance.pgh_rows(self.model))

    def _apply_rel_filters(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(**{self.relations.field_name: self.instance})


class PastManager(PastManyManager):
    """The rows that refer to one row; they can be prefetched."""

    def get_queryset(self) -> models.QuerySet[Any]:
        prefetched = getattr(self.instance, "_prefetched_objects_cache", {})
        found: models.QuerySet[Any] | None = prefetched.get(self.relations.name)
        return super().get_queryset() if found is None else found

    def get_prefetch_querysets(self, instances: list[Any], querysets: Any = None) -> Any:
        field = self.relations.relation.field
        found = querysets[0] if querysets else self.instance.pgh_rows(self.model)
        found = found.filter(**{f"{field.name}__in": instances})
        by_key = {field.get_foreign_related_value(instance): instance for instance in instances}
        for row in found:
            field.set_cached_value(row, by_key[field.get_local_related_value(row)])
        return found, field.get_local_related_value, field.get_foreign_related_value, False, self.relations.name, False


class Unknowable:
    """A relation to rows of any model."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        self.model = model
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        raise errors.NotReconstructable(
            model=self.model._meta.label, missing=f'the model behind the generic relation "{self.name}"'
        )


def relations(model: type[models.Model]) -> dict[str, Any]:
    """{attribute: what is in its place in a row as it was}; an object's events stay as they are."""
    found: dict[str, Any] = {}
    relation: Any
    for relation in model._meta.get_fields():
        target = relation.related_model
        if not relation.is_relation:
            continue
        name = getattr(relation, "get_accessor_name", lambda relation=relation: relation.name)()
        if relation in model._meta.private_fields or target is None:
            found[name] = Unknowable(model, name)
        elif hasattr(target, "pgh_tracked_model") and relation.auto_created:
            continue
        elif relation.many_to_many or relation.one_to_many:
            is_forward = relation.many_to_many and not relation.auto_created
            field_name = relation.related_query_name() if is_forward else relation.field.name
            found[name] = PastRelations(relation, name, field_name)
        else:
            found[name] = _past_relation(inspect.getattr_static(model, name), target)
    return found


def _past_relation(accessor: Any, target: type[models.Model]) -> Any:
    """What Django has at a relation to one row, reading at an instant; a copy of it would be the original itself."""
    made: Any = object.__new__(_past_accessor(accessor.__class__))
    # Kept in the accessor once it is asked for: the error is to be the same class.
    _ = accessor.RelatedObjectDoesNotExist
    vars(made).update(vars(accessor), pgh_target=target)
    return made


@cache
def _past_accessor(accessor: type) -> type:
    return type(f"Past{accessor.__name__}", (PastRelation, accessor), {})
