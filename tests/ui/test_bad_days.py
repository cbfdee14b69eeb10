"""Each kind of job meets an application that holds what it needs: it ends in words, loses nothing, and goes on once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection

import pghistory
from demo_project.shop.models import Product, Supplier
from demo_project.shop.seed import work
from pghistory import jobs, restore
from pghistory.jobs import worker
from pghistory.models import Job, JobRange
from tests.integration.servers import address_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 12
KINDS = ("backfill", "undo", "restore", "export")
HELD = {"export": "access exclusive"}
"""The lock that keeps a kind from its work; others only write."""


@dataclass
class Errand:
    """A job that is about to begin, and what it does once it may."""

    job: Job
    folder: Path
    events: int
    due: int
    lines: int

    @property
    def is_untouched(self) -> bool:
        return event_model().objects.count() == self.events and not self.files

    @property
    def is_done_once(self) -> bool:
        self.job.refresh_from_db()
        lines = [len(path.read_text().splitlines()) for path in self.files]
        written = event_model().objects.count() - self.events
        return (self.job.state, written, lines) == ("done", self.due, [self.lines] if self.lines else [])

    @property
    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


def event_model() -> Any:
    return pghistory.registry.event_model(Product, "insert")


@pytest.fixture(params=KINDS)
def queued(request: pytest.FixtureRequest, transactional_db: None, settings: Any, tmp_path: Path) -> Errand:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "pghistory": folder}
    owner = User.objects.create_superuser("mara")
    supplier = Supplier.objects.create(name="Nordvik", iban="x")
    work.older_products(NUMBER)
    for number in range(NUMBER):
        Product.objects.create(name=f"Throw {number}", sku=f"T-{number}", price=10, supplier=supplier)
    with pghistory.context() as context:
        Product.objects.filter(name__startswith="Throw").update(price=1)
    first = event_model().objects.order_by("pgh_id").first()
    kind = request.param
    arguments: dict[str, Any]
    match kind:
        case "backfill":
            arguments = {"model": "shop.Product"}
        case "undo":
            arguments = {"token": restore.undo(context.id).token, "model": "x", "said": {}}
        case "restore":
            arguments = {"token": restore.plan(first, fields=["price"]).token, "model": "x", "said": {}}
        case _:
            arguments = {"query": "model=shop.Product", "format": "jsonl"}
    due = {"backfill": NUMBER, "undo": NUMBER, "restore": 1, "export": 0}[kind]
    name = "restore" if kind == "undo" else kind
    job = jobs.order(name, {**arguments, "site": "admin"}, owner=owner)
    lines = 2 * NUMBER if kind == "export" else 0
    return Errand(job, tmp_path, event_model().objects.count(), due, lines)


@pytest.fixture
def errand(queued: Errand) -> Errand:
    worker.begin(queued.job.pk, "default")
    return queued


@pytest.fixture
def application(errand: Errand) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of an application, which holds the event table and is not at an end."""
    with psycopg.connect(address_of_test_database()) as held:
        held.execute(f"lock table shop_productevent in {HELD.get(errand.job.kind, 'exclusive')} mode")
        yield held


