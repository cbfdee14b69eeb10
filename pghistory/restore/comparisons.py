"""Rows as they were, as they were left and as they are: PostgreSQL compares them where they are, and says what to do.

What reaches Python are keys and names of fields, never values, so that each column comes back exactly as it was stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from django.db import connections

from pghistory import sql
from pghistory.conditions import has_equality
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import BATCH, Batch, Revision, Revisions, Span, parted

MOST_ARGUMENTS: Final = 90
"""Arguments of a function of PostgreSQL, which takes up to a hundred."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of one event model, found by the SELECT `work` of (obj, base_id, then_id, kind, place).

    `kinds` are what spans of each kind have in common. `held` locks the living rows, in the order of the SELECT, until
    the transaction ends: what is compared is what they are then. Up to `together` rows make a batch.
    """

    known: Evidence
    using: str
    work: str
    params: dict[str, Any]
    kinds: Sequence[Span]
    held: bool = False
    together: int = BATCH

    def batches(self, *, fields: Collection[str] | None = None, overwrite: Collection[str] = ()) -> Iterator[Batch]:
        """The rows by what is to be done to them.

        `fields` names what is to be written, conflicts included; None stands for all that nobody edited since.
        `overwrite` names conflicts that are written all the same, "app.EventModel:key:field".
        """
        for kind, has_base, has_then, lives, letters, image, size, objs, bases, thens in self._rows():
            common = self.kinds[kind]._replace(base="" if has_base else None, then="" if has_then else None)
            found = _compared(self.known, lives=lives, letters=letters)
            batch = Batch(_decided(common, found, wanted=fields), objs, bases, thens, size, image)
            yield from _overwritten(batch, found, overwrite)

    def _rows(self) -> list[Any]:
        named = names(self.known, self.using)
        changed = _differing(self.known, self.using, "pgh_base", "pgh_then")
        edited = _differing(self.known, self.using, "pgh_then", "pgh_now")
        statement = sql.read("restore/compare.sql").format(
            **named,
            work=self.work.rstrip(),
            held="for update" if self.held else "offset 0",
            keeps_whole="true" if not self.known.untracked else "false",
            changed=_letters(changed),
            edited=_letters([*edited, *_differing(self.known, self.using, "pgh_base", "pgh_now")]),
            any_edited=" or ".join(edited) or "false",
        )
        with connections[self.using].cursor() as cursor:
            cursor.execute(statement, {**self.params, "together": self.together})
            rows: list[Any] = cursor.fetchall()
        return rows


def compared(spans: Sequence[Span], *, using: str, fields: Collection[str] | None = None) -> Revisions:
    """The revision of each span, in order."""
    found: list[Batch] = []
    for event_model, group in groupby(spans, key=lambda span: span.event_model):
        known = evidence(event_model)
        together = list(group)
        kinds = list(dict.fromkeys(_kind(span) for span in together))
        keys = zip(*((span.obj, span.base, span.then) for span in together), strict=True)
        params: dict[str, Any] = dict(zip(("objs", "bases", "thens"), map(sql.array, keys), strict=True))
        params["kinds"] = [kinds.index(_kind(span)) for span in together]
        work = sql.read("restore/given.sql").format(**names(known, using))
        found += Comparison(known, using, work, params, kinds, together=1).batches(fields=fields)
    return Revisions(found)


def names(known: Evidence, using: str) -> dict[str, str]:
    """What the statements in `sql/restore` call tables, keys and types."""
    connection = connections[using]
    return {
        "table": quoted(known.table._meta.db_table),
        "events": quoted(known.event_model._meta.db_table),
        "key": quoted(str(known.key.column)),
        "key_type": str(known.key.db_type(connection)),
        "id_type": str(known.event_model._meta.get_field("pgh_id").db_type(connection)),
    }


def quoted(identifier: str) -> str:
    """An identifier in a statement with parameters."""
    return sql.name(identifier).replace("%", "%%")


def stored(known: Evidence, name: str, using: str) -> str:
    """A column of an event, in the type of the table's column."""
    own, kept = known.columns[name]
    connection = connections[using]
    cast = "" if own.db_type(connection) == kept.db_type(connection) else f"::{own.db_type(connection)}"
    return f"{quoted(str(kept.column))}{cast}"


