"""How the checks of week 0 use a class that a student has written.

The driver is called with the class first and plain data after it; the function of the same name with ``_text``
writes the call as it would be typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.expressions import evaluate


def run_dual(dual: Callable[[float, float], Any], program: str, at: dict[str, list[float]]) -> Any:
    """The value and the slope that a program gives, worked out with a student's class.

    Parameters
    ----------
    dual : type
        Makes a pair of a value and a slope; pairs have ``.value`` and ``.slope``.
    program : str
        See `helpers.expressions`.
    at : dict of str to [value, slope]
        The inputs.

    Returns
    -------
    dict
        ``value`` and ``slope`` of the result.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> run_dual(lambda v, s: SimpleNamespace(value=v, slope=s), "x", {"x": [2.0, 1.0]})
    {'value': 2.0, 'slope': 1.0}
    """
    result = evaluate(program, {name: dual(*pair) for name, pair in at.items()})
    return {"value": result.value, "slope": result.slope}


def run_dual_text(name: str, program: str, at: dict[str, list[float]]) -> str:
    """The program as it would be typed.

    Examples
    --------
    >>> run_dual_text("Dual", "c = x * x; c + 1", {"x": [2.0, 1.0]})
    'x = Dual(2.0, 1.0); c = x * x; c + 1'
    """
    inputs = (f"{letter} = {name}({value}, {slope})" for letter, (value, slope) in at.items())
    return "; ".join([*inputs, program])
