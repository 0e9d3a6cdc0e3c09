"""The two doors through which numpy hands over every call that meets a variable.

Functions that work entry by entry (ufuncs) are looked up in the table of slopes by their name. The others
are in the table `FUNCTIONS`, each written with operations that have a rule: see `sums`, `shapes` and
`products`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.autodiff import arrays
from helpers.autodiff.advice import IN_PLACE, UntraceableError, unknown
from helpers.autodiff.rules import RULES, plain
from helpers.autodiff.variable import Variable, as_array, elementwise, operand, record

FUNCTIONS: dict[Any, Callable[..., Any]] = {}
OPERATORS: dict[str, Callable[..., Any]] = {"power": operator.pow}  # quicker than np.power
REDUCTIONS = {"add": np.sum, "multiply": np.prod, "maximum": np.max, "minimum": np.min}
RUNNING = {"add": np.cumsum, "multiply": np.cumprod}
ANSWERS_PLAINLY = {  # True, False or whole numbers: no derivative
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
    *("isfinite", "isnan", "isinf", "signbit", "logical_and", "logical_or", "logical_not"),
    "logical_xor",
}


def takes(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark the definition below as what these numpy functions do with variables."""

    def note(definition: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS.update(dict.fromkeys(functions, definition))
        return definition

    return note


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A ufunc met a variable."""
    name = ufunc.__name__
    if options.get("out") is not None:
        raise UntraceableError(IN_PLACE)
    if method == "reduce" and name in REDUCTIONS:
        return FUNCTIONS[REDUCTIONS[name]](*inputs, **{"axis": 0, **options})
    if method == "accumulate" and name in RUNNING:
        return FUNCTIONS[RUNNING[name]](*inputs, **{"axis": 0, **options})
    if name in ANSWERS_PLAINLY:
        return getattr(ufunc, method)(*[plain(a) for a in inputs], **options)
    if method == "outer" and name in RULES:
        a, b = (as_array(x) for x in inputs)
        return ufunc(a.reshape(a.shape + (1,) * b.ndim), b)
    if method != "__call__" or options:
        raise UntraceableError(unknown(f"np.{name} with {', '.join(options) or '.' + method}"))
    if name == "matmul":
        return record(arrays.MATMUL, operator.matmul, [operand(a) for a in inputs])
    if name in RULES:
        return elementwise(name, OPERATORS.get(name, ufunc), *inputs)
    raise UntraceableError(unknown(f"the ufunc {name}"))


def call_function(function: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Another numpy function met a variable."""
    if function in PLAIN:
        return function(*[_plain_all(a) for a in args], **options)
    definition = FUNCTIONS.get(function)
    if options.get("out") is not None:
        raise UntraceableError(IN_PLACE)
    module = getattr(function, "__module__", "numpy").replace("numpy", "np")
    name = f"{module}.{getattr(function, '__name__', function)}"
    if definition is None:
        raise UntraceableError(unknown(name))
    try:
        return definition(*args, **options)
    except TypeError as error:
        if "unexpected keyword" in str(error):
            raise UntraceableError(unknown(f"{name} with {', '.join(options)}")) from None
        raise


def _plain_all(a: Any) -> Any:
    return [plain(e) for e in a] if isinstance(a, (list, tuple)) else plain(a)


# Functions whose answer does not depend on x smoothly, or only on its shape.
PLAIN = {
    *(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like),
    *(np.argmax, np.argmin, np.argsort, np.searchsorted, np.nonzero, np.flatnonzero),
    *(np.count_nonzero, np.any, np.all, np.isclose, np.allclose, np.array_equal),
    *(np.isrealobj, np.iscomplexobj, np.result_type, np.array_repr, np.array_str, np.array2string),
}


Variable.ufunc_door = staticmethod(call_ufunc)
Variable.function_door = staticmethod(call_function)
