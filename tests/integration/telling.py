"""A naive telling of what happens in the trade of `tests.past`: the tables are looked at after every step."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pghistory
from tests.integration.history import happened
from tests.past.models import Customer, Line, Order, Receipt

MODELS: tuple[Any, ...] = (Customer, Order, Line, Receipt)
KINDS = (
    *("customer", "order", "line", "receipt", "rename", "total", "move", "amounts", "renumber"),
    *("drop customer", "drop order", "drop line", "nothing"),
)
USERS = (None, 1, "1", 2, "celery")

Row = dict[str, Any]
Snapshot = dict[Any, dict[int, Row]]


@dataclass(frozen=True)
class Told:
    """What happened to one row in one step."""

    step: int
    model: Any
    kind: str
    key: int
    before: Row | None
    after: Row | None
    user: Any

    def changes(self) -> dict[str, tuple[Any, Any]]:
        old, new = self.before or {}, self.after or {}
        names = {**old, **new}
        return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}

    def rows(self) -> list[Row]:
        return [row for row in (self.before, self.after) if row is not None]

    def stored(self) -> Row:
        is_old = self.kind == "delete" or (self.model is Receipt and self.kind == "update")
        row = self.before if is_old else self.after
        assert row is not None
        return row


def take(kind: str, which: int, number: int) -> None:
    """One write; of the rows there are, the one that `which` means."""

    def chosen(model: Any) -> Any:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return model.objects.filter(pk__in=[keys[which % len(keys)]] if keys else [])

    if kind == "customer":
        Customer.objects.create(name=f"n{number}", referrer=chosen(Customer).first())
    elif kind == "order":
        Order.objects.create(customer=chosen(Customer).first(), total=number)
    elif kind == "line":
        Line.objects.bulk_create([Line(order=order, amount=each) for order in chosen(Order) for each in (number, 1)])
    elif kind == "receipt":
        for order in chosen(Order).filter(receipt=None):
            Receipt.objects.create(order=order, number=number)
    elif kind == "rename":
        chosen(Customer).update(name=f"n{number}")
    elif kind == "total":
        Order.objects.update(total=number)
    elif kind == "move":
        chosen(Order).update(customer=Customer.objects.order_by("-pk").first())
    elif kind == "amounts":
        Line.objects.filter(amount__lt=2).update(amount=number)
    elif kind == "renumber":
        Receipt.objects.update(number=number)
    elif kind.startswith("drop"):
        chosen({"customer": Customer, "order": Order, "line": Line}[kind.removeprefix("drop ")]).delete()


def look() -> Snapshot:
    """Every row of every table, as an event model names its fields."""
    found: Snapshot = {}
    for model in MODELS:
        attributes = {field.attname: field.name for field in model._meta.concrete_fields}
        found[model] = {
            row[model._meta.pk.attname]: {attributes[name]: value for name, value in row.items()}
            for row in model.objects.values(*attributes)
        }
    return found


def history(steps: list[Any]) -> tuple[list[Snapshot], list[Told]]:
    """The tables after each step, and what happened; the first step is empty."""
    snapshots, told = [look()], []
    for step, (kind, which, number, user) in enumerate(steps, start=1):
        with pghistory.context(user=user, step=step, url=f"/{kind}/") if user is not None else nullcontext():
            take(kind, which, number)
        happened(step, *MODELS)
        before, after = snapshots[-1], look()
        snapshots.append(after)
        for model in MODELS:
            for key in sorted(before[model].keys() | after[model].keys()):
                old, new = before[model].get(key), after[model].get(key)
                if old != new:
                    kind = "insert" if old is None else "delete" if new is None else "update"
                    told.append(Told(step, model, kind, key, old, new, user))
    return snapshots, told
