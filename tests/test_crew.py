"""Several processes grade, and whatever is killed when, every submission is graded once and nothing is left over."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import grade, gradebook, task
from autograder.classroom import Classroom, CourseError
from autograder.crew import TRIES, Crew, cores
from autograder.grade import Options, Row
from autograder.task import Bench, Result, Task
from tests.conftest import ANSWERS, WEEK

HandIn = Callable[..., Path]
ROOT = Path(grade.__file__).parents[1]
FORKS = pytest.mark.skipif(
    sys.platform != "linux", reason="what is patched here reaches only forks"
)
TWO = Options(trusted=True, workers=2, figures=False)
PUPILS = ("ada", "bob", "cyd", "dan", "eve", "fay")
COMMAND = """
import signal, sys
from autograder import cli, exercises
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
exercises.__path__.append(sys.argv[1])
sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture
def handed_in(hand_in: HandIn) -> None:
    """A class of six; one file is damaged."""
    for student in PUPILS[:-1]:
        hand_in(student, **ANSWERS)
    hand_in(PUPILS[-1], raw=b"{")


def run(classroom: Classroom, how: Options = TWO) -> dict[str, Row]:
    rows = list(grade.grade_all(classroom, grade.chosen(classroom), how=how))
    assert Counter(row.student for row in rows) == Counter(PUPILS)
    return {row.student: row for row in rows}


def points(classroom: Classroom) -> dict[str, float | None]:
    entries = gradebook.entries(classroom)
    assert Counter(entry.student for entry in entries) == Counter(PUPILS)
    assert all(len(entry.marks) == 3 for entry in entries)
    return {entry.student: entry.points for entry in entries}


EXPECTED = {**dict.fromkeys(PUPILS, 5.0), PUPILS[-1]: 0.0}


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_processes_that_grade_keep_to_cores_of_their_own_while_there_are_enough(
    released: Classroom,
) -> None:
    kit = grade.kit_of(released, WEEK, TWO)
    jobs = ((kit, grade.task_of(released, WEEK, student)) for student in PUPILS)
    with Crew(2) as crew:
        for _ in crew.run(jobs):
            found = [os.sched_getaffinity(worker.process.pid or 0) for worker in crew.workers]
            assert [len(kept) for kept in found] == [1, 1]
            assert len(set.union(*found)) == min(2, len(cores()))


@pytest.mark.usefixtures("handed_in")
def test_a_class_is_graded_by_several_processes_and_only_what_changed_again(
    released: Classroom, hand_in: HandIn
) -> None:
    rows = run(released)
    assert {name: row.points for name, row in rows.items()} == points(released) == EXPECTED
    assert not any(row.unchanged for row in rows.values())
    assert all(row.unchanged for row in run(released).values())
    hand_in("bob", double=ANSWERS["double"])
    again = run(released)
    assert [name for name, row in again.items() if not row.unchanged] == ["bob"]
    assert again["bob"].points == 3.0


