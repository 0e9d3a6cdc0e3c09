"""The sandpit: find the lowest point of ground that you cannot see.

A pit is a square of 6 m × 6 m, x and y running from 0 to 6. The ground under the sand is smooth. It
has from three to six hollows, and it rises towards the rim. Depth is the height of the ground in
metres, so it is negative, and lower is deeper. Everything follows from a seed: the same seed gives the
same pit and the same first dip on every machine.

The rule of `play`. A *dip* tells the depth and the slope of the ground at one point. The first dip is
made for you, at least 1 m away from the lowest point; after it you choose. A point outside the pit is
moved to the nearest point of the edge. **The game is won by the first dip within 0.1 m of the lowest
point**, measured in the plane, and lost when 25 dips, the first one included, are used up. In every pit
the lowest hollow is at least 0.4 m deeper than the next one, so there is never a tie, and its bottom
is at least 0.5 m away from the edge.

The rule of `descend`. Someone who only follows the ground cannot know of other hollows. There the game
is won at the first point within 0.1 m of the bottom of *any* hollow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Dip = tuple[Array, float, Array]
"""One dip: the point (2,), the depth there in metres, and the slope (2,), which points uphill."""

SIDE_M = 6.0
REACH_M = 0.1
DIPS = 25
HOLLOWS = (3, 6)
LEAD_M = 0.4
FLAT = 1e-2
"""Curvature in 1/m below which ground counts as flat."""
RIM_M = 0.5
FIRST_DISTANCE_M = 1.0


@dataclass(frozen=True, eq=False)
class Pit:
    """The ground of one sandpit; make it with `pit(seed)`.

    The ground is a shallow bowl with elliptical hollows dug into it,
    ``depth(p) = curve/2 (|p - c|² - 18) - Σ dug_k exp(-½ (p - centre_k)ᵀ shape_k (p - centre_k))``,
    where c = (3, 3) is the middle of the pit.

    Attributes
    ----------
    seed : int
        What the pit was made from.
    curve : float
        Curvature of the bowl, in 1/m.
    dug : ndarray of shape (k,)
        How deep each hollow was dug, in metres.
    centres : ndarray of shape (k, 2)
        Where it was dug, in metres. The lowest points lie near, not at, the centres.
    shapes : ndarray of shape (k, 2, 2)
        The matrix of each hollow's ellipse, in 1/m².
    hollows : ndarray of shape (j, 2)
        The bottoms of the hollows (all local minima), deepest first.
    """

    seed: int
    curve: float
    dug: Array
    centres: Array
    shapes: Array
    hollows: Array

    def depth(self, p: ArrayLike) -> Any:
        """Height of the ground at p, in metres, at most 0.

        Parameters
        ----------
        p : array_like of shape (2,) or (2, ...)
            One point, or many: p[0] holds every x and p[1] every y.

        Returns
        -------
        float or ndarray of shape (...)

        Examples
        --------
        >>> bool(pit(1).depth([3, 3]) < 0)
        True
        """
        p = _points(p)
        depth = _depth(self, p, _dug(self, p)[0])
        return float(depth) if p.ndim == 1 else depth

    def slope(self, p: ArrayLike) -> Array:
        """Exact gradient of `depth` at p, metre per metre, pointing uphill; shape of p."""
        p = _points(p)
        return _slope(self, p, *_dug(self, p))

    def hessian(self, p: ArrayLike) -> Array:
        """Exact second derivatives of `depth` at p (2,), shape (2, 2), in 1/m."""
        p = _points(p)
        if p.ndim != 1:
            raise ValueError(f"hessian wants one point of shape (2,), got shape {p.shape}")
        return _bend(self, p)

    @property
    def lowest(self) -> tuple[Array, float]:
        """The lowest point of the pit (2,) and its depth in metres."""
        return self.hollows[0].copy(), float(self.depth(self.hollows[0]))

    @property
    def first(self) -> Array:
        """Where the first dip of a game is made, shape (2,)."""
        rng = np.random.default_rng([self.seed, 1])
        while True:
            p = rng.uniform(0, SIDE_M, 2)
            if np.linalg.norm(p - self.hollows[0]) >= FIRST_DISTANCE_M:
                return p


@dataclass(frozen=True, eq=False)
class Game:
    """A finished game.

    Attributes
    ----------
    pit : Pit
        The pit that was played.
    history : list of (point, depth, slope)
        Every dip, the first one included.
    won : bool
        Whether the last dip was near enough.
    """

    pit: Pit
    history: list[Dip]
    won: bool

    @property
    def dips_used(self) -> int:
        """How many dips were made."""
        return len(self.history)


@lru_cache(maxsize=512)
def pit(seed: int) -> Pit:
    """Make the pit of a seed: at least three hollows, one of them clearly the deepest.

    Parameters
    ----------
    seed : int
        Any integer from 0 on.

    Examples
    --------
    >>> point, depth = pit(7).lowest
    >>> bool(np.linalg.norm(pit(7).slope(point)) < 1e-9)
    True
    """
    rng = np.random.default_rng([seed, 0])
    while True:
        ground = _dig(seed, rng)
        hollows = _find_hollows(ground)
        if _is_fair(ground, hollows):
            return Pit(seed, ground.curve, ground.dug, ground.centres, ground.shapes, hollows)


def play(
    next_dip: Callable[[list[Dip]], Any],
    seed: int,
    dips: int = DIPS,
    first: ArrayLike | None = None,
) -> Game:
    """Play one game: ask `next_dip` for points until it wins or the dips are used up.

    Parameters
    ----------
    next_dip : callable
        Takes a copy of the history, a list of (point (2,), depth, slope (2,)), and returns the
        next point (2,).
    seed : int
        Which pit.
    dips : int
        How many dips are allowed, the first one included.
    first : array_like of shape (2,), optional
        Where the first dip is made; by default a point drawn from the seed.

    Raises
    ------
    ValueError
        If `next_dip` returns anything but two finite numbers.

    Examples
    --------
    >>> game = play(lambda history: pit(3).lowest[0], seed=3)
    >>> game.won, game.dips_used
    (True, 2)
    """
    ground = pit(seed)
    goal = ground.hollows[:1]
    history = [_dip(ground, ground.first if first is None else _two_numbers(first, "first"))]
    while not _reached(history, goal) and len(history) < dips:
        answer = next_dip(_copy(history))
        history.append(_dip(ground, _two_numbers(answer, "what next_dip returns")))
    return Game(ground, history, _reached(history, goal))


def wins(next_dip: Callable[[list[Dip]], Any], seeds: Iterable[int]) -> int:
    """Count the pits of `seeds` that `next_dip` wins by the rule of `play`.

    Examples
    --------
    >>> wins(lambda history: [3, 3], range(10))
    0
    """
    return sum(play(next_dip, seed).won for seed in seeds)


def descend(next_step: Callable[[float, Array, Array], Any], seed: int, steps: int = DIPS) -> Game:
    """Follow the ground: x ← x + next_step(f, J, H), from the first dip of the pit.

    Parameters
    ----------
    next_step : callable
        Takes the depth f, the slope J (2,) and the Hessian H (2, 2) at x; returns the step (2,).
    seed : int
        Which pit.
    steps : int
        How many steps are allowed.

    Returns
    -------
    Game
        Won if the last point is within 0.1 m of the bottom of a hollow.

    Raises
    ------
    ValueError
        If `next_step` returns anything but two finite numbers.

    Examples
    --------
    >>> game = descend(lambda f, J, H: -0.1 * J, seed=0, steps=200)
    >>> game.won
    True
    """
    ground = pit(seed)
    history = [_dip(ground, ground.first)]
    while not _reached(history, ground.hollows) and len(history) <= steps:
        x, f, J = history[-1]
        answer = next_step(f, J.copy(), ground.hessian(x))
        history.append(_dip(ground, x + _two_numbers(answer, "what next_step returns")))
    return Game(ground, history, _reached(history, ground.hollows))


def _points(p: ArrayLike) -> Array:
    p = np.asarray(p, float)
    if p.ndim == 0 or p.shape[0] != 2:
        raise ValueError(
            f"a point of the pit is (x, y), shape (2,) or (2, ...), got shape {p.shape}"
        )
    return p


def _bowl(curve: float, p: Array) -> Array:
    middle = SIDE_M / 2
    return np.asarray(curve / 2 * (((p - middle) ** 2).sum(axis=0) - 2 * middle**2))


def _depth(ground: Pit, p: Array, dug: Array) -> Array:
    return np.asarray(_bowl(ground.curve, p) - dug.sum(axis=0))


def _slope(ground: Pit, p: Array, dug: Array, pull: Array) -> Array:
    slope = ground.curve * (p - SIDE_M / 2) + np.einsum("k...,ki...->i...", dug, pull)
    return np.asarray(slope)


def _dug(ground: Pit, p: Array) -> tuple[Array, Array]:
    """What each hollow digs at p, (k, ...), and its shape times the way from its centre, (k, 2, ...)."""
    away = p - ground.centres.reshape(-1, 2, *(1,) * (p.ndim - 1))
    pull = np.einsum("kij,kj...->ki...", ground.shapes, away)
    height = ground.dug.reshape(-1, *(1,) * (p.ndim - 1))
    return height * np.exp(-0.5 * (away * pull).sum(axis=1)), pull


def _bend(ground: Pit, p: Array) -> Array:
    """Second derivatives at p (2, ...), shape (..., 2, 2)."""
    dug, pull = _dug(ground, p)
    pull = np.moveaxis(pull, 1, -1)
    shapes = ground.shapes.reshape(-1, *(1,) * (p.ndim - 1), 2, 2)
    bend = shapes - pull[..., :, None] * pull[..., None, :]
    return np.asarray(ground.curve * np.eye(2) + np.einsum("k...,k...ij->...ij", dug, bend))


def _dig(seed: int, rng: np.random.Generator) -> Pit:
    count = int(rng.integers(4, 7))
    angle = rng.uniform(0, np.pi, count)
    across = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    width = rng.uniform(0.6, 1.0, (2, count, 1, 1))
    outer = np.stack([v[:, :, None] * v[:, None, :] for v in (across, along)])
    return Pit(
        seed,
        curve=float(rng.uniform(0.1, 0.3)),
        dug=rng.uniform(1.0, 4.0, count),
        centres=rng.uniform(0.8, SIDE_M - 0.8, (count, 2)),
        shapes=(outer / width**2).sum(axis=0),
        hollows=np.empty((0, 2)),
    )


def _find_hollows(ground: Pit) -> Array:
    """Every local minimum, deepest first: the low points of a fine grid, polished by Newton's method."""
    marks = np.linspace(0, SIDE_M, 61)
    depth = _depth_on_grid(ground, marks)
    inner = depth[1:-1, 1:-1]
    around = [
        depth[1 + i : 60 + i, 1 + j : 60 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    low = np.argwhere(np.all([inner <= near for near in around], axis=0)) + 1
    if len(low) < HOLLOWS[0]:
        return np.empty((0, 2))
    bottoms = _polish(ground, marks[low.T])
    return bottoms.T[np.argsort(ground.depth(bottoms), kind="stable")]


def _depth_on_grid(ground: Pit, marks: Array) -> Array:
    """`Pit.depth` at every pair of marks, (n, n), in less time: the squares are taken of the marks alone."""
    x, y = (marks - ground.centres[:, :, None]).transpose(1, 0, 2)
    shape = -0.5 * ground.shapes[:, :, :, None]
    bent = (2 * shape[:, 0, 1] * x)[:, :, None] * y[:, None, :]
    bent += (shape[:, 0, 0] * x**2)[:, :, None]
    bent += (shape[:, 1, 1] * y**2)[:, None, :]
    squares = (marks - SIDE_M / 2) ** 2
    bowl = ground.curve / 2 * (squares[:, None] + squares - SIDE_M**2 / 2)
    return np.asarray(bowl - np.tensordot(ground.dug, np.exp(bent, out=bent), 1))


def _polish(ground: Pit, starts: Array) -> Array:
    """The bottoms below points (2, n) by Newton's method, made to go downhill where the ground is nearly flat."""
    p, moves = starts, np.ones(starts.shape[1])
    for _ in range(100):
        curvatures, directions = np.linalg.eigh(_bend(ground, p))
        pull = np.einsum("nij,in->nj", directions, ground.slope(p))
        pull /= np.maximum(np.abs(curvatures), FLAT)
        step = moves * _shortened(ground, p, np.einsum("nij,nj->in", directions, pull))
        p = p - step
        moves[np.abs(step).max(axis=0) < 1e-14] = 0.0
        if not moves.any():
            break
    is_bottom = np.linalg.eigvalsh(_bend(ground, p))[:, 0] > FLAT
    return p[:, is_bottom & (np.linalg.norm(p - starts, axis=0) < 0.3)]


def _shortened(ground: Pit, p: Array, step: Array) -> Array:
    """The steps, halved until none leads uphill; rounding decides nothing below 1e-6 m."""
    depth = ground.depth(p)
    while True:
        uphill = (np.abs(step).max(axis=0) > 1e-6) & (ground.depth(p - step) > depth)
        if not uphill.any():
            return step
        step = np.where(uphill, step / 2, step)


def _is_fair(ground: Pit, hollows: Array) -> bool:
    if not HOLLOWS[0] <= len(hollows) <= HOLLOWS[1]:
        return False
    depths = ground.depth(hollows.T)
    lowest = hollows[0]
    inside = RIM_M <= lowest.min() and lowest.max() <= SIDE_M - RIM_M
    return bool(inside and depths[1] - depths[0] >= LEAD_M)


def _two_numbers(answer: Any, name: str) -> Array:
    try:
        point = np.asarray(answer, float)
    except (TypeError, ValueError):
        point = np.empty(0)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ValueError(f"{name} must be two finite numbers (x, y), got {answer!r}")
    return point


def _dip(ground: Pit, point: Array) -> Dip:
    p = np.minimum(np.maximum(point, 0.0), SIDE_M)
    dug, pull = _dug(ground, p)
    return p, float(_depth(ground, p, dug)), _slope(ground, p, dug, pull)


def _reached(history: Sequence[Dip], goals: Array) -> bool:
    away = goals - history[-1][0]
    return bool(np.sqrt((away * away).sum(axis=1)).min() <= REACH_M)


def _copy(history: list[Dip]) -> list[Dip]:
    return [(point.copy(), depth, slope.copy()) for point, depth, slope in history]
