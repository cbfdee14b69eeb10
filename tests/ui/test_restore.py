"""The page that brings one object back: chosen, previewed, confirmed, and refused to those without the right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

import pghistory
from demo_project.shop.models import Category, Customer, Order, OrderLine, Product
from pghistory import restore
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


def address(event: Any) -> str:
    return f"{EVENTS}/restore/{event._meta.label}/{event.pk}/"


def original(product: Product) -> Any:
    return product.events.earliest("pgh_id")


def token(page: Page) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.source)
    assert found
    return found[1]


def ticked(page: Page) -> list[str]:
    return re.findall(r'name="field"\s+value="([^"]+)"\s+checked', page.source)


@pytest.fixture
def model_admin() -> Any:
    return admin.site._registry[Product]


def test_the_page_shows_base_then_now_and_the_events_to_be_written(browse: Browse, mara: User, changed: Product):
    page = browse(mara, address(original(changed)))
    for words in [
        "Restore: Merino throw, oatmeal",
        "Merino throw, natural",
        "129.00 139.00 139.00",
        "Blankets",
        "Restore 7 fields",
        "1 event, written and rolled back just now",
        "Restored",
    ]:
        assert words in page.text, words
    assert "name" in ticked(page)
    changed.refresh_from_db()
    assert changed.name == "Merino throw, oatmeal"


def test_what_was_previewed_is_done_when_it_is_confirmed(client: Client, browse: Browse, mara: User, changed: Product):
    page = browse(mara, address(original(changed)))
    data = {"token": token(page), "field": ticked(page), "reason": "Wrong price list"}
    response = client.post(address(original(changed)), data)
    assert response["Location"] == f"/admin/shop/product/{changed.pk}/history/"
    changed.refresh_from_db()
    assert (changed.name, str(changed.price)) == ("Merino throw, natural", "129.00")
    page = browse(mara, response["Location"])
    for words in ["1 row was restored.", "Restored", "Wrong price list", "Mara Lindqvist"]:
        assert words in page.text
    assert "pgh-kind--restore" in page.classes
    assert changed.events.latest("pgh_id").pgh_context.metadata == {
        "user": mara.pk,
        "url": address(original(changed)),
        "method": "POST",
        "reason": "Wrong price list",
        "restored": f"shop.ProductEvent:{original(changed).pk}",
    }
    again = client.post(address(original(changed)), data)
    assert "was changed after it was previewed" in Page(again.content.decode()).text
    assert changed.events.count() == 3


def test_other_fields_than_those_previewed_are_previewed_first(
    client: Client, browse: Browse, mara: User, changed: Product
):
    page = browse(mara, address(original(changed)))
    data: dict[str, Any] = {"token": token(page), "field": ["price"]}
    page = Page(client.post(address(original(changed)), data).content.decode())
    assert "You chose other fields" in page.text
    assert ticked(page) == ["price"]
    assert "Restore 1 field" in page.text
    client.post(address(original(changed)), {"token": token(page), "field": ["price"]})
    changed.refresh_from_db()
    assert (changed.name, str(changed.price)) == ("Merino throw, oatmeal", "129.00")


def test_a_new_preview_keeps_the_choice_and_the_reason(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    data = {"field": ["name", "price"], "reason": "<script>", "preview": "1"}
    page = Page(client.post(address(original(changed)), data).content.decode())
    assert set(ticked(page)) == {"name", "price"}
    assert 'value="&lt;script&gt;"' in page.source
    changed.refresh_from_db()
    assert changed.name == "Merino throw, oatmeal"


def test_a_conflict_names_the_other_editor_and_is_not_ticked(
    browse: Browse, mara: User, person: Callable[..., User], changed: Product
):
    amira = person("amira")
    amira.first_name, amira.last_name = "Amira", "Haddad"
    amira.save()
    with pghistory.context(actor=amira):
        changed.price = "149.00"
        changed.save()
    page = browse(mara, address(original(changed)))
    assert "1 field was edited after the change that you restore" in page.text
    assert "edited by Amira Haddad" in page.text
    assert "pgh-table__conflict" in page.classes
    assert "price" not in ticked(page)


def test_a_missing_parent_and_a_unique_clash_are_told_beside_their_fields(browse: Browse, mara: User, changed: Product):
    Category.objects.get(slug="blankets").delete()
    Product.objects.filter(pk=changed.pk).update(sku="other")
    Product.objects.create(name="Copy", sku="MT-1", price=1, supplier=changed.supplier)
    event = original(changed)
    browse(mara, address(event))
    data = restore.plan(event, fields=["sku", "name"])
    page = browse(mara, address(event))
    assert "no longer exists" in page.text
    assert {choice.name: choice.problem for choice in data.choices}["sku"].startswith("Another row has the same value")


def test_a_deleted_parent_can_be_restored_first(browse: Browse, mara: User, product: Product):
    order = Order.objects.create(number="1", customer=customer(), placed_at="2026-01-01T10:00Z")
    line = OrderLine.objects.create(order=order, product=product, title="Throw", total=1)
    key = product.pk
    line.product = None
    line.save()
    product.delete()
    page = browse(mara, address(OrderLine.pgh_event_models["insert"].objects.earliest("pgh_id")))
    assert f"product {key} no longer exists." in page.text
    page = browse(mara, page.link("Restore it first"))
    assert "Restore: Merino throw, natural" in page.text


def test_a_deleted_order_comes_back_with_its_lines(client: Client, browse: Browse, mara: User, product: Product):
    order = Order.objects.create(number="1001 %s <b>", customer=customer(), placed_at="2026-01-01T10:00Z")
    for quantity in (1, 2):
        OrderLine.objects.create(order=order, product=product, title="Throw", quantity=quantity, total=1)
    key = order.pk
    order.delete()
    page = browse(mara, f"{EVENTS}/object/shop.Order/{key}/")
    where = page.link("Restore…")
    page = browse(mara, where)
    assert "3 events, written and rolled back just now" in page.text
    assert "1001 %s <b>" in page.text
    fields = re.findall(r'type="hidden" name="field" value="([^"]+)"', page.source)
    response = client.post(where, {"token": token(page), "field": fields})
    assert response.status_code == 302
    assert Order.objects.get(pk=key).lines.count() == 2
    assert "3 rows were restored." in browse(mara, response["Location"]).text


def customer() -> Any:
    return Customer.objects.create(name="Ada", email="ada@example.com", since="2020-01-01")


def test_the_form_needs_its_token_of_the_session_and_its_own_preview(mara: User, changed: Product, product: Product):
    event = original(changed)
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    assert client.post(address(event), {"token": restore.plan(event).token}).status_code == 403
    client = Client()
    client.force_login(mara)
    other = changed.events.latest("pgh_id")
    for text in ["", "nonsense", restore.plan(other).token]:
        page = Page(client.post(address(event), {"token": text, "field": ["name"]}).content.decode())
        assert "Preview it again" in page.text
    changed.refresh_from_db()
    assert changed.name == "Merino throw, oatmeal"


@pytest.mark.parametrize("permissions", [["shop.view_product"], ["shop.change_category", "shop.view_product"]])
def test_those_who_may_not_change_the_model_are_refused(
    client: Client, browse: Browse, person: Callable[..., User], changed: Product, permissions: list[str]
):
    viktor = person("viktor", *permissions)
    event = original(changed)
    page = browse(viktor, f"{EVENTS}/event/shop.ProductEvent/{event.pk}/")
    assert "Restore this version…" not in page.text
    browse(viktor, address(event), status=403)
    assert client.post(address(event), {"token": restore.plan(event).token, "field": ["name"]}).status_code == 403


def test_who_may_change_the_model_is_led_to_the_page(browse: Browse, person: Callable[..., User], changed: Product):
    editor = person("editor", "shop.view_product", "shop.change_product")
    page = browse(editor, f"{EVENTS}/event/shop.ProductEvent/{original(changed).pk}/")
    browse(editor, page.link("Restore this version…"))


def test_a_deleted_object_needs_the_right_to_add_one(browse: Browse, person: Callable[..., User], changed: Product):
    key = changed.pk
    changed.delete()
    event = Product.pgh_event_models["delete"].objects.filter(pgh_obj=key).latest("pgh_id")
    browse(person("editor", "shop.view_product", "shop.change_product"), address(event), status=403)
    adder = person("adder", "shop.view_product", "shop.add_product")
    page = browse(adder, f"{EVENTS}/object/shop.Product/{key}/")
    browse(adder, page.link("Restore…"))


def test_rows_of_models_without_the_right_are_left_out(
    client: Client, browse: Browse, person: Callable[..., User], product: Product
):
    order = Order.objects.create(number="1", customer=customer(), placed_at="2026-01-01T10:00Z")
    OrderLine.objects.create(order=order, title="Secret line", total=1)
    order.delete()
    event = Order.pgh_event_models["delete"].objects.latest("pgh_id")
    adder = person("adder", "shop.view_order", "shop.add_order")
    page = browse(adder, address(event))
    assert restore.NOT_PERMITTED in page.text
    assert "Secret line" not in page.text
    fields = re.findall(r'type="hidden" name="field" value="([^"]+)"', page.source)
    client.post(address(event), {"token": token(page), "field": fields})
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 0)


@pytest.mark.parametrize(("setting", "allowed"), [(False, 403), ("shop.change_refund", 200), ("shop.none", 403)])
def test_the_setting_switches_it_off_or_asks_for_a_permission(
    browse: Browse, person: Callable[..., User], changed: Product, settings: Any, setting: Any, allowed: int
):
    settings.PGHISTORY_UI_RESTORE = setting
    editor = person("editor", "shop.view_product", "shop.change_product", "shop.change_refund")
    browse(editor, address(original(changed)), status=allowed)


def test_a_model_admin_may_switch_it_off_for_all_or_for_one_object(
    browse: Browse, mara: User, changed: Product, model_admin: Any, monkeypatch: pytest.MonkeyPatch
):
    asked: list[Any] = []

    def decide(request: Any, found: Any) -> bool:
        asked.append(found)
        return False

    monkeypatch.setattr(model_admin, "has_restore_history_permission", decide, raising=False)
    browse(mara, address(original(changed)), status=403)
    assert asked == [changed]


def test_a_model_admin_that_forbids_changes_forbids_restoring(
    browse: Browse, mara: User, changed: Product, model_admin: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(model_admin, "has_change_permission", lambda request, obj=None: False)
    browse(mara, address(original(changed)), status=403)


def test_events_that_are_none_or_belong_to_no_object_have_no_page(browse: Browse, mara: User, changed: Product):
    browse(mara, f"{EVENTS}/restore/shop.ProductEvent/999999/", status=404)
    browse(mara, f"{EVENTS}/restore/shop.Nothing/1/", status=404)


def test_what_is_as_it_was_says_so(browse: Browse, mara: User, product: Product):
    page = browse(mara, address(original(product)))
    assert "nothing to restore" in page.text
    assert 'name="token"' not in page.source


def test_fields_that_may_not_be_seen_are_neither_shown_nor_restored(
    client: Client, browse: Browse, mara: User, changed: Product, settings: Any
):
    settings.PGHISTORY_UI_FIELD_PERMISSION = "tests.ui.test_restore.no_prices"
    event = original(changed)
    page = browse(mara, address(event))
    assert "139.00" not in page.text
    assert "129.00" not in page.text
    assert "You may not see this field." in page.text
    assert "price" not in ticked(page)
    page = Page(client.post(address(event), {"field": ["price"], "preview": "1"}).content.decode())
    assert "Nothing is chosen." in page.text
    page = browse(mara, address(event))
    client.post(address(event), {"token": token(page), "field": ticked(page)})
    changed.refresh_from_db()
    assert (changed.name, str(changed.price)) == ("Merino throw, natural", "139.00")


def test_what_stands_against_a_field_that_may_not_be_seen_tells_nothing_of_it(
    browse: Browse, mara: User, product: Product, settings: Any
):
    product.delete()
    Category.objects.all().delete()
    event = Product.pgh_event_model.objects.latest("pgh_id")
    assert "no longer exists" in browse(mara, address(event)).text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "category"
    page = browse(mara, address(event))
    assert "no longer exists" not in page.text
    assert "Category hidden Cannot be restoredYou may not see this field." in page.text


def no_prices(request: Any, model: Any, name: str) -> bool:
    return name != "price"
