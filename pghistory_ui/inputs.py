"""The fields and widgets of the filter form."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import conditional_escape as escape
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

AROUND: Final = dt.timedelta(days=366)
"""How far from both ends of the calendar an instant stays."""


class InstantField(forms.Field):
    """An ISO date (its first instant in the reader's zone) or an ISO datetime."""

    default_error_messages = {
        "invalid": gettext_lazy("Write a date as 2026-11-23, or a date and time as 2026-11-23T14:30.")
    }

    def to_python(self, value: Any) -> dt.datetime | None:
        """The instant, with a zone."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            day = parse_date(text)
            instant = dt.datetime.combine(day, dt.time.min) if day else parse_datetime(text)
            if instant is None:
                raise ValueError(text)
            aware = instant if timezone.is_aware(instant) else timezone.make_aware(instant)
            utc = aware.astimezone(dt.UTC)
            # Pages show the instant in another zone, and days before and after it.
            _ = utc - AROUND, utc + AROUND
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return aware


class Drawn(forms.Widget):
    """A widget of the filter, put together here: twelve of them as templates would take a tenth of a page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The markup of Django's own templates for an input, or for a list to choose from."""
        widget = self.get_context(name, value, attrs)["widget"]
        if "optgroups" not in widget:
            kept = {} if widget["value"] is None else {"value": widget["value"]}
            drawn = {"type": widget["type"], "name": widget["name"], **kept, **widget["attrs"]}
            return SafeString(f"<input{_attributes(drawn)}>")
        options = "".join(_option(option) for _group, found, _place in widget["optgroups"] for option in found)
        return SafeString(f"<select{_attributes({'name': widget['name'], **widget['attrs']})}>{options}\n</select>")


def _option(option: dict[str, Any]) -> str:
    attributes = _attributes({"value": option["value"], **option["attrs"]})
    return f"\n  <option{attributes}>{escape(option['label'])}</option>"


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


class WordInput(Drawn, forms.TextInput):
    """An input for a word or two."""


class ChoiceSelect(Drawn, forms.Select):
    """A list to choose one of."""


class InstantInput(Drawn, forms.DateInput):
    """A browser's date input, or its date and time input when the value has a time."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Context of the template, with the input's type by its value."""
        context = super().get_context(name, value, attrs)
        text = str(value or "")
        context["widget"]["type"] = "date" if not text or parse_date_safely(text) else "text"
        return context


class SearchInput(WordInput):
    """A browser's search input, which can be emptied by one key."""

    input_type = "search"


class ObjectsInput(WordInput):
    """An input for one object; of several that come by the address, the others stay beside it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All values of the name."""
        return [value for value in data.getlist(name) if value]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input of the first value, and the others hidden."""
        values = value if isinstance(value, list) else [value]
        hidden = '<input type="hidden" name="{}" value="{}">'
        others = format_html_join("", hidden, ((name, each) for each in values[1:]))
        return super().render(name, values[0] if values else None, attrs, renderer) + others


class ModelSelect(ChoiceSelect):
    """A select of which several values may come by the address: then it shows them all."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All values of the name."""
        return [value for value in data.getlist(name) if value]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Context of the template; with several values, a list of several rows."""
        chosen = value if isinstance(value, list) else [value]
        self.allow_multiple_selected = len(chosen) > 1
        context = super().get_context(name, chosen, attrs)
        if self.allow_multiple_selected:
            context["widget"]["attrs"]["multiple"] = True
        return context


def parse_date_safely(text: str) -> dt.date | None:
    """A date, or None also for a day that does not exist."""
    try:
        return parse_date(text)
    except ValueError:
        return None
