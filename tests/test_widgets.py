"""Every moving figure moves, says what it shows, and has a still for where it cannot move."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter

from helpers import functions, widgets
from helpers.plots.drawing import Figure
from helpers.plots.scene import Scene
from helpers.sandpit import REACH_M, pit
from helpers.widgets import canvas, controls
from helpers.widgets.canvas import Moving, packed
from helpers.widgets.controls import Slider, moving

X = np.arange(6.0)
HEART = np.array([[0.0, 1.0, 0.0, -1.0], [-1.0, 0.5, 0.2, 0.5]])


def bell(x: Any, mu: float, sig: float) -> Any:
    return np.exp(-0.5 * ((x - mu) / sig) ** 2)


def line(t: Any) -> Any:
    return np.stack([np.cos(t), np.sin(t)])


WIDGETS: dict[str, Callable[[], Moving]] = {
    "contours_with_gradient": lambda: widgets.contours_with_gradient(functions.hills),
    "convergence_disc": widgets.convergence_disc,
    "corner_and_jump": widgets.corner_and_jump,
    "cost_landscape": widgets.cost_landscape,
    "curve_drawing": lambda: widgets.curve_drawing(lambda n: (HEART, [1.0] * n), HEART),
    "descent_paths": lambda: widgets.descent_paths(functions.bowl),
    "grid_map": lambda: widgets.grid_map(functions.polar, (1, 1), centre=(1.2, 1.2), reach=1.0),
    "histogram_fit": lambda: widgets.histogram_fit(X, bell(X, 2, 1), bell, 2.5, 1.0),
    "lagrange_contours": lambda: widgets.lagrange_contours(
        functions.saddle, lambda p: p[0] ** 2 + p[1] ** 2 - 1
    ),
    "line_fit": lambda: widgets.line_fit(X, 2 * X + 1),
    "network_1_2_1": widgets.network_1_2_1,
    "newton_hops": lambda: widgets.newton_hops(lambda x: x**3 - 2 * x + 2),
    "path_on_field": lambda: widgets.path_on_field(functions.hills, line),
    "sandpit": lambda: widgets.sandpit(seed=3),
    "secant_to_tangent": lambda: widgets.secant_to_tangent(np.exp),
    "stacked_derivatives": lambda: widgets.stacked_derivatives(functions.sinusoid()),
    "tangent_plane": lambda: widgets.tangent_plane(functions.hills),
    "taylor_orders": lambda: widgets.taylor_orders(np.sin),
    "taylor_sheets": lambda: widgets.taylor_sheets(functions.hills),
}
SLIDERS = [(name, control["name"]) for name, make in WIDGETS.items() for control in make().controls]


def test_every_moving_figure_of_the_package_is_moved_here() -> None:
    assert set(widgets.__all__) == set(WIDGETS)


def test_the_bench_times_every_moving_figure() -> None:
    bench = (Path(__file__).parents[1] / "bench" / "redraw.py").read_text("utf-8")
    assert [name for name in widgets.__all__ if f"widgets.{name}(" not in bench] == []


@pytest.mark.parametrize(("name", "slider"), SLIDERS)
def test_moving_a_slider_changes_the_picture(name: str, slider: str) -> None:
    figure = WIDGETS[name]()
    before = figure.scene
    (control,) = (c for c in figure.controls if c["name"] == slider)
    value = figure.values[slider]
    aim = control["max"] if value < control["max"] / 2 + control["min"] / 2 else control["min"]
    figure.values = {**figure.values, slider: value + 0.4 * (aim - value)}
    assert figure.scene["panels"] != before["panels"]
    assert figure.scene["frame"] == 1


@pytest.mark.parametrize(
    "name", sorted(set(WIDGETS) - {"curve_drawing", "tangent_plane", "taylor_sheets"})
)
def test_the_sentence_follows_the_first_slider(name: str) -> None:
    figure = WIDGETS[name]()
    before, (first, *_) = figure.alt, figure.controls
    value = figure.values[first["name"]]
    step = (first["max"] - first["min"]) / 4
    moved = value + step if value + step <= first["max"] else value - step
    figure.values = {**figure.values, first["name"]: moved}
    assert figure.alt != before
    assert figure.alt == figure.scene["alt"]


def only_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and only_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(only_plain(v) for v in value)
    return value is None or isinstance(value, (bytes, str, bool, int, float))


@pytest.mark.parametrize("name", sorted(WIDGETS))
def test_a_scene_travels_as_names_numbers_and_bytes(name: str) -> None:
    scene = WIDGETS[name]().scene
    assert only_plain(scene)
    json.dumps(scene, allow_nan=False, default=lambda _: "bytes")
    for panel in scene["panels"]:
        for layer in panel["layers"]:
            if layer["kind"] in ("line", "points", "arrows"):
                assert len(layer["x"]) == len(layer["y"])
            if layer["kind"] == "mesh":
                assert len(layer["corners"]) == len(layer["fill"]) * layer["count"] * 2
            if layer["kind"] == "field":
                assert len(layer["pixels"]) == 4 * layer["rows"] * layer["columns"]


@pytest.mark.parametrize("name", sorted(WIDGETS))
def test_a_moving_figure_has_a_still_with_the_same_sentence(name: str) -> None:
    figure = WIDGETS[name]()
    data, _ = figure._repr_mimebundle_()
    assert data["text/plain"] == figure.alt
    assert f'alt="{html.escape(figure.alt)}"' in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert any(character.isdigit() for character in figure.alt)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a figure publishes in a notebook."""
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr(canvas, "display", lambda data, **options: bundles.append(data))
    return bundles


