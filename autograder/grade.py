"""Grade what was handed in: every submission gets a graded notebook and a row in the gradebook, whatever is in it."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.plugins import LateSubmissionPlugin

from autograder import gradebook, grading
from autograder.classroom import Classroom, CourseError, digest, replace
from autograder.grading import Graded, Runner, Score
from autograder.ingest import Submission, UnreadableError, grade_id, ingest, read_bytes
from autograder.sandbox import Limits, self_test, stage
from autograder.worker.wire import WireError

GRADED, UNREADABLE, FAILED = "graded", "unreadable", "failed"


@dataclass(frozen=True)
class Bench:
    """What submissions of one week are graded on.

    Attributes
    ----------
    runner : Runner
        Keeps a warm process.
    files : tuple of str
        Names of the released files that a notebook finds beside it.
    layers : str
        Which layers of the sandbox hold.
    """

    runner: Runner
    files: tuple[str, ...]
    layers: str


@contextlib.contextmanager
def bench(
    classroom: Classroom, week: str, trusted: bool = False, limits: Limits | None = None
) -> Iterator[Bench]:
    """Set up the sandbox for a week and try it; it is taken down afterwards.

    Parameters
    ----------
    classroom : Classroom
    week : str
    trusted : bool
        Whether to go on where the sandbox does not hold.
    limits : Limits, optional

    Raises
    ------
    CourseError
        If the sandbox does not hold and the notebooks are not trusted.
    """
    released = classroom.released_files(week)
    with stage(released) as where:
        runner = Runner(where, limits or Limits())
        try:
            layers, reached = self_test(where, runner.limits)
        except WireError as error:
            raise CourseError(
                f"the sandbox does not start ({error}): see `course doctor`."
            ) from error
        if reached and not trusted:
            raise CourseError(
                f"the sandbox does not hold here (a notebook could {', '.join(reached)}): see `course doctor`, "
                "or say --i-trust-these-notebooks if they are your own."
            )
        try:
            yield Bench(runner, tuple(path.name for path in released), layers)
        finally:
            runner.stop()


@dataclass(frozen=True)
class Result:
    """One grading.

    Attributes
    ----------
    week, student : str
    attempt : str
        Digest of the submitted bytes: with the class's secret it gives the seed of the hidden probes.
    state : str
        "graded", "unreadable" (graded 0 with a reason) or "failed" (the grader's own fault: 0 and a flag).
    graded : Graded
    layers : str
        Which layers of the sandbox held.
    """

    week: str
    student: str
    attempt: str
    state: str
    graded: Graded
    layers: str


@dataclass(frozen=True)
class Log:
    """What is kept about a grading, beside the graded notebook.

    Attributes
    ----------
    attempt : str
        Digest of the submitted bytes.
    release : str
        Digest of the released files it was graded with.
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
    release: str
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


def attempt_of(path: Path) -> str:
    """Digest of a submitted file's bytes; of nothing if they cannot be read."""
    try:
        return sha256(read_bytes(path)).hexdigest()
    except UnreadableError:
        return sha256(b"").hexdigest()


def grade_submission(classroom: Classroom, week: str, student: str, on: Bench) -> Result:
    """Grade one submission; a failure of the grader itself becomes a result too.

    Parameters
    ----------
    classroom : Classroom
    week, student : str
    on : Bench
        From :func:`bench`.
    """
    path = classroom.submitted(student, week)
    attempt = attempt_of(path)
    seed = classroom.seed(week, student, attempt)
    submission = take(classroom, week, path)
    state = GRADED if submission.readable else UNREADABLE
    try:
        graded = grading.grade(week, submission, seed, on.runner, on.files)
    except Exception as error:  # noqa: BLE001 (one bad submission never stops the batch)
        state, graded = FAILED, failure(_released(classroom, week), error)
    return Result(week, student, attempt, state, graded, on.layers)


def failure(released: NotebookNode, error: Exception) -> Graded:
    """What is graded where the grader failed: 0 everywhere, with the reason."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    reason = (
        f"The grader failed ({type(error).__name__} in {Path(where.filename).name}, line {where.lineno}): "
        "a person has to look at this submission."
    )
    scores = {
        grade_id(cell): Score(0.0, float(points), reason)
        for cell in released.cells
        if (points := cell.metadata.get("nbgrader", {}).get("points")) is not None
    }
    return Graded(released, scores, (reason, str(error)[:500]))


def keep(classroom: Classroom, result: Result, late: LateSubmissionPlugin | None = None) -> Log:
    """Write a result into the gradebook and beside the graded notebook; what is kept about it."""
    week, student, graded = result.week, result.student, result.graded
    gradebook.write(classroom, week, student, graded, late, flagged=result.state == FAILED)
    log = Log(
        result.attempt,
        release_digest(classroom, week),
        result.state,
        result.layers,
        datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        {name: score.points for name, score in graded.scores.items()},
        {name: score.max_points for name, score in graded.scores.items()},
        list(graded.notes),
        dict(graded.slips),
    )
    text = json.dumps(asdict(log), ensure_ascii=False, indent=1) + "\n"
    replace(classroom.log(student, week), text.encode())
    return log


def release_digest(classroom: Classroom, week: str) -> str:
    """Digest of a week's released files: a submission graded with others is graded again."""
    return digest(classroom.released(week), *classroom.released_files(week))


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
    """Grade one submission and keep the result; an unchanged one is left as it is.

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
    log = None if force else _unchanged(classroom, week, student)
    if log is not None:
        return Row(week, student, log, unchanged=True)
    result = grade_submission(classroom, week, student, on)
    path = classroom.autograded(student, week)
    text = nbformat.writes(result.graded.notebook)
    replace(path, (text if text.endswith("\n") else text + "\n").encode())
    return Row(week, student, keep(classroom, result, late))


def _unchanged(classroom: Classroom, week: str, student: str) -> Log | None:
    """The last grading, if nothing it depends on has changed."""
    log = read_log(classroom, week, student)
    if log is None or log.state == FAILED or not classroom.autograded(student, week).is_file():
        return None
    same = log.attempt == attempt_of(classroom.submitted(student, week))
    same = same and log.release == release_digest(classroom, week)
    return log if same and gradebook.holds(classroom, week, student) else None


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
    force: bool = False,
    trusted: bool = False,
    limits: Limits | None = None,
) -> Iterator[Row]:
    """Grade submissions one after the other, week by week.

    Parameters
    ----------
    classroom : Classroom
    todo : iterable of (str, str)
        Weeks and students, sorted by week.
    late : LateSubmissionPlugin, optional
    force : bool
    trusted : bool
        Whether to go on where the sandbox does not hold.
    limits : Limits, optional
    """
    for week, pairs in itertools.groupby(todo, key=lambda pair: pair[0]):
        with bench(classroom, week, trusted, limits) as on:
            for _, student in pairs:
                yield grade_one(classroom, week, student, on, late, force)
