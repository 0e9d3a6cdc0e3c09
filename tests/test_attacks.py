"""Every hostile submission gets the score of what it really answers, and nothing else happens."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from attacks import ATTACKS
from attacks.course import IMPORTS, RIGHT, WEEK, Attack, code, released

from autograder import exercises
from autograder.compiler import compile_hidden, compile_public
from autograder.exercise import Exercise
from autograder.grading import Graded, Runner, grade
from autograder.ingest import Submission, ingest
from autograder.sandbox import Limits, Stage, bubble_works, self_test, stage
from autograder.task import without_answers
from helpers import schemes
from helpers.marking import mark
from helpers.probes import Outcome, Probe, ask
from helpers.schemes import probe_tree

CANARY = "canary-7f3a91"
LIMITS = Limits(
    cell_s=3.0,
    call_s=1.5,
    answer_s=6.0,
    notebook_s=40.0,
    memory_bytes=2**30,
    file_bytes=8 * 2**20,
    disk_bytes=32 * 2**20,
)
SEED = b"one class's secret and one submission"
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
LAYERS = ("a+", "a+ in b")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


@dataclass
class Bench:
    """A classroom and a repository to steal from, a process to kill, a port to reach, and a warm runner."""

    root: Path
    where: Stage
    runner: Runner
    victim: subprocess.Popen[bytes]
    listener: socket.socket

    def fill_in(self, source: str) -> str:
        """A hostile text with its targets' names."""
        places = {
            "GRADEBOOK": str(self.root / "classroom" / "gradebook.db"),
            "CLASSROOM": str(self.root / "classroom"),
            "REPOSITORY": str(self.root / "repository"),
            "STAGE": str(self.where.root),
        }
        for word, place in places.items():
            source = source.replace(word, repr(place))
        return source.replace("GRADER", str(self.victim.pid)).replace(
            "PORT", str(self.listener.getsockname()[1])
        )

    def grade(self, attack: Attack) -> Graded:
        """Hand an attack in and grade it."""
        aimed = dataclasses.replace(
            attack,
            answers={name: self.fill_in(text) for name, text in attack.answers.items()},
            first=self.fill_in(attack.first),
            last=self.fill_in(attack.last),
        )
        path = self.root.parent / "handed-in.ipynb"
        path.write_bytes(aimed.file())
        submission = ingest(released(), path)
        path.unlink()
        return grade(WEEK, submission, SEED, self.runner)

    def state(self) -> dict[str, tuple[int, int, int, str]]:
        """What is in every folder that a submission must not touch."""
        stage = self.where.root
        places = (self.root, stage / "site", stage / "config", stage / "release")
        return {str(path): _facts(path) for place in places for path in [place, *place.rglob("*")]}

    def survivors(self) -> list[str]:
        """Processes of the stage, other than the warm one and the bubble around it."""
        found = [pid for pid in os.listdir("/proc") if pid.isdecimal() and self._is_ours(pid)]
        allowed = 3 if self.where.bubble else 1
        return found if len(found) > allowed else []

    def _is_ours(self, pid: str) -> bool:
        try:
            return str(self.where.root).encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


def _facts(path: Path) -> tuple[int, int, int, str]:
    status = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    return status.st_mode, status.st_uid, status.st_mtime_ns, hashlib.sha256(content).hexdigest()


def _treasures(root: Path) -> None:
    for name in (
        "classroom/gradebook.db",
        "classroom/secret",
        f"classroom/submitted/ada/{WEEK}/{WEEK}.ipynb",
        f"repository/notebooks/{WEEK}/{WEEK}.ipynb",
        f"repository/autograder/exercises/{WEEK}.py",
        "repository/.git/config",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"secret = '{CANARY}'\n")


@pytest.fixture(scope="module", params=LAYERS)
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    bubble = request.param == "a+ in b"
    if bubble and not bubble_works():
        pytest.skip("bubblewrap does not work here")
    root = tmp_path_factory.mktemp("bench") / "targets"
    _treasures(root)
    os.environ["CANARY"] = CANARY
    victim = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with stage(bubble=bubble) as where, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        runner = Runner(where, LIMITS)
        yield Bench(root, where, runner, victim, listener)
        runner.stop()
    del os.environ["CANARY"]
    victim.communicate(b"\n")


@LINUX
@pytest.mark.parametrize(
    ("bench", "attack"),
    [
        pytest.param(layers, attack, id=f"{layers}-{attack.category}: {attack.name}")
        for layers in LAYERS
        for attack in ATTACKS
        if layers == "a+" or attack.category in ("secrets", "harm")  # the others are only text
    ],
    indirect=["bench"],
)
def test_hostile_submission_gets_what_it_deserves(bench: Bench, attack: Attack) -> None:
    before = bench.state()
    graded = bench.grade(attack)

    _scores_are_deserved(graded, attack)
    _nothing_was_told(graded)
    _nothing_is_live(graded)
    assert bench.state() == before
    assert bench.victim.poll() is None
    with pytest.raises(BlockingIOError):
        bench.listener.accept()
    assert _gone(bench)

    neighbour = bench.grade(Attack("honest", "neighbour"))
    _scores_are_deserved(neighbour, Attack("honest", "neighbour"))
    assert not neighbour.notes


def _scores_are_deserved(graded: Graded, attack: Attack) -> None:
    for name in RIGHT:
        score = graded.scores[f"check_{name}"]
        assert score.points is not None
        if name in attack.right and name not in attack.spoilt:
            assert score.points == score.max_points, (name, score.comment)
        elif name not in attack.right:
            assert score.points == 0, name
        assert 0 <= score.points <= score.max_points


