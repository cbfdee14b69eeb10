"""The snippets of the user document, one model each, in its order; slips are read in their evident meaning."""

from django.contrib.auth.models import Group
from django.db import models

import pghistory


@pghistory.track()
class TrackedModel(models.Model):
    int_field = models.IntegerField()
    char_field = models.CharField(max_length=16, db_index=True)
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)


@pghistory.track(fields=["int_field"])
class OnlyInt(models.Model):
    int_field = models.IntegerField()
    char_field = models.CharField(max_length=16, db_index=True)
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)


@pghistory.track(exclude=["int_field"])
class AllButInt(models.Model):
    int_field = models.IntegerField()
    char_field = models.CharField(max_length=16, db_index=True)
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)


@pghistory.track(pghistory.DeleteEvent())
class OnlyDeletions(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Everything(models.Model):
    name = models.CharField(max_length=16)
    number = models.IntegerField(null=True)


@pghistory.track(pghistory.DeleteEvent("my_custom_label"))
class MyLabel(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old))
class OldRows(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(
    pghistory.UpdateEvent("email_changed", row=pghistory.Old, condition=pghistory.AnyChange("email")),
    model_name="UserEmailHistory",
)
class MyUser(models.Model):
    username = models.CharField(max_length=128)
    email = models.EmailField()
    address = models.TextField()


@pghistory.track(
    pghistory.UpdateEvent("any", condition=pghistory.AnyChange("field_one", "field_two")),
    pghistory.UpdateEvent("any_but_one", condition=pghistory.AnyChange(exclude=["field_one"])),
    pghistory.UpdateEvent("any_by_hand", condition=pghistory.AnyChange(exclude_auto=True)),
    pghistory.UpdateEvent("both", condition=pghistory.AllChange("field_three", "field_four")),
    pghistory.UpdateEvent("one_stays", condition=pghistory.AnyDontChange("field_three", "field_four")),
    pghistory.UpdateEvent("both_stay", condition=pghistory.AllDontChange("field_three", "field_four")),
    pghistory.UpdateEvent("untracked", condition=pghistory.AnyChange("not_kept")),
    exclude=["not_kept"],
)
@pghistory.track(
    pghistory.UpdateEvent("tracked_any", condition=pghistory.AnyChange()),
    pghistory.UpdateEvent("tracked_any_stays", condition=pghistory.AnyDontChange()),
    pghistory.UpdateEvent("tracked_all", condition=pghistory.AllChange()),
    pghistory.UpdateEvent("tracked_all_stay", condition=pghistory.AllDontChange()),
    pghistory.UpdateEvent("unconditional", condition=None),
    fields=["field_one", "field_two"],
)
class Compared(models.Model):
    """Every condition utility, over the fields that the trackers name and over those that are tracked."""

    field_one = models.IntegerField(null=True)
    field_two = models.IntegerField(null=True)
    field_three = models.IntegerField(null=True)
    field_four = models.IntegerField(null=True)
    not_kept = models.JSONField(null=True)
    day = models.DateField(auto_now_add=True)
    moment = models.DateTimeField(auto_now=True)


@pghistory.track(
    pghistory.UpdateEvent(
        "money_below_one_hundred", condition=pghistory.Q(old__dollars__gte=100, new__dollars__lt=100)
    ),
)
class OnlyCash(models.Model):
    dollars = models.DecimalField(max_digits=12, decimal_places=2)


@pghistory.track(
    pghistory.UpdateEvent(
        "money_below_one_hundred", condition=pghistory.Q(old__dollars__gte=100, new__dollars__lt=100)
    ),
    pghistory.UpdateEvent("money_down", condition=pghistory.Q(old__dollars__gt=pghistory.F("new__dollars"))),
    pghistory.UpdateEvent("money_up", condition=pghistory.Q(old__dollars__lt=pghistory.F("new__dollars"))),
)
class Cash(models.Model):
    dollars = models.DecimalField(max_digits=12, decimal_places=2)


@pghistory.track(
    pghistory.UpdateEvent("email_changed", row=pghistory.Old, condition=pghistory.AnyChange("email")),
    fields=["email"],
    model_name="TwoHistoriesEmail",
)
@pghistory.track(
    pghistory.UpdateEvent("username_changed", row=pghistory.Old, condition=pghistory.AnyChange("username")),
    fields=["username"],
    model_name="TwoHistoriesUsername",
)
class TwoHistories(models.Model):
    username = models.CharField(max_length=128)
    email = models.EmailField()


@pghistory.track(pghistory.ManualEvent("user_create"), fields=["username"])
class ManualUser(models.Model):
    username = models.CharField(max_length=64)
    password = models.CharField(max_length=64)


@pghistory.track(
    pghistory.InsertEvent("permission.add"),
    pghistory.DeleteEvent("permission.remove"),
    obj_field=None,
)
class GroupPermissions(Group.permissions.through):  # type: ignore[name-defined,misc]  # the base is made at run time
    """A through model that Django made; the demo has the one of the document, with AfterInsert and BeforeDelete."""

    class Meta:
        proxy = True
