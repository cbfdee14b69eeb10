"""Event models of one's own, and what their classes inherit."""

from django.db import models

import pghistory
from pghistory.models import Event

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


class Approval(models.Model):  # type: ignore[django-manager-missing] # made by the event model
    amount = models.IntegerField(default=0)
    note = models.TextField(default="")


class ApprovalEvent(
    pghistory.create_event_model(  # type: ignore[misc]
        Approval,
        *ALL,
        pghistory.ManualEvent("signed"),
        obj_field=pghistory.ObjForeignKey(related_name="stories", related_query_name="story"),
    )
):
    """Columns of its own, filled by the database or by nobody."""

    amount = models.BigIntegerField(default=0, db_index=True)
    signature = models.TextField(null=True)  # noqa: DJ001
    weight = models.IntegerField(db_default=7)
    doubled = models.GeneratedField(
        expression=models.F("amount") * 2, output_field=models.BigIntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["-pgh_id"]
        indexes = [models.Index(fields=["signature"], name="approval_signature")]


class Reviewed(Event):
    """What every event model of some trackers has besides."""

    reviewed = models.BooleanField(db_default=False)

    class Meta:
        abstract = True

    def review(self) -> None:
        self.reviewed = True
        self.save()


@pghistory.track(*ALL, base_model=Reviewed)
class Based(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(
    *ALL,
    append_only=True,
    model_name="AuditTrail",
    context_field=pghistory.ContextJSONField(),
    attrs={"remark": models.TextField(null=True), "loud": property(lambda event: event.name.upper())},
    meta={"verbose_name": "trail", "ordering": ["pgh_id"], "indexes": [models.Index(fields=["name"], name="audit_n")]},
)
class Audited(models.Model):
    name = models.CharField(max_length=16)
