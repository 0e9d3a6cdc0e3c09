"""Read in a notebook's text whether an answer hands its exercise to a library.

The running answer is watched too (:mod:`helpers.borrowed`), but what is watched in a student's process can be
blinded there; the text cannot. Only what the answer can reach is read: a student may well compare it with a
library in another cell.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
MAX_SOURCE = 50_000
KEPT_SOURCE = 4_000
MAX_TEXT = 2_000_000
STAR = "*"
RUN_TEXT = ("exec", "eval", "compile", "run_cell", "ex", "ev")
NOT_PYTHON = re.compile(r"^([ \t]*)(?:[%!?].*|.*\?[ \t]*)$", re.MULTILINE)


def parse(source: str) -> list[ast.stmt]:
    r"""The statements of a cell, without its magics; none if it is not Python.

    Examples
    --------
    >>> [type(statement).__name__ for statement in parse("%matplotlib inline\nx = await f()")]
    ['Pass', 'Assign']
    """
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for text in (source[:MAX_SOURCE], NOT_PYTHON.sub(r"\1pass", source[:MAX_SOURCE])):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = compile(text, "<cell>", "exec", flags)
            statements: list[ast.stmt] = tree.body
            return statements
    return []


def bound_names(statement: ast.stmt) -> set[str]:
    r"""The names that a statement gives a value to.

    Examples
    --------
    >>> sorted(bound_names(parse("if True:\n    a = 1\n    def f(x): y = x")[0]))
    ['a', 'f']
    """
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return names


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that imports bind, and what they stand for; a star for the names of a module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((item.asname, item.name) for item in node.names if item.asname)
            yield from ((top, top) for item in node.names if (top := item.name.partition(".")[0]))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                star = f"{node.module}.{STAR}"
                yield (
                    (star, star)
                    if item.name == STAR
                    else (item.asname or item.name, f"{node.module}.{item.name}")
                )


def _inner_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Arguments, variables and functions inside a statement: they stand for nothing outside it."""
    methods = [item for node in nodes if isinstance(node, ast.ClassDef) for item in node.body]
    functions = (node for node in nodes[1:] if isinstance(node, ast.FunctionDef))
    made = {function.name for function in functions if function not in methods}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    names = (node for node in nodes if isinstance(node, ast.Name))
    return made | arguments | {node.id for node in names if isinstance(node.ctx, ast.Store)}


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement of a cell, and what its text says; each is looked up once."""

    tree: ast.stmt

    @property
    def defines(self) -> bool:
        """Whether it is a function or a class."""
        return isinstance(self.tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All parts of it, itself first."""
        return tuple(ast.walk(self.tree))

    @functools.cached_property
    def binds(self) -> frozenset[str]:
        """Names that it gives a value to, other than by an import."""
        return frozenset(bound_names(self.tree))

    @functools.cached_property
    def imports(self) -> Mapping[str, str]:
        """Names that it imports, and what they stand for."""
        return dict(_imported(self.nodes))

    @functools.cached_property
    def inner(self) -> frozenset[str]:
        """Names that stand for nothing outside it."""
        return frozenset(_inner_names(self.nodes))

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """All names in it."""
        return frozenset(node.id for node in self.nodes if isinstance(node, ast.Name))


def kept(read: Callable[[str], T]) -> Callable[[str], T]:
    """Read a text once: most cells are the lesson's, and the same for a whole class. Long texts are not kept."""
    reading = functools.lru_cache(maxsize=512)(read)

    @functools.wraps(read)
    def read_or_kept(source: str) -> T:
        return reading(source) if len(source) <= KEPT_SOURCE else read(source)

    return read_or_kept


