"""A habit is told from where an answer to the sandpit goes, not from how it is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.habits import habit
from helpers.sandpit import Dip

HISTORY: list[Dip] = [
    (np.array([1.0, 2.0]), -1.0, np.array([0.5, 0.2])),
    (np.array([4.0, 1.0]), -3.0, np.array([-0.1, 0.9])),
    (np.array([2.0, 5.0]), -0.5, np.array([0.7, -0.6])),
    (np.array([3.0, 3.0]), -2.0, np.array([0.3, 0.4])),
]
rng = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (lambda history: "north", "no point"),
        (lambda history: None, "no point"),
        (lambda history: 3.0, "no point"),
        (lambda history: [1, 2, 3], "no point"),
        (lambda history: [np.nan, 2.0], "no point"),
        (lambda history: rng.uniform(0, 6, 2), "dice"),
        (lambda history: (3.1, 3.0), "blind"),
        (lambda history: (0.5 * len(history), 1), "blind"),
        (lambda history: -0.3 * history[-1][2], "a step"),
        (lambda history: history[2][0], "again"),
        (lambda history: min(history, key=lambda dip: dip[1])[0], "again"),
        (lambda history: history[-1][0] - history[-1][2], "downhill from the last"),
        (lambda history: history[-1][0] + history[-1][2], "uphill from the last"),
        (lambda history: history[0][0] - 0.1 * history[0][2], "downhill from the first"),
        (lambda history: history[1][0] - 0.1 * history[1][2], "downhill from the lowest"),
        (lambda history: history[2][0] + 0.1 * history[2][2], "uphill from the highest"),
        (lambda history: history[-1][0] + history[-1][2][::-1] * [1, -1], "elsewhere"),
        (lambda history: history[-1][0] + [history[-1][1], 0.1], "elsewhere"),
    ],
)
def test_a_habit_is_told_in_one_word(answer: Any, wanted: str) -> None:
    assert habit(answer, HISTORY) == wanted


@given(st.floats(1e-3, 2.0), st.sampled_from([-1, 1]))
def test_the_length_of_the_step_does_not_matter(rate: float, sign: int) -> None:
    found = habit(lambda history: history[-1][0] + sign * rate * history[-1][2], HISTORY)
    assert found == f"{'uphill' if sign > 0 else 'downhill'} from the last"


def test_an_answer_that_spoils_its_history_spoils_nothing_here() -> None:
    def spoil(history: list[Dip]) -> Any:
        point, _, slope = history[-1]
        target = point - 0.1 * slope
        point[:] = 0
        history.clear()
        return target

    assert habit(spoil, HISTORY) == "downhill from the last"
    assert HISTORY[-1][0].tolist() == [3.0, 3.0]


def test_an_error_of_the_answer_is_left_to_whoever_asks() -> None:
    with pytest.raises(IndexError):
        habit(lambda history: history[-2], HISTORY[:1])
