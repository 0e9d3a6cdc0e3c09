"""The class of ``course demo``: what twelve made-up students hand in for week 1, and what each should get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

EVERYTHING = ("*",)
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Pupil:
    """One made-up student.

    Attributes
    ----------
    name : str
    story : str
        What is special about the submission.
    answers : dict of str to str
        Source of the answers that differ from the model answers.
    only : tuple of str
        The exercises that are answered; empty for all.
    lost : dict of str to tuple of str
        The groups of points lost in each exercise; ``EVERYTHING`` for all of them.
    spoil : callable, optional
        What happens to the notebook before it is written.
    encode : callable, optional
        What happens to its text as it is written.
    """

    name: str
    story: str
    answers: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoil: Callable[[Notebook], Notebook] = lambda notebook: notebook
    encode: Callable[[str], bytes] = lambda text: text.encode()


OTHER_STYLES = {
    "gradient": """\
def gradient(f, x):
    slopes = []
    for i in range(len(x)):
        ahead = [float(v) for v in x]
        behind = [float(v) for v in x]
        ahead[i] += 1e-6
        behind[i] -= 1e-6
        slopes.append((f(ahead) - f(behind)) / 2e-6)
    return slopes
""",
    "gradient_by_hand": """\
from math import cos, exp

def gradient_by_hand(x, y, z):
    e, c = exp(-z), cos(x * z)
    return [2 * x * y * e + z * c, x * x * e, x * c - x * x * y * e]
""",
    "directional_derivative": """\
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("zero")
    return sum(a * b for a, b in zip(g, u)) / sum(b * b for b in u) ** 0.5
""",
    "jacobian": """\
def jacobian(F, x):
    x = np.asarray(x, dtype=float)
    J = np.zeros((len(F(x)), len(x)))
    for j in range(len(x)):
        step = np.zeros(len(x))
        step[j] = 1e-6
        J[:, j] = (np.asarray(F(x + step)) - np.asarray(F(x - step))) / 2e-6
    return J.tolist()
""",
    "spherical_jacobian": """\
def spherical_jacobian(r, theta, phi):
    outward = [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)]
    along = [r * np.cos(theta) * np.cos(phi), r * np.cos(theta) * np.sin(phi), -r * np.sin(theta)]
    around = [-r * np.sin(theta) * np.sin(phi), r * np.sin(theta) * np.cos(phi), 0]
    return np.transpose([outward, along, around])
""",
    "classify": """\
def classify(H):
    values = np.linalg.eigvals(np.array(H, float)).real
    small = 1e-9 * max(abs(values))
    signs = {0 if abs(v) <= small else np.sign(v) for v in values}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return "degenerate"
    return "minimum" if 1 in signs else "maximum"
""",
}
SLIPS_ABOUT_SHAPE = {
    "jacobian": """\
def jacobian(F, x):
    x, h = np.array(x, float), 1e-5
    return np.array([(np.asarray(F(x + h * e)) - np.asarray(F(x - h * e))) / (2 * h) for e in np.eye(x.size)])
""",
    "area_scale": """\
def area_scale(F, x):
    return np.linalg.det(jacobian(F, x))
""",
    "spherical_jacobian": """\
def spherical_jacobian(r, theta, phi):
    theta, phi = phi, theta
    st, ct, sp, cp = np.sin(theta), np.cos(theta), np.sin(phi), np.cos(phi)
    return np.array([
        [st * cp, r * ct * cp, -r * st * sp],
        [st * sp, r * ct * sp, r * st * cp],
        [ct, -r * st, 0.0],
    ])
""",
}
SLIPS_ABOUT_CALCULUS = {
    "directional_derivative": """\
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("zero")
    return np.dot(g, u)
""",
    "gradient_by_hand": """\
def gradient_by_hand(x, y, z):
    return np.array([
        2 * x * y * np.exp(-z) + z * np.cos(x * z),
        x**2 * np.exp(-z),
        x**2 * y * np.exp(-z) + x * np.cos(x * z),
    ])
""",
    "hessian": """\
def hessian(f, x):
    x, h = np.array(x, float), 1e-4
    H = np.zeros((x.size, x.size))
    for i, e in enumerate(h * np.eye(x.size)):
        H[i, i] = (f(x + e) - 2 * f(x) + f(x - e)) / h**2
    return H
""",
}
ENDS_THE_PROCESS = {
    "gradient": """\
import os

def gradient(f, x):
    os._exit(0)
""",
}
NEVER_ENDS = {
    "classify": """\
def classify(H):
    while True:
        pass
""",
}
CHEATS = {
    "partial": """\
import builtins, sys

class Same(float):
    def __eq__(self, other):
        return True
    def __sub__(self, other):
        return 0.0
    __rsub__ = __sub__

np.testing.assert_allclose = lambda *a, **k: None
np.allclose = lambda *a, **k: True
print('{"points": 100}\\n100.0')

def partial(f, x, i, h=1e-5):
    return Same(0)
""",
    "gradient": """\
def gradient(f, x):
    import importlib
    scheme = importlib.import_module("autograder.exercises.week1_multivariate_calculus")
    return scheme.gradient(f, x)
""",
    "classify": """\
check = lambda *a, **k: print("✓ 5.0")

def classify(H):
    open("/tmp/../etc/passwd").read()
    return "minimum"
""",
}


def without_locked_cells(notebook: Notebook) -> Notebook:
    """As after a careless clean-up: check cells deleted, cell names and settings lost."""
    kept = [
        cell for cell in notebook["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    for number, cell in enumerate(kept):
        cell["metadata"], cell["id"] = {}, f"cell-{number}"
    return {**notebook, "cells": kept}


def cut_short(text: str) -> bytes:
    """As after a broken upload."""
    return text.encode()[: len(text) // 2]


CLASS = (
    Pupil("Ada Archer", "everything right"),
    Pupil("Ben Brook", "everything right, in another style", OTHER_STYLES),
    Pupil("Cleo Carver", "the first half", only=("partial", "gradient_by_hand", "gradient")),
    Pupil("Dan Dale", "nothing yet", only=("",)),
    Pupil(
        "Ewa Elm",
        "rows and columns mixed up",
        SLIPS_ABOUT_SHAPE,
        lost={"jacobian": EVERYTHING, "area_scale": EVERYTHING, "spherical_jacobian": EVERYTHING},
    ),
    Pupil(
        "Finn Ford",
        "terms forgotten",
        SLIPS_ABOUT_CALCULUS,
        lost={
            "directional_derivative": ("value",),
            "gradient_by_hand": EVERYTHING,
            "hessian": EVERYTHING,
        },
    ),
    Pupil(
        "Gita Grove",
        "one answer ends its process",
        ENDS_THE_PROCESS,
        lost={"gradient": EVERYTHING, "total_derivative": EVERYTHING},
    ),
    Pupil("Hugo Hill", "one answer never ends", NEVER_ENDS, lost={"classify": EVERYTHING}),
    Pupil(
        "Ivy Isle",
        "tries to cheat",
        CHEATS,
        only=("partial", "gradient", "classify"),
        lost={"partial": EVERYTHING, "gradient": EVERYTHING, "classify": EVERYTHING},
    ),
    Pupil("Jon Jetty", "a file cut short", only=("",), encode=cut_short),
    Pupil("Kim Knoll", "check cells deleted, cell names lost", spoil=without_locked_cells),
    Pupil("Lea Lake", "saved as UTF-16", encode=lambda text: text.encode("utf-16")),
)
