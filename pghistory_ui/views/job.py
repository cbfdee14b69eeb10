"""A job and its progress."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from pghistory import errors, jobs
from pghistory.models import Context, Job, JobLine
from pghistory_ui.links import as_uuid, page_url
from pghistory_ui.views import frame

LINES = 50
FACTS = ("query", "format", "model", "label", "filter", "time", "throttle")


def job(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """How far a job has come, for the one who ordered it and for superusers; POST cancels or resumes it."""
    frame.enter(request, site)
    wanted = as_uuid(key)
    found = jobs.find(wanted) if wanted else None
    if found is None:
        raise Http404(_("There is no such job."))
    if found.owner != str(request.user.pk) and not request.user.is_superuser:
        raise PermissionDenied
    if found.file and found.owner != str(request.user.pk):
        # Only the owner may fetch it.
        found.file = ""
    if request.method == "POST":
        return done(request, site, found)
    shown = regions(site, found)
    if frame.wants_fragment(request):
        response = frame.varying(frame.fragment(request, "job_results.html", **shown))
        if not found.is_unfinished:
            # The buttons beside the region are others now.
            response["HX-Refresh"] = "true"
        return response
    return frame.varying(frame.page(request, site, "job.html", title=title(found), tab="jobs", **shown))


def title(found: Job) -> str:
    """What the page is called."""
    names = {"backfill": _("Backfill of %s"), "export": _("Export"), "restore": _("Putting back %s")}
    subject: str = found.arguments.get("model", found.kind)
    name = names.get(found.kind, "%s")
    return name % subject if "%s" in name else name


def regions(site: AdminSite, found: Job) -> dict[str, object]:
    """What both the page and its moving part show."""
    lines = found.lines.order_by("-pk")
    # What a restore writes has a context of its own.
    context = found.arguments.get("context") or jobs.context_id(found)
    progress = jobs.progress(found)
    return {
        "job": found,
        "progress": progress,
        "lines": lines[:LINES],
        "errors": lines.filter(level=JobLine.Level.ERROR)[:LINES],
        "facts": [(name, found.arguments[name]) for name in FACTS if found.arguments.get(name)],
        "context_url": page_url(site, "context", context)
        if context and Context.objects.using(found._state.db).filter(pk=context).exists()
        else "",
        "file_url": page_url(site, "download", found.pk) if found.file else "",
        "address": page_url(site, "job", found.pk),
        "rate": round(progress.rate) if progress.rate else None,
        "left": max(1, round(progress.left)) if progress.left is not None and found.is_unfinished else None,
        "resumable": progress.stalled or found.state in (Job.State.CANCELLED, Job.State.FAILED),
    }


def done(request: HttpRequest, site: AdminSite, found: Job) -> HttpResponse:
    """Cancels the job, or takes it up again where workers are to be had."""
    try:
        if "cancel" in request.POST:
            written = jobs.progress(jobs.cancel(found)).written
            if written or not jobs.kind_of(found, found._state.db or "default").stops_midway:
                messages.success(request, _("The job was cancelled. What it has written stays."))
            else:
                messages.success(request, _("The job was cancelled. It has changed nothing."))
        elif "resume" in request.POST:
            left = jobs.progress(found)
            place = jobs.place(left.total - left.done, f"python manage.py pghistory job resume {found.pk}")
            jobs.start(jobs.resume(found), place)
    except (errors.PghistoryError, DatabaseError) as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(page_url(site, "job", found.pk))
