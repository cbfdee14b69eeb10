"""Everything that may be seen, newest first."""

from __future__ import annotations

from typing import Final

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pghistory_ui import ledger
from pghistory_ui.filters import FilterForm
from pghistory_ui.links import page_url
from pghistory_ui.views import frame
from pghistory_ui.views.saved import own

# More than this are found on their own page.
MOST_SAVED: Final = 20


def activity(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The activity page, or its cards alone for htmx."""
    access = frame.enter(request, site)
    read = ledger.read(request, access, access.timeline(), FilterForm(request.GET, access))
    if frame.wants_fragment(request):
        return frame.varying(frame.fragment(request, "activity_results.html", ledger=read))
    return frame.varying(
        frame.page(
            request,
            site,
            "activity.html",
            title=_("Activity"),
            tab="activity",
            ledger=read,
            export_url=page_url(site, "exports") + read.export if read.export and access.exportable else "",
            saved=list(own(request)[:MOST_SAVED]),
            days_url=page_url(site, "days") + read.export,
            saved_url=page_url(site, "saved_filters"),
            record_url=page_url(site, "record"),
        )
    )
