"""Undoing everything that one context changed, over all models, without writing over what others did since."""

import uuid
from typing import Any

import pytest

import pghistory
from demo_project.shop.models import Order, OrderLine, Product, ProductTag, Tag
from pghistory import errors, restore
from pghistory.models import Context
from tests.tracked.models import (
    ByRow,
    ByStatement,
    Cash,
    CharKey,
    Compared,
    ContextFree,
    DenormalisedContext,
    Everything,
    Kept,
    Loose,
    OldRows,
    OnlyDeletions,
    OnlyInt,
    Place,
    Reference,
    Restaurant,
    UuidKey,
)

pytestmark = pytest.mark.django_db


def names(model: Any) -> list[Any]:
    return sorted(model.objects.values_list("name", flat=True))


def undone(context: Any, **options: Any) -> restore.Done:
    return restore.apply(restore.undo(context.id, **options).token)


def test_what_a_context_added_changed_and_deleted_is_undone_and_the_undo_too():
    kept, gone = (Everything.objects.create(name=name, number=1) for name in ("kept", "gone"))
    with pghistory.context(job="import") as context:
        Everything.objects.filter(pk=kept.pk).update(name="changed")
        Everything.objects.filter(pk=kept.pk).update(name="changed twice", number=2)
        gone.delete()
        added = Everything.objects.create(name="added")
        Everything.objects.create(name="brief").delete()
    plan = restore.undo(context.id)
    assert sorted((each.operation, each.fields) for each in plan.writes) == [
        ("delete", ()),
        ("insert", ("id", "name", "number")),
        ("update", ("name", "number")),
    ]
    assert plan.count == 3
    assert names(Everything) == ["added", "changed twice"]
    done = restore.apply(plan, reason="wrong file")
    assert done.rows == 3
    assert names(Everything) == ["gone", "kept"]
    assert Context.objects.get(pk=done.context_id).metadata == {"reason": "wrong file", "undone": str(context.id)}
    again = restore.apply(restore.undo(done.context_id))
    assert names(Everything) == ["added", "changed twice"]
    assert Everything.objects.get(name="added").pk == added.pk
    restore.apply(restore.undo(again.context_id))
    assert names(Everything) == ["gone", "kept"]


def test_a_later_edit_stays_unless_it_is_named():
    row = Everything.objects.create(name="base", number=1)
    with pghistory.context() as context:
        Everything.objects.update(name="then", number=2)
    Everything.objects.update(name="now")
    plan = restore.undo(context.id)
    assert [(each.slug, each.fields, each.conflicts) for each in plan.conflicts] == [
        (f"tracked.EverythingEvent:{row.pk}", ("number",), ("name",))
    ]
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 1)
    undone(context, overwrite=[f"tracked.EverythingEvent:{row.pk}:name"])
    row.refresh_from_db()
    assert (row.name, row.number) == ("base", 1)


def test_a_field_that_the_context_did_not_change_is_left_alone():
    row = Everything.objects.create(name="base", number=1)
    with pghistory.context() as context:
        Everything.objects.update(number=2)
    Everything.objects.update(name="now")
    plan = restore.undo(context.id)
    assert not plan.conflicts
    restore.apply(plan)
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 1)


def test_a_row_that_was_added_and_edited_since_stays_unless_it_is_named():
    with pghistory.context() as context:
        row = Everything.objects.create(name="added")
    Everything.objects.update(name="edited")
    plan = restore.undo(context.id)
    assert [(each.conflicts, each.writes) for each in plan.revisions] == [(("name",), False)]
    assert not plan.is_ready
    assert "edited since" in plan.problem
    undone(context, overwrite=[f"tracked.EverythingEvent:{row.pk}:"])
    assert not Everything.objects.exists()


def test_a_row_that_was_deleted_or_added_once_more_since_is_told_and_left_out():
    deleted, twice = (Everything.objects.create(name=name) for name in ("deleted", "twice"))
    with pghistory.context() as context:
        Everything.objects.filter(pk=deleted.pk).update(number=2)
        added = Everything.objects.create(name="added")
        Everything.objects.filter(pk=twice.pk).delete()
        Everything.objects.filter(pk=added.pk).delete()
    Everything.objects.all().delete()
    Everything.objects.create(pk=added.pk, name="other")
    Everything.objects.create(pk=twice.pk, name="twice")
    plan = restore.undo(context.id)
    assert sorted(each.problem for each in plan.left_out) == ["It was added once more since.", "It was deleted since."]
    assert not plan.writes


def test_time_that_django_keeps_goes_back_with_the_change_and_is_no_conflict(product: Product):
    before = product.updated_at
    with pghistory.context() as context:
        product.price = 5
        product.save()
    product.stock = 3
    product.save()
    plan = restore.undo(context.id)
    assert [(each.fields, each.conflicts) for each in plan.revisions] == [(("price",), ())]
    restore.apply(plan)
    with pghistory.context() as context:
        product.refresh_from_db()
        product.price = 6
        product.save()
    undone(context)
    product.refresh_from_db()
    assert product.price == 10
    assert product.updated_at > before


