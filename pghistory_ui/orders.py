"""The form of a backfill, and what its job shows."""

from __future__ import annotations

import shlex
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pghistory import backfill, errors, registry
from pghistory.visibility import has_object
from pghistory_ui.permissions import Access

NOW = ""


class ModelForm(forms.Form):
    """Which model, among those that may be backfilled."""

    model = forms.ChoiceField(label=gettext_lazy("Model"), widget=forms.Select(attrs={"class": "pgh-input"}))

    def __init__(self, data: Any, models: list[type[Model]]) -> None:
        super().__init__(data, auto_id="pgh-%s")
        self.fields["model"].choices = [  # type: ignore[attr-defined]
            (model._meta.label, capfirst(model._meta.verbose_name)) for model in models
        ]


class BackfillForm(forms.Form):
    """Under which label, of which rows, with which time, how fast and why."""

    label = forms.ChoiceField(label=gettext_lazy("Label"), widget=forms.Select(attrs={"class": "pgh-input"}))
    filter = forms.CharField(
        label=gettext_lazy("Only where"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy(
            "Field look-ups joined by &, as in status=published&stock__gt=3. Empty means every row."
        ),
        widget=forms.TextInput(attrs={"class": "pgh-input pgh-input--code", "aria-describedby": "pgh-filter-help"}),
    )
    time = forms.ChoiceField(
        label=gettext_lazy("Time of the events"), required=False, widget=forms.RadioSelect, initial=NOW
    )
    throttle = forms.IntegerField(
        label=gettext_lazy("At most"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        help_text=gettext_lazy("Events a second. Empty means as fast as the database takes them."),
        widget=forms.NumberInput(attrs={"class": "pgh-input", "aria-describedby": "pgh-throttle-help"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("Kept in the context of the events, beside your name."),
        widget=forms.TextInput(attrs={"class": "pgh-input", "aria-describedby": "pgh-reason-help"}),
    )

    def __init__(self, data: Any, access: Access, model: type[Model]) -> None:
        super().__init__(data, auto_id="pgh-%s")
        self.access = access
        self.model = model
        self.fields["label"].choices = [(label, label) for label in labels(model)]  # type: ignore[attr-defined]
        hidden = hidden_fields(access, model)
        dates = [(name, name) for name in backfill.date_fields(model) if name not in hidden]
        self.fields["time"].choices = [(NOW, _("Now")), *dates]  # type: ignore[attr-defined]

    def clean_filter(self) -> str:
        """The look-ups, none of which asks for more than the reader may see."""
        text: str = self.cleaned_data["filter"].strip()
        try:
            looked_up = backfill.lookups(text)
        except errors.InvalidObjects as error:
            raise ValidationError(str(error)) from error
        for lookup, value in looked_up.items():
            if not self._is_allowed(lookup, value):
                raise ValidationError(_("You may not look up “%s”.") % lookup)
        return text

    def clean(self) -> dict[str, Any]:
        """The backfill can be planned."""
        if not self.errors:
            try:
                self.plan()
            except errors.PghistoryError as error:
                self.add_error("filter", ValidationError(str(error)))
        return self.cleaned_data

    def plan(self) -> backfill.Plan:
        """The backfill of the rows that the reader may see."""
        given = self.cleaned_data
        seen = self.access.visibility(self.model)
        return backfill.plan(
            self.model,
            label=given["label"],
            objects=seen.rows if seen.restricted else None,
            where=backfill.lookups(given["filter"]),
            time=given["time"] or None,
        )

    def arguments(self) -> dict[str, Any]:
        """What the job is given."""
        given = self.cleaned_data
        return {
            "model": self.model._meta.label,
            "label": given["label"],
            "filter": given["filter"],
            "time": given["time"] or None,
            "throttle": given["throttle"],
            "site": self.access.site.name,
        }

    def command(self) -> str:
        """The command that does the same."""
        given = self.cleaned_data
        words = ["python", "manage.py", "pghistory", "backfill", self.model._meta.label]
        named = [name for name in ("label", "filter", "time", "throttle", "reason") if given.get(name)]
        return shlex.join([*words, *(f"--{name}={given[name]}" for name in named)])

    def _is_allowed(self, lookup: str, value: Any) -> bool:
        """What the ModelAdmin lets a change list be filtered by; without one, the model's own columns."""
        admin: Any = self.access.model_admin(self.model)
        first, *rest = lookup.split("__")
        if first in hidden_fields(self.access, self.model):
            return False
        if admin is not None:
            return bool(admin.lookup_allowed(lookup, value, self.access.request))
        if first == "pk":
            return True
        try:
            field = self.model._meta.get_field(first)
        except FieldDoesNotExist:
            return False
        return not field.is_relation or not rest


def labels(model: type[Model]) -> list[str]:
    """The labels that can be backfilled, the usual one first."""
    event_models = [found for found in registry.declared_event_models(model) if has_object(found)]
    found = [label for event_model in event_models for label in registry.labels(event_model)]
    usual = backfill.insert_label(model)
    return sorted(dict.fromkeys(found), key=lambda label: label != usual)


def hidden_fields(access: Access, model: type[Model]) -> frozenset[str]:
    """The fields of a model, and their columns, that are withheld from the one who asks."""
    names = {name for found in registry.event_models_of(model) for name in access.hidden_fields(found)}
    columns = {field.attname for field in model._meta.concrete_fields if field.name in names}
    return frozenset(names | columns)
