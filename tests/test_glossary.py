"""The glossary and the formula sheet say what the notebooks say."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from autograder import glossary
from autograder.glossary import Term

TERMS = glossary.terms(glossary.GLOSSARY.read_text("utf-8"))
BOLD = {week: glossary.bold(path) for week, path in glossary.notebooks().items()}


def weeks_of(term: Term) -> list[int]:
    """The weeks whose notebooks set a term, or its plural, in bold."""
    names = {term.name.lower(), f"{term.name.lower()}s"}
    return [week for week, words in BOLD.items() if names & words]


def test_there_are_many_terms_and_none_is_lost_by_a_slip_in_the_table() -> None:
    rows = [
        line
        for line in glossary.GLOSSARY.read_text("utf-8").splitlines()
        if line.startswith("| **")
    ]
    assert len(rows) == len(TERMS) > 100


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name.replace(" ", "-"))
def test_a_term_is_set_in_bold_first_in_the_week_it_names(term: Term) -> None:
    assert weeks_of(term)[:1] == [term.week]


def test_terms_stand_once_and_in_order() -> None:
    names = [term.name.lower() for term in TERMS]
    assert names == sorted(set(names))


def test_every_week_brings_terms() -> None:
    assert {term.week for term in TERMS} == set(BOLD)


def test_meanings_are_short_sentences() -> None:
    for term in TERMS:
        assert re.fullmatch(r"[A-ZχΔ1].+\.", term.meaning), term.name
        assert len(term.meaning.split()) <= 40, term.name


def test_the_formula_sheet_holds_the_card_of_every_week_as_it_is() -> None:
    written = glossary.FORMULAS.read_text("utf-8")
    advice = "a formula card has changed: run python -m autograder.glossary"
    assert written == glossary.formula_sheet(), advice


def test_the_first_week_and_the_two_pages_lead_to_one_another() -> None:
    first = nbformat.read(glossary.notebooks()[0], as_version=4)
    prose = "\n".join(cell.source for cell in first.cells if cell.cell_type == "markdown")
    for text in (prose, glossary.GLOSSARY.read_text("utf-8"), glossary.formula_sheet()):
        links = re.findall(r"\]\(([\w.]+\.md)\)", text)
        assert links
        assert all((glossary.PLACE / link).is_file() for link in links)


def test_bold_words_of_exercises_do_not_count(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("A **slope.** Here.", id="lesson"),
        nbformat.v4.new_markdown_cell("**Exercise · x**", id="prompt-x"),
    ]
    path = tmp_path / "week.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert glossary.bold(path) == {"slope"}


def test_the_command_writes_the_sheet_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(glossary, "FORMULAS", tmp_path / "formulas.md")
    glossary.main()
    assert (tmp_path / "formulas.md").read_text("utf-8") == glossary.formula_sheet()
    assert "formulas.md" in capsys.readouterr().out
