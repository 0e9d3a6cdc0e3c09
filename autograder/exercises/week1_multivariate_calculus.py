"""Week 1: partial derivatives, gradients, Jacobians, Hessians, and the sandpit.

Whoever differentiates by central differences with a step anywhere from 1e-3 to 1e-7 (Hessians: 1e-3
to 1e-5) passes every probe: the functions are drawn so calm that neither truncation nor rounding
matters, with a steep one in between on which a one-sided difference is never good enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.exercise import case, exercise
from helpers import functions
from helpers.functions import bowl, polar, saddle, valley
from helpers.sandpit import Dip, pit

Rng = np.random.Generator
Cases = Iterator[Any]
Array = NDArray[np.float64]
Function = Callable[..., Any]

DIFFERENTIATORS = (
    "helpers.derivatives",
    "helpers.autodiff",
    "helpers.taylor",
    "helpers.functions.kinds.Field.gradient",
    "helpers.functions.kinds.Field.hessian",
    "helpers.functions.kinds.VectorField.jacobian",
    "helpers.functions.kinds.Path.velocity",
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
STEPS = tuple({"h": h} for h in (1e-3, 1e-4, 1e-6, 1e-7))
CUTS = (*STEPS, *({"convert": False, "h": h} for h in (1e-4, 1e-5, 1e-6)))
IN_PLACE = tuple(
    {"convert": convert, "restore": restore, "h": h}
    for convert, restore, h in product((True, False), (True, False), (1e-4, 1e-5, 1e-6))
)


def _sizes(rng: Rng, least: float, most: float, shape: Any) -> Array:
    """Numbers of a size between `least` and `most`, with random signs."""
    return np.asarray(rng.uniform(least, most, shape) * rng.choice([-1.0, 1.0], shape))


def _point(rng: Rng, n: int) -> Array:
    return np.round(_sizes(rng, 0.2, 2.0, n), 2)


def _whole(rng: Rng, n: int) -> NDArray[np.int64]:
    return np.asarray(rng.integers(1, 4, n) * rng.choice([-1, 1], n))


def _near_zero(rng: Rng, n: int) -> Array:
    """Where a steep function of this module is small, so that its rounding is small too."""
    return np.round(_sizes(rng, 0.01, 0.03, n), 4)


def _restless(rng: Rng, n: int) -> Array:
    """Numbers that rounding changes when a step is taken forward, back twice and forward again.

    The last one is for h = 1e-4, the others for 1e-3, 1e-5, 1e-6 and 1e-7: no number suits all.
    """
    x = np.round(_sizes(rng, 0.2, 2.0, 20_000), 4)
    back = {h: x + h - 2 * h + h for h in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)}
    others = np.all([back[h] != x for h in back if h != 1e-4], axis=0)
    return np.append(x[others][: n - 1], x[back[1e-4] != x][:1])


def _calm(rng: Rng, n: int) -> Function:
    """A field whose third and fourth derivatives are of order 1."""
    return functions.waves(
        amplitudes=_sizes(rng, 0.5, 1.5, 2),
        wavenumbers=_sizes(rng, 0.3, 0.8, (2, n)),
        phases=rng.uniform(-3, 3, 2),
    )


def _lively(rng: Rng) -> tuple[Function, Array]:
    """A wave, and a place where a one-sided second difference with a step of 1e-4 is not good enough."""
    k = np.round(_sizes(rng, 1.4, 1.6, (1, 2)), 2)
    x = _point(rng, 2)
    crest = float(rng.uniform(-0.3, 0.3) - k[0] @ x)
    wave = functions.waves(amplitudes=np.ones(1), wavenumbers=k, phases=np.array([crest]))
    return wave, x


def _bent(rng: Rng, n: int) -> Array:
    """A symmetric matrix of large numbers, the largest on its diagonal."""
    beside = np.triu(_sizes(rng, 8, 12, (n, n)), 1)
    return np.diag(rng.uniform(40, 60, n)) + beside + beside.T


def _steep(rng: Rng, n: int) -> Function:
    """A quadratic that bends so much that a one-sided difference shows."""
    return functions.quadratic(A=_bent(rng, n), b=np.zeros(n))


def _large(rng: Rng, n: int) -> Function:
    """A quadratic with slopes in the hundreds."""
    return functions.quadratic(A=_bent(rng, n) / 5, b=_sizes(rng, 200, 400, n), c=5.0)


def _calm_map(rng: Rng, n: int, m: int) -> Function:
    return functions.trig_map(
        A=_sizes(rng, 0.5, 1.5, (m, n)), B=_sizes(rng, 0.3, 0.8, (m, n)), c=rng.uniform(-3, 3, m)
    )


def _steep_map(rng: Rng, n: int, m: int) -> Function:
    bends = np.stack([_bent(rng, n) for _ in range(m)])
    return functions.quadratic_map(Q=bends, A=_sizes(rng, 0.5, 1.5, (m, n)), b=np.zeros(m))


def _column(function: Function, x: Array, i: int, h: float) -> Any:
    """The central difference of a field or a vector field along input i."""
    step = h * np.eye(x.size)[i]
    return (function(x + step) - function(x - step)) / (2 * h)


def _column_in_place(function: Function, x: Any, i: int, restore: bool, h: float) -> Any:
    """The same, stepping inside x itself."""
    x[i] += h
    ahead = function(x)
    x[i] -= 2 * h
    behind = function(x)
    if restore:
        x[i] += h
    return (ahead - behind) / (2 * h)


def _column_cut(function: Function, x: Any, i: int, h: float, convert: bool = True) -> Any:
    """The same, stepping in a copy that keeps whole numbers whole."""
    ahead, behind = (np.array(x), np.array(x)) if convert else (x.copy(), x.copy())
    ahead[i] += h
    behind[i] -= h
    return (function(ahead) - function(behind)) / (2 * h)


# ── partial ───────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 2, "step": 1, "any x": 1, "leaves x alone": 1},
    refuses=DIFFERENTIATORS,
    unchanged="leaves x alone",
)
def partial(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    """∂f/∂x_i at x by central difference."""
    return _column(f, np.array(x, float), i, h)


@partial.probes("value")
def partials_of_fields(rng: Rng) -> Cases:
    yield bowl, np.array([1.0, 2.0]), 0
    yield bowl, np.array([1.0, 2.0]), 1
    yield _calm(rng, 3), _point(rng, 3), 1
    yield _calm(rng, 4), _point(rng, 4), 0
    yield _calm(rng, 1), _point(rng, 1), 0
    yield _steep(rng, 3), _near_zero(rng, 3), 2
    yield _large(rng, 2), _point(rng, 2), 1


@partial.probes("step")
def partials_with_a_given_step(rng: Rng) -> Cases:
    cubic = functions.polynomial_field(
        coefficients=[1.0, 2.0, 1.0], exponents=[[3, 0], [1, 1], [0, 3]]
    )
    yield cubic, np.array([1.0, 2.0]), 0, 0.5
    yield cubic, _point(rng, 2), 1, 0.25
    yield functions.random("waves", rng, n=3), _point(rng, 3), 1, 0.1


@partial.probes("any x")
def partials_at_any_x(rng: Rng) -> Cases:
    f = _calm(rng, 3)
    yield f, _point(rng, 3).tolist(), 2
    yield f, tuple(_point(rng, 3).tolist()), 1
    yield f, _whole(rng, 3), 0
    yield f, _whole(rng, 3).tolist(), 1


@partial.probes("leaves x alone")
def partials_beside_x(rng: Rng) -> Cases:
    yield _calm(rng, 3), _restless(rng, 3), 0
    yield _calm(rng, 4), _restless(rng, 4), 2
    yield _calm(rng, 2), _restless(rng, 2).tolist(), 0


@partial.mistake(
    "You stepped forward only, so the error shrinks with h instead of with h².",
    ask="What happens to the error if you also look the same distance behind x?",
)
def partial_forward_only(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    return (f(x + h * np.eye(x.size)[i]) - f(x)) / h


@partial.mistake(
    "You divided by h, and your two points lie further apart than that.",
    ask="How far is it from x − h to x + h?",
)
def partial_divides_by_h(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return 2 * partial(f, x, i, h)


@partial.mistake(
    "Your brackets are missing: Python divided by 2 and then multiplied by h.",
    ask="In which order does Python work out a / 2 * h?",
)
def partial_without_brackets(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return h**2 * partial(f, x, i, h)


@partial.mistake(
    "You use a step of your own and pass over the h that your caller gives.",
    ask="What should change in your function when somebody calls it with h=0.5?",
)
def partial_ignores_h(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return partial(f, x, i)


@partial.mistake(
    "You moved every input at once, so you measured more than one slope.",
    ask="Which of the numbers in x stay where they are in a partial derivative?",
)
def partial_moves_everything(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    return (f(x + h) - f(x - h)) / (2 * h)


@partial.mistake(
    "You counted the inputs from 1, so a neighbour's slope came out.",
    ask="Which number of x does x[0] stand for in Python?",
)
def partial_counts_from_one(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return partial(f, x, (i - 1) % len(x), h)


@partial.mistake(
    "You took the later value from the earlier one, so the sign is turned round.",
    ask="If f grows with x_i, which of your two values is the larger?",
)
def partial_turns_the_sign(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return -partial(f, x, i, h)


@partial.mistake(
    "Your slopes are zero, because the two points that you compare are one and the same array.",
    ask="Does b = a copy an array, or does it give the same array a second name?",
)
def partial_of_one_array(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return 0.0 * partial(f, x, i)


@partial.mistake(
    "You returned the partial derivatives of all inputs.",
    ask="How many numbers does somebody want who asks for the one with index i?",
)
def partial_returns_all(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return np.array([partial(f, x, j, h) for j in range(len(x))])


@partial.mistake(
    "You stepped inside the x that you were given, and your caller's x is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=[
        {"convert": convert, "restore": restore}
        for convert, restore in product((True, False), (True, False))
    ],
)
def partial_steps_in_place(
    f: Function, x: Any, i: int, h: float = 1e-5, convert: bool = True, restore: bool = False
) -> Any:
    return _column_in_place(f, np.asarray(x, float) if convert else x, i, restore, h)


@partial.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.00001 fits into it?",
    variants=[{"convert": False}],
)
def partial_cuts_the_step(
    f: Function, x: Any, i: int, h: float = 1e-5, convert: bool = True
) -> Any:
    return _column_cut(f, x, i, h, convert)


@partial.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
)
def partial_needs_an_array(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return _column(f, x.astype(float), i, h)


@partial.mistake(
    "You stepped back only, so the error shrinks with h instead of with h².",
    ask="What happens to the error if you also look the same distance ahead of x?",
)
def partial_backward(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    return (f(x) - f(x - h * np.eye(x.size)[i])) / h


@partial.mistake(
    "You divided by 2 h, and your two points are only h apart.",
    ask="How far is it between the two points at which you call f?",
    variants=[{"ahead": 0.5}],
)
def partial_over_half_the_way(
    f: Function, x: Any, i: int, h: float = 1e-5, ahead: float = 1.0
) -> Any:
    x, step = np.array(x, float), h * np.eye(len(x))[i]
    return (f(x + ahead * step) - f(x - (1 - ahead) * step)) / (2 * h)


@partial.mistake(
    "You always move the first input, whatever i is.",
    ask="Where in your function does it matter which i the caller gives?",
)
def partial_of_the_first(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    return partial(f, x, 0, h)


@partial.style
def partial_with_copies(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    ahead, behind = [float(value) for value in x], [float(value) for value in x]
    ahead[i] += h
    behind[i] -= h
    return float((f(np.array(ahead)) - f(np.array(behind))) / (2 * h))


@partial.style
def partial_put_back(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    x = np.array(x, dtype=np.float64)
    old = x[i]
    x[i] = old + h
    ahead = f(x)
    x[i] = old - h
    slope = (ahead - f(x)) / h / 2
    x[i] = old
    return np.array(slope)


@partial.style
def partial_in_one_line(f: Function, x: Any, i: int, h: float = 1e-5) -> Any:
    e = np.arange(len(x)) == i
    return (f(np.asarray(x) + h * e) - f(np.asarray(x) - h * e)) / (2 * h)


@partial.style
def partial_with_another_default(f: Function, x: Any, i: int, h: float = 1e-3) -> Any:
    return np.float32(_column(f, np.array(x, float), i, h))


# ── gradient ──────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 2, "shape": 1, "any x": 1, "leaves x alone": 1},
    refuses=DIFFERENTIATORS,
    unchanged="leaves x alone",
)
def gradient(f: Function, x: Any) -> Any:
    """All partial derivatives of a scalar function, shape (n,)."""
    return _gradient(f, np.array(x, float), 1e-5)


def _gradient(f: Function, x: Array, h: float) -> Array:
    return np.array([_column(f, x, i, h) for i in range(x.size)])


@gradient.probes("value")
def gradients_of_fields(rng: Rng) -> Cases:
    yield bowl, np.array([1.0, 2.0])
    yield saddle, _point(rng, 2)
    yield _calm(rng, 2), _point(rng, 2)
    yield _calm(rng, 3), _point(rng, 3)
    yield _steep(rng, 2), _near_zero(rng, 2)
    yield _large(rng, 3), _point(rng, 3)


@gradient.probes("shape")
def gradients_of_any_length(rng: Rng) -> Cases:
    for n in (1, 4, 7):
        yield _calm(rng, n), _point(rng, n)


@gradient.probes("any x")
def gradients_at_any_x(rng: Rng) -> Cases:
    f = _calm(rng, 3)
    yield f, _point(rng, 3).tolist()
    yield f, tuple(_point(rng, 3).tolist())
    yield f, _whole(rng, 3)
    yield f, _whole(rng, 3).tolist()


@gradient.probes("leaves x alone")
def gradients_beside_x(rng: Rng) -> Cases:
    yield _calm(rng, 2), _restless(rng, 2)
    yield _calm(rng, 4), _restless(rng, 4)
    yield _calm(rng, 3), _restless(rng, 3).tolist()


@gradient.mistake(
    "You stepped to one side only, so half of your digits are lost.",
    ask="What happens to the error if you also step the other way?",
    variants=[*STEPS, *({"h": -step["h"]} for step in STEPS), {"h": -1e-5}],
)
def gradient_one_sided(f: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    return np.array([(f(x + h * e) - f(x)) / h for e in np.eye(x.size)])


@gradient.mistake(
    "You divided by h, but one step forward and one step back make a longer way.",
    ask="How far apart are the two points at which you call f?",
)
def gradient_divides_by_h(f: Function, x: Any) -> Any:
    return 2 * gradient(f, x)


@gradient.mistake(
    "Your brackets are missing: Python divided by 2 and then multiplied by h.",
    ask="In which order does Python work out a / 2 * h?",
    variants=STEPS,
)
def gradient_without_brackets(f: Function, x: Any, h: float = 1e-5) -> Any:
    return h**2 * gradient(f, x)


@gradient.mistake(
    "You added the partial derivatives together.",
    ask="How many numbers should a gradient of three inputs have?",
)
def gradient_sums_the_partials(f: Function, x: Any) -> Any:
    return gradient(f, x).sum()


@gradient.mistake(
    "You moved all inputs together, so every entry is the same.",
    ask="What tells the first entry of a gradient from the second?",
)
def gradient_moves_everything(f: Function, x: Any) -> Any:
    return np.full(len(x), gradient(f, x).sum())


@gradient.mistake(
    "You did not go back to x before you stepped along the next input.",
    ask="Where are you standing when the second partial derivative begins?",
    variants=[*STEPS[:3], {"h": 0.0}],
)
def gradient_walks_on(f: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    if h == 0:  # two copies, one that walks forward and one that walks back
        return np.cumsum(_gradient(f, x, 1e-5))
    return np.array([_column_in_place(f, x, i, False, h) for i in range(x.size)])


@gradient.mistake(
    "Your slopes are zero, because the two points that you compare are one and the same array.",
    ask="Does b = a copy an array, or does it give the same array a second name?",
)
def gradient_of_one_array(f: Function, x: Any) -> Any:
    return 0.0 * gradient(f, x)


@gradient.mistake(
    "Your function works for two inputs and no other number of them.",
    ask="Where does your code say how many inputs there are?",
)
def gradient_of_two_inputs(f: Function, x: Any) -> Any:
    x = np.array(x, float)
    return np.array([_column(f, x, 0, 1e-5), _column(f, x, 1, 1e-5)])


@gradient.mistake(
    "You shortened the gradient to length 1 and kept only its direction.",
    ask="What does the length of a gradient tell someone who stands on the hill?",
)
def gradient_of_length_one(f: Function, x: Any) -> Any:
    slopes = gradient(f, x)
    return slopes / np.linalg.norm(slopes)


@gradient.mistake(
    "Your arrow points downhill.",
    ask="Which of your two values of f do you take away from the other?",
)
def gradient_points_downhill(f: Function, x: Any) -> Any:
    return -gradient(f, x)


@gradient.mistake(
    "You returned a table with one row or one column instead of a plain vector.",
    ask="What does .shape say about your answer, and what does the exercise ask for?",
    variants=[{"shape": (1, -1)}],
)
def gradient_as_a_table(f: Function, x: Any, shape: tuple[int, int] = (-1, 1)) -> Any:
    return gradient(f, x).reshape(shape)


@gradient.mistake(
    "You stepped inside the x that you were given, and your caller's x is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=IN_PLACE,
)
def gradient_steps_in_place(
    f: Function, x: Any, convert: bool = True, restore: bool = True, h: float = 1e-5
) -> Any:
    x = np.asarray(x, float) if convert else x
    return np.array([_column_in_place(f, x, i, restore, h) for i in range(len(x))])


@gradient.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.00001 fits into it?",
    variants=CUTS,
)
def gradient_cuts_the_step(f: Function, x: Any, h: float = 1e-5, convert: bool = True) -> Any:
    return np.array([_column_cut(f, x, i, h, convert) for i in range(len(x))])


@gradient.mistake(
    "You made room for the answer with the number type of x, and that cut your slopes off.",
    ask="What does np.zeros_like give for an x of whole numbers?",
)
def gradient_cuts_the_slopes(f: Function, x: Any) -> Any:
    slopes = np.zeros_like(x)
    slopes[:] = gradient(f, x)
    return slopes


@gradient.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
)
def gradient_needs_an_array(f: Function, x: Any) -> Any:
    return gradient(f, x.astype(float))


@gradient.mistake(
    "You handed your answer back inside the loop, after the first input.",
    ask="How far is your return indented, and when is it reached?",
)
def gradient_returns_too_soon(f: Function, x: Any) -> Any:
    first = gradient(f, x)
    first[1:] = 0.0
    return first


@gradient.mistake(
    "You kept the partial derivative of one input and lost the others.",
    ask="Where do you put the first number while the loop works out the second?",
    variants=[{"which": 0}],
)
def gradient_of_one_input(f: Function, x: Any, which: int = -1) -> Any:
    return gradient(f, x)[which]


@gradient.mistake(
    "You returned how long the gradient is, and its direction is lost.",
    ask="How many numbers does it take to say which way is uphill?",
)
def gradient_length(f: Function, x: Any) -> Any:
    return np.linalg.norm(gradient(f, x))


@gradient.mistake(
    "Your step is so small that rounding eats the digits of the difference.",
    ask="f is known to 16 digits: how many do f(x + h) and f(x − h) have in common?",
    variants=[{"h": h} for h in (1e-10, 1e-11, 1e-13)],
)
def gradient_drowned_by_rounding(f: Function, x: Any, h: float = 1e-12) -> Any:
    return _gradient(f, np.array(x, float), h)


@gradient.mistake(
    "Your step is so long that the curve shows.",
    ask="What happens to the error when you make h ten times smaller?",
    variants=[{"h": 0.01}],
)
def gradient_with_a_long_step(f: Function, x: Any, h: float = 0.1) -> Any:
    return _gradient(f, np.array(x, float), h)


@gradient.style
def gradient_by_a_loop(f: Function, x: Any) -> Any:
    h = 1e-6
    slopes = []
    for i in range(len(x)):
        ahead, behind = [float(v) for v in x], [float(v) for v in x]
        ahead[i] += h
        behind[i] -= h
        slopes.append((f(np.array(ahead)) - f(np.array(behind))) / (2 * h))
    return slopes


@gradient.style
def gradient_as_a_tuple(f: Function, x: Any) -> Any:
    point = np.array(x, float)
    return tuple(float(_column(f, point, i, 1e-4)) for i in range(len(x)))


@gradient.style
def gradient_in_single_precision(f: Function, x: Any) -> Any:
    return _gradient(f, np.array(x, float), 1e-3).astype(np.float32)


@gradient.style
def gradient_with_a_tiny_step(f: Function, x: Any) -> Any:
    return _gradient(f, np.array(x, float), 1e-7)


@gradient.style
def gradient_by_five_points(f: Function, x: Any) -> Any:
    x, h = np.array(x, float), 1e-3
    near, far = _gradient(f, x, h), _gradient(f, x, 2 * h)
    return (4 * near - far) / 3


@gradient.style
def gradient_with_a_step_for_each_input(f: Function, x: Any) -> Any:
    x = np.asarray(x, dtype=float)
    h = 1e-5 * np.maximum(1, np.abs(x))
    rows = np.diag(h)
    return np.array([f(x + row) - f(x - row) for row in rows]) / (2 * h)


@gradient.style
def gradient_that_puts_back(f: Function, x: Any) -> Any:
    work, slopes = np.array(x, float), np.empty(len(x))
    for i, old in enumerate(work.copy()):
        work[i] = old + 1e-5
        slopes[i] = f(work)
        work[i] = old - 1e-5
        slopes[i] -= f(work)
        work[i] = old
    return slopes / 2e-5


# ── gradient_by_hand ──────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "zeros": 1}, refuses=DIFFERENTIATORS)
def gradient_by_hand(x: float, y: float, z: float) -> Any:
    """The partial derivatives of x²·y·exp(−z) + sin(x z)."""
    return _by_hand(x, y, z)


def _by_hand(
    x: float, y: float, z: float, twice: float = 2.0, sine: float = 1.0, minus: float = -1.0
) -> Array:
    """The three partials with factors that a slip may spoil."""
    fade, slope = np.exp(-z), sine * np.cos(x * z)
    return np.array(
        [twice * x * y * fade + z * slope, x**2 * fade, minus * x**2 * y * fade + x * slope]
    )


@gradient_by_hand.probes("value")
def three_numbers(rng: Rng) -> Cases:
    yield 1.0, 2.0, 0.5
    yield 2, -1, 1
    for _ in range(3):
        yield tuple(_point(rng, 3).tolist())


@gradient_by_hand.probes("zeros")
def three_numbers_with_zeros(rng: Rng) -> Cases:
    x, y, z = _point(rng, 3).tolist()
    yield 0.0, 0.0, 0.0
    yield x, y, 0.0
    yield 0.0, y, z
    yield x, 0.0, z


@gradient_by_hand.mistake(
    "You lost the minus sign that comes with exp(−z).",
    ask="Does exp(−z) grow or shrink as z grows?",
)
def by_hand_without_the_minus(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z, minus=1.0)


@gradient_by_hand.mistake(
    "You differentiated the sine, but not what stands inside it.",
    ask="How fast does x z change when only one of the two moves?",
    variants=[{"along": (0,)}, {"along": (2,)}],
)
def by_hand_without_the_inside(x: float, y: float, z: float, along: Any = (0, 2)) -> Any:
    right, bare_cosine = _by_hand(x, y, z), _by_hand(x, y, z, sine=0.0) + np.cos(x * z)
    return np.array([bare_cosine[i] if i in along else right[i] for i in range(3)])


@gradient_by_hand.mistake(
    "You multiplied the cosine by the variable that moves, not by the one that is held.",
    ask="With z held constant, what is the slope of x z as x moves?",
)
def by_hand_with_the_factors_swapped(x: float, y: float, z: float) -> Any:
    slopes = _by_hand(x, y, z, sine=0.0)
    return slopes + np.cos(x * z) * np.array([x, 0.0, z])


@gradient_by_hand.mistake(
    "You gave the derivative of the sine a minus sign.",
    ask="Does sin rise or fall as it leaves 0?",
)
def by_hand_with_a_falling_sine(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z, sine=-1.0)


@gradient_by_hand.mistake(
    "You left the sine out, as if it were a constant.",
    ask="Which of the three letters occur in sin(x z)?",
)
def by_hand_without_the_sine(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z, sine=0.0)


@gradient_by_hand.mistake(
    "You lowered the power of x², and the factor that comes down with it is missing.",
    ask="What is the slope of x² at x = 3, and what does your rule give there?",
)
def by_hand_without_the_two(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z, twice=1.0)


@gradient_by_hand.mistake(
    "You kept y in the derivative with respect to y.",
    ask="What is the slope of 5 y, as y moves?",
)
def by_hand_with_y_kept(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z) * np.array([1.0, y, 1.0])


@gradient_by_hand.mistake(
    "You added the three partial derivatives together.",
    ask="How many numbers does a gradient of three inputs have?",
)
def by_hand_added_up(x: float, y: float, z: float) -> Any:
    return _by_hand(x, y, z).sum()


@gradient_by_hand.mistake(
    "You took the angle of the cosine for degrees.",
    ask="In which unit does np.cos measure an angle?",
    variants=[{"unit": np.degrees(1.0)}],
)
def by_hand_in_degrees(x: float, y: float, z: float, unit: float = np.radians(1.0)) -> Any:
    return _by_hand(x, y, z, sine=0.0) + np.cos(unit * x * z) * np.array([z, 0.0, x])


@gradient_by_hand.style
def by_hand_as_a_list(x: float, y: float, z: float) -> Any:
    return [
        2 * x * y * np.exp(-z) + np.cos(x * z) * z,
        x * x * np.exp(-z),
        -(x**2) * y / np.exp(z) + np.cos(z * x) * x,
    ]


@gradient_by_hand.style
def by_hand_as_a_tuple_of_floats(x: float, y: float, z: float) -> Any:
    dx, dy, dz = _by_hand(x, y, z)
    return float(dx), float(dy), float(dz)


@gradient_by_hand.style
def by_hand_in_single_precision(x: float, y: float, z: float) -> Any:
    return np.array(_by_hand(x, y, z), dtype=np.float32)


# ── jacobian ──────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 2, "shape": 2, "any x": 1, "leaves x alone": 1},
    refuses=DIFFERENTIATORS,
    unchanged="leaves x alone",
)
def jacobian(F: Function, x: Any) -> Any:
    """One row per output and one column per input, shape (m, n)."""
    return _jacobian(F, np.array(x, float), 1e-5)


def _jacobian(F: Function, x: Array, h: float) -> Array:
    return np.stack([_column(F, x, i, h) for i in range(x.size)], axis=1)


@jacobian.probes("value")
def jacobians_of_square_maps(rng: Rng) -> Cases:
    yield polar, np.array([2.0, 0.5])
    yield _calm_map(rng, 2, 2), _point(rng, 2)
    yield _calm_map(rng, 3, 3), _point(rng, 3)
    yield _steep_map(rng, 2, 2), _near_zero(rng, 2)
    yield functions.affine(A=_sizes(rng, 200, 400, (2, 2)), b=[1.0, 2.0]), _point(rng, 2)


@jacobian.probes("shape")
def jacobians_of_other_shapes(rng: Rng) -> Cases:
    for n, m in ((3, 2), (2, 3), (1, 2), (3, 1), (1, 1)):
        yield _calm_map(rng, n, m), _point(rng, n)


@jacobian.probes("any x")
def jacobians_at_any_x(rng: Rng) -> Cases:
    F = _calm_map(rng, 2, 2)
    yield F, _point(rng, 2).tolist()
    yield F, tuple(_point(rng, 2).tolist())
    yield F, _whole(rng, 2)
    yield F, _whole(rng, 2).tolist()


@jacobian.probes("leaves x alone")
def jacobians_beside_x(rng: Rng) -> Cases:
    yield _calm_map(rng, 2, 2), _restless(rng, 2)
    yield _calm_map(rng, 3, 3), _restless(rng, 3)
    yield _calm_map(rng, 2, 2), _restless(rng, 2).tolist()


@jacobian.mistake(
    "Your rows and columns have changed places.",
    ask="Along which direction of the matrix does the input change: down or across?",
)
def jacobian_transposed(F: Function, x: Any) -> Any:
    return jacobian(F, x).T


@jacobian.mistake(
    "You stepped to one side only, so half of your digits are lost.",
    ask="What happens to the error if you also step the other way?",
    variants=[*STEPS, {"h": -1e-5}],
)
def jacobian_one_sided(F: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    return np.stack([(F(x + h * e) - F(x)) / h for e in np.eye(x.size)], axis=1)


@jacobian.mistake(
    "You divided by h, but one step forward and one step back make a longer way.",
    ask="How far apart are the two points at which you call F?",
)
def jacobian_divides_by_h(F: Function, x: Any) -> Any:
    return 2 * jacobian(F, x)


@jacobian.mistake(
    "Your brackets are missing: Python divided by 2 and then multiplied by h.",
    ask="In which order does Python work out a / 2 * h?",
    variants=STEPS,
)
def jacobian_without_brackets(F: Function, x: Any, h: float = 1e-5) -> Any:
    return h**2 * jacobian(F, x)


@jacobian.mistake(
    "You made room for as many rows as there are inputs.",
    ask="How many outputs does F have, and how could you find out?",
)
def jacobian_square_only(F: Function, x: Any) -> Any:
    columns = jacobian(F, x).T
    J = np.zeros((len(columns), len(columns)))
    for i, column in enumerate(columns):
        J[:, i] = column
    return J


@jacobian.mistake(
    "You differentiated the first output and left the others out.",
    ask="Which row of the matrix belongs to the second output?",
    variants=[{"rows": slice(0, 1)}],
)
def jacobian_of_the_first_output(F: Function, x: Any, rows: Any = 0) -> Any:
    return jacobian(F, x)[rows]


@jacobian.mistake(
    "You added the outputs together before you differentiated.",
    ask="How would you tell from your answer which output moved?",
)
def jacobian_of_the_sum(F: Function, x: Any) -> Any:
    return jacobian(F, x).sum(axis=0)


@jacobian.mistake(
    "Your slopes are zero, because the two points that you compare are one and the same array.",
    ask="Does b = a copy an array, or does it give the same array a second name?",
)
def jacobian_of_one_array(F: Function, x: Any) -> Any:
    return 0.0 * jacobian(F, x)


@jacobian.mistake(
    "Your matrix loses a dimension when it has one row or one column.",
    ask="What shape is asked for when F has a single output?",
)
def jacobian_squeezed(F: Function, x: Any) -> Any:
    return np.squeeze(jacobian(F, x))


@jacobian.mistake(
    "You did not go back to x before you stepped along the next input.",
    ask="Where are you standing when the second column begins?",
    variants=[*STEPS[:3], {"h": 0.0}],
)
def jacobian_walks_on(F: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    if h == 0:  # two copies, one that walks forward and one that walks back
        return np.cumsum(jacobian(F, x), axis=1)
    return np.stack([_column_in_place(F, x, i, False, h) for i in range(x.size)], axis=1)


@jacobian.mistake(
    "You stepped inside the x that you were given, and your caller's x is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=IN_PLACE,
)
def jacobian_steps_in_place(
    F: Function, x: Any, convert: bool = True, restore: bool = True, h: float = 1e-5
) -> Any:
    x = np.asarray(x, float) if convert else x
    return np.stack([_column_in_place(F, x, i, restore, h) for i in range(len(x))], axis=1)


@jacobian.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.00001 fits into it?",
    variants=CUTS,
)
def jacobian_cuts_the_step(F: Function, x: Any, h: float = 1e-5, convert: bool = True) -> Any:
    return np.stack([_column_cut(F, x, i, h, convert) for i in range(len(x))], axis=1)


@jacobian.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
)
def jacobian_needs_an_array(F: Function, x: Any) -> Any:
    return jacobian(F, x.astype(float))


@jacobian.mistake(
    "You returned all the numbers in one long row, and their places are lost.",
    ask="Which two numbers tell where a slope stands in the matrix?",
)
def jacobian_flattened(F: Function, x: Any) -> Any:
    return jacobian(F, x).ravel()


@jacobian.mistake(
    "You changed the shape with reshape, which moves no slope to its place.",
    ask="What does reshape do with [[1, 2, 3], [4, 5, 6]], and what does .T do?",
)
def jacobian_reshaped(F: Function, x: Any) -> Any:
    J = jacobian(F, x)
    return J.T.reshape(J.shape)


@jacobian.mistake(
    "Your step is so small that rounding eats the digits of the difference.",
    ask="F is known to 16 digits: how many do F(x + h) and F(x − h) have in common?",
    variants=[{"h": h} for h in (1e-10, 1e-11, 1e-13)],
)
def jacobian_drowned_by_rounding(F: Function, x: Any, h: float = 1e-12) -> Any:
    return _jacobian(F, np.array(x, float), h)


@jacobian.mistake(
    "Your step is so long that the curve shows.",
    ask="What happens to the error when you make h ten times smaller?",
    variants=[{"h": 0.01}],
)
def jacobian_with_a_long_step(F: Function, x: Any, h: float = 0.1) -> Any:
    return _jacobian(F, np.array(x, float), h)


@jacobian.style
def jacobian_from_columns(F: Function, x: Any) -> Any:
    x = np.array(x, float)
    return np.array([_column(F, x, i, 1e-6) for i in range(len(x))]).T


@jacobian.style
def jacobian_as_lists(F: Function, x: Any) -> Any:
    x = [float(v) for v in x]
    rows: list[list[float]] = [[] for _ in F(np.array(x))]
    for i in range(len(x)):
        for row, slope in zip(rows, _column(F, np.array(x), i, 1e-4), strict=True):
            row.append(float(slope))
    return rows


@jacobian.style
def jacobian_one_gradient_per_row(F: Function, x: Any) -> Any:
    x = np.asarray(x, dtype=float)

    def output(j: int) -> Function:
        return lambda at: F(at)[j]

    return tuple(_gradient(output(j), x, 1e-5) for j in range(F(x).size))


@jacobian.style
def jacobian_filled(F: Function, x: Any) -> Any:
    x = np.array(x, float)
    J = np.zeros((len(F(x)), len(x)), dtype=np.float32)
    for i in range(len(x)):
        J[:, i] = _column(F, x, i, 1e-3)
    return J


@jacobian.style
def jacobian_by_einsum(F: Function, x: Any) -> Any:
    x, h = np.array(x, float), 1e-7
    ahead = np.array([F(x + h * e) for e in np.eye(x.size)])
    behind = np.array([F(x - h * e) for e in np.eye(x.size)])
    return np.einsum("im->mi", ahead - behind) / (2 * h)


# ── hessian ───────────────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 3, "shape": 1, "any x": 1, "leaves x alone": 1},
    rtol=1e-4,
    refuses=DIFFERENTIATORS,
    unchanged="leaves x alone",
)
def hessian(f: Function, x: Any) -> Any:
    """All second derivatives, shape (n, n), symmetric."""
    return _hessian(f, np.array(x, float), 1e-4)


def _corners(f: Function, x: Array, i: int, j: int, h: float) -> Any:
    """f at the four corners around x, with the signs of a mixed difference."""
    a, b = h * np.eye(x.size)[[i, j]]
    return f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)


def _hessian(f: Function, x: Array, h: float) -> Array:
    n = x.size
    H = np.empty((n, n))
    for i, j in product(range(n), repeat=2):
        H[i, j] = _corners(f, x, min(i, j), max(i, j), h) / (4 * h**2)
    return H


@hessian.probes("value")
def hessians_of_fields(rng: Rng) -> Cases:
    yield valley, np.array([1.0, 2.0])
    yield bowl, _point(rng, 2)
    yield _calm(rng, 2), _point(rng, 2)
    yield _calm(rng, 3), _point(rng, 3)
    yield _steep(rng, 2), 5 * _near_zero(rng, 2)
    yield _lively(rng)


@hessian.probes("shape")
def hessians_of_any_size(rng: Rng) -> Cases:
    for n in (1, 4):
        yield _calm(rng, n), _point(rng, n)


@hessian.probes("any x")
def hessians_at_any_x(rng: Rng) -> Cases:
    f = _calm(rng, 2)
    yield f, _point(rng, 2).tolist()
    yield f, tuple(_point(rng, 2).tolist())
    yield f, _whole(rng, 2)
    yield f, _whole(rng, 2).tolist()


@hessian.probes("leaves x alone")
def hessians_beside_x(rng: Rng) -> Cases:
    yield _calm(rng, 2), _restless(rng, 2)
    yield _calm(rng, 3), _restless(rng, 3)
    yield _calm(rng, 2), _restless(rng, 2).tolist()


@hessian.mistake(
    "You filled the diagonal and left the mixed derivatives at zero.",
    ask="Does the slope along x change when you take a step along y?",
)
def hessian_diagonal_only(f: Function, x: Any) -> Any:
    return np.diag(np.diag(hessian(f, x)))


@hessian.mistake(
    "Your mixed derivatives come out too large: you divided the four corners by the wrong area.",
    ask="How long and how wide is the rectangle that the four corners make?",
    variants=[{"factor": 2.0}],
)
def hessian_wrong_area(f: Function, x: Any, factor: float = 4.0) -> Any:
    H = hessian(f, x)
    return factor * H - (factor - 1) * np.diag(np.diag(H))


@hessian.mistake(
    "Your brackets are missing: Python divided by 4 and then multiplied by h².",
    ask="In which order does Python work out a / 4 * h**2?",
    variants=[{"h": h} for h in (1e-3, 1e-5)],
)
def hessian_without_brackets(f: Function, x: Any, h: float = 1e-4) -> Any:
    return h**4 * hessian(f, x)


@hessian.mistake(
    "You divided by the step once, where a second derivative needs it twice.",
    ask="By what do you divide to get a slope, and by what to get the slope of slopes?",
    variants=[{"h": h} for h in (1e-3, 1e-5, 1e-6)],
)
def hessian_divides_once(f: Function, x: Any, h: float = 1e-4) -> Any:
    return h * hessian(f, x)


@hessian.mistake(
    "You added the second derivatives together to a single number.",
    ask="How many pairs of inputs are there when f has two of them?",
    variants=[{"everything": True}],
)
def hessian_added_up(f: Function, x: Any, everything: bool = False) -> Any:
    H = hessian(f, x)
    return H.sum() if everything else np.trace(H)


@hessian.mistake(
    "You filled one half of the matrix and left the other at zero.",
    ask="What do you know about the derivative along y, then x, once you have it along x, then y?",
    variants=[{"lower": True}],
)
def hessian_one_half(f: Function, x: Any, lower: bool = False) -> Any:
    return np.tril(hessian(f, x)) if lower else np.triu(hessian(f, x))


@hessian.mistake(
    "You multiplied first derivatives with each other, which is not a second derivative.",
    ask="What should the Hessian of a sloping plane be?",
)
def hessian_of_products(f: Function, x: Any) -> Any:
    slopes = gradient(f, x)
    return np.outer(slopes, slopes)


@hessian.mistake(
    "You returned first derivatives: the slopes and not how they change.",
    ask="Which function do you have to differentiate to get a second derivative?",
    variants=[{"diagonal": True}],
)
def hessian_of_slopes(f: Function, x: Any, diagonal: bool = False) -> Any:
    return np.diag(gradient(f, x)) if diagonal else gradient(f, x)


@hessian.mistake(
    "Your second derivatives have the opposite sign.",
    ask="Is the second derivative of a bowl positive or negative?",
)
def hessian_turned_round(f: Function, x: Any) -> Any:
    return -hessian(f, x)


@hessian.mistake(
    "Your step is so small that rounding drowns the second difference.",
    ask="f is known to 16 digits: how many of them are left after you divide by h twice?",
    variants=[{"h": 1e-7}, {"h": 1e-9}],
)
def hessian_of_rounding(f: Function, x: Any, h: float = 1e-8) -> Any:
    return _hessian(f, np.array(x, float), h)


@hessian.mistake(
    "You stepped inside the x that you were given, and your caller's x is no longer the same.",
    ask="What could you step in instead, so that your caller notices nothing?",
    variants=[
        {"convert": convert, "h": h} for convert, h in product((True, False), (1e-3, 1e-4, 1e-5))
    ],
)
def hessian_steps_in_place(f: Function, x: Any, convert: bool = True, h: float = 1e-4) -> Any:
    x = np.asarray(x, float) if convert else x

    def slopes(at: Any) -> Array:
        return np.array([_column_in_place(f, at, j, True, h) for j in range(len(at))])

    return np.array([_column_in_place(slopes, x, i, True, h) for i in range(len(x))])


@hessian.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.0001 fits into it?",
    variants=[{"h": 1e-3}, {"h": 1e-5}],
)
def hessian_cuts_the_step(f: Function, x: Any, h: float = 1e-4) -> Any:
    x = np.array(x)

    def moved(i: int, by: float, j: int, more: float) -> Any:
        at = x.copy()
        at[i] += by
        at[j] += more
        return f(at)

    corners = [(h, h, 1), (h, -h, -1), (-h, h, -1), (-h, -h, 1)]
    H = np.empty((x.size, x.size))
    for i, j in product(range(x.size), repeat=2):
        H[i, j] = sum(sign * moved(i, a, j, b) for a, b, sign in corners) / (4 * h**2)
    return H


@hessian.mistake(
    "You treat x as an array, and it may come as a list or a tuple.",
    ask="What turns a list, a tuple or an array of whole numbers into an array of floats?",
)
def hessian_needs_an_array(f: Function, x: Any) -> Any:
    return hessian(f, x.astype(float))


@hessian.mistake(
    "All your second derivatives come out too large by one and the same factor.",
    ask="What does your function give for the second derivative of x², which is 2?",
    variants=[{"factor": 4.0}],
)
def hessian_too_large(f: Function, x: Any, factor: float = 2.0) -> Any:
    return factor * hessian(f, x)


@hessian.mistake(
    "You stepped to one side only, and with a step so long that it shows.",
    ask="Which two of your points lie on either side of x?",
    variants=[{"h": 1e-3}, {"h": -1e-4}],
)
def hessian_one_sided(f: Function, x: Any, h: float = 1e-4) -> Any:
    x = np.array(x, float)
    e = h * np.eye(x.size)
    H = [[f(x + a + b) - f(x + a) - f(x + b) + f(x) for a in e] for b in e]
    return np.array(H) / h**2


@hessian.style
def hessian_of_gradients(f: Function, x: Any) -> Any:
    x, h = np.array(x, float), 1e-4
    H = [
        (_gradient(f, x + h * e, h) - _gradient(f, x - h * e, h)) / (2 * h) for e in np.eye(x.size)
    ]
    return (np.array(H) + np.array(H).T) / 2


@hessian.style
def hessian_by_three_points(f: Function, x: Any) -> Any:
    x, h = np.array(x, float), 1e-5
    H = _hessian(f, x, h)
    for i, e in enumerate(h * np.eye(x.size)):
        H[i, i] = (f(x + e) - 2 * f(x) + f(x - e)) / h**2
    return H


@hessian.style
def hessian_with_a_long_step(f: Function, x: Any) -> Any:
    return _hessian(f, np.array(x, float), 1e-3).tolist()


@hessian.style
def hessian_with_four_calls_forward(f: Function, x: Any) -> Any:
    x, h = np.array(x, float), 1e-5
    e = h * np.eye(x.size)
    middle = f(x)
    H = [[f(x + a + b) - f(x + a) - f(x + b) + middle for a in e] for b in e]
    return np.array(H) / h**2


@hessian.style
def hessian_in_single_precision(f: Function, x: Any) -> Any:
    return np.float32(_jacobian(lambda at: _gradient(f, at, 1e-4), np.array(x, float), 1e-4))


# ── total_derivative ──────────────────────────────────────────────────────────────────


@exercise(points={"value": 3, "any path": 1}, refuses=DIFFERENTIATORS)
def total_derivative(f: Function, path: Function, t: float) -> Any:
    """d/dt f(path(t)): the gradient along the way, times the velocity."""
    return _gradient(f, np.array(path(t), float), 1e-5) @ _velocity(path, t)


def _velocity(path: Function, t: float) -> Any:
    return (path(t + 1e-5) - path(t - 1e-5)) / 2e-5


def _gentle_path(rng: Rng, n: int) -> Function:
    return functions.lissajous(
        amplitudes=_sizes(rng, 0.5, 1.0, n),
        frequencies=_sizes(rng, 0.4, 0.8, n),
        phases=rng.uniform(-3, 3, n),
    )


def _line(points: Any, velocities: Any) -> Function:
    return functions.polynomial_path(coefficients=np.stack([points, velocities], axis=1))


def _time(rng: Rng) -> float:
    return float(np.round(rng.uniform(-2, 2), 2))


def _drift(rng: Rng, n: int) -> Function:
    """A field whose slopes all have a size of at least 0.1, so that none of them hides."""
    signs = rng.choice([-1.0, 1.0], n)
    return functions.quadratic(
        A=np.diag(rng.uniform(0.1, 0.3, n)), b=signs * rng.uniform(1, 2, n), c=1.0
    )


@total_derivative.probes("value")
def walks_over_fields(rng: Rng) -> Cases:
    yield bowl, _line([1.0, 2.0], [2.0, -1.0]), 0.0
    yield _drift(rng, 2), _gentle_path(rng, 2), _time(rng)
    yield _calm(rng, 2), _gentle_path(rng, 2), _time(rng)
    yield _drift(rng, 3), functions.helix, _time(rng)
    yield _steep(rng, 2), _line(_near_zero(rng, 2), _sizes(rng, 0.9, 1.5, 2)), 0.0


@total_derivative.probes("any path")
def walks_of_other_kinds(rng: Rng) -> Cases:
    yield _drift(rng, 1), _gentle_path(rng, 1), _time(rng)
    yield _drift(rng, 4), _gentle_path(rng, 4), 1
    yield _drift(rng, 2), _line(_point(rng, 2), _sizes(rng, 2.0, 4.0, 2)), 0
    yield _drift(rng, 2), _line(_point(rng, 2), np.zeros(2)), _time(rng)


@total_derivative.mistake(
    "You added the slopes and forgot how fast the path moves.",
    ask="What changes if you walk the same path twice as fast?",
)
def total_without_velocity(f: Function, path: Function, t: float) -> Any:
    return _gradient(f, path(t), 1e-5).sum()


@total_derivative.mistake(
    "You took the gradient at the number t, not at the place where the path is then.",
    ask="Where do you stand on the hill at time t?",
)
def total_at_the_wrong_place(f: Function, path: Function, t: float) -> Any:
    velocity = _velocity(path, t)
    return _gradient(f, np.full(velocity.size, float(t)), 1e-5) @ velocity


@total_derivative.mistake(
    "You multiplied slopes and velocities in pairs and stopped there.",
    ask="How many numbers tell how fast the height changes with time?",
)
def total_not_summed(f: Function, path: Function, t: float) -> Any:
    return _gradient(f, path(t), 1e-5) * _velocity(path, t)


@total_derivative.mistake(
    "You followed the first input and held the others still.",
    ask="Which inputs of f move while t passes?",
)
def total_of_the_first_input(f: Function, path: Function, t: float) -> Any:
    return _gradient(f, path(t), 1e-5)[0] * _velocity(path, t)[0]


@total_derivative.mistake(
    "You returned how the path moves and left the hill out.",
    ask="Would your answer be different on flat ground?",
    variants=[{"speed": True}, {"vector": True}],
)
def total_of_the_path_alone(
    f: Function, path: Function, t: float, speed: bool = False, vector: bool = False
) -> Any:
    velocity = _velocity(path, t)
    if vector:
        return velocity
    return np.linalg.norm(velocity) if speed else velocity.sum()


@total_derivative.mistake(
    "You returned the height at time t, not its rate of change.",
    ask="What does your function give on flat ground, and what should it give?",
)
def total_of_nothing(f: Function, path: Function, t: float) -> Any:
    return f(path(t))


@total_derivative.mistake(
    "You measured the slope per metre of the way, not per second.",
    ask="Does the height change faster when you run along the same path?",
)
def total_per_metre(f: Function, path: Function, t: float) -> Any:
    speed = np.linalg.norm(_velocity(path, t))
    return total_derivative(f, path, t) / speed if speed > 0 else 0.0


@total_derivative.mistake(
    "Your brackets are missing: Python divided by 2 and then multiplied by h.",
    ask="In which order does Python work out a / 2 * h?",
    variants=STEPS,
)
def total_without_brackets(f: Function, path: Function, t: float, h: float = 1e-5) -> Any:
    return h**2 * total_derivative(f, path, t)


@total_derivative.mistake(
    "You stepped to one side in time only, so half of your digits are lost.",
    ask="What happens to the error if you also look a moment back?",
    variants=[*STEPS, {"h": -1e-5}],
)
def total_one_sided(f: Function, path: Function, t: float, h: float = 1e-5) -> Any:
    return (f(path(t + h)) - f(path(t))) / h


@total_derivative.mistake(
    "You divided by h, but from a moment before to a moment after takes longer.",
    ask="How much time passes between t − h and t + h?",
)
def total_divides_by_h(f: Function, path: Function, t: float) -> Any:
    return 2 * total_derivative(f, path, t)


@total_derivative.mistake(
    "You returned the gradient at the place where the path is, and the path's velocity is missing.",
    ask="How many numbers tell how fast the height changes with time?",
)
def total_gradient_alone(f: Function, path: Function, t: float) -> Any:
    return _gradient(f, path(t), 1e-5)


@total_derivative.mistake(
    "You multiplied the slopes by where the path is, not by how fast it moves.",
    ask="What should come out while the path stands still?",
)
def total_with_the_place(f: Function, path: Function, t: float) -> Any:
    return _gradient(f, path(t), 1e-5) @ path(t)


@total_derivative.style
def total_by_a_difference_in_time(f: Function, path: Function, t: float) -> Any:
    return (f(path(t + 1e-5)) - f(path(t - 1e-5))) / (2 * 1e-5)


@total_derivative.style
def total_with_a_long_step(f: Function, path: Function, t: float) -> Any:
    return np.array((f(path(t + 1e-3)) - f(path(t - 1e-3))) / 2e-3)


@total_derivative.style
def total_with_a_tiny_step(f: Function, path: Function, t: float) -> Any:
    return float((f(path(t + 1e-7)) - f(path(t - 1e-7))) / 2e-7)


@total_derivative.style
def total_by_a_loop(f: Function, path: Function, t: float) -> Any:
    x, h, total = path(t), 1e-6, 0.0
    for i in range(len(x)):
        rate = (path(t + h)[i] - path(t - h)[i]) / (2 * h)
        total += _column(f, np.array(x), i, h) * rate
    return np.float32(total)


# ── directional_derivative ────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "no direction": 1})
def directional_derivative(g: Any, u: Any) -> Any:
    """g·u/‖u‖: the slope along u where the gradient is g."""
    g, u = _direction(g, u)
    return g @ u / np.linalg.norm(u)


def _direction(g: Any, u: Any) -> tuple[Array, Array]:
    g, u = np.asarray(g, float), np.asarray(u, float)
    if not u.any():
        raise ValueError("u = 0 has no direction")
    return g, u


@directional_derivative.probes("value")
def gradients_and_directions(rng: Rng) -> Cases:
    yield np.array([2.0, 1.0]), np.array([3.0, 4.0])
    yield [1, 2], [-4, 3]
    yield (2.0, -1.0, 0.5), (0.0, 0.0, -3.0)
    yield _point(rng, 3), _point(rng, 3)
    yield 100 * _point(rng, 5), _point(rng, 5)
    yield _point(rng, 1), -3.0 * np.ones(1)
    yield _point(rng, 2), 1e-5 * _point(rng, 2)
    yield np.zeros(3), _point(rng, 3)


@directional_derivative.probes("no direction")
def nowhere_to_go(rng: Rng) -> Cases:
    yield _point(rng, 2), np.zeros(2)
    yield _point(rng, 3).tolist(), [0, 0, 0]


@directional_derivative.mistake(
    "You did not bring u to length 1, so a longer u makes a steeper hill.",
    ask="Should the slope to the east depend on how long an arrow you draw to the east?",
)
def directional_without_unit(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g @ u


@directional_derivative.mistake(
    "You divided by the length of the gradient instead of the length of the direction.",
    ask="Which of the two vectors says only where to, and not how steep?",
)
def directional_by_the_gradient(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g @ u / (np.linalg.norm(g) or 1.0)


@directional_derivative.mistake(
    "You divided by the length of u twice.",
    ask="What is the slope along [2, 0] where the gradient is [1, 0], and what do you get?",
)
def directional_by_the_square(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g @ u / (u @ u)


@directional_derivative.mistake(
    "You divided by both lengths, which gives the cosine of the angle between them.",
    ask="How steep is a hill if the answer can never be more than 1?",
)
def directional_as_a_cosine(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g @ u / np.linalg.norm(u) / (np.linalg.norm(g) or 1.0)


@directional_derivative.mistake(
    "You multiplied in pairs and did not add up.",
    ask="How many numbers say how steep it is in one direction?",
)
def directional_not_summed(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g * u / np.linalg.norm(u)


@directional_derivative.mistake(
    "You dropped the sign, so downhill looks like uphill.",
    ask="What should come out when u points against the gradient?",
)
def directional_without_sign(g: Any, u: Any) -> Any:
    return abs(directional_derivative(g, u))


@directional_derivative.mistake(
    "You returned the greatest slope, whatever the direction is.",
    ask="Where in your code does it matter which way u points?",
)
def directional_steepest(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return np.linalg.norm(g)


@directional_derivative.mistake(
    "You compared the whole of u with 0, as if it were a single number.",
    ask="What does u == 0 give when u holds three numbers?",
)
def directional_with_a_vague_question(g: Any, u: Any) -> Any:
    if u == 0:
        raise ValueError("u = 0 has no direction")
    return directional_derivative(g, u)


@directional_derivative.mistake(
    "You gave an answer for u = 0, which points nowhere.",
    ask="How does a Python function say that it cannot do what it was asked?",
    variants=[{"answer": 0.0}, {"answer": None}],
)
def directional_of_nothing(g: Any, u: Any, answer: Any = np.nan) -> Any:
    return directional_derivative(g, u) if np.any(u) else answer


@directional_derivative.mistake(
    "You let Python's own ZeroDivisionError out, and a ValueError is asked for.",
    ask="Which line of yours notices u = 0 before anything is divided?",
)
def directional_divides_by_zero(g: Any, u: Any) -> Any:
    g, u = np.asarray(g, float), np.asarray(u, float)
    return float(g @ u) / float(np.linalg.norm(u))


@directional_derivative.mistake(
    "You refuse a direction as soon as one of its numbers is 0.",
    ask="Is due east, [1, 0], a direction?",
)
def directional_refuses_the_axes(g: Any, u: Any) -> Any:
    if not np.all(u):
        raise ValueError("u = 0")
    return directional_derivative(g, u)


@directional_derivative.mistake(
    "You returned an arrow along u, and its length with a sign is asked for.",
    ask="How many numbers say how steep it is in one direction?",
)
def directional_as_an_arrow(g: Any, u: Any) -> Any:
    g, u = _direction(g, u)
    return g @ u / (u @ u) * u


@directional_derivative.mistake(
    "You divided by the sum of the numbers in u, and that is not its length.",
    ask="How long is the arrow [3, 4]?",
    variants=[{"sizes": False}],
)
def directional_by_a_sum(g: Any, u: Any, sizes: bool = True) -> Any:
    g, u = _direction(g, u)
    return g @ u / (np.abs(u) if sizes else u).sum()


@directional_derivative.style
def directional_by_unit_vector(g: Any, u: Any) -> Any:
    length = np.linalg.norm(u)
    if length == 0:
        raise ValueError("u must not be the zero vector")
    return np.dot(g, np.asarray(u) / length)


@directional_derivative.style
def directional_in_plain_python(g: Any, u: Any) -> Any:
    length = sum(float(v) ** 2 for v in u) ** 0.5
    if length < 1e-12:
        raise ValueError
    return sum(float(a) * float(b) for a, b in zip(g, u, strict=True)) / length


@directional_derivative.style
def directional_by_einsum(g: Any, u: Any) -> Any:
    class NoDirectionError(ValueError):
        """A reason of one's own is a ValueError too."""

    if np.allclose(u, 0):
        raise NoDirectionError("no direction")
    g, u = np.array(g, float), np.array(u, float)
    return np.array(np.einsum("i,i->", g, u) / np.sqrt(np.einsum("i,i->", u, u)))


