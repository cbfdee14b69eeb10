"""The lists of `pghistory.admin`, for projects without the browser: what they show, to whom, and how fast."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, Q
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, path

import pghistory
from demo_project.shop.models import Category, Product, Supplier
from pghistory import admin as pghistory_admin
from pghistory import registry
from pghistory.admin import EventModelAdmin, EventsAdmin, display, paging, read_only
from pghistory.admin import admin as registration
from pghistory.models import Events, MiddlewareEvents
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
People = Callable[..., User]

ProductEvent = registry.event_model(Product, "insert")
LIST = "/plain/pghistory/events/"
MIDDLEWARE_LIST = "/plain/pghistory/middlewareevents/"
EVENTS_OF_PRODUCTS = "/plain/shop/productevent/"

plain = admin.AdminSite(name="plain")
plain.register(Product)
plain.register(Supplier)
plain.register(User, UserAdmin)
plain.register(Events, EventsAdmin)
plain.register(MiddlewareEvents, EventsAdmin)
plain.register(ProductEvent, EventModelAdmin)

urlpatterns = [path("admin/", admin.site.urls), path("plain/", plain.urls)]


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    yield
    clear_url_caches()


def detail(event: Any) -> str:
    return f"{LIST}{quote(f'shop.ProductEvent:{event.pk}')}/change/"


def addresses_of(event: Any) -> list[str]:
    return [LIST, MIDDLEWARE_LIST, EVENTS_OF_PRODUCTS, detail(event), f"{EVENTS_OF_PRODUCTS}{event.pk}/change/"]


def shown(page: Page) -> str:
    """What stands between the title and the filters."""
    return page.text.rpartition(" to view ")[2].partition(" Filter ")[0]


def newest() -> Any:
    return ProductEvent.objects.latest("pgh_id")


def test_the_list_of_all_events_shows_what_changed(browse: Browse, mara: User, changed: Product):
    page = browse(mara, LIST)
    assert "price: 129.0 → 139.0" in page.text
    assert f"shop.Product{changed.pk}" in page.text
    assert "shop.Category" in page.text
    assert "5 events" in page.text
    assert detail(newest()) in page.addresses()


def test_a_proxy_adds_its_columns(browse: Browse, mara: User, changed: Product):
    page = browse(mara, MIDDLEWARE_LIST)
    assert f"mara/admin/shop/product/{changed.pk}/change/" in page.text
    assert "User Url" in page.text


def test_an_event_model_has_a_list_of_its_own(browse: Browse, mara: User, changed: Product):
    page = browse(mara, EVENTS_OF_PRODUCTS)
    assert "2 product events" in page.text
    assert "Mara Lindqvist" in page.text
    assert "price: 129.00 → 139.00" in page.text
    assert f"/plain/shop/product/{changed.pk}/change/" in page.addresses()


def test_an_event_is_shown_whole_and_cannot_be_edited(browse: Browse, client: Client, mara: User, changed: Product):
    for address in addresses_of(newest())[3:]:
        page = browse(mara, address)
        assert "price: 129.0" in page.text
        assert "stock: 14" in page.text
        assert "reason: Price list, week 48" in page.text
        assert f"/plain/shop/product/{changed.pk}/change/" in page.addresses()
        assert "Save" not in page.text
        assert client.post(address, {"pgh_label": "other"}).status_code == 403
        assert client.post(address.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert newest().pgh_label == "update"


def test_permission_comes_from_the_tracked_model(
    client: Client, browse: Browse, viktor: User, person: People, changed: Product
):
    category = registry.event_model(Category, "insert")._base_manager.latest("pgh_id")
    assert "shop.Category" not in browse(viktor, LIST).text
    assert "2 events" in browse(viktor, LIST).text
    assert "2 product events" in browse(viktor, EVENTS_OF_PRODUCTS).text
    assert client.get(f"{LIST}{quote(f'shop.CategoryEvent:{category.pk}')}/change/").status_code == 302
    page = browse(viktor, f"{LIST}?event_model=shop.CategoryEvent")
    assert "cannot be “shop.CategoryEvent”" in page.text
    assert "0 events" in page.text
    outsider = person("outsider", "pghistory.view_events", "shop.view_productevent")
    for address in addresses_of(newest()):
        browse(outsider, address, status=403)
    assert "Events" not in browse(outsider, "/plain/").text


@contextmanager
def product_admin(**methods: Any) -> Iterator[None]:
    """Gives the admin of products other methods for the length of the block."""
    instance = plain._registry[Product]
    original = type(instance)
    instance.__class__ = type("Other", (original,), methods)
    try:
        yield
    finally:
        instance.__class__ = original


def test_rows_that_the_models_admin_leaves_out_are_left_out(
    client: Client, browse: Browse, viktor: User, changed: Product
):
    def get_queryset(self: Any, request: HttpRequest) -> Any:
        return Product.objects.exclude(pk=changed.pk)

    with product_admin(get_queryset=get_queryset):
        assert "0 events" in browse(viktor, LIST).text
        assert "0 product events" in browse(viktor, EVENTS_OF_PRODUCTS).text
        assert "0 events" in browse(viktor, f"{LIST}?obj=shop.Product:{changed.pk}").text
        for address in addresses_of(newest())[3:]:
            assert client.get(address).status_code == 302


def test_objects_that_the_models_admin_hides_one_by_one_are_hidden(
    client: Client, browse: Browse, viktor: User, changed: Product, supplier: Supplier
):
    Product.objects.create(name="Oak board", sku="OB", price=54, supplier=supplier)

    def has_view_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.pk != changed.pk

    with product_admin(has_view_permission=has_view_permission):
        for address, said in ((LIST, "shop.Product"), (EVENTS_OF_PRODUCTS, "Oak board")):
            page = browse(viktor, address)
            assert said in shown(page)
            assert "139.00" not in shown(page)
        event = ProductEvent.objects.filter(Q(pgh_obj_id=changed.pk)).latest("pgh_id")
        for address in addresses_of(event)[3:]:
            assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
def test_events_of_an_object_are_found_also_when_it_is_deleted(
    browse: Browse, mara: User, changed: Product, address: str
):
    key = changed.pk
    changed.delete()
    page = browse(mara, f"{address}?obj=shop.Product:{key}")
    assert "3 " in shown(page)
    assert "delete" in shown(page) or address == LIST
    for one in addresses_of(newest())[3:]:
        assert "Merino throw, oatmeal" in browse(mara, one).text


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
def test_events_that_refer_to_an_object_are_found(browse: Browse, mara: User, changed: Product, address: str):
    page = browse(mara, f"{address}?obj=shop.Supplier:{changed.supplier_id}&method=references")
    assert "2 " in shown(page)
    page = browse(mara, f"{address}?obj=shop.Supplier:{changed.supplier_id}&method=tracks")
    assert "Merino" not in shown(page)


def without_suppliers(request: HttpRequest, model: Any, name: str) -> bool:
    return (model, name) != (Product, "supplier")


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
def test_a_withheld_foreign_key_finds_nothing(
    browse: Browse, mara: User, changed: Product, settings: Any, address: str
):
    settings.PGHISTORY_UI_FIELD_PERMISSION = without_suppliers
    page = browse(mara, f"{address}?obj=shop.Supplier:{changed.supplier_id}&method=references")
    assert "Merino" not in shown(page)
    page = browse(mara, f"{address}?obj=shop.Category:{changed.category_id}&method=references")
    assert "Merino" in shown(page)


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
def test_a_list_asks_the_admin_of_a_model_once_for_its_rows(browse: Browse, mara: User, changed: Product, address: str):
    asked: list[HttpRequest] = []

    def get_queryset(self: Any, request: HttpRequest) -> Any:
        asked.append(request)
        return admin.ModelAdmin.get_queryset(self, request)

    with model_admin(Product, plain, get_queryset=get_queryset):
        browse(mara, address)
    assert len(asked) == 1


def test_labels_and_event_models_narrow_the_list(browse: Browse, mara: User, changed: Product):
    assert "1 event" in shown(browse(mara, f"{LIST}?event_model=shop.ProductEvent&label=update"))
    assert "1 product event" in shown(browse(mara, f"{EVENTS_OF_PRODUCTS}?label=update"))
    assert "0 events" in shown(browse(mara, f"{LIST}?label=gone"))


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
@pytest.mark.parametrize(
    "query",
    [
        "obj=",
        "obj=:",
        "obj=shop.Product",
        "obj=shop.Product:",
        "obj=shop.Product:x",
        "obj=shop.Product:99999999999999999999",
        "obj=shop.Nothing:1",
        "obj=%00:1",
        "obj=shop.Product:%00",
        "method=nothing",
        "label=%00",
        "event_model=shop.Nothing",
        "event_model=shop.Product",
    ],
)
def test_a_value_that_is_none_is_named_and_finds_nothing(
    browse: Browse, mara: User, changed: Product, address: str, query: str
):
    if query.startswith("event_model") and address != LIST:
        return
    page = browse(mara, f"{address}?{query}")
    assert "cannot be “" in page.text
    assert "0 " in shown(page)


@pytest.mark.parametrize("address", [LIST, EVENTS_OF_PRODUCTS])
@pytest.mark.parametrize(
    "query", ["nothing=1", "pgh_id=x", "pgh_label=%00", "pgh_created_at=x", "p=x", "p=999", "o=x.-9", "e=1", "all="]
)
def test_no_other_parameter_breaks_the_page(client: Client, mara: User, changed: Product, address: str, query: str):
    client.force_login(mara)
    assert client.get(f"{address}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("key", ["x", "shop.ProductEvent", "shop.ProductEvent:x", "shop.ProductEvent:0", "\0", "a:b:c"])
def test_an_event_that_is_not_there_leads_back(client: Client, mara: User, changed: Product, key: str):
    client.force_login(mara)
    assert client.get(f"{LIST}{quote(key)}/change/").status_code == 302
    assert client.get(f"{EVENTS_OF_PRODUCTS}{quote(key)}/change/").status_code == 302


def test_the_way_back_is_a_page_of_this_site_or_none(browse: Browse, mara: User, changed: Product):
    back = f"/plain/shop/product/{changed.pk}/change/"
    page = browse(mara, f"{LIST}?back={back}&obj=shop.Product:{changed.pk}")
    assert page.link("Back") == back
    for odd in ["javascript:alert(1)", "//evil.example", "https://evil.example/", "", "%00"]:
        page = browse(mara, f"{LIST}?back={odd}")
        assert "5 events" in page.text
        assert not [found for found in page.addresses() if found.startswith(("javascript:", "//", "https:"))]


def test_the_settings_are_read_when_the_page_is(browse: Browse, mara: User, changed: Product, settings: Any):
    settings.PGHISTORY_ADMIN_LIST_DISPLAY = ["pgh_label", "tracked_object", "pgh_diff"]
    settings.PGHISTORY_ADMIN_ORDERING = ["pgh_created_at"]
    settings.PGHISTORY_ADMIN_QUERYSET = f"{__name__}.only_products"
    page = browse(mara, LIST)
    assert "Pgh label Object Changes" in page.text
    assert shown(page).index("insert") < shown(page).index("update")
    assert "2 events" in page.text
    settings.PGHISTORY_ADMIN_QUERYSET = Events.objects.across("shop.CategoryEvent")
    settings.PGHISTORY_ADMIN_ORDERING = "-pgh_label"
    assert "2 events" in browse(mara, LIST).text
    settings.PGHISTORY_ADMIN_ALL_EVENTS = False
    assert "0 events" in browse(mara, LIST).text
    assert "0 events" in browse(mara, f"{LIST}?label=").text
    assert "2 events" in browse(mara, f"{LIST}?label=insert").text
    assert "2 product events" in browse(mara, EVENTS_OF_PRODUCTS).text


def only_products() -> Any:
    return Events.objects.across(ProductEvent)


class OwnAdmin(EventsAdmin):
    """An admin of a project's own."""


