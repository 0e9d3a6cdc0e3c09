"""Look at this machine: what the course needs is here or is not, and how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import release
from autograder.classroom import Classroom
from autograder.sandbox import Limits, bubble_works, self_test, stage
from autograder.worker.wire import WireError

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "calculus-course"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what : str
    good : bool
    advice : str
        How to get it.
    needed : bool
        Whether the course does not work without it.
    """

    what: str
    good: bool
    advice: str = ""
    needed: bool = True


def examine(classroom: Classroom) -> list[Finding]:
    """Everything that is looked at."""
    return [python(), *packages(), *folders(classroom), browser(), *sandbox()]


def python() -> Finding:
    """The version of Python."""
    have = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {have}", sys.version_info >= (3, 11), "Install Python 3.11 or newer.")


def packages() -> Iterator[Finding]:
    """The packages that the course depends on."""
    linux = re.compile("sys_platform == ['\"]linux")
    lines = [line for line in dependencies() if not linux.search(line) or sys.platform == "linux"]
    missing = [name for line in lines if not _installed(name := _name(line))]
    advice = "Run `make lab`, or: python -m pip install -r requirements.lock"
    said = f"packages missing: {', '.join(missing)}" if missing else "all packages"
    yield Finding(said, not missing, advice)


def dependencies() -> list[str]:
    """What pyproject.toml names; where the course is installed without it, what was installed says the same."""
    try:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    except FileNotFoundError:
        known = importlib.metadata.requires(PROJECT) or []
        return [line for line in known if "extra ==" not in line]
    return list(project["dependencies"])


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~; \[]", requirement)[0]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def folders(classroom: Classroom) -> Iterator[Finding]:
    """The folders that are written to, and the notebooks."""
    for folder in (classroom.root, Path("work")):
        place = folder.resolve()
        while not place.exists():
            place = place.parent
        good = os.access(place, os.W_OK)
        yield Finding(
            f"{folder} can be written", good, f"Work where you may write: {place} is not yours."
        )
    weeks = release.source_weeks(classroom)
    yield Finding(
        f"{len(weeks)} weeks in {classroom.notebooks.name}",
        bool(weeks),
        "Run it in the course's folder.",
    )


def browser() -> Finding:
    """A browser for the tests of pages."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    advice = (
        "Only the tests of pages need it: apt-get install chromium, or a package of your system."
    )
    return Finding(f"browser: {found or 'none'}", found is not None, advice, needed=False)


def sandbox() -> Iterator[Finding]:
    """The layers of the sandbox, tried as in a grading."""
    yield Finding(
        "bubblewrap", bubble_works(), "A further layer: apt-get install bubblewrap.", needed=False
    )
    try:
        with stage() as where:
            layers, reached = self_test(where, Limits())
    except (WireError, OSError) as error:
        yield Finding(f"sandbox: {error}", False, "Grading does not work without it.")
        return
    advice = (
        f"A notebook could {', '.join(reached)}: grade on Linux 5.13 or newer, or in a container. "
        "Students do not need it."
    )
    yield Finding(f"sandbox: layers {layers}", not reached, advice, needed=False)
