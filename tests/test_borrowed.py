"""A library that does an exercise is noticed under any name, and nothing else is."""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import math
import queue
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from numpy import polyfit as fit_of_another_name
from scipy.optimize import approx_fprime

from helpers.borrowed import HIDDEN, MAX_EVENTS, borrowed, watched
from helpers.functions import bowl
from helpers.probes import Probe

PROBE = Probe("value", (bowl, np.array([1.0, 2.0])))
REFUSES = ("numpy.polyfit", "math.fsum", "scipy.optimize.approx_fprime")


def honest(f: Any, x: Any) -> Any:
    return [sum(math.sqrt(value) for value in x), np.linalg.norm(x), np.polyval([1.0], x)]


def under_another_name(f: Any, x: Any) -> Any:
    return fit_of_another_name(x, x, 1)


def deep_inside(f: Any, x: Any) -> Any:
    return sorted(x, key=lambda y: under_another_name(f, x)[0])


def builtin(f: Any, x: Any) -> Any:
    return math.fsum(x)


def polyfit(x: Any, y: Any, degree: int) -> Any:
    return x


def a_local_function_of_the_same_name(f: Any, x: Any) -> Any:
    return polyfit(x, x, 1)


def imported_inside(f: Any, x: Any) -> Any:
    from numpy import polyfit as late

    return late(x, x, 1)


def imported_for_the_first_time(f: Any, x: Any) -> Any:
    import colorsys

    return colorsys.rgb_to_hsv(*x, 0)


def by_the_course_function(f: Any, x: Any) -> Any:
    return approx_fprime(x, f)


def and_then_fails(f: Any, x: Any) -> Any:
    np.polyfit(x, x, 1)
    raise ValueError


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (under_another_name, "numpy.polyfit"),
        (deep_inside, "numpy.polyfit"),
        (imported_inside, "numpy.polyfit"),
        (and_then_fails, "numpy.polyfit"),
        (builtin, "math.fsum"),
        (by_the_course_function, "scipy.optimize.approx_fprime"),
    ],
)
def test_a_refused_function_is_found_whatever_it_is_called(answer: Any, found: str) -> None:
    assert borrowed(answer, PROBE, REFUSES) == found


def test_a_refused_function_is_found_where_the_answer_is_the_first_to_import_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    found = borrowed(imported_for_the_first_time, PROBE, ["colorsys.rgb_to_hsv"])
    assert found == "colorsys.rgb_to_hsv"


@pytest.mark.parametrize("answer", [honest, a_local_function_of_the_same_name, 3, None])
def test_what_is_not_refused_is_not_found(answer: Any) -> None:
    assert borrowed(answer, PROBE, REFUSES) == ""


def after_very_many_calls(f: Any, x: Any) -> Any:
    for _ in range(MAX_EVENTS):
        abs(0)
    return fit_of_another_name(x, x, 1)


def in_a_thread_that_nobody_watches(f: Any, x: Any) -> Any:
    found: list[Any] = []
    done = threading.Event()

    def work() -> None:
        with contextlib.suppress(RuntimeError):
            found.append(fit_of_another_name(x, x, 1))
        done.set()

    _thread.start_new_thread(work, ())
    done.wait(5)
    return found.pop()


def behind_a_blind(f: Any, x: Any) -> Any:
    ctypes.pythonapi.PyEval_SetProfile(None, None)
    return fit_of_another_name(x, x, 1)


@pytest.mark.parametrize("answer", [after_very_many_calls, in_a_thread_that_nobody_watches])
def test_where_nobody_can_watch_a_refused_function_raises_an_error(answer: Any) -> None:
    code = np.polyfit._implementation.__code__
    outcome, found = watched(answer, PROBE, REFUSES)
    assert found or outcome.errors
    assert watched(answer, PROBE, ["math.fsum"])[0].errors == ()
    assert np.polyfit._implementation.__code__ is code