def test_model_and_class_of_the_list_are_settings(settings: Any):
    site = admin.AdminSite(name="own")
    settings.PGHISTORY_ADMIN_MODEL = "pghistory.MiddlewareEvents"
    settings.PGHISTORY_ADMIN_CLASS = f"{__name__}.OwnAdmin"
    registration.register(site)
    registration.register(site)
    assert list(site._registry) == [MiddlewareEvents]
    assert type(site._registry[MiddlewareEvents]) is OwnAdmin


def test_a_page_costs_as_many_queries_as_it_has_kinds_of_rows_and_no_exact_count(
    client: Client, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in captured]

    client.force_login(mara)
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 30)
    monkeypatch.setattr(read_only, "COUNTED_AT_MOST", 30)
    for address in (MIDDLEWARE_LIST, EVENTS_OF_PRODUCTS):
        few = queries(address)
        with pghistory.context(actor=mara, url="/"):
            Product.objects.update(stock=F("stock") + 1)
            for _ in range(40):
                Product.objects.update(stock=F("stock") + 1)
        many = queries(address)
        assert len(many) == len(few)
        counts = [query for query in many if "COUNT(*)" in query]
        assert counts
        assert all("LIMIT 30" in query for query in counts)
        assert "The first 30 events: a filter finds others" in client.get(address).content.decode()


