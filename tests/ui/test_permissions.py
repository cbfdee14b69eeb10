"""What each person may see: on every address, fragment, count and export."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.db.models import Model, Q
from django.http import HttpRequest, QueryDict
from django.test import Client, RequestFactory

from demo_project.shop.models import Category, Product
from pghistory import registry
from pghistory_ui.filters import FilterForm
from pghistory_ui.permissions import Access
from pghistory_ui.suggestions import suggestions
from tests.tracked.models import MyUser
from tests.ui.html import Page

Browse = Callable[..., Page]
People = Callable[..., User]
EVENTS = "/admin/pghistory/events"


def addresses(product: Product) -> list[str]:
    event = registry.event_model(Product, "insert")._base_manager.filter(Q(pgh_obj_id=product.pk)).earliest("pgh_id")
    return [
        f"{EVENTS}/",
        f"{EVENTS}/models/",
        f"{EVENTS}/object/shop.Product/{product.pk}/",
        f"{EVENTS}/event/shop.ProductEvent/{event.pk}/",
        f"{EVENTS}/record/",
        f"{EVENTS}/record/?model=shop.Product&pk={product.pk}",
        f"{EVENTS}/export.csv",
    ]


@contextmanager
def model_admin(model: type[Model], site: AdminSite = admin.site, **methods: Any) -> Iterator[None]:
    """Gives the model's admin other methods for the length of the block."""
    instance = site._registry[model]
    original = type(instance)
    instance.__class__ = type("Other", (original,), methods)
    try:
        yield
    finally:
        instance.__class__ = original


@contextmanager
def asked_for_rows(model: type[Model]) -> Iterator[list[HttpRequest]]:
    """The requests for which the model's admin is asked which rows may be seen, for the length of the block."""
    asked: list[HttpRequest] = []

    def get_queryset(self: Any, request: HttpRequest) -> Any:
        asked.append(request)
        return admin.ModelAdmin.get_queryset(self, request)

    with model_admin(model, get_queryset=get_queryset):
        yield asked


