"""What is left of a list's columns, filters and searches where fields may not be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from pghistory.admin.access import ROWS, Viewer


def readable(viewer: Viewer, model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Names of fields, with the prefixes of searches or the classes of filters, that read nothing hidden."""
    return [name for name in names if (path := _path(name)) is None or viewer.may_read(model, path)]


def shown(viewer: Viewer, model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Names of columns that show nothing hidden: out of whole rows, what is hidden is taken one by one."""
    return [name for name in names if name in ROWS or readable(viewer, model, [name])]


def _path(name: Any) -> str | None:
    """The path that a name stands for; None for a filter of its own make, or a function."""
    path = name[0] if isinstance(name, (list, tuple)) else name
    return path.lstrip("^=@") if isinstance(path, str) else None