# ── spherical_jacobian ────────────────────────────────────────────────────────────────


@exercise(
    points={"value": 3, "special angles": 1}, refuses=(*DIFFERENTIATORS, "helpers.functions.maps")
)
def spherical_jacobian(r: float, theta: float, phi: float) -> Any:
    """3×3 of (r sinθ cosφ, r sinθ sinφ, r cosθ) by r, θ, φ; theta from the pole."""
    st, ct, sp, cp = np.sin(theta), np.cos(theta), np.sin(phi), np.cos(phi)
    return np.array(
        [
            [st * cp, r * ct * cp, -r * st * sp],
            [st * sp, r * ct * sp, r * st * cp],
            [ct, -r * st, 0.0],
        ]
    )


@spherical_jacobian.probes("value")
def places_in_space(rng: Rng) -> Cases:
    yield 2.0, 0.5, 1.0
    yield 2, 1, 3
    for _ in range(3):
        r, theta, phi = rng.uniform([0.5, 0.3, 0.3], [3.0, 2.8, 6.0])
        yield round(r, 2), round(theta, 2), round(phi, 2)


@spherical_jacobian.probes("special angles")
def places_on_axes(rng: Rng) -> Cases:
    yield 2.0, 0.0, 0.5
    yield 3.0, np.pi / 2, 0.0
    yield 1.0, np.pi, np.pi / 2
    yield 0.0, 0.7, 0.2
    yield round(float(rng.uniform(0.5, 3)), 2), np.pi / 2, round(float(rng.uniform(0.2, 1.4)), 2)


