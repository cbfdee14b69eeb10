"""Values from outside, as columns hold them or do not."""

import base64
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from pghistory import keys
from pghistory.errors import InvalidCursor
from pghistory.timeline import differences, metadata
from pghistory.timeline.cursors import Cursor


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": ["b", {"c": 1}]}, True),
        ({"a": ["b", {"c": "\0"}]}, False),
        ({"a\0": 1}, False),
        (("a", "\ud800"), False),
        (b"\0", True),
        (None, True),
    ],
)
def test_postgresql_holds_texts_without_nul_and_halves_of_surrogate_pairs(value: Any, expected: bool):
    assert keys.is_storable(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("7", 7), (7.0, 7), (7.5, None), ("x", None), (2**31, None), (-(2**31), -(2**31))]
)
def test_an_integer_column_holds_whole_numbers_of_its_size(value: Any, expected: int | None):
    assert keys.as_stored(models.IntegerField(), value, "default") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("inf"), ["inf"]),
        (1.5, [1.5, "1.5"]),
        (None, [None]),
        (True, [True, "true"]),
        ("3", ["3", 3]),
        ("NaN", ["NaN"]),
        ("-Infinity", ["-Infinity"]),
        ("1e999", ["1e999"]),
        ("[3]", ["[3]"]),
        ("[" * 100_000, ["[" * 100_000]),
    ],
)
def test_a_scalar_may_stand_in_json_as_a_text_or_as_itself(value: Any, expected: list[Any]):
    assert metadata.readings(value) == expected


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "by_id"),
    [
        (cursor(f" {2**63} 0"), True),
        (cursor("2031-05-01T00:00:00 1 0"), False),
        (cursor("2031-05-01T00:00:00Z 1 0"), False),
        (cursor(" 1 0"), False),
        (cursor("2031-05-01T00:00:00+00:00 1 0"), True),
        (cursor("soon 1 0"), False),
        (cursor("nothing"), True),
        (cursor(" 1 0") + "=", True),
        (cursor(" 01 0"), True),
        ("é", True),
    ],
)
def test_only_what_a_page_gave_is_a_cursor(text: str, by_id: bool):
    with pytest.raises(InvalidCursor):
        Cursor.read(text, by_id=by_id)


def test_a_cursor_reads_as_it_was_written(settings: Any):
    for at in (None, dt.datetime(2031, 5, 1, tzinfo=dt.UTC)):
        given = Cursor(at, 7, 1)
        assert Cursor.read(str(given), by_id=at is None) == given
    settings.USE_TZ = False
    naive = Cursor(dt.datetime(2031, 5, 1), 7, 1)  # noqa: DTZ001 - where Django keeps no zones
    assert Cursor.read(str(naive), by_id=False) == naive


class Vector:
    """An array of another package: compared item by item, it has no truth."""

    def __init__(self, items: list[float]) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"Vector({self.items})"

    def __ne__(self, other: object) -> Any:
        return Several()


class Several:
    def __bool__(self) -> bool:
        raise ValueError("The truth value of an array is ambiguous.")


def test_values_whose_comparison_has_no_truth_differ_where_they_read_differently():
    assert differences.differ(Vector([1.0]), Vector([2.0]))
    assert not differences.differ(Vector([1.0]), Vector([1.0]))
    assert differences.differ(True, 1)
    assert not differences.differ(float("nan"), float("nan"))
    assert not differences.differ(Decimal("NaN"), Decimal("NaN"))
    assert differences.differ(Decimal("NaN"), Decimal("1.5"))
