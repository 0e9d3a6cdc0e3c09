"""First derivatives of functions of several variables: gradient, Jacobian and their entries."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.derivatives.calling import (
    Array,
    as_vector,
    need_function,
    number,
    precision,
    real,
    value_or_nan,
)
from helpers.derivatives.ladder import EPS, Lanes, Quotients, Sampler, settle
from helpers.derivatives.one import ladder_scale
from helpers.derivatives.result import Estimate, deliver

Function = Callable[[Any], Any]


class Outputs:
    """F at points of Rⁿ as flat arrays of m floats, each point computed once.

    Attributes
    ----------
    m : int
        Number of outputs.
    eps : float
        Relative rounding of the numbers that F returns.
    """

    def __init__(self, F: Function, x: Array, one: bool) -> None:
        self.F, self.x, self.one = F, x, one
        self.eps = EPS
        self.known: dict[bytes, Array] = {}
        self.m = 1
        self.centre = self(np.zeros(x.size))
        self.m = self.centre.size

    def __call__(self, shift: Array) -> Array:
        """F(x + shift), shape (m,)."""
        point = self.x + shift
        key = point.tobytes()
        if key not in self.known:
            with np.errstate(all="ignore"):
                self.known[key] = self._number(point) if self.one else self._vector(point)
        return self.known[key]

    def _number(self, point: Array) -> Array:
        y, eps = number(self.F, point)
        self.eps = max(self.eps, eps)
        return np.array([y])

    def _vector(self, point: Array) -> Array:
        y = real(value_or_nan(self.F, point))
        if y.ndim > 1:
            raise ValueError(
                f"F must return a vector but returned shape {y.shape}: flatten it with np.ravel"
            )
        self.eps = max(self.eps, precision(y))
        y = np.array(np.ravel(y), dtype=float)
        if self.known and y.size != self.m:
            if y.size == 1 and np.isnan(y[0]):
                return np.full(self.m, np.nan)
            raise ValueError(
                f"F returned {self.m} numbers and then {y.size}: make it always the same"
            )
        return y


@dataclass(frozen=True)
class Lines:
    """One line through x per lane: directions (lanes, n), and which output is read on it."""

    directions: Array
    outputs: Array
    reach: Array
    single: Array


def _along(outputs: Outputs, lines: Lines) -> Sampler:
    """First quotients of one output per lane, along that lane's direction."""

    def sample(h: Array, which: Array) -> Quotients:
        plus, minus = np.empty(h.shape), np.empty(h.shape)
        for row, column in np.ndindex(*h.shape):
            lane = which[column]
            shift, output = h[row, column] * lines.directions[lane], lines.outputs[lane]
            plus[row, column] = outputs(shift)[output]
            minus[row, column] = outputs(-shift)[output]
        middle = outputs.centre[lines.outputs[which]]
        with np.errstate(all="ignore"):
            main, check = (plus - minus) / (2 * h), (plus - 2 * middle + minus) / (2 * h)
            grain = outputs.eps * np.fmax(np.abs(plus), np.abs(minus))
            # x + h v is rounded, unless only one number moves, by a power of two
            grain += np.where(lines.single[which], 0.0, EPS * lines.reach[which] * np.abs(main))
            grain[h < 8 * np.spacing(lines.reach[which])] = np.nan
        return Quotients(main, check, grain)

    return sample


def _first(F: Function, x: Array, directions: Array, step: float | None, one: bool) -> Estimate:
    """Derivatives of every output along every direction: arrays of shape (m, directions)."""
    outputs = Outputs(F, x, one)
    m, count = outputs.m, directions.shape[0]
    moved = directions != 0
    reach = np.max(np.where(moved, np.abs(x), 0.0), axis=1, initial=0.0)
    lines = Lines(
        np.tile(directions, (m, 1)),
        np.repeat(np.arange(m), count),
        np.tile(reach, m),
        np.tile(moved.sum(axis=1) == 1, m),
    )
    scale = np.tile(ladder_scale(reach, step), m)
    lanes = Lanes(lines.reach, scale, outputs.centre[lines.outputs])
    return _reshaped(settle(_along(outputs, lines), lanes), (m, count))


def _reshaped(estimate: Estimate, shape: tuple[int, ...]) -> Estimate:
    parts = (estimate.value, estimate.error, estimate.note)
    return Estimate(*(np.reshape(part, shape) for part in parts))


