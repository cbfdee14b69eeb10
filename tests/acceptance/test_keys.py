"""What scripts add: keys, suggestions, the bars of the days and new events without a reload."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

import pghistory
from demo_project.accounts import MARA
from demo_project.shop.models import Product, Supplier

EVENTS = "/admin/pghistory/events/"


def focused(page: Page) -> str:
    found: str = page.evaluate(
        "document.activeElement.closest('.pgh-event')?.querySelector('.pgh-event__id').text ?? ''"
    )
    return found


def test_keys_and_live_events(sign_in: Callable[..., Page], troubles: list[str]):
    page = sign_in(MARA)
    page.goto(EVENTS)
    expect(page.locator(".pgh-histogram")).to_contain_text("in 30 days")
    numbers = page.locator(".pgh-event__id").all_text_contents()
    page.keyboard.press("j")
    assert focused(page) == numbers[0]
    page.keyboard.press("j")
    assert focused(page) == numbers[1]
    page.keyboard.press("k")
    assert focused(page) == numbers[0]
    opened = page.locator(".pgh-event details[open]")
    expect(opened).to_have_count(0)
    row = page.locator(".pgh-event:has(details)").first
    row.locator("summary").focus()
    page.keyboard.press("o")
    expect(opened).to_have_count(1)
    expect(opened.locator(".pgh-diff")).to_be_visible()
    expect(row.locator("summary")).to_be_focused()
    page.keyboard.press("o")
    expect(opened).to_have_count(0)

    page.keyboard.press("/")
    search = page.get_by_label("Search labels, keys and context")
    expect(search).to_be_focused()
    page.keyboard.type("actor:mar")
    expect(page.locator("#pgh-suggestions option[value='actor:mara']")).to_have_count(1)
    page.keyboard.type("/jk?")
    expect(search).to_have_value("actor:mar/jk?")
    search.fill("")
    search.blur()

    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="Keyboard")
    expect(help_dialog).to_be_visible()
    help_dialog.get_by_label("Use these keys").uncheck()
    help_dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(search).not_to_be_focused()

    page.get_by_label("Live").check()
    assert page.url.endswith("?live=1")
    page.locator(".pgh-event summary").first.focus()
    before = focused(page)
    product = Product.objects.get(name__startswith="Merino throw")
    with pghistory.context(reason="While somebody looks on"):
        Product.objects.filter(pk=product.pk).update(stock=4321)
    expect(page.get_by_text("While somebody looks on")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("status").filter(has_text="1 new event")).to_be_visible()
    assert focused(page) == before
    now = page.locator(".pgh-event__id").all_text_contents()
    assert now[1:] == numbers
    assert len(set(page.locator(".pgh-day__title").all_text_contents())) == page.locator(".pgh-day").count()
    page.reload()
    expect(page.get_by_label("Live")).to_be_checked()

    # Also more than a page of them, and where it stops it says so.
    def happen(reason: str, times: int) -> None:
        with transaction.atomic(), pghistory.context(reason=reason):
            for number in range(times):
                Product.objects.filter(pk=product.pk).update(stock=number)

    happen("A busy minute", 130)
    numbers = page.locator(".pgh-event__id").all_text_contents()
    expect(page.get_by_role("status").filter(has_text="130 new events")).to_be_visible(timeout=20_000)
    now = page.locator(".pgh-event__id").all_text_contents()
    assert now[130:] == numbers
    assert [int(number.rpartition("#")[2]) for number in now[:130]] == sorted(
        (int(number.rpartition("#")[2]) for number in now[:130]), reverse=True
    )
    happen("A busier one", 510)
    told = page.get_by_role("status").filter(has_text="500 new events and more: reload the page to see all")
    expect(told).to_be_visible(timeout=40_000)

    # The history of one object does so too, and leaves the versions that are chosen.
    page.goto(f"/admin/shop/product/{product.pk}/history/")
    chosen = page.locator("input[name=b]:checked").get_attribute("value")
    with pghistory.context(reason="While somebody chooses"):
        Product.objects.filter(pk=product.pk).update(stock=4322)
    page.get_by_label("Live").check()
    expect(page.get_by_text("While somebody chooses")).to_be_visible()
    assert page.locator("input[name=b]:checked").get_attribute("value") == chosen
    assert page.locator("input[name=b]").first.get_attribute("value") != chosen
    assert troubles == []


def test_rows_that_come_in_live_are_opened_too(sign_in: Callable[..., Page], troubles: list[str]):
    supplier = Supplier.objects.earliest("pk")
    days_ago = timezone.now() - dt.timedelta(days=3)
    Supplier.pgh_event_model.objects.filter(pgh_created_at__gt=days_ago).update(pgh_created_at=days_ago)
    page = sign_in(MARA)
    page.goto(f"{EVENTS}?model=shop.Supplier&live=1")
    expect(page.locator(".pgh-histogram")).to_contain_text("in 30 days")
    days = page.locator(".pgh-day").count()
    # The first comes with a day that was not there, the second into that day.
    for name in ("Nordvik & daughters", "Nordvik & sons"):
        with pghistory.context(reason=f"Renamed to {name}"):
            Supplier.objects.filter(pk=supplier.pk).update(name=name)
        card = page.get_by_role("article").filter(has_text=f"Renamed to {name}")
        expect(card).to_be_visible(timeout=20_000)
        expect(page.locator(".pgh-day")).to_have_count(days + 1)
        card.locator(".pgh-change > summary").click()
        expect(card.locator(".pgh-change > .pgh-diff")).to_contain_text(name.split()[-1])
    assert troubles == []


def test_a_row_that_cannot_be_fetched_keeps_its_link(sign_in: Callable[..., Page]):
    page = sign_in(MARA)
    page.goto(EVENTS)
    expect(page.locator(".pgh-histogram")).to_contain_text("in 30 days")
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=500, content_type="text/html", body="<h1>Server Error (500)</h1>")
        else:
            route.abort()

    page.route("**/changes/", fail)
    rows = page.locator(".pgh-event:has(.pgh-change[hx-get])")
    for place in (0, 1):
        row = rows.nth(place)
        with page.expect_event("requestfinished" if place == 0 else "requestfailed"):
            row.locator("summary").click()
        # What the answer would do is done in the same moment.
        page.wait_for_timeout(200)
        expect(row.get_by_role("link", name="All changes of this event")).to_be_visible()
    assert len(asked) == 2
    page.unroute("**/changes/")
    # Whoever was logged out meanwhile finds no log-in page in the row, but under the link.
    page.context.clear_cookies()
    row = rows.nth(2)
    with page.expect_response("**/admin/login/**"):
        row.locator("summary").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Password")).to_have_count(0)
    row.get_by_role("link", name="All changes of this event").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_row_that_is_opened_before_scripts_are_there_is_fetched_then(
    sign_in: Callable[..., Page], troubles: list[str]
):
    page = sign_in(MARA)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx*.js", hold)
    page.goto(EVENTS, wait_until="domcontentloaded")
    row = page.locator(".pgh-event:has(.pgh-change[hx-get])").first
    row.locator("summary").click()
    expect(row.get_by_role("link", name="All changes of this event")).to_be_visible()
    for _tenth in range(300):
        if held:
            break
        page.wait_for_timeout(100)
    held[0].continue_()
    expect(row.locator(".pgh-change[open] > .pgh-diff")).to_be_visible()
    assert troubles == []
