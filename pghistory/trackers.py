"""What makes an event, and under which label it is stored.

A tracker only says so; `event_models` asks it for its triggers. Trackers are never changed after they are made, so that
one instance may serve many models.
"""

from __future__ import annotations

import functools
import hashlib
import operator
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from pgtrigger.core import MAX_NAME_LENGTH, Level, Operation

from pghistory import conditions, config, errors, triggers

if TYPE_CHECKING:
    from pghistory.models import Event

Row = pgtrigger.Row
Statement = pgtrigger.Statement
Old = "OLD"
New = "NEW"


class TriggerNames:
    """The names that the triggers of one table have been given; `give` finds one that is still free.

    A label is told in lower-case letters, digits and single underscores, as in the migrations of projects that switch;
    a hash of it keeps apart what is cut short, and what another trigger of the table is called already.
    """

    _others: ClassVar = re.compile(r"[^a-z0-9]+")

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}

    def give(self, spelled: str, *, model: str) -> str:
        """The name for what a label and an operation spell; TriggerNameTaken when they have one already."""
        name = self._others.sub("_", spelled.lower())
        if len(name) > MAX_NAME_LENGTH or self._spelled.get(name, spelled) != spelled:
            digest = hashlib.sha256(spelled.encode()).hexdigest()[:6]
            name = f"{name[: MAX_NAME_LENGTH - 7]}_{digest}"
        if name in self._spelled:
            raise errors.TriggerNameTaken(model=model, name=name)
        self._spelled[name] = spelled
        return name


class Tracker:
    """A label under which events of a model are stored, by `create_event` or by a backfill: it installs no trigger.

    A subclass may set `label` as a class attribute. Raises LabelMissing without one.
    """

    label: str = ""

    def __init__(self, label: str | None = None) -> None:
        self.label = label or type(self).label
        if not self.label:
            raise errors.LabelMissing(tracker=type(self).__name__)

    @property
    def is_manual(self) -> bool:
        """Whether only people and code store events under this label."""
        return True

    def triggers(self, event_model: type[Event], names: TriggerNames | None = None) -> tuple[triggers.Event, ...]:
        """The triggers that store events under this label in the event model, beside those that have names."""
        return ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label!r})"


class ManualEvent(Tracker):
    """A label for events that are only ever recorded by hand."""


