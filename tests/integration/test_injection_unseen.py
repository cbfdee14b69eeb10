"""Transactions that begin by a statement which no wrapper sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

import pghistory
from tests.tracked.models import Everything


@pytest.fixture(params=[{}, {"server_side_binding": True}], ids=["client-side", "server-side"])
def own(request: pytest.FixtureRequest, connect_with: Callable[..., BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
    own = connect_with(**request.param)
    own.ensure_connection()
    return own


def copy(cursor: Any) -> None:
    with cursor.copy("copy tracked_everything (name) from stdin") as rows:
        rows.write_row(["copied"])


def call(cursor: Any) -> None:
    cursor.callproc("now")


def ask_psycopg(cursor: Any) -> None:
    cursor.connection.execute("select 1")


@pytest.fixture(params=[copy, call, ask_psycopg])
def begin(request: pytest.FixtureRequest) -> Callable[[], None]:
    def begun() -> None:
        with connection.cursor() as cursor:
            request.param(cursor)

    return begun


def create(name: str) -> None:
    Everything.objects.create(name=name)


def said_of(name: str) -> Any:
    return Everything.pgh_event_model.objects.values_list("pgh_context__metadata", flat=True).get(name=name)


def test_after_one_that_was_committed_it_has_the_context(own: BaseDatabaseWrapper, begin: Callable[[], None]):
    with pghistory.context(user=3):
        with transaction.atomic():
            create("first")
        with transaction.atomic():
            begin()
            create("second")
    assert said_of("second") == {"user": 3}


def test_after_one_that_was_rolled_back_it_has_the_context(own: BaseDatabaseWrapper, begin: Callable[[], None]):
    with pghistory.context(user=3):
        with transaction.atomic():
            create("first")
            transaction.set_rollback(True)
        with transaction.atomic():
            begin()
            create("second")
    assert said_of("second") == {"user": 3}


def test_among_transactions_by_hand_it_has_the_context(own: BaseDatabaseWrapper, begin: Callable[[], None]):
    own.set_autocommit(False)
    with pghistory.context(user=3):
        create("first")
        own.commit()
        begin()
        create("second")
        own.commit()
    begin()
    create("third")
    own.commit()
    own.set_autocommit(True)
    assert said_of("second") == {"user": 3}
    assert said_of("third") is None
