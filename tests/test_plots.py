"""Every figure is an image with a sentence that tells its numbers, and everybody can read its colours."""

from __future__ import annotations

import html
import inspect
import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from PIL import Image

from helpers import functions, plots, sandpit
from helpers.autodiff import trace
from helpers.plots import colours, sampling, space
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Arrows, Field, Line, Panel, Points, Scene, contour_lines, short
from helpers.plots.slopes import contours_with_gradient_scene
from helpers.plots.surfaces import surface_with_tangent_scene

X = np.arange(6.0)
Y = np.array([0.1, 1.2, 1.8, 3.1, 4.2, 4.9])
HEART = np.array([[0.0, 1.0, 0.0, -1.0], [-1.0, 0.5, 0.2, 0.5]])
CIRCLE = functions.lissajous(amplitudes=[1.5, 1.0], frequencies=[1.0, 1.0], phases=[0.0, 1.6])


def bell(x: Any, mu: float, sig: float) -> Any:
    return np.exp(-0.5 * ((x - mu) / sig) ** 2)


FIGURES: dict[str, Callable[[], Figure]] = {
    "chi_squared_valley": lambda: plots.chi_squared_valley(
        lambda b: b[0] ** 2 + b[1] ** 2, (-1, 1), (-1, 1), {"Newton": [[1, 1], [0, 0]]}
    ),
    "computation_graph": lambda: plots.computation_graph(trace(lambda x: np.sin(x) * x, 2.0)),
    "confidence_band": lambda: plots.confidence_band(X, Y),
    "contours_with_gradient": lambda: plots.contours_with_gradient(functions.hills, (1, 0.5)),
    "convergence_disc": plots.convergence_disc,
    "corner_and_jump": plots.corner_and_jump,
    "cost_landscape": plots.cost_landscape,
    "curve_drawing": lambda: plots.curve_drawing(HEART, 0.9 * HEART, [1.0, 0.5, 0.2]),
    "descent_paths": lambda: plots.descent_paths(functions.bowl, (1.8, 1.2)),
    "error_against_step": lambda: plots.error_against_step(np.exp, 1.0),
    "error_slopes": plots.error_slopes,
    "gallery": plots.gallery,
    "grid_map": lambda: plots.grid_map(functions.polar, (1, 0.5), centre=(1, 1), reach=0.9),
    "histogram_fit": lambda: plots.histogram_fit(X, bell(X, 2.4, 1.1), bell, (2.5, 1)),
    "lagrange_contours": lambda: plots.lagrange_contours(
        functions.saddle, lambda p: p[0] ** 2 + p[1] ** 2 - 1
    ),
    "landscape_difficulties": plots.landscape_difficulties,
    "layer_gradients": lambda: plots.layer_gradients([np.full((2, 2), 0.1), np.ones((1, 2))]),
    "line_fit": lambda: plots.line_fit(X, Y),
    "match_derivatives": lambda: plots.match_derivatives(
        {"A": np.sin, "B": np.exp}, {"1": np.exp, "2": np.cos}
    ),
    "network_1_2_1": plots.network_1_2_1,
    "newton_basins": plots.newton_basins,
    "newton_hops": lambda: plots.newton_hops(lambda x: x**3 - 2 * x + 2, 0.0),
    "noisy_slope": lambda: plots.noisy_slope(functions.hills, (1, 0.5), noise=0.01),
    "path_on_field": lambda: plots.path_on_field(functions.hills, CIRCLE, t=1.0),
    "residuals_plot": lambda: plots.residuals_plot(X, Y, X),
    "sandpit_game": lambda: plots.sandpit_game(sandpit.play(lambda _: [3, 3], 0, dips=3)),
    "secant_to_tangent": lambda: plots.secant_to_tangent(np.exp, 0.5),
    "slices": lambda: plots.slices(functions.hills, (1, 0.5)),
    "spherical_volume": lambda: plots.spherical_volume(2, 0.8, 0.6),
    "stacked_derivatives": lambda: plots.stacked_derivatives(functions.sinusoid()),
    "step_errors": lambda: plots.step_errors(functions.hills, (1, 0.5), i=1),
    "strategies": lambda: plots.strategies({"hybrid": [4, 6, np.nan], "Newton": [3, 9, 9]}),
    "surface_with_tangent": lambda: plots.surface_with_tangent(functions.bowl, (1, 0.5)),
    "taylor_orders": lambda: plots.taylor_orders(np.sin, 0.5),
    "taylor_sheets": lambda: plots.taylor_sheets(functions.hills, (0.2, 0.3)),
    "vector_field": lambda: plots.vector_field(lambda p: np.array([-p[1], p[0]])),
    "weight_heat_map": lambda: plots.weight_heat_map([[0.1, -0.4], [0.0, 0.2]]),
    "which_starts_converge": lambda: plots.which_starts_converge(
        X[:3], X[:2], [[3, 4, np.nan], [np.nan, 5, 6]]
    ),
}


