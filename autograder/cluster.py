"""Grade on an existing dask.distributed cluster: its workers need this package and nothing of the class.

What travels are plain data: released files, submitted bytes and a seed there, graded notebooks and scores back.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from autograder import task
from autograder.classroom import CourseError
from autograder.crew import Job, LostError
from autograder.task import Bench, Kit, Result, Task

BATCH = 4
BATCHES_PER_THREAD = 3
CONNECT_S = 20.0


class Cluster:
    """A connection to a scheduler; used as a context, which closes it.

    Parameters
    ----------
    address : str
        Such as ``tcp://scheduler:8786``.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.client: Any = None

    def __enter__(self) -> Cluster:
        """Connect.

        Raises
        ------
        CourseError
            If there is no dask here, or no scheduler there.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(
                "--dask needs dask: python -m pip install 'calculus-course[cluster]'."
            ) from error
        try:
            self.client = Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(f"no dask scheduler answers at {self.address}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection; what has not begun is forgotten."""
        self.client.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Grade; results come as they are ready, one for each job, whatever happens to a worker.

        Raises
        ------
        CourseError
            If the sandbox of a worker does not hold and the notebooks are not trusted.
        """
        from distributed import as_completed

        coming, at = _batches(jobs), dict[Any, list[Job]]()
        running = as_completed(loop=self.client.loop)
        for batch in itertools.islice(coming, self._most()):
            at[self._submit(batch, running)] = batch
        for future in running:
            yield from _results(future, at.pop(future))
            for more in itertools.islice(coming, 1):
                at[self._submit(more, running)] = more

    def _most(self) -> int:
        """How many batches to keep there: enough for all workers, and few enough for this one's memory."""
        return BATCHES_PER_THREAD * max(1, sum(self.client.nthreads().values()))

    def _submit(self, batch: list[Job], running: Any) -> Any:
        """Send a batch with its kit: data kept there would be lost with the workers that hold them."""
        kit, tasks = batch[0][0], [given for _, given in batch]
        future = self.client.submit(grade_batch, kit, tasks, pure=False)
        running.add(future)
        return future


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """A few jobs of the same week at a time."""
    for _, same in itertools.groupby(jobs, key=lambda job: id(job[0])):
        while batch := list(itertools.islice(same, BATCH)):
            yield batch


def _results(future: Any, batch: list[Job]) -> Iterator[Result]:
    """What came of a batch.

    Raises
    ------
    CourseError
        If the person at the keyboard can mend what went wrong.
    """
    error = future.exception()
    if error is None:
        yield from future.result()
    elif isinstance(error, CourseError):
        raise error
    else:
        lost = LostError(f"the cluster could not grade it: {type(error).__name__}")
        yield from (task.failed(given, kit, lost) for kit, given in batch)


BENCHES: dict[str, tuple[Bench, contextlib.ExitStack]] = {}
ONE_AT_A_TIME = threading.Lock()


def grade_batch(kit: Kit, tasks: list[Task]) -> list[Result]:
    """Grade a few submissions, in a worker of the cluster; its sandbox stays warm for the next batch."""
    with ONE_AT_A_TIME:
        on = _bench(kit)
        return [task.grade(given, on) for given in tasks]


def _bench(kit: Kit) -> Bench:
    """The bench for a kit; one that was set up for another one is taken down."""
    key = f"{kit.basis} {kit.trusted} {kit.figures} {kit.limits}"
    if key not in BENCHES:
        clear()
        stack = contextlib.ExitStack()
        BENCHES[key] = stack.enter_context(task.bench(kit)), stack
    return BENCHES[key][0]


@atexit.register
def clear() -> None:
    """Take the bench down."""
    while BENCHES:
        BENCHES.popitem()[1][1].close()
