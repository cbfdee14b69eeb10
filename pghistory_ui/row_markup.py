"""The markup of the rows of a page.

A page has fifty and more of them: put together here, they cost a fifth of what templates would take. How a change of
its own kind is drawn, as one of a long text, stays a template.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pghistory_ui.icons import icon, kind_icon
from pghistory_ui.renderers import Change, markup
from pghistory_ui.rows import Row

OPENING: Final = 'hx-target="find .pgh-change__body" hx-swap="outerHTML"'
"""What a list says to its rows: where that comes which an open row tells."""


class Words(markup.Words):
    """What rows say beside their values, looked up once for a page."""

    __slots__ = ("changes", "event", "marker", "restore", "to_event", "version_a", "version_b", "whole")

    def __init__(self) -> None:
        super().__init__()
        self.changes = f'<span class="pgh-hidden">{escape(_("Changes:"))} </span>'
        self.event = f'<span class="pgh-hidden">{escape(_("Event"))} </span>'
        self.marker = icon("chevron", "small", "pgh-change__marker")
        self.restore = escape(_("Restore…"))
        self.to_event = _("to event %(number)s")
        self.version_a = _("Version A: event %(number)s")
        self.version_b = _("Version B: event %(number)s")
        self.whole = escape(_("All changes of this event"))


def words() -> Words:
    """The words in the reader's language."""
    return _words(get_language())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page around rows says to them.

    `in_object` leaves out the object. `chosen` are the versions that a comparison begins with, where there can be one;
    `current` is the version that the object has now, which needs no restoring.
    """

    in_object: bool = False
    chosen: tuple[str, str] | None = None
    current: str = ""


ALONE: Final = Surroundings()


def row(drawn: Row, words: Words, around: Surroundings = ALONE) -> SafeString:
    """An event as an item of a list."""
    kind = drawn.kind
    parts = [
        '<li class="pgh-event">\n',
        "" if around.chosen is None else _pick(drawn, around.chosen, words),
        f'<span class="pgh-kind pgh-kind--{kind}">{kind_icon(kind)}{_known(drawn.word)}</span>\n',
        "" if around.in_object else _object(drawn),
        _what(drawn, words),
        _end(drawn, around.current, words),
        "\n</li>",
    ]
    return SafeString("".join(parts))


def chips(drawn: Row, used: Words | None = None) -> SafeString:
    """What a closed row tells."""
    said = used or words()
    parts = ['<span class="pgh-chips">']
    if drawn.label:
        parts.append(f'<span class="pgh-label">{escape(drawn.label)}</span> ')
    if drawn.chips:
        parts.append(said.changes)
    for chip in drawn.chips:
        parts += chip.drawn(said), " "
    if drawn.more:
        more = ngettext("and %(more)s more", "and %(more)s more", drawn.more) % {"more": drawn.more}
        parts.append(f'<span class="pgh-chip pgh-chip--more">{escape(more)}</span>')
    if drawn.note:
        parts.append(f'<span class="pgh-quiet">{escape(drawn.note)}</span>')
    parts.append("</span>")
    return SafeString("".join(parts))


def diff(changes: Iterable[Change], drawn: Row, used: Words | None = None) -> SafeString:
    """What an open row tells, field by field."""
    said = used or words()
    fields = "\n".join(
        f'<div class="pgh-diff__field"><dt class="pgh-diff__name">{escape(change.name)}{_blame(change)}</dt>\n'
        f'<dd class="pgh-diff__value">{_change(drawn, change, said)}</dd></div>'
        for change in changes
    )
    return SafeString(f'<dl class="pgh-diff">\n{fields}\n</dl>')


@lru_cache(maxsize=200)
def _words(language: str | None) -> Words:
    return Words()


@lru_cache(maxsize=2_000)
def _known(text: str) -> str:
    """A text of which there are few, as the name of a model, as markup."""
    return escape(text)


def _blame(change: Change) -> str:
    return f' <span class="pgh-diff__blame">{escape(change.blame)}</span>' if change.blame else ""


def _change(drawn: Row, change: Change, words: Words) -> str:
    if not change.template_name:
        return change.drawn(words)
    return get_template(change.template_name).render({"change": change, "row": drawn})


def _pick(drawn: Row, chosen: tuple[str, str], words: Words) -> str:
    """The dots that choose the row as one of two versions."""
    if drawn.is_set:
        return '<div class="pgh-event__pick"></div>\n'
    names = {"number": drawn.entry.id}
    own = drawn.version
    dots = "".join(
        f'<label><input class="pgh-tick" type="radio" name="{side}" value="{escape(own)}"'
        f"{' checked' if own == version else ''}>"
        f'<span class="pgh-hidden">{escape(word % names)}</span></label>'
        for side, version, word in zip("ab", chosen, (words.version_a, words.version_b), strict=True)
    )
    return f'<div class="pgh-event__pick">{dots}</div>\n'


def _object(drawn: Row) -> str:
    label, url = escape(drawn.object.label), escape(drawn.object.url)
    name = f'<a href="{url}">{label}</a>' if url else label
    return f'<div class="pgh-event__object"><span class="pgh-event__model">{_known(drawn.model)}</span> {name}</div>\n'


def _what(drawn: Row, words: Words) -> str:
    closed = chips(drawn, words)
    summary = f"<summary>{words.marker}{closed}</summary>"
    if drawn.changes:
        opened = diff(drawn.changes, drawn, words)
        return f'<details class="pgh-event__what pgh-change">\n{summary}\n{opened}\n</details>\n'
    if drawn.changes_url:
        return (
            f'<details class="pgh-event__what pgh-change" hx-get="{escape(drawn.changes_url)}" '
            f'hx-trigger="toggle once">\n{summary}\n'
            f'<p class="pgh-change__body"><a href="{escape(drawn.url)}">{words.whole}</a></p>\n</details>\n'
        )
    return f'<div class="pgh-event__what">{closed}</div>\n'


def _end(drawn: Row, current: str, words: Words) -> str:
    """The way to the event, and to restoring it."""
    number = drawn.entry.id
    link = f'<a class="pgh-event__id" href="{escape(drawn.url)}">{words.event}#{number}</a>'
    if not drawn.restore_url or drawn.version == current:
        return link
    which = escape(words.to_event % {"number": number})
    told = f'{words.restore}<span class="pgh-hidden"> {which}</span>'
    restore = f'<a class="pgh-event__restore" href="{escape(drawn.restore_url)}">{told}</a>'
    return f'<span class="pgh-event__end">{restore} {link}</span>'
