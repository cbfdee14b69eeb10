"""The page that chooses what an export holds, and shows which ones there were."""

from __future__ import annotations

import datetime as dt

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pghistory.timeline import Timeline
from pghistory_ui import clock, ledger, records
from pghistory_ui.filters import FilterForm, in_words
from pghistory_ui.forms import ColumnsForm
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.models import ExportRecord
from pghistory_ui.views import frame

SHOWN = 50


def exports(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The chooser for the filter in the address, with the newest exports that the one who asks may know of."""
    access = frame.enter(request, site)
    if not access.exportable:
        raise PermissionDenied
    form = FilterForm(request.GET, access)
    valid = form.is_valid()
    known = set(form.fields) - {"after"}
    timeline = form.apply(access.timeline(*access.exportable)) if valid else None
    horizon = None if timeline is None else ledger.horizon_of(access, timeline, form)
    return frame.page(
        request,
        site,
        "exports.html",
        title=_("Export"),
        form=form,
        chooser=ColumnsForm(None),
        pills=tuple(form.pills()) if valid else (),
        count=counted(timeline, horizon) if timeline and access.counts_are_true else "",
        horizon=horizon and clock.local(horizon),
        partial=len(access.exportable) < len(access.event_models),
        parameters=[(name, value) for name in request.GET if name in known for value in request.GET.getlist(name)],
        order_url=page_url(site, "order_export"),
        back=f"{activity_url(site)}?{request.GET.urlencode()}",
        records=[
            (record, in_words(record.query), f"{activity_url(site)}?{record.query}") for record in newest(request)
        ],
        shows_everybody=request.user.is_superuser,
    )


def counted(timeline: Timeline, horizon: dt.datetime | None) -> str:
    """How many events there are, exact up to the bound of a count, and no further back than a page looks."""
    return ledger.count_words((timeline if horizon is None else timeline.since(horizon)).count())


def newest(request: HttpRequest) -> list[ExportRecord]:
    """The newest exports, no more than fit a page."""
    return list(records.visible(request)[:SHOWN])