@spherical_jacobian.mistake(
    "Your rows and columns have changed places.",
    ask="Which of r, θ and φ moves along the first column?",
)
def spherical_transposed(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, theta, phi).T


@spherical_jacobian.mistake(
    "Your θ and φ have changed their roles.",
    ask="Which of the two angles is measured from the pole?",
)
def spherical_angles_swapped(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, phi, theta)[:, [0, 2, 1]]


@spherical_jacobian.mistake(
    "Your columns for θ and φ have changed places.",
    ask="In which order do the arguments of the function come?",
)
def spherical_columns_swapped(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, theta, phi)[:, [0, 2, 1]]


@spherical_jacobian.mistake(
    "You measured θ from the equator.",
    ask="Where is the point when θ = 0: on the axis or in the plane?",
)
def spherical_from_the_equator(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, np.pi / 2 - theta, phi) * np.array([1.0, -1.0, 1.0])


@spherical_jacobian.mistake(
    "You took the angles for degrees.",
    ask="In which unit do np.sin and np.cos measure an angle?",
    variants=[{"unit": np.degrees(1.0)}],
)
def spherical_in_degrees(r: float, theta: float, phi: float, unit: float = np.radians(1.0)) -> Any:
    return spherical_jacobian(r, unit * theta, unit * phi)


