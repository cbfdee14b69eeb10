"""A pytest plugin: an embedded PostgreSQL for the whole run, unless DATABASE_URL names another server.

It is named in pytest's options rather than imported by conftest.py, because pytest-django reads the settings, and with
them DATABASE_URL, before any conftest.py.
"""

import os
import signal
from collections.abc import Generator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from demo_project import postgres

_server = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the server before pytest-django sets Django up."""
    # A polite kill, as a CI system's at its time limit, ends the run like Ctrl-C: the server is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not os.environ.get("DATABASE_URL"):
        try:
            server = _server.enter_context(postgres.temporary())
        except postgres.PostgresError as error:
            raise pytest.UsageError(str(error)) from error
        os.environ["DATABASE_URL"] = server.url("postgres")
        # Whatever the tests start, as another demo, finds a server of its own.
        _server.callback(os.environ.pop, "DATABASE_URL", None)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server after the last connection is closed."""
    _server.close()


def close_to_everybody(name: str) -> None:
    """End every session in a database and let no other begin, so that it can be dropped."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name)))
        server.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (name,))
