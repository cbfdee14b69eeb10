"""An export as a job: its file is its owner's, for some days."""

import csv
import datetime as dt
import io
import json
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo_project.shop.models import Product, Supplier
from pghistory import jobs
from pghistory.export.cells import COLUMNS
from pghistory.jobs import queue
from pghistory.models import Job
from pghistory_ui.models import ExportRecord
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"
ORDER = f"{EVENTS}export/file/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "pghistory": folder}
    return tmp_path


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fetched(client: Client, page: Page) -> str:
    response: Any = client.get(page.link("Download the file"))
    assert response["Content-Disposition"].startswith('attachment; filename="history-')
    assert response["X-Content-Type-Options"] == "nosniff"
    return b"".join(response.streaming_content).decode()


def test_the_file_holds_what_the_page_would_stream(client: Client, mara: User, changed: Product, files: Path):
    client.force_login(mara)
    page = Page(client.post(ORDER, {"model": "shop.Product", "format": "csv"}, follow=True).content.decode())
    assert "Done" in page.text
    assert "Started: 1 range, 2 rows to look at" in page.text
    streamed: Any = client.get(f"{EVENTS}export.csv?model=shop.Product")
    assert fetched(client, page) == b"".join(streamed.streaming_content).decode()
    assert len(stored(files)) == 1
    assert [record.rows for record in ExportRecord.objects.all()] == [2, 2]


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_file_of_what_an_admin_allows_object_by_object_is_the_same_as_well(
    client: Client, viktor: User, changed: Product, file_format: str
):
    def has_view_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.pk == changed.pk

    other = Product.objects.get(pk=changed.pk)
    other.pk, other.sku = None, "OTHER"
    other.save()
    client.force_login(viktor)
    with model_admin(Product, has_view_permission=has_view_permission):
        data = {"model": "shop.Product", "format": file_format}
        page = Page(client.post(ORDER, data, follow=True).content.decode())
        streamed: Any = client.get(f"{EVENTS}export.{file_format}?model=shop.Product")
        of_page = b"".join(streamed.streaming_content).decode()
        text = fetched(client, page)
    assert text == of_page
    assert "OTHER" not in text
    assert [record.rows for record in ExportRecord.objects.all()] == [2, 2]


def test_json_lines_and_the_filter_come_along(client: Client, browse: Browse, mara: User, changed: Product):
    chooser = browse(mara, f"{EVENTS}export/?model=shop.Product&label=update")
    assert "Make a JSON Lines file in the background" in chooser.text
    data = {"model": "shop.Product", "label": "update", "format": "jsonl"}
    page = Page(client.post(ORDER, data, follow=True).content.decode())
    (line,) = fetched(client, page).splitlines()
    assert json.loads(line)["changes"]["price"] == ["129.00", "139.00"]


def test_the_file_has_the_columns_that_the_page_sends_along(
    client: Client, browse: Browse, mara: User, changed: Product
):
    chooser = browse(mara, f"{EVENTS}export/?model=shop.Product")
    (form,) = re.findall(f'<form method="post" action="{ORDER}">(.*?)</form>', chooser.source, re.DOTALL)
    buttons = re.findall(r'<button[^>]* name="(at_once|format)" value="(csv|jsonl)"', form)
    assert buttons == [("at_once", "csv"), ("at_once", "jsonl"), ("format", "csv"), ("format", "jsonl")]
    assert 'name="columns"' in form
    data = {"model": "shop.Product", "columns": ["pgh_id", "pgh_label"], "format": "csv"}
    page = Page(client.post(ORDER, data, follow=True).content.decode())
    assert fetched(client, page).splitlines()[0] == "pgh_id,pgh_label"
    assert "columns=pgh_id" in page.text
    page = Page(client.post(ORDER, {**data, "columns": list(COLUMNS)}, follow=True).content.decode())
    assert fetched(client, page).splitlines()[0] == ",".join(COLUMNS)
    assert "columns=" not in page.text


