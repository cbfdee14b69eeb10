"""What holds inside django-unfold; tests/acceptance/test_skins.py runs these in a process of their own."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Account
from tests.acceptance.test_accessibility import AXE, CHECK, RULES, open_everything, pages

# Each page is looked at for what the browser draws; what Unfold draws around it is Unfold's.
WHOLE = "{exclude: foreign.filter((part) => document.querySelector(part)).map((part) => [part])}"
OURS = CHECK.replace(WHOLE, "'.pgh'")
CONTRAST = OURS.replace('{type: "tag", values: RULES}', '["color-contrast"]')
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def colours(page: Page) -> tuple[str, ...]:
    """The ground that Unfold gives, what stands on it, and a button of the browser."""
    found: list[str] = page.evaluate(
        """() => [
            getComputedStyle(document.getElementById("main")).backgroundColor,
            getComputedStyle(document.querySelector(".pgh")).color,
            getComputedStyle(document.querySelector(".pgh")).colorScheme,
            getComputedStyle(document.querySelector(".pgh")).fontFamily,
            getComputedStyle(document.body).fontFamily,
        ]"""
    )
    return tuple(found)


def test_every_page_is_at_home_in_unfold(sign_in: Callable[..., Page], troubles: list[str]):
    page = sign_in(MARA, reduced_motion="reduce")
    broken: dict[tuple[str, str], Any] = {}
    for address in pages():
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        expect(page.locator(".pgh-head__title")).not_to_be_empty()
        page.evaluate(AXE)
        open_everything(page)
        seen = set()
        for scheme in ("light", "dark"):
            # Unfold's own switch, which sets nothing else.
            page.evaluate("(scheme) => { document.documentElement.className = scheme; }", scheme)
            *ground, word, font, around = colours(page)
            seen.add(tuple(ground))
            assert (word, font) == (scheme, around), address
            # In the other scheme nothing but colours is another.
            rules = OURS.replace("RULES", repr(RULES)) if scheme == "light" else CONTRAST
            if found := page.evaluate(rules, []):
                broken[address, scheme] = found
        assert len(seen) == 2, (address, seen)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        over = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
        if over > 1:
            broken[address, "narrow"] = f"{over} pixels too wide"
    assert not broken, "\n".join(f"{where}: {what}" for where, what in broken.items())

    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto("/admin/pghistory/events/?live=1")
    expect(page.locator(".pgh-histogram")).to_contain_text("in 30 days")
    page.locator(".pgh-change > summary").first.click()
    expect(page.locator(".pgh-change[open] > .pgh-diff")).to_be_visible()
    shown = page.get_by_role("article").count()
    page.get_by_role("link", name="Load more").click()
    expect(page.get_by_role("article").nth(shown)).to_be_visible()
    account = f"/admin/shop/account/{Account.objects.first().pk}"  # type: ignore[union-attr]
    page.goto(f"{account}/change/")
    page.locator("summary", has_text="Who last set each field").click()
    expect(page.get_by_role("table", name="Who last set each field")).to_contain_text("Balance")
    page.goto(f"{account}/history/")
    expect(page.locator(".pgh-head__title")).to_contain_text("Change history")
    assert troubles == []
