"""Of what a runner says a cell has shown, only harmless text and real images are kept."""

from __future__ import annotations

import base64
import io
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from autograder.outputs import MAX_OUTPUTS, UnreadableOutputsError, line, read, text


def picture() -> str:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png")
    return base64.b64encode(stream.getvalue()).decode()


def stream(shown: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": shown}


def display(**data: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {key.replace("_", "/"): data[key] for key in data},
    }


def test_prints_results_and_errors_are_kept() -> None:
    header = {
        "outputs": [stream("a\n"), stream("b\n", "stderr")],
        "error": ["ValueError", "no", "3"],
    }
    out, err, error = read(header)
    assert (out.name, out.text, err.name, err.text) == ("stdout", "a\n", "stderr", "b\n")
    assert (error.ename, error.evalue, error.traceback) == (
        "ValueError",
        "no",
        ["line 3: ValueError: no"],
    )


def test_a_real_image_is_kept_and_a_page_that_claims_to_be_one_is_not() -> None:
    real = {
        "outputs": [{"output_type": "execute_result", "data": {"image/png": picture()}}],
        "error": [],
    }
    assert read(real)[0].data["image/png"].startswith("iVBOR")
    for sham in ("PHNjcmlwdD4=", "not base64", "", picture()[:-8]):
        data = {"image/png": sham, "text/plain": "words"}
        [output] = read({"outputs": [{"output_type": "display_data", "data": data}], "error": []})
        assert set(output.data) == {"text/plain"}


def test_other_kinds_of_content_are_dropped() -> None:
    data = {
        "text/html": "<b>",
        "application/javascript": "x",
        "image/svg+xml": "<svg/>",
        "text/latex": "x",
    }
    assert read({"outputs": [{"output_type": "display_data", "data": data}], "error": []}) == []


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link", "\ufffd]8;;http://x\ufffdlink"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u202etxt.exe", "\ufffdtxt.exe"),
        ("\ud800", "?"),
        ("\0\x07\x7f", "\ufffd" * 3),
        ("ünïcödé ∂ 🎈", "ünïcödé ∂ 🎈"),
    ],
)
def test_text_comes_without_colours_and_tricks(shown: str, kept: str) -> None:
    assert text(shown) == kept


def test_a_line_is_one_line() -> None:
    assert line("a\n\n  ✓ b\r\nc") == "a ✓ b c"


def test_too_many_outputs_are_cut() -> None:
    assert len(read({"outputs": [stream("x")] * 1000, "error": []})) == MAX_OUTPUTS


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"outputs": []},
        {"outputs": 5, "error": []},
        {"outputs": ["x"], "error": []},
        {"outputs": [None], "error": []},
        {"outputs": [{}], "error": []},
        {"outputs": [{"output_type": "stream"}], "error": []},
        {"outputs": [stream(5)], "error": []},  # type: ignore[arg-type]
        {"outputs": [{"output_type": "x", "data": []}], "error": []},
        {"outputs": [{"output_type": "x", "data": {"text/plain": ["x"]}}], "error": []},
        {"outputs": [], "error": 5},
        {"outputs": [], "error": [1, 2, 3]},
        {"outputs": [], "error": ["a"]},
        {"outputs": [], "error": ["a", "b", 3]},
        {"outputs": [], "error": ["a", "b", "3", "4"]},
        {"outputs": {"a": 1}, "error": []},
    ],
)
def test_what_describes_no_outputs_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(UnreadableOutputsError):
        read(header)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
items = st.fixed_dictionaries(
    {
        "output_type": st.sampled_from(["stream", "display_data", "execute_result", "error"])
        | json_values
    },
    optional={
        "name": json_values,
        "text": json_values,
        "data": st.dictionaries(
            st.sampled_from(["text/plain", "image/png", "text/html"]), json_values
        )
        | json_values,
    },
)


@given(
    outputs=st.lists(items, max_size=3) | json_values,
    error=st.lists(st.text(max_size=9)) | json_values,
)
def test_whatever_is_kept_can_be_written(outputs: Any, error: Any) -> None:
    try:
        kept = read({"outputs": outputs, "error": error})
    except UnreadableOutputsError:
        return
    cell = nbformat.v4.new_code_cell("x", outputs=kept)
    book = nbformat.v4.new_notebook(cells=[cell])
    nbformat.validate(book)
    nbformat.writes(book).encode()
