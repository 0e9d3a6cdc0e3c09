"""helpers as a whole: small functions, and a table of contents that is true."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import helpers

FOLDER = Path(helpers.__file__).parent
LONGEST = 40
STUDENT_MODULES = (
    *("derivatives", "autodiff", "taylor", "functions", "datasets", "models", "networks"),
    *("sandpit", "plots", "widgets"),
)


def listed() -> Iterator[tuple[str, str]]:
    """Module and name of everything that the docstring lists."""
    parts = re.split(r"^``(helpers[\w.]*)``$", helpers.__doc__ or "", flags=re.MULTILINE)
    for module, text in zip(parts[1::2], parts[2::2], strict=True):
        text = text.split("\nBehind")[0]
        yield from ((module, name) for name in re.findall(r"(?<!`)`(\w+)`(?!`)", text))


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines, docstring aside, of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            told = ast.get_docstring(node) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER))
)
def test_no_function_is_longer_than_forty_lines(path: Path) -> None:
    assert [(name, lines) for name, lines in functions_of(path) if lines > LONGEST] == []


@pytest.mark.parametrize(("module", "name"), sorted(set(listed())))
def test_every_name_listed_exists_and_is_documented(module: str, name: str) -> None:
    thing = getattr(importlib.import_module(module), name)
    assert not isinstance(thing, ModuleType)
    if inspect.isfunction(thing) or inspect.isclass(thing):
        assert len(inspect.getdoc(thing) or "") > 20


def test_every_module_is_listed() -> None:
    modules = {f"helpers.{module.name}" for module in pkgutil.iter_modules(helpers.__path__)}
    named = set(re.findall(r"``(helpers\.\w+)``", helpers.__doc__ or ""))
    assert named == modules
    assert {f"helpers.{name}" for name in STUDENT_MODULES} <= {module for module, _ in listed()}


@pytest.mark.parametrize("module", ["derivatives", "autodiff"])
def test_every_public_name_of_the_derivatives_is_listed(module: str) -> None:
    public = set(importlib.import_module(f"helpers.{module}").__all__)
    assert {name for place, name in listed() if place == f"helpers.{module}"} == public


@pytest.mark.parametrize("name", STUDENT_MODULES)
def test_every_public_function_of_a_students_module_says_what_it_does(name: str) -> None:
    module = importlib.import_module(f"helpers.{name}")
    public = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    things = {n: getattr(module, n) for n in public}
    own = {
        n: thing
        for n, thing in things.items()
        if (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__.startswith(module.__name__)
    }
    assert len(inspect.getdoc(module) or "") > 40
    assert [n for n, thing in own.items() if not thing.__doc__] == []
