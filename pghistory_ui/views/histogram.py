"""The events of each day under a filter: a region of the activity page, fetched after it."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pghistory_ui.filters import FilterForm
from pghistory_ui.histogram import histogram
from pghistory_ui.ledger import Ledger, horizon_of
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.views import frame


def days(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The bars, as a page or, for htmx, alone; none where only a ModelAdmin can tell what may be counted."""
    access = frame.enter(request, site)
    form = FilterForm(request.GET, access)
    valid = form.is_valid()
    counted = valid and access.counts_are_true
    query = request.GET.copy()
    address = activity_url(site)
    if query.pop("here", None) and valid and len(form.cleaned_data["obj"]) == 1:
        # On the page of an object its bars lead to that page.
        [found] = form.cleaned_data["obj"]
        address = page_url(site, "object", found._meta.label, found.pk)
        query.pop("obj")
    shown = None
    if counted:
        timeline = form.apply(access.timeline())
        shown = histogram(timeline, form, query, horizon=horizon_of(access, timeline, form))
    if frame.wants_fragment(request):
        return frame.varying(frame.fragment(request, "histogram_results.html", histogram=shown, activity=address))
    return frame.varying(
        frame.page(
            request,
            site,
            "histogram.html",
            title=_("Events a day"),
            histogram=shown,
            activity=address,
            back=f"{address}?{query.urlencode()}",
            ledger=Ledger(form, pills=tuple(form.pills()) if valid else ()),
        )
    )
