"""Week 5: residuals and χ², lines and their uncertainty, models fitted by steps.

The heights lab keeps the interface of the classic one: f, dfdmu and dfdsig are global names, and a probe sets the
right ones before it asks for a step. Models are named in a probe; `helpers.drivers_week5` hands the answer the
functions. Fits are compared in units of the size they should have, so that 6 digits are asked of each parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize as scipy_optimize

from autograder.exercise import case, exercise
from helpers import datasets, functions, models

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]

DRIVERS = "helpers.drivers_week5:"
optimize: Any = scipy_optimize  # its types are narrower than what students hand it
FITTERS = (
    "numpy.polyfit",
    "numpy.polynomial",
    "numpy.linalg.lstsq",
    "scipy.linalg.lstsq",
    "scipy.stats",
    "scipy.optimize",
    "scipy.odr",
    "statistics.linear_regression",
    "sklearn",
    "statsmodels",
    "lmfit",
    "iminuit",
)
OPTIMISERS = (
    "scipy.optimize",
    "scipy.odr",
    "numpy.polyfit",
    "sklearn",
    "lmfit",
    "iminuit",
    "jaxopt",
    "optax",
)
DIFFERENTIATORS = (
    "helpers.derivatives",
    "helpers.autodiff",
    "helpers.taylor",
    "helpers.models.Model.jacobian",
    "scipy.differentiate",
    "scipy.optimize.approx_fprime",
    "scipy.optimize._numdiff",
    "scipy.stats",
    "numdifftools",
    "jax",
    "autograd",
    "torch",
    "sympy",
)
HEIGHTS_LIBRARIES = (
    *DIFFERENTIATORS,
    "helpers.drivers_week5._slope_mu",
    "helpers.drivers_week5._slope_sig",
)


def _arrays(*data: Any) -> tuple[Array, ...]:
    return tuple(np.array(values, float) for values in data)


def _noisy_line(rng: Rng, n: int, noise: float = 0.5) -> tuple[Array, Array]:
    """Points beside a line, no two at the same x."""
    x = np.round(np.sort(rng.uniform(-4, 9, n)) + 0.5 * np.arange(n), 2)
    slope, intercept = rng.uniform(0.5, 2) * rng.choice([-1, 1]), rng.uniform(-4, 4)
    y = slope * x + intercept + noise * rng.normal(size=n)
    return np.asarray(x), np.asarray(np.round(y, 2))


def _whole_line(rng: Rng, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same in whole numbers."""
    x, y = _noisy_line(rng, n, 1.0)
    return np.arange(n) * 3 + int(x[0]), np.round(3 * y).astype(int)


# ── chi_squared ───────────────────────────────────────────────────────────────────────


@exercise(points={"value": 1, "sigma": 1, "any data": 1}, rtol=1e-9)
def chi_squared(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    """The sum of ((y − y_fit)/σ)²."""
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return float(np.sum(((y - y_fit) / sigma) ** 2))


def _measured(rng: Rng, n: int) -> tuple[Array, Array]:
    y = np.round(rng.uniform(2, 6, n), 2)
    return y, np.round(y + rng.uniform(0.5, 2, n) * rng.choice([-1, 1], n), 2)


@chi_squared.probes("value")
def without_sigma(rng: Rng) -> Cases:
    yield np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    yield _measured(rng, 5)
    yield _measured(rng, 1)


@chi_squared.probes("sigma")
def with_sigma(rng: Rng) -> Cases:
    yield np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0]), 0.5
    yield *_measured(rng, 4), float(np.round(rng.uniform(1.5, 3), 2))
    yield *_measured(rng, 6), np.round(rng.uniform(0.2, 0.8, 6), 2)


@chi_squared.probes("any data")
def any_data(rng: Rng) -> Cases:
    y, y_fit = _measured(rng, 4)
    yield y.tolist(), y_fit.tolist()
    yield tuple(y.tolist()), y_fit, [0.5, 0.25, 2.0, 1.5]
    yield rng.integers(1, 9, 4), rng.integers(10, 19, 4).tolist(), [1, 2, 2, 4]


