"""An export as a job: made into a file by a worker, fetched by the one who ordered it until it expires."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import router
from django.db.models import Model
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from pghistory import errors, jobs
from pghistory.export import Sheet
from pghistory.export.cells import COLUMNS
from pghistory.jobs import Kind
from pghistory.models import Job, JobRange
from pghistory_ui import clock, config, ledger, records
from pghistory_ui.filters import FilterForm
from pghistory_ui.forms import ColumnsForm
from pghistory_ui.links import as_uuid, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.views import copied, export, frame

MOST = 10_000_000


class Export(Kind):
    """Arguments: `query`, the filter and the columns as an address has them, and `format`."""

    name = "export"
    one_snapshot = True
    stops_midway = True
    stored = ""

    def check(self, request: HttpRequest | None, site: AdminSite | None) -> None:
        if request is None or site is None:
            raise errors.NotPermitted(actor=self.job.owner_label or "Nobody", action="export as a job")
        self.access = Access(request, site)
        self.request = request
        if not self.access.exportable or not self._form.is_valid():
            raise errors.NotPermitted(actor=self.job.owner_label, action="export this any more")

    @property
    def _form(self) -> FilterForm:
        return FilterForm(QueryDict(self.arguments["query"]), self.access)

    @property
    def _timeline(self) -> Any:
        form = self._form
        form.is_valid()
        return form.apply(self.access.timeline(*self.access.exportable))

    def total(self) -> int:
        return int(self._timeline.count(bound=MOST).number)

    def ranges(self, total: int) -> Iterator[JobRange]:
        # The file shows one moment: one snapshot, which cannot be cut into transactions.
        yield JobRange(job=self.job, number=1, size=max(1, total))

    def do(self, part: JobRange) -> int:
        file_format = self.arguments["format"]
        query = QueryDict(self.arguments["query"])
        chooser = ColumnsForm(query)
        chooser.is_valid()
        record = records.begin(self.request, file_format, query, chooser.chosen)
        with jobs.drafting() as draft:
            with jobs.Pulse(self.job, self.using) as pulse:
                file, written = self._write(draft, file_format, chooser.chosen, pulse)
            records.end(record, written)
            # Nobody can guess the name, should the storage be one that serves what it has.
            name = f"pghistory/{self.job.pk}-{secrets.token_urlsafe(24)}.{file_format}"
            self.stored = jobs.keep(file, name)
        expires = timezone.now() + dt.timedelta(days=config.export_days())
        Job.objects.using(self.using).filter(pk=self.job.pk).update(file=self.stored, expires_at=expires)
        return written

    def forget(self) -> None:
        if self.stored:
            # A storage that cannot be reached any more keeps what it has; the job ends all the same.
            with contextlib.suppress(Exception):
                jobs.storage().delete(self.stored)

    def _write(
        self, draft: Callable[[], jobs.Draft], file_format: str, columns: Sequence[str], pulse: jobs.Pulse
    ) -> tuple[jobs.Draft, int]:
        """The file, made by COPY wherever the database decides what may be seen, and the number of its events."""
        timeline = self._timeline
        if copied.may_copy(self.access, timeline):
            hidden = {found: self.access.hidden_fields(found) for found in timeline.event_models}
            # Nobody can guess the mark, and write it into a cell.
            sheet = Sheet(file_format, columns, hidden, secrets.token_hex(16))
            return copied.write(self.access, timeline, sheet, draft=draft, progress=pulse)
        rows = export.values(self.access, timeline, columns, timezone.get_current_timezone())
        make = export.csv_lines if file_format == "csv" else export.json_lines
        file = draft()
        written = -1 if file_format == "csv" else 0  # The heading is a line as well.
        # What is read within a transaction of its own is closed before that of the range ends, however it ends.
        with contextlib.closing(rows):
            for line in make(columns, rows):
                file.write(line.encode())
                written += 1
                pulse(max(written, 0))
        return file, written


def order_export(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Orders the file for the filter and the columns that are posted, or goes to the one that is made `at_once`."""
    access = frame.enter(request, site)
    if not access.exportable or request.method != "POST":
        raise PermissionDenied
    jobs.expire(router.db_for_write(Job))
    query = request.POST.copy()
    at_once = query.pop("at_once", [])
    file_format = str([*query.pop("format", ["csv"]), *at_once][-1])
    query.pop("csrfmiddlewaretoken", None)
    form, chooser = FilterForm(query, access), ColumnsForm(query)
    back = f"{page_url(site, 'exports')}?{query.urlencode()}"
    if file_format not in export.FORMATS or not (form.is_valid() and chooser.is_valid()):
        messages.error(request, _("The filter cannot be applied"))
        return HttpResponseRedirect(back)
    if at_once:
        return HttpResponseRedirect(f"{page_url(site, 'export', file_format)}?{query.urlencode()}")
    if chooser.chosen == COLUMNS:
        # As when none is chosen: the page of the job need not list them.
        query.pop("columns", None)
    arguments = {"query": query.urlencode(), "format": file_format, "site": site.name}
    owner = request.user if isinstance(request.user, Model) else None
    try:
        place = _place(access, form)
        job = jobs.order("export", arguments, owner=owner)
        jobs.start(job, place)
    except errors.PghistoryError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(page_url(site, "job", job.pk))


def _place(access: Access, form: FilterForm) -> str:
    """Where the file is made: counted no further than it takes to tell, and no further back than a page looks."""
    timeline = form.apply(access.timeline(*access.exportable))
    if jobs.has_workers() and ledger.horizon_of(access, timeline, form) is not None:
        return "background"
    count = timeline.count(bound=jobs.inline_rows())
    return jobs.place(count.number, "python manage.py pghistory export --help", exact=count.exact)


def download(request: HttpRequest, site: AdminSite, key: str) -> HttpResponseBase:
    """The file of a job, for its owner alone; 404 when it is not made yet, or not kept any more."""
    frame.enter(request, site)
    wanted = as_uuid(key)
    job = jobs.find(wanted) if wanted else None
    if job is None:
        raise Http404(_("There is no such job."))
    if not job.owner or job.owner != str(request.user.pk):
        raise PermissionDenied
    if not job.file or job.expires_at is None or job.expires_at < timezone.now():
        jobs.expire(job._state.db or router.db_for_write(Job))
        raise Http404(_("The file is not kept any more. Export it again."))
    file_format = job.arguments["format"]
    name = f"history-{clock.local(job.ended_at or timezone.now()):%Y-%m-%d-%H%M}.{file_format}"
    response = FileResponse(jobs.storage().open(job.file), as_attachment=True, filename=name)
    response["Content-Type"] = export.FORMATS[file_format]
    response["X-Content-Type-Options"] = "nosniff"
    return response
