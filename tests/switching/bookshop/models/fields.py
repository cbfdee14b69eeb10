"""Every kind of field that an event model mirrors."""

import uuid

from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, IntegerRangeField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Lower

import pghistory


class Shelf(models.Model):
    code = models.CharField(max_length=8, unique=True)


def untitled() -> str:
    """A default that is called."""
    return "untitled"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Words(models.Model):
    title = models.CharField("Name", max_length=40, unique=True, default=untitled, help_text="As on the cover.")
    sort = models.CharField(max_length=40, db_index=True, choices=[("a", "A"), ("b", "B")], blank=True)
    note = models.CharField(max_length=9, db_default="?", db_column="Remark", db_comment="by the till")
    short = models.CharField(max_length=9, null=True, editable=False, db_collation="C")  # noqa: DJ001
    text = models.TextField(blank=True, validators=[MinLengthValidator(2)], error_messages={"blank": "Say more."})
    slug = models.SlugField()
    plain_slug = models.SlugField(db_index=False)
    url = models.URLField()
    mail = models.EmailField()
    path = models.FilePathField(path="/tmp", recursive=True)
    address = models.GenericIPAddressField(protocol="IPv4")
    lower = models.GeneratedField(
        expression=Lower("title"), output_field=models.CharField(max_length=40), db_persist=True
    )

    class Meta:
        db_table = "Words, odd"
        ordering = ["title"]
        indexes = [models.Index(fields=["text"], name="words_text")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Numbers(models.Model):
    small = models.SmallIntegerField()
    whole = models.IntegerField(unique=True)
    big = models.BigIntegerField()
    small_positive = models.PositiveSmallIntegerField()
    positive = models.PositiveIntegerField()
    big_positive = models.PositiveBigIntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    weight = models.FloatField()
    sold = models.BooleanField(default=False)
    known = models.BooleanField(null=True)
    double = models.GeneratedField(
        expression=models.F("whole") * 2, output_field=models.IntegerField(), db_persist=True, unique=True
    )

    class Meta:
        unique_together = [("small", "whole")]
        constraints = [models.CheckConstraint(condition=models.Q(positive__gte=0), name="numbers_positive")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Times(models.Model):
    day = models.DateField(unique_for_year="moment")  # type: ignore[call-arg]  # the stubs forget it
    day_changed = models.DateField(auto_now=True)
    day_added = models.DateField(auto_now_add=True)
    moment = models.DateTimeField(null=True, unique_for_date="day")  # type: ignore[call-arg]
    changed = models.DateTimeField(auto_now=True, db_index=True)
    added = models.DateTimeField(auto_now_add=True)
    clock = models.TimeField()
    clock_changed = models.TimeField(auto_now=True)
    lasting = models.DurationField()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Structures(models.Model):
    number = models.UUIDField(default=uuid.uuid4, unique=True)
    data = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    nothing = models.JSONField(null=True)
    cover = models.BinaryField()
    file = models.FileField(upload_to="files/%Y", unique=True)
    width = models.IntegerField(null=True)
    image = models.ImageField(upload_to="images", width_field="width", blank=True)
    tags = ArrayField(models.CharField(max_length=5), default=list, size=3)
    pages = IntegerRangeField(null=True)
    lent = DateRangeField(null=True)
    open = DateTimeRangeField(null=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Relations(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    maybe = models.ForeignKey(
        Shelf,
        on_delete=models.SET_NULL,
        null=True,
        db_column="Other",
        related_name="other_relations",
        related_query_name="other",
        limit_choices_to={"code": "x"},
        verbose_name="another",
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    plain = models.ForeignKey(Shelf, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    by_code = models.ForeignKey(Shelf, on_delete=models.CASCADE, to_field="code", related_name="by_code")
    unique = models.ForeignKey(Shelf, on_delete=models.CASCADE, unique=True, related_name="unique_relation")
    only = models.OneToOneField(Shelf, on_delete=models.CASCADE, related_name="only_relation")
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE, help_text="Who put it there.")
    many = models.ManyToManyField(Shelf, related_name="many_relations")
