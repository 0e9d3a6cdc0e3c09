"""Grade on several cores: processes that compute, each with a sandbox of its own; who asks them writes.

A process that dies takes no submission with it: a fresh one tries again. When the process that asks is gone, even
killed, the others end and clear up.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

from autograder import task
from autograder.classroom import CourseError
from autograder.task import Kit, Result, Task

Job = tuple[Kit, Task]
TRIES = 3
END_S = 15.0
PR_SET_PDEATHSIG = 1


class LostError(RuntimeError):
    """The processes that graded a submission ended every time."""


@dataclass
class Worker:
    """One process, the pipe to it, its core, the kit it has set up and the job it is at."""

    process: BaseProcess
    pipe: Connection
    core: int | None = None
    kit: Kit | None = None
    job: Job | None = None
    tries: int = 0

    def give(self, job: Job, tries: int) -> None:
        """Let it begin a job; the kit goes along where it is a new one."""
        kit = None if self.kit is job[0] else job[0]
        self.kit, self.job, self.tries = job[0], job, tries
        with contextlib.suppress(OSError):  # it has died: nothing will come from its pipe
            self.pipe.send((kit, job[1]))

    def stop(self) -> None:
        """Ask it to end; kill it if it does not."""
        self.pipe.close()
        self.process.terminate()
        self.process.join(END_S)
        self.process.kill()
        self.process.join()


class Crew:
    """Up to `size` processes that grade; used as a context, which ends them.

    Parameters
    ----------
    size : int
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.workers: list[Worker] = []
        self.folder = ""
        self.cores = random.sample(cores(), len(cores()))  # two crews need not choose the same

    def __enter__(self) -> Crew:
        """Make the folder in which the processes keep what they need."""
        self._folder = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)
        self.folder = self._folder.name
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.stop()
        self._folder.cleanup()

    def run(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Grade; results come as they are ready.

        Raises
        ------
        CourseError
            If the sandbox does not hold and the notebooks are not trusted.
        """
        coming = iter(jobs)
        again: deque[tuple[Job, int]] = deque()
        while True:
            while len(self._busy()) < self.size and (given := _next(coming, again)):
                self._idle().give(*given)
            if not self._busy():
                return
            for worker in self._ready():
                yield from self._take(worker, again)

    def _busy(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.job]

    def _ready(self) -> list[Worker]:
        """Those who have an answer, or have died."""
        pipes = wait([worker.pipe for worker in self._busy()])
        return [worker for worker in self.workers if worker.pipe in pipes]

    def _idle(self) -> Worker:
        """A process that waits; a new one if there is none."""
        found = next((worker for worker in self.workers if not worker.job), None)
        if found is None:
            found = start(self.folder, [worker.pipe for worker in self.workers], self._core())
            self.workers.append(found)
        return found

    def _core(self) -> int | None:
        """The core that the fewest processes keep to."""
        taken = Counter(worker.core for worker in self.workers)
        return min(self.cores, key=lambda core: taken[core], default=None)

    def _take(self, worker: Worker, again: deque[tuple[Job, int]]) -> Iterator[Result]:
        """What a worker has sent; its job again on another one if it has died."""
        assert worker.job is not None
        job, worker.job = worker.job, None
        try:
            answer: Result | CourseError = worker.pipe.recv()
        except (EOFError, OSError):
            self.workers.remove(worker)
            worker.stop()
            if worker.tries < TRIES:
                again.append((job, worker.tries + 1))
            else:
                error = LostError(f"its process ended {TRIES} times")
                yield task.failed(job[1], job[0], error)
            return
        if isinstance(answer, CourseError):
            raise answer
        yield answer


def _next(coming: Iterator[Job], again: deque[tuple[Job, int]]) -> tuple[Job, int] | None:
    if again:
        return again.popleft()
    job = next(coming, None)
    return None if job is None else (job, 1)


def cores() -> list[int]:
    """The cores that this process may use, where the system tells."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def keep_to(core: int | None) -> None:
    """Stay on one core, with all that is started from now on.

    A grading process and the submission's own take turns, hundreds of times for a submission. On one core they
    hand over in a few microseconds; from core to core it takes ten times as long.
    """
    if core is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})


def start(folder: str, others: list[Connection], core: int | None = None) -> Worker:
    """Start a process that grades; as a copy of this one where that is safe."""
    copies = sys.platform == "linux"
    context: Any = multiprocessing.get_context("fork" if copies else "spawn")
    ours, theirs = context.Pipe()
    not_its_own = [ours, *others] if copies else []
    arguments = theirs, os.getpid(), folder, not_its_own, core
    process = context.Process(target=serve, args=arguments, daemon=True)
    with without_interrupt():
        process.start()
    theirs.close()
    return Worker(process, ours, core)


@contextlib.contextmanager
def without_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back: in the middle of a fork it would be lost here, and stop the copy too early there."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(
    pipe: Connection, parent: int, folder: str, not_its_own: list[Connection], core: int | None
) -> None:
    """Grade what comes through the pipe until nobody holds its other end."""
    for other in not_its_own:
        other.close()
    signal.signal(signal.SIGINT, _nothing)  # Ctrl-C is for the process that asks
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back while it was made
    end_with(parent)
    keep_to(core)
    tempfile.tempdir = folder
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _grade_all(pipe)
    with contextlib.suppress(OSError):
        Path(folder).rmdir()  # the last one to leave, where nobody else clears up


def _grade_all(pipe: Connection) -> None:
    with contextlib.ExitStack() as stack:
        on: task.Bench | None = None
        while True:
            kit, given = pipe.recv()
            try:
                if kit is not None or on is None:
                    stack.close()
                    on = stack.enter_context(task.bench(kit))
                answer: Result | CourseError = task.grade(given, on)
            except CourseError as error:
                answer = error
            pipe.send(answer)


def _nothing(number: int, frame: FrameType | None) -> None:
    """Not the same as ignoring the signal: programs that are started do not inherit it."""


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, _nothing)  # once is enough: clearing up must not be interrupted
    if sys.platform != "win32":
        signal.alarm(int(3 * END_S))  # the end of it, should clearing up hang
    raise SystemExit(0)


def end_with(parent: int) -> None:
    """Be asked to end when the process that started this one ends, however it does."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            raise SystemExit(0)
    else:
        threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    starter = multiprocessing.parent_process()
    if starter is not None:
        starter.join()
    os.kill(os.getpid(), signal.SIGTERM)
