"""How far jobs have come, by their ranges, their pulse and their log."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from pghistory.models import Job, JobLine, JobPulse, JobRange

STALLED_AFTER: Final = 60.0
"""Seconds without a sign of a worker after which a running job may be taken up again."""

NO_RANGES: Final = {"all": 0, "done": 0, "looked": 0, "rows": 0, "last": None}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come: rows looked at of `total`, rows written, ranges done, rows a second, seconds left.

    `rate` and `left` are None where nothing is known; `stalled` says that nobody is at work.
    """

    done: int
    total: int
    written: int
    ranges_done: int
    ranges: int
    rate: float | None
    left: float | None
    stalled: bool = False

    @property
    def percent(self) -> int:
        """The share that is done, 100 only at the end."""
        return 100 if self.done >= self.total else int(100 * self.done / self.total)


def progress(job: Job) -> Progress:
    """How far a job has come, read now."""
    return progress_of([job], job._state.db or "default")[job.pk]


def progress_of(jobs: Sequence[Job], using: str) -> dict[Any, Progress]:
    """The same of many jobs of one database, by their keys, in as many queries."""
    done = Q(done_at__isnull=False)
    of_jobs = JobRange.objects.using(using).filter(job__in=jobs)
    sums = (
        of_jobs.order_by()
        .values("job")
        .annotate(
            all=Count("pk"),
            done=Count("pk", filter=done),
            looked=Sum("size", filter=done, default=0),
            rows=Sum("written", default=0),
            last=Max("done_at"),
        )
    )
    ranges = {found["job"]: found for found in sums}
    pulses = {pulse.job_id: pulse for pulse in JobPulse.objects.using(using).filter(job__in=jobs)}
    found = {job.pk: _progress(job, ranges.get(job.pk, NO_RANGES), pulses.get(job.pk)) for job in jobs}
    silent = _silent([job for job in jobs if job.is_unfinished], ranges, pulses, using)
    held = _held(silent, using) if silent else Counter()
    return found | {pk: replace(found[pk], stalled=not held[pk]) for pk in silent}


def _held(jobs: list[Any], using: str) -> Counter[Any]:
    """How many undone ranges of these jobs somebody is at work on."""
    undone = JobRange.objects.using(using).filter(job__in=jobs, done_at=None)
    held = Counter(undone.values_list("job_id", flat=True))
    with transaction.atomic(using=using):
        held.subtract(undone.select_for_update(skip_locked=True).values_list("job_id", flat=True))
    return held


def _progress(job: Job, ranges: Mapping[str, Any], pulse: JobPulse | None) -> Progress:
    total = job.total or 0
    finished = job.state == Job.State.DONE
    told = pulse.looked if pulse and job.is_unfinished else 0
    looked = total if finished else min(total, max(ranges["looked"], told))
    last = max(filter(None, [ranges["last"], pulse and pulse.at]), default=None)
    spent = (last - job.started_at).total_seconds() if last and job.started_at else 0
    rate = looked / spent if spent > 0 else None
    left = (total - looked) / rate if rate and not finished else None
    return Progress(looked, total, ranges["rows"], ranges["done"], ranges["all"], rate, left)


def _silent(
    unfinished: Sequence[Job], ranges: Mapping[Any, Any], pulses: Mapping[Any, JobPulse], using: str
) -> list[Any]:
    """The keys of jobs without a sign of life for a while: no range done, no pulse, no line in the log."""
    if not unfinished:
        return []
    lines = JobLine.objects.using(using).filter(job__in=unfinished).order_by().values("job").annotate(last=Max("at"))
    newest = dict(lines.values_list("job", "last"))
    since = timezone.now() - dt.timedelta(seconds=STALLED_AFTER)
    silent = []
    for job in unfinished:
        pulse = pulses.get(job.pk)
        signs = (job.created_at, newest.get(job.pk), ranges.get(job.pk, NO_RANGES)["last"], pulse and pulse.at)
        if max(filter(None, signs)) < since:
            silent.append(job.pk)
    return silent
