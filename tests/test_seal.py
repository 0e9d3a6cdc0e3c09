"""The answer to a riddle is compared without being readable."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autograder import exercises
from autograder.compiler import compile_public
from autograder.exercise import Exercise
from helpers import schemes
from helpers.check import examine
from helpers.compare import difference
from helpers.plain import bare
from helpers.seal import sealed
from helpers.wording import describe

RIDDLES = ["match_derivatives", "guess_the_order", "choose_method", "residual_verdict"]
each_riddle = pytest.mark.parametrize(
    "riddle", [pytest.param(exercises.find(name), id=name) for name in RIDDLES]
)


def test_an_entry_keeps_its_seal_as_a_float_an_integer_and_a_0_d_array() -> None:
    seals = [sealed({"A": entry})["A"] for entry in (3, 3.0, np.int64(3), np.array(3))]
    assert len(set(seals)) == 1


def test_another_entry_another_key_and_a_string_have_other_seals() -> None:
    seals = [sealed(one) for one in ({"A": 3}, {"A": 4}, {"A": "3"}, {"A": True}, {"A": None})]
    assert len({one["A"] for one in seals}) == 5
    assert sealed({"A": 3})["A"] != sealed({"B": 3})["B"]


def test_the_seal_still_counts_what_is_right() -> None:
    found = difference(sealed({"A": 1, "B": 2}), sealed({"A": 1, "B": 3}), 0.0)
    assert found is not None
    assert found.sentence == "1 of 2 are right"


@pytest.mark.parametrize("odd", [float("nan"), 10**400, [1, 2], {"B": 1}, 1j, bare])
def test_anything_can_be_sealed(odd: object) -> None:
    assert sealed({"A": odd}) != sealed({"A": 1})


@each_riddle
def test_the_released_file_does_not_hold_the_answer(riddle: Exercise, tmp_path: Path) -> None:
    schemes.write({riddle.name: compile_public(riddle)}, tmp_path / schemes.FILE_NAME)
    text = (tmp_path / schemes.FILE_NAME).read_text()
    for key, entry in riddle().items():
        value = json.dumps(entry)
        assert f'"{key}",{value}' not in text
        assert f'"{key}":{value}' not in text
    words = [entry for entry in riddle().values() if isinstance(entry, str)]
    assert not [word for word in words if f'"{word}"' in text]


@each_riddle
def test_a_wrong_entry_is_still_wrong_after_the_journey_to_a_student(
    riddle: Exercise, tmp_path: Path
) -> None:
    schemes.write({riddle.name: compile_public(riddle)}, tmp_path / schemes.FILE_NAME)
    scheme = schemes.read(tmp_path / schemes.FILE_NAME)[riddle.name]
    assert examine(scheme, riddle()).passed
    for key in riddle():
        assert not examine(scheme, riddle() | {key: "something else"}).passed


@each_riddle
def test_a_check_that_fails_does_not_print_the_answer(riddle: Exercise) -> None:
    wrong = dict(zip(riddle(), np.roll(list(riddle().values()), 1).tolist(), strict=True))
    said = describe(examine(compile_public(riddle), wrong))
    assert "are right" in said
    assert f"a dict of {len(wrong)}\n" in said
    assert "{" not in said
