"""Start the warm process that runs submissions, and talk to it under a clock that it cannot stop.

The layers, from outside in: bubblewrap around the warm process where its exact command line works (b); then, in
each submission's own process, resource limits (a), Landlock and seccomp (a+).
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.calls import compile_filter
from autograder.container import Contained
from autograder.worker.confine import FILTER, HIDDEN, MIXED, SITES, SYSTEM
from autograder.worker.rooms import IMPORTS, IN_WORDS, clear
from autograder.worker.wire import Channel, Frame, LateError, WireError

HERE = Path(__file__).parent
BOOT = (
    "import sys, runpy; sys.path[:0] = sys.argv.pop(1).split(':'); "
    "runpy.run_module('worker', run_name='__main__')"
)
BUBBLE_FOLDER_BYTES = 256 * 2**20
END_S = 5.0
FONT_LISTS = "fontlist*.json"


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    start_s, cell_s, call_s, notebook_s : float
        Wall-clock seconds for starting, for one cell, for one call of a function, and for everything.
    answer_s : float
        Wall-clock seconds for all calls of one answer.
    memory_bytes, file_bytes, disk_bytes : int
        Address space, the size of any file it writes, and of all of them.
    """

    start_s: float = 60.0
    cell_s: float = 60.0
    call_s: float = 20.0
    answer_s: float = 120.0
    notebook_s: float = 600.0
    memory_bytes: int = 2 * 2**30
    file_bytes: int = 64 * 2**20
    disk_bytes: int = 256 * 2**20

    @property
    def for_worker(self) -> dict[str, int]:
        """The limits that a submission's process sets on itself."""
        return {
            "memory_bytes": self.memory_bytes,
            "file_bytes": self.file_bytes,
            "disk_bytes": self.disk_bytes,
            "cpu_s": int(self.notebook_s) + 1,
        }


@dataclass(frozen=True)
class Stage:
    """A folder with what the runner may import (``site``), its settings and the released files.

    Attributes
    ----------
    root : Path
    bubble : bool
        Whether bubblewrap stands around the runner.
    engine : tuple of str
        A command that starts a container with a runner of its own in it, for each submission.
    """

    root: Path
    bubble: bool = False
    engine: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The runner's import path."""
        return ":".join([str(self.root / "site"), *map(str, libraries())])


def libraries() -> list[Path]:
    """Where packages are installed that can be imported here: the environment's own, the user's, the system's."""
    own = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    others = [entry for entry in sys.path if Path(entry).name in SITES and Path(entry).is_dir()]
    return [Path(entry) for entry in dict.fromkeys([*own, *others])]


@contextlib.contextmanager
def stage(
    released: tuple[Path, ...] = (),
    bubble: bool | None = None,
    engine: Sequence[str] = (),
    imports: Iterable[str] = (),
) -> Iterator[Stage]:
    """Prepare a stage and remove it afterwards.

    Parameters
    ----------
    released : tuple of Path
        Files that a notebook finds beside it.
    bubble : bool, optional
        Whether to use bubblewrap; by default where its exact command line works.
    engine : sequence of str, optional
        The command of a container, which stands in bubblewrap's place.
    imports : iterable of str
        Modules that the warm process imports, so that no submission waits for them; what is no module is passed over.
    """
    with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        for package in (HERE.parent / "helpers", HERE / "worker"):
            shutil.copytree(package, root / "site" / package.name)
        for name in ("config", "release", "runs"):
            (root / name).mkdir()
        _copy_font_list(root / "config")
        (root / "config" / IMPORTS).write_text("\n".join(imports), "utf-8")
        for file in released:
            shutil.copy(file, root / "release")
        with contextlib.suppress(ImportError, OSError, RuntimeError):
            (root / "config" / FILTER).write_bytes(compile_filter())
        try:
            inside = bubble_works() if bubble is None and not engine else bool(bubble)
            yield Stage(root, inside, tuple(engine))
        finally:
            clear(root / "runs")


