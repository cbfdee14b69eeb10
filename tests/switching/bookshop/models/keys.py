"""Primary keys of every kind."""

import uuid

from django.db import models

import pghistory


@pghistory.track()
class SmallKey(models.Model):
    id = models.SmallAutoField(primary_key=True)


@pghistory.track()
class PlainKey(models.Model):
    id = models.AutoField(primary_key=True, db_column="Number", verbose_name="number")
    name = models.CharField(max_length=9)


@pghistory.track()
class UniversalKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plain = models.ForeignKey(PlainKey, on_delete=models.CASCADE)


@pghistory.track()
class WordKey(models.Model):
    code = models.CharField(primary_key=True, max_length=9, db_column="The Code")
    many = models.ManyToManyField(UniversalKey, related_name="words")


# Nothing is written here: the older package makes its event model, but installs no triggers.
pghistory.track(obj_field=None)(WordKey.many.through)


@pghistory.track()
class OtherKey(models.Model):
    plain = models.OneToOneField(PlainKey, on_delete=models.CASCADE, primary_key=True)
    universal = models.ForeignKey(UniversalKey, on_delete=models.CASCADE, null=True)


@pghistory.track()
class Parent(models.Model):
    first = models.IntegerField()


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent("child_gone"),
    obj_field=pghistory.ObjForeignKey(related_name="child_events"),
)
class Child(Parent):
    second = models.IntegerField()


class Named(models.Model):
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


@pghistory.track()
class odd_name(Named):  # noqa: N801 - such models exist
    camelCase = models.IntegerField()  # noqa: N815
