"""Any two versions of an object against each other."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Customer, Product, ProductTag, Tag
from tests.ui.html import Page

Browse = Callable[..., Page]
COMPARE = "/admin/pghistory/events/compare"


@pytest.fixture
def story(changed: Product) -> Product:
    """A product with five versions; two fields are as they were at first."""
    for stock in (15, 16, 14):
        changed.stock = stock
        changed.save()
    return changed


def numbers(product: Product) -> list[int]:
    """The numbers of its versions, first to latest."""
    return list(product.events.order_by("pgh_id").values_list("pgh_id", flat=True))


def address(product: Product, a: object, b: object) -> str:
    return f"{COMPARE}/shop.ProductEvent/{a}/{b}/"


def test_two_versions_stand_side_by_side(browse: Browse, mara: User, story: Product):
    first, *_rest, latest = numbers(story)
    page = browse(mara, address(story, first, latest))
    for words in [
        "Compare: Merino throw, oatmeal",
        "129.00",
        "139.00 +10.00, +7.8 %",
        "Draft",
        "Published",
        "care[1] absent",
        'care[1] "dry flat"',
        "Merino throw, natural",
        "Merino throw, oatmeal",
        "7 fields differ",
        "4 events apart.",
    ]:
        assert words in page.text, words
    assert "from 129.00" not in page.text
    assert page.link("Throws & blankets") == f"/admin/shop/category/{story.category_id}/change/"


def test_a_field_that_went_and_came_back_does_not_differ(browse: Browse, mara: User, story: Product):
    first, _second, *_rest, latest = numbers(story)
    assert "Stock" not in browse(mara, address(story, first, latest)).text


def test_one_column_is_a_switch_in_the_address(browse: Browse, mara: User, story: Product):
    first, *_rest, latest = numbers(story)
    page = browse(mara, address(story, first, latest))
    unified = browse(mara, address(story, first, latest) + page.link("Unified"))
    assert "from 129.00 to 139.00 +10.00, +7.8 %" in unified.text
    assert 'added care[1] to "dry flat"' in unified.text


@pytest.mark.parametrize("view", ["", "view=unified"])
def test_unchanged_fields_are_a_switch_in_the_address(browse: Browse, mara: User, story: Product, view: str):
    first, *_rest, latest = numbers(story)
    page = browse(mara, f"{address(story, first, latest)}?{view}")
    assert "MT-1" not in page.text
    more = next(href for words, href in page.links if words.startswith("Show ") and words.endswith("fields"))
    page = browse(mara, address(story, first, latest) + more)
    assert "MT-1" in page.text
    assert ("from 129.00" in page.text) is bool(view)
    back = browse(mara, address(story, first, latest) + page.link("Show changed fields only"))
    assert "MT-1" not in back.text


def test_words_name_versions(browse: Browse, mara: User, story: Product):
    first, second, third, fourth, latest = numbers(story)
    same = [
        (("first", latest), (first, latest)),
        ((third, "latest"), (third, latest)),
        (("previous", third), (second, third)),
        ((third, "previous"), (third, second)),
    ]
    for words, ids in same:
        named, numbered = browse(mara, address(story, *words)), browse(mara, address(story, *ids))
        assert named.text == numbered.text
    assert fourth
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update shop_product set price = 7")
        cursor.execute("set local session_replication_role = origin")
    page = browse(mara, address(story, latest, "live"))
    assert "Live row" in page.text
    assert "7.00" in page.text
    assert "139.00" in browse(mara, address(story, "live", latest)).text


def test_each_side_steps_to_its_neighbours(browse: Browse, mara: User, story: Product):
    first, second, third, fourth, latest = numbers(story)
    page = browse(mara, f"{address(story, second, fourth)}?view=unified&unchanged=1&x=y")
    kept = "?view=unified&unchanged=1"
    hrefs = list(page.addresses())
    for a, b in [(first, fourth), (third, fourth), (latest, fourth), (second, third), (second, latest)]:
        assert address(story, a, b) + kept in hrefs
    assert address(story, second, "live") + kept in hrefs
    assert page.link("Swap A and B") == address(story, fourth, second) + kept


def test_the_same_version_twice_says_so(browse: Browse, mara: User, story: Product):
    first = numbers(story)[0]
    page = browse(mara, address(story, first, first))
    assert "The versions are the same" in page.text
    assert "0 fields differ" in page.text


def test_dots_in_the_timeline_choose_the_versions(browse: Browse, client: Client, mara: User, story: Product):
    page = browse(mara, f"/admin/shop/product/{story.pk}/history/")
    first, *_rest, before, latest = numbers(story)
    assert f'name="a" value="shop.ProductEvent:{before}" checked' in page.source
    assert f'name="b" value="shop.ProductEvent:{latest}" checked' in page.source
    chosen = client.get(f"{COMPARE}/?a=shop.ProductEvent:{first}&b=shop.ProductEvent:{latest}")
    assert chosen.status_code == 302
    assert chosen["Location"] == address(story, first, latest)
    event = browse(mara, page.links_to_events()[0])
    assert event.link("Compare") == address(story, before, latest)


def test_a_single_version_has_nothing_to_choose(browse: Browse, mara: User, product: Product):
    page = browse(mara, f"/admin/shop/product/{product.pk}/history/")
    assert "Compare selected" not in page.text
    assert 'type="radio"' not in page.source


def test_versions_of_different_kinds_are_not_compared(browse: Browse, client: Client, mara: User):
    customer = Customer.objects.create(name="Ilse", email="a@example.com", since="2026-01-01")
    customer.email = "b@example.com"
    customer.save()
    client.force_login(mara)
    ids = {label: customer.pgh_event_models[label].objects.latest("pgh_id").pk for label in ("update", "email_changed")}
    query = f"a=shop.CustomerEvent:{ids['update']}&b=shop.CustomerEmailHistory:{ids['email_changed']}"
    answer = client.get(f"{COMPARE}/?{query}", follow=True)
    assert answer.redirect_chain == [(f"/admin/shop/customer/{customer.pk}/history/", 302)]
    assert "keep different fields" in answer.content.decode()
    page = browse(mara, f"{COMPARE}/shop.CustomerEmailHistory/{ids['email_changed']}/live/")
    assert "a@example.com" in page.text
    assert "b@example.com" in page.text


def test_events_without_an_object_are_compared_by_number_only(
    browse: Browse, client: Client, mara: User, product: Product
):
    for name in ("merino", "winter"):
        ProductTag.objects.create(product=product, tag=Tag.objects.create(name=name))
    event_model = ProductTag.pgh_event_models["tag.add"]
    first, second = event_model.objects.order_by("pgh_id").values_list("pgh_id", flat=True)
    page = browse(mara, f"{COMPARE}/shop.ProductTagEvent/{first}/{second}/")
    assert "merino" in page.text
    assert "winter" in page.text
    for word in ("first", "previous", "latest", "live"):
        browse(mara, f"{COMPARE}/shop.ProductTagEvent/{word}/{second}/", status=404)


def test_a_deleted_object_has_no_living_row(browse: Browse, mara: User, story: Product):
    first = numbers(story)[0]
    story.delete()
    browse(mara, address(story, first, "live"), status=404)
    page = browse(mara, address(story, first, "latest"))
    assert "Deleted" in page.text
    assert "Live row" not in page.text
    assert page.link("History").endswith("/events/")


def test_a_long_text_is_there_in_full(browse: Browse, client: Client, mara: User, product: Product):
    product.description = "Old. " * 3_000
    product.save()
    product.description = "New! " * 3_000
    product.save()
    _first, a, b = numbers(product)
    page = browse(mara, address(product, a, b))
    assert len(page.source) < 60_000
    for side, text in [("A", "Old. "), ("B", "New! ")]:
        href = page.link(f"Version {side} in full")
        response = client.get(address(product, a, b) + href)
        assert response.content.decode() == text * 3_000
        assert response["Content-Type"].startswith("text/plain")


def test_a_text_that_was_written_is_empty_on_the_other_side(browse: Browse, mara: User, product: Product):
    product.care_manual = "Wash by hand, cold, with a wool detergent. Dry flat."
    product.save()
    a, b = numbers(product)
    text = browse(mara, address(product, a, b)).text
    assert text[text.index("Care manual") :].startswith("Care manual empty text Wash by hand")


def test_how_far_apart_is_told_in_days_and_bounded_events(
    browse: Browse, mara: User, product: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory_ui.views.compare.COUNTED_AT_MOST", 3)
    for stock in range(20, 26):
        product.stock = stock
        product.save()
    earlier = timezone.now() - dt.timedelta(days=20)
    product.events.filter(pgh_label="insert").update(pgh_created_at=earlier)
    first, *_rest, latest = numbers(product)
    assert "20 days and more than 3 events apart." in browse(mara, address(product, first, latest)).text
    assert "20 days apart." in browse(mara, address(product, first, "live")).text


def test_the_queries_do_not_grow_with_the_versions(client: Client, mara: User, product: Product):
    client.force_login(mara)

    def queries(versions: int) -> int:
        for stock in range(versions):
            Product.objects.update(stock=100 + stock)
        first, *_rest, latest = numbers(product)
        client.get(address(product, first, latest))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(product, first, latest)).status_code == 200
        return len(captured)

    assert queries(10) == queries(1_000)


def test_only_who_may_see_the_object_may_compare(
    browse: Browse, viktor: User, person: Callable[..., User], story: Product
):
    first, *_rest, latest = numbers(story)
    page = browse(viktor, address(story, first, latest))
    assert "Throws & blankets" not in page.text
    nobody = person("nobody", "shop.view_order")
    browse(nobody, address(story, first, latest), status=403)
    browse(nobody, f"{COMPARE}/?a=shop.ProductEvent:{first}&b=shop.ProductEvent:{latest}", status=403)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("first", "latest"),
        ("live", "live"),
        ("0", "latest"),
        ("x", "1"),
        ("%00", "first"),
        ("9" * 40, "live"),
        ("{first}", "next"),
        ("{first}", "previous"),
        ("{other}", "{first}"),
    ],
)
def test_what_cannot_be_compared_is_not_found(browse: Browse, mara: User, story: Product, a: str, b: str):
    other = Product.objects.create(name="Other", sku="O-1", price=1, supplier=story.supplier)
    ids: dict[str, Any] = {"first": numbers(story)[0], "other": numbers(other)[0]}
    browse(mara, address(story, a.format(**ids), b.format(**ids)), status=404)


@pytest.mark.parametrize("query", ["", "a=1&b=2", "a=shop.ProductEvent:x", "a=:&b=:", "a=%00:1", "a=shop.Product:1"])
def test_a_choice_that_makes_no_sense_is_not_found(browse: Browse, mara: User, story: Product, query: str):
    browse(mara, f"{COMPARE}/?{query}", status=404)


def test_hostile_values_stay_text(browse: Browse, mara: User, story: Product):
    with pghistory.context(url="/"):
        story.name = "<script>alert(1)</script>"
        story.category = Category.objects.create(name="<img src=x>", slug="x")
        story.save()
    first, *_rest, latest = numbers(story)
    for view in ("", "?view=unified"):
        page = browse(mara, address(story, first, latest) + view)
        assert "<img src=x>" in page.text
        assert "alert(1)" in page.text
