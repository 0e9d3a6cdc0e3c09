"""Write grades as a file to upload: plain CSV, Canvas's gradebook, Moodle's grading worksheet.

What nobody has graded is blank, never 0. A cell that a spreadsheet would take for a formula is disarmed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from autograder.classroom import Classroom, CourseError
from autograder.gradebook import Entry

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Table = list[list[Any]]


def table(form: str, entries: Sequence[Entry], classroom: Classroom) -> str:
    """Grades as CSV text.

    Parameters
    ----------
    form : {"csv", "canvas", "moodle"}
    entries : sequence of Entry
        From :func:`autograder.gradebook.entries`.
    classroom : Classroom

    Raises
    ------
    CourseError
        If there is nothing to export, or Moodle is to take several weeks at once.
    """
    if not entries:
        raise CourseError("the gradebook is empty: run `course grade`.")
    written = io.StringIO(newline="")
    rows = FORMS[form](list(entries), origins(classroom))
    csv.writer(written).writerows([[harmless(value) for value in row] for row in rows])
    return written.getvalue()


def file_name(form: str) -> str:
    """What the file is called, unless it is told.

    Examples
    --------
    >>> file_name("csv"), file_name("moodle")
    ('grades.csv', 'grades-moodle.csv')
    """
    return "grades.csv" if form == "csv" else f"grades-{form}.csv"


def harmless(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Ada"), harmless(-1.5)
    ("'=1+1", 'Ada', -1.5)
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return "'" + value
    return value


def number(points: float | None) -> str:
    """Points in the fewest digits; blank for None.

    Examples
    --------
    >>> number(3.0), number(2.25), number(None)
    ('3', '2.25', '')
    """
    return "" if points is None else f"{round(points, 4):g}"


def status(entry: Entry) -> str:
    """What an instructor has to know about an entry before it is final."""
    if entry.points is None:
        return "not graded"
    if entry.waiting:
        return f"{entry.waiting} to mark by hand"
    return "graded"


def final(entry: Entry) -> str:
    """Points to upload: blank until everything has been marked."""
    return number(entry.points) if status(entry) == "graded" else ""


def origins(classroom: Classroom) -> dict[str, Any]:
    """What the learning platforms call the students, from the collected files' names."""
    try:
        found: dict[str, Any] = json.loads(classroom.origins.read_text("utf-8"))
        return found
    except (OSError, ValueError):
        return {}


def full_name(entry: Entry) -> str:
    """A student's name, or what the class calls them."""
    return f"{entry.first_name} {entry.last_name}".strip() or entry.student


def _csv(entries: list[Entry], known: dict[str, Any]) -> Table:
    head = [
        "student",
        "first_name",
        "last_name",
        "email",
        "week",
        "points",
        "max_points",
        "late_penalty",
        "status",
    ]
    rows = [
        [e.student, e.first_name, e.last_name, e.email, e.week, number(e.points), number(e.max_points),
         number(e.penalty), status(e)]
        for e in entries
    ]  # fmt: skip
    return [head, *rows]


def _canvas(entries: list[Entry], known: dict[str, Any]) -> Table:
    weeks = sorted({entry.week for entry in entries})
    most = [number(max(e.max_points for e in entries if e.week == week)) for week in weeks]
    cells = {(entry.student, entry.week): final(entry) for entry in entries}
    students = {entry.student: entry for entry in entries}
    rows = [
        [full_name(entry), known.get(name, {}).get("canvas", ""), "", name, ""]
        + [cells.get((name, week), "") for week in weeks]
        for name, entry in sorted(students.items())
    ]
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *weeks]
    return [head, ["    Points Possible", "", "", "", "", *most], *rows]


def _moodle(entries: list[Entry], known: dict[str, Any]) -> Table:
    weeks = sorted({entry.week for entry in entries})
    if len(weeks) > 1:
        raise CourseError(f"Moodle takes one week at a time: course export --to moodle {weeks[0]}")
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"]
    rows = [
        [_participant(entry, known), full_name(entry), entry.email, status(entry), final(entry), number(entry.max_points)]
        for entry in entries
    ]  # fmt: skip
    return [head, *rows]


def _participant(entry: Entry, known: dict[str, Any]) -> str:
    found = known.get(entry.student, {}).get("moodle", {}).get(entry.week, "")
    return f"Participant {found}" if found else ""


FORMS: dict[str, Callable[[list[Entry], dict[str, Any]], Table]] = {
    "csv": _csv,
    "canvas": _canvas,
    "moodle": _moodle,
}
