"""Checks that rest on derivatives: of a gradient, and of an order of convergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.derivatives.calling import Array, as_floats, as_vector, need_function
from helpers.derivatives.many import gradient


@dataclass(frozen=True)
class GradientCheck:
    """A gradient held against differences.

    Attributes
    ----------
    difference : float
        The largest of |given − numerical| / max(1, |given|); inf where one of them is not finite.
    worst : int
        The entry where it is found.
    given, numerical, error : ndarray of shape (n,)
        What grad returned, what differences give, and the error bound of these.
    """

    difference: float
    worst: int
    given: Array
    numerical: Array
    error: Array


def check_gradient(
    f: Callable[[Any], Any], grad: Callable[[Any], Any], x: Any, *, full: bool = False
) -> Any:
    """Hold a gradient function against differences of f.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    grad : callable
        Takes an array of shape (n,), returns n numbers.
    x : array_like, shape (n,)
        Where. Left unchanged.
    full : bool
        Whether to return a `GradientCheck` instead of its difference alone.

    Returns
    -------
    float or GradientCheck
        The largest relative difference: some 1e-12 for a right gradient, of order 1 for a wrong one.

    Raises
    ------
    ValueError
        If grad does not return one number per entry of x.

    Examples
    --------
    >>> check_gradient(lambda x: x @ x, lambda x: 2 * x, [1, 2]) < 1e-10
    True
    """
    need_function(grad, "grad")
    x = as_vector(x)
    given = as_floats(grad(x.copy()), "what grad returns")
    if given.shape != x.shape:
        raise ValueError(
            f"grad must return shape {x.shape}, one number per entry of x, got {given.shape}"
        )
    found = gradient(f, x, full=True)
    apart = np.abs(given - found.value) / np.fmax(1.0, np.abs(given))
    apart[~np.isfinite(apart)] = np.inf
    worst = int(np.argmax(apart)) if x.size else 0
    difference = float(np.max(apart, initial=0.0))
    if not full:
        return difference
    return GradientCheck(difference, worst, given, found.value, found.error)


def convergence_order(hs: Any, errors: Any) -> float:
    """The order p in error ≈ C h**p: the least-squares slope of log |error| against log h.

    Parameters
    ----------
    hs : array_like, shape (k,)
        Steps > 0.
    errors : array_like, shape (k,)
        Errors; zeros and nan are left out, as they have no logarithm.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ, a step is not positive, or fewer than two different steps remain.

    Examples
    --------
    >>> round(convergence_order([0.1, 0.01, 0.001], [3e-2, 3e-4, 3e-6]), 10)
    2.0
    """
    hs, errors = as_vector(hs, "hs"), np.abs(as_vector(errors, "errors"))
    if hs.shape != errors.shape:
        raise ValueError(
            f"hs has {hs.size} numbers and errors {errors.size}: give one error per step"
        )
    if not np.all(hs > 0):
        raise ValueError("every step in hs must be positive: the order is read on log axes")
    usable = (errors > 0) & np.isfinite(errors) & np.isfinite(hs)
    log_h, log_error = np.log(hs[usable]), np.log(errors[usable])
    if np.unique(log_h).size < 2:
        raise ValueError("an order needs two different steps with nonzero errors: give more steps")
    log_h = log_h - log_h.mean()
    return float(log_h @ (log_error - log_error.mean()) / (log_h @ log_h))
