"""What students get: everything they need, and no answer."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder import release
from autograder.classroom import Classroom, CourseError
from helpers import schemes
from tests.conftest import WEEK, tiny_notebook

ROOT = Path(release.__file__).parents[1]


def names(classroom: Classroom) -> list[str]:
    with zipfile.ZipFile(classroom.release(WEEK).with_suffix(".zip")) as archive:
        return archive.namelist()


def test_the_released_notebook_holds_stubs_and_neither_answers_nor_hidden_checks(
    released: Classroom,
) -> None:
    text = released.released(WEEK).read_text("utf-8")
    book = nbformat.reads(text, as_version=4)
    cells = {cell.id: cell.source for cell in book.cells}
    assert cells["double"] == 'def double(x):\n    raise NotImplementedError("your turn")'
    assert cells["check_double"] == 'check("double", double)'
    for secret in ("return 2 * x", "Because.", "hidden", "SOLUTION"):
        assert secret not in text


def test_the_checks_are_data_without_the_reference(released: Classroom) -> None:
    found = schemes.read(released.release(WEEK) / schemes.FILE_NAME)
    assert {name: scheme.points for name, scheme in found.items()} == {"double": 3, "total": 2}
    assert "2 * x" not in (released.release(WEEK) / schemes.FILE_NAME).read_text("utf-8")


def test_the_zip_holds_the_week_helpers_and_how_to_start_but_no_autograder(
    released: Classroom,
) -> None:
    found = names(released)
    assert {
        f"{WEEK}/{WEEK}.ipynb",
        f"{WEEK}/checks.json",
        f"{WEEK}/START-HERE.md",
        f"{WEEK}/requirements.txt",
        f"{WEEK}/helpers/check.py",
    } <= set(found)
    assert not [
        name for name in found if "autograder" in name or "__pycache__" in name or "secret" in name
    ]


def test_what_a_student_installs_is_what_helpers_import(released: Classroom) -> None:
    used = {
        name.split(".")[0]
        for path in (ROOT / "helpers").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    installed = {"IPython" if name == "ipython" else name for name in release.STUDENT_PACKAGES}
    ours = {"helpers", "autograder", "", *sys.stdlib_module_names}
    brought = {"traitlets", "PIL", "contourpy"}  # by ipywidgets and matplotlib
    assert used - ours - brought <= installed
    assert len(release.requirements()) == len(release.STUDENT_PACKAGES)


def test_the_zip_works_where_the_autograder_does_not_exist(
    released: Classroom, tmp_path: Path
) -> None:
    with zipfile.ZipFile(released.release(WEEK).with_suffix(".zip")) as archive:
        archive.extractall(tmp_path)
    code = "import sys; sys.path.insert(0, ''); sys.modules['autograder'] = None\nfrom helpers import check\n"
    code += "check('double', lambda x: 2 * x)\ncheck('double', lambda x: 2 * x, probes='hidden')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path / WEEK,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "visible checks passed" in done.stdout, done.stderr


def test_releasing_again_gives_the_same_bytes(released: Classroom) -> None:
    archive = released.release(WEEK).with_suffix(".zip")
    before = archive.read_bytes(), released.released(WEEK).read_bytes()
    list(release.release(released, [WEEK]))
    assert (archive.read_bytes(), released.released(WEEK).read_bytes()) == before
    assert sorted(path.name for path in released.root.iterdir() if path.name.startswith(".")) == []


def test_a_notebook_that_nbgrader_refuses_leaves_the_old_release(released: Classroom) -> None:
    before = released.released(WEEK).read_bytes()
    book = tiny_notebook()
    book.cells.append(book.cells[2].copy())
    book.cells[-1]["id"] = "again"
    nbformat.write(book, released.source(WEEK))
    with pytest.raises(CourseError, match=r"nbgrader refuses week9_tiny: .*[Dd]uplicate"):
        list(release.release(released))
    assert released.released(WEEK).read_bytes() == before


def test_an_unknown_week_is_said(released: Classroom) -> None:
    with pytest.raises(CourseError, match="there is no week 'week7'; there are week9_tiny"):
        list(release.release(released, ["week7"]))
    shutil.rmtree(released.notebooks)
    assert release.source_weeks(released) == []
