"""The course's glossary and formula sheet, held against the notebooks.

The glossary is written by hand; each term names the week whose notebook first sets it in bold. The formula
sheet is put together from the formula cards: ``python -m autograder.glossary`` writes it anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PLACE = NOTEBOOKS / "week0_foundations"
GLOSSARY, FORMULAS = PLACE / "glossary.md", PLACE / "formulas.md"
CARD = "## Formula card"
SAID = "The last cell holds the card to account."
HEAD = """\
# Formula sheet

The formula cards of all weeks, one after the other. Words are explained in the [glossary](glossary.md).
"""


@dataclass(frozen=True)
class Term:
    """One line of the glossary."""

    name: str
    week: int
    meaning: str


def terms(text: str) -> list[Term]:
    """The terms of a glossary, in its order.

    Examples
    --------
    >>> terms("| **slope** | 0 | Rise over run. |")
    [Term(name='slope', week=0, meaning='Rise over run.')]
    """
    lines = re.findall(r"^\| \*\*(.+?)\*\* \| (\d) \| (.+?) \|$", text, re.MULTILINE)
    return [Term(name, int(week), meaning) for name, week, meaning in lines]


def notebooks() -> dict[int, Path]:
    """The source notebooks by the number of their week."""
    found = NOTEBOOKS.glob("week*/week*.ipynb")
    return {int(path.stem[4]): path for path in sorted(found) if path.stem == path.parent.name}


def bold(path: Path) -> set[str]:
    """What a notebook's prose sets in bold, in small letters and without a full stop.

    Prompts, answers and mark schemes are left out.
    """
    cells = nbformat.read(path, as_version=4).cells
    lessons = [
        cell.source
        for cell in cells
        if cell.cell_type == "markdown"
        and not cell.id.startswith("prompt-")
        and "nbgrader" not in cell.metadata
    ]
    found = re.findall(r"\*\*([^*\n]+)\*\*", "\n\n".join(lessons))
    return {words.lower().rstrip(".?:") for words in found}


def card(path: Path) -> str:
    """A notebook's formula card: its tables and what is said below them."""
    cells = nbformat.read(path, as_version=4).cells
    text = next(cell.source for cell in cells if cell.source.startswith(CARD))
    return str(text.removeprefix(CARD).replace(SAID, "").strip())


def title(path: Path) -> str:
    """The title of a notebook, such as ``Week 1 · Multivariate calculus``."""
    first: str = nbformat.read(path, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")


def formula_sheet() -> str:
    """The formula cards of all weeks as one page of Markdown."""
    parts = [f"## {title(path)}\n\n{card(path)}\n" for path in notebooks().values()]
    return "\n".join([HEAD, *parts])


def main() -> None:
    """Write the formula sheet."""
    FORMULAS.write_text(formula_sheet(), "utf-8")
    print(f"wrote {FORMULAS}")


if __name__ == "__main__":
    main()
