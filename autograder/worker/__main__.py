"""A warm process that runs one submission after the other, each in a fork of its own.

The grader speaks to the warm process over a socket on standard input: one JSON line, with it the two pipes of
the submission that begins. It answers with one word: ``warm`` once, and, asked to end a submission, ``ended`` when
its process is gone with everything it started. A submission's process holds its own two pipes and nothing else, so whatever
it leaves in them, or does to them, ends with it.

Where standard input is not a socket (a container, a system without fork), it serves one submission over
standard input and output and ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import helpers
from helpers.borrowed import watched
from helpers.probes import Outcome
from helpers.schemes import outcome_tree, read_probe

from . import confine, memory
from .rooms import IN_WORDS, Rooms, clear, digest, footprint
from .shell import Shell
from .trial import attempt
from .wire import Channel, Frame, WireError

Reply = tuple[dict[str, Any], list[bytes]]
WATCH_S = 0.1
MAX_THREADS = 256
LESSON_PITS = 50
PRELOADED = ("resource", "matplotlib.pyplot", "numpy.testing")
FIRST_CELL = """
%matplotlib inline
from helpers.functions import bowl
from helpers.plots import contours_with_gradient

print(bowl([1.0, 2.0]))
contours_with_gradient(bowl, at=(1.0, 0.75))
"""


def main(stage: Path, draws: bool) -> None:
    """Serve submissions until the grader closes the socket."""
    if stat.S_ISSOCK(os.fstat(0).st_mode):
        serve_many(stage, draws)
    else:
        serve_alone(stage)


def serve_many(stage: Path, draws: bool) -> None:
    """Fork a process for every submission that is announced on standard input."""
    control = socket.socket(fileno=os.dup(0))
    rooms, shell = warm(stage, draws)
    walls = confine.prepare(rooms)
    confine.keep_to_itself()
    close_standard_streams()
    control.sendall(b"warm\n")
    while announced := take(control):
        header, fds = announced
        if header["do"] == "begin":
            run_forked(header, Channel(*fds), control, rooms, walls, shell)
        else:
            control.sendall(b"ended\n")


def serve_alone(stage: Path) -> None:
    """Serve one submission over standard input and output, until standard input is closed."""
    channel = Channel(os.dup(0), os.dup(1))
    close_standard_streams()
    rooms, shell = warm(stage)
    walls = confine.prepare(rooms)
    begun = channel.receive()
    header, folder = begun.header, rooms.fresh(begun.header["files"], begun.buffers)
    header["code"] = digest(stage / "site" / "helpers", stage / "site" / "worker")
    parent, child = os.getpid(), os.fork() if hasattr(os, "fork") else 0
    if child == 0:
        if os.getpid() != parent:
            os.setsid()
            confine.die_with_parent(parent)
        serve_one(header, channel, folder, walls, shell)
        os._exit(0)
    confine.keep_to_itself()
    while os.waitpid(child, os.WNOHANG)[0] == 0 and not hung_up(channel.read_fd):
        if takes_too_much(child, rooms, header["limits"]["disk_bytes"]):
            os.kill(child, signal.SIGKILL)
    end_everything(child)
    clear(rooms.runs)
    os._exit(0)


def hung_up(fd: int) -> bool:
    """Whether the other end of a pipe is closed, after a moment's wait."""
    poll = select.poll()
    poll.register(fd, 0)
    return bool(poll.poll(WATCH_S * 1000))


def close_standard_streams() -> None:
    """Print and input get the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def warm(stage: Path, draws: bool = True) -> tuple[Rooms, Shell]:
    """Import what notebooks import, and make the shell that every submission gets a copy of."""
    rooms = Rooms.below(stage)
    for module in (*PRELOADED, *modules_of(helpers), *rooms.imports):
        with contextlib.suppress(ImportError):
            if confine.HIDDEN not in module:
                importlib.import_module(module)
    os.environ.update({"HOME": str(rooms.runs), "IPYTHONDIR": str(rooms.runs)})
    shell = Shell()
    rehearse(shell, draws)
    clear(rooms.runs)
    gc.collect()
    memory.pack()
    gc.freeze()  # what is here is shared with every fork; looking through it again would copy it
    return rooms, shell


def modules_of(package: ModuleType) -> Iterator[str]:
    """The names of a package's modules."""
    yield from (found.name for found in walk_packages(package.__path__, f"{package.__name__}."))


def rehearse(shell: Shell, draws: bool) -> None:
    """Do once what is slow the first time: run a cell, draw a figure, make one that moves, dig the lesson's pits."""
    shell.rehearse(FIRST_CELL, draws)
    with contextlib.suppress(ImportError):
        from helpers import functions, sandpit, widgets

        widgets.contours_with_gradient(functions.bowl)
        for seed in range(LESSON_PITS):
            sandpit.pit(seed)


