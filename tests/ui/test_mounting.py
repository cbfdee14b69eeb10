"""The browser's place: on the default site by itself, on others by `register`, on History pages where they are free."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

import pghistory_ui
from demo_project.shop.models import Category, Product, Supplier
from pghistory.models import Events
from pghistory_ui.links import TIMELINE_TEMPLATE


class ByHand(pghistory_ui.HistoryAdminMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin that takes the timeline itself."""


class OwnTemplate(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin with a History page of its own look."""

    object_history_template = "admin/object_history.html"


class OwnView(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin with a History page of its own making."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponse("own history")


office = admin.AdminSite(name="office")
office.register(Product, ByHand)
office.register(Category, OwnTemplate)
office.register(Supplier, OwnView)
office.register(Events)
pghistory_ui.register(office)


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    yield
    clear_url_caches()


urlpatterns = [path("admin/", admin.site.urls), path("office/", office.urls)]


def test_another_site_has_the_same_pages_with_its_own_addresses(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    for name in ["", "models/", f"object/shop.Product/{changed.pk}/", "record/", "export.csv"]:
        response = client.get(f"/office/pghistory/events/{name}")
        assert response.status_code == 200
        if not response.streaming:
            assert "/office/pghistory/events/" in response.content.decode()
            assert 'href="/admin/' not in response.content.decode()


def test_the_mixin_makes_the_history_page_the_timeline(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    assert "129.00" in client.get(f"/office/shop/product/{changed.pk}/history/").content.decode()


def test_a_history_page_of_ones_own_is_left_alone_and_the_timeline_has_its_address(
    client: Client, mara: User, changed: Product
):
    client.force_login(mara)
    category = client.get(f"/office/shop/category/{changed.category_id}/history/").content.decode()
    assert "pgh-card" not in category
    supplier = client.get(f"/office/shop/supplier/{changed.supplier_id}/history/")
    assert supplier.content == b"own history"
    activity = client.get("/office/pghistory/events/").content.decode()
    assert f"/office/pghistory/events/object/shop.Category/{changed.category_id}/" in activity
    assert office._registry[Supplier].object_history_template is None


def test_admins_of_tracked_models_get_the_template_and_others_do_not():
    registered = admin.site._registry
    assert registered[Product].object_history_template == TIMELINE_TEMPLATE
    assert registered[User].object_history_template == TIMELINE_TEMPLATE
    assert registered[Events].object_history_template is None


def test_a_name_that_the_package_has_not_is_an_attribute_error():
    with pytest.raises(AttributeError):
        pghistory_ui.nothing  # noqa: B018


def test_the_change_form_says_who_last_set_each_field(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    form = client.get(f"/office/shop/product/{changed.pk}/change/").content.decode()
    panel = form.split("Who last set each field")[2]
    assert "Mara Lindqvist" in panel
    assert f"/office/pghistory/events/event/shop.ProductEvent/{changed.events.latest('pgh_id').pk}/" in panel
    assert "Who last set each field" not in client.get("/office/shop/product/add/").content.decode()
    Product.objects.get(pk=changed.pk).events.all().delete()
    assert "Who last set" not in client.get(f"/office/shop/product/{changed.pk}/change/").content.decode()


def test_the_change_form_tells_nothing_of_a_field_that_may_not_be_seen(
    client: Client, mara: User, changed: Product, settings: Any
):
    client.force_login(mara)
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "price"
    form = client.get(f"/office/shop/product/{changed.pk}/change/").content.decode()
    panel = form.split("Who last set each field")[2]
    assert "Price" not in panel
    assert "Status" in panel
