"""Random numpy programs: forward, reverse and the complex step must agree on every one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from helpers import autodiff

Step = tuple[Callable[..., Any], tuple[int, ...]]

PROGRAMS = 1200
BATCH = 100
TOLERANCE = 1e-12


def squash(v: Any) -> Any:
    """Keep numbers near 1, so that a tolerance means the same in every program."""
    return np.tanh(v) + 0.1 * v / (4.0 + v * v)


ONE_INPUT: list[Callable[[Any], Any]] = [
    np.sin,
    np.cos,
    np.tanh,
    squash,
    np.negative,
    np.square,
    lambda v: np.exp(0.3 * squash(v)),
    lambda v: np.log(2.0 + v * v),
    lambda v: np.sqrt(1.0 + v * v),
    lambda v: np.reciprocal(3.0 + squash(v)),
    lambda v: np.sinh(squash(v)) - np.cosh(squash(v)),
    lambda v: np.expm1(squash(v)) + np.log1p(0.5 * squash(v)),
    lambda v: v**3 / (1.0 + v**4),
    lambda v: squash(v) ** 0 + squash(v) ** 1,
    lambda v: (2.0 + squash(v)) ** -1.5,
    lambda v: 1.7 ** squash(v),
    lambda v: (2.0 + squash(v)) ** squash(v),
    lambda v: squash(v) ** np.arange(1, 1 + v.size).reshape(v.shape),
    lambda v: np.where(np.real(v) > 0.1, v * v, np.sin(v)),
    lambda v: np.maximum(v, 0.35) + np.minimum(v, -0.15),
    lambda v: np.clip(v, -0.8, 0.9),
    lambda v: np.where(np.real(v) > 0.0, np.sqrt(np.where(np.real(v) > 0.0, v, 1.0)), 0.5),
    lambda v: np.ravel(v),
    lambda v: np.reshape(v, (-1, 1)),
    lambda v: np.transpose(v),
    lambda v: v.T.ravel()[::-1],
    lambda v: np.atleast_1d(v)[np.newaxis],
    lambda v: np.cumsum(v) / 3.0,
    lambda v: np.cumsum(np.atleast_1d(v), axis=-1) / 3.0,
    lambda v: np.diff(np.concatenate([v.ravel(), v.ravel()[:1]])),
    lambda v: np.roll(v.ravel(), 1) * 0.5,
    lambda v: np.sum(v) / 3.0,
    lambda v: np.mean(v),
    lambda v: np.atleast_2d(v).sum(axis=0) / 2.0,
    lambda v: np.atleast_2d(v).mean(axis=-1, keepdims=True),
    lambda v: np.atleast_2d(v).max(axis=1),
    lambda v: np.min(np.atleast_1d(v), axis=0, keepdims=True),
    lambda v: np.prod(1.0 + 0.2 * squash(v)),
    lambda v: np.prod(np.atleast_2d(squash(v)), axis=0),
    lambda v: ((v - v.mean()) ** 2).mean(),
    lambda v: v.ravel()[0],
    lambda v: v.ravel()[-1:],
    lambda v: v.ravel()[::2],
    lambda v: v.ravel()[[0, -1, 0]],
    lambda v: v.ravel()[np.real(v.ravel()) > -10.0],
    lambda v: np.atleast_2d(v)[:, [0, -1, -1]],
    lambda v: np.atleast_2d(v)[..., -1],
    lambda v: np.tile(v.ravel(), 2)[:5],
    lambda v: np.array([v.ravel()[0], v.ravel()[-1] * v.ravel()[0]]) * v.ravel()[:1],
    lambda v: np.outer(v.ravel()[:4], np.cos(v.ravel()[:3])),
    lambda v: np.einsum("i,i->", v.ravel(), v.ravel()) / 4.0,
    lambda v: np.einsum("ij,kj->ik", np.atleast_2d(v), np.atleast_2d(v))[:3, :3] / 3.0,
    lambda v: np.trace(np.atleast_2d(v)[:, :1] * np.eye(np.atleast_2d(v).shape[0])),
]

TWO_INPUTS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a.ravel()[:, None] * b.ravel() if a.size * b.size < 30 else a.sum() * b,
    lambda a, b: a.ravel()[0] + b,
    lambda a, b: a * b.ravel()[-1],
    lambda a, b: a - b.mean(),
    lambda a, b: a / (2.0 + np.sum(b * b)),
    lambda a, b: np.concatenate([a.ravel(), b.ravel()])[:12],
    lambda a, b: np.stack([a.ravel()[:1], b.ravel()[:1]], axis=1),
    lambda a, b: np.hstack([a.ravel()[:3], b.ravel()[:2]]),
    lambda a, b: np.vstack([a.ravel()[:1], b.ravel()[:1]]),
    lambda a, b: a.ravel()[:2] @ np.ones((min(a.size, 2), 3)) * np.sin(b.ravel()[0]),
    lambda a, b: np.linspace(-1.0, 1.0, 3 * b.size).reshape(3, -1) @ b.ravel() + a.ravel()[0],
    lambda a, b: np.outer(a.ravel()[:3], b.ravel()[:3]) @ b.ravel()[:3] / 4.0,
    lambda a, b: np.dot(a.ravel()[:1], b.ravel()[:1]),
    lambda a, b: np.where(np.real(a.ravel()[:1]) > np.real(b.ravel()[:1]), a.ravel()[:1], b),
    lambda a, b: np.linalg.solve(
        3.0 * np.eye(2) + np.outer(squash(a.ravel()[:1]), np.ones(2)) * np.ones((2, 1)),
        np.concatenate([b.ravel()[:1], a.ravel()[:1]]),
    ),
    lambda a, b: (
        np.linalg.inv(
            2.0 * np.eye(2) + 0.3 * squash(a.ravel()[0]) * np.array([[0.0, 1.0], [1.0, 0.5]])
        )
        @ b.ravel()[[0, -1]]
    ),
    lambda a, b: np.linalg.det(np.eye(3) * squash(a.ravel()[0]) + 0.2 * squash(b.ravel()[-1])),
]


def random_program(rng: np.random.Generator) -> list[Step]:
    """Between four and nine steps, each on earlier results."""
    program: list[Step] = []
    for k in range(int(rng.integers(4, 10))):
        if rng.random() < 0.6:
            program.append((ONE_INPUT[rng.integers(len(ONE_INPUT))], (int(rng.integers(k + 1)),)))
        else:
            inputs = (int(rng.integers(k + 1)), k)
            program.append((TWO_INPUTS[rng.integers(len(TWO_INPUTS))], inputs))
    return program


def outputs(program: list[Step], x: Any) -> Any:
    """A vector: every result, squashed and added up with fixed weights."""
    results = [x]
    for operation, inputs in program:
        results.append(operation(*(results[i] for i in inputs)))
        if results[-1].size > 40:
            results[-1] = results[-1].ravel()[:40]
    parts = [squash(r).ravel() for r in results[1:]]
    return np.stack([np.sum(p * np.cos(np.arange(p.size) + 1.0)) for p in parts])


def complex_step_jacobian(program: list[Step], x: Any) -> Any:
    h = 1e-40
    columns = [outputs(program, x + 1j * h * e).imag / h for e in np.eye(x.size)]
    return np.stack(columns, axis=-1)


def programs(batch: int) -> list[tuple[list[Step], Any]]:
    rng = np.random.default_rng(1000 + batch)
    return [(random_program(rng), rng.normal(size=int(rng.integers(2, 6)))) for _ in range(BATCH)]


@pytest.mark.parametrize("batch", range(PROGRAMS // BATCH))
def test_forward_reverse_and_complex_step_agree_on_random_programs(batch: int) -> None:
    for number, (program, x) in enumerate(programs(batch)):
        wanted = complex_step_jacobian(program, x)
        weights = np.linspace(1.0, 2.0, len(program))
        forward = autodiff.jacobian(lambda p, s=program: outputs(s, p), x)
        reverse = autodiff.gradient(lambda p, s=program, w=weights: outputs(s, p) @ w, x)
        scale = max(1.0, np.max(np.abs(wanted)))
        assert np.max(np.abs(forward - wanted)) <= TOLERANCE * scale, (batch, number)
        assert np.max(np.abs(reverse - weights @ wanted)) <= TOLERANCE * scale * len(x), number


@pytest.mark.parametrize("batch", range(3))
def test_forward_over_reverse_is_reverse_over_forward_on_random_programs(batch: int) -> None:
    for number, (program, x) in enumerate(programs(batch)):

        def f(p: Any, steps: list[Step] = program) -> Any:
            return outputs(steps, p).sum()

        v = np.cos(np.arange(x.size))

        def slope(p: Any, field: Any = f, v: Any = v) -> Any:
            return autodiff.directional(field, p, v)

        one, other = autodiff.hvp(f, x, v), autodiff.gradient(slope, x)
        H = autodiff.hessian(f, x)
        scale = max(1.0, np.max(np.abs(H)))
        assert np.max(np.abs(one - other)) <= 1e-11 * scale, (batch, number)
        assert np.max(np.abs(H @ v - one)) <= 1e-11 * scale, (batch, number)
        assert np.max(np.abs(H - H.T)) <= 1e-11 * scale, (batch, number)
