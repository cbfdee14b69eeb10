"""Values from one to another: numbers, dates and times that lie between two ends."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db import models
from django.db.models import Q

from pghistory import keys

ORDERED: Final = (
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.DateField,
    models.TimeField,
    models.DurationField,
)
"""Fields whose values people put in one order; a DateTimeField is a DateField."""

_DOTS: Final = re.compile(r"(.*?)\.\.(.*)", re.DOTALL)
_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Interval:
    """What lies between two values, both with it, as it is written: "10..20", "10..", "..20", or a day of times."""

    text: str
    low: str
    high: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The interval that a text is; None for a text that is none."""
        found = _DOTS.fullmatch(text)
        if found is not None:
            return cls(text, *found.groups())
        return cls(text, text, text) if _DAY.fullmatch(text) else None

    def ends(self, field: Any, using: str) -> tuple[Any, Any] | None:
        """The first value and the last in a field, None for an open end; None where the field holds no such values."""
        if not isinstance(field, ORDERED) or not (self.low or self.high):
            return None
        low = keys.as_stored(field, self.low, using) if self.low else None
        high = _last(field, self.high, using) if self.high else None
        if (self.low and low is None) or (self.high and high is None):
            return None
        return low, high

    def condition(self, field: Any, using: str) -> Q | None:
        """The rows in which the field lies between the ends; None where the field holds no such values."""
        found = self.ends(field, using)
        if found is None:
            return None
        low, high = found
        meant = Q() if low is None else Q(**{f"{field.name}__gte": low})
        return meant if high is None else meant & Q(**{f"{field.name}__lte": high})


def _last(field: Any, text: str, using: str) -> Any:
    """The last value that a text means: a day of a field of times lasts until its last microsecond."""
    found = keys.as_stored(field, text, using)
    if not isinstance(field, models.DateTimeField) or found is None or not _DAY.fullmatch(text):
        return found
    return keys.as_stored(field, dt.datetime.combine(found.date(), dt.time.max), using)