@spherical_jacobian.mistake(
    "The factor r is missing where an angle moves the point.",
    ask="How far does the point move for the same small turn, close by and far out?",
    variants=[{"columns": (1,)}, {"columns": (2,)}],
)
def spherical_without_r(r: float, theta: float, phi: float, columns: Any = (1, 2)) -> Any:
    J = spherical_jacobian(r, theta, phi)
    J[:, columns] = spherical_jacobian(1.0, theta, phi)[:, columns]
    return J


@spherical_jacobian.mistake(
    "You lost a minus sign in the derivative of a cosine.",
    ask="Which way does r cosθ go as θ grows from 0?",
    variants=[{"places": ((0, 2),)}, {"places": ((0, 2), (2, 1))}],
)
def spherical_without_minus(r: float, theta: float, phi: float, places: Any = ((2, 1),)) -> Any:
    J = spherical_jacobian(r, theta, phi)
    for place in places:
        J[place] *= -1
    return J


@spherical_jacobian.mistake(
    "You returned the determinant; the matrix itself is asked for.",
    ask="How many numbers does a 3×3 matrix hold?",
)
def spherical_determinant(r: float, theta: float, phi: float) -> Any:
    return r**2 * np.sin(theta)


@spherical_jacobian.mistake(
    "You left sine and cosine as they were where you should have differentiated them.",
    ask="What does sinθ turn into when you take its derivative?",
)
def spherical_not_differentiated(r: float, theta: float, phi: float) -> Any:
    unit = spherical_jacobian(1.0, theta, phi)[:, 0]
    return np.stack([unit, r * unit, r * unit * np.array([1.0, 1.0, 0.0])], axis=1)


