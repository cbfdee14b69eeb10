"""What every test may ask for: a real browser, and the order that a real browser needs."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.test import client
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Playwright, sync_playwright
from pytest_django import DjangoDbBlocker

from tests import database

# The names under which systems install it; the Makefile looks for the same ones.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Root has no sandbox; the rest keeps the browser from calling home, which a closed network answers by refusals.
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: from its start on, Playwright keeps an event loop running in the main thread."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def streams_of_the_test_client() -> Iterator[None]:
    """Keep a generator from being closed within itself, which may crash CPython 3.11.

    The client's generator ends by closing the response, and the response closes what its content was made by.
    """
    made_by_django = client.closing_iterator_wrapper

    def without_close(content: Any, close: Any) -> Iterator[bytes]:
        return map(bytes, made_by_django(content, close))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "closing_iterator_wrapper", without_close)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch the system's Chromium: Playwright's own browsers are not downloaded."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return {"executable_path": path, "args": list(BROWSER_ARGUMENTS), "headless": True}
    pytest.fail("No Chromium or Chrome on the PATH: `make browser` installs it, or says how.", pytrace=False)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start Playwright, and let Django's ORM work beside the event loop that it keeps running.

    Its greenlets switch stacks, which coverage cannot follow in this thread; the live server answers in others. Were
    coverage to follow them, it would keep a greenlet for each thread, and CPython 3.11 may hang where two threads end
    at once: it traces what clears the first, and is stopped each time by what is to be cleared of the second.
    """
    with pytest.MonkeyPatch.context() as environment, untraced(), sync_playwright() as driver:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield driver


@contextmanager
def untraced() -> Iterator[None]:
    """Let nothing trace this thread for the length of the block."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Migrate one database and copy it: migrations take longer than a thousand tests."""
    keepdb = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = setup_databases(0, interactive=False, keepdb=keepdb, aliases={"default": False}, serialized_aliases=[])
        # PostgreSQL copies only a database to which nobody is connected.
        connections["default"].close()
        made += setup_databases(0, interactive=False, keepdb=keepdb, aliases={"archive": False}, serialized_aliases=[])
    yield
    if not keepdb:
        with django_db_blocker.unblock():
            for connection, *_ in made:
                connection.close()
                # A thread of the live server may still hold a connection, as for a browser that keeps its own open.
                database.close_to_everybody(connection.settings_dict["NAME"])
            teardown_databases(made, verbosity=0)
