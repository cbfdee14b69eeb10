"""The one filter grammar: GET parameters as a form, and as a narrower timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.timeline import Timeline
from pghistory_ui import clock
from pghistory_ui.inputs import (
    ChoiceSelect,
    InstantField,
    InstantInput,
    ModelSelect,
    ObjectsInput,
    SearchInput,
    WordInput,
)
from pghistory_ui.links import page_url, user_label
from pghistory_ui.permissions import Access
from pghistory_ui.sets import Sets
from pghistory_ui.staff import staff
from pghistory_ui.terms import Meaning, acting, known_field, touching, tracked_model, tracked_object, understood

__all__ = ["FilterForm", "Pill", "in_words", "tracked_model"]

LONGEST_OBJECT = 500
# So many objects may be looked at together.
MOST_OBJECTS = 50


@dataclass(frozen=True, slots=True)
class Pill:
    """An active filter and the query string without it."""

    name: str
    value: str
    query: str


def in_words(query: str) -> str:
    """A filter of an address as somebody would write it."""
    parts = ((name, value) for name, values in QueryDict(query).lists() for value in values if value)
    return " ".join(value if name == "q" else f"{name}:{value}" for name, value in parts)


class FilterForm(forms.Form):
    """The filter grammar; `fixed` names what the page itself fixes, as the object of a timeline."""

    q = forms.CharField(
        label=gettext_lazy("Search labels, keys and context"), max_length=250, required=False, widget=SearchInput
    )
    model = forms.MultipleChoiceField(label=gettext_lazy("Model"), widget=ModelSelect, required=False)
    actor = forms.CharField(label=gettext_lazy("Actor"), max_length=100, required=False, widget=WordInput)
    since = InstantField(label=gettext_lazy("Since"), widget=InstantInput, required=False)
    until = InstantField(label=gettext_lazy("Until, not included"), widget=InstantInput, required=False)
    label = forms.CharField(label=gettext_lazy("Label"), max_length=200, required=False)
    field = forms.CharField(label=gettext_lazy("Changed field"), max_length=100, required=False, widget=WordInput)
    event_model = forms.ChoiceField(label=gettext_lazy("Event model"), required=False, widget=ChoiceSelect)
    key = forms.CharField(label=gettext_lazy("Context key"), max_length=100, required=False, widget=WordInput)
    value = forms.CharField(label=gettext_lazy("Context value"), max_length=500, required=False, widget=WordInput)
    context = forms.UUIDField(label=gettext_lazy("Request or job, by its id"), required=False, widget=WordInput)
    obj = forms.Field(label=gettext_lazy("Object"), widget=ObjectsInput, required=False)
    after = forms.CharField(label=gettext_lazy("Page"), max_length=500, required=False, widget=forms.HiddenInput)

    main = ("q", "model", "actor", "since")
    more = ("until", "label", "field", "event_model", "key", "value", "obj", "context")

    def __init__(self, data: QueryDict, access: Access, *, fixed: tuple[str, ...] = ()) -> None:
        super().__init__(data, auto_id="pgh-%s")
        self.access = access
        self.query = data
        self.meanings: list[Meaning] = []
        for name in fixed:
            del self.fields[name]
        self._is_furnished = False

    def full_clean(self) -> None:
        """Most pages are asked for without a filter: then nothing is chosen, and nothing is in error."""
        if any(name in self.data for name in self.fields):
            self.furnish()
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}

    def furnish(self) -> None:
        """Gives the fields what there is to choose from, and their looks; a form that is not drawn needs none."""
        if self._is_furnished:
            return
        self._is_furnished = True
        if "model" in self.fields:
            self.fields["model"].choices = [("", _("Any model")), *self._models()]  # type: ignore[attr-defined]
        if "event_model" in self.fields:
            labels = [found._meta.label for found in self.access.event_models]
            self.fields["event_model"].choices = [("", _("Any")), *zip(labels, labels, strict=True)]  # type: ignore[attr-defined]
        self._offer("label", _("Any label"), [(label, label) for label in self._labels()])
        if self.data.get("actor"):
            self.offer_people()
        self.fields["q"].widget.attrs |= {
            "list": "pgh-suggestions",
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": page_url(self.access.site, "suggestions"),
            "hx-trigger": "focus once, input changed delay:250ms",
            "hx-target": "#pgh-suggestions",
        }
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "pgh-input"

    def offer_people(self) -> bool:
        """Makes the actor a choice among those who may log in, where these are few enough; whether they are.

        It asks the database, so a page leaves it to the request for what is beside its events.
        """
        if isinstance(self.fields["actor"].widget, ChoiceSelect):
            return True
        people = [(str(user.pk), user_label(user)) for user in staff(self.access)]
        if people:
            self._offer("actor", _("Anyone"), people)
        return bool(people)

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The fields that are always in sight."""
        self.furnish()
        return [self[name] for name in self.main if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields that open on demand."""
        self.furnish()
        return [self[name] for name in self.more if name in self.fields]

    @property
    def looks(self) -> Hashable | None:
        """What tells the fields of an empty form, once drawn, from those of another; None for one that is not empty."""
        if self.is_active or self.errors or isinstance(self.fields["actor"].widget, ChoiceSelect):
            return None
        # A project may call its models otherwise from one request to the next.
        names = tuple([str(found._meta.verbose_name) for found in self.access.tracked_models])
        suggestions = page_url(self.access.site, "suggestions")
        return self.access.event_models, names, tuple(self.fields), suggestions, get_language()

    @property
    def more_is_open(self) -> bool:
        """Whether one of the further fields is in use or in error."""
        return any(self.errors.get(name) or any(self.query.getlist(name)) for name in self.more if name in self.fields)

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered."""
        return any(any(self.query.getlist(name)) for name in self.fields if name != "after")

    def clean_q(self) -> str:
        """Terms that all have a meaning to the one who asks."""
        text: str = self.cleaned_data["q"]
        self.meanings = understood(self.access, text)
        return text

    def clean_field(self) -> str:
        """A field that some event model in sight mirrors."""
        name: str = self.cleaned_data["field"]
        return known_field(self.access, name) if name else ""

    def clean_obj(self) -> list[Model]:
        """Objects, living or not, as instances that have their key only."""
        texts: list[str] = self.cleaned_data["obj"] or []
        if len(texts) > MOST_OBJECTS:
            raise ValidationError(_("Choose no more than %d objects.") % MOST_OBJECTS)
        return [tracked_object(self.access, text[:LONGEST_OBJECT]) for text in texts]

    def clean(self) -> dict[str, Any]:
        """Key and value belong together; an interval runs forward."""
        cleaned = self.cleaned_data
        if cleaned.get("key") and not cleaned.get("value") and "value" not in self.errors:
            self.add_error("value", _("Say which value the key must have."))
        if cleaned.get("value") and not cleaned.get("key") and "key" not in self.errors:
            self.add_error("key", _("Say which key has this value."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since >= until:
            self.add_error("until", _("This is not after “since”."))
        return cleaned

    def apply(self, timeline: Timeline) -> Timeline:
        """The timeline narrowed to what the form says; the form must be valid."""
        chosen = self.cleaned_data
        models = [tracked_model(self.access, label) for label in chosen.get("model") or ()]
        narrowed = timeline
        if models:
            wanted = [found for model in models if model for found in self.access.event_models_of(model)]
            narrowed = narrowed.across(*(found for found in wanted if found in timeline.event_models))
        if chosen.get("event_model"):
            narrowed = narrowed.across(
                *(found for found in narrowed.event_models if found._meta.label == chosen["event_model"])
            )
        if chosen.get("obj"):
            # What belongs to the sets of several objects would have to be told apart row by row.
            [first, *others] = chosen["obj"]
            narrowed = narrowed.of(first, *others) if others else Sets(self.access, first).added_to(narrowed)
        if chosen.get("context"):
            narrowed = narrowed.in_context(chosen["context"])
        if chosen.get("label"):
            narrowed = narrowed.labelled(chosen["label"])
        if chosen.get("actor"):
            narrowed = acting(narrowed, self.access, chosen["actor"])
        if chosen.get("since"):
            narrowed = narrowed.since(chosen["since"])
        if chosen.get("until"):
            narrowed = narrowed.until(chosen["until"])
        if chosen.get("field"):
            narrowed = touching(narrowed, self.access, chosen["field"])
        if chosen.get("key"):
            narrowed = narrowed.where_context(chosen["key"], chosen["value"])
        for meaning in self.meanings:
            narrowed = meaning.narrow(narrowed)
        return narrowed

    def pills(self) -> Iterator[Pill]:
        """One for each active filter that is valid, and for each term of the search."""
        for meaning in self.meanings:
            others = [other.term.source for other in self.meanings if other is not meaning]
            yield Pill(meaning.name, meaning.value, self._with_q(" ".join(others)))
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if name in ("q", "after", "value") or value in (None, "", []):
                continue
            for shown, rest in self._shown(name, value):
                short = {"key": _("Context"), "context": _("Request or job"), "until": _("Until")}
                yield Pill(short.get(name) or str(self[name].label), shown, rest)

    def _shown(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        if name == "model":
            names = dict(self._models())
            for label in value:
                yield names.get(label, label), self._without({name: label})
        elif name == "obj":
            for text in self.data.getlist(name):  # type: ignore[attr-defined]
                yield text, self._without({name: text})
        elif name == "key":
            yield f"{value} = {self.cleaned_data.get('value')}", self._without({"key": "", "value": ""})
        elif isinstance(value, dt.datetime):
            local = clock.local(value)
            time = "" if local.time() == dt.time.min else f", {local:%H:%M}"
            yield date_format(local, "DATE_FORMAT") + time, self._without({name: ""})
        else:
            choices = dict(getattr(self.fields[name].widget, "choices", ()))
            yield str(choices.get(self.data.get(name), self.data.get(name))), self._without({name: ""})

    def _with_q(self, text: str) -> str:
        query = self.query.copy()
        query.pop("after", None)
        query["q"] = text
        if not text:
            del query["q"]
        return f"?{query.urlencode()}"

    def _without(self, gone: dict[str, str]) -> str:
        """The query string without some parameters, or without one value of a parameter."""
        query = self.query.copy()
        for name in ("after", *gone):
            values = [value for value in query.getlist(name) if gone.get(name) and value != gone[name]]
            query.setlist(name, values)
            if not values:
                query.pop(name, None)
        return f"?{query.urlencode()}"

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        """Choices to pick from; a value that is no choice, as a retired label, stays possible."""
        current = self.data.get(name, "")
        if current and current not in dict(choices):
            choices = [*choices, (current, current)]
        self.fields[name].widget = ChoiceSelect({"class": "pgh-input"}, choices=[("", nothing), *choices])

    def _models(self) -> list[tuple[str, str]]:
        names = [(found._meta.label, str(capfirst(found._meta.verbose_name))) for found in self.access.tracked_models]
        return sorted(names, key=lambda name: name[1].lower())

    def _labels(self) -> list[str]:
        return sorted({label for found in self.access.event_models for label in registry.labels(found)})
