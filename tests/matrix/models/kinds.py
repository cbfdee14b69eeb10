"""A column of every kind that Django and PostgreSQL offer."""

import datetime as dt
import decimal
import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres import fields as postgres
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now, Upper

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


class Money(decimal.Decimal):
    """A value of a class of its own."""


class MoneyEncoder(json.JSONEncoder):
    """Writes money as {"money": "1.50"}."""

    def default(self, o: Any) -> Any:
        return {"money": str(o)} if isinstance(o, decimal.Decimal) else super().default(o)


class MoneyDecoder(json.JSONDecoder):
    """Reads {"money": "1.50"} as money."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(object_hook=lambda found: Money(found["money"]) if "money" in found else found, **kwargs)


class CommaSeparated(models.Field):  # type: ignore[type-arg]
    """Somebody's own field: a tuple in Python, text in the database, with a positional argument."""

    def __init__(self, separator: str = ",", *args: Any, **kwargs: Any) -> None:
        self.separator = separator
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.separator, *args], kwargs

    def db_type(self, connection: Any) -> str:
        return "text"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else tuple(value.split(self.separator))

    def to_python(self, value: Any) -> Any:
        return tuple(value.split(self.separator)) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else self.separator.join(value)


class OfType(models.Field):  # type: ignore[type-arg]
    """A column of any type of the database, whose values are text in Python."""

    def __init__(self, wanted: str, *args: Any, **kwargs: Any) -> None:
        self.wanted = wanted
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.wanted, *args], kwargs

    def db_type(self, connection: Any) -> str:
        return self.wanted

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        return f"{sql}::text", params

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return f"%s::{self.wanted}"

    def get_placeholder_sql(self, value: Any, compiler: Any, connection: Any) -> Any:
        # The same since Django 6.1, which gives it expressions too.
        if hasattr(value, "as_sql"):
            sql, params = compiler.compile(value)
            return f"{sql}::{self.wanted}", params
        return f"%s::{self.wanted}", (value,)


class Colour(models.TextChoices):
    RED = "r", "red"
    BLUE = "b", "blue"


def today() -> dt.date:
    return dt.date(2031, 5, 1)


class Reference(models.Model):
    """What other rows refer to."""

    name = models.CharField(max_length=16, unique=True)


@pghistory.track(*ALL)
class Kinds(models.Model):
    """Columns that hold values."""

    big_integer = models.BigIntegerField(null=True)
    binary = models.BinaryField(null=True, max_length=100)
    boolean = models.BooleanField(null=True)
    char = models.CharField(max_length=20, default="", db_comment="it's commented")
    char_unbounded = models.CharField(default="")
    collated = models.CharField(max_length=20, default="", db_collation="C")
    comma = CommaSeparated("|", null=True)
    choice = models.CharField(max_length=1, choices=Colour, default=Colour.RED)
    date = models.DateField(default=today)
    date_added = models.DateField(auto_now_add=True)
    date_time = models.DateTimeField(db_default=Now())
    date_time_changed = models.DateTimeField(auto_now=True)
    decimal = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    duration = models.DurationField(null=True)
    email = models.EmailField(default="")
    file = models.FileField(upload_to="files/%Y", default="", max_length=200)
    file_path = models.FilePathField(path="/", default="")
    float = models.FloatField(null=True)
    image = models.ImageField(upload_to="images", width_field="image_width", height_field="image_height", default="")
    image_width = models.IntegerField(null=True)
    image_height = models.IntegerField(null=True)
    integer = models.IntegerField(null=True, unique=True)
    ip = models.GenericIPAddressField(null=True)
    ip4 = models.GenericIPAddressField(protocol="IPv4", unpack_ipv4=False, null=True)
    json = models.JSONField(null=True)
    json_of_own = models.JSONField(encoder=MoneyEncoder, decoder=MoneyDecoder, default=dict)
    positive = models.PositiveIntegerField(default=1)
    positive_big = models.PositiveBigIntegerField(default=1)
    positive_small = models.PositiveSmallIntegerField(default=1)
    slug = models.SlugField(unique=True, default="", allow_unicode=True, max_length=80)
    small = models.SmallIntegerField(default=0)
    text = models.TextField(default="")
    time = models.TimeField(null=True)
    url = models.URLField(default="")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    upper = models.GeneratedField(
        expression=Upper("char"), output_field=models.CharField(max_length=20), db_persist=True
    )
    array = postgres.ArrayField(models.CharField(max_length=8), null=True)
    array_of_arrays = postgres.ArrayField(postgres.ArrayField(models.DateField(null=True), size=2), null=True)
    array_of_decimals = postgres.ArrayField(models.DecimalField(max_digits=5, decimal_places=2), default=list)
    big_range = postgres.BigIntegerRangeField(null=True)
    date_range = postgres.DateRangeField(null=True)
    date_time_range = postgres.DateTimeRangeField(null=True)
    decimal_range = postgres.DecimalRangeField(null=True, default_bounds="[]")
    integer_range = postgres.IntegerRangeField(null=True)
    search = SearchVectorField(null=True)

    class Meta:
        db_table_comment = "it's commented"
        constraints = [
            models.CheckConstraint(condition=models.Q(small__gte=-9), name="kinds_small"),
            models.UniqueConstraint(fields=["char", "text"], name="kinds_char_text"),
        ]