def test_what_is_made_at_once_has_the_same_filter_and_columns(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    data = {"label": "update", "columns": ["pgh_label", "actor"], "at_once": "jsonl"}
    response: Any = client.post(ORDER, data, follow=True)
    assert response.redirect_chain == [(f"{EVENTS}export.jsonl?label=update&columns=pgh_label&columns=actor", 302)]
    (line,) = b"".join(response.streaming_content).splitlines()
    assert json.loads(line) == {"pgh_label": "update", "actor": "Mara Lindqvist"}
    assert not Job.objects.exists()
    assert client.post(ORDER, {"since": "x", "at_once": "csv"}).headers["Location"] == f"{EVENTS}export/?since=x"
    assert client.post(ORDER, {"at_once": "../csv"}).headers["Location"] == f"{EVENTS}export/?"


def test_nobody_else_gets_the_file_not_even_a_superuser(
    client: Client, browse: Browse, mara: User, person: Any, changed: Product
):
    viktor = person("vik", "shop.view_product")
    client.force_login(viktor)
    Supplier.objects.create(name="Secret")
    page = Page(client.post(ORDER, {"format": "csv"}, follow=True).content.decode())
    text = fetched(client, page)
    assert {row["pgh_obj_model"] for row in csv.DictReader(io.StringIO(text))} == {"shop.Product"}
    job = Job.objects.get()
    address = f"{EVENTS}jobs/{job.pk}/"
    browse(mara, f"{address}file/", status=403)
    assert "Download the file" not in browse(mara, address).text
    browse(person("other", "shop.view_product"), f"{address}file/", status=403)


def test_a_file_expires_and_is_removed(client: Client, browse: Browse, mara: User, changed: Product, files: Path):
    client.force_login(mara)
    client.post(ORDER, {"format": "csv"})
    job = Job.objects.get()
    assert job.expires_at is not None
    assert dt.timedelta(days=6) < job.expires_at - timezone.now() < dt.timedelta(days=7)
    (first,) = stored(files)
    Job.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    browse(mara, f"{EVENTS}jobs/{job.pk}/file/", status=404)
    client.post(ORDER, {"format": "csv"})
    assert first not in stored(files)
    assert len(stored(files)) == 1


def test_the_right_is_asked_for_again_when_the_file_is_made(person: Any, changed: Product, files: Path):
    viktor = person("vik", "shop.view_product")
    job = jobs.order("export", {"query": "", "format": "csv", "site": "admin"}, owner=viktor)
    viktor.user_permissions.clear()
    done = jobs.work(job.pk, using="default")
    assert (done.state, done.error) == ("failed", "vik may not export this any more.")
    assert stored(files) == []
    nobody = jobs.order("export", {"query": "", "format": "csv"})
    assert "may not export as a job" in jobs.work(nobody.pk, using="default").error


@pytest.mark.django_db(databases=["default", "archive"])
def test_what_cannot_be_ordered_is_refused(client: Client, browse: Browse, mara: User, changed: Product, settings: Any):
    client.force_login(mara)
    assert client.get(ORDER).status_code == 403
    for data in [{"format": "xlsx"}, {"format": "csv", "since": "yesterday"}]:
        page = Page(client.post(ORDER, data, follow=True).content.decode())
        assert "The filter cannot be applied" in page.text
    settings.PGHISTORY_INLINE_ROWS = 1
    page = Page(client.post(ORDER, {"format": "csv"}, follow=True).content.decode())
    assert "1+ rows are more than the 1" in page.text
    assert not Job.objects.exists()
    browse(mara, f"{EVENTS}jobs/01234567-89ab-7def-8123-456789abcdef/file/", status=404)


def counts(asked: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in asked if "as counted" in query["sql"]]


def test_events_are_counted_no_further_than_to_tell_where_the_file_is_made(
    client: Client, mara: User, supplier: Supplier, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "is_background", lambda: True)
    monkeypatch.setattr(queue, "enqueue", lambda *job: None)
    settings.PGHISTORY_INLINE_ROWS = 2
    for number in range(8):
        supplier.name = f"Nordvik {number}"
        supplier.save()
    client.force_login(mara)
    with CaptureQueriesContext(connection) as asked:
        client.post(ORDER, {"model": "shop.Supplier", "format": "csv"})
    assert Job.objects.get().state == "queued"
    (count,) = counts(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, costs off, timing off, summary off, buffers off, format json) {count}")
        (plan,) = cursor.fetchone()[0]
    (limit,) = plan["Plan"]["Plans"]
    (read,) = limit["Plans"]
    assert limit["Node Type"] == "Limit"
    # One more than may be done at once: the file holds nine.
    assert read["Actual Rows"] == 3


def test_where_no_index_leads_to_the_events_they_are_not_counted_but_left_to_a_job(
    client: Client, mara: User, supplier: Supplier, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pghistory.estimates.LOOKED_AT", 3)
    monkeypatch.setattr(queue, "enqueue", lambda *job: None)
    for number in range(8):
        supplier.name = f"Nordvik {number}"
        supplier.save()
    events = Supplier.pgh_event_model.objects
    for hours, event in enumerate(events.order_by("-pgh_id")):
        events.filter(pk=event.pk).update(pgh_created_at=timezone.now() - dt.timedelta(hours=hours))
    client.force_login(mara)
    order = {"model": "shop.Supplier", "q": "Nordvik", "format": "csv"}
    for is_background, state in ((True, "queued"), (False, "done")):
        monkeypatch.setattr(queue, "is_background", lambda answer=is_background: answer)
        with CaptureQueriesContext(connection) as asked:
            client.post(ORDER, order)
        assert Job.objects.latest("created_at").state == state
        # One to tell that it is done at once, and one of all that there is to do.
        assert len(counts(asked)) == (0 if is_background else 2)


def test_days_and_times_are_those_of_the_one_who_ordered_the_file(
    client: Client, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "is_background", lambda: True)
    monkeypatch.setattr(jobs, "place", lambda rows, command, exact: "background")
    tokyo = zoneinfo.ZoneInfo("Asia/Tokyo")
    newest = changed.events.latest("pgh_id").pgh_created_at.astimezone(tokyo)
    client.force_login(mara)
    with timezone.override(tokyo):
        data = {"model": "shop.Product", "q": f"on:{newest:%Y-%m-%d}", "format": "jsonl"}
        client.post(ORDER, data)
    job = jobs.work(Job.objects.latest("created_at").pk, using="default")
    assert (job.state, job.arguments["zone"]) == ("done", "Asia/Tokyo")
    with jobs.storage().open(job.file) as file:
        lines = [json.loads(line) for line in file]
    assert {line["pgh_created_at"] for line in lines} == {newest.isoformat()}


def test_a_file_that_is_being_made_is_given_up_when_its_job_is_cancelled(
    client: Client, browse: Browse, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "place", lambda rows, command, exact: "background")
    monkeypatch.setattr(queue, "enqueue", lambda *job: None)
    client.force_login(mara)
    client.post(ORDER, {"model": "shop.Product", "format": "csv"})
    job = Job.objects.latest("created_at")
    page = Page(client.post(f"{EVENTS}jobs/{job.pk}/", {"cancel": "1"}, follow=True).content.decode())
    assert "It has changed nothing." in page.text
    assert "Cancelled: 0 written in 0 of 0 ranges" in page.text
