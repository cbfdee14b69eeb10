"""What differs between two values: a text word by word, a JSON value path by path.

Both answers are bounded: whatever the size of the values, time and the number of differences given stay small, and what
was left out is counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, Final, Literal, TypeVar

TextOp = Literal["same", "removed", "added"]
PathOp = Literal["changed", "added", "removed", "moved"]
T = TypeVar("T")
H = TypeVar("H", bound=Hashable)

WORDS: Final = re.compile(r"\w+|[^\w\s]|\s+")
SENTENCES: Final = re.compile(r"[^\n.!?]{0,400}(?:[.!?]+\s*|\n+|(?<=.)|$)", re.DOTALL)
PLAIN_KEY: Final = re.compile(r"[^\W\d][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that stayed, went or came."""

    op: TextOp
    text: str

    @property
    def words(self) -> int:
        """Words in the text, as a person counts them."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Runs in reading order; `changes` places differ in all, of which `shown` are in the runs.

    `whole` is true when the texts have too little in common, or are too large, to be told apart word by word.
    """

    runs: tuple[Run, ...]
    changes: int
    shown: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PathChange:
    """One difference inside a JSON value; `came_from` is the earlier path of what moved."""

    op: PathOp
    path: str
    before: Any = None
    after: Any = None
    came_from: str = ""


@dataclass(frozen=True, slots=True)
class PathDiff:
    """The first changes in path order, and how many there are in all (at least, when not `exact`)."""

    changes: tuple[PathChange, ...]
    total: int
    exact: bool = True


def words(before: str, after: str, *, bound: int = 20, tokens: int = 2_400, edits: int = 200) -> TextDiff:
    """The difference of two texts by word, with the first `bound` places.

    Texts above `tokens` words are first told apart by sentence or line, then by word inside what differs.
    """
    start, end = _common_ends(before, after)
    head, tail = before[:start], before[len(before) - end :]
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    runs = _by_word(old, new, tokens, edits) or _by_sentence(old, new, tokens, edits)
    told = [Run("removed", old), Run("added", new)] if runs is None else runs
    return _first_places(_readable([Run("same", head), *told, Run("same", tail)]), bound, whole=runs is None)


def paths(before: Any, after: Any, *, bound: int = 50, visits: int = 50_000) -> PathDiff:
    """The difference of two JSON values by path, the first `bound` of them; looks at `visits` places at most."""
    seen = list(islice(_walk(before, after), visits))
    found = [change for change in seen if change is not None]
    return PathDiff(tuple(found[:bound]), len(found), exact=len(seen) < visits)


def _common_ends(before: str, after: str) -> tuple[int, int]:
    """Lengths of the common beginning and end, cut back to where a word begins."""
    shortest = min(len(before), len(after))
    start = _longest(shortest, lambda size: before[:size] == after[:size])
    while 0 < start < max(len(before), len(after)) and not before[start - 1].isspace():
        start -= 1
    end = _longest(shortest - start, lambda size: before[len(before) - size :] == after[len(after) - size :])
    while end and any(text[len(text) - end - 1 : len(text) - end + 1].isalnum() for text in (before, after)):
        end -= 1
    return start, end


