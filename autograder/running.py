"""Run one submission after the other, and carry on where a cell or an answer ended its process."""

from __future__ import annotations

import contextlib
import functools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder import borrowing
from autograder.ingest import grade_id, is_own, is_solution
from autograder.sandbox import Limits, Serving, Stage, warm_up
from autograder.worker.wire import Frame, LateError, WireError

STARTS = 3


class SandboxError(RuntimeError):
    """No process could be started to run submissions in: nobody's answers are to blame."""


@dataclass
class Runner:
    """Keeps a warm process ready for one submission after the other."""

    stage: Stage
    limits: Limits = field(default_factory=Limits)
    figures: bool = True
    session: Serving | None = None

    def begin(self, files: list[str]) -> Serving:
        """A process for the next submission, in a warm one where there is one.

        Raises
        ------
        SandboxError
            If none can be started.
        """
        reason = ""
        for _ in range(STARTS):
            try:
                if self.session is None:
                    self.session = warm_up(self.stage, self.limits, self.figures)
                self.session.begin(self.limits, files)
                return self.session
            except (WireError, OSError) as error:
                reason = str(error)
                self.stop()
        raise SandboxError(f"the sandbox does not start: {reason}")

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
    """A submission being run: the text so far, the cells that worked, the time that is left.

    When its process ends or hangs, a new one runs the cells again that worked, without the student's scratch
    cells: a cell that no answer needs costs no answer anything.
    """

    runner: Runner
    files: list[str]
    notebook: NotebookNode
    session: Serving | None = None
    text: borrowing.Text = field(default_factory=borrowing.Text)
    worked: list[NotebookNode] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    until_s: float = 0.0
    answer_until_s: float = math.inf

    def __post_init__(self) -> None:
        self.until_s = time.monotonic() + self.limits.notebook_s

    @property
    def limits(self) -> Limits:
        """The limits of the run."""
        return self.runner.limits

    @functools.cached_property
    def scratch(self) -> set[str]:
        """Ids of the student's own cells that no answer needs."""
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        names = [grade_id(cell) for cell in cells if is_solution(cell)]
        needed = borrowing.needed(names, [cell.source for cell in cells])
        return {cell.id for i, cell in enumerate(cells) if is_own(cell) and i not in needed}

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While one answer is asked, which has only so much time in all."""
        self.answer_until_s = time.monotonic() + self.limits.answer_s
        try:
            yield
        finally:
            self.answer_until_s = math.inf

    def cell(self, cell: NotebookNode, draws: bool = True) -> Frame:
        """Run a cell; unless it draws, it shows its pictures in words.

        Raises
        ------
        LateError
            If it hangs, or no time is left.
        WireError
            If it ended its process.
        """
        header = self._to_run(cell, draws)
        if is_own(cell):
            frame = self._once(header, [], self.limits.cell_s)
        else:
            frame = self.request(header, [], self.limits.cell_s)
        self.worked.append(cell)
        return frame

    def _to_run(self, cell: NotebookNode, draws: bool) -> dict[str, Any]:
        return {"do": "run", "source": cell.source, "draws": draws and self.runner.figures}

    def request(self, header: dict[str, Any], buffers: list[bytes], limit_s: float) -> Frame:
        """Send a request to the submission's process; once more without scratch cells if it ends.

        Raises
        ------
        LateError
            If there was no answer in time, or no time is left.
        WireError
            If the process ended or spoke nonsense.
        """
        try:
            return self._once(header, buffers, limit_s)
        except WireError:
            if not self._leave_out_scratch():
                raise
            return self._once(header, buffers, limit_s)

    def _once(self, header: dict[str, Any], buffers: list[bytes], limit_s: float) -> Frame:
        session = self.session or self._start()
        try:
            return session.request(header, buffers, self._within(limit_s))
        except WireError:
            self.end()
            raise

    def _within(self, limit_s: float) -> float:
        left_s = min(self.until_s, self.answer_until_s) - time.monotonic()
        if left_s <= 0:
            raise LateError("the time for all of it is used up")
        return min(limit_s, left_s)

    def _start(self) -> Serving:
        """Begin a process and run again the cells that worked; one that does not work again is left out."""
        while True:
            self._within(math.inf)
            session = self.session = self.runner.begin(self.files)
            failed = next(
                (cell for cell in self.worked if not self._works_again(session, cell)), None
            )
            if failed is None:
                return session
            self.end()
            if not self._leave_out_scratch():
                self.worked.remove(failed)

    def _works_again(self, session: Serving, cell: NotebookNode) -> bool:
        try:
            limit_s = self._within(self.limits.cell_s)
            session.request(self._to_run(cell, is_own(cell)), [], limit_s)
        except WireError:
            return False
        return True

    def _leave_out_scratch(self) -> bool:
        """Leave scratch cells out from now on; whether there were any."""
        kept = [cell for cell in self.worked if cell.get("id") not in self.scratch]
        if len(kept) == len(self.worked):
            return False
        self.worked = kept
        self.end()
        self.notes.append(
            "Cells that no answer needs were left out, for the process ended or hung."
        )
        return True

    def end(self) -> None:
        """Kill the submission's process; the warm one stays."""
        if self.session is not None:
            self.session = None
            self.runner.end()
