"""Nothing on a figure hides what it should show: arrows, legends, colours, numbers at the axes."""

from __future__ import annotations

import io
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from PIL import Image

from helpers import functions, plots, sandpit, widgets
from helpers.autodiff import trace
from helpers.plots import drawing, tapes
from helpers.plots.colours import BLUE, VERMILION, series, shade
from helpers.plots.drawing import Figure
from helpers.plots.legends import CORNERS, free_corner
from helpers.plots.pits import dip_layers
from helpers.plots.scene import Field, Line, Mesh, Panel, Points, Scene, Text, bars

CYCLE = functions.polynomial(coefficients=[2, -2, 0, 1])
SQUARE = functions.polynomial(coefficients=[0, 0, 1])

# ── the graph of a computation ────────────────────────────────────────────────────────────────


def program(choices: list[tuple[int, int, int]]) -> Any:
    """A function of one number whose steps use any two of the steps before."""

    def f(x: Any) -> Any:
        made = [x, np.sin(x)]
        for kind, i, j in choices:
            a, b = made[i % len(made)], made[j % len(made)]
            made.append([a + b, a * b, np.tanh(a)][kind])
        return made[-1] + 0 * made[1]

    return f


def in_points(panel: Panel, height: float) -> float:
    """How many points one row of a graph is high, at least."""
    return (72 * height - 30) / (panel.y[1] - panel.y[0])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7
    )
)
def test_no_arrow_of_a_computation_graph_runs_behind_a_step(choices: Any) -> None:
    scene = plots.computation_graph(trace(program(choices), 0.7)).scene
    (panel,) = scene.panels
    row = in_points(panel, scene.height)
    nodes = np.array([(p.x[0], row * p.y[0]) for p in panel.layers if isinstance(p, Points)])
    for edge in (layer for layer in panel.layers if isinstance(layer, Line)):
        way = np.stack([edge.x, row * edge.y], axis=1)
        apart = np.linalg.norm(way[:, None] - nodes, axis=2).min(axis=0)
        start, end = (np.linalg.norm(nodes - way[k], axis=1).argmin() for k in (0, -1))
        others = np.delete(apart, [start, end])
        assert (others > 0.7 * tapes.RADIUS_PT).all()


def test_a_long_computation_is_shrunk_until_it_fits() -> None:
    def long(x: Any) -> Any:
        for _ in range(14):
            x = np.sin(x)
        return x

    (panel,) = plots.computation_graph(trace(long, 0.5)).scene.panels
    sizes = {layer.size for layer in panel.layers if isinstance(layer, Text)}
    assert max(sizes) < 10
    assert all(
        abs(layer.x) < tapes.WIDTH_PT / 2 for layer in panel.layers if isinstance(layer, Text)
    )


def test_minus_signs_of_operations_are_minus_signs() -> None:
    (panel,) = plots.computation_graph(trace(lambda x: x - 3.0, 1.0)).scene.panels
    texts = [layer.text for layer in panel.layers if isinstance(layer, Text)]
    assert "x − 3" in " ".join(texts).replace("3.0", "3")
    assert not any("-" in text for text in texts)


# ── legends ───────────────────────────────────────────────────────────────────────────────────

LEGENDS: dict[str, Scene] = {
    "hops of a cycle": plots.newton_hops(CYCLE, 0.0, 6, (-2.2, 2.2)).scene,
    "hops": plots.newton_hops(CYCLE, -1.5, 3, (-2.2, 2.2)).scene,
    "secants": plots.secant_to_tangent(SQUARE, 1.0).scene,
    "secants of a falling curve": plots.secant_to_tangent(lambda x: np.exp(-x), 0.5).scene,
    "corner and jump": plots.corner_and_jump().scene,
    "network": plots.network_1_2_1().scene,
    "disc": plots.convergence_disc(0.5).scene,
    "line": plots.line_fit([0, 1, 2, 3], [3, 2, 1, 0.5]).scene,
    "histogram": plots.histogram_fit([0, 1, 2, 3], [1, 4, 4, 1], lambda x: 4 + 0 * x).scene,
}


def hidden_share(ax: Any, panel: Panel) -> float:
    """The largest share of a line or of points that lies below the legend, as matplotlib draws it."""
    box = ax.get_legend().get_window_extent()
    worst = 0.0
    for layer in panel.layers:
        if not isinstance(layer, (Line, Points)) or layer.x.size < 2:
            continue
        spots = ax.transData.transform(np.stack([layer.x, layer.y], axis=1))
        t = np.linspace(0, 1, 40)[:, None, None]
        way = (spots[:-1] + t * np.diff(spots, axis=0)).reshape(-1, 2)
        inside = (way > box.min).all(axis=1) & (way < box.max).all(axis=1)
        worst = max(worst, float(inside.mean()))
    return worst