@dataclass(frozen=True, slots=True)
class _Compared:
    """Whether a row lives, and the fields in which base and then, then and now, base and now differ."""

    lives: bool
    changed: Sequence[str]
    edited: Sequence[str]
    different: Sequence[str]


def _kind(span: Span) -> Span:
    """What spans of a kind have in common."""
    return span._replace(obj="", base=None, then=None)


def _overwritten(batch: Batch, found: _Compared, overwrite: Collection[str]) -> Iterator[Batch]:
    """A batch whose rows are decided one by one where somebody chose to write over a conflict of one of them."""
    prefix = f"{batch.common.span.event_model._meta.label}:"
    # A key may hold a colon; the name of a field does not.
    named = {name.removeprefix(prefix).rpartition(":")[0] for name in overwrite if name.startswith(prefix)}
    if not named or not batch.common.conflicts or named.isdisjoint(each.span.obj for each in batch):
        yield batch
        return
    first, *others = Revisions.of(_decided(each.span, found, overwrite=overwrite) for each in batch).batches
    yield replace(first, image=batch.image)
    yield from others


def _letters(conditions: Sequence[str]) -> str:
    """A text of a letter for each condition."""
    return " || ".join(f"concat({', '.join(part)})" for part in parted(conditions, MOST_ARGUMENTS)) or "''"


def _differing(known: Evidence, using: str, one: str, other: str) -> list[str]:
    """For each field, whether it differs in two rows; by its image where the type has no equality of values."""

    def column(row: str, name: str) -> str:
        own = quoted(str(known.columns[name][0].column))
        return f"{row}.{own if row == 'pgh_now' else stored(known, name, using)}"

    pairs = [(name, column(one, name), column(other, name)) for name in known.columns]
    return [
        f"{left} is distinct from {right}"
        if has_equality(known.columns[name][0])
        else f"row({left})::record *<> row({right})::record"
        for name, left, right in pairs
    ]


def _compared(known: Evidence, *, lives: bool, letters: str) -> _Compared:
    """What the letters say; those that are left out say that nothing was edited."""
    parts = list(parted(letters, len(known.columns))) or [()]
    changed, *others = (
        tuple(name for name, letter in zip(known.columns, part, strict=True) if letter == "t") for part in parts
    )
    edited, different = others or ((), changed)
    return _Compared(lives, changed, edited, different)


def _decided(
    span: Span, found: _Compared, *, wanted: Collection[str] | None = None, overwrite: Collection[str] = ()
) -> Revision:
    """What is to be written to a row that was compared."""
    known = evidence(span.event_model)
    revision = Revision(span, problem=span.problem)
    if span.problem:
        return revision
    if span.base is None:
        if not found.lives:
            return revision
        edits = () if span.is_open else tuple(name for name in found.edited if name not in known.times)
        if span.then is None and not span.is_open:
            return revision._replace(problem="It was added once more since.")
        kept = bool(edits) and f"{span.slug}:" not in overwrite
        return revision._replace(operation="" if kept else "delete", conflicts=edits if kept else ())
    if not found.lives:
        if span.partial and span.then is not None:
            return revision._replace(problem="It was deleted since.")
        fields = tuple(name for name in known.columns if wanted is None or name in wanted)
        unknown = ", ".join(str(field.verbose_name) for field in known.unknown(fields))
        revision = revision._replace(fields=fields, different=tuple(known.columns))
        if unknown:
            return revision._replace(problem=f"Not kept, and without a default: {unknown}.")
        return revision._replace(operation="insert")
    is_known = not span.is_open and span.then is not None
    meant = [name for name in found.different if name in found.changed or not (span.partial and is_known)]
    edited: Collection[str] = found.edited
    if span.guess or (span.then is None and not span.is_open):
        edited = meant
    elif not is_known:
        edited = ()
    later = [name for name in meant if name in edited]
    if wanted is None:
        chosen = [name for name in meant if name not in later or f"{span.slug}:{name}" in overwrite]
        if later and known.times.issuperset(chosen):
            # The time of a change that stays.
            chosen = []
    else:
        chosen = [name for name in found.different if name in wanted]
    return revision._replace(
        operation="update" if chosen else "",
        fields=tuple(chosen),
        conflicts=tuple(name for name in later if name not in chosen and name not in known.times),
        different=tuple(found.different),
    )
