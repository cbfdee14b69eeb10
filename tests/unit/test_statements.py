"""What the text of a statement gives away, and what it must not be believed to give away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from pghistory import statements

READ_ONLY = [
    "select 1",
    'SELECT COUNT(*) AS "__count" FROM "a" WHERE ("a"."b" IN (1, 2) AND UPPER("a"."c"::text) LIKE UPPER(\'x\'))',
    "  \n-- why\n/* who */ select lower(a) from b",
    "(select 1) union (select 2)",
    "select 1;",
    "select a from b where c between (1) and (2) /* traceparent='00-1' */",
    "show all",
    "savepoint a",
    "release savepoint a",
    "rollback to savepoint a",
    "commit",
    "set local x = 'y'",
    "explain select f(x)",
    "",
    "-- nothing",
    " ; ;",
]

WRITING = [
    "insert into a values (1)",
    "update a set b = 1",
    "delete from a",
    "merge into a using b on true when matched then delete",
    "truncate a",
    "with a as (delete from b returning *) select * from a",
    "select f(1)",
    "select app.lower('a')",
    'select "lower"("a")',
    "select f /* x */ (1)",
    "select f -- x\n (1)",
    "select lower(a) into b from c",
    "select 1; delete from a",
    "explain analyze delete from a",
    "explain (analyse on) delete from a",
    "do $$ begin end $$",
    "call p()",
    "copy a from stdin",
    "execute a",
    "values (f(1))",
    "table a",
    "declare c cursor for select f()",
    "refresh materialized view a",
    "fetch forward 10 from cursor",
    "move all in cursor",
    "/* /* select 1 */ */ delete from a",
    "\x00",
    "é",
]


@pytest.mark.parametrize("text", READ_ONLY)
def test_these_cannot_write(text: str):
    assert statements.read(text).cannot_write


@pytest.mark.parametrize("text", WRITING)
def test_these_may_write(text: str):
    assert not statements.read(text).cannot_write


@pytest.mark.parametrize(
    "text",
    [
        "rollback",
        "ROLLBACK TO SAVEPOINT a",
        "/* x */ commit",
        "insert into a values (1); commit",
        "abort",
        "begin",
        "start transaction",
        "end",
        "prepare transaction 'a'",
        "discard all",
        "reset all",
    ],
)
def test_these_may_move_the_transaction(text: str):
    assert statements.read(text).moves_transaction


@pytest.mark.parametrize("text", ["select 1", "insert into a values (1)", "savepoint a", "set x = 1"])
def test_these_stay_in_the_transaction(text: str):
    assert not statements.read(text).moves_transaction


LONG = " " * statements.LONGEST_READ


@pytest.mark.parametrize("statement", [b"select 1", sql.SQL("select 1"), "select 1; commit" + LONG, "do $$$$" + LONG])
def test_what_is_no_text_or_too_long_may_do_anything(statement: object):
    found = statements.read(statement)
    assert not found.cannot_write
    assert found.moves_transaction


def test_a_long_statement_that_only_writes_moves_nothing():
    found = statements.read(f"insert into a values ('{LONG}')")
    assert not found.cannot_write
    assert not found.moves_transaction


@given(st.text(), st.sampled_from(["insert into a values (1)", "delete from a", "select f(1)"]))
def test_a_writing_statement_is_never_hidden_behind_another(text: str, writing: str):
    assert not statements.read(f"select '{text}'; {writing}").cannot_write


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str):
    found = statements.read(text)
    assert {type(found.cannot_write), type(found.moves_transaction)} == {bool}


def test_reading_takes_no_longer_for_a_hostile_text():
    text = "select " + "/*" * 4000
    assert not statements.read(text).cannot_write
    assert statements.read("select " + "(" * 9000).cannot_write
