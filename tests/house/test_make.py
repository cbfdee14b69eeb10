"""The commands of the Makefile, as a newcomer types them."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from demo_project import accounts, postgres
from tests.house.test_modules import ROOT

DEMO = [sys.executable, "-u", "-m", "demo_project.run"]


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def free_port() -> int:
    with taken_port() as port:
        return port


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may pass to when root runs the tests: pytest closes its own to all others."""
    with tempfile.TemporaryDirectory(prefix="pghistory-") as name:
        yield Path(name)


def run_demo(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        DEMO, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^ {2}make (\w+)", done.stdout, flags=re.MULTILINE))
    assert {"demo", "test", "check", "bench", "matrix", "help", "env"} <= listed


def test_only_all_tests_together_have_to_take_every_branch_of_the_core() -> None:
    for arguments, expected in (([], True), (["ARGS=-k context"], False)):
        done = subprocess.run(["make", "-n", "test", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
        assert ("--include='pghistory/*' --fail-under=100" in done.stdout) is expected


def test_a_taken_port_is_told_with_its_remedy() -> None:
    with taken_port() as port:
        done = run_demo(DEMO_PORT=str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be opened" in done.stderr
    assert f"make demo DEMO_PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    done = run_demo(DEMO_PORT=port)
    assert done.returncode == 1
    assert f"DEMO_PORT is '{port}'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_told() -> None:
    done = run_demo(DEMO_PORT=str(free_port()), DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stderr
    assert "Check DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_that_is_not_at_hand_is_told() -> None:
    done = run_demo(DEMO_PORT=str(free_port()), DATABASE_URL="", PGHISTORY_POSTGRES="9")
    assert done.returncode == 1
    assert f"only {' and '.join(map(str, postgres.versions()))} are at hand" in done.stderr
    assert {16, 18} <= set(postgres.versions())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [16, 18])
def test_a_server_of_each_version_starts_keeps_its_data_and_stops(version: int, folder: Path) -> None:
    data = folder / "pgdata"
    for start in (1, 2):
        with postgres.serving(data, version=version) as server, postgres.serving(data, version=version) as same:
            assert server == same
            server.create_database("kept")
            with psycopg.connect(server.url("kept")) as connection:
                connection.execute("create table if not exists starts (number int)")
                connection.execute("insert into starts values (%s)", [start])
                assert connection.execute("select array_agg(number order by number) from starts").fetchone() == (
                    list(range(1, start + 1)),
                )
                assert connection.info.server_version // 10_000 == version
        assert not (data / "postmaster.pid").exists()


def test_data_of_another_version_is_refused_with_the_remedy(folder: Path) -> None:
    data = folder / "pgdata"
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(postgres.PostgresError, match="Set PGHISTORY_POSTGRES=16"), postgres.serving(data, version=18):
        pass


@pytest.fixture(scope="module")
def demo_server() -> Iterator[postgres.Server]:
    """One server for all starts of the demo: the months of history are written by the first, and found by the next."""
    with postgres.temporary() as server:
        server.create_database("demo")
        yield server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_and_stops_all_that_it_started(number: signal.Signals, demo_server: postgres.Server) -> None:
    port = free_port()
    environment = {**os.environ, "DEMO_PORT": str(port), "DATABASE_URL": demo_server.url("demo")}
    with subprocess.Popen(DEMO, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        lines: list[str] = []
        while not any("Ctrl-C" in line for line in lines):
            line = demo.stdout.readline()
            assert line, f"the demo ended: {''.join(lines)}"
            lines.append(line)
        text = "".join(lines)
        assert f"http://127.0.0.1:{port}/admin/" in text
        for account in accounts.ACCOUNTS:
            assert account.username in text
            assert account.password in text
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert "log in" in page.read().decode().lower()
            assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/static/admin/css/base.css", timeout=10) as page:
            assert page.status == 200
        demo.send_signal(number)
        assert demo.wait(timeout=20) == 0
    with psycopg.connect(demo_server.url("postgres"), autocommit=True) as connection:
        # The server notices a closed connection a moment after its client is gone.
        for _ in range(50):
            row = connection.execute("select count(*) from pg_stat_activity where datname = 'demo'").fetchone()
            if row == (0,):
                return
            time.sleep(0.1)
    pytest.fail("the demo left connections behind")
