"""`as_of`: what rows refer to, and what refers to them, at the same instant."""

from typing import Any

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Count, Prefetch
from django.db.models.query_utils import PathInfo
from django.test.utils import CaptureQueriesContext

import pghistory
from pghistory.as_of import NotReconstructable, UnknownRow, as_of
from tests.integration.history import happened, hour
from tests.past.models import Customer, Line, Order, Receipt, Seller, Tag, Tagging

pytestmark = pytest.mark.django_db

MODELS = (Customer, Order, Line, Receipt, Tag, Tagging)


@pytest.fixture
def order() -> Any:
    """In hour 1 Ada's with one line; in hour 2 Ada is Bea, and a line more; in hour 3 Cleo's, with other lines."""
    ada = Customer.objects.create(name="Ada", referrer=Customer.objects.create(name="Zoe"))
    order = Order.objects.create(customer=ada, total=1)
    Receipt.objects.create(order=order, number=1)
    first = Line.objects.create(order=order, amount=1)
    happened(1, *MODELS)
    Customer.objects.filter(pk=ada.pk).update(name="Bea")
    Line.objects.create(order=order, amount=2)
    Receipt.objects.update(number=2)
    happened(2, *MODELS)
    order.customer = Customer.objects.create(name="Cleo")
    order.save()
    first.delete()
    Line.objects.update(amount=3)
    happened(3, *MODELS)
    return order


def at(number: float, pk: Any, **options: Any) -> Any:
    return as_of(Order, hour(number), **options).get(pk=pk)


def amounts(lines: Any) -> list[int]:
    return sorted(line.amount for line in lines)


def test_a_foreign_key_is_followed_at_the_same_instant(order: Any):
    assert [at(number, order.pk).customer.name for number in (1, 2, 3)] == ["Ada", "Bea", "Cleo"]
    assert at(1, order.pk).customer.referrer.name == "Zoe"
    with pytest.raises(pghistory.errors.PastRow):
        at(1, order.pk).customer.save()
    assert at(1, order.pk).seller is None


def test_what_a_foreign_key_led_to_may_be_gone_by_now(order: Any):
    Customer.objects.filter(name="Bea").delete()
    happened(4, *MODELS)
    assert at(2, order.pk).customer.name == "Bea"


def test_rows_that_refer_are_those_of_the_instant(order: Any):
    assert [amounts(at(number, order.pk).lines.all()) for number in (1, 2, 3)] == [[1], [1, 2], [3]]
    then = at(2, order.pk)
    assert then.lines.count() == 2
    assert amounts(then.lines.filter(amount__gt=1)) == [2]
    assert then.lines.get(amount=2).order == then
    with pytest.raises(pghistory.errors.PastRow):
        then.lines.create(amount=9)
    with pytest.raises(pghistory.errors.PastRow):
        then.lines.get(amount=2).save()
    assert [row.pk for row in then.customer.orders.all()] == [order.pk]
    assert not as_of(Customer, hour(3)).get(name="Bea").orders.exists()


def test_one_row_that_refers_is_that_of_the_instant(order: Any):
    assert [at(number, order.pk).receipt.number for number in (1, 2)] == [1, 2]
    assert as_of(Receipt, hour(1)).get().order.total == 1
    with pytest.raises(Order.receipt.RelatedObjectDoesNotExist):
        _ = at(3, bare().pk).receipt


def bare() -> Any:
    made = Order.objects.create()
    happened(3, Order)
    return made


def test_many_to_many_relations_are_those_of_the_instant():
    new, old = Tag.objects.create(word="new"), Tag.objects.create(word="50% 'old'")
    order = Order.objects.create()
    order.tags.add(new)
    happened(1, *MODELS)
    order.tags.set([old])
    happened(2, *MODELS)
    with pytest.raises(NotReconstructable, match=r"Tagging|Order_tags"):
        list(at(1, order.pk).tags.all())
    words = [[tag.word for tag in at(number, order.pk, partial=True).tags.all()] for number in (1, 2)]
    assert words == [["new"], ["50% 'old'"]]
    assert [row.pk for row in as_of(Tag, hour(1), partial=True).get(word="new").orders.all()] == [order.pk]
    assert not as_of(Tag, hour(2), partial=True).get(word="new").orders.exists()
    assert as_of(Order, hour(1), partial=True).filter(tags__word="new").count() == 1


