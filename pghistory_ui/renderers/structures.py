"""The renderer of JSON values, arrays and maps: by path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pghistory import diff
from pghistory_ui.renderers.base import Change, Chip, Renderer, Value, shown


@dataclass(frozen=True, slots=True)
class Line:
    """One path, the word for what happened there, and the values that the word needs."""

    word: str
    path: str
    before: Value | None = None
    after: Value | None = None
    kept: str = ""
    place: str = ""
    came_from: str = ""


@dataclass(frozen=True, slots=True)
class Paths:
    """The lines shown, and how many more there are."""

    lines: tuple[Line, ...]
    more: int
    exact: bool


class PathsRenderer(Renderer):
    """Structures by path; a value without structure as a whole."""

    template_name = "pghistory_ui/changes/paths.html"

    def text(self, value: Any) -> str:
        return as_json(value)

    def chip(self, before: Any, after: Any) -> Chip:
        if not _comparable(before, after):
            return super().chip(before, after)
        total = diff.paths(before, after).total
        return Chip(self.name, summary=ngettext("%d key", "%d keys", total) % total)

    def change(self, before: Any, after: Any) -> Change:
        if not _comparable(before, after):
            return super().change(before, after)
        found = diff.paths(before, after)
        lines = tuple(_line(change) for change in found.changes)
        return self._change(self.template_name, body=Paths(lines, found.total - len(lines), found.exact))


def as_json(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _comparable(before: Any, after: Any) -> bool:
    return any(isinstance(before, kind) and isinstance(after, kind) for kind in (dict, list))


def _line(change: diff.PathChange) -> Line:
    before, after = (Value(shown(as_json(side), 400)) for side in (change.before, change.after))
    path = change.path or _("whole value")
    if change.op == "moved":
        ways = f"{change.came_from} → {path}"
        return Line(pgettext("in a list", "moved"), ways, None, None, after.text, path, change.came_from)
    words = {"changed": _("changed"), "added": _("added"), "removed": _("removed")}
    return Line(
        words[change.op],
        path,
        None if change.op == "added" else before,
        None if change.op == "removed" else after,
        place=path,
    )