@pytest.mark.parametrize("model", [ByRow, ByStatement])
def test_several_events_of_one_change_are_undone_once(model: Any):
    row, gone = (model.objects.create(name=name, number=1, data={"a": None}) for name in ("base", "gone"))
    with pghistory.context() as context:
        model.objects.filter(pk=row.pk).update(name="then", number=2, data=None)
        gone.delete()
        model.objects.create(name="added", number=500)
    plan = restore.undo(context.id)
    assert sorted(each.operation for each in plan.writes) == ["delete", "insert", "update"]
    restore.apply(plan)
    assert sorted(model.objects.values_list("name", "number", "doubled")) == [("base", 1, 2), ("gone", 1, 2)]
    assert [found.data for found in model.objects.all()] == [{"a": None}] * 2


def test_old_rows_are_enough():
    row = OldRows.objects.create(name="base")
    with pghistory.context() as context:
        for name in ("then", "later"):
            row.name = name
            row.save()
    undone(context)
    row.refresh_from_db()
    assert row.name == "base"
    with pghistory.context() as context:
        OldRows.objects.update(name="then")
    OldRows.objects.update(name="now")
    plan = restore.undo(context.id)
    assert [each.conflicts for each in plan.revisions] == [("name",)]


def test_a_history_that_misses_changes_is_no_ground_to_write_on_without_a_word():
    row = Cash.objects.create(dollars=150)
    Cash.objects.update(dollars=200)
    Cash.objects.update(dollars=200)
    with pghistory.context() as context:
        Cash.objects.update(dollars=180)
    plan = restore.undo(context.id)
    found = plan.revisions[0]
    assert (found.fields, found.conflicts) == ((), ("dollars",))
    undone(context, overwrite=[f"{found.slug}:dollars"])
    row.refresh_from_db()
    assert row.dollars == 200


def test_a_row_older_than_its_history_is_told():
    row = Everything.objects.create(name="old")
    Everything.pgh_event_model.objects.all().delete()
    with pghistory.context() as context:
        row.name = "new"
        row.save()
    plan = restore.undo(context.id)
    assert [each.problem for each in plan.left_out] == ["Nothing is recorded of it before this."]


def test_tables_are_taken_in_the_order_of_their_foreign_keys(order: Order):
    with pghistory.context() as away:
        order.delete()
    undone(away)
    assert Order.objects.get().lines.count() == 2
    with pghistory.context() as context:
        row = ByRow.objects.create(name="parent")
        Reference.objects.create(row=row)
    done = undone(context)
    assert not ByRow.objects.exists()
    restore.apply(restore.undo(done.context_id))
    assert Reference.objects.get().row == ByRow.objects.get()


def test_many_to_many_rows_are_undone(product: Product):
    old, new = (Tag.objects.create(name=name) for name in ("old", "new"))
    product.tags.add(old)
    with pghistory.context() as context:
        product.tags.set([new])
    done = undone(context)
    assert list(product.tags.all()) == [old]
    assert ProductTag.pgh_event_model.objects.filter(pgh_context_id=done.context_id).count() == 2


def test_all_tables_of_an_inheriting_model_are_undone():
    with pghistory.context() as context:
        Restaurant.objects.create(name="Nori", stars=1)
    done = undone(context)
    assert not Place.objects.exists()
    restore.apply(restore.undo(done.context_id))
    assert Restaurant.objects.get().name == "Nori"


@pytest.mark.parametrize("model", [CharKey, UuidKey, Loose, DenormalisedContext])
def test_keys_and_contexts_of_every_kind_are_undone(model: Any):
    with pghistory.context() as context:
        row = model(name="a")
        if model is CharKey:
            row.code = "5% <script>' \\ :%s"
        row.save()
    undone(context)
    assert not model.objects.exists()


def test_one_of_several_histories_of_a_table_brings_it_back():
    row = Compared.objects.create(field_one=1, field_two=2, field_three=3)
    Compared.objects.update(field_one=10)
    with pghistory.context() as context:
        Compared.objects.update(field_one=2, field_three=4)
    plan = restore.undo(context.id)
    assert {each.span.event_model.__name__ for each in plan.revisions} == {"ComparedEvent"}
    assert row.pk


