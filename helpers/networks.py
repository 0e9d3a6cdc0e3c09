"""Networks of logistic neurons: where they start, the curve they learn to draw, and their training.

A network is a list of layers ``(W, b)``: W has one row per neuron and one column per input, b is a column,
and each layer answers ``1 / (1 + exp(-(W a + b)))``. Training examples are the columns of an array.

Examples
--------
>>> params = start((1, 6, 7, 2), seed=0)
>>> [W.shape for W, b in params], output(params, [[0.0, 0.5, 1.0]]).shape
([(6, 1), (7, 6), (2, 7)], (2, 3))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Params = list[tuple[Array, Array]]
Stack = list[Array]
"""Layers as the training holds them: shape (n_in + 1, n_out), weights above, biases in the last row."""


def start(sizes: Sequence[int], seed: int, scale: float = 1.0) -> Params:
    """A network before it has learnt anything: weights and biases drawn from the normal distribution.

    Parameters
    ----------
    sizes : sequence of int
        Number of inputs, then number of neurons of each layer.
    seed : int
        The same seed gives the same network.
    scale : float
        Standard deviation of the weights and biases.

    Returns
    -------
    list of (W, b)
        W of shape (n_out, n_in), b of shape (n_out, 1).

    Raises
    ------
    ValueError
        If there is no layer, or one without neurons.

    Examples
    --------
    >>> [(W, b)] = start((3, 2), seed=1)
    >>> W.shape, b.shape
    ((2, 3), (2, 1))
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"start wants two or more sizes of at least 1, got {tuple(sizes)}: for example (1, 6, 7, 2)"
        )
    rng = np.random.default_rng(seed)
    return [
        (scale * rng.normal(size=(n_out, n_in)), scale * rng.normal(size=(n_out, 1)))
        for n_in, n_out in pairwise(sizes)
    ]


def fish(n: int = 80) -> tuple[Array, Array]:
    """A closed curve to learn: the pen's way once round a fish.

    Parameters
    ----------
    n : int
        Number of points, at least 2.

    Returns
    -------
    x : ndarray of shape (1, n)
        The share of the way that is done, from 0 to 1.
    y : ndarray of shape (2, n)
        Where the pen is then, both coordinates from 0.1 to 0.9.

    References
    ----------
    .. [1] The fish curve: the pedal curve of an ellipse of eccentricity 1/√2 about a focus.

    Examples
    --------
    >>> x, y = fish(5)
    >>> x.shape, y.shape, bool(np.allclose(y[:, 0], y[:, -1]))
    ((1, 5), (2, 5), True)
    """
    if n < 2:
        raise ValueError(f"fish wants at least 2 points, got {n}: for example fish(80)")
    share = np.linspace(0.0, 1.0, n)
    t = 2 * np.pi * share
    right = np.cos(t) - np.sin(t) ** 2 / np.sqrt(2)
    up = np.cos(t) * np.sin(t)
    tail = -3 / (2 * np.sqrt(2))  # the leftmost point; the nose is at 1
    y = np.stack([0.1 + 0.8 * (right - tail) / (1 - tail), 0.5 + 0.8 * up])
    return share[np.newaxis], y


def output(params: Params, x: ArrayLike) -> Array:
    """What the last layer answers to each column of x.

    Parameters
    ----------
    params : list of (W, b)
    x : array_like of shape (n_in, N)

    Returns
    -------
    ndarray of shape (n_out, N)
    """
    stack = _stacked(params)
    return _fill(stack, _rows(stack, np.asarray(x, float)))[-1][:, :-1].T


def layer_slopes(params: Params, x: ArrayLike, y: ArrayLike) -> Array:
    """How strongly the mean cost answers to each layer's weights.

    Parameters
    ----------
    params : list of (W, b)
    x : array_like of shape (n_in, N)
    y : array_like of shape (n_out, N)

    Returns
    -------
    ndarray of shape (L,)
        Root mean square of ∂C/∂W over the weights of each layer, the first layer first.

    Examples
    --------
    >>> x, y = fish(20)
    >>> layer_slopes(start((1, 6, 7, 2), seed=0), x, y).shape
    (3,)
    """
    stack = _stacked(params)
    target = np.asarray(y, float).T
    slopes = _sweep(stack, _fill(stack, _rows(stack, np.asarray(x, float))), target)
    return np.array([np.sqrt(np.mean(slope[:-1] ** 2)) for slope in slopes])


