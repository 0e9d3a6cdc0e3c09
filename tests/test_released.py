"""A released notebook runs from top to bottom; only checks of what is not answered yet fail."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder import exercises, release
from autograder.classroom import Classroom
from autograder.ingest import grade_id, is_check

WEEKS = release.source_weeks(Classroom(Path("classroom")))


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """All weeks, released."""
    made = Classroom(tmp_path_factory.mktemp("released") / "classroom")
    list(release.release(made))
    return made


@pytest.mark.filterwarnings("default")  # the kernel's own client warns of sockets it closes late
@pytest.mark.parametrize("week", WEEKS)
def test_only_checks_fail_in_a_released_notebook(
    classroom: Classroom, tmp_path: Path, week: str
) -> None:
    with zipfile.ZipFile(classroom.release(week).with_suffix(".zip")) as archive:
        archive.extractall(tmp_path)
    book = nbformat.read(tmp_path / week / f"{week}.ipynb", as_version=4)
    place = {"metadata": {"path": tmp_path / week}}
    NotebookClient(book, timeout=300, allow_errors=True, resources=place).execute()
    failed = {cell.id: f"{output.ename}: {output.evalue[:200]}" for cell, output in errors(book)}
    checks = {grade_id(cell) for cell in book.cells if cell.cell_type == "code" and is_check(cell)}
    variables = {name for name, answer in exercises.of_week(week).items() if answer.is_value}
    expected = checks | variables  # the stub of a variable cannot wait until it is called
    assert {name: why for name, why in failed.items() if name not in expected} == {}
    assert set(failed) == expected


def errors(book: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Cells that raised an error, and the error."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield cell, output


@pytest.mark.parametrize("week", WEEKS)
def test_no_answer_or_hidden_check_is_released(classroom: Classroom, week: str) -> None:
    text = classroom.released(week).read_text("utf-8")
    for word in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", 'probes=\\"hidden\\"'):
        assert word not in text
