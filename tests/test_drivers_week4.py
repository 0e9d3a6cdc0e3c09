"""Week 4's drivers, and that its constrained problems have one answer whatever root finder looks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.exercises import week4_optimisation as week4
from helpers import drivers_week4, functions

GUESSES = (0.0, 0.1, 1.0, 0.5, -1.0, None)
SOLVERS = [(m, guess) for m in ("hybr", "lm", "by hand") for guess in GUESSES]
FAMILIES = [getattr(week4, name) for name in week4.SOLVED_ALIKE]


def stationary(problem: Any, method: str, guess: float | None) -> list[Any]:
    """What a root finder with this first λ finds; None stands for the λ that suits the start best."""
    _, grad_f, g, grad_g, starts = problem
    found = []
    for x in starts:
        first = week4._level(grad_f, grad_g, np.array(x, float)) if guess is None else guess
        if method == "by hand":
            found += newton(week4._conditions(grad_f, grad_g, g), np.append(x, first))
        else:
            found += week4._stationary(grad_f, g, grad_g, [x], (first,), method=method)
    return found


def newton(conditions: Any, v: Any) -> list[Any]:
    """Newton's method as a student writes it, with differences; nothing if it does not arrive."""
    for _ in range(60):
        steps = 1e-6 * np.eye(v.size)
        J = np.array([(conditions(v + e) - conditions(v - e)) / 2e-6 for e in steps]).T
        if not np.isfinite(J).all() or abs(np.linalg.det(J)) < 1e-300:
            return []
        step = np.linalg.solve(J, conditions(v))
        v = v - step
        if np.abs(step).max() < 1e-13:
            break
    return [v] if np.abs(conditions(v)).max() < 1e-8 else []


def is_solved_alike(problem: Any) -> bool:
    """Whether all solvers have the same lowest point, and no other comes near its height."""
    f = problem[0]
    lowest = np.append(*week4.solve_constrained(*problem))
    for method, guess in SOLVERS:
        found = stationary(problem, method, guess)
        best = min(found, key=lambda v: f(v[:-1]), default=None)
        if best is None or np.abs(best - lowest).max() > 1e-7:
            return False
        others = [v for v in found if np.abs(v - best).max() > 1e-3]
        if any(f(v[:-1]) - f(best[:-1]) < 0.1 for v in others):
            return False
    return True


def is_a_trap(problem: Any) -> bool:
    """Whether who believes every answer of a root finder ends too low."""
    f = problem[0]
    bottom = f(week4.solve_constrained(*problem)[0])
    ends = [week4._believed(problem, guess) for guess in (0.0, 1.0, 0.5)]
    return all(f(v[:-1]) < bottom - 0.1 for v in ends)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_usual_root_finder_finds_the_same_lowest_point(family: Any) -> None:
    for seed in week4.SOLVED_ALIKE[family.__name__][:4]:
        problem = family(np.random.default_rng(seed))
        assert is_solved_alike(problem)
        assert family is not week4._in_a_trap or is_a_trap(problem)


def test_a_watched_function_may_be_called_at_the_ends_and_not_beyond() -> None:
    f = functions.polynomial(coefficients=[0, 1])
    assert drivers_week4.inside(lambda f, dfdx, a, b: f(a) + f(b), f, f.derivative, -1.0, 2.0) == 1
    with pytest.raises(drivers_week4.OutsideError, match="outside"):
        drivers_week4.inside(lambda f, dfdx, a, b: f(b + 0.1), f, f.derivative, -1.0, 2.0)
    with pytest.raises(drivers_week4.OutsideError):
        drivers_week4.inside(lambda f, dfdx, a, b: f(np.nan), f, f.derivative, -1.0, 2.0)


def test_a_watched_call_is_written_as_a_student_would_type_it() -> None:
    f = functions.polynomial(coefficients=[0, 1])
    text = drivers_week4.inside_text("safe_newton", f, f.derivative, -1.0, 2.0)
    assert text.startswith("safe_newton(")
    assert "-1, 2" in text


def test_descents_counts_the_pits_that_are_won() -> None:
    assert drivers_week4.descents(lambda f, J, H: -0.1 * J, range(10)) >= 8
    assert drivers_week4.descents(lambda f, J, H: 0.3 * J, range(10)) <= 1
