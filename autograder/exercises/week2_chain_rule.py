"""Week 2: the chain rule, networks, back-propagation, and learning from small batches.

The curve-drawing network keeps the interface of the classic lab: W1 … b3, sigma, d_sigma and network_function
are global names, here as in the notebook, and each probe sets the weights before it asks.
"""

# ruff: noqa: D101, D102  (a slip is named by its sentence)

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.exercise import case, exercise
from helpers import functions, networks

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]
Params = list[tuple[Array, Array]]

DIFFERENTIATORS = (
    "helpers.derivatives",
    "helpers.autodiff",
    "helpers.taylor",
    "scipy.differentiate",
    "scipy.optimize.approx_fprime",
    "scipy.optimize.check_grad",
    "scipy.optimize._numdiff",
    "numdifftools",
    "jax",
    "autograd",
    "torch",
    "tensorflow",
    "sympy",
    "micrograd",
    "sklearn",
)
NETWORKS = (
    "helpers.networks.output",
    "helpers.networks.layer_slopes",
    "helpers.networks.train",
    "helpers.networks.trainer",
)
DRIVERS = "helpers.drivers_week2:"


def _sizes(rng: Rng, least: float, most: float, shape: Any = None) -> Any:
    """Numbers of a size between `least` and `most`, with random signs."""
    return rng.uniform(least, most, shape) * rng.choice([-1.0, 1.0], shape)


# ── chain ─────────────────────────────────────────────────────────────────────────────


@exercise(points={"numbers": 1, "arrays": 1, "lists": 1}, rtol=1e-9)
def chain(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    """The product J_f @ J_x @ dx_dt; a float when f and t are scalars."""
    product = np.asarray(J_f, float) @ np.asarray(J_x, float) @ np.asarray(dx_dt, float)
    return float(product.item()) if product.size == 1 else product


def _matrix(rng: Rng, *shape: int) -> Array:
    return np.asarray(np.round(_sizes(rng, 0.5, 3.0, shape), 1))


@chain.probes("numbers")
def one_number_in_and_out(rng: Rng) -> Cases:
    yield np.array([[1.0, 2.0]]), np.array([[3.0, 0.0], [1.0, -1.0]]), np.array([[2.0], [4.0]])
    yield _matrix(rng, 3), _matrix(rng, 3, 3), _matrix(rng, 3)
    yield _matrix(rng, 1, 3), _matrix(rng, 3, 3), _matrix(rng, 3)
    yield _matrix(rng, 1, 4), _matrix(rng, 4, 2), _matrix(rng, 2, 1)
    yield _matrix(rng, 1, 1), _matrix(rng, 1, 1), _matrix(rng, 1)


@chain.probes("arrays")
def several_outputs(rng: Rng) -> Cases:
    yield _matrix(rng, 2, 2), _matrix(rng, 2, 2), _matrix(rng, 2, 2)
    yield _matrix(rng, 3, 3), _matrix(rng, 3, 3), _matrix(rng, 3)
    yield _matrix(rng, 2, 3), _matrix(rng, 3, 4), _matrix(rng, 4)
    yield _matrix(rng, 2, 4), _matrix(rng, 4, 3), _matrix(rng, 3, 5)


@chain.probes("lists")
def lists_and_whole_numbers(rng: Rng) -> Cases:
    yield [[1, 2]], [[3, 0], [1, -1]], [2, 4]
    yield _matrix(rng, 3).tolist(), _matrix(rng, 3, 2).tolist(), tuple(_matrix(rng, 2).tolist())
    yield rng.integers(1, 5, (2, 3)), rng.integers(1, 5, (3, 3)), rng.integers(1, 5, 3)


def _three(J_f: Any, J_x: Any, dx_dt: Any, convert: bool = True) -> tuple[Any, Any, Any]:
    if not convert:
        return J_f, J_x, dx_dt
    return np.asarray(J_f, float), np.asarray(J_x, float), np.asarray(dx_dt, float)


# the same slip by someone who also leaves a single number in its box, or takes lists for arrays
ROUGH = [{"free": False}, {"free": False, "convert": False}]


def _freed(product: Any, free: bool = True) -> Any:
    return product.item() if free and np.size(product) == 1 else product


@chain.mistake(
    "You multiplied entry by entry, with * where the rule says row times column.",
    ask="Which sign in Python multiplies a row by a column and adds up?",
    variants=ROUGH,
)
def chain_entry_by_entry(
    J_f: Any, J_x: Any, dx_dt: Any, free: bool = True, convert: bool = True
) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt, convert)
    return _freed(J_f * J_x * dx_dt, free)


@chain.mistake(
    "You multiplied entry by entry and added everything up, rows and columns that never meet included.",
    ask="Which entry of the first factor belongs to which entry of the second in a matrix product?",
)
def chain_sums_everything(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt)
    return float(np.sum(J_f * J_x * dx_dt))


@chain.mistake(
    "Your product is right, but a single number still sits in the brackets of an array.",
    ask="How many entries does the product have when f and t are scalars, and how do you take it out?",
    variants=[{"convert": False}],
)
def chain_in_brackets(J_f: Any, J_x: Any, dx_dt: Any, convert: bool = True) -> Any:
    if convert:
        J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt)
    return J_f @ J_x @ dx_dt


@chain.mistake(
    "You made one number of every result, also where f or t has several components.",
    ask="What is the shape of the answer when f has two outputs?",
    variants=[{"first": False}],
)
def chain_always_a_number(J_f: Any, J_x: Any, dx_dt: Any, first: bool = True) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt)
    product = J_f @ J_x @ dx_dt
    return float(np.ravel(product)[0]) if first else float(np.sum(product))


@chain.mistake(
    "You transposed the matrix in the middle, so its inputs and outputs have changed places.",
    ask="Do the columns of J_x stand for the x or for what x depends on?",
    variants=ROUGH,
)
def chain_transposes(
    J_f: Any, J_x: Any, dx_dt: Any, free: bool = True, convert: bool = True
) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt, convert)
    return _freed(J_f @ J_x.T @ dx_dt, free)


@chain.mistake(
    "You multiplied the factors in the opposite order.",
    ask="Which of the three has a row for each output of f, and so must stand on the left?",
    variants=ROUGH,
)
def chain_backwards(J_f: Any, J_x: Any, dx_dt: Any, free: bool = True, convert: bool = True) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt, convert)
    return _freed(dx_dt @ J_x @ J_f, free)


@chain.mistake(
    "You left the middle factor out.",
    ask="What tells you how much x moves when its own inputs move?",
    variants=ROUGH,
)
def chain_without_the_middle(
    J_f: Any, J_x: Any, dx_dt: Any, free: bool = True, convert: bool = True
) -> Any:
    J_f, J_x, dx_dt = _three(J_f, J_x, dx_dt, convert)
    return _freed(J_f @ dx_dt, free)


@chain.mistake(
    "You left the last factor out.",
    ask="How fast do the innermost quantities themselves move with t?",
    variants=ROUGH,
)
def chain_without_the_end(
    J_f: Any, J_x: Any, dx_dt: Any, free: bool = True, convert: bool = True
) -> Any:
    J_f, J_x, _ = _three(J_f, J_x, dx_dt, convert)
    return _freed(J_f @ J_x, free)


