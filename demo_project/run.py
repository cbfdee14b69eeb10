"""What `make demo` runs: the database, its tables, believable data, and a server until Ctrl-C.

DEMO_PORT (8000) and DEMO_HOST (127.0.0.1) say where; DATABASE_URL takes the place of the embedded PostgreSQL.
DEMO_EVENTS says how many events there are to be, where the story's are too few.
"""

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.db import OperationalError, connection, connections

from demo_project import accounts, postgres

# Ctrl-C, a polite kill, and a terminal that is closed.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemoError(Exception):
    """The demo cannot start; the message says why and what to do."""


class _Stopped(BaseException):
    """Somebody asked the demo to stop."""


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # A second Ctrl-C must not interrupt the shutting down, or the database would be left running.
    _ignore_stopping()
    raise _Stopped


def _ignore_stopping() -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


class _QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the base class
        """Keep the terminal for the addresses; trouble comes by Django's own logging."""


def _port() -> int:
    text = os.environ.get("DEMO_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise DemoError(f"DEMO_PORT is {text!r}, which is no port.\nTry: make demo DEMO_PORT=8001")
    return int(text)


def _events() -> int:
    text = os.environ.get("DEMO_EVENTS") or "0"
    if not text.isdecimal():
        raise DemoError(f"DEMO_EVENTS is {text!r}, which is no number.\nTry: make demo EVENTS=1000000")
    return int(text)


def _bind(host: str, port: int) -> ThreadedWSGIServer:
    try:
        return ThreadedWSGIServer((host, port), _QuietRequestHandler)
    except OSError as error:
        raise DemoError(
            f"{host}:{port} cannot be opened: {error.strerror or error}.\n"
            f"Is another demo running there? Choose another port: make demo DEMO_PORT={port % 65535 + 1}"
        ) from error


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Set DATABASE_URL for the length of the block, and say where the data is."""
    if os.environ.get("DATABASE_URL"):
        yield "DATABASE_URL"
        return
    folder = postgres.data_folder(postgres.requested_version())
    with postgres.serving(folder) as server:
        server.create_database("demo")
        os.environ["DATABASE_URL"] = server.url("demo")
        yield str(folder)


def _prepare() -> None:
    """Bring the tables up to date, and fill them when they are empty."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DemoError(
            f"The database cannot be reached: {error}\n"
            "Check DATABASE_URL (postgresql://user:password@host/name), or unset it to use the embedded PostgreSQL."
        ) from error
    events = _events()
    call_command("migrate", verbosity=0, interactive=False)
    if not get_user_model()._default_manager.exists():
        _say("Writing some months of history, once (half a minute or so) …")
        _say(_seed())
    if events:
        _say(f"Adding trade until there are {events:,} events (a million takes a minute or two) …")
        call_command("seed_demo", events=events, stdout=io.StringIO())
    connections.close_all()


def _seed() -> str:
    """Write all or nothing, so that a demo interrupted here begins anew next time; gives what there is to do."""
    work = io.StringIO()
    try:
        call_command("seed_demo", stdout=io.StringIO())
        call_command("seed_work", stdout=work)
    except BaseException:
        connections.close_all()
        call_command("flush", verbosity=0, interactive=False)
        raise
    return work.getvalue()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """Have long jobs done beside the server, in a process that Ctrl-C reaches only through this one."""
    command = [sys.executable, "-m", "demo_project.manage", "db_worker", "--no-startup-delay", "--interval", "0.5"]
    worker = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=postgres.HOME.parent,
        start_new_session=True,
    )
    try:
        yield
    finally:
        # The range at which it is at work is rolled back, and is done when the job is resumed.
        worker.kill()
        worker.wait()


def _say(text: str) -> None:
    print(text, flush=True)


def _welcome(address: str, place: str) -> str:
    lines = [f"\n  The back office is open: {address}/admin/\n"]
    lines += [f"    {account.username:8}{account.password:14}{account.description}" for account in accounts.ACCOUNTS]
    return "\n".join([*lines, f"\n  Data: {place}", "  Ctrl-C stops everything.\n"])


def main() -> None:
    """Serve the demo until SIGINT or SIGTERM.

    Raises:
        DemoError, postgres.PostgresError: it cannot start.
    """
    host, port = os.environ.get("DEMO_HOST") or "127.0.0.1", _port()
    for number in STOPS:
        signal.signal(number, _stop)
    try:
        with _bind(host, port) as server, _database() as place:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_project.settings")
            django.setup()
            _prepare()
            server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
            _say(_welcome(f"http://{host}:{port}", place))
            with _worker() if settings.HAS_WORKER else contextlib.nullcontext():
                server.serve_forever()
    except _Stopped:
        _say("\nStopped.")
    finally:
        _ignore_stopping()


if __name__ == "__main__":
    try:
        main()
    except (DemoError, postgres.PostgresError) as error:
        sys.exit(f"\n{error}\n")
