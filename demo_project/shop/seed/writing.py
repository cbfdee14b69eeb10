"""Write stories in the order of time, and move each moment's rows to the time at which it is said to have happened.

Triggers stamp an event with `now()`, the start of the transaction. The whole seed is one transaction: it is there or it
is not, and whatever still bears `now()` after a moment is what that moment wrote. So every row goes through the same
triggers and contexts as in a running shop, in passing order, and only its time is changed, by an UPDATE in SQL.
"""

import heapq
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

import pgtrigger
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

import pghistory
from pghistory import registry
from pghistory.models import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A request (url), a job (command), or, with neither, a change that leaves no context; `actor` is a user name."""

    at: datetime
    actor: str = ""
    url: str = ""
    command: str = ""
    reason: str = ""

    def context(self, staff: Mapping[str, User]) -> AbstractContextManager[object]:
        """The context that `HistoryMiddleware` or a job would have opened."""
        if not self.url and not self.command:
            return nullcontext()
        user = staff[self.actor] if self.actor else None
        given = {"url": self.url, "command": self.command, "reason": self.reason}
        metadata: dict[str, Any] = {key: text for key, text in given.items() if text}
        if user is not None or self.url:
            metadata = {"user": user and user.pk, **metadata}
        return pghistory.context(actor=user, **metadata)


Story = Generator[Moment, None, None]
"""What happens after a `yield` happens at the yielded moment, in its context."""


def tell(stories: Iterable[Story], *, staff: Mapping[str, User], until: datetime) -> None:
    """Let the stories take turns in the order of their moments; one that reaches beyond `until` stays unfinished."""
    queue: list[tuple[datetime, int, Moment, Story]] = []

    def resume(turn: int, story: Story, *, earliest: datetime | None = None) -> None:
        if (moment := next(story, None)) is not None and moment.at <= until:
            at = max(moment.at, earliest or moment.at)
            heapq.heappush(queue, (at, turn, moment, story))

    with transaction.atomic():
        for turn, story in enumerate(stories):
            resume(turn, story)
        while queue:
            at, turn, moment, story = heapq.heappop(queue)
            with moment.context(staff), _clock_at(at):
                resume(turn, story, earliest=at)
            _move_to(at)


def _clock_at(at: datetime) -> AbstractContextManager[object]:
    """A block in which columns with auto_now and auto_now_add are told this time."""
    return mock.patch.object(timezone, "now", return_value=at)


def _move_to(at: datetime) -> None:
    """Give everything that was written since the last call this time."""
    quote = connection.ops.quote_name
    columns = [(model, "pgh_created_at") for model in registry.event_models()]
    columns += [(Context, "created_at"), (Context, "updated_at")]
    statements = [
        f"update {quote(model._meta.db_table)} set {column} = %s where {column} = now()"  # noqa: S608 - names only
        for model, column in columns
    ]
    # The triggers of append-only event models would refuse, and rightly: nobody else has a reason to do this.
    with pgtrigger.ignore(*_guards()), connection.cursor() as cursor:
        cursor.execute(";".join(statements), [at] * len(statements))


def _guards() -> list[str]:
    """Addresses ("app.Model:name") of the triggers on the event tables themselves."""
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in registry.event_models()
        for trigger in getattr(model._meta, "triggers", ())
    ]
