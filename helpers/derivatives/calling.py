"""Calling a student's function safely: copies in, plain floats out, one sentence when it cannot be.

Where f has no value (math.log of a negative, a division by zero) it counts as nan there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def need_function(f: Any, name: str = "f") -> None:
    """Refuse what cannot be called."""
    if not callable(f):
        raise TypeError(
            f"{name} must be a function, got {type(f).__name__}: "
            "pass the function itself, such as np.sin, not its value np.sin(x)"
        )


def as_floats(x: Any, name: str = "x") -> Array:
    """A fresh float array of x, whatever it came as."""
    try:
        array = np.array(x)
        if array.dtype.kind not in "biuf":
            raise TypeError
        return array.astype(float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a real number or an array of real numbers, got {x!r}: convert it first"
        ) from None


def as_vector(x: Any, name: str = "x") -> Array:
    """A fresh float array of x, of shape (n,)."""
    vector = as_floats(x, name)
    if vector.ndim != 1:
        raise ValueError(
            f"{name} must be a vector of shape (n,), got shape {vector.shape}: "
            "pass a flat list of numbers (for one number use derivative)"
        )
    return vector


def real(y: Any) -> Array:
    """What f returned, as an array of real numbers."""
    if y is None:
        raise ValueError("f returned None: end it with a return")
    array = np.asarray(y)
    if array.dtype.kind in "biuf":
        return array
    try:
        if array.dtype.kind == "O":
            return array.astype(float)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"f must return real numbers, got {y!r}: return floats")


def precision(y: Array) -> float:
    """Relative rounding of the numbers f works with."""
    return float(np.finfo(y.dtype).eps if y.dtype.kind == "f" else np.finfo(float).eps)


def value_or_nan(f: Callable[[Any], Any], x: Any) -> Any:
    """f(x), or nan where f says that x is outside its domain."""
    try:
        return f(x)
    except ArithmeticError:
        return np.nan
    except ValueError as error:
        # what the math module says of log(-1) and sqrt(-1), in older and newer Pythons
        if "domain" in str(error) or "expected a" in str(error):
            return np.nan
        raise


def number(f: Callable[[Any], Any], x: Any) -> tuple[float, float]:
    """f(x) as one float, and the relative rounding of its type."""
    y = real(value_or_nan(f, x))
    if y.size != 1:
        raise ValueError(
            f"f must return one number here but returned shape {y.shape}: "
            "use jacobian for a function that returns a vector"
        )
    return float(y.reshape(())), precision(y)


class Elementwise:
    """A function of one variable, called on whole arrays if it can, else point by point.

    Attributes
    ----------
    eps : float
        Relative rounding of the numbers that f returns.
    """

    def __init__(self, f: Callable[[Any], Any]) -> None:
        self.f = f
        self.eps = float(np.finfo(float).eps)
        self.whole: bool | None = None

    def __call__(self, x: Array) -> Array:
        """Values at every x of shape (k,), as floats of shape (k,)."""
        with np.errstate(all="ignore"):
            if self.whole is None and x.size > 1:
                self.whole = self._agrees(x)
            if self.whole:
                y = self._at_once(x)
                if y is not None:
                    return y.astype(float, copy=False)
                self.whole = False
            return self._one_by_one(x)

    def _at_once(self, x: Array) -> Array | None:
        """Values from one call, or None where f does not take arrays or mixes their entries up."""
        try:
            y = real(self.f(x.copy()))
        except Exception:
            return None
        return y if y.shape == x.shape else None

    def _one_by_one(self, x: Array) -> Array:
        results = [self._alone(each) for each in x]
        self.eps = max([self.eps, *(eps for _, eps in results)])
        return np.array([y for y, _ in results], dtype=float)

    def _alone(self, x: Any) -> tuple[float, float]:
        """f of one number; of an array of one, where f takes nothing else."""
        try:
            return number(self.f, x)
        except (AttributeError, IndexError, TypeError):
            try:
                return number(self.f, np.array([x]))
            except Exception:
                pass
            raise

    def _agrees(self, x: Array) -> bool:
        """Whether f of an array holds the same as f of its single numbers."""
        y = self._at_once(x)
        if y is None:
            return False
        ends = [0, x.size // 2, -1]
        alone = np.array([self._alone(each)[0] for each in x[ends]])
        self.eps = max(self.eps, precision(y))
        slack = 1e-6 * float(np.max(np.abs(y), where=np.isfinite(y), initial=0.0))
        return bool(np.allclose(y[ends], alone, rtol=1e-3, atol=slack, equal_nan=True))
