"""The forms beside the filter: recording an event by hand, choosing columns, naming a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pghistory import registry
from pghistory.export.cells import COLUMNS
from pghistory_ui.filters import FilterForm, tracked_model
from pghistory_ui.links import as_key
from pghistory_ui.permissions import Access

NAMES: Final = {
    "pgh_created_at": gettext_lazy("When"),
    "pgh_event_model": gettext_lazy("Event model"),
    "pgh_id": gettext_lazy("Number of the event"),
    "pgh_label": gettext_lazy("Label"),
    "pgh_obj_model": gettext_lazy("Model"),
    "pgh_obj_id": gettext_lazy("Key of the object"),
    "object": gettext_lazy("Object"),
    "actor_id": gettext_lazy("Key of the actor"),
    "actor": gettext_lazy("Actor"),
    "url": gettext_lazy("Address of the request"),
    "reason": gettext_lazy("Reason"),
    "changes": gettext_lazy("Changes"),
    "context": gettext_lazy("All of the context"),
}
"""{column of an export: its name for people}"""


PAIRS: Final = 3
"""How many further keys of the context the form of an event takes."""

RESERVED: Final = frozenset({"actor", "method", "reason", "restored", "self", "undone", "url", "user"})
"""The keys of the context that the page of an event sets by itself, or that say what only the package may say."""


class ColumnsForm(forms.Form):
    """Which columns an export has; none chosen are all."""

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=[(column, NAMES[column]) for column in COLUMNS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="pgh-%s")

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen columns in the order of an export; the form must be valid."""
        wanted = self.cleaned_data["columns"]
        return tuple(column for column in COLUMNS if not wanted or column in wanted)


class SavedFilterForm(forms.Form):
    """A name for a filter, and the filter as an address holds it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    query = forms.CharField(max_length=4_000, widget=forms.HiddenInput)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data, auto_id="pgh-saved-%s")
        self.access = access

    def clean_query(self) -> str:
        """A filter that can be applied, and nothing beside it."""
        query = QueryDict(self.cleaned_data["query"].removeprefix("?"), mutable=True)
        form = FilterForm(query, self.access)
        for name, values in list(query.lists()):
            query.setlist(name, [value for value in values if value])
            if name not in form.fields or name == "after" or not query.getlist(name):
                del query[name]
        if not FilterForm(query, self.access).is_valid() or not form.is_active:
            raise ValidationError(_("Only a filter that can be applied can be saved."))
        return query.urlencode()


class RecordForm(forms.Form):
    """The label of the event and why it is recorded."""

    label = forms.ChoiceField(label=gettext_lazy("Label"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("Kept in the context, beside your name and the time."),
        widget=forms.Textarea(attrs={"class": "pgh-input", "rows": 3, "aria-describedby": "pgh-reason-help"}),
    )

    def __init__(self, data: Any, labels: tuple[str, ...]) -> None:
        super().__init__(data, auto_id="pgh-%s", initial={"label": labels[0] if len(labels) == 1 else None})
        self.fields["label"].choices = [(label, label) for label in labels]  # type: ignore[attr-defined]
        for place in range(PAIRS):
            self.fields[f"key-{place}"] = _pair_field(gettext_lazy("Key %d"), place, 60, "pgh-input pgh-input--code")
            self.fields[f"value-{place}"] = _pair_field(gettext_lazy("Value %d"), place, 1_000, "pgh-input")

    @property
    def pairs(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The inputs of further keys of the context, each with that of its value."""
        return ((self[f"key-{place}"], self[f"value-{place}"]) for place in range(PAIRS))

    @property
    def context(self) -> dict[str, str]:
        """The further keys of the context; the form must be valid."""
        pairs = ((self.cleaned_data[f"key-{n}"], self.cleaned_data[f"value-{n}"]) for n in range(PAIRS))
        return {key: value for key, value in pairs if key}

    def clean(self) -> dict[str, Any]:
        """A key is one word, is not one that the page sets itself, and has a value."""
        seen: set[str] = set()
        for place in range(PAIRS):
            key, value = (self.cleaned_data.get(f"{name}-{place}", "") for name in ("key", "value"))
            problem = ""
            if value and not key:
                problem = _("Say which key has this value.")
            elif key and not re.fullmatch(r"[^\W\d][\w.-]*", key):
                problem = _("Write the key as one word, as review_date.")
            elif key and (key in RESERVED or key in seen):
                problem = _("This key is taken.")
            elif key and not value:
                self.add_error(f"value-{place}", _("Say which value the key must have."))
            if problem:
                self.add_error(f"key-{place}", problem)
            seen.add(key)
        return self.cleaned_data


class ObjectForm(forms.Form):
    """Model and key of an object, among the models that take a label by hand."""

    model = forms.ChoiceField(label=gettext_lazy("Model"), widget=forms.Select(attrs={"class": "pgh-input"}))
    pk = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=400,
        help_text=gettext_lazy("The number at the end of the object’s address, as 118."),
        widget=forms.TextInput(attrs={"class": "pgh-input", "aria-describedby": "pgh-pk-help"}),
    )

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data, auto_id="pgh-%s")
        self.access = access
        self.fields["model"].choices = [  # type: ignore[attr-defined]
            (model._meta.label, capfirst(model._meta.verbose_name))
            for model in access.tracked_models
            if registry.manual_labels(model)
        ]

    def clean(self) -> dict[str, Any]:
        """The key is one that the model can have."""
        model = tracked_model(self.access, self.cleaned_data.get("model", ""))
        if model is not None and "pk" in self.cleaned_data and as_key(model, self.cleaned_data["pk"]) is None:
            self.add_error("pk", ValidationError(_("This cannot be a key of the model.")))
        return self.cleaned_data


def _pair_field(words: Any, place: int, longest: int, css_class: str) -> forms.CharField:
    label = words % (place + 1)
    widget = forms.TextInput(attrs={"class": css_class, "aria-label": label, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget)
