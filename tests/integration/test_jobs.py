"""Jobs: long work in ranges, shared by workers, that ends in a clear state."""

import datetime as dt
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Permission, User
from django.db import DataError, InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from demo_project.shop.models import Category
from pghistory import backfill, errors, jobs
from pghistory.jobs import kinds, queue, worker
from pghistory.models import Context, Job, JobRange
from tests.tracked.models import Everything, UuidKey

pytestmark = pytest.mark.django_db

EVENTS: Any = Everything.pgh_event_model


def older(number: int) -> None:
    Everything.objects.bulk_create([Everything(name=str(position)) for position in range(number)])
    EVENTS.objects.all().delete()


def ordered(batch: int = 10, **options: Any) -> Job:
    arguments = {"model": "tracked.Everything", "batch": batch, **options.pop("arguments", {})}
    return jobs.order("backfill", arguments, target=backfill.plan(Everything).target, **options)


def log(job: Job) -> list[str]:
    return list(job.lines.order_by("pk").values_list("text", flat=True))


def state_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def run_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_job_is_done_range_by_range_in_one_context():
    older(25)
    ada = User.objects.create_superuser("ada", first_name="Ada", last_name="Lovelace")
    job = jobs.work(ordered(owner=ada, reason="Tracking began").pk, using="default")
    assert (job.state, job.total, job.owner_label) == ("done", 25, "Ada Lovelace")
    assert log(job) == [
        "Started: 3 ranges, 25 rows to look at",
        "Range 1: 10 written",
        "Range 2: 10 written",
        "Range 3: 5 written",
        "Done",
    ]
    (context,) = Context.objects.filter(pk__in=EVENTS.objects.values("pgh_context"))
    assert context.metadata == {
        "user": ada.pk,
        "job": str(job.pk),
        "backfill": "tracked.Everything",
        "reason": "Tracking began",
    }
    assert context.actor_label == "Ada Lovelace"
    assert EVENTS.objects.count() == 25


def test_progress_tells_rows_rate_and_time_left():
    older(30)
    job = ordered()
    worker.begin(job.pk, "default")
    assert worker._next(job.pk, "default") is True
    job.refresh_from_db()
    Job.objects.update(started_at=timezone.now() - dt.timedelta(seconds=10))
    job.refresh_from_db()
    found = jobs.progress(job)
    assert (found.done, found.total, found.written, found.ranges_done, found.ranges) == (10, 30, 10, 1, 3)
    assert found.percent == 33
    assert found.rate == pytest.approx(1, rel=0.2)
    assert found.left == pytest.approx(20, rel=0.2)
    done = jobs.progress(jobs.work(job.pk, using="default"))
    assert (done.done, done.percent, done.left) == (30, 100, None)


def test_a_job_without_rows_is_done_at_once():
    job = jobs.work(ordered().pk, using="default")
    assert job.state == "done"
    assert jobs.progress(job).percent == 100


def test_keys_of_any_kind_make_ranges():
    UuidKey.objects.bulk_create([UuidKey() for _ in range(7)])
    UuidKey.pgh_event_model.objects.all().delete()
    job = jobs.order("backfill", {"model": "tracked.UuidKey", "batch": 2})
    assert jobs.work(job.pk, using="default").state == "done"
    assert UuidKey.pgh_event_model.objects.values("pgh_obj").distinct().count() == 7


def test_a_filter_a_label_and_a_time_come_along():
    older(6)
    arguments = {"filter": "name__in=1,2&number__isnull=1", "label": "insert", "lacking": "event"}
    assert jobs.work(ordered(arguments=arguments).pk, using="default").state == "done"
    assert sorted(EVENTS.objects.values_list("name", flat=True)) == ["1", "2"]


def test_a_second_job_for_the_same_table_has_to_wait():
    first = ordered()
    with pytest.raises(errors.JobUnderWay, match=str(first.pk)):
        ordered()
    jobs.cancel(first)
    second = ordered()
    with pytest.raises(errors.JobUnderWay, match=str(second.pk)):
        jobs.resume(first)


def test_a_cancelled_job_says_what_it_did_and_goes_on_from_there():
    older(30)
    job = ordered()
    worker.begin(job.pk, "default")
    worker._next(job.pk, "default")
    cancelled = jobs.cancel(job)
    assert cancelled.state == "cancelled"
    assert log(job)[-1] == "Cancelled: 10 written in 1 of 3 ranges; they stay"
    assert jobs.work(job.pk, using="default").state == "cancelled"
    assert EVENTS.objects.count() == 10
    assert jobs.cancel(job).state == "cancelled"
    jobs.resume(job)
    assert jobs.work(job.pk, using="default").state == "done"
    assert EVENTS.objects.count() == 30
    assert "Resumed" in log(job)