def test_a_page_with_the_widgets_state_but_no_kernel_shows_the_still(shown: Any) -> None:
    figure = WIDGETS["line_fit"]()
    figure._ipython_display_()
    cell = nbformat.v4.new_code_cell(
        "f", outputs=[nbformat.v4.new_output("display_data", data) for data in shown]
    )
    state = {figure.model_id: {"model_name": "AnyModel", "model_module": "anywidget", "state": {}}}
    known = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": known})
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert f'alt="{html.escape(figure.alt)}"' in page


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_a_page_of_all_moving_figures_shows_every_one_of_them_standing(
    shown: Any, template: str
) -> None:
    figures = [make() for make in WIDGETS.values()]
    for figure in figures:
        figure._ipython_display_()
    outputs = [nbformat.v4.new_output("display_data", data) for data in shown]
    cell = nbformat.v4.new_code_cell("f", outputs=outputs)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    page, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    assert page.count("data-still=") == len(figures)
    for figure in figures:
        assert f'alt="{figure.alt}"' in html.unescape(page)


def test_the_still_bears_the_name_by_which_the_canvas_hides_it(shown: Any) -> None:
    figure = WIDGETS["line_fit"]()
    figure._ipython_display_()
    still, view = shown
    assert f'data-still="{figure.still}"' in still["text/html"]
    assert view["application/vnd.jupyter.widget-view+json"]["model_id"] == figure.model_id


def test_without_anywidget_a_figure_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "helpers.widgets.canvas", None)
    figure = widgets.contours_with_gradient(functions.bowl)
    assert isinstance(figure, Figure)
    assert "At (1, 0.5) the gradient is (2, 2)" in figure.alt


def test_values_outside_a_slider_are_moved_to_its_end() -> None:
    figure = WIDGETS["contours_with_gradient"]()
    figure.values = {"x": 99.0, "y": -99.0}
    assert figure.values == {"x": 2.0, "y": -2.0}


@pytest.mark.parametrize("values", [{"x": 1.0}, {"x": 1.0, "y": 1.0, "z": 1.0}, {}])
def test_values_with_other_names_are_refused(values: dict[str, float]) -> None:
    figure = WIDGETS["contours_with_gradient"]()
    with pytest.raises(traitlets.TraitError, match=r"values has \['x', 'y'\]"):
        figure.values = values


@pytest.mark.parametrize(
    "message", ["dig", {}, {"received": True}, {"press": "explode"}, None, {"values": {}}]
)
def test_a_message_that_is_no_button_is_ignored(message: Any) -> None:
    figure = WIDGETS["sandpit"]()
    figure._hear(figure, message, [])
    assert "dip 0 of 25" in figure.status


def test_the_canvas_is_one_file_that_loads_nothing_else() -> None:
    code = files("helpers.widgets").joinpath("canvas.js").read_text(encoding="utf-8")
    assert "http" not in code
    assert "import " not in code
    assert 'setAttribute("role", "img")' in code
    assert 'type: "range"' in code


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-6, 1e6), st.integers(10, 400))
def test_a_slider_has_round_steps_and_enough_of_them(span: float, parts: int) -> None:
    step = controls.fine(span, parts)
    assert f"{step:e}"[0] in "125"
    assert float(f"{step:.0e}") == step
    assert parts * 0.99 <= span / step <= 2.6 * parts


