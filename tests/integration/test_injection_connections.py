"""The context reaches PostgreSQL whatever the connection's options are, in a transaction and out of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from psycopg import sql
from psycopg.types.string import StrBinaryDumper, StrDumperVarchar

import pghistory
from pghistory import registry, runtime
from pghistory.models import Events
from tests.integration.writing import WRITER, metadata_of_events, run
from tests.tracked.models import Everything, ManualUser

OPTIONS: dict[str, dict[str, Any]] = {
    "client-side binding": {},
    "server-side binding": {"server_side_binding": True},
    "prepared at once": {"server_side_binding": True, "prepare_threshold": 0},
    "prepared later": {"server_side_binding": True, "prepare_threshold": 2},
    "prepared by a client cursor": {"prepare_threshold": 0},
    "pool": {"pool": {"min_size": 1, "max_size": 2}},
    "pool and server-side binding": {"pool": {"min_size": 1, "max_size": 2}, "server_side_binding": True},
    "isolation": {"isolation_level": psycopg.IsolationLevel.SERIALIZABLE},
}

INSERT = "insert into tracked_everything (name, number) values (%s, %s)"


@pytest.fixture(params=list(OPTIONS.values()), ids=list(OPTIONS))
def own(request: pytest.FixtureRequest, connect_with: Callable[..., BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
    """The default connection, with each set of options in turn."""
    return connect_with(**request.param)


@pytest.fixture(params=[True, False], ids=["atomic", "autocommit"])
def within(request: pytest.FixtureRequest, own: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside a transaction, and without one."""
    block: AbstractContextManager[Any] = transaction.atomic() if request.param else nullcontext()
    with block:
        yield


def by_executemany() -> None:
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [("a", 1), ("b", 2)])


def by_named_cursor() -> None:
    with connection.chunked_cursor() as cursor:
        cursor.execute("select pg_temp.writes_one('a')")
        assert len(cursor.fetchall()) == 1


WAYS: dict[str, Callable[[], Any]] = {
    "create": lambda: Everything.objects.create(name="50 %", number=1),
    "bulk_create": lambda: Everything.objects.bulk_create([Everything(name=name) for name in "abc"]),
    "get_or_create": lambda: Everything.objects.get_or_create(name="é'%s"),
    "raw": lambda: run("insert into tracked_everything (name) values ('100%')"),
    "raw with params": lambda: run(INSERT, ("100%", 1)),
    "raw with named params": lambda: run(
        "insert into tracked_everything (name, number) values (%(name)s, %(number)s)", {"name": "%", "number": 1}
    ),
    "composed": lambda: run(
        sql.SQL("insert into {} (name, number) values ({}, {})").format(
            sql.Identifier("tracked_everything"), "a", sql.Placeholder()
        ),
        (1,),
    ),
    "bytes": lambda: run(INSERT.encode(), ("a", 1)),
    "executemany": by_executemany,
    "named cursor": by_named_cursor,
    "function": lambda: run("select pg_temp.writes_one(%s)", ("a",)),
    "function without params": lambda: run("select pg_temp.writes_one('a%')"),
}


@pytest.mark.usefixtures("within")
@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
def test_every_write_has_the_context_and_only_while_it_lasts(write: Callable[[], Any]):
    run(WRITER)
    write()
    before = len(metadata_of_events())
    with pghistory.context(user="50 %"):
        write()
        if write is not WAYS["get_or_create"]:
            assert len(metadata_of_events()) == 2 * before
        pghistory.context(step=2)
        Everything.objects.update(number=7)
        within = metadata_of_events()[before:]
    Everything.objects.all().delete()
    events = metadata_of_events()
    assert events[:before] == [None] * before
    assert within
    assert all(metadata == {"user": "50 %", "step": 2} for metadata in within)
    assert set(events[before + len(within) :]) == {None}


