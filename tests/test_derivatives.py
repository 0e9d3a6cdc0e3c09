"""helpers.derivatives: accuracy, honest error bounds, traps and misuse."""

from __future__ import annotations

import math
import time
import warnings

import mpmath
import numpy as np
import pytest
import scipy.differentiate
from derivative_families import HELD_OUT, TUNING, exact
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import autodiff, functions
from helpers.derivatives import (
    DerivativeWarning,
    Estimate,
    check_gradient,
    convergence_order,
    derivative,
    directional,
    gradient,
    hessian,
    jacobian,
    partial,
    taylor_coefficients,
)

SEEDS = st.integers(0, 2**32 - 1)


# Bars on functions with known derivatives ------------------------------------------------------


def scores(rows, n, seed):
    """Per point: is the error covered, is the value good to 1e-6, is anything said about it?"""
    rng = np.random.default_rng(seed)
    covered, good, told = [], [], []
    for row in rows:
        x = row.points(rng, n)
        want, got = exact(row, x), derivative(row.f, x, full=True)
        error, scale = np.abs(got.value - want), np.maximum(1, np.abs(want))
        covered.append((error <= got.error) | np.isnan(got.value))
        good.append(error <= 1e-6 * scale)
        told.append((got.note != "") | (got.error > 1e-6 * scale))
    return np.array(covered), np.array(good), np.array(told)


@pytest.mark.parametrize("rows", [TUNING, HELD_OUT], ids=["tuning", "held out"])
def test_the_error_bound_covers_the_error_and_nothing_is_silently_wrong(rows):
    covered, good, told = scores(rows, 150, seed=5)
    assert covered.mean() >= 0.999
    assert np.all(good | told)


def test_most_held_out_points_are_good_to_six_digits_without_a_word():
    _, good, told = scores(HELD_OUT, 50, seed=6)
    assert (good & ~told).mean() > 0.95


def test_there_are_at_least_thirty_functions_and_no_name_twice():
    names = [row.name for row in TUNING + HELD_OUT]
    assert len(names) == len(set(names)) >= 30
    assert len(HELD_OUT) >= 15


def test_vectorised_points_take_at_most_half_as_long_again_as_scipy():
    x = np.linspace(-2, 2, 1000)
    cases = [np.sin, np.exp, np.tanh, lambda x: x**3 - 2 * x, lambda x: np.exp(-x) * np.sin(x**2)]
    ours = theirs = 0.0
    for f in cases:
        mine, his = [], []
        for _ in range(9):
            start = time.process_time()
            derivative(f, x, full=True)
            middle = time.process_time()
            scipy.differentiate.derivative(f, x)
            mine.append(middle - start)
            his.append(time.process_time() - middle)
        ours, theirs = ours + min(mine), theirs + min(his)
    assert ours <= 1.5 * theirs


def test_smooth_functions_are_evaluated_at_most_half_as_often_again_as_by_scipy():
    x = np.linspace(-2, 2, 1000)
    ours = theirs = 0
    for f in (np.sin, np.exp, np.tanh, lambda x: x**3 - 2 * x, lambda x: x / (4 + x * x)):
        calls = [0]

        def counted(x, f=f, calls=calls):
            calls[0] += np.size(x)
            return f(x)

        derivative(counted, x)
        ours, calls[0] = ours + calls[0], 0
        scipy.differentiate.derivative(counted, x)
        theirs += calls[0]
    assert ours <= 1.5 * theirs


