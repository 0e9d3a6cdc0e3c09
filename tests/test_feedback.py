"""The page a student gets back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder import feedback, grade, gradebook
from autograder.classroom import Classroom, CourseError
from autograder.grade import Bench
from tests.conftest import ANSWERS, WEEK

TRUSTED = grade.Options(trusted=True)


@pytest.fixture(scope="module")
def on(tiny_course: Classroom) -> Iterator[Bench]:
    """One warm sandbox for all tests of this module."""
    with grade.bench(tiny_course, WEEK, TRUSTED) as made:
        yield made


def page_of(classroom: Classroom, student: str) -> str:
    return feedback.write(classroom, WEEK, student).read_text("utf-8")


def test_a_page_says_points_and_slip_once_and_names_the_exercises(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", double="def double(x):\n    return x + 2\n", total=ANSWERS["total"])
    grade.grade_one(released, WEEK, "ada", on)
    page = page_of(released, "ada")
    assert "(Score: 2.0 / 7.0)" in page
    assert '<a href="#check_double">double</a> (Score: 0.0 / 3.0)' in page
    assert page.count("You added two.") == 1


def test_a_persons_comment_is_shown_as_clean_markdown(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", why="Because.")
    grade.grade_one(released, WEEK, "ada", on)
    with gradebook.opened(released) as book:
        book.find_comment(
            "why", WEEK, WEEK, "ada"
        ).manual_comment = "**Good**, and $2x$. <script>x</script>"
        book.db.commit()
    page = page_of(released, "ada")
    assert "<strong>Good</strong>" in page
    assert "<mn>2</mn><mi>x</mi>" in page
    assert "<script" not in page


def test_nothing_that_was_put_into_a_graded_notebook_is_live_or_loads(
    released: Classroom, hand_in: Callable[..., Path], on: Bench
) -> None:
    hand_in("ada", **ANSWERS)
    grade.grade_one(released, WEEK, "ada", on)
    path = released.autograded("ada", WEEK)
    book = nbformat.read(path, as_version=4)
    hostile = new_code_cell("print('<script>alert(1)</script>')")
    hostile.outputs = [
        new_output("display_data", data={"text/html": "<script>alert(1)</script>"}),
        new_output("display_data", data={"application/javascript": "alert(1)"}),
        new_output("stream", text="<img src=x onerror=alert(1)>\u202e"),
        new_output("error", ename="<b>", evalue="<i>", traceback=["<script>alert(1)</script>"]),
    ]
    book.cells += [
        hostile,
        new_markdown_cell("<img src='https://example.org/x.png'> [x](javascript:alert(1))"),
    ]
    nbformat.write(book, path)
    page = page_of(released, "ada")
    assert not re.search(
        r"<script|onerror=(?!alert\(1\)&gt;)|javascript:alert\(1\)\"|example\.org/x\.png\"", page
    )
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_work_that_has_not_been_graded_is_said(released: Classroom) -> None:
    with pytest.raises(CourseError, match="course grade week9_tiny"):
        feedback.write(released, WEEK, "ada")
