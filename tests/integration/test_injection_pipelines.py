"""A pipeline of the user's own: what is sent before a sync shares a transaction, and never somebody else's context."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

import pghistory
from tests.integration.writing import metadata_of_events, run
from tests.tracked.models import Everything

INSERT = "insert into tracked_everything (name) values (%s) returning id"


@pytest.fixture(params=[{}, {"server_side_binding": True}], ids=["client-side", "server-side"])
def own(request: pytest.FixtureRequest, connect_with: Callable[..., BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
    own = connect_with(**request.param)
    own.ensure_connection()
    return own


@pytest.fixture(params=["atomic", "autocommit", "own begin"])
def pipeline(request: pytest.FixtureRequest, own: BaseDatabaseWrapper) -> Iterator[Any]:
    """An open pipeline of the psycopg connection, with each way to begin a transaction."""
    if request.param == "own begin":
        run("begin")
    with transaction.atomic() if request.param == "atomic" else nullcontext():
        with own.connection.pipeline() as opened:
            yield opened
        assert own.connection.info.pipeline_status == 0
    if request.param == "own begin":
        run("commit")


def insert() -> None:
    """Sent, and perhaps not yet answered."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, ("a",))


def insert_and_read() -> None:
    """Answered before it returns."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, ("a",))
        assert len(cursor.fetchall()) == 1


def create() -> None:
    Everything.objects.create(name="a")


def insert_many() -> None:
    with connection.cursor() as cursor:
        cursor.executemany("insert into tracked_everything (name) values (%s)", [("a",)])


WRITES = [insert, insert_and_read, create, insert_many]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("synced", [True, False], ids=["synced", "not synced"])
def test_each_write_of_a_pipeline_has_the_context_of_its_moment(pipeline: Any, write: Callable[[], None], synced: bool):
    def step() -> None:
        write()
        if synced:
            pipeline.sync()

    step()
    with pghistory.context(user=3):
        step()
        step()
        with pghistory.context(step=2):
            step()
    step()
    step()
    with pghistory.context(user=4):
        step()
    step()
    pipeline.sync()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [None, 3, 3, 3, None, None, 4, None]


@pytest.mark.parametrize("write", WRITES)
def test_a_pipeline_that_begins_inside_a_context_and_ends_after_it_leaks_nothing(
    own: BaseDatabaseWrapper, write: Callable[[], None]
):
    with transaction.atomic():
        with pghistory.context(user=3):
            write()
            opened = own.connection.pipeline()
            opened.__enter__()
            write()
        write()
        opened.__exit__(None, None, None)
        write()
    write()
    with own.connection.pipeline():
        write()
        with pghistory.context(user=4):
            write()
    write()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, 3, None, None, None, None, 4, None]


def test_transactions_that_follow_each_other_in_a_pipeline_have_contexts_of_their_own(own: BaseDatabaseWrapper):
    with own.connection.pipeline() as pipeline:
        for user in (3, None, 4, 4, None):
            with nullcontext() if user is None else pghistory.context(user=user), transaction.atomic():
                insert()
                insert_and_read()
            insert()
            pipeline.sync()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, 3, None, None, None, None, 4, 4, None, 4, 4, None, None, None, None]


def test_a_context_that_goes_on_over_transactions_of_a_pipeline_is_set_in_each(own: BaseDatabaseWrapper):
    with own.connection.pipeline() as pipeline, pghistory.context(user=3):
        for _ in range(3):
            with transaction.atomic():
                insert()
            insert()
            pipeline.sync()
    assert metadata_of_events() == [{"user": 3}] * 6


def test_a_pipeline_inside_a_transaction_does_not_pay_again(own: BaseDatabaseWrapper, monkeypatch: Any):
    with transaction.atomic(), pghistory.context(user=3):
        insert()
        sent: list[str] = []
        execute = own.connection.execute

        def noted(text: str, *args: Any) -> Any:
            sent.append(text)
            return execute(text, *args)

        monkeypatch.setattr(own.connection, "execute", noted)
        with own.connection.pipeline():
            for _ in range(5):
                insert()
        assert sent == []
    assert metadata_of_events() == [{"user": 3}] * 6
