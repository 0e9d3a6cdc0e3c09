"""Ways to a root or a minimum: Newton's tangents, basins, descent paths and constraints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from contourpy import contour_generator
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREY, ORANGE, VERMILION, WHITE, series
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
    Text,
    arrows,
    contour_lines,
    short,
)
from helpers.plots.slopes import Ground, ground
from helpers.plots.wording import counted, name, padded, pair

Array = NDArray[np.float64]
Limits = tuple[float, float]


def newton_hops(f: Function, x0: float, steps: int = 5, x: Limits = (-3.0, 3.0)) -> Figure:
    """Draw how Newton's tangents hop towards a root, or round a cycle, or away.

    Parameters
    ----------
    f : callable
        Function of one variable.
    x0 : float
        Where the first tangent touches.
    steps : int
        How many tangents there are.
    x : (low, high)
        What is shown.

    Examples
    --------
    >>> newton_hops(lambda x: x**2 - 2, x0=2.0, steps=3)
    Newton's method on f from x = 2: after 3 steps it is at x = 1.41, where f is 6.01e−6.
    """
    return draw(newton_hops_scene(f, x0, steps, x))


def newton_hops_scene(f: Function, x0: float, steps: int = 5, x: Limits = (-3.0, 3.0)) -> Scene:
    """Scene of `newton_hops`."""
    t = np.linspace(*x, 301)
    heights = sampling.curve(f, t)
    way = _newton_path(f, x0, int(steps))
    values = sampling.curve(f, way)
    limits = _room(heights, values)
    layers: list[Layer] = [
        Line(np.array(x), np.zeros(2), GREY, "solid", 1.0),
        Line(t, heights, BLACK, "solid", 2.2, name(f)),
    ]
    for i in range(way.size - 1):
        colour, dash, _ = series(i)
        ends = np.array([way[i], way[i], way[i + 1]])
        layers.append(Line(ends, np.array([0, values[i], 0]), colour, dash, 1.6))
    layers += [
        Points(way[:-1], values[:-1], VERMILION, "o", 6, "where the tangent touches"),
        Points(way, 0 * way, BLUE, "v", 7, "where we stand"),
        *_step_names(way, limits),
    ]
    done = way.size - 1
    alt = (
        f"Newton's method on {name(f)} from x = {short(x0)}: after {counted(done, 'step')} it is at "
        f"x = {short(way[-1])}, where f is {short(values[-1])}."
    )
    title = f"x{_low(done)} = {short(way[-1], 6)},  f = {short(values[-1])}"
    corner = free_corner(layers, x, limits)
    panel = Panel(layers, x, limits, title, "x", "f(x)", legend=corner)
    return Scene([panel], alt, height=4.4)


def _newton_path(f: Function, x0: float, steps: int) -> Array:
    """The hops, as far as the slope is not zero."""
    way = [float(x0)]
    for _ in range(steps):
        slope = sampling.slope(f, way[-1])
        if slope == 0 or not np.isfinite(slope) or abs(way[-1]) > 1e6:
            break
        way.append(way[-1] - float(sampling.curve(f, np.array(way[-1:]))[0]) / slope)
    return np.array(way)


def _room(heights: Array, values: Array) -> Limits:
    """Limits that show every tangent, and no more of the curve than that needs."""
    low, high = padded(np.append(values, 0.0), 0.6)
    whole = padded(heights, 0.1)
    return max(low, whole[0]), min(high, whole[1])


def _step_names(way: Array, limits: Limits) -> list[Layer]:
    """x₀, x₁, … below the axis, as long as they are not on top of each other."""
    names: list[Layer] = []
    shown: list[float] = []
    for i, x in enumerate(way[:7]):
        if all(abs(x - other) > 0.12 for other in shown):
            shown.append(float(x))
            names.append(Text(float(x), 0.0, f"x{_low(i)}", BLUE, "center", raise_by=-13))
    return names


def _low(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))


def newton_basins(indices: ArrayLike | None = None, reach: float = 1.6, steps: int = 40) -> Figure:
    """Draw which root of z³ = 1 Newton's method reaches from every point of the complex plane.

    Parameters
    ----------
    indices : array_like of int, shape (k, k), optional
        Index of the root (0, 1 or 2) reached from each point of the square ± reach, −1 for none,
        imaginary part along the rows; computed here if not given.

    Examples
    --------
    >>> newton_basins()
    Basins of the three roots of z³ = 1: 34 % of the square belongs to root 0 at 1, and no rim between two basins is smooth.
    """
    roots = np.exp(2j * np.pi * np.arange(3) / 3)
    if indices is None:
        re, im = sampling.grid((-reach, reach), (-reach, reach), 401)
        indices = _basins(re + 1j * im, roots, steps)
    found = np.asarray(indices)
    share = 100 * float((found == 0).mean())
    window = (-reach, reach), (-reach, reach)
    layers: list[Layer] = [Field(np.maximum(found, -0.6).astype(float), *window, smooth=False)]
    layers += [Points(roots.real, roots.imag, VERMILION, "o", 9)]
    layers += [
        Text(float(z.real), float(z.imag), f"root {k}", BLACK, "center", raise_by=14)
        for k, z in enumerate(roots)
    ]
    alt = (
        f"Basins of the three roots of z³ = 1: {share:.0f} % of the square belongs to root 0 at 1, and "
        "no rim between two basins is smooth."
    )
    title = "which root Newton's method reaches"
    return draw(
        Scene([Panel(layers, *window, title, "real", "imaginary", equal=True)], alt, height=5.0)
    )


def _basins(
    z: NDArray[np.complex128], roots: NDArray[np.complex128], steps: int
) -> NDArray[np.int64]:
    with np.errstate(all="ignore"):
        for _ in range(steps):
            z = z - (z**3 - 1) / (3 * z**2)
        away = np.nan_to_num(np.abs(z[..., None] - roots), nan=np.inf)
    return np.where(away.min(axis=-1) < 1e-6, away.argmin(axis=-1), -1)


def descent_paths(
    f: Function,
    x0: ArrayLike,
    rates: Sequence[float] = (0.02, 0.2, 0.45, 0.51),
    steps: int = 20,
    reach: float = 2.0,
) -> Figure:
    """Draw gradient descent over the contours of f, once for each rate.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    x0 : array_like of shape (2,)
        Where every path starts.
    rates : sequence of float
        One panel each.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> descent_paths(bowl, (1.8, 1.2), rates=[0.1, 0.4])
    20 steps of gradient descent on bowl from (1.8, 1.2): rate 0.1 ends at f = 0.000431, rate 0.4 at f = 3.85e−9.
    """
    below = ground(f, sampling.square(None, reach), 61, "")
    scene_of = [descent_path_scene(f, x0, rate, steps, reach, below) for rate in rates]
    ends = [_descend(f, x0, rate, steps) for rate in rates]
    said = ", ".join(
        f"rate {short(rate)} {'ends ' if i == 0 else ''}at f = {_height(f, way[:, -1])}"
        for i, (rate, way) in enumerate(zip(rates, ends, strict=True))
    )
    alt = f"{counted(steps, 'step')} of gradient descent on {name(f)} from {pair(x0)}: {said}."
    panels = [scene.panels[0] for scene in scene_of]
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    return draw(Scene(panels, alt, columns=columns, height=3.5 * rows))


def descent_path_scene(
    f: Function,
    x0: ArrayLike,
    rate: float,
    steps: int = 20,
    reach: float = 2.0,
    below: Ground | None = None,
) -> Scene:
    """One panel of `descent_paths`; what lies `below` need not be computed for each."""
    way = _descend(f, x0, rate, int(steps))
    window = sampling.square(None, reach)
    shown = np.clip(way, -10 * reach, 10 * reach)
    layers: list[Layer] = [
        *(below or ground(f, window, 61, "")),
        Line(shown[0], shown[1], WHITE, "solid", 1.6),
        Points(shown[0], shown[1], VERMILION, "o", 6),
        Points(shown[0, :1], shown[1, :1], WHITE, "s", 8),
    ]
    end = _height(f, way[:, -1])
    outside = bool(np.abs(way[:, -1]).max() > reach)
    title = f"rate {short(rate)}: f = {end}" + (" (gone)" if outside else "")
    alt = (
        f"{counted(int(steps), 'step')} of gradient descent on {name(f)} from {pair(x0)} with rate "
        f"{short(rate)} reach f = {end}."
    )
    return Scene([Panel(layers, *window, title, "x", "y", equal=True)], alt, height=5.0)


def _descend(f: Function, x0: ArrayLike, rate: float, steps: int) -> Array:
    way = [sampling.point(x0)]
    for _ in range(steps):
        step = rate * sampling.gradient(f, way[-1])
        if not np.isfinite(step).all() or np.abs(way[-1]).max() > 1e6:
            break
        way.append(way[-1] - step)
    return np.stack(way, axis=1)


def _height(f: Function, p: Array) -> str:
    return short(float(sampling.values(f, p[:, None])[0]))


def lagrange_contours(f: Function, g: Function, along: float = 0.1, reach: float = 2.0) -> Figure:
    """Draw contours of f with the constraint g = 0, and both gradients at a point of it.

    Parameters
    ----------
    f, g : callable
        Scalar fields of two variables; g = 0 must be met inside the window.
    along : float
        Which point: from 0 (one end of the constraint) to 1 (the other, or round a closed one).

    Raises
    ------
    ValueError
        If g = 0 is nowhere in the window.

    Examples
    --------
    >>> circle = lambda p: p[0] ** 2 + p[1] ** 2 - 1
    >>> lagrange_contours(lambda p: p[0] + p[1], circle, along=0.25).alt.split(":")[0]
    'Contours of f and the constraint g = 0'
    """
    return draw(lagrange_contours_scene(f, g, along, reach))


def lagrange_contours_scene(
    f: Function,
    g: Function,
    along: float = 0.1,
    reach: float = 2.0,
    below: tuple[Ground, Array] | None = None,
) -> Scene:
    """Scene of `lagrange_contours`; what lies `below` need not be computed at every move."""
    window = sampling.square(None, reach)
    (field, contours), way = below or constraint_on_ground(f, g, reach)
    here = way[:, min(int(along * way.shape[1]), way.shape[1] - 1)]
    heights = sampling.values(f, way)
    best = way[:, int(np.argmin(heights))]
    up, normal = sampling.gradient(f, here), sampling.gradient(g, here)
    angle = _angle(up, normal)
    here_f = float(sampling.values(f, here[:, None])[0])
    pointers = [
        arrows(here, 0.5 * reach * v / (np.linalg.norm(v) + 1e-12), colour=colour, width=3.0)
        for v, colour in ((up, VERMILION), (normal, ORANGE))
    ]
    layers: list[Layer] = [
        field,
        contours,
        contour_lines(field, [here_f], BLACK, width=1.8, opacity=1.0),
        Line(way[0], way[1], WHITE, "dashed", 2.6),
        Points(best[:1], best[1:], WHITE, "*", 15),
        *pointers,
        Points(here[:1], here[1:], size=9),
        *_tip_names(here, reach, (up, "∇f"), (normal, "∇g")),
    ]
    alt = (
        f"Contours of {name(f)} and the constraint {name(g) if name(g) != 'f' else 'g'} = 0: at "
        f"{pair(here)} f is {short(here_f)} and the gradients stand at {angle:.0f}° to each other; the "
        f"least f on the constraint is {short(float(heights.min()))}."
    )
    title = f"f = {short(here_f)}, {angle:.0f}° between ∇f and ∇g (★ least f)"
    return Scene([Panel(layers, *window, title, "x", "y", equal=True)], alt, height=5.0)


def constraint_on_ground(f: Function, g: Function, reach: float) -> tuple[Ground, Array]:
    """The contours of f, and the longest piece of g = 0 as points (2, k)."""
    window = sampling.square(None, reach)
    return ground(f, window, name=""), _constraint(g, window)


def _constraint(g: Function, window: sampling.Window) -> Array:
    """The longest piece of g = 0 in the window, as points (2, k)."""
    values = sampling.values(g, sampling.grid(*window, 121))
    x, y = (np.linspace(*limits, 121) for limits in window)
    parts: Any = contour_generator(x, y, values).lines(0.0)
    if not parts:
        raise ValueError("g = 0 is nowhere in the window: choose a larger reach or another g")
    return np.asarray(max(parts, key=len), float).T


def _angle(a: Array, b: Array) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0
    return float(np.degrees(np.arccos(np.clip(a @ b / size, -1, 1))))


def _tip_names(here: Array, reach: float, *vectors: tuple[Array, str]) -> list[Layer]:
    tips = [(here + 0.58 * reach * v / (np.linalg.norm(v) + 1e-12), text) for v, text in vectors]
    return [Text(float(x), float(y), text, align="center") for (x, y), text in tips]
