"""Whatever a submitted file is, its text arrives in our own notebook and nothing else does."""

from __future__ import annotations

import copy
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from attacks.course import RIGHT, STUBS, Attack, own_cell, released
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.ingest import MAX_BYTES, Submission, grade_id, ingest

RELEASED = released()
Change = Callable[[list[dict[str, Any]]], object]


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Submission]:
    """A function that takes an honest notebook whose list of cells has been changed."""

    def taken(change: Change = lambda cells: None, **top: Any) -> Submission:
        content = Attack("", "").content() | top
        change(content["cells"])
        return take_bytes(tmp_path, json.dumps(content).encode())

    return taken


def take_bytes(folder: Path, data: bytes) -> Submission:
    path = folder / "week.ipynb"
    path.write_bytes(data)
    return ingest(RELEASED, path)


def sources(submission: Submission) -> dict[str, str]:
    return {cell.id: cell.source for cell in submission.notebook.cells}


def find(cells: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["id"] == name)


def answers(submission: Submission) -> dict[str, str]:
    return {name: sources(submission)[name] for name in RIGHT}


def test_an_honest_notebook_is_taken_as_it_is(take: Callable[..., Submission]) -> None:
    submission = take()
    assert submission.readable
    assert submission.notes == ()
    assert answers(submission) == RIGHT
    assert list(sources(submission)) == [cell.id for cell in RELEASED.cells]


def test_the_released_notebook_itself_is_never_changed(take: Callable[..., Submission]) -> None:
    before = copy.deepcopy(RELEASED)
    take(lambda cells: cells.append(own_cell("x = 1")))
    assert before == RELEASED


def test_nothing_but_source_text_is_taken(take: Callable[..., Submission]) -> None:
    def decorate(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            cell["metadata"]["nbgrader"] = {**cell["metadata"].get("nbgrader", {}), "points": 999}
            cell["metadata"]["evil"] = cell["attachments"] = {"x": {"text/html": "evil"}}
            if cell["cell_type"] == "code":
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "evil"}]
                cell["execution_count"] = 7

    submission = take(decorate, metadata={"kernelspec": {"name": "evil"}, "title": "evil"})
    assert "evil" not in nbformat.writes(submission.notebook)
    assert "999" not in nbformat.writes(submission.notebook)
    assert submission.notebook.metadata == RELEASED.metadata


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0\0 \n", "empty"),
        (b"{", "broken"),
        (b"[" * 100_000, "deeply"),
        (b"\xff\xfe\x00", "broken"),
        (b"null", "no list of cells"),
        (b"[]", "no list of cells"),
        (b'{"cells": 5}', "no list of cells"),
        (b'{"worksheets": [1]}', ""),
        (b" " * (MAX_BYTES + 1), "are read"),
    ],
)
def test_what_cannot_be_read_becomes_a_sentence(tmp_path: Path, data: bytes, reason: str) -> None:
    submission = take_bytes(tmp_path, data)
    if reason:
        assert not submission.readable
        assert reason in submission.notes[0]
        assert submission.notes[0].endswith(".")
    assert answers(submission) == STUBS


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    submission = ingest(RELEASED, tmp_path / "none.ipynb")
    assert not submission.readable
    assert "cannot be opened" in submission.notes[0]


def test_a_folder_is_a_sentence(tmp_path: Path) -> None:
    assert "not a regular file" in ingest(RELEASED, tmp_path).notes[0]


@pytest.mark.skipif(sys.platform == "win32", reason="made with POSIX calls")
def test_links_pipes_and_sockets_are_never_read(tmp_path: Path) -> None:
    honest = tmp_path / "honest.ipynb"
    honest.write_bytes(Attack("", "").file())
    (tmp_path / "link").symlink_to(honest)
    (tmp_path / "loose").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name, reason in (
            ("link", "link"),
            ("loose", "link"),
            ("fifo", "not a regular"),
            ("socket", "cannot be opened"),
        ):
            submission = ingest(RELEASED, tmp_path / name)
            assert not submission.readable
            assert reason in submission.notes[0]
    assert not ingest(RELEASED, Path("/dev/zero")).readable


