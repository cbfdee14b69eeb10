"""Timeline, Events and as_of against a naive telling: the tables are looked at after every step of a random history."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pghistory.as_of import as_of
from pghistory.models import Events
from pghistory.timeline import Entry, Timeline
from tests.integration.history import hour
from tests.integration.telling import KINDS, MODELS, USERS, Snapshot, Told, history
from tests.past.models import Customer, Line, Order, Receipt

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 3),
        st.integers(0, 2),
        st.sampled_from(USERS),
    ),
    max_size=14,
)


def seen(found: list[Entry]) -> list[Told]:
    """The entries as they would be told."""
    return [
        Told(
            step=round((entry.at - hour(0)).total_seconds() / 3600),
            model=entry.tracked_model,
            kind=entry.kind,
            key=entry.obj_id,
            before=entry.before,
            after=entry.after,
            user=entry.actor,
        )
        for entry in found
    ]


def in_order(told: list[Told]) -> list[str]:
    """Newest step first; within one step, whose events have one instant, in any order."""
    return sorted((repr(each) for each in told), key=lambda text: (-int(text.split("step=")[1].split(",")[0]), text))


def changes_to(field: str, before: Any, after: Any) -> Callable[[Told], bool]:
    def holds(told: Told) -> bool:
        was, became = told.changes().get(field, (None, None))
        return field in told.changes() and before in ("*", was) and after in ("*", became)

    return holds


def refers(target: Any, key: int) -> Callable[[Told], bool]:
    """By the row that the event keeps: that is what is indexed."""
    names = {
        model: [
            field.name for field in model._meta.concrete_fields if field.is_relation and field.related_model is target
        ]
        for model in MODELS
    }
    return lambda told: any(told.stored()[name] == key for name in names[told.model])


def narrowings(snapshots: list[Snapshot], told: list[Told]) -> Iterator[tuple[str, Timeline, list[Told]]]:
    """(name, narrowed timeline, what it is to have)"""
    whole = Timeline().across(*MODELS)

    def kept(condition: Callable[[Told], bool]) -> list[Told]:
        return [each for each in told if condition(each)]

    keys = {model: sorted({each.key for each in told if each.model is model}) for model in MODELS}
    yield "all", whole, told
    yield "across", whole.across(Line, Receipt), kept(lambda each: each.model in (Line, Receipt))
    for model in MODELS:
        for key in keys[model][:2]:
            yield (
                f"of {model}",
                whole.of(model(pk=key)),
                kept(is_of(model, key)),
            )
    for key in keys[Customer][:2]:
        yield "references", whole.references(Customer(pk=key)), kept(refers(Customer, key))
    for key in keys[Order][:1]:
        yield "references order", whole.references(Order(pk=key)), kept(refers(Order, key))
    yield "labelled", whole.labelled("insert", "delete"), kept(lambda each: each.kind != "update")
    yield "by", whole.by(1), kept(lambda each: str(each.user) == "1")
    yield "by text", whole.by("celery"), kept(lambda each: each.user == "celery")
    yield "by and labelled", whole.by(2).labelled("update"), kept(lambda each: (each.user, each.kind) == (2, "update"))
    yield "where", whole.where_context("step", 3), kept(lambda each: each.step == 3 and each.user is not None)
    yield "searching", whole.searching("drop"), kept(lambda each: each.user is not None and gone(told, each))
    yield (
        "touching",
        whole.touching("total", "amount"),
        kept(lambda each: bool({"total", "amount"} & each.changes().keys())),
    )
    for field, before, after in (("total", "*", 1), ("amount", 1, "*"), ("number", "*", "*"), ("number", 1, 2)):
        yield f"changed {field}", whole.changed(field, before, after), kept(changes_to(field, before, after))
    yield "since", whole.since(hour(2)).until(hour(5)), kept(lambda each: 2 <= each.step < 5)


TOUCHED = ("total", "amount")


def is_of(model: Any, key: int) -> Callable[[Told], bool]:
    return lambda each: (each.model, each.key) == (model, key)


def gone(told: list[Told], each: Told) -> bool:
    """Whether the step was one that drops rows."""
    return any(other.step == each.step and other.kind == "delete" for other in told)


def check_timeline(snapshots: list[Snapshot], told: list[Told], size: int) -> None:
    for name, timeline, wanted in narrowings(snapshots, told):
        whole = list(timeline.entries(batch=5))
        assert in_order(seen(whole)) == in_order(wanted), name
        assert [each.step for each in seen(whole)] == sorted((each.step for each in wanted), reverse=True), name
        assert timeline.count().number == len(wanted), name
        for entry in timeline.page(100).entries:
            fields = entry.event_model.pgh_tracked_fields
            asked = [entry.sides(field) for field in fields]
            assert asked == [tuple((row or {}).get(field) for row in (entry.before, entry.after)) for field in fields]
            assert asked == [entry.sides(field) for field in fields], "once the whole rows are read"
        pages = [timeline.page(size)]
        while pages[-1].after:
            pages.append(timeline.page(size, after=pages[-1].after))
        assert [entry for page in pages for entry in page.entries] == whole, name
        climbed = [pages[-1]]
        while climbed[-1].before:
            climbed.append(timeline.page(size, before=climbed[-1].before))
        assert [entry for page in climbed[::-1] for entry in page.entries] == whole, name
        assert (timeline.latest(), timeline.first()) == ((whole[0], whole[-1]) if whole else (None, None)), name
        for older, newer in zip(whole[1:], whole, strict=False):
            assert (timeline.previous(newer), timeline.next(older)) == (older, newer), name
        for place, entry in enumerate(whole):
            assert list(timeline.older(entry, size)) == whole[place + 1 :][:size], name


def texts(found: list[Any]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in found)


def check_events(told: list[Told]) -> None:
    events = Events.objects.across(*(model.pgh_event_model for model in MODELS))
    columns = {model: {field.name: field.column for field in model._meta.concrete_fields} for model in MODELS}

    def data(each: Told) -> Any:
        named = {columns[each.model][name]: value for name, value in each.stored().items()}
        return json.loads(json.dumps(named, cls=DjangoJSONEncoder))

    def diff(each: Told) -> Any:
        if each.kind != "update" or each.model is Receipt:
            return None
        return {columns[each.model][name]: list(pair) for name, pair in each.changes().items()} or None

    found = [
        (event.pgh_obj_model, event.pgh_obj_id, event.pgh_label, event.pgh_data, (event.pgh_context or {}).get("user"))
        for event in events
    ]
    wanted = [(each.model._meta.label, str(each.key), each.kind, data(each), each.user) for each in told]
    assert texts(found) == texts(wanted)
    by_new_rows = events.exclude(pgh_obj_model="past.Receipt")
    diffs = [
        (event.pgh_obj_id, event.pgh_obj_model, event.pgh_diff) for event in by_new_rows.filter(pgh_label="update")
    ]
    wanted_diffs = [
        (str(each.key), each.model._meta.label, diff(each))
        for each in told
        if each.kind == "update" and each.model is not Receipt
    ]
    assert texts(diffs) == texts(wanted_diffs)


def check_as_of(snapshots: list[Snapshot]) -> None:
    for step, snapshot in enumerate(snapshots):
        at = hour(step)
        for model in MODELS:
            attributes = {field.attname: field.name for field in model._meta.concrete_fields}
            rows = as_of(model, at)
            found = {row.pk: {name: getattr(row, attname) for attname, name in attributes.items()} for row in rows}
            assert found == snapshot[model]
            assert rows.count() == len(found)
            for key in {key for each in snapshots for key in each[model]}:
                assert rows.filter(pk=key).exists() is (key in found)
        lines = [(line["order"], line["amount"]) for line in snapshot[Line].values()]
        for order in as_of(Order, at).prefetch_related("lines").select_related("customer"):
            assert sorted((order.pk, line.amount) for line in order.lines.all()) == sorted(
                line for line in lines if line[0] == order.pk
            )
            assert sorted(as_of(Order, at).get(pk=order.pk).lines.values_list("pk", flat=True)) == sorted(
                line.pk for line in order.lines.all()
            )
            wanted = snapshot[Customer][order.customer_id]["name"] if order.customer_id else None
            assert (order.customer and order.customer.name) == wanted
        joined = as_of(Line, at).filter(order__customer__name="n1").count()
        named = {key for key, row in snapshot[Customer].items() if row["name"] == "n1"}
        orders = {key for key, row in snapshot[Order].items() if row["customer"] in named}
        assert joined == sum(order in orders for order, _ in lines)
        outside = as_of(Order, at).exclude(lines__amount=1).count()
        assert outside == len(snapshot[Order].keys() - {order for order, amount in lines if amount == 1})


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, size=st.integers(1, 6))
def test_what_is_read_is_what_happened(steps: list[Any], size: int):
    with transaction.atomic():
        snapshots, told = history(steps)
        check_timeline(snapshots, told, size)
        check_events(told)
        check_as_of(snapshots)
        transaction.set_rollback(True)
