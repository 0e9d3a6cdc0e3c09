"""Folders, names, the secret and the seeds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom import (
    Classroom,
    CourseError,
    is_student,
    replace,
    student_from,
    valid_student,
)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "../a",
        "a..b",
        "-rf",
        ".hidden",
        "con",
        "NUL.txt",
        "a b",
        "x" * 200,
        "a\0",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CourseError, match="cannot be a student's name"):
        valid_student(name)


@given(st.text())
def test_a_name_made_of_any_text_is_one_folder_or_nothing(text: str) -> None:
    name = student_from(text)
    assert not name or (is_student(name) and Path(name).name == name and name not in {".", ".."})


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    classroom = Classroom(tmp_path / "class")
    secret = classroom.secret()
    assert len(secret) == 32
    assert classroom.secret() == secret
    assert stat.S_IMODE(os.stat(tmp_path / "class" / "secret").st_mode) == 0o600


def test_a_damaged_secret_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(CourseError, match="damaged"):
        Classroom(tmp_path).secret()


def test_seeds_differ_by_week_student_attempt_and_class(tmp_path: Path) -> None:
    one, other = Classroom(tmp_path / "1"), Classroom(tmp_path / "2")
    keys = [("w", "a", "x"), ("w", "a", "y"), ("w", "b", "x"), ("v", "a", "x")]
    assert len({one.seed(*key) for key in keys} | {other.seed(*keys[0])}) == 5
    assert one.seed(*keys[0]) == one.seed(*keys[0])


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    replace(tmp_path / "deep" / "file", b"one")
    replace(tmp_path / "deep" / "file", b"two")
    assert [path.read_bytes() for path in (tmp_path / "deep").iterdir()] == [b"two"]
