"""nbgrader's own commands on the same folders and gradebook give the same scores, cell by cell."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.apps import ExportApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import grade, gradebook, nbgrader_plugin, release
from autograder.classroom import Classroom
from helpers import schemes
from tests.conftest import ANSWERS, WEEK

HandIn = Callable[..., Path]
ROOT = Path(release.__file__).parents[1]


def convert(classroom: Classroom, step: type, **settings: object) -> None:
    """Run one of nbgrader's steps as its command does."""
    config = nbgrader_plugin.load(classroom)
    config.CourseDirectory.assignment_id = WEEK
    config.GradeSubmission.trust_notebooks = True
    config[step.__name__].merge(Config(settings))
    log = logging.Logger("nbgrader", logging.CRITICAL)
    course = CourseDirectory(config=config, log=log)
    step(coursedir=course, config=config, log=log).start()


@pytest.fixture
def handed_in(hand_in: HandIn) -> None:
    """A small class, one of whom handed in a damaged file."""
    hand_in("ada", **ANSWERS, why="Because nothing is added. <script>alert(1)</script>")
    hand_in("bob", double="def double(x):\n    return x + 2\n", total=ANSWERS["total"])
    hand_in("cut", raw=b'{"cells": [')
    hand_in("dan", double="import os\n\ndef double(x):\n    os._exit(0)\n", total=ANSWERS["total"])


def test_generate_assignment_makes_what_course_release_makes(released: Classroom) -> None:
    by_command = (released.released(WEEK).read_bytes(), sorted(released.release(WEEK).iterdir()))
    convert(released, GenerateAssignment, force=True)
    assert (
        released.released(WEEK).read_bytes(),
        sorted(released.release(WEEK).iterdir()),
    ) == by_command
    assert set(schemes.read(released.release(WEEK) / schemes.FILE_NAME)) == {"double", "total"}


@pytest.mark.usefixtures("handed_in")
def test_autograde_gives_the_same_scores_and_notebooks_as_course_grade(released: Classroom) -> None:
    convert(released, Autograde)
    by_nbgrader = gradebook.entries(released)
    notebooks = {path: path.read_bytes() for path in released.root.glob("autograded/*/*/*.ipynb")}
    assert len(notebooks) == 4
    list(
        grade.grade_all(
            released, grade.chosen(released), how=grade.Options(force=True, trusted=True)
        )
    )
    assert gradebook.entries(released) == by_nbgrader
    assert {path: path.read_bytes() for path in notebooks} == notebooks


@pytest.mark.usefixtures("handed_in")
def test_autograde_gives_damaged_files_nought_with_a_reason_and_goes_on(
    released: Classroom,
) -> None:
    convert(released, Autograde)
    found = {entry.student: entry.points for entry in gradebook.entries(released)}
    assert found == {"ada": 5.0, "bob": 2.0, "cut": 0.0, "dan": 2.0}
    log = grade.read_log(released, WEEK, "cut")
    assert log is not None
    assert log.state == "unreadable"
    with gradebook.opened(released) as book:
        comment = book.find_comment("double", WEEK, WEEK, "cut").auto_comment
    assert "JSON is broken" in comment


def spoil(path: Path, how: str) -> None:
    """Make a mess of a submission's folder."""
    folder = path.parent
    if how == "no notebook":
        path.unlink()
    elif how == "another name":
        path.rename(folder / "mine.ipynb")
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "a link":
        path.unlink()
        path.symlink_to(folder.parents[2] / "gradebook.db")
    elif how == "a pipe":
        os.mkfifo(folder / "pipe")
    elif how == "no time":
        (folder / "timestamp.txt").write_text("=today()")
    elif how == "one notebook more":
        (folder / "mine.ipynb").write_bytes(path.read_bytes())


SPOILT = {  # what nbgrader's command can grade; the others it names, and `course grade` grades
    "another name": None,
    "a folder": 0.0,
    "a link": 0.0,
    "a pipe": None,
    "no notebook": None,
    "no time": None,
    "one notebook more": 5.0,
}


@pytest.mark.skipif(sys.platform == "win32", reason="made with POSIX calls")
def test_a_spoilt_folder_keeps_nobody_else_from_being_graded_and_gets_no_grade_by_chance(
    released: Classroom, hand_in: HandIn
) -> None:
    for number, how in enumerate(SPOILT):
        spoil(hand_in(f"s{number}", **ANSWERS), how)
    hand_in("zoe", **ANSWERS)
    with contextlib.suppress(NbGraderException, SystemExit):
        convert(released, Autograde)
    found = {entry.student: entry.points for entry in gradebook.entries(released)}
    assert found["zoe"] == 5.0
    for number, points in enumerate(SPOILT.values()):
        assert found.get(f"s{number}") == points
    chosen = grade.chosen(released)
    list(grade.grade_all(released, chosen, how=grade.Options(trusted=True, workers=1)))
    found = {entry.student: entry.points for entry in gradebook.entries(released)}
    by_course = {"no notebook": 0.0, "another name": 0.0, "a pipe": 5.0, "no time": 5.0}
    wanted = {**SPOILT, **by_course}
    assert found == {f"s{i}": wanted[how] for i, how in enumerate(SPOILT)} | {"zoe": 5.0}


