"""Objects that are gone: found, named, and led back from."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Customer, Product, Supplier, Tag
from tests.ui.html import Page

Browse = Callable[..., Page]
DELETED = "/admin/pghistory/events/deleted/"


@pytest.fixture
def gone(changed: Product, mara: User) -> Product:
    """The product, deleted by Mara in a request."""
    key = changed.pk
    with pghistory.context(actor=mara, url="/admin/", reason="Out of range"):
        changed.delete()
    changed.pk = key
    return changed


def test_a_deleted_object_is_named_with_who_when_and_why(browse: Browse, mara: User, gone: Product):
    page = browse(mara, DELETED)
    assert "Search names and keys" in page.text
    assert "Deleted by" in page.text
    for words in ["Merino throw, oatmeal", f"key {gone.pk}", "Product", "Today, ", "Mara Lindqvist", "Out of range"]:
        assert words in page.text
    assert [href for words, href in page.links if words == "History"][-1] == page.link("Merino throw, oatmeal")
    assert "Change history: Merino throw, oatmeal (deleted)" in browse(mara, page.link("Merino throw, oatmeal")).text


def test_who_may_restore_finds_the_way(browse: Browse, mara: User, viktor: User, gone: Product):
    event = Product.pgh_event_models["delete"].objects.latest("pgh_id")
    restore = f"/admin/pghistory/events/restore/shop.ProductEvent/{event.pk}/"
    assert browse(mara, DELETED).link("Restore…") == restore
    page = browse(viktor, DELETED)
    assert "No right to restore" in page.text
    assert restore not in page.addresses()


def test_what_lives_is_not_listed(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{DELETED}?model=shop.Product")
    assert "Merino" not in page.text
    assert "No deleted object matches" in page.text


def test_nothing_deleted_says_so(browse: Browse, mara: User):
    assert "Nothing is deleted" in browse(mara, DELETED).text


def test_what_was_brought_back_is_no_longer_listed(browse: Browse, mara: User, gone: Product, supplier: Supplier):
    assert "Merino" in browse(mara, DELETED).text
    Product.objects.create(pk=gone.pk, name="Merino again", sku="MT-1", price=1, supplier=supplier)
    assert "Merino" not in browse(mara, f"{DELETED}?model=shop.Product").text


def test_what_was_deleted_twice_is_listed_once(browse: Browse, mara: User, gone: Product, supplier: Supplier):
    Product.objects.create(pk=gone.pk, name="Merino again", sku="MT-1", price=1, supplier=supplier).delete()
    page = browse(mara, f"{DELETED}?model=shop.Product")
    assert page.text.count(f"key {gone.pk}") == 1
    assert "Merino again" in page.text


def test_without_a_delete_tracker_the_last_event_tells(browse: Browse, mara: User):
    category = Category.objects.create(name="Rugs", slug="rugs")
    category.name = "Runners"
    category.save()
    category.delete()
    page = browse(mara, DELETED)
    assert page.text.count("deletion not recorded") == 1
    assert "Runners" in page.text
    assert "Rugs" not in page.text
    assert "last event Today" in page.text
    assert "No tracker stores deletions of " in page.text
    assert "products" not in page.text.split("No tracker stores deletions of ")[1].split(":")[0].split(", ")


def test_of_several_event_models_the_one_with_deletions_speaks(browse: Browse, mara: User):
    customer = Customer.objects.create(name="Ilse", email="a@example.com", since="2026-01-01")
    customer.email = "b@example.com"
    customer.save()
    customer.delete()
    page = browse(mara, DELETED)
    assert page.text.count("Ilse") == 1
    assert "deletion not recorded" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=oatmeal", True),
        ("q=OATMEAL", True),
        ("q=MT-1", True),
        ("q=nothing", False),
        ("q=-oatmeal", False),
        ("q=merino+-oatmeal", False),
        ("q=-nothing", True),
        ("q=-nothing+oatmeal", True),
        ("q=%25", False),
        ("q=%00", None),
        ("model=shop.Product", True),
        ("model=shop.Category", False),
        ("model=shop.Nothing", None),
        ("since=2001-01-01", True),
        ("until=2001-01-01", False),
        ("since=yesterday", None),
        ("actor=celery", False),
        ("after=x", None),
        ("after=%00", None),
        ("unknown=1", True),
    ],
)
def test_the_list_is_filtered(browse: Browse, mara: User, gone: Product, query: str, found: bool | None):
    page = browse(mara, f"{DELETED}?{query}")
    assert ("Out of range" in page.text) is bool(found)
    assert (found is None) is bool({"pgh-form__error", "pgh-notice--warn", "pgh-notice--bad"} & set(page.classes))


def test_an_object_is_found_by_its_key_and_its_deleter(browse: Browse, mara: User, gone: Product):
    assert "Out of range" in browse(mara, f"{DELETED}?q={gone.pk}").text
    assert "Out of range" in browse(mara, f"{DELETED}?actor={mara.pk}").text
    assert "Out of range" not in browse(mara, f"{DELETED}?actor={mara.pk + 1}").text


def test_older_deletions_are_a_page_further(browse: Browse, mara: User, db: None, settings: Any):
    settings.PGHISTORY_UI_PAGE_SIZE = 3
    for number in range(7):
        Tag.objects.create(name=f"tag-{number}")
    Tag.objects.all().delete()
    page = browse(mara, DELETED)
    found = [words for words, _href in page.links if words.startswith("tag-")]
    while older := dict(page.links).get("Older page"):
        page = browse(mara, DELETED + older)
        found += [words for words, _href in page.links if words.startswith("tag-")]
    assert sorted(found) == [f"tag-{number}" for number in range(7)]
    assert page.link("Newest deletions") == "?"


def test_a_page_looks_at_some_of_a_large_table_and_leads_further_back(
    browse: Browse, mara: User, gone: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory.estimates.LOOKED_AT", 4)
    Category.objects.bulk_create([Category(name=f"{n}", slug=f"s{n}") for n in range(9)])
    events = Category.pgh_event_models["insert"].objects
    for days, event in enumerate(events.order_by("-pgh_id")):
        events.filter(pk=event.pk).update(pgh_created_at=timezone.now() + dt.timedelta(days=20 - days))
    page = browse(mara, DELETED)
    assert "Nothing deleted in the newest events" in page.text
    seen = 0
    while "Look further back" in page.text and "Out of range" not in page.text:
        page = browse(mara, DELETED + page.link("Look further back"))
        seen += 1
    assert "Out of range" in page.text
    assert seen == 2


def test_ends_in_the_search_are_ends_of_what_is_looked_at(
    browse: Browse, mara: User, gone: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory.estimates.LOOKED_AT", 4)
    old = Category.objects.create(name="Old rugs", slug="old")
    Category.objects.bulk_create([Category(name=f"{n}", slug=f"s{n}") for n in range(9)])
    events = Category.pgh_event_models["insert"].objects
    for days, event in enumerate(events.order_by("-pgh_id")):
        events.filter(pk=event.pk).update(pgh_created_at=timezone.now() - dt.timedelta(days=days))
    name, first = old.name, events.earliest("pgh_created_at").pgh_created_at
    old.delete()
    until = timezone.localtime(first + dt.timedelta(days=2)).isoformat()
    for query in (f"until={quote(until)}", f"q=until:{quote(until)}"):
        assert name in browse(mara, f"{DELETED}?model=shop.Category&{query}").text, query
    since = timezone.localtime(first + dt.timedelta(days=7)).isoformat()
    for query in (f"since={quote(since)}", f"q=since:{quote(since)}"):
        page = browse(mara, f"{DELETED}?model=shop.Category&{query}")
        assert "were looked at" not in page.text, query
        assert "Look further back" not in page.text, query


def test_where_deletions_have_an_index_all_of_them_are_found_page_by_page(
    browse: Browse, mara: User, supplier: Supplier, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory.estimates.LOOKED_AT", 4)
    settings.PGHISTORY_UI_PAGE_SIZE = 3
    for number in range(8):
        product = Product.objects.create(name=f"Jug {number}", sku=f"J-{number}", price=1, supplier=supplier)
        Product.objects.filter(pk=product.pk).update(stock=1)
        product.delete()
    address = f"{DELETED}?model=shop.Product"
    page, found = browse(mara, address), []
    while True:
        assert "were looked at" not in page.text
        found += [words for words, _href in page.links if words.startswith("Jug")]
        if not (older := dict(page.links).get("Older page")):
            break
        page = browse(mara, DELETED + older)
    assert sorted(found) == [f"Jug {number}" for number in range(8)]


def test_the_queries_do_not_grow_with_what_is_deleted(client: Client, mara: User, supplier: Supplier, settings: Any):
    settings.PGHISTORY_UI_PAGE_SIZE = 500
    client.force_login(mara)

    def queries(rows: int) -> int:
        category = Category.objects.create(name=f"{rows}", slug=f"s{rows}")
        Product.objects.bulk_create(
            Product(name=f"{rows}-{n}", sku=f"{rows}-{n}", price=1, supplier=supplier, category=category)
            for n in range(rows)
        )
        with pghistory.context(actor=mara):
            Product.objects.all().delete()
        client.get(DELETED)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(DELETED).status_code == 200
        return len(captured)

    assert queries(10) == queries(1_000)


def test_who_may_not_see_a_model_sees_nothing_of_what_is_gone(
    browse: Browse, person: Callable[..., User], viktor: User, gone: Product
):
    other = person("other", "shop.view_category")
    assert "Merino" not in browse(other, DELETED).text
    assert "Merino" in browse(viktor, DELETED).text
    browse(person("nobody"), DELETED, status=403)


def test_a_field_that_may_not_be_seen_neither_names_nor_finds(
    browse: Browse, viktor: User, gone: Product, settings: Any
):
    assert "oatmeal" in browse(viktor, f"{DELETED}?q=oatmeal").text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: (model, name) != (Product, "name")
    page = browse(viktor, DELETED)
    assert f"key {gone.pk}" in page.text
    assert "oatmeal" not in page.text
    assert f"key {gone.pk}" not in browse(viktor, f"{DELETED}?q=oatmeal").text


def test_a_restricted_admin_hides_what_is_gone(
    browse: Browse, viktor: User, gone: Product, monkeypatch: pytest.MonkeyPatch
):
    model_admin = admin.site._registry[Product]
    monkeypatch.setattr(
        type(model_admin), "get_queryset", lambda self, request: Product.objects.filter(stock__gt=0), raising=False
    )
    page = browse(viktor, DELETED)
    assert "Merino" not in page.text
    assert "Nothing is deleted" in page.text


def test_hostile_names_stay_text(browse: Browse, mara: User, supplier: Supplier):
    with pghistory.context(reason="<b>why</b>", url="javascript:alert(1)"):
        Product.objects.create(name="<script>alert(1)</script>", sku="X", price=1, supplier=supplier).delete()
    page = browse(mara, DELETED)
    assert "<script>alert(1)</script>" in page.text
    assert "<b>why</b>" in page.text
