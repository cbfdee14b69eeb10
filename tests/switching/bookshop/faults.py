"""What was known to go wrong with the older package, as its users met it: the same scenes for both packages."""

import asyncio
import copy
import importlib
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

import pghistory
import pghistory.core
from pghistory.models import Events, MiddlewareEvents
from tests.switching.bookshop.models import fields, keys, options, trackers

SCENES: dict[str, Callable[[], bool]] = {}
"""{number of the fault: whether it shows}; an error is a fault that shows too."""


def scene(number: str) -> Callable[[Callable[[], bool]], Callable[[], bool]]:
    def noted(call: Callable[[], bool]) -> Callable[[], bool]:
        SCENES[number] = call
        return call

    return noted


def shown() -> dict[str, Any]:
    """{number: False, True, or the error that was raised}."""
    found: dict[str, Any] = {}
    for number, call in SCENES.items():
        try:
            found[number] = bool(call())
        except Exception as error:
            found[number] = f"{type(error).__name__}: {error}"
        connection.close()
    return found


def execute(statement: str, params: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def event_model_of(model: Any, label: str) -> Any:
    return model.pgh_event_models[label]


def newest(model: Any, label: str = "insert") -> Any:
    return event_model_of(model, label).objects.latest("pgh_id")


@scene("1")
def tasks_share_a_context() -> bool:
    async def work(number: int) -> Any:
        with pghistory.context(number=number) as found:
            await asyncio.sleep(0.01)
            return found.id

    async def both() -> Any:
        return await asyncio.gather(work(1), work(2))

    first, second = asyncio.run(both())
    return bool(first == second)


@scene("2")
def a_context_outlives_its_block() -> bool:
    with transaction.atomic():
        with pghistory.context(reason="over"):
            trackers.Price.objects.create(amount=1)
        trackers.Price.objects.create(amount=2)
    return newest(trackers.Price, "snapshot").pgh_context_id is not None


@scene("3")
def parameters_of_the_caller_are_changed() -> bool:
    params = {"amount": 1}
    with pghistory.context(reason="why"), connection.cursor() as cursor:
        cursor.execute("insert into bookshop_price (amount) values (%(amount)s)", params)
        cursor.executemany("insert into bookshop_price (amount) values (%s)", [(2,), (3,)])
    return params != {"amount": 1}


@scene("4")
def a_percent_sign_is_an_error() -> bool:
    with pghistory.context(reason="why"):
        execute("update bookshop_book set title = 'one' where title like 'two%'")
    return False


@scene("5")
def nothing_is_stored_where_the_server_binds() -> bool:
    usual = connections["default"]
    own = usual.copy("default")
    own.settings_dict = copy.deepcopy(usual.settings_dict)
    own.settings_dict["OPTIONS"]["server_side_binding"] = True
    connections["default"] = own
    try:
        with pghistory.context(reason="bound"):
            row = trackers.Book.objects.create(title="bound")
            pghistory.create_event(row, label="counted")
        return newest(trackers.Book).pgh_context.metadata != {"reason": "bound"} or Events.objects.count() == 0
    finally:
        own.close()
        connections["default"] = usual


@scene("6")
def another_alias_has_no_context() -> bool:
    connections.settings["other"] = connections.settings["default"]
    try:
        with pghistory.context(reason="there"):
            trackers.Price.objects.using("other").create(amount=4)
    finally:
        connections["other"].close()
    return newest(trackers.Price, "snapshot").pgh_context_id is None


@scene("7")
def statements_that_cannot_write_carry_the_context() -> bool:
    with CaptureQueriesContext(connection) as captured, pghistory.context(reason="why"):
        execute("show search_path")
        execute("/* a comment */ select 1")
    return any("pghistory" in query["sql"] for query in captured)


@scene("8")
def a_user_that_is_no_key_breaks_the_list() -> bool:
    with pghistory.context(user="celery"):
        trackers.Price.objects.create(amount=5)
    try:
        return not list(MiddlewareEvents.objects.across(event_model_of(trackers.Price, "snapshot")))
    finally:
        newest(trackers.Price, "snapshot").delete()


@scene("9")
def a_key_with_a_percent_sign_is_not_found() -> bool:
    word = keys.WordKey.objects.create(code="50%s")
    return [event.pgh_obj_id for event in Events.objects.tracks(word)] != ["50%s"]


@scene("10")
def a_callers_objects_are_changed() -> bool:
    given: dict[str, Any] = {}
    column = pghistory.ObjForeignKey(null=True)
    before = copy.deepcopy(vars(column))
    with override_settings(PGHISTORY_OBJ_FIELD=column):
        pghistory.create_event_model(fields.Shelf, meta=given, model_name="ShelfStory")
    return bool(given) or vars(column) != before


def browsed(user: User, address: str) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.get(address)


@scene("12")
def whoever_sees_events_sees_every_model() -> bool:
    book = trackers.Book.objects.create(title="first")
    trackers.Book.objects.filter(pk=book.pk).update(title="a secret title")
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_events"))
    return "a secret title" in browsed(clerk, "/admin/pghistory/events/").content.decode()


@scene("13")
def an_address_runs_a_script() -> bool:
    owner = User.objects.create_superuser("owner")
    book = trackers.Book.objects.latest("pk")
    page = browsed(
        owner, f"/admin/pghistory/events/?obj=bookshop.Book:{book.pk}&method=tracks&back=javascript:alert(1)"
    )
    return 'href="javascript:alert(1)"' in page.content.decode()


@scene("13, too")
def the_page_of_a_deleted_object_breaks() -> bool:
    owner = User.objects.get(username="owner")
    return bool(browsed(owner, "/admin/pghistory/events/?obj=bookshop.Book:987654321").status_code == 500)


@scene("14")
def a_renamed_model_has_two_sets_of_triggers() -> bool:
    execute("insert into bookshop_tome (text) values ('a')")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_trigger where tgrelid = 'bookshop_tome'::regclass and not tgisinternal")
        return bool(cursor.fetchone()[0] != 2)


@scene("15")
def an_event_of_a_child_cannot_be_reverted() -> bool:
    child = keys.Child.objects.create(first=1, second=2)
    every: list[Any] = pghistory.core.event_models()
    event_models = [found for found in every if found.pgh_tracked_model is keys.Child]
    return not all(found.objects.filter(pgh_obj=child.pk).latest("pgh_id").can_revert for found in event_models)


@scene("16")
def a_new_key_leaves_no_event_at_statement_level() -> bool:
    leaflet = trackers.Leaflet.objects.create(copies=1)
    updates = event_model_of(trackers.Leaflet, "update").objects.filter(pgh_label="update")
    before = updates.count()
    trackers.Leaflet.objects.filter(pk=leaflet.pk).update(id=leaflet.pk + 1_000, copies=2)
    return bool(updates.count() == before)


@scene("17")
def truncate_passes_append_only() -> bool:
    options.Kept.objects.create(text="kept")
    try:
        execute("truncate bookshop_keptevent")
    except Exception:
        return False
    return True


@scene("18")
def the_newest_change_of_old_rows_is_told_nowhere() -> bool:
    customer = trackers.Customer.objects.create(name="Ada", email="old@example.com")
    trackers.Customer.objects.filter(pk=customer.pk).update(email="new@example.com")
    told = json.dumps([event.pgh_diff for event in Events.objects.tracks(customer)])
    if find_spec("pghistory.timeline"):
        timeline = importlib.import_module("pghistory.timeline").Timeline()
        told += repr([entry.changes for entry in timeline.of(customer).entries()])
    return "new@example.com" not in told


@scene("19")
def a_revert_does_not_bring_times_back() -> bool:
    row = fields.Times.objects.create(
        day="2024-01-01",
        clock="10:00",
        lasting="1",
    )
    event = newest(fields.Times)
    row.refresh_from_db()
    row.save()
    event.revert()
    row.refresh_from_db()
    return bool(row.changed != event.changed)


@scene("20")
def loaddata_stores_events_besides_those_that_it_loads() -> bool:
    trackers.Discount.objects.create(amount=1)
    event_model = event_model_of(trackers.Discount, "any")
    call_command("dumpdata", "bookshop.discount", event_model._meta.label_lower, output="discounts.json", verbosity=0)
    number = event_model.objects.count()
    trackers.Discount.objects.all().delete()
    event_model.objects.all().delete()
    call_command("loaddata", str(Path("discounts.json").resolve()), verbosity=0)
    return bool(event_model.objects.count() != number)
