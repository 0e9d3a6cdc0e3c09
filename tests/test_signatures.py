"""Every exercise that the syllabus fixes is there, with the names and the arguments that it fixes."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import exercises

FOLDER = Path(__file__).parents[1] / "notebooks"
VARIABLE = ""
SIGNATURES = {
    "week0_foundations": {
        "forward_difference": "(f, x, h)",
        "central_difference": "(f, x, h)",
        "second_difference": "(f, x, h)",
        "best_step": "(hs, errors)",
        "tangent_line": "(f, dfdx, a)",
        "product_rule": "(f, dfdx, g, dgdx)",
        "quotient_rule": "(f, dfdx, g, dgdx)",
        "chain_rule": "(dfdu, u, dudx)",
        "beast_derivative": "(x)",
        "antiderivative_holds": "(F, f, xs)",
        "match_derivatives": VARIABLE,
        "Dual": "(value, slope)",
    },
    "week1_multivariate_calculus": {
        "partial": "(f, x, i, h=1e-05)",
        "gradient": "(f, x)",
        "gradient_by_hand": "(x, y, z)",
        "jacobian": "(F, x)",
        "hessian": "(f, x)",
        "total_derivative": "(f, path, t)",
        "directional_derivative": "(g, u)",
        "spherical_jacobian": "(r, theta, phi)",
        "area_scale": "(F, x)",
        "classify": "(H)",
        "next_dip": "(history)",
    },
    "week2_chain_rule": {
        "chain": "(J_f, J_x, dx_dt)",
        "logistic": "(z)",
        "d_logistic": "(z)",
        "not_gate": VARIABLE,
        "forward": "(params, x)",
        "mean_cost": "(params, x, y)",
        "neuron_gradient": "(w, b, x, y)",
        "J_b3": "(x, y)",
        "J_b2": "(x, y)",
        "J_W1": "(x, y)",
        "J_b1": "(x, y)",
        "backprop": "(params, x, y)",
        "gradient_check": "(f, grad, x)",
        "minibatches": "(n, size, rng)",
        "sgd_step": "(params, grads, rate)",
        "Value": "(data)",
    },
    "week3_taylor_series": {
        "maclaurin_coefficients": "(name, n)",
        "taylor_polynomial": "(derivatives, a)",
        "linearise": "(f, dfdx, a)",
        "remainder_bound": "(M, n, a, x)",
        "terms_needed": "(x, tol)",
        "radius_of_convergence": "(coefficients)",
        "convergence_order": "(hs, errors)",
        "parity": "(coefficients)",
        "taylor2": "(f, J, H, p)",
        "guess_the_order": VARIABLE,
        "series_multiply": "(a, b)",
        "series_exp": "(a)",
    },
    "week4_optimisation": {
        "newton_raphson": "(f, dfdx, x0, tol=1e-10, max_steps=50)",
        "safe_newton": "(f, dfdx, a, b, tol=1e-12)",
        "basins": "(f, dfdz, z, roots, steps=40)",
        "gradient_descent": "(grad, x0, rate, steps)",
        "max_stable_rate": "(H)",
        "backtracking": "(f, grad, x, direction, alpha=1.0, rho=0.5, c=0.0001)",
        "next_step": "(f, J, H)",
        "momentum_descent": "(grad, x0, rate, beta, steps)",
        "lagrange_conditions": "(grad_f, grad_g, g)",
        "solve_constrained": "(f, grad_f, g, grad_g, starts)",
        "choose_method": VARIABLE,
    },
    "week5_regression": {
        "chi_squared": "(y, y_fit, sigma=1.0)",
        "linfit": "(x, y)",
        "line_uncertainty": "(x, y)",
        "weighted_line": "(x, y, sigma)",
        "design_matrix": "(x, degree)",
        "gaussian": "(x, mu, sig)",
        "dfdmu": "(x, mu, sig)",
        "dfdsig": "(x, mu, sig)",
        "steepest_step": "(x, y, mu, sig, aggression)",
        "peak_jacobian": "(x, b)",
        "descend": "(step, b0, steps)",
        "gauss_newton": "(model, jacobian, x, y, b0, steps=20)",
        "levenberg_marquardt": "(model, jacobian, x, y, b0)",
        "few_lines_fit": "(model, x, y, p0)",
        "residual_verdict": VARIABLE,
    },
}


def bare(function: Any) -> str:
    """The arguments of a function or a class, without annotations."""
    signature = inspect.signature(function)
    arguments = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(inspect.Signature(arguments))


def asked(week: str) -> dict[str, str]:
    """The arguments that the notebook's stubs have, by name."""
    notebook = nbformat.read(FOLDER / week / f"{week}.ipynb", as_version=4)
    found: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id in SIGNATURES[week]:
            found |= _defined(ast.parse(cell.source), cell.id)
    return found


def _defined(tree: ast.Module, name: str) -> dict[str, str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            node = next(n for n in node.body if getattr(n, "name", "") == "__init__")
            node.args.args.pop(0)
            return {name: _arguments(node.args)}
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return {name: _arguments(node.args)}
    return {name: VARIABLE}


def _arguments(arguments: ast.arguments) -> str:
    for argument in arguments.args:
        argument.annotation = None
    return bare(eval(f"lambda {ast.unparse(arguments)}: None"))


@pytest.mark.parametrize("week", SIGNATURES)
def test_a_week_asks_at_least_what_the_syllabus_fixes(week: str) -> None:
    found = {
        name: VARIABLE if exercise.is_value else bare(exercise.reference)
        for name, exercise in exercises.of_week(week).items()
    }
    assert found | SIGNATURES[week] == found


@pytest.mark.parametrize("week", SIGNATURES)
def test_the_stubs_of_a_week_have_the_arguments_that_the_syllabus_fixes(week: str) -> None:
    stubs = asked(week)
    assert stubs.keys() == SIGNATURES[week].keys()
    for name, arguments in SIGNATURES[week].items():
        more = stubs[name].removeprefix(arguments.removesuffix(")"))
        assert more == arguments[-1:] or re.fullmatch(r", \w+=.*\)", more), stubs[name]


def test_every_week_of_the_course_is_here() -> None:
    assert set(SIGNATURES) == set(exercises.weeks()) == {p.name for p in FOLDER.glob("week*")}
