"""What is known of objects that are gone: the last state that their own history keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from pghistory.deletions import is_deletion, stores_deletions
from pghistory.models import Event
from pghistory.timeline import state
from pghistory.visibility import has_object
from pghistory_ui import clock
from pghistory_ui.permissions import Access


@dataclass(frozen=True, slots=True)
class Departed:
    """The last state of an object that is gone, {field: value}, and on which day, in the reader's
    zone, it was deleted where that is recorded."""

    event: Event
    state: dict[str, Any]
    deleted_on: dt.date | None


def departed(access: Access, model: type[Model], keys: Iterable[Any]) -> dict[Any, Departed]:
    """{key: what is known} of objects that are gone, for those who may see them; one query by index.

    Of several event models of the table, the one that keeps most fields is asked.
    """
    wanted = list(keys)
    asked = [found for found in access.event_models_of(model) if has_object(found)]
    if not wanted or not asked or not access.may_view_deleted(model):
        return {}
    event_model = max(asked, key=lambda found: (stores_deletions(found), len(found.pgh_tracked_fields)))
    shown = [name for name in event_model.pgh_tracked_fields if name not in access.hidden_fields(event_model)]
    rows: QuerySet[Any] = event_model._base_manager.all()
    last = rows.filter(pgh_obj__in=wanted).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return {
        event.pgh_obj_id: Departed(
            event=event,
            state=state(event, shown),
            deleted_on=clock.local(event.pgh_created_at).date() if is_deletion(event) else None,
        )
        for event in last
    }


def instance(model: type[Model], fields: dict[str, Any], event: Event) -> Model:
    """An object as it was at an event, of the fields that are known."""
    names = {field.name: field.attname for field in model._meta.concrete_fields}
    known = {names[name]: value for name, value in fields.items() if name in names}
    found: Model = model.from_db(event._state.db, list(known), list(known.values()))
    return found


class _QueryRefused(Exception):
    """A deleted object's name may not need the database."""


@contextmanager
def without_queries(event: Event) -> Iterator[None]:
    """A block in which what asks the event's database fails: an object that is gone has nothing more to tell there."""
    with connections[event._state.db or DEFAULT_DB_ALIAS].execute_wrapper(_refuse):
        yield


def _refuse(*args: object, **kwargs: object) -> None:
    raise _QueryRefused