@pytest.mark.usefixtures("handed_in")
def test_another_release_or_marking_scheme_has_everything_graded_again(
    released: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(released)
    (released.release(WEEK) / "data.csv").write_text("1,2\n")
    assert not any(row.unchanged for row in run(released).values())
    assert all(row.unchanged for row in run(released).values())
    digest = task.scheme_digest(WEEK)
    monkeypatch.setattr(task, "scheme_digest", lambda week: digest[::-1])
    assert not any(row.unchanged for row in run(released).values())


def test_the_digest_of_a_scheme_follows_its_text(
    released: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder import exercises

    before = task.scheme_digest(WEEK)
    (tmp_path / f"{WEEK}.py").write_text("# another scheme\n")
    monkeypatch.setattr(exercises, "__path__", [str(tmp_path), *exercises.__path__])
    assert task.scheme_digest(WEEK) != before


def test_a_week_that_was_not_known_at_first_has_a_digest_of_its_own_later(
    tiny_scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder import exercises

    unknown = task.scheme_digest(WEEK)
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, tiny_scheme])
    assert task.scheme_digest(WEEK) != unknown


def dying(flag: Path, student: str, times: int) -> Callable[[Task, Bench], Result]:
    """The grading of a submission, whose process is killed at one student's the first few times."""
    grade_one = task.grade

    def patched(given: Task, on: Bench) -> Result:
        if given.student == student and len(list(flag.iterdir())) < times:
            (flag / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return grade_one(given, on)

    return patched


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_a_submission_whose_process_is_killed_is_graded_by_a_fresh_one(
    released: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dead").mkdir()
    monkeypatch.setattr(task, "grade", dying(tmp_path / "dead", "bob", TRIES - 1))
    assert {name: row.points for name, row in run(released).items()} == EXPECTED
    assert len(list((tmp_path / "dead").iterdir())) == TRIES - 1


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_a_submission_that_kills_its_process_every_time_gets_nought_and_a_flag(
    released: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dead").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(task, "grade", dying(tmp_path / "dead", "bob", 99))
        rows = run(released)
    assert (rows["bob"].log.state, rows["bob"].points) == ("failed", 0.0)
    assert "a person has to look" in rows["bob"].log.notes[0]
    assert points(released) == {**EXPECTED, "bob": 0.0}
    assert run(released)["bob"].points == 5.0


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_other_peoples_work_is_refused_where_the_sandbox_does_not_hold(
    released: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "escapes", lambda *_: ("a", ["connect to a socket"]))
    with pytest.raises(CourseError, match="connect to a socket"):
        run(released, Options(workers=2))
    assert gradebook.entries(released) == []
    assert run(released, TWO)["ada"].log.layers == "a"


@pytest.mark.usefixtures("handed_in")
def test_stopping_in_the_middle_ends_the_processes_and_keeps_what_is_done(
    released: Classroom,
) -> None:
    rows = grade.grade_all(released, grade.chosen(released), how=TWO)
    done = next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert [entry.student for entry in gradebook.entries(released)] == [done.student]
    assert [name for name, row in run(released).items() if row.unchanged] == [done.student]


def test_a_crew_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Crew(2) as crew:
        assert list(crew.run([])) == []
    assert list(tmp_path.iterdir()) == []


# --- killed from outside ---------------------------------------------------------------------------


@contextlib.contextmanager
def grading(classroom: Classroom, scheme: str, temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """``course grade`` in a process of its own."""
    temporary.mkdir(exist_ok=True)
    arguments = ["grade", "--i-trust-these-notebooks", "--workers", "2", "--no-figures"]
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, scheme, *arguments, "--classroom", str(classroom.root)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes(*words: str) -> list[str]:
    """Command lines of running processes that hold one of these words."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            line = f"{folder.name} {line}"
            found += [line] if any(word in line for word in words) else []
    return found


def until(condition: Callable[[], Any], limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_killed_at_random_moments_the_gradebook_stays_whole_and_the_next_run_completes_it(
    released: Classroom, tiny_scheme: str, tmp_path: Path
) -> None:
    rng, temporary = random.Random(5), tmp_path / "temporary"
    kills = int(os.environ.get("COURSE_TEST_KILLS", "4"))
    for kill in range(kills):
        with grading(released, tiny_scheme, temporary) as process:
            until(lambda: process.poll() is not None or list(temporary.iterdir()), 60)
            time.sleep(rng.uniform(0.0, 4.0) if kill else 0.0)
            process.kill()
            process.wait()
        until(lambda: not processes(str(temporary), str(released.root)), 90)
        assert processes(str(temporary), str(released.root)) == []
        assert [str(path) for path in temporary.rglob("*") if path.is_file()][:9] == []
        with sqlite3.connect(released.root / "gradebook.db") as book:
            assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        book.close()
    with grading(released, tiny_scheme, temporary) as process:
        assert process.wait(120) == 0, process.stdout and process.stdout.read()
    assert points(released) == EXPECTED
    assert all(row.unchanged for row in run(released).values())
    assert list(released.root.rglob("*.new")) == []


@FORKS
@pytest.mark.usefixtures("handed_in")
def test_ctrl_c_stops_with_one_sentence_and_leaves_no_process(
    released: Classroom, tiny_scheme: str, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    with grading(released, tiny_scheme, temporary) as process:
        assert until(lambda: any(temporary.glob("*/course-*")), 60)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == "course grade: stopped; what is done is kept.\n"
    assert processes(str(temporary), str(released.root)) == []
    assert list(temporary.iterdir()) == []
