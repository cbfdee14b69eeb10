"""What an event changed as a text of JSON, {field: [before, after]} in the order of the fields, by one expression.

The event before or after is compared where it is read, column by column: no row is made into JSON for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import models
from django.db.models import Case, F, Func, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf

from pghistory import changes, conditions
from pghistory.export.fields import as_compared, as_written
from pghistory.models import Event
from pghistory.readings import Labels

# A function of PostgreSQL takes up to a hundred arguments.
MOST_PARTS: Final = 90
TEXT: Final = models.TextField()

Reference = Callable[[str], Any]


class Member(Func):
    """A field with its values before and after, as a member of the JSON; nothing where these are the same.

    It is one expression, as Django takes longer to resolve a tree of them than PostgreSQL does to plan it. Of `values`
    there are two, or the only one that there is: of a row that `is_added`, or was removed.
    """

    output_field = TEXT

    def __init__(self, *values: Any, field: models.Field[Any, Any], is_added: bool = True) -> None:
        super().__init__(*values)
        self._field = field
        self._is_added = is_added

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """A case over columns, which bring no parameters along however often they are named."""
        columns = [compiler.compile(value)[0] for value in self.get_source_expressions()]
        told = [f"coalesce({as_written(column, self._field)}, 'null')" for column in columns]
        if len(columns) == 1:
            told.insert(0 if self._is_added else 1, "'null'")
        before, after = told
        pair = f"""concat('"{self._field.name}": [', {before}, ', ', {after}, ']')"""
        return f"case when {self._differ(columns)} then {pair} end", []

    def _differ(self, columns: Sequence[str]) -> str:
        compared = [as_compared(column, self._field) for column in columns]
        if len(compared) == 1:
            return f"{compared[0]} is not null"
        if conditions.has_equality(self._field):
            return " is distinct from ".join(compared)
        return " *<> ".join(f"row({column})::record" for column in compared)


def changed(event_model: type[Event], names: Sequence[str]) -> Any:
    """What an event changed of these fields, as `entries` reads it: by its label, and by the event before or after."""
    pairs, labels = Pairs(event_model, names), Labels(event_model)
    added, removed, nothing = pairs.added(F), pairs.removed(F), Value("", TEXT)
    whole = [
        When(pgh_label__in=labels.inserts, then=added),
        When(pgh_label__in=labels.deletes, then=removed),
    ]
    if not changes.has_object(event_model):
        return _braced(Case(*whole, default=nothing, output_field=TEXT))
    others = changes.rows(event_model).filter(pgh_obj=OuterRef("pgh_obj"))
    # The row after a deletion, or before an addition, is another one.
    earlier = others.filter(pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    later = others.filter(pgh_id__gt=OuterRef("pgh_id")).order_by("pgh_id")
    before = _read(earlier, labels.deletes, Value(None, TEXT), pairs.between(F, OuterRef))
    after = pairs.between(OuterRef, F)
    living = _read(changes.living(event_model), [], nothing, after)
    return _braced(
        Case(
            *whole,
            When(
                pgh_label__in=labels.update_or_deletes,
                then=Coalesce(_read(later, labels.inserts, pairs.removed(OuterRef), after), living, removed),
            ),
            When(
                pgh_label__in=labels.before_updates, then=Coalesce(_read(later, labels.inserts, nothing, after), living)
            ),
            When(pgh_label__in=labels.insert_or_updates, then=Coalesce(before, added)),
            default=before,
            output_field=TEXT,
        )
    )


class Pairs:
    """The members of the JSON, with commas between them: "" where nothing differs."""

    def __init__(self, event_model: type[Event], names: Sequence[str]) -> None:
        self._fields: list[Any] = [event_model._meta.get_field(name) for name in names]

    def between(self, before: Reference, after: Reference) -> Any:
        """What differs between two rows, each given by how its columns are named."""
        pairs = [Member(before(field.name), after(field.name), field=field) for field in self._fields]
        return _joined(pairs)

    def added(self, row: Reference) -> Any:
        """What a row has, where there was none."""
        return _joined([Member(row(field.name), field=field) for field in self._fields])

    def removed(self, row: Reference) -> Any:
        """What a row had, where there is none any more."""
        return _joined([Member(row(field.name), field=field, is_added=False) for field in self._fields])


def _joined(parts: list[Any]) -> Any:
    if not parts:
        return Value("", TEXT)
    while len(parts) > MOST_PARTS:
        heads = [parts[place : place + MOST_PARTS] for place in range(0, len(parts), MOST_PARTS)]
        parts = [NullIf(_joined(head), Value("", TEXT)) for head in heads]
    return Func(Value(", "), *parts, function="concat_ws", output_field=TEXT)


def _read(rows: models.QuerySet[Any], labels: Sequence[str], other: Any, usual: Any) -> Subquery:
    """What the first row gives: `other` under these labels."""
    told = Case(When(pgh_label__in=labels, then=other), default=usual, output_field=TEXT) if labels else usual
    return Subquery(rows.annotate(pgh_told=told).values("pgh_told")[:1], output_field=TEXT)


def _braced(members: Any) -> Any:
    return Concat(Value("{"), Coalesce(members, Value("", TEXT)), Value("}"), output_field=TEXT)
