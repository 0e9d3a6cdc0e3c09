"""Values and derivatives of whatever function a figure is given.

Functions of the course know their derivatives and take many points at once. Plain Python functions
work too: they are called point by point where they must be, and `helpers.derivatives` differentiates
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers import derivatives, taylor
from helpers.plots.scene import Field

Array = NDArray[np.float64]
Function = Callable[..., Any]
Window = tuple[tuple[float, float], tuple[float, float]]
"""What a figure shows: ends of x and ends of y."""


def values(f: Function, x: ArrayLike) -> Array:
    """A scalar field at every point: x of shape (n, ...) gives (...)."""
    x = np.asarray(x, float)
    answer = _all_at_once(f, x)
    if answer is not None and answer.shape == x.shape[1:]:
        return answer
    return np.array([float(f(p)) for p in _points(x)]).reshape(x.shape[1:])


def vectors(F: Function, x: ArrayLike) -> Array:
    """A vector field at every point: x of shape (n, ...) gives (m, ...)."""
    x = np.asarray(x, float)
    answer = _all_at_once(F, x)
    if answer is not None and answer.ndim == x.ndim and answer.shape[1:] == x.shape[1:]:
        return answer
    return _point_by_point(F, x)


def curve(f: Function, t: ArrayLike) -> Array:
    """A function of one variable at every number of t, in the shape of t."""
    t = np.asarray(t, float)
    answer = _all_at_once(f, t)
    if answer is not None and answer.shape == t.shape:
        return answer
    return np.array([float(f(float(s))) for s in t.ravel()]).reshape(t.shape)


def along(path: Function, t: ArrayLike) -> Array:
    """The points of a path: t of shape (k,) gives (n, k)."""
    t = np.asarray(t, float)
    answer = _all_at_once(path, t)
    if answer is not None and answer.ndim == 2 and answer.shape[1] == t.size:
        return answer
    return np.stack([np.asarray(path(float(s)), float) for s in t], axis=1)


def gradient(f: Function, x: ArrayLike) -> Array:
    """The gradient (n,) of f at one point, exact if f knows it."""
    return _derivative(f, "gradient", derivatives.gradient, x)


def hessian(f: Function, x: ArrayLike) -> Array:
    """The Hessian (n, n) of f at one point, exact if f knows it."""
    return _derivative(f, "hessian", derivatives.hessian, x)


def jacobian(F: Function, x: ArrayLike) -> Array:
    """The Jacobian (m, n) of F at one point, exact if F knows it."""
    return _derivative(F, "jacobian", derivatives.jacobian, x)


def slope(f: Function, t: float) -> float:
    """The derivative of a function of one variable, exact if f knows it."""
    return float(_derivative(f, "derivative", derivatives.derivative, t))


def three_curves(f: Function, t: ArrayLike) -> tuple[Array, Array, Array]:
    """f, f′ and f″ of a function of one variable at every number of t."""
    first = getattr(f, "derivative", None) or (lambda s: derivatives.derivative(f, s))
    second = getattr(f, "second", None) or (lambda s: 2 * taylor_coefficients(f, s, 2)[2])
    return curve(f, t), curve(first, t), curve(second, t)


def taylor_coefficients(f: Function, a: float, order: int) -> Array:
    """f⁽ᵏ⁾(a)/k! for k = 0, …, order: exact where f is plain numpy code."""
    try:
        return np.asarray(taylor.coefficients(f, a, order), float)
    except TypeError:
        return np.asarray(derivatives.taylor_coefficients(f, a, order), float)


def gradients(f: Function, x: ArrayLike) -> Array:
    """The gradient at every point: x of shape (n, ...) gives (n, ...)."""
    if hasattr(f, "gradient"):
        return vectors(f.gradient, x)
    return _point_by_point(lambda p: derivatives.gradient(f, p), np.asarray(x, float))


def velocity(path: Function, t: float) -> Array:
    """The velocity (n,) of a path, exact if it knows it."""
    rule = getattr(path, "velocity", None)
    if rule is not None:
        return np.asarray(rule(t), float)
    return np.asarray(derivatives.jacobian(lambda s: path(s[0]), [t])[:, 0], float)


def point(at: ArrayLike) -> Array:
    """A point of the plane (2,), or a sentence that says what is wrong with it."""
    here = np.asarray(at, float)
    if here.shape != (2,) or not np.isfinite(here).all():
        raise ValueError(f"a point of the plane is two finite numbers (x, y), got {at!r}")
    return here


def square(at: ArrayLike | None, reach: float, centre: ArrayLike | None = None) -> Window:
    """The window of a figure: ± reach about the origin, or about `at` where that would lie outside."""
    if centre is None:
        inside = at is None or np.abs(point(at)).max() < reach
        centre = (0.0, 0.0) if inside or at is None else at
    x, y = point(centre)
    return (float(x - reach), float(x + reach)), (float(y - reach), float(y + reach))


def field(
    f: Function,
    x: tuple[float, float],
    y: tuple[float, float],
    size: int = 81,
    **style: Any,
) -> Field:
    """A scalar field of two variables over a rectangle, ready to be drawn."""
    return Field(values(f, grid(x, y, size)), x, y, **style)


def grid(x: tuple[float, float], y: tuple[float, float], size: int) -> Array:
    """size × size points of a rectangle, shape (2, size, size), y along the rows."""
    return np.stack(np.meshgrid(np.linspace(*x, size), np.linspace(*y, size)))


def _derivative(f: Function, member: str, numerical: Function, x: ArrayLike) -> Array:
    x = np.asarray(x, float)
    rule = getattr(f, member, None)
    return np.asarray(numerical(f, x) if rule is None else rule(x), float)


def _all_at_once(f: Function, x: Array) -> Array | None:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(f(x), float)
    except (TypeError, ValueError, IndexError):
        return None


def _point_by_point(F: Function, x: Array) -> Array:
    columns = [np.asarray(F(p), float) for p in _points(x)]
    return np.stack(columns, axis=1).reshape(-1, *x.shape[1:])


def _points(x: Array) -> Array:
    return np.asarray(x.reshape(len(x), -1).T)
