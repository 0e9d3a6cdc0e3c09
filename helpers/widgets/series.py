"""Week 3: order and centre of a Taylor polynomial, the disc of convergence, sheets over a surface."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from helpers.plots import sampling
from helpers.plots.sampling import Function
from helpers.plots.scene import Scene
from helpers.plots.series import convergence_disc_scene, taylor_orders_scene, taylor_sheets_scene
from helpers.widgets.controls import Slider, fine, moving

Limits = tuple[float, float]


def taylor_orders(
    f: Function, a: float = 0.0, order: int = 3, x: Limits = (-4.0, 4.0), highest: int = 12
) -> Any:
    """A Taylor polynomial of f whose order and centre move, with the band of its remainder.

    Parameters
    ----------
    f : callable
        Function of one variable, in plain numpy code.
    a, order
        Centre and order at first.
    x : (low, high)
        What is shown, and where the centre may lie.
    highest : int
        The highest order.
    """

    def scene(order: float, a: float) -> Scene:
        return taylor_orders_scene(f, a, [int(order)], x)

    sliders = [
        Slider("order", "order", 0, highest, 1, order),
        Slider("a", "centre a", *x, fine(x[1] - x[0], 80), a),
    ]
    return moving(scene, sliders)


def convergence_disc() -> Any:
    """The disc in which the Taylor series of 1/(1 + x²) converges; its centre and the order move."""

    def scene(centre: float, order: float) -> Scene:
        return convergence_disc_scene(centre, int(order))

    sliders = [
        Slider("centre", "centre", -1.5, 1.5, 0.05, 0.0),
        Slider("order", "order", 0, 40, 1, 16),
    ]
    return moving(scene, sliders)


def taylor_sheets(f: Function, at: ArrayLike = (0.5, 0.5), reach: float = 1.5) -> Any:
    """Taylor sheets of order 0, 1 and 2 over a surface; the point moves and the view turns."""
    x, y = sampling.point(at)

    def scene(x: float, y: float, turn: float) -> Scene:
        return taylor_sheets_scene(f, (x, y), reach, turn)

    sliders = [
        Slider("x", "x", x - reach, x + reach, fine(reach, 50), x),
        Slider("y", "y", y - reach, y + reach, fine(reach, 50), y),
        Slider("turn", "turn the view, degrees", -180, 180, 5, -60),
    ]
    return moving(scene, sliders, pointer=("x", "y"), draggable=False)