@pytest.mark.usefixtures("within")
def test_results_are_those_of_the_callers_statement():
    run(WRITER)
    Everything.objects.bulk_create([Everything(name=name) for name in "abc"])
    outcomes: list[tuple[Any, ...]] = []
    for block in (nullcontext(), pghistory.context(user=3)):
        with block, connection.cursor() as cursor:
            cursor.execute(
                "update tracked_everything set number = coalesce(number, 0) + 1 where name <> %s returning name", ("a",)
            )
            outcomes.append((cursor.rowcount, cursor.statusmessage, cursor.description[0].name))
            outcomes[-1] += (sorted(cursor.fetchall()),)
            assert cursor.nextset() is None
            pghistory.context(step=2)
            cursor.execute("update tracked_everything set number = coalesce(number, 0) + 1")
            outcomes[-1] += (cursor.rowcount, cursor.statusmessage, cursor.description)
            with pytest.raises(ProgrammingError):
                cursor.fetchall()
            pghistory.context(step=3)
            cursor.executemany(
                "update tracked_everything set number = coalesce(number, 0) + 1 where name = %s", [("a",), ("b",)]
            )
            outcomes[-1] += (cursor.rowcount, cursor.statusmessage)
    assert outcomes[0] == outcomes[1]
    assert metadata_of_events()[-1] == {"user": 3, "step": 3}


@pytest.mark.usefixtures("within")
def test_an_empty_statement_stays_empty():
    for text in ("", "  ", ";", "-- nothing", "/* nothing */", "; ;"):
        outcomes = []
        for block in (nullcontext(), pghistory.context(user=3)):
            with block, connection.cursor() as cursor:
                cursor.execute(text)
                outcomes.append((cursor.rowcount, cursor.statusmessage, cursor.description, cursor.nextset()))
        assert outcomes[0] == outcomes[1]


@pytest.mark.usefixtures("within")
def test_errors_are_those_of_the_callers_statement():
    for block in (nullcontext(), pghistory.context(user=3)):
        with block:
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                run(INSERT, (None, 1))
            assert isinstance(caught.value.__cause__, psycopg.errors.NotNullViolation)
            with pytest.raises(ProgrammingError) as caught_too, transaction.atomic():
                run("selct %s", (1,))
            assert isinstance(caught_too.value.__cause__, psycopg.errors.SyntaxError)
            Everything.objects.create(name="a")
    assert metadata_of_events() == [None, {"user": 3}]


MISFITS: dict[str, tuple[str, Any]] = {
    "too few": (INSERT, ("a",)),
    "too many": (INSERT, ("a", 1, 2)),
    "named ones as a list": ("insert into tracked_everything (name) values (%(name)s)", ["a"]),
    "nothing that can be adapted": (INSERT, ("a", object())),
    "a lone percent sign": ("insert into tracked_everything (name) values ('100%')", ()),
    "a literal that cannot be": (INSERT, ("a\0", 1)),
}


@pytest.mark.usefixtures("within")
@pytest.mark.parametrize(("statement", "params"), MISFITS.values(), ids=MISFITS)
def test_errors_over_params_that_do_not_fit_count_the_callers_own(statement: str, params: Any):
    said = []
    for block in (nullcontext(), pghistory.context(user=3)):
        with block:
            with pytest.raises((DatabaseError, TypeError)) as caught, transaction.atomic():
                run(statement, params)
            said.append(str(caught.value))
            Everything.objects.create(name="a")
    assert said[0].partition("<")[0] == said[1].partition("<")[0]
    assert metadata_of_events() == [None, {"user": 3}]


def test_copy_by_execute_fails_as_ever(connect_with: Callable[..., BaseDatabaseWrapper]):
    said = []
    for block in (nullcontext(), pghistory.context(user=3)):
        own = connect_with()
        with block, pytest.raises(DatabaseError) as caught, own.cursor() as cursor:
            cursor.execute("copy (select %s) to stdout", (1,))
        said.append(str(caught.value))
        own.close()
    assert said[0] == said[1]


