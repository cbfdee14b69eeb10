"""Rows as they were at an instant, read from their events.

from pghistory.as_of import as_of

orders = as_of(Order, yesterday).filter(total__gt=100).order_by("-total")
orders[0].customer.name  # the customer's name of that instant
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import models

from pghistory import errors, registry, rows
from pghistory.errors import NotReconstructable, UnknownRow
from pghistory.states import Instant, aware

__all__ = ["NotReconstructable", "UnknownRow", "as_of"]

M = TypeVar("M", bound=models.Model)


def as_of(
    model: type[M], instant: dt.datetime, *, partial: bool = False, using: str | None = None
) -> models.QuerySet[M, Any]:
    """The rows of a model as they were at an instant: what was gone then or came later is not among them.

    They are narrowed, ordered and read like any queryset; what is joined, and relations of the instances, are of the
    same instant. The instances are ordinary ones that refuse to be written (PastRow). The instant is compared with
    `pgh_created_at`, the start of the transaction that wrote; without a zone it is in Django's current one. `using`
    names a database; else the events' router does.

    Without `partial` nothing is guessed: NotReconstructable names what is missing where not every insert, update and
    delete of every field makes an event, here or in a model that is joined, and UnknownRow, when the rows are read,
    one whose first event is no insert and comes after the instant. With it, such rows are left out, fields that are
    not kept are refused on the instances (and null to filters), and of models that are not tracked the living rows
    are read. Raises UntrackedModel for such a model itself.
    """
    if not registry.event_models_of(model):
        raise errors.UntrackedModel(model=model._meta.label)
    return rows.rows(model, Instant(aware(instant), partial), using)
