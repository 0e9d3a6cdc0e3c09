"""Fits: a line with its residuals, the valley of χ², a histogram, bands and bad starts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, WHITE, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.legends import free_corner
from helpers.plots.sampling import Function
from helpers.plots.scene import (
    Field,
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    bars,
    contour_lines,
    points,
    polygons,
    short,
)
from helpers.plots.wording import counted, padded

Array = NDArray[np.float64]
Limits = tuple[float, float]


def line_fit(x: ArrayLike, y: ArrayLike, m: float | None = None, c: float | None = None) -> Figure:
    """Draw points, a line y = m x + c, the residuals as sticks, and χ².

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The points.
    m, c : float, optional
        The line; what is not given is what fits best.

    Examples
    --------
    >>> line_fit([0, 1, 2], [1, 3, 5], m=2, c=0)
    3 points and the line y = 2 x + 0: the squares of the residuals add up to χ² = 3; the least possible is 0.
    """
    best_m, best_c = _best_line(np.asarray(x, float), np.asarray(y, float))
    return draw(line_fit_scene(x, y, best_m if m is None else m, best_c if c is None else c))


def line_fit_scene(x: ArrayLike, y: ArrayLike, m: float, c: float) -> Scene:
    """Scene of `line_fit`."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    chi, least = (
        float(np.sum((y - slope * x - height) ** 2)) for slope, height in ((m, c), _best_line(x, y))
    )
    limits, ends = padded(x), np.array(padded(x))
    sticks_x = np.stack([x, x, np.full(x.size, np.nan)], axis=1).ravel()
    sticks_y = np.stack([y, m * x + c, np.full(x.size, np.nan)], axis=1).ravel()
    layers: list[Layer] = [
        Line(sticks_x, sticks_y, VERMILION, "dashed", 1.6, "residuals"),
        Line(ends, m * ends + c, BLUE, "solid", 2.2, "line"),
        Points(x, y, BLACK, "o", 6, "data"),
    ]
    sign = "−" if c < 0 else "+"
    equation = f"y = {short(m)} x {sign} {short(abs(c))}"
    alt = (
        f"{x.size} points and the line {equation}: the squares of the residuals add up to "
        f"χ² = {short(chi)}; the least possible is {short(least)}."
    )
    title = f"{equation},  χ² = {short(chi)} (least {short(least)})"
    heights = padded(y, 0.25)
    corner = free_corner(layers, limits, heights)
    panel = Panel(layers, limits, heights, title, "x", "y", legend=corner)
    return Scene([panel], alt, height=4.2)


def _best_line(x: Array, y: Array) -> tuple[float, float]:
    away = x - x.mean()
    slope = float(away @ y / max(float(away @ away), 1e-300))
    height = float(y.mean() - slope * x.mean())
    return (slope, height) if abs(height) > 1e-13 * np.abs(y).max() else (slope, 0.0)


def chi_squared_valley(
    chi_squared: Function,
    first: Limits,
    second: Limits,
    paths: Mapping[str, ArrayLike] | None = None,
    names: tuple[str, str] = ("b₁", "b₂"),
) -> Figure:
    """Draw χ² over two parameters, with the paths of several methods.

    Parameters
    ----------
    chi_squared : callable
        Takes the parameters (2,), or all at once (2, …), and returns χ².
    first, second : (low, high)
        The ranges of the two parameters.
    paths : mapping of name to array_like of shape (steps + 1, 2)
        The way of each method.
    names : pair of str
        What the parameters are called.

    Examples
    --------
    >>> chi_squared_valley(lambda b: b[0] ** 2 + b[1] ** 2, (-1, 1), (-1, 1), {"Newton": [[1, 1], [0, 0]]})
    χ² over b₁ and b₂: Newton goes from 2 to 0 in 1 step.
    """
    values = sampling.values(chi_squared, sampling.grid(first, second, 121))
    ground = Field(values, first, second, "χ²", log=True)
    layers: list[Layer] = [ground, contour_lines(ground, 14)]
    said = []
    for i, (label, path) in enumerate((paths or {}).items()):
        way = np.asarray(path, float).T
        layers.append(_path_line(way, i, label))
        start, end = (short(float(v)) for v in sampling.values(chi_squared, way[:, [0, -1]]))
        steps = counted(way.shape[1] - 1, "step")
        said.append(f"{label} goes from {start} to {end} in {steps}")
    lowest = f"the least value shown is {short(float(np.nanmin(values)))}"
    alt = f"χ² over {names[0]} and {names[1]}: {', '.join(said) or lowest}."
    legend = free_corner(layers, first, second) if paths else ""
    panel = Panel(layers, first, second, "the valley of χ²", *names, legend=legend)
    return draw(Scene([panel], alt, height=4.8))


