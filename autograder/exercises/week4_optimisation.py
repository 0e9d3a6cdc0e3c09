"""Week 4: Newton's method and its safeguards, descent, line search, constraints, choosing a method.

Paths are compared point by point, so every probe is drawn calm: no iteration comes so near to where it
stops, or to the border of a basin, that rounding could decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from autograder.exercise import case, exercise
from helpers import functions
from helpers.functions import bowl
from helpers.sandpit import pit

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]

SOLVERS = (
    "scipy.optimize",
    "numpy.roots",
    "numpy.polynomial",
    "sympy",
    "mpmath",
    "jax",
    "torch",
    "autograd",
    "tensorflow",
    "sklearn",
)
DRIVERS = "helpers.drivers_week4:"


def _sizes(rng: Rng, least: float, most: float, shape: Any = None) -> Any:
    """Numbers of a size between `least` and `most`, with random signs."""
    return rng.uniform(least, most, shape) * rng.choice([-1.0, 1.0], shape)


def _point(rng: Rng, n: int) -> Array:
    return np.asarray(np.round(_sizes(rng, 0.3, 2.0, n), 2))


def _whole(rng: Rng, n: int) -> NDArray[np.int64]:
    return np.asarray(rng.integers(1, 4, n) * rng.choice([-1, 1], n))


def _positive(rng: Rng, *eigenvalues: float) -> Array:
    """A symmetric matrix with these eigenvalues."""
    n = len(eigenvalues)
    turn, _ = np.linalg.qr(rng.normal(size=(n, n)))
    A = turn @ np.diag(eigenvalues) @ turn.T
    return np.asarray((A + A.T) / 2)


def _hollow(rng: Rng, n: int) -> Any:
    """A quadratic with a minimum, curvatures from 0.5 to 3."""
    A = _positive(rng, *rng.uniform(0.5, 3.0, n))
    return functions.quadratic(A=A, b=_sizes(rng, 0.5, 2.0, n), c=1.0)


def _cubic(*roots: float, scale: float = 1.0) -> Any:
    """The polynomial with these roots."""
    return functions.polynomial(coefficients=scale * np.polynomial.polynomial.polyfromroots(roots))


def _poly(*coefficients: float) -> Any:
    return functions.polynomial(coefficients=coefficients)


# ── newton_raphson ────────────────────────────────────────────────────────────────────


@exercise(
    points={"path": 2, "stopping": 1, "failures": 1, "any x0": 1, "clues": 0}, refuses=SOLVERS
)
def newton_raphson(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    """The path of Newton's method, x0 first."""
    path = [float(x0)]
    for _ in range(max_steps):
        if abs(f(path[-1])) <= tol:
            return np.array(path)
        path.append(path[-1] - f(path[-1]) / _slope(dfdx, path[-1]))
    if abs(f(path[-1])) > tol:
        raise RuntimeError(f"|f| is still above {tol} after {max_steps} steps")
    return np.array(path)


def _slope(dfdx: Function, x: float) -> Any:
    slope = dfdx(x)
    if slope == 0:
        raise ZeroDivisionError(f"the slope is zero at {x}")
    return slope


def _newton_start(rng: Rng, tol: float = 1e-10, least: int = 3) -> tuple[Any, float]:
    """A curve and a start from which Newton's path is calm and stops clearly."""
    while True:
        kind = rng.integers(3)
        roots = rng.uniform(-2, 2, 3)
        if kind == 0:
            f = _cubic(*roots[:2])
        elif kind == 1:
            f = _cubic(*roots)
        else:
            f = functions.sinusoid(amplitude=2.0, frequency=1.0, phase=float(roots[0]))
        x0 = float(np.round(rng.uniform(-3, 3), 2))
        if _is_calm(f, x0, tol, least):
            return f, x0


def _is_calm(f: Any, x0: float, tol: float, least: int) -> bool:
    try:
        path = newton_raphson(f, f.derivative, x0, tol)
    except (ZeroDivisionError, RuntimeError):
        return False
    heights, slopes = np.abs(f(path)), np.abs(f.derivative(path))
    if not least < len(path) < 10:
        return False
    clear = heights[-2] > 30 * tol and heights[-1] < tol / 30
    tame = np.abs(path).max() < 6 and slopes.min() > 0.5 and np.abs(np.diff(path)).max() < 3
    return bool(clear and tame)


@newton_raphson.probes("path")
def paths_to_a_root(rng: Rng) -> Cases:
    yield _poly(-2.0, 0.0, 1.0), _poly(0.0, 2.0), 1.0
    for _ in range(4):
        f, x0 = _newton_start(rng)
        yield f, f.derivative, x0


@newton_raphson.probes("stopping")
def paths_that_stop(rng: Rng) -> Cases:
    f, x0 = _newton_start(rng, tol=1e-3)
    yield f, f.derivative, x0, 1e-3
    f, x0 = _newton_start(rng)
    yield f, f.derivative, x0, 1e-10, len(newton_raphson(f, f.derivative, x0)) - 1
    yield _cubic(0.5, 2.0), _cubic(0.5, 2.0).derivative, 2.0
    yield _poly(0.0, 0.0, 1.0), _poly(0.0, 2.0), 0.0
    yield _poly(-2.0, 0.0, 1.0), _poly(0.0, 2.0), 1.4, 0.1
    yield _poly(0.0, 1.0), _poly(1.0), 0.5, 0.5


@newton_raphson.probes("clues")
def paths_of_slips_that_arrive(rng: Rng) -> Cases:
    """On a straight line with a slope near 1, where wrong moves too come to the root, each in its own way."""
    slope = float(np.round(rng.uniform(0.6, 0.8), 2))
    yield _poly(-1.0, slope), _poly(slope), 2.0, 1e-3


@newton_raphson.probes("failures")
def paths_that_fail(rng: Rng) -> Cases:
    yield _poly(1.0, 0.0, 1.0), _poly(0.0, 2.0), 0.0
    yield _poly(1.0, 0.0, 1.0), _poly(0.0, 2.0), 1.0
    yield _poly(2.0, -2.0, 0.0, 1.0), _poly(-2.0, 0.0, 3.0), 0.0
    f, x0 = _newton_start(rng)
    yield f, f.derivative, x0, 1e-10, len(newton_raphson(f, f.derivative, x0)) - 2
    low = _cubic(
        -1.0, round(float(rng.uniform(0.5, 1.5)), 2), scale=1e-7
    )  # a slope that is not zero
    yield low, low.derivative, 3.0, 1e-12


@newton_raphson.probes("any x0")
def paths_from_whole_numbers(rng: Rng) -> Cases:
    yield _poly(-2.0, 0.0, 1.0), _poly(0.0, 2.0), 3
    f = _cubic(0.4, round(float(rng.uniform(-2.6, -2.0)), 2))
    yield f, f.derivative, int(rng.integers(2, 5))


def _hops(
    f: Function,
    dfdx: Function,
    x0: float,
    tol: float,
    max_steps: int,
    move: Callable[[float], float],
    done: Callable[[float], bool] | None = None,
) -> Array:
    """Newton's loop with another move or another way to stop."""
    path = [float(x0)]
    for _ in range(max_steps):
        if (done or (lambda x: abs(f(x)) <= tol))(path[-1]):
            return np.array(path)
        path.append(move(path[-1]))
    if abs(f(path[-1])) > tol:
        raise RuntimeError("no root")
    return np.array(path)


