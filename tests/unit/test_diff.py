"""pghistory.diff: texts by word, JSON by path, both bounded."""

import random
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pghistory import diff

WORDS = st.lists(st.sampled_from(["a", "b ", "cc ", "dd. ", "\n", "é", "-", " "])).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b.c", "d e", ""]), inner),
    max_leaves=12,
)


def sides(found: diff.TextDiff) -> tuple[str, str]:
    before = "".join(run.text for run in found.runs if run.op != "added")
    after = "".join(run.text for run in found.runs if run.op != "removed")
    return before, after


def runs(before: str, after: str) -> list[tuple[str, str]]:
    return [(run.op, run.text) for run in diff.words(before, after).runs]


@given(WORDS, WORDS)
def test_the_runs_of_a_text_read_as_both_texts(before: str, after: str):
    assert sides(diff.words(before, after, bound=1_000)) == (before, after)


@given(WORDS, WORDS)
def test_the_runs_of_a_text_told_by_sentences_read_as_both_texts(before: str, after: str):
    assert sides(diff.words(before, after, bound=1_000, tokens=2, edits=5)) == (before, after)


@given(WORDS)
def test_equal_texts_differ_nowhere(text: str):
    found = diff.words(text, text)
    assert found.changes == 0
    assert all(run.op == "same" for run in found.runs)


def test_a_changed_word_stands_out_alone():
    assert runs("Merino throw, natural", "Merino throw, oatmeal") == [
        ("same", "Merino throw, "),
        ("removed", "natural"),
        ("added", "oatmeal"),
    ]


def test_a_word_is_never_cut_in_its_middle():
    assert runs("the reader", "the reads") == [("same", "the "), ("removed", "reader"), ("added", "reads")]


def test_a_short_common_word_between_long_changes_is_no_island():
    found = runs(
        "woven from a blend of merino and recycled wool, in the colour of raw oats",
        "woven from pure merino from two farms in Umbria, in the colour of raw oats",
    )
    assert [op for op, _text in found] == ["same", "removed", "added", "same"]


def test_only_the_first_places_are_shown_and_the_rest_is_counted():
    before = " ".join(f"word{number} stays here always" for number in range(60))
    after = before.replace("word", "other")
    found = diff.words(before, after, bound=5)
    assert (found.changes, found.shown) == (60, 5)
    assert sum(run.op == "removed" for run in found.runs) == 5


def test_texts_without_anything_in_common_are_told_as_replaced():
    generator = random.Random(1)
    before, after = (". ".join(str(generator.random()) for _ in range(5_000)) for _side in range(2))
    found = diff.words(before, after)
    assert found.whole
    assert [run.op for run in found.runs] == ["removed", "added"]


def test_a_megabyte_of_text_is_told_apart_in_a_moment():
    generator = random.Random(2)
    words = [f"w{number}" for number in range(500)]
    text = " ".join(generator.choice(words) + "." * (generator.random() < 0.1) for _ in range(220_000))
    after = text[:1_000] + " CHANGED " + text[1_000:500_000] + " second " + text[500_100:]
    hostile = ["a" * 1_000_000, "a " * 500_000, "a\n" * 500_000, "x" + "a." * 500_000 + "y"]
    started = time.perf_counter()
    assert diff.words(text, after).changes == 2
    for one, other in zip(hostile, reversed(hostile), strict=True):
        diff.words(one, other)
    assert time.perf_counter() - started < 5


def test_paths_name_what_changed_came_and_went():
    before = {"weight_g": 840, "care": ["a", "b"], "labels": {"gots": {"certificate": "CU"}}, "a.b": 1}
    after = {"weight_g": 910, "care": ["a", "b", "dry"], "labels": {"gots": {}}, "a.b": 2}
    found = diff.paths(before, after)
    assert [(change.op, change.path, change.before, change.after) for change in found.changes] == [
        ("changed", "weight_g", 840, 910),
        ("added", "care[2]", None, "dry"),
        ("removed", "labels.gots.certificate", "CU", None),
        ("changed", '["a.b"]', 1, 2),
    ]


def test_an_item_that_changed_its_place_has_moved():
    found = diff.paths({"sizes": ["1", "2", "3", "4"]}, {"sizes": ["4", "1", "2", "3"]})
    assert [(change.op, change.came_from, change.path) for change in found.changes] == [
        ("moved", "sizes[3]", "sizes[0]")
    ]


def test_an_item_that_changed_inside_is_followed_into():
    found = diff.paths([{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 3}])
    assert [(change.path, change.before, change.after) for change in found.changes] == [("[1].n", 2, 3)]


def test_true_is_not_one():
    assert diff.paths({"a": True}, {"a": 1}).total == 1


def test_another_kind_of_value_is_one_change_at_its_root():
    assert [change.path for change in diff.paths(None, {"a": 1}).changes] == [""]


@given(JSON)
def test_equal_json_differs_nowhere(value: Any):
    assert diff.paths(value, value).total == 0


@given(JSON, JSON)
def test_different_json_differs_somewhere(before: Any, after: Any):
    assert (diff.paths(before, after).total == 0) <= (before == after)


def test_ten_thousand_keys_are_told_apart_in_a_moment():
    started = time.perf_counter()
    found = diff.paths({str(n): n for n in range(10_000)}, {str(n): n + 1 for n in range(10_000)})
    assert (found.total, len(found.changes), found.exact) == (10_000, 50, True)
    lists = diff.paths(list(range(10_000)), list(range(5_000, 15_000)))
    assert lists.total
    assert time.perf_counter() - started < 3


def test_beyond_the_bound_of_visits_the_number_is_a_least_number():
    found = diff.paths({str(n): n for n in range(100)}, {str(n): n + 1 for n in range(100)}, visits=50)
    assert not found.exact
    assert found.total < 100


def test_depth_costs_no_recursion():
    def nested(depth: int, leaf: int) -> Any:
        value: Any = leaf
        for _level in range(depth):
            value = {"a": value}
        return value

    assert diff.paths(nested(5_000, 1), nested(5_000, 2)).total == 1