def _copy_font_list(config: Path) -> None:
    """Matplotlib looks for fonts for a second unless it finds its list. It tells where that is, but is slow to import."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    usual = Path(os.environ.get("MPLCONFIGDIR") or os.path.join(cache, "matplotlib"))
    found = list(usual.glob(FONT_LISTS))
    if not found:
        import matplotlib

        found = list(Path(matplotlib.get_cachedir()).glob(FONT_LISTS))
    for file in found:
        shutil.copy(file, config)


@functools.cache
def bubble_works() -> bool:
    """Whether bubblewrap is here and its exact command line runs Python."""
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        probe = Stage(Path(folder).resolve(), bubble=True)
        for name in ("site", "config", "release", "runs"):
            (probe.root / name).mkdir()
        try:
            with bubble_command(probe) as (command, fds):
                done = subprocess.run(
                    [*command, sys.executable, "-I", "-S", "-B", "-c", "print(42)"],
                    pass_fds=fds,
                    capture_output=True,
                    timeout=20,
                    check=False,
                )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.stdout == b"42\n"


@contextlib.contextmanager
def bubble_command(where: Stage) -> Iterator[tuple[list[str], tuple[int, ...]]]:
    """bubblewrap's command, its arguments in a pipe so that they are not readable inside; empty without it."""
    if not where.bubble:
        yield [], ()
        return
    read_fd, write_fd = os.pipe()
    os.write(write_fd, b"\0".join(argument.encode() for argument in bubble_arguments(where)))
    os.close(write_fd)
    try:
        yield ["bwrap", "--args", str(read_fd)], (read_fd,)
    finally:
        os.close(read_fd)


def bubble_arguments(where: Stage) -> list[str]:
    """Only Python, the libraries and the stage exist inside; only ``/tmp`` and ``runs`` can be written."""
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += ["--proc", "/proc", "--dev", "/dev", *_memory("/dev/shm"), "--remount-ro", "/dev"]
    arguments += _memory("/tmp")
    folders = [*MIXED, *SYSTEM, *map(str, _python_folders()), str(where.root)]
    for folder in dict.fromkeys(folders):
        arguments += ["--ro-bind-try", folder, folder]
    for hidden in _hidden():
        arguments += _memory(hidden) if Path(hidden).is_dir() else ["--ro-bind", os.devnull, hidden]
    return [*arguments, *_memory(str(where.root / "runs")), "--remount-ro", "/", "--chdir", "/tmp"]


def _memory(folder: str) -> list[str]:
    """A small empty folder in memory."""
    return ["--size", str(BUBBLE_FOLDER_BYTES), "--tmpfs", folder]


def _python_folders() -> list[Path]:
    """Where this Python's program, standard library and packages are."""
    program = Path(sys.executable)
    standard = [Path(sys.base_prefix) / "lib", Path(os.__file__).parent]
    return [program, program.resolve(), *standard, *libraries()]


def _hidden() -> list[str]:
    """Copies of this package that are installed inside what a bubble shows."""
    shown = [Path(folder) for folder in MIXED] + _python_folders()
    places = [
        site
        for folder in shown
        for name in SITES
        for site in (*folder.glob(f"python3*/{name}"), folder / name)
    ]
    found = [entry for site in [*places, *libraries()] for entry in site.glob(f"*{HIDDEN}*")]
    return sorted({str(entry.resolve()) for entry in found})


@dataclass
class Session:
    """A warm process, and the submission that runs in it; one at a time."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    channel: Channel | None = None
    held: tuple[str, ...] = ()

    def begin(self, limits: Limits, files: list[str]) -> None:
        """Fork a process for the next submission, with a pair of pipes of its own.

        Raises
        ------
        WireError
            If the warm process is gone, or the new one is not ready in time.
        """
        header = {"do": "begin", "files": files, "limits": limits.for_worker}
        requests, answers = os.pipe(), os.pipe()
        self.channel = Channel(answers[0], requests[1])
        try:
            socket.send_fds(self.control, [_line(header)], [requests[0], answers[1]])
        except OSError as error:
            raise WireError("the warm process is gone") from error
        finally:
            os.close(requests[0])
            os.close(answers[1])
        held = self.channel.receive(limits.start_s).header["held"]
        self.held = tuple(str(name) for name in held)

    def request(self, header: dict[str, Any], buffers: list[bytes], timeout_s: float) -> Frame:
        """Send a request and wait for its answer.

        Raises
        ------
        LateError
            If it was not taken and answered within `timeout_s` seconds.
        WireError
            If the submission's process died or spoke nonsense.
        """
        if self.channel is None:
            raise WireError("no submission has begun")
        until, turn = time.monotonic() + timeout_s, secrets.token_hex(8)
        self.channel.send({**header, "turn": turn}, buffers, timeout_s)
        frame = self.channel.receive(until - time.monotonic())
        if frame.header.pop("turn", "") != turn:
            raise WireError("an answer came to a question that was not asked")
        return frame

    def end(self) -> bool:
        """Kill the submission's process, in whatever state it is; whether it and all it started are gone."""
        self._hang_up()
        try:
            self.control.sendall(_line({"do": "end"}))
            hear(self.control, "ended", END_S)
        except (OSError, WireError):
            return False
        return True

    def _hang_up(self) -> None:
        if self.channel is not None:
            self.channel.close()
            self.channel = None

    def stop(self) -> None:
        """End the warm process and everything in it."""
        self._hang_up()
        self.control.close()  # it sees that, kills what it has started and ends
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


