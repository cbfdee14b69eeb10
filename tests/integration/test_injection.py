"""How a context reaches the database: what is sent, when, and that callers notice nothing of it."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql import base as postgresql
from django.db.models import F
from psycopg import sql

import pghistory
from tests.tracked.models import Everything, Kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("binding", "one_setting")]

INSERT = "insert into tracked_everything (name, number) values (%s, %s)"


def settings_sent(sent: list[str]) -> int:
    return sum("pghistory.context" in text for text in sent)


def run(statement: Any, params: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def held() -> str:
    """The context's id that the connection holds now, read where the wrapper does not see it."""
    row = connection.connection.execute(
        "select split_part(current_setting('pghistory.context', true), E'\\t', 2)"
    ).fetchone()
    return row[0] or ""


def users() -> list[Any]:
    """The `user` of each event's context, in the order of the events."""
    events = Everything.pgh_event_model.objects.order_by("pgh_id").select_related("pgh_context")
    return [event.pgh_context and event.pgh_context.metadata.get("user") for event in events]


def test_nothing_is_added_to_statements_while_no_context_is_active(sent: list[str]):
    Everything.objects.create(name="a")
    run("select 1")
    assert len(sent) == 2
    assert settings_sent(sent) == 0


def test_the_context_is_set_once_in_a_transaction(sent: list[str]):
    with pghistory.context(user=3):
        for name in "abc":
            Everything.objects.create(name=name)
    assert settings_sent(sent) == 1
    assert users() == [3, 3, 3]


def test_a_version_of_the_context_is_set_once(sent: list[str]):
    with pghistory.context(user=3):
        Everything.objects.create(name="a")
        pghistory.context(user=3)
        Everything.objects.create(name="b")
        with pghistory.context():
            Everything.objects.create(name="c")
        assert settings_sent(sent) == 1
        pghistory.context(user=4)
        Everything.objects.create(name="d")
    assert settings_sent(sent) == 2
    assert users() == [4] * 4


def test_the_end_of_the_context_is_told_with_the_next_statement_that_may_write(sent: list[str]):
    with pghistory.context(user=3):
        Everything.objects.create(name="a")
    run("select 1")
    assert settings_sent(sent) == 1
    Everything.objects.create(name="b")
    Everything.objects.create(name="c")
    assert settings_sent(sent) == 2
    assert users() == [3, None, None]


@pytest.mark.parametrize(
    "call",
    [
        lambda: Everything.objects.create(name="b"),
        lambda: Everything.objects.update(name="b"),
        lambda: run("update tracked_everything set name = 'b'"),
    ],
    ids=["create", "update", "raw without params"],
)
def test_a_context_costs_no_round_trip(round_trips: Callable[[Callable[[], Any]], int], call: Callable[[], Any]):
    Everything.objects.create(name="a")
    plain = round_trips(call)
    assert plain >= 1
    with pghistory.context(user=3):
        assert round_trips(call) == plain
        assert round_trips(call) == plain
    assert round_trips(call) == plain
    assert users()[-1] is None


def test_django_counts_one_query_a_statement(django_assert_num_queries: Any):
    with pghistory.context(user=3), django_assert_num_queries(2) as captured:
        Everything.objects.create(name="a")
        Everything.objects.count()
    assert "INSERT INTO" in captured[0]["sql"]


