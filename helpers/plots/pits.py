"""The sandpit and how strategies fare in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling
from helpers.plots.colours import BLACK, GREEN, ORANGE, VERMILION, WHITE, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import (
    Arrows,
    Field,
    Layer,
    Line,
    Panel,
    Points,
    Scene,
    Text,
    arrows,
    contour_lines,
    short,
)
from helpers.sandpit import DIPS, SIDE_M, Dip, Game, Pit

Array = NDArray[np.float64]
SQUARE = (0.0, SIDE_M)
CROWD_M = 0.3
"""Dips nearer than this would write their numbers over each other."""


def sandpit_game(game: Game) -> Figure:
    """Draw a pit with the dips of a game on it.

    Examples
    --------
    >>> from helpers.sandpit import pit, play
    >>> sandpit_game(play(lambda history: pit(3).lowest[0], seed=3))
    Sandpit 3: won with dip 2, at depth −7.43 m; the lowest point is −7.43 m deep.
    """
    pit, history = game.pit, game.history
    deepest = min(depth for _, depth, _ in history)
    goal = pit.lowest[1]
    result = f"won with dip {game.dips_used}" if game.won else f"lost after {game.dips_used} dips"
    alt = (
        f"Sandpit {pit.seed}: {result}, at depth {short(history[-1][1])} m; "
        f"the lowest point is {short(goal)} m deep."
    )
    title = f"{result}; deepest dip {short(deepest)} m, lowest point {short(goal)} m"
    layers = [*ground_layers(pit), *dip_layers(history), *goal_layers(pit)]
    panel = Panel(layers, SQUARE, SQUARE, title, "x in m", "y in m", equal=True)
    return draw(Scene([panel], alt, height=5.4))


def ground_layers(pit: Pit) -> list[Layer]:
    """The ground as colours and contours."""
    ground = Field(pit.depth(sampling.grid(SQUARE, SQUARE, 91)), SQUARE, SQUARE, "depth in m")
    return [ground, contour_lines(ground, 12)]


def dip_layers(history: Sequence[Dip]) -> list[Layer]:
    """The dips, numbered in their order; of a crowd only the last bears its number."""
    way = np.array([point for point, _, _ in history]).reshape(-1, 2)
    named: list[int] = []
    for i in reversed(range(len(way))):
        if all(np.abs(way[i] - way[k]).max() > CROWD_M for k in named):
            named.append(i)
    return [
        Line(way[:, 0], way[:, 1], WHITE, "dotted", 1.4),
        Points(way[:, 0], way[:, 1], ORANGE, "o", 8),
        *(
            Text(float(way[i, 0]), float(way[i, 1]), f"{i + 1}", BLACK, "center", 13, 9)
            for i in named
        ),
    ]


def goal_layers(pit: Pit) -> list[Layer]:
    """The lowest point."""
    x, y = pit.lowest[0]
    return [Points(np.array([x]), np.array([y]), VERMILION, "*", 19, "lowest point")]


def slope_arrows(history: Sequence[Dip]) -> Arrows:
    """The slope at every dip, as arrows that point uphill."""
    feet = np.array([point for point, _, _ in history]).reshape(-1, 2).T
    slopes = np.array([slope for _, _, slope in history]).reshape(-1, 2).T
    size = np.linalg.norm(slopes, axis=0)
    return arrows(feet, 0.75 * slopes / (size + 1), colour=GREEN, width=2.2)


def strategies(dips_used: Mapping[str, ArrayLike], dips: int = DIPS) -> Figure:
    """Draw how many pits each strategy has won, against the dips or steps it used.

    Parameters
    ----------
    dips_used : mapping of name to array_like of shape (pits,)
        For each strategy the dips or steps it needed in every pit; NaN where it lost.
    dips : int
        How many were allowed.

    Examples
    --------
    >>> strategies({"hybrid": [4, 6, 9, np.nan], "Newton": [3, np.nan, np.nan, np.nan]})
    Pits won against steps allowed: hybrid wins 75 % of 4 pits, Newton wins 25 % of 4 pits.
    """
    allowed = np.arange(dips + 1)
    layers: list[Layer] = []
    said = []
    for i, (name, used) in enumerate(dips_used.items()):
        used = np.asarray(used, float)
        won = 100 * np.array([(used <= k).mean() for k in allowed])
        colour, dash, marker = series(i)
        label = f"{name}: {won[-1]:.0f} %"
        layers.append(Line(allowed.astype(float), won, colour, dash, 2.0, label, 1.0, marker, 5))
        said.append(f"{name} wins {won[-1]:.0f} % of {used.size} pits")
    alt = f"Pits won against steps allowed: {', '.join(said)}."
    panel = Panel(
        layers,
        (0, dips + 0.5),
        (-2, 102),
        "who gets there, and how soon",
        "steps allowed",
        "% of the pits won",
        legend="outside",
    )
    return draw(Scene([panel], alt, height=4.2))
