"""A ladder of difference quotients, climbed down to a derivative with an error bound.

A central difference with step h errs by a h² + b h⁴ + …; two of them, with steps h and h/r, cancel
a, three cancel b (Richardson). Large steps lose to this truncation, tiny ones to the rounding of f.
The quotients of a ladder of steps are combined in every way, and the most consistent result is
kept. Three things are asked before it is believed:

* does the same combination one rung higher agree?
* do the slopes on the left and on the right agree? Their difference, extrapolated to step 0 as
  well, must vanish, or there is a kink;
* do the single quotients with finer steps, down to the anchors, agree within the rounding of f? If
  not, f is noisier than it looks, or has a feature that the ladder stepped over.

Most derivatives settle on the first ladder. For the others the quotients tell from which step on they
agree, and a short ladder starts there; if that does not settle either, a long one is climbed.

Arrays here have one row per step, coarsest first, and one column ("lane") per derivative sought.

References
----------
L. F. Richardson, "The approximate arithmetical solution by finite differences of physical problems
involving differential equations", Phil. Trans. R. Soc. A 210 (1911) 307–357.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from helpers.derivatives.result import NOWHERE, Estimate

Array = np.ndarray[Any, np.dtype[Any]]

EPS = float(np.finfo(float).eps)
COLUMNS = 4  # how often the leading error term is cancelled
RUNGS = 5
FIRST_STEPS = 0.5 * 4.0 ** -np.arange(RUNGS)
ANCHOR_STEPS = 2.0 ** -np.array([15.0, 24.0])
LAST_STEPS = 2.0 ** -np.array([27.0, 30.0])  # more anchors, where a word is sought
GOOD = 1e-8  # above this relative error another ladder is climbed
CLEAN = 1e-7  # above this one, also against rounding
CAUTION = 2.0  # the error is what is known of it, times this,
MODESTY = 1e-12  # and never claims more digits
STAIR = 2e-12  # features that are smaller than this part of f are taken for rounding
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
    unseen : ndarray
        By how much finer quotients disagree where rounding cannot, though too little for a doubt.
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
    unseen: Array
    step: Array
    noise: Array
    size: Array
    doubtful: Array


Record = TypeVar("Record", Reading, Lanes, Quotients)
Choice = Callable[[Reading, Lanes, Quotients, Array], tuple[Array, float]]


def settle(sample: Sampler, lanes: Lanes) -> Estimate:
    """The derivative in every lane: one ladder for all, more where it does not settle.

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
    for choose in (_close, _deep, _fine):
        which = _hopeful(reading, lanes, choose)
        if which.size:
            now, seen = _part(reading, which), _part(first, which)
            h_new, ratio = choose(now, _part(lanes, which), seen, h[:, which])
            climbing = np.isfinite(h_new[0])
            which, h_new = which[climbing], h_new[:, climbing]
        if which.size:
            anchors = _anchors(_part(first, which), h[:, which], h_new[0])
            steps = np.concatenate([h_new, h[RUNGS:, which]])
            quotients = _stacked(sample(h_new, which), anchors)
            new = read(quotients, steps, h_new.shape[0], ratio, lanes.reach[which])
            _put(
                reading,
                which,
                _better(_part(reading, which), new, choose is not _close, first.power),
            )
    return _verdict(reading, first, h, lanes, sample)


def _hopeful(reading: Reading, lanes: Lanes, choose: Choice) -> Array:
    """The lanes for which this ladder may do better than what is known."""
    again = np.isfinite(lanes.centre)
    if choose is _fine:
        again &= _unsure(reading, CLEAN)
    else:  # finer steps are no cure for rounding
        again &= _unsure(reading, GOOD) & (reading.doubtful | ~_rounded(reading))
    return np.flatnonzero(again)