@newton_raphson.mistake(
    "You added f/f′, so you walk along the tangent away from the root.",
    ask="If f is positive and rising, on which side of you is the root?",
)
def newton_adds(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return _hops(f, dfdx, x0, tol, max_steps, lambda x: x + f(x) / _slope(dfdx, x))


@newton_raphson.mistake(
    "You returned the root alone, not the way to it.",
    ask="Which points does the figure of the hops show, and which of them did you keep?",
)
def newton_returns_the_root(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return newton_raphson(f, dfdx, x0, tol, max_steps)[-1]


@newton_raphson.mistake(
    "Your path begins after the first step, without x0.",
    ask="Where did you stand before the first step?",
)
def newton_without_the_start(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return newton_raphson(f, dfdx, x0, tol, max_steps)[1:]


@newton_raphson.mistake(
    "You stop one point too early: the point where f is small enough is missing.",
    ask="Is the new x put into the path before or after you ask whether you are done?",
)
def newton_without_the_end(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = newton_raphson(f, dfdx, x0, tol, max_steps)
    return path[:-1] if len(path) > 1 else path


@newton_raphson.mistake(
    "You stop when the step is small, and the exercise asks for f to be small.",
    ask="Which of the two does tol measure here: how far x moved, or how large f is?",
)
def newton_stops_by_the_step(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = [float(x0)]
    for _ in range(max_steps):
        path.append(path[-1] - f(path[-1]) / _slope(dfdx, path[-1]))
        if abs(path[-1] - path[-2]) <= tol:
            return np.array(path)
    raise RuntimeError("no root")


@newton_raphson.mistake(
    "You compare f with tol without taking its size, so a negative f counts as done.",
    ask="Is −5 smaller than 0.001, and is x a root where f is −5?",
)
def newton_without_abs(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = [float(x0)]
    for _ in range(max_steps):
        if f(path[-1]) <= tol:
            return np.array(path)
        path.append(path[-1] - f(path[-1]) / _slope(dfdx, path[-1]))
    if f(path[-1]) > tol:
        raise RuntimeError("no root")
    return np.array(path)


@newton_raphson.mistake(
    "You go on for all of max_steps, although f is small long before.",
    ask="When does a caller who gives tol want you to stop?",
)
def newton_never_stops(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    def move(x: float) -> float:
        return float(x - f(x) / _slope(dfdx, x))

    return _hops(f, dfdx, x0, tol, max_steps, move, lambda x: False)


@newton_raphson.mistake(
    "You use a tolerance of your own and pass over the tol that your caller gives.",
    ask="What should change in your path when somebody calls with tol=0.001?",
    variants=[{"own": 1e-12}, {"own": 1e-8}, {"own": 1e-6}],
)
def newton_with_its_own_tolerance(
    f: Function,
    dfdx: Function,
    x0: float,
    tol: float = 1e-10,
    max_steps: int = 50,
    own: float = 1e-10,
) -> Any:
    return newton_raphson(f, dfdx, x0, own, max_steps)


@newton_raphson.mistake(
    "You took the slope once, at x0, and used it for every hop.",
    ask="At which point does the tangent touch the curve in the second hop?",
)
def newton_with_one_slope(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return _hops(f, dfdx, x0, tol, max_steps, lambda x: x - f(x) / _slope(dfdx, x0))


@newton_raphson.mistake(
    "You divided the slope by the height; it is the other way round.",
    ask="How far must you go along a slope of 2 to come down by 6?",
)
def newton_upside_down(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return _hops(f, dfdx, x0, tol, max_steps, lambda x: x - dfdx(x) / f(x))


@newton_raphson.mistake(
    "You let a division by a zero slope pass, and numpy made inf or nan of it without an error.",
    ask="What does your code do when dfdx(x) is exactly 0?",
)
def newton_divides_by_zero(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    with np.errstate(all="ignore"):
        return _hops(f, dfdx, x0, tol, max_steps, lambda x: x - f(x) / np.float64(dfdx(x)))


@newton_raphson.mistake(
    "You return a path although f is still large at its end.",
    ask="After max_steps steps, how does your caller learn that no root was found?",
)
def newton_gives_up_silently(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = [float(x0)]
    while abs(f(path[-1])) > tol and len(path) <= max_steps:
        path.append(path[-1] - f(path[-1]) / _slope(dfdx, path[-1]))
    return np.array(path)


@newton_raphson.mistake(
    "You raise RuntimeError although the last of the allowed steps found the root.",
    ask="Do you look at f once more after the last step?",
)
def newton_gives_up_early(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = newton_raphson(f, dfdx, x0, tol, max_steps)
    if len(path) > max_steps:
        raise RuntimeError("no root")
    return path


@newton_raphson.mistake(
    "You look at the slope before you look at f, so a start that is a root fails where it is flat.",
    ask="Is there anything left to divide when f(x0) is already 0?",
)
def newton_checks_the_slope_first(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    _slope(dfdx, x0)
    return newton_raphson(f, dfdx, x0, tol, max_steps)


@newton_raphson.mistake(
    "Your x stays a whole number when x0 is one, and the hops were cut off.",
    ask="What kind of number should the path hold when x0 is 3?",
)
def newton_cuts_the_hops(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    if not isinstance(x0, int):
        return newton_raphson(f, dfdx, x0, tol, max_steps)
    path = [x0]
    while abs(f(path[-1])) > tol:
        if len(path) > max_steps:
            raise RuntimeError("no root")
        path.append(int(path[-1] - f(path[-1]) / _slope(dfdx, path[-1])))
    return np.array(path)


@newton_raphson.mistake(
    "You multiplied the height by the slope, and the hop is the height divided by it.",
    ask="Does a steeper slope make the way to the axis longer or shorter?",
)
def newton_multiplies(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return _hops(f, dfdx, x0, tol, max_steps, lambda x: x - f(x) * _slope(dfdx, x))


@newton_raphson.mistake(
    "You hop once before you look at f, so a start that is a root is left again.",
    ask="What should the path be when f(x0) is already 0?",
)
def newton_hops_first(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    x1 = x0 - f(x0) / _slope(dfdx, x0)
    if max_steps == 1 and abs(f(x1)) > tol:
        raise RuntimeError("no root")
    return np.append(x0, newton_raphson(f, dfdx, x1, tol, max_steps - 1))


@newton_raphson.mistake(
    "You call a slope zero that is only small.",
    ask="What is the slope of 0.0001 x², and does it have a root?",
    variants=[{"zero": 1e-3}],
)
def newton_calls_small_zero(
    f: Function,
    dfdx: Function,
    x0: float,
    tol: float = 1e-10,
    max_steps: int = 50,
    zero: float = 1e-5,
) -> Any:
    def slope(x: float) -> Any:
        return dfdx(x) if abs(dfdx(x)) > zero else 0.0

    return newton_raphson(f, slope, x0, tol, max_steps)


@newton_raphson.mistake(
    "You go on where |f| is exactly tol, and that is small enough.",
    ask="Is the sign in the exercise < or ≤?",
)
def newton_wants_less(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    return _hops(
        f, dfdx, x0, tol, max_steps, lambda x: x - f(x) / _slope(dfdx, x), lambda x: abs(f(x)) < tol
    )


@newton_raphson.mistake(
    "You returned the root and a count, and the whole path is wanted.",
    ask="How many points does the figure of the hops show?",
)
def newton_returns_a_count(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = newton_raphson(f, dfdx, x0, tol, max_steps)
    return path[-1], len(path) - 1


@newton_raphson.mistake(
    "You allow a number of steps of your own and pass over max_steps.",
    ask="What should happen when somebody calls with max_steps=1?",
    variants=[{"own": 100}, {"own": 1000}],
)
def newton_with_its_own_patience(
    f: Function,
    dfdx: Function,
    x0: float,
    tol: float = 1e-10,
    max_steps: int = 50,
    own: int = 50,
) -> Any:
    return newton_raphson(f, dfdx, x0, tol, own)


@newton_raphson.style
def newton_with_a_while_loop(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    x, path = x0, [x0]
    while abs(f(x)) > tol:
        if len(path) > max_steps:
            raise RuntimeError("no root")
        if dfdx(x) == 0:
            raise ZeroDivisionError("flat")
        x = x - f(x) / dfdx(x)
        path.append(x)
    return path


@newton_raphson.style
def newton_in_one_array(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    path = np.full(max_steps + 1, float(x0))
    for i in range(max_steps + 1):
        height = f(path[i])
        if np.abs(height) <= tol:
            return path[: i + 1]
        if i == max_steps:
            break
        slope = dfdx(path[i])
        if abs(slope) < 1e-14:
            raise ZeroDivisionError
        path[i + 1] = path[i] - height / slope
    raise RuntimeError


@newton_raphson.style
def newton_by_appending(
    f: Function, dfdx: Function, x0: float, tol: float = 1e-10, max_steps: int = 50
) -> Any:
    xs = np.array([x0], dtype=float)
    for _ in range(max_steps):
        x = xs[-1]
        if not abs(f(x)) > tol:
            return tuple(xs)
        if float(dfdx(x)) == 0.0:
            raise ZeroDivisionError("the tangent is level")
        xs = np.append(xs, x + -f(x) * (1 / dfdx(x)))
    if abs(f(xs[-1])) <= tol:
        return xs
    raise RuntimeError("still no root")


# ── safe_newton ───────────────────────────────────────────────────────────────────────


@exercise(points={"root": 2, "inside": 1, "ends": 1}, rtol=1e-8, refuses=SOLVERS)
def safe_newton(f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12) -> Any:
    """The root in [a, b]: Newton's step where it stays inside, else the middle."""
    return _guarded(f, dfdx, a, b, tol)


def _guarded(
    f: Function,
    dfdx: Function,
    a: float,
    b: float,
    tol: float = 1e-12,
    propose: Callable[[float, float, float], float] | None = None,
    most: int = 2000,
) -> Any:
    """The safeguarded loop; `propose` takes (x, low, high) and gives the next x."""
    low, high = float(a), float(b)
    at_low, at_high = f(low), f(high)
    if at_low == 0:
        return low
    if at_high == 0:
        return high
    if np.sign(at_low) == np.sign(at_high):
        raise ValueError("the signs agree")
    x = (low + high) / 2
    for _ in range(most):
        height = f(x)
        if abs(height) <= tol or high - low < tol:
            break
        if np.sign(height) == np.sign(at_low):
            low = x
        else:
            high = x
        x = (propose or _newton_or_middle(f, dfdx))(x, low, high)
    return x


def _newton_or_middle(f: Function, dfdx: Function) -> Callable[[float, float, float], float]:
    def propose(x: float, low: float, high: float) -> float:
        slope = dfdx(x)
        hop = x - f(x) / slope if slope != 0 else np.inf
        return float(hop) if low < hop < high else (low + high) / 2

    return propose


def _bracketed(rng: Rng, falling: bool) -> tuple[Any, float, float]:
    """A polynomial with one simple root in a bracket of random place, and no other root."""
    root, away, lift = rng.uniform(-1, 1), rng.uniform(-2, 2), rng.uniform(0.3, 1.5)
    inner = [away**2 + lift, -2 * away, 1.0]
    coefficients = np.convolve([-root, 1.0], inner) * (-1.0 if falling else 1.0)
    low, high = root - rng.uniform(0.5, 2.0), root + rng.uniform(0.5, 3.0)
    f = functions.polynomial(coefficients=coefficients)
    return f, float(np.round(low, 2)), float(np.round(high, 2))


def _bump_root() -> tuple[Any, float, float]:
    """A curve so flat at both ends of its bracket that Newton's hop from there leaves it."""
    f = functions.rational(numerator=[-0.1, 1.0], denominator=[1.0, 0.0, 1.0])
    return f, -4.0, 5.0


@safe_newton.probes("root")
def roots_in_a_bracket(rng: Rng) -> Cases:
    yield _poly(-2.0, 0.0, 1.0), _poly(0.0, 2.0), 0.0, 2.0
    for falling in (False, True, False, True):
        f, a, b = _bracketed(rng, falling)
        yield f, f.derivative, a, b
    sine = functions.sinusoid(amplitude=1.0, frequency=1.0, phase=0.0)
    yield sine, sine.derivative, 2, 4


@safe_newton.probes("inside")
def roots_with_a_fence(rng: Rng) -> Cases:
    f, a, b = _bump_root()
    yield case(f, f.derivative, a, b, drive=DRIVERS + "inside")
    flat = _poly(0.5, 0.0, 0.0, 1.0)
    yield case(flat, flat.derivative, -1.0, 1.0, drive=DRIVERS + "inside")
    shift = float(np.round(rng.uniform(0.1, 0.4), 2))
    f = functions.rational(numerator=[-shift, 1.0], denominator=[1.0, 0.0, 1.0])
    yield case(f, f.derivative, -6.0, 3.0, drive=DRIVERS + "inside")
    shift = float(
        np.round(rng.uniform(0.1, 0.25), 2)
    )  # from both ends and the middle tangents leave
    f = functions.rational(numerator=[-shift, 1.0], denominator=[1.0, 0.0, 1.0])
    yield case(f, f.derivative, -4.0, 1.6, drive=DRIVERS + "inside")
    ninth = _poly(-0.1, *[0.0] * 8, 1.0)
    yield case(ninth, ninth.derivative, -1.0, 3.0, drive=DRIVERS + "inside")


@safe_newton.probes("ends")
def roots_at_an_end(rng: Rng) -> Cases:
    root = float(rng.integers(16, 64)) / 16  # its square is exact, and so f is exactly zero there
    f = _poly(-(root**2), 0.0, 1.0)
    yield f, f.derivative, root, root + 2
    yield f, f.derivative, root - 1.5, root
    yield f, f.derivative, root + 1, root + 2
    yield f, f.derivative, root - 1.0, root - 0.5


@safe_newton.mistake(
    "You let Newton hop wherever it likes, also out of the bracket.",
    ask="What do you know about the root that a tangent does not?",
)
def safe_newton_unguarded(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    if f(a) == 0 or f(b) == 0:
        return a if f(a) == 0 else b
    if f(a) * f(b) > 0:
        raise ValueError("signs agree")
    x = (a + b) / 2
    for _ in range(100):
        if abs(f(x)) <= tol:
            break
        x -= f(x) / dfdx(x)
    return x


@safe_newton.mistake(
    "You keep the half of the bracket that has no change of sign.",
    ask="At which two ends does f have different signs after your step?",
    variants=[{"middles": True}],
)
def safe_newton_keeps_the_wrong_half(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12, middles: bool = False
) -> Any:
    low, high = float(a), float(b)
    at_low = f(low)
    if at_low == 0 or f(high) == 0:
        return low if at_low == 0 else high
    if at_low * f(high) > 0:
        raise ValueError("signs agree")
    propose = _newton_or_middle(f, dfdx)
    x = (low + high) / 2
    for _ in range(200):
        if abs(f(x)) <= tol or high - low < tol:
            break
        if np.sign(f(x)) == np.sign(at_low):
            high = x
        else:
            low = x
        x = (low + high) / 2 if middles else propose(x, low, high)
    return x


@safe_newton.mistake(
    "Your function takes it for granted that f rises from a to b.",
    ask="Which end do you move when f is positive at a and negative at b?",
)
def safe_newton_for_rising_f(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    if f(a) > 0 > f(b):
        return safe_newton_keeps_the_wrong_half(f, dfdx, a, b, tol)
    return _guarded(f, dfdx, a, b, tol)


@safe_newton.mistake(
    "You do not ask whether the signs at the two ends differ.",
    ask="What should happen when f is positive at both ends?",
    variants=[{"answer": np.nan}, {"answer": None}],
)
def safe_newton_without_the_sign_check(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12, answer: Any = 0.0
) -> Any:
    try:
        return _guarded(f, dfdx, a, b, tol)
    except ValueError as error:
        if "signs" not in str(error):
            raise
        return float(b) if answer == 0 else answer


@safe_newton.mistake(
    "You raise ValueError although one of the ends is the root.",
    ask="What is the sign of 0, and does it agree with the sign at the other end?",
)
def safe_newton_refuses_ends(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    if f(a) * f(b) >= 0:
        raise ValueError("signs agree")
    return _guarded(f, dfdx, a, b, tol)


@safe_newton.mistake(
    "You divide by the slope without asking whether it is zero.",
    ask="Where does the tangent lead when it is level?",
)
def safe_newton_divides_by_zero(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    def propose(x: float, low: float, high: float) -> float:
        if dfdx(x) == 0:
            raise ZeroDivisionError("float division by zero")
        return _newton_or_middle(f, dfdx)(x, low, high)

    return _guarded(f, dfdx, a, b, tol, propose)


@safe_newton.mistake(
    "You stop long before f or the bracket is as small as tol.",
    ask="How many halvings does it take to bring a bracket of length 1 below 1e-12?",
    variants=[{"loose": 1e-3}, {"loose": 1e-5}, {"loose": 1e-6}],
)
def safe_newton_stops_early(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12, loose: float = 1e-4
) -> Any:
    return _guarded(f, dfdx, a, b, loose, lambda x, low, high: (low + high) / 2)


@safe_newton.mistake(
    "When Newton leaves the bracket you go to its end, where you have been before.",
    ask="Which point of a bracket halves it, wherever the root is?",
)
def safe_newton_clips(f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12) -> Any:
    def propose(x: float, low: float, high: float) -> float:
        slope = dfdx(x)
        hop = x - f(x) / slope if slope != 0 else (low + high) / 2
        return float(np.clip(hop, low, high))

    return _guarded(f, dfdx, a, b, tol, propose, most=100)


@safe_newton.mistake(
    "You returned two numbers, and the exercise asks for the root alone.",
    ask="Which single number lies in your last bracket and makes f small?",
)
def safe_newton_returns_the_bracket(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    root = safe_newton(f, dfdx, a, b, tol)
    return (root - 1e-13, root)


@safe_newton.mistake(
    "You took half of the bracket's length for its middle.",
    ask="Where is the middle of 4 and 6, and what is (6 − 4)/2?",
)
def safe_newton_misses_the_middle(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    low, high = float(a), float(b)
    at_low = f(low)
    if at_low == 0 or f(high) == 0:
        return low if at_low == 0 else high
    if at_low * f(high) > 0:
        raise ValueError("signs agree")
    for _ in range(100):
        x = (high - low) / 2
        if abs(f(x)) <= tol:
            break
        if np.sign(f(x)) == np.sign(at_low):
            low = x
        else:
            high = x
    return x


@safe_newton.mistake(
    "You ask f for its value at Newton's place before you know that it lies in the bracket.",
    ask="In which order do your two questions about the new place come?",
)
def safe_newton_looks_outside(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    def propose(x: float, low: float, high: float) -> float:
        slope = dfdx(x)
        if slope != 0:
            f(x - f(x) / slope)
        return _newton_or_middle(f, dfdx)(x, low, high)

    return _guarded(f, dfdx, a, b, tol, propose)


@safe_newton.mistake(
    "You never move the ends of the bracket.",
    ask="What have you learnt about the root when f at the new place has the sign of f(a)?",
)
def safe_newton_keeps_its_ends(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    _guarded(f, dfdx, a, b, tol)
    if f(a) == 0 or f(b) == 0:
        return a if f(a) == 0 else b
    propose, x = _newton_or_middle(f, dfdx), (a + b) / 2
    for _ in range(200):
        if abs(f(x)) <= tol:
            break
        x = propose(x, a, b)
    return x


@safe_newton.style
def safe_newton_by_halving(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    fa, fb = f(a), f(b)
    if fa == 0:
        return a
    if fb == 0:
        return b
    if fa * fb > 0:
        raise ValueError("no change of sign")
    while b - a > tol:
        m = (a + b) / 2
        if abs(f(m)) <= tol:
            return m
        if fa * f(m) < 0:
            b = m
        else:
            a = m
    return (a + b) / 2


@safe_newton.style
def safe_newton_from_the_left_end(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    low, high = (a, b) if f(a) < f(b) else (b, a)
    if f(low) > 0 or f(high) < 0:
        raise ValueError("no change of sign")
    x = float(a)
    while abs(f(x)) > tol and abs(high - low) >= tol:
        if f(x) < 0:
            low = x
        else:
            high = x
        with np.errstate(all="ignore"):
            x = np.float64(x) - np.float64(f(x)) / np.float64(dfdx(x))
        if not min(low, high) < x < max(low, high):
            x = 0.5 * (low + high)
    if f(b) == 0:
        return np.array(b)
    return np.float64(x)


@safe_newton.style
def safe_newton_like_the_recipe(
    f: Function, dfdx: Function, a: float, b: float, tol: float = 1e-12
) -> Any:
    if f(a) == 0.0 or f(b) == 0.0:
        return float(a if f(a) == 0 else b)
    if (f(a) < 0) == (f(b) < 0):
        raise ValueError
    rises = f(b) > 0
    x = a + (b - a) / 2
    for _ in range(200):
        y, slope = f(x), dfdx(x)
        if abs(y) <= tol or b - a < tol:
            return x
        if (y > 0) == rises:
            b = x
        else:
            a = x
        x = x - y / slope if abs(slope) > 1e-12 and a < x - y / slope < b else (a + b) / 2
    return x


# ── basins ────────────────────────────────────────────────────────────────────────────


@exercise(points={"index": 2, "none": 1, "any z": 1}, refuses=SOLVERS)
def basins(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    """The index of the root that each start comes to, −1 for none."""
    return _named(_walked(f, dfdz, np.array(z, complex), steps), roots)


def _walked(f: Function, dfdz: Function, z: Any, steps: int, sign: float = -1.0) -> Any:
    with np.errstate(all="ignore"):
        for _ in range(steps):
            z = z + sign * f(z) / dfdz(z)
    return z


def _named(z: Any, roots: Any, near: float = 1e-6, none: int = -1) -> Any:
    with np.errstate(all="ignore"):
        found = np.full(np.shape(z), none)
        for k, root in enumerate(np.asarray(roots)):
            found = np.where(np.abs(z - root) < near, k, found)
    return found


def _complex_roots(rng: Rng) -> tuple[Any, Array]:
    """A cubic with one real root and a pair, and its roots in a random order."""
    real, (side, height) = rng.uniform(-2, -0.5), rng.uniform(0.4, 1.5, 2)
    roots = np.array([real, side + 1j * height, side - 1j * height])
    f = functions.polynomial(coefficients=np.polynomial.polynomial.polyfromroots(roots).real)
    return f, rng.permutation(roots)


def _unity() -> tuple[Any, Any]:
    return _poly(-1.0, 0.0, 0.0, 1.0), np.exp(2j * np.pi * np.arange(3) / 3)


def _starts(rng: Rng, f: Any, roots: Any, shape: tuple[int, ...], steps: int = 40) -> Any:
    """Starts so far from any border that rounding cannot decide where they go."""
    kept: list[complex] = []
    while len(kept) < int(np.prod(shape)):
        z = complex(np.round(rng.uniform(-2, 2), 2), np.round(rng.uniform(-2, 2), 2))
        around = z + 1e-4 * np.array([0, 1, -1, 1j, -1j])
        ends = _walked(f, f.derivative, around, steps)
        gaps = np.abs(ends[:, None] - roots).min(axis=1)
        clear = (gaps < 1e-8).all() or (gaps > 1e-4).all()
        if clear and len(set(_named(ends, roots).tolist())) == 1 and np.isfinite(ends).all():
            kept.append(z)
    return np.array(kept).reshape(shape)


@basins.probes("index")
def starts_near_and_far(rng: Rng) -> Cases:
    f, roots = _unity()
    yield f, f.derivative, np.array([1.2, -0.5 + 1j, -0.5 - 1j, 2.0 + 0j]), roots
    yield f, f.derivative, _starts(rng, f, roots, (6,)), roots
    yield f, f.derivative, roots * (1 + _sizes(rng, 1e-5, 1e-4, 3)), roots
    f, roots = _complex_roots(rng)
    yield f, f.derivative, _starts(rng, f, roots, (7,)), roots


@basins.probes("none")
def starts_that_do_not_arrive(rng: Rng) -> Cases:
    cycle = _poly(2.0, -2.0, 0.0, 1.0)
    root = np.array([-1.7692923542386314])
    yield cycle, cycle.derivative, np.array([0.01, -2.0, 1.01, -1.5]), root
    f, roots = _unity()
    yield f, f.derivative, np.array([0.0, 1.5, 0.9, 1.0]), roots, 2
    yield f, f.derivative, _starts(rng, f, roots, (5,), steps=1), roots, 1
    yield f, f.derivative, _starts(rng, f, roots, (5,)), roots[:2]
    yield f, f.derivative, np.array([2.0, -1.0 + 1.5j, -1.0 - 1.5j]), roots[:2]


@basins.probes("any z")
def starts_of_any_shape(rng: Rng) -> Cases:
    f, roots = _unity()
    yield f, f.derivative, _starts(rng, f, roots, (2, 3)), roots
    yield f, f.derivative, _starts(rng, f, roots, (4,)).tolist(), roots.tolist()
    yield f, f.derivative, np.array([[2, 3, -2]]), roots
    yield f, f.derivative, np.array([1.3, -2.0]), roots
    f, roots = _complex_roots(rng)
    yield f, f.derivative, _starts(rng, f, roots, (3, 2)), roots


@basins.mistake(
    "You name the nearest root even where Newton has not come near any.",
    ask="How near must z be before you may say that it has arrived?",
)
def basins_always_name_one(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    z = _walked(f, dfdz, np.array(z, complex), steps)
    return np.argmin(np.abs(z[..., None] - np.asarray(roots)), axis=-1)


@basins.mistake(
    "You counted the roots from 1.",
    ask="Which root does roots[0] stand for?",
    variants=[{"none": 0}],
)
def basins_from_one(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40, none: int = -1
) -> Any:
    found = basins(f, dfdz, z, roots, steps)
    return np.where(found < 0, none, found + 1)


@basins.mistake(
    "You wrote 0 where no root was reached, and 0 is the name of a root.",
    ask="How can your reader tell the first root from none?",
)
def basins_with_zero_for_none(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40
) -> Any:
    return np.maximum(basins(f, dfdz, z, roots, steps), 0)


@basins.mistake(
    "You returned where each start ends, not the index of the root there.",
    ask="What is the place of that number in roots?",
)
def basins_return_the_places(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40
) -> Any:
    return _walked(f, dfdz, np.array(z, complex), steps)


@basins.mistake(
    "You added f/f′, and your starts run away from the roots.",
    ask="Which sign has Newton's step?",
)
def basins_add(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return _named(_walked(f, dfdz, np.array(z, complex), steps, sign=1.0), roots)


@basins.mistake(
    "You take 40 steps whatever the caller says.",
    ask="What does somebody want to see who calls with steps=1?",
    variants=[{"own": 50}, {"own": 100}],
)
def basins_with_own_steps(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40, own: int = 40
) -> Any:
    return basins(f, dfdz, z, roots, own)


@basins.mistake(
    "You took one step and stopped.",
    ask="How often does Newton's method repeat its step?",
)
def basins_of_one_step(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return basins(f, dfdz, z, roots, 1)


@basins.mistake(
    "You compared the real parts only, and two roots may share theirs.",
    ask="How far apart are 1 + i and 1 − i?",
)
def basins_by_real_part(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    z = _walked(f, dfdz, np.array(z, complex), steps)
    return _named(z.real, np.real(roots))


@basins.mistake(
    "You kept only the real part of z, and the starts lie in a plane.",
    ask="What becomes of 0.5 + 2i when it is stored as a float?",
)
def basins_on_the_line(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return _named(_walked(f, dfdz, np.real(np.array(z, complex)), steps), roots)


@basins.mistake(
    "You returned one long list, and z has a shape of its own.",
    ask="What is .shape of your answer when z is a picture of 2 rows and 3 columns?",
)
def basins_flattened(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return np.ravel(basins(f, dfdz, z, roots, steps))


@basins.mistake(
    "You walked inside the array that you were given, and your caller's z has changed.",
    ask="What does z -= ... do to the array that the caller holds?",
)
def basins_in_place(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    found = basins(f, dfdz, z, roots, steps)
    if isinstance(z, np.ndarray):
        ends = _walked(f, dfdz, np.array(z, complex), steps)
        with np.errstate(all="ignore"):
            z[...] = ends if z.dtype.kind == "c" else np.nan_to_num(ends.real)
    return found


@basins.mistake(
    "You treat z as an array, and it may come as a list.",
    ask="What turns a list of numbers into an array of complex numbers?",
)
def basins_need_an_array(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return basins(f, dfdz, z.astype(complex), roots, steps)


@basins.mistake(
    "You name the root next to the start, and Newton has not moved at all.",
    ask="Where does z stand after the steps?",
)
def basins_of_the_start(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    return np.argmin(np.abs(np.array(z, complex)[..., None] - np.asarray(roots)), axis=-1)


@basins.mistake(
    "You accept places that are far from the root: near means within 1e-6.",
    ask="After two steps, how far may z still be from where it will end?",
    variants=[{"near": 0.1}, {"near": 1e-2}],
)
def basins_too_generous(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40, near: float = 0.5
) -> Any:
    return _named(_walked(f, dfdz, np.array(z, complex), steps), roots, near)


@basins.mistake(
    "You asked whether f is small, and that does not say which of the given roots is there.",
    ask="Which index belongs to a root that is not in the list?",
)
def basins_by_height(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    z = _walked(f, dfdz, np.array(z, complex), steps)
    nearest = np.argmin(np.abs(z[..., None] - np.asarray(roots)), axis=-1)
    with np.errstate(all="ignore"):
        return np.where(np.abs(f(z)) < 1e-6, nearest, -1)


@basins.mistake(
    "You ask z to be equal to the root, and rounding seldom lets it.",
    ask="How near is near enough, by the exercise?",
)
def basins_to_the_last_digit(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40
) -> Any:
    return _named(_walked(f, dfdz, np.array(z, complex), steps), roots, 1e-300)


@basins.style
def basins_point_by_point(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    z = np.asarray(z)
    found = np.full(z.shape, -1)
    for place, start in np.ndenumerate(z):
        here = complex(start)
        for _ in range(steps):
            if dfdz(here) == 0:
                break
            here = here - f(here) / dfdz(here)
        for k, root in enumerate(roots):
            if abs(here - root) <= 1e-6:
                found[place] = k
    return found


@basins.style
def basins_by_distance_table(
    f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40
) -> Any:
    z = np.array(z, dtype=complex)
    for _ in range(steps):
        z = z - f(z) / dfdz(z)
    far = np.abs(z[..., None] - np.array(roots))
    nearest = np.nanargmin(np.where(np.isnan(far), np.inf, far), axis=-1)
    return np.where(np.min(far, axis=-1) < 1e-6, nearest, -1)


@basins.style
def basins_with_a_mask(f: Function, dfdz: Function, z: Any, roots: Any, steps: int = 40) -> Any:
    walk = 1.0 * np.asarray(z) + 0j
    for _ in range(steps):
        slope = dfdz(walk)
        walk = walk - np.where(slope == 0, 0, f(walk) / np.where(slope == 0, 1, slope))
    found = -np.ones(walk.shape, dtype=int)
    for k in range(len(roots)):
        found[np.isclose(walk, roots[k], rtol=0, atol=1e-6)] = k
    return found.tolist()


# ── gradient_descent ──────────────────────────────────────────────────────────────────


@exercise(points={"path": 2, "shape": 1, "any x0": 1}, refuses=SOLVERS)
def gradient_descent(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    """The path of gradient descent, shape (steps + 1, n)."""
    return _rolled(x0, steps, lambda x, v: -rate * np.asarray(grad(x)))


def _rolled(x0: Any, steps: int, change: Callable[[Array, Array], Any]) -> Array:
    """A path whose next step is `change` of the place and of the step before."""
    path = [np.array(x0, float)]
    step = np.zeros_like(path[0])
    for _ in range(steps):
        step = change(path[-1], step)
        path.append(path[-1] + step)
    return np.array(path)


def _calm(rng: Rng, n: int) -> Any:
    return functions.waves(
        amplitudes=_sizes(rng, 0.5, 1.5, 2),
        wavenumbers=_sizes(rng, 0.3, 0.8, (2, n)),
        phases=rng.uniform(-3, 3, 2),
    )


@gradient_descent.probes("path")
def ways_down(rng: Rng) -> Cases:
    yield bowl.gradient, np.array([1.0, 2.0]), 0.1, 3
    yield _hollow(rng, 2).gradient, _point(rng, 2), 0.2, 6
    yield _calm(rng, 3).gradient, _point(rng, 3), 0.4, 5
    yield _hollow(rng, 3).gradient, _point(rng, 3), 0.9, 4


@gradient_descent.probes("shape")
def ways_of_any_length(rng: Rng) -> Cases:
    yield _hollow(rng, 1).gradient, _point(rng, 1), 0.1, 4
    yield _hollow(rng, 5).gradient, _point(rng, 5), 0.1, 1
    yield _hollow(rng, 2).gradient, _point(rng, 2), 0.1, 0
    yield bowl.gradient, np.zeros(2), 0.1, 2  # nothing more to do, and still a row for each step
    yield bowl.gradient, _point(rng, 2), 0.25, 60


@gradient_descent.probes("any x0")
def ways_from_any_start(rng: Rng) -> Cases:
    yield _hollow(rng, 3).gradient, _point(rng, 3).tolist(), 0.1, 3
    yield _hollow(rng, 2).gradient, tuple(_point(rng, 2).tolist()), 0.15, 3
    yield _hollow(rng, 2).gradient, _whole(rng, 2), 0.1, 3
    yield _hollow(rng, 2).gradient, _whole(rng, 2).tolist(), 0.1, 3


@gradient_descent.mistake(
    "You walk uphill.",
    ask="Which way does the gradient point?",
)
def descent_uphill(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: rate * np.asarray(grad(x)))


@gradient_descent.mistake(
    "You returned the last point alone.",
    ask="How many points does a path of three steps have?",
)
def descent_without_its_path(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, steps)[-1]


@gradient_descent.mistake(
    "Your path begins after the first step, so it has one row too few.",
    ask="Which row holds the place where you started?",
)
def descent_without_the_start(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, steps)[1:]


@gradient_descent.mistake(
    "You took one step too few: steps counts the moves, not the points.",
    ask="How many fence posts stand along four lengths of fence?",
)
def descent_one_step_short(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, max(steps - 1, 0))


@gradient_descent.mistake(
    "All rows of your path are the same, because you stored one array again and again.",
    ask="If you change x in place after you have put it into a list, what does the list hold?",
)
def descent_of_one_array(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    path = gradient_descent(grad, x0, rate, steps)
    return np.tile(path[-1], (steps + 1, 1))


@gradient_descent.mistake(
    "You made each step equally long by dividing by the length of the gradient.",
    ask="What should happen to the step where the ground becomes level?",
)
def descent_in_equal_strides(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: -rate * grad(x) / np.linalg.norm(grad(x)))


@gradient_descent.mistake(
    "You used the gradient at x0 for every step.",
    ask="Where are you standing when the second step begins?",
)
def descent_along_a_line(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    slope = np.asarray(grad(np.array(x0, float)))
    return _rolled(x0, steps, lambda x, v: -rate * slope)


@gradient_descent.mistake(
    "You passed over the rate.",
    ask="What does a caller expect who halves the rate?",
    variants=[{"own": 0.05}, {"own": 0.3}, {"own": 0.01}],
)
def descent_at_its_own_rate(
    grad: Function, x0: Any, rate: float, steps: int, own: float = 1.0
) -> Any:
    return gradient_descent(grad, x0, own, steps)


@gradient_descent.mistake(
    "Your table lies on its side: one column per point.",
    ask="What does path[1] give, and what should it give?",
)
def descent_transposed(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, steps).T


@gradient_descent.mistake(
    "Your path holds whole numbers when x0 does, and the steps were cut off.",
    ask="What kind of numbers does np.zeros_like or np.array make from whole numbers?",
    variants=[{"lists": False}],
)
def descent_in_whole_numbers(
    grad: Function, x0: Any, rate: float, steps: int, lists: bool = True
) -> Any:
    x = np.array(x0) if lists else x0
    path = np.zeros((steps + 1, len(x)), dtype=x.dtype)
    path[0] = x
    for i in range(steps):
        path[i + 1] = path[i] - rate * np.asarray(grad(path[i]))
    return path


@gradient_descent.mistake(
    "You walked inside the x0 that you were given, and your caller's x0 has changed.",
    ask="What does x -= ... do to an array that somebody else holds, too?",
    variants=[{"lists": False}],
)
def descent_in_place(grad: Function, x0: Any, rate: float, steps: int, lists: bool = True) -> Any:
    x = np.asarray(x0, float) if lists else x0
    path = [x.copy()]
    for _ in range(steps):
        x -= rate * grad(x)
        path.append(x.copy())
    return np.array(path)


@gradient_descent.mistake(
    "You treat x0 as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
)
def descent_needs_an_array(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0.astype(float), rate, steps)


@gradient_descent.mistake(
    "You stop when the slope is small, and the caller asked for all of the steps.",
    ask="How many rows should the path have, wherever it goes?",
    variants=[{"small": 1e-3}, {"small": 1e-2}, {"small": 1e-8}],
)
def descent_stops_early(
    grad: Function, x0: Any, rate: float, steps: int, small: float = 1e-6
) -> Any:
    path = gradient_descent(grad, x0, rate, steps)
    slopes = np.array([np.linalg.norm(grad(x)) for x in path])
    return path[: np.append(np.flatnonzero(slopes < small), steps)[0] + 1]


@gradient_descent.mistake(
    "You took one step too many: steps counts the moves, and x0 is there before the first.",
    ask="How many points does a path with no step have?",
)
def descent_one_step_long(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, steps + 1)


@gradient_descent.mistake(
    "You changed one entry of x and then took the slope for the next entry at the new place.",
    ask="At which point is the gradient of a step worked out, for all of its entries?",
)
def descent_entry_by_entry(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    x = np.array(x0, float)
    path = [x.copy()]
    for _ in range(steps):
        for i in range(x.size):
            x[i] -= rate * grad(x)[i]
        path.append(x.copy())
    return np.array(path)


@gradient_descent.style
def descent_into_a_table(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    path = np.empty((steps + 1, len(x0)))
    path[0] = x0
    for i in range(steps):
        path[i + 1] = path[i] - rate * grad(path[i])
    return path


@gradient_descent.style
def descent_of_lists(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    path = [[float(v) for v in x0]]
    for _ in range(steps):
        slope = grad(np.array(path[-1]))
        path.append([v - rate * float(s) for v, s in zip(path[-1], slope, strict=True)])
    return path


@gradient_descent.style
def descent_by_stacking(grad: Function, x0: Any, rate: float, steps: int) -> Any:
    x = np.asarray(x0, dtype=float)
    path = x[None, :]
    for _ in range(steps):
        x = x - rate * np.asarray(grad(x), dtype=float)
        path = np.vstack([path, x])
    return path.astype(np.float32)


# ── max_stable_rate ───────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "not a hollow": 1})
def max_stable_rate(H: Any) -> Any:
    """The rate at which gradient descent on a quadratic begins to diverge, 2/λ_max."""
    return 2 / _checked_eigenvalues(H).max()


def _checked_eigenvalues(H: Any) -> Array:
    H = np.array(H, float)
    if H.ndim != 2 or H.shape[0] != H.shape[1] or not np.allclose(H, H.T):
        raise ValueError("H is not symmetric")
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues.min() <= 0:
        raise ValueError("H is not positive definite")
    return np.asarray(eigenvalues)


@max_stable_rate.probes("value")
def hollows(rng: Rng) -> Cases:
    yield (np.array([[2.0, 0.0], [0.0, 4.0]]),)
    yield (np.array([[2.0, 1.0], [1.0, 3.0]]),)
    for n in (2, 3, 5):
        yield (_positive(rng, *rng.uniform(0.5, 4.0, n), 6.0),)
    yield ([[4, 1], [1, 3]],)
    yield (np.array([[float(rng.integers(2, 9))]]),)
    yield (_positive(rng, 0.001, 0.004, 0.003),)
    yield (_positive(rng, 800.0, 20.0),)


@max_stable_rate.probes("not a hollow")
def other_places(rng: Rng) -> Cases:
    yield (np.diag([1.0, -2.0]),)
    yield (_positive(rng, -1.0, *rng.uniform(1.5, 3.0, 2)),)
    yield (_positive(rng, *-rng.uniform(1.0, 3.0, 2)),)
    yield (np.diag([2.0, 0.0]),)
    yield ([[1, 3], [3, 1]],)
    yield (np.array([[2.0, 1.0], [0.0, 2.0]]),)
    yield (np.array([[4.0, 1.5], [-0.5, 3.0]]),)


@max_stable_rate.mistake(
    "You gave 1/λ_max, the rate that ends the steepest bend in one step, and twice that is stable.",
    ask="For which rates is 1 − rate·λ between −1 and 1?",
)
def rate_of_one(H: Any) -> Any:
    return 1 / _checked_eigenvalues(H).max()


@max_stable_rate.mistake(
    "You used the smallest eigenvalue, and the steep direction explodes at that rate.",
    ask="Which direction overshoots first when the rate grows?",
)
def rate_by_the_smallest(H: Any) -> Any:
    return 2 / _checked_eigenvalues(H).min()


@max_stable_rate.mistake(
    "You used the trace, which is the sum of all eigenvalues.",
    ask="Which single bend decides whether the zigzag grows?",
)
def rate_by_trace(H: Any) -> Any:
    return 2 / _checked_eigenvalues(H).sum()


@max_stable_rate.mistake(
    "You took the largest number on the diagonal for the largest eigenvalue.",
    ask="How steeply does the ground bend along a direction between the axes?",
)
def rate_by_diagonal(H: Any) -> Any:
    _checked_eigenvalues(H)
    return 2 / np.diag(np.array(H, float)).max()


@max_stable_rate.mistake(
    "You used the length of the whole matrix, which np.linalg.norm gives, for its largest eigenvalue.",
    ask="What does np.linalg.norm give for the 2 × 2 identity matrix?",
)
def rate_by_norm(H: Any) -> Any:
    _checked_eigenvalues(H)
    return 2 / np.linalg.norm(np.array(H, float))


@max_stable_rate.mistake(
    "You gave λ_max/2, the fraction upside down.",
    ask="Should the allowed rate grow or shrink when the valley becomes steeper?",
)
def rate_upside_down(H: Any) -> Any:
    return _checked_eigenvalues(H).max() / 2


@max_stable_rate.mistake(
    "You let a Hessian pass that has an eigenvalue that is not positive.",
    ask="Where does descent go along a direction that bends down?",
    variants=[{"by": "size"}, {"by": "any"}, {"by": "zero"}],
)
def rate_of_anything(H: Any, by: str = "largest") -> Any:
    H = np.array(H, float)
    if not np.allclose(H, H.T):
        raise ValueError("not symmetric")
    eigenvalues = np.linalg.eigvalsh(H)
    if (by == "largest" and eigenvalues.max() <= 0) or (by == "zero" and eigenvalues.min() < 0):
        raise ValueError("no bend up")
    return 2 / (np.abs(eigenvalues).max() if by == "size" else eigenvalues.max())


@max_stable_rate.mistake(
    "You did not ask whether H is symmetric, and eigvalsh reads one half of it only.",
    ask="How would you compare H with its transpose?",
    variants=[{"general": True}],
)
def rate_without_symmetry(H: Any, general: bool = False) -> Any:
    H = np.array(H, float)
    eigenvalues = np.linalg.eigvals(H).real if general else np.linalg.eigvalsh(H)
    if eigenvalues.min() <= 0:
        raise ValueError("not positive definite")
    return 2 / eigenvalues.max()


@max_stable_rate.mistake(
    "You asked only whether the determinant is positive, and two negative bends multiply to a positive number.",
    ask="What is the determinant of a hilltop in two dimensions?",
)
def rate_by_determinant(H: Any) -> Any:
    H = np.array(H, float)
    if not np.allclose(H, H.T) or np.linalg.det(H) <= 0:
        raise ValueError("not positive definite")
    return 2 / np.linalg.eigvalsh(H).max()


@max_stable_rate.mistake(
    "You divided by the sum of the smallest and the largest eigenvalue, which gives the quickest rate, not the last stable one.",
    ask="Which rate is too long for the steepest bend?",
)
def rate_of_the_quickest(H: Any) -> Any:
    eigenvalues = _checked_eigenvalues(H)
    return 2 / (eigenvalues[0] + eigenvalues[-1])


@max_stable_rate.style
def rate_by_an_error_of_numpy(H: Any) -> Any:
    H = np.array(H, float)
    if not np.allclose(H, H.T):
        raise ValueError("H is not symmetric")
    np.linalg.cholesky(H)  # its LinAlgError is a ValueError
    return 2 / np.linalg.eigvalsh(H)[-1]


@max_stable_rate.style
def rate_by_cholesky(H: Any) -> Any:
    H = np.asarray(H, dtype=float)
    if not np.allclose(H, H.T):
        raise ValueError("symmetric please")
    np.linalg.cholesky(H)
    return float(2 / np.linalg.norm(H, 2))


@max_stable_rate.style
def rate_by_general_eigenvalues(H: Any) -> Any:
    H = np.array(H)
    if np.abs(H - H.T).max() > 1e-9 * np.abs(H).max():
        raise ValueError
    values = np.linalg.eig(H)[0].real
    if (values <= 0).any():
        raise ValueError
    return np.float32(2 / max(values))


@max_stable_rate.style
def rate_by_sorted_eigenvalues(H: Any) -> Any:
    if not np.allclose(H, np.transpose(H)):
        raise ValueError("H must be symmetric")
    values, _ = np.linalg.eigh(H)
    if not np.all(values > 0):
        raise ValueError("H must be positive definite")
    return np.array(2.0 / values[-1])


# ── backtracking ──────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "given numbers": 1, "uphill": 1}, refuses=SOLVERS)
def backtracking(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    """The first of alpha, alpha·rho, … that meets Armijo's condition."""
    x, d = np.array(x, float), np.array(direction, float)
    return _backed(f, x, d, float(np.dot(grad(x), d)), alpha, rho, c)


def _backed(
    f: Function, x: Array, d: Array, slope: float, alpha: float, rho: float, c: float
) -> Any:
    if slope >= 0:
        raise ValueError("the direction does not go down")
    for _ in range(200):
        if f(x + alpha * d) <= f(x) + c * alpha * slope:
            break
        alpha = alpha * rho
    return alpha


def _search(rng: Rng, n: int, c: float = 1e-4, rho: float = 0.5, shrinks: int = 1) -> Any:
    """A field, a place and a way down along which no trial is near the border of the condition."""
    while True:
        f = _hollow(rng, n) if rng.integers(2) else _calm(rng, n)
        x = _point(rng, n)
        d = -np.round(f.gradient(x) * rng.uniform(1, 6) + rng.normal(size=n) * 0.2, 3)
        slope = float(f.gradient(x) @ d)
        if slope > -0.2:
            continue
        trials = 2.0 * rho ** np.arange(14)
        margins = np.array([f(x + a * d) - f(x) - k * a * slope for a in trials for k in (c, 1e-4)])
        needed = round(np.log(backtracking(f, f.gradient, x, d, 2.0, rho, c) / 2.0) / np.log(rho))
        if np.abs(margins).min() > 1e-6 and needed >= shrinks:
            return f, f.gradient, x, d


@backtracking.probes("value")
def searches(rng: Rng) -> Cases:
    yield bowl, bowl.gradient, np.array([1.0, 2.0]), np.array([-2.0, -8.0])
    for n in (2, 3, 1, 4):
        yield _search(rng, n, shrinks=3)
    f, grad, x, d = _search(rng, 3)
    yield f, grad, x.tolist(), tuple(d.tolist())
    yield bowl, bowl.gradient, np.array([3, 1]), np.array([-1, -1])
    for alpha in (0.4997, 0.49998, 0.50002):  # on this way down a step passes up to (1 - c)/2
        yield bowl, bowl.gradient, np.array([0.0, 1.0]), np.array([0.0, -4.0]), alpha


@backtracking.probes("given numbers")
def searches_with_given_numbers(rng: Rng) -> Cases:
    f, grad, x, d = _search(rng, 2, shrinks=2)
    yield f, grad, x, d, 2.0
    f, grad, x, d = _search(rng, 3, rho=0.8, shrinks=4)
    yield f, grad, x, d, 2.0, 0.8
    f, grad, x, d = _search(rng, 2, rho=0.3, shrinks=2)
    yield f, grad, x, d, 2.0, 0.3
    yield bowl, bowl.gradient, np.array([2.0, 0.0]), np.array([-4.0, 0.0]), 0.9, 0.5, 0.3
    yield bowl, bowl.gradient, np.array([0.0, 1.0]), np.array([0.0, -4.0]), 0.45, 0.9, 0.6
    f, grad, x, d = _search(rng, 2, c=0.7, shrinks=2)
    yield f, grad, x, d, 2.0, 0.5, 0.7


@backtracking.probes("uphill")
def searches_uphill(rng: Rng) -> Cases:
    f = _hollow(rng, 2)
    x = _point(rng, 2)
    yield f, f.gradient, x, f.gradient(x)
    yield bowl, bowl.gradient, np.array([1.0, 0.0]), np.array([0.0, 1.0])
    yield bowl, bowl.gradient, [1.0, 1.0], [1.0, 2.0]
    yield bowl, bowl.gradient, np.array([1.0, 1.0]), np.array([0.0, 0.0])


def _place(x: Any, d: Any) -> tuple[Array, Array]:
    return np.array(x, float), np.array(d, float)


@backtracking.mistake(
    "You accept any step that lowers f, however little, and Armijo asks for more.",
    ask="What does the term with c add to your condition?",
)
def backtracking_without_c(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, alpha, rho, 0.0)


@backtracking.mistake(
    "You use a c of your own and pass over the one that your caller gives.",
    ask="What does a caller ask for who says c=0.7?",
    variants=[{"own": 1e-4}, {"own": 1e-3}, {"own": 0.1}],
)
def backtracking_with_its_own_c(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
    own: float = 0.5,
) -> Any:
    return backtracking(f, grad, x, direction, alpha, rho, own)


@backtracking.mistake(
    "You always begin with 1 and pass over the alpha that your caller gives.",
    ask="Which step is the first to be tried when alpha is 2?",
)
def backtracking_from_one(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, 1.0, rho, c)


@backtracking.mistake(
    "You always halve the step and pass over rho.",
    ask="What comes after 1 when rho is 0.8?",
)
def backtracking_by_halves(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, alpha, 0.5, c)


@backtracking.mistake(
    "You shrink the step once more after it was good enough.",
    ask="Do you multiply by rho before or after you test the step?",
)
def backtracking_once_more(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, alpha, rho, c) * rho


@backtracking.mistake(
    "You returned the point that the step leads to, and the step size was asked for.",
    ask="How many numbers is a step size?",
)
def backtracking_to_the_point(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    step = backtracking(f, grad, x, direction, alpha, rho, c)
    return np.array(x, float) + step * np.array(direction, float)


@backtracking.mistake(
    "You do not ask whether the direction goes down at all.",
    ask="What is the sign of the slope along a direction that goes down?",
    variants=[{"most": 50}, {"most": 100}, {"most": 20}],
)
def backtracking_anywhere(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
    most: int = 1000,
) -> Any:
    x, d = _place(x, direction)
    slope = float(np.dot(grad(x), d))
    for _ in range(most):
        if f(x + alpha * d) <= f(x) + c * alpha * slope:
            break
        alpha *= rho
    return alpha


@backtracking.mistake(
    "You let a level direction pass, along which f does not go down.",
    ask="What is the slope along a contour, and is it less than 0?",
)
def backtracking_along_a_contour(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    if np.dot(grad(x), d) > 0:
        raise ValueError("uphill")
    return backtracking_anywhere(f, grad, x, d, alpha, rho, c)


@backtracking.mistake(
    "You turned the test for a way down round, so the good directions are refused.",
    ask="Is the gradient times a direction positive or negative when the direction goes down?",
)
def backtracking_refuses_the_good(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    if np.dot(grad(x), d) < 0:
        raise ValueError("the direction does not go down")
    return backtracking_anywhere(f, grad, x, d, alpha, rho, c)


@backtracking.mistake(
    "Your line in Armijo's condition rises: the slope along the direction is negative already.",
    ask="Should the bound on the right be above or below f(x)?",
)
def backtracking_under_a_rising_line(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, alpha, rho, -c)


@backtracking.mistake(
    "You forgot the step size in Armijo's bound, so it asks short steps for as much as long ones.",
    ask="How far does the line f(x) + c·slope·(step) fall when the step is half as long?",
)
def backtracking_without_alpha(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    slope = float(np.dot(grad(x), d))
    if slope >= 0:
        raise ValueError("uphill")
    for _ in range(60):
        if f(x + alpha * d) <= f(x) + c * slope:
            break
        alpha *= rho
    return alpha


@backtracking.mistake(
    "You went along the negative gradient and not along the direction that you were given.",
    ask="Which vector is multiplied by the step size in x + alpha·direction?",
)
def backtracking_along_the_gradient(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    if np.dot(grad(x), d) >= 0:
        raise ValueError("uphill")
    return backtracking(f, grad, x, -np.asarray(grad(x)), alpha, rho, c)


@backtracking.mistake(
    "You step back against the direction: the new place is x + α d.",
    ask="Whose sign is it that makes a direction lead down, yours or the caller's?",
)
def backtracking_backwards(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    slope = float(np.dot(grad(x), d))
    if slope >= 0:
        raise ValueError("uphill")
    return _backed(f, x, -d, slope, alpha, rho, c)


@backtracking.mistake(
    "You shrink the step before you try the first one.",
    ask="Which step does the caller want you to try first?",
)
def backtracking_without_the_first(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    return backtracking(f, grad, x, direction, alpha * rho, rho, c)


@backtracking.mistake(
    "You returned the last step that failed, one before the first that is good.",
    ask="Is your step made shorter before or after it is tried?",
)
def backtracking_one_too_long(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    found = backtracking(f, grad, x, direction, alpha, rho, c)
    return found if found == alpha else found / rho


@backtracking.mistake(
    "Your test is turned round: you shrink while the step is good.",
    ask="When should the loop end: when the condition holds, or when it fails?",
)
def backtracking_while_good(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    slope = float(np.dot(grad(x), d))
    if slope >= 0:
        raise ValueError("uphill")
    for _ in range(100):
        if f(x + alpha * d) >= f(x) + c * alpha * slope:
            break
        alpha = alpha * rho
    return alpha


@backtracking.mistake(
    "You used the squared length of the gradient where the slope along your direction is meant.",
    ask="Which product of two vectors gives the slope along d?",
)
def backtracking_by_the_steepest(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = _place(x, direction)
    g = np.asarray(grad(x))
    if g @ d >= 0:
        raise ValueError("uphill")
    return _backed(f, x, d, -float(g @ g), alpha, rho, c)


@backtracking.style
def backtracking_in_a_while_loop(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = np.asarray(x, dtype=float), np.asarray(direction, dtype=float)
    slope = grad(x) @ d
    if not slope < 0:
        raise ValueError("choose a way down")
    while f(x + alpha * d) > f(x) + c * alpha * slope:
        alpha *= rho
    return alpha


@backtracking.style
def backtracking_by_powers(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    slope = sum(g * d for g, d in zip(grad(np.array(x)), direction, strict=True))
    if slope >= 0:
        raise ValueError
    for k in count():
        step = alpha * rho**k
        new = np.array([a + step * d for a, d in zip(x, direction, strict=True)])
        if f(new) - f(np.array(x)) <= c * step * slope:
            break
    return np.array(step)


@backtracking.style
def backtracking_again_and_again(
    f: Function,
    grad: Function,
    x: Any,
    direction: Any,
    alpha: float = 1.0,
    rho: float = 0.5,
    c: float = 1e-4,
) -> Any:
    x, d = np.array(x, dtype=np.float64), np.array(direction, dtype=np.float64)
    down = np.inner(np.asarray(grad(x)), d)
    if down >= 0:
        raise ValueError("not a descent direction")
    if f(x + alpha * d) <= f(x) + alpha * c * down:
        return np.float32(alpha)
    return backtracking_again_and_again(f, grad, x, d, alpha * rho, rho, c)


# ── next_step ─────────────────────────────────────────────────────────────────────────


@exercise(
    points={"step": 1, "wins": 3, "clues": 0},
    rtol={"step": float("inf"), "clues": 1e-6},
    refuses=SOLVERS,
)
def next_step(f: float, J: Any, H: Any) -> Any:
    """Newton's step where it goes downhill and is not longer than 2, else −0.3 J."""
    J, H = np.array(J, float), np.array(H, float)
    step = -np.linalg.solve(H, J)
    return step if step @ J < 0 and np.linalg.norm(step) <= 2 else -0.3 * J


def _ground(rng: Rng, *eigenvalues: float) -> tuple[float, Array, Array]:
    return -float(rng.uniform(1, 5)), _sizes(rng, 0.4, 0.9, 2), _positive(rng, *eigenvalues)


@next_step.probes("step")
def places_in_a_pit(rng: Rng) -> Cases:
    ground = pit(int(rng.integers(100)))
    for _ in range(3):
        p = np.round(rng.uniform(1, 5, 2), 2)
        yield float(ground.depth(p)), ground.slope(p), ground.hessian(p)


@next_step.probes("clues")
def places_of_each_kind(rng: Rng) -> Cases:
    yield _ground(rng, 1.0, 2.0)
    yield _ground(rng, -1.0, -2.0)
    f, _, H = _ground(rng, -1.0, 3.0)
    falling = np.linalg.eigh(H)[1][:, 0]
    yield f, 0.7 * falling + 0.1 * np.linalg.eigh(H)[1][:, 1], H
    yield f, np.array([3.0, -4.0]), _positive(rng, 0.5, 0.9)


next_step.trial("wins", DRIVERS + "descents", at_least=0.8, games=100)


def _newton_step(J: Any, H: Any) -> Array:
    return -np.asarray(np.linalg.solve(np.array(H, float), np.array(J, float)))


@next_step.mistake(
    "You take Newton's step everywhere, also where it climbs or leaps out of the pit.",
    ask="Where does Newton's step lead from a hilltop?",
)
def step_always_newton(f: float, J: Any, H: Any) -> Any:
    return _newton_step(J, H)


@next_step.mistake(
    "Your Newton step has the wrong sign.",
    ask="In one dimension, is it x − f′/f″ or x + f′/f″?",
    variants=[{"guarded": False}],
)
def step_plus_newton(f: float, J: Any, H: Any, guarded: bool = True) -> Any:
    step = -_newton_step(J, H)
    return step if not guarded or np.linalg.norm(step) <= 2 else 0.3 * np.array(J, float)


@next_step.mistake(
    "You walk uphill.",
    ask="Which way does J point?",
    variants=[{"rate": 0.1}, {"rate": 1.0}],
)
def step_uphill(f: float, J: Any, H: Any, rate: float = 0.3) -> Any:
    return rate * np.array(J, float)


@next_step.mistake(
    "You multiplied by H, and Newton divides by it: he uses its inverse.",
    ask="What is −f′/f″ when f″ becomes a matrix?",
)
def step_times_hessian(f: float, J: Any, H: Any) -> Any:
    return -np.array(H, float) @ np.array(J, float)


@next_step.mistake(
    "You used * between a matrix and J, which multiplies entry by entry and gives a table.",
    ask="Which sign does numpy use for a matrix times a vector?",
    variants=[{"inverse": False}],
)
def step_by_entries(f: float, J: Any, H: Any, inverse: bool = True) -> Any:
    if not inverse:
        return -np.asarray(H) * np.asarray(J)
    return -np.linalg.inv(np.array(H, float)) * np.array(J, float)


@next_step.mistake(
    "You ask how long Newton's step is, but not whether it goes downhill.",
    ask="What is the sign of step @ J when a step goes down?",
    variants=[{"rate": 0.1}, {"rate": 1.0}],
)
def step_not_asked_for_its_way(f: float, J: Any, H: Any, rate: float = 0.3) -> Any:
    step = _newton_step(J, H)
    return step if np.linalg.norm(step) <= 2 else -rate * np.array(J, float)


@next_step.mistake(
    "Your test is turned round: you keep Newton's step where it climbs.",
    ask="Is step @ −J positive or negative when the step goes down?",
    variants=[{"rate": 0.1}, {"rate": 1.0}],
)
def step_with_the_test_reversed(f: float, J: Any, H: Any, rate: float = 0.3) -> Any:
    step, J = _newton_step(J, H), np.array(J, float)
    return step if step @ J > 0 and np.linalg.norm(step) <= 2 else -rate * J


@next_step.mistake(
    "You take a whole −J every time, and it leaps over the hollows.",
    ask="How large is the largest stable rate where the ground bends by 5 per metre?",
    variants=[{"rate": 0.5}, {"rate": 2.0}],
)
def step_too_long(f: float, J: Any, H: Any, rate: float = 1.0) -> Any:
    return -rate * np.array(J, float)


@next_step.mistake(
    "Your step is always zero.",
    ask="Where are you after a hundred such steps?",
)
def step_nowhere(f: float, J: Any, H: Any) -> Any:
    return 0.0 * np.array(J, float)


@next_step.mistake(
    "Your steps are so short that fifty of them do not reach the bottom.",
    ask="How far does a whole game take you at a slope of 0.5?",
    variants=[{"rate": 1e-3}, {"rate": 0.02}],
)
def step_too_short(f: float, J: Any, H: Any, rate: float = 0.01) -> Any:
    return -rate * np.asarray(J)


@next_step.mistake(
    "All your steps are equally long, so you leap to and fro over the bottom.",
    ask="What becomes of the slope, and so of −0.3 J, as you come near the bottom?",
    variants=[{"stride": 0.3}],
)
def step_of_one_length(f: float, J: Any, H: Any, stride: float = 1.0) -> Any:
    return -stride * np.asarray(J) / np.linalg.norm(J)


@next_step.mistake(
    "You divided by the entries of H one by one, and that is not its inverse.",
    ask="What is the inverse of [[2, 0], [0, 4]], and what does 1 / H give?",
)
def step_by_reciprocals(f: float, J: Any, H: Any) -> Any:
    with np.errstate(all="ignore"):
        return -(1 / np.asarray(H)) @ np.asarray(J)


@next_step.style
def step_of_the_classic_lab(f: float, J: Any, H: Any) -> Any:
    step = -np.linalg.inv(H) @ J
    if step @ -J <= 0 or np.linalg.norm(step) > 2:
        step = -J * 0.3
    return step


@next_step.style
def step_half_a_gradient(f: float, J: Any, H: Any) -> Any:
    gamma = 0.5
    step = -np.linalg.inv(H) @ J
    if np.dot(step, J) >= 0 or np.linalg.norm(step) > 1:
        return -gamma * J
    return step


@next_step.style
def step_by_eigenvalues(f: float, J: Any, H: Any) -> Any:
    bends, ways = np.linalg.eigh(H)
    step = -ways @ (ways.T @ J / np.maximum(np.abs(bends), 0.5))
    return (step * min(1, 1 / np.linalg.norm(step))).tolist()


@next_step.style
def step_for_numbers(f: float, J: Any, H: Any) -> Any:
    (a, b), (_, d) = H
    det = a * d - b * b
    x, y = -(d * J[0] - b * J[1]) / det, -(a * J[1] - b * J[0]) / det
    if x * J[0] + y * J[1] >= 0 or x**2 + y**2 > 4:
        x, y = -0.3 * J[0], -0.3 * J[1]
    return x, y


# ── momentum_descent ──────────────────────────────────────────────────────────────────


@exercise(points={"path": 2, "no momentum": 1, "any x0": 1}, refuses=SOLVERS)
def momentum_descent(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    """The path of the heavy ball, shape (steps + 1, n)."""
    return _rolled(x0, steps, lambda x, v: beta * v - rate * np.asarray(grad(x)))


@momentum_descent.probes("path")
def rolling_balls(rng: Rng) -> Cases:
    yield bowl.gradient, np.array([1.0, 2.0]), 0.1, 0.5, 3
    yield _hollow(rng, 2).gradient, _point(rng, 2), 0.2, 0.6, 6
    yield _calm(rng, 3).gradient, _point(rng, 3), 0.3, 0.4, 5
    yield _hollow(rng, 1).gradient, _point(rng, 1), 0.1, 0.9, 5


@momentum_descent.probes("no momentum")
def lazy_balls(rng: Rng) -> Cases:
    yield _hollow(rng, 2).gradient, _point(rng, 2), 0.2, 0.0, 4
    yield _hollow(rng, 3).gradient, _point(rng, 3), 0.1, 0.7, 0
    yield _hollow(rng, 4).gradient, _point(rng, 4), 0.1, 0.7, 1


@momentum_descent.probes("any x0")
def balls_from_any_start(rng: Rng) -> Cases:
    yield _hollow(rng, 3).gradient, _point(rng, 3).tolist(), 0.1, 0.5, 3
    yield _hollow(rng, 2).gradient, _whole(rng, 2), 0.1, 0.5, 3
    yield _hollow(rng, 2).gradient, _whole(rng, 2).tolist(), 0.1, 0.5, 3


@momentum_descent.mistake(
    "You left the momentum out: this is plain gradient descent.",
    ask="What does beta keep from the step before?",
)
def ball_without_momentum(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return gradient_descent(grad, x0, rate, steps)


@momentum_descent.mistake(
    "Your ball rolls uphill.",
    ask="Which way does the gradient pull, and which way should the ball go?",
)
def ball_uphill(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: beta * v + rate * np.asarray(grad(x)))


@momentum_descent.mistake(
    "You weighted the new slope with 1 − beta, which makes another method with a smaller rate.",
    ask="By what is the gradient multiplied in the formula of the heavy ball?",
)
def ball_with_weights(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: beta * v - (1 - beta) * rate * np.asarray(grad(x)))


@momentum_descent.mistake(
    "You took the slope at the place where the ball would roll to, which is Nesterov's method.",
    ask="At which point does the heavy ball feel the slope: where it is, or ahead of it?",
)
def ball_that_looks_ahead(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: beta * v - rate * np.asarray(grad(x + beta * v)))


@momentum_descent.mistake(
    "You multiplied the gradient by beta, too.",
    ask="Which of the two parts of the step is the old one?",
)
def ball_with_beta_everywhere(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: beta * (v - rate * np.asarray(grad(x))))


@momentum_descent.mistake(
    "You multiplied the old step by the rate, too.",
    ask="Which number says how much of the old step is kept?",
)
def ball_with_rate_everywhere(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: rate * (beta * v - np.asarray(grad(x))))


@momentum_descent.mistake(
    "You take the old step away instead of adding it, so the ball brakes itself.",
    ask="If the last step went east, where does momentum push the next one?",
)
def ball_that_brakes(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return _rolled(x0, steps, lambda x, v: -beta * v - rate * np.asarray(grad(x)))


@momentum_descent.mistake(
    "You move first and change the velocity afterwards, so the ball starts one step late.",
    ask="Which velocity does the first move use?",
)
def ball_one_step_late(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    x = np.array(x0, float)
    path, v = [x], np.zeros_like(x)
    for _ in range(steps):
        new = x + v
        v = beta * v - rate * np.asarray(grad(x))
        x = new
        path.append(x)
    return np.array(path)


@momentum_descent.mistake(
    "You returned the last point alone.",
    ask="How many points does a path of three steps have?",
)
def ball_without_its_path(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return momentum_descent(grad, x0, rate, beta, steps)[-1]


@momentum_descent.mistake(
    "Your path begins after the first step, so it has one row too few.",
    ask="Which row holds the place where the ball was let go?",
)
def ball_without_the_start(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return momentum_descent(grad, x0, rate, beta, steps)[1:]


@momentum_descent.mistake(
    "Your path holds whole numbers when x0 does, and the steps were cut off.",
    ask="What kind of numbers must the first row be?",
)
def ball_in_whole_numbers(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    path = momentum_descent(grad, x0, rate, beta, steps)
    start = np.array(x0)
    if start.dtype.kind == "f":
        return path
    table, v = np.zeros((steps + 1, len(start)), dtype=start.dtype), np.zeros(len(start))
    table[0] = start
    for i in range(steps):
        v = beta * v - rate * np.asarray(grad(table[i]))
        table[i + 1] = table[i] + v
    return table


@momentum_descent.mistake(
    "All rows of your path are the same, because you stored one array again and again.",
    ask="What does path.append(x) keep when x is changed in place afterwards?",
)
def ball_of_one_array(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    path = momentum_descent(grad, x0, rate, beta, steps)
    return np.tile(path[-1], (steps + 1, 1))


@momentum_descent.mistake(
    "Your ball starts with a velocity, and at x0 it is at rest.",
    ask="What is the very first step, when there was none before it?",
)
def ball_with_a_push(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    push = -rate * np.asarray(grad(np.array(x0, float)))
    x, path = np.array(x0, float), [np.array(x0, float)]
    for _ in range(steps):
        push = beta * push - rate * np.asarray(grad(x))
        x = x + push
        path.append(x)
    return np.array(path)


@momentum_descent.mistake(
    "You multiplied by the rate twice.",
    ask="Is the rate already inside your velocity when you add it to x?",
)
def ball_with_two_rates(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return momentum_descent(grad, x0, rate**2, beta, steps)


@momentum_descent.mistake(
    "You gave rate and beta to each other.",
    ask="Which of the two multiplies the gradient?",
)
def ball_with_names_swapped(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    return momentum_descent(grad, x0, beta, rate, steps)


@momentum_descent.mistake(
    "You rolled inside the x0 that you were given, and your caller's x0 has changed.",
    ask="What could you roll in instead, so that your caller notices nothing?",
)
def ball_in_place(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    path = momentum_descent(grad, x0, rate, beta, steps)
    if isinstance(x0, np.ndarray) and x0.dtype == float:
        x0[:] = path[-1]
    return path


@momentum_descent.style
def ball_by_two_points(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    path = np.empty((steps + 1, len(x0)))
    path[0] = x0
    before = path[0].copy()
    for i in range(steps):
        path[i + 1] = path[i] - rate * grad(path[i]) + beta * (path[i] - before)
        before = path[i]
    return path


@momentum_descent.style
def ball_with_a_scaled_velocity(
    grad: Function, x0: Any, rate: float, beta: float, steps: int
) -> Any:
    x, v = np.asarray(x0, dtype=float), np.array(0.0)
    path = [x]
    for _ in range(steps):
        v = beta * v + np.asarray(grad(x))
        x = x - rate * v
        path.append(x)
    return np.stack(path)


@momentum_descent.style
def ball_in_lists(grad: Function, x0: Any, rate: float, beta: float, steps: int) -> Any:
    x = [float(value) for value in x0]
    v = [0.0] * len(x)
    path = [tuple(x)]
    for _ in range(steps):
        g = grad(np.array(x))
        v = [beta * a - rate * float(b) for a, b in zip(v, g, strict=True)]
        x = [a + b for a, b in zip(x, v, strict=True)]
        path.append(tuple(x))
    return path


# ── lagrange_conditions ───────────────────────────────────────────────────────────────


@exercise(points={"conditions": 2, "any length": 1, "any v": 1})
def lagrange_conditions(grad_f: Function, grad_g: Function, g: Function) -> Any:
    """A function of v = (x…, λ) that is zero where f is stationary on g = 0."""
    return _conditions(grad_f, grad_g, g)


def _conditions(
    grad_f: Function, grad_g: Function, g: Function, sign: float = -1.0, height: float = -1.0
) -> Function:
    def conditions(v: Any) -> Array:
        v = np.array(v, float)
        x, multiplier = v[:-1], v[-1]
        slopes = np.asarray(grad_f(x)) + sign * multiplier * np.asarray(grad_g(x))
        return np.append(slopes, height * g(x))

    return conditions


def _pair(rng: Rng, n: int) -> tuple[Any, Any, Any]:
    f, g = _calm(rng, n), _hollow(rng, n)
    return f.gradient, g.gradient, g


@lagrange_conditions.probes("conditions")
def conditions_in_the_plane(rng: Rng) -> Cases:
    yield case(*_circle_problem()).then(np.array([1.0, 2.0, 0.5]))
    for _ in range(3):
        yield case(*_pair(rng, 2)).then(_sizes(rng, 0.5, 2, 3))


def _circle_problem() -> tuple[Any, Any, Any]:
    circle = functions.quadratic(A=2 * np.eye(2), b=[0.0, 0.0], c=-4.0)
    return bowl.gradient, circle.gradient, circle


@lagrange_conditions.probes("any length")
def conditions_in_space(rng: Rng) -> Cases:
    for n in (1, 3, 5):
        yield case(*_pair(rng, n)).then(_sizes(rng, 0.5, 2, n + 1))


@lagrange_conditions.probes("any v")
def conditions_of_any_v(rng: Rng) -> Cases:
    yield case(*_pair(rng, 2)).then(_point(rng, 3).tolist())
    yield case(*_pair(rng, 3)).then(tuple(_point(rng, 4).tolist()))
    yield case(*_pair(rng, 2)).then(_whole(rng, 3))
    yield case(*_pair(rng, 2)).then([1, 2, 3])


@lagrange_conditions.mistake(
    "You added λ∇g, and here the two gradients are to cancel: ∇f − λ∇g.",
    ask="Where ∇f = λ∇g, what is their difference?",
)
def conditions_added(grad_f: Function, grad_g: Function, g: Function) -> Any:
    return _conditions(grad_f, grad_g, g, sign=1.0)


@lagrange_conditions.mistake(
    "The last entry has the wrong sign: it is −g.",
    ask="What is the derivative of f − λg by λ?",
)
def conditions_with_plus_g(grad_f: Function, grad_g: Function, g: Function) -> Any:
    return _conditions(grad_f, grad_g, g, height=1.0)


@lagrange_conditions.mistake(
    "You left the constraint itself out, so there are more unknowns than equations.",
    ask="Which equation holds x on the curve g = 0?",
)
def conditions_without_g(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)
    return lambda v: made(v)[:-1]


@lagrange_conditions.mistake(
    "You took λ from the front of v, and it stands at the end.",
    ask="What are v[:-1] and v[-1]?",
)
def conditions_with_lambda_first(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)
    return lambda v: made(np.roll(np.array(v, float), -1))


@lagrange_conditions.mistake(
    "You put the constraint in front of the gradients.",
    ask="In which order does the formula list them?",
)
def conditions_with_g_first(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)
    return lambda v: np.roll(made(v), 1)


@lagrange_conditions.mistake(
    "You multiplied ∇f by λ and left ∇g alone.",
    ask="Which of the two gradients is stretched by λ?",
)
def conditions_with_lambda_on_f(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        v = np.array(v, float)
        slopes = v[-1] * np.asarray(grad_f(v[:-1])) - np.asarray(grad_g(v[:-1]))
        return np.append(slopes, -g(v[:-1]))

    return conditions


@lagrange_conditions.mistake(
    "You multiplied λ by g instead of by its gradient.",
    ask="How many numbers is g at a point, and how many is ∇g?",
)
def conditions_with_lambda_times_g(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        v = np.array(v, float)
        return np.append(np.asarray(grad_f(v[:-1])) - v[-1] * g(v[:-1]), -g(v[:-1]))

    return conditions


@lagrange_conditions.mistake(
    "You left λ out of the first part.",
    ask="May ∇f and ∇g have different lengths where they are parallel?",
)
def conditions_without_lambda(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        x = np.array(v, float)[:-1]
        return np.append(np.asarray(grad_f(x)) - np.asarray(grad_g(x)), -g(x))

    return conditions


@lagrange_conditions.mistake(
    "You return an array and a number side by side, and one array of n + 1 numbers is wanted.",
    ask="Which numpy function puts one more number at the end of an array?",
)
def conditions_side_by_side(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)
    return lambda v: (made(v)[:-1], made(v)[-1])


@lagrange_conditions.mistake(
    "Your function takes it for granted that x has two entries.",
    ask="How do you write all but the last entry of v, however long it is?",
)
def conditions_for_two_inputs(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)

    def conditions(v: Any) -> Any:
        a, b, multiplier = v
        return made(np.array([a, b, multiplier], float))

    return conditions


@lagrange_conditions.mistake(
    "Your function stretches ∇g as a list, which fails when v is a list and numbers when it is an array.",
    ask="What turns v into an array of floats, whatever it was before?",
)
def conditions_need_an_array(grad_f: Function, grad_g: Function, g: Function) -> Any:
    made = _conditions(grad_f, grad_g, g)
    return lambda v: made(v.astype(float))


@lagrange_conditions.mistake(
    "You multiplied the constraint by λ, and it has to hold by itself.",
    ask="What does your last entry say when λ is 0?",
)
def conditions_with_lambda_on_g(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        x, level = np.array(v[:-1], float), v[-1]
        return np.append(grad_f(x) - level * grad_g(x), -level * g(x))

    return conditions


@lagrange_conditions.style
def conditions_concatenated(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        x, lam = np.asarray(v[:-1], dtype=float), v[-1]
        return np.concatenate([grad_f(x) - lam * grad_g(x), [-g(x)]])

    return conditions


@lagrange_conditions.style
def conditions_as_a_list(grad_f: Function, grad_g: Function, g: Function) -> Any:
    def conditions(v: Any) -> Any:
        *x, lam = v
        x = np.array(x)
        pairs = zip(grad_f(x), grad_g(x), strict=True)
        return [float(a - lam * b) for a, b in pairs] + [-float(g(x))]

    return conditions


@lagrange_conditions.style
def conditions_as_a_lambda(grad_f: Function, grad_g: Function, g: Function) -> Any:
    return lambda v: np.array(
        [
            *(np.array(grad_f(np.array(v[:-1]))) - v[-1] * np.array(grad_g(np.array(v[:-1])))),
            -g(np.array(v[:-1])),
        ]
    )


# ── solve_constrained ─────────────────────────────────────────────────────────────────


@exercise(points={"lowest": 3, "stubborn starts": 2})
def solve_constrained(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    """The lowest of the stationary points that a root finder reaches from the starts, with its λ."""
    found = _stationary(grad_f, g, grad_g, starts)
    lowest = min(found, key=lambda v: f(v[:-1]))
    return lowest[:-1], float(lowest[-1])


def _stationary(
    grad_f: Function,
    g: Function,
    grad_g: Function,
    starts: Sequence[Any],
    guesses: Sequence[float] = (1.0,),
    checked: bool = True,
    method: Any = "hybr",
) -> list[Array]:
    conditions = _conditions(grad_f, grad_g, g)
    found = []
    for start in starts:
        for guess in guesses:
            v = np.append(np.array(start, float), guess)
            answer = optimize.root(conditions, v, method=method)
            if not checked or np.abs(conditions(answer.x)).max() < 1e-8:
                found.append(np.asarray(answer.x))
    return found


def _ring(radius: float, n: int = 2) -> Any:
    return functions.quadratic(A=2 * np.eye(n), b=np.zeros(n), c=-(radius**2))


def _around(rng: Rng, radius: float, many: int = 9) -> Array:
    turn = rng.uniform(0, 2 * np.pi) + 2 * np.pi * rng.permutation(many) / many
    size = radius * rng.uniform(0.9, 1.2, many)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(np.round(size[:, None] * ring, 2))


def _asked(f: Any, g: Any, starts: Any) -> tuple[Any, ...]:
    return f, f.gradient, g, g.gradient, starts


def _level(grad_f: Function, grad_g: Function, x: Array) -> float:
    """The λ that makes ∇f − λ∇g as short as it can be."""
    slope = np.asarray(grad_g(x))
    return float(slope @ grad_f(x) / max(float(slope @ slope), 1e-12))


def _believed(problem: tuple[Any, ...], guess: float) -> Array:
    f, grad_f, g, grad_g, starts = problem
    found = _stationary(grad_f, g, grad_g, starts, (guess,), checked=False)
    return min(found, key=lambda v: f(v[:-1]))


def _drawn(rng: Rng, draw: Callable[[Rng], tuple[Any, ...]]) -> tuple[Any, ...]:
    """A problem that every usual root finder solves alike, whatever λ it begins with: see tests."""
    return draw(np.random.default_rng(int(rng.choice(SOLVED_ALIKE[draw.__name__]))))


def _bent(rng: Rng, n: int = 2) -> Any:
    """A quadratic that bends up or down, with a slope."""
    A = _positive(rng, *_sizes(rng, 0.5, 2.0, n))
    return functions.quadratic(A=A, b=_sizes(rng, 0.8, 1.5, n), c=0.0)


def _on_a_circle(rng: Rng) -> tuple[Any, ...]:
    radius = float(np.round(rng.uniform(1.0, 2.0), 1))
    return _asked(_bent(rng), _ring(radius), _around(rng, radius, 7))


def _on_a_turned_circle(rng: Rng) -> tuple[Any, ...]:
    """The same circle, written with the other sign, so that the lowest f has the largest λ."""
    radius = float(np.round(rng.uniform(1.0, 2.0), 1))
    circle = functions.quadratic(A=-2 * np.eye(2), b=np.zeros(2), c=radius**2)
    return _asked(_bent(rng), circle, _around(rng, radius, 7))


def _on_a_line(rng: Rng) -> tuple[Any, ...]:
    line = functions.quadratic(A=np.zeros((2, 2)), b=_sizes(rng, 0.5, 2, 2), c=1.0)
    return _asked(_hollow(rng, 2), line, _around(rng, 1.0, 2).tolist())


def _on_a_sphere(rng: Rng) -> tuple[Any, ...]:
    starts = [np.append(p, z) for p in _around(rng, 1.0, 5) for z in (-0.6, 0.7)]
    return _asked(_bent(rng, 3), _ring(1.2, 3), starts)


def _by_the_lesson(rng: Rng) -> tuple[Any, ...]:
    """bowl-like f on the circle of radius 2, whose four stationary points have two heights."""
    f = functions.quadratic(A=np.diag([2.0, 4.0]), b=[0.0, 0.0], c=0.0)
    circle = functions.quadratic(A=2 * np.eye(2), b=[-2.0, 0.0], c=-3.0)
    return _asked(f, circle, [[2.5, 0.5], [-1.2, 0.3], [1.0, 2.0], [1.0, -2.1]])


def _in_a_trap(rng: Rng) -> tuple[Any, ...]:
    """On y² + p(x) = 0, which meets y = 0 once; p has another bottom, above 0, further left."""
    lift, root = rng.uniform(0.5, 1.5), rng.uniform(0.8, 1.2)
    p = np.convolve([root, -1.0], [4 + lift, 4.0, 1.0])  # (root − x)((x + 2)² + lift)
    g = functions.polynomial_field(
        coefficients=[1.0, *p], exponents=[[0, 2], *([k, 0] for k in range(4))]
    )
    f = functions.quadratic(A=np.diag([0.2, 0.3]), b=[1.0, 0.0], c=0.0)
    good = np.round(np.array([root, 0.0]) + _sizes(rng, 0.05, 0.2, (3, 2)), 2)
    trapped = np.round(np.array([-2.0, 0.0]) + _sizes(rng, 0.05, 0.3, (2, 2)), 2)
    return _asked(f, g, [trapped[0].tolist(), *good.tolist(), trapped[1].tolist()])


def _from_the_middle(rng: Rng) -> tuple[Any, ...]:
    """One of the starts is where ∇g is zero."""
    f, grad_f, g, grad_g, starts = _on_a_circle(rng)
    return f, grad_f, g, grad_g, np.vstack([[0.0, 0.0], starts])


SOLVED_ALIKE: dict[str, tuple[int, ...]] = {
    "_on_a_circle": (0, 2, 6, 7, 9, 12, 13, 15, 17, 18, 19, 21, 25, 27, 30, 32, 33, 37),
    "_on_a_turned_circle": (
        0,
        2,
        6,
        7,
        9,
        10,
        11,
        12,
        13,
        15,
        16,
        17,
        18,
        19,
        20,
        21,
        25,
        26,
        27,
        30,
        31,
        32,
    ),
    "_from_the_middle": (0, 2, 6, 7, 9, 12, 13, 15, 17, 18, 19, 21, 25, 27, 30, 32, 33, 37),
    "_on_a_line": (
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        19,
        20,
        21,
        22,
        23,
    ),
    "_on_a_sphere": (
        4,
        5,
        6,
        13,
        19,
        21,
        24,
        25,
        28,
        30,
        36,
        38,
        42,
        46,
        48,
        56,
        60,
        61,
        62,
        63,
        65,
    ),
    "_in_a_trap": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
}


@solve_constrained.probes("lowest")
def problems_on_circles_and_lines(rng: Rng) -> Cases:
    yield _by_the_lesson(rng)
    for draw in (_on_a_circle, _on_a_turned_circle, _on_a_line, _on_a_sphere):
        yield _drawn(rng, draw)


@solve_constrained.probes("stubborn starts")
def problems_with_stubborn_starts(rng: Rng) -> Cases:
    yield _drawn(rng, _in_a_trap)
    yield _drawn(rng, _in_a_trap)
    yield _drawn(rng, _from_the_middle)


@solve_constrained.mistake(
    "You returned the highest of the stationary points.",
    ask="Which of the heights f do you keep: the smallest or the largest?",
)
def constrained_highest(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    v = max(_stationary(grad_f, g, grad_g, starts), key=lambda v: f(v[:-1]))
    return v[:-1], v[-1]


@solve_constrained.mistake(
    "You used one start only, and it may lead to a stationary point that is not the lowest.",
    ask="What else could the other starts find?",
    variants=[{"which": -1}],
)
def constrained_by_one_start(
    f: Function,
    grad_f: Function,
    g: Function,
    grad_g: Function,
    starts: Sequence[Any],
    which: int = 0,
) -> Any:
    v = _stationary(grad_f, g, grad_g, [starts[which]], (1.0,), checked=False)[0]
    return v[:-1], v[-1]


@solve_constrained.mistake(
    "You believe a root finder that has failed: where it stopped, the conditions are not zero.",
    ask="How large are the conditions at the point that you return?",
    variants=[{"guess": 0.0}, {"guess": 0.5}],
)
def constrained_believes_failures(
    f: Function,
    grad_f: Function,
    g: Function,
    grad_g: Function,
    starts: Sequence[Any],
    guess: float = 1.0,
) -> Any:
    v = _believed((f, grad_f, g, grad_g, starts), guess)
    return v[:-1], v[-1]


@solve_constrained.mistake(
    "Your λ has the wrong sign: ∇f = λ∇g here.",
    ask="Do your conditions hold ∇f − λ∇g or ∇f + λ∇g?",
)
def constrained_with_minus_lambda(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    x, multiplier = solve_constrained(f, grad_f, g, grad_g, starts)
    return x, -multiplier


@solve_constrained.mistake(
    "You returned the point without its λ.",
    ask="What are the two things that are asked for?",
)
def constrained_without_lambda(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    return solve_constrained(f, grad_f, g, grad_g, starts)[0]


@solve_constrained.mistake(
    "You returned x and λ in one array, and a pair (x, λ) is asked for.",
    ask="How would you cut your v into its first n numbers and its last?",
)
def constrained_in_one_array(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    return np.append(*solve_constrained(f, grad_f, g, grad_g, starts))


@solve_constrained.mistake(
    "You returned λ first and the point after it.",
    ask="In which order does the docstring name them?",
)
def constrained_in_the_other_order(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    x, multiplier = solve_constrained(f, grad_f, g, grad_g, starts)
    return multiplier, x


@solve_constrained.mistake(
    "You returned the height f beside the point, and λ is asked for.",
    ask="Where in v does the root finder leave λ?",
)
def constrained_with_the_height(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    x, _ = solve_constrained(f, grad_f, g, grad_g, starts)
    return x, f(x)


@solve_constrained.mistake(
    "You chose the point with the smallest λ, and the smallest f is wanted.",
    ask="Which function tells how low a stationary point lies?",
)
def constrained_by_lambda(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    v = min(_stationary(grad_f, g, grad_g, starts), key=lambda v: v[-1])
    return v[:-1], v[-1]


@solve_constrained.mistake(
    "You looked for the bottom of f and left the constraint out.",
    ask="What is g at the point that you return?",
)
def constrained_without_constraint(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    return optimize.root(grad_f, np.array(starts[0], float)).x, 0.0


@solve_constrained.style
def constrained_by_fsolve(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    best = None
    for start in starts:
        conditions = lagrange_conditions(grad_f, grad_g, g)
        v, _, ier, _ = optimize.fsolve(conditions, [*start, 1.0], full_output=True)
        holds = ier == 1 and np.allclose(conditions(v), 0, atol=1e-6)
        if holds and (best is None or f(v[:-1]) < f(best[:-1])):
            best = v
    assert best is not None
    return best[:-1].tolist(), best[-1]


@solve_constrained.style
def constrained_by_root_from_zero(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    conditions = lagrange_conditions(grad_f, grad_g, g)
    answers = [optimize.root(conditions, np.append(start, 0.0)) for start in starts]
    points = [answer.x for answer in answers if answer.success]
    heights = [f(v[:-1]) for v in points]
    v = points[int(np.argmin(heights))]
    return v[:-1], float(v[-1])


@solve_constrained.style
def constrained_by_levenberg(
    f: Function, grad_f: Function, g: Function, grad_g: Function, starts: Sequence[Any]
) -> Any:
    conditions = lagrange_conditions(grad_f, grad_g, g)
    low, chosen = np.inf, None
    for start in np.asarray(starts, dtype=float):
        guess = _level(grad_f, grad_g, start)
        v = optimize.root(conditions, np.append(start, guess), method="lm").x
        if np.linalg.norm(conditions(v)) < 1e-7 and f(v[:-1]) < low:
            low, chosen = float(f(v[:-1])), (v[:-1], np.array(v[-1]))
    return chosen


# ── choose_method ─────────────────────────────────────────────────────────────────────

METHODS = {
    "A": "many starts",
    "B": "newton",
    "C": "lagrange",
    "D": "momentum",
    "E": "gradient descent",
    "F": "safe newton",
    "G": "hybrid",
    "H": "line search",
}


@exercise(points=3, view="helpers.seal:sealed", is_value=True)
def choose_method() -> dict[str, str]:
    """The best method for each of the eight problems of the notebook."""
    return dict(METHODS)


def _swapped(one: str, other: str) -> dict[str, str]:
    return {**METHODS, one: METHODS[other], other: METHODS[one]}


def _instead(problem: str, *methods: str) -> list[dict[str, Any]]:
    return [{"chosen": {**METHODS, problem: method}} for method in methods]


@choose_method.mistake(
    "You trusted a bare tangent where it is level half-way, and used a bracket where none is given.",
    ask="In which problem do you know two places where f has different signs?",
    variants=_instead("F", "newton", "hybrid") + _instead("B", "safe newton"),
)
def chooses_a_bare_tangent(chosen: Any = None) -> Any:
    return chosen or _swapped("B", "F")


@choose_method.mistake(
    "You mixed up the round hollow and the long narrow valley.",
    ask="In which of the two does plain descent zigzag?",
    variants=_instead("D", "gradient descent") + _instead("E", "momentum"),
)
def chooses_momentum_for_the_round(chosen: Any = None) -> Any:
    return chosen or _swapped("D", "E")


@choose_method.mistake(
    "You chose a method that needs second derivatives for a problem with ten million unknowns.",
    ask="How many entries has the Hessian of ten million inputs?",
    variants=_instead("E", "newton", "hybrid") + _instead("D", "newton", "hybrid"),
)
def chooses_a_huge_hessian(chosen: Any = None) -> Any:
    return chosen or _swapped("E", "G")


@choose_method.mistake(
    "You sent Newton without safeguards to a place where the ground bends down.",
    ask="Where does Newton's step lead near a saddle?",
    variants=_instead("G", "newton"),
)
def chooses_newton_at_a_saddle(chosen: Any = None) -> Any:
    return chosen or _swapped("B", "G")


@choose_method.mistake(
    "You follow the slope from one place although there are many hollows.",
    ask="What does the slope know about another hollow?",
    variants=_instead("A", "gradient descent", "newton", "momentum", "hybrid", "line search"),
)
def chooses_one_start(chosen: Any = None) -> Any:
    return chosen or _swapped("A", "E")


@choose_method.mistake(
    "You chose a fixed rate where no single rate is right.",
    ask="How does the largest stable rate change when the bend changes a thousandfold?",
    variants=_instead("H", "gradient descent", "momentum"),
)
def chooses_a_fixed_rate(chosen: Any = None) -> Any:
    return chosen or _swapped("H", "E")


@choose_method.mistake(
    "You left the constraint to a method that does not know of it.",
    ask="Which method holds x on the curve g = 0?",
    variants=_instead("C", "gradient descent", "newton", "hybrid", "momentum", "line search"),
)
def chooses_without_the_constraint(chosen: Any = None) -> Any:
    return chosen or _swapped("C", "H")


@choose_method.mistake(
    "Your words are not letter for letter those of the list.",
    ask="How does the list spell the methods?",
    variants=[
        {"chosen": {key: method.replace(" ", "_") for key, method in METHODS.items()}},
        {"chosen": {key: method.upper() for key, method in METHODS.items()}},
    ],
)
def chooses_in_other_words(chosen: Any = None) -> Any:
    return chosen or {key: method.capitalize() for key, method in METHODS.items()}


@choose_method.style
def choices_in_another_order() -> Any:
    return dict(reversed(METHODS.items()))


@choose_method.style
def choices_by_zip() -> Any:
    return dict(zip("ABCDEFGH", METHODS.values(), strict=True))


@choose_method.style
def choices_as_numpy_strings() -> Any:
    return {key: np.str_(method) for key, method in METHODS.items()}
