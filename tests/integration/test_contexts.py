"""Contexts: what a block, a call, a task or a thread hands to the events that it makes."""

import asyncio
import datetime as dt
import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.test import override_settings

import pghistory
from pghistory import config, contexts, errors
from pghistory.models import Context
from tests.savepoints import new_savepoint
from tests.tracked.models import ContextFree, DenormalisedContext, DenormalisedMetadata, Everything

pytestmark = pytest.mark.django_db


def make(name: str = "a") -> Any:
    """One event's context, or None."""
    return Everything.objects.create(name=name).events.get().pgh_context


def test_the_events_of_a_block_share_one_row_of_metadata():
    with pghistory.context(user=3, reason="typo") as ctx:
        first, second = make(), make()
    assert first == second
    assert first.id == ctx.id
    assert first.metadata == {"user": 3, "reason": "typo"}
    assert Context.objects.count() == 1


def test_a_context_has_an_id_and_its_metadata_at_hand():
    with pghistory.context(user=3) as ctx:
        assert isinstance(ctx.id, uuid.UUID)
        assert ctx.metadata == {"user": 3}
        pghistory.context(reason="typo")
        assert ctx.metadata == {"user": 3, "reason": "typo"}
    assert ctx.metadata == {"user": 3, "reason": "typo"}


def test_a_block_without_events_leaves_no_row():
    with pghistory.context(user=3):
        Everything.objects.count()
    assert not Context.objects.exists()


def test_outside_of_a_block_events_have_no_context():
    assert make() is None
    with pghistory.context(user=3):
        pass
    assert make() is None


def test_the_end_of_a_block_inside_a_transaction_leaves_no_context_for_later_writes():
    with transaction.atomic():
        with pghistory.context(user=3):
            assert make() is not None
        assert make() is None
        with pghistory.context(user=4):
            assert make().metadata == {"user": 4}
        assert make() is None


def test_a_nested_block_adds_to_the_same_context():
    with pghistory.context(user=3) as outer:
        with pghistory.context(reason="typo") as inner:
            assert inner.id == outer.id
            assert make().metadata == {"user": 3, "reason": "typo"}
        assert make().metadata == {"user": 3, "reason": "typo"}
    assert Context.objects.count() == 1


def test_the_last_metadata_wins():
    with pghistory.context(user=3):
        first = make()
        with pghistory.context(user=4):
            make()
    first.refresh_from_db()
    assert first.metadata == {"user": 4}


def test_metadata_of_a_later_moment_reaches_the_row_when_the_next_event_is_stored():
    with pghistory.context(user=3):
        stored = make()
        pghistory.context(reason="late")
        stored.refresh_from_db()
        assert stored.metadata == {"user": 3}
        make()
    stored.refresh_from_db()
    assert stored.metadata == {"user": 3, "reason": "late"}
    assert stored.updated_at >= stored.created_at


def test_called_without_entering_it_does_nothing_where_no_context_is_active():
    pghistory.context(user=3)
    assert make() is None


def test_a_context_object_may_be_entered_again():
    again = pghistory.context(user=3)
    with again as first:
        with again as nested:
            assert nested.id == first.id
        assert make().metadata == {"user": 3}
    with again as second:
        assert make().metadata == {"user": 3}
    assert first.id != second.id
    assert Context.objects.count() == 2


def test_a_context_that_is_entered_later_says_what_its_values_are_by_then():
    words = ["a"]
    prepared = pghistory.context(words=words, user=3)
    words.append("b")
    with prepared as ctx:
        first = make()
    words.append("c")
    with prepared:
        second = make()
    assert [found.metadata["words"] for found in (first, second)] == [["a", "b"], ["a", "b", "c"]]
    assert ctx.metadata == {"words": words, "user": 3}


def test_an_error_ends_the_context():
    with pytest.raises(ZeroDivisionError), pghistory.context(user=3):
        raise ZeroDivisionError
    assert make() is None


def test_an_error_in_a_nested_block_leaves_the_outer_context_open():
    with pghistory.context(user=3):
        with pytest.raises(ZeroDivisionError), pghistory.context(reason="typo"):
            raise ZeroDivisionError
        assert make().metadata["user"] == 3
    assert make() is None


