"""`progress` tells which checks have passed in this session."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import check, progress, schemes
from helpers.check import NotYet, _passed
from helpers.marking import Group, Scheme
from helpers.probes import Outcome, Probe


def times(n: int, name: str, points: float) -> Scheme:
    group = {"value": Group(points, 1e-9)}
    return Scheme(name, group, (Probe("value", (3.0,)),), (Outcome(3.0 * n),))


@pytest.fixture(autouse=True)
def nothing_checked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(_passed):
        monkeypatch.delitem(_passed, name)


@pytest.fixture
def week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with checks.json, as a student has it."""
    made = {"double": times(2, "double", 2), "triple": times(3, "triple", 1)}
    schemes.write(made, tmp_path / schemes.FILE_NAME)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    progress()
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("week")
def test_before_any_check_every_exercise_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys) == [
        "○ double · 2 points · not checked yet",
        "○ triple · 1 point · not checked yet",
        "",
        "0 of 2 checks passed, 0 of 3 points (fresh questions are asked when it is graded).",
    ]


@pytest.mark.usefixtures("week")
def test_passed_and_failed_checks_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    check("double", lambda x: 2 * x)
    with pytest.raises(NotYet):
        check("triple", lambda x: 2 * x)
    assert shown(capsys) == [
        "✓ double · 2 points",
        "✗ triple · 1 point · not right yet",
        "",
        "1 of 2 checks passed, 2 of 3 points (fresh questions are asked when it is graded).",
    ]


@pytest.mark.usefixtures("week")
def test_a_check_of_an_empty_stub_leaves_the_exercise_open(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stub(x: float) -> float:
        raise NotImplementedError("your turn")

    check("double", lambda x: 2 * x)
    with pytest.raises(NotYet):
        check("double", stub)
    assert shown(capsys)[0] == "○ double · 2 points · not checked yet"


@pytest.mark.usefixtures("week")
def test_the_latest_check_of_an_exercise_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotYet):
        check("triple", lambda x: 2 * x)
    check("triple", lambda x: 3 * x)
    assert "✓ triple · 1 point" in shown(capsys)


@pytest.mark.usefixtures("week")
def test_a_check_of_another_week_does_not_count(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_passed, "gradient", True)
    lines = shown(capsys)
    assert not any("gradient" in line for line in lines)
    assert lines[-1].startswith("0 of 2 checks passed")


def test_on_the_instructors_machine_the_folder_names_the_week(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "week0_foundations"
    place.mkdir()
    monkeypatch.chdir(place)
    lines = shown(capsys)
    assert lines[0] == "○ forward_difference · 3 points · not checked yet"
    assert lines[-1].startswith("0 of 12 checks passed, 0 of 45 points")


def test_elsewhere_it_shows_what_has_been_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(capsys)[0].startswith("No check has been run yet")
    monkeypatch.setitem(_passed, "gradient", True)
    assert shown(capsys) == [
        "✓ gradient",
        "",
        "1 of 1 checks passed (fresh questions are asked when it is graded).",
    ]
