"""The demo's history: the same for the same seed, complete, and in the order of time."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client

from demo_project import accounts
from demo_project.shop.models import Account, Category, Customer, Order, Product
from demo_project.shop.seed import past, scenes, story
from pghistory import registry
from pghistory.models import Context
from tests.demo.conftest import NOW

pytestmark = pytest.mark.client_binding

PASSING = {"pgh_id", "pgh_context", "pgh_context_id", "password"}
"""Columns that differ between two runs: keys, and salted passwords."""


def told() -> list[dict[str, Any]]:
    """Every event as plain values, with its context's metadata in the place of the key."""
    metadata = dict(Context.objects.values_list("pk", "metadata"))
    rows: list[dict[str, Any]] = []
    for model in past.event_models():
        events: QuerySet[Any] = model._default_manager.order_by("pgh_id")
        for row in events.values():
            context = row.get("pgh_context", metadata.get(row["pgh_context_id"]))
            values = {name: value for name, value in row.items() if name not in PASSING}
            rows.append({"model": model._meta.label, "context": context, **values})
    return rows


@pytest.mark.usefixtures("empty_shop")
def test_the_same_seed_tells_the_same_story() -> None:
    story.tell(seed=7, months=1, now=NOW)
    first = told()
    story.forget()
    story.tell(seed=7, months=1, now=NOW)
    assert told() == first


@pytest.mark.usefixtures("empty_shop")
def test_another_seed_tells_another_story() -> None:
    story.tell(seed=7, months=1, now=NOW)
    first = told()
    story.forget()
    story.tell(seed=8, months=1, now=NOW)
    assert told() != first


@pytest.mark.usefixtures("month")
def test_every_label_of_the_demo_has_an_event() -> None:
    silent = {
        f"{model._meta.label}: {label}"
        for model in past.event_models()
        for label in registry.labels(model)
        if not model._default_manager.filter(pgh_label=label).exists()
    }
    assert silent == set()


@pytest.mark.usefixtures("month")
def test_events_lie_in_the_past_and_their_keys_follow_their_times() -> None:
    for model in past.event_models():
        times = list(model._default_manager.order_by("pgh_id").values_list("pgh_created_at", flat=True))
        assert times == sorted(times), model
        assert NOW - timedelta(days=31) < times[0] <= times[-1] <= NOW, model


@pytest.mark.usefixtures("month")
def test_contexts_are_as_old_as_their_events() -> None:
    for event in Product.pgh_event_model.objects.exclude(pgh_context=None).select_related("pgh_context"):
        assert event.pgh_context.created_at == event.pgh_created_at


@pytest.mark.usefixtures("month")
def test_columns_that_keep_themselves_tell_the_same_time_as_their_events() -> None:
    throw = Product.objects.get(sku="MT-NAT-130")
    newest = throw.events.order_by("-pgh_id").first()
    assert newest.updated_at == throw.updated_at == newest.pgh_created_at


@pytest.mark.usefixtures("month")
def test_ids_of_contexts_are_in_the_order_of_time() -> None:
    told = list(Context.objects.order_by("created_at", "id").values_list("id", "created_at"))
    assert told == sorted(told)
    assert all(context_id.int >> 80 == int(at.timestamp() * 1000) for context_id, at in told)


@pytest.mark.usefixtures("month")
def test_requests_jobs_and_changes_without_a_context_are_all_there() -> None:
    assert Context.objects.filter(metadata__url__startswith="/admin/", metadata__has_key="user").exists()
    assert Context.objects.filter(metadata__url="/checkout/", metadata__user=None).exists()
    assert Context.objects.filter(metadata__command__startswith="import_prices --supplier=").exists()
    assert Context.objects.filter(metadata__has_key="reason").exists()
    assert Product.pgh_event_model.objects.filter(pgh_context=None).exists()


@pytest.mark.usefixtures("month")
def test_what_a_deleted_user_did_still_bears_the_name() -> None:
    assert not User.objects.filter(username="petra").exists()
    assert Context.objects.filter(actor_label="Petra Novak", metadata__has_key="url").exists()


@pytest.mark.usefixtures("month")
def test_hostile_and_long_values_are_there() -> None:
    hostile = Customer.objects.get(name=scenes.HOSTILE_NAME)
    assert hostile.email == "alert@example.com"
    assert len(Product.objects.get(sku="WK-LOO-060").care_manual) > scenes.MANUAL_SIZE
    assert Product.objects.filter(name=scenes.LONG_NAME).exists()


@pytest.mark.usefixtures("month")
def test_some_rows_are_older_than_their_tracking() -> None:
    throws = Category.objects.get(name="Throws & blankets")
    assert not throws.events.exists()


@pytest.mark.usefixtures("month")
def test_the_statement_level_events_are_those_of_the_lines_that_are_left() -> None:
    order = Order.objects.filter(status=Order.Status.COMPLETED).first()
    assert order is not None
    inserted = order.lines.model.pgh_event_model.objects.filter(order=order, pgh_label="insert")
    assert inserted.count() == order.lines.count()


@pytest.mark.usefixtures("month")
def test_everybody_can_log_in_with_the_printed_password() -> None:
    for account in accounts.ACCOUNTS:
        assert Client().login(username=account.username, password=account.password), account.username


@pytest.mark.usefixtures("month")
def test_the_reader_sees_the_catalogue_and_nothing_else() -> None:
    viktor = User.objects.get(username=accounts.VIKTOR.username)
    assert viktor.is_staff
    assert viktor.get_all_permissions() == {
        "shop.view_category",
        "shop.view_product",
        "shop.view_producttag",
        "shop.view_tag",
    }


@pytest.mark.usefixtures("month")
def test_the_back_office_may_change_the_shop() -> None:
    amira = User.objects.get(username=accounts.AMIRA.username)
    for model in (Product, Customer, Order, Account):
        assert amira.has_perm(f"shop.change_{model._meta.model_name}")
    assert not amira.has_perm("auth.change_user")


@pytest.mark.usefixtures("empty_shop")
def test_the_command_prints_the_log_ins_and_does_nothing_the_second_time() -> None:
    output = StringIO()
    call_command("seed_demo", "--months=1", stdout=output)
    number = Product.pgh_event_model.objects.count()
    for account in accounts.ACCOUNTS:
        assert account.username in output.getvalue()
        assert account.password in output.getvalue()

    output = StringIO()
    call_command("seed_demo", "--months=1", stdout=output)
    assert "seeded already" in output.getvalue()
    assert "--fresh" in output.getvalue()
    assert Product.pgh_event_model.objects.count() == number


@pytest.mark.usefixtures("month")
def test_fresh_starts_again_with_the_first_keys() -> None:
    call_command("seed_demo", "--months=1", "--fresh", stdout=StringIO())
    assert Product.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_id", flat=True)[0] == 1
    assert User.objects.filter(username="mara").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("months", [0, -3, 61])
def test_an_impossible_number_of_months_is_refused(months: int) -> None:
    with pytest.raises(CommandError, match=f"--months is {months}; it takes a number from 1 to 60"):
        call_command("seed_demo", f"--months={months}")
