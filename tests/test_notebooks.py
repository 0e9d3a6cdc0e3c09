"""The rules that every source notebook keeps, read from its cells without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

from autograder import exercises

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(path for path in FOLDER.glob("*/*.ipynb") if "checkpoint" not in path.name)
CELL_LINES = 15
PARAGRAPH_WORDS = 150
PROSE_PER_CODE = (1.5, 4.0)
STUB = 'raise NotImplementedError("your turn")'
EXERCISE = re.compile(
    r"^\*\*Exercise · `(?P<name>\w+)` · (?P<points>[\d.]+) points? · "
    r"(?P<level>core|stretch|challenge)\.\*\*",
    re.MULTILINE,
)
HINTS = re.compile(
    r"<details><summary>Hint (\d): [^`$<\n]+</summary>\n\n.+?\n\n</details>", re.DOTALL
)
TIMED = re.compile(r"^## .+ · (\d+) min$", re.MULTILINE)
AMERICAN = re.compile(
    r"\b(colou?r(?<!colour)\w*|gray\w*|center\w*|behavior\w*|neighbor\w*|favorite\w*|honor\w*|"
    r"(?:kilo|centi|milli)?meters?|labeled|modeling|modeled|traveled|canceled|analyz\w+|"
    r"(?:mini|maxi|opti|normal|recogn|summar|initial|general|linear|visual|organ|real)iz\w+)\b",
    re.IGNORECASE,
)
PADDING = re.compile(
    r"easy to see|obviously|trivially|needless to say|it should be noted|as we all know",
    re.IGNORECASE,
)
RANDOM_ID = re.compile(r"[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OUTSIDE = re.compile(
    r"https?:|\b(?:urllib|requests|socket|datetime|time)\b(?=\s*\.|\s+import)|"
    r"\bimport\s+(?:urllib|requests|socket|datetime|time)\b|np\.random\.(?!default_rng|Generator)|"
    r"default_rng\(\)"
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def grading(cell: NotebookNode) -> NotebookNode:
    return cell.metadata.get("nbgrader", NotebookNode())


def prose(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def is_answer(cell: NotebookNode) -> bool:
    return grading(cell).get("solution", False)


def is_check(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and grading(cell).get("grade", False)


def lessons(notebook: NotebookNode) -> list[NotebookNode]:
    """Code cells that teach: neither an answer nor a check."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if not is_answer(cell) and not is_check(cell)]


def prompts(notebook: NotebookNode) -> dict[str, tuple[int, re.Match[str]]]:
    """For each exercise where its prompt stands, and the line that announces it."""
    found = [
        (i, match)
        for i, cell in enumerate(notebook.cells)
        if cell.cell_type == "markdown"
        for match in EXERCISE.finditer(cell.source)
    ]
    return {match["name"]: (i, match) for i, match in found}


def answers(notebook: NotebookNode) -> dict[str, int]:
    """Where the code cell stands that answers each exercise."""
    cells = enumerate(notebook.cells)
    return {cell.id: i for i, cell in cells if cell.cell_type == "code" and is_answer(cell)}


def plain_words(text: str) -> str:
    """Prose alone: no code, no tags, displayed formulas left out and others counted as one word."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$", "\n\n", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`|\$[^$]*\$", "x", text)
    return re.sub(r"<[^>]+>", " ", text)


def paragraphs(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[*-]|\d+\.|\|)\s)", plain_words(text)):
        if block.strip():
            yield block


def bound(tree: ast.AST) -> set[str]:
    """The names that a cell gives a value to, arguments included."""
    nodes = list(ast.walk(tree))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    defined = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    imported = {(n.asname or n.name).split(".")[0] for n in nodes if isinstance(n, ast.alias)}
    return stored | defined | imported | {n.arg for n in nodes if isinstance(n, ast.arg)}


def wanted(tree: ast.AST) -> set[str]:
    """The names that a cell needs from earlier cells."""
    used = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return used - bound(tree)


def released(notebook: NotebookNode) -> NotebookNode:
    """What students get: nbgrader's own clearing, without a gradebook."""
    resources: dict[str, object] = {}
    stub = {"python": STUB}
    for step in (ClearSolutions(code_stub=stub), ClearHiddenTests(), ClearMarkScheme()):
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def test_every_marked_week_has_a_notebook_of_its_name() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(exercises.weeks())
    assert all(path.stem == path.parent.name for path in NOTEBOOKS)


