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
from types import CodeType, FrameType
from typing import Any

from helpers.probes import Outcome, Probe, ask

MAX_EVENTS = 200_000
HIDERS = {"sys.setprofile": "what sys.setprofile hides"}


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
    outcome, entered = _entered(answer, probe)
    codes = _targets(names)
    for code, module in entered.items():
        if isinstance(code, str):
            name = code if code in names else HIDERS.get(code, "")
        else:
            name = codes.get(code) or _in_module(module, code.co_name, names)
        if name:
            return outcome, name
    return outcome, ""


def _entered(answer: Any, probe: Probe) -> tuple[Outcome, dict[CodeType | str, str]]:
    """The outcome, and every function that is entered, in order: code and module, or a builtin's dotted name."""
    entered: dict[CodeType | str, str] = {}
    left = itertools.repeat(None, MAX_EVENTS)

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            entered.setdefault(frame.f_code, str(frame.f_globals.get("__name__", "")))
        elif event == "c_call" and frame.f_code is not _entered.__code__:
            entered.setdefault(f"{argument.__module__}.{argument.__name__}", "")
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


def _targets(names: tuple[str, ...]) -> dict[CodeType, str]:
    """The refused Python functions by their code; what has not been imported cannot have been called."""
    codes: dict[CodeType, str] = {}
    for name in names:
        found = _loaded(name)
        code = getattr(inspect.unwrap(getattr(found, "_implementation", found)), "__code__", None)
        if isinstance(code, CodeType):
            codes[code] = name
    return codes


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