class RowEvent(Tracker):
    """Stores a row when it is written.

    `condition` is a pgtrigger condition or None; a change condition without fields means the fields being tracked.
    `operation` is what writes, `row` is Old or New, `trigger_name` replaces the name made of label and operation, and
    `level` is Row or Statement (else that of `track`, else PGHISTORY_LEVEL). Class attributes give the defaults.

    Raises RowUnavailable for the old row of an insert or the new row of a delete, ConditionUnavailable for a change
    condition on one of these.
    """

    condition: pgtrigger.Condition | None = None
    operation: Operation | None = None
    row: str | None = None
    trigger_name: str | None = None
    level: Level | None = None

    def __init__(
        self,
        label: str | None = None,
        *,
        condition: pgtrigger.Condition | None | config.Unset = config.UNSET,
        operation: Operation | None = None,
        row: str | None = None,
        trigger_name: str | None = None,
        level: Level | None = None,
    ) -> None:
        super().__init__(label)
        self.condition = type(self).condition if condition is config.UNSET else condition
        self.operation = operation or type(self).operation
        self.row = row or type(self).row
        self.trigger_name = trigger_name or type(self).trigger_name
        self.level = level or type(self).level
        self._refuse_contradictions()

    @property
    def is_manual(self) -> bool:
        return False

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations one by one, where `operation` may join several."""
        return tuple(self.operation) if self.operation is not None else ()

    def triggers(self, event_model: type[Event], names: TriggerNames | None = None) -> tuple[triggers.Event, ...]:
        given = TriggerNames() if names is None else names
        tracked = event_model.pgh_tracked_model._meta.label
        level = self.level or event_model.pgh_level or config.level() or Row
        # PostgreSQL gives transition tables only to triggers of one operation.
        operations = self.operations if level is Statement else (functools.reduce(operator.or_, self.operations),)
        return tuple(
            triggers.Event(
                name=given.give(self._spelled(operation, alone=len(operations) == 1), model=tracked),
                event_model=event_model,
                label=self.label,
                operation=operation,
                row=self.row or New,
                condition=self._condition_over(event_model),
                level=level,
            )
            for operation in operations
        )

    def _condition_over(self, event_model: type[Event]) -> pgtrigger.Condition | None:
        """The condition with the tracked fields filled in where it names none."""
        if isinstance(self.condition, conditions.CHANGES):
            return conditions.ByValue(self.condition, tracked=event_model.pgh_tracked_fields)
        return self.condition

    def _spelled(self, operation: Operation, *, alone: bool) -> str:
        """What the trigger's name is made of."""
        if self.trigger_name and alone:
            return self.trigger_name
        return f"{self.trigger_name or self.label}_{_words(operation)}"

    def _refuse_contradictions(self) -> None:
        if self.operation is None:
            raise errors.UnsupportedArgument(
                model=repr(self), argument="operation", value="None", remedy="Give pghistory.Insert, Update or Delete."
            )
        if self.row not in (Old, New):
            raise errors.UnsupportedArgument(
                model=repr(self), argument="row", value=repr(self.row), remedy="Give pghistory.Old or pghistory.New."
            )
        for operation in self.operations:
            if operation is pgtrigger.Update:
                continue
            if operation is pgtrigger.Insert and self.row == Old:
                self._refuse_row("inserted", remedy="New")
            if operation is pgtrigger.Delete and self.row == New:
                self._refuse_row("deleted", remedy="Old")
            if isinstance(self.condition, conditions.CHANGES):
                raise errors.ConditionUnavailable(
                    model="", tracker=type(self).__name__, label=self.label, condition=type(self.condition).__name__
                )

    def _refuse_row(self, operation: str, *, remedy: str) -> None:
        raise errors.RowUnavailable(
            tracker=type(self).__name__, label=self.label, row=self.row, operation=operation, remedy=remedy
        )


class InsertEvent(RowEvent):
    """Stores each row that is added."""

    label = "insert"
    operation = pgtrigger.Insert
    row = New


class UpdateEvent(RowEvent):
    """Stores each row in which a tracked field changes, as it is afterwards."""

    label = "update"
    condition = pgtrigger.AnyChange()
    operation = pgtrigger.Update
    row = New


class DeleteEvent(RowEvent):
    """Stores each row that is removed, as it was."""

    label = "delete"
    operation = pgtrigger.Delete
    row = Old


class AfterInsert(RowEvent):
    """Stores each row that is added, under a label of its own."""

    operation = pgtrigger.Insert
    row = New


class AfterUpdate(RowEvent):
    """Stores each row that is written to, changed or not, as it is afterwards."""

    operation = pgtrigger.Update
    row = New


class AfterInsertOrUpdate(RowEvent):
    """Stores each row that is added or written to, under one label."""

    operation = pgtrigger.Insert | pgtrigger.Update
    row = New


class BeforeUpdate(RowEvent):
    """Stores each row that is written to, changed or not, as it was."""

    operation = pgtrigger.Update
    row = Old


class BeforeDelete(RowEvent):
    """Stores each row that is removed, under a label of its own."""

    operation = pgtrigger.Delete
    row = Old


class BeforeUpdateOrDelete(RowEvent):
    """Stores each row that is written to or removed, as it was, under one label."""

    operation = pgtrigger.Update | pgtrigger.Delete
    row = Old


DEFAULT_TRACKERS = (InsertEvent(), UpdateEvent())


def defaults() -> Iterable[Tracker]:
    """The trackers of a `track()` that names none."""
    configured = config.default_trackers()
    return DEFAULT_TRACKERS if configured is None else configured


def _words(operation: Operation) -> str:
    return str(operation).lower().replace(" ", "_")
