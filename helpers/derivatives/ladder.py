"""A ladder of difference quotients, climbed down to a derivative with an error bound.

A central difference with step h errs by a h² + b h⁴ + …; two of them, with steps h and h/r, cancel
a, three cancel b (Richardson). Large steps lose to this truncation, tiny ones to the rounding of f.
The quotients of a ladder of steps are combined in every way, and the most consistent result is
kept. Three things are asked before it is believed:

* does the same combination one rung higher agree?
* do the slopes on the left and on the right agree? Their difference, extrapolated to step 0 as
  well, must vanish, or there is a kink;
* do the single quotients with finer steps, down to the anchors, agree within the rounding of f? If
  not, f is noisier than it looks, or has a feature that the ladder stepped over: a ladder with
  finer steps is tried.

Arrays here have one row per step, coarsest first, and one column ("lane") per derivative sought.

References
----------
L. F. Richardson, "The approximate arithmetical solution by finite differences of physical problems
involving differential equations", Phil. Trans. R. Soc. A 210 (1911) 307–357.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from helpers.derivatives.result import NOWHERE, Estimate

Array = np.ndarray[Any, np.dtype[Any]]

EPS = float(np.finfo(float).eps)
COLUMNS = 4  # how often the leading error term is cancelled
RUNGS = 7
FIRST_STEPS = 4.0 ** -np.arange(RUNGS)
ANCHOR_STEPS = 2.0 ** -np.array([17.0, 23.0, 30.0])
GOOD = 1e-8  # above this relative error a second ladder is climbed
FAIR = 1e-6  # above this one the reader is told


@dataclass(frozen=True)
class Quotients:
    """Difference quotients, arrays of shape (steps, lanes).

    Attributes
    ----------
    main : ndarray
        Estimates of the derivative, with errors in even powers of the step.
    check : ndarray
        Estimates of zero (right side against left), with errors in odd powers of the step.
    grain : ndarray
        Rounding of f: main may be wrong by grain / step**power.
    power : int
        The power of the step that f's differences are divided by.
    """

    main: Array
    check: Array
    grain: Array
    power: int = 1


Sampler = Callable[[Array, Array], Quotients]


@dataclass(frozen=True)
class Lanes:
    """Where the derivatives are sought, one lane each.

    Attributes
    ----------
    reach : ndarray
        Size of the coordinates that move, >= 0: the argument of f is rounded in proportion to it.
    scale : ndarray
        The coarsest step.
    centre : ndarray
        The value of f, finite where there can be a derivative.
    """

    reach: Array
    scale: Array
    centre: Array


@dataclass(frozen=True)
class Reading:
    """What one ladder says, lane by lane.

    Attributes
    ----------
    value, error : ndarray
        The derivative and a bound on its error.
    step : ndarray
        The finest step that entered the value.
    noise : ndarray
        The part of the error that rounding alone explains.
    size : ndarray
        The largest value of f that was met.
    doubtful : ndarray of bool
        Whether finer quotients disagree by more than rounding explains.
    """

    value: Array
    error: Array
    step: Array
    noise: Array
    size: Array
    doubtful: Array


Record = TypeVar("Record", Reading, Lanes)


def settle(sample: Sampler, lanes: Lanes) -> Estimate:
    """The derivative in every lane: one ladder for all, two more where it does not settle.

    Parameters
    ----------
    sample : callable
        ``sample(h, which)`` gives the `Quotients` with steps h of shape (k, p) of p lanes, whose
        numbers are in which.
    lanes : Lanes
        Arrays of shape (lanes,).

    Returns
    -------
    Estimate
        With arrays of shape (lanes,).
    """
    if not lanes.reach.size:
        return Estimate(np.empty(0), np.empty(0), np.empty(0, dtype="<U9"))
    steps = np.concatenate([FIRST_STEPS, ANCHOR_STEPS])
    h = steps[:, np.newaxis] * lanes.scale
    first = sample(h, np.arange(lanes.reach.size))
    reading = read(first, h, RUNGS, 4.0, lanes.reach)
    for choose in (_deep, _fine):
        again = _unsure(reading, GOOD) & np.isfinite(lanes.centre)
        if choose is _deep:  # finer steps are no cure for rounding
            again &= reading.doubtful | ~_rounded(reading)
        which = np.flatnonzero(again)
        if which.size:
            h_new, rungs, ratio = choose(_part(reading, which), _part(lanes, which))
            new = read(sample(h_new, which), h_new, rungs, ratio, lanes.reach[which])
            _put(reading, which, _better(_part(reading, which), new))
    return _verdict(reading, first, h, lanes)


def _deep(reading: Reading, lanes: Lanes) -> tuple[Array, int, float]:
    """A long ladder for small features: from a thousandth of the scale, or from a tiny x."""
    tiny = (lanes.reach > 0) & (lanes.reach < 1e-8 * lanes.scale)
    start = np.where(tiny, 256 * power_of_two(lanes.reach), lanes.scale / 1024)
    return start * 4.0 ** -np.arange(26)[:, np.newaxis], 26, 4.0


def _fine(reading: Reading, lanes: Lanes) -> tuple[Array, int, float]:
    """A dense ladder round the best steps so far, for the last digits; with the anchors again."""
    h = 64 * reading.step * 2.0 ** -np.arange(12)[:, np.newaxis]
    anchors = lanes.scale * ANCHOR_STEPS[:, np.newaxis]
    return np.concatenate([h, anchors]), 12, 2.0


def power_of_two(x: Array) -> Array:
    """The power of two at or below x > 0: steps of that size add to x without rounding."""
    return np.ldexp(0.5, np.frexp(x)[1])


def _cancel(T: Array, factor: float) -> Array:
    """Cancel the leading power of the step between neighbouring rungs."""
    better = np.diff(T, axis=0)
    better /= factor - 1
    better += T[1:]
    return better


def _table(q: Quotients, rungs: int, ratio: float, noise: Array) -> tuple[Array, Array, Array]:
    """Every combination: its value, its error and the row of its finest step."""
    T, U = q.main[:rungs], q.check[:rungs]
    values, errors, rows = [], [], []
    for column in range(COLUMNS + 1):
        error = np.abs(np.diff(T, axis=0))
        error += np.abs(U[1:])
        error += noise[column + 1 : rungs]
        values.append(T[1:])
        errors.append(error)
        rows.append(np.arange(column + 1, rungs))
        if column < COLUMNS:
            T = _cancel(T, ratio ** (2 * column + 2))
            U = _cancel(U, ratio ** (2 * column + 1))
    return np.concatenate(values), np.concatenate(errors), np.concatenate(rows)


def read(q: Quotients, h: Array, rungs: int, ratio: float, reach: Array) -> Reading:
    """The most consistent combination of the first rungs, held against every finer quotient.

    reach is the size of x, by whose last digit the argument of f may be off.
    """
    lane = np.arange(h.shape[1])
    with np.errstate(all="ignore"):
        steps = h**q.power if q.power > 1 else h
        values, errors, rows = _table(q, rungs, ratio, q.grain / steps)
        errors[~np.isfinite(errors)] = np.inf
        best = np.argmin(errors, axis=0)
        value, error, row = values[best, lane], errors[best, lane], rows[best]
        step, divisor = h[row, lane], steps[row, lane]
        truncation = np.abs(q.main[row, lane] - value) * (h / step) ** 2
        miss = np.abs(q.main - value) - error - truncation
        scatter = np.max(
            np.where((h < step) & (miss > 0) & np.isfinite(q.grain), miss * steps, 0.0), axis=0
        )
        grain = np.fmax.reduce(q.grain, axis=0)
        rounding = grain + EPS * reach**q.power * np.abs(value)
        last_digit = EPS * reach * 2 * np.abs(q.check[row, lane]) / step
        noise = (4 * scatter + grain) / divisor
        error = error + noise + last_digit
        error[np.isnan(error)] = np.inf
    return Reading(value, error, step, noise, grain / EPS, scatter > 100 * rounding)


def _better(old: Reading, new: Reading) -> Reading:
    """Lane by lane the reading with the smaller error.

    Where the two clash, f has a feature that only finer steps see, and these win, if they are sure
    of it; otherwise the clash becomes the error. A finer slope of exactly 0 is a stair of rounding.
    """
    with np.errstate(invalid="ignore"):
        gap = np.abs(new.value - old.value)
        clash = gap > old.error + new.error
        stair = (new.value == 0) & (10 * old.error < np.abs(old.value))
        finer = (new.step < old.step) & (3 * new.error < gap) & ~stair
        take = np.where(clash, finer, new.error < old.error)
    kept = Reading(
        old.value,
        old.error + np.where(clash, gap, 0.0),
        old.step,
        old.noise,
        np.fmax(old.size, new.size),
        clash | (old.doubtful & ~np.isfinite(gap)),
    )
    pairs = [(getattr(new, f.name), getattr(kept, f.name)) for f in fields(Reading)]
    return Reading(*(np.where(take, n, k) for n, k in pairs))


def _part(record: Record, which: Array) -> Record:
    return type(record)(*(getattr(record, f.name)[which] for f in fields(record)))


def _put(reading: Reading, which: Array, new: Reading) -> None:
    for f in fields(reading):
        getattr(reading, f.name)[which] = getattr(new, f.name)


def _unsure(r: Reading, tolerance: float) -> Array:
    """Whether the error is large against the derivative and 1 (or the size of f, if less)."""
    with np.errstate(invalid="ignore"):
        return r.doubtful | ~(r.error <= tolerance * np.fmax(np.abs(r.value), np.fmin(1.0, r.size)))


def _rounded(r: Reading) -> Array:
    """Whether the rounding of f explains most of the error."""
    return r.error < 30 * r.noise


def _verdict(r: Reading, first: Quotients, h: Array, lanes: Lanes) -> Estimate:
    """Value, error and, where the value is not fair, the word that says why."""
    note = np.full(r.value.shape, "", dtype="<U9")
    bad = np.flatnonzero(_unsure(r, FAIR) | ~np.isfinite(lanes.centre))
    if not bad.size:
        return Estimate(r.value, r.error, note)
    note[bad] = np.where((r.doubtful | _rounded(r))[bad], "noise", "unsettled")
    shape = _shape(
        Quotients(first.main[:, bad], first.check[:, bad], first.grain[:, bad], first.power),
        h[:, bad],
    )
    note[bad] = np.where(shape != "", shape, note[bad])
    note[np.isinf(lanes.centre)] = "infinite"
    note[np.isnan(lanes.centre)] = "nan"
    lost = np.isin(note, NOWHERE) | ~np.isfinite(r.error)
    return Estimate(np.where(lost, np.nan, r.value), np.where(lost, np.inf, r.error), note)


def _shape(q: Quotients, h: Array) -> Array:
    """What the finest quotients look like: an edge, a jump, a kink, a wall, or "" for none."""
    with np.errstate(all="ignore"):
        noise = q.grain / h**q.power
        small = 1e-6 / EPS * np.fmax.reduce(q.grain, axis=0)
        jump = _level(q.main * h, noise * h, small) | _level(q.check * h, noise * h, small)
        kink = _level(q.check, noise, 0.0 * small)
    tried = np.isfinite(q.grain)
    finest = h.shape[0] - 1 - np.argmax(tried[::-1], axis=0)
    edge = np.isnan(q.main[finest, np.arange(h.shape[1])]) | ~tried.any(axis=0)
    words = ["edge", "jump" if q.power == 1 else "kink", "kink", "vertical"]
    return np.asarray(np.select([edge, jump, kink, _climbs(q.main, noise, h)], words, ""))


def _level(values: Array, noise: Array, small: Array) -> Array:
    """Whether the three finest values that noise could not hide are one and the same constant."""
    size = np.abs(values)
    clear = 10 * noise < np.fmax.reduce(size, axis=0)
    last = clear & (np.cumsum(clear[::-1], axis=0)[::-1] <= 3)
    top = np.max(size, axis=0, where=last, initial=0.0)
    low = np.min(size, axis=0, where=last, initial=np.inf)
    above = np.all(~last | (size > np.fmax(10 * noise, small)), axis=0)
    return np.asarray(above & (last.sum(axis=0) == 3) & (top - low < 0.2 * top))


def _climbs(main: Array, noise: Array, h: Array) -> Array:
    """Whether the finest quotients grow without end, as a power of 1/h: f is vertical there."""
    finest = slice(-ANCHOR_STEPS.size, None)
    with np.errstate(all="ignore"):
        powers = -np.diff(np.log(np.abs(main[finest])), axis=0) / np.diff(np.log(h[finest]), axis=0)
        clear = np.all(np.abs(main[finest]) > 100 * noise[finest], axis=0)
        return np.asarray(clear & (powers > 0.05).all(axis=0) & (np.ptp(powers, axis=0) < 0.02))
