"""The filters that somebody saved."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from pghistory_ui.filters import in_words
from pghistory_ui.forms import SavedFilterForm
from pghistory_ui.links import activity_url, page_url
from pghistory_ui.models import SavedFilter
from pghistory_ui.views import frame

# More than this are found on their own page.
MOST_SAVED: Final = 20


def saved_filters(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """One's own saved filters; a POST saves one under its name, or with `delete`, forgets one."""
    access = frame.enter(request, site)
    form = SavedFilterForm(request.POST or None, access)
    if request.method == "POST" and "delete" in request.POST:
        return forgotten(request, site)
    if request.method == "POST" and form.is_valid():
        name, query = form.cleaned_data["name"], form.cleaned_data["query"]
        key: Any = request.user.pk
        SavedFilter.objects.update_or_create(user_id=key, name=name, defaults={"query": query})
        messages.success(request, _("The filter “%s” was saved.") % name)
        return HttpResponseRedirect(f"{activity_url(site)}?{query}")
    return frame.page(
        request,
        site,
        "saved_filters.html",
        title=_("Saved filters"),
        form=form,
        filters=[(found, in_words(found.query), f"{activity_url(site)}?{found.query}") for found in own(request)],
        back=activity_url(site),
    )


def forgotten(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Deletes one of one's own; 404 for what is none."""
    key = request.POST["delete"]
    found = own(request).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise Http404(_("There is no such filter."))
    found.delete()
    messages.success(request, _("The filter “%s” was deleted.") % found.name)
    return HttpResponseRedirect(page_url(site, "saved_filters"))


def saved(request: HttpRequest) -> list[SavedFilter]:
    """Those that the activity page names."""
    return list(own(request)[:MOST_SAVED])


def own(request: HttpRequest) -> QuerySet[SavedFilter]:
    """The filters of the one who asks, by name."""
    return SavedFilter.objects.filter(user=request.user.pk)
