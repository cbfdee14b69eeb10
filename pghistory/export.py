"""Events as a file, CSV or JSON Lines, at the speed of `COPY` and in constant memory.

`export.write(Timeline().across(Product), file)`. What a row says is what an entry of the timeline says, computed by the
database: the change by the neighbours of an event, the actor by the label that was frozen. The label of an object is
known to Python only and is no column here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, transaction
from django.db.models import Case, F, Func, OuterRef, Subquery, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from pghistory import branches, changes, errors, functions, sql
from pghistory.models import Event
from pghistory.readings import Labels
from pghistory.timeline import Timeline

COLUMNS: Final = (
    "pgh_created_at",
    "pgh_event_model",
    "pgh_id",
    "pgh_label",
    "pgh_obj_model",
    "pgh_obj_id",
    "actor_id",
    "actor",
    "url",
    "reason",
    "changes",
    "context",
)
FORMATS: Final = ("csv", "jsonl")
STRUCTURES: Final = frozenset({"changes", "context"})

# No more arguments than a function of PostgreSQL takes, two a field.
MOST_FIELDS: Final = 45

Progress = Callable[[int], None]


class Writable(Protocol):
    """A file that is open for bytes."""

    def write(self, data: bytes, /) -> Any:
        """Takes the bytes."""


def write(
    timeline: Timeline,
    file: Writable,
    *,
    file_format: str = "csv",
    columns: Sequence[str] = COLUMNS,
    progress: Progress | None = None,
) -> int:
    """Writes the events of a timeline, newest first within a database, and gives their number.

    CSV begins with a heading, and a cell that a spreadsheet would run begins with an apostrophe. `progress` is called
    with the number of rows so far. Raises InvalidObjects for a format or a column that does not exist.
    """
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or file_format not in FORMATS:
        problem = f"There is no column or format {', '.join(unknown) or file_format}."
        raise errors.InvalidObjects(problem=problem, remedy=f"Columns: {', '.join(COLUMNS)}; formats: csv, jsonl.")
    if file_format == "csv":
        file.write((",".join(columns) + "\n").encode())
    written = 0
    for rows in timeline._branches():
        alias = next(iter(rows.values())).db
        connection = connections[alias]
        statement, params = _statement(rows, alias, file_format, columns)
        if statement is None:
            continue
        with (
            transaction.atomic(using=alias),
            connection.cursor() as cursor,
            _zone(cursor),
            connection.wrap_database_errors,
            cursor.copy(statement, params) as copy,
        ):
            for data in copy:
                file.write(data)
                written += 1
                if progress and written % 1_000 == 0:
                    progress(written)
    if progress:
        progress(written)
    return written


@contextmanager
def _zone(cursor: Any) -> Iterator[None]:
    """The reader's zone for the length of the block; Django relies on its own one."""
    cursor.execute("select current_setting('TimeZone')")
    [usual] = cursor.fetchone()
    cursor.execute(functions.set_config({"TimeZone": functions.zone_name()}))
    yield
    cursor.execute(functions.set_config({"TimeZone": usual}))


def _statement(
    rows: dict[type[Event], models.QuerySet[Any]], alias: str, file_format: str, columns: Sequence[str]
) -> tuple[str | None, Any]:
    """One COPY over all event models of a database; None where their filters can match nothing."""
    arms: list[str] = []
    params: list[Any] = []
    for event_model, found in rows.items():
        expressions = _expressions(event_model)
        chosen: list[Any] = [_cell(name, expressions[name], file_format) for name in columns]
        if file_format == "jsonl":
            chosen = [Line(*(part for name, cell in zip(columns, chosen, strict=True) for part in (Value(name), cell)))]
        try:
            selected = branches.selected(found, [F("pgh_created_at"), F("pgh_id"), *chosen])
            text, given = selected.query.get_compiler(alias).as_sql()
        except EmptyResultSet:
            continue
        arms.append(text)
        params += given
    return (sql.copy(arms, 1 if file_format == "jsonl" else len(columns), file_format), params) if arms else (None, ())


def _cell(name: str, expression: Any, file_format: str) -> Any:
    if file_format == "jsonl":
        return expression
    text = Cast(expression, models.TextField())
    return text if name in STRUCTURES or name == "pgh_created_at" else Guarded(text)


class Line(Func):
    """A JSON object that keeps the order of its keys."""

    function = "json_build_object"
    output_field = models.TextField()


class Guarded(Func):
    """A text that no spreadsheet takes for a formula."""

    template = "regexp_replace(%(expressions)s, '^([=+@\\t\\r-])', '''\\1')"
    arity = 1
    output_field = models.TextField()


class Iso(Func):
    """An instant as ISO 8601 writes it, with the zone of the session."""

    template = "(to_json(%(expressions)s) #>> '{}')"
    arity = 1
    output_field = models.TextField()


