"""Our grader inside nbgrader's own commands and pages: same folders, same gradebook, same scores.

``nbgrader_config.py`` merges :func:`settings`; from then on ``nbgrader generate_assignment``, ``autograde``,
``generate_feedback``, ``export`` and the formgrader do what ``course release``, ``grade``, ``feedback`` and
``export`` do.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from traitlets import Bool, Unicode
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import clean, export, grade, gradebook, task
from autograder.classroom import Classroom

CLASSROOM_VARIABLE = "COURSE_CLASSROOM"  # names the classroom to nbgrader_config.py
STUB = 'raise NotImplementedError("your turn")'
ANSWER_STUB = "*Your answer here.*"
HERE = "autograder.nbgrader_plugin"
RELEASE_STEPS = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    f"{HERE}.SaveCellsAgain",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
GRADE_STEPS = [
    f"{HERE}.GradeSubmission",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
FEEDBACK_STEPS = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.feedback.ShowReportsOnce",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]


def settings(root: Path, classroom: Path) -> Config:
    """nbgrader's settings for this course.

    Parameters
    ----------
    root : Path
        The folder that holds ``notebooks``.
    classroom : Path
        The class's folder.
    """
    root, classroom = root.resolve(), classroom.resolve()
    # nbgrader opens its database, and looks into its exchange, before it makes a folder
    (classroom / "exchange").mkdir(parents=True, exist_ok=True)
    gradebook.reach_alembic()
    c = Config()
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.source_directory = "notebooks"
    for step in ("release", "submitted", "autograded", "feedback", "solution"):
        folder = classroom / step
        inside = folder.is_relative_to(root)
        c.CourseDirectory[f"{step}_directory"] = str(folder.relative_to(root) if inside else folder)
    c.CourseDirectory.db_url = Classroom(classroom).db_url
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "grading.json", "secret"
    ]  # fmt: skip
    c.Exchange.root = str(classroom / "exchange")
    _set_steps(c, classroom)
    return c


def _set_steps(c: Config, classroom: Path) -> None:
    """Put our steps among nbgrader's."""
    c.ClearSolutions.code_stub = {"python": STUB}
    c.ClearSolutions.text_stub = ANSWER_STUB
    c.GenerateAssignment.preprocessors = RELEASE_STEPS
    c.GenerateAssignment.post_convert_hook = functools.partial(write_checks, classroom)
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.exporter_class = f"{HERE}.TakeText"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = GRADE_STEPS
    c.GenerateFeedback.exporter_class = f"{HERE}.CleanPage"
    c.GenerateFeedback.preprocessors = FEEDBACK_STEPS
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.exclude_input_prompt = True
    c.HTMLExporter.exclude_output_prompt = True
    c.HTMLExporter.filters = {"markdown2html": "autograder.clean.markdown"}
    c.ExportApp.plugin_class = f"{HERE}.CsvWithBlanks"


def load(classroom: Classroom) -> Config:
    """The settings of ``nbgrader_config.py``, with an instructor's own lines, for this classroom."""
    root = classroom.notebooks.parent
    ours = settings(root, classroom.root)
    ours.CourseDirectory.source_directory = classroom.notebooks.name
    if not (root / "nbgrader_config.py").is_file():
        return ours
    before = os.environ.get(CLASSROOM_VARIABLE)
    os.environ[CLASSROOM_VARIABLE] = str(classroom.root.resolve())
    try:
        found = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    finally:
        if before is None:
            del os.environ[CLASSROOM_VARIABLE]
        else:
            os.environ[CLASSROOM_VARIABLE] = before
    found.merge(ours)
    return found


def classroom_of(config: Config) -> Classroom:
    """The classroom that nbgrader's settings name."""
    root = Path(config.CourseDirectory.root)
    submitted = root / config.CourseDirectory.submitted_directory
    return Classroom(submitted.resolve().parent, root / config.CourseDirectory.source_directory)


