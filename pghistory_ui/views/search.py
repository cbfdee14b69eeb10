"""The search field's suggestions."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from pghistory_ui.suggestions import suggestions
from pghistory_ui.views import frame

# The field takes no longer text; a longer one has no suggestion.
LONGEST = 250


def suggest(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Options for the text in `q`: a fragment that the field's list takes in."""
    access = frame.enter(request, site)
    text = request.GET.get("q", "")
    offers = suggestions(access, text) if len(text) <= LONGEST else []
    return frame.fragment(request, "suggestions.html", offers=offers)