def test_a_queued_job_can_be_cancelled_and_resumed():
    older(3)
    job = ordered()
    jobs.cancel(job)
    assert jobs.work(job.pk, using="default").state == "cancelled"
    assert jobs.resume(job).state == "queued"
    assert jobs.work(job.pk, using="default").state == "done"


@pytest.mark.parametrize("loss", ["is_active", "is_staff"])
def test_the_permission_is_asked_for_again_when_the_work_is_done(loss: str):
    older(30)
    ada = User.objects.create_superuser("ada")
    job = ordered(owner=ada, arguments={"site": "admin"})
    worker.begin(job.pk, "default")
    assert worker._next(job.pk, "default") is True
    User.objects.update(**{loss: False})
    job = jobs.work(job.pk, using="default")
    assert (job.state, job.error) == ("failed", "Between ranges was rolled back: ada may not order jobs any more.")
    assert EVENTS.objects.count() == 10


def test_a_right_that_was_taken_away_ends_the_job():
    Category.objects.create(name="Throws", slug="throws")
    Category.pgh_event_model.objects.all().delete()
    ada = User.objects.create_user("ada", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_category", "change_category", "add_job"])
    ada.user_permissions.add(*rights)
    arguments = {"model": "shop.Category", "site": "admin"}
    done = jobs.work(jobs.order("backfill", arguments, owner=ada).pk, using="default")
    assert (done.state, Category.pgh_event_model.objects.count()) == ("done", 1)
    for missing in rights.exclude(codename="view_category"):
        ada.user_permissions.set(rights.exclude(pk=missing.pk))
        job = jobs.work(jobs.order("backfill", arguments, owner=ada).pk, using="default")
        assert (job.state, job.error) == ("failed", "ada may not backfill shop.Category.")


def test_an_admin_site_that_is_gone_ends_the_job():
    job = ordered(owner=User.objects.create_superuser("ada"), arguments={"site": "elsewhere"})
    assert jobs.work(job.pk, using="default").error == "ada may not work on an admin site that is gone."


def test_an_owner_who_is_gone_ends_the_job():
    ada = User.objects.create_superuser("ada")
    job = ordered(owner=ada)
    ada.delete()
    assert jobs.work(job.pk, using="default").error == "ada may not order jobs any more."


def test_a_column_that_was_dropped_meanwhile_ends_the_job_and_it_can_be_resumed():
    older(30)
    job = ordered()
    worker.begin(job.pk, "default")
    worker._next(job.pk, "default")
    run_sql("alter table tracked_everythingevent rename column name to old_name")
    job = jobs.work(job.pk, using="default")
    assert job.state == "failed"
    assert job.error.startswith('Range 2 was rolled back: column "name" of relation "tracked_everythingevent" does not')
    run_sql("alter table tracked_everythingevent rename column old_name to name")
    jobs.resume(job)
    assert jobs.work(job.pk, using="default").state == "done"
    assert EVENTS.objects.count() == 30


def test_what_cannot_be_done_at_all_fails_with_words():
    job = jobs.order("backfill", {"model": "tracked.Loose"})
    assert "has no `pgh_obj`" in jobs.work(job.pk, using="default").error
    job = jobs.order("backfill", {"model": "tracked.Gone"})
    assert "Gone" in jobs.work(job.pk, using="default").error
    job = ordered()
    Job.objects.update(token="forged")
    older(1)
    assert "signature does not match" in jobs.work(job.pk, using="default").error


def test_a_statement_timeout_is_tried_again_and_then_ends_the_job():
    older(5)
    job = ordered()
    run_sql(
        "create function pg_temp.slow() returns trigger language plpgsql as "
        "'begin perform pg_sleep(9); return new; end'"
    )
    run_sql("create trigger slow before insert on tracked_everythingevent for each row execute function pg_temp.slow()")
    run_sql("set local statement_timeout = '50ms'")
    job = jobs.work(job.pk, using="default")
    run_sql("set local statement_timeout = 0")
    assert job.state == "failed"
    again = "Range 1 was rolled back and is tried again: canceling statement due to statement timeout"
    assert log(job)[1:] == [again, again, "Range 1 was rolled back: canceling statement due to statement timeout"]
    run_sql("drop trigger slow on tracked_everythingevent")
    jobs.resume(job)
    assert jobs.work(job.pk, using="default").state == "done"


def test_a_job_whose_token_cannot_be_read_any_more_has_no_context(settings: Any):
    job = ordered()
    assert jobs.context_id(job) is not None
    settings.SECRET_KEY = "another one"
    assert jobs.context_id(job) is None


def test_a_shell_names_a_job_its_ranges_and_its_log():
    older(15)
    job = ordered()
    worker.begin(job.pk, "default")
    assert str(job) == f"backfill {job.pk}"
    assert [str(part) for part in job.ranges.order_by("number")] == [f"{job.pk} 1", f"{job.pk} 2"]
    assert str(job.lines.get()) == "Started: 2 ranges, 15 rows to look at"


def test_a_throttle_slows_a_worker_down(monkeypatch: pytest.MonkeyPatch):
    older(20)
    slept: list[float] = []
    monkeypatch.setattr(backfill.clock, "sleep", slept.append)
    jobs.work(ordered(arguments={"throttle": 5}).pk, using="default")
    assert [round(seconds) for seconds in slept] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("rows", "backend", "expected"), [(5, "Immediate", "inline"), (6, "Immediate", None), (6, "Database", "background")]
)
def test_long_work_needs_a_backend_in_the_background(
    settings: Any, monkeypatch: pytest.MonkeyPatch, rows: int, backend: str, expected: str | None
):
    settings.PGHISTORY_INLINE_ROWS = 5
    backends = {"Immediate": queue.framework.task_backends["default"], "Database": type("DatabaseBackend", (), {})()}
    monkeypatch.setattr(queue.framework, "task_backends", {"default": backends[backend]})
    if expected:
        assert jobs.place(rows, "manage.py x") == expected
    else:
        with pytest.raises(
            errors.BackgroundNeeded, match=r"6 rows are more than the 5 .* Run this instead: manage.py x"
        ):
            jobs.place(rows, "manage.py x")


