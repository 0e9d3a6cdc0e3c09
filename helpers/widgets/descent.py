"""Week 4: Newton's tangents, descent with a rate to choose, a point that moves along a constraint."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from helpers.plots import sampling
from helpers.plots.descent import (
    constraint_on_ground,
    descent_path_scene,
    lagrange_contours_scene,
    newton_hops_scene,
)
from helpers.plots.sampling import Function
from helpers.plots.scene import Scene
from helpers.plots.slopes import ground
from helpers.widgets.controls import Slider, fine, moving

Limits = tuple[float, float]


def newton_hops(f: Function, x0: float = 2.0, steps: int = 3, x: Limits = (-3.0, 3.0)) -> Any:
    """Newton's tangents hopping to a root of f; the start and the number of steps move."""

    def scene(x0: float, steps: float) -> Scene:
        return newton_hops_scene(f, x0, int(steps), x)

    sliders = [
        Slider("x0", "start x₀", *x, fine(x[1] - x[0], 120), x0),
        Slider("steps", "steps", 0, 12, 1, steps),
    ]
    return moving(scene, sliders)


def descent_paths(
    f: Function,
    x0: ArrayLike = (1.8, 1.2),
    rate: float = 0.1,
    highest: float = 0.6,
    steps: int = 20,
    reach: float = 2.0,
) -> Any:
    """Gradient descent on f: slow, fine, zigzag or diverging, as the rate moves; so does the start.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    x0 : array_like of shape (2,)
        The start at first.
    rate, highest : float
        The rate at first, and the highest there is.
    """
    x, y = sampling.point(x0)
    below = ground(f, sampling.square(None, reach), 61, "")

    def scene(rate: float, x: float, y: float) -> Scene:
        return descent_path_scene(f, (x, y), rate, steps, reach, below)

    sliders = [
        Slider("rate", "rate", 0.0, highest, fine(highest, 120), rate),
        Slider("x", "start x", -reach, reach, fine(reach, 100), x),
        Slider("y", "start y", -reach, reach, fine(reach, 100), y),
    ]
    return moving(scene, sliders, pointer=("x", "y"))


def lagrange_contours(f: Function, g: Function, along: float = 0.1, reach: float = 2.0) -> Any:
    """Contours of f and the constraint g = 0, with both gradients at a point that moves along it."""
    below = constraint_on_ground(f, g, reach)

    def scene(along: float) -> Scene:
        return lagrange_contours_scene(f, g, along, reach, below)

    return moving(scene, [Slider("along", "along the constraint", 0.0, 1.0, 0.005, along)])
