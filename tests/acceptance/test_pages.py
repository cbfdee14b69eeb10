"""The pages beside the story, each opened at the width of a desk and of a phone, light and dark."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Order, Product
from pghistory import registry

SignIn = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture
def mara(sign_in: SignIn) -> Page:
    return sign_in(MARA)


def looks(page: Page, address: str) -> Iterator[None]:
    """Opens a page at each width and in each scheme; nothing of it may stand beyond the edge of the window."""
    for size in SIZES:
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            yield
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], (address, size, width)


def test_the_pages_stand_at_any_width_light_and_dark(mara: Page, troubles: list[str]) -> None:
    cancelled = registry.event_models_of(Order)[0].objects.filter(pgh_label="status_changed").latest("pgh_id")
    for _look in looks(mara, f"{EVENTS}context/{cancelled.pgh_context_id}/"):
        expect(mara.get_by_role("heading", level=1)).to_contain_text("One ")
        expect(mara.get_by_role("heading", name="Order").first).to_be_visible()
    product = Product.objects.get(name__startswith="Merino throw")
    mara.goto(f"/admin/shop/product/{product.pk}/history/")
    mara.get_by_role("radio", name="Version A").last.check()
    mara.get_by_role("button", name="Compare selected").click()
    expect(mara.get_by_role("table", name="Fields of both versions, side by side")).to_be_visible()
    expect(mara.locator(".pgh-bar__note")).to_contain_text("differ")
    compared = mara.url
    for _look in looks(mara, compared):
        expect(mara.get_by_role("heading", level=2).first).to_contain_text("Version A:")
    for _look in looks(mara, f"{compared}?view=unified&unchanged=1"):
        expect(mara.get_by_role("link", name="Unified")).to_have_attribute("aria-current", "true")
    mara.goto(f"/admin/shop/product/{product.pk}/history/")
    mara.get_by_role("link", name="As of…").click()
    mara.get_by_role("link", name="Earlier").click()
    expect(mara.get_by_role("slider")).to_be_visible()
    mara.get_by_role("slider").press("Home")
    expect(mara).to_have_url(re.compile("event=1$"))
    for _look in looks(mara, mara.url):
        expect(mara.get_by_role("table", name="Fields at this instant")).to_be_visible()
    for _look in looks(mara, f"/admin/shop/product/{product.pk}/history/?related=1"):
        expect(mara.get_by_role("article").first).to_be_visible()
    for _look in looks(mara, f"{EVENTS}deleted/"):
        expect(mara.get_by_role("table", name="Deleted objects")).to_be_visible()
    for _look in looks(mara, f"{EVENTS}models/?sort=-activity"):
        expect(mara.get_by_role("table", name="Event models")).to_contain_text("Installed")
    for _look in looks(mara, f"{EVENTS}health/?all=1"):
        expect(mara.get_by_text("All is well")).to_be_visible()
    assert troubles == []
