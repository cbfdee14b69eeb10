"""The browser of a project whose instants have no zone: USE_TZ = False."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

import pghistory
from demo_project.shop.models import Product
from pghistory import restore
from pghistory.models import Context
from pghistory.timeline import Timeline
from pghistory_ui.links import page_url
from tests.ui.html import Page

NEW_YEAR = dt.datetime(2031, 1, 1)  # noqa: DTZ001


@pytest.fixture
def told(settings: Any, mara: User, product: Product) -> Product:
    settings.USE_TZ = False
    settings.TIME_ZONE = "America/New_York"
    with pghistory.context(actor=mara):
        product.price = "12.50"
        product.on_sale_from = NEW_YEAR
        product.save()
    return product


def addresses(product: Product) -> list[str]:
    label = Product.pgh_event_model._meta.label
    first, last = Product.pgh_event_model.objects.order_by("pgh_id").values_list("pk", flat=True)
    key = Context.objects.get(metadata__user__isnull=False).pk
    today = dt.datetime.now().date()  # noqa: DTZ005 - the instants have no zone
    activity, of_object = (
        reverse("admin:pghistory_events_changelist"),
        page_url(admin.site, "object", "shop.Product", product.pk),
    )
    return [
        activity,
        f"{activity}?q=on:{today}",
        f"{activity}?since={today}T00:00&until={today}T23:59",
        of_object,
        f"{of_object}as-of/?at={today}T23:59",
        page_url(admin.site, "event", label, last),
        page_url(admin.site, "compare", label, first, last),
        page_url(admin.site, "compare", label, first, "live"),
        page_url(admin.site, "context", key),
        page_url(admin.site, "undo", key),
        page_url(admin.site, "restore", label, first),
        *(
            page_url(admin.site, name)
            for name in ("models", "deleted", "days", "exports", "jobs", "backfill", "record")
        ),
    ]


def test_every_page_is_drawn(told: Product, mara: User, client: Client):
    client.force_login(mara)
    for address in addresses(told):
        response = client.get(address)
        assert response.status_code == 200, (address, response.headers)
    assert b"".join(client.get(page_url(admin.site, "export", "csv")).streaming_content)


def test_an_event_is_of_the_time_that_its_reader_has(told: Product, mara: User, client: Client):
    client.force_login(mara)
    shown = Page(client.get(page_url(admin.site, "object", "shop.Product", told.pk)).content.decode()).text
    at = Timeline().of(told).page().entries[0].at
    assert f"{at:%H:%M}" in shown
    assert "Today" in shown


def test_a_row_is_brought_back(told: Product):
    first = Product.pgh_event_model.objects.order_by("pgh_id").first()
    restore.apply(restore.plan(first))
    told.refresh_from_db()
    assert told.on_sale_from is None
    assert Timeline().of(told).page().entries[0].changes["on_sale_from"] == (NEW_YEAR, None)
