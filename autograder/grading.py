"""Grade one submission: its cells run elsewhere, its answers are compared here.

The scores are written into the check cells as outputs that nbgrader reads (the points, as a number), so its own
commands give the same grades.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder import exercises, outputs
from autograder.compiler import compile_hidden, slips
from autograder.exercise import Exercise
from autograder.ingest import Submission, grade_id, is_check, is_solution
from autograder.lesson import Shown, failed
from autograder.running import Run, Runner, SandboxError
from autograder.worker.wire import LateError, WireError
from helpers.check import refused
from helpers.marking import Report, mark, recognise
from helpers.plain import PlainDataError
from helpers.probes import Outcome, Probe
from helpers.schemes import probe_tree, read_outcome
from helpers.wording import describe

__all__ = ["CHECK", "Graded", "Runner", "SandboxError", "Score", "grade"]
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


def grade(
    week: str,
    submission: Submission,
    seed: bytes,
    runner: Runner,
    files: tuple[str, ...] = (),
    shown: Mapping[str, Shown] | None = None,
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
    shown : mapping of str to Shown, optional
        What cells show that show the same in every submission: they need not draw, or need not even run.
    """
    notebook = submission.notebook
    if not submission.readable:
        return _unreadable(notebook, submission.notes)
    run = Run(runner, list(files), notebook)
    known = exercises.of_week(week)
    graded = Graded(notebook, {})
    try:
        for cell in notebook.cells:
            _grade_cell(cell, run, known, seed, graded, (shown or {}).get(cell.id))
    finally:
        run.end()
    return dataclasses.replace(graded, notes=(*submission.notes, *run.notes))


def _grade_cell(
    cell: NotebookNode,
    run: Run,
    known: dict[str, Exercise],
    seed: bytes,
    graded: Graded,
    shown: Shown | None,
) -> None:
    name = grade_id(cell)
    if is_check(cell) and name.removeprefix(CHECK) in known:
        _grade_check(cell, known[name.removeprefix(CHECK)], run, seed, graded)
    elif cell.metadata.get("nbgrader", {}).get("points") is not None:
        graded.scores[name] = _by_hand(cell)
    elif cell.cell_type == "code" and cell.source.strip():
        run.text.add(cell.source)
        if shown is None or shown.runs:
            cell.outputs = _run_cell(cell, run, draws=shown is None)
        if shown is not None and not failed(cell.outputs):
            cell.outputs = copy.deepcopy(list(shown.outputs))


def _grade_check(
    cell: NotebookNode, exercise: Exercise, run: Run, seed: bytes, graded: Graded
) -> None:
    name = grade_id(cell)
    try:
        report = _refuse(exercise, run) or grade_answer(exercise, run, seed)
        _write_report(cell, report)
        graded.scores[name] = Score(report.points, report.max_points, comment_of(report))
    except SandboxError:
        raise
    except Exception as error:  # noqa: BLE001 (it costs no other answer anything)
        remark = (
            f"The grader could not judge this answer ({type(error).__name__}): a person has to."
        )
        _write_report(cell, Report(exercise.name, 0.0, exercise.points, remarks=(remark,)))
        graded.scores[name] = Score(None, exercise.points, remark)
        return
    if report.mistake:
        graded.slips[exercise.name] = report.mistake.sentence


def _by_hand(cell: NotebookNode) -> Score:
    from nbgrader.utils import compute_checksum

    points = float(cell.metadata.nbgrader["points"])
    if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell):
        return Score(0.0, points, "No response.")
    return Score(None, points)


def _run_cell(cell: NotebookNode, run: Run, draws: bool) -> list[NotebookNode]:
    """Run a cell; what it showed. A cell that hangs or kills its process is not run again."""
    try:
        return outputs.read(run.cell(cell, draws).header)
    except LateError:
        return [outputs.error("TimeoutError", f"the cell took longer than {run.limits.cell_s:g} s")]
    except WireError:
        return [outputs.error("ProcessEnded", "the cell ended the process that ran it")]
    except outputs.UnreadableOutputsError:
        return [outputs.error("Unreadable", "the cell's outputs could not be read")]


def grade_answer(exercise: Exercise, run: Run, seed: bytes) -> Report:
    """Ask the probes of one exercise and mark what comes."""
    scheme, public = compile_hidden(exercise, seed, with_mistakes=False)
    borrowed: list[str] = []
    with run.answering():
        report = mark(scheme, lambda probe: _ask(exercise, probe, run, borrowed), public=public)
    if borrowed:
        return refused(exercise.name, exercise.points, borrowed[0])
    if report.passed or not report.answered:
        return report
    mistake = recognise(scheme, report.outcomes, slips(exercise, scheme))
    return dataclasses.replace(report, mistake=mistake)


def _refuse(exercise: Exercise, run: Run) -> Report | None:
    """A report if the text of the answer, or of what it uses, names a refused function."""
    helper = run.text.borrowed(exercise.name, exercise.refuses)
    return refused(exercise.name, exercise.points, helper) if helper else None


def _ask(exercise: Exercise, probe: Probe, run: Run, borrowed: list[str]) -> Outcome:
    """Ask one probe; an Outcome comes back, whatever happens. A refused function it used joins `borrowed`."""
    buffers: list[bytes] = []
    names = {"name": exercise.name, "refuses": list(exercise.refuses)}
    question = {**probe_tree(probe, buffers), "group": ""}  # which points it is for is not theirs
    try:
        frame = run.request({"do": "ask", **names, **question}, buffers, run.limits.call_s)
        outcome = read_outcome(frame.header, frame.buffers)
        if frame.header.get("borrowed"):
            borrowed.append(outputs.line(frame.header["borrowed"])[:100])
        errors = tuple(
            map(outputs.line, outcome.errors)
        )  # an error cannot pass for lines of a report
        return dataclasses.replace(outcome, errors=errors, message=outputs.line(outcome.message))
    except LateError as error:
        return Outcome(errors=("TimeoutError",), message=str(error))
    except WireError:
        return Outcome(errors=("ProcessEnded",), message="the call ended the process that ran it")
    except (PlainDataError, TypeError):
        run.end()
        return Outcome(errors=("Unreadable",), message="what came back was not plain data")


def comment_of(report: Report) -> str:
    """What nbgrader shows beside the points."""
    if not report.answered:
        return "No response."
    return "" if report.passed else outputs.text(describe(report, graded=True))


def _write_report(cell: NotebookNode, report: Report) -> None:
    text = outputs.text(describe(report, graded=True)) + "\n"
    result = {"text/plain": repr(float(report.points))}
    cell.outputs = [
        outputs.made("stream", name="stdout", text=text),
        outputs.made("execute_result", data=result, metadata={}, execution_count=None),
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
