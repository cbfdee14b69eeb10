"""How values and changes are drawn: a registry of renderers keyed on field class, which a project can extend.

class ColourRenderer(renderers.Renderer):
    def text(self, value):
        return f"colour {value}"

renderers.register(ColourField, ColourRenderer)
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField, HStoreField, RangeField
from django.db import models

from pghistory.timeline import Entry
from pghistory_ui.links import Links
from pghistory_ui.mirrored import field_of
from pghistory_ui.renderers.base import Change, Chip, Renderer, Value
from pghistory_ui.renderers.files import FileRenderer
from pghistory_ui.renderers.ranges import RangeRenderer
from pghistory_ui.renderers.structures import PathsRenderer
from pghistory_ui.renderers.texts import TextRenderer
from pghistory_ui.renderers.values import (
    BinaryRenderer,
    BooleanRenderer,
    ChoiceRenderer,
    DateRenderer,
    DateTimeRenderer,
    ForeignKeyRenderer,
    NumberRenderer,
)

__all__ = ["Change", "Chip", "Renderer", "Renderers", "Value", "register", "renderer_class"]

_registered: dict[type[models.Field[Any, Any]], type[Renderer]] = {}


def register(field_class: type[models.Field[Any, Any]], renderer: type[Renderer]) -> None:
    """Draws fields of a class, and of its subclasses without a renderer of their own, with the renderer."""
    _registered[field_class] = renderer


def renderer_class(field: models.Field[Any, Any] | None) -> type[Renderer]:
    """The renderer for a field: of its choices, else of the nearest class, else the plain one."""
    if field is None:
        return Renderer
    if field.flatchoices:
        return ChoiceRenderer
    return next((_registered[kind] for kind in type(field).__mro__ if kind in _registered), Renderer)


class FieldRenderers(dict[str, Renderer]):
    """{field: its renderer} of one event model, each made when it is asked for."""

    def __init__(self, entry: Entry, links: Links) -> None:
        super().__init__()
        self._entry = entry
        self._links = links

    def __missing__(self, name: str) -> Renderer:
        field = field_of(self._entry, name)
        made = self[name] = renderer_class(field)(name, field, self._links)
        return made


class Renderers:
    """The renderers of one page, one for each field that it shows."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._made: dict[type[models.Model], FieldRenderers] = {}

    def of(self, entry: Entry) -> FieldRenderers:
        """The renderers for the fields of an entry's event model."""
        event_model = entry.event_model
        found = self._made.get(event_model)
        if found is None:
            found = self._made[event_model] = FieldRenderers(entry, self._links)
        return found


register(models.BinaryField, BinaryRenderer)
register(models.BooleanField, BooleanRenderer)
register(models.CharField, TextRenderer)
register(models.DateField, DateRenderer)
register(models.DateTimeField, DateTimeRenderer)
register(models.DecimalField, NumberRenderer)
register(models.FileField, FileRenderer)
register(models.FloatField, NumberRenderer)
register(models.ForeignKey, ForeignKeyRenderer)
register(models.IntegerField, NumberRenderer)
register(models.JSONField, PathsRenderer)
register(models.TextField, TextRenderer)
register(ArrayField, PathsRenderer)
register(HStoreField, PathsRenderer)
register(RangeField, RangeRenderer)
