"""Week 3: power series, remainders, convergence, orders of accuracy, and series in many variables.

Answers that return functions are asked twice: first for the function, then for its values at numbers,
arrays, lists and whole numbers. Wherever an answer is an estimate, the probes leave room for every
honest way to make it; wherever it counts, they stay clear of ties.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm, toeplitz

from autograder.exercise import Case, case, exercise
from helpers import functions

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]

EXPANDERS = (
    "helpers.taylor",
    "helpers.derivatives.series",
    "scipy.interpolate.approximate_taylor_polynomial",
    "jax",
    "sympy",
    "mpmath",
)
NAMES = ("exp", "sin", "cos", "log1p", "geometric")


def _sizes(rng: Rng, least: float, most: float, shape: Any) -> Array:
    """Numbers of a size between `least` and `most`, with random signs."""
    return np.asarray(rng.uniform(least, most, shape) * rng.choice([-1.0, 1.0], shape))


def _signs(rng: Rng, n: int) -> Array:
    return np.asarray(rng.choice([-1.0, 1.0], n))


def _factorials(n: int) -> Array:
    return np.array([math.factorial(k) for k in range(n)], float)


def _number(rng: Rng, least: float = 0.4, most: float = 2.0) -> float:
    return round(float(_sizes(rng, least, most, None)), 2)


# ── maclaurin_coefficients ────────────────────────────────────────────────────────────


def _derivative_at_zero(name: str, k: int) -> float:
    """The k-th derivative at 0 of a function by its name."""
    if name == "log1p":
        return 0.0 if k == 0 else float((-1) ** (k + 1) * math.factorial(k - 1))
    if name == "geometric":
        return float(math.factorial(k))
    cycle = {"exp": (1, 1, 1, 1), "sin": (0, 1, 0, -1), "cos": (1, 0, -1, 0)}[name]
    return float(cycle[k % 4])


@exercise(points={"value": 3, "short": 1, "other names": 1}, rtol=1e-9, refuses=EXPANDERS)
def maclaurin_coefficients(name: str, n: int) -> Any:
    """c₀ … c_n of a function by its name."""
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    return np.array([_derivative_at_zero(name, k) / math.factorial(k) for k in range(n + 1)])


@maclaurin_coefficients.probes("value")
def five_series(rng: Rng) -> Cases:
    for name in NAMES:
        yield name, int(rng.integers(5, 9))


@maclaurin_coefficients.probes("short")
def the_first_coefficients(rng: Rng) -> Cases:
    for name in NAMES:
        yield name, int(rng.integers(1, 3))
    yield str(rng.choice(["exp", "cos", "geometric"])), 0


@maclaurin_coefficients.probes("other names")
def names_without_a_series(rng: Rng) -> Cases:
    yield "tan", 3
    yield str(rng.choice(["log", "sinh", "Exp", "", "sine"])), int(rng.integers(1, 6))


def _coefficients(name: str, n: int) -> Array:
    return np.array(maclaurin_coefficients(name, n), float)


@maclaurin_coefficients.mistake(
    "You returned the derivatives at 0, and they have not been divided by the factorials yet.",
    ask="What does differentiating x⁴ four times leave behind?",
    variants=[
        {"names": names}
        for names in (("exp", "sin", "cos"), ("log1p", "geometric"), *((name,) for name in NAMES))
    ],
)
def maclaurin_of_derivatives(name: str, n: int, names: tuple[str, ...] = NAMES) -> Any:
    c = _coefficients(name, n)
    return c * _factorials(n + 1) if name in names else c


@maclaurin_coefficients.mistake(
    "You divided by k where k! is wanted.",
    ask="How much is 4!, and how much is 4?",
)
def maclaurin_without_factorial(name: str, n: int) -> Any:
    plain = np.maximum(1, np.arange(n + 1))
    return _coefficients(name, n) * _factorials(n + 1) / plain


@maclaurin_coefficients.mistake(
    "One coefficient is missing at the end.",
    ask="How many numbers are there from c₀ to c₃?",
)
def maclaurin_one_short(name: str, n: int) -> Any:
    return _coefficients(name, n)[:-1]


@maclaurin_coefficients.mistake(
    "The signs of your sine, cosine or logarithm do not alternate.",
    ask="What is the second derivative of the cosine at 0?",
    variants=[{"names": ("sin", "cos")}, {"names": ("log1p",)}],
)
def maclaurin_without_signs(
    name: str, n: int, names: tuple[str, ...] = ("sin", "cos", "log1p")
) -> Any:
    c = _coefficients(name, n)
    return np.abs(c) if name in names else c


@maclaurin_coefficients.mistake(
    "Your sine and your cosine have changed places.",
    ask="Which of the two is 0 at x = 0?",
)
def maclaurin_swaps_sine_and_cosine(name: str, n: int) -> Any:
    return _coefficients({"sin": "cos", "cos": "sin"}.get(name, name), n)


@maclaurin_coefficients.mistake(
    "Your series of ln(1 + x) has the signs turned round.",
    ask="Is ln(1 + x) positive or negative just to the right of 0?",
)
def maclaurin_turns_the_logarithm(name: str, n: int) -> Any:
    c = _coefficients(name, n)
    return -c if name == "log1p" else c


@maclaurin_coefficients.mistake(
    "Your series of ln(1 + x) has factorials below the line where plain k belongs.",
    ask="The derivatives of ln(1 + x) hold a factorial too: what is left of k! after it cancels?",
)
def maclaurin_logarithm_with_factorials(name: str, n: int) -> Any:
    c = _coefficients(name, n)
    return c * np.maximum(1, np.arange(n + 1)) / _factorials(n + 1) if name == "log1p" else c


@maclaurin_coefficients.mistake(
    "Your geometric series is that of 1/(1 + x).",
    ask="Is 1/(1 − x) larger or smaller than 1 at x = 0.1?",
)
def maclaurin_alternates_the_geometric(name: str, n: int) -> Any:
    c = _coefficients(name, n)
    return c * (-1.0) ** np.arange(n + 1) if name == "geometric" else c


@maclaurin_coefficients.mistake(
    "You left out the zeros, so the coefficients no longer stand at their power.",
    ask="Which power of x belongs to the entry with index 1?",
    variants=[{"names": NAMES, "to_length": True}]
    + [{"names": ("sin", "cos"), "to_length": long} for long in (False, True)],
)
def maclaurin_without_zeros(
    name: str, n: int, names: tuple[str, ...] = NAMES, to_length: bool = False
) -> Any:
    if name not in names:
        return maclaurin_coefficients(name, n)
    c = _coefficients(name, 2 * n + 2 if to_length else n)
    return c[c != 0][: n + 1]


@maclaurin_coefficients.mistake(
    "Your series of ln(1 + x) begins with 1, and ln 1 is 0.",
    ask="What is ln(1 + x) at x = 0, and which coefficient is that?",
)
def maclaurin_shifts_the_logarithm(name: str, n: int) -> Any:
    return _coefficients(name, n + 1)[1:] if name == "log1p" else _coefficients(name, n)


@maclaurin_coefficients.mistake(
    "Your geometric series has factorials, and its derivatives have cancelled them.",
    ask="What is the k-th derivative of 1/(1 − x) at 0, divided by k!?",
)
def maclaurin_geometric_with_factorials(name: str, n: int) -> Any:
    return _coefficients("exp" if name == "geometric" else name, n)


@maclaurin_coefficients.mistake(
    "Your coefficients stand in the opposite order, highest power first.",
    ask="Which power of x belongs to the entry with index 0?",
)
def maclaurin_highest_first(name: str, n: int) -> Any:
    return _coefficients(name, n)[::-1]


@maclaurin_coefficients.mistake(
    "You return something for a name that has no series here.",
    ask="What should happen to a caller who misspells a name?",
    variants=[{"given": "zeros"}],
)
def maclaurin_of_any_name(name: str, n: int, given: str = "nothing") -> Any:
    if name in NAMES:
        return _coefficients(name, n)
    return None if given == "nothing" else np.zeros(n + 1)


@maclaurin_coefficients.mistake(
    "Another name ends in an error of some other kind than ValueError.",
    ask="Which line of your function could look at the name before the dictionary or the result does?",
    variants=[{"kind": UnboundLocalError}, {"kind": NameError}],
)
def maclaurin_with_another_error(name: str, n: int, kind: type[Exception] = KeyError) -> Any:
    if name not in NAMES:
        raise kind(name)
    return _coefficients(name, n)


@maclaurin_coefficients.style
def maclaurin_in_branches(name: str, n: int) -> Any:
    result = []
    for k in range(n + 1):
        if name == "exp":
            result.append(1 / math.factorial(k))
        elif name == "sin":
            result.append(0 if k % 2 == 0 else (-1) ** (k // 2) / math.factorial(k))
        elif name == "cos":
            result.append(0 if k % 2 else (-1) ** (k // 2) / math.factorial(k))
        elif name == "log1p":
            result.append((-1) ** (k + 1) / k if k else 0)
        elif name == "geometric":
            result.append(1)
        else:
            raise ValueError(name)
    return result


@maclaurin_coefficients.style
def maclaurin_by_products(name: str, n: int) -> Any:
    k = np.arange(n + 1)
    factorial = np.cumprod(np.maximum(k, 1).astype(float))
    table = {
        "exp": 1 / factorial,
        "sin": np.array([0, 1, 0, -1] * (n + 1))[: n + 1] / factorial,
        "cos": np.array([1, 0, -1, 0] * (n + 1))[: n + 1] / factorial,
        "log1p": np.where(k > 0, (-1.0) ** (k + 1) / np.maximum(k, 1), 0),
        "geometric": np.ones(n + 1, int),
    }
    if name not in table:
        raise ValueError("unknown")
    return table[name]


@maclaurin_coefficients.style
def maclaurin_by_turning_the_exponential(name: str, n: int) -> Any:
    assert isinstance(n, int)
    if name in ("exp", "sin", "cos"):
        turned = [1j**k / math.gamma(k + 1) for k in range(n + 1)]
        part: Any = {"exp": np.abs, "sin": np.imag, "cos": np.real}[name]
        return tuple(part(turned))
    if name in ("log1p", "geometric"):
        return (
            np.r_[0.0, [-((-1.0) ** k) / k for k in range(1, n + 1)]]
            if name[0] == "l"
            else [1.0] * (n + 1)
        )
    raise ValueError("no such series")


# ── parity ────────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any list": 1}, refuses=EXPANDERS)
def parity(coefficients: Any) -> str:
    """Whether only even, only odd or both kinds of power are there."""
    c = np.asarray(coefficients, float)
    if not c[1::2].any():
        return "even"
    return "odd" if not c[::2].any() else "neither"


def _with_powers(rng: Rng, n: int, start: int, step: int) -> Array:
    """Coefficients that are not zero at start, start + step, … only."""
    c = np.zeros(n)
    c[start::step] = np.round(_sizes(rng, 0.2, 3.0, c[start::step].size), 2)
    return c


@parity.probes("value")
def series_of_each_kind(rng: Rng) -> Cases:
    yield (np.array([1.0, 0.0, -0.5, 0.0, 0.25]),)
    yield (np.array([0.0, 1.0, 0.0, -0.5]),)
    yield (np.array([0.0, 1.0, -0.5, 0.25]),)
    for n in (6, 7, 8):
        yield (_with_powers(rng, n, 0, 2),)
        yield (_with_powers(rng, n, 1, 2),)
        yield (_with_powers(rng, n, 0, 1),)
    yield (np.array([1.0, 0.0, 2.0, 0.0, 1.0, 0.5]),)
    yield (np.array([0.0, 1.0, 0.0, 2.0, 0.5]),)
    yield (np.array([1.5, 2.0, 0.0, -2.0, -1.5]),)
    yield (np.array([0.0, 2.0, 0.5, -2.0, -0.5]),)
    yield (np.array([2.0, 1.0, 0.5]),)
    yield (np.array([0.0, 0.0, 0.0, 0.7, 0.0]),)
    yield (np.array([1.0, 0.0, 1.0, 0.0, 0.5, 1e-4]),)
    yield (np.array([float(rng.uniform(0.5, 2)), 1.0, 0.0, -0.5]),)
    yield (np.array([0.0, 1.0, -2e-4, 0.25]),)


@parity.probes("any list")
def lists_of_coefficients(rng: Rng) -> Cases:
    yield ([3],)
    yield ((0, 2),)
    yield ([2, 0, 4, 0],)
    yield ([0, 0, 1],)
    yield ([3, 5, 7],)
    yield ((0.0, -1.5, 0.0, float(rng.uniform(1, 2))),)
    yield (np.array([1, 0, 3, 2]),)


@parity.mistake(
    "Your even and odd have changed places.",
    ask="Is x² the same to the left and to the right of 0, and which power is it?",
)
def parity_swapped(coefficients: Any) -> str:
    kind: str = parity(coefficients)
    return {"even": "odd", "odd": "even"}.get(kind, kind)


@parity.mistake(
    "You added coefficients up, and they can cancel without being zero.",
    ask="What is the sum of 2 and −2, and does either of them vanish?",
)
def parity_by_sums(coefficients: Any) -> str:
    c = np.asarray(coefficients, float)
    if c[1::2].sum() == 0:
        return "even"
    return "odd" if c[::2].sum() == 0 else "neither"


@parity.mistake(
    "You judged by a single coefficient.",
    ask="Can a series that begins with 0 still hold an x²?",
    variants=[{"by": "second"}, {"by": "both"}],
)
def parity_by_the_first(coefficients: Any, by: str = "first") -> str:
    first, second = (*coefficients, 0)[:2]
    if by == "first":
        return "odd" if first == 0 else "even"
    if by == "second" or second == 0:
        return "even" if second == 0 else "odd"
    return "odd" if first == 0 else "neither"


@parity.mistake(
    "You judged by the highest power alone.",
    ask="Is 1 + x + x² the same at x = 1 and at x = −1?",
)
def parity_by_degree(coefficients: Any) -> str:
    return "even" if np.flatnonzero(np.asarray(coefficients))[-1] % 2 == 0 else "odd"


@parity.mistake(
    "You asked whether the coefficients are even numbers, not whether their powers are.",
    ask="In 3x², which number decides what happens when x becomes −x?",
)
def parity_of_the_numbers(coefficients: Any) -> str:
    c = np.asarray(coefficients, float)
    if np.all(c % 2 == 0):
        return "even"
    return "odd" if np.all(c % 2 == 1) else "neither"


@parity.mistake(
    "You never answer neither.",
    ask="What is a function that is not even: must it be odd?",
)
def parity_without_neither(coefficients: Any) -> str:
    return "even" if parity(coefficients) == "even" else "odd"


@parity.mistake(
    "Your rule wants one kind of coefficient to be non-zero throughout, and a series may have gaps.",
    ask="Is x³ odd although its x has the coefficient 0?",
)
def parity_without_gaps(coefficients: Any) -> str:
    c = np.asarray(coefficients, float)
    if np.all(c[::2] != 0) and not c[1::2].any():
        return "even"
    return "odd" if np.all(c[1::2] != 0) and not c[::2].any() else "neither"


@parity.mistake(
    "You passed over the constant, and it is a coefficient like any other.",
    ask="Is 1 + x odd, and does its graph go through the origin?",
)
def parity_without_the_constant(coefficients: Any) -> str:
    return str(parity(np.append(0.0, np.asarray(coefficients, float)[1:])))


@parity.mistake(
    "You took a small coefficient for zero.",
    ask="Is 1 + x² + 0.0001 x⁵ the same at x = 10 and at x = −10?",
    variants=[{"small": 1e-3}],
)
def parity_drops_small_ones(coefficients: Any, small: float = 1e-2) -> str:
    c = np.asarray(coefficients, float)
    return str(parity(np.where(np.abs(c) < small, 0.0, c)))


@parity.mistake(
    "You treat the coefficients as an array, and they may come as a list or a tuple.",
    ask="What does Python say to [1, 0, 2] == 0, and what does numpy say to it?",
)
def parity_needs_an_array(coefficients: Any) -> str:
    if (coefficients[1::2] == 0).all():
        return "even"
    return "odd" if (coefficients[::2] == 0).all() else "neither"


@parity.mistake(
    "Your word is not one of the three that the exercise names, letter for letter.",
    ask="Which three words does the docstring offer?",
    variants=[{"spell": 1}],
)
def parity_in_other_words(coefficients: Any, spell: int = 0) -> str:
    kind: str = parity(coefficients)
    return [kind.capitalize(), kind.upper()][spell]


@parity.style
def parity_in_a_loop(coefficients: Any) -> str:
    even = odd = True
    for k, c in enumerate(coefficients):
        if c != 0 and k % 2 == 1:
            even = False
        if c != 0 and k % 2 == 0:
            odd = False
    if even:
        return "even"
    if odd:
        return "odd"
    return "neither"


@parity.style
def parity_by_reflection(coefficients: Any) -> Any:
    c = np.array(coefficients, dtype=float)
    turned = c * (-1.0) ** np.arange(len(c))
    if np.allclose(turned, c):
        return np.str_("even")
    return np.str_("odd" if np.allclose(turned, -c) else "neither")


@parity.style
def parity_by_any(coefficients: Any) -> str:
    has_odd = any(c != 0 for c in coefficients[1::2])
    has_even = any(c != 0 for c in coefficients[0::2])
    return "neither" if has_odd and has_even else ["even", "odd"][has_odd]


# ── taylor_polynomial ─────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "any x": 1, "short": 1}, rtol=1e-9, refuses=EXPANDERS)
def taylor_polynomial(derivatives: Any, a: float) -> Any:
    """Σ f⁽ᵏ⁾(a) (x − a)ᵏ / k!."""
    d = np.array(derivatives, float)
    return lambda x: sum(
        d[k] / math.factorial(k) * (np.asarray(x, float) - a) ** k for k in range(d.size)
    )


def _points(rng: Rng, n: int = 4) -> Array:
    return np.round(rng.uniform(-2.5, 2.5, n), 2)


@taylor_polynomial.probes("value")
def polynomials_about_a(rng: Rng) -> Cases:
    yield case(np.array([1.0, 2.0, 3.0, 4.0]), 1.0).then(_number(rng, 2, 3))
    yield case(np.array([1.0, 1.0, 1.0, 1.0, 1.0]), 0.0).then(_points(rng))
    for n in (3, 5, 7):
        yield case(_sizes(rng, 0.5, 3.0, n), _number(rng)).then(_points(rng))


@taylor_polynomial.probes("any x")
def polynomials_at_any_x(rng: Rng) -> Cases:
    d = _sizes(rng, 0.5, 3.0, 4)
    yield case(d.tolist(), _number(rng)).then(_points(rng).tolist())
    yield case(tuple(d.tolist()), _number(rng)).then(tuple(_points(rng).tolist()))
    yield case([2, -1, 3], 0.5).then(rng.integers(1, 4, 3) * rng.choice([-1, 1], 3))
    yield case(np.array([3, 1, 1, 5]), 1).then([-3, -1, 4])
    yield case(d, _number(rng)).then(rng.uniform(-2, 2, (2, 3)))


@taylor_polynomial.probes("short")
def short_polynomials(rng: Rng) -> Cases:
    yield case([2.5], _number(rng)).then(_points(rng))
    yield case(_sizes(rng, 0.5, 3.0, 1), _number(rng)).then(_points(rng, 3))
    yield case(_sizes(rng, 0.5, 3.0, 2), _number(rng)).then(_points(rng))


def _polynomial(weights: Any, a: float, x: Any, shift: int = 0) -> Any:
    away = np.asarray(x, float) - a
    return sum(w * away ** (k + shift) for k, w in enumerate(weights))


@taylor_polynomial.mistake(
    "You did not divide the derivatives by the factorials.",
    ask="What is the third derivative of (x − a)³, and what should it be?",
)
def taylor_without_factorials(derivatives: Any, a: float) -> Any:
    return lambda x: _polynomial(np.array(derivatives, float), a, x)


@taylor_polynomial.mistake(
    "You took powers of x instead of powers of x − a.",
    ask="Which power series returns f(a) when x is a?",
)
def taylor_about_zero(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    return lambda x: _polynomial(d / _factorials(d.size), 0.0, x)


@taylor_polynomial.mistake(
    "You divided by k where k! is wanted.",
    ask="How much is 3!, and how much is 3?",
)
def taylor_divides_by_k(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    return lambda x: _polynomial(d / np.maximum(1, np.arange(d.size)), a, x)


@taylor_polynomial.mistake(
    "Your factorials are one ahead: the slope is divided by 2! and not by 1!.",
    ask="Which factorial goes with the derivative of order k?",
)
def taylor_factorials_ahead(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    return lambda x: _polynomial(d / _factorials(d.size + 1)[1:], a, x)


@taylor_polynomial.mistake(
    "Your powers are one ahead: f(a) is multiplied by x − a.",
    ask="What should your polynomial return at x = a?",
)
def taylor_powers_ahead(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    return lambda x: _polynomial(d / _factorials(d.size), a, x, 1)


@taylor_polynomial.mistake(
    "You left the first term out, the height f(a).",
    ask="What should your polynomial return at x = a?",
)
def taylor_without_the_first(derivatives: Any, a: float) -> Any:
    d = np.append(0.0, np.array(derivatives, float)[1:])
    return lambda x: _polynomial(d / _factorials(d.size), a, x)


@taylor_polynomial.mistake(
    "Every step in your sum has the power 1.",
    ask="What does (x − a)² do when the step is halved?",
)
def taylor_without_powers(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float) / _factorials(len(derivatives))
    return lambda x: d[0] + d[1:].sum() * (np.asarray(x, float) - a)


@taylor_polynomial.mistake(
    "Your factorials are one behind: the bend is divided by 1! and not by 2!.",
    ask="Which factorial goes with the derivative of order k?",
)
def taylor_factorials_behind(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    behind = np.append(1.0, _factorials(max(d.size - 1, 0)))
    return lambda x: _polynomial(d / behind[: d.size], a, x)


@taylor_polynomial.mistake(
    "Your sum reads the derivatives from the wrong end.",
    ask="Which power of the step does np.polyval give to the first number of its list?",
)
def taylor_highest_first(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float) / _factorials(len(derivatives))
    return lambda x: np.polyval(d, np.asarray(x, float) - a)


@taylor_polynomial.mistake(
    "You left the last derivative out.",
    ask="How many terms does a list of three derivatives give?",
)
def taylor_without_the_last(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    return lambda x: np.asarray(x, float) * 0 + _polynomial((d / _factorials(d.size))[:-1], a, x)


@taylor_polynomial.mistake(
    "You stepped from x to a, so the odd terms have the wrong sign.",
    ask="If x lies to the right of a and f rises, should the second term be positive?",
)
def taylor_steps_backwards(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float) * (-1.0) ** np.arange(len(derivatives))
    return lambda x: _polynomial(d / _factorials(d.size), a, x)


@taylor_polynomial.mistake(
    "You handed back numbers, and a function of x was wanted.",
    ask="What stands to the left of the brackets when somebody writes p = taylor_polynomial(d, a) and then p(2)?",
)
def taylor_returns_coefficients(derivatives: Any, a: float) -> Any:
    return np.array(derivatives, float) / _factorials(len(derivatives))


@taylor_polynomial.mistake(
    "Your function takes one number at a time, and x may be a whole list or array of them.",
    ask="What turns a list into something from which a can be taken away?",
    variants=[{"convert": float}],
)
def taylor_of_one_number(derivatives: Any, a: float, convert: Any = None) -> Any:
    d = [float(v) for v in derivatives]

    def polynomial(x: Any) -> Any:
        if convert is float:
            x = float(x)
        elif isinstance(x, list | tuple):
            raise TypeError("unsupported operand type(s) for -: 'list' and 'float'")
        return sum(d[k] / math.factorial(k) * (x - a) ** k for k in range(len(d)))

    return polynomial


@taylor_polynomial.mistake(
    "With a single derivative you return one number for a whole array of x.",
    ask="How many values should a level line have at four points?",
)
def taylor_loses_the_shape(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float)
    if d.size == 1:
        return lambda x: d[0]
    return lambda x: _polynomial(d / _factorials(d.size), a, x)


@taylor_polynomial.mistake(
    "You added the terms up in an array of whole numbers, and the fractions were cut off.",
    ask="What kind of numbers does np.zeros_like(x) hold when x holds whole numbers?",
)
def taylor_cuts_fractions(derivatives: Any, a: float) -> Any:
    d = np.array(derivatives, float) / _factorials(len(derivatives))

    def polynomial(x: Any) -> Any:
        total = np.zeros_like(np.asarray(x))
        for k in range(d.size):
            term = d[k] * (np.asarray(x) - a) ** k
            total = (total + term).astype(total.dtype)
        return total

    return polynomial


@taylor_polynomial.mistake(
    "You divided the list of derivatives that you were given, so your caller's numbers have changed.",
    ask="Which of your lines writes into derivatives instead of into something new?",
)
def taylor_divides_in_place(derivatives: Any, a: float) -> Any:
    for k in range(len(derivatives)):
        derivatives[k] = derivatives[k] / math.factorial(k)
    d = np.array(derivatives, float)
    return lambda x: _polynomial(d, a, x)


@taylor_polynomial.style
def taylor_by_horner(derivatives: Any, a: float) -> Any:
    def polynomial(x: Any) -> Any:
        t = np.asarray(x) - a
        total = 0.0 * t
        for k in reversed(range(len(derivatives))):
            total = derivatives[k] + total * t / (k + 1)
        return total

    return polynomial


@taylor_polynomial.style
def taylor_by_numpy(derivatives: Any, a: float) -> Any:
    c = [d / math.factorial(k) for k, d in enumerate(derivatives)]
    return lambda x: np.polynomial.polynomial.polyval(np.subtract(x, a), c)


@taylor_polynomial.style
def taylor_term_by_term(derivatives: Any, a: float) -> Any:
    def polynomial(x: Any) -> Any:
        x = np.array(x, dtype=float)
        total, power, factorial = np.zeros(x.shape), np.ones(x.shape), 1.0
        for k in range(len(derivatives)):
            total += derivatives[k] * power / factorial
            power = power * (x - a)
            factorial *= k + 1
        return total.tolist()

    return polynomial


@taylor_polynomial.style
def taylor_by_poly1d(derivatives: Any, a: float) -> Any:
    c = np.array(derivatives, float) / _factorials(len(derivatives))
    line = np.poly1d(c[::-1])
    return lambda x: line(np.array(x, float) - a)


# ── linearise ─────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, rtol=1e-9, refuses=EXPANDERS)
def linearise(f: Function, dfdx: Function, a: float) -> Any:
    """x ↦ f(a) + f′(a)(x − a)."""
    return lambda x: f(a) + dfdx(a) * (np.asarray(x, float) - a)


def _linearised(rng: Rng, family: str) -> Case:
    f = functions.random(family, rng)
    return case(f, f.derivative, _number(rng, 0.4, 1.5))


@linearise.probes("value")
def tangents_of_curves(rng: Rng) -> Cases:
    yield _linearised(rng, "polynomial").then(_number(rng))
    for family in ("sinusoid", "exponential", "rational", "damped_wave"):
        yield _linearised(rng, family).then(_points(rng))


@linearise.probes("any x")
def tangents_at_any_x(rng: Rng) -> Cases:
    yield _linearised(rng, "polynomial").then(_points(rng).tolist())
    yield _linearised(rng, "bump").then(tuple(_points(rng).tolist()))
    yield _linearised(rng, "sinusoid").then(np.array([-2, 0, 1, 3]))
    yield _linearised(rng, "exponential").then([1, 2, -3])
    level = functions.polynomial(coefficients=[_number(rng)])
    yield case(level, level.derivative, 0.5).then(_points(rng))


@linearise.mistake(
    "You multiplied the slope by x instead of by the step from a to x.",
    ask="What should your line return at x = a?",
)
def linearise_from_zero(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * np.asarray(x, float)


@linearise.mistake(
    "You took the slope at x, and then the result is no straight line.",
    ask="At how many places does a tangent line ask for the slope of f?",
)
def linearise_slope_at_x(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(np.asarray(x, float)) * (np.asarray(x, float) - a)


@linearise.mistake(
    "You took the height of f at x, where the line should not know it.",
    ask="What do you know about f besides its value and slope at a?",
)
def linearise_height_at_x(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(np.asarray(x, float)) + dfdx(a) * (np.asarray(x, float) - a)


@linearise.mistake(
    "The height f(a) is missing from your line.",
    ask="Through which point must the tangent go?",
)
def linearise_without_height(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: dfdx(a) * (np.asarray(x, float) - a)


@linearise.mistake(
    "You stepped from x to a, so your line falls where f rises.",
    ask="Which of x and a is where the step ends?",
)
def linearise_backwards(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * (a - np.asarray(x, float))


@linearise.mistake(
    "Your height and your slope have changed places.",
    ask="Which of the two stays the same all along the line?",
)
def linearise_swapped(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: dfdx(a) + f(a) * (np.asarray(x, float) - a)


@linearise.mistake(
    "Your slope is halved, and the ½ belongs to the next order.",
    ask="What is 1!?",
)
def linearise_halves_the_slope(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) / 2 * (np.asarray(x, float) - a)


@linearise.mistake(
    "You handed back a number or a pair of numbers, and a function of x was wanted.",
    ask="Where in your answer does x come in, if the caller gives it only later?",
)
def linearise_returns_numbers(f: Function, dfdx: Function, a: float) -> Any:
    return f(a), dfdx(a)


@linearise.mistake(
    "Your function takes one number at a time, and x may be a whole list of them.",
    ask="What turns a list into something from which a can be taken away?",
    variants=[{"every": True}],
)
def linearise_one_number(f: Function, dfdx: Function, a: float, every: bool = False) -> Any:
    def line(x: Any) -> Any:
        if isinstance(x, list | tuple):
            raise TypeError("unsupported operand type(s) for -: 'list' and 'float'")
        return f(a) + dfdx(a) * ((float(x) if every else x) - a)

    return line


@linearise.style
def linearise_with_def(f: Function, dfdx: Function, a: float) -> Any:
    height, slope = float(f(a)), float(dfdx(a))

    def line(x: Any) -> Any:
        return height + slope * np.subtract(x, a)

    return line


@linearise.style
def linearise_as_polynomial(f: Function, dfdx: Function, a: float) -> Any:
    return np.polynomial.Polynomial([f(a) - a * dfdx(a), dfdx(a)])


@linearise.style
def linearise_of_taylor(f: Function, dfdx: Function, a: float) -> Any:
    return taylor_polynomial([f(a), dfdx(a)], a)


@linearise.style
def linearise_with_lists(f: Function, dfdx: Function, a: float) -> Any:
    def line(x: Any) -> Any:
        if np.ndim(x):
            return [line(value) for value in x]
        return f(a) + dfdx(a) * (x - a)

    return line


# ── remainder_bound ───────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "to the left": 1}, rtol=1e-9)
def remainder_bound(M: float, n: int, a: float, x: float) -> Any:
    """M |x − a|ⁿ⁺¹ / (n + 1)!."""
    return M * abs(x - a) ** (n + 1) / math.factorial(n + 1)


@remainder_bound.probes("value")
def bounds_to_the_right(rng: Rng) -> Cases:
    yield 2.0, 2, 0.0, 1.5
    yield 1, 3, 1, 4
    for n in (0, 1, 3, 4):
        a = _number(rng)
        yield round(rng.uniform(2, 9), 2), n, a, round(a + rng.uniform(1.2, 2.5), 3)


@remainder_bound.probes("to the left")
def bounds_to_the_left(rng: Rng) -> Cases:
    yield 1, 2, 1, -2
    for n in (0, 2, 4, 3):
        a = _number(rng)
        yield round(rng.uniform(2, 9), 2), n, a, round(a - rng.uniform(1.2, 2.5), 3)


def _bound(M: float, power: int, below: float, step: float) -> float:
    return M * step**power / below


@remainder_bound.mistake(
    "You used the power n, and the first power left out is n + 1.",
    ask="Which power of x − a is the first that a polynomial of order n does not have?",
)
def bound_with_power_n(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n, math.factorial(n + 1), abs(x - a))


@remainder_bound.mistake(
    "You used the factorial of n, and the first term left out has (n + 1)!.",
    ask="Which factorial stands below the term that comes after the last?",
)
def bound_with_factorial_n(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n + 1, math.factorial(n), abs(x - a))


@remainder_bound.mistake(
    "Both your power and your factorial are those of the last term kept, not of the first left out.",
    ask="Is the error of a straight line like h or like h²?",
)
def bound_of_the_last_term(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n, math.factorial(n), abs(x - a))


@remainder_bound.mistake(
    "Your bound is negative for some x to one side of a.",
    ask="Can the size of an error be less than zero?",
    variants=[{"sign": -1}],
)
def bound_with_a_sign(M: float, n: int, a: float, x: float, sign: int = 1) -> Any:
    return _bound(M, n + 1, math.factorial(n + 1), sign * (x - a))


@remainder_bound.mistake(
    "Your bound measures the distance from 0 and not from a.",
    ask="Where does the polynomial touch f?",
)
def bound_from_zero(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n + 1, math.factorial(n + 1), abs(x))


@remainder_bound.mistake(
    "The factorial is missing.",
    ask="What stands below the power of x − a in every term of a Taylor series?",
)
def bound_without_factorial(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n + 1, 1, abs(x - a))


@remainder_bound.mistake(
    "You divided by n + 1 and not by its factorial.",
    ask="How much is 4!, and how much is 4?",
)
def bound_divides_by_n(M: float, n: int, a: float, x: float) -> Any:
    return _bound(M, n + 1, n + 1, abs(x - a))


@remainder_bound.mistake(
    "M is missing: your bound is the same for a gentle and for a wild function.",
    ask="What does M say about f?",
)
def bound_without_m(M: float, n: int, a: float, x: float) -> Any:
    return _bound(1, n + 1, math.factorial(n + 1), abs(x - a))


@remainder_bound.style
def bound_in_a_loop(M: float, n: int, a: float, x: float) -> Any:
    bound = float(M)
    for k in range(1, n + 2):
        bound *= np.abs(x - a) / k
    return bound


@remainder_bound.style
def bound_by_gamma(M: float, n: int, a: float, x: float) -> Any:
    return np.asarray(M * np.abs((x - a) ** (n + 1)) / math.gamma(n + 2))


@remainder_bound.style
def bound_by_products(M: float, n: int, a: float, x: float) -> Any:
    return M * np.sqrt((x - a) ** 2) ** (n + 1) / np.prod(np.arange(1.0, n + 2))


# ── terms_needed ──────────────────────────────────────────────────────────────────────


def _errors(x: float, orders: int = 60) -> Array:
    """What exp(x) − Pₙ(x) is for each order n from 0 on."""
    terms = [x**k / math.factorial(k) for k in range(orders)]
    return np.asarray(math.exp(x) - np.cumsum(terms))


def _first(below: Any) -> int:
    return int(np.argmax(below))


@exercise(points={"value": 2, "negative x": 1, "few": 1}, refuses=EXPANDERS)
def terms_needed(x: float, tol: float) -> Any:
    """The least n with |exp(x) − Pₙ(x)| ≤ tol."""
    return _first(np.abs(_errors(x)) <= tol)


def _clear_of_ties(rng: Rng, x: float, low: float, high: float) -> tuple[float, float]:
    """A tolerance between 10^low and 10^high that no error, and no last term, comes near."""
    terms = np.abs([x**k / math.factorial(k) for k in range(60)])
    marks = np.concatenate([np.abs(_errors(x)), terms, np.abs(_errors(x)) / math.exp(x)])
    marks = marks[marks > 0]
    while True:
        tol = float(f"{10 ** rng.uniform(low, high):.3g}")
        if np.abs(np.log(marks / tol)).min() > 0.02:
            return x, tol


@terms_needed.probes("value")
def orders_to_the_right(rng: Rng) -> Cases:
    yield 1.0, 0.01
    yield 2, 1e-3
    for least, most in ((0.3, 1), (1, 2), (2, 4), (4, 6)):
        x = round(float(rng.uniform(least, most)), 2)
        yield _clear_of_ties(rng, x, -8, -1)


@terms_needed.probes("negative x")
def orders_to_the_left(rng: Rng) -> Cases:
    yield -1, 1e-4
    yield -3.0, 0.97
    yield _clear_of_ties(rng, -3.0, -7, -4)
    for least, most in ((0.3, 1), (1, 2), (2, 5)):
        x = round(float(-rng.uniform(least, most)), 2)
        yield _clear_of_ties(rng, x, -8, -3)


@terms_needed.probes("few")
def hardly_any_terms(rng: Rng) -> Cases:
    yield 0.0, 1e-6
    yield 0.5, 1.0
    yield 0.01, 0.02
    yield round(float(rng.uniform(0.2, 0.4)), 2), 0.6


@terms_needed.mistake(
    "You counted the terms, and n is the highest power among them.",
    ask="How many terms does a polynomial of order 0 have?",
)
def terms_counted(x: float, tol: float) -> Any:
    return terms_needed(x, tol) + 1


@terms_needed.mistake(
    "You stopped one order too early: with your n the error is still above the tolerance.",
    ask="Do you test the error before or after you add the term?",
    variants=[{"least": 0}],
)
def terms_one_too_few(x: float, tol: float, least: int = -1) -> Any:
    return max(terms_needed(x, tol) - 1, least)


@terms_needed.mistake(
    "You stopped at the first small term, and the error is not the last term.",
    ask="Which two numbers does the exercise compare with each other?",
)
def terms_by_the_last_term(x: float, tol: float) -> Any:
    return _first([abs(x**k / math.factorial(k)) <= tol for k in range(60)])


@terms_needed.mistake(
    "You stopped as soon as the next term was small, and the error is more than the next term.",
    ask="What is the exact value that your sum should be compared with?",
)
def terms_by_the_next_term(x: float, tol: float) -> Any:
    return _first([abs(x ** (k + 1) / math.factorial(k + 1)) <= tol for k in range(60)])


@terms_needed.mistake(
    "You took the error without its size, and for negative x it is often below zero.",
    ask="Is an error of −5 within a tolerance of 0.01?",
)
def terms_without_size(x: float, tol: float) -> Any:
    return _first(_errors(x) <= tol)


@terms_needed.mistake(
    "You divided the error by exp(x), and the tolerance is meant for the error itself.",
    ask="Does the formula of the exercise divide by anything?",
)
def terms_by_relative_error(x: float, tol: float) -> Any:
    return _first(np.abs(_errors(x)) / math.exp(x) <= tol)


@terms_needed.mistake(
    "You began with order 1, and sometimes order 0 is good enough.",
    ask="What is P₀, and how far is it from exp(0)?",
)
def terms_from_one(x: float, tol: float) -> Any:
    return max(1, terms_needed(x, tol))


@terms_needed.mistake(
    "You went on to where the error stays small, and the first order that is good enough was wanted.",
    ask="For x = −3, which of P₀ and P₁ is nearer to exp(x)?",
)
def terms_until_it_stays(x: float, tol: float) -> Any:
    above = np.flatnonzero(np.abs(_errors(x)) > tol)
    return int(above[-1]) + 1 if above.size else 0


@terms_needed.mistake(
    "You compared the bound of the remainder with the tolerance, and the error itself is smaller.",
    ask="Does a bound say how large an error is, or how large it can be at most?",
)
def terms_by_the_bound(x: float, tol: float) -> Any:
    return _first([remainder_bound(math.exp(max(x, 0)), n, 0.0, x) <= tol for n in range(60)])


@terms_needed.style
def terms_in_a_while_loop(x: float, tol: float) -> Any:
    n, total = 0, 1.0
    while abs(np.exp(x) - total) > tol:
        n += 1
        total += x**n / math.factorial(n)
    return n


@terms_needed.style
def terms_afresh_each_time(x: float, tol: float) -> Any:
    for n in range(200):
        c = maclaurin_coefficients("exp", n)
        if abs(np.exp(x) - np.polynomial.polynomial.polyval(x, c)) <= tol:
            return np.int64(n)
    return None


@terms_needed.style
def terms_in_fractions(x: float, tol: float) -> Any:
    n, term, total = 0, Fraction(1), Fraction(1)
    while abs(Fraction(math.exp(x)) - total) > tol:
        n += 1
        term = term * Fraction(x) / n
        total += term
    return n


@terms_needed.style
def terms_by_running_product(x: float, tol: float) -> Any:
    n, term, total = 0, 1.0, 1.0
    while not abs(total - math.exp(x)) <= tol:
        n = n + 1
        term = term * x / n
        total = total + term
    return float(n)


# ── radius_of_convergence ─────────────────────────────────────────────────────────────

MANY = 40


@exercise(points={"value": 2, "every other": 1, "infinite": 2}, rtol=0.12, refuses=EXPANDERS)
def radius_of_convergence(coefficients: Any) -> Any:
    """Compare neighbours far out, then ask whether the answer has settled."""
    return _radius(np.asarray(coefficients, float))


def _radius(c: Array) -> float:
    there = np.flatnonzero(c)
    if there.size < 3 or there[-1] < c.size - 2:
        return math.inf
    far, middle = _ratio(c, there[-2:]), _ratio(c, there[there.size // 2 :][:2])
    return math.inf if far > 1.4 * middle else far


def _ratio(c: Array, pair: Any) -> float:
    """|c_j/c_k| to the power of 1/(k − j)."""
    j, k = pair
    return float(abs(c[j] / c[k]) ** (1 / (k - j)))


def _series(rng: Rng, radius: float, power: float = 0.0, every: int = 1, start: int = 0) -> Array:
    """A geometric sequence times a power of the index, with zeros between where every = 2.

    Powers from −1 to 1 and factors near 1 leave room for the root of a late coefficient, and for the mean of all
    ratios: both are within 12 % then, and neither is wrong.
    """
    k = np.arange(MANY)
    index = np.maximum(k, 1.0) if power < 0 else np.asarray(k, float)
    c = rng.uniform(0.75, 1.3) * radius ** -k.astype(float) * index**power
    if power:
        c[0] = 0.0
    c *= _signs(rng, 1)[0] ** k if every == 1 else _signs(rng, 1)[0] ** (k // 2)
    c[k % every != start] = 0.0
    return c


@radius_of_convergence.probes("value")
def geometric_sequences_and_more(rng: Rng) -> Cases:
    yield (np.ones(MANY),)
    yield (_coefficients("log1p", MANY - 1),)
    yield (_series(rng, 2.0) * (-1.0) ** np.arange(MANY),)
    for radius, power in ((1.5, 0), (3, 1), (2.5, -0.5), (4, -1), (5, -1), (1.2, 1), (5, 0.5)):
        yield (_series(rng, round(radius * rng.uniform(1, 1.2), 3), power),)
    yield (_series(rng, round(rng.uniform(0.2, 0.6), 3), 1).tolist(),)


@radius_of_convergence.probes("every other")
def every_other_one_zero(rng: Rng) -> Cases:
    yield (_series(rng, 1.0, every=2),)
    for radius, power, start in ((2, 0, 1), (3, 1, 0), (2.5, -1, 1), (5, 1, 1), (1.5, -1, 0)):
        yield (_series(rng, round(radius * rng.uniform(1, 1.2), 3), power, 2, start),)


@radius_of_convergence.probes("infinite")
def radii_without_end(rng: Rng) -> Cases:
    for name in ("exp", "sin", "cos"):
        yield (_coefficients(name, MANY - 1),)
    for degree in (2, int(rng.integers(4, 12))):
        yield (np.append(_sizes(rng, 0.5, 2, degree + 1), np.zeros(MANY - degree - 1)),)
    yield ([3] + [0] * (MANY - 1),)


@radius_of_convergence.mistake(
    "Your ratio is upside down: it grows where the radius shrinks.",
    ask="If each coefficient is half of the one before it, does the series reach further than 1 or less far?",
    variants=[{"infinite": math.inf}],
)
def radius_upside_down(coefficients: Any, infinite: float = 0.0) -> Any:
    radius = radius_of_convergence(coefficients)
    return 1 / radius if math.isfinite(radius) else infinite


@radius_of_convergence.mistake(
    "You divided by the last coefficient, and in some series it is zero although others far out are not.",
    ask="Which entries of 1, 0, −1, 0, 1, 0 … can be compared with one another?",
    variants=[{"guarded": True}, {"guarded": True, "longest": 25.0}, {"longest": 25.0}],
)
def radius_of_the_last_two(
    coefficients: Any, guarded: bool = False, longest: float = math.inf
) -> Any:
    before, last = np.abs(np.asarray(coefficients, float)[-2:])
    if guarded and last == 0:
        return math.inf
    radius = float(before / last)
    return math.inf if radius > longest else radius


@radius_of_convergence.mistake(
    "You compared coefficients two powers apart and forgot the root.",
    ask="If the coefficient falls by 9 over two powers of x, by how much does it fall over one?",
)
def radius_without_root(coefficients: Any) -> Any:
    c = np.asarray(coefficients, float)
    radius = _radius(c)
    there = np.flatnonzero(c)
    return radius ** (there[-1] - there[-2]) if math.isfinite(radius) else radius


@radius_of_convergence.mistake(
    "Your radius is negative where the signs alternate.",
    ask="Can a distance be less than zero?",
    variants=[{"gap": 1}],
)
def radius_with_a_sign(coefficients: Any, gap: int = 2) -> Any:
    c = np.asarray(coefficients, float)
    radius = _radius(c)
    if not math.isfinite(radius):
        return radius
    j, k = np.flatnonzero(c)[-2:]
    return radius * np.sign(c[j] * c[k]) if k - j <= gap else radius


@radius_of_convergence.mistake(
    "You compared the first coefficients, and convergence is decided far out.",
    ask="Does changing the first ten terms of a series change whether it converges?",
    variants=[{"plain": True}],
)
def radius_of_the_first_two(coefficients: Any, plain: bool = False) -> Any:
    c = np.asarray(coefficients, float)
    if plain:
        return abs(c[0] / c[1]) if c[0] and c[1] else math.inf
    return _ratio(c, np.flatnonzero(c)[:2]) if math.isfinite(_radius(c)) else math.inf


@radius_of_convergence.mistake(
    "You never answer inf where the ratios go on growing.",
    ask="What do the ratios of exp do: settle, or grow with the index?",
    variants=[{"polynomials": given} for given in (None, 0.0, math.nan)],
)
def radius_always_finite(coefficients: Any, polynomials: float | None = math.inf) -> Any:
    c = np.asarray(coefficients, float)
    there = np.flatnonzero(c)
    if there.size > 1 and (polynomials is None or there[-1] >= MANY - 2):
        return _ratio(c, there[-2:])
    return 0.0 if polynomials is None else polynomials


@radius_of_convergence.mistake(
    "You answer inf although the ratios settle.",
    ask="Does 1 + x + x² + … have a value at x = 2?",
)
def radius_always_infinite(coefficients: Any) -> Any:
    return math.inf


@radius_of_convergence.mistake(
    "You give a polynomial a finite radius, although nothing ever comes after its last term.",
    ask="For which x does a sum of five terms fail to exist?",
    variants=[{"given": 0.0}, {"given": math.nan}, {"single": math.inf}],
)
def radius_of_a_polynomial(
    coefficients: Any, given: float | None = None, single: float = 0.0
) -> Any:
    c = np.asarray(coefficients, float)
    there = np.flatnonzero(c)
    if there[-1] >= MANY - 2:
        return _radius(c)
    if given is not None:
        return given
    return _ratio(c, there[-2:]) if there.size > 1 else single


@radius_of_convergence.mistake(
    "You took the largest of all ratios, and the early ones have not settled yet.",
    ask="Which of your 39 ratios knows most about what comes after the 40th coefficient?",
)
def radius_by_the_largest(coefficients: Any) -> Any:
    c = np.asarray(coefficients, float)
    if not math.isfinite(_radius(c)):
        return math.inf
    return max(_ratio(c, pair) for pair in pairwise(np.flatnonzero(c)))


@radius_of_convergence.mistake(
    "You took small coefficients for zeros, so a series that falls quickly looks like a polynomial.",
    ask="How large is 8 to the power of −30, and is it zero?",
    variants=[{"small": 1e-12}, {"small": 1e-10}],
)
def radius_drops_small_ones(coefficients: Any, small: float = 1e-8) -> Any:
    c = np.asarray(coefficients, float)
    return _radius(np.where(np.abs(c) < small, 0.0, c))


@radius_of_convergence.style
def radius_with_a_threshold(coefficients: Any) -> Any:
    nonzero = [(k, abs(c)) for k, c in enumerate(coefficients) if c != 0]
    if len(nonzero) < 5 or nonzero[-1][0] < len(coefficients) - 3:
        return float("inf")
    (j, before), (k, after) = nonzero[-2:]
    radius = (before / after) ** (1 / (k - j))
    return np.inf if radius > 25 else np.float64(radius)


@radius_of_convergence.style
def radius_by_a_fit(coefficients: Any) -> Any:
    c = np.abs(np.array(coefficients, dtype=float))
    k = np.flatnonzero(c)
    if k.size < 2 or k[-1] < 30:
        return np.inf
    late = k[k > 18]
    first, second = np.array_split(late, 2)
    slopes = [np.polyfit(part, np.log(c[part]), 1)[0] for part in (first, second)]
    if slopes[1] < slopes[0] - 0.2:
        return np.inf
    return np.exp(-np.polyfit(late, np.log(c[late]), 1)[0])


@radius_of_convergence.style
def radius_by_watching_the_ratios(coefficients: Any) -> Any:
    c = [abs(float(value)) for value in coefficients]
    there = [k for k, value in enumerate(c) if value > 0]
    ratios = [(c[j] / c[k]) ** (1 / (k - j)) for j, k in pairwise(there)]
    if not ratios or there[-1] < len(c) - 2 or ratios[-1] > 1.5 * ratios[len(ratios) // 2]:
        return np.inf
    return float(np.median(ratios[-3:]))


@radius_of_convergence.style
def radius_by_roots(coefficients: Any) -> Any:
    c = np.abs(np.asarray(coefficients, float))
    k = np.flatnonzero(c[1:]) + 1
    if k.size < 2 or k[-1] < c.size - 2:
        return math.inf
    roots = c[k] ** (-1 / k)
    return math.inf if roots[-1] > 1.5 * roots[k.size // 2] else roots[-1]


@radius_of_convergence.style
def radius_extrapolated(coefficients: Any) -> Any:
    c = np.asarray(coefficients, float)
    k = np.flatnonzero(c)
    if len(k) < 6 or len(c) - k[-1] > 2:
        return math.inf
    inverse = [(abs(c[j] / c[i])) ** (1 / (j - i)) for i, j in pairwise(k)]
    _, at_zero = np.polyfit(1 / k[-5:], inverse[-5:], 1)
    return math.inf if abs(at_zero) < 1e-3 else np.array(1 / at_zero)


# ── convergence_order ─────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any list": 1}, rtol=1e-6, refuses=("helpers.derivatives",))
def convergence_order(hs: Any, errors: Any) -> Any:
    """The least-squares slope of log error against log h."""
    return _slope(np.log(np.asarray(hs, float)), np.log(np.asarray(errors, float)))


def _slope(x: Array, y: Array) -> float:
    away = x - x.mean()
    return float(away @ (y - y.mean()) / (away @ away))


def _measured(rng: Rng, order: float, n: int) -> tuple[Array, Array]:
    """Steps and errors that follow a power of h roughly."""
    hs = 10.0 ** np.linspace(-0.3, -rng.uniform(2, 3), n)
    errors = rng.uniform(0.2, 0.6) * hs**order * np.exp(rng.normal(0, 0.25, n))
    return hs, errors


@convergence_order.probes("value")
def errors_of_known_order(rng: Rng) -> Cases:
    hs = np.array([0.1, 0.01, 0.001])
    yield hs, 3 * hs**2
    for order, n in ((1, 6), (2, 5), (3, 8), (4, 6), (1.5, 7)):
        yield _measured(rng, order, n)


@convergence_order.probes("any list")
def errors_in_lists(rng: Rng) -> Cases:
    hs, errors = _measured(rng, 2, 6)
    yield hs.tolist(), errors.tolist()
    turn = rng.permutation(6)
    yield tuple(hs[turn].tolist()), tuple(errors[turn].tolist())
    hs, errors = _measured(rng, -1, 6)
    yield hs.tolist(), errors
    yield [1, 2, 4, 8], [3, 11, 52, 190]


def _logs(hs: Any, errors: Any) -> tuple[Array, Array]:
    return np.log(np.asarray(hs, float)), np.log(np.asarray(errors, float))


@convergence_order.mistake(
    "Your axes are swapped: you fitted log h against log error.",
    ask="Which of the two did you choose, and which one followed from it?",
)
def order_with_axes_swapped(hs: Any, errors: Any) -> Any:
    x, y = _logs(hs, errors)
    return _slope(y, x)


@convergence_order.mistake(
    "You fitted the errors themselves and not their logarithms.",
    ask="What turns error = C hᵖ into a straight line with slope p?",
)
def order_without_logarithms(hs: Any, errors: Any) -> Any:
    return _slope(np.asarray(hs, float), np.asarray(errors, float))


@convergence_order.mistake(
    "You took the logarithm of one of the two only.",
    ask="What happens to log error when h is halved, and what happens to log h?",
    variants=[{"of": "steps"}],
)
def order_with_one_logarithm(hs: Any, errors: Any, of: str = "errors") -> Any:
    x, y = _logs(hs, errors)
    if of == "steps":
        return _slope(x, np.asarray(errors, float))
    return _slope(np.asarray(hs, float), y)


@convergence_order.mistake(
    "You mixed two kinds of logarithm.",
    ask="By what factor do np.log and np.log10 differ?",
    variants=[{"factor": math.log(10)}],
)
def order_with_mixed_logarithms(hs: Any, errors: Any, factor: float = 1 / math.log(10)) -> Any:
    return factor * convergence_order(hs, errors)


@convergence_order.mistake(
    "You returned the height of the line and not its slope.",
    ask="In which order does np.polyfit return slope and intercept?",
)
def order_by_the_intercept(hs: Any, errors: Any) -> Any:
    x, y = _logs(hs, errors)
    return float(y.mean() - _slope(x, y) * x.mean())


@convergence_order.mistake(
    "You returned the slope together with the height of the line, and only the slope was wanted.",
    ask="Which of the two numbers of np.polyfit is the slope?",
)
def order_with_the_intercept(hs: Any, errors: Any) -> Any:
    return convergence_order(hs, errors), order_by_the_intercept(hs, errors)


@convergence_order.mistake(
    "You divided logarithms instead of fitting a line through them.",
    ask="What do log 8 / log 2 and log 80 / log 2 give, where only the C of C hᵖ has changed?",
)
def order_by_dividing_logarithms(hs: Any, errors: Any) -> Any:
    x, y = _logs(hs, errors)
    return float(np.mean(y / x)) if x.all() else math.nan


@convergence_order.mistake(
    "You used two of the points and left the others out.",
    ask="Which line comes nearest to all of the points together?",
    variants=[{"which": (-2, -1)}, {"which": (0, 1)}],
)
def order_of_two_points(hs: Any, errors: Any, which: tuple[int, int] = (0, -1)) -> Any:
    x, y = _logs(hs, errors)
    i, j = which
    return float((y[j] - y[i]) / (x[j] - x[i]))


@convergence_order.mistake(
    "You averaged the slopes between neighbours, and that is not the line of least squares.",
    ask="What happens to all the points between the first and the last when neighbouring rises are added up?",
)
def order_by_mean_slope(hs: Any, errors: Any) -> Any:
    x, y = _logs(hs, errors)
    return float(np.mean(np.diff(y) / np.diff(x)))


@convergence_order.mistake(
    "Your line is forced through the origin.",
    ask="What is log error when log h is zero, if error = C hᵖ?",
)
def order_through_the_origin(hs: Any, errors: Any) -> Any:
    x, y = _logs(hs, errors)
    return float(x @ y / (x @ x))


@convergence_order.mistake(
    "Your sign is turned round.",
    ask="Does the error grow or shrink when h grows?",
)
def order_with_the_sign_turned(hs: Any, errors: Any) -> Any:
    return -convergence_order(hs, errors)


@convergence_order.mistake(
    "You rounded the slope to a whole number.",
    ask="What would a slope of 1.5 tell you that 2 does not?",
)
def order_rounded(hs: Any, errors: Any) -> Any:
    return round(convergence_order(hs, errors))


@convergence_order.style
def order_by_polyfit(hs: Any, errors: Any) -> Any:
    return np.polyfit(np.log10(hs), np.log10(errors), 1)[0]


@convergence_order.style
def order_by_lstsq(hs: Any, errors: Any) -> Any:
    A = np.column_stack([np.log(hs), np.ones(len(hs))])
    return np.linalg.lstsq(A, np.log(errors), rcond=None)[0][0]


@convergence_order.style
def order_by_sums(hs: Any, errors: Any) -> Any:
    x = [math.log2(h) for h in hs]
    y = [math.log2(e) for e in errors]
    n = len(x)
    top = n * sum(p * q for p, q in zip(x, y, strict=True)) - sum(x) * sum(y)
    return top / (n * sum(p * p for p in x) - sum(x) ** 2)


@convergence_order.style
def order_by_covariance(hs: Any, errors: Any) -> Any:
    table = np.cov(np.log(hs), np.log(errors))
    return np.array(table[0, 1] / table[0, 0])


# ── guess_the_order ───────────────────────────────────────────────────────────────────


@exercise(points=3, view="helpers.seal:sealed", is_value=True)
def guess_the_order() -> Any:
    """The order of each approximation of plots.guess_the_order."""
    return {"A": 1, "B": 4, "C": 0, "D": 3, "E": 2, "F": 5}


def _all_orders(change: Callable[[int], Any]) -> dict[str, Any]:
    return {letter: change(order) for letter, order in guess_the_order().items()}


@guess_the_order.mistake(
    "You counted terms, and the order is the highest power among them.",
    ask="How many terms has a level line, and what is its order?",
)
def orders_as_counts() -> Any:
    return _all_orders(lambda order: order + 1)


@guess_the_order.mistake(
    "You counted the turns, and a polynomial of order n has at most n − 1 of them.",
    ask="How often does a parabola turn, and what is its order?",
)
def orders_as_turns() -> Any:
    return _all_orders(lambda order: max(order - 1, 0))


@guess_the_order.mistake(
    "Your orders are written as strings, and numbers were wanted.",
    ask="What is the difference between 2 and '2' in Python?",
)
def orders_as_strings() -> Any:
    return _all_orders(str)


@guess_the_order.mistake(
    "You took orders for one another that leave alike: 2 for 4, or 3 for 5.",
    ask="Which of the two stays close to the curve for longer?",
    variants=[{"pairs": ((2, 4),)}, {"pairs": ((3, 5),)}],
)
def orders_swapped(pairs: Any = ((2, 4), (3, 5))) -> Any:
    swap = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    return _all_orders(lambda order: swap.get(order, order))


@guess_the_order.mistake(
    "You looked at one side only: an even order has been taken for the odd one next to it.",
    ask="Do the two ends of the dashed curve leave in the same direction or in opposite ones?",
    variants=[
        {"pairs": ((2, 3),)},
        {"pairs": ((4, 5),)},
        {"pairs": ((3, 4),)},
        {"pairs": ((1, 2),)},
    ],
)
def orders_of_one_side(pairs: Any = ((2, 3), (4, 5))) -> Any:
    return orders_swapped(pairs)


@guess_the_order.style
def orders_by_hand() -> Any:
    return {"E": 2, "F": 5, "A": 1, "B": 4, "C": 0, "D": 3}


@guess_the_order.style
def orders_as_floats() -> Any:
    return {letter: float(order) for letter, order in guess_the_order().items()}


@guess_the_order.style
def orders_in_another_row() -> Any:
    return {letter: np.int64(k) for k, letter in enumerate("CAEDBF")}


# ── taylor2 ───────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any n": 1, "any x": 1}, rtol=1e-9, refuses=EXPANDERS)
def taylor2(f: Function, J: Function, H: Function, p: Any) -> Any:
    """x ↦ f(p) + J(p)·(x − p) + ½ (x − p)ᵀ H(p) (x − p)."""
    p = np.array(p, float)

    def near(x: Any) -> Any:
        d = np.asarray(x, float) - p
        return f(p) + J(p) @ d + d @ H(p) @ d / 2

    return near


def _expanded(rng: Rng, family: str, n: int) -> tuple[Case, Array]:
    """Arguments for a random field, and a point to ask for."""
    f = functions.random(family, rng, n=n)
    p = np.round(_sizes(rng, 0.2, 1.0, n), 2)
    return case(f, f.gradient, f.hessian, p), np.round(p + _sizes(rng, 0.4, 1.5, n), 2)


@taylor2.probes("value")
def fields_of_two_inputs(rng: Rng) -> Cases:
    f = functions.bowl
    yield case(f, f.gradient, f.hessian, np.array([1.0, 0.5])).then(np.array([2.0, 1.0]))
    f = functions.himmelblau
    yield case(f, f.gradient, f.hessian, np.array([1.0, 2.0])).then(np.array([0.5, 2.5]))
    for family in ("quadratic", "waves", "exp_linear"):
        asked, x = _expanded(rng, family, 2)
        yield asked.then(x)


@taylor2.probes("any n")
def fields_of_any_number_of_inputs(rng: Rng) -> Cases:
    for n in (1, 3, 5):
        asked, x = _expanded(rng, "mixed_field", n)
        yield asked.then(x)


@taylor2.probes("any x")
def fields_at_any_point(rng: Rng) -> Cases:
    f = functions.random("waves", rng, n=3)
    yield case(f, f.gradient, f.hessian, [0.5, -1.0, 0.25]).then([1.0, 0.5, -0.5])
    yield case(f, f.gradient, f.hessian, (1, 0, -1)).then((2, 1, 1))
    yield case(f, f.gradient, f.hessian, np.array([1, -1, 0])).then([0.5, 0.5, 1.5])
    yield case(f, f.gradient, f.hessian, [0.2, 0.3, 0.4]).then(np.array([1, 0, 2]))


def _second_order(
    f: Function, J: Function, H: Function, p: Any, parts: tuple[float, float, float]
) -> Any:
    """The three terms with weights of their own; the right ones are 1, 1 and ½."""
    p = np.array(p, float)

    def near(x: Any) -> Any:
        d = np.asarray(x, float) - p
        return parts[0] * f(p) + parts[1] * (J(p) @ d) + parts[2] * (d @ H(p) @ d)

    return near


@taylor2.mistake(
    "The ½ in front of the Hessian is missing.",
    ask="What is the second derivative of ½x², and what would it be without the ½?",
)
def taylor2_without_half(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (1, 1, 1))


@taylor2.mistake(
    "You stopped after the tangent plane.",
    ask="Which term knows that the ground bends?",
)
def taylor2_without_hessian(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (1, 1, 0))


@taylor2.mistake(
    "The term with the slopes is missing.",
    ask="How does your sheet lie at p if the ground there is steep?",
)
def taylor2_without_slopes(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (1, 0, 0.5))


@taylor2.mistake(
    "The height f(p) is missing.",
    ask="What should your function return at x = p?",
)
def taylor2_without_height(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (0, 1, 0.5))


@taylor2.mistake(
    "You stepped from x to p, so the slopes count the wrong way round.",
    ask="Which of x and p is where the step ends?",
)
def taylor2_backwards(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (1, -1, 0.5))


@taylor2.mistake(
    "You used x where the step x − p belongs.",
    ask="What should your function return at x = p?",
)
def taylor2_without_p(f: Function, J: Function, H: Function, p: Any) -> Any:
    p = np.array(p, float)

    def near(x: Any) -> Any:
        x = np.asarray(x, float)
        return f(p) + J(p) @ x + x @ H(p) @ x / 2

    return near


@taylor2.mistake(
    "You asked for slopes and bends at x, and all that is known is what f does at p.",
    ask="At how many points does a Taylor polynomial look at f?",
    variants=[{"which": "J"}, {"which": "H"}],
)
def taylor2_at_x(f: Function, J: Function, H: Function, p: Any, which: str = "JH") -> Any:
    p = np.array(p, float)

    def near(x: Any) -> Any:
        x = np.asarray(x, float)
        row, matrix = J(x if "J" in which else p), H(x if "H" in which else p)
        return f(p) + row @ (x - p) + (x - p) @ matrix @ (x - p) / 2

    return near


@taylor2.mistake(
    "You took the height at x, and then there would be nothing left to approximate.",
    ask="At which point does the sheet touch the ground?",
)
def taylor2_with_height_at_x(f: Function, J: Function, H: Function, p: Any) -> Any:
    return lambda x: f(x) + taylor2_without_height(f, J, H, p)(x)


@taylor2.mistake(
    "Your mixed terms count only once, and H holds each of them twice.",
    ask="Which two entries of H belong to the product of the first step and the second?",
)
def taylor2_counts_mixed_terms_once(f: Function, J: Function, H: Function, p: Any) -> Any:
    return taylor2(f, J, lambda q: np.triu(H(q)), p)


@taylor2.mistake(
    "You took the bend away instead of adding it.",
    ask="Does a bowl rise above its tangent plane, or fall below it?",
)
def taylor2_with_a_minus(f: Function, J: Function, H: Function, p: Any) -> Any:
    return _second_order(f, J, H, p, (1, 1, -0.5))


@taylor2.mistake(
    "You used only the diagonal of the Hessian, so x and y cannot act together.",
    ask="Which entry of H belongs to the product of two different steps?",
)
def taylor2_by_the_diagonal(f: Function, J: Function, H: Function, p: Any) -> Any:
    return taylor2(f, J, lambda q: np.diag(np.diag(H(q))), p)


@taylor2.mistake(
    "You multiplied entry by entry with * where a product of matrices is meant, so an array came out.",
    ask="What does d @ H @ d return, and what does d * H * d return?",
    variants=[{"row": False}, {"bends": 0}, {"bends": 1}],
)
def taylor2_with_stars(
    f: Function, J: Function, H: Function, p: Any, row: bool = True, bends: int = 2
) -> Any:
    p = np.array(p, float)

    def near(x: Any) -> Any:
        d = np.asarray(x, float) - p
        slope = J(p) * d if row else J(p) @ d
        return f(p) + slope + (d @ H(p) @ d, H(p) @ d * d, d * H(p) * d)[bends] / 2

    return near


@taylor2.mistake(
    "You treat p and x as arrays, and either may come as a list or a tuple.",
    ask="What turns a list or a tuple into something that can be subtracted?",
)
def taylor2_needs_arrays(f: Function, J: Function, H: Function, p: Any) -> Any:
    def near(x: Any) -> Any:
        if not (isinstance(x, np.ndarray) and isinstance(p, np.ndarray)):
            raise TypeError("unsupported operand type(s) for -: 'list' and 'list'")
        d = x - p
        return f(p) + J(p) @ d + d @ H(p) @ d / 2

    return near


@taylor2.mistake(
    "You wrote the sum out for two inputs, and there may be more or fewer.",
    ask="Which product adds up over all inputs, however many there are?",
)
def taylor2_of_two_inputs(f: Function, J: Function, H: Function, p: Any) -> Any:
    def near(x: Any) -> Any:
        u, v = x[0] - p[0], x[1] - p[1]
        j, h = J(p), H(p)
        return (
            f(p) + j[0] * u + j[1] * v + (h[0, 0] * u**2 + 2 * h[0, 1] * u * v + h[1, 1] * v**2) / 2
        )

    return near


@taylor2.mistake(
    "You handed back a number, and a function of x was wanted.",
    ask="Where in your answer does x come in, if the caller gives it only later?",
)
def taylor2_returns_a_number(f: Function, J: Function, H: Function, p: Any) -> Any:
    return float(f(np.array(p, float)))


@taylor2.style
def taylor2_in_loops(f: Function, J: Function, H: Function, p: Any) -> Any:
    def near(x: Any) -> Any:
        d = [a - b for a, b in zip(x, p, strict=True)]
        total = f(p)
        for i, step in enumerate(d):
            total += J(p)[i] * step
            for j, other in enumerate(d):
                total += 0.5 * H(p)[i][j] * step * other
        return float(total)

    return near


@taylor2.style
def taylor2_by_einsum(f: Function, J: Function, H: Function, p: Any) -> Any:
    p = np.asarray(p)
    height, slopes, bends = f(p), J(p), H(p)
    return lambda x: np.array(
        height + np.dot(slopes, x - p) + 0.5 * np.einsum("i,ij,j", x - p, bends, x - p)
    )


@taylor2.style
def taylor2_with_columns(f: Function, J: Function, H: Function, p: Any) -> Any:
    def near(x: Any) -> Any:
        d = (np.array(x, float) - np.array(p, float)).reshape(-1, 1)
        return (f(p) + np.reshape(J(p), (1, -1)) @ d + 0.5 * d.T @ H(p) @ d).item()

    return near


# ── series_multiply ───────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "lists": 1}, rtol=1e-9, refuses=EXPANDERS)
def series_multiply(a: Any, b: Any) -> Any:
    """The product of two power series, to the length of a."""
    return _product(np.asarray(a, float), np.asarray(b, float))


def _product(a: Array, b: Array) -> Array:
    return np.convolve(a, b)[: a.size]


@series_multiply.probes("value")
def products_of_series(rng: Rng) -> Cases:
    yield np.array([1.0, 1.0, 0.5]), np.array([1.0, -1.0, 0.5])
    for n in (3, 5, 8):
        yield _sizes(rng, 0.3, 2.0, n), _sizes(rng, 0.3, 2.0, n)
    yield _sizes(rng, 0.3, 2.0, 1), _sizes(rng, 0.3, 2.0, 1)


@series_multiply.probes("lists")
def products_of_lists(rng: Rng) -> Cases:
    yield _sizes(rng, 0.3, 2.0, 4).tolist(), _sizes(rng, 0.3, 2.0, 4).tolist()
    yield (1, 2, 3), (4, 5, 6)
    yield np.array([1, 3, 2]), np.round(_sizes(rng, 0.3, 2.0, 3), 2)
    yield [2, 0, 1, 5], [0.5, 0.25, 1.5, 0.75]


@series_multiply.mistake(
    "You multiplied coefficient by coefficient.",
    ask="What is the coefficient of x in (1 + x)(1 + x)?",
)
def product_entry_by_entry(a: Any, b: Any) -> Any:
    return np.asarray(a, float) * np.asarray(b, float)


@series_multiply.mistake(
    "Your product goes on past the length of a.",
    ask="Which of your coefficients would change if both series were given to one more order?",
)
def product_uncut(a: Any, b: Any) -> Any:
    return np.convolve(a, b)


@series_multiply.mistake(
    "You kept the last coefficients of the full product and not the first.",
    ask="Which end of the list holds the low powers?",
)
def product_cut_in_front(a: Any, b: Any) -> Any:
    return np.convolve(a, b)[-len(a) :]


@series_multiply.mistake(
    "An index below zero wrapped round to the end of b, as Python's indices do.",
    ask="What is b[−1] in Python, and which power does it belong to?",
)
def product_that_wraps(a: Any, b: Any) -> Any:
    n = len(a)
    return np.array([sum(a[j] * b[k - j] for j in range(n)) for k in range(n)])


@series_multiply.mistake(
    "Your two indices run the same way, and their sum should stay the same.",
    ask="Which pairs of powers multiply to x³?",
    variants=[{"ahead": True}],
)
def product_as_correlation(a: Any, b: Any, ahead: bool = False) -> Any:
    a, b = np.asarray(a, float), np.asarray(b, float)
    n = a.size
    if ahead:
        return np.array([a[k:] @ b[: n - k] for k in range(n)])
    return np.array([a[: k + 1] @ b[: k + 1] for k in range(n)])


@series_multiply.mistake(
    "Your inner loop ends one short, so the last product of each coefficient is missing.",
    ask="How many pairs of powers multiply to x³?",
    variants=[{"which": 0}],
)
def product_one_short(a: Any, b: Any, which: int = -1) -> Any:
    left = series_multiply(a, np.append(0.0, np.asarray(b, float)[1:]))
    if which == 0:
        left = series_multiply(np.append(0.0, np.asarray(a, float)[1:]), b)
    return left


@series_multiply.mistake(
    "You add up in an array of whole numbers, and the fractions are cut off.",
    ask="What kind of numbers does np.zeros_like(a) hold when a holds whole numbers?",
)
def product_in_whole_numbers(a: Any, b: Any) -> Any:
    return series_multiply(a, b).astype(np.asarray(a).dtype)


@series_multiply.mistake(
    "Your product is one coefficient short.",
    ask="How many coefficients does a have?",
)
def product_one_too_short(a: Any, b: Any) -> Any:
    return np.convolve(a, b)[: len(a) - 1]


@series_multiply.mistake(
    "You kept the middle of the full product, as mode='same' does, and not its beginning.",
    ask="Which power of x belongs to the first entry that you return?",
)
def product_from_the_middle(a: Any, b: Any) -> Any:
    return np.convolve(a, b, mode="same")


@series_multiply.mistake(
    "You added the two series.",
    ask="What is the product of 2 and 3, and what is their sum?",
)
def product_as_a_sum(a: Any, b: Any) -> Any:
    return np.asarray(a, float) + np.asarray(b, float)


@series_multiply.style
def product_in_two_loops(a: Any, b: Any) -> Any:
    c = [0.0] * len(a)
    for i, p in enumerate(a):
        for j, q in enumerate(b):
            if i + j < len(c):
                c[i + j] += p * q
    return c


@series_multiply.style
def product_by_shifts(a: Any, b: Any) -> Any:
    a = np.array(a, float)
    total = np.zeros(len(a))
    for j in range(len(b)):
        total[j:] += b[j] * a[: len(a) - j]
    return total


@series_multiply.style
def product_by_the_formula(a: Any, b: Any) -> Any:
    return np.array([sum(a[j] * b[k - j] for j in range(k + 1)) for k in range(len(a))])


@series_multiply.style
def product_by_polymul(a: Any, b: Any) -> Any:
    product = np.polynomial.polynomial.polymul(a, b)
    padded = np.zeros(len(a))
    padded[: len(product)] = product[: len(a)]
    return padded


# ── series_exp ────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "lists": 1}, rtol=1e-9, refuses=EXPANDERS)
def series_exp(a: Any) -> Any:
    """exp of a power series: k e_k = Σ_j j a_j e_{k−j}."""
    return _exp(np.asarray(a, float))


def _exp(a: Array) -> Array:
    e = np.zeros(a.size)
    e[0] = np.exp(a[0])
    for k in range(1, a.size):
        e[k] = sum(j * a[j] * e[k - j] for j in range(1, k + 1)) / k
    return e


@series_exp.probes("value")
def exponentials_of_series(rng: Rng) -> Cases:
    yield (np.array([0.0, 1.0, 0.0, 0.0, 0.0]),)
    yield (np.append(0.0, _sizes(rng, 0.5, 1.5, 4)),)
    for n in (3, 5, 7):
        yield (_sizes(rng, 0.4, 1.2, n),)
    yield (_sizes(rng, 0.4, 1.2, 1),)


@series_exp.probes("lists")
def exponentials_of_lists(rng: Rng) -> Cases:
    yield (_sizes(rng, 0.4, 1.2, 5).tolist(),)
    yield ((0, 1, 1, 2),)
    yield (np.array([1, -1, 2, 1]),)


@series_exp.mistake(
    "You took exp of each coefficient.",
    ask="What is the series of exp(x), and what is the exponential of its coefficient 1?",
)
def exp_of_each(a: Any) -> Any:
    return np.exp(np.asarray(a, float))


@series_exp.mistake(
    "You begin with 1, and that is right only where the series begins with 0.",
    ask="What is the value of exp(a(x)) at x = 0?",
)
def exp_from_one(a: Any) -> Any:
    return _exp(np.append(0.0, np.asarray(a, float)[1:]))


@series_exp.mistake(
    "You used a₀ itself where its exponential belongs.",
    ask="What is exp(a(x)) at x = 0?",
    variants=[{"where": "first"}],
)
def exp_with_plain_a0(a: Any, where: str = "factor") -> Any:
    a = np.asarray(a, float)
    e = _exp(np.append(0.0, a[1:]))
    return a[0] * e if where == "factor" else np.append(a[0], e[1:])


@series_exp.mistake(
    "The factor exp(a₀) reaches only your first coefficient, and it belongs to all of them.",
    ask="What does exp(2 + x) have to do with exp(x), and does that hold for each coefficient?",
)
def exp_with_a0_in_front_only(a: Any) -> Any:
    a = np.asarray(a, float)
    return np.append(np.exp(a[0]), _exp(np.append(0.0, a[1:]))[1:])


@series_exp.mistake(
    "You did not divide by k.",
    ask="On the left of the rule stands k times a coefficient: what is left to do?",
)
def exp_without_division(a: Any) -> Any:
    a = np.asarray(a, float)
    e = np.zeros(a.size)
    e[0] = np.exp(a[0])
    for k in range(1, a.size):
        e[k] = sum(j * a[j] * e[k - j] for j in range(1, k + 1))
    return e


@series_exp.mistake(
    "The factor j is missing: you used the coefficients of a and not those of its derivative.",
    ask="What are the coefficients of the derivative of a series?",
    variants=[{"divide": False}],
)
def exp_without_derivative(a: Any, divide: bool = True) -> Any:
    a = np.asarray(a, float)
    e = np.zeros(a.size)
    e[0] = np.exp(a[0])
    for k in range(1, a.size):
        e[k] = sum(a[j] * e[k - j] for j in range(1, k + 1)) / (k if divide else 1)
    return e


@series_exp.mistake(
    "Your inner sum stops before j = k, so the last coefficient never comes in.",
    ask="Which coefficients of a can reach the power x³ in the result?",
)
def exp_one_short(a: Any) -> Any:
    a = np.asarray(a, float)
    e = np.zeros(a.size)
    e[0] = np.exp(a[0])
    for k in range(1, a.size):
        e[k] = sum(j * a[j] * e[k - j] for j in range(1, k)) / k
    return e


@series_exp.mistake(
    "You stopped the series of exp after a few powers of a, and higher powers of a reach these orders too.",
    ask="What is the lowest power of x in the third power of a series that begins with x?",
    variants=[{"terms": 3}, {"terms": -2}, {"terms": -1, "split": False}],
)
def exp_of_few_powers(a: Any, terms: int = 2, split: bool = True) -> Any:
    a = np.asarray(a, float)
    base = np.append(0.0, a[1:]) if split else a
    power, total = np.eye(a.size)[0], np.zeros(a.size)
    for m in range(terms + 1 if terms > 0 else a.size + 1 + terms):
        total += power / math.factorial(m)
        power = _product(power, base)
    return np.exp(a[0]) * total if split else total


@series_exp.mistake(
    "The powers of a are not divided by factorials.",
    ask="What is the coefficient of x² in exp(x)?",
    variants=[{"by": "k"}],
)
def exp_without_factorials(a: Any, by: str = "one") -> Any:
    a = np.asarray(a, float)
    power, total = np.eye(a.size)[0], np.zeros(a.size)
    for m in range(a.size):
        total += power / (max(m, 1) if by == "k" else 1)
        power = _product(power, np.append(0.0, a[1:]))
    return np.exp(a[0]) * total


@series_exp.mistake(
    "You divided the coefficients of a by factorials, which is right only for a = x.",
    ask="Into what do the powers of a(x) have to be put together?",
)
def exp_of_factorials(a: Any) -> Any:
    a = np.asarray(a, float)
    return a / _factorials(a.size)


@series_exp.mistake(
    "You took powers of each coefficient and not powers of the whole series.",
    ask="What is the square of 1 + x as a series?",
)
def exp_by_powers_of_each(a: Any) -> Any:
    a = np.asarray(a, float)
    powers = [a**m / math.factorial(m) for m in range(1, 40)]
    return np.eye(a.size)[0] + np.sum(powers, axis=0)


@series_exp.mistake(
    "You keep the result in an array of whole numbers, and the fractions are cut off.",
    ask="What kind of numbers does np.zeros_like(a) hold when a holds whole numbers?",
)
def exp_in_whole_numbers(a: Any) -> Any:
    a = np.asarray(a)
    e = np.zeros_like(a)
    e[0] = np.exp(a[0])
    for k in range(1, a.size):
        e[k] = sum(j * a[j] * e[k - j] for j in range(1, k + 1)) / k
    return e


@series_exp.style
def exp_by_all_powers(a: Any) -> Any:
    n = len(a)
    away = np.append(0.0, np.asarray(a, float)[1:])
    term, total = np.eye(n)[0], np.eye(n)[0]
    for m in range(1, n):
        term = _product(term, away) / m
        total = total + term
    return math.exp(a[0]) * total


@series_exp.style
def exp_in_lists(a: Any) -> Any:
    e = [math.exp(a[0])]
    for k in range(1, len(a)):
        e.append(sum((k - j) * a[k - j] * e[j] for j in range(k)) / k)
    return e


@series_exp.style
def exp_by_a_matrix(a: Any) -> Any:
    a = np.asarray(a, float)
    multiply_by_a = toeplitz(a, np.zeros(a.size))
    return expm(multiply_by_a)[:, 0]


@series_exp.style
def exp_by_dot_products(a: Any) -> Any:
    a = np.array(a, dtype=float)
    slope = a * np.arange(len(a))
    e = np.full(len(a), np.exp(a[0]))
    for k in range(1, len(a)):
        e[k] = slope[1 : k + 1] @ e[:k][::-1] / k
    return e
