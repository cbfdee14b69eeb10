"""Rows and cards are put together in Python: whatever is told in them is text and no markup."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pghistory
from demo_project.shop.models import Category, Product
from pghistory.timeline import Timeline
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
EVIL = "<b onclick='x'>\"&</b>"


@pytest.fixture
def evil(mara: User, product: Product) -> Product:
    """A product with markup in its name and description, changed by a person of that name for such a reason."""
    User.objects.filter(pk=mara.pk).update(first_name=EVIL, last_name="")
    with pghistory.context(user=mara.pk, url=f"/{EVIL}/", method=EVIL, reason=EVIL):
        Product.objects.filter(pk=product.pk).update(name=EVIL, description=f"{EVIL} " * 20)
    return product


@pytest.mark.parametrize("address", [EVENTS, f"{EVENTS}object/shop.Product/%s/", f"{EVENTS}?unchanged=1"])
def test_markup_in_what_is_told_stays_text(client: Client, mara: User, evil: Product, address: str):
    client.force_login(mara)
    text = client.get(address % evil.pk if "%s" in address else address).content.decode()
    assert "<b onclick" not in text
    assert "&lt;b onclick=&#x27;x&#x27;&gt;&quot;&amp;" in text


def test_markup_in_a_job_and_in_a_name_that_is_gone_stays_text(client: Client, mara: User):
    with pghistory.context(command=EVIL, reason=EVIL):
        Category.objects.create(name=EVIL, slug="evil")
    Category.objects.filter(slug="evil").delete()
    client.force_login(mara)
    assert "<b onclick" not in client.get(EVENTS).content.decode()


def test_a_page_that_shows_all_events_does_not_count_them(client: Client, mara: User, changed: Product, settings: Any):
    def told() -> tuple[str, int]:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            text = client.get(address).content.decode()
        return text, sum("count(" in query["sql"].lower() for query in captured.captured_queries)

    client.force_login(mara)
    address = f"{EVENTS}object/shop.Product/{changed.pk}/"
    number = Timeline().of(changed).count().number
    text, counted = told()
    assert f"<span>{number} events</span>" in text
    assert counted == 0
    settings.PGHISTORY_UI_PAGE_SIZE = 1
    text, counted = told()
    assert f"<span>{number} events</span>" in text
    assert counted == 1


def test_numbers_are_separated_as_the_settings_say(browse: Browse, mara: User, product: Product, settings: Any):
    settings.USE_THOUSAND_SEPARATOR = True
    Product.objects.filter(pk=product.pk).update(stock=999)
    Product.objects.filter(pk=product.pk).update(stock=1_234)
    text = browse(mara, f"{EVENTS}object/shop.Product/{product.pk}/").text
    assert "999" in text
    assert "1,234" in text