def test_every_figure_of_the_package_is_drawn_here_or_in_its_own_example() -> None:
    for name in set(plots.__all__) - set(FIGURES) - {"Figure"}:
        assert f">>> {name}(" in inspect.getdoc(getattr(plots, name)), name
    assert set(FIGURES) <= set(plots.__all__)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_an_image_with_one_sentence_that_holds_a_number(name: str) -> None:
    figure = FIGURES[name]()
    image = Image.open(io.BytesIO(figure.png))
    image.load()
    assert image.format == "PNG"
    assert image.width == 1080
    assert re.search(r"\d", figure.alt)
    assert figure.alt.endswith(".")
    assert "nan" not in figure.alt
    assert "\n" not in figure.alt
    assert len(figure.png) < 200_000


@pytest.mark.parametrize("name", ["gallery", "line_fit", "newton_basins"])
def test_a_figure_shows_itself_as_html_png_and_text(name: str) -> None:
    figure = FIGURES[name]()
    bundle = figure._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert f'alt="{html.escape(figure.alt)}"' in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]
    assert bundle["text/plain"] == repr(figure) == figure.alt


def test_quotes_in_an_alt_sentence_do_not_break_the_page() -> None:
    figure = draw(Scene([Panel([], (0, 1), (0, 1))], alt='1 < 2 & "3".'))
    assert 'alt="1 &lt; 2 &amp; &quot;3&quot;."' in figure._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_a_page_made_by_nbconvert_keeps_the_alt_sentence(template: str) -> None:
    figure = FIGURES["line_fit"]()
    shown = nbformat.v4.new_output("execute_result", figure._repr_mimebundle_())
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("f", outputs=[shown])])
    page, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    assert f'alt="{html.escape(figure.alt)}"' in page


def test_drawing_leaves_pyplot_alone() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    FIGURES["slices"]()
    assert plt.get_fignums() == before


# ── what a figure says is true ──────────────────────────────────────────────────────────────────

numbers = st.floats(-1.5, 1.5)


@settings(max_examples=25, deadline=None)
@given(numbers, numbers)
def test_the_arrow_is_the_gradient_and_crosses_the_contour(x: float, y: float) -> None:
    scene = contours_with_gradient_scene(functions.saddle, (x, y))
    layers = scene.panels[0].layers
    slope = functions.saddle.gradient([x, y])
    arrow = [layer for layer in layers if isinstance(layer, Arrows)]
    stroke = [layer for layer in layers if isinstance(layer, Line) and layer.dash == "dashed"]
    if np.linalg.norm(slope) < 1e-9:
        assert not arrow
        return
    shown = np.array([arrow[0].u[0], arrow[0].v[0]])
    assert shown @ slope == pytest.approx(np.linalg.norm(shown) * np.linalg.norm(slope))
    along = np.array([np.ptp(stroke[0].x), np.ptp(stroke[0].y)])
    ends = np.array([stroke[0].x[1] - stroke[0].x[0], stroke[0].y[1] - stroke[0].y[0]])
    assert np.linalg.norm(along) > 0
    assert ends @ slope == pytest.approx(0, abs=1e-9)
    assert f"its length {short(float(np.linalg.norm(slope)))}" in scene.alt


def test_a_stationary_point_has_no_arrow_and_length_zero() -> None:
    assert "its length 0," in plots.contours_with_gradient(functions.bowl, (0, 0)).alt


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (lambda f: plots.surface_with_tangent(f, (1, 0.5)), "height 1.5, slopes ∂f/∂x = 2 and"),
        (lambda f: plots.slices(f, (1, 0.5)), "along x the slope is 2, along y it is 2"),
        (lambda f: plots.contours_with_gradient(f, (1, 0.5)), "is (2, 2), its length 2.83"),
        (lambda f: plots.contours_with_gradient(f), "the steepest of them is"),
        (lambda f: plots.noisy_slope(f, (1, 0.5), noise=0.1), "about the slope 2,"),
        (lambda f: plots.taylor_sheets(f, (1, 0.5)), "wrong by up to"),
        (lambda f: plots.path_on_field(f, lambda t: np.array([t, 1.0]), 0.5), "df/dt, is 1."),
        (lambda f: plots.descent_paths(f, (1, 1), [0.25]), "rate 0.25 ends at f ="),
    ],
)
def test_a_plain_function_gives_the_same_figure_as_one_of_the_course(
    figure: Callable[[Any], Figure], said: str
) -> None:
    def bowl(p: Any) -> Any:
        return p[0] ** 2 + 2 * p[1] ** 2

    plain, known = figure(bowl), figure(functions.bowl)
    assert said in plain.alt
    assert re.sub(r"\S+e−\d+", "0", plain.alt) == re.sub(r"\S+e−\d+", "0", known.alt)


