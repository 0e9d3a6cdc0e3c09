"""Take a student's text out of whatever was submitted, and put it into our own notebook.

Nothing of the submitted file survives but source text: no outputs, metadata, kernel name or attachments. The
skeleton, the points and the check cells are the released notebook's.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import borrowing
from helpers.plain import printable

MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE = 200_000
OWN = "own-"  # ids of cells that students added start so


class UnreadableError(ValueError):
    """Nothing can be taken from the file; the message says why in one sentence."""


@dataclass(frozen=True)
class Submission:
    """What is taken from a submitted file.

    Attributes
    ----------
    notebook : NotebookNode
        The released notebook with the student's source text in it, without outputs.
    notes : tuple of str
        What was repaired, one sentence each.
    readable : bool
        False if nothing could be taken; ``notes[0]`` is the reason.
    """

    notebook: NotebookNode
    notes: tuple[str, ...] = ()
    readable: bool = True


@dataclass(frozen=True)
class Text:
    """One submitted cell, reduced to text."""

    kind: str
    source: str
    id: str
    grade_id: str

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """What the cell defines at its top level."""
        found = borrowing.statements(self.source) if self.kind == "code" else ()
        return frozenset(name for statement in found for name in statement.binds)


@dataclass
class Desk:
    """The work in progress.

    Attributes
    ----------
    cells : list of NotebookNode
        Ours, being filled.
    texts : list of Text
        Theirs.
    claims : dict of int to int
        By the number of a text: the number of our cell that it is a copy of.
    used : set of int
        Texts that are in one of our cells now, or say nothing new.
    places : dict of int to int
        By the number of a text: the number of our cell that it marks the place of.
    notes : list of str
        What was repaired.
    """

    cells: list[NotebookNode]
    texts: list[Text]
    claims: dict[int, int] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    places: dict[int, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def ingest(released: NotebookNode, path: Path) -> Submission:
    """Read a submitted notebook as data and rebuild it on the released one.

    Parameters
    ----------
    released : NotebookNode
        The notebook as it was released.
    path : Path
        The submitted file; whatever is in it, no exception leaves this function.
    """
    try:
        content = read_bytes(path)
    except UnreadableError as error:
        return unreadable(released, str(error))
    return ingest_bytes(released, content)


def ingest_bytes(released: NotebookNode, content: bytes) -> Submission:
    """The same with the bytes of a submitted file."""
    blank = _without_outputs(released)
    try:
        texts = read_cells(content)
        _refuse_other_week(released, texts)
        desk = Desk(list(blank.cells), texts)
        _rebuild(desk)
        blank.cells = _with_own_cells(desk)
        return Submission(blank, tuple(desk.notes))
    except UnreadableError as error:
        return unreadable(released, str(error))


def unreadable(released: NotebookNode, reason: str) -> Submission:
    """A submission of which nothing could be read."""
    return Submission(_without_outputs(released), (reason,), readable=False)


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of modest size, no link followed.

    Raises
    ------
    UnreadableError
        If it is missing, a link, not a regular file, or too large.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        fd = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        if path.is_symlink():
            raise UnreadableError(f"{path.name} is a link; a file was wanted.") from error
        raise UnreadableError(f"{path.name} cannot be opened: {error.strerror}.") from error
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"{path.name} is not a regular file.")
        if status.st_size > MAX_BYTES:
            raise UnreadableError(
                f"{path.name} has {status.st_size:,} bytes; {MAX_BYTES:,} are read."
            )
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}.") from error
    finally:
        os.close(fd)


def read_cells(data: bytes) -> list[Text]:
    """The cells of a notebook file, as text.

    Raises
    ------
    UnreadableError
        If the bytes are not a notebook.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("The file is empty.")
    try:
        content, _end = json.JSONDecoder().raw_decode(decode(data).replace("\0", "").lstrip())
    except RecursionError as error:
        raise UnreadableError("The file is nested too deeply to be a notebook.") from error
    except ValueError as error:
        raise UnreadableError("The file is not a whole notebook: its JSON is broken.") from error
    return [text for cell in _raw_cells(content)[:MAX_CELLS] if (text := _text(cell))]


