"""The history browser: every page of it lives inside the Django admin.

`register(site)` mounts it on an AdminSite of your own; on the default site it mounts itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pghistory_ui.admin import HistoryAdminMixin, register

__all__ = ["HistoryAdminMixin", "register"]


def __getattr__(name: str) -> Any:
    """Imported on first use: Django imports this package before models may be."""
    if name in __all__:
        return getattr(import_module("pghistory_ui.admin"), name)
    raise AttributeError(name)
