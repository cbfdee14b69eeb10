"""The markup of the days of a page, and in them of its cards: who, by what and when, above the rows."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pghistory_ui import row_markup
from pghistory_ui.icons import icon
from pghistory_ui.rows import Card, Day

_OPTION: Final = re.compile(r"(?<= )--?\w\S*")


def day(drawn: Day, words: row_markup.Words, around: row_markup.Surroundings) -> SafeString:
    """A day with its cards; one that the page before ended in has its title for screen readers only."""
    section, title = ("pgh-day pgh-day--continued", " pgh-hidden") if drawn.continued else ("pgh-day", "")
    cards = [card(each, words, around) for each in drawn.cards]
    parts = [
        f'<section class="{section}">\n<h2 class="pgh-day__title{title}">{escape(drawn.title)} ',
        f'<span class="pgh-day__note">{escape(drawn.note)}</span></h2>\n',
        "\n".join(cards),
        "\n</section>",
    ]
    return SafeString("".join(parts))


def card(drawn: Card, words: row_markup.Words, around: row_markup.Surroundings) -> SafeString:
    """A request or job with its events."""
    key = escape(drawn.key)
    kind = " pgh-events--object" if around.chosen else " pgh-events--own" if around.in_object else ""
    rows = [row_markup.row(row, words, around) for row in drawn.rows]
    parts = [
        f'<article class="pgh-card" aria-labelledby="pgh-card-{key}">\n',
        f'<div class="pgh-card__head">{avatar(drawn)}\n',
        f'<h3 class="pgh-card__title" id="pgh-card-{key}">{actor(drawn)}\n{_source(drawn)}</h3>\n',
        f'<p class="pgh-card__when"><time datetime="{drawn.at.isoformat()}">{drawn.at:%H:%M}</time>',
        f' <span class="pgh-card__ago">{escape(drawn.ago)}</span></p>\n' if drawn.ago else "</p>\n",
        f'<p class="pgh-card__reason">{escape(drawn.reason)}</p>' if drawn.reason else "",
        f'</div>\n<ul class="pgh-events{kind}" {row_markup.OPENING}>\n',
        "\n".join(rows),
        "\n</ul>\n</article>",
    ]
    return SafeString("".join(parts))


def avatar(drawn: Card) -> SafeString:
    """The initials of the actor, or an icon."""
    gone = "" if drawn.actor and drawn.actor.known else " pgh-avatar--gone"
    if drawn.is_job:
        sign: str = icon("job", "small")
    else:
        sign = escape(drawn.initials) or icon("actor" if drawn.actor else "unknown", "small")
    return SafeString(f'<span class="pgh-avatar{gone}" aria-hidden="true">{sign}</span>')


def actor(drawn: Card) -> SafeString:
    """Who it was."""
    if drawn.actor is None:
        nobody = _("System") if drawn.is_job else _("Nobody logged in") if drawn.has_context else _("No context")
        return SafeString(f'<span class="pgh-card__actor">{escape(nobody)}</span>')
    label, url = escape(drawn.actor.label), escape(drawn.actor.url)
    name = (
        f'<a class="pgh-card__actor" href="{url}">{label}</a>'
        if url
        else f'<span class="pgh-card__actor">{label}</span>'
    )
    notes = [_("as a job") if drawn.is_job else "", drawn.actor.note]
    return SafeString(name + "".join(f' <span class="pgh-quiet">{escape(note)}</span>' for note in notes if note))


def breaks(address: object) -> SafeString:
    """An address that may be broken after each slash and dot, or a command that may be before each option."""
    text = re.sub(r"([/.])(?=.)", r"\1<wbr>", conditional_escape(str(address)))
    return SafeString(_OPTION.sub(r'<span class="pgh-option">\g<0></span>', text) if " -" in text else text)


def _source(drawn: Card) -> str:
    """By what, with the way to all that it did."""
    words = breaks(drawn.source) if drawn.source else escape(_("without a source"))
    if drawn.url:
        return f'<a class="pgh-card__source" href="{escape(drawn.url)}">{words}</a>'
    if not drawn.source and drawn.has_context:
        return ""
    outside = escape(_("written outside a tracked request or job"))
    return f'<span class="pgh-card__source">{words if drawn.source else outside}</span>'
