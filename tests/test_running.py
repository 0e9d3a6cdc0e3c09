"""A submission that ends or hangs its process is carried on with, and costs nobody else anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import running
from autograder.running import Run, Runner, SandboxError
from autograder.sandbox import Limits, Stage, stage
from autograder.worker.wire import LateError, WireError

LIMITS = Limits(cell_s=1.0, call_s=1.0, answer_s=20.0, notebook_s=60.0)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with stage() as where:
        warm = Runner(where, LIMITS)
        yield warm
        warm.stop()


def cell(name: str, source: str, solution: bool = False) -> NotebookNode:
    made = nbformat.v4.new_code_cell(source, id=name)
    if solution:
        made.metadata["nbgrader"] = {"grade_id": name, "solution": True}
    return made


@pytest.fixture
def run(runner: Runner) -> Iterator[Callable[..., Run]]:
    begun: list[Run] = []

    def begin(*cells: NotebookNode, **limits: float) -> Run:
        runner.limits = replace(LIMITS, **limits)
        begun.append(Run(runner, [], nbformat.v4.new_notebook(cells=list(cells))))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


def value(run: Run, expression: str) -> str:
    header = run.request({"do": "run", "source": f"print({expression})"}, [], 5).header
    return header["error"][0] if header["error"] else header["outputs"][0]["text"].strip()


def test_cells_that_worked_are_run_again_after_the_process_ended(run: Callable[..., Run]) -> None:
    first, bad = cell("first", "x = 1"), cell("bad", "import os; os._exit(0)")
    here = run(first, bad)
    here.cell(first)
    with pytest.raises(WireError):
        here.cell(bad)
    assert value(here, "x") == "1"
    assert here.worked == [first]


def test_a_cell_that_hangs_is_not_run_again(run: Callable[..., Run]) -> None:
    slow = cell("slow", "while True: pass")
    here = run(slow)
    with pytest.raises(LateError):
        here.cell(slow)
    began = time.monotonic()
    assert value(here, "1") == "1"
    assert time.monotonic() - began < LIMITS.cell_s


def test_a_cell_that_works_only_once_is_left_out(run: Callable[..., Run]) -> None:
    fine, odd = cell("fine", "x = 1"), cell("odd", "y = 2")
    here = run(fine, odd)
    here.cell(fine)
    here.cell(odd)
    odd.source = "import os; os._exit(0)"
    here.end()
    assert value(here, "x") == "1"
    assert here.worked == [fine]


def test_scratch_cells_are_left_out_once_something_has_ended(run: Callable[..., Run]) -> None:
    bomb = cell("own-1", "import os, threading; threading.Timer(0.1, os._exit, (0,)).start()")
    helper = cell("own-2", "def step(): return 1")
    answer = cell("fit", "def fit(): return step()", solution=True)
    here = run(bomb, helper, answer)
    for each in (bomb, helper, answer):
        here.cell(each)
    time.sleep(0.3)
    assert value(here, "fit()") == "1"
    assert here.worked == [helper, answer]
    assert "left out" in here.notes[0]


def test_an_answer_has_only_so_much_time_in_all(run: Callable[..., Run]) -> None:
    here = run(answer_s=0.5)
    with here.answering():
        value(here, "1")
        with pytest.raises(LateError):
            here.request({"do": "run", "source": "import time; time.sleep(5)"}, [], 5)
        with pytest.raises(LateError):
            value(here, "1")
    assert value(here, "1") == "1"


def test_a_notebook_has_only_so_much_time_in_all(run: Callable[..., Run]) -> None:
    here = run(notebook_s=0.0)
    with pytest.raises(LateError):
        value(here, "1")


def test_replaying_is_within_the_notebooks_time(run: Callable[..., Run]) -> None:
    naps = [cell(f"nap{i}", "import time; time.sleep(0.4)") for i in range(5)]
    here = run(*naps, notebook_s=3.0)
    began = time.monotonic()
    for nap in naps:
        here.cell(nap)
    here.end()
    with pytest.raises(LateError):
        value(here, "1")
    assert time.monotonic() - began < 8


def test_a_runner_whose_warm_process_was_killed_starts_another(runner: Runner) -> None:
    runner.begin([])
    assert runner.session is not None
    runner.session.process.kill()
    runner.session.process.wait()
    runner.end()
    assert runner.begin([]).held
    runner.end()


def test_no_sandbox_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Any] = []

    def refuse(*arguments: Any) -> Any:
        tries.append(arguments)
        raise WireError("there is no room")

    monkeypatch.setattr(running, "warm_up", refuse)
    with pytest.raises(SandboxError, match="there is no room"):
        Runner(Stage(Path("/nowhere"))).begin([])
    assert len(tries) == running.STARTS
