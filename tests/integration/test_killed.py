"""Workers and servers that are killed in the middle of a job: nothing is lost and nothing done twice."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

import pghistory
from demo_project import postgres
from pghistory import backfill, jobs
from pghistory.jobs import worker
from pghistory.models import Job, JobRange
from tests.tracked.models import Everything

ROOT = Path(__file__).resolve().parents[2]
EVENTS: Any = Everything.pgh_event_model

WORKER = (
    "import django, sys; django.setup(); "
    "from pghistory import jobs; "
    "print('at work', flush=True); "
    "print(jobs.work(sys.argv[1], using='default').state)"
)

# Each event takes a while, so that a range can be interrupted.
SLOW = (
    "create function tests_slow() returns trigger language plpgsql as "
    "'begin perform pg_sleep(0.02); return new; end'; "
    "create trigger slow before insert on tracked_everythingevent for each row execute function tests_slow()"
)


@contextlib.contextmanager
def working(job: Any, address: str) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own, connected to a database."""
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(job)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def address_of_test_database() -> str:
    parameters = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    return psycopg.conninfo.make_conninfo(**{**parameters, "dbname": connection.settings_dict["NAME"]})


@pytest.fixture
def slow_events(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(SLOW)
    yield
    with connection.cursor() as cursor:
        cursor.execute("drop trigger slow on tracked_everythingevent; drop function tests_slow")


def test_a_worker_that_is_killed_leaves_its_range_to_another(slow_events: None, monkeypatch: pytest.MonkeyPatch):
    Everything.objects.bulk_create([Everything(name=str(position)) for position in range(80)])
    EVENTS.objects.all().delete()
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    job = jobs.order("backfill", {"model": "tracked.Everything", "batch": 20}, target=backfill.plan(Everything).target)
    with working(job.pk, address_of_test_database()) as process:
        wait_for(lambda: JobRange.objects.filter(done_at__isnull=False).exists())
        # In the middle of the second range.
        time.sleep(0.15)
        process.send_signal(signal.SIGKILL)
        process.wait()
    written = jobs.progress(job).written
    assert EVENTS.objects.count() == written < 80
    job = jobs.work(job.pk, using="default")
    assert job.state == "done"
    assert EVENTS.objects.values("pgh_obj").distinct().count() == EVENTS.objects.count() == 80
    assert jobs.progress(job).written == 80


@pytest.fixture
def own_server(transactional_db: None) -> Iterator[postgres.Server]:
    """A server with a copy of the test database, which may be killed."""
    with postgres.temporary() as server:
        server.create_database("copy")
        source = server.executable("pg_dump"), "--schema-only", "--no-owner", address_of_test_database()
        dump = subprocess.run(source, check=True, capture_output=True).stdout
        # Of the triggers of some other models, a dump's text is not what made them.
        target = server.executable("psql"), "-Xq", server.url("copy")
        subprocess.run(target, input=dump, check=True, capture_output=True)
        yield server


def test_a_server_that_is_killed_and_comes_back_loses_and_doubles_nothing(own_server: postgres.Server):
    address = own_server.url("copy")
    with psycopg.connect(address, autocommit=True) as copy:
        copy.execute("set session_replication_role = replica")
        copy.execute("insert into tracked_everything (name) select i::text from generate_series(1, 80) i")
        copy.execute(SLOW)
    job = Job(kind="backfill", arguments={"model": "tracked.Everything", "batch": 20}, target="tracked.EverythingEvent")
    with pghistory.context(reason="killed"):
        job.token = pghistory.context.token() or ""
    with psycopg.connect(address, autocommit=True) as copy:
        copy.execute(
            "insert into pghistory_job (id, kind, arguments, target, state, owner, owner_label, token, created_at, "
            "error, file) values (%s, 'backfill', %s, %s, 'queued', '', '', %s, now(), '', '')",
            [job.pk, psycopg.types.json.Jsonb(job.arguments), job.target, job.token],
        )

    def done() -> int:
        with psycopg.connect(address) as copy:
            row = copy.execute("select count(*) from pghistory_jobrange where done_at is not null").fetchone()
            return row[0] if row else 0

    with working(job.pk, address) as process:
        wait_for(lambda: done() > 0)
        time.sleep(0.15)
        postmaster = int((own_server.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        wait_for(lambda: not postgres._is_running(own_server))
        time.sleep(1)
        postgres._start(own_server, postgres.FAST)
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
    with psycopg.connect(address) as copy:
        counted = copy.execute("select count(*), count(distinct pgh_obj_id) from tracked_everythingevent").fetchone()
        assert counted == (80, 80)
        assert copy.execute("select state from pghistory_job").fetchone() == ("done",)
        assert copy.execute("select sum(written) from pghistory_jobrange").fetchone() == (80,)
        assert copy.execute("select count(*) from pghistory_context").fetchone() == (1,)
