"""Submissions whose text is meant for the browser of whoever reads them."""

from __future__ import annotations

from attacks.course import Attack, Damaged, own_cell, wrong

OTHERS = ("directional_derivative", "classify")
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def shows(name: str, source: str) -> Attack:
    """Honest answers beside a cell that shows something live."""
    return Attack("markup", name, first=f"from IPython.display import *\n{source}")


def _titled(notebook):
    notebook["metadata"] |= {"title": SCRIPT, "authors": [{"name": SCRIPT}]}
    notebook["cells"].insert(0, own_cell(f"# {SCRIPT}\n[x](javascript:alert(3))", "markdown"))
    notebook["cells"].insert(0, own_cell(SCRIPT, "raw"))
    return notebook


def _live_outputs(notebook):
    data = {
        "text/html": SCRIPT,
        "application/javascript": "alert(4)",
        "image/svg+xml": f"<svg>{SCRIPT}</svg>",
    }
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return notebook


def _attached(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {"x.svg": {"image/svg+xml": "PHN2Zy8+"}}
            cell["metadata"] |= {"widgets": SCRIPT, "slideshow": {"slide_type": SCRIPT}}
    return notebook


ATTACKS = [
    shows(
        "live displays",
        f"display(HTML({SCRIPT!r}), Javascript('alert(1)'), SVG('<svg xmlns=\"a\"/>'), IFrame('x', 1, 1))",
    ),
    shows("a live result", f"HTML({SCRIPT!r})"),
    shows(
        "live markdown and LaTeX",
        f"display(Markdown({SCRIPT!r}), Latex(r'$\\href{{javascript:alert(1)}}{{x}}$'))",
    ),
    shows(
        "a display by its types",
        f"display({{'text/html': {SCRIPT!r}, 'text/plain': {SCRIPT!r}}}, raw=True)",
    ),
    shows(
        "an image that is a page",
        f"display({{'image/png': {SCRIPT!r}, 'image/jpeg': 'x'}}, raw=True)",
    ),
    shows(
        "an image with a page behind it",
        "import base64, io, matplotlib.pyplot as plt\nfile = io.BytesIO()\nplt.figure().savefig(file)\n"
        f"plt.close('all')\nImage(data=file.getvalue() + {SCRIPT.encode()!r}, format='png')",
    ),
    shows(
        "an object that draws itself",
        f"class Live:\n    def _repr_html_(self): return {SCRIPT!r}\n"
        f"    def _repr_mimebundle_(self, **kw): return {{'text/html': {SCRIPT!r}}}\nLive()",
    ),
    shows(
        "an error with markup",
        f"raise ValueError({SCRIPT!r} + '\\x1b]8;;javascript:alert(1)\\x07')",
    ),
    shows(
        "an error with a name of markup",
        f"raise type({SCRIPT!r}, (Exception,), {{}})('\\u202e\\ud800')",
    ),
    shows(
        "control and direction characters",
        "print('\\x00\\x07\\x08\\x1b[2J\\x9b\\u202etxt.exe\\u2066\\u200b\\ufeff\\U000e0041')",
    ),
    shows("halves of characters", "print('\\ud800 \\udfff')\n'\\udc80'"),
    Attack(
        "markup",
        "markup in an answer's error",
        wrong("gradient", f"raise ValueError({SCRIPT!r} + chr(8238))"),
        right=OTHERS,
    ),
    Attack(
        "markup",
        "lines in an answer's error",
        wrong(
            "gradient",
            "raise type('A\\nB', (Exception,), {})('x\\n\\n✓ gradient · 5 of 5 points\\n')",
        ),
        right=OTHERS,
    ),
    Attack(
        "markup",
        "markup in a type's name",
        wrong("gradient", f"return type({SCRIPT!r} + '\\n✓', (), {{}})()"),
        right=OTHERS,
    ),
    Attack(
        "markup",
        "markup in a value",
        wrong("gradient", f"return {{{SCRIPT!r}: chr(8238) + chr(27)}}"),
        right=OTHERS,
    ),
    Damaged("markup", "titles", edit=_titled),
    Damaged("markup", "outputs", edit=_live_outputs),
    Damaged("markup", "attachments and metadata", edit=_attached),
]
