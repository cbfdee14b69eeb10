"""What is tracked, by which labels, and how much of it there is."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import health
from pghistory import timeline as timelines
from pghistory_ui import clock
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.tables import EventModelRow, EventModelTable, Label
from pghistory_ui.views import frame


def event_models(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The table of event models; numbers only for those who may see every row."""
    access = frame.enter(request, site)
    table = EventModelTable(event_model_rows(access), tracked_models=len(access.tracked_models))
    asked = request.GET.getlist(table.prefixed_order_by_field)
    if order := [name for name in asked if name.removeprefix("-") in table.columns.names()]:
        table.order_by = order
    return frame.page(
        request,
        site,
        "models.html",
        title=_("Event models"),
        tab="models",
        backfill_url=page_url(site, "backfill") if any(map(access.may_backfill, access.tracked_models)) else "",
        table=table,
    )


def event_model_rows(access: Access) -> list[EventModelRow]:
    """A row for each event model that may be seen."""
    counted = [found for found in access.event_models if access.sees_every_row(found)]
    estimates = timelines.estimates(counted)
    activity = timelines.activity(counted, clock.today())
    states = health.trigger_states(access.event_models)
    rows = []
    for event_model in access.event_models:
        estimate = estimates.get(event_model)
        label = event_model._meta.label
        rows.append(
            EventModelRow(
                name=str(capfirst(event_model.pgh_tracked_model._meta.verbose_name)),
                label=label,
                url=f"{activity_url(access.site)}?event_model={label}",
                labels=tuple(Label(tracker.label, kind_of(tracker)) for tracker in event_model.pgh_trackers),
                events=estimate.events if estimate else None,
                size=estimate.size if estimate else None,
                first=estimate.first if estimate else None,
                last=estimate.last if estimate else None,
                triggers=health.worst(states[event_model]),
                troubles=sum(state.state != health.INSTALLED for state in states[event_model]),
                activity=activity.get(event_model),
            )
        )
    return rows


def kind_of(tracker: object) -> str:
    """The kind of event that a tracker makes."""
    operation = str(getattr(tracker, "operation", "") or "").lower()
    return next((kind for kind in ("insert", "update", "delete") if kind in operation), "manual")
