"""The context table, the abstract event, and the unmanaged aggregates over all events."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models, router, transaction

from pghistory import branches, errors, registry
from pghistory.fields import CreatedAtField, PGHistoryJSONField, ProxyField, SlugField
from pghistory.job_models import Job, JobLine, JobPulse, JobRange
from pghistory.querysets import EventQuerySet, EventsManager, EventsQuerySet, NoEventsManager

if TYPE_CHECKING:
    from pgtrigger.core import Level

    from pghistory.trackers import Tracker

__all__ = [
    "Context",
    "Event",
    "EventQuerySet",
    "Events",
    "EventsQuerySet",
    "Job",
    "JobLine",
    "JobPulse",
    "JobRange",
    "MiddlewareEvents",
    "PGHistoryJSONField",
]


class Context(models.Model):
    """What was known about one unit of work: its metadata, and the actor's label as it was then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    metadata = PGHistoryJSONField(default=dict)
    actor_label = models.TextField(null=True, editable=False)  # noqa: DJ001 - null says that no label was frozen

    def __str__(self) -> str:
        return str(self.id)


class Event(models.Model):
    """One stored version of a tracked row.

    `pgh_tracked_model`, `pgh_trackers`, `pgh_tracked_fields` and `pgh_level` belong to the class: the model, the
    trackers, the names of the mirrored fields and the level of its triggers.
    """

    pgh_tracked_model: ClassVar[type[models.Model]]
    pgh_trackers: ClassVar[tuple[Tracker, ...]] = ()
    pgh_tracked_fields: ClassVar[tuple[str, ...]] = ()
    pgh_level: ClassVar[Level | None] = None
    pgh_append_only: ClassVar[bool] = False

    pgh_id = models.AutoField(primary_key=True)
    pgh_created_at = CreatedAtField(auto_now_add=True)
    pgh_label = models.TextField(help_text="The event label.")

    objects: ClassVar[models.Manager[Self]] = EventQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.object_name} {self.pk}: {self.pgh_label}"

    @property
    def can_revert(self) -> bool:
        """Whether the event keeps every field of the model's own table."""
        return not self._missing_fields()

    def revert(self, using: str | None = None) -> models.Model:
        """Writes the row as the event keeps it, every column as stored, and adds it when it is gone.

        Where the row of a parent's table is gone (multi-table inheritance), it comes back as it was at that time.
        Returns the tracked instance as it is afterwards. Raises CannotRevert for an event that does not keep every
        column of the model's own table, and for a parent of which nothing is recorded.
        """
        model = self.pgh_tracked_model
        missing = self._missing_fields()
        if missing:
            raise errors.CannotRevert(event_model=self._meta.label, model=model._meta.label, missing=", ".join(missing))
        using = using or router.db_for_write(model, instance=self)
        with transaction.atomic(using):
            self._bring_parents_back(using)
            return self._write(using)

    def _write(self, using: str) -> models.Model:
        model = self.pgh_tracked_model
        columns = registry.concrete(model)._meta.local_concrete_fields
        stored = {column.attname: getattr(self, column.attname) for column in columns if not column.generated}
        instance = model(**stored)
        # Raw: no field makes a value of its own, so that auto_now columns come back as they were.
        instance.save_base(raw=True, using=using)
        return model._base_manager.using(using).get(pk=instance.pk)

    def _bring_parents_back(self, using: str) -> None:
        model = registry.concrete(self.pgh_tracked_model)
        parents: dict[Any, Any] = model._meta.parents
        for parent, link in parents.items():
            key = getattr(self, link.attname)
            if parent._base_manager.using(using).filter(pk=key).exists():
                continue
            stored = self._of_that_time(parent, key, using)
            if stored is None:
                missing = f"the row of {parent._meta.label}"
                raise errors.CannotRevert(event_model=self._meta.label, model=model._meta.label, missing=missing)
            stored.revert(using)

    def _of_that_time(self, parent: type[models.Model], key: Any, using: str) -> Event | None:
        """The whole row of a parent's table in the newest event that is no younger than this one, else in the first."""
        for event_model in registry.event_models_of(parent):
            if not branches.has_column(event_model, "pgh_obj"):
                continue
            rows: models.QuerySet[Any] = event_model._base_manager.using(using)
            events = rows.filter(pgh_obj=key)
            earlier = events.filter(pgh_created_at__lte=self.pgh_created_at).order_by("-pgh_created_at", "-pgh_id")
            found: Event | None = earlier.first() or events.order_by("pgh_created_at", "pgh_id").first()
            if found is not None and found.can_revert:
                return found
        return None

    def _missing_fields(self) -> list[str]:
        table = self.pgh_tracked_model._meta.concrete_model or self.pgh_tracked_model
        columns = table._meta.local_concrete_fields
        return [column.name for column in columns if column.name not in self.pgh_tracked_fields]


class Events(models.Model):
    """Every event of every event model in common columns, read from the event tables themselves.

    `objects` finds them; `no_objects`, the default, finds nothing, so that dumpdata and the like pass by.
    """

    pgh_slug = SlugField(primary_key=True)
    pgh_model = models.CharField(max_length=64)
    pgh_id = models.BigIntegerField()
    pgh_created_at = models.DateTimeField(auto_now_add=True)
    pgh_label = models.TextField()
    pgh_data = PGHistoryJSONField()
    pgh_diff = PGHistoryJSONField()
    pgh_context_id = models.UUIDField(null=True)
    pgh_context = PGHistoryJSONField(null=True)
    pgh_obj_model = models.CharField(max_length=64)
    pgh_obj_id = models.TextField(null=True)  # noqa: DJ001 - null says that no object is known

    no_objects: ClassVar[NoEventsManager] = NoEventsManager()
    objects: ClassVar[EventsManager[Self]] = EventsManager()

    class Meta:
        managed = False
        default_manager_name = "no_objects"
        verbose_name_plural = "events"

    def __str__(self) -> str:
        return f"{self.pgh_slug}: {self.pgh_label}"

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Reads the event anew; without a queryset from `objects`, as the base manager has no table to read."""
        if from_queryset is None:
            from_queryset = EventsQuerySet(type(self), using=using or self._state.db)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    def save_base(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise errors.ReadOnlyEvents

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise errors.ReadOnlyEvents


class MiddlewareEvents(Events):
    """Every event, with what HistoryMiddleware puts into the context."""

    user = ProxyField(
        "pgh_context__user",
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+"),
    )
    url = ProxyField("pgh_context__url", models.TextField(null=True))

    class Meta:
        proxy = True
        verbose_name_plural = "middleware events"
