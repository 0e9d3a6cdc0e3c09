"""The lesson's own pictures: drawn once from the released notebook, and shown in every graded one.

Most of the time that a notebook takes is spent on drawing, and most of what is drawn is the same for a whole class.
Which cells those are is read in the text: the lesson's, unedited, and using no name that a student's text gives
a value to. Such a cell still runs in the student's process, for what it binds; only its picture comes from here. No
score depends on a picture, and what one submission draws is never shown in another one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

from autograder import borrowing, outputs
from autograder.ingest import is_check, is_own, is_solution
from autograder.running import Run, Runner
from autograder.worker.wire import WireError

Pictures = Mapping[str, list[NotebookNode]]


def draw(runner: Runner, files: Iterable[str], released: NotebookNode) -> Pictures:
    """Run the cells of the lesson, without answers; what those that show a picture show, by the id of the cell.

    Raises
    ------
    SandboxError
        If no process can be started.
    """
    run = Run(runner, list(files), released)
    found = {}
    try:
        for cell in filter(_is_lesson, released.cells):
            try:
                shown = outputs.read(run.cell(cell).header)
            except (WireError, outputs.UnreadableOutputsError):
                continue
            if any("image/png" in output.get("data", {}) for output in shown) and not failed(shown):
                found[cell.id] = shown
    finally:
        run.end()
    return found


def failed(shown: Iterable[NotebookNode]) -> bool:
    """Whether a cell raised an error, or was ended."""
    return any(output.output_type == "error" for output in shown)


def untouched(notebook: NotebookNode, released: NotebookNode) -> set[str]:
    r"""Ids of the lesson's cells that show the same for everybody: no student's text is in them or feeds them.

    Parameters
    ----------
    notebook : NotebookNode
        A submission, rebuilt on the released notebook.
    released : NotebookNode

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cells = [new_code_cell("a = 1", id="one"), new_code_cell("a + b", id="two")]
    >>> lesson = new_notebook(cells=cells)
    >>> own = new_code_cell("b = 2", id="own-1")
    >>> sorted(untouched(lesson, lesson))
    ['one', 'two']
    >>> sorted(untouched(new_notebook(cells=[cells[0], own, cells[1]]), lesson))
    ['one']
    """
    lesson = {cell.id: cell.source for cell in released.cells if _is_lesson(cell)}
    theirs, found = set[str](), set[str]()
    uses, imported = dict[str, set[str]](), dict[str, str]()
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_check(cell):
            continue
        body = borrowing.parse(cell.source)
        imports, binds, needs = _imports(body), set[str](), {borrowing.STAR}
        for statement in body:
            needs |= _used(statement) - binds
            binds |= borrowing.bound_names(statement)
        if lesson.get(cell.id) == cell.source and not _reached(needs, uses) & theirs:
            found.add(cell.id)
            theirs -= binds | imports.keys()
            uses |= dict.fromkeys(binds, set().union(*map(_used, body)))
            imported |= imports
        else:
            theirs |= binds | _changed(body) | dict(imports.items() - imported.items()).keys()
    return found


def imported(notebook: NotebookNode) -> set[str]:
    """Dotted names of what a notebook imports."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return {name for cell in cells for name in _imports(borrowing.parse(cell.source)).values()}


def _is_lesson(cell: NotebookNode) -> bool:
    ours = not (is_own(cell) or is_solution(cell) or is_check(cell))
    return cell.cell_type == "code" and ours


def _imports(body: list[ast.stmt]) -> dict[str, str]:
    """The names that imports bind, and what they stand for."""
    found = {}
    for node in (node for item in body for node in ast.walk(item)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            home = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = home + alias.name
    return found


def _used(statement: ast.stmt) -> set[str]:
    nodes = list(ast.walk(statement))
    raised = (node.target for node in nodes if isinstance(node, ast.AugAssign))
    read = (node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Load))
    return {node.id for node in (*raised, *read) if isinstance(node, ast.Name)}


def _changed(body: list[ast.stmt]) -> set[str]:
    """Names of things of which a part is set, outside functions: ``a`` in ``a.b[0] = 1``."""
    found = set()
    plain = (item for item in body if not isinstance(item, ast.FunctionDef | ast.ClassDef))
    for node in (node for item in plain for node in ast.walk(item)):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            part: ast.expr = node
            while isinstance(part, ast.Subscript | ast.Attribute):
                part = part.value
            if isinstance(part, ast.Name):
                found.add(part.id)
    return found


def _reached(names: set[str], uses: Mapping[str, set[str]]) -> set[str]:
    """These names, and all that the cells use that gave them a value, and so on."""
    found, waiting = set(names), list(names)
    while waiting:
        more = uses.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return found
