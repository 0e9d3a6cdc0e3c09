"""Surfaces over the plane: tangent planes, cuts and the four kinds of stationary point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers import functions
from helpers.plots import sampling, space
from helpers.plots.colours import BLACK, BLUE, ORANGE, VERMILION
from helpers.plots.drawing import Figure, draw
from helpers.plots.sampling import Function
from helpers.plots.scene import (
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    contour_lines,
    short,
)
from helpers.plots.wording import name, padded, pair

Array = NDArray[np.float64]


def surface_with_tangent(
    f: Function, at: ArrayLike, reach: float = 2.0, turn: float = -60.0
) -> Figure:
    """Draw the surface of f and its tangent plane at one point.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    at : array_like of shape (2,)
        Where the plane touches.
    reach : float
        The figure shows ± reach about the origin, or about `at` where that would lie outside.
    turn : float
        From where one looks, in degrees about the upright axis.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> surface_with_tangent(bowl, at=(1, 0.5))
    Surface of bowl and its tangent plane at (1, 0.5): height 1.5, slopes ∂f/∂x = 2 and ∂f/∂y = 2.
    """
    return draw(surface_with_tangent_scene(f, at, reach, turn))


def surface_with_tangent_scene(
    f: Function,
    at: ArrayLike,
    reach: float = 2.0,
    turn: float = -60.0,
    size: int = 33,
    centre: ArrayLike | None = None,
) -> Scene:
    """Scene of `surface_with_tangent`."""
    x, y = np.asarray(at, float)
    height = float(sampling.values(f, np.array([[x], [y]]))[0])
    fx, fy = sampling.gradient(f, at)
    xs, ys = sampling.square(at, reach, centre)
    ground = sampling.grid(xs, ys, size)
    surface = np.stack([*ground, sampling.values(f, ground)])
    low, high = float(surface[2].min()), float(surface[2].max())
    view = space.View(xs, ys, (low - 0.2 * (high - low), high + 0.05 * (high - low)), turn)
    width = _plane_width(view.z, height, abs(fx) + abs(fy), reach)
    patch = _around(ground, (x, y), width)
    plane = np.stack([*patch, height + fx * (patch[0] - x) + fy * (patch[1] - y)])
    mesh = space.sheet(
        view, [space.tiles(surface, "", 0.75, (low, high)), space.tiles(plane, ORANGE, 0.85)]
    )
    layers = [
        *space.box(view, ("x", "y", "f")),
        mesh,
        *_slopes(view, (x, y, height), (fx, fy), 0.8 * width),
    ]
    slopes = f"slopes ∂f/∂x = {short(fx)} and ∂f/∂y = {short(fy)}"
    alt = f"Surface of {name(f)} and its tangent plane at {pair(at)}: height {short(height)}, {slopes}."
    title = f"{slopes} at {pair(at)}"
    return Scene([space.panel(layers, title)], alt, height=5.0)


def _plane_width(z: tuple[float, float], height: float, steep: float, reach: float) -> float:
    """How far the plane goes from its point: no farther than it stays in the box, if it can be seen then."""
    room = min(height - z[0], z[1] - height)
    return float(np.clip(room / max(steep, 1e-12), 0.25 * reach, 0.55 * reach))


def _around(ground: Array, at: tuple[float, float], reach: float) -> Array:
    """The part of a grid near a point; one grid for both sheets lets every tile know its neighbour."""
    columns = np.abs(ground[0, 0] - at[0]) <= reach
    rows = np.abs(ground[1, :, 0] - at[1]) <= reach
    return np.asarray(ground[:, rows][:, :, columns])


def _slopes(
    view: space.View, foot: tuple[float, float, float], slopes: tuple[float, float], d: float
) -> list[Layer]:
    """The two lines on the plane whose slopes are the partial derivatives, and the point."""
    x, y, z = foot
    east = np.array([[x - d, x + d], [y, y], [z - d * slopes[0], z + d * slopes[0]]])
    north = np.array([[x, x], [y - d, y + d], [z - d * slopes[1], z + d * slopes[1]]])
    return [
        space.line(view, east, BLACK, "solid", 1.8),
        space.line(view, north, BLACK, "dashed", 1.8),
        space.words(view, east[:, 1], "∂f/∂x"),
        space.words(view, north[:, 1], "∂f/∂y"),
        space.dots(view, foot),
    ]


def slices(f: Function, at: ArrayLike, reach: float = 2.0) -> Figure:
    """Draw the two cuts through a surface whose slopes are the partial derivatives.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> slices(bowl, at=(1, 0.5))
    Two cuts through bowl at (1, 0.5): along x the slope is 2, along y it is 2.
    """
    x, y = np.asarray(at, float)
    window = sampling.square(at, reach)
    ground = sampling.field(f, *window)
    slopes = sampling.gradient(f, at)
    cuts: list[Layer] = [
        Line(np.array(window[0]), np.array([y, y]), BLUE),
        Line(np.array([x, x]), np.array(window[1]), VERMILION, "dashed"),
        Points(np.array([x]), np.array([y])),
    ]
    over = Panel(
        [ground, contour_lines(ground), *cuts], *window, "from above", "x", "y", equal=True
    )
    east = _cut(f, at, 0, window[0], slopes[0])
    north = _cut(f, at, 1, window[1], slopes[1])
    alt = (
        f"Two cuts through {name(f)} at {pair(at)}: along x the slope is {short(slopes[0])}, "
        f"along y it is {short(slopes[1])}."
    )
    return draw(Scene([over, east, north], alt, columns=3, height=3.0, widths=(1.1, 1, 1)))


def _cut(f: Function, at: ArrayLike, i: int, limits: tuple[float, float], slope: float) -> Panel:
    here = np.asarray(at, float)
    t = np.linspace(*limits, 161)
    points = np.repeat(here[:, None], t.size, axis=1)
    points[i] = t
    heights = sampling.values(f, points)
    height = float(sampling.values(f, here[:, None])[0])
    near = here[i] + 0.3 * (limits[1] - limits[0]) * np.array([-1, 1])
    colour, dash = ((BLUE, "solid"), (VERMILION, "dashed"))[i]
    axis, other = ("x", "y")[i], ("y", "x")[i]
    layers: list[Layer] = [
        Line(t, heights, colour, dash),
        Line(near, height + slope * (near - here[i]), BLACK, "solid", 1.4),
        Points(here[i : i + 1], np.array([height])),
    ]
    title = f"{other} = {short(here[1 - i])}:  ∂f/∂{axis} = {short(slope)}"
    return Panel(layers, limits, padded(heights), title, axis, "f")


def gallery() -> Figure:
    """Draw bowl, dome, valley and saddle with the eigenvectors and eigenvalues of their Hessians.

    Examples
    --------
    >>> gallery()
    Four stationary points and the eigenvalues of their Hessians: bowl (2, 4), dome (−2, −1), valley (0, 2), saddle (−2, 2).
    """
    fields = (functions.bowl, functions.dome, functions.valley, functions.saddle)
    kinds = ("minimum", "maximum", "degenerate", "saddle")
    values = [pair(np.linalg.eigvalsh(f.hessian(np.zeros(2)))) for f in fields]
    panels = [_stationary(f, kind) for f, kind in zip(fields, kinds, strict=True)]
    found = ", ".join(f"{name(f)} {value}" for f, value in zip(fields, values, strict=True))
    alt = f"Four stationary points and the eigenvalues of their Hessians: {found}."
    return draw(Scene(panels, alt, columns=2, height=6.4))


def _stationary(f: Function, kind: str, reach: float = 1.5) -> Panel:
    ground = sampling.grid((-reach, reach), (-reach, reach), 25)
    surface = np.stack([*ground, sampling.values(f, ground)])
    limits = float(surface[2].min()), float(surface[2].max())
    view = space.View((-reach, reach), (-reach, reach), limits, tall=0.75)
    lengths, directions = np.linalg.eigh(sampling.hessian(f, np.zeros(2)))
    foot = np.array([0, 0, surface[2, 12, 12]])
    layers: list[Layer] = [*space.box(view, ("x", "y", "f"), marks=3)]
    layers.append(space.sheet(view, [space.tiles(surface, "", 0.8, limits)]))
    for size, direction, (colour, dash) in zip(
        lengths, directions.T, ((VERMILION, "solid"), (BLACK, "dashed")), strict=True
    ):
        way = np.linspace(-1.1, 1.1, 41) * direction[:, None]
        cut = np.stack([*way, sampling.values(f, way)])
        tip = foot + 1.1 * np.append(direction, 0)
        layers += [
            space.line(view, cut, colour, dash, 2.4),
            space.arrow(view, foot, tip, colour),
            space.words(view, foot + 1.5 * (tip - foot), f"λ = {short(size)}", colour, "center"),
        ]
    called = name(f) if name(f) == kind else f"{name(f)}: {kind}"
    title = f"{called},  λ = {short(lengths[0])} and {short(lengths[1])}"
    return space.panel([*layers, space.dots(view, foot)], title)
