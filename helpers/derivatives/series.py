"""Taylor coefficients by sampling f on discs of many sizes round a point.

On [a − r, a + r] a smooth f is a short sum of Chebyshev polynomials: its values at a few nodes give
their coefficients, and Chebyshev polynomials are powers of (x − a)/r. A large radius keeps rounding
small in the high orders, a small one needs fewer terms; every radius and length is tried and the one
with the smallest error bound is kept, order by order.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from helpers.derivatives.calling import Array, Elementwise, as_floats, need_function
from helpers.derivatives.ladder import EPS, FAIR
from helpers.derivatives.one import derivative, ladder_scale
from helpers.derivatives.result import Estimate, deliver

NODES = 32
HIGHEST = 15
RESOLVED = 1e-4
RADII = 2.0 ** np.arange(2, -22, -1)


@cache
def _powers() -> Array:
    """Row n: the coefficients of the nth Chebyshev polynomial, lowest power first."""
    rows = np.zeros((NODES, NODES))
    for n in range(NODES):
        rows[n, : n + 1] = chebyshev.cheb2poly([0.0] * n + [1.0])
    return rows


def _chebyshev(f: Elementwise, a: float, radii: Array) -> tuple[Array, Array]:
    """Chebyshev coefficients of f, one row per radius, and the rounding of each row."""
    angles = np.pi * (np.arange(NODES) + 0.5) / NODES
    y = f((a + radii[:, np.newaxis] * np.cos(angles)).ravel()).reshape(radii.size, NODES)
    with np.errstate(all="ignore"):
        coefficients = y @ np.cos(np.outer(angles, np.arange(NODES))) * (2 / NODES)
        coefficients[:, 0] /= 2
        shaken = EPS * abs(a) / radii * np.max(np.abs(coefficients[:, 1:]), axis=1)
        return coefficients, f.eps * np.max(np.abs(y), axis=1) + shaken


def _candidates(
    coefficients: Array, grain: Array, radii: Array, order: int
) -> tuple[Array, Array, Array]:
    """Values, errors (both of shape (candidates, order + 1)) and the radius of each candidate."""
    powers = _powers()[:, : order + 1]
    values, errors, used = [], [], []
    for row, rounding, radius in zip(coefficients, grain, radii, strict=True):
        if not np.isfinite(row).all():
            continue
        for terms in range(order % 2 + 2, NODES - 5):
            unit = radius ** np.arange(order + 1.0)
            gain = np.abs(powers[: terms + 2]).sum(axis=0)
            tail = np.max(np.abs(row[terms:]))
            if tail > RESOLVED * np.max(np.abs(row)):
                continue  # the nodes do not see all of f at this radius
            values.append(row[:terms] @ powers[:terms] / unit)
            errors.append((4 * tail + rounding) * np.fmax(gain, 1.0) / unit)
            used.append(radius)
    shape = (len(used), order + 1)
    return np.reshape(values, shape), np.reshape(errors, shape), np.array(used)


def _best(values: Array, errors: Array, used: Array) -> tuple[Array, Array]:
    """For each order the value of least error, held against the best of another radius."""
    value, error = np.empty(values.shape[1]), np.empty(values.shape[1])
    for k in range(value.size):
        first = np.argmin(errors[:, k])
        others = np.where(used == used[first], np.inf, errors[:, k])
        second = np.argmin(others)
        gap = abs(values[first, k] - values[second, k])
        value[k], error[k] = values[first, k], errors[first, k] + gap
    return value, error


def taylor_coefficients(
    f: Callable[[Any], Any], a: float, order: int, *, full: bool = False
) -> Any:
    """Taylor coefficients f⁽ᵏ⁾(a)/k! of a function of one variable, k = 0 … order.

    Parameters
    ----------
    f : callable
        Takes an array of numbers elementwise, or one number.
    a : float
        The centre.
    order : int
        The highest order, from 0 to 15.
    full : bool
        Whether to return an `Estimate` instead of its value alone.

    Returns
    -------
    ndarray or Estimate
        Shape (order + 1,).

    Raises
    ------
    ValueError
        For an order outside 0 … 15, or a centre that is not one number.

    Examples
    --------
    >>> import numpy as np
    >>> taylor_coefficients(np.exp, 0, 3).round(10).tolist()
    [1.0, 1.0, 0.5, 0.1666666667]
    """
    need_function(f)
    centre = as_floats(a, "a")
    if centre.ndim:
        raise ValueError(f"a must be one number, got shape {centre.shape}: expand at one point")
    order = operator.index(order)
    if not 0 <= order <= HIGHEST:
        raise ValueError(
            f"order must be from 0 to {HIGHEST}, got {order}: differences give no digits beyond, "
            "helpers.taylor.coefficients does"
        )
    estimate = _expand(Elementwise(f), float(centre), order)
    return deliver(estimate, full, lambda k: f"order {k} at a = {float(centre):g}")


def _expand(f: Elementwise, a: float, order: int) -> Estimate:
    """The coefficients: f(a), and the best of those fits whose slope is the derivative."""
    centre = np.array([a])
    slope = derivative(f.f, centre, full=True)
    value, error = np.full(order + 1, np.nan), np.full(order + 1, np.inf)
    radii = RADII * ladder_scale(centre, None)
    with np.errstate(all="ignore"):
        values, errors, used = _candidates(*_chebyshev(f, a, radii), radii, max(order, 1))
        believed = np.abs(values[:, 1] - slope.value) <= errors[:, 1] + slope.error
    if np.isfinite(slope.value[0]) and believed.any():
        best = _best(values[believed], errors[believed], used[believed])
        value[:], error[:] = (each[: order + 1] for each in best)
    value[0] = f(centre)[0]
    error[0] = f.eps * abs(value[0])
    word = str(slope.note[0]) or "unsettled"
    with np.errstate(invalid="ignore"):
        bad = ~(error <= FAIR * np.fmax(np.abs(value), 1.0))
    return Estimate(value, error, np.where(bad, word, ""))
