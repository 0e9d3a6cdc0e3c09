"""Calculations as text give what Python gives, and nothing else gets through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.expressions import evaluate

SIZES = st.floats(0.1, 3.0)


@given(SIZES, SIZES)
def test_a_calculation_gives_what_python_gives(a: float, b: float) -> None:
    text = "(a - b) / (a + 2) * -b ** 3"
    assert evaluate(text, {"a": a, "b": b}) == (a - b) / (a + 2) * -(b**3)


@given(SIZES, SIZES)
def test_a_name_that_a_line_makes_can_be_used_again(a: float, b: float) -> None:
    assert evaluate("c = a * b; d = c + a; c * d", {"a": a, "b": b}) == (a * b) * (a * b + a)


def test_objects_bring_their_own_arithmetic_and_methods() -> None:
    x = np.array([1.0, 3.0])
    assert evaluate("(2 * x).sum()", {"x": x}) == 8.0


def test_the_names_that_are_given_are_left_alone() -> None:
    names = {"a": 2.0}
    evaluate("b = a; a = b + 1; a", names)
    assert names == {"a": 2.0}


@pytest.mark.parametrize(
    "text",
    [
        "a +",
        "",
        "c = a",
        "a; b = a",
        "b",
        "a[0]",
        "'a'",
        "True",
        "a if a else a",
        "open('x')",
        "a.real",
        "a.__class__()",
        "a.conjugate(1)",
        "import os; a",
        "a, b = a; a",
        "[a for a in a]",
    ],
)
def test_anything_but_a_calculation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        evaluate(text, {"a": 2.0})
