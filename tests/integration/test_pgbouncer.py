"""PgBouncer pools transactions: clients share sessions of the server, and never a context."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

import pghistory
from tests.integration.writing import metadata_of_events, run
from tests.tracked.models import Everything

PORT = 6432
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
CONFIGURATION = """
[databases]
* = {server} user={user} pool_size={size}

[pgbouncer]
pool_mode = transaction
auth_type = any
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
"""


def server(settings: dict[str, Any]) -> str:
    """Where PgBouncer finds PostgreSQL."""
    places = {"host": settings["HOST"], "port": settings["PORT"], "password": settings["PASSWORD"]}
    return " ".join(f"{name}='{value}'" for name, value in places.items() if value)


@pytest.fixture
def bouncer(request: pytest.FixtureRequest, db: None) -> Iterator[dict[str, Any]]:
    """The settings of a connection through a PgBouncer with as many server sessions as the parameter says."""
    program = shutil.which("pgbouncer", path=PLACES)
    if program is None:
        pytest.fail("No PgBouncer: `make pgbouncer` installs it, or says how.", pytrace=False)
    # It refuses to be root, and the embedded server's socket is its owner's alone.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pghistory-", dir="/tmp"))
    configuration = folder / "pgbouncer.ini"
    settings = connection.settings_dict
    configuration.write_text(
        CONFIGURATION.format(
            server=server(settings),
            user=settings["USER"] or "postgres",
            size=getattr(request, "param", 1),
            port=PORT,
            folder=folder,
        )
    )
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        os.chown(configuration, owner.pw_uid, owner.pw_gid)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, str(configuration)],
            stdout=log,
            stderr=log,
            cwd="/",
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )
    try:
        wait_for(folder / f".s.PGSQL.{PORT}", folder / "log")
        yield {"HOST": str(folder), "PORT": str(PORT), "DISABLE_SERVER_SIDE_CURSORS": True}
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder)


def wait_for(address: Path, log: Path) -> None:
    """Return when somebody answers."""
    for _ in range(100):
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(address)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"PgBouncer did not start: {log.read_text()}", pytrace=False)


@pytest.fixture(params=[{}, {"server_side_binding": True}], ids=["client-side", "server-side"])
def client(
    request: pytest.FixtureRequest, bouncer: dict[str, Any], connect_with: Callable[..., BaseDatabaseWrapper]
) -> Iterator[Callable[[], BaseDatabaseWrapper]]:
    """Makes a connection through PgBouncer."""
    made: list[BaseDatabaseWrapper] = []

    def connected() -> BaseDatabaseWrapper:
        made.append(connect_with(bouncer, **request.param))
        return made[-1]

    yield connected
    for own in made:
        own.close()


def write(own: BaseDatabaseWrapper, name: str = "a") -> None:
    connections["default"] = own
    Everything.objects.create(name=name)


def test_clients_that_take_turns_on_one_session_have_contexts_of_their_own(client: Callable[[], BaseDatabaseWrapper]):
    first, second = client(), client()
    for block in (nullcontext, transaction.atomic):
        with pghistory.context(user=3):
            connections["default"] = first
            with block():
                write(first)
                session = run("select pg_backend_pid()")
        write(second)
        connections["default"] = second
        with block():
            write(second)
            assert run("select pg_backend_pid()") == session
        with pghistory.context(user=4):
            write(second)
            write(first)
            connections["default"] = second
            with block():
                write(second)
        write(first)
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, None, None, 4, 4, 4, None] * 2


def test_a_transaction_that_is_rolled_back_leaves_no_context_in_the_session(client: Callable[[], BaseDatabaseWrapper]):
    first, second = client(), client()
    connections["default"] = first
    with pghistory.context(user=3), transaction.atomic():
        write(first)
        transaction.set_rollback(True)
    write(second)
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('pghistory.context_id', true)")
        assert cursor.fetchone() == ("",)
    assert metadata_of_events() == [None]


@pytest.mark.parametrize("bouncer", [2], indirect=True, ids=["two sessions"])
def test_clients_that_work_side_by_side_have_contexts_of_their_own(
    client: Callable[[], BaseDatabaseWrapper], bouncer: dict[str, Any]
):
    template = client()
    failures: list[BaseException] = []
    sessions: dict[int, set[int]] = {}

    def work(user: int) -> None:
        own = connections["default"] = template.copy()
        chance = random.Random(user)
        try:
            for _ in range(25):
                with transaction.atomic() if chance.random() < 0.5 else nullcontext():
                    write(own, "none")
                    with pghistory.context(user=user):
                        write(own, str(user))
                        if own.in_atomic_block:
                            sessions.setdefault(user, set()).update(pid for (pid,) in run("select pg_backend_pid()"))
                    write(own, "none")
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set().union(*sessions.values())) <= 2
    events = Everything.pgh_event_model.objects.values_list("name", "pgh_context__metadata__user")
    assert len(events) == 4 * 25 * 3
    assert all(user == (None if name == "none" else int(name)) for name, user in events)
