"""Instants of one's own: within a test's transaction the clock of the database stands still."""

import datetime as dt
from typing import Any

from pghistory import registry

FIRST = dt.datetime(2001, 5, 1, tzinfo=dt.UTC)


def hour(number: float) -> dt.datetime:
    """The instant so many hours after the first."""
    return FIRST + dt.timedelta(hours=number)


def happened(number: float, *models: Any, using: str = "default") -> dt.datetime:
    """Says that all events of these models that have no hour yet were written in this one."""
    for model in models:
        for event_model in registry.event_models_of(model):
            rows = event_model._base_manager.using(using).filter(pgh_created_at__gt=FIRST + dt.timedelta(days=3650))
            rows.update(pgh_created_at=hour(number))
    return hour(number)
