"""The lesson's own cells: run once for a class, and again only where an answer needs them.

Most of the time that a notebook takes goes into the lesson, and most of that is the same for a whole class. Which
cells those are is read in the text: the lesson's, unedited, and using no name that a student's text gives a value
to. What such a cell shows is taken from one run of the released notebook. The cell is left out altogether if all that
it does is to show things and to bind names that nothing which does run uses; otherwise it runs, and only its picture
is not drawn again. Where a student's text may reach names without naming them, nothing is left out. No score
depends on what a cell shows, and what one submission shows is never shown in another one.
"""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder import borrowing, outputs
from autograder.ingest import grade_id, is_check, is_own, is_solution
from autograder.running import Run, Runner
from autograder.worker.wire import WireError

PURE = {"helpers", "itertools", "math", "numpy", "scipy"}
STATEFUL = ("helpers.check", "helpers.progress", "numpy.random", "numpy.set")
FRESH = "numpy.random.default_rng"
HARMLESS = frozenset(
    "abs all any bool complex dict display divmod enumerate filter float int isinstance iter len list map max min "
    "next pow print range repr reversed round set slice sorted str sum tuple type zip".split()
) | {""}  # what a call has returned, or a list holds: that call, or list, is looked at itself
# students import these, and what is in them reaches no names that are not in the text
TAME = PURE | set(
    "abc cmath collections copy dataclasses decimal fractions functools matplotlib numbers operator random re "
    "statistics string time typing warnings".split()
)
# by these a text reaches names, or what was shown before, without naming them
FAR = set(
    "globals locals vars exec eval compile setattr delattr open __import__ __builtins__ __name__ __globals__ "
    "__dict__ __closure__ f_globals f_locals get_ipython _ __ ___ Out _oh In _ih".split()
)
MAX_TEXT = 500_000


@dataclass(frozen=True)
class Shown:
    """What a cell of the lesson shows.

    Attributes
    ----------
    outputs : tuple of NotebookNode
    runs : bool
        Whether it runs all the same, for what it binds.
    """

    outputs: tuple[NotebookNode, ...]
    runs: bool


@dataclass(frozen=True)
class Lesson:
    """A released notebook, run once.

    Attributes
    ----------
    released : NotebookNode
    outputs : dict of str to tuple of NotebookNode
        What the cells show that work without answers, by their id.
    """

    released: NotebookNode
    outputs: Mapping[str, tuple[NotebookNode, ...]]

    def shown(self, notebook: NotebookNode) -> dict[str, Shown]:
        """What a submission, rebuilt on the released notebook, need not show by itself; nothing of a huge one."""
        if sum(len(cell.source) for cell in notebook.cells) > MAX_TEXT:
            return {}
        same = untouched(notebook, self.released) & self.outputs.keys()
        out = left_out(notebook, self.released, same)
        return {
            name: Shown(self.outputs[name], name not in out)
            for name in same
            if name in out or any("image/png" in one.get("data", {}) for one in self.outputs[name])
        }


def run_once(runner: Runner, files: Iterable[str], released: NotebookNode) -> Lesson:
    """Run the cells of the lesson, without answers.

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
            if not failed(shown):
                found[cell.id] = tuple(shown)
    finally:
        run.end()
    return Lesson(released, found)


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
    uses, imported = dict[str, frozenset[str]](), dict[str, str]()
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_check(cell):
            continue
        said = _said(cell.source)
        if lesson.get(cell.id) == cell.source and not _reached(said.needs, uses) & theirs:
            found.add(cell.id)
            theirs -= said.binds | said.imports.keys()
            uses |= dict.fromkeys(said.binds, said.used)
            imported |= said.imports
        else:
            new = dict(said.imports.items() - imported.items())
            theirs |= said.binds | said.changed | new.keys()
    return found


def left_out(notebook: NotebookNode, released: NotebookNode, same: set[str]) -> set[str]:
    r"""Ids of the cells, of those that show the `same` for everybody, that need not run.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cells = [new_code_cell(text, id=text[0]) for text in ("a = 1", "b = 2", "print(b)")]
    >>> lesson = new_notebook(cells=cells)
    >>> for text in ("a + 1", "b + 1", "globals()['b']"):
    ...     made = new_notebook(cells=[*cells, new_code_cell(text, id="own-1")])
    ...     sorted(left_out(made, lesson, {"a", "b", "p"}))
    ['b', 'p']
    ['a']
    []
    """
    lesson = {cell.id: _said(cell.source) for cell in released.cells if _is_lesson(cell)}
    texts = {
        cell.id: _said(cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_check(cell)
    }
    if any(said.reaches_far for name, said in texts.items() if said != lesson.get(name)):
        return set()
    made = {name for said in lesson.values() for name in said.binds}
    asked = {grade_id(cell) for cell in notebook.cells if is_solution(cell)}
    out = same & _harmless(lesson)
    while True:
        run = [said for name, said in texts.items() if name not in out]
        shared = made & asked.union(*(said.names for said in run))
        again = {name for name in out if texts[name].names & shared}
        if not again:
            return out
        out -= again


def _harmless(lesson: Mapping[str, Said]) -> set[str]:
    """Ids of the cells that call nothing that may have an effect elsewhere, and change no module."""
    imported = {name: of for said in lesson.values() for name, of in said.imports.items()}
    found = {
        name
        for name, said in lesson.items()
        if not (said.reaches_far or said.imports or said.changed & imported.keys())
    }
    while True:
        made = {name for cell in found for name in lesson[cell].binds}
        kept = {
            name
            for name in found
            if all(call in made or _is_harmless(call, imported) for call in lesson[name].calls)
        }
        if kept == found:
            return found
        found = kept


def _is_harmless(called: str, imported: Mapping[str, str]) -> bool:
    """Whether what is called by this dotted name is known to do nothing but return."""
    name, _, rest = called.partition(".")
    if name not in imported:
        return name in HARMLESS or bool(rest)  # a method of a thing, which is watched
    origin = f"{imported[name]}.{rest}".rstrip(".")
    if origin.startswith(STATEFUL):
        return origin == FRESH
    return origin.partition(".")[0] in PURE


def imported(notebook: NotebookNode) -> set[str]:
    """Dotted names of what a notebook imports."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return {name for cell in cells for name in _said(cell.source).imports.values()}


