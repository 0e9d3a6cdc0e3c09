"""Named scalar fields of the lessons, most of them of two variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.functions.fields import gaussian_hills
from helpers.functions.kinds import Field, Formula, frozen


def named_field(
    name: str, n: int | None, value: Formula, gradient: Formula, hessian: Formula
) -> Field:
    """A field without parameters, that prints its own name."""
    return Field(name, frozen(), name, n, value, gradient, hessian)


bowl = named_field(
    "bowl",
    2,
    lambda x: x[0] ** 2 + 2 * x[1] ** 2,
    lambda x: np.stack([2 * x[0], 4 * x[1]]),
    lambda x: np.diag([2.0, 4.0]),
)

dome = named_field(
    "dome",
    2,
    lambda x: 4 - x[0] ** 2 - x[1] ** 2 / 2,
    lambda x: np.stack([-2 * x[0], -x[1]]),
    lambda x: np.diag([-2.0, -1.0]),
)

valley = named_field(
    "valley",
    2,
    lambda x: (x[0] - x[1]) ** 2 / 2,
    lambda x: np.stack([x[0] - x[1], x[1] - x[0]]),
    lambda x: np.array([[1.0, -1.0], [-1.0, 1.0]]),
)

saddle = named_field(
    "saddle",
    2,
    lambda x: x[0] ** 2 - x[1] ** 2,
    lambda x: np.stack([2 * x[0], -2 * x[1]]),
    lambda x: np.diag([2.0, -2.0]),
)

monkey_saddle = named_field(
    "monkey_saddle",
    2,
    lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2,
    lambda x: np.stack([3 * x[0] ** 2 - 3 * x[1] ** 2, -6 * x[0] * x[1]]),
    lambda x: 6 * np.array([[x[0], -x[1]], [-x[1], -x[0]]]),
)


def _himmelblau(x: Any) -> Any:
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def _himmelblau_gradient(x: Any) -> Any:
    p, q = x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7
    return np.stack([4 * x[0] * p + 2 * q, 2 * p + 4 * x[1] * q])


def _himmelblau_hessian(x: Any) -> Any:
    p, q = x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7
    cross = 4 * (x[0] + x[1])
    return np.array([[8 * x[0] ** 2 + 4 * p + 2, cross], [cross, 2 + 8 * x[1] ** 2 + 4 * q]])


himmelblau = named_field("himmelblau", 2, _himmelblau, _himmelblau_gradient, _himmelblau_hessian)


def _at_least_two(x: Any) -> Any:
    if len(x) < 2:
        raise ValueError("rosenbrock wants at least 2 numbers: pass an array of shape (n,), n >= 2")
    return x


def _rosenbrock(x: Any) -> Any:
    x = _at_least_two(x)
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2, axis=0)


def _rosenbrock_gradient(x: Any) -> Any:
    x = _at_least_two(x)
    lift = 200 * (x[1:] - x[:-1] ** 2)
    none = 0 * x[:1]
    before = np.concatenate([-2 * x[:-1] * lift - 2 * (1 - x[:-1]), none])
    return before + np.concatenate([none, lift])


def _rosenbrock_hessian(x: Any) -> Any:
    x = _at_least_two(x)
    none = 0 * x[:1]
    own = np.concatenate([1200 * x[:-1] ** 2 - 400 * x[1:] + 2, none])
    own = own + np.concatenate([none, 0 * x[1:] + 200])
    beside = -400 * x[:-1]
    return np.diag(own) + np.diag(beside, 1) + np.diag(beside, -1)


rosenbrock = named_field("rosenbrock", None, _rosenbrock, _rosenbrock_gradient, _rosenbrock_hessian)

_landscape = gaussian_hills(
    heights=[3.0, 2.2, 1.2, -2.6, -1.4],
    centres=[[0.2, 1.5], [-1.4, -0.2], [1.6, -1.1], [0.1, -1.3], [-1.3, 1.6]],
    widths=[0.7, 0.6, 0.5, 0.6, 0.5],
)
hills = named_field("hills", 2, _landscape.value_at, _landscape.gradient_at, _landscape.hessian_at)


def _ring(x: Any) -> tuple[Any, Any, Any]:
    """The height cos(s) exp(−s/8) of the ripple as a function of s = x² + y², with slopes."""
    s = x[0] ** 2 + x[1] ** 2
    fade, c, sn = np.exp(-s / 8), np.cos(s), np.sin(s)
    return fade * c, -fade * (sn + c / 8), fade * (sn / 4 - c * (1 - 1 / 64))


def _ripple_hessian(x: Any) -> Any:
    _, slope, bend = _ring(x)
    return 2 * slope * np.eye(2) + 4 * bend * np.outer(x, x)


ripple = named_field(
    "ripple", 2, lambda x: _ring(x)[0], lambda x: 2 * _ring(x)[1] * x, _ripple_hessian
)

NAMED_FIELDS = (
    bowl,
    dome,
    valley,
    saddle,
    monkey_saddle,
    rosenbrock,
    himmelblau,
    hills,
    ripple,
)
