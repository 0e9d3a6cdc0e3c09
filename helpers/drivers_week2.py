"""How the checks of week 2 use an answer that is more than a plain function of plain data.

Each driver is called with the answer first and plain data after it. Where the call that a student would type
looks different, a function of the same name with ``_text`` writes it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers import networks
from helpers.expressions import evaluate

Array = NDArray[np.float64]
Batches = list[list[int]]
FOUR_ROUNDS = {"first", "following", "again", "other"}
CURVE_NETWORK = (1, 6, 7, 2)
WEIGHTS = ("W1", "b1", "W2", "b2", "W3", "b3")


# ── logistic, d_logistic ──────────────────────────────────────────────────────────────


def without_warnings(answer: Callable[[Any], Any], z: Any) -> Any:
    """``answer(z)``, where a warning about overflow counts as an error.

    Examples
    --------
    >>> without_warnings(lambda z: 1 / (1 + np.exp(-z)), np.array([-1000.0]))
    Traceback (most recent call last):
    RuntimeWarning: overflow encountered in exp
    """
    with np.errstate(over="warn", divide="warn", invalid="warn"), warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return answer(z)


# ── not_gate ──────────────────────────────────────────────────────────────────────────


def gate_outputs(pair: Any) -> Array:
    """What the gate ``tanh(w x + b)`` answers to 0 and to 1.

    Examples
    --------
    >>> gate_outputs((0.0, 20.0)).tolist()
    [1.0, 1.0]
    """
    try:
        w, b = (np.reshape(number, ()) for number in pair)
    except (TypeError, ValueError) as error:
        raise ValueError("a pair of two numbers (w, b) is wanted") from error
    if not {w.dtype.kind, b.dtype.kind} <= set("iuf"):
        raise ValueError("a pair of two numbers (w, b) is wanted")
    outputs: Array = np.tanh(np.array([b, w + b], float))
    return outputs


# ── the curve-drawing network ─────────────────────────────────────────────────────────


def with_weights(answer: Callable[[Array, Array], Any], seed: int, x: Array, y: Array) -> Any:
    """``answer(x, y)``, where W1, b1, W2, b2, W3, b3 of the answer's notebook are those of `seed`.

    So an answer is judged by its own merits, whatever a training in the same notebook has made of the
    weights. They are put back afterwards.

    Parameters
    ----------
    answer : callable
        Uses the weights as global names.
    seed : int
        Of `networks.start`.
    x : ndarray of shape (1, N)
    y : ndarray of shape (2, N)
    """
    params = networks.start(CURVE_NETWORK, seed)
    weights = dict(zip(WEIGHTS, (part for layer in params for part in layer), strict=True))
    with _names_set(_globals_of(answer), weights):
        return answer(x, y)


def with_weights_text(name: str, seed: int, x: Array, y: Array) -> str:
    """The call as it looks in the notebook, and where it can be tried."""
    return (
        f"{name}(x, y) with {x.shape[1]} examples and the weights of networks.start(…, seed={seed})"
    )


@contextmanager
def _names_set(names: dict[str, Any], values: dict[str, Any]) -> Iterator[None]:
    before = {name: names[name] for name in values if name in names}
    names.update(values)
    try:
        yield
    finally:
        for name in values:
            names.pop(name, None)
        names.update(before)


def _globals_of(answer: Any) -> dict[str, Any]:
    """The global names that a function sees; those of what it wraps where it is no plain function."""
    for inner in ("func", "__wrapped__", "__func__"):
        answer = getattr(answer, inner, answer)
    if not hasattr(answer, "__globals__"):
        answer = getattr(type(answer).__call__, "__func__", type(answer).__call__)
    found: dict[str, Any] = getattr(answer, "__globals__", {})
    return found


# ── minibatches ───────────────────────────────────────────────────────────────────────


def batch_cut(answer: Callable[..., Any], n: int, size: int, seed: int) -> dict[str, Any]:
    """The batches as they came, for `batch_facts`.

    Examples
    --------
    >>> batch_cut(lambda n, size, rng: [[2, 0], [1]], 3, 2, seed=0)
    {'batches': [[2, 0], [1]]}
    """
    return {"batches": _batches(answer, n, size, np.random.default_rng(seed))}


def batch_cut_text(name: str, n: int, size: int, seed: int) -> str:
    """The call as it looks in the notebook."""
    return f"{name}({n}, {size}, np.random.default_rng({seed}))"


def batch_order(answer: Callable[..., Any], n: int, size: int, seed: int) -> dict[str, Any]:
    """The batches of four rounds, for `batch_facts`; n should be 30 or more, so that chance plays no part.

    Returns
    -------
    dict
        ``first`` and ``following`` from one generator, ``again`` from the same seed, ``other`` from another.
    """
    rng = np.random.default_rng(seed)
    return {
        "first": _batches(answer, n, size, rng),
        "following": _batches(answer, n, size, rng),
        "again": _batches(answer, n, size, np.random.default_rng(seed)),
        "other": _batches(answer, n, size, np.random.default_rng(seed + 1)),
    }


batch_order_text = batch_cut_text


def batch_facts(rounds: Any) -> dict[str, Any]:
    """What is compared of batches: facts that hold for every right order.

    Where answers are graded this runs on the grader's side; what comes from a student's process is never a
    verdict, only batches.

    Returns
    -------
    dict
        Of one round: ``sizes`` of the batches in order, and whether the indices are ``in range`` of as many as
        there are, ``none twice`` and ``none left out``. Of four rounds: the ``spread of the indices`` in all of
        them (which tells how many there are), whether the order is ``shuffled``, whether batches are
        ``mixed from everywhere``, whether the same generator gives ``the same again``, another one
        ``another order``, and whether the order is ``new in the next epoch``.

    Examples
    --------
    >>> batch_facts({"batches": [[2, 0], [1]]})["sizes"]
    [2, 1]
    """
    if not isinstance(rounds, dict) or rounds.keys() not in ({"batches"}, FOUR_ROUNDS):
        raise ValueError("batches are wanted")
    made = {name: [_indices(batch) for batch in batches] for name, batches in rounds.items()}
    return _cut_facts(made["batches"]) if "batches" in made else _order_facts(**made)


def _cut_facts(batches: Batches) -> dict[str, Any]:
    flat = _flat(batches)
    return {
        "sizes": [len(batch) for batch in batches],
        "in range": all(0 <= index < len(flat) for index in flat),
        "none twice": len(set(flat)) == len(flat),
        "none left out": set(range(len(flat))) <= set(flat),
    }


def _order_facts(
    first: Batches, following: Batches, again: Batches, other: Batches
) -> dict[str, Any]:
    indices = [index for made in (first, following, again, other) for index in _flat(made)]
    return {
        "spread of the indices": max(indices, default=0) - min(indices, default=0) + 1,
        "shuffled": _flat(first) != sorted(_flat(first)),
        "mixed from everywhere": any(
            max(batch) - min(batch) >= len(batch) for batch in first if batch
        ),
        "the same again": again == first,
        "another order": other != first,
        "new in the next epoch": following != first,
    }


def _batches(answer: Callable[..., Any], n: int, size: int, rng: np.random.Generator) -> Batches:
    """The batches as lists of whole numbers."""
    given = answer(n, size, rng)
    if not isinstance(given, list | tuple | np.ndarray):
        raise TypeError(f"a list of index arrays is wanted, {type(given).__name__} came")
    return [_indices(batch) for batch in given]


def _indices(batch: Any) -> list[int]:
    array = np.asarray(batch)
    if array.ndim != 1:
        raise ValueError(f"each batch is a one-dimensional array; one of shape {array.shape} came")
    if array.size and array.dtype.kind not in "iu":
        raise IndexError(f"the indices of a batch are whole numbers; some of {array.dtype} came")
    return [int(index) for index in array]


def _flat(batches: Batches) -> list[int]:
    return [index for batch in batches for index in batch]


# ── Value ─────────────────────────────────────────────────────────────────────────────


def run_backward(value: Callable[[float], Any], program: str, at: dict[str, float]) -> Any:
    """What a program gives, and its slope in each of its inputs, worked out with a student's class.

    Parameters
    ----------
    value : type
        Makes a node of a number; nodes have ``.data``, ``.grad`` and ``.backward()``.
    program : str
        See `helpers.expressions`.
    at : dict of str to float
        The inputs.

    Returns
    -------
    dict
        ``data`` of the result, and ``grad`` of each input.
    """
    inputs = {name: value(number) for name, number in at.items()}
    result = evaluate(program, inputs)
    result.backward()
    return {"data": result.data, **{f"grad of {name}": node.grad for name, node in inputs.items()}}


def run_backward_text(name: str, program: str, at: dict[str, float]) -> str:
    """The program as it would be typed."""
    inputs = "; ".join(f"{letter} = {name}({number})" for letter, number in at.items())
    *before, last = program.split("; ")
    return "; ".join([inputs, *before, f"out = {last}", "out.backward()"])


def run_forward(value: Callable[[float], Any], program: str, at: dict[str, float]) -> Any:
    """What a program gives, without going backwards."""
    return evaluate(program, {name: value(number) for name, number in at.items()}).data


def run_forward_text(name: str, program: str, at: dict[str, float]) -> str:
    """The program as it would be typed."""
    inputs = "; ".join(f"{letter} = {name}({number})" for letter, number in at.items())
    *before, last = program.split("; ")
    return "; ".join([inputs, *before, f"({last}).data"])
