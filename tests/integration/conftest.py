"""What integration tests watch and build: the SQL that leaves Django, the messages that leave libpq, passing models."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pgtrigger.registry
import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import isolate_apps
from django.utils import timezone
from psycopg import pq

from demo_project.shop.models import Customer, Order, OrderLine, Product, Supplier
from pghistory import registry
from pghistory.models import Context, Event

ROUND_TRIPS = ("Query", "Sync")
"""The messages to which the server answers with ReadyForQuery: one round trip each."""


@pytest.fixture
def sent(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that the default connection gives to psycopg from now on, as pghistory hands it over."""
    texts: list[str] = []
    riding: list[str] = []

    def record(execute: Any, statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        texts.append("".join(riding) + (statement if isinstance(statement, str) else repr(statement)))
        riding.clear()
        return execute(statement, params, many, context)

    connection.ensure_connection()
    execute_directly = connection.connection.execute

    def record_directly(statement: Any, *args: Any, **kwargs: Any) -> Any:
        if connection.connection.info.pipeline_status == pq.PipelineStatus.OFF:
            texts.append(str(statement))
        else:
            # With server-side binding it travels beside the statement instead of in front of it.
            riding.append(f"{statement};\n")
        return execute_directly(statement, *args, **kwargs)

    monkeypatch.setattr(connection.connection, "execute", record_directly)
    with connection.execute_wrapper(record):
        yield texts


@pytest.fixture
def round_trips(db: None) -> Callable[[Callable[[], Any]], int]:
    """Counts what a call costs on the default connection, in round trips to the server."""

    def counted(call: Callable[[], Any]) -> int:
        connection.ensure_connection()
        link = connection.connection.pgconn
        with tempfile.TemporaryFile("w+") as trace:
            link.trace(trace.fileno())
            try:
                call()
            finally:
                link.untrace()
            trace.seek(0)
            messages = [line.split("\t") for line in trace.read().splitlines()]
        return sum(1 for fields in messages if "F" in fields and any(name in fields for name in ROUND_TRIPS))

    return counted


@pytest.fixture
def one_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contexts are handed over as in projects whose events do not keep them, and not by further names as well."""
    monkeypatch.setattr(registry, "_keeping_contexts", set())


@pytest.fixture
def scratch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Models that the test defines are known nowhere when it is over."""
    module = vars(request.module)
    names = set(module)
    monkeypatch.setattr(registry, "_event_models", dict(registry._event_models))
    monkeypatch.setattr(pgtrigger.registry._registry, "data", dict(pgtrigger.registry._registry.data))
    with isolate_apps("tests.tracked", "pghistory") as apps:
        assert apps is not None
        apps.register_model("pghistory", Context)
        yield
    for name in set(module) - names:
        del module[name]


@pytest.fixture
def build(scratch: None, db: None) -> Callable[..., type[Event]]:
    """Makes the tables and triggers of a model that the test defined, until its transaction is rolled back."""

    def built(model: type[models.Model], *event_models: type[Event]) -> type[Event]:
        chosen = event_models or registry.declared_event_models(model)
        with connection.schema_editor() as editor:
            for each in (model, *chosen):
                editor.create_model(each)
        with connection.cursor() as cursor:
            for each, trigger in pgtrigger.registry._registry.data.values():
                if each is model or each in chosen:
                    cursor.execute(trigger.compile(each).install_sql)
        return chosen[0]

    return built


@pytest.fixture
def user(db: None) -> User:
    """Somebody to refer to."""
    return User.objects.create(username="ada", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def connect_with(db: None) -> Iterator[Callable[..., BaseDatabaseWrapper]]:
    """Makes a connection of its own, with these OPTIONS and settings, the default one until the test is over.

    It is in autocommit, outside the transaction that pytest-django rolls back; what it leaves is removed.
    """
    usual = connections["default"]
    made: list[BaseDatabaseWrapper] = []

    def connected(settings: Mapping[str, Any] = MappingProxyType({}), **options: Any) -> BaseDatabaseWrapper:
        own: BaseDatabaseWrapper = connections.create_connection("default")
        own.settings_dict = {**own.settings_dict, **settings, "OPTIONS": {**own.settings_dict["OPTIONS"], **options}}
        if options.get("pool"):
            # Pools are kept by alias.
            own.alias = "default_pooled"
        connections["default"] = own
        made.append(own)
        return own

    yield connected
    connections["default"] = usual
    for own in made:
        own.close()
        if own.settings_dict["OPTIONS"].get("pool"):
            own.close_pool()
    if made:
        own = made[0].copy("default")
        own.settings_dict = usual.settings_dict
        with own.cursor() as cursor:
            cursor.execute("truncate tracked_everything, tracked_everythingevent, pghistory_context")
        own.close()


@pytest.fixture
def product() -> Product:
    return Product.objects.create(
        name="Throw", sku="T-1", price="10.00", supplier=Supplier.objects.create(name="Nordvik", iban="x")
    )


@pytest.fixture
def order(product: Product) -> Order:
    customer = Customer.objects.create(name="Ada", email="ada@example.com", since=dt.date(2020, 1, 1))
    order = Order.objects.create(number="1001", customer=customer, placed_at=timezone.now())
    for quantity in (1, 2):
        OrderLine.objects.create(order=order, product=product, title="Throw", quantity=quantity, total="10.00")
    return order