# Traps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "word"),
    [
        (abs, 0.0, "kink"),
        (lambda x: 1e8 + abs(x), 0.0, "kink"),
        (lambda x: np.maximum(0, x - 3), 3.0, "kink"),
        (lambda x: x**2 if x > 0 else -x, 0.0, "kink"),
        (np.sign, 0.0, "jump"),
        (np.floor, 2.0, "jump"),
        (lambda x: np.where(x == 0, 1.0, 0.0), 0.0, "jump"),
        (np.cbrt, 0.0, "vertical"),
        (np.sqrt, 0.0, "edge"),
        (lambda x: x**1.5, 0.0, "edge"),
        (np.arcsin, 1.0, "edge"),
        (lambda x: 1 / x, 0.0, "infinite"),
        (np.log, 0.0, "infinite"),
        (np.log, -1.0, "nan"),
        (math.log, -1.0, "nan"),
        (lambda x: np.sin(x) / x, 0.0, "nan"),
        (lambda x: 1 / x if abs(x) < 1 else x, np.nan, "nan"),
    ],
)
def test_where_there_is_no_derivative_one_word_says_why(f, x, word):
    got = derivative(f, x, full=True)
    assert got.note == word
    assert np.isnan(got.value)
    assert got.error == np.inf


def test_without_full_the_word_comes_as_a_warning_with_advice():
    with pytest.warns(DerivativeWarning, match="kink at x = 0: the slopes on the two sides differ"):
        value = derivative(abs, [0.0, 1.0])
    assert np.isnan(value[0])
    assert value[1] == pytest.approx(1)
    with pytest.warns(DerivativeWarning, match="check that the point is inside the domain"):
        derivative(math.log, -1)


def test_a_good_derivative_gives_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        derivative(np.exp, np.linspace(-3, 3, 50))
        derivative(lambda x: 1 / x, 1e-20)
        gradient(functions.rosenbrock, [1, 2, 3])


@pytest.mark.parametrize("x", [1e-20, -1e-12, 1e-6, 3.0, 1e9])
def test_a_pole_nearby_does_no_harm(x):
    got = derivative(lambda x: 1 / x, x, full=True)
    assert got.value == pytest.approx(-1 / x**2, rel=1e-10)
    assert abs(got.value + 1 / x**2) <= got.error
    assert got.note == ""


def test_features_of_size_1e_8_are_seen_beside_a_large_slope():
    x = np.linspace(-1, 1, 101)
    got = derivative(lambda x: x + 1e-8 * np.sin(1e8 * x), x, full=True)
    error = np.abs(got.value - 1 - np.cos(1e8 * x))
    assert np.all(error <= got.error)
    assert np.max(error) < 1e-5


def test_the_value_at_a_flat_point_of_infinite_order_is_zero():
    got = derivative(lambda x: np.exp(-1 / x**2), 0.0, full=True)
    assert abs(got.value) <= got.error < 1e-12


def test_a_bump_on_a_slope_is_seen_where_it_begins():
    x = 0.3 + np.linspace(2e-4, 8e-4, 61)
    got = derivative(lambda x: np.exp(-(((x - 0.3) / 1e-4) ** 2)) + x, x, full=True)
    t = (x - 0.3) / 1e-4
    error = np.abs(got.value - 1 + 2e4 * t * np.exp(-(t**2)))
    assert np.mean(error <= got.error) > 0.95
    assert np.max(error) < 1e-8


def test_beside_the_end_of_a_domain_the_rounding_of_x_is_counted():
    x = 1 - 10.0 ** -np.linspace(3, 8, 41)
    got = derivative(lambda x: np.sqrt(1 - x * x), x, full=True)
    want = -x / np.sqrt((1 - x) * (1 + x))
    assert np.all(np.abs(got.value - want) <= got.error)
    np.testing.assert_allclose(got.value, want, rtol=1e-6)


def test_functions_that_work_in_single_precision_have_a_larger_error():
    got = derivative(lambda x: np.sin(np.float32(x)), 1.0, full=True)
    assert abs(got.value - math.cos(1)) <= got.error
    assert 1e-8 < got.error < 1e-2


# One variable: shapes and styles ---------------------------------------------------------------


@pytest.mark.parametrize("f", [math.sin, np.sin, lambda x: [math.sin(t) for t in np.ravel(x)]])
def test_math_functions_arrays_and_lists_give_the_same(f):
    x = np.array([0.0, 1.0, 2.0])
    np.testing.assert_allclose(derivative(f, x), np.cos(x), atol=1e-12)


