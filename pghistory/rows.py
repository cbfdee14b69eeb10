"""Rows as they were: a queryset of ordinary instances that refuse to be written, and whose relations lead to others.

An instance is of a class made for its model, which only adds the refusal and the relations. Django knows nothing of it:
to `isinstance`, comparisons and `_meta` it is the model itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Generic, NoReturn, TypeVar, cast

from django.apps import apps
from django.db import DataError, models, router
from django.db.models.query import ModelIterable

from pghistory import errors, past, probes, registry, relations
from pghistory.states import Instant

M = TypeVar("M", bound=models.Model)

_REFUSAL = re.compile(r"\(pghistory\) ([^\"\n]*)")


@contextmanager
def _in_words() -> Iterator[None]:
    """What the database says about a row that is not known, as the error that it is."""
    try:
        yield
    except DataError as error:
        found = _REFUSAL.search(str(error))
        if found is None:
            raise
        raise errors.UnknownRow(row=found[1]) from error


class PastIterable(ModelIterable):  # type: ignore[type-arg]
    """The instances of a queryset of rows as they were, with those that `select_related` brings."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        as_past = AsPast(queryset.query.instant)
        found = None if queryset._known_related_objects else probes.one(queryset.query, queryset.db)
        for instance in super().__iter__() if found is None else [found]:
            yield as_past(instance)


class PastQuerySet(models.QuerySet[M], Generic[M]):
    """Rows of a model as they were at an instant; it can be narrowed and read like any other, and never written to.

    Raises UnknownRow when it is read and needs a row that is not known, unless the instant is partial.
    """

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        super().__init__(model, query, using, hints)
        self._iterable_class = PastIterable

    @property
    def db(self) -> str:
        """The database of the events."""
        source = self.query.instant.source(self.model)  # type: ignore[attr-defined]
        own: Any = self
        return own._db or router.db_for_read(source.event_model if source else self.model, **own._hints)

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        with _in_words():
            yield from super().iterator(chunk_size)

    def count(self) -> int:
        with _in_words():
            return super().count()

    def exists(self) -> bool:
        with _in_words():
            return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        with _in_words():
            return super().aggregate(*args, **kwargs)

    def _fetch_all(self) -> None:
        with _in_words():
            super()._fetch_all()

    def _refused(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _refusal(self.model._meta.label, self.query.instant)  # type: ignore[attr-defined]

    create = bulk_create = bulk_update = update = delete = select_for_update = _refused
    get_or_create = update_or_create = _refused


class PastRow:
    """What the class of a row as it was adds to its model."""

    _meta: Any
    _state: Any
    pk: Any

    def save_base(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise self._refusal()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise self._refusal()

    def _prepare_related_fields_for_save(self, *args: Any, **kwargs: Any) -> NoReturn:
        # The first that Django does with each instance, in save() and in bulk operations too.
        raise self._refusal()

    def refresh_from_db(self, using: str | None = None, fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Reads the row, or deferred fields of it, as it was at the same instant.

        Raises NotReconstructable for a field that events do not keep.
        """
        as_past = AsPast(self._state.pgh_instant)
        for name in set(fields or ()) & set(as_past.lost(self._meta.model)):
            raise errors.NotReconstructable(model=self._meta.label, missing=f'the field "{name}"')
        kwargs["from_queryset"] = kwargs.get("from_queryset") or self.pgh_rows(self._meta.model)
        super().refresh_from_db(using=using, fields=fields, **kwargs)  # type: ignore[misc]
        as_past(self, anew=True)

    def pgh_rows(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """The rows of another model at the same instant, in the same database."""
        return rows(model, self._state.pgh_instant, self._state.db)

    def pgh_as_past(self, instance: models.Model) -> models.Model:
        """An instance of another model as a row of the same instant."""
        return cast("models.Model", AsPast(self._state.pgh_instant)(instance))

    def __reduce__(self) -> Any:
        _, arguments, state = cast("Any", super()).__reduce__()
        return _empty, arguments, state

    def _refusal(self) -> errors.PastRow:
        return _refusal(f"{self._meta.label} {self.pk}", self._state.pgh_instant)


class AsPast:
    """Makes instances of a model, as Django reads them, the rows of an instant."""

    def __init__(self, instant: Instant) -> None:
        self.instant = instant
        self._elsewhere = instant.elsewhere()
        self._known: dict[type[models.Model], tuple[type[models.Model], tuple[str, ...]] | None] = {}

    def __call__(self, instance: Any, *, anew: bool = False) -> Any:
        """The instance and those that are joined to it; living rows of untracked models stay what they are."""
        if isinstance(instance, PastRow) and not anew:
            return instance
        model = instance._meta.model
        if model not in self._known:
            self._known[model] = (_class_of(model), self.lost(model)) if self.instant.source(model) else None
        known = self._known[model]
        if known is None:
            return instance
        instance.__class__, lost = known
        state = instance._state
        state.pgh_instant = self._elsewhere
        # What events do not keep is as if it had not been read: asking for it is refused, where null would be a lie.
        for name in lost:
            vars(instance).pop(name, None)
        if "fields_cache" in vars(state):
            for related in state.fields_cache.values():
                if isinstance(related, models.Model):
                    self(related)
        return instance

    def lost(self, model: type[models.Model]) -> tuple[str, ...]:
        """The attributes that no event keeps."""
        found = []
        for table in (registry.concrete(model), *registry.concrete(model)._meta.get_parent_list()):
            source = self.instant.source(table)
            found += source.lost if source else []
        return tuple(found)


def rows(model: type[M], instant: Instant, using: str | None = None) -> models.QuerySet[M]:
    """The rows of a model at an instant; living ones where they stand in for those of a model that is not tracked.

    Raises NotReconstructable.
    """
    if instant.source(model) is None:
        return model._base_manager.using(using)
    return PastQuerySet(model, past.query(model, instant), using)


@cache
def _class_of(model: type[models.Model]) -> type[models.Model]:
    """The class of a model's rows as they were.

    It is made without Django's own making of models, which would take it for a model of its own.
    """
    namespace = {name: getattr(model, name) for name in ("__module__", "__qualname__", "__doc__")}
    namespace |= relations.relations(model)
    made: type[models.Model] = type.__new__(type(model), model.__name__, (PastRow, model), namespace)
    return made


def _empty(label: tuple[str, str]) -> models.Model:
    """An instance to be filled, as pickle wants it."""
    model: Any = apps.get_model(*label)
    made = _class_of(model)
    return made.__new__(made)


def _refusal(row: str, instant: Instant) -> errors.PastRow:
    return errors.PastRow(row=row, at=instant.at.isoformat())
