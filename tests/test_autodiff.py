"""helpers.autodiff: every rule against an independent answer, and a sentence for every slip."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, special

from helpers import autodiff, functions
from helpers.autodiff import (
    derivative,
    directional,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    trace,
    value_and_gradient,
    vjp,
)
from helpers.autodiff.rules import SLOPES

SEEDS = st.integers(0, 2**32 - 1)


def close(got: Any, want: Any, tolerance: float = 1e-12) -> None:
    scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * scale)


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


# --- the table of slopes ---------------------------------------------------------------------------

ONE_INPUT = {  # name: the same function by mpmath, points
    "positive": (lambda x: x, [-1.2, 3.0]),
    "conjugate": (lambda x: x, [0.4]),
    "negative": (lambda x: -x, [0.4]),
    "absolute": (abs, [-2.0, 0.5]),
    "fabs": (abs, [-2.0, 0.5]),
    "square": (lambda x: x * x, [-2.0, 0.0]),
    "sqrt": (mpmath.sqrt, [1e-6, 2.0, 1e8]),
    "cbrt": (mpmath.cbrt, [0.01, 2.0]),
    "reciprocal": (lambda x: 1 / x, [-0.3, 5.0]),
    "exp": (mpmath.exp, [-30.0, 0.0, 5.0]),
    "exp2": (lambda x: mpmath.mpf(2) ** x, [-3.0, 2.5]),
    "expm1": (mpmath.expm1, [1e-8, -2.0]),
    "log": (mpmath.log, [1e-3, 7.0]),
    "log2": (lambda x: mpmath.log(x, 2), [0.2, 7.0]),
    "log10": (lambda x: mpmath.log(x, 10), [0.2, 7.0]),
    "log1p": (mpmath.log1p, [1e-9, 3.0]),
    "sin": (mpmath.sin, [0.0, 2.0]),
    "cos": (mpmath.cos, [0.3, 2.0]),
    "tan": (mpmath.tan, [0.3, 1.4]),
    "arcsin": (mpmath.asin, [-0.9, 0.2]),
    "arccos": (mpmath.acos, [-0.9, 0.2]),
    "arctan": (mpmath.atan, [-5.0, 0.2]),
    "sinh": (mpmath.sinh, [0.0, 3.0]),
    "cosh": (mpmath.cosh, [0.1, 3.0]),
    "tanh": (mpmath.tanh, [0.1, -3.0, 9.0, -18.0]),
    "arcsinh": (mpmath.asinh, [-4.0, 0.2]),
    "arccosh": (mpmath.acosh, [1.01, 4.0]),
    "arctanh": (mpmath.atanh, [-0.99, 0.2]),
    "degrees": (mpmath.degrees, [0.2]),
    "rad2deg": (mpmath.degrees, [0.2]),
    "radians": (mpmath.radians, [0.2]),
    "deg2rad": (mpmath.radians, [0.2]),
    "sign": (mpmath.sign, [-2.0, 3.0]),
    "floor": (mpmath.floor, [-2.5, 3.1]),
    "ceil": (mpmath.ceil, [-2.5, 3.1]),
    "trunc": (lambda x: mpmath.sign(x) * mpmath.floor(abs(x)), [-2.5, 3.1]),
    "rint": (mpmath.nint, [-2.2, 3.1]),
    "erf": (mpmath.erf, [-1.0, 0.0, 3.0]),
    "erfc": (mpmath.erfc, [-1.0, 0.0, 3.0]),
    "ndtr": (mpmath.ncdf, [-1.0, 0.0, 3.0]),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), [-30.0, 0.3, 25.0]),
    "log_expit": (lambda x: -mpmath.log(1 + mpmath.exp(-x)), [-5.0, 0.3, 25.0]),
    "logit": (lambda x: mpmath.log(x / (1 - x)), [0.1, 0.8]),
}

TWO_INPUTS = {
    "add": (lambda a, b: a + b, (0.5, 2.0)),
    "subtract": (lambda a, b: a - b, (0.5, 2.0)),
    "multiply": (lambda a, b: a * b, (0.5, 2.0)),
    "divide": (lambda a, b: a / b, (0.5, -2.0)),
    "power": (lambda a, b: a**b, (1.5, -2.2)),
    "float_power": (lambda a, b: a**b, (1.5, 2.2)),
    "remainder": (lambda a, b: a - mpmath.floor(a / b) * b, (7.3, 2.0)),
    "floor_divide": (lambda a, b: mpmath.floor(a / b), (7.3, 2.0)),
    "arctan2": (mpmath.atan2, (0.5, -2.0)),
    "hypot": (mpmath.hypot, (0.5, -2.0)),
    "logaddexp": (lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)), (0.5, -2.0)),
    "logaddexp2": (
        lambda a, b: mpmath.log(mpmath.mpf(2) ** a + mpmath.mpf(2) ** b, 2),
        (0.5, -2.0),
    ),
    "maximum": (max, (0.5, 2.0)),
    "minimum": (min, (0.5, 2.0)),
    "fmax": (max, (2.5, 2.0)),
    "fmin": (min, (0.5, 2.0)),
}


def numpy_function(name: str) -> Any:
    return getattr(np, name, None) or getattr(special, name)


def test_every_slope_in_the_table_is_tested_here():
    assert set(ONE_INPUT) | set(TWO_INPUTS) | {"where"} == set(SLOPES)


@pytest.mark.parametrize("name", ONE_INPUT)
def test_a_slope_equals_the_derivative_by_mpmath(name):
    same, points = ONE_INPUT[name]
    with mpmath.workdps(50):
        for x in points:
            want = float(mpmath.diff(same, mpmath.mpf(x)))
            got = derivative(numpy_function(name), x)
            assert abs(got - want) <= 1e-12 * abs(want) + 1e-300


@pytest.mark.parametrize("name", ONE_INPUT)
def test_the_derivative_of_a_slope_equals_the_second_derivative_by_mpmath(name):
    same, points = ONE_INPUT[name]
    f = numpy_function(name)
    with mpmath.workdps(50):
        for x in points:
            want = float(mpmath.diff(same, mpmath.mpf(x), 2))
            assert abs(hessian(f, x)[0, 0] - want) <= 1e-10 * abs(want) + 1e-18
            assert (
                abs(derivative(lambda t: derivative(f, t), x) - want) <= 1e-10 * abs(want) + 1e-18
            )


@pytest.mark.parametrize("name", TWO_INPUTS)
def test_both_slopes_of_a_function_of_two_numbers_equal_the_partials_by_mpmath(name):
    same, (a, b) = TWO_INPUTS[name]
    with mpmath.workdps(50):
        point = (mpmath.mpf(a), mpmath.mpf(b))
        want = [float(mpmath.diff(same, point, order)) for order in ((1, 0), (0, 1))]
        mixed = float(mpmath.diff(same, point, (1, 1)))
    f = numpy_function(name)
    close(gradient(lambda x: f(x[0], x[1]), [a, b]), want)
    close(jacobian(lambda x: f(x[0], x[1]), [a, b])[0], want)
    close(hessian(lambda x: f(x[0], x[1]), [a, b])[0, 1], mixed, 1e-11)


# --- functions of arrays ---------------------------------------------------------------------------

A = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
B = np.linspace(-1.0, 1.0, 24).reshape(2, 3, 4)
M = np.array([[3.0, 0.4, 0.1], [0.2, 2.0, -0.5], [0.3, 0.7, 4.0]])

VECTOR = {  # functions of x, shape (6,)
    "x @ A": lambda x: x[:2] @ A,
    "A @ x": lambda x: A @ x[3:],
    "x @ x": lambda x: x @ x,
    "matrix @ matrix": lambda x: x.reshape(3, 2) @ x.reshape(2, 3),
    "stack of matrices @ x": lambda x: B @ x[:4],
    "x @ stack of matrices": lambda x: x[:3] @ B,
    "matrix @ stack": lambda x: x.reshape(2, 3) @ (B * x[0]),
    "stack @ stack": lambda x: (B * x[:4]) @ np.swapaxes(B * x[2:], 1, 2),
    "np.matmul": lambda x: np.matmul(A, x[:3]),
    "dot": lambda x: np.dot(x, x) * x.dot(A.ravel()),
    "dot with a number": lambda x: np.dot(x[0], x),
    "vdot": lambda x: np.vdot(A, x.reshape(2, 3)),
    "inner": lambda x: np.inner(x.reshape(2, 3), A),
    "outer": lambda x: np.outer(x[:3], np.sin(x[3:])),
    "ufunc outer": lambda x: np.multiply.outer(x[:2], x[2:]),
    "tensordot": lambda x: np.tensordot(x.reshape(2, 3), B, axes=([0, 1], [0, 1])),
    "tensordot, axes=1": lambda x: np.tensordot(A, x.reshape(3, 2), axes=1),
    "kron": lambda x: np.kron(x.reshape(2, 3), A),
    "kron of vectors": lambda x: np.kron(x, A[0]),
    "pad": lambda x: np.pad(x.reshape(2, 3), ((0, 1), (2, 0)), constant_values=2.0),
    "pad by the edge": lambda x: np.pad(x, 2, mode="edge"),
    "pad by reflection": lambda x: np.pad(x.reshape(2, 3), 1, "reflect"),
    "meshgrid": lambda x: np.meshgrid(x[:2], np.sin(x))[0],
    "meshgrid, ij": lambda x: np.meshgrid(x[:2], x, indexing="ij")[1],
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, A[:, :1])[0],
    "trace of a stack": lambda x: np.trace(np.outer(x, x).reshape(6, 2, 3), 1, 1, 2),
    "linalg.trace": lambda x: np.linalg.trace(np.outer(x, x).reshape(6, 2, 3)),
    "linalg.vector_norm": np.linalg.vector_norm,
    "linalg.vector_norm, rows": lambda x: np.linalg.vector_norm(x.reshape(2, 3), axis=1, ord=3),
    "add.accumulate": lambda x: np.add.accumulate(x.reshape(2, 3)),
    "multiply.accumulate": lambda x: np.multiply.accumulate(x),
    "hsplit": lambda x: np.hsplit(x.reshape(2, 3), 3)[1],
    "vsplit": lambda x: np.vsplit(x.reshape(2, 3), 2)[0],
    "floor division": lambda x: x // 0.4 + 2.0 // x + x,
    "divmod": lambda x: divmod(x, 0.4)[1] + divmod(2.0, x)[1],
    "item": lambda x: x.item(0) * x.reshape(2, 3).item(1, 2),
    "take and conj": lambda x: x.take([1, 4]) * x.conj()[:2],
    "mT": lambda x: x.reshape(1, 2, 3).mT,
    "cross": lambda x: np.cross(x[:3], x[3:]),
    "einsum ij,jk->ik": lambda x: np.einsum("ij,jk->ik", x.reshape(2, 3), x.reshape(3, 2)),
    "einsum three": lambda x: np.einsum("i,j,ij->j", x[:2], x[3:], A),
    "einsum trace": lambda x: np.einsum("ii", np.outer(x, x)),
    "einsum diagonal": lambda x: np.einsum("ii->i", np.outer(x, np.cos(x))),
    "einsum sum": lambda x: np.einsum("ij->", x.reshape(2, 3)) * x,
    "sum": lambda x: x.reshape(2, 3).sum(axis=0),
    "sum keepdims": lambda x: np.sum(x.reshape(2, 3), axis=1, keepdims=True) * A,
    "sum over two axes": lambda x: (B * x[:4]).sum(axis=(0, -1)),
    "add.reduce": lambda x: np.add.reduce(x * x),
    "mean": lambda x: np.mean(x.reshape(2, 3) ** 2, axis=-1),
    "average": lambda x: np.average(x, weights=np.arange(1.0, 7.0)),
    "average by axis": lambda x: np.average(x.reshape(2, 3), axis=1, weights=x[:3] ** 2),
    "prod": lambda x: np.prod(x.reshape(2, 3), axis=1),
    "prod of all": lambda x: x.prod(),
    "max": lambda x: np.max(x.reshape(2, 3) ** 2, axis=0),
    "min": lambda x: x.min(),
    "ptp": np.ptp,
    "var": lambda x: np.var(x.reshape(2, 3), axis=1, ddof=1),
    "std": lambda x: x.std(),
    "median": lambda x: np.median(x[:5] ** 2),
    "median by axis": lambda x: np.median(x.reshape(2, 3) * B[:, :, 0], axis=0),
    "sort": np.sort,
    "cumsum": lambda x: np.cumsum(x.reshape(2, 3), axis=0),
    "cumsum flat": lambda x: np.cumsum(x.reshape(2, 3)) ** 2,
    "cumprod": np.cumprod,
    "diff": lambda x: np.diff(x**2, n=2),
    "clip": lambda x: np.clip(x, -0.5, 0.8),
    "clip method": lambda x: x.clip(min=-0.5),
    "where": lambda x: np.where(x > 0, x**2, -x),
    "select": lambda x: np.select([x < -0.2, x < 0.5], [x**2, x**3], default=x[0]),
    "abs": lambda x: np.abs(x) * abs(x[0]),
    "transpose": lambda x: x.reshape(1, 2, 3).transpose(2, 0, 1) * x[0],
    "T": lambda x: x.reshape(2, 3).T @ x[:2],
    "np.transpose": lambda x: np.transpose(x.reshape(2, 3)),
    "swapaxes": lambda x: np.swapaxes(x.reshape(1, 2, 3), 0, 2),
    "moveaxis": lambda x: np.moveaxis(x.reshape(1, 2, 3), 0, -1),
    "ravel F": lambda x: x.reshape(2, 3).ravel(order="F"),
    "squeeze, expand_dims": lambda x: np.squeeze(np.expand_dims(x, 1)) ** 2,
    "atleast": lambda x: np.atleast_2d(x) * np.atleast_1d(x[0]),
    "broadcast_to": lambda x: np.broadcast_to(x[:3], (2, 3)),
    "full_like": lambda x: np.full_like(x, x[1]) * x,
    "flip": lambda x: np.flip(x.reshape(2, 3), axis=1),
    "roll": lambda x: np.roll(x, 2),
    "tile": lambda x: np.tile(x[:2], 3),
    "repeat": lambda x: np.repeat(x, 2),
    "diag of a vector": lambda x: np.diag(x[:3], k=1) + np.diag(x[:3], k=-1),
    "diag of a matrix": lambda x: np.diag(np.outer(x, x)),
    "trace": lambda x: np.trace(np.outer(x, np.sin(x))),
    "tril, triu": lambda x: np.tril(np.outer(x, x)) - np.triu(np.outer(x, x), k=1) ** 2,
    "concatenate": lambda x: np.concatenate([x[:2] ** 2, np.ones(2), x[1:3]]),
    "concatenate axis 1": lambda x: np.concatenate([x.reshape(2, 3), A, x[:2, None]], axis=1),
    "stack": lambda x: np.stack([x, x**2], axis=1),
    "stack of numbers": lambda x: np.stack([x[0] * x[1], 2.0, x[2]]),
    "hstack": lambda x: np.hstack([x[:2], x[0], A[0]]),
    "vstack": lambda x: np.vstack([x[:3], x[3:] ** 2]),
    "column_stack": lambda x: np.column_stack([x[:3], x[3:] ** 2]),
    "append": lambda x: np.append(x, x[0] ** 2),
    "split": lambda x: np.split(x, 3)[1] * np.split(x, [4])[1],
    "index": lambda x: x[1] * x[-1],
    "slice": lambda x: x[4:1:-1],
    "newaxis and ellipsis": lambda x: x.reshape(2, 3)[..., None, 1],
    "list index": lambda x: x[[0, 0, 3]] ** 2,
    "two list indices with repeats": lambda x: x[[0, 0, 3]] * x[[1, 1, 1]] + x[2:5],
    "mask": lambda x: x[x > 0],
    "two lists": lambda x: x.reshape(2, 3)[[0, 1, 1], [2, 0, 0]],
    "lists around a slice": lambda x: (B * x[:4])[[0, 1], :, [1, 2]],
    "take": lambda x: np.take(x.reshape(2, 3), [2, 0], axis=1),
    "iteration": lambda x: sum(entry**k for k, entry in enumerate(x)),
    "solve": lambda x: np.linalg.solve(M + 0.2 * np.diag(x[:3]), x[3:]),
    "solve for a matrix": lambda x: np.linalg.solve(M, x.reshape(3, 2)),
    "solve with a stack": lambda x: np.linalg.solve(M + np.outer(x[:3], x[3:]), B.reshape(2, 3, 4)),
    "inv": lambda x: np.linalg.inv(M + np.outer(x[:3], x[3:])),
    "det": lambda x: np.linalg.det(M + np.outer(x[:3], x[3:])),
    "det of a stack": lambda x: np.linalg.det(np.stack([M * x[0], M + np.diag(x[:3])])),
    "slogdet": lambda x: np.linalg.slogdet(M + np.outer(x[:3], x[3:]))[1],
    "matrix_power": lambda x: np.linalg.matrix_power(0.2 * M * x[0] + 0.1, 3),
    "norm": np.linalg.norm,
    "norm, 1": lambda x: np.linalg.norm(x, 1),
    "norm, 3": lambda x: np.linalg.norm(x, 3),
    "norm, inf": lambda x: np.linalg.norm(x, np.inf),
    "norm by axis": lambda x: np.linalg.norm(x.reshape(2, 3), axis=1),
    "norm of a matrix": lambda x: np.linalg.norm(x.reshape(2, 3)),
    "sinc": np.sinc,
    "polyval": lambda x: np.polyval([1.0, -2.0, 0.5], x),
    "polyval of variables": lambda x: np.polyval(x, 0.7),
    "trapezoid": lambda x: np.trapezoid(x**2, dx=0.5),
    "linspace": lambda x: np.linspace(x[0], x[1] ** 2, 4),
    "interp": lambda x: np.interp(x, [-2.0, 0.1, 2.0], [0.0, 1.0, -3.0]),
    "array power": lambda x: x ** np.arange(6),
    "number to the power of an array": lambda x: 2.0**x,
    "power of two arrays": lambda x: (x**2) ** x,
    "zero to a power": lambda x: (x - x[0]) ** 2 + (x - x[1]) ** 1 + (x - x[2]) ** 0,
    "modulo": lambda x: (x * 5) % 1.3 + 7.0 % (2 + x[0]),
    "lists as operands": lambda x: [1.0, 2.0, 3.0] @ (x[:3] * [0.5, x[1], 2]) * +x,
    "round": lambda x: np.round(3 * x) * x + round(x[1]) * x,
    "methods of an array": lambda x: x.copy().astype(float).real * x[:1].item() + x.squeeze(),
    "nan_to_num": lambda x: np.nan_to_num(np.where(x > 0, np.nan, x)),
    "norm, -inf": lambda x: np.linalg.norm(x, -np.inf),
    "negative matrix_power": lambda x: np.linalg.matrix_power(M * x[0], -2),
    "median without axis": lambda x: np.median(x),
    "np.array in between": lambda x: np.array([x[0] * x[1], x[1]]) * x[:2],
    "np.array of a matrix": lambda x: np.array([[x[0], 1.0], [x[1], x[2]]]) @ x[:2],
    "sin of np.array": lambda x: np.sin(np.array([x[0] * x[1], x[1]])),
    "np.asarray": lambda x: np.asarray(x) ** 2,
    "np.full": lambda x: np.full(2, x[0]) * x[1],
    "scipy.special": lambda x: special.erf(x) * special.expit(x),
}
POINT = np.array([0.31, -0.72, 1.13, 0.57, -1.41, 0.94])


def differences(F: Any, x: Any) -> Any:
    """Central differences extrapolated once, good to about 1e-10."""

    def slope(h: float, e: Any) -> Any:
        return (np.asarray(F(x + h * e)) - np.asarray(F(x - h * e))) / (2 * h)

    h = 1e-3
    columns = [(4 * slope(h / 2, e) - slope(h, e)) / 3 for e in np.eye(x.size)]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", VECTOR)
def test_forward_and_reverse_agree_with_differences(name):
    F = VECTOR[name]
    y = np.asarray(F(POINT))
    J = jacobian(F, POINT)
    assert J.shape == (*(y.shape or (1,)), 6)
    close(J.reshape(*y.shape, 6), differences(F, POINT), 1e-8)
    u = np.cos(np.arange(y.size)).reshape(y.shape)
    close(vjp(F, POINT, u), np.tensordot(u, J.reshape(*y.shape, 6), axes=y.ndim), 1e-14)
    v = np.sin(np.arange(6))
    close(jvp(F, POINT, v), J.reshape(*y.shape, 6) @ v, 1e-14)


@pytest.mark.parametrize("name", VECTOR)
def test_the_hessian_agrees_with_differences_of_the_gradient(name):
    def f(x):
        y = VECTOR[name](x)
        return np.sum(np.sin(y) * np.arange(1.0, 1.0 + y.size).reshape(y.shape))

    H = hessian(f, POINT)
    close(H, differences(lambda x: gradient(f, x), POINT), 1e-7)
    close(H, H.T, 1e-12)
    close(hvp(f, POINT, np.sin(POINT)), H @ np.sin(POINT), 1e-13)


@pytest.mark.parametrize("m", [3, 200])
@pytest.mark.parametrize("n", [2, 70, 300])
def test_the_jacobian_is_the_same_by_forward_and_by_reverse_sweeps(m, n):
    rng = np.random.default_rng(m + n)
    C, x = rng.normal(size=(m, n)), rng.normal(size=n)
    want = (1.0 - np.tanh(C @ x) ** 2)[:, None] * C
    close(jacobian(lambda p: np.tanh(C @ p), x), want, 1e-14)


def test_many_directions_travel_in_blocks_with_the_same_answer(monkeypatch):
    x = np.linspace(-1.0, 1.0, 30)
    whole = hessian(rosenbrock, x), jacobian(lambda p: p[:, None] * p, x)
    monkeypatch.setattr("helpers.autodiff.calculus.BLOCK", 64)
    np.testing.assert_array_equal(hessian(rosenbrock, x), whole[0])
    np.testing.assert_array_equal(jacobian(lambda p: p[:, None] * p, x), whole[1])


def test_a_determinant_near_zero_keeps_its_slopes():
    singular = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
    minors = [np.delete(np.delete(singular, i, 0), j, 1) for i in range(3) for j in range(3)]
    signs = np.array([(-1.0) ** (i + j) for i in range(3) for j in range(3)])
    want = (signs * [np.linalg.det(minor) for minor in minors]).reshape(3, 3)
    close(gradient(np.linalg.det, singular), want)


# --- the course's functions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field", [f for f in functions.NAMED.values() if isinstance(f, functions.Field)], ids=repr
)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_the_course_fields_have_their_exact_gradient_and_hessian(field, seed):
    x = np.random.default_rng(seed).uniform(0.2, 1.5, functions_size(field))
    close(gradient(field, x), field.gradient(x))
    close(hessian(field, x), field.hessian(x), 1e-11)


def functions_size(field: Any) -> int:
    start = functions.STARTS.get(getattr(field, "label", ""))
    return 2 if start is None else len(start)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 6))
def test_the_jacobian_of_a_trig_map_is_exact(seed, n):
    rng = np.random.default_rng(seed)
    F = functions.random("trig_map", rng, n=n, m=4)
    x = rng.uniform(-2, 2, n)
    close(jacobian(F, x), F.jacobian(x))


def test_the_velocity_of_a_path_is_its_derivative():
    path = functions.random("lissajous", np.random.default_rng(3), n=3)
    close(derivative(path, 0.4), path.velocity(0.4))


# --- properties ------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 8), m=st.integers(1, 8))
def test_weights_times_jvp_equal_vjp_times_direction(seed, n, m):
    rng = np.random.default_rng(seed)
    C, D = rng.normal(size=(m, n)), rng.normal(size=(m, n))
    x, v, u = rng.normal(size=n), rng.normal(size=n), rng.normal(size=m)

    def field(p):
        return np.sin(C @ p) * np.exp(-((D @ p) ** 2)) + p.sum()

    close(u @ jvp(field, x, v), vjp(field, x, u) @ v, 1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, n=st.integers(2, 12))
def test_hessians_are_symmetric_and_times_v_is_hvp(seed, n):
    rng = np.random.default_rng(seed)
    x, v = rng.normal(size=n), rng.normal(size=n)
    H = hessian(rosenbrock, x)
    close(H, H.T, 1e-14)
    close(hvp(rosenbrock, x, v), H @ v, 1e-13)
    close(directional(lambda p: directional(rosenbrock, p, v), x, v), v @ H @ v, 1e-12)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_the_gradient_of_a_product_follows_the_product_rule(seed):
    rng = np.random.default_rng(seed)
    f = functions.random("waves", rng, n=3)
    g = functions.random("gaussian_hills", rng, n=3)
    x = rng.normal(size=3)
    want = f(x) * g.gradient(x) + g(x) * f.gradient(x)
    close(gradient(lambda p: f(p) * g(p), x), want)


# --- shapes and kinds of input ---------------------------------------------------------------------


@pytest.mark.parametrize("x", [[1, 2], (1, 2), np.array([1, 2]), np.array([1, 2], np.float32)])
def test_lists_whole_numbers_and_single_precision_become_floats(x):
    result = gradient(lambda p: p[0] ** 2 * p[1], x)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [4.0, 1.0])


def test_x_is_not_changed_and_the_result_may_be():
    x = np.array([1.0, 2.0])
    result = gradient(np.sum, x)
    result[0] = 7.0
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_the_gradient_with_respect_to_a_matrix_has_its_shape():
    X = np.array([[1.0, 2.0], [3.0, 5.0]])
    close(gradient(lambda P: np.trace(P @ P), X), 2 * X.T)


def test_a_list_of_results_is_an_array():
    want = [[4.0, 3.0], [0.0, 0.0], [0.0, 1.0]]
    np.testing.assert_array_equal(jacobian(lambda x: [x[0] * x[1], 2.0, x[1]], [3, 4]), want)
    np.testing.assert_array_equal(jacobian(lambda x: (x[0] * x[1], 2.0, x[1]), [3, 4]), want)
    in_numpy = jacobian(lambda x: np.array([x[0] * x[1], 2.0, x[1]]), [3, 4])
    np.testing.assert_array_equal(in_numpy, want)


def test_the_jacobian_has_a_row_for_each_output_and_a_column_for_each_input():
    assert jacobian(lambda x: x[0] * x[1], [1, 2]).shape == (1, 2)
    assert jacobian(lambda t: [t, t**2, t**3], 2.0).shape == (3, 1)
    assert jacobian(lambda x: 5.0, [1, 2]).tolist() == [[0.0, 0.0]]


def test_a_derivative_at_many_points_is_taken_at_each():
    x = np.linspace(-2.0, 2.0, 7)
    close(derivative(np.tanh, x), 1 / np.cosh(x) ** 2)
    np.testing.assert_array_equal(derivative(lambda t: 3.0, x), np.zeros(7))


def test_a_derivative_inside_a_derivative_keeps_the_two_variables_apart():
    inner = derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0)
    assert inner == 1.0  # 2.0 if the two were confused
    assert derivative(lambda x: x * derivative(lambda y: x * y**2, 3.0), 2.0) == 24.0


def test_a_loop_of_many_steps_is_no_trouble():
    def f(x):
        for _ in range(20_000):
            x = x - 1e-4 * x
        return x.sum()

    close(gradient(f, [1.0, 2.0]), np.full(2, (1 - 1e-4) ** 20_000), 1e-11)


def test_value_and_gradient_come_from_one_run():
    calls = []
    value, slopes = value_and_gradient(lambda x: calls.append(1) or x @ x, [3, 4])
    assert (float(value), slopes.tolist(), len(calls)) == (25.0, [6.0, 8.0], 1)


def test_functions_like_zeros_argmax_and_comparisons_answer_plainly():
    def f(x):
        assert np.zeros_like(x).sum() == 0 and x.argmax() == 1 and np.argsort(x).tolist() == [0, 1]
        assert (x < 3).all() and np.any(x == 2) and len(x) == x.size == 2 and x.ndim == 1
        assert x.shape == (2,) and x.dtype == float and f"{x[0]:.1f}" == "1.0"
        assert repr(x[0]) == "variable(1.0)" and bool(x[0]) and (x != 3).all()
        assert (x <= 2).all() and (x >= 1).all() and np.isfinite(x).all() and np.shape(x) == (2,)
        return x[0] if x[1] > 0 else x[1]

    np.testing.assert_array_equal(gradient(f, [1, 2]), [1.0, 0.0])


# --- where there is no derivative: the right answer or one sentence --------------------------------


def test_a_root_that_was_not_chosen_does_not_count():
    def f(x):
        return np.where(x > 0, np.sqrt(x), 0)

    np.testing.assert_array_equal(derivative(f, [-1.0, 0.0, 4.0]), [0.0, 0.0, 0.25])
    np.testing.assert_array_equal(gradient(lambda x: np.sum(f(x)), [-1.0, 0.0, 4.0]), [0, 0, 0.25])
    both = gradient(lambda x: np.sum(f(x) + x**2), [-1.0, 0.0, 4.0])
    np.testing.assert_array_equal(both, [-2.0, 0.0, 8.25])
    H = hessian(lambda x: np.sum(f(x) + x**2), [-1.0, 0.0, 4.0])
    close(H, np.diag([2.0, 2.0, 2.0 - 1 / 32]))


def test_zero_times_a_kink_is_no_kink():
    assert derivative(lambda x: np.abs(x) ** 2, 0.0) == 0.0
    assert hessian(lambda x: np.abs(x) ** 2, 0.0) == 2.0
    assert derivative(lambda x: np.abs(x) * x, 0.0) == 0.0
    assert derivative(lambda x: np.maximum(x, 0) + np.minimum(x, 0), 0.0) == 1.0
    np.testing.assert_array_equal(gradient(lambda x: np.linalg.norm(x) ** 2, [0, 0]), [0.0, 0.0])


def test_sorting_equal_numbers_is_no_kink_where_their_order_does_not_matter():
    np.testing.assert_allclose(gradient(lambda x: np.sum(np.sort(x)), [2, 2, 1]), 1.0)
    np.testing.assert_allclose(gradient(lambda x: np.sort(x)[0], [2, 2, 1]), [0, 0, 1])


def test_equal_numbers_that_stay_equal_are_no_kink():
    assert derivative(lambda x: np.maximum(x, x), 0.3) == 1.0
    np.testing.assert_array_equal(gradient(lambda x: np.max(np.tile(x, 2)), [1, 2]), [0.0, 1.0])


KINKS = {
    "abs": (lambda x: np.abs(x[0]), "np.absolute has a kink or jump at 0"),
    "relu": (lambda x: np.maximum(x[0], 0.0), "np.maximum has a kink or jump at 0 and 0"),
    "max": (lambda x: np.max(x), "np.maximum has a kink"),
    "sort": (lambda x: np.sort(x)[0], "np.m[a-z]+imum has a kink"),
    "median": (lambda x: np.median(np.append(x, x[0] + 1.0)), "np.m[a-z]+imum has a kink"),
    "norm": (np.linalg.norm, "norm.* is infinitely steep at 0"),
    "std": (np.std, "std.* is infinitely steep at 0"),
    "root": (lambda x: np.sqrt(x[0]), "np.sqrt .* is infinitely steep at 0"),
    "root of a square": (lambda x: np.sqrt(x[0] ** 2), "infinitely steep at 0"),
    "floor": (lambda x: np.floor(x[0]) * x[1], "np.floor has a kink or jump at 0"),
    "sign": (lambda x: np.sign(x[0]), "np.sign has a kink or jump at 0"),
    "clip": (lambda x: np.clip(x[0], 0.0, 1.0), "kink or jump at 0 and 0"),
    "power": (lambda x: x[0] ** 0.5, "np.power is infinitely steep at 0"),
}


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize(
    "derive",
    [
        gradient,
        hessian,
        jacobian,
        lambda f, x: hvp(f, x, [1, -1]),
        lambda f, x: directional(f, x, [1, -1]),
    ],
    ids=["gradient", "hessian", "jacobian", "hvp", "directional"],
)
def test_a_kink_is_named_never_answered(name, derive):
    f, words = KINKS[name]
    with pytest.raises(ValueError, match=f"no derivative here: .*{words}.*; move x a little"):
        derive(f, [0.0, 0.0])


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: np.log(x[0]), "np.log of -1 is nan"),
        (lambda x: np.sqrt(x[0]), "np.sqrt .* of -1 is nan"),
        (lambda x: x[0] ** 0.5, "np.power of -1 and 0.5 is nan"),
        (lambda x: 1.0 / (x[0] + 1), "np.divide of 1 and 0 is inf"),
        (lambda x: np.exp(-1000 * x[0]), "np.exp of 1000 is inf"),
        (lambda x: x[0] * np.inf, "np.multiply of -1 and inf|returned inf"),
    ],
)
def test_a_value_that_is_not_finite_is_named(f, words):
    with pytest.raises(ValueError, match=f"no finite value here: .*({words})"):
        gradient(f, [-1.0, 0.0])


# --- slips -----------------------------------------------------------------------------------------


def fills(x):
    out = np.zeros(2)
    out[0] = x[0]
    return out


def adds_in_place(x):
    out = np.zeros(2)
    out += x
    return out


def assigns(x):
    x[0] = 3
    return x


SLIPS = {
    "math.sin": (lambda x: math.sin(x[0]), TypeError, "use np.sin, not math.sin"),
    "float()": (lambda x: float(x[0]), TypeError, "leave out float"),
    "int()": (lambda x: int(x[0]), TypeError, "leave out float.* and int"),
    "filling": (fills, TypeError, r"instead of filling .* np.stack"),
    "adding in place": (adds_in_place, TypeError, r"instead of filling .* np.stack"),
    "np.asarray(x, float)": (lambda x: np.asarray(x, float), TypeError, "np.stack"),
    "assigning": (assigns, TypeError, r"cannot be assigned to .* build a new array"),
    "unknown function": (np.fft.fft, TypeError, "np.fft.fft has no rule .* helpers.derivatives"),
    "unknown in linalg": (
        lambda x: np.linalg.pinv(np.outer(x, x)),
        TypeError,
        "np.linalg.pinv has no rule",
    ),
    "unknown ufunc": (special.gamma, TypeError, "the ufunc gamma has no rule"),
    "unknown option": (lambda x: np.add(x, 1, where=x > 0), TypeError, "np.add with where"),
    "unknown keyword": (
        lambda x: np.sum(x, initial=1),
        TypeError,
        "np.sum with initial has no rule",
    ),
    "unknown method": (lambda x: x.newbyteorder(), AttributeError, ".newbyteorder has no rule"),
    "objects for linalg": (
        lambda x: np.linalg.det(np.array([[x[0], 1.0], [1.0, x[1]]])),
        TypeError,
        "build arrays with np.stack",
    ),
    "objects and numbers": (lambda x: np.sin(np.array([x[0], 1.0])), TypeError, "np.stack"),
    "objects for scipy": (lambda x: special.erf(np.array([x[0], x[1]])), TypeError, "np.stack"),
    "astype(int)": (lambda x: x.astype(int), TypeError, "must stay float"),
    "index by a variable": (lambda x: x[x[0]], TypeError, "an index must be a whole number"),
    "no return": (lambda x: None, TypeError, "does it end with `return ...`"),
    "complex()": (lambda x: complex(x[0]), TypeError, "leave out float"),
    "text in an array": (
        lambda x: x * np.array(["a", None]),
        TypeError,
        "cannot be differentiated",
    ),
    "no such axis": (lambda x: x.sum(axis=1), ValueError, "axis 1 is out of bounds"),
    "an error of its own": (lambda x: x.reshape(3, 5), ValueError, "cannot reshape"),
    "a type error of its own": (lambda x: len(3), TypeError, "has no len"),
    "norm, nuc": (lambda x: np.linalg.norm(x, "nuc"), TypeError, "norm with ord='nuc' has no rule"),
    "accumulate": (lambda x: np.maximum.accumulate(x), TypeError, "np.maximum with .accumulate"),
    "a complex number": (lambda x: np.exp(1j * x).real, TypeError, "np.cos.x. and np.sin.x. for"),
    "a complex array": (lambda x: x * np.array([1j, 2]), TypeError, "real formulas"),
    "complex in matmul": (lambda x: np.array([[1j, 2]]) @ x, TypeError, "real formulas"),
    "einsum of lists": (
        lambda x: np.einsum(x, [0], x, [0]),
        TypeError,
        "lists in place of letters",
    ),
    "cross in the plane": (lambda x: np.cross(x, x), TypeError, "np.cross of vectors in the plane"),
    "pad by a mean": (lambda x: np.pad(x, 1, "mean"), TypeError, "np.pad with mode='mean'"),
    "scipy.linalg.det": (lambda x: linalg.det(np.outer(x, x)), TypeError, "instead of scipy's"),
    "scipy.linalg.inv": (lambda x: linalg.inv(np.outer(x, x)), TypeError, "instead of scipy's"),
    "einsum dots": (lambda x: np.einsum("...i->...", x), TypeError, "np.einsum with '...' has no"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_gets_one_sentence_of_advice(name):
    f, kind, words = SLIPS[name]
    with pytest.raises(kind, match=words) as caught:
        jacobian(f, [1.0, 2.0])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: gradient(lambda x: x**2, [1, 2]),
            ValueError,
            r"one number, got shape \(2,\): use jac",
        ),
        (lambda: hessian(lambda x: x**2, [1, 2]), ValueError, "hessian wants .* one number"),
        (lambda: derivative(np.cumsum, [1, 2]), ValueError, "treats each entry by itself"),
        (lambda: derivative(np.sum, [1, 2]), ValueError, "treats each entry by itself"),
        (lambda: gradient([1, 2], np.sum), TypeError, "a function first and the point second"),
        (lambda: gradient(np.sum, "ab"), TypeError, "a number or an array of numbers, got str"),
        (lambda: gradient(np.sum, [1j, 2]), TypeError, "x must be real"),
        (lambda: gradient(np.sum, [np.nan, 2]), ValueError, "x holds nan"),
        (lambda: jvp(np.sin, [1, 2], [1]), ValueError, r"shape of x, \(2,\), got \(1,\)"),
        (lambda: vjp(np.sin, [1, 2], [1]), ValueError, r"shape of F\(x\), \(2,\), got \(1,\)"),
    ],
)
def test_a_wrong_call_gets_one_sentence_of_advice(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


# --- the tape --------------------------------------------------------------------------------------


def test_a_trace_shows_values_forward_and_adjoints_backward():
    shown = trace(lambda x: (x[0] * x[1] + np.sin(x[0])) ** 2, [0.0, 3.0])
    assert [node.operation for node in shown] == [
        *("input", "x[0]", "x[1]", "v1 * v2", "x[0]", "sin(v4)", "v3 + v5", "v6 ** 2"),
    ]
    assert shown.nodes[6].inputs == ("v3", "v5")
    assert shown.nodes[-1].adjoint == 1.0
    assert str(shown).splitlines()[0].split() == ["step", "is", "value", "adjoint"]
    assert len(str(shown).splitlines()) == len(shown) + 1


def test_the_adjoint_of_the_first_node_is_the_gradient():
    x = np.linspace(-1.0, 1.0, 8)
    first = trace(rosenbrock, x).nodes[0]
    np.testing.assert_array_equal(first.adjoint, gradient(rosenbrock, x))
    np.testing.assert_array_equal(first.value, x)


def test_a_node_used_twice_adds_up_in_the_trace():
    shown = trace(lambda x: x * x, 3.0)
    assert (shown.nodes[0].adjoint, shown.nodes[1].operation) == (6.0, "x * x")


def test_a_constant_function_has_a_trace_of_its_input_alone():
    assert [node.operation for node in trace(lambda x: 2.0, [1.0])] == ["input"]


def test_the_package_offers_what_it_promises():
    assert set(autodiff.__all__) == {
        *("derivative", "gradient", "directional", "jacobian", "hessian", "hvp", "jvp", "vjp"),
        *("value_and_gradient", "trace", "Trace", "Step"),
    }