Serving = Session | Contained


def _line(header: dict[str, Any]) -> bytes:
    return json.dumps(header).encode() + b"\n"


def hear(control: socket.socket, word: str, timeout_s: float) -> None:
    """Wait until the warm process has said `word`.

    Raises
    ------
    LateError
        If it did not within `timeout_s` seconds.
    WireError
        If it said something else, or ended.
    """
    control.settimeout(timeout_s)
    try:
        said = control.recv(100)
    except TimeoutError as error:
        raise LateError(f"the runner did not say {word!r} in time") from error
    except OSError as error:
        raise WireError("the runner is gone") from error
    if said != word.encode() + b"\n":
        raise WireError("the runner ended")


def warm_up(where: Stage, limits: Limits, figures: bool = True) -> Serving:
    """Start a warm process; where there is a container's command, or no fork, each submission starts its own.

    Parameters
    ----------
    where : Stage
    limits : Limits
    figures : bool
        Whether the submissions will draw: then it has drawn one before.

    Raises
    ------
    WireError
        If it does not come up in time.
    """
    if where.engine:
        return Contained(where.engine, where.root / "release")
    if not hasattr(os, "fork"):
        return Contained(runner_command(where), where.root / "release", environment(where))
    return _warm_up(where, limits, figures)


def runner_command(where: Stage, figures: bool = True) -> list[str]:
    """The command of the runner."""
    command = [sys.executable, "-I", "-S", "-B", "-c", BOOT, where.path, str(where.root)]
    return command if figures else [*command, IN_WORDS]


def _warm_up(where: Stage, limits: Limits, figures: bool) -> Session:
    control, theirs = socket.socketpair()
    with bubble_command(where) as (outer, fds), theirs, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*outer, *runner_command(where, figures)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=where.root,
            env=environment(where),
            pass_fds=fds,
            start_new_session=True,
        )
        theirs.close()
        session = Session(process, control)
        try:
            hear(control, "warm", limits.start_s)
        except WireError as error:
            session.stop()
            said.seek(0)
            reason = said.read().decode(errors="replace").strip()[-300:]
            raise WireError(f"the runner did not start: {reason or error}") from error
    return session


ROUNDING = (
    "GLIBC_TUNABLES",
    "MKL_CBWR",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "OPENBLAS_CORETYPE",
)  # a slip that lives on rounding is recognised by its last digits


def environment(where: Stage) -> dict[str, str]:
    """The whole environment of the runner: nothing is inherited but what decides how numbers are rounded."""
    return {
        **{name: os.environ[name] for name in ROUNDING if name in os.environ},
        "PATH": os.defpath,
        "HOME": str(where.root / "runs"),
        "MPLCONFIGDIR": str(where.root / "config"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }


def self_test(where: Stage, limits: Limits) -> tuple[str, list[str]]:
    """Start a warm process and try to get out of the sandbox: see :func:`escapes`."""
    session = warm_up(where, limits)
    try:
        session.begin(limits, [])
        return escapes(session, where, limits)
    finally:
        session.stop()


def escapes(session: Serving, where: Stage, limits: Limits) -> tuple[str, list[str]]:
    """Try to get out of the sandbox, as a submission that has begun.

    Returns
    -------
    layers : str
        Those that hold: ``"a"``, ``"a, a+"`` or ``"a, a+, b"``; "c" for a container in the place of "b".
    reached : list of str
        What could be done all the same; empty if the sandbox holds.
    """
    with socket.socket() as listener, tempfile.TemporaryDirectory(prefix="canary-") as folder:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        canary = Path(folder) / "canary"
        canary.write_text("secret")
        targets = {
            "canary": str(canary),
            "port": listener.getsockname()[1],
            "parent": os.getpid(),
        }
        header = {"do": "escape", **targets}
        reached = session.request(header, [], limits.start_s).header["reached"]
    inner = any(layer <= set(session.held) for layer in ({"landlock", "seccomp"}, {"seatbelt"}))
    layers = ["a"] + ["a+"] * inner + ["b"] * where.bubble + ["c"] * bool(where.engine)
    return ", ".join(layers), [str(name) for name in reached]
