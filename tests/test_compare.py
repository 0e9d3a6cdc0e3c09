"""Values are compared by type, shape, finiteness and size, in that order, and nothing slips by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from helpers.compare import difference, kind_of, numbers
from helpers.plain import Opaque

finite = st.floats(-1e100, 1e100)
shapes = st_numpy.array_shapes(min_dims=1, max_dims=3, max_side=4)
plain = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.floats(),
        st.complex_numbers(),
        st.text(max_size=5),
        st.builds(Opaque, st.text(max_size=5)),
        st_numpy.arrays(
            st.sampled_from([np.bool_, np.int64, np.float64, np.complex128]),
            st_numpy.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)
without_nan = st_numpy.arrays(np.float64, shapes, elements=finite)


@given(plain)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert difference(value, value, 1e-12) is None


@given(plain, plain)
def test_any_two_values_can_be_compared_and_a_difference_has_a_sentence(
    got: Any, want: Any
) -> None:
    found = difference(got, want, 1e-6)
    assert found is None or found.sentence
    assert kind_of(got)


@given(without_nan)
def test_an_array_may_come_as_a_list_or_a_tuple(want: Any) -> None:
    assert difference(want.tolist(), want, 0.0) is None
    assert difference(tuple(want.tolist()), want, 0.0) is None
    assert difference(list(want), want, 0.0) is None


@given(finite, st.floats(1e-9, 1e-3))
def test_the_tolerance_is_relative_to_numbers_above_one_and_absolute_below(
    want: float, rtol: float
) -> None:
    scale = max(1.0, abs(want))
    assert difference(want + 0.9 * rtol * scale, want, rtol) is None
    found = difference(want + 1.1 * rtol * scale, want, rtol)
    assert found is not None
    assert found.kind == "value"
    assert found.error == pytest.approx(1.1 * rtol, rel=1e-3)


@pytest.mark.parametrize("got", [5, 5.0, np.array(5.0), np.array(5), 5 + 1e-9])
def test_a_number_may_come_in_any_numeric_type(got: Any) -> None:
    assert difference(got, 5.0, 1e-6) is None
    assert difference(got, np.array(5.0), 1e-6) is None


@pytest.mark.parametrize(
    ("got", "want", "kind", "sentence"),
    [
        (2.0, np.array([2.0, 2.0]), "shape", "an array of shape (2,) was wanted, a number came"),
        (np.array([2.0]), 2.0, "shape", "a number was wanted, an array of shape (1,) came"),
        ([[1.0, 2.0]], np.array([1.0, 2.0]), "shape", "shape (2,) was wanted, shape (1, 2) came"),
        (None, np.array([1.0]), "type", "an array of shape (1,) was wanted, None came"),
        (None, 1.0, "type", "a number was wanted, None came"),
        (True, 1.0, "type", "a number was wanted, True came"),
        ("1", 1.0, "type", "a number was wanted, a string came"),
        ([True], np.array([1.0]), "type", "an array of shape (1,) was wanted, a list of 1 came"),
        ([[1.0], 2.0], np.ones(2), "type", "an array of shape (2,) was wanted, a list of 2 came"),
        (1.0, True, "type", "True or False was wanted, a number came"),
        (1, True, "type", "True or False was wanted, a number came"),
        ("no", "yes", "value", "a different answer was wanted"),
        (["yes"], "yes", "type", "a string was wanted, a list of 1 came"),
        (Opaque("a function"), 1.0, "type", "a number was wanted, a function came"),
        (1.0, Opaque("a function"), "type", "a function was wanted, a number came"),
        (np.nan, 1.0, "finite", "nan came where a finite number was wanted"),
        (1.0, np.nan, "finite", "a finite number came where none was wanted"),
        (-np.inf, np.inf, "finite", "-inf came where a finite number was wanted"),
        (1j, 1.0, "type", "a real number was wanted, a complex one came"),
        ([1.0, 2.5], np.array([1.0, 2.0]), "value", "largest error 0.25 at [1]"),
        ((1.0,), (1.0, 2.0), "shape", "2 things were wanted, 1 came"),
        (3.0, (1.0, 2.0), "type", "2 things were wanted, a number came"),
        ((1.0, 3.0), (1.0, 2.0), "value", "largest error 0.5 at [1]"),
        ({"A": 1}, {"A": 1, "B": 2}, "shape", "the key 'B' is missing"),
        ({"A": 1, "C": 2}, {"A": 1}, "shape", "the key 'C' is not one of those asked for"),
        ({"A": 1, "B": 1}, {"A": 1, "B": 2}, "value", "1 of 2 are right"),
        ([1], {"A": 1}, "type", "a dict was wanted, shape (1,) came"),
        ([True, False], np.array([True, True]), "value", "1 of 2 are wrong"),
        ([True], np.array([True, True]), "type", "booleans of shape (2,) were wanted"),
        ([True, [True]], np.array([True, True]), "type", "booleans of shape (2,) were wanted"),
        ([1, 0], np.array([True, False]), "type", "booleans of shape (2,) were wanted"),
    ],
)
def test_a_difference_is_told_by_its_kind_and_a_sentence(
    got: Any, want: Any, kind: str, sentence: str
) -> None:
    found = difference(got, want, 1e-6)
    assert found is not None
    assert found.kind == kind
    assert found.sentence.startswith(sentence) or sentence in found.sentence


def test_a_sentence_about_values_never_gives_the_wanted_value_away() -> None:
    found = difference(np.array([1.0, 5.0]), np.array([1.0, 4.4321]), 1e-6)
    assert found is not None
    assert "4.4321" not in found.sentence


@given(st.integers(-(2**62), 2**62))
def test_whole_numbers_far_apart_are_never_mistaken_for_each_other(want: int) -> None:
    far = want - 2**63 if want > 0 else want + 2**63 - 1
    assert difference(far, want, 1e-6) is not None
    assert difference([far], np.array([want]), 1e-6) is not None


def test_an_infinite_tolerance_asks_only_for_shape_and_finite_numbers() -> None:
    want = np.array([1.0, 2.0])
    assert difference((300.0, -4.0), want, np.inf) is None
    assert difference((300.0, np.nan), want, np.inf) is not None
    assert difference((300.0,), want, np.inf) is not None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (3.0, "a number"),
        (np.array(3.0), "a number"),
        (np.zeros((2, 3)), "shape (2, 3)"),
        ([[1], [2]], "shape (2, 1)"),
        ([], "shape (0,)"),
        (np.array([True]), "booleans of shape (1,)"),
        (np.array(True), "True"),
        (False, "False"),
        ("a", "a string"),
        (("a", 1), "a tuple of 2"),
        ({"a": 1}, "a dict of 1"),
        (Opaque("a class"), "a class"),
        (len, "a function"),
    ],
)
def test_a_value_is_described_in_words(value: Any, wanted: str) -> None:
    assert kind_of(value) == wanted


@pytest.mark.parametrize("value", [None, True, "1", {}, [None], [1, [2]], [True], Opaque("x")])
def test_what_is_not_numbers_of_one_shape_is_no_array(value: Any) -> None:
    assert numbers(value) is None
