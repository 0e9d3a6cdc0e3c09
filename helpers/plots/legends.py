"""Where a legend hides least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.plots.scene import Layer, Line, Mesh, Points

Array = NDArray[np.float64]
Limits = tuple[float, float]

PANEL_PT = 440.0, 230.0
"""Width of all panels of a row together, and height of a panel, in points."""
DOT = 0.02
"""What a single point weighs, as a share of the panel."""
CORNERS = ("upper right", "upper left", "lower right", "lower left", "upper center", "lower center")


def free_corner(layers: Sequence[Layer], x: Limits, y: Limits, columns: int = 1) -> str:
    """The corner of a panel in which a legend hides the least of lines, points and bars.

    Parameters
    ----------
    layers : sequence of layers
        What is drawn; those with a label are in the legend.
    x, y : (low, high)
        What the axes show.
    columns : int
        How many panels stand side by side.

    Examples
    --------
    >>> t = np.linspace(0, 1)
    >>> free_corner([Line(t, t, label="rising")], (0, 1), (0, 1))
    'upper left'
    """
    labels = [label for layer in layers if (label := getattr(layer, "label", ""))]
    width = (44 + 5.4 * max(map(len, labels), default=0)) * columns / PANEL_PT[0]
    height = (14 + 14.0 * len(labels)) / PANEL_PT[1]
    (across, up), weights = _drawn(layers, x, y)
    hidden = []
    for corner in CORNERS:
        left = {"left": 0.0, "right": 1 - width}.get(corner.split()[1], 0.5 - width / 2)
        foot = 1 - height if "upper" in corner else 0.0
        beside = np.maximum(left - across, across - left - width)
        apart = np.maximum(beside, np.maximum(foot - up, up - foot - height))
        hidden.append(float(weights[apart < 0].sum()))
    return CORNERS[int(np.argmin(hidden))]


def _drawn(layers: Sequence[Layer], x: Limits, y: Limits) -> tuple[Array, Array]:
    """Points (2, k) of all that is drawn, in shares of the panel, and how much each stands for."""
    low, high = np.array([x[0], y[0]])[:, None], np.array([x[1], y[1]])[:, None]
    ways = [(way - low) / (high - low) for layer in layers for way in _ways(layer)]
    parts = [_along(np.clip(way, -0.5, 1.5)) for way in ways] or [(np.empty((2, 0)), np.empty(0))]
    spots, weights = zip(*parts, strict=True)
    return np.concatenate(spots, axis=1), np.concatenate(weights)


def _ways(layer: Layer) -> list[Array]:
    """The strokes (2, k) of a layer; a point is a short one, and faint lines do not count."""
    if isinstance(layer, Line) and layer.opacity == 1:
        return [np.stack([layer.x, layer.y])]
    if isinstance(layer, Points):
        return [np.array([[x, x], [y, y]]) for x, y in zip(layer.x, layer.y, strict=True)]
    if isinstance(layer, Mesh) and layer.corners.shape[1] == 4:
        return [rim.T for rim in np.concatenate([layer.corners, layer.corners[:, :1]], axis=1)]
    return []


def _along(way: Array) -> tuple[Array, Array]:
    """Points along straight pieces, and how long the part is that each stands for."""
    count = max(2, 2000 // way.shape[1])
    pieces = np.diff(way)
    spots = way[:, :-1, None] + np.linspace(0, 1, count) * pieces[:, :, None]
    lengths = np.nan_to_num(np.hypot(*pieces)) + DOT
    return spots.reshape(2, -1), np.repeat(lengths / count, count)
