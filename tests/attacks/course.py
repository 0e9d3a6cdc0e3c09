"""A small released notebook with three exercises of week 1, right answers to them, and how to hand them in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import exercises

WEEK = "week1_multivariate_calculus"
STUB = 'raise NotImplementedError("your turn")'
IMPORTS = (
    "import numpy as np\n\nfrom helpers import check, functions\nfrom helpers.functions import bowl"
)

RIGHT = {
    "gradient": """\
def gradient(f, x):
    x, steps = np.array(x, float), 1e-5 * np.eye(len(x))
    return np.array([(f(x + step) - f(x - step)) / 2e-5 for step in steps])
""",
    "directional_derivative": """\
def directional_derivative(g, u):
    length = np.sqrt(sum(float(part) ** 2 for part in u))
    if length == 0:
        raise ValueError("u needs a direction")
    return sum(a * b for a, b in zip(g, u)) / length
""",
    "classify": """\
def classify(H):
    eigenvalues = np.linalg.eigvalsh(np.array(H, float))
    limit = 1e-9 * abs(eigenvalues).max()
    if (eigenvalues > limit).any() and (eigenvalues < -limit).any():
        return "saddle"
    if (abs(eigenvalues) <= limit).any():
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"
""",
}
STUBS = {name: f"{text.splitlines()[0]}\n    {STUB}\n" for name, text in RIGHT.items()}
CHECKS = {name: f'check("{name}", {name})' for name in RIGHT}


def code(name: str, source: str, **flags: Any) -> NotebookNode:
    """A code cell with nbgrader's metadata."""
    cell = nbformat.v4.new_code_cell(source, id=name)
    kept = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = {**kept, "grade_id": name, **flags}
    return cell


def released() -> NotebookNode:
    """The notebook that students get."""
    points = {name: exercise.points for name, exercise in exercises.of_week(WEEK).items()}
    cells = [nbformat.v4.new_markdown_cell("# Week 1", id="title"), code("imports", IMPORTS)]
    for name in RIGHT:
        cells.append(nbformat.v4.new_markdown_cell(f"Write `{name}`.", id=f"prompt-{name}"))
        cells.append(code(name, STUBS[name], solution=True, locked=False))
        cells.append(code(f"check_{name}", CHECKS[name], grade=True, points=points[name]))
    written = nbformat.v4.new_markdown_cell("*Your answer here.*", id="in_words")
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
    written.metadata["nbgrader"] = {**flags, "grade_id": "in_words", "points": 2}
    return nbformat.v4.new_notebook(cells=[*cells, written])


@dataclass(frozen=True)
class Attack:
    """A submission and the score it deserves.

    Attributes
    ----------
    category, name : str
    answers : dict of str to str
        Answers that differ from the right ones, by exercise.
    first, last : str
        Cells of the student's own, after the imports and at the end.
    right : tuple of str
        The exercises that are really answered; all others must get nothing.
    spoilt : tuple of str
        Exercises whose answers were right until the attack broke what they use: they may get nothing.
    """

    category: str
    name: str
    answers: dict[str, str] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    right: tuple[str, ...] = tuple(RIGHT)
    spoilt: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """The submitted notebook as JSON types."""
        notebook: dict[str, Any] = json.loads(nbformat.writes(released()))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell["id"] in RIGHT:
                cell["source"] = self.answers.get(cell["id"], RIGHT[cell["id"]])
        if self.first:
            notebook["cells"].insert(2, own_cell(self.first))
        if self.last:
            notebook["cells"].append(own_cell(self.last))
        return notebook

    def file(self) -> bytes:
        """The submitted file."""
        return json.dumps(self.content()).encode()


@dataclass(frozen=True)
class Damaged(Attack):
    """A submission whose file itself is the attack.

    Attributes
    ----------
    edit : callable
        Takes the honest notebook as JSON types and returns the file's bytes, or what to write as JSON.
    """

    edit: Any = None

    def file(self) -> bytes:
        """The submitted file."""
        made = self.edit(self.content())
        return made if isinstance(made, bytes) else json.dumps(made).encode()


def own_cell(source: str, kind: str = "code") -> dict[str, Any]:
    """A cell that a student has added."""
    cell: dict[str, Any] = {"cell_type": kind, "id": "mine", "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def wrong(name: str, body: str) -> dict[str, str]:
    """An answer to one exercise with this body."""
    head = STUBS[name].splitlines()[0]
    return {name: "\n".join([head, *(f"    {line}" for line in body.splitlines())])}
