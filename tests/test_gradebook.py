"""Rows of the gradebook: all or none, a person's marks stay, late is late."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.plugins import LateSubmissionPlugin

from autograder import gradebook, release
from autograder.classroom import Classroom, CourseError
from autograder.grading import Score
from tests.conftest import WEEK, check, solution, tiny_notebook

FULL = {
    "check_double": Score(3.0, 3.0),
    "check_total": Score(1.0, 2.0, "✗ total · 1 of 2 points"),
    "why": Score(None, 2.0),
}


def graded(**scores: Score) -> dict[str, Score]:
    return {**FULL, **scores}


def only(classroom: Classroom) -> gradebook.Entry:
    (entry,) = gradebook.entries(classroom)
    return entry


def test_every_cell_with_points_gets_its_score_and_words_are_flagged(released: Classroom) -> None:
    gradebook.write(released, WEEK, "ada", graded())
    entry = only(released)
    assert [(mark.name, mark.points, mark.by_hand) for mark in entry.marks] == [
        ("check_double", 3.0, False),
        ("check_total", 1.0, False),
        ("why", None, True),
    ]
    assert (entry.points, entry.max_points, entry.waiting) == (4.0, 7.0, 1)


def test_a_checks_comment_stands_at_its_answer_and_is_taken_back(released: Classroom) -> None:
    gradebook.write(released, WEEK, "ada", graded())
    with gradebook.opened(released) as book:
        assert (
            book.find_comment("total", WEEK, WEEK, "ada").auto_comment == "✗ total · 1 of 2 points"
        )
    gradebook.write(released, WEEK, "ada", graded(check_total=Score(2.0, 2.0)))
    with gradebook.opened(released) as book:
        assert book.find_comment("total", WEEK, WEEK, "ada").auto_comment is None


def test_a_gradebook_that_is_ready_writes_many_times_and_has_no_file_open_in_between(
    released: Classroom,
) -> None:
    book = gradebook.ready(released)
    for student in ("ada", "bob"):
        gradebook.write(released, WEEK, student, graded(), book=book)
        assert book.engine.pool.checkedin() == book.engine.pool.checkedout() == 0
    assert [entry.points for entry in gradebook.entries(released)] == [4.0, 4.0]


def test_a_score_that_is_missing_from_a_grading_does_not_survive(released: Classroom) -> None:
    gradebook.write(released, WEEK, "ada", graded())
    gradebook.write(released, WEEK, "ada", {"why": Score(0.0, 2.0)})
    assert [mark.points for mark in only(released).marks] == [None, None, 0.0]
    assert only(released).waiting == 2


def test_a_persons_mark_stays_and_is_flagged_after_a_new_grading(released: Classroom) -> None:
    gradebook.write(released, WEEK, "ada", graded())
    with gradebook.opened(released) as book:
        row = book.find_grade("why", WEEK, WEEK, "ada")
        row.manual_score, row.extra_credit, row.needs_manual_grade = 1.5, 0.5, False
        book.db.commit()
    assert (only(released).points, only(released).waiting) == (6.0, 0)
    gradebook.write(released, WEEK, "ada", graded())
    assert (only(released).points, only(released).waiting) == (6.0, 1)


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_grading_is_written_whole_or_not_at_all(
    released: Classroom, monkeypatch: pytest.MonkeyPatch, is_ready: bool
) -> None:
    def fail(_: object) -> dict[str, str]:
        raise RuntimeError("in the middle")

    book = gradebook.ready(released) if is_ready else None
    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "comments_by_answer", fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            gradebook.write(released, WEEK, "ada", graded(), book=book)
    assert gradebook.entries(released) == []
    gradebook.write(released, WEEK, "bob", graded(), book=book)
    assert only(released).student == "bob"


@pytest.mark.parametrize(("method", "penalty", "points"), [("none", 0.0, 4.0), ("zero", 4.0, 0.0)])
def test_being_late_costs_what_nbgraders_settings_say(
    released: Classroom, hand_in: Callable[..., Path], method: str, penalty: float, points: float
) -> None:
    stamp = hand_in("ada").with_name("timestamp.txt")
    stamp.write_text("2024-05-02 12:00:00.000000 UTC")
    with gradebook.opened(released) as book:
        book.find_assignment(WEEK).duedate = datetime.datetime(2024, 5, 1)
        book.db.commit()
    late = LateSubmissionPlugin(penalty_method=method)
    gradebook.write(released, WEEK, "ada", graded(), late)
    assert (only(released).penalty, only(released).points) == (penalty, points)
    stamp.write_text("2024-04-30 12:00:00.000000 UTC")
    gradebook.write(released, WEEK, "ada", graded(), late)
    assert only(released).penalty == 0.0


def test_a_timestamp_that_makes_no_sense_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "timestamp.txt").write_text("soon")
    assert gradebook.timestamp(tmp_path) is None


def test_a_week_that_was_not_released_is_refused(released: Classroom) -> None:
    with pytest.raises(CourseError, match="course release week7"):
        gradebook.write(released, "week7", "ada", graded())


def test_a_week_can_be_released_again_with_an_exercise_more_and_one_less(
    released: Classroom,
) -> None:
    gradebook.write(released, WEEK, "ada", graded())
    book = tiny_notebook()
    book.cells = [cell for cell in book.cells if cell.id not in {"total", "check_total"}]
    book.cells += [solution("triple", "def triple(x):\n    return 3 * x"), check("triple", 4)]
    nbformat.write(book, released.source(WEEK))
    (made,) = release.release(released)
    assert "triple (solution) is new: grade the submissions again." in made.said
    assert "check_total (grade) was removed, with what submissions had for it." in made.said
    entry = only(released)
    assert {mark.name: mark.points for mark in entry.marks} == {
        "check_double": 3.0,
        "check_triple": None,
        "why": None,
    }
    assert entry.max_points == 9.0
