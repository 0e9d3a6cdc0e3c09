"""Week 1: a tangent plane, a gradient and a little square that follow the reader's point."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from helpers.plots import sampling
from helpers.plots.maps import grid_map_scene
from helpers.plots.sampling import Function
from helpers.plots.scene import Scene
from helpers.plots.slopes import (
    contours_with_gradient_scene,
    ground,
    path_on_field_scene,
    way_on_ground,
)
from helpers.plots.surfaces import surface_with_tangent_scene
from helpers.widgets.controls import Slider, fine, moving


def tangent_plane(f: Function, at: ArrayLike = (1.0, 0.5), reach: float = 2.0) -> Any:
    """Surface of f with a tangent plane that follows the sliders x and y; a third one turns the view.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    at : array_like of shape (2,)
        Where the plane touches at first.
    reach : float
        The figure shows ± reach about the origin, or about `at` where that would lie outside.
    """
    window = sampling.square(at, reach)
    centre = [sum(limits) / 2 for limits in window]

    def scene(x: float, y: float, turn: float) -> Scene:
        return surface_with_tangent_scene(f, (x, y), reach, turn, 29, centre)

    turn = Slider("turn", "turn the view, degrees", -180, 180, 5, -60)
    sliders = [*_point_sliders(at, window), turn]
    return moving(scene, sliders, pointer=("x", "y"), draggable=False)


def contours_with_gradient(f: Function, at: ArrayLike = (1.0, 0.5), reach: float = 2.0) -> Any:
    """Contours of f with the gradient at a point that follows sliders, mouse and arrow keys.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    at : array_like of shape (2,)
        Where the arrow starts at first.
    reach : float
        The figure shows ± reach about the origin, or about `at` where that would lie outside.
    """
    window = sampling.square(at, reach)
    below = ground(f, window)

    def scene(x: float, y: float) -> Scene:
        return contours_with_gradient_scene(f, (x, y), reach, below)

    return moving(scene, _point_sliders(at, window), pointer=("x", "y"))


def grid_map(
    F: Function,
    at: ArrayLike = (0.5, 0.5),
    side: float = 0.5,
    reach: float = 2.0,
    centre: ArrayLike | None = None,
    names: tuple[str, str] = ("x", "y"),
) -> Any:
    """A grid before and after F, with a little square that follows sliders, mouse and arrow keys.

    Parameters
    ----------
    F : callable
        R² → R².
    at : array_like of shape (2,)
        The corner of the little square at first.
    side : float
        The side of the little square at first; a slider changes it.
    reach, centre, names
        As in `helpers.plots.grid_map`.
    """
    window = sampling.square(at, reach, centre)
    centre = [sum(limits) / 2 for limits in window]

    def scene(x: float, y: float, side: float) -> Scene:
        return grid_map_scene(F, (x, y), side, reach, centre, names)

    sides = Slider("side", "side of the square", 0.05, max(1.0, side), 0.05, side)
    sliders = [*_point_sliders(at, window, names), sides]
    return moving(scene, sliders, pointer=("x", "y"))


def path_on_field(f: Function, path: Function, t: float = 1.0, until: float = 6.28) -> Any:
    """A path over the contours of f; velocity, gradient and their product follow the time t.

    Parameters
    ----------
    f : callable
        Scalar field of two variables.
    path : callable
        t ↦ point (2,).
    t, until : float
        The time at first, and the last one there is.
    """
    below = way_on_ground(f, path, until)

    def scene(t: float) -> Scene:
        return path_on_field_scene(f, path, t, until, below)

    return moving(scene, [Slider("t", "time t", 0.0, until, fine(until, 200), t)])


def _point_sliders(
    at: ArrayLike, window: sampling.Window, names: tuple[str, str] = ("x", "y")
) -> list[Slider]:
    """Two sliders for a point of a window, in round steps of about a hundredth of its half."""
    step = fine(window[0][1] - window[0][0], 200)
    start = sampling.point(at)
    return [
        Slider(axis, label, *limits, step, float(value))
        for axis, label, limits, value in zip(("x", "y"), names, window, start, strict=True)
    ]
