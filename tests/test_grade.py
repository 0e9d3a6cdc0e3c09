"""Grading a class: every submission gets its rows, whatever is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade, is_grade

from autograder import grade, gradebook, grading, task
from autograder.classroom import Classroom, CourseError
from autograder.grade import Bench
from tests.conftest import ANSWERS, WEEK

HandIn = Callable[..., Path]
TRUSTED = grade.Options(trusted=True)


@pytest.fixture(scope="module")
def on(tiny_course: Classroom) -> Iterator[Bench]:
    """One warm sandbox for all tests of this module."""
    with grade.bench(tiny_course, WEEK, TRUSTED) as made:
        yield made


def points(classroom: Classroom, student: str) -> dict[str, float | None]:
    """What the gradebook holds for a student."""
    entry = next(entry for entry in gradebook.entries(classroom) if entry.student == student)
    return {mark.name: mark.points for mark in entry.marks}


def test_right_answers_get_all_points_and_words_wait_for_a_person(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada", **ANSWERS, why="Because nothing is added.")
    row = grade.grade_one(released, WEEK, "ada", on)
    assert row.log.points == {"check_double": 3.0, "check_total": 2.0, "why": None}
    assert (row.points, row.max_points, row.waiting, row.log.state) == (5.0, 7.0, 1, "graded")
    assert points(released, "ada") == {"check_double": 3.0, "check_total": 2.0, "why": None}


def test_untouched_work_gets_nought_and_waits_for_nobody(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada")
    row = grade.grade_one(released, WEEK, "ada", on)
    assert (row.points, row.waiting) == (0.0, 0)


def test_a_slip_is_named_in_the_log_and_in_the_comment(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada", double="def double(x):\n    return x + 2\n")
    row = grade.grade_one(released, WEEK, "ada", on)
    assert row.log.slips == {"double": "You added two."}
    with gradebook.opened(released) as book:
        comment = book.find_comment("double", WEEK, WEEK, "ada").auto_comment
    assert "What is twice zero?" in comment


def test_nbgrader_reads_the_same_points_from_the_graded_notebook(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in(
        "ada", double="def double(x):\n    return 2.0 * x if x else 1.0\n", total=ANSWERS["total"]
    )
    row = grade.grade_one(released, WEEK, "ada", on)
    notebook = nbformat.read(released.autograded("ada", WEEK), as_version=4)
    read = {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)[0]
        for cell in notebook.cells
        if is_grade(cell)
    }
    assert read == row.log.points == {"check_double": 2.0, "check_total": 2.0, "why": 0.0}


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'{"cells": 7}', b"\xff\xfe\x00", b"\x89PNG\r\n", b"[" * 100_000],
)
def test_a_file_that_cannot_be_read_gets_nought_with_a_reason_in_every_row(
    released: Classroom, hand_in: HandIn, on: Bench, raw: bytes
) -> None:
    hand_in("ada", raw=raw)
    row = grade.grade_one(released, WEEK, "ada", on)
    assert row.log.state == "unreadable"
    assert row.log.notes
    assert points(released, "ada") == {"check_double": 0.0, "check_total": 0.0, "why": 0.0}


def test_a_missing_file_and_a_link_get_nought(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("bob", **ANSWERS)
    released.submitted("ada", WEEK).parent.mkdir(parents=True)
    released.submitted("eve", WEEK).parent.mkdir(parents=True)
    os.symlink(released.submitted("bob", WEEK), released.submitted("eve", WEEK))
    for student in ("ada", "eve"):
        assert grade.grade_one(released, WEEK, student, on).log.state == "unreadable"
        assert set(points(released, student).values()) == {0.0}


def test_old_scores_do_not_survive_a_worse_file(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada", **ANSWERS)
    assert grade.grade_one(released, WEEK, "ada", on).points == 5.0
    hand_in("ada", raw=b"broken")
    grade.grade_one(released, WEEK, "ada", on)
    assert set(points(released, "ada").values()) == {0.0}


def test_where_the_grader_itself_fails_a_nought_is_flagged_and_tried_again(
    released: Classroom, hand_in: HandIn, on: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ada", **ANSWERS)
    grade.grade_one(released, WEEK, "ada", on)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    with monkeypatch.context() as patched:
        patched.setattr(grading, "grade", fail)
        row = grade.grade_one(released, WEEK, "ada", on, force=True)
    assert row.log.state == "failed"
    assert "a person has to look" in row.log.notes[0]
    entry = gradebook.entries(released)[0]
    assert (entry.points, entry.waiting) == (0.0, 3)
    again = grade.grade_one(released, WEEK, "ada", on)
    assert (again.unchanged, again.points) == (False, 5.0)


def test_what_is_unchanged_is_left_alone_until_something_changes(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada", **ANSWERS)
    first = grade.grade_one(released, WEEK, "ada", on)
    assert grade.grade_one(released, WEEK, "ada", on).unchanged
    assert not grade.grade_one(released, WEEK, "ada", on, force=True).unchanged
    with gradebook.opened(released) as book:
        book.remove_submission(WEEK, "ada")
    assert not grade.grade_one(released, WEEK, "ada", on).unchanged
    released.log("ada", WEEK).write_text("{}")
    assert not grade.grade_one(released, WEEK, "ada", on).unchanged
    hand_in("ada", double=ANSWERS["double"])
    second = grade.grade_one(released, WEEK, "ada", on)
    assert (second.unchanged, second.points) == (False, 3.0)
    assert second.log.attempt != first.log.attempt


def test_the_log_holds_no_secret_and_tells_how_it_was_graded(
    released: Classroom, hand_in: HandIn, on: Bench
) -> None:
    hand_in("ada", **ANSWERS)
    log = grade.grade_one(released, WEEK, "ada", on).log
    text = released.log("ada", WEEK).read_text("utf-8")
    assert released.seed(WEEK, "ada", log.attempt).hex() not in text
    assert released.secret().hex() not in text
    assert json.loads(text)["layers"] == on.layers
    assert grade.read_log(released, WEEK, "ada") == log


def test_where_the_sandbox_does_not_hold_other_peoples_work_is_refused(
    released: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "escapes", lambda *_: ("a", ["read a file of the classroom"]))
    with pytest.raises(CourseError, match="--i-trust-these-notebooks"), grade.bench(released, WEEK):
        pass
    with grade.bench(released, WEEK, TRUSTED) as made:
        assert made.layers == "a"


def test_a_week_or_a_student_without_work_is_said(released: Classroom, hand_in: HandIn) -> None:
    with pytest.raises(CourseError, match="course collect"):
        grade.chosen(released)
    with pytest.raises(CourseError, match="course release"):
        grade.chosen(released, ["week7_none"])
    hand_in("ada")
    assert grade.chosen(released) == [(WEEK, "ada")]
    with pytest.raises(CourseError, match="of bob"):
        grade.chosen(released, student="bob")