def _nothing_was_told(graded: Graded) -> None:
    said = nbformat.writes(graded.notebook) + str(graded.scores) + str(graded.notes)
    assert not any(CANARY in str(cell.get("outputs", "")) for cell in graded.notebook.cells)
    assert CANARY not in said
    assert "REACHED" not in str([cell.get("outputs") for cell in graded.notebook.cells])


def _nothing_is_live(graded: Graded) -> None:
    nbformat.validate(graded.notebook)
    nbformat.writes(graded.notebook).encode()
    shown = [out for cell in graded.notebook.cells for out in cell.get("outputs", [])]
    for output in shown:
        data = output.get("data", {})
        assert set(data) <= {"text/plain", "image/png"}
        assert data.get("image/png", "iVBOR").startswith("iVBOR")
        texts = [data.get("text/plain", ""), output.get("text", ""), *output.get("traceback", [])]
        assert not UNSEEN.search(
            "".join(texts + [output.get("evalue", ""), output.get("ename", "")])
        )
    comments = "".join(score.comment for score in graded.scores.values())
    assert not UNSEEN.search(comments)
    assert not re.search("^✓", comments, re.MULTILINE)


def _gone(bench: Bench) -> bool:
    """Whether all processes but the warm one are gone, at the latest in a second."""
    until = time.monotonic() + 1
    while bench.survivors() and time.monotonic() < until:
        time.sleep(0.02)
    return not bench.survivors()


DRIVERS_REPLACED = {
    "minibatches": """\
import helpers.drivers_week2 as drivers

def cut(answer, n, size, seed):
    sizes = [min(size, n - start) for start in range(0, n, size)]
    return {"sizes": sizes, "in range": True, "none twice": True, "none left out": True}

def order(answer, n, size, seed):
    names = "shuffled", "mixed from everywhere", "the same again", "another order"
    return dict.fromkeys((*names, "new in the next epoch"), True)

drivers.batch_cut, drivers.batch_order = cut, order
drivers.batch_facts = lambda rounds: rounds

def minibatches(n, size, rng):
    return []
""",
    "levenberg_marquardt": """\
import sys
import helpers.drivers_week5 as drivers

drivers.fit_in_units = lambda answer, name, x, y, b0, units: answer(None, None, x, y, b0)

def levenberg_marquardt(model, jacobian, x, y, b0):
    units = sys._getframe(1).f_locals.get("units")
    return np.ones(len(b0)) if units is None else units
""",
}


@LINUX
@pytest.mark.parametrize("name", DRIVERS_REPLACED)
def test_a_driver_that_was_replaced_brings_home_no_points(bench: Bench, name: str) -> None:
    exercise = exercises.find(name)
    cells = [
        code("imports", IMPORTS),
        code(name, DRIVERS_REPLACED[name], solution=True, locked=False),
        code(f"check_{name}", f'check("{name}", {name})', grade=True, points=exercise.points),
    ]
    week = next(week for week in exercises.weeks() if name in exercises.of_week(week))
    handed_in = Submission(nbformat.v4.new_notebook(cells=cells))
    graded = grade(week, handed_in, SEED, bench.runner)
    assert graded.scores[f"check_{name}"].points == 0


@pytest.mark.parametrize(
    "exercise",
    [e for week in exercises.weeks() for e in exercises.of_week(week).values() if not e.is_value],
    ids=lambda exercise: exercise.name,
)
def test_who_only_knows_the_public_probes_wins_nothing(exercise: Exercise) -> None:
    """Groups that are won by any numbers of the right shape aside, and games."""
    judged = {name for name, group in exercise.groups.items() if math.isfinite(group.rtol)}
    for seed in (b"one", b"two"):
        scheme, public = compile_hidden(exercise, seed, with_mistakes=False)
        known = {said(probe): ask(exercise.reference, probe) for probe in scheme.probes[:public]}
        outcomes = [known.get(said(probe), Outcome()) for probe in scheme.probes]
        report = mark(dataclasses.replace(scheme, trials=()), iter_of(outcomes), public=public)
        played = {trial.group for trial in scheme.trials}
        assert not {group for group, won in report.groups.items() if won} & judged - played


def iter_of(outcomes: list[Outcome]) -> Callable[[Probe], Outcome]:
    """Somebody who gives these outcomes, one after the other."""
    coming = iter(outcomes)
    return lambda _: next(coming)


def said(probe: Probe) -> str:
    """A probe as text."""
    buffers: list[bytes] = []
    return json.dumps(probe_tree(probe, buffers)) + repr(buffers)


def test_no_answer_lies_beside_a_notebook_that_is_graded(tmp_path: Path) -> None:
    path = tmp_path / schemes.FILE_NAME
    whole = {name: compile_public(exercises.find(name)) for name in ("choose_method", "classify")}
    schemes.write(whole, path)
    assert without_answers("data.csv", b"1,2") == b"1,2"
    path.write_bytes(without_answers(path.name, path.read_bytes()))
    found = schemes.read(path)
    assert found["choose_method"].wanted == (Outcome(),)
    assert found["choose_method"].mistakes == ()
    assert found["choose_method"].points == whole["choose_method"].points
    assert found["classify"].wanted == whole["classify"].wanted


@LINUX
def test_the_self_test_reaches_nothing(bench: Bench) -> None:
    layers, reached = self_test(bench.where, LIMITS)
    assert reached == []
    assert layers == ("a, a+, b" if bench.where.bubble else "a, a+")


def test_there_is_an_attack_of_every_kind() -> None:
    kinds = {attack.category for attack in ATTACKS}
    assert kinds == {"looks right", "secrets", "harm", "files", "markup"}
    assert len(ATTACKS) == len({attack.name for attack in ATTACKS}) >= 60
