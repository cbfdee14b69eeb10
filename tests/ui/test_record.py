"""Recording a manual event."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from demo_project.shop.models import Category, Product
from pghistory_ui.admin import show_timelines
from tests.ui.html import Page

Browse = Callable[..., Page]
RECORD = "/admin/pghistory/events/record/"


def test_the_form_lists_the_labels_that_the_model_takes_by_hand(browse: Browse, mara: User, product: Product):
    page = browse(mara, f"/admin/shop/product/{product.pk}/history/")
    form = browse(mara, page.link("Record event"))
    for label in ["price_reviewed", "photographed", "recalled"]:
        assert label in form.text
    assert "insert" not in form.text.split()


def test_a_recorded_event_appears_in_the_timeline_with_its_reason_and_its_author(
    client: Client, browse: Browse, mara: User, product: Product
):
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    response = client.post(address, {"label": "price_reviewed", "reason": "Quarterly review"})
    assert response.status_code == 302
    assert response["Location"] == f"/admin/shop/product/{product.pk}/history/"
    page = browse(mara, response["Location"])
    for words in ["“price_reviewed” was recorded.", "Recorded", "price_reviewed", "Quarterly review", "Mara Lindqvist"]:
        assert words in page.text
    event = product.events.latest("pgh_id")
    assert event.pgh_label == "price_reviewed"
    assert event.pgh_context.metadata["reason"] == "Quarterly review"
    assert event.pgh_context.metadata["user"] == mara.pk


def test_a_wrong_form_stays_and_says_why(client: Client, browse: Browse, mara: User, product: Product):
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    for data in [{}, {"label": "insert"}, {"label": "price_reviewed", "reason": "\0"}, {"label": "\0"}]:
        response = client.post(address, data)
        assert response.status_code == 200
        assert "pgh-form__error" in Page(response.content.decode()).classes
    assert product.events.count() == 1


def test_the_form_needs_its_token(mara: User, product: Product):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    assert client.post(address, {"label": "price_reviewed"}).status_code == 403


def test_without_an_object_the_page_asks_for_one(browse: Browse, mara: User, product: Product):
    assert "Product" in browse(mara, RECORD).text
    assert "Label" in browse(mara, f"{RECORD}?model=shop.Product&pk={product.pk}").text
    assert "This cannot be a key" in browse(mara, f"{RECORD}?model=shop.Product&pk=x").text
    browse(mara, f"{RECORD}?model=shop.Product&pk=999999", status=404)
    browse(mara, f"{RECORD}?model=shop.Nothing&pk=1", status=404)


def test_a_model_without_manual_labels_says_what_to_add(browse: Browse, mara: User):
    category = Category.objects.create(name="Rugs", slug="rugs")
    page = browse(mara, f"{RECORD}?model=shop.Category&pk={category.pk}")
    assert "no label is taken by hand" in page.text


@pytest.fixture
def jug(product: Product) -> Product:
    return Product.objects.create(name="Stoneware jug", sku="J-1", price="41.50", supplier=product.supplier)


def address(*products: Product) -> str:
    return f"{RECORD}?model=shop.Product&" + "&".join(f"pk={each.pk}" for each in products)


def select(client: Client, action: str, *products: Any) -> Any:
    data = {"action": action, "_selected_action": [each.pk for each in products]}
    return client.post("/admin/shop/product/", data)


def test_one_event_about_several_objects_from_their_list(
    client: Client, browse: Browse, mara: User, product: Product, jug: Product
):
    page = browse(mara, "/admin/shop/product/")
    for words in ["History of the selected objects", "Record an event for the selected objects"]:
        assert words in page.text
    client.force_login(mara)
    response = select(client, "record_for_selected", jug, product)
    form = browse(mara, response["Location"])
    assert "Merino throw, natural" in form.text
    assert "Stoneware jug" in form.text
    assert "Record 2 events" in form.text
    response = client.post(
        response["Location"], {"label": "recalled", "reason": "Chips", "key-0": "ticket", "value-0": "SUP-3391"}
    )
    events = [each.events.latest("pgh_id") for each in (product, jug)]
    assert {event.pgh_label for event in events} == {"recalled"}
    assert len({event.pgh_context_id for event in events}) == 1
    metadata = events[0].pgh_context.metadata
    assert (metadata["ticket"], metadata["reason"], metadata["user"]) == ("SUP-3391", "Chips", mara.pk)
    shown = browse(mara, response["Location"])
    assert "Chips" in shown.text
    assert f"Object shop.Product:{jug.pk} Remove this filter" in shown.text


def test_a_preview_shows_what_would_be_stored_and_stores_nothing(
    client: Client, mara: User, product: Product, jug: Product
):
    client.force_login(mara)
    before = Product.pgh_event_model.objects.count()
    given = {"label": "recalled", "reason": "Chips", "preview": "1"}
    page = Page(client.post(address(product, jug), given).content.decode())
    assert "2 events, written and rolled back" in page.text
    assert page.text.count("Recorded") == 2
    assert "Preview again" in page.text
    assert "Chips" in page.source
    assert Product.pgh_event_model.objects.count() == before


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"key-0": "review date", "value-0": "x"}, "Write the key as one word, as review_date."),
        ({"key-0": "1st", "value-0": "x"}, "Write the key as one word, as review_date."),
        ({"key-0": "user", "value-0": "1"}, "This key is taken."),
        ({"key-0": "actor", "value-0": "Jonas"}, "This key is taken."),
        ({"key-1": "self", "value-1": "x"}, "This key is taken."),
        ({"key-0": "method", "value-0": "DELETE"}, "This key is taken."),
        ({"key-0": "undone", "value-0": "yes"}, "This key is taken."),
        ({"key-0": "a", "value-0": "1", "key-2": "a", "value-2": "2"}, "This key is taken."),
        ({"key-1": "a"}, "Say which value the key must have."),
        ({"value-1": "a"}, "Say which key has this value."),
        ({"key-0": "x" * 61, "value-0": "1"}, "at most 60 characters"),
        ({"key-0": "\0", "value-0": "1"}, "Null characters are not allowed."),
    ],
)
def test_further_keys_are_words_with_values(
    client: Client, mara: User, product: Product, given: dict[str, str], problem: str
):
    client.force_login(mara)
    page = Page(client.post(address(product), {"label": "recalled", **given}).content.decode())
    assert problem in page.text
    assert product.events.count() == 1


def test_each_object_has_to_be_changeable_and_there_are_not_too_many(
    client: Client, browse: Browse, mara: User, viktor: User, product: Product, jug: Product, monkeypatch: Any
):
    browse(viktor, address(product, jug), status=403)
    browse(mara, f"{address(product)}&pk=999999", status=404)
    browse(mara, f"{RECORD}?model=shop.Product&pk=x&pk={product.pk}", status=404)
    monkeypatch.setattr("pghistory_ui.views.record.MOST_OBJECTS", 1)
    browse(mara, address(product, jug), status=404)


def test_the_history_of_selected_objects_is_one_page(
    client: Client, browse: Browse, mara: User, product: Product, jug: Product, monkeypatch: Any
):
    client.force_login(mara)
    response = select(client, "history_of_selected", product)
    assert response["Location"] == f"/admin/shop/product/{product.pk}/history/"
    response = select(client, "history_of_selected", product, jug)
    page = browse(mara, response["Location"])
    assert len(page.links_to_events()) == 2
    assert page.source.count('name="obj"') >= 2
    assert page.link(f"Object shop.Product:{jug.pk} Remove this filter") == f"?obj=shop.Product%3A{product.pk}"
    exported = b"".join(client.get(f"/admin/pghistory/events/export.csv?{response['Location'].split('?')[1]}"))
    assert exported.count(b"\r\n") == 3
    monkeypatch.setattr("pghistory_ui.actions.MOST_OBJECTS", 1)
    response = select(client, "history_of_selected", product, jug)
    assert "Choose no more than 1 objects." in browse(mara, response["Location"]).text
    response = select(client, "record_for_selected", product, jug)
    assert response["Location"].endswith("/admin/shop/product/")
    monkeypatch.setattr("pghistory_ui.filters.MOST_OBJECTS", 1)
    filtered = browse(mara, f"/admin/pghistory/events/?obj=shop.Product:{product.pk}&obj=shop.Product:{jug.pk}")
    assert "Choose no more than 1 objects." in filtered.text


def test_who_may_only_look_is_offered_the_history_alone(browse: Browse, viktor: User, mara: User, product: Product):
    page = browse(viktor, "/admin/shop/product/")
    assert "History of the selected objects" in page.text
    assert "Record an event for" not in page.text
    # Of a model that takes no label by hand, the history alone.
    Category.objects.create(name="Rugs", slug="rugs")
    page = browse(mara, "/admin/shop/category/")
    assert "History of the selected objects" in page.text
    assert "Record an event for" not in page.text


def test_an_admin_without_actions_keeps_none_and_none_is_added_twice(monkeypatch: Any):
    model_admin: Any = admin.site._registry[Product]
    show_timelines(admin.site)
    assert [each.__name__ for each in model_admin.actions].count("history_of_selected") == 1
    monkeypatch.setattr(model_admin, "actions", None)
    show_timelines(admin.site)
    assert model_admin.actions is None
