"""The number that remembers: a variable notes every operation that is done to it on a tape.

`record` is the only place where the tape grows. A variable of one tape may hold a variable of an older tape
as its value; then the newer derivative is itself differentiated by the older one, which is how Hessians
are made.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from helpers.autodiff import arrays
from helpers.autodiff.advice import COMPLEX_STEP, NOT_A_NUMBER, SET_ITEM, UntraceableError, unknown
from helpers.autodiff.rules import BOOL, RULES, SLOPES, Rule, plain

_levels = itertools.count()


class Tape:
    """The operations of one run of a function, in order.

    Attributes
    ----------
    nodes : list of Variable
    level : int
        Later tapes have higher levels; a derivative inside a derivative is told apart by it.
    """

    __slots__ = ("level", "nodes")

    def __init__(self) -> None:
        self.nodes: list[Variable] = []
        self.level = next(_levels)


def operand(a: Any) -> Any:
    """A constant as numpy sees it; an object array of variables becomes one variable."""
    if isinstance(a, (list, tuple)):
        return operand(np.asarray(a))
    if isinstance(a, np.ndarray) and a.dtype.hasobject:
        return collect(a)
    if isinstance(a, complex) or getattr(a, "dtype", BOOL).kind == "c":
        raise UntraceableError(COMPLEX_STEP)
    return a


def record(rule: Rule, compute: Callable[..., Any], args: Any, params: tuple[Any, ...] = ()) -> Any:
    """Do the operation on the values and note it on the newest tape among the arguments."""
    tape: Any = None
    for a in args:
        if type(a) is Variable and (tape is None or a.tape.level > tape.level):
            tape = a.tape
    inputs = list(args)
    parents = []
    for i, a in enumerate(args):
        if type(a) is Variable and a.tape is tape:
            parents.append((i, a))
            inputs[i] = a.value
    return Variable(compute(*inputs, *params), tape, rule, parents, inputs, params)


def collect(entries: Any) -> Any:
    """An object array of variables, made by np.array([x[0], x[1]]), as one variable."""
    flat = list(entries.ravel())
    if not any(type(e) is Variable for e in flat):
        raise UntraceableError(f"an array of {type(flat[0]).__name__} cannot be differentiated")
    shape = entries.shape
    return record(arrays.COLLECT, lambda *values: _gathered(values, shape), flat)


def _gathered(values: Any, shape: tuple[int, ...]) -> Any:
    """Numbers as an array of this shape; variables of an older tape as a variable of it."""
    made = np.array(values)
    return operand(made.reshape(shape)) if made.dtype.hasobject else made.reshape(shape)


def elementwise(name: str, compute: Callable[..., Any], *args: Any) -> Any:
    """Record the operation of this name in the table of slopes."""
    for a in args:
        if type(a) not in SIMPLE:
            args = tuple(map(operand, args))
            break
    return record(RULES[name], compute, args)


def as_array(a: Any) -> Any:
    """A variable as it is; anything else as an array (of variables joined, if it holds some)."""
    return a if type(a) is Variable else operand(np.asarray(a))


def choose(chosen: Any, a: Any, b: Any) -> Any:
    """np.where with variables: a where chosen, else b."""
    chosen = np.asarray(plain(chosen), dtype=bool)
    return record(RULES["where"], _where, [operand(a), operand(b), chosen])


def _where(a: Any, b: Any, chosen: Any) -> Any:
    return np.where(chosen, a, b)


class Variable:
    """A number or array that f is run with, to learn its derivative.

    It has the attributes and methods of an array (`shape`, `sum`, `reshape`, ...), takes part in
    arithmetic, indexing and numpy functions, and compares as its value does.

    Attributes
    ----------
    value : ndarray or Variable
    tape : Tape
    index : int
        Its place on the tape.
    rule, parents, inputs, params
        The operation that made it, with the values that the rule needs.
    """

    __slots__ = ("index", "inputs", "params", "parents", "rule", "tape", "value")

    def __init__(
        self,
        value: Any,
        tape: Tape,
        rule: Rule | None = None,
        parents: Any = (),
        inputs: Any = (),
        params: tuple[Any, ...] = (),
    ) -> None:
        self.value = value
        self.tape = tape
        self.rule = rule
        self.parents = parents
        self.inputs = inputs
        self.params = params
        nodes = tape.nodes
        self.index = len(nodes)
        nodes.append(self)

    # --- what it looks like ---

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.value.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.value.size

    @property
    def dtype(self) -> Any:
        """Always float."""
        return np.dtype(float)

    @property
    def T(self) -> Any:  # numpy's name
        """The array with its axes in reverse order."""
        return self.transpose()

    @property
    def mT(self) -> Any:  # numpy's name
        """The matrix, or each of a stack of them, transposed."""
        return self.swapaxes(-1, -2)

    @property
    def real(self) -> Variable:
        """The variable itself."""
        return self

    def __len__(self) -> int:
        return len(plain(self))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"variable({plain(self)})"

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec)

    # --- arithmetic ---

    def __add__(self, other: Any) -> Any:
        return elementwise("add", operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return elementwise("add", operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return elementwise("subtract", operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return elementwise("subtract", operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return elementwise("multiply", operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return elementwise("multiply", operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return elementwise("divide", operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return elementwise("divide", operator.truediv, other, self)

    def __pow__(self, other: Any) -> Any:
        return elementwise("power", operator.pow, self, other)

    def __rpow__(self, other: Any) -> Any:
        return elementwise("power", operator.pow, other, self)

    def __mod__(self, other: Any) -> Any:
        return elementwise("remainder", operator.mod, self, other)

    def __rmod__(self, other: Any) -> Any:
        return elementwise("remainder", operator.mod, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return elementwise("floor_divide", operator.floordiv, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return elementwise("floor_divide", operator.floordiv, other, self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __neg__(self) -> Any:
        return elementwise("negative", operator.neg, self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return elementwise("absolute", abs, self)

    def __round__(self, digits: int = 0) -> Any:
        return np.round(self, digits)

    def __matmul__(self, other: Any) -> Any:
        return record(arrays.MATMUL, operator.matmul, (self, operand(other)))

    def __rmatmul__(self, other: Any) -> Any:
        return record(arrays.MATMUL, operator.matmul, (operand(other), self))

    # --- comparisons: plain True and False ---

    def __lt__(self, other: Any) -> Any:
        return plain(self) < plain(other)

    def __le__(self, other: Any) -> Any:
        return plain(self) <= plain(other)

    def __gt__(self, other: Any) -> Any:
        return plain(self) > plain(other)

    def __ge__(self, other: Any) -> Any:
        return plain(self) >= plain(other)

    def __eq__(self, other: Any) -> Any:
        return plain(self) == plain(other)

    def __ne__(self, other: Any) -> Any:
        return plain(self) != plain(other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(plain(self))

    # --- taking entries, changing shape ---

    def __getitem__(self, index: Any) -> Any:
        index = index if type(index) is tuple else (index,)
        if any(isinstance(i, (list, np.ndarray, bool, np.bool_, Variable)) for i in index):
            return self._picked(index)
        return record(arrays.TAKE, _take, (self,), (index,))

    def _picked(self, index: tuple[Any, ...]) -> Any:
        """Entries taken by lists, masks or arrays: by their place in the flat array."""
        if any(type(i) is Variable for i in index):
            raise UntraceableError("an index must be a whole number that does not depend on x")
        places = np.arange(self.size).reshape(self.shape)[index]
        flat = self if self.ndim == 1 else self.reshape(-1)
        taken = record(arrays.TAKE, _take, (flat,), ((places.ravel(),),))
        return taken if places.ndim == 1 else taken.reshape(places.shape)

    def put(self, index: tuple[Any, ...], shape: tuple[int, ...], lead: int) -> Any:
        """Zeros of this shape with the entries of self at the index."""
        return record(arrays.PUT, arrays.put, (self,), (index, shape, lead))

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The same entries in another shape."""
        wanted = shape[0] if len(shape) == 1 and not np.isscalar(shape[0]) else shape
        if order != "C":
            return self.T.reshape(tuple(wanted)[::-1]).T
        return record(arrays.RESHAPE, _reshape, (self,), (tuple(wanted),))

    def ravel(self, order: str = "C") -> Any:
        """All entries on one axis."""
        return self.reshape(-1, order=order)

    flatten = ravel

    def transpose(self, *axes: Any) -> Any:
        """The axes in another order; by default in reverse."""
        given = axes[0] if len(axes) == 1 and not np.isscalar(axes[0]) else axes
        order = tuple(given) if given else tuple(range(self.ndim))[::-1]
        order = tuple(a % self.ndim for a in order)
        return record(arrays.TRANSPOSE, _transpose, (self,), (order,))

    def swapaxes(self, a: int, b: int) -> Any:
        """Two axes exchanged."""
        order = list(range(self.ndim))
        order[a], order[b] = order[b], order[a]
        return self.transpose(order)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum over all axes, or over those given."""
        return record(arrays.SUM, _sum, (self,), (axes_of(axis, self.ndim), keepdims))

    def cumsum(self, axis: int | None = None) -> Any:
        """Running sums."""
        if axis is None:
            return self.ravel().cumsum(axis=0)
        return record(arrays.CUMSUM, _cumsum, (self,), (axis % self.ndim - self.ndim,))

    # --- numpy's own calls; `doors` hangs in the two doors ---

    ufunc_door: ClassVar[Callable[..., Any]]
    function_door: ClassVar[Callable[..., Any]]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return Variable.ufunc_door(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return Variable.function_door(function, args, options)

    def item(self, *index: Any) -> Any:
        """The only entry, or the one at this place, still a variable."""
        if not index:
            return self.reshape(())
        return self[index] if len(index) > 1 else self.ravel()[index[0]]

    def copy(self) -> Variable:
        """The variable itself: it never changes."""
        return self

    def astype(self, dtype: Any, copy: bool = True) -> Variable:
        """The variable itself; float is all that it can be."""
        if np.dtype(dtype) != np.dtype(float):
            raise UntraceableError(
                f"a variable must stay float, not {np.dtype(dtype)}: leave out astype"
            )
        return self

    # --- where the derivative would get lost ---

    def __float__(self) -> float:
        raise UntraceableError(NOT_A_NUMBER)

    def __int__(self) -> int:
        raise UntraceableError(NOT_A_NUMBER)

    def __complex__(self) -> complex:
        raise UntraceableError(NOT_A_NUMBER)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise UntraceableError(SET_ITEM)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(unknown(f"the array method .{name}"))


def _ufunc_method(name: str) -> Callable[[Variable], Any]:
    return lambda x: elementwise(name, getattr(np, name), x)


def _array_method(name: str) -> Callable[..., Any]:
    return lambda x, *args, **options: getattr(np, name)(x, *args, **options)


# np.sin of an object array calls the method .sin() of each entry: so each variable has one.
for _name, _slopes in SLOPES.items():
    if len(_slopes) == 1 and hasattr(np, _name):
        setattr(Variable, _name, _ufunc_method(_name))

# x.mean() is np.mean(x), and so on.
for _name in (
    "all any argmax argmin argsort clip conj cumprod diagonal dot max mean min nonzero prod repeat "
    "round searchsorted squeeze std take trace var"
).split():
    setattr(Variable, _name, _array_method(_name))


SIMPLE = {Variable, float, int, np.float64}  # operands that need no preparation


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes of a reduction as a tuple of numbers from 0."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for a in axes:
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(a, ndim)
    return tuple(a % ndim for a in axes)


def _take(x: Any, index: Any) -> Any:
    return x[index]


def _reshape(x: Any, shape: Any) -> Any:
    return x.reshape(shape)


def _transpose(x: Any, order: Any) -> Any:
    return x.transpose(order)


def _sum(x: Any, axes: Any, keepdims: bool) -> Any:
    return x.sum(axis=axes, keepdims=keepdims)


def _cumsum(x: Any, axis: int) -> Any:
    return x.cumsum(axis=axis)
