"""Servers of a test's own, for what the shared one must not suffer."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import connection

from demo_project import postgres

ROOT = Path(__file__).resolve().parents[2]


def address_of_test_database() -> str:
    parameters = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    return psycopg.conninfo.make_conninfo(**{**parameters, "dbname": connection.settings_dict["NAME"]})


@contextlib.contextmanager
def copied() -> Iterator[postgres.Server]:
    """A server with an empty copy of the test database, under the name `copy`."""
    with postgres.temporary() as server:
        server.create_database("copy")
        source = server.executable("pg_dump"), "--schema-only", "--no-owner", address_of_test_database()
        dump = subprocess.run(source, check=True, capture_output=True).stdout
        # Of the triggers of some other models, a dump's text is not what made them.
        target = server.executable("psql"), "-Xq", server.url("copy")
        subprocess.run(target, input=dump, check=True, capture_output=True)
        yield server
