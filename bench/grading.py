"""A class of 60 submissions of week 1: ``course grade`` against ``nbgrader autograde`` as it comes.

nbgrader runs its own steps with its own settings on copies of the same submissions, first one process, then two at
once on one gradebook. It grades fewer of them; its time for 60 is scaled, its start-up counted once. Every run starts
from files and ends with files and a gradebook; start-up is included. Memory is the largest sum, over a run's
processes, of what they use (pages they share are counted once, where the system tells).

What the sandbox costs is the time for grading a notebook of one cell, less the time for that cell in a process that
is there already: so it holds the fork, every layer, and clearing up; on one core, where a grading process keeps to.

Run ``python bench/grading.py``; `main` returns the runs. ``--quick`` only shows that all of it works: two submissions,
mostly start-up, and no long class.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder import demo, gradebook, grading, release
from autograder.classroom import Classroom
from autograder.crew import cores, keep_to
from autograder.demo import WEEK
from autograder.ingest import Submission
from autograder.pupils import CLASS, Pupil
from autograder.sandbox import self_test, stage

ROOT = Path(__file__).resolve().parents[1]
# the first pupils of the demo: all right, another style, half, nothing, two kinds of slips
STORIES = CLASS[:6]
COUNT = 60
PEER_COUNT = len(STORIES)
QUICK_COUNT = 2
LONG = (60, 600)
TRIVIAL_COUNT = 60
SAMPLE_S = 1.0  # reading how much memory is shared takes time itself
BAR_WITHOUT, BAR_WITH, BAR_MEMORY_GIB, BAR_SANDBOX_MS, BAR_GROWTH = 20.0, 7.0, 1.5, 15.0, 1.2


@dataclass(frozen=True)
class Run:
    """One measured run.

    Attributes
    ----------
    name : str
    count : int
        Submissions graded.
    seconds, start_s : float
        Wall clock of the whole run, and of starting the program alone.
    memory_bytes : float
        Largest use of all its processes together.
    points : dict of (str, str) to float
        By student and cell.
    """

    name: str
    count: int
    seconds: float
    start_s: float
    memory_bytes: float
    points: dict[tuple[str, str], float]

    def seconds_for(self, count: int) -> float:
        """The time for another number of submissions, start-up counted once."""
        each = (self.seconds - self.start_s) / self.count
        return self.start_s + count * each if count != self.count else self.seconds


def hand_in(root: Path, count: int, stories: Sequence[Pupil] = STORIES) -> Classroom:
    """A classroom with `count` submissions of week 1, the stories in turn; names tell two halves apart."""
    classroom = Classroom(root)
    list(release.release(classroom, [WEEK]))
    released = json.loads(classroom.released(WEEK).read_text("utf-8"))
    right = demo.model_answers(classroom)
    for number in range(count):
        half = "ab"[number // len(stories) % 2]
        path = classroom.submitted(f"{half}{number:03}", WEEK)
        path.parent.mkdir(parents=True)
        answered = demo.answered(released, right, stories[number % len(stories)])
        path.write_text(json.dumps(answered), "utf-8")
    return classroom


@contextmanager
def copied(classroom: Classroom) -> Iterator[Classroom]:
    """A copy to grade."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        shutil.copytree(classroom.root, Path(folder) / "class")
        yield Classroom(Path(folder) / "class")


def memory_of(process: psutil.Process) -> float:
    """Bytes that a process uses, its share of what it shares."""
    try:
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss))
    except psutil.AccessDenied:
        return float(process.memory_info().rss)
    except psutil.Error:
        return 0.0


