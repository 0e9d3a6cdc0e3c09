"""The four kinds of course function: scalar field, curve, vector field and path.

Each is a frozen record of a family name, plain parameters and the formulas that belong to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

Formula = Callable[[Any], Any]


def as_input(x: Any) -> Any:
    """Lists, tuples and whole numbers as float arrays; everything else as it is."""
    if isinstance(x, (bool, int, np.integer, np.bool_)):
        return np.float64(x)
    if isinstance(x, (list, tuple)):
        x = np.asarray(x)
    if isinstance(x, np.ndarray) and x.dtype.kind in "biu":
        return x.astype(float)
    return x


def as_point(x: Any, n: int | None, name: str) -> Any:
    """The input of a function of several variables, its first axis checked against n."""
    x = as_input(x)
    shape = np.shape(x)
    if not shape:
        raise ValueError(
            f"{name} wants a vector of shape ({n or 'n'},), not one number: pass a list"
        )
    if n is not None and shape[0] != n:
        raise ValueError(
            f"{name} wants {n} numbers along the first axis, got shape {shape}: "
            f"pass an array of shape ({n},) or ({n}, ...)"
        )
    return x


def parameter(value: Any, shape: tuple[int | None, ...], name: str) -> Any:
    """A parameter as a read-only float array of the wanted shape (None: any length)."""
    array = np.array(value, dtype=float)
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "(" + ", ".join("any" if s is None else str(s) for s in shape) + ")"
        raise ValueError(f"parameter {name} must have shape {wanted}, got {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"parameter {name} must be finite: it holds inf or nan")
    array.setflags(write=False)
    return float(array) if array.ndim == 0 else array


def frozen(**parameters: Any) -> Mapping[str, Any]:
    """The parameters as a mapping that cannot be written to."""
    return MappingProxyType(parameters)


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as lists and numbers, ready for JSON."""
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in parameters.items()}


def times(A: Any, x: Any) -> Any:
    """The product A @ x along the first axis of x, whatever axes follow."""
    return A @ x if len(np.shape(x)) <= 2 else np.tensordot(A, x, axes=1)


def column(values: Any, x: Any) -> Any:
    """Values of shape (k,), reshaped to broadcast against x of shape (k, ...)."""
    return np.reshape(values, (-1,) + (1,) * (len(np.shape(x)) - 1))


class _Member:
    """Shared behaviour: how a course function prints and how it is copied or pickled."""

    family: str
    parameters: Mapping[str, Any]
    label: str

    @property
    def __name__(self) -> str:
        return self.label

    def __repr__(self) -> str:
        return self.label

    def __reduce__(self) -> tuple[Any, ...]:
        from helpers.functions import build

        plan = {"family": self.family, "member": "value", "parameters": plain(self.parameters)}
        return build, (plan,)


@dataclass(frozen=True, eq=False, repr=False)
class Field(_Member):
    """Scalar field: x of shape (n, ...) to values of shape (...).

    Attributes
    ----------
    family, label : str
        The family's name, and how the field prints.
    parameters : mapping
        Read-only numbers and arrays that pick this member of the family.
    n : int or None
        Number of inputs; None where any number will do.
    """

    family: str
    parameters: Mapping[str, Any]
    label: str
    n: int | None
    value_at: Formula
    gradient_at: Formula
    hessian_at: Formula

    def __call__(self, x: Any) -> Any:
        """Value at x of shape (n, ...): shape (...)."""
        return self.value_at(as_point(x, self.n, self.label))

    def gradient(self, x: Any) -> Any:
        """Exact gradient at a point x of shape (n,): shape (n,)."""
        return self.gradient_at(as_point(x, self.n, self.label))

    def hessian(self, x: Any) -> Any:
        """Exact Hessian at a point x of shape (n,): shape (n, n), symmetric."""
        return self.hessian_at(as_point(x, self.n, self.label))


@dataclass(frozen=True, eq=False, repr=False)
class Curve(_Member):
    """Function of one variable, elementwise on numbers and arrays of any shape."""

    family: str
    parameters: Mapping[str, Any]
    label: str
    value_at: Formula
    derivative_at: Formula
    second_at: Formula

    def __call__(self, x: Any) -> Any:
        """Value at x, elementwise."""
        return self.value_at(as_input(x))

    def derivative(self, x: Any) -> Any:
        """Exact first derivative, elementwise."""
        return self.derivative_at(as_input(x))

    def second(self, x: Any) -> Any:
        """Exact second derivative, elementwise."""
        return self.second_at(as_input(x))


@dataclass(frozen=True, eq=False, repr=False)
class VectorField(_Member):
    """Vector field F: x of shape (n, ...) to values of shape (m, ...).

    Attributes
    ----------
    n, m : int
        Number of inputs and of outputs.
    """

    family: str
    parameters: Mapping[str, Any]
    label: str
    n: int
    m: int
    value_at: Formula
    jacobian_at: Formula

    def __call__(self, x: Any) -> Any:
        """Value at x of shape (n, ...): shape (m, ...)."""
        return self.value_at(as_point(x, self.n, self.label))

    def jacobian(self, x: Any) -> Any:
        """Exact Jacobian at a point x of shape (n,): shape (m, n)."""
        return self.jacobian_at(as_point(x, self.n, self.label))


@dataclass(frozen=True, eq=False, repr=False)
class Path(_Member):
    """Path: a time t (number, or array of shape (...)) to points of shape (n,) or (n, ...)."""

    family: str
    parameters: Mapping[str, Any]
    label: str
    n: int
    value_at: Formula
    velocity_at: Formula

    def __call__(self, t: Any) -> Any:
        """Point at time t: shape (n,), or (n, ...) for t of shape (...)."""
        return self.value_at(as_input(t))

    def velocity(self, t: Any) -> Any:
        """Exact velocity, the derivative of the path with respect to t, shaped like the path."""
        return self.velocity_at(as_input(t))
