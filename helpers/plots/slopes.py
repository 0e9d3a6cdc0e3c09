"""Contours, gradients, vector fields and the total derivative."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import GREY, ORANGE, VERMILION, WHITE, shade
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import (
    Arrows,
    Field,
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    Text,
    arrows,
    contour_lines,
    points,
    short,
)
from helpers.plots.wording import name, pair

Array = NDArray[np.float64]
Ground = tuple[Field, Line]


def contours_with_gradient(f: Function, at: ArrayLike | None = None, reach: float = 2.0) -> Figure:
    """Draw the contours of f and its gradient, at one point or everywhere.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    at : array_like of shape (2,), optional
        Where the arrow starts; without it there is a grid of arrows.
    reach : float
        The figure shows ± reach about the origin, or about `at` where that would lie outside.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> contours_with_gradient(bowl, at=(1.0, 0.5))
    Contours of bowl. At (1, 0.5) the gradient is (2, 2), its length 2.83, and it crosses the contour at a right angle.
    """
    return draw(contours_with_gradient_scene(f, at, reach))


def contours_with_gradient_scene(
    f: Function,
    at: ArrayLike | None = None,
    reach: float = 2.0,
    below: Ground | None = None,
) -> Scene:
    """Scene of `contours_with_gradient`; what lies `below` need not be computed at every move."""
    below = below or ground(f, sampling.square(at, reach))
    field, contours = below
    window = field.x, field.y
    layers: list[Layer] = [field, contours]
    if at is None:
        arrows, longest = _arrow_grid(f, window)
        layers.append(arrows)
        lengths = "long arrows shortened, longest" if field.log else "longest arrow"
        title = f"∇f of {name(f)} ({lengths} {short(longest)})"
        alt = (
            f"Contours of {name(f)} with gradient arrows, which cross the contours at right angles; "
            f"the steepest of them is {short(longest)} long."
        )
    else:
        slope = sampling.gradient(f, at)
        length = float(np.linalg.norm(slope))
        layers += _arrow_at(np.asarray(at, float), slope, reach)
        title = f"∇f = {pair(slope)},  length {short(length)}"
        alt = (
            f"Contours of {name(f)}. At {pair(at)} the gradient is {pair(slope)}, its length "
            f"{short(length)}, and it crosses the contour at a right angle."
        )
    return Scene([Panel(layers, *window, title, "x", "y", equal=True)], alt, height=5.0)


def _arrow_at(at: Array, slope: Array, reach: float) -> list[Layer]:
    """The gradient at a point, a stroke along the contour and the point itself."""
    length = float(np.linalg.norm(slope))
    layers: list[Layer] = []
    if length > 1e-12:
        shown = slope / length * reach * 0.75 * length / (length + 2.0)
        stroke = 0.25 * reach * np.array([-slope[1], slope[0]]) / length
        ends = np.stack([at - stroke, at + stroke], axis=1)
        layers.append(Line(ends[0], ends[1], WHITE, "dashed", 2.5))
        layers.append(arrows(at, shown, colour=VERMILION, width=3.0))
    return [*layers, Points(at[:1], at[1:], size=9)]


def _arrow_grid(f: Function, window: sampling.Window, count: int = 11) -> tuple[Arrows, float]:
    (x0, x1), _ = window
    feet = _inside(window, count)
    slopes = sampling.gradients(f, feet)
    longest = float(np.linalg.norm(slopes, axis=0).max())
    shown = slopes * (x1 - x0) / count / max(longest, 1e-12)
    if steep(f, window):
        shown = shown * (np.linalg.norm(slopes, axis=0) / longest + 1e-12) ** -0.75
    return arrows(feet, shown, colour=VERMILION, width=1.6), longest


def _inside(window: sampling.Window, count: int) -> Array:
    """A grid of count × count feet a little inside a window, shape (2, count²)."""
    (x0, x1), (y0, y1) = window
    margin = 0.04 * (x1 - x0)
    feet = sampling.grid((x0 + margin, x1 - margin), (y0 + margin, y1 - margin), count)
    return feet.reshape(2, -1)


def vector_field(F: Function, reach: float = 2.0, centre: ArrayLike = (0.0, 0.0)) -> Figure:
    """Draw a vector field of the plane: one arrow for each of many points.

    The arrow's length and colour both tell how long the vector is.

    Examples
    --------
    >>> vector_field(lambda p: np.array([-p[1], p[0]]), reach=1)
    Vector field from 169 points of the plane; the longest vector is 1.3 long, the shortest 0.
    """
    window = sampling.square(None, reach, centre)
    feet = _inside(window, 13)
    vectors = sampling.vectors(F, feet)
    lengths = np.linalg.norm(vectors, axis=0)
    longest, shortest = float(lengths.max()), float(lengths.min())
    shown = vectors * (2 * reach / 13) / max(longest, 1e-12)
    colours = shade(0.8 * lengths / max(longest, 1e-12))
    layers: list[Layer] = [
        arrows(feet, shown, width=1.8, colours=colours),
        points(feet, colour=GREY, size=2.5),
    ]
    alt = (
        f"Vector field from {feet.shape[1]} points of the plane; the longest vector is "
        f"{short(longest)} long, the shortest {short(shortest)}."
    )
    title = f"{name(F)}: the longest arrow stands for {short(longest)}"
    return draw(Scene([Panel(layers, *window, title, "x", "y", equal=True)], alt, height=5.0))


def path_on_field(f: Function, path: Function, t: float, until: float = 0.0) -> Figure:
    """Draw a path over the contours of f, with its velocity and the gradient at time t.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    path : callable
        t ↦ point (2,).
    t : float
        The time at which both arrows are drawn.
    until : float
        The path is drawn from 0 to here; by default to 2π, or to t if that is later.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> path_on_field(bowl, lambda t: np.array([np.cos(t), np.sin(t)]), t=1.0)
    A path over bowl. At t = 1 the gradient is (1.08, 3.37), the velocity (−0.841, 0.54), and their product, df/dt, is 0.909.
    """
    return draw(path_on_field_scene(f, path, t, until))


def path_on_field_scene(
    f: Function,
    path: Function,
    t: float,
    until: float = 0.0,
    below: tuple[Ground, Array] | None = None,
) -> Scene:
    """Scene of `path_on_field`; what lies `below` need not be computed at every move."""
    (field, contours), way = below or way_on_ground(f, path, until or max(2 * np.pi, t))
    window = field.x, field.y
    reach = (window[0][1] - window[0][0]) / 2
    here, speed = np.asarray(path(t), float), sampling.velocity(path, t)
    slope = sampling.gradient(f, here)
    rate = short(float(slope @ speed))
    longest = max(float(np.linalg.norm(slope)), float(np.linalg.norm(speed)), 1e-12)
    scale = 0.45 * reach / longest
    layers: list[Layer] = [
        field,
        contours,
        Line(way[0], way[1], WHITE, "solid", 2.5),
        arrows(here, scale * speed, colour=ORANGE, width=3.0),
        arrows(here, scale * slope, colour=VERMILION, width=3.0),
        points(here, size=9),
        *_tips(here, scale, (speed, "dx/dt"), (slope, "∇f")),
    ]
    alt = (
        f"A path over {name(f)}. At t = {short(t)} the gradient is {pair(slope)}, the velocity "
        f"{pair(speed)}, and their product, df/dt, is {rate}."
    )
    title = f"df/dt = ∇f · dx/dt = {rate} at t = {short(t)}"
    return Scene([Panel(layers, *window, title, "x", "y", equal=True)], alt, height=5.0)


def way_on_ground(f: Function, path: Function, until: float) -> tuple[Ground, Array]:
    """The contours of f about a path, and the path from 0 to `until`, as points (2, k)."""
    way = sampling.along(path, np.linspace(0, until, 301))
    middle = way.mean(axis=1)
    reach = 1.35 * float(np.abs(way - middle[:, None]).max())
    return ground(f, sampling.square(None, reach, middle)), way


def ground(f: Function, window: sampling.Window, size: int = 81, name: str = "f") -> Ground:
    """A field as colours and as contours."""
    field = sampling.field(f, *window, size=size, name=name, log=steep(f, window))
    return field, contour_lines(field, 14)


def _tips(here: Array, scale: float, *arrows: tuple[Array, str]) -> list[Layer]:
    tips = [(here + 1.12 * scale * vector, text) for vector, text in arrows]
    return [Text(float(x), float(y), text, align="center") for (x, y), text in tips]


def steep(f: Function, window: sampling.Window) -> bool:
    """Whether f is so steep that even contours would crowd at the rim."""
    heights = sampling.values(f, sampling.grid(*window, 21))
    above = heights - np.nanmin(heights)
    return bool(np.nanmax(above) > 12 * max(float(np.nanmedian(above)), 1e-12))
