"""The same file as `export` streams, made by COPY: cells that only Python knows are filled in by blocks of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import router
from django.db.models import Model

from pghistory.export import Gap, Sheet, copy, entries_of, fill, subject
from pghistory.export.cells import as_cell, as_json, quoted
from pghistory.timeline import Entry, Timeline, instances_of
from pghistory_ui.links import Links
from pghistory_ui.permissions import Access
from pghistory_ui.views import export

KEPT: Final = 10_000
"""How many filled gaps are kept for the lines that follow."""

ENDINGS: Final = {"csv": b"\r\n", "jsonl": b"\n"}


def may_copy(access: Access, timeline: Timeline) -> bool:
    """Whether COPY gives the file: the database decides what may be seen, and it is one database."""
    return len(_databases(timeline)) <= 1 and access.may_count(timeline.event_models)


def write(
    access: Access, timeline: Timeline, sheet: Sheet, *, draft: Callable[[], Any], progress: Callable[[int], None]
) -> tuple[Any, int]:
    """The file, one of those that `draft` gives, and the number of its events.

    The sheet has a mark, and leaves out what may not be seen.
    """
    ending, using = ENDINGS[sheet.file_format], next(iter(_databases(timeline)), "")
    with export.snapshot():
        lines = Watched(draft(), sheet.mark)
        written = copy(timeline, lines, sheet, progress=progress, ending=ending)
        if not lines.is_marked:
            return lines.file, written
        known = Known(access, sheet, using)

        def tell(gaps: Sequence[bytes]) -> Sequence[bytes]:
            progress(written)
            return known.tell(gaps)

        whole = draft()
        lines.file.seek(0)
        fill(lines.file, whole, mark=sheet.mark, tell=tell)
    return whole, written


class Watched:
    """A file, and whether a mark was written into it; what is written at a time ends with a line."""

    def __init__(self, file: Any, mark: str) -> None:
        self.file = file
        self.is_marked = False
        self._mark = mark.encode()

    def write(self, data: bytes) -> None:
        """Passes the lines on."""
        self.is_marked = self.is_marked or self._mark in data
        self.file.write(data)


class Known:
    """What Python knows of events: what their objects and actors are called, and fields of odd types."""

    def __init__(self, access: Access, sheet: Sheet, using: str) -> None:
        self._access = access
        self._sheet = sheet
        self._using = using
        self._told: dict[bytes, bytes] = {}

    def tell(self, gaps: Sequence[bytes]) -> list[bytes]:
        """What stands in each of these gaps: what lives is called the same in all of its events."""
        if len(self._told) > KEPT:
            self._told.clear()
        told = self._told
        missing = {gap for gap in gaps if gap not in told and subject(gap) not in told}
        if missing:
            self._learn([Gap(raw) for raw in missing])
        return [told[gap] if gap in told else told[subject(gap)] for gap in gaps]

    def _learn(self, gaps: Sequence[Gap]) -> None:
        actors = {gap.raw: gap.actor for gap in gaps if gap.kind == "actor"}
        living = self._living(gap for gap in gaps if gap.kind == "object")
        read = [gap for gap in gaps if gap.raw not in actors and gap.raw not in living]
        found = {key: self._access.redacted(entry) for key, entry in entries_of(read, self._using).items()}
        links = Links(self._access, found.values())
        for each in living.values():
            links.expect_targets(each)
        for user, _label in actors.values():
            links.expect_actor(user)
        for raw, each in living.items():
            self._note(subject(raw), links.living(each))
        for raw, actor in actors.items():
            link = links.known_actor(*actor)
            self._note(raw, link.label if link else None)
        for gap in read:
            self._note(gap.raw, self._cell(gap.kind, found[gap.event_model, gap.id], links))

    def _cell(self, kind: str, entry: Entry, links: Links) -> Any:
        if kind == "object":
            return export.name(entry, links)
        return entry.changes if kind == "changes" else entry.obj_id

    def _note(self, key: bytes, value: Any) -> None:
        if self._sheet.file_format == "csv":
            text = quoted(as_cell(value)) or ('""' if len(self._sheet.columns) == 1 else "")
        else:
            text = as_json(value)
        self._told[key] = text.encode()

    def _living(self, gaps: Iterable[Gap]) -> dict[bytes, Model]:
        """{gap: its object}, of those that live."""
        wanted: defaultdict[type[Model], dict[bytes, Any]] = defaultdict(dict)
        for gap in gaps:
            key = gap.obj_id
            if key is not None:
                wanted[gap.event_model.pgh_tracked_model][gap.raw] = key
        found: dict[bytes, Model] = {}
        for model, keys in wanted.items():
            rows = model._base_manager.using(self._using).filter(pk__in={*keys.values()})
            living = {each.pk: each for each in instances_of(rows)}
            found |= {raw: living[key] for raw, key in keys.items() if key in living}
        return found


def _databases(timeline: Timeline) -> set[str]:
    return {router.db_for_read(event_model) for event_model in timeline.event_models}
