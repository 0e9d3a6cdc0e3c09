"""Week 0's driver: what a program gives when it is worked out with a student's class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.exercises.week0_foundations import Dual
from helpers import drivers_week0
from helpers.autodiff import derivative

sizes = st.floats(0.3, 2.0)


def beast(x: Any) -> Any:
    return np.exp(-x / 2) * np.sin(x * x + 1) / (1 + x * x)


@given(x=sizes, slope=st.floats(-3.0, 3.0))
def test_the_reference_differentiates_a_program_as_automatic_differentiation_does(
    x: float, slope: float
) -> None:
    program = "q = 1 + x * x; (-x / 2).exp() * (x * x + 1).sin() / q"
    got = drivers_week0.run_dual(Dual, program, {"x": [x, slope]})
    np.testing.assert_allclose(got["value"], beast(x), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(got["slope"], slope * derivative(beast, x), rtol=1e-10, atol=1e-12)


def test_a_program_is_written_as_it_would_be_typed() -> None:
    text = drivers_week0.run_dual_text("Dual", "a * b", {"a": [2.0, 1.0], "b": [3.0, 0.0]})
    assert text == "a = Dual(2.0, 1.0); b = Dual(3.0, 0.0); a * b"


def test_a_result_that_is_no_pair_is_an_error() -> None:
    with pytest.raises(AttributeError, match="value"):
        drivers_week0.run_dual(lambda value, slope: value, "x + 1", {"x": [2.0, 1.0]})
