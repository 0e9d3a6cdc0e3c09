"""Week 2's own figures say what they show, and show it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from helpers import plots


def test_the_activations_are_drawn_with_the_slopes_that_differences_find() -> None:
    figure = plots.activations()
    h = 1e-6
    logistic = [1 / (1 + np.exp(-z)) for z in (h, -h)]
    np.testing.assert_allclose((np.tanh(h) - np.tanh(-h)) / (2 * h), 1)
    np.testing.assert_allclose((logistic[0] - logistic[1]) / (2 * h), 0.25)
    assert "slope 1, the logistic function with slope 0.25" in figure.alt
    assert Image.open(io.BytesIO(figure.png)).size[0] > 700


def test_two_walks_say_where_they_end_and_at_what_cost() -> None:
    def cost(p: np.ndarray) -> float:
        return float(p[0] ** 2 + p[1] ** 2)

    figure = plots.two_walks(cost, [(2, 0), (1.5, 0), (1, 0)], [(2, 0), (1, 1), (0.5, 0), (0, 0.5)])
    assert "Two walks from (2, 0): 2 exact steps end at (1, 0), where the cost is 1" in figure.alt
    assert "3 rough steps end at (0, 0.5), where it is 0.25" in figure.alt


@pytest.mark.parametrize("walk", [[(0, 0, 0)], []])
def test_walks_that_are_not_in_the_plane_are_refused(walk: list[tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        plots.two_walks(lambda p: p[0], walk, [(0, 0), (1, 1)])


def test_a_drawn_curve_says_how_far_it_is_from_the_wanted_one() -> None:
    wanted = np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]])
    figure = plots.drawn_curve(wanted, wanted + [[0.0], [0.25]])
    assert "their points lie 0.25 apart on average, and 0.25 at most" in figure.alt
    with pytest.raises(ValueError, match="one shape"):
        plots.drawn_curve(wanted, wanted[:, :2])