def test_the_result_is_shaped_like_x():
    assert isinstance(derivative(np.sin, 1), float)
    assert derivative(np.sin, []).shape == (0,)
    assert derivative(np.sin, np.zeros((2, 3))).shape == (2, 3)
    assert derivative(lambda x: 3, [1, 2]).tolist() == [0, 0]
    full = derivative(np.sin, [1, 2], full=True)
    assert full.value.shape == full.error.shape == full.note.shape == (2,)
    assert isinstance(derivative(np.sin, 1, full=True).note, str)


def test_a_function_with_an_if_is_called_point_by_point():
    def f(x):
        return x**2 if x > 0 else -x

    np.testing.assert_allclose(derivative(f, [1, -1, 4]), [2, -1, 8], atol=1e-10)


def test_a_function_that_mixes_the_points_is_called_point_by_point():
    np.testing.assert_allclose(derivative(np.cumsum, [1.0, 2.0, 3.0]), 1, atol=1e-12)
    np.testing.assert_allclose(derivative(lambda x: x - np.mean(x), [1.0, 2.0]), 0, atol=1e-12)
    assert derivative(lambda x: x / np.sum(x), 1.0) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("x", [0.5, [0.5], [-1.0, 0.5]])
def test_a_function_that_takes_only_arrays_is_given_arrays(x):
    def f(x):
        y = np.zeros(x.shape)
        y[x > 0] = x[x > 0] ** 2
        return y

    np.testing.assert_allclose(derivative(f, x), 2 * np.maximum(x, 0), atol=1e-12)


def test_more_points_than_one_chunk_are_all_there():
    x = np.linspace(0, 1, 2500)
    np.testing.assert_allclose(derivative(np.exp, x), np.exp(x), rtol=1e-12)


def test_an_error_raised_by_f_is_shown():
    def f(x):
        raise KeyError("my own mistake")

    with pytest.raises(KeyError, match="my own mistake"):
        derivative(f, 1.0)


# Several variables -----------------------------------------------------------------------------

FIELDS = ["quadratic", "gaussian_hills", "waves", "polynomial_field", "exp_linear", "mixed_field"]


@pytest.mark.parametrize("family", FIELDS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 4))
def test_gradient_and_hessian_of_random_fields_lie_within_their_bounds(family, seed, n):
    rng = np.random.default_rng(seed)
    f = functions.random(family, rng, n=n)
    x = rng.uniform(-2, 2, n)
    first, second = gradient(f, x, full=True), hessian(f, x, full=True)
    assert np.all(np.abs(first.value - f.gradient(x)) <= first.error)
    assert np.max(first.error) < 1e-8
    assert np.all(np.abs(second.value - f.hessian(x)) <= second.error)
    assert np.max(second.error) < 1e-5
    np.testing.assert_array_equal(second.value, second.value.T)


