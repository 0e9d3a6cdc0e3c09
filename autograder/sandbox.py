"""Start the warm process that runs submissions, and talk to it under a clock that it cannot stop.

The layers, from outside in: bubblewrap around the warm process where its exact command line works (b); then, in
each submission's own process, resource limits (a), Landlock and seccomp (a+).
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.calls import compile_filter
from autograder.worker.confine import FILTER
from autograder.worker.wire import Channel, Frame, LateError, WireError

HERE = Path(__file__).parent
BOOT = (
    "import sys, runpy; sys.path[:0] = sys.argv.pop(1).split(':'); "
    "runpy.run_module('worker', run_name='__main__')"
)
BUBBLE_TMP_BYTES = 512 * 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    start_s, cell_s, call_s, notebook_s : float
        Wall-clock seconds for starting, for one cell, for one call of a function, and for everything.
    memory_bytes, file_bytes : int
        Address space, and the size of any file it writes.
    """

    start_s: float = 60.0
    cell_s: float = 60.0
    call_s: float = 20.0
    notebook_s: float = 600.0
    memory_bytes: int = 3 * 2**30
    file_bytes: int = 64 * 2**20

    @property
    def for_worker(self) -> dict[str, int]:
        """The limits that a submission's process sets on itself."""
        return {
            "memory_bytes": self.memory_bytes,
            "file_bytes": self.file_bytes,
            "cpu_s": int(self.notebook_s),
        }


@dataclass(frozen=True)
class Stage:
    """A folder with what the runner may import (``site``), its settings and the released files."""

    root: Path
    bubble: bool = False

    @property
    def path(self) -> str:
        """The runner's import path."""
        return ":".join([str(self.root / "site"), *map(str, libraries())])


def libraries() -> list[Path]:
    """Where this Python's packages are installed."""
    return [Path(p) for p in dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])]


@contextlib.contextmanager
def stage(released: tuple[Path, ...] = (), bubble: bool | None = None) -> Iterator[Stage]:
    """Prepare a stage and remove it afterwards.

    Parameters
    ----------
    released : tuple of Path
        Files that a notebook finds beside it.
    bubble : bool, optional
        Whether to use bubblewrap; by default where its exact command line works.
    """
    with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HERE.parent / "helpers", root / "site" / "helpers", ignore=ignore)
        shutil.copytree(HERE / "worker", root / "site" / "worker", ignore=ignore)
        for name in ("config", "release", "runs"):
            (root / name).mkdir()
        _copy_font_list(root / "config")
        for file in released:
            shutil.copy(file, root / "release")
        with contextlib.suppress(ImportError, OSError):
            (root / "config" / FILTER).write_bytes(compile_filter())
        wanted = bubble_works() if bubble is None else bubble
        yield Stage(root, wanted)


def _copy_font_list(config: Path) -> None:
    """Matplotlib looks for fonts for a second unless it finds its list."""
    import matplotlib

    for file in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
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
                    [*command, sys.executable, "-I", "-S", "-c", "print(42)"],
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
    """bubblewrap's command, its arguments in a pipe so that they are not readable inside."""
    read_fd, write_fd = os.pipe()
    os.write(write_fd, b"\0".join(argument.encode() for argument in bubble_arguments(where)))
    os.close(write_fd)
    try:
        yield ["bwrap", "--args", str(read_fd)], (read_fd,)
    finally:
        os.close(read_fd)