def test_a_function_that_takes_single_points_only_works_too() -> None:
    def careful(p: Any) -> float:
        x, y = (float(c) for c in p)
        return x * x if x > y else y * y

    assert (
        "At (1, 0.5) the gradient is (2, 0)" in plots.contours_with_gradient(careful, (1, 0.5)).alt
    )


def test_a_mirror_has_a_negative_determinant_and_the_same_area() -> None:
    figure = plots.grid_map(lambda p: np.array([p[1], p[0]]), (0.5, 0.5))
    assert "det J = −1, so areas grow by the factor 1." in figure.alt


def test_a_map_that_only_takes_single_points_works_too() -> None:
    figure = plots.grid_map(lambda p: [float(p[0]) * 2, float(p[1]) * 3], (0.5, 0.5))
    assert "det J = 6" in figure.alt


def test_line_fit_finds_the_best_line_and_tells_how_far_another_one_is() -> None:
    assert "the line y = 2 x + 1: the squares of the residuals add up to χ² = 0;" in (
        plots.line_fit([0, 1, 2], [1, 3, 5]).alt
    )
    assert "χ² = 3; the least possible is 0." in plots.line_fit([0, 1, 2], [1, 3, 5], 2, 0).alt


def test_newtons_method_on_the_cycle_comes_back() -> None:
    assert "after 6 steps it is at x = 0" in plots.newton_hops(lambda x: x**3 - 2 * x + 2, 0, 6).alt


def test_newtons_method_stops_where_the_slope_is_zero() -> None:
    assert (
        "after 0 steps it is at x = 0, where f is −1."
        in plots.newton_hops(lambda x: x**2 - 1, 0).alt
    )


def test_basins_of_a_student_are_drawn_as_given() -> None:
    figure = plots.newton_basins(np.array([[0, 1], [-1, 2]]))
    assert "25 % of the square belongs to root 0" in figure.alt


def test_the_gradients_are_parallel_at_the_least_point_of_the_constraint() -> None:
    def circle(p: Any) -> Any:
        return p[0] ** 2 + p[1] ** 2 - 1

    angles = []
    for along in np.linspace(0, 0.99, 34):
        alt = plots.lagrange_contours.__globals__["lagrange_contours_scene"](
            lambda p: p[0] + p[1], circle, along
        ).alt
        angles.append(float(re.search(r"stand at (\d+)°", alt)[1]))  # type: ignore[index]
    assert min(angles) < 8
    assert max(angles) > 172


def test_a_constraint_outside_the_window_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="g = 0 is nowhere in the window"):
        plots.lagrange_contours(functions.bowl, lambda p: p[0] + 100)


@pytest.mark.parametrize("at", [(1,), (1, 2, 3), (np.nan, 0), 1.0])
def test_a_point_that_is_none_is_refused_with_a_reason(at: Any) -> None:
    with pytest.raises(ValueError, match="two finite numbers"):
        plots.contours_with_gradient(functions.bowl, at)


def test_a_weight_that_is_none_is_refused_with_the_names() -> None:
    with pytest.raises(ValueError, match="w1, w2, b1"):
        plots.network_1_2_1({"w3": 1.0})


def test_a_fit_that_never_arrives_is_drawn_all_the_same() -> None:
    figure = plots.which_starts_converge([0, 1], [0, 1], np.full((2, 2), np.nan))
    assert "0 % of 4 starts arrive" in figure.alt


def test_a_matrix_of_zeros_and_a_level_field_are_drawn() -> None:
    assert "2 rows" in plots.weight_heat_map(np.zeros((2, 2))).alt
    assert "length 0" in plots.contours_with_gradient(lambda p: 0 * p[0], (1, 1)).alt


