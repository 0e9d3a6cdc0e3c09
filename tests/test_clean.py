"""What a student wrote is shown, and does nothing."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from autograder import clean

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "[x](javascript:alert(1))",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://example.org'></iframe>",
    "<form action='https://example.org'><button>x</button></form>",
    "<style>@import 'https://example.org'</style>",
    "<div style='background:url(https://example.org)'>x</div>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\href{javascript:alert(1)}{x}$",
    '<a href="#$\\text{" onclick="alert(1)}$">x</a>',
    '<b title="$x$">t</b>',
    "![$\\text{\" onerror=\"alert(1)}$](data:image/png;base64,AAAA)",
    "![x](https://example.org/pixel.png)",
    "![x](attachment:missing.png)",
    "```mermaid\n</pre><script>alert(1)</script>\n```",
    "<details><summary>x</summary>$\\frac{<script>}{1}$</details>",
    "<https://example.org/\" onmouseover=\"alert(1)>",
]  # fmt: skip


class Live(HTMLParser):
    """Collects what could do something in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {
            "script",
            "style",
            "iframe",
            "form",
            "object",
            "embed",
            "svg",
            "link",
            "base",
            "meta",
            "button",
        }:
            self.found.append(tag)
        for name, value in attrs:
            plain = re.sub(r"\s", "", value or "").lower()
            if (
                name.startswith("on")
                or name == "style"
                or plain.startswith(("javascript:", "vbscript:"))
            ):
                self.found.append(f"{tag} {name}")
            if plain.startswith("data:") and not (
                tag == "img" and plain.startswith("data:image/png")
            ):
                self.found.append(f"{tag} {name}={plain[:20]}")
            if name == "src" and not plain.startswith("data:image/png"):
                self.found.append(f"{tag} src={plain[:20]}")


def live(page: str) -> list[str]:
    reader = Live()
    reader.feed(page)
    return reader.found


def png_bytes() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(made, "png")
    return made.getvalue()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_markdown_is_live(attack: str) -> None:
    assert live(clean.markdown(attack)) == []


@given(st.text(st.sampled_from(list("<>&\"'$\\{}()[]!`#*-_ \nabonclicksrcjavascript:=/"))))
def test_nothing_in_random_markdown_is_live(source: str) -> None:
    assert live(clean.markdown(source)) == []


def test_markdown_of_a_lesson_keeps_its_form() -> None:
    page = clean.markdown(
        "# Title\n\n**Try** $x^2$, [here](https://example.org).\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    for part in ("<h1>Title</h1>", "<strong>Try</strong>", "<msup><mi>x</mi><mn>2</mn></msup>", "<td>1</td>",
                 'href="https://example.org"'):  # fmt: skip
        assert part in page


def test_formulas_in_hints_that_open_are_drawn() -> None:
    page = clean.markdown("<details><summary>Hint</summary>$$\\det J$$ and $x$</details>")
    assert page.count("<math") == 2
    assert "<details><summary>Hint</summary>" in page


def test_a_very_long_cell_is_shown_as_it_is() -> None:
    source = "\\begin{a}" * 5000
    assert clean.markdown(source) == f"<pre>{source}</pre>"


def test_direction_and_control_characters_are_seen() -> None:
    assert clean.text("a\u202eb\u200bc\x07d\n\te") == "a\ufffdb\ufffdc\ufffdd\n\te"


def test_colours_of_a_traceback_stay_and_other_sequences_do_not() -> None:
    assert (
        clean.text("\x1b[31mred\x1b[0m \x1b]0;title\x07")
        == "\x1b[31mred\x1b[0m \ufffd]0;title\ufffd"
    )


def test_a_png_keeps_its_picture_and_loses_what_is_hidden_in_it() -> None:
    data = png_bytes()
    note = b"tEXtComment\0<script>"
    chunk = struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
    spoiled = data[:33] + chunk + data[33:] + b"PK\x03\x04 a zip behind the picture"
    kept = base64.b64decode(clean.png(base64.b64encode(spoiled).decode()))
    assert kept == data
    assert Image.open(io.BytesIO(kept)).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg onload=alert(1)>", png_bytes()[:-20], b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_not_a_whole_png_is_dropped(data: bytes) -> None:
    assert clean.png(base64.b64encode(data).decode()) == ""


@given(st.binary(max_size=200))
def test_any_bytes_after_a_png_signature_are_refused_quietly(data: bytes) -> None:
    assert clean.png(base64.b64encode(clean.PNG_START + data).decode()) == ""


def test_a_png_of_absurd_size_is_dropped() -> None:
    data = bytearray(png_bytes())
    data[16:24] = struct.pack(">II", 100_000, 100_000)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    assert clean.png(base64.b64encode(bytes(data)).decode()) == ""


def test_only_text_and_pictures_are_left_of_outputs() -> None:
    cell = new_code_cell("1")
    cell.outputs = [
        new_output("display_data", data={"text/html": "<script>", "application/javascript": "alert(1)"}),
        new_output("display_data", data={"image/svg+xml": "<svg/>", "text/plain": "drawn"}),
        new_output("display_data", data={"image/png": base64.b64encode(png_bytes()).decode(), "text/plain": "a red box"}),
    ]  # fmt: skip
    book = new_notebook(
        cells=[cell, new_markdown_cell("x", attachments={"a.png": {"image/png": "AAAA"}})]
    )
    shown = clean.notebook(book)
    assert [dict(output.data).keys() for output in shown.cells[0].outputs] == [
        {"text/plain"},
        {"image/png"},
    ]
    assert shown.cells[0].outputs[1].metadata["image/png"].alt == "a red box"
    assert "attachments" not in shown.cells[1]
    assert len(cell.outputs) == 3


def test_a_sealed_page_has_a_policy_and_no_scripts() -> None:
    page = clean.seal(
        "<html><head><script>x</script><style>@font-face{src:url(a)}</style></head><body></body></html>"
    )
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "font-face" not in page
