"""More rows than a request writes are put back by a worker: all of them or none, and watched on the job's page."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Customer, Order, OrderLine, Product
from pghistory import jobs
from pghistory.jobs import queue
from pghistory.models import Context, Job
from tests.ui.html import Page
from tests.ui.test_undo import EVENTS, address, token

Browse = Callable[..., Page]


@pytest.fixture(autouse=True)
def few(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are there, and needed for more than two rows."""
    settings.PGHISTORY_INLINE_ROWS = 2
    monkeypatch.setattr(queue, "is_background", lambda: True)


@pytest.fixture
def wrong(product: Product, mara: User) -> uuid.UUID:
    """A job that got all prices wrong, and added and removed something."""
    for number in range(3):
        Product.objects.create(name=f"Throw {number}", sku=f"T-{number}", price=10, supplier=product.supplier)
    with pghistory.context(actor=mara, command="import_prices") as context:
        Product.objects.update(price=1)
        Category.objects.create(name="Wrong", slug="wrong")
        Product.objects.get(name="Throw 2").delete()
    return context.id


def order(client: Client, browse: Browse, user: User, where: str, **data: Any) -> Job:
    page = browse(user, where)
    response = client.post(where, {"token": token(page), "reason": "Wrong column", **data})
    job = Job.objects.latest("created_at")
    assert response["Location"] == f"{EVENTS}/jobs/{job.pk}/"
    return job


def test_a_large_undo_is_ordered_done_by_a_worker_and_leads_to_what_it_wrote(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID
):
    assert "a worker puts them back" in browse(mara, address(wrong)).text
    job = order(client, browse, mara, address(wrong))
    assert set(Product.objects.values_list("price", flat=True)) == {1}
    assert "Queued" in browse(mara, f"{EVENTS}/jobs/{job.pk}/").text
    done = jobs.work(job.pk, using="default")
    assert (done.state, done.total, jobs.progress(done).written) == ("done", 5, 5)
    assert 1 not in Product.objects.values_list("price", flat=True)
    page = browse(mara, f"{EVENTS}/jobs/{job.pk}/")
    assert f"Putting back {wrong}" in page.text
    found = page.link("all events of this job")
    context = Context.objects.get(pk=found.rstrip("/").rpartition("/")[2])
    assert context.metadata["undone"] == str(wrong)
    assert context.metadata["reason"] == "Wrong column"
    assert context.metadata["job"] == str(job.pk)
    assert context.actor_label == "Mara Lindqvist"


def test_two_at_once_are_refused_and_a_stale_one_fails_in_words(
    client: Client, browse: Browse, mara: User, wrong: uuid.UUID, product: Product
):
    job = order(client, browse, mara, address(wrong))
    page = browse(mara, address(wrong))
    again = client.post(address(wrong), {"token": token(page)})
    assert "unfinished job" in again.content.decode()
    with pghistory.context(actor=None):
        Product.objects.filter(pk=product.pk).update(price=7)
    done = jobs.work(job.pk, using="default")
    assert done.state == "failed"
    assert "was changed after it was previewed" in done.error
    assert Product.objects.get(pk=product.pk).price == 7
    page = browse(mara, f"{EVENTS}/jobs/{job.pk}/")
    assert done.error in page.text
    assert "Resume the job" in page.text


def test_what_the_database_refuses_is_told_in_the_log(client: Client, browse: Browse, mara: User, wrong: uuid.UUID):
    job = order(client, browse, mara, address(wrong))
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table shop_product add constraint no_tens check (price <> 10) not valid")
    done = jobs.work(job.pk, using="default")
    assert done.state == "done"
    warnings = done.lines.filter(level="warning").values_list("text", flat=True)
    assert {line.partition(":")[0] for line in warnings} == {"Left out"}
    assert str(Product.objects.get(name__startswith="Merino").price) == "129.00"


