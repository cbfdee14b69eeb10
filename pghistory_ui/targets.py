"""What the objects of a page point to, for the names that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.models import Model

from pghistory_ui.mirrored import Target, pointers


class Targets(dict[str, Any]):
    """The related objects that an instance keeps: what is missing comes from those that its page fetches together.

    It stands in the place of `instance._state.fields_cache`, so a `__str__` that follows a foreign key causes one query
    for all objects of the page, and one that follows none causes no query. `fetch` gives the objects of a target that
    may be seen, by key; for others Django asks as it always does.
    """

    def __init__(self, instance: Model, fetch: Callable[[Target], dict[Any, Model]]) -> None:
        super().__init__(instance._state.fields_cache)
        self._instance = instance
        self._fetch = fetch

    def __missing__(self, name: str) -> Model:
        held = vars(self._instance)
        for attname, field, target in pointers(type(self._instance)):
            key = held.get(attname) if field.name == name else None
            found = None if key is None else self._fetch(target).get(key)
            if found is not None:
                self[name] = found
                return found
        raise KeyError(name)

    def complete(self) -> None:
        """Fetches what is missing now, where no query may be made later."""
        for _attname, field, _target in pointers(type(self._instance)):
            with suppress(KeyError):
                self[field.name]
