"""First events for rows that are older than their tracking: `backfill.run(Product)`.

One `insert … select` a range of keys stores for each object what a trigger would store of its row as it is now. Objects
that have an event already are left alone, so that a second run adds nothing, also beside a first one.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict, Unpack

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import connections, models, router, transaction
from django.db.models import Exists, OuterRef

from pghistory import changes, config, contexts, errors, functions, readings, registry
from pghistory.insertion import Insertion
from pghistory.keys import lookups as lookups
from pghistory.models import Event

BATCH: Final = 50_000
SAMPLE: Final = 10
DONE_WHOLE: Final = 1_000
"""A preview of at most so many events writes them all; of more, it counts them and writes the sample."""
LOCK_TIMEOUT: Final = "2s"

Lacking = Literal["event", "label"]
Progress = Callable[[int, int], None]
Bound = tuple[Any, Any]


class Options(TypedDict, total=False):
    """What is backfilled.

    `label` is a registered one, else that of inserts. `objects` is a queryset of the model, `where` look-ups that
    narrow it. `lacking` is "event" for objects without any event in the label's event model, or "label" for those
    without this label: the default of labels that are recorded by hand. `time` names a date field of the row that
    becomes the time of the event, else it is now. `using` is the database.
    """

    label: str | None
    objects: models.QuerySet[Any] | None
    where: Mapping[str, Any] | None
    lacking: Lacking | None
    time: str | None
    using: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a backfill would do: `matching` objects, of which `writing` get an event, and ten such events.

    They were written and rolled back: all of them where `whole`, else those of the sample.
    """

    matching: int
    writing: int
    sample: tuple[Event, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How many events were written for a model, and under which label."""

    model: type[models.Model]
    label: str
    written: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One model's backfill, checked and not yet done; `rows` are the objects that are meant."""

    model: type[models.Model]
    event_model: type[Event]
    label: str
    lacking: Lacking
    time: str | None
    using: str
    rows: models.QuerySet[Any]

    def bounds(self, size: int) -> Iterator[Bound]:
        """The keys of the objects cut into ranges of this size: above the first key, up to the second one.

        None leaves an end open; the last range has no upper end.
        """
        keys = self.rows.order_by("pk").values_list("pk", flat=True)
        low = None
        while True:
            following = keys if low is None else keys.filter(pk__gt=low)
            last = list(following[size - 1 : size + 1])
            if len(last) < 2:
                yield low, None
                return
            yield low, last[0]
            low = last[0]

    def pending(self, low: Any = None, high: Any = None) -> models.QuerySet[Any]:
        """The objects of a range that lack an event."""
        # The range holds for the events too: the planner does not see by itself that it does.
        label = {"pgh_label": self.label} if self.lacking == "label" else {}
        events = changes.rows(self.event_model, self.using).filter(
            pgh_obj=OuterRef("pk"), **_between("pgh_obj", low, high), **label
        )
        return self.rows.filter(~Exists(events), **_between("pk", low, high))

    def write(self, low: Any = None, high: Any = None) -> int:
        """Stores the events of a range in the active context, and gives their number.

        Of two at once, one waits until the other's transaction has ended, and then finds nothing to do.
        """
        with transaction.atomic(using=self.using):
            self.lock()
            return self.insert(low, high)

    def lock(self, *, shared: bool = False) -> None:
        """Keeps other backfills of the event model away for the rest of the transaction; shared, only those alone."""
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"select {function}(hashtextextended(%s, 0))", [f"pghistory.backfill {self.target}"])

    def insert(self, low: Any, high: Any) -> int:
        """Stores the events of a range without a lock, for one who has locked the range otherwise."""
        with connections[self.using].cursor() as cursor:
            return self._insertion.write(cursor, self.pending(low, high))

    @property
    def _insertion(self) -> Insertion:
        return Insertion(self.event_model, self.label, self.time, self.using)

    @property
    def target(self) -> str:
        """The event model as two backfills of it call it."""
        return self.event_model._meta.label

    def preview(self) -> Preview:
        """Writes what `run` would write, reads it and rolls it back, waiting no more than two seconds for a lock."""
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            cursor.execute(functions.set_config({"lock_timeout": LOCK_TIMEOUT}))
            matching, writing = self.rows.count(), self.pending().count()
            whole = writing <= DONE_WHOLE
            pending = self.pending().order_by("pk")
            written = self._insertion.write(cursor, pending if whole else pending[:SAMPLE], returning=True)
            ids = [pgh_id for (pgh_id,) in cursor.fetchmany(SAMPLE)] if written else []
            sample = tuple(changes.rows(self.event_model, self.using).filter(pk__in=ids).order_by("pk"))
            transaction.set_rollback(True, using=self.using)
        return Preview(matching, written if whole else writing, sample, whole)


def plan(model: type[models.Model], **options: Unpack[Options]) -> Plan:
    """A model's backfill, checked.

    Raises UntrackedModel, UnknownLabel, LabelNeeded for a model without a label for inserts, NotBackfillable for an
    event model without `pgh_obj`, InvalidObjects for rows or a time that the model cannot give.
    """
    label = options.get("label") or _usual_label(model)
    event_model = registry.event_model(model, label)
    if not changes.has_object(event_model):
        raise errors.NotBackfillable(model=model._meta.label, event_model=event_model._meta.label)
    tracked = event_model.pgh_tracked_model
    using = options.get("using") or router.db_for_write(tracked)
    _check_time(tracked, options.get("time"))
    is_manual = all(tracker.is_manual for tracker in registry.trackers(event_model, label))
    lacking: Lacking = options.get("lacking") or ("label" if is_manual else "event")
    rows = _rows(tracked, using, options.get("objects"), options.get("where") or {})
    return Plan(model, event_model, label, lacking, options.get("time"), using, rows)


