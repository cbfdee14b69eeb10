"""Triggers, functions and tables, each trouble with its remedy; and what the table of event models says of them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from demo_project.shop.models import Category, Product
from pghistory import health
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


def execute(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(text)


def trigger_of(event_model: type, name: str) -> str:
    """The trigger's name in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgname from pg_trigger where tgrelid = %s::regclass and tgname like %s",
            [event_model.pgh_tracked_model._meta.db_table, f"pgtrigger_{name}%"],
        )
        return str(cursor.fetchone()[0])


def test_all_is_well_where_it_is(browse: Browse, mara: User):
    page = browse(mara, f"{EVENTS}/health/")
    assert "All is well" in page.text
    assert "Installed" in page.text
    assert "shop_productevent" in page.text
    assert "pghistory_context" in page.text
    assert "1 of 1" in page.text
    assert "insert_insert" in browse(mara, f"{EVENTS}/health/?all=1").text


@pytest.mark.parametrize(
    ("statement", "state", "remedy"),
    [
        ("alter table shop_category disable trigger {name}", "Disabled", "manage.py pgtrigger enable shop.Category:"),
        ("drop trigger {name} on shop_category", "Missing", "manage.py migrate shop"),
        ("comment on trigger {name} on shop_category is 'older'", "Outdated", "manage.py migrate shop"),
    ],
)
def test_a_trigger_in_trouble_is_shown_with_its_remedy(
    browse: Browse, mara: User, statement: str, state: str, remedy: str
):
    event_model = Category.pgh_event_models["insert"]
    execute(statement.format(name=trigger_of(event_model, "insert_insert")))
    page = browse(mara, f"{EVENTS}/health/")
    assert state in page.text
    assert remedy in page.text
    assert ("not being recorded" in page.text) is (state != "Outdated")
    assert f"1 {state.lower()}" in browse(mara, f"{EVENTS}/models/?sort=triggers").text
    states = health.trigger_states([event_model])[event_model]
    assert health.worst(states) == state.lower()


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("alter function _pgh_attach_context() rename to _pgh_elsewhere", "Missing"),
        (
            (
                "create or replace function _pgh_attach_context() returns uuid "
                "language plpgsql as $$begin return null; end$$"
            ),
            "Outdated",
        ),
    ],
)
def test_a_function_in_trouble_is_shown_with_its_remedy(browse: Browse, mara: User, statement: str, state: str):
    execute(statement)
    page = browse(mara, f"{EVENTS}/health/")
    assert "_pgh_attach_context" in page.text
    assert state in page.text
    assert 'install_latest("default")' in page.text
    assert "0 of 1" in page.text


def test_many_dead_rows_say_that_vacuum_is_late():
    few, many = (health.TableState("t", rows, 0, 0, 0.5) for rows in (10, 1_000_000))
    assert not few.is_bloated
    assert many.is_bloated


def test_the_table_shows_thirty_days_with_their_numbers(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{EVENTS}/models/?sort=-activity")
    assert "2, at most 2 a day" in page.text
    assert 'd="M87 20V2h2V20z"' in page.source


def test_days_are_counted_up_to_a_bound(browse: Browse, mara: User, product: Product, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pghistory.estimates.COUNTED_A_MONTH", 3)
    for stock in range(20, 26):
        Product.objects.update(stock=stock)
    assert "more than 4, at most 4 a day" in browse(mara, f"{EVENTS}/models/").text


def test_sizes_are_for_those_who_may_see_every_row(
    browse: Browse, viktor: User, changed: Product, person: Callable[..., User], monkeypatch: pytest.MonkeyPatch
):
    page = browse(viktor, f"{EVENTS}/health/?all=1")
    assert "shop_customerevent" not in page.text
    assert "CustomerEvent" not in page.text.replace("<wbr>", "")
    monkeypatch.setattr("pghistory_ui.permissions.Access.sees_every_row", lambda self, event_model: False)
    page = browse(viktor, f"{EVENTS}/health/")
    assert "shop_productevent" not in page.text
    assert "may see every row" in page.text
    browse(person("nobody"), f"{EVENTS}/health/", status=403)


@pytest.mark.parametrize("path", ["models", "health"])
def test_the_queries_do_not_grow_with_the_events(client: Client, mara: User, product: Product, path: str):
    client.force_login(mara)

    def queries(events: int) -> int:
        for stock in range(events):
            Product.objects.update(stock=100 + stock)
        client.get(f"{EVENTS}/{path}/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{EVENTS}/{path}/").status_code == 200
        return len(captured)

    assert queries(10) == queries(500)