def test_an_older_thread_cannot_do_the_exercise_either() -> None:
    orders: queue.Queue[Any] = queue.Queue()
    made: queue.Queue[Any] = queue.Queue()

    def serve() -> None:
        while (x := orders.get()) is not None:
            try:
                made.put(fit_of_another_name(x, x, 1))
            except RuntimeError as error:
                made.put(error)

    def ordered(f: Any, x: Any) -> Any:
        orders.put(x)
        answer = made.get(timeout=5)
        if isinstance(answer, Exception):
            raise answer
        return answer

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert watched(ordered, PROBE, REFUSES)[0].errors[0] == "RuntimeError"
        assert watched(ordered, PROBE, ["math.fsum"])[0].errors == ()
    finally:
        orders.put(None)
        thread.join()


def test_who_takes_the_profiler_away_is_noticed() -> None:
    assert borrowed(behind_a_blind, PROBE, REFUSES) == HIDDEN


def test_a_whole_module_can_be_refused_and_its_nameless_functions_go_by_its_name() -> None:
    refuses = ["helpers.functions"]
    assert borrowed(lambda x: bowl(x), Probe("value", ([1, 2],)), refuses).startswith(refuses[0])
    refuses = ["helpers.functions.named"]
    assert borrowed(lambda f, x: f(x), PROBE, refuses) == refuses[0]


def test_an_answer_that_calls_itself_without_end_is_wrong_and_not_refused() -> None:
    def endless(f: Any, x: Any) -> Any:
        return 1 + endless(f, x)

    outcome, refused = watched(endless, PROBE, REFUSES)
    assert outcome.errors[0] == "RecursionError"
    assert refused == ""


def test_a_library_behind_an_endless_call_that_was_caught_is_noticed() -> None:
    def deeper() -> Any:
        return deeper()

    def behind(f: Any, x: Any) -> Any:
        with contextlib.suppress(RecursionError):
            deeper()
        return np.polyfit([0.0, 1.0], [0.0, 1.0], 1)

    assert borrowed(behind, PROBE, REFUSES) in {HIDDEN, "numpy.polyfit"}


def test_a_method_of_a_class_can_be_refused() -> None:
    refuses = ["helpers.functions.kinds.Field.gradient"]

    def rebuilds(f: Any, x: Any) -> Any:
        return {"bowl": bowl}[f.__name__].gradient(x)

    assert borrowed(rebuilds, PROBE, refuses) == refuses[0]
    assert borrowed(lambda f, x: f(x), PROBE, refuses) == ""


def test_a_function_that_the_answer_returns_is_watched_too() -> None:
    probe = Probe("value", (2.0,), (([1.0, 2.0],),))
    assert borrowed(lambda a: builtin.__get__(a), probe, REFUSES) == "math.fsum"


def test_names_of_libraries_that_are_not_there_are_passed_over() -> None:
    refuses = ["no_such_library", "no_such_library.function", "numpy.no_such_function"]
    assert borrowed(under_another_name, PROBE, refuses) == ""


def test_an_answer_that_is_a_variable_borrows_nothing() -> None:
    assert borrowed({"A": 1}, Probe("value", None), REFUSES) == ""


def test_without_refusals_nobody_watches() -> None:
    watchers = [sys.getprofile()]
    assert borrowed(lambda f, x: watchers.append(sys.getprofile()), PROBE, ()) == ""
    assert all(watcher is watchers[0] for watcher in watchers)


def test_a_profiler_that_was_set_before_is_set_again() -> None:
    def profiler(frame: Any, event: str, argument: Any) -> None:
        """Watches nothing."""

    before = sys.getprofile()
    sys.setprofile(profiler)
    try:
        borrowed(and_then_fails, PROBE, REFUSES)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(before)


def test_watching_imports_no_refused_library() -> None:
    code = (
        "import sys; from helpers.borrowed import borrowed; from helpers.probes import Probe;"
        "assert borrowed(abs, Probe('value', (1,)), ['scipy.optimize.brentq', 'sympy']) == '';"
        "assert not {'scipy.optimize', 'sympy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_a_driver_imports_is_not_the_answers_doing() -> None:
    code = (
        "import sys; import numpy as np; from helpers.borrowed import borrowed; "
        "from helpers.probes import Probe; assert 'helpers.networks' not in sys.modules;"
        "probe = Probe('value', (np.ones(2),), drive='helpers.drivers_week2:without_warnings');"
        "assert borrowed(np.exp, probe, ['helpers.networks']) == '';"
        "assert 'helpers.networks' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