@kept
def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a cell."""
    return tuple(map(Statement, parse(source)))


@dataclass
class Text:
    """What a notebook's text says about names, in its order: where each was bound last, or imported from."""

    bound: dict[str, Statement] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    left: int = MAX_TEXT

    def add(self, source: str) -> None:
        """Take in the next cell of the notebook; after much text, nothing more."""
        self.left -= len(source)
        for statement in statements(source) if self.left >= 0 else ():
            for name in statement.binds:
                self.bound[name] = statement
                self.imported.pop(name, None)
            tree = statement.tree
            if isinstance(tree, ast.Assign) and (origin := _dotted(tree.value, self.imported)):
                names = [target.id for target in tree.targets if isinstance(target, ast.Name)]
                self.imported |= dict.fromkeys(names, origin)
            elif not statement.defines:
                for name, origin in statement.imports.items():
                    self.bound.pop(name, None)
                    self.imported[name] = origin

    def borrowed(self, name: str, refuses: Sequence[str]) -> str:
        """The first refused function or module that the answer called `name` uses, or an empty string."""
        if not refuses:
            return ""
        used = [
            item
            for statement in self._reached_from(name)
            for item in self._used_in(statement, refuses)
        ]
        return next(
            (refused for refused in refuses if any(_is_or_is_in(item, refused) for item in used)),
            "",
        )

    def _reached_from(self, name: str) -> list[Statement]:
        """The statements that bind a name, and what those use, and so on."""
        found: dict[Statement, None] = {}
        waiting = [name]
        while waiting:
            statement = self.bound.get(waiting.pop())
            if statement is not None and statement not in found:
                found[statement] = None
                waiting += statement.names - statement.inner
        return list(found)

    def _used_in(self, statement: Statement, refuses: Sequence[str]) -> Iterator[str]:
        """Dotted names that a statement uses: plainly, by imports of its own, through getattr, or in a text it runs."""
        known = {**self.imported, **statement.imports}
        for text in _texts_run(statement):
            inner = Text(dict(self.bound), dict(self.imported), len(text))
            inner.add(text)
            for line in statements(text):
                yield from inner._used_in(line, refuses)
        for refused in refuses:
            module, _, last = refused.rpartition(".")
            if f"{module}.{STAR}" in known and last not in self.bound:
                known[last] = refused
        known = {name: known[name] for name in known.keys() - statement.inner}
        for node in statement.nodes:
            if isinstance(node, ast.Name | ast.Attribute):
                yield _dotted(node, known)
            elif isinstance(node, ast.Import):
                yield from (item.name for item in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{item.name}" for item in node.names)
            elif isinstance(node, ast.Call | ast.Subscript):
                yield _asked_by_name(node, known)


def _dotted(node: ast.expr, known: dict[str, str]) -> str:
    """``np.linalg.solve`` as ``numpy.linalg.solve``; an empty string for what is not from an import."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    base = known.get(node.id, "") if isinstance(node, ast.Name) else _module(node, known)
    return ".".join([base, *reversed(parts)]) if base else ""


def _module(node: ast.expr, known: dict[str, str]) -> str:
    """The module that ``import_module("numpy")`` or ``sys.modules["numpy"]`` stands for, or an empty string."""
    if isinstance(node, ast.Call):
        name = "".join(_words(node.args)[:1])
        called = _called(node)
        return (
            name.partition(".")[0] if called == "__import__" else name * (called == "import_module")
        )
    if isinstance(node, ast.Subscript) and _dotted(node.value, known) == "sys.modules":
        return "".join(_words([node.slice])[:1])
    return ""


def _asked_by_name(node: ast.expr, known: dict[str, str]) -> str:
    """What ``getattr(np, "polyfit")``, ``vars(np)["polyfit"]`` or ``__import__("numpy")`` asks for, or nothing."""
    if isinstance(node, ast.Subscript):
        words = _words([node.slice])
        return f"{base}.{words[0]}" if words and (base := _space_of(node.value, known)) else ""
    if not isinstance(node, ast.Call):
        return ""
    function, words = _called(node), _words(node.args)
    if function in ("__import__", "import_module"):
        return "".join(words[:1])
    if function == "getattr" and words and (base := _dotted(node.args[0], known)):
        return f"{base}.{words[0]}"
    return ""


def _space_of(node: ast.expr, known: dict[str, str]) -> str:
    """The module whose names ``vars(np)`` or ``np.__dict__`` holds, or an empty string."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return _dotted(node.value, known)
    if isinstance(node, ast.Call) and node.args and _called(node) == "vars":
        return _dotted(node.args[0], known)
    return ""


def _called(node: ast.Call) -> str:
    """The last part of a called function's name."""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _words(nodes: Sequence[ast.expr]) -> list[str]:
    """The texts among expressions, also such as ``"poly" + "fit"``."""
    return [text for node in nodes if (text := _text(node))]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return left + right if left and right else ""
    return ""


def _texts_run(statement: Statement) -> Iterator[str]:
    """Programs that a statement runs as text, with ``exec`` and the like."""
    for node in statement.nodes:
        if isinstance(node, ast.Call) and _called(node) in RUN_TEXT:
            yield from (text for text in _words(node.args) if len(text) <= MAX_SOURCE)


def find(name: str, cells: Sequence[str], refuses: Sequence[str]) -> str:
    """The first refused function or module that the answer called `name` uses, or an empty string.

    Parameters
    ----------
    name : str
        What the answer is called.
    cells : sequence of str
        The notebook's code cells up to the check, in order.
    refuses : sequence of str
        Dotted names, such as ``numpy.polyfit`` or ``helpers.autodiff``.

    Examples
    --------
    >>> find("fit", ["from numpy import polyfit as p", "def fit(x, y): return p(x, y, 1)"], ["numpy.polyfit"])
    'numpy.polyfit'
    >>> find("fit", ["import numpy as np", "def fit(x): return x", "np.polyfit(x, x, 1)"], ["numpy.polyfit"])
    ''
    """
    text = Text()
    for source in cells:
        text.add(source)
    return text.borrowed(name, refuses)


def _is_or_is_in(used: str, refused: str) -> bool:
    return used == refused or used.startswith(refused + ".")


def needed(names: Iterable[str], cells: Sequence[str]) -> set[int]:
    """Numbers of the cells that bind these names, or names that those use, and so on.

    Examples
    --------
    >>> sorted(needed(["f"], ["a = 1", "b = 2", "def f(x): return a * x"]))
    [0, 2]
    """
    bound, used = [], []
    for source in cells:
        body = statements(source)
        bound.append({name for item in body for name in item.binds | item.imports.keys()})
        used.append({name for item in body for name in item.names})
    wanted, found = set(names), set[int]()
    while more := {i for i, binds in enumerate(bound) if i not in found and binds & wanted}:
        found |= more
        wanted.update(*(used[i] for i in more))
    return found
