"""What comes back with a row: its part in parents' tables, what was deleted with it, links to it, many-to-many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models, router
from django.db.models import ForeignKey, OuterRef, Q, Subquery

from pghistory import changes, errors, registry
from pghistory.models import Event
from pghistory.restore import spans
from pghistory.restore.evidence import Evidence, evidence
from pghistory.restore.revisions import Span
from pghistory.timeline import instances_of
from pghistory.timeline.differences import state

MOST: Final = 10_000
"""Rows that one restore brings back beside the one that was asked for."""


def parents(event: Event, using: str) -> Iterator[Event]:
    """The events that keep the row's part in each parent's table at the same moment (multi-table inheritance)."""
    known = evidence(type(event))
    before = not known.is_new(event)
    for parent in known.table._meta.get_parent_list():
        key = _parent_key(known, event, parent, using)
        whole = sorted(_event_models(parent, using), key=lambda found: -len(evidence(found).columns))
        for event_model in [found for found in whole if changes.has_object(found)][:1]:
            try:
                found = _of_same_kind(event, evidence(event_model), key, using)
                found = found or spans.at_instant(event_model, key, event.pgh_created_at, using, before=before)
            except errors.NotRestorable:
                continue
            if found is not None:
                yield found


def deleted_with(events: Iterable[Event], using: str) -> list[Event]:
    """Deletions of rows that referred to deleted rows, in the same context or transaction, and what went with these."""
    found: dict[str, Event] = {}
    asked = {_row_of(event) for event in events}
    gone = list(events)
    while gone and len(found) < MOST:
        level: dict[str, Event] = {}
        for event in _deleted_beside(gone, using):
            row = _row_of(event)
            if row not in asked and row not in found and _keeps_more(event, level.get(row)):
                level[row] = event
        found |= level
        gone = list(level.values())
    return list(found.values())


def unlinked(events: Iterable[Event], using: str) -> list[Span]:
    """Living rows whose foreign keys to deleted rows were set to null, in the same context or transaction.

    Only what that changed comes back; a row that was linked anew since keeps its new link.
    """
    found: dict[tuple[Any, ...], Span] = {}
    by_table = _by_table(events)
    for event_model in registry.event_models():
        known = evidence(event_model)
        if known.obj is None or not known.new or not router.allow_migrate_model(using, event_model):
            continue
        for table, gone in by_table.items():
            for field in (field for field in _references(known, table) if field.null):
                for obj, base, then in _set_to_null(known, field, gone, using):
                    span = Span(event_model, spans.as_text(obj), base=str(base), then=str(then), partial=True)
                    found.setdefault((known.table, span.obj, field.name), span)
    return list(found.values())


def _set_to_null(known: Evidence, field: Any, gone: Sequence[Event], using: str) -> Iterator[tuple[Any, Any, Any]]:
    """(key, the event with the link, the event without it) of the rows that lost a link."""
    column: Any = known.obj
    every = changes.rows(known.event_model, using)
    earlier = every.filter(
        **{column.attname: OuterRef(column.attname)}, pgh_id__lt=OuterRef("pgh_id"), pgh_label__in=known.states
    ).order_by("-pgh_id")
    values = {value for event in gone if (value := _target_value(event, field)) is not None}
    rows = every.filter(_together(gone, known.event_model), pgh_label__in=known.new, **{field.attname: None})
    rows = rows.annotate(
        pgh_base=Subquery(earlier.values("pgh_id")[:1]), pgh_linked=Subquery(earlier.values(field.attname)[:1])
    )
    yield from rows.filter(pgh_linked__in=values).values_list(column.attname, "pgh_base", "pgh_id")[:MOST]


@dataclass(frozen=True, slots=True)
class Joined:
    """A many-to-many field of a living object: the sets of keys that it joined at the base, then and now.

    `spans` are the rows of its through model to be added and removed.
    """

    field: Any
    base: frozenset[Any]
    then: frozenset[Any]
    now: frozenset[Any]
    spans: tuple[Span, ...]


def many_to_many(event: Event, then: Event | None, obj: models.Model, using: str) -> Iterator[Joined]:
    """The many-to-many fields that join other rows now than at an event, where both adding and removing are tracked."""
    before = not evidence(type(event)).is_new(event)
    for field in evidence(type(event)).table._meta.local_many_to_many:
        through: Any = field.remote_field.through
        known = next((found for each in _event_models(through, using) if _keeps_whole(found := evidence(each))), None)
        if known is None:
            continue
        source, target = through._meta.get_field(field.m2m_field_name()), field.m2m_reverse_field_name()
        target = through._meta.get_field(target)
        joins = {source.attname: getattr(obj, source.target_field.attname)}
        base = _as_of(known, joins, target, event, using, before=before)
        joined = instances_of(known.table._base_manager.using(using).filter(**joins))
        now = {getattr(row, target.attname): row for row in joined}
        if base.keys() == now.keys():
            continue
        left = now if then is None else _as_of(known, joins, target, then, using, before=False)
        added = (now[value] for value in now if value not in base)
        removed = (base[value] for value in base if value not in now)
        rows = (
            *(Span(known.event_model, spans.as_text(row.pk), base=None, is_open=True) for row in added),
            *(Span(known.event_model, spans.key_of(each), base=str(each.pk)) for each in removed),
        )
        yield Joined(field, frozenset(base), frozenset(left), frozenset(now), rows)


def _as_of(
    known: Evidence, joins: dict[str, Any], target: Any, event: Event, using: str, *, before: bool
) -> dict[Any, Event]:
    """{key of the target: event that keeps the row} of what was joined before or after an event.

    What the event's own context or transaction joined counts as after it.
    """
    own = _together([event], known.event_model)
    bound = Q(pgh_created_at__lt=event.pgh_created_at)
    rows = changes.rows(known.event_model, using).filter(pgh_label__in=[*known.inserts, *known.deletes], **joins)
    rows = rows.filter(bound & ~own if before else bound | own)
    last = {spans.key_of(each): each for each in instances_of(rows.order_by("pgh_id")[:MOST])}
    return {getattr(each, target.attname): each for each in last.values() if not known.is_delete(each)}


def _keeps_whole(known: Evidence) -> bool:
    return known.obj is not None and bool(known.inserts) and bool(known.deletes)


def _deleted_beside(gone: Iterable[Event], using: str) -> Iterator[Event]:
    """The deletions of rows that referred to rows which went with them."""
    by_table = _by_table(gone)
    for event_model in registry.event_models():
        known = evidence(event_model)
        if not known.deletes or known.obj is None or not router.allow_migrate_model(using, event_model):
            continue
        for table, events in by_table.items():
            for field in _references(known, table):
                values = {value for event in events if (value := _target_value(event, field)) is not None}
                rows = changes.rows(event_model, using).filter(pgh_label__in=known.deletes)
                rows = rows.filter(_together(events, event_model), **{f"{field.attname}__in": values})
                yield from instances_of(rows[:MOST])


def _by_table(events: Iterable[Event]) -> dict[type[models.Model], list[Event]]:
    found: dict[type[models.Model], list[Event]] = {}
    for event in events:
        found.setdefault(evidence(type(event)).table, []).append(event)
    return found


def _together(events: Iterable[Event], event_model: type[Event]) -> Q:
    """Events of the same contexts or transactions."""
    contexts = {getattr(event, "pgh_context_id", None) for event in events} - {None}
    together = Q(pgh_created_at__in={event.pgh_created_at for event in events})
    if contexts and changes.column(event_model, "pgh_context_id") is not None:
        together |= Q(pgh_context_id__in=contexts)
    return together


def _row_of(event: Event) -> str:
    return f"{evidence(type(event)).table._meta.label}:{spans.key_of(event)}"


def _keeps_more(event: Event, other: Event | None) -> bool:
    """Whether an event keeps more of its row than another one."""
    return other is None or len(evidence(type(event)).columns) > len(evidence(type(other)).columns)


def _references(known: Evidence, table: type[models.Model]) -> list[Any]:
    """The foreign keys to a table that the events keep."""
    return [
        own
        for own, _kept in known.columns.values()
        if isinstance(own, ForeignKey) and registry.concrete(own.related_model) is table
    ]


def _target_value(event: Event, field: Any) -> Any:
    """What a foreign key to the deleted row held."""
    target = field.target_field
    if target.primary_key:
        return spans.key_of(event)
    fields = event.pgh_tracked_fields
    return state(event, fields)[target.name] if target.name in fields else None


def _event_models(table: type[models.Model], using: str) -> tuple[type[Event], ...]:
    found = registry.event_models_of(table)
    return tuple(each for each in found if router.allow_migrate_model(using, each))


def _of_same_kind(event: Event, known: Evidence, key: str, using: str) -> Event | None:
    """The addition or deletion of the parent's part that belongs to that of the child: they share a transaction."""
    child = evidence(type(event))
    labels = known.deletes if child.is_delete(event) else known.inserts if event.pgh_label in child.inserts else []
    rows = changes.rows(known.event_model, using).filter(pgh_obj=key, pgh_label__in=labels)
    return next(iter(instances_of(rows.filter(pgh_created_at=event.pgh_created_at)[:1])), None)


def _parent_key(known: Evidence, event: Event, parent: type[models.Model], using: str) -> str:
    """The key in a parent's table, which is the row's own unless the model has a key besides its link."""
    link = known.table._meta.get_ancestor_link(parent)
    if link is None or link.primary_key or link.name not in event.pgh_tracked_fields:
        return spans.key_of(event)
    return spans.as_text(getattr(event, link.attname))
