"""Values of fields as JSON that the database writes, and whether it is the one that Python would write."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import connections, models
from django.db.models import Func
from django.db.models.fields.files import FileDescriptor

from pghistory.casts import final_target
from pghistory.models import Event
from pghistory.timeline import stored

AS_JSON: Final = "to_json(%(expressions)s)::text"
AS_TEXT: Final = "%(expressions)s::text"
INSTANT: Final = (
    "case when %(expressions)s between '0001-01-02 00:00+00' and '9999-12-30 00:00+00' then "
    "'\"' || replace(to_char(%(expressions)s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '')"
    " || '+00:00\"' else to_json((%(expressions)s at time zone 'UTC')::text)::text end"
)
WRITTEN: Final = {
    "BooleanField": AS_TEXT,
    "CharField": AS_JSON,
    "DateField": AS_JSON,
    "DateTimeField": INSTANT,
    "DecimalField": "('\"' || %(expressions)s::text || '\"')",
    "FileField": "to_json(coalesce(%(expressions)s, ''))::text",
    "GenericIPAddressField": AS_JSON,
    "IntegerField": AS_TEXT,
    "JSONField": AS_TEXT,
    "SlugField": AS_JSON,
    "TextField": AS_JSON,
    "UUIDField": AS_JSON,
}
"""{kind of field: how the database writes what Python writes}"""

TEXTS: Final = frozenset({"CharField", "FileField", "SlugField", "TextField"})

PLAIN_KEYS: Final = frozenset({"CharField", "DateField", "IntegerField", "SlugField", "TextField", "UUIDField"})

# Decimals with more places may be written with an exponent by Python.
MOST_PLACES: Final = 6


def written(expression: Any, field: models.Field[Any, Any]) -> Any:
    """A value of a field as a text of JSON; null for nothing."""
    template = WRITTEN.get(_kind(field), AS_JSON)
    return Func(expression, template=template, arity=1, output_field=models.TextField())


def as_written(column: str, field: models.Field[Any, Any]) -> str:
    """The same of a column, as SQL."""
    return WRITTEN.get(_kind(field), AS_JSON) % {"expressions": column}


def as_compared(column: str, field: models.Field[Any, Any]) -> str:
    """A column of a field as SQL compares it: texts letter by letter, and JSON's null is nothing."""
    kind = _kind(field)
    if kind in TEXTS:
        return f'({column})::text collate "C"'
    return f"nullif(({column})::text, 'null')" if kind == "JSONField" else column


def is_plain_key(field: models.Field[Any, Any]) -> bool:
    """Whether the key of an object is to Python the text that the database makes of it."""
    return _kind(field) in PLAIN_KEYS


def is_exact(event_model: type[Event], name: str, using: str) -> bool:
    """Whether the database writes the field of an event as Python does: no code of the project stands between."""
    table, field = stored.table(event_model, using), event_model._meta.get_field(name)
    kind = _kind(field)
    if kind == "FileField":
        return type(getattr(event_model, name)) is FileDescriptor
    if kind not in WRITTEN or name not in table.plain:
        return False
    if kind == "JSONField":
        reads = getattr(type(field), "from_db_value", None)
        return reads is models.JSONField.from_db_value and getattr(field, "decoder", None) is None
    if kind == "DecimalField" and (getattr(final_target(field), "decimal_places", None) or 0) > MOST_PLACES:
        return False
    if kind == "DateTimeField" and not (settings.USE_TZ and connections[using].timezone_name == "UTC"):
        return False
    return table.places[name] not in table.converters


def _kind(field: Any) -> str:
    target = final_target(field)
    return "IntegerField" if isinstance(target, models.IntegerField) else target.get_internal_type()
