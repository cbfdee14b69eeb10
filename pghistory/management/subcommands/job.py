"""`manage.py pghistory job`: the jobs that were ordered, and a hand for one of them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from pghistory import errors, jobs
from pghistory.management.progress import Bar, duration
from pghistory.management.subcommands import BaseSubcommand
from pghistory.models import Job

ACTIONS = ("list", "show", "work", "cancel", "resume", "expire")
LISTED = 20


class Subcommand(BaseSubcommand):
    """Lists jobs, shows one with its log, works on it, ends it or takes it up again; removes files of old exports."""

    help: ClassVar[str] = "Lists jobs; shows, shares, cancels or resumes one of them; removes files that have expired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=ACTIONS, nargs="?", default=ACTIONS[0])
        parser.add_argument("id", nargs="?", type=uuid.UUID, help="The job.")
        parser.add_argument("--database", default="default", help='Where jobs are listed; "default" unless given.')

    def handle(self, *args: Any, action: str, id: uuid.UUID | None, database: str, **options: Any) -> None:  # noqa: A002 - the word of the command line
        if action == "list":
            for job in Job.objects.using(database).order_by("-created_at")[:LISTED]:
                self.command.stdout.write(f"{job.pk}  {job.state:9}  {job.kind}  {job.arguments.get('model', '')}")
            return
        if action == "expire":
            self.command.stdout.write(f"{jobs.expire(database):,} files removed.")
            return
        if id is None:
            raise CommandError(f"Which job? manage.py pghistory job {action} ID")
        found = jobs.find(id)
        if found is None:
            raise CommandError(f"There is no job {id}.")
        try:
            getattr(self, f"_{action}")(found)
        except (errors.PghistoryError, DatabaseError) as error:
            raise CommandError(str(error)) from error

    def _show(self, job: Job) -> None:
        found = jobs.progress(job)
        write = self.command.stdout.write
        write(f"{job.kind} {job.arguments.get('model', '')}, ordered by {job.owner_label or 'a command'}: {job.state}")
        write(f"{found.percent} %, {found.done:,} of {found.total:,} rows, {found.written:,} written")
        if found.left is not None and job.is_unfinished:
            write(f"{found.rate:,.0f} a second, {duration(found.left)} left")
        if found.stalled:
            write(f"Nobody is at work. To go on: manage.py pghistory job work {job.pk}")
        for line in job.lines.order_by("-pk")[:LISTED]:
            write(f"  {timezone.localtime(line.at):%H:%M:%S}  {line.text}")

    def _work(self, job: Job) -> None:
        using = job._state.db or "default"
        bar = Bar(self.command.stderr)
        done = jobs.work(job.pk, using=using, on_range=lambda: bar.show(*jobs.looked(job.pk, using)))
        self._show(done)
        if done.state != done.State.DONE:
            raise CommandError(f"The job has not been done: {done.error or done.state}")

    def _cancel(self, job: Job) -> None:
        self._show(jobs.cancel(job))

    def _resume(self, job: Job) -> None:
        self._work(jobs.resume(job))
