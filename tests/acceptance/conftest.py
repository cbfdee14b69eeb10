"""The demo, served as it is, and a browser that notes every script error and every refusal of the content policy."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from demo_project.accounts import Account
from tests.ui import html

SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WRITES = os.environ.get("PGHISTORY_SCREENSHOTS") == "1"


@pytest.fixture
def shop(live_server: LiveServer) -> str:
    """The address of the demo with its months of history."""
    call_command("seed_demo", months=1, verbosity=0)
    return str(live_server.url)


@pytest.fixture
def troubles() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def sign_in(browser: Browser, shop: str, troubles: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a window of one's own for each account."""
    windows = []

    def note(message: ConsoleMessage) -> None:
        # The demo has no icon of its own, and every browser asks for one.
        if message.type in ("error", "warning") and not message.location["url"].endswith("/favicon.ico"):
            troubles.append(message.text)

    def open_window(account: Account, **options: Any) -> Page:
        window = browser.new_context(base_url=shop, locale="en-GB", viewport={"width": 1280, "height": 900}, **options)
        windows.append(window)
        page = window.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto("/admin/")
        page.get_by_label("Username").fill(account.username)
        page.get_by_label("Password").fill(account.password)
        page.get_by_role("button", name="Log in").click()
        return page

    yield open_window
    for window in windows:
        window.close()
    let_requests_end()


def let_requests_end() -> None:
    """Wait for what a closed window has still asked for: emptying the tables would meet it in a deadlock."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
                "and backend_type = 'client backend' and state <> 'idle'"
            )
            if cursor.fetchone() is None:
                return
            time.sleep(0.05)


@pytest.fixture
def look() -> Callable[..., None]:
    """Reads the page as valid HTML; takes its picture, light and dark, when PGHISTORY_SCREENSHOTS=1 asks for it."""

    def picture(page: Page, name: str, *, height: int = 1200) -> None:
        html.Page(page.request.get(page.url).text())
        if not WRITES:
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.set_viewport_size({"width": 1280, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            suffix = "" if scheme == "light" else "-dark"
            # Colours that are still on their way from the other scheme are sent to their end.
            page.screenshot(path=SCREENSHOTS / f"{name}{suffix}.png", animations="disabled")
        page.emulate_media(color_scheme="light")

    return picture
