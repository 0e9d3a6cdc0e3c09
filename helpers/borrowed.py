"""Notice when a library does an exercise in the learner's place.

The answer is called once under a profiler that sees every function it enters, whatever name it was imported
under, so ``from numpy import polyfit as p`` is noticed and a local function called ``polyfit`` is not.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
import threading
from collections.abc import Iterable
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any

from helpers.probes import Outcome, Probe, ask

MAX_EVENTS = 200_000


def borrowed(answer: Any, probe: Probe, refuses: Iterable[str]) -> str:
    """The first refused function that `answer` calls on `probe`, or an empty string.

    Parameters
    ----------
    answer : callable
    probe : Probe
    refuses : iterable of str
        Dotted names of functions (``numpy.polyfit``) and modules (``helpers.autodiff``).

    Examples
    --------
    >>> import numpy
    >>> borrowed(lambda x: numpy.polyfit([0, 1], [0, x], 1), Probe("value", (1.0,)), ["numpy.polyfit"])
    'numpy.polyfit'
    """
    return watched(answer, probe, refuses)[1]


def watched(answer: Any, probe: Probe, refuses: Iterable[str]) -> tuple[Outcome, str]:
    """What `answer` says to `probe`, and the first refused function that it calls meanwhile.

    After `MAX_EVENTS` calls nobody watches any more, so that a slow answer stays as fast as it is.
    """
    names = tuple(refuses)
    if not names or probe.args is None:
        return ask(answer, probe), ""
    codes, builtins = _targets(names, len(sys.modules))
    outcome, entered = _entered(answer, probe, builtins)
    for code, place in entered.items():
        if isinstance(code, str):
            return outcome, code
        name = codes.get(code) or _in_module(str(place.get("__name__", "")), code.co_name, names)
        if name:
            return outcome, name
    return outcome, ""


def _entered(
    answer: Any, probe: Probe, builtins: dict[Any, str]
) -> tuple[Outcome, dict[CodeType | str, dict[str, Any]]]:
    """The outcome, and all that is entered, in order: a function's code and globals, or a watched builtin's name."""
    entered: dict[CodeType | str, dict[str, Any]] = {}
    left = itertools.repeat(None, MAX_EVENTS)
    own = _entered.__code__

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            if frame.f_code not in entered:
                entered[frame.f_code] = frame.f_globals
        elif event == "c_call" and argument in builtins and frame.f_code is not own:
            entered.setdefault(builtins[argument], {})
        if next(left, True):
            sys.setprofile(None)

    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        return ask(answer, probe), entered
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


@functools.lru_cache(maxsize=64)
def _targets(names: tuple[str, ...], _modules: int) -> tuple[dict[CodeType, str], dict[Any, str]]:
    """The refused functions by their code, or as builtins; what has not been imported cannot have been called."""
    codes: dict[CodeType, str] = {}
    builtins: dict[Any, str] = {sys.setprofile: "what sys.setprofile hides"}
    for name in names:
        found = _loaded(name)
        code = getattr(inspect.unwrap(getattr(found, "_implementation", found)), "__code__", None)
        if isinstance(code, CodeType):
            codes[code] = name
        elif isinstance(found, BuiltinFunctionType):
            builtins[found] = name
    return codes, builtins


def _loaded(name: str) -> Any:
    """What a dotted name stands for among the imported modules, or None."""
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        module: Any = sys.modules.get(".".join(parts[:i]))
        if module is not None:
            return functools.reduce(
                lambda found, part: getattr(found, part, None), parts[i:], module
            )
    return None


def _in_module(module: str, function: str, names: tuple[str, ...]) -> str:
    inside = any(module == name or module.startswith(name + ".") for name in names)
    if not inside:
        return ""
    return module if function.startswith("<") else f"{module}.{function}"
