"""Which rows an intent means: those that were asked for, and those that come with them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from pghistory import changes, errors
from pghistory.models import Event
from pghistory.restore import dependants, spans, writes
from pghistory.restore.comparisons import compared
from pghistory.restore.dependants import Joined
from pghistory.restore.evidence import evidence
from pghistory.restore.plans import Intent
from pghistory.restore.revisions import Revisions, Span
from pghistory.timeline import instances_of


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of an intent.

    `asked` are the rows that were asked for, `beside` those that come with them, `joined` the many-to-many fields that
    can be brought back. `event` and `then` are those of a restore. Of an undo there is `context_id` alone: its rows are
    found by PostgreSQL, where they are compared.
    """

    asked: tuple[Span, ...] = ()
    beside: tuple[Span, ...] = ()
    joined: tuple[Joined, ...] = ()
    event: Event | None = None
    then: Event | None = None
    context_id: uuid.UUID | None = None

    def all(self, intent: Intent) -> list[Span]:
        """Every row of a restore, with the many-to-many rows of the fields that it names."""
        wanted = intent.fields or ()
        chosen = [span for joined in self.joined if joined.field.name in wanted for span in joined.spans]
        return [*self.asked, *self.beside, *chosen]

    def size(self, intent: Intent) -> int:
        """How many rows the intent is about."""
        if self.context_id is None:
            return len(self.all(intent))
        return spans.count_of_context(self.context_id, intent.using)

    def compared(self, intent: Intent, *, held: bool = False) -> Revisions:
        """The revisions of these rows, which `held` locks before they are compared."""
        if self.context_id is None:
            if held:
                writes.hold(self.all(intent), intent.using)
            asked = compared(self.asked, using=intent.using, fields=intent.fields)
            beside = compared(self.all(intent)[len(self.asked) :], using=intent.using)
            return Revisions([*asked.batches, *beside.batches])
        found = Revisions(spans.of_context(self.context_id, intent.using, overwrite=intent.overwrite, held=held))
        if not found:
            raise errors.NotRestorable(subject=subject(intent), problem="no event of a change belongs to it.")
        return found


def selection(intent: Intent) -> Selection:
    """The rows of an intent, as they stand now; raises NotRestorable for what cannot be found."""
    if intent.kind == "undo":
        return _of_context(intent)
    return _of_event(intent)


def subject(intent: Intent) -> str:
    """What is restored or undone, in words."""
    return f"The context {intent.target}" if intent.kind == "undo" else f"The row of {intent.target}"


def _of_context(intent: Intent) -> Selection:
    try:
        return Selection(context_id=uuid.UUID(intent.target))
    except ValueError as error:
        raise errors.NotRestorable(subject=subject(intent), problem="this is no context's id.") from error


def _of_event(intent: Intent) -> Selection:
    event = _event(intent)
    using = intent.using
    parents = tuple(dependants.parents(event, using))
    asked = tuple(spans.of_event(each, using) for each in (event, *parents))
    row = living(asked[0], using)
    then = stored(asked[0], asked[0].then, using)
    if row is not None:
        joined = tuple(dependants.many_to_many(event, then, row, using))
        return Selection(asked, joined=joined, event=event, then=then)
    gone = [deletion for span in asked if (deletion := _deletion(span, using)) is not None]
    with_it = dependants.deleted_with(gone, using)
    deleted = (Span(type(each), spans.key_of(each), base=str(each.pk)) for each in with_it)
    unlinked = dependants.unlinked([*gone, *with_it], using)
    return Selection(asked, beside=(*deleted, *unlinked), event=event, then=then)


def _event(intent: Intent) -> Event:
    label, _, pgh_id = intent.target.rpartition(":")
    event_model: Any = apps.get_model(label)
    event: Event | None = _only(changes.rows(event_model, intent.using).filter(pk=pgh_id))
    if event is None:
        raise errors.NotRestorable(subject=subject(intent), problem="there is no such event.")
    if intent.at is None:
        return event
    at = dt.datetime.fromisoformat(intent.at)
    found = spans.at_instant(event_model, spans.key_of(event), at, intent.using)
    if found is None:
        raise errors.NotRestorable(subject=subject(intent), problem=f"there was no such row at {intent.at}.")
    return found


def _deletion(span: Span, using: str) -> Event | None:
    """The event that says that the row was deleted: the base itself, or the newest one."""
    base = stored(span, span.base, using)
    if base is not None and evidence(span.event_model).is_delete(base):
        return base
    return spans.last_deletion(span.event_model, span.obj, using)


def living(span: Span, using: str) -> Model | None:
    """The living row of a span."""
    row: Model | None = _only(evidence(span.event_model).table._base_manager.using(using).filter(pk=span.obj))
    return row


def stored(span: Span, pgh_id: str | None, using: str) -> Event | None:
    """An event of the span by its id; it may be gone."""
    event: Event | None = None if pgh_id is None else _only(changes.rows(span.event_model, using).filter(pk=pgh_id))
    return event


def _only(rows: Any) -> Any:
    """The row of a key, also where something in it cannot be read."""
    return next(iter(instances_of(rows)), None)
