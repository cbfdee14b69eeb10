"""Everything that may be seen, newest first."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pghistory_ui import ledger
from pghistory_ui.filters import FilterForm
from pghistory_ui.links import page_url
from pghistory_ui.views import frame
from pghistory_ui.views.saved import saved


def activity(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The activity page, or its cards alone for htmx."""
    access = frame.enter(request, site)
    form = FilterForm(request.GET, access)
    read = ledger.read(request, access, access.timeline(), form)
    if frame.wants_fragment(request):
        return frame.varying(frame.fragment(request, "activity_results.html", ledger=read))
    # What is beside the events comes after them, unless there are none.
    if not read.days:
        form.offer_people()
    return frame.varying(
        frame.page(
            request,
            site,
            "activity.html",
            title=_("Activity"),
            tab="activity",
            ledger=read,
            export_url=page_url(site, "exports") + read.export if read.export and access.exportable else "",
            saved=() if read.days else saved(request),
            days_url=page_url(site, "days") + read.export,
            saved_url=page_url(site, "saved_filters"),
            record_url=page_url(site, "record"),
        )
    )
