"""Single fields that somebody may not see."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client

from demo_project.shop.models import Category, Product
from pghistory.timeline import Timeline
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
HIDDEN = ("129.00", "139.00", "price", "Price")


def no_prices(request: HttpRequest, model: type[Model], name: str) -> bool:
    return bool(request.user.is_superuser) or (model, name) != (Product, "price")


def no_suppliers(request: HttpRequest, model: type[Model], name: str) -> bool:
    return bool(request.user.is_superuser) or (model, name) != (Product, "supplier")


@pytest.fixture(params=["callable", "path"])
def withheld(request: pytest.FixtureRequest, settings: Any, changed: Product) -> Product:
    """The changed product, whose prices only superusers may see."""
    settings.PGHISTORY_UI_FIELD_PERMISSION = no_prices if request.param == "callable" else f"{__name__}.no_prices"
    return changed


def pages_of(product: Product) -> list[str]:
    first, last = product.events.order_by("pgh_id").values_list("pgh_id", flat=True)
    event = f"{EVENTS}event/shop.ProductEvent"
    return [
        f"{EVENTS}?model=shop.Product&unchanged=1",
        f"{EVENTS}object/shop.Product/{product.pk}/?unchanged=1",
        f"{event}/{first}/",
        f"{event}/{last}/?unchanged=1",
        f"{EVENTS}compare/shop.ProductEvent/{first}/{last}/?unchanged=1",
        f"{EVENTS}compare/shop.ProductEvent/{first}/live/?unchanged=1",
        f"{EVENTS}context/{product.events.get(pk=last).pgh_context_id}/",
    ]


def without_reason(text: str) -> str:
    """The text without what the context says, and what the filter explains: both are no field of the object."""
    for words in ("Price list, week 48", "price:100→10", "price:10..20", "field:price", "Price list", "price_reviewed"):
        text = text.replace(words, "")
    return text


def test_a_withheld_field_is_on_no_page(browse: Browse, viktor: User, mara: User, withheld: Product):
    for address in pages_of(withheld):
        assert "139.00" in browse(mara, address).text or "129.00" in browse(mara, address).text
        text = without_reason(browse(viktor, address).text)
        assert "sku" in text or "status" in text.lower() or "name" in text, address
        for word in HIDDEN:
            assert word not in text, (address, word)


def test_a_withheld_foreign_key_leads_nobody_from_the_other_end(
    browse: Browse, viktor: User, mara: User, changed: Product, settings: Any
):
    viktor.user_permissions.add(Permission.objects.get(codename="view_supplier"))
    viktor = User.objects.get(pk=viktor.pk)
    supplier = f"{EVENTS}object/shop.Supplier/{changed.supplier_id}/"
    settings.PGHISTORY_UI_FIELD_PERMISSION = no_suppliers
    assert "Merino throw" in browse(mara, f"{supplier}?related=1").text
    page = browse(viktor, f"{supplier}?related=1")
    assert "Merino throw" not in page.text
    assert "Related objects" not in page.text
    category = Category.objects.get(slug="throws")
    viktor.user_permissions.add(Permission.objects.get(codename="view_category"))
    assert (
        "Merino throw"
        in browse(User.objects.get(pk=viktor.pk), f"{EVENTS}object/shop.Category/{category.pk}/?related=1").text
    )


def test_a_withheld_foreign_key_of_two_is_passed_over(changed: Product):
    event_model = Product.pgh_event_models["update"]
    category = Category.objects.get(slug="throws")
    every = Timeline().references(changed.supplier)
    assert {entry.object for entry in every.entries()} == {changed}
    assert every.references(category).count().number == 1
    hidden = {(event_model, "supplier")}
    assert event_model not in Timeline().references(changed.supplier, hidden=hidden).event_models
    assert Timeline().references(category, hidden=hidden).count().number == 1


def test_a_withheld_field_is_in_no_export_and_no_suggestion(client: Client, viktor: User, withheld: Product):
    client.force_login(viktor)
    for file_format in ("csv", "jsonl"):
        text = b"".join(client.get(f"{EVENTS}export.{file_format}").streaming_content).decode()
        assert "status" in text
        for word in HIDDEN:
            assert word not in without_reason(text)
    for text in ("pri", "field:pri", "price:", "field:"):
        assert "price" not in without_reason(client.get(f"{EVENTS}suggestions/", {"q": text}).content.decode())


def test_a_withheld_field_cannot_be_asked_for(browse: Browse, client: Client, viktor: User, withheld: Product):
    for query in ("field=price", "q=field:price", "q=price:129→139", "q=price:*→*"):
        page = browse(viktor, f"{EVENTS}?{query}")
        assert "The filter cannot be applied" in page.text
        assert page.links_to_events() == []
    event = withheld.events.latest("pgh_id")
    address = f"{EVENTS}event/shop.ProductEvent/{event.pk}/?text=price&side=before"
    assert client.get(address).status_code == 404
    client.force_login(User.objects.get(username="mara"))
    assert client.get(address).content == b"129.00"


def test_a_withheld_field_is_not_restored_nor_shown_when_others_are(
    browse: Browse, client: Client, person: Callable[..., User], withheld: Product
):
    editor = person("editor", *(f"shop.{action}_product" for action in ("view", "add", "change", "delete")))
    first, last = withheld.events.order_by("pgh_id").values_list("pgh_id", flat=True)
    for address in (
        f"{EVENTS}restore/shop.ProductEvent/{first}/",
        f"{EVENTS}restore/shop.ProductEvent/{last}/",
        f"{EVENTS}undo/{withheld.events.get(pk=last).pgh_context_id}/",
        f"{EVENTS}object/shop.Product/{withheld.pk}/as-of/",
    ):
        client.force_login(editor)
        answer = client.get(address)
        assert answer.status_code in (200, 403), address
        text = without_reason(Page(answer.content.decode()).text)
        # A restore says which fields it leaves alone.
        for word in ("129.00", "139.00"):
            assert word not in text, (address, word)
    address = f"{EVENTS}restore/shop.ProductEvent/{first}/"
    source = client.get(address).content.decode()
    (token,) = re.findall(r'name="token" value="([^"]*)"', source)
    ticked = re.findall(r'name="field" value="(\w+)"[^>]*checked', source)
    assert "name" in ticked
    assert client.post(address, {"token": token, "field": ticked}).status_code == 302
    withheld.refresh_from_db()
    assert (withheld.name, str(withheld.price)) == ("Merino throw, natural", "139.00")


def test_a_deleted_row_comes_back_whole_also_where_a_field_is_withheld(
    client: Client, person: Callable[..., User], withheld: Product
):
    editor = person("editor", *(f"shop.{action}_product" for action in ("view", "add", "change", "delete")))
    key, gone = withheld.pk, withheld
    gone.delete()
    event = Product.pgh_event_model.objects.filter(pgh_obj_id=key).latest("pgh_id")
    client.force_login(editor)
    address = f"{EVENTS}restore/shop.ProductEvent/{event.pgh_id}/"
    source = client.get(address).content.decode()
    assert "139.00" not in without_reason(source)
    (token,) = re.findall(r'name="token" value="([^"]*)"', source)
    fields = re.findall(r'name="field" value="(\w+)"', source)
    assert client.post(address, {"token": token, "field": fields}).status_code == 302
    assert str(Product.objects.get(pk=key).price) == "139.00"
