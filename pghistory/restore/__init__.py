"""Bringing rows back: one object to an event or an instant, or everything that one context changed.

    plan = restore.plan(event)
    restore.apply(plan, reason="typo", actor=request.user)

A plan was done and taken back before it is shown. What is applied are new events, in a context that says what was
restored; history itself is only added to.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import Error, router, transaction
from django.db.models import Model

from pghistory import errors, states
from pghistory.contexts import apart
from pghistory.models import Context, Event
from pghistory.restore import refusals, writes
from pghistory.restore.choices import choices, conflicts, deletion, of_joined
from pghistory.restore.evidence import evidence
from pghistory.restore.plans import Choice, Done, Intent, Plan
from pghistory.restore.rehearsals import Rehearsal, rehearse, short_waits
from pghistory.restore.revisions import Batch, Revision, Revisions
from pghistory.restore.selections import Selection, selection, subject
from pghistory.restore.writes import Progress
from pghistory.timeline.entries import Entry

__all__ = [
    "Choice",
    "Done",
    "Intent",
    "Permits",
    "Plan",
    "Revision",
    "Revisions",
    "apply",
    "conflicts",
    "deletion",
    "plan",
    "size",
    "undo",
]

SAMPLE: Final = 1_000
"""Up to so many rows are written and taken back for a preview; of more, the first ones."""

NOT_PERMITTED: Final = "You may not write to it."

Permits = Callable[[Sequence[Revision]], Collection[str]]
"""Gives the slugs of those revisions that somebody may not write."""

Withholds = Callable[[type[Event]], Collection[str]]
"""Gives the names of the fields of an event model that somebody may not see."""


def plan(
    event: Event | Entry,
    *,
    fields: Collection[str] | None = None,
    at: dt.datetime | None = None,
    using: str | None = None,
    permits: Permits | None = None,
    withholds: Withholds | None = None,
) -> Plan:
    """What it takes to bring the event's object back to the row that the event keeps, or to how it was `at` an instant.

    Of a living object, all fields that nobody edited since, or `fields`, conflicts included; of a deleted one the
    whole row and what was deleted with it. With it come its parts in parents' tables and its many-to-many rows.
    `permits` leaves rows out; of rows that live, `withholds` leaves fields as they are. Raises NotRestorable, RowsBusy,
    SchemaDiffers.
    """
    found = event.event if isinstance(event, Entry) else event
    intent = Intent(
        "restore",
        f"{found._meta.label}:{found.pk}",
        using or found._state.db or router.db_for_write(found.pgh_tracked_model),
        fields=None if fields is None else tuple(fields),
        at=None if at is None else states.aware(at).isoformat(),
    )
    with refusals.told():
        return _planned(intent, permits, withholds)


def undo(
    context: uuid.UUID | str,
    *,
    overwrite: Collection[str] = (),
    using: str | None = None,
    permits: Permits | None = None,
    withholds: Withholds | None = None,
) -> Plan:
    """What it takes to bring every row that a context changed back to how it was before; `apply` does it.

    Fields that somebody edited since stay, unless `overwrite` names them, "app.EventModel:key:field" (without the
    field, a row that was added and edited since). An undo is a context of its own, and can be undone as well.
    `permits` leaves rows out; of rows that live, `withholds` leaves fields as they are, conflicts or not. Raises
    NotRestorable, RowsBusy, SchemaDiffers.
    """
    intent = Intent("undo", str(context), using or router.db_for_write(Context), overwrite=tuple(overwrite))
    with refusals.told():
        found = selection(intent).compared(intent)
        intent = replace(intent, digest=found.digest)
        found = _permitted(_withheld(found, withholds), permits)
        writing = found.that(lambda common: common.writes)
        rehearsal = rehearse(Revisions.of(writing[:SAMPLE]), intent.using, intent.metadata)
    return Plan(
        intent=intent,
        subject=subject(intent),
        revisions=_refused(found, rehearsal, intent.using, withholds),
        events=rehearsal.events,
        count=rehearsal.count,
        sampled=len(writing) > SAMPLE,
        problem="" if writing else "There is nothing to undo: every row is as it was before, or was edited since.",
    )


def size(plan: Plan | str) -> int:
    """How many rows a plan, or the one of a token, is about: as many as it writes, or more."""
    if not isinstance(plan, str):
        return len(plan.revisions)
    intent = Intent.read(plan)
    with refusals.told():
        return selection(intent).size(intent)


def apply(
    plan: Plan | str,
    *,
    reason: str = "",
    actor: Model | None = None,
    permits: Permits | None = None,
    withholds: Withholds | None = None,
    progress: Progress | None = None,
    **metadata: Any,
) -> Done:
    """Does what was previewed, in a transaction and a context of its own; `plan` may be the plan's token.

    It is one transaction whatever its size: rows refer to each other and exchange unique values, and a half of it would
    be a state that never was. `permits` and `withholds` are those of the plan. `progress` is called with the number of
    rows written so far.

    Raises StalePreview when a row was written since the preview, RowsBusy when somebody else holds one for long,
    RestoreRefused when the database refuses the row that was asked for. After an error nothing is written.
    """
    intent = Intent.read(plan) if isinstance(plan, str) else plan.intent
    using = intent.using
    said = {**metadata, **({"reason": reason} if reason else {}), **intent.metadata}
    with refusals.told(), transaction.atomic(using=using), short_waits(using):
        rows = selection(intent)
        found = rows.compared(intent, held=True)
        if found.digest != intent.digest:
            raise errors.StalePreview(subject=subject(intent))
        writing = _permitted(_withheld(found, withholds), permits).that(lambda common: common.writes)
        if not writing:
            raise errors.NotRestorable(subject=subject(intent), problem="there is nothing to write.")
        with apart(actor=actor, **said) as context:
            refused = writes.write(writing, using, progress)
        for revision, error in refused:
            if intent.kind == "restore" and revision.span in rows.asked:
                raise errors.RestoreRefused(problem=refusals.words(error)) from error
        if len(refused) == len(writing):
            raise errors.RestoreRefused(problem=refusals.words(refused[0][1]))
    left_out = tuple(
        revision._replace(problem=_problem(revision, error, using, withholds)) for revision, error in refused
    )
    return Done(context.id, len(writing) - len(refused), left_out)


def _planned(intent: Intent, permits: Permits | None, withholds: Withholds | None) -> Plan:
    """The plan of a restore: fields that the database refuses are taken out one by one, until the rest passes."""
    rows = selection(intent)
    offered = _offered(rows, intent)
    while True:
        intent = replace(intent, fields=tuple(choice.name for choice in offered if choice.chosen))
        found = _permitted(_withheld(rows.compared(intent), withholds), permits)
        asked = found[: len(rows.asked)]
        problem = next((revision.problem for revision in asked if revision.problem), "")
        rehearsal = Rehearsal((), 0, ()) if problem else rehearse(found, intent.using, intent.metadata)
        refusal = next(((each, error) for each, error in rehearsal.refused if each.span in rows.asked), None)
        if refusal is None:
            break
        names = refusals.fields(refusal[1], evidence(refusal[0].span.event_model), intent.using)
        refused = [choice for choice in offered if choice.chosen and choice.name in names]
        if not refused:
            problem = _problem(*refusal, intent.using, withholds)
            break
        offered = [_without(choice, refused, refusal[1]) for choice in offered]
    if not problem and not any(revision.writes for revision in found):
        problem = "Nothing is chosen." if offered else "It is as it was then: there is nothing to restore."
    return Plan(
        intent=replace(intent, digest=found.digest),
        subject=subject(intent),
        revisions=_refused(found, rehearsal, intent.using, withholds),
        choices=tuple(offered),
        events=rehearsal.events,
        count=rehearsal.count,
        notes=tuple(_notes(rows)),
        problem=problem,
        event=rows.event,
        then=rows.then,
    )


def _offered(rows: Selection, intent: Intent) -> list[Choice]:
    """The fields that can be chosen; raises NotRestorable for a wanted one that is not kept."""
    known = {name for span in rows.asked for name in evidence(span.event_model).columns}
    known |= {joined.field.name for joined in rows.joined}
    unknown = [name for name in intent.fields or () if name not in known and not _is_many_to_many(rows, name)]
    if unknown:
        raise errors.NotRestorable(subject=subject(intent), problem=f"its event does not keep {', '.join(unknown)}.")
    found = rows.compared(intent)[: len(rows.asked)]
    returning = {(evidence(span.event_model).table, span.obj) for span in (*rows.asked, *rows.beside)}
    offered = [choice for revision in found for choice in choices(revision, intent.using, returning=returning)]
    return [*offered, *(of_joined(joined, intent.fields) for joined in rows.joined)]


def _is_many_to_many(rows: Selection, name: str) -> bool:
    tables = (evidence(span.event_model).table for span in rows.asked)
    return any(field.name == name for table in tables for field in table._meta.local_many_to_many)


def _without(choice: Choice, refused: Sequence[Choice], error: Error) -> Choice:
    return choice.refused(refusals.words(error)) if choice in refused else choice


def _refused(found: Revisions, rehearsal: Rehearsal, using: str, withholds: Withholds | None) -> Revisions:
    """The revisions, with the problem of each that the database refused."""
    problems = {revision.slug: _problem(revision, error, using, withholds) for revision, error in rehearsal.refused}

    def of(batch: Batch) -> dict[str, str]:
        return {each.slug: problems[each.slug] for each in batch if each.slug in problems}

    return found.refused(of) if problems else found


def _problem(revision: Revision, error: Error, using: str, withholds: Withholds | None) -> str:
    """Why the database refused a row, without the values of fields that are withheld."""
    event_model = revision.span.event_model
    hidden = withholds(event_model) if withholds else ()
    is_told = not hidden or set(hidden).isdisjoint(refusals.fields(error, evidence(event_model), using))
    return refusals.words(error, values=is_told)


def _withheld(found: Revisions, withholds: Withholds | None) -> Revisions:
    """The same revisions; in rows that live, fields that are withheld stay as they are."""
    if withholds is None:
        return found
    batches = []
    for batch in found.batches:
        common = batch.common
        if common.span.base is not None and common.operation != "insert":
            common = _seen(common, withholds(common.span.event_model))
        batches.append(replace(batch, common=common))
    return Revisions(batches)


def _seen(common: Revision, hidden: Collection[str]) -> Revision:
    """What is left of a change when some fields are taken out of it."""
    fields, conflicts, different = (
        tuple(name for name in names if name not in hidden)
        for names in (common.fields, common.conflicts, common.different)
    )
    seen = common._replace(fields=fields, conflicts=conflicts, different=different)
    if fields != common.fields and evidence(common.span.event_model).times.issuperset(fields):
        # Nothing, or the time of a change that stays.
        return seen._replace(operation="", fields=())
    return seen


def _permitted(found: Revisions, permits: Permits | None) -> Revisions:
    def of(batch: Batch) -> dict[str, str]:
        forbidden = permits(list(batch)) if permits and batch.common.writes else ()
        return dict.fromkeys(forbidden, NOT_PERMITTED)

    return found.refused(of) if permits else found


def _notes(rows: Selection) -> Iterable[str]:
    """What the history of the rows that were asked for does not tell."""
    for span in rows.asked:
        known = evidence(span.event_model)
        name = span.event_model._meta.label
        if known.untracked:
            fields = ", ".join(str(field.verbose_name) for field in known.untracked)
            yield f"{name} does not keep: {fields}."
        if not known.misses_no_new_row and not known.misses_no_old_row:
            yield f"{name} does not keep every change: others may have come between."
