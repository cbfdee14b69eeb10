"""Statement level gives the same events as row level, whatever the statement does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Value
from hypothesis import given, settings
from hypothesis import strategies as st

import pghistory
from pghistory.models import Context
from tests.tracked.models import ByRow, ByStatement

pytestmark = pytest.mark.django_db

MODELS = (ByRow, ByStatement)


def events(model: Any) -> list[tuple[Any, ...]]:
    """What was stored, a statement's events of one object side by side; keys count from the first one."""
    columns = ("pgh_label", "pgh_obj_id", "id", "name", "number", "data", "doubled")
    return sorted(model.pgh_event_model.objects.values_list(*columns), key=repr)


def run(statement: str) -> Callable[[Any], None]:
    def call(model: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=model._meta.db_table))

    return call


STATEMENTS: dict[str, Callable[[Any], Any]] = {
    "update some": lambda model: model.objects.filter(number__lt=100).update(number=F("number") - 1),
    "update none": lambda model: model.objects.filter(number=-1).update(number=5),
    "update nothing": lambda model: model.objects.update(number=F("number")),
    "update two fields": lambda model: model.objects.update(number=F("number") + 1, name=Value("z")),
    "to null and back": lambda model: (model.objects.update(name=None), model.objects.update(name="a")),
    "json": lambda model: model.objects.update(data={"a": [1]}),
    "delete some": lambda model: model.objects.filter(number__gte=100).delete(),
    "delete all": lambda model: model.objects.all().delete(),
    "save": lambda model: model.objects.order_by("pk").last().save(),
    "new keys": run('update "{table}" set id = id + 1000'),
    "new keys and values": run('update "{table}" set id = id + 1000, number = number - 1'),
    "shifted keys": run('update "{table}" set id = id + 1'),
    "exchanged keys": run('update "{table}" set id = 5 - id, number = number + 1'),
    "some new keys": run('update "{table}" set id = case when number > 1 then -id else id end'),
    "update from itself": run('update "{table}" as a set number = b.number from "{table}" as b where b.id = 5 - a.id'),
    "upsert": run(
        'insert into "{table}" (id, number) values (1, 7), (90, 120)'
        " on conflict (id) do update set number = excluded.number"
    ),
    "merge": run(
        'merge into "{table}" as t using (values (1, 8), (91, 130)) as s (id, number) on s.id = t.id'
        " when matched then update set number = s.number"
        " when not matched then insert (id, number) values (s.id, s.number)"
    ),
    "delete and insert": run(
        'with gone as (delete from "{table}" returning number) insert into "{table}" (id, number)'
        " select 100 + number, number from gone"
    ),
}


def fill(model: Any, *, deferrable: bool) -> None:
    """Four rows; only where the key is checked at the end of a statement may it exchange theirs."""
    table = model._meta.db_table
    if deferrable:
        with connection.cursor() as cursor:
            cursor.execute(f'alter table "{table}" drop constraint "{table}_pkey" cascade')
            cursor.execute(f'alter table "{table}" add primary key (id) deferrable')
    values = enumerate([(None, 1), ("a", 2), (None, 100), ("c", 150)], start=1)
    model.objects.bulk_create([model(id=key, name=name, number=number) for key, (name, number) in values])


@pytest.mark.parametrize("statement", STATEMENTS)
def test_both_levels_store_the_same_events(statement: str):
    for model in MODELS:
        fill(model, deferrable="keys" in statement)
        STATEMENTS[statement](model)
    assert events(ByStatement) == events(ByRow)


def test_an_update_of_keys_is_recorded_at_statement_level():
    row = ByStatement.objects.create(id=1, number=5)
    ByStatement.objects.filter(pk=1).update(id=2)
    found = ByStatement.pgh_event_model.objects.filter(pgh_label="update").values_list("pgh_obj_id", "id", "number")
    assert list(found) == [(2, 2, 5)]
    assert row.pk == 1


def test_events_of_a_statement_share_its_context():
    with pghistory.context(user=3):
        ByStatement.objects.bulk_create([ByStatement(number=number) for number in range(3)])
        ByStatement.objects.update(number=F("number") + 1)
    assert Context.objects.count() == 1
    assert {event.pgh_context_id for event in ByStatement.pgh_event_model.objects.all()} == {Context.objects.get().pk}


def test_a_statement_that_touches_nothing_writes_no_context():
    with pghistory.context(user=3):
        ByStatement.objects.update(number=1)
        ByStatement.objects.all().delete()
    assert not Context.objects.exists()


WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(1, 6), st.sampled_from(["a", None]), st.integers(98, 101)),
        st.tuples(st.just("update"), st.integers(1, 6), st.sampled_from(["a", "b", None]), st.integers(98, 101)),
        st.tuples(st.just("key"), st.integers(1, 6), st.just(None), st.integers(1, 6)),
        st.tuples(st.just("delete"), st.integers(1, 6), st.just(None), st.just(0)),
    ),
    max_size=8,
)


def write(model: Any, kind: str, limit: int, name: str | None, number: int) -> None:
    rows = model.objects.filter(pk__lte=limit)
    if kind == "insert":
        taken = set(model.objects.values_list("pk", flat=True))
        model.objects.bulk_create(
            [model(pk=key, name=name, number=number) for key in range(1, limit + 1) if key not in taken]
        )
    elif kind == "update":
        rows.update(name=name, number=number)
    elif kind == "key":
        model.objects.update(id=F("id") + number * 100)
        model.objects.update(id=F("id") - number * 100)
    else:
        rows.delete()


@settings(max_examples=25, deadline=None)
@given(writes=WRITES)
def test_both_levels_tell_the_same_story(writes: list[tuple[str, int, str | None, int]]):
    with transaction.atomic():
        for model in MODELS:
            for step in writes:
                write(model, *step)
        assert events(ByStatement) == events(ByRow)
        transaction.set_rollback(True)