def export(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    return b"".join(client.get(f"{EVENTS}/export.csv{query}").streaming_content).decode()


def test_whoever_is_not_logged_in_is_asked_to(client: Client, changed: Product):
    for address in addresses(changed):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/?next=/admin/pghistory/")


def test_who_may_see_no_tracked_model_is_refused_everywhere(
    client: Client, person: People, browse: Browse, changed: Product
):
    nobody = person("nobody", "auth.view_permission", "shop.change_tag")
    client.force_login(nobody)
    outsider = person("outsider")
    client.force_login(outsider)
    for address in addresses(changed):
        assert client.get(address).status_code == 403
    assert "History" not in browse(outsider, "/admin/").text


def test_the_right_to_view_a_model_opens_its_history_and_no_other(browse: Browse, viktor: User, changed: Product):
    page = browse(viktor, f"{EVENTS}/")
    assert "Merino throw, oatmeal" in page.text
    assert "Nordvik" not in page.text
    models = browse(viktor, f"{EVENTS}/models/")
    assert "shop.ProductEvent" in models.text
    assert "shop.SupplierEvent" not in models.text
    for address in ["object/shop.Supplier/1/", "event/shop.SupplierEvent/1/", "record/?model=shop.Supplier&pk=1"]:
        browse(viktor, f"{EVENTS}/{address}", status=403)


def test_counts_and_exports_hold_only_what_may_be_seen(client: Client, browse: Browse, viktor: User, changed: Product):
    assert "2 events" in browse(viktor, f"{EVENTS}/").text
    lines = export(client, viktor)
    assert lines.count("\n") == 3
    assert "shop.Supplier" not in lines


def test_a_filter_never_reaches_what_may_not_be_seen(client: Client, browse: Browse, viktor: User, changed: Product):
    for query in [
        "?model=shop.Supplier",
        "?event_model=shop.SupplierEvent",
        "?obj=shop.Supplier:1",
        "?field=payment_days",
    ]:
        page = browse(viktor, f"{EVENTS}/{query}")
        assert "The filter cannot be applied" in page.text
        assert "Event #" not in page.text
        client.force_login(viktor)
        assert client.get(f"{EVENTS}/export.csv{query}").status_code == 400


def test_the_target_of_a_foreign_key_is_named_only_to_those_who_may_see_it(
    browse: Browse, viktor: User, mara: User, changed: Product
):
    address = f"{EVENTS}/object/shop.Product/{changed.pk}/"
    assert "Throws & blankets" in browse(mara, address).text
    page = browse(viktor, address)
    assert "Throws & blankets" not in page.text
    assert f"#{changed.category_id}" in page.text


def test_an_actor_is_named_as_kept_and_linked_only_for_those_who_may_see_users(
    browse: Browse, viktor: User, mara: User, changed: Product
):
    address = f"{EVENTS}/object/shop.Product/{changed.pk}/"
    assert browse(mara, address).link("Mara Lindqvist") == f"/admin/auth/user/{mara.pk}/change/"
    assert not [href for href in browse(viktor, address).addresses() if "/auth/user/" in href]


def test_a_restricted_queryset_restricts_the_history(
    client: Client, browse: Browse, viktor: User, changed: Product, supplier: Any
):
    other = Product.objects.create(name="Oak board", sku="OB", price=54, supplier=supplier)
    event = registry.event_model(Product, "insert")._base_manager.get(Q(pgh_obj_id=other.pk))

    def get_queryset(self: Any, request: Any) -> Any:
        return Product.objects.exclude(pk=other.pk)

    with model_admin(Product, get_queryset=get_queryset):
        page = browse(viktor, f"{EVENTS}/")
        assert "2 events" in page.text
        assert "Oak board" not in page.text
        assert "Oak board" not in export(client, viktor)
        browse(viktor, f"{EVENTS}/object/shop.Product/{changed.pk}/")
        browse(viktor, f"{EVENTS}/object/shop.Product/{other.pk}/", status=404)
        browse(viktor, f"{EVENTS}/event/shop.ProductEvent/{event.pk}/", status=404)
        models = browse(viktor, f"{EVENTS}/models/")
        assert "≈" not in models.text


def test_under_a_restricted_queryset_deleted_objects_are_out_of_sight_unless_the_admin_says_otherwise(
    client: Client, browse: Browse, viktor: User, changed: Product
):
    key = changed.pk
    changed.delete()

    def get_queryset(self: Any, request: Any) -> Any:
        return Product.objects.filter(stock__gte=0)

    def may(self: Any, request: Any) -> bool:
        return True

    with model_admin(Product, get_queryset=get_queryset):
        assert "Merino" not in browse(viktor, f"{EVENTS}/").text
        assert "Merino" not in export(client, viktor)
        browse(viktor, f"{EVENTS}/object/shop.Product/{key}/", status=404)
    with model_admin(Product, get_queryset=get_queryset, has_view_deleted_history_permission=may):
        assert "Merino" in browse(viktor, f"{EVENTS}/object/shop.Product/{key}/").text
        assert "Merino" in browse(viktor, f"{EVENTS}/").text
        assert "Merino" in export(client, viktor)


def test_an_admin_that_refuses_deleted_history_is_obeyed(browse: Browse, viktor: User, changed: Product):
    key = changed.pk

    def may(self: Any, request: Any) -> bool:
        return False

    with model_admin(Product, has_view_deleted_history_permission=may):
        assert "Merino" in browse(viktor, f"{EVENTS}/").text
        changed.delete()
        assert "Merino" not in browse(viktor, f"{EVENTS}/").text
        browse(viktor, f"{EVENTS}/object/shop.Product/{key}/", status=404)


def test_an_admin_that_decides_by_object_is_asked_for_each(
    client: Client, browse: Browse, viktor: User, changed: Product, supplier: Any
):
    other = Product.objects.create(name="Oak board", sku="OB", price=54, supplier=supplier)

    def has_view_permission(self: Any, request: Any, obj: Any = None) -> bool:
        return obj is None or obj.pk != other.pk

    with model_admin(Product, has_view_permission=has_view_permission):
        page = browse(viktor, f"{EVENTS}/")
        assert "Oak board" not in page.text
        assert not re.search(r"\d events\b", page.text.replace("Filter events", ""))
        assert "Oak board" not in export(client, viktor)
        browse(viktor, f"{EVENTS}/object/shop.Product/{other.pk}/", status=404)


def test_a_model_without_admin_asks_for_the_permission_itself(
    client: Client, browse: Browse, person: People, mara: User, changed: Product
):
    instance = admin.site._registry.pop(Category)
    try:
        assert "shop.CategoryEvent" in browse(mara, f"{EVENTS}/models/").text
        reader = person("reader", "shop.view_category")
        assert "shop.CategoryEvent" in browse(reader, f"{EVENTS}/models/").text
        browse(person("changer", "shop.change_category"), f"{EVENTS}/models/", status=403)
    finally:
        admin.site._registry[Category] = instance


def test_only_who_may_change_an_object_may_record(
    client: Client, browse: Browse, viktor: User, person: People, changed: Product
):
    address = f"{EVENTS}/record/?model=shop.Product&pk={changed.pk}"
    browse(viktor, address, status=403)
    client.force_login(viktor)
    assert client.post(address, {"label": "price_reviewed"}).status_code == 403
    assert "Record event" not in browse(viktor, f"/admin/shop/product/{changed.pk}/history/").text
    editor = person("editor", "shop.change_product")
    assert "price_reviewed" in browse(editor, address).text


def test_the_history_page_of_an_object_out_of_reach_is_django_s_refusal(
    client: Client, person: People, changed: Product
):
    client.force_login(person("outsider", "shop.view_customer"))
    assert client.get(f"/admin/shop/product/{changed.pk}/history/").status_code == 403


def test_a_page_asks_the_admin_of_a_model_once_for_its_rows(browse: Browse, mara: User, changed: Product):
    with asked_for_rows(Product) as asked:
        browse(mara, f"{EVENTS}/", closed=True)
    assert len(asked) == 1


def test_everybody_is_offered_where_it_is_worked_out_who_may_log_in(
    mara: User, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    monkeypatch.setattr(MyUser, "USERNAME_FIELD", "username", raising=False)
    monkeypatch.setattr(MyUser, "is_staff", property(lambda self: self.username == "ada"), raising=False)
    for username in ("ada", "ben"):
        MyUser.objects.create(username=username)
    settings.AUTH_USER_MODEL = "tracked.MyUser"
    request = RequestFactory().get("/")
    request.user = mara
    access = Access(request, admin.site)
    form = FilterForm(QueryDict(), access)
    assert form.offer_people()
    choices: Any = form.fields["actor"].widget
    assert [name for _key, name in choices.choices][1:] == [str(user) for user in MyUser.objects.order_by("username")]
    assert suggestions(access, "actor:b") == ["actor:ben"]
