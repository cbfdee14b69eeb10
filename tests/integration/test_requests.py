"""Contexts where Django itself opens transactions: around requests, and around tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, TestCase, TransactionTestCase
from django.urls import clear_url_caches, path

import pghistory
from pghistory.models import Context
from tests.tracked.models import Everything

EVENTS = Everything.pgh_event_model


def write(request: HttpRequest) -> HttpResponse:
    assert connection.in_atomic_block
    Everything.objects.create(name="first")
    try:
        with transaction.atomic():
            Everything.objects.create(name="undone")
            raise ValueError
    except ValueError:
        Everything.objects.create(name="second")
    return HttpResponse("done")


def fail(request: HttpRequest) -> HttpResponse:
    Everything.objects.create(name="lost")
    raise ZeroDivisionError


urlpatterns = [path("write/", write), path("fail/", fail)]


@pytest.fixture
def client_of_atomic_requests(settings: Any, transactional_db: None) -> Iterator[Client]:
    settings.ROOT_URLCONF = __name__
    connections["default"].settings_dict["ATOMIC_REQUESTS"] = True
    yield Client(raise_request_exception=False)
    connections["default"].settings_dict["ATOMIC_REQUESTS"] = False
    clear_url_caches()


def contexts() -> list[Any]:
    """(name, address) of each event."""
    events = EVENTS.objects.order_by("pgh_id").select_related("pgh_context")
    return [(event.name, event.pgh_context and event.pgh_context.metadata["url"]) for event in events]


def test_a_request_in_one_transaction_has_one_context(client_of_atomic_requests: Client):
    for _ in range(2):
        assert client_of_atomic_requests.post("/write/").content == b"done"
    assert contexts() == [("first", "/write/"), ("second", "/write/")] * 2
    assert Context.objects.count() == 2
    Everything.objects.create(name="outside")
    assert contexts()[-1] == ("outside", None)


def test_a_request_that_is_rolled_back_leaves_neither_events_nor_context(client_of_atomic_requests: Client):
    assert client_of_atomic_requests.post("/fail/").status_code == 500
    assert client_of_atomic_requests.post("/write/").status_code == 200
    assert contexts() == [("first", "/write/"), ("second", "/write/")]
    assert Context.objects.count() == 1


class TestWithinTheTransactionOfATestCase(TestCase):
    """`TestCase` keeps a class's data in one transaction and each test in a savepoint of it."""

    @classmethod
    def setUpTestData(cls) -> None:
        with pghistory.context(part="class"):
            Everything.objects.create(name="class")

    def check(self, part: str) -> None:
        with pghistory.context(part=part):
            Everything.objects.create(name=part)
        Everything.objects.create(name="after")
        found = EVENTS.objects.order_by("pgh_id").values_list("name", "pgh_context__metadata__part")
        assert list(found) == [("class", "class"), (part, part), ("after", None)]

    def test_one(self) -> None:
        self.check("one")

    def test_other(self) -> None:
        self.check("other")


class TestWithRealTransactions(TransactionTestCase):
    """`TransactionTestCase` empties tables by `flush` after each test."""

    def check(self) -> None:
        with pghistory.context(part="a"):
            Everything.objects.create(name="a")
        assert list(EVENTS.objects.values_list("pgh_context__metadata__part", flat=True)) == ["a"]

    def test_one(self) -> None:
        self.check()

    def test_other(self) -> None:
        self.check()