@settings(max_examples=20, deadline=None)
@given(st.floats(-180, 180), st.floats(5, 85))
def test_in_space_the_far_column_is_painted_first_and_in_it_the_low_tile(
    turn: float, lift: float
) -> None:
    view = space.View((-1, 1), (-1, 1), (0, 1), turn, lift)
    ground = sampling.grid((-1, 1), (-1, 1), 6)
    sheets = []
    for level, z in ((1, 0.8), (0, 0.2)):
        plain = space.tiles(np.stack([*ground, np.full((6, 6), z)]), colours.BLUE)
        name = [[cell, level, 0, 255] for cell in range(25)]
        sheets.append(space.Tiles(plain.corners, np.array(name, np.uint8), plain.edge))
    cells, levels = space.sheet(view, sheets).fill[:, :2].T.astype(int)
    middles = np.moveaxis(sheets[0].corners.mean(axis=1), -1, 0) * [[1], [1], [0]]
    assert (np.diff(view.flat(middles)[2][cells]) > -1e-5).all()
    for cell in range(25):
        assert levels[cells == cell].tolist() == [0, 1]


def test_the_tangent_plane_turns_with_the_view() -> None:
    scenes = [surface_with_tangent_scene(functions.bowl, (1, 1), turn=t) for t in (-60, 30)]
    assert scenes[0].alt == scenes[1].alt
    assert not np.array_equal(*(s.panels[0].layers[0].x for s in scenes))


# ── colours ───────────────────────────────────────────────────────────────────────────────────

# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(colour: str, matrix: Any) -> np.ndarray:
    """CIE L*a*b* of a colour as seen by someone."""
    srgb = colours.rgba(colour)[:3] / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(matrix) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.asarray(to_xyz) @ seen / [0.9505, 1.0, 1.089]
    fx, fy, fz = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_colours_of_lines_are_told_apart_by(kind: str) -> None:
    used = [colour for colour, _, _ in colours.SERIES]
    seen = [lab(colour, BLINDNESS[kind]) for colour in used]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 15


def test_lines_take_the_palette_of_okabe_and_ito_and_never_speak_by_colour_alone() -> None:
    for column in zip(*colours.SERIES, strict=True):
        assert len(set(column)) == len(colours.SERIES)
    assert {colour for colour, _, _ in colours.SERIES} <= set(colours.OKABE_ITO)
    assert {dash for _, dash, _ in colours.SERIES} == set(colours.DASHES)


def test_a_field_with_a_sign_is_white_at_zero_and_a_field_without_is_viridis() -> None:
    signed = Field(np.array([[-1.0, 0.0], [0.0, 3.0]]), (0, 1), (0, 1), signed=True)
    assert signed.limits == (-3, 3)
    assert signed.pixels[0, 1, :3].min() > 240
    field = Field(np.array([[0.0, 1.0]]), (0, 1), (0, 1))
    assert field.pixels[0].tolist() == [[68, 1, 84, 255], [253, 231, 37, 255]]


def test_ticks_of_a_colour_bar_say_the_values_where_they_stand() -> None:
    field = Field(np.array([[0.0, 100.0]]), (0, 1), (0, 1), log=True)
    for share, text in field.ticks:
        assert field.share(float(text)) == pytest.approx(share, abs=1e-9)
    assert len(field.ticks) >= 3


def test_contours_lie_where_the_field_has_their_level() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41))
    line = contour_lines(Field(x + 2 * y, (-1, 1), (-1, 1)), [0.5])
    on = np.isfinite(line.x)
    assert on.sum() > 10
    np.testing.assert_allclose((line.x + 2 * line.y)[on], 0.5, atol=1e-12)


@pytest.mark.parametrize(
    ("number", "text"),
    [(2.2360679, "2.24"), (-0.5, "−0.5"), (1234567.0, "1.23e6"), (0.0, "0"), (1e-17, "0")],
)
def test_numbers_are_written_short(number: float, text: str) -> None:
    assert short(number) == text


def test_points_and_labels_of_a_scene_keep_their_place() -> None:
    figure = draw(
        Scene([Panel([Points(np.array([0.5]), np.array([0.5]))], (0, 1), (0, 1))], alt="1 point.")
    )
    pixels = np.asarray(Image.open(io.BytesIO(figure.png)).convert("L"))
    rows, columns = np.nonzero(pixels[100:-100, 200:-200] < 60)
    assert abs(float(columns.mean()) + 200 - pixels.shape[1] / 2) < 60
    assert rows.size > 50