def test_more_rows_than_were_counted_need_a_backend_in_the_background(settings: Any):
    settings.PGHISTORY_INLINE_ROWS = 5
    with pytest.raises(errors.BackgroundNeeded, match=r"^5\+ rows are more than the 5 "):
        jobs.place(5, "manage.py x", exact=False)


def test_without_the_tasks_framework_there_is_no_background(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue, "framework", None)
    assert queue.is_background() is False
    assert queue._task(older) is older


@pytest.mark.parametrize("tasks", [{}, {"other": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}])
def test_tasks_without_a_default_backend_are_no_background(settings: Any, tasks: dict[str, Any]):
    settings.TASKS = tasks
    assert queue.is_background() is False
    assert queue._task(older) is older


class KeepsJobsOffTheArchive:
    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        return db == "default" if (app_label, model_name) == ("pghistory", "job") else None


@pytest.mark.django_db(databases=["default", "archive"])
def test_jobs_are_looked_for_only_where_their_tables_are(settings: Any, django_assert_num_queries: Any):
    settings.DATABASE_ROUTERS = [KeepsJobsOffTheArchive()]
    with django_assert_num_queries(0, connection=connections["archive"]):
        assert jobs.find(uuid.uuid4()) is None


@pytest.mark.django_db(databases=["default", "archive"])
def test_a_job_is_found_by_its_id():
    job = ordered()
    assert jobs.find(job.pk) == job
    assert jobs.find(uuid.uuid4()) is None


def test_started_inline_a_job_is_done_when_the_call_returns():
    older(3)
    job = ordered()
    jobs.start(job, "inline")
    assert state_of(job) == "done"


def test_a_job_is_handed_to_the_workers_once_it_is_committed(django_capture_on_commit_callbacks: Any):
    older(3)
    job = ordered()
    with django_capture_on_commit_callbacks(execute=True):
        jobs.start(job, "background")
        assert state_of(job) == "queued"
    # The tests' backend does at once what it is handed.
    assert state_of(job) == "done"


