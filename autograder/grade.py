"""Grade what was handed in: every submission gets a graded notebook and a row in the gradebook, whatever is in it.

Other processes compute (:mod:`autograder.crew`, :mod:`autograder.cluster`); this one alone writes, one submission
after the other, so that it can be stopped at any moment and carries on where it was.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from autograder import gradebook, task
from autograder.classroom import Classroom, CourseError, remove_halves, replace
from autograder.crew import Crew, Job, cores
from autograder.ingest import Submission, UnreadableError, ingest, read_bytes
from autograder.sandbox import Limits
from autograder.task import FAILED, GRADED, UNREADABLE, Bench, Kit, Result, Task

__all__ = ["FAILED", "GRADED", "UNREADABLE", "Bench", "Log", "Options", "Result", "Row"]


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes
    ----------
    force : bool
        Grade even what is unchanged since its last grading.
    trusted : bool
        Go on where the sandbox does not hold.
    figures : bool
        Draw figures and keep them.
    workers : int
        Processes that grade; 0 for one on every core.
    cluster : str
        Address of a dask scheduler, whose workers grade instead.
    container : str
        A command that starts a container for each submission; see :mod:`autograder.container`.
    limits : Limits
    """

    force: bool = False
    trusted: bool = False
    figures: bool = True
    workers: int = 0
    cluster: str = ""
    container: str = ""
    limits: Limits = field(default_factory=Limits)


class Engine(Protocol):
    """Whatever grades jobs."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Grade; results come as they are ready."""
        ...


@dataclass(frozen=True)
class Log:
    """What is kept about a grading, beside the graded notebook.

    Attributes
    ----------
    attempt : str
        Digest of the submitted bytes.
    basis : str
        Digest of the release and the marking scheme it was graded with.
    state, layers : str
    graded_at : str
        UTC, ISO 8601.
    points, max_points : dict of str to float or None
        By the name of the cell.
    notes : list of str
    slips : dict of str to str
        The named mistake of each exercise that has one.
    """

    attempt: str
    basis: str
    state: str
    layers: str
    graded_at: str
    points: dict[str, float | None]
    max_points: dict[str, float]
    notes: list[str] = field(default_factory=list)
    slips: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of the table that ``course grade`` prints."""

    week: str
    student: str
    log: Log
    unchanged: bool = False

    @property
    def points(self) -> float:
        """Points so far."""
        return sum(points or 0.0 for points in self.log.points.values())

    @property
    def max_points(self) -> float:
        """All points."""
        return sum(self.log.max_points.values())

    @property
    def waiting(self) -> int:
        """How many answers wait for a person to mark them."""
        return sum(points is None for points in self.log.points.values())


def take(classroom: Classroom, week: str, path: Path) -> Submission:
    """Ingest a submitted file against the released notebook.

    Raises
    ------
    CourseError
        If the week has not been released.
    """
    return ingest(_released(classroom, week), path)


def _released(classroom: Classroom, week: str) -> NotebookNode:
    path = classroom.released(week)
    if not path.is_file():
        raise CourseError(f"{week} has not been released: run `course release {week}`.")
    return nbformat.read(path, as_version=4)


def kit_of(classroom: Classroom, week: str, how: Options | None = None) -> Kit:
    """What a week is graded with.

    Raises
    ------
    CourseError
        If the week has not been released.
    """
    options = how or Options()
    _released(classroom, week)
    return Kit(
        week,
        classroom.released(week).read_bytes(),
        {path.name: path.read_bytes() for path in classroom.released_files(week)},
        task.scheme_digest(week),
        options.trusted,
        options.figures,
        options.limits,
        options.container,
    )


def task_of(classroom: Classroom, week: str, student: str) -> Task:
    """A submission, read once: what is graded is what the attempt is the digest of."""
    content, reason = b"", ""
    try:
        content = read_bytes(classroom.submitted(student, week))
    except UnreadableError as error:
        reason = str(error)
    seed = classroom.seed(week, student, sha256(content).hexdigest())
    return Task(week, student, seed, content, reason)


@contextlib.contextmanager
def bench(classroom: Classroom, week: str, how: Options | None = None) -> Iterator[Bench]:
    """Set up the sandbox for a week in this process; it is taken down afterwards.

    Raises
    ------
    CourseError
        If the sandbox does not hold and the notebooks are not trusted.
    """
    with task.bench(kit_of(classroom, week, how)) as made:
        yield made


def grade_submission(classroom: Classroom, week: str, student: str, on: Bench) -> Result:
    """Grade one submission in this process; nothing is written."""
    return task.grade(task_of(classroom, week, student), on)


def keep(
    classroom: Classroom,
    result: Result,
    late: LateSubmissionPlugin | None = None,
    book: Gradebook | None = None,
) -> Log:
    """Write a result into the gradebook and beside the graded notebook; what is kept about it.

    The log comes last: what has none, or an older one, is graded again.
    """
    week, student, scores = result.week, result.student, result.scores
    gradebook.write(classroom, week, student, scores, late, result.state == FAILED, book)
    log = Log(
        result.attempt,
        result.basis,
        result.state,
        result.layers,
        datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        {name: score.points for name, score in scores.items()},
        {name: score.max_points for name, score in scores.items()},
        list(result.notes),
        dict(result.slips),
    )
    text = json.dumps(asdict(log), ensure_ascii=False, indent=1) + "\n"
    replace(classroom.log(student, week), text.encode())
    return log


def read_log(classroom: Classroom, week: str, student: str) -> Log | None:
    """What is kept about a submission's last grading; None if there is nothing that can be read."""
    try:
        content: Any = json.loads(classroom.log(student, week).read_text("utf-8"))
        return Log(**content)
    except (OSError, ValueError, TypeError):
        return None