@spherical_jacobian.mistake(
    "You gave the arguments θ and φ to each other.",
    ask="In which order does the first line of your function take its two angles?",
)
def spherical_arguments_swapped(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, phi, theta)


@spherical_jacobian.mistake(
    "You brought the columns to length 1, and how far the point moves is lost.",
    ask="By how much does the point move when θ grows by 0.01 at r = 5?",
)
def spherical_unit_columns(r: float, theta: float, phi: float) -> Any:
    st, ct, sp, cp = np.sin(theta), np.cos(theta), np.sin(phi), np.cos(phi)
    return np.array([[st * cp, ct * cp, -sp], [st * sp, ct * sp, cp], [ct, -st, 0.0]])


@spherical_jacobian.mistake(
    "You kept the factor r in the column of r itself.",
    ask="What is the derivative of r sinθ as r moves?",
)
def spherical_keeps_r(r: float, theta: float, phi: float) -> Any:
    return spherical_jacobian(r, theta, phi) * np.array([r, 1.0, 1.0])


@spherical_jacobian.style
def spherical_as_lists(r: float, theta: float, phi: float) -> Any:
    return [[float(value) for value in row] for row in spherical_jacobian(r, theta, phi)]


@spherical_jacobian.style
def spherical_by_columns(r: float, theta: float, phi: float) -> Any:
    er = np.array([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])
    et = np.array([np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), -np.sin(theta)])
    ep = np.array([-np.sin(phi), np.cos(phi), 0])
    return np.column_stack([er, r * et, r * np.sin(theta) * ep])


