"""A marking scheme survives being written to a file, and the file holds nothing but data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import schemes
from helpers.functions import bowl
from helpers.marking import Group, Mistake, Scheme, Trial, mark
from helpers.plain import Opaque, PlainDataError
from helpers.probes import Outcome, Probe, ask

PROBES = (
    Probe("value", (bowl, np.array([1.0, 2.0]))),
    Probe("edge", (bowl, [0, 0]), ((1.0,),), "operator:call"),
    Probe("edge", None),
)
WANTED = (
    Outcome(9.0),
    Outcome(errors=("ValueError", "Exception"), message="no"),
    Outcome({"A": (1, None)}),
)
SLIP = Outcome(np.array([np.nan, np.inf]), changed=True)
SCHEME = Scheme(
    "sample",
    {"value": Group(2, 1e-6), "edge": Group(1, float("inf"), unchanged=True)},
    PROBES,
    WANTED,
    (Mistake("slip", "You slipped.", "Where?", ((SLIP, WANTED[1], WANTED[2]),)),),
    (Trial("value", "helpers.sandpit:wins", (1, 2), 0.8),),
    ("numpy.polyfit",),
    "builtins:abs",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / schemes.FILE_NAME


def test_a_scheme_comes_back_as_it_was_written(path: Path) -> None:
    schemes.write({"sample": SCHEME}, path)
    [read] = schemes.read(path).values()
    assert read.name == "sample"
    assert (read.groups, read.trials) == (SCHEME.groups, SCHEME.trials)
    assert (read.refuses, read.view, read.points) == (SCHEME.refuses, SCHEME.view, 3)
    assert [probe.group for probe in read.probes] == ["value", "edge", "edge"]
    assert read.probes[1].then == ((1.0,),)
    assert read.probes[1].drive == "operator:call"
    assert read.probes[2].args is None
    assert read.wanted == WANTED


def test_a_function_in_a_probe_comes_back_bare_with_the_same_values(path: Path) -> None:
    schemes.write({"sample": SCHEME}, path)
    probe = schemes.read(path)["sample"].probes[0]
    assert ask(lambda f, x: f(x), probe) == ask(lambda f, x: f(x), PROBES[0])
    assert probe.args is not None
    assert not hasattr(probe.args[0], "gradient")


def test_a_slip_comes_back_and_what_it_gets_right_is_stored_once(path: Path) -> None:
    schemes.write({"sample": SCHEME}, path)
    read = schemes.read(path)["sample"]
    [mistake] = read.mistakes
    assert (mistake.name, mistake.sentence, mistake.ask) == ("slip", "You slipped.", "Where?")
    [(first, second, third)] = mistake.rows
    assert first.changed
    np.testing.assert_array_equal(first.value, [np.nan, np.inf])
    assert second is read.wanted[1]
    assert third is read.wanted[2]
    tree = json.loads(path.read_text("utf-8"))
    assert tree["exercises"]["sample"]["mistakes"][0]["rows"][0][1:] == [None, None]


def test_an_answer_is_marked_by_the_file_as_by_the_scheme(path: Path) -> None:
    scheme = Scheme("f", {"value": Group(1, 1e-6)}, PROBES[:1], WANTED[:1])
    schemes.write({"f": scheme}, path)
    for answer, points in ((lambda f, x: f(x), 1), (lambda f, x: 2 * f(x), 0)):
        read = schemes.read(path)["f"]
        assert mark(read, lambda probe, a=answer: ask(a, probe), answer).points == points


def test_the_points_are_known_before_a_scheme_is_read(path: Path) -> None:
    schemes.write({"sample": SCHEME, "f": SCHEME}, path)
    assert schemes.read(path).points == {"sample": 3, "f": 3}


def test_what_is_damaged_inside_a_scheme_is_said_when_it_is_read(path: Path) -> None:
    schemes.write({"sample": SCHEME}, path)
    path.write_text(path.read_text("utf-8").replace('"wanted"', '"wonted"'), "utf-8")
    with pytest.raises(ValueError, match="download the week again"):
        schemes.read(path)["sample"]


def test_writing_replaces_the_file_and_leaves_nothing_beside_it(path: Path) -> None:
    path.write_text("old", "utf-8")
    schemes.write({"sample": SCHEME}, path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "download the week again"),
        ("[1]", "download the week again"),
        ('{"format": 1}', "download the week again"),
        ('{"format": 1, "exercises": {}, "buffers": ["%"]}', "download the week again"),
        ('{"format": 1, "exercises": {"a": {}}, "buffers": []}', "download the week again"),
        ('{"format": 1, "exercises": [], "buffers": []}', "download the week again"),
        ('{"format": 99, "exercises": {}, "buffers": []}', "update it"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_advice(path: Path, text: str, advice: str) -> None:
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=advice):
        schemes.read(path)


outcomes = st.builds(
    Outcome,
    st.none() | st.integers(0, 9) | st.lists(st.booleans()) | st.text(max_size=9),
    st.just(()),
    st.just(""),
    st.booleans(),
) | st.builds(
    Outcome,
    st.none(),
    st.lists(st.text(max_size=9), min_size=1, max_size=8).map(tuple),
    st.text(max_size=9),
    st.booleans(),
)


@given(outcomes)
def test_an_outcome_comes_back_as_it_was(outcome: Outcome) -> None:
    buffers: list[bytes] = []
    tree = json.loads(json.dumps(schemes.outcome_tree(outcome, buffers)))
    assert schemes.read_outcome(tree, buffers) == outcome


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
fields = st.sampled_from(["value", "errors", "message", "changed", "other"])


@given(json_values | st.dictionaries(fields, json_values))
def test_an_outcome_of_garbage_is_read_or_refused_and_never_anything_else(tree: Any) -> None:
    try:
        outcome = schemes.read_outcome(tree, [])
    except PlainDataError:
        return
    assert isinstance(outcome.changed, bool)
    assert all(isinstance(name, str) for name in outcome.errors)


def test_an_outcome_from_elsewhere_builds_no_function_and_is_cut_to_size() -> None:
    spec = {"function": {"family": "bowl", "member": "value", "parameters": {}}}
    assert schemes.read_outcome({"value": spec}, []).value == Opaque("a function")
    tree = {"errors": ["E" * 999] * 99, "message": "m\ud800" * 999, "changed": 1}
    outcome = schemes.read_outcome(tree, [])
    assert len(outcome.errors) == 8
    assert len(outcome.errors[0]) == 100
    assert len(outcome.message) == 500
    assert "\ud800" not in outcome.message
    assert outcome.changed is False
