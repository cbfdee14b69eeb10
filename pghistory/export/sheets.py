"""The SELECT of an event model behind a file: a column each for CSV, one for lines of JSON.

A cell that only Python knows, as what an object calls itself, is a gap: a mark that nobody can guess, what `gaps.Gap`
reads, and the mark again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, NullIf

from pghistory import changes
from pghistory.casts import final_target
from pghistory.export.changed import changed
from pghistory.export.fields import is_exact, is_plain_key, written
from pghistory.models import Event

TEXT: Final = models.TextField()
STRUCTURES: Final = frozenset({"changes", "context"})
NOTHING: Final = Value(None, TEXT)

Hidden = Mapping[type[Event], frozenset[str]]
"""{event model: fields that are in no cell}"""


class Guarded(Func):
    """A text that no spreadsheet takes for a formula."""

    template = "regexp_replace(%(expressions)s, '^([=+@\\t\\r-])', '''\\1')"
    arity = 1
    output_field = TEXT


class Iso(Func):
    """An instant as `isoformat` writes it, with the zone of the session."""

    template = "replace(to_char((%(expressions)s)::timestamptz, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'), '.000000', '')"
    arity = 1
    output_field = TEXT


class Quoted(Func):
    """A text as JSON."""

    template = "to_json((%(expressions)s)::text)::text"
    arity = 1
    output_field = TEXT


class Type(Func):
    """What kind of JSON a value is."""

    function = "jsonb_typeof"
    arity = 1
    output_field = TEXT


class Hex(Func):
    """A text in letters and digits that no format has to quote; "-" for nothing."""

    template = "coalesce(encode(convert_to(%(expressions)s::text, 'UTF8'), 'hex'), '-')"
    arity = 1
    output_field = TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file is to hold: its format, its columns and the fields that it leaves out.

    `mark` stands around gaps; without one there are none.
    """

    file_format: str
    columns: Sequence[str]
    hidden: Hidden = field(default_factory=dict)
    mark: str = ""

    def cells(self, event_model: type[Event], place: int, using: str) -> list[Any]:
        """The expressions of a line; `place` stands in gaps for the event model."""
        cells = [self._cell(name, event_model, place, using) for name in self.columns]
        if self.file_format == "csv":
            return cells
        parts: list[Any] = [Value("{")]
        for number, (name, cell) in enumerate(zip(self.columns, cells, strict=True)):
            parts += [Value(f'{", " if number else ""}"{name}": '), Coalesce(cell, Value("null", TEXT))]
        return [_joined(*parts, Value("}"))]

    def names(self, event_model: type[Event]) -> list[str]:
        """The fields of an event model that may be told."""
        hidden = self.hidden.get(event_model, frozenset())
        return [name for name in event_model.pgh_tracked_fields if name not in hidden]

    def _cell(self, name: str, event_model: type[Event], place: int, using: str) -> Any:
        gap = self._gap(name, event_model, place, using) if self.mark else None
        if gap is not None:
            return gap if self.file_format != "csv" or len(self.columns) > 1 else Coalesce(gap, Value("", TEXT))
        text, json = self._told(name, event_model)
        if self.file_format != "csv":
            return json
        cell = text if name in STRUCTURES or name == "pgh_created_at" else Guarded(text)
        # Where a line is one cell, an empty one has to be told from an empty line.
        return NullIf(cell, Value("", TEXT)) if len(self.columns) > 1 else Coalesce(cell, Value("", TEXT))

    def _gap(self, name: str, event_model: type[Event], place: int, using: str) -> Any:
        """What Python is told of the event whose cell it has to fill; None where the database knows the cell."""
        mark, pgh_id = Value(self.mark), Hex(F("pgh_id"))
        if name == "actor":
            metadata, label = _context(event_model)[0], _actor_label(event_model)
            user = NOTHING if metadata is None else KeyTransform("user", metadata)
            told = _joined(mark, Value("actor."), Hex(user), Value("."), Hex(label), mark)
            return Case(When(models.Q(_IsNothing(user, label)), then=NOTHING), default=told, output_field=TEXT)
        is_plain = changes.has_object(event_model) and is_plain_key(changes.column(event_model, "pgh_obj"))
        if name == "object":
            key = Hex(F("pgh_obj_id")) if is_plain else Value("-")
            return _joined(mark, Value(f"object.{place}."), key, Value("."), pgh_id, mark)
        is_known = {
            "changes": all(is_exact(event_model, each, using) for each in self.names(event_model)),
            "pgh_obj_id": is_plain or not changes.has_object(event_model),
        }
        return None if is_known.get(name, True) else _joined(mark, Value(f"{name}.{place}."), pgh_id, mark)

    def _told(self, name: str, event_model: type[Event]) -> tuple[Any, Any]:
        """A column as text and as JSON."""
        pgh_id: Any = event_model._meta.get_field("pgh_id")
        metadata, whole = _context(event_model)
        if name == "pgh_id":
            return Cast("pgh_id", TEXT), written(F("pgh_id"), pgh_id)
        if name == "pgh_obj_id":
            if not changes.has_object(event_model):
                return NOTHING, NOTHING
            key: Any = final_target(changes.column(event_model, "pgh_obj"))
            return Cast("pgh_obj_id", TEXT), written(F("pgh_obj_id"), key)
        if name == "actor_id":
            if metadata is None:
                return NOTHING, NOTHING
            return KeyTextTransform("user", metadata), Cast(KeyTransform("user", metadata), TEXT)
        if name == "changes":
            text = changed(event_model, self.names(event_model))
            return text, text
        if name == "context":
            return whole, whole
        text = {
            "pgh_created_at": Iso(F("pgh_created_at")),
            "pgh_event_model": Value(event_model._meta.label, TEXT),
            "pgh_label": F("pgh_label"),
            "pgh_obj_model": Value(event_model.pgh_tracked_model._meta.label, TEXT),
            "actor": _actor_label(event_model),
        }.get(name)
        if text is None:
            text = NOTHING if metadata is None else NullIf(KeyTextTransform(name, metadata), Value("", TEXT))
        return text, Quoted(text)


def _context(event_model: type[Event]) -> tuple[str | None, Any]:
    """The path to the metadata of an event's context, and it as text: {} where it is not known or no object."""
    context = changes.column(event_model, "pgh_context")
    path = None if context is None else "pgh_context__metadata" if context.is_relation else "pgh_context"
    has_id = changes.column(event_model, "pgh_context_id") is not None
    known: list[Any] = [When(pgh_context_id__isnull=False, then=Value("{}"))] if has_id else []
    if path is None:
        return None, Case(*known, default=NOTHING, output_field=TEXT)
    metadata: Any = F(path)
    is_object = When(models.Q(_Is(Type(metadata), Value("object"))), then=Cast(metadata, TEXT))
    is_known = When(models.Q(_Is(Coalesce(Type(metadata), Value("null")), Value("null"))), then=NOTHING)
    return path, Case(is_object, *known, is_known, default=Value("{}"), output_field=TEXT)


class _IsNothing(Func):
    arg_joiner = ", "
    template = "(num_nonnulls(%(expressions)s) = 0)"
    arity = 2
    output_field = models.BooleanField()


class _Is(Func):
    arg_joiner = " = "
    template = "(%(expressions)s)"
    arity = 2
    output_field = models.BooleanField()


def _actor_label(event_model: type[Event]) -> Any:
    context = changes.column(event_model, "pgh_context")
    return F("pgh_context__actor_label") if context is not None and context.is_relation else NOTHING


def _joined(*parts: Any) -> Any:
    return Func(*parts, function="concat", output_field=TEXT)
