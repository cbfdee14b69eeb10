"""Jobs whose range is one long transaction: how far it has come is seen, and it can be cancelled in its middle."""

from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from django.db import connections, transaction

from pghistory import errors, jobs
from pghistory.jobs import kinds, pulse
from pghistory.models import Job, JobPulse, JobRange
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db(transaction=True)

Long = Callable[..., Job]


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> Long:
    """Orders a job of one range of ten rows that does what it is given, between two signs."""
    monkeypatch.setattr(pulse, "INTERVAL", 0)
    monkeypatch.setattr(kinds, "KINDS", dict(kinds.KINDS))

    def order(between: Callable[[Job], Any], *, snapshot: bool = False) -> Job:
        class Long(jobs.Kind):
            name = "long"
            one_snapshot = snapshot

            def check(self, request: Any, site: Any) -> None:
                return

            def total(self) -> int:
                return 10

            def ranges(self, total: int) -> Iterator[JobRange]:
                yield JobRange(job=self.job, number=1, size=10)

            def do(self, part: JobRange) -> int:
                with jobs.Pulse(self.job, self.using) as told:
                    Everything.objects.create(name="written")
                    told(4)
                    between(self.job)
                    told(9)
                return 10

        return jobs.order("long", {})

    return order


def elsewhere(statement: str) -> None:
    """Runs a statement on another connection, as somebody else who has no part in the job's context."""

    def run() -> None:
        other = connections["default"].copy()
        with other.cursor() as cursor:
            cursor.execute("set lock_timeout = '5s'")
            cursor.execute(statement)
        other.close()

    Context().run(run)


def test_how_far_a_range_has_come_is_seen_before_it_ends(ordered: Long):
    seen: list[jobs.Progress] = []
    job = ordered(lambda running: seen.append(jobs.progress(running)))
    done = jobs.work(job.pk, using="default")
    (found,) = seen
    assert (found.done, found.total, found.percent, found.written, found.stalled) == (4, 10, 40, 0, False)
    assert found.rate is not None
    assert found.left is not None
    assert (done.state, jobs.progress(done).done) == ("done", 10)
    assert str(JobPulse.objects.get()) == f"{job.pk} 9"


def test_between_two_signs_nothing_is_asked(ordered: Long, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulse, "INTERVAL", 60)
    seen: list[jobs.Progress] = []
    jobs.work(ordered(lambda running: seen.append(jobs.progress(running))).pk, using="default")
    assert [found.done for found in seen] == [0]
    assert JobPulse.objects.get().looked == 0


def test_a_job_that_is_cancelled_in_the_middle_of_its_range_writes_nothing_and_can_be_resumed(ordered: Long):
    cancelling = [True, False]

    def cancel(running: Job) -> None:
        if cancelling.pop(0):
            elsewhere(f"update pghistory_job set state = 'cancelled', ended_at = now() where id = '{running.pk}'")

    ended = jobs.work(ordered(cancel).pk, using="default")
    assert (ended.state, ended.error) == ("cancelled", "")
    assert not Everything.objects.exists()
    assert ended.lines.latest("pk").text == "Range 1 was rolled back: the job was cancelled"
    found = jobs.progress(ended)
    assert (found.done, found.written, found.ranges_done) == (0, 0, 0)
    done = jobs.work(jobs.resume(ended).pk, using="default")
    assert done.state == "done"
    assert Everything.objects.count() == 1


def test_a_range_that_asks_for_one_snapshot_sees_nothing_of_later_writes(ordered: Long):
    seen: list[int] = []

    def look(running: Job) -> None:
        elsewhere("insert into tracked_everything (name) values ('later')")
        seen.append(Everything.objects.count())

    jobs.work(ordered(look, snapshot=True).pk, using="default")
    jobs.work(ordered(look).pk, using="default")
    assert seen == [1, 4]


def test_rows_that_somebody_holds_are_tried_again(ordered: Long):
    busy = [True, False]

    def hold(running: Job) -> None:
        if busy.pop(0):
            raise errors.RowsBusy(problem="they are locked")

    done = jobs.work(ordered(hold).pk, using="default")
    assert done.state == "done"
    assert [line.text for line in done.lines.order_by("pk")][1].startswith("Range 1 was rolled back and is tried again")


def test_a_job_that_nobody_else_can_see_yet_is_done_all_the_same(ordered: Long):
    with transaction.atomic():
        done = jobs.work(ordered(lambda running: None, snapshot=True).pk, using="default")
    assert done.state == "done"
    assert not JobPulse.objects.exists()
