"""Give up everything a submission does not need, before its text is read.

Resource limits everywhere; on Linux also Landlock (an allow-list of files), seccomp (no new processes, no
sockets, no signals to others, no tracing, no changes to files' owners and modes) and no capabilities; on macOS a
sandbox profile ("seatbelt", written by Apple's rules and not tried on a Mac by us: the self-test at the start of a
run decides). Each layer is irreversible.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landlockpy import AccessFS, Ruleset

    from .rooms import Rooms

FILTER = "calls.bpf"
HIDDEN = "autograder"  # never readable, also where it is installed beside numpy
MIXED = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")  # libraries, and perhaps Python's packages
SYSTEM = (
    "/usr/share/fonts",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/System/Library",
)
SITES = ("site-packages", "dist-packages")
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True)
class Walls:
    """What can be prepared once, for all submissions of a warm process.

    Attributes
    ----------
    files : Ruleset or None
        The files that may be used; None where the kernel has no Landlock.
    calls : bytes
        The system-call filter; empty where there is none.
    profile : str
        The sandbox profile of macOS.
    """

    files: Ruleset | None
    calls: bytes
    profile: str = ""


def prepare(rooms: Rooms) -> Walls:
    """Collect what a submission may use, while everything can still be read."""
    files = None
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        files = _allowed_files(rooms)
    calls = b""
    with contextlib.suppress(OSError):
        calls = (rooms.stage / "config" / FILTER).read_bytes()
    return Walls(files, calls, profile(rooms) if sys.platform == "darwin" else "")


def confine(walls: Walls, limits: dict[str, int]) -> list[str]:
    """Apply every layer there is; the names of those that hold."""
    layers: dict[str, Callable[[], None]] = {"limits": lambda: limit_resources(limits)}
    if sys.platform == "linux":
        layers["landlock"] = lambda: restrict_files(walls)
        layers["capabilities"] = drop_capabilities
        layers["seccomp"] = lambda: restrict_calls(walls)
    if sys.platform == "darwin":
        layers["seatbelt"] = lambda: restrict_by_profile(walls)
    held = []
    for name, layer in layers.items():
        with contextlib.suppress(ImportError, OSError, RuntimeError, AttributeError, ValueError):
            layer()
            held.append(name)
    return held


def limit_resources(limits: dict[str, int]) -> None:
    """Set hard limits on memory, file size, CPU seconds and open files."""
    import resource

    for kind, value in (
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_s"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits["memory_bytes"]),  # the last, for macOS refuses it
    ):
        resource.setrlimit(kind, (value, value))


def restrict_files(walls: Walls) -> None:
    """Allow reading Python, its libraries and the release, and writing the own folder; nothing else.

    Raises
    ------
    OSError
        If the kernel has no Landlock, or refuses.
    """
    if walls.files is None:
        raise OSError("there is no Landlock here")
    walls.files.restrict()
    walls.files.close()  # nobody may add to the rules that later submissions get


def restrict_calls(walls: Walls) -> None:
    """Load the system-call filter that :mod:`autograder.calls` made.

    Raises
    ------
    OSError
        If there is none, or the kernel refuses it.
    """
    if not walls.calls:
        raise OSError("there is no system-call filter")
    program = Program(len(walls.calls) // 8, walls.calls)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))


def profile(rooms: Rooms) -> str:
    """The sandbox profile of macOS: what is forbidden, and then, for the last rule counts, what is allowed of it."""
    read = [str(path.resolve()) for path in readable(rooms) if path.exists()]
    homes = (
        "/Users",
        "/Volumes",
        "/private/tmp",
        "/private/var",
        "/private/etc",
        "/opt",
        "/usr/local",
    )
    return "\n".join(
        [
            "(version 1)",
            "(allow default)",
            "(deny network*)",
            "(deny process-exec*)",
            "(deny process-fork)",
            "(deny signal)",
            "(allow signal (target self))",
            "(deny file-write*)",
            f"(deny file-read-data {_subpaths(homes)})",
            f"(allow file-read-data {_subpaths(read)})",
            f"(allow file-read* file-write* {_subpaths([str(rooms.runs.resolve())])})",
            '(allow file-write-data (literal "/dev/null"))',
        ]
    )


def _subpaths(folders: Iterable[str]) -> str:
    quoted = (folder.replace("\\", "\\\\").replace('"', '\\"') for folder in folders)
    return " ".join(f'(subpath "{folder}")' for folder in quoted)


def restrict_by_profile(walls: Walls) -> None:
    """Apply the sandbox profile (macOS).

    Raises
    ------
    OSError
        If there is none, or the system refuses it.
    """
    if not walls.profile:
        raise OSError("there is no sandbox profile")
    reason = ctypes.c_char_p()
    if _libc().sandbox_init(walls.profile.encode(), ctypes.c_uint64(0), ctypes.byref(reason)):
        raise OSError((reason.value or b"refused").decode(errors="replace"))


def drop_capabilities() -> None:
    """Root without privileges: a file's owner, and nothing more.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc().capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capabilities could not be dropped")


