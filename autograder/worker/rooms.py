"""The folders of the runner: what may be read, and the one that a submission may write."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

IMPORTS = "imports.txt"
IN_WORDS = "--in-words"
MAX_ENTRIES = 5_000
MAX_LEVELS = 50
BLOCK = 512


@dataclass(frozen=True)
class Rooms:
    """Folders of the runner.

    Attributes
    ----------
    stage : Path
        ``site`` (what may be imported), ``config`` and ``release`` (what lies beside a notebook).
    runs : Path
        Where a submission gets an empty folder of its own; no two processes share it.
    """

    stage: Path
    runs: Path

    @classmethod
    def below(cls, stage: Path) -> Rooms:
        """The rooms of a new warm process on this stage."""
        return cls(stage, Path(tempfile.mkdtemp(dir=stage / "runs")))

    @property
    def imports(self) -> list[str]:
        """Names of what the notebooks to be run import; none where nobody has said."""
        with contextlib.suppress(OSError):
            return (self.stage / "config" / IMPORTS).read_text("utf-8").split()
        return []

    def fresh(self, files: list[str], contents: Sequence[bytes] = ()) -> Path:
        """An empty folder holding the named files of the release: copies, or `contents` where they were sent."""
        folder = Path(tempfile.mkdtemp(dir=self.runs))
        for name in files[len(contents) :]:
            shutil.copyfile(self.stage / "release" / name, folder / Path(name).name)
        for name, content in zip(files, contents, strict=False):
            (folder / Path(name).name).write_bytes(content)
        return folder


def digest(*packages: Path) -> str:
    """Digest of what packages say: the same wherever they lie."""
    whole = hashlib.sha256()
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            whole.update(path.relative_to(package).as_posix().encode() + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def footprint(folder: Path) -> float:
    """Bytes on disk below `folder`; infinite for too many files, or too many levels.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     footprint(Path(empty))
    0.0
    """
    size, entries, waiting = 0.0, 0, [(str(folder), 0)]
    while waiting:
        path, level = waiting.pop()
        for entry in _entries(path):
            entries += 1
            if entries > MAX_ENTRIES or level > MAX_LEVELS:
                return float("inf")
            with contextlib.suppress(OSError):  # it was removed just now
                size += getattr(entry.stat(follow_symlinks=False), "st_blocks", 0) * BLOCK
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, level + 1))
    return size


def clear(folder: Path) -> None:
    """Remove everything below `folder`, however deep, without following a link.

    Folders are moved up until none is left, so no path ever becomes too long for the system.

    Raises
    ------
    OSError
        If something cannot be removed.
    """
    while True:
        folders = [entry.path for entry in list(_entries(str(folder))) if not _unlinked(entry)]
        if not folders:
            return
        for path in folders:
            os.chmod(path, 0o700)
            for entry in list(_entries(path)):
                if not _unlinked(entry):
                    os.rename(entry.path, folder / secrets.token_hex(16))
            os.rmdir(path)


def _unlinked(entry: os.DirEntry[str]) -> bool:
    """Remove what is not a folder; whether it is gone."""
    if entry.is_dir(follow_symlinks=False):
        return False
    os.unlink(entry.path)
    return True


def _entries(path: str) -> Iterator[os.DirEntry[str]]:
    """What is in a folder; nothing if it is gone."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(path) as found:
        yield from found
