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
from tests.integration.servers import address_of_test_database, copied
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


@pytest.fixture
def own_server(transactional_db: None) -> Iterator[postgres.Server]:
    """A server with a copy of the test database, which may be killed."""
    with copied() as server:
        with psycopg.connect(server.url("copy"), autocommit=True) as copy:
            # Else what was committed within the last half second is gone with a server that is killed.
            copy.execute("alter database copy set synchronous_commit = on")
        yield server


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


WHOLE = """
import sys
import time
import django
django.setup()
from django.conf import settings
from django.contrib.auth.models import User
import pghistory
from pghistory import export, jobs, restore
from pghistory.models import Job
from pghistory_ui.views.copied import Watched
from tests.tracked.models import Everything
write = Watched.write

def slowly(file, data):
    time.sleep(0.05)
    write(file, data)

# The disk is slow, so that no file is whole at once.
export.MOST_LINES, Watched.write = 100, slowly
settings.FILE_UPLOAD_TEMP_DIR = sys.argv[4]
folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": sys.argv[2]}}
settings.STORAGES = {**settings.STORAGES, "pghistory": folder}

def ordered(kind):
    owner = User.objects.create_superuser("ada")
    Everything.objects.bulk_create([Everything(name=str(number)) for number in range(int(sys.argv[3]))])
    with pghistory.context() as context:
        Everything.objects.update(name="wrong")
    arguments = {
        "restore": lambda: {"token": restore.undo(context.id).token, "model": "x", "said": {}},
        "export": lambda: {"query": "", "format": "jsonl"},
    }[kind]()
    return jobs.order(kind, {**arguments, "site": "admin"}, owner=owner)

# A kind of job is ordered; a job that there is by now is gone on with.
job = ordered(sys.argv[1]) if sys.argv[1] in ("restore", "export") else Job.objects.get(pk=sys.argv[1])
print(job.pk, flush=True)
sys.stdin.readline()
print(jobs.work(job.pk, using="default").state, flush=True)
"""


def kept(folder: Path) -> Path:
    """Where files are kept; drafts are made beside it."""
    (folder / "drafts").mkdir()
    return folder / "kept"