@pytest.mark.parametrize("page", ["list", "event"])
def test_an_event_that_is_removed_while_a_page_is_made_is_not_on_it(
    client: Client, mara: User, changed: Product, page: str
):
    event = newest()
    client.force_login(mara)

    def remove(execute: Any, statement: str, *rest: Any) -> Any:
        found = execute(statement, *rest)
        if 'FROM "shop_productevent"' in statement and "COUNT(*)" not in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("delete from shop_productevent where pgh_id = %s", [event.pk])
        return found

    address = EVENTS_OF_PRODUCTS if page == "list" else f"{EVENTS_OF_PRODUCTS}{event.pk}/change/"
    with connection.execute_wrapper(remove):
        response = client.get(address)
    assert "129" in client.get(EVENTS_OF_PRODUCTS).content.decode()
    if page == "list":
        assert "price: " not in response.content.decode() or "139.00" not in response.content.decode()
    else:
        # Django leads to the index, with a message.
        assert response.status_code == 302


def test_nobody_lists_events_where_nothing_is_tracked(browse: Browse, mara: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_event_models", {})
    browse(mara, LIST, status=403)


def test_an_object_without_an_admin_page_is_named_without_a_link():
    nowhere = admin.AdminSite(name="nowhere")
    assert display.object_link(nowhere, Product, 1) == "shop.Product:1"
    nowhere.register(Product)
    assert display.object_link(nowhere, Product, 1) == "shop.Product:1"
    assert display.object_link(plain, Product, None) == "–"


def test_the_package_has_its_two_names():
    assert pghistory_admin.__all__ == ["EventModelAdmin", "EventsAdmin"]
    with pytest.raises(AttributeError):
        pghistory_admin.nothing  # noqa: B018
