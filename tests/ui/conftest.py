"""A small shop, the people who may look at its history, and a reader of pages that refuses broken HTML."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

import pghistory
from demo_project.shop.models import Category, Product, Supplier
from tests.ui.html import Page, completed, opened


@pytest.fixture(autouse=True)
def numbers_from_one(db: None) -> None:
    """Number the events of each test alike: within a transaction numbers decide the order, and tables count on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select setval(seqrelid, seqstart, false) from pg_sequence join pg_class on pg_class.oid = seqrelid "
            "where relname like '%\\_pgh\\_id\\_seq'"
        )
        assert cursor.fetchall()


@pytest.fixture
def mara(db: None) -> User:
    return User.objects.create_superuser("mara", "mara@example.com", "x", first_name="Mara", last_name="Lindqvist")


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a member of staff with permissions such as "shop.view_product"."""

    def make(username: str, *permissions: str) -> User:
        user = User.objects.create_user(username, password="x", is_staff=True)
        for permission in permissions:
            app_label, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
        return user

    return make


@pytest.fixture
def viktor(person: Callable[..., User]) -> User:
    return person("viktor", "shop.view_product")


@pytest.fixture
def supplier(db: None) -> Supplier:
    return Supplier.objects.create(name="Nordvik")


@pytest.fixture
def product(supplier: Supplier) -> Product:
    category = Category.objects.create(name="Blankets", slug="blankets")
    return Product.objects.create(
        name="Merino throw, natural",
        sku="MT-1",
        price="129.00",
        stock=14,
        supplier=supplier,
        category=category,
        description="A generous throw.",
        attributes={"weight_g": 840, "care": ["hand wash"]},
    )


@pytest.fixture
def changed(product: Product, mara: User) -> Product:
    """The product after one request of Mara's changed nearly every kind of field."""
    throws = Category.objects.create(name="Throws & blankets", slug="throws")
    with pghistory.context(
        actor=mara, url=f"/admin/shop/product/{product.pk}/change/", method="POST", reason="Price list, week 48"
    ):
        product.name = "Merino throw, oatmeal"
        product.price = "139.00"
        product.status = Product.Status.PUBLISHED
        product.category = throws
        product.description = "A generous throw of pure merino."
        product.attributes = {"weight_g": 910, "care": ["hand wash", "dry flat"]}
        product.save()
    return product


@pytest.fixture
def browse(client: Client) -> Callable[..., Page]:
    """Logs a user in and reads a page of valid HTML: with all that htmx fetches, or `closed` as it comes."""

    def read(user: User, address: str, *, status: int = 200, closed: bool = False, **headers: Any) -> Page:
        client.force_login(user)
        response = client.get(address, headers=headers or None)
        assert response.status_code == status, (response.status_code, address)
        page = Page(response.content.decode())
        return page if closed else Page(opened(client, completed(client, page.source, **headers), **headers))

    return read
