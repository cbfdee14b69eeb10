"""Filters under a name of one's own."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from demo_project.shop.models import Product
from pghistory_ui.models import SavedFilter
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


def save(client: Client, user: User, name: str, query: str) -> int:
    client.force_login(user)
    return client.post(f"{EVENTS}filters/", {"name": name, "query": query}).status_code


def test_a_filter_is_saved_under_a_name_and_leads_back_to_what_it_shows(
    client: Client, browse: Browse, mara: User, changed: Product
):
    page = browse(mara, f"{EVENTS}?model=shop.Product&label=update&unchanged=1")
    assert "Save this filter" in page.text
    response = client.post(f"{EVENTS}filters/", {"name": "Price <i>", "query": "?model=shop.Product&label=update"})
    assert response["Location"] == f"{EVENTS}?model=shop.Product&label=update"
    page = browse(mara, EVENTS)
    assert page.link("Price <i>") == f"{EVENTS}?model=shop.Product&label=update"
    assert len(browse(mara, page.link("Price <i>")).links_to_events()) == 1


def test_a_name_that_is_used_again_takes_the_newer_filter(client: Client, mara: User, changed: Product):
    for label in ("insert", "update"):
        assert save(client, mara, "Zwölf", f"label={label}") == 302
    assert [saved.query for saved in SavedFilter.objects.all()] == ["label=update"]
    assert str(SavedFilter.objects.get()) == "Zwölf"


def test_what_is_no_filter_is_left_out(client: Client, mara: User, changed: Product):
    assert save(client, mara, "Zwölf", "label=update&after=x&day=1&columns=url&next=//elsewhere.example") == 302
    assert SavedFilter.objects.get().query == "label=update"


def test_what_is_empty_is_not_saved_and_the_list_reads_as_one_writes_it(
    client: Client, browse: Browse, mara: User, changed: Product
):
    query = "q=price%3A1..200+actor%3Amara&model=&since=&model=shop.Product&label=update"
    assert save(client, mara, "Zwölf", query) == 302
    assert SavedFilter.objects.get().query == "q=price%3A1..200+actor%3Amara&model=shop.Product&label=update"
    assert "price:1..200 actor:mara model:shop.Product label:update" in browse(mara, f"{EVENTS}filters/").text


@pytest.mark.parametrize(
    "query", ["", "?", "q=&label=", "since=yesterday", "model=%00", "unchanged=1", "q=field:x", "x" * 5000]
)
def test_only_a_filter_that_can_be_applied_is_saved(client: Client, mara: User, changed: Product, query: str):
    client.force_login(mara)
    response = client.post(f"{EVENTS}filters/", {"name": "Zwölf", "query": query})
    assert response.status_code == 200
    assert "The filter was not saved" in Page(response.content.decode()).text
    assert not SavedFilter.objects.exists()


def test_a_filter_without_a_name_is_refused(client: Client, mara: User, changed: Product):
    assert save(client, mara, " ", "label=update") == 200
    assert not SavedFilter.objects.exists()


def test_saved_filters_are_ones_own(client: Client, browse: Browse, mara: User, viktor: User, changed: Product):
    save(client, mara, "Zwölf", "label=update")
    assert "Zwölf" not in [words for words, _href in browse(viktor, EVENTS).links]
    assert "No filter is saved" in browse(viktor, f"{EVENTS}filters/").text
    key = SavedFilter.objects.get().pk
    for delete in [str(key), "x", "9" * 30, "-1", "\0", "²"]:
        assert client.post(f"{EVENTS}filters/", {"delete": delete}).status_code == 404
    assert SavedFilter.objects.exists()


def test_a_saved_filter_can_be_deleted(client: Client, browse: Browse, mara: User, changed: Product):
    save(client, mara, "Zwölf", "label=update")
    assert browse(mara, f"{EVENTS}filters/").link("Zwölf") == f"{EVENTS}?label=update"
    response = client.post(f"{EVENTS}filters/", {"delete": SavedFilter.objects.get().pk})
    assert response["Location"] == f"{EVENTS}filters/"
    assert not SavedFilter.objects.exists()


def test_saving_needs_the_token_of_the_page(mara: User, changed: Product):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    assert client.post(f"{EVENTS}filters/", {"name": "Zwölf", "query": "label=update"}).status_code == 403
