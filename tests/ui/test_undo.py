"""The page that takes back what one request or job changed: previewed, confirmed, and kept from those without right."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

import pghistory
from demo_project.shop.models import Category, Product
from pghistory import restore
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


def address(context: Any) -> str:
    return f"{EVENTS}/undo/{context}/"


def token(page: Page) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.source)
    assert found
    return found[1]


def offered(page: Page) -> list[str]:
    return re.findall(r'name="overwrite" value="([^"]+)" aria-label', page.source)


@pytest.fixture
def products(product: Product) -> list[Product]:
    more = [
        Product.objects.create(
            name=f"Throw {number} <script> %s", sku=f"T-{number}", price=10, supplier=product.supplier
        )
        for number in range(3)
    ]
    return [product, *more]


@pytest.fixture
def wrong(products: list[Product], mara: User) -> uuid.UUID:
    """A job that got all prices wrong, and added and removed something."""
    with pghistory.context(actor=mara, command="import_prices") as context:
        Product.objects.update(price=1)
        Category.objects.create(name="Wrong", slug="wrong")
        products[-1].delete()
    return context.id


def test_a_wrong_import_is_undone_from_its_context_page(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID, products: list[Product]
):
    page = browse(mara, f"{EVENTS}/context/{wrong}/")
    where = page.link("Undo this job…")
    assert where == address(wrong)
    page = browse(mara, where)
    for words in ["import_prices", "Mara Lindqvist", "Products 3 1 0", "Categories 0 0 1", "Undo 5 rows", "Undone"]:
        assert words in page.text, words
    assert set(Product.objects.values_list("price", flat=True)) == {1}
    response = client.post(where, {"token": token(page), "reason": "Wrong column"})
    assert sorted(str(price) for price in Product.objects.values_list("price", flat=True)) == [
        "10.00", "10.00", "10.00", "129.00",
    ]  # fmt: skip
    assert not Category.objects.filter(slug="wrong").exists()
    page = browse(mara, response["Location"])
    for words in ["5 rows are as they were before.", "Wrong column", "Undone", "Undo this request…"]:
        assert words in page.text, words
    page = browse(mara, page.link("Undo this request…"))
    client.post(address(response["Location"].split("/")[-2]), {"token": token(page)})
    assert set(Product.objects.values_list("price", flat=True)) == {1}
    again = Page(client.post(where, {"token": "old"}).content.decode())
    assert "Preview it again" in again.text


def test_a_later_edit_is_shown_with_its_editor_and_stays_unless_it_is_ticked(
    client: Client, browse: Browse, mara: User, person: Callable[..., User], wrong: uuid.UUID, products: list[Product]
):
    with pghistory.context(actor=person("amira")):
        Product.objects.filter(pk=products[0].pk).update(price=149)
    page = browse(mara, address(wrong))
    for words in ["1 row was edited since", "Merino throw, natural", "129.00 1.00 149.00", "edited by amira"]:
        assert words in page.text, words
    [name] = offered(page)
    assert name == f"shop.ProductEvent:{products[0].pk}:price"
    page = Page(client.post(address(wrong), {"token": token(page), "overwrite": [name]}).content.decode())
    assert "You chose other conflicts" in page.text
    assert f"Overwrite {name}" in page.text
    client.post(address(wrong), {"token": token(page), "overwrite": [name]})
    products[0].refresh_from_db()
    assert str(products[0].price) == "129.00"


def test_a_row_that_was_added_and_edited_since_is_a_conflict_too(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID
):
    category = Category.objects.get(slug="wrong")
    Category.objects.filter(pk=category.pk).update(name="Right")
    page = browse(mara, address(wrong))
    assert "did not exist" in page.text
    data = {"overwrite": offered(page)}
    page = Page(client.post(address(wrong), {**data, "preview": "1"}).content.decode())
    client.post(address(wrong), {**data, "token": token(page)})
    assert not Category.objects.filter(pk=category.pk).exists()


def test_the_form_needs_the_sessions_token_and_its_own_preview(mara: User, wrong: uuid.UUID, products: list[Product]):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    assert client.post(address(wrong), {"token": restore.undo(wrong).token}).status_code == 403
    client = Client()
    client.force_login(mara)
    with pghistory.context() as other:
        Product.objects.update(stock=1)
    for text in ["", restore.undo(other.id).token]:
        assert "Preview it again" in Page(client.post(address(wrong), {"token": text}).content.decode()).text
    assert set(Product.objects.values_list("price", flat=True)) == {1}


def test_those_without_any_right_are_refused_and_see_no_button(
    client: Client, browse: Browse, person: Callable[..., User], wrong: uuid.UUID, settings: Any, mara: User
):
    viktor = person("viktor", "shop.view_product", "shop.view_category")
    assert "Undo this" not in browse(viktor, f"{EVENTS}/context/{wrong}/").text
    browse(viktor, address(wrong), status=403)
    assert client.post(address(wrong), {"token": restore.undo(wrong).token}).status_code == 403
    browse(person("stranger", "shop.view_order"), address(wrong), status=404)
    browse(mara, address("nonsense"), status=404)
    settings.PGHISTORY_UI_RESTORE = False
    browse(mara, address(wrong), status=403)


def test_what_the_one_who_asks_may_not_write_is_left_out(
    client: Client, browse: Browse, person: Callable[..., User], wrong: uuid.UUID, products: list[Product]
):
    editor = person("editor", "shop.view_product", "shop.change_product")
    page = browse(editor, address(wrong))
    assert restore.NOT_PERMITTED in page.text
    assert "Categor" not in page.text
    assert "Undo 3 rows" in page.text
    client.post(address(wrong), {"token": token(page)})
    assert Product.objects.filter(price=1).count() == 0
    assert Product.objects.count() == 3
    assert Category.objects.filter(slug="wrong").exists()


def test_an_editor_of_some_rows_undoes_these_alone(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID, products: list[Product], monkeypatch: Any
):
    model_admin = admin.site._registry[Product]
    mine = products[0].pk

    def decide(request: Any, found: Any) -> bool:
        return found is None or found.pk == mine

    monkeypatch.setattr(model_admin, "has_restore_history_permission", decide, raising=False)
    page = browse(mara, address(wrong))
    client.post(address(wrong), {"token": token(page)})
    assert list(Product.objects.exclude(price=1).values_list("pk", flat=True).order_by("pk"))[:1] == [mine]


def test_a_context_with_nothing_left_to_undo_says_so(browse: Browse, mara: User, product: Product):
    with pghistory.context(actor=mara) as context:
        Product.objects.update(price=1)
    restore.apply(restore.undo(context.id))
    page = browse(mara, address(context.id))
    assert "nothing to undo" in page.text
    assert 'name="token"' not in page.source


def test_more_rows_than_a_request_writes_are_left_to_the_command(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID, settings: Any
):
    settings.PGHISTORY_INLINE_ROWS = 4
    page = browse(mara, address(wrong))
    assert f"manage.py pghistory undo {wrong}" in page.text
    assert 'name="token"' not in page.source
    client.post(address(wrong), {})
    assert set(Product.objects.values_list("price", flat=True)) == {1}


def test_a_context_of_too_many_events_is_not_even_previewed(
    browse: Browse, mara: User, wrong: uuid.UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory_ui.views.undo.LARGEST", 3)
    monkeypatch.setattr(restore, "undo", None)
    page = browse(mara, address(wrong))
    assert f"manage.py pghistory undo {wrong}" in page.text
    assert 'name="token"' not in page.source


def test_what_the_database_refuses_is_listed(browse: Browse, mara: User, product: Product):
    with pghistory.context(actor=mara) as context:
        Product.objects.update(sku="changed", price=1)
    Product.objects.create(name="Copy", sku="MT-1", price=1, supplier=product.supplier)
    page = browse(mara, address(context.id))
    assert "Another row has the same value" in page.text
    assert "rows that stay as they are" in page.text


def test_conflicts_in_fields_that_may_not_be_seen_are_not_shown(
    browse: Browse, mara: User, wrong: uuid.UUID, products: list[Product], settings: Any
):
    Product.objects.filter(pk=products[0].pk).update(price=149)
    settings.PGHISTORY_UI_FIELD_PERMISSION = "tests.ui.test_restore.no_prices"
    page = browse(mara, address(wrong))
    assert "149.00" not in page.text
    assert "129.00" not in page.text
    assert offered(page) == []


def test_fields_that_are_withheld_stay_as_they_are_whatever_is_posted(
    client: Client, browse: Browse, mara: User, product: Product, settings: Any
):
    with pghistory.context(command="rename") as context:
        Product.objects.filter(pk=product.pk).update(price=1, name="Wrong")
    Product.objects.filter(pk=product.pk).update(price=5)
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "price"
    where = address(context.id)
    hidden = f"shop.ProductEvent:{product.pk}:price"
    client.force_login(mara)
    page = Page(client.post(where, {"overwrite": hidden, "preview": "1"}).content.decode())
    assert "Fields that you may not see stay as they are." in page.text
    assert "row was edited since" not in page.text
    client.post(where, {"overwrite": hidden, "token": token(page)})
    name = product.name
    product.refresh_from_db()
    assert [product.name, product.price] == [name, 5]


def test_nothing_is_left_of_an_undo_of_withheld_fields(browse: Browse, mara: User, product: Product, settings: Any):
    with pghistory.context(command="rename") as context:
        Product.objects.filter(pk=product.pk).update(price=1, updated_at="2026-01-01T00:00Z")
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "price"
    page = browse(mara, address(context.id))
    assert "There is nothing to undo" in page.text
    assert 'name="token"' not in page.source


def test_why_the_database_refuses_a_row_is_told_without_withheld_values(
    browse: Browse, mara: User, product: Product, settings: Any
):
    gone = Product.objects.create(name="Gone", sku="SECRET-1", price=10, supplier=product.supplier)
    with pghistory.context(command="clean_up") as context:
        gone.delete()
    Product.objects.filter(pk=product.pk).update(sku="SECRET-1")
    assert "(SECRET-1) already exists" in browse(mara, address(context.id)).text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "sku"
    page = browse(mara, address(context.id))
    assert "Another row has the same value" in page.text
    assert "SECRET-1" not in page.text


class CategoriesElsewhere:
    """A router that has a model and its events in another database."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "archive" if model in (Category, Category.pgh_event_model) else None

    db_for_write = db_for_read


@pytest.mark.django_db(databases=["default", "archive"])
def test_what_another_database_holds_is_undone_there(client: Client, browse: Browse, mara: User, settings: Any):
    settings.DATABASE_ROUTERS = [CategoriesElsewhere()]
    with pghistory.context(command="import_categories") as context:
        Category.objects.create(name="Wrong", slug="wrong")
    where = address(context.id)
    page = browse(mara, where)
    assert "Undo 1 row" in page.text
    client.post(where, {"token": token(page)})
    assert not Category.objects.exists()
