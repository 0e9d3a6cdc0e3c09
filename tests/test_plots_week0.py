"""Week 0's own figures: graphs in one frame, and the riddle of the derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.exercises.week0_foundations import match_derivatives
from helpers import plots
from helpers.plots import foundations as module


def test_the_riddle_and_the_marking_scheme_agree() -> None:
    places = [module.HIDDEN >> 3 * i & 7 for i in range(6)]
    assert dict(zip(module.CURVES, places, strict=True)) == match_derivatives()


def test_no_two_curves_of_the_riddle_have_nearly_the_same_derivative() -> None:
    t = np.linspace(*module.WINDOW, 61)
    slopes = [f.derivative(t) / np.ptp(f.derivative(t)) for f in module.CURVES.values()]
    for i, slope in enumerate(slopes):
        assert all(np.abs(slope - other).max() > 0.2 for other in slopes[:i])


def test_the_riddle_is_a_picture_whose_sentence_does_not_solve_it() -> None:
    figure = plots.derivative_riddle()
    assert figure.png.startswith(b"\x89PNG")
    assert "A to F" in figure.alt
    assert "wave" not in figure.alt


def test_graphs_name_every_function_and_its_last_value() -> None:
    figure = plots.graphs({"square": lambda x: x**2, "line": lambda x: 3 * x}, x=(0, 2))
    assert figure.alt == "square and line for x from 0 to 2; at x = 2 they are 4 and 6."


@pytest.mark.parametrize("count", [1, 3])
def test_graphs_take_any_number_of_functions(count: int) -> None:
    figure = plots.graphs({f"f{i}": np.sin for i in range(count)}, labels=("t", "T"))
    assert all(f"f{i}" in figure.alt for i in range(count))
    assert "for t from" in figure.alt
