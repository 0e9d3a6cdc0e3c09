"""How the checks of week 4 use an answer that is more than a plain function of plain data.

Each driver is called with the answer first and plain data after it. Where the call that a student would type
looks different, a function of the same name with ``_text`` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from helpers.sandpit import descend

Function = Callable[..., Any]
STEPS = 50


class OutsideError(ValueError):
    """A function was asked for its value where it must not be."""


def inside(answer: Function, f: Function, dfdx: Function, a: float, b: float) -> Any:
    """``answer(f, dfdx, a, b)`` with an f that refuses to be called outside [a, b].

    Raises
    ------
    OutsideError
        If the answer calls f outside.

    Examples
    --------
    >>> inside(lambda f, dfdx, a, b: f(b + 1), np.sin, np.cos, 2.0, 4.0)
    Traceback (most recent call last):
    helpers.drivers_week4.OutsideError: f was called at x = 5, outside [2, 4]
    """

    def fenced(x: Any) -> Any:
        places = np.atleast_1d(np.asarray(x, float))
        strays = places[~((places >= a) & (places <= b))]
        if strays.size:
            raise OutsideError(f"f was called at x = {strays[0]:.6g}, outside [{a:.6g}, {b:.6g}]")
        return f(x)

    return answer(fenced, dfdx, a, b)


def inside_text(name: str, f: Function, dfdx: Function, a: float, b: float) -> str:
    """The call as it looks in the notebook."""
    shown = getattr(f, "__name__", "f")
    return f"{name}({shown}, dfdx, {a:.6g}, {b:.6g}), f being watched"


def descents(next_step: Function, seeds: Iterable[int]) -> int:
    """Count the pits of `seeds` in which `next_step` comes to the bottom of a hollow in 50 steps.

    See `helpers.sandpit.descend` for the rule.

    Examples
    --------
    >>> descents(lambda f, J, H: 0 * J, range(3))
    0
    """
    return sum(descend(next_step, seed, steps=STEPS).won for seed in seeds)
