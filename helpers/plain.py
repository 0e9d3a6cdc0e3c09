"""Plain data: the only kind of value that leaves a student's process.

A value is *packed* into a tree of JSON types plus a list of raw buffers (one per array), and *unpacked* from
them with every length, type and depth checked. Nothing is ever executed, so a tree from a hostile process is
as harmless as a string.

Numbers, strings, booleans, ``None``, lists, tuples, dicts with string keys and numeric arrays survive the
journey; everything else arrives as an :class:`Opaque`, which knows only its name.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from helpers import functions as course
from helpers.functions.kinds import Curve, Field, Path, VectorField, as_input, as_point

DTYPES = {  # as they travel: little endian
    name: np.dtype(name).newbyteorder("<") for name in ("bool", "int64", "float64", "complex128")
}
KINDS = {"b": "bool", "i": "int64", "u": "int64", "f": "float64", "c": "complex128"}
MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_TEXT = 10_000
MAX_NODES = 250_000

Tree = Any  # JSON types only


class PlainDataError(ValueError):
    """A tree or a buffer does not describe plain data within the limits."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that is not plain data: a function, a class, a symbolic expression."""

    kind: str


def pack(value: object, buffers: list[bytes]) -> Tree:
    """Turn a value into a JSON tree, appending the bytes of its arrays to `buffers`.

    Parameters
    ----------
    value : object
        What an answer returned, or an argument of a probe.
    buffers : list of bytes
        Receives one entry per array, C order, little endian.

    Returns
    -------
    tree
        JSON types only.

    Examples
    --------
    >>> buffers = []
    >>> pack((1, [2.5, True]), buffers)
    {'tuple': [1, {'list': [2.5, True]}]}
    >>> pack(len, buffers)
    {'opaque': 'a function'}
    """
    return _pack(value, buffers, 0)


def _pack(value: object, buffers: list[bytes], depth: int) -> Tree:
    if depth == MAX_DEPTH:
        return {"opaque": "something nested too deeply"}
    if isinstance(value, _ARRAYS):
        return _pack_array(np.asarray(value), buffers)
    if value is None or isinstance(value, _WORDS):
        return _pack_text(value) if isinstance(value, str) else value
    if isinstance(value, _NUMBERS):
        return _pack_number(value)
    if isinstance(value, _CONTAINERS):
        return _pack_container(value, buffers, depth)
    return _pack_other(value)


# tuples, for a union would be made anew at every call of what is called most
_ARRAYS, _WORDS = (np.ndarray, np.generic), (bool, str)
_NUMBERS, _CONTAINERS = (int, float, complex), (list, tuple, dict)
_REAL = {int, float, Fraction, np.float64, np.int64}  # these and no subclass of them


def pack_columns(rows: object, buffers: list[bytes]) -> Tree:
    """Like :func:`pack`, and quicker for a list of many like tuples of floats and arrays: each column travels whole.

    Examples
    --------
    >>> buffers = []
    >>> tree = pack_columns([(np.array([1.0, 2.0]), 3.0), (np.array([4.0, 5.0]), 6.0)], buffers)
    >>> len(buffers), unpack(tree, buffers)
    (2, [(array([1., 2.]), 3.0), (array([4., 5.]), 6.0)])
    """
    if type(rows) is not list or not all(type(row) is tuple and row for row in rows):
        return pack(rows, buffers)
    columns = list(zip(*rows, strict=False))
    if len({len(row) for row in rows}) != 1 or not all(map(_are_alike, columns)):
        return pack(rows, buffers)
    return {"columns": [_pack_array(np.array(column), buffers) for column in columns]}


def _are_alike(column: tuple[Any, ...]) -> bool:
    """Whether all are floats, or all arrays of floats of one shape."""
    kinds = set(map(type, column))
    if kinds == {np.ndarray}:
        return len({(item.shape, item.dtype) for item in column}) == 1 and (
            column[0].dtype == np.float64 and column[0].ndim > 0
        )
    return kinds == {float}


def _pack_text(value: str) -> Tree:
    return printable(str(value[:MAX_TEXT]))


