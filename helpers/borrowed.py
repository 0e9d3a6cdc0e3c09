"""Notice when a library does an exercise in the learner's place.

The answer is called under a profiler that sees every function it enters, whatever name it was imported under, so
``from numpy import polyfit as p`` is noticed and a local function called ``polyfit`` is not. Where the profiler
cannot look, in another thread or after very many calls, the refused functions only raise an error meanwhile.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import inspect
import itertools
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType
from typing import Any

from helpers.probes import Outcome, Probe, ask, resolve

# in order: a function's code and its globals by the code's id, a watched builtin by its name
Entered = dict[int | str, tuple[CodeType, dict[str, Any]] | None]
MAX_EVENTS = 200_000
HIDDEN = "what sys.setprofile hides"
LEFT_ALONE = {"__getattr__", "__dir__", "__del__"}  # called by others than the answer


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


def watched(
    answer: Any, probe: Probe, refuses: Iterable[str], once: bool = False
) -> tuple[Outcome, str]:
    """What `answer` says to `probe`, and the first refused function that it calls meanwhile.

    After `MAX_EVENTS` calls nobody watches any more, so that a slow answer stays as fast as it is; from then on, or
    where there are other threads, a refused function raises RuntimeError.
    """
    names = tuple(refuses)
    if not names or probe.args is None:
        return ask(answer, probe, once=once), ""
    if probe.drive:
        resolve(probe.drive)  # to import what it needs is not the answer's doing
    functions, builtins = _targets(names, len(sys.modules))
    codes = _codes(functions)
    entered: Entered = {}
    with contextlib.ExitStack() as stack:

        @functools.cache
        def forbid() -> None:
            stack.enter_context(_out_of_order(names))
            codes.update(_codes(functions))

        outcome = ask(answer, probe, _watching(entered, builtins, forbid), once)
    codes |= _codes(_targets(names, len(sys.modules))[0])  # of what the answer has imported, too
    refused = set(names)
    for key, place in entered.items():
        if isinstance(key, str) or place is None:
            return outcome, str(key)
        code, space = place
        name = codes.get(key) or _in_module(str(space.get("__name__", "")), code.co_name, refused)
        if name:
            return outcome, name
    return outcome, ""


@contextlib.contextmanager
def _watching(
    entered: Entered, builtins: dict[Any, str], forbid: Callable[[], None]
) -> Iterator[None]:
    """Note all that is entered; where something can be entered unseen, `forbid` is called before."""
    unseen: list[bool] = []
    watch = _watcher(entered, builtins, forbid, unseen)
    if len(sys._current_frames()) > 1:
        forbid()
    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield
    except RecursionError:
        unseen.append(True)  # Python drops a profiler that has no room left
        raise
    finally:
        if sys.getprofile() is not watch and not unseen:
            entered.setdefault(HIDDEN, None)
        sys.setprofile(before)
        threading.setprofile(None)


def _watcher(
    entered: Entered, builtins: dict[Any, str], forbid: Callable[[], None], unseen: list[bool]
) -> Callable[[FrameType, str, Any], None]:
    """The profiler; `unseen` gets an entry when it has seen too many calls to go on."""
    left = itertools.repeat(None, MAX_EVENTS)
    own = _watching.__wrapped__.__code__  # type: ignore[attr-defined]

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            code = frame.f_code
            if id(code) not in entered:  # to look for the code itself would read all of it
                entered[id(code)] = code, frame.f_globals
        elif event == "c_call" and frame.f_code is not own:
            if argument in builtins:
                entered.setdefault(builtins[argument], None)
            elif argument is _thread.start_new_thread:
                forbid()
        if next(left, True):
            forbid()
            unseen.append(True)
            sys.setprofile(None)

    return watch


@functools.lru_cache(maxsize=64)
def _targets(
    names: tuple[str, ...], _modules: int
) -> tuple[dict[FunctionType, str], dict[Any, str]]:
    """The refused functions, and the builtins; what has not been imported cannot have been called."""
    functions: dict[FunctionType, str] = {}
    builtins: dict[Any, str] = {sys.setprofile: HIDDEN}
    for name in names:
        found = _loaded(name)
        function = _function_in(found)
        if function:
            functions[function] = name
        elif isinstance(found, BuiltinFunctionType):
            builtins[found] = name
    return functions, builtins


def _codes(functions: dict[FunctionType, str]) -> dict[int | str, str]:
    """Names by the id of the code that a call enters now."""
    return {id(function.__code__): name for function, name in functions.items()}


@contextlib.contextmanager
def _out_of_order(names: tuple[str, ...]) -> Iterator[None]:
    """For a while the refused functions raise an error, whatever they are called by, in every thread."""
    before = {function: function.__code__ for function in _functions(names, len(sys.modules))}
    for function, code in before.items():
        function.__code__ = RAISING.replace(
            co_name=code.co_name,
            co_firstlineno=code.co_firstlineno,  # or two of one name would be the same code
            co_freevars=code.co_freevars,
        )
    try:
        yield
    finally:
        for function, code in before.items():
            function.__code__ = code


def _raises(*_: Any, **__: Any) -> None:
    raise RuntimeError("this function may not do the exercise")


RAISING = _raises.__code__


@functools.lru_cache(maxsize=64)
def _functions(names: tuple[str, ...], _modules: int) -> list[FunctionType]:
    """The refused functions that are written in Python, also those of refused modules and of their classes."""
    modules = [module for name, module in list(sys.modules.items()) if _in_module(name, "<", names)]
    things = [thing for module in modules for thing in vars(module).values()]
    things += [part for thing in things if isinstance(thing, type) for part in vars(thing).values()]
    inside = {
        function
        for function in map(_function_in, things)
        if function
        and function.__name__ not in LEFT_ALONE
        and _in_module(function.__module__ or "", "<", names)
    }
    return [*inside, *filter(None, (_function_in(_loaded(name)) for name in names))]


def _function_in(thing: Any) -> FunctionType | None:
    """A function written in Python, also where it is wrapped in a method, a cache or numpy's dispatcher."""
    if isinstance(thing, staticmethod | classmethod):
        thing = thing.__func__
    elif isinstance(thing, property):
        thing = thing.fget
    elif type(thing).__name__ == "_ArrayFunctionDispatcher":
        thing = thing._implementation
    with contextlib.suppress(AttributeError, ImportError, RuntimeError, ValueError):
        thing = inspect.unwrap(thing)
    return thing if isinstance(thing, FunctionType) else None


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


def _in_module(module: str, function: str, names: Collection[str]) -> str:
    """What a function is called if its module is refused, or a package around it."""
    refused = module
    while refused and refused not in names:
        refused = refused.rpartition(".")[0]
    if not refused:
        return ""
    return module if function.startswith("<") else f"{module}.{function}"
