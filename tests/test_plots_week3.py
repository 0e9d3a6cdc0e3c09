"""The riddle of week 3 can be solved, and shows what the marking scheme says it shows."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import exercises
from helpers import plots, taylor
from helpers.plots import guesses

ORDERS = exercises.find("guess_the_order").reference()


def test_the_riddle_is_one_image_whose_sentence_holds_a_number() -> None:
    figure = plots.guess_the_order()
    assert figure.png.startswith(b"\x89PNG")
    assert "0.25" in figure.alt


def test_the_riddle_draws_the_orders_that_the_scheme_wants() -> None:
    drawn = {letter: guesses.HIDDEN >> 3 * i & 7 for i, letter in enumerate("ABCDEF")}
    assert drawn == ORDERS
    assert sorted(drawn.values()) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("order", [2, 3, 4, 5])
def test_both_ends_of_a_dashed_curve_leave_the_picture_as_their_order_says(order: int) -> None:
    coefficients = taylor.coefficients(guesses.WAVE, guesses.CENTRE, order)
    ends = np.array(guesses.WINDOW) - guesses.CENTRE
    left, right = np.polynomial.polynomial.polyval(ends, coefficients)
    assert min(abs(left), abs(right)) > 5
    assert np.sign(left * right) == (-1) ** order


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_a_higher_order_stays_with_the_curve_for_longer(order: int) -> None:
    step = np.linspace(0, 1.5, 301)
    truth = guesses.WAVE(guesses.CENTRE + step)

    def stay(n: int) -> float:
        coefficients = taylor.coefficients(guesses.WAVE, guesses.CENTRE, n)
        wrong = np.abs(np.polynomial.polynomial.polyval(step, coefficients) - truth) > 0.2
        return float(step[np.argmax(wrong)])

    assert stay(order) > stay(order - 1)
