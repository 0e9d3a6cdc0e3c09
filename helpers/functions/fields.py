"""Families of scalar fields: each is a formula with its exact gradient and Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.functions.kinds import Field, Formula, column, frozen, parameter, times


def quadratic(*, A: Any, b: Any, c: Any = 0.0) -> Field:
    """Quadratic ½ xᵀAx + b·x + c.

    Parameters
    ----------
    A : array_like, shape (n, n)
        Matrix; its symmetric part is the Hessian.
    b : array_like, shape (n,)
        Slope at the origin.
    c : float
        Value at the origin.

    Returns
    -------
    Field
        With exact ``.gradient`` and ``.hessian``.

    Examples
    --------
    >>> f = quadratic(A=[[2, 0], [0, 4]], b=[0, 0])
    >>> float(f([1, 1])), f.gradient([1, 1]).tolist()
    (3.0, [2.0, 4.0])
    """
    b = parameter(b, (None,), "b")
    A, c = parameter(A, (b.size, b.size), "A"), parameter(c, (), "c")
    H = (A + A.T) / 2

    def value(x: Any) -> Any:
        return np.sum(x * (times(H, x) / 2 + column(b, x)), axis=0) + c

    def gradient(x: Any) -> Any:
        return times(H, x) + column(b, x)

    label = f"quadratic(n={b.size})"
    return Field(
        "quadratic", frozen(A=A, b=b, c=c), label, b.size, value, gradient, lambda x: H.copy()
    )


def gaussian_hills(*, heights: Any, centres: Any, widths: Any) -> Field:
    """Sum of round hills h exp(−‖x − c‖² / 2w²).

    Parameters
    ----------
    heights : array_like, shape (k,)
        Heights h; a negative one digs a hole.
    centres : array_like, shape (k, n)
        Where the hills stand.
    widths : array_like, shape (k,)
        Widths w > 0.

    Returns
    -------
    Field

    Examples
    --------
    >>> f = gaussian_hills(heights=[2], centres=[[0, 0]], widths=[1])
    >>> float(f([0, 0])), f.hessian([0, 0]).tolist()
    (2.0, [[-2.0, 0.0], [0.0, -2.0]])
    """
    heights = parameter(heights, (None,), "heights")
    centres = parameter(centres, (heights.size, None), "centres")
    widths = parameter(widths, (heights.size,), "widths")
    if np.any(widths <= 0):
        raise ValueError("parameter widths must be positive: a hill has a size")
    n = centres.shape[1]
    hills = list(zip(heights, centres, widths, strict=True))

    def hill(x: Any, h: float, c: Any, w: float) -> Any:
        return h * np.exp(-np.sum(((x - column(c, x)) / w) ** 2, axis=0) / 2)

    def value(x: Any) -> Any:
        return sum(hill(x, *each) for each in hills)

    def gradient(x: Any) -> Any:
        return sum(hill(x, h, c, w) * (column(c, x) - x) / w**2 for h, c, w in hills)

    def hessian(x: Any) -> Any:
        return sum(
            hill(x, h, c, w) * (np.outer(x - c, x - c) / w**2 - np.eye(n)) / w**2
            for h, c, w in hills
        )

    parameters = frozen(heights=heights, centres=centres, widths=widths)
    label = f"gaussian_hills(n={n}, hills={heights.size})"
    return Field("gaussian_hills", parameters, label, n, value, gradient, hessian)


def _ridges(
    weights: Any, directions: Any, offsets: Any, g: Formula, dg: Formula, ddg: Formula
) -> tuple[Formula, Formula, Formula]:
    """Value, gradient and Hessian of the sum over k of weight g(direction·x + offset)."""

    def along(x: Any) -> Any:
        z = times(directions, x)
        return z + column(offsets, z)

    def value(x: Any) -> Any:
        return times(weights, g(along(x)))

    def gradient(x: Any) -> Any:
        slopes = dg(along(x))
        return times(directions.T, column(weights, slopes) * slopes)

    def hessian(x: Any) -> Any:
        return (directions.T * (weights * ddg(along(x)))) @ directions

    return value, gradient, hessian


def waves(*, amplitudes: Any, wavenumbers: Any, phases: Any) -> Field:
    """Sum of plane waves a sin(k·x + φ).

    Parameters
    ----------
    amplitudes : array_like, shape (k,)
    wavenumbers : array_like, shape (k, n)
        One row per wave, radians per unit of x.
    phases : array_like, shape (k,)
        Radians.

    Returns
    -------
    Field

    Examples
    --------
    >>> f = waves(amplitudes=[1], wavenumbers=[[3, 4]], phases=[0])
    >>> f.gradient([0, 0]).tolist()
    [3.0, 4.0]
    """
    amplitudes = parameter(amplitudes, (None,), "amplitudes")
    wavenumbers = parameter(wavenumbers, (amplitudes.size, None), "wavenumbers")
    phases = parameter(phases, (amplitudes.size,), "phases")
    formulas = _ridges(amplitudes, wavenumbers, phases, np.sin, np.cos, lambda z: -np.sin(z))
    parameters = frozen(amplitudes=amplitudes, wavenumbers=wavenumbers, phases=phases)
    n = wavenumbers.shape[1]
    return Field("waves", parameters, f"waves(n={n}, waves={amplitudes.size})", n, *formulas)


def exp_linear(*, amplitudes: Any, rates: Any) -> Field:
    """Sum of exponentials a exp(r·x).

    Parameters
    ----------
    amplitudes : array_like, shape (k,)
    rates : array_like, shape (k, n)
        One row per term.

    Returns
    -------
    Field

    Examples
    --------
    >>> f = exp_linear(amplitudes=[2], rates=[[1, -1]])
    >>> f.hessian([0, 0]).tolist()
    [[2.0, -2.0], [-2.0, 2.0]]
    """
    amplitudes = parameter(amplitudes, (None,), "amplitudes")
    rates = parameter(rates, (amplitudes.size, None), "rates")
    formulas = _ridges(amplitudes, rates, np.zeros(amplitudes.size), np.exp, np.exp, np.exp)
    n = rates.shape[1]
    label = f"exp_linear(n={n}, terms={amplitudes.size})"
    return Field("exp_linear", frozen(amplitudes=amplitudes, rates=rates), label, n, *formulas)


def _monomial(x: Any, powers: Any) -> Any:
    """The product of x_j ** powers_j; powers of zero are left out, so that 0 ** 0 is 1."""
    product = 0.0 * x[0] + 1.0
    for j, power in enumerate(powers):
        if power:
            product = product * x[j] ** int(power)
    return product


def _lowered(powers: Any, j: int) -> tuple[float, Any]:
    """The factor and the powers of the monomial differentiated with respect to x_j."""
    lower = np.array(powers)
    lower[j] = max(powers[j] - 1, 0)
    return float(powers[j]), lower


def polynomial_field(*, coefficients: Any, exponents: Any) -> Field:
    """Polynomial in n variables: the sum of coefficient · Π x_j ** exponent_j.

    Parameters
    ----------
    coefficients : array_like, shape (k,)
    exponents : array_like of whole numbers >= 0, shape (k, n)
        One row per term.

    Returns
    -------
    Field

    Examples
    --------
    >>> f = polynomial_field(coefficients=[1, 3], exponents=[[2, 0], [1, 1]])
    >>> f.gradient([1, 2]).tolist()
    [8.0, 3.0]
    """
    coefficients = parameter(coefficients, (None,), "coefficients")
    exponents = parameter(exponents, (coefficients.size, None), "exponents")
    if np.any(exponents < 0) or np.any(exponents != np.round(exponents)):
        raise ValueError("parameter exponents must be whole numbers >= 0: this is a polynomial")
    n = exponents.shape[1]
    terms = list(zip(coefficients, exponents, strict=True))

    def value(x: Any) -> Any:
        return sum(c * _monomial(x, e) for c, e in terms)

    def partial(x: Any, j: int) -> Any:
        lowered = [(c, *_lowered(e, j)) for c, e in terms]
        return sum(c * factor * _monomial(x, e) for c, factor, e in lowered)

    def second(x: Any, i: int, j: int) -> Any:
        total = 0.0
        for c, e in terms:
            first, once = _lowered(e, i)
            again, twice = _lowered(once, j)
            total = total + c * first * again * _monomial(x, twice)
        return total

    def gradient(x: Any) -> Any:
        return np.stack([partial(x, j) for j in range(n)])

    def hessian(x: Any) -> Any:
        return np.array([[second(x, i, j) for j in range(n)] for i in range(n)])

    parameters = frozen(coefficients=coefficients, exponents=exponents)
    label = f"polynomial_field(n={n}, terms={coefficients.size})"
    return Field("polynomial_field", parameters, label, n, value, gradient, hessian)


def mixed_field(
    *, A: Any, b: Any, c: Any = 0.0, amplitudes: Any, wavenumbers: Any, phases: Any
) -> Field:
    """A quadratic with waves on it: ½ xᵀAx + b·x + c + Σ a sin(k·x + φ).

    Parameters
    ----------
    A, b, c
        As for `quadratic`.
    amplitudes, wavenumbers, phases
        As for `waves`.

    Returns
    -------
    Field

    Examples
    --------
    >>> f = mixed_field(A=[[2]], b=[0], amplitudes=[1], wavenumbers=[[1]], phases=[0])
    >>> f.gradient([0]).tolist()
    [1.0]
    """
    smooth = quadratic(A=A, b=b, c=c)
    rough = waves(amplitudes=amplitudes, wavenumbers=wavenumbers, phases=phases)
    if smooth.n != rough.n:
        raise ValueError(f"b has {smooth.n} numbers, wavenumbers has {rough.n} columns: match them")
    return Field(
        "mixed_field",
        frozen(**smooth.parameters, **rough.parameters),
        f"mixed_field(n={smooth.n})",
        smooth.n,
        lambda x: smooth.value_at(x) + rough.value_at(x),
        lambda x: smooth.gradient_at(x) + rough.gradient_at(x),
        lambda x: smooth.hessian_at(x) + rough.hessian_at(x),
    )
