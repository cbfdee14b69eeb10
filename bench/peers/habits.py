"""How a peer is used for what is measured: what its documents tell to do, beside the ordinary calls of Django."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone


def create_in_bulk(model: Any, rows: Sequence[Any]) -> None:
    """As Django does."""
    model.objects.bulk_create(rows)


def update_in_bulk(rows: Any) -> None:
    """As Django does: one statement for a queryset of items."""
    rows.update(quantity=F("quantity") + 1, updated_at=timezone.now())


@dataclass(frozen=True, kw_only=True)
class Habits:
    """`context` surrounds a unit of work, `single` each write that has none; None stands for what leaves no history,
    `sees_sql` says that plain SQL leaves one.
    """

    context: Callable[[], AbstractContextManager[Any]] = nullcontext
    single: Callable[[], AbstractContextManager[Any]] = nullcontext
    create_in_bulk: Callable[[Any, Sequence[Any]], None] | None = create_in_bulk
    update_in_bulk: Callable[[Any], None] | None = update_in_bulk
    deletes_in_bulk: bool = True
    sees_sql: bool = True
    sql: str = ""
