"""A riddle: six approximations of one curve, and the reader says of which order each is."""

from __future__ import annotations

import numpy as np

from helpers.functions import sinusoid
from helpers.plots import sampling
from helpers.plots.colours import BLACK, VERMILION
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, short

WAVE = sinusoid(amplitude=1.2, frequency=2.0, phase=0.285)
CENTRE = 0.25
HIDDEN = 0b101_010_011_000_100_001
"""Three bits for each letter, the first letter last, so that a glance does not spoil the riddle."""
WINDOW = (-3.5, 4.0)


def guess_the_order() -> Figure:
    """Draw six Taylor polynomials of one wave, lettered A to F, without saying their orders.

    Examples
    --------
    >>> guess_the_order()
    Six Taylor polynomials of one wave about x = 0.25, dashed and lettered A to F; their orders are 0 to 5 in another order.
    """
    panels = [_panel(letter, HIDDEN >> 3 * i & 7) for i, letter in enumerate("ABCDEF")]
    alt = (
        f"Six Taylor polynomials of one wave about x = {short(CENTRE)}, dashed and lettered A to F; "
        "their orders are 0 to 5 in another order."
    )
    return draw(Scene(panels, alt, columns=3, height=4.6))


def _panel(letter: str, order: int) -> Panel:
    x = np.linspace(*WINDOW, 301)
    coefficients = sampling.taylor_coefficients(WAVE, CENTRE, order)
    near = np.asarray(np.polynomial.polynomial.polyval(x - CENTRE, coefficients), float)
    layers: list[Layer] = [
        Line(x, sampling.curve(WAVE, x), BLACK, "solid", 1.8),
        Line(x, near, VERMILION, "dashed", 2.2),
        Points(np.array([CENTRE]), sampling.curve(WAVE, np.array([CENTRE]))),
    ]
    return Panel(layers, WINDOW, (-5.0, 5.0), letter, "x")
