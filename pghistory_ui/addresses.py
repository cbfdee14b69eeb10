"""Addresses: reversing is slow, so each is reversed once, and those of a page that differ by a key once for all."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote as percent_quoted
from uuid import UUID

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.translation import get_language

# Stands in for a key while a pattern is made; no quoting changes it, and no address holds it by chance.
KEY: Final = "0pgh0key0"
# Keys that stand in an address as they are.
PLAIN: Final = (int, UUID)


def address(site: AdminSite, name: str, *args: Any) -> str:
    """The address of a page of an admin site, by its name in the site's namespace; raises NoReverseMatch."""
    quoted = tuple(str(quote(arg)) for arg in args)
    place = (settings.ROOT_URLCONF, get_urlconf(), get_script_prefix(), get_language())
    return _reversed(site.name, name, quoted, place)


@lru_cache(maxsize=1_000)
def _reversed(site_name: str, name: str, args: tuple[str, ...], place: tuple[Any, ...]) -> str:
    """`place` is all else that an address depends on."""
    return reverse(f"{site_name}:{name}", args=args, current_app=site_name)


class Addresses:
    """The patterns that one page has needed so far."""

    def __init__(self) -> None:
        self._patterns: dict[Hashable, tuple[str, str, str]] = {}

    def of(self, kind: Hashable, key: Any, make: Callable[[Any], str]) -> str:
        """What `make(key)` gives, which must differ by the key alone within a kind."""
        if kind not in self._patterns:
            self._patterns[kind] = self._pattern(make)
        head, found, tail = self._patterns[kind]
        if found and type(key) in PLAIN:
            return f"{head}{key}{tail}"
        text = str(quote(key)) if found else ""
        # An address that takes no such word, as one for numbers only, is reversed for each key.
        return f"{head}{percent_quoted(text, safe=f'{RFC3986_SUBDELIMS}/~:@')}{tail}" if text else make(key)

    def _pattern(self, make: Callable[[Any], str]) -> tuple[str, str, str]:
        try:
            return make(KEY).partition(KEY)
        except NoReverseMatch:
            return "", "", ""
