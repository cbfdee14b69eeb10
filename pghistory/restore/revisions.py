"""What would have to be written to bring rows back: each row by itself, and as a batch those that are written alike.

Of thousands of rows, most have the same done to them. They are kept as arrays in the form in which PostgreSQL gives and
takes them, so that a row costs the letters of its key and of its events' ids.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Final, NamedTuple, TypeVar, overload

from pghistory import sql
from pghistory.models import Event

T = TypeVar("T")

BATCH: Final = 5_000
"""Rows that one statement writes."""

ELEMENT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)
ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class Span(NamedTuple):
    """A row between two of its events: `base` is the id of the one that keeps the row to bring back.

    Without a `base` the row was not there. `then` is the id of the event that keeps what replaced it, None where the
    row was gone, or where the living row itself is all that is known (`is_open`). `guess` says that changes may have
    been missed between the two, `problem` why the row cannot be brought back at all. Of a `partial` span only the
    fields in which base and then differ are meant.
    """

    event_model: type[Event]
    obj: str
    base: str | None
    then: str | None = None
    is_open: bool = False
    guess: bool = False
    partial: bool = False
    problem: str = ""

    @property
    def slug(self) -> str:
        """The name of the row: "app.EventModel:key"."""
        return f"{self.event_model._meta.label}:{self.obj}"


class Revision(NamedTuple):
    """What is to be written to one row: "insert", "update", "delete", or "" for nothing.

    `fields` are written, `conflicts` were edited since and stay as they are, `different` is all that base and now
    differ in. `problem` says why nothing is written.
    """

    span: Span
    operation: str = ""
    fields: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    problem: str = ""

    @property
    def slug(self) -> str:
        """The name of the row: "app.EventModel:key"."""
        return self.span.slug

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return bool(self.operation) and not self.problem


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to which the same is done: `common` is the revision of each of them, but for its key and the ids.

    `objs`, `bases` and `thens` are arrays of texts as PostgreSQL writes them; `image` stands for what they were
    when they were compared, of several batches together with the first one.
    """

    common: Revision
    objs: str
    bases: str
    thens: str
    size: int
    image: int | None = None

    @classmethod
    def of(cls, alike: Sequence[Revision]) -> Batch:
        """Revisions that differ in their keys and ids only."""
        rows = ((each.span.obj, each.span.base, each.span.then) for each in alike)
        objs, bases, thens = map(sql.array, zip(*rows, strict=True))
        return cls(_common(alike[0]), objs, bases, thens, len(alike))

    @classmethod
    def joined(cls, alike: Sequence[Batch]) -> Batch:
        """Batches to all of which the same is done, as one."""
        first = alike[0]
        if len(alike) == 1:
            return first
        objs, bases, thens = (
            "{" + ",".join(array[1:-1] for array in arrays) + "}"
            for arrays in zip(*((each.objs, each.bases, each.thens) for each in alike), strict=True)
        )
        return cls(first.common, objs, bases, thens, sum(each.size for each in alike))

    def __iter__(self) -> Iterator[Revision]:
        for obj, base, then in zip(*map(_elements, (self.objs, self.bases, self.thens)), strict=True):
            span = self.common.span._replace(obj=obj or "", base=base, then=then)
            yield self.common._replace(span=span)

    def refused(self, problem: str) -> Batch:
        """The same rows, to which nothing is written."""
        return replace(self, common=self.common._replace(problem=problem))


class Revisions(Sequence[Revision]):
    """Any number of revisions, of which each is made when it is asked for."""

    def __init__(self, batches: Iterable[Batch] = ()) -> None:
        self.batches = tuple(batches)

    @classmethod
    def of(cls, found: Iterable[Revision]) -> Revisions:
        """Revisions in their order."""
        return cls(Batch.of(rows) for _, alike in groupby(found, key=_common) for rows in parted(alike))

    def __len__(self) -> int:
        return sum(batch.size for batch in self.batches)

    def __iter__(self) -> Iterator[Revision]:
        for batch in self.batches:
            yield from batch

    @overload
    def __getitem__(self, place: int) -> Revision: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Revision]: ...
    def __getitem__(self, place: int | slice) -> Revision | Sequence[Revision]:
        if isinstance(place, slice):
            return list(islice(self, *place.indices(len(self))))
        return next(islice(self, range(len(self))[place], None))

    def that(self, holds: Callable[[Revision], object]) -> Revisions:
        """Those of which something holds that does not depend on their keys."""
        return Revisions(batch for batch in self.batches if holds(batch.common))

    def refused(self, problems_of: Callable[[Batch], dict[str, str]]) -> Revisions:
        """The same revisions; those of a batch that are told {slug: problem} of are not written."""
        return Revisions(part for batch in self.batches for part in _refused(batch, problems_of(batch)))

    @property
    def digest(self) -> str:
        """What the rows looked like when they were compared; any later write to one of them makes another digest."""
        batches = [each for each in self.batches if each.image is not None]
        told = (f"{each.common.span.event_model._meta.label} {each.size} {each.image}" for each in batches)
        # Which table is looked at first does not matter.
        return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()


def parted(rows: Iterable[T], size: int = BATCH) -> Iterator[tuple[T, ...]]:
    """The rows in groups that one statement takes."""
    left = iter(rows)
    while part := tuple(islice(left, size)):
        yield part


def _common(revision: Revision) -> Revision:
    """All of a revision that other rows may share; whether there is a base and a then decides what is done."""
    span = revision.span
    common = span._replace(obj="", base=span.base and "", then=span.then and "")
    return revision._replace(span=common)


def _refused(batch: Batch, problems: dict[str, str]) -> Iterable[Batch]:
    if not problems:
        return [batch]
    if len(problems) == batch.size and len(set(problems.values())) == 1:
        return [batch.refused(next(iter(problems.values())))]
    return Revisions.of(each._replace(problem=problems.get(each.slug, each.problem)) for each in batch).batches


def _elements(array: str) -> Iterator[str | None]:
    for found in ELEMENT.finditer(array):
        quoted, plain = found.groups()
        yield ESCAPED.sub(r"\1", quoted) if quoted is not None else None if plain.lower() == "null" else plain
