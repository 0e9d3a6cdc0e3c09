"""A lesson's pictures are drawn once for everybody, and only where no student's text can have changed them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder import exercises
from autograder.grading import Runner
from autograder.grading import grade as grade_notebook
from autograder.ingest import Submission
from autograder.pictures import Pictures, draw, untouched
from autograder.sandbox import Limits, stage
from tests.conftest import graded_cell

LESSON = {
    "imports": "import numpy as np\nfrom helpers import plots\nfrom helpers.functions import bowl",
    "place": "a = [1.0, 0.75]\ndef at(shift): return [a[0] + shift, a[1]]",
    "picture": "plots.slices(bowl, at=at(0.0))",
    "words": "print('only words')",
    "answered": "plots.slices(bowl, at=f([1.0, 0.75]))",
}


def lesson() -> NotebookNode:
    cells = [new_code_cell(source, id=name) for name, source in LESSON.items()]
    answer = graded_cell(new_code_cell("def f(x): ..."), "f", solution=True)
    return new_notebook(cells=[*cells[:2], answer, *cells[2:]])


def with_cell(source: str, before: str = "picture") -> NotebookNode:
    """The lesson with an answer, and a student's own cell in it."""
    made = lesson()
    place = [cell.id for cell in made.cells].index(before)
    made.cells[2].source = "def f(x):\n    a = [0]\n    a[0] = 1\n    return x"
    made.cells.insert(place, new_code_cell(source, id="own-1"))
    return made


@pytest.mark.parametrize(
    "source",
    [
        "b = 1",
        "import numpy as np",
        "print(a)",
        "def g(a): a[0] = 2",
        "plots.slices(bowl, at=(0.5, 0.5))",
        "this is not Python",
    ],
)
def test_a_cell_is_the_same_for_all_whose_names_no_student_has_touched(source: str) -> None:
    assert untouched(with_cell(source), lesson()) == {"imports", "place", "picture", "words"}


@pytest.mark.parametrize(
    "source",
    [
        "bowl = None",
        "a = [2.0, 2.0]",  # reached through the lesson's own function
        "a[0] = 2.0",
        "a += [3.0]",
        "del a[0]",
        "plots.slices = None",
        "for a in range(3): pass",
        "def at(shift): return [0.0, 0.0]",
        "from helpers.functions import saddle as bowl",
        "import pickle as plots",
        "from helpers.functions import *",
        "class plots: pass",
        "with open('x') as a: pass",
    ],
)
def test_a_cell_that_uses_a_students_names_is_drawn_for_that_student(source: str) -> None:
    assert "picture" not in untouched(with_cell(source), lesson())


def test_a_name_the_lesson_binds_again_is_its_own_again() -> None:
    assert "picture" in untouched(with_cell("a = [9.0]", before="place"), lesson())
    assert "picture" not in untouched(with_cell("a = [9.0]", before="picture"), lesson())


def test_an_edited_cell_of_the_lesson_is_the_students() -> None:
    edited = lesson()
    edited.cells[3].source = "plots.slices(bowl, at=at(0.5))"
    assert untouched(edited, lesson()) == {"imports", "place", "words"}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with stage() as where:
        warm = Runner(where, Limits())
        yield warm
        warm.stop()


@pytest.fixture(scope="module")
def shown(runner: Runner) -> Pictures:
    return draw(runner, (), lesson())


def test_what_shows_a_picture_without_answers_is_drawn_once_for_all(shown: Pictures) -> None:
    assert list(shown) == ["picture"]
    [output] = shown["picture"]
    assert output.data["image/png"]
    assert "0.75" in output.data["text/plain"]


@pytest.fixture
def no_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercises, "of_week", lambda week: {})


def graded(made: NotebookNode, runner: Runner, shown: Pictures) -> dict[str, NotebookNode]:
    same = {name: shown[name] for name in untouched(made, lesson()) & shown.keys()}
    found = grade_notebook("week", Submission(made), b"seed", runner, (), same)
    return {cell.id: cell.outputs for cell in found.notebook.cells}


@pytest.mark.usefixtures("no_exercises")
def test_a_cell_with_a_known_picture_runs_and_does_not_draw(
    runner: Runner, shown: Pictures
) -> None:
    noticed = "import helpers.plots as p\nbefore = p.Figure._repr_mimebundle_\ndrawn = []\n"
    noticed += "def noted(self, *_, **__):\n    drawn.append(1)\n    return before(self)\n"
    noticed += "p.Figure._repr_mimebundle_ = noted"
    made = with_cell(noticed)
    made.cells.append(new_code_cell("print(len(drawn), 'drawn')", id="own-2"))
    found = graded(made, runner, shown)
    assert found["picture"] == shown["picture"]
    assert found["answered"][0].data["image/png"]
    assert found["own-2"][0].text == "1 drawn\n"


@pytest.mark.usefixtures("no_exercises")
def test_a_students_own_picture_is_drawn_and_an_error_is_not_painted_over(
    runner: Runner, shown: Pictures
) -> None:
    own = graded(with_cell("plots.slices(bowl, at=(0.5, 0.5))"), runner, shown)
    assert own["own-1"][0].data["image/png"] != shown["picture"][0].data["image/png"]
    broken = graded(with_cell("globals()['bowl'] = None"), runner, shown)
    assert broken["picture"][0].output_type == "error"
