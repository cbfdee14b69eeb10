"""Pages without any script: every way and every form is there, and nothing that would do nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Product

EVENTS = "/admin/pghistory/events/"


def test_the_history_is_read_filtered_and_compared_without_scripts(sign_in: Callable[..., Page], troubles: list[str]):
    page = sign_in(MARA, java_script_enabled=False)
    page.goto(EVENTS)
    expect(page.get_by_label("Live")).to_be_hidden()
    # What an open row would fetch is a link away.
    expect(page.locator(".pgh-diff")).to_have_count(0)
    row = page.locator(".pgh-event:has(.pgh-change)").first
    number = (row.locator(".pgh-event__id").text_content() or "").removeprefix("Event ")
    row.locator("summary").click()
    row.get_by_role("link", name="All changes of this event").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.locator(".pgh-diff").first).to_be_visible()
    page.goto(EVENTS)
    newest = page.locator(".pgh-event__id").first.text_content()
    page.get_by_role("link", name="Older page").click()
    assert page.locator(".pgh-event__id").first.text_content() != newest
    page.goto(EVENTS)
    page.get_by_label("Search labels, keys and context").fill("price:1..1000 label:update")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".pgh-pills")).to_contain_text("1 – 1000")
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name").fill("Prices")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{EVENTS}filters/")
    expect(page.get_by_role("row", name="Prices")).to_contain_text("price:1..1000 label:update")

    changed = Product.pgh_event_model.objects.filter(pgh_label="update").latest("pgh_id")
    page.goto(f"/admin/shop/product/{changed.pgh_obj_id}/history/")
    page.get_by_role("button", name="Compare selected").click()
    expect(page.get_by_role("heading", name="Compare:")).to_be_visible()
    page.get_by_role("link", name="Unified").click()
    expect(page.get_by_role("link", name="Unified")).to_have_attribute("aria-current", "true")
    page.goto(f"{EVENTS}event/shop.ProductEvent/{changed.pk}/")
    expect(page.get_by_role("button", name="Copy JSON")).to_be_hidden()
    page.goto(f"{EVENTS}object/shop.Product/{changed.pgh_obj_id}/as-of/")
    page.get_by_role("link", name="Earlier").click()
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("table", name="Fields at this instant")).to_be_visible()
    page.goto(f"{EVENTS}models/")
    page.get_by_role("link", name="Size").click()
    expect(page.locator("th[aria-sort]")).to_have_text("Size")
    page.goto(f"{EVENTS}record/?model=shop.Product&pk={changed.pgh_obj_id}")
    page.get_by_label("price_reviewed").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_contain_text("1 event, written and rolled back")
    assert troubles == []
