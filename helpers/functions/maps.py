"""Families of vector fields (with exact Jacobians) and of paths (with exact velocities)."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.functions.curves import horner, lowered
from helpers.functions.kinds import Path, VectorField, column, frozen, parameter, times


def affine(*, A: Any, b: Any) -> VectorField:
    """Affine map A x + b: its Jacobian is A everywhere.

    Parameters
    ----------
    A : array_like, shape (m, n)
    b : array_like, shape (m,)

    Returns
    -------
    VectorField

    Examples
    --------
    >>> F = affine(A=[[1, 2], [3, 4]], b=[1, 0])
    >>> F([1, 1]).tolist()
    [4.0, 7.0]
    """
    b = parameter(b, (None,), "b")
    A = parameter(A, (b.size, None), "A")
    m, n = A.shape

    def value(x: Any) -> Any:
        Ax = times(A, x)
        return Ax + column(b, Ax)

    label = f"affine(n={n}, m={m})"
    return VectorField("affine", frozen(A=A, b=b), label, n, m, value, lambda x: A.copy())


def trig_map(*, A: Any, B: Any, c: Any) -> VectorField:
    """Map with F_i = Σ_j A_ij sin(B_ij x_j + c_i).

    Parameters
    ----------
    A, B : array_like, shape (m, n)
        Amplitudes and frequencies.
    c : array_like, shape (m,)
        Phases in radians.

    Returns
    -------
    VectorField

    Examples
    --------
    >>> F = trig_map(A=[[1, 2]], B=[[3, 4]], c=[0])
    >>> F.jacobian([0, 0]).tolist()
    [[3.0, 8.0]]
    """
    A = parameter(A, (None, None), "A")
    m, n = A.shape
    B, c = parameter(B, (m, n), "B"), parameter(c, (m,), "c")

    def value(x: Any) -> Any:
        return sum(
            column(A[:, j], x) * np.sin(column(B[:, j], x) * x[j] + column(c, x)) for j in range(n)
        )

    def jacobian(x: Any) -> Any:
        return A * B * np.cos(B * x + c[:, np.newaxis])

    label = f"trig_map(n={n}, m={m})"
    return VectorField("trig_map", frozen(A=A, B=B, c=c), label, n, m, value, jacobian)


def quadratic_map(*, Q: Any, A: Any, b: Any) -> VectorField:
    """Map with F_i = ½ xᵀQ_i x + (A x)_i + b_i.

    Parameters
    ----------
    Q : array_like, shape (m, n, n)
        One matrix per output; its symmetric part is the Hessian of that output.
    A : array_like, shape (m, n)
    b : array_like, shape (m,)

    Returns
    -------
    VectorField

    Examples
    --------
    >>> F = quadratic_map(Q=[[[2, 0], [0, 2]]], A=[[0, 1]], b=[0])
    >>> F.jacobian([1, 1]).tolist()
    [[2.0, 3.0]]
    """
    A = parameter(A, (None, None), "A")
    m, n = A.shape
    Q, b = parameter(Q, (m, n, n), "Q"), parameter(b, (m,), "b")
    H = (Q + np.swapaxes(Q, 1, 2)) / 2

    def value(x: Any) -> Any:
        rows = [np.sum(x * times(H[i] / 2, x), axis=0) for i in range(m)]
        Ax = times(A, x)
        return np.stack(rows) + Ax + column(b, Ax)

    def jacobian(x: Any) -> Any:
        return H @ x + A

    label = f"quadratic_map(n={n}, m={m})"
    return VectorField("quadratic_map", frozen(Q=Q, A=A, b=b), label, n, m, value, jacobian)


def _polar(x: Any) -> Any:
    r, theta = x[0], x[1]
    return np.stack([r * np.cos(theta), r * np.sin(theta)])


def _polar_jacobian(x: Any) -> Any:
    r, theta = x
    return np.array([[np.cos(theta), -r * np.sin(theta)], [np.sin(theta), r * np.cos(theta)]])


def _spherical(x: Any) -> Any:
    r, theta, phi = x[0], x[1], x[2]
    s = r * np.sin(theta)
    return np.stack([s * np.cos(phi), s * np.sin(phi), r * np.cos(theta)])


def _spherical_jacobian(x: Any) -> Any:
    r, theta, phi = x
    st, ct, sp, cp = np.sin(theta), np.cos(theta), np.sin(phi), np.cos(phi)
    return np.array(
        [
            [st * cp, r * ct * cp, -r * st * sp],
            [st * sp, r * ct * sp, r * st * cp],
            [ct, -r * st, 0.0],
        ]
    )


polar = VectorField("polar", frozen(), "polar", 2, 2, _polar, _polar_jacobian)
spherical = VectorField("spherical", frozen(), "spherical", 3, 3, _spherical, _spherical_jacobian)


def _rows(values: Any, t: Any) -> Any:
    """Values of shape (n,), shaped to broadcast to (n, ...) against a time t of shape (...)."""
    return np.reshape(values, (-1,) + (1,) * len(np.shape(t)))


def lissajous(*, amplitudes: Any, frequencies: Any, phases: Any) -> Path:
    """Path whose coordinates are a sin(ω t + φ).

    Parameters
    ----------
    amplitudes, frequencies, phases : array_like, shape (n,)
        Frequencies in radians per unit of t, phases in radians.

    Returns
    -------
    Path

    Examples
    --------
    >>> p = lissajous(amplitudes=[1, 2], frequencies=[1, 3], phases=[0, 0])
    >>> p.velocity(0).tolist()
    [1.0, 6.0]
    """
    a = parameter(amplitudes, (None,), "amplitudes")
    w = parameter(frequencies, (a.size,), "frequencies")
    phi = parameter(phases, (a.size,), "phases")

    def angle(t: Any) -> Any:
        return _rows(w, t) * t + _rows(phi, t)

    return Path(
        "lissajous",
        frozen(amplitudes=a, frequencies=w, phases=phi),
        f"lissajous(n={a.size})",
        a.size,
        lambda t: _rows(a, t) * np.sin(angle(t)),
        lambda t: _rows(a * w, t) * np.cos(angle(t)),
    )


def polynomial_path(*, coefficients: Any) -> Path:
    """Path whose coordinates are polynomials in t.

    Parameters
    ----------
    coefficients : array_like, shape (n, degree + 1)
        One row per coordinate, lowest power first.

    Returns
    -------
    Path

    Examples
    --------
    >>> p = polynomial_path(coefficients=[[0, 1, 0], [0, 0, 1]])
    >>> p(3).tolist(), p.velocity(3).tolist()
    ([3.0, 9.0], [1.0, 6.0])
    """
    C = parameter(coefficients, (None, None), "coefficients")
    slopes = [lowered(row) for row in C]
    n, width = C.shape
    return Path(
        "polynomial_path",
        frozen(coefficients=C),
        f"polynomial_path(n={n}, degree={width - 1})",
        n,
        lambda t: np.stack([horner(row, t) for row in C]),
        lambda t: np.stack([horner(row, t) for row in slopes]),
    )


helix = Path(
    "helix",
    frozen(),
    "helix",
    3,
    lambda t: np.stack([np.cos(t), np.sin(t), t / 4]),
    lambda t: np.stack([-np.sin(t), np.cos(t), 0 * t + 0.25]),
)
