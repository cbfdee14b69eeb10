"""The markup of the fields of a filter."""

from __future__ import annotations

from collections.abc import Hashable
from html import escape
from typing import Final, Literal

from django.forms import BoundField
from django.utils.safestring import SafeString

from pghistory_ui.filters import FilterForm
from pghistory_ui.icons import icon

KEPT: Final = 500

_empty: dict[tuple[Hashable, str], SafeString] = {}


def fields(form: FilterForm, group: Literal["main", "more"]) -> SafeString:
    """The fields of a group side by side; those of an empty form are drawn once for all who see the same."""
    looks = form.looks
    if looks is None:
        return _side_by_side(form, group)
    drawn = _empty.get((looks, group))
    if drawn is None:
        drawn = _side_by_side(form, group)
        if len(_empty) >= KEPT:
            _empty.clear()
        _empty[looks, group] = drawn
    return drawn


def field(shown: BoundField, *, swapped: bool = False) -> SafeString:
    """A field with its label and what is wrong with it; `swapped` puts it, by htmx, in the place of what is there."""
    own = shown.auto_id
    swap = ' hx-swap-oob="true"' if swapped else ""
    error = ""
    if shown.errors:
        shown.field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{own}-error"}
        words = f"{icon('failed', 'small')}{escape(str(shown.errors[0]))}"
        error = f'\n<p class="pgh-form__error" id="{own}-error">{words}</p>\n'
    label = f'<label class="pgh-filter__label" for="{own}">{escape(str(shown.label))}</label>'
    return SafeString(f'<div id="pgh-field-{shown.name}"{swap}>{label}{shown.as_widget()}{error}</div>')


def _side_by_side(form: FilterForm, group: Literal["main", "more"]) -> SafeString:
    shown = form.main_fields if group == "main" else form.more_fields
    return SafeString("\n".join(field(each) for each in shown))
