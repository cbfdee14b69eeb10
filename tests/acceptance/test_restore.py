"""Bringing things back, walked in a real browser against the demo: a price, an order with its lines, a wrong import."""

import re
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA, VIKTOR
from demo_project.shop.models import Order, OrderLine, Product
from demo_project.shop.seed import work

Look = Callable[..., None]
SignIn = Callable[..., Page]

NUMBER = 5_000


def test_a_price_an_order_and_a_wrong_import_are_brought_back(sign_in: SignIn, look: Look, troubles: list[str]) -> None:
    page = sign_in(MARA)

    # A price is changed and brought back from the page of the event before.
    product = Product.objects.get(name__startswith="Merino throw")
    before = product.price
    page.goto(f"/admin/shop/product/{product.pk}/change/")
    page.get_by_label("Price").fill(str(before + 10))
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("article").first.get_by_role("link", name=re.compile("Event #")).first.click()
    page.get_by_role("link", name=re.compile("Previous, #")).click()
    page.get_by_role("link", name="Restore this version…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Restore: Merino throw")
    row = page.get_by_role("row", name=re.compile("Price"))
    expect(row).to_contain_text(str(before))
    expect(page.get_by_label("Restore Price")).to_be_checked()
    expect(page.get_by_role("region", name="Events this will write")).to_contain_text("Restored")
    page.get_by_label("Reason").fill("Typed by mistake")
    look(page, "restore", height=1000)
    page.get_by_role("button", name=re.compile(r"Restore \d+ field")).click()
    expect(page.get_by_text("1 row was restored.")).to_be_visible()
    card = page.get_by_role("article").first
    expect(card).to_contain_text("Restored")
    expect(card).to_contain_text("Typed by mistake")
    product.refresh_from_db()
    assert product.price == before

    # An order is deleted in the admin, and comes back with its lines.
    order = Order.objects.filter(refunds=None, lines__isnull=False).first()
    assert order is not None
    key, lines = order.pk, set(OrderLine.objects.filter(order=order).values_list("pk", "title", "quantity"))
    page.goto(f"/admin/shop/order/{key}/delete/")
    page.get_by_role("button", name="Yes, I’m sure").click()
    assert not Order.objects.filter(pk=key).exists()
    page.goto(f"/admin/pghistory/events/object/shop.Order/{key}/")
    page.get_by_role("link", name="Restore…", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Restore: Order {order.number}")
    look(page, "restore-deleted", height=1000)
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_text(re.compile("rows were restored"))).to_be_visible()
    assert set(OrderLine.objects.filter(order_id=key).values_list("pk", "title", "quantity")) == lines

    # An import of 5,000 wrong prices is undone from the page of its context; what somebody edited since stays.
    prices = dict(Product.objects.values_list("pk", "price"))
    wrong = work.wrong_import(NUMBER)
    edited = list(Product.objects.filter(price=7, name__startswith="Listed part").values_list("pk", flat=True))
    page.goto(f"/admin/pghistory/events/context/{wrong}/")
    page.get_by_role("link", name="Undo this job…").click()
    conflicts = page.get_by_role("table", name="Conflicts")
    expect(conflicts).to_contain_text("Listed part 1")
    expect(conflicts.get_by_role("checkbox")).to_have_count(work.EDITED)
    expect(conflicts).to_contain_text("Amira Haddad")
    look(page, "undo", height=1000)
    page.get_by_label("Reason").fill("Column shifted by one")
    page.get_by_role("button", name="Undo 4,997 rows").click()
    expect(page.get_by_text("4,997 rows are as they were before.")).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("Undone")
    listed = Product.objects.filter(name__startswith="Listed part")
    assert listed.count() == NUMBER
    assert list(listed.filter(price=7).values_list("pk", flat=True)) == edited
    assert not listed.filter(price=work.WRONG).exists()
    assert dict(Product.objects.exclude(pk__in=listed).values_list("pk", "price")) == prices

    # The command does the same, and finds nothing left to do.
    with pytest.raises(CommandError, match="nothing to undo"):
        call_command("pghistory", "undo", str(wrong), "--no-input")
    assert troubles == []


def test_who_may_only_look_is_led_nowhere_and_refused(sign_in: SignIn) -> None:
    page = sign_in(VIKTOR)
    product = Product.objects.get(name__startswith="Merino throw")
    event = product.events.latest("pgh_id")
    page.goto(f"/admin/pghistory/events/event/shop.ProductEvent/{event.pk}/")
    expect(page.get_by_role("link", name="Restore this version…")).to_have_count(0)
    answer = page.goto(f"/admin/pghistory/events/restore/shop.ProductEvent/{event.pk}/")
    assert answer is not None
    assert answer.status == 403
    answer = page.goto(f"/admin/pghistory/events/undo/{event.pgh_context_id}/")
    assert answer is not None
    assert answer.status in (403, 404)