@pytest.mark.parametrize("kind", ["undo", "restore"])
def test_the_right_is_asked_for_again_by_the_worker(
    client: Client,
    browse: Browse,
    person: Any,
    mara: User,
    wrong: uuid.UUID,
    product: Product,
    settings: Any,
    kind: str,
):
    vera = person("vera", "shop.view_product", "shop.change_product", "shop.add_product")
    where = address(wrong)
    if kind == "restore":
        event = product.events.order_by("pgh_id").first()
        where = f"{EVENTS}/restore/shop.ProductEvent/{event.pk}/"
        settings.PGHISTORY_INLINE_ROWS = 0
    job = order(client, browse, vera, where, **({"field": "price"} if kind == "restore" else {}))
    vera.user_permissions.clear()
    done = jobs.work(job.pk, using="default")
    assert (done.state, done.error) == ("failed", "vera may not restore this any more.")
    nobody = jobs.order("restore", job.arguments)
    assert "may not restore as a job" in jobs.work(nobody.pk, using="default").error


def test_a_deleted_order_with_many_lines_comes_back_by_a_worker(
    client: Client, browse: Browse, mara: User, product: Product, order_of_many: Order
):
    key = order_of_many.pk
    with pghistory.context(actor=mara):
        order_of_many.delete()
    event = Order.pgh_event_model.objects.get(pgh_label="delete")
    assert "a worker puts them back" in browse(mara, f"{EVENTS}/restore/shop.OrderEvent/{event.pk}/").text
    job = order(
        client, browse, mara, f"{EVENTS}/restore/shop.OrderEvent/{event.pk}/", field=fields(browse, mara, event)
    )
    done = jobs.work(job.pk, using="default")
    assert (done.state, jobs.progress(done).written) == ("done", 6)
    assert OrderLine.objects.filter(order_id=key).count() == 5


def test_without_a_worker_the_page_of_a_large_restore_names_the_command_and_has_no_button(
    browse: Browse, mara: User, order_of_many: Order, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "is_background", lambda: False)
    order_of_many.delete()
    event = Order.pgh_event_model.objects.get(pgh_label="delete")
    page = browse(mara, f"{EVENTS}/restore/shop.OrderEvent/{event.pk}/")
    assert f"manage.py pghistory restore shop.OrderEvent {event.pk}" in page.text
    assert "Restore it" not in page.text


@pytest.fixture
def order_of_many(product: Product) -> Order:
    customer = Customer.objects.create(name="C", email="c@example.com", since=dt.date(2020, 1, 1))
    made = Order.objects.create(number="O-1", customer=customer, placed_at=timezone.now())
    for number in range(5):
        OrderLine.objects.create(order=made, product=product, title=str(number), total=1)
    return made


def fields(browse: Browse, user: User, event: Any) -> list[str]:
    page = browse(user, f"{EVENTS}/restore/shop.OrderEvent/{event.pk}/")
    return re.findall(r'name="field" value="([^"]+)"', page.source)


def test_files_whose_time_is_over_are_removed_by_a_command_and_when_they_are_asked_for(
    client: Client, browse: Browse, mara: User, changed: Product, settings: Any, tmp_path: Path, capsys: Any
):
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "pghistory": folder}
    settings.PGHISTORY_INLINE_ROWS = 5_000
    client.force_login(mara)
    for _ in range(2):
        client.post(f"{EVENTS}/export/file/", {"format": "csv", "columns": ["pgh_label", "url"]})
    first, second = Job.objects.order_by("created_at")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_text().splitlines()[0] for path in files] == ["pgh_label,url"] * 2
    call_command("pghistory", "job", "expire")
    assert "0 files removed." in capsys.readouterr().out
    over = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(pk=first.pk).update(expires_at=over)
    call_command("pghistory", "job", "expire")
    assert "1 files removed." in capsys.readouterr().out
    Job.objects.filter(pk=second.pk).update(expires_at=over)
    browse(mara, f"{EVENTS}/jobs/{second.pk}/file/", status=404)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
