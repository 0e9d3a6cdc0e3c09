"""Every outcome of the syllabus is taught somewhere, mostly played with, and checked.

The table says where: the ids of the cells that teach it, the figures that show it, and the exercises (or the
question in words) that check it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import exercises

FOLDER = Path(__file__).parents[1] / "notebooks"
IN_WORDS = "in_words"


class Outcome(NamedTuple):
    """An outcome, and the cells and exercises that stand for it, their names separated by spaces."""

    says: str
    taught: str
    played: str
    checked: str


OUTCOMES: dict[str, list[Outcome]] = {
    "week0_foundations": [
        Outcome("functions as models", "models tea-lid", "tea-picture", "tangent_line"),
        Outcome(
            "rise over run",
            "rise-over-run both-sides",
            "secant-picture secant-widget",
            "forward_difference central_difference",
        ),
        Outcome(
            "the derivative as a limit",
            "derivative notation",
            "secant-widget",
            "forward_difference",
        ),
        Outcome("the derivative as a linear approximation", "best-line", "", "tangent_line"),
        Outcome(
            "where there is no derivative",
            "where-it-fails",
            "fails-picture fails-widget",
            "in_words",
        ),
        Outcome(
            "power, sum, product and quotient rule",
            "rules rules-of-building product-story quotient-story",
            "quotient-picture",
            "product_rule quotient_rule beast_derivative",
        ),
        Outcome("the chain rule", "chain small-beast", "", "chain_rule beast_derivative"),
        Outcome("exp, sin and 1/x", "rules rules-worked radians", "", "beast_derivative Dual"),
        Outcome(
            "the second derivative",
            "second bend-formula",
            "stacked-picture stacked-widget",
            "second_difference",
        ),
        Outcome(
            "anti-derivatives",
            "backwards constants checking",
            "constants-picture",
            "antiderivative_holds",
        ),
        Outcome(
            "the derivative sketched from the function",
            "sketching sketching-worked",
            "sketching-picture riddle-picture",
            "match_derivatives",
        ),
        Outcome(
            "truncation against rounding error",
            "how-small balance nan",
            "v-picture",
            "best_step in_words",
        ),
        Outcome("numbers that carry their slope", "duals duals-worked classes", "", "Dual"),
    ],
    "week1_multivariate_calculus": [
        Outcome("variables and parameters", "what-varies roles-by-context", "", "gradient_by_hand"),
        Outcome(
            "partial derivatives",
            "one-at-a-time central-difference by-hand-worked",
            "slices-picture",
            "partial gradient_by_hand",
        ),
        Outcome(
            "total derivatives",
            "along-a-path total-formula explicit-time",
            "path-picture",
            "total_derivative",
        ),
        Outcome(
            "the Jacobian of a scalar field",
            "which-way-up gradient-named",
            "gradient-widget",
            "gradient",
        ),
        Outcome(
            "direction and length of the gradient",
            "gradient-notice directional",
            "gradient-picture",
            "directional_derivative",
        ),
        Outcome("vector fields", "many-outputs", "swirl-picture", "jacobian"),
        Outcome("the Jacobian matrix", "jacobian-matrix jacobian-worked", "", "jacobian"),
        Outcome("a linear map is its own Jacobian", "linear-map", "grid-picture", "jacobian"),
        Outcome("change of variables", "stretching grid-notice", "grid-widget", "area_scale"),
        Outcome(
            "polar and spherical determinant",
            "polar-story spherical-story",
            "polar-picture spherical-picture",
            "spherical_jacobian area_scale",
        ),
        Outcome("the Hessian and its symmetry", "curvature hessian-symmetric", "", "hessian"),
        Outcome(
            "determinant and eigenvalues of the Hessian",
            "curvature-eigen determinant-test",
            "gallery",
            "classify in_words",
        ),
        Outcome(
            "stationary points", "stationary stationary-worked", "stationary-picture", "classify"
        ),
        Outcome(
            "finite differences: step and noise",
            "how-small noise-predict",
            "step-picture noise-picture",
            "gradient in_words",
        ),
        Outcome("why real problems are hard", "why-hard hard-reasons", "sandpit-game", "next_dip"),
    ],
    "week2_chain_rule": [
        Outcome("row times column", "row-times-column chain-of-three", "", "chain"),
        Outcome("nested chains of Jacobians", "dominoes brackets", "", "chain"),
        Outcome(
            "neuron, weight, bias, activation",
            "one-neuron gates",
            "activations-picture",
            "logistic d_logistic not_gate",
        ),
        Outcome("layers as matrices", "layers layers-numbered columns-are-examples", "", "forward"),
        Outcome("counting parameters", "layers-numbered count-notice", "network-widget", "forward"),
        Outcome("the cost over a training set", "mean-cost", "", "mean_cost"),
        Outcome("the cost landscape", "landscape", "landscape-widget", "neuron_gradient"),
        Outcome(
            "back-propagation from the last layer",
            "last-layer one-layer-back any-depth",
            "heat-map train-live",
            "J_b3 J_b2 J_W1 J_b1 backprop",
        ),
        Outcome("gradient checking", "trust-but-check how-to-read-it", "", "gradient_check"),
        Outcome(
            "stochastic descent by mini-batches",
            "by-handfuls new-from-old",
            "sgd-run-code",
            "minibatches sgd_step",
        ),
        Outcome("vanishing gradients", "vanishing cures", "vanishing-picture", "in_words"),
        Outcome(
            "forward and reverse accumulation",
            "forwards-or-backwards the-tape operators",
            "tape-picture",
            "Value",
        ),
    ],
    "week3_taylor_series": [
        Outcome(
            "approximation order by order",
            "order-by-order why-factorials",
            "exp-picture orders-widget",
            "maclaurin_coefficients taylor_polynomial",
        ),
        Outcome(
            "Maclaurin and Taylor",
            "maclaurin-named any-centre root-worked",
            "log-about-one",
            "maclaurin_coefficients taylor_polynomial",
        ),
        Outcome("the five power series", "five-series", "orders-widget", "maclaurin_coefficients"),
        Outcome("parity", "even-odd cos-notice", "cos-picture", "parity"),
        Outcome(
            "radius of convergence and complex singularities",
            "where-it-stops tame-function disc-notice ratio-test",
            "disc-widget",
            "radius_of_convergence in_words",
        ),
        Outcome("discontinuity", "jumps", "disc-picture", "in_words"),
        Outcome(
            "linearisation and its error",
            "straight-line big-o pendulum",
            "tangent-picture",
            "linearise",
        ),
        Outcome(
            "bounding the remainder",
            "how-wrong why-remainder error-is-not-term",
            "sine-picture",
            "remainder_bound terms_needed",
        ),
        Outcome(
            "the error of differences from the series",
            "difference-errors central-derived least-squares",
            "v-picture slopes-picture",
            "convergence_order in_words",
        ),
        Outcome("multivariate Taylor", "many-inputs taylor2-worked", "sheets-picture", "taylor2"),
        Outcome("telling the orders apart", "tell-apart", "guess-picture", "guess_the_order"),
        Outcome(
            "arithmetic of series",
            "series-as-numbers exp-of-series",
            "",
            "series_multiply series_exp",
        ),
    ],
    "week4_optimisation": [
        Outcome(
            "Newton and Raphson",
            "follow-the-tangent when-to-stop",
            "square-curve",
            "newton_raphson",
        ),
        Outcome(
            "when Newton fails",
            "when-it-fails three-failures basins-traps",
            "play-with-hops basins-picture",
            "safe_newton basins",
        ),
        Outcome(
            "going down the gradient", "down-the-slope", "play-with-the-rate", "gradient_descent"
        ),
        Outcome("directional derivatives", "how-far", "", "backtracking"),
        Outcome(
            "step size and conditioning",
            "eigenvalues-decide conditioning",
            "four-rates",
            "max_stable_rate",
        ),
        Outcome(
            "local and global",
            "local-and-global two-starts-notice",
            "",
            "solve_constrained in_words",
        ),
        Outcome(
            "Newton in many dimensions, safeguarded",
            "newton-on-a-hillside two-questions",
            "four-strategies-play",
            "next_step",
        ),
        Outcome("line search", "how-far backtracking-worked", "", "backtracking"),
        Outcome("momentum", "heavy-ball", "", "momentum_descent"),
        Outcome(
            "choosing a method",
            "choosing methods-table",
            "four-strategies-play",
            "choose_method",
        ),
        Outcome(
            "Lagrange multipliers",
            "stay-on-the-path lagrange-worked as-a-root",
            "play-with-lagrange",
            "lagrange_conditions solve_constrained",
        ),
        Outcome("library solvers", "a-root-finder library-notice", "", "solve_constrained"),
    ],
    "week5_regression": [
        Outcome("residuals", "residuals why-squares", "hubble-by-hand", "chi_squared"),
        Outcome(
            "chi squared with and without sigma",
            "sigma-story weights",
            "weights-example",
            "chi_squared weighted_line",
        ),
        Outcome(
            "normal equations, centring",
            "best-line why-centre linear-in-b",
            "hubble-line-picture",
            "linfit design_matrix",
        ),
        Outcome(
            "uncertainty and covariance", "how-sure covariance", "band-picture", "line_uncertainty"
        ),
        Outcome(
            "look at the data", "look leverage", "anscombe-one anscombe-four", "residual_verdict"
        ),
        Outcome(
            "the Jacobian of a model",
            "model-jacobian heights-slopes",
            "peak-picture",
            "peak_jacobian gaussian dfdmu dfdsig",
        ),
        Outcome(
            "steepest descent on chi squared",
            "chi-gradient valley",
            "valley-picture heights-play",
            "steepest_step descend",
        ),
        Outcome("Gauss and Newton", "newton newton-and-hessian", "valley-picture", "gauss_newton"),
        Outcome("Levenberg and Marquardt", "bad-starts damping", "", "levenberg_marquardt"),
        Outcome("bad starts", "bad-starts starts-notice", "starts-picture", "levenberg_marquardt"),
        Outcome("a fit in a few lines", "few-lines", "", "few_lines_fit"),
        Outcome(
            "checking a fit by its residuals",
            "check-the-fit anscombe-residuals",
            "errors-by-formula",
            "residual_verdict in_words",
        ),
    ],
}
ROWS = [
    pytest.param(week, outcome, id=f"{week}-{outcome.says}")
    for week, outcomes in OUTCOMES.items()
    for outcome in outcomes
]


@cache
def cells(week: str) -> dict[str, NotebookNode]:
    notebook = nbformat.read(FOLDER / week / f"{week}.ipynb", as_version=4)
    return {cell.id: cell for cell in notebook.cells}


@pytest.mark.parametrize(("week", "outcome"), ROWS)
def test_an_outcome_is_taught_in_cells_of_prose(week: str, outcome: Outcome) -> None:
    assert outcome.taught
    for name in outcome.taught.split():
        assert cells(week)[name].cell_type == "markdown", name


@pytest.mark.parametrize(("week", "outcome"), ROWS)
def test_an_outcome_is_played_with_in_cells_that_draw(week: str, outcome: Outcome) -> None:
    for name in outcome.played.split():
        assert re.search(r"\b(plots|widgets)\.\w+\(", cells(week)[name].source), name


@pytest.mark.parametrize(("week", "outcome"), ROWS)
def test_an_outcome_is_checked_by_an_exercise_or_in_words(week: str, outcome: Outcome) -> None:
    assert outcome.checked
    for name in outcome.checked.split():
        graded = cells(week)[name if name == IN_WORDS else f"check_{name}"]
        assert graded.metadata.nbgrader.points > 0, name


def test_every_week_has_its_outcomes_in_the_table() -> None:
    assert set(OUTCOMES) == {path.name for path in FOLDER.glob("week*")}


@pytest.mark.parametrize("week", OUTCOMES)
def test_every_exercise_of_a_week_checks_one_of_its_outcomes(week: str) -> None:
    checked = {name for outcome in OUTCOMES[week] for name in outcome.checked.split()}
    assert set(exercises.of_week(week)) | {IN_WORDS} == checked


@pytest.mark.parametrize("week", OUTCOMES)
def test_most_outcomes_of_a_week_have_a_figure_and_one_of_them_moves(week: str) -> None:
    played = [outcome.played for outcome in OUTCOMES[week]]
    assert sum(map(bool, played)) > len(played) / 2
    names = " ".join(played).split()
    assert any("widgets." in cells(week)[name].source for name in names)
