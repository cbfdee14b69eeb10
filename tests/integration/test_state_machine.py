"""Random work in several threads, on two databases, in and out of transactions and contexts; then history is read.

A model in Python says what each step leaves behind. Events told again must give exactly the rows, and each event must
have exactly the context that was active when it was made. PGHISTORY_SEED chooses the work; a failure names it.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import itertools
import os
import queue
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import pghistory
from pghistory import contexts
from pghistory.models import Context
from tests.savepoints import new_savepoint
from tests.tracked.models import ByStatement, DenormalisedContext, Everything

ALIASES = ("default", "archive")
TABLES = (
    "tracked_everything, tracked_everythingevent, tracked_bystatement, tracked_bystatementevent, "
    "tracked_denormalisedcontext, tracked_denormalisedcontextevent, pghistory_context"
)
# {level of the triggers: (tracked model, its column of the name)}
KINDS: dict[str, tuple[Any, str]] = {"row": (Everything, "name"), "statement": (ByStatement, '"the name"')}
BINDINGS: tuple[dict[str, Any], ...] = ({}, {"server_side_binding": True}, {"prepare_threshold": 0})
LABELS = ("insert", "update", "delete")
TASKS = "tasks"
"""The name of rows that tasks of an event loop write."""

Row = tuple[str, int | None]


@dataclass
class Told:
    """What one worker has left in one database, as far as it was not rolled back."""

    rows: dict[str, dict[int, Row]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    events: dict[str, list[tuple[str, int, Row, uuid.UUID | None]]] = field(
        default_factory=lambda: {kind: [] for kind in KINDS}
    )
    moments: dict[int, tuple[uuid.UUID | None, Any]] = field(default_factory=dict)
    contexts: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Open:
    """A transaction or savepoint that is open, and what was there before it."""

    kind: str
    block: Any
    before: Told


class Worker:
    """A thread with connections and contexts of its own, which does one thing at a time."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name = name
        self.options = options
        self.orders: queue.Queue[Callable[[], Any] | None] = queue.Queue()
        self.answers: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()
        self.do(self._connect)
        self.forget()

    def forget(self) -> None:
        self.told = {alias: Told() for alias in ALIASES}
        self.open: dict[str, list[Open]] = {alias: [] for alias in ALIASES}
        self.blocks: list[Any] = []
        self.metadata: dict[str, Any] = {}
        self.context_id: uuid.UUID | None = None

    def do(self, order: Callable[[], Any]) -> Any:
        self.orders.put(order)
        answer, error = self.answers.get(timeout=20)
        if error is not None:
            raise error
        return answer

    def stop(self) -> None:
        self.do(connections.close_all)
        self.orders.put(None)
        self.thread.join(timeout=10)

    def _work(self) -> None:
        while (order := self.orders.get()) is not None:
            try:
                self.answers.put((order(), None))
            except BaseException as error:
                self.answers.put((None, error))

    def _connect(self) -> None:
        for alias in ALIASES:
            connection = connections[alias]
            # The dictionary itself belongs to the connections of all threads.
            options = {**connection.settings_dict["OPTIONS"], **self.options}
            connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}

    # What the model says about a write.

    def wrote(self, alias: str, kind: str, label: str, key: int, row: Row) -> None:
        told = self.told[alias]
        told.events[kind].append((label, key, row, self.context_id))
        if self.context_id is not None:
            told.contexts[self.context_id] = dict(self.metadata)
        if label == "delete":
            del told.rows[kind][key]
        else:
            told.rows[kind][key] = row

    def created(self, alias: str, kind: str, made: list[Any]) -> None:
        for each in made:
            self.wrote(alias, kind, "insert", each.pk, (each.name, each.number))

    def changed(self, alias: str, kind: str, keys: list[int], number: Callable[[int | None], int | None]) -> None:
        for key in keys:
            name, before = self.told[alias].rows[kind][key]
            if number(before) != before:
                self.wrote(alias, kind, "update", key, (name, number(before)))
        if keys and kind == "statement" and self.context_id is not None:
            # Other trackers of its model store an event also where nothing changes.
            self.told[alias].contexts[self.context_id] = dict(self.metadata)

    def own(self, alias: str, kind: str) -> Any:
        return KINDS[kind][0].objects.using(alias).filter(name=self.name)

    def rows(self, alias: str, kind: str) -> dict[int, Row]:
        return {row.pk: (row.name, row.number) for row in self.own(alias, kind)}


NUMBERS = st.integers(-2, 2)
WORKERS = st.integers(0, 2)
LEVELS = st.sampled_from(list(KINDS))
METADATA = st.dictionaries(st.sampled_from(["user", "step", "50 %"]), st.sampled_from([1, 2, "é'%s\\", None]))


