"""The warm process starts, serves one submission after the other, and takes everything with it when it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.calls import compile_filter
from autograder.sandbox import BOOT, Limits, Session, Stage, bubble_works, self_test, stage, warm_up
from autograder.worker.wire import Channel, LateError, WireError

LIMITS = Limits(start_s=30)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module", params=[False, True], ids=["a+", "a+ in b"])
def where(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    if request.param and not bubble_works():
        pytest.skip("bubblewrap does not work here")
    released = tmp_path_factory.mktemp("release") / "data.csv"
    released.write_text("1,2\n")
    with stage((released,), bubble=request.param) as made:
        yield made


@pytest.fixture(scope="module")
def session(where: Stage) -> Iterator[Session]:
    running = warm_up(where, LIMITS)
    yield running
    running.stop()


def run(session: Session, source: str, timeout_s: float = 20) -> str:
    header = session.request({"do": "run", "source": source}, [], timeout_s).header
    return "".join(output.get("text", "") for output in header["outputs"]).strip()


def test_nothing_but_helpers_and_the_worker_is_on_the_stage(where: Stage) -> None:
    assert sorted(path.name for path in (where.root / "site").iterdir()) == ["helpers", "worker"]
    assert sorted(path.name for path in where.root.iterdir()) == [
        "config",
        "release",
        "runs",
        "site",
    ]


def test_the_stage_is_gone_afterwards() -> None:
    with stage(bubble=False) as made:
        root = made.root
        (root / "runs" / "left").mkdir()
    assert not root.exists()


def test_a_submission_finds_the_released_files(session: Session) -> None:
    session.begin(LIMITS, ["data.csv"])
    assert run(session, "print(open('data.csv').read())") == "1,2"
    assert session.end()


def test_one_submission_leaves_nothing_to_the_next(session: Session) -> None:
    session.begin(LIMITS, [])
    run(session, "x = 1; import numpy as np; np.pi = 3; open('left', 'w').close()")
    assert session.end()
    session.begin(LIMITS, [])
    said = run(
        session,
        "import os; import numpy as np; print('x' in globals(), np.pi > 3, os.listdir('.'))",
    )
    assert said == "False True []"
    assert session.end()


def test_a_submission_begins_with_an_empty_notebook(session: Session) -> None:
    session.begin(LIMITS, [])
    left = "{'_1', 'bowl', 'contours_with_gradient'} & globals().keys()"
    said = run(session, f"print({left}, repr(_), Out, In, get_ipython().execution_count)")
    assert said == "set() '' {} [''] 1"
    run(session, "21 * 2")
    assert run(session, "print(_)") == "42"
    assert session.end()


def test_what_the_lesson_imports_is_there_already(where: Stage) -> None:
    names = ["colorsys", "no.such.module", "autograder.exercises"]
    with stage(bubble=where.bubble, imports=names) as made:
        session = warm_up(made, LIMITS)
        try:
            session.begin(LIMITS, [])
            known = (
                "import sys; print([name in sys.modules for name in ('colorsys', 'autograder')])"
            )
            assert run(session, known) == "[True, False]"
        finally:
            session.stop()


@pytest.mark.parametrize("word", ["exit()", "quit()", "exit"])
def test_a_cell_that_leaves_the_notebook_ends_nothing_and_shows_nothing(
    session: Session, word: str
) -> None:
    session.begin(LIMITS, [])
    reply = session.request({"do": "run", "source": word}, [], 20).header
    assert (reply["outputs"], reply["error"]) == ([], [])
    assert run(session, "print(42)") == "42"
    assert session.end()


def test_random_numbers_differ_between_submissions(session: Session) -> None:
    drawn = set()
    for _ in range(2):
        session.begin(LIMITS, [])
        drawn.add(
            run(session, "import random, numpy as np; print(random.random(), np.random.rand())")
        )
        session.end()
    assert len(drawn) == 2


def test_a_process_that_hangs_is_late_and_the_warm_one_stays(session: Session) -> None:
    session.begin(LIMITS, [])
    with pytest.raises(LateError):
        run(session, "while True: pass", timeout_s=0.3)
    assert session.end()
    session.begin(LIMITS, [])
    assert run(session, "print(42)") == "42"
    assert session.end()


def test_a_process_that_ends_is_a_wire_error_and_the_warm_one_stays(session: Session) -> None:
    session.begin(LIMITS, [])
    with pytest.raises(WireError):
        run(session, "import os; os._exit(0)")
    assert session.end()
    session.begin(LIMITS, [])
    assert run(session, "print(42)") == "42"
    assert session.end()


def test_an_answer_to_another_question_is_refused(session: Session) -> None:
    session.begin(LIMITS, [])
    forged = (
        "import os, struct, json\ntext = json.dumps({'outputs': [], 'error': [], 'turn': ''}).encode()\n"
        "for fd in range(3, 20):\n"
        "    try: os.write(fd, struct.pack('>I', len(text)) + text)\n"
        "    except OSError: pass"
    )
    with pytest.raises(WireError):
        run(session, forged)
    assert session.end()


def test_a_question_without_a_submission_is_a_wire_error(session: Session) -> None:
    with pytest.raises(WireError):
        run(session, "print(42)")


def test_the_environment_is_cleared(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.begin(LIMITS, [])
    names = set(json.loads(run(session, "import json, os; print(json.dumps(list(os.environ)))")))
    session.end()
    allowed = {*sandbox.environment(Stage(Path("/x"))), "TMPDIR", "IPYTHONDIR", "LC_CTYPE", "PWD"}
    assert names <= allowed


def test_the_self_test_names_the_layers_and_reaches_nothing(where: Stage) -> None:
    layers, reached = self_test(where, LIMITS)
    assert reached == []
    assert layers.endswith(", b") == where.bubble


def test_a_worker_that_does_not_start_says_why(
    where: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "BOOT", "raise SystemExit('nothing works today')")
    with pytest.raises(WireError, match="nothing works today"):
        warm_up(where, LIMITS)


@pytest.fixture
def alone(where: Stage) -> Iterator[Stage]:
    """A stage of the same kind that no other test uses."""
    with stage(bubble=where.bubble) as made:
        yield made


@LINUX
def test_the_end_of_the_warm_process_is_the_end_of_all(alone: Stage) -> None:
    running = warm_up(alone, LIMITS)
    running.begin(LIMITS, [])
    with pytest.raises(LateError):
        run(running, "while True: pass", timeout_s=0.2)
    running.stop()
    assert processes_of(alone) == []


@LINUX
def test_nothing_survives_a_grader_that_is_killed(alone: Stage) -> None:
    grader = (
        "import sys, time\nfrom pathlib import Path\nfrom autograder.sandbox import *\n"
        "from autograder.sandbox import warm_up\n"
        "s = warm_up(Stage(Path(sys.argv[1]), sys.argv[2] == 'True'), Limits())\n"
        "s.begin(Limits(), [])\nprint('begun', flush=True)\n"
        "s.request({'do': 'run', 'source': 'while True: pass'}, [], 60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", grader, str(alone.root), str(alone.bubble)],
        stdout=subprocess.PIPE,
        cwd=Path(sandbox.__file__).parents[1],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    assert len(processes_of(alone)) >= 2
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 5
    while processes_of(alone) and time.monotonic() < until:
        time.sleep(0.05)
    assert processes_of(alone) == []


@LINUX
def test_a_submission_ends_when_its_warm_process_is_killed() -> None:
    with stage(bubble=False) as where:
        running = warm_up(where, LIMITS)
        running.begin(LIMITS, [])
        running.process.kill()
        running.process.wait()
        until = time.monotonic() + 5
        while processes_of(where) and time.monotonic() < until:
            time.sleep(0.05)
        assert processes_of(where) == []
        running.stop()


def processes_of(where: Stage) -> list[int]:
    """Processes that were started for a stage, found by their environment."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            if f"HOME={where.root}".encode() in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(int(pid))
        except OSError:
            continue
    return found


