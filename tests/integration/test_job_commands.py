"""`manage.py pghistory backfill` and `manage.py pghistory job`."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import connection
from django.utils import timezone

from pghistory import backfill, jobs
from pghistory.jobs import worker
from pghistory.management.progress import Bar, duration
from pghistory.models import Job
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db

EVENTS: Any = Everything.pgh_event_model


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def older(number: int) -> None:
    Everything.objects.bulk_create([Everything(name=str(position)) for position in range(number)])
    EVENTS.objects.all().delete()


def pghistory(*words: str, stderr: Any = None) -> str:
    output = io.StringIO()
    call_command("pghistory", *words, stdout=output, stderr=stderr or io.StringIO())
    return output.getvalue()


def queued() -> Job:
    plan = backfill.plan(Everything)
    return jobs.order("backfill", {"model": "tracked.Everything", "batch": 10}, target=plan.target)


def test_a_backfill_shows_a_bar_in_a_terminal_and_says_what_it_wrote():
    older(25)
    terminal = Terminal()
    said = pghistory("backfill", "tracked.Everything", "--batch=10", "--reason=why", stderr=terminal)
    assert said == "tracked.Everything: 25 events “insert” written.\n"
    drawn = terminal.getvalue()
    assert drawn.startswith("\r[############..................] 40 %, 10 of 25, ")
    assert "[##############################] 100 %, 25 of 25" in drawn
    assert EVENTS.objects.filter(pgh_context__metadata__reason="why").count() == 25


def test_elsewhere_than_in_a_terminal_progress_is_lines():
    older(25)
    lines = io.StringIO()
    pghistory("backfill", "tracked.Everything", "--batch=10", stderr=lines)
    assert [line.split(",")[0] for line in lines.getvalue().splitlines()] == ["40 %", "80 %", "100 %"]


def test_many_small_steps_elsewhere_than_in_a_terminal_are_at_most_ten_lines():
    older(25)
    lines = io.StringIO()
    pghistory("backfill", "tracked.Everything", "--batch=1", stderr=lines)
    told = [line.split(",")[0] for line in lines.getvalue().splitlines()]
    assert told == ["12 %", "20 %", "32 %", "40 %", "52 %", "60 %", "72 %", "80 %", "92 %", "100 %"]


def test_a_dry_run_shows_exact_numbers_and_events():
    older(12)
    said = pghistory("backfill", "tracked.Everything", "--dry-run", "--filter=name__in=1,2")
    first, *sample = said.splitlines()
    assert first == "tracked.Everything: 2 rows, of which 2 would get an event “insert”."
    assert [line.split("name=")[1].split(",")[0] for line in sample] == ["'1'", "'2'"]
    assert not EVENTS.objects.exists()


def test_all_models_at_once():
    older(2)
    assert "tracked.Everything: 2 events “insert” written." in pghistory("--verbosity=0", "backfill", "--all")


def test_as_a_job_it_can_be_watched_afterwards():
    older(25)
    said = pghistory("backfill", "tracked.Everything", "--batch=10", "--job", "--throttle=100000")
    job = Job.objects.get()
    assert f"manage.py pghistory job work {job.pk}" in said
    assert "tracked.Everything: 25 events written." in said
    assert f"{job.pk}  done       backfill  tracked.Everything" in pghistory("job")
    shown = pghistory("job", "show", str(job.pk))
    assert "backfill tracked.Everything, ordered by a command: done" in shown
    assert "100 %, 25 of 25 rows, 25 written" in shown
    assert "Range 3: 5 written" in shown


def test_a_job_is_cancelled_and_resumed_by_command():
    older(25)
    job = queued()
    worker.begin(job.pk, "default")
    worker._next(job.pk, "default")
    assert "10 of 25 rows, 10 written" in pghistory("job", "cancel", str(job.pk))
    assert "100 %" in pghistory("job", "resume", str(job.pk))
    assert EVENTS.objects.count() == 25


def test_a_job_that_fails_is_an_error_of_the_command():
    older(5)
    with connection.cursor() as cursor:
        cursor.execute("alter table tracked_everythingevent add constraint no_three check (name <> '3')")
    with pytest.raises(CommandError, match=r"The job has failed: Range 1 was rolled back: new row .*no_three"):
        pghistory("backfill", "tracked.Everything", "--job")
    assert not EVENTS.objects.exists()


def test_a_job_at_work_shows_its_speed_and_one_that_is_left_alone_how_to_go_on():
    older(30)
    job = queued()
    worker.begin(job.pk, "default")
    worker._next(job.pk, "default")
    Job.objects.update(started_at=timezone.now() - dt.timedelta(seconds=10))
    shown = pghistory("job", "show", str(job.pk))
    assert "33 %, 10 of 30 rows, 10 written\n1 a second, 20 s left\n" in shown
    assert "Nobody is at work" not in shown
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.update(created_at=long_ago, started_at=long_ago)
    job.lines.update(at=long_ago)
    job.ranges.exclude(done_at=None).update(done_at=long_ago + dt.timedelta(minutes=1))
    shown = pghistory("job", "show", str(job.pk))
    assert f"Nobody is at work. To go on: manage.py pghistory job work {job.pk}\n" in shown


def test_a_queued_job_is_done_by_command():
    older(5)
    assert "done" in pghistory("job", "work", str(queued().pk))
    assert EVENTS.objects.count() == 5


@pytest.mark.django_db(databases=["default", "archive"])
def test_what_is_wrong_is_said_in_words():
    with pytest.raises(CommandError, match="Name the models"):
        pghistory("backfill")
    with pytest.raises(CommandError, match="has no `pgh_obj`"):
        pghistory("backfill", "tracked.Loose")
    with pytest.raises(CommandError, match="Nothing"):
        pghistory("backfill", "tracked.Nothing")
    with pytest.raises(CommandError, match="is no filter"):
        pghistory("backfill", "tracked.Everything", "--filter=name")
    with pytest.raises(CommandError, match="Which job"):
        pghistory("job", "show")
    with pytest.raises(CommandError, match="There is no job"):
        pghistory("job", "show", "01234567-89ab-7def-8123-456789abcdef")
    older(1)
    job = queued()
    jobs.cancel(job)
    with pytest.raises(CommandError, match="has not been done: cancelled"):
        pghistory("job", "work", str(job.pk))
    queued()
    with pytest.raises(CommandError, match=r"unfinished job for tracked\.EverythingEvent"):
        pghistory("job", "resume", str(job.pk))
    with pytest.raises(CommandError, match="unfinished job"):
        pghistory("backfill", "tracked.Everything", "--job")


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")])
def test_lengths_of_time_are_told_in_two_units(seconds: float, text: str):
    assert duration(seconds) == text


def test_an_empty_bar_is_full():
    terminal = Terminal()
    Bar(OutputWrapper(terminal)).show(0, 0)
    assert "100 %, 0 of 0" in terminal.getvalue()
