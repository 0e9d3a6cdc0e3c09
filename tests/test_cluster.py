"""A dask.distributed cluster grades, and a worker that is killed loses no submission."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import demo, grade, gradebook, release
from autograder.classroom import Classroom, CourseError
from autograder.demo import WEEK
from autograder.grade import Options
from autograder.pupils import CLASS
from tests.conftest import WEEK as TINY

pytestmark = pytest.mark.filterwarnings("ignore")  # dask's own, of its many parts
COUNT = 14


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


@pytest.fixture
def handed_in(tmp_path: Path) -> Classroom:
    """Week 1, with half-done work of many students, which is quick to grade."""
    classroom = Classroom(tmp_path / "classroom")
    list(release.release(classroom, [WEEK]))
    demo.hand_in(classroom, tmp_path / "downloads")
    half = next((tmp_path / "downloads").glob("Cleo*")) / f"{WEEK}.ipynb"
    for number in range(COUNT):
        path = classroom.submitted(f"student{number:02}", WEEK)
        path.parent.mkdir(parents=True)
        shutil.copy(half, path)
    return classroom


def test_a_killed_worker_of_the_cluster_loses_no_submission(
    cluster: Any, handed_in: Classroom
) -> None:
    how = Options(trusted=True, figures=False, cluster=cluster.scheduler_address)
    killed = []

    def kill_one() -> None:
        worker = next(iter(cluster.workers.values()))
        killed.append(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)

    rows = []
    for row in grade.grade_all(handed_in, grade.chosen(handed_in), how=how):
        rows.append(row)
        if len(rows) == 1:
            kill_one()
    assert killed
    wanted = {f"student{number:02}": 1 for number in range(COUNT)}
    assert Counter(row.student for row in rows) == wanted
    entries = gradebook.entries(handed_in)
    assert Counter(entry.student for entry in entries) == wanted
    expected = next(demo.expected(pupil) for pupil in CLASS if pupil.name.startswith("Cleo"))
    assert {entry.points for entry in entries} == {expected}
    assert {row.log.state for row in rows} == {"graded"}


def test_a_worker_with_another_marking_scheme_is_noticed(
    cluster: Any, released: Classroom, hand_in: Callable[..., Path]
) -> None:
    hand_in("ada")
    how = Options(trusted=True, cluster=cluster.scheduler_address)
    with pytest.raises(CourseError, match=f"another version of {TINY}"):
        list(grade.grade_all(released, grade.chosen(released), how=how))


def test_an_address_where_nobody_answers_is_said(
    released: Classroom, hand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.cluster.CONNECT_S", 0.5)
    hand_in("ada")
    with pytest.raises(CourseError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(
            grade.grade_all(
                released, grade.chosen(released), how=Options(cluster="tcp://127.0.0.1:9")
            )
        )
