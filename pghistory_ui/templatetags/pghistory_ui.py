"""What the templates need besides values: icons, line breaks in addresses, and the timeline on an admin's own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.admin.sites import all_sites
from django.db.models import Model
from django.template import Context
from django.template.loader import get_template
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language

from pghistory_ui import card_markup, clock, config, filter_markup, row_markup
from pghistory_ui.cards import day_title
from pghistory_ui.icons import icon, kind_icon
from pghistory_ui.permissions import Access
from pghistory_ui.rows import Day, Row
from pghistory_ui.views.as_of import FieldThen, last_setters
from pghistory_ui.views.frame import Tab
from pghistory_ui.views.object import ObjectPage, object_page

register = template.Library()

register.simple_tag(icon, name="pgh_icon")
register.simple_tag(kind_icon, name="pgh_kind_icon")
register.simple_tag(card_markup.actor, name="pgh_actor")
register.simple_tag(card_markup.avatar, name="pgh_avatar")
register.filter(card_markup.breaks)
register.simple_tag(filter_markup.field, name="pgh_filter_field")
register.simple_tag(filter_markup.fields, name="pgh_filter_fields")
register.simple_tag(row_markup.chips, name="pgh_chips")
register.simple_tag(row_markup.diff, name="pgh_diff")
register.simple_tag(config.skin, name="pgh_skin")


@register.simple_tag
def pgh_constant(name: str) -> SafeString:
    """A template that says the same to all who read a language: it is rendered once for each."""
    return _constant(name, get_language())


@lru_cache(maxsize=200)
def _constant(name: str, language: str | None) -> SafeString:
    return SafeString(get_template(name).render())


@register.simple_tag
def pgh_rows(rows: Iterable[Row]) -> SafeString:
    """A list of events beside which nothing is chosen."""
    words = row_markup.words()
    drawn = "\n".join(row_markup.row(row, words) for row in rows)
    return mark_safe(f'<ul class="pgh-events" {row_markup.OPENING}>\n{drawn}\n</ul>')


@register.simple_tag(takes_context=True)
def pgh_days(context: Context, days: Iterable[Day], *, in_object: bool = False) -> SafeString:
    """The days of a page with their cards, as the page that they stand on wants them."""
    page = context.get("page")
    around = row_markup.Surroundings(in_object, getattr(page, "chosen", None), getattr(page, "current", ""))
    words = row_markup.words()
    drawn = (card_markup.day(day, words, around) for day in days)
    return mark_safe("\n".join(drawn))


@register.filter
def sentence(text: object) -> str:
    """A text that begins with a capital letter."""
    return str(capfirst(str(text)))


@register.filter
def grouped(number: int) -> str:
    """A number with the reader's separators."""
    return number_format(number, force_grouping=True)


@register.filter
def day_and_time(instant: dt.datetime) -> str:
    """A time today or yesterday in words, else its date, with the minute."""
    local = clock.local(instant)
    today = clock.today()
    title, _rest = day_title(local.date(), today)
    near = (today - local.date()).days in (0, 1)
    return f"{title if near else date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"


@register.simple_tag(takes_context=True)
def pgh_object_page(context: Context, found: Model) -> ObjectPage:
    """The timeline of an object on its admin's History page, with Django's own log in a tab beside it."""
    request = context["request"]
    site = next(site for site in all_sites if site.name == request.current_app)
    return object_page(request, Access.of(request, site), type(found), found)


@register.simple_tag(takes_context=True)
def pgh_last_set(context: Context, found: Model) -> tuple[FieldThen, ...]:
    """The fields of an object on its change form, each with who last set it."""
    request = context["request"]
    site = next(site for site in all_sites if site.name == request.current_app)
    return last_setters(Access.of(request, site), found)


@register.simple_tag(takes_context=True)
def pgh_object_tabs(context: Context, page: ObjectPage) -> tuple[Tab, ...]:
    """The two histories of an object, where Django keeps one too."""
    log: Any = context.get("action_list")
    shows_log = log is not None and context["request"].GET.get("tab") == "log"
    return page.histories(shows_log=shows_log, entries=None if log is None else log.paginator.count)