def _longest(limit: int, fits: Callable[[int], bool]) -> int:
    """The greatest size up to the limit that still fits; comparing slices is far quicker than single characters."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _by_word(old: str, new: str, tokens: int, edits: int) -> list[Run] | None:
    if len(old) + len(new) > 40 * tokens:
        return None
    before, after = WORDS.findall(old), WORDS.findall(new)
    if len(before) > tokens or len(after) > tokens:
        return None
    script = _script(before, after, edits)
    return None if script is None else [Run(op, "".join(part)) for op, part in script]


def _by_sentence(old: str, new: str, tokens: int, edits: int) -> list[Run] | None:
    """Sentences that differ, then the words inside them; None when too many sentences differ."""
    script = _script(SENTENCES.findall(old), SENTENCES.findall(new), edits)
    if script is None:
        return None
    runs: list[Run] = []
    removed = ""
    for op, part in [*script, ("same", [])]:
        text = "".join(part)
        if op == "added":
            runs += _by_word(removed, text, tokens, edits) or [Run("removed", removed), Run("added", text)]
        elif op == "same":
            runs += [Run("removed", removed), Run("same", text)]
        removed = text if op == "removed" else ""
    return runs


def _script(before: Sequence[H], after: Sequence[H], edits: int) -> list[tuple[TextOp, list[H]]] | None:
    """The shortest edit script (E. Myers, "An O(ND) Difference Algorithm", 1986), or None above `edits` edits."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    old, new = before[start:], after[start:]
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for distance in range(min(len(old) + len(new), edits) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (diagonal != distance and furthest[diagonal - 1] < furthest[diagonal + 1])
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            while x < len(old) and 0 <= x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                steps = list(_walk_back(old, new, trace, diagonal))[::-1]
                return [("same", list(before[:start])), *_grouped(steps)]
    return None


def _walk_back(
    old: Sequence[T], new: Sequence[T], trace: list[dict[int, int]], diagonal: int
) -> Iterator[tuple[TextOp, T]]:
    """The single steps of the script, last first."""
    x, y = len(old), len(old) - diagonal
    for distance in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[distance], x - y
        down = diagonal == -distance or (diagonal != distance and furthest[diagonal - 1] < furthest[diagonal + 1])
        from_diagonal = diagonal + 1 if down else diagonal - 1
        from_x = furthest[from_diagonal] if distance else 0
        from_y = from_x - from_diagonal if distance else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            yield "same", old[x]
        if distance:
            yield ("added", new[from_y]) if down else ("removed", old[from_x])
            x, y = from_x, from_y


def _grouped(steps: Sequence[tuple[TextOp, T]]) -> Iterator[tuple[TextOp, list[T]]]:
    """Steps of a kind together, what went before what came."""
    for same, part in groupby(steps, key=lambda step: step[0] == "same"):
        group = list(part)
        ops: tuple[TextOp, ...] = ("same",) if same else ("removed", "added")
        for op in ops:
            if values := [value for kind, value in group if kind == op]:
                yield op, values


def _readable(runs: Sequence[Run]) -> list[Run]:
    """Runs with what is too short to orient a reader taken into the changes around it."""
    merged = _merged(runs)
    told: list[Run] = []
    for position, run in enumerate(merged):
        around = merged[max(0, position - 2) : position], merged[position + 1 : position + 3]
        changed = min(sum(len(other.text) for other in side if other.op != "same") for side in around)
        if run.op == "same" and run.words < 3 and len(run.text) <= changed // 2:
            told += [Run("removed", run.text), Run("added", run.text)]
        else:
            told.append(run)
    return _merged(told)


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of a kind as one run, empty ones dropped."""
    steps = [(run.op, run.text) for run in runs if run.text]
    return [Run(op, "".join(texts)) for op, texts in _grouped(steps)]


def _first_places(runs: Sequence[Run], bound: int, *, whole: bool) -> TextDiff:
    """The runs up to the last of the first `bound` places."""
    begins = [
        position
        for position, run in enumerate(runs)
        if run.op != "same" and (position == 0 or runs[position - 1].op == "same")
    ]
    kept = runs[: begins[bound]] if len(begins) > bound else runs
    return TextDiff(tuple(kept), len(begins), min(len(begins), bound), whole)


def _walk(before: Any, after: Any) -> Iterator[PathChange | None]:
    """Changes in path order, and None for each place looked at; a stack, since JSON may be as deep as it likes."""
    stack: list[PathChange] = [PathChange("changed", "", before, after)]
    while stack:
        place = stack.pop()
        if place.op != "changed":
            yield place
            continue
        old, new = place.before, place.after
        if isinstance(old, dict) and isinstance(new, dict):
            stack += reversed(list(_keys(place.path, old, new)))
        elif isinstance(old, list) and isinstance(new, list):
            stack += reversed(_items(place.path, old, new))
        elif type(old) is not type(new) or old != new:
            yield place
        yield None


def _keys(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[PathChange]:
    for key in [*old, *(key for key in new if key not in old)]:
        op: PathOp = "removed" if key not in new else "changed" if key in old else "added"
        yield PathChange(op, _key_path(path, key), old.get(key), new.get(key))


def _items(path: str, old: list[Any], new: list[Any]) -> list[PathChange]:
    """Items aligned by value; a group replaced by another is compared one by one."""
    script = _script([_canonical(item) for item in old], [_canonical(item) for item in new], 100)
    if script is None:
        script = [("removed", [""] * len(old)), ("added", [""] * len(new))]
    places: list[PathChange] = []
    at_old = at_new = 0
    gone: list[int] = []
    for op, part in [*script, ("same", [])]:
        if op == "removed":
            gone = list(range(at_old, at_old + len(part)))
            at_old += len(part)
            continue
        came = list(range(at_new, at_new + len(part))) if op == "added" else []
        pairs = min(len(gone), len(came))
        places += [PathChange("changed", f"{path}[{j}]", old[i], new[j]) for i, j in zip(gone, came, strict=False)]
        places += [PathChange("removed", f"{path}[{i}]", before=old[i]) for i in gone[pairs:]]
        places += [PathChange("added", f"{path}[{j}]", after=new[j]) for j in came[pairs:]]
        gone = []
        at_new += len(part)
        at_old += len(part) if op == "same" else 0
    return _with_moves(places)


def _with_moves(places: list[PathChange]) -> list[PathChange]:
    """What was removed at one place and added at another of the same list, told as one move."""
    removed = {_canonical(place.before): place for place in places if place.op == "removed"}
    origins: dict[str, PathChange] = {}
    for place in places:
        if place.op == "added" and (origin := removed.pop(_canonical(place.after), None)):
            origins[place.path] = origin
    gone = {origin.path for origin in origins.values()}
    told: list[PathChange] = []
    for place in places:
        if place.op == "added" and (origin := origins.get(place.path)):
            told.append(PathChange("moved", place.path, place.after, place.after, origin.path))
        elif place.op != "removed" or place.path not in gone:
            told.append(place)
    return [place for place in told if place.path != place.came_from]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _key_path(path: str, key: str) -> str:
    if not PLAIN_KEY.match(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key
