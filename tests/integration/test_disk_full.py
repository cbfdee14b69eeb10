"""A disk that is full ends a job in words; with room again it goes on where it stopped."""

import contextlib
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from demo_project import postgres
from tests.integration.servers import ROOT, copied

NUMBER = 20_000
WORK = (
    "import django; django.setup(); "
    "from pghistory import jobs; from pghistory.models import Job; "
    "job = Job.objects.first() or jobs.order('backfill', {'model': 'tracked.Everything', 'batch': 2_000}); "
    "job = jobs.resume(job) if job.ended_at else job; "
    "print(jobs.work(job.pk, using='default').state)"
)

# Where nothing can be mounted, the server says what a full disk makes it say.
FULL = (
    "create function tests_full() returns trigger language plpgsql as "
    "$$ begin if (select count(*) > 5000 from tracked_everythingevent) then raise 'could not extend file: "
    "No space left on device' using errcode = 'disk_full'; end if; return null; end $$; "
    "create trigger full_disk after insert on tracked_everythingevent execute function tests_full()"
)


@contextlib.contextmanager
def filled(server: postgres.Server) -> Iterator[Callable[[], object]]:
    """The events lie on a disk of a megabyte, as long as the block lasts; call what it gives to make room."""
    with (
        tempfile.TemporaryDirectory(prefix="pghistory-disk-") as name,
        psycopg.connect(server.url("copy"), autocommit=True) as copy,
    ):
        folder = Path(name)
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", name]
        if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
            copy.execute(FULL)
            yield lambda: copy.execute("drop trigger full_disk on tracked_everythingevent")
            return
        folder.parent.chmod(folder.parent.stat().st_mode | 0o001)
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        copy.execute(f"create tablespace small location '{name}'")
        copy.execute("alter table tracked_everythingevent set tablespace small")
        try:
            yield lambda: subprocess.run(["mount", "-o", "remount,size=100m", name], check=True)
        finally:
            copy.execute("alter table tracked_everythingevent set tablespace pg_default")
            copy.execute("drop tablespace small")
            subprocess.run(["umount", name], check=True)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_fails_a_job_in_words_and_with_room_again_it_is_resumed():
    with copied() as server, filled(server) as make_room:
        address = server.url("copy")

        def row(statement: str) -> tuple[object, ...] | None:
            with psycopg.connect(address, autocommit=True) as copy:
                return copy.execute(statement).fetchone()

        with psycopg.connect(address, autocommit=True) as copy:
            copy.execute("set session_replication_role = replica")
            copy.execute("insert into tracked_everything (name) select i::text from generate_series(1, %s) i", [NUMBER])

        def work() -> str:
            environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
            command = [sys.executable, "-c", WORK]
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            return done.stdout

        assert work() == "failed\n"
        error, written = row("select error, (select sum(written) from pghistory_jobrange) from pghistory_job") or (
            "",
            0,
        )
        assert "No space left on device" in str(error)
        assert row("select count(*) from tracked_everythingevent") == (written,)
        assert 0 < int(str(written)) < NUMBER
        make_room()
        assert work() == "done\n"
        counted = row("select count(*), count(distinct pgh_obj_id) from tracked_everythingevent")
        assert counted == (NUMBER, NUMBER)