def write_checks(classroom: Path, assignment: str, **_: Any) -> None:
    """After ``nbgrader generate_assignment``: put ``checks.json`` beside the released notebook."""
    from autograder.release import write_checks

    write_checks(assignment, Classroom(classroom).release(assignment))


KEPT: dict[str, tuple[grade.Bench, contextlib.ExitStack]] = {}


def kept_bench(classroom: Classroom, week: str, trusted: bool, container: str = "") -> grade.Bench:
    """A week's bench, kept until nbgrader grades another week, or the same with another release."""
    kit = grade.kit_of(classroom, week, grade.Options(trusted=trusted, container=container))
    key = f"{kit.basis} {trusted} {container}"
    if key not in KEPT:
        take_down()
        stack = contextlib.ExitStack()
        KEPT[key] = stack.enter_context(task.bench(kit)), stack
    return KEPT[key][0]


@atexit.register
def take_down() -> None:
    """Take the bench down that is kept."""
    while KEPT:
        KEPT.popitem()[1][1].close()


class SaveCellsAgain(SaveCells):
    """nbgrader's own step, which also takes added and removed exercises when there are submissions."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save the cells that hold points and answers."""
        week = resources["nbgrader"]["assignment"]
        if resources["nbgrader"]["notebook"] == week:
            for sentence in gradebook.reconcile(classroom_of(self.config), week, nb):
                self.log.warning(sentence)
        return super().preprocess(nb, resources)


class TakeText(NotebookExporter):
    """Reads any submitted file, however damaged, as the released notebook with the student's text in it."""

    def from_filename(self, filename: str, resources: Any = None, **_: Any) -> tuple[Any, Any]:
        """Read and convert one submitted file."""
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        classroom = classroom_of(self.config)
        submission = grade.take(classroom, resources["nbgrader"]["assignment"], path)
        return self.from_notebook_node(submission.notebook, resources=resources)


class GradeSubmission(NbGraderPreprocessor):
    """The grading step: it reads the submitted file itself and runs it in the sandbox, not here."""

    trust_notebooks = Bool(
        False,
        help="Whether to grade even where the sandbox does not hold, because the notebooks are one's own.",
    ).tag(config=True)
    container = Unicode(
        "", help="A command that starts a container to run each submission in; see README."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Grade, and write scores and comments into the gradebook."""
        classroom = classroom_of(self.config)
        names = resources["nbgrader"]
        on = kept_bench(classroom, names["assignment"], self.trust_notebooks, self.container)
        result = grade.grade_submission(classroom, names["assignment"], names["student"], on)
        for note in result.notes:
            self.log.warning("%s: %s", names["student"], note)
        grade.keep(classroom, result)
        return nbformat.reads(result.notebook, as_version=4), resources


class CleanPage(HTMLExporter):
    """A page in which nothing of a submission is live."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Convert to a page that carries its own content security policy and no scripts."""
        page, resources = super().from_notebook_node(clean.notebook(nb), resources, **kw)
        return clean.seal(_with_names(page)), resources


def _with_names(page: str) -> str:
    """nbgrader's table of contents with the exercises' names in it."""
    named = re.sub(
        r'(<a href="#(?:check_)?([\w-]+)">)(?:Test cell|Written response)</a>', r"\1\2</a>", page
    )
    return re.sub(r'(<a href="#comment-([\w-]+)">)Comment</a>', r"\1about \2</a>", named)


class CsvWithBlanks(ExportPlugin):
    """nbgrader's export, with blanks where nothing was graded."""

    def export(self, book: Gradebook) -> None:
        """Write ``grades.csv``, or what ``--to`` says."""
        classroom = classroom_of(self.config)
        path = Path(self.to or "grades.csv")
        path.write_text(export.table("csv", gradebook.entries(classroom), classroom), "utf-8")
        self.log.info("Exporting grades to %s", path)