def decode(data: bytes) -> str:
    """Bytes as text: utf-8 with or without BOM, utf-16, and stray bytes replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def _raw_cells(content: Any) -> list[Any]:
    """The list of cells of a notebook of version 4, or 3 and earlier (in worksheets)."""
    if isinstance(content, dict):
        cells = content.get("cells")
        if isinstance(cells, list):
            return cells
        sheets = content.get("worksheets")
        if isinstance(sheets, list):
            lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
            return [cell for cells in lists if isinstance(cells, list) for cell in cells]
    raise UnreadableError("The file is JSON but not a notebook: it has no list of cells.")


def _text(cell: Any) -> Text | None:
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = printable(source[:MAX_SOURCE].replace("\0", ""))
    return Text(kind, source, _name(cell.get("id")), _grade_id(cell))


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return _name(nbgrader.get("grade_id")) if isinstance(nbgrader, dict) else ""


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _without_outputs(released: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _refuse_other_week(released: NotebookNode, texts: list[Text]) -> None:
    ours = {grade_id(cell) for cell in released.cells} - {""}
    theirs = {text.grade_id for text in texts} - {""}
    if theirs and not theirs & ours and not any(text.names & ours for text in texts):
        raise UnreadableError("This is another week's notebook: none of its exercises belong here.")


def _rebuild(desk: Desk) -> None:
    """Find out which of our cells each text is a copy of, and fill our cells."""
    ours: dict[tuple[object, ...], int] = {}
    for index, cell in enumerate(desk.cells):
        for key in _keys(cell.cell_type, grade_id(cell), str(cell.get("id", "")), cell.source):
            ours.setdefault(key, index)
    for i, text in enumerate(desk.texts):
        keys = _keys(text.kind, text.grade_id, text.id, text.source)
        desk.claims |= dict([(i, ours[key]) for key in keys if key in ours][:1])
    for index, cell in enumerate(desk.cells):
        copies = [i for i, claimed in desk.claims.items() if claimed == index]
        if is_solution(cell):
            _fill_answer(desk, index, copies)
        elif is_locked(cell):
            _keep_ours(desk, index, copies)
        elif copies:
            _take(desk, index, copies, copies[0])


def _keys(kind: str, grade_id: str, id: str, source: str) -> list[tuple[object, ...]]:
    """What makes a cell a copy of another: the same grade_id, else the same id, else the same words."""
    found = {"grade_id": grade_id, "id": id, "words": tuple(source.split())}
    return [(kind, key, value) for key, value in found.items() if value]


def _fill_answer(desk: Desk, index: int, copies: list[int]) -> None:
    """Put the student's answer into a solution cell; it may have been written elsewhere."""
    cell = desk.cells[index]
    name, stub = grade_id(cell), cell.source
    answered = [i for i in copies if not _same_words(desk.texts[i].source, stub)]
    if not answered and cell.cell_type == "code" and not _answered_below(desk, name, copies):
        answered = _answers_elsewhere(desk, name)
        if answered:
            desk.notes.append(f"The answer {name!r} was found by its name in another cell.")
    if len(copies) > 1:
        desk.notes.append(
            f"The cell {name!r} stood {len(copies)} times; the last one answered counts."
        )
    if not copies and not answered:
        desk.notes.append(f"The cell {name!r} was missing and was put back without an answer.")
    chosen = answered[-1:] or copies[-1:]
    if chosen:
        _take(desk, index, copies, chosen[0])


def _answered_below(desk: Desk, name: str, copies: list[int]) -> bool:
    """Whether an own cell between the stub and its check defines the name: there it does what it should."""
    checks = [
        i for i, index in desk.claims.items() if grade_id(desk.cells[index]) == f"check_{name}"
    ]
    if not copies or not checks:
        return False
    between = range(copies[-1] + 1, checks[0])
    return any(i not in desk.claims and name in desk.texts[i].names for i in between)


def _answers_elsewhere(desk: Desk, name: str) -> list[int]:
    """Own cells, and cells of ours that should not have been edited, that define the name."""
    return [
        i
        for i, text in enumerate(desk.texts)
        if name in text.source
        and (i not in desk.claims or is_locked(desk.cells[desk.claims[i]]))
        and name in text.names
    ]


def _take(desk: Desk, index: int, copies: list[int], chosen: int) -> None:
    """Fill a cell with a text; further copies stay as own cells if they say something else."""
    cell, source = desk.cells[index], desk.texts[chosen].source
    same = [i for i in copies if _same_words(desk.texts[i].source, cell.source)]
    same += [i for i in copies if desk.texts[i].source == source]
    cell.source = source
    desk.used.update([chosen, *same])
    desk.places.update(dict.fromkeys([chosen] if chosen in copies else copies[:1], index))


def _keep_ours(desk: Desk, index: int, copies: list[int]) -> None:
    """A locked cell keeps our text, whatever the copies say."""
    cell = desk.cells[index]
    desk.used.update(copies)
    desk.places.update(dict.fromkeys(copies[:1], index))
    if not copies and is_check(cell):
        desk.notes.append(f"The cell {grade_id(cell)!r} was missing and was put back.")
    if len(copies) > 1:
        desk.notes.append(
            f"The cell {grade_id(cell)!r} stood {len(copies)} times; ours is used once."
        )
    if any(not _same_words(desk.texts[i].source, cell.source) for i in copies):
        desk.notes.append(f"The cell {grade_id(cell)!r} had been edited; our text is used.")


def _with_own_cells(desk: Desk) -> list[NotebookNode]:
    """Our cells in our order, each followed by the student's own cells that came after it."""
    followers: dict[int, list[NotebookNode]] = {}
    after = -1
    for i, text in enumerate(desk.texts):
        after = desk.places.get(i, after)
        if i not in desk.used and text.source.strip():
            followers.setdefault(after, []).append(_own_cell(text, i))
    cells = list(followers.get(-1, []))
    for index, cell in enumerate(desk.cells):
        cells += [cell, *followers.get(index, [])]
    return cells


def _own_cell(text: Text, index: int) -> NotebookNode:
    make = nbformat.v4.new_code_cell if text.kind == "code" else nbformat.v4.new_markdown_cell
    cell: NotebookNode = make(text.source)
    cell["id"] = f"{OWN}{index}"
    return cell


def _same_words(left: str, right: str) -> bool:
    return left.split() == right.split()


def grade_id(cell: NotebookNode) -> str:
    """A cell's grade_id, or an empty string."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_own(cell: NotebookNode) -> bool:
    """Whether the student has added this cell."""
    return str(cell.get("id", "")).startswith(OWN)


def is_solution(cell: NotebookNode) -> bool:
    """Whether students write in this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def is_check(cell: NotebookNode) -> bool:
    """Whether this cell holds points that are given by a check."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade", False)) and not is_solution(cell)


def is_locked(cell: NotebookNode) -> bool:
    """Whether this cell's text is always ours."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return is_check(cell) or (bool(nbgrader.get("locked", False)) and not is_solution(cell))
