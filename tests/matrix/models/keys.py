"""Primary keys of every kind."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Func

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


class Named(models.Model):
    name = models.CharField(max_length=16, default="")

    class Meta:
        abstract = True


@pghistory.track(*ALL)
class SmallKey(Named):
    id = models.SmallAutoField(primary_key=True)


@pghistory.track(*ALL)
class BigKey(Named):
    id = models.BigAutoField(primary_key=True, db_column="Big Key")


@pghistory.track(*ALL)
class TextKey(Named):
    """Any text, as `50%` or `it's`."""

    code = models.TextField(primary_key=True)


@pghistory.track(*ALL)
class SlugKey(Named):
    slug = models.SlugField(primary_key=True)


@pghistory.track(*ALL)
class DateKey(Named):
    day = models.DateField(primary_key=True, default=dt.date.today)


@pghistory.track(*ALL)
class DateTimeKey(Named):
    at = models.DateTimeField(primary_key=True)


@pghistory.track(*ALL)
class DecimalKey(Named):
    number = models.DecimalField(primary_key=True, max_digits=8, decimal_places=3)


@pghistory.track(*ALL)
class BinaryLikeKey(Named):
    address = models.GenericIPAddressField(primary_key=True)


@pghistory.track(*ALL)
class UuidByDatabase(Named):
    id = models.UUIDField(primary_key=True, db_default=Func(function="gen_random_uuid"), editable=False)
    other = models.UUIDField(default=uuid.uuid4)


@pghistory.track(*ALL)
class ForeignKeyKey(Named):
    """A key that is another row's key."""

    text_key = models.OneToOneField(TextKey, on_delete=models.CASCADE, primary_key=True, db_column="Text Key")


@pghistory.track(*ALL, obj_field=None)
class Composite(Named):
    """A key of two columns, to which no foreign key can refer."""

    pk = models.CompositePrimaryKey("tenant", "number")
    tenant = models.IntegerField()
    number = models.IntegerField()
