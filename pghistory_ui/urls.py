"""The addresses of the browser below a site's `Events` admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from pghistory_ui.views.activity import activity
from pghistory_ui.views.as_of import object_as_of
from pghistory_ui.views.backfill import backfill
from pghistory_ui.views.beside import days
from pghistory_ui.views.changes import changes
from pghistory_ui.views.compare import chosen, compare
from pghistory_ui.views.context import context
from pghistory_ui.views.deleted import deleted
from pghistory_ui.views.download import download, order_export
from pghistory_ui.views.event import event
from pghistory_ui.views.export import export
from pghistory_ui.views.exports import exports
from pghistory_ui.views.health import health
from pghistory_ui.views.job import job
from pghistory_ui.views.jobs import all_jobs
from pghistory_ui.views.models import event_models
from pghistory_ui.views.object import object_timeline
from pghistory_ui.views.record import record
from pghistory_ui.views.restore import restore_event
from pghistory_ui.views.saved import saved_filters
from pghistory_ui.views.search import suggest
from pghistory_ui.views.undo import undo


def patterns(site: AdminSite) -> list[URLPattern]:
    """Every page, behind the site's own log-in."""

    def on_site(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        def inner(request: HttpRequest, **parts: str) -> HttpResponseBase:
            return view(request, site, **parts)

        return update_wrapper(site.admin_view(inner), view)

    return [
        path("", on_site(activity), name="pghistory_events_changelist"),
        path("models/", on_site(event_models), name="pghistory_ui_models"),
        path("object/<str:label>/<str:key>/", on_site(object_timeline), name="pghistory_ui_object"),
        path("object/<str:label>/<str:key>/as-of/", on_site(object_as_of), name="pghistory_ui_as_of"),
        path("event/<str:label>/<str:key>/", on_site(event), name="pghistory_ui_event"),
        path("event/<str:label>/<str:key>/changes/", on_site(changes), name="pghistory_ui_changes"),
        path("compare/", on_site(chosen), name="pghistory_ui_compare_chosen"),
        path("compare/<str:label>/<str:a>/<str:b>/", on_site(compare), name="pghistory_ui_compare"),
        path("context/<str:key>/", on_site(context), name="pghistory_ui_context"),
        path("suggestions/", on_site(suggest), name="pghistory_ui_suggestions"),
        path("deleted/", on_site(deleted), name="pghistory_ui_deleted"),
        path("health/", on_site(health), name="pghistory_ui_health"),
        path("backfill/", on_site(backfill), name="pghistory_ui_backfill"),
        path("jobs/", on_site(all_jobs), name="pghistory_ui_jobs"),
        path("jobs/<str:key>/", on_site(job), name="pghistory_ui_job"),
        path("jobs/<str:key>/file/", on_site(download), name="pghistory_ui_download"),
        path("record/", on_site(record), name="pghistory_ui_record"),
        path("restore/<str:label>/<str:key>/", on_site(restore_event), name="pghistory_ui_restore"),
        path("days/", on_site(days), name="pghistory_ui_days"),
        path("filters/", on_site(saved_filters), name="pghistory_ui_saved_filters"),
        path("export/file/", on_site(order_export), name="pghistory_ui_order_export"),
        path("export/", on_site(exports), name="pghistory_ui_exports"),
        path("undo/<str:key>/", on_site(undo), name="pghistory_ui_undo"),
        path("export.<slug:file_format>", on_site(export), name="pghistory_ui_export"),
    ]
