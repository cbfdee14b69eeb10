"""The CSV export: exactly the filtered set, safe in a spreadsheet, from one snapshot."""

import csv
import datetime as dt
import io
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

import pghistory
from demo_project.shop.models import Customer, Product, Supplier
from pghistory_ui.views import export
from tests.ui.html import Page

Browse = Callable[..., Page]
EXPORT = "/admin/pghistory/events/export.csv"


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(EXPORT + query)
    assert response.streaming
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_holds_the_columns_of_the_design(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    update, insert = rows(client, "?model=shop.Product")
    assert list(update) == (
        "pgh_created_at pgh_event_model pgh_id pgh_label pgh_obj_model pgh_obj_id object actor_id actor url reason "
        "changes context"
    ).split(" ")
    assert dt.datetime.fromisoformat(update["pgh_created_at"]).utcoffset() is not None
    assert update["pgh_event_model"] == "shop.ProductEvent"
    assert (update["pgh_label"], insert["pgh_label"]) == ("update", "insert")
    assert (update["pgh_obj_model"], update["pgh_obj_id"]) == ("shop.Product", str(changed.pk))
    assert update["object"] == "Merino throw, oatmeal"
    assert (update["actor_id"], update["actor"]) == (str(mara.pk), "Mara Lindqvist")
    assert update["url"] == f"/admin/shop/product/{changed.pk}/change/"
    assert update["reason"] == "Price list, week 48"
    assert json.loads(update["changes"])["price"] == ["129.00", "139.00"]
    assert json.loads(update["changes"])["attributes"][1]["weight_g"] == 910
    assert json.loads(update["context"])["reason"] == "Price list, week 48"


def test_the_page_links_to_the_export_of_what_it_shows(client: Client, browse: Browse, mara: User, changed: Product):
    page = browse(mara, "/admin/pghistory/events/?label=update&model=shop.Product&after=")
    query = page.link("Export").removeprefix("/admin/pghistory/events/export/")
    assert [row["pgh_label"] for row in rows(client, query)] == ["update"]
    own = browse(mara, f"/admin/shop/product/{changed.pk}/history/?label=insert").link("Export")
    query = own.removeprefix("/admin/pghistory/events/export/")
    assert [row["pgh_label"] for row in rows(client, query)] == ["insert"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=x", "\r=x"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(client: Client, mara: User, name: str):
    with pghistory.context(reason=name):
        Supplier.objects.create(name=name)
        Supplier.objects.update(payment_days=5, discount=2)
    client.force_login(mara)
    (row,) = rows(client, "?model=shop.Supplier")
    assert row["object"] == f"'{name}"
    assert row["reason"] == f"'{name}"


def test_hostile_text_comes_back_as_it_was(client: Client, mara: User):
    hostile = 'a "quoted", <script>\r\nnext\' % {{ x }} 🙂'
    Customer.objects.create(name=hostile, email="a@example.com", since="2026-01-01")
    client.force_login(mara)
    (row,) = rows(client, "?model=shop.Customer")
    assert row["object"] == hostile


def test_other_formats_are_not_found(client: Client, mara: User):
    client.force_login(mara)
    assert client.get("/admin/pghistory/events/export.xlsx").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_file_is_one_snapshot_whatever_is_written_meanwhile(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "BATCH", 4)
    user = User.objects.create_superuser("m", "", "x")
    Supplier.objects.bulk_create([Supplier(name=str(number)) for number in range(30)])
    Supplier.objects.update(payment_days=1, discount=1)
    client.force_login(user)
    response: Any = client.get(f"{EXPORT}?model=shop.Supplier")
    lines = iter(response.streaming_content)
    first = [next(lines) for _line in range(3)]

    def write_elsewhere() -> None:
        Supplier.objects.update(payment_days=2, discount=2)
        events = Supplier.pgh_event_model._base_manager
        events.filter(pk__in=list(events.order_by("pk").values_list("pk", flat=True)[:5])).delete()
        connection.close()

    writer = threading.Thread(target=write_elsewhere)
    writer.start()
    writer.join()
    assert Supplier.pgh_event_model._base_manager.count() == 30
    assert sum(line.count(b"\r\n") for line in [*first, *lines]) == 31
    assert Supplier.pgh_event_model._base_manager.count() == 55