def test_another_weeks_notebook_is_refused(take: Callable[..., Submission]) -> None:
    def rename(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            cell["metadata"] = {"nbgrader": {"grade_id": f"other-{cell['id']}"}}
            cell["source"] = "y = 1"

    submission = take(rename)
    assert not submission.readable
    assert "another week" in submission.notes[0]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-32"),
        lambda text: b"\0\0" + text.encode() + b"\0",
        lambda text: b"\r\n" + text.replace("\n", "\r\n").encode() + b"\r\n<<<<<<<",
    ],
)
def test_other_encodings_are_read(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    submission = take_bytes(tmp_path, encode(json.dumps(Attack("", "").content())))
    assert answers(submission) == RIGHT


def test_stray_bytes_cost_nothing_but_themselves(tmp_path: Path) -> None:
    data = Attack("", "").file().replace(b"# Week 1", b"# W\xff\x80k")
    submission = take_bytes(tmp_path, data)
    assert sources(submission)["title"] == "# W\ufffd\ufffdk"
    assert answers(submission) == RIGHT


def test_lone_surrogates_and_nul_are_replaced(take: Callable[..., Submission]) -> None:
    submission = take(lambda cells: cells.append(own_cell("x = '\ud800' #\0")))
    assert submission.notebook.cells[-1].source == "x = '?' #"
    nbformat.writes(submission.notebook).encode()


def test_edited_checks_keep_our_text_and_are_noted(take: Callable[..., Submission]) -> None:
    submission = take(lambda cells: find(cells, "check_gradient").update(source="1000.0"))
    assert sources(submission)["check_gradient"] == 'check("gradient", gradient)'
    assert submission.notes == ("The cell 'check_gradient' had been edited; our text is used.",)


def test_missing_cells_come_back_and_are_noted(take: Callable[..., Submission]) -> None:
    def remove(cells: list[dict[str, Any]]) -> None:
        cells[:] = [cell for cell in cells if cell["id"] not in ("gradient", "check_gradient")]

    submission = take(remove)
    assert sources(submission)["gradient"] == STUBS["gradient"]
    assert list(sources(submission)) == [cell.id for cell in RELEASED.cells]
    assert len(submission.notes) == 2
    assert all("missing" in note for note in submission.notes)


def test_of_two_copies_the_last_one_answered_counts(take: Callable[..., Submission]) -> None:
    def double(cells: list[dict[str, Any]]) -> None:
        answer = find(cells, "gradient")
        at = cells.index(answer)
        cells.insert(at, {**answer, "source": "def gradient(f, x): return 0"})
        cells.insert(at + 2, {**answer, "source": STUBS["gradient"]})

    submission = take(double)
    assert sources(submission)["gradient"] == RIGHT["gradient"]
    assert "stood 3 times" in submission.notes[0]


def test_a_helper_in_a_copied_cell_is_not_lost(take: Callable[..., Submission]) -> None:
    def split(cells: list[dict[str, Any]]) -> None:
        answer = find(cells, "gradient")
        cells.insert(cells.index(answer), {**answer, "source": "step = 1e-5"})

    order = [cell.source for cell in take(split).notebook.cells]
    assert order.index("step = 1e-5") < order.index(RIGHT["gradient"])


def test_an_answer_at_the_end_is_found_by_its_name(take: Callable[..., Submission]) -> None:
    def below(cells: list[dict[str, Any]]) -> None:
        find(cells, "gradient")["source"] = STUBS["gradient"]
        cells.append(own_cell("%time\n" + RIGHT["gradient"]))

    submission = take(below)
    assert RIGHT["gradient"] in sources(submission)["gradient"]
    assert "found by its name" in submission.notes[0]


def test_an_answer_between_stub_and_check_stays_where_it_is(
    take: Callable[..., Submission],
) -> None:
    def between(cells: list[dict[str, Any]]) -> None:
        stub = find(cells, "gradient")
        stub["source"] = STUBS["gradient"]
        cells.insert(cells.index(stub) + 1, own_cell(RIGHT["gradient"]))

    submission = take(between)
    order = [cell.source for cell in submission.notebook.cells]
    assert order.index(STUBS["gradient"]) + 1 == order.index(RIGHT["gradient"])
    assert submission.notes == ()


def test_another_answers_cell_is_never_taken_for_an_answer(take: Callable[..., Submission]) -> None:
    def both_names(cells: list[dict[str, Any]]) -> None:
        find(cells, "gradient")["source"] = STUBS["gradient"]
        find(cells, "classify")["source"] += "\ngradient = 1"

    submission = take(both_names)
    assert sources(submission)["gradient"] == STUBS["gradient"]
    assert sources(submission)["classify"].startswith(RIGHT["classify"])


def test_an_answer_in_a_locked_cell_is_found(take: Callable[..., Submission]) -> None:
    def in_the_check(cells: list[dict[str, Any]]) -> None:
        find(cells, "gradient")["source"] = STUBS["gradient"]
        check = find(cells, "check_gradient")
        check["source"] = f"{RIGHT['gradient']}\n{check['source']}"

    assert RIGHT["gradient"] in sources(take(in_the_check))["gradient"]


def test_without_metadata_and_ids_cells_are_known_by_their_text(
    take: Callable[..., Submission],
) -> None:
    def strip(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            cell.pop("id")
            cell["metadata"] = {}
        cells.insert(0, own_cell("import this_is_mine"))

    submission = take(strip)
    assert answers(submission) == RIGHT
    assert len(submission.notebook.cells) == len(RELEASED.cells) + 1


def test_own_cells_follow_the_cell_they_followed_even_if_another_was_moved(
    take: Callable[..., Submission],
) -> None:
    def move(cells: list[dict[str, Any]]) -> None:
        cells.insert(0, cells.pop(cells.index(find(cells, "classify"))))
        cells.insert(cells.index(find(cells, "imports")) + 1, own_cell("step = 1e-5"))

    order = list(sources(take(move)))
    assert order[order.index("imports") + 1].startswith("own-")


def test_version_3_with_worksheets_is_read(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "input": text, "outputs": []} for text in RIGHT.values()]
    content = {"nbformat": 3, "worksheets": [{"cells": cells[:1]}, {"cells": cells[1:]}, 5, {}]}
    assert answers(take_bytes(tmp_path, json.dumps(content).encode())) == RIGHT


@pytest.mark.parametrize("source", [5, None, {"a": 1}, [1, "x = 1", None]])
def test_a_source_that_is_no_text_is_passed_over(
    take: Callable[..., Submission], source: object
) -> None:
    submission = take(lambda cells: cells.insert(0, {**own_cell(""), "source": source}))
    assert answers(submission) == RIGHT
    assert submission.readable


def test_a_markdown_copy_of_an_answer_is_no_answer(take: Callable[..., Submission]) -> None:
    submission = take(lambda cells: find(cells, "gradient").update(cell_type="markdown"))
    assert sources(submission)["gradient"] == STUBS["gradient"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
ids = st.sampled_from([cell.id for cell in RELEASED.cells]) | json_values
nbgrader = st.fixed_dictionaries(
    {}, optional={"nbgrader": st.fixed_dictionaries({}, optional={"grade_id": ids}) | json_values}
)
cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values,
        "source": st.sampled_from([*RIGHT.values(), *STUBS.values()]) | json_values,
        "metadata": nbgrader | json_values,
        "id": ids,
        "input": json_values,
    },
)


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_taken_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    submission = take_bytes(tmp_path_factory.getbasetemp(), data)
    _is_whole(submission)


@settings(max_examples=200, deadline=None)
@given(content=st.fixed_dictionaries({"cells": st.lists(cells | json_values, max_size=12)}))
def test_any_cells_leave_our_notebook_whole(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    submission = take_bytes(tmp_path_factory.getbasetemp(), json.dumps(content).encode())
    _is_whole(submission)


def _is_whole(submission: Submission) -> None:
    """Ours are all there, in order and with our settings, and the notebook can be written."""
    ours = [cell for cell in submission.notebook.cells if not cell.id.startswith("own-")]
    assert [_fixed(cell) for cell in ours] == [_fixed(cell) for cell in RELEASED.cells]
    assert submission.readable or submission.notes
    nbformat.validate(submission.notebook)
    nbformat.writes(submission.notebook).encode()


def _fixed(cell: NotebookNode) -> tuple[object, ...]:
    locked = cell.metadata.get("nbgrader", {}).get("locked")
    return cell.id, cell.cell_type, grade_id(cell), cell.metadata, cell.source if locked else ""
