"""The table of event models, one cell template a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

CELLS = "pghistory_ui/cells"


@dataclass(frozen=True, slots=True)
class Label:
    """A label of an event model and the kind of event that it makes."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class EventModelRow:
    """An event model; numbers are None for those who may not see every row of the tracked model."""

    name: str
    label: str
    url: str
    labels: tuple[Label, ...]
    events: int | None
    size: int | None
    first: dt.datetime | None
    last: dt.datetime | None


class EventModelTable(tables.Table):  # type: ignore[misc]  # django-tables2 ships no types
    """What is tracked, by which labels, and how much of it there is."""

    model = tables.TemplateColumn(
        template_name=f"{CELLS}/model.html", accessor="name", verbose_name=gettext_lazy("Model")
    )
    labels = tables.TemplateColumn(
        template_name=f"{CELLS}/labels.html", orderable=False, verbose_name=gettext_lazy("Labels")
    )
    events = tables.TemplateColumn(
        template_name=f"{CELLS}/events.html",
        verbose_name=gettext_lazy("Events"),
        attrs={"th": {"class": "pgh-table__number"}, "td": {"class": "pgh-table__number"}},
    )
    size = tables.TemplateColumn(
        template_name=f"{CELLS}/size.html",
        verbose_name=pgettext_lazy("on disk", "Size"),
        attrs={"th": {"class": "pgh-table__number"}, "td": {"class": "pgh-table__number"}},
    )
    last = tables.TemplateColumn(
        template_name=f"{CELLS}/last.html",
        verbose_name=gettext_lazy("Last event"),
        attrs={"td": {"class": "pgh-table__fit"}},
    )

    def __init__(self, rows: Sequence[EventModelRow], *, tracked_models: int) -> None:
        super().__init__(rows)
        self.tracked_models = tracked_models
        self.event_models = len(rows)
        self.all_events = sum(row.events or 0 for row in rows)
        self.whole_size = sum(row.size or 0 for row in rows)
        self.is_partial = any(row.events is None for row in rows)

    class Meta:
        template_name = "pghistory_ui/table.html"
        attrs = {"class": "pgh-table"}
        order_by = ("-events",)
