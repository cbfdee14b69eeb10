"""The users that a form offers to choose from: those who may log in to the admin."""

from __future__ import annotations

import time
from typing import Final

from django.contrib.auth import get_user_model
from django.db.models import Model

from pghistory import estimates
from pghistory_ui.permissions import Access

# More users than this are not a list to choose from: the key is typed.
LONGEST_LIST: Final = 200
# Among more rows than this, a page does not look for them: no index leads to those who may log in.
LOOKED_AT: Final = 20_000
# Seconds for which a table is taken to be as long as it was.
REMEMBERED: Final = 300

_lengths: dict[tuple[type[Model], str], tuple[float, int]] = {}


def staff(access: Access) -> list[Model]:
    """Those who may be seen, by the name to log in with; none where they are too many to choose from or to find."""
    model = get_user_model()
    users = access.staff(model)
    if _length(model, users.db) > LOOKED_AT:
        return []
    found = list(users.order_by(model.USERNAME_FIELD)[: LONGEST_LIST + 1])
    access.remember(found)
    return [] if len(found) > LONGEST_LIST else found


def _length(model: type[Model], using: str) -> int:
    """About how many users there are, asked for once in some minutes."""
    now = time.monotonic()
    at, length = _lengths.get((model, using), (-REMEMBERED, 0))
    if now - at >= REMEMBERED:
        length = estimates.rows(model, using)
        _lengths[model, using] = now, length
    return length
