"""Work that takes longer than a request: ordered here, done by `worker`, watched on its page or in a terminal."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.db import DatabaseError, IntegrityError, connections, models, router, transaction
from django.utils import timezone

from pghistory import config, contexts, errors, functions, registry
from pghistory.jobs import kinds, queue, zones
from pghistory.jobs.files import Draft, drafting, expire, keep, storage
from pghistory.jobs.kinds import Kind, kind_of
from pghistory.jobs.pulse import Pulse
from pghistory.jobs.status import Progress, progress, progress_of
from pghistory.jobs.worker import note, work
from pghistory.models import Job, JobRange

__all__ = [
    "Draft",
    "Kind",
    "Progress",
    "Pulse",
    "cancel",
    "context_id",
    "databases",
    "drafting",
    "expire",
    "find",
    "has_workers",
    "inline_rows",
    "keep",
    "kind_of",
    "looked",
    "note",
    "order",
    "place",
    "progress",
    "progress_of",
    "resume",
    "start",
    "storage",
    "work",
]

CANCEL_TIMEOUT: Final = "5s"
"""How long a cancellation waits for the ranges that are being written."""


def inline_rows() -> int:
    """On how many rows a page works while one waits."""
    return config.inline_rows()


def has_workers() -> bool:
    """Whether work can be done in the background."""
    return queue.is_background()


def place(rows: int, command: str, *, exact: bool = True) -> str:
    """Where work on so many rows is done: "inline", in the request, or "background"; not `exact`, there are more.

    Raises BackgroundNeeded, which names the command to run instead.
    """
    if exact and rows <= inline_rows():
        return "inline"
    if not has_workers():
        told = f"{rows:,}" if exact else f"{rows:,}+"
        raise errors.BackgroundNeeded(rows=told, limit=f"{inline_rows():,}", command=command)
    return "background"


def order(
    kind: str,
    arguments: dict[str, Any],
    *,
    target: str | None = None,
    owner: models.Model | None = None,
    reason: str | None = None,
    using: str | None = None,
) -> Job:
    """Writes a job down; `start` or `work` has it done.

    What it writes belongs to one context, with the owner as its actor; days and times in its arguments are of the time
    zone that is active now. Raises JobUnderWay where an unfinished job has the same target.
    """
    alias = using or router.db_for_write(Job)
    arguments = {**arguments, "zone": zones.told(timezone.get_current_timezone())}
    job = Job(kind=kind, arguments=arguments, target=target, owner="" if owner is None else str(owner.pk))
    job.owner_label = "" if owner is None else contexts.label(owner)
    metadata = {"job": str(job.pk), kind: arguments.get("model", ""), **({"reason": reason} if reason else {})}
    with contexts.context(actor=config.UNSET if owner is None else owner, **metadata):
        job.token = contexts.context.token() or ""
    try:
        with transaction.atomic(using=alias):
            job.save(using=alias, force_insert=True)
    except IntegrityError as error:
        raise _under_way(target, alias) from error
    return job


def start(job: Job, place: str) -> None:
    """Has a job done: here and now, or by the project's workers once the transaction is committed."""
    using = job._state.db or "default"
    if place == "inline":
        work(job.pk, using=using)
    else:
        transaction.on_commit(lambda: queue.enqueue(job.pk, using), using=using)


def databases() -> list[str]:
    """Where jobs are ordered: the aliases of their own database, and of those in which tracked models are written."""
    written = (router.db_for_write(event_model) for event_model in registry.event_models())
    return list(dict.fromkeys([router.db_for_write(Job), *written]))


def find(job_id: uuid.UUID) -> Job | None:
    """A job by its id, in whichever database it is."""
    for alias in connections:
        if connections[alias].vendor == "postgresql" and router.allow_migrate_model(alias, Job):
            found = Job.objects.using(alias).filter(pk=job_id).first()
            if found is not None:
                return found
    return None


def context_id(job: Job) -> uuid.UUID | None:
    """The context of everything that a job writes; None where its token cannot be read any more."""
    try:
        with contexts.context.resume(job.token) as context:
            return context.id if context else None
    except errors.InvalidToken:
        return None


def looked(job_id: Any, using: str) -> tuple[int, int]:
    """How many rows of a job were looked at, and how many there are."""
    found = progress(Job.objects.using(using).get(pk=job_id))
    return found.done, found.total


def cancel(job: Job) -> Job:
    """Ends a job: what is written stays, and no range is begun. Waits a few seconds for those that are under way.

    They are kept as well, but for kinds that stop midway: what those had begun is rolled back.
    """
    using = job._state.db or "default"
    unfinished = Job.objects.using(using).filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if not unfinished.update(state=Job.State.CANCELLED, ended_at=timezone.now()):
        job.refresh_from_db()
        return job
    try:
        with transaction.atomic(using=using):
            with connections[using].cursor() as cursor:
                cursor.execute(functions.set_config({"lock_timeout": CANCEL_TIMEOUT}))
            list(JobRange.objects.using(using).filter(job=job, done_at=None).select_for_update())
    except DatabaseError:
        end = "rolled back" if kinds.KINDS[job.kind].stops_midway else "kept"
        note(job, using, f"A range is still being written; it will be {end}")
    job.refresh_from_db()
    found = progress(job)
    stay = "; they stay" if found.written else ""
    note(job, using, f"Cancelled: {found.written:,} written in {found.ranges_done:,} of {found.ranges:,} ranges{stay}")
    return job


def resume(job: Job) -> Job:
    """Takes up a job that was cancelled, has failed, or has lost its workers; what is done is not done again.

    Raises JobUnderWay where another unfinished job has the same target by now.
    """
    using = job._state.db or "default"
    state = Job.State.RUNNING if job.started_at else Job.State.QUEUED
    ended = Job.objects.using(using).filter(pk=job.pk, state__in=[Job.State.CANCELLED, Job.State.FAILED])
    try:
        with transaction.atomic(using=using):
            kind = kind_of(job, using)
            kind.lock(shared=False)
            ended.update(state=state, ended_at=None, error="")
            JobRange.objects.using(using).filter(job=job, done_at=None).update(attempts=0)
    except IntegrityError as error:
        raise _under_way(job.target, using) from error
    job.refresh_from_db()
    note(job, using, "Resumed")
    return job


def _under_way(target: str | None, using: str) -> errors.JobUnderWay:
    other = Job.objects.using(using).filter(target=target, state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    return errors.JobUnderWay(target=target, job=other.pk if other else "unknown")
