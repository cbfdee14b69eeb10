"""What comes back with a row, what the database refuses, and previews that have gone stale."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Customer, Order, OrderLine, Product, ProductTag, Tag
from pghistory import errors, restore
from tests.tracked.models import ByRow, Everything, Kept, Place, Reference, Restaurant, Specimen, Target

pytestmark = pytest.mark.django_db


def last(model: Any) -> Any:
    return model.pgh_event_model.objects.latest("pgh_id")


def apart(**ages: int) -> None:
    """Events of one test share a transaction; this many hours ago is where those of a context were written."""
    now = timezone.now()
    for event_model in (Product.pgh_event_models["insert"], ProductTag.pgh_event_model):
        for name, hours in ages.items():
            event_model.objects.filter(pgh_context__metadata__step=name).update(
                pgh_created_at=now - dt.timedelta(hours=hours)
            )


def test_a_deleted_order_comes_back_with_its_lines_and_nothing_else(order: Order, product: Product):
    other = OrderLine.objects.create(order=order, title="gone before", total=1)
    with pghistory.context(step="line"):
        other.delete()
    OrderLine.pgh_event_model.objects.filter(pgh_context__metadata__step="line").update(
        pgh_created_at=timezone.now() - dt.timedelta(hours=1)
    )
    key = order.pk
    with pghistory.context(step="order"):
        order.delete()
    plan = restore.plan(last(Order))
    assert [(each.operation, each.span.event_model.__name__) for each in plan.writes] == [
        ("insert", "OrderEvent"),
        ("insert", "OrderLineEvent"),
        ("insert", "OrderLineEvent"),
    ]
    assert plan.count == 3
    assert not Order.objects.exists()
    restore.apply(plan.token)
    assert sorted(Order.objects.get(pk=key).lines.values_list("quantity", "product")) == [
        (1, product.pk),
        (2, product.pk),
    ]


def test_rows_that_referred_to_a_row_come_back_through_several_levels():
    first = Target.objects.create(code="a")
    row = ByRow.objects.create(name="x")
    Reference.objects.create(row=row, rank=7)
    specimen = Specimen.objects.create(unique="s", target=first, itself=None)
    Specimen.objects.create(unique="t", target=first, itself=specimen)
    row.delete()
    restore.apply(restore.plan(ByRow.pgh_event_model.objects.filter(pgh_label="delete").get()))
    assert Reference.objects.get().row == row or Reference.objects.get().rank == 7


def test_links_that_a_deletion_set_to_null_come_back_except_those_that_were_set_anew(order: Order, product: Product):
    other = Product.objects.create(name="other", sku="other", price=1, supplier=product.supplier)
    made = [OrderLine.objects.create(order=order, title=title, total=1) for title in ("one", "two", "three")]
    one, two, three = (line.pk for line in made)
    before = OrderLine.objects.create(order=order, title="unlinked before", total=1, product=product)
    with pghistory.context(step="before"):
        OrderLine.objects.filter(pk=before.pk).update(product=None)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    OrderLine.pgh_event_model.objects.filter(pgh_context__metadata__step="before").update(pgh_created_at=long_ago)
    OrderLine.objects.filter(pk__in=[one, two, three]).update(product=product)
    key, lines = product.pk, set(OrderLine.objects.filter(product=product).values_list("pk", flat=True))
    with pghistory.context(step="product"):
        product.delete()
    assert not OrderLine.objects.filter(product=key).exists()
    OrderLine.objects.filter(pk=two).update(product=other)
    OrderLine.objects.filter(pk=one).update(quantity=9)
    OrderLine.objects.filter(pk=three).delete()
    plan = restore.plan(Product.pgh_event_models["delete"].objects.latest("pgh_id"))
    assert [(each.span.obj, each.problem) for each in plan.left_out] == [(str(three), "It was deleted since.")]
    assert [each.span.obj for each in plan.conflicts] == [str(two)]
    restore.apply(plan.token)
    assert set(OrderLine.objects.filter(product=key).values_list("pk", flat=True)) == lines - {two, three}
    assert OrderLine.objects.get(pk=one).quantity == 9
    assert OrderLine.objects.get(pk=two).product == other


def test_many_to_many_rows_go_back_to_those_of_the_version(product: Product):
    tags = [Tag.objects.create(name=name) for name in ("kept", "lost", "new")]
    with pghistory.context(step="tagged"):
        product.tags.add(*tags[:2])
        product.name = "Then"
        product.save()
    with pghistory.context(step="changed"):
        product.tags.remove(tags[1])
        product.tags.add(tags[2])
        product.name = "Now"
        product.save()
    apart(tagged=2, changed=1)
    event = Product.pgh_event_models["update"].objects.filter(name="Then").get()
    plan = restore.plan(event)
    found = next(choice for choice in plan.choices if choice.name == "tags")
    assert (found.base, found.then, found.now) == (
        {tags[0].pk, tags[1].pk},
        {tags[0].pk, tags[2].pk},
        {tags[0].pk, tags[2].pk},
    )
    assert (found.chosen, found.conflict) == (True, False)
    restore.apply(restore.plan(event, fields=["name"]))
    assert set(product.tags.all()) == {tags[0], tags[2]}
    restore.apply(restore.plan(event, fields=["tags"]))
    assert set(product.tags.all()) == {tags[0], tags[1]}
    product.refresh_from_db()
    assert product.name == "Then"


def test_tags_that_somebody_changed_since_are_a_conflict(product: Product):
    tag = Tag.objects.create(name="late")
    with pghistory.context(step="then"):
        product.name = "Then"
        product.save()
    with pghistory.context(step="now"):
        product.name = "Now"
        product.save()
    apart(then=3, now=2)
    with pghistory.context(step="late"):
        product.tags.add(tag)
    plan = restore.plan(Product.pgh_event_models["update"].objects.filter(name="Then").get())
    found = {choice.name: (choice.chosen, choice.conflict) for choice in plan.choices}
    assert found["tags"] == (False, True)
    assert found["name"] == (True, False)


def test_a_deleted_product_comes_back_with_its_tags(product: Product):
    product.tags.add(Tag.objects.create(name="wool"))
    product.delete()
    restore.apply(restore.plan(Product.pgh_event_models["delete"].objects.get(pgh_label="delete")))
    assert [tag.name for tag in Product.objects.get().tags.all()] == ["wool"]


def test_a_unique_clash_is_told_in_words_and_the_rest_is_restored():
    row = Kept.objects.create(name="mine", number=1)
    row.name, row.number = "other", 2
    row.save()
    Kept.objects.create(name="mine")
    event = Kept.pgh_event_model.objects.earliest("pgh_id")
    plan = restore.plan(event)
    found = {choice.name: choice for choice in plan.choices}
    assert found["name"].problem == "Another row has the same value: Key (name)=(mine) already exists."
    assert (found["name"].chosen, found["number"].chosen) == (False, True)
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("other", 1)


def test_a_missing_parent_is_told_in_words_and_the_rest_is_restored(product: Product):
    category = Category.objects.create(name="Blankets", slug="blankets")
    product.category, product.name = category, "Then"
    product.save()
    product.category, product.name = None, "Now"
    product.save()
    key = category.pk
    category.delete()
    plan = restore.plan(Product.pgh_event_models["update"].objects.filter(name="Then").get())
    found = {choice.name: choice for choice in plan.choices}
    assert found["category"].problem == f"category {key} no longer exists."
    assert found["category"].missing == (Category, key)
    restore.apply(plan)
    product.refresh_from_db()
    assert (product.name, product.category) == ("Then", None)


def test_a_deleted_row_comes_back_without_a_missing_parent_that_it_can_do_without(product: Product):
    category = Category.objects.create(name="Blankets", slug="blankets")
    Product.objects.update(category=category)
    product.refresh_from_db()
    with pghistory.context(step="product"):
        product.delete()
    category.delete()
    restore.apply(restore.plan(Product.pgh_event_models["delete"].objects.get(pgh_label="delete")))
    assert Product.objects.get().category is None


def test_a_deleted_row_without_a_parent_that_it_needs_is_refused(product: Product):
    supplier = product.supplier
    product.delete()
    supplier.delete()
    plan = restore.plan(Product.pgh_event_models["delete"].objects.get(pgh_label="delete"))
    assert not plan.is_ready
    assert plan.problem == "Not kept, and without a default: supplier."
    found = {choice.name: choice for choice in plan.choices}
    assert "no longer exists" in found["supplier"].problem
    assert not Product.objects.exists()


def test_a_deleted_row_whose_unique_value_is_taken_is_refused(product: Product):
    product.delete()
    Product.objects.create(name="New", sku="T-1", price=1, supplier=product.supplier)
    plan = restore.plan(Product.pgh_event_models["delete"].objects.get(pgh_label="delete"))
    assert not plan.is_ready
    assert "Key (sku)=(T-1) already exists" in plan.problem or "SKU" in plan.problem


def test_a_trigger_that_objects_is_heard_in_the_preview():
    row = Everything.objects.create(name="then")
    row.name = "now"
    row.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.objects() returns trigger language plpgsql as $$ begin "
            "raise exception 'closed for the night'; end $$"
        )
        cursor.execute(
            "create trigger objects before update on tracked_everything for each row execute function pg_temp.objects()"
        )
    plan = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    assert plan.problem == "closed for the night"
    with pytest.raises(errors.RestoreRefused, match="closed for the night"):
        restore.apply(plan)
    row.refresh_from_db()
    assert row.name == "now"


def test_what_other_triggers_do_is_part_of_the_preview():
    row = Everything.objects.create(name="then", number=1)
    row.name = "now"
    row.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.counts() returns trigger language plpgsql as $$ begin "
            "new.number := 99; return new; end $$"
        )
        cursor.execute(
            "create trigger counts before update on tracked_everything for each row execute function pg_temp.counts()"
        )
    plan = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    assert plan.events[0].changes == {"name": ("now", "then"), "number": (1, 99)}


def test_a_stale_preview_is_refused_and_nothing_is_done_twice():
    row = Everything.objects.create(name="then", number=1)
    row.name = "now"
    row.save()
    plan = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    stale = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    restore.apply(plan.token)
    with pytest.raises(errors.StalePreview, match="Preview it again"):
        restore.apply(plan.token)
    with pytest.raises(errors.StalePreview):
        restore.apply(stale)
    assert Everything.pgh_event_model.objects.count() == 3


def test_a_write_to_any_column_makes_a_preview_stale():
    row = Everything.objects.create(name="then", number=1)
    row.name = "now"
    row.save()
    plan = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    Everything.objects.update(number=5)
    with pytest.raises(errors.StalePreview):
        restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 5)


def test_a_token_that_was_changed_is_refused():
    row = Everything.objects.create(name="then", number=1)
    row.delete()
    token = restore.plan(last(Everything)).token
    with pytest.raises(errors.StalePreview):
        restore.apply(token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_rows_that_are_not_permitted_are_left_out(order: Order):
    order.delete()
    event = last(Order)

    def permits(revisions: Any) -> set[str]:
        return {each.slug for each in revisions if each.span.event_model is OrderLine.pgh_event_model}

    plan = restore.plan(event, permits=permits)
    assert [each.problem for each in plan.left_out] == [restore.NOT_PERMITTED] * 2
    restore.apply(plan.token, permits=permits)
    assert Order.objects.count() == 1
    assert not OrderLine.objects.exists()


def test_columns_that_are_not_kept_come_back_with_their_defaults():
    customer = Customer.objects.create(
        name="Ada", email="a@example.com", since=dt.date(2020, 1, 1), unsubscribe_token="t"
    )
    tag = Tag.objects.create(name="wool", note="For the staff.")
    keys = customer.pk, tag.pk
    customer.delete()
    tag.delete()
    plan = restore.plan(Customer.pgh_event_models["delete"].objects.get(pgh_label="delete"))
    assert plan.notes == ("shop.CustomerEvent does not keep: unsubscribe token.",)
    restore.apply(plan)
    restore.apply(restore.plan(Tag.pgh_event_model.objects.get()))
    assert (Customer.objects.get().pk, Tag.objects.get().pk) == keys
    assert (Customer.objects.get().unsubscribe_token, Tag.objects.get().note) == ("", "")


def test_an_empty_value_in_a_column_that_may_not_be_empty_by_now_is_told_beside_its_field():
    row = Everything.objects.create(name="then", number=None)
    row.name, row.number = "now", 2
    row.save()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table tracked_everything alter column number set not null")
    plan = restore.plan(Everything.pgh_event_model.objects.earliest("pgh_id"))
    found = {choice.name: choice for choice in plan.choices}
    assert found["number"].problem.startswith("It cannot be empty")
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("then", 2)


def test_a_child_whose_parents_history_tells_nothing_comes_back_alone():
    row = Restaurant.objects.create(name="Nori", stars=1)
    row.stars = 2
    row.save()
    Place.pgh_event_models["insert"].objects.all().delete()
    restore.apply(restore.plan(Restaurant.pgh_event_model.objects.earliest("pgh_id")))
    row.refresh_from_db()
    assert (row.name, row.stars) == ("Nori", 1)


def test_a_row_that_refers_to_one_that_comes_back_with_it_is_not_missing_it():
    target = Target.objects.create(code="a")
    parent = Specimen.objects.create(unique="parent", target=target)
    child = Specimen.objects.create(unique="child", target=target, itself=parent)
    Specimen.objects.filter(pk=child.pk).update(itself=parent)
    Specimen.objects.all()._raw_delete("default")
    event = Specimen.pgh_event_model.objects.filter(pgh_label="delete", unique="parent").get()
    restore.apply(restore.plan(event))
    assert sorted(Specimen.objects.values_list("unique", "itself__unique")) == [("child", "parent"), ("parent", None)]


def test_a_deleted_row_that_is_there_again_is_a_conflict():
    row = Everything.objects.create(name="gone", number=1)
    key = row.pk
    row.delete()
    Everything.objects.create(pk=key, name="other", number=2)
    plan = restore.plan(Everything.pgh_event_model.objects.filter(pgh_label="delete").get())
    assert {choice.name: choice.conflict for choice in plan.choices} == {"name": True, "number": True}
    assert not plan.is_ready
    restore.apply(restore.plan(Everything.pgh_event_model.objects.filter(pgh_label="delete").get(), fields=["name"]))
    assert (Everything.objects.get().name, Everything.objects.get().number) == ("gone", 2)
