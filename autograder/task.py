"""The grading of one submission as a function of plain data: what goes in and comes out are bytes, texts and numbers.

So it is the same in this process, in another one, and on another machine.

Examples
--------
>>> Task("week1", "ada", b"seed", b"{}").attempt[:8]
'44136fa3'
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import shlex
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import exercises, grading, ingest, lesson
from autograder.classroom import CourseError
from autograder.grading import Graded, Runner, Score
from autograder.lesson import Lesson
from autograder.sandbox import Limits, escapes, stage
from autograder.worker.wire import WireError
from helpers import schemes

GRADED, UNREADABLE, FAILED = "graded", "unreadable", "failed"
HELPERS = Path(__file__).resolve().parents[1] / "helpers"


@dataclass(frozen=True)
class Kit:
    """What all submissions of one week are graded with.

    Attributes
    ----------
    week : str
    notebook : bytes
        The released notebook.
    files : dict of str to bytes
        What lies beside it.
    scheme : str
        Digest of the marking scheme, from :func:`scheme_digest`.
    trusted : bool
        Whether to go on where the sandbox does not hold.
    figures : bool
        Whether figures are drawn and kept.
    limits : Limits
    container : str
        A command that starts a container with the runner in it; empty for none.
    """

    week: str
    notebook: bytes
    files: Mapping[str, bytes]
    scheme: str
    trusted: bool = False
    figures: bool = True
    limits: Limits = field(default_factory=Limits)
    container: str = ""

    @functools.cached_property
    def basis(self) -> str:
        """Digest of the release and the marking scheme: what was graded with another is graded again."""
        parts = [
            self.notebook,
            *(part for name in sorted(self.files) for part in (name.encode(), self.files[name])),
        ]
        digests = [hashlib.sha256(part).digest() for part in parts]
        return hashlib.sha256(b"".join([*digests, self.scheme.encode()])).hexdigest()


@dataclass(frozen=True)
class Task:
    """One submission.

    Attributes
    ----------
    week, student : str
    seed : bytes
        Draws its hidden probes.
    content : bytes
        The submitted file.
    unreadable : str
        Why there is no content, where the file could not be read.
    """

    week: str
    student: str
    seed: bytes
    content: bytes
    unreadable: str = ""

    @property
    def attempt(self) -> str:
        """Digest of the submitted bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Result:
    """One grading.

    Attributes
    ----------
    week, student : str
    attempt : str
        Digest of the submitted bytes: with the class's secret it gives the seed of the hidden probes.
    basis : str
        Digest of what it was graded with.
    state : str
        "graded", "unreadable" (graded 0 with a reason) or "failed" (the grader's own fault: 0 and a flag).
    layers : str
        Which layers of the sandbox held.
    notebook : str
        The graded notebook as JSON.
    scores : dict of str to Score
        By the name of the cell.
    notes : tuple of str
    slips : dict of str to str
    """

    week: str
    student: str
    attempt: str
    basis: str
    state: str
    layers: str
    notebook: str
    scores: dict[str, Score]
    notes: tuple[str, ...]
    slips: dict[str, str]


@dataclass(frozen=True)
class Bench:
    """A warm sandbox, set up for one week.

    Attributes
    ----------
    kit : Kit
    released : NotebookNode
    runner : Runner
        Keeps a warm process.
    layers : str
        Which layers of the sandbox hold.
    """

    kit: Kit
    released: NotebookNode
    runner: Runner
    layers: str

    @functools.cached_property
    def lesson(self) -> Lesson:
        """The released notebook, run when the first submission needs it."""
        return lesson.run_once(self.runner, self.kit.files, self.released)


@contextlib.contextmanager
def bench(kit: Kit) -> Iterator[Bench]:
    """Set up the sandbox for a week and try to get out of it; it is taken down afterwards.

    Raises
    ------
    CourseError
        If the sandbox does not hold and the notebooks are not trusted, or the marking scheme here is another one.
    """
    if kit.scheme != scheme_digest(kit.week):
        raise CourseError(
            f"a worker has another version of {kit.week}: install the same version everywhere."
        )
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="course-")))
        for name, content in kit.files.items():
            (folder / Path(name).name).write_bytes(without_answers(name, content))
        files, engine = tuple(sorted(folder.iterdir())), shlex.split(kit.container)
        released = nbformat.reads(kit.notebook.decode(), as_version=4)
        imports = sorted(lesson.imported(released))
        where = stack.enter_context(stage(files, engine=engine, imports=imports))
        runner = Runner(where, kit.limits, kit.figures)
        stack.callback(runner.stop)
        layers = _tried(runner, kit.trusted)
        yield Bench(kit, released, runner, layers)


