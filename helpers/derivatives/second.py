"""Second derivatives of functions of several variables: the Hessian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.derivatives.calling import Array, as_vector, need_function
from helpers.derivatives.ladder import Lanes, Quotients, Sampler, power_of_two, settle
from helpers.derivatives.many import Function, Outputs, short
from helpers.derivatives.one import ladder_scale
from helpers.derivatives.result import Estimate, deliver


@dataclass(frozen=True)
class Pairs:
    """The entries on and above the diagonal: which two variables, and how far each moves."""

    i: Array
    j: Array
    weights: Array
    scale: Array
    reach: Array


def _pair_up(x: Array, step: float | None) -> Pairs:
    """The pairs of variables, their coarsest common step and the size of what moves."""
    i, j = np.triu_indices(x.size)
    size = np.abs(x)
    own = ladder_scale(size, step)
    scale = power_of_two(np.sqrt(own[i] * own[j]))
    weights = np.stack([own[i] / scale, scale / own[i]], axis=1)
    reach = np.fmax(size[i] / weights[:, 0], size[j] / weights[:, 1])
    return Pairs(i, j, weights, scale, reach)


def _bend(outputs: Outputs, direction: Array, h: Array) -> tuple[Array, Array, Array]:
    """Second quotients along a line, their one-sided mismatch, and the largest value of f.

    h of shape (k + 1,), the first step serving only the mismatch of the second.
    """
    middle = outputs.centre[0]
    plus = np.array([outputs(step * direction)[0] for step in h])
    minus = np.array([outputs(-step * direction)[0] for step in h])
    right, left = (plus - middle) / h, (minus - middle) / h
    one_sided = (np.diff(right) - np.diff(left)) / np.diff(h)
    return ((right + left) / h)[1:], one_sided, np.fmax(np.abs(plus), np.abs(minus))[1:]


def _second_quotients(outputs: Outputs, pairs: Pairs) -> Sampler:
    """Second quotients: along x_i alone, or along x_i ± x_j, whose difference is 4 ∂²f/∂x_i∂x_j."""

    def entry(h: Array, pair: int) -> tuple[Array, Array, Array]:
        first, second = np.zeros(outputs.x.size), np.zeros(outputs.x.size)
        first[pairs.i[pair]], second[pairs.j[pair]] = pairs.weights[pair]
        steps = np.concatenate([h[:1] * h[0] / h[1], h])
        if pairs.i[pair] == pairs.j[pair]:
            return _bend(outputs, first, steps)
        up, down = _bend(outputs, first + second, steps), _bend(outputs, first - second, steps)
        return (up[0] - down[0]) / 4, (up[1] - down[1]) / 4, np.fmax(up[2], down[2])

    def sample(h: Array, which: Array) -> Quotients:
        with np.errstate(all="ignore"):
            columns = [entry(h[:, c], pair) for c, pair in enumerate(which)]
            main, check, size = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
            size[h < 8 * np.spacing(pairs.reach[which])] = np.nan
        return Quotients(main, check, 4 * outputs.eps * size, power=2)

    return sample


def hessian(f: Function, x: Any, *, step: float | None = None, full: bool = False) -> Any:
    """Hessian of a scalar function of several variables, symmetric to the last digit.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x : array_like, shape (n,)
        Where. Left unchanged.
    step, full
        As for `gradient`.

    Returns
    -------
    ndarray of shape (n, n), or Estimate

    Raises
    ------
    ValueError
        If x is not a vector, or f does not return one number.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1], [1, 2]).round(8).tolist()
    [[4.0, 2.0], [2.0, 0.0]]
    """
    need_function(f)
    x = as_vector(x)
    outputs = Outputs(f, x, one=True)
    pairs = _pair_up(x, step)
    centre = np.full(pairs.scale.shape, outputs.centre[0])
    found = settle(_second_quotients(outputs, pairs), Lanes(pairs.reach, pairs.scale, centre))
    shape = (x.size, x.size)
    place = np.zeros(shape, dtype=int)
    place[pairs.i, pairs.j] = place[pairs.j, pairs.i] = np.arange(pairs.scale.size)
    whole = Estimate(found.value[place], found.error[place], found.note[place])
    return deliver(whole, full, lambda k: f"row {k // x.size}, column {k % x.size}, x = {short(x)}")