def bubble_arguments(where: Stage) -> list[str]:
    """Only Python, the libraries and the stage exist inside; nothing but ``/tmp`` can be written."""
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += ["--size", str(BUBBLE_TMP_BYTES), "--tmpfs", "/tmp", "--dev", "/dev"]
    arguments += ["--size", str(BUBBLE_TMP_BYTES // 8), "--tmpfs", "/dev/shm"]
    system = ["/usr/lib", "/usr/lib64", "/usr/share/fonts", "/usr/share/zoneinfo", "/lib", "/lib64"]
    folders = [*system, "/etc/ld.so.cache", "/etc/localtime", *_python_folders(), str(where.root)]
    for folder in dict.fromkeys(folders):
        arguments += ["--ro-bind-try", folder, folder]
    for hidden in (site / "autograder" for site in libraries()):
        if hidden.is_dir():
            arguments += ["--tmpfs", str(hidden)]
    return [*arguments, "--tmpfs", str(where.root / "runs"), "--chdir", "/tmp"]


def _python_folders() -> list[str]:
    """Where this Python's program, standard library and packages are."""
    program = Path(sys.executable)
    standard = [Path(sys.base_prefix) / "lib", Path(os.__file__).parent]
    return [str(path) for path in [program, program.resolve(), *standard, *libraries()]]


@dataclass
class Session:
    """A warm process, and the submission that runs in it; one at a time."""

    process: subprocess.Popen[bytes]
    channel: Channel
    words_fd: int
    held: tuple[str, ...] = ()
    words: bytes = field(default=b"", repr=False)

    def request(self, header: dict[str, Any], buffers: list[bytes], timeout_s: float) -> Frame:
        """Send a request and wait for its answer.

        Raises
        ------
        LateError
            If nothing came within `timeout_s` seconds.
        WireError
            If the submission's process died or spoke nonsense.
        """
        self.channel.send(header, buffers)
        return self.channel.receive(timeout_s, self.words_fd)

    def begin(self, limits: Limits, files: list[str], figures: bool) -> None:
        """Fork a process for the next submission."""
        header = {"do": "begin", "files": files, "figures": figures, "limits": limits.for_worker}
        held = self.request(header, [], limits.start_s).header["held"]
        self.held = tuple(str(name) for name in held)

    def end(self) -> bool:
        """Ask the submission's process to end; whether it and all it started are gone."""
        try:
            self.channel.send({"do": "end"})
            self.wait_for("ended", 5.0)
        except WireError:
            return False
        return not select.select([self.channel.read_fd], [], [], 0)[0]

    def wait_for(self, word: str, timeout_s: float) -> None:
        """Wait until the warm process itself has said `word`.

        Raises
        ------
        WireError
            If it did not.
        """
        until = time.monotonic() + timeout_s
        wanted = word.encode() + b"\n"
        while not self.words.endswith(wanted):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.words_fd], [], [], left)[0]:
                raise LateError(f"the runner did not say {word!r} in time")
            part = os.read(self.words_fd, 1000)
            if not part:
                raise WireError("the runner ended")
            self.words += part
        self.words = b""

    def stop(self) -> None:
        """End the warm process, which kills what runs in it; then kill whatever is left."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2.0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.channel.close()
        os.close(self.words_fd)


def warm_up(where: Stage, limits: Limits) -> Session:
    """Start a warm process.

    Raises
    ------
    WireError
        If it does not come up in time.
    """
    to_read, to_write, words = os.pipe(), os.pipe(), os.pipe()
    runs = where.root / "runs"
    python = [sys.executable, "-I", "-S", "-c", BOOT, where.path, str(where.root), str(runs)]
    with bubble_command(where) if where.bubble else contextlib.nullcontext(([], ())) as (outer, fds):
        process = subprocess.Popen(
            [*outer, *python],
            stdin=to_write[0],
            stdout=to_read[1],
            stderr=words[1],
            cwd=where.root,
            env=environment(where),
            pass_fds=fds,
            start_new_session=True,
        )
    for fd in (to_write[0], to_read[1], words[1]):
        os.close(fd)
    session = Session(process, Channel(to_read[0], to_write[1]), words[0])
    try:
        session.wait_for("warm", limits.start_s)
    except WireError as error:
        said = session.words.decode(errors="replace").strip()[-300:]
        session.stop()
        raise WireError(f"the runner did not start: {said or error}") from error
    return session


def environment(where: Stage) -> dict[str, str]:
    """The whole environment of the runner: nothing is inherited."""
    return {
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
    """Try to get out of the sandbox.

    Returns
    -------
    layers : str
        Those that hold: ``"a"``, ``"a, a+"`` or ``"a, a+, b"``.
    reached : list of str
        What could be done all the same; empty if the sandbox holds.
    """
    with socket.socket() as listener, tempfile.TemporaryDirectory(prefix="canary-") as folder:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        canary = Path(folder) / "canary"
        canary.write_text("secret")
        session = warm_up(where, limits)
        try:
            session.begin(limits, [], figures=False)
            targets = {"canary": str(canary), "port": listener.getsockname()[1], "parent": os.getpid()}
            header = {"do": "escape", **targets}
            reached = session.request(header, [], limits.start_s).header["reached"]
        finally:
            session.stop()
    inner = {"landlock", "seccomp"} <= set(session.held)
    layers = ["a"] + ["a+"] * inner + ["b"] * where.bubble
    return ", ".join(layers), [str(name) for name in reached]
