# ruff: noqa: D101, D102 (a slip that is a class is named by its sentence too)
"""Week 0: differences, tangents, the rules of differentiation, and a class that knows its slope.

Differences are asked for with steps so large that the formula itself, not rounding, decides: every way of
writing the right formula agrees to far more digits than the tolerance wants. Derivatives by rule are compared
to the usual 1e-6, `beast_derivative` to 1e-12, which no difference reaches; among the functions of the
product and the quotient rule is one that shakes so fast that no step resolves it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.exercise import Case, case, exercise
from helpers import functions

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]

LIBRARIES = (
    "helpers.derivatives",
    "helpers.autodiff",
    "helpers.taylor",
    "scipy.differentiate",
    "scipy.optimize.approx_fprime",
    "scipy.optimize._numdiff",
    "numdifftools",
    "jax",
    "autograd",
    "torch",
    "tensorflow",
    "sympy",
    "mpmath",
)
EXACT = ("helpers.functions.kinds.Curve.derivative", "helpers.functions.kinds.Curve.second")
BENT = ("sinusoid", "bump", "exponential", "damped_wave", "polynomial")


def _sizes(rng: Rng, least: float, most: float, shape: Any = None) -> Any:
    """Numbers of a size between `least` and `most`, with random signs."""
    return rng.uniform(least, most, shape) * rng.choice([-1.0, 1.0], shape)


def _points(rng: Rng, n: int) -> Array:
    return np.asarray(np.round(_sizes(rng, 0.2, 1.8, n), 2))


def _whole(rng: Rng, n: int) -> NDArray[np.int64]:
    return np.asarray(rng.integers(1, 3, n) * rng.choice([-1, 1], n))


def _number(rng: Rng) -> float:
    return float(_points(rng, 1)[0])


def _curve(rng: Rng, *families: str) -> Any:
    """A random curve of one of the families, by default one that bends everywhere it is asked."""
    return functions.random(str(rng.choice(families or BENT)), rng, n=2)


def _waves(rng: Rng) -> Any:
    return functions.sinusoid(
        amplitude=_sizes(rng, 0.8, 1.6), frequency=rng.uniform(0.8, 1.6), phase=rng.uniform(-3, 3)
    )


def _positive(rng: Rng) -> Any:
    """A parabola that never comes down to zero."""
    return functions.polynomial(
        coefficients=[rng.uniform(1, 2), _sizes(rng, 0.3, 0.6), rng.uniform(0.3, 0.8)]
    )


def _cubic(rng: Rng) -> Any:
    return functions.polynomial(coefficients=_sizes(rng, 0.4, 1.2, 4))


def _at_lists(rng: Rng, arguments: Callable[[Any], tuple[Any, ...]]) -> Cases:
    """The same question at a list, a tuple, whole numbers and one whole number."""
    yield arguments(_points(rng, 3).tolist())
    yield arguments(tuple(_points(rng, 2).tolist()))
    yield arguments(_whole(rng, 3))
    yield arguments(_whole(rng, 3).tolist())
    yield arguments(int(_whole(rng, 1)[0]))


# ── forward_difference ────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, refuses=(*LIBRARIES, *EXACT))
def forward_difference(f: Function, x: Any, h: float) -> Any:
    """(f(x + h) − f(x)) / h, elementwise."""
    x = np.asarray(x, float)
    return (f(x + h) - f(x)) / h


@forward_difference.probes("value")
def forward_steps(rng: Rng) -> Cases:
    square = functions.polynomial(coefficients=[0, 0, 1])
    yield square, 3.0, 0.5
    yield _waves(rng), _number(rng), 0.1
    yield _waves(rng), _points(rng, 4), 0.25
    yield _cubic(rng), _points(rng, 3), 0.01
    yield _curve(rng), _points(rng, 5), round(float(rng.uniform(0.05, 0.4)), 3)
    yield _waves(rng), _points(rng, 6).reshape(2, 3), 0.2


@forward_difference.probes("any x")
def forward_steps_anywhere(rng: Rng) -> Cases:
    f = _waves(rng)
    yield from _at_lists(rng, lambda x: (f, x, 0.1))


@forward_difference.mistake(
    "You stepped back as well as forward, which is the central difference.",
    ask="At which two points does the forward difference look?",
)
def forward_is_central(f: Function, x: Any, h: float) -> Any:
    return central_difference(f, x, h)


@forward_difference.mistake(
    "You looked behind x instead of ahead of it.",
    ask="Where does a step forward from x lead, to x + h or to x − h?",
)
def forward_is_backward(f: Function, x: Any, h: float) -> Any:
    return forward_difference(f, x, -h)


@forward_difference.mistake(
    "You have the rise, and it still wants to be divided by the run.",
    ask="What is a slope: a difference of heights, or that difference per step?",
)
def forward_without_the_run(f: Function, x: Any, h: float) -> Any:
    return h * forward_difference(f, x, h)


@forward_difference.mistake(
    "You divided by 2h, and your two points are only h apart.",
    ask="How far is it from x to x + h?",
)
def forward_over_two_h(f: Function, x: Any, h: float) -> Any:
    return forward_difference(f, x, h) / 2


@forward_difference.mistake(
    "Brackets are missing: only the second height was divided by h.",
    ask="In which order does Python work out a - b / h?",
)
def forward_without_brackets(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return f(x + h) - f(x) / h


@forward_difference.mistake(
    "You took the later height from the earlier one, so the sign is turned round.",
    ask="If f grows, which of the two heights is the larger?",
)
def forward_turns_the_sign(f: Function, x: Any, h: float) -> Any:
    return -forward_difference(f, x, h)


@forward_difference.mistake(
    "You use a step of your own and pass over the h that your caller gives.",
    ask="What should change in your function when somebody calls it with h=0.5?",
    variants=[{"own": 1e-4}, {"own": 1e-6}, {"own": 1e-8}, {"own": 1e-3}],
)
def forward_ignores_h(f: Function, x: Any, h: float, own: float = 1e-5) -> Any:
    return forward_difference(f, x, own)


@forward_difference.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list or a tuple into an array of floats?",
)
def forward_needs_an_array(f: Function, x: Any, h: float) -> Any:
    return (f(x + h) - f(x)) / h


@forward_difference.mistake(
    "You added h to x in place, and your caller's x is no longer the same.",
    ask="What is the difference between x += h and x + h for an array?",
)
def forward_moves_x(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    here = f(x)
    x += h
    return (f(x) - here) / h


@forward_difference.mistake(
    "You work for a single number, and x may hold many.",
    ask="What does float do to an array of five numbers?",
)
def forward_of_one_number(f: Function, x: Any, h: float) -> Any:
    return (f(float(x) + h) - f(float(x))) / h


@forward_difference.style
def forward_in_a_loop(f: Function, x: Any, h: float) -> Any:
    if np.ndim(x) == 0:
        return float((f(x + h) - f(x)) / h)
    return [forward_in_a_loop(f, one, h) for one in x]


@forward_difference.style
def forward_apart(f: Function, x: Any, h: float) -> Any:
    x = np.array(x)
    return f(x + h) / h - f(x) / h


@forward_difference.style
def forward_in_single_precision(f: Function, x: Any, h: float) -> Any:
    return np.float32(forward_difference(f, x, h))


@forward_difference.style
def forward_vectorised(f: Function, x: Any, h: float) -> Any:
    return np.vectorize(lambda one: (f(one + h) - f(one)) / h)(x)


# ── central_difference ────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, refuses=(*LIBRARIES, *EXACT))
def central_difference(f: Function, x: Any, h: float) -> Any:
    """(f(x + h) − f(x − h)) / 2h, elementwise."""
    x = np.asarray(x, float)
    return (f(x + h) - f(x - h)) / (2 * h)


@central_difference.probes("value")
def central_steps(rng: Rng) -> Cases:
    cube = functions.polynomial(coefficients=[0, 0, 0, 1])
    yield cube, 2.0, 0.5
    yield _waves(rng), _number(rng), 0.1
    yield _waves(rng), _points(rng, 4), 0.25
    yield _cubic(rng), _points(rng, 3), 0.02
    yield _curve(rng), _points(rng, 5), round(float(rng.uniform(0.05, 0.4)), 3)
    yield _waves(rng), _points(rng, 6).reshape(3, 2), 0.2


@central_difference.probes("any x")
def central_steps_anywhere(rng: Rng) -> Cases:
    f = _waves(rng)
    yield from _at_lists(rng, lambda x: (f, x, 0.1))


@central_difference.mistake(
    "You stepped forward only.",
    ask="Which point, as far behind x as x + h is ahead of it, is missing?",
)
def central_is_forward(f: Function, x: Any, h: float) -> Any:
    return forward_difference(f, x, h)


@central_difference.mistake(
    "You stepped backward only.",
    ask="Which point, as far ahead of x as x − h is behind it, is missing?",
)
def central_is_backward(f: Function, x: Any, h: float) -> Any:
    return forward_difference(f, x, -h)


@central_difference.mistake(
    "You divided by h, and your two points lie further apart than that.",
    ask="How far is it from x − h to x + h?",
)
def central_over_h(f: Function, x: Any, h: float) -> Any:
    return 2 * central_difference(f, x, h)


@central_difference.mistake(
    "You have the rise, and it still wants to be divided by the run.",
    ask="What is a slope: a difference of heights, or that difference per step?",
)
def central_without_the_run(f: Function, x: Any, h: float) -> Any:
    return 2 * h * central_difference(f, x, h)


@central_difference.mistake(
    "Your brackets are missing: Python divided by 2 and then multiplied by h.",
    ask="In which order does Python work out a / 2 * h?",
)
def central_without_brackets(f: Function, x: Any, h: float) -> Any:
    return central_difference(f, x, h) * h**2


@central_difference.mistake(
    "Brackets are missing: only the second height was divided by 2h.",
    ask="In which order does Python work out a - b / c?",
    variants=[{"times": True}],
)
def central_divides_one_height(f: Function, x: Any, h: float, times: bool = False) -> Any:
    x = np.asarray(x, float)
    return f(x + h) - f(x - h) / 2 * h if times else f(x + h) - f(x - h) / (2 * h)


@central_difference.mistake(
    "You took the later height from the earlier one, so the sign is turned round.",
    ask="If f grows, which of the two heights is the larger?",
)
def central_turns_the_sign(f: Function, x: Any, h: float) -> Any:
    return -central_difference(f, x, h)


@central_difference.mistake(
    "You added the two heights, and a rise is a difference.",
    ask="What is the rise from a height of 3 m to a height of 5 m?",
)
def central_adds(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return (f(x + h) + f(x - h)) / (2 * h)


@central_difference.mistake(
    "You took half the step on each side.",
    ask="How far from x are the two points of the formula?",
    variants=[{"run": 2.0}],
)
def central_in_half_steps(f: Function, x: Any, h: float, run: float = 1.0) -> Any:
    return central_difference(f, x, h / 2) / run


@central_difference.mistake(
    "You use a step of your own and pass over the h that your caller gives.",
    ask="What should change in your function when somebody calls it with h=0.5?",
    variants=[{"own": 1e-4}, {"own": 1e-6}, {"own": 1e-8}, {"own": 1e-3}],
)
def central_ignores_h(f: Function, x: Any, h: float, own: float = 1e-5) -> Any:
    return central_difference(f, x, own)


@central_difference.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list or a tuple into an array of floats?",
)
def central_needs_an_array(f: Function, x: Any, h: float) -> Any:
    return (f(x + h) - f(x - h)) / (2 * h)


@central_difference.style
def central_as_a_mean(f: Function, x: Any, h: float) -> Any:
    return (forward_difference(f, x, h) + forward_difference(f, x, -h)) / 2


@central_difference.style
def central_in_a_loop(f: Function, x: Any, h: float) -> Any:
    if np.ndim(x) == 0:
        return float((f(x + h) - f(x - h)) / 2 / h)
    return [central_in_a_loop(f, one, h) for one in x]


@central_difference.style
def central_in_single_precision(f: Function, x: Any, h: float) -> Any:
    return np.float32(central_difference(f, x, h))


@central_difference.style
def central_over_the_true_run(f: Function, x: Any, h: float) -> Any:
    x = np.array(x) * 1.0
    ahead, behind = x + h, x - h
    return (f(ahead) - f(behind)) / (ahead - behind)


# ── tangent_line ──────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "arrays": 1, "any x": 1}, refuses=LIBRARIES)
def tangent_line(f: Function, dfdx: Function, a: float) -> Any:
    """x ↦ f(a) + f′(a) (x − a)."""
    return lambda x: f(a) + dfdx(a) * (np.asarray(x, float) - a)


def _touching(rng: Rng, f: Any, a: Any = None) -> Case:
    return case(f, f.derivative, _number(rng) if a is None else a)


@tangent_line.probes("value")
def tangents(rng: Rng) -> Cases:
    square = functions.polynomial(coefficients=[0, 0, 1])
    yield _touching(rng, square, 3.0).then(4.0)
    for f in (_waves(rng), _cubic(rng), _curve(rng)):
        yield _touching(rng, f).then(round(_number(rng) + 2.5, 2))
    yield _touching(rng, _waves(rng), 1).then(0.25)


@tangent_line.probes("arrays")
def tangents_at_arrays(rng: Rng) -> Cases:
    yield _touching(rng, _waves(rng)).then(_points(rng, 5))
    yield _touching(rng, _curve(rng)).then(_points(rng, 6).reshape(2, 3))


@tangent_line.probes("any x")
def tangents_at_lists(rng: Rng) -> Cases:
    plan = _touching(rng, _waves(rng))
    for (x,) in _at_lists(rng, lambda x: (x,)):
        yield plan.then(x)


@tangent_line.mistake(
    "You took the slope at x, and the tangent keeps the slope it has at a.",
    ask="How many different slopes does one straight line have?",
)
def tangent_with_slope_at_x(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(x) * (np.asarray(x, float) - a)


@tangent_line.mistake(
    "You took the height at x, and the tangent starts from the height at a.",
    ask="If f(x) were known, what would you need a tangent for?",
)
def tangent_with_height_at_x(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(x) + dfdx(a) * (np.asarray(x, float) - a)


@tangent_line.mistake(
    "Your line does not start at the curve: the height f(a) is missing.",
    ask="What should your line answer at x = a?",
)
def tangent_without_height(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: dfdx(a) * (np.asarray(x, float) - a)


@tangent_line.mistake(
    "You multiplied the slope by x, and the run is counted from a.",
    ask="How far is it from a to x?",
)
def tangent_counts_from_zero(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * np.asarray(x, float)


@tangent_line.mistake(
    "Your run goes the wrong way, from x to a.",
    ask="What is the run from 2 to 5: 3 or −3?",
)
def tangent_runs_backwards(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * (a - np.asarray(x, float))


@tangent_line.mistake(
    "The height and the slope have changed places.",
    ask="Which of the two numbers is multiplied by the run?",
)
def tangent_swaps(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: dfdx(a) + f(a) * (np.asarray(x, float) - a)


@tangent_line.mistake(
    "Your brackets are missing: the slope was multiplied by x alone.",
    ask="In which order does Python work out c * x - a?",
)
def tangent_without_brackets(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * np.asarray(x, float) - a


@tangent_line.mistake(
    "You returned a number or a pair of numbers, and a function was wanted.",
    ask="Where does the x come from at which your caller wants to know the line?",
    variants=[{"what": "height"}],
)
def tangent_as_a_number(f: Function, dfdx: Function, a: float, what: str = "slope") -> Any:
    return float(dfdx(a) if what == "slope" else f(a))


@tangent_line.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list or a tuple into an array of floats?",
)
def tangent_needs_an_array(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * (x - a)


@tangent_line.mistake(
    "You work for a single number, and x may hold many.",
    ask="What does float do to an array of five numbers?",
)
def tangent_of_one_number(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: f(a) + dfdx(a) * (float(x) - a)


@tangent_line.style
def tangent_with_inner_function(f: Function, dfdx: Function, a: float) -> Any:
    height, slope = float(f(a)), float(dfdx(a))

    def line(x: Any) -> Any:
        return slope * np.array(x) + (height - slope * a)

    return line


@tangent_line.style
def tangent_in_a_loop(f: Function, dfdx: Function, a: float) -> Any:
    def line(x: Any) -> Any:
        if np.ndim(x):
            return [line(one) for one in x]
        return f(a) + dfdx(a) * (x - a)

    return line


@tangent_line.style
def tangent_as_a_polynomial(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: np.polynomial.Polynomial([f(a), dfdx(a)])(np.asarray(x) - a)


@tangent_line.style
def tangent_as_an_object(f: Function, dfdx: Function, a: float) -> Any:
    class Line:
        def __init__(self) -> None:
            self.height, self.slope = f(a), dfdx(a)

        def __call__(self, x: Any) -> Any:
            return np.polyval([self.slope, self.height], np.subtract(x, a))

    return Line()


@tangent_line.style
def tangent_in_single_precision(f: Function, dfdx: Function, a: float) -> Any:
    return lambda x: np.float32(tangent_line(f, dfdx, a)(x))


# ── product_rule ──────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "arrays": 1}, refuses=LIBRARIES)
def product_rule(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    """x ↦ f′(x) g(x) + f(x) g′(x)."""
    return lambda x: dfdx(x) * g(x) + f(x) * dgdx(x)


def _two(f: Any, g: Any) -> Case:
    return case(f, f.derivative, g, g.derivative)


def _ripple(rng: Rng) -> Any:
    """A wave that shakes so fast that a difference of any step misses its slope."""
    return functions.sinusoid(amplitude=1.0, frequency=1e6, phase=round(rng.uniform(-3, 3), 2))


def _differentiated(function: Function, h: float, one_sided: bool) -> Function:
    difference = forward_difference if one_sided else central_difference
    return lambda x: difference(function, x, h)


STEPS = [{"h": h} for h in (1e-3, 1e-4, 1e-6, 1e-7, 1e-8)] + [
    {"h": h, "one_sided": True} for h in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
]


def _pairs(rng: Rng, second: Callable[[Rng], Any]) -> Cases:
    """Two curves each, asked for one number."""
    yield _two(_waves(rng), second(rng)).then(_number(rng))
    yield _two(_cubic(rng), second(rng)).then(_number(rng))
    yield _two(_curve(rng), second(rng)).then(_number(rng))
    yield _two(_curve(rng, "exponential", "logistic_curve"), second(rng)).then(_number(rng))


def _pairs_at_arrays(rng: Rng, second: Callable[[Rng], Any]) -> Cases:
    """Two curves each, asked for many numbers at once."""
    plan = _two(_waves(rng), second(rng))
    yield plan.then(_points(rng, 5))
    yield plan.then(_points(rng, 6).reshape(2, 3))
    for (x,) in _at_lists(rng, lambda x: (x,)):
        yield plan.then(x)


@product_rule.probes("value")
def products(rng: Rng) -> Cases:
    square, line = (functions.polynomial(coefficients=c) for c in ([0, 0, 1], [1, 3]))
    yield _two(square, line).then(2.0)
    yield from _pairs(rng, _waves)
    yield _two(_ripple(rng), _cubic(rng)).then(_number(rng))


@product_rule.probes("arrays")
def products_at_arrays(rng: Rng) -> Cases:
    yield from _pairs_at_arrays(rng, _cubic)


@product_rule.mistake(
    "You multiplied the two derivatives.",
    ask="The derivative of x · x is 2x: what does your rule make of it?",
)
def product_of_derivatives(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) * dgdx(x)


@product_rule.mistake(
    "You subtracted the second share, which belongs to the quotient rule.",
    ask="If both sides of a rectangle grow, what does each do to the area?",
    variants=[{"sign": -1.0}],
)
def product_with_minus(
    f: Function, dfdx: Function, g: Function, dgdx: Function, sign: float = 1.0
) -> Any:
    return lambda x: sign * (dfdx(x) * g(x) - f(x) * dgdx(x))


@product_rule.mistake(
    "Only the first factor moves in your rule.",
    ask="What does the growth of g add to the product?",
)
def product_without_the_second(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) * g(x)


@product_rule.mistake(
    "Only the second factor moves in your rule.",
    ask="What does the growth of f add to the product?",
)
def product_without_the_first(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: f(x) * dgdx(x)


@product_rule.mistake(
    "You paired each function with its own derivative.",
    ask="While f moves, which function stands beside it and stays still?",
)
def product_of_own_pairs(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: f(x) * dfdx(x) + g(x) * dgdx(x)


@product_rule.mistake(
    "You put the two shares the wrong way: one holds both derivatives, the other none.",
    ask="How many derivatives belong in each share?",
)
def product_of_alike(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) * dgdx(x) + f(x) * g(x)


@product_rule.mistake(
    "You added the derivatives, which is the rule for a sum.",
    ask="By how much does a rectangle grow when its long side grows by 1 and its short side stays?",
)
def product_as_a_sum(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) + dgdx(x)


@product_rule.mistake(
    "You returned the product itself, not its derivative.",
    ask="Which of the four functions have you not used?",
)
def product_itself(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: f(x) * g(x)


@product_rule.mistake(
    "You used the chain rule, and here neither function is inside the other.",
    ask="Are f and g multiplied, or is one of them fed to the other?",
)
def product_as_a_chain(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(g(x)) * dgdx(x)


@product_rule.mistake(
    "You took a difference of the product, and a function that shakes fast shows that it is not exact.",
    ask="Which of the four functions that you were given have you not used?",
    variants=STEPS,
)
def product_by_differences(
    f: Function,
    dfdx: Function,
    g: Function,
    dgdx: Function,
    h: float = 1e-5,
    one_sided: bool = False,
) -> Any:
    return _differentiated(lambda x: f(x) * g(x), h, one_sided)


@product_rule.mistake(
    "You work for a single number, and x may hold many.",
    ask="What does float do to an array of five numbers?",
)
def product_of_one_number(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: product_rule(f, dfdx, g, dgdx)(float(x))


@product_rule.style
def product_with_inner_function(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    def slope(x: Any) -> Any:
        x = np.asarray(x, float)
        return g(x) * dfdx(x) + dgdx(x) * f(x)

    return slope


@product_rule.style
def product_in_a_loop(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    def slope(x: Any) -> Any:
        if np.ndim(x):
            return tuple(slope(one) for one in x)
        return float(dfdx(x) * g(x) + f(x) * dgdx(x))

    return slope


@product_rule.style
def product_by_logarithms(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: f(x) * g(x) * (dfdx(x) / f(x) + dgdx(x) / g(x))


@product_rule.style
def product_in_single_precision(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: np.float32(product_rule(f, dfdx, g, dgdx)(x))


# ── quotient_rule ─────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "arrays": 1}, refuses=LIBRARIES)
def quotient_rule(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    """x ↦ (f′(x) g(x) − f(x) g′(x)) / g(x)²."""
    return lambda x: (dfdx(x) * g(x) - f(x) * dgdx(x)) / g(x) ** 2


@quotient_rule.probes("value")
def quotients(rng: Rng) -> Cases:
    line, square = (functions.polynomial(coefficients=c) for c in ([1, 3], [1, 0, 1]))
    yield _two(line, square).then(2.0)
    yield from _pairs(rng, _positive)
    yield _two(_ripple(rng), _positive(rng)).then(_number(rng))


@quotient_rule.probes("arrays")
def quotients_at_arrays(rng: Rng) -> Cases:
    yield from _pairs_at_arrays(rng, _positive)


@quotient_rule.mistake(
    "You divided the two derivatives.",
    ask="The derivative of x / 1 is 1: what does your rule make of it?",
)
def quotient_of_derivatives(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) / dgdx(x)


@quotient_rule.mistake(
    "You added the second share, and the denominator's growth makes a quotient smaller.",
    ask="What sign has the derivative of 1/x?",
)
def quotient_with_plus(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) * g(x) + f(x) * dgdx(x)) / g(x) ** 2


@quotient_rule.mistake(
    "The two shares above the line have changed places, so the sign is turned round.",
    ask="If only the numerator grows, does the quotient grow or shrink?",
)
def quotient_turned_round(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (f(x) * dgdx(x) - dfdx(x) * g(x)) / g(x) ** 2


@quotient_rule.mistake(
    "You forgot the square below the line.",
    ask="What is the derivative of 1/x, and which power stands below its line?",
)
def quotient_without_the_square(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) * g(x) - f(x) * dgdx(x)) / g(x)


@quotient_rule.mistake(
    "You worked out what stands above the line and did not divide.",
    ask="What stands below the line of the rule?",
)
def quotient_without_the_denominator(
    f: Function, dfdx: Function, g: Function, dgdx: Function
) -> Any:
    return lambda x: dfdx(x) * g(x) - f(x) * dgdx(x)


@quotient_rule.mistake(
    "You divided by the square of f.",
    ask="Which of the two functions stands below the line?",
)
def quotient_over_f(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) * g(x) - f(x) * dgdx(x)) / f(x) ** 2


@quotient_rule.mistake(
    "You squared the derivative of g below the line, and g itself belongs there.",
    ask="What stands below the line of f/g, before any differentiating?",
)
def quotient_over_the_slope(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) * g(x) - f(x) * dgdx(x)) / dgdx(x) ** 2


@quotient_rule.mistake(
    "Brackets are missing: only the second share was divided.",
    ask="In which order does Python work out a - b / c?",
)
def quotient_without_brackets(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) * g(x) - f(x) * dgdx(x) / g(x) ** 2


@quotient_rule.mistake(
    "You divided by g and multiplied by it again.",
    ask="In which order does Python work out a / g * g?",
)
def quotient_times_g(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) * g(x) - f(x) * dgdx(x)) / g(x) * g(x) + 0.0 * x


@quotient_rule.mistake(
    "Only the numerator moves in your rule.",
    ask="What does the growth of g do to the quotient?",
)
def quotient_of_a_still_g(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: dfdx(x) / g(x)


@quotient_rule.mistake(
    "You paired each function with its own derivative.",
    ask="While f moves, which function stands beside it and stays still?",
)
def quotient_of_own_pairs(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (f(x) * dfdx(x) - g(x) * dgdx(x)) / g(x) ** 2


@quotient_rule.mistake(
    "You took a difference of the quotient, and a function that shakes fast shows that it is not exact.",
    ask="Which of the four functions that you were given have you not used?",
    variants=STEPS,
)
def quotient_by_differences(
    f: Function,
    dfdx: Function,
    g: Function,
    dgdx: Function,
    h: float = 1e-5,
    one_sided: bool = False,
) -> Any:
    return _differentiated(lambda x: f(x) / g(x), h, one_sided)


@quotient_rule.mistake(
    "You work for a single number, and x may hold many.",
    ask="What does float do to an array of five numbers?",
)
def quotient_of_one_number(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: quotient_rule(f, dfdx, g, dgdx)(float(x))


@quotient_rule.style
def quotient_by_the_product_rule(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return product_rule(f, dfdx, lambda x: 1 / g(x), lambda x: -dgdx(x) / g(x) ** 2)


@quotient_rule.style
def quotient_in_a_loop(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    def slope(x: Any) -> Any:
        if np.ndim(x):
            return [slope(one) for one in x]
        return float(dfdx(x) / g(x) - f(x) * dgdx(x) / (g(x) * g(x)))

    return slope


@quotient_rule.style
def quotient_in_one_fraction(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: (dfdx(x) - f(x) / g(x) * dgdx(x)) / g(x)


@quotient_rule.style
def quotient_in_single_precision(f: Function, dfdx: Function, g: Function, dgdx: Function) -> Any:
    return lambda x: np.float32(quotient_rule(f, dfdx, g, dgdx)(x))


# ── chain_rule ────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "arrays": 1}, refuses=LIBRARIES)
def chain_rule(dfdu: Function, u: Function, dudx: Function) -> Any:
    """x ↦ f′(u(x)) u′(x)."""
    return lambda x: dfdu(u(x)) * dudx(x)


def _nested(f: Any, u: Any) -> Case:
    return case(f.derivative, u, u.derivative)


@chain_rule.probes("value")
def compositions(rng: Rng) -> Cases:
    square, line = (functions.polynomial(coefficients=c) for c in ([0, 0, 1], [1, 3]))
    yield _nested(square, line).then(2.0)
    yield _nested(_waves(rng), _cubic(rng)).then(_number(rng))
    yield _nested(_cubic(rng), _waves(rng)).then(_number(rng))
    yield _nested(_curve(rng, "exponential", "bump"), _waves(rng)).then(_number(rng))
    yield _nested(_curve(rng, "logistic_curve", "log1p_curve"), _cubic(rng)).then(_number(rng))


@chain_rule.probes("arrays")
def compositions_at_arrays(rng: Rng) -> Cases:
    plan = _nested(_waves(rng), _cubic(rng))
    yield plan.then(_points(rng, 5))
    yield plan.then(_points(rng, 6).reshape(2, 3))
    for (x,) in _at_lists(rng, lambda x: (x,)):
        yield plan.then(x)


@chain_rule.mistake(
    "You forgot the inner derivative.",
    ask="If u moves twice as fast as x, how much faster does f move?",
)
def chain_without_inner(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(u(x))


@chain_rule.mistake(
    "You took the outer derivative at x, and f is fed with u(x).",
    ask="Which number goes into f: x or u(x)?",
)
def chain_with_outer_at_x(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(x) * dudx(x)


@chain_rule.mistake(
    "You took both derivatives at u(x), and the inner one belongs to x.",
    ask="Which number goes into u?",
)
def chain_with_both_at_u(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(u(x)) * dudx(u(x))


@chain_rule.mistake(
    "You put the inner derivative into the outer one instead of multiplying by it.",
    ask="At what number is f differentiated: at the value of u, or at its slope?",
    variants=[{"times": True}],
)
def chain_nests_the_slopes(dfdu: Function, u: Function, dudx: Function, times: bool = False) -> Any:
    return lambda x: dfdu(dudx(x)) * (dudx(x) if times else 1.0)


@chain_rule.mistake(
    "You multiplied by u(x), and its derivative is wanted there.",
    ask="Which of your three functions have you not used?",
)
def chain_times_u(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(u(x)) * u(x)


@chain_rule.mistake(
    "You added the two slopes.",
    ask="If one wheel turns twice per turn of the next, and that one three times, is it 5 or 6?",
)
def chain_adds(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(u(x)) + dudx(x)


@chain_rule.mistake(
    "You divided by the inner derivative.",
    ask="If u moves twice as fast as x, does f move faster or more slowly?",
)
def chain_divides(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dfdu(u(x)) / dudx(x)


@chain_rule.mistake(
    "You returned the inner derivative alone.",
    ask="How does f answer when u moves?",
)
def chain_without_outer(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: dudx(x)


@chain_rule.mistake(
    "You work for a single number, and x may hold many.",
    ask="What does float do to an array of five numbers?",
)
def chain_of_one_number(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: chain_rule(dfdu, u, dudx)(float(x))


@chain_rule.style
def chain_in_steps(dfdu: Function, u: Function, dudx: Function) -> Any:
    def slope(x: Any) -> Any:
        x = np.asarray(x, float)
        outer = dfdu(u(x))
        return np.multiply(dudx(x), outer)

    return slope


@chain_rule.style
def chain_in_a_loop(dfdu: Function, u: Function, dudx: Function) -> Any:
    def slope(x: Any) -> Any:
        return [slope(one) for one in x] if np.ndim(x) else float(dudx(x) * dfdu(u(x)))

    return slope


@chain_rule.style
def chain_in_single_precision(dfdu: Function, u: Function, dudx: Function) -> Any:
    return lambda x: np.float32(chain_rule(dfdu, u, dudx)(x))


# ── beast_derivative ──────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "arrays": 2}, rtol=1e-12, refuses=LIBRARIES)
def beast_derivative(x: Any) -> Any:
    """The derivative of exp(−x/2) sin(x² + 1)/(1 + x²)."""
    return _beast(x)


def _beast(
    x: Any,
    inner: float = 1.0,
    decay: float = -0.5,
    power: int = 2,
    sign: float = -1.0,
    cosine: Function = np.cos,
) -> Any:
    """The derivative, with each of its parts open to a slip."""
    x = np.asarray(x, float)
    e, s, q = np.exp(-x / 2), np.sin(x**2 + 1), 1 + x**2
    top = decay * e * s + e * cosine(x**2 + 1) * (2 * x * inner if inner else 1.0)
    return (top * q + sign * e * s * 2 * x) / q**power


@beast_derivative.probes("value")
def beasts(rng: Rng) -> Cases:
    for x in (0.0, 1.0, -1.5, 3):
        yield (x,)
    for reach in (1, 2, 4, 8):
        yield (round(float(rng.uniform(-reach, reach)), 3),)


@beast_derivative.probes("arrays")
def beasts_at_arrays(rng: Rng) -> Cases:
    yield (_points(rng, 5),)
    yield (_points(rng, 6).reshape(2, 3),)
    yield from _at_lists(rng, lambda x: (x,))


@beast_derivative.mistake(
    "You forgot the inner derivative of the sine.",
    ask="What is the derivative of x² + 1, which stands inside the sine?",
)
def beast_without_inner(x: Any) -> Any:
    return _beast(x, inner=0.0)


@beast_derivative.mistake(
    "You forgot the inner derivative of the exponential.",
    ask="What is the derivative of −x/2, which stands in the exponent?",
)
def beast_without_decay(x: Any) -> Any:
    return _beast(x, decay=1.0)


@beast_derivative.mistake(
    "The exponential dies away, and its share has the wrong sign in your formula.",
    ask="Which sign has the derivative of exp(−x/2)?",
)
def beast_that_grows(x: Any) -> Any:
    return _beast(x, decay=0.5)


@beast_derivative.mistake(
    "You left out the square below the line.",
    ask="By which power of 1 + x² does the quotient rule divide?",
)
def beast_without_the_square(x: Any) -> Any:
    return _beast(x, power=1)


@beast_derivative.mistake(
    "You added the share of the denominator, and it is to be taken away.",
    ask="If 1 + x² grows, does the quotient grow or shrink?",
)
def beast_with_plus(x: Any) -> Any:
    return _beast(x, sign=1.0)


@beast_derivative.mistake(
    "The denominator stands still in your formula.",
    ask="What is the derivative of 1 + x²?",
)
def beast_of_a_still_denominator(x: Any) -> Any:
    return _beast(x, sign=0.0)


@beast_derivative.mistake(
    "The sine stands still in your formula.",
    ask="Which of the two factors above the line have you differentiated?",
)
def beast_of_a_still_sine(x: Any) -> Any:
    return _beast(x, cosine=np.zeros_like)


@beast_derivative.mistake(
    "The exponential stands still in your formula.",
    ask="Which of the two factors above the line have you differentiated?",
)
def beast_of_a_still_exponential(x: Any) -> Any:
    return _beast(x, decay=0.0)


@beast_derivative.mistake(
    "Your cosine has a minus sign.",
    ask="Is the sine rising or falling at 0?",
)
def beast_of_minus_cosine(x: Any) -> Any:
    return _beast(x, cosine=lambda angle: -np.cos(angle))


@beast_derivative.mistake(
    "The derivative of the sine came out as a sine.",
    ask="What is the slope of the sine at 0?",
)
def beast_of_two_sines(x: Any) -> Any:
    return _beast(x, cosine=np.sin)


@beast_derivative.mistake(
    "You took the cosine of the inner derivative, and it belongs at the inner function.",
    ask="At what number is the outer derivative taken: at u(x) or at its slope?",
    variants=[{"times": True}],
)
def beast_with_cosine_of_the_slope(x: Any, times: bool = False) -> Any:
    x = np.asarray(x, float)
    return _beast(x, inner=float(times), cosine=lambda _: np.cos(2 * x))


@beast_derivative.mistake(
    "You multiplied the exponential by its exponent, and the derivative of the exponent belongs there.",
    ask="What is the derivative of −x/2?",
    variants=[{"power_rule": True}],
)
def beast_with_the_exponent_in_front(x: Any, power_rule: bool = False) -> Any:
    x = np.asarray(x, float)
    return _beast(x, decay=-x / 2 / (np.e if power_rule else 1.0))


@beast_derivative.mistake(
    "Above the line you multiplied the two derivatives, and a product needs two shares.",
    ask="While the exponential moves, what does the sine do?",
)
def beast_with_a_product_of_slopes(x: Any) -> Any:
    x = np.asarray(x, float)
    e, s, q = np.exp(-x / 2), np.sin(x**2 + 1), 1 + x**2
    return (-e / 2 * 2 * x * np.cos(q) * q - e * s * 2 * x) / q**2


@beast_derivative.mistake(
    "The two shares of the quotient rule have changed places, so the sign is turned round.",
    ask="If only what stands above the line grows, does the quotient grow or shrink?",
)
def beast_turned_round(x: Any) -> Any:
    return -_beast(x)


@beast_derivative.mistake(
    "You multiplied and divided the derivatives of the parts.",
    ask="Which rule does a product need, and which a quotient?",
)
def beast_part_by_part(x: Any) -> Any:
    x = np.asarray(x, float)
    return -np.exp(-x / 2) / 2 * np.cos(x**2 + 1) * 2 * x / (2 * x)


@beast_derivative.mistake(
    "You returned the function itself, not its derivative.",
    ask="What is the slope of a curve, as opposed to its height?",
)
def beast_itself(x: Any) -> Any:
    x = np.asarray(x, float)
    return np.exp(-x / 2) * np.sin(x**2 + 1) / (1 + x**2)


@beast_derivative.mistake(
    "You took a difference, and differences are not good to twelve digits.",
    ask="Which rules give the derivative with no step at all?",
    variants=[{"h": h} for h in (1e-3, 1e-4, 1e-6, 1e-7, 1e-8)]
    + [{"h": h, "one_sided": True} for h in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)],
)
def beast_by_differences(x: Any, h: float = 1e-5, one_sided: bool = False) -> Any:
    difference = forward_difference if one_sided else central_difference
    return difference(beast_itself, x, h)


@beast_derivative.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list or a tuple into an array of floats?",
)
def beast_needs_an_array(x: Any) -> Any:
    return _beast(x + 0.0)


@beast_derivative.mistake(
    "You work for a single number, and x may hold many.",
    ask="Which module has a sine that takes arrays, math or numpy?",
)
def beast_of_one_number(x: Any) -> Any:
    return float(_beast(float(x))) + 0 * math.sin(x)


@beast_derivative.style
def beast_multiplied_out(x: Any) -> Any:
    x = np.array(x, dtype=float)
    u, q = x * x + 1, x * x + 1
    return np.exp(-x / 2) * (2 * x * np.cos(u) / q - np.sin(u) / (2 * q) - 2 * x * np.sin(u) / q**2)


@beast_derivative.style
def beast_by_logarithms(x: Any) -> Any:
    x = np.asarray(x, float)
    f = np.exp(-x / 2) * np.sin(x**2 + 1) / (1 + x**2)
    rest = np.exp(-x / 2) * np.cos(x**2 + 1) / (1 + x**2) * 2 * x
    return f * (-0.5 - 2 * x / (1 + x**2)) + rest


@beast_derivative.style
def beast_in_a_loop(x: Any) -> Any:
    if np.ndim(x):
        return [beast_in_a_loop(one) for one in x]
    e, u = math.exp(-x / 2), x**2 + 1
    return (e * (2 * x * math.cos(u) - math.sin(u) / 2) * u - e * math.sin(u) * 2 * x) / u**2


@beast_derivative.style
def beast_by_the_rules(x: Any) -> Any:
    x = np.asarray(x, float)

    def decay(t: Any) -> Any:
        return np.exp(-t / 2)

    def wave(t: Any) -> Any:
        return np.sin(t**2 + 1)

    def d_wave(t: Any) -> Any:
        return 2 * t * np.cos(t**2 + 1)

    def top(t: Any) -> Any:
        return decay(t) * wave(t)

    d_top = product_rule(decay, lambda t: -decay(t) / 2, wave, d_wave)
    both = quotient_rule(top, d_top, lambda t: 1 + t**2, lambda t: 2 * t)
    return both(x)


# ── second_difference ─────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, refuses=(*LIBRARIES, *EXACT))
def second_difference(f: Function, x: Any, h: float) -> Any:
    """(f(x + h) − 2 f(x) + f(x − h)) / h², elementwise."""
    x = np.asarray(x, float)
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


@second_difference.probes("value")
def bends(rng: Rng) -> Cases:
    fourth = functions.polynomial(coefficients=[1, 0, 0, 0, 1])
    yield fourth, 1.0, 0.5
    yield _waves(rng), _number(rng), 0.1
    yield _waves(rng), _points(rng, 4), 0.25
    yield _cubic(rng), _points(rng, 3), 0.02
    yield _curve(rng), _points(rng, 5), round(float(rng.uniform(0.1, 0.4)), 3)
    yield _waves(rng), _points(rng, 6).reshape(2, 3), 0.2


@second_difference.probes("any x")
def bends_anywhere(rng: Rng) -> Cases:
    f = _waves(rng)
    yield from _at_lists(rng, lambda x: (f, x, 0.1))


@second_difference.mistake(
    "You divided by h only once.",
    ask="A slope is a rise per step: what is a change of slope per step?",
)
def second_over_h(f: Function, x: Any, h: float) -> Any:
    return second_difference(f, x, h) * h


@second_difference.mistake(
    "Your result is half of what it should be: there is a 2 too many below the line.",
    ask="By what is the difference of two forward slopes, one h apart, divided?",
)
def second_over_two_h(f: Function, x: Any, h: float) -> Any:
    return second_difference(f, x, h) / 2


@second_difference.mistake(
    "You divided by 2h, as for a slope.",
    ask="How many times do you have to divide by h to get a bend?",
)
def second_over_the_run(f: Function, x: Any, h: float) -> Any:
    return second_difference(f, x, h) * h / 2


@second_difference.mistake(
    "Your brackets are missing: Python divided by h and then multiplied by h again.",
    ask="In which order does Python work out a / h * h?",
)
def second_without_brackets(f: Function, x: Any, h: float) -> Any:
    return second_difference(f, x, h) * h**2


@second_difference.mistake(
    "The height in the middle counts only once in your sum.",
    ask="What does your formula give for a level line, f = 1?",
)
def second_counts_the_middle_once(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return (f(x + h) - f(x) + f(x - h)) / h**2


@second_difference.mistake(
    "You added the height in the middle instead of taking it away.",
    ask="What does your formula give for a level line, f = 1?",
)
def second_adds_the_middle(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return (f(x + h) + 2 * f(x) + f(x - h)) / h**2


@second_difference.mistake(
    "You took the height behind away, and it is to be added.",
    ask="What sign has f(x − h) in the difference of the two slopes?",
)
def second_subtracts_behind(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return (f(x + h) - 2 * f(x) - f(x - h)) / h**2


@second_difference.mistake(
    "The sign is turned round.",
    ask="A bowl bends upwards: is your number for it positive?",
)
def second_turns_the_sign(f: Function, x: Any, h: float) -> Any:
    return -second_difference(f, x, h)


@second_difference.mistake(
    "You took a difference of differences, and it reaches twice as far as the formula.",
    ask="How far from x are the points that you look at?",
    variants=[{"forward": True}],
)
def second_of_differences(f: Function, x: Any, h: float, forward: bool = False) -> Any:
    once = forward_difference if forward else central_difference
    return once(lambda at: once(f, at, h), x, h)


@second_difference.mistake(
    "You found the slope, not how the slope changes.",
    ask="Which heights, besides those ahead and behind, tell you whether a curve bends?",
)
def second_is_first(f: Function, x: Any, h: float) -> Any:
    return central_difference(f, x, h)


@second_difference.mistake(
    "You divided by (2h)², and neighbouring looks are only h apart.",
    ask="How far is it from x − h to x, and from x to x + h?",
)
def second_over_the_wide_square(f: Function, x: Any, h: float) -> Any:
    return second_difference(f, x, h) / 4


@second_difference.mistake(
    "Brackets are missing: only the last height was divided by h².",
    ask="In which order does Python work out a + b / c?",
)
def second_divides_one_height(f: Function, x: Any, h: float) -> Any:
    x = np.asarray(x, float)
    return f(x + h) - 2 * f(x) + f(x - h) / h**2


@second_difference.mistake(
    "You use a step of your own and pass over the h that your caller gives.",
    ask="What should change in your function when somebody calls it with h=0.5?",
    variants=[{"own": 1e-3}, {"own": 1e-5}, {"own": 1e-6}],
)
def second_ignores_h(f: Function, x: Any, h: float, own: float = 1e-4) -> Any:
    return second_difference(f, x, own)


@second_difference.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list or a tuple into an array of floats?",
)
def second_needs_an_array(f: Function, x: Any, h: float) -> Any:
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


@second_difference.style
def second_by_two_slopes(f: Function, x: Any, h: float) -> Any:
    return (forward_difference(f, x, h) - forward_difference(f, x, -h)) / h


@second_difference.style
def second_in_a_loop(f: Function, x: Any, h: float) -> Any:
    if np.ndim(x) == 0:
        return float((f(x + h) + f(x - h) - 2 * f(x)) / (h * h))
    return [second_in_a_loop(f, one, h) for one in x]


@second_difference.style
def second_by_weights(f: Function, x: Any, h: float) -> Any:
    x = np.array(x)
    heights = np.stack([f(x - h), f(x), f(x + h)])
    return np.tensordot([1, -2, 1], heights, axes=1) / h**2


@second_difference.style
def second_in_single_precision(f: Function, x: Any, h: float) -> Any:
    return np.float32(second_difference(f, x, h))


# ── match_derivatives ─────────────────────────────────────────────────────────────────


@exercise(points=3, view="helpers.seal:sealed", is_value=True)
def match_derivatives() -> Any:
    """Which numbered curve of plots.derivative_riddle is the derivative of which lettered one."""
    return {"A": 3, "B": 5, "C": 1, "D": 6, "E": 2, "F": 4}


def _matched(change: Callable[[int], Any]) -> dict[str, Any]:
    return {letter: change(number) for letter, number in match_derivatives().items()}


@match_derivatives.mistake(
    "Your numbers are written as strings, and numbers were wanted.",
    ask="What is the difference between 3 and '3' in Python?",
)
def matched_as_strings() -> Any:
    return _matched(str)


@match_derivatives.mistake(
    "The wave and the dying wave have each other's derivative.",
    ask="Which of the numbered curves dies away to the right?",
)
def matched_waves() -> Any:
    return match_derivatives() | {"A": 5, "B": 3}


@match_derivatives.mistake(
    "The hill and the step have each other's derivative.",
    ask="Which curve goes up and never comes down again, and what sign has its slope?",
)
def matched_hill_and_step() -> Any:
    return match_derivatives() | {"C": 6, "D": 1}


@match_derivatives.mistake(
    "The parabola and the cubic have each other's derivative.",
    ask="How often is each of the two curves level, and how often is its slope zero?",
)
def matched_powers() -> Any:
    return match_derivatives() | {"E": 4, "F": 2}


@match_derivatives.mistake(
    "You matched curves that look alike, a hill with a hill and a bowl with a bowl.",
    ask="What is the slope of a hill at its top?",
    variants=[{"change": {"A": 5, "B": 3}}],
)
def matched_by_looks(change: Any = None) -> Any:
    return match_derivatives() | {"C": 6, "D": 1, "E": 4, "F": 2} | (change or {})


@match_derivatives.style
def matched_in_another_row() -> Any:
    return {letter: number for number, letter in enumerate("CEAFBD", start=1)}


@match_derivatives.style
def matched_as_floats() -> Any:
    return _matched(float)


@match_derivatives.style
def matched_as_integers() -> Any:
    return _matched(np.int64)


# ── antiderivative_holds ──────────────────────────────────────────────────────────────


@exercise(points={"true or false": 2, "every point": 1, "tolerance": 1}, refuses=LIBRARIES)
def antiderivative_holds(F: Function, f: Function, xs: Any) -> Any:
    """Whether F′ = f at every point of xs, to 1e-6 relative to max(1, |f|)."""
    return bool(np.all(_mismatch(F, f, xs) <= 1e-6))


def _mismatch(F: Function, f: Function, xs: Any, h: float = 1e-5, relative: bool = True) -> Any:
    xs = np.asarray(xs, float)
    gap = np.abs((F(xs + h) - F(xs - h)) / (2 * h) - f(xs))
    return gap / np.maximum(1.0, np.abs(f(xs))) if relative else gap


def _poly(*coefficients: float) -> Any:
    return functions.polynomial(coefficients=coefficients)


def _gentle(rng: Rng, draw: Callable[[Rng], Any]) -> tuple[Any, Array]:
    """A curve, and points where its central differences are good to 1e-6 from h = 1e-3 on."""
    while True:
        F, xs = draw(rng), _points(rng, 4)
        if _mismatch(F, F.derivative, xs, h=1e-3).max() < 7e-7:
            return F, xs


@antiderivative_holds.probes("true or false")
def pairs_of_curves(rng: Rng) -> Cases:
    yield _poly(0, 0, 1), _poly(0, 2), np.array([-1.0, 0.0, 2.0])
    yield _poly(_number(rng)), _poly(0), _points(rng, 3)
    yield _poly(0, 0, 1), _poly(0, 1), np.array([-1.0, 0.5, 2.0])
    for draw in (_waves, _cubic, lambda rng: _curve(rng, "exponential", "bump")):
        F, xs = _gentle(rng, draw)
        yield F, F.derivative, xs
        yield F.derivative, F, xs
        yield F, F, xs
    c = _sizes(rng, 0.4, 1.2, 3)
    F, shifted = _poly(*c), _poly(c[0] + 5, *c[1:])
    yield shifted, F.derivative, _points(rng, 4).tolist()
    yield F, _poly(c[1], c[2]), tuple(_points(rng, 3).tolist())
    yield F, F.derivative, _whole(rng, 4)
    yield F, F.derivative, _whole(rng, 3).tolist()


@antiderivative_holds.probes("every point")
def pairs_that_agree_here_and_there(rng: Rng) -> Cases:
    """The two differ by c (x − 1)(x − 2), or by c x, so it matters where one looks."""
    F, c = _poly(0, 1, 1, 0.5), float(rng.uniform(0.1, 0.5))
    here_and_there = _poly(1 + 2 * c, 2 - 3 * c, 1.5 + c)
    yield F, here_and_there, np.array([1.0, 2.0])
    yield F, here_and_there, np.array([1.0, 2.0, 3.0])
    yield F, here_and_there, np.array([3.0, 2.0, 1.0])
    yield F, here_and_there, np.array([1.0, 1.5, 2.0])
    yield F, here_and_there, np.array([3.0, 1.5, 1.0])
    balanced = _poly(1, 2 + c, 1.5)
    yield F, balanced, np.array([-1.0, 1.0])
    yield F, balanced, np.array([-2.0, -0.5])
    yield F, balanced, np.array([0.5, 2.0])
    yield F, balanced, np.array([0.0])


@antiderivative_holds.probes("tolerance")
def pairs_that_nearly_agree(rng: Rng) -> Cases:
    large, small = float(rng.uniform(800, 1500)), float(rng.uniform(1e-3, 3e-3))
    xs = _points(rng, 3)
    for size, off in (
        (large, 2e-7 * large),
        (large, 5e-6 * large),
        (large, 1e-3 * large),
        (small, 2e-7),
        (small, 4e-6),
        (small, 1e-4),
        (1.0, 1.4e-6),
        (0.9, -1.4e-6),
        (1.0, 6e-7),
        (large, -1.4e-6 * large),
    ):
        yield _poly(0, size), _poly(size + off), xs


@antiderivative_holds.mistake(
    "You differentiated f and compared it with F, the other way round.",
    ask="Which of the two is the derivative of the other?",
)
def anti_other_way_round(F: Function, f: Function, xs: Any) -> Any:
    return antiderivative_holds(f, F, xs)


@antiderivative_holds.mistake(
    "You compared F with f and differentiated neither.",
    ask="What has to be done to F before it can equal f?",
)
def anti_without_derivative(F: Function, f: Function, xs: Any) -> Any:
    xs = np.asarray(xs, float)
    return bool(np.allclose(F(xs), f(xs), rtol=1e-6, atol=1e-6))


@antiderivative_holds.mistake(
    "You are content when one point agrees, and all of them must.",
    ask="Do you want any or all?",
)
def anti_any(F: Function, f: Function, xs: Any) -> Any:
    return bool(np.any(_mismatch(F, f, xs) <= 1e-6))


@antiderivative_holds.mistake(
    "You looked at the first point only.",
    ask="Does a return inside a loop let the loop go on?",
)
def anti_first(F: Function, f: Function, xs: Any) -> Any:
    return bool(_mismatch(F, f, xs)[0] <= 1e-6)


@antiderivative_holds.mistake(
    "Only the last point counts, because each turn of your loop forgets the ones before it.",
    ask="What should your function remember of a point that did not agree?",
)
def anti_last(F: Function, f: Function, xs: Any) -> Any:
    return bool(_mismatch(F, f, xs)[-1] <= 1e-6)


@antiderivative_holds.mistake(
    "Your tolerance is wider than 1e-6, so a pair that nearly agrees gets through.",
    ask="With what number do you compare the error?",
    variants=[{"tolerance": 1e-4}, {"tolerance": 1e-5}],
)
def anti_loose(F: Function, f: Function, xs: Any, tolerance: float = 1e-3) -> Any:
    return bool(np.all(_mismatch(F, f, xs) <= tolerance))


@antiderivative_holds.mistake(
    "Your answer does not depend on F and f at all.",
    ask="What does your function compare before it answers?",
    variants=[{"answer": False}],
)
def anti_always(F: Function, f: Function, xs: Any, answer: bool = True) -> Any:
    return answer


@antiderivative_holds.mistake(
    "You forgot the size: a large negative difference also lies below 1e-6.",
    ask="Is −5 smaller than 1e-6?",
    variants=[{"sign": -1.0}],
)
def anti_without_size(F: Function, f: Function, xs: Any, sign: float = 1.0) -> Any:
    xs = np.asarray(xs, float)
    gap = sign * (central_difference(F, xs, 1e-5) - f(xs))
    return bool(np.all(gap <= 1e-6 * np.maximum(1.0, np.abs(f(xs)))))


@antiderivative_holds.mistake(
    "You added the differences up, and differences of opposite sign cancel.",
    ask="What is the sum of +1 and −1, and does it mean that both are zero?",
)
def anti_sum(F: Function, f: Function, xs: Any) -> Any:
    xs = np.asarray(xs, float)
    gap = np.sum(central_difference(F, xs, 1e-5) - f(xs))
    return bool(abs(gap) <= 1e-6 * np.maximum(1.0, np.abs(f(xs)).max()))


@antiderivative_holds.mistake(
    "You allow the same 1e-6 however large f is, and it should grow with f.",
    ask="What is 1e-6 relative to max(1, |f|) when f is 1000?",
)
def anti_absolute(F: Function, f: Function, xs: Any) -> Any:
    return bool(np.all(_mismatch(F, f, xs, relative=False) <= 1e-6))


@antiderivative_holds.mistake(
    "You divide by |f| even where it is small, and there you ask too much.",
    ask="What is max(1, |f|) when f is 0.001?",
    variants=[{"close": True}],
)
def anti_relative(F: Function, f: Function, xs: Any, close: bool = False) -> Any:
    xs = np.asarray(xs, float)
    slope, wanted = central_difference(F, xs, 1e-5), f(xs)
    if close:
        return bool(np.allclose(slope, wanted, rtol=1e-6))
    return bool(np.all(np.abs(slope - wanted) <= 1e-6 * np.abs(wanted)))


@antiderivative_holds.mistake(
    "np.allclose has tolerances of its own, and they are not those of the exercise.",
    ask="What are rtol and atol when nobody sets them?",
)
def anti_allclose(F: Function, f: Function, xs: Any) -> Any:
    xs = np.asarray(xs, float)
    return bool(np.allclose(central_difference(F, xs, 1e-5), f(xs)))


@antiderivative_holds.mistake(
    "You allow both tolerances at once, the absolute and the relative one, and the larger of them is meant.",
    ask="How much is max(1, |f|) when f is 1, and how much is 1 + |f|?",
    variants=[{"by_hand": True}],
)
def anti_adds_tolerances(F: Function, f: Function, xs: Any, by_hand: bool = False) -> Any:
    xs = np.asarray(xs, float)
    slope, wanted = central_difference(F, xs, 1e-5), f(xs)
    if by_hand:
        return bool(np.all(np.abs(slope - wanted) / (1 + np.abs(wanted)) <= 1e-6))
    return bool(np.allclose(slope, wanted, rtol=1e-6, atol=1e-6))


@antiderivative_holds.mistake(
    "You ask for equality to the last digit, and a difference never gives that.",
    ask="How many digits of a central difference are right?",
)
def anti_exact(F: Function, f: Function, xs: Any) -> Any:
    return bool(np.all(_mismatch(F, f, xs) == 0))


@antiderivative_holds.mistake(
    "Your own slope is not good to 1e-6: you stepped forward only.",
    ask="How large is the error of a forward difference with your h?",
    variants=[{"h": 1e-4}, {"h": 1e-3}],
)
def anti_forward(F: Function, f: Function, xs: Any, h: float = 1e-5) -> Any:
    xs = np.asarray(xs, float)
    gap = np.abs((F(xs + h) - F(xs)) / h - f(xs))
    return bool(np.all(gap <= 1e-6 * np.maximum(1.0, np.abs(f(xs)))))


@antiderivative_holds.mistake(
    "Your answer is one True or False per point, and one for all was wanted.",
    ask="Which function says whether all entries of an array are True?",
)
def anti_per_point(F: Function, f: Function, xs: Any) -> Any:
    return _mismatch(F, f, xs) <= 1e-6


@antiderivative_holds.mistake(
    "True and False have changed places.",
    ask="What should your function say of x² and 2x?",
)
def anti_negated(F: Function, f: Function, xs: Any) -> Any:
    return not antiderivative_holds(F, f, xs)


@antiderivative_holds.style
def anti_in_a_loop(F: Function, f: Function, xs: Any) -> Any:
    for x in xs:
        slope = (F(x + 1e-6) - F(x - 1e-6)) / 2e-6
        if abs(slope - f(x)) > 1e-6 * max(1, abs(f(x))):
            return False
    return True


@antiderivative_holds.style
def anti_with_a_long_step(F: Function, f: Function, xs: Any) -> Any:
    return np.max(_mismatch(F, f, xs, h=3e-4)) <= 1e-6


@antiderivative_holds.style
def anti_by_isclose(F: Function, f: Function, xs: Any) -> Any:
    slopes = [float(central_difference(F, float(x), 1e-6)) for x in xs]
    wanted = [float(f(float(x))) for x in xs]
    pairs = zip(slopes, wanted, strict=True)
    return all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6) for a, b in pairs)


@antiderivative_holds.style
def anti_by_five_looks(F: Function, f: Function, xs: Any) -> Any:
    x, h = np.asarray(xs, float), 1e-3
    slope = (F(x - 2 * h) - 8 * F(x - h) + 8 * F(x + h) - F(x + 2 * h)) / (12 * h)
    return not (np.abs(slope - f(x)) > 1e-6 * np.maximum(1, np.abs(f(x)))).any()


@antiderivative_holds.style
def anti_by_all(F: Function, f: Function, xs: Any) -> Any:
    return all(_mismatch(F, f, [x], h=1e-4)[0] < 1e-6 for x in xs)


@antiderivative_holds.style
def anti_with_a_tiny_step(F: Function, f: Function, xs: Any) -> Any:
    return np.array(not (_mismatch(F, f, np.array(xs), h=1e-7) > 1e-6).any())


# ── best_step ─────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 1, "not finite": 1, "edge": 1})
def best_step(hs: Any, errors: Any) -> Any:
    """The step with the smallest finite error, the first of equals."""
    errors = np.asarray(errors, float)
    if not np.isfinite(errors).any():
        raise ValueError("no error is finite, so there is no best step")
    return float(hs[np.argmin(np.where(np.isfinite(errors), errors, np.inf))])


def _steps(rng: Rng, n: int) -> tuple[Array, Array]:
    """Steps in decreasing order and the V of their errors, jittered."""
    hs = 10.0 ** -np.arange(1.0, n + 1)
    least = int(rng.integers(2, n - 3))
    errors = 1e-9 * 10.0 ** np.abs(np.arange(n) - least) * rng.uniform(0.6, 1.4, n)
    return hs, errors


@best_step.probes("value")
def clean_errors(rng: Rng) -> Cases:
    yield [0.1, 0.01, 0.001, 0.0001], [0.05, 0.004, 0.0003, 0.02]
    yield _steps(rng, 9)
    yield _steps(rng, 14)
    hs, errors = _steps(rng, 10)
    yield hs[::-1].tolist(), tuple(errors[::-1].tolist())
    mixed = rng.permutation(10)
    yield hs[mixed], errors[mixed]
    yield [1, 2, 4, 8], [3, 1, 2, 5]


@best_step.probes("not finite")
def errors_with_gaps(rng: Rng) -> Cases:
    yield [0.1, 0.01, 0.001], [math.nan, 0.2, 0.1]
    for gaps in ([0], [3, 9], [0, 1, 8]):
        hs, errors = _steps(rng, 10)
        errors[gaps] = math.nan
        yield hs, errors
    hs, errors = _steps(rng, 8)
    errors[[0, 5]] = math.nan, math.inf
    yield hs.tolist(), errors.tolist()
    yield [0.3, 0.2, 0.1], [math.nan, math.inf, 7.0]
    yield [0.3, 0.2, 0.1], [math.inf, -math.inf, 7.0]


@best_step.probes("edge")
def equal_and_hopeless_errors(rng: Rng) -> Cases:
    yield [0.1, 0.01, 0.001, 0.0001], [0.5, 0.2, 0.2, 0.4]
    hs, errors = _steps(rng, 9)
    errors[[3, 4, 6]] = 1e-10
    yield hs, errors
    yield hs[::-1].copy(), errors[::-1].copy()
    yield [0.1, 0.01], [math.nan, math.nan]
    yield np.array([0.1, 0.01, 0.001]), np.array([math.inf, math.nan, math.inf])
    yield [0.25], [3.0]


@best_step.mistake(
    "You returned the place in the list, not the step that stands there.",
    ask="What is hs[2] when 2 is the place of the smallest error?",
)
def step_as_index(hs: Any, errors: Any) -> Any:
    return int(np.flatnonzero(np.asarray(hs) == best_step(hs, errors))[0])


@best_step.mistake(
    "You returned the smallest error, not the step that has it.",
    ask="Which of the two lists should your answer come from?",
)
def step_as_error(hs: Any, errors: Any) -> Any:
    best_step(hs, errors)
    errors = np.asarray(errors, float)
    return float(errors[np.isfinite(errors)].min())


@best_step.mistake(
    "You let NaN win: it is not a number, and comparing with it is always False.",
    ask="What does np.argmin([3.0, np.nan, 1.0]) give?",
    variants=[
        {"by": by, "guarded": guarded}
        for by in ("argmin", "min", "loop", "pairs")
        for guarded in (False, True)
    ],
)
def step_of_nan(hs: Any, errors: Any, by: str = "argmin", guarded: bool = False) -> Any:
    if guarded:
        best_step(hs, errors)
    if by == "argmin":
        return hs[np.argmin(errors)]
    if by == "min":
        return hs[list(errors).index(min(errors))]
    if by == "pairs":
        return min(zip(errors, range(len(hs)), hs, strict=True))[2]
    best = 0
    for i, error in enumerate(errors):
        best = i if error < errors[best] else best
    return hs[best]


@best_step.mistake(
    "You left holes out of the errors but not out of the steps, so the places no longer match.",
    ask="Which step stands at place 0, and which error does once the first has been left out?",
)
def step_at_a_shifted_place(hs: Any, errors: Any) -> Any:
    best_step(hs, errors)
    finite = [float(error) for error in errors if np.isfinite(error)]
    return hs[int(np.argmin(finite))]


@best_step.mistake(
    "You returned a list or an array, and one step was wanted.",
    ask="If several errors are equally small, which of their steps should come out?",
)
def step_as_an_array(hs: Any, errors: Any) -> Any:
    least = step_as_error(hs, errors)
    return np.asarray(hs, float)[np.asarray(errors, float) == least]


@best_step.mistake(
    "You chose the smallest step, and the smallest step need not have the smallest error.",
    ask="What does rounding do to a difference when h becomes tiny?",
)
def step_smallest(hs: Any, errors: Any) -> Any:
    best_step(hs, errors)
    return min(float(h) for h, error in zip(hs, errors, strict=True) if np.isfinite(error))


@best_step.mistake(
    "You chose the step with the largest error.",
    ask="Should argmax be argmin?",
)
def step_worst(hs: Any, errors: Any) -> Any:
    errors = np.asarray(errors, float)
    return best_step(hs, np.where(np.isfinite(errors), -errors, np.nan))


@best_step.mistake(
    "Among equal errors you chose the last step, and the first is wanted.",
    ask="Does your comparison use < or <=?",
)
def step_last_of_equals(hs: Any, errors: Any) -> Any:
    return best_step(list(hs)[::-1], list(errors)[::-1])


@best_step.mistake(
    "Among equal errors you chose the smallest step, and the first in the list is wanted.",
    ask="When Python compares two pairs whose first numbers are equal, what does it compare next?",
)
def step_least_of_equals(hs: Any, errors: Any) -> Any:
    pairs = [(e, h) for h, e in zip(hs, errors, strict=True) if np.isfinite(e)]
    return min(pairs)[1]


@best_step.mistake(
    "Infinity got through: you left NaN out, but an infinite error is not finite either.",
    ask="What does np.isfinite say that np.isnan does not?",
)
def step_of_infinity(hs: Any, errors: Any) -> Any:
    return hs[np.nanargmin(errors)]


@best_step.mistake(
    "When no error is finite you answer all the same.",
    ask="What should happen when there is nothing to choose from?",
    variants=[{"nothing": math.nan}, {"nothing": 0.0}, {"nothing": "first"}],
)
def step_without_an_error(hs: Any, errors: Any, nothing: Any = None) -> Any:
    if np.isfinite(np.asarray(errors, float)).any():
        return best_step(hs, errors)
    return hs[0] if nothing == "first" else nothing


@best_step.style
def step_by_sorting(hs: Any, errors: Any) -> Any:
    finite = [(error, i) for i, error in enumerate(errors) if math.isfinite(error)]
    if not finite:
        raise ValueError
    return hs[sorted(finite)[0][1]]


@best_step.style
def step_by_a_loop(hs: Any, errors: Any) -> Any:
    best, least = None, math.inf
    for h, error in zip(hs, errors, strict=True):
        if -math.inf < error < least:
            best, least = h, error
    if best is None:
        raise ValueError("nothing finite")
    return best


@best_step.style
def step_by_a_mask(hs: Any, errors: Any) -> Any:
    hs, errors = np.array(hs), np.array(errors, dtype=float)
    mask = np.isfinite(errors)
    return hs[mask][np.argmin(errors[mask])]  # numpy raises ValueError where nothing is left


@best_step.style
def step_by_min_with_a_key(hs: Any, errors: Any) -> Any:
    finite = ((h, error) for h, error in zip(hs, errors, strict=True) if math.isfinite(error))
    return min(finite, key=lambda pair: pair[1])[0]  # min raises ValueError where nothing is left


@best_step.style
def step_by_nanargmin(hs: Any, errors: Any) -> Any:
    errors = np.array(errors, float)
    errors[np.isinf(errors)] = np.nan
    return np.asarray(hs)[np.nanargmin(errors)]


# ── Dual ──────────────────────────────────────────────────────────────────────────────


class Pair:
    """A value that carries its slope."""

    def __init__(self, value: float, slope: float) -> None:
        self.value, self.slope = value, slope

    def of(self, value: float, slope: float) -> Any:
        """Another pair of the same class."""
        return type(self)(value, slope)

    def pair(self, other: Any) -> Any:
        """A plain number as a pair that does not move."""
        return other if isinstance(other, Pair) else self.of(other, 0.0)

    def __add__(self, other: Any) -> Any:
        other = self.pair(other)
        return self.of(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other: Any) -> Any:
        other = self.pair(other)
        return self.of(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other: Any) -> Any:
        other = self.pair(other)
        slope = self.slope * other.value + self.value * other.slope
        return self.of(self.value * other.value, slope)

    def __truediv__(self, other: Any) -> Any:
        other = self.pair(other)
        top = self.slope * other.value - self.value * other.slope
        return self.of(self.value / other.value, top / other.value**2)

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rsub__(self, other: Any) -> Any:
        return self.pair(other) - self

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __rtruediv__(self, other: Any) -> Any:
        return self.pair(other) / self

    def __neg__(self) -> Any:
        return self.of(-self.value, -self.slope)

    def __pow__(self, n: float) -> Any:
        return self.of(self.value**n, n * self.value ** (n - 1) * self.slope)

    def sin(self) -> Any:
        """The sine."""
        return self.of(math.sin(self.value), math.cos(self.value) * self.slope)

    def cos(self) -> Any:
        """The cosine."""
        return self.of(math.cos(self.value), -math.sin(self.value) * self.slope)

    def exp(self) -> Any:
        """The exponential."""
        return self.of(math.exp(self.value), math.exp(self.value) * self.slope)

    def log(self) -> Any:
        """The natural logarithm."""
        return self.of(math.log(self.value), self.slope / self.value)


@exercise(
    points={"arithmetic": 3, "numbers on either side": 2, "powers": 1, "functions": 2},
    refuses=LIBRARIES,
)
def Dual(value: float, slope: float) -> Pair:
    """The pair of a value and its slope."""
    return Pair(value, slope)


def _duals(rng: Rng, letters: str) -> dict[str, list[float]]:
    """For each letter a value of a size around 1, and a slope that is not 1."""
    sizes = np.round(_sizes(rng, 0.4, 1.8, (len(letters), 2)), 2)
    return dict(zip(letters, sizes.tolist(), strict=True))


def _above_zero(rng: Rng) -> dict[str, list[float]]:
    [(value, slope)] = _duals(rng, "x").values()
    return {"x": [abs(value), slope]}


def _run(program: str, at: dict[str, list[float]]) -> Case:
    return case(program, at, drive="helpers.drivers_week0:run_dual")


@Dual.probes("arithmetic")
def dual_arithmetic(rng: Rng) -> Cases:
    yield _run("x * x", {"x": [3.0, 1.0]})
    yield _run("a + b", _duals(rng, "ab"))
    yield _run("a - b", _duals(rng, "ab"))
    yield _run("a * b", _duals(rng, "ab"))
    yield _run("a / b", _duals(rng, "ab"))
    yield _run("-a", _duals(rng, "a"))
    yield _run("x * x * x - x / y", _duals(rng, "xy"))
    yield _run("c = a + b; d = a * c; c - d / b", _duals(rng, "ab"))
    yield _run("a * b", {"a": [2, 1], "b": [5, 0]})


@Dual.probes("numbers on either side")
def duals_with_numbers(rng: Rng) -> Cases:
    for program in ("x + 2", "x - 3", "x * 4", "x / 4", "2 + x", "3 - x", "5 * x", "2 / x"):
        yield _run(program, _duals(rng, "x"))
    yield _run("1.5 * x - (2 - x) / 3", _duals(rng, "x"))


@Dual.probes("powers")
def dual_powers(rng: Rng) -> Cases:
    yield _run("x ** 2", _duals(rng, "x"))
    yield _run("x ** 3", {"x": [2.0, 1.0]})
    yield _run("x ** -2", _duals(rng, "x"))
    yield _run("x ** 0.5", _above_zero(rng))
    yield _run("(1 + x * x) ** 3", _duals(rng, "x"))


@Dual.probes("functions")
def dual_functions(rng: Rng) -> Cases:
    yield _run("x.sin()", _duals(rng, "x"))
    yield _run("x.cos()", _duals(rng, "x"))
    yield _run("x.exp()", _duals(rng, "x"))
    yield _run("x.log()", _above_zero(rng))
    yield _run("(x * x + 1).sin() * (-x / 2).exp() / (1 + x * x)", _duals(rng, "x"))
    yield _run("(1 + x.cos() ** 2).log()", _duals(rng, "x"))


@Dual.mistake(
    "The slope of a product came out as the product of the slopes.",
    ask="Which rule gives the derivative of a·b?",
)
class MultipliesTheSlopes(Pair):
    def __mul__(self, other: Any) -> Any:
        other = self.pair(other)
        return self.of(self.value * other.value, self.slope * other.slope)


@Dual.mistake(
    "In a product one of the two factors stands still.",
    ask="How many shares has the product rule?",
)
class MovesOneFactor(Pair):
    def __mul__(self, other: Any) -> Any:
        other = self.pair(other)
        return self.of(self.value * other.value, self.slope * other.value)


@Dual.mistake(
    "The slope of a quotient came out as the quotient of the slopes.",
    ask="Which rule gives the derivative of a/b?",
)
class DividesTheSlopes(Pair):
    def __truediv__(self, other: Any) -> Any:
        other = self.pair(other)
        slope = self.slope / other.slope if other.slope else self.slope / other.value
        return self.of(self.value / other.value, slope)


@Dual.mistake(
    "The quotient rule has a minus sign, and yours has a plus.",
    ask="What does a/b do when b grows?",
)
class DividesWithAPlus(Pair):
    def __truediv__(self, other: Any) -> Any:
        other = self.pair(other)
        top = self.slope * other.value + self.value * other.slope
        return self.of(self.value / other.value, top / other.value**2)


@Dual.mistake(
    "The square below the line of the quotient rule is missing.",
    ask="What is the derivative of 1/x?",
)
class DividesWithoutTheSquare(Pair):
    def __truediv__(self, other: Any) -> Any:
        other = self.pair(other)
        top = self.slope * other.value - self.value * other.slope
        return self.of(self.value / other.value, top / other.value)


def _subtract_values_only(self: Any, other: Any) -> Any:
    other = self.pair(other)
    return self.of(self.value - other.value, self.slope + other.slope)


def _negate_and_add(self: Any, other: Any) -> Any:
    return -self + other


@Dual.mistake(
    "The slopes of a difference were added.",
    ask="What does a − b do when b grows?",
    variants=[{"more": (("__rsub__", _negate_and_add),)}],
)
def dual_subtracts_the_values_only(
    value: float, slope: float, more: tuple[tuple[str, Any], ...] = ()
) -> Any:
    return _pairs_with((("__sub__", _subtract_values_only), *more))(value, slope)


@Dual.mistake(
    "A plain number was given the slope 1, and a constant does not move.",
    ask="What is the derivative of 5?",
)
class MovesConstants(Pair):
    def pair(self, other: Any) -> Any:
        return other if isinstance(other, Pair) else self.of(other, 1.0)


@Dual.mistake(
    "A plain number was added to the slope as well.",
    ask="What does adding 2 to a function do to its slope?",
)
class AddsNumbersToTheSlope(Pair):
    def __add__(self, other: Any) -> Any:
        if isinstance(other, Pair):
            return super().__add__(other)
        return self.of(self.value + other, self.slope + other)


@functools.cache
def _pairs_with(methods: tuple[tuple[str, Any], ...]) -> type[Pair]:
    """A class of pairs in which some methods are others."""
    return type("Changed", (Pair,), dict(methods))


def _unknown(_self: Any, _other: Any) -> Any:
    return NotImplemented


OTHER_SIDES = ("__radd__", "__rmul__", "__rsub__", "__rtruediv__")


@Dual.mistake(
    "A number on the left does not know your class.",
    ask="Python tries 2 .__mul__(x) first. Which method of x does it ask when that fails?",
    variants=[{"without": (name,)} for name in OTHER_SIDES]
    + [{"without": ("__rsub__", "__rtruediv__")}],
)
def dual_without_the_other_side(
    value: float, slope: float, without: tuple[str, ...] = OTHER_SIDES
) -> Any:
    return _pairs_with(tuple((name, _unknown) for name in without))(value, slope)


@Dual.mistake(
    "Plain numbers are not turned into pairs before they are used.",
    ask="What should happen to the other operand when it has no .slope?",
)
class WantsOnlyPairs(Pair):
    def pair(self, other: Any) -> Any:
        return other


@Dual.mistake(
    "A number minus a pair was worked out the other way round.",
    ask="In 3 - x Python calls x.__rsub__(3). Which of the two is taken away?",
)
class TurnsSubtractionRound(Pair):
    def __rsub__(self, other: Any) -> Any:
        return self - other


@Dual.mistake(
    "A number divided by a pair was worked out the other way round.",
    ask="In 2 / x Python calls x.__rtruediv__(2). Which of the two stands below the line?",
)
class TurnsDivisionRound(Pair):
    def __rtruediv__(self, other: Any) -> Any:
        return self / other


def _negate_the_value_only(self: Any) -> Any:
    return self.of(-self.value, self.slope)


def _add_the_negative(self: Any, other: Any) -> Any:
    return self + -self.pair(other)


@Dual.mistake(
    "Minus changes the value and leaves the slope as it was.",
    ask="If x rises, what does −x do?",
    variants=[
        {"more": (("__sub__", _add_the_negative),)},
        {"more": (("__sub__", _add_the_negative), ("__rsub__", _negate_and_add))},
    ],
)
def dual_negates_the_value_only(
    value: float, slope: float, more: tuple[tuple[str, Any], ...] = ()
) -> Any:
    return _pairs_with((("__neg__", _negate_the_value_only), *more))(value, slope)


@Dual.mistake(
    "The power rule brings the exponent down in front, and yours does not.",
    ask="What is the derivative of x³?",
)
class ForgetsTheExponent(Pair):
    def __pow__(self, n: float) -> Any:
        return self.of(self.value**n, self.value ** (n - 1) * self.slope)


@Dual.mistake(
    "The exponent is not lowered by 1 in the slope of a power.",
    ask="What is the derivative of x³?",
)
class KeepsTheExponent(Pair):
    def __pow__(self, n: float) -> Any:
        return self.of(self.value**n, n * self.value**n * self.slope)


@Dual.mistake(
    "A power forgets the slope of what is raised.",
    ask="What is the derivative of (2x)³, and where does the 2 go?",
)
class RaisesWithoutInner(Pair):
    def __pow__(self, n: float) -> Any:
        return self.of(self.value**n, n * self.value ** (n - 1))


WITHOUT_INNER = {
    "sin": lambda self: self.of(math.sin(self.value), math.cos(self.value)),
    "cos": lambda self: self.of(math.cos(self.value), -math.sin(self.value)),
    "exp": lambda self: self.of(math.exp(self.value), math.exp(self.value)),
    "log": lambda self: self.of(math.log(self.value), 1 / self.value),
}


@Dual.mistake(
    "Sine, cosine, exponential or logarithm forget the slope of what they are given.",
    ask="What is the derivative of sin(2x), and where does the 2 go?",
    variants=[{"names": (name,)} for name in WITHOUT_INNER],
)
def dual_forgets_inner(
    value: float, slope: float, names: tuple[str, ...] = tuple(WITHOUT_INNER)
) -> Any:
    return _pairs_with(tuple((name, WITHOUT_INNER[name]) for name in names))(value, slope)


@Dual.mistake(
    "The functions were applied to the slope as well as to the value.",
    ask="What is the slope of the sine: a sine of the slope, or a cosine times the slope?",
)
class AppliesToBoth(Pair):
    def sin(self) -> Any:
        return self.of(math.sin(self.value), math.sin(self.slope))

    def cos(self) -> Any:
        return self.of(math.cos(self.value), math.cos(self.slope))

    def exp(self) -> Any:
        return self.of(math.exp(self.value), math.exp(self.slope))

    def log(self) -> Any:
        return self.of(math.log(self.value), math.log(abs(self.slope)))


@Dual.mistake(
    "The cosine lost its minus sign.",
    ask="Is the cosine rising or falling just to the right of 0?",
)
class LosesTheMinusOfTheCosine(Pair):
    def cos(self) -> Any:
        return self.of(math.cos(self.value), math.sin(self.value) * self.slope)


@Dual.mistake(
    "The slope of the sine has a minus sign, and that belongs to the cosine.",
    ask="Is the sine rising or falling at 0?",
)
class FallsWithTheSine(Pair):
    def sin(self) -> Any:
        return self.of(math.sin(self.value), -math.cos(self.value) * self.slope)


@Dual.mistake(
    "The slope of the logarithm was multiplied by the value, and it should be divided.",
    ask="What is the derivative of log(x)?",
)
class MultipliesInTheLogarithm(Pair):
    def log(self) -> Any:
        return self.of(math.log(self.value), self.slope * self.value)


@Dual.mistake(
    "Your sums change the pair on the left instead of making a new one.",
    ask="Is x still the same after you have worked out x + y?",
)
class AddsInPlace(Pair):
    def __add__(self, other: Any) -> Any:
        other = self.pair(other)
        self.value += other.value
        self.slope += other.slope
        return self


@Dual.style
class NumpyDual:
    """With numpy's functions, and powers for quotients."""

    def __init__(self, value: Any, slope: Any = 0.0) -> None:
        self.value = np.float64(value)
        self.slope = np.float64(slope)

    def _lift(self, other: Any) -> Any:
        return other if hasattr(other, "slope") else NumpyDual(other)

    def __add__(self, other: Any) -> Any:
        other = self._lift(other)
        return NumpyDual(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self * -1

    def __sub__(self, other: Any) -> Any:
        return self + -self._lift(other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        other = self._lift(other)
        return NumpyDual(
            self.value * other.value, self.value * other.slope + self.slope * other.value
        )

    __rmul__ = __mul__

    def __pow__(self, n: float) -> Any:
        return NumpyDual(self.value**n, n * self.value ** (n - 1) * self.slope)

    def __truediv__(self, other: Any) -> Any:
        return self * self._lift(other) ** -1

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def sin(self) -> Any:
        return NumpyDual(np.sin(self.value), np.cos(self.value) * self.slope)

    def cos(self) -> Any:
        return NumpyDual(np.cos(self.value), -np.sin(self.value) * self.slope)

    def exp(self) -> Any:
        return NumpyDual(np.exp(self.value), np.exp(self.value) * self.slope)

    def log(self) -> Any:
        return NumpyDual(np.log(self.value), self.slope / self.value)


@Dual.style
def dual_by_complex_steps(value: float, slope: float) -> Any:
    return ComplexDual(value + 1e-150j * slope)


class ComplexDual:
    """A complex number whose tiny imaginary part is the slope."""

    def __init__(self, z: complex) -> None:
        self.z = z

    value = property(lambda self: self.z.real)
    slope = property(lambda self: self.z.imag * 1e150)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        return ComplexDual(operation(self.z, getattr(other, "z", other)))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return ComplexDual(-self.z)

    def __pow__(self, n: float) -> Any:
        return ComplexDual(self.z**n)

    def sin(self) -> Any:
        return ComplexDual(np.sin(self.z))

    def cos(self) -> Any:
        return ComplexDual(np.cos(self.z))

    def exp(self) -> Any:
        return ComplexDual(np.exp(self.z))

    def log(self) -> Any:
        return ComplexDual(np.log(self.z))


@Dual.style
class CarefulDual(Pair):
    """With a float for every number, and isinstance checks of its own."""

    def __init__(self, value: float, slope: float) -> None:
        super().__init__(float(value), float(slope))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int | float):
            return CarefulDual(self.value * other, self.slope * other)
        return super().__mul__(other)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, int | float):
            return CarefulDual(self.value / other, self.slope / other)
        return super().__truediv__(other)
