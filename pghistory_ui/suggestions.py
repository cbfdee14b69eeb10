"""What the search field offers while somebody writes: only what the one who asks may see, at a bounded cost.

Labels, models and fields are known to the code, actors are a short query; keys and values of contexts are those of the
newest events, which an index finds however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Q

from pghistory import registry
from pghistory_ui.cards import text_of
from pghistory_ui.grammar import NAMES, quoted
from pghistory_ui.ledger import viewable
from pghistory_ui.permissions import Access
from pghistory_ui.rows import metadata_of
from pghistory_ui.terms import choices_of

OFFERED: Final = 12
NEWEST: Final = 50
LONGEST: Final = 60


def suggestions(access: Access, text: str) -> list[str]:
    """Whole texts for the field, each with its last term completed."""
    if text.count('"') % 2 or "\0" in text:
        return []
    head, last = text[: len(text) - len(text.split(" ")[-1])], text.split(" ")[-1]
    if last[:1] == "-" and len(last) > 1:
        head, last = f"{head}-", last[1:]
    found = (offer for offer in _terms(access, last) if offer != last)
    return [f"{head}{offer}" for offer in islice(dict.fromkeys(found), OFFERED)]


def _terms(access: Access, last: str) -> Iterator[str]:
    name, colon, rest = last.partition(":")
    key, equals, value = last.partition("=")
    if colon and name in ("actor", "field", "label", "model", "event_model"):
        values = {"actor": _actors, "label": _labels, "field": _fields, "model": _models, "event_model": _event_models}
        yield from (f"{name}:{quoted(offer)}" for offer in _holding(values[name](access, rest), rest))
    elif colon and name in access.fields:
        yield from (f"{name}:{offer}" for offer in _transitions(access, name, rest))
    elif equals and key:
        yield from (f"{key}={quoted(offer)}" for offer in _holding(_values(access, key), value))
    elif not colon:
        yield from (f"{offer}:" for offer in _beginning(NAMES, last))
        yield from (f"{offer}=" for offer in _beginning(_keys(access), last))
        yield from (f"{offer}:" for offer in _beginning(sorted(access.fields), last) if last)
        yield from (f"label:{quoted(offer)}" for offer in _beginning(_labels(access, last), last) if last)
        yield from (f"model:{offer}" for offer in _beginning(_models(access, last), last) if last)


def _transitions(access: Access, name: str, rest: str) -> Iterator[str]:
    choices = _choices(access, name)
    before, arrow, after = rest.partition("→") if "→" in rest else rest.partition("->")
    if arrow:
        yield from (f"{before}{arrow}{quoted(offer)}" for offer in _holding(choices, after))
        return
    yield from (f"{offer}→" for offer in _holding(["*"], before))
    yield from (f"*→{quoted(offer)}" for offer in _holding(choices, before.removeprefix("*")))
    yield from (f"{quoted(offer)}→" for offer in _holding(choices, before))


def _actors(access: Access, text: str) -> list[str]:
    model = get_user_model()
    name = model.USERNAME_FIELD
    names = {field.name for field in model._meta.concrete_fields} & {"first_name", "last_name", name}
    called = Q()
    for field in names:
        called |= Q(**{f"{field}__istartswith": text})
    rows = access.staff(model).filter(called)
    return [str(user) for user in rows.order_by(name).values_list(name, flat=True)[:OFFERED]]


def _labels(access: Access, text: str) -> list[str]:
    return sorted({label for found in access.event_models for label in registry.labels(found)})


def _fields(access: Access, text: str) -> list[str]:
    return sorted(access.fields)


def _models(access: Access, text: str) -> list[str]:
    return sorted(str(registry.concrete(model)._meta.object_name) for model in access.tracked_models)


def _event_models(access: Access, text: str) -> list[str]:
    return sorted(found._meta.label for found in access.event_models)


def _choices(access: Access, name: str) -> list[str]:
    found = (str(stored) for event_model in access.with_field(name) for stored, _label in choices_of(event_model, name))
    return list(dict.fromkeys(found))


def _keys(access: Access) -> list[str]:
    return sorted({key for metadata in _newest(access) for key in metadata if not set(key) & set(' :="')})


def _values(access: Access, key: str) -> list[str]:
    values = (metadata.get(key) for metadata in _newest(access))
    texts = (text_of(value) for value in values if not isinstance(value, (dict, list)))
    return list(dict.fromkeys(text for text in texts if text and len(text) <= LONGEST))


def _newest(access: Access) -> list[dict[str, Any]]:
    return [metadata_of(entry) for entry in viewable(access, access.timeline().page(size=NEWEST).entries)]


def _holding(offers: Iterable[str], text: str) -> Iterator[str]:
    wanted = text.strip('"').casefold()
    return (offer for offer in offers if wanted in offer.casefold())


def _beginning(offers: Iterable[str], text: str) -> Iterator[str]:
    wanted = text.casefold()
    return (offer for offer in offers if offer.casefold().startswith(wanted))
