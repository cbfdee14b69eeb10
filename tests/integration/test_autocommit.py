"""Contexts where no transaction is open, and where real transactions end."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import InternalError, close_old_connections, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import IsolationLevel

import pghistory
from pghistory.models import Context
from tests.tracked.models import Everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_setting")]


def users() -> list[Any]:
    """The `user` of each event's context, in the order of the events."""
    events = Everything.pgh_event_model.objects.order_by("pgh_id").select_related("pgh_context")
    return [event.pgh_context and event.pgh_context.metadata.get("user") for event in events]


def held() -> str:
    """The context's id that the connection holds now, read where the wrapper does not see it."""
    row = connection.connection.execute(
        "select split_part(current_setting('pghistory.context', true), E'\\t', 2)"
    ).fetchone()
    return row[0] or ""


def test_each_statement_has_the_context_and_leaves_nothing_behind(round_trips: Callable[[Callable[[], Any]], int]):
    def create() -> None:
        Everything.objects.create(name="a")

    plain = round_trips(create)
    with pghistory.context(user=3):
        assert round_trips(create) == plain
        assert held() == ""
        assert round_trips(create) == plain
    create()
    assert users() == [None, 3, 3, None]
    assert Context.objects.count() == 1


def test_executemany_is_one_transaction_and_its_params_stay_as_they_are():
    rows: list[Any] = [{"name": "a"}, {"name": "b"}]
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.executemany("insert into tracked_everything (name) values (%(name)s)", rows)
        assert cursor.rowcount == 2
    assert rows == [{"name": "a"}, {"name": "b"}]
    assert users() == [3, 3]
    assert held() == ""
    assert connection.get_autocommit()


def test_a_commit_ends_what_was_set():
    with pghistory.context(user=3):
        with transaction.atomic():
            Everything.objects.create(name="a")
            assert held() != ""
        assert held() == ""
        with transaction.atomic():
            Everything.objects.create(name="b")
    with transaction.atomic():
        Everything.objects.create(name="c")
    assert users() == [3, 3, None]


def test_a_rollback_ends_what_was_set():
    def fail() -> None:
        with transaction.atomic():
            Everything.objects.create(name="lost")
            raise ZeroDivisionError

    with pghistory.context(user=3):
        with pytest.raises(ZeroDivisionError):
            fail()
        Everything.objects.create(name="a")
    assert users() == [3]
    assert Context.objects.count() == 1


def test_a_request_in_one_transaction_has_its_context_to_the_end_and_on_commit():
    with pghistory.context(user=3), transaction.atomic():
        Everything.objects.create(name="a")
        with transaction.atomic():
            Everything.objects.create(name="b")
        transaction.on_commit(lambda: Everything.objects.create(name="c"))
    Everything.objects.create(name="d")
    assert users() == [3, 3, 3, None]


def test_transactions_by_hand_have_the_context():
    transaction.set_autocommit(False)
    try:
        with pghistory.context(user=3):
            Everything.objects.create(name="a")
            transaction.commit()
            Everything.objects.create(name="b")
            transaction.commit()
        Everything.objects.create(name="c")
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert users() == [3, 3, None]


def test_transactions_in_raw_sql_have_the_context():
    with connection.cursor() as cursor:
        with pghistory.context(user=3):
            cursor.execute("begin")
            cursor.execute("insert into tracked_everything (name) values ('a')")
            cursor.execute("commit")
            cursor.execute("begin; insert into tracked_everything (name) values ('b'); commit")
        cursor.execute("start transaction")
        cursor.execute("insert into tracked_everything (name) values ('c')")
        cursor.execute("commit and chain")
        with pghistory.context(user=4):
            cursor.execute("insert into tracked_everything (name) values ('d')")
        cursor.execute("commit")
    assert users() == [3, 3, None, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "vacuum tracked_loose",
        "/* tidy */ VACUUM (ANALYZE) tracked_loose",
        "create index concurrently passing on tracked_loose (name)",
        "drop index concurrently if exists passing",
        "reindex (concurrently) table tracked_loose",
    ],
)
def test_statements_that_want_to_be_alone_run(statement: str):
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("insert into tracked_everything (name) values ('a')")
        cursor.execute("drop index if exists passing")
    assert users() == [3]
    assert not connection.errors_occurred


