"""Products, linear algebra and a few functions of one variable."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.autodiff import arrays
from helpers.autodiff.advice import UntraceableError, unknown
from helpers.autodiff.doors import takes
from helpers.autodiff.rules import plain
from helpers.autodiff.variable import as_array, axes_of, choose, record

# --- products ---


@takes(np.dot)
def _dot(a: Any, b: Any) -> Any:
    a, b = as_array(a), as_array(b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    return a @ b if b.ndim <= 2 else _tensordot(a, b, ([-1], [-2]))


@takes(np.vdot)
def _vdot(a: Any, b: Any) -> Any:
    return as_array(a).ravel() @ as_array(b).ravel()


@takes(np.inner)
def _inner(a: Any, b: Any) -> Any:
    a, b = as_array(a), as_array(b)
    return a * b if a.ndim == 0 or b.ndim == 0 else _tensordot(a, b, ([-1], [-1]))


@takes(np.outer, np.linalg.outer)
def _outer(a: Any, b: Any) -> Any:
    return as_array(a).reshape(-1, 1) * as_array(b).reshape(1, -1)


@takes(np.kron)
def _kron(a: Any, b: Any) -> Any:
    a, b = as_array(a), as_array(b)
    if max(a.ndim, b.ndim) < 2:
        return (a.reshape(-1, 1) * b.reshape(1, -1)).ravel()
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    blocks = a[:, None, :, None] * b[None, :, None, :]
    return blocks.reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])


@takes(np.cross)
def _cross(a: Any, b: Any) -> Any:
    a, b = as_array(a), as_array(b)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise UntraceableError(unknown("np.cross of vectors in the plane"))
    (a0, a1, a2), (b0, b1, b2) = ([v[..., j] for j in range(3)] for v in (a, b))
    return np.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], -1)


@takes(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = as_array(a), as_array(b)
    if isinstance(axes, int):
        axes = (list(range(a.ndim - axes, a.ndim)), list(range(axes)))
    of_a, of_b = (np.atleast_1d(np.asarray(side, dtype=int)) for side in axes)
    first = list(_LETTERS[: a.ndim])
    second = list(_LETTERS[a.ndim : a.ndim + b.ndim])
    for i, j in zip(of_a, of_b, strict=True):
        second[j] = first[i]
    shared = {first[i] for i in of_a}
    result = "".join(c for c in first + second if c not in shared)
    return _einsum(f"{''.join(first)},{''.join(second)}->{result}", a, b)


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@takes(np.einsum)
def _einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    if not isinstance(subscripts, str):
        raise UntraceableError(unknown("np.einsum with lists in place of letters"))
    letters = subscripts.replace(" ", "")
    left, arrow, out = letters.partition("->")
    terms = left.split(",")
    if "." in letters:
        raise UntraceableError(unknown("np.einsum with '...'"))
    if not arrow:
        out = "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    parts = [as_array(a) for a in operands]
    for i, term in enumerate(terms):
        terms[i], parts[i] = _without_repeats(term, parts[i])
    spare = "".join(c for c in _LETTERS if c not in letters)
    return record(arrays.EINSUM, _contracted, parts, (terms, out, spare))


def _without_repeats(term: str, a: Any) -> tuple[str, Any]:
    """'ii' is the diagonal: taken first, so that no factor repeats a letter."""
    for c in term:
        while term.count(c) > 1:
            i, j = term.index(c), term.rindex(c)
            a = np.diagonal(a, 0, i, j)
            term = term[:i] + term[i + 1 : j] + term[j + 1 :] + c
    return term, a


def _contracted(*args: Any) -> Any:
    *parts, terms, out, _ = args
    return np.einsum(",".join(terms) + "->" + out, *parts)


# --- linear algebra ---


@takes(np.linalg.inv)
def _inv(a: Any) -> Any:
    return record(arrays.INV, np.linalg.inv, (a,))


@takes(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    return record(arrays.SOLVE, np.linalg.solve, (as_array(a), as_array(b)))


@takes(np.linalg.det)
def _det(a: Any) -> Any:
    return record(arrays.DET, np.linalg.det, (a,))


@takes(np.linalg.slogdet)
def _slogdet(a: Any) -> tuple[Any, Any]:
    return np.linalg.slogdet(plain(a))[0], record(arrays.LOGDET, _logdet, (a,))


def _logdet(a: Any) -> Any:
    return np.linalg.slogdet(a)[1]


@takes(np.linalg.matrix_power)
def _matrix_power(a: Any, n: int) -> Any:
    if n < 0:
        return _matrix_power(np.linalg.inv(a), -n)
    result: Any = np.eye(a.shape[-1])
    for _ in range(n):
        result = result @ a
    return result


@takes(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    ndim = x.ndim if axis is None else len(axes_of(axis, x.ndim))
    if ord in (None, "fro") or (ord == 2 and ndim == 1):
        return np.sqrt((x * x).sum(axis, keepdims))
    if ndim == 1 and ord == np.inf:
        return abs(x).max(axis, keepdims)
    if ndim == 1 and ord == -np.inf:
        return abs(x).min(axis, keepdims)
    if ndim == 1 and isinstance(ord, (int, float)) and ord:
        return (abs(x) ** ord).sum(axis, keepdims) ** (1.0 / ord)
    raise UntraceableError(unknown(f"np.linalg.norm with ord={ord!r}"))


@takes(np.linalg.vector_norm)
def _vector_norm(x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    if axis is None and not keepdims:
        return _norm(x.ravel(), ord)
    return _norm(x, ord, axis, keepdims)


# --- functions of one variable ---


@takes(np.sinc)
def _sinc(x: Any) -> Any:
    """sin(πx)/(πx); near 0 by its series, so that all digits of the slope stay."""
    t = (np.pi * x) ** 2
    near = plain(abs(plain(x))) < 0.1
    away = np.where(near, 1.0, np.pi * x)
    series: Any = 0.0
    for k in range(7, -1, -1):
        series = 1.0 - t / ((2 * k + 2) * (2 * k + 3)) * series
    return choose(near, series, np.sin(away) / away)


@takes(np.polyval)
def _polyval(p: Any, x: Any) -> Any:
    result: Any = 0.0
    for coefficient in p:
        result = result * x + coefficient
    return result


@takes(np.trapezoid)
def _trapezoid(y: Any, x: Any = None, dx: float = 1.0) -> Any:
    widths = dx if x is None else np.diff(x)
    return (widths * (y[..., 1:] + y[..., :-1]) / 2.0).sum(axis=-1)


@takes(np.linspace)
def _linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    return start + (stop - start) * np.linspace(0.0, 1.0, num, endpoint=endpoint)


@takes(np.interp)
def _interp(x: Any, xp: Any, fp: Any) -> Any:
    """Straight lines between the points (xp, fp); flat outside."""
    inside = np.minimum(np.maximum(x, plain(xp)[0]), plain(xp)[-1])
    j = np.clip(np.searchsorted(plain(xp), plain(inside), side="right") - 1, 0, len(plain(xp)) - 2)
    xp, fp = as_array(xp), as_array(fp)
    return fp[j] + (fp[j + 1] - fp[j]) * (inside - xp[j]) / (xp[j + 1] - xp[j])
