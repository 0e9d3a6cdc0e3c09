"""The sandpit as a game: find the lowest point in 25 dips, with the mouse or from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from helpers.plots.colours import BLACK, VERMILION, shade
from helpers.plots.pits import SQUARE, dip_layers, goal_layers, ground_layers, slope_arrows
from helpers.plots.scene import Layer, Panel, Points, Scene, Text, points, polygons, short
from helpers.plots.wording import pair
from helpers.sandpit import DIPS, REACH_M, SIDE_M, Dip, Pit, pit
from helpers.widgets.controls import Button, Slider, moving

Clues = Literal["depth and slope", "depth", "noise"]
NOISE_M = 0.5
DEEP_M = 10.0
SAND_FLOOR = polygons([(0, 0), (SIDE_M, 0), (SIDE_M, SIDE_M), (0, SIDE_M)], "#F3E9D2")
HINT = "Sandpit. Arrow keys move the spade, with Shift in larger steps, and Enter digs."


def sandpit(seed: int = 0, clues: Clues = "depth and slope", dips: int = DIPS) -> Any:
    """The pit game: 6 m × 6 m of sand, 25 dips, one lowest point.

    A click digs, and so do the sliders (or the arrow keys on the picture) with the button (or Enter).
    The game is won by a dip within 0.1 m of the lowest point; then, or after the last dip, the ground
    is shown.

    Parameters
    ----------
    seed : int
        Which pit; the button for a new one takes the next seed.
    clues : "depth and slope", "depth" or "noise"
        What a dip tells: the depth and an arrow uphill, the depth alone, or a depth that is wrong by
        about 0.5 m, each time by another amount.
    dips : int
        How many dips are allowed.

    Raises
    ------
    ValueError
        If `clues` is none of the three.
    """
    if clues not in ("depth and slope", "depth", "noise"):
        raise ValueError(f'clues is "depth and slope", "depth" or "noise", got {clues!r}')
    game = Round(seed, clues, dips)
    spade = [Slider(axis, f"{axis} in m", 0, SIDE_M, 0.05, SIDE_M / 2) for axis in ("x", "y")]
    buttons = [
        Button("dig", "Dig here", game.dig),
        Button("reset", "Start again", game.start),
        Button("new", "New pit", game.next_pit),
    ]
    options = {"pointer": ("x", "y"), "click": "dig", "hint": HINT, "status_of": game.status}
    return moving(game.scene_at, spade, buttons=buttons, **options)


@dataclass
class Round:
    """One game in the making."""

    seed: int
    clues: Clues
    dips: int
    spade: tuple[float, float] = (SIDE_M / 2, SIDE_M / 2)
    told: list[Dip] = field(default_factory=list)
    won: bool = False

    @property
    def pit(self) -> Pit:
        """The pit that is played."""
        return pit(self.seed)

    @property
    def over(self) -> bool:
        """Whether no dip is left or needed."""
        return self.won or len(self.told) >= self.dips

    def start(self) -> None:
        """Forget all dips."""
        self.told, self.won = [], False

    def next_pit(self) -> None:
        """Start in the next pit."""
        self.seed += 1
        self.start()

    def dig(self) -> None:
        """Dig where the spade is."""
        if self.over:
            return
        point = np.array(self.spade)
        depth = self.pit.depth(point)
        if self.clues == "noise":
            rng = np.random.default_rng([self.seed, 2, len(self.told)])
            depth += NOISE_M * rng.standard_normal()
        self.told.append((point, float(depth), self.pit.slope(point)))
        self.won = bool(np.linalg.norm(point - self.pit.lowest[0]) <= REACH_M)

    def status(self) -> str:
        """The score line."""
        count = f"Pit {self.seed} · dip {len(self.told)} of {self.dips}"
        if not self.told:
            return f"{count} · click in the sand, or move the spade and dig."
        deepest = short(min(depth for _, depth, _ in self.told))
        goal, lowest = self.pit.lowest
        if self.won:
            return f"{count} · won! The lowest point is {short(lowest)} m deep."
        if self.over:
            return f"{count} · lost. The lowest point is {short(lowest)} m deep, at {pair(goal)}."
        return f"{count} · {self._last()} · deepest so far {deepest} m"

    def _last(self) -> str:
        _, depth, slope = self.told[-1]
        if self.clues != "depth and slope":
            return f"here {short(depth)} m"
        return f"here {short(depth)} m, slope {short(float(np.linalg.norm(slope)))}"

    def scene_at(self, x: float, y: float) -> Scene:
        """What the player sees with the spade at (x, y): the dips, and at the end the ground."""
        self.spade = (x, y)
        layers: list[Layer]
        if self.over:
            layers = [*ground_layers(self.pit), *dip_layers(self.told), *goal_layers(self.pit)]
        else:
            spade = points(self.spade, colour=VERMILION, marker="x", size=12)
            layers = [SAND_FLOOR, *self._clue_layers(), spade]
        title = "the pit" if self.over else f"dip {len(self.told)} of {self.dips}"
        panel = Panel(layers, SQUARE, SQUARE, title, "x in m", "y in m", equal=True)
        alt = f"Sandpit, spade at {pair(self.spade)} m. {self.status()}"
        return Scene([panel], alt, height=5.4)

    def _clue_layers(self) -> Sequence[Layer]:
        """What the dips have told: a dot as dark as it is deep, the depth, and an arrow uphill."""
        layers: list[Layer] = []
        for (x, y), depth, slope in self.told:
            red, green, blue, _ = shade(1 + depth / DEEP_M)
            colour = f"#{red:02x}{green:02x}{blue:02x}"
            away = -13 if slope[1] > 0 and self.clues == "depth and slope" else 13
            number = f"{depth:.1f}".replace("-", "−")
            layers += [
                Points(np.array([x]), np.array([y]), colour, "o", 9),
                Text(float(x), float(y), number, BLACK, "center", away, 9),
            ]
        return [*layers, slope_arrows(self.told)] if self.clues == "depth and slope" else layers