@pytest.mark.parametrize("family", ["affine", "trig_map", "quadratic_map"])
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 4), m=st.integers(1, 4))
def test_jacobian_of_random_maps_lies_within_its_bound(family, seed, n, m):
    rng = np.random.default_rng(seed)
    F = functions.random(family, rng, n=n, m=m)
    x = rng.uniform(-2, 2, n)
    got = jacobian(F, x, full=True)
    assert got.value.shape == (m, n)
    assert np.all(np.abs(got.value - F.jacobian(x)) <= got.error)
    assert np.max(got.error) < 1e-8


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_u_dot_jv_is_jtu_dot_v(seed):
    rng = np.random.default_rng(seed)
    F = functions.random("trig_map", rng, n=3, m=2)
    x, u, v = rng.uniform(-2, 2, 3), rng.normal(size=2), rng.normal(size=3)
    Jv = jacobian(lambda t: F(x + t[0] * v), [0.0])[:, 0]
    JTu = gradient(lambda y: u @ F(y), x)
    assert u @ Jv == pytest.approx(JTu @ v, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_the_directional_derivative_is_gradient_dot_v(seed):
    rng = np.random.default_rng(seed)
    f = functions.random("waves", rng, n=3)
    x, v = rng.uniform(-2, 2, 3), rng.normal(size=3)
    assert directional(f, x, v) == pytest.approx(f.gradient(x) @ v, abs=1e-9)
    assert partial(f, x, 1) == pytest.approx(f.gradient(x)[1], abs=1e-9)


@pytest.mark.parametrize("problem", functions.PROBLEMS, ids=repr)
def test_gradient_and_hessian_of_the_test_problems_lie_within_their_bounds(problem):
    x = np.linspace(0.3, 1.1, problem.n)
    first, second = gradient(problem, x, full=True), hessian(problem, x, full=True)
    assert np.all(np.abs(first.value - problem.gradient(x)) <= first.error)
    assert np.all(np.abs(second.value - problem.hessian(x)) <= second.error)


def test_gradient_of_a_quadratic_is_exact():
    A = np.array([[2.0, 1.0], [1.0, 4.0]])
    f = functions.quadratic(A=A, b=[1, -1])
    np.testing.assert_allclose(gradient(f, [1, 2]), A @ [1, 2] + [1, -1], rtol=1e-14)


def test_small_and_large_coordinates_keep_their_own_steps():
    x = np.array([1e-6, 1.0, 1e6])
    got = gradient(lambda x: np.log(x[0]) + np.sin(x[1]) + x[2] ** 2 / 1e6, x, full=True)
    want = np.array([1e6, np.cos(1), 2.0])
    assert np.all(np.abs(got.value - want) <= got.error)
    np.testing.assert_allclose(got.value, want, rtol=1e-8)


@pytest.mark.parametrize(
    ("operator", "f", "x", "words"),
    [
        (gradient, lambda x: abs(x[0]) + x[1], [0, 1], ["kink", ""]),
        (gradient, lambda x: np.sign(x[0]) + x[1], [0, 1], ["jump", ""]),
        (gradient, lambda x: np.sqrt(x[0]) + x[1], [0, 1], ["edge", ""]),
        (gradient, lambda x: np.log(x[0]) + x[1], [-1, 1], ["nan", "nan"]),
        (jacobian, lambda x: [x[0], abs(x[1])], [1, 0], [["", ""], ["", "kink"]]),
        (hessian, lambda x: x[0] * abs(x[0]) + x[1], [0, 1], [["kink", ""], ["", ""]]),
        (hessian, lambda x: max(0, x[0]) ** 2 + x[1], [0, 1], [["kink", ""], ["", ""]]),
        (hessian, lambda x: abs(x[0] - x[1]), [1, 1], [["kink", "kink"], ["kink", "kink"]]),
    ],
)
def test_functions_of_several_variables_have_the_same_safeguards(operator, f, x, words):
    got = operator(f, x, full=True)
    np.testing.assert_array_equal(got.note, words)
    np.testing.assert_array_equal(np.isnan(got.value), got.note != "")


def test_a_warning_of_a_gradient_names_the_entry():
    with pytest.warns(DerivativeWarning, match=r"kink at entry 1, x = \[1\. 0\.\]"):
        gradient(lambda x: x[0] + abs(x[1]), [1, 0])


def test_directional_handles_a_kink_and_a_zero_direction():
    assert directional(np.linalg.norm, [0, 0], [3, 4], full=True).note == "kink"
    assert directional(lambda x: x @ x, [1, 2], [0, 0]) == 0
    assert directional(lambda x: x @ x, [1, 2], [3, 4]) == pytest.approx(22)


@pytest.mark.parametrize("operator", [gradient, hessian])
@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_lists_tuples_and_whole_numbers_are_taken(operator, kind):
    want = operator(functions.bowl, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(operator(functions.bowl, kind([1, 2])), want)


def test_x_is_never_changed_even_by_a_greedy_function():
    def greedy(x):
        x *= 2
        return x[0] * x[1]

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(gradient(greedy, x), [8, 4], rtol=1e-12)
    np.testing.assert_allclose(hessian(greedy, x), [[0, 4], [4, 0]], atol=1e-9)
    jacobian(lambda x: x.__imul__(2), x)
    derivative(lambda x: x.__imul__(2), x)
    np.testing.assert_array_equal(x, [1, 2])


def test_jacobian_takes_what_a_student_returns():
    want = [[2.0, 1.0], [1.0, 1.0]]

    def filled(x):
        out = np.zeros(2)
        out[0], out[1] = x[0] * x[1], x[0] + x[1]
        return out

    for F in (filled, lambda x: [x[0] * x[1], x[0] + x[1]], lambda x: (x[0] * x[1], x[0] + x[1])):
        np.testing.assert_allclose(jacobian(F, [1, 2]), want, atol=1e-12)
    np.testing.assert_allclose(jacobian(lambda x: x @ x, [1, 2]), [[2, 4]], atol=1e-12)


def test_no_variables_give_empty_results():
    assert gradient(lambda x: 1.0, []).shape == (0,)
    assert hessian(lambda x: 1.0, []).shape == (0, 0)
    assert jacobian(lambda x: [1.0, 2.0], []).shape == (2, 0)


# Misuse: one sentence of advice ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: derivative(math.sin(1), 1), TypeError, "pass the function itself"),
        (lambda: jacobian([1, 2], [1]), TypeError, "F must be a function, got list"),
        (lambda: derivative(np.sin, 1.0, step=1e-20), ValueError, "step 1e-20 is too small"),
        (lambda: gradient(np.sum, [1.0], step=np.nan), ValueError, "leave it out"),
        (lambda: derivative(lambda x: [x, x], 1.0), ValueError, "use jacobian"),
        (lambda: gradient(lambda x: 2 * x, [1, 2]), ValueError, r"shape \(2,\): use jacobian"),
        (lambda: hessian(lambda x: 2 * x, [1, 2]), ValueError, "use jacobian"),
        (lambda: gradient(np.sum, 3), ValueError, "for one number use derivative"),
        (lambda: gradient(np.sum, [[1, 2]]), ValueError, "must be a vector"),
        (lambda: derivative(np.sin, "a"), ValueError, "convert it first"),
        (lambda: derivative(np.sin, 1j), ValueError, "real number"),
        (lambda: derivative(lambda x: 1j * x, 1.0), ValueError, "return floats"),
        (lambda: derivative(lambda x: None, 1.0), ValueError, "end it with a return"),
        (lambda: partial(np.sum, [1, 2], 2), IndexError, "i must be from 0 to 1, got 2"),
        (lambda: directional(np.sum, [1, 2], [1]), ValueError, "match them"),
        (lambda: jacobian(lambda x: np.outer(x, x), [1, 2]), ValueError, "np.ravel"),
        (lambda: jacobian(lambda x: x[x > 1], [1, 2]), ValueError, "always the same"),
        (lambda: taylor_coefficients(np.sin, [0, 1], 2), ValueError, "expand at one point"),
        (lambda: taylor_coefficients(np.sin, 0, 16), ValueError, "from 0 to 15"),
        (lambda: check_gradient(np.sum, lambda x: 1.0, [1, 2]), ValueError, "one number per entry"),
        (lambda: check_gradient(np.sum, 3, [1, 2]), TypeError, "grad must be a function"),
        (lambda: convergence_order([1, 2], [1]), ValueError, "one error per step"),
        (lambda: convergence_order([1, 1], [1, 2]), ValueError, "two different steps"),
        (lambda: convergence_order([1, -1], [1, 2]), ValueError, "must be positive"),
    ],
)
def test_misuse_is_answered_with_one_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_coarsest_step_can_be_given():
    got = derivative(np.sin, 1.0, step=1e-3, full=True)
    assert abs(got.value - math.cos(1)) <= got.error < 1e-9
    assert derivative(abs, 0.0, step=1e-6, full=True).note == "kink"


