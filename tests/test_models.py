"""Models know their exact Jacobians and say what they were given wrongly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import autodiff, derivatives, models

X = np.array([0.5, 1.0, 2.5, 4.0])
sizes = st.floats(0.3, 2.0)


@pytest.mark.parametrize("name", models.MODELS)
@given(data=st.data())
def test_two_ways_to_an_exact_jacobian_agree(name: str, data: st.DataObject) -> None:
    model = models.named(name)
    b = np.array(data.draw(st.lists(sizes, min_size=model.n, max_size=model.n)))
    J = model.jacobian(X, b)
    assert J.shape == (X.size, model.n)
    by_machine = autodiff.jacobian(lambda p: model(X, p), b)
    np.testing.assert_allclose(J, by_machine, rtol=1e-10, atol=1e-12)
    by_steps = derivatives.jacobian(lambda p: model(X, p), b)
    np.testing.assert_allclose(J, by_steps, rtol=1e-6, atol=1e-7)


def test_lists_and_whole_numbers_are_read_as_floats() -> None:
    line = models.named("line")
    assert line([1, 2], (3, 4)).tolist() == [7.0, 10.0]
    assert line.jacobian([1, 2], [3, 4]).tolist() == [[1.0, 1.0], [2.0, 1.0]]


def test_a_model_that_overflows_says_so_in_its_values_and_not_in_warnings() -> None:
    assert not np.isfinite(models.named("decay")([1e3], [1.0, -10.0])).any()
    assert not np.isfinite(models.named("decay").jacobian([1e3], [1.0, -10.0])).all()


def test_the_name_of_a_nist_set_is_that_of_its_model() -> None:
    assert models.named("nist_rat43") is models.named("rat43")
    assert repr(models.named("rat43")) == models.named("rat43").__name__ == "rat43"


def test_a_wrong_number_of_parameters_and_an_unknown_name_are_answered_with_advice() -> None:
    with pytest.raises(ValueError, match=r"line has 2 parameters: b should have shape \(2,\), got"):
        models.named("line")(X, [1.0])
    with pytest.raises(ValueError, match="no model 'cubic': choose one of line"):
        models.named("cubic")