def watch(commands: list[list[str]], folder: Path) -> tuple[float, float]:
    """Run programs at once; seconds until the last has ended, and their largest memory together."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start, most, me = time.perf_counter(), 0.0, psutil.Process()
    with tempfile.TemporaryFile() as said:
        running = [
            subprocess.Popen(c, cwd=folder, env=environment, stdout=said, stderr=said)
            for c in commands
        ]
        while any(process.poll() is None for process in running):
            most = max(most, sum(memory_of(child) for child in me.children(recursive=True)))
            _wait(running, SAMPLE_S)
        seconds = time.perf_counter() - start
        if any(process.returncode for process in running):
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-2000:])
    return seconds, most


def _wait(running: list[subprocess.Popen[bytes]], limit_s: float) -> None:
    """Wait for whichever still runs, but not long."""
    last = next((process for process in running if process.poll() is None), running[0])
    try:
        last.wait(limit_s)
    except subprocess.TimeoutExpired:
        return


def points(classroom: Classroom) -> dict[tuple[str, str], float]:
    """What the gradebook holds; answers in words wait for a person."""
    return {
        (entry.student, mark.name): mark.points or 0.0
        for entry in gradebook.entries(classroom)
        for mark in entry.marks
    }


def measure(name: str, classroom: Classroom, commands: list[list[str]], start: list[str]) -> Run:
    """Grade a copy of a class."""
    with copied(classroom) as copy:
        start_s, _ = watch([start], copy.root)
        placed = [[word.replace("CLASSROOM", str(copy.root)) for word in c] for c in commands]
        seconds, memory = watch(placed, copy.root)
        found = points(copy)
    count = len(classroom.submissions(WEEK))
    return Run(name, count, seconds, start_s, memory, found)


def ours(classroom: Classroom, *options: str, name: str) -> Run:
    """``course grade`` with two workers."""
    course = [sys.executable, "-m", "autograder.cli"]
    command = [*course, "grade", WEEK, "--classroom", "CLASSROOM", "--workers", "2", *options]
    return measure(name, classroom, [command], [*course, "--help"])


def peer(classroom: Classroom, patterns: Sequence[str], name: str) -> Run:
    """``nbgrader autograde`` with its own settings, one process for each pattern of students."""
    nbgrader = [sys.executable, "-m", "nbgrader", "autograde"]
    settings = ["--CourseDirectory.root=CLASSROOM", "--log-level=ERROR"]
    commands = [[*nbgrader, WEEK, *settings, f"--student={pattern}"] for pattern in patterns]
    return measure(name, classroom, commands, [*nbgrader, "--help"])


def agreement(run: Run, other: Run) -> str:
    """Cells whose points agree; a check that nbgrader runs is all or nothing, so partial points are told apart."""
    common = run.points.keys() & other.points.keys()
    if "nbgrader" not in other.name:
        same = sum(run.points[key] == other.points[key] for key in common)
        return f"{same} of {len(common)} equal"
    most = {
        name: max(run.points[key] for key in run.points if key[1] == name) for _, name in common
    }
    whole = {key for key in common if run.points[key] in (0.0, most[key[1]])}
    same = sum(abs(run.points[key] - other.points[key]) < 1e-9 for key in whole)
    return f"{same} of {len(whole)} equal; {len(common) - len(whole)} with partial points here"


def table(runs: Sequence[Run], stock: Run, reference: Run) -> list[str]:
    """Rows of a Markdown table; all are scaled to the number of submissions that we grade."""
    count = reference.count
    lines = [
        f"| {count} submissions of week 1 | s | submissions/s | × nbgrader | memory MiB | points by cell |",
        "|---|---|---|---|---|---|",
    ]
    for run in runs:
        seconds = run.seconds_for(count)
        ratio = stock.seconds_for(count) / seconds
        scaled = f" ({run.count} measured)" if run.count != count else ""
        said = "" if run is reference else agreement(reference, run)
        lines.append(
            f"| {run.name}{scaled} | {seconds:.1f} | {count / seconds:.2f} | {ratio:.1f} "
            f"| {run.memory_bytes / 2**20:.0f} | {said} |"
        )
    return lines


def growth(root: Path) -> list[str]:
    """The time for a long class of which nobody has answered anything: cheap, and mostly overhead."""
    lines = [
        "| unanswered submissions | s | ms each after start-up | memory MiB |",
        "|---|---|---|---|",
    ]
    each = []
    for count in LONG:
        long = hand_in(root / f"long{count}", count, CLASS[3:4])
        run = ours(long, "--no-figures", name="")
        each.append(1000 * (run.seconds - run.start_s) / count)
        lines.append(
            f"| {count} | {run.seconds:.1f} | {each[-1]:.0f} | {run.memory_bytes / 2**20:.0f} |"
        )
    good = each[-1] <= BAR_GROWTH * each[0]
    said = f"{LONG[-1]} submissions: {each[-1] / each[0]:.2f} × the time each of {LONG[0]}"
    return [*lines, "", f"{said} (at most {BAR_GROWTH:g}): {_mark(good)}"]


def sandbox(count: int = TRIVIAL_COUNT) -> str:
    """What the sandbox costs for each submission."""
    cell = {"do": "run", "source": "1 + 1"}
    with stage() as where, on_one_core():
        runner = grading.Runner(where)
        layers, _ = self_test(where, runner.limits)

        def whole() -> None:
            trivial = new_notebook(cells=[new_code_cell(cell["source"])])
            grading.grade(WEEK, Submission(trivial), b"seed", runner)

        try:
            with_it = _median_ms(whole, count)
            inside = runner.begin([])
            without = _median_ms(lambda: inside.request(cell, [], 10.0), count)
        finally:
            runner.stop()
    cost = with_it - without
    good = _mark(cost <= BAR_SANDBOX_MS)
    return (
        f"the sandbox ({layers}): {cost:.1f} ms a submission (at most {BAR_SANDBOX_MS:g}): {good}"
    )


@contextmanager
def on_one_core() -> Iterator[None]:
    """As the processes of a crew are."""
    before = cores()
    keep_to(before[0] if before else None)
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def _median_ms(act: Callable[[], Any], count: int) -> float:
    act()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def _mark(good: bool) -> str:
    return "✓" if good else "missed"


def verdicts(runs: Sequence[Run], stock: Run) -> Iterator[str]:
    """How many times as fast as nbgrader each of our runs is, and its bar."""
    for run, bar in zip(runs, (BAR_WITHOUT, BAR_WITH), strict=True):
        ratio = stock.seconds_for(run.count) / run.seconds
        memory = run.memory_bytes / 2**30
        good = _mark(ratio >= bar and memory <= BAR_MEMORY_GIB)
        yield (
            f"{run.name}: {ratio:.1f} × nbgrader (at least {bar:g}), {memory:.2f} GiB (at most {BAR_MEMORY_GIB:g}): {good}"
        )


def main(quick: bool = False) -> tuple[list[Run], list[str]]:
    """Measure and print; the runs and the lines of the tables."""
    lines = [sandbox()]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        few = hand_in(root / "few", QUICK_COUNT if quick else PEER_COUNT)
        many = few if quick else hand_in(root / "many", COUNT)
        without = ours(many, "--no-figures", name="course grade --no-figures")
        drawn = ours(many, name="course grade")
        stock = peer(few, ["*"], "nbgrader autograde")
        runs = [without, drawn, stock]
        if not quick:
            two = hand_in(root / "two", 2 * PEER_COUNT)
            runs.append(peer(two, ["a*", "b*"], "nbgrader autograde, two at once"))
        lines += ["", *table(runs, stock, without)]
        if not quick:
            lines += ["", *verdicts([without, drawn], stock), "", *growth(root)]
    print("\n".join(lines))
    return runs, lines


if __name__ == "__main__":
    main("--quick" in sys.argv)
