"""A project with users of its own, extension types and schemas: see tests/elsewhere."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from demo_project import postgres
from tests.house.test_modules import ROOT


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """One whose version came with PostgreSQL's own extensions; the embedded ones have none."""
    # Those of the system first, which have them more often.
    for version in sorted(postgres.versions(), key=postgres.FOLDERS.__contains__):
        with postgres.temporary(version=version) as found:
            with psycopg.connect(found.url("template1"), autocommit=True) as connection:
                known = connection.execute(
                    "select count(*) from pg_available_extensions where name in ('hstore', 'citext')"
                )
                if known.fetchone() != (2,):
                    continue
                connection.execute(
                    "create schema first; create schema second; create extension hstore; create extension citext"
                )
            yield found
            return
    pytest.fail("No PostgreSQL with hstore and citext: `make contrib` installs it, or says how.", pytrace=False)


def test_users_types_and_schemas_of_ones_own(server: postgres.Server):
    command = [sys.executable, "-m", "pytest", "-q", "tests/elsewhere/cases.py", "--ds", "tests.elsewhere.settings"]
    environment = {**os.environ, "DATABASE_URL": server.url("postgres")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
