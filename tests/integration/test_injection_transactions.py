"""Transactions of every kind: what refuses company is left alone, and what is rolled back is known to be undone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pgtrigger
import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

import pghistory
from tests.integration.writing import WRITER, metadata_of_events, run
from tests.savepoints import new_savepoint
from tests.tracked.models import Everything

pytestmark = pytest.mark.usefixtures("one_setting")


@pytest.fixture(params=[{}, {"server_side_binding": True}], ids=["client-side", "server-side"])
def own(request: pytest.FixtureRequest, connect_with: Callable[..., BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
    own = connect_with(**request.param)
    own.ensure_connection()
    return own


def create(name: str = "a") -> None:
    Everything.objects.create(name=name)


@pytest.fixture
def settings_sent(own: BaseDatabaseWrapper, tmp_path: Any) -> Iterator[Callable[[], int]]:
    """Counts the settings in what libpq sends to the server, whatever sent it."""
    with (tmp_path / "trace").open("w+b") as trace:
        own.connection.pgconn.trace(trace.fileno())

        def count() -> int:
            own.connection.execute("select 'flush'")
            trace.seek(0)
            return len(re.findall(rb"pghistory\.context(?:'| =)", trace.read()))

        yield count
        own.connection.pgconn.untrace()


def test_a_read_only_transaction_passes(own: BaseDatabaseWrapper):
    with pghistory.context(user=3):
        with transaction.atomic():
            run("set transaction read only")
            assert run("select txid_current_if_assigned()") == [(None,)]
            assert not Everything.objects.exists()
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                create()
            assert isinstance(caught.value.__cause__, psycopg.errors.ReadOnlySqlTransaction)
        create()
    assert metadata_of_events() == [{"user": 3}]


@pytest.mark.parametrize(
    "first",
    [
        "set transaction isolation level serializable",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE",
        "/* why */ set transaction isolation level serializable;",
    ],
)
def test_the_isolation_level_can_be_the_first_statement(own: BaseDatabaseWrapper, first: str):
    with pghistory.context(user=3), transaction.atomic():
        run(first)
        assert run("show transaction_isolation") != [("read committed",)]
        create()
    assert metadata_of_events() == [{"user": 3}]


@pytest.mark.parametrize(
    "begin",
    [
        "begin isolation level serializable",
        "begin; set transaction isolation level repeatable read, read write",
        "start transaction isolation level serializable, not deferrable",
    ],
)
def test_a_transaction_in_one_string_may_choose_its_isolation_level(own: BaseDatabaseWrapper, begin: str):
    with pghistory.context(user=3):
        run(f"{begin}; insert into tracked_everything (name) values ('a'); commit")
    run(f"{begin}; insert into tracked_everything (name) values ('a'); commit")
    assert metadata_of_events() == [{"user": 3}, None]


def test_the_first_string_of_a_transaction_may_choose_its_isolation_level(own: BaseDatabaseWrapper):
    with pghistory.context(user="50 %"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "set transaction isolation level serializable; insert into tracked_everything (name) values ('a')"
            " returning name; show transaction_isolation"
        )
        found = []
        while cursor.nextset():
            found.append(cursor.fetchall())
        assert found == [[("a",)], [("serializable",)]]
    assert metadata_of_events() == [{"user": "50 %"}]


@pytest.mark.parametrize(
    "statement",
    [
        "vacuum tracked_everything",
        "VACUUM (ANALYZE) tracked_everything",
        "create index concurrently odd on tracked_everything (number)",
        "reindex (verbose off) table concurrently tracked_everything",
        "drop index concurrently if exists odd",
        "alter system set log_lock_waits = off",
        sql.SQL("vacuum {}").format(sql.Identifier("tracked_everything")),
        b"vacuum tracked_everything",
    ],
    ids=str,
)
def test_statements_that_want_to_be_alone_are(own: BaseDatabaseWrapper, statement: Any):
    try:
        with pghistory.context(user=3):
            run(statement)
            assert not own.errors_occurred
            create()
    finally:
        run("drop index if exists odd")
    assert metadata_of_events() == [{"user": 3}]


PROCEDURE = """
    create or replace procedure writes_and_commits() language plpgsql as $$
    begin
        insert into tracked_everything (name) values ('first');
        commit;
        insert into tracked_everything (name) values ('second');
    end $$
