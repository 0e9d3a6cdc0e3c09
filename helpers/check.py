"""``check(name, answer)``: what a student runs after answering.

It prints what was called, what was wanted, what came and, where the answer equals a catalogued slip, which one.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers import schemes
from helpers.borrowed import borrowed
from helpers.marking import Report, Scheme, mark
from helpers.probes import ask
from helpers.wording import describe

_passed: dict[str, bool] = {}


class NotYet(Exception):  # noqa: N818 (it is not an error to be still on the way)
    """The check did not pass; its text is the whole message, with no traceback above it."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def check(name: str, answer: Any, probes: str = "public") -> None:
    """Ask `answer` the probes of an exercise and print what came of it.

    Parameters
    ----------
    name : str
        Name of the exercise.
    answer : object
        The function, class or variable that answers it.
    probes : {"public", "hidden"}
        Hidden probes exist only where the course is graded.

    Raises
    ------
    NotYet
        If something is not right yet; it shows the same lines without a traceback.
    """
    scheme = _scheme(name, probes)
    if scheme is None:
        return
    report = examine(scheme, answer)
    if probes == "public":
        _passed.pop(name, None)
        if report.answered:
            _passed[name] = report.passed
    text = describe(report, graded=probes == "hidden")
    if not report.passed:
        raise NotYet(text)
    print(text)


def examine(scheme: Scheme, answer: Any) -> Report:
    """Mark `answer` in this process; an answer that a library gave is refused."""
    if scheme.probes and callable(answer):
        helper = borrowed(answer, scheme.probes[0], scheme.refuses)
        if helper:
            return refused(scheme.name, scheme.points, helper)
    return mark(scheme, lambda probe: ask(answer, probe), answer)


def refused(name: str, points: float, helper: str) -> Report:
    """The report for an answer that lets `helper` do the exercise."""
    remark = f"{helper} does this exercise for you; write {name} with your own steps."
    return Report(name, 0.0, points, remarks=(remark,))


def passed() -> dict[str, bool]:
    """Which checks have been run in this session, and whether they passed."""
    return dict(_passed)


def _scheme(name: str, probes: str) -> Scheme | None:
    """The scheme to check with; None where the hidden probes are not on this machine."""
    if probes not in {"public", "hidden"}:
        raise ValueError(f'probes must be "public" or "hidden", not {probes!r}')
    beside = Path(schemes.FILE_NAME)
    if probes == "public" and beside.is_file():
        return _find(name, schemes.read(beside))
    if importlib.util.find_spec("autograder") is None:
        if probes == "hidden":
            return None
        raise FileNotFoundError(
            f"{schemes.FILE_NAME} should lie beside this notebook. Download the week again and keep "
            "its files together."
        )
    from autograder.compiler import compile_one  # the instructor's machine: compile on the fly

    return compile_one(name, probes)


def _find(name: str, found: Mapping[str, Scheme]) -> Scheme:
    if name not in found:
        known = ", ".join(sorted(found))
        raise KeyError(f"there is no exercise {name!r} in this week; its exercises are {known}")
    return found[name]
