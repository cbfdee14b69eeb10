"""What a page costs: queries that do not grow with the events, and addresses that are reversed once."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch

import pghistory
from demo_project.shop.models import Product, Supplier
from pghistory_ui.addresses import Addresses
from pghistory_ui.links import admin_url, page_url
from tests.ui.html import Page

EVENTS = "/admin/pghistory/events/"


def queries(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return [query["sql"][:120] for query in found.captured_queries]


def write(product: Product, *, events: int) -> None:
    """Events of many products with suppliers of their own, by one actor; the last ones of the product itself."""
    actor = User.objects.get(username="mara")
    suppliers = Supplier.objects.bulk_create([Supplier(name=f"S{events}-{number}") for number in range(events)])
    with pghistory.context(actor=actor, reason="Stocktaking"):
        made = [
            Product(
                name=f"P{supplier.pk}", sku=f"P{supplier.pk}", price=1, supplier=supplier, category=product.category
            )
            for supplier in suppliers
        ]
        Product.objects.bulk_create(made)
        Product.objects.exclude(pk=product.pk).update(stock=F("stock") + 1)
        for _event in range(events):
            Product.objects.filter(pk=product.pk).update(stock=F("stock") + 1)


def address_of(shown: str, product: Product) -> str:
    return f"/admin/shop/product/{product.pk}/history/" if shown == "timeline" else f"{EVENTS}?model=shop.Product"


@pytest.mark.parametrize("shown", ["activity", "timeline"])
def test_ten_events_and_a_thousand_take_the_same_queries(
    client: Client, mara: User, product: Product, settings: Any, shown: str
):
    settings.PGHISTORY_UI_PAGE_SIZE = 8
    client.force_login(mara)
    write(product, events=10)
    few = queries(client, address_of(shown, product))
    write(product, events=1_000)
    assert len(queries(client, address_of(shown, product))) == len(few)


@pytest.mark.parametrize("shown", ["activity", "timeline"])
def test_a_page_of_ten_events_and_of_five_hundred_take_the_same_queries(
    client: Client, mara: User, product: Product, settings: Any, shown: str
):
    client.force_login(mara)
    write(product, events=300)
    found = []
    for size in (10, 500):
        settings.PGHISTORY_UI_PAGE_SIZE = size
        found.append(queries(client, address_of(shown, product)))
    # The neighbour of the oldest event, and the targets of added rows, may be on the page or have to be asked for.
    assert abs(len(found[0]) - len(found[1])) <= 2
    assert max(map(len, found)) <= 14


@pytest.mark.parametrize("key", [5, "plain", "a/b:c_d?e#f", "a b", "Größe", "100%", '"<>', "a\nb", "_5F", "x" * 300])
def test_an_address_made_from_a_pattern_is_what_reversing_gives(key: object):
    made = Addresses()

    def change(key: Any) -> str:
        return admin_url(admin.site, Product, "change", key)

    def timeline(key: Any) -> str:
        return page_url(admin.site, "object", "shop.Product", key)

    for make in (change, timeline):
        assert made.of(make, "first", make) == make("first")
        assert made.of(make, key, make) == make(key)


def test_an_address_that_takes_only_some_words_is_reversed_for_each_key():
    keys = [uuid.uuid4() for _number in range(2)]
    made = Addresses()

    def context(key: Any) -> str:
        return page_url(admin.site, "context", str(key))

    assert [made.of("context", key, context) for key in keys] == [f"{EVENTS}context/{key}/" for key in keys]
    assert made.of("nothing", 5, lambda key: "") == ""


def test_an_address_without_a_key_is_refused_as_by_reversing():
    with pytest.raises(NoReverseMatch):
        Addresses().of("timeline", "", lambda key: page_url(admin.site, "object", "shop.Product", key))


def test_one_actor_and_one_target_are_named_the_same_on_every_row(
    browse: Callable[..., Page], mara: User, changed: Product
):
    for number in range(3):
        with pghistory.context(user=mara.pk, url=f"/{number}"):
            changed.stock += 1
            changed.save()
    page = browse(mara, EVENTS)
    named = [href for words, href in page.links if words == "Mara Lindqvist"]
    assert named == [f"/admin/auth/user/{mara.pk}/change/"] * 4
