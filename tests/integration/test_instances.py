"""Rows by their keys are the same whether their statement was made before or is made by the queryset."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DataError, InternalError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext, isolate_apps

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
    Tag.objects.create(word="sixteen letters.")
    assert instances_by_key(Tag.objects.all(), ["sixteen letters. And more"]) == []
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


class CodeField(models.BigIntegerField[Any, Any]):
    """A key that Python has as a tuple of its kind and its number, and the database as the number."""

    def from_db_value(self, value: int, *_: Any) -> tuple[str, int]:
        return ("C", value)

    def get_prep_value(self, value: Any) -> int:
        return int(value[1])


class OnlyIlse(type(models.QuerySet(User).query)):  # type: ignore[misc]  # its module is no public one
    """A query that narrows itself when it is compiled."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        narrowed = self.clone()
        narrowed.add_q(Q(name="Ilse"))
        return super(OnlyIlse, narrowed).get_compiler(*args, **kwargs)


class Loud(models.QuerySet[Any]):
    """Rows of which something is made when they are read."""

    def _fetch_all(self) -> None:
        super()._fetch_all()
        for row in self._result_cache or ():
            row.name = row.name.upper()


def test_keys_are_written_as_their_field_writes_them():
    customer = Customer.objects.create(name="Ilse")
    with isolate_apps("tests.past"):

        class Coded(models.Model):
            id = CodeField(primary_key=True)
            name = models.CharField(max_length=16)

            class Meta:
                app_label, db_table, managed = "past", Customer._meta.db_table, False

    [found] = instances_by_key(Coded._base_manager.all(), [("C", customer.pk)])
    assert (found.pk, found.name) == (("C", customer.pk), "Ilse")


def test_a_base_manager_that_leaves_rows_out_is_not_that_of_a_queryset_with_all_of_them():
    ilse, ada = Customer.objects.create(name="Ilse"), Customer.objects.create(name="Ada")

    class Few(models.Manager[Any]):
        def get_queryset(self) -> models.QuerySet[Any]:
            return super().get_queryset().filter(name="Ilse")

    with isolate_apps("tests.past"):

        class Regular(models.Model):
            name = models.CharField(max_length=16)

            objects = models.Manager()
            few = Few()

            class Meta:
                app_label, db_table, managed = "past", Customer._meta.db_table, False
                base_manager_name = "few"

    keys = [ilse.pk, ada.pk]
    everybody: models.QuerySet[Any] = models.QuerySet(Regular)
    assert sorted(row.name for row in instances_by_key(everybody, keys)) == ["Ada", "Ilse"]
    assert [row.name for row in instances_by_key(Regular._base_manager.all(), keys)] == ["Ilse"]


def test_what_a_queryset_of_a_projects_own_does_late_is_done():
    ilse, ada = Customer.objects.create(name="Ilse"), Customer.objects.create(name="Ada")
    keys = [ilse.pk, ada.pk]
    assert instances_by_key(models.QuerySet(Customer, query=OnlyIlse(Customer)), keys[:1]) == [ilse]
    assert instances_by_key(models.QuerySet(Customer, query=OnlyIlse(Customer)), [ada.pk]) == []
    assert sorted(row.name for row in instances_by_key(Loud(Customer), keys)) == ["ADA", "ILSE"]