@chain.mistake(
    "You treat the three factors as arrays, and they may come as lists.",
    ask="What turns a list of lists into an array that has the sign @?",
)
def chain_needs_arrays(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    return _freed(J_f @ J_x @ dx_dt)


@chain.style
def chain_from_the_right(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    result = np.dot(J_f, np.dot(J_x, dx_dt))
    return float(result.ravel()[0]) if np.size(result) == 1 else result


@chain.style
def chain_squeezed(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    return np.squeeze(np.array(J_f) @ np.array(J_x) @ np.array(dx_dt))


@chain.style
def chain_reduced(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    product = functools.reduce(np.matmul, map(np.array, (J_f, J_x, dx_dt)))
    return product.tolist() if product.size > 1 else product.item()


@chain.style
def chain_of_matrices(J_f: Any, J_x: Any, dx_dt: Any) -> Any:
    column = np.asarray(dx_dt)
    flat = column.ndim == 1
    product = np.atleast_2d(J_f) @ np.asarray(J_x) @ (column[:, None] if flat else column)
    if product.size == 1:
        return product[0, 0]
    return product[:, 0] if flat else product


# ── logistic ──────────────────────────────────────────────────────────────────────────

LOGISTICS = ("scipy.special.expit", "scipy.stats", "helpers.functions", "helpers.networks")


@exercise(points={"value": 1, "any z": 1, "large z": 1}, refuses=(*DIFFERENTIATORS, *LOGISTICS))
def logistic(z: Any) -> Any:
    """1 / (1 + exp(−z)), elementwise, without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(z, float) / 2))


def _zs(rng: Rng) -> Cases:
    yield (0.0,)
    yield (np.array([-2.0, 0.5, 1.0]),)
    yield (round(float(_sizes(rng, 0.5, 4.0)), 2),)
    yield (np.round(_sizes(rng, 0.2, 5.0, 4), 2),)
    yield (np.round(_sizes(rng, 0.2, 5.0, (2, 3)), 2),)


def _any_zs(rng: Rng) -> Cases:
    yield ([-1, 0, 2],)
    yield (rng.integers(1, 4, 5) * rng.choice([-1, 1], 5),)
    yield (tuple(np.round(_sizes(rng, 0.2, 3.0, 3), 2).tolist()),)
    yield (int(rng.integers(1, 4)),)
    yield (np.round(_sizes(rng, 0.2, 3.0, (2, 2)), 2).tolist(),)


def _large_zs(rng: Rng) -> Cases:
    drive = DRIVERS + "without_warnings"
    yield case(np.array([-1000.0, -800.0, 0.0]), drive=drive)
    yield case(np.array([0.0, 800.0, 1000.0]), drive=drive)
    yield case(np.round(_sizes(rng, 720, 1000, 6)), drive=drive)
    yield case(np.round(_sizes(rng, 1, 40, 6), 1), drive=drive)


logistic.probes("value")(_zs)
logistic.probes("any z")(_any_zs)
logistic.probes("large z")(_large_zs)


@logistic.mistake(
    "Your exponential grows beyond the largest number a computer has, for z of some hundreds.",
    ask="For which sign of z does your exponential grow, and can you use the one that shrinks there?",
    variants=[{"form": "over"}, {"form": "where"}, {"form": "plain"}],
)
def logistic_overflows(z: Any, form: str = "under") -> Any:
    if form == "plain":
        return 1 / (1 + np.exp(-z))
    z = np.asarray(z, float)
    if form == "over":
        return np.exp(z) / (1 + np.exp(z))
    if form == "where":
        return np.where(z > 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    return 1 / (1 + np.exp(-z))


@logistic.mistake(
    "Your curve falls from 1 to 0: the sign in the exponent is turned round.",
    ask="What should the logistic function be near when z is large and positive?",
    variants=[{"safe": False}],
)
def logistic_falls(z: Any, safe: bool = True) -> Any:
    z = np.asarray(z, float)
    return 0.5 * (1 - np.tanh(z / 2)) if safe else 1 / (1 + np.exp(z))


@logistic.mistake(
    "This is tanh, which runs from −1 to 1.",
    ask="What is the logistic function at z = 0, half-way up?",
)
def logistic_as_tanh(z: Any) -> Any:
    return np.tanh(np.asarray(z, float))


@logistic.mistake(
    "A bracket is missing: Python divides before it adds.",
    ask="In 1 / 1 + exp(−z), what is divided by what?",
    variants=[{"most": most} for most in (500, 700, 709)],
)
def logistic_without_a_bracket(z: Any, most: float = math.inf) -> Any:
    z = np.clip(np.asarray(z, float), -most, most)
    return 1 / 1 + np.exp(-z)


@logistic.mistake(
    "Your curve is too steep: tanh must be given half of z.",
    ask="Multiply numerator and denominator of 1/(1 + exp(−z)) by exp(z/2): which exponents do you see?",
)
def logistic_by_tanh_of_z(z: Any) -> Any:
    return (1 + np.tanh(np.asarray(z, float))) / 2


@logistic.mistake(
    "Your function takes one number at a time, and z may be a whole array.",
    ask="Which exp works on every entry of an array, and what can stand for an if there?",
    variants=[{"branch": True}],
)
def logistic_of_one_number(z: Any, branch: bool = False) -> Any:
    if branch:
        return 1 / (1 + np.exp(-z)) if z > 0 else np.exp(z) / (1 + np.exp(z))
    return 1 / (1 + math.exp(-z)) if math.copysign(1, z) > 0 else math.exp(z) / (1 + math.exp(z))


@logistic.mistake(
    "The array for your results holds whole numbers when z does, and the fractions were cut off.",
    ask="What kind of numbers does np.zeros_like give you for an array of whole numbers?",
)
def logistic_cut_off(z: Any) -> Any:
    z = np.asarray(z)
    result = np.zeros_like(z)
    up = z >= 0
    result[up] = 1 / (1 + np.exp(-z[up].astype(float)))
    grown = np.exp(z[~up].astype(float))
    result[~up] = grown / (1 + grown)
    return result


@logistic.mistake(
    "You treat z as an array, and it may come as a list or a tuple.",
    ask="What turns a list of numbers into an array, and leaves an array as it is?",
    variants=[{"form": "tanh"}],
)
def logistic_needs_an_array(z: Any, form: str = "where") -> Any:
    if form == "tanh":
        return 0.5 * (1 + np.tanh(z / 2))
    shrunk = np.exp(-np.abs(z))
    return np.where(z > 0, 1 / (1 + shrunk), shrunk / (1 + shrunk))


@logistic.style
def logistic_by_the_smaller_exponential(z: Any) -> Any:
    z = np.array(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


@logistic.style
def logistic_clipped(z: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


@logistic.style
def logistic_without_a_word(z: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(np.negative(z)))


@logistic.style
def logistic_through_logaddexp(z: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, np.negative(z)))


@logistic.style
def logistic_in_two_halves(z: Any) -> Any:
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    up = z >= 0
    out[up] = 1 / (1 + np.exp(-z[up]))
    out[~up] = np.exp(z[~up]) / (1 + np.exp(z[~up]))
    return out


@logistic.style
def logistic_one_by_one(z: Any) -> Any:
    def one(number: float) -> float:
        small = math.exp(-abs(number))
        return 1 / (1 + small) if number > 0 else small / (1 + small)

    return np.vectorize(one, otypes=[float])(z)


# ── d_logistic ────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 1, "any z": 1, "large z": 1}, refuses=(*DIFFERENTIATORS, *LOGISTICS))
def d_logistic(z: Any) -> Any:
    """The derivative of the logistic function, elementwise, without overflow."""
    s = _logistic(z)
    return s * (1 - s)


def _logistic(z: Any) -> Any:
    return 0.5 * (1 + np.tanh(np.asarray(z, float) / 2))


d_logistic.probes("value")(_zs)
d_logistic.probes("any z")(_any_zs)
d_logistic.probes("large z")(_large_zs)


@d_logistic.mistake(
    "Your exponential grows beyond the largest number a computer has, for z of some hundreds.",
    ask="Can you write the derivative with the values of the logistic function itself?",
    variants=[{"form": "values"}, {"form": "plain"}, {"form": "plain values"}],
)
def d_logistic_overflows(z: Any, form: str = "quotient") -> Any:
    z = z if form.startswith("plain") else np.asarray(z, float)
    if form.endswith("values"):
        s = 1 / (1 + np.exp(-z))
        return s * (1 - s)
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@d_logistic.mistake(
    "You put z itself where the value of the logistic function belongs.",
    ask="In s (1 − s), what is s?",
)
def d_logistic_of_the_value(z: Any) -> Any:
    z = np.asarray(z, float)
    return z * (1 - z)


@d_logistic.mistake(
    "You used the rule for tanh, 1 − s².",
    ask="What do you get when you differentiate (1 + exp(−z))⁻¹ by the chain rule?",
)
def d_logistic_as_for_tanh(z: Any) -> Any:
    return 1 - _logistic(z) ** 2


@d_logistic.mistake(
    "This is the slope of tanh itself.",
    ask="How steep is the logistic function at z = 0: 1, or less?",
)
def d_logistic_of_tanh(z: Any) -> Any:
    return 1 - np.tanh(np.asarray(z, float)) ** 2


@d_logistic.mistake(
    "The sign is turned round: your slope is negative, and the curve rises.",
    ask="How many minus signs does the chain rule bring, the one of the power and the one of the exponent?",
)
def d_logistic_negative(z: Any) -> Any:
    return -d_logistic(z)


@d_logistic.mistake(
    "One of the two factors is missing.",
    ask="What power does the bracket have after you differentiate (1 + exp(−z))⁻¹?",
    variants=[{"which": "s"}],
)
def d_logistic_one_factor(z: Any, which: str = "1 - s") -> Any:
    s = _logistic(z)
    return s if which == "s" else 1 - s


@d_logistic.mistake(
    "You differentiated the power and left out what is inside it.",
    ask="The bracket is 1 + exp(−z): how fast does that change when z does?",
    variants=[{"sign": 1.0}],
)
def d_logistic_without_the_inside(z: Any, sign: float = -1.0) -> Any:
    return sign * _logistic(z) ** 2


@d_logistic.mistake(
    "You applied the logistic function twice before taking the slope.",
    ask="Is the slope wanted at z, or at the value of the function there?",
)
def d_logistic_twice(z: Any) -> Any:
    return d_logistic(_logistic(z))


@d_logistic.mistake(
    "Your function takes one number at a time, and z may be a whole array.",
    ask="Which exp works on every entry of an array?",
)
def d_logistic_of_one_number(z: Any) -> Any:
    e = math.exp(-abs(z))
    return e / (1 + e) ** 2


@d_logistic.mistake(
    "You treat z as an array, and it may come as a list or a tuple.",
    ask="What turns a list of numbers into an array, and leaves an array as it is?",
)
def d_logistic_needs_an_array(z: Any) -> Any:
    return np.cosh(z / 2) ** -2.0 / 4


@d_logistic.style
def d_logistic_by_cosh(z: Any) -> Any:
    return np.cosh(np.asarray(z) / 2) ** (-2) / 4


@d_logistic.style
def d_logistic_by_both_tails(z: Any) -> Any:
    return _logistic(z) * _logistic(np.negative(z))


@d_logistic.style
def d_logistic_by_the_smaller_exponential(z: Any) -> Any:
    e = np.exp(-np.abs(np.array(z, float)))
    return e / (1 + e) ** 2


@d_logistic.style
def d_logistic_by_tanh(z: Any) -> Any:
    return (0.25 * (1 - np.tanh(np.asarray(z) / 2) ** 2)).astype(np.float32)


# ── not_gate ──────────────────────────────────────────────────────────────────────────


@exercise(points=2, rtol=0.05, view=DRIVERS + "gate_outputs", is_value=True)
def not_gate() -> Any:
    """A pair (w, b) whose outputs are 1 and 0 to the last digit."""
    return (-20.0, 20.0)


@not_gate.mistake(
    "Your neuron repeats its input: it is off for 0 and on for 1.",
    ask="Which input should switch a NOT gate on?",
)
def gate_that_repeats() -> Any:
    return (20.0, 0.0)


@not_gate.mistake(
    "Without the bias the neuron answers 0 to the input 0.",
    ask="With x = 0 the weight has no say. Which number must then bring tanh close to 1?",
    variants=[{"w": 0.0}],
)
def gate_without_bias(w: float = -20.0) -> Any:
    return (w, 0.0)


@not_gate.mistake(
    "For x = 1 your neuron answers −1, and NOT 1 is 0.",
    ask="Where does tanh pass through 0, and what must w + b be?",
)
def gate_of_signs() -> Any:
    return (-40.0, 20.0)


@not_gate.mistake(
    "Your neuron answers 1 to both inputs: it takes no notice of x.",
    ask="What must w + b be, so that tanh is 0 there?",
)
def gate_always_on() -> Any:
    return (0.0, 20.0)


@not_gate.mistake(
    "The two numbers have changed places, or their signs have.",
    ask="The pair is (w, b). What is w·0 + b with your numbers?",
)
def gate_turned_round() -> Any:
    return (20.0, -20.0)


@not_gate.mistake(
    "The right idea, but too gentle: for x = 0 tanh is not yet close to 1.",
    ask="How large must b be for tanh(b) to exceed 0.95?",
    variants=[{"b": b} for b in (0.1, 0.25, 0.5, 0.75, 1.2, 1.25, 1.4, 1.5, 1.6, 1.7, 1.75, 1.8)],
)
def gate_too_gentle(b: float = 1.0) -> Any:
    return (-b, b)


@not_gate.style
def gate_as_a_list() -> Any:
    return [-5, 5]


@not_gate.style
def gate_as_an_array() -> Any:
    return np.array([-3.1, 3.1])


@not_gate.style
def gate_just_enough() -> Any:
    return (-1.9, 1.9)


@not_gate.style
def gate_of_columns() -> Any:
    return (np.array([[-9.0]]), np.array([9.0]))


# ── neuron_gradient ───────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "special cases": 1}, rtol=1e-6, refuses=DIFFERENTIATORS)
def neuron_gradient(w: float, b: float, x: float, y: float) -> Any:
    """(dC/dw, dC/db) of C = (tanh(w x + b) − y)²."""
    a = np.tanh(w * x + b)
    dC_db = 2 * (a - y) * (1 - a**2)
    return dC_db * x, dC_db


def _neuron(w: float, b: float, x: float, y: float, two: float = 2.0) -> tuple[float, float]:
    """The error's share of the slope, and the neuron's value."""
    a = math.tanh(w * x + b)
    return two * (a - y), a


@neuron_gradient.probes("value")
def neurons(rng: Rng) -> Cases:
    yield 1.0, 0.5, 2.0, 0.0
    for _ in range(5):
        w, b = np.round(_sizes(rng, 0.2, 0.6, 2), 2).tolist()
        yield w, b, round(float(_sizes(rng, 1.2, 2.5)), 2), round(float(rng.uniform(0.1, 0.9)), 2)


@neuron_gradient.probes("special cases")
def special_neurons(rng: Rng) -> Cases:
    yield 1, -1, 2, 0
    yield 0.5, 0.25, 0.0, 1.0
    yield round(float(_sizes(rng, 0.2, 1.0)), 2), round(float(_sizes(rng, 0.2, 1.0)), 2), -1, 1
    yield 0, 0, 1, 0


@neuron_gradient.mistake(
    "The 2 that comes down from the square is missing.",
    ask="What is the derivative of u² with respect to u?",
)
def neuron_without_the_two(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y, two=1.0)
    return e * (1 - a * a) * x, e * (1 - a * a)


@neuron_gradient.mistake(
    "The slope of tanh is missing: you went from the cost straight to z.",
    ask="Between the error and w x + b stands tanh. What does the chain rule want for it?",
)
def neuron_without_the_slope(w: float, b: float, x: float, y: float) -> Any:
    e, _ = _neuron(w, b, x, y)
    return e * x, e


@neuron_gradient.mistake(
    "The inner derivative with respect to w is missing.",
    ask="By how much does w x + b move when w moves by 1?",
)
def neuron_without_x(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return e * (1 - a * a), e * (1 - a * a)


@neuron_gradient.mistake(
    "Both slopes have the wrong sign.",
    ask="In (a − y)², does the cost rise or fall when a grows beyond y?",
)
def neuron_turned_round(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return -e * (1 - a * a) * x, -e * (1 - a * a)


@neuron_gradient.mistake(
    "The two slopes have changed places.",
    ask="Which of the two was asked for first?",
)
def neuron_swapped(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return e * (1 - a * a), e * (1 - a * a) * x


@neuron_gradient.mistake(
    "You wrote 1 − a for the slope of tanh.",
    ask="What is the derivative of tanh in terms of its own value, and which power is in it?",
)
def neuron_without_the_square(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return e * (1 - a) * x, e * (1 - a)


@neuron_gradient.mistake(
    "You used a (1 − a), the slope of the logistic function, and this neuron uses tanh.",
    ask="What is the derivative of tanh in terms of its own value?",
)
def neuron_with_the_other_slope(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return e * a * (1 - a) * x, e * a * (1 - a)


@neuron_gradient.mistake(
    "You took the slope of tanh at a instead of at z = w x + b.",
    ask="Which number goes into tanh, and so into its slope?",
)
def neuron_slope_at_a(w: float, b: float, x: float, y: float) -> Any:
    e, a = _neuron(w, b, x, y)
    return e * (1 - math.tanh(a) ** 2) * x, e * (1 - math.tanh(a) ** 2)


@neuron_gradient.mistake(
    "You wrote 1 − z² for the slope of tanh.",
    ask="Is it the value of tanh or its input whose square is taken from 1?",
)
def neuron_slope_of_z(w: float, b: float, x: float, y: float) -> Any:
    e, _ = _neuron(w, b, x, y)
    z = w * x + b
    return e * (1 - z * z) * x, e * (1 - z * z)


@neuron_gradient.mistake(
    "You left the bias out of z.",
    ask="What goes into tanh besides w x?",
)
def neuron_without_the_bias(w: float, b: float, x: float, y: float) -> Any:
    return neuron_gradient(w, 0.0, x, y)


@neuron_gradient.mistake(
    "You multiplied by w, where w is what moves.",
    ask="In z = w x + b, by how much does z move when w moves by 1?",
)
def neuron_with_w_for_x(w: float, b: float, x: float, y: float) -> Any:
    _, slope = neuron_gradient(w, b, x, y)
    return slope * w, slope


@neuron_gradient.mistake(
    "Your slope for b has a factor too many.",
    ask="In z = w x + b, by how much does z move when b moves by 1?",
    variants=[{"factor": "x"}],
)
def neuron_with_a_factor_for_b(w: float, b: float, x: float, y: float, factor: str = "b") -> Any:
    along_w, along_b = neuron_gradient(w, b, x, y)
    return along_w, along_b * (b if factor == "b" else x)


@neuron_gradient.mistake(
    "You returned one slope where two were asked for.",
    ask="What was wanted besides the slope with respect to one of the two?",
    variants=[{"which": 1}],
)
def neuron_one_slope(w: float, b: float, x: float, y: float, which: int = 0) -> Any:
    return neuron_gradient(w, b, x, y)[which]


@neuron_gradient.style
def neuron_step_by_step(w: float, b: float, x: float, y: float) -> Any:
    z = w * x + b
    a = np.tanh(z)
    dC_da = 2 * (a - y)
    da_dz = 1 / np.cosh(z) ** 2
    return [dC_da * da_dz * x, dC_da * da_dz * 1]


@neuron_gradient.style
def neuron_as_a_product(w: float, b: float, x: float, y: float) -> Any:
    a = np.tanh(np.dot([w, b], [x, 1]))
    return 2 * (a - y) * (1 - a**2) * np.array([x, 1])


@neuron_gradient.style
def neuron_in_single_precision(w: float, b: float, x: float, y: float) -> Any:
    slopes = np.array(neuron_gradient(w, b, x, y), np.float32)
    return slopes[0], slopes[1]


# ── forward ───────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "depth": 1, "any x": 1}, refuses=NETWORKS)
def forward(params: Params, x: Any) -> Any:
    """All activations [a0 … aL] of a network of logistic neurons."""
    activations = [np.asarray(x, float)]
    for W, b in params:
        activations.append(_logistic(W @ activations[-1] + b))
    return activations


def _network(rng: Rng, *sizes: int) -> Params:
    return [
        (np.round(_sizes(rng, 0.3, 1.5, (m, n)), 2), np.round(_sizes(rng, 0.3, 1.0, (m, 1)), 2))
        for n, m in pairwise(sizes)
    ]


def _examples(rng: Rng, n: int, count: int) -> Array:
    return np.asarray(np.round(_sizes(rng, 0.2, 1.5, (n, count)), 2))


@forward.probes("value")
def small_networks(rng: Rng) -> Cases:
    yield [(np.array([[1.0], [-1.0]]), np.array([[0.0], [1.0]]))], np.array([[0.0, 0.5, 1.0]])
    yield _network(rng, 2, 3, 1), _examples(rng, 2, 4)
    yield _network(rng, 3, 2, 4), _examples(rng, 3, 5)
    yield _network(rng, 3, 3, 3), _examples(rng, 3, 3)


@forward.probes("depth")
def deep_networks(rng: Rng) -> Cases:
    yield _network(rng, 2, 2, 2, 2, 2), _examples(rng, 2, 3)
    yield _network(rng, 3, 1), _examples(rng, 3, 2)
    yield _network(rng, 1, 4, 2, 3, 2), _examples(rng, 1, 4)


@forward.probes("any x")
def networks_at_any_x(rng: Rng) -> Cases:
    yield _network(rng, 2, 3, 2), [[0, 1, 2], [1, 0, -1]]
    yield _network(rng, 2, 2), _examples(rng, 2, 1)
    yield _network(rng, 3, 2, 2), rng.integers(-2, 3, (3, 4))


@forward.mistake(
    "The list should begin with the input itself, a0 = x.",
    ask="How many activations does a network of two layers have, from a0 to a2?",
)
def forward_without_the_input(params: Params, x: Any) -> Any:
    return forward(params, x)[1:]


@forward.mistake(
    "You returned only what the last layer says.",
    ask="What will back-propagation need of the layers before it?",
)
def forward_last_only(params: Params, x: Any) -> Any:
    return forward(params, x)[-1]


@forward.mistake(
    "You kept the sums z = W a + b where the activations belong.",
    ask="What happens to z before the next layer sees it?",
)
def forward_keeps_the_sums(params: Params, x: Any) -> Any:
    activations = forward(params, x)
    sums = [W @ a + b for (W, b), a in zip(params, activations[:-1], strict=True)]
    return [activations[0], *sums]


@forward.mistake(
    "The activation is missing: your layers only multiply and add.",
    ask="What would two such layers in a row be, if not a single matrix?",
)
def forward_linear(params: Params, x: Any) -> Any:
    activations = [np.asarray(x, float)]
    for W, b in params:
        activations.append(W @ activations[-1] + b)
    return activations


@forward.mistake(
    "The last layer lacks its activation.",
    ask="In this course, which layers end with the logistic function?",
)
def forward_linear_at_the_end(params: Params, x: Any) -> Any:
    activations = forward(params, x)
    W, b = params[-1]
    return [*activations[:-1], W @ activations[-2] + b]


@forward.mistake(
    "You used tanh, and this network is logistic everywhere.",
    ask="Between which two numbers must each activation lie?",
)
def forward_with_tanh(params: Params, x: Any) -> Any:
    return _activations(params, x, np.tanh)


def _activations(
    params: Params, x: Any, squash: Function, bias: float = 1.0, turn: bool = False
) -> Any:
    activations = [np.asarray(x, float)]
    for W, b in params:
        activations.append(squash((W.T if turn else W) @ activations[-1] + bias * b))
    return activations


@forward.mistake(
    "The biases are missing.",
    ask="What does a neuron add to its weighted sum?",
)
def forward_without_biases(params: Params, x: Any) -> Any:
    return _activations(params, x, _logistic, bias=0.0)


@forward.mistake(
    "The sign of the biases is turned round.",
    ask="Is b added to W a, or taken from it?",
)
def forward_takes_the_biases_away(params: Params, x: Any) -> Any:
    return _activations(params, x, _logistic, bias=-1.0)


@forward.mistake(
    "You transposed the weights, so outputs and inputs have changed places.",
    ask="W has shape (n_out, n_in). Which of the two must meet the rows of a?",
)
def forward_transposed(params: Params, x: Any) -> Any:
    return _activations(params, x, _logistic, turn=True)


@forward.mistake(
    "You flattened b, so it was added along the examples instead of along the neurons.",
    ask="What is the shape of W a, and how does numpy fit an array of shape (n_out,) to it?",
)
def forward_flat_biases(params: Params, x: Any) -> Any:
    return forward([(W, b.ravel()) for W, b in params], x)


@forward.mistake(
    "Every layer was given x itself instead of what the layer before it says.",
    ask="What is the input of the second layer?",
)
def forward_from_x_each_time(params: Params, x: Any) -> Any:
    a = np.asarray(x, float)
    return [a, *(_logistic(W @ a + b) for W, b in params)]


@forward.mistake(
    "You stopped one layer too early.",
    ask="How many pairs (W, b) does params hold, and how often did your loop run?",
)
def forward_stops_early(params: Params, x: Any) -> Any:
    return forward(params, x)[:-1]


@forward.mistake(
    "You multiplied W and a entry by entry.",
    ask="Which sign in Python makes a matrix product?",
)
def forward_entry_by_entry(params: Params, x: Any) -> Any:
    activations = [np.asarray(x, float)]
    for W, b in params:
        activations.append(_logistic(W * activations[-1] + b))
    return activations


@forward.style
def forward_in_a_tuple(params: Params, x: Any) -> Any:
    a = [x]
    for i in range(len(params)):
        z = np.dot(params[i][0], a[i]) + params[i][1]
        a.append(1 / (1 + np.exp(-z)))
    return tuple(a)


@forward.style
def forward_recursive(params: Params, x: Any) -> Any:
    if not params:
        return [x]
    (W, b), *rest = params
    return [x, *forward_recursive(rest, 1 / (1 + np.exp(-(np.matmul(W, x) + b))))]


@forward.style
def forward_column_by_column(params: Params, x: Any) -> Any:
    x = np.array(x, float)
    result = [x]
    for W, b in params:
        columns = [_logistic(W.dot(column) + b.ravel()) for column in result[-1].T]
        result.append(np.stack(columns, axis=1))
    return result


@forward.style
def forward_in_single_precision(params: Params, x: Any) -> Any:
    return [a.astype(np.float32) for a in forward(params, x)]


# ── mean_cost ─────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, refuses=NETWORKS)
def mean_cost(params: Params, x: Any, y: Any) -> Any:
    """The mean over the columns of ‖a_L − y‖²."""
    error = forward(params, x)[-1] - np.asarray(y, float)
    return np.sum(error**2) / error.shape[1]


def _targets(rng: Rng, m: int, count: int) -> Array:
    return np.asarray(np.round(rng.uniform(0.0, 1.0, (m, count)), 2))


@mean_cost.probes("value")
def costs_of_networks(rng: Rng) -> Cases:
    W, b = np.array([[2.0], [-1.0]]), np.array([[0.0], [0.5]])
    yield [(W, b)], np.array([[0.0, 0.5, 1.0]]), np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    yield _network(rng, 3, 2, 4), _examples(rng, 3, 5), _targets(rng, 4, 5)
    yield _network(rng, 2, 3), _examples(rng, 2, 7), _targets(rng, 3, 7)
    yield _network(rng, 2, 3, 3, 2), _examples(rng, 2, 6), _targets(rng, 2, 6)


@mean_cost.probes("any x")
def costs_at_any_x(rng: Rng) -> Cases:
    yield _network(rng, 2, 3, 2), [[0, 1, 2], [1, 0, -1]], [[0, 1, 1], [1, 0, 0]]
    yield _network(rng, 2, 2, 3), _examples(rng, 2, 1), _targets(rng, 3, 1)
    yield _network(rng, 3, 2, 2), rng.integers(-2, 3, (3, 4)), rng.integers(0, 2, (2, 4))


def _errors(params: Params, x: Any, y: Any) -> Array:
    return np.asarray(forward(params, x)[-1] - np.asarray(y, float))


@mean_cost.mistake(
    "You averaged over every entry, also over the outputs of one example.",
    ask="Which is counted by N, the entries of y or its columns?",
)
def cost_of_entries(params: Params, x: Any, y: Any) -> Any:
    return np.mean(_errors(params, x, y) ** 2)


@mean_cost.mistake(
    "The sum is right, but it is not yet a mean.",
    ask="How many examples are there, and what should the cost do when you show each of them twice?",
)
def cost_without_the_mean(params: Params, x: Any, y: Any) -> Any:
    return np.sum(_errors(params, x, y) ** 2)


@mean_cost.mistake(
    "You divided by the number of rows, and the examples are columns.",
    ask="In an array of shape (n, N), which of the two does len give?",
    variants=[{"of": "y"}],
)
def cost_over_rows(params: Params, x: Any, y: Any, of: str = "x") -> Any:
    return np.sum(_errors(params, x, y) ** 2) / len(x if of == "x" else y)


@mean_cost.mistake(
    "You divided by the number of entries of x, which is N only for a single input.",
    ask="What is x.size for three inputs and five examples?",
)
def cost_over_entries_of_x(params: Params, x: Any, y: Any) -> Any:
    return np.sum(_errors(params, x, y) ** 2) / np.size(x)


@mean_cost.mistake(
    "A factor one half has crept in.",
    ask="Some books put ½ before the square. What does the formula here say?",
)
def cost_halved(params: Params, x: Any, y: Any) -> Any:
    return mean_cost(params, x, y) / 2


@mean_cost.mistake(
    "You took the lengths of the errors and not their squares.",
    ask="What is ‖v‖², written with the entries of v?",
    variants=[{"kind": "sizes"}],
)
def cost_of_lengths(params: Params, x: Any, y: Any, kind: str = "lengths") -> Any:
    e = _errors(params, x, y)
    sizes = np.linalg.norm(e, axis=0) if kind == "lengths" else np.abs(e).sum(axis=0)
    return np.mean(sizes)


@mean_cost.mistake(
    "You took a square root that the formula does not have.",
    ask="Does the cost have the unit of y, or that of y squared?",
    variants=[{"before": True}],
)
def cost_rooted(params: Params, x: Any, y: Any, before: bool = False) -> Any:
    e = _errors(params, x, y)
    return np.linalg.norm(e) / e.shape[1] if before else np.sqrt(mean_cost(params, x, y))


@mean_cost.mistake(
    "The errors were added with their signs, so that they cancel.",
    ask="What makes an error of −0.3 count as much as one of 0.3?",
    variants=[{"late": True}],
)
def cost_that_cancels(params: Params, x: Any, y: Any, late: bool = False) -> Any:
    e = _errors(params, x, y)
    return np.sum(np.mean(e, axis=1) ** 2) if late else np.sum(e) / e.shape[1]


@mean_cost.mistake(
    "You returned one cost for each example.",
    ask="How many numbers is a mean?",
)
def cost_of_each(params: Params, x: Any, y: Any) -> Any:
    return np.sum(_errors(params, x, y) ** 2, axis=0)


@mean_cost.mistake(
    "You treat x and y as arrays, and they may come as lists.",
    ask="What can you ask the shape of, when x is a list: x, or the last activation?",
    variants=[{"of": "y"}],
)
def cost_needs_an_array(params: Params, x: Any, y: Any, of: str = "x") -> Any:
    return np.sum(_errors(params, x, y) ** 2) / (x.shape[1] if of == "x" else y.shape[1])


@mean_cost.style
def cost_by_numpy(params: Params, x: Any, y: Any) -> Any:
    return np.mean(np.sum((forward(params, x)[-1] - y) ** 2, axis=0))


@mean_cost.style
def cost_by_a_loop(params: Params, x: Any, y: Any) -> Any:
    answers, wanted = forward(params, x)[-1].T, np.array(y).T
    total = 0.0
    for got, want in zip(answers, wanted, strict=True):
        total += float(np.linalg.norm(got - want)) ** 2
    return total / len(answers)


@mean_cost.style
def cost_by_norm(params: Params, x: Any, y: Any) -> Any:
    return np.array(np.linalg.norm(forward(params, x)[-1] - np.array(y)) ** 2 / np.shape(y)[1])


@mean_cost.style
def cost_by_einsum(params: Params, x: Any, y: Any) -> Any:
    e = forward(params, x)[-1] - np.array(y)
    return np.float32(np.einsum("ij,ij->", e, e) / e.shape[-1])


# ── gradient_check ────────────────────────────────────────────────────────────────────


@exercise(
    points={"wrong gradients": 2, "right gradients": 1, "any x": 1, "leaves x alone": 1},
    refuses=DIFFERENTIATORS,
    unchanged="leaves x alone",
)
def gradient_check(f: Function, grad: Function, x: Any) -> Any:
    """The largest error of grad at x against central differences, relative to max(1, |grad|)."""
    g, d = _both(f, grad, x)
    return float(np.max(np.abs(g - d) / np.maximum(1, np.abs(g))))


def _both(f: Function, grad: Function, x: Any, h: float = 1e-5) -> tuple[Array, Array]:
    """The gradient that is claimed, and the one that central differences give."""
    x = np.array(x, float)
    differences = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size)]
    return np.asarray(grad(x), float), np.array(differences)


def _point(rng: Rng, n: int) -> Array:
    return np.asarray(np.round(_sizes(rng, 0.3, 1.5, n), 2))


def _claim(rng: Rng, n: int, wrong: Sequence[float]) -> tuple[Function, Function]:
    """A quadratic, and a claimed gradient that is off by `wrong` times 10 per cent or so."""
    A = np.diag(rng.uniform(3, 6, n)) + np.full((n, n), round(float(_sizes(rng, 0.3, 0.9)), 2))
    b = np.round(_sizes(rng, 2, 4, n), 1)
    off = np.resize(np.asarray(wrong, float), n) * rng.uniform(0.8, 1.2, n)
    return functions.quadratic(A=A, b=b), functions.affine(A=A, b=b + off)


def _calm(rng: Rng, n: int) -> Any:
    """A field whose third and fourth derivatives are of order 1."""
    return functions.waves(
        amplitudes=_sizes(rng, 0.5, 1.5, 2),
        wavenumbers=_sizes(rng, 0.3, 0.8, (2, n)),
        phases=rng.uniform(-3, 3, 2),
    )


@gradient_check.probes("wrong gradients")
def wrong_gradients(rng: Rng) -> Cases:
    bowl, saddle = functions.bowl, functions.saddle
    yield bowl, saddle.gradient, np.array([1.0, 2.0])
    yield *_claim(rng, 3, [0.1, -1.5, 0.4]), _point(rng, 3)
    yield *_claim(rng, 4, [0.7, 0.5, -0.2, -3.0]), _point(rng, 4)
    f, g = _calm(rng, 3), _calm(rng, 3)
    yield f, g.gradient, _point(rng, 3)
    yield (
        functions.quadratic(A=[[2.0]], b=[0.3]),
        functions.affine(A=[[2.0]], b=[0.1]),
        np.array([0.1]),
    )


@gradient_check.probes("right gradients")
def right_gradients(rng: Rng) -> Cases:
    yield functions.bowl, functions.bowl.gradient, np.array([1.0, 0.5])
    f = _calm(rng, 4)
    yield f, f.gradient, _point(rng, 4)
    steep = functions.quadratic(A=np.diag(rng.uniform(40, 60, 3)), b=np.zeros(3))
    yield steep, steep.gradient, np.round(_sizes(rng, 0.005, 0.015, 3), 4)
    level = functions.quadratic(A=np.eye(2), b=np.zeros(2))
    yield level, level.gradient, np.zeros(2)


@gradient_check.probes("any x")
def gradients_at_any_x(rng: Rng) -> Cases:
    yield functions.bowl, functions.saddle.gradient, [1, 2]
    yield *_claim(rng, 2, [1.0, -2.0]), tuple(_point(rng, 2).tolist())
    yield *_claim(rng, 3, [0.5, 0.5, 2.0]), rng.integers(1, 4, 3)


@gradient_check.probes("leaves x alone")
def gradients_beside_x(rng: Rng) -> Cases:
    yield *_claim(rng, 3, [1.0, 0.3, -0.5]), np.array([0.1, 0.7, 1.3])
    yield *_claim(rng, 2, [-0.6, 1.1]), [0.3, 1.1]


@gradient_check.mistake(
    "You stepped forward only, so a right gradient looks wrong.",
    ask="What happens to the error of a difference if you also step back?",
    variants=[{"h": h} for h in (1e-3, 1e-4, 1e-6)],
)
def gradient_check_forward(f: Function, grad: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    g = np.asarray(grad(x), float)
    d = np.array([(f(x + h * e) - f(x)) / h for e in np.eye(x.size)])
    return np.max(np.abs(g - d) / np.maximum(1, np.abs(g)))


@gradient_check.mistake(
    "You divided the differences by h, and your two points lie further apart than that.",
    ask="How far is it from x − h to x + h?",
)
def gradient_check_divides_by_h(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x)
    return np.max(np.abs(g - 2 * d) / np.maximum(1, np.abs(g)))


@gradient_check.mistake(
    "You averaged the errors, and one wrong entry can hide among many right ones.",
    ask="Which of the errors should decide whether the gradient can be trusted?",
)
def gradient_check_averages(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x)
    return np.mean(np.abs(g - d) / np.maximum(1, np.abs(g)))


@gradient_check.mistake(
    "You added the errors up instead of taking the largest.",
    ask="Does the sum tell you about the worst entry, or about how many there are?",
    variants=[{"length": True}],
)
def gradient_check_sums(f: Function, grad: Function, x: Any, length: bool = False) -> Any:
    g, d = _both(f, grad, x)
    errors = np.abs(g - d) / np.maximum(1, np.abs(g))
    return np.linalg.norm(errors) if length else np.sum(errors)


@gradient_check.mistake(
    "You left the errors as they are, without dividing by max(1, |grad|).",
    ask="Is an error of 0.001 large for a slope of 1000?",
)
def gradient_check_absolute(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x)
    return np.max(np.abs(g - d))


@gradient_check.mistake(
    "You divided by |grad| alone, which blows small slopes up.",
    ask="What happens to your quotient where the gradient is zero, and what does the 1 in max(1, |grad|) do?",
    variants=[{"tiny": 1e-8}, {"tiny": 1e-12}],
)
def gradient_check_relative(f: Function, grad: Function, x: Any, tiny: float = 0.0) -> Any:
    g, d = _both(f, grad, x)
    return np.max(np.abs(g - d) / (np.abs(g) + tiny))


@gradient_check.mistake(
    "You divided by the size of the difference, and the formula says the size of grad.",
    ask="Which of the two gradients stands in the denominator?",
    variants=[{"both": True}],
)
def gradient_check_other_scale(f: Function, grad: Function, x: Any, both: bool = False) -> Any:
    g, d = _both(f, grad, x)
    scale = np.maximum(np.abs(g), np.abs(d)) if both else np.abs(d)
    return np.max(np.abs(g - d) / np.maximum(1, scale))


@gradient_check.mistake(
    "You divided every error by the same number, and the formula divides each by its own.",
    ask="How many different denominators does the formula have for a gradient of three entries?",
)
def gradient_check_by_the_largest(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x)
    return np.max(np.abs(g - d)) / max(1.0, float(np.max(np.abs(g))))


@gradient_check.mistake(
    "You compared the lengths of whole vectors, and the formula goes entry by entry.",
    ask="Where does the index i stand in the formula: inside the maximum, or outside?",
    variants=[{"both": True}],
)
def gradient_check_of_lengths(f: Function, grad: Function, x: Any, both: bool = False) -> Any:
    g, d = _both(f, grad, x)
    size = np.linalg.norm
    return size(g - d) / (size(g) + size(d) if both else max(1.0, float(size(g))))


@gradient_check.mistake(
    "The sign of the errors is still there, so that large negative ones are overlooked.",
    ask="What must happen to −3 before it is compared with 0.7?",
    variants=[{"turn": -1.0}],
)
def gradient_check_signed(f: Function, grad: Function, x: Any, turn: float = 1.0) -> Any:
    g, d = _both(f, grad, x)
    return np.max(turn * (g - d) / np.maximum(1, np.abs(g)))


@gradient_check.mistake(
    "You returned every error, and one number was asked for.",
    ask="Which single number tells the worst of them?",
)
def gradient_check_returns_all(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x)
    return np.abs(g - d) / np.maximum(1, np.abs(g))


@gradient_check.mistake(
    "You returned a verdict, and the size of the error was asked for.",
    ask="What would tell your reader more than True or False?",
)
def gradient_check_verdict(f: Function, grad: Function, x: Any) -> Any:
    return bool(gradient_check(f, grad, x) < 1e-6)


@gradient_check.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.00001 fits into it?",
)
def gradient_check_cut(f: Function, grad: Function, x: Any, h: float = 1e-5) -> Any:
    g, d = np.asarray(grad(np.array(x)), float), []
    for i in range(len(x)):
        up, down = np.array(x), np.array(x)
        up[i] += h
        down[i] -= h
        d.append((f(up) - f(down)) / (2 * h))
    return np.max(np.abs(g - d) / np.maximum(1, np.abs(g)))


@gradient_check.mistake(
    "You stepped inside the x that you were given, and your caller's x is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=[{"restore": True}, {"convert": False}, {"convert": False, "restore": True}],
)
def gradient_check_in_place(
    f: Function, grad: Function, x: Any, convert: bool = True, restore: bool = False
) -> Any:
    h, worst = 1e-5, 0.0
    if convert:
        x = np.asarray(x, float)
    for i in range(len(x)):
        before = np.array(x)
        x[i] += h
        ahead = f(x)
        x[i] -= 2 * h
        d = (ahead - f(x)) / (2 * h)
        if restore:
            x[i] += h
        g = np.asarray(grad(before))[i]
        worst = max(worst, abs(g - d) / max(1, abs(g)))
    return worst


@gradient_check.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
    variants=[{"by": "add"}],
)
def gradient_check_needs_an_array(f: Function, grad: Function, x: Any, by: str = "size") -> Any:
    return gradient_check(f, grad, x.astype(float) if by == "size" else x + np.zeros(x.shape))


@gradient_check.style
def gradient_check_by_a_loop(f: Function, grad: Function, x: Any) -> Any:
    x = np.array(x, dtype=float)
    g = grad(x)
    errors = []
    for i in range(len(x)):
        e = np.zeros(len(x))
        e[i] = 1e-6
        slope = (f(x + e) - f(x - e)) / 2e-6
        errors.append(abs(g[i] - slope) / max(1.0, abs(g[i])))
    return max(errors)


@gradient_check.style
def gradient_check_in_one_line(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x, h=1e-4)
    return np.max(np.abs(g - d) / np.where(np.abs(g) > 1, np.abs(g), 1.0))


@gradient_check.style
def gradient_check_with_a_large_step(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x, h=1e-3)
    return np.float32(np.linalg.norm((g - d) / np.clip(np.abs(g), 1, None), np.inf))


@gradient_check.style
def gradient_check_with_a_small_step(f: Function, grad: Function, x: Any) -> Any:
    g, d = _both(f, grad, x, h=1e-7)
    return np.array(max(abs(a - b) / max(1, abs(a)) for a, b in zip(g, d, strict=True)))


# ── the curve-drawing network ─────────────────────────────────────────────────────────

(W1, b1), (W2, b2), (W3, b3) = networks.start((1, 6, 7, 2), seed=3)


def sigma(z: Array) -> Array:
    """The logistic function, as the notebook gives it."""
    return np.asarray(1 / (1 + np.exp(-z)))


def d_sigma(z: Array) -> Array:
    """Its derivative, as the notebook gives it."""
    return np.asarray(sigma(z) * (1 - sigma(z)))


def network_function(x: Array) -> tuple[Array, ...]:
    """Everything on the way through the network, as the notebook gives it."""
    a0 = x
    z1 = W1 @ a0 + b1
    a1 = sigma(z1)
    z2 = W2 @ a1 + b2
    a2 = sigma(z2)
    z3 = W3 @ a2 + b3
    a3 = sigma(z3)
    return a0, z1, a1, z2, a2, z3, a3


def _slope(
    x: Array,
    y: Array,
    layer: int,
    bias: bool,
    two: float = 2.0,
    mean: bool = True,
    at: str = "z",
    skip: tuple[int, ...] = (),
    input_of: int = -1,
    turn: bool = False,
) -> Any:
    """∂C/∂W or ∂C/∂b of a layer, with the slips that students make on the way."""
    a0, z1, a1, z2, a2, z3, a3 = network_function(x)
    zs, activations, weights = (a0, z1, z2, z3), (a0, a1, a2, a3), (a0, W1, W2, W3)
    J = two * (a3 - y)
    for k in range(3, layer - 1, -1):
        if k not in skip:
            J = J * d_sigma(activations[k] if at in ("a", f"a{k}") else zs[k])
        if k > layer:
            J = J.T @ weights[k] if turn else (J.T @ weights[k]).T
    J = np.sum(J, axis=1, keepdims=True) if bias else J @ activations[layer + input_of].T
    return J / x.size if mean else J


def _curve_points(rng: Rng) -> Cases:
    drive = DRIVERS + "with_weights"
    x, y = networks.fish(20)
    yield case(3, x, y, drive=drive)
    for count in (5, 12):
        yield case(
            int(rng.integers(1, 10**6)),
            np.sort(np.round(rng.uniform(0, 1, (1, count)), 3)),
            np.round(rng.uniform(0.1, 0.9, (2, count)), 3),
            drive=drive,
        )


def _one_point(rng: Rng) -> Cases:
    for _ in range(2):
        x, y = (
            np.round(rng.uniform(0.1, 0.9, (1, 1)), 2),
            np.round(rng.uniform(0.1, 0.9, (2, 1)), 2),
        )
        yield case(int(rng.integers(1, 10**6)), x, y, drive=DRIVERS + "with_weights")


CURVE = (*DIFFERENTIATORS, *NETWORKS)
HALF = (
    "Your slopes are half of what they should be: a 2 is lost, or y.size stands where x.size belongs.",
    "What is the derivative of (a − y)², and what does the cost divide by?",
)
NO_MEAN = (
    "You have the sum over the examples, and the cost is their mean.",
    "What does the formula of the cost divide by?",
)
WRONG_SIGN = (
    "The sign is turned round: you started from y − a3.",
    "Does the cost rise or fall when a3 grows beyond y?",
)
AT_ACTIVATION = (
    "You took the slope of σ at an activation a instead of at its z.",
    "Which number went into σ, and so belongs into its slope?",
)
NOT_SUMMED = (
    "Each example still has a column of its own: the sum over the examples is missing.",
    "What shape has the bias, and how many columns has your answer?",
)
FLAT = (
    "Your sum lost an axis: a column was asked for.",
    "What can np.sum be told so that it keeps the axis it adds along?",
)
WRONG_AXIS = (
    "You added over the neurons, and the examples should be added up.",
    "Along which axis do the examples lie in an array of shape (units, N)?",
)
NOT_TURNED_BACK = (
    "Two arrays do not fit: another layer's W, or a J.T @ W that was not turned back.",
    "Which shapes have J, its transpose and each W, and which shape must the next z have?",
)


# ── J_b3 ──────────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 1, "one example": 1}, refuses=CURVE)
def J_b3(x: Array, y: Array) -> Any:
    """∂C/∂b3 of the curve-drawing network, shape (2, 1)."""
    _a0, _z1, _a1, _z2, _a2, z3, a3 = network_function(x)
    J = 2 * (a3 - y)
    J = J * d_sigma(z3)
    return np.sum(J, axis=1, keepdims=True) / x.size


J_b3.probes("value")(_curve_points)
J_b3.probes("one example")(_one_point)


@J_b3.mistake(HALF[0], ask=HALF[1])
def J_b3_without_the_two(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True, two=1.0)


@J_b3.mistake(NO_MEAN[0], ask=NO_MEAN[1])
def J_b3_without_the_mean(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True, mean=False)


@J_b3.mistake(WRONG_SIGN[0], ask=WRONG_SIGN[1])
def J_b3_turned_round(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True, two=-2.0)


@J_b3.mistake(AT_ACTIVATION[0], ask=AT_ACTIVATION[1])
def J_b3_at_the_activation(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True, at="a")


@J_b3.mistake(
    "The slope of σ is missing between a3 and z3.",
    ask="Which factor takes you from ∂C/∂a3 to ∂C/∂z3?",
)
def J_b3_without_the_slope(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True, skip=(3,))


@J_b3.mistake(
    "You multiplied by σ itself, where its slope belongs.",
    ask="Which of the two functions that the notebook gives says how fast a3 moves with z3?",
)
def J_b3_with_the_value(x: Array, y: Array) -> Any:
    a3 = network_function(x)[6]
    return np.sum(2 * (a3 - y) * a3, axis=1, keepdims=True) / x.size


@J_b3.mistake(
    "You made one number of everything, and each of the two neurons has a bias of its own.",
    ask="What shape has b3, and along which axis do the examples lie?",
    variants=[{"mean": False}],
)
def J_b3_all_in_one(x: Array, y: Array, mean: bool = True) -> Any:
    return _unsummed(x, y, 3).mean() if mean else _unsummed(x, y, 3).sum() / x.size


@J_b3.mistake(
    "You still multiply by a2, as for the weights.",
    ask="By how much does z3 move when b3 moves by 1?",
)
def J_b3_like_the_weights(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, False)


def _unsummed(x: Array, y: Array, layer: int) -> Any:
    """The columns before they are added up."""
    a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    zs, weights = (a0, z1, z2, z3), (a0, W1, W2, W3)
    J = 2 * (a3 - y) * d_sigma(z3)
    for k in range(3, layer, -1):
        J = weights[k].T @ J * d_sigma(zs[k - 1])
    return J


@J_b3.mistake(NOT_SUMMED[0], ask=NOT_SUMMED[1], variants=[{"mean": False}])
def J_b3_not_summed(x: Array, y: Array, mean: bool = True) -> Any:
    return _unsummed(x, y, 3) / (x.size if mean else 1)


@J_b3.mistake(FLAT[0], ask=FLAT[1])
def J_b3_flat(x: Array, y: Array) -> Any:
    return np.sum(_unsummed(x, y, 3), axis=1) / x.size


@J_b3.mistake(WRONG_AXIS[0], ask=WRONG_AXIS[1], variants=[{"keep": False}])
def J_b3_along_the_wrong_axis(x: Array, y: Array, keep: bool = True) -> Any:
    return np.sum(_unsummed(x, y, 3), axis=0, keepdims=keep) / x.size


@J_b3.style
def J_b3_by_mean(x: Array, y: Array) -> Any:
    _a0, _z1, _a1, _z2, _a2, z3, a3 = network_function(x)
    return 2 * np.mean((a3 - y) * d_sigma(z3), axis=1, keepdims=True)


@J_b3.style
def J_b3_by_ones(x: Array, y: Array) -> Any:
    *_, z3, a3 = network_function(x)
    J = 2 * (a3 - y) * d_sigma(z3)
    return J @ np.ones((x.shape[1], 1)) / x.shape[1]


@J_b3.style
def J_b3_one_by_one(x: Array, y: Array) -> Any:
    out = network_function(x)
    total = np.zeros((2, 1))
    for k in range(x.shape[1]):
        a = out[-1][:, k]
        total[:, 0] += 2 * (a - y[:, k]) * a * (1 - a)
    return (total / x.shape[1]).tolist()


@J_b3.style
def J_b3_by_reshape(x: Array, y: Array) -> Any:
    a3 = network_function(x)[6]
    J = 2 * (a3 - y) / x.size * a3 * (1 - a3)
    return J.sum(axis=-1).reshape(b3.shape).astype(np.float32)


# ── J_b2 ──────────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "one example": 1}, refuses=CURVE)
def J_b2(x: Array, y: Array) -> Any:
    """∂C/∂b2 of the curve-drawing network, shape (7, 1)."""
    _a0, _z1, _a1, z2, _a2, z3, a3 = network_function(x)
    J = 2 * (a3 - y)
    J = J * d_sigma(z3)
    J = (J.T @ W3).T
    J = J * d_sigma(z2)
    return np.sum(J, axis=1, keepdims=True) / x.size


J_b2.probes("value")(_curve_points)
J_b2.probes("one example")(_one_point)


@J_b2.mistake(HALF[0], ask=HALF[1])
def J_b2_without_the_two(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, two=1.0)


@J_b2.mistake(NO_MEAN[0], ask=NO_MEAN[1])
def J_b2_without_the_mean(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, mean=False)


@J_b2.mistake(WRONG_SIGN[0], ask=WRONG_SIGN[1])
def J_b2_turned_round(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, two=-2.0)


@J_b2.mistake(
    AT_ACTIVATION[0], ask=AT_ACTIVATION[1], variants=[{"at": f"a{k}"} for k in range(2, 4)]
)
def J_b2_at_the_activation(x: Array, y: Array, at: str = "a") -> Any:
    return _slope(x, y, 2, True, at=at)


@J_b2.mistake(
    "The slope of σ in the last layer is missing.",
    ask="On the way back from a3 to a2, what stands between a3 and z3?",
)
def J_b2_without_the_last_slope(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, skip=(3,))


@J_b2.mistake(
    "The slope of σ in the second layer is missing.",
    ask="W3 brought you to a2. Which factor brings you from a2 to z2?",
)
def J_b2_without_the_second_slope(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, skip=(2,))


@J_b2.mistake(
    "You stopped in the last layer: this is the slope for b3.",
    ask="Which weights lie between the second layer and the last?",
)
def J_b2_of_the_last_layer(x: Array, y: Array) -> Any:
    return _slope(x, y, 3, True)


@J_b2.mistake(
    "You still multiply by a1, as for the weights.",
    ask="By how much does z2 move when b2 moves by 1?",
)
def J_b2_like_the_weights(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, False)


@J_b2.mistake(NOT_SUMMED[0], ask=NOT_SUMMED[1], variants=[{"mean": False}])
def J_b2_not_summed(x: Array, y: Array, mean: bool = True) -> Any:
    return _unsummed(x, y, 2) / (x.size if mean else 1)


@J_b2.mistake(FLAT[0], ask=FLAT[1])
def J_b2_flat(x: Array, y: Array) -> Any:
    return np.sum(_unsummed(x, y, 2), axis=1) / x.size


@J_b2.mistake(NOT_TURNED_BACK[0], ask=NOT_TURNED_BACK[1])
def J_b2_not_turned_back(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True, turn=True)


@J_b2.style
def J_b2_with_a_transpose(x: Array, y: Array) -> Any:
    _a0, _z1, _a1, z2, _a2, z3, a3 = network_function(x)
    delta = W3.T @ (2 * (a3 - y) * d_sigma(z3)) * d_sigma(z2)
    return delta.mean(axis=1)[:, np.newaxis]


@J_b2.style
def J_b2_by_einsum(x: Array, y: Array) -> Any:
    a0, _z1, _a1, z2, _a2, z3, a3 = network_function(x)
    J = np.einsum("kn,kn,kj,jn->j", 2 * (a3 - y), d_sigma(z3), W3, d_sigma(z2))
    return J.reshape(-1, 1) / a0.shape[1]


@J_b2.style
def J_b2_one_by_one(x: Array, y: Array) -> Any:
    total = np.zeros(b2.shape)
    for k in range(x.shape[1]):
        _a0, _z1, _a1, z2, _a2, z3, a3 = network_function(x[:, [k]])
        row = (2 * (a3 - y[:, [k]]) * d_sigma(z3)).T @ W3 @ np.diag(d_sigma(z2)[:, 0])
        total += row.T
    return total / x.size


# ── J_W1 ──────────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "one example": 1}, refuses=CURVE)
def J_W1(x: Array, y: Array) -> Any:
    """∂C/∂W1 of the curve-drawing network, shape (6, 1)."""
    a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    J = 2 * (a3 - y)
    J = J * d_sigma(z3)
    J = (J.T @ W3).T
    J = J * d_sigma(z2)
    J = (J.T @ W2).T
    J = J * d_sigma(z1)
    return J @ a0.T / x.size


J_W1.probes("value")(_curve_points)
J_W1.probes("one example")(_one_point)


@J_W1.mistake(HALF[0], ask=HALF[1])
def J_W1_without_the_two(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False, two=1.0)


@J_W1.mistake(NO_MEAN[0], ask=NO_MEAN[1])
def J_W1_without_the_mean(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False, mean=False)


@J_W1.mistake(WRONG_SIGN[0], ask=WRONG_SIGN[1])
def J_W1_turned_round(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False, two=-2.0)


@J_W1.mistake(
    AT_ACTIVATION[0], ask=AT_ACTIVATION[1], variants=[{"at": f"a{k}"} for k in range(1, 4)]
)
def J_W1_at_the_activation(x: Array, y: Array, at: str = "a") -> Any:
    return _slope(x, y, 1, False, at=at)


@J_W1.mistake(
    "The slope of σ is missing in one of the layers that you came through.",
    ask="How many times did you pass a σ on the way from a3 back to z1?",
    variants=[{"skip": (2,)}, {"skip": (3,)}, {"skip": (1, 2)}],
)
def J_W1_without_a_slope(x: Array, y: Array, skip: tuple[int, ...] = (1,)) -> Any:
    return _slope(x, y, 1, False, skip=skip)


@J_W1.mistake(
    "This is the slope for the bias: the input a0 is missing.",
    ask="By how much does z1 move when W1 moves by 1?",
)
def J_W1_like_the_bias(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, True)


@J_W1.mistake(
    "You multiplied by a1, and W1 multiplies a0.",
    ask="Which activation goes into the first layer?",
)
def J_W1_with_the_output(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False, input_of=0)


@J_W1.mistake(
    "You stopped in the second layer, before you had come back through W2.",
    ask="Which weights lie between the first layer and the second?",
    variants=[{"input_of": -2}],
)
def J_W1_of_the_second_layer(x: Array, y: Array, input_of: int = -1) -> Any:
    return _slope(x, y, 2, False, input_of=input_of)


@J_W1.mistake(
    "Your answer lies on its side: W1 is a column.",
    ask="What is the shape of J @ a0.T, and what is that of a0 @ J.T?",
)
def J_W1_on_its_side(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False).T


@J_W1.mistake(NOT_TURNED_BACK[0], ask=NOT_TURNED_BACK[1])
def J_W1_not_turned_back(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False, turn=True)


@J_W1.style
def J_W1_with_transposes(x: Array, y: Array) -> Any:
    a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    delta3 = 2 * (a3 - y) / x.shape[1] * d_sigma(z3)
    delta2 = (W3.T @ delta3) * d_sigma(z2)
    delta1 = (W2.T @ delta2) * d_sigma(z1)
    return np.dot(delta1, a0.T)


@J_W1.style
def J_W1_by_einsum(x: Array, y: Array) -> Any:
    a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    J = np.einsum(
        "kn,kj,jn,ji,in->in", 2 * (a3 - y) * d_sigma(z3), W3, d_sigma(z2), W2, d_sigma(z1)
    )
    return np.array([[np.mean(row * a0)] for row in J])


@J_W1.style
def J_W1_one_by_one(x: Array, y: Array) -> Any:
    total = np.zeros(W1.shape)
    for k in range(x.shape[1]):
        a0, z1, _a1, z2, _a2, z3, a3 = network_function(x[:, [k]])
        row = (2 * (a3 - y[:, [k]]) * d_sigma(z3)).T @ W3
        row = (row * d_sigma(z2).T) @ W2 * d_sigma(z1).T
        total += row.T @ a0.T
    return total / x.shape[1]


# ── J_b1 ──────────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "one example": 1}, refuses=CURVE)
def J_b1(x: Array, y: Array) -> Any:
    """∂C/∂b1 of the curve-drawing network, shape (6, 1)."""
    _a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    J = 2 * (a3 - y)
    J = J * d_sigma(z3)
    J = (J.T @ W3).T
    J = J * d_sigma(z2)
    J = (J.T @ W2).T
    J = J * d_sigma(z1)
    return np.sum(J, axis=1, keepdims=True) / x.size


J_b1.probes("value")(_curve_points)
J_b1.probes("one example")(_one_point)


@J_b1.mistake(HALF[0], ask=HALF[1])
def J_b1_without_the_two(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, True, two=1.0)


@J_b1.mistake(NO_MEAN[0], ask=NO_MEAN[1])
def J_b1_without_the_mean(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, True, mean=False)


@J_b1.mistake(WRONG_SIGN[0], ask=WRONG_SIGN[1])
def J_b1_turned_round(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, True, two=-2.0)


@J_b1.mistake(
    AT_ACTIVATION[0], ask=AT_ACTIVATION[1], variants=[{"at": f"a{k}"} for k in range(1, 4)]
)
def J_b1_at_the_activation(x: Array, y: Array, at: str = "a") -> Any:
    return _slope(x, y, 1, True, at=at)


@J_b1.mistake(
    "The slope of σ is missing in one of the layers that you came through.",
    ask="How many times did you pass a σ on the way from a3 back to z1?",
    variants=[{"skip": (2,)}, {"skip": (3,)}, {"skip": (1, 2)}],
)
def J_b1_without_a_slope(x: Array, y: Array, skip: tuple[int, ...] = (1,)) -> Any:
    return _slope(x, y, 1, True, skip=skip)


@J_b1.mistake(
    "This is the slope for W1: there is a factor a0 too many.",
    ask="By how much does z1 move when b1 moves by 1?",
)
def J_b1_like_the_weights(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, False)


@J_b1.mistake(
    "You went back through W1 as well, as far as the input.",
    ask="Where does b1 enter: before W1 or behind it?",
)
def J_b1_through_the_first_weights(x: Array, y: Array) -> Any:
    return np.sum(W1.T @ _unsummed(x, y, 1), axis=1, keepdims=True) / x.size


@J_b1.mistake(
    "You stopped in the second layer: this is the slope for b2.",
    ask="Which weights lie between the first layer and the second?",
)
def J_b1_of_the_second_layer(x: Array, y: Array) -> Any:
    return _slope(x, y, 2, True)


@J_b1.mistake(NOT_SUMMED[0], ask=NOT_SUMMED[1], variants=[{"mean": False}])
def J_b1_not_summed(x: Array, y: Array, mean: bool = True) -> Any:
    return _unsummed(x, y, 1) / (x.size if mean else 1)


@J_b1.mistake(FLAT[0], ask=FLAT[1])
def J_b1_flat(x: Array, y: Array) -> Any:
    return np.sum(_unsummed(x, y, 1), axis=1) / x.size


@J_b1.mistake(NOT_TURNED_BACK[0], ask=NOT_TURNED_BACK[1])
def J_b1_not_turned_back(x: Array, y: Array) -> Any:
    return _slope(x, y, 1, True, turn=True)


@J_b1.style
def J_b1_with_transposes(x: Array, y: Array) -> Any:
    _a0, z1, _a1, z2, _a2, z3, a3 = network_function(x)
    delta = 2 * (a3 - y) * d_sigma(z3)
    delta = np.dot(W3.T, delta) * d_sigma(z2)
    delta = np.dot(W2.T, delta) * d_sigma(z1)
    return np.mean(delta, axis=1).reshape(6, 1)


@J_b1.style
def J_b1_one_by_one(x: Array, y: Array) -> Any:
    columns = []
    for k in range(x.shape[1]):
        _a0, z1, _a1, z2, _a2, z3, a3 = network_function(x[:, k : k + 1])
        J = (
            np.diag(d_sigma(z3)[:, 0])
            @ W3
            @ np.diag(d_sigma(z2)[:, 0])
            @ W2
            @ np.diag(d_sigma(z1)[:, 0])
        )
        columns.append(J.T @ (2 * (a3 - y[:, k : k + 1])))
    return sum(columns) / len(columns)


@J_b1.style
def J_b1_from_values(x: Array, y: Array) -> Any:
    _a0, _z1, a1, _z2, a2, _z3, a3 = network_function(x)
    J = (a3 - y) * a3 * (1 - a3)
    J = (J.T @ W3).T * a2 * (1 - a2)
    J = (J.T @ W2).T * a1 * (1 - a1)
    return (2 / x.size * J.sum(axis=1, keepdims=True)).astype(np.float32)


# ── backprop ──────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "depth": 2, "any x": 1}, refuses=(*DIFFERENTIATORS, *NETWORKS))
def backprop(params: Params, x: Any, y: Any) -> Any:
    """The slopes (dW, db) of mean_cost for every layer, the first layer first."""
    return _backprop(params, x, y)


def _backprop(
    params: Params,
    x: Any,
    y: Any,
    two: float = 2.0,
    divide: str = "examples",
    slope: str = "a (1 - a)",
    sloped: str = "all",
    input_of: int = 0,
    on_its_side: bool = False,
    weights_of: int = 1,
    turn: bool = True,
    add: str = "sum",
) -> Any:
    """Back-propagation, with the slips that students make on the way."""
    activations = forward(params, x)
    a = activations[-1]
    count = {"examples": a.shape[1], "entries": a.size, "twice": a.shape[1] ** 2, "nothing": 1}[
        divide
    ]
    J = two * (a - np.asarray(y, float)) / count
    grads: list[tuple[Any, Any]] = []
    for k in range(len(params) - 1, -1, -1):
        if k < len(params) - 1:
            W = params[k + weights_of][0]
            J = (W.T if turn else W) @ J
        if sloped == "all" or (sloped == "last") == (k == len(params) - 1):
            J = J * _slope_of(activations[k + 1], slope)
        dW = J @ activations[k + input_of].T
        grads.insert(0, (dW.T if on_its_side else dW, _added(J, add)))
    return grads


def _slope_of(a: Array, kind: str) -> Any:
    if kind == "a (1 - a)":
        return a * (1 - a)
    return _logistic(a) * (1 - _logistic(a)) if kind == "at a" else 1.0


def _added(J: Array, how: str) -> Any:
    if how in ("not", "all"):
        return J if how == "not" else np.sum(J)
    return np.sum(J, axis=1, keepdims=how == "sum")


@backprop.probes("value")
def slopes_of_networks(rng: Rng) -> Cases:
    W, b = np.array([[2.0], [-1.0]]), np.array([[0.0], [0.5]])
    yield [(W, b)], np.array([[0.0, 0.5, 1.0]]), np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    yield _network(rng, 3, 2, 4), _examples(rng, 3, 5), _targets(rng, 4, 5)
    yield _network(rng, 2, 3, 2), _examples(rng, 2, 6), _targets(rng, 2, 6)
    yield _network(rng, 3, 3, 3), _examples(rng, 3, 4), _targets(rng, 3, 4)


@backprop.probes("depth")
def slopes_of_deep_networks(rng: Rng) -> Cases:
    yield _network(rng, 2, 2, 2, 2), _examples(rng, 2, 3), _targets(rng, 2, 3)
    yield _network(rng, 1, 4, 2, 3, 2), _examples(rng, 1, 5), _targets(rng, 2, 5)
    yield _network(rng, 4, 3), _examples(rng, 4, 2), _targets(rng, 3, 2)


@backprop.probes("any x")
def slopes_at_any_x(rng: Rng) -> Cases:
    yield _network(rng, 2, 3, 2), [[0, 1, 2], [1, 0, -1]], [[0, 1, 1], [1, 0, 0]]
    yield _network(rng, 2, 2, 3), _examples(rng, 2, 1), _targets(rng, 3, 1)
    yield _network(rng, 3, 2, 2), rng.integers(1, 4, (3, 4)), rng.integers(0, 2, (2, 4))


@backprop.mistake(
    "The 2 that comes down from the square is missing.",
    ask="What is the derivative of (a − y)²?",
)
def backprop_without_the_two(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, two=1.0)


@backprop.mistake(NO_MEAN[0], ask=NO_MEAN[1])
def backprop_without_the_mean(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, divide="nothing")


@backprop.mistake(
    "You divided by the number of examples more than once.",
    ask="Does a mean over the columns already divide by N?",
)
def backprop_divides_twice(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, divide="twice")


@backprop.mistake(
    "You divided by all entries of y, and the cost is a mean over its columns.",
    ask="How many examples are there, and how many numbers has each?",
)
def backprop_over_entries(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, divide="entries")


@backprop.mistake(
    "The sign is turned round: you started from y − a.",
    ask="Does the cost rise or fall when the last activation grows beyond y?",
)
def backprop_turned_round(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, two=-2.0)


@backprop.mistake(
    "The slope of the activation is missing in every layer.",
    ask="Which factor takes you from ∂C/∂a to ∂C/∂z?",
)
def backprop_without_slopes(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, slope="1")


@backprop.mistake(
    "The slope of the activation is missing in the last layer.",
    ask="Does the last layer end with the logistic function, as the others do?",
)
def backprop_without_the_last_slope(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, sloped="hidden")


@backprop.mistake(
    "The slope of the activation is missing in all layers but the last.",
    ask="W transposed brought you to a hidden layer's a. Which factor brings you on to its z?",
)
def backprop_without_hidden_slopes(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, sloped="last")


@backprop.mistake(
    "You took the slope of the logistic function at an activation, as if a were z.",
    ask="If a is already the value of the function, what is its slope in terms of a?",
)
def backprop_slope_at_a(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, slope="at a")


@backprop.mistake(
    "A layer's weights were multiplied with its own output instead of its input.",
    ask="In z = W a + b, is that a the one before the layer, or the one behind it?",
)
def backprop_with_the_output(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, input_of=1)


@backprop.mistake(
    "Your slopes for the weights lie on their sides.",
    ask="What shape has W, and what shape has the product of J with a transposed a?",
)
def backprop_on_its_side(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, on_its_side=True)


@backprop.mistake(
    "On the way back you passed through the wrong layer's weights.",
    ask="Going from layer l + 1 back to layer l, whose W did the numbers pass on their way forward?",
)
def backprop_through_the_wrong_layer(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, weights_of=0)


@backprop.mistake(
    "You went back through W where its transpose is needed.",
    ask="W takes n_in numbers to n_out. What takes n_out numbers back to n_in?",
)
def backprop_not_transposed(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, turn=False)


@backprop.mistake(
    "The slopes for the biases still have a column for each example.",
    ask="What shape has b, and what has to happen to the columns?",
)
def backprop_not_summed(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, add="not")


@backprop.mistake(
    "The slopes for the biases are flat: columns were asked for.",
    ask="What can np.sum be told so that it keeps the axis it adds along?",
)
def backprop_flat(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, add="flat")


@backprop.mistake(
    "You added up the slopes of all biases in a layer.",
    ask="Each neuron has a bias of its own: along which axis do the examples lie?",
)
def backprop_of_one_bias(params: Params, x: Any, y: Any) -> Any:
    return _backprop(params, x, y, add="all")


@backprop.mistake(
    "Your list begins with the last layer.",
    ask="In which order does params hold the layers?",
)
def backprop_in_reverse(params: Params, x: Any, y: Any) -> Any:
    return backprop(params, x, y)[::-1]


@backprop.mistake(
    "In each pair the slopes for b come first.",
    ask="In which order does a pair of params hold W and b?",
)
def backprop_swapped(params: Params, x: Any, y: Any) -> Any:
    return [(db, dW) for dW, db in backprop(params, x, y)]


@backprop.mistake(
    "Your code knows two layers, and params may hold any number.",
    ask="Which lines would you have to write once more for a third layer, and what could repeat them?",
)
def backprop_of_two_layers(params: Params, x: Any, y: Any) -> Any:
    _first, _second = params
    return backprop(params, x, y)


@backprop.mistake(
    "You treat x and y as arrays, and they may come as lists.",
    ask="What turns a list of lists into an array, and leaves an array as it is?",
    variants=[{"of": "y"}, {"of": "T"}],
)
def backprop_needs_an_array(params: Params, x: Any, y: Any, of: str = "x") -> Any:
    return _backprop(params, x.T.T if of == "T" else x[:, :], y if of == "x" else y[:, :])


@backprop.style
def backprop_with_deltas(params: Params, x: Any, y: Any) -> Any:
    x, y = np.array(x, float), np.array(y, float)
    n = x.shape[1]
    zs, a = [], [x]
    for W, b in params:
        zs.append(W @ a[-1] + b)
        a.append(1 / (1 + np.exp(-zs[-1])))
    grads = [None] * len(params)
    delta = 2 * (a[-1] - y) * d_logistic(zs[-1])
    for k in reversed(range(len(params))):
        grads[k] = (delta @ a[k].T / n, np.sum(delta, axis=1, keepdims=True) / n)  # type: ignore[call-overload]
        if k > 0:
            delta = (params[k][0].T @ delta) * d_logistic(zs[k - 1])
    return grads


@backprop.style
def backprop_of_means(params: Params, x: Any, y: Any) -> Any:
    a = forward(params, x)
    n = a[0].shape[1]
    out = []
    J = 2 * (a[-1] - y)
    for (W, _b), before, after in zip(params[::-1], a[-2::-1], a[:0:-1], strict=True):
        J = J * after * (1 - after)
        out.append([np.dot(J, before.T) / n, np.mean(J, axis=1).reshape(-1, 1)])
        J = (J.T @ W).T
    out.reverse()
    return tuple(out)


@backprop.style
def backprop_recursive(params: Params, x: Any, y: Any) -> Any:
    n = np.shape(y)[1]

    def back(layers: Params, a: Any) -> tuple[list[Any], Any]:
        if not layers:
            return [], 2 / n * (a - np.asarray(y))
        (W, b), *rest = layers
        after = _logistic(W @ a + b)
        grads, J = back(rest, after)
        J = J * after * (1 - after)
        return [(J @ np.transpose(a), J @ np.ones((n, 1))), *grads], W.T @ J

    return back(params, np.asarray(x))[0]


@backprop.style
def backprop_by_einsum(params: Params, x: Any, y: Any) -> Any:
    a = forward(params, x)
    J = (a[-1] - np.asarray(y)) * 2
    grads: list[Any] = []
    for k in range(len(params))[::-1]:
        J = np.einsum("in,in->in", J, a[k + 1] * (1 - a[k + 1]))
        dW = np.einsum("in,jn->ij", J, a[k]) / J.shape[1]
        grads = [(dW.astype(np.float32), J.mean(axis=1, keepdims=True))] + grads
        J = params[k][0].T @ J
    return grads


# ── minibatches ───────────────────────────────────────────────────────────────────────


@exercise(
    points={"cut": 2, "random": 2}, refuses=("sklearn", "torch"), view=DRIVERS + "batch_facts"
)
def minibatches(n: int, size: int, rng: Rng) -> Any:
    """A random permutation of range(n), cut into batches; the last may be shorter."""
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def _seed(rng: Rng) -> int:
    return int(rng.integers(10**6))


@minibatches.probes("cut")
def batches_of_sizes(rng: Rng) -> Cases:
    drive = DRIVERS + "batch_cut"
    yield case(10, 4, 0, drive=drive)
    yield case(12, 3, _seed(rng), drive=drive)
    yield case(int(rng.integers(50, 99)), 10, _seed(rng), drive=drive)
    yield case(41, 8, _seed(rng), drive=drive)
    yield case(5, 1, _seed(rng), drive=drive)
    yield case(6, 20, _seed(rng), drive=drive)


@minibatches.probes("random")
def batches_in_any_order(rng: Rng) -> Cases:
    drive = DRIVERS + "batch_order"
    yield case(60, 12, 1, drive=drive)
    yield case(int(rng.integers(50, 99)), 10, _seed(rng), drive=drive)


@minibatches.mistake(
    "The indices come in their own order: nothing was shuffled.",
    ask="Which method of rng puts the numbers from 0 to n − 1 into a random order?",
)
def batches_in_order(n: int, size: int, rng: Rng) -> Any:
    return [np.arange(n)[start : start + size] for start in range(0, n, size)]


@minibatches.mistake(
    "The last, shorter batch is lost, and with it some examples.",
    ask="What does n // size forget when size does not divide n?",
)
def batches_without_the_last(n: int, size: int, rng: Rng) -> Any:
    order = rng.permutation(n)
    return [order[k * size : (k + 1) * size] for k in range(n // size)]


@minibatches.mistake(
    "You drew with replacement: some examples come twice, others not at all.",
    ask="Into how many batches should each index go in one round?",
    variants=[{"each": True}],
)
def batches_with_replacement(n: int, size: int, rng: Rng, each: bool = False) -> Any:
    starts = range(0, n, size)
    if each:
        return [rng.choice(n, min(size, n - start)) for start in starts]
    order = rng.integers(0, n, n)
    return [order[start : start + size] for start in starts]


@minibatches.mistake(
    "Each batch was drawn afresh from all examples, so that batches share some.",
    ask="After the first batch is drawn, which indices are left for the second?",
)
def batches_drawn_afresh(n: int, size: int, rng: Rng) -> Any:
    return [rng.choice(n, min(size, n - start), replace=False) for start in range(0, n, size)]


@minibatches.mistake(
    "You took chance from somewhere else than the rng you were given.",
    ask="What must be the source of the order, so that the same seed gives the same batches?",
)
def batches_of_other_chance(n: int, size: int, rng: Rng) -> Any:
    return minibatches(n, size, np.random.default_rng())


@minibatches.mistake(
    "You made a generator with a seed of its own, so that every round has the same order.",
    ask="What was rng given to your function for?",
)
def batches_of_one_seed(n: int, size: int, rng: Rng) -> Any:
    return minibatches(n, size, np.random.default_rng(0))


@minibatches.mistake(
    "You made `size` batches, and `size` is how many examples one batch holds.",
    ask="How many batches are there for n = 10 and size = 4?",
)
def batches_as_many_as_size(n: int, size: int, rng: Rng) -> Any:
    return np.array_split(rng.permutation(n), size)


@minibatches.mistake(
    "You made batches of about equal size, and only the last may be shorter.",
    ask="How many examples should the first batch hold for n = 10 and size = 4?",
    variants=[{"up": False}],
)
def batches_of_equal_size(n: int, size: int, rng: Rng, up: bool = True) -> Any:
    count = -(-n // size) if up else max(1, n // size)
    return np.array_split(rng.permutation(n), count)


@minibatches.mistake(
    "You shuffled within the batches or the batches themselves, and neighbours stay together.",
    ask="What should be put in random order: all indices before you cut, or the pieces after it?",
    variants=[{"pieces": True}],
)
def batches_of_neighbours(n: int, size: int, rng: Rng, pieces: bool = False) -> Any:
    batches = [np.arange(n)[start : start + size] for start in range(0, n, size)]
    if pieces:
        whole = [batches[k] for k in rng.permutation(n // size)]
        return whole + batches[n // size :]
    return [rng.permutation(batch) for batch in batches]


@minibatches.mistake(
    "Your indices run from 1 to n.",
    ask="Which index has the first column of an array in Python?",
)
def batches_from_one(n: int, size: int, rng: Rng) -> Any:
    return [batch + 1 for batch in minibatches(n, size, rng)]


@minibatches.mistake(
    "Your slices end one too early, and an index is lost at every cut.",
    ask="Does order[0:4] contain order[4], and does it contain order[3]?",
)
def batches_cut_short(n: int, size: int, rng: Rng) -> Any:
    order = rng.permutation(n)
    return [order[start : start + size - 1] for start in range(0, n, size)]


@minibatches.mistake(
    "Your last batch is empty when size divides n.",
    ask="How many batches of 3 do 12 examples make?",
)
def batches_with_an_empty_one(n: int, size: int, rng: Rng) -> Any:
    order = rng.permutation(n)
    return [order[k * size : (k + 1) * size] for k in range(n // size + 1)]


@minibatches.mistake(
    "You filled the last batch up with examples that had their turn already.",
    ask="How many examples are left for the last batch when n = 10 and size = 4?",
)
def batches_filled_up(n: int, size: int, rng: Rng) -> Any:
    order = rng.permutation(n)
    full = np.resize(order, -(-n // size) * size)
    return [full[start : start + size] for start in range(0, full.size, size)]


@minibatches.mistake(
    "Your batches hold numbers with decimal points, which cannot pick the columns of an array.",
    ask="Which type of number may stand in the brackets of x[:, batch]?",
)
def batches_of_floats(n: int, size: int, rng: Rng) -> Any:
    return [batch.astype(float) for batch in minibatches(n, size, rng)]


@minibatches.mistake(
    "You returned the shuffled indices in one piece.",
    ask="What remains to be done with the permutation?",
)
def batches_in_one_piece(n: int, size: int, rng: Rng) -> Any:
    return rng.permutation(n)


@minibatches.mistake(
    "Your function yields the batches one after the other, and a list was asked for.",
    ask="What collects everything that a generator yields?",
)
def batches_yielded(n: int, size: int, rng: Rng) -> Any:
    yield from minibatches(n, size, rng)


@minibatches.style
def batches_by_shuffle(n: int, size: int, rng: Rng) -> Any:
    indices = np.arange(n)
    rng.shuffle(indices)
    return np.split(indices, range(size, n, size))


@minibatches.style
def batches_as_lists(n: int, size: int, rng: Rng) -> Any:
    indices = list(range(n))
    rng.shuffle(indices)
    batches = []
    while indices:
        batches.append(indices[:size])
        indices = indices[size:]
    return batches


@minibatches.style
def batches_by_sorting_dice(n: int, size: int, rng: Rng) -> Any:
    order = np.argsort(rng.random(n))
    return tuple(order[i * size : (i + 1) * size] for i in range(int(np.ceil(n / size))))


@minibatches.style
def batches_by_choice(n: int, size: int, rng: Rng) -> Any:
    order = rng.choice(n, size=n, replace=False)
    return np.array_split(order, np.arange(size, n, size))


# ── sgd_step ──────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "leaves params alone": 1}, unchanged="leaves params alone")
def sgd_step(params: Params, grads: Params, rate: float) -> Any:
    """New parameters, one step of −rate times the slopes away from the old ones."""
    return [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.probes("value")
def steps_of_networks(rng: Rng) -> Cases:
    W, b = np.array([[1.0, 2.0]]), np.array([[0.5]])
    yield [(W, b)], [(np.array([[1.0, -1.0]]), np.array([[2.0]]))], 0.1
    yield _network(rng, 2, 3, 1), _network(rng, 2, 3, 1), 0.5
    yield (
        _network(rng, 1, 4, 2, 3),
        _network(rng, 1, 4, 2, 3),
        round(float(rng.uniform(0.05, 2)), 2),
    )
    yield _network(rng, 2, 2), _network(rng, 2, 2), 2
    whole = [(rng.integers(-3, 4, (2, 3)), rng.integers(-3, 4, (2, 1)))]
    yield whole, _network(rng, 3, 2), 0.25


@sgd_step.probes("leaves params alone")
def steps_beside_the_old(rng: Rng) -> Cases:
    yield _network(rng, 2, 3, 1), _network(rng, 2, 3, 1), 0.1
    yield _network(rng, 3, 3), _network(rng, 3, 3), 0.7


@sgd_step.mistake(
    "You went up: the step should be taken away.",
    ask="The gradient points the steepest way up. Which way lowers the cost?",
)
def sgd_goes_up(params: Params, grads: Params, rate: float) -> Any:
    return sgd_step(params, grads, -rate)


@sgd_step.mistake(
    "Your new numbers were written into the old arrays.",
    ask="What is the difference between W -= step and W - step?",
    variants=[{"again": True}],
)
def sgd_in_place(params: Params, grads: Params, rate: float, again: bool = False) -> Any:
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W -= rate * dW
        b -= rate * db
    return [(W, b) for W, b in params] if again else params


@sgd_step.mistake(
    "The rate is missing: you took the whole gradient as your step.",
    ask="What does a rate of 0.1 do to the length of a step?",
)
def sgd_without_the_rate(params: Params, grads: Params, rate: float) -> Any:
    return sgd_step(params, grads, 1.0)


@sgd_step.mistake(
    "Only the weights moved: the biases are the old ones.",
    ask="What else does a layer learn, besides W?",
)
def sgd_of_weights(params: Params, grads: Params, rate: float) -> Any:
    stepped = sgd_step(params, grads, rate)
    return [(W, b) for (W, _), (_, b) in zip(stepped, params, strict=True)]


@sgd_step.mistake(
    "You divided by the rate.",
    ask="Should a smaller rate make the step shorter or longer?",
)
def sgd_divides(params: Params, grads: Params, rate: float) -> Any:
    return sgd_step(params, grads, 1 / rate)


@sgd_step.mistake(
    "You returned the steps alone, without what they start from.",
    ask="Where does one stand after a step, if not at the old place plus the step?",
    variants=[{"sign": 1.0}],
)
def sgd_steps_alone(params: Params, grads: Params, rate: float, sign: float = -1.0) -> Any:
    return [(sign * rate * dW, sign * rate * db) for dW, db in grads]


@sgd_step.mistake(
    "You returned after the first layer.",
    ask="Where does the return stand: inside the loop, or after it?",
)
def sgd_of_the_first_layer(params: Params, grads: Params, rate: float) -> Any:
    return sgd_step(params, grads, rate)[:1]


@sgd_step.mistake(
    "Your list is flat: each layer should be a pair (W, b).",
    ask="What does one item of params hold?",
)
def sgd_flat(params: Params, grads: Params, rate: float) -> Any:
    return [part for layer in sgd_step(params, grads, rate) for part in layer]


@sgd_step.mistake(
    "You kept the type of the old arrays, and whole numbers cut the step off.",
    ask="What becomes of 0.25 in an array of whole numbers?",
)
def sgd_cut_off(params: Params, grads: Params, rate: float) -> Any:
    new = [(W.copy(), b.copy()) for W, b in params]
    for (W, b), (dW, db) in zip(new, grads, strict=True):
        W[:] = W - rate * dW
        b[:] = b - rate * db
    return new


@sgd_step.style
def sgd_by_a_loop(params: Params, grads: Params, rate: float) -> Any:
    new_params = []
    for i in range(len(params)):
        W = np.array(params[i][0], dtype=float)
        b = np.array(params[i][1], dtype=float)
        W -= rate * grads[i][0]
        b -= rate * grads[i][1]
        new_params.append([W, b])
    return new_params


@sgd_step.style
def sgd_in_tuples(params: Params, grads: Params, rate: float) -> Any:
    return tuple(
        tuple(p - rate * np.asarray(g) for p, g in zip(layer, slopes, strict=True))
        for layer, slopes in zip(params, grads, strict=True)
    )


@sgd_step.style
def sgd_as_lists(params: Params, grads: Params, rate: float) -> Any:
    new = [
        (np.add(W, -rate * dW), np.subtract(b, rate * db))
        for (W, b), (dW, db) in zip(params, grads, strict=True)
    ]
    return [(W.tolist(), b.astype(np.float32)) for W, b in new]


# ── Value ─────────────────────────────────────────────────────────────────────────────


class Node:
    """A number that remembers how it was made, and can ask for its slopes."""

    def __init__(self, data: float, parents: Sequence[tuple[Any, float]] = ()) -> None:
        self.data, self.grad = data, 0.0
        self.parents = parents

    def node(self, other: Any) -> Any:
        """A plain number as a node."""
        return other if isinstance(other, type(self)) else type(self)(other)

    def made(self, data: float, *parents: tuple[Any, float]) -> Any:
        """A node that came of others, each with the local slope."""
        return type(self)(data, parents)

    def __add__(self, other: Any) -> Any:
        other = self.node(other)
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other: Any) -> Any:
        other = self.node(other)
        return self.made(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self) -> Any:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + -self.node(other)

    def __truediv__(self, other: Any) -> Any:
        return self * self.node(other) ** -1

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __rsub__(self, other: Any) -> Any:
        return self.node(other) - self

    def __rtruediv__(self, other: Any) -> Any:
        return self.node(other) / self

    def tanh(self) -> Any:
        """The hyperbolic tangent."""
        t = math.tanh(self.data)
        return self.made(t, (self, 1 - t**2))

    def exp(self) -> Any:
        """The exponential."""
        e = math.exp(self.data)
        return self.made(e, (self, e))

    def backward(self) -> None:
        """Fill in the slope of this node with respect to every node it was made from."""
        self.grad = 1.0
        for node in reversed(self.ordered([])):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad

    def ordered(self, found: list[Any]) -> list[Any]:
        """The nodes behind this one, each after its parents."""
        if not any(self is node for node in found):
            for parent, _ in self.parents:
                parent.ordered(found)
            found.append(self)
        return found


@exercise(
    points={"values": 1, "slopes": 3, "numbers on either side": 2, "used twice": 2},
    refuses=DIFFERENTIATORS,
)
def Value(data: float) -> Node:
    """The node that a number becomes."""
    return Node(data)


def _numbers(rng: Rng, letters: str) -> dict[str, float]:
    sizes = np.round(_sizes(rng, 0.4, 1.6, len(letters)), 2)
    return dict(zip(letters, sizes.tolist(), strict=True))


def _forwards(program: str, at: dict[str, float]) -> Any:
    return case(program, at, drive=DRIVERS + "run_forward")


def _backwards(program: str, at: dict[str, float]) -> Any:
    return case(program, at, drive=DRIVERS + "run_backward")


@Value.probes("values")
def values_of_programs(rng: Rng) -> Cases:
    yield _forwards("a * b + c", {"a": 2.0, "b": -3.0, "c": 10.0})
    yield _forwards("(a - b) / c", _numbers(rng, "abc"))
    yield _forwards("(-a * b).tanh()", _numbers(rng, "ab"))
    yield _forwards("a ** 3", _numbers(rng, "a"))
    yield _forwards("(a / b).exp()", {"a": 1, "b": 4})


@Value.probes("slopes")
def slopes_of_programs(rng: Rng) -> Cases:
    yield _backwards("a * b", {"a": 2.0, "b": -3.0})
    yield _backwards("a + b", _numbers(rng, "ab"))
    yield _backwards("a - b", _numbers(rng, "ab"))
    yield _backwards("a / b", _numbers(rng, "ab"))
    yield _backwards("-a", _numbers(rng, "a"))
    yield _backwards("a ** 3", _numbers(rng, "a"))
    yield _backwards("a ** -2", _numbers(rng, "a"))
    yield _backwards("a.tanh()", _numbers(rng, "a"))
    yield _backwards("a.exp()", _numbers(rng, "a"))
    yield _backwards("(w * x + b).tanh()", _numbers(rng, "wxb"))
    yield _backwards("(a * b - c / d).exp() ** 2", _numbers(rng, "abcd"))


@Value.probes("numbers on either side")
def slopes_with_numbers(rng: Rng) -> Cases:
    yield _backwards("2 * a + 1", {"a": 3.0})
    yield _backwards("1 + a", _numbers(rng, "a"))
    yield _backwards("3 - a", _numbers(rng, "a"))
    yield _backwards("a - 3", _numbers(rng, "a"))
    yield _backwards("2 / a", _numbers(rng, "a"))
    yield _backwards("a / 4", _numbers(rng, "a"))
    yield _backwards("(1 + (-a).exp()) ** -1", _numbers(rng, "a"))


@Value.probes("used twice")
def slopes_of_shared_nodes(rng: Rng) -> Cases:
    yield _backwards("a * a", {"a": 3.0})
    yield _backwards("a + a", _numbers(rng, "a"))
    yield _backwards("c = a * b; c + c * a", _numbers(rng, "ab"))
    yield _backwards("c = a * b; d = c.tanh(); c * d", _numbers(rng, "ab"))
    yield _backwards("b = a * a; c = b * b; d = c + b; d * c", _numbers(rng, "a"))
    yield _backwards("u = (a - b) ** 2; v = u + a; u / v + b", _numbers(rng, "ab"))
    yield _backwards("h = (a * b).tanh(); g = 1 + h; f = g * g; f - h * f", _numbers(rng, "ab"))


@Value.mistake(
    "A node that is used twice keeps only the last of its slopes.",
    ask="When two roads lead from a node to the result, what does the chain rule do with the two shares?",
)
class OverwritesTheSlope(Node):
    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(self.ordered([])):
            for parent, slope in node.parents:
                parent.grad = slope * node.grad


@Value.mistake(
    "A node handed its slope on before it had received all of it.",
    ask="In which order must the nodes be visited, so that a node comes after everything that was made from it?",
)
class HandsOnTooEarly(Node):
    def backward(self) -> None:
        self.grad = 1.0
        waiting: list[Any] = [self]
        seen: list[Any] = []
        while waiting:
            node = waiting.pop(0)
            if any(node is other for other in seen):
                continue
            seen.append(node)
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
                waiting.append(parent)


@Value.mistake(
    "A shared node handed its slope on once for every road to it, the earlier shares included.",
    ask="Should a node pass on what has just arrived, or all it has collected, and how often?",
)
class HandsOnTooOften(Node):
    def backward(self, first: bool = True) -> None:
        if first:
            self.grad = 1.0
        for parent, slope in self.parents:
            parent.grad += slope * self.grad
            parent.backward(False)


@Value.mistake(
    "The slopes went back one step and no further.",
    ask="What has to be done with each node that has just received its slope?",
)
class GoesBackOneStep(Node):
    def backward(self) -> None:
        self.grad = 1.0
        for parent, slope in self.parents:
            parent.grad += slope


@Value.mistake(
    "All slopes are zero: the result's own slope was never set.",
    ask="By how much does the result move when the result moves by 1?",
)
class StartsFromZero(Node):
    def backward(self) -> None:
        for node in reversed(self.ordered([])):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


@Value.mistake(
    "A number on the left does not know your class.",
    ask="Python tries 2 .__mul__(a) first. Which method of a does it ask when that fails?",
)
class HasNoOtherSide(Node):
    def _unknown(self, _other: Any) -> Any:
        return NotImplemented

    __radd__ = __rmul__ = __rsub__ = __rtruediv__ = _unknown


@Value.mistake(
    "Plain numbers are not made into nodes before they are used.",
    ask="What should happen to the other operand when it has no .data?",
)
class WantsOnlyNodes(Node):
    def node(self, other: Any) -> Any:
        return other

    def __neg__(self) -> Any:
        return self.made(-self.data, (self, -1.0))

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __truediv__(self, other: Any) -> Any:
        return self * (other**-1 if hasattr(other, "data") else other)


@Value.mistake(
    "A number minus a node was worked out the other way round.",
    ask="In 3 - a Python calls a.__rsub__(3). Which of the two is taken away?",
)
class TurnsSubtractionRound(Node):
    def __rsub__(self, other: Any) -> Any:
        return self - other


@Value.mistake(
    "A number divided by a node was worked out the other way round.",
    ask="In 2 / a Python calls a.__rtruediv__(2). Which of the two stands below the line?",
)
class TurnsDivisionRound(Node):
    def __rtruediv__(self, other: Any) -> Any:
        return self / other


@Value.mistake(
    "A number on the left of − or / was treated as if it stood on the right.",
    ask="Python calls a.__rsub__(3) for 3 - a, not for a - 3. Where does the 3 belong?",
)
class TurnsBothRound(Node):
    def __rsub__(self, other: Any) -> Any:
        return self - other

    def __rtruediv__(self, other: Any) -> Any:
        return self / other


@Value.mistake(
    "In a product each factor received its own value as its slope.",
    ask="By how much does a·b move when a moves by 1?",
)
class MultipliesByItself(Node):
    def __mul__(self, other: Any) -> Any:
        other = self.node(other)
        return self.made(self.data * other.data, (self, self.data), (other, other.data))


@Value.mistake(
    "In a difference both operands received the same slope.",
    ask="What does a − b do when b grows?",
)
class SubtractsLikeASum(Node):
    def __sub__(self, other: Any) -> Any:
        other = self.node(other)
        return self.made(self.data - other.data, (self, 1.0), (other, 1.0))


@Value.mistake(
    "The denominator of a quotient received a slope with the wrong sign.",
    ask="What does a/b do when b grows, for positive a and b?",
)
class DividesWithoutTheMinus(Node):
    def __truediv__(self, other: Any) -> Any:
        other = self.node(other)
        below = self.data / other.data**2
        return self.made(self.data / other.data, (self, 1 / other.data), (other, below))


@Value.mistake(
    "The slope of a quotient with respect to its denominator lacks a square.",
    ask="What is the derivative of a·b⁻¹ with respect to b, and which power of b is in it?",
)
class DividesWithoutTheSquare(Node):
    def __truediv__(self, other: Any) -> Any:
        other = self.node(other)
        below = -self.data / other.data
        return self.made(self.data / other.data, (self, 1 / other.data), (other, below))


@Value.mistake(
    "In the slope of a power the exponent was not lowered, or did not come down.",
    ask="What is the derivative of x³?",
)
class KeepsTheExponent(Node):
    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self, n * self.data**n))


@Value.mistake(
    "The slope of tanh is 1 minus a square, and the square is missing.",
    ask="What is the derivative of tanh in terms of its own value t?",
)
class ForgetsTheSquareOfTanh(Node):
    def tanh(self) -> Any:
        t = math.tanh(self.data)
        return self.made(t, (self, 1 - t))


@Value.mistake(
    "The slope of exp was taken to be its input.",
    ask="What is the derivative of exp, and which number that you already have is it?",
)
class TakesExpForItsInput(Node):
    def exp(self) -> Any:
        return self.made(math.exp(self.data), (self, self.data))


@Value.mistake(
    "The minus sign changes the value, and not the slope.",
    ask="By how much does −a move when a moves by 1?",
)
class NegatesWithoutTheSlope(Node):
    def __neg__(self) -> Any:
        return self.made(-self.data, (self, 1.0))

    def __sub__(self, other: Any) -> Any:
        other = self.node(other)
        return self.made(self.data - other.data, (self, 1.0), (other, -1.0))


@Value.style
class ValueWithClosures:
    """Each node keeps a function that hands its slope on."""

    def __init__(self, data: float, children: tuple[Any, ...] = ()) -> None:
        self.data, self.grad = data, 0.0
        self._prev = set(children)
        self._backward: Callable[[], None] = lambda: None

    def __add__(self, other: Any) -> Any:
        other = other if isinstance(other, ValueWithClosures) else ValueWithClosures(other)
        out = ValueWithClosures(self.data + other.data, (self, other))

        def _backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: Any) -> Any:
        other = other if isinstance(other, ValueWithClosures) else ValueWithClosures(other)
        out = ValueWithClosures(self.data * other.data, (self, other))

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def _one(self, data: float, slope: float) -> Any:
        out = ValueWithClosures(data, (self,))

        def _backward() -> None:
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other: float) -> Any:
        return self._one(self.data**other, other * self.data ** (other - 1))

    def tanh(self) -> Any:
        """By exponentials, as it is often written."""
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        return self._one(t, 1 - t**2)

    def exp(self) -> Any:
        """The exponential."""
        return self._one(math.exp(self.data), math.exp(self.data))

    def backward(self) -> None:
        """Go through the nodes in topological order, the last first."""
        topo: list[Any] = []
        visited = set()

        def build_topo(v: Any) -> None:
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()

    def __neg__(self) -> Any:
        return self * -1

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return other + (-self)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1


@Value.style
class ValueAlongEveryRoad(Node):
    """Each share travels every road by itself, and the shares are added where they arrive."""

    def backward(self, share: float = 1.0) -> None:
        """Add a share here and send its parts on."""
        self.grad += share
        for parent, slope in self.parents:
            parent.backward(share * slope)


@Value.style
class ValueWithCounting(Node):
    """Nodes are numbered as they are made; the numbers say the order of the way back."""

    made_so_far = 0

    def __init__(self, data: float, parents: Sequence[tuple[Any, float]] = ()) -> None:
        super().__init__(np.float64(data), list(parents))
        ValueWithCounting.made_so_far += 1
        self.number = ValueWithCounting.made_so_far

    def backward(self) -> None:
        """Later nodes first."""
        self.grad, found = 1.0, {self.number: self}
        while found:
            node = found.pop(max(found))
            for parent, slope in node.parents:
                parent.grad = parent.grad + slope * node.grad
                found[parent.number] = parent

    def __truediv__(self, other: Any) -> Any:
        other = self.node(other)
        data = self.data / other.data
        return self.made(data, (self, 1 / other.data), (other, -data / other.data))
