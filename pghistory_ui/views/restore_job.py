"""A restore or an undo of more rows than a request writes, as a job: one transaction, done by a worker."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from pghistory import errors, jobs, restore
from pghistory.jobs import Kind
from pghistory.models import Job, JobLine, JobRange
from pghistory.restore import Intent
from pghistory_ui import ledger
from pghistory_ui.links import page_url
from pghistory_ui.permissions import Access
from pghistory_ui.views.event import visible_entry

TOLD = 10


class Restore(Kind):
    """Arguments: the `token` of the plan, `model`, which is what it is about, `said` and `site`."""

    name = "restore"
    stops_midway = True

    def check(self, request: HttpRequest | None, site: AdminSite | None) -> None:
        if request is None or site is None:
            raise errors.NotPermitted(actor=self.job.owner_label or "Nobody", action="restore as a job")
        self.access = Access(request, site)
        if not may_restore(self.access, Intent.read(self.arguments["token"])):
            raise errors.NotPermitted(actor=self.job.owner_label, action="restore this any more")

    def total(self) -> int:
        return restore.size(self.arguments["token"])

    def ranges(self, total: int) -> Iterator[JobRange]:
        # Rows refer to each other and exchange unique values: all of them, or none.
        yield JobRange(job=self.job, number=1, size=max(1, total))

    def do(self, part: JobRange) -> int:
        token, said = self.arguments["token"], self.arguments["said"]
        with jobs.Pulse(self.job, self.using) as pulse:
            may: dict[str, Any] = {"permits": self.access.forbidden, "withholds": self.access.hidden_fields}
            done = restore.apply(token, **may, progress=pulse, **said)
        for problem in sorted({revision.problem for revision in done.left_out})[:TOLD]:
            jobs.note(self.job, self.using, f"Left out: {problem}", JobLine.Level.WARNING)
        arguments = {**self.arguments, "context": str(done.context_id)}
        Job.objects.using(self.using).filter(pk=self.job.pk).update(arguments=arguments)
        return done.rows


def may_restore(access: Access, intent: Intent) -> bool:
    """Whether anything of what is meant may be seen and written by the one who asks."""
    if intent.kind == "undo":
        timeline = access.timeline().in_context(intent.target)
        entries, _older = ledger.visible_page(access, timeline, None)
        return access.may_undo(entries)
    try:
        entry = visible_entry(access, *intent.target.rsplit(":", 1))
    except (Http404, PermissionDenied):
        return False
    return access.may_restore(entry.tracked_model, entry.object)


def command(intent: Intent) -> str:
    """The command that does the same: with the fields that were chosen, and the conflicts that are written over."""
    words = ["python", "manage.py", "pghistory", intent.kind, *intent.target.rsplit(":", 1)]
    if intent.fields is not None:
        words.append(f"--fields={','.join(intent.fields)}")
    words += [f"--overwrite={name}" for name in intent.overwrite]
    if intent.using != DEFAULT_DB_ALIAS:
        words.append(f"--database={intent.using}")
    return shlex.join(words)


def place(rows: int, intent: Intent) -> str:
    """Where so many rows are written; raises BackgroundNeeded where no background worker is to be had."""
    return jobs.place(rows, command(intent))


def ordered(request: HttpRequest, access: Access, intent: Intent, said: dict[str, Any]) -> HttpResponse | None:
    """The page of the job that does what was previewed; None where it is short enough to be done at once."""
    if place(restore.size(intent.token), intent) == "inline":
        return None
    owner = request.user if isinstance(request.user, Model) else None
    said = {name: value for name, value in said.items() if name != "actor"}
    arguments = {"token": intent.token, "model": intent.target, "said": said, "site": access.site.name}
    job = jobs.order("restore", arguments, target=f"{intent.kind} {intent.target}", owner=owner)
    jobs.start(job, "background")
    return HttpResponseRedirect(page_url(access.site, "job", job.pk))