def _close(_: Reading, lanes: Lanes, first: Quotients, h: Array) -> tuple[Array, float]:
    """A short ladder from the step at which the quotients settle down; nan if there is none.

    There the change from one to the next falls below a quarter of the changes before, or of the
    quotient. It goes with the square of the step, which tells how much coarser one may start.
    """
    lane = np.arange(h.shape[1])
    with np.errstate(all="ignore"):
        noise = first.grain / h**first.power
        noise = noise[1:] + noise[:-1]
        change = np.nan_to_num(np.abs(np.diff(first.main, axis=0)), nan=np.inf)
        size = np.abs(first.main[1:])
        size[1:] = np.fmin(size[1:], np.maximum.accumulate(change)[:-1])
        calm = change <= np.fmax(size / 4, 4 * noise)
        calm = np.logical_and.accumulate(calm[::-1])[::-1]
        pair = np.argmax(calm, axis=0)
        bend = np.sqrt((np.fmax(change, noise) / size)[pair, lane])
        start = h[pair, lane] * np.fmax(0.25, np.fmin(0.5 / bend, 64.0))
    start = np.fmin(start, h[np.fmax(pair - 1, 0), lane] / 2)
    near_zero = (lanes.reach > 0) & (lanes.reach < 4 * h[-2])
    start = power_of_two(np.where(calm[-1], start, lanes.reach / 2))
    start = np.where(calm[-1] | near_zero, start, np.nan)
    return start * 4.0 ** -np.arange(5)[:, np.newaxis], 4.0


def _deep(reading: Reading, lanes: Lanes, first: Quotients, h: Array) -> tuple[Array, float]:
    """A long ladder for small features: from a thousandth of the scale, or from a tiny x."""
    tiny = (lanes.reach > 0) & (lanes.reach < 1e-8 * lanes.scale)
    start = np.where(tiny, 256 * power_of_two(lanes.reach), lanes.scale / 1024)
    h = start * 4.0 ** -np.arange(26)[:, np.newaxis]
    usable = np.any(h >= 8 * np.spacing(lanes.reach), axis=1)
    return h[: max(RUNGS, int(usable.sum()))], 4.0


def _fine(reading: Reading, lanes: Lanes, first: Quotients, h: Array) -> tuple[Array, float]:
    """A dense ladder round the best steps so far, for the last digits."""
    return 64 * reading.step * 2.0 ** -np.arange(10)[:, np.newaxis], 2.0


def _anchors(first: Quotients, h: Array, top: Array) -> Quotients:
    """The anchors of the first ladder, but for those with steps coarser than the top of another."""
    grain = np.where(h < top, first.grain, np.nan)
    return Quotients(first.main[RUNGS:], first.check[RUNGS:], grain[RUNGS:], first.power)