@pytest.mark.usefixtures("within")
def test_a_literal_may_read_like_several_statements():
    with pghistory.context(user=3):
        run("insert into tracked_everything (name) values ('a; read only' || %s)", ("!",))
    assert metadata_of_events() == [{"user": 3}]


@pytest.mark.usefixtures("within", "one_setting")
@pytest.mark.parametrize("dumper", [StrDumperVarchar, StrBinaryDumper])
def test_the_context_does_not_care_how_a_project_writes_texts(own: BaseDatabaseWrapper, dumper: Any):
    own.ensure_connection()
    own.connection.adapters.register_dumper(str, dumper)
    with pghistory.context(user="it's \\ me"):
        run(INSERT, ("a", 1))
    assert metadata_of_events() == [{"user": "it's \\ me"}]


@pytest.mark.usefixtures("within")
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept by events", "not kept by events"])
def test_only_where_events_keep_contexts_they_are_handed_over_by_name_too(
    own: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch, is_kept: bool
):
    if not is_kept:
        monkeypatch.setattr(registry, "_keeping_contexts", set())
    run(WRITER)
    names = ("pghistory.context", "pghistory.context_id", "pghistory.context_metadata")
    settings = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in names)
    with pghistory.context(user=3) as active:
        handed, *named = run(f"select {settings} from pg_temp.writes_one('a')")[0]
        assert handed == f'=+\t{active.id}\t\t{{"user": 3}}'
        assert named == ([str(active.id), '{"user": 3}'] if is_kept else ["", ""])
    assert run(f"select {settings} from pg_temp.writes_one('a')") == [("", "", "")]
    assert metadata_of_events() == [{"user": 3}, None]


@pytest.mark.usefixtures("within")
def test_iterators_read_everything_and_writes_between_have_the_context():
    Everything.objects.bulk_create([Everything(name=str(number)) for number in range(5)])
    with pghistory.context(user=3):
        for row in Everything.objects.order_by("id").iterator(chunk_size=2):
            row.number = 1
            row.save()
    assert metadata_of_events() == [None] * 5 + [{"user": 3}] * 5


def test_copy_has_the_context_that_was_attached(own: BaseDatabaseWrapper):
    with pghistory.context(user="50 %"), transaction.atomic():
        runtime.attach()
        with connection.cursor() as cursor, cursor.copy("copy tracked_everything (name) from stdin") as copy:
            copy.write_row(["a"])
    Everything.objects.create(name="after")
    assert metadata_of_events() == [{"user": "50 %"}, None]


def test_create_event_and_the_aggregate_work(own: BaseDatabaseWrapper):
    with pghistory.context(user=3) as ctx, transaction.atomic():
        row = Everything.objects.create(name="a")
        assert [event.pgh_context["user"] for event in Events.objects.tracks(row)] == [3]
        user = ManualUser.objects.create(username="a")
        event = pghistory.create_event(user, label=ManualUser.pgh_event_model.pgh_trackers[0].label)
        assert event.pgh_context_id == ctx.id
        transaction.set_rollback(True)


def test_django_logs_one_query_a_statement(own: BaseDatabaseWrapper):
    with pghistory.context(user=3), transaction.atomic(), CaptureQueriesContext(own) as captured:
        Everything.objects.create(name="a")
        Everything.objects.update(number=F("id"))
    assert len(captured) == 2
    assert ["insert into" in captured[0]["sql"].lower(), "update" in captured[1]["sql"].lower()] == [True, True]


def test_prepared_statements_are_prepared_within_a_context_too(connect_with: Callable[..., BaseDatabaseWrapper]):
    connect_with(server_side_binding=True, prepare_threshold=1)
    for number in range(4):
        with pghistory.context(user=number):
            run(INSERT, ("a", number))
    assert [metadata["user"] for metadata in metadata_of_events() if metadata] == [0, 1, 2, 3]
    prepared = [text for (text,) in run("select statement from pg_prepared_statements")]
    assert INSERT.replace("%s, %s", "$1, $2") in prepared
    assert not [text for text in prepared if "set_config" in text]
