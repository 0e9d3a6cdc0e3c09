"""Week 2: a network with eight sliders, and a network that learns to draw while one watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.plots.networks import (
    WEIGHTS,
    cost_landscape_scene,
    curve_drawing_scene,
    network_1_2_1_scene,
)
from helpers.plots.scene import Scene
from helpers.widgets.controls import Button, Slider, moving

Train = Callable[[int], tuple[ArrayLike, Sequence[float]]]
LABELS = {"b1": "bias b1", "b2": "bias b2", "c": "bias c", "x": "input x"}


def network_1_2_1() -> Any:
    """A network of one input, two hidden neurons and one output, with all its eight numbers to move."""
    sliders = [
        Slider(key, LABELS.get(key, f"weight {key}"), *(_range(key)), 0.1, value)
        for key, value in WEIGHTS.items()
    ]
    return moving(network_1_2_1_scene, sliders)


def _range(key: str) -> tuple[float, float]:
    return (-2.0, 2.0) if key == "x" else (-6.0, 6.0)


def cost_landscape() -> Any:
    """The cost of a NOT neuron, with a descent path whose start, rate and length move."""

    def scene(w: float, b: float, rate: float, steps: float) -> Scene:
        return cost_landscape_scene((w, b), rate, int(steps))

    sliders = [
        Slider("w", "start w", -6, 3, 0.1, 1.0),
        Slider("b", "start b", -3, 5, 0.1, -1.0),
        Slider("rate", "rate", 0.02, 3.0, 0.02, 0.3),
        Slider("steps", "steps", 0, 400, 10, 300),
    ]
    return moving(scene, sliders, pointer=("w", "b"))


def curve_drawing(train: Train, target: ArrayLike, batch: int = 100) -> Any:
    """A network that learns to draw a curve, live, with its loss.

    Parameters
    ----------
    train : callable
        ``train(n)`` makes n more iterations and returns what the network draws now, shape (2, N), and
        the n losses.
    target : array_like of shape (2, N)
        The curve that it should draw.
    batch : int
        How many iterations are made between two pictures.
    """
    session = Session(train, batch)
    session.go_on()

    def scene() -> Scene:
        return curve_drawing_scene(target, session.drawn, session.losses)

    buttons = [
        Button("train", "Train (press again to stop)", session.go_on, repeat=True),
        Button("once", f"{batch} iterations", session.go_on),
    ]
    return moving(scene, buttons=buttons, status_of=session.status)


@dataclass
class Session:
    """Training so far."""

    train: Train
    batch: int
    drawn: ArrayLike = ()
    losses: list[float] = field(default_factory=list)

    def go_on(self) -> None:
        """Train one batch more."""
        self.drawn, losses = self.train(self.batch)
        self.losses.extend(float(loss) for loss in np.asarray(losses))

    def status(self) -> str:
        """The line below the figure."""
        return f"{len(self.losses)} iterations, loss {self.losses[-1]:.3g}"