def _stacked(*ladders: Quotients) -> Quotients:
    """Several ladders as one."""
    main, check, grain = (
        np.concatenate([getattr(q, name) for q in ladders]) for name in ("main", "check", "grain")
    )
    return Quotients(main, check, grain, ladders[0].power)


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

    reach is the size of x. f may round x, as x * x does, and steps are chosen with that in mind; but
    beside a pole only the finest see anything, so that x is taken as exact where doubts remain.
    """
    cautious = _consistent(q, h, rungs, ratio, reach, EPS / 2)
    if q.power == 1 and cautious.doubtful.any():
        bold = _consistent(q, h, rungs, ratio, reach, 0.0)
        _put(
            cautious,
            which := np.flatnonzero(cautious.doubtful & ~bold.doubtful),
            _part(bold, which),
        )
    return cautious


def _consistent(
    q: Quotients, h: Array, rungs: int, ratio: float, reach: Array, shaken: float
) -> Reading:
    """The reading if x is rounded by that much on its way through f."""
    lane = np.arange(h.shape[1])
    with np.errstate(all="ignore"):
        steps = h**q.power if q.power > 1 else h
        shake = reach * np.abs(q.main) * (q.power == 1)
        values, errors, rows = _table(q, rungs, ratio, (q.grain + shaken * shake) / steps)
        errors[~np.isfinite(errors)] = np.inf
        best = np.argmin(errors, axis=0)
        value, error, row = values[best, lane], errors[best, lane], rows[best]
        step, divisor = h[row, lane], steps[row, lane]
        truncation = np.abs(q.main[row, lane] - value) * (h / step) ** 2
        one_sided = np.abs(q.check) - 2 * np.abs(q.check[row, lane]) * h / step
        off = np.abs(q.main - value)
        if q.power == 1:  # a bend's check also holds the coarser step before it
            off = np.fmax(off, one_sided)
        miss = off - error - truncation
        miss = np.where((h < step) & (miss > 0) & np.isfinite(q.grain), miss, 0.0)
        scatter = np.max(miss * steps, axis=0)
        grain = _roughest(q.grain, h <= 16 * step)
        rounding = grain + EPS * reach**q.power * np.abs(value)
        last_digit = EPS * reach * 2 * np.abs(q.check[row, lane]) / step
        noise = (4 * scatter + grain + EPS / 2 * shake[row, lane]) / divisor
        error = error + noise + last_digit
        doubtful = scatter > 100 * rounding
        sharp = (100 * rounding < GOOD * steps * np.fmax(np.abs(value), 1.0)) & ~doubtful
        unseen = np.max(np.where(sharp, miss - rounding / steps, 0.0), axis=0, initial=0.0)
        error[np.isnan(error)] = np.inf
        size = grain / EPS
    return Reading(value, error, unseen, step, noise, size, doubtful)


def _roughest(grain: Array, near: Array) -> Array:
    """The largest rounding met: f may lose digits on its way, but not those of a pole far off."""
    here = np.fmax.reduce(np.where(near, grain, 0.0), axis=0)
    return np.fmax(here, np.fmin(np.fmax.reduce(grain, axis=0), 1000 * np.fmax(here, EPS)))


def _better(old: Reading, new: Reading, settles: bool, power: int) -> Reading:
    """Lane by lane the reading with the smaller error.

    Where the two clash, f has a feature that only finer steps see, and these win, if they are sure
    of it; otherwise the clash becomes the error. A finer slope of exactly 0, or one that makes next to no
    difference to f, is a stair of rounding.
    """
    with np.errstate(invalid="ignore"):
        gap = np.abs(new.value - old.value)
        clash = gap > old.error + new.error
        stair = (new.value == 0) & (10 * old.error < np.abs(old.value))
        tiny = gap * new.step**power < STAIR * old.size
        stair |= tiny & (new.step < ANCHOR_STEPS[-1] / 64 * old.step)
        finer = (new.step < old.step) & (3 * new.error < gap) & ~stair
        take = np.where(clash, finer, new.error < old.error)
    kept = Reading(
        old.value,
        old.error + np.where(clash, gap, 0.0),
        np.fmax(old.unseen, new.unseen),
        old.step,
        old.noise,
        np.fmax(old.size, new.size),
        clash | (old.doubtful & ~(settles & np.isfinite(gap))),
    )
    pairs = [(getattr(new, f.name), getattr(kept, f.name)) for f in fields(Reading)]
    return Reading(*(np.where(take, n, k) for n, k in pairs))


def _part(record: Record, which: Array) -> Record:
    arrays: dict[str, Any] = {
        k: v[..., which] for k, v in vars(record).items() if isinstance(v, np.ndarray)
    }
    return replace(record, **arrays)


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


def _verdict(r: Reading, first: Quotients, h: Array, lanes: Lanes, sample: Sampler) -> Estimate:
    """Value, error and, where the value is not fair, the word that says why."""
    note = np.full(r.value.shape, "", dtype="<U9")
    error = CAUTION * (r.error + r.unseen) + MODESTY * np.abs(r.value)
    bad = np.flatnonzero(_unsure(r, FAIR) | ~np.isfinite(lanes.centre))
    if not bad.size:
        return Estimate(r.value, error, note)
    note[bad] = np.where((r.doubtful | _rounded(r))[bad], "noise", "unsettled")
    last = LAST_STEPS[:, np.newaxis] * lanes.scale[bad]
    rows = _stacked(_part(first, bad), sample(last, bad))
    shape = _shape(rows, np.concatenate([h[:, bad], last]))
    known = np.isfinite(error[bad]) & (shape == "edge")
    note[bad] = np.where((shape == "") | known, note[bad], shape)
    note[np.isinf(lanes.centre)] = "infinite"
    note[np.isnan(lanes.centre)] = "nan"
    lost = np.isin(note, NOWHERE) | ~np.isfinite(error)
    return Estimate(np.where(lost, np.nan, r.value), np.where(lost, np.inf, error), note)


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
    finest = slice(-3, None)
    with np.errstate(all="ignore"):
        powers = -np.diff(np.log(np.abs(main[finest])), axis=0) / np.diff(np.log(h[finest]), axis=0)
        clear = np.all(np.abs(main[finest]) > 100 * noise[finest], axis=0)
        return np.asarray(clear & (powers > 0.05).all(axis=0) & (np.ptp(powers, axis=0) < 0.02))
