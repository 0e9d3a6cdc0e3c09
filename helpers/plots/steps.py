"""The error of differences against the step: truncation, rounding and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREEN, GREY, SKY, VERMILION, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, polygons, short
from helpers.plots.wording import name, pair

Array = NDArray[np.float64]
LEAST = 1e-16
"""An error of 0 is drawn here."""


def step_errors(f: Function, x: ArrayLike, i: int = 0) -> Figure:
    """Draw the error of the forward and the central difference against the step: a V.

    Parameters
    ----------
    f : callable
        Scalar field, with x of shape (n,), or a function of one variable, with x a number.
    x : array_like of shape (n,) or float
        Where the derivative is taken.
    i : int
        Along which axis.

    Examples
    --------
    >>> from helpers.functions import sinusoid
    >>> step_errors(sinusoid(), 1.0).alt.split(":")[0]
    'Error of two differences of sinusoid at x = 1 against the step h'
    """
    g, exact = _along(f, x, i)
    h = 10.0 ** np.arange(-15, 0.01, 0.2)
    here, after, before = float(g(0.0)), _at(g, h), _at(g, -h)
    forward = np.abs((after - here) / h - exact)
    central = np.abs((after - before) / (2 * h) - exact)
    best = [short(h[np.argmin(error)], 2) for error in (forward, central)]
    layers: list[Layer] = []
    for k, (error, label) in enumerate(((forward, "forward"), (central, "central"))):
        colour, dash, marker = series(k)
        label = f"{label}: best h = {best[k]}"
        layers.append(Line(h, np.maximum(error, LEAST), colour, dash, 1.2, label, marker=marker))
    alt = (
        f"Error of two differences of {name(f)} at {_place(x)} against the step h: the forward one is "
        f"best near h = {best[0]}, the central one near {best[1]}, with error {short(central.min())}."
    )
    return _error_figure([*layers, *_guides(forward, central)], alt)


def _error_figure(layers: list[Layer], alt: str) -> Figure:
    panel = Panel(
        layers,
        (1e-15, 1),
        (LEAST, 10),
        "rounding on the left, truncation on the right",
        "step h",
        "error",
        log="xy",
        legend="lower left",
    )
    return draw(Scene([panel], alt, height=4.4))


def _place(x: ArrayLike) -> str:
    here = np.asarray(x, float)
    return f"x = {short(here.item()) if here.ndim == 0 else pair(here)}"


def _along(f: Function, x: ArrayLike, i: int) -> tuple[Function, float]:
    """f along axis i through x, as a function of the step, and its exact slope."""
    if np.ndim(x) == 0:
        here = np.asarray(x, float).item()
        return (lambda h: f(here + h)), sampling.slope(f, here)
    point = np.asarray(x, float)
    direction = np.eye(point.size)[i]
    return (lambda h: f(point + h * direction)), float(sampling.gradient(f, point)[i])


def _at(g: Function, h: Array) -> Array:
    return np.array([float(g(float(step))) for step in h])


def _guides(forward: Array, central: Array) -> list[Layer]:
    """Slopes −1, 1 and 2 beside the errors."""
    h = np.array([1e-14, 1e-9, 1e-6, 1e-1])
    first, second = max(forward[-6], 1e-14) / 1e-1, max(central[-6], 1e-14) / 1e-2
    return [
        Line(h[:2], 2e-15 / h[:2], GREY, "dotted", 2.0, "slope −1 (rounding)"),
        Line(h[2:], 4 * first * h[2:], GREY, "dashed", 1.4, "slope 1"),
        Line(
            np.array([1e-4, 0.1]),
            0.25 * second * np.array([1e-8, 1e-2]),
            BLACK,
            "dashdot",
            1.4,
            "slope 2",
        ),
    ]


def noisy_slope(
    f: Function, x: ArrayLike, noise: float, i: int = 0, seed: int = 0, repeats: int = 12
) -> Figure:
    """Draw central differences of a noisy f against the step.

    Parameters
    ----------
    f : callable
        Scalar field, with x of shape (n,), or a function of one variable, with x a number.
    noise : float
        Standard deviation of the error of every value of f.
    repeats : int
        How often each step is tried.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> noisy_slope(bowl, [1, 0.5], noise=0.01)
    Central differences of bowl with noise 0.01: at h = 0.001 they scatter by 7.07 about the slope 2, at h = 1 by 0.00707.
    """
    g, exact = _along(f, x, i)
    h = 10.0 ** np.linspace(-3, 0, 25)
    clean = (_at(g, h) - _at(g, -h)) / (2 * h)
    scatter = noise / (np.sqrt(2) * h)
    tried = clean + scatter * np.random.default_rng(seed).standard_normal((repeats, h.size))
    layers = _noisy_layers(h, clean, scatter, tried, exact)
    reach = 3 * noise / (np.sqrt(2) * 3e-3) + np.abs(clean - exact).max()
    alt = (
        f"Central differences of {name(f)} with noise {short(noise)}: at h = 0.001 they scatter by "
        f"{short(scatter[0])} about the slope {short(exact)}, at h = 1 by {short(scatter[-1])}."
    )
    title = f"noise {short(noise)}: the smaller the step, the louder the noise"
    limits = (exact - reach, exact + reach)
    corner = "lower right"
    panel = Panel(
        layers, (1e-3, 1), limits, title, "step h", "difference quotient", log="x", legend=corner
    )
    return draw(Scene([panel], alt, height=4.2))


def _noisy_layers(
    h: Array, clean: Array, scatter: Array, tried: Array, exact: float
) -> list[Layer]:
    high, low = np.stack([h, exact + scatter], 1), np.stack([h, exact - scatter], 1)
    return [
        polygons(np.concatenate([high, low[::-1]]), SKY, 0.35, SKY, "one standard deviation"),
        Points(np.tile(h, len(tried)), tried.ravel(), BLUE, "o", 3.5, "difference quotient"),
        Line(h, clean, GREEN, "dashdot", 2.0, "without noise"),
        Line(h[[0, -1]], np.full(2, exact), VERMILION, "dashed", 2.0, f"true slope {short(exact)}"),
    ]


def error_slopes(f: Function | None = None, x: float = 1.0) -> Figure:
    """Draw the error of three approximations against the step: straight lines of slope 1, 2 and 3.

    The approximations of f(x + h) are its Taylor polynomials of order 0, 1 and 2 about x.

    Parameters
    ----------
    f : callable, optional
        Function of one variable with `.derivative` and `.second`; by default the exponential.

    Examples
    --------
    >>> error_slopes()
    Error of the Taylor polynomials of order 0, 1 and 2 against h on logarithmic axes: lines of slope 1, 2 and 3, measured 1.01, 2.01, 3.01.
    """
    value, first, second = _three(f, x)
    h = 10.0 ** np.linspace(-4, -0.5, 15)
    exact = sampling.curve(f or np.exp, x + h)
    polynomials = (value + 0 * h, value + first * h, value + first * h + second * h**2 / 2)
    layers: list[Layer] = []
    measured = []
    for order, polynomial in enumerate(polynomials):
        error = np.maximum(np.abs(exact - polynomial), 1e-17)
        used = error > 1e-12
        slope = float(np.polyfit(np.log(h[used]), np.log(error[used]), 1)[0])
        colour, dash, marker = series(order)
        label = f"order {order}: slope {short(slope)}"
        layers.append(Line(h, error, colour, dash, 1.4, label, marker=marker))
        measured.append(short(slope))
    alt = (
        "Error of the Taylor polynomials of order 0, 1 and 2 against h on logarithmic axes: lines of "
        f"slope 1, 2 and 3, measured {', '.join(measured)}."
    )
    title = "one order more, one power of h more"
    panel = Panel(
        layers, (7e-5, 0.5), (1e-14, 10), title, "h", "error", log="xy", legend="lower right"
    )
    return draw(Scene([panel], alt, height=4.2))


def _three(f: Function | None, x: float) -> tuple[float, float, float]:
    if f is None:
        return (float(np.exp(x)),) * 3
    second = getattr(f, "second", None)
    bend = second(x) if second else sampling.slope(lambda t: sampling.slope(f, t), x)
    return float(f(x)), sampling.slope(f, x), float(bend)
