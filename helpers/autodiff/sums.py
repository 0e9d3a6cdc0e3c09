"""Sums, means, extremes and choices: numpy's functions made of operations that have a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.autodiff.doors import takes
from helpers.autodiff.rules import plain
from helpers.autodiff.variable import as_array, axes_of, choose

# --- sums, means, extremes ---


@takes(np.sum)
def _sum(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return as_array(a).sum(axis=axis, keepdims=bool(keepdims))


@takes(np.mean)
def _mean(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    a = as_array(a)
    count = np.prod([a.shape[j] for j in axes_of(axis, a.ndim)])
    return _sum(a, axis, keepdims) / float(count)


@takes(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None, keepdims: Any = False) -> Any:
    if weights is None:
        return _mean(a, axis, keepdims)
    weights = as_array(weights)
    if weights.ndim == 1 and axis is not None:
        tail = as_array(a).ndim - axis % as_array(a).ndim - 1
        weights = weights.reshape((-1,) + (1,) * tail)
    return _sum(a * weights, axis, keepdims) / _sum(weights + 0.0 * plain(a), axis, keepdims)


@takes(np.var)
def _var(a: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    a = as_array(a)
    count = np.prod([a.shape[j] for j in axes_of(axis, a.ndim)])
    return _sum((a - _mean(a, axis, True)) ** 2, axis, keepdims) / float(count - ddof)


@takes(np.std)
def _std(a: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    return np.sqrt(_var(a, axis, ddof, keepdims))


def _fold(operation: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """A reduction by halves: a product, or an extreme whose ties are to be noticed."""
    a = as_array(a)
    axes = axes_of(axis, a.ndim)
    kept = tuple(1 if j in axes else n for j, n in enumerate(a.shape))
    others = tuple(j for j in range(a.ndim) if j not in axes)
    a = a.transpose((*axes, *others)).reshape((-1, *(a.shape[j] for j in others)))
    while len(a) > 1:
        half = len(a) // 2
        pairs = operation(a[:half], a[half : 2 * half])
        a = np.concatenate([pairs, a[2 * half :]]) if len(a) % 2 else pairs
    return a.reshape(kept) if keepdims else a[0]


@takes(np.prod)
def _prod(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return _fold(np.multiply, a, axis, keepdims)


def _extreme(a: Any, axis: Any, keepdims: Any, pick: Any, operation: Any) -> Any:
    """The largest or smallest entry; equal ones are compared one by one."""
    a = as_array(a)
    axes = axes_of(axis, a.ndim)
    chosen = plain(a) == pick(plain(a), axis=axes, keepdims=True)
    if np.all(chosen.sum(axis=axes) == 1):
        return _sum(choose(chosen, a, 0.0), axis, keepdims)
    return _fold(operation, a, axis, keepdims)


@takes(np.max, np.amax)
def _max(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return _extreme(a, axis, keepdims, np.max, np.maximum)


@takes(np.min, np.amin)
def _min(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return _extreme(a, axis, keepdims, np.min, np.minimum)


@takes(np.ptp)
def _ptp(a: Any, axis: Any = None) -> Any:
    return _max(a, axis) - _min(a, axis)


@takes(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@takes(np.round, np.around)
def _round(a: Any, decimals: int = 0) -> Any:
    return np.rint(a * 10.0**decimals) / 10.0**decimals


@takes(np.nan_to_num)
def _nan_to_num(x: Any, nan: float = 0.0) -> Any:
    return choose(np.isnan(plain(x)), nan, x)


@takes(np.cumsum)
def _cumsum(a: Any, axis: Any = None) -> Any:
    return as_array(a).cumsum(axis=axis)


@takes(np.cumprod)
def _cumprod(a: Any, axis: Any = None) -> Any:
    a = as_array(a).ravel() if axis is None else as_array(a).swapaxes(0, axis)
    steps = [a[0]]
    for entry in a[1:]:
        steps.append(steps[-1] * entry)
    return np.stack(steps).swapaxes(0, axis or 0)


@takes(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    a = as_array(a).swapaxes(-1, axis)
    for _ in range(n):
        a = a[..., 1:] - a[..., :-1]
    return a.swapaxes(-1, axis)


# --- choosing ---


@takes(np.where)
def _where(condition: Any, *branches: Any) -> Any:
    return choose(condition, *branches) if branches else np.where(plain(condition))


@takes(np.select)
def _select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Any:
    result = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = choose(condition, choice, result)
    return result


@takes(np.sort)
def _sort(a: Any, axis: int = -1) -> Any:
    a = as_array(a).swapaxes(-1, axis)
    a = _take_along_axis(a, np.argsort(plain(a), axis=-1, kind="stable"), -1)
    before, after = a[..., :-1], a[..., 1:]
    if np.any(plain(before) == plain(after)):  # equal ones are compared, so that a kink is noticed
        a = np.concatenate([np.minimum(before, after), a[..., -1:]], axis=-1)
        a = np.concatenate([a[..., :1], np.maximum(before, a[..., 1:])], axis=-1)
    return a.swapaxes(-1, axis)


@takes(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int = -1) -> Any:
    places = np.arange(arr.size).reshape(arr.shape)
    return arr.ravel()[np.take_along_axis(places, indices, axis=axis)]


@takes(np.take)
def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        return a.ravel()[indices]
    return a[(slice(None),) * (axis % a.ndim) + (indices,)]


@takes(np.median)
def _median(a: Any, axis: Any = None) -> Any:
    a = np.sort(a.ravel() if axis is None else np.moveaxis(a, axis, -1))
    n = a.shape[-1]
    return (a[..., (n - 1) // 2] + a[..., n // 2]) / 2.0