def test_what_a_student_owes_for_being_late_is_the_same_by_every_way(
    released: Classroom, hand_in: HandIn
) -> None:
    path = hand_in("ada", **ANSWERS)
    (path.parent / "timestamp.txt").write_text("2026-01-02 00:00:00 UTC")
    with gradebook.opened(released) as book:
        book.find_assignment(WEEK).duedate = datetime.datetime(2026, 1, 1)
        book.db.commit()
    config = nbgrader_plugin.load(released)
    config.GradeSubmission.trust_notebooks = True
    config.LateSubmissionPlugin.penalty_method = "zero"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert api.autograde(WEEK, "ada")["success"]
    (by_button,) = gradebook.entries(released)
    assert (by_button.points, by_button.penalty) == (0.0, 5.0)
    step = AssignLatePenalties(config=config)
    late = step.plugin_class(parent=step)
    how = grade.Options(trusted=True, force=True, workers=1)
    list(grade.grade_all(released, grade.chosen(released), late, how))
    assert gradebook.entries(released) == [by_button]


@pytest.mark.usefixtures("handed_in")
def test_autograde_again_replaces_every_score(released: Classroom, hand_in: HandIn) -> None:
    convert(released, Autograde)
    hand_in("ada", raw=b"broken")
    convert(released, Autograde, force=True)
    found = {entry.student: entry.points for entry in gradebook.entries(released)}
    assert found["ada"] == 0.0


@pytest.mark.usefixtures("handed_in")
def test_generate_feedback_makes_pages_without_anything_live(released: Classroom) -> None:
    convert(released, Autograde)
    convert(released, GenerateFeedback)
    page = (released.root / "feedback" / "ada" / WEEK / f"{WEEK}.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Content-Security-Policy" in page
    assert not list(released.root.glob("feedback/*/*/grading.json"))


@pytest.mark.usefixtures("handed_in")
def test_the_formgraders_page_shows_students_markdown_as_text(released: Classroom) -> None:
    convert(released, Autograde)
    config = nbgrader_plugin.load(released)
    notebook = nbformat.read(released.autograded("ada", WEEK), as_version=4)
    page, _ = HTMLExporter(config=config, template_name="classic").from_notebook_node(notebook)
    assert "<script>alert(1)" not in page


@pytest.fixture
def export_app() -> Iterator[type[ExportApp]]:
    """nbgrader's export command, forgotten afterwards."""
    yield ExportApp
    ExportApp.clear_instance()


@pytest.mark.usefixtures("handed_in")
def test_export_leaves_blanks_and_disarms_formulas(
    released: Classroom,
    tmp_path: Path,
    export_app: type[ExportApp],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    convert(released, Autograde)
    with gradebook.opened(released) as book:
        book.update_or_create_student("bob", last_name="=1+1")
    monkeypatch.chdir(tmp_path)
    app = export_app.instance(config=nbgrader_plugin.load(released))
    app.coursedir = CourseDirectory(config=app.config)
    app.init_plugin()
    with gradebook.opened(released) as book:
        app.plugin_inst.export(book)
    lines = Path("grades.csv").read_text("utf-8").splitlines()
    assert lines[1] == f"ada,,,,{WEEK},5,7,0,1 to mark by hand"
    assert lines[2] == f"bob,,'=1+1,,{WEEK},2,7,0,graded"


def test_the_configuration_is_the_same_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    monkeypatch.delenv("COURSE_CLASSROOM", raising=False)
    monkeypatch.chdir("/")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    assert config.CourseDirectory.root == str(tmp_path)
    assert config.CourseDirectory.submitted_directory == "classroom/submitted"
    assert config.OverwriteCells.add_missing_cells is True
    assert nbgrader_plugin.classroom_of(config) == Classroom(
        tmp_path / "classroom", tmp_path / "notebooks"
    )


def test_an_environment_variable_names_another_classroom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    monkeypatch.setenv("COURSE_CLASSROOM", str(tmp_path / "elsewhere"))
    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    assert config.CourseDirectory.db_url.endswith("elsewhere/gradebook.db")


def test_an_instructors_own_lines_are_kept(released: Classroom) -> None:
    own = 'c = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\nc.CourseDirectory.root = "/"\n'
    (released.notebooks.parent / "nbgrader_config.py").write_text(own)
    config = nbgrader_plugin.load(released)
    assert config.LateSubmissionPlugin.penalty_method == "zero"
    assert config.CourseDirectory.root == str(released.notebooks.parent.resolve())
