"""One month of the demo's story, told once for a module and taken back after it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from demo_project.shop.seed import story

NOW = datetime(2026, 11, 23, 13, 44, tzinfo=UTC)


@pytest.fixture(scope="module")
def told_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        story.tell(seed=1, months=1, now=NOW)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def month(told_once: None, db: None) -> None:
    """The month, in a savepoint of the test's own."""


@pytest.fixture
def empty_shop(db: None) -> None:
    """No row, even where the module's month is still in place."""
    story.forget()