def printable(text: str) -> str:
    """The text with halves of surrogate pairs replaced, so that it can always be written."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _pack_number(value: complex) -> Tree:
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else {"opaque": "a very large integer"}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    return {"complex": [repr(value.real), repr(value.imag)]}


def _pack_array(array: np.ndarray[Any, Any], buffers: list[bytes]) -> Tree:
    if array.dtype.kind == "O" and array.size <= MAX_ITEMS:
        array = _of_floats(array)
    dtype = KINDS.get(array.dtype.kind)
    if array.dtype.kind == "U" and array.ndim == 0:
        return _pack_text(str(array))
    if dtype is None:
        return {"opaque": printable(f"an array of {array.dtype} values"[:200])}
    if array.size > MAX_ITEMS:
        return {"opaque": f"an array of {array.size} numbers"}
    buffers.append(array.astype(DTYPES[dtype], copy=False).tobytes())
    return {"array": {"dtype": dtype, "shape": list(array.shape), "buffer": len(buffers) - 1}}


def _of_floats(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of objects as one of floats, if it holds numbers only; numpy makes such of very large integers."""
    if not all(type(item) in _REAL for item in array.flat):
        return array
    try:
        return array.astype(float)
    except OverflowError:
        return array


def _pack_container(
    value: list[Any] | tuple[Any, ...] | dict[Any, Any], buffers: list[bytes], depth: int
) -> Tree:
    if len(value) > MAX_ITEMS:
        return {"opaque": f"a container of {len(value)} things"}
    if isinstance(value, dict):
        pairs = value.items()
        return {
            "dict": [[_pack_text(str(key)), _pack(item, buffers, depth + 1)] for key, item in pairs]
        }
    name = "list" if isinstance(value, list) else "tuple"
    return {name: [_pack(item, buffers, depth + 1) for item in value]}


def _pack_other(value: object) -> Tree:
    if type(value) is Fraction and abs(value) < 2**63:
        return float(value)
    if type(value) is Opaque:  # it has travelled before
        return {"opaque": printable(str(value.kind)[:200])}
    try:
        return {"function": _spec_tree(course.spec(value))}
    except (TypeError, ValueError):
        pass
    if isinstance(value, type):
        return {"opaque": "a class"}
    if callable(value):
        return {"opaque": "a function"}
    return {"opaque": printable(f"an object of type {type(value).__name__}"[:200])}


def _spec_tree(spec: dict[str, Any]) -> Tree:
    """A function's spec with its arrays as nested lists, so that it reads as text."""
    parameters = {key: _listed(value) for key, value in spec["parameters"].items()}
    return {"family": spec["family"], "member": spec["member"], "parameters": parameters}


def _listed(value: object) -> Tree:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return value


def unpack(tree: Tree, buffers: list[bytes], with_functions: bool = True) -> Any:
    """Rebuild a value from a tree and its buffers.

    Parameters
    ----------
    tree : JSON types
    buffers : list of bytes
    with_functions : bool
        False reads a course function as an Opaque: nothing is built from what a student's process says.

    Returns
    -------
    object
        Numbers, strings, booleans, None, containers, float64/int64/bool/complex128 arrays, course functions
        (as bare callables, without their exact derivatives) and :class:`Opaque`.

    Raises
    ------
    PlainDataError
        If the tree is not one that :func:`pack` makes, or is beyond a limit.

    Examples
    --------
    >>> buffers = []
    >>> unpack(pack({"a": np.arange(3.0)}, buffers), buffers)
    {'a': array([0., 1., 2.])}
    """
    if with_functions:
        return _unpack(tree, buffers, 0)
    _refuse_crowds(tree)
    return _unpack(_without_functions(tree, 0), buffers, 0)


def _refuse_crowds(tree: Tree) -> None:
    """Refuse what would take long to read, before it is read."""
    waiting, seen = [tree], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if isinstance(node, list | dict):
            waiting += node.values() if isinstance(node, dict) else node
        if seen + len(waiting) > MAX_NODES:
            raise PlainDataError(f"plain data has at most {MAX_NODES} parts")


def _without_functions(tree: Tree, depth: int) -> Tree:
    if depth > 4 * MAX_DEPTH:
        raise PlainDataError(f"plain data is at most {MAX_DEPTH} levels deep")
    if isinstance(tree, dict):
        if "function" in tree:
            return {"opaque": "a function"}
        if "columns" in tree:
            raise PlainDataError("columns come from us alone: they unpack to more than was sent")
        return {tag: _without_functions(content, depth + 1) for tag, content in tree.items()}
    return (
        [_without_functions(item, depth + 1) for item in tree] if isinstance(tree, list) else tree
    )


