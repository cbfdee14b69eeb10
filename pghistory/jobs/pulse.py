"""Signs of a range that is one long transaction: how far it has come, and whether it is still wanted.

What a transaction writes is seen by nobody before it ends, so that both go by a connection of their own.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Final

from django.db import connections

from pghistory import errors, sql
from pghistory.models import Job, JobPulse

INTERVAL: Final = 0.5
"""Seconds between two signs."""


class Pulse:
    """Called with the number of rows that were dealt with, as often as one likes; its connection is the block's."""

    def __init__(self, job: Job, using: str) -> None:
        self.job = job
        self._statement = sql.read("jobs/pulse.sql").format(
            job=sql.name(Job._meta.db_table), pulse=sql.name(JobPulse._meta.db_table)
        )
        self._connection: Any = connections[using].copy()
        self._next = 0.0

    def __enter__(self) -> Pulse:
        self(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection.close()

    def __call__(self, looked: int) -> None:
        """Tells the number. Raises JobCancelled once the job is not wanted any more."""
        if time.monotonic() < self._next:
            return
        with self._connection.cursor() as cursor:
            cursor.execute(self._statement, {"job": self.job.pk, "looked": looked})
            row = cursor.fetchone()
        if row is not None and row[0] == Job.State.CANCELLED:
            raise errors.JobCancelled(job=self.job.pk)
        self._next = time.monotonic() + INTERVAL