def test_the_same_worker_serves_one_submission_over_standard_input_and_output() -> None:
    with stage(bubble=False) as where:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", BOOT, where.path, str(where.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=sandbox.environment(where),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        channel = Channel(process.stdout.fileno(), process.stdin.fileno())
        channel.send({"do": "begin", "files": [], "figures": False, "limits": LIMITS.for_worker})
        assert "limits" in channel.receive(30).header["held"]
        channel.send({"do": "run", "source": "print(6 * 7)", "turn": "1"})
        header = channel.receive(30).header
        assert (header["outputs"][0]["text"], header["turn"]) == ("42\n", "1")
        process.stdin.close()
        assert process.wait(10) == 0
        process.stdout.close()


def test_the_filter_is_a_whole_program() -> None:
    program = compile_filter()
    assert len(program) % 8 == 0
    assert len(program) > 500


def test_copies_of_the_course_inside_a_bubble_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    (site / "autograder").mkdir(parents=True)
    (site / "__editable___autograder_finder.py").write_text("")
    monkeypatch.setattr(sandbox, "libraries", lambda: [site])
    arguments = sandbox.bubble_arguments(Stage(tmp_path, bubble=True))
    assert arguments[arguments.index(str(site / "autograder")) - 1] == "--tmpfs"
    assert (
        arguments[arguments.index(str(site / "__editable___autograder_finder.py")) - 1]
        == os.devnull
    )


def test_everything_that_can_be_written_in_a_bubble_has_a_size() -> None:
    arguments = sandbox.bubble_arguments(Stage(Path("/stage"), bubble=True))
    for at, argument in enumerate(arguments):
        if argument == "--tmpfs":
            assert arguments[at - 2] == "--size"
    assert [arguments[i + 1] for i, a in enumerate(arguments) if a == "--remount-ro"] == [
        "/dev",
        "/",
    ]


def test_packages_of_the_user_and_of_the_system_can_be_imported_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "dist-packages"
    site.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(site), str(tmp_path / "site-packages"), ""])
    assert site in sandbox.libraries()
    assert tmp_path / "site-packages" not in sandbox.libraries()


INSTALLED = """
import json
import autograder
from autograder.grading import Runner
from autograder.sandbox import Limits, bubble_works, self_test, stage
found = {"course": autograder.__file__}
for bubble in (False, bubble_works()):
    with stage(bubble=bubble) as where:
        found[str(bubble)] = self_test(where, Limits())
print(json.dumps(found))
"""


@LINUX
def test_the_reference_is_out_of_reach_where_the_course_is_installed_beside_numpy(
    tmp_path: Path,
) -> None:
    venv.create(tmp_path / "env", symlinks=True, with_pip=False)
    (site,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    root = Path(sandbox.__file__).parents[1]
    for package in ("helpers", "autograder"):
        shutil.copytree(root / package, site / package)
    (site / "more.pth").write_text("\n".join(map(str, sandbox.libraries())))
    python = str(tmp_path / "env" / "bin" / "python")
    done = subprocess.run(
        [python, "-c", INSTALLED], cwd=tmp_path, capture_output=True, check=True, text=True
    )
    found = json.loads(done.stdout)
    assert found["course"] == str(site / "autograder" / "__init__.py")
    assert found["False"] == ["a, a+", []]
    assert found.get("True", ["a, a+, b", []]) == ["a, a+, b", []]
