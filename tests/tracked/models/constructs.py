"""What the surface offers beyond the document: keys, columns, contexts, event models of all kinds."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower

import pghistory


class Target(models.Model):
    """What other rows refer to; not tracked itself."""

    code = models.CharField(max_length=8, unique=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Specimen(models.Model):
    """A column of every kind."""

    id = models.AutoField(primary_key=True, db_column="number of specimen")
    unique = models.CharField("verbose", max_length=16, unique=True, help_text="help")
    chosen = models.CharField(max_length=16, db_index=True, choices=[("a", "A"), ("b", "B")], default="a")
    by_database = models.CharField(max_length=16, db_default="q", db_column="c_other")
    text = models.TextField(blank=True, default="")
    slug = models.SlugField(default="s")
    integer = models.IntegerField(default=1)
    positive = models.PositiveIntegerField(default=2, unique_for_date="added")
    small = models.SmallIntegerField(default=3)
    big = models.BigIntegerField(default=4)
    decimal = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    float = models.FloatField(default=0.5)
    boolean = models.BooleanField(default=False)
    date = models.DateField(null=True)
    now = models.DateTimeField(auto_now=True, db_index=True)
    added = models.DateField(auto_now_add=True)
    time = models.TimeField(null=True)
    duration = models.DurationField(null=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    json = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    binary = models.BinaryField(default=b"")
    address = models.GenericIPAddressField(null=True)
    url = models.URLField(default="", blank=True)
    email = models.EmailField(default="", blank=True)
    file = models.FileField(upload_to="files/%Y", blank=True)
    lowered = models.GeneratedField(
        expression=Lower("unique"), output_field=models.CharField(max_length=16), db_persist=True, unique=True
    )
    array = ArrayField(models.IntegerField(), default=list)
    days = DateRangeField(null=True)
    target = models.ForeignKey(Target, on_delete=models.CASCADE)
    itself = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="others")
    plain = models.ForeignKey(Target, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    by_code = models.ForeignKey(Target, on_delete=models.CASCADE, null=True, to_field="code", related_name="by_code")
    only = models.OneToOneField(Target, on_delete=models.CASCADE, null=True, related_name="only")
    many = models.ManyToManyField(Target, related_name="many")

    class Meta:
        unique_together = [("integer", "unique")]
        indexes = [models.Index(fields=["big"], name="specimen_big")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class UuidKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CharKey(models.Model):
    code = models.CharField(primary_key=True, max_length=30, db_column="the_code")
    name = models.CharField(max_length=16, default="")


@pghistory.track()
class OneKey(models.Model):
    parent = models.OneToOneField(UuidKey, on_delete=models.CASCADE, primary_key=True)
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), obj_field=None)
class Loose(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(context_field=None)
class ContextFree(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.InsertEvent(), pghistory.ManualEvent("seen"), context_field=pghistory.ContextJSONField())
class DenormalisedContext(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)
class DenormalisedMetadata(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(append_only=True)
class AppendOnly(models.Model):
    name = models.CharField(max_length=16)


class Kept(models.Model):  # type: ignore[django-manager-missing]  # `events` comes at run time
    name = models.CharField(max_length=16, unique=True)
    number = models.IntegerField(default=0)


class KeptEvent(
    pghistory.create_event_model(  # type: ignore[misc]  # the base is made at run time
        Kept, pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    )
):
    """An event model of one's own: a column declared anew, one added, an index."""

    name = models.CharField(max_length=16, db_index=True)
    remark = models.TextField(null=True)  # noqa: DJ001 - triggers leave it out

    class Meta:
        indexes = [models.Index(fields=["number"], name="kept_number")]

    def shout(self) -> str:
        return str(self.name).upper()


@pghistory.track(
    pghistory.InsertEvent(),
    model_name="ShelfStory",
    attrs={"size": 5, "__str__": lambda event: f"shelf story {event.pk}"},
    meta={"db_table": "story of shelves", "verbose_name": "story"},
)
class Shelf(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Place(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="restaurant_events"),
)
class Restaurant(Place):
    stars = models.IntegerField(default=0)


class Dated(models.Model):
    made = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["made"]


@pghistory.track()
class Note(Dated):
    text = models.TextField()


@pghistory.track(pghistory.InsertEvent("it's 100% \\new"), pghistory.UpdateEvent('{"odd"} %s'))
class Odd(models.Model):
    """Names that have to be quoted wherever they go."""

    select = models.IntegerField(db_column="We ird")
    order = models.TextField(default="", db_column="Ord-er")

    class Meta:
        db_table = "Odd Table"


@pghistory.track(pghistory.UpdateEvent(), pghistory.ManualEvent("reviewed"), pghistory.ManualEvent("seen"))
class Labelled(models.Model):
    name = models.CharField(max_length=16)
    number = models.IntegerField(default=0)


class Watched(models.Model):  # type: ignore[django-manager-missing]  # `events` comes at run time
    name = models.CharField(max_length=16)


class WatchedEvent(pghistory.create_event_model(Watched)):  # type: ignore[misc]  # the base is made at run time
    remark = models.TextField(default="", db_default="")


# An event model is a model, whose later annotations may have a history of their own.
pghistory.track(pghistory.UpdateEvent("remarked"), fields=["remark"])(WatchedEvent)


class Upwards(pghistory.UpdateEvent):
    """A tracker with defaults of its own."""

    label = "upwards"
    condition: Any = pghistory.Q(old__number__lt=pghistory.F("new__number"))
    row = pghistory.Old


@pghistory.track(Upwards(), Upwards("again", trigger_name="over_again"))
class BackwardReader(models.Model):
    number = models.IntegerField()
