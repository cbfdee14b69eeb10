"""The fields of one row that is to be brought back: their values at the base, then and now, and who edited since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from django.db.models import ForeignKey, Model

from pghistory import changes, errors, registry
from pghistory.models import Event
from pghistory.restore.dependants import Joined
from pghistory.restore.evidence import evidence
from pghistory.restore.plans import Choice
from pghistory.restore.revisions import Revision, Span
from pghistory.restore.selections import living, stored
from pghistory.restore.spans import as_text, last_deletion
from pghistory.timeline import Timeline, instances_of, unread
from pghistory.timeline.differences import differ, state
from pghistory.timeline.entries import Entry

UNREAD: Final = "Its field cannot read what is stored: with it, the row could not be read any more."


def choices(revision: Revision, using: str, *, returning: Collection[tuple[type[Model], str]]) -> Iterator[Choice]:
    """The fields in which the row differs from its base; all of them where the row is gone.

    `returning` names rows, (table, key), that come back together with this one, so that it may refer to them.
    """
    span = revision.span
    known = evidence(span.event_model)
    base, then = stored(span, span.base, using), stored(span, span.then, using)
    row = living(span, using)
    if base is None:
        raise errors.NotRestorable(subject=span.slug, problem="its event is gone.")
    names = [*known.columns, *known.generated]
    was, left = state(base, names), state(then, names) if then is not None else {}
    now = state(row, names) if row is not None else {}
    if span.is_open:
        left = now
    fields = {field.name: field for field in known.table._meta.local_concrete_fields}
    for name in known.columns:
        if name not in revision.different:
            continue
        conflict = name in revision.conflicts or _was_edited(revision, name, left, now)
        is_unread = name in unread(base)
        missing = None if is_unread else _missing(fields[name], was[name], using, returning)
        problem = "" if missing is None else f"{missing[0]._meta.verbose_name} {missing[1]} no longer exists."
        if is_unread:
            problem = UNREAD
        yield Choice(
            name=name,
            field=fields[name],
            base=was[name],
            then=left.get(name),
            now=now.get(name),
            chosen=name in revision.fields and not problem,
            conflict=conflict,
            edit=_edit(span, row, name, using) if conflict else None,
            problem=problem,
            missing=missing,
        )
    for name in known.generated:
        if row is not None and differ(was[name], now[name]):
            problem = "The database works it out by itself."
            yield Choice(name, fields[name], was[name], left.get(name), now[name], problem=problem)


def deletion(model: type[Model], key: Any, using: str) -> Event | None:
    """The event that says that a row was deleted, of the event model that keeps most of it; None where none tells."""
    known = [evidence(event_model) for event_model in registry.event_models_of(model)]
    for each in sorted(known, key=lambda each: -len(each.columns)):
        if each.obj is not None and each.deletes:
            found = last_deletion(each.event_model, as_text(key), using)
            if found is not None:
                return found
    return None


def of_joined(joined: Joined, wanted: Collection[str] | None) -> Choice:
    """A many-to-many field as a choice."""
    conflict = joined.then != joined.now
    name = joined.field.name
    chosen = not conflict if wanted is None else name in wanted
    return Choice(name, joined.field, joined.base, joined.then, joined.now, chosen=chosen, conflict=conflict)


def conflicts(found: Iterable[Revision], using: str) -> Iterator[tuple[Revision, Choice]]:
    """The fields that were edited since, of any number of rows; of a row that was added, one that stands for all."""
    for event_model, group in groupby(found, key=lambda revision: revision.span.event_model):
        together = list(group)
        ids = {pgh_id for each in together for pgh_id in (each.span.base, each.span.then) if pgh_id is not None}
        events = {str(event.pk): event for event in instances_of(changes.rows(event_model, using).filter(pk__in=ids))}
        known = evidence(event_model)
        keys = [revision.span.obj for revision in together]
        living_rows = instances_of(known.table._base_manager.using(using).filter(pk__in=keys))
        rows = {as_text(row.pk): row for row in living_rows}
        for revision in together:
            row = rows.get(revision.span.obj)
            names = revision.conflicts if revision.span.base is not None else revision.conflicts[:1]
            if row is None:
                continue
            for name in names:
                base, then = (events.get(pgh_id or "") for pgh_id in (revision.span.base, revision.span.then))
                yield (
                    revision,
                    Choice(
                        name=name,
                        field=known.columns[name][0],
                        base=state(base, [name])[name] if base is not None else None,
                        then=state(then, [name])[name] if then is not None else None,
                        now=state(row, [name])[name],
                        conflict=True,
                        edit=_edit(revision.span, row, name, using),
                    ),
                )


def _was_edited(revision: Revision, name: str, left: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a field that is written all the same was edited since."""
    known = evidence(revision.span.event_model)
    if not now or name in known.times or revision.span.is_open:
        return False
    return name not in left or differ(left[name], now[name])


def _edit(span: Span, row: Model | None, name: str, using: str) -> Entry | None:
    """The newest entry that changed a field of the living row."""
    if row is None or not changes.has_object(span.event_model):
        return None
    timeline = Timeline(using=using).across(span.event_model).of(row).touching(name)
    return next(iter(timeline.page(size=1).entries), None)


def _missing(
    field: Any, value: Any, using: str, returning: Collection[tuple[type[Model], str]]
) -> tuple[type[Model], Any] | None:
    """What a foreign key would refer to and that is neither there nor coming back."""
    if not isinstance(field, ForeignKey) or value is None or not getattr(field, "db_constraint", True):
        return None
    target = field.related_model
    if field.target_field.primary_key and (target._meta.concrete_model or target, str(value)) in returning:
        return None
    exists = target._base_manager.using(using).filter(**{field.target_field.attname: value}).exists()
    return None if exists else (target, value)
