"""Exports as a server sends them: in a thread or in a loop, to the end or until somebody breaks the download off."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.test import AsyncRequestFactory, Client

from demo_project.shop.models import Supplier
from pghistory_ui.models import ExportRecord
from pghistory_ui.views import export

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = "/admin/pghistory/events/"


@pytest.fixture
def reader(client: Client) -> Client:
    Supplier.objects.bulk_create([Supplier(name=f"Supplier {number}") for number in range(30)])
    Supplier.objects.update(payment_days=1, discount=1)
    client.force_login(User.objects.create_superuser("mara", "", "x"))
    return client


def update_all() -> None:
    Supplier.objects.update(payment_days=2, discount=2)
    connection.close()


@async_to_sync
async def loaded(client: Client, address: str, *, parts: int | None = None, meanwhile: Callable[[], None]) -> str:
    """What the loop of Django sends; after some parts the other side takes no more, and then it is gone."""
    path, _mark, query = address.partition("?")
    factory = AsyncRequestFactory()
    factory.cookies = client.cookies
    scope = factory._base_scope(path=path, query_string=query)
    asked, gone, sent = iter([{"type": "http.request"}]), asyncio.Event(), list[bytes]()

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
        elif message.get("more_body"):
            if not sent:
                await asyncio.to_thread(meanwhile)
            sent.append(message["body"])
            if len(sent) == parts:
                gone.set()
                await asyncio.Event().wait()

    async with asyncio.timeout(120):
        await ASGIHandler()(scope, receive, send)
    return b"".join(sent).decode()


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_download_that_is_broken_off_leaves_a_connection_that_works_and_says_how_far_it_came(
    reader: Client, file_format: str
):
    response: Any = reader.get(f"{EVENTS}export.{file_format}?model=shop.Supplier")
    lines = iter(response.streaming_content)
    for _line in range(5 if file_format == "jsonl" else 6):
        next(lines)
    response.close()
    assert not connection.in_atomic_block
    assert reader.get(f"{EVENTS}export/").status_code == 200
    record = ExportRecord.objects.get()
    assert (record.rows, record.ended_at) == (5, None)


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_loop_sends_the_whole_file_in_parts_and_from_one_snapshot(
    reader: Client, monkeypatch: pytest.MonkeyPatch, file_format: str
):
    monkeypatch.setattr(export, "BATCH", 4)
    monkeypatch.setattr(export, "AT_ONCE", 5)
    address = f"{EVENTS}export.{file_format}?model=shop.Supplier&columns=pgh_label"
    text = loaded(reader, address, meanwhile=update_all)
    assert len(text.splitlines()) == (31 if file_format == "csv" else 30)
    record = ExportRecord.objects.get()
    assert record.rows == 30
    assert record.ended_at is not None
    assert loaded(reader, address, meanwhile=lambda: None).count("renegotiated") == 60


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_loop_makes_no_more_of_a_file_than_somebody_takes(
    reader: Client, monkeypatch: pytest.MonkeyPatch, file_format: str
):
    monkeypatch.setattr(export, "AT_ONCE", 5)
    text = loaded(reader, f"{EVENTS}export.{file_format}?model=shop.Supplier", parts=2, meanwhile=lambda: None)
    assert len(text.splitlines()) == 10
    record = ExportRecord.objects.get()
    assert (record.rows, record.ended_at) == (9 if file_format == "csv" else 10, None)
    with connection.cursor() as cursor:
        idle = "datname = current_database() and state like 'idle in transaction%'"
        cursor.execute(f"select count(*) from pg_stat_activity where {idle}")
        assert cursor.fetchone() == (0,)