def _unpack(tree: Tree, buffers: list[bytes], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise PlainDataError(f"plain data is at most {MAX_DEPTH} levels deep")
    if tree is None or isinstance(tree, _READY):
        return tree
    if isinstance(tree, _LIMITED):
        return _within_limits(tree)
    if not isinstance(tree, dict) or len(tree) != 1:
        raise PlainDataError("plain data is a JSON value or an object with one tag")
    [(tag, content)] = tree.items()
    reader = _READERS.get(tag)
    if reader is None:
        raise PlainDataError(f"unknown tag {str(tag)[:40]!r} in plain data")
    try:
        return reader(content, buffers, depth + 1)
    except PlainDataError:
        raise
    except _MALFORMED as error:
        raise PlainDataError(f"{tag} is not well formed") from error


_READY, _LIMITED = (bool, float), (int, str)


def _within_limits(tree: int | str) -> int | str:
    if isinstance(tree, str):
        if len(tree) > MAX_TEXT:
            raise PlainDataError(f"a text is at most {MAX_TEXT} characters long")
        return printable(tree)
    if abs(tree) >= 2**63:
        raise PlainDataError("a whole number is at most 64 bits long")
    return tree


def _text(content: Tree) -> str:
    if not isinstance(content, str):
        raise PlainDataError("a text was wanted")
    return str(_within_limits(content))


def _read_items(content: Tree, buffers: list[bytes], depth: int) -> list[Any]:
    if not isinstance(content, list) or len(content) > MAX_ITEMS:
        raise PlainDataError("a list of plain data was wanted")
    return [_unpack(item, buffers, depth) for item in content]


def _read_dict(content: Tree, buffers: list[bytes], depth: int) -> dict[str, Any]:
    return {_text(key): _unpack(item, buffers, depth) for key, item in content}


def _read_array(content: Tree, buffers: list[bytes], _depth: int) -> np.ndarray[Any, Any]:
    dtype, shape, index = content["dtype"], content["shape"], content["buffer"]
    kind = DTYPES.get(dtype)
    if kind is None:
        raise PlainDataError("an array of numbers or booleans was wanted")
    if len(shape) > 8 or not all(type(size) is int and 0 <= size <= MAX_ITEMS for size in shape):
        raise PlainDataError("an array's shape is at most eight sizes")
    if type(index) is not int or not 0 <= index < len(buffers):
        raise PlainDataError("an array without its buffer")
    if math.prod(shape) * kind.itemsize != len(buffers[index]):
        raise PlainDataError("an array's buffer does not fit its shape")
    return np.frombuffer(buffers[index], kind).reshape(shape).astype(dtype)


def _read_columns(content: Tree, buffers: list[bytes], depth: int) -> list[tuple[Any, ...]]:
    columns = [_unpack(item, buffers, depth) for item in content]
    return list(
        zip(*(c.tolist() if c.ndim == 1 else [*map(np.copy, c)] for c in columns), strict=True)
    )


def _read_function(content: Tree, _buffers: list[bytes], _depth: int) -> Callable[..., Any]:
    return bare(course.build(content))


def _read_complex(content: Tree, _buffers: list[bytes], _depth: int) -> complex:
    real, imaginary = _read_items(content, [], MAX_DEPTH)
    return complex(float(_text(real)), float(_text(imaginary)))


_READERS: dict[str, Callable[[Tree, list[bytes], int], Any]] = {
    "list": _read_items,
    "tuple": lambda content, buffers, depth: tuple(_read_items(content, buffers, depth)),
    "dict": _read_dict,
    "array": _read_array,
    "columns": _read_columns,
    "function": _read_function,
    "float": lambda content, _buffers, _depth: float(_text(content)),
    "complex": _read_complex,
    "opaque": lambda content, _buffers, _depth: Opaque(" ".join(_text(content)[:200].split())),
}

_MALFORMED = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def bare(f: Callable[..., Any]) -> Callable[..., Any]:
    """The course function `f` without its exact derivatives: only calling is left, also to who looks inside.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> f = bare(bowl)
    >>> float(f([1.0, 2.0])), hasattr(f, "gradient")
    (9.0, False)
    """
    owner = getattr(f, "__self__", f)
    member = "value" if owner is f else getattr(f, "__name__", "")
    formula = getattr(owner, f"{member}_at", f)
    read = _reader(owner)

    def call(x: Any) -> Any:
        return formula(read(x))

    call.__name__ = call.__qualname__ = getattr(f, "__name__", "f")
    return call


def _reader(owner: Any) -> Callable[[Any], Any]:
    """What a course function does to its input before its formula sees it."""
    if isinstance(owner, Field | VectorField):
        return functools.partial(as_point, n=owner.n, name=owner.label)
    return as_input if isinstance(owner, Curve | Path) else lambda x: x