def train(
    params: Params, x: ArrayLike, y: ArrayLike, steps: int = 50_000, rate: float = 7.0
) -> tuple[Params, Array]:
    """Go down the mean cost by steps of −rate times its gradient, all examples at once.

    One pass through the network gives the slopes of all its layers together, so 50 000 steps of the
    curve-drawing network take a few seconds.

    Parameters
    ----------
    params : list of (W, b)
        Where to start; it is left as it is.
    x : array_like of shape (n_in, N)
    y : array_like of shape (n_out, N)
    steps : int
        At least 1.
    rate : float
        The learning rate.

    Returns
    -------
    params : list of (W, b)
        The network at the end.
    costs : ndarray of shape (steps,)
        The mean cost before each step.

    Examples
    --------
    >>> x, y = fish(40)
    >>> params, costs = train(start((1, 6, 7, 2), seed=3), x, y, steps=2000)
    >>> bool(costs[-1] < 0.1 * costs[0])
    True
    """
    if steps < 1:
        raise ValueError(f"train wants at least one step, got {steps}")
    stack = _stacked(params)
    rows, target = _rows(stack, np.asarray(x, float)), np.asarray(y, float).T
    costs = [_step(stack, rows, target, rate) for _ in range(steps)]
    return _unstacked(stack), np.array(costs)


def trainer(
    params: Params, x: ArrayLike, y: ArrayLike, rate: float = 7.0
) -> Callable[[int], tuple[Array, Array]]:
    """A training that goes on whenever it is called, for watching it live.

    Parameters
    ----------
    params : list of (W, b)
        Where to start; it is left as it is.
    x : array_like of shape (n_in, N)
    y : array_like of shape (n_out, N)
    rate : float
        The learning rate.

    Returns
    -------
    callable
        Takes a number of steps and makes them; returns what the network answers to x then, shape
        (n_out, N), and the costs before each of these steps.

    Examples
    --------
    >>> x, y = fish(40)
    >>> go_on = trainer(start((1, 6, 7, 2), seed=3), x, y)
    >>> drawn, costs = go_on(100)
    >>> drawn.shape, costs.shape, bool(go_on(100)[1][0] < costs[-1])
    ((2, 40), (100,), True)
    """
    now = params

    def go_on(steps: int) -> tuple[Array, Array]:
        nonlocal now
        now, costs = train(now, x, y, steps, rate)
        return output(now, x), costs

    return go_on


def _step(stack: Stack, rows: Stack, target: Array, rate: float) -> float:
    """Move every layer by −rate times its slope; returns the cost before."""
    error = _fill(stack, rows)[-1][:, :-1] - target
    for layer, slope in zip(stack, _sweep(stack, rows, target), strict=True):
        layer -= rate * slope
    return float(np.vdot(error, error)) / len(target)


def _stacked(params: Params) -> Stack:
    return [np.vstack([np.asarray(W, float).T, np.reshape(b, (1, -1))]) for W, b in params]


def _unstacked(stack: Stack) -> Params:
    return [(layer[:-1].T.copy(), layer[-1:].T.copy()) for layer in stack]


def _rows(stack: Stack, x: Array) -> Stack:
    """One array per layer boundary, examples in rows, with a last column of ones that carries the biases."""
    n_in = len(stack[0]) - 1
    if x.ndim != 2 or len(x) != n_in:
        raise ValueError(f"x must have shape ({n_in}, N), one example per column, got {x.shape}")
    sizes = [len(layer) for layer in stack] + [stack[-1].shape[1] + 1]
    rows = [np.ones((x.shape[1], size)) for size in sizes]
    rows[0][:, :-1] = x.T
    return rows


def _fill(stack: Stack, rows: Stack) -> Stack:
    """Carry the examples through the layers; `rows` is written over and returned."""
    for layer, before, after in zip(stack, rows, rows[1:], strict=False):
        z = before @ layer
        np.clip(z, -700, 700, out=z)  # exp beyond that leaves the numbers a computer has
        np.exp(np.negative(z, out=z), out=z)
        z += 1
        np.reciprocal(z, out=after[:, :-1])
    return rows


def _sweep(stack: Stack, rows: Stack, target: Array) -> Stack:
    """Slopes of the mean cost for every layer, from the last one back to the first."""
    answer = rows[-1][:, :-1]
    error = (answer - target) * (answer - answer * answer)
    error *= 2 / len(target)
    slopes = [rows[-2].T @ error]
    for layer, before, entering in zip(stack[:0:-1], rows[-2:0:-1], rows[-3::-1], strict=True):
        value = before[:, :-1]
        error = (error @ layer[:-1].T) * (value - value * value)
        slopes.append(entering.T @ error)
    return slopes[::-1]
