"""One event model as a plain queryset in the common columns: the only place that knows how event tables differ.

Each branch is a SELECT from one table without a WHERE, so that the planner takes a union of them apart again.
What is dear is an expression over the union: an event's row, and the one before, are read again for what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Substr

from pghistory import casts, fields, registry

if TYPE_CHECKING:
    from pghistory.models import Event


class RowData(Func):
    """The row that a column belongs to, as jsonb {column: value}, without the columns `left_out`."""

    output_field = models.JSONField()

    def __init__(self, column: Any, left_out: Iterable[str]) -> None:
        super().__init__(column)
        self.left_out = list(left_out)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        [column] = self.get_source_expressions()
        # With `.*` the name is always the table's, also where a column has the same.
        return f"(to_jsonb({casts.quoted(compiler, column.alias)}.*) - %s::text[])", (self.left_out,)


class Diff(Func):
    """{column: [before, after]} of what differs in two rows as jsonb; null when nothing does, or one is null."""

    template = (
        "(select jsonb_object_agg(pgh_after.key, jsonb_build_array(pgh_before.value, pgh_after.value)) "
        "from jsonb_each(%(expressions)s) as pgh_after using (key) "
        "where pgh_before.value is distinct from pgh_after.value)"
    )
    arg_joiner = ") as pgh_before join jsonb_each("
    arity = 2
    output_field = models.JSONField()


class Condition(ExpressionWrapper):  # type: ignore[type-arg]
    """A condition as a boolean column; false where it can hold for no row."""

    empty_result_set_value = False

    def __init__(self, condition: Q) -> None:
        super().__init__(condition, output_field=models.BooleanField())


def null(field: models.Field[Any, Any]) -> Cast:
    """Nothing, in the type of a field."""
    return Cast(Value(None), field)


def has_column(event_model: type[models.Model], name: str) -> bool:
    """Whether an event model has a field of that name, as `pgh_obj`, or a column, as `pgh_context_id`."""
    return any(name in (field.name, field.attname) for field in event_model._meta.concrete_fields)


COLUMNS = (
    "pgh_slug",
    "pgh_model",
    "pgh_id",
    "pgh_created_at",
    "pgh_label",
    "pgh_context_id",
    "pgh_context",
    "pgh_obj_model",
    "pgh_obj_id",
)
"""The columns that every branch gives, in order; a row of them names one event."""


def columns(event_model: type[models.Model]) -> dict[str, Any]:
    """{column of `Events`: expression over one event model}, without what is dear.

    `pgh_context` is what the event keeps itself: null where it refers to a context's row. `pgh_id` is null for an
    event model whose key is no number.
    """
    text = models.TextField()
    label = event_model._meta.label
    tracked: type[models.Model] = event_model.pgh_tracked_model  # type: ignore[attr-defined]
    has_obj = has_column(event_model, "pgh_obj")
    keeps_context = has_column(event_model, "pgh_context") and _context_table(event_model) is None
    has_context_id = has_column(event_model, "pgh_context_id")
    return {
        "pgh_slug": Concat(Value(f"{label}:", text), Cast("pgh_id", text)),
        "pgh_model": Cast(Value(label), text),
        "pgh_id": Cast("pgh_id" if _has_number(event_model) else Value(None), models.BigIntegerField()),
        "pgh_created_at": F("pgh_created_at"),
        "pgh_label": Cast("pgh_label", text),
        "pgh_context_id": F("pgh_context_id") if has_context_id else null(models.UUIDField()),
        "pgh_context": F("pgh_context") if keeps_context else null(models.JSONField()),
        "pgh_obj_model": Cast(Value(tracked._meta.label), text),
        "pgh_obj_id": Cast("pgh_obj_id" if has_obj else Value(None), text),
    }


def of_events(event_model: type[models.Model], conditions: Iterable[Q | None]) -> models.QuerySet[Any, Any]:
    """The common columns of an event model, and a boolean column for each condition, false for None."""
    holds = (Value(False) if condition is None else Condition(condition) for condition in conditions)
    common = columns(event_model)
    return selected(models.QuerySet(event_model), [*(common[name] for name in COLUMNS), *holds])


def data(event_models: Iterable[type[models.Model]]) -> Any:
    """{column: value} of the event that a row of the common columns names."""
    return _by_model({event_model: _data(event_model) for event_model in event_models})


def diff(event_models: Iterable[type[models.Model]]) -> Any:
    """{column: [before, after]} of the event that a row of the common columns names, and the one before.

    The latter is the previous event of the same event model and object. Null for the first event, where nothing
    changed, and for events without an object.
    """
    return _by_model(
        {
            event_model: Diff(Subquery(_previous(event_model)), _data(event_model))
            for event_model in event_models
            if has_column(event_model, "pgh_obj")
        }
    )


def context(event_models: Iterable[type[models.Model]]) -> Any:
    """The metadata of a row of the common columns."""
    tables = dict.fromkeys(filter(None, map(_context_table, event_models)))
    shared = [
        Subquery(models.QuerySet(table).filter(pk=OuterRef("pgh_context_id")).values("metadata")[:1])
        for table in tables
    ]
    return Coalesce(F("pgh_context"), *shared, output_field=models.JSONField()) if shared else F("pgh_context")


def _context_table(event_model: type[models.Model]) -> type[models.Model] | None:
    """The model whose rows hold the metadata, where the event keeps none itself."""
    if not has_column(event_model, "pgh_context"):
        return None
    target = event_model._meta.get_field("pgh_context").related_model
    return target if isinstance(target, type) else None


def _by_model(expressions: dict[type[models.Model], Any]) -> Any:
    """A JSON expression over each event model, read for the event that a row of the common columns names."""
    output = models.JSONField()
    arms = []
    for event_model, expression in expressions.items():
        label = event_model._meta.label
        key: Any = OuterRef("pgh_id")
        if not _has_number(event_model):
            key = Cast(Substr(OuterRef("pgh_slug"), len(label) + 2), event_model._meta.pk)
        found = models.QuerySet(event_model).filter(pgh_id=key).annotate(pgh_column_0=expression)
        arms.append(When(pgh_model=label, then=Subquery(found.values("pgh_column_0")[:1])))
    return Case(*arms, output_field=output) if arms else null(output)


def _has_number(event_model: type[models.Model]) -> bool:
    return isinstance(event_model._meta.get_field("pgh_id"), models.IntegerField)


def _previous(event_model: type[models.Model]) -> models.QuerySet[Any, Any]:
    """The data of the event before one of the same event model."""
    earlier: models.QuerySet[Any, Any] = models.QuerySet(event_model).filter(
        pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id")
    )
    earlier = earlier.order_by("-pgh_id").annotate(pgh_column_0=_data(event_model))
    return earlier.values("pgh_column_0")[:1]


def of_proxy(proxy: type[models.Model]) -> models.QuerySet[Any, Any]:
    """The event model behind a proxy in the fields of the proxy."""
    expressions: list[Any] = []
    for field in proxy._meta.concrete_fields:
        path = fields.proxied_path(field)
        if path is None:
            expressions.append(F(field.attname))
        else:
            column, keys = _column_and_keys(proxy, path)
            expressions.append(casts.value_at(_read(proxy, column), keys, field))
    return selected(models.QuerySet(registry.concrete(proxy)), expressions)


def _read(model: type[models.Model], path: str) -> Any:
    """The column at the end of a path; null where a row on the way is gone, as the object of an event may be."""
    first, _, rest = path.partition("__")
    relation: Any = model._meta.get_field(first)
    if not rest or relation.null:
        return F(path)
    target: models.QuerySet[Any, Any] = models.QuerySet(relation.related_model).filter(
        (relation.target_field.name, OuterRef(relation.attname))
    )
    return Subquery(target.values(rest)[:1])


def tracking(event_model: type[Event], model: type[models.Model], objects: Any) -> Q | None:
    """The condition for events of objects of a model; None for an event model that keeps none of them.

    A model whose own table is not tracked has the events of its parents' tables.
    """
    own, table = registry.concrete(model), registry.concrete(event_model.pgh_tracked_model)
    link = None if registry.event_models_of(model) else own._meta.get_ancestor_link(table)
    if not has_column(event_model, "pgh_obj") or (table is not own and link is None):
        return None
    if link is not None and not isinstance(objects, models.QuerySet):
        # The key in the parent's table; an instance that was made of its key alone knows no other.
        return Q(pgh_obj__in=[getattr(obj, link.attname) for obj in objects])
    return Q(pgh_obj__in=objects)


def referencing(
    event_model: type[Event], model: type[models.Model], objects: Any, *, hidden: Collection[str] = ()
) -> Q | None:
    """The condition for events with a foreign key to objects of a model, but for `hidden` ones; None without such."""
    table = registry.concrete(model)
    condition = Q()
    for field in event_model._meta.concrete_fields:
        target = field.related_model
        if isinstance(target, type) and registry.concrete(target) is table and field.name not in hidden:
            condition |= Q((f"{field.name}__in", objects))
    return condition or None


def selected(
    rows: models.QuerySet[Any, Any], expressions: list[Any], *, ordered: bool = False
) -> models.QuerySet[Any, Any]:
    """A queryset of tuples; the names of the expressions are none that a field may have."""
    named = {f"pgh_column_{position}": expression for position, expression in enumerate(expressions)}
    named_rows: models.QuerySet[Any, Any] = (rows if ordered else rows.order_by()).annotate(**named)
    return named_rows.values_list(*named)


def _data(event_model: type[models.Model]) -> RowData:
    names = (field.column or "" for field in event_model._meta.concrete_fields)
    return RowData(F("pgh_id"), [name for name in names if name.startswith("pgh_")])


def _column_and_keys(model: type[models.Model], path: str) -> tuple[str, list[str]]:
    """The part of a path that leads to a column, and the keys from there on where that is JSON."""
    parts = path.split("__")
    for position, part in enumerate(parts, start=1):
        field = model._meta.get_field(part)
        if isinstance(field, models.JSONField):
            return "__".join(parts[:position]), parts[position:]
        if isinstance(field.related_model, type):
            model = field.related_model
    return path, []
