"""Restoring beside others who write: each ends in a clear message, nothing is lost and nothing is done twice."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

import pghistory
from pghistory import errors, restore
from tests.tracked.models import Everything, Kept

# Other tests may be at work beside these, in databases of their own.
SESSIONS = "from pg_stat_activity where datname = current_database()"
WAITING = f"select count(*) {SESSIONS} and wait_event_type = 'Lock'"
ASLEEP = f"{SESSIONS} and wait_event = 'PgSleep'"


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], Any]], Callable[[], Any]]]:
    """Runs a call on a connection of its own; what it returns, or raised, comes when it is asked for."""
    threads: list[threading.Thread] = []

    def start(call: Callable[[], Any]) -> Callable[[], Any]:
        results: list[Any] = []

        def run() -> None:
            try:
                results.append(call())
            except Exception as error:
                results.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        threads.append(thread)
        thread.start()

        def result() -> Any:
            thread.join(30)
            return results[0]

        return result

    yield start
    for thread in threads:
        thread.join(30)


def wait_until(statement: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # A transaction sees the sessions as they were when it first looked.
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(statement)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError(statement)


def changed() -> Any:
    row = Everything.objects.create(name="then", number=1)
    row.name = "now"
    row.save()
    return Everything.pgh_event_model.objects.earliest("pgh_id")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_restore_the_same_row_one_does_it_and_the_other_is_told(in_thread: Any):
    event = changed()
    tokens = [restore.plan(event).token for _ in range(2)]
    barrier = threading.Barrier(2)

    def restored(token: str) -> Any:
        barrier.wait()
        return restore.apply(token)

    results = [result() for result in [in_thread(lambda token=token: restored(token)) for token in tokens]]
    assert sorted(type(result).__name__ for result in results) == ["Done", "StalePreview"]
    assert Everything.objects.get().name == "then"
    assert Everything.pgh_event_model.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_bring_a_deleted_row_back_one_does_it_and_the_other_is_told(in_thread: Any):
    row = Everything.objects.create(name="gone")
    row.delete()
    event = Everything.pgh_event_model.objects.latest("pgh_id")
    tokens = [restore.plan(event).token for _ in range(2)]
    barrier = threading.Barrier(2)

    def restored(token: str) -> Any:
        barrier.wait()
        return restore.apply(token)

    results = [result() for result in [in_thread(lambda token=token: restored(token)) for token in tokens]]
    assert sum(isinstance(result, restore.Done) for result in results) == 1
    assert sum(isinstance(result, (errors.StalePreview, errors.RestoreRefused)) for result in results) == 1
    assert Everything.objects.get().name == "gone"


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_not_finished_is_waited_for_and_then_told(in_thread: Any):
    token = restore.plan(changed()).token
    with transaction.atomic():
        Everything.objects.update(number=7)
        result = in_thread(lambda: restore.apply(token))
        wait_until(WAITING)
    assert isinstance(result(), errors.StalePreview)
    assert (Everything.objects.get().name, Everything.objects.get().number) == ("now", 7)


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_for_long_is_told_by_preview_and_apply(in_thread: Any, monkeypatch: pytest.MonkeyPatch):
    event = changed()
    token = restore.plan(event).token
    monkeypatch.setattr("pghistory.restore.rehearsals.LOCK_TIMEOUT", "50ms")
    with transaction.atomic():
        Everything.objects.update(number=7)
        for call in (lambda: restore.plan(event), lambda: restore.apply(token)):
            error = in_thread(call)()
            assert isinstance(error, errors.RowsBusy)
            assert str(error).startswith("Somebody else is writing to the same rows (they are locked)")
    assert Everything.objects.get().name == "now"


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_with_an_application_ends_in_a_message_and_the_application_goes_on(in_thread: Any):
    first, second = (Everything.objects.create(name=name) for name in ("a", "b"))
    with pghistory.context() as context:
        Everything.objects.update(number=1)
    token = restore.undo(context.id).token
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The application waits patiently, so that it is not the one who gives up.
            cursor.execute("set local deadlock_timeout = '20s'")
        Everything.objects.filter(pk=second.pk).update(name="application")
        result = in_thread(lambda: restore.apply(token))
        wait_until(WAITING)
        Everything.objects.filter(pk=first.pk).update(name="application")
    error = result()
    assert isinstance(error, errors.RowsBusy)
    assert "each waited for the other" in str(error)
    assert set(Everything.objects.values_list("name", "number")) == {("application", 1)}


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_killed_in_the_middle_leaves_nothing_half_done(in_thread: Any):
    with pghistory.context() as context:
        Everything.objects.bulk_create(Everything(name=str(number)) for number in range(20))
    token = restore.undo(context.id).token
    with connection.cursor() as cursor:
        cursor.execute(
            "create function slow() returns trigger language plpgsql as "
            "$$ begin perform pg_sleep(1); return old; end $$"
        )
        cursor.execute("create trigger slow before delete on tracked_everything for each row execute function slow()")
    try:
        result = in_thread(lambda: restore.apply(token))
        wait_until(f"select count(*) {ASLEEP} and query like '%%pgh_work%%'")
        with connection.cursor() as cursor:
            cursor.execute(f"select pg_terminate_backend(pid) {ASLEEP}")
        assert isinstance(result(), (errors.RestoreError, OperationalError))
        assert Everything.objects.count() == 20
        assert Everything.pgh_event_model.objects.count() == 20
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop function slow() cascade")


@pytest.mark.django_db
def test_a_column_that_is_dropped_after_the_preview_is_told():
    row = Kept.objects.create(name="then", number=1)
    row.name, row.number = "now", 2
    row.save()
    event = Kept.pgh_event_model.objects.earliest("pgh_id")
    token = restore.plan(event).token
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table tracked_kept drop column number cascade")
    with pytest.raises(errors.SchemaDiffers, match=r"manage.py migrate"):
        restore.apply(token)
    with connection.cursor() as cursor:
        cursor.execute("select name from tracked_kept")
        assert cursor.fetchall() == [("now",)]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_writes_says_so():
    event = changed()
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = on")
    try:
        with pytest.raises(errors.RestoreRefused, match="read-only transaction"):
            restore.plan(event)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("set default_transaction_read_only = off")


@pytest.mark.django_db
def test_a_statement_that_takes_longer_than_it_may_is_told():
    event = changed()
    token = restore.plan(event).token
    with connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.slow() returns trigger language plpgsql as "
            "$$ begin perform pg_sleep(2); return new; end $$"
        )
        cursor.execute(
            "create trigger slow before update on tracked_everything for each row execute function pg_temp.slow()"
        )
        cursor.execute("set local statement_timeout = '100ms'")
    for call in (lambda: restore.plan(event), lambda: restore.apply(token)):
        with pytest.raises(errors.RestoreRefused, match="statement timeout"):
            call()
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
    assert Everything.objects.get().name == "now"
