"""What stands beside events under a filter: how many each day has and in all, saved filters, whom to choose from.

A region of the pages that show events, fetched after them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pghistory_ui.filters import FilterForm
from pghistory_ui.histogram import histogram
from pghistory_ui.ledger import Ledger, count_words, horizon_of
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.views import frame
from pghistory_ui.views.saved import saved


def days(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The bars as a page or, for htmx, with the rest of the region; no numbers where only a ModelAdmin can count."""
    access = frame.enter(request, site)
    form = FilterForm(request.GET, access)
    valid = form.is_valid()
    counted = valid and access.counts_are_true
    query = request.GET.copy()
    address = activity_url(site)
    of_all = not query.pop("here", None)
    objects: list[Any] = form.cleaned_data.get("obj") or [] if valid else []
    if not of_all and len(objects) == 1:
        # On the page of an object its bars lead to that page.
        [found] = objects
        address = page_url(site, "object", found._meta.label, found.pk)
        query.pop("obj")
    shown, count = None, ""
    if counted:
        timeline = form.apply(access.timeline())
        horizon = horizon_of(access, timeline, form)
        shown = histogram(timeline, form, query, horizon=horizon)
        count = count_words((timeline.since(horizon) if horizon else timeline).count())
    if frame.wants_fragment(request):
        region = {
            "histogram": shown,
            "activity": address,
            "form": form,
            "people": not request.GET.get("actor") and form.offer_people(),
            "count": count if of_all or any(any(query.getlist(name)) for name in form.fields) else "",
            "saved": saved(request) if of_all else (),
            "saved_url": page_url(site, "saved_filters"),
        }
        return frame.varying(frame.fragment(request, "beside.html", **region))
    return frame.varying(
        frame.page(
            request,
            site,
            "histogram.html",
            title=_("Events a day"),
            histogram=shown,
            activity=address,
            back=f"{address}?{query.urlencode()}",
            ledger=Ledger(form, pills=tuple(form.pills()) if valid else (), count=count),
        )
    )
