"""A confined process reaches its own folder and the libraries, and nothing else, with Landlock and seccomp alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.sandbox import Limits, Session, stage, warm_up
from autograder.worker import confine
from autograder.worker.rooms import MAX_LEVELS, Rooms, clear, footprint

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
LIMITS = Limits(file_bytes=2**20)
Say = Callable[[str], str]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a secret, and a folder of packages that holds the reference."""
    root = tmp_path_factory.mktemp("elsewhere")
    (root / "secret").write_text("canary")
    site = root / "site-packages"
    for name in ("autograder", "autograder/exercises", "honest", "honest-1.0.dist-info"):
        (site / name).mkdir(parents=True)
    (site / "autograder" / "__init__.py").write_text("REFERENCE = 'canary'")
    (site / "autograder" / "exercises" / "__init__.py").write_text("REFERENCE = 'canary'")
    (site / "__editable___autograder_finder.py").write_text("PATH = 'canary'")
    (site / "honest" / "__init__.py").write_text("VALUE = 42")
    (site / "honest-1.0.dist-info" / "METADATA").write_text("Name: honest\nVersion: 1.0\n")
    return root


@pytest.fixture(scope="module")
def session(elsewhere: Path) -> Iterator[Session]:
    """A submission's process without bubblewrap, where the course is installed beside numpy."""
    installed = [*sandbox.libraries(), elsewhere / "site-packages"]
    with pytest.MonkeyPatch.context() as patch, stage(bubble=False) as where:
        patch.setattr(sandbox, "libraries", lambda: installed)
        running = warm_up(where, LIMITS)
        running.begin(LIMITS, [])
        yield running
        running.stop()


@pytest.fixture
def say(session: Session) -> Say:
    """A function that runs a cell and gives what it printed, or the name of its error."""

    def run(source: str) -> str:
        header = session.request({"do": "run", "source": source}, [], 30).header
        shown = "".join(out.get("text", "") for out in header["outputs"])
        return header["error"][0] if header["error"] else shown.strip()

    return run


def test_all_layers_hold(session: Session) -> None:
    assert set(session.held) == {"limits", "landlock", "capabilities", "seccomp"}


def test_its_own_folder_is_its_home(say: Say) -> None:
    assert say("open('own.txt', 'w').write('x'); print(open('own.txt').read())") == "x"
    assert (
        say("import os; print(os.getcwd() == os.path.expanduser('~'), os.listdir('.'))")
        == "True ['own.txt']"
    )
    assert say("import tempfile; print(tempfile.gettempdir() == os.getcwd())") == "True"
    assert say("os.remove('own.txt'); print(os.listdir('.'))") == "[]"


@pytest.mark.parametrize("target", ["secret", "site-packages/autograder/__init__.py"])
def test_other_files_cannot_be_read(say: Say, elsewhere: Path, target: str) -> None:
    assert say(f"open({str(elsewhere / target)!r}).read()") == "PermissionError"


@pytest.mark.parametrize(
    "act",
    [
        "open(path, 'a')",
        "os.remove(path)",
        "os.rename(path, 'mine')",
        "os.link(path, 'mine')",
        "os.truncate(path, 0)",
        "os.mkdir(path + '.d')",
        "os.symlink('x', path + '.l')",
        "os.setxattr(path, 'user.x', b'x')",
        "os.listdir(os.path.dirname(path))",
    ],
)
def test_other_files_cannot_be_touched(say: Say, elsewhere: Path, act: str) -> None:
    path = str(elsewhere / "secret")
    said = say(
        f"import os\npath = {path!r}\ntry: {act}; print('done')\nexcept OSError as e: print('refused')"
    )
    assert said == "refused"


@pytest.mark.parametrize(
    "act",
    [
        "os.chmod(path, 0o777)",
        "os.chown(path, 1, 1)",
        "os.utime(path, (0, 0))",
        "os.chmod(path, 0)",
    ],
)
def test_modes_owners_and_times_stay_though_it_seems_otherwise(
    say: Say, elsewhere: Path, act: str
) -> None:
    secret = elsewhere / "secret"
    before = secret.stat()
    assert say(f"import os\npath = {str(secret)!r}\n{act}\nprint('done')") == "done"
    assert secret.stat() == before


def test_copying_in_the_own_folder_works(say: Say) -> None:
    assert (
        say(
            "import shutil; open('a', 'w').write('x'); shutil.copy2('a', 'b'); print(open('b').read())"
        )
        == "x"
    )


def test_the_installed_reference_is_out_of_reach(say: Say, elsewhere: Path) -> None:
    assert say("import autograder") in {"PermissionError", "ModuleNotFoundError"}
    assert say("import autograder.exercises") in {"PermissionError", "ModuleNotFoundError"}
    assert say("from autograder import *") in {"PermissionError", "ModuleNotFoundError"}
    assert say("import __editable___autograder_finder") in {
        "PermissionError",
        "ModuleNotFoundError",
    }
    path = str(elsewhere / "site-packages" / "autograder" / "__init__.py")
    loaded = f"import importlib.util as u; s = u.spec_from_file_location('a', {path!r}); s.loader.exec_module(u.module_from_spec(s))"
    assert say(loaded) == "PermissionError"
    assert say(f"import runpy; runpy.run_path({path!r})") == "PermissionError"
    assert (
        say(
            f"import os\nfd = os.open({os.path.dirname(path)!r}, os.O_RDONLY)\n"
            "try: os.open('__init__.py', 0, dir_fd=fd)\nfinally: os.close(fd)"
        )
        == "PermissionError"
    )


