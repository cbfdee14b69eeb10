"""What the terms of a search mean to the one who asks: each narrows a timeline, or is refused with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import router
from django.db.models import DateField, Field, Model
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.models import Event
from pghistory.timeline import Timeline
from pghistory.timeline.exclusions import without
from pghistory.timeline.intervals import ORDERED, Interval
from pghistory_ui.grammar import ANYTHING, Term, parse
from pghistory_ui.inputs import InstantField
from pghistory_ui.links import as_key, user_label
from pghistory_ui.permissions import Access
from pghistory_ui.sets import Sets

Narrow = Callable[[Timeline], Timeline]

# So many terms are more than anybody types, and less than a database minds.
MOST_TERMS: Final = 20


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term in words for people, and what it does to a timeline."""

    term: Term
    name: str
    value: str
    narrow: Narrow


def understood(access: Access, text: str) -> list[Meaning]:
    """The meanings of a text's terms; ValidationError for the first one that has none."""
    terms = list(parse(text, access.fields))
    if len(terms) > MOST_TERMS:
        raise ValidationError(_("Write no more than %d terms.") % MOST_TERMS)
    return [_negated(_meaning(access, term)) if term.negated else _meaning(access, term) for term in terms]


def _negated(meaning: Meaning) -> Meaning:
    narrow = meaning.narrow
    value = _("not %s") % meaning.value
    return replace(meaning, value=value, narrow=lambda timeline: without(timeline, narrow(timeline)))


def tracked_model(access: Access, label: str) -> type[Model] | None:
    """The model of a label as "shop.Product", when it is tracked and may be seen."""
    for event_model in access.event_models:
        for model in (event_model.pgh_tracked_model, registry.concrete(event_model.pgh_tracked_model)):
            if model._meta.label == label:
                return model
    return None


def tracked_object(access: Access, text: str) -> Model:
    """An object, living or not, from "shop.Product:118": an instance that has its key only."""
    label, _colon, key = text.partition(":")
    model = tracked_model(access, label)
    value = None if model is None else as_key(model, key)
    if model is None or value is None:
        raise ValidationError(_("Write an object as its model and key: shop.Product:118."))
    return model(pk=value)


def touching(timeline: Timeline, access: Access, name: str) -> Timeline:
    """Events that change a field, of the event models in which it may be seen."""
    return _across(timeline, wanted=access.with_field(name)).touching(name)


def acting(timeline: Timeline, access: Access, actor: str) -> Timeline:
    """Events of an actor, by the key, or by a name that somebody writes."""
    if as_key(get_user_model(), actor) is not None:
        return timeline.by(actor)
    return _named(access, actor)[1](timeline)


def known_field(access: Access, name: str) -> str:
    """A field that some event model in sight mirrors."""
    if name not in access.fields:
        raise ValidationError(_("No tracked model in sight has a field “%s”.") % name)
    return name


def _meaning(access: Access, term: Term) -> Meaning:
    value = term.value
    if term.kind == "change":
        name = known_field(access, term.name)
        before, after = (_side(access, name, side) for side in (term.before, value))
        words = [_in_words(side, meant) for side, meant in ((term.before, before), (value, after))]
        seen = access.with_field(name)
        narrow: Narrow = lambda timeline: _across(timeline, wanted=seen).changed(name, before, after)  # noqa: E731
        return Meaning(term, name, " → ".join(words), narrow)
    if not value:
        raise ValidationError(_("Nothing stands after “%s”.") % term.source)
    if term.kind == "context":
        narrow = _context(term.name, value)
        return Meaning(term, _("Context"), f"{term.name} = {value}", narrow)
    if term.kind == "word":
        return Meaning(term, _("Search"), value, lambda timeline: timeline.searching(value))
    return _FILTERS[term.name](access, term, value)


def _actor(access: Access, term: Term, value: str) -> Meaning:
    label, narrow = _named(access, value)
    return Meaning(term, _("Actor"), label, narrow)


def _named(access: Access, value: str) -> tuple[str, Narrow]:
    """By the name to log in with, by a full name, by the key, else by what the actor was called at the time."""
    users = _users(access, value)
    if len(users) == 1:
        return user_label(users[0]), lambda timeline: timeline.by(users[0].pk)
    if as_key(get_user_model(), value) is not None:
        return value, lambda timeline: timeline.by(value)
    return value, lambda timeline: timeline.named(value)


def _event_model(access: Access, term: Term, value: str) -> Meaning:
    found = registry.named(value)
    if found is None or found not in access.event_models:
        raise ValidationError(_("There is no event model “%s” in sight.") % value)
    return Meaning(term, _("Event model"), found._meta.label, lambda timeline: _across(timeline, wanted=(found,)))


def _field(access: Access, term: Term, value: str) -> Meaning:
    name = known_field(access, value)
    return Meaning(term, _("Changed field"), name, lambda timeline: touching(timeline, access, name))


def _label(access: Access, term: Term, value: str) -> Meaning:
    return Meaning(term, _("Label"), value, lambda timeline: timeline.labelled(value))


