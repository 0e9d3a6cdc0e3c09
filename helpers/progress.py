"""``progress()``: which checks of the week have passed since this notebook was started."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from helpers import schemes
from helpers.check import passed

SIGNS = {True: "✓", False: "✗", None: "○"}
REMARKS = {True: "", False: " · not right yet", None: " · not checked yet"}


def progress() -> None:
    """Print, for each exercise of the week, whether its check has passed in this session.

    The week is the one whose ``checks.json`` lies beside the notebook. A check that has not been run since
    the notebook was started counts as not checked yet.

    Examples
    --------
    >>> progress()  # doctest: +SKIP
    ✓ forward_difference · 3 points
    ✗ central_difference · 3 points · not right yet
    ○ second_difference · 3 points · not checked yet
    <BLANKLINE>
    1 of 3 checks passed, 3 of 9 points (fresh questions are asked when it is graded).
    """
    record = passed()
    points = _points_of_week() or dict.fromkeys(record, 0.0)
    if not points:
        print(
            "No check has been run yet. Run the cell below an exercise, then call progress() again."
        )
        return
    for name, worth in points.items():
        state = record.get(name)
        print(f"{SIGNS[state]} {name}{_worth(worth)}{REMARKS[state]}")
    print()
    print(_total(points, {name for name, state in record.items() if state}))


def _worth(points: float) -> str:
    return f" · {_points(points)}" if points else ""


def _total(points: dict[str, float], done: set[str]) -> str:
    won = [name for name in points if name in done]
    text = f"{len(won)} of {len(points)} checks passed"
    if any(points.values()):
        text += f", {sum(points[name] for name in won):g} of {_points(sum(points.values()))}"
    return f"{text} (fresh questions are asked when it is graded)."


def _points_of_week() -> dict[str, float]:
    """The exercises of the week in this folder and their points; empty where the folder is no week."""
    beside = Path(schemes.FILE_NAME)
    if beside.is_file():
        return schemes.read(beside).points
    if importlib.util.find_spec("autograder") is None:
        return {}
    from autograder import exercises  # the instructor's machine: no checks.json is needed

    week = Path.cwd().name
    found = exercises.of_week(week) if week in exercises.weeks() else {}
    return {name: exercise.points for name, exercise in found.items()}


def _points(number: float) -> str:
    return f"{number:g} point{'' if number == 1 else 's'}"
