"""One database; the browser and the shop are those of tests/acceptance."""

from collections.abc import Iterator

import pytest
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from tests.acceptance.conftest import shop, sign_in, troubles
from tests.database import close_to_everybody

__all__ = ["shop", "sign_in", "troubles"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo's tables, migrated."""
    with django_db_blocker.unblock():
        made = setup_databases(0, interactive=False)
    yield
    with django_db_blocker.unblock():
        for connection, *_ in made:
            connection.close()
            close_to_everybody(connection.settings_dict["NAME"])
        teardown_databases(made, verbosity=0)
