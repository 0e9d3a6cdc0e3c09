"""What a map does to small pieces: a square of the plane, a cell of space."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling, space
from helpers.plots.colours import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import (
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    Text,
    arrows,
    points,
    polygons,
    short,
)
from helpers.plots.wording import name, padded, pair

Array = NDArray[np.float64]


def grid_map(
    F: Function,
    at: ArrayLike,
    side: float = 0.5,
    reach: float = 2.0,
    centre: ArrayLike | None = None,
    names: tuple[str, str] = ("x", "y"),
) -> Figure:
    """Draw a grid before and after F, with a little square and the parallelogram of its Jacobian.

    Parameters
    ----------
    F : callable
        R² → R².
    at : array_like of shape (2,)
        The corner of the little square.
    side : float
        The side of the little square.
    reach : float
        The grid shows ± reach about `centre`; by default the origin, or `at` where that would lie
        outside.

    Examples
    --------
    >>> from helpers.functions import polar
    >>> grid_map(polar, at=(1, 0.5), side=0.3, reach=0.9, centre=(1, 1), names=("r", "θ"))
    A grid before and after polar. The Jacobian turns the square at (1, 0.5) into a parallelogram: det J = 1, so areas grow by the factor 1.
    """
    return draw(grid_map_scene(F, at, side, reach, centre, names))


def grid_map_scene(
    F: Function,
    at: ArrayLike,
    side: float = 0.5,
    reach: float = 2.0,
    centre: ArrayLike | None = None,
    names: tuple[str, str] = ("x", "y"),
) -> Scene:
    """Scene of `grid_map`."""
    corner, window = sampling.point(at), sampling.square(at, reach, centre)
    J = sampling.jacobian(F, corner)
    det = float(np.linalg.det(J))
    square = corner[:, None] + side * np.array([[0, 1, 1, 0], [0, 0, 1, 1]])
    edges = _outline(square)
    foot = sampling.vectors(F, corner[:, None])
    parallelogram = foot + J @ (square - corner[:, None])
    across, up = _grid_lines(window)
    shown = sampling.vectors(F, np.concatenate([across, up], axis=1))
    before: list[Layer] = [
        *_grid_layers(across, up),
        polygons(square.T, ORANGE, 0.8),
        *_sides(corner, side * np.eye(2)),
    ]
    after: list[Layer] = [
        *_grid_layers(sampling.vectors(F, across), sampling.vectors(F, up)),
        polygons(sampling.vectors(F, edges).T, ORANGE, 0.8),
        polygons(parallelogram.T, GREEN, 0.3),
        *_sides(foot[:, 0], side * J),
    ]
    limits = _same_shape(padded(shown[0], 0.05), padded(shown[1], 0.05))
    change = "mirrored" if det < 0 else "orientation kept"
    alt = (
        f"A grid before and after {name(F)}. The Jacobian turns the square at {pair(corner)} into a "
        f"parallelogram: det J = {short(det)}, so areas grow by the factor {short(abs(det))}."
    )
    left = Panel(before, *window, f"before: the square at {pair(corner)}", *names, equal=True)
    title = f"after: det J = {short(det)} ({change})"
    right = Panel(after, *limits, title, "F₀", "F₁", equal=True)
    return Scene([left, right], alt, columns=2, height=3.9)


def _grid_lines(window: sampling.Window) -> tuple[Array, Array]:
    """Lines across and lines up, (2, k) each, with NaN between them."""
    (x0, x1), (y0, y1) = window
    along = np.append(np.linspace(0, 1, 60), np.nan)
    steps = np.linspace(0, 1, 17)[:, None]
    t, s = np.broadcast_arrays(along, steps)
    s = np.where(np.isnan(t), np.nan, s)
    across = np.stack([x0 + t * (x1 - x0), y0 + s * (y1 - y0)]).reshape(2, -1)
    up = np.stack([x0 + s * (x1 - x0), y0 + t * (y1 - y0)]).reshape(2, -1)
    return across, up


def _grid_layers(across: Array, up: Array) -> list[Layer]:
    return [
        Line(across[0], across[1], BLUE, "solid", 0.9),
        Line(up[0], up[1], VERMILION, "dashed", 0.9),
    ]


def _sides(foot: Array, sides: Array) -> list[Layer]:
    """Arrows along the two sides, the columns of `sides`, and their foot."""
    feet = np.repeat(foot[:, None], 2, axis=1)
    return [arrows(feet, sides, colour=BLACK, width=1.4), points(foot, size=4)]


def _outline(square: Array) -> Array:
    """Many points along the border of a square with corners (2, 4)."""
    t = np.linspace(0, 1, 15, endpoint=False)
    ends = np.roll(square, -1, axis=1)
    return np.asarray((square[:, :, None] * (1 - t) + ends[:, :, None] * t).reshape(2, -1))


def _same_shape(x: tuple[float, float], y: tuple[float, float]) -> sampling.Window:
    """A square window about the middle of two ranges."""
    half = max(x[1] - x[0], y[1] - y[0]) / 2
    a, b = (x[0] + x[1]) / 2, (y[0] + y[1]) / 2
    return (a - half, a + half), (b - half, b + half)


def spherical_volume(r: float, theta: float, phi: float, size: float = 0.35) -> Figure:
    """Draw the little cell of space between r and r + dr, θ and θ + dθ, φ and φ + dφ.

    Parameters
    ----------
    r, theta, phi : float
        Distance from the origin, angle from the pole, angle around it, in radians.
    size : float
        dr / r, dθ and dφ.

    Examples
    --------
    >>> spherical_volume(2, np.pi / 3, 0.5)
    A cell of space at r = 2, θ = 1.05, φ = 0.5: its volume is about r² sin θ = 3.46 times dr dθ dφ.
    """
    scale = r**2 * np.sin(theta)
    alt = (
        f"A cell of space at r = {short(r)}, θ = {short(theta)}, φ = {short(phi)}: its volume is about "
        f"r² sin θ = {short(scale)} times dr dθ dφ."
    )
    right = _scale_panel(r, theta, scale)
    return draw(Scene([_cell_panel(r, theta, phi, size), right], alt, 2, 3.9, (1.5, 1)))


def ball(r: ArrayLike, theta: ArrayLike, phi: ArrayLike) -> Array:
    """Points of space from spherical coordinates, shape (3, ...)."""
    r, theta, phi = np.broadcast_arrays(np.asarray(r, float), theta, phi)
    sin = np.sin(theta)
    return np.stack([r * sin * np.cos(phi), r * sin * np.sin(phi), r * np.cos(theta)])


def _cell_panel(r: float, theta: float, phi: float, size: float) -> Panel:
    reach = 1.1 * r * (1 + size)
    lows = (-0.2 * reach, reach)
    view = space.View(lows, lows, lows, turn=np.degrees(phi) + 52, lift=22, tall=1.0)
    layers = [*_compass(view, reach), *_way_to_cell(view, r, theta, phi, size)]
    layers.append(space.solid(view, _cell_faces(r, theta, phi, size)))
    layers += _edge_names(view, r, theta, phi, size)
    window = view.flat(np.array([np.array(p, float) for p in np.ndindex(2, 2, 2)]).T * reach)
    return Panel(
        layers,
        padded(window[0], 0.02),
        padded(window[1], 0.02),
        f"the cell at θ = {short(theta)}, φ = {short(phi)}",
        equal=True,
        axes=False,
    )


def _cell_faces(r: float, theta: float, phi: float, size: float) -> list[space.Tiles]:
    t = np.linspace(0, 1, 7)
    radii, polar, around = r * (1 + size * t), theta + size * t, phi + size * t
    ends = (0, -1)
    shells = [ball(radii[i], *np.meshgrid(polar, around)) for i in ends]
    walls = [ball(*np.meshgrid(radii, polar), around[i]) for i in ends]
    cones = [ball(radii[:, None], polar[i], around[None, :]) for i in ends]
    return [space.tiles(face, ORANGE, 0.9) for face in (*shells, *walls, *cones)]


def _compass(view: space.View, reach: float) -> list[Layer]:
    arrows = [space.arrow(view, np.zeros(3), 0.93 * reach * axis, GREY) for axis in np.eye(3)]
    names = zip(np.eye(3), "xyz", strict=True)
    return [*arrows, *(space.words(view, reach * a, text, GREY, "center") for a, text in names)]


def _way_to_cell(view: space.View, r: float, theta: float, phi: float, size: float) -> list[Layer]:
    """Radius, angles and the shadow on the ground."""
    corner, zero = ball(r, theta, phi), np.zeros(3)
    shadow = np.array([corner[0], corner[1], 0])
    half_turn = np.linspace(0, 1, 30)
    return [
        space.line(view, ball(r, half_turn * np.pi / 2, phi), BLUE, "dashed", 1.2),
        space.line(view, ball(r, np.pi / 2, half_turn * (phi + size)), GREEN, "dashdot", 1.2),
        space.line(view, np.stack([zero, shadow, corner], axis=1), GREY, "dotted", 1.2),
        space.line(view, np.stack([zero, corner], axis=1), BLACK, "solid", 2.0),
        space.line(view, ball(0.3 * r, half_turn * theta, phi), BLUE, "solid", 1.6),
        space.line(view, ball(0.4 * r, np.pi / 2, half_turn * phi), GREEN, "solid", 1.6),
        space.words(view, 0.7 * corner, "r", BLACK, "center"),
        space.words(view, ball(0.42 * r, theta / 2, phi), "θ", BLUE, "center"),
        space.words(view, ball(0.55 * r, np.pi / 2, phi / 2), "φ", GREEN, "center"),
    ]


def _edge_names(view: space.View, r: float, theta: float, phi: float, size: float) -> list[Layer]:
    """The length of three edges, each written a little outside the cell."""
    half, outer = size / 2, r * (1 + size)
    middle = view.flat(ball(r * (1 + half), theta + half, phi + half))
    spots = (
        (ball(r * (1 + half), theta, phi + size), "dr"),
        (ball(outer, theta + half, phi), "r dθ"),
        (ball(outer, theta + size, phi + half), "r sin θ dφ"),
    )
    names: list[Layer] = []
    for at, text in spots:
        edge = view.flat(at)[:2]
        away = edge - middle[:2]
        x, y = edge + 0.09 * away / np.linalg.norm(away)
        names.append(Text(float(x), float(y), text, BLACK, "center"))
    return names


def _scale_panel(r: float, theta: float, scale: float) -> Panel:
    angles = np.linspace(0, np.pi, 121)
    layers: list[Layer] = [
        Line(angles, r**2 * np.sin(angles), BLUE),
        Points(np.array([theta]), np.array([scale]), VERMILION, size=9),
        Text(theta, scale, f"{short(scale)}", VERMILION, "center", raise_by=-14),
    ]
    marks = [(0, "0"), (np.pi / 2, "π/2"), (np.pi, "π")]
    return Panel(
        layers,
        (0, np.pi),
        (0, 1.15 * r**2),
        f"det J = r² sin θ  at r = {short(r)}",
        "θ (0 is the pole)",
        "volume per dr dθ dφ",
        ticks=(marks, None),
    )
