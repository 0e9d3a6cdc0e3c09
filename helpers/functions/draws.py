"""Random members of the families, scaled so that values and slopes are of order 1 on [−2, 2]."""

from __future__ import annotations

from typing import Any

import numpy as np

Rng = np.random.Generator


def _symmetric(rng: Rng, n: int) -> Any:
    A = rng.normal(size=(n, n)) / np.sqrt(n)
    return (A + A.T) / 2


def _sizes(rng: Rng, shape: Any = ()) -> Any:
    """Numbers between 0.5 and 1.5 with random signs."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def _quadratic(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"A": _symmetric(rng, n), "b": rng.normal(size=n) / np.sqrt(n), "c": rng.normal()}


def _gaussian_hills(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {
        "heights": _sizes(rng, 3),
        "centres": rng.uniform(-1.5, 1.5, (3, n)),
        "widths": rng.uniform(0.8, 1.4, 3) * np.sqrt(n),
    }


def _waves(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {
        "amplitudes": _sizes(rng, 3) / 2,
        "wavenumbers": _sizes(rng, (3, n)) / np.sqrt(n),
        "phases": rng.uniform(-np.pi, np.pi, 3),
    }


def _polynomial_field(rng: Rng, n: int, m: int) -> dict[str, Any]:
    exponents = np.zeros((4, n))
    for row in exponents:
        np.add.at(row, rng.integers(0, n, size=rng.integers(1, 4)), 1)
    return {"coefficients": _sizes(rng, 4) / 2 ** exponents.sum(axis=1), "exponents": exponents}


def _exp_linear(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"amplitudes": _sizes(rng, 3) / 2, "rates": rng.uniform(-0.8, 0.8, (3, n)) / np.sqrt(n)}


def _mixed_field(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return _quadratic(rng, n, m) | _waves(rng, n, m)


def _polynomial(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"coefficients": _sizes(rng, n + 2) / 2.0 ** np.arange(n + 2)}


def _sinusoid(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"amplitude": _sizes(rng), "frequency": _sizes(rng), "phase": rng.uniform(-3, 3)}


def _bump(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {
        "height": _sizes(rng),
        "centre": rng.uniform(-1, 1),
        "width": rng.uniform(0.7, 1.5),
    }


def _exponential(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"amplitude": _sizes(rng), "rate": _sizes(rng) / 2}


def _rational(rng: Rng, n: int, m: int) -> dict[str, Any]:
    # the discriminant b² − 4ac stays below 0, so the denominator never vanishes
    denominator = [rng.uniform(1, 2), rng.uniform(-0.5, 0.5), rng.uniform(0.3, 1)]
    return {"numerator": _sizes(rng, 2), "denominator": denominator}


def _logistic_curve(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"height": _sizes(rng), "rate": 2 * _sizes(rng), "centre": rng.uniform(-1, 1)}


def _log1p_curve(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"height": _sizes(rng), "rate": rng.uniform(0.5, 1.2)}


def _damped_wave(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return _sinusoid(rng, n, m) | {"decay": rng.uniform(0.1, 0.5)}


def _affine(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"A": rng.normal(size=(m, n)) / np.sqrt(n), "b": rng.normal(size=m)}


def _trig_map(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {
        "A": _sizes(rng, (m, n)) / np.sqrt(n),
        "B": _sizes(rng, (m, n)),
        "c": rng.uniform(-np.pi, np.pi, m),
    }


def _quadratic_map(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return _affine(rng, n, m) | {"Q": np.stack([_symmetric(rng, n) for _ in range(m)])}


def _lissajous(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {
        "amplitudes": _sizes(rng, n),
        "frequencies": _sizes(rng, n),
        "phases": rng.uniform(-np.pi, np.pi, n),
    }


def _polynomial_path(rng: Rng, n: int, m: int) -> dict[str, Any]:
    return {"coefficients": _sizes(rng, (n, 4)) / 2.0 ** np.arange(4)}


DRAWS = {
    "quadratic": _quadratic,
    "gaussian_hills": _gaussian_hills,
    "waves": _waves,
    "polynomial_field": _polynomial_field,
    "exp_linear": _exp_linear,
    "mixed_field": _mixed_field,
    "polynomial": _polynomial,
    "sinusoid": _sinusoid,
    "bump": _bump,
    "exponential": _exponential,
    "rational": _rational,
    "logistic_curve": _logistic_curve,
    "log1p_curve": _log1p_curve,
    "damped_wave": _damped_wave,
    "affine": _affine,
    "trig_map": _trig_map,
    "quadratic_map": _quadratic_map,
    "lissajous": _lissajous,
    "polynomial_path": _polynomial_path,
}