@spherical_jacobian.style
def spherical_by_differences(r: float, theta: float, phi: float) -> Any:
    def place(x: Any) -> Array:
        s = x[0] * np.sin(x[1])
        return np.array([s * np.cos(x[2]), s * np.sin(x[2]), x[0] * np.cos(x[1])])

    return _jacobian(place, np.array([r, theta, phi], float), 1e-5)


@spherical_jacobian.style
def spherical_in_single_precision(r: float, theta: float, phi: float) -> Any:
    return tuple(spherical_jacobian(r, theta, phi).astype("float32"))


# ── area_scale ────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "any x": 1}, refuses=DIFFERENTIATORS)
def area_scale(F: Function, x: Any) -> Any:
    """|det J| at x for F: R²→R²."""
    return abs(np.linalg.det(_jacobian(F, np.array(x, float), 1e-5)))


def _plain_map(rng: Rng, turned: bool = False) -> Function:
    """A map whose Jacobian has no small number in it; `turned` ones mirror the plane."""
    J = np.array([rng.uniform([1.5, 0.5], [2.5, 1.0]), rng.uniform([0.5, 1.5], [1.0, 2.5])])
    J[1] *= rng.choice([-1.0, 1.0])
    bends = np.stack([_bent(rng, 2), _bent(rng, 2)]) / 1000
    return functions.quadratic_map(Q=bends, A=J[::-1] if turned else J, b=_point(rng, 2))


def _curved_map(rng: Rng) -> Function:
    """A steep map whose one-sided errors cannot cancel in the determinant."""
    slopes = np.diag(rng.uniform(1.4, 1.6, 2)) + 0.1
    return functions.quadratic_map(Q=[_bent(rng, 2), _bent(rng, 2)], A=slopes, b=np.zeros(2))


@area_scale.probes("value")
def areas_under_maps(rng: Rng) -> Cases:
    yield polar, np.array([2.0, 0.5])
    yield functions.affine(A=[[0.0, 2.0], [3.0, 1.0]], b=[0.0, 0.0]), np.array([1.0, 1.0])
    yield _plain_map(rng), _point(rng, 2)
    yield _plain_map(rng, turned=True), _point(rng, 2)
    yield _curved_map(rng), 0.1 * _near_zero(rng, 2)
    yield functions.affine(A=np.outer(_point(rng, 2), _point(rng, 2)), b=[1.0, 0.0]), _point(rng, 2)


@area_scale.probes("any x")
def areas_at_any_x(rng: Rng) -> Cases:
    F = _plain_map(rng)
    yield F, _point(rng, 2).tolist()
    yield F, tuple(_point(rng, 2).tolist())
    yield F, _whole(rng, 2)
    yield F, _restless(rng, 2)


@area_scale.mistake(
    "Your area can be negative when the map turns the plane over.",
    ask="What does the sign of a determinant say, and does an area have one?",
)
def area_with_sign(F: Function, x: Any) -> Any:
    return np.linalg.det(jacobian(F, x))


