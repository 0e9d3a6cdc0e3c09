"""Every answer in the catalogue, right or wrong, handed in as a notebook and graded in the sandbox.

One submission holds the k-th answer to every exercise of a week: first nothing, then the references, then the
other right answers and all slips. The scheme itself is the student's first cell, so that nothing but text goes in.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autograder import exercise, exercises, grade, release
from autograder.classroom import Classroom
from autograder.exercise import Exercise
from autograder.grade import Options, Row

HOW = Options(trusted=True, workers=1, figures=False)
PREPARE = """
import sys, types
for name, source in {sources!r}.items():
    sys.modules[name] = types.ModuleType(name)
    exec(source, sys.modules[name].__dict__)
scheme = sys.modules["scheme"]
"""


class Answer(NamedTuple):
    """An answer of the catalogue: how the student's cell finds it, and the sentence it should get."""

    found: str
    sentence: str = ""


def answers(asked: Exercise) -> list[Answer]:
    """The reference, the other right answers, and every variant of every slip."""
    right = [Answer(f"{asked.name}.reference{'()' * asked.is_value}")]
    right += [Answer(f"{asked.name}.styles[{i}][1]") for i in range(len(asked.styles))]
    wrong = [
        Answer(f"{asked.name}.mistakes[{i}].answers[{j}]", mistake.sentence)
        for i, mistake in enumerate(asked.mistakes)
        for j in range(len(mistake.answers))
    ]
    return right + wrong


def handed_in(classroom: Classroom, week: str) -> dict[str, dict[str, Answer]]:
    """Hand in as many notebooks as it takes; by student, what they answered."""
    catalogue = {name: answers(asked) for name, asked in exercises.of_week(week).items()}
    given: dict[str, dict[str, Answer]] = {"untouched": {}}
    for k in range(max(map(len, catalogue.values()))):
        given[f"student-{k:02}"] = {n: all_[k] for n, all_ in catalogue.items() if k < len(all_)}
    for student, chosen in given.items():
        path = classroom.submitted(student, week)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook(classroom, week, chosen)), "utf-8")
    return given


def notebook(classroom: Classroom, week: str, chosen: dict[str, Answer]) -> dict[str, Any]:
    """The released notebook with these answers."""
    book: dict[str, Any] = json.loads(classroom.released(week).read_text("utf-8"))
    for cell in book["cells"]:
        if answer := chosen.get(cell["id"]):
            cell["source"] = f"{cell['id']} = scheme.{answer.found}"
    scheme = Path(exercises.__path__[0]) / f"{week}.py"
    sources = {
        "autograder": "",
        "autograder.exercise": Path(str(exercise.__file__)).read_text("utf-8"),
        "scheme": scheme.read_text("utf-8"),
    }
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    book["cells"].insert(0, {**own, "source": PREPARE.format(sources=sources)})
    return book


def missed(row: Row, week: str, chosen: dict[str, Answer]) -> list[str]:
    """What is wrong with a grading, in words."""
    found = []
    for name, asked in exercises.of_week(week).items():
        points = row.log.points[f"check_{name}"]
        answer = chosen.get(name)
        full = answer is not None and not answer.sentence
        slip = row.log.slips.get(name, "")
        wrong = points != asked.points if full else (points or 0) >= asked.points
        nothing = answer is None and points != 0
        unnamed = bool(answer and answer.sentence) and answer.sentence not in slip
        if wrong or nothing or unnamed:
            found.append(f"{name} {answer}: {points} of {asked.points} points, {slip!r}")
    return found


@pytest.mark.parametrize("week", exercises.weeks())
def test_every_answer_of_the_catalogue_gets_what_it_deserves_from_the_grader(
    week: str, tmp_path: Path
) -> None:
    classroom = Classroom(tmp_path)
    list(release.release(classroom, [week]))
    given = handed_in(classroom, week)
    rows = {
        row.student: row for row in grade.grade_all(classroom, grade.chosen(classroom), how=HOW)
    }
    assert rows.keys() == given.keys()
    assert rows["untouched"].points == 0
    found = list(itertools.chain(*(missed(rows[s], week, given[s]) for s in given)))
    assert not found, "\n".join(found)