def test_a_notebook_is_kept_without_outputs(notebook: NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert "widgets" not in notebook.metadata


def test_format_and_kernel_are_those_of_the_course(notebook: NotebookNode) -> None:
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    nbformat.validate(notebook)
    MetadataValidatorV3().validate_nb(notebook)


def test_cell_ids_are_readable_unique_and_equal_to_grade_ids(notebook: NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*", cell.id), cell.id
        assert not RANDOM_ID.fullmatch(cell.id), cell.id
        assert grading(cell).get("grade_id", cell.id) == cell.id


def test_a_code_cell_is_at_most_fifteen_lines(notebook: NotebookNode) -> None:
    assert [c.id for c in lessons(notebook) if len(c.source.splitlines()) > CELL_LINES] == []


def test_there_are_about_two_cells_of_prose_to_one_of_code(notebook: NotebookNode) -> None:
    low, high = PROSE_PER_CODE
    assert low <= len(prose(notebook)) / len(lessons(notebook)) <= high


@pytest.mark.parametrize("signpost", ["Predict", "Try", "Check", "Careful"])
def test_each_signpost_is_used(notebook: NotebookNode, signpost: str) -> None:
    assert any(re.search(rf"\*\*{signpost}\b\.?\*\*", cell.source) for cell in prose(notebook))


def test_no_paragraph_is_longer_than_a_hundred_and_fifty_words(notebook: NotebookNode) -> None:
    long = [
        (cell.id, block[:60])
        for cell in prose(notebook)
        for block in paragraphs(cell.source)
        if len(block.split()) > PARAGRAPH_WORDS
    ]
    assert long == []


@pytest.mark.parametrize("words", [AMERICAN, PADDING], ids=["American spelling", "padding"])
def test_prose_is_british_and_plain(notebook: NotebookNode, words: re.Pattern[str]) -> None:
    found = [
        (cell.id, match[0])
        for cell in prose(notebook)
        for match in words.finditer(plain_words(cell.source))
    ]
    assert found == []


def test_it_opens_with_question_outcomes_needs_and_time(notebook: NotebookNode) -> None:
    opening = "\n".join(cell.source for cell in notebook.cells[:4])
    assert notebook.cells[0].source.startswith("# Week ")
    for part in (
        "**The question.**",
        "Imperial College London",
        "independent of that course",
        "## What you will be able to do",
        "## What you need",
        "**About how long**",
    ):
        assert part in opening, part


def test_the_minutes_of_the_sections_add_up(notebook: NotebookNode) -> None:
    text = "\n\n".join(cell.source for cell in prose(notebook))
    total = re.search(r"\*\*About how long\*\* · (\d+) min in all", text)
    assert total
    assert int(total[1]) == sum(map(int, TIMED.findall(text)))


def test_each_section_ends_with_what_it_was_for(notebook: NotebookNode) -> None:
    text = "\n\n".join(cell.source for cell in prose(notebook))
    sections = [part for part in re.split(r"^(?=## )", text, flags=re.M) if TIMED.match(part)]
    assert sections
    for section in sections:
        last = [part for part in section.split("\n\n") if part.strip()][-1]
        assert last.startswith("**What this was for.**"), section.splitlines()[0]


def test_it_ends_with_a_summary_and_a_formula_card(notebook: NotebookNode) -> None:
    text = "\n\n".join(cell.source for cell in prose(notebook))
    assert re.findall(r"^## (.+)$", text, re.M)[-2:] == ["Summary", "Formula card"]
    assert "|---|" in text.split("## Formula card")[1]


def test_there_is_a_worked_example_and_a_figure_to_play_with(notebook: NotebookNode) -> None:
    assert any("**Worked example.**" in cell.source for cell in prose(notebook))
    assert any("widgets." in cell.source for cell in lessons(notebook))


def test_every_exercise_of_the_scheme_has_its_cells_and_points(
    path: Path, notebook: NotebookNode
) -> None:
    scheme = exercises.of_week(path.stem)
    assert set(answers(notebook)) == set(scheme)
    told = prompts(notebook)
    points = {cell.id: grading(cell).points for cell in notebook.cells if is_check(cell)}
    for name, exercise in scheme.items():
        assert points[f"check_{name}"] == exercise.points, name
        assert float(told[name][1]["points"]) == exercise.points, name


def test_prompts_name_the_points_of_their_cells(notebook: NotebookNode) -> None:
    graded = {
        cell.id.removeprefix("check_"): grading(cell).points
        for cell in notebook.cells
        if grading(cell).get("grade")
    }
    told = {name: float(match["points"]) for name, (_, match) in prompts(notebook).items()}
    assert told == graded


def test_prompt_answer_and_check_follow_one_another(notebook: NotebookNode) -> None:
    for name, at in answers(notebook).items():
        assert prompts(notebook)[name][0] == at - 1, name
        assert notebook.cells[at + 1].id == f"check_{name}"


def test_each_exercise_has_three_hints_that_open_one_after_the_other(
    notebook: NotebookNode,
) -> None:
    assert prompts(notebook)
    for name, (at, _) in prompts(notebook).items():
        numbers = [match[1] for match in HINTS.finditer(notebook.cells[at].source)]
        assert numbers == ["1", "2", "3"], name


def test_check_cells_have_their_fixed_form(notebook: NotebookNode) -> None:
    for name, at in answers(notebook).items():
        cell = notebook.cells[at + 1]
        assert cell.source == (
            f'check("{name}", {name})\n'
            "### BEGIN HIDDEN TESTS\n"
            f'check("{name}", {name}, probes="hidden")\n'
            "### END HIDDEN TESTS"
        )
        kind = grading(cell)
        assert (kind.grade, kind.locked, kind.solution, kind.task) == (True, True, False, False)
        assert (kind.cell_type, kind.schema_version) == ("code", 3)


def test_an_answer_cell_holds_one_definition_with_a_docstring(notebook: NotebookNode) -> None:
    for name, at in answers(notebook).items():
        cell = notebook.cells[at]
        assert cell.source.count("### BEGIN SOLUTION") == 1, name
        assert cell.source.count("### END SOLUTION") == 1, name
        assert name in bound(ast.parse(cell.source)), name
        kind = grading(cell)
        assert (kind.grade, kind.locked, kind.task) == (False, False, False)
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                assert ast.get_docstring(node), name


def test_one_question_is_answered_in_words_and_marked_by_hand(notebook: NotebookNode) -> None:
    written = [cell for cell in prose(notebook) if is_answer(cell)]
    assert written
    for cell in written:
        assert grading(cell).grade
        assert grading(cell).points > 0
        assert "### BEGIN SOLUTION" in cell.source
    assert any("### BEGIN MARK SCHEME" in cell.source for cell in prose(notebook))


def test_what_is_released_holds_no_answer_and_no_mark_scheme(notebook: NotebookNode) -> None:
    kept = {cell.id: cell.source for cell in released(notebook).cells}
    text = "\n".join(kept.values())
    for secret in ("SOLUTION", "HIDDEN TESTS", '"hidden"', "MARK SCHEME", "Model answer"):
        assert secret not in text, secret
    for name in answers(notebook):
        assert STUB in kept[name], name
        ast.parse(kept[name])


def test_lessons_never_lean_on_an_answer_or_take_its_name(notebook: NotebookNode) -> None:
    names = set(answers(notebook))
    for cell in lessons(notebook):
        tree = ast.parse(cell.source)
        assert not names & (wanted(tree) | bound(tree)), cell.id


def test_lesson_cells_that_later_cells_need_are_locked(notebook: NotebookNode) -> None:
    maker: dict[str, NotebookNode] = {}
    for cell in lessons(notebook):
        tree = ast.parse(cell.source)
        for name in wanted(tree) & maker.keys():
            kind = grading(maker[name])
            assert kind.get("locked"), f"{maker[name].id} makes {name}, which {cell.id} needs"
            assert (kind.grade, kind.solution) == (False, False)
        maker |= dict.fromkeys(bound(tree), cell)


def test_a_figure_is_the_last_expression_of_its_cell(notebook: NotebookNode) -> None:
    drawn = re.compile(r"\b(plots|widgets)\.\w+\(")
    for cell in lessons(notebook):
        if drawn.search(cell.source):
            last = ast.parse(cell.source).body[-1]
            assert isinstance(last, ast.Expr), cell.id
            assert len(drawn.findall(cell.source)) == 1, cell.id
            assert drawn.match(ast.unparse(last)), cell.id


def test_code_uses_no_network_no_clock_and_no_unseeded_chance(notebook: NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [(cell.id, match[0]) for cell in code if (match := OUTSIDE.search(cell.source))]
    assert found == []