def gradient(f: Function, x: Any, *, step: float | None = None, full: bool = False) -> Any:
    """Gradient of a scalar function of several variables.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x : array_like, shape (n,)
        Where; lists, tuples and whole numbers will do. Left unchanged.
    step : float, optional
        Coarsest step to try; a power of two near max(1, |x_i|) unless given.
    full : bool
        Whether to return an `Estimate` instead of its value alone.

    Returns
    -------
    ndarray of shape (n,), or Estimate

    Raises
    ------
    TypeError
        If f is not a function.
    ValueError
        If x is not a vector, or f does not return one number.

    Warns
    -----
    DerivativeWarning
        Without full, where there is something to tell.

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 + 2 * x[1] ** 2, [1, 2]).round(10).tolist()
    [2.0, 8.0]
    """
    need_function(f)
    x = as_vector(x)
    found = _reshaped(_first(f, x, np.eye(x.size), step, one=True), (x.size,))
    return deliver(found, full, lambda k: f"entry {k}, x = {short(x)}")


def partial(f: Function, x: Any, i: int, *, step: float | None = None, full: bool = False) -> Any:
    """Partial derivative ∂f/∂x_i of a scalar function of several variables.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x : array_like, shape (n,)
        Where. Left unchanged.
    i : int
        Which variable, counted from 0.
    step, full
        As for `gradient`.

    Returns
    -------
    float or Estimate

    Raises
    ------
    IndexError
        If x has no entry i.

    Examples
    --------
    >>> round(partial(lambda x: x[0] * x[1], [3, 4], 0), 10)
    4.0
    """
    need_function(f)
    x = as_vector(x)
    i = operator.index(i)
    if not -x.size <= i < x.size:
        raise IndexError(f"x has {x.size} entries, so i must be from 0 to {x.size - 1}, got {i}")
    found = _reshaped(_first(f, x, np.eye(x.size)[[i]], step, one=True), ())
    return deliver(found, full, lambda k: f"entry {i}, x = {short(x)}")


def directional(
    f: Function, x: Any, v: Any, *, step: float | None = None, full: bool = False
) -> Any:
    """Derivative of a scalar function along v: the slope of f(x + t v) at t = 0, so ∇f·v.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x, v : array_like, shape (n,)
        Where, and which way; v is not normalised. Both are left unchanged.
    step, full
        As for `gradient`; the step is that of the entry of x that moves most.

    Returns
    -------
    float or Estimate

    Raises
    ------
    ValueError
        If x and v do not match.

    Examples
    --------
    >>> round(directional(lambda x: x[0] * x[1], [3, 4], [1, 1]), 10)
    7.0
    """
    need_function(f)
    x, v = as_vector(x), as_vector(v, "v")
    if x.shape != v.shape or not np.all(np.isfinite(v)):
        raise ValueError(f"v must hold {x.size} finite numbers, as x does, got {v!r}: match them")
    length = float(np.max(np.abs(v), initial=0.0))
    unit = v / length if length else np.ones(x.size)
    found = _reshaped(_first(f, x, unit[np.newaxis], step, one=True), ())
    if length:
        found = Estimate(found.value * length, found.error * length, found.note)
    elif np.isfinite(Outputs(f, x, one=True).centre[0]):
        found = Estimate(np.array(0.0), np.array(0.0), np.array(""))
    return deliver(found, full, lambda k: f"x = {short(x)}")


def jacobian(F: Function, x: Any, *, step: float | None = None, full: bool = False) -> Any:
    """Jacobian of a vector function: one row per output, one column per input.

    Parameters
    ----------
    F : callable
        Takes an array of shape (n,), returns m numbers as an array, a list or a tuple.
    x : array_like, shape (n,)
        Where. Left unchanged.
    step, full
        As for `gradient`.

    Returns
    -------
    ndarray of shape (m, n), or Estimate
        A function that returns one number has one row.

    Raises
    ------
    ValueError
        If x is not a vector, or F does not return a vector of always the same length.

    Examples
    --------
    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]], [3, 4]).round(10).tolist()
    [[4.0, 3.0], [1.0, 1.0]]
    """
    need_function(F, "F")
    x = as_vector(x)
    found = _first(F, x, np.eye(x.size), step, one=False)
    return deliver(found, full, lambda k: f"row {k // x.size}, column {k % x.size}, x = {short(x)}")


def short(x: Array) -> str:
    """x as text, cut after a few numbers."""
    return np.array2string(x, precision=4, threshold=6, edgeitems=3)
