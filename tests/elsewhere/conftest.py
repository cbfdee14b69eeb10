"""One database, migrated once for each schema."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """To Django, aliases of one database are one; the second schema is migrated by its own name."""
    with django_db_blocker.unblock():
        made = setup_databases(0, interactive=False)
        call_command("migrate", database="second", verbosity=0)
    yield
    with django_db_blocker.unblock():
        connections["second"].close()
        teardown_databases(made, verbosity=0)
