"""One event at its own address."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

import pghistory
from demo_project.shop.models import Category, Product
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENT = "/admin/pghistory/events/event/shop.ProductEvent"


def test_the_page_holds_the_difference_the_row_and_the_context(browse: Browse, mara: User, changed: Product):
    page = browse(mara, browse(mara, f"/admin/shop/product/{changed.pk}/history/").links_to_events()[0])
    for words in [
        "What changed",
        "from 129.00 to 139.00",
        "Price list, week 48",
        "after the change (NEW)",
        "No newer event",
    ]:
        assert words in page.text
    raw = json.loads(
        page.source.split('aria-label="Raw row as JSON">')[1]
        .split("</pre>")[0]
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )
    assert raw["price"] == "139.00"


def test_the_neighbours_are_a_step_away(browse: Browse, mara: User, changed: Product):
    newest, oldest = browse(mara, f"/admin/shop/product/{changed.pk}/history/").links_to_events()
    assert oldest in browse(mara, newest).addresses()
    assert newest in browse(mara, oldest).addresses()


def test_unchanged_fields_are_a_switch_in_the_address(browse: Browse, mara: User, changed: Product):
    address = browse(mara, f"/admin/shop/product/{changed.pk}/history/").links_to_events()[0]
    assert browse(mara, f"{address}?unchanged=1").text.count("MT-1") == 2
    assert browse(mara, address).text.count("MT-1") == 1


def test_a_long_text_is_there_in_full_as_plain_text(client: Client, mara: User, product: Product):
    product.description = "<script>" * 2_000
    product.save()
    event = product.events.latest("pgh_id")
    client.force_login(mara)
    response = client.get(f"{EVENT}/{event.pk}/?text=description&side=after")
    assert response.content.decode() == product.description
    assert response["Content-Type"].startswith("text/plain")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{EVENT}/{event.pk}/?text=nothing").status_code == 404
    assert client.get(f"{EVENT}/{event.pk}/?text=description&side=x").status_code == 404


@pytest.mark.parametrize("key", ["0", "x", "%00", "9" * 40, "-1"])
def test_an_unknown_event_is_not_found(browse: Browse, mara: User, product: Product, key: str):
    browse(mara, f"{EVENT}/{key}/", status=404)


def test_an_unknown_event_model_is_not_found(browse: Browse, mara: User, product: Product):
    browse(mara, "/admin/pghistory/events/event/shop.Product/1/", status=404)


def test_a_large_structure_is_there_in_full_as_plain_text(client: Client, mara: User, product: Product):
    product.attributes = {f"key-{number}": number for number in range(5_000)}
    product.save()
    event = product.events.latest("pgh_id")
    client.force_login(mara)
    assert len(client.get(f"{EVENT}/{event.pk}/").content) < 100_000
    response = client.get(f"{EVENT}/{event.pk}/?text=attributes&side=after")
    assert json.loads(response.content) == product.attributes


def test_a_target_that_is_gone_is_said_to_be_also_where_nothing_changed(browse: Browse, mara: User, product: Product):
    Category.objects.all().delete()
    first = Product.pgh_event_model.objects.earliest("pgh_id")
    assert "Category Blankets no longer exists" in browse(mara, f"{EVENT}/{first.pk}/").text


def test_a_job_without_an_actor_is_the_systems(browse: Browse, mara: User, product: Product):
    with pghistory.context(command="ship_orders --carrier=ParcelWise"):
        product.stock += 1
        product.save()
    first, last = Product.pgh_event_model.objects.order_by("pgh_id")
    page = browse(mara, f"{EVENT}/{last.pk}/")
    assert "Merino throw, natural, System" in page.text.replace(" ,", ",")
    # An option goes to the next line as a whole.
    assert '<span class="pgh-option">--carrier=ParcelWise</span>' in page.source
    compared = browse(mara, EVENT.replace("/event/", "/compare/") + f"/{first.pk}/{last.pk}/")
    assert "Updated, System" in compared.text.replace(" ,", ",")
