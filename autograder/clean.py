"""Make what a student wrote safe to show: text without tricks, verified PNG images, markdown without live HTML.

These functions are the markdown filter and the output filter of every page that is made of submissions, also of
nbgrader's own pages.
"""

from __future__ import annotations

import base64
import binascii
import copy
import html
import re
import secrets
import struct
import xml.etree.ElementTree as ET
import zlib
from typing import Any

import bleach
from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

MAX_MARKDOWN = 20_000
MAX_FORMULA = 2_000
MAX_PIXELS = 30_000_000
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"tRNS", b"gAMA", b"sRGB", b"sBIT"}
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLES = (
    "summary { display: list-item !important; cursor: pointer; } "  # bootstrap hides that they open
    "img { max-width: min(100%, 46rem); height: auto; }"  # figures are drawn for dense screens
)
CLASSES = re.compile(  # of highlighted code, and of notes; not those that a page's own frame is made of
    r"(highlight|hl-[\w-]+|language-[\w-]+|alert|alert-(block|info|success|warning|danger)|[a-z]{1,2}[0-9]?)"
)
TEX = re.compile(r"\\[(\[]|\\begin|\$")
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+)\$", re.DOTALL)
UNSEEN = re.compile(
    "\x1b(?!\\[[0-9;]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
TAGS = frozenset(
    (
        "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img "
        "input kbd li mark ol p pre s samp small span strong sub summary sup table tbody td "
        "tfoot th thead tr u ul var"
    ).split()
)
MATH_TAGS = frozenset(
    (
        "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover "
        "munderover mtable mtr mtd mstyle mpadded mphantom mmultiscripts mprescripts none "
        "menclose"
    ).split()
)
MATH_ATTRIBUTES = frozenset(
    (
        "display fence stretchy form separator accent accentunder mathvariant width height "
        "depth lspace rspace columnalign rowspacing columnspacing columnlines rowlines "
        "displaystyle scriptlevel movablelimits linethickness minsize maxsize symmetric largeop "
        "notation"
    ).split()
)


def text(value: str) -> str:
    """Text with control, direction and invisible characters replaced; terminal colours stay.

    Examples
    --------
    >>> text("file\u202egpj.exe") == "file\ufffdgpj.exe"
    True
    """
    return UNSEEN.sub("\ufffd", value)


def png(content: str) -> str:
    """A PNG image in base64, rebuilt from the chunks that hold the picture; empty if it is not one.

    Every chunk's checksum is tried, text and unknown chunks are left out, and so is whatever follows the end.
    """
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
        chunks = list(_png_chunks(data))
    except (ValueError, binascii.Error, struct.error):
        return ""
    kinds = [kind for kind, _ in chunks]
    if not data.startswith(PNG_START) or kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"]:
        return ""
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not 0 < width * height <= MAX_PIXELS:
        return ""
    kept = [_png_chunk(kind, body) for kind, body in chunks if kind in PNG_CHUNKS]
    return base64.b64encode(PNG_START + b"".join(kept)).decode("ascii")


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks: list[tuple[bytes, bytes]] = []
    at = len(PNG_START)
    while not chunks or chunks[-1][0] != b"IEND":
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + size)
        if checksum != zlib.crc32(kind + body):
            raise ValueError("a chunk's checksum is wrong")
        chunks.append((kind, body))
        at += size + 12
    return chunks


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def notebook(nb: NotebookNode) -> NotebookNode:
    """A copy of a notebook with clean text and only text and PNG outputs."""
    clean = copy.deepcopy(nb)
    clean.metadata = from_dict({"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    for cell in clean.cells:
        cell.source = text(str(cell.source))
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = [shown for output in cell.outputs if (shown := _output(output))]
    return clean


def _output(output: NotebookNode) -> NotebookNode | None:
    """One output reduced to the fields that are shown."""
    if output.output_type == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return new_output("stream", name=name, text=text(_joined(output.text)))
    if output.output_type == "error":
        lines = [text(str(line)) for line in output.traceback]
        return new_output(
            "error", ename=text(output.ename), evalue=text(output.evalue), traceback=lines
        )
    words = text(_joined(output.data.get("text/plain", "")))
    if picture := png(_joined(output.data.get("image/png", ""))):
        metadata = {"image/png": {"alt": words or "a figure"}}
        return new_output("display_data", data={"image/png": picture}, metadata=from_dict(metadata))
    return new_output("display_data", data={"text/plain": words}) if words else None


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


class Renderer(IPythonRenderer):
    """Markdown whose formulas are kept aside, to be put in as MathML after the HTML is sanitised."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.mark = secrets.token_hex(8)
        self.formulas: list[str] = []

    def _keep(self, formula: str, display: str) -> str:
        self.formulas.append(mathml(formula, display))
        return f"{self.mark}-{len(self.formulas) - 1}-"

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return self._keep(body, "inline")

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return self._keep(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        """A formula in an environment such as align."""
        return self._keep(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def block_html(self, html: str) -> str:
        """HTML of its own, such as a hint that opens: its formulas are formulas too."""
        return super().block_html(FORMULA.sub(self._keep_match, html))

    def _keep_match(self, match: re.Match[str]) -> str:
        return self._keep(match[1], "block") if match[1] else self._keep(match[2], "inline")

    def block_mermaidjs(self, code: str) -> str:
        """Diagrams would need a script; their text is shown."""
        return f"<pre>{html.escape(code)}</pre>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Images inside the page only: nothing is loaded from elsewhere."""
        alt = html.escape(text or title or "an image", quote=True)
        picture = png(url.removeprefix("data:image/png;base64,")) if url.startswith("data:") else ""
        return f'<img alt="{alt}" src="data:image/png;base64,{picture}">' if picture else f"[{alt}]"

    def is_allowed(self, tag: str, name: str, value: str) -> bool:
        """Whether an attribute may stay; none that would get a formula put into it."""
        return self.mark not in value and _is_allowed(tag, name, value)

    def finish(self, page: str) -> str:
        """The sanitised page with its formulas."""
        pattern = re.compile(f"{self.mark}-([0-9]+)-")
        return pattern.sub(lambda match: self.formulas[int(match[1])], page)


def markdown(source: str) -> str:
    """Markdown as HTML that holds nothing live: no scripts, styles, forms, frames or remote images.

    Formulas come out as MathML, which browsers draw without a script.

    Examples
    --------
    >>> markdown("Steep: <script>alert(1)</script> *up*").strip()
    '<p>Steep: &lt;script&gt;alert(1)&lt;/script&gt; <em>up</em></p>'
    """
    source = text(str(source))
    if len(source) > MAX_MARKDOWN:
        return f"<pre>{html.escape(source)}</pre>"
    renderer = Renderer()
    try:
        page = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # noqa: BLE001 (where a parser fails on hostile text, the text is shown)
        return f"<pre>{html.escape(source)}</pre>"
    clean = bleach.clean(
        page,
        tags=TAGS,
        attributes=renderer.is_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=False,
        strip_comments=True,
    )
    # MathJax, which nbgrader's pages load, is to leave alone what we did not read as a formula
    whole = f'<div class="tex2jax_ignore">{clean}</div>' if TEX.search(clean) else clean
    return renderer.finish(whole)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img":
        return name == "alt" or (name == "src" and value.startswith("data:image/png;base64,"))
    if tag == "a" and name == "href":
        return value.strip().lower().startswith(("http://", "https://", "mailto:", "#"))
    if tag == "input":
        return (name, value) in {("type", "checkbox"), ("disabled", ""), ("checked", "")}
    if name == "class" and tag in {"div", "span", "pre", "code"}:
        return all(map(CLASSES.fullmatch, value.split()))
    return name in {"colspan", "rowspan", "open"}


def seal(page: str) -> str:
    """A page of ours with its scripts taken out and a content security policy put in.

    Examples
    --------
    >>> seal("<head><script src='x'></script></head>").startswith("<head><meta http-equiv=")
    True
    """
    still = re.sub(r"<script\b.*?</script\s*>", "", page, flags=re.DOTALL | re.IGNORECASE)
    # fonts of nbgrader's own server, which a page on its own does not have
    still = re.sub(r"@font-face\s*{[^{}]*}", "", still)
    still = still.replace("<html>", '<html lang="en">', 1)
    policy = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLES}</style>'
    )
    return re.sub(r"<head>", lambda head: head[0] + policy, still, count=1, flags=re.IGNORECASE)


def mathml(formula: str, display: str = "inline") -> str:
    r"""A LaTeX formula as MathML; the formula itself, escaped, if it cannot be read.

    Examples
    --------
    >>> mathml(r"\text{<b>}")
    '<math display="inline"><mrow><mtext>&lt;b&gt;</mtext></mrow></math>'
    >>> mathml(r"\frac{")
    '<code>\\frac{</code>'
    """
    try:
        if len(formula) > MAX_FORMULA:
            raise ValueError("too long to be a formula")
        tree = convert_to_element(formula.strip(), display=display)
        return ET.tostring(_mathml_node(tree), encoding="unicode")
    except Exception:  # noqa: BLE001 (text that is not LaTeX raises many kinds of errors)
        return f"<code>{html.escape(formula)}</code>"


def _mathml_node(node: ET.Element) -> ET.Element:
    name = node.tag if node.tag in MATH_TAGS else "mrow"
    attributes = {key: value for key, value in node.attrib.items() if key in MATH_ATTRIBUTES}
    clean = ET.Element(name, attributes)
    clean.text = text(html.unescape(node.text)) if node.text else None
    clean.extend(_mathml_node(child) for child in node)
    return clean
