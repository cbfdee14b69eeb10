"""The arithmetic of the benchmark."""

import pytest

from bench.rounds import Rounds, interleaved, ratio


def test_a_ratio_is_taken_round_by_round() -> None:
    found = ratio([2.0, 30.0, 8.0], [1.0, 10.0, 2.0])
    assert found is not None
    assert (found.low, found.middle, found.high) == (2.5, 3.0, 3.5)


def test_rounds_that_only_one_of_both_has_do_not_count() -> None:
    found = ratio([2.0], [1.0, 1000.0])
    assert found is not None
    assert found.middle == 2.0


def test_what_was_not_measured_has_no_ratio() -> None:
    rounds = Rounds()
    rounds.note("W3", "auditlog", None)
    rounds.note("W3", "plain", {"clock": 1.0, "processor": None})
    assert rounds.ratio("W3", "auditlog", "plain") is None
    assert rounds.milliseconds("W3", "auditlog") is None


@pytest.mark.parametrize(("processor", "middle"), [(3.0, 3.0), (None, 1.0)])
def test_processor_seconds_count_where_they_are_known(processor: float | None, middle: float) -> None:
    rounds = Rounds()
    base = None if processor is None else 1.0
    rounds.note("W1", "ours", {"clock": 5.0, "processor": processor})
    rounds.note("W1", "plain", {"clock": 5.0, "processor": base})
    found = rounds.ratio("W1", "ours", "plain")
    assert found is not None
    assert found.middle == middle
    assert rounds.milliseconds("W1", "ours") == 5000


def test_every_other_round_goes_backwards(capsys: pytest.CaptureFixture[str]) -> None:
    order: list[tuple[int, str]] = []
    interleaved(2, "ab", lambda turn, name: order.append((turn, name)), what="W1")
    assert order == [(0, "b"), (0, "a"), (1, "a"), (1, "b"), (2, "b"), (2, "a")]
    assert "W1" in capsys.readouterr().err
