"""The text of an answer, and of what it uses, tells whether a library does the exercise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.borrowing import bound_names, find, needed, parse

REFUSES = ("numpy.polyfit", "helpers.derivatives", "helpers.autodiff", "sympy")
STUB = "def fit(x, y):\n    return x"


def found(*cells: str) -> str:
    return find("fit", cells, REFUSES)


@pytest.mark.parametrize(
    "cells",
    [
        ["import numpy as np", "def fit(x, y): return np.polyfit(x, y, 1)"],
        ["import numpy", "def fit(x, y): return numpy.polyfit(x, y, 1)"],
        ["def fit(x, y):\n    from numpy import polyfit as p\n    return p(x, y, 1)"],
        ["from numpy import polyfit as p", "def fit(x, y): return p(x, y, 1)"],
        ["from numpy import *", "def fit(x, y): return polyfit(x, y, 1)"],
        ["from numpy import polyfit", "line = polyfit", "def fit(x, y): return line(x, y, 1)"],
        ["import numpy as np", "def inner(x): return np.polyfit(x, x, 1)", "def fit(x, y): return inner(x)"],
        ["import numpy as np", "fit = np.polyfit"],
        ["import numpy as np", "fit = lambda x, y: np.polyfit(x, y, 1)"],
        ["import numpy as np", "if True:\n    def fit(x, y): return np.polyfit(x, y, 1)"],
        ["import numpy as np", "class fit:\n    def __call__(self, x, y): return np.polyfit(x, y, 1)"],
        ["import numpy as np", "def fit(x, y): return getattr(np, 'polyfit')(x, y, 1)"],
        ["def fit(x, y): return __import__('numpy.polyfit')"],
        ["from importlib import import_module", "def fit(x): return import_module('helpers.autodiff').f"],
        ["import importlib", "def fit(x): return importlib.import_module('sympy').diff(x)"],
        ["def fit(x):\n    import sympy\n    return sympy.diff(x)"],
        ["def fit(x):\n    import helpers.autodiff.calculus as c\n    return c.gradient(x)"],
        ["try:\n    import sympy as s\nexcept ImportError:\n    s = None", "def fit(x): return s.diff(x)"],
        ["import numpy as np", "%matplotlib inline\ndef fit(x, y): return np.polyfit(x, y, 1)"],
        ["import numpy as np", "def fit(x, y): return getattr(np, 'poly' + 'fit')(x, y, 1)"],
        ["import numpy as np", "def fit(x, y): return vars(np)['polyfit'](x, y, 1)"],
        ["import numpy as np", "def fit(x, y): return np.__dict__['polyfit'](x, y, 1)"],
        ["import sys", "def fit(x, y): return sys.modules['numpy'].polyfit(x, y, 1)"],
        ["import importlib", "np = importlib.import_module('numpy')", "def fit(x, y): return np.polyfit(x, y, 1)"],
        ["np = __import__('numpy')", "def fit(x, y): return np.polyfit(x, y, 1)"],
        ["import numpy", "np = tools = numpy", "def fit(x, y): return tools.polyfit(x, y, 1)"],
        ["def fit(x, y):\n    exec('from numpy import polyfit as p', globals())\n    return p(x, y, 1)"],
        ["from numpy import polyfit", "class fit:\n    def polyfit(self): pass\n    def go(self): polyfit([], [], 1)"],
        ["import numpy as np", "fit = eval('lambda x, y: np.polyfit(x, y, 1)')"],
        ["def fit(x, y): return eval('__import__(\"numpy\").polyfit')(x, y, 1)"],
        ["match 1:\n    case 1:\n        from numpy import polyfit as p", "def fit(x, y): return p(x, y, 1)"],
        ["import numpy as np", "!ls\nnp.dot?\ndef fit(x, y): return np.polyfit(x, y, 1)"],
    ],
)  # fmt: skip
def test_a_library_that_does_the_exercise_is_found(cells: list[str]) -> None:
    assert found(*cells) in REFUSES


@pytest.mark.parametrize(
    "cells",
    [
        ["import numpy as np", STUB, "print(np.polyfit([0, 1], [0, 1], 1))"],
        ["import numpy as np", "np.polyfit([0, 1], [0, 1], 1)", STUB],
        ["import numpy as np", f"{STUB}\n\nprint(np.polyfit([0, 1], [0, 1], 1), fit)"],
        ["from helpers import derivatives", STUB],
        ["from helpers.derivatives import gradient as fit", STUB],
        ["from helpers import derivatives as d", "def fit(d, y): return d.gradient(y)"],
        ["from sympy import x", "def fit(y):\n    x = y\n    return x.real"],
        ["def polyfit(x): return x", "def fit(x, y): return polyfit(x)"],
        [
            "from numpy import polyfit",
            "def fit(x, y):\n    def polyfit(x): return x\n    return polyfit(x)",
        ],
        ["import sympy", "s = sympy.pi", "def fit(x, y):\n    def s(x): return x\n    return s(x)"],
        ['def fit(x, y):\n    """sympy"""\n    return {"sympy": x}["sympy"]'],
        ["import numpy as np", "def fit(x, y): return np.polynomial.Polynomial.fit(x, y, 1)"],
        ["def fit(x, y): return x.polyfit(y)"],
        ["import numpy", "np = numpy", "np = 3", "def fit(x, y): return np.polyfit"],
        ["import numpy as np", "def fit(x, y): return {'polyfit': x}['polyfit']"],
        ["import numpy as np", "def fit(x, y): raise ValueError('use np.polyfit')  # np.polyfit"],
        ["import numpy as np", "def fit(x, y): return eval('x + y')"],
        ["not python at all", STUB],
        [],
    ],
)
def test_what_only_compares_or_shares_a_name_is_not(cells: list[str]) -> None:
    assert found(*cells) == ""


def test_nothing_is_refused_where_nothing_is_named() -> None:
    assert find("fit", ["import sympy", "fit = sympy.diff"], ()) == ""


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert found(text, f"fit = 1\n{text}") in ("", *REFUSES)


@pytest.mark.parametrize(
    "text",
    ["a" + ".b" * 20_000, "-" * 40_000 + "1", "(" * 40_000, "1" + "+1" * 20_000, "f" + "(x)" * 10_000,
     "lambda:" * 6_000 + "1", "not " * 10_000 + "1", "[" * 150 + "]" * 150, "x = '\ud800'", "a\0b"],
)  # fmt: skip
def test_text_that_is_too_deep_is_harmless(text: str) -> None:
    parse(text)
    assert found(f"fit = {text}") == ""


def test_names_are_those_that_are_bound_outside_functions() -> None:
    source = (
        "a, (b, *c) = 1, (2, 3)\nfor d in []: e = f = 1\nwith g as h: pass\nclass I:\n    j = 1"
    )
    names = {name for statement in parse(source) for name in bound_names(statement)}
    assert names == {"a", "b", "c", "d", "e", "f", "h", "I"}


def test_cells_that_an_answer_needs_are_told_from_the_others() -> None:
    cells = [
        "import math",
        "import os",
        "scale = math.pi",
        "def helper(x): return x * scale",
        "print(os)",
        "def fit(x): return helper(x)",
        "fit(1)",
    ]
    assert needed(["fit"], cells) == {0, 2, 3, 5}