def test_a_job_whose_workers_are_gone_is_told_from_one_at_work():
    older(30)
    job = ordered()
    assert not jobs.progress(job).stalled
    worker.begin(job.pk, "default")
    old = timezone.now() - dt.timedelta(minutes=5)
    Job.objects.update(created_at=old)
    job.lines.update(at=old)
    job.refresh_from_db()
    assert jobs.progress(job).stalled


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_a_job_and_do_each_range_once(monkeypatch: pytest.MonkeyPatch):
    older(200)
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    job = ordered(batch=5)

    def run() -> None:
        jobs.work(job.pk, using="default")
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
    assert job.state == "done"
    assert EVENTS.objects.values("pgh_obj").distinct().count() == EVENTS.objects.count() == 200
    assert log(job).count("Done") == 1
    assert jobs.progress(job).written == 200


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_with_another_transaction_rolls_a_range_back_and_tries_it_again(monkeypatch: pytest.MonkeyPatch):
    older(4)
    run_sql(
        "create function tests_deadlock() returns trigger language plpgsql as $$ begin "
        "perform pg_advisory_xact_lock(1); perform pg_sleep(0.3); perform pg_advisory_xact_lock(2); return new; end $$"
    )
    run_sql(
        "create trigger deadlock before insert on tracked_everythingevent for each row when (new.name = '2') "
        "execute function tests_deadlock()"
    )
    crossing = threading.Event()

    def cross() -> None:
        with connection.cursor() as cursor:
            cursor.execute("begin; set local deadlock_timeout = '10s'; select pg_advisory_xact_lock(2)")
            crossing.set()
            held = (
                "select exists (select from pg_locks join pg_database d on d.oid = database "
                "where datname = current_database() and locktype = 'advisory' and objid = 1 and granted)"
            )
            for _attempt in range(200):
                cursor.execute(held)
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.02)
            cursor.execute("select pg_advisory_xact_lock(1)")
            cursor.execute("commit")
        connection.close()

    try:
        job = ordered()
        thread = threading.Thread(target=cross)
        thread.start()
        assert crossing.wait(10)
        job = jobs.work(job.pk, using="default")
        thread.join()
        assert job.state == "done"
        assert "Range 1 was rolled back and is tried again: deadlock detected" in log(job)
        assert EVENTS.objects.count() == 4
    finally:
        run_sql("drop trigger deadlock on tracked_everythingevent")
        run_sql("drop function tests_deadlock")


class Cutter:
    """Ends the worker's session, as an administrator or a failing server does, after its first range."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        if self.times == 1:
            pid = connection.connection.info.backend_pid
            with connection.copy("default").cursor() as other:
                other.execute("select pg_terminate_backend(%s, 5000)", [pid])
                other.db.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_session_is_ended_connects_again_and_goes_on(monkeypatch: pytest.MonkeyPatch):
    older(30)
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    job = jobs.work(ordered().pk, using="default", on_range=Cutter())
    assert job.state == "done"
    assert EVENTS.objects.count() == EVENTS.objects.values("pgh_obj").distinct().count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_server_that_stays_away_leaves_a_job_that_can_be_taken_up(monkeypatch: pytest.MonkeyPatch):
    older(30)
    monkeypatch.setattr(worker, "PATIENCE", 0)
    job = ordered()
    with pytest.raises(OperationalError):
        jobs.work(job.pk, using="default", on_range=Cutter())
    connection.close()
    assert (state_of(job), EVENTS.objects.count()) == ("running", 10)
    assert jobs.work(job.pk, using="default").state == "done"
    assert EVENTS.objects.count() == 30


@contextmanager
def being_written(job: Job, *, seconds: float) -> Iterator[None]:
    """Somebody else writes the next range: so long at most, and no longer than the block lasts."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert worker._take(job.pk, "default") is not None
            taken.set()
            over.wait(seconds)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    yield
    over.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_waits_for_the_range_that_is_being_written():
    older(20)
    job = ordered()
    worker.begin(job.pk, "default")
    with being_written(job, seconds=0.5):
        began = time.monotonic()
        assert jobs.cancel(job).state == "cancelled"
        assert time.monotonic() - began > 0.3
    assert worker._next(job.pk, "default") is None


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_does_not_wait_for_ever_and_says_that_a_range_is_still_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "CANCEL_TIMEOUT", "100ms")
    older(20)
    job = ordered()
    worker.begin(job.pk, "default")
    with being_written(job, seconds=10):
        assert jobs.cancel(job).state == "cancelled"
    assert log(job)[1:] == [
        "A range is still being written; it will be kept",
        "Cancelled: 0 written in 0 of 2 ranges",
    ]


