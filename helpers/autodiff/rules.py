"""The table of rules: how each operation passes derivatives on, in both directions.

A **rule** answers two questions about one operation y = op(a, b, ...):

* ``push``: if the inputs move by da, db, ..., how does y move? (forward, a tangent)
* ``pull``: if the result changes by y̅ per unit of y, how much per unit of a? (reverse, an adjoint)

For an operation that works entry by entry one number says both, the *slope* ∂y/∂a: forward
dy = slope · da, reverse a̅ = slope · y̅. `SLOPES` is the table of them; a formula from a calculus book
stands beside each name. Operations that move numbers about or add them up are in `arrays`.

Tangents and adjoints may carry leading axes, one entry for each direction, in front of the shape of
the number that they belong to: all directions travel at once.

Everything here is written with numpy functions, so a rule also works on variables: that is how
second derivatives come out.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

Slope = Callable[..., Any]

ONE = 1.0  # a slope that needs no multiplication
BOOL = np.dtype(bool)


class Rule(NamedTuple):
    """How one operation passes tangents forward and adjoints back.

    Attributes
    ----------
    name : str
        The operation, as `trace` prints it.
    push : callable
        ``push(tangents, node)``: the tangent of the result; None stands for a constant input.
    pull : callable
        ``pull(i, adjoint, node)``: the share of input i in the adjoint of the result.
    slopes : tuple of callables
        For operations entry by entry: ∂y/∂(input i) as a function of (y, *inputs); else empty.
    linear : bool
        True if pull only copies, moves and adds entries.
    """

    name: str
    push: Callable[..., Any]
    pull: Callable[..., Any]
    slopes: tuple[Slope, ...] = ()
    linear: bool = False


def plain(x: Any) -> Any:
    """The number or array inside a variable, however deep; anything else as it is."""
    while hasattr(x, "tape"):
        x = x.value
    return x


# --- slopes that need more than a line -------------------------------------------------------------


# True while `settle` looks beside a kink: what is still equal there is equal all around, so either will do
beside_kink: ContextVar[bool] = ContextVar("beside_kink", default=False)


def unless(kink: Any, slope: Any) -> Any:
    """The slope, but nan where there is none: `settle` then looks at both sides."""
    return np.where(kink, np.nan, slope) if np.any(kink) and not beside_kink.get() else slope


def of_abs(y: Any, x: Any) -> Any:
    """1 on the right of 0, −1 on the left."""
    side = np.sign(plain(x))
    return unless(side == 0, side)


def of_step(y: Any, x: Any) -> Any:
    """floor, ceil, trunc: flat, with jumps at whole numbers."""
    return unless(plain(x) == np.floor(plain(x)), 0.0)


def of_rint(y: Any, x: Any) -> Any:
    """Flat, with jumps half-way between whole numbers."""
    return unless(plain(x) % 1.0 == 0.5, 0.0)


def of_sign(y: Any, x: Any) -> Any:
    """Flat, with a jump at 0."""
    return unless(plain(x) == 0, 0.0)


def first_wins(y: Any, a: Any, b: Any) -> Any:
    """maximum, minimum: 1 where the first input was chosen, a kink where both are equal."""
    a, b = plain(a), plain(b)
    return unless(a == b, plain(y) == a)


def second_wins(y: Any, a: Any, b: Any) -> Any:
    """As `first_wins`, for the second input."""
    a, b = plain(a), plain(b)
    return unless(a == b, plain(y) != a)


def power_base(y: Any, x: Any, p: Any) -> Any:
    """∂/∂x of xᵖ is p xᵖ⁻¹; 0, not 0 · x⁻¹, where p = 0."""
    if type(p) is int or type(p) is float:
        if p == 2:
            return 2.0 * x
        return p * x ** (p - 1) if p else 0.0
    if hasattr(p, "tape"):
        return p * x ** (p - 1)
    return np.where(p == 0, 0.0, p * x ** np.where(p == 0, 0.0, p - 1))


def power_exponent(y: Any, x: Any, p: Any) -> Any:
    """∂/∂p of xᵖ is xᵖ log x; 0 where x = 0 and p > 0."""
    flat = (plain(x) == 0) & (plain(p) > 0)
    return np.where(flat, 0.0, y * np.log(np.where(flat, 1.0, x)))


def of_tanh(y: Any, x: Any) -> Any:
    """1 − y²; where tanh is nearly flat, 4e/(1 + e)² with e = exp(−2|x|), which keeps its digits."""
    slope = 1.0 - y * y
    if np.minimum.reduce(plain(slope), axis=None, initial=1.0) > 1e-3:
        return slope
    e = np.exp(x * (-2.0 * np.sign(plain(x))))
    return 4.0 * e / (1.0 + e) ** 2


def of_mod(y: Any, a: Any, b: Any) -> Any:
    """∂/∂a of a − ⌊a/b⌋ b: 1, with jumps where b divides a."""
    return unless(plain(y) == 0, 1.0)


def of_modulus(y: Any, a: Any, b: Any) -> Any:
    """∂/∂b of a − ⌊a/b⌋ b: −⌊a/b⌋."""
    return unless(plain(y) == 0, -np.floor(plain(a) / plain(b)))


def of_quotient(y: Any, a: Any, b: Any) -> Any:
    """⌊a/b⌋: flat, with jumps where b divides a."""
    return unless(plain(a) % plain(b) == 0, 0.0)


# --- the table -------------------------------------------------------------------------------------

SLOPES: dict[str, tuple[Slope, ...]] = {
    # arithmetic: ∂y/∂a, ∂y/∂b
    "add": (lambda y, a, b: ONE, lambda y, a, b: ONE),
    "subtract": (lambda y, a, b: ONE, lambda y, a, b: -1.0),
    "multiply": (lambda y, a, b: b, lambda y, a, b: a),
    "divide": (lambda y, a, b: 1.0 / b, lambda y, a, b: -y / b),
    "power": (power_base, power_exponent),
    "float_power": (power_base, power_exponent),
    "remainder": (of_mod, of_modulus),
    "floor_divide": (of_quotient, of_quotient),
    "arctan2": (lambda y, a, b: b / (a * a + b * b), lambda y, a, b: -a / (a * a + b * b)),
    "hypot": (lambda y, a, b: a / y, lambda y, a, b: b / y),
    "logaddexp": (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
    "logaddexp2": (lambda y, a, b: np.exp2(a - y), lambda y, a, b: np.exp2(b - y)),
    # choices: only the chosen input counts
    "maximum": (first_wins, second_wins),
    "minimum": (first_wins, second_wins),
    "fmax": (first_wins, second_wins),
    "fmin": (first_wins, second_wins),
    "where": (lambda y, a, b, chosen: chosen, lambda y, a, b, chosen: ~chosen),
    # one input: dy/dx
    "positive": (lambda y, x: ONE,),
    "conjugate": (lambda y, x: ONE,),
    "negative": (lambda y, x: -1.0,),
    "absolute": (of_abs,),
    "fabs": (of_abs,),
    "square": (lambda y, x: 2.0 * x,),
    "sqrt": (lambda y, x: 0.5 / y,),
    "cbrt": (lambda y, x: 1.0 / (3.0 * y * y),),
    "reciprocal": (lambda y, x: -y * y,),
    "exp": (lambda y, x: y,),
    "exp2": (lambda y, x: np.log(2.0) * y,),
    "expm1": (lambda y, x: np.exp(x),),
    "log": (lambda y, x: 1.0 / x,),
    "log2": (lambda y, x: 1.0 / (np.log(2.0) * x),),
    "log10": (lambda y, x: 1.0 / (np.log(10.0) * x),),
    "log1p": (lambda y, x: 1.0 / (1.0 + x),),
    "sin": (lambda y, x: np.cos(x),),
    "cos": (lambda y, x: -np.sin(x),),
    "tan": (lambda y, x: 1.0 + y * y,),
    "arcsin": (lambda y, x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)),),
    "arccos": (lambda y, x: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)),),
    "arctan": (lambda y, x: 1.0 / (1.0 + x * x),),
    "sinh": (lambda y, x: np.cosh(x),),
    "cosh": (lambda y, x: np.sinh(x),),
    "tanh": (of_tanh,),
    "arcsinh": (lambda y, x: 1.0 / np.sqrt(x * x + 1.0),),
    "arccosh": (lambda y, x: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)),),
    "arctanh": (lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)),),
    "degrees": (lambda y, x: 180.0 / np.pi,),
    "rad2deg": (lambda y, x: 180.0 / np.pi,),
    "radians": (lambda y, x: np.pi / 180.0,),
    "deg2rad": (lambda y, x: np.pi / 180.0,),
    "sign": (of_sign,),
    "floor": (of_step,),
    "ceil": (of_step,),
    "trunc": (of_step,),
    "rint": (of_rint,),
    # scipy.special
    "erf": (lambda y, x: 2.0 / np.sqrt(np.pi) * np.exp(-x * x),),
    "erfc": (lambda y, x: -2.0 / np.sqrt(np.pi) * np.exp(-x * x),),
    "ndtr": (lambda y, x: np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi),),
    "expit": (lambda y, x: y * np.exp(-np.logaddexp(0.0, x)),),
    "log_expit": (lambda y, x: np.exp(-np.logaddexp(0.0, x)),),
    "logit": (lambda y, x: 1.0 / (x * (1.0 - x)),),
}


# --- from slopes to rules --------------------------------------------------------------------------


def scale(slope: Any, t: Any) -> Any:
    """Slope times t; a slope of True and False chooses, so that what was not chosen cannot leak."""
    if slope is ONE:
        return t
    if getattr(slope, "dtype", None) is BOOL:
        return np.where(slope, t, 0.0)
    return slope * t


def widen(t: Any, ndim: int, shape: tuple[int, ...]) -> Any:
    """A tangent of an input with ndim axes, ready to broadcast against a result of this shape."""
    missing = len(shape) - ndim
    if missing:
        lead = t.ndim - ndim
        t = t.reshape(t.shape[:lead] + (1,) * missing + t.shape[lead:])
    return t


def spread(t: Any, shape: tuple[int, ...]) -> Any:
    """t repeated to this shape."""
    return t if t.shape == shape else t + np.zeros(shape)


def narrow(adjoint: Any, shape: tuple[int, ...], lead: int) -> Any:
    """The adjoint of a broadcast input: summed over the axes along which the input was repeated."""
    tail = adjoint.shape[lead:]
    if tail == shape:
        return adjoint
    extra = len(tail) - len(shape)
    repeated = [extra + j for j, n in enumerate(shape) if n == 1 and tail[extra + j] != 1]
    axes = tuple(lead + j for j in (*range(extra), *repeated))
    return adjoint.sum(axis=axes).reshape(adjoint.shape[:lead] + shape)


def elementwise(name: str, slopes: tuple[Slope, ...]) -> Rule:
    """The rule of an operation that works entry by entry."""

    def push(tangents: list[Any], node: Any) -> Any:
        shape = node.value.shape
        total: Any = None
        for slope, t, x in zip(slopes, tangents, node.inputs, strict=False):
            if t is not None:
                part = scale(slope(node.value, *node.inputs), widen(t, x.ndim, shape))
                total = part if total is None else total + part
        return spread(total, total.shape[:1] + shape)

    def pull(i: int, adjoint: Any, node: Any) -> Any:
        part = scale(slopes[i](node.value, *node.inputs), adjoint)
        return narrow(part, node.inputs[i].shape, adjoint.ndim - node.value.ndim)

    return Rule(name, push, pull, slopes)


RULES: dict[str, Rule] = {name: elementwise(name, slopes) for name, slopes in SLOPES.items()}
