"""Derivatives of plain numpy code, exact to rounding.

Each function runs f once with a variable in place of x and then sweeps over the tape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.autodiff import advice
from helpers.autodiff.settle import settle
from helpers.autodiff.sweeps import finite, forward_sweep, reverse_sweep
from helpers.autodiff.variable import Tape, Variable, collect, operand

Function = Callable[[Any], Any]
ABOUT_OBJECTS = (
    *("which has no callable", "could not be safely coerced", "from dtype('O')"),
    *("dtype object cannot be cast", "object arrays are not supported"),
)
BLOCK = 250_000  # numbers in one array of tangents; more directions than fit take turns


# --- from x to a tape and back ---------------------------------------------------------------------


def start(f: Function, x: Any, name: str) -> Any:
    """The point as floats, once f is seen to be a function."""
    if not callable(f):
        raise TypeError(advice.NOT_CALLABLE.format(name=name, kind=type(f).__name__))
    return as_point(x)


def as_point(x: Any) -> Any:
    """x as floats (a variable of another derivative stays as it is)."""
    if type(x) is Variable:
        return x
    point = np.asarray(x)
    if point.dtype.kind == "O" and any(type(e) is Variable for e in point.ravel()):
        return collect(point)
    if point.dtype.kind == "c":
        raise TypeError(advice.COMPLEX.format(dtype=point.dtype))
    if point.dtype.kind not in "biuf":
        raise TypeError(advice.NOT_NUMERIC.format(kind=type(x).__name__))
    point = point.astype(float)
    if not finite(point):
        value = point[~np.isfinite(point)].flat[0]
        raise ValueError(advice.NOT_FINITE_POINT.format(value=value))
    return point if point.ndim else np.float64(point)


def run(f: Function, x: Any, name: str) -> tuple[Variable, Any]:
    """Call f with a new variable that holds x: the variable, and what f returned."""
    variable = Variable(x, Tape())
    try:
        y = f(variable)
    except ValueError as error:
        if isinstance(error.__cause__, advice.UntraceableError):
            raise advice.UntraceableError(advice.IN_PLACE) from None
        if any(words in str(error) for words in ABOUT_OBJECTS):
            raise advice.UntraceableError(advice.AS_OBJECTS) from error
        raise
    except TypeError as error:
        if any(words in str(error) for words in ABOUT_OBJECTS):
            raise advice.UntraceableError(advice.AS_OBJECTS) from error
        raise
    if y is None:
        raise TypeError(advice.NOTHING.format(name=name))
    if type(y) is not Variable:
        y = operand(np.asarray(y))
    if type(y) is not Variable:
        y = np.asarray(y, dtype=float)
    return variable, y


def depends(y: Any, x: Variable) -> bool:
    """True if y was made from x; if not, its derivative is zero."""
    return type(y) is Variable and y.tape is x.tape


def value_of(y: Any, x: Variable) -> Any:
    """The value of y; a constant is its own."""
    return y.value if depends(y, x) else y


def one_number(y: Any, name: str) -> Any:
    """y as a single number, without axes."""
    if y.size != 1:
        raise ValueError(advice.NOT_SCALAR.format(name=name, shape=y.shape))
    return y.reshape(()) if y.ndim else y


def like(v: Any, shape: tuple[int, ...], what: str, of: str) -> Any:
    """A direction or weight as floats, of the shape that it must have."""
    v = as_point(v)
    if v.shape != shape:
        raise ValueError(advice.WRONG_SHAPE.format(what=what, of=of, wanted=shape, got=v.shape))
    return v


def blocks(count: int, tape: Tape) -> list[slice]:
    """Cut the directions into blocks that travel together, few enough for the processor's cache."""
    step = max(1, BLOCK // max(node.size for node in tape.nodes))
    return [slice(k, k + step) for k in range(0, count, step)]


def joined(parts: list[Any]) -> Any:
    """Blocks of directions, one after the other."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def push_all(x: Variable, y: Any) -> Any:
    """∂y/∂x by forward sweeps, shape (x.size, *y.shape)."""
    n = x.size
    if not depends(y, x):
        return np.zeros((n, *y.shape))
    directions = np.eye(n).reshape(n, *x.shape)
    return joined([forward_sweep(x, directions[cut], y) for cut in blocks(n, x.tape)])


def pull_all(x: Variable, y: Any) -> Any:
    """∂y/∂x by reverse sweeps, shape (y.size, *x.shape)."""
    m = y.size
    weights = np.eye(m).reshape(m, *y.shape)
    parts = [reverse_sweep(x, y, weights[cut]) for cut in blocks(m, x.tape)]
    return np.zeros((m, *x.shape)) if parts[0] is None else joined(parts)


# --- one run, not yet judged -----------------------------------------------------------------------


def run_gradient(f: Function, x: Any, name: str) -> tuple[Any, Any]:
    """f(x) and its gradient by one reverse sweep."""
    variable, y = run(f, x, name)
    y = one_number(y, name)
    slopes = None
    if depends(y, variable):
        slopes = reverse_sweep(variable, y, np.float64(1.0))
    variable.tape.nodes.clear()
    return value_of(y, variable), np.zeros(x.shape) if slopes is None else slopes


def run_push(f: Function, x: Any, directions: Any, name: str, scalar: bool) -> tuple[Any, Any]:
    """f(x) and its tangents along the directions, stacked on the first axis."""
    variable, y = run(f, x, name)
    y = one_number(y, name) if scalar else y
    moved = np.zeros((len(directions), *y.shape))
    if depends(y, variable):
        moved = forward_sweep(variable, directions, y)
    variable.tape.nodes.clear()
    return value_of(y, variable), moved


def run_curvature(f: Function, x: Any, directions: Any, name: str) -> tuple[Any, Any]:
    """f(x) and its Hessian times each direction: forward over reverse; None means all of them.

    The gradient is put in front of them: a Hessian counts only where there is a gradient.
    """
    variable = Variable(x, Tape())
    value, slopes = run_gradient(f, variable, name)
    if directions is None:
        turned = push_all(variable, slopes)
    elif depends(slopes, variable):
        turned = forward_sweep(variable, directions, slopes)
    else:
        turned = np.zeros(directions.shape)
    variable.tape.nodes.clear()
    return value_of(value, variable), np.concatenate([value_of(slopes, variable)[None], turned])


# --- what students call ----------------------------------------------------------------------------


def derivative(f: Function, x: Any) -> Any:
    """Derivative of a function of one variable.

    Parameters
    ----------
    f : callable
        Takes a number; returns a number, or an array (a path: then its velocity is returned).
    x : float or array_like
        A point, or an array of points; then f must treat each entry by itself.

    Returns
    -------
    float or ndarray
        f′(x), with the shape of f(x).

    Raises
    ------
    ValueError
        Where f has no derivative (kink, jump, infinite slope) or no value; the message says why.
    TypeError
        Where the derivative would get lost (math.sin, filling arrays); the message says what to do.

    Examples
    --------
    >>> import numpy as np
    >>> float(derivative(lambda x: x**3, 2))
    12.0
    >>> derivative(np.sin, [0, np.pi]).tolist()
    [1.0, -1.0]
    """
    x = start(f, x, "derivative")
    if x.ndim == 0:
        return settle(lambda p: _along(f, p), f, x)[1]
    return settle(lambda p: _entrywise(f, p), f, x)[1]


def _along(f: Function, x: Any) -> tuple[Any, Any]:
    value, moved = run_push(f, x, np.ones(1), "derivative", scalar=False)
    return value, moved[0]


def _entrywise(f: Function, x: Any) -> tuple[Any, Any]:
    """Slopes at every point, and a second direction to see that f does not mix the points."""
    second = np.random.default_rng(0).normal(size=x.shape)
    directions = np.stack([np.ones(x.shape), second])
    value, moved = run_push(f, x, directions, "derivative", scalar=False)
    if moved.shape[1:] != x.shape and not np.any(moved):
        moved = np.zeros(directions.shape)
    slope, check = moved[0], moved[1]
    if slope.shape != x.shape or not np.allclose(check, second * slope, equal_nan=True):
        raise ValueError(advice.NOT_ENTRYWISE)
    return value, slope


def value_and_gradient(f: Function, x: Any) -> tuple[Any, Any]:
    """f(x) and its gradient, from one run.

    Parameters
    ----------
    f : callable
        Takes an array, returns one number.
    x : array_like
        The point, any shape.

    Returns
    -------
    value : float
    gradient : ndarray
        Of the shape of x.

    Examples
    --------
    >>> value, slopes = value_and_gradient(lambda x: x[0] ** 2 * x[1], [3, 2])
    >>> float(value), slopes.tolist()
    (18.0, [12.0, 9.0])
    """
    x = start(f, x, "gradient")
    return settle(lambda p: run_gradient(f, p, "gradient"), f, x)


def gradient(f: Function, x: Any) -> Any:
    """Gradient of a scalar field, by one reverse sweep.

    Parameters
    ----------
    f : callable
        Takes an array, returns one number.
    x : array_like
        The point, shape (n,) (or any other).

    Returns
    -------
    ndarray
        ∂f/∂x, of the shape of x.

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 + 2 * x[1] ** 2, [1, 2]).tolist()
    [2.0, 8.0]
    """
    return value_and_gradient(f, x)[1]


def directional(f: Function, x: Any, v: Any) -> Any:
    """∇f(x) · v, by one forward sweep; v is not made a unit vector.

    Parameters
    ----------
    f : callable
        Takes an array, returns one number.
    x, v : array_like
        Point and direction, of the same shape.

    Examples
    --------
    >>> float(directional(lambda x: x[0] * x[1], [3, 4], [1, 0]))
    4.0
    """
    x = start(f, x, "directional")
    v = like(v, x.shape, "v", "x")[None]
    return settle(lambda p: run_push(f, p, v, "directional", scalar=True), f, x)[1][0]


def jvp(F: Function, x: Any, v: Any) -> Any:
    """J(x) v, by one forward sweep, without making J.

    Parameters
    ----------
    F : callable
        Takes an array, returns an array of shape (m,).
    x, v : array_like
        Point and direction, shape (n,).

    Returns
    -------
    ndarray
        Shape (m,).

    Examples
    --------
    >>> jvp(lambda x: [x[0] * x[1], x[0]], [3, 4], [1, 0]).tolist()
    [4.0, 1.0]
    """
    x = start(F, x, "jvp")
    v = like(v, x.shape, "v", "x")[None]
    return settle(lambda p: run_push(F, p, v, "jvp", scalar=False), F, x)[1][0]


def vjp(F: Function, x: Any, u: Any) -> Any:
    """J(x)ᵀ u, by one reverse sweep, without making J.

    Parameters
    ----------
    F : callable
        Takes an array, returns an array of shape (m,).
    x : array_like
        The point, shape (n,).
    u : array_like
        One weight for each output, shape (m,).

    Returns
    -------
    ndarray
        Shape (n,).

    Examples
    --------
    >>> vjp(lambda x: [x[0] * x[1], x[0]], [3, 4], [1, 0]).tolist()
    [4.0, 3.0]
    """
    x = start(F, x, "vjp")
    return settle(lambda p: _weighted(F, p, u), F, x)[1]


def _weighted(F: Function, x: Any, u: Any) -> tuple[Any, Any]:
    variable, y = run(F, x, "vjp")
    u = like(u, y.shape, "u", "F(x)")
    slopes = None
    if depends(y, variable):
        slopes = reverse_sweep(variable, y, u)
    variable.tape.nodes.clear()
    return value_of(y, variable), np.zeros(x.shape) if slopes is None else slopes


def jacobian(F: Function, x: Any) -> Any:
    """Jacobian of a vector field: one row for each output, one column for each input.

    Forward sweeps where inputs are few against outputs, else reverse sweeps.

    Parameters
    ----------
    F : callable
        Takes an array of shape (n,), returns one of shape (m,) (or a list of m numbers).
    x : array_like
        The point, shape (n,); a number counts as n = 1.

    Returns
    -------
    ndarray
        Shape (m, n); for arrays with more axes the shape of F(x), then that of x.

    Examples
    --------
    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]], [3, 4]).tolist()
    [[4.0, 3.0], [1.0, 1.0]]
    """
    x = start(F, x, "jacobian")
    return settle(lambda p: _jacobian(F, p), F, x)[1]


def _jacobian(F: Function, x: Any) -> tuple[Any, Any]:
    variable, y = run(F, x, "jacobian")
    n, m = x.size, y.size
    shape = (*(y.shape or (1,)), *(x.shape or (1,)))
    if n <= 64 or n <= 8 * m or not depends(y, variable):
        rows = push_all(variable, y).reshape(n, m).T
    else:
        rows = pull_all(variable, y)
    variable.tape.nodes.clear()
    return value_of(y, variable), rows.reshape(shape)


def hessian(f: Function, x: Any) -> Any:
    """Hessian of a scalar field: the gradient's Jacobian, forward over reverse.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x : array_like
        The point, shape (n,).

    Returns
    -------
    ndarray
        Shape (n, n).

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1], [3, 2]).tolist()
    [[4.0, 6.0], [6.0, 0.0]]
    """
    x = start(f, x, "hessian")
    turned = settle(lambda p: run_curvature(f, p, None, "hessian"), f, x)[1][1:]
    return turned.reshape((*x.shape, *x.shape) if x.ndim else (1, 1))


def hvp(f: Function, x: Any, v: Any) -> Any:
    """Hessian times v, without making the Hessian: about three gradients, whatever n is.

    Parameters
    ----------
    f : callable
        Takes an array of shape (n,), returns one number.
    x, v : array_like
        Point and direction, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,).

    Examples
    --------
    >>> hvp(lambda x: x[0] ** 2 * x[1], [3, 2], [1, 0]).tolist()
    [4.0, 6.0]
    """
    x = start(f, x, "hvp")
    v = like(v, x.shape, "v", "x")[None]
    return settle(lambda p: run_curvature(f, p, v, "hvp"), f, x)[1][1]
