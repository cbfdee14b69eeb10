"""Changes to values between two ends: numbers, dates and times, each as its field orders them."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from demo_project.shop.models import Category, Customer, Product, Supplier
from pghistory.timeline import Timeline
from pghistory.timeline.intervals import Interval

BERLIN = timezone.get_fixed_timezone(60)


def found(field: str, text: str, before: str = "*") -> int:
    interval = Interval.read(text)
    assert interval is not None
    first = before if before == "*" else Interval.read(before)
    return Timeline().across(Product, Customer).changed(field, first, interval).count().number


@pytest.fixture
def product(db: None) -> Product:
    """One with a price of 129."""
    rugs = Category.objects.create(name="Rugs", slug="rugs")
    loom = Supplier.objects.create(name="Loom")
    return Product.objects.create(name="Throw", sku="T-1", price="129.00", category=rugs, supplier=loom)


@pytest.fixture
def history(product: Product) -> Product:
    """A product whose price goes from 129 by 139 to 150, and which goes on sale on an evening in Berlin."""
    for price, hour in (("139.00", 23), ("150.00", None)):
        at = None if hour is None else dt.datetime(2026, 11, 30, hour, 59, 59, 999_999, tzinfo=BERLIN)
        Product.objects.filter(pk=product.pk).update(price=price, on_sale_from=at, stock=7)
    Customer.objects.create(name="Carla", email="carla@example.com", since="2026-11-30")
    return product


@pytest.mark.parametrize(
    ("field", "text", "number"),
    [
        ("price", "139..150", 2),
        ("price", "139.01..149.99", 0),
        ("price", "..139", 2),
        ("price", "140..", 1),
        ("price", "-1..0", 0),
        ("stock", "7..7", 1),
        ("on_sale_from", "2026-11-30", 1),
        ("on_sale_from", "2026-11-01..2026-11-30", 1),
        ("on_sale_from", "2026-12-01..", 0),
        ("on_sale_from", "..2026-11-29", 0),
        ("on_sale_from", "2026-11-30T23:00..2026-12-01T10:00", 1),
        ("on_sale_from", "2026-11-30T23:00+00:00..", 0),
        ("since", "2026-11-30", 1),
        ("since", "2026-11-30..2026-11-30", 1),
        ("since", "2026-12-01..2026-12-31", 0),
        # What no such field can hold is in no event; to a field without an order it is a text like others.
        ("price", "cheap..", 0),
        ("price", "..dear", 0),
        ("price", "..", 0),
        ("stock", "1..99999999999999", 0),
        ("on_sale_from", "..10000-01-01", 0),
        ("price", "2026-11-30", 0),
        ("name", "a..z", 0),
        ("name", "2026-11-30", 0),
    ],
)
def test_changes_are_found_by_what_their_values_lie_between(history: Product, field: str, text: str, number: int):
    with timezone.override(BERLIN):
        assert found(field, text) == number


def test_a_text_of_the_same_looks_is_found_as_the_text_that_it_is(history: Product):
    Product.objects.filter(pk=history.pk).update(name="1..2")
    assert found("name", "1..2") == 1


def test_both_sides_of_a_change_may_be_intervals(history: Product):
    assert found("price", "130..140", before="120..130") == 1
    assert found("price", "130..140", before="130..140") == 0


def test_the_last_day_of_the_calendar_is_a_day_like_others(history: Product):
    at = dt.datetime(9999, 12, 31, 12, tzinfo=dt.UTC)
    Product.objects.filter(pk=history.pk).update(on_sale_from=at)
    assert found("on_sale_from", "9999-12-31") == 1
    assert found("on_sale_from", "0001-01-01..9999-12-31") == 2


@pytest.mark.parametrize("text", ["", "10", "10.5", "2026-11", "a.b", "2026-11-30T10:00"])
def test_what_has_no_two_ends_is_no_interval(text: str):
    assert Interval.read(text) is None


def test_a_field_tells_the_ends_as_values(product: Product):
    interval: Any = Interval.read("2026-11-01..")
    field = Product._meta.get_field("on_sale_from")
    with timezone.override(BERLIN):
        assert interval.ends(field, "default") == (dt.datetime(2026, 11, 1, tzinfo=BERLIN), None)
    assert interval.ends(Product._meta.get_field("name"), "default") is None