def _model(access: Access, term: Term, value: str) -> Meaning:
    """By label, by the name in code, or by the name for people."""
    wanted = value.casefold()
    for model in access.tracked_models:
        options = registry.concrete(model)._meta
        names = (model._meta.label, options.label, options.object_name, options.verbose_name)
        if wanted in (str(name).casefold() for name in names):
            found = access.event_models_of(model)
            return Meaning(term, _("Model"), str(model._meta.verbose_name), partial(_across, wanted=found))
    raise ValidationError(_("There is no tracked model “%s” in sight.") % value)


def _object(access: Access, term: Term, value: str) -> Meaning:
    found = tracked_object(access, value)
    return Meaning(term, _("Object"), value, Sets(access, found).added_to)


def _since(access: Access, term: Term, value: str) -> Meaning:
    at = _instant(value)
    return Meaning(term, _("Since"), value, lambda timeline: timeline.since(at))


def _until(access: Access, term: Term, value: str) -> Meaning:
    at = _instant(value)
    return Meaning(term, _("Until"), value, lambda timeline: timeline.until(at))


def _on(access: Access, term: Term, value: str) -> Meaning:
    """A day, or from one to another, both with it: 2026-11-01, 2026-11-01..2026-11-30, 2026-11-01.., ..2026-11-30."""
    first, dots, last = value.partition("..")
    since = _instant(first) if first else None
    until = _after(last if dots else first) if last or not dots else None
    if since is None and until is None:
        raise ValidationError(_("Nothing stands after “%s”.") % term.source)

    def narrow(timeline: Timeline) -> Timeline:
        narrowed = timeline if since is None else timeline.since(since)
        return narrowed if until is None else narrowed.until(until)

    return Meaning(term, _("On"), value.replace("..", " – "), narrow)


_FILTERS: Final[dict[str, Callable[[Access, Term, str], Meaning]]] = {
    "actor": _actor,
    "event_model": _event_model,
    "field": _field,
    "label": _label,
    "model": _model,
    "obj": _object,
    "on": _on,
    "since": _since,
    "until": _until,
}


def _context(key: str, value: str) -> Narrow:
    return lambda timeline: timeline.where_context(key, value)


def _instant(value: str) -> dt.datetime:
    if ".." in value:
        raise ValidationError(_("Write days from one to another as on:2026-11-01..2026-11-30."))
    found: dt.datetime = InstantField().clean(value)
    return found


def _after(value: str) -> dt.datetime:
    """The instant at which a day, or the minute of a time, is over."""
    length = dt.timedelta(minutes=1) if ":" in value else dt.timedelta(days=1)
    try:
        return _instant(value) + length
    except OverflowError as error:
        raise ValidationError(InstantField.default_error_messages["invalid"]) from error


def _across(timeline: Timeline, *, wanted: tuple[type[Event], ...]) -> Timeline:
    return timeline.across(*(found for found in timeline.event_models if found in wanted))


def _users(access: Access, name: str) -> list[Model]:
    """The users in sight whom a name means: one, or none when it may mean several."""
    model = get_user_model()
    seen = access.visibility(model)
    if not seen.allowed or "\0" in name:
        return []
    attempts = [{f"{model.USERNAME_FIELD}__iexact": name}]
    first, _space, last = name.partition(" ")
    if last and {"first_name", "last_name"} <= {field.name for field in model._meta.concrete_fields}:
        attempts.append({"first_name__iexact": first, "last_name__iexact": last})
    for attempt in attempts:
        found = list(access.viewable_where(model, **attempt)[:2])
        if len(found) == 1:
            return found
    return []


def _side(access: Access, name: str, value: str | None) -> str | Interval | None:
    """What one side of a change means: the stored value of a choice that was written by its label, or an interval."""
    if value is None or value in ("", ANYTHING):
        return value
    for event_model in access.with_field(name):
        for stored, label in choices_of(event_model, name):
            if str(label).casefold() == value.casefold():
                return str(stored)
    return _interval(access, name, value) or value


def _interval(access: Access, name: str, value: str) -> Interval | None:
    """The interval that a value is to a field of numbers, dates or times; to any other field it is a text."""
    found = Interval.read(value)
    event_models = [each for each in access.with_field(name) if isinstance(each._meta.get_field(name), ORDERED)]
    if found is None or not event_models:
        return None
    fields = [(each._meta.get_field(name), router.db_for_read(each)) for each in event_models]
    ends = [each for field, using in fields if (each := found.ends(field, using)) is not None]
    if not ends and ".." in value:
        example = "2026-11-01..2026-11-30" if isinstance(fields[0][0], DateField) else "10..20"
        told = {"name": name, "value": value, "example": example}
        raise ValidationError(_("“%(value)s” cannot be read: write it as %(name)s:%(example)s.") % told)
    if any(low is not None and high is not None and low > high for low, high in ends):
        raise ValidationError(_("“%s” ends before it begins.") % value)
    return found


def _in_words(value: str | None, meant: str | Interval | None) -> str:
    if value is None:
        return _("empty")
    return value.replace("..", " – ") if isinstance(meant, Interval) else value


def choices_of(event_model: type[Event], name: str) -> list[tuple[object, object]]:
    """The stored values of a field's choices, with their labels."""
    try:
        field = event_model._meta.get_field(name)
    except FieldDoesNotExist:
        return []
    return list(field.flatchoices) if isinstance(field, Field) else []