def test_as_a_decorator_every_call_has_a_context_of_its_own():
    @pghistory.context(task="tidy")
    def tidy(name: str, *, suffix: str = "") -> Any:
        """Tidies."""
        return make(name + suffix)

    first, second = tidy("a"), tidy("b", suffix="c")
    assert first != second
    assert first.metadata == second.metadata == {"task": "tidy"}
    assert (tidy.__name__, tidy.__doc__) == ("tidy", "Tidies.")
    assert make() is None


def test_a_decorated_call_inside_a_context_adds_to_it():
    @pghistory.context(task="tidy")
    def tidy() -> Any:
        return make()

    with pghistory.context(user=3) as ctx:
        assert tidy().id == ctx.id
        assert make().metadata == {"user": 3, "task": "tidy"}


def test_to_decorate_a_function_adds_nothing_to_the_context_in_which_it_is_imported():
    with pghistory.context(user=3) as ctx:

        @pghistory.context(task="tidy")
        def tidy() -> Any:
            return make()

        assert dict(ctx.metadata) == {"user": 3}
        assert make().metadata == {"user": 3}
        assert tidy().metadata == {"user": 3, "task": "tidy"}


def test_a_context_that_was_added_before_other_keys_stays_when_it_decorates_later():
    with pghistory.context(user=3):
        tidying = pghistory.context(task="tidy")
        pghistory.context(reason="typo")

        @tidying
        def tidy() -> Any:
            return make()

        assert make().metadata == {"user": 3, "task": "tidy", "reason": "typo"}
        assert tidy().metadata == {"user": 3, "task": "tidy", "reason": "typo"}


def test_a_decorated_function_may_call_itself():
    @pghistory.context(task="tidy")
    def tidy(depth: int) -> set[uuid.UUID]:
        return {make().id} | (tidy(depth - 1) if depth else set())

    assert len(tidy(3)) == 1
    assert make() is None


def test_a_decorated_coroutine_function_stays_one_and_has_a_context_while_it_runs():
    @pghistory.context(task="tidy")
    async def tidy() -> Any:
        await asyncio.sleep(0)
        frame = contexts.active()
        return frame and dict(frame.metadata)

    assert asyncio.iscoroutinefunction(tidy)
    assert asyncio.run(tidy()) == {"task": "tidy"}
    assert contexts.active() is None


def test_tasks_that_run_side_by_side_have_contexts_of_their_own():
    async def work(user: int, steps: asyncio.Barrier) -> list[int]:
        found = []
        async with pghistory.context(user=user):
            for _ in range(3):
                await steps.wait()
                frame = contexts.active()
                assert frame is not None
                found.append(frame.metadata["user"])
        assert contexts.active() is None
        return found

    async def together() -> list[list[int]]:
        steps = asyncio.Barrier(3)
        return await asyncio.gather(*(work(user, steps) for user in (1, 2, 3)))

    assert asyncio.run(together()) == [[1] * 3, [2] * 3, [3] * 3]


def test_a_decorator_shared_by_concurrent_tasks_gives_each_its_own_context():
    @pghistory.context(task="tidy")
    async def tidy(steps: asyncio.Barrier) -> uuid.UUID:
        await steps.wait()
        frame = contexts.active()
        await steps.wait()
        assert contexts.active() is frame
        assert frame is not None
        return frame.id

    async def together() -> list[uuid.UUID]:
        steps = asyncio.Barrier(3)
        return await asyncio.gather(*(tidy(steps) for _ in range(3)))

    assert len(set(asyncio.run(together()))) == 3


def test_a_new_thread_has_no_context():
    found: list[Any] = []
    with pghistory.context(user=3):
        thread = threading.Thread(target=lambda: found.append(contexts.active()))
        thread.start()
        thread.join()
    assert found == [None]


