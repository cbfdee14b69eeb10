"""Addresses of one page that differ by a key only: each kind is reversed once, since reversing is slow."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final
from urllib.parse import quote as percent_quoted

from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch
from django.utils.http import RFC3986_SUBDELIMS

# Stands in for a key while a pattern is made; no quoting changes it, and no address holds it by chance.
KEY: Final = "0pgh0key0"


class Addresses:
    """The patterns that one page has needed so far."""

    def __init__(self) -> None:
        self._patterns: dict[Hashable, tuple[str, str, str]] = {}

    def of(self, kind: Hashable, key: Any, make: Callable[[Any], str]) -> str:
        """What `make(key)` gives, which must differ by the key alone within a kind."""
        if kind not in self._patterns:
            self._patterns[kind] = self._pattern(make)
        head, found, tail = self._patterns[kind]
        text = str(quote(key)) if found else ""
        # An address that takes no such word, as one for numbers only, is reversed for each key.
        return f"{head}{percent_quoted(text, safe=f'{RFC3986_SUBDELIMS}/~:@')}{tail}" if text else make(key)

    def _pattern(self, make: Callable[[Any], str]) -> tuple[str, str, str]:
        try:
            return make(KEY).partition(KEY)
        except NoReverseMatch:
            return "", "", ""
