"""The activity page: everything, newest first, under the one filter grammar."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

import pghistory
from demo_project.shop.models import Category, Product, ProductTag, Tag
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


def test_the_events_of_a_request_stand_on_one_card(browse: Browse, mara: User, product: Product):
    with pghistory.context(user=mara.pk, url="/admin/shop/", reason="Together"):
        product.price = 140
        product.save()
        Category.objects.create(name="Rugs", slug="rugs")
    page = browse(mara, EVENTS)
    assert page.text.count("Together") == 1
    assert "Rugs" in page.text


def test_what_was_written_without_a_context_says_so(browse: Browse, mara: User, product: Product):
    assert "No context written outside a tracked request or job" in browse(mara, EVENTS).text


def test_a_job_is_told_by_its_command(browse: Browse, mara: User, product: Product):
    with pghistory.context(command="import_prices --supplier=nordvik"):
        product.price = 141
        product.save()
    assert "System import_prices --supplier=nordvik" in browse(mara, EVENTS).text


def test_a_many_to_many_row_is_named_by_what_it_joins(browse: Browse, mara: User, product: Product):
    row = ProductTag.objects.create(product=product, tag=Tag.objects.create(name="merino"))
    page = browse(mara, EVENTS)
    assert "Added Product tag Merino throw, natural tag.add Changes: tag merino" in page.text
    assert f"/admin/shop/product/{product.pk}/history/" in page.addresses()
    row.delete()
    assert "Removed" in browse(mara, EVENTS).text


def test_objects_link_to_their_timelines(browse: Browse, mara: User, product: Product):
    key = product.pk
    assert browse(mara, EVENTS).link("Merino throw, natural") == f"/admin/shop/product/{key}/history/"
    product.delete()
    assert browse(mara, EVENTS).link("Merino throw, natural") == f"{EVENTS}object/shop.Product/{key}/"


def test_a_user_who_is_gone_keeps_the_name_of_the_time(browse: Browse, mara: User, changed: Product):
    other = User.objects.create_superuser("other", "", "x")
    mara.delete()
    assert "user since deleted" in browse(other, f"{EVENTS}?obj=shop.Product:{changed.pk}").text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("model=shop.Product", 2),
        ("model=shop.Product&model=shop.Category", 4),
        ("event_model=shop.CategoryEvent", 2),
        ("label=update&model=shop.Product", 1),
        ("field=price&label=update", 1),
        ("field=sku&label=update", 0),
        ("key=reason&value=Price+list,+week+48", 1),
        ("key=reason&value=other", 0),
        ("since=2001-01-01&until=2002-01-01", 0),
        ("since=2001-01-01T10:00&model=shop.Product", 2),
        ("until=2001-01-01T10:00%2B01:00", 0),
        ("q=week+48", 1),
        ("q=%25", 0),
        ("q=%27%22%5C", 0),
        ("actor=celery", 0),
        ("unknown=parameter&model=shop.Product", 2),
    ],
)
def test_each_filter_narrows_the_list_the_count_and_the_export(
    client: Client, browse: Browse, mara: User, changed: Product, query: str, number: int
):
    page = browse(mara, f"{EVENTS}?{query}")
    assert sum(text.startswith("Event #") for text, _href in page.links) == number
    assert (f"{number} event" in page.text) == bool(number) or "No event matches" in page.text
    lines = b"".join(client.get(f"{EVENTS}export.csv?{query}").streaming_content)
    assert lines.count(b"\r\n") == number + 1


def test_an_object_and_an_actor_can_be_filtered_by(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{EVENTS}?obj=shop.Product:{changed.pk}&actor={mara.pk}")
    assert sum(text.startswith("Event #") for text, _href in page.links) == 1


def test_active_filters_are_pills_that_can_be_taken_away(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{EVENTS}?model=shop.Product&label=update&key=reason&value=Price+list,+week+48")
    assert page.link("Label update Remove this filter") == (
        "?model=shop.Product&key=reason&value=Price+list%2C+week+48"
    )
    assert page.link("Context reason = Price list, week 48 Remove this filter") == "?model=shop.Product&label=update"
    assert page.link("Clear all") == "?"


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-02-30",
        "until=9999-12-31T23:59:59-12:00",
        "since=0001-01-01T00:00:00%2B14:00",
        "since=9999-12-31T23:59:59Z",
        "until=0001-01-01T00:00:00Z",
        "since=2026-01-02&until=2026-01-01",
        "model=shop.Nothing",
        "model=%00",
        "event_model=x",
        "field=nothing",
        "field=%00",
        "key=a",
        "value=a",
        "key=%00&value=a",
        "key=a&value=%00",
        "obj=shop.Product",
        "obj=shop.Product:",
        "obj=shop.Product:x",
        "obj=shop.Product:99999999999999999999999999",
        "obj=shop.Product:1%00",
        "obj=%00:%00",
        "q=%00",
        "label=%00",
        "actor=%00",
        "after=x",
        "after=%00",
        "after=" + "A" * 600,
        "after=eyJhIjogMX0",
        "q=" + "x" * 300,
    ],
)
def test_a_bad_value_is_an_error_beside_its_field(
    client: Client, browse: Browse, mara: User, changed: Product, query: str
):
    page = browse(mara, f"{EVENTS}?{query}")
    assert "The filter cannot be applied" in page.text
    assert "Event #" not in page.text
    assert "pgh-form__error" in page.classes or query.startswith("after")
    if not query.startswith("after"):
        assert client.get(f"{EVENTS}export.csv?{query}").status_code == 400


@pytest.mark.parametrize("query", ["q=%ED%A0%80", "q=%FF%FE", "label=%ED%A0%80", "day=%00", "unchanged=%00", "page=x"])
def test_odd_bytes_and_unknown_parameters_do_no_harm(browse: Browse, mara: User, changed: Product, query: str):
    browse(mara, f"{EVENTS}?{query}")


def test_nothing_at_all_is_an_empty_state_with_a_way_on(browse: Browse, mara: User):
    page = browse(mara, f"{EVENTS}?model=shop.Product")
    assert "No event matches" in page.text


def test_hostile_names_are_words_and_nothing_else(browse: Browse, mara: User, product: Product):
    hostile = "<script>alert(1)</script> %s {{ x }} \" ' &amp;"
    mara.first_name = hostile[:25]
    mara.save()
    odd: dict[str, Any] = {hostile: hostile}
    with pghistory.context(user=mara.pk, url=hostile, reason=hostile, method=hostile, **odd):
        product.name = hostile
        product.description = hostile * 3
        product.attributes = {hostile: hostile}
        product.save()
    event = product.events.latest("pgh_id")
    for address in [
        EVENTS,
        f"/admin/shop/product/{product.pk}/history/",
        f"{EVENTS}event/shop.ProductEvent/{event.pk}/",
    ]:
        page = browse(mara, address)
        assert "<script>alert" not in page.source
        assert hostile[:40] in page.text


def test_odd_metadata_breaks_nothing(browse: Browse, mara: User, product: Product):
    oddities: list[dict[str, Any]] = [
        {"user": "celery"},
        {"user": {"id": 1}},
        {"user": [1]},
        {"user": 10**30},
        {"url": 5, "reason": ["a"]},
        {"command": None, "user": None},
    ]
    for metadata in oddities:
        with pghistory.context(**metadata):
            product.stock += 1
            product.save()
    assert browse(mara, EVENTS).text.count("Updated") >= 6


def test_a_megabyte_of_text_stays_a_small_page(browse: Browse, mara: User, product: Product):
    text = "A sentence about the care of wool. " * 30_000
    product.care_manual = text
    product.save()
    product.care_manual = text.replace("wool", "silk", 1) + "The end. " * 3
    product.save()
    page = browse(mara, EVENTS)
    assert "2 places" in page.text
    assert "words unchanged" in page.text
    assert len(page.source) < 200_000
    closed = browse(mara, EVENTS, closed=True)
    assert "words unchanged" not in closed.text
    assert len(closed.source) < 60_000


def test_the_number_of_queries_does_not_grow_with_the_page(client: Client, mara: User, product: Product):
    def read(events: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for _event in range(events):
            product.stock += 1
            product.save()
        client.force_login(mara)
        client.get(EVENTS)
        with CaptureQueriesContext(connection) as queries:
            client.get(EVENTS)
        return len(queries)

    assert read(3) == read(40)
