"""Where a page of a timeline ends: a position in the order of events, as an opaque text."""

from __future__ import annotations

import base64
import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final, Self

from django.conf import settings
from django.db import models

from pghistory.errors import InvalidCursor
from pghistory.shapes import Compiled

_TEXT: Final = re.compile(r"(\S*) (-?\d{1,19}) (\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of one event: its time, its id and its event model's place among all of them.

    `at` is None where the order is that of `pgh_id` alone: the events of objects in one event model.
    """

    at: dt.datetime | None
    pgh_id: int
    place: int

    def __str__(self) -> str:
        text = f"{self.at.isoformat() if self.at else ''} {self.pgh_id} {self.place}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @property
    def order(self) -> tuple[Any, ...]:
        """What positions are ordered by, the oldest first."""
        return self.at, self.pgh_id, self.place

    @classmethod
    def read(cls, text: str, *, by_id: bool) -> Self:
        """The cursor behind a text that `str()` gave, for an order by id alone or by time; else InvalidCursor."""
        try:
            decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            match = _TEXT.fullmatch(decoded)
            if match is None or bool(match[1]) is by_id:
                raise ValueError(decoded)
            at = dt.datetime.fromisoformat(match[1]) if match[1] else None
            cursor = cls(at, int(match[2]), int(match[3]))
            if abs(cursor.pgh_id) > models.BigIntegerField.MAX_BIGINT:
                raise ValueError(decoded)
            if at is not None and (at.tzinfo is not None) is not bool(settings.USE_TZ):
                raise ValueError(decoded)
        except ValueError as error:
            raise InvalidCursor(cursor=text) from error
        # Base64 has several texts for the same bytes; only the one that was given is a cursor.
        if str(cursor) != text:
            raise InvalidCursor(cursor=text)
        return cursor

    def older(self, place: int) -> Compiled:
        """The condition for events of the event model at this place that come after the cursor, the newest first.

        `{at}` and `{id}` stand in it for the columns.
        """
        return self._compared("<", or_equal=place < self.place)

    def newer(self, place: int) -> Compiled:
        """The condition for events of the event model at this place that come before the cursor, the newest first."""
        return self._compared(">", or_equal=place > self.place)

    def _compared(self, operator: str, *, or_equal: bool) -> Compiled:
        if self.at is None:
            return f"{{id}} {operator} %s", (self.pgh_id,)
        # Rows are compared column by column: an index over the columns answers it.
        return f"row({{at}}, {{id}}) {operator}{'=' if or_equal else ''} row(%s, %s)", (self.at, self.pgh_id)
