"""Colours that everybody can tell apart.

Lines take the eight colours of Okabe and Ito, and never speak by colour alone: each line also has its
own dashes, marker or label. Fields take viridis. Fields with a sign take a map from blue through white
(zero) to red.

References
----------
.. [1] M. Okabe and K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import ArrayLike, NDArray

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
OKABE_ITO = (BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE)

GREY = "#666666"
PALE = "#C8C8C8"
WHITE = "#FFFFFF"

SERIES = (
    (BLUE, "solid", "o"),
    (VERMILION, "dashed", "s"),
    (GREEN, "dashdot", "^"),
    (PURPLE, "dotted", "D"),
    (BLACK, "longdash", "v"),
    (ORANGE, "dashdotdot", "x"),
)
"""Colour, dashes and marker of the first, second, … line of a figure."""

DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dashed": (6, 3),
    "dashdot": (7, 2.5, 1.5, 2.5),
    "dotted": (1.5, 2),
    "longdash": (11, 3),
    "dashdotdot": (7, 2, 1.5, 2, 1.5, 2),
}
"""Lengths of dash and gap, in points."""


def series(i: int) -> tuple[str, str, str]:
    """Colour, dashes and marker of line number i, starting again after the last.

    Examples
    --------
    >>> series(0)
    ('#0072B2', 'solid', 'o')
    """
    return SERIES[i % len(SERIES)]


def shade(share: ArrayLike, signed: bool = False) -> NDArray[np.uint8]:
    """Colours of numbers from 0 to 1, as bytes.

    Parameters
    ----------
    share : array_like of shape (...)
        Where each number lies between the lowest (0) and the highest (1).
    signed : bool
        True for the blue-white-red map, whose white lies at 0.5.

    Returns
    -------
    ndarray of uint8, shape (..., 4)
        Red, green, blue and opacity.
    """
    share = np.asarray(share, float)
    steps = np.clip(256 * np.nan_to_num(share), 0, 255).astype(np.intp)
    return np.where(np.isnan(share)[..., None], np.uint8(0), _table(signed)[steps])


@cache
def _table(signed: bool) -> NDArray[np.uint8]:
    """The 256 colours of a map."""
    colours: Any = colormaps["RdBu_r" if signed else "viridis"](np.arange(256))
    return np.round(255 * np.asarray(colours)).astype(np.uint8)


def rgba(colour: str, opacity: float = 1.0) -> NDArray[np.uint8]:
    """Bytes of a colour written as "#RRGGBB".

    Examples
    --------
    >>> rgba(ORANGE).tolist()
    [230, 159, 0, 255]
    """
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.array([*parts, round(255 * opacity)], np.uint8)
