"""`runtime.attach`: the context for writes that pass by Django."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError

import pghistory
from pghistory import runtime
from tests.tracked.models import Everything


@pytest.fixture
def closed_afterwards() -> Iterator[None]:
    yield
    connection.close()


def copy_in(name: str, using: str = "default") -> None:
    """Writes as no wrapper of Django sees it."""
    cursor = connections[using].cursor().cursor
    with cursor.copy("copy tracked_everything (name) from stdin") as copy:
        copy.write_row([name])


def contexts_of_events(using: str = "default") -> list[Any]:
    events = Everything.pgh_event_model.objects.using(using).order_by("pgh_id")
    return list(events.values_list("name", "pgh_context_id"))


@pytest.mark.django_db
def test_copy_in_a_transaction_has_the_context_that_was_attached():
    with pghistory.context(reason="import", percent="100 %") as context:
        runtime.attach()
        copy_in("inside")
    Everything.objects.create(name="after")
    assert contexts_of_events() == [("inside", context.id), ("after", None)]
    event = Everything.pgh_event_model.objects.select_related("pgh_context").get(name="inside")
    assert event.pgh_context.metadata == {"reason": "import", "percent": "100 %"}


@pytest.mark.django_db
def test_attaching_without_a_context_takes_the_last_one_away():
    with pghistory.context(reason="import"):
        Everything.objects.create(name="inside")
    runtime.attach()
    copy_in("after")
    assert contexts_of_events()[-1] == ("after", None)


@pytest.mark.django_db(databases=["default", "archive"])
def test_the_database_can_be_named():
    with pghistory.context(reason="import") as context, transaction.atomic("archive"):
        runtime.attach(using="archive")
        copy_in("there", using="archive")
    assert contexts_of_events("archive") == [("there", context.id)]
    assert contexts_of_events() == []


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_it_is_refused():
    with pghistory.context(reason="import"), pytest.raises(TransactionManagementError, match=r"session=True"):
        runtime.attach()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("closed_afterwards")
def test_for_a_session_it_holds_until_it_is_taken_away():
    with pghistory.context(reason="import") as context:
        runtime.attach(session=True)
    copy_in("first")
    copy_in("second")
    with pghistory.context(reason="other") as other:
        Everything.objects.create(name="other")
    copy_in("third")
    runtime.attach(session=True)
    copy_in("after")
    assert contexts_of_events() == [
        ("first", context.id),
        ("second", context.id),
        ("other", other.id),
        ("third", context.id),
        ("after", None),
    ]
