"""A probe asks, and whatever the answer does, an outcome comes back."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.functions import bowl, polar
from helpers.plain import Opaque
from helpers.probes import Outcome, Probe, ask, resolve


def test_the_value_of_a_call_comes_back_as_plain_data() -> None:
    assert ask(lambda x, y: [x, (y, True)], Probe("value", (1, "a"))) == Outcome([1, ("a", True)])


def test_a_probe_without_arguments_asks_for_the_answer_itself() -> None:
    assert ask({"A": 1}, Probe("value", None)).value == {"A": 1}
    assert ask(len, Probe("value", None)).value == Opaque("a function")


def test_calls_follow_on_what_came_back() -> None:
    probe = Probe("value", (2,), ((3,), (4,)))
    assert ask(lambda a: lambda b: lambda c: (a, b, c), probe).value == (2, 3, 4)


def test_a_class_is_used_by_the_function_that_drives_it() -> None:
    outcome = ask(np.linalg.norm, Probe("value", ([3.0, 4.0],), drive="functools:partial"))
    assert outcome.value == Opaque("a function")
    assert ask(3, Probe("value", (4,), drive="operator:add")).value == 7
    assert resolve("math:sqrt")(9) == 3


class OwnError(ValueError):
    """An error of a student's own."""


def raises(error: BaseException) -> Any:
    def answer(*args: Any) -> Any:
        raise error

    return answer


def test_an_error_comes_back_as_the_names_of_its_class_and_bases() -> None:
    outcome = ask(raises(OwnError("no")), Probe("value", (1,)))
    assert outcome.errors == ("OwnError", "ValueError", "Exception", "BaseException")
    assert outcome.message == "no"


@pytest.mark.parametrize("error", [SystemExit(1), RecursionError("deep"), MemoryError()])
def test_an_answer_that_gives_up_is_an_outcome_too(error: BaseException) -> None:
    assert ask(raises(error), Probe("value", (1,))).errors[0] == type(error).__name__


def test_an_error_whose_text_fails_has_no_text() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert ask(raises(SilentError()), Probe("value", ())).message == ""


def test_an_error_text_that_cannot_be_written_is_mended_and_cut() -> None:
    assert ask(raises(ValueError("a\ud800")), Probe("value", ())).message == "a?"
    assert len(ask(raises(ValueError("x" * 9999)), Probe("value", ())).message) == 500


def test_something_that_cannot_be_called_is_a_type_error() -> None:
    assert ask(3, Probe("value", (1,))).errors[0] == "TypeError"


def test_warnings_of_an_answer_are_silent_and_cost_nothing() -> None:
    def noisy(x: float) -> float:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return float(np.log(np.float64(x)))

    assert np.isnan(ask(noisy, Probe("value", (-1.0,))).value)


def write_into_first(x: Any) -> int:
    x[0] = x[0] + 1
    return 0


@pytest.mark.parametrize("x", [np.array([1.0, 2.0]), np.array([1, 2]), [1.0, 2.0]])
def test_a_changed_argument_is_noticed_and_the_probe_stays_the_same(x: Any) -> None:
    probe = Probe("value", (x,))
    assert ask(write_into_first, probe).changed
    assert ask(write_into_first, probe).changed
    np.testing.assert_array_equal(probe.args[0], [1, 2])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda params: params.append(1),
        lambda params: params.__setitem__(0, 3.0),
        lambda params: params.__setitem__(0, np.zeros(3)),
        lambda params: params.__setitem__(1, [1.0]),
        lambda params: params.__setitem__(1, np.array([2.0])),
        lambda params: params[0].sort(),
        lambda params: params[0].__setitem__(0, np.nan),
    ],
)
def test_a_change_deep_in_an_argument_is_noticed_whatever_is_put_there(spoil: Any) -> None:
    probe = Probe("value", ([np.array([2.0, 1.0]), 2.0],))
    outcome = ask(spoil, probe)
    assert outcome.changed
    assert not outcome.errors


def test_a_change_is_noticed_when_the_answer_fails_afterwards() -> None:
    def answer(x: Any) -> None:
        x[0] = 9
        raise ValueError

    assert ask(answer, Probe("value", ([1.0],))).changed


@given(st.recursive(st.floats() | st.booleans(), lambda x: st.lists(x, max_size=3), max_leaves=5))
def test_an_argument_that_is_only_read_counts_as_unchanged(value: Any) -> None:
    array = np.array([1.0, np.nan])
    outcome = ask(lambda *args: copy.deepcopy(args), Probe("value", (value, array, (value, bowl))))
    assert not outcome.changed


def test_course_functions_are_passed_bare_at_any_depth() -> None:
    def what_it_has(f: Any, more: Any) -> list[bool]:
        return [hasattr(g, name) for g in (f, *more) for name in ("gradient", "jacobian")]

    probe = Probe("value", (bowl, [polar, bowl.gradient]))
    assert ask(what_it_has, probe).value == [False] * 6
    assert ask(lambda f, more: more[1]([1, 2]).tolist(), probe).value == [2.0, 8.0]
