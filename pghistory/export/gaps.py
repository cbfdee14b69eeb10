"""The cells of a file that only Python knows, filled in while it is copied: many at a time, the file never whole."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any, Final

from django.db import models

from pghistory import registry
from pghistory.casts import final_target
from pghistory.models import Event
from pghistory.timeline import Entry, entries

BLOCK: Final = 1_000_000
"""Bytes of the file that are read at a time: about a thousand lines."""

Tell = Callable[[Sequence[bytes]], Sequence[bytes]]
"""What stands in each of some gaps."""


class Gap:
    """What a sheet says of a cell that it leaves open: its kind, which is a column, and of which event or actor it is.

    `raw` is how the file has it; `subject`, the part that is the same in all events of an object.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.kind, *self._parts = raw.decode().split(".")

    @property
    def event_model(self) -> type[Event]:
        """The event model of the event."""
        return registry.event_models()[int(self._parts[0])]

    @property
    def id(self) -> Any:
        """The event's key."""
        return _key(self.event_model, self._parts[-1])

    @property
    def obj_id(self) -> Any:
        """The object's key; None where the event has none."""
        return _key(self.event_model.pgh_tracked_model, self._parts[1])

    @property
    def actor(self) -> tuple[Any, str | None]:
        """The user key as the context has it, and the label that was kept."""
        user, label = map(_text, self._parts)
        return None if user is None else json.loads(user), label


def subject(raw: bytes) -> bytes:
    """The part of a gap that is the same in all events of an object."""
    return raw.rpartition(b".")[0]


def entries_of(gaps: Iterable[Gap], using: str) -> dict[tuple[type[Event], Any], Entry]:
    """{(event model, pgh_id): entry} of the events that these gaps are of."""
    ids: defaultdict[type[Event], set[Any]] = defaultdict(set)
    for gap in gaps:
        ids[gap.event_model].add(gap.id)
    return entries.read(ids, using=using)


def fill(source: IO[bytes], target: Any, *, mark: str, tell: Tell) -> None:
    """Copies a file, with what is told in place of the gaps between the marks."""
    between, rest = mark.encode(), b""
    while block := source.read(BLOCK):
        pieces = (rest + block).split(between)
        # Texts and gaps take turns. A gap that goes on in the next block waits for it, and so does a mark.
        text, rest = b"", between.join(pieces[-2:])
        if len(pieces) % 2:
            end = max(0, len(pieces[-1]) - len(between) + 1)
            text, rest = pieces[-1][:end], pieces[-1][end:]
        texts, gaps = pieces[:-1:2], pieces[1:-1:2]
        told = tell(gaps)
        target.write(b"".join(part for pair in zip(texts, told, strict=False) for part in pair) + text)
    target.write(rest)


def _key(model: type[models.Model], part: str) -> Any:
    text = _text(part)
    return None if text is None else final_target(model._meta.pk).to_python(text)


def _text(part: str) -> str | None:
    return None if part == "-" else bytes.fromhex(part).decode()
