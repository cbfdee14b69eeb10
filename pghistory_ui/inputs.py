"""The fields and widgets of the filter form."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
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


class WordInput(forms.TextInput):
    """An input for a word or two.

    The widgets of the filter put themselves together: twelve of them as templates would take a tenth of a page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The markup of Django's own template."""
        kept = {} if value in (None, "") else {"value": self.format_value(value)}
        drawn = {"type": self.kind(value), "name": name, **kept, **self.build_attrs(self.attrs, attrs)}
        return SafeString(f"<input{_attributes(drawn)}>")

    def kind(self, value: Any) -> str:
        """The type of the input that fits a value."""
        return self.input_type


class ChoiceSelect(forms.Select):
    """A list to choose one of."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The markup of Django's own template, of choices without groups."""
        chosen = {"" if each is None else str(each) for each in (value if isinstance(value, list) else [value])}
        options = "".join(_option(str(key), str(label), selected=str(key) in chosen) for key, label in self.choices)
        drawn = {"name": name, "multiple": len(chosen) > 1, **self.build_attrs(self.attrs, attrs)}
        return SafeString(f"<select{_attributes(drawn)}>{options}\n</select>")


class InstantInput(WordInput):
    """A browser's date input, or one for a text when the value has a time."""

    def kind(self, value: Any) -> str:
        """The type by the value, which is as it was written."""
        return "date" if value in (None, "") or parse_date_safely(str(value)) else "text"


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
    """A select of which several values may come by the address: then it shows them all, in a list of several rows."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All values of the name."""
        return [value for value in data.getlist(name) if value]


def _option(key: str, label: str, *, selected: bool) -> str:
    attributes = _attributes({"value": key, "selected": selected})
    return f"\n  <option{attributes}>{escape(label)}</option>"


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )


def parse_date_safely(text: str) -> dt.date | None:
    """A date, or None also for a day that does not exist."""
    try:
        return parse_date(text)
    except ValueError:
        return None
