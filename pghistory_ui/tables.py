"""The table of event models, one cell template a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from pghistory.health import DISABLED, INSTALLED, MISSING, OUTDATED
from pghistory.timeline import Activity

CELLS = "pghistory_ui/cells"
SEVERITY: Final = (INSTALLED, OUTDATED, DISABLED, MISSING)


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
    triggers: str
    troubles: int
    activity: Activity | None

    @property
    def severity(self) -> int:
        """Where the row stands when the table is sorted by trouble."""
        return SEVERITY.index(self.triggers)

    @property
    def lately(self) -> int:
        """The events of the last 30 days."""
        return self.activity.total if self.activity else -1

    @property
    def bars(self) -> str:
        """The path of the sparkline: a bar a day, 2 wide and up to 18 high, in a box of 90 by 20."""
        days = self.activity.days if self.activity else ()
        highest = max(days, default=0) or 1
        heights = [ceil(18 * number / highest) for number in days]
        return "".join(f"M{3 * day} 20V{20 - height}h2V20z" for day, height in enumerate(heights) if height)

    @property
    def most(self) -> int:
        """The events of the busiest day."""
        return max(self.activity.days, default=0) if self.activity else 0


class EventModelTable(tables.Table):  # type: ignore[misc]  # django-tables2 ships no types
    """What is tracked, by which labels, and how much of it there is."""

    model = tables.TemplateColumn(
        template_name=f"{CELLS}/model.html",
        accessor="name",
        verbose_name=gettext_lazy("Model"),
        attrs={"td": {"class": "pgh-table__long pgh-table__name"}},
    )
    labels = tables.TemplateColumn(
        template_name=f"{CELLS}/labels.html",
        orderable=False,
        verbose_name=gettext_lazy("Labels"),
        attrs={"td": {"class": "pgh-table__long pgh-table__name", "data-name": gettext_lazy("Labels")}},
    )
    triggers = tables.TemplateColumn(
        template_name=f"{CELLS}/triggers.html",
        order_by=("severity", "troubles"),
        verbose_name=gettext_lazy("Triggers"),
        attrs={"td": {"class": "pgh-table__fit", "data-name": gettext_lazy("Triggers")}},
    )
    events = tables.TemplateColumn(
        template_name=f"{CELLS}/events.html",
        verbose_name=gettext_lazy("Events"),
        attrs={
            "th": {"class": "pgh-table__number"},
            "td": {"class": "pgh-table__number", "data-name": gettext_lazy("Events")},
        },
    )
    size = tables.TemplateColumn(
        template_name=f"{CELLS}/size.html",
        verbose_name=pgettext_lazy("on disk", "Size"),
        attrs={
            "th": {"class": "pgh-table__number"},
            "td": {"class": "pgh-table__number", "data-name": pgettext_lazy("on disk", "Size")},
        },
    )
    last = tables.TemplateColumn(
        template_name=f"{CELLS}/last.html",
        verbose_name=gettext_lazy("Last event"),
        attrs={"td": {"class": "pgh-table__moment", "data-name": gettext_lazy("Last event")}},
    )

    activity = tables.TemplateColumn(
        template_name=f"{CELLS}/activity.html",
        order_by=("lately",),
        verbose_name=gettext_lazy("Last 30 days"),
        attrs={"td": {"class": "pgh-table__fit", "data-name": gettext_lazy("Last 30 days")}},
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
        attrs = {"class": "pgh-table pgh-table--cards pgh-table--sorted"}
        order_by = ("-events",)
