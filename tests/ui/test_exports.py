"""Choosing what an export holds, the file as JSON Lines, and the record of who took what."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from demo_project.shop.models import Category, Product
from pghistory_ui import records
from pghistory_ui.models import ExportRecord
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


def content(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return b"".join(client.get(f"{EVENTS}{address}").streaming_content).decode()


def test_each_line_of_json_is_an_event_with_its_types(client: Client, mara: User, changed: Product):
    text = content(client, mara, "export.jsonl?label=update&model=shop.Product")
    (line,) = [json.loads(line) for line in text.splitlines()]
    assert line["pgh_obj_id"] == changed.pk
    assert line["changes"]["price"] == ["129.00", "139.00"]
    assert line["context"]["reason"] == "Price list, week 48"
    assert line["actor"] == "Mara Lindqvist"
    assert list(line)[:3] == ["pgh_created_at", "pgh_event_model", "pgh_id"]


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_columns_are_chosen_and_stand_in_the_order_of_the_export(
    client: Client, mara: User, changed: Product, file_format: str
):
    text = content(client, mara, f"export.{file_format}?label=update&columns=reason&columns=pgh_label")
    lines = text.splitlines()
    assert len(lines) == (2 if file_format == "csv" else 1)
    expected = 'update,"Price list, week 48"' if file_format == "csv" else None
    assert lines[-1] == expected or json.loads(lines[-1]) == {"pgh_label": "update", "reason": "Price list, week 48"}


@pytest.mark.parametrize("query", ["columns=nothing", "columns=%00", "columns=url&columns=x", "since=x"])
@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_what_cannot_be_exported_is_said(client: Client, mara: User, changed: Product, query: str, file_format: str):
    client.force_login(mara)
    assert client.get(f"{EVENTS}export.{file_format}?{query}").status_code == 400
    assert not ExportRecord.objects.exists()


def test_an_export_is_recorded_with_who_when_which_filter_and_how_many_rows(
    client: Client, browse: Browse, mara: User, changed: Product
):
    content(client, mara, "export.csv?model=shop.Product&columns=url")
    record = ExportRecord.objects.get()
    assert (record.user, record.user_label, record.file_format) == (mara, "Mara Lindqvist", "csv")
    assert (record.query, record.columns, record.rows) == ("model=shop.Product", ["url"], 2)
    assert record.ended_at is not None
    assert record.ended_at >= record.started_at
    assert str(record) == "csv, Mara Lindqvist"
    page = browse(mara, f"{EVENTS}export/")
    assert page.link("model:shop.Product") == f"{EVENTS}?model=shop.Product"


def test_an_export_that_is_broken_off_says_so(client: Client, browse: Browse, mara: User, changed: Product):
    client.force_login(mara)
    client.get(f"{EVENTS}export.jsonl")
    assert not ExportRecord.objects.get().rows
    assert "not known" in browse(mara, f"{EVENTS}export/").text
    rows = records.counted(ExportRecord.objects.get(), (name for name in ["one", "two"]))
    next(rows)
    rows.close()
    record = ExportRecord.objects.get()
    assert (record.rows, record.ended_at) == (1, None)
    assert "broken off" in browse(mara, f"{EVENTS}export/").text


def test_exports_are_known_to_their_owner_and_to_superusers(
    client: Client, browse: Browse, mara: User, viktor: User, person: Callable[..., User], changed: Product
):
    content(client, viktor, "export.csv?label=update")
    other = person("other", "shop.view_product")
    assert "label:update" in browse(viktor, f"{EVENTS}export/").text
    assert "label:update" in browse(mara, f"{EVENTS}export/").text
    assert "label:update" not in browse(other, f"{EVENTS}export/").text
    viktor.delete()
    assert "viktor" in browse(mara, f"{EVENTS}export/").text


def test_the_page_says_what_would_be_exported_and_carries_the_filter(browse: Browse, mara: User, changed: Product):
    page = browse(mara, browse(mara, f"{EVENTS}?model=shop.Product&label=update").link("Export"))
    assert "1 event" in page.text
    assert 'name="label" value="update"' in page.source
    assert "Label update" in page.text
    assert "cannot be applied" in browse(mara, f"{EVENTS}export/?since=x").text


def test_a_timeline_leads_to_the_export_of_its_object(browse: Browse, mara: User, changed: Product):
    address = browse(mara, f"/admin/shop/product/{changed.pk}/history/?label=update").link("Export")
    assert address == f"{EVENTS}export/?obj=shop.Product%3A{changed.pk}&label=update"
    assert "1 event" in browse(mara, address).text


def test_a_model_admin_can_keep_the_history_of_its_model_on_the_site(
    client: Client, browse: Browse, mara: User, viktor: User, changed: Product
):
    def no(self: Any, request: Any) -> bool:
        return False

    with model_admin(Product, has_export_history_permission=no):
        text = content(client, mara, "export.csv")
        assert "shop.ProductEvent" not in text
        assert "shop.CategoryEvent" in text
        assert "they are left out" in browse(mara, f"{EVENTS}export/").text
        page = browse(mara, f"/admin/shop/product/{changed.pk}/history/")
        assert "Export" not in [words for words, _href in page.links]
        for address in ("export/", "export.csv", "export.jsonl"):
            browse(viktor, f"{EVENTS}{address}", status=403)
        assert "Export" not in [words for words, _href in browse(viktor, EVENTS).links]
    assert Category.objects.exists()


def test_a_model_admin_can_keep_people_from_recording_events(browse: Browse, mara: User, changed: Product):
    def no(self: Any, request: Any, obj: Any) -> bool:
        return False

    history = f"/admin/shop/product/{changed.pk}/history/"
    record = browse(mara, history).link("Record event")
    with model_admin(Product, has_record_history_permission=no):
        assert "Record event" not in browse(mara, history).text
        browse(mara, record, status=403)
