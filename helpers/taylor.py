"""Taylor coefficients of plain numpy code, exact to rounding.

A `Series` holds the first coefficients c₀, c₁, ... of a function of t = x − a. Sums and products of series are sums
and products of polynomials, cut off after the last coefficient; every other function follows from its
differential equation y′ = s · x′, which gives one coefficient of y after the other.

>>> import numpy as np
>>> from helpers import taylor
>>> taylor.coefficients(lambda x: 1 / (1 - x), 0, 4).tolist()
[1.0, 1.0, 1.0, 1.0, 1.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import mul
from typing import Any

import numpy as np

Coefficients = list[float]


def coefficients(f: Callable[[Any], Any], a: float, order: int) -> Any:
    """Taylor coefficients f⁽ᵏ⁾(a)/k! for k = 0, ..., order.

    Parameters
    ----------
    f : callable
        A function of one variable in plain numpy code.
    a : float
        The point to expand about.
    order : int
        The highest power of x − a, 0 or more.

    Returns
    -------
    ndarray
        Shape (order + 1,).

    Raises
    ------
    ValueError
        Where f has no Taylor series at a (kink, pole, root of 0); the message says why.
    TypeError
        Where f leaves numpy (math.sin) or uses a function without a rule; the message says so.

    References
    ----------
    Griewank and Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 13.

    Examples
    --------
    >>> coefficients(lambda x: x**3, 2, 3).tolist()
    [8.0, 12.0, 6.0, 1.0]
    >>> coefficients(np.exp, 0, 3).round(3).tolist()
    [1.0, 1.0, 0.5, 0.167]
    """
    return _expanded(f, _start(f, a, order))


def _expanded(f: Callable[[Any], Any], start: Coefficients) -> Any:
    """Run f on the series of x; the coefficients of the result, if all are finite."""
    try:
        with np.errstate(all="ignore"):
            y = f(Series(start))
    except (OverflowError, ZeroDivisionError) as error:
        raise ValueError(
            f"f grows beyond all bounds at a = {start[0]:g}: choose another a"
        ) from error
    if isinstance(y, Series):
        c = y.c
    elif y is not None and np.shape(y) == ():
        c = [float(y)] + [0.0] * (len(start) - 1)
    else:
        got = "None" if y is None else f"shape {np.shape(y)}"
        raise ValueError(f"f must return one number, got {got}: one series at a time")
    if not np.all(np.isfinite(c)):
        raise ValueError(
            f"f has no Taylor series at a = {start[0]:g}: a coefficient is inf or nan, choose another a"
        )
    return np.array(c)


def _start(f: Any, a: Any, order: Any) -> Coefficients:
    """The series of x itself: a + t."""
    if not callable(f):
        raise TypeError(f"coefficients wants a function first, got {type(f).__name__}")
    if isinstance(order, bool) or not isinstance(order, (int, np.integer)) or order < 0:
        raise ValueError(f"order must be a whole number, 0 or more, got {order!r}")
    point = np.asarray(a)
    if point.shape != () or point.dtype.kind not in "biuf" or not np.isfinite(point):
        raise ValueError(
            f"a must be one finite number, got {a!r}: expand about one point at a time"
        )
    return ([float(point), 1.0] + [0.0] * int(order))[: order + 1]


# --- arithmetic of coefficients --------------------------------------------------------------------


def product(a: Coefficients, b: Coefficients) -> Coefficients:
    """(a b)ₖ = Σⱼ aⱼ bₖ₋ⱼ."""
    turned = b[::-1]
    n = len(a)
    return [math.fsum(map(mul, a, turned[n - 1 - k :])) for k in range(n)]


def quotient(a: Coefficients, b: Coefficients) -> Coefficients:
    """q b = a, so qₖ = (aₖ − Σ_{j<k} qⱼ bₖ₋ⱼ) / b₀."""
    if b[0] == 0.0:
        raise ValueError("division by a function that is 0 at a: there is a pole, choose another a")
    q: Coefficients = []
    turned = b[::-1]
    n = len(a)
    for k in range(n):
        q.append((a[k] - math.fsum(map(mul, q, turned[n - 1 - k : n - 1]))) / b[0])
    return q


def grow(x: Coefficients, y0: float, slope: Callable[[Coefficients], float]) -> Coefficients:
    """The solution of y′ = s x′: k yₖ = Σ_{j≥1} j xⱼ sₖ₋ⱼ; slope(y) is the next coefficient of s."""
    dx = [j * c for j, c in enumerate(x)][1:]
    y, s = [y0], [0.0] * 0
    for k in range(1, len(x)):
        s.insert(0, slope(y))
        y.append(math.fsum(map(mul, dx, s)) / k)
    return y


def following(x: Coefficients, y0: float, s: Coefficients) -> Coefficients:
    """The solution of y′ = s x′ with a known s."""
    return grow(x, y0, lambda y: s[len(y) - 1])


def last_of_square(y: Coefficients) -> float:
    """The highest coefficient of y² that y determines."""
    return math.fsum(map(mul, y, y[::-1]))


def plus(number: float, x: Coefficients) -> Coefficients:
    """number + x."""
    return [number + x[0], *x[1:]]


def times(number: float, x: Coefficients) -> Coefficients:
    """number · x."""
    return [number * c for c in x]


# --- the table: each function by its differential equation -----------------------------------------


def _exp(x: Coefficients, y0: float) -> Coefficients:
    """y′ = y x′."""
    return grow(x, y0, lambda y: y[-1])


def _expm1(x: Coefficients, y0: float) -> Coefficients:
    """y′ = (1 + y) x′, the same as exp but for the first coefficient."""
    return [y0, *_exp(x, math.exp(x[0]))[1:]]


def _log(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / x."""
    _need(x[0] > 0.0, "log", x[0])
    return following(x, y0, _reciprocal(x))


