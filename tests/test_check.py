"""`check` prints what is right, and raises what is not, without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import schemes
from helpers.check import NotYet, check, examine, passed, refused
from helpers.marking import Group, Mistake, Scheme
from helpers.probes import Outcome, Probe
from helpers.wording import describe

PROBES = (Probe("value", (3.0,)), Probe("value", (np.array([1.0, 2.0]),)))


def slipped(*values: Any) -> tuple[Outcome, ...]:
    return tuple(Outcome(value) for value in values)


DOUBLE = Scheme(
    "double",
    {"value": Group(2, 1e-9)},
    PROBES,
    slipped(6.0, np.array([2.0, 4.0])),
    (Mistake("adds", "You added two.", "Twice 0?", (slipped(5.0, np.array([3.0, 4.0])),)),),
    refuses=("numpy.polyval",),
)


@pytest.fixture
def beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with checks.json, as a student has it."""
    schemes.write({"double": DOUBLE}, tmp_path / schemes.FILE_NAME)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("beside_the_notebook")
def test_a_right_answer_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    check("double", lambda x: 2 * x)
    printed = capsys.readouterr().out
    assert printed == "✓ double · visible checks passed (fresh ones run when it is graded)\n"
    assert passed()["double"]


@pytest.mark.usefixtures("beside_the_notebook")
def test_a_wrong_answer_raises_its_lines_and_shows_no_traceback() -> None:
    with pytest.raises(NotYet, match="You added two") as caught:
        check("double", lambda x: x + 2)
    assert "wanted   a number    6.0" in str(caught.value)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()
    assert not passed()["double"]


@pytest.mark.usefixtures("beside_the_notebook")
def test_an_exercise_that_is_not_answered_is_not_passed() -> None:
    def stub(x: Any) -> Any:
        raise NotImplementedError("your turn")

    with pytest.raises(NotYet, match="not answered yet"):
        check("double", stub)


@pytest.mark.usefixtures("beside_the_notebook")
def test_a_name_that_the_week_does_not_have_is_answered_with_those_it_has() -> None:
    with pytest.raises(KeyError, match="there is no exercise 'triple' in this week"):
        check("triple", abs)


def test_the_kind_of_probes_is_public_or_hidden() -> None:
    with pytest.raises(ValueError, match='must be "public" or "hidden"'):
        check("gradient", abs, probes="secret")


def test_an_answer_that_a_library_gave_is_refused_with_a_reason() -> None:
    report = examine(DOUBLE, lambda x: np.polyval([2.0, 0.0], x))
    assert report.points == 0
    assert report == refused("double", 2, "numpy.polyval")
    text = describe(report)
    assert "numpy.polyval does this exercise for you; write double with your own steps." in text


def test_on_the_instructors_machine_a_check_needs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def answer(g: Any, u: Any) -> Any:
        if not np.any(u):
            raise ValueError
        return np.dot(g, u) / np.linalg.norm(u)

    check("directional_derivative", answer)
    check("directional_derivative", answer, probes="hidden")
    first, second = capsys.readouterr().out.splitlines()
    assert "visible checks passed" in first
    assert second == "✓ directional_derivative · 3 of 3 points"


STUDENT = """
import sys
sys.meta_path.insert(0, type("NoAutograder", (), {
    "find_spec": staticmethod(lambda name, *_: (_ for _ in ()).throw(ModuleNotFoundError(name))
                              if name.split(".")[0] == "autograder" else None)})())
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "autograder" else find(name, *a)
from helpers.check import check
check("double", lambda x: 0 * x, probes="hidden")
"""


def run_as_student(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parents[1])
    path = f"import sys; sys.path.insert(0, {root!r})\n"
    command = [sys.executable, "-c", path + code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_student_has_no_hidden_probes_and_their_check_says_nothing(
    beside_the_notebook: Path,
) -> None:
    ran = run_as_student(STUDENT, beside_the_notebook)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_student_whose_file_is_missing_is_told_what_to_do(tmp_path: Path) -> None:
    ran = run_as_student(STUDENT.replace("hidden", "public"), tmp_path)
    assert ran.returncode != 0
    assert "checks.json should lie beside this notebook" in ran.stderr


def test_a_check_needs_nothing_of_the_instructors_package(beside_the_notebook: Path) -> None:
    code = STUDENT.replace("0 * x", "2 * x").replace("hidden", "public")
    ran = run_as_student(code, beside_the_notebook)
    assert "✓ double" in ran.stdout
    assert ran.stderr == ""
