"""Small programs as text, worked out with numbers of any kind.

A probe is plain data, and so cannot hold Python code. It can hold the text of a calculation, which is carried
out here with whatever stands for the names: floats, arrays, or a class that a student has written.

Examples
--------
>>> evaluate("c = a * b; c + c * a", {"a": 2.0, "b": 3.0})
18.0
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of the last line of a small program.

    Parameters
    ----------
    text : str
        Lines ``name = expression`` separated by ``;``, then one expression: names, numbers, ``+ - * / **``,
        brackets, and methods without arguments, such as ``(a * b).exp()``.
    names : mapping of str to object
        What the names stand for.

    Returns
    -------
    object
        Whatever the objects' own arithmetic makes.

    Raises
    ------
    ValueError
        If the text holds anything else.

    Examples
    --------
    >>> evaluate("-(1 - x) / 2", {"x": 3.0})
    1.0
    """
    known = dict(names)
    try:
        *lines, last = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{text!r} is no calculation: write it as 'c = a * b; c + a'") from error
    for line in lines:
        name, made = _assigned(line, text)
        known[name] = _value(made, known, text)
    if not isinstance(last, ast.Expr):
        raise ValueError(f"{text!r} must end with an expression, such as 'c = a * b; c + a'")
    return _value(last.value, known, text)


def _assigned(line: ast.stmt, text: str) -> tuple[str, ast.expr]:
    """The name that a line gives a value to, and the expression for it."""
    if (
        isinstance(line, ast.Assign)
        and len(line.targets) == 1
        and isinstance(line.targets[0], ast.Name)
    ):
        return line.targets[0].id, line.value
    raise ValueError(f"{text!r}: each line but the last gives one name a value, as in 'c = a * b'")


def _value(node: ast.expr, known: Mapping[str, Any], text: str) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return node.value
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, known, text)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = _value(node.left, known, text), _value(node.right, known, text)
        return OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and not node.args and not node.keywords:
        return _method(node.func, known, text)()
    raise ValueError(
        f"{text!r} holds {ast.unparse(node)!r}: use names, numbers, + - * / ** and methods"
    )


def _method(node: ast.expr, known: Mapping[str, Any], text: str) -> Callable[[], Any]:
    if isinstance(node, ast.Attribute) and not node.attr.startswith("_"):
        method: Callable[[], Any] = getattr(_value(node.value, known, text), node.attr)
        return method
    raise ValueError(
        f"{text!r} calls {ast.unparse(node)!r}: only methods can be called, as in 'a.exp()'"
    )