@contextlib.contextmanager
def whole(kind: str, number: int, address: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process in the middle of the one range of a job, and the job's key."""
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    places = str(folder / "kept"), str(number), str(folder / "drafts")
    process = subprocess.Popen(
        [sys.executable, "-c", WHOLE, kind, *places],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        job = process.stdout.readline().strip()
        with psycopg.connect(address, autocommit=True) as copy:
            if kind == "restore":
                copy.execute(SLOW)
        process.stdin.write("go\n")
        process.stdin.flush()

        def looks() -> bool:
            with psycopg.connect(address) as copy:
                return copy.execute("select 1 from pghistory_jobpulse").fetchone() is not None

        wait_for(looks)
        time.sleep(0.3)
        yield process, job


def test_an_export_whose_worker_is_killed_keeps_no_file_and_is_made_by_another(
    own_server: postgres.Server, tmp_path: Path
):
    address = own_server.url("copy")
    folder = kept(tmp_path)
    copying = "select 1 from pg_stat_progress_copy where command = 'COPY TO' and tuples_processed > 0"
    with whole("export", 3_000, address, tmp_path) as (process, job):
        with psycopg.connect(address, autocommit=True) as copy:
            wait_for(lambda: copy.execute(copying).fetchone() is not None)
        process.kill()
    assert not [path for path in folder.rglob("*") if path.is_file()]
    with psycopg.connect(address, autocommit=True) as copy:
        wait_for(lambda: copy.execute(copying).fetchone() is None)
        assert copy.execute("select state, file from pghistory_job where id = %s", [job]).fetchone() == ("running", "")
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", WHOLE, job, str(folder), "0", str(tmp_path / "drafts")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input="go\n", stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == f"{job}\ndone\n"
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    # One of the events is of the owner.
    assert len(file.read_text().splitlines()) == 6_001


@pytest.mark.parametrize(("kind", "number"), [("restore", 80), ("export", 3_000)])
def test_a_range_that_is_one_transaction_is_done_anew_when_the_server_is_killed_in_its_middle(
    own_server: postgres.Server, tmp_path: Path, kind: str, number: int
):
    address = own_server.url("copy")
    folder = kept(tmp_path)
    with whole(kind, number, address, tmp_path) as (process, job):
        os.kill(int((own_server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_for(lambda: not postgres._is_running(own_server))
        time.sleep(1)
        postgres._start(own_server, postgres.FAST)
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
    with psycopg.connect(address) as copy:
        assert copy.execute("select state, error from pghistory_job where id = %s", [job]).fetchone() == ("done", "")
        events = copy.execute("select count(*) from tracked_everythingevent").fetchone()
        assert events == (number * (3 if kind == "restore" else 2),)
        wrong = copy.execute("select count(*) from tracked_everything where name = 'wrong'").fetchone()
        assert wrong == (0 if kind == "restore" else number,)
    # One of the events is of the owner.
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [len(path.read_text().splitlines()) for path in files] == ([] if kind == "restore" else [number * 2 + 1])


@pytest.fixture
def replica(own_server: postgres.Server) -> Iterator[postgres.Server]:
    """A standby of the server, in recovery for as long as it lives."""
    data = own_server.data.with_name("replica")
    postgres._make_folder(data)
    source = ["-h", str(postgres.socket_folder(own_server.data)), "-U", postgres.SUPERUSER]
    done = postgres._run(own_server, "pg_basebackup", "-D", str(data), "-R", "--checkpoint=fast", "--no-sync", *source)
    assert done.returncode == 0, done.stdout
    # The lock of the socket lies in the folder too.
    (data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    with postgres.serving(data, options=postgres.FAST) as server:
        yield server


def test_a_replica_reads_and_says_that_it_takes_no_writes(own_server: postgres.Server, replica: postgres.Server):
    address = own_server.url("copy")
    with psycopg.connect(address, autocommit=True) as copy:
        copy.execute("insert into tracked_everything (name) values ('row')")
        copy.execute("insert into tracked_everything (name) values ('other')")
        (event,) = copy.execute("select min(pgh_id) from tracked_everythingevent").fetchone() or (0,)
        copy.execute("alter table tracked_everything disable trigger user")
        copy.execute("update tracked_everything set name = 'changed'")
        job = Job(kind="backfill", arguments={"model": "tracked.Everything"})
        copy.execute(
            "insert into pghistory_job "
            "(id, kind, arguments, state, owner, owner_label, token, created_at, error, file) "
            "values (%s, 'backfill', %s, 'queued', '', '', '', now(), '', '')",
            [job.pk, psycopg.types.json.Jsonb(job.arguments)],
        )
        lsn = copy.execute("select pg_current_wal_insert_lsn()").fetchone()

    def has_caught_up() -> bool:
        with psycopg.connect(replica.url("copy")) as standby:
            row = standby.execute("select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= %s", lsn).fetchone()
            return bool(row and row[0])

    wait_for(has_caught_up)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DATABASE_URL": replica.url("copy"), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "django", "pghistory", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    read = run("export", "tracked.Everything", "--columns", "pgh_label")
    assert (read.returncode, read.stdout.split()) == (0, ["pgh_label", "insert", "insert"])
    for words in (
        ["backfill", "tracked.Everything", "--dry-run"],
        ["job", "work", str(job.pk)],
        ["job", "cancel", str(job.pk)],
        ["restore", "tracked.EverythingEvent", str(event), "--fields", "name", "--no-input"],
    ):
        done = run(*words)
        assert done.returncode == 1, (words, done)
        assert "Traceback" not in done.stderr, (words, done.stderr)
        assert "read-only" in done.stderr, (words, done.stderr)