@area_scale.mistake(
    "You returned the whole matrix; one number says how an area grows.",
    ask="Which number made of a matrix measures the parallelogram of its columns?",
)
def area_as_a_matrix(F: Function, x: Any) -> Any:
    return jacobian(F, x)


@area_scale.mistake(
    "You added the diagonal; areas multiply.",
    ask="What happens to a unit square when one side doubles and the other trebles?",
    variants=[{"absolute": False}],
)
def area_as_a_trace(F: Function, x: Any, absolute: bool = True) -> Any:
    trace = np.trace(jacobian(F, x))
    return abs(trace) if absolute else trace


@area_scale.mistake(
    "You multiplied along the diagonal and left the other two numbers out.",
    ask="Which area has a parallelogram whose sides are not at right angles?",
)
def area_of_the_diagonal(F: Function, x: Any) -> Any:
    return abs(np.prod(np.diag(jacobian(F, x))))


@area_scale.mistake(
    "You added the two products of the determinant.",
    ask="Which area has a parallelogram whose two sides lie on one line?",
)
def area_with_a_plus(F: Function, x: Any) -> Any:
    (a, b), (c, d) = jacobian(F, x)
    return abs(a * d + b * c)


@area_scale.mistake(
    "You measured the size of the matrix by the length of all its numbers.",
    ask="Which area is left when a map presses the plane onto a line?",
)
def area_as_a_norm(F: Function, x: Any) -> Any:
    return np.linalg.norm(jacobian(F, x))


@area_scale.mistake(
    "You divided by h where the two points are further apart, in both columns.",
    ask="How far apart are the two points at which you call F?",
)
def area_divides_by_h(F: Function, x: Any) -> Any:
    return 4 * area_scale(F, x)


@area_scale.mistake(
    "You stepped to one side only, so half of your digits are lost.",
    ask="What happens to the error if you also step the other way?",
    variants=[*STEPS, {"h": -1e-5}],
)
def area_one_sided(F: Function, x: Any, h: float = 1e-5) -> Any:
    x = np.array(x, float)
    J = np.stack([(F(x + h * e) - F(x)) / h for e in np.eye(2)], axis=1)
    return abs(np.linalg.det(J))


@area_scale.mistake(
    "Your copy of x holds whole numbers when x does, and the step was cut off.",
    ask="What kind of numbers must the copy hold so that 2 + 0.00001 fits into it?",
    variants=STEPS,
)
def area_cuts_the_step(F: Function, x: Any, h: float = 1e-5) -> Any:
    return abs(np.linalg.det(np.stack([_column_cut(F, x, i, h) for i in range(2)], axis=1)))


@area_scale.mistake(
    "You squared the determinant, so your area is that of two maps in a row.",
    ask="By how much does an area grow when both sides double?",
)
def area_squared(F: Function, x: Any) -> Any:
    return area_scale(F, x) ** 2


@area_scale.mistake(
    "You cut negative determinants off at zero, and a map that turns the plane over still has an area.",
    ask="How large is the mirror image of a square?",
)
def area_cut_at_zero(F: Function, x: Any) -> Any:
    return max(0.0, float(np.linalg.det(_jacobian(F, np.array(x, float), 1e-5))))


@area_scale.mistake(
    "You took the sizes of the four numbers before the determinant, not of the determinant.",
    ask="What is the determinant of a quarter turn, and what do you get?",
    variants=[{"twice": False}],
)
def area_of_sizes(F: Function, x: Any, twice: bool = True) -> Any:
    area = np.linalg.det(np.abs(_jacobian(F, np.array(x, float), 1e-5)))
    return abs(area) if twice else area


@area_scale.mistake(
    "You multiplied the lengths of the two columns, as if they always stood at right angles.",
    ask="Which area has a parallelogram whose two sides lie on one line?",
)
def area_of_a_rectangle(F: Function, x: Any) -> Any:
    return np.prod(np.linalg.norm(_jacobian(F, np.array(x, float), 1e-5), axis=0))


@area_scale.style
def area_by_products(F: Function, x: Any) -> Any:
    (a, b), (c, d) = jacobian(F, x).tolist()
    return abs(a * d - b * c)


@area_scale.style
def area_with_a_long_step(F: Function, x: Any) -> Any:
    J = _jacobian(F, np.array(x, float), 1e-4)
    return np.float32(np.abs(np.linalg.det(J)))


@area_scale.style
def area_with_a_tiny_step(F: Function, x: Any) -> Any:
    J = _jacobian(F, np.array(x, float), 1e-6)
    return np.sqrt(np.linalg.det(J) ** 2)


@area_scale.style
def area_of_the_parallelogram(F: Function, x: Any) -> Any:
    J = jacobian(F, x)
    a, b = np.array([*J[:, 0], 0]), np.array([*J[:, 1], 0])
    return np.linalg.norm(np.cross(a, b))


# ── classify ──────────────────────────────────────────────────────────────────────────


@exercise(points={"value": 2, "degenerate": 1, "any size": 1})
def classify(H: Any) -> str:
    """What kind of stationary point has the Hessian H."""
    return _classify(np.linalg.eigvalsh(np.array(H, float)))


def _classify(eigenvalues: Array, zero: float = 1e-9) -> str:
    signs = np.where(
        np.abs(eigenvalues) < zero * np.abs(eigenvalues).max(), 0, np.sign(eigenvalues)
    )
    if signs.min() < 0 < signs.max():
        return "saddle"
    if not signs.all():
        return "degenerate"
    return "minimum" if signs.min() > 0 else "maximum"


def _with_eigenvalues(rng: Rng, *eigenvalues: float) -> Array:
    turn, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    H = turn @ np.diag(eigenvalues) @ turn.T
    return np.asarray((H + H.T) / 2)


@classify.probes("value")
def clear_hessians(rng: Rng) -> Cases:
    yield (np.array([[2.0, 0.0], [0.0, 4.0]]),)
    yield (np.array([[-2.0, 0.5], [0.5, -1.0]]),)
    yield (np.array([[1.0, 3.0], [3.0, 1.0]]),)
    yield ([[-1, 3], [3, -1]],)
    yield (np.array([[0, 1], [1, 0]]),)
    for signs in ((1, 1), (-1, -1), (1, -1), (1, 1, 1), (-1, -1, -1), (1, 1, -1), (1, -1, -1)):
        yield (_with_eigenvalues(rng, *(np.array(signs) * rng.uniform(0.5, 2.0, len(signs)))),)


@classify.probes("degenerate")
def flat_hessians(rng: Rng) -> Cases:
    yield ([[2.0, 0.0], [0.0, 0.0]],)
    yield (np.array([[0.0, 0.0], [0.0, -3.0]]),)
    yield (_with_eigenvalues(rng, rng.uniform(1, 2), 1e-12),)
    yield (_with_eigenvalues(rng, -rng.uniform(1, 2), -rng.uniform(0.5, 2), -1e-12),)
    yield (np.diag([-1.0, 0.0, 2.0]),)


@classify.probes("any size")
def hessians_of_any_scale(rng: Rng) -> Cases:
    yield ([[3]],)
    yield (np.array([[-2.0]]),)
    yield (1e-12 * _with_eigenvalues(rng, *rng.uniform(0.5, 2.0, 2)),)
    yield (-1e-12 * _with_eigenvalues(rng, *rng.uniform(0.5, 2.0, 3)),)
    yield (1e6 * _with_eigenvalues(rng, 2.0, 1.0, -1e-6),)
    yield (1e8 * _with_eigenvalues(rng, 1.0, 1e-12),)
    yield (_with_eigenvalues(rng, *-rng.uniform(0.5, 2.0, 5)),)


@classify.mistake(
    "You judged by the trace, and a sum cannot tell a bowl from a saddle.",
    ask="What is the sum of the eigenvalues 3 and −1, and what is the point?",
)
def classify_by_trace(H: Any) -> str:
    trace = np.trace(np.array(H, float))
    return "degenerate" if trace == 0 else "minimum" if trace > 0 else "maximum"


@classify.mistake(
    "You used the rule of the determinant, which sorts two inputs only.",
    ask="What is the sign of the determinant when three eigenvalues are negative?",
    variants=[{"zero": 1e-9}, {"zero": 1e-9, "first": True}, {"zero": 1e-9, "trace": True}],
)
def classify_by_determinant(
    H: Any, zero: float = 0.0, first: bool = False, trace: bool = False
) -> str:
    H = np.array(H, float)
    determinant = np.linalg.det(H)
    if abs(determinant) <= zero and not (first and determinant < 0):
        return "degenerate"
    up = np.trace(H) if trace else H[0, 0]
    return "saddle" if determinant < 0 else "minimum" if up > 0 else "maximum"


@classify.mistake(
    "You never answer degenerate.",
    ask="What does the ground do along a direction whose eigenvalue is zero?",
)
def classify_without_degenerate(H: Any) -> str:
    eigenvalues = np.linalg.eigvalsh(np.array(H, float))
    if eigenvalues.min() < 0 < eigenvalues.max():
        return "saddle"
    return "minimum" if eigenvalues.max() > 0 else "maximum"


@classify.mistake(
    "Your minimum and maximum have changed places.",
    ask="Does the ground bend up or down where the second derivatives are positive?",
)
def classify_upside_down(H: Any) -> str:
    kind: str = classify(H)
    return {"minimum": "maximum", "maximum": "minimum"}.get(kind, kind)


@classify.mistake(
    "You compared eigenvalues with a fixed number, so the answer depends on the units of f.",
    ask="If you measure f in millimetres instead of metres, does a bowl stop being a bowl?",
    variants=[{"zero": 1e-8}, {"zero": 1e-10}],
)
def classify_by_a_fixed_threshold(H: Any, zero: float = 1e-9) -> str:
    eigenvalues = np.linalg.eigvalsh(np.array(H, float))
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) < zero):
        return "degenerate"
    return "minimum" if eigenvalues.min() > 0 else "maximum"


@classify.mistake(
    "You asked whether an eigenvalue is exactly zero, and rounding seldom leaves one.",
    ask="How large may a number be that should have been zero, next to the largest?",
)
def classify_by_exact_zeros(H: Any) -> str:
    return _classify(np.linalg.eigvalsh(np.array(H, float)), zero=1e-300)


@classify.mistake(
    "You looked at the diagonal and not at the eigenvalues.",
    ask="How does f bend along the line x = y when the numbers off the diagonal are large?",
)
def classify_by_diagonal(H: Any) -> str:
    return _classify(np.diag(np.array(H, float)))


@classify.mistake(
    "You answered degenerate before you asked whether both signs occur.",
    ask="Can a point be a minimum or a maximum when f rises one way and falls another?",
)
def classify_degenerate_first(H: Any) -> str:
    sizes = np.abs(np.linalg.eigvalsh(np.array(H, float)))
    if sizes.min() < 1e-9 * sizes.max():
        return "degenerate"
    return _classify(np.linalg.eigvalsh(np.array(H, float)))


