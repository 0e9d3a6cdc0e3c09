"""Exact derivatives of plain numpy code, with numpy alone.

>>> import numpy as np
>>> from helpers import autodiff
>>> def f(x):
...     return np.sin(x[0]) * x[1] ** 2
>>> autodiff.gradient(f, [0, 3]).tolist()
[9.0, 0.0]

Where f has no derivative (a kink, a jump, an infinite slope) there is no number but a sentence that says so. A
branch, by `if` or `np.where`, is followed as its comparison falls at x itself.

How it works, in the order of reading: `rules` holds one table, what each operation does to a derivative,
for both directions; `arrays` the same for sums, indexing and matrices; `variable` the number that
writes down what is done to it; `sweeps` the forward and the reverse sweep; `calculus` puts them together;
`settle` speaks where there is no derivative; `tracing` shows every step; `doors`, `sums`, `shapes` and
`products` say what numpy's functions do with a variable.
"""

from __future__ import annotations

from helpers.autodiff import products, shapes, sums  # noqa: F401  (what numpy's functions do)
from helpers.autodiff.calculus import (
    derivative,
    directional,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_gradient,
    vjp,
)
from helpers.autodiff.tracing import Step, Trace, trace

__all__ = [
    "Step",
    "Trace",
    "derivative",
    "directional",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "trace",
    "value_and_gradient",
    "vjp",
]
