"""Families of curves: functions of one variable with exact first and second derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.functions.kinds import Curve, Formula, frozen, parameter

SHORT = 4  # coefficients that still print on one line


def horner(coefficients: Any, x: Any) -> Any:
    """The polynomial Σ coefficients[j] x**j, elementwise."""
    total = 0.0 * x + coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def lowered(coefficients: Any) -> Any:
    """Coefficients of the derivative of a polynomial (one zero where nothing is left)."""
    return (
        (coefficients * np.arange(coefficients.size))[1:] if coefficients.size > 1 else np.zeros(1)
    )


def _curve(family: str, numbers: dict[str, Any], *formulas: Formula) -> Curve:
    """A curve whose parameters are all single numbers, printed with them."""
    label = f"{family}({', '.join(f'{k}={v:.3g}' for k, v in numbers.items())})"
    return Curve(family, frozen(**numbers), label, *formulas)


def _numbers(**given: Any) -> dict[str, Any]:
    return {name: parameter(value, (), name) for name, value in given.items()}


def polynomial(*, coefficients: Any) -> Curve:
    """Polynomial Σ c_j x**j, lowest power first.

    Parameters
    ----------
    coefficients : array_like, shape (degree + 1,)

    Returns
    -------
    Curve

    Examples
    --------
    >>> p = polynomial(coefficients=[1, 0, 3])
    >>> float(p(2)), float(p.derivative(2)), float(p.second(2))
    (13.0, 12.0, 6.0)
    """
    c = parameter(coefficients, (None,), "coefficients")
    if not c.size:
        raise ValueError("parameter coefficients is empty: give at least one number")
    slope = lowered(c)
    bend = lowered(slope)
    return Curve(
        "polynomial",
        frozen(coefficients=c),
        _polynomial_label(c),
        lambda x: horner(c, x),
        lambda x: horner(slope, x),
        lambda x: horner(bend, x),
    )


def _polynomial_label(c: NDArray[np.float64]) -> str:
    """A short polynomial with its coefficients, so that it can be typed; a long one by its degree."""
    if c.size > SHORT:
        return f"polynomial(degree={c.size - 1})"
    return f"polynomial(coefficients=[{', '.join(f'{v:.3g}' for v in c)}])"


def sinusoid(*, amplitude: Any = 1.0, frequency: Any = 1.0, phase: Any = 0.0) -> Curve:
    """Sine wave a sin(ω x + φ); the frequency ω is in radians per unit of x.

    Examples
    --------
    >>> s = sinusoid(amplitude=2, frequency=3)
    >>> float(s.derivative(0))
    6.0
    """
    p = _numbers(amplitude=amplitude, frequency=frequency, phase=phase)
    a, w, phi = p.values()
    return _curve(
        "sinusoid",
        p,
        lambda x: a * np.sin(w * x + phi),
        lambda x: a * w * np.cos(w * x + phi),
        lambda x: -a * w**2 * np.sin(w * x + phi),
    )


def bump(*, height: Any = 1.0, centre: Any = 0.0, width: Any = 1.0) -> Curve:
    """Bell h exp(−z²/2) with z = (x − c)/w and w > 0.

    Examples
    --------
    >>> b = bump(height=3, width=0.5)
    >>> float(b(0)), float(b.second(0))
    (3.0, -12.0)
    """
    p = _numbers(height=height, centre=centre, width=width)
    h, c, w = p.values()
    if w <= 0:
        raise ValueError("parameter width must be positive: a bump has a size")

    def bell(x: Any) -> Any:
        return h * np.exp(-(((x - c) / w) ** 2) / 2)

    return _curve(
        "bump",
        p,
        bell,
        lambda x: -(x - c) / w**2 * bell(x),
        lambda x: (((x - c) / w) ** 2 - 1) / w**2 * bell(x),
    )


def exponential(*, amplitude: Any = 1.0, rate: Any = 1.0) -> Curve:
    """Exponential a exp(r x).

    Examples
    --------
    >>> float(exponential(amplitude=2, rate=3).second(0))
    18.0
    """
    p = _numbers(amplitude=amplitude, rate=rate)
    a, r = p.values()
    return _curve(
        "exponential",
        p,
        lambda x: a * np.exp(r * x),
        lambda x: a * r * np.exp(r * x),
        lambda x: a * r**2 * np.exp(r * x),
    )


def rational(*, numerator: Any, denominator: Any) -> Curve:
    """Quotient of two polynomials, coefficients lowest power first.

    Parameters
    ----------
    numerator, denominator : array_like, shape (any,)

    Returns
    -------
    Curve

    Examples
    --------
    >>> q = rational(numerator=[1], denominator=[1, 0, 1])
    >>> float(q(1)), float(q.derivative(1))
    (0.5, -0.5)
    """
    top = polynomial(coefficients=numerator)
    bottom = polynomial(coefficients=denominator)
    P, dP, ddP = top.value_at, top.derivative_at, top.second_at
    Q, dQ, ddQ = bottom.value_at, bottom.derivative_at, bottom.second_at

    def slope(x: Any) -> Any:
        return (dP(x) - P(x) / Q(x) * dQ(x)) / Q(x)

    parameters = frozen(
        numerator=top.parameters["coefficients"], denominator=bottom.parameters["coefficients"]
    )
    degrees = [c.size - 1 for c in parameters.values()]
    return Curve(
        "rational",
        parameters,
        f"rational(degrees={degrees[0]}/{degrees[1]})",
        lambda x: P(x) / Q(x),
        slope,
        lambda x: (ddP(x) - 2 * slope(x) * dQ(x) - P(x) / Q(x) * ddQ(x)) / Q(x),
    )


def logistic_curve(*, height: Any = 1.0, rate: Any = 1.0, centre: Any = 0.0) -> Curve:
    """Logistic step h / (1 + exp(−r (x − c))), written with tanh so that it never overflows.

    Examples
    --------
    >>> s = logistic_curve(height=4)
    >>> float(s(0)), float(s.derivative(0))
    (2.0, 1.0)
    """
    p = _numbers(height=height, rate=rate, centre=centre)
    h, r, c = p.values()

    def tanh(x: Any) -> Any:
        return np.tanh(r * (x - c) / 2)

    return _curve(
        "logistic_curve",
        p,
        lambda x: h / 2 * (1 + tanh(x)),
        lambda x: h * r / 4 * (1 - tanh(x) ** 2),
        lambda x: -h * r**2 / 4 * tanh(x) * (1 - tanh(x) ** 2),
    )


def log1p_curve(*, height: Any = 1.0, rate: Any = 1.0) -> Curve:
    """Logarithm h log(1 + (r x)²), defined everywhere.

    Examples
    --------
    >>> float(log1p_curve().derivative(1))
    1.0
    """
    p = _numbers(height=height, rate=rate)
    h, r = p.values()
    return _curve(
        "log1p_curve",
        p,
        lambda x: h * np.log1p((r * x) ** 2),
        lambda x: 2 * h * r**2 * x / (1 + (r * x) ** 2),
        lambda x: 2 * h * r**2 * (1 - (r * x) ** 2) / (1 + (r * x) ** 2) ** 2,
    )


def damped_wave(
    *, amplitude: Any = 1.0, decay: Any = 0.5, frequency: Any = 2.0, phase: Any = 0.0
) -> Curve:
    """Wave that dies away: a exp(−d x) sin(ω x + φ).

    Examples
    --------
    >>> float(damped_wave(decay=1, frequency=3).derivative(0))
    3.0
    """
    p = _numbers(amplitude=amplitude, decay=decay, frequency=frequency, phase=phase)
    a, d, w, phi = p.values()

    def part(x: Any, sine: float, cosine: float) -> Any:
        angle = w * x + phi
        return a * np.exp(-d * x) * (sine * np.sin(angle) + cosine * np.cos(angle))

    return _curve(
        "damped_wave",
        p,
        lambda x: part(x, 1.0, 0.0),
        lambda x: part(x, -d, w),
        lambda x: part(x, d**2 - w**2, -2 * d * w),
    )
