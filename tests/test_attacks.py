"""Every hostile submission gets the score of what it really answers, and nothing else happens."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from attacks import ATTACKS
from attacks.course import RIGHT, WEEK, Attack, released

from autograder.grading import Graded, Runner, grade
from autograder.ingest import ingest
from autograder.sandbox import Limits, Stage, bubble_works, self_test, stage

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


@pytest.fixture(scope="module", params=["a+", "a+ in b"])
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
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.category}: {attack.name}")
def test_hostile_submission_gets_what_it_deserves(bench: Bench, attack: Attack) -> None:
    if bench.where.bubble and attack.category not in ("secrets", "harm"):
        pytest.skip("what the text is does not depend on the layers")
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


@LINUX
def test_the_self_test_reaches_nothing(bench: Bench) -> None:
    layers, reached = self_test(bench.where, LIMITS)
    assert reached == []
    assert layers == ("a, a+, b" if bench.where.bubble else "a, a+")


def test_there_is_an_attack_of_every_kind() -> None:
    kinds = {attack.category for attack in ATTACKS}
    assert kinds == {"looks right", "secrets", "harm", "files", "markup"}
    assert len(ATTACKS) == len({attack.name for attack in ATTACKS}) >= 60