@pytest.fixture
def maintenance(queued: Errand) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that lets nobody read what a job has to count before it begins."""
    with psycopg.connect(address_of_test_database()) as held:
        held.execute("lock table shop_product, shop_productevent in access exclusive mode")
        yield held


def at_work(job: Job) -> threading.Thread:
    """A worker of a job, in a thread and on a connection of its own."""

    def labour() -> None:
        try:
            jobs.work(job.pk, using="default")
        finally:
            connection.close()

    thread = threading.Thread(target=labour)
    thread.start()
    return thread


def until(happens: Callable[[], bool]) -> None:
    """Waits for it."""
    deadline = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ends_in_words(errand: Errand, application: psycopg.Connection[Any], words: tuple[str, ...]) -> None:
    """The job fails, says why, has done nothing, and is done once when it is resumed."""
    job = jobs.work(errand.job.pk, using="default")
    assert job.state == "failed"
    assert any(each in job.error for each in words), job.error
    assert job.lines.filter(level="error").get().text == job.error
    assert JobRange.objects.filter(job=job, done_at=None).count() == 1
    application.rollback()
    assert errand.is_untouched
    jobs.resume(job)
    jobs.work(job.pk, using="default")
    assert errand.is_done_once


def test_a_lock_that_is_not_given_back_ends_each_kind_of_job_in_words(
    errand: Errand, application: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "LOCK_TIMEOUT", "200ms")
    monkeypatch.setattr("pghistory.restore.rehearsals.LOCK_TIMEOUT", "200ms")
    ends_in_words(errand, application, ("due to lock timeout", "they are locked"))
    assert sorted(errand.job.lines.filter(level="warning").values_list("level", flat=True)) == ["warning"] * 2


COUNTING = pytest.mark.parametrize("queued", ["backfill", "export"], indirect=True)
BLOCKED = "It could not begin and is tried again: canceling statement due to lock timeout"


@COUNTING
def test_a_lock_that_keeps_a_job_from_beginning_ends_it_in_words(
    queued: Errand, maintenance: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "LOCK_TIMEOUT", "200ms")
    job = jobs.work(queued.job.pk, using="default")
    assert (job.state, job.error) == ("failed", "canceling statement due to lock timeout")
    assert list(job.lines.order_by("pk").values_list("text", flat=True)) == [BLOCKED, BLOCKED, job.error]
    assert not JobRange.objects.filter(job=job).exists()
    maintenance.rollback()
    assert queued.is_untouched
    assert jobs.resume(job).state == "queued"
    jobs.work(job.pk, using="default")
    assert queued.is_done_once


@pytest.fixture
def waiting(queued: Errand, maintenance: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> threading.Thread:
    """A worker whose first attempt to begin has failed for a lock."""
    monkeypatch.setattr(worker, "LOCK_TIMEOUT", "500ms")
    # However slow this thread is, an attempt is left.
    monkeypatch.setattr(worker, "ATTEMPTS", 1_000)
    thread = at_work(queued.job)
    until(queued.job.lines.exists)
    return thread


@COUNTING
def test_a_job_that_waits_for_a_lock_begins_when_it_is_given_back(
    queued: Errand, maintenance: psycopg.Connection[Any], waiting: threading.Thread
):
    maintenance.rollback()
    waiting.join(60)
    assert queued.is_done_once
    assert queued.job.lines.filter(level="warning").values_list("text", flat=True)[0] == BLOCKED


@COUNTING
def test_a_job_that_waits_for_a_lock_can_be_cancelled(
    queued: Errand, maintenance: psycopg.Connection[Any], waiting: threading.Thread
):
    assert jobs.cancel(queued.job).state == "cancelled"
    waiting.join(60)
    maintenance.rollback()
    queued.job.refresh_from_db()
    assert queued.job.state == "cancelled"
    assert queued.is_untouched


def test_a_statement_that_takes_too_long_ends_each_kind_of_job_in_words(
    errand: Errand, application: psycopg.Connection[Any]
):
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = '1s'")
        try:
            ends_in_words(errand, application, ("due to statement timeout",))
        finally:
            cursor.execute("set statement_timeout = 0")


def test_a_deadlock_with_an_application_takes_each_kind_of_job_back_and_it_is_tried_again(
    errand: Errand, application: psycopg.Connection[Any]
):
    thread = at_work(errand.job)
    with psycopg.connect(address_of_test_database(), autocommit=True) as watch:
        waiting = "select 1 from pg_locks where not granted and relation = 'shop_productevent'::regclass"
        until(lambda: watch.execute(waiting).fetchone() is not None)
    # The worker has looked at its owner; of the two, the one that looks for deadlocks first gives way.
    application.execute("set local deadlock_timeout = '30s'")
    application.execute("lock table auth_user in access exclusive mode")
    application.rollback()
    thread.join(60)
    assert not thread.is_alive()
    again = errand.job.lines.filter(level="warning").get().text
    assert again.startswith("Range 1 was rolled back and is tried again")
    assert "deadlock detected" in again or "each waited for the other" in again
    assert errand.is_done_once
