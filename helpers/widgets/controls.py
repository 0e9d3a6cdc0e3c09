"""Sliders and buttons, and the choice between a figure that moves and one that cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Scene


@dataclass(frozen=True)
class Slider:
    """One number that the reader may move.

    Attributes
    ----------
    name : str
        Name of the argument of the function that makes the scene.
    label : str
        What stands beside the slider.
    low, high, step, value : float
        Its range, its step and where it starts.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float


def fine(span: float, parts: int) -> float:
    """A round step (1, 2 or 5 times a power of ten) that cuts a span into at least so many parts.

    Examples
    --------
    >>> fine(4.0, 200), fine(4.4, 160)
    (0.02, 0.02)
    """
    rough = 1.0001 * span / parts
    power = int(np.floor(np.log10(rough)))
    leading = max(k for k in (1, 2, 5) if k * 10.0**power <= rough)
    return float(f"{leading}e{power}")


@dataclass(frozen=True)
class Button:
    """A button: while a `repeat` button is down, it is pressed again after every redraw."""

    name: str
    label: str
    press: Callable[[], None]
    repeat: bool = False


def moving(scene_of: Callable[..., Scene], sliders: Sequence[Slider] = (), **options: Any) -> Any:
    """A figure that moves, or where anywidget is missing the static one.

    Parameters
    ----------
    scene_of : callable
        Takes the sliders' values by keyword and returns a `Scene`.
    sliders : sequence of Slider
    **options
        What else `helpers.widgets.canvas.Moving` takes.

    Returns
    -------
    Moving or Figure
    """
    try:
        from helpers.widgets.canvas import Moving
    except ImportError:
        return still(scene_of, sliders)
    return Moving(scene_of, sliders, **options)


def still(scene_of: Callable[..., Scene], sliders: Sequence[Slider] = ()) -> Figure:
    """The static figure of the sliders where they start."""
    return draw(scene_of(**{s.name: s.value for s in sliders}))