def test_joins_are_of_the_same_instant(order: Any):
    assert as_of(Order, hour(1)).filter(customer__name="Ada").exists()
    assert not as_of(Order, hour(2)).filter(customer__name="Ada").exists()
    assert as_of(Order, hour(2)).filter(customer__referrer__name="Zoe").exists()
    assert as_of(Order, hour(2)).filter(lines__amount=1).count() == 1
    assert as_of(Order, hour(3)).filter(lines__amount=1).count() == 0
    assert as_of(Order, hour(2)).exclude(lines__amount=3).exists()
    assert not as_of(Order, hour(3)).exclude(lines__amount=3).exists()
    named = as_of(Customer, hour(2)).exclude(orders__lines__amount=2).values_list("name", flat=True)
    assert list(named) == ["Zoe"]
    ada, one = (as_of(Order, hour(1)).filter(**found) for found in ({"customer__name": "Ada"}, {"lines__amount": 1}))
    assert (ada | one).count() == 1
    assert as_of(Order, hour(2)).order_by("customer__name").values_list("customer__name", flat=True)[0] == "Bea"
    assert as_of(Order, hour(2)).annotate(n=Count("lines")).get().n == 2
    assert as_of(Order, hour(2)).filter(receipt__number=2).exists()
    assert as_of(Order, hour(2)).filter(receipt__isnull=True).count() == 0
    assert as_of(Line, hour(2)).filter(order__customer__name="Bea").count() == 2
    assert as_of(Line, hour(2)).filter(order__in=as_of(Order, hour(2)).filter(total=1)).count() == 2
    assert as_of(Order, hour(1)).filter(customer__in=as_of(Customer, hour(1)).filter(name="Ada")).exists()
    found = as_of(Order, hour(1)).annotate(one=models.FilteredRelation("lines", condition=models.Q(lines__amount=1)))
    assert found.filter(one__isnull=False).count() == 1


def test_related_rows_are_selected_and_prefetched_at_the_same_instant(order: Any):
    with CaptureQueriesContext(connection) as captured:
        [row] = as_of(Order, hour(2)).select_related("customer__referrer", "receipt")
        assert (row.customer.name, row.customer.referrer.name, row.receipt.number) == ("Bea", "Zoe", 2)
    assert len(captured) == 1
    with pytest.raises(pghistory.errors.PastRow):
        row.customer.referrer.save()
    with CaptureQueriesContext(connection) as captured:
        [row] = as_of(Order, hour(2)).prefetch_related("lines", "customer", "receipt")
        assert (amounts(row.lines.all()), row.customer.name, row.receipt.number) == ([1, 2], "Bea", 2)
        assert all(line.order is row for line in row.lines.all())
    assert len(captured) == 4
    lines = Prefetch("lines", as_of(Line, hour(3)).filter(amount=3), to_attr="later")
    [row] = as_of(Order, hour(2)).prefetch_related(lines)
    assert amounts(row.later) == [3]
    [row] = as_of(Order, hour(0.5)).prefetch_related("lines") or [None]
    assert row is None


def test_an_empty_prefetch_is_not_asked_again():
    Order.objects.create()
    happened(1, Order)
    [row] = as_of(Order, hour(1)).prefetch_related("lines")
    with CaptureQueriesContext(connection) as captured:
        assert list(row.lines.all()) == []
    assert len(captured) == 0


def test_the_events_of_a_row_are_all_of_them(order: Any):
    assert at(1, order.pk).events.count() == 2


def test_a_model_that_is_not_tracked_is_refused_or_read_as_it_is():
    seller = Seller.objects.create(name="Sam")
    order = Order.objects.create(seller=seller)
    happened(1, Order)
    then = at(1, order.pk)
    assert then.seller_id == seller.pk
    for read in (
        lambda: then.seller,
        lambda: as_of(Order, hour(1)).filter(seller__name="Sam").exists(),
        lambda: list(as_of(Order, hour(1)).select_related("seller")),
    ):
        with pytest.raises(NotReconstructable, match=r"past\.Seller .* an event model"):
            read()
    assert as_of(Order, hour(1)).filter(seller=seller).count() == 1
    partial = at(1, order.pk, partial=True)
    assert (partial.seller.name, type(partial.seller)) == ("Sam", Seller)
    assert as_of(Order, hour(1), partial=True).filter(seller__name="Sam").count() == 1
    [row] = as_of(Order, hour(1), partial=True).select_related("seller")
    row.seller.name = "Tom"
    row.seller.save()
    assert Seller.objects.get().name == "Tom"