def test_more_rows_than_a_statement_writes_come_back_in_several(order: Order, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pghistory.restore.writes.BATCH", 2)
    product = order.lines.all()[0].product
    for quantity in (3, 4, 5):
        OrderLine.objects.create(order=order, product=product, title="Throw", quantity=quantity, total="10.00")
    event_model: Any = pghistory.registry.event_model(Order, "insert")
    event = event_model.objects.get(pgh_obj=order.pk)
    order.delete()
    told: list[int] = []
    restore.apply(restore.plan(event).token, progress=told.append)
    assert sorted(OrderLine.objects.values_list("quantity", flat=True)) == [1, 2, 3, 4, 5]
    assert told == [1, 3, 5, 6]


def test_a_key_that_is_written_over_by_name_may_hold_anything():
    keys = ['a:"b"', "{c\\,d}", "null", "", "e"]
    for key in keys:
        CharKey.objects.create(code=key, name="before")
    with pghistory.context() as context:
        CharKey.objects.update(name="after")
    CharKey.objects.exclude(code="e").update(name="later")
    plan = restore.undo(context.id, overwrite=[f"tracked.CharKeyEvent:{key}:name" for key in keys[:4]])
    assert sorted(each.span.obj for each in plan.writes) == sorted(keys)
    restore.apply(plan.token)
    assert set(CharKey.objects.values_list("name", flat=True)) == {"before"}


def test_a_deleted_row_of_which_not_enough_is_kept_is_told():
    row = OnlyDeletions.objects.create(name="a")
    with pghistory.context() as context:
        row.delete()
    undone(context)
    assert names(OnlyDeletions) == ["a"]


@pytest.mark.django_db(databases=["default", "archive"])
def test_a_context_is_undone_on_the_database_that_is_named():
    with pghistory.context() as context:
        Everything.objects.create(name="here")
        Everything.objects.using("archive").create(name="there")
    restore.apply(restore.undo(context.id, using="archive"))
    assert not Everything.objects.using("archive").exists()
    assert names(Everything) == ["here"]


def test_what_the_database_refuses_is_left_out_by_name_and_the_rest_is_undone():
    rows = [Kept.objects.create(name=f"row {number}") for number in range(9)]
    with pghistory.context() as context:
        for row in rows:
            Kept.objects.filter(pk=row.pk).update(name=f"new {row.pk}", number=1)
    Kept.objects.create(name="row 4")
    plan = restore.undo(context.id)
    assert [(each.span.obj, each.problem) for each in plan.left_out] == [
        (str(rows[4].pk), "Another row has the same value: Key (name)=(row 4) already exists.")
    ]
    done = restore.apply(plan)
    assert (done.rows, len(done.left_out)) == (8, 1)
    assert Kept.objects.filter(number=0).count() == 9
    assert Kept.objects.get(pk=rows[4].pk).name == f"new {rows[4].pk}"


def test_a_row_that_others_refer_to_by_now_is_left_out():
    with pghistory.context() as context:
        row = ByRow.objects.create(name="parent")
        Everything.objects.create(name="other")
    Reference.objects.create(row=row)
    plan = restore.undo(context.id)
    assert [each.problem.split(":")[0] for each in plan.left_out] == [
        "It refers to a row that is gone, or is still referred to"
    ]
    restore.apply(plan)
    assert ByRow.objects.exists()
    assert not Everything.objects.exists()


def test_of_many_rows_all_are_counted_and_the_first_are_tried():
    Everything.objects.bulk_create(Everything(name="base", number=number) for number in range(1_200))
    with pghistory.context() as context:
        Everything.objects.update(name="then")
    plan = restore.undo(context.id)
    assert (len(plan.writes), plan.count, plan.sampled) == (1_200, 1_000, True)
    assert restore.apply(plan.token).rows == 1_200
    assert set(names(Everything)) == {"base"}


def test_a_context_without_changes_and_a_text_that_is_no_id_are_refused():
    with pytest.raises(errors.NotRestorable, match="no event of a change belongs to it"):
        restore.undo(uuid.uuid4())
    with pytest.raises(errors.NotRestorable, match="no context's id"):
        restore.undo("nonsense")
    with pghistory.context() as context:
        ContextFree.objects.create(name="a")
    with pytest.raises(errors.NotRestorable):
        restore.undo(context.id)


def test_an_undo_is_not_done_twice_and_not_after_a_write():
    with pghistory.context() as context:
        row = Everything.objects.create(name="added")
    first, second = restore.undo(context.id), restore.undo(context.id)
    Everything.objects.filter(pk=row.pk).update(number=3)
    with pytest.raises(errors.StalePreview, match=r"The context .* was changed after it was previewed"):
        restore.apply(first)
    Everything.objects.filter(pk=row.pk).update(number=None)
    restore.apply(second)
    with pytest.raises(errors.StalePreview):
        restore.apply(second)


def test_rows_that_are_not_permitted_are_left_out():
    with pghistory.context() as context:
        Everything.objects.create(name="a")
        Kept.objects.create(name="b")

    def permits(revisions: Any) -> set[str]:
        return {each.slug for each in revisions if each.span.event_model is Kept.pgh_event_model}

    restore.apply(restore.undo(context.id, permits=permits), permits=permits)
    assert not Everything.objects.exists()
    assert names(Kept) == ["b"]


def test_partial_histories_undo_what_they_keep(user: Any):
    row = OnlyInt.objects.create(int_field=1, char_field="base", user=user)
    with pghistory.context() as context:
        OnlyInt.objects.update(int_field=2, char_field="then")
    undone(context)
    row.refresh_from_db()
    assert (row.int_field, row.char_field) == (1, "then")
