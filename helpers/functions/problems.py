"""Sums of squares from the test set of Moré, Garbow and Hillstrom.

Each problem is written as its residuals r(x), the rows of their Jacobian and their Hessians; then
f = Σ r², ∇f = 2 Jᵀr and H = 2 (JᵀJ + Σ r_i H_i). `STARTS` has the points to start from, `MINIMA` the
places where f is least and its values there.

References
----------
J. J. Moré, B. S. Garbow, K. E. Hillstrom, "Testing unconstrained optimization software",
ACM Transactions on Mathematical Software 7 (1981) 17–41.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.functions.kinds import Field, Formula
from helpers.functions.named import named_field


def sum_of_squares(
    name: str, n: int, residuals: Formula, jacobian: Formula, hessians: Formula
) -> Field:
    """The field Σ r_i(x)² with its exact gradient and Hessian."""

    def value(x: Any) -> Any:
        return sum(r**2 for r in residuals(x))

    def gradient(x: Any) -> Any:
        return 2 * np.stack(residuals(x)) @ np.array(jacobian(x))

    def hessian(x: Any) -> Any:
        J = np.array(jacobian(x))
        return 2 * (J.T @ J + np.tensordot(np.stack(residuals(x)), np.array(hessians(x)), axes=1))

    return named_field(name, n, value, gradient, hessian)


def _flat(m: int, n: int) -> Any:
    """Hessians of m residuals that are linear."""
    return np.zeros((m, n, n))


freudenstein_roth = sum_of_squares(
    "freudenstein_roth",
    2,
    lambda x: [
        -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
        -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1],
    ],
    lambda x: [[1, 10 * x[1] - 3 * x[1] ** 2 - 2], [1, 3 * x[1] ** 2 + 2 * x[1] - 14]],
    lambda x: [[[0, 0], [0, 10 - 6 * x[1]]], [[0, 0], [0, 6 * x[1] + 2]]],
)

powell_badly_scaled = sum_of_squares(
    "powell_badly_scaled",
    2,
    lambda x: [1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001],
    lambda x: [[1e4 * x[1], 1e4 * x[0]], [-np.exp(-x[0]), -np.exp(-x[1])]],
    lambda x: [[[0, 1e4], [1e4, 0]], [[np.exp(-x[0]), 0], [0, np.exp(-x[1])]]],
)

brown_badly_scaled = sum_of_squares(
    "brown_badly_scaled",
    2,
    lambda x: [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2],
    lambda x: [[1, 0], [0, 1], [x[1], x[0]]],
    lambda x: [[[0, 0], [0, 0]], [[0, 0], [0, 0]], [[0, 1], [1, 0]]],
)

_BEALE = list(enumerate((1.5, 2.25, 2.625), start=1))

beale = sum_of_squares(
    "beale",
    2,
    lambda x: [y - x[0] * (1 - x[1] ** i) for i, y in _BEALE],
    lambda x: [[x[1] ** i - 1, i * x[0] * x[1] ** (i - 1)] for i, _ in _BEALE],
    lambda x: [
        [
            [0, i * x[1] ** (i - 1)],
            [i * x[1] ** (i - 1), i * (i - 1) * x[0] * x[1] ** max(i - 2, 0)],
        ]
        for i, _ in _BEALE
    ],
)

jennrich_sampson = sum_of_squares(
    "jennrich_sampson",
    2,
    lambda x: [2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1])) for i in range(1, 11)],
    lambda x: [[-i * np.exp(i * x[0]), -i * np.exp(i * x[1])] for i in range(1, 11)],
    lambda x: [
        [[-(i**2) * np.exp(i * x[0]), 0], [0, -(i**2) * np.exp(i * x[1])]] for i in range(1, 11)
    ],
)


def _turns(x: Any) -> Any:
    """The angle of (x_0, x_1) in turns, from −1/4 to 3/4."""
    with np.errstate(divide="ignore"):
        return np.arctan(x[1] / x[0]) / (2 * np.pi) + 0.5 * (x[0] < 0)


def _helical_jacobian(x: Any) -> Any:
    s = x[0] ** 2 + x[1] ** 2
    turn = 100 / (2 * np.pi * s)
    return [
        [turn * x[1], -turn * x[0], 10],
        [10 * x[0] / np.sqrt(s), 10 * x[1] / np.sqrt(s), 0],
        [0, 0, 1],
    ]


def _helical_hessians(x: Any) -> Any:
    s = x[0] ** 2 + x[1] ** 2
    turn, ring = 100 / (2 * np.pi * s**2), 10 / s**1.5
    own, cross = 2 * x[0] * x[1], x[1] ** 2 - x[0] ** 2
    return [
        [[-turn * own, -turn * cross, 0], [-turn * cross, turn * own, 0], [0, 0, 0]],
        [
            [ring * x[1] ** 2, -ring * x[0] * x[1], 0],
            [-ring * x[0] * x[1], ring * x[0] ** 2, 0],
            [0, 0, 0],
        ],
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    ]


helical_valley = sum_of_squares(
    "helical_valley",
    3,
    lambda x: [
        10 * (x[2] - 10 * _turns(x)),
        10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1),
        x[2],
    ],
    _helical_jacobian,
    _helical_hessians,
)

_BARD_Y = (0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39)
_BARD = [(y, i, 16 - i, min(i, 16 - i)) for i, y in enumerate(_BARD_Y, start=1)]


def _bard_hessian(x: Any, u: float, v: float, w: float) -> Any:
    bend = -2 * u / (v * x[1] + w * x[2]) ** 3
    return [[0, 0, 0], [0, bend * v * v, bend * v * w], [0, bend * v * w, bend * w * w]]


bard = sum_of_squares(
    "bard",
    3,
    lambda x: [y - (x[0] + u / (v * x[1] + w * x[2])) for y, u, v, w in _BARD],
    lambda x: [
        [-1, u * v / (v * x[1] + w * x[2]) ** 2, u * w / (v * x[1] + w * x[2]) ** 2]
        for _, u, v, w in _BARD
    ],
    lambda x: [_bard_hessian(x, u, v, w) for _, u, v, w in _BARD],
)

_BELL_Y = (0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989)
_BELL = [((8 - i) / 2, (_BELL_Y + _BELL_Y[-2::-1])[i - 1]) for i in range(1, 16)]


def _bell(x: Any, t: float) -> Any:
    return np.exp(-x[1] * (t - x[2]) ** 2 / 2)


def _bell_row(x: Any, t: float) -> Any:
    d, e = t - x[2], _bell(x, t)
    return [e, -x[0] * d**2 / 2 * e, x[0] * x[1] * d * e]


def _bell_hessian(x: Any, t: float) -> Any:
    d, e = t - x[2], _bell(x, t)
    scale, rate = -(d**2) / 2 * e, x[1] * d * e
    both = x[0] * d * e * (1 - x[1] * d**2 / 2)
    return [
        [0, scale, rate],
        [scale, x[0] * d**4 / 4 * e, both],
        [rate, both, x[0] * x[1] * e * (x[1] * d**2 - 1)],
    ]


gaussian_fit = sum_of_squares(
    "gaussian_fit",
    3,
    lambda x: [x[0] * _bell(x, t) - y for t, y in _BELL],
    lambda x: [_bell_row(x, t) for t, _ in _BELL],
    lambda x: [_bell_hessian(x, t) for t, _ in _BELL],
)

_BOX = [(i / 10, np.exp(-i / 10) - np.exp(-i)) for i in range(1, 11)]

box_3d = sum_of_squares(
    "box_3d",
    3,
    lambda x: [np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * y for t, y in _BOX],
    lambda x: [[-t * np.exp(-t * x[0]), t * np.exp(-t * x[1]), -y] for t, y in _BOX],
    lambda x: [
        [[t**2 * np.exp(-t * x[0]), 0, 0], [0, -(t**2) * np.exp(-t * x[1]), 0], [0, 0, 0]]
        for t, _ in _BOX
    ],
)


def _powell_hessians(x: Any) -> Any:
    H = _flat(4, 4)
    H[2][1:3, 1:3] = [[2, -4], [-4, 8]]
    H[3][::3, ::3] = 2 * np.sqrt(10) * np.array([[1, -1], [-1, 1]])
    return H


powell_singular = sum_of_squares(
    "powell_singular",
    4,
    lambda x: [
        x[0] + 10 * x[1],
        np.sqrt(5) * (x[2] - x[3]),
        (x[1] - 2 * x[2]) ** 2,
        np.sqrt(10) * (x[0] - x[3]) ** 2,
    ],
    lambda x: [
        [1, 10, 0, 0],
        [0, 0, np.sqrt(5), -np.sqrt(5)],
        [0, 2 * (x[1] - 2 * x[2]), -4 * (x[1] - 2 * x[2]), 0],
        [2 * np.sqrt(10) * (x[0] - x[3]), 0, 0, -2 * np.sqrt(10) * (x[0] - x[3])],
    ],
    _powell_hessians,
)


def _wood_hessians(x: Any) -> Any:
    H = _flat(6, 4)
    H[0, 0, 0], H[2, 2, 2] = -20, -2 * np.sqrt(90)
    return H


wood = sum_of_squares(
    "wood",
    4,
    lambda x: [
        10 * (x[1] - x[0] ** 2),
        1 - x[0],
        np.sqrt(90) * (x[3] - x[2] ** 2),
        1 - x[2],
        np.sqrt(10) * (x[1] + x[3] - 2),
        (x[1] - x[3]) / np.sqrt(10),
    ],
    lambda x: [
        [-20 * x[0], 10, 0, 0],
        [-1, 0, 0, 0],
        [0, 0, -2 * np.sqrt(90) * x[2], np.sqrt(90)],
        [0, 0, -1, 0],
        [0, np.sqrt(10), 0, np.sqrt(10)],
        [0, 1 / np.sqrt(10), 0, -1 / np.sqrt(10)],
    ],
    _wood_hessians,
)

_KOWALIK_Y = (0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246)
_KOWALIK_U = (4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625)
_KOWALIK = list(zip(_KOWALIK_Y, _KOWALIK_U, strict=True))


def _kowalik_row(x: Any, u: float) -> Any:
    top, bottom = u**2 + u * x[1], u**2 + u * x[2] + x[3]
    p, q = top / bottom, x[0] / bottom
    return [-p, -u * q, u * p * q, p * q]


def _kowalik_hessian(x: Any, u: float) -> Any:
    top, bottom = u**2 + u * x[1], u**2 + u * x[2] + x[3]
    p, q = top / bottom, x[0] / bottom
    a, b, c = p / bottom, u * q / bottom, -2 * p * q / bottom
    return [
        [0, -u / bottom, u * a, a],
        [-u / bottom, 0, u * b, b],
        [u * a, u * b, u * u * c, u * c],
        [a, b, u * c, c],
    ]


kowalik_osborne = sum_of_squares(
    "kowalik_osborne",
    4,
    lambda x: [y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3]) for y, u in _KOWALIK],
    lambda x: [_kowalik_row(x, u) for _, u in _KOWALIK],
    lambda x: [_kowalik_hessian(x, u) for _, u in _KOWALIK],
)

_DENNIS = [(t, np.exp(t), np.sin(t), np.cos(t)) for t in np.arange(1, 21) / 5]


def _dennis_row(x: Any, t: float, e: float, s: float, c: float) -> Any:
    p, q = x[0] + t * x[1] - e, x[2] + s * x[3] - c
    return [2 * p, 2 * t * p, 2 * q, 2 * s * q]


def _dennis_hessian(t: float, s: float) -> Any:
    return [[2, 2 * t, 0, 0], [2 * t, 2 * t * t, 0, 0], [0, 0, 2, 2 * s], [0, 0, 2 * s, 2 * s * s]]


brown_dennis = sum_of_squares(
    "brown_dennis",
    4,
    lambda x: [(x[0] + t * x[1] - e) ** 2 + (x[2] + s * x[3] - c) ** 2 for t, e, s, c in _DENNIS],
    lambda x: [_dennis_row(x, *data) for data in _DENNIS],
    lambda x: [_dennis_hessian(t, s) for t, _, s, _ in _DENNIS],
)

PROBLEMS = (
    freudenstein_roth,
    powell_badly_scaled,
    brown_badly_scaled,
    beale,
    jennrich_sampson,
    helical_valley,
    bard,
    gaussian_fit,
    box_3d,
    powell_singular,
    wood,
    kowalik_osborne,
    brown_dennis,
)

STARTS = {
    "rosenbrock": (-1.2, 1.0),
    "freudenstein_roth": (0.5, -2.0),
    "powell_badly_scaled": (0.0, 1.0),
    "brown_badly_scaled": (1.0, 1.0),
    "beale": (1.0, 1.0),
    "jennrich_sampson": (0.3, 0.4),
    "helical_valley": (-1.0, 0.0, 0.0),
    "bard": (1.0, 1.0, 1.0),
    "gaussian_fit": (0.4, 1.0, 0.0),
    "box_3d": (0.0, 10.0, 20.0),
    "powell_singular": (3.0, -1.0, 0.0, 1.0),
    "wood": (-3.0, -1.0, -3.0, -1.0),
    "kowalik_osborne": (0.25, 0.39, 0.415, 0.39),
    "brown_dennis": (25.0, 5.0, -5.0, -1.0),
}

MINIMA: dict[str, tuple[tuple[float, ...], float]] = {
    "rosenbrock": ((1.0, 1.0), 0.0),
    "freudenstein_roth": ((5.0, 4.0), 0.0),
    "powell_badly_scaled": ((1.098159329699759e-5, 9.106146739866316), 0.0),
    "brown_badly_scaled": ((1e6, 2e-6), 0.0),
    "beale": ((3.0, 0.5), 0.0),
    "jennrich_sampson": ((0.257825213670364, 0.257825213670364), 124.36218235561483),
    "helical_valley": ((1.0, 0.0, 0.0), 0.0),
    "bard": ((0.082410559749789, 1.13303609202972, 2.34369517864254), 0.008214877306578985),
    "gaussian_fit": ((0.398956137838757, 1.00001908448781, 0.0), 1.1279327696189352e-08),
    "box_3d": ((1.0, 10.0, 1.0), 0.0),
    "powell_singular": ((0.0, 0.0, 0.0, 0.0), 0.0),
    "wood": ((1.0, 1.0, 1.0, 1.0), 0.0),
    "kowalik_osborne": (
        (0.192806934579038, 0.191282328734367, 0.123056506926321, 0.136062330683795),
        0.00030750560384923864,
    ),
    "brown_dennis": (
        (-11.5944399047622, 13.2036300512072, -0.40343948817686, 0.236778774455736),
        85822.20162635634,
    ),
}
