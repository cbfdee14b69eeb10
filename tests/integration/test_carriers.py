"""Contexts that travel into jobs and commands: Celery's tasks, Django's tasks, management commands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, Task, chain, signals
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Ignore
from django.core import signing
from django.core.management import call_command
from django.core.management.base import CommandError, LabelCommand
from django_tasks import task as django_task

import pghistory
from pghistory import contexts, errors
from pghistory.carriers import celery as celery_carrier
from pghistory.carriers import jobs
from pghistory.carriers.commands import HistoryCommand
from tests.integration.writing import metadata_of_events
from tests.tracked.models import Everything

app = Celery("tests", broker="memory://", backend="cache+memory://", set_as_current=False)
app.conf.update(
    broker_connection_retry_on_startup=False, task_default_queue="pghistory", worker_hijack_root_logger=False
)


@app.task(name="write")
def write(name: str = "a", *added: str) -> None:
    for step in added:
        pghistory.context(step=step)
    Everything.objects.create(name=name)


@app.task(name="fail")
def fail() -> None:
    write()
    raise ZeroDivisionError


@app.task(name="skip")
def skip() -> None:
    write()
    raise Ignore


@app.task(name="again", bind=True, max_retries=2, default_retry_delay=0)
def again(self: Task[Any, Any]) -> None:
    write(str(self.request.retries))
    if self.request.retries < 2:
        raise self.retry(countdown=0)


@app.task(name="order another")
def order_another() -> None:
    write.delay("second")


@pytest.fixture
def carried() -> Iterator[None]:
    """Contexts travel with tasks for as long as the test lasts."""
    celery_carrier.connect()
    yield
    for signal in (signals.before_task_publish, signals.task_prerun, signals.task_postrun):
        assert signal.disconnect(dispatch_uid="pghistory")


@pytest.fixture(scope="module")
def running_worker() -> Iterator[None]:
    """A worker in a thread of its own, which stops slowly."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20, loglevel="ERROR"):
        yield


@pytest.fixture
def worker(transactional_db: None, carried: None, running_worker: None) -> None:
    """It has its own connection to the database, which it closes after each task."""


def wait(result: Any) -> Any:
    return result.get(timeout=10, propagate=False, interval=0.02)


@pytest.mark.usefixtures("worker")
def test_a_worker_writes_in_the_context_of_whoever_ordered_the_task():
    with pghistory.context(user=3, url="/order/") as ordered:
        results = [write.delay("first"), write.apply_async(("second",)), app.send_task("write", ("third",))]
    results.append(write.delay("fourth"))
    with pghistory.context(user=4):
        results.append(write.delay("fifth"))
    for result in results:
        wait(result)
    user, mine, other = {"user": 3, "url": "/order/"}, {"task": "write"}, {"user": 4}
    assert metadata_of_events() == [user, user, user, mine, other]
    ids = Everything.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_context_id", flat=True)
    assert set(ids[:3]) == {ordered.id}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("task", [fail, skip], ids=lambda task: task.name)
def test_a_task_that_does_not_succeed_leaves_no_context_behind(task: Any):
    with pghistory.context(user=3):
        result = task.delay()
    if task is fail:
        wait(result)
    wait(write.delay())
    assert metadata_of_events() == [{"user": 3}, {"task": "write"}]


@pytest.mark.usefixtures("worker")
def test_a_task_that_is_tried_again_keeps_its_context():
    with pghistory.context(user=3):
        result = again.delay()
    wait(result)
    wait(write.delay())
    assert metadata_of_events() == [{"user": 3}] * 3 + [{"task": "write"}]


@pytest.mark.usefixtures("worker")
def test_tasks_that_follow_from_a_task_share_its_context():
    with pghistory.context(user=3):
        result = chain(write.si("first"), write.si("second"), order_another.si()).apply_async()
    wait(result)
    for _ in range(2):
        wait(write.delay("last"))
    assert metadata_of_events()[:3] == [{"user": 3}] * 3
    assert metadata_of_events()[-1] == {"task": "write"}


@pytest.mark.usefixtures("worker")
def test_a_forged_token_is_logged_and_the_task_is_done_without_it(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR):
        wait(write.apply_async(headers={celery_carrier.HEADER: "forged"}))
    assert metadata_of_events() == [{"task": "write"}]
    assert "InvalidToken" in caplog.text


@pytest.mark.usefixtures("carried")
@pytest.mark.django_db
def test_an_eager_task_stays_in_the_context_of_its_caller():
    with pghistory.context(user=3):
        write.apply(("first", "one"))
        Everything.objects.create(name="second")
    write.apply(("third",))
    Everything.objects.create(name="fourth")
    assert metadata_of_events() == [{"user": 3, "step": "one"}] * 2 + [{"task": "write"}, None]


