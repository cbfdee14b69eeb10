"""Renderers of whole values: numbers, dates, choices, booleans, foreign keys, files, bytes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils import numberformat, timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory_ui import clock
from pghistory_ui.renderers.base import Change, Renderer

# Below this, digits are not grouped: a year or a number of a house reads badly with a separator.
GROUPED_FROM: Final = 10_000
# Below this, locales and settings differ in the sign before the decimals alone.
SEPARATED_FROM: Final = 1_000
LONGEST_PLAIN: Final = 30

# In percent. From here on it says no more than the difference itself; NaN is not below it either.
LARGEST_SHARE: Final = 1_000_000


class NumberRenderer(Renderer):
    """A number with the reader's separators, and the difference, absolute and in percent."""

    def text(self, value: Any) -> str:
        if not isinstance(value, (int, float, Decimal)) or not math.isfinite(value):
            return str(value)
        size: Any = abs(value)
        if size < SEPARATED_FROM:
            plain = str(value)
            # No exponent, as 1E-7 and 1E+2 have.
            if len(plain) < LONGEST_PLAIN and "+" not in plain and "-" not in plain[1:]:
                return plain.replace(".", self._decimal_sep)
        grouped = not isinstance(value, int) or size >= GROUPED_FROM
        return str(numberformat.format(value, **self._style, force_grouping=grouped, use_l10n=True))

    @cached_property
    def _decimal_sep(self) -> str:
        return str(self._style["decimal_sep"])

    @cached_property
    def _style(self) -> dict[str, Any]:
        """The reader's separators, looked up once for a page: it takes longer than writing a number."""
        names = {
            "decimal_sep": "DECIMAL_SEPARATOR",
            "grouping": "NUMBER_GROUPING",
            "thousand_sep": "THOUSAND_SEPARATOR",
        }
        return {name: get_format(setting, use_l10n=True) for name, setting in names.items()}

    def note(self, before: Any, after: Any) -> str:
        try:
            delta = after - before
            share = float(delta) / abs(float(before)) * 100 if before else math.nan
        except (TypeError, ValueError, ArithmeticError):
            return ""
        if not delta or not math.isfinite(delta):
            return ""
        if not abs(share) < LARGEST_SHARE:
            return self._signed(delta)
        digits = 0 if abs(share) >= 100 or share == int(share) else 1
        return f"{self._signed(delta)}, {self._signed(Decimal(f'{share:.{digits}f}'))} %"

    def _signed(self, value: Any) -> str:
        return ("+" if value > 0 else "\N{MINUS SIGN}") + self.text(abs(value))


class BooleanRenderer(Renderer):
    """Yes or no."""

    def text(self, value: Any) -> str:
        return self._words.get(value) or str(value)

    @cached_property
    def _words(self) -> dict[bool, str]:
        return {True: _("Yes"), False: _("No")}


class ChoiceRenderer(Renderer):
    """A choice by its label; a value that is no choice any more as it is stored."""

    def text(self, value: Any) -> str:
        return str(self._labels.get(value, value))

    @cached_property
    def _labels(self) -> dict[Any, Any]:
        return {value: str(label) for value, label in self.field.flatchoices} if self.field else {}


class DayRenderer(Renderer):
    """What dates and instants share: a page shows few days many times, and each is written once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._days: dict[tuple[dt.date, str], str] = {}
        self._zone = timezone.get_current_timezone()

    def day(self, date: dt.date, form: str = "DATE_FORMAT") -> str:
        """A date in the reader's format, or in another one."""
        place = (date, form)
        if place not in self._days:
            self._days[place] = date_format(date, form)
        return self._days[place]

    def short_day(self, date: dt.date) -> str:
        """A date in a few letters, with the year unless it is this one."""
        return self.day(date, "j M" if date.year == self._this_year else "j M Y")

    @cached_property
    def _this_year(self) -> int:
        return clock.today().year


class DateRenderer(DayRenderer):
    """A date in the reader's format, and how many days apart."""

    def text(self, value: Any) -> str:
        return self.day(value) if isinstance(value, dt.date) else str(value)

    def brief(self, value: Any) -> str:
        return self.short_day(value) if isinstance(value, dt.date) else str(value)

    def note(self, before: Any, after: Any) -> str:
        try:
            days = (after - before).days
        except (TypeError, AttributeError):
            return ""
        return _distance(days) if days else ""


class DateTimeRenderer(DayRenderer):
    """An instant in the reader's zone, and how far apart; seconds only where there are any."""

    def text(self, value: Any) -> str:
        if not isinstance(value, dt.datetime):
            return str(value)
        try:
            local = value if value.tzinfo is None else value.astimezone(self._zone)
        except (OverflowError, ValueError):
            return value.isoformat()
        seconds = f":{local.second:02}" if local.second else ""
        return f"{self.day(local.date())}, {local.hour:02}:{local.minute:02}{seconds}"

    def brief(self, value: Any) -> str:
        if not isinstance(value, dt.datetime):
            return str(value)
        local = value if value.tzinfo is None else value.astimezone(self._zone)
        return f"{self.short_day(local.date())}, {local.hour:02}:{local.minute:02}"

    def change(self, before: Any, after: Any) -> Change:
        drawn = super().change(before, after)
        if drawn.before != drawn.after:
            return drawn
        # Less than a second apart: told to the last digit.
        values = [replace(self.value(value), text=str(value)) for value in (before, after)]
        return replace(drawn, before=values[0], after=values[1])

    def note(self, before: Any, after: Any) -> str:
        try:
            seconds = (after - before).total_seconds()
        except (TypeError, AttributeError):
            return ""
        days = math.floor(abs(seconds) / 86_400 + 0.5)
        return _distance(int(math.copysign(days, seconds))) if days else ""


class ForeignKeyRenderer(Renderer):
    """The target by its label, linked for those who may see it; what became of it when it is gone."""

    notes_one = True

    def text(self, value: Any) -> str:
        return self.links.target(self._foreign_key, value).label

    def url(self, value: Any) -> str:
        return self.links.target(self._foreign_key, value).url

    def note(self, before: Any, after: Any) -> str:
        targets = [self.links.target(self._foreign_key, key) for key in (before, after) if key is not None]
        return ", ".join(f"{target.label} {target.note}" for target in targets if target.note)

    def state(self, value: Any) -> Change:
        drawn = super().state(value)
        return drawn if value is None else replace(drawn, note=self.links.target(self._foreign_key, value).note)

    @property
    def _foreign_key(self) -> Any:
        return self.field


class BinaryRenderer(Renderer):
    """The size of the bytes."""

    def text(self, value: Any) -> str:
        size = len(bytes(value))
        return ngettext("%d byte", "%d bytes", size) % size


def _distance(days: int) -> str:
    earlier = ngettext("%d day earlier", "%d days earlier", -days) % -days
    return earlier if days < 0 else ngettext("%d day later", "%d days later", days) % days
