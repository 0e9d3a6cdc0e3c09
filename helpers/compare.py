"""Compare what came with what was wanted: type, then shape, then finiteness, then values.

Both values are plain data (see :mod:`helpers.plain`), so no student's ``__eq__`` is ever asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.plain import Opaque


@dataclass(frozen=True)
class Difference:
    """How a value departs from the one that was wanted.

    Attributes
    ----------
    kind : {"type", "shape", "finite", "value"}
    sentence : str
        What is different, without giving the wanted value away.
    error : float
        Largest error relative to max(1, |wanted|), for kind "value"; else nan.
    """

    kind: str
    sentence: str
    error: float = float("nan")


def difference(got: Any, want: Any, rtol: float, where: str = "") -> Difference | None:
    """The first difference between `got` and `want`, or None if they agree.

    Parameters
    ----------
    got, want : plain data
        `want` sets the rules: an array may come as a list or a tuple, a number as a 0-d array; a scalar never
        passes for an array, nor a number for a boolean.
    rtol : float
        Tolerance relative to max(1, |want|), elementwise.
    where : str
        Where inside the answer these values stand, such as ``"[0]"``.

    Examples
    --------
    >>> difference([2.0, 8.0], np.array([2.0, 8.0]), 1e-6) is None
    True
    >>> difference(10.0, np.array([2.0, 8.0]), 1e-6).sentence
    'an array of shape (2,) was wanted, a number came'
    """
    if isinstance(want, np.ndarray) and want.ndim:
        return _array_difference(got, want, rtol, where)
    if isinstance(want, np.ndarray):
        want = want.item()
    if isinstance(want, list | tuple):
        return _sequence_difference(got, want, rtol, where)
    if isinstance(want, dict):
        return _dict_difference(got, want, rtol, where)
    if isinstance(want, bool | str) or want is None:
        return _exact_difference(got, want, where)
    if isinstance(want, Opaque):
        return _opaque_difference(got, want, where)
    return _number_difference(got, want, rtol, where)


def kind_of(value: Any) -> str:
    """What a value is, in words: ``"a number"``, ``"shape (2,)"``, ``"a list of 3"``.

    Examples
    --------
    >>> kind_of(np.zeros((2, 3))), kind_of(None), kind_of([1, "a"])
    ('shape (2, 3)', 'None', 'a list of 2')
    """
    if isinstance(value, Opaque):
        return value.kind or "an object"
    if value is None or isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return f"a dict of {len(value)}"
    array = numbers(value)
    if array is not None:
        return f"shape {array.shape}" if array.ndim else "a number"
    if isinstance(value, np.ndarray):
        return f"booleans of shape {value.shape}" if value.ndim else str(value)
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return "a function" if callable(value) else "an object"


def numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """`value` as a numeric array, or None where it is not numbers of one shape."""
    if isinstance(value, bool | str | dict | Opaque) or value is None:
        return None
    if _holds_other(value):
        return None
    array = _as_array(value)
    return array if array is not None and array.dtype.kind in "iufc" else None


def _holds_other(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_other(item) for item in value)
    return not isinstance(value, int | float | complex | np.ndarray) or isinstance(value, bool)


def _array_difference(
    got: Any, want: np.ndarray[Any, Any], rtol: float, where: str
) -> Difference | None:
    if want.dtype.kind == "b":
        return _booleans_difference(got, want, where)
    array = numbers(got)
    if array is None or array.ndim == 0:
        text = f"an array of shape {want.shape} was wanted, {kind_of(got)} came"
        return Difference("shape" if array is not None else "type", _at(where, text))
    if array.shape != want.shape:
        text = f"shape {want.shape} was wanted, shape {array.shape} came"
        return Difference("shape", _at(where, text))
    return _values_difference(array, want, rtol, where)


def _booleans_difference(got: Any, want: np.ndarray[Any, Any], where: str) -> Difference | None:
    array = _as_array(got) if isinstance(got, np.ndarray | list | tuple) else None
    if array is None or array.dtype.kind != "b" or array.shape != want.shape:
        text = f"booleans of shape {want.shape} were wanted, {kind_of(got)} came"
        return Difference("type", _at(where, text))
    wrong = int(np.sum(array != want))
    return Difference("value", _at(where, f"{wrong} of {want.size} are wrong")) if wrong else None


def _as_array(value: Any) -> np.ndarray[Any, Any] | None:
    try:
        return np.asarray(value)
    except ValueError:  # ragged
        return None


def _number_difference(got: Any, want: complex, rtol: float, where: str) -> Difference | None:
    array = numbers(got)
    if array is None or array.ndim:
        return Difference(
            "type" if array is None else "shape",
            _at(where, f"a number was wanted, {_of_type(got)} came"),
        )
    return _values_difference(array, np.asarray(want), rtol, where)


def _of_type(value: Any) -> str:
    array = numbers(value)
    return (
        f"an array of shape {array.shape}" if array is not None and array.ndim else kind_of(value)
    )


def _values_difference(
    got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], rtol: float, where: str
) -> Difference | None:
    if got.dtype.kind == "c" and want.dtype.kind != "c":
        return Difference("type", _at(where, "a real number was wanted, a complex one came"))
    unlike = ~(np.isfinite(got) == np.isfinite(want)) | (
        ~np.isfinite(want) & ~_same_infinite(got, want)
    )
    if unlike.any():
        return Difference(
            "finite", _at(where + _index(unlike), _finite_sentence(got[unlike].flat[0]))
        )
    finite = np.isfinite(want)
    errors = np.zeros(want.shape)
    exact = got[finite].astype(
        complex if got.dtype.kind == "c" else float
    )  # whole numbers overflow
    with np.errstate(over="ignore"):
        errors[finite] = np.abs(exact - want[finite]) / np.maximum(1.0, np.abs(want[finite]))
    if want.size == 0 or errors.max() <= rtol:
        return None
    worst = errors == errors.max()
    text = f"largest error {errors.max():.2g}{_at_index(where + _index(worst))}"
    return Difference("value", text, float(errors.max()))


def _same_infinite(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    same: np.ndarray[Any, Any] = (got == want) | (np.isnan(got) & np.isnan(want))
    return same


def _finite_sentence(value: Any) -> str:
    if np.isfinite(value):
        return "a finite number came where none was wanted"
    return f"{value} came where a finite number was wanted"


def _index(mask: np.ndarray[Any, Any]) -> str:
    if mask.ndim == 0:
        return ""
    first = np.argwhere(mask)[0]
    return "[" + ", ".join(str(int(i)) for i in first) + "]"


def _sequence_difference(got: Any, want: Any, rtol: float, where: str) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, list | tuple):
        return Difference(
            "type", _at(where, f"{len(want)} things were wanted, {kind_of(got)} came")
        )
    if len(got) != len(want):
        return Difference("shape", _at(where, f"{len(want)} things were wanted, {len(got)} came"))
    for i, (g, w) in enumerate(zip(got, want, strict=True)):
        found = difference(g, w, rtol, f"{where}[{i}]")
        if found:
            return found
    return None


def _dict_difference(got: Any, want: dict[str, Any], rtol: float, where: str) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", _at(where, f"a dict was wanted, {kind_of(got)} came"))
    missing = [key for key in want if key not in got]
    if missing:
        return Difference("shape", _at(where, f"the key {missing[0]!r} is missing"))
    extra = [key for key in got if key not in want]
    if extra:
        return Difference(
            "shape", _at(where, f"the key {extra[0]!r} is not one of those asked for")
        )
    wrong = [key for key in want if difference(got[key], want[key], rtol)]
    if not wrong:
        return None
    return Difference("value", _at(where, f"{len(want) - len(wrong)} of {len(want)} are right"))


def _opaque_difference(got: Any, want: Opaque, where: str) -> Difference | None:
    if got == want:
        return None
    return Difference("type", _at(where, f"{want.kind} was wanted, {_of_type(got)} came"))


def _exact_difference(got: Any, want: Any, where: str) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    if type(got) is not type(want):
        wanted = {bool: "True or False", str: "a string"}.get(type(want), "None")
        return Difference("type", _at(where, f"{wanted} was wanted, {_of_type(got)} came"))
    return None if got == want else Difference("value", _at(where, "a different answer was wanted"))


def _at(where: str, text: str) -> str:
    return f"at {where}: {text}" if where else text


def _at_index(where: str) -> str:
    return f" at {where}" if where else ""
