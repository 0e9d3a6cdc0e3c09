"""Graphs of functions of one variable in one frame, and a riddle about their derivatives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.functions import bump, damped_wave, logistic_curve, polynomial, sinusoid
from helpers.plots import sampling
from helpers.plots.colours import BLUE, GREY, VERMILION, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import Layer, Line, Panel, Scene, short
from helpers.plots.wording import padded

Limits = tuple[float, float]

CURVES = {
    "A": sinusoid(amplitude=1.2, frequency=1.6, phase=0.4),
    "B": damped_wave(amplitude=0.7, decay=0.45, frequency=3.0, phase=1.0),
    "C": bump(height=1.5, centre=0.3, width=0.8),
    "D": logistic_curve(height=1.6, rate=2.5, centre=-0.4),
    "E": polynomial(coefficients=[-1.0, -0.3, 0.4]),
    "F": polynomial(coefficients=[0.3, -1.6, 0.0, 0.3]),
}
HIDDEN = 0b100_010_110_001_101_011
"""Three bits for each letter, the first letter last, so that a glance does not spoil the riddle."""
WINDOW = (-3.0, 3.0)


def graphs(
    functions: Mapping[str, Function],
    x: Limits = (-3.0, 3.0),
    labels: tuple[str, str] = ("x", "f(x)"),
) -> Figure:
    """Draw functions of one variable in one frame.

    Parameters
    ----------
    functions : mapping of str to callable
        What each is called in the legend.
    x : (low, high)
        What is shown.
    labels : (str, str)
        Of the two axes.

    Examples
    --------
    >>> graphs({"sine": np.sin, "cosine": np.cos}, x=(0, 2))
    sine and cosine for x from 0 to 2; at x = 2 they are 0.909 and −0.416.
    """
    t = np.linspace(*x, 241)
    rows = [sampling.curve(f, t) for f in functions.values()]
    layers: list[Layer] = []
    for i, (label, heights) in enumerate(zip(functions, rows, strict=True)):
        colour, dash, _ = series(i)
        layers.append(Line(t, heights, colour, dash, 2.2, label))
    ends = _listed([short(float(heights[-1])) for heights in rows])
    verb = "they are" if len(rows) > 1 else "it is"
    where = f"{labels[0]} from {short(x[0])} to {short(x[1])}"
    alt = f"{_listed(list(functions))} for {where}; at {labels[0]} = {short(x[1])} {verb} {ends}."
    panel = Panel(layers, x, padded(np.concatenate(rows), 0.12), "", *labels, legend="best")
    return draw(Scene([panel], alt, height=3.8))


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def derivative_riddle() -> Figure:
    """Draw six curves, lettered A to F, above their derivatives, numbered 1 to 6 in another order.

    Examples
    --------
    >>> derivative_riddle()
    Six curves, lettered A to F, above their derivatives, dashed and numbered 1 to 6 in another order.
    """
    places = {HIDDEN >> 3 * i & 7: f for i, f in enumerate(CURVES.values())}
    panels = [
        *(_panel(letter, f, BLUE, "solid") for letter, f in CURVES.items()),
        *(_panel(str(k), places[k].derivative, VERMILION, "dashed") for k in sorted(places)),
    ]
    alt = (
        "Six curves, lettered A to F, above their derivatives, dashed and numbered 1 to 6 in "
        "another order."
    )
    return draw(Scene(panels, alt, columns=3, height=8.4))


def _panel(label: str, f: Function, colour: str, dash: str) -> Panel:
    t = np.linspace(*WINDOW, 241)
    heights = sampling.curve(f, t)
    axes: list[Layer] = [
        Line(np.array(WINDOW), np.zeros(2), GREY, "solid", 0.8),
        Line(t, heights, colour, dash, 2.2),
    ]
    return Panel(axes, WINDOW, padded(heights), label, "x")
