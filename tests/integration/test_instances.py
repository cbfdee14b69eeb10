"""Rows by their keys are the same whether their statement was made before or is made by the queryset."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DataError, InternalError, connection, models, transaction
from django.db.models import F
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from pghistory.timeline import instances_by_key
from tests.matrix.models.kinds import Kinds
from tests.past.models import Customer, Order, Rush, Tag, Urgent

pytestmark = pytest.mark.django_db


def rows() -> list[Any]:
    """Three rows of each of many models: of two tables, of a proxy, of a key that is a text, of all kinds of fields."""
    customer = Customer.objects.create(name="Ilse % <b>")
    made: list[Any] = [customer, *(Customer.objects.create(name=name, referrer=customer) for name in "ab")]
    made += [Tag.objects.create(word=word) for word in ("wool", "100 %", "it's")]
    made += [Order.objects.create(customer=customer, total=total) for total in (1, 2, 3)]
    made += [Rush.objects.create(total=total, courier="Ada") for total in (4, 5)]
    made += [Urgent.objects.create(total=6), User.objects.create(username="ada"), User.objects.create(username="ben")]
    made += [Kinds.objects.create(char=char, slug=char) for char in ("odd", "usual")]
    return made


def plain(row: Any) -> Any:
    """The row as its attributes, without the state that Django keeps beside them."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_rows_by_key_are_those_of_the_queryset():
    made = rows()
    for model in {type(row) for row in made}:
        keys = [row.pk for row in made if type(row) is model]
        expected = {row.pk: plain(row) for row in model._base_manager.filter(pk__in=keys)}
        found = instances_by_key(model._base_manager.all(), keys)
        assert {row.pk: plain(row) for row in found} == expected
        assert len(expected) == len(keys)
        assert {type(row) for row in found} == {model}
        assert {(row._state.db, row._state.adding) for row in found} == {("default", False)}
    assert instances_by_key(Customer.objects.all(), []) == []
    assert instances_by_key(Customer.objects.all(), [0, -1]) == []


def test_what_a_queryset_leaves_out_stays_out():
    ada, ben = User.objects.create(username="ada"), User.objects.create(username="ben", is_active=False)
    keys = [ada.pk, ben.pk]
    assert instances_by_key(User.objects.filter(is_active=True), keys) == [ada]
    assert instances_by_key(User.objects.none(), keys) == []
    assert sorted(row.pk for row in instances_by_key(User.objects.distinct(), keys)) == keys


def test_what_a_queryset_adds_is_there():
    customer = Customer.objects.create(name="Ilse")
    order = Order.objects.create(customer=customer, total=21)
    keys = [order.pk]
    [annotated] = instances_by_key(Order.objects.annotate(half=F("total") / 2), keys)
    assert annotated.half == 10
    [deferred] = instances_by_key(Order.objects.only("total"), keys)
    assert "seller_id" in deferred.get_deferred_fields()
    for queryset in (Order.objects.select_related("customer"), Order.objects.prefetch_related("customer")):
        [found] = instances_by_key(queryset, keys)
        with CaptureQueriesContext(connection) as asked:
            assert found.customer == customer
        assert len(asked) == 0


def test_rows_are_made_as_django_makes_them():
    made: list[Any] = []

    def listen(instance: models.Model, **_: Any) -> None:
        made.append(instance)

    customer = Customer.objects.create(name="Ilse")
    post_init.connect(listen, sender=Customer)
    try:
        found = instances_by_key(Customer.objects.all(), [customer.pk])
    finally:
        post_init.disconnect(listen, sender=Customer)
    assert made == found == [customer]


def test_a_refusal_of_the_server_is_not_asked_for_twice():
    customer = Customer.objects.create(name="Ilse")
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DataError, match="division"):
            cursor.execute("select 1 / 0")
        with CaptureQueriesContext(connection) as asked, pytest.raises(InternalError, match="aborted"):
            instances_by_key(Customer.objects.all(), [customer.pk])
        transaction.set_rollback(True)
    assert len(asked) == 1