@classify.mistake(
    "Your word is not one of the four that the exercise names, letter for letter.",
    ask="Which four words does the docstring offer?",
    variants=[{"spell": spell} for spell in range(1, 5)],
)
def classify_in_other_words(H: Any, spell: int = 0) -> str:
    kind: str = classify(H)
    short = {"minimum": "min", "maximum": "max"}.get(kind, kind)
    article = f"a {kind}" if kind != "degenerate" else kind
    long = {"saddle": "saddle point"}.get(kind, kind)
    return [kind.capitalize(), kind.upper(), short, article, long][spell]


@classify.mistake(
    "You call an eigenvalue zero by a share of the largest that is not 1e-9.",
    ask="Which share does the exercise give, and how large is a millionth beside it?",
    variants=[{"zero": 1e-3}],
)
def classify_by_another_share(H: Any, zero: float = 1e-5) -> str:
    return _classify(np.linalg.eigvalsh(np.array(H, float)), zero)


@classify.mistake(
    "You looked at two eigenvalues, and there are as many as inputs.",
    ask="How many directions are there in which f can bend when it has three inputs?",
)
def classify_by_two_eigenvalues(H: Any) -> str:
    return _classify(np.linalg.eigvalsh(np.array(H, float))[:2])


@classify.style
def classify_by_counting(H: Any) -> Any:
    values = np.linalg.eigvalsh(H)
    zero = 1e-9 * max(abs(values))
    up, down = sum(values > zero), sum(values < -zero)
    if up and down:
        return "saddle"
    if up + down < len(values):
        return "degenerate"
    return "minimum" if up else "maximum"


@classify.style
def classify_to_the_letter(H: Any) -> Any:
    values = np.linalg.eigvalsh(np.array(H, dtype=float))
    if (values > 0).any() and (values < 0).any():
        return "saddle"
    if (np.abs(values) < 1e-9 * np.abs(values).max()).any():
        return "degenerate"
    return "minimum" if (values > 0).all() else "maximum"


@classify.style
def classify_by_general_eigenvalues(H: Any) -> Any:
    values = np.sort(np.linalg.eigvals(np.asarray(H)).real)
    values = np.round(values / np.abs(values).max(), 9)
    names = {(-1, 1): "saddle", (1, 1): "minimum", (-1, -1): "maximum"}
    found = names.get((int(np.sign(values[0])), int(np.sign(values[-1]))), "degenerate")
    return np.str_(found if found == "saddle" or np.all(values) else "degenerate")


# ── next_dip ──────────────────────────────────────────────────────────────────────────

LOOKS = tuple((x, y) for x in (1.2, 3.0, 4.8) for y in (1.0, 2.33, 3.67, 5.0))
FLAT_M = 0.05
APART_M = 0.9


@exercise(points={"point": 1, "wins": 4, "clues": 0}, rtol={"point": float("inf")})
def next_dip(history: list[Dip]) -> Any:
    """Look around; then walk down from the most promising place, and from the next one."""
    return _look_and_walk(history, LOOKS, _secant_step)


def _look_and_walk(history: list[Dip], looks: Any, step_of: Callable[[list[Dip]], Array]) -> Array:
    """Replay the game so far: which walk is under way, and where it goes next."""
    if len(history) <= len(looks):
        return np.array(looks[len(history) - 1])
    starts = sorted(history[: len(looks) + 1], key=_promise)
    walk = [starts.pop(0)]
    for dip in [*history[len(looks) + 1 :], None]:
        step = step_of(walk)
        while np.linalg.norm(step) < FLAT_M:
            bottom = walk[-1][0]
            starts = [start for start in starts if np.linalg.norm(start[0] - bottom) > APART_M]
            if not starts:
                return bottom
            walk = [starts.pop(0)]
            step = step_of(walk)
        if dip is not None:
            walk.append(dip)
    return np.asarray(walk[-1][0] + step)


def _promise(dip: Dip) -> float:
    """How deep the ground may go near a dip: its depth, less what a steep slope will bring."""
    _, depth, slope = dip
    return depth - 0.15 * float(slope @ slope)


def _capped(step: Array) -> Array:
    return step * min(1.0, 0.6 / max(float(np.linalg.norm(step)), 1e-12))


def _secant_step(walk: list[Dip]) -> Array:
    """Downhill, with a rate learnt from how the slope turned on the way here."""
    point, _, slope = walk[-1]
    rate = 0.2
    if len(walk) > 1:
        moved, turned = point - walk[-2][0], slope - walk[-2][2]
        if moved @ turned > 0:
            rate = float(moved @ turned / (turned @ turned))
    return _capped(-rate * slope)


def _history(rng: Rng, dips: int) -> list[Dip]:
    ground = pit(int(rng.integers(100)))
    points = np.round(rng.uniform(1, 5, (dips, 2)), 2)
    return [(p, float(ground.depth(p)), ground.slope(p)) for p in points]


@next_dip.probes("point")
def games_under_way(rng: Rng) -> Cases:
    for dips in (1, 2, 13, 24):
        yield (_history(rng, dips),)


@next_dip.probes("clues")
def habits(rng: Rng) -> Cases:
    for dips in (2, 12, 24, 24):
        yield case(_history(rng, dips), drive="helpers.habits:habit")


next_dip.trial("wins", "helpers.sandpit:wins", at_least=0.8, games=50)


@next_dip.mistake(
    "You walk uphill.",
    ask="Which way does the slope of a dip point?",
    variants=[{"lowest": True}],
)
def dips_uphill(history: list[Dip], lowest: bool = False) -> Any:
    point, _, slope = min(history, key=lambda dip: dip[1]) if lowest else history[-1]
    return point + 0.1 * slope


@next_dip.mistake(
    "You only walk downhill from where you are, so you end in the nearest hollow.",
    ask="How would you learn whether another hollow is deeper?",
    variants=[{"lowest": True}],
)
def dips_downhill_only(history: list[Dip], lowest: bool = False) -> Any:
    point, _, slope = min(history, key=lambda dip: dip[1]) if lowest else history[-1]
    return point - 0.1 * slope


@next_dip.mistake(
    "You go on from the highest of your dips.",
    ask="Depths are negative here: is −3 m deeper or less deep than −1 m?",
)
def dips_from_the_highest(history: list[Dip]) -> Any:
    point, _, slope = max(history, key=lambda dip: dip[1])
    return point - 0.1 * slope


@next_dip.mistake(
    "You start again from the first dip each time.",
    ask="Which entry of the history is the latest?",
)
def dips_from_the_first(history: list[Dip]) -> Any:
    point, _, slope = history[0]
    return point - 0.1 * slope


@next_dip.mistake(
    "You never use what the dips have told you.",
    ask="What do a low depth and a steep slope say about where to look next?",
    variants=[{"by": "dice"}, {"by": "middle"}],
)
def dips_blindly(history: list[Dip], by: str = "rows") -> Any:
    if by == "dice":
        return np.random.default_rng().uniform(0, 6, 2)
    row, column = divmod(len(history) - 1, 5)
    return (3.0, 3.0) if by == "middle" else (0.6 + 1.2 * column, 0.6 + 1.2 * (row % 5))


@next_dip.mistake(
    "You returned the step, not the point that it leads to.",
    ask="Where does the step begin?",
)
def dips_by_the_step_alone(history: list[Dip]) -> Any:
    return -0.1 * history[-1][2]


@next_dip.mistake(
    "You dip again where you have been.",
    ask="What do you learn from a second dip at the same place?",
    variants=[{"lowest": False}],
)
def dips_again(history: list[Dip], lowest: bool = True) -> Any:
    return min(history, key=lambda dip: dip[1])[0] if lowest else history[-1][0]


@next_dip.mistake(
    "You ask for an earlier dip, and at the start of a game there is only one.",
    ask="How long is the history when your function is called for the first time?",
)
def dips_by_two(history: list[Dip]) -> Any:
    point, before = history[-1][0], history[-2][0]
    return _capped(point - before) + point


@next_dip.mistake(
    "You returned a whole dip, and the next point alone is asked for.",
    ask="Which of the three parts of a dip is a place?",
)
def dips_return_a_dip(history: list[Dip]) -> Any:
    return min(history, key=lambda dip: dip[1])


@next_dip.style
def dips_after_nine_looks(history: list[Dip]) -> Any:
    looks = [(x, y) for x in (1.2, 3.0, 4.8) for y in (1.2, 3.0, 4.8)]
    return tuple(_look_and_walk(history, looks, _secant_step))


@next_dip.style
def dips_after_sixteen_looks(history: list[Dip]) -> Any:
    looks = [(x, y) for x in (1.0, 2.33, 3.67, 5.0) for y in (1.0, 2.33, 3.67, 5.0)]
    return _look_and_walk(history, looks, _secant_step).tolist()


@next_dip.style
def dips_by_quasi_newton(history: list[Dip]) -> Any:
    return _look_and_walk(history, LOOKS, _quasi_newton_step)


def _quasi_newton_step(walk: list[Dip]) -> Array:
    inverse = 0.2 * np.eye(2)
    for (p, _, slope), (q, _, new_slope) in pairwise(walk):
        moved, turned = q - p, new_slope - slope
        if moved @ turned > 1e-9:
            across = np.eye(2) - np.outer(moved, turned) / (moved @ turned)
            inverse = across @ inverse @ across.T + np.outer(moved, moved) / (moved @ turned)
    return _capped(-inverse @ walk[-1][2])


@next_dip.style
def dips_at_the_bottom_of_a_surface(history: list[Dip]) -> Any:
    looks = [(x, y) for x in (1.0, 3.0, 5.0) for y in (1.0, 3.0, 5.0)]
    if len(history) <= len(looks):
        return looks[len(history) - 1]
    return _lowest_of_surface(history, width=0.9)


def _lowest_of_surface(history: list[Dip], width: float) -> Array:
    """The lowest point of a smooth surface through all depths and slopes."""
    points = np.array([point for point, _, _ in history])
    depths = np.array([depth for _, depth, _ in history])
    slopes = np.array([slope for _, _, slope in history])
    told = np.concatenate([depths - depths.mean(), slopes[:, 0], slopes[:, 1]])
    way = points[:, None] - points[None]
    bell = np.exp(-(way**2).sum(-1) / 2 / width**2)
    pulls = bell[..., None] * way / width**2
    bends = bell[..., None, None] * (
        np.eye(2) / width**2 - way[..., :, None] * way[..., None, :] / width**4
    )
    blocks = [[bell, pulls[..., 0], pulls[..., 1]]]
    blocks += [[-pulls[..., i], bends[..., i, 0], bends[..., i, 1]] for i in range(2)]
    weights = np.linalg.solve(np.block(blocks) + 1e-6 * np.eye(told.size), told)
    marks = np.linspace(0, 6, 61)
    places = np.array([(x, y) for x in marks for y in marks])
    way = places[:, None] - points[None]
    bell = np.exp(-(way**2).sum(-1) / 2 / width**2)
    rows = np.hstack([bell, bell * way[..., 0] / width**2, bell * way[..., 1] / width**2])
    return np.asarray(places[np.argmin(rows @ weights)])
