"""What the pages are on paper, without motion, in the system's own colours, from right to left and enlarged."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Product

EVENTS = "/admin/pghistory/events/"


@pytest.fixture
def mara(sign_in: Callable[..., Page]) -> Page:
    return sign_in(MARA)


def style(page: Page, selector: str, name: str) -> str:
    found: str = page.evaluate(
        "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]", [selector, name]
    )
    return found


def test_paper_motion_colours_direction_and_zoom(mara: Page, troubles: list[str]):
    product = Product.objects.get(name__startswith="Merino throw")
    mara.goto(f"/admin/shop/product/{product.pk}/history/")
    mara.locator(".pgh-change[hx-get] > summary").first.click()
    expect(mara.locator(".pgh-change[hx-get][open] > .pgh-diff").first).to_be_visible()

    # Paper: black on white, also where the screen is dark; the content, and nothing to operate.
    mara.emulate_media(media="print", color_scheme="dark")
    for operated in ["#nav-sidebar", "#header", ".object-tools", ".pgh-tabs", ".pgh-filter", ".pgh-event__pick input"]:
        assert mara.locator(operated).first.is_hidden(), operated
    assert mara.locator(".pgh-live").is_hidden()
    expect(mara.locator(".pgh-diff").first).to_be_visible()
    expect(mara.locator(".pgh-card__actor").first).to_be_visible()
    assert style(mara, ".pgh", "color") == "rgb(0, 0, 0)"
    assert style(mara, ".pgh", "colorScheme") == "light"
    assert style(mara, "body", "backgroundColor") == "rgb(255, 255, 255)"
    assert mara.locator(".pgh").bounding_box()["width"] >= 1200  # type: ignore[index]
    assert style(mara, ".pgh-card", "breakInside") == "avoid"
    mara.emulate_media(media="screen", color_scheme="light")

    # Without motion, nothing moves or fades.
    moving = """() => [...document.querySelectorAll(".pgh *")].filter((one) => {
        const style = getComputedStyle(one);
        return style.transitionDuration !== "0s" || style.animationName !== "none";
    }).length"""
    assert mara.evaluate(moving) > 0
    mara.emulate_media(reduced_motion="reduce")
    assert mara.evaluate(moving) == 0

    # In forced colours the system paints; what is new and what is old is told by sign and line.
    mara.emulate_media(reduced_motion="no-preference", forced_colors="active")
    canvas = mara.evaluate("""() => {
        const sample = document.createElement("p");
        sample.style.color = "CanvasText";
        document.body.append(sample);
        const found = getComputedStyle(sample).color;
        sample.remove();
        return found;
    }""")
    assert style(mara, ".pgh-card__actor", "forcedColorAdjust") == "auto"
    assert style(mara, ".pgh-ins", "color") == style(mara, ".pgh-del", "color") == canvas
    assert style(mara, ".pgh-card", "borderTopStyle") == "solid"
    mara.emulate_media(forced_colors="none")

    # From right to left what stands at the start stands at the right, and addresses keep their direction.
    starts = "(selector) => document.querySelector(selector).getBoundingClientRect().left"
    before: Any = mara.evaluate(starts, ".pgh-event__id"), mara.evaluate(starts, ".pgh-kind")
    mara.evaluate("document.documentElement.dir = 'rtl'")
    after: Any = mara.evaluate(starts, ".pgh-event__id"), mara.evaluate(starts, ".pgh-kind")
    assert before[0] > before[1]
    assert after[0] < after[1]
    assert style(mara, ".pgh-card__source", "unicodeBidi") == "plaintext"

    # Enlarged to 200 %, nothing is scrolled sideways, nor covered.
    mara.set_viewport_size({"width": 640, "height": 450})
    assert mara.evaluate("document.scrollingElement.scrollWidth") <= 640
    mara.goto(f"{EVENTS}?q=actor:mara")
    expect(mara.locator(".pgh-histogram")).to_contain_text("in 30 days")
    assert mara.evaluate("document.scrollingElement.scrollWidth") <= 640
    assert troubles == []
