"""How figures write numbers, points and names, and how wide their axes are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.plots.scene import short


def name(f: Callable[..., Any]) -> str:
    """What a function is called in titles and alt sentences."""
    label = getattr(f, "__name__", "f")
    return "f" if label == "<lambda>" else str(label).split("(")[0].replace("_", " ")


def counted(number: int, noun: str) -> str:
    """A number of things: one of them without the s.

    Examples
    --------
    >>> counted(1, "step"), counted(3, "step")
    ('1 step', '3 steps')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def pair(numbers: ArrayLike) -> str:
    """A point as it is written: (1, 0.5)."""
    return "(" + ", ".join(short(float(n)) for n in np.asarray(numbers, float)) + ")"


def padded(values: ArrayLike, share: float = 0.08) -> tuple[float, float]:
    """The limits of an axis that shows all finite values with some room."""
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    low, high = float(finite.min()), float(finite.max())
    room = share * (high - low) or 1.0
    return low - room, high + room
