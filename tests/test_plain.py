"""Plain data survives a journey unchanged, and nothing else gets through."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from helpers import functions
from helpers.plain import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_TEXT,
    Opaque,
    PlainDataError,
    bare,
    pack,
    pack_columns,
    unpack,
)

numbers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=20),
)
arrays = st_numpy.arrays(
    st.sampled_from([np.bool_, np.int64, np.float64, np.complex128]),
    st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
values = st.recursive(
    numbers | arrays,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
    ),
    max_leaves=12,
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
TAGS = ["list", "tuple", "dict", "array", "function", "float", "complex", "opaque", "family"]
FIELDS = ["dtype", "shape", "buffer", "family", "member", "parameters", "float64", "bowl", "waves"]
garbage = st.recursive(
    json_values | st.sampled_from(FIELDS),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(TAGS), inner, min_size=1, max_size=1),
        st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def journey(value: object) -> Any:
    """What arrives when a value is sent as JSON text and raw bytes."""
    buffers: list[bytes] = []
    text = json.dumps(pack(value, buffers))
    return unpack(json.loads(text), buffers)


def alike(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and (left.dtype, left.shape) == (right.dtype, right.shape)
            and left.tobytes() == right.tobytes()
        )
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, float | complex):
        return repr(left) == repr(right)
    return bool(left == right)


@given(values)
def test_plain_values_arrive_as_they_left(value: Any) -> None:
    assert alike(journey(value), value)


@given(garbage, st.lists(st.binary(max_size=32), max_size=2))
def test_garbage_is_read_or_refused_and_never_anything_else(
    tree: Any, buffers: list[bytes]
) -> None:
    for with_functions in (True, False):
        with suppress(PlainDataError):
            unpack(tree, buffers, with_functions)


@given(st.sampled_from(TAGS), garbage)
def test_a_known_tag_with_garbage_inside_is_read_or_refused(tag: str, content: Any) -> None:
    with suppress(PlainDataError):
        unpack({tag: content}, [b"12345678"])


@pytest.mark.parametrize(
    "tree",
    [
        {"array": {"dtype": "object", "shape": [1], "buffer": 0}},
        {"array": {"dtype": "float64", "shape": [2], "buffer": 0}},
        {"array": {"dtype": "float64", "shape": [-1], "buffer": 0}},
        {"array": {"dtype": "float64", "shape": [True], "buffer": 0}},
        {"array": {"dtype": "float64", "shape": [1], "buffer": 1}},
        {"array": {"dtype": "float64", "shape": [1], "buffer": True}},
        {"array": {"dtype": "float64", "shape": [1] * 9, "buffer": 0}},
        {"array": {"dtype": ["float64"], "shape": [1], "buffer": 0}},
        {"function": {"family": "os.system", "parameters": {}}},
        {"function": {"family": "sinusoid", "parameters": {"frequency": 10**400}}},
        {"function": "bowl"},
        {"dict": [["key"]]},
        {"dict": [[["key"], 1]]},
        {"float": "one"},
        {"float": 1.0},
        {"complex": ["1"]},
        {"complex": "12"},
        {"opaque": ["a function"]},
        {"list": {}},
        {"pickle": "gASVAAAA"},
        {"list": [], "tuple": []},
        {},
        [1, 2],
        2**63,
        "x" * (MAX_TEXT + 1),
        {"list": [None] * (MAX_ITEMS + 1)},
    ],
    ids=lambda tree: str(tree)[:40],
)
def test_a_tree_that_pack_never_makes_is_refused(tree: Any) -> None:
    with pytest.raises(PlainDataError):
        unpack(tree, [b"12345678"])


@pytest.mark.parametrize("tag", ["list", "dict", "opaque", "float", "array", "function"])
def test_a_tree_nested_a_thousand_deep_is_refused(tag: str) -> None:
    tree: Any = []
    for _ in range(1_000):
        tree = [tree]
    with pytest.raises(PlainDataError):
        unpack({tag: [[tree, 1]]}, [])
    deep: Any = 1
    for _ in range(MAX_DEPTH + 1):
        deep = {"list": [deep]}
    with pytest.raises(PlainDataError, match="levels deep"):
        unpack(deep, [])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (len, "a function"),
        (lambda x: x, "a function"),
        (int, "a class"),
        (object(), "an object of type object"),
        (..., "an object of type ellipsis"),
        ({1, 2}, "an object of type set"),
        (10**30, "a very large integer"),
        (np.array([None, 1]), "an array of object values"),
        (np.zeros(MAX_ITEMS + 1), f"an array of {MAX_ITEMS + 1} numbers"),
        ([0] * (MAX_ITEMS + 1), f"a container of {MAX_ITEMS + 1} things"),
    ],
)
def test_what_is_not_plain_arrives_as_its_name(value: object, kind: str) -> None:
    assert journey(value) == Opaque(kind)


def test_what_has_travelled_once_travels_again_under_the_same_name() -> None:
    for value in (..., len, Opaque, {1, 2}, 3 + 4j, [np.array(["a"])]):
        assert journey(journey(value)) == journey(value)


def test_a_list_that_holds_itself_arrives_cut_off() -> None:
    endless: list[Any] = []
    endless.append(endless)
    arrived = journey(endless)
    for _ in range(MAX_DEPTH):
        [arrived] = arrived
    assert arrived == Opaque("something nested too deeply")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.float64(1.5), np.array(1.5)),
        (np.float32([1, 2]), np.array([1.0, 2.0])),
        (np.int8(3), np.array(3)),
        (np.bool_(True), np.array(True)),
        (np.array([[1, 2], [3, 4]]).T, np.array([[1, 3], [2, 4]])),
        (np.arange(6.0)[::-2], np.array([5.0, 3.0, 1.0])),
        (np.array([1.0, 2.0], dtype=">f8"), np.array([1.0, 2.0])),
    ],
)
def test_numpy_numbers_arrive_as_arrays_of_four_types(value: Any, wanted: Any) -> None:
    assert alike(journey(value), wanted)


@pytest.mark.parametrize(
    "numbers",
    [
        np.array([1, 2.5, np.float64(3)], dtype=object),
        1 / np.array([math.factorial(k) for k in range(25)]),  # of objects, from 21! on
        np.array([[Fraction(1, 2), 2]], dtype=object),
    ],
)
def test_an_array_of_objects_that_are_all_numbers_arrives_as_floats(numbers: Any) -> None:
    arrived = journey(numbers)
    assert numbers.dtype == object
    assert arrived.dtype == float
    np.testing.assert_array_equal(arrived, numbers.astype(float))


def test_a_fraction_arrives_as_a_float() -> None:
    assert journey([Fraction(1, 4), Fraction(-3)]) == [0.25, -3.0]
    assert isinstance(journey(Fraction(10**40)), Opaque)


def test_an_array_with_other_objects_or_numbers_beyond_floats_stays_opaque() -> None:
    for odd in ([True, 1.5], [10**400, 1], [None, 1.0]):
        assert journey(np.array(odd, dtype=object)) == Opaque("an array of object values")


def test_numpy_texts_and_dict_keys_arrive_as_strings() -> None:
    assert journey(np.str_("saddle")) == "saddle"
    assert journey({1: 2}) == {"1": 2}


def test_an_array_that_arrives_can_be_written_to() -> None:
    array = journey(np.zeros(3))
    array[0] = 1.0
    assert array.tolist() == [1, 0, 0]


def test_a_text_that_cannot_be_written_is_mended_on_both_sides() -> None:
    assert journey("half \ud800 pair") == "half ? pair"
    assert unpack("half \ud800 pair", []) == "half ? pair"
    assert len(journey("x" * (MAX_TEXT + 5))) == MAX_TEXT


def test_infinite_numbers_travel_as_strict_json() -> None:
    text = json.dumps(pack([math.inf, -math.inf, math.nan], []), allow_nan=False)
    assert str(unpack(json.loads(text), [])) == "[inf, -inf, nan]"


def test_a_course_function_arrives_as_a_function_with_the_same_values() -> None:
    rng = np.random.default_rng(0)
    f = functions.random("waves", rng, n=3)
    x = rng.normal(size=3)
    arrived = journey(f)
    assert arrived(x) == f(x)
    assert arrived.__name__ == f.__name__
    np.testing.assert_array_equal(journey(f.gradient)(x), f.gradient(x))


def test_no_function_is_built_from_an_untrusted_tree() -> None:
    buffers: list[bytes] = []
    tree = pack([functions.bowl, {"f": functions.bowl}], buffers)
    assert unpack(tree, buffers, with_functions=False) == [
        Opaque("a function"),
        {"f": Opaque("a function")},
    ]


def test_a_bare_function_can_be_called_and_keeps_its_derivatives_to_itself() -> None:
    f = bare(functions.bowl)
    assert f([1, 2]) == 9
    assert f.__name__ == "bowl"
    assert not hasattr(f, "gradient")
    assert not hasattr(f, "hessian")


row = st.tuples(
    st.tuples(st.floats(), st.floats()).map(np.array),
    st.floats(),
    st.tuples(st.floats(), st.floats()).map(np.array),
)
odd_row = st.tuples(st.floats()) | st.tuples(st.integers(), st.floats()) | st.just(())


@given(st.lists(row, max_size=5), st.lists(odd_row, max_size=2))
def test_columns_come_back_as_the_list_they_were(like: list[Any], others: list[Any]) -> None:
    for rows in (like, [*like, *others], tuple(like)):
        by_columns: list[bytes] = []
        one_by_one: list[bytes] = []
        found = unpack(json.loads(json.dumps(pack_columns(rows, by_columns))), by_columns)
        wanted = unpack(pack(rows, one_by_one), one_by_one)
        assert repr(found) == repr(wanted)


def test_the_arrays_of_columns_are_not_parts_of_one_another() -> None:
    buffers: list[bytes] = []
    rows = unpack(pack_columns([(np.zeros(2),), (np.zeros(2),)], buffers), buffers)
    rows[0][0][:] = 1.0
    np.testing.assert_array_equal(rows[1][0], [0.0, 0.0])


def test_columns_are_refused_where_they_come_from_a_students_process() -> None:
    buffers: list[bytes] = []
    tree = {"list": [pack_columns([(1.0,), (2.0,)], buffers)]}
    assert unpack(tree, buffers) == [[(1.0,), (2.0,)]]
    with pytest.raises(PlainDataError, match="from us alone"):
        unpack(tree, buffers, with_functions=False)


@pytest.mark.parametrize("content", [3, [3], [{"array": {}}], [{"list": [1.0]}], ["text"]])
def test_columns_that_are_none_are_refused(content: Any) -> None:
    with pytest.raises(PlainDataError):
        unpack({"columns": content}, [])
