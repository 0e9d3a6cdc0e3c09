"""A submission in a process of its own, started by any command, gets the same grade and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.course import WEEK, Attack, released, wrong

from autograder import container, sandbox
from autograder.container import Contained
from autograder.grading import Runner, grade
from autograder.ingest import ingest_bytes
from autograder.sandbox import (
    BOOT,
    ROUNDING,
    Limits,
    Stage,
    environment,
    runner_command,
    self_test,
    stage,
)
from autograder.worker.confine import FILTER
from autograder.worker.rooms import digest
from autograder.worker.wire import LateError, WireError

ROOT = Path(__file__).parents[1]
LIMITS = Limits(call_s=2.0, answer_s=10.0)
VERSION = container.version
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


@pytest.fixture(scope="module")
def inside() -> Iterator[Stage]:
    """What an image holds."""
    with stage(bubble=False) as made, pytest.MonkeyPatch.context() as patch:
        site = made.root / "site"
        built = digest(site / "helpers", site / "worker")
        patch.setattr(container, "version", lambda: built)
        yield made


def plain_engine(inside: Stage) -> list[str]:
    """A command that speaks as a container does, without one."""
    settings = [f"{name}={value}" for name, value in environment(inside).items()]
    return ["env", "-i", *settings, *runner_command(inside)]


@pytest.fixture
def contained(inside: Stage, tmp_path: Path) -> Iterator[Contained]:
    (tmp_path / "data.csv").write_text("1,2\n")
    made = Contained(plain_engine(inside), tmp_path)
    yield made
    made.stop()


def run(contained: Contained, source: str, timeout_s: float = 20.0) -> str:
    header = contained.request({"do": "run", "source": source}, [], timeout_s).header
    return "".join(output.get("text", "") for output in header["outputs"]).strip()


def test_released_files_are_sent_along(contained: Contained) -> None:
    contained.begin(LIMITS, ["data.csv"])
    assert run(contained, "print(open('data.csv').read())") == "1,2"


def test_it_takes_everything_with_it_when_it_ends(contained: Contained, inside: Stage) -> None:
    contained.begin(LIMITS, [])
    with pytest.raises(LateError):
        run(contained, "while True: pass", timeout_s=1.0)
    started = time.monotonic()
    assert contained.end()
    assert time.monotonic() - started < container.END_S
    assert list((inside.root / "runs").glob("*/*")) == []


def test_after_one_ends_its_process_the_next_begins_afresh(contained: Contained) -> None:
    contained.begin(LIMITS, [])
    with pytest.raises(WireError):
        run(contained, "mine = 1\nimport os\nos._exit(0)")
    contained.begin(LIMITS, [])
    assert run(contained, "print('mine' in globals())") == "False"


def test_where_a_pipe_cannot_be_waited_for_a_late_process_is_killed(
    contained: Contained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "PIPES_CAN_BE_WAITED_FOR", False)
    contained.begin(LIMITS, [])
    assert run(contained, "print(6 * 7)") == "42"
    with pytest.raises(LateError):
        run(contained, "while True: pass", timeout_s=1.0)


def test_another_version_of_the_course_is_refused(
    contained: Contained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "version", lambda: "another")
    with pytest.raises(WireError, match="another version"):
        contained.begin(LIMITS, [])


def test_a_version_is_what_the_modules_say_wherever_they_lie() -> None:
    ours = VERSION()
    with stage(bubble=False) as made:
        site = made.root / "site"
        assert digest(site / "helpers", site / "worker") == ours
        (site / "worker" / "wire.py").write_text("")
        assert digest(site / "helpers", site / "worker") != ours


def test_a_command_that_starts_nothing_is_quoted(tmp_path: Path) -> None:
    made = Contained([sys.executable, "-c", "raise SystemExit('no such image')"], tmp_path)
    with pytest.raises(WireError, match="no such image"):
        made.begin(LIMITS, [])
    with pytest.raises(WireError, match="no_such_engine"):
        Contained(["no_such_engine"], tmp_path).begin(LIMITS, [])


@LINUX
def test_the_self_test_decides_about_a_container_too(inside: Stage) -> None:
    with stage(engine=plain_engine(inside)) as where:
        assert self_test(where, LIMITS) == ("a, a+, c", [])
        filter_file = inside.root / "config" / FILTER
        program = filter_file.read_bytes()
        filter_file.unlink()
        try:
            layers, reached = self_test(where, LIMITS)
        finally:
            filter_file.write_bytes(program)
    assert layers == "a, c"
    assert reached


def test_the_same_submission_gets_the_same_grade(inside: Stage) -> None:
    hostile = Attack("looks right", "", wrong("classify", "import os\nos._exit(0)"))
    submission = ingest_bytes(released(), hostile.file())
    with stage(engine=plain_engine(inside)) as where:
        runner = Runner(where, LIMITS)
        graded = grade(WEEK, submission, b"seed", runner)
        runner.stop()
    lost = {name for name, score in graded.scores.items() if score.points == 0}
    assert lost == {"check_classify"}


def test_without_fork_every_submission_gets_a_fresh_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "fork")
    fresh = sandbox.warm_up(Stage(tmp_path), LIMITS)
    assert isinstance(fresh, Contained)
    assert fresh.command == runner_command(Stage(tmp_path))
    assert fresh.environment == environment(Stage(tmp_path))


def test_the_image_starts_the_runner_that_the_grader_knows() -> None:
    text = (ROOT / "autograder" / "Containerfile").read_text("utf-8")
    (entry,) = re.findall("^ENTRYPOINT (.*)$", text, re.MULTILINE)
    assert json.loads(entry) == ["python", "-I", "-B", "-c", BOOT, "/course/site", "/course"]
    kept = dict(re.findall(r"([A-Z_]+)=(\S+)", text.partition("ENV ")[2].partition("\nCOPY")[0]))
    ours = environment(Stage(Path("/course")))
    assert kept == {name: ours[name] for name in ours.keys() - {"PATH", *ROUNDING}}
    copied = re.findall("^COPY ([^/ ]+/?[^ ]*) ", text, re.MULTILINE)
    assert copied == ["requirements.lock", "helpers", "autograder/worker", "autograder/calls.py"]
    assert all((ROOT / name).exists() for name in copied)


def test_the_filter_of_the_image_is_compiled_without_the_rest_of_the_grader(tmp_path: Path) -> None:
    text = (ROOT / "autograder" / "Containerfile").read_text("utf-8")
    (line,) = re.findall(r"python -c (\"import sys.*?\") \\$", text, re.MULTILINE)
    program = shlex.split(line)[0].replace("/tmp", str(ROOT / "autograder"))
    program = program.replace("/course/config", str(tmp_path))
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert len((tmp_path / FILTER).read_bytes()) > 500
