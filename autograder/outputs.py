"""Outputs of cells, as the runner reports them: read as untrusted data and made harmless.

Of all that a cell may show, text and verified PNG images are kept, whatever the submission's process says.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder import clean
from helpers.plain import printable

MAX_OUTPUTS = 200
MAX_TEXT = 200_000
COLOURS = re.compile("\x1b\\[[0-9;]*m")


class UnreadableOutputsError(ValueError):
    """What came is not a list of outputs."""


def read(header: dict[str, Any]) -> list[NotebookNode]:
    r"""The outputs and the error that a runner's answer describes.

    Raises
    ------
    UnreadableOutputsError
        If it does not describe any.

    Examples
    --------
    >>> shown = {"output_type": "stream", "name": "stdout", "text": "one\n"}
    >>> [output.text for output in read({"outputs": [shown], "error": []})]
    ['one\n']
    """
    try:
        shown = [_output(item) for item in header["outputs"][:MAX_OUTPUTS]]
        raised = [error(*header["error"])] if header["error"] else []
    except (AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise UnreadableOutputsError("a list of outputs was wanted") from wrong
    return [output for output in shown if output] + raised


def _output(item: dict[str, Any]) -> NotebookNode | None:
    """A new output with the fields that are allowed; None if nothing of it is."""
    if item["output_type"] == "stream":
        name = "stderr" if item["name"] == "stderr" else "stdout"
        return made("stream", name=name, text=text(item["text"]))
    found = {"text/plain": text(item["data"].get("text/plain", ""))}
    found["image/png"] = clean.png(_string(item["data"].get("image/png", "")))
    data = {mime: content for mime, content in found.items() if content}
    return made("display_data", data=data, metadata={}) if data else None


def error(name: str, message: str, where: str = "") -> NotebookNode:
    """The output of a cell that raised an error; `where` is the number of the line, if it is known."""
    at = f"line {where}: " if _string(where).isdecimal() and where != "0" else ""
    name, message = line(name)[:100], text(message)[:2000]
    return made("error", ename=name, evalue=message, traceback=[f"{at}{name}: {message}"])


def made(kind: str, **fields: Any) -> NotebookNode:
    """An output of a cell; it is validated once, with the whole notebook."""
    output: NotebookNode = from_dict({"output_type": kind, **fields})
    return output


def text(value: str) -> str:
    r"""Text that can be written and read: without colours, control and direction characters.

    Examples
    --------
    >>> text("\x1b[31mred\x1b[0m \u202e") == "red \ufffd"
    True
    """
    plain = COLOURS.sub("", _string(value)[:MAX_TEXT]).replace("\r\n", "\n").replace("\r", "\n")
    return clean.text(printable(plain))


def line(value: str) -> str:
    """Such text in one line."""
    return " ".join(text(value).split())


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text was wanted, {type(value).__name__} came")
    return value