def test_threads_do_not_see_each_others_contexts():
    steps = threading.Barrier(2)
    found: dict[int, Any] = {}

    def work(user: int) -> None:
        with pghistory.context(user=user):
            steps.wait(timeout=5)
            frame = contexts.active()
            found[user] = frame and frame.metadata["user"]
            steps.wait(timeout=5)

    threads = [threading.Thread(target=work, args=(user,)) for user in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {1: 1, 2: 2}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC), "2031-05-01T12:00:00Z"),
        (dt.date(2031, 5, 1), "2031-05-01"),
        (Decimal("1.50"), "1.50"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ({"deep": [1, None, True, {"er": 1.5}]}, {"deep": [1, None, True, {"er": 1.5}]}),
        ("100% %s %(name)s 'quoted' \"twice\" $pgh$ $$ \\ \\u0041 ; -- é ☃ 😀", None),
        ("", ""),
    ],
    ids=["datetime", "date", "decimal", "uuid", "nested", "odd text", "empty"],
)
def test_metadata_is_stored_as_it_was_given(value: Any, stored: Any):
    with pghistory.context(value=value):
        assert make().metadata == {"value": value if stored is None else stored}


def test_keys_of_metadata_may_be_any_text():
    odd: dict[str, Any] = {"a %s $pgh$'": 1, "": 2}
    with pghistory.context(**odd):
        assert make().metadata == {"a %s $pgh$'": 1, "": 2}


def test_metadata_may_be_long():
    with pghistory.context(text="%" * 1_000_000):
        assert make().metadata == {"text": "%" * 1_000_000}


@pytest.mark.parametrize(
    "value",
    ["nul \x00", "half \ud800", {"k\x00": 1}, ["\udfff"], float("nan"), float("inf"), object(), {1, 2}],
    ids=["nul", "surrogate", "key", "list", "nan", "infinity", "object", "set"],
)
def test_what_json_or_postgresql_cannot_hold_is_refused_at_once(value: Any):
    with pytest.raises(errors.InvalidMetadata) as caught, pghistory.context(value=value):
        pytest.fail("a context with metadata that cannot be stored was entered")
    assert isinstance(caught.value, ValueError)
    assert "Leave the value out" in str(caught.value)
    assert contexts.active() is None


def test_metadata_that_is_refused_leaves_the_active_context_as_it_was():
    with pghistory.context(user=3):
        with pytest.raises(ValueError, match="NUL"):
            pghistory.context(value="\x00")
        assert make().metadata == {"user": 3}


class Shouting(config.json_encoder()):  # type: ignore[misc]  # the base is a setting
    """Knows sets."""

    def default(self, o: Any) -> Any:
        return sorted(o) if isinstance(o, set) else super().default(o)


@override_settings(PGHISTORY_JSON_ENCODER="tests.integration.test_contexts.Shouting")
def test_metadata_is_serialised_with_the_encoder_of_the_settings():
    with pghistory.context(tags={"b", "a"}):
        assert make().metadata == {"tags": ["a", "b"]}


