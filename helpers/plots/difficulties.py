"""Why real problems are hard: many minima, sharp features, noise and many dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.plots.colours import BLUE, GREEN, GREY, VERMILION
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Layer, Line, Panel, Points, Scene, Text, short

Array = NDArray[np.float64]


def landscape_difficulties(noise: float = 0.25, seed: int = 0) -> Figure:
    """Draw the four reasons why the lowest point of a real landscape is hard to find.

    Examples
    --------
    >>> landscape_difficulties()
    Four reasons why real problems are hard: 7 minima instead of one, a feature 0.04 wide that samples miss, slopes buried in noise, and 99.5 % of a 50-dimensional cube within a tenth of its side from the edge.
    """
    share = 1 - 0.9**50
    minima = _minima_panel()
    count = next(layer.x.size for layer in minima.layers if isinstance(layer, Points))
    alt = (
        f"Four reasons why real problems are hard: {count} minima instead of one, a feature 0.04 wide "
        f"that samples miss, slopes buried in noise, and {100 * share:.1f} % of a 50-dimensional cube "
        "within a tenth of its side from the edge."
    )
    panels = [minima, _sharp_panel(), _noise_panel(noise, seed), _dimension_panel()]
    return draw(Scene(panels, alt, columns=2, height=5.6))


def _minima_panel() -> Panel:
    x = np.linspace(-4, 4, 801)
    y = 0.12 * x**2 + np.sin(5.5 * x) * np.exp(-0.02 * x**2) + 0.2 * np.cos(2 * x)
    low = np.flatnonzero((y[1:-1] < y[:-2]) & (y[1:-1] < y[2:])) + 1
    layers: list[Layer] = [Line(x, y, BLUE), Points(x[low], y[low], VERMILION, "v", 8, "minima")]
    return Panel(layers, (-4, 4), (-1.5, 3.4), f"{low.size} minima, one of them lowest", "x", "f")


def _sharp_panel() -> Panel:
    def ground(x: Array) -> Array:
        return np.asarray(0.1 * x**2 - 2 * np.exp(-0.5 * ((x - 1.77) / 0.02) ** 2))

    x = np.sort(np.append(np.linspace(-4, 4, 401), np.linspace(1.64, 1.9, 131)))
    tried = np.linspace(-4, 4, 17)
    layers: list[Layer] = [
        Line(x, ground(x), BLUE),
        Points(tried, ground(tried), VERMILION, "o", 6, "where we looked"),
    ]
    return Panel(layers, (-4, 4), (-2.2, 2.2), "a sharp feature", "x", "f", legend="lower left")


def _noise_panel(noise: float, seed: int) -> Panel:
    rng = np.random.default_rng(seed)
    x = np.linspace(-4, 4, 121)
    y = 0.1 * x**2
    layers: list[Layer] = [
        Points(x, y + noise * rng.standard_normal(x.size), GREY, "o", 4, "measured"),
        Line(x, y, BLUE, "solid", 2.0, "the truth"),
    ]
    return Panel(
        layers, (-4, 4), (-1, 2.8), f"noise {short(noise)}", "x", "f", legend="upper center"
    )


def _dimension_panel() -> Panel:
    n = np.arange(1.0, 51.0)
    share = np.asarray(100 * (1 - 0.9**n), float)
    layers: list[Layer] = [
        Line(n, share, GREEN, "dashed"),
        Points(n[[0, 1, 2, 9, 49]], share[[0, 1, 2, 9, 49]], GREEN, "D", 7),
        Text(10, share[9], f"  {share[9]:.0f} % in 10 dimensions", GREEN, raise_by=-12),
        Text(50, share[49], f"{share[49]:.1f} % in 50", GREEN, "right", raise_by=-14),
    ]
    return Panel(
        layers,
        (0, 52),
        (0, 106),
        "almost all of a cube lies near its edge",
        "dimensions",
        "% of the volume",
    )