class Both(Func):
    """{name: [before, after]} of what differs in two states; nothing where one is not known."""

    template = (
        "coalesce((select jsonb_object_agg(pgh_after.key, jsonb_build_array(pgh_before.value, pgh_after.value)) "
        "from jsonb_each(%(expressions)s) as pgh_after on pgh_after.key = pgh_before.key "
        "where pgh_before.value is distinct from pgh_after.value), '{}')"
    )
    arg_joiner = ") as pgh_before join jsonb_each("
    arity = 2
    output_field = models.JSONField()


class Added(Both):
    """The same, where no state before means that the row was added."""

    template = (
        "coalesce((select jsonb_object_agg(pgh_after.key, "
        "jsonb_build_array(coalesce(pgh_before.value, 'null'), pgh_after.value)) "
        "from jsonb_each(%(expressions)s) as pgh_after on pgh_after.key = pgh_before.key "
        "where coalesce(pgh_before.value, 'null') is distinct from pgh_after.value), '{}')"
    )
    arg_joiner = ") as pgh_before right join jsonb_each("


class Removed(Both):
    """The same, where no state after means that the row was deleted."""

    template = (
        "coalesce((select jsonb_object_agg(pgh_before.key, "
        "jsonb_build_array(pgh_before.value, coalesce(pgh_after.value, 'null'))) "
        "from jsonb_each(%(expressions)s) as pgh_after on pgh_after.key = pgh_before.key "
        "where pgh_before.value is distinct from coalesce(pgh_after.value, 'null')), '{}')"
    )
    arg_joiner = ") as pgh_before left join jsonb_each("


def _expressions(event_model: type[Event]) -> dict[str, Any]:
    """{column: expression over an event model}."""
    text = models.TextField()
    has_object = changes.has_object(event_model)
    context = changes.column(event_model, "pgh_context")
    path = "pgh_context__metadata" if context is not None and context.is_relation else "pgh_context"
    metadata: Any = F(path) if context is not None else Value(None, models.JSONField())
    shared = context is not None and context.is_relation

    def noted(key: str) -> Any:
        return KeyTextTransform(key, path) if context is not None else Value(None, text)

    return {
        "pgh_created_at": Iso(F("pgh_created_at")),
        "pgh_event_model": Value(event_model._meta.label, text),
        "pgh_id": F("pgh_id"),
        "pgh_label": F("pgh_label"),
        "pgh_obj_model": Value(event_model.pgh_tracked_model._meta.label, text),
        "pgh_obj_id": Cast("pgh_obj_id", text) if has_object else Value(None, text),
        "actor_id": noted("user"),
        "actor": F("pgh_context__actor_label") if shared else Value(None, text),
        "url": noted("url"),
        "reason": noted("reason"),
        "changes": _changes(event_model),
        "context": metadata,
    }


def _changes(event_model: type[Event]) -> Any:
    """What an event changed, as `entries` reads it: by its label, and by the event before or after."""
    labels, own, nothing = Labels(event_model), _state(event_model), Value({}, models.JSONField())
    unknown = Cast(Value(None), models.JSONField())
    whole = [
        When(pgh_label__in=labels.inserts, then=Added(unknown, own)),
        When(pgh_label__in=labels.deletes, then=Removed(own, unknown)),
    ]
    if not changes.has_object(event_model):
        return Case(*whole, default=nothing)
    others = changes.rows(event_model).filter(pgh_obj=OuterRef("pgh_obj"))
    # The row after a deletion, or before an addition, is another one.
    earlier = others.filter(pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    later = others.filter(pgh_id__gt=OuterRef("pgh_id")).order_by("pgh_id")
    before = _read(earlier, Case(When(pgh_label__in=labels.deletes, then=unknown), default=own))
    after: Any = _read(later, Case(When(pgh_label__in=labels.inserts, then=nothing), default=own))
    tracked = event_model.pgh_tracked_model
    living = tracked._base_manager.filter(pk=OuterRef("pgh_obj"))
    after = Coalesce(after, _read(living, _state(event_model)), output_field=models.JSONField())
    return Case(
        *whole,
        When(pgh_label__in=labels.update_or_deletes, then=Removed(own, after)),
        When(pgh_label__in=labels.before_updates, then=Both(own, after)),
        When(pgh_label__in=labels.insert_or_updates, then=Added(before, own)),
        default=Both(before, own),
        output_field=models.JSONField(),
    )


def _read(rows: models.QuerySet[Any], state: Any) -> Subquery:
    return Subquery(rows.annotate(pgh_state=state).values("pgh_state")[:1], output_field=models.JSONField())


def _state(event_model: type[Event]) -> Any:
    """{field: value} of a row of the event model or of the tracked model, as jsonb."""
    names = list(event_model.pgh_tracked_fields)
    parts = [
        JSONObject(**{name: _plain(name) for name in names[place : place + MOST_FIELDS]})
        for place in range(0, len(names), MOST_FIELDS)
    ]
    state: Any = parts[0]
    for part in parts[1:]:
        state = CombinedExpression(state, "||", part, output_field=models.JSONField())
    return state


def _plain(name: str) -> Any:
    return models.ExpressionWrapper(F(name), models.Field())
