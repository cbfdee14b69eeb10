"""Everything that one request or job changed."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pghistory
from demo_project.shop.models import Category, Order, Product, Supplier
from pghistory.models import Context
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
CONTEXT = f"{EVENTS}context"


def address(of: Product) -> str:
    return f"{CONTEXT}/{of.events.latest('pgh_id').pgh_context_id}/"


def test_all_that_a_request_changed_stands_together_by_model(browse: Browse, mara: User, product: Product):
    with pghistory.context(actor=mara, url="/admin/shop/", method="POST", reason="Spring range", ticket="SUP-3391"):
        product.price = 140
        product.save()
        Category.objects.create(name="<b>Rugs</b>", slug="rugs")
        Category.objects.create(name="Runners", slug="runners")
    page = browse(mara, address(product))
    for words in [
        "One request, 3 changes",
        "Mara Lindqvist",
        "POST /admin/shop/",
        "Spring range",
        "ticketSUP-3391",
        "Category 2 events",
        "Product 1 event",
        "<b>Rugs</b>",
        "3 events on 3 objects",
        "2 added",
        "1 updated",
    ]:
        assert words in page.text
    # What was written in one transaction stands by its numbers, which each event model counts for itself.
    newest = {
        "Category 2 events": Category.pgh_event_model.objects.latest("pgh_id").pgh_id,
        "Product 1 event": product.events.latest("pgh_id").pgh_id,
    }
    first, second = sorted(newest, key=lambda words: newest[words], reverse=True)
    assert page.text.index(first) < page.text.index(second)


def test_cards_and_events_lead_to_it(browse: Browse, mara: User, changed: Product):
    history = browse(mara, f"/admin/shop/product/{changed.pk}/history/")
    assert history.link(f"POST /admin/shop/product/{changed.pk}/change/") == address(changed)
    event = browse(mara, history.links_to_events()[0])
    assert event.link("All its changes") == address(changed)


def test_a_job_that_took_a_while_says_how_long(browse: Browse, mara: User, product: Product):
    with pghistory.context(command="import_prices"):
        product.price = 141
        product.save()
        Category.objects.create(name="Rugs", slug="rugs")
    with connection.cursor() as cursor:
        cursor.execute("update shop_categoryevent set pgh_created_at = pgh_created_at + interval '214 ms'")
    page = browse(mara, address(product))
    assert "One job, 2 changes" in page.text
    assert "214 ms" in page.text
    with connection.cursor() as cursor:
        cursor.execute("update shop_categoryevent set pgh_created_at = pgh_created_at + interval '3 seconds'")
    assert "3.2 s" in browse(mara, address(product)).text


def test_a_large_context_is_read_page_by_page(browse: Browse, mara: User, product: Product, settings: Any):
    settings.PGHISTORY_UI_PAGE_SIZE = 4
    with pghistory.context(command="relabel") as context:
        for number in range(10):
            Category.objects.create(name=f"Range {number}", slug=f"range-{number}")
    first = f"{CONTEXT}/{context.id}/"
    page = browse(mara, first)
    assert "One job, 10 changes" in page.text
    assert "In figures" not in page.text
    assert len(page.links_to_events()) == 4
    found = page.links_to_events()
    assert "events on this page" in page.text
    older = page.link("Older page")
    fragment = browse(mara, first + older, **{"HX-Request": "true"})
    assert "<html" not in fragment.source
    assert len(fragment.links_to_events()) == 4
    while older:
        page = browse(mara, first + older)
        found += page.links_to_events()
        older = dict(page.links).get("Older page", "")
    assert len(set(found)) == len(found) == 10
    assert page.link("Newest events") == "?"


def test_the_count_of_a_huge_context_is_bounded(
    browse: Browse, mara: User, product: Product, monkeypatch: pytest.MonkeyPatch
):
    with pghistory.context(command="relabel") as context:
        Category.objects.bulk_create([Category(name=f"{n}", slug=f"s{n}") for n in range(10_050)])
    page = browse(mara, f"{CONTEXT}/{context.id}/")
    assert "One job, more than 10,000 changes" in page.text


def test_only_what_may_be_seen_is_shown_and_counted(
    browse: Browse, viktor: User, person: Callable[..., User], product: Product
):
    with pghistory.context(url="/admin/", note="kept") as context:
        product.price = 140
        product.save()
        Category.objects.create(name="Rugs", slug="rugs")
    page = browse(viktor, f"{CONTEXT}/{context.id}/")
    assert "One request, 1 change" in page.text
    assert "Rugs" not in page.text
    nobody = person("nobody", "shop.view_order")
    browse(nobody, f"{CONTEXT}/{context.id}/", status=404)


def test_the_queries_do_not_grow_with_the_events(client: Client, mara: User, supplier: Supplier, settings: Any):
    settings.PGHISTORY_UI_PAGE_SIZE = 500

    def queries(rows: int, run: str) -> int:
        with pghistory.context(actor=mara, command="import") as context:
            category = Category.objects.create(name=run, slug=run)
            Product.objects.bulk_create(
                Product(name=f"{run}{n}", sku=f"{run}{n}", price=1, supplier=supplier, category=category)
                for n in range(rows)
            )
        client.force_login(mara)
        client.get(f"{CONTEXT}/{context.id}/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"{CONTEXT}/{context.id}/").status_code == 200
        return len(captured)

    # Beside the products, the few have their category on the page.
    assert queries(10, "few") >= queries(1_000, "many")


@pytest.mark.parametrize("key", ["0", "x", "%00", "9" * 40, "00000000-0000-0000-0000-000000000000", "%F0%9F%98%80"])
def test_an_unknown_context_is_not_found(browse: Browse, mara: User, product: Product, key: str):
    browse(mara, f"{CONTEXT}/{key}/", status=404)


@pytest.mark.parametrize("after", ["x", "%00", "MjAyNg", "9" * 600])
def test_an_address_that_no_page_gave_is_not_found(browse: Browse, mara: User, changed: Product, after: str):
    browse(mara, f"{address(changed)}?after={after}", status=404)


def test_odd_metadata_is_shown_as_it_is(browse: Browse, mara: User, product: Product):
    metadata: dict[str, Any] = {"<i>": ["a", {"b": None}], "long": "x" * 9_000, "url": "javascript:alert(1)"}
    with pghistory.context(**metadata):
        product.price = 140
        product.save()
    page = browse(mara, address(product))
    assert '["a", {"b": null}]' in page.text
    assert "x" * 501 not in page.text
    assert not [href for href in page.addresses() if href.startswith("javascript")]


def test_nothing_is_shown_of_a_context_whose_events_are_gone(browse: Browse, mara: User, product: Product):
    with pghistory.context(url="/") as context:
        Order.objects.none().delete()
    browse(mara, f"{CONTEXT}/{context.id}/", status=404)
    browse(mara, f"{CONTEXT}/{uuid.uuid4()}/", status=404)


def test_what_one_context_changed_can_be_exported(client: Client, browse: Browse, mara: User, changed: Product):
    context = Context.objects.get(metadata__reason="Price list, week 48")
    page = browse(mara, f"{EVENTS}context/{context.pk}/")
    address = f"{EVENTS}export/?context={context.pk}"
    assert page.link("Export") == address
    assert "1 event" in browse(mara, address).text
    lines = b"".join(client.get(f"{EVENTS}export.csv?context={context.pk}").streaming_content)
    assert lines.count(b"\r\n") == 2
    found = browse(mara, f"{EVENTS}?context={context.pk}")
    assert f"Request or job {context.pk}" in found.text
    assert "Enter a valid UUID" in browse(mara, f"{EVENTS}?context=x").text
