"""Scores come from comparing values, one for every cell that holds points, whatever a submission does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from attacks.course import RIGHT, STUBS, WEEK, Attack, own_cell, released, wrong
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum, determine_grade

from autograder import grading
from autograder.exercise import Exercise
from autograder.grading import Graded, Runner, grade
from autograder.ingest import Submission, ingest
from autograder.sandbox import Limits, Session, Stage, stage
from autograder.worker.wire import Frame, LateError, WireError

SEED = b"seed"
LIMITS = Limits(cell_s=5.0, call_s=2.0)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with stage() as where:
        warm = Runner(where, LIMITS)
        yield warm
        warm.stop()


Mark = Callable[..., Graded]


@pytest.fixture
def mark(runner: Runner, tmp_path: Path) -> Mark:
    """A function that grades the small notebook with some answers changed."""

    def marked(
        answers: dict[str, str] | None = None, first: str = "", seed: bytes = SEED
    ) -> Graded:
        return grade(
            WEEK, take(tmp_path, Attack("", "", answers or {}, first).file()), seed, runner
        )

    return marked


def take(folder: Path, data: bytes) -> Submission:
    book = released()
    for cell in book.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    path = folder / "week.ipynb"
    path.write_bytes(data)
    return ingest(book, path)


def points(graded: Graded) -> dict[str, float | None]:
    return {name: score.points for name, score in graded.scores.items()}


def check_cell(graded: Graded, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in graded.notebook.cells if cell.id == f"check_{name}")


def test_right_answers_get_all_points_and_words_wait_for_a_person(mark: Mark) -> None:
    graded = mark()
    assert set(graded.scores) == {*(f"check_{name}" for name in RIGHT), "in_words"}
    assert all(
        graded.scores[f"check_{name}"].points == graded.scores[f"check_{name}"].max_points
        for name in RIGHT
    )
    assert points(graded)["in_words"] == 0
    assert graded.scores["in_words"].comment == "No response."
    assert graded.notes == ()
    assert graded.slips == {}


def test_words_that_were_written_have_no_points_yet(tmp_path: Path, runner: Runner) -> None:
    content = Attack("", "").content()
    content["cells"][-1]["source"] = "Because the gradient is steepest."
    graded = grade(WEEK, take(tmp_path, json.dumps(content).encode()), SEED, runner)
    assert graded.scores["in_words"].points is None


def test_untouched_stubs_get_nothing_and_say_so(mark: Mark) -> None:
    graded = mark(STUBS)
    assert all(points(graded)[f"check_{name}"] == 0 for name in RIGHT)
    assert all(graded.scores[f"check_{name}"].comment == "No response." for name in RIGHT)


@pytest.mark.parametrize("answers", [{}, STUBS, wrong("gradient", "return np.zeros(len(x))")])
def test_nbgrader_reads_the_same_scores_from_the_checks(
    mark: Mark, answers: dict[str, str]
) -> None:
    graded = mark(answers)
    for name in RIGHT:
        given_points, most = determine_grade(check_cell(graded, name))
        score = graded.scores[f"check_{name}"]
        assert (given_points, most) == (score.points, score.max_points)


def test_a_named_slip_is_in_the_comment_and_in_the_list(mark: Mark) -> None:
    body = "x = np.array(x, float)\nreturn sum(f(x + s) - f(x - s) for s in 1e-5 * np.eye(len(x))) / 2e-5"
    graded = mark(wrong("gradient", body))
    assert graded.slips["gradient"] in graded.scores["check_gradient"].comment


def test_a_hidden_probe_never_tells_what_was_wanted(mark: Mark) -> None:
    body = (
        "return np.array([2.0, 8.0]) if getattr(f, '__name__', '') == 'bowl' else np.zeros(len(x))"
    )
    report = check_cell(mark(wrong("gradient", body)), "gradient").outputs[0].text
    hidden = report.partition("fresh probe")[2]
    assert "wanted  " not in hidden


def test_the_same_seed_gives_the_same_report(mark: Mark) -> None:
    body = "x = np.array(x, float)\nreturn np.array([f(x + s) - f(x) for s in 0.1 * np.eye(len(x))]) / 0.1"
    first, same = (check_cell(mark(wrong("gradient", body)), "gradient").outputs for _ in range(2))
    assert first == same


def test_a_borrowed_answer_is_refused_with_the_reason(mark: Mark) -> None:
    answer = (
        "from helpers import derivatives\ndef gradient(f, x): return derivatives.gradient(f, x)"
    )
    graded = mark({"gradient": answer})
    assert points(graded)["check_gradient"] == 0
    assert (
        "helpers.derivatives does this exercise for you" in graded.scores["check_gradient"].comment
    )


def test_comparing_with_a_library_is_no_borrowing(mark: Mark) -> None:
    answer = (
        RIGHT["gradient"]
        + "\nfrom helpers import derivatives\nprint(derivatives.gradient(bowl, [1.0, 2.0]))"
    )
    graded = mark({"gradient": answer}, first="from helpers.autodiff import gradient")
    assert points(graded)["check_gradient"] == graded.scores["check_gradient"].max_points


def test_an_unreadable_file_gets_nothing_everywhere_with_the_reason(
    tmp_path: Path, runner: Runner
) -> None:
    graded = grade(WEEK, take(tmp_path, b"{"), SEED, runner)
    assert set(points(graded).values()) == {0.0}
    assert all("JSON is broken" in score.comment for score in graded.scores.values())
    assert "JSON is broken" in check_cell(graded, "gradient").outputs[0].text
    assert graded.notes[0].endswith(".")


def test_cells_show_what_they_showed(mark: Mark) -> None:
    first = "print('one'); import sys; print('two', file=sys.stderr)\n3"
    own = next(cell for cell in mark(first=first).notebook.cells if cell.id.startswith("own-"))
    assert [(out.output_type, out.get("name")) for out in own.outputs[:2]] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
    ]
    assert own.outputs[2].data == {"text/plain": "3"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("x = = 1", "SyntaxError"),
        ("import os; os._exit(0)", "ProcessEnded"),
    ],
)
def test_cells_that_fail_show_their_error_and_cost_nothing(
    mark: Mark, source: str, name: str
) -> None:
    graded = mark(first=source)
    own = next(cell for cell in graded.notebook.cells if cell.id.startswith("own-"))
    assert own.outputs[-1].ename == name
    assert points(graded)["check_classify"] == graded.scores["check_classify"].max_points


def test_an_answer_that_cannot_be_judged_waits_for_a_person(
    mark: Mark, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = grading.grade_answer

    def fails(exercise: Exercise, *others: Any) -> Any:
        if exercise.name == "gradient":
            raise RuntimeError("a fault of ours")
        return honest(exercise, *others)

    monkeypatch.setattr(grading, "grade_answer", fails)
    graded = mark()
    assert points(graded)["check_gradient"] is None
    assert "a person has to" in graded.scores["check_gradient"].comment
    assert points(graded)["check_classify"] == graded.scores["check_classify"].max_points


def test_released_files_lie_beside_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("42")
    with stage((tmp_path / "data.csv",)) as where:
        runner = Runner(where, LIMITS)
        data = Attack("", "", first="print(open('data.csv').read())").file()
        graded = grade(WEEK, take(tmp_path, data), SEED, runner, ("data.csv",))
        runner.stop()
    own = next(cell for cell in graded.notebook.cells if cell.id.startswith("own-"))
    assert own.outputs[0].text == "42\n"


class Liar(Session):
    """A process that answers with whatever hypothesis thinks of."""

    def __init__(self, answers: Iterator[Any]) -> None:
        self.answers = answers

    def begin(self, *_: Any, **__: Any) -> None:
        """It is always there."""

    def request(self, *_: Any, **__: Any) -> Frame:
        """Anything."""
        said = next(self.answers)
        if isinstance(said, Exception):
            raise said
        return said

    def end(self) -> bool:
        """It never ends."""
        return True


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-5, 5)
    | st.text(max_size=5)
    | st.just({"opaque": "x\n✓"})
    | st.builds(
        lambda shape: {"array": {"dtype": "float64", "shape": shape, "buffer": 0}},
        st.lists(st.integers(0, 2), max_size=3),
    ),
    lambda inner: st.builds(
        lambda tag, items: {tag: items},
        st.sampled_from(["list", "tuple", "dict"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=4,
)
outcomes = st.fixed_dictionaries(
    {
        "value": trees | json_values,
        "errors": st.just([]) | st.lists(st.text(max_size=9)) | json_values,
    },
    optional={
        "message": st.text(max_size=9),
        "changed": json_values,
        "borrowed": json_values,
        "outputs": json_values,
        "error": json_values,
    },
)
buffers = st.lists(
    st.binary(max_size=40) | st.sampled_from([np.ones(n).tobytes() for n in range(5)]), max_size=2
)
said = (
    st.builds(
        Frame, outcomes | st.dictionaries(st.text(max_size=9), json_values, max_size=3), buffers
    )
    | st.just(LateError("late"))
    | st.just(WireError("gone"))
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answers=st.lists(said, min_size=1, max_size=9))
def test_whatever_a_process_says_is_graded(tmp_path: Path, answers: list[Any]) -> None:
    def forever() -> Iterator[Any]:
        while True:
            yield from answers

    liar = Runner(Stage(Path("/nowhere")), LIMITS, session=Liar(forever()))
    content = Attack("", "").content()
    content["cells"].append(own_cell("print(1)"))
    graded = grade(WEEK, take(tmp_path, json.dumps(content).encode()), SEED, liar)
    for name in RIGHT:
        score = graded.scores[f"check_{name}"]
        assert score.points is not None
        assert 0 <= score.points < score.max_points
    nbformat.writes(graded.notebook).encode()
