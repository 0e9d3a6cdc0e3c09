"""The drivers of week 5 hand an answer what its notebook would, and leave no trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers import drivers_week5 as drivers
from helpers import models

X, Y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 7.0])


def test_a_fit_is_handed_the_model_and_its_jacobian() -> None:
    def answer(model: Any, jacobian: Any, x: Any, y: Any, b0: Any, steps: int = 20) -> Any:
        return model(x, b0).sum() + jacobian(x, b0).sum() + steps

    line = models.named("line")
    b0 = [1.0, 1.0]
    wanted = line(X, b0).sum() + line.jacobian(X, b0).sum()
    assert drivers.fit(answer, "line", X, Y, b0) == wanted + 20
    assert drivers.fit(answer, "line", X, Y, b0, 3) == wanted + 3


def test_parameters_are_divided_by_their_units_only_where_they_fit() -> None:
    units = np.array([2.0, 4.0])
    asked = ("line", X, Y, [1.0, 2.0], units)
    assert drivers.fit_in_units(lambda *a: [1.0, 2.0], *asked).tolist() == [0.5, 0.5]
    assert drivers.fit_in_units(lambda *a: [1.0, 2.0, 3.0], *asked) == [1.0, 2.0, 3.0]
    assert drivers.fit_in_units(lambda *a: ([1.0, 2.0], 3.0), *asked) == ([1.0, 2.0], 3.0)
    assert drivers.fit_in_units(lambda *a: None, *asked) is None


def test_a_library_is_handed_a_model_of_one_array() -> None:
    found = drivers.library_fit(lambda model, x, y, p0: model(x, p0), "line", X, Y, (1, 1))
    assert found.tolist() == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            drivers.fit_text("g", "line", X, Y, [1.0, 2.0], 3),
            "g(line, its Jacobian, x, y, [1.0, 2.0], steps=3)",
        ),
        (
            drivers.fit_in_units_text("g", "line", X, Y, [1.0], np.ones(1)),
            "[1.0]) / [1.0] with 3 points",
        ),
        (drivers.library_fit_text("g", "line", X, Y, [1.0]), "g(line, x, y, [1.0]) with 3 points"),
        (drivers.with_f_text("g", 1.0, 0.0, 2.0), "g(1.0, 0.0, 2.0)"),
        (drivers.with_slopes_text("g", X, Y, 0.0, 2.0, 9), "g(x, y, 0.0, 2.0, 9) with 3 points"),
    ],
)
def test_a_call_is_written_as_it_looks_in_a_notebook(text: str, wanted: str) -> None:
    assert wanted in text


def test_names_of_the_heights_lab_are_set_for_one_call_and_put_back() -> None:
    notebook: dict[str, Any] = {"f": "the student's own"}
    exec("def answer(x, mu, sig): return f(x, mu, sig)", notebook)
    found = drivers.with_f(notebook["answer"], 0.0, 0.0, 1.0)
    np.testing.assert_allclose(found, 1 / np.sqrt(2 * np.pi))
    assert notebook["f"] == "the student's own"
    exec(
        "def step(x, y, mu, sig, aggression): return dfdmu(x, mu, sig), dfdsig(x, mu, sig)",
        notebook,
    )
    mu_slope, sig_slope = drivers.with_slopes(notebook["step"], X, Y, 2.0, 1.0, 1.0)
    np.testing.assert_allclose(mu_slope[1], 0, atol=1e-15)
    np.testing.assert_allclose(sig_slope[1], -1 / np.sqrt(2 * np.pi))
    assert "dfdmu" not in notebook


def test_names_are_put_back_when_the_answer_fails() -> None:
    notebook: dict[str, Any] = {}
    exec("def answer(x, mu, sig): raise ValueError('no')", notebook)
    with pytest.raises(ValueError, match="no"):
        drivers.with_f(notebook["answer"], 0.0, 0.0, 1.0)
    assert "f" not in notebook


def test_a_verdict_is_read_whatever_its_spaces_and_capitals() -> None:
    assert drivers.tidy({1: " Fine "}) == {"1": "fine"}
    with pytest.raises(ValueError, match="a dict such as"):
        drivers.tidy(["fine"])
