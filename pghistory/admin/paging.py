"""Pages of a list that may have millions of rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    # Generic to the type checker only, as in Django's own code.
    EventPaginator = Paginator[Any]
else:
    EventPaginator = Paginator

COUNTED_AT_MOST: Final = 10_000
"""How far events are counted, and how far they can be paged through."""


class BoundedPaginator(EventPaginator):
    """Counts so far and no further."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or COUNTED_AT_MOST when there are more."""
        rows = self.object_list
        return rows.order_by()[:COUNTED_AT_MOST].count() if isinstance(rows, QuerySet) else len(rows)
