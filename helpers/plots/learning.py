"""What a neuron does to its input, what a network draws, and two ways to spend the same work on learning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREY, VERMILION, WHITE
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, contour_lines, short
from helpers.plots.wording import padded, pair

Array = NDArray[np.float64]


def activations(reach: float = 6.0) -> Figure:
    """Draw the two activations of the course, tanh and the logistic function, above their slopes.

    Parameters
    ----------
    reach : float
        The axes show z from −reach to reach.

    Examples
    --------
    >>> activations()
    tanh and the logistic function above their slopes: both are steepest at z = 0, tanh with slope 1, the logistic function with slope 0.25.
    """
    z = np.linspace(-reach, reach, 241)
    tanh, logistic = np.tanh(z), 0.5 * (1 + np.tanh(z / 2))
    above = _two(z, tanh, logistic, "values", "a")
    below = _two(z, 1 - tanh**2, logistic * (1 - logistic), "slopes", "da/dz")
    alt = (
        "tanh and the logistic function above their slopes: both are steepest at z = 0, "
        "tanh with slope 1, the logistic function with slope 0.25."
    )
    return draw(Scene([above, below], alt, height=5.2))


def _two(z: Array, tanh: Array, logistic: Array, title: str, label: str) -> Panel:
    layers: list[Layer] = [
        Line(z, tanh, BLUE, "solid", 2.2, "tanh"),
        Line(z, logistic, VERMILION, "dashed", 2.2, "logistic"),
    ]
    limits = padded(np.concatenate([tanh, logistic]))
    return Panel(layers, (z[0], z[-1]), limits, title, "z", label, legend="upper left")


def drawn_curve(wanted: ArrayLike, drawn: ArrayLike) -> Figure:
    """Draw the curve that a network should draw, and the one that it draws.

    Parameters
    ----------
    wanted, drawn : array_like of shape (2, N)
        Points of both curves, in the order in which the pen comes by.

    Examples
    --------
    >>> drawn_curve([[0, 1], [0, 0]], [[0, 1], [1, 0]])
    The curve that is wanted and the one that is drawn: their points lie 0.5 apart on average, and 1 at most.
    """
    target, made = np.asarray(wanted, float), np.asarray(drawn, float)
    if target.shape != made.shape or len(target) != 2:
        raise ValueError(
            f"two curves of one shape (2, N) are wanted, got {target.shape} and {made.shape}"
        )
    apart = np.linalg.norm(target - made, axis=0)
    both = np.concatenate([target, made], axis=1)
    layers: list[Layer] = [
        Line(target[0], target[1], GREY, "dashed", 2.0, "wanted"),
        Line(made[0], made[1], BLUE, "solid", 2.4, "drawn"),
        Points(made[0, [0, -1]], made[1, [0, -1]], BLUE, "s", 7, "its ends"),
    ]
    alt = (
        "The curve that is wanted and the one that is drawn: their points lie "
        f"{short(float(apart.mean()))} apart on average, and {short(float(apart.max()))} at most."
    )
    panel = Panel(
        layers, padded(both[0]), padded(both[1]), "", "y₀", "y₁", equal=True, legend="outside"
    )
    return draw(Scene([panel], alt, height=3.6))


def two_walks(
    f: Function,
    exact: Sequence[ArrayLike],
    rough: Sequence[ArrayLike],
    names: tuple[str, str] = ("w", "b"),
) -> Figure:
    """Draw a walk of few exact steps and one of many rough ones over the contours of a cost.

    Parameters
    ----------
    f : callable
        The cost, a scalar field of two variables.
    exact, rough : sequences of points (2,)
        The two walks, from their common start.
    names : pair of str
        What the axes are called.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> two_walks(bowl, [(1, 1), (0.8, 0.6)], [(1, 1), (0.7, 0.9), (0.3, 0.2)])
    Two walks from (1, 1): 1 exact step ends at (0.8, 0.6), where the cost is 1.36; 2 rough steps end at (0.3, 0.2), where it is 0.17.
    """
    ways = [np.stack([np.asarray(p, float) for p in walk], axis=1) for walk in (exact, rough)]
    both = np.concatenate(ways, axis=1)
    window = padded(both[0], 0.2), padded(both[1], 0.2)
    ground = sampling.field(f, *window, size=61)
    layers: list[Layer] = [ground, contour_lines(ground, 14)]
    layers.append(Line(ways[1][0], ways[1][1], VERMILION, "solid", 1.4, "rough steps"))
    layers.append(Line(ways[0][0], ways[0][1], WHITE, "dashed", 2.2, "exact steps", marker="o"))
    layers += [
        Points(way[0, -1:], way[1, -1:], BLACK, mark, 9)
        for way, mark in zip(ways, "Ds", strict=True)
    ]
    ends = [(way.shape[1] - 1, pair(way[:, -1]), _cost(f, way[:, -1])) for way in ways]
    (n, place, cost), (m, other, final) = ends
    alt = (
        f"Two walks from {pair(both[:, 0])}: {n} exact step{'s end' if n > 1 else ' ends'} at {place}, "
        f"where the cost is {cost}; {m} rough steps end at {other}, where it is {final}."
    )
    panel = Panel(
        layers, *window, f"cost {cost} (exact) and {final} (rough)", *names, legend="upper right"
    )
    return draw(Scene([panel], alt, height=4.6))


def _cost(f: Function, at: Array) -> str:
    return short(float(f(at)))
