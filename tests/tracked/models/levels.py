"""Two models that differ only in the level of their triggers, and one that refers to them."""

from django.db import models

import pghistory


def trackers() -> tuple[pghistory.Tracker, ...]:
    """Every operation, row and kind of condition."""
    return (
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        pghistory.UpdateEvent("before", row=pghistory.Old, condition=None),
        pghistory.UpdateEvent("down", condition=pghistory.Q(old__number__gt=pghistory.F("new__number"))),
        pghistory.UpdateEvent("both", condition=pghistory.AllChange("number", "name")),
        pghistory.InsertEvent("big", condition=pghistory.Q(new__number__gte=100)),
        pghistory.DeleteEvent("named_gone", condition=pghistory.Q(old__name__isnull=False)),
        pghistory.AfterInsertOrUpdate("written"),
        pghistory.BeforeUpdateOrDelete("left"),
        pghistory.ManualEvent("checked"),
    )


class Base(models.Model):
    name = models.TextField(null=True, db_column="the name")  # noqa: DJ001 - null is a value to compare
    number = models.IntegerField(default=0)
    data = models.JSONField(null=True)
    doubled = models.GeneratedField(
        expression=models.F("number") * 2, output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        abstract = True


@pghistory.track(*trackers())
class ByRow(Base):
    pass


@pghistory.track(*trackers(), level=pghistory.Statement)
class ByStatement(Base):
    pass


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Reference(models.Model):
    row = models.ForeignKey(ByRow, null=True, on_delete=models.CASCADE)
    rank = models.IntegerField(default=0)