def test_what_lies_below_is_computed_once_and_not_at_every_move() -> None:
    calls = []

    def slow(p: Any) -> float:
        calls.append(1)
        return float(p[0]) ** 2 + float(p[1]) ** 2

    figure = widgets.contours_with_gradient(slow)
    first = len(calls)
    figure.values = {"x": 0.3, "y": 0.2}
    assert len(calls) - first < first / 20


def test_moving_and_still_start_at_the_same_place() -> None:
    def scene(x: float) -> Scene:
        return Scene([], alt=f"x is {x}.")

    sliders = [Slider("x", "x", 0, 1, 0.1, 0.3)]
    assert moving(scene, sliders).alt == "x is 0.3."
    assert packed(scene(0.3))["alt"] == "x is 0.3."
    assert controls.still(
        WIDGETS["line_fit"]()._scene_of,
        [Slider("m", "", -5, 5, 1, 2.0), Slider("c", "", -5, 5, 1, 1.0)],
    ).alt.endswith("χ² = 0; the least possible is 0.")


# ── training ──────────────────────────────────────────────────────────────────────────────────


def test_training_goes_on_from_where_it_was() -> None:
    done = []

    def train(n: int) -> tuple[Any, list[float]]:
        done.append(n)
        return HEART, [1 / (sum(done) + i) for i in range(n)]

    figure = widgets.curve_drawing(train, HEART, batch=10)
    figure.press("train")
    figure.press("once")
    assert done == [10, 10, 10]
    assert "after 30 iterations" in figure.alt
    assert figure.status.startswith("30 iterations")


# ── the sandpit ───────────────────────────────────────────────────────────────────────────────


def dig(game: Moving, x: float, y: float) -> None:
    game._hear(game, {"press": "dig", "values": {"x": x, "y": y}}, [])


def test_a_click_digs_where_it_was_made_and_tells_depth_and_slope() -> None:
    game = widgets.sandpit(seed=3)
    dig(game, 1.0, 2.0)
    ground = pit(3)
    assert game.values == {"x": 1.0, "y": 2.0}
    assert f"here {ground.depth([1, 2]):.3g}".replace("-", "−") in game.status
    assert f"slope {np.linalg.norm(ground.slope([1, 2])):.3g}" in game.status
    assert game.scene["panels"][0]["layers"][-2]["kind"] == "arrows" or any(
        layer["kind"] == "arrows" for layer in game.scene["panels"][0]["layers"]
    )


def test_the_game_is_won_within_the_reach_of_the_lowest_point_and_shows_the_ground() -> None:
    game = widgets.sandpit(seed=3)
    goal = pit(3).lowest[0]
    dig(game, *(goal + [REACH_M + 0.01, 0]))
    assert "won" not in game.status
    dig(game, *(goal + [REACH_M - 0.01, 0]))
    assert "dip 2 of 25 · won!" in game.status
    assert any(layer["kind"] == "field" for layer in game.scene["panels"][0]["layers"])
    dig(game, 3.0, 3.0)
    assert "dip 2 of 25 · won!" in game.status


def test_the_ground_is_hidden_until_the_last_dip() -> None:
    game = widgets.sandpit(seed=3, dips=3)
    for i in range(3):
        assert not any(layer["kind"] == "field" for layer in game.scene["panels"][0]["layers"])
        dig(game, 5.9, 5.9 - i)
    assert "lost" in game.status
    assert any(layer["kind"] == "field" for layer in game.scene["panels"][0]["layers"])
    game.press("reset")
    assert "Pit 3 · dip 0 of 3" in game.status
    game.press("new")
    assert "Pit 4 · dip 0 of 3" in game.status


def test_depth_alone_gives_no_slope_away() -> None:
    game = widgets.sandpit(seed=3, clues="depth")
    dig(game, 1.0, 2.0)
    assert "slope" not in game.status
    assert not any(layer["kind"] == "arrows" for layer in game.scene["panels"][0]["layers"])


def test_noise_changes_the_depth_of_every_dip_but_not_from_game_to_game() -> None:
    told = []
    for _ in range(2):
        game = widgets.sandpit(seed=3, clues="noise")
        dig(game, 1.0, 2.0)
        first = game.status
        dig(game, 1.0, 2.0)
        told.append((first.split(" · ")[2], game.status.split(" · ")[2]))
    assert told[0] == told[1]
    assert told[0][0] != told[0][1]


def test_other_clues_are_refused_with_the_three_there_are() -> None:
    with pytest.raises(ValueError, match='"depth and slope", "depth" or "noise"'):
        widgets.sandpit(clues="slope")