def without_answers(name: str, content: bytes) -> bytes:
    """A released file as a submission finds it; where an answer is a variable, checks.json would hold the answer."""
    if name != schemes.FILE_NAME:
        return content
    tree = json.loads(content)
    for scheme in tree["exercises"].values():
        if all(probe["args"] is None for probe in scheme["probes"]):
            scheme["wanted"] = [{"value": None} for _ in scheme["wanted"]]
            scheme["mistakes"] = []
    return json.dumps(tree).encode()


def _tried(runner: Runner, trusted: bool) -> str:
    """The layers of the sandbox that hold, tried in the warm process that will run the submissions."""
    try:
        layers, reached = escapes(runner.begin([]), runner.stage, runner.limits)
        runner.end()
    except (WireError, grading.SandboxError) as error:
        raise CourseError(f"the sandbox does not start ({error}): see `course doctor`.") from error
    if reached and not trusted:
        raise CourseError(
            f"the sandbox does not hold here (a notebook could {', '.join(reached)}): see `course doctor`, "
            "or say --i-trust-these-notebooks if they are your own."
        )
    return layers


def grade(task: Task, on: Bench) -> Result:
    """Grade one submission; a failure of the grader itself becomes a result too."""
    if task.unreadable:
        submission = ingest.unreadable(on.released, task.unreadable)
    else:
        submission = ingest.ingest_bytes(on.released, task.content)
    state = GRADED if submission.readable else UNREADABLE
    try:
        shown = on.lesson.shown(submission.notebook) if submission.readable else {}
        files = tuple(on.kit.files)
        graded = grading.grade(task.week, submission, task.seed, on.runner, files, shown)
    except Exception as error:  # noqa: BLE001 (one bad submission never stops the batch)
        return failed(task, on.kit, error, on.layers)
    return _result(task, on.kit, state, graded, on.layers)


def failed(task: Task, kit: Kit, error: Exception, layers: str = "") -> Result:
    """What is graded where the grader failed: 0 everywhere, with the reason."""
    where = "".join(
        f" in {Path(frame.filename).name}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)[-1:]
    )
    reason = (
        f"The grader failed ({type(error).__name__}{where}): "
        "a person has to look at this submission."
    )
    released = nbformat.reads(kit.notebook.decode(), as_version=4)
    scores = {
        ingest.grade_id(cell): Score(0.0, float(points), reason)
        for cell in released.cells
        if (points := cell.metadata.get("nbgrader", {}).get("points")) is not None
    }
    graded = Graded(released, scores, (reason, str(error)[:500]))
    return _result(task, kit, FAILED, graded, layers)


def _result(task: Task, kit: Kit, state: str, graded: Graded, layers: str) -> Result:
    text = nbformat.writes(graded.notebook)
    return Result(
        task.week,
        task.student,
        task.attempt,
        kit.basis,
        state,
        layers,
        text if text.endswith("\n") else text + "\n",
        graded.scores,
        graded.notes,
        graded.slips,
    )


def scheme_digest(week: str) -> str:
    """Digest of a week's marking scheme and of the helpers that it marks with, as they are installed here.

    It is read once: a process marks with what it has imported, whatever happens to the files meanwhile.
    """
    found = PathFinder.find_spec(week, list(exercises.__path__))
    return _digest(found.origin if found and found.origin else "")


@functools.cache
def _digest(scheme: str) -> str:
    """Kept by the file, not by the week: a process that did not know the week yet may know it later."""
    whole = hashlib.sha256()
    for path in [*([Path(scheme)] if scheme else []), *_marking_helpers()]:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _marking_helpers() -> list[Path]:
    """The modules of helpers but for those that draw."""
    drawing = {HELPERS / "plots", HELPERS / "widgets"}
    return sorted(path for path in HELPERS.rglob("*.py") if not drawing & set(path.parents))
