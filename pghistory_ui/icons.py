"""The icons of the sprite as markup."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

DIRECTIONAL: Final = frozenset({"arrow", "chevron"})
KINDS: Final = frozenset({"insert", "update", "delete", "manual", "restore"})


@lru_cache(maxsize=500)
def icon(name: str, size: str = "", extra: str = "") -> SafeString:
    """An icon of the sprite; those that point somewhere turn round in right-to-left pages."""
    classes = ["pgh-icon"]
    classes += [extra] if extra else []
    classes += ["pgh-icon--small"] if size == "small" else []
    classes += ["pgh-icon--directional"] if name in DIRECTIONAL else []
    return format_html(
        '<svg class="{}" aria-hidden="true" viewBox="0 0 16 16"><use href="#pgh-i-{}"/></svg>', " ".join(classes), name
    )


def kind_icon(kind: str, size: str = "") -> SafeString:
    """The icon of a kind of event."""
    return icon(kind if kind in KINDS else "unknown", size)
