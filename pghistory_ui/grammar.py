"""The words of the search field: `wool actor:anna price:100→10 reason="Price list"`, read without knowing the models.

wool, "week 48"       a text, anywhere
name:value            a filter of the form, as actor:anna or since:2026-11-01
field:before→after    a change; * is any value, nothing is an empty one, -> serves as well as →
field:value           a change to this value, where a field has this name
field:10..20          a change to a number, date or time between these, both with them; also on a side of an arrow
key=value             metadata of the context
on:day, on:day..day   from the first day to the last, both with them
-term                 what a term does not mean: -actor:anna, -label:update, -price:*→0
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

NAMES: Final = ("actor", "event_model", "field", "label", "model", "obj", "on", "since", "until")
ANYTHING: Final = "*"

# Quotes hold words together; one that is never closed is a character like others.
_TERM: Final = re.compile(r'(?:"[^"]*"|\S)+')
_NAMED: Final = re.compile(r'([^\s:="]+)([:=])(.*)', re.DOTALL)
_ARROW: Final = re.compile(r'((?:"[^"]*"|.)*?)(?:→|->)(.*)', re.DOTALL)

Kind = Literal["word", "filter", "change", "context"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it was written (`source`) and as it was understood; `before` is of a change alone, None is empty."""

    source: str
    kind: Kind
    value: str | None
    name: str = ""
    before: str | None = None
    negated: bool = False


def parse(text: str, fields: Collection[str] = ()) -> Iterator[Term]:
    """The terms of a text in their order; `fields` are the names that may stand before a value without an arrow."""
    for match in _TERM.finditer(text):
        yield _read(match[0], fields)


def quoted(value: str) -> str:
    """A value as it is written in a term; a quote inside it cannot be kept."""
    value = value.replace('"', "")
    return f'"{value}"' if not value or re.search(r"\s|→|->", value) else value


def _read(source: str, fields: Collection[str]) -> Term:
    if source.startswith("-") and source[1:2].isalpha():
        return replace(_read(source[1:], fields), source=source, negated=True)
    named = _NAMED.fullmatch(source)
    if named is None:
        return Term(source, "word", _plain(source))
    name, sign, rest = named.groups()
    if sign == "=":
        return Term(source, "context", _plain(rest), name)
    if name in NAMES:
        return Term(source, "filter", _plain(rest), name)
    arrow = _ARROW.fullmatch(rest)
    if arrow is not None:
        return Term(source, "change", _state(arrow[2]), name, _state(arrow[1]))
    if name in fields:
        return Term(source, "change", _state(rest), name, ANYTHING)
    return Term(source, "word", _plain(source))


def _plain(text: str) -> str:
    return re.sub(r'"([^"]*)"', r"\1", text)


def _state(text: str) -> str | None:
    return _plain(text) if text else None
