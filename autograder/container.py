"""Run each submission in a process of its own that any command starts: a container, or a fresh Python.

The command's process serves one submission over its standard input and output, in the same frames as elsewhere. It
ends when its standard input is closed, and takes everything with it; that is how a container is ended too, for
killing the program that started one leaves it running.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from autograder.worker.rooms import digest
from autograder.worker.wire import Channel, Frame, LateError, WireError

HERE = Path(__file__).parent
END_S = 10.0
PIPES_CAN_BE_WAITED_FOR = sys.platform != "win32"


class Bounds(Protocol):
    """What a submission may use: see :class:`autograder.sandbox.Limits`."""

    @property
    def start_s(self) -> float:
        """Wall-clock seconds for starting."""

    @property
    def for_worker(self) -> dict[str, int]:
        """The limits that a submission's process sets on itself."""


@dataclass
class Contained:
    """One submission after the other, each in a new process of `command`.

    Attributes
    ----------
    command : sequence of str
        Starts a process that speaks frames on standard input and output.
    release : Path
        The folder of the released files; they are sent along.
    environment : mapping of str to str, optional
        Of the command; by default that of this process, which a container engine needs.
    """

    command: Sequence[str]
    release: Path
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    channel: Channel | None = None
    held: tuple[str, ...] = ()

    def begin(self, limits: Bounds, files: list[str]) -> None:
        """Start a process for the next submission.

        Raises
        ------
        WireError
            If it does not start in time, or holds another version of the course.
        """
        self.end()
        header = {"do": "begin", "files": files, "limits": limits.for_worker}
        with tempfile.TemporaryFile() as said:
            try:
                self._start(said)
                contents = [(self.release / name).read_bytes() for name in files]
                frame = self._ask(header, contents, limits.start_s)
            except (OSError, WireError) as error:
                self.end()
                said.seek(0)
                reason = said.read().decode(errors="replace").strip()[-300:] or error
                raise WireError(f"{self.command[0]} started no runner: {reason}") from error
        if frame.header.get("code") != version():
            self.end()
            raise WireError("the container holds another version of the course: build it again")
        self.held = tuple(str(name) for name in frame.header["held"])

    def _start(self, said: IO[bytes]) -> None:
        self.process = subprocess.Popen(
            list(self.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=self.environment,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.channel = Channel(self.process.stdout.fileno(), self.process.stdin.fileno())

    def request(self, header: dict[str, Any], buffers: list[bytes], timeout_s: float) -> Frame:
        """Send a request and wait for its answer; see :meth:`autograder.sandbox.Session.request`."""
        turn = secrets.token_hex(8)
        frame = self._ask({**header, "turn": turn}, buffers, timeout_s)
        if frame.header.pop("turn", "") != turn:
            raise WireError("an answer came to a question that was not asked")
        return frame

    def _ask(self, header: dict[str, Any], buffers: list[bytes], timeout_s: float) -> Frame:
        if self.channel is None or self.process is None:
            raise WireError("no submission has begun")
        if PIPES_CAN_BE_WAITED_FOR:
            until = time.monotonic() + timeout_s
            self.channel.send(header, buffers, timeout_s)
            return self.channel.receive(until - time.monotonic())
        with _killed_after(self.process, timeout_s):
            self.channel.send(header, buffers)
            return self.channel.receive()

    def end(self) -> bool:
        """End the submission's process; whether it ended by itself, and so everything that it started."""
        process, self.process, self.channel = self.process, None, None
        if process is None:
            return True
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
            return False
        return True

    def stop(self) -> None:
        """The same: nothing is kept from one submission to the next."""
        self.end()


def version() -> str:
    """Digest of the runner and of helpers as they are here."""
    return digest(HERE.parent / "helpers", HERE / "worker")


@contextlib.contextmanager
def _killed_after(process: subprocess.Popen[bytes], timeout_s: float) -> Iterator[None]:
    """Where a pipe cannot be waited for (Windows), a late process is killed, which closes its pipe.

    Raises
    ------
    LateError
        If it came to that.
    """
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(timeout_s, kill)
    timer.start()
    try:
        yield
    except WireError as error:
        if late.is_set():
            raise LateError("no answer in time") from error
        raise
    finally:
        timer.cancel()