@pytest.mark.parametrize("name", LEGENDS)
def test_a_legend_hides_no_line(name: str) -> None:
    scene = LEGENDS[name]
    sheet = Sheet((drawing.WIDTH_IN, scene.height), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(sheet)
    rows = -(-len(scene.panels) // scene.columns)
    grid = sheet.add_gridspec(rows, scene.columns, width_ratios=scene.widths or None)
    axes = [sheet.add_subplot(grid[divmod(i, scene.columns)]) for i in range(len(scene.panels))]
    for ax, panel in zip(axes, scene.panels, strict=True):
        drawing._draw_panel(ax, panel)
    canvas.draw()
    legends = [(a, p) for a, p in zip(axes, scene.panels, strict=True) if p.legend in CORNERS]
    assert legends
    assert max(hidden_share(ax, panel) for ax, panel in legends) < 0.01


@pytest.mark.parametrize(
    ("slope", "corner"),
    [(1.0, ("upper left", "lower right")), (-1.0, ("upper right", "lower left"))],
)
def test_a_legend_goes_where_the_line_does_not(slope: float, corner: tuple[str, ...]) -> None:
    t = np.linspace(0, 1)
    line = Line(t, 0.5 + slope * (t - 0.5), label="a line with a rather long name")
    assert free_corner([line], (0, 1), (0, 1)) in corner


def test_no_two_named_lines_of_a_panel_are_told_apart_by_colour_alone() -> None:
    scenes = [*LEGENDS.values(), plots.taylor_orders(np.sin).scene]
    x = np.arange(4.0)
    scenes += [widgets.line_fit(x, x).static.scene, plots.error_slopes().scene]
    for panel in itertools.chain.from_iterable(scene.panels for scene in scenes):
        named = [layer for layer in panel.layers if isinstance(layer, Line) and layer.label]
        looks = [(line.dash, line.marker) for line in named]
        assert len(set(looks)) == len(looks)


# ── colours, bars, numbers ────────────────────────────────────────────────────────────────────


def test_the_image_of_a_field_has_no_steps_that_look_like_contours() -> None:
    ramp = Field(np.tile(np.linspace(0, 1, 400), (2, 1)), (0, 1), (0, 1))
    figure = Figure(Scene([Panel([ramp], (0, 1), (0, 1))], alt="0 to 1."))
    image = Image.open(io.BytesIO(figure.png)).convert("RGB")
    middle = np.asarray(image)[image.height // 2, 150:-50].astype(int)
    assert len(np.unique(middle, axis=0)) > 80
    assert np.abs(np.diff(middle, axis=0)).max(axis=1)[5:-5].max() <= 12


def test_lines_on_an_image_keep_their_colours() -> None:
    figure = plots.contours_with_gradient(functions.hills, (1, 0.5))
    pixels = np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB")).astype(int)
    wanted = [int(VERMILION[i : i + 2], 16) for i in (1, 3, 5)]
    assert (np.abs(pixels - wanted).max(axis=2) < 8).sum() > 200


def test_shades_run_from_end_to_end_and_nan_is_clear() -> None:
    seen = shade([-1.0, 0.0, 0.5, 1.0, 2.0, np.nan])
    assert seen[0].tolist() == seen[1].tolist() == [68, 1, 84, 255]
    assert seen[3].tolist() == seen[4].tolist() == [253, 231, 37, 255]
    assert seen[5, 3] == 0


@given(st.lists(st.floats(0.1, 3.0), min_size=2, max_size=8))
def test_bars_never_cover_each_other(gaps: list[float]) -> None:
    x = np.cumsum([0.0, *gaps])
    scene = plots.histogram_fit(x, np.ones(x.size), lambda t: 1 + 0 * t).scene
    (mesh,) = (layer for layer in scene.panels[0].layers if isinstance(layer, Mesh))
    left, right = mesh.corners[:, 0, 0], mesh.corners[:, 1, 0]
    assert (left[1:] > right[:-1]).all()


def test_a_bar_may_have_a_width_of_its_own() -> None:
    mesh = bars([0, 1], [1, 2], [0.2, 0.6], BLUE)
    np.testing.assert_allclose(mesh.corners[:, 1, 0] - mesh.corners[:, 0, 0], [0.2, 0.6])


def test_of_dips_in_a_crowd_only_the_last_bears_its_number() -> None:
    game = sandpit.play(lambda history: history[-1][0] + [0.001, 0], 3, dips=9)
    texts = [layer.text for layer in dip_layers(game.history) if isinstance(layer, Text)]
    assert texts == ["9"]


def test_a_map_names_its_outputs_from_zero_as_the_course_does() -> None:
    after = plots.grid_map(functions.polar, (1, 0.5), centre=(1, 1), reach=0.9).scene.panels[1]
    assert (after.xlabel, after.ylabel) == ("F₀", "F₁")


def test_the_lines_of_a_figure_differ_in_dashes_from_the_first_to_the_last() -> None:
    assert len({series(i)[1] for i in range(6)}) == 6
