"""Write gradings into nbgrader's database, one transaction per submission, and read the class from it."""

from __future__ import annotations

import datetime
import os
import shutil
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Grade as GradeRow
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import parse_utc

from autograder.classroom import Classroom, CourseError
from autograder.grading import CHECK, Score

KINDS = {"GradeCell": "grade", "SolutionCell": "solution", "TaskCell": "task"}


@dataclass(frozen=True)
class Mark:
    """What the gradebook holds for one cell of one submission; ``points`` is None where nobody marked it."""

    name: str
    points: float | None
    max_points: float
    by_hand: bool


@dataclass(frozen=True)
class Entry:
    """What the gradebook holds for one submission.

    Attributes
    ----------
    student, week : str
    first_name, last_name, email : str
        Empty where the gradebook does not know them.
    marks : tuple of Mark
    penalty : float
        Points taken off for being late.
    """

    student: str
    week: str
    first_name: str
    last_name: str
    email: str
    marks: tuple[Mark, ...]
    penalty: float

    @property
    def max_points(self) -> float:
        """All points of the week."""
        return sum(mark.max_points for mark in self.marks)

    @property
    def points(self) -> float | None:
        """Points so far; None if nothing has been graded."""
        found = [mark.points for mark in self.marks if mark.points is not None]
        return max(0.0, sum(found) - self.penalty) if found else None

    @property
    def waiting(self) -> int:
        """How many answers wait for a person to mark them."""
        return sum(mark.by_hand for mark in self.marks)


@contextmanager
def opened(classroom: Classroom, book: Gradebook | None = None) -> Iterator[Gradebook]:
    """The class's gradebook, or a `book` that is `ready`; closed afterwards."""
    classroom.root.mkdir(parents=True, exist_ok=True)
    reach_alembic()
    with book or Gradebook(classroom.db_url, "") as found:
        yield found


def ready(classroom: Classroom) -> Gradebook:
    """The class's gradebook with its file closed, for `opened` to open many times, which is then quicker."""
    with opened(classroom) as book:
        return book


def reach_alembic() -> None:
    """Let nbgrader find the ``alembic`` command it makes databases with, also in an inactive environment."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join(
            [sysconfig.get_path("scripts"), os.environ.get("PATH", "")]
        )


def write(
    classroom: Classroom,
    week: str,
    student: str,
    scores: Mapping[str, Score],
    late: LateSubmissionPlugin | None = None,
    flagged: bool = False,
    book: Gradebook | None = None,
) -> None:
    """Write one grading: every cell that holds points gets a new score, or none of them does.

    A person's own marks and comments stay; a mark of theirs is flagged to be looked at again.

    Parameters
    ----------
    classroom : Classroom
    week, student : str
    scores : dict of str to Score
        By the name of the cell.
    late : LateSubmissionPlugin, optional
        Sets the penalty for a late submission; without one the penalty is left as it is.
    flagged : bool
        Whether a person has to look at every cell, because the grading failed.
    book : Gradebook, optional
        One that is `ready`.

    Raises
    ------
    CourseError
        If the week has not been released.
    """
    with opened(classroom, book) as book:
        submission = _submission(book, week, student)
        submission.timestamp = timestamp(classroom.submitted(student, week).parent)
        notebook = next(nb for nb in submission.notebooks if nb.notebook.name == week)
        for row in notebook.grades:
            _write_score(row, scores.get(row.cell.name), flagged)
        comments = comments_by_answer(scores)
        for comment in notebook.comments:
            comment.auto_comment = comments.get(comment.cell.name)
        if late is not None:
            notebook.late_submission_penalty = _penalty(submission, notebook, late)
        book.db.commit()


def _write_score(row: GradeRow, score: Score | None, flagged: bool) -> None:
    row.auto_score = score.points if score else None
    row.needs_manual_grade = flagged or row.manual_score is not None or row.auto_score is None


def comments_by_answer(scores: Mapping[str, Score]) -> dict[str, str]:
    """Comments by the answer's cell: a check's comment belongs to the answer that it checks."""
    found = scores.items()
    return {name.removeprefix(CHECK): score.comment for name, score in found if score.comment}


def _submission(book: Gradebook, week: str, student: str) -> SubmittedAssignment:
    """The submission's rows, added to the session (not committed) if they are missing."""
    try:
        return book.find_submission(week, student)
    except MissingEntry:
        pass
    try:
        assignment = book.find_assignment(week)
    except MissingEntry as error:
        raise CourseError(
            f"{week} is not in the gradebook: run `course release {week}`."
        ) from error
    with book.db.no_autoflush:
        author = book.db.get(Student, student) or Student(id=student)
        submission = SubmittedAssignment(assignment=assignment, student=author)
        for notebook in assignment.notebooks:
            own = SubmittedNotebook(notebook=notebook, assignment=submission)
            for cell in (*notebook.grade_cells, *notebook.task_cells):
                GradeRow(cell=cell, notebook=own)
            for cell in (*notebook.solution_cells, *notebook.task_cells):
                Comment(cell=cell, notebook=own)
        book.db.add(submission)
    book.db.flush()
    return submission


def _penalty(
    submission: SubmittedAssignment, notebook: SubmittedNotebook, late: LateSubmissionPlugin
) -> float | None:
    """What nbgrader takes off for being late: between nothing and all points."""
    seconds = submission.total_seconds_late
    if seconds <= 0:
        return None
    points = sum(
        (row.auto_score or 0.0 if row.manual_score is None else row.manual_score)
        + (row.extra_credit or 0.0)
        for row in notebook.grades
    )
    penalty = late.late_submission_penalty(submission.student.id, points, seconds)
    return None if penalty is None else min(max(0.0, penalty), points)


