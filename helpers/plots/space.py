"""Three dimensions on paper: seen from afar, the nearest drawn last.

Everything becomes flat layers (`Mesh`, `Line`, `Text`), so that the browser can draw it too. Surfaces
are cut into small tiles that are sorted by their distance together, which is why a plane may pass
through a surface and each still hides what lies behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from helpers.plots.colours import BLACK, GREY, PALE, rgba, shade
from helpers.plots.scene import (
    Arrows,
    Layer,
    Line,
    Mesh,
    Panel,
    Points,
    Text,
    arrows,
    short,
)

Array = NDArray[np.float64]
Limits = tuple[float, float]


@dataclass(frozen=True)
class View:
    """A box of space seen from afar.

    Attributes
    ----------
    x, y, z : (low, high)
        The box. Its base is drawn as a square, its height as `tall` of the base.
    turn, lift : float
        From where one looks, in degrees: turned about the upright axis, lifted above the ground.
    """

    x: Limits
    y: Limits
    z: Limits
    turn: float = -60.0
    lift: float = 28.0
    tall: float = 0.8

    def flat(self, points: ArrayLike) -> Array:
        """Points (3, ...) on paper: (3, ...), across, up and towards the eye."""
        points = np.asarray(points, float)
        matrix, middle = self._map
        moved = points.reshape(3, -1) - middle[:, None]
        return np.asarray((matrix @ moved).reshape(points.shape))

    @cached_property
    def _map(self) -> tuple[Array, Array]:
        """The matrix that turns a step in space into one on paper, and the middle of the box."""
        turn, lift = np.radians([self.turn, self.lift])
        (c, s), (flat, steep) = (np.cos(turn), np.sin(turn)), (np.cos(lift), np.sin(lift))
        axes = np.array([[-s, c, 0], [-c * steep, -s * steep, flat], [c * flat, s * flat, steep]])
        ends = np.array([self.x, self.y, self.z])
        sizes = np.array([1, 1, self.tall]) / (ends[:, 1] - ends[:, 0])
        return axes * sizes, ends.mean(axis=1)


@dataclass(frozen=True, eq=False)
class Tiles:
    """Four-cornered tiles in space: corners (k, 4, 3), colours (k, 4) as bytes."""

    corners: Array
    fill: NDArray[np.uint8]
    edge: NDArray[np.uint8]


def tiles(
    points: ArrayLike, colour: str = "", opacity: float = 1.0, limits: Limits = (0, 1)
) -> Tiles:
    """Cut a sheet, points of shape (3, rows, columns), into tiles.

    Without a colour each tile is coloured by its height, `limits` being the ends of the colours.
    """
    points = np.asarray(points, float)
    around = [points[:, :-1, :-1], points[:, :-1, 1:], points[:, 1:, 1:], points[:, 1:, :-1]]
    corners = np.stack([np.moveaxis(c, 0, -1).reshape(-1, 3) for c in around], axis=1)
    if colour:
        fill = np.tile(rgba(colour, opacity), (len(corners), 1))
    else:
        fill = shade((corners[:, :, 2].mean(axis=1) - limits[0]) / (limits[1] - limits[0]))
        fill[:, 3] = round(255 * opacity)
    edge = (0.75 * fill).astype(np.uint8)
    edge[:, 3] = fill[:, 3] // 2
    return Tiles(corners, fill, edge)


def sheet(view: View, sheets: Sequence[Tiles]) -> Mesh:
    """Tiles of all sheets as seen from above, what hides nothing first.

    Sheets over one grid of the ground hide each other column by column: the farthest column comes
    first, and in a column the lowest tile. Tiles that leave the box upwards or downwards are left out.
    """
    ground = view.flat(np.moveaxis(_joined(sheets), -1, 0) * np.array([1, 1, 0])[:, None, None])
    return _painted(view, sheets, ground[2].mean(axis=1))


def solid(view: View, faces: Sequence[Tiles]) -> Mesh:
    """Tiles of the faces of one convex body, the farthest first."""
    return _painted(view, faces, view.flat(np.moveaxis(_joined(faces), -1, 0))[2].mean(axis=1))


def _joined(sheets: Sequence[Tiles]) -> Array:
    return np.concatenate([s.corners for s in sheets])


def _painted(view: View, sheets: Sequence[Tiles], near: Array) -> Mesh:
    """Tiles in the order of `near`, then from low to high."""
    corners = _joined(sheets)
    fill = np.concatenate([s.fill for s in sheets])
    edge = np.concatenate([s.edge for s in sheets])
    flat = view.flat(np.moveaxis(corners, -1, 0))
    low, high = view.z
    slack = 1e-9 + 0.02 * (high - low)
    middle = corners[:, :, 2].mean(axis=1)
    shown = np.flatnonzero((middle >= low - slack) & (middle <= high + slack))
    order = shown[np.lexsort((middle[shown], np.round(near[shown], 6)))]
    return Mesh(np.moveaxis(flat[:2], 0, -1)[order], fill[order], edge[order])


def line(
    view: View, points: ArrayLike, colour: str, dash: str = "solid", width: float = 2.0
) -> Line:
    """A line through points of shape (3, k)."""
    flat = view.flat(points)
    return Line(flat[0], flat[1], colour, dash, width)


def dots(view: View, points: ArrayLike, colour: str = BLACK, size: float = 8.0) -> Points:
    """Dots at points of shape (3, k) or (3,)."""
    flat = view.flat(np.asarray(points, float).reshape(3, -1))
    return Points(flat[0], flat[1], colour, "o", size)


def arrow(view: View, foot: ArrayLike, tip: ArrayLike, colour: str) -> Arrows:
    """One arrow from foot (3,) to tip (3,)."""
    a, b = view.flat(foot), view.flat(tip)
    return arrows(a[:2], b[:2] - a[:2], colour=colour)


def words(view: View, at: ArrayLike, text: str, colour: str = BLACK, align: str = "left") -> Text:
    """Words at a point (3,) of space."""
    flat = view.flat(at)
    return Text(float(flat[0]), float(flat[1]), text, colour, align)


def panel(layers: Sequence[Layer], title: str = "") -> Panel:
    """A panel without axes that holds what was drawn in space."""
    return Panel(layers, (-0.86, 0.86), (-0.76, 0.72), title, equal=True, axes=False)


def box(view: View, names: Sequence[str] = ("x", "y", "z"), marks: int = 4) -> list[Layer]:
    """The floor with its grid, the upright axis, numbers and names."""
    near_x = view.x[int(np.cos(np.radians(view.turn)) > 0)]
    near_y = view.y[int(np.sin(np.radians(view.turn)) > 0)]
    floor, top = view.z
    post = min(((x, y) for x in view.x for y in view.y), key=lambda p: view.flat((*p, floor))[0])
    xs, ys, zs = (_marks(limits, marks) for limits in (view.x, view.y, view.z))
    upright = np.array([(*post, floor), (*post, top)]).T
    return [
        _floor(view, xs, ys),
        line(view, upright, GREY, width=1.0),
        *(_mark(view, (x, near_y, floor), short(x), (-0.03, 0.06)) for x in xs),
        *(_mark(view, (near_x, y, floor), short(y), (0.06, 0.04)) for y in ys),
        *(_mark(view, (*post, z), short(z), (-0.06, 0)) for z in zs),
        _mark(view, (sum(view.x) / 2, near_y, floor), names[0], (-0.04, 0.14)),
        _mark(view, (near_x, sum(view.y) / 2, floor), names[1], (0.12, 0.13)),
        _mark(view, (*post, top), names[2], (0, -0.07)),
    ]


def _floor(view: View, xs: Array, ys: Array) -> Line:
    (x0, x1), (y0, y1), z = view.x, view.y, view.z[0]
    strokes = [[(x, y0, z), (x, y1, z)] for x in (x0, *xs, x1)]
    strokes += [[(x0, y, z), (x1, y, z)] for y in (y0, *ys, y1)]
    ends = view.flat(np.array(strokes).transpose(2, 0, 1))
    gap = np.full((len(strokes), 1), np.nan)
    across, up = (np.hstack([ends[i], gap]).ravel() for i in (0, 1))
    return Line(across, up, PALE, width=0.8)


def _marks(limits: Limits, count: int) -> Array:
    marks = np.asarray(MaxNLocator(count).tick_values(*limits))
    return np.asarray(marks[(marks >= limits[0] - 1e-9) & (marks <= limits[1] + 1e-9)])


def _mark(view: View, at: ArrayLike, text: str, shift: tuple[float, float]) -> Text:
    flat = view.flat(at)
    return Text(
        float(flat[0] + shift[0]), float(flat[1] - shift[1]), text, GREY, "center", size=9.0
    )
