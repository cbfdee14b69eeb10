"""An object as it was at an instant, and who had set each field."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pghistory
from demo_project.shop.models import Customer, Order, OrderLine, Product
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


def address(product: Product, query: str = "") -> str:
    return f"{EVENTS}/object/shop.Product/{product.pk}/as-of/{query}"


@pytest.fixture
def aged(changed: Product) -> Product:
    """The product, added ten days and changed five days ago."""
    for label, days in (("insert", 10), ("update", 5)):
        changed.events.filter(pgh_label=label).update(pgh_created_at=timezone.now() - dt.timedelta(days=days))
    return changed


def test_without_an_instant_it_says_who_last_set_each_field(browse: Browse, mara: User, aged: Product):
    page = browse(mara, address(aged))
    text = page.text
    assert "Now" in text
    assert "Price 139.00 Mara Lindqvist" in text
    assert "SKU MT-1 nobody named" in text
    assert address(aged) == browse(mara, f"/admin/shop/product/{aged.pk}/history/").link("As of…")


def test_an_instant_shows_what_was(browse: Browse, mara: User, aged: Product):
    then = (timezone.localdate() - dt.timedelta(days=7)).isoformat()
    page = browse(mara, address(aged, f"?at={then}"))
    assert "129.00" in page.text
    assert "139.00" not in page.text
    assert "Merino throw, natural" in page.text


def test_before_its_first_event_nothing_is_known(browse: Browse, mara: User, aged: Product):
    page = browse(mara, address(aged, "?at=2001-01-01T10:00"))
    assert "Nothing is recorded until then" in page.text
    assert "129.00" in browse(mara, address(aged, page.link("Its first event"))).text


def test_the_slider_and_its_links_step_over_the_events(browse: Browse, mara: User, aged: Product):
    page = browse(mara, address(aged))
    assert "Event 2 of 2" in page.text
    assert "129.00" in browse(mara, address(aged, "?event=1")).text
    earlier = browse(mara, address(aged, page.link("Earlier")))
    assert "Event 1 of 2" in earlier.text
    assert "139.00" in browse(mara, address(aged, earlier.link("Later"))).text


def test_a_deleted_object_is_shown_while_it_lived(browse: Browse, mara: User, aged: Product):
    key = aged.pk
    aged.delete()
    aged.pk = key
    assert "It did not exist any more" in browse(mara, address(aged)).text
    assert "129.00" in browse(mara, address(aged, "?event=1")).text


def test_what_pointed_to_it_then_is_listed(browse: Browse, mara: User, viktor: User, aged: Product):
    customer = Customer.objects.create(name="Ilse", email="a@example.com", since="2026-01-01")
    order = Order.objects.create(number="1", customer=customer, placed_at=timezone.now())
    for number in range(12):
        OrderLine.objects.create(order=order, product=aged, title=f"Line {number}", total=1)
    now = timezone.localtime() + dt.timedelta(minutes=5)
    page = browse(mara, address(aged, f"?at={now:%Y-%m-%dT%H:%M}"))
    assert "What pointed to it then" in page.text
    assert "1 × Line 0" in page.text
    assert "and more" in page.text
    assert "Line 0" not in browse(mara, address(aged, "?event=1")).text
    assert "Line 0" not in browse(viktor, address(aged, f"?at={now:%Y-%m-%dT%H:%M}")).text


@pytest.mark.parametrize("query", ["?at=yesterday", "?at=%00", "?at=2026-99-99", "?at=9999-12-31T23:59:59-23:59"])
def test_a_bad_instant_says_so_beside_its_field(browse: Browse, mara: User, aged: Product, query: str):
    assert "pgh-form__error" in browse(mara, address(aged, query)).classes


@pytest.mark.parametrize("query", ["?event=0", "?event=x", "?event=999999999999", "?event=-1", "?event=%C2%B2"])
def test_a_place_that_no_slider_has_shows_the_newest(browse: Browse, mara: User, aged: Product, query: str):
    assert "Event 2 of 2" in browse(mara, address(aged, query)).text


def test_who_may_not_see_the_object_sees_no_instant_of_it(
    browse: Browse, person: Callable[..., User], mara: User, aged: Product
):
    browse(person("other", "shop.view_category"), address(aged), status=403)
    browse(mara, f"{EVENTS}/object/shop.Product/999999/as-of/", status=404)


def test_the_queries_do_not_grow_with_the_events(client: Client, mara: User, product: Product):
    client.force_login(mara)

    def queries(events: int) -> int:
        for stock in range(events):
            with pghistory.context(actor=mara):
                Product.objects.update(stock=100 + stock)
        client.get(address(product, "?event=3"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(product, "?event=3")).status_code == 200
        return len(captured)

    assert queries(10) == queries(300)