class History(RuleBasedStateMachine):
    workers: list[Worker]
    steps = itertools.count()

    @initialize()
    def nothing_yet(self) -> None:
        self.tasks = {alias: Told() for alias in ALIASES}
        for worker in self.workers:
            worker.forget()

    @invariant()
    def a_step_was_made(self) -> None:
        next(self.steps)

    # Contexts.

    @rule(worker=WORKERS, metadata=METADATA)
    def enter(self, worker: int, metadata: dict[str, Any]) -> None:
        at = self.workers[worker]
        # Made by the worker, because making it adds to what is active there.
        block = at.do(lambda: pghistory.context(**metadata))
        handle = at.do(block.__enter__)
        at.blocks.append(block)
        at.context_id, at.metadata = handle.id, {**at.metadata, **metadata}

    @precondition(lambda self: any(worker.blocks for worker in self.workers))
    @rule(worker=WORKERS)
    def leave(self, worker: int) -> None:
        at = self.workers[worker]
        if at.blocks:
            block = at.blocks.pop()
            at.do(lambda: block.__exit__(None, None, None))
            if not at.blocks:
                at.context_id, at.metadata = None, {}

    @rule(worker=WORKERS, metadata=METADATA)
    def add(self, worker: int, metadata: dict[str, Any]) -> None:
        at = self.workers[worker]
        at.do(lambda: pghistory.context(**metadata))
        if at.context_id is not None:
            at.metadata = {**at.metadata, **metadata}

    # Transactions.

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), kind=st.sampled_from(["atomic", "savepoint", "raw"]))
    def begin(self, worker: int, alias: str, kind: str) -> None:
        at = self.workers[worker]
        block: Any
        if kind == "atomic" or not at.open[alias]:
            kind, block = "atomic", transaction.atomic(alias)
            at.do(block.__enter__)
        elif kind == "savepoint":
            block = at.do(lambda: new_savepoint(alias))
        else:
            block = f"s{len(at.open[alias])}"
            at.do(lambda: sql(alias, f"savepoint {block}"))
        at.open[alias].append(Open(kind, block, deepcopy(at.told[alias])))

    @rule(
        worker=WORKERS,
        alias=st.sampled_from(ALIASES),
        kind=st.sampled_from(["atomic", "savepoint", "raw"]),
        change=METADATA,
    )
    def take_back(self, worker: int, alias: str, kind: str, change: dict[str, Any]) -> None:
        """A change of the context that the database has seen, and forgets with the savepoint."""
        at = self.workers[worker]
        self.begin(worker, alias, "atomic")
        self.create(worker, alias, 0)
        self.begin(worker, alias, kind)
        if change:
            self.add(worker, change)
        else:
            self.leave(worker)
        self.create(worker, alias, 1)
        self._end(at, alias, fails=True)
        self.create(worker, alias, 2)

    @precondition(lambda self: any(worker.open[alias] for worker in self.workers for alias in ALIASES))
    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), fails=st.booleans())
    def end(self, worker: int, alias: str, fails: bool) -> None:
        at = self.workers[worker]
        if at.open[alias]:
            self._end(at, alias, fails)

    def _end(self, at: Worker, alias: str, fails: bool) -> None:
        ended = at.open[alias].pop()
        if fails:
            at.told[alias] = ended.before
        if ended.kind == "atomic":
            error = ZeroDivisionError() if fails else None
            at.do(lambda: ended.block.__exit__(type(error) if error else None, error, None))
        elif ended.kind == "savepoint":
            done = transaction.savepoint_rollback if fails else transaction.savepoint_commit
            at.do(lambda: done(ended.block, alias))
        else:
            at.do(lambda: sql(alias, f"{'rollback to' if fails else 'release'} {ended.block}"))

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES))
    def reconnect(self, worker: int, alias: str) -> None:
        at = self.workers[worker]
        if not at.open[alias]:
            at.do(lambda: connections[alias].close())  # noqa: PLW0108 - that of the worker's thread

    # Writes.

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), number=NUMBERS, kind=LEVELS)
    def create(self, worker: int, alias: str, number: int, kind: str = "row") -> None:
        at, model = self.workers[worker], KINDS[kind][0]
        at.created(alias, kind, [at.do(lambda: model.objects.using(alias).create(name=at.name, number=number))])

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES))
    def create_denormalised(self, worker: int, alias: str) -> None:
        at = self.workers[worker]
        made = at.do(lambda: DenormalisedContext.objects.using(alias).create(name=at.name))
        metadata = None if at.context_id is None else dict(at.metadata)
        at.told[alias].moments[made.pk] = (at.context_id, metadata)

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), numbers=st.lists(NUMBERS, max_size=3), kind=LEVELS)
    def bulk_create(self, worker: int, alias: str, numbers: list[int], kind: str) -> None:
        at, model = self.workers[worker], KINDS[kind][0]
        rows = [model(name=at.name, number=number) for number in numbers]
        at.created(alias, kind, at.do(lambda: model.objects.using(alias).bulk_create(rows)))

    @rule(
        worker=WORKERS, alias=st.sampled_from(ALIASES), numbers=st.lists(NUMBERS, min_size=1, max_size=3), kind=LEVELS
    )
    def executemany(self, worker: int, alias: str, numbers: list[int], kind: str) -> None:
        at, (model, name) = self.workers[worker], KINDS[kind]
        known = set(at.told[alias].rows[kind])

        def write() -> list[Any]:
            with connections[alias].cursor() as cursor:
                text = f"insert into {model._meta.db_table} ({name}, number) values (%s, %s)"
                cursor.executemany(text, [(at.name, number) for number in numbers])
            return list(at.own(alias, kind).exclude(pk__in=known).order_by("pk"))

        at.created(alias, kind, at.do(write))

    @rule(
        worker=WORKERS, alias=st.sampled_from(ALIASES), numbers=st.lists(NUMBERS, min_size=1, max_size=2), kind=LEVELS
    )
    def raw_insert(self, worker: int, alias: str, numbers: list[int], kind: str) -> None:
        at, (model, name) = self.workers[worker], KINDS[kind]
        rows = ", ".join(f"('{at.name}', {number})" for number in numbers)
        text = f"insert into {model._meta.db_table} ({name}, number) values {rows} returning id"
        for (key,), number in zip(at.do(lambda: sql(alias, text)), numbers, strict=True):
            at.wrote(alias, kind, "insert", key, (at.name, number))

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), number=NUMBERS, kind=LEVELS)
    def save(self, worker: int, alias: str, number: int, kind: str) -> None:
        at = self.workers[worker]

        def write() -> list[int]:
            keys = []
            # Read by a cursor of the server while it is written.
            for row in at.own(alias, kind).order_by("pk").iterator(chunk_size=2):
                row.number = number
                row.save()
                keys.append(row.pk)
            return keys

        at.changed(alias, kind, at.do(write), lambda before: number)

    @rule(
        worker=WORKERS,
        alias=st.sampled_from(ALIASES),
        number=NUMBERS,
        by=st.sampled_from(["orm", "raw", "params"]),
        kind=LEVELS,
    )
    def update(self, worker: int, alias: str, number: int, by: str, kind: str) -> None:
        at, (model, name) = self.workers[worker], KINDS[kind]
        table, keys = model._meta.db_table, sorted(at.told[alias].rows[kind])
        if by == "orm":
            at.do(lambda: at.own(alias, kind).update(number=F("number") + number))
        elif by == "raw":
            at.do(lambda: sql(alias, f"update {table} set number = number + {number} where {name} = '{at.name}'"))
        else:
            text = f"/* by */ update {table} set number = number + %(by)s where {name} = %(name)s"
            at.do(lambda: sql(alias, text, {"by": number, "name": at.name}))
        at.changed(alias, kind, keys, lambda before: None if before is None else before + number)

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES), by=st.sampled_from(["orm", "raw", "one"]), kind=LEVELS)
    def delete(self, worker: int, alias: str, by: str, kind: str) -> None:
        at, (model, name) = self.workers[worker], KINDS[kind]
        keys = sorted(at.told[alias].rows[kind])
        if by == "orm":
            at.do(lambda: at.own(alias, kind).delete())
        elif by == "raw":
            # What psycopg prepares is one statement.
            before = "" if "prepare_threshold" in at.options else "select 1; "
            at.do(lambda: sql(alias, f"{before}delete from {model._meta.db_table} where {name} = '{at.name}'"))
        else:
            keys = keys[:1]
            at.do(lambda: at.own(alias, kind).filter(pk__in=keys).delete())
        for key in keys:
            at.wrote(alias, kind, "delete", key, at.told[alias].rows[kind][key])

    @rule(
        worker=WORKERS,
        alias=st.sampled_from(ALIASES),
        plans=st.lists(st.lists(METADATA, min_size=1, max_size=2), min_size=2, max_size=3),
        kind=LEVELS,
    )
    def side_by_side(self, worker: int, alias: str, plans: list[list[dict[str, Any]]], kind: str) -> None:
        """Tasks of one event loop, each in nested contexts of its own, take turns at every write."""
        written: list[tuple[int, int, uuid.UUID | None, dict[str, Any]]] = []

        async def create(number: int, context_id: uuid.UUID | None, metadata: dict[str, Any]) -> None:
            made = await KINDS[kind][0].objects.using(alias).acreate(name=TASKS, number=number)
            written.append((made.pk, number, context_id, metadata))

        async def task(plan: list[dict[str, Any]], number: int) -> None:
            metadata: dict[str, Any] = {}
            async with AsyncExitStack() as stack:
                for added in plan:
                    metadata = {**metadata, **added}
                    handle = await stack.enter_async_context(pghistory.context(**added))
                    await create(number, handle.id, metadata)
                    await asyncio.sleep(0)
            await create(number, None, {})

        async def tasks() -> None:
            await asyncio.gather(*(task(plan, number) for number, plan in enumerate(plans)))
            await sync_to_async(connections.close_all)()

        # Where no context is active, whatever the worker is in.
        self.workers[worker].do(lambda: contextvars.Context().run(asyncio.run, tasks()))
        told = self.tasks[alias]
        for key, number, context_id, metadata in written:
            told.rows[kind][key] = (TASKS, number)
            told.events[kind].append(("insert", key, (TASKS, number), context_id))
            if context_id is not None:
                told.contexts[context_id] = metadata

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES))
    def fail(self, worker: int, alias: str) -> None:
        at = self.workers[worker]

        @transaction.atomic(alias)
        def write() -> None:
            Everything.objects.using(alias).create(name=at.name)
            Everything.objects.using(alias).create(name=None)  # type: ignore[misc]  # what is to fail

        with pytest.raises(IntegrityError):
            at.do(write)

    @rule(worker=WORKERS, alias=st.sampled_from(ALIASES))
    def read(self, worker: int, alias: str) -> None:
        at = self.workers[worker]
        for kind in KINDS:
            assert at.do(functools.partial(at.rows, alias, kind)) == at.told[alias].rows[kind]
        assert at.do(contexts.active) is None or at.context_id is not None

    # The end.

    def teardown(self) -> None:
        try:
            for at in self.workers:
                for block in reversed(at.blocks):
                    at.do(functools.partial(block.__exit__, None, None, None))
                assert at.do(contexts.active) is None
                for alias in ALIASES:
                    while at.open[alias]:
                        self._end(at, alias, fails=False)
            for alias in ALIASES:
                self._compare(alias)
        finally:
            for at in self.workers:
                at.do(connections.close_all)
            for alias in ALIASES:
                sql(alias, f"truncate {TABLES}")

    def _compare(self, alias: str) -> None:
        known: dict[uuid.UUID, dict[str, Any]] = {}
        for name, told in [*((at.name, at.told[alias]) for at in self.workers), (TASKS, self.tasks[alias])]:
            for kind, (model, _) in KINDS.items():
                events = model.pgh_event_model.objects.using(alias).filter(name=name, pgh_label__in=LABELS)
                found = [
                    (event.pgh_label, event.pgh_obj_id, (event.name, event.number), event.pgh_context_id)
                    for event in events.order_by("pgh_id")
                ]
                assert by_key(found) == by_key(told.events[kind])
                rows = {row.pk: (row.name, row.number) for row in model.objects.using(alias).filter(name=name)}
                assert told_again(found) == told.rows[kind] == rows
            moments = DenormalisedContext.pgh_event_model.objects.using(alias).filter(name=name)
            assert {event.pgh_obj_id: (event.pgh_context_id, event.pgh_context) for event in moments} == told.moments
            known |= told.contexts
        assert {row.pk: row.metadata for row in Context.objects.using(alias)} == known


