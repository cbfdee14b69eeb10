"""Trade in bulk: as many events as were asked for, and a history that could have come about row by row."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F, Max, Model, OuterRef, Subquery

from demo_project import run
from demo_project.shop.models import Order, OrderLine, Product, Shipment
from demo_project.shop.seed import volume
from demo_project.shop.seed.past import event_models
from pghistory.models import Context
from pghistory.timeline import Timeline
from tests.demo.conftest import NOW

pytestmark = [pytest.mark.usefixtures("month"), pytest.mark.client_binding]

START, END = NOW - timedelta(days=30), NOW - timedelta(days=3)


def events() -> int:
    return sum(model._default_manager.count() for model in event_models())


def fill_up(more: int) -> int:
    return volume.fill_up(events() + more, start=START, end=END)


def test_there_are_as_many_events_as_were_asked_for() -> None:
    before = events()
    assert fill_up(2000) == 2000
    assert events() == before + 2000


def test_what_is_there_counts() -> None:
    assert volume.fill_up(events(), start=START, end=END) == 0
    assert fill_up(100) == 100
    assert fill_up(50) == 50


@pytest.mark.parametrize("model", [Order, OrderLine, Shipment])
def test_the_newest_event_of_a_row_says_what_the_row_says(model: type[Model]) -> None:
    newest = model._default_manager.aggregate(newest=Max("pk"))["newest"]
    fill_up(1000)
    rows = model._default_manager.filter(pk__gt=newest)
    assert rows.exists()
    tracked = [field.attname for field in model._meta.local_concrete_fields]
    stored = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk")).order_by("-pgh_id")
    for row in rows.annotate(**{f"stored_{name}": Subquery(stored.values(name)[:1]) for name in tracked}):
        assert {name: getattr(row, name) for name in tracked} == {
            name: getattr(row, f"stored_{name}") for name in tracked
        }


def test_the_stock_of_a_product_ends_where_the_product_has_it() -> None:
    fill_up(4000)
    product = Product.objects.filter(sku__startswith="REM-").order_by("pk")[0]
    newest, earlier = Timeline().of(product).page(2).entries
    assert (newest.after or {})["stock"] == product.stock
    assert newest.changes["stock"] == (product.stock + 1, product.stock)
    assert (earlier.after or {})["stock"] == product.stock + 1


def test_an_order_is_told_from_checkout_to_door() -> None:
    fill_up(1000)
    order = Order.objects.filter(number__startswith="R-").latest("pk")
    entries = Timeline().of(order).page().entries[::-1]
    assert [entry.kind for entry in entries] == ["insert", *["update"] * 4]
    assert [entry.changes["status"][1] for entry in entries] == [
        "placed",
        "paid",
        "processing",
        "shipped",
        "completed",
    ]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    clerk = User.objects.get(pk=entries[2].actor)
    assert entries[2].actor_label == clerk.get_full_name()


def test_contexts_are_shared_and_all_are_there() -> None:
    before = set(Context.objects.values_list("pk", flat=True))
    fill_up(1000)
    added = set(Context.objects.exclude(pk__in=before).values_list("pk", flat=True))
    assert len(added) == 500
    assert all(Timeline().in_context(context).count().number for context in added)


def test_keys_go_on_after_the_bulk() -> None:
    fill_up(500)
    newest = Order.objects.latest("pk")
    order = Order.objects.create(number="2026-1", customer=newest.customer, placed_at=NOW)
    assert order.pk > newest.pk
    assert Order.pgh_event_model.objects.filter(pgh_obj=order, id=F("pgh_obj_id")).count() == 1


def test_no_number_of_events_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_EVENTS", "many")
    with pytest.raises(run.DemoError, match="EVENTS=1000000"):
        run._events()
