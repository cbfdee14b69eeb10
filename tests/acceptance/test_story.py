"""The story of a change, walked in a real browser against the demo."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from demo_project.accounts import MARA, VIKTOR
from demo_project.shop.models import Product

# A cell holds a change whole, also one of a text of a megabyte.
csv.field_size_limit(100_000_000)

Look = Callable[..., None]
SignIn = Callable[..., Page]


def test_a_change_is_made_read_recorded_filtered_exported_and_kept_from_others(
    sign_in: SignIn, look: Look, troubles: list[str]
) -> None:
    product = Product.objects.get(name__startswith="Merino throw")
    before, after = product.price, product.price + 10
    page = sign_in(MARA)

    # A price is changed in the admin, and the History button leads to the timeline.
    page.goto(f"/admin/shop/product/{product.pk}/change/")
    page.get_by_label("Price").fill(str(after))
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change history: Merino throw")
    card = page.get_by_role("article").first
    expect(card).to_contain_text("Mara Lindqvist")
    expect(card).to_contain_text(f"/admin/shop/product/{product.pk}/change/")
    expect(card).to_contain_text("just now")
    card.locator("summary").first.click()
    expect(card.locator(".pgh-change[open] > .pgh-diff")).to_be_visible()
    change = card.locator(".pgh-diff__field", has_text="Price")
    expect(change).to_contain_text(f"from {before}")
    expect(change).to_contain_text(f"to {after}")
    expect(change).to_contain_text("+10.00")
    look(page, "object")

    # Django's own log stands beside it.
    page.get_by_role("link", name="Admin log").click()
    expect(page.get_by_role("table", name="Admin log")).to_contain_text("Changed Price.")
    page.get_by_role("link", name="Changes").click()

    # What no trigger can know is recorded by hand, with a reason.
    page.get_by_role("link", name="Record event").click()
    page.get_by_label("price_reviewed").check()
    page.get_by_label("Reason").fill("Quarterly review: raised before the winter campaign")
    look(page, "record", height=900)
    page.get_by_role("button", name="Record event").click()
    card = page.get_by_role("article").first
    expect(card).to_contain_text("Recorded")
    expect(card).to_contain_text("price_reviewed")
    expect(card).to_contain_text("Quarterly review: raised before the winter campaign")
    card.get_by_role("link", name=re.compile("Event #")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Event #")
    page.get_by_role("link", name=re.compile("Previous, #")).click()
    expect(page.locator(".pgh-diff")).to_contain_text(f"to {after}")
    look(page, "event")

    # Everything, newest first; narrowed by a filter; exported as it is shown.
    page.goto("/admin/pghistory/events/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.locator(".pgh-change > summary").first.click()
    expect(page.locator(".pgh-change[open] > .pgh-diff")).to_be_visible()
    look(page, "activity")
    cards = page.get_by_role("article")
    shown = cards.count()
    page.get_by_role("link", name="Load more").click()
    expect(cards.nth(shown)).to_be_visible()
    page.get_by_label("Model", exact=True).select_option(label="Product")
    page.get_by_text("More filters").click()
    page.get_by_label("Label", exact=True).select_option("price_reviewed")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("price_reviewed")
    expect(page.get_by_role("article").first).to_contain_text("Quarterly review")
    look(page, "filtered", height=900)
    numbers = [text.removeprefix("Event #") for text in page.locator(".pgh-event__id").all_text_contents()]
    page.get_by_role("link", name="Export").click()
    expect(page.get_by_role("main")).to_contain_text("price_reviewed")
    look(page, "export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["pgh_id"] for row in rows][: len(numbers)] == numbers
    assert {(row["pgh_event_model"], row["pgh_label"]) for row in rows} == {("shop.ProductEvent", "price_reviewed")}
    assert rows[0]["reason"] == "Quarterly review: raised before the winter campaign"
    assert rows[0]["actor"] == "Mara Lindqvist"

    # A filter that makes no sense says so beside its field.
    page.goto("/admin/pghistory/events/?since=yesterday")
    expect(page.get_by_text("Write a date as 2026-11-23")).to_be_visible()

    page.goto("/admin/pghistory/events/models/")
    expect(page.get_by_role("table", name="Event models")).to_contain_text("shop.ProductEvent")
    look(page, "models")
    assert troubles == []


def test_who_may_only_read_some_models_is_refused_the_rest(sign_in: SignIn, look: Look, troubles: list[str]) -> None:
    product = Product.objects.get(name__startswith="Merino throw")
    page = sign_in(VIKTOR)
    page.goto(f"/admin/shop/product/{product.pk}/history/")
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_role("link", name="Record event")).to_have_count(0)
    look(page, "object-read-only")
    page.goto("/admin/pghistory/events/")
    expect(page.locator("#pgh-model")).not_to_contain_text("Customer")
    expect(page.locator(".pgh-event__model", has_text="Customer")).to_have_count(0)
    assert troubles == []
    for address in [
        f"record/?model=shop.Product&pk={product.pk}",
        "object/shop.Customer/1/",
        "event/shop.CustomerEvent/1/",
        "event/people.UserProxyEvent/1/",
    ]:
        answer = page.goto(f"/admin/pghistory/events/{address}")
        assert answer is not None
        assert answer.status == 403
    export = page.request.get("/admin/pghistory/events/export.csv?model=shop.Customer")
    assert export.status == 400
    rows = csv.DictReader(io.StringIO(page.request.get("/admin/pghistory/events/export.csv").text(), newline=""))
    assert not {row["pgh_obj_model"] for row in rows} & {"shop.Customer", "people.UserProxy", "shop.Account"}
