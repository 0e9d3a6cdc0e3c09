"""The graph of a computation: values go forward, derivatives come backward.

Steps stand in columns, each as far right as the longest way to it. An arrow that passes over a column
gets a place of its own there, so that none runs behind a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots.colours import BLACK, BLUE, GREY, PALE, VERMILION
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, Text, arrows, short
from helpers.plots.wording import counted

if TYPE_CHECKING:
    from helpers.autodiff import Step

Array = NDArray[np.float64]
Place = str | tuple[str, str, int]
"""The name of a step; or start, end and column of an arrow that passes."""

WIDTH_PT = 500.0
RADIUS_PT = 16.0
LETTER_PT = 3.4
GAP_PT = 24.0, 70.0
ROW_IN = 1.1
PASSING = 0.5
"""How high an arrow that passes is, in rows."""


def computation_graph(steps: Iterable[Step]) -> Figure:
    """Draw a computation as a graph, values going forward and derivatives coming backward.

    Parameters
    ----------
    steps : iterable of Step
        What `helpers.autodiff.trace(f, x)` returns: each step has a name, an operation, the names of
        its inputs, a value and an adjoint.

    Examples
    --------
    >>> from helpers.autodiff import trace
    >>> computation_graph(trace(lambda x: np.sin(x) * x, 2.0))
    Computation in 3 steps: the input is 2, the result is 1.82, and the derivative that comes back is 0.077.
    """
    steps = list(steps)
    column = _columns(steps)
    ways = [way for step in steps for way in _ways(step, column)]
    x, zoom = _across(steps, column)
    y = _up(steps, ways, column)
    layers: list[Layer] = []
    for way in ways:
        layers += _edge(np.array([(x[_column(p, column)], y[p]) for p in way]), zoom)
    for step in steps:
        layers += _node(step, x[column[step.name]], y[step.name], zoom)
    low, high = min(y.values()), max(y.values())
    first, last = steps[0], steps[-1]
    alt = (
        f"Computation in {counted(len(steps), 'step')}: the input is {_numbers(first.value)}, the result is "
        f"{_numbers(last.value)}, and the derivative that comes back is {_numbers(first.adjoint)}."
    )
    title = "values forward (blue, above) · derivatives backward (red, below)"
    window = (-WIDTH_PT / 2, WIDTH_PT / 2), (low - 0.5, high + 0.65)
    height = 0.4 + ROW_IN * (high - low + 1.15)
    return draw(Scene([Panel(layers, *window, title, axes=False)], alt, height=height))


def _columns(steps: Sequence[Step]) -> dict[str, int]:
    column: dict[str, int] = {}
    for step in steps:
        column[step.name] = max((column[i] + 1 for i in step.inputs if i in column), default=0)
    return column


def _column(place: Place, column: Mapping[str, int]) -> int:
    return column[place] if isinstance(place, str) else place[2]


def _ways(step: Step, column: Mapping[str, int]) -> list[list[Place]]:
    """The places that the arrows into a step pass, from its inputs to itself."""
    end = step.name
    return [
        [start, *((start, end, c) for c in range(column[start] + 1, column[end])), end]
        for start in dict.fromkeys(step.inputs)
        if start in column
    ]


def _across(steps: Sequence[Step], column: Mapping[str, int]) -> tuple[Array, float]:
    """The middle of every column in points, with room for what is written, and how much is shrunk."""
    half = np.full(max(column.values()) + 1, RADIUS_PT)
    for step in steps:
        letters = max(len(_numbers(step.value)), len(_numbers(step.adjoint)))
        room = LETTER_PT * max(letters, 0.9 * len(_operation(step)))
        half[column[step.name]] = max(half[column[step.name]], room)
    spare = (WIDTH_PT - 2 * half.sum()) / max(half.size - 1, 1)
    gap = float(np.clip(spare, *GAP_PT))
    x = np.cumsum(2 * half + gap) - half
    zoom = min(1.0, WIDTH_PT / (2 * half.sum() + gap * (half.size - 1)))
    return zoom * (x - (x[0] - half[0] + x[-1] + half[-1]) / 2), zoom


def _up(
    steps: Sequence[Step], ways: Sequence[Sequence[Place]], column: Mapping[str, int]
) -> dict[Place, float]:
    """How high everything stands, in rows: each column in the order of what leads to it."""
    members: dict[int, list[Place]] = {c: [] for c in range(max(column.values()) + 1)}
    for place in [*(step.name for step in steps), *(p for way in ways for p in way[1:-1])]:
        members[_column(place, column)].append(place)
    before: dict[Place, list[Place]] = {}
    for way in ways:
        for start, end in pairwise(way):
            before.setdefault(end, []).append(start)
    y: dict[Place, float] = {}
    for places in members.values():
        known = [np.mean([y[p] for p in before.get(place, [])] or [0.0]) for place in places]
        order = np.argsort(np.negative(known), kind="stable")
        sizes = np.array([1.0 if isinstance(places[k], str) else PASSING for k in order])
        tops = sizes.sum() / 2 - np.cumsum(sizes) + sizes / 2
        y |= {places[k]: float(top) for k, top in zip(order, tops, strict=True)}
    return y


def _edge(spots: Array, zoom: float) -> list[Layer]:
    """A smooth line through the spots (k, 2), level at each, with its head at the last."""
    r = RADIUS_PT * zoom
    ends = spots + np.outer(np.r_[r, np.zeros(len(spots) - 2), -r - 9 * zoom], [1, 0])
    t = np.linspace(0, 1, 20)
    ease = t * t * (3 - 2 * t)
    parts = [
        np.stack([a[0] + t * (b[0] - a[0]), a[1] + ease * (b[1] - a[1])]) for a, b in pairwise(ends)
    ]
    x, y = np.concatenate(parts, axis=1)
    head = arrows(ends[-1], (9 * zoom, 0), colour=GREY, width=1.6)
    return [Line(x, y, GREY, "solid", 1.6), head]


def _node(step: Step, x: float, y: float, zoom: float) -> list[Layer]:
    def words(text: str, colour: str, raised: float, size: float = 10.0) -> Text:
        return Text(x, y, text, colour, "center", zoom * raised, zoom * size, 0.0)

    return [
        Points(np.array([x]), np.array([y]), PALE, "o", 30 * zoom),
        words(step.name, BLACK, 0),
        words(_operation(step), GREY, 36, 9),
        words(_numbers(step.value), BLUE, 23),
        words(_numbers(step.adjoint), VERMILION, -23),
    ]


def _operation(step: Step) -> str:
    return step.operation.replace("-", "−") if step.operation != step.name else "input"


def _numbers(value: ArrayLike) -> str:
    numbers: Any = np.asarray(value, float).ravel()
    shown = ", ".join(short(float(n)) for n in numbers[:3])
    return shown if numbers.size == 1 else f"[{shown}{', …' if numbers.size > 3 else ''}]"
