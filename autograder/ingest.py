"""Take a student's text out of whatever was submitted, and put it into our own notebook.

Nothing of the submitted file survives but source text: no outputs, metadata, kernel name or attachments. The
skeleton, the points and the check cells are the released notebook's.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE = 200_000


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


@dataclass
class Desk:
    """The work in progress: submitted texts not yet placed, and what was repaired."""

    texts: list[Text]
    placed: set[int] = field(default_factory=set)
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
    blank = _without_outputs(released)
    try:
        desk = Desk(read_cells(read_bytes(path)))
        _refuse_other_week(released, desk)
        return Submission(_rebuild(blank, desk), tuple(desk.notes))
    except UnreadableError as error:
        return Submission(blank, (str(error),), readable=False)


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of modest size, no link followed.

    Raises
    ------
    UnreadableError
        If it is missing, a link, not a regular file, or too large.
    """
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be opened: {error.strerror}.") from error
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"{path.name} is not a regular file.")
        if status.st_size > MAX_BYTES:
            raise UnreadableError(f"{path.name} has {status.st_size:,} bytes; {MAX_BYTES:,} are read.")
        return file.read(MAX_BYTES + 1)


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
        content = json.loads(decode(data).replace("\0", ""))
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
    source = _printable(source[:MAX_SOURCE])
    return Text(kind, source, _name(cell.get("id")), _grade_id(cell))


def _printable(source: str) -> str:
    """Without lone surrogates, which no file can hold."""
    return source.encode("utf-8", errors="replace").decode("utf-8")


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


def _refuse_other_week(released: NotebookNode, desk: Desk) -> None:
    ours = {grade_id(cell) for cell in released.cells} - {""}
    theirs = {text.grade_id for text in desk.texts} - {""}
    names = {name for text in desk.texts for name in defined_names(text)}
    if theirs and not theirs & ours and not names & ours:
        raise UnreadableError("This is another week's notebook: none of its exercises belong here.")


def _rebuild(notebook: NotebookNode, desk: Desk) -> NotebookNode:
    """Fill the released cells, then put the student's own cells where they stood."""
    places = {}
    for index, cell in enumerate(notebook.cells):
        place = _fill_solution(cell, desk) if is_solution(cell) else _match_fixed(cell, desk)
        if place is not None:
            places[place] = index
    notebook.cells = _with_own_cells(notebook, desk, places)
    return notebook


def _fill_solution(cell: NotebookNode, desk: Desk) -> int | None:
    """Find the student's answer for a solution cell and put it in; where it stood, or None."""
    name, stub = grade_id(cell), cell.source
    found = _candidates(desk, lambda text: text.grade_id == name, cell.cell_type)
    found = found or _candidates(desk, lambda text: text.id == cell.get("id"), cell.cell_type)
    answered = [i for i in found if not _same_text(desk.texts[i].source, stub)]
    if not answered and cell.cell_type == "code" and not _defined_between(desk, name, found):
        answered = _candidates(desk, lambda text: name in defined_names(text), "code")
        answered = [i for i in answered if not _same_text(desk.texts[i].source, stub)]
        if answered:
            desk.notes.append(f"The answer {name!r} was found by its name in another cell.")
    if len(found) > 1:
        desk.notes.append(f"The cell {name!r} stood {len(found)} times; the last one answered counts.")
    if not found and not answered:
        desk.notes.append(f"The cell {name!r} was missing and was put back without an answer.")
    chosen = answered[-1:] or found[-1:]
    desk.placed.update(found + chosen)
    if chosen:
        cell.source = desk.texts[chosen[0]].source
        return chosen[0]
    return None


def _defined_between(desk: Desk, name: str, found: list[int]) -> bool:
    """Whether an own cell between the stub and its check defines the name: then it may stay where it is."""
    checks = [i for i, text in enumerate(desk.texts) if text.grade_id == f"check_{name}"]
    if not found or not checks:
        return False
    return any(name in defined_names(text) for text in desk.texts[found[-1] + 1 : checks[0]])


def _candidates(desk: Desk, wanted: Any, kind: str) -> list[int]:
    return [
        i
        for i, text in enumerate(desk.texts)
        if i not in desk.placed and text.kind == kind and wanted(text)
    ]


def _match_fixed(cell: NotebookNode, desk: Desk) -> int | None:
    """Find the submitted copy of a cell that is ours; locked cells keep our text whatever it says."""
    name = grade_id(cell)
    found = _candidates(desk, lambda text: bool(name) and text.grade_id == name, cell.cell_type)
    found = found or _candidates(desk, lambda text: text.id == cell.get("id"), cell.cell_type)
    found = found or _candidates(desk, lambda text: text.source == cell.source, cell.cell_type)
    if not found:
        if is_check(cell):
            desk.notes.append(f"The cell {name!r} was missing and was put back.")
        return None
    if len(found) > 1 and name:
        desk.notes.append(f"The cell {name!r} stood {len(found)} times; ours is used once.")
    desk.placed.update(found if name else found[:1])
    chosen = desk.texts[found[0]]
    if not is_locked(cell):
        cell.source = chosen.source
    elif not _same_text(chosen.source, cell.source):
        desk.notes.append(f"The cell {name!r} had been edited; our text is used.")
    return found[0]


def _with_own_cells(
    notebook: NotebookNode, desk: Desk, places: dict[int, int]
) -> list[NotebookNode]:
    """The released cells in their order, each followed by the student's own cells that came after it."""
    followers: dict[int, list[NotebookNode]] = {}
    after = -1
    for i, text in enumerate(desk.texts):
        if i in places:
            after = max(after, places[i])
        elif i not in desk.placed and text.source.strip():
            followers.setdefault(after, []).append(_own_cell(text, i))
    cells = list(followers.get(-1, []))
    for index, cell in enumerate(notebook.cells):
        cells += [cell, *followers.get(index, [])]
    return cells


def _own_cell(text: Text, index: int) -> NotebookNode:
    make = nbformat.v4.new_code_cell if text.kind == "code" else nbformat.v4.new_markdown_cell
    cell: NotebookNode = make(text.source)
    cell["id"] = f"own-{index}"
    return cell


def _same_text(left: str, right: str) -> bool:
    return left.split() == right.split()


def defined_names(text: Text) -> frozenset[str]:
    """The functions, classes and variables that a code cell defines at its top level."""
    if text.kind != "code":
        return frozenset()
    try:
        body = ast.parse(text.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: Counter[str] = Counter()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names[node.name] += 1
        elif isinstance(node, ast.Assign):
            names.update(t.id for t in node.targets if isinstance(t, ast.Name))
    return frozenset(names)


def grade_id(cell: NotebookNode) -> str:
    """A cell's grade_id, or an empty string."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


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
