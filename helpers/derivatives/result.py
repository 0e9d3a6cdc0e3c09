"""What a numerical derivative returns, and how it speaks when there is something to say."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ADVICE = {
    "kink": "the slopes on the two sides differ, so there is no derivative",
    "jump": "f jumps, so there is no derivative",
    "vertical": "the graph of f is vertical there, so there is no finite derivative",
    "nan": "f is not a number there, so check that the point is inside the domain of f",
    "infinite": "f is infinite there, so there is no derivative",
    "edge": "f is defined on one side only, so differentiate a little further inside",
    "noise": "f is too noisy for six digits, so trust the value as far as .error of full=True says",
    "unsettled": "the differences do not settle, so trust the value as far as .error of full=True says",
}
NOWHERE = ("kink", "jump", "nan", "infinite", "edge", "vertical")  # words that mean: no derivative


class DerivativeWarning(UserWarning):
    """The derivative does not exist at a point, or is not known to six digits there."""


@dataclass(frozen=True)
class Estimate:
    """A numerical derivative with what is known about it.

    Attributes
    ----------
    value : float or ndarray
        The derivative; nan where there is none.
    error : float or ndarray
        A cautious bound on the absolute error, shaped like value; inf where there is no derivative.
    note : str or ndarray of str
        "" where all is well, else one word: kink, jump, vertical, nan, infinite, edge (there is no
        derivative), noise or unsettled (six digits are not certain).
    """

    value: Any
    error: Any
    note: Any


def deliver(estimate: Estimate, full: bool, where: Callable[[int], str]) -> Any:
    """The estimate in full; or its value alone, with a warning if there is a note."""
    if np.shape(estimate.value) == ():
        estimate = Estimate(float(estimate.value), float(estimate.error), str(estimate.note))
    if full:
        return estimate
    words = np.ravel(estimate.note)
    noted = np.flatnonzero(words != "")
    if noted.size:
        word = str(words[noted[0]])
        more = f" and {noted.size - 1} more" if noted.size > 1 else ""
        message = f"{word} at {where(int(noted[0]))}{more}: {ADVICE[word]}"
        warnings.warn(message, DerivativeWarning, stacklevel=3)
    return estimate.value
