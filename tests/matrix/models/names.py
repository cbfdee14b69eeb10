"""Names that have to be quoted, cut, or told apart."""

from typing import Any

from django.db import models

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
LONGEST = 63
"""Bytes of a name in PostgreSQL."""


@pghistory.track(*ALL)
class Columns(models.Model):
    """Columns with odd names."""

    key = models.AutoField(primary_key=True, db_column="Ke y")
    mixed = models.IntegerField(default=0, db_column="MixedCase")
    spaced = models.IntegerField(default=0, db_column="with  spaces ")
    dotted = models.IntegerField(default=0, db_column="a.b;c--d")
    apostrophe = models.IntegerField(default=0, db_column="it's")
    accented = models.IntegerField(default=0, db_column="größe_☃")
    braces = models.IntegerField(default=0, db_column="{pgid}")
    backslash = models.IntegerField(default=0, db_column="back\\slash")
    user = models.IntegerField(default=0, db_column="user")
    new = models.IntegerField(default=0, db_column="new")
    old = models.IntegerField(default=0, db_column="old")
    label = models.IntegerField(default=0, db_column="label")
    reference = models.ForeignKey("self", on_delete=models.CASCADE, null=True, db_column="Refers To")


@pghistory.track(*ALL, meta={"db_table": "Events of it's {odd} table"}, append_only=True)
class Odd(models.Model):
    name = models.CharField(max_length=16)

    class Meta:
        db_table = "It's {an} Odd; table"


@pghistory.track(*ALL)
class InOtherSchema(models.Model):
    """In another schema, its events are in the first one."""

    name = models.CharField(max_length=16)

    class Meta:
        db_table = '"matrix_side"."thing"'


@pghistory.track(*ALL, meta={"db_table": '"matrix_side"."thing_events"'}, append_only=True, level=pghistory.Statement)
class InQuotedSchema(models.Model):
    """In another schema, and so are its events."""

    name = models.CharField(max_length=16)

    class Meta:
        db_table = '"matrix_side"."Quoted Thing"'


@pghistory.track(*ALL, meta={"db_table": 'matrix_side"."inside_events'})
class SchemaInside(models.Model):
    """The quotes in the middle of the name, to which Django adds the outer ones."""

    name = models.CharField(max_length=16)

    class Meta:
        db_table = 'matrix_side"."inside'


@pghistory.track(
    pghistory.InsertEvent("it's new"),
    pghistory.UpdateEvent('"quoted" {braces} 100% %s'),
    pghistory.DeleteEvent("größer als ☃ und 𝄞"),
    pghistory.ManualEvent("$pghistory$ \\ ; --"),
    pghistory.UpdateEvent("price-changed"),
    pghistory.UpdateEvent("Price changed"),
    pghistory.UpdateEvent("a label that says at great length " * 8),
)
class Labels(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(*ALL)
class Accented(models.Model):
    """Names in other letters."""

    größe = models.IntegerField(default=0)
    имя = models.CharField(max_length=16, default="")

    class Meta:
        db_table = "matrix_größe_☃"


@pghistory.track(*ALL, append_only=True)
class ModelWhoseNameIsAsLongAsAnybodyWouldEverWriteItAndLonger(models.Model):
    """Its event table's name does not fit."""

    name = models.CharField(max_length=16)
    other = models.ForeignKey("self", on_delete=models.CASCADE, null=True)


@pghistory.track(*ALL, append_only=True, meta={"db_table": "e" * LONGEST})
class LongColumns(models.Model):
    """Names of exactly as many bytes as fit."""

    name = models.CharField(max_length=16, db_column="n" * LONGEST)
    other = models.ForeignKey("self", on_delete=models.CASCADE, null=True, db_column="o" * LONGEST)
    accented = models.IntegerField(default=0, db_column="ü" * 31 + "x")

    class Meta:
        db_table = "t" * LONGEST


WIDTH = 200


def _wide() -> type[models.Model]:
    columns: dict[str, Any] = {f"column_{number:03}": models.IntegerField(default=0) for number in range(WIDTH)}
    return type("Wide", (models.Model,), {"__module__": __name__, "__doc__": "A model of many fields.", **columns})


Wide = pghistory.track(*ALL)(_wide())