def die_with_parent(parent: int) -> None:
    """Be killed when the warm process ends; at once if it has ended already (Linux)."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(0)


def keep_to_itself() -> None:
    """Make the warm process the one to whom orphans fall, and one that nobody can look into (Linux)."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_DUMPABLE, 0)


class Program(ctypes.Structure):
    """A seccomp filter as the kernel takes it (struct sock_fprog)."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def prctl(option: int, *arguments: object) -> None:
    """The system call of this name.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    if _libc().prctl(option, *arguments, *[0] * (4 - len(arguments))):
        raise OSError(ctypes.get_errno(), f"prctl {option} was refused")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _allowed_files(rooms: Rooms) -> Ruleset:
    """The rules of Landlock: an allow-list in which no folder holds a hidden one."""
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
    rules = Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET)
    for path in readable(rooms):
        _allow(rules, path, read if path.is_dir() else AccessFS.READ_FILE | AccessFS.EXECUTE)
    for site in sites():
        _allow(rules, site, AccessFS.READ_DIR)  # its list of names, to import from
    _allow(rules, Path(os.devnull), AccessFS.READ_FILE | AccessFS.WRITE_FILE)
    devices = AccessFS.MAKE_BLOCK | AccessFS.MAKE_CHAR | AccessFS.MAKE_SOCK
    rules.allow_path(rooms.runs, rules.handled_fs & ~devices)
    return rules


def _allow(rules: Ruleset, path: Path, access: AccessFS) -> None:
    with contextlib.suppress(OSError):
        rules.allow_path(path, access)


def readable(rooms: Rooms) -> list[Path]:
    """What a submission may read."""
    stage = [rooms.stage / "site", rooms.stage / "config", rooms.stage / "release"]
    system = [Path(name) for name in SYSTEM]
    return [*stage, *system, Path(sys.executable), *_standard_library(), *_packages()]


def sites() -> list[Path]:
    """The folders that packages are imported from."""
    return [Path(entry) for entry in sys.path if Path(entry).name in SITES]


def _standard_library() -> Iterator[Path]:
    """Shared libraries and Python's own modules, without the folders that packages are installed in."""
    home = Path(os.__file__).parent
    yield from (entry for entry in _in(home) if entry.name not in SITES)
    mixed = [Path(sys.base_prefix) / "lib", *map(Path, MIXED)]
    for folder in dict.fromkeys(folder.resolve() for folder in mixed):
        yield from (entry for entry in _in(folder) if not entry.name.startswith("python"))


def _packages() -> Iterator[Path]:
    """Everything in the folders of installed packages but the hidden ones."""
    for entry in (entry for site in sites() for entry in _in(site)):
        if HIDDEN not in entry.name and entry.suffix != ".pth":
            yield entry


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
