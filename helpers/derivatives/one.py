"""The derivative of a function of one variable, at one point or at many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.derivatives.calling import Array, Elementwise, as_floats, need_function
from helpers.derivatives.ladder import (
    Lanes,
    Quotients,
    Sampler,
    power_of_two,
    settle,
)
from helpers.derivatives.result import Estimate, deliver

CHUNK = 1024  # points at a time, so that the ladder stays in the processor's cache


def ladder_scale(x: Array, step: float | None) -> Array:
    """The coarsest step at every x: a power of two near max(1, |x|), or the step given."""
    largest = np.fmax(np.abs(np.where(np.isfinite(x), x, 0.0)), 1.0)
    if step is None:
        return power_of_two(largest)
    smallest = 2.0**14 * float(np.max(np.spacing(largest), initial=0.0))
    if not smallest <= step < np.inf:
        raise ValueError(
            f"step {step!r} is too small or not finite: leave it out, or give at least "
            f"{smallest:.1e}, as x + step must differ from x in its first digits"
        )
    return power_of_two(np.full(x.shape, float(step)))


def _quotients(f: Elementwise, x: Array, y: Array) -> Sampler:
    """Central quotients of f at the points x, where it is y, checked by either side's slope."""

    def sample(h: Array, which: Array) -> Quotients:
        centre, rungs = x[which], h.shape[0]
        points = np.concatenate([centre + h, centre - h])
        around = f(points.ravel()).reshape(points.shape)
        with np.errstate(all="ignore"):
            plus, minus, middle = around[:rungs], around[rungs:], y[which]
            right, left = points[:rungs] - centre, centre - points[rungs:]
            main = (plus - minus) / (right + left)
            check = ((plus - middle) / right - (middle - minus) / left) / 2
            grain = f.eps * np.fmax(np.abs(plus), np.abs(minus))
            grain[h < 8 * np.spacing(np.abs(centre))] = np.nan
        return Quotients(main, check, grain)

    return sample


def derivative(
    f: Callable[[Any], Any], x: Any, *, step: float | None = None, full: bool = False
) -> Any:
    """Derivative of a function of one variable, at one point or at many.

    Central differences, extrapolated to step 0 (Richardson), with a check of both sides and of
    very small steps. About 13 digits for a smooth f near 1 in value and scale.

    Parameters
    ----------
    f : callable
        Takes an array of numbers elementwise, or one number; returns numbers.
    x : float or array_like
        Where; whole numbers and lists will do. Left unchanged.
    step : float, optional
        Coarsest step to try; a power of two near max(1, |x|) unless given.
    full : bool
        Whether to return an `Estimate` instead of its value alone.

    Returns
    -------
    float or ndarray or Estimate
        Shaped like x. nan where there is no derivative: a kink, a jump, outside f's domain.

    Raises
    ------
    TypeError
        If f is not a function.
    ValueError
        If x is not real, or f does not give one number per point.

    Warns
    -----
    DerivativeWarning
        Without full, where there is something to tell.

    Examples
    --------
    >>> import numpy as np
    >>> round(derivative(np.sin, 0), 12)
    1.0
    >>> derivative(abs, 0, full=True).note
    'kink'
    """
    need_function(f)
    points = as_floats(x)
    flat, values = points.ravel(), Elementwise(f)
    scale = ladder_scale(flat, step)
    parts = []
    for k in range(0, flat.size, CHUNK):
        part = flat[k : k + CHUNK]
        here = values(part)
        lanes = Lanes(np.abs(part), scale[k : k + CHUNK], here)
        parts.append(settle(_quotients(values, part, here), lanes))
    whole = Estimate(
        *(
            np.concatenate([getattr(p, name) for p in parts]).reshape(points.shape)
            if parts
            else np.empty(points.shape)
            for name in ("value", "error", "note")
        )
    )
    return deliver(whole, full, lambda k: f"x = {flat[k]:g}")
