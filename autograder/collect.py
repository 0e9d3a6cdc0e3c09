"""Sort a folder of downloads into the classroom: whose file is it, which week, which is the newest.

Bytes are copied as they are; nothing is read as a notebook here.
"""

from __future__ import annotations

import datetime
import io
import json
import lzma
import os
import re
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder import export, gradebook
from autograder.classroom import Classroom, CourseError, replace, student_from
from autograder.ingest import MAX_BYTES, UnreadableError, read_bytes

MAX_ARCHIVE_BYTES = 512 * 2**20
MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = (4 * 2**30, 200 * 2**20)  # of a platform's zip, and of a student's zip in it
JUNK = re.compile(
    r"__MACOSX|\.ipynb_checkpoints|\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|~.*|\.git", re.I
)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file(?:_.*)?", re.I)
CANVAS = re.compile(r"(?P<name>[^\W_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)", re.I)
INBOUND = re.compile(r"(?P<name>[^+]+)\+(?P<week>[^+]+)\+(?P<time>[^+]+)(?:\+.*)?")
COPY = re.compile(r"(?:\((\d+)\)|-(\d{1,2}))$")
BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, RuntimeError, EOFError, struct.error
)  # fmt: skip
STEPS = {"submitted", "submissions", "inbound", "downloads"}
GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([^"]{1,128})"')


@dataclass(frozen=True)
class Found:
    """A notebook file somewhere in the downloads.

    Attributes
    ----------
    parts : tuple of str
        Folders and file name; a zip's own name is not among them.
    archives : tuple of str
        Names of the zips it came in, without their ending.
    content : bytes
    time_s : float or None
        When it was last changed, seconds since 1970; None if nothing says so.
    """

    parts: tuple[str, ...]
    archives: tuple[str, ...]
    content: bytes = field(repr=False)
    time_s: float | None

    @property
    def name(self) -> str:
        """The file's name, as a person would find it."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class Author:
    """Whose file it is, as far as its name says.

    Attributes
    ----------
    student : str
        Our name for them.
    name : str
        Their name, where the platform tells it.
    platform, number : str
        What the platform calls them.
    """

    student: str
    name: str = ""
    platform: str = ""
    number: str = ""


@dataclass
class Collected:
    """What came of a collection.

    Attributes
    ----------
    taken : dict of (str, str) to Found
        By student and week.
    unchanged : int
        Files that were there already.
    said : list of str
        What a person may want to know, one sentence each.
    aside : list of str
        Files that were not taken, one sentence each.
    """

    taken: dict[tuple[str, str], Found] = field(default_factory=dict)
    unchanged: int = 0
    said: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def collect(classroom: Classroom, folder: Path) -> Collected:
    """Copy every student's newest file of every week to where it is graded.

    Parameters
    ----------
    classroom : Classroom
    folder : Path
        Downloads or an export: folders by student, Moodle's, Canvas's or nbgrader's, also in zips.

    Raises
    ------
    CourseError
        If the folder is missing, or no week has been released.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder: name the one that holds the downloads.")
    if not classroom.weeks():
        raise CourseError("no week has been released: run `course release`.")
    result = Collected()
    authors: dict[tuple[str, str], Author] = {}
    exercises = grade_ids(classroom)
    for found in walk(_start(folder, exercises), result.aside):
        author = author_of(found, exercises)
        week = week_of(found, exercises)
        if author is None or not week:
            what = "whose it is" if author is None else "which week it is"
            result.aside.append(f"{found.name}: nothing says {what}.")
            continue
        author = _told_apart(author, week, authors, result.said)
        _keep_newest(result, author.student, week, found)
    for (student, week), found in sorted(result.taken.items()):
        _copy(classroom, student, week, found, result)
    _remember(classroom, authors)
    return result


def _start(folder: Path, exercises: dict[str, set[bytes]]) -> Path:
    """The folder itself, or the one folder in it that holds nothing but students' folders."""
    inside = [path for path in folder.iterdir() if not JUNK.fullmatch(path.name)]
    if len(inside) != 1 or inside[0].is_symlink() or not inside[0].is_dir():
        return folder
    below = [path for path in inside[0].iterdir() if not JUNK.fullmatch(path.name)]
    wraps = len(below) > 1 and not any(
        path.suffix.lower() in {".ipynb", ".zip"} or week_named(path.name, exercises)
        for path in below
    )
    return _start(inside[0], exercises) if wraps else folder


def walk(folder: Path, aside: list[str]) -> Iterator[Found]:
    """Every notebook below a folder and in its zips; what is not taken is said in `aside`."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not JUNK.fullmatch(name))
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        aside += [f"{_inside(folder, place, name)}: a link, not followed." for name in links]
        for name in sorted(files):
            if not JUNK.fullmatch(name):
                yield from _open_file(folder, Path(place) / name, aside)


def _inside(folder: Path, place: str, name: str) -> str:
    return (Path(place) / name).relative_to(folder).as_posix()


def _open_file(folder: Path, path: Path, aside: list[str]) -> Iterator[Found]:
    parts = path.relative_to(folder).parts
    name = "/".join(parts)
    kind = path.suffix.lower()
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            aside.append(f"{name}: not a regular file.")
        elif kind == ".ipynb":
            yield Found(parts, (), read_bytes(path), _time_beside(path) or status.st_mtime)
        elif kind == ".zip" and status.st_size > MAX_ARCHIVE_BYTES:
            aside.append(f"{name}: larger than {MAX_ARCHIVE_BYTES // 2**20} MB.")
        elif kind == ".zip":
            yield from _open_zip(path, parts, (), aside)
        elif name.rsplit("/", 1)[-1] != "timestamp.txt":
            aside.append(f"{name}: not a notebook.")
    except UnreadableError as error:
        aside.append(f"{name}: {error}")
    except OSError as error:
        aside.append(f"{name}: cannot be read ({error.strerror}).")


def _time_beside(path: Path) -> float | None:
    """The time in nbgrader's ``timestamp.txt``, beside a notebook or in its folder's name."""
    when = gradebook.timestamp(path.parent)
    inbound = INBOUND.fullmatch(path.parent.name)
    if when is None and inbound:
        try:
            when = parse_utc(inbound["time"])
        except (ValueError, OverflowError):
            return None
    return when.replace(tzinfo=datetime.UTC).timestamp() if when else None


def _open_zip(
    data: Path | io.BytesIO, parts: tuple[str, ...], archives: tuple[str, ...], aside: list[str]
) -> Iterator[Found]:
    name = "/".join(parts)
    inside = (*archives, parts[-1][: -len(".zip")])
    try:
        with zipfile.ZipFile(data) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            size = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or size > MAX_UNPACKED_BYTES[len(archives)]:
                aside.append(
                    f"{name}: not opened, it unpacks to {len(members):,} files of {size:,} bytes."
                )
                return
            for member in members:
                yield from _open_member(archive, member, parts[:-1], inside, aside)
    except BAD_ZIP as error:
        aside.append(f"{name}: not a whole zip ({error}).")


def _open_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    outside: tuple[str, ...],
    archives: tuple[str, ...],
    aside: list[str],
) -> Iterator[Found]:
    inside = tuple(member.filename.replace("\\", "/").split("/"))
    parts = (*outside, *inside)
    name = "/".join((*archives, *inside))
    if any(JUNK.fullmatch(part) for part in inside):
        return
    reason = _refused_member(member, inside, archives)
    if reason:
        aside.append(f"{name}: {reason}")
        return
    content = _read_member(
        archive, member, MAX_BYTES if _ends(member, ".ipynb") else MAX_ARCHIVE_BYTES
    )
    if content is None:
        aside.append(f"{name}: larger than allowed, or damaged, or locked with a password.")
    elif _ends(member, ".zip"):
        yield from _open_zip(io.BytesIO(content), parts, archives, aside)
    else:
        yield Found(parts, archives, content, _zip_time(member))


def _ends(member: zipfile.ZipInfo, ending: str) -> bool:
    return member.filename.lower().endswith(ending)


def _refused_member(
    member: zipfile.ZipInfo, inside: tuple[str, ...], archives: tuple[str, ...]
) -> str:
    """Why a member of a zip is not taken; empty if it is."""
    if ".." in inside or not inside[0] or ":" in member.filename:
        return "its path leads out of the zip."
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "not a regular file."
    if _ends(member, ".zip"):
        return "" if len(archives) < len(MAX_UNPACKED_BYTES) else "a zip in a zip in a zip."
    return "" if _ends(member, ".ipynb") else "not a notebook."


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    """A member's bytes; None if there are more than `most` or they cannot be read."""
    try:
        with archive.open(member) as file:
            content = file.read(most + 1)
    except BAD_ZIP:
        return None
    return content if len(content) <= most else None


def _zip_time(member: zipfile.ZipInfo) -> float | None:
    if member.date_time[0] <= 1980:
        return None
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return None


def author_of(found: Found, exercises: dict[str, set[bytes]]) -> Author | None:
    """Whose file it is; None if nothing says so.

    Moodle's folder and Canvas's file name tell; else the first folder that is not a week's; else the name of
    the zip it came in.
    """
    for part in (*found.parts, *found.archives):
        if match := MOODLE.fullmatch(part):
            student = student_from(match["name"])
            return Author(student, match["name"], "moodle", match["number"]) if student else None
    for part in (found.parts[-1], *found.archives):
        match = CANVAS.fullmatch(part)
        if match and not week_named(match["name"], exercises):
            return Author(
                f"{match['name']}_{match['number']}", match["name"], "canvas", match["number"]
            )
    for part in found.parts[:-1]:
        if match := INBOUND.fullmatch(part):
            return _author(match["name"])
    places = [part for part in (*found.parts[:-1], *found.archives) if part.lower() not in STEPS]
    named = [part for part in places if not week_named(part, exercises)]
    return _author(named[0]) if named else None


def _author(name: str) -> Author | None:
    student = student_from(name)
    return Author(student) if student else None


def grade_ids(classroom: Classroom) -> dict[str, set[bytes]]:
    """The grade ids of each released week's notebook."""
    return {
        week: set(GRADE_ID.findall(classroom.released(week).read_bytes()))
        for week in classroom.weeks()
    }


def week_of(found: Found, exercises: dict[str, set[bytes]]) -> str:
    """The week of a file: its name tells, else its folder's, else the exercises in it; empty if none does."""
    for part in (*reversed(found.parts), *reversed(found.archives)):
        match = INBOUND.fullmatch(part)
        if week := week_named(match["week"] if match else part, exercises):
            return week
    ids = set(GRADE_ID.findall(found.content.replace(b"\0", b"")))
    ranked = sorted(((len(ids & own), week) for week, own in exercises.items()), reverse=True)
    if not ranked or not ranked[0][0] or ranked[0][0] == (ranked[1][0] if ranked[1:] else 0):
        return ""
    return ranked[0][1]


def week_named(name: str, weeks: Sequence[str] | dict[str, set[bytes]]) -> str:
    """The week that a file or folder is called after; empty if none.

    Examples
    --------
    >>> week_named("Week 1 - final (2).ipynb", ["week0_foundations", "week1_multivariate_calculus"])
    'week1_multivariate_calculus'
    """
    stem = re.sub(r"\.ipynb$", "", name.strip(), flags=re.I)
    plain = re.sub(r"[\s_-]+", "_", stem).lower()
    within = [week for week in weeks if week.lower() in plain]
    if within:
        return max(within, key=len)
    number = re.search(r"(?<![a-z])(?:week|wk)_?0*(\d+)(?!\d)", plain)
    if not number:
        return ""
    numbered = [week for week in weeks if re.match(rf"week{number[1]}(?!\d)", week.lower())]
    return numbered[0] if len(numbered) == 1 else ""


def _told_apart(
    author: Author, week: str, authors: dict[tuple[str, str], Author], said: list[str]
) -> Author:
    """The same author, or one with a number where two people of one platform have one name."""
    known = authors.get((author.student, week))
    if known and author.number and known.number and known.number != author.number:
        other = Author(
            f"{author.student}-{author.number}", author.name, author.platform, author.number
        )
        if (other.student, week) not in authors:
            said.append(
                f"Two people are called {author.name}; one of them is {other.student} here."
            )
        author = other
    authors.setdefault((author.student, week), author)
    return author


def _keep_newest(result: Collected, student: str, week: str, found: Found) -> None:
    other = result.taken.get((student, week))
    if other is None:
        result.taken[student, week] = found
        return
    newer, older = (found, other) if _age(found) > _age(other) else (other, found)
    result.taken[student, week] = newer
    if newer.content != older.content:
        result.said.append(
            f"{student} has several files for {week}: {newer.name} is newer than {older.name}."
        )


def _age(found: Found) -> tuple[float, int]:
    copy = COPY.search(re.sub(r"\.ipynb$", "", found.parts[-1], flags=re.I))
    return (found.time_s or 0.0, int(copy[1] or copy[2]) if copy else 0)


def _copy(classroom: Classroom, student: str, week: str, found: Found, result: Collected) -> None:
    place = classroom.submitted(student, week)
    present = place.read_bytes() if place.is_file() else None
    if present == found.content:
        result.unchanged += 1
    elif present is not None and _is_newer(place.parent, found):
        result.unchanged += 1
        result.said.append(f"{student} has a newer {week} here already: {found.name} is older.")
    else:
        replace(place, found.content)
        _stamp(place.with_name("timestamp.txt"), found.time_s)


def _is_newer(folder: Path, found: Found) -> bool:
    """Whether what was collected before is newer than what was found now, as far as both say."""
    when = gradebook.timestamp(folder)
    if when is None or found.time_s is None:
        return False
    return when.replace(tzinfo=datetime.UTC).timestamp() > found.time_s + 1


def _stamp(path: Path, time_s: float | None) -> None:
    """Write nbgrader's timestamp, or remove an old one where the time is not known."""
    if time_s is None:
        path.unlink(missing_ok=True)
        return
    utc = datetime.datetime.fromtimestamp(time_s, datetime.UTC)
    replace(path, f"{utc:%Y-%m-%d %H:%M:%S.%f} UTC\n".encode())


def _remember(classroom: Classroom, authors: dict[tuple[str, str], Author]) -> None:
    """Keep what the platforms call the students, for the export, and their names."""
    known = export.origins(classroom)
    names = {}
    for (student, week), author in authors.items():
        if author.platform == "moodle":
            known.setdefault(student, {}).setdefault("moodle", {})[week] = author.number
            first, _, last = author.name.rpartition(" ")
            names[student] = (first, last)
        elif author.platform == "canvas":
            known.setdefault(student, {})["canvas"] = author.number
    if known:
        text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        replace(classroom.origins, text.encode())
    if names:
        gradebook.name_students(classroom, names)
