"""Release weeks: the notebook without answers, the checks as data, and one zip that a student opens and starts."""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder import exercises
from autograder.classroom import Classroom, CourseError, replace
from autograder.compiler import compile_public
from autograder.nbgrader_plugin import load
from helpers import schemes

ROOT = Path(__file__).resolve().parents[1]
STUDENT_PACKAGES = (
    "anywidget", "ipykernel", "ipython", "ipywidgets", "jupyterlab", "matplotlib", "numpy", "scipy"
)  # fmt: skip
ZIP_DATE = (2000, 1, 1, 0, 0, 0)
START_HERE = """\
# {week}

You need Python {python} or newer. In a terminal, in this folder:

```
python -m pip install -r requirements.txt
jupyter lab {week}.ipynb
```

Work from the top. Where a cell says `raise NotImplementedError("your turn")`, write your answer there and run the
check below it; it tells you what it asked, what it wanted and what came. Checks can be run as often as you like.

Hand in `{week}.ipynb`, nothing else. Keep its name.
"""


@dataclass(frozen=True)
class Released:
    """A released week.

    Attributes
    ----------
    week : str
    zip : Path
        The file to give to students.
    said : tuple of str
        What nbgrader warned of, for instance exercises added after submissions came in.
    """

    week: str
    zip: Path
    said: tuple[str, ...] = ()


def source_weeks(classroom: Classroom) -> list[str]:
    """Names of the weeks that have a source notebook, in order."""
    found = classroom.notebooks.glob("*/*.ipynb")
    return sorted(path.stem for path in found if path.stem == path.parent.name)


def release(classroom: Classroom, weeks: Iterable[str] = ()) -> Iterator[Released]:
    """Release some weeks, or all; a week may be released again.

    Parameters
    ----------
    classroom : Classroom
    weeks : iterable of str, optional

    Raises
    ------
    CourseError
        If there is no such week, or nbgrader refuses its notebook.
    """
    known = source_weeks(classroom)
    for week in list(weeks) or known:
        if week not in known:
            raise CourseError(f"there is no week {week!r}; there are {', '.join(known) or 'none'}.")
        yield _release_one(classroom, week)


def _release_one(classroom: Classroom, week: str) -> Released:
    build = classroom.root / f".release-{os.getpid()}"
    shutil.rmtree(build, ignore_errors=True)
    try:
        said = _convert(classroom, week, build)
        write_checks(week, build / week)
        _swap(build / week, classroom.release(week), build / "old")
    finally:
        shutil.rmtree(build, ignore_errors=True)
    path = classroom.release(week).with_suffix(".zip")
    replace(path, _zip(classroom, week))
    return Released(week, path, tuple(said))


def _convert(classroom: Classroom, week: str, build: Path) -> list[str]:
    """Let nbgrader clear the answers and keep the cells in the gradebook; what it warned of."""
    config = load(classroom)
    config.GenerateAssignment.pop("post_convert_hook", None)
    config.GenerateAssignment.force = True
    config.CourseDirectory.assignment_id = week
    config.CourseDirectory.release_directory = str(build.resolve())
    said = Said()
    log = logging.Logger("release", logging.WARNING)
    log.addHandler(said)
    course = CourseDirectory(config=config, log=log)
    try:
        GenerateAssignment(coursedir=course, config=config, log=log).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader refuses {week}: {said.reason()}") from error
    return said.lines


class Said(logging.Handler):
    """Keeps what nbgrader warns of."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.lines.append(record.getMessage())

    def reason(self) -> str:
        """The last line of the first traceback it logged, or its last message."""
        traces = [line for line in self.lines if line.startswith("Traceback")]
        first = (traces or self.lines[-1:] or ["it gives no reason"])[0]
        return first.strip().splitlines()[-1]


def write_checks(week: str, folder: Path) -> None:
    """Write ``checks.json``: the public probes of a week's exercises, what was wanted, what each slip answers."""
    found = exercises.of_week(week) if week in exercises.weeks() else {}
    schemes.write(
        {name: compile_public(item) for name, item in found.items()}, folder / schemes.FILE_NAME
    )


def _swap(new: Path, place: Path, old: Path) -> None:
    """Put a finished folder where another may be."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(old)
    new.rename(place)


def _zip(classroom: Classroom, week: str) -> bytes:
    """The week as a zip: always the same bytes for the same content."""
    files = {
        "START-HERE.md": START_HERE.format(
            week=week, python=_project()["requires-python"][2:]
        ).encode(),
        "requirements.txt": "".join(f"{line}\n" for line in requirements()).encode(),
        **{f"helpers/{name}": content for name, content in _files(ROOT / "helpers")},
        **dict(_files(classroom.release(week))),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{week}/{name}", ZIP_DATE)
            info.external_attr, info.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files below a folder, without caches and hidden ones: (name, content)."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        if path.is_file() and not hidden:
            yield inside.as_posix(), path.read_bytes()


def requirements() -> list[str]:
    """What a student's machine needs, with the bounds of pyproject.toml."""
    lines: list[str] = _project()["dependencies"]
    return [line for line in lines if re.split(r"[<>=!~ \[]", line)[0] in STUDENT_PACKAGES]


def _project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found
