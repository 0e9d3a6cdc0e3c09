"""The made-up class gets the scores it should, from release to report."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import demo
from autograder.classroom import Classroom, CourseError
from autograder.pupils import CLASS


def test_every_made_up_student_gets_the_points_they_should(tmp_path: Path) -> None:
    classroom = Classroom(tmp_path / "demo")
    outcomes = demo.play(classroom)
    assert [(one.student, one.actual) for one in outcomes] == [
        (one.student, one.expected) for one in outcomes
    ]
    assert len(outcomes) == len(CLASS) == 12
    assert len(list(classroom.root.glob("feedback/*/*.html"))) == 12
    assert classroom.report.is_file()
    assert len((classroom.root / "grades.csv").read_text("utf-8").splitlines()) == 13


def test_a_real_class_is_not_overwritten(released: Classroom) -> None:
    with pytest.raises(CourseError, match="holds a class"):
        demo.play(released)
