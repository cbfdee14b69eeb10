"""The events of each day as bars that filter by it."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo_project.shop.models import Product
from pghistory.timeline import Timeline
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
DAYS = f"{EVENTS}days/"


@pytest.fixture
def old(changed: Product) -> Product:
    """The product, whose first event is three days old, just before midnight in Berlin."""
    today = timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0)
    first = changed.events.earliest("pgh_id")
    Product.pgh_event_model.objects.filter(pk=first.pk).update(pgh_created_at=today - dt.timedelta(days=3))
    return changed


def bars(page: Page) -> dict[str, int]:
    """{query: height} of the bars that are not flat."""
    found = re.findall(
        r'href="[^"?]*\?([^"]*)"[^>]*>\s*<title>.*?pgh-histogram__bar[^"]*"[^>]*height="(\d+)"', page.source, re.DOTALL
    )
    return {query.replace("&amp;", "&"): int(height) for query, height in found if height != "0"}


def test_each_bar_filters_by_its_day(browse: Browse, mara: User, old: Product):
    page = browse(mara, f"{DAYS}?model=shop.Product")
    day = timezone.localdate() - dt.timedelta(days=3)
    query = f"model=shop.Product&since={day}&until={day + dt.timedelta(days=1)}"
    assert bars(page)[query] == 52
    assert len(bars(page)) == 2
    assert len(browse(mara, f"{EVENTS}?{query}").links_to_events()) == 1
    assert "2 events in 30 days, most on" in page.text


def test_the_bars_tell_the_filtered_set_in_the_filtered_time(browse: Browse, mara: User, old: Product):
    assert "1 event in 30 days" in browse(mara, f"{DAYS}?label=update&model=shop.Product").text
    assert "0 events in 1 day" in browse(mara, f"{DAYS}?since=2001-01-01&until=2001-01-02").text
    assert "0 events in 92 days" in browse(mara, f"{DAYS}?since=2001-01-01&until=2011-01-02").text
    assert "in 30 days" in browse(mara, f"{DAYS}?until=2001-01-02").text
    assert "cannot be applied" in browse(mara, f"{DAYS}?since=x").text


def test_the_activity_page_fetches_them_and_links_to_them_without_scripts(browse: Browse, mara: User, old: Product):
    page = browse(mara, f"{EVENTS}?model=shop.Product&unchanged=1", closed=True)
    assert page.link("Events a day") == f"{DAYS}?model=shop.Product"
    fragment = browse(mara, f"{DAYS}?model=shop.Product", **{"HX-Request": "true"})
    assert "<html" not in fragment.source
    assert len(bars(fragment)) == 2


def test_there_are_none_where_only_the_admin_can_tell_what_counts(browse: Browse, mara: User, old: Product):
    def by_object(self: object, request: object, obj: Product | None = None) -> bool:
        return obj is None

    with model_admin(Product, has_view_permission=by_object):
        assert bars(browse(mara, DAYS)) == {}


def test_nobody_counts_what_may_not_be_seen(browse: Browse, viktor: User, old: Product):
    assert "2 events in 30 days" in browse(viktor, DAYS).text


def test_days_cost_one_query_and_are_told_short_beyond_the_bound(mara: User, old: Product):
    for _number in range(5):
        old.stock += 1
        old.save()
    today = timezone.localdate()
    with CaptureQueriesContext(connection) as queries:
        counts = Timeline().by_day(today - dt.timedelta(days=5), today)
    assert len(queries) == 1
    assert sum(counts.values()) == Timeline().count().number
    assert Timeline().across(Product).by_day(today - dt.timedelta(days=5), today, bound=3) == {today: 3}
    assert Timeline().across(Product).by_day(today, today) == {today: 6}


def test_days_are_those_of_the_reader(client: Client, mara: User, old: Product):
    midnight = timezone.localtime().replace(hour=0, minute=30)
    Product.pgh_event_model.objects.update(pgh_created_at=midnight)
    today = timezone.localdate()
    with timezone.override("Europe/London"):
        assert list(Timeline().across(Product).by_day(today - dt.timedelta(days=1), today)) == [
            today - dt.timedelta(days=1)
        ]
    assert list(Timeline().across(Product).by_day(today - dt.timedelta(days=1), today)) == [today]


def test_the_bars_of_an_object_lead_to_its_own_page(browse: Browse, mara: User, old: Product):
    page = browse(mara, f"/admin/shop/product/{old.pk}/history/?label=insert&label=", closed=True)
    address = next(href for words, href in page.links if words == "Events a day")
    assert address.startswith(f"{DAYS}?obj=shop.Product%3A{old.pk}&here=1")
    shown = browse(mara, address)
    day = timezone.localdate() - dt.timedelta(days=3)
    own = f"{EVENTS}object/shop.Product/{old.pk}/"
    assert f'href="{own}?' in shown.source
    assert any(f"since={day}" in query for query in bars(shown))
    assert all("obj=" not in query and "here=" not in query for query in bars(shown))
    assert "Events a day" not in browse(mara, f"/admin/shop/product/{old.pk}/history/?related=1").text


@pytest.mark.parametrize("query", ["since=9999-12-31", "until=9999-12-31T23:59:59Z", "until=0001-01-01T00:00:00Z"])
def test_days_at_the_ends_of_the_calendar_have_no_bars(browse: Browse, mara: User, query: str):
    assert "pgh-histogram__plot" not in browse(mara, f"{DAYS}?{query}").source
