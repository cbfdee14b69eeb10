"""History is complete: the events of a table, told again, give the table."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st

from pghistory.timeline import Entry, Timeline
from tests.savepoints import new_savepoint
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(["a", "b", "", "é'%s\\"])
NUMBERS = st.none() | st.integers(-2, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), NAMES, NUMBERS),
        st.tuples(st.just("bulk_create"), NAMES, NUMBERS),
        st.tuples(st.just("save"), NAMES, NUMBERS),
        st.tuples(st.just("update"), NAMES, NUMBERS),
        st.tuples(st.just("add"), NAMES, st.integers(0, 2)),
        st.tuples(st.just("delete"), NAMES, NUMBERS),
        st.tuples(st.just("undone"), NAMES, NUMBERS),
    ),
    max_size=12,
)


def take(kind: str, name: str, number: int | None) -> None:
    """One write, by one of the ways there are."""
    rows = Everything.objects.filter(name=name)
    if kind == "create":
        Everything.objects.create(name=name, number=number)
    elif kind == "bulk_create":
        Everything.objects.bulk_create([Everything(name=each, number=number) for each in (name, "b")])
    elif kind == "save":
        for row in rows:
            row.number = number
            row.save()
    elif kind == "update":
        rows.update(name="b", number=number)
    elif kind == "add":
        Everything.objects.update(number=F("number") + number)
    elif kind == "delete":
        rows.delete()
    else:
        undone(name, number)


def undone(name: str, number: int | None) -> None:
    """Writes that are rolled back, of which no history may speak."""
    savepoint = new_savepoint()
    Everything.objects.create(name=name, number=number)
    Everything.objects.update(number=7)
    transaction.savepoint_rollback(savepoint)


def told_again(entries: list[Entry]) -> dict[int, Any]:
    """{key: row} as the entries say, each of which must fit to what was told before."""
    rows: dict[int, Any] = {}
    for entry in entries:
        assert entry.before == rows.get(entry.obj_id)
        if entry.kind == "delete":
            del rows[entry.obj_id]
        else:
            rows[entry.obj_id] = entry.after
    return rows


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_events_told_again_give_the_table(steps: list[tuple[str, str, int | None]]):
    with transaction.atomic():
        for step in steps:
            take(*step)
        entries = list(Timeline().across(Everything).entries(batch=7))[::-1]
        rows = {row["id"]: row for row in Everything.objects.values("id", "name", "number")}
        assert told_again(entries) == rows
        transaction.set_rollback(True)
