"""Networks: four neurons, cost, training, gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREEN, GREY, PALE, VERMILION, WHITE
from helpers.plots.drawing import Figure, draw
from helpers.plots.legends import free_corner
from helpers.plots.scene import (
    Field,
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    Text,
    bars,
    contour_lines,
    short,
)
from helpers.plots.wording import counted, padded

Array = NDArray[np.float64]


WEIGHTS = {"w1": 4.0, "w2": -3.0, "b1": -1.0, "b2": 2.0, "v1": 1.5, "v2": 1.2, "c": 0.0, "x": 0.5}


def network_1_2_1(weights: Mapping[str, float] | None = None) -> Figure:
    """Draw a network of one input, two hidden neurons and one output, and the curve it makes.

    Every neuron is a tanh: a₁ = tanh(w₁x + b₁), a₂ = tanh(w₂x + b₂), y = tanh(v₁a₁ + v₂a₂ + c).

    Parameters
    ----------
    weights : mapping, optional
        Any of w1, w2, b1, b2, v1, v2, c and the input x; the others keep a default.

    Raises
    ------
    ValueError
        If there is another name among them.

    Examples
    --------
    >>> network_1_2_1({"x": 0.0})
    Network 1→2→1: for x = 0 the hidden neurons are −0.762 and 0.964 and the output is 0.0144.
    """
    unknown = set(weights or {}) - set(WEIGHTS)
    if unknown:
        raise ValueError(f"the weights are {', '.join(WEIGHTS)}, got {', '.join(sorted(unknown))}")
    return draw(network_1_2_1_scene(**{**WEIGHTS, **(weights or {})}))


def network_1_2_1_scene(**weights: float) -> Scene:
    """Scene of `network_1_2_1`."""
    x = weights["x"]
    a1, a2, y = _activations(weights, np.array([x]))[:, 0]
    alt = (
        f"Network 1→2→1: for x = {short(x)} the hidden neurons are {short(a1)} and {short(a2)} and the "
        f"output is {short(y)}."
    )
    diagram = _diagram(weights, (x, a1, a2, y))
    return Scene([diagram, _response(weights)], alt, columns=2, height=3.9, widths=(1, 1.1))


def _activations(weights: Mapping[str, float], x: Array) -> Array:
    """Both hidden neurons and the output, shape (3, k)."""
    a1 = np.tanh(weights["w1"] * x + weights["b1"])
    a2 = np.tanh(weights["w2"] * x + weights["b2"])
    return np.stack([a1, a2, np.tanh(weights["v1"] * a1 + weights["v2"] * a2 + weights["c"])])


def _diagram(weights: Mapping[str, float], values: Sequence[float]) -> Panel:
    """Neurons as dots and weights as lines, the thicker the larger, dashed if negative."""
    spots = np.array([(0.0, 0.0), (1.0, 0.7), (1.0, -0.7), (2.0, 0.0)])
    layers: list[Layer] = []
    for key, start, end in (("w1", 0, 1), ("w2", 0, 2), ("v1", 1, 3), ("v2", 2, 3)):
        ends = spots[[start, end]].T
        colour, dash = (BLUE, "solid") if weights[key] >= 0 else (VERMILION, "dashed")
        width = 0.6 + min(abs(weights[key]), 6.0)
        layers.append(Line(ends[0], ends[1], colour, dash, width))
        x, y = ends.mean(axis=1)
        layers.append(Text(x, y, f"{key} {short(weights[key])}", BLACK, "center", 0, 9))
    names = ("x", "a₁", "a₂", "y")
    biases = (
        "",
        f"b1 {short(weights['b1'])}",
        f"b2 {short(weights['b2'])}",
        f"c {short(weights['c'])}",
    )
    for (x, y), text, value, bias in zip(spots, names, values, biases, strict=True):
        layers += [
            Points(np.array([x]), np.array([y]), PALE, "o", 34),
            Text(x, y, text, BLACK, "center", 6, 9, 0.0),
            Text(x, y, short(value), BLACK, "center", -6, 9, 0.0),
            Text(x, y, bias, GREY, "center", -26, 9, 0.0),
        ]
    return Panel(layers, (-0.35, 2.35), (-1.3, 1.3), "blue +, red dashed −", axes=False)


def _response(weights: Mapping[str, float]) -> Panel:
    x = np.linspace(-2, 2, 161)
    curves = _activations(weights, x)
    here = _activations(weights, np.array([weights["x"]]))
    layers: list[Layer] = [
        Line(np.full(2, weights["x"]), np.array([-1.2, 1.9]), GREY, "solid", 1.0)
    ]
    for values, (colour, dash, width, label) in zip(
        curves,
        (
            (GREEN, "dashdot", 1.4, "a₁"),
            (VERMILION, "dotted", 1.8, "a₂"),
            (BLUE, "solid", 2.4, "y"),
        ),
        strict=True,
    ):
        layers.append(Line(x, values, colour, dash, width, label))
    layers.append(Points(np.array([weights["x"]]), here[2], BLUE, "o", 8))
    title = f"y({short(weights['x'])}) = {short(float(here[2, 0]))}"
    window = (-2.0, 2.0), (-1.2, 1.9)
    corner = free_corner(layers, *window, columns=2)
    return Panel(layers, *window, title, "x", "activation", legend=corner)


def not_cost(w: ArrayLike, b: ArrayLike) -> Array:
    """Mean cost of tanh(w x + b) as a NOT gate on x = 0 and 1, elementwise."""
    w, b = np.asarray(w, float), np.asarray(b, float)
    return np.asarray(((np.tanh(b) - 1) ** 2 + np.tanh(w + b) ** 2) / 2)


def cost_landscape(
    start: tuple[float, float] = (1.0, -1.0), rate: float = 0.3, steps: int = 300
) -> Figure:
    """Draw the cost of a NOT neuron over its weight and bias, with a path of gradient descent.

    Parameters
    ----------
    start : (w, b)
        Where the path starts.
    rate : float
        The size of a step against the gradient of length 1.
    steps : int
        How many steps are made.

    Examples
    --------
    >>> cost_landscape(steps=200).alt.startswith("Cost of the NOT neuron")
    True
    """
    return draw(cost_landscape_scene(start, rate, steps))


def cost_landscape_scene(
    start: tuple[float, float] = (1.0, -1.0), rate: float = 0.3, steps: int = 300
) -> Scene:
    """Scene of `cost_landscape`."""
    field, contours = _not_ground()
    way = _not_path(start, rate, int(steps))
    end = way[:, -1]
    costs = [float(not_cost(*way[:, k])) for k in (0, -1)]
    layers: list[Layer] = [
        field,
        contours,
        Line(way[0], way[1], WHITE, "solid", 2.0),
        Points(way[0, ::10], way[1, ::10], VERMILION, "o", 5),
        Points(way[0, :1], way[1, :1], WHITE, "s", 9),
        Points(end[:1], end[1:], WHITE, "*", 14),
    ]
    alt = (
        f"Cost of the NOT neuron tanh(w x + b) over w and b: {counted(int(steps), 'step')} of descent with rate "
        f"{short(rate)} lead from ({short(start[0])}, {short(start[1])}) with cost {short(costs[0])} to "
        f"({short(end[0])}, {short(end[1])}) with cost {short(costs[1])}."
    )
    title = f"cost {short(costs[0])} → {short(costs[1])} in {counted(int(steps), 'step')}"
    panel = Panel(layers, field.x, field.y, title, "weight w", "bias b")
    return Scene([panel], alt, height=4.8)


@cache
def _not_ground() -> tuple[Field, Line]:
    window = (-6.0, 3.0), (-3.0, 5.0)
    field = Field(not_cost(*sampling.grid(*window, 91)), *window, "mean cost")
    return field, contour_lines(field, 14)


def _not_path(start: tuple[float, float], rate: float, steps: int) -> Array:
    w, b = map(float, start)
    way = [(w, b)]
    for _ in range(steps):
        one, zero = math.tanh(w + b), math.tanh(b)
        at_one, at_zero = one * (1 - one**2), (zero - 1) * (1 - zero**2)
        w, b = w - rate * at_one, b - rate * (at_one + at_zero)
        way.append((w, b))
    return np.array(way).T


def curve_drawing(target: ArrayLike, drawn: ArrayLike, losses: ArrayLike) -> Figure:
    """Draw the curve that a network draws beside the one it should, and its loss so far.

    Parameters
    ----------
    target, drawn : array_like of shape (2, N)
        Points of both curves.
    losses : array_like of shape (k,)
        The loss after each iteration.

    Examples
    --------
    >>> curve_drawing(np.eye(2), np.eye(2), [1.0, 0.5])
    A network draws a curve: after 2 iterations its loss has gone from 1 to 0.5.
    """
    return draw(curve_drawing_scene(target, drawn, losses))


def curve_drawing_scene(target: ArrayLike, drawn: ArrayLike, losses: ArrayLike) -> Scene:
    """Scene of `curve_drawing`."""
    wanted, made = np.asarray(target, float), np.asarray(drawn, float)
    loss = np.asarray(losses, float)
    both = np.concatenate([wanted, made], axis=1)
    curves: list[Layer] = [
        Line(wanted[0], wanted[1], GREY, "dashed", 2.0, "wanted"),
        Line(made[0], made[1], BLUE, "solid", 2.4, "drawn"),
    ]
    window = padded(both[0], 0.1), padded(both[1], 0.3)
    title = f"after {loss.size} iterations"
    corner = free_corner(curves, *window, columns=2)
    left = Panel(curves, *window, title, "y₀", "y₁", equal=True, legend=corner)
    n = np.arange(1, loss.size + 1, dtype=float)
    thin = np.unique(np.geomspace(1, loss.size, 400).astype(int)) - 1
    low = 10.0 ** np.floor(np.log10(max(float(loss.min()), 1e-12)))
    high = 10.0 ** np.ceil(np.log10(float(loss.max()) * 1.001))
    right = Panel(
        [Line(n[thin], loss[thin], VERMILION, "solid", 2.0)],
        (1, max(10.0, float(loss.size))),
        (low, high),
        f"loss {short(float(loss[-1]))}",
        "iteration",
        "loss",
        log="xy",
    )
    alt = (
        f"A network draws a curve: after {loss.size} iterations its loss has gone from "
        f"{short(float(loss[0]))} to {short(float(loss[-1]))}."
    )
    return Scene([left, right], alt, columns=2, height=3.9, widths=(1.1, 1))


def layer_gradients(gradients: Sequence[Any]) -> Figure:
    """Draw how large the gradient of each layer is: root mean square, on a logarithmic axis.

    Parameters
    ----------
    gradients : sequence
        For each layer an array, or a pair (dW, db), first layer first.

    Examples
    --------
    >>> layer_gradients([np.full((2, 2), 0.001), np.ones((1, 2))])
    Root mean square gradient of 2 layers: 0.001 in the first, 1 in the last, a ratio of 0.001.
    """
    sizes = np.array([_size(layer) for layer in gradients])
    n = np.arange(1, sizes.size + 1, dtype=float)
    shown = np.maximum(sizes, 1e-300)
    low, high = shown.min() / 4, shown.max() * 4
    layers: list[Layer] = [bars(n, shown, 0.6, BLUE, low)]
    layers += [
        Text(float(k), float(size), short(float(size)), BLACK, "center", raise_by=9)
        for k, size in zip(n, shown, strict=True)
    ]
    alt = (
        f"Root mean square gradient of {sizes.size} layers: {short(sizes[0])} in the first, "
        f"{short(sizes[-1])} in the last, a ratio of {short(sizes[0] / max(sizes[-1], 1e-300))}."
    )
    marks = [(float(k), f"layer {k:.0f}") for k in n]
    panel = Panel(
        layers,
        (0.4, sizes.size + 0.6),
        (low, high),
        "how much of the gradient reaches each layer",
        "",
        "root mean square gradient",
        log="y",
        ticks=(marks, None),
    )
    return draw(Scene([panel], alt, height=3.9))


def _size(layer: Any) -> float:
    parts = layer if isinstance(layer, (tuple, list)) else [layer]
    numbers = np.concatenate([np.asarray(part, float).ravel() for part in parts])
    return float(np.sqrt(np.mean(numbers**2)))


def weight_heat_map(gradient: ArrayLike, title: str = "∂C/∂W") -> Figure:
    """Draw a matrix as colours around zero, with its numbers where they fit.

    Parameters
    ----------
    gradient : array_like of shape (m, n)
        One row per output neuron, one column per input neuron; the first row is at the top.

    Examples
    --------
    >>> weight_heat_map([[0.1, -0.4], [0.0, 0.2]])
    Heat map of ∂C/∂W with 2 rows and 2 columns; the largest entry in size is −0.4, in row 1 and column 2.
    """
    matrix = np.atleast_2d(np.asarray(gradient, float))
    rows, columns = matrix.shape
    window = (0.5, columns + 0.5), (0.5, rows + 0.5)
    layers: list[Layer] = [Field(matrix[::-1], *window, title, signed=True, smooth=False)]
    if rows * columns <= 60:
        layers += [
            Text(j + 1.0, float(rows - i), short(float(matrix[i, j]), 2), BLACK, "center")
            for i, j in np.ndindex(rows, columns)
        ]
    i, j = np.unravel_index(int(np.argmax(np.abs(matrix))), matrix.shape)
    alt = (
        f"Heat map of {title} with {rows} rows and {columns} columns; the largest entry in size is "
        f"{short(float(matrix[i, j]))}, in row {i + 1} and column {j + 1}."
    )
    every = max(1, columns // 12)
    ticks = (
        [(float(k), str(k)) for k in range(1, columns + 1, every)],
        [(float(rows + 1 - k), str(k)) for k in range(1, rows + 1, max(1, rows // 12))],
    )
    panel = Panel(layers, *window, title, "input neuron", "output neuron", ticks=ticks)
    return draw(Scene([panel], alt, height=max(2.6, min(5.0, 1.4 + 0.5 * rows))))
