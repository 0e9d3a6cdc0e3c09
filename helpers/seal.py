"""Seal the answer to a riddle: a check can compare it, and nobody reads it by accident.

A riddle's answer is a dict, and what is wanted has to lie beside the notebook for its visible check. Sealed, each
entry is a digest of itself and its key, so the file and the check's report give nothing away, and the number
of right entries still comes out.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

SEAL = "sealed "
LETTERS = 16


def sealed(answer: Any) -> Any:
    """A dict whose entries are sealed; anything else as it is.

    Equal numbers have the same seal, whatever their type; a number and its digits in quotes have not.

    Examples
    --------
    >>> sealed({"A": 3}) == sealed({"A": 3.0})
    True
    >>> sealed({"A": 3}) == sealed({"A": "3"}) or sealed({"A": 3}) == sealed({"A": 4})
    False
    >>> sealed([1, 2])
    [1, 2]
    """
    if not isinstance(answer, dict):
        return answer
    return {key: _seal(key, entry) for key, entry in answer.items()}


def is_sealed(value: Any) -> bool:
    """Whether a value is a sealed dict.

    Examples
    --------
    >>> is_sealed(sealed({"A": 3})), is_sealed({"A": 3}), is_sealed({})
    (True, False, False)
    """
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(entry, str) and entry.startswith(SEAL) for entry in value.values())


def _seal(key: Any, entry: Any) -> str:
    if isinstance(entry, np.ndarray | np.generic) and entry.ndim == 0:
        entry = entry.item()
    if isinstance(entry, int | float) and not isinstance(entry, bool) and abs(entry) < 2**53:
        entry = float(entry)
    digest = hashlib.sha256(f"{key!r}: {entry!r}".encode(errors="replace"))
    return SEAL + digest.hexdigest()[:LETTERS]
