"""helpers.taylor: coefficients against mpmath, algebra by hypothesis, a sentence for every slip."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special

from helpers import functions
from helpers.taylor import RULES, coefficients

ORDER = 10
SMOOTH = {  # name: numpy code, the same by mpmath, a
    "exp": (np.exp, mpmath.exp, 0.4),
    "expm1": (np.expm1, mpmath.expm1, 1e-3),
    "exp2": (np.exp2, lambda x: mpmath.mpf(2) ** x, 0.4),
    "log": (np.log, mpmath.log, 2.5),
    "log1p": (np.log1p, mpmath.log1p, 0.2),
    "log2": (np.log2, lambda x: mpmath.log(x, 2), 1.5),
    "log10": (np.log10, lambda x: mpmath.log(x, 10), 1.5),
    "sin": (np.sin, mpmath.sin, 2.0),
    "cos": (np.cos, mpmath.cos, -0.7),
    "tan": (np.tan, mpmath.tan, 0.5),
    "sinh": (np.sinh, mpmath.sinh, 0.6),
    "cosh": (np.cosh, mpmath.cosh, 0.6),
    "tanh": (np.tanh, mpmath.tanh, 0.8),
    "arctan": (np.arctan, mpmath.atan, 0.6),
    "arctanh": (np.arctanh, mpmath.atanh, 0.3),
    "arcsin": (np.arcsin, mpmath.asin, 0.3),
    "arccos": (np.arccos, mpmath.acos, 0.3),
    "arcsinh": (np.arcsinh, mpmath.asinh, -0.4),
    "arccosh": (np.arccosh, mpmath.acosh, 2.0),
    "sqrt": (np.sqrt, mpmath.sqrt, 1.7),
    "cbrt": (np.cbrt, lambda x: -mpmath.cbrt(-x), -2.0),
    "square": (np.square, lambda x: x * x, 1.7),
    "reciprocal": (np.reciprocal, lambda x: 1 / x, 1.5),
    "negative": (np.negative, lambda x: -x, 1.5),
    "positive": (np.positive, lambda x: x, 1.5),
    "absolute": (np.abs, lambda x: -x, -1.5),
    "fabs": (np.fabs, lambda x: x, 1.5),
    "erf": (special.erf, mpmath.erf, 0.5),
    "erfc": (special.erfc, mpmath.erfc, 0.5),
    "expit": (special.expit, lambda x: 1 / (1 + mpmath.exp(-x)), 0.9),
    "exp of sin": (lambda x: np.exp(np.sin(x)), lambda x: mpmath.exp(mpmath.sin(x)), 0.7),
    "the beast": (
        lambda x: np.exp(-x / 2) * np.sin(x**2 + 1) / (1 + x**2),
        lambda x: mpmath.exp(-x / 2) * mpmath.sin(x**2 + 1) / (1 + x**2),
        0.4,
    ),
    "1 / (1 + x²)": (lambda x: 1 / (1 + x**2), lambda x: 1 / (1 + x**2), 0.3),
    "root of 1 + x²": (lambda x: (1 + x * x) ** 0.5, lambda x: mpmath.sqrt(1 + x * x), 1.2),
    "x to the power of x": (lambda x: x**x, lambda x: x**x, 1.3),
    "2 to the power of x": (lambda x: 2**x, lambda x: 2**x, 1.3),
    "a power of 2.5": (lambda x: x**2.5 - 1, lambda x: x ** mpmath.mpf(2.5) - 1, 1.7),
    "a power of -3": (lambda x: x**-3, lambda x: x**-3, 1.5),
    "a bell": (lambda x: np.exp(-x * x / 2), lambda x: mpmath.exp(-x * x / 2), 1.1),
}


def error(got: object, want: object) -> float:
    """Largest difference relative to the largest coefficient."""
    return float(np.max(np.abs(np.subtract(got, want))) / np.max(np.abs(want)))


def test_every_rule_is_tested_here():
    assert set(RULES) <= set(SMOOTH)


@pytest.mark.parametrize("name", SMOOTH)
def test_coefficients_to_order_ten_equal_those_of_mpmath(name):
    f, same, a = SMOOTH[name]
    with mpmath.workdps(60):
        want = [float(c) for c in mpmath.taylor(same, mpmath.mpf(a), ORDER)]
    assert error(coefficients(f, a, ORDER), want) <= 1e-15


@pytest.mark.parametrize(
    ("f", "want"),
    [
        (np.exp, [1 / math.factorial(k) for k in range(9)]),
        (np.sin, [0, 1, 0, -1 / 6, 0, 1 / 120, 0, -1 / 5040, 0]),
        (np.log1p, [0, *((-1) ** (k + 1) / k for k in range(1, 9))]),
        (lambda x: 1 / (1 - x), [1] * 9),
        (lambda x: x**7, [0, 0, 0, 0, 0, 0, 0, 1, 0]),
        (lambda x: x**0, [1, 0, 0, 0, 0, 0, 0, 0, 0]),
        (lambda x: 3, [3, 0, 0, 0, 0, 0, 0, 0, 0]),
        (lambda x: np.float64(2) * x + np.int64(1) - x, [1, 1, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_series_known_by_heart(f, want):
    assert error(coefficients(f, 0, 8), want) <= 2e-16


@pytest.mark.parametrize(
    ("f", "a", "want"),
    [
        (lambda x: np.where(x > 0, x**2, -x), 1.0, [1.0, 2.0, 1.0]),
        (lambda x: np.where(x > 0, x**2, -x), -1.0, [1.0, -1.0, 0.0]),
        (lambda x: np.maximum(x, 0.0) + np.minimum(2.0, x), 1.0, [2.0, 2.0, 0.0]),
        (lambda x: x if x >= 2 else x * x, 3.0, [3.0, 1.0, 0.0]),
        (lambda x: abs(x) + np.abs(-x), -2.0, [4.0, -2.0, 0.0]),
        (lambda x: np.polyval([1.0, 0.0, 2.0], x), 1.0, [3.0, 2.0, 1.0]),
        (lambda x: np.subtract(1, x) / np.multiply(2, x), 1.0, [0.0, -0.5, 0.5]),
        (lambda x: np.power(2.0, x) * 2**-x, 1.0, [1.0, 0.0, 0.0]),
    ],
)
def test_choices_and_mixed_arguments(f, a, want):
    np.testing.assert_allclose(coefficients(f, a, 2), want, atol=1e-15)


def test_order_zero_is_the_value():
    assert coefficients(np.cos, 1, 0).tolist() == [math.cos(1.0)]


NUMBERS = st.floats(-2.0, 2.0)
CURVES = st.sampled_from(["polynomial", "sinusoid", "bump", "exponential", "logistic_curve"])
SEEDS = st.integers(0, 2**32 - 1)


def curve(name: str, seed: int) -> functions.Curve:
    return functions.random(name, np.random.default_rng(seed), n=3)


@settings(max_examples=60, deadline=None)
@given(one=CURVES, other=CURVES, seed=SEEDS, a=NUMBERS)
def test_the_series_of_a_product_is_the_product_of_the_series(one, other, seed, a):
    f, g = curve(one, seed), curve(other, seed + 1)
    product = np.convolve(coefficients(f, a, 8), coefficients(g, a, 8))[:9]
    np.testing.assert_allclose(coefficients(lambda x: f(x) * g(x), a, 8), product, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(name=CURVES, seed=SEEDS, a=NUMBERS)
def test_the_first_three_coefficients_of_a_course_curve_are_its_derivatives(name, seed, a):
    f = curve(name, seed)
    want = [f(a), f.derivative(a), f.second(a) / 2]
    np.testing.assert_allclose(coefficients(f, a, 2), want, rtol=1e-12, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(name=CURVES, seed=SEEDS, a=NUMBERS)
def test_log_undoes_exp_and_squares_undo_roots(name, seed, a):
    f = curve(name, seed)
    c = coefficients(f, a, 8)
    assume(np.max(np.abs(c)) < 2)
    there_and_back = coefficients(lambda x: np.log(np.exp(f(x))), a, 8)
    np.testing.assert_allclose(there_and_back, c, atol=1e-10)
    rooted = coefficients(lambda x: np.sqrt((f(x) / 4 + 1.0) ** 2), a, 8)
    np.testing.assert_allclose(rooted, c / 4 + np.eye(9)[0], atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(a=st.floats(-1.0, 1.0), h=st.floats(-0.05, 0.05))
def test_the_polynomial_of_the_coefficients_meets_the_function(a, h):
    c = coefficients(lambda x: np.exp(np.sin(x)), a, 10)
    assert abs(np.polyval(c[::-1], h) - math.exp(math.sin(a + h))) <= 1e-13


@pytest.mark.parametrize(
    ("f", "a", "kind", "words"),
    [
        (lambda x: math.sin(x), 0, TypeError, "use np.sin, not math.sin"),
        (lambda x: int(x), 0, TypeError, "leave out float"),
        (np.abs, 0, ValueError, "abs has no Taylor series where its input is 0"),
        (np.sqrt, 0, ValueError, "a power of 0.5 has no Taylor series where its input is 0"),
        (np.log, -1, ValueError, "log has no Taylor series where its input is -1"),
        (np.log1p, -1, ValueError, "log1p has no Taylor series"),
        (np.arcsin, 1, ValueError, "arcsin and arccos has no|arcsin"),
        (np.arccosh, 1, ValueError, "arccosh has no Taylor series"),
        (np.arctanh, 1, ValueError, "arctanh has no Taylor series"),
        (lambda x: 1 / x, 0, ValueError, "there is a pole, choose another a"),
        (lambda x: x**0.5, -1, ValueError, "a power of 0.5"),
        (lambda x: (-2) ** x, 1, ValueError, "the base must be positive"),
        (lambda x: np.maximum(x, 1.0), 1, ValueError, "maximum or minimum of two equal numbers"),
        (lambda x: x * np.ones(2), 0, TypeError, "array of shape|no rule"),
        (lambda x: np.ones(2), 0, ValueError, r"got shape \(2,\)"),
        (lambda x: None, 0, ValueError, "got None"),
        (lambda x: np.exp(x * 1000), 1, ValueError, "inf or nan|beyond all bounds"),
        (special.gamma, 1, TypeError, "np.gamma has no rule in helpers.taylor"),
        (lambda x: np.cumsum(x), 1, TypeError, "np.cumsum has no rule in helpers.taylor"),
    ],
)
def test_a_slip_gets_one_sentence_of_advice(f, a, kind, words):
    with pytest.raises(kind, match=words) as caught:
        coefficients(f, a, 4)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: coefficients(3, np.sin, 2), TypeError, "wants a function first, got int"),
        (lambda: coefficients(np.sin, 0, -1), ValueError, "order must be a whole number"),
        (lambda: coefficients(np.sin, 0, 1.5), ValueError, "order must be a whole number"),
        (lambda: coefficients(np.sin, [0, 1], 2), ValueError, "a must be one finite number"),
        (lambda: coefficients(np.sin, np.nan, 2), ValueError, "a must be one finite number"),
    ],
)
def test_a_wrong_call_gets_one_sentence_of_advice(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
