"""What stands beside events and is fetched after them: whom to choose from, how many there are, saved filters."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pghistory
from demo_project.shop.models import Product
from pghistory.timeline import Timeline
from pghistory_ui.models import SavedFilter
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
DAYS = f"{EVENTS}days/"
FETCHED = {"HX-Request": "true"}


def actors(page: Page) -> list[str]:
    """The labels of the list of actors; none where the actor is written."""
    [field] = re.findall(r'<div id="pgh-field-actor".*?</div>', page.source, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]+)</option>", field)


def own(product: Product) -> str:
    return f"{EVENTS}object/shop.Product/{product.pk}/"


def test_actors_become_a_list_to_choose_from(browse: Browse, mara: User, viktor: User, changed: Product):
    assert actors(browse(mara, EVENTS, closed=True)) == []
    assert actors(browse(mara, EVENTS)) == ["Anyone", "Mara Lindqvist", "viktor"]


def test_a_chosen_actor_is_named_at_once_and_stays(browse: Browse, mara: User, changed: Product):
    address = f"{EVENTS}?actor={mara.pk}"
    page = browse(mara, address, closed=True)
    assert f'<option value="{mara.pk}" selected>Mara Lindqvist</option>' in page.source
    assert "pgh-field-actor" not in browse(mara, f"{DAYS}?actor={mara.pk}", **FETCHED).source


def test_a_page_of_nothing_offers_them_at_once(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{EVENTS}?label=recalled", closed=True)
    assert "No event matches" in page.text
    assert "Mara Lindqvist" in actors(page)
    assert 'hx-trigger="load"' not in page.source


def test_an_actor_is_written_by_key_or_by_name(browse: Browse, mara: User, viktor: User, changed: Product):
    with pghistory.context(actor=viktor):
        changed.stock = 77
        changed.save()
    written = ["mara", "MARA", "Mara Lindqvist", str(mara.pk)]
    found = [browse(mara, f"{EVENTS}?model=shop.Product&actor={name}").links_to_events() for name in written]
    assert found[0]
    assert found == [found[0]] * len(written)
    others = browse(mara, f"{EVENTS}?model=shop.Product&actor=viktor").links_to_events()
    assert len(others) == 1
    assert not set(others) & set(found[0])
    assert browse(mara, f"{EVENTS}?actor=<b>%25").links_to_events() == []


def test_the_number_of_events_comes_after_the_first_of_them(
    browse: Browse, mara: User, changed: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 1
    number = Timeline().across(Product).count().number
    words = f'id="pgh-count">{number} events<'
    assert words not in browse(mara, f"{EVENTS}?model=shop.Product", closed=True).source
    assert words in browse(mara, f"{EVENTS}?model=shop.Product").source


def test_nobody_is_told_a_number_of_what_an_admin_hides_one_by_one(
    browse: Browse, mara: User, changed: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 1

    def by_object(self: object, request: object, obj: Product | None = None) -> bool:
        return True

    with model_admin(Product, has_view_permission=by_object):
        page = browse(mara, EVENTS)
    assert "Mara Lindqvist" in actors(page)
    assert 'id="pgh-count"></li>' in page.source


def test_an_object_has_the_number_of_its_events_at_once_and_the_rest_with_its_filter(
    browse: Browse, mara: User, changed: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 1
    SavedFilter.objects.create(user=mara, name="Zwölf", query="label=update")
    number = Timeline().of(changed).count().number
    page = browse(mara, own(changed), closed=True)
    assert f"<span>{number} events</span>" in page.source
    [address] = re.findall(r'hx-get="([^"]+here=1[^"]*)"\s+hx-trigger="toggle', page.source)
    fragment = browse(mara, address.replace("&amp;", "&"), **FETCHED)
    assert "Mara Lindqvist" in actors(fragment)
    assert "pgh-count" not in fragment.source
    assert "Zwölf" not in fragment.text
    # Filtered, the page says how many it has of how many.
    filtered = browse(mara, f"{own(changed)}?since=2020-01-01")
    assert f'id="pgh-count">{number} events<' in filtered.source


def test_saved_filters_are_named_beside_the_events_to_whom_they_belong(
    browse: Browse, mara: User, viktor: User, changed: Product
):
    SavedFilter.objects.create(user=viktor, name="Of <b>Viktor</b> 100%", query="label=update")
    assert "Of <b>Viktor</b> 100%" in browse(viktor, EVENTS).text
    assert "Of <b>Viktor" not in browse(mara, EVENTS).text
    assert browse(viktor, EVENTS, closed=True).link("Saved filters") == f"{EVENTS}filters/"
    nothing = browse(viktor, f"{EVENTS}?label=recalled", closed=True)
    assert nothing.link("Of <b>Viktor</b> 100%") == "?label=update"


def test_a_page_with_events_asks_for_nothing_beside_them(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    for address, asked in ((f"{EVENTS}?model=shop.Product", False), (f"{EVENTS}?label=recalled", True)):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        told = " ".join(query["sql"] for query in found)
        assert ('FROM "pghistory_ui_savedfilter"' in told) is asked
        assert ('WHERE "auth_user"."is_staff"' in told) is asked
        assert "count(" not in told.lower()


def test_an_address_of_an_object_without_the_object_is_that_of_everything(browse: Browse, mara: User, changed: Product):
    for query in ("here=1", "here=1&obj=", "here=1&after="):
        assert f'href="{EVENTS}?' in browse(mara, f"{DAYS}?{query}", **FETCHED).source


def test_the_number_comes_also_where_the_last_value_of_a_filter_is_empty(browse: Browse, mara: User, changed: Product):
    obj = f"obj=shop.Product:{changed.pk}"
    assert 'id="pgh-count"' in browse(mara, f"{DAYS}?{obj}&here=1&model=shop.Product&model=", **FETCHED).source
    assert 'id="pgh-count"' not in browse(mara, f"{DAYS}?{obj}&here=1", **FETCHED).source
