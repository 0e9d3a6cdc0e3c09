"""What to do where the slopes at x are not finite: look at both sides, or say what is the matter.

At a kink (|x| at 0) a rule gives nan, never a made-up number. If the derivatives at neighbouring points
agree, as for |x|² at 0, they are the answer; if not, there is none, and the message names the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.autodiff.rules import beside_kink, plain
from helpers.autodiff.sweeps import finite
from helpers.autodiff.variable import Tape, Variable

STEP = 1e-10  # distance of the neighbours, relative to max(1, |x|)
AGREE = 1e-6  # their derivatives may differ by this much, relative to max(1, |derivative|)


def settle(compute: Callable[[Any], tuple[Any, Any]], f: Any, x: Any) -> tuple[Any, Any]:
    """compute(x), a value and a derivative, if both are finite; else the limit, or advice."""
    with np.errstate(all="ignore"):
        value, result = compute(x)
        if not finite(value):
            raise ValueError(why_no_value(f, x))
        if not finite(result):
            token = beside_kink.set(True)
            try:
                result = limit(compute, x, value)
            finally:
                beside_kink.reset(token)
            if result is None:
                raise ValueError(why_no_slope(f, x))
    return own(value), own(result)


def own(result: Any) -> Any:
    """A copy that the caller may change (numbers and variables as they are)."""
    return np.array(result) if type(result) is np.ndarray and result.ndim else result


def limit(compute: Callable[[Any], tuple[Any, Any]], x: Any, value: Any) -> Any:
    """The derivative to which all neighbours agree, else None.

    On each side two neighbours, so that a slope that changes in proportion is followed to x itself.
    """
    rng = np.random.default_rng(0)
    found = []
    for direction in rng.uniform(0.5, 1.0, (2, *x.shape)) * rng.choice([-1.0, 1.0], (2, *x.shape)):
        for side in (-1.0, 1.0):
            step = side * STEP * direction * np.maximum(1.0, np.abs(plain(x)))
            (y, near), (_, far) = compute(x + step), compute(x + 2.0 * step)
            if not (close(plain(y), plain(value)) and close(plain(near), plain(far))):
                return None
            found.append(2.0 * near - far)
    if not all(close(plain(other), plain(found[0])) for other in found):
        return None
    return sum(found[1:], found[0]) / len(found)


def close(a: Any, b: Any) -> bool:
    """True if all entries are finite and agree."""
    return bool(np.all(np.abs(a - b) <= AGREE * max(1.0, float(np.max(np.abs(b))))))


# --- sentences -------------------------------------------------------------------------------------


def why_no_value(f: Any, x: Any) -> str:
    """Name the first operation whose result is not finite."""
    for node in _steps(f, x):
        bad = ~np.isfinite(node.value)
        if np.any(bad) and all(np.all(np.isfinite(a)) for a in node.inputs):
            given = _given(node, bad)
            answer = np.asarray(node.value)[bad].flat[0]
            return (
                f"f has no finite value here: {_called(node)} of {given} is {answer}; stay where f is "
                "defined, or bound the input with np.clip or np.maximum"
            )
    return "f has no finite value here: it returned inf or nan; stay where f is defined"


def why_no_slope(f: Any, x: Any) -> str:
    """Name the first operation that has no finite slope."""
    for node in _steps(f, x):
        for slope in node.rule.slopes:
            slopes = np.broadcast_to(slope(node.value, *node.inputs), node.value.shape)
            bad = ~np.isfinite(slopes)
            if np.any(bad):
                kind = (
                    "is infinitely steep" if np.isinf(slopes[bad].flat[0]) else "has a kink or jump"
                )
                return (
                    f"f has no derivative here: {_called(node)} {kind} at {_given(node, bad)}; "
                    "move x a little, or use a smooth function instead"
                )
    return "f has no finite derivative here: move x a little, or use a smooth function instead"


def _steps(f: Any, x: Any) -> list[Any]:
    """The operations of f at x, with plain numbers."""
    variable = Variable(plain(x), Tape())
    f(variable)
    return [node for node in variable.tape.nodes[1:] if node.rule]


def _called(node: Any) -> str:
    name = f"np.{node.rule.name}"
    return name + " (also inside norm and std)" if node.rule.name == "sqrt" else name


def _given(node: Any, bad: Any) -> str:
    """The input at the first bad entry, as text."""
    if not node.rule.slopes:
        return "its input"
    count = len(node.rule.slopes)
    entries = [np.broadcast_to(a, bad.shape)[bad].flat[0] for a in node.inputs[:count]]
    return " and ".join(f"{float(e):.6g}" for e in entries)
