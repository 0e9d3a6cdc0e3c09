"""Week 5: a line to fit by hand, and a normal curve over bars."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.plots.fits import histogram_fit_scene, line_fit_scene
from helpers.plots.sampling import Function
from helpers.plots.scene import Scene
from helpers.widgets.controls import Slider, fine, moving


def line_fit(x: ArrayLike, y: ArrayLike, m: float = 0.0, c: float | None = None) -> Any:
    """Points and a line whose slope m and height c move, with residual sticks and χ².

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The points.
    m, c : float
        The line at first; by default level, close to the mean of y.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    steepest = _round_up(4 * float(np.ptp(y)) / max(float(np.ptp(x)), 1e-12))
    highest = _round_up(float(np.abs(y).max()) + steepest * float(np.abs(x).max()) / 2)
    step = fine(2 * highest, 400)
    level = step * round(float(y.mean()) / step) if c is None else c  # where a slider can stand

    def scene(m: float, c: float) -> Scene:
        return line_fit_scene(x, y, m, c)

    sliders = [
        Slider("m", "slope m", -steepest, steepest, fine(2 * steepest, 400), m),
        Slider("c", "height c", -highest, highest, step, level),
    ]
    return moving(scene, sliders, pointer=("m", "c"), draggable=False)


def histogram_fit(x: ArrayLike, y: ArrayLike, model: Function, mu: float, sig: float) -> Any:
    """Bars and the curve ``model(x, mu, sig)``, whose two parameters move, with what is over and under.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Middle and height of every bar.
    model : callable
        ``model(x, mu, sig)``.
    mu, sig : float
        The parameters at first.
    """
    x = np.asarray(x, float)

    def scene(mu: float, sig: float) -> Scene:
        return histogram_fit_scene(x, y, model, (mu, sig))

    step = fine(float(np.ptp(x)), 200)
    low = step * float(np.floor(x.min() / step))
    high = step * float(np.ceil(x.max() / step))
    sliders = [
        Slider("mu", "mean μ", low, high, step, mu),
        Slider("sig", "width σ", 4 * step, high - low, step, sig),
    ]
    return moving(scene, sliders, pointer=("mu", "sig"), draggable=False)


def _round_up(number: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(number, 1e-12)))
    return float(next(power * k for k in (1, 2, 5, 10) if power * k >= number * 0.999))
