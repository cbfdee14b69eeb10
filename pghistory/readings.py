"""How events of a label are read: what may have happened to the row, and which of its states is stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pghistory import registry, trackers

if TYPE_CHECKING:
    from pghistory.models import Event


@dataclass(frozen=True, slots=True)
class Reading:
    """How events of one label are read: what may have happened to the row, and whether its old state is stored."""

    kinds: frozenset[str]
    is_old: bool = False

    @property
    def only(self) -> str | None:
        """The kind of all events of the label; None where it depends on their neighbours."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 else None


UNKNOWN: Final = Reading(frozenset({"unknown"}))
MANUAL: Final = Reading(frozenset({"manual"}))

# Statements that change a row, by the word that an entry has for it.
KINDS: Final = {"INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}


@lru_cache(maxsize=4096)
def reading(event_model: type[Event], label: str) -> Reading:
    """How events of a label are read; one that is no longer registered counts as a new row of unknown kind.

    Of a label for old rows and for new ones, nobody can tell which event holds which: all are read as new ones.
    """
    found = registry.trackers(event_model, label)
    if not found:
        return UNKNOWN
    automatic = [tracker for tracker in found if isinstance(tracker, trackers.RowEvent)]
    if not automatic:
        return MANUAL
    is_old = all(tracker.row == trackers.Old for tracker in automatic)
    read = [tracker for tracker in automatic if is_old or tracker.row != trackers.Old]
    kinds = frozenset(
        KINDS[name] for tracker in read for operation in tracker.operations if (name := str(operation)) in KINDS
    )
    return Reading(kinds, is_old=is_old) if kinds else UNKNOWN


class Labels:
    """The registered labels of an event model, grouped by how their events are read."""

    def __init__(self, event_model: type[Event]) -> None:
        readings = {label: reading(event_model, label) for label in registry.labels(event_model)}
        self.inserts = [label for label, found in readings.items() if found.only == "insert"]
        self.deletes = [label for label, found in readings.items() if found.only == "delete"]
        self.before_updates = [label for label, found in readings.items() if found.is_old and label not in self.deletes]
        self.insert_or_updates = [
            label for label, found in readings.items() if not found.is_old and {"insert", "update"} <= found.kinds
        ]
        self.update_or_deletes = [label for label in self.before_updates if "delete" in readings[label].kinds]
