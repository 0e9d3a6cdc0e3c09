"""Grade one submission: its cells run elsewhere, its answers are compared here.

The scores are written into the check cells as outputs that nbgrader reads (the points, as a number), so its own
commands give the same grades.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import borrowing, exercises
from autograder.compiler import compile_hidden
from autograder.exercise import Exercise
from autograder.ingest import Submission, grade_id, is_check, is_solution
from autograder.sandbox import Limits, Session, Stage, warm_up
from autograder.worker.wire import Frame, LateError, WireError
from helpers.check import refused
from helpers.marking import Report, mark, recognise
from helpers.plain import PlainDataError
from helpers.probes import Outcome, Probe
from helpers.schemes import probe_tree, read_outcome
from helpers.wording import describe

CHECK = "check_"


@dataclass(frozen=True)
class Score:
    """Points of one graded cell; ``points`` is None where a person has to mark it."""

    points: float | None
    max_points: float
    comment: str = ""


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    Attributes
    ----------
    notebook : NotebookNode
        With outputs; check cells hold the report and the points.
    scores : dict of str to Score
        By grade_id, for every cell that holds points.
    notes : tuple of str
        Repairs and flags, for the instructor.
    slips : dict of str to str
        The named mistake of an exercise, where there is one.
    """

    notebook: NotebookNode
    scores: dict[str, Score]
    notes: tuple[str, ...] = ()
    slips: dict[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """Keeps a warm process ready for one submission after the other."""

    stage: Stage
    limits: Limits = field(default_factory=Limits)
    figures: bool = True
    session: Session | None = None

    def begin(self, files: list[str]) -> Session:
        """A process for the next submission, in a warm one where there is one."""
        if self.session is None:
            self.session = warm_up(self.stage, self.limits)
        try:
            self.session.begin(self.limits, files, self.figures)
        except WireError:
            self.stop()
            raise
        return self.session

    def end(self) -> None:
        """End the submission; keep the warm process only if nothing is left of it."""
        if self.session is not None and not self.session.end():
            self.stop()

    def stop(self) -> None:
        """Kill the warm process."""
        if self.session is not None:
            self.session.stop()
            self.session = None


@dataclass
class Run:
    """A submission being run: the cells that worked, the time that is left."""

    runner: Runner
    files: list[str]
    session: Session | None = None
    replayed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    started_s: float = field(default_factory=time.monotonic)

    @property
    def limits(self) -> Limits:
        """The limits of the run."""
        return self.runner.limits

    def request(self, header: dict[str, Any], buffers: list[bytes], limit_s: float) -> Frame:
        """Send a request to the submission's process, starting one if there is none."""
        left_s = self.started_s + self.limits.notebook_s - time.monotonic()
        if left_s <= 0:
            raise LateError("the whole notebook's time is used up")
        try:
            if self.session is None:
                self._start()
            assert self.session is not None
            return self.session.request(header, buffers, min(limit_s, left_s))
        except WireError:
            self.stop()
            raise

    def _start(self) -> None:
        """Begin a process and run again the cells that worked."""
        self.session = self.runner.begin(self.files)
        for source in self.replayed:
            self.session.request({"do": "run", "source": source}, [], self.limits.cell_s)

    def stop(self) -> None:
        """Kill the process, warm or not: it may be in any state."""
        self.session = None
        self.runner.stop()

    def end(self) -> None:
        """The submission is done."""
        if self.session is not None:
            self.runner.end()


def grade(
    week: str, submission: Submission, seed: bytes, runner: Runner, files: tuple[str, ...] = ()
) -> Graded:
    """Grade a submission.

    Parameters
    ----------
    week : str
        Name of the week, as in ``autograder/exercises``.
    submission : Submission
    seed : bytes
        Draws the hidden probes; log it to grade again with the same ones.
    runner : Runner
        Runs one submission at a time.
    files : tuple of str
        Names of the stage's released files that the notebook finds beside it.
    """
    notebook = submission.notebook
    if not submission.readable:
        return _unreadable(notebook, submission.notes)
    run = Run(runner, list(files))
    known = exercises.of_week(week)
    graded = Graded(notebook, {})
    try:
        for cell in notebook.cells:
            _grade_cell(cell, run, known, seed, graded)
    finally:
        run.end()
    return dataclasses.replace(graded, notes=(*submission.notes, *run.notes))


def _grade_cell(
    cell: NotebookNode, run: Run, known: dict[str, Exercise], seed: bytes, graded: Graded
) -> None:
    name = grade_id(cell)
    if is_check(cell) and name.removeprefix(CHECK) in known:
        exercise = known[name.removeprefix(CHECK)]
        report = _refuse(exercise, graded.notebook) or grade_answer(exercise, run, seed)
        _write_report(cell, report)
        graded.scores[name] = Score(report.points, report.max_points, comment_of(report))
        if report.mistake:
            graded.slips[exercise.name] = report.mistake.sentence
    elif cell.metadata.get("nbgrader", {}).get("points") is not None:
        graded.scores[name] = _by_hand(cell)
    elif cell.cell_type == "code" and cell.source.strip():
        cell.outputs = _run_cell(cell.source, run)


def _by_hand(cell: NotebookNode) -> Score:
    from nbgrader.utils import compute_checksum

    points = float(cell.metadata.nbgrader["points"])
    if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell):
        return Score(0.0, points, "No response.")
    return Score(None, points)


