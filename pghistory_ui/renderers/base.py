"""What a renderer gives to the templates, and the plain renderer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import Field
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory_ui.links import Links
from pghistory_ui.renderers import markup

LONGEST_CHIP: Final = 60
LONGEST_VALUE: Final = 2_000
SIDE_TEMPLATE: Final = "pghistory_ui/changes/pair_side.html"


# A page makes a thousand of these: frozen, each would take five times as long to make.
@dataclass(slots=True)
class Value:
    """One value in words; `empty` marks the words that stand for nothing at all, `is_image` what `url` shows."""

    text: str
    url: str = ""
    empty: bool = False
    is_image: bool = False

    @property
    def html(self) -> SafeString:
        """The value as markup."""
        return markup.single(self)


@dataclass(slots=True)
class Chip:
    """A change in a closed row: what was and what is, or, where that is too long, a summary.

    Both are a few words, or a Value, as one that stands for nothing; None where there was, or is, no row.
    """

    field: str
    before: str | Value | None = None
    after: str | Value | None = None
    summary: str = ""

    def drawn(self, words: markup.Words) -> SafeString:
        """The chip as markup, by the words of a page that draws many."""
        return markup.chip(self, words)


@dataclass(slots=True)
class Change:
    """A field of an open row; `before` or `after` is None when there is only one state, `body` is the template's own.

    `blame` says who had set what was there before.

    `field` is the field's name in code, `name` the one for people; without a `template_name` it is drawn as a pair, or
    as the one value that there is.
    """

    field: str
    name: str
    template_name: str = ""
    before: Value | None = None
    after: Value | None = None
    note: str = ""
    body: Any = None
    blame: str = ""

    @property
    def html(self) -> SafeString:
        """The pair, or the value that there is, as markup."""
        return self.drawn(markup.Words())

    def drawn(self, words: markup.Words) -> SafeString:
        """The same by the words of a page that draws many."""
        if self.before is None or self.after is None:
            return markup.single(self.after or self.before, self.note)
        return markup.pair(self.before, self.after, self.note, words)

    @property
    def side_templates(self) -> tuple[str, ...]:
        """The templates for one of two columns, the first that there is: `text_side.html` beside `text.html`."""
        own = (self.template_name.replace(".html", "_side.html"),) if self.template_name else ()
        return (*own, SIDE_TEMPLATE)


class Renderer:
    """Draws a field's values as plain text; subclasses say how their kind of field differs."""

    template_name = ""
    notes_one = False
    """Whether a note may be about one value alone, beside nothing."""

    def __init__(self, name: str, field: Field[Any, Any] | None, links: Links) -> None:
        self.key = name
        self.field = field
        self.links = links
        self.name = str(getattr(field, "verbose_name", name.replace("_", " ")))
        self.title = str(capfirst(self.name))
        self._has_own_values = type(self).value is not Renderer.value
        self.sets_itself = any(getattr(field, each, False) for each in ("auto_now", "auto_now_add", "primary_key"))

    def text(self, value: Any) -> str:
        """A value that is neither None nor an empty text, in words."""
        return str(value)

    def url(self, value: Any) -> str:
        """The page of a value, or ""."""
        return ""

    def brief(self, value: Any) -> str:
        """A value that is neither None nor an empty text, in the few words that fit a chip."""
        return self.text(value)

    def note(self, before: Any, after: Any) -> str:
        """What a reader would otherwise work out, as the difference of two numbers."""
        return ""

    def value(self, value: Any) -> Value:
        """A value as it is shown, cut at a length that a page can carry."""
        if value is None:
            return self._nothing
        if value == "":
            return Value(_("empty text"), empty=True)
        return Value(shown(self.text(value), LONGEST_VALUE), self.url(value))

    def chip(self, before: Any, after: Any) -> Chip:
        """The change in a closed row."""
        return Chip(self.name, self._brief(before), self._brief(after))

    def only_chip(self, value: Any, *, gone: bool) -> Chip:
        """A value in a closed row of something that came or went as a whole."""
        brief = self._brief(value)
        return Chip(self.name, brief, None) if gone else Chip(self.name, None, brief)

    def change(self, before: Any, after: Any) -> Change:
        """The change in an open row."""
        old, new = self.value(before), self.value(after)
        note = self.note(before, after) if self.notes_one or not (old.empty or new.empty) else ""
        return self._change("", old, new, note)

    def state(self, value: Any) -> Change:
        """A value that did not change, or has nothing to be compared with."""
        return self._change("", after=self.value(value))

    @cached_property
    def _nothing(self) -> Value:
        return Value(_("empty"), empty=True)

    def _brief(self, value: Any) -> str | Value:
        if value is None or value == "" or self._has_own_values:
            full = self.value(value)
            if full.empty:
                return full
        text = self.brief(value)
        return text if len(text) <= LONGEST_CHIP else shown(text, LONGEST_CHIP)

    def _change(self, template_name: str, *values: Any, **named: Any) -> Change:
        return Change(self.key, self.title, template_name, *values, **named)


def shown(text: str, length: int) -> str:
    """A text cut at a length; slicing, since a Truncator reads all of a text of any size."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