@pytest.mark.parametrize(
    "statement",
    [
        "select count(*), max(name) from tracked_everything where lower(name) in ('a', 'b')",
        "/* who */ -- why\n select 1",
        "(select 1) union all (select 2)",
        "savepoint a",
        "show work_mem",
        "set local work_mem = '4MB'",
        "explain select 1",
    ],
)
def test_statements_that_cannot_write_are_left_alone(sent: list[str], statement: str):
    with pghistory.context(user=3):
        run(statement)
    assert sent == [statement]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into tracked_everything (name) values ('a')",
        "-- why\n/* who */ insert into tracked_everything (name) values ('a')",
        "/* select */insert into tracked_everything (name) values ('a')",
        "with new as (insert into tracked_everything (name) values ('a') returning id) select id from new",
        "explain analyze insert into tracked_everything (name) values ('a')",
        "EXPLAIN (ANALYZE, COSTS OFF) INSERT INTO tracked_everything (name) VALUES ('a')",
        "select 1; insert into tracked_everything (name) values ('a')",
        "do $$ begin insert into tracked_everything (name) values ('a'); end $$",
        "prepare new as insert into tracked_everything (name) values ('a'); execute new; deallocate new",
        "select * from pg_temp.makes_one('a')",
        "select pg_temp.\"makes_one\"('a')",
        "select /* it writes */ pg_temp.makes_one /* here */ ('a')",
        "select pg_temp.makes_one -- here\n ('a')",
        "select pg_temp.now('a')",
        "insert into tracked_everything (name) values ('100%')",
        (
            "merge into tracked_everything as t using (select 'a' as name) as s on false"
            " when not matched then insert (name) values (s.name)"
        ),
    ],
)
def test_statements_that_may_write_have_the_context(statement: str):
    for name in ("makes_one", "now"):
        run(
            f"create function pg_temp.{name}(text) returns bigint language sql as"
            " $$ insert into tracked_everything (name) values ($1) returning id $$"
        )
    with pghistory.context(user=3):
        run(statement)
    assert users() == [3]


def test_a_select_pays_only_when_it_calls_an_unknown_function(sent: list[str]):
    with pghistory.context(user=3):
        run("select pg_catalog.txid_current()")
    assert settings_sent(sent) == 1


@pytest.mark.parametrize("value", ["100%", "%s", "%(name)s", "%%", "$pgh$", "'", ";", "\\"])
def test_literals_of_the_statement_stay_as_they_are(value: str):
    text = "insert into tracked_everything (name) values ('{}')".format(value.replace("'", "''"))
    with pghistory.context(user="%s 100% %(name)s"):
        run(text)
    assert Everything.objects.get().name == value
    assert users() == ["%s 100% %(name)s"]


@pytest.mark.parametrize("params", [("a", 1), ["a", 1], {"name": "a", "number": 1}], ids=["tuple", "list", "dict"])
def test_the_callers_params_are_never_altered(params: Any):
    before = copy.deepcopy(params)
    named = "insert into tracked_everything (name, number) values (%(name)s, %(number)s)"
    with pghistory.context(name="context", number=2):
        run(named if isinstance(params, dict) else INSERT, params)
    assert params == before
    assert Everything.objects.values_list("name", "number").get() == ("a", 1)