"""


def test_a_procedure_that_commits_does_so_once_and_without_the_context(own: BaseDatabaseWrapper):
    run(PROCEDURE)
    try:
        with pghistory.context(user=3):
            run("call writes_and_commits()")
            create("after")
    finally:
        run("drop procedure writes_and_commits()")
    names = Everything.objects.order_by("id").values_list("name", flat=True)
    assert list(names) == ["first", "second", "after"]
    assert metadata_of_events() == [None, None, {"user": 3}]


def test_a_procedure_that_does_not_commit_has_the_context(own: BaseDatabaseWrapper):
    run(
        "create or replace procedure pg_temp.writes() "
        "begin atomic insert into tracked_everything (name) values ('a'); end"
    )
    with pghistory.context(user=3):
        run("call pg_temp.writes()")
        with transaction.atomic():
            run("call pg_temp.writes()")
    assert metadata_of_events() == [{"user": 3}] * 2


@pytest.mark.parametrize("undo", ["rollback to a", "rollback to a; release a"])
def test_undoing_the_end_of_a_context_does_not_bring_it_back(own: BaseDatabaseWrapper, undo: str):
    with transaction.atomic():
        with pghistory.context(user=3):
            create()
            run("savepoint a")
        create("lost")
        run(undo)
        create()
        with pghistory.context(user=4):
            create()
            savepoint = new_savepoint()
        create("lost")
        transaction.savepoint_rollback(savepoint)
        create()
        transaction.savepoint_rollback(savepoint)
        create()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, None, 4, None]


def test_a_savepoint_inside_a_failing_string_is_noticed(own: BaseDatabaseWrapper):
    with transaction.atomic():
        with pghistory.context(user=3):
            create()
            run("savepoint a; savepoint b")
        create("lost")
        with pytest.raises(DatabaseError):
            run("rollback to savepoint b; select 1/0")
        run("rollback to savepoint a")
        create()
    assert metadata_of_events() == [{"user": 3}, None]


def test_transactions_in_raw_sql_have_the_context(own: BaseDatabaseWrapper):
    with pghistory.context(user=3):
        run("begin")
        create()
        run("commit and chain")
        create()
        run("rollback and chain")
        create()
    create()
    run("end")
    create()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, 3, None, None]


def test_a_context_is_set_once_in_a_transaction(own: BaseDatabaseWrapper, settings_sent: Callable[[], int]):
    with transaction.atomic(), pghistory.context(user=3):
        for _ in range(3):
            create()
            Everything.objects.filter(name="a").update(number=1)
            Everything.objects.bulk_create([Everything(name="b") for _ in range(1500)])
            Everything.objects.bulk_update(Everything.objects.all()[:3], ["number"])
            with transaction.atomic():
                create()
            list(Everything.objects.filter(name="a").iterator())
        assert settings_sent() == 1
        pghistory.context(step=2)
        create()
        create()
        assert settings_sent() == 2
    with transaction.atomic():
        create()
    assert settings_sent() == 2


def test_the_end_of_a_context_is_told_once(own: BaseDatabaseWrapper, settings_sent: Callable[[], int]):
    with transaction.atomic():
        with pghistory.context(user=3):
            create()
        for _ in range(3):
            create()
        assert settings_sent() == 2


def test_in_autocommit_reads_pay_nothing(own: BaseDatabaseWrapper, settings_sent: Callable[[], int]):
    with pghistory.context(user=3):
        assert not Everything.objects.exists()
        assert list(Everything.objects.iterator()) == []
        run("show work_mem")
        run("vacuum tracked_everything")
    assert settings_sent() == 0


def test_without_a_context_nothing_is_sent(own: BaseDatabaseWrapper, settings_sent: Callable[[], int]):
    for block in (nullcontext(), transaction.atomic()):
        with block:
            create()
            Everything.objects.update(number=2)
    assert settings_sent() == 0


def test_a_killed_backend_fails_as_ever_and_the_next_connection_has_the_context(own: BaseDatabaseWrapper):
    def kill() -> None:
        with psycopg.connect(own.connection.info.dsn, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", (own.connection.info.backend_pid,))

    @transaction.atomic
    def kill_in_a_transaction() -> None:
        create("lost")
        kill()
        create("lost")

    with pghistory.context(user=3):
        create()
        kill()
        with pytest.raises(OperationalError):
            create("lost")
        own.close_if_unusable_or_obsolete()
        create()
        with pytest.raises(OperationalError):
            kill_in_a_transaction()
        create()
    create()
    kill()
    with pytest.raises(OperationalError):
        create("lost")
    own.close_if_unusable_or_obsolete()
    create()
    users = [metadata and metadata["user"] for metadata in metadata_of_events()]
    assert users == [3, 3, 3, None, None]


@pytest.mark.parametrize("write", ["select 1", "insert into tracked_everything (name) values ('a')"])
def test_a_cursor_of_a_closed_connection_fails_as_ever(own: BaseDatabaseWrapper, write: str):
    errors = []
    for block in (nullcontext(), pghistory.context(user=3)):
        with block, own.cursor() as cursor:
            own.close()
            with pytest.raises(DatabaseError) as caught:
                cursor.execute(write)
            errors.append((type(caught.value), str(caught.value)))
            with pytest.raises(DatabaseError):
                cursor.executemany(write, [(), ()])
        own.ensure_connection()
    assert errors[0] == errors[1]


def test_after_an_error_in_a_transaction_django_says_what_it_always_says(own: BaseDatabaseWrapper):
    with pghistory.context(user=3):
        with transaction.atomic():
            with pytest.raises(IntegrityError):
                run("insert into tracked_everything (name) values (null)")
            with pytest.raises(DatabaseError) as caught:
                run("insert into tracked_everything (name) values ('a')")
            assert isinstance(caught.value.__cause__, psycopg.errors.InFailedSqlTransaction)
            transaction.set_rollback(True)
        create()
    assert metadata_of_events() == [{"user": 3}]


def test_fetching_from_a_cursor_over_a_function_that_writes_has_the_context_of_its_moment(own: BaseDatabaseWrapper):
    run(WRITER)
    with transaction.atomic():
        run("declare raw cursor for select pg_temp.writes_one('a') from generate_series(1, 3)")
        with pghistory.context(user=3):
            run("fetch 1 from raw")
        run("fetch 1 from raw")
        with pghistory.context(user=4):
            run("move 1 from raw")
    assert metadata_of_events() == [{"user": 3}, None, {"user": 4}]


def test_binary_results_are_the_callers(connect_with: Callable[..., BaseDatabaseWrapper]):
    connect_with(server_side_binding=True)
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.cursor.format = psycopg.pq.Format.BINARY
        cursor.execute("insert into tracked_everything (name, number) values ('a', 7) returning number")
        assert cursor.fetchall() == [(7,)]
    assert metadata_of_events() == [{"user": 3}]


@pytest.mark.client_binding
def test_triggers_that_are_ignored_stay_so_inside_a_context(connect_with: Callable[..., BaseDatabaseWrapper]):
    connect_with()
    (uri,) = [
        trigger.get_uri(model)
        for model, trigger in pgtrigger.registered()
        if model._meta.label == "tracked.Everything" and "insert" in trigger.get_uri(model)
    ]
    with pghistory.context(user=3):
        with pgtrigger.ignore(uri):
            create("unseen")
            run("update tracked_everything set number = 1 where name = %s", ("unseen",))
        create()
    assert metadata_of_events() == [{"user": 3}] * 2
    labels = Everything.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(labels) == ["update", "insert"]


def test_threads_write_side_by_side(connect_with: Callable[..., BaseDatabaseWrapper]):
    pooled = connect_with(pool={"min_size": 1, "max_size": 3, "timeout": 5})
    failures: list[BaseException] = []

    def work(user: int) -> None:
        own = pooled.copy()
        connections["default"] = own
        try:
            for turn in range(20):
                with pghistory.context(user=user):
                    create(str(user))
                create("none")
                if turn % 5 == 0:
                    own.close()
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    events = Everything.pgh_event_model.objects.values_list("name", "pgh_context__metadata__user")
    assert len(events) == 160
    assert all(user == (None if name == "none" else int(name)) for name, user in events)