def _log1p(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / (1 + x)."""
    _need(x[0] > -1.0, "log1p", x[0])
    return following(x, y0, _reciprocal(plus(1.0, x)))


def _reciprocal(x: Coefficients, y0: float = 0.0) -> Coefficients:
    """1 / x."""
    return quotient([1.0] + [0.0] * (len(x) - 1), x)


def _sine_and_cosine(x: Coefficients, sign: float) -> tuple[Coefficients, Coefficients]:
    """s′ = c x′ and c′ = sign · s x′: sin and cos for −1, sinh and cosh for +1."""
    s = [math.sin(x[0]) if sign < 0 else math.sinh(x[0])]
    c = [math.cos(x[0]) if sign < 0 else math.cosh(x[0])]
    dx = [j * xj for j, xj in enumerate(x)][1:]
    for k in range(1, len(x)):
        up, down = math.fsum(map(mul, dx, c[::-1])), math.fsum(map(mul, dx, s[::-1]))
        s.append(up / k)
        c.append(sign * down / k)
    return s, c


def _tan(x: Coefficients, y0: float) -> Coefficients:
    """y′ = (1 + y²) x′."""
    return grow(x, y0, lambda y: last_of_square(y) + (1.0 if len(y) == 1 else 0.0))


def _tanh(x: Coefficients, y0: float) -> Coefficients:
    """y′ = (1 − y²) x′, that is x′ / cosh² x."""
    return grow(x, y0, lambda y: (1.0 if len(y) == 1 else 0.0) - last_of_square(y))


def _expit(x: Coefficients, y0: float) -> Coefficients:
    """y′ = y (1 − y) x′."""
    return grow(x, y0, lambda y: y[-1] - last_of_square(y))


def _arctan(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / (1 + x²)."""
    return following(x, y0, _reciprocal(plus(1.0, product(x, x))))


def _arctanh(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / (1 − x²), the mean of x′ / (1 + x) and x′ / (1 − x)."""
    _need(abs(x[0]) < 1.0, "arctanh", x[0])
    right, left = _reciprocal(plus(1.0, x)), _reciprocal(plus(1.0, times(-1.0, x)))
    return following(x, y0, [(a + b) / 2.0 for a, b in zip(right, left, strict=True)])


def _arcsin(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / √((1 − x)(1 + x))."""
    _need(abs(x[0]) < 1.0, "arcsin and arccos", x[0])
    inside = product(plus(1.0, times(-1.0, x)), plus(1.0, x))
    return following(x, y0, root(inside, -0.5))


def _arccos(x: Coefficients, y0: float) -> Coefficients:
    """π/2 − arcsin x."""
    return [y0, *times(-1.0, _arcsin(x, 0.0)[1:])]


def _arcsinh(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / √(1 + x²)."""
    return following(x, y0, root(plus(1.0, product(x, x)), -0.5))


def _arccosh(x: Coefficients, y0: float) -> Coefficients:
    """y′ = x′ / √((x − 1)(x + 1))."""
    _need(x[0] > 1.0, "arccosh", x[0])
    return following(x, y0, root(product(plus(-1.0, x), plus(1.0, x)), -0.5))


def _erf(x: Coefficients, y0: float) -> Coefficients:
    """y′ = 2/√π exp(−x²) x′."""
    bell = _exp(times(-1.0, product(x, x)), math.exp(-x[0] * x[0]))
    return following(x, y0, times(2.0 / math.sqrt(math.pi), bell))


def _abs(x: Coefficients, y0: float) -> Coefficients:
    """±x, away from the kink."""
    _need(x[0] != 0.0, "abs", x[0])
    return times(math.copysign(1.0, x[0]), x)


def root(x: Coefficients, p: float) -> Coefficients:
    """xᵖ from x y′ = p y x′: k x₀ yₖ = Σ_{j≥1} (p j − k + j) xⱼ yₖ₋ⱼ."""
    _need(x[0] > 0.0, f"a power of {p:g}", x[0])
    y = [x[0] ** p]
    for k in range(1, len(x)):
        terms = ((p * j - k + j) * x[j] * y[k - j] for j in range(1, k + 1))
        y.append(math.fsum(terms) / (k * x[0]))
    return y


def whole_power(x: Coefficients, n: int) -> Coefficients:
    """xⁿ for a whole n ≥ 0, by squaring."""
    result, square = [1.0] + [0.0] * (len(x) - 1), x
    while n:
        if n % 2:
            result = product(result, square)
        n //= 2
        square = product(square, square) if n else square
    return result


def power(x: Coefficients, p: float) -> Coefficients:
    """xᵖ for a number p."""
    if p != int(p) or abs(p) > 64:
        return root(x, p)
    y = whole_power(x, abs(int(p)))
    return y if p >= 0 else _reciprocal(y)


def _cbrt(x: Coefficients, y0: float) -> Coefficients:
    """The third root, also of negative numbers."""
    sign = math.copysign(1.0, x[0])
    return times(sign, root(times(sign, x), 1.0 / 3.0))


def _need(holds: bool, name: str, at: float) -> None:
    if not holds:
        raise ValueError(
            f"{name} has no Taylor series where its input is {at:g}: choose a so that the input stays "
            "inside its range, away from kinks and ends"
        )


RULES: dict[str, Callable[[Coefficients, float], Coefficients]] = {
    "exp": _exp,
    "expm1": _expm1,
    "exp2": lambda x, y0: _exp(times(math.log(2.0), x), y0),
    "log": _log,
    "log1p": _log1p,
    "log2": lambda x, y0: [y0, *times(1.0 / math.log(2.0), _log(x, 0.0)[1:])],
    "log10": lambda x, y0: [y0, *times(1.0 / math.log(10.0), _log(x, 0.0)[1:])],
    "sin": lambda x, y0: _sine_and_cosine(x, -1.0)[0],
    "cos": lambda x, y0: _sine_and_cosine(x, -1.0)[1],
    "sinh": lambda x, y0: _sine_and_cosine(x, 1.0)[0],
    "cosh": lambda x, y0: _sine_and_cosine(x, 1.0)[1],
    "tan": _tan,
    "tanh": _tanh,
    "arctan": _arctan,
    "arctanh": _arctanh,
    "arcsin": _arcsin,
    "arccos": _arccos,
    "arcsinh": _arcsinh,
    "arccosh": _arccosh,
    "sqrt": lambda x, y0: root(x, 0.5),
    "cbrt": _cbrt,
    "square": lambda x, y0: product(x, x),
    "reciprocal": _reciprocal,
    "negative": lambda x, y0: times(-1.0, x),
    "positive": lambda x, y0: x,
    "absolute": _abs,
    "fabs": _abs,
    "erf": _erf,
    "erfc": lambda x, y0: [y0, *times(-1.0, _erf(x, 0.0)[1:])],
    "expit": _expit,
}


# --- the number that f is run with -----------------------------------------------------------------


class Series:
    """The first Taylor coefficients of a function; takes part in arithmetic and numpy's functions.

    Attributes
    ----------
    c : list of float
        Coefficients, the constant first.
    """

    __slots__ = ("c",)
    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1

    def __init__(self, c: Coefficients) -> None:
        self.c = c

    def __repr__(self) -> str:
        return f"Series({self.c})"

    def __add__(self, other: Any) -> Any:
        return self._pair(other, lambda a, b: [p + q for p, q in zip(a, b, strict=True)])

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._pair(other, lambda a, b: [p - q for p, q in zip(a, b, strict=True)])

    def __rsub__(self, other: Any) -> Any:
        return self._pair(other, lambda a, b: [q - p for p, q in zip(a, b, strict=True)])

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, (int, float)):
            return Series(times(other, self.c))
        return self._pair(other, product)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._pair(other, quotient)

    def __rtruediv__(self, other: Any) -> Any:
        return self._pair(other, lambda a, b: quotient(b, a))

    def __pow__(self, p: Any) -> Any:
        if isinstance(p, Series):
            return np.exp(p * np.log(self))
        return Series(power(self.c, _number(p)))

    def __rpow__(self, base: Any) -> Any:
        return np.exp(self * math.log(base)) if base > 0 else self._no_power(base)

    def __neg__(self) -> Any:
        return Series(times(-1.0, self.c))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return Series(_abs(self.c, 0.0))

    def __lt__(self, other: Any) -> bool:
        return self.c[0] < _value(other)

    def __le__(self, other: Any) -> bool:
        return self.c[0] <= _value(other)

    def __gt__(self, other: Any) -> bool:
        return self.c[0] > _value(other)

    def __ge__(self, other: Any) -> bool:
        return self.c[0] >= _value(other)

    def __float__(self) -> float:
        raise TypeError(
            "a series is not a plain number, its coefficients would get lost here: use np.sin, not "
            "math.sin (likewise np.exp, np.sqrt, ...), and leave out float() and int()"
        )

    def __int__(self) -> int:
        return int(self.__float__())

    def _pair(
        self, other: Any, combine: Callable[[Coefficients, Coefficients], Coefficients]
    ) -> Any:
        if isinstance(other, Series):
            return Series(combine(self.c, other.c))
        return Series(combine(self.c, [_number(other)] + [0.0] * (len(self.c) - 1)))

    def _no_power(self, base: float) -> Any:
        raise ValueError(f"{base:g} ** x has no Taylor series: the base must be positive")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method == "__call__" and not options:
            if name in BINARY:
                return BINARY[name](*inputs)
            if name in RULES:
                return Series(RULES[name](self.c, float(ufunc(self.c[0]))))
        raise TypeError(_unknown(f"np.{name}"))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in FUNCTIONS and not options:
            return FUNCTIONS[function](*args)
        raise TypeError(_unknown(f"np.{function.__name__}"))


def _number(value: Any) -> float:
    """A constant as a float; arrays are refused."""
    if np.shape(value) != ():
        raise TypeError(
            f"f mixes x with an array of shape {np.shape(value)}: give numbers, one series at a time"
        )
    return float(value)


def _value(x: Any) -> float:
    return x.c[0] if isinstance(x, Series) else float(x)


def _unknown(name: str) -> str:
    return (
        f"{name} has no rule in helpers.taylor: write it with arithmetic and the functions listed in "
        "helpers.taylor.RULES, or use helpers.derivatives.taylor_coefficients, which takes any function"
    )


def _larger(a: Any, b: Any, sign: float) -> Any:
    """The maximum (sign 1) or minimum (−1) of two series, away from where they meet."""
    gap = sign * (_value(a) - _value(b))
    _need(gap != 0.0, "maximum or minimum of two equal numbers", _value(a))
    return a if gap > 0 else b


def _polyval(p: Any, x: Any) -> Any:
    result: Any = 0.0
    for coefficient in p:
        result = result * x + coefficient
    return result


BINARY: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b if isinstance(a, Series) else b + a,
    "subtract": lambda a, b: a - b if isinstance(a, Series) else b.__rsub__(a),
    "multiply": lambda a, b: a * b if isinstance(a, Series) else b * a,
    "divide": lambda a, b: a / b if isinstance(a, Series) else b.__rtruediv__(a),
    "power": lambda a, b: a**b if isinstance(a, Series) else b.__rpow__(a),
    "maximum": lambda a, b: _larger(a, b, 1.0),
    "minimum": lambda a, b: _larger(a, b, -1.0),
    "less": lambda a, b: _value(a) < _value(b),
    "less_equal": lambda a, b: _value(a) <= _value(b),
    "greater": lambda a, b: _value(a) > _value(b),
    "greater_equal": lambda a, b: _value(a) >= _value(b),
}

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: lambda condition, a, b: a if bool(condition) else b,
    np.polyval: _polyval,
    np.shape: lambda x: (),
    np.ndim: lambda x: 0,
}
