"""Every page holds to WCAG 2.2 AA by axe, light and dark, wide and narrow, and from right to left."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

from django.db.models import Max
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Product
from pghistory.models import Job

EVENTS = "/admin/pghistory/events/"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The admin's own frame, which is not the browser's to mend: its header, sidebar and filter of the sidebar.
FOREIGN = ["#header", "#nav-sidebar", "#toggle-nav-sidebar", ".theme-toggle"]

CHECK = """async (foreign) => {
    const found = await axe.run({exclude: foreign.filter((part) => document.querySelector(part)).map((part) => [part])},
        {runOnly: {type: "tag", values: RULES}});
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


def pages() -> Iterator[str]:
    """An address of each page, with what is most likely to trouble it."""
    event_model = Product.pgh_event_model
    event = event_model.objects.filter(pgh_label="update").latest("pgh_id")
    product = event.pgh_obj_id
    first = event_model.objects.filter(pgh_obj_id=product).earliest("pgh_id").pgh_id
    newest = event_model.objects.filter(pgh_obj_id=product).aggregate(newest=Max("pgh_id"))["newest"]
    yield f"{EVENTS}?q=actor:mara+field:price&live=1"
    yield f"{EVENTS}?since=yesterday"
    yield f"{EVENTS}days/"
    yield f"{EVENTS}models/"
    yield f"{EVENTS}deleted/"
    yield f"{EVENTS}export/?label=update"
    yield f"{EVENTS}filters/"
    job = Job.objects.create(kind="backfill", arguments={"model": "shop.Tag"}, state="failed", error="Full", token="")
    yield f"{EVENTS}jobs/"
    yield f"{EVENTS}jobs/{job.pk}/"
    yield f"{EVENTS}backfill/?model=shop.Tag"
    yield f"{EVENTS}undo/{event.pgh_context_id}/"
    yield f"{EVENTS}record/"
    yield f"{EVENTS}record/?model=shop.Product&pk={product}"
    yield f"{EVENTS}event/shop.ProductEvent/{event.pgh_id}/"
    yield f"{EVENTS}context/{event.pgh_context_id}/"
    yield f"{EVENTS}compare/shop.ProductEvent/{first}/{newest}/"
    yield f"{EVENTS}compare/shop.ProductEvent/{first}/live/?view=unified&unchanged=1"
    yield f"{EVENTS}object/shop.Product/{product}/as-of/?event=1"
    yield f"{EVENTS}health/?all=1"
    yield f"{EVENTS}restore/shop.ProductEvent/{first}/"
    yield f"/admin/shop/product/{product}/history/"
    yield f"/admin/shop/product/{product}/history/?related=1"


def violations(page: Page, only: str = "") -> list[str]:
    check = CHECK.replace('{type: "tag", values: RULES}', repr([only])) if only else CHECK.replace("RULES", repr(RULES))
    found: list[str] = page.evaluate(check, FOREIGN)
    return found


def open_everything(page: Page) -> int:
    """Open all there is, wait for what rows fetch, and tell how many did."""
    page.evaluate("document.querySelectorAll('.pgh details').forEach((details) => { details.open = true; })")
    expect(page.locator(".pgh-change__body")).to_have_count(0, timeout=20_000)
    page.wait_for_load_state("networkidle")
    fetched = page.locator(".pgh-change[hx-get]").count()
    expect(page.locator(".pgh-change[hx-get] > .pgh-diff")).to_have_count(fetched)
    return fetched


def test_every_page_is_accessible(sign_in: Callable[..., Page], troubles: list[str]):
    page = sign_in(MARA, reduced_motion="reduce")
    broken: dict[tuple[str, str], Any] = {}
    fetched = 0
    for address in pages():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_load_state("networkidle")
        fetched += open_everything(page)
        page.evaluate(AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The admin's links take a moment from one scheme's colour to the other's.
            page.wait_for_timeout(200)
            # In the other scheme nothing but colours is another.
            if found := violations(page, "color-contrast" if scheme == "dark" else ""):
                broken[address, scheme] = found
        page.emulate_media(color_scheme="light", forced_colors="active")
        # The colours are the system's then; axe reckons with those of the sheet.
        if found := [one for one in violations(page) if not one.startswith("color-contrast")]:
            broken[address, "forced colours"] = found
        page.emulate_media(forced_colors="none")
        # 1280 pixels at 200 % zoom are 640, at 400 % 320: nothing is scrolled sideways to be read.
        for width in (640, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            for direction in ("ltr", "rtl"):
                page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
                over = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
                if over > 1:
                    broken[address, f"{width} {direction}"] = f"{over} pixels too wide"
    assert fetched > 10
    assert not broken, "\n".join(f"{where}: {what}" for where, what in broken.items())
    assert troubles == []
