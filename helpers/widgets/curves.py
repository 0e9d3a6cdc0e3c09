"""Week 0: a secant that turns into the tangent, three derivatives with one cursor, a corner and a jump."""

from __future__ import annotations

from typing import Any

from helpers.plots.curves import (
    corner_and_jump_scene,
    secant_to_tangent_scene,
    stacked_derivatives_scene,
)
from helpers.plots.sampling import Function
from helpers.plots.scene import Scene
from helpers.widgets.controls import Slider, fine, moving

Limits = tuple[float, float]


def secant_to_tangent(f: Function, a: float = 0.5, h: float = 1.5, x: Limits | None = None) -> Any:
    """A secant of f from a to a + h: make h small and watch it become the tangent.

    Parameters
    ----------
    f : callable
        Function of one variable.
    a, h : float
        Where the secant starts, and how far it reaches at first.
    x : (low, high), optional
        What is shown; by default 2 on either side of a.
    """
    window = x or (a - 2.0, a + 2.0)

    def scene(a: float, h: float) -> Scene:
        return secant_to_tangent_scene(f, a, h, 0, window)

    sliders = [
        Slider("a", "from a", *window, 0.05, a),
        Slider("h", "step h", 0.01, 2.0, 0.01, h),
    ]
    return moving(scene, sliders, pointer=("a", "h"), draggable=False)


def stacked_derivatives(f: Function, at: float = 1.0, x: Limits = (-4.0, 4.0)) -> Any:
    """f, f′ and f″ one above the other, with one cursor that moves through all three."""

    def scene(x_at: float) -> Scene:
        return stacked_derivatives_scene(f, x_at, x)

    slider = Slider("x_at", "x", *x, fine(x[1] - x[0], 160), at)
    return moving(scene, [slider])


def corner_and_jump(h: float = 0.5) -> Any:
    """A corner and a jump: make the step small and see which slopes settle."""
    return moving(corner_and_jump_scene, [Slider("h", "step h", 0.02, 1.0, 0.02, h)])
