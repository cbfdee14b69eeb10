"""Long work as rows: a job, the ranges that it is cut into, and what was said about it on the way."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from pghistory.fields import PGHistoryJSONField


class Job(models.Model):
    """Work that somebody ordered: which kind, with which arguments, and how far it has come.

    `owner` is the key of the user who ordered it, "" for a command; `token` is the context in which it works. Of jobs
    with the same `target` only one may be unfinished. `file` and `expires_at` are those of an export.
    """

    class State(models.TextChoices):
        """How far a job has come; a queued or running one is unfinished."""

        QUEUED = "queued", gettext_lazy("Queued")
        RUNNING = "running", gettext_lazy("Running")
        DONE = "done", gettext_lazy("Done")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        FAILED = "failed", gettext_lazy("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.TextField()
    arguments = PGHistoryJSONField(default=dict)
    target = models.TextField(null=True)  # noqa: DJ001 - null is unlike every other null
    state = models.TextField(choices=State.choices, default=State.QUEUED)
    owner = models.TextField(blank=True, default="")
    owner_label = models.TextField(blank=True, default="")
    token = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(null=True)
    error = models.TextField(blank=True, default="")
    file = models.TextField(blank=True, default="")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target"],
                condition=models.Q(state__in=["queued", "running"]),
                name="pghistory_job_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_unfinished(self) -> bool:
        """Whether there is, or may be, somebody at work."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class JobRange(models.Model):
    """A part of a job, done in one transaction that also sets `done_at`: above key `low`, up to key `high`."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="ranges")
    number = models.PositiveIntegerField()
    low = models.TextField(null=True)  # noqa: DJ001 - null leaves the end open
    high = models.TextField(null=True)  # noqa: DJ001 - null leaves the end open
    size = models.PositiveBigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="pghistory_jobrange_number")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.number}"


class JobPulse(models.Model):
    """How many rows a range that is one long transaction has dealt with, told beside that transaction."""

    job = models.OneToOneField(Job, models.CASCADE, primary_key=True, related_name="pulse")
    looked = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job_id} {self.looked}"


class JobLine(models.Model):
    """A line of a job's log."""

    class Level(models.TextChoices):
        """How much a line asks for attention."""

        DONE = "done"
        NOTE = "note"
        WARNING = "warning"
        ERROR = "error"

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.TextField(choices=Level.choices, default=Level.NOTE)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
