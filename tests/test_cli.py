"""The command line: what it prints, and with which code it ends."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import cli, demo, doctor, grading
from autograder.classroom import Classroom
from autograder.demo import Played
from tests.conftest import ANSWERS, WEEK

HandIn = Callable[..., Path]


@pytest.fixture
def course(released: Classroom, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command on the tiny class."""
    monkeypatch.setattr(cli, "classroom_of", lambda options: released)
    return lambda *arguments: cli.main(list(arguments))


def test_release_prints_the_zips_and_the_next_step(
    course: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert course("release") == 0
    out = capsys.readouterr().out
    assert f"{WEEK}.zip" in out
    assert "Next: " in out


def test_collect_grade_feedback_report_export_run_one_after_the_other(
    course: Callable[..., int], released: Classroom, hand_in: HandIn, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    downloads = tmp_path / "in"
    for student, answers in (("ada", ANSWERS), ("bob", {})):
        path = hand_in(student, **answers)
        (downloads / student).mkdir(parents=True)
        shutil.move(path, downloads / student / path.name)
    shutil.rmtree(released.root / "submitted")
    assert course("collect", str(downloads)) == 0
    assert course("grade", "--i-trust-these-notebooks") == 0
    assert course("feedback", WEEK) == 0
    assert course("report") == 0
    assert course("export", "--to", "csv") == 0
    out = capsys.readouterr().out
    assert out.count("Next: ") == 5
    assert "2 submissions, 0 unchanged; sandbox: a" in out
    assert (released.root / "grades.csv").read_text().count("\n") == 3
    assert released.report.is_file()
    assert released.feedback("ada", WEEK).is_file()


def test_a_grader_that_fails_ends_with_code_1(
    course: Callable[..., int], hand_in: HandIn, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise KeyError("a bug of ours")

    hand_in("ada", **ANSWERS)
    monkeypatch.setattr(grading, "grade", fail)
    assert course("grade", "--i-trust-these-notebooks") == 1
    assert "1 could not be graded" in capsys.readouterr().out


def test_a_notebook_that_was_set_aside_ends_with_code_1(
    course: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mystery.ipynb").write_text("{}")
    assert course("collect", str(tmp_path / "in")) == 1
    assert "mystery.ipynb: nothing says whose it is." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade"], "course collect DIR"),
        (["grade", "week7"], "course release week7"),
        (["release", "week7"], "there is no week 'week7'"),
        (["collect", "nowhere"], "is not a folder"),
        (["report"], "course grade"),
        (["export"], "course grade"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_2(
    course: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert course(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"course {arguments[0]}: ")
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["dance"], ["grade", "--fast"], ["export", "--to", "excel"], []]
)
def test_a_call_that_makes_no_sense_ends_with_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2


def test_students_copies_are_made_once_and_never_overwritten(
    released: Classroom, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    assert cli.copy_weeks(released, work) == [WEEK]
    mine = work / WEEK / f"{WEEK}.ipynb"
    mine.write_text("my work")
    assert cli.copy_weeks(released, work) == []
    assert mine.read_text() == "my work"
    assert sorted(path.name for path in work.iterdir()) == [WEEK]


@pytest.mark.parametrize(("user", "more"), [(0, ["--allow-root"]), (1000, [])])
def test_lab_passes_options_on_to_jupyterlab_and_starts_for_root_too(
    course: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    more: list[str],
) -> None:
    calls = []
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setattr(cli, "become", lambda *call: calls.append(call) or 0)
    assert course("lab", "--work", str(tmp_path / "work"), "--no-browser", "--port=9999") == 0
    page = f"--LabApp.default_url=/lab/tree/{WEEK}/{WEEK}.ipynb"
    command = [sys.executable, "-m", "jupyterlab", page, *more, "--no-browser", "--port=9999"]
    assert calls == [(command, tmp_path / "work")]
    assert (tmp_path / "work" / WEEK / "checks.json").is_file()
    ours, theirs = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert theirs == "mine"
    assert (Path(ours) / "labconfig" / "default_setting_overrides.json").is_file()


def test_doctor_says_what_is_missing_and_fails_only_for_what_is_needed(
    course: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [
        doctor.Finding("Python", True),
        doctor.Finding("browser", False, "Get one.", needed=False),
    ]
    monkeypatch.setattr(doctor, "examine", lambda classroom: findings)
    assert course("doctor") == 0
    assert "○ browser\n    Get one." in capsys.readouterr().out
    findings.append(doctor.Finding("packages", False, "Install them."))
    assert course("doctor") == 1
    assert "✗ packages\n    Install them." in capsys.readouterr().out


@pytest.mark.parametrize(("actual", "code"), [(4.0, 0), (3.0, 1), (None, 1)])
def test_demo_fails_where_a_score_differs(
    course: Callable[..., int], monkeypatch: pytest.MonkeyPatch, actual: float | None, code: int
) -> None:
    monkeypatch.setattr(demo, "play", lambda *_: [Played("Ada", "all right", 4.0, actual)])
    assert course("demo") == code
