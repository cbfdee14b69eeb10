"""Searching: the grammar in one field, its errors, its pills and what it suggests."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Customer, Product
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


def search(text: str) -> str:
    return f"{EVENTS}?q={quote(text)}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("week", 1),
        ("week list", 1),
        ("week rugs", 0),
        ('"week 48"', 1),
        ('"48 week"', 0),
        ("actor:mara", 1),
        ("actor:MARA label:update", 1),
        ('actor:"Mara Lindqvist"', 1),
        ("actor:Lindq", 1),
        ("actor:nobody", 0),
        ("model:product", 2),
        ("model:shop.Product label:update", 1),
        ("event_model:shop.productevent", 2),
        ("field:price label:update", 1),
        ("price:129→139", 1),
        ("price:129.00->139.00", 1),
        ("price:139→129", 0),
        ("price:*→139", 1),
        ("price:139", 1),
        ("price:129→*", 1),
        ("price:cheap→139", 0),
        ("price:130..140", 1),
        ("price:139..139", 1),
        ("price:130..", 1),
        ("price:..130 label:update", 0),
        ("price:140..", 0),
        ("price:100..130→130..140", 1),
        ("price:100..130->*", 1),
        ("price:*→1e2..1e3 label:update", 1),
        ("-price:130..140 model:product", 1),
        ("name:a..b", 0),
        ("status:draft→published", 1),
        ("status:Draft→Published", 1),
        ('name:*→"Merino throw, oatmeal"', 1),
        ('reason="Price list, week 48"', 1),
        ("method=POST", 1),
        ("method=GET", 0),
        ("since:2001-01-01 until:2002-01-01", 0),
        ("since:2001-01-01 model:product", 2),
        ("model:product model:category", 0),
        ("model:product -label:insert", 1),
        ("model:product -actor:mara", 1),
        ("model:product -week", 1),
        ("model:product -price:129→139", 1),
        ("model:product -price:139→129", 2),
        ("-model:product -model:category -model:supplier", 1),
        ("label:update -model:category", 1),
        ('label:update -reason="Price list, week 48"', 0),
        ("model:product -field:price", 0),
        ("model:category -field:price", 2),
        ("model:product on:2001-01-01..2002-01-01", 0),
        ("model:product on:2001-01-01..", 2),
        ("model:product on:..2001-01-01", 0),
        ("model:product -on:..2001-01-01", 2),
        ("model:product on:2001-01-01", 0),
        ("-5", 0),
    ],
)
def test_each_term_narrows_the_list_and_the_export(
    client: Client, browse: Browse, mara: User, changed: Product, text: str, number: int
):
    page = browse(mara, search(text))
    assert len(page.links_to_events()) == number
    lines = b"".join(client.get(f"{EVENTS}export.csv?q={quote(text)}").streaming_content)
    assert lines.count(b"\r\n") == number + 1


def test_the_field_works_on_the_timeline_of_an_object(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"/admin/shop/product/{changed.pk}/history/?q={quote('price:129→139 actor:mara')}")
    assert len(page.links_to_events()) == 1


def test_a_name_that_several_share_is_looked_for_as_it_was_at_the_time(browse: Browse, mara: User, changed: Product):
    User.objects.create_user("other", first_name="Mara", last_name="Lindqvist")
    assert len(browse(mara, search('actor:"Mara Lindqvist"')).links_to_events()) == 1


def test_a_key_serves_where_no_name_does(browse: Browse, mara: User, changed: Product):
    assert len(browse(mara, search(f"actor:{mara.pk}")).links_to_events()) == 1


def test_each_term_is_a_pill_of_its_own(browse: Browse, mara: User, changed: Product):
    page = browse(mara, f"{search('actor:mara price:129→139 week')}&label=update")
    rest = page.link("price 129 → 139 Remove this filter")
    assert rest == "?q=actor%3Amara+week&label=update"
    assert page.link("Actor Mara Lindqvist Remove this filter") == f"?q={quote('price:129→139')}+week&label=update"
    assert browse(mara, search("week")).link("Search week Remove this filter") == "?"


def test_a_pill_says_what_is_left_out_and_takes_it_back(browse: Browse, mara: User, changed: Product):
    page = browse(mara, search("model:product -label:insert"))
    assert page.link("Label not insert Remove this filter") == "?q=model%3Aproduct"
    assert "Label not insert" in page.text


def test_a_day_is_the_readers_and_is_over_when_it_is_over(browse: Browse, mara: User, changed: Product):
    day = timezone.localdate()
    before, after = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    for text, number in [
        (f"on:{day}", 2),
        (f"on:{before}..{day}", 2),
        (f"on:{before}", 0),
        (f"on:{day}..{after}", 2),
        (f"on:{before}T10:00..{before}T11:00", 0),
    ]:
        assert len(browse(mara, search(f"model:product {text}")).links_to_events()) == number, text


@pytest.mark.parametrize(
    "text",
    [
        "model:nothing",
        "event_model:shop.Product",
        "field:nothing",
        "nothing:1→2",
        "since:yesterday",
        "until:2026-02-30",
        "obj:shop.Product",
        "obj:shop.Product:x",
        "actor:",
        "label:",
        "reason=",
        '""',
        "on:",
        "on:..",
        "on:yesterday..",
        "on:2026-02-30",
        "on:9999-12-31",
        "price:..",
        "price:cheap..",
        "price:1..dear",
        "price:20..10",
        "stock:1..99999999999999",
        "since:2026-11-01..2026-11-30",
        "-actor:",
        "-model:nothing",
        " ".join("a" * 1 for _term in range(21)),
    ],
)
def test_a_term_without_a_meaning_is_an_error_beside_the_field(
    client: Client, browse: Browse, mara: User, changed: Product, text: str
):
    page = browse(mara, search(text))
    assert "The filter cannot be applied" in page.text
    assert 'id="pgh-q-error"' in page.source
    assert page.links_to_events() == []
    assert client.get(f"{EVENTS}export.csv?q={quote(text)}").status_code == 400


def test_an_interval_that_cannot_be_read_says_how_to_write_it(browse: Browse, mara: User, changed: Product):
    assert "“cheap..” cannot be read: write it as price:10..20." in browse(mara, search("price:cheap..")).text
    assert "“20..10” ends before it begins" in browse(mara, search("price:20..10")).text
    assert "write it as on_sale_from:2026-11-01..2026-11-30." in browse(mara, search("on_sale_from:cheap..")).text
    assert "as on:2026-11-01..2026-11-30" in browse(mara, search("since:2026-11-01..2026-11-30")).text
    page = browse(mara, search("price:130..140"))
    assert page.link("price * → 130 – 140 Remove this filter") == "?"


def suggested(client: Client, user: User, text: str) -> list[str]:
    client.force_login(user)
    page = Page(client.get(f"{EVENTS}suggestions/?q={quote(text)}").content.decode())
    return page.options


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("", "actor:"),
        ("act", "actor:"),
        ("actor:ma", "actor:mara"),
        ("wool actor:ma", "wool actor:mara"),
        ("label:upd", "label:update"),
        ("upd", "label:update"),
        ("model:prod", "model:Product"),
        ("prod", "model:Product"),
        ("event_model:shop.ProductE", "event_model:shop.ProductEvent"),
        ("field:pri", "field:price"),
        ("pri", "price:"),
        ("price:", "price:*→"),
        ("status:", "status:*→published"),
        ("status:*→pub", "status:*→published"),
        ("status:draft→", "status:draft→published"),
        ("rea", "reason="),
        ("reason=", 'reason="Price list, week 48"'),
        ("method=p", "method=POST"),
        ("wool -lab", "wool -label:"),
        ("-label:upd", "-label:update"),
    ],
)
def test_the_field_suggests_from_the_data(client: Client, mara: User, changed: Product, text: str, offer: str):
    assert offer in suggested(client, mara, text)


@pytest.mark.parametrize("text", ['reason="Pri', "\0", "actor:\0", "x" * 300, "nothing:", "=", ":", "a=b c=", "\ud800"])
def test_odd_texts_have_no_suggestion_and_do_no_harm(client: Client, mara: User, changed: Product, text: str):
    client.force_login(mara)
    found = client.get(f"{EVENTS}suggestions/", {"q": text.encode("utf-8", "surrogatepass")})
    assert found.status_code == 200
    assert b"<option" not in found.content


def test_nobody_is_offered_what_may_not_be_seen(client: Client, viktor: User, mara: User, changed: Product):
    with pghistory.context(actor=mara, secret_key="secret value"):
        Category.objects.create(name="Rugs", slug="rugs")
        Customer.objects.create(name="Carla", email="carla@example.com", since="2026-01-01")
    for text in [
        "",
        "sec",
        "secret_key=",
        "actor:",
        "actor:ma",
        "model:",
        "field:",
        "label:",
        "event_model:",
        "email:",
    ]:
        offers = " ".join(suggested(client, viktor, text)).lower()
        for hidden in ["secret", "mara", "model:category", "customer", "email", "slug"]:
            assert hidden not in offers, (text, offers)
    assert "reason=" in suggested(client, viktor, "rea")


def test_nobody_may_ask_for_what_may_not_be_seen(browse: Browse, viktor: User, changed: Product):
    for text in ["model:category", "field:slug", "slug:*→x", "event_model:shop.CategoryEvent", "obj:shop.Category:1"]:
        assert "The filter cannot be applied" in browse(viktor, search(text)).text


def test_suggestions_cost_the_same_for_ten_events_and_a_thousand(client: Client, mara: User, product: Product):
    def read(events: int) -> int:
        for number in range(events):
            with pghistory.context(actor=mara, reason=f"Reason {number}"):
                product.stock += 1
                product.save()
        suggested(client, mara, "reason=")
        with CaptureQueriesContext(connection) as queries:
            suggested(client, mara, "reason=")
        return len(queries)

    assert read(60) == read(940)


def test_a_date_can_be_looked_for_beside_models_whose_keys_are_times(browse: Browse, mara: User, changed: Product):
    with pghistory.context(delivery="2026-11-01"):
        Product.objects.filter(pk=changed.pk).update(price="1.00")
    assert len(browse(mara, search("2026-11-01")).links_to_events()) == 1
    assert browse(mara, search("9998-12-31")).links_to_events() == []