def _run_cell(source: str, run: Run) -> list[NotebookNode]:
    """Run a cell; what it showed. A cell that hangs or kills its process is left out of replays."""
    try:
        frame = run.request({"do": "run", "source": source}, [], run.limits.cell_s)
        outputs, error = frame.header["outputs"], frame.header["error"]
        shown = [output for item in outputs if (output := _clean_output(item))]
        run.replayed.append(source)
        return shown + ([_error_output(*error)] if error else [])
    except LateError:
        return [_error_output("TimeoutError", f"the cell took longer than {run.limits.cell_s:g} s")]
    except WireError:
        return [_error_output("ProcessEnded", "the cell ended the process that ran it")]
    except (KeyError, TypeError, ValueError):
        run.stop()
        return [_error_output("ProcessEnded", "the cell's outputs could not be read")]


def _clean_output(item: dict[str, Any]) -> NotebookNode | None:
    """A new output with the fields that are allowed, whatever the worker sent."""
    kind = item["output_type"]
    if kind == "stream":
        name = "stderr" if item["name"] == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=str(item["text"]))
    data = {mime: str(item["data"][mime]) for mime in ("text/plain", "image/png") if mime in item["data"]}
    return nbformat.v4.new_output("display_data", data=data) if data else None


def _error_output(name: str, message: str, line: str = "0") -> NotebookNode:
    where = f"line {line}: " if line.isdigit() and line != "0" else ""
    text = f"{where}{name}: {message}"
    return nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[text])


def grade_answer(exercise: Exercise, run: Run, seed: bytes) -> Report:
    """Ask the probes of one exercise and mark what comes."""
    scheme, public = compile_hidden(exercise, seed, with_mistakes=False)
    if scheme.refuses and scheme.probes:
        helper = _borrowed(exercise, scheme.probes[0], run)
        if helper:
            return refused(exercise.name, exercise.points, helper)
    report = mark(scheme, lambda probe: _ask(exercise.name, probe, run), public=public)
    if not report.findings:
        return report
    with_slips, _ = compile_hidden(exercise, seed)
    return dataclasses.replace(report, mistake=recognise(with_slips, report.outcomes))


def _refuse(exercise: Exercise, notebook: NotebookNode) -> Report | None:
    """A report if the text of the answer itself uses a refused function."""
    sources = [cell.source for cell in notebook.cells if grade_id(cell) == exercise.name]
    helper = next((found for text in sources if (found := borrowing.find(text, exercise.refuses))), "")
    return refused(exercise.name, exercise.points, helper) if helper else None


def _ask(name: str, probe: Probe, run: Run) -> Outcome:
    buffers: list[bytes] = []
    header = {"do": "ask", "name": name, **probe_tree(probe, buffers)}
    try:
        frame = run.request(header, buffers, run.limits.call_s)
        return read_outcome(frame.header, frame.buffers)
    except LateError:
        return Outcome(errors=("TimeoutError",), message=f"no answer within {run.limits.call_s:g} s")
    except WireError:
        return Outcome(errors=("ProcessEnded",), message="the call ended the process that ran it")
    except (PlainDataError, KeyError, TypeError, ValueError):
        run.stop()
        return Outcome(errors=("Unreadable",), message="what came back was not plain data")


def _borrowed(exercise: Exercise, probe: Probe, run: Run) -> str:
    buffers: list[bytes] = []
    header = {"do": "borrowed", "name": exercise.name, "refuses": list(exercise.refuses)}
    try:
        frame = run.request({**header, **probe_tree(probe, buffers)}, buffers, run.limits.call_s)
        return str(frame.header.get("borrowed", ""))[:100]
    except WireError:
        return ""


def comment_of(report: Report) -> str:
    """What nbgrader shows beside the points."""
    if not report.answered:
        return "No response."
    return "" if report.passed else describe(report, graded=True)


def _write_report(cell: NotebookNode, report: Report) -> None:
    text = describe(report, graded=True) + "\n"
    result = {"text/plain": repr(float(report.points))}
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=text),
        nbformat.v4.new_output("execute_result", data=result, execution_count=None),
    ]


def _unreadable(notebook: NotebookNode, notes: tuple[str, ...]) -> Graded:
    """Every cell that holds points gets 0 with the reason."""
    scores = {}
    for cell in notebook.cells:
        points = cell.metadata.get("nbgrader", {}).get("points")
        if points is None:
            continue
        scores[grade_id(cell)] = Score(0.0, float(points), notes[0])
        if is_check(cell) and cell.cell_type == "code":
            _write_report(cell, Report(grade_id(cell), 0.0, float(points), remarks=notes[:1]))
    return Graded(notebook, scores, notes)