def take(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The grader's next line and the descriptors that came with it; None when it is gone."""
    text, fds = b"", []
    while not text.endswith(b"\n"):
        part, more, _, _ = socket.recv_fds(control, 65536, 2)
        if not part:
            return None
        text += part
        fds += more
    return json.loads(text), fds


def run_forked(
    header: dict[str, Any],
    channel: Channel,
    control: socket.socket,
    rooms: Rooms,
    walls: confine.Walls,
    shell: Shell,
) -> None:
    """Run a submission in a fork until the grader has had enough, and leave nothing of it."""
    folder, parent = rooms.fresh(header["files"]), os.getpid()
    child = os.fork()
    if child == 0:
        try:
            control.close()
            os.setsid()
            confine.die_with_parent(parent)
            serve_one(header, channel, folder, walls, shell)
        finally:
            os._exit(0)
    channel.close()
    while not select.select([control], [], [], WATCH_S)[0]:
        if takes_too_much(child, rooms, header["limits"]["disk_bytes"]):
            os.kill(child, signal.SIGKILL)
    end_everything(child)
    clear(rooms.runs)


def takes_too_much(child: int, rooms: Rooms, disk_bytes: int) -> bool:
    """Whether a submission has more threads or files than any answer needs."""
    try:
        threads = len(os.listdir(f"/proc/{child}/task"))
    except OSError:
        threads = 1
    try:
        return threads > MAX_THREADS or footprint(rooms.runs) > disk_bytes
    except OSError:
        return True


def leaves_too_much(folder: Path, disk_bytes: int) -> bool:
    """The same after a cell, seen from within: that cell ends this process, and not the next one."""
    return len(sys._current_frames()) > MAX_THREADS or footprint(folder) > disk_bytes


def end_everything(group: int) -> None:
    """Kill what a submission has left behind: its group, and orphans that fell to this process."""
    for send in (os.killpg, os.kill):  # the group may not be there yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(group, signal.SIGKILL)
    while True:
        for orphan in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def children() -> list[int]:
    """Processes whose parent is this one (Linux)."""
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except OSError:
        return []


def serve_one(
    header: dict[str, Any], channel: Channel, folder: Path, walls: confine.Walls, shell: Shell
) -> None:
    """Confine this process, then answer requests about one submission until the grader says no more."""
    os.chdir(folder)
    os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), str(folder)))
    tempfile.tempdir = None
    reseed()
    held = confine.confine(walls, header["limits"])
    channel.send({"held": held, "code": header.get("code", "")})
    while True:
        try:
            request = channel.receive()
        except WireError:
            return
        turn = request.header["turn"]
        reply, buffers = OPERATIONS[request.header["do"]](shell, request)
        if "outputs" in reply and leaves_too_much(folder, header["limits"]["disk_bytes"]):
            return
        channel.send({**reply, "turn": turn}, buffers)


def reseed() -> None:
    """Every submission draws random numbers of its own, as in a new kernel."""
    import numpy as np

    random.seed()
    np.random.seed(random.getrandbits(32))  # noqa: NPY002 (it is the old global one that forks share)


def run_cell(shell: Shell, frame: Frame) -> Reply:
    """Run a cell of the notebook."""
    outputs, error = shell.run(frame.header["source"], frame.header.get("draws", True))
    return {"outputs": outputs, "error": error}, []


def ask_probe(shell: Shell, frame: Frame) -> Reply:
    """Ask one probe of a function, class or variable of the notebook, and note what it borrows."""
    buffers: list[bytes] = []
    helper = ""
    try:
        probe = read_probe(frame.header, frame.buffers)
        answer, refuses = shell.find(frame.header["name"]), frame.header["refuses"]
        frame.header.clear()  # it tells what each function is, to whoever looks for it in the callers' frames
        with shell.silent():
            outcome, helper = watched(answer, probe, refuses, once=True)
    except NameError as error:
        outcome = Outcome(errors=("NotAnswered",), message=str(error))
    except BaseException as error:  # noqa: BLE001 (whatever an answer raises is its outcome)
        outcome = Outcome(errors=(type(error).__name__,))
    return {**outcome_tree(outcome, buffers), "borrowed": helper}, buffers


def try_escapes(_shell: Shell, frame: Frame) -> Reply:
    """Try to get out, for the self-test at the start of a run."""
    return {"reached": attempt(frame.header)}, []


OPERATIONS: dict[str, Callable[[Shell, Frame], Reply]] = {
    "run": run_cell,
    "ask": ask_probe,
    "escape": try_escapes,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), draws=IN_WORDS not in sys.argv)