def run(
    *chosen: type[models.Model],
    actor: models.Model | None = None,
    reason: str | None = None,
    batch: int = BATCH,
    throttle: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> tuple[Result, ...]:
    """Backfills one model, several, or, without any, every tracked model that has a label for inserts.

    Each range of `batch` keys is a transaction of its own, unless one is open. `throttle` is the most events a second;
    `progress` is called with the objects that were looked at and their number. Actor and reason go into the context.
    Raises what `plan` raises, before anything is written.
    """
    if len(chosen) != 1 and options.get("objects") is not None:
        raise errors.InvalidObjects(problem="Objects belong to one model.", remedy="Backfill that model by itself.")
    plans = [plan(model, **options) for model in chosen or backfillable()]
    totals = [each.rows.count() if progress else 0 for each in plans]
    metadata = {"backfill": [each.model._meta.label for each in plans], **({"reason": reason} if reason else {})}
    results = []
    with contexts.context(actor=config.UNSET if actor is None else actor, **metadata):
        for position, each in enumerate(plans):
            written, seen = 0, sum(totals[:position])
            size = range_size(batch, throttle)
            for place, (low, high) in enumerate(each.bounds(size), start=1):
                began = clock.monotonic()
                added = each.write(low, high)
                written += added
                if progress:
                    progress(seen + min(place * size, totals[position]), sum(totals))
                wait(added, throttle, clock.monotonic() - began)
            results.append(Result(each.model, each.label, written))
    return tuple(results)


def range_size(batch: int, throttle: int | None) -> int:
    """How many keys make a range: with a throttle, no more than a second's work, so that it goes on evenly."""
    return max(1, min(batch, throttle)) if throttle else batch


def wait(written: int, throttle: int | None, spent: float) -> None:
    """Sleeps until so many events are no more than the throttle allows a second."""
    if throttle and written / throttle > spent:
        clock.sleep(written / throttle - spent)


def backfillable() -> tuple[type[models.Model], ...]:
    """The tracked models that have a label for inserts and events that say to which object they belong."""
    return tuple(
        model
        for model in registry.tracked_models()
        if (label := insert_label(model)) and changes.has_object(registry.event_model(model, label))
    )


def insert_label(model: type[models.Model]) -> str | None:
    """The first label of a model under which inserts store their row; None without one."""
    for event_model in registry.declared_event_models(model):
        for label in registry.labels(event_model):
            found = readings.reading(event_model, label)
            if "insert" in found.kinds and not found.is_old:
                return label
    return None


def _usual_label(model: type[models.Model]) -> str:
    label = insert_label(model)
    if label is None:
        known = [
            label for event_model in registry.declared_event_models(model) for label in registry.labels(event_model)
        ]
        if not known:
            raise errors.UntrackedModel(model=model._meta.label)
        raise errors.LabelNeeded(model=model._meta.label, labels=", ".join(known))
    return label


def _check_time(model: type[models.Model], name: str | None) -> None:
    if name is None or name in date_fields(model):
        return
    raise errors.InvalidObjects(
        problem=f'{model._meta.label} has no date field "{name}".',
        remedy=f"Use one of: {', '.join(date_fields(model)) or 'none, the time is now'}.",
    )


def date_fields(model: type[models.Model]) -> tuple[str, ...]:
    """The names of the fields that can be the time of an event."""
    return tuple(field.name for field in model._meta.concrete_fields if isinstance(field, models.DateField))


def _rows(
    model: type[models.Model], using: str, objects: models.QuerySet[Any] | None, where: Mapping[str, Any]
) -> models.QuerySet[Any]:
    every = model._base_manager.using(using)
    if objects is not None and registry.concrete(objects.model) is not registry.concrete(model):
        raise errors.InvalidObjects(
            problem=f"The objects are of {objects.model._meta.label}, and the backfill of {model._meta.label}.",
            remedy="Give a queryset of that model.",
        )
    chosen = every if objects is None else objects.using(using)
    try:
        chosen = chosen.filter(**where) if where else chosen
    except (FieldError, FieldDoesNotExist, ValidationError, TypeError, ValueError) as error:
        raise errors.InvalidObjects(problem=f"The filter cannot be applied: {error}", remedy="Name a field.") from error
    if _is_plain(chosen):
        return chosen.order_by()
    return every.filter(pk__in=(chosen if chosen.query.is_sliced else chosen.order_by()).values("pk"))


def _is_plain(rows: models.QuerySet[Any]) -> bool:
    """Whether a queryset is of one table and takes further conditions; a join may give a row twice."""
    query = rows.query
    has_more = query.is_sliced or query.distinct or query.combinator or query.annotations or query.extra
    return len(query.alias_map) <= 1 and not has_more


def _between(name: str, low: Any, high: Any) -> dict[str, Any]:
    bounds = {f"{name}__gt": low, f"{name}__lte": high}
    return {lookup: key for lookup, key in bounds.items() if key is not None}
