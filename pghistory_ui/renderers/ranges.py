"""The renderer of ranges: from where to where, in the words of what they are ranges of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from pghistory_ui.renderers.base import Renderer
from pghistory_ui.renderers.values import DateRenderer, DateTimeRenderer, NumberRenderer


class RangeRenderer(Renderer):
    """Ranges of whole numbers and of days by their first and last value; others say when an end is not part of them."""

    def text(self, value: Any) -> str:
        if not hasattr(value, "bounds"):
            return str(value)
        if value.isempty:
            return _("nothing")
        lower, upper = value.lower, value.upper
        first, last = (None if end is None else self._end(end) for end in (lower, upper))
        if first is None or last is None:
            return self._half(first, last)
        if _is_discrete(lower) and _is_discrete(upper):
            step = 1 if isinstance(upper, int) else dt.timedelta(days=1)
            first = first if value.lower_inc else self._end(lower + step)
            last = last if value.upper_inc else self._end(upper - step)
            return first if first == last else f"{first} – {last}"
        outside = [end for end, part in ((first, value.lower_inc), (last, value.upper_inc)) if not part]
        told = f"{first} – {last}"
        return f"{told} ({_('%s not included') % ', '.join(outside)})" if outside else told

    def _half(self, first: str | None, last: str | None) -> str:
        if first is not None:
            return _("from %s") % first
        return _("until %s") % last if last is not None else _("everything")

    def _end(self, value: Any) -> str:
        if isinstance(value, dt.datetime):
            return DateTimeRenderer(self.key, None, self.links).text(value)
        if isinstance(value, dt.date):
            return DateRenderer(self.key, None, self.links).text(value)
        return NumberRenderer(self.key, None, self.links).text(value)


def _is_discrete(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, dt.date) and not isinstance(value, dt.datetime))