# Taylor coefficients ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "precise", "a"),
    [
        (np.exp, mpmath.exp, 0),
        (math.sin, mpmath.sin, 1),
        (np.log, mpmath.log, 2),
        (np.log1p, lambda x: mpmath.log(1 + x), 0),
        (lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x * x), 0),
        (np.tan, mpmath.tan, 0.3),
        (np.sin, mpmath.sin, 1e4),
        (lambda x: x**3, lambda x: x**3, 2),
        (lambda x: np.sin(50 * x), lambda x: mpmath.sin(50 * x), 0.1),
        (np.sqrt, mpmath.sqrt, 0.01),
    ],
)
def test_taylor_coefficients_lie_within_their_bounds(f, precise, a):
    got = taylor_coefficients(f, a, 6, full=True)
    with mpmath.workdps(60):
        want = np.array([float(c) for c in mpmath.taylor(precise, mpmath.mpf(a), 6)])
    assert np.all(np.abs(got.value - want) <= got.error)
    np.testing.assert_allclose(got.value[:4], want[:4], rtol=1e-6, atol=1e-8)


def test_taylor_coefficients_at_a_kink_stop_at_the_value():
    got = taylor_coefficients(abs, 0, 3, full=True)
    assert got.value[0] == 0
    assert list(got.note) == ["", "kink", "kink", "kink"]
    assert np.all(np.isnan(got.value[1:]))