def timestamp(folder: Path) -> datetime.datetime | None:
    """When a submission was handed in (UTC), from nbgrader's ``timestamp.txt``; None if it does not say."""
    try:
        return parse_utc((folder / "timestamp.txt").read_text("utf-8")[:100].strip())
    except (OSError, ValueError, OverflowError):
        return None


def name_students(classroom: Classroom, names: dict[str, tuple[str, str]]) -> None:
    """Keep students' names, (first, last) by student; a name the gradebook has stays."""
    with opened(classroom) as book:
        for student, (first, last) in names.items():
            row = book.db.get(Student, student) or Student(id=student)
            row.first_name, row.last_name = row.first_name or first, row.last_name or last
            book.db.add(row)
        book.db.commit()


def entries(classroom: Classroom, weeks: Iterable[str] = ()) -> list[Entry]:
    """All submissions in the gradebook, by week and student; of some weeks only if they are named."""
    wanted = set(weeks)
    with opened(classroom) as book:
        found = [
            _entry(submission)
            for assignment in book.assignments
            if not wanted or assignment.name in wanted
            for submission in assignment.submissions
        ]
    return sorted(found, key=lambda entry: (entry.week, entry.student))


def _entry(submission: SubmittedAssignment) -> Entry:
    student = submission.student
    return Entry(
        student.id,
        submission.assignment.name,
        student.first_name or "",
        student.last_name or "",
        student.email or "",
        tuple(_mark(row) for notebook in submission.notebooks for row in notebook.grades),
        sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks),
    )


def _mark(row: GradeRow) -> Mark:
    given = row.auto_score if row.manual_score is None else row.manual_score
    points = None if given is None else given + (row.extra_credit or 0.0)
    return Mark(row.cell.name, points, row.cell.max_score, row.needs_manual_grade)


def reconcile(classroom: Classroom, week: str, notebook: NotebookNode) -> list[str]:
    """Let a week be released again with exercises added or removed, although there are submissions.

    Parameters
    ----------
    classroom : Classroom
    week : str
    notebook : NotebookNode
        The notebook about to be released.

    Returns
    -------
    list of str
        What changed, one sentence each. Old submissions have no score for a new cell until they are graded again.
    """
    with opened(classroom) as book:
        try:
            known = book.find_notebook(week, week)
        except MissingEntry:
            return []
        if not known.submissions:
            return []
        said = _reconcile_points(book, known, notebook) + _reconcile_sources(book, known, notebook)
        book.db.commit()
    return said


def _reconcile_points(book: Gradebook, known: Notebook, notebook: NotebookNode) -> list[str]:
    said = []
    rows = [*known.grade_cells, *known.solution_cells, *known.task_cells]
    have = {(KINDS[row.type], row.name): row for row in rows}
    wanted = {
        (kind, cell.metadata.nbgrader.grade_id): cell
        for cell in notebook.cells
        for kind in KINDS.values()
        if cell.metadata.get("nbgrader", {}).get(kind)
    }
    for key in have.keys() - wanted.keys():
        _remove_cell(book, have[key])
        said.append(f"{key[1]} ({key[0]}) was removed, with what submissions had for it.")
    for key in wanted.keys() - have.keys():
        _add_cell(book, known, key[0], wanted[key])
        said.append(f"{key[1]} ({key[0]}) is new: grade the submissions again.")
    return sorted(said)


def _remove_cell(book: Gradebook, row: Any) -> None:
    for table in (GradeRow, Comment):
        book.db.query(table).filter(table.cell_id == row.id).delete()
    book.db.delete(row)


def _add_cell(book: Gradebook, known: Notebook, kind: str, cell: NotebookNode) -> None:
    name = cell.metadata.nbgrader.grade_id
    info = {}
    if kind != "solution":
        info = {"max_score": float(cell.metadata.nbgrader.points), "cell_type": cell.cell_type}
    add = {
        "grade": book.add_grade_cell,
        "task": book.add_task_cell,
        "solution": book.add_solution_cell,
    }
    row = add[kind](name, known.name, known.assignment.name, **info)
    for submission in known.submissions:
        if kind != "solution":
            book.db.add(GradeRow(cell_id=row.id, notebook=submission))
        if kind != "grade":
            book.db.add(Comment(cell_id=row.id, notebook=submission))


def _reconcile_sources(book: Gradebook, known: Notebook, notebook: NotebookNode) -> list[str]:
    """Make the set of kept source texts the new one's; nbgrader then writes their text."""
    names = {
        settings["grade_id"]: cell
        for cell in notebook.cells
        if (settings := cell.metadata.get("nbgrader"))
        and any(settings.get(key) for key in ("grade", "solution", "task", "locked"))
    }
    have = {row.name: row for row in known.source_cells}
    for name in have.keys() - names.keys():
        book.db.delete(have[name])
    for name in names.keys() - have.keys():
        kind = names[name].cell_type
        book.add_source_cell(name, known.name, known.assignment.name, cell_type=kind)
    return []


def held(classroom: Classroom, week: str, book: Gradebook | None = None) -> set[str]:
    """Students whose every automatic score of a week has been written."""
    with opened(classroom, book) as book:
        rows = (
            book.db.query(
                SubmittedAssignment.student_id, GradeRow.auto_score, GradeRow.needs_manual_grade
            )
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .outerjoin(GradeRow, GradeRow.notebook_id == SubmittedNotebook.id)
            .filter(Assignment.name == week)
            .all()
        )
    missing = {student for student, score, by_hand in rows if score is None and not by_hand}
    return {student for student, _, _ in rows} - missing