def test_packages_beside_it_can_be_imported_and_asked_for_their_version(say: Say) -> None:
    assert say("import honest; print(honest.VALUE)") == "42"
    assert say("from importlib.metadata import version; print(version('honest'))") == "1.0"
    assert say("import sympy; print(sympy.diff('x**2'))") == "2*x"


def test_other_processes_do_not_exist_for_it(say: Say) -> None:
    assert say(f"open('/proc/{os.getpid()}/environ').read()") == "PermissionError"
    assert say("open('/proc/self/maps').read()") == "PermissionError"
    assert say("import os; os.kill(os.getppid(), 9)") == "PermissionError"
    assert say("os.kill(os.getpid(), 19)") == "PermissionError"


@pytest.mark.parametrize(
    "act",
    [
        "os.fork()",
        "os.system('true') and 1 / 0",
        "__import__('subprocess').run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.setsid()",
        "os.memfd_create('x')",
        "__import__('socket').socket()",
        "__import__('socket').socket(__import__('socket').AF_UNIX)",
        "__import__('socket').socketpair(type=__import__('socket').SOCK_DGRAM)",
        "__import__('resource').setrlimit(7, (10**4, 10**4))",
        "__import__('fcntl').fcntl(0, 8, os.getppid())",
    ],
)
def test_processes_sockets_and_limits_are_refused(say: Say, act: str) -> None:
    assert say(f"import os\n{act}") != ""


def test_it_dies_with_its_parent_and_cannot_change_that(say: Say) -> None:
    source = "import ctypes; print(ctypes.CDLL(None).prctl(1, 0, 0, 0, 0))"
    assert say(source) == "-1"


def test_root_has_no_privileges_left(say: Say) -> None:
    assert say("import os; os.setuid(1)") == "PermissionError"
    header = "import ctypes; h = (ctypes.c_uint32 * 2)(0x20080522, 0); d = (ctypes.c_uint32 * 6)()"
    assert say(f"{header}; ctypes.CDLL(None).capget(h, d); print(list(d))") == "[0, 0, 0, 0, 0, 0]"


def test_files_and_memory_are_bounded(say: Say) -> None:
    assert say("open('large', 'wb').write(bytes(10**7))") == "OSError"
    assert say("bytearray(10**11)") == "MemoryError"


def test_it_has_only_its_own_descriptors(say: Say) -> None:
    count = "import os\nn = 0\nfor fd in range(256):\n    try: os.fstat(fd); n += 1\n    except OSError: pass\nprint(n)"
    assert int(say(count)) == 5  # the null device three times, and two pipes


def test_a_footprint_counts_files_and_refuses_crowds(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100_000))
    assert 100_000 <= footprint(tmp_path) < 200_000
    deep = tmp_path
    for _ in range(MAX_LEVELS + 2):
        deep = deep / "d"
        deep.mkdir()
    assert footprint(tmp_path) == float("inf")


def test_folders_of_any_depth_are_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    kept, own = tmp_path / "kept", tmp_path / "own"
    kept.mkdir()
    (kept / "file").write_text("x")
    own.mkdir()
    (own / "link").symlink_to(kept)
    (own / "shut").mkdir(mode=0)
    here = os.getcwd()
    os.chdir(own)
    for _ in range(3000):
        os.mkdir("d" * 50)
        os.chdir("d" * 50)
    os.chdir(here)
    clear(own)
    assert list(own.iterdir()) == []
    assert (kept / "file").read_text() == "x"


def test_every_submission_finds_its_folder_empty_but_for_the_released_files(tmp_path: Path) -> None:
    for name in ("runs", "release"):
        (tmp_path / name).mkdir()
    (tmp_path / "release" / "checks.json").write_text("{}")
    rooms = Rooms.below(tmp_path)
    first = rooms.fresh(["checks.json"])
    (first / "left").write_text("x")
    clear(rooms.runs)
    assert [path.name for path in rooms.fresh(["checks.json"]).iterdir()] == ["checks.json"]


class System:
    """Stands for macOS's library."""

    def __init__(self, refuses: bool) -> None:
        self.refuses, self.applied = refuses, b""

    def sandbox_init(self, profile: bytes, _flags: object, _reason: object) -> int:
        self.applied = profile
        return int(self.refuses)


def test_the_profile_for_macos_forbids_first_and_allows_little_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("site", "config", "release", "runs"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "platform", "darwin")
    rooms = Rooms.below(tmp_path)
    walls = confine.prepare(rooms)
    lines = walls.profile.splitlines()
    assert lines[0] == "(version 1)"
    for act in ("network*", "process-exec*", "process-fork", "signal", "file-write*"):
        assert f"(deny {act})" in lines
    (writes,) = (line for line in lines if line.startswith("(allow file-read* file-write*"))
    assert writes == f'(allow file-read* file-write* (subpath "{rooms.runs.resolve()}"))'
    assert lines.index(writes) > lines.index("(deny file-write*)")
    (reads,) = (line for line in lines if line.startswith("(allow file-read-data"))
    assert str(tmp_path.resolve() / "site") in reads
    assert confine.HIDDEN not in reads
    assert confine._subpaths(['a"b']) == '(subpath "a\\"b")'


def test_the_profile_counts_only_if_the_system_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(refuses=False)
    monkeypatch.setattr(confine, "_libc", lambda: system)
    confine.restrict_by_profile(confine.Walls(None, b"", "(version 1)"))
    assert system.applied == b"(version 1)"
    system.refuses = True
    with pytest.raises(OSError, match="refused"):
        confine.restrict_by_profile(confine.Walls(None, b"", "(version 1)"))
    with pytest.raises(OSError, match="no sandbox profile"):
        confine.restrict_by_profile(confine.Walls(None, b""))