class Indenting(Shouting):
    """Writes for people, who like tabs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": "\t"})


@override_settings(PGHISTORY_JSON_ENCODER="tests.integration.test_contexts.Indenting")
def test_metadata_may_be_written_with_tabs():
    with pghistory.context(actor=User(username="ad\ta"), text="a\tb", tags={"b", "a"}):
        stored = make()
    assert (stored.metadata["text"], stored.metadata["tags"], stored.actor_label) == ("a\tb", ["a", "b"], "ad\ta")


def test_an_actor_is_remembered_by_the_name_of_that_moment():
    ada = User.objects.create(username="ada", first_name="Ada", last_name="Lovelace")
    with pghistory.context(actor=ada, reason="typo"):
        stored = make()
    ada.first_name = "Augusta"
    ada.save()
    stored.refresh_from_db()
    assert stored.actor_label == "Ada Lovelace"
    assert stored.metadata == {"user": ada.pk, "reason": "typo"}


def test_an_actor_of_another_kind_is_remembered_by_its_text_and_is_no_user():
    robot = Everything(name="robot")
    with pghistory.context(actor=robot):
        stored = make()
    assert stored.actor_label == str(robot)
    assert stored.metadata == {}


def test_no_actor_takes_an_earlier_one_away():
    with pghistory.context(actor=User(pk=7, username="ada")):
        assert make().actor_label == "ada"
        with pghistory.context(actor=None):
            assert make().actor_label is None


def test_a_denormalised_context_keeps_the_metadata_of_each_moment():
    with pghistory.context(user=3) as ctx:
        first = DenormalisedContext.objects.create(name="a").events.get()
        pghistory.context(reason="typo")
        second = DenormalisedContext.objects.create(name="b").events.get()
    assert (first.pgh_context, second.pgh_context) == ({"user": 3}, {"user": 3, "reason": "typo"})
    assert first.pgh_context_id == second.pgh_context_id == ctx.id
    assert not Context.objects.exists()


def test_a_denormalised_context_may_do_without_an_id():
    with pghistory.context(user=3):
        event = DenormalisedMetadata.objects.create(name="a").events.get()
    assert event.pgh_context == {"user": 3}
    assert not hasattr(event, "pgh_context_id")


@pytest.mark.parametrize("model", [DenormalisedContext, DenormalisedMetadata])
def test_without_a_context_a_denormalised_one_is_null(model: Any):
    assert model.objects.create(name="a").events.get().pgh_context is None


def test_an_event_model_without_context_stores_none():
    with pghistory.context(user=3):
        event = ContextFree.objects.create(name="a").events.get()
    assert not hasattr(event, "pgh_context")
    assert not Context.objects.exists()


@pytest.mark.django_db(databases=["default", "archive"])
def test_every_database_gets_the_context():
    with pghistory.context(user=3) as ctx:
        kept = {
            alias: Everything.objects.using(alias).create(name="a").events.using(alias).get().pgh_context_id
            for alias in ("default", "archive", "default")
        }
    assert kept == {"default": ctx.id, "archive": ctx.id}
    for alias in kept:
        assert Context.objects.using(alias).get().metadata == {"user": 3}
        assert Everything.objects.using(alias).create(name="b").events.using(alias).get().pgh_context is None


def test_a_connection_made_inside_a_block_gets_the_context():
    with pghistory.context(user=3) as ctx:
        other = connections.create_connection("default")
        try:
            with other.cursor() as cursor:
                cursor.execute("with held as (select 1) select current_setting('pghistory.context_id', true) from held")
                assert cursor.fetchone() == (str(ctx.id),)
        finally:
            other.close()


def test_the_wrapper_stands_once_and_in_front_however_often_a_connection_is_made():
    other = connections.create_connection("default")
    try:
        for _ in range(3):
            other.ensure_connection()
            other.close()
        other.ensure_connection()
        names = [type(wrapper).__name__ for wrapper in other.execute_wrappers]
    finally:
        other.close()
    assert names == ["ContextInjection"]


def test_somebody_elses_wrapper_leaves_the_context_in_place():
    with connection.execute_wrapper(lambda execute, *args: execute(*args)), pghistory.context(user=3):
        assert make() is not None
    with pghistory.context(user=4):
        assert make().metadata == {"user": 4}


def test_code_that_names_the_runtime_module_finds_the_same_context():
    from pghistory import runtime

    assert runtime.context is pghistory.context


def test_a_savepoint_that_is_rolled_back_takes_its_events_and_their_context_row_with_it():
    with pghistory.context(user=3):
        savepoint = new_savepoint()
        make("lost")
        transaction.savepoint_rollback(savepoint)
        assert not Context.objects.exists()
        assert make("kept").metadata == {"user": 3}
    assert Context.objects.count() == 1


@pytest.mark.parametrize("undo", [transaction.savepoint_rollback, transaction.savepoint_commit])
def test_a_savepoint_never_brings_a_finished_context_back(undo: Callable[[str], None]):
    with pghistory.context(user=3):
        make()
        savepoint = new_savepoint()
    make("clears")
    undo(savepoint)
    assert make("after") is None


def fail(name: str) -> None:
    """A savepoint that stores an event and is rolled back."""
    with transaction.atomic():
        make(name)
        raise ZeroDivisionError


def test_a_failed_atomic_block_does_not_cost_the_context():
    with pghistory.context(user=3):
        with pytest.raises(ZeroDivisionError):
            fail("lost")
        assert make().metadata == {"user": 3}
        with transaction.atomic():
            assert make().metadata == {"user": 3}


def test_a_context_begun_in_a_savepoint_that_failed_is_over():
    with pytest.raises(ZeroDivisionError):
        pghistory.context(user=3)(fail)("lost")
    assert make() is None
    assert not Context.objects.exists()
