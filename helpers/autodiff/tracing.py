"""Every step of a function, with values forward and derivatives backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.autodiff.calculus import depends, one_number, run, start
from helpers.autodiff.sweeps import adjoints_of

SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}


@dataclass(frozen=True)
class Step:
    """One operation of the function.

    Attributes
    ----------
    name : str
        ``x`` for the input, then ``v1``, ``v2``, ...
    operation : str
        What was done, as text: ``sin(v1)``.
    inputs : tuple of str
        Names of the steps that it used.
    value, adjoint : float or ndarray
        The number, and the derivative of the result with respect to it.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    value: Any
    adjoint: Any


@dataclass(frozen=True)
class Trace:
    """The steps of a function at a point; `print` shows them as a table.

    Attributes
    ----------
    nodes : tuple of Step
        In the order in which they were computed; the first is the input x.
    """

    nodes: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        rows = [("step", "is", "value", "adjoint")]
        rows += [(s.name, s.operation, short(s.value), short(s.adjoint)) for s in self.nodes]
        widths = [max(len(row[j]) for row in rows) for j in range(4)]
        lines = ("  ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__


def trace(f: Callable[[Any], Any], x: Any) -> Trace:
    """Run f at x and note every step: its value, and the derivative of f with respect to it.

    Parameters
    ----------
    f : callable
        Takes an array (or a number), returns one number.
    x : array_like
        The point.

    Returns
    -------
    Trace
        Print it; or take its ``nodes``, plain data for a drawing.

    Examples
    --------
    >>> import numpy as np
    >>> print(trace(lambda x: x[0] * np.exp(x[1]), [2, 0]))
    step  is       value    adjoint
    x     input    [2. 0.]  [1. 2.]
    v1    x[0]     2        1
    v2    x[1]     0        2
    v3    exp(v2)  1        2
    v4    v1 * v3  2        1
    """
    x = start(f, x, "trace")
    with np.errstate(all="ignore"):
        variable, y = run(f, x, "trace")
        y = one_number(y, "trace")
        if not depends(y, variable):
            return Trace((Step("x", "input", (), x, np.zeros(x.shape)),))
        adjoints = adjoints_of(y, np.float64(1.0), keep=True)
    nodes = variable.tape.nodes
    return Trace(tuple(_step(node, adjoints[node.index]) for node in nodes[: y.index + 1]))


def _step(node: Any, adjoint: Any) -> Step:
    names = tuple(_name(parent) for _, parent in node.parents)
    adjoint = np.zeros(node.shape) if adjoint is None else adjoint
    return Step(_name(node), _text(node), names, _own(node.value), _own(adjoint))


def _own(value: Any) -> Any:
    return float(value) if value.ndim == 0 else np.array(value)


def _name(node: Any) -> str:
    return f"v{node.index}" if node.index else "x"


def _text(node: Any) -> str:
    """The operation as one would write it."""
    if node.rule is None:
        return "input"
    words = [short(a) for a in node.inputs]
    for i, parent in node.parents:
        words[i] = _name(parent)
    name = node.rule.name
    if name in SIGNS:
        return f" {SIGNS[name]} ".join(words)
    if name == "negative":
        return f"-{words[0]}"
    if name == "take":
        return f"{words[0]}[{', '.join(_index(i) for i in node.params[0])}]"
    return f"{name}({', '.join(words)})"


def _index(index: Any) -> str:
    """One part of an index as one would write it."""
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    return {"None": "None", "Ellipsis": "..."}.get(str(index), short(index))


def short(value: Any) -> str:
    """A number with four digits; a small array in full, a larger one by its shape."""
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array[()]:.4g}"
    if array.size > 6:
        return f"array{array.shape}"
    return np.array2string(array, precision=4, suppress_small=True).replace("\n", "")