def _is_lesson(cell: NotebookNode) -> bool:
    ours = not (is_own(cell) or is_solution(cell) or is_check(cell))
    return cell.cell_type == "code" and ours


@dataclass(frozen=True)
class Said:
    """What a cell's text says about names.

    Attributes
    ----------
    imports : dict of str to str
        Names that it imports, and what they stand for.
    binds : frozenset of str
        Names that it gives a value to.
    needs, used : frozenset of str
        Names that it uses before it has bound them; all that it uses, also inside functions.
    names : frozenset of str
        All names of the notebook that are in it, without those that are a function's own.
    changed : frozenset of str
        Names of what it changes a part of.
    calls : frozenset of str
        Dotted names of what it calls, but for what it has bound itself.
    reaches_far : bool
        Whether it may reach names that are not in its text.
    """

    imports: dict[str, str]
    binds: frozenset[str]
    needs: frozenset[str]
    used: frozenset[str]
    names: frozenset[str]
    changed: frozenset[str]
    calls: frozenset[str]
    reaches_far: bool


@borrowing.kept
def _said(source: str) -> Said:
    statements = borrowing.statements(source)
    body = [statement.tree for statement in statements]
    binds, needs = set[str](), {borrowing.STAR}
    for statement in statements:
        needs |= _used(statement.tree) - binds
        binds |= statement.binds
    used = frozenset[str]().union(*map(_used, body))
    imports, names = _imports(body), _names(source)
    roots = {origin.partition(".")[0] for origin in imports.values()}
    return Said(
        imports,
        frozenset(binds),
        frozenset(needs),
        used,
        frozenset(names or ()),
        frozenset(_changed(body)),
        frozenset(_calls(body, binds)),
        names is None or bool((used | _parts(body)) & FAR) or not roots <= TAME,
    )


def _names(source: str) -> set[str] | None:
    """Names of the notebook that are in a text; None if it is not Python alone, or too much."""
    if len(source) > borrowing.MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return set(_global_names(symtable.symtable(source, "<cell>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _global_names(table: symtable.SymbolTable) -> Iterator[str]:
    everything = table.get_type() != "function"
    for symbol in table.get_symbols():
        if everything or symbol.is_global():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _global_names(inner)


def _calls(body: list[ast.stmt], binds: set[str]) -> Iterator[str]:
    """Dotted names of what is called; methods of what has no name begin with a dot."""
    own = binds | {
        node.arg for item in body for node in ast.walk(item) if isinstance(node, ast.arg)
    }
    for node in (node for item in body for node in ast.walk(item)):
        if isinstance(node, ast.Call):
            parts, part = list[str](), node.func
            while isinstance(part, ast.Attribute):
                parts.append(part.attr)
                part = part.value
            name = part.id if isinstance(part, ast.Name) else ""
            if name not in own:
                yield ".".join([name, *reversed(parts)])


def _parts(body: list[ast.stmt]) -> set[str]:
    """Names of parts of things: ``b`` in ``a.b``."""
    nodes = (node for item in body for node in ast.walk(item))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


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


def _reached(names: frozenset[str], uses: Mapping[str, frozenset[str]]) -> set[str]:
    """These names, and all that the cells use that gave them a value, and so on."""
    found, waiting = set(names), list(names)
    while waiting:
        more = uses.get(waiting.pop(), frozenset()) - found
        found |= more
        waiting += more
    return found