def test_living_rows_of_a_model_that_is_not_tracked_are_excluded_by(build: Any):
    @pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    class Page(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "tracked"

    class Remark(models.Model):
        page = models.ForeignKey(Page, models.CASCADE, related_name="remarks")
        text = models.TextField()

        class Meta:
            app_label = "tracked"

    build(Page)
    with connection.schema_editor() as editor:
        editor.create_model(Remark)
    first, _second = (Page.objects.create(number=number) for number in (1, 2))
    happened(1, Page)
    Remark.objects.create(page=first, text="see")
    pages = as_of(Page, hour(1), partial=True)
    assert [page.number for page in pages.exclude(remarks__text="see")] == [2]
    with pytest.raises(NotReconstructable, match=r"tracked\.Remark .* an event model"):
        list(as_of(Page, hour(1)).exclude(remarks__text="see"))


def test_a_relation_over_two_columns_is_joined_at_the_same_instant(build: Any):
    everything = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

    @pghistory.track(*everything)
    class Seat(models.Model):
        row = models.IntegerField()
        number = models.IntegerField()
        colour = models.TextField()

        class Meta:
            app_label = "tracked"
            unique_together = [("row", "number")]

    @pghistory.track(*everything)
    class Ticket(models.Model):
        row = models.IntegerField()
        number = models.IntegerField()
        seat = models.ForeignObject(Seat, models.DO_NOTHING, ["row", "number"], ["row", "number"])

        class Meta:
            app_label = "tracked"

    build(Seat)
    build(Ticket)
    Seat.objects.create(row=1, number=2, colour="red")
    Ticket.objects.create(row=1, number=2)
    happened(1, Seat, Ticket)
    Seat.objects.update(colour="blue")
    happened(2, Seat)
    for number, colour in ((1, "red"), (2, "blue")):
        tickets = as_of(Ticket, hour(number))
        assert tickets.filter(seat__colour=colour).count() == 1
        assert tickets.exclude(seat__colour=colour).count() == 0


def test_a_row_that_is_not_known_is_refused_where_a_relation_leads_to_it(order: Any):
    Customer.pgh_event_model.objects.filter(name="Ada").delete()
    for read in (
        lambda: at(1, order.pk).customer,
        lambda: as_of(Order, hour(1)).select_related("customer").get(),
        lambda: as_of(Order, hour(1)).filter(customer__name="Ada").exists(),
    ):
        with pytest.raises(UnknownRow), transaction.atomic():
            read()
    with pytest.raises(Customer.DoesNotExist):
        _ = at(1, order.pk, partial=True).customer
    Line.pgh_event_model.objects.filter(pgh_label="insert").delete()
    with pytest.raises(UnknownRow), transaction.atomic():
        list(as_of(Line, hour(1)))


def test_a_living_row_without_events_is_missed_where_it_may_refer(order: Any):
    line = Line.objects.create(order=order)
    Line.pgh_event_model.objects.filter(pgh_obj=line.pk).delete()
    with pytest.raises(UnknownRow, match=str(line.pk)), transaction.atomic():
        list(at(2, order.pk).lines.all())
    assert amounts(at(2, order.pk, partial=True).lines.all()) == [1, 2]


def test_few_related_rows_cost_few_probes_of_an_index(order: Any):
    then = at(2, order.pk)
    for rows in (
        then.lines.all(),
        as_of(Order, hour(2)).filter(pk=order.pk).select_related("customer__referrer"),
        as_of(Order, hour(2)).filter(pk=order.pk, lines__amount=1),
        as_of(Order, hour(2)).filter(customer=then.customer),
    ):
        assert "Recursive Union" not in rows.explain()


def test_a_generic_relation_is_refused(build: Any):
    @pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    class Remark(models.Model):
        content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
        object_id = models.BigIntegerField()
        about = GenericForeignKey()

        class Meta:
            app_label = "tracked"

    build(Remark)
    order = Order.objects.create()
    Remark.objects.create(about=order)
    happened(1, Remark)
    then = as_of(Remark, hour(1)).get()
    assert then.object_id == order.pk
    with pytest.raises(NotReconstructable, match='generic relation "about"'):
        _ = then.about
    assert type(then).about.name == "about"


def test_rows_behind_a_generic_relation_are_joined_at_the_same_instant(build: Any):
    everything = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

    @pghistory.track(*everything)
    class Remark(models.Model):
        content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
        object_id = models.BigIntegerField()
        text = models.TextField()
        about = GenericForeignKey()

        class Meta:
            app_label = "tracked"

    @pghistory.track(*everything)
    class Page(models.Model):
        remarks = GenericRelation(Remark)

        class Meta:
            app_label = "tracked"

    build(Remark)
    build(Page)
    page = Page.objects.create()
    page.remarks.create(text="then")
    happened(1, Remark, Page)
    Remark.objects.update(text="now")
    happened(2, Remark)
    assert as_of(Page, hour(1)).filter(remarks__text="then").count() == 1
    assert as_of(Page, hour(1)).filter(remarks__text="now").count() == 0
    assert as_of(Page, hour(2)).filter(remarks__text="now").count() == 1


class Over(models.ForeignObject):  # type: ignore[type-arg]
    """A relation that joins a table of neither of its ends, as those of some packages do."""

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        options = Tagging._meta.concrete_model._meta
        return [PathInfo(self.model._meta, options, (options.pk,), self, True, True, filtered_relation)]


def test_a_join_that_belongs_to_no_model_is_refused(build: Any):
    @pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    class Page(models.Model):
        tag = models.TextField()
        tagging = Over(Tag, models.DO_NOTHING, ["tag"], ["word"])

        class Meta:
            app_label = "tracked"

    build(Page)
    with pytest.raises(NotReconstructable, match=r"past_order_tags .* a model of its own"):
        as_of(Page, hour(1)).filter(tagging__order=1)
