"""Trackers: operations, rows, conditions and levels."""

from django.contrib.auth.models import User
from django.db import models

import pghistory


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("counted"),
    pghistory.UpdateEvent("before", row=pghistory.Old, condition=None),
    pghistory.UpdateEvent("named", trigger_name="a_name_of_its_own"),
    pghistory.RowEvent(
        "written", operation=pghistory.Insert | pghistory.Update, row=pghistory.New, condition=None, level=pghistory.Row
    ),
)
class Book(models.Model):
    title = models.CharField(max_length=40)
    stock = models.IntegerField(default=0)


@pghistory.track(
    pghistory.UpdateEvent("any.but", condition=pghistory.AnyChange(exclude=["stock"])),
    pghistory.UpdateEvent("any_but_auto", condition=pghistory.AnyChange(exclude_auto=True)),
    pghistory.UpdateEvent("any_stays", condition=pghistory.AnyDontChange("stock", "title")),
    pghistory.UpdateEvent("all", condition=pghistory.AllChange("stock", "title")),
    pghistory.UpdateEvent("all_stay", condition=pghistory.AllDontChange("stock", "title")),
    pghistory.UpdateEvent("untracked", condition=pghistory.AnyChange("hidden")),
    pghistory.UpdateEvent("sold out", condition=pghistory.Q(old__stock__gt=0, new__stock=0)),
    pghistory.UpdateEvent("fewer", condition=pghistory.Q(old__stock__gt=pghistory.F("new__stock"))),
    pghistory.InsertEvent("in_stock", condition=pghistory.Q(new__stock__gt=0), level=pghistory.Row),
    pghistory.DeleteEvent("left_over", condition=pghistory.Q(old__stock__gt=0), level=pghistory.Row),
    fields=["stock", "title", "changed"],
)
class Conditional(models.Model):
    title = models.CharField(max_length=40, null=True)  # noqa: DJ001
    stock = models.IntegerField(default=0)
    hidden = models.JSONField(null=True)
    changed = models.DateTimeField(auto_now=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), level=pghistory.Statement)
class Pamphlet(models.Model):
    title = models.CharField(max_length=40, db_column="Heading")
    copies = models.IntegerField()


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.UpdateEvent("before", row=pghistory.Old, condition=None),
    pghistory.UpdateEvent("fewer", condition=pghistory.Q(old__copies__gt=pghistory.F("new__copies"))),
    context_field=pghistory.ContextJSONField(),
    level=pghistory.Statement,
)
class Leaflet(models.Model):
    copies = models.IntegerField()


@pghistory.track(pghistory.InsertEvent("snapshot"), pghistory.UpdateEvent("snapshot"))
class Price(models.Model):
    amount = models.IntegerField()


@pghistory.track(*(tracker("any") for tracker in (pghistory.InsertEvent, pghistory.UpdateEvent, pghistory.DeleteEvent)))
class Discount(models.Model):
    amount = models.IntegerField()


@pghistory.track(
    pghistory.UpdateEvent("email_changed", row=pghistory.Old, condition=pghistory.AnyChange("email")),
    fields=["email"],
    model_name="CustomerEmailHistory",
    obj_field=pghistory.ObjForeignKey(related_name="email_history", related_query_name="email_events"),
)
@pghistory.track(
    pghistory.UpdateEvent("name_changed", row=pghistory.Old, condition=pghistory.AnyChange("name")),
    pghistory.ManualEvent("greeted"),
    fields=["name"],
)
class Customer(models.Model):
    name = models.CharField(max_length=40)
    email = models.EmailField()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["password"])
class Reader(User):
    class Meta:
        proxy = True


@pghistory.track(
    pghistory.InsertEvent("group.add"),
    pghistory.DeleteEvent("group.remove"),
    obj_field=None,
)
class ReaderGroups(User.groups.through):  # type: ignore[misc,name-defined]  # a class that Django makes
    class Meta:
        proxy = True