def test_taylor_coefficients_see_a_small_feature():
    a, w = 0.3, 1e7
    got = taylor_coefficients(lambda x: x + np.sin(w * x) / w, a, 2, full=True)
    want = [a + np.sin(w * a) / w, 1 + np.cos(w * a), -w * np.sin(w * a) / 2]
    assert np.all(np.abs(got.value - want) <= got.error)


def test_order_zero_is_the_value():
    assert taylor_coefficients(np.cos, 0, 0).tolist() == [1.0]


# Checks ----------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, slip=st.sampled_from([0.0, 0.01, 1.0]))
def test_check_gradient_tells_right_from_wrong(seed, slip):
    rng = np.random.default_rng(seed)
    f = functions.random("mixed_field", rng, n=3)
    x = rng.uniform(-2, 2, 3)
    largest = check_gradient(f, lambda x: f.gradient(x) + np.array([0, slip, 0]), x)
    assert (largest < 1e-8) == (slip == 0)


def test_check_gradient_names_the_worst_entry():
    found = check_gradient(functions.bowl, lambda x: [2 * x[0], 2 * x[1]], [1, 1], full=True)
    assert found.worst == 1
    assert found.difference == pytest.approx(1.0)
    assert check_gradient(functions.bowl, lambda x: [np.nan, 4 * x[1]], [1, 1]) == np.inf


@settings(max_examples=50, deadline=None)
@given(p=st.floats(0.5, 6), scale=st.floats(1e-3, 1e3))
def test_convergence_order_finds_the_power(p, scale):
    hs = np.array([0.1, 0.05, 0.01, 0.002])
    errors = scale * hs**p
    errors[1] = np.nan
    assert convergence_order(hs, errors) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(("order", "formula"), [(1, "forward"), (2, "central")])
def test_difference_formulas_converge_at_their_order(order, formula):
    hs = 2.0 ** -np.arange(4, 12)
    back = hs if formula == "central" else 0
    errors = (np.exp(1 + hs) - np.exp(1 - back)) / (hs + back) - np.e
    assert convergence_order(hs, errors) == pytest.approx(order, abs=0.05)


def test_an_estimate_cannot_be_changed():
    got = derivative(np.sin, 1.0, full=True)
    assert isinstance(got, Estimate)
    with pytest.raises(AttributeError):
        got.value = 2


@pytest.mark.parametrize("seed", range(40))
def test_smooth_functions_of_several_variables_raise_no_doubt(seed):
    rng = np.random.default_rng(seed)
    A, b, x = rng.normal(size=(3, 3)), rng.normal(size=3), rng.uniform(-1, 1, 3)

    def f(x):
        return np.sin(x @ A @ x) + np.exp(b @ x / 3)

    pairs = ((gradient, autodiff.gradient), (hessian, autodiff.hessian))
    for numerical, exactly in pairs:
        found, want = numerical(f, x, full=True), exactly(f, x)
        assert not np.any(found.note != "")
        assert np.all(np.abs(found.value - want) <= found.error)
        assert np.all(found.error <= 1e-6 * np.maximum(1, np.abs(want)))
