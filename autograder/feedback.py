"""Give a graded notebook back as one page that needs no network and in which nothing is live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.classroom import Classroom, CourseError, replace
from autograder.nbgrader_plugin import CleanPage, load

REPORT_SIGNS = ("✓", "✗", "○")


class ShowReportsOnce(NbGraderPreprocessor):
    """A check's report stands below the check: not in the comment above it too, nor its points alone."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        """Take the second report out of one cell."""
        settings = cell.metadata.get("nbgrader", {})
        if (settings.get("comment") or "").startswith(REPORT_SIGNS):
            settings["comment"] = None
        if settings.get("grade") and cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type == "stream"]
        return cell, resources


def write(classroom: Classroom, week: str, student: str) -> Path:
    """Write the page of one graded submission.

    Raises
    ------
    CourseError
        If it has not been graded.
    """
    path = classroom.autograded(student, week)
    if not path.is_file():
        raise CourseError(f"{week} of {student} has not been graded: run `course grade {week}`.")
    config = load(classroom)
    course = CourseDirectory(config=config)
    converter = GenerateFeedback(coursedir=course, config=config)
    page = CleanPage(parent=converter, config=converter.config)
    for step in converter.preprocessors:
        page.register_preprocessor(step)
    names = {"student": student, "assignment": week, "notebook": week, "db_url": course.db_url}
    notebook = nbformat.read(path, as_version=4)
    text, _ = page.from_notebook_node(notebook, {"nbgrader": names})
    place = classroom.feedback(student, week)
    replace(place, text.encode())
    return place
