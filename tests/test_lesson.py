"""A lesson is run once for everybody, and again where a student's text can have changed it or needs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder import demo, exercises, grade, lesson, release
from autograder.classroom import Classroom
from autograder.grade import Options
from autograder.grading import Runner
from autograder.grading import grade as grade_notebook
from autograder.ingest import Submission
from autograder.lesson import Lesson, left_out, run_once, untouched
from autograder.pupils import CLASS
from autograder.sandbox import Limits, stage
from tests.conftest import graded_cell

LESSON = {
    "imports": "import numpy as np\nfrom helpers import plots\nfrom helpers.functions import bowl",
    "place": "a = [1.0, 0.75]\ndef at(shift): return [a[0] + shift, a[1]]",
    "picture": "plots.slices(bowl, at=at(0.0))",
    "words": "print('only words')",
    "answered": "plots.slices(bowl, at=f([1.0, 0.75]))",
}


def released() -> NotebookNode:
    cells = [new_code_cell(source, id=name) for name, source in LESSON.items()]
    answer = graded_cell(new_code_cell("def f(x): ..."), "f", solution=True)
    return new_notebook(cells=[*cells[:2], answer, *cells[2:]])


def with_cell(source: str, before: str = "picture") -> NotebookNode:
    """The lesson with an answer, and a student's own cell in it."""
    made = released()
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
        "this is no Python",
    ],
)
def test_a_cell_is_the_same_for_all_whose_names_no_student_has_touched(source: str) -> None:
    assert untouched(with_cell(source), released()) == {"imports", "place", "picture", "words"}


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
    assert "picture" not in untouched(with_cell(source), released())


def test_a_name_the_lesson_binds_again_is_its_own_again() -> None:
    assert "picture" in untouched(with_cell("a = [9.0]", before="place"), released())
    assert "picture" not in untouched(with_cell("a = [9.0]", before="picture"), released())


def test_an_edited_cell_of_the_lesson_is_the_students() -> None:
    edited = released()
    edited.cells[3].source = "plots.slices(bowl, at=at(0.5))"
    assert untouched(edited, released()) == {"imports", "place", "words"}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with stage() as where:
        warm = Runner(where, Limits())
        yield warm
        warm.stop()


@pytest.fixture(scope="module")
def once(runner: Runner) -> Lesson:
    return run_once(runner, (), released())


def test_what_works_without_answers_is_run_once_for_all(once: Lesson) -> None:
    assert list(once.outputs) == ["imports", "place", "picture", "words"]
    [output] = once.outputs["picture"]
    assert output.data["image/png"]
    assert "0.75" in output.data["text/plain"]


@pytest.fixture
def no_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercises, "of_week", lambda week: {})


def graded(made: NotebookNode, runner: Runner, once: Lesson) -> dict[str, NotebookNode]:
    found = grade_notebook("week", Submission(made), b"seed", runner, (), once.shown(made))
    return {cell.id: cell.outputs for cell in found.notebook.cells}


NOTICED = """
import helpers.plots as p
before, drawn = p.Figure._repr_mimebundle_, []
def noted(self, *_, **__):
    drawn.append(1)
    return before(self)
p.Figure._repr_mimebundle_ = noted
"""


@pytest.mark.usefixtures("no_exercises")
def test_a_cell_with_a_known_picture_does_not_draw_it(runner: Runner, once: Lesson) -> None:
    made = with_cell(NOTICED)
    made.cells.append(new_code_cell("print(len(drawn), 'drawn')", id="own-2"))
    found = graded(made, runner, once)
    assert found["picture"] == list(once.outputs["picture"])
    assert found["answered"][0].data["image/png"]
    assert found["own-2"][0].text == "1 drawn\n"


@pytest.mark.usefixtures("no_exercises")
def test_a_students_own_picture_is_drawn_and_an_error_is_not_painted_over(
    runner: Runner, once: Lesson
) -> None:
    own = graded(with_cell("plots.slices(bowl, at=(0.5, 0.5))"), runner, once)
    assert own["own-1"][0].data["image/png"] != once.outputs["picture"][0].data["image/png"]
    broken = graded(with_cell("globals()['bowl'] = None"), runner, once)
    assert broken["picture"][0].output_type == "error"


def book(*texts: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(text, id=f"c{i}") for i, text in enumerate(texts)])


