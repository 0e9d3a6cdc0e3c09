"""Functions with exact derivatives, to score numerical ones on: half for tuning, half held out.

Each row: a name, the function as a student would write it, its formula for sympy, and where points
are drawn. Derivatives are taken of the formula, symbolically, and evaluated with 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import sympy
from scipy import special


@dataclass(frozen=True)
class Row:
    name: str
    f: Callable
    formula: str
    points: Callable
    slope: str = ""  # the derivative itself, where sympy's would not do


def between(low, high):
    return lambda rng, n: rng.uniform(low, high, n)


def around(centre, width):
    return between(centre - width, centre + width)


def decades(low, high):
    """Sizes spread evenly over the decades from 10**low to 10**high."""
    return lambda rng, n: 10 ** rng.uniform(low, high, n)


def both_signs(low, high):
    return lambda rng, n: 10 ** rng.uniform(low, high, n) * rng.choice([-1, 1], n)


def expanded_seventh_power(x):
    return x**7 - 7 * x**6 + 21 * x**5 - 35 * x**4 + 35 * x**3 - 21 * x**2 + 7 * x - 1


TUNING = [
    Row("sine", np.sin, "sin(x)", between(-10, 10)),
    Row("exponential", np.exp, "exp(x)", between(-5, 5)),
    Row("cubic", lambda x: x**3 - 2 * x, "x**3 - 2*x", between(-100, 100)),
    Row("reciprocal", lambda x: 1 / x, "1/x", both_signs(-8, 3)),
    Row("logarithm", np.log, "log(x)", decades(-10, 4)),
    Row("fast sine", lambda x: np.sin(100 * x), "sin(100*x)", between(-10, 10)),
    Row("flat at 0", lambda x: np.exp(-1 / x**2), "exp(-1/x**2)", between(-1, 1)),
    Row("offset 1e8", lambda x: 1e8 + np.sin(x), "sin(x)", between(-3, 3)),
    Row("step 1e-8 wide", lambda x: np.tanh(x / 1e-8), "tanh(x*10**8)", around(0, 5e-8)),
    Row("square root", np.sqrt, "sqrt(x)", decades(-12, 6)),
    Row(
        "product and quotient",
        lambda x: np.exp(-x / 2) * np.sin(x**2 + 1) / (1 + x**2),
        "exp(-x/2)*sin(x**2 + 1)/(1 + x**2)",
        between(-3, 3),
    ),
    Row(
        "ripples 1e-6",
        lambda x: x + 1e-6 * np.sin(1e6 * x),
        "x + sin(x*10**6)/10**6",
        between(-3, 3),
    ),
    Row("sine near 1e4", np.sin, "sin(x)", around(1e4, 10)),
    Row("sine near 1e8", np.sin, "sin(x)", around(1e8, 10)),
    Row("beside a kink", lambda x: abs(x - 0.25), "", between(-1, 1), "sign(x - 1/4)"),
    Row("cancelling powers", expanded_seventh_power, "(x - 1)**7", around(1, 0.1)),
    Row(
        "peak 1e-3 wide", lambda x: np.exp(-((x / 1e-3) ** 2)), "exp(-(1000*x)**2)", around(0, 0.01)
    ),
    Row("steep arctangent", lambda x: np.arctan(1000 * x), "atan(1000*x)", between(-1, 1)),
    Row("lost digits", lambda x: (1e8 + np.sin(x)) - 1e8, "sin(x)", between(-3, 3)),
    Row("fast sine near 1e4", lambda x: np.sin(100 * x), "sin(100*x)", around(1e4, 10)),
    Row("tiny ripples", lambda x: 1e-8 * np.sin(1e8 * x), "sin(x*10**8)/10**8", between(-1, 1)),
]

HELD_OUT = [
    Row("chirp", lambda x: np.cos(x**2), "cos(x**2)", between(-8, 8)),
    Row("log1p", np.log1p, "log(1 + x)", between(-0.99, 50)),
    Row("ringing", lambda x: np.exp(-x) * np.cos(50 * x), "exp(-x)*cos(50*x)", between(-2, 5)),
    Row("hump", lambda x: x / (1 + x**2), "x/(1 + x**2)", between(-1000, 1000)),
    Row("arcsine", np.arcsin, "asin(x)", between(-1, 1)),
    Row("cube root", np.cbrt, "x**(1/3)", decades(-9, 6)),
    Row("hyperbolic sine", np.sinh, "sinh(x)", between(-20, 20)),
    Row("Runge", lambda x: 1 / (1 + 25 * x**2), "1/(1 + 25*x**2)", between(-2, 2)),
    Row("sine of 1/x", lambda x: np.sin(1 / x), "sin(1/x)", between(0.01, 1)),
    Row("offset 1e6", lambda x: 1e6 + np.cos(3 * x), "cos(3*x)", between(-5, 5)),
    Row("erf 1e-6 wide", lambda x: special.erf(x / 1e-6), "erf(x*10**6)", around(0, 4e-6)),
    Row("power of itself", lambda x: x**x, "x**x", decades(-6, 1)),
    Row(
        "steep logistic",
        lambda x: 0.5 * (1 + np.tanh(5e3 * (x - 0.3))),
        "(1 + tanh(5000*(x - 3/10)))/2",
        around(0.3, 0.002),
    ),
    Row("sine near 1e6", np.sin, "sin(x)", around(1e6, 100)),
    Row(
        "ripples 1e-7",
        lambda x: x**2 + 1e-7 * np.cos(1e7 * x),
        "x**2 + cos(x*10**7)/10**7",
        between(-1, 1),
    ),
    Row("power 5/2", lambda x: np.abs(x) ** 2.5, "", between(-1, 1), "5*sign(x)*Abs(x)**(3/2)/2"),
    Row("gamma", special.gamma, "gamma(x)", between(0.05, 12)),
    Row("Bessel", special.j0, "besselj(0, x)", between(-40, 40)),
    Row("Chebyshev 12", lambda x: np.cos(12 * np.arccos(x)), "chebyshevt(12, x)", between(-1, 1)),
    Row("lost near 0", lambda x: (1 - np.cos(x)) / x**2, "(1 - cos(x))/x**2", both_signs(-4, 0)),
    Row("exp minus 1", lambda x: np.exp(x) - 1, "exp(x)", both_signs(-12, 0)),
    Row(
        "rounded corner",
        lambda x: np.logaddexp(0, 200 * x) / 200,
        "log(1 + exp(200*x))/200",
        between(-0.5, 0.5),
    ),
    Row("faint sine", lambda x: 1e-12 * np.sin(x), "sin(x)/10**12", between(-9, 9)),
    Row("square near 1e10", lambda x: x**2, "x**2", around(1e10, 1e9)),
    Row("pole at 1", lambda x: 1 / (x - 1), "1/(x - 1)", lambda r, n: 1 + both_signs(-9, 0)(r, n)),
    Row(
        "two pieces",
        lambda x: np.where(x < 0, np.sin(x), x**2),
        "",
        between(-1, 1),
        "Piecewise((cos(x), x < 0), (2*x, True))",
    ),
    Row("sawtooth", lambda x: x - np.floor(x), "x", between(-5, 5)),
    Row("staircase", np.floor, "0", between(-5, 5)),
    Row("flat beside 1", lambda x: np.exp(-1 / (1 - x) ** 2), "exp(-1/(1 - x)**2)", between(0, 2)),
    Row("arctangent of 1/x", lambda x: np.arctan(1 / x), "atan(1/x)", both_signs(-7, 2)),
    Row("tangent", np.tan, "tan(x)", between(-20, 20)),
    Row("huge scale", lambda x: 1e12 * np.cos(x / 1e3), "10**12*cos(x/1000)", between(-1e4, 1e4)),
    Row(
        "root beside 1",
        lambda x: np.sqrt(1 - x * x),
        "sqrt(1 - x**2)",
        lambda r, n: 1 - decades(-8, 0)(r, n),
    ),
    Row("power 20", lambda x: x**20, "x**20", between(-3, 3)),
    Row("steep decay", lambda x: np.exp(-50 * x), "exp(-50*x)", between(-2, 2)),
    Row(
        "close poles",
        lambda x: 1 / ((x - 1) ** 2 + 1e-6),
        "1/((x - 1)**2 + Rational(1, 10**6))",
        lambda r, n: 1 + both_signs(-5, 0)(r, n),
    ),
    Row(
        "log beside 2", lambda x: np.log(x - 2), "log(x - 2)", lambda r, n: 2 + decades(-7, 3)(r, n)
    ),
    Row("sine near 1e7", np.sin, "sin(x)", around(1e7, 100)),
    Row("secant", lambda x: 1 / np.cos(x), "1/cos(x)", between(-20, 20)),
    Row("Ei", special.expi, "Ei(x)", both_signs(-5, 1)),
    Row(
        "faint ripples",
        lambda x: np.cos(x) + 1e-6 * np.sin(1e4 * x),
        "cos(x) + sin(10**4*x)/10**6",
        between(-3, 3),
    ),
    Row("wide bell", lambda x: 1 / (1 + (x / 1e8) ** 2), "1/(1 + (x/10**8)**2)", both_signs(5, 9)),
]


def exact(row, points):
    """Exact derivatives at the points, to the last digit of a float."""
    x = sympy.Symbol("x", real=True)
    if row.slope:
        slope = sympy.sympify(row.slope, locals={"x": x})
    else:
        slope = sympy.diff(sympy.sympify(row.formula, locals={"x": x}), x)
    g = sympy.lambdify(x, slope, "mpmath")
    with mpmath.workdps(50):
        return np.array([float(g(mpmath.mpf(float(point)))) for point in points])
