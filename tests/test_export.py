"""Grades as files: blanks stay blank, formulas are disarmed, platforms find their students."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from autograder import export
from autograder.classroom import Classroom, CourseError
from autograder.gradebook import Entry, Mark
from tests.conftest import WEEK

DONE = Entry(
    "ada", WEEK, "Ada", "Archer", "ada@example.org", (Mark("check_double", 3.0, 3.0, False),), 0.5
)
WAITING = replace(
    DONE,
    student="bob",
    first_name="",
    last_name="",
    marks=(*DONE.marks, Mark("why", None, 2.0, True)),
)
UNGRADED = replace(
    DONE, student="eve", first_name="=cmd|' /C calc'!A1", marks=(Mark("why", None, 2.0, True),)
)
CLASS = [DONE, WAITING, UNGRADED]


def rows(form: str, classroom: Classroom, entries: list[Entry] = CLASS) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.table(form, entries, classroom))))


def test_a_row_for_each_student_and_week_says_what_is_open(classroom: Classroom) -> None:
    found = [(row["student"], row["points"], row["status"]) for row in rows("csv", classroom)]
    assert found == [
        ("ada", "2.5", "graded"),
        ("bob", "2.5", "1 to mark by hand"),
        ("eve", "", "not graded"),
    ]


@pytest.mark.parametrize("form", ["canvas", "moodle"])
def test_uploads_hold_final_grades_only(classroom: Classroom, form: str) -> None:
    column = WEEK if form == "canvas" else "Grade"
    found = [row[column] for row in rows(form, classroom)]
    assert found[-3:] == ["2.5", "", ""]


def test_canvas_gets_its_own_numbers_and_the_points_possible(classroom: Classroom) -> None:
    classroom.root.mkdir()
    classroom.origins.write_text(json.dumps({"ada": {"canvas": "4711"}}))
    first, ada, *_ = rows("canvas", classroom)
    assert (first["Student"].strip(), first[WEEK]) == ("Points Possible", "5")
    assert (ada["Student"], ada["ID"]) == ("Ada Archer", "4711")


def test_canvas_gets_one_row_a_student_with_a_column_a_week(classroom: Classroom) -> None:
    other = replace(DONE, week="week8_other")
    found = rows("canvas", classroom, [DONE, other])
    assert len(found) == 2
    assert (found[1][WEEK], found[1]["week8_other"]) == ("2.5", "2.5")


def test_moodle_gets_its_participants_one_week_at_a_time(classroom: Classroom) -> None:
    classroom.root.mkdir()
    classroom.origins.write_text(json.dumps({"ada": {"moodle": {WEEK: "11"}}}))
    assert [row["Identifier"] for row in rows("moodle", classroom)] == ["Participant 11", "", ""]
    with pytest.raises(CourseError, match="one week at a time"):
        rows("moodle", classroom, [DONE, replace(DONE, week="week8_other")])


@pytest.mark.parametrize("form", ["csv", "canvas", "moodle"])
def test_no_cell_is_a_formula(classroom: Classroom, form: str) -> None:
    for row in csv.reader(io.StringIO(export.table(form, CLASS, classroom))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_an_empty_gradebook_is_said(classroom: Classroom) -> None:
    with pytest.raises(CourseError, match="course grade"):
        export.table("csv", [], classroom)
