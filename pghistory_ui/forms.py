"""The form that records a manual event, and the one that finds its object."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pghistory import registry
from pghistory_ui.filters import tracked_model
from pghistory_ui.links import as_key
from pghistory_ui.permissions import Access


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
