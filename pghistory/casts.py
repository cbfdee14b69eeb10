"""Values in JSON in the type of a field: read where they are of its kind, and null elsewhere, so that no cast fails."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.models import Case, Func, When, lookups
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

DATE = (
    "(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
ZONE = "(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?"
NUMBER = r"-?[0-9]{1,99}(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,2})?"


class Numeric(models.DecimalField):  # type: ignore[type-arg] # Django's own takes no arguments at run time
    """A number of any length: the digits of a field are what its column takes, not what a text may say."""

    def cast_db_type(self, connection: Any) -> str:
        return "numeric"


READABLE: dict[str, tuple[str, models.Field[Any, Any]]] = {
    "IntegerField": ("-?[0-9]{1,18}", models.BigIntegerField()),
    "UUIDField": ("[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", models.UUIDField()),
    "BooleanField": ("true|false", models.BooleanField()),
    "FloatField": (NUMBER, models.FloatField()),
    "DecimalField": (NUMBER, Numeric()),
    "DateField": (DATE, models.DateField()),
    "TimeField": (TIME, models.TimeField()),
    "DateTimeField": (f"{DATE}(?:[T ]{TIME}{ZONE})?", models.DateTimeField()),
}
"""{kind of field: (what a text that reads as one looks like, its type)}: the cast of such a text cannot fail."""

TEXTS = frozenset({"CharField", "TextField", "SlugField", "FileField", "FilePathField"})
"""Kinds of field that any text is one of."""


class Reads(Func):
    """Whether PostgreSQL, 16 or later, can read a text as a value of a field's type."""

    function = "pg_input_is_valid"
    output_field = models.BooleanField()

    def __init__(self, text: Any, field: models.Field[Any, Any]) -> None:
        super().__init__(text)
        self.read_as = field

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        sql, params = super().as_sql(compiler, connection, template="%(function)s(%(expressions)s, %%s)")
        return sql, (*params, self.read_as.cast_db_type(connection))


def final_target(field: Any) -> models.Field[Any, Any]:
    """The field whose values a foreign key holds in the end; any other field itself."""
    while field.remote_field:
        field = field.target_field
    return cast("models.Field[Any, Any]", field)


def value_at(expression: Any, keys: list[str], field: models.Field[Any, Any]) -> Any:
    """What lies below the keys in a JSON expression, in the type of a field; null where it is not of its kind."""
    if not keys:
        return expression
    target = final_target(field)
    *parents, last = keys
    for key in parents:
        expression = KeyTransform(key, expression)
    if isinstance(target, models.JSONField):
        return KeyTransform(last, expression)
    value = Cast(KeyTextTransform(last, expression), models.TextField())
    kind = "IntegerField" if isinstance(target, models.IntegerField) else target.get_internal_type()
    if kind in TEXTS:
        return value
    if kind in READABLE:
        pattern, column = READABLE[kind]
        readable: Any = lookups.Regex(value, f"^(?:{pattern})$")
    else:
        column = target
        readable = Reads(value, target)
    return Case(When(readable, then=Cast(value, column)), default=None)


def quoted(compiler: Any, alias: str) -> str:
    """A table's alias as the compiler writes it: by a method that has another name since Django 6.1."""
    quote = getattr(compiler, "quote_name", None) or compiler.quote_name_unless_alias
    return cast("str", quote(alias))
