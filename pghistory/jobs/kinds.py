"""What jobs can do: one class a kind, registered under its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.sites import all_sites
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest

from pghistory import backfill, errors, keys, registry, visibility
from pghistory.models import Job, JobRange

KINDS: dict[str, type[Kind]] = {}

RANGE = 10_000
"""Keys in a range of a backfill: few enough for several workers to share a job, and for its bar to move."""


class Kind(ABC):
    """A kind of work, over one job. `name` is what its jobs call it; a subclass is known by being defined."""

    name: ClassVar[str]
    one_snapshot: ClassVar[bool] = False
    """Whether a range sees the database as it was when the range began, whatever is written meanwhile."""
    stops_midway: ClassVar[bool] = False
    """Whether a range that is under way is rolled back when its job is cancelled; else it is finished and kept."""

    def __init__(self, job: Job, using: str) -> None:
        self.job = job
        self.using = using
        self.arguments: dict[str, Any] = job.arguments

    def __init_subclass__(cls) -> None:
        KINDS[cls.name] = cls

    @abstractmethod
    def check(self, request: HttpRequest | None, site: AdminSite | None) -> None:
        """Raises NotPermitted unless the one who ordered the job may still do this; None is the command line."""

    @abstractmethod
    def total(self) -> int:
        """How many rows there are to look at."""

    @abstractmethod
    def ranges(self, total: int) -> Iterator[JobRange]:
        """The parts of the work on so many rows, not stored yet."""

    @abstractmethod
    def do(self, part: JobRange) -> int:
        """Does a part within the transaction that marks it as done, and gives the number of rows that it wrote."""

    def forget(self) -> None:
        """Takes away what a part that was rolled back has left outside of the database."""
        return

    def lock(self, *, shared: bool) -> None:
        """Keeps others away from the target for the rest of the transaction; shared, only those of other jobs."""
        return

    @property
    def throttle(self) -> int | None:
        """The most rows a second that one worker may write."""
        return self.arguments.get("throttle")


def kind_of(job: Job, using: str) -> Kind:
    """The work behind a job."""
    return KINDS[job.kind](job, using)


class Backfill(Kind):
    """Arguments: `model`, `label`, `filter` (as keys.lookups reads it), `lacking`, `time`, `batch`, `throttle`."""

    name = "backfill"

    def __init__(self, job: Job, using: str) -> None:
        super().__init__(job, using)
        self.rows: QuerySet[Any] | None = None

    def check(self, request: HttpRequest | None, site: AdminSite | None) -> None:
        if request is None or (site is None and not self.arguments.get("site")):
            return
        if site is None:
            raise errors.NotPermitted(actor=self.job.owner_label, action="work on an admin site that is gone")
        model = apps.get_model(self.arguments["model"])
        if not visibility.may_backfill(request, site, model):
            raise errors.NotPermitted(actor=self.job.owner_label, action=f"backfill {model._meta.label}")
        seen = visibility.visibility(request, site, model)
        self.rows = seen.rows if seen.restricted else None

    @property
    def plan(self) -> backfill.Plan:
        """The backfill that the arguments describe, of the rows that its owner may see."""
        given = self.arguments
        return backfill.plan(
            apps.get_model(given["model"]),
            label=given.get("label"),
            objects=self.rows,
            where=keys.lookups(given.get("filter") or ""),
            lacking=given.get("lacking"),
            time=given.get("time"),
            using=self.using,
        )

    def total(self) -> int:
        return self.plan.rows.count()

    def ranges(self, total: int) -> Iterator[JobRange]:
        size = backfill.range_size(self.arguments.get("batch") or RANGE, self.throttle)
        bounds = self.plan.bounds(size)
        for number, (low, high) in enumerate(bounds, start=1):
            ends = (None if key is None else str(key) for key in (low, high))
            yield JobRange(job=self.job, number=number, size=size, **dict(zip(("low", "high"), ends, strict=True)))

    def lock(self, *, shared: bool) -> None:
        self.plan.lock(shared=shared)

    def do(self, part: JobRange) -> int:
        plan = self.plan
        field = registry.concrete(plan.model)._meta.pk
        low, high = (keys.as_stored(field, key, self.using) for key in (part.low, part.high))
        return plan.insert(low, high)


def ordered_by(job: Job) -> HttpRequest | None:
    """A request of the one who ordered a job, as far as permissions look at it; None for the command line.

    Raises NotPermitted for a user who is gone, or may not log in any more.
    """
    if not job.owner:
        return None
    users = get_user_model()
    key = keys.as_stored(users._meta.pk, job.owner, "default")
    user = users._default_manager.filter(pk=key).first()
    if user is None or not user.is_active or not getattr(user, "is_staff", True):
        raise errors.NotPermitted(actor=job.owner_label, action="order jobs any more")
    request = HttpRequest()
    request.method = "POST"
    request.user = user
    return request


def site_of(job: Job) -> AdminSite | None:
    """The admin site on which a job was ordered."""
    return next((site for site in all_sites if site.name == job.arguments.get("site")), None)
