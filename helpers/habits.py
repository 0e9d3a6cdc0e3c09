"""How an answer to the sandpit moves, in one word: a clue for naming a slip, never a mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.sandpit import Dip

Point = NDArray[np.float64]
NextDip = Callable[[list[Dip]], Any]

PARALLEL = 1e-6
TOUCHING_M = 1e-6


def habit(next_dip: NextDip, history: list[Dip]) -> str:
    """Where `next_dip` goes after `history`, compared with what the dips said.

    Parameters
    ----------
    next_dip : callable
        Takes the history, a list of (point (2,), depth, slope (2,)); returns the next point (2,).
    history : list of (point, depth, slope)
        At least one dip.

    Returns
    -------
    str
        ``"no point"``; ``"dice"``, another answer when asked again; ``"again"``, a place already
        dipped; ``"blind"``, the same answer for other ground; ``"a step"``, the slope itself;
        ``"downhill from the last"`` and the like, also uphill, first, lowest and highest; or
        ``"elsewhere"``.

    Examples
    --------
    >>> history = [(np.array([2.0, 3.0]), -1.0, np.array([0.5, 0.1]))]
    >>> habit(lambda history: history[-1][0] + 0.1 * history[-1][2], history)
    'uphill from the last'
    >>> habit(lambda history: (3, 3), history)
    'blind'
    """
    point = _ask(next_dip, history)
    if point is None:
        return "no point"
    if not _touch(point, _ask(next_dip, history)):
        return "dice"
    if any(_touch(point, dip[0]) for dip in history):
        return "again"
    if _touch(point, _ask(next_dip, [_other_ground(dip) for dip in history])):
        return "blind"
    if any(_alignment(point, dip[2]) for dip in history):
        return "a step"
    return _heading(point, history)


def _ask(next_dip: NextDip, history: list[Dip]) -> Point | None:
    answer = next_dip([(point.copy(), depth, slope.copy()) for point, depth, slope in history])
    try:
        point = np.asarray(answer, float)
    except (TypeError, ValueError):
        return None
    return point if point.shape == (2,) and np.isfinite(point).all() else None


def _touch(left: Point, right: Point | None) -> bool:
    return right is not None and float(np.abs(left - right).max()) < TOUCHING_M


def _other_ground(dip: Dip) -> Dip:
    """The same place where the ground is upside down and slopes the other way."""
    point, depth, slope = dip
    return point, -5.0 - depth, np.array([-slope[1], 0.7 * slope[0]])


def _heading(point: Point, history: list[Dip]) -> str:
    by_depth = sorted(history, key=lambda dip: dip[1])
    bases = {
        "last": history[-1],
        "first": history[0],
        "lowest": by_depth[0],
        "highest": by_depth[-1],
    }
    for name, (base, _, slope) in bases.items():
        turn = _alignment(point - base, slope)
        if turn:
            return f"{'uphill' if turn > 0 else 'downhill'} from the {name}"
    return "elsewhere"


def _alignment(step: Point, slope: Point) -> int:
    """1 where a step runs along the slope, -1 where it runs against it, else 0."""
    lengths = float(np.linalg.norm(step) * np.linalg.norm(slope))
    if lengths == 0 or abs(step[0] * slope[1] - step[1] * slope[0]) > PARALLEL * lengths:
        return 0
    return 1 if step @ slope > 0 else -1
