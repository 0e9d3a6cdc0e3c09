"""Functions of one variable: secants, derivatives one above the other, corners and jumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, BLUE, GREY, VERMILION, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.legends import free_corner
from helpers.plots.sampling import Function
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, short
from helpers.plots.steps import step_errors
from helpers.plots.wording import name, padded

Array = NDArray[np.float64]
Limits = tuple[float, float]


def secant_to_tangent(
    f: Function, a: float, h: float = 1.0, halvings: int = 2, x: Limits | None = None
) -> Figure:
    """Draw secants of f from a to a + h, with h halved again and again, and the tangent.

    Parameters
    ----------
    f : callable
        Function of one variable.
    a : float
        Where the tangent touches.
    h : float
        The first step.
    halvings : int
        How many further secants there are.
    x : (low, high), optional
        What is shown; by default two steps on either side.

    Examples
    --------
    >>> secant_to_tangent(lambda x: x**2, a=1.0)
    Secants of f from x = 1: step 1 gives slope 3, step 0.5 gives slope 2.5, step 0.25 gives slope 2.25; the tangent has slope 2.
    """
    return draw(secant_to_tangent_scene(f, a, h, halvings, x))


def secant_to_tangent_scene(
    f: Function, a: float, h: float = 1.0, halvings: int = 2, x: Limits | None = None
) -> Scene:
    """Scene of `secant_to_tangent`."""
    x = x or (a - 1.2 * abs(h), a + 1.6 * abs(h))
    t = np.linspace(*x, 241)
    heights = sampling.curve(f, t)
    foot, slope = float(sampling.curve(f, np.array([a]))[0]), sampling.slope(f, a)
    ends = np.array(x)
    layers: list[Layer] = [Line(t, heights, BLACK, "solid", 2.4, name(f))]
    said = []
    for i, step in enumerate(h / 2.0 ** np.arange(halvings + 1)):
        rise = float(sampling.curve(f, np.array([a + step]))[0]) - foot
        colour, dash, marker = series(i + 1)
        label = f"h = {short(step)}: slope {short(rise / step)}"
        layers.append(Line(ends, foot + rise / step * (ends - a), colour, dash, 1.6, label))
        layers.append(Points(np.array([a + step]), np.array([foot + rise]), colour, marker))
        said.append(f"step {short(step)} gives slope {short(rise / step)}")
    layers.append(
        Line(
            ends, foot + slope * (ends - a), BLUE, "longdash", 2.2, f"tangent: slope {short(slope)}"
        )
    )
    layers.append(Points(np.array([a]), np.array([foot])))
    alt = f"Secants of {name(f)} from x = {short(a)}: {', '.join(said)}; the tangent has slope {short(slope)}."
    title = "the shorter the step, the nearer the tangent"
    limits = padded(heights, 0.25)
    corner = free_corner(layers, x, limits)
    panel = Panel(layers, x, limits, title, "x", "f(x)", legend=corner)
    return Scene([panel], alt, height=4.4)


def error_against_step(f: Function, x: float) -> Figure:
    """Draw the V: the error of the forward and the central difference of f at x against the step.

    Examples
    --------
    >>> bool(error_against_step(np.exp, 1.0).png)
    True
    """
    return step_errors(f, x)


def stacked_derivatives(f: Function, at: float = 1.0, x: Limits = (-4.0, 4.0)) -> Figure:
    """Draw f, f′ and f″ one above the other, with a cursor at one x through all three.

    Examples
    --------
    >>> from helpers.functions import sinusoid
    >>> stacked_derivatives(sinusoid(), at=0.0)
    sinusoid and its first two derivatives; at x = 0 they are 0, 1 and 0.
    """
    return draw(stacked_derivatives_scene(f, at, x))


def stacked_derivatives_scene(f: Function, at: float = 1.0, x: Limits = (-4.0, 4.0)) -> Scene:
    """Scene of `stacked_derivatives`."""
    t = np.linspace(*x, 241)
    rows = zip(
        ("f", "f′", "f″"),
        sampling.three_curves(f, t),
        sampling.three_curves(f, np.array([at])),
        strict=True,
    )
    panels, here = [], []
    for i, (label, heights, value) in enumerate(rows):
        limits = padded(heights, 0.15)
        colour, dash, marker = series(i)
        layers: list[Layer] = [
            Line(np.array(x), np.zeros(2), GREY, "solid", 0.8),
            Line(np.array([at, at]), np.array(limits), GREY, "dashed", 1.4),
            Line(t, heights, colour, dash, 2.2),
            Points(np.array([at]), value, colour, marker, 9),
        ]
        here.append(short(float(value[0])))
        title = f"{label}({short(at)}) = {here[-1]}"
        panels.append(Panel(layers, x, limits, title, "x" if i == 2 else "", f"{label}(x)"))
    alt = f"{name(f)} and its first two derivatives; at x = {short(at)} they are {here[0]}, {here[1]} and {here[2]}."
    return Scene(panels, alt, height=6.6)


def corner_and_jump(h: float = 0.5) -> Figure:
    """Draw where a derivative fails: a corner, and a jump, with secants from 0 to ±h.

    Examples
    --------
    >>> corner_and_jump(0.5)
    A corner and a jump at 0, with secants of step 0.5: at the corner the slopes are −1 on the left and 1 on the right, at the jump they are 0 and 2.
    """
    return draw(corner_and_jump_scene(h))


def corner_and_jump_scene(h: float = 0.5) -> Scene:
    """Scene of `corner_and_jump`."""
    x = np.array([-1.5, 0, 1.5])
    corner: list[Layer] = [
        Line(x, np.abs(x), BLACK, "solid", 2.4),
        *_secant(-h, h, 0, 0, VERMILION, "dashed", "s", "from the left: slope −1"),
        *_secant(h, h, 0, 0, BLUE, "dashdot", "^", "from the right: slope 1"),
        Points(np.zeros(1), np.zeros(1)),
    ]
    jump: list[Layer] = [
        Line(
            np.array([-1.5, 0, np.nan, 0, 1.5]), np.array([0, 0, np.nan, 1, 1]), BLACK, "solid", 2.4
        ),
        *_secant(-h, 0, 0, 0, VERMILION, "dashed", "s", "from the left: slope 0"),
        *_secant(h, 1, 0, 0, BLUE, "dashdot", "^", f"from the right: slope {short(1 / h)}"),
        Points(np.zeros(1), np.zeros(1)),
    ]
    window = (-1.5, 1.5), (-0.6, 3.0)
    spots = [free_corner(layers, *window, columns=2) for layers in (corner, jump)]
    panels = [
        Panel(corner, *window, "corner: two slopes at 0", "x", "|x|", legend=spots[0]),
        Panel(jump, *window, "jump: no slope at 0", "x", "step", legend=spots[1]),
    ]
    alt = (
        f"A corner and a jump at 0, with secants of step {short(h)}: at the corner the slopes are −1 "
        f"on the left and 1 on the right, at the jump they are 0 and {short(1 / h)}."
    )
    return Scene(panels, alt, columns=2, height=3.8)


def _secant(
    h: float, rise: float, a: float, foot: float, colour: str, dash: str, marker: str, label: str
) -> list[Layer]:
    slope = (rise - foot) / h
    ends = np.array([a - 0.3 * np.sign(h), a + 1.4 * np.sign(h)])
    return [
        Line(ends, foot + slope * (ends - a), colour, dash, 1.8, label),
        Points(np.array([a + h]), np.array([rise]), colour, marker),
    ]


def match_derivatives(
    functions: Mapping[str, Function],
    derivatives: Mapping[str, Function],
    x: Limits = (-3.0, 3.0),
) -> Figure:
    """Draw lettered curves above and numbered derivatives below, for the reader to match.

    Parameters
    ----------
    functions, derivatives : mapping of name to callable
        Functions of one variable, in the order in which they are drawn.

    Examples
    --------
    >>> match_derivatives({"A": np.sin, "B": np.exp}, {"1": np.exp, "2": np.cos})
    2 curves (A, B) above 2 derivatives (1, 2) to match, each for x from −3 to 3.
    """
    t = np.linspace(*x, 201)
    columns = max(len(functions), len(derivatives))
    panels = [
        *_named_panels(functions, t, BLUE, "solid", columns),
        *_named_panels(derivatives, t, VERMILION, "dashed", columns),
    ]
    alt = (
        f"{len(functions)} curves ({', '.join(functions)}) above {len(derivatives)} derivatives "
        f"({', '.join(derivatives)}) to match, each for x from {short(x[0])} to {short(x[1])}."
    )
    return draw(Scene(panels, alt, columns=columns, height=4.6))


def _named_panels(
    curves: Mapping[str, Function], t: Array, colour: str, dash: str, columns: int
) -> Sequence[Panel]:
    panels = []
    for label, f in curves.items():
        heights = sampling.curve(f, t)
        axis = Line(t[[0, -1]], np.zeros(2), GREY, "solid", 0.8)
        layers: list[Layer] = [axis, Line(t, heights, colour, dash, 2.2)]
        panels.append(Panel(layers, (float(t[0]), float(t[-1])), padded(heights), label, "x"))
    blank = Panel([], (0, 1), (0, 1), axes=False)
    return [*panels, *[blank] * (columns - len(panels))]
