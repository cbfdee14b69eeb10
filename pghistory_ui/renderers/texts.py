"""The renderer of texts: word by word, long unchanged stretches folded, everything bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import diff
from pghistory_ui.renderers.base import LONGEST_VALUE, Change, Chip, Renderer, shown

WORDS_BESIDE: Final = 8
WORDS_FOLDED: Final = 24
LONGEST_PAIR: Final = 40


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch without change that is shown on demand."""

    words: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of runs, or a fold between two of them."""

    runs: tuple[diff.Run, ...] = ()
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """The blocks of a changed text, and what the page left out; `empty` is the side, "a" or "b", that has no text."""

    blocks: tuple[Block, ...]
    left_out: int
    clipped: bool
    empty: str = ""


class TextRenderer(Renderer):
    """Texts by word; a text of one word, as an address or a code, by whole values."""

    template_name = "pghistory_ui/changes/text.html"

    def text(self, value: Any) -> str:
        return value if isinstance(value, str) else str(value)

    def chip(self, before: Any, after: Any) -> Chip:
        old, new = self._texts(before, after)
        if max(len(old), len(new)) <= LONGEST_PAIR:
            return super().chip(before, after)
        if not old or not new:
            written = _("written") if new else _("emptied")
            return Chip(self.name, summary=written)
        places = diff.words(old, new)
        if places.whole:
            return Chip(self.name, summary=_("rewritten"))
        return Chip(self.name, summary=ngettext("%d place", "%d places", places.changes) % places.changes)

    def change(self, before: Any, after: Any) -> Change:
        old, new = self._texts(before, after)
        both = bool(old and new)
        if (both and not any(char.isspace() for char in old + new)) or (not both and len(old + new) <= LONGEST_PAIR):
            return super().change(before, after)
        return self._change(self.template_name, body=self._body(diff.words(old, new)))

    def _texts(self, before: Any, after: Any) -> tuple[str, str]:
        return "" if before is None else self.text(before), "" if after is None else self.text(after)

    def _body(self, found: diff.TextDiff) -> Text:
        clipped = any(run.op != "same" and len(run.text) > LONGEST_VALUE for run in found.runs)
        only = found.runs[0].op if len(found.runs) == 1 else "same"
        empty = {"added": "a", "removed": "b"}.get(only, "")
        return Text(tuple(_blocks(found)), found.changes - found.shown, clipped, empty)


def _blocks(found: diff.TextDiff) -> Iterator[Block]:
    """Paragraphs with a few words around each change, and folds for the rest."""
    paragraph: list[diff.Run] = []
    last = len(found.runs) - 1
    for position, run in enumerate(found.runs):
        if run.op != "same" or run.words < WORDS_FOLDED:
            paragraph.append(diff.Run(run.op, shown(run.text, LONGEST_VALUE)))
            continue
        head = "" if position == 0 else _beginning(run.text)
        tail = "" if position == last else _ending(run.text)
        middle = run.text[len(head) : len(run.text) - len(tail)]
        if head:
            paragraph.append(diff.Run("same", head if _ends_sentence(head) else f"{head}…"))
        if paragraph:
            yield Block(tuple(paragraph))
        yield Block(fold=Fold(len(middle.split()), shown(middle, LONGEST_VALUE)))
        paragraph = [diff.Run("same", tail if _ends_sentence(middle) else f"… {tail}")] if tail else []
    if paragraph:
        yield Block(tuple(paragraph))


def _beginning(text: str) -> str:
    """The beginning of a text: its first sentences where they are short, else some words."""
    few = text[: len(text) - len(text.split(maxsplit=WORDS_BESIDE)[-1])]
    more = text[: len(text) - len(text.split(maxsplit=2 * WORDS_BESIDE)[-1])]
    sentences = max(more.rfind(". "), more.rfind("\n"))
    return more[: sentences + 1] if sentences > 0 else few


def _ending(text: str) -> str:
    """The end of a text: its last sentence where it is short, else some words."""
    few = text[len(text.rsplit(maxsplit=WORDS_BESIDE)[0]) :].lstrip()
    more = text[len(text.rsplit(maxsplit=2 * WORDS_BESIDE)[0]) :]
    sentences = [place for place in (more.find(". "), more.find("\n")) if 0 <= place < len(more) - 2]
    return more[min(sentences) + 1 :].lstrip() if sentences else few


def _ends_sentence(text: str) -> bool:
    return text.rstrip(" ").endswith((".", "!", "?", "\n"))
