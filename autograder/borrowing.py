"""Read in an answer's text whether it hands the exercise to a library.

The running answer is watched too (:mod:`helpers.borrowed`), but what is watched in a student's process can be
blinded there; the text cannot.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence


def find(source: str, refuses: Sequence[str]) -> str:
    """The first refused function or module that the text of an answer uses, or an empty string.

    Parameters
    ----------
    source : str
        The answer's cell.
    refuses : sequence of str
        Dotted names, such as ``numpy.polyfit`` or ``helpers.autodiff``.

    Examples
    --------
    >>> find("from numpy import polyfit as p", ["numpy.polyfit"])
    'numpy.polyfit'
    >>> find("import numpy as np; m = np.polyfit(x, y, 1)", ["numpy.polyfit"])
    'numpy.polyfit'
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    aliases = {"np": "numpy", "sp": "scipy"}
    used: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {(alias.asname or alias.name): alias.name for alias in node.names}
            used += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            aliases |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
            used += [f"{node.module}.{alias.name}" for alias in node.names]
    used += [_dotted(node, aliases) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return next((name for name in refuses if any(_is_or_is_in(item, name) for item in used)), "")


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """``np.linalg.solve`` as ``numpy.linalg.solve``; an empty string for anything but names and dots."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        inside = _dotted(node.value, aliases)
        return f"{inside}.{node.attr}" if inside else ""
    return ""


def _is_or_is_in(used: str, refused: str) -> bool:
    return used == refused or used.startswith(refused + ".")
