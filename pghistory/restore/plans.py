"""What a restore or an undo would do, as it was previewed; and the token that stands for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core import signing
from django.db.models import Model

from pghistory import errors
from pghistory.models import Event
from pghistory.restore.revisions import Revision, Revisions
from pghistory.timeline.entries import Entry

SALT: Final = "pghistory.restore"
MAX_AGE: Final = 24 * 60 * 60
"""Seconds for which a preview can be applied."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked for, and what the rows looked like: `kind` is "restore" or "undo".

    `target` is an event ("app.EventModel:id") or a context's id; `at` an ISO instant. `fields` are the chosen ones of
    a restore, None for those that nobody edited since; `overwrite` the conflicts that an undo writes over.
    """

    kind: str
    target: str
    using: str
    fields: tuple[str, ...] | None = None
    at: str | None = None
    overwrite: tuple[str, ...] = ()
    digest: str = ""

    @property
    def metadata(self) -> dict[str, str]:
        """What the context of the new events says: {"restored": event} or {"undone": context}."""
        return {"restored" if self.kind == "restore" else "undone": self.target}

    @property
    def token(self) -> str:
        """The intent as a signed text."""
        content = [self.kind, self.target, self.using, self.fields, self.at, self.overwrite, self.digest]
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> Intent:
        """The intent behind a token; raises StalePreview for one that was changed or is too old."""
        try:
            kind, target, using, fields, at, overwrite, digest = signing.loads(token, salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature as error:
            raise errors.StalePreview(subject="The preview is too old, or it") from error
        chosen = None if fields is None else tuple(fields)
        return cls(kind, target, using, chosen, at, tuple(overwrite), digest)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the row: the values at the base, then and now, and what stands against it.

    `chosen` says that it is written, `conflict` that it was edited after what replaced the base, `edit` by which
    entry, where one tells. `problem` says why it cannot be written; `missing` is the (model, key) that it refers to
    and that is gone. Values of a many-to-many field are the sets of keys that it joins.
    """

    name: str
    field: Any
    base: Any
    then: Any
    now: Any
    chosen: bool = False
    conflict: bool = False
    edit: Entry | None = None
    problem: str = ""
    missing: tuple[Any, Any] | None = None

    def refused(self, problem: str) -> Choice:
        """The same field, which cannot be written."""
        return replace(self, chosen=False, problem=problem)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, as the database did it and took it back a moment ago.

    `revisions` are the rows: `choices` the fields of the one that was asked for (none for an undo). `events` are the
    newest of the `count` events; when `sampled`, they come of the first rows only. `notes` say what the history does
    not tell, `problem` why nothing can be written. A restore goes back to `event`; `then` came next.
    """

    intent: Intent
    subject: str
    revisions: Revisions
    choices: tuple[Choice, ...] = ()
    events: tuple[Entry, ...] = ()
    count: int = 0
    sampled: bool = False
    notes: tuple[str, ...] = ()
    problem: str = ""
    event: Event | None = None
    then: Event | None = None

    @property
    def token(self) -> str:
        """A text by which `apply` does exactly this, or refuses what has gone stale."""
        return self.intent.token

    @property
    def writes(self) -> Revisions:
        """The rows that are written to."""
        return self.revisions.that(lambda common: common.writes)

    @property
    def conflicts(self) -> Revisions:
        """The rows in which somebody edited since what would be written."""
        return self.revisions.that(lambda common: common.conflicts)

    @property
    def left_out(self) -> Revisions:
        """The rows that cannot be brought back."""
        return self.revisions.that(lambda common: common.problem)

    @property
    def counts(self) -> Counter[tuple[type[Model], str]]:
        """{(tracked model, operation): number of rows} of what is written."""
        counts: Counter[tuple[type[Model], str]] = Counter()
        for batch in self.writes.batches:
            counts[batch.common.span.event_model.pgh_tracked_model, batch.common.operation] += batch.size
        return counts

    @property
    def is_ready(self) -> bool:
        """Whether there is something to apply."""
        return not self.problem and bool(self.writes)


@dataclass(frozen=True, slots=True)
class Done:
    """What was written: rows, and the context that holds the new events; `left_out` was refused by the database."""

    context_id: Any
    rows: int
    left_out: tuple[Revision, ...] = ()