def test_a_procedure_that_commits_runs():
    with connection.cursor() as cursor:
        cursor.execute(
            "create procedure commits() language plpgsql as $$ begin"
            " insert into tracked_everything (name) values ('a'); commit;"
            " insert into tracked_everything (name) values ('b'); end $$"
        )
        try:
            with pghistory.context(user=3):
                cursor.execute("call commits()")
        finally:
            cursor.execute("drop procedure commits()")
    assert Everything.objects.count() == 2


def test_a_statement_that_wants_to_be_alone_fails_in_a_transaction_as_ever():
    with (
        pytest.raises(InternalError, match="cannot run inside a transaction block") as caught,
        pghistory.context(user=3),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("vacuum tracked_loose")
    assert isinstance(caught.value.__cause__, psycopg.errors.ActiveSqlTransaction)


def test_a_pipeline_of_the_callers_own_has_the_context():
    connection.ensure_connection()
    with pghistory.context(user=3), connection.connection.pipeline(), connection.cursor() as cursor:
        for name in ("a", "b"):
            cursor.execute("insert into tracked_everything (name) values (%s)", [name])
    assert users() == [3, 3]


def test_a_connection_that_was_closed_and_made_anew_has_the_context():
    with pghistory.context(user=3):
        Everything.objects.create(name="a")
        connection.close()
        Everything.objects.create(name="b")
        with transaction.atomic():
            Everything.objects.create(name="c")
    connection.close()
    Everything.objects.create(name="d")
    assert users() == [3, 3, 3, None]


def test_transactions_at_once_share_a_context_without_waiting_for_each_other():
    other = connections.create_connection("default")
    insert = "insert into tracked_everything (name) values ('a')"
    try:
        with pghistory.context(user=3):
            Everything.objects.create(name="first")
            with transaction.atomic():
                Everything.objects.create(name="b")
                with other.cursor() as cursor:
                    cursor.execute("set lock_timeout = '2s'")
                    cursor.execute(insert)
    finally:
        other.close()
    assert users() == [3, 3, 3]
    assert Context.objects.count() == 1


def test_threads_write_under_their_own_contexts():
    steps = threading.Barrier(2, timeout=10)

    def work(user: int) -> None:
        try:
            with pghistory.context(user=user):
                for _ in range(5):
                    steps.wait()
                    Everything.objects.create(name="a", number=user)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(user,)) for user in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = Everything.pgh_event_model.objects.select_related("pgh_context")
    assert len(events) == 10
    assert all(event.pgh_context.metadata == {"user": event.number} for event in events)
    assert Context.objects.count() == 2


def test_asyncio_tasks_write_under_their_own_contexts():
    async def work(user: int, steps: asyncio.Barrier) -> None:
        async with pghistory.context(user=user):
            for _ in range(3):
                await steps.wait()
                await Everything.objects.acreate(name="a", number=user)
                await sync_to_async(Everything.objects.create)(name="b", number=user)
        await Everything.objects.acreate(name="c", number=0)

    async def together() -> None:
        steps = asyncio.Barrier(3)
        await asyncio.gather(*(work(user, steps) for user in (1, 2, 3)))
        await sync_to_async(close_old_connections)()

    asyncio.run(together())
    events = Everything.pgh_event_model.objects.select_related("pgh_context")
    found = [(event.number, event.pgh_context and event.pgh_context.metadata["user"]) for event in events]
    expected = [*[(0, None)] * 3, *[(user, user) for user in (1, 2, 3)] * 6]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_a_serializable_transaction_has_the_context():
    with pghistory.context(user=3), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set transaction isolation level {IsolationLevel.SERIALIZABLE.name}")
        Everything.objects.create(name="a")
    assert users() == [3]


def test_a_read_only_transaction_can_be_read_in_a_context():
    with pghistory.context(user=3), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
        cursor.execute("select pg_backend_pid(), pg_advisory_xact_lock(7)")
        assert len(cursor.fetchall()) == 1
