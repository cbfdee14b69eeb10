"""A worker takes the ranges of a job one by one, each in a transaction of its own, until none is left.

Several may work on one job, in threads, processes or machines. A range that is taken is a locked row: when its worker,
or the whole server, is killed, the lock goes with the transaction and another worker takes the range anew.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connections, transaction
from django.db.models import Exists, OuterRef
from django.template.defaultfilters import pluralize
from django.utils import timezone

from pghistory import backfill, contexts, errors, functions
from pghistory.jobs import kinds, zones
from pghistory.models import Job, JobLine, JobRange

ATTEMPTS: Final = 3
"""How often a range is tried that a lock, a timeout or a deadlock has stopped."""
PATIENCE: Final = 60.0
"""Seconds to wait for a server that does not answer."""
PAUSE: Final = 0.5
LOCK_TIMEOUT: Final = "10s"

# Lock not available, deadlock, serialisation failure, statement cancelled or timed out.
PASSING: Final = {"55P03", "40P01", "40001", "57014"}
READ_ONLY: Final = "25006"

EXPECTED: Final = (errors.PghistoryError, DatabaseError, LookupError, OSError)
"""What may stop a job though nobody has made a mistake in the program."""

LOGGER: Final = logging.getLogger("pghistory.jobs")


def work(job_id: Any, *, using: str, on_range: Any = None) -> Job:
    """Works on a job until it has ended, here or elsewhere, and gives it as it is then.

    `on_range` is called after each range. Raises OperationalError when the server stays away for a minute; the job
    then waits to be resumed.
    """
    waited = 0.0
    while True:
        try:
            begin(job_id, using)
            while (taken := _next(job_id, using)) is not None:
                waited = 0.0
                if on_range:
                    on_range()
                if not taken:
                    time.sleep(PAUSE)
            return Job.objects.using(using).get(pk=job_id)
        except InternalError as error:
            raise (errors.TakesNoWrites() if _state_of(error) == READ_ONLY else error) from error.__cause__
        except (OperationalError, InterfaceError):
            if connections[using].in_atomic_block or waited >= PATIENCE:
                raise
            connections[using].close()
            time.sleep(PAUSE)
            waited += PAUSE


def begin(job_id: Any, using: str) -> None:
    """Cuts a queued job into ranges, once."""
    attempts = 1
    while not _begun(job_id, using, is_last=attempts == ATTEMPTS):
        attempts += 1


def _begun(job_id: Any, using: str, *, is_last: bool) -> bool:
    """One attempt; False asks for another. Each is a transaction: between two of them the job can be cancelled."""
    with transaction.atomic(using=using):
        job = Job.objects.using(using).select_for_update().get(pk=job_id)
        if job.state != Job.State.QUEUED:
            return True
        try:
            parts = _cut(job, using)
        except Exception as error:
            if is_lost(error):
                raise
            if _passes(error) and not is_last:
                note(job, using, f"It could not begin and is tried again: {said(error)}", JobLine.Level.WARNING)
                return False
            _tell(job, error)
            fail(job, using, said(error))
            return True
        job.state, job.started_at = Job.State.RUNNING, timezone.now()
        job.save(using=using)
        ranges, rows = f"{parts:,} range{pluralize(parts)}", f"{job.total:,} row{pluralize(job.total)}"
        note(job, using, f"Started: {ranges}, {rows} to look at")
        return True


def _cut(job: Job, using: str) -> int:
    """Counts what there is to do, writes the ranges and gives their number."""
    with transaction.atomic(using=using), zones.of(job):
        with connections[using].cursor() as cursor:
            cursor.execute(functions.set_config({"lock_timeout": LOCK_TIMEOUT}))
        kind = _checked(job, using)
        # Waits for the ranges that a cancelled job of the same target may still be writing.
        kind.lock(shared=False)
        job.total = kind.total()
        parts = list(kind.ranges(job.total))
        JobRange.objects.using(using).bulk_create(parts, batch_size=1_000)
    return len(parts)


def _next(job_id: Any, using: str) -> bool | None:
    """Does one range; False when others hold all that are left, None when there is nothing left to do."""
    job = Job.objects.using(using).get(pk=job_id)
    if job.state != Job.State.RUNNING:
        return None
    part: JobRange | None = None
    kind: kinds.Kind | None = None
    is_written = False
    began = time.monotonic()
    outermost = not connections[using].in_atomic_block
    try:
        with transaction.atomic(using=using), zones.of(job):
            with connections[using].cursor() as cursor:
                if outermost and kinds.KINDS[job.kind].one_snapshot:
                    cursor.execute("set transaction isolation level repeatable read")
                cursor.execute(functions.set_config({"lock_timeout": LOCK_TIMEOUT}))
            kind = _checked(job, using)
            kind.lock(shared=True)
            part = _take(job_id, using)
            if part is not None:
                with contexts.context.resume(job.token):
                    part.written = kind.do(part)
                part.done_at = timezone.now()
                part.save(using=using, update_fields=["written", "done_at"])
                note(job, using, f"Range {part.number:,}: {part.written:,} written", JobLine.Level.DONE)
            is_written = True
    except Exception as error:
        # Nobody knows what became of a transaction whose connection is lost while it is committed.
        if kind and not (is_written and is_lost(error)):
            kind.forget()
        if is_lost(error):
            raise
        return _stopped(job, part, using, error)
    if part is None:
        if _is_left(job, using):
            return False
        _finish(job, using)
        return None
    backfill.wait(part.written, kind.throttle, time.monotonic() - began)
    return True


def _checked(job: Job, using: str) -> kinds.Kind:
    """The work behind a job whose owner may still have it done."""
    kind = kinds.kind_of(job, using)
    kind.check(kinds.ordered_by(job), kinds.site_of(job))
    return kind


def _take(job_id: Any, using: str) -> JobRange | None:
    """The first range that nobody holds, locked for the rest of the transaction."""
    free = JobRange.objects.using(using).filter(job=job_id, job__state=Job.State.RUNNING, done_at=None)
    return free.select_for_update(skip_locked=True, of=("self",)).order_by("number").first()


def _stopped(job: Job, part: JobRange | None, using: str, error: Exception) -> bool | None:
    """What becomes of a range that was rolled back: once more, or the end of the job."""
    place = "Between ranges" if part is None else f"Range {part.number:,}"
    attempts = 0 if part is None else part.attempts + 1
    if part is not None:
        JobRange.objects.using(using).filter(pk=part.pk).update(attempts=attempts)
    if isinstance(error, errors.JobCancelled):
        note(job, using, f"{place} was rolled back: the job was cancelled")
        return None
    if _passes(error) and 0 < attempts < ATTEMPTS:
        note(job, using, f"{place} was rolled back and is tried again: {said(error)}", JobLine.Level.WARNING)
        return True
    _tell(job, error)
    fail(job, using, f"{place} was rolled back: {said(error)}")
    return None


def _tell(job: Job, error: Exception) -> None:
    """Has those who mend programs know of what they have to mend, as code of the project that a job calls."""
    if not isinstance(error, EXPECTED):
        LOGGER.error("The job %s has failed", job.pk, exc_info=error)


def _passes(error: Exception) -> bool:
    """Whether what stopped a range may be over at the next attempt."""
    return isinstance(error, errors.RowsBusy) or _state_of(error) in PASSING


def _state_of(error: BaseException) -> str | None:
    """The SQLSTATE of an error of the database."""
    return getattr(error.__cause__, "sqlstate", None)


def _is_left(job: Job, using: str) -> bool:
    running = Job.objects.using(using).filter(pk=job.pk, state=Job.State.RUNNING)
    return running.filter(Exists(JobRange.objects.using(using).filter(job=OuterRef("pk"), done_at=None))).exists()


def _finish(job: Job, using: str) -> None:
    """The end of a job without ranges left, told once."""
    running = Job.objects.using(using).filter(pk=job.pk, state=Job.State.RUNNING)
    if running.update(state=Job.State.DONE, ended_at=timezone.now()):
        note(job, using, "Done", JobLine.Level.DONE)


def fail(job: Job, using: str, text: str) -> None:
    """The end of a job that cannot go on as it is; it can be resumed."""
    unfinished = Job.objects.using(using).filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if unfinished.update(state=Job.State.FAILED, ended_at=timezone.now(), error=text):
        note(job, using, text, JobLine.Level.ERROR)


def note(job: Job, using: str, text: str, level: str = JobLine.Level.NOTE) -> None:
    """Adds a line to a job's log."""
    JobLine.objects.using(using).create(job=job, text=text, level=level)


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, rather than a statement refused."""
    if isinstance(error, InterfaceError):
        return True
    state = _state_of(error)
    gone = state is None or state.startswith(("08", "57P"))
    return isinstance(error, OperationalError) and gone


def said(error: BaseException) -> str:
    """What an error says, without the place in the statement; of a mistake in a program, which kind it is."""
    text = str(error).strip().split("\n")[0]
    if not isinstance(error, EXPECTED) and text:
        return f"{type(error).__name__}: {text}"
    return text or type(error).__name__
