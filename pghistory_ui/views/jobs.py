"""The jobs that were ordered, newest first, with how far each has come."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from pghistory import jobs
from pghistory.models import Job
from pghistory_ui.inputs import InstantField
from pghistory_ui.links import page_url
from pghistory_ui.views import frame
from pghistory_ui.views.job import title

SHOWN: Final = 50

# {state: (the class of its colour, its icon)}.
STATES: Final = {
    Job.State.QUEUED: ("", "job"),
    Job.State.RUNNING: ("", "job"),
    Job.State.DONE: ("pgh-status--ok", "check"),
    Job.State.CANCELLED: ("pgh-status--warn", "disabled"),
    Job.State.FAILED: ("pgh-status--bad", "failed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One job with its page; `written` counts rows, `took` is in words or "" before the end."""

    job: Job
    title: str
    url: str
    colour: str
    icon: str
    done: int
    written: int
    took: str


def all_jobs(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Those of the one who asks, of everybody for superusers; `?before=` an instant, those ordered earlier.

    With `&id=` as well, those ordered at that instant that come after this one.
    """
    frame.enter(request, site)
    try:
        before = InstantField(required=False).clean(request.GET.get("before", ""))
        last = UUIDField(required=False).clean(request.GET.get("id", ""))
    except ValidationError as error:
        raise Http404(_("This is not the address of a page.")) from error
    found = newest(request, before, last)
    shown, more = found[:SHOWN], len(found) > SHOWN
    return frame.page(
        request,
        site,
        "jobs.html",
        title=_("Jobs"),
        tab="jobs",
        lines=list(lines(site, shown)),
        older=f"?{urlencode({'before': shown[-1].created_at.isoformat(), 'id': str(shown[-1].pk)})}" if more else "",
        newest="?" if before else "",
        shows_everybody=request.user.is_superuser,
    )


def newest(request: HttpRequest, before: dt.datetime | None, last: uuid.UUID | None) -> list[Job]:
    """A page of the jobs of all databases, and one more where there are any; of one instant, by their keys."""
    of_databases = (visible_jobs(request, alias, before, last)[: SHOWN + 1] for alias in jobs.databases())
    # Two aliases may be of one database.
    found = {job.pk: job for of_database in of_databases for job in of_database}
    return sorted(found.values(), key=lambda job: (job.created_at, job.pk), reverse=True)[: SHOWN + 1]


def visible_jobs(
    request: HttpRequest, using: str, before: dt.datetime | None = None, last: uuid.UUID | None = None
) -> QuerySet[Job]:
    """The jobs of a database that the one who asks may know of, newest first."""
    found = Job.objects.using(using).order_by("-created_at", "-pk")
    if not request.user.is_superuser:
        found = found.filter(owner=str(request.user.pk))
    if before is None:
        return found
    earlier = Q(created_at__lt=before)
    return found.filter(earlier if last is None else earlier | Q(created_at=before, pk__lt=last))


def lines(site: AdminSite, found: list[Job]) -> Iterator[Line]:
    """What the list says of these jobs."""
    progress: dict[uuid.UUID, jobs.Progress] = {}
    for using in sorted({job._state.db or "default" for job in found}):
        progress |= jobs.progress_of([job for job in found if job._state.db == using], using)
    for job in found:
        colour, icon = STATES[Job.State(job.state)]
        ended = job.ended_at or (timezone.now() if job.state == Job.State.RUNNING else None)
        yield Line(
            job=job,
            title=title(job),
            url=page_url(site, "job", job.pk),
            colour=colour,
            icon=icon,
            done=progress[job.pk].done,
            written=progress[job.pk].written,
            took=took(job.started_at, ended) if job.started_at and ended else "",
        )


def took(start: dt.datetime, end: dt.datetime) -> str:
    """A length of time in its largest unit, in seconds below a minute."""
    seconds = (end - start).total_seconds()
    return _("%d s") % max(0, round(seconds)) if seconds < 60 else timesince(start, end, depth=1)