@pghistory.track(*ALL)
class Relations(models.Model):
    """Columns that refer to rows."""

    many_to_one = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="relations")
    by_name = models.ForeignKey(
        Reference, on_delete=models.SET_NULL, null=True, to_field="name", related_name="relations_by_name"
    )
    one_to_one = models.OneToOneField(Reference, on_delete=models.CASCADE, null=True, related_name="the_relation")
    itself = models.ForeignKey("self", on_delete=models.CASCADE, null=True, limit_choices_to={"pk__gt": 0})
    later = models.ForeignKey("Later", on_delete=models.SET_DEFAULT, default=None, null=True, db_column="Later Id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    many = models.ManyToManyField(Reference, related_name="many_relations")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True)
    object_id = models.PositiveIntegerField(null=True)
    content = GenericForeignKey()


class Later(models.Model):
    """Named before it is defined."""


@pghistory.track(*ALL)
class Opaque(models.Model):
    """Columns that PostgreSQL cannot compare by "=", or compares by something else than their value."""

    json = OfType("json", null=True)
    xml = OfType("xml", null=True)
    point = OfType("point", null=True)
    box = OfType("box", null=True)
    jsonpath = OfType("jsonpath", null=True)
    points = OfType("point[]", null=True)
    bits = OfType("bit varying(8)", null=True)
    enumerated = OfType("matrix_mood", null=True)
    number = OfType("numeric", null=True)
    plain = models.IntegerField(default=0)


@pghistory.track(
    pghistory.UpdateEvent("any", condition=pghistory.AnyChange("json", "point")),
    pghistory.UpdateEvent("all", condition=pghistory.AllChange("json", "plain")),
    pghistory.UpdateEvent("any_same", condition=pghistory.AnyDontChange("json", "plain")),
    pghistory.UpdateEvent("all_same", condition=pghistory.AllDontChange("json", "point")),
    pghistory.UpdateEvent("statement", condition=pghistory.AnyChange("json"), level=pghistory.Statement),
    pghistory.UpdateEvent("whole", condition=pghistory.AnyChange(), level=pghistory.Statement),
    pghistory.UpdateEvent("not_json", condition=pghistory.AnyChange(exclude=["json", "point"])),
    pghistory.UpdateEvent("not_any", condition=~pghistory.AnyChange("json")),
)
class OpaqueConditions(models.Model):
    """Conditions over such columns."""

    json = OfType("json", null=True)
    point = OfType("point", null=True)
    plain = models.IntegerField(default=0)
