"""What a picture is made of: plain data that is drawn as an image here or by the browser there.

A `Scene` has panels, a `Panel` has layers, and a layer is one of `Field`, `Line`, `Points`, `Arrows`,
`Mesh` and `Text`. `helpers.plots.drawing` turns a scene into a static figure, `helpers.widgets` into a
moving one, so that both always show the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from helpers.plots.colours import BLACK, BLUE, rgba, shade

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Field:
    """Numbers over a rectangle, as colours.

    Attributes
    ----------
    values : ndarray of shape (ny, nx)
        Row j holds the values at the j-th y, from low to high.
    x, y : (low, high)
        Where the first and the last column and row lie.
    name : str
        Title of the colour bar; without a name there is no bar.
    signed : bool
        Whether 0 is the middle of the colours.
    log : bool
        Whether colours follow the logarithm of the height above the lowest value.
    smooth : bool
        Whether colours blend between the points; False for cells that each stand for themselves.
    """

    values: Array
    x: tuple[float, float]
    y: tuple[float, float]
    name: str = ""
    signed: bool = False
    log: bool = False
    smooth: bool = True

    @property
    def limits(self) -> tuple[float, float]:
        """The values at the two ends of the colours."""
        low, high = float(np.nanmin(self.values)), float(np.nanmax(self.values))
        if self.signed:
            high = max(abs(low), abs(high))
            low = -high
        return low, high if high > low else low + 1.0

    def share(self, values: ArrayLike) -> Array:
        """Where values lie between the two ends, from 0 to 1."""
        low, high = self.limits
        part = (np.asarray(values, float) - low) / (high - low)
        return np.log1p(1000 * np.clip(part, 0, 1)) / np.log1p(1000) if self.log else part

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """Colours, shape (ny, nx, 4)."""
        return shade(self.share(self.values), self.signed)

    @cached_property
    def ticks(self) -> list[tuple[float, str]]:
        """Marks of the colour bar: where (0 to 1) and what it says."""
        low, high = self.limits
        marks = self._log_marks() if self.log else MaxNLocator(5).tick_values(low, high)
        marks = [m for m in marks if low - 1e-9 <= m <= high + 1e-9]
        return [(float(self.share(m)), short(m)) for m in marks]

    def _log_marks(self) -> Array:
        low, high = self.limits
        return low + (high - low) * np.array([0, 1e-3, 1e-2, 1e-1, 1])


@dataclass(frozen=True, eq=False)
class Line:
    """A line through points; NaN lifts the pen.

    `dash` is a key of `colours.DASHES`; with a `marker` there is one at every `every`-th point.
    """

    x: Array
    y: Array
    colour: str = BLUE
    dash: str = "solid"
    width: float = 2.0
    label: str = ""
    opacity: float = 1.0
    marker: str = ""
    every: int = 1


@dataclass(frozen=True, eq=False)
class Points:
    """Markers: one of "o", "s", "^", "v", "D", "x", "*"; `size` is the width in points."""

    x: Array
    y: Array
    colour: str = BLACK
    marker: str = "o"
    size: float = 7.0
    label: str = ""


@dataclass(frozen=True, eq=False)
class Arrows:
    """Arrows from (x, y) to (x + u, y + v); `colours` of shape (k, 4), bytes, overrides `colour`."""

    x: Array
    y: Array
    u: Array
    v: Array
    colour: str = BLACK
    width: float = 2.0
    label: str = ""
    colours: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class Mesh:
    """Filled polygons, drawn in order.

    Attributes
    ----------
    corners : ndarray of shape (k, c, 2)
        The c corners of each of k polygons.
    fill : ndarray of uint8, shape (k, 4)
    edge : ndarray of uint8, shape (k, 4)
        Colours of the inside and of the border.
    """

    corners: Array
    fill: NDArray[np.uint8]
    edge: NDArray[np.uint8]
    label: str = ""


@dataclass(frozen=True, eq=False)
class Text:
    """Words at a point.

    `align` is "left", "center" or "right"; `raise_by` is in points; `paper` is how much the white paper
    behind the words hides, from 0 to 1.
    """

    x: float
    y: float
    text: str
    colour: str = BLACK
    align: str = "left"
    raise_by: float = 0.0
    size: float = 10.0
    paper: float = 0.75


Layer = Field | Line | Points | Arrows | Mesh | Text


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes.

    Attributes
    ----------
    layers : sequence of layers
        Drawn in this order.
    x, y : (low, high)
        What the axes show.
    equal : bool
        Whether a metre is as long up as across.
    log : str
        "" or "x", "y", "xy": the axes that are logarithmic.
    axes : bool
        Whether there are a frame, ticks and labels.
    legend : str
        The corner of the legend, as "upper right"; "outside" for the right of the panel, "" for none.
    ticks : (x ticks, y ticks)
        Pairs (position, text) instead of numbers, where not None.
    """

    layers: Sequence[Layer]
    x: tuple[float, float]
    y: tuple[float, float]
    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    equal: bool = False
    log: str = ""
    axes: bool = True
    legend: str = ""
    ticks: tuple[Any, Any] = (None, None)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture.

    Attributes
    ----------
    panels : sequence of Panel
        Row by row.
    alt : str
        One sentence that says what is seen, with a number in it.
    columns : int
    height : float
        Height of the whole, in inches; the width is always 7.2.
    widths : sequence of float
        Relative widths of the columns; all equal if empty.
    """

    panels: Sequence[Panel]
    alt: str
    columns: int = 1
    height: float = 4.2
    widths: Sequence[float] = ()


def arrows(feet: ArrayLike, vectors: ArrayLike, **style: Any) -> Arrows:
    """Arrows from feet (2,) or (2, k) along vectors of the same shape."""
    foot, vector = (np.asarray(v, float).reshape(2, -1) for v in (feet, vectors))
    return Arrows(foot[0], foot[1], vector[0], vector[1], **style)


def points(at: ArrayLike, **style: Any) -> Points:
    """Markers at (2,) or (2, k)."""
    spots = np.asarray(at, float).reshape(2, -1)
    return Points(spots[0], spots[1], **style)


def contour_lines(
    field: Field, levels: int | ArrayLike = 12, colour: str = BLACK, **style: Any
) -> Line:
    """The contours of a field as one line that lifts its pen.

    Parameters
    ----------
    levels : int or array_like
        About how many round levels, or the levels themselves.
    """
    rows, columns = field.values.shape
    maker = contour_generator(
        np.linspace(*field.x, columns), np.linspace(*field.y, rows), field.values
    )
    parts = [part for level in _levels(field, levels) for part in maker.lines(float(level))]
    gap = np.full((1, 2), np.nan)
    way = np.concatenate([piece for part in parts for piece in (part, gap)] or [gap])
    return Line(way[:, 0], way[:, 1], colour=colour, **{"width": 0.8, "opacity": 0.55, **style})


def _levels(field: Field, levels: int | ArrayLike) -> Array:
    if not isinstance(levels, int):
        return np.atleast_1d(np.asarray(levels, float))
    low, high = field.limits
    if field.log:
        share = np.linspace(0, 1, levels + 1)[1:]
        return np.asarray(low + (high - low) * np.expm1(share * np.log1p(1000)) / 1000)
    return np.asarray(MaxNLocator(levels).tick_values(low, high))


def bars(
    x: ArrayLike,
    heights: ArrayLike,
    width: ArrayLike,
    colour: str,
    base: float = 0.0,
    label: str = "",
) -> Mesh:
    """Upright bars of one colour, centred at x; all of one width, or each of its own."""
    x, heights = np.broadcast_arrays(np.asarray(x, float), np.asarray(heights, float))
    half = np.asarray(width, float) / 2
    left, right, foot = x - half, x + half, np.full(x.shape, base)
    corners = np.stack([[left, foot], [right, foot], [right, heights], [left, heights]])
    return polygons(np.moveaxis(corners, -1, 0), colour, label=label)


def polygons(
    corners: ArrayLike, colour: str, opacity: float = 1.0, edge: str = BLACK, label: str = ""
) -> Mesh:
    """Polygons of one colour, corners of shape (k, c, 2) or (c, 2)."""
    corners = np.asarray(corners, float)
    corners = corners if corners.ndim == 3 else corners[None]
    fill = np.tile(rgba(colour, opacity), (len(corners), 1))
    return Mesh(corners, fill, np.tile(rgba(edge), (len(corners), 1)), label)


def short(number: float, digits: int = 3) -> str:
    """A number as it is written in titles and alt sentences: few digits, a true minus sign.

    Examples
    --------
    >>> short(2.23606797), short(-0.5), short(-1e-17), short(1.5e-8)
    ('2.24', '−0.5', '0', '1.5e−8')
    """
    if number == 0 or abs(number) < 1e-15:
        return "0"
    text = f"{number:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")