def by_key(events: list[Any]) -> dict[int, list[Any]]:
    """Each object's events in their order; a statement may write its rows in any."""
    found: dict[int, list[Any]] = {}
    for event in events:
        found.setdefault(event[1], []).append(event)
    return found


def told_again(events: list[Any]) -> dict[int, Row]:
    """The rows that the events leave."""
    rows: dict[int, Row] = {}
    for label, key, row, _ in events:
        assert (key in rows) == (label != "insert")
        rows[key] = row
        if label == "delete":
            assert rows.pop(key) == row
    return rows


def sql(alias: str, text: str, params: Any = None) -> list[Any]:
    with connections[alias].cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    """Of each way to bind parameters."""
    with ExitStack() as stack:
        made = []
        for number, options in enumerate(BINDINGS):
            made.append(Worker(f"worker {number}", options))
            stack.callback(made[-1].stop)
        yield made


@pytest.mark.django_db(transaction=True, databases=list(ALIASES))
def test_history_is_what_happened_and_who_did_it(workers: list[Worker]):
    chosen = int(os.environ.get("PGHISTORY_SEED") or random.randrange(2**32))

    @seed(chosen)
    class Machine(History):
        pass

    Machine.workers = workers
    Machine.steps = itertools.count()
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=80,
                stateful_step_count=50,
                database=None,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except BaseException as error:
        error.add_note(f"PGHISTORY_SEED={chosen} does the same work again.")
        raise
    # Thousands, whatever the seed.
    assert next(Machine.steps) > 2_000
