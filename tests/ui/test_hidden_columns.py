"""Fields that somebody may not see are in no list of `pghistory.admin`: not shown, not filtered by, not searched."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import clear_url_caches, path

import pghistory
from demo_project.shop.models import Product
from pghistory import registry
from pghistory.admin import EventModelAdmin, EventsAdmin
from pghistory.models import Events
from tests.ui.html import Page
from tests.ui.test_fields import HIDDEN, no_prices

Browse = Callable[..., Page]

ProductEvent = registry.event_model(Product, "insert")
LIST = "/sealed/pghistory/events/"
EVENTS = "/sealed/shop/productevent/"
SECRET = (*HIDDEN, "129.0", "139.0")


class WideAdmin(EventModelAdmin):
    """As a project has it that came to its columns before anything was to be hidden."""

    list_display = ("pgh_created_at", "name", "price", "changes")
    list_filter = ("status", "price", ("price", admin.AllValuesFieldListFilter), *EventModelAdmin.list_filter)
    search_fields = ("=price", "sku")
    fieldsets = [(None, {"fields": [("pgh_label", "price"), "sku", "row", "changes"]})]


class WideEventsAdmin(EventsAdmin):
    search_fields = ("pgh_data", "pgh_data__sku", "pgh_data__price")


sealed = admin.AdminSite(name="sealed")
sealed.register(Product)
sealed.register(Events, WideEventsAdmin)
sealed.register(ProductEvent, WideAdmin)

urlpatterns = [path("admin/", admin.site.urls), path("sealed/", sealed.urls)]


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.PGHISTORY_UI_FIELD_PERMISSION = no_prices
    yield
    clear_url_caches()


def details(product: Product) -> list[str]:
    event = product.events.latest("pgh_id")
    return [f"{EVENTS}{event.pk}/change/", f"{LIST}{quote(f'shop.ProductEvent:{event.pk}')}/change/"]


def said(page: Page) -> str:
    """The text without the reason, and without the label of that name: no values of the object."""
    return page.text.replace("Price list, week 48", "").replace("price_reviewed", "")


def test_a_hidden_field_is_shown_in_no_list_and_on_no_page_of_an_event(
    browse: Browse, mara: User, viktor: User, changed: Product
):
    for address in (LIST, EVENTS, *details(changed)):
        assert "139.0" in browse(mara, address).text, address
        text = said(browse(viktor, address))
        assert "Merino throw, oatmeal" in text, address
        for word in SECRET:
            assert word not in text, (address, word)


def test_a_row_of_which_nothing_may_be_seen_is_empty(browse: Browse, viktor: User, changed: Product, settings: Any):
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: False
    for address in (LIST, EVENTS, *details(changed)):
        assert "Merino" not in browse(viktor, address).text


@pytest.mark.parametrize(
    "query",
    [
        f"{EVENTS}?price=139.00",
        f"{EVENTS}?price__gt=1",
        f"{EVENTS}?pgh_obj__price=139.00",
        f"{LIST}?pgh_data__price=139.0",
        f"{LIST}?pgh_data__icontains=139.0",
        f"{LIST}?pgh_data__has_key=price",
        f"{LIST}?pgh_diff__price__1=139.0",
    ],
)
def test_nothing_is_filtered_by_a_hidden_field(client: Client, viktor: User, changed: Product, query: str):
    client.force_login(viktor)
    assert client.get(query).status_code == 400


@pytest.mark.parametrize(
    ("query", "found"), [(f"{EVENTS}?sku=MT-1", "2 "), (f"{LIST}?pgh_data__sku=MT-1", "2 "), (f"{EVENTS}?sku=x", "0 ")]
)
def test_other_fields_are_filtered_by(browse: Browse, viktor: User, changed: Product, query: str, found: str):
    assert f"{found}" in browse(viktor, query).text


def test_where_nothing_is_hidden_everything_is_filtered_by(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    for query in (f"{EVENTS}?price=139.00", f"{LIST}?pgh_data__price=139.0"):
        assert client.get(query).status_code == 200


@pytest.mark.parametrize("address", [LIST, EVENTS])
def test_nothing_is_searched_in_a_hidden_field(
    browse: Browse, mara: User, viktor: User, changed: Product, address: str
):
    number = "139.0" if address == LIST else "139.00"
    assert "Merino" in browse(mara, f"{address}?q={number}").text
    assert "Merino" not in browse(viktor, f"{address}?q={number}").text
    assert "Merino" in browse(viktor, f"{address}?q=MT-1").text


def test_the_filters_of_hidden_fields_and_their_values_are_not_offered(
    browse: Browse, mara: User, viktor: User, changed: Product
):
    assert browse(mara, EVENTS).text.count("By price") == 2
    text = said(browse(viktor, EVENTS))
    assert "By price" not in text
    assert "By status" in text


def test_days_of_a_hidden_field_are_no_hierarchy(
    browse: Browse, viktor: User, changed: Product, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(WideAdmin, "date_hierarchy", "on_sale_from", raising=False)
    for year in ("2019", "2023"):
        Product.objects.update(on_sale_from=f"{year}-05-05T10:00Z")
    assert "2019" in browse(viktor, EVENTS).text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "on_sale_from"
    assert "2019" not in browse(viktor, EVENTS).text


def test_a_proxys_field_that_reads_a_hidden_one_is_hidden_too(
    browse: Browse, mara: User, viktor: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    isolated: Any = isolate_apps("demo_project.shop", "pghistory")
    with isolated:

        class Priced(ProductEvent):  # type: ignore[misc,valid-type]
            money = pghistory.ProxyField("pgh_obj__price", models.DecimalField(max_digits=9, decimal_places=2))
            word = pghistory.ProxyField("pgh_obj__sku", models.TextField())

            class Meta:
                proxy = True
                app_label = "shop"

        class Told(Events):
            money = pghistory.ProxyField("pgh_data__price", models.JSONField())
            word = pghistory.ProxyField("pgh_data__sku", models.JSONField())

            class Meta:
                proxy = True
                app_label = "shop"

        class PricedAdmin(EventModelAdmin):
            list_display = ("pgh_created_at", "money", "word")

        monkeypatch.setattr(sealed, "_registry", dict(sealed._registry))
        sealed.register(Priced, PricedAdmin)
        sealed.register(Told, EventsAdmin)
        clear_url_caches()
        monkeypatch.setattr(f"{__name__}.urlpatterns", [path("sealed/", sealed.urls)])
        for address in ("/sealed/shop/priced/", "/sealed/shop/told/"):
            assert "139.0" in browse(mara, address).text
            text = said(browse(viktor, address))
            assert "MT-1" in text
            assert "139.0" not in text
            assert "Money" not in text
