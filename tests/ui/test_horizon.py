"""Filters to which no index leads look at the newest events of each table, and lead further back."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


@pytest.fixture
def categories(mara: User, monkeypatch: pytest.MonkeyPatch) -> list[Category]:
    """Ten in a table of which four events are looked at for a page; the oldest was made in a context of its own."""
    monkeypatch.setattr("pghistory.estimates.LOOKED_AT", 3)
    with pghistory.context(user=mara.pk, url="/needle/", ticket="T-1"):
        made = [Category.objects.create(name="First of all", slug="first")]
    made += [Category.objects.create(name=f"Later {n}", slug=f"s{n}") for n in range(9)]
    events = Category.pgh_event_models["insert"].objects
    for hours, event in enumerate(events.order_by("-pgh_id")):
        events.filter(pk=event.pk).update(pgh_created_at=timezone.now() + dt.timedelta(hours=100 - hours))
    return made


@pytest.mark.parametrize("query", ["q=needle", "key=ticket&value=T-1", "q=ticket%3DT-1"])
def test_a_rare_event_is_found_by_looking_further_back(browse: Browse, mara: User, categories: Any, query: str):
    page = browse(mara, f"{EVENTS}?model=shop.Category&{query}")
    looks = 0
    while "First of all" not in page.text:
        assert "No event matches" in page.text
        assert "were looked at" in page.text
        page = browse(mara, EVENTS + page.link("Look further back"))
        looks += 1
    assert looks == 2
    assert page.link("First of all")


def test_pages_meet_at_the_horizon_without_a_gap(browse: Browse, mara: User, categories: Any, settings: Any):
    settings.PGHISTORY_UI_PAGE_SIZE = 2
    page = browse(mara, f"{EVENTS}?model=shop.Category&field=name")
    found = [words for words, _href in page.links if words.startswith(("Later", "First"))]
    while older := dict(page.links).get("Older page"):
        page = browse(mara, EVENTS + older)
        found += [words for words, _href in page.links if words.startswith(("Later", "First"))]
    assert found == [category.name for category in reversed(categories)]


def test_the_last_page_before_the_horizon_says_how_far_it_looked(browse: Browse, mara: User, categories: Any):
    page = browse(mara, f"{EVENTS}?model=shop.Category&label=insert")
    assert "4 events Events since" in page.text
    assert page.link("Look further back") == page.link("Older page")


def test_cards_for_htmx_lead_on_from_the_horizon(client: Client, mara: User, categories: Any):
    client.force_login(mara)
    answer = client.get(f"{EVENTS}?model=shop.Category&label=insert", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "until=" in text
    assert "Look further back" in text


@pytest.mark.parametrize("query", ["", "actor=1", "since=2020-01-01"])
def test_events_with_an_index_are_never_out_of_sight(browse: Browse, mara: User, categories: Any, query: str):
    page = browse(mara, f"{EVENTS}?model=shop.Category&{query}")
    assert "were looked at" not in page.text


@pytest.mark.parametrize("query", ["q=label:insert&since=", "q=label:insert+since:"])
def test_nothing_leads_further_back_than_the_filter_itself(browse: Browse, mara: User, categories: Any, query: str):
    newest = Category.pgh_event_models["insert"].objects.latest("pgh_created_at")
    at = (newest.pgh_created_at - dt.timedelta(minutes=90)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = browse(mara, f"{EVENTS}?model=shop.Category&{query}{at}")
    assert "2 events" in page.text
    assert "were looked at" not in page.text
    assert "Look further back" not in page.text


def test_what_happened_until_an_instant_of_the_search_is_looked_for_from_there(
    browse: Browse, mara: User, categories: Any
):
    oldest = Category.pgh_event_models["insert"].objects.order_by("pgh_created_at")[1]
    at = oldest.pgh_created_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = browse(mara, f"{EVENTS}?model=shop.Category&q=needle+until:{at}")
    assert "First of all" in page.text


def test_the_history_of_an_object_is_looked_through_to_its_end(browse: Browse, mara: User, categories: Any):
    first = categories[0]
    for name in "abcdef":
        Category.objects.filter(pk=first.pk).update(name=name)
    page = browse(mara, f"{EVENTS}object/shop.Category/{first.pk}/?label=insert")
    assert "were looked at" not in page.text
    assert "needle" in page.text


def test_who_sees_few_rows_is_told_of_no_others(browse: Browse, person: Callable[..., User], categories: Any):
    seen = [categories[0].pk, categories[4].pk]
    viewer = person("vera", "shop.view_category")
    with model_admin(Category, get_queryset=lambda self, request: Category.objects.filter(pk__in=seen)):
        page = browse(viewer, f"{EVENTS}?model=shop.Category&label=insert")
    # Two of their own are fewer than are looked at, however many there are of others.
    assert page.link("First of all")
    assert "were looked at" not in page.text
    assert "Look further back" not in page.text


def test_the_horizon_of_who_sees_some_rows_is_the_time_of_one_of_them(
    browse: Browse, person: Callable[..., User], categories: Any
):
    seen = [category.pk for category in categories if category.pk % 2 == categories[0].pk % 2]
    viewer = person("vera", "shop.view_category")
    with model_admin(Category, get_queryset=lambda self, request: Category.objects.filter(pk__in=seen)):
        page = browse(viewer, f"{EVENTS}?model=shop.Category&label=insert")
    address = parse_qs(urlsplit(page.link("Look further back")).query)
    own = Category.pgh_event_models["insert"].objects.filter(pgh_obj_id__in=seen)
    assert own.filter(pgh_created_at=dt.datetime.fromisoformat(address["until"][0])).exists()
    assert "4 events Events since" in page.text


def test_where_a_model_admin_hides_single_rows_no_horizon_tells_of_them(
    browse: Browse, person: Callable[..., User], categories: Any
):
    def may_view(self: Any, request: Any, obj: Category | None = None) -> bool:
        return obj is None or obj.pk == categories[0].pk

    with model_admin(Category, has_view_permission=may_view):
        for address in (f"{EVENTS}?model=shop.Category&label=insert", f"{EVENTS}deleted/?model=shop.Category"):
            page = browse(person(f"v{len(address)}", "shop.view_category"), address)
            assert "were looked at" not in page.text
            assert "until=" not in page.source


@pytest.mark.parametrize("shown", ["days/", "export/"])
def test_numbers_are_of_what_a_page_looks_at_and_say_so(browse: Browse, mara: User, categories: Any, shown: str):
    page = browse(mara, f"{EVENTS}{shown}?model=shop.Category&label=insert&until={tomorrow(10)}")
    assert "4 events" in page.text
    assert "were looked at." in page.text


@pytest.mark.parametrize("shown", ["days/", "export/"])
def test_numbers_by_an_index_are_whole(browse: Browse, mara: User, categories: Any, shown: str):
    page = browse(mara, f"{EVENTS}{shown}?model=shop.Category&until={tomorrow(10)}")
    assert "10 events" in page.text
    assert "were looked at" not in page.text


def test_days_before_those_that_a_page_looks_at_have_no_bar(browse: Browse, mara: User, categories: Any):
    category = Category.pgh_event_models["insert"].objects
    for days, event in enumerate(category.order_by("-pgh_created_at")):
        category.filter(pk=event.pk).update(pgh_created_at=timezone.now() - dt.timedelta(days=days))
    address = f"{EVENTS}days/?model=shop.Category"
    bars = 30
    assert browse(mara, address).source.count("pgh-histogram__day") == bars
    assert browse(mara, f"{address}&label=insert").source.count("pgh-histogram__day") == 4


def test_a_horizon_behind_the_days_that_are_asked_for_is_not_told(browse: Browse, mara: User, categories: Any):
    page = browse(mara, f"{EVENTS}days/?model=shop.Category&label=insert&since={tomorrow(200)}")
    assert "0 events" in page.text
    assert "were looked at" not in page.text


def test_a_horizon_in_times_to_come_leaves_one_day(browse: Browse, mara: User, categories: Any):
    page = browse(mara, f"{EVENTS}days/?model=shop.Category&label=insert")
    assert page.source.count("pgh-histogram__day") == 1
    assert "were looked at" in page.text


def tomorrow(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()