@chi_squared.mistake(
    "You added the residuals without squaring them, and misses to both sides cancel.",
    ask="What should a point 2 above the line and a point 2 below it add up to?",
)
def chi_without_squares(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return np.sum((y - y_fit) / sigma)


@chi_squared.mistake(
    "You added the sizes of the residuals, not their squares.",
    ask="How much more should a miss of 2 count than a miss of 1?",
)
def chi_of_sizes(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return np.sum(np.abs((y - y_fit) / sigma))


@chi_squared.mistake(
    "You squared the residual and divided by σ, which is still waiting for its square.",
    ask="In ((y − y_fit)/σ)², what does the square stand around?",
)
def chi_with_sigma_unsquared(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return np.sum((y - y_fit) ** 2 / sigma)


@chi_squared.mistake(
    "You left σ out of the sum.",
    ask="Which point should count more: one that is known well, or one that is known badly?",
)
def chi_without_sigma(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return chi_squared(y, y_fit)


@chi_squared.mistake(
    "You multiplied by σ, so the badly known points count the most.",
    ask="If σ doubles, should a miss of 1 count for more or for less?",
)
def chi_times_sigma(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return chi_squared(y, y_fit, 1 / np.array(sigma, float))


@chi_squared.mistake(
    "You took the mean of the squares, and χ² is their sum.",
    ask="What should happen to χ² when a second, equally good set of points is added?",
)
def chi_as_a_mean(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return chi_squared(y, y_fit, sigma) / len(y)


@chi_squared.mistake(
    "You took the square root at the end.",
    ask="Does the formula for χ² hold a root?",
)
def chi_with_a_root(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return np.sqrt(chi_squared(y, y_fit, sigma))


@chi_squared.mistake(
    "You added first and squared afterwards, so misses to both sides cancel.",
    ask="In Σ((y − y_fit)/σ)², does the square stand inside the sum or outside?",
)
def chi_squared_too_late(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return np.sum((y - y_fit) / sigma) ** 2


@chi_squared.mistake(
    "You halved the sum.",
    ask="Is there a factor in front of the sum in the formula for χ²?",
)
def chi_halved(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return chi_squared(y, y_fit, sigma) / 2


@chi_squared.mistake(
    "You divided by the degrees of freedom, and χ² itself was asked for.",
    ask="What is left of χ² once it has been divided by n − 2, and what of its formula?",
)
def chi_reduced(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return np.float64(chi_squared(y, y_fit, sigma)) / (len(y) - 2)


@chi_squared.mistake(
    "You returned one number for each point and did not add them up.",
    ask="How many numbers tell you whether one fit is better than another?",
)
def chi_not_added(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return ((y - y_fit) / sigma) ** 2


@chi_squared.mistake(
    "You divided by the fitted value, which is the χ² of counts in boxes.",
    ask="What says here how far a point may be expected to miss?",
)
def chi_of_counts(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    y, y_fit, sigma = _arrays(y, y_fit, sigma)
    return np.sum((y - y_fit) ** 2 / y_fit / sigma**0)


@chi_squared.mistake(
    "You treat the data as arrays, and they may come as lists.",
    ask="What turns a list, a tuple or whole numbers into an array of floats?",
    variants=[{"methods": False}],
)
def chi_of_arrays_only(y: Any, y_fit: Any, sigma: Any = 1.0, methods: bool = True) -> Any:
    if not methods:
        return np.sum(((y - y_fit) / sigma) ** 2)
    return float((((y - y_fit) / sigma) ** 2).sum() + 0 * y.sum() + 0 * y_fit.sum())


@chi_squared.style
def chi_by_a_loop(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    sigmas = [sigma] * len(y) if np.ndim(sigma) == 0 else sigma
    return sum(((a - b) / s) ** 2 for a, b, s in zip(y, y_fit, sigmas, strict=True))


@chi_squared.style
def chi_by_a_dot_product(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    r = (np.asarray(y) - np.asarray(y_fit)) / np.asarray(sigma)
    return r @ r


@chi_squared.style
def chi_as_an_array_without_shape(y: Any, y_fit: Any, sigma: Any = 1.0) -> Any:
    return np.array(np.sum(np.square(np.subtract(y, y_fit)) / np.square(sigma)))


# ── linfit ────────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 2, "large x": 1, "any data": 1, "no line": 1}, rtol=1e-6, refuses=FITTERS
)
def linfit(x: Any, y: Any) -> Any:
    """(m, c) of the least-squares line, by the centred normal equations."""
    x, y = _arrays(x, y)
    from_mean = x - x.mean()
    if np.abs(from_mean).max() <= 8 * np.finfo(float).eps * np.abs(x).max():
        raise ValueError("all x are equal: no line is better than all others")
    m = from_mean @ (y - y.mean()) / (from_mean @ from_mean)
    return float(m), float(y.mean() - m * x.mean())


def _centred(x: Any, y: Any) -> tuple[float, float]:
    """The same without asking whether the x differ."""
    x, y = _arrays(x, y)
    from_mean = x - x.mean()
    m = from_mean @ (y - y.mean()) / (from_mean @ from_mean)
    return m, y.mean() - m * x.mean()


def _guarded(x: Any) -> None:
    """Raise what the reference raises."""
    linfit(x, x)


@linfit.probes("value")
def noisy_lines(rng: Rng) -> Cases:
    yield np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0, 8.0])
    yield _noisy_line(rng, 8)
    yield _noisy_line(rng, 3)
    yield _noisy_line(rng, 2)
    x, y = _noisy_line(rng, 12)
    shuffled = rng.permutation(12)
    yield x[shuffled], y[shuffled]


@linfit.probes("large x")
def lines_in_seconds_since_1970(rng: Rng) -> Cases:
    for _ in range(2):
        x, y = _noisy_line(rng, 12)
        yield np.round(x - x.min(), 1) + 1.7e9 + float(rng.integers(0, 1000)), y
    x, y = _noisy_line(rng, 9)
    yield 1e-9 * x, y


@linfit.probes("any data")
def lines_of_any_data(rng: Rng) -> Cases:
    x, y = _noisy_line(rng, 6)
    yield x.tolist(), y.tolist()
    yield tuple(x.tolist()), y
    yield _whole_line(rng, 5)


@linfit.probes("no line")
def points_above_one_another(rng: Rng) -> Cases:
    y = np.round(rng.normal(size=3), 2)
    yield np.array([2.0, 2.0, 2.0]), y
    yield np.full(3, 0.1), y
    yield np.array([0.1 + 0.2, 0.3, 0.3]) * float(rng.choice([1, 2, 4])), y
    yield [5, 5, 5], y.tolist()


@linfit.mistake(
    "You gave the intercept first.",
    ask="Which of the two does the caller expect first, in m, c = linfit(x, y)?",
)
def line_the_other_way_round(x: Any, y: Any) -> Any:
    return linfit(x, y)[::-1]


GUARDS = ("rounding", "zero", "none")


@linfit.mistake(
    "You did not centre x, and near 1.7e9 the digits that matter are lost in the squares.",
    ask="How many digits do n Σx² and (Σx)² have in common when every x is near 1.7e9?",
    variants=[
        {"form": form, "guard": guard}
        for form in ("products", "sums", "means", "intercept first")
        for guard in GUARDS
    ],
)
def line_without_centring(x: Any, y: Any, form: str = "products", guard: str = "rounding") -> Any:
    if guard == "rounding":
        _guarded(x)
    x, y = _arrays(x, y)
    n, (Sx, Sy, Sxx, Sxy) = _plain_sums(x, y, form)
    below = n * Sxx - Sx * Sx
    if guard == "zero" and below == 0:
        raise ValueError("equal x")
    with np.errstate(all="ignore"):
        m = (n * Sxy - Sx * Sy) / (below if below or guard == "none" else 1.0)
    if form == "intercept first":
        return m, (Sxx * Sy - Sx * Sxy) / (below or 1.0)
    return m, (Sy - m * Sx) / n


def _plain_sums(x: Array, y: Array, form: str) -> tuple[int, Array]:
    """n, Σx, Σy, Σx² and Σxy as one or the other adds them up: near 1.7e9 a rounding makes worlds of difference."""
    if form == "products":
        return x.size, np.array([x.sum(), y.sum(), x @ x, x @ y])
    add = np.mean if form == "means" else np.sum
    return (1 if form == "means" else x.size), np.array([add(x), add(y), add(x * x), add(x * y)])


@linfit.mistake(
    "You solved the normal equations with a column of ones and uncentred x, which loses the digits of large x.",
    ask="How long and how alike are the two columns when every x is near 1.7e9?",
    variants=[{"how": how, "ones": ones} for how in ("solve", "inv", "pinv") for ones in (0, 1)],
)
def line_by_the_matrix(x: Any, y: Any, how: str = "pinv", ones: int = 1) -> Any:
    _guarded(x)
    x, y = _arrays(x, y)
    columns = [x, np.ones(x.size)]
    A = np.column_stack(columns if ones else columns[::-1])
    if how == "solve":
        b = np.linalg.solve(A.T @ A, A.T @ y)
    else:
        b = getattr(np.linalg, how)(A.T @ A) @ A.T @ y
    return tuple(b) if ones else tuple(b[::-1])


@linfit.mistake(
    "You fitted the line through the origin.",
    ask="What does your line answer at x = 0, and must it be that?",
    variants=[{"pass_the_middle": True}],
)
def line_through_the_origin(x: Any, y: Any, pass_the_middle: bool = False) -> Any:
    _guarded(x)
    x, y = _arrays(x, y)
    m = x @ y / (x @ x)
    return m, y.mean() - m * x.mean() if pass_the_middle else 0.0


@linfit.mistake(
    "You took ȳ for the intercept.",
    ask="How high is the line at x = x̄, and how high at x = 0?",
)
def line_with_the_mean_for_c(x: Any, y: Any) -> Any:
    m, _ = linfit(x, y)
    return m, float(np.mean(np.array(y, float)))


@linfit.mistake(
    "You took the mean of the slopes from point to point.",
    ask="What does a pair of neighbours that lie close together do to that mean?",
)
def line_of_mean_slope(x: Any, y: Any) -> Any:
    _guarded(x)
    x, y = _arrays(x, y)
    m = np.mean(np.diff(y) / np.diff(x))
    return m, y.mean() - m * x.mean()


@linfit.mistake(
    "You divided by the spread of y where the spread of x belongs.",
    ask="Which way are the residuals measured: along x, or along y?",
)
def line_of_x_on_y(x: Any, y: Any) -> Any:
    _guarded(x)
    x, y = _arrays(x, y)
    dx, dy = x - x.mean(), y - y.mean()
    m = dx @ dy / (dy @ dy)
    return m, y.mean() - m * x.mean()


@linfit.mistake(
    "You exchanged x and y, and fitted x as a function of y.",
    ask="Which of the two does the line predict?",
)
def line_with_axes_exchanged(x: Any, y: Any) -> Any:
    _guarded(x)
    return _centred(y, x)


@linfit.mistake(
    "You took the intercept from ȳ + m x̄.",
    ask="At x = x̄ the line passes through ȳ. Solve ȳ = m x̄ + c for c: which sign does m x̄ get?",
)
def line_with_a_wrong_sign(x: Any, y: Any) -> Any:
    m, c = linfit(x, y)
    return m, c + 2 * m * np.mean(np.array(x, float))


@linfit.mistake(
    "You drew the line through the first and the last point.",
    ask="What do all the other points say?",
)
def line_through_the_ends(x: Any, y: Any) -> Any:
    _guarded(x)
    m = (y[-1] - y[0]) / (x[-1] - x[0])
    return m, y[0] - m * x[0]


@linfit.mistake(
    "Your slope is the covariance divided by a different count than the variance was divided by.",
    ask="By which number does np.cov divide, and by which np.var?",
)
def line_of_mixed_counts(x: Any, y: Any) -> Any:
    _guarded(x)
    x, y = _arrays(x, y)
    m = np.cov(x, y)[0, 1] / np.var(x)
    return m, y.mean() - m * x.mean()


@linfit.mistake(
    "You divide by zero when all x are equal, and a ValueError was asked for.",
    ask="Which sum is zero when every x is the same, and where do you divide by it?",
)
def line_without_a_guard(x: Any, y: Any) -> Any:
    return _centred(x, y)


@linfit.mistake(
    "You notice equal x only when they are equal to the last bit.",
    ask="Are 0.1 + 0.2 and 0.3 the same number to Python, and are they to you?",
    variants=[{"exactly": "sum"}],
)
def line_guarded_by_zero(x: Any, y: Any, exactly: str = "range") -> Any:
    x, y = _arrays(x, y)
    d = x - x.mean()
    if (np.ptp(x) if exactly == "range" else d @ d) == 0:
        raise ValueError("equal x")
    return _centred(x, y)


@linfit.mistake(
    "You call x equal that differ by seconds: near 1.7e9, np.allclose lets whole hours pass for rounding.",
    ask="How large is 1e-5 of 1.7e9?",
)
def line_guarded_by_allclose(x: Any, y: Any) -> Any:
    if np.allclose(x, np.mean(x), atol=0):
        raise ValueError("equal x")
    return _centred(x, y)


@linfit.mistake(
    "You call x equal that lie closer together than a fixed number, whatever unit they are in.",
    ask="If x is in metres and the points are nanometres apart, are they the same?",
    variants=[{"least": least} for least in (1e-8, 1e-9, 1e-10, 1e-14)],
)
def line_guarded_by_a_number(x: Any, y: Any, least: float = 1e-12) -> Any:
    x, y = _arrays(x, y)
    if np.sum((x - x.mean()) ** 2) < least:
        raise ValueError("equal x")
    return _centred(x, y)


@linfit.mistake(
    "You treat x and y as arrays, and they may come as lists.",
    ask="What turns a list, a tuple or whole numbers into an array of floats?",
)
def line_of_arrays_only(x: Any, y: Any) -> Any:
    x.mean(), y.mean()
    return linfit(x, y)


@linfit.style
def line_by_a_loop(x: Any, y: Any) -> Any:
    n = len(x)
    x_mean, y_mean = sum(float(v) for v in x) / n, sum(float(v) for v in y) / n
    top = bottom = 0.0
    for a, b in zip(x, y, strict=True):
        top += (a - x_mean) * (b - y_mean)
        bottom += (a - x_mean) ** 2
    if bottom <= (1e-14 * max(abs(float(v)) for v in x)) ** 2 * n:
        raise ValueError("all x are equal")
    return [top / bottom, y_mean - top / bottom * x_mean]


@linfit.style
def line_by_covariance(x: Any, y: Any) -> Any:
    x, y = np.asarray(x, float), np.asarray(y, float)
    if np.ptp(x) <= 1e-14 * np.max(np.abs(x)):
        raise ValueError("all x are equal")
    (sxx, sxy), _ = np.cov(x, y)
    return np.array([sxy / sxx, np.mean(y) - sxy / sxx * np.mean(x)])


@linfit.style
def line_from_the_first_point(x: Any, y: Any) -> Any:
    x, y = np.array(x, float), np.array(y, float)
    shifted = x - x[0]
    d = shifted - shifted.mean()
    if np.max(np.abs(d)) < 1e-13 * np.max(np.abs(x)):
        raise ValueError("all x are equal")
    m = np.sum(d * y) / np.sum(d * d)
    return m, np.average(y) - m * np.average(x)


# ── line_uncertainty ──────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "any data": 1}, rtol=1e-6, refuses=FITTERS)
def line_uncertainty(x: Any, y: Any) -> Any:
    """(σ_m, σ_c) of the least-squares line, from the residual variance."""
    return _uncertainty(x, y)


def _uncertainty(
    x: Any,
    y: Any,
    free: int = 2,
    one: float = 1.0,
    middle: float = 1.0,
    spread: float = 1.0,
    residuals: Any = None,
) -> tuple[float, float]:
    """The two uncertainties, with parts that a slip may spoil."""
    x, y = _arrays(x, y)
    m, c = _centred(x, y)
    r = y - m * x - c if residuals is None else residuals
    variance = r @ r / (len(x) - free)
    sxx = np.sum((x - x.mean()) ** 2) * spread
    inside = one / len(x) + middle * x.mean() ** 2 / sxx
    return float(np.sqrt(variance / sxx)), float(np.sqrt(variance * inside))


@line_uncertainty.probes("value")
def scattered_lines(rng: Rng) -> Cases:
    yield np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0, 8.0])
    for n in (4, 9):
        yield _noisy_line(rng, n, 2.0)
    x, y = _noisy_line(rng, 6, 5.0)
    yield x / 5, y
    x, y = _noisy_line(rng, 3, 5.0)
    yield x / 3 + 8, y


@line_uncertainty.probes("any data")
def scattered_lines_of_any_data(rng: Rng) -> Cases:
    x, y = _noisy_line(rng, 6, 2.0)
    yield x.tolist(), tuple(y.tolist())
    yield _whole_line(rng, 5)


@line_uncertainty.mistake(
    "You divided the squares of the residuals by n, but the line has used up two of the points' freedoms.",
    ask="How large are the residuals of a line through two points, whatever the noise?",
)
def uncertainty_over_n(x: Any, y: Any) -> Any:
    return _uncertainty(x, y, free=0)


@line_uncertainty.mistake(
    "You took one degree of freedom away, and a line has more parameters than one.",
    ask="How many numbers were fitted before the residuals could be formed?",
)
def uncertainty_over_n_less_one(x: Any, y: Any) -> Any:
    return _uncertainty(x, y, free=1)


@line_uncertainty.mistake(
    "You returned variances, which are squares of the uncertainties.",
    ask="In which unit is σ_m, if y is in metres and x in seconds?",
)
def uncertainty_squared(x: Any, y: Any) -> Any:
    return tuple(value**2 for value in line_uncertainty(x, y))


@line_uncertainty.mistake(
    "Your σ_c lacks the part x̄²/Sxx: how the slope's uncertainty reaches back to x = 0.",
    ask="If all points lie near x = 100, how well is the height of the line at 0 known?",
)
def uncertainty_without_the_lever(x: Any, y: Any) -> Any:
    return _uncertainty(x, y, middle=0.0)


@line_uncertainty.mistake(
    "Your σ_c lacks the part 1/n: how well the middle of the points is known.",
    ask="If x̄ = 0, would you know the intercept without any error?",
)
def uncertainty_without_the_middle(x: Any, y: Any) -> Any:
    return _uncertainty(x, y, one=0.0)


@line_uncertainty.mistake(
    "You gave σ_c first.",
    ask="In which order does linfit return slope and intercept?",
)
def uncertainty_the_other_way_round(x: Any, y: Any) -> Any:
    return line_uncertainty(x, y)[::-1]


@line_uncertainty.mistake(
    "You divided by the variance of x, a mean, where the sum of squares belongs.",
    ask="Should the slope be better known after 1000 points than after 10?",
)
def uncertainty_with_a_mean_spread(x: Any, y: Any) -> Any:
    return _uncertainty(x, y, spread=1 / len(x))


@line_uncertainty.mistake(
    "You used the scatter of y about its mean, not about the line.",
    ask="If all points lie exactly on a steep line, what should the uncertainties be?",
)
def uncertainty_of_y_itself(x: Any, y: Any) -> Any:
    y = np.array(y, float)
    return _uncertainty(x, y, residuals=y - y.mean())


@line_uncertainty.mistake(
    "You set σ = 1 for every point, and the exercise asks for what the residuals say.",
    ask="What tells you how far the points scatter if nobody gives you σ?",
)
def uncertainty_of_unit_sigma(x: Any, y: Any) -> Any:
    n = len(x)
    return _uncertainty(x, y, residuals=np.full(n, np.sqrt((n - 2) / n)))


@line_uncertainty.style
def uncertainty_by_the_covariance_matrix(x: Any, y: Any) -> Any:
    A = np.column_stack([np.array(x, float), np.ones(len(x))])
    b = np.linalg.solve(A.T @ A, A.T @ np.array(y, float))
    r = np.array(y, float) - A @ b
    return np.sqrt(np.diag(r @ r / (len(x) - 2) * np.linalg.inv(A.T @ A)))


@line_uncertainty.style
def uncertainty_by_loops(x: Any, y: Any) -> Any:
    n = len(x)
    m, c = _centred(x, y)
    mean = sum(x) / n
    spread = sum((v - mean) ** 2 for v in x)
    left = sum((b - (m * a + c)) ** 2 for a, b in zip(x, y, strict=True))
    s = math.sqrt(left / (n - 2))
    return [s / math.sqrt(spread), s * math.sqrt(1 / n + mean**2 / spread)]


@line_uncertainty.style
def uncertainty_by_the_mean_square(x: Any, y: Any) -> Any:
    x, y = np.asarray(x, float), np.asarray(y, float)
    m, c = _centred(x, y)
    sigma_m = np.sqrt(np.sum((y - c - m * x) ** 2) / (x.size - 2) / (x.size * np.var(x)))
    return sigma_m, sigma_m * np.sqrt(np.mean(x**2))


# ── weighted_line ─────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any data": 1}, rtol=1e-6, refuses=FITTERS)
def weighted_line(x: Any, y: Any, sigma: Any) -> Any:
    """(m, c) with weights 1/σ²."""
    sigma = np.array(sigma, float)
    return _weighted(x, y, 1 / sigma**2)


def _weighted(x: Any, y: Any, w: Array, about: Array | None = None) -> tuple[float, float]:
    """The line with given weights; `about` weighs the means if they are others."""
    x, y = _arrays(x, y)
    w = np.broadcast_to(w, x.shape)
    about = w if about is None else about
    x_mean, y_mean = np.average(x, weights=about), np.average(y, weights=about)
    dx = x - x_mean
    m = np.sum(w * dx * (y - y_mean)) / np.sum(w * dx * dx)
    return float(m), float(y_mean - m * x_mean)


def _with_sigma(rng: Rng, n: int) -> tuple[Array, Array, Array]:
    x, y = _noisy_line(rng, n, 2.0)
    return x, y, np.round(rng.choice([0.3, 0.5, 2.0, 3.0], n) * rng.uniform(0.8, 1.2, n), 2)


@weighted_line.probes("value")
def lines_with_sigma(rng: Rng) -> Cases:
    yield np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0, 8.0]), np.array([1, 0.5, 1, 4.0])
    for n in (5, 9):
        yield _with_sigma(rng, n)
    x, y = _noisy_line(rng, 6, 2.0)
    yield x, y, np.full(6, 0.7)


@weighted_line.probes("any data")
def lines_with_sigma_of_any_data(rng: Rng) -> Cases:
    yield tuple(values.tolist() for values in _with_sigma(rng, 6))
    yield *_whole_line(rng, 5), np.array([1, 2, 3, 1, 4])
    yield *(values.tolist() for values in _whole_line(rng, 4)), (2, 1, 3, 5)


@weighted_line.mistake(
    "You gave every point the same weight.",
    ask="Where does σ enter your line?",
)
def weighted_by_nothing(x: Any, y: Any, sigma: Any) -> Any:
    return _centred(x, y)


@weighted_line.mistake(
    "You weighed with 1/σ, and in χ² the σ is squared.",
    ask="Which power of σ stands below each squared residual?",
)
def weighted_by_one_sigma(x: Any, y: Any, sigma: Any) -> Any:
    return _weighted(x, y, 1 / np.array(sigma, float))


@weighted_line.mistake(
    "You weighed with σ², so the worst points pull the hardest.",
    ask="Should a point with a large σ pull more or less?",
)
def weighted_by_sigma_squared(x: Any, y: Any, sigma: Any) -> Any:
    return _weighted(x, y, np.array(sigma, float) ** 2)


@weighted_line.mistake(
    "You weighed with 1/σ⁴: the square came in twice.",
    ask="If w = 1/σ², what do you multiply each squared residual by?",
)
def weighted_twice(x: Any, y: Any, sigma: Any) -> Any:
    return _weighted(x, y, np.array(sigma, float) ** -4)


@weighted_line.mistake(
    "Your means are unweighted, though your sums are weighted.",
    ask="Through which point does the best weighted line pass?",
)
def weighted_about_plain_means(x: Any, y: Any, sigma: Any) -> Any:
    sigma = np.array(sigma, float)
    return _weighted(x, y, 1 / sigma**2, np.ones(len(x)))


@weighted_line.mistake(
    "You divided x and y by σ and fitted a plain line, which belongs to other data.",
    ask="When every row m x + c = y is divided by σ, what becomes of the column of ones?",
    variants=[{"x_too": False}],
)
def weighted_by_scaled_data(x: Any, y: Any, sigma: Any, x_too: bool = True) -> Any:
    x, y, sigma = _arrays(x, y, sigma)
    return _centred(x / sigma if x_too else x, y / sigma)


@weighted_line.mistake(
    "In the slope only the sum above the line is weighted.",
    ask="In which of the two sums does w stand?",
)
def weighted_above_only(x: Any, y: Any, sigma: Any) -> Any:
    x, y, sigma = _arrays(x, y, sigma)
    w = 1 / sigma**2
    x_mean, y_mean = np.average(x, weights=w), np.average(y, weights=w)
    m = np.sum(w * (x - x_mean) * (y - y_mean)) / np.sum((x - x_mean) ** 2)
    return m, y_mean - m * x_mean


@weighted_line.mistake(
    "Your slope is weighted, and your intercept comes from the plain means.",
    ask="Through which point does the best weighted line pass?",
)
def weighted_with_a_plain_intercept(x: Any, y: Any, sigma: Any) -> Any:
    m, _ = weighted_line(x, y, sigma)
    return m, np.mean(np.array(y, float)) - m * np.mean(np.array(x, float))


@weighted_line.mistake(
    "You gave the intercept first.",
    ask="Which of the two does the caller expect first, in m, c = weighted_line(x, y, sigma)?",
)
def weighted_the_other_way_round(x: Any, y: Any, sigma: Any) -> Any:
    return weighted_line(x, y, sigma)[::-1]


@weighted_line.mistake(
    "You raised whole numbers to the power −2, which numpy refuses.",
    ask="What kind of numbers must σ be before you write σ**-2?",
)
def weighted_by_whole_powers(x: Any, y: Any, sigma: Any) -> Any:
    return _weighted(x, y, np.asarray(sigma) ** -2)


@weighted_line.style
def weighted_by_scaling_the_rows(x: Any, y: Any, sigma: Any) -> Any:
    x, y, sigma = _arrays(x, y, sigma)
    A = np.column_stack([x, np.ones(x.size)]) / sigma[:, None]
    return np.linalg.solve(A.T @ A, A.T @ (y / sigma))


@weighted_line.style
def weighted_by_plain_sums(x: Any, y: Any, sigma: Any) -> Any:
    x, y, w = np.asarray(x, float), np.asarray(y, float), 1 / np.square(np.asarray(sigma, float))
    S, Sx, Sy, Sxx, Sxy = (
        w.sum(),
        (w * x).sum(),
        (w * y).sum(),
        (w * x * x).sum(),
        (w * x * y).sum(),
    )
    D = S * Sxx - Sx**2
    return (S * Sxy - Sx * Sy) / D, (Sxx * Sy - Sx * Sxy) / D


@weighted_line.style
def weighted_by_a_diagonal_matrix(x: Any, y: Any, sigma: Any) -> Any:
    W = np.diag([1 / float(s) ** 2 for s in sigma])
    A = np.array([[float(v), 1.0] for v in x])
    m, c = np.linalg.inv(A.T @ W @ A) @ A.T @ W @ np.array(y, float)
    return float(m), float(c)


# ── design_matrix ─────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, rtol=1e-9)
def design_matrix(x: Any, degree: int) -> Any:
    """Powers of x, shape (len(x), degree + 1): column j is x**j."""
    return np.array(x, float)[:, None] ** np.arange(degree + 1)


@design_matrix.probes("value")
def powers_of_arrays(rng: Rng) -> Cases:
    yield np.array([1.0, 2.0, 3.0]), 2
    yield np.round(rng.uniform(-2, 2, 5), 2), 3
    yield np.round(rng.uniform(1, 2, 2), 2), 4
    yield np.round(rng.uniform(1, 2, 4), 2), 1
    yield np.append(0.0, np.round(rng.uniform(1, 2, 2), 2)), 0
    yield np.round(rng.uniform(1, 2, 1), 2), 3


@design_matrix.probes("any x")
def powers_of_any_x(rng: Rng) -> Cases:
    yield np.round(rng.uniform(-2, 2, 4), 2).tolist(), 2
    yield tuple(rng.integers(-5, 5, 3).tolist()), 3
    yield rng.integers(10, 40, 4), 6
    yield rng.integers(-3, 4, 5).tolist(), 1


@design_matrix.mistake(
    "Your powers fall from left to right, and column 0 should hold x⁰.",
    ask="Which power belongs into column 0?",
)
def powers_that_fall(x: Any, degree: int) -> Any:
    return design_matrix(x, degree)[:, ::-1]


@design_matrix.mistake(
    "Your matrix is transposed: each point should have a row.",
    ask="How many rows has a table of 50 points, fitted with a parabola?",
)
def powers_transposed(x: Any, degree: int) -> Any:
    return design_matrix(x, degree).T


@design_matrix.mistake(
    "One column is missing at the end: range stops before its last number.",
    ask="How many coefficients has a polynomial of degree 2?",
)
def powers_one_short(x: Any, degree: int) -> Any:
    return design_matrix(x, degree)[:, :-1]


@design_matrix.mistake(
    "Your columns begin with x itself, and the column of ones is missing.",
    ask="Which column would carry the constant of the polynomial?",
    variants=[{"more": 1}],
)
def powers_without_ones(x: Any, degree: int, more: int = 0) -> Any:
    return design_matrix(x, degree + more)[:, 1:]


@design_matrix.mistake(
    "You multiplied x by j where x should be raised to the power j.",
    ask="Which sign stands for a power in Python?",
)
def powers_as_multiples(x: Any, degree: int) -> Any:
    return np.outer(np.array(x, float), np.arange(degree + 1))


@design_matrix.mistake(
    "Your matrix holds whole numbers, and the fractions of the powers were cut off.",
    ask="Which kind of numbers must an array hold so that 1.5² fits into it?",
)
def powers_cut_off(x: Any, degree: int) -> Any:
    return np.array(x, float)[:, None].astype(int) ** np.arange(degree + 1)


@design_matrix.mistake(
    "You treat x as an array, and it may come as a list.",
    ask="What turns a list or a tuple into an array, which knows how to be raised to a power?",
    variants=[{"turn": True}],
)
def powers_of_arrays_only(x: Any, degree: int, turn: bool = False) -> Any:
    columns = [x**j for j in range(degree + 1)]
    return np.array(columns).T if turn else np.column_stack(columns)


@design_matrix.mistake(
    "You raised j to the power x.",
    ask="In x**j, which of the two stays the same down a column?",
)
def powers_turned_round(x: Any, degree: int) -> Any:
    return np.arange(degree + 1.0) ** np.array(x, float)[:, None]


@design_matrix.mistake(
    "Your column of ones holds zeros.",
    ask="What is x⁰, for any x?",
)
def powers_with_zeros(x: Any, degree: int) -> Any:
    A = design_matrix(x, degree)
    A[:, 0] = 0.0
    return A


@design_matrix.style
def powers_by_columns(x: Any, degree: int) -> Any:
    x = np.array(x, float)
    return np.column_stack([x**j for j in range(degree + 1)])


@design_matrix.style
def powers_as_lists(x: Any, degree: int) -> Any:
    return [[float(v) ** j for j in range(degree + 1)] for v in x]


@design_matrix.style
def powers_in_two_loops(x: Any, degree: int) -> Any:
    A = np.zeros((len(x), degree + 1))
    for i in range(len(x)):
        for j in range(degree + 1):
            A[i, j] = x[i] ** j
    return A


@design_matrix.style
def powers_of_whole_numbers(x: Any, degree: int) -> Any:
    return np.array([np.asarray(x) ** j for j in range(degree + 1)]).T


@design_matrix.style
def powers_by_vander(x: Any, degree: int) -> Any:
    return np.vander(np.asarray(x, float), degree + 1, increasing=True)


@design_matrix.style
def powers_column_after_column(x: Any, degree: int) -> Any:
    A = np.ones((len(x), degree + 1))
    for j in range(1, degree + 1):
        A[:, j] = A[:, j - 1] * np.asarray(x)
    return A


# ── gaussian, dfdmu, dfdsig ───────────────────────────────────────────────────────────


@exercise(points={"value": 2, "vectorised": 1}, rtol=1e-9, refuses=("scipy.stats", "statistics"))
def gaussian(x: Any, mu: Any, sig: Any) -> Any:
    """The normal density with mean mu and standard deviation sig."""
    return np.exp(-((x - mu) ** 2) / (2 * sig**2)) / (sig * np.sqrt(2 * np.pi))


def _bell(x: Any, mu: Any, sig: Any, half: float = 0.5) -> Any:
    return np.exp(-half * ((x - mu) / sig) ** 2)


def _near(rng: Rng, n: int | None = None) -> tuple[Any, float, float]:
    """x between half and two σ away from μ."""
    mu, sig = float(np.round(rng.uniform(-3, 3), 2)), float(np.round(rng.uniform(0.3, 0.7), 2))
    z = rng.uniform(0.5, 1.8, n) * rng.choice([-1, 1], n)
    x = np.round(mu + sig * z, 2)
    return (float(x) if n is None else x), mu, sig


@gaussian.probes("value")
def densities_at_a_point(rng: Rng) -> Cases:
    yield 1.0, 0.0, 1.0
    yield 0.5, 0.5, 0.25
    for _ in range(3):
        yield _near(rng)
    yield 2, 1, 2


@gaussian.probes("vectorised")
def densities_of_arrays(rng: Rng) -> Cases:
    yield _near(rng, 5)
    x, mu, sig = _near(rng, 6)
    yield x.reshape(2, 3), mu, sig
    yield np.arange(150, 160), 155, 6


@gaussian.mistake(
    "You left out the factor 1/σ, so the area under your curve is not 1.",
    ask="If a bell gets twice as wide, what must happen to its height?",
)
def density_without_sigma(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig) * sig


@gaussian.mistake(
    "You left out 1/√(2π).",
    ask="How high is the density with μ = 0 and σ = 1 at its top?",
)
def density_without_two_pi(x: Any, mu: Any, sig: Any) -> Any:
    return _bell(x, mu, sig) / sig


@gaussian.mistake(
    "The one half in the exponent is missing.",
    ask="How far has the bell fallen at one σ from its top: to 61 % or to 37 %?",
)
def density_without_the_half(x: Any, mu: Any, sig: Any) -> Any:
    return _bell(x, mu, sig, 1.0) / (sig * np.sqrt(2 * np.pi))


@gaussian.mistake(
    "You divided by σ in the exponent where σ² belongs.",
    ask="In which unit is (x − μ)², and what must cancel it?",
)
def density_with_sigma_unsquared(x: Any, mu: Any, sig: Any) -> Any:
    return np.exp(-((x - mu) ** 2) / (2 * sig)) / (sig * np.sqrt(2 * np.pi))


@gaussian.mistake(
    "You divided by σ² in front of the exponential, where σ belongs.",
    ask="In which unit is a density of heights, if heights are in centimetres?",
)
def density_over_the_variance(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig) / sig


@gaussian.mistake(
    "Your root holds σ: you took the square root of it along with 2π.",
    ask="In √(2πσ²), what becomes of σ² when it leaves the root?",
)
def density_with_sigma_in_the_root(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig) * np.sqrt(sig)


@gaussian.mistake(
    "You multiplied by the root: Python divides by the first factor only unless brackets say more.",
    ask="In which order does Python work out a / b * c?",
)
def density_without_brackets(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig) * 2 * np.pi


@gaussian.mistake(
    "You left out the whole factor in front, 1/(σ√(2π)).",
    ask="How large is the area under your curve, and how large should it be?",
)
def density_without_the_front(x: Any, mu: Any, sig: Any) -> Any:
    return _bell(x, mu, sig)


@gaussian.mistake(
    "Your exponent is multiplied by σ², because Python divides by the 2 only.",
    ask="In which order does Python work out a / 2 * b?",
)
def density_without_brackets_below(x: Any, mu: Any, sig: Any) -> Any:
    return np.exp(-((x - mu) ** 2) / 2 * sig**2) / (sig * np.sqrt(2 * np.pi))


@gaussian.mistake(
    "You took sig for the variance.",
    ask="Is sig in the unit of x, or in the unit of x²?",
)
def density_of_a_variance(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig**0.5)


@gaussian.mistake(
    "The root over 2π is missing.",
    ask="How high is the density with μ = 0 and σ = 1 at its top: 0.16 or 0.40?",
)
def density_without_the_root(x: Any, mu: Any, sig: Any) -> Any:
    return _bell(x, mu, sig) / (2 * np.pi * sig)


@gaussian.mistake(
    "You multiplied by σ in front of the exponential, where it divides.",
    ask="If a bell gets twice as wide, what must happen to its height?",
)
def density_times_sigma(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig) * sig**2


@gaussian.mistake(
    "Your exponent is positive, and the curve climbs away from μ.",
    ask="Where should the density be highest?",
)
def density_that_climbs(x: Any, mu: Any, sig: Any) -> Any:
    return _bell(x, mu, sig, -0.5) / (sig * np.sqrt(2 * np.pi))


@gaussian.mistake(
    "Your function takes one number only: math.exp cannot take an array.",
    ask="Which library has an exp that works on a whole array?",
)
def density_by_math(x: Any, mu: Any, sig: Any) -> Any:
    return math.exp(-((x - mu) ** 2) / (2 * sig**2)) / (sig * math.sqrt(2 * math.pi))


@gaussian.style
def density_in_the_classic_way(x: Any, mu: Any, sig: Any) -> Any:
    return np.exp(-((x - mu) ** 2) / (2 * sig**2)) / np.sqrt(2 * np.pi) / sig


@gaussian.style
def density_by_z(x: Any, mu: Any, sig: Any) -> Any:
    z = (np.asarray(x) - mu) / sig
    return (2 * np.pi * sig**2) ** -0.5 * np.exp(-z * z / 2)


@gaussian.style
def density_point_by_point(x: Any, mu: Any, sig: Any) -> Any:
    return np.vectorize(
        lambda v: math.e ** (-0.5 * ((v - mu) / sig) ** 2) / (sig * math.sqrt(2 * math.pi))
    )(x)


@exercise(points={"value": 1, "vectorised": 1}, rtol=1e-6, refuses=HEIGHTS_LIBRARIES)
def dfdmu(x: Any, mu: Any, sig: Any) -> Any:
    """∂f/∂μ of the normal density."""
    return gaussian(x, mu, sig) * (x - mu) / sig**2


def _slope_probes(rng: Rng, many: bool) -> Cases:
    drive = DRIVERS + "with_f"
    if many:
        yield case(*_near(rng, 5), drive=drive)
        yield case(np.arange(150, 160), 155, 6, drive=drive)
        return
    yield case(1.5, 0.5, 0.5, drive=drive)
    for _ in range(3):
        yield case(*_near(rng), drive=drive)


@dfdmu.probes("value")
def mu_slopes_at_a_point(rng: Rng) -> Cases:
    yield from _slope_probes(rng, many=False)


@dfdmu.probes("vectorised")
def mu_slopes_of_arrays(rng: Rng) -> Cases:
    yield from _slope_probes(rng, many=True)


@dfdmu.mistake(
    "Your sign is turned round: the inner derivative of (x − μ)² with respect to μ has a minus of its own.",
    ask="If μ moves towards x, does the density at x rise or fall?",
)
def mu_slope_turned_round(x: Any, mu: Any, sig: Any) -> Any:
    return -dfdmu(x, mu, sig)


@dfdmu.mistake(
    "You divided by σ where σ² belongs.",
    ask="What stands below (x − μ)² in the exponent?",
)
def mu_slope_over_sigma(x: Any, mu: Any, sig: Any) -> Any:
    return dfdmu(x, mu, sig) * sig


@dfdmu.mistake(
    "You forgot to divide by σ².",
    ask="Which constant stands in the exponent beside (x − μ)²?",
)
def mu_slope_over_nothing(x: Any, mu: Any, sig: Any) -> Any:
    return dfdmu(x, mu, sig) * sig**2


@dfdmu.mistake(
    "You differentiated the exponent, and the exponential itself has gone.",
    ask="What is the derivative of exp(u(μ)), all factors together?",
)
def mu_slope_of_the_exponent(x: Any, mu: Any, sig: Any) -> Any:
    return (x - mu) / sig**2 + 0.0


@dfdmu.mistake(
    "The 2 that comes down from the square and the 2 in 2σ² should cancel.",
    ask="What is the derivative of (x − μ)²/2 with respect to μ?",
    variants=[{"factor": 0.5}],
)
def mu_slope_with_a_two(x: Any, mu: Any, sig: Any, factor: float = 2.0) -> Any:
    return factor * dfdmu(x, mu, sig)


@dfdmu.mistake(
    "You divided by σ³ where σ² belongs.",
    ask="Which power of σ stands in the exponent, and does it change when μ moves?",
)
def mu_slope_over_sigma_cubed(x: Any, mu: Any, sig: Any) -> Any:
    return dfdmu(x, mu, sig) / sig


@dfdmu.mistake(
    "You returned the derivative with respect to σ.",
    ask="Which letter moves here, and which is held?",
    variants=[{"second": 0.0}],
)
def mu_slope_along_sigma(x: Any, mu: Any, sig: Any, second: float = 1.0) -> Any:
    return _sig_slope(x, mu, sig, second=second)


@dfdmu.mistake(
    "The inner derivative is missing: you returned the density.",
    ask="How fast does the exponent change when μ moves?",
)
def mu_slope_without_the_inside(x: Any, mu: Any, sig: Any) -> Any:
    return gaussian(x, mu, sig)


@dfdmu.style
def mu_slope_in_the_classic_way(x: Any, mu: Any, sig: Any) -> Any:
    return density_in_the_classic_way(x, mu, sig) * ((x - mu) / sig**2)


@dfdmu.style
def mu_slope_by_z(x: Any, mu: Any, sig: Any) -> Any:
    z = (x - mu) / sig
    return z * np.exp(-z * z / 2) / (np.sqrt(2 * np.pi) * sig**2)


@dfdmu.style
def mu_slope_by_a_difference(x: Any, mu: Any, sig: Any) -> Any:
    h = 1e-5
    return (gaussian(x, mu + h, sig) - gaussian(x, mu - h, sig)) / (2 * h)


@exercise(points={"value": 2, "vectorised": 1}, rtol=1e-6, refuses=HEIGHTS_LIBRARIES)
def dfdsig(x: Any, mu: Any, sig: Any) -> Any:
    """∂f/∂σ of the normal density."""
    return _sig_slope(x, mu, sig)


def _sig_slope(
    x: Any, mu: Any, sig: Any, power: int = 3, first: float = 1.0, second: float = 1.0
) -> Any:
    return gaussian(x, mu, sig) * (first * (x - mu) ** 2 / sig**power - second / sig)


@dfdsig.probes("value")
def sig_slopes_at_a_point(rng: Rng) -> Cases:
    yield from _slope_probes(rng, many=False)


@dfdsig.probes("vectorised")
def sig_slopes_of_arrays(rng: Rng) -> Cases:
    yield from _slope_probes(rng, many=True)


@dfdsig.mistake(
    "σ stands in two places, and you differentiated the exponent only.",
    ask="What does the product rule say about the 1/σ in front?",
)
def sig_slope_of_the_exponent_only(x: Any, mu: Any, sig: Any) -> Any:
    return _sig_slope(x, mu, sig, second=0.0)


@dfdsig.mistake(
    "σ stands in two places, and you differentiated the factor in front only.",
    ask="Does the exponent change when σ does?",
)
def sig_slope_of_the_front_only(x: Any, mu: Any, sig: Any) -> Any:
    return _sig_slope(x, mu, sig, first=0.0)


@dfdsig.mistake(
    "The power of σ below (x − μ)² is one too low.",
    ask="What is the derivative of σ⁻² with respect to σ?",
)
def sig_slope_over_sigma_squared(x: Any, mu: Any, sig: Any) -> Any:
    return _sig_slope(x, mu, sig, power=2)


@dfdsig.mistake(
    "Your whole answer has the wrong sign.",
    ask="At x = μ, does a wider bell stand higher or lower?",
)
def sig_slope_turned_round(x: Any, mu: Any, sig: Any) -> Any:
    return -_sig_slope(x, mu, sig)


@dfdsig.mistake(
    "You added the two parts, and the derivative of 1/σ is negative.",
    ask="Does 1/σ grow or shrink as σ grows?",
)
def sig_slope_of_two_plusses(x: Any, mu: Any, sig: Any) -> Any:
    return _sig_slope(x, mu, sig, second=-1.0)


@dfdsig.mistake(
    "The 2 that comes down from σ⁻² and the 2 in 2σ² should cancel.",
    ask="What is the derivative of −1/(2σ²) with respect to σ?",
    variants=[{"factor": 0.5}],
)
def sig_slope_with_a_two(x: Any, mu: Any, sig: Any, factor: float = 2.0) -> Any:
    return _sig_slope(x, mu, sig, first=factor)


@dfdsig.mistake(
    "Your minus stands before both parts, and the derivative of −σ⁻² is positive.",
    ask="At x far from μ, does a wider bell stand higher or lower?",
)
def sig_slope_of_two_minuses(x: Any, mu: Any, sig: Any) -> Any:
    return _sig_slope(x, mu, sig, first=-1.0)


@dfdsig.mistake(
    "You found the bracket, and the density that it multiplies has gone.",
    ask="What is the derivative of a product of exp(u(σ)) and 1/σ, all factors together?",
)
def sig_slope_of_the_bracket(x: Any, mu: Any, sig: Any) -> Any:
    return (x - mu) ** 2 / sig**3 - 1 / sig


@dfdsig.mistake(
    "You returned the derivative with respect to μ.",
    ask="Which letter moves here, and which is held?",
)
def sig_slope_along_mu(x: Any, mu: Any, sig: Any) -> Any:
    return dfdmu(x, mu, sig)


@dfdsig.style
def sig_slope_in_the_classic_way(x: Any, mu: Any, sig: Any) -> Any:
    f = density_in_the_classic_way
    return f(x, mu, sig) * ((x - mu) ** 2 / sig**3 - 1 / sig)


@dfdsig.style
def sig_slope_by_z(x: Any, mu: Any, sig: Any) -> Any:
    z = (x - mu) / sig
    return (z**2 - 1) * np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * sig**2)


@dfdsig.style
def sig_slope_by_the_product_rule(x: Any, mu: Any, sig: Any) -> Any:
    bell = np.exp(-((x - mu) ** 2) / (2 * sig**2))
    inner = (x - mu) ** 2 / sig**3
    return (-1 / sig**2 * bell + 1 / sig * bell * inner) / np.sqrt(2 * np.pi)


# ── steepest_step ─────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "aggression": 1}, rtol=1e-6, refuses=OPTIMISERS)
def steepest_step(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    """−aggression ∂χ²/∂(μ, σ) with χ² = Σ(y − f)²."""
    return -aggression * _chi_slopes(x, y, mu, sig)


def _chi_slopes(x: Array, y: Array, mu: float, sig: float) -> Array:
    residual = y - gaussian(x, mu, sig)
    return np.array([-2 * residual @ dfdmu(x, mu, sig), -2 * residual @ _sig_slope(x, mu, sig)])


def _heights(rng: Rng) -> tuple[Array, Array, float, float]:
    """Shares of people by height, and a bad guess of mean and spread."""
    mu, sig = rng.uniform(-1, 1), rng.uniform(0.5, 0.8)
    x = np.linspace(-3, 3, 25)
    y = gaussian(x, mu, sig) * (1 + 0.05 * rng.normal(size=25))
    guess = mu + rng.uniform(0.3, 0.6) * rng.choice([-1, 1]), sig * rng.uniform(1.2, 1.5)
    return x, np.round(y, 4), float(np.round(guess[0], 2)), float(np.round(guess[1], 2))


@steepest_step.probes("value")
def one_step(rng: Rng) -> Cases:
    for _ in range(3):
        yield case(*_heights(rng), 1.0, drive=DRIVERS + "with_slopes")


@steepest_step.probes("aggression")
def steps_of_other_aggression(rng: Rng) -> Cases:
    yield case(*_heights(rng), 0.5, drive=DRIVERS + "with_slopes")
    yield case(*_heights(rng), 20, drive=DRIVERS + "with_slopes")


@steepest_step.mistake(
    "Your step goes uphill: χ² would grow.",
    ask="Which sign turns the direction of steepest ascent into that of descent?",
)
def step_uphill(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return -steepest_step(x, y, mu, sig, aggression)


@steepest_step.mistake(
    "The 2 is missing that comes down from the square.",
    ask="What is the derivative of r² with respect to r?",
)
def step_without_the_two(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return steepest_step(x, y, mu, sig, aggression) / 2


@steepest_step.mistake(
    "You did not use the aggression.",
    ask="What should happen to the step when the caller doubles the last argument?",
)
def step_without_aggression(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return -_chi_slopes(x, y, mu, sig)


@steepest_step.mistake(
    "You divided by the number of points, and χ² is a sum.",
    ask="Does the formula of χ² here hold a mean?",
)
def step_of_the_mean(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return steepest_step(x, y, mu, sig, aggression) / len(x)


@steepest_step.mistake(
    "You gave the step of σ first.",
    ask="In which order do μ and σ stand among the arguments?",
)
def step_the_other_way_round(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return steepest_step(x, y, mu, sig, aggression)[::-1]


@steepest_step.mistake(
    "You returned a number for every point: the products still wait to be added up.",
    ask="What does @ do for two vectors that * does not?",
)
def step_not_added(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    residual = y - gaussian(x, mu, sig)
    slopes = np.array([dfdmu(x, mu, sig), _sig_slope(x, mu, sig)])
    return 2 * aggression * residual * slopes


@steepest_step.mistake(
    "The residual is missing: you added the slopes of f alone.",
    ask="If the curve fits perfectly, how long should the step be?",
)
def step_without_the_residual(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return 2 * aggression * np.array([dfdmu(x, mu, sig).sum(), _sig_slope(x, mu, sig).sum()])


@steepest_step.mistake(
    "You returned where the step leads, and the step alone was asked for.",
    ask="Who adds the step to (μ, σ): your function, or the loop that calls it?",
)
def step_already_taken(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return np.array([mu, sig]) + steepest_step(x, y, mu, sig, aggression)


@steepest_step.mistake(
    "You added the two parts of the step together.",
    ask="How many parameters should the step move, and may they move by different amounts?",
)
def step_in_one_number(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    return float(np.sum(steepest_step(x, y, mu, sig, aggression)))


@steepest_step.mistake(
    "You added up residuals and slopes apart, and multiplied the two sums.",
    ask="Which residual belongs to which slope: all to all, or each to that of its own x?",
)
def step_of_sums(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    r = np.sum(y - gaussian(x, mu, sig))
    slopes = np.array([np.sum(dfdmu(x, mu, sig)), np.sum(_sig_slope(x, mu, sig))])
    return 2 * aggression * r * slopes


@steepest_step.mistake(
    "You shortened the step to length 1 before you scaled it.",
    ask="Should the step shorten by itself as the valley floor comes near?",
)
def step_of_unit_length(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    step = steepest_step(x, y, mu, sig, aggression)
    return aggression * step / np.linalg.norm(step)


@steepest_step.style
def step_in_the_classic_way(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    f = gaussian
    J = np.array(
        [
            -2 * (y - f(x, mu, sig)) @ dfdmu(x, mu, sig),
            -2 * (y - f(x, mu, sig)) @ dfdsig(x, mu, sig),
        ]
    )
    return -J * aggression


@steepest_step.style
def step_by_a_matrix(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    J = np.column_stack([dfdmu(x, mu, sig), dfdsig(x, mu, sig)])
    return 2 * aggression * (y - gaussian(x, mu, sig)) @ J


@steepest_step.style
def step_by_a_loop(x: Any, y: Any, mu: float, sig: float, aggression: float) -> Any:
    steps = [0.0, 0.0]
    for a, b in zip(x, y, strict=True):
        r = b - gaussian(a, mu, sig)
        steps[0] += 2 * aggression * r * dfdmu(a, mu, sig)
        steps[1] += 2 * aggression * r * dfdsig(a, mu, sig)
    return tuple(steps)


# ── peak_jacobian ─────────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "any data": 1}, rtol=1e-6, refuses=DIFFERENTIATORS)
def peak_jacobian(x: Any, b: Any) -> Any:
    """Partial derivatives of (b₁/b₂) exp(−½((x − b₃)/b₂)²), shape (len(x), 3)."""
    return _peak_columns(x, b)


def _peak_columns(
    x: Any, b: Any, in_front: float = 1.0, inside: float = 1.0, along: float = 1.0
) -> Array:
    """The three columns, with parts that a slip may spoil."""
    x, b = _arrays(x, b)
    z = (x - b[2]) / b[1]
    bell = np.exp(-0.5 * z**2)
    second = b[0] / b[1] ** 2 * bell * (inside * z**2 - in_front)
    return np.column_stack([bell / b[1], second, along * b[0] / b[1] ** 2 * z * bell])


def _peak(rng: Rng, n: int) -> tuple[Array, Array]:
    b = np.round([rng.uniform(2, 5), rng.uniform(0.6, 0.9), rng.uniform(-1, 1)], 2)
    z = rng.uniform(0.4, 1.6, n) * rng.choice([-1, 1], n)
    return np.round(b[2] + b[1] * z, 2), b


@peak_jacobian.probes("value")
def peaks(rng: Rng) -> Cases:
    yield np.array([0.0, 1.0, 2.0, 3.0]), np.array([2.0, 0.5, 1.5])
    for n in (2, 5, 1):
        yield _peak(rng, n)
    x, b = _peak(rng, 3)
    yield x, b * np.array([-1, 2, 1])


@peak_jacobian.probes("any data")
def peaks_of_any_data(rng: Rng) -> Cases:
    x, b = _peak(rng, 4)
    yield x.tolist(), tuple(b.tolist())
    yield rng.integers(-3, 4, 3), np.array([3, 2, 1])


@peak_jacobian.mistake(
    "Your Jacobian is transposed: each x should have a row, each parameter a column.",
    ask="What does .shape say for 50 points?",
)
def peak_transposed(x: Any, b: Any) -> Any:
    return _peak_columns(x, b).T


@peak_jacobian.mistake(
    "In the second column you differentiated the exponential, and the b₁/b₂ in front also holds b₂.",
    ask="In how many places does b₂ stand?",
)
def peak_without_the_front(x: Any, b: Any) -> Any:
    return _peak_columns(x, b, in_front=0.0)


@peak_jacobian.mistake(
    "In the second column you differentiated the factor in front, and the exponent also holds b₂.",
    ask="In how many places does b₂ stand?",
)
def peak_without_the_exponent(x: Any, b: Any) -> Any:
    return _peak_columns(x, b, inside=0.0)


@peak_jacobian.mistake(
    "In the second column the part from b₁/b₂ has the wrong sign.",
    ask="Does b₁/b₂ grow or shrink as b₂ grows?",
)
def peak_with_a_growing_front(x: Any, b: Any) -> Any:
    return _peak_columns(x, b, in_front=-1.0)


@peak_jacobian.mistake(
    "The third column has the wrong sign: x − b₃ has an inner derivative of −1.",
    ask="If the peak moves right, does a point on its right flank rise or fall?",
)
def peak_with_a_turned_centre(x: Any, b: Any) -> Any:
    return _peak_columns(x, b, along=-1.0)


@peak_jacobian.mistake(
    "The third column lacks the 1/b₂ that comes from inside the square.",
    ask="What is the derivative of (x − b₃)/b₂ with respect to b₃?",
)
def peak_without_the_inside(x: Any, b: Any) -> Any:
    return _peak_columns(x, b, along=float(b[1]))


@peak_jacobian.mistake(
    "The first column lacks the 1/b₂ that stands beside b₁.",
    ask="By how much does the model grow when b₁ grows by 1, at the top of the peak?",
)
def peak_without_the_width(x: Any, b: Any) -> Any:
    J = np.array(peak_jacobian(x, b))
    J[:, 0] *= float(b[1])
    return J


@peak_jacobian.mistake(
    "The first column still holds b₁.",
    ask="What is the derivative of 5 b₁ with respect to b₁?",
)
def peak_with_b1_kept(x: Any, b: Any) -> Any:
    J = _peak_columns(x, b)
    return J * np.array([float(b[0]), 1, 1])


@peak_jacobian.mistake(
    "Columns two and three are exchanged: b₂ is the width, b₃ the centre.",
    ask="Which of b₂ and b₃ is taken away from x?",
)
def peak_with_columns_exchanged(x: Any, b: Any) -> Any:
    return _peak_columns(x, b)[:, [0, 2, 1]]


@peak_jacobian.mistake(
    "You treat x and b as arrays, and they may come as lists.",
    ask="What turns a list, a tuple or whole numbers into an array of floats?",
)
def peak_of_arrays_only(x: Any, b: Any) -> Any:
    return _peak_columns(x - 0 * b[2], b * 1.0)


@peak_jacobian.style
def peak_by_rows(x: Any, b: Any) -> Any:
    b1, b2, b3 = b
    rows = []
    for v in x:
        u = v - b3
        e = math.exp(-(u**2) / (2 * b2**2))
        rows.append([e / b2, b1 * e * (u**2 / b2**4 - 1 / b2**2), b1 / b2**3 * u * e])
    return rows


@peak_jacobian.style
def peak_by_transposing(x: Any, b: Any) -> Any:
    x, (b1, b2, b3) = np.asarray(x, float), np.asarray(b, float)
    y = b1 / b2 * np.exp(-0.5 * ((x - b3) / b2) ** 2)
    return np.array([y / b1, -y / b2 + y * (x - b3) ** 2 / b2**3, y * (x - b3) / b2**2]).T


@peak_jacobian.style
def peak_by_filling(x: Any, b: Any) -> Any:
    z = (np.asarray(x) - b[2]) / b[1]
    J = np.empty((len(z), 3))
    J[:, 0] = np.exp(-z * z / 2) / b[1]
    J[:, 1] = b[0] / b[1] * J[:, 0] * (z * z - 1)
    J[:, 2] = b[0] / b[1] * J[:, 0] * z
    return J


# ── descend ───────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 2, "any b0": 1, "leaves b0 alone": 1}, rtol=1e-9, unchanged="leaves b0 alone"
)
def descend(step: Function, b0: Any, steps: int) -> Any:
    """The path b0, b0 + step(b0), …: shape (steps + 1, n)."""
    path = [np.array(b0, float)]
    for _ in range(steps):
        path.append(path[-1] + step(path[-1]))
    return np.array(path)


def _contraction(rng: Rng, n: int) -> Function:
    """A step that leads to a point, not straight."""
    A = -0.3 * np.eye(n) + 0.15 * rng.uniform(-1, 1, (n, n))
    return functions.affine(A=A, b=rng.uniform(0.3, 1, n) * rng.choice([-1, 1], n))


def _start(rng: Rng, n: int) -> Array:
    return np.asarray(np.round(rng.uniform(1, 3, n) * rng.choice([-1, 1], n), 1))


@descend.probes("value")
def paths(rng: Rng) -> Cases:
    yield _contraction(rng, 2), np.array([3.0, -1.0]), 3
    yield _contraction(rng, 3), _start(rng, 3), 7
    yield _contraction(rng, 1), _start(rng, 1), 4
    yield functions.random("trig_map", rng, n=2), _start(rng, 2), 5
    yield _contraction(rng, 2), _start(rng, 2), 0


@descend.probes("any b0")
def paths_from_any_start(rng: Rng) -> Cases:
    yield _contraction(rng, 2), _start(rng, 2).tolist(), 4
    yield _contraction(rng, 3), tuple(_start(rng, 3).tolist()), 2
    yield _contraction(rng, 2), rng.integers(2, 5, 2), 3


@descend.probes("leaves b0 alone")
def paths_beside_b0(rng: Rng) -> Cases:
    yield _contraction(rng, 2), _start(rng, 2), 3


@descend.mistake(
    "You took the step away, and step(b) is the change to add.",
    ask="Which sign has the step already got inside step?",
)
def path_backwards(step: Function, b0: Any, steps: int) -> Any:
    return descend(lambda b: -step(b), b0, steps)


@descend.mistake(
    "Your path does not hold the start.",
    ask="How many points has a path of 3 steps?",
    variants=[{"empty": True}],
)
def path_without_the_start(step: Function, b0: Any, steps: int, empty: bool = False) -> Any:
    path = descend(step, b0, steps)[1:]
    return np.array(list(path)) if empty else path


@descend.mistake(
    "Your path is one step too long.",
    ask="How many points has a path of 3 steps?",
)
def path_one_long(step: Function, b0: Any, steps: int) -> Any:
    return descend(step, b0, steps + 1)


@descend.mistake(
    "You took the change for the new point.",
    ask="If step(b) is small, should the next point lie near b or near 0?",
)
def path_of_changes(step: Function, b0: Any, steps: int) -> Any:
    return descend(lambda b: step(b) - b, b0, steps)


@descend.mistake(
    "Your path ends one step early.",
    ask="If the start is the first row, how many rows follow after 3 steps?",
)
def path_one_short(step: Function, b0: Any, steps: int) -> Any:
    return descend(step, b0, steps)[: max(steps, 1)]


@descend.mistake(
    "You returned the last point, and the whole way was asked for.",
    ask="What would you need in order to draw the path?",
)
def path_without_its_way(step: Function, b0: Any, steps: int) -> Any:
    return descend(step, b0, steps)[-1]


@descend.mistake(
    "Every row is the last point: the list holds the same array again and again.",
    ask="Does b += step(b) make a new array, or change the one that is already in your list?",
)
def path_of_one_array(step: Function, b0: Any, steps: int) -> Any:
    path = descend(step, b0, steps)
    return np.tile(path[-1], (steps + 1, 1))


@descend.mistake(
    "You asked for the step at b0 each time.",
    ask="Where do you stand when the second step begins?",
)
def path_of_one_step(step: Function, b0: Any, steps: int) -> Any:
    b0 = np.array(b0, float)
    return b0 + np.outer(np.arange(steps + 1), step(b0))


@descend.mistake(
    "You returned the steps, and the places they lead to were asked for.",
    ask="Which of the two do you draw on a map?",
)
def path_of_steps(step: Function, b0: Any, steps: int) -> Any:
    path = descend(step, b0, steps)
    return np.vstack([path[:1], np.diff(path, axis=0)])


@descend.mistake(
    "Your path has a column for each point, and it should have a row.",
    ask="What is path[0] in your answer?",
)
def path_transposed(step: Function, b0: Any, steps: int) -> Any:
    return descend(step, b0, steps).T


@descend.mistake(
    "You stepped inside the b0 that you were given, and your caller's b0 is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=[{"convert": False}],
)
def path_inside_b0(step: Function, b0: Any, steps: int, convert: bool = True) -> Any:
    b = np.asarray(b0, float) if convert else b0
    path = [b.copy()]
    for _ in range(steps):
        b += step(b)
        path.append(b.copy())
    return np.array(path)


@descend.mistake(
    "Your path holds whole numbers when b0 does, and the steps were cut off.",
    ask="What kind of numbers does np.zeros_like make from whole ones?",
)
def path_of_whole_numbers(step: Function, b0: Any, steps: int) -> Any:
    b = np.array(b0)
    path = [b]
    for _ in range(steps):
        path.append((path[-1] + step(path[-1])).astype(b.dtype))
    return np.array(path)


@descend.style
def path_in_an_array(step: Function, b0: Any, steps: int) -> Any:
    path = np.zeros((steps + 1, len(b0)))
    path[0] = b0
    for k in range(steps):
        path[k + 1] = path[k] + step(path[k])
    return path


@descend.style
def path_as_lists(step: Function, b0: Any, steps: int) -> Any:
    b = [float(v) for v in b0]
    path = [b]
    for _ in range(steps):
        b = [float(v + s) for v, s in zip(b, step(np.array(b)), strict=True)]
        path.append(b)
    return path


@descend.style
def path_by_stacking(step: Function, b0: Any, steps: int) -> Any:
    b = np.asarray(b0, dtype=float)
    path = b[None]
    while len(path) <= steps:
        b = b + step(b)
        path = np.vstack([path, b])
    return path


# ── gauss_newton ──────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "steps": 2, "any data": 1}, rtol=1e-6, refuses=OPTIMISERS)
def gauss_newton(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    """The last b of Gauss–Newton's steps."""
    return _newton_path(model, jacobian, x, y, b0, steps)[-1]


def _newton_path(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int, share: float = 1.0
) -> list[Array]:
    x, y, b = _arrays(x, y, b0)
    path = [b]
    for _ in range(steps):
        J, r = jacobian(x, b), y - model(x, b)
        b = b + share * np.linalg.solve(J.T @ J, J.T @ r)
        path.append(b)
    return path


def _curve(name: str, x: Array, b: Any, noise: float, rng: Rng) -> tuple[str, Array, Array]:
    values = models.named(name)(x, np.array(b, float))
    return name, x, np.round(values + noise * rng.normal(size=x.size), 4)


def _decay(rng: Rng) -> tuple[str, Array, Array]:
    b = rng.uniform(3, 5), rng.uniform(0.5, 0.8)
    return _curve("decay", np.linspace(0, 4, 12), b, 0.1, rng)


def _growth(rng: Rng) -> tuple[str, Array, Array]:
    b = rng.uniform(4, 6), rng.uniform(2.5, 3), rng.uniform(0.9, 1.1)
    return _curve("rat42", np.linspace(0, 7, 15), b, 0.1, rng)


def _cooling(rng: Rng) -> tuple[str, Array, Array]:
    b = rng.uniform(1, 2), rng.uniform(4, 6), rng.uniform(0.6, 0.9)
    return _curve("cooling", np.linspace(0, 6, 14), b, 0.1, rng)


@gauss_newton.probes("value")
def fits_from_near(rng: Rng) -> Cases:
    drive = DRIVERS + "fit"
    yield case(*_decay(rng), np.array([3.0, 0.9]), drive=drive)
    yield case(*_growth(rng), np.array([4.5, 2.4, 0.9]), drive=drive)
    yield case(*_cooling(rng), np.array([1.0, 4.5, 0.9]), drive=drive)


@gauss_newton.probes("steps")
def a_few_steps(rng: Rng) -> Cases:
    drive = DRIVERS + "fit"
    yield case(*_decay(rng), np.array([3.0, 0.9]), 1, drive=drive)
    yield case(*_cooling(rng), np.array([1.0, 4.0, 1.0]), 2, drive=drive)
    yield case(*_growth(rng), np.array([4.0, 2.4, 0.9]), 3, drive=drive)


@gauss_newton.probes("any data")
def fits_of_any_data(rng: Rng) -> Cases:
    drive = DRIVERS + "fit"
    name, x, y = _decay(rng)
    yield case(name, x.tolist(), y.tolist(), [3.0, 0.9], drive=drive)
    yield case(*_growth(rng), np.array([4, 2, 1]), 2, drive=drive)


@gauss_newton.mistake(
    "You took the step away, so b walks away from the fit.",
    ask="If the model is too low everywhere (r > 0), should its height grow or shrink?",
)
def newton_backwards(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, steps, -1.0)[-1]


@gauss_newton.mistake(
    "You took one step fewer than asked.",
    ask="How many times does your loop run for steps=1?",
)
def newton_one_short(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, max(steps - 1, 0))[-1]


@gauss_newton.mistake(
    "You took one step more than asked.",
    ask="How many times does your loop run for steps=1?",
)
def newton_one_more(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, steps + 1)[-1]


@gauss_newton.mistake(
    "You pass over the number of steps that your caller gives.",
    ask="What should change when somebody calls your function with steps=1?",
)
def newton_ignoring_steps(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, 20)[-1]


@gauss_newton.mistake(
    "You kept the residuals and the Jacobian of the start.",
    ask="After b has moved, how far does the model miss the points?",
)
def newton_from_the_start_only(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    first, second = _newton_path(model, jacobian, x, y, b0, 1)
    return first + steps * (second - first)


@gauss_newton.mistake(
    "You kept the Jacobian of the start, while the slopes of the model change with b.",
    ask="At which b should jacobian be called in the second step?",
)
def newton_with_an_old_jacobian(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    first = np.array(b0, float)
    return _newton_path(model, lambda x, b: jacobian(x, first), x, y, b0, steps)[-1]


@gauss_newton.mistake(
    "You did not divide by JᵀJ: a step along Jᵀr alone is steepest descent.",
    ask="Which equations does the best step solve?",
)
def newton_without_the_bend(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    x, y, b = _arrays(x, y, b0)
    for _ in range(steps):
        b = b + jacobian(x, b).T @ (y - model(x, b))
    return b


@gauss_newton.mistake(
    "You put each step in the place of b, instead of adding it.",
    ask="Is the solution of the normal equations the new b, or the change that leads to it?",
)
def newton_replacing_b(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    x, y, b = _arrays(x, y, b0)
    for _ in range(steps):
        J, r = jacobian(x, b), y - model(x, b)
        b = np.linalg.pinv(J) @ r
    return b


@gauss_newton.mistake(
    "You took a single step, however many were asked for.",
    ask="Which lines of your function should be done steps times?",
)
def newton_of_one_step(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, 1)[-1]


@gauss_newton.mistake(
    "You kept the residuals of the start, while the model moves with b.",
    ask="After b has moved, how far does the model miss the points?",
)
def newton_with_old_residuals(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    x, y, b = _arrays(x, y, b0)
    r = y - model(x, b)
    for _ in range(steps):
        J = jacobian(x, b)
        b = b + np.linalg.solve(J.T @ J, J.T @ r)
    return b


@gauss_newton.mistake(
    "You doubled the step: the 2 of χ²'s slope and the 2 of its bend should cancel.",
    ask="If the model were a line, how many steps should reach the best fit?",
)
def newton_with_a_two(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, steps, 2.0)[-1]


@gauss_newton.mistake(
    "You took half of each step: the 2 of χ²'s slope and the 2 of its bend should cancel.",
    ask="If the model were a line, how many steps should reach the best fit?",
)
def newton_with_a_half(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return _newton_path(model, jacobian, x, y, b0, steps, 0.5)[-1]


@gauss_newton.mistake(
    "You returned the whole path, and the last b was asked for.",
    ask="How many numbers does a model of 2 parameters want?",
)
def newton_with_the_path(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    return np.array(_newton_path(model, jacobian, x, y, b0, steps))


@gauss_newton.mistake(
    "You returned the last step, and not the b it leads to.",
    ask="What is left of the last step once the fit has settled?",
)
def newton_returning_a_step(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    path = _newton_path(model, jacobian, x, y, b0, steps)
    return path[-1] - path[-2]


@gauss_newton.mistake(
    "Your b holds whole numbers when b0 does, and the steps were cut off.",
    ask="What kind of numbers must b hold so that half a step fits into it?",
)
def newton_in_whole_numbers(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    x, y = _arrays(x, y)
    b = np.array(b0)
    for _ in range(steps):
        J, r = jacobian(x, b), y - model(x, b)
        b[:] = b + np.linalg.solve(J.T @ J, J.T @ r)
    return b


@gauss_newton.mistake(
    "You stepped inside the b0 that you were given, and your caller's b0 is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
)
def newton_inside_b0(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    b = gauss_newton(model, jacobian, x, y, b0, steps)
    if isinstance(b0, np.ndarray) and b0.dtype.kind == "f":
        b0[:] = b
    return b


@gauss_newton.style
def newton_by_lstsq(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    b = np.asarray(b0, float)
    for _ in range(steps):
        b = b + np.linalg.lstsq(jacobian(x, b), np.asarray(y) - model(x, b), rcond=None)[0]
    return b


@gauss_newton.style
def newton_by_the_inverse(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    b = np.array(b0, dtype=float)
    for _ in range(steps):
        J = jacobian(np.array(x), b)
        r = model(np.array(x), b) - np.array(y)
        b -= np.linalg.inv(J.T @ J) @ J.T @ r
    return b.tolist()


@gauss_newton.style
def newton_that_stops_when_done(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 20
) -> Any:
    b = [float(v) for v in b0]
    for _ in range(steps):
        J = np.array(jacobian(x, np.array(b)))
        move = np.linalg.pinv(J) @ (np.array(y) - model(x, np.array(b)))
        b = [v + m for v, m in zip(b, move, strict=True)]
        if max(abs(move)) < 1e-12:
            break
    return tuple(b)


# ── levenberg_marquardt ───────────────────────────────────────────────────────────────


@exercise(points={"nist": 4, "far start": 1, "any data": 1}, rtol=1e-6, refuses=OPTIMISERS)
def levenberg_marquardt(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    """The b of the least χ², good to 6 digits."""
    return _damped(model, jacobian, x, y, b0)


def _damped(
    model: Function,
    jacobian: Function,
    x: Any,
    y: Any,
    b0: Any,
    damping: float = 1e-3,
    worse: float = 10.0,
    better: float = 0.1,
    steps: int = 500,
    tol: float = 1e-13,
    scaled: bool = True,
    sign: float = 1.0,
    careful: bool = True,
) -> Array:
    """Marquardt's steps, with parts that a slip may spoil."""
    x, y, b = _arrays(x, y, b0)
    r = y - model(x, b)
    for _ in range(steps):
        J = jacobian(x, b)
        A = J.T @ J
        D = np.diag(np.diag(A)) if scaled else np.eye(b.size)
        step = np.linalg.solve(A + damping * D, sign * J.T @ r)
        tried = y - model(x, b + step)
        if tried @ tried <= r @ r or not careful:
            b, r = b + step, tried
            damping *= better
            if np.all(np.abs(step) <= tol * np.abs(b)):
                break
        else:
            damping *= worse
            if damping > 1e20:
                break
    return b


def _in_units(name: str, x: Any, y: Any, b0: Any) -> Any:
    """A case whose parameters are compared in units of their size."""
    model = models.named(name)
    best = _damped(model, model.jacobian, x, y, b0)
    return case(name, x, y, b0, _size(best), drive=DRIVERS + "fit_in_units")


def _size(b: Array) -> Array:
    """The power of ten below each parameter: all that an answer's process may learn of what is wanted."""
    return np.asarray(10.0 ** np.floor(np.log10(np.abs(b))))


@levenberg_marquardt.probes("nist")
def certified_sets(rng: Rng) -> Cases:
    for name in datasets.NIST_NONLINEAR:
        data = datasets.load(name)
        best = np.array(list(data.certified.values()))
        yield case(
            name.removeprefix("nist_"),
            np.array(data["x"]),
            np.array(data["y"]),
            np.array(data.starts[1]),
            _size(best),
            drive=DRIVERS + "fit_in_units",
        )


@levenberg_marquardt.probes("nist")
def other_sets(rng: Rng) -> Cases:
    yield _in_units(*_cooling(rng), np.array([1.0, 4.0, 1.0]))
    yield _in_units(*_growth(rng), np.array([4.0, 2.4, 0.9]))


@levenberg_marquardt.probes("far start")
def decays_from_far(rng: Rng) -> Cases:
    for factor in (4.0, 8.0):
        b = np.array([rng.uniform(2, 4), rng.uniform(0.4, 0.8)])
        name, x, y = _curve("decay", np.linspace(0, 5, 12), b, 0.05, rng)
        yield _in_units(name, x, y, np.round(b * np.array([0.5, factor]), 2))


@levenberg_marquardt.probes("any data")
def damped_fits_of_any_data(rng: Rng) -> Cases:
    name, x, y = _decay(rng)
    yield _in_units(name, x.tolist(), tuple(y.tolist()), [3.0, 0.9])
    yield _in_units(*_growth(rng), np.array([4, 2, 1]))


@levenberg_marquardt.mistake(
    "These are Gauss–Newton's steps: without damping, a bad start throws b out of reach.",
    ask="What makes the step shorter when χ² would grow?",
)
def damped_by_nothing(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    x, y, b = _arrays(x, y, b0)
    for _ in range(60):
        J, r = jacobian(x, b), y - model(x, b)
        b = b + np.linalg.solve(J.T @ J, J.T @ r)
    return b


@levenberg_marquardt.mistake(
    "Your damping moves the wrong way: it grows after a good step and shrinks after a bad one.",
    ask="After a step that made χ² worse, should the next one be longer or shorter?",
)
def damped_the_wrong_way(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    return _damped(model, jacobian, x, y, b0, worse=0.1, better=10.0, steps=100)


@levenberg_marquardt.mistake(
    "You take every step, also those that make χ² larger.",
    ask="Where should b be after a step that made the fit worse?",
    variants=[{"damping": 1.0}],
)
def damped_but_careless(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, damping: float = 1e-3
) -> Any:
    return _damped(model, jacobian, x, y, b0, damping=damping, careful=False)


@levenberg_marquardt.mistake(
    "Your steps go uphill, none of them is ever taken, and the start comes back.",
    ask="If r = y − model, which sign has the step that makes r smaller?",
)
def damped_uphill(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    return _damped(model, jacobian, x, y, b0, sign=-1.0)


@levenberg_marquardt.mistake(
    "Your damping never changes, so the last digits creep.",
    ask="How large a damping does a step need once it lands close to the best fit?",
    variants=[{"damping": 0.1}, {"damping": 10.0}],
)
def damped_always_the_same(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, damping: float = 1.0
) -> Any:
    return _damped(model, jacobian, x, y, b0, damping=damping, worse=1.0, better=1.0, steps=100)


@levenberg_marquardt.mistake(
    "You stop while the steps still change the fourth digit.",
    ask="How small must a step be, compared with b, so that 6 digits stand?",
    variants=[{"tol": 1e-2}],
)
def damped_and_stopped_early(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, tol: float = 1e-3
) -> Any:
    return _damped(model, jacobian, x, y, b0, tol=tol)


@levenberg_marquardt.mistake(
    "You took a handful of steps and stopped before the fit had settled.",
    ask="What could tell your loop that it is done, in place of a fixed small number?",
    variants=[{"steps": 2}, {"steps": 5}],
)
def damped_for_few_steps(
    model: Function, jacobian: Function, x: Any, y: Any, b0: Any, steps: int = 3
) -> Any:
    return _damped(model, jacobian, x, y, b0, steps=steps)


@levenberg_marquardt.mistake(
    "You returned more than b.",
    ask="How many things does the caller unpack from b = levenberg_marquardt(…)?",
)
def damped_with_more(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    b = levenberg_marquardt(model, jacobian, x, y, b0)
    return b, float(np.sum((np.array(y) - model(x, b)) ** 2))


@levenberg_marquardt.mistake(
    "You stepped inside the b0 that you were given, and your caller's b0 is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
)
def damped_inside_b0(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    b = levenberg_marquardt(model, jacobian, x, y, b0)
    if isinstance(b0, np.ndarray) and b0.dtype.kind == "f":
        b0[:] = b
    return b


@levenberg_marquardt.style
def damped_by_levenberg(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    b, damping = np.array(b0, float), 1.0
    y = np.asarray(y, float)
    for _ in range(300):
        J, r = jacobian(x, b), y - model(x, b)
        step = np.linalg.inv(J.T @ J + damping * np.eye(len(b))) @ J.T @ r
        new = y - model(x, b + step)
        if np.sum(new**2) < np.sum(r**2):
            b, damping = b + step, damping / 10
        else:
            damping *= 10
    return list(b)


@levenberg_marquardt.style
def damped_by_a_taller_matrix(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    x, y, b = np.array(x), np.array(y), np.array(b0, dtype=float)
    damping, best = 0.01, np.sum((y - model(x, b)) ** 2)
    for _ in range(200):
        J = jacobian(x, b)
        size = np.sqrt(damping * np.sum(J**2, axis=0))
        tall = np.vstack([J, np.diag(size)])
        right = np.concatenate([y - model(x, b), np.zeros(b.size)])
        move = np.linalg.lstsq(tall, right, rcond=None)[0]
        chi2 = np.sum((y - model(x, b + move)) ** 2)
        if np.isfinite(chi2) and chi2 <= best:
            b, best, damping = b + move, chi2, damping / 5
        else:
            damping *= 4
        if np.linalg.norm(move / b) < 1e-10:
            break
    return b


@levenberg_marquardt.style
def damped_with_an_inner_loop(model: Function, jacobian: Function, x: Any, y: Any, b0: Any) -> Any:
    b, lam = np.array(b0, float), 1e-2

    def chi2(b: Any) -> Any:
        return np.sum((np.array(y) - model(x, b)) ** 2)

    for _ in range(100):
        J, r = jacobian(x, b), np.array(y) - model(x, b)
        A, g = J.T @ J, J.T @ r
        for _ in range(40):
            step = np.linalg.solve(A + lam * np.diag(A.diagonal()), g)
            if chi2(b + step) < chi2(b):
                b, lam = b + step, lam / 3
                break
            lam *= 2
        else:
            break
    return tuple(b)


# ── few_lines_fit ─────────────────────────────────────────────────────────────────────


@exercise(points={"parameters": 2, "errors": 2}, rtol={"parameters": 1e-4, "errors": 1e-3})
def few_lines_fit(model: Function, x: Any, y: Any, p0: Any) -> Any:
    """(b, standard errors scaled by the residuals) through a library."""
    return _library(model, x, y, p0)


def _library(model: Function, x: Any, y: Any, p0: Any, scaled: bool = True) -> tuple[Array, Array]:
    sigma = None if scaled else np.ones(len(x))
    b, covariance = optimize.curve_fit(
        lambda x, *b: model(x, np.array(b)), x, y, p0, sigma, absolute_sigma=not scaled
    )
    return b, np.sqrt(np.diag(covariance))


def _covariance(model: Function, x: Any, y: Any, p0: Any) -> Any:
    return optimize.curve_fit(lambda x, *b: model(x, np.array(b)), x, y, p0)[1]


@few_lines_fit.probes("parameters")
def library_fits(rng: Rng) -> Cases:
    drive = DRIVERS + "library_fit"
    yield case(*_decay(rng), np.array([3.0, 0.9]), drive=drive)
    yield case(*_growth(rng), np.array([4.0, 2.4, 0.9]), drive=drive)
    name, x, y = _cooling(rng)
    yield case(name, x.tolist(), y.tolist(), [1.0, 4.0, 1.0], drive=drive)


@few_lines_fit.probes("errors")
def library_fits_of_noisy_data(rng: Rng) -> Cases:
    drive = DRIVERS + "library_fit"
    x = np.linspace(0, 4, 9)
    yield case(*_curve("decay", x, (8, 0.5), 0.8, rng), np.array([6.0, 0.8]), drive=drive)
    x = np.linspace(0, 7, 10)
    yield case(*_curve("rat42", x, (20, 3, 1), 0.9, rng), [18.0, 2.5, 0.9], drive=drive)
    x = np.linspace(-3, 3, 8)
    yield case(*_curve("line", x, (2, 5), 1.5, rng), (1, 1), drive=drive)


@few_lines_fit.mistake(
    "You returned the covariance matrix, and the errors are the roots of its diagonal.",
    ask="Where in a covariance matrix do the variances stand?",
    variants=[{"rooted": True}],
)
def library_with_the_covariance(
    model: Function, x: Any, y: Any, p0: Any, rooted: bool = False
) -> Any:
    covariance = _covariance(model, x, y, p0)
    errors = np.sqrt(np.abs(covariance)) if rooted else covariance
    return _library(model, x, y, p0)[0], errors


@few_lines_fit.mistake(
    "You returned variances, which are squares of the standard errors.",
    ask="What turns a variance into a standard error?",
)
def library_with_variances(model: Function, x: Any, y: Any, p0: Any) -> Any:
    return _library(model, x, y, p0)[0], np.diag(_covariance(model, x, y, p0))


@few_lines_fit.mistake(
    "You returned b without its errors.",
    ask="How well is each parameter known?",
)
def library_without_errors(model: Function, x: Any, y: Any, p0: Any) -> Any:
    return _library(model, x, y, p0)[0]


@few_lines_fit.mistake(
    "Your errors are those of σ = 1, not scaled by the residuals.",
    ask="If every point were scattered ten times as far, what should happen to the errors?",
)
def library_with_unit_sigma(model: Function, x: Any, y: Any, p0: Any) -> Any:
    return _library(model, x, y, p0, scaled=False)


@few_lines_fit.mistake(
    "You divided the squares of the residuals by n and not by n less the number of parameters.",
    ask="How many numbers were fitted before the residuals could be formed?",
)
def library_over_n(model: Function, x: Any, y: Any, p0: Any) -> Any:
    b, errors = _library(model, x, y, p0)
    return b, errors * np.sqrt((len(x) - len(b)) / len(x))


@few_lines_fit.mistake(
    "The cost that least_squares gives is half the sum of squares, and your errors are too small by √2.",
    ask="What does the manual of least_squares say about the factor in front of its cost?",
)
def library_of_half_the_cost(model: Function, x: Any, y: Any, p0: Any) -> Any:
    b, errors = _library(model, x, y, p0)
    return b, errors / np.sqrt(2)


@few_lines_fit.mistake(
    "You divided by √n, as for a mean of n values, and the fit has done that already.",
    ask="If the number of points doubles, does the covariance that you were given stay as it is?",
)
def library_over_root_n(model: Function, x: Any, y: Any, p0: Any) -> Any:
    b, errors = _library(model, x, y, p0)
    return b, errors / np.sqrt(len(x))


@few_lines_fit.mistake(
    "curve_fit hands its parameters over one by one, and model takes them in one array.",
    ask="With how many arguments does curve_fit call its function when there are two parameters?",
)
def library_called_directly(model: Function, x: Any, y: Any, p0: Any) -> Any:
    b, covariance = optimize.curve_fit(model, x, y, p0)
    return b, np.sqrt(np.diag(covariance))


@few_lines_fit.mistake(
    "You gave the errors first.",
    ask="Which of the two does the caller expect first, in b, errors = few_lines_fit(…)?",
)
def library_the_other_way_round(model: Function, x: Any, y: Any, p0: Any) -> Any:
    return _library(model, x, y, p0)[::-1]


@few_lines_fit.style
def library_in_two_lines(model: Function, x: Any, y: Any, p0: Any) -> Any:
    b, covariance = optimize.curve_fit(lambda x, *b: model(x, b), x, y, p0=p0)
    return [list(b), list(np.sqrt(covariance.diagonal()))]


@few_lines_fit.style
def library_by_least_squares(model: Function, x: Any, y: Any, p0: Any) -> Any:
    found = optimize.least_squares(
        lambda b: model(np.array(x), b) - np.array(y), np.array(p0, float)
    )
    variance = 2 * found.cost / (len(x) - len(p0))
    return found.x, np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac) * variance))


@few_lines_fit.style
def library_by_leastsq(model: Function, x: Any, y: Any, p0: Any) -> Any:
    x, y = np.asarray(x, float), np.asarray(y, float)
    b, inverse, *_ = optimize.leastsq(lambda b: y - model(x, b), p0, full_output=True)
    r = y - model(x, b)
    return tuple(b), tuple(np.sqrt(np.diag(inverse) * (r @ r) / (len(x) - len(b))))


# ── residual_verdict ──────────────────────────────────────────────────────────────────


@exercise(points=2, view=DRIVERS + "sealed_words", is_value=True)
def residual_verdict() -> Any:
    """What the residuals say about the line through each of Anscombe's four sets."""
    return _verdict()


def _verdict(
    one: str = "fine", two: str = "curve", three: str = "outlier", four: str = "lever"
) -> Any:
    return {"1": one, "2": two, "3": three, "4": four}


@residual_verdict.mistake(
    "You trusted the numbers: four sets share a line, and only one of them deserves it.",
    ask="What do the residuals of the other three look like against x?",
)
def verdict_by_the_numbers() -> Any:
    return _verdict("fine", "fine", "fine", "fine")


@residual_verdict.mistake(
    "You exchanged sets 3 and 4.",
    ask="In which of the two do all points but one share the same x?",
)
def verdict_of_exchanged_points() -> Any:
    return _verdict(three="lever", four="outlier")


@residual_verdict.mistake(
    "In set 4 a single point has a small residual because it decides the line by itself.",
    ask="If you took the point at x = 19 away, which slope would be left?",
    variants=[{"four": "fine"}],
)
def verdict_of_two_outliers(four: str = "outlier") -> Any:
    return _verdict(four=four)


@residual_verdict.mistake(
    "The residuals of set 2 have a shape: low, high, low.",
    ask="What would noise do to the signs of neighbours?",
    variants=[{"two": "outlier"}],
)
def verdict_without_the_curve(two: str = "fine") -> Any:
    return _verdict(two=two)


@residual_verdict.mistake(
    "In set 3 one point lies far off, and the others lie on a line of their own.",
    ask="What do the residuals of set 3 look like if you cover the largest one?",
    variants=[{"three": "fine"}, {"three": "curve"}],
)
def verdict_without_the_outlier(three: str = "lever") -> Any:
    return _verdict(three=three)


@residual_verdict.mistake(
    "Set 1 scatters without a pattern, which is all that a line can ask for.",
    ask="Do the residuals of set 1 bend, jump, or hang on one point?",
    variants=[{"one": "outlier"}, {"one": "lever"}],
)
def verdict_that_doubts_the_good(one: str = "curve") -> Any:
    return _verdict(one=one)


@residual_verdict.style
def verdict_with_whole_number_keys() -> Any:
    return {1: "fine", 2: "curve", 3: "outlier", 4: "lever"}


@residual_verdict.style
def verdict_with_capitals() -> Any:
    return {"1": "Fine", "2": " curve", "3": "OUTLIER", "4": "Lever "}


@residual_verdict.style
def verdict_in_another_order() -> Any:
    return {4: "lever", 3: "outlier", 2: "curve", 1: "fine"}