@pytest.mark.usefixtures("carried")
@pytest.mark.django_db
def test_an_eager_task_that_is_tried_again_leaves_every_block():
    assert again.apply().state == "SUCCESS"
    assert contexts.active() is None
    assert metadata_of_events() == [{"task": "again"}] * 3


@jobs.carried
def work(name: str, *, number: int | None = None) -> str:
    """Writes a row."""
    Everything.objects.create(name=name, number=number)
    return name


@jobs.carried
async def work_async(name: str) -> str:
    await Everything.objects.acreate(name=name)
    return name


@pytest.mark.django_db
def test_a_task_of_django_works_in_the_context_of_whoever_ordered_it(settings: Any):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    task = django_task()(work)
    with pghistory.context(user=3) as ordered:
        result = jobs.enqueue(task, "a", number=7)
    nobodys = jobs.enqueue(task, "b")
    assert nobodys.kwargs == {}
    for each in (result, nobodys):
        assert each.task.func(*each.args, **each.kwargs) == each.args[0]
    assert metadata_of_events() == [{"user": 3}, {"task": f"{__name__}.work"}]
    assert Everything.pgh_event_model.objects.earliest("pgh_id").pgh_context_id == ordered.id
    assert contexts.active() is None


@pytest.mark.django_db
def test_a_task_of_django_that_runs_at_once_stays_in_the_context(settings: Any):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    task = django_task()(work)
    with pghistory.context(user=3):
        assert jobs.enqueue(task, "a").return_value == "a"
        pghistory.context(step=2)
        Everything.objects.create(name="b")
    assert metadata_of_events() == [{"user": 3, "step": 2}] * 2


@pytest.mark.django_db(transaction=True)
def test_tasks_are_ordered_and_done_in_asynchronous_code_too(settings: Any):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    task = django_task()(work_async)

    async def order() -> Any:
        async with pghistory.context(user=3):
            return await jobs.aenqueue(task, "a")

    async def run() -> None:
        result = await order()
        assert contexts.active() is None
        await result.task.func(*result.args, **result.kwargs)

    asyncio.run(run())
    assert metadata_of_events() == [{"user": 3}]


def test_a_carried_function_looks_like_itself():
    assert work.__name__ == "work"
    assert work.__doc__ == "Writes a row."


def test_a_forged_token_fails_the_job():
    with pytest.raises(errors.InvalidToken):
        work("a", **{jobs.ARGUMENT: signing.dumps("forged")})  # type: ignore[arg-type]  # which `work` itself never sees


class Import(HistoryCommand, LabelCommand):
    """Reads files."""

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--fail", action="store_true")

    def handle_label(self, label: str, **options: Any) -> str:
        Everything.objects.create(name=label[:16])
        if options["fail"]:
            raise CommandError("no")
        return label


Import.__module__ = "shop.management.commands.import_orders"


@pytest.mark.django_db(transaction=True)
def test_a_command_is_known_by_what_was_typed(capsys: pytest.CaptureFixture[str]):
    Import().run_from_argv(["manage.py", "import_orders", "a file.csv", "b.csv", "--skip-checks"])
    assert metadata_of_events() == [{"command": "import_orders 'a file.csv' b.csv --skip-checks"}] * 2
    assert capsys.readouterr().out == "a file.csv\nb.csv\n"


@pytest.mark.django_db
def test_a_command_called_by_code_is_known_by_its_name_and_joins_the_context(capsys: pytest.CaptureFixture[str]):
    call_command(Import(), "a.csv")
    with pghistory.context(user=3):
        call_command(Import(), "b.csv")
    assert metadata_of_events() == [{"command": "import_orders"}, {"user": 3, "command": "import_orders"}]


@pytest.mark.django_db
def test_a_command_that_fails_leaves_no_context():
    with pytest.raises(CommandError):
        call_command(Import(), "a.csv", fail=True)
    assert contexts.active() is None


@pytest.mark.django_db
def test_a_command_may_say_less_or_more(capsys: pytest.CaptureFixture[str]):
    class Discreet(Import):
        def get_context(self, *args: Any, **options: Any) -> dict[str, Any]:
            return {"command": "import", "files": len(args)}

    call_command(Discreet(), "a.csv", "b.csv")
    assert metadata_of_events()[0] == {"command": "import", "files": 2}


def test_what_cannot_be_stored_of_a_command_line_is_replaced():
    command = Import()
    command._arguments = ["nul\x00"]
    assert command.get_context()["command"] == "import_orders 'nul\ufffd'"
