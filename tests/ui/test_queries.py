"""What pages cost: as many queries for a thousand rows and events as for ten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pghistory
from demo_project.shop.models import Account, Customer, Product
from pghistory.models import Job, JobRange
from pghistory_ui import staff
from pghistory_ui.models import ExportRecord, SavedFilter

EVENTS = "/admin/pghistory/events"


def write(product: Product, *, events: int) -> None:
    """Products of a supplier, each changed once by one request, and so many changes of the product itself."""
    actor = User.objects.get(username="mara")
    with pghistory.context(actor=actor, reason=f"Stocktaking {events}"):
        Product.objects.bulk_create(
            Product(name=f"P{n}", sku=f"{events}-{n}", price=1, supplier_id=product.supplier_id) for n in range(events)
        )
        Product.objects.filter(sku__startswith=f"{events}-").update(stock=F("stock") + 1)
    for number in range(events):
        Product.objects.filter(pk=product.pk).update(stock=number)


def event(product: Product) -> str:
    middle = Product.pgh_event_model.objects.filter(pgh_obj_id=product.pk).order_by("pgh_id")[5]
    return f"{EVENTS}/event/shop.ProductEvent/{middle.pgh_id}/"


def restore(product: Product) -> str:
    return event(product).replace("/event/", "/restore/")


def related(product: Product) -> str:
    return f"/admin/shop/supplier/{product.supplier_id}/history/?related=1"


def own_address(product: Product) -> str:
    return f"{EVENTS}/object/shop.Product/{product.pk}/"


def record(product: Product) -> str:
    return f"{EVENTS}/record/?model=shop.Product&pk={product.pk}"


def activity(product: Product) -> str:
    return f"{EVENTS}/?unchanged=1"


def all_models(product: Product) -> str:
    return f"{EVENTS}/models/"


def health(product: Product) -> str:
    return f"{EVENTS}/health/"


def bars(product: Product) -> str:
    return f"{EVENTS}/days/?model=shop.Product"


def suggestions(product: Product) -> str:
    return f"{EVENTS}/suggestions/?q=actor:m"


def backfill(product: Product) -> str:
    return f"{EVENTS}/backfill/?model=shop.Product"


def as_of(product: Product) -> str:
    return f"{own_address(product)}as-of/"


def comparison(product: Product) -> str:
    return f"{event(product).replace('/event/', '/compare/')}live/"


def context(product: Product) -> str:
    return undo(product).replace("/undo/", "/context/")


def exports(product: Product) -> str:
    return f"{EVENTS}/export/?model=shop.Product"


def searched(product: Product) -> str:
    return f"{EVENTS}/?q=model:product+-label:insert+-actor:nobody"


def undo(product: Product) -> str:
    newest = Product.pgh_event_model.objects.filter(pgh_context__isnull=False).latest("pgh_id")
    return f"{EVENTS}/undo/{newest.pgh_context_id}/"


def queries(client: Client, product: Product, address_of: Callable[[Product], str], number: int) -> int:
    write(product, events=number)
    address = address_of(product)
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


PAGES = [
    activity, all_models, health, bars, suggestions, backfill, own_address, as_of, comparison, context,
    event, restore, related, record, exports, searched, undo,
]  # fmt: skip


@pytest.mark.parametrize("address_of", PAGES)
def test_ten_and_a_thousand_take_the_same_queries(
    client: Client, mara: User, product: Product, settings: Any, address_of: Callable[[Product], str]
):
    settings.PGHISTORY_UI_PAGE_SIZE = 8
    client.force_login(mara)
    assert queries(client, product, address_of, 10) == queries(client, product, address_of, 1_000)


def test_lists_of_filters_and_exports_take_the_same_queries_however_long_they_are(client: Client, mara: User):
    client.force_login(mara)

    def queries(number: int) -> list[int]:
        filters = [SavedFilter(user=mara, name=f"{number}-{n}", query="label=update") for n in range(number)]
        SavedFilter.objects.bulk_create(filters)
        records = [ExportRecord(user=mara, user_label="Mara", file_format="csv", query="") for _n in range(number)]
        ExportRecord.objects.bulk_create(records)
        found = []
        for address in (f"{EVENTS}/filters/", f"{EVENTS}/export/"):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    assert queries(10) == queries(1_000)


def test_the_list_of_jobs_takes_the_same_queries_however_long_it_is(client: Client, mara: User):
    client.force_login(mara)

    def queries(number: int) -> int:
        jobs = Job.objects.bulk_create(
            Job(kind="backfill", arguments={"model": "shop.Product"}, token="", state="running") for _ in range(number)
        )
        JobRange.objects.bulk_create(JobRange(job=job, number=1, size=10) for job in jobs)
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{EVENTS}/jobs/").status_code == 200
        return len(found)

    assert queries(10) == queries(1_000)


def statements(client: Client, address: str, **headers: str) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, headers=headers).status_code == 200
    return [query["sql"] for query in found]


def test_what_an_object_points_to_is_asked_for_only_where_its_name_is_made_of_it(
    client: Client, mara: User, product: Product
):
    client.force_login(mara)
    for name in ("Ada", "Grace", "Mary"):
        customer = Customer.objects.create(name=name, email=f"{name}@example.com", since="2026-01-01")
        Account.objects.create(customer=customer)
    Account.objects.update(balance=F("balance") + 5)
    product.stock += 1
    product.save()
    updates = f"{EVENTS}/?model=shop.Account&model=shop.Product&q=-label:insert"
    answer = client.get(updates).content.decode()
    assert all(f"Account of {name}" in answer for name in ("Ada", "Grace", "Mary"))
    asked = statements(client, updates)
    assert sum('FROM "shop_customer"' in statement for statement in asked) == 1
    assert not any('FROM "shop_supplier"' in statement for statement in asked)


def test_staff_is_not_looked_for_among_too_many_users(
    client: Client, mara: User, product: Product, monkeypatch: pytest.MonkeyPatch
):
    client.force_login(mara)
    User.objects.bulk_create(User(username=f"customer-{n}") for n in range(50))
    monkeypatch.setattr(staff, "_lengths", {})
    beside, fetched = f"{EVENTS}/days/", {"HX-Request": "true"}
    asked = statements(client, beside, **fetched)
    assert sum('WHERE "auth_user"."is_staff"' in statement for statement in asked) == 1
    assert b'<select name="actor"' in client.get(beside, headers=fetched).content

    with connection.cursor() as cursor:
        cursor.execute("analyze auth_user")
    monkeypatch.setattr(staff, "LOOKED_AT", 40)
    monkeypatch.setattr(staff, "_lengths", {})
    asked = statements(client, beside, **fetched)
    assert not any('WHERE "auth_user"."is_staff"' in statement for statement in asked)
    assert b'<input type="text" name="actor"' in client.get(f"{EVENTS}/?actor={mara.pk}").content
    # The length is asked for once in some minutes.
    assert len(statements(client, beside, **fetched)) == len(asked) - 1