@pytest.fixture(params=["client", "server"])
def binding(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who puts params into the text: psycopg, or PostgreSQL."""
    if request.param == "server":
        connection.ensure_connection()
        monkeypatch.setattr(connection.features, "uses_server_side_binding", True)
        monkeypatch.setattr(connection.connection, "cursor_factory", postgresql.ServerBindingCursor)
    return str(request.param)


@pytest.mark.parametrize("params", [None, (), [], {}], ids=["none", "tuple", "list", "dict"])
def test_empty_params_mean_what_they_mean_to_psycopg(params: Any):
    text = "insert into tracked_everything (name) values ('a')"
    with pghistory.context(user=3):
        run(text, params)
    assert users() == [3]


def test_composed_sql_has_the_context():
    table = sql.Identifier("tracked_everything")
    insert = sql.SQL("insert into {} (name, number) values ({}, {})").format(table, "a", sql.Placeholder())
    with pghistory.context(user="100%"):
        run(insert, (1,))
        run(sql.SQL("update {} set name = {}").format(table, "100%"))
    assert Everything.objects.get().name == "100%"
    assert users() == ["100%", "100%"]


def test_bytes_have_the_context():
    with pghistory.context(user=3):
        run(INSERT.encode(), ("a", 1))
    assert users() == [3]


def test_results_row_counts_and_returned_rows_are_the_callers():
    Everything.objects.bulk_create([Everything(name=name) for name in "abc"])
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.execute("update tracked_everything set number = 1 where name <> 'a' returning name")
        assert cursor.rowcount == 2
        assert [column.name for column in cursor.description] == ["name"]
        assert sorted(cursor.fetchall()) == [("b",), ("c",)]
        pghistory.context(step=2)
        cursor.execute("delete from tracked_everything where name = 'c'")
        assert cursor.rowcount == 1
        assert cursor.description is None
        pghistory.context(step=3)
        cursor.execute("select txid_current() > 0")
        assert cursor.fetchall() == [(True,)]


def test_several_results_of_one_string_are_all_there():
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.execute("insert into tracked_everything (name) values ('a') returning name; select 2; select 3")
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
    assert found == [[("a",)], [(2,)], [(3,)]]


def test_executemany_has_the_context_and_its_params_stay_as_they_are():
    rows: list[Any] = [("a", 1), ("b", 2)]
    named: list[Any] = [{"name": "c", "number": 3}, {"name": "d", "number": 4}]
    with pghistory.context(user=3), connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
        assert cursor.rowcount == 2
        pghistory.context(step=2)
        cursor.executemany("insert into tracked_everything (name, number) values (%(name)s, %(number)s)", named)
        pghistory.context(step=3)
        cursor.executemany(INSERT, [])
    assert rows == [("a", 1), ("b", 2)]
    assert named == [{"name": "c", "number": 3}, {"name": "d", "number": 4}]
    assert users() == [3] * 4


def test_a_server_side_cursor_is_read_to_its_end_inside_a_context():
    Everything.objects.bulk_create([Everything(name=str(number)) for number in range(5)])
    with pghistory.context(user=3):
        names = [row.name for row in Everything.objects.order_by("id").iterator(chunk_size=2)]
        Everything.objects.create(name="new")
    assert names == ["0", "1", "2", "3", "4"]
    assert users()[-1] == 3


def test_a_named_cursor_over_a_function_that_writes_has_the_context():
    run(
        "create function pg_temp.makes_one(text) returns bigint language sql as"
        " $$ insert into tracked_everything (name) values ($1) returning id $$"
    )
    with pghistory.context(user=3), connection.chunked_cursor() as cursor:
        cursor.execute("select pg_temp.makes_one('a')")
        assert len(cursor.fetchall()) == 1
    assert users() == [3]


def test_a_statement_that_fails_says_what_it_would_say_without_a_context():
    Kept.objects.create(name="a")

    def fail() -> None:
        with transaction.atomic():
            Kept.objects.create(name="a")

    with pytest.raises(IntegrityError) as plain:
        fail()
    with pytest.raises(IntegrityError) as within:
        pghistory.context(user=3)(fail)()
    assert isinstance(within.value.__cause__, psycopg.errors.UniqueViolation)
    assert str(within.value) == str(plain.value)
    assert Kept.objects.count() == 1


def test_a_query_expression_of_django_has_the_context():
    Everything.objects.create(name="a", number=1)
    with pghistory.context(user=3):
        Everything.objects.update(number=F("number") + 1)
    assert users() == [None, 3]


def test_settings_of_the_context_end_with_the_transaction():
    with pghistory.context(user=3):
        Everything.objects.create(name="a")
        assert held() != ""
    Everything.objects.create(name="b")
    assert held() == ""


@pytest.mark.parametrize("undo", ["rollback to a", "ROLLBACK TO SAVEPOINT a", "/* x */ rollback work to savepoint a"])
def test_a_rollback_in_raw_sql_never_brings_a_finished_context_back(undo: str):
    with pghistory.context(user=3):
        Everything.objects.create(name="a")
        run("savepoint a")
    Everything.objects.create(name="clears")
    run(undo)
    Everything.objects.create(name="b")
    assert users() == [3, None]


def test_a_rollback_in_raw_sql_does_not_cost_the_context():
    with pghistory.context(user=3):
        run("savepoint a")
        Everything.objects.create(name="a")
        run("rollback to savepoint a")
        Everything.objects.create(name="b")
    assert users() == [3]


def test_no_warning_is_given():
    with warnings.catch_warnings(record=True) as caught, pghistory.context(user=3):
        warnings.simplefilter("always")
        Everything.objects.create(name="a")
    assert caught == []
