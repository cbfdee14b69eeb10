"""Where a page of a timeline ends: a position in the order of events, as an opaque text."""

from __future__ import annotations

import base64
import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from pghistory.errors import InvalidCursor

_TEXT: Final = re.compile(r"(\S*) (-?\d{1,19}) (\d{1,6})", re.ASCII)


class Row(Func):
    """Columns, or values, compared one after the other: an index over the columns answers it."""

    function = "row"
    output_field: ClassVar[models.Field[Any, Any]] = models.Field()


class RowComparison(Func):
    """Whether one row comes before or after another; `arg_joiner` is the operator."""

    template = "%(expressions)s"
    arity = 2
    output_field: ClassVar[models.Field[Any, Any]] = models.BooleanField()


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

    def older(self, place: int) -> Q:
        """Events of the event model at this place that come after the cursor where the newest come first."""
        return self._compared("<", or_equal=place < self.place)

    def newer(self, place: int) -> Q:
        """Events of the event model at this place that come before the cursor where the newest come first."""
        return self._compared(">", or_equal=place > self.place)

    def _compared(self, operator: str, *, or_equal: bool) -> Q:
        operator = f" {operator}= " if or_equal and self.at else f" {operator} "
        pgh_id = Value(self.pgh_id, models.BigIntegerField())
        if self.at is None:
            return Q(RowComparison(F("pgh_id"), pgh_id, arg_joiner=operator))
        position = Row(Value(self.at, models.DateTimeField()), pgh_id)
        return Q(RowComparison(Row(F("pgh_created_at"), F("pgh_id")), position, arg_joiner=operator))
