"""Probes: the questions a check asks an answer, and what came of them.

A probe is plain data, so the same one can be asked in a student's notebook, in a sandboxed process and of the
reference implementation.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.plain import bare, pack, printable, unpack

Drive = Callable[..., Any]


@dataclass(frozen=True)
class Probe:
    """One question: call the answer with `args`, then call what it returned with each of `then`.

    Attributes
    ----------
    group : str
        The group of points this probe belongs to.
    args : tuple or None
        Arguments; None asks for the answer itself (a variable, not a function).
    then : tuple of tuples
        For answers that return functions: the arguments of the calls that follow.
    drive : str
        ``"module:function"``: where an answer is a class, the function that uses it,
        called as ``function(answer, *args)``; empty for a plain call.
    """

    group: str
    args: tuple[Any, ...] | None = ()
    then: tuple[tuple[Any, ...], ...] = ()
    drive: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a probe, as plain data.

    Attributes
    ----------
    value : object
        What was returned, None after an error.
    errors : tuple of str
        Names of the exception's class and of its bases, the class first; empty if nothing was raised.
    message : str
        The exception's message.
    changed : bool
        Whether an argument was changed by the call.
    """

    value: Any = None
    errors: tuple[str, ...] = ()
    message: str = ""
    changed: bool = False


def ask(
    answer: Any,
    probe: Probe,
    watch: AbstractContextManager[None] | None = None,
    once: bool = False,
) -> Outcome:
    """Ask `answer` one probe; whatever it does, an Outcome comes back.

    Parameters
    ----------
    answer : object
    probe : Probe
    watch : context manager, optional
        Entered while the answer runs and its value is read.
    once : bool
        Whether the probe is never asked again: then the answer gets its arguments, and not copies.

    Examples
    --------
    >>> ask(lambda x: 2 * x, Probe("value", (21,)))
    Outcome(value=42, errors=(), message='', changed=False)
    >>> ask(lambda x: 1 / x, Probe("edge", (0,))).errors[0]
    'ZeroDivisionError'
    """
    if probe.args is None:
        return Outcome(plain(answer))
    args = probe.args if once else _fresh(probe.args, {})
    before = _fresh(args, {})
    buffers: list[bytes] = []
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with watch or contextlib.nullcontext():
                tree = pack(_call(answer, args, probe), buffers)
            value = unpack(tree, buffers, with_functions=False)
    except (Exception, SystemExit) as error:
        return Outcome(
            errors=_names(error), message=_message(error), changed=not _same(args, before)
        )
    return Outcome(value, changed=not _same(args, before))


def _call(answer: Any, args: tuple[Any, ...], probe: Probe) -> Any:
    if probe.drive:
        return resolve(probe.drive)(answer, *args)
    value = answer(*args)
    for more in probe.then:
        value = value(*_fresh(more, {}))
    return value


def resolve(path: str) -> Drive:
    """The function that ``"module:function"`` names."""
    module, _, name = path.partition(":")
    found: Drive = getattr(importlib.import_module(module), name)
    return found


def plain(value: Any) -> Any:
    """`value` as it would arrive on the other side of a process boundary."""
    buffers: list[bytes] = []
    return unpack(pack(value, buffers), buffers, with_functions=False)


def _fresh(value: Any, known: dict[int, Any]) -> Any:
    """A deep copy in which every course function is reduced to something that can only be called.

    Like `copy.deepcopy`, and several times quicker for what probes are made of.
    """
    kind = type(value)
    if kind in _NEVER_CHANGE:
        return value
    if kind is np.ndarray and not value.dtype.hasobject:
        if id(value) not in known:
            known[id(value)] = value.copy(order="K")
        return known[id(value)]
    if isinstance(value, (list, tuple)):
        if id(value) not in known:
            known[id(value)] = kind([_fresh(item, known) for item in value])
        return known[id(value)]
    if callable(value) and hasattr(value, "__self__") | hasattr(value, "family"):
        return bare(value)
    return copy.deepcopy(value)


_NEVER_CHANGE = {type(None), bool, int, float, complex, str, bytes}


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        alike = (
            isinstance(right, np.ndarray)
            and left.shape == right.shape
            and left.dtype == right.dtype
        )
        return alike and (
            (not left.dtype.hasobject and left.tobytes() == right.tobytes())
            or np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")
        )
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left is right if callable(left) else bool(left == right or left != left)


def _names(error: BaseException) -> tuple[str, ...]:
    return tuple(kind.__name__ for kind in type(error).__mro__ if kind is not object)[:8]


def _message(error: BaseException) -> str:
    try:
        return printable(str(error)[:500])
    except Exception:
        return ""
