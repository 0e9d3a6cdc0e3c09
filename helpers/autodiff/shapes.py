"""Functions of numpy that change shapes, join and split arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.autodiff import arrays
from helpers.autodiff.advice import UntraceableError, unknown
from helpers.autodiff.doors import takes
from helpers.autodiff.rules import plain
from helpers.autodiff.variable import as_array, axes_of, choose, collect, record

# --- shapes ---


@takes(np.reshape)
def _reshape(a: Any, shape: Any, order: str = "C") -> Any:
    return a.reshape(shape, order=order)


@takes(np.ravel)
def _ravel(a: Any, order: str = "C") -> Any:
    return a.ravel(order=order)


@takes(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    return as_array(a).transpose() if axes is None else as_array(a).transpose(tuple(axes))


@takes(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return a.swapaxes(axis1, axis2)


@takes(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return a.transpose(_order(a, source, destination))


def _order(a: Any, source: Any, destination: Any) -> tuple[int, ...]:
    sizes = np.moveaxis(np.empty(tuple(range(2, a.ndim + 2))), source, destination).shape
    return tuple(n - 2 for n in sizes)


@takes(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    return a.reshape(np.squeeze(plain(a), axis=axis).shape)


@takes(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    return a.reshape(np.expand_dims(plain(a), axis).shape)


@takes(np.atleast_1d)
def _atleast_1d(a: Any) -> Any:
    return a.reshape(1) if a.ndim == 0 else a


@takes(np.atleast_2d)
def _atleast_2d(a: Any) -> Any:
    return a.reshape(np.atleast_2d(plain(a)).shape)


@takes(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    shape = (shape,) if np.isscalar(shape) else tuple(shape)
    return record(arrays.BROADCAST, np.broadcast_to, (as_array(array),), (shape,))


@takes(np.full_like)
def _full_like(a: Any, fill_value: Any) -> Any:
    return fill_value + np.zeros(np.shape(a))


@takes(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    axes = axes_of(axis, m.ndim)
    return m[tuple(slice(None, None, -1) if j in axes else slice(None) for j in range(m.ndim))]


@takes(np.copy, np.real, np.real_if_close)
def _same(a: Any) -> Any:
    return a


def _rearranged(function: Any) -> Callable[..., Any]:
    """A function that only moves, drops or repeats entries: done on their places."""

    def definition(a: Any, *args: Any, **options: Any) -> Any:
        places = function(np.arange(a.size).reshape(a.shape), *args, **options)
        return a.ravel()[places]

    return definition


for _function in (
    np.roll,
    np.tile,
    np.repeat,
    np.rot90,
    np.fliplr,
    np.flipud,
    np.diagonal,
    np.delete,
):
    takes(_function)(_rearranged(_function))


@takes(np.diag)
def _diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 2:
        return np.diagonal(v, k)
    n = len(v) + abs(k)
    places = np.flatnonzero(np.eye(n, k=k))
    return v.put((places,), (n * n,), 0).reshape(n, n)


@takes(np.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.diagonal(a, offset, axis1, axis2).sum(axis=-1)


@takes(np.linalg.trace)
def _matrix_trace(x: Any, *, offset: int = 0) -> Any:
    return _trace(x, offset, -2, -1)


@takes(np.pad)
def _pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return _rearranged(np.pad)(array, pad_width, mode, **options)
    if mode != "constant":
        raise UntraceableError(unknown(f"np.pad with mode={mode!r}"))
    border = np.pad(np.zeros(array.shape), pad_width, **options)
    places = np.flatnonzero(np.pad(np.ones(array.shape), pad_width))
    return border + array.ravel().put((places,), (border.size,), 0).reshape(border.shape)


@takes(np.broadcast_arrays)
def _broadcast_arrays(*args: Any) -> tuple[Any, ...]:
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@takes(np.meshgrid)
def _meshgrid(*xi: Any, indexing: Any = "xy") -> tuple[Any, ...]:
    axes = [as_array(a).ravel() for a in xi]
    places = np.meshgrid(*(np.arange(a.size) for a in axes), indexing=indexing)
    return tuple(a[place] for a, place in zip(axes, places, strict=True))


@takes(np.tril)
def _tril(m: Any, k: int = 0) -> Any:
    return choose(np.tri(m.shape[-2], m.shape[-1], k) == 1, m, 0.0)


@takes(np.triu)
def _triu(m: Any, k: int = 0) -> Any:
    return choose(np.tri(m.shape[-2], m.shape[-1], k - 1) == 0, m, 0.0)


# --- joining and splitting ---


@takes(np.concatenate)
def _concatenate(arrays_: Any, axis: int | None = 0) -> Any:
    parts = [as_array(a) for a in arrays_]
    if axis is None:
        parts, axis = [a.ravel() for a in parts], 0
    axis = axis % parts[0].ndim - parts[0].ndim
    starts = np.cumsum([0, *(a.shape[axis] for a in parts)]).tolist()
    return record(arrays.CONCATENATE, _join, parts, (axis, starts))


def _join(*args: Any) -> Any:
    *parts, axis, _ = args
    return np.concatenate(parts, axis=axis)


@takes(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    parts = [as_array(a) for a in arrays]
    if parts[0].ndim == 0:
        entries = np.empty(len(parts), dtype=object)
        entries[:] = parts
        return collect(entries)
    axis = axis % (parts[0].ndim + 1)
    shape = (*parts[0].shape[:axis], 1, *parts[0].shape[axis:])
    return _concatenate([a.reshape(shape) for a in parts], axis)


@takes(np.hstack)
def _hstack(tup: Any) -> Any:
    parts = [np.atleast_1d(as_array(a)) for a in tup]
    return _concatenate(parts, 0 if parts[0].ndim == 1 else 1)


@takes(np.vstack)
def _vstack(tup: Any) -> Any:
    return _concatenate([np.atleast_2d(as_array(a)) for a in tup], 0)


@takes(np.column_stack)
def _column_stack(tup: Any) -> Any:
    parts = [as_array(a) for a in tup]
    return _concatenate([a if a.ndim > 1 else a.reshape(-1, 1) for a in parts], 1)


@takes(np.append)
def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return _concatenate([arr, values], axis)


@takes(np.split, np.array_split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    places = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, place)] for place in places]


@takes(np.hsplit)
def _hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return _split(ary, indices_or_sections, min(1, ary.ndim - 1))


@takes(np.vsplit)
def _vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return _split(ary, indices_or_sections, 0)