def _path_line(way: Array, i: int, label: str) -> Line:
    """Path number i, in a colour that shows on a dark field."""
    _, dash, marker = series(i)
    colour = (WHITE, ORANGE, VERMILION, SKY)[i % 4]
    return Line(way[0], way[1], colour, dash, 2.0, label, marker=marker)


def histogram_fit(
    x: ArrayLike,
    y: ArrayLike,
    model: Function,
    parameters: ArrayLike = (),
    width: float | None = None,
) -> Figure:
    """Draw bars, a fitted curve, and how far the bars stand over or hang under it.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Middle and height of every bar.
    model : callable
        ``model(x, *parameters)``, the curve.
    parameters : array_like
        What the model takes after x, as (μ, σ).
    width : float, optional
        Width of a bar; by default nine tenths of the usual distance, less where two are nearer.

    Examples
    --------
    >>> histogram_fit([0, 1, 2], [1, 2, 1], lambda x: 1 + 0 * x)
    3 bars and the fitted curve: the largest gap is 1, at x = 1, and the squares of all gaps add up to χ² = 1.
    """
    return draw(histogram_fit_scene(x, y, model, parameters, width))


def histogram_fit_scene(
    x: ArrayLike,
    y: ArrayLike,
    model: Function,
    parameters: ArrayLike = (),
    width: float | None = None,
) -> Scene:
    """Scene of `histogram_fit`."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    widths = _bar_widths(x) if width is None else np.full(x.size, float(width))
    numbers = [float(p) for p in np.asarray(parameters, float)]

    def curve(t: Array) -> Array:
        return sampling.curve(lambda s: model(s, *numbers), t)

    gap = y - curve(x)
    worst = int(np.argmax(np.abs(gap)))
    chi = short(float(gap @ gap))
    alt = (
        f"{x.size} bars and the fitted curve: the largest gap is {short(gap[worst])}, at "
        f"x = {short(x[worst])}, and the squares of all gaps add up to χ² = {chi}."
    )
    t = np.linspace(x[0] - widths[0], x[-1] + widths[-1], 241)
    top: list[Layer] = [
        bars(x, y, widths, SKY, label="data"),
        Line(t, curve(t), VERMILION, "solid", 2.4, "model"),
    ]
    limits, highest = (float(t[0]), float(t[-1])), 1.15 * float(max(y.max(), curve(t).max()))
    title = f"χ² = {chi}"
    corner = free_corner(top, limits, (0, highest))
    upper = Panel(top, limits, (0, highest), title, "", "height", legend=corner)
    return Scene([upper, _gap_panel(x, gap, widths, limits)], alt, height=5.4)


def _bar_widths(x: Array) -> Array:
    """Nine tenths of the usual distance, less where a neighbour is nearer."""
    gaps = np.diff(x)
    nearest = np.minimum(np.append(gaps, np.inf), np.append(np.inf, gaps))
    return np.asarray(0.9 * np.minimum(nearest, np.median(gaps)))


def _gap_panel(x: Array, gap: Array, widths: Array, limits: Limits) -> Panel:
    """What stands over the curve, and what hangs under it."""
    size = 1.7 * float(np.abs(gap).max()) or 1.0
    layers: list[Layer] = [
        Line(np.array(limits), np.zeros(2), BLACK, "solid", 1.0),
        bars(x, np.maximum(gap, 0), widths, BLUE, label="over the curve"),
        bars(x, np.minimum(gap, 0), widths, ORANGE, label="under the curve"),
    ]
    corner = free_corner(layers, limits, (-size, size))
    return Panel(layers, limits, (-size, size), "data − model", "x", "gap", legend=corner)


def residuals_plot(
    x: ArrayLike, y: ArrayLike, y_fit: ArrayLike, sigma: ArrayLike = 1.0, name: str = "residuals"
) -> Figure:
    """Draw the residuals of a fit against x, in units of σ.

    Examples
    --------
    >>> residuals_plot([0, 1, 2], [1, 2, 4], [1, 2.5, 3.5])
    3 residuals against x: their mean is 0, the largest in size is −0.5, and they change sign 1 time.
    """
    x = np.asarray(x, float)
    r = (np.asarray(y, float) - np.asarray(y_fit, float)) / np.asarray(sigma, float)
    order = np.argsort(x, kind="stable")
    signs = np.sign(r[order])
    signs = signs[signs != 0]
    changes = int(np.sum(signs[1:] != signs[:-1]))
    size = 1.3 * float(np.abs(r).max()) or 1.0
    layers: list[Layer] = [
        Line(np.array(padded(x)), np.zeros(2), BLACK, "solid", 1.2),
        Line(x[order], r[order], GREY, "dotted", 1.2),
        Points(x, r, BLUE, "o", 7),
    ]
    worst = float(r[int(np.argmax(np.abs(r)))])
    mean = float(r.mean()) if abs(r.mean()) > 1e-12 * size else 0.0
    alt = (
        f"{r.size} residuals against x: their mean is {short(mean)}, the largest in size is "
        f"{short(worst)}, and they change sign {counted(changes, 'time')}."
    )
    unit = "residual" if np.ndim(sigma) == 0 and sigma == 1.0 else "residual / σ"
    title = f"{name}: {counted(changes, 'change')} of sign"
    panel = Panel(layers, padded(x), (-size, size), title, "x", unit)
    return draw(Scene([panel], alt, height=3.6))


def confidence_band(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Figure:
    """Draw the best line with the band that holds the true line with the given confidence at each x.

    Examples
    --------
    >>> confidence_band([0, 1, 2, 3], [0, 1.1, 1.9, 3.0])
    Line fitted to 4 points, y = 0.98 x + 0.03, with its 95 % confidence band: ±0.204 where it is narrowest, at x = 1.5.
    """
    from scipy.special import stdtrit  # the one figure that needs scipy, which takes long to import

    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.size < 3:
        raise ValueError(f"a band needs at least three points, got {x.size}")
    m, c = _best_line(x, y)
    away = x - x.mean()
    scatter = np.sqrt(np.sum((y - m * x - c) ** 2) / (x.size - 2))
    t = np.linspace(*padded(x, 0.25), 161)
    spread = scatter * np.sqrt(1 / x.size + (t - x.mean()) ** 2 / (away @ away))
    half = float(stdtrit(x.size - 2, (1 + level) / 2)) * spread
    edge = np.concatenate(
        [np.stack([t, m * t + c + half], 1), np.stack([t, m * t + c - half], 1)[::-1]]
    )
    layers: list[Layer] = [
        polygons(edge, SKY, 0.4, BLUE, f"{100 * level:.0f} % confidence"),
        Line(t, m * t + c, BLUE, "solid", 2.2, "best line"),
        Points(x, y, BLACK, "o", 6, "data"),
    ]
    sign = "−" if c < 0 else "+"
    equation = f"y = {short(m)} x {sign} {short(abs(c))}"
    alt = (
        f"Line fitted to {x.size} points, {equation}, with its {100 * level:.0f} % confidence band: "
        f"±{short(float(half.min()))} where it is narrowest, at x = {short(float(t[np.argmin(half)]))}."
    )
    limits = padded(np.concatenate([y, edge[:, 1]]), 0.05)
    panel = Panel(
        layers, (float(t[0]), float(t[-1])), limits, equation, "x", "y", legend="upper left"
    )
    return draw(Scene([panel], alt, height=4.2))


def which_starts_converge(
    first: ArrayLike,
    second: ArrayLike,
    steps: ArrayLike,
    best: ArrayLike | None = None,
    names: tuple[str, str] = ("b₁ at the start", "b₂ at the start"),
) -> Figure:
    """Draw from which starts a fit arrives, and after how many steps.

    Parameters
    ----------
    first, second : array_like of shape (k,), (j,)
        The starting values of the two parameters.
    steps : array_like of shape (j, k)
        How many steps each start needed; NaN where it never arrived. Row i belongs to second[i].
    best : array_like of shape (2,), optional
        The answer, marked with a star.

    Examples
    --------
    >>> which_starts_converge([0, 1], [0, 1], [[3, 4], [np.nan, 5]])
    Starts of a fit: 75 % of 4 starts arrive, the quickest after 3 steps; crosses mark those that do not.
    """
    first, second, steps = (np.asarray(a, float) for a in (first, second, steps))
    arrived = np.isfinite(steps)
    window = _cells(first), _cells(second)
    shown = np.where(arrived, steps, steps[arrived].max(initial=0.0))
    lost = np.stack(np.meshgrid(first, second))[:, ~arrived]
    layers: list[Layer] = [
        Field(shown, *window, "steps", smooth=False),
        points(lost, colour=BLACK, marker="x", size=6),
    ]
    if best is not None:
        layers.append(points(best, colour=WHITE, marker="*", size=16))
    share = f"{100 * float(arrived.mean()):.0f} %"
    quickest = short(float(steps[arrived].min())) if arrived.any() else "no number of"
    found = f"{share} of {steps.size} starts arrive, the quickest after {quickest} steps"
    alt = f"Starts of a fit: {found}; crosses mark those that do not."
    title = f"{share} of the starts arrive (× never{'' if best is None else ', ★ answer'})"
    return draw(Scene([Panel(layers, *window, title, *names)], alt, height=4.8))


def _cells(centres: Array) -> Limits:
    """The outer edges of cells with the given centres."""
    half = (centres[-1] - centres[0]) / max(centres.size - 1, 1) / 2 or 0.5
    return float(centres[0] - half), float(centres[-1] + half)
