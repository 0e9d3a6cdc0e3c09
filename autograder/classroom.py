"""The folders and files of one class, laid out as nbgrader lays them out, and the class's secret."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SECRET_BYTES = 32
STUDENT = re.compile(r"\w[\w.@+-]{0,79}")
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


class CourseError(Exception):
    """Something the person at the keyboard can mend; its text is one sentence that says how."""


@dataclass(frozen=True)
class Classroom:
    """One class: where its files lie.

    Attributes
    ----------
    root : Path
        The classroom's folder; made when something is first written to it.
    notebooks : Path
        The source notebooks, ``<week>/<week>.ipynb``.

    Examples
    --------
    >>> Classroom(Path("classroom")).submitted("ada", "week1").as_posix()
    'classroom/submitted/ada/week1/week1.ipynb'
    """

    root: Path
    notebooks: Path = NOTEBOOKS

    def source(self, week: str) -> Path:
        """The notebook with solutions."""
        return self.notebooks / week / f"{week}.ipynb"

    def release(self, week: str) -> Path:
        """The folder that students get."""
        return self.root / "release" / week

    def released(self, week: str) -> Path:
        """The notebook that students get."""
        return self.release(week) / f"{week}.ipynb"

    def released_files(self, week: str) -> tuple[Path, ...]:
        """What lies beside the released notebook."""
        notebook = self.released(week)
        return tuple(
            sorted(p for p in self.release(week).glob("*") if p.is_file() and p != notebook)
        )

    def submitted(self, student: str, week: str) -> Path:
        """A submitted notebook."""
        return self._of("submitted", student, week) / f"{week}.ipynb"

    def autograded(self, student: str, week: str) -> Path:
        """A graded notebook."""
        return self._of("autograded", student, week) / f"{week}.ipynb"

    def log(self, student: str, week: str) -> Path:
        """What is known about a grading: beside the graded notebook."""
        return self._of("autograded", student, week) / "grading.json"

    def feedback(self, student: str, week: str) -> Path:
        """The page a student gets back."""
        return self.root / "feedback" / valid_student(student) / f"{week}.html"

    @property
    def report(self) -> Path:
        """The page about the class."""
        return self.root / "report" / "index.html"

    @property
    def origins(self) -> Path:
        """Where each submission came from, and what the learning platform calls its author."""
        return self.root / "origins.json"

    @property
    def db_url(self) -> str:
        """nbgrader's gradebook."""
        return f"sqlite:///{(self.root / 'gradebook.db').resolve()}"

    def weeks(self) -> list[str]:
        """Names of the released weeks, in order."""
        found = (self.root / "release").glob("*/*.ipynb")
        return sorted(path.stem for path in found if path.stem == path.parent.name)

    def submissions(self, week: str) -> list[str]:
        """Students who have handed in this week, in order."""
        found = (self.root / "submitted").glob(f"*/{week}")
        return sorted(path.parent.name for path in found if is_student(path.parent.name))

    def secret(self) -> bytes:
        """The class's secret: 32 random bytes, made once, readable by its owner only.

        Raises
        ------
        CourseError
            If the file does not hold a secret.
        """
        path = self.root / "secret"
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            content = path.read_bytes()
        else:
            content = secrets.token_bytes(SECRET_BYTES)
            with os.fdopen(fd, "wb") as file:
                file.write(content)
        if len(content) != SECRET_BYTES:
            raise CourseError(f"{path} is damaged: remove it, and grade again with --force.")
        return content

    def seed(self, week: str, student: str, attempt: str) -> bytes:
        """What a submission's hidden probes are drawn from.

        Parameters
        ----------
        week : str
        student : str
        attempt : str
            Which of the student's submissions: the digest of its bytes, so that the same file always
            meets the same probes, and a changed one meets fresh ones.
        """
        text = f"{week}\0{student}\0{attempt}".encode()
        return hmac.new(self.secret(), text, hashlib.sha256).digest()

    def _of(self, step: str, student: str, week: str) -> Path:
        return self.root / step / valid_student(student) / week


def is_student(name: str) -> bool:
    """Whether a name can be a student's: a plain file name of letters, digits and ``. _ - + @``.

    Examples
    --------
    >>> is_student("ada.lovelace"), is_student("../ada"), is_student("nul")
    (True, False, False)
    """
    return (
        STUDENT.fullmatch(name) is not None
        and not name.endswith(".")
        and ".." not in name
        and name.split(".")[0].lower() not in RESERVED
    )


def valid_student(name: str) -> str:
    """The name itself.

    Raises
    ------
    CourseError
        If it cannot be a student's.
    """
    if not is_student(name):
        raise CourseError(
            f"{name!r} cannot be a student's name: use letters, digits, dots and hyphens, at most 80."
        )
    return name


def student_from(text: str) -> str:
    """A student's name made of any text; empty if nothing is left of it.

    Examples
    --------
    >>> student_from("Ada Lovelace")
    'Ada-Lovelace'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    name = re.sub(r"[^\w.@+-]+", "-", plain).strip("-.+@")[:80]
    name = re.sub(r"\.\.+", ".", name).strip("-.+@")
    return name if is_student(name) else ""


def replace(path: Path, content: bytes) -> None:
    """Write a file beside `path` and rename it, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(content)
    os.replace(beside, path)


def remove_halves(classroom: Classroom) -> None:
    """Remove what :func:`replace` was writing when its process was killed."""
    for path in classroom.root.glob("*/*/*/*.new"):
        pid = path.name.split(".")[-2]
        if pid.isdecimal() and not _runs(int(pid)):
            path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    if os.name == "nt":  # there, asking would end it
        return pid != os.getpid()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()


def digest(*paths: Path) -> str:
    """A digest of files' contents; a file that cannot be read counts as empty."""
    whole = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()
