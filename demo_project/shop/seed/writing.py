"""Write stories in the order of time, each moment in its own context.

The whole seed is one transaction: it is there or it is not.
"""

import heapq
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any
from unittest import mock
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

import pghistory
from demo_project.shop.seed import past
from pghistory.contexts import ActiveContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A request (url), a job (command), or, with neither, a change that leaves no context; `actor` is a user name."""

    at: datetime
    actor: str = ""
    url: str = ""
    command: str = ""
    reason: str = ""

    def context(self, staff: Mapping[str, User]) -> AbstractContextManager[ActiveContext | None]:
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
    times: dict[UUID, datetime] = {}

    def resume(turn: int, story: Story, *, earliest: datetime | None = None) -> None:
        if (moment := next(story, None)) is not None and moment.at <= until:
            at = max(moment.at, earliest or moment.at)
            heapq.heappush(queue, (at, turn, moment, story))

    with transaction.atomic():
        for turn, story in enumerate(stories):
            resume(turn, story)
        while queue:
            at, turn, moment, story = heapq.heappop(queue)
            # Columns with auto_now and auto_now_add ask this function for the time.
            with moment.context(staff) as context, mock.patch.object(timezone, "now", new=repeat(at).__next__):
                resume(turn, story, earliest=at)
            if context is None:
                past.move_events_without_context(at)
            else:
                times[context.id] = at
        past.move_contexts(times)
