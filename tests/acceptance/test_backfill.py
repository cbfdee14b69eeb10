"""A backfill of 200,000 products, watched to its end in a real browser though a worker is killed in the middle."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import Count
from playwright.sync_api import Page, expect

from demo_project.accounts import MARA, VIKTOR
from demo_project.shop.models import Product
from demo_project.shop.seed import work
from pghistory import backfill, jobs, registry
from pghistory.models import Job, JobRange
from pghistory.timeline import Timeline

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 200_000
LONG = 120_000
"""Milliseconds that a worker may take on a busy machine."""

Worker = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def worker(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Worker]:
    """Starts the demo's worker on the database of the tests; both keep files in one folder."""
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "pghistory": folder}
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    parameters = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    address = psycopg.conninfo.make_conninfo(**{**parameters, "dbname": connection.settings_dict["NAME"]})
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "demo_project.settings"}
    environment |= {"DEMO_SECRET_KEY": settings.SECRET_KEY, "DEMO_MEDIA": str(tmp_path)}
    command = [sys.executable, "-m", "demo_project.manage", "db_worker", "--no-startup-delay", "--interval", "0.2"]
    processes = []

    def start() -> subprocess.Popen[bytes]:
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def exported(page: Page) -> int:
    """Has everything exported, fetches the file and gives the number of its lines, each an event of its own."""
    page.goto("/admin/pghistory/events/export/")
    page.get_by_role("button", name="Make a JSON Lines file in the background").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=LONG)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the file").click()
    with Path(started.value.path()).open() as file:
        lines = Counter((line["pgh_event_model"], line["pgh_id"]) for line in map(json.loads, file))
    assert lines.total() == len(lines) == Job.objects.filter(kind="export").latest("created_at").total
    return len(lines)


def test_a_backfill_is_watched_to_its_end_though_its_worker_is_killed_and_everything_is_exported(
    worker: Worker,
    sign_in: Callable[..., Page],
    look: Callable[..., None],
    troubles: list[str],
    monkeypatch: pytest.MonkeyPatch,
):
    page = sign_in(MARA)

    # Everything that the shop's history holds, as a file.
    first = worker()
    assert exported(page) == Timeline().count(bound=NUMBER).number

    # Products that are older than their tracking are chosen, previewed and confirmed.
    work.older_products(NUMBER)
    before = Product.pgh_event_models["insert"].objects.count()
    page.goto("/admin/pghistory/events/models/")
    page.get_by_role("link", name="Backfill events").click()
    page.get_by_label("Model", exact=True).select_option(label="Product")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Reason").fill("Tracking began today")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("table", name="Sample of the events")).to_be_visible(timeout=LONG)
    look(page, "backfill")
    page.get_by_role("button", name=f"Backfill {NUMBER:,} events").click()

    # The worker is killed with half of it done; the page says so, and another one goes on where it stopped.
    deadline = time.monotonic() + LONG / 1000
    while JobRange.objects.filter(done_at__isnull=False, job__kind="backfill").count() < 5:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    first.kill()
    first.wait()
    job = Job.objects.get(kind="backfill")
    assert job.state == "running"
    with monkeypatch.context() as impatient:
        impatient.setattr(import_module("pghistory.jobs.status"), "STALLED_AFTER", 0.5)
        expect(page.get_by_text("Nobody is at work on it.")).to_be_visible(timeout=LONG)
        page.get_by_role("link", name="Reload").click()
        page.get_by_role("button", name="Resume the job").click()
        worker()

    # The bar moves by itself, and the page says when it is over.
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "100")
    expect(page.get_by_role("button", name="Cancel the job")).to_have_count(0)
    look(page, "job")
    events = Product.pgh_event_models["insert"].objects
    assert events.count() == before + NUMBER
    older = events.filter(pgh_context__metadata__job=str(job.pk)).values("pgh_obj_id")
    assert older.count() == NUMBER
    assert not older.annotate(number=Count("pgh_id")).filter(number__gt=1).exists()
    assert sum(job.ranges.values_list("written", flat=True)) == NUMBER
    assert backfill.run(Product)[0].written == 0
    page.get_by_role("link", name="all events of this job").click()
    expect(page.locator("body")).to_contain_text("Tracking began today")

    # And once more, with all that was added.
    # The worker has the settings of the demo, which has no models of tests.
    of_demo = [found for found in registry.event_models() if found.__module__.startswith("demo_project.")]
    assert exported(page) == Timeline().across(*of_demo).count(bound=2 * NUMBER).number > NUMBER
    assert troubles == []


def test_who_may_not_change_products_neither_backfills_them_nor_sees_the_job_of_others(
    sign_in: Callable[..., Page],
):
    job = jobs.order("backfill", {"model": "shop.Product"})
    page = sign_in(VIKTOR)
    for address in ("backfill/?model=shop.Product", "backfill/", f"jobs/{job.pk}/", f"jobs/{job.pk}/file/"):
        answer = page.goto(f"/admin/pghistory/events/{address}")
        assert answer is not None
        assert answer.status == 403
