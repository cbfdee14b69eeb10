"""A backfill from the form to its end, watched in a real browser while a worker of its own does it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA
from demo_project.shop.models import Tag
from pghistory.models import Job

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 6_000


@pytest.fixture
def worker(transactional_db: None, settings: Any) -> Iterator[None]:
    """The demo's worker, on the database of the tests."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    parameters = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    address = psycopg.conninfo.make_conninfo(**{**parameters, "dbname": connection.settings_dict["NAME"]})
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "demo_project.settings"}
    environment["DEMO_SECRET_KEY"] = settings.SECRET_KEY
    command = [sys.executable, "-m", "demo_project.manage", "db_worker", "--no-startup-delay", "--interval", "0.2"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    yield
    process.kill()
    process.wait()


def test_a_backfill_is_chosen_previewed_confirmed_and_watched_to_its_end(
    worker: None, sign_in: Callable[..., Page], look: Callable[..., None], troubles: list[str]
):
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        Tag.objects.bulk_create([Tag(name=f"tag-{number}") for number in range(NUMBER)])
        cursor.execute("reset session_replication_role")
    before = Tag.pgh_event_model.objects.count()
    page = sign_in(MARA)
    page.goto("/admin/pghistory/events/models/")
    page.get_by_role("link", name="Backfill events").click()
    page.get_by_label("Model", exact=True).select_option(label="Tag")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Reason").fill("Tracking began today")
    page.get_by_label("At most").fill("3000")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("table", name="Sample of the events")).to_contain_text("tag-0")
    look(page, "backfill")
    page.get_by_role("button", name="Backfill 6,000 events").click()

    # The bar moves by itself, and the page says when it is over.
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "100")
    expect(page.get_by_role("button", name="Cancel the job")).to_have_count(0)
    look(page, "job")
    assert Tag.pgh_event_model.objects.count() == before + NUMBER
    assert Job.objects.get().state == "done"
    page.get_by_role("link", name="all events of this job").click()
    expect(page.locator("body")).to_contain_text("Tracking began today")
    assert troubles == []