class Errand(kinds.Kind):
    """Work in two ranges, during which something else happens once."""

    name = "errand"
    events: ClassVar[dict[str, Callable[[Job], None]]] = {}

    def happens(self, moment: str) -> None:
        if event := self.events.pop(moment, None):
            event(self.job)

    def check(self, *args: Any) -> None:
        self.happens("check")

    def total(self) -> int:
        self.happens("count")
        return 2

    def ranges(self, total: int) -> Iterator[JobRange]:
        for number in (1, 2):
            yield JobRange(job=self.job, number=number, size=1)

    def do(self, part: JobRange) -> int:
        self.happens("write")
        return 1


def elsewhere(call: Callable[[], Any]) -> None:
    """Calls it in a thread, with a connection of its own, and waits for it."""

    def run() -> None:
        call()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def end_session(job: Job) -> None:
    """As a server that is shut down does."""
    run_sql("select pg_terminate_backend(pg_backend_pid())")


def lose_connection(job: Job) -> None:
    """As a driver says of a connection that is closed already."""
    raise InterfaceError("connection already closed")


def break_after_a_cancellation(job: Job) -> None:
    elsewhere(lambda: jobs.cancel(Job.objects.get(pk=job.pk)))
    raise DataError("invalid input")


@pytest.fixture
def errand(monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    monkeypatch.setattr(jobs, "CANCEL_TIMEOUT", "50ms")
    monkeypatch.setattr(Errand, "events", {})
    return jobs.order("errand", {})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["count", "write"])
@pytest.mark.parametrize("event", [end_session, lose_connection])
def test_a_session_that_ends_at_work_does_not_end_the_job(errand: Job, moment: str, event: Callable[[Job], None]):
    Errand.events[moment] = event
    assert jobs.work(errand.pk, using="default").state == "done"
    assert log(errand) == ["Started: 2 ranges, 2 rows to look at", "Range 1: 1 written", "Range 2: 1 written", "Done"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_cancelled_while_a_range_failed_stays_cancelled(errand: Job):
    Errand.events["write"] = break_after_a_cancellation
    assert jobs.work(errand.pk, using="default").state == "cancelled"
    assert log(errand)[-1] == "Cancelled: 0 written in 0 of 2 ranges"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["count", "write"])
def test_a_mistake_in_a_program_ends_the_job_and_is_told_to_those_who_mend_it(
    moment: str, errand: Job, caplog: pytest.LogCaptureFixture
):
    Errand.events[moment] = lambda job: job.no_such_thing
    failed = jobs.work(errand.pk, using="default")
    assert failed.state == "failed"
    assert failed.error.endswith("AttributeError: 'Job' object has no attribute 'no_such_thing'")
    (record,) = caplog.records
    assert record.getMessage() == f"The job {errand.pk} has failed"
    assert record.exc_info
    assert jobs.work(jobs.resume(failed).pk, using="default").state == "done"


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_workers_tells_the_end(errand: Job):
    worker.begin(errand.pk, "default")
    Errand.events["check"] = lambda job: elsewhere(lambda: jobs.work(job.pk, using="default"))
    assert jobs.work(errand.pk, using="default").state == "done"
    assert log(errand).count("Done") == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_while_another_one_holds_the_last_range(errand: Job):
    worker.begin(errand.pk, "default")
    found: list[bool | None] = []

    def take_the_rest(job: Job) -> None:
        elsewhere(lambda: found.extend(worker._next(job.pk, "default") for _ in range(2)))

    Errand.events["write"] = take_the_rest
    assert jobs.work(errand.pk, using="default").state == "done"
    assert found == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_waits_for_the_last_range_of_another_ends_with_it(errand: Job):
    worker.begin(errand.pk, "default")
    ended: list[str] = []

    def run() -> None:
        ended.append(jobs.work(errand.pk, using="default").state)
        connections.close_all()

    thread = threading.Thread(target=run)

    def hold(job: Job) -> None:
        thread.start()
        while not JobRange.objects.filter(job=job, number=2).exclude(done_at=None).exists():
            time.sleep(0.01)
        # By now it finds nothing to take, again and again.
        time.sleep(0.2)
        assert not ended

    Errand.events["write"] = hold
    assert jobs.work(errand.pk, using="default").state == "done"
    thread.join(20)
    assert ended == ["done"]


def test_a_database_that_takes_no_writes_is_told():
    older(1)
    job = ordered()
    run_sql("set transaction read only")
    with pytest.raises(errors.TakesNoWrites, match="it is a replica"):
        jobs.work(job.pk, using="default")


def test_a_process_that_looks_at_no_address_knows_every_kind_of_job():
    command = "import django; django.setup(); from pghistory.jobs import kinds; print(*sorted(kinds.KINDS))"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["backfill", "export", "restore"]
