"""A class of made-up submissions from release to report, each with the score it should get."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder import collect, exercises, export, feedback, grade, gradebook, release, report
from autograder.classroom import Classroom, CourseError, replace, student_from
from autograder.exercise import Exercise
from autograder.grade import Row
from autograder.ingest import grade_id, is_solution
from autograder.pupils import CLASS, EVERYTHING, Pupil
from autograder.sandbox import Limits

WEEK = "week1_multivariate_calculus"
SEED = bytes(range(32))
LIMITS = Limits(call_s=2.0)
Watch = Callable[[Iterable[Row], int], Iterator[Row]]


@dataclass(frozen=True)
class Played:
    """What a pupil should get and got."""

    student: str
    story: str
    expected: float
    actual: float | None

    @property
    def agrees(self) -> bool:
        """Whether the two are the same."""
        return self.actual is not None and abs(self.actual - self.expected) < 1e-9


def play(classroom: Classroom, watch: Watch = lambda rows, total: iter(rows)) -> list[Played]:
    """Release week 1, hand in, collect, grade, and make pages, report and CSV.

    Parameters
    ----------
    classroom : Classroom
        A folder that does not exist yet, or an earlier demo's.
    watch : callable
        Passes the graded rows on, for instance with a progress bar.

    Raises
    ------
    CourseError
        If the folder holds a real class.
    """
    _clear(classroom)
    list(release.release(classroom, [WEEK]))
    downloads = classroom.root / "downloads"
    hand_in(classroom, downloads)
    collect.collect(classroom, downloads)
    todo = grade.chosen(classroom, [WEEK])
    rows = list(
        watch(grade.grade_all(classroom, todo, how=grade.Options(limits=LIMITS)), len(todo))
    )
    for row in rows:
        feedback.write(classroom, row.week, row.student)
    report.write(classroom)
    entries = gradebook.entries(classroom)
    grades = export.table("csv", entries, classroom).encode()
    replace(classroom.root / export.file_name("csv"), grades)
    points = {entry.student: entry.points for entry in entries}
    return [
        Played(pupil.name, pupil.story, expected(pupil), points.get(student_from(pupil.name)))
        for pupil in CLASS
    ]


def _clear(classroom: Classroom) -> None:
    """Start afresh in an earlier demo's folder; make the demo's secret, so that every demo is the same."""
    root = classroom.root
    if root.exists() and any(root.iterdir()) and not (root / "demo").is_file():
        raise CourseError(f"{root} holds a class: choose another folder with --classroom.")
    shutil.rmtree(root, ignore_errors=True)
    replace(root / "demo", b"This folder is remade by course demo.\n")
    replace(root / "secret", SEED)
    (root / "secret").chmod(0o600)


def hand_in(classroom: Classroom, downloads: Path) -> None:
    """Write what the class hands in, as Moodle would export it."""
    released = json.loads(classroom.released(WEEK).read_text("utf-8"))
    right = model_answers(classroom)
    for number, pupil in enumerate(CLASS, 1):
        folder = downloads / f"{pupil.name}_{1000 + number}_assignsubmission_file_"
        notebook = json.dumps(pupil.spoil(answered(released, right, pupil)), ensure_ascii=False)
        replace(folder / f"{WEEK}.ipynb", pupil.encode(notebook))


def model_answers(classroom: Classroom, week: str = WEEK) -> dict[str, str]:
    """The answers of the source notebook, by exercise."""
    source = nbformat.read(classroom.source(week), as_version=4)
    return {
        grade_id(cell): re.sub(
            r"^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE
        )
        for cell in source.cells
        if cell.cell_type == "code" and is_solution(cell)
    }


def answered(released: dict[str, Any], right: dict[str, str], pupil: Pupil) -> dict[str, Any]:
    """The released notebook with a pupil's answers in it."""
    notebook = copy.deepcopy(released)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in right and (not pupil.only or name in pupil.only):
            cell["source"] = pupil.answers.get(name, right[name])
    return notebook


def expected(pupil: Pupil) -> float:
    """The points a pupil should get: all of what they answered, without the groups they lose."""
    return sum(
        _won(exercise, pupil.lost.get(name, ()))
        for name, exercise in exercises.of_week(WEEK).items()
        if not pupil.only or name in pupil.only
    )


def _won(exercise: Exercise, lost: tuple[str, ...]) -> float:
    if lost == EVERYTHING:
        return 0.0
    return sum(group.points for name, group in exercise.groups.items() if name not in lost)