def left(texts: tuple[str, ...], *theirs: str) -> set[str]:
    """Numbers of the lesson's cells that are left out, with a student's cells at the end."""
    ours, made = book(*texts), book(*texts)
    made.cells += [new_code_cell(text, id=f"own-{i}") for i, text in enumerate(theirs)]
    return {name.removeprefix("c") for name in left_out(made, ours, untouched(made, ours))}


TEXTS = (
    "import numpy as np\nfrom helpers import check, plots",
    "a = np.array([1.0, 2.0])",
    "def double(x): return 2 * x",
    "b = double(a)",
    "print(b.sum())",
    "rng = np.random.default_rng(1)",
    "c = rng.normal()",
    "plots.slices(np.sum, at=b)",
)


@pytest.mark.parametrize(
    ("theirs", "run"),
    [
        (("d = np.pi",), "0"),
        (("def f(a, b): return a + b",), "0"),  # names of its own
        (("double(3)",), "012347"),  # with it, all that use it, and what those use
        (("b + 1",), "012347"),  # who shares a thing might have changed it
        (("def f(x): return c * x",), "056"),
        (("c = 3",), "056"),
        (("%time 1 + 1",), "01234567"),
        (("this is no Python",), "01234567"),
        (("import inspect",), "01234567"),
        (("class A:\n    rng = rng",), "056"),
        (("del rng",), "056"),
        (("match 3:\n    case rng: pass",), "056"),
        (("[c + i for i in range(3)]",), "056"),
        (("def f():\n    global rng\n    rng = 1",), "056"),
        (("eval('a')",), "01234567"),
        (("double.__globals__['a']",), "01234567"),
        (("'\\w'" + " " * 60_000,), "01234567"),
    ],
)
def test_what_is_left_out_is_what_no_text_that_runs_can_need(
    theirs: tuple[str, ...], run: str
) -> None:
    assert left(TEXTS, *theirs) == set("01234567") - set(run)


@pytest.mark.parametrize(
    "text",
    [
        "import math",
        "np.seterr(all='raise')",
        "np.random.seed(1)",
        "np.random.normal()",
        "np.pi = 3",
        "plots.slices = None",
        "check('f', np.sum)",
        "open('x', 'w').close()",
        "unknown()",
        "%matplotlib inline",
        "def f(): np.seterr(all='raise')\nf()",
    ],
)
def test_a_cell_that_may_have_an_effect_elsewhere_runs(text: str) -> None:
    assert "8" not in left((*TEXTS, text))
    assert "4" in left((*TEXTS, text))


def test_a_cell_that_binds_what_the_grader_asks_for_runs() -> None:
    made = released()
    made.cells.append(new_code_cell("def f(x): return 3", id="again"))
    assert "again" not in left_out(made, made, {"words", "again"})
    assert "words" in left_out(made, made, {"words", "again"})


def test_nothing_of_a_huge_submission_is_read_at_length(once: Lesson) -> None:
    assert once.shown(with_cell("b = 1")).keys() == {"place", "picture", "words"}
    assert once.shown(with_cell("b = 1\n" * 100_000)) == {}


def test_a_cell_runs_that_calls_what_may_have_an_effect() -> None:
    texts = (*TEXTS, "def loud(): np.seterr(all='raise')", "loud()", "print(1)")
    assert left(texts) & {"8", "9", "10"} == {"10"}


@pytest.mark.parametrize(
    ("week", "figures"), [*((week, False) for week in exercises.weeks()), (demo.WEEK, True)]
)
def test_with_what_is_left_out_a_graded_notebook_is_the_same(
    week: str, figures: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom = Classroom(tmp_path)
    list(release.release(classroom, [week]))
    text = classroom.released(week).read_text("utf-8")
    answered = demo.answered(json.loads(text), demo.model_answers(classroom, week), CLASS[0])
    for student, content in (("ada", json.dumps(answered)), ("bob", text)):
        path = classroom.submitted(student, week)
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
    with grade.bench(classroom, week, Options(trusted=True, figures=figures)) as on:
        quick = [grade.grade_submission(classroom, week, name, on) for name in ("ada", "bob")]
        monkeypatch.setattr(lesson, "left_out", lambda *_: set())
        whole = [grade.grade_submission(classroom, week, name, on) for name in ("ada", "bob")]
    assert quick == whole
