"""Event lists in Django's admin, for projects without the browser: the app `pghistory.admin` in INSTALLED_APPS.

`EventsAdmin` lists the events of everything, `EventModelAdmin` is for an event model that a project registers itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pghistory.admin.event_lists import EventModelAdmin, EventsAdmin

__all__ = ["EventModelAdmin", "EventsAdmin"]


def __getattr__(name: str) -> Any:
    """Imported on first use: Django imports this package, as an app, before models may be."""
    if name in __all__:
        return getattr(import_module("pghistory.admin.event_lists"), name)
    raise AttributeError(name)
