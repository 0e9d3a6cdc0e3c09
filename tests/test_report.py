"""The page about the class."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder import report
from autograder.classroom import Classroom, CourseError
from autograder.grade import Log
from autograder.gradebook import Entry, Mark
from autograder.report import Class
from tests.conftest import WEEK

LOG = Log(
    "a",
    "r",
    "graded",
    "a, a+",
    "2024-05-01",
    {},
    {},
    ["A cell was put back."],
    {"double": "You added two."},
)
MARKS = (
    Mark("check_double", 0.0, 3.0, False),
    Mark("check_total", 2.0, 2.0, False),
    Mark("why", None, 2.0, True),
)
ADA = Entry("ada", WEEK, "Ada", "Archer", "", MARKS, 0.0)
BOB = replace(
    ADA,
    student="bob",
    first_name="<script>",
    last_name="\u202e",
    marks=(Mark("check_double", 3.0, 3.0, False),),
)
ABOUT = Class(
    [ADA, BOB], {(WEEK, "ada"): LOG, (WEEK, "bob"): replace(LOG, notes=[], state="unreadable")}
)


class Shape(HTMLParser):
    """Checks that tags close, and collects headers without a scope."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "th" and "scope" not in dict(attrs):
            self.bare.append(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_says_who_has_what_and_what_to_look_at() -> None:
    page = report.page(ABOUT)
    for part in ("2 of 7<br><small>1 to mark by hand</small>", "You added two.", "A cell was put back.",
                 "a, a+", "unreadable", "1 of 2", "50 %"):  # fmt: skip
        assert part in page


def test_a_slip_is_counted_over_the_class() -> None:
    assert '<td class="number">2</td>' in report.page(ABOUT).split("Common slips")[1]


def test_nothing_that_a_student_wrote_is_live() -> None:
    page = report.page(ABOUT)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_the_page_is_whole_has_a_language_and_its_tables_have_captions_and_scopes() -> None:
    page = report.page(ABOUT)
    shape = Shape()
    shape.feed(page)
    assert (shape.open, shape.bare) == ([], [])
    assert page.count("<caption>") == page.count("<table>") == 3
    assert '<html lang="en-GB">' in page


def test_an_empty_gradebook_is_said(classroom: Classroom, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="course grade"):
        report.write(classroom)