def grade_one(
    classroom: Classroom,
    week: str,
    student: str,
    on: Bench,
    late: LateSubmissionPlugin | None = None,
    force: bool = False,
) -> Row:
    """Grade one submission in this process and keep the result; an unchanged one is left as it is.

    Parameters
    ----------
    classroom : Classroom
    week, student : str
    on : Bench
    late : LateSubmissionPlugin, optional
        Sets penalties for late submissions.
    force : bool
        Grade even what is unchanged since its last grading.
    """
    given = task_of(classroom, week, student)
    held = gradebook.held(classroom, week)
    log = None if force else _unchanged(classroom, given, on.kit, held)
    if log is not None:
        return Row(week, student, log, unchanged=True)
    return _kept(classroom, task.grade(given, on), late)


def _kept(
    classroom: Classroom,
    result: Result,
    late: LateSubmissionPlugin | None,
    book: Gradebook | None = None,
) -> Row:
    replace(classroom.autograded(result.student, result.week), result.notebook.encode())
    return Row(result.week, result.student, keep(classroom, result, late, book))


def _unchanged(classroom: Classroom, given: Task, kit: Kit, held: set[str]) -> Log | None:
    """The last grading, if nothing it depends on has changed and the gradebook has it."""
    week, student = given.week, given.student
    log = read_log(classroom, week, student)
    if log is None or log.state == FAILED or student not in held:
        return None
    same = (log.attempt, log.basis) == (given.attempt, kit.basis)
    return log if same and classroom.autograded(student, week).is_file() else None


def chosen(
    classroom: Classroom, weeks: Iterable[str] = (), student: str = ""
) -> list[tuple[str, str]]:
    """The submissions to grade, as (week, student).

    Raises
    ------
    CourseError
        If a week or the student named has nothing to grade.
    """
    released = classroom.weeks()
    for week in weeks:
        if week not in released:
            raise CourseError(f"{week} has not been released: run `course release {week}`.")
    found = [
        (week, name)
        for week in (list(weeks) or released)
        for name in classroom.submissions(week)
        if not student or name == student
    ]
    if not found:
        whose = f" of {student}" if student else ""
        raise CourseError(
            f"there is no submission{whose} in {classroom.root / 'submitted'}: run `course collect DIR`."
        )
    return found


def grade_all(
    classroom: Classroom,
    todo: Iterable[tuple[str, str]],
    late: LateSubmissionPlugin | None = None,
    how: Options | None = None,
) -> Iterator[Row]:
    """Grade submissions on every core, or on a cluster; rows come as they are ready and written.

    Parameters
    ----------
    classroom : Classroom
    todo : iterable of (str, str)
        Weeks and students.
    late : LateSubmissionPlugin, optional
    how : Options, optional

    Raises
    ------
    CourseError
        If the sandbox does not hold and the notebooks are not trusted.
    """
    options, pairs = how or Options(), list(todo)
    remove_halves(classroom)
    kits = {week: kit_of(classroom, week, options) for week in dict.fromkeys(w for w, _ in pairs)}
    book = gradebook.ready(classroom)
    asked = () if options.force else kits
    held = {week: gradebook.held(classroom, week, book) for week in asked}
    fresh = []
    for row in _looked_at(classroom, pairs, kits, held):
        if row.log is None:
            fresh.append((row.week, row.student))
        else:
            yield Row(row.week, row.student, row.log, unchanged=True)
    if not fresh:
        return
    jobs = ((kits[week], task_of(classroom, week, student)) for week, student in fresh)
    with engine(options, len(fresh)) as graders:
        for result in graders.run(jobs):
            yield _kept(classroom, result, late, book)


@dataclass(frozen=True)
class Look:
    """Whether a submission has been graded as it is now; ``log`` is None if not."""

    week: str
    student: str
    log: Log | None


def _looked_at(
    classroom: Classroom,
    pairs: Iterable[tuple[str, str]],
    kits: Mapping[str, Kit],
    held: Mapping[str, set[str]],
) -> Iterator[Look]:
    for week, student in pairs:
        log = None
        if student in held.get(week, ()):
            given = task_of(classroom, week, student)
            log = _unchanged(classroom, given, kits[week], held[week])
        yield Look(week, student, log)


def engine(how: Options, count: int) -> contextlib.AbstractContextManager[Engine]:
    """What grades: a cluster if one is named, else processes on this machine."""
    if how.cluster:
        from autograder.cluster import Cluster

        return Cluster(how.cluster)
    return Crew(min(how.workers or len(cores()) or os.cpu_count() or 1, count))
