"""A tiny course of one week, for tests of the pipeline that need no real lesson."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import exercises, release
from autograder.classroom import Classroom

# The gate draws the same examples every time; `pytest --hypothesis-profile=default` looks for new ones.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.load_profile("gate")

WEEK = "week9_tiny"
SCHEME = '''
"""Marking scheme of the tiny week."""

from autograder.exercise import exercise


@exercise(points={"value": 2, "edge": 1}, rtol=1e-9)
def double(x):
    return 2 * x


@double.probes("value")
def numbers(rng):
    for _ in range(3):
        yield (float(rng.normal()),)


@double.probes("edge")
def zero(rng):
    yield (0.0,)


@double.mistake("You added two.", ask="What is twice zero?")
def adds_two(x):
    return x + 2


@exercise(points=2)
def total(xs):
    return sum(xs)


@total.probes("value")
def lists(rng):
    yield ([float(x) for x in rng.normal(size=4)],)
'''
ANSWERS = {
    "double": "def double(x):\n    return 2 * x\n",
    "total": "def total(xs):\n    return sum(xs)\n",
}


def graded_cell(
    cell: NotebookNode, name: str, points: float | None = None, **kind: bool
) -> NotebookNode:
    """A cell with nbgrader's metadata."""
    base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    settings = {**base, **kind, "grade_id": name, "cell_type": cell.cell_type}
    cell.metadata["nbgrader"] = settings if points is None else {**settings, "points": points}
    cell["id"] = name
    return cell


def solution(name: str, body: str) -> NotebookNode:
    """A solution cell of the source notebook."""
    head, *rest = body.splitlines()
    lines = [head, "    ### BEGIN SOLUTION", *rest, "    ### END SOLUTION"]
    return graded_cell(new_code_cell("\n".join(lines)), name, solution=True)


def check(name: str, points: float) -> NotebookNode:
    """A check cell of the source notebook."""
    hidden = (
        f'### BEGIN HIDDEN TESTS\ncheck("{name}", {name}, probes="hidden")\n### END HIDDEN TESTS'
    )
    source = f'check("{name}", {name})\n{hidden}'
    return graded_cell(new_code_cell(source), f"check_{name}", points, grade=True, locked=True)


def tiny_notebook() -> NotebookNode:
    """The source notebook of the tiny week."""
    book = new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    setup = graded_cell(new_code_cell("from helpers import check"), "setup", locked=True)
    words = "Why is $2 \\cdot 0 = 0$?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION"
    written = graded_cell(new_markdown_cell(words), "why", 2, grade=True, solution=True)
    book.cells = [new_markdown_cell("# Tiny"), setup]
    for name, points in (("double", 3), ("total", 2)):
        book.cells += [solution(name, ANSWERS[name]), check(name, points)]
    book.cells.append(written)
    book.cells[0]["id"] = "title"
    return book


@pytest.fixture(scope="session")
def tiny_scheme(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the tiny week's marking scheme."""
    folder = tmp_path_factory.mktemp("exercises")
    (folder / f"{WEEK}.py").write_text(SCHEME, "utf-8")
    return str(folder)


@pytest.fixture(scope="session")
def tiny_course(tmp_path_factory: pytest.TempPathFactory, tiny_scheme: str) -> Classroom:
    """The tiny course, released once; tests work on copies."""
    root = tmp_path_factory.mktemp("course")
    place = root / "notebooks" / WEEK / f"{WEEK}.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(tiny_notebook(), place)
    made = Classroom(root / "classroom", root / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercises, "__path__", [*exercises.__path__, tiny_scheme])
        list(release.release(made))
    return made


@pytest.fixture
def released(
    tmp_path: Path, tiny_course: Classroom, tiny_scheme: str, monkeypatch: pytest.MonkeyPatch
) -> Classroom:
    """A classroom whose tiny week has been released, and whose marking scheme the grader knows."""
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, tiny_scheme])
    shutil.copytree(tiny_course.root.parent, tmp_path / "course")
    return Classroom(tmp_path / "course" / "classroom", tmp_path / "course" / "notebooks")


@pytest.fixture
def classroom(released: Classroom) -> Classroom:
    """A classroom of the tiny course, with nothing in it."""
    shutil.rmtree(released.root)
    return released


@pytest.fixture
def hand_in(released: Classroom) -> Callable[..., Path]:
    """A function that hands in the tiny week: ``hand_in("ada", double="…", why="…")``."""

    def submit(student: str, raw: bytes | None = None, **answers: str) -> Path:
        path = released.submitted(student, WEEK)
        path.parent.mkdir(parents=True, exist_ok=True)
        book = json.loads(released.released(WEEK).read_text("utf-8"))
        for cell in book["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in answers:
                cell["source"] = answers[name]
        path.write_bytes(json.dumps(book).encode() if raw is None else raw)
        return path

    return submit
