"""A marking scheme is compiled the same way every time, and no more of it than is needed."""

from __future__ import annotations

from typing import Any

import pytest

from autograder import exercises
from autograder.compiler import compile_hidden, compile_public, slips
from autograder.exercise import Exercise
from helpers.marking import recognise
from helpers.probes import ask

WEEK = "week1_multivariate_calculus"
EXERCISES = exercises.of_week(WEEK)
SEED = b"one submission"


@pytest.fixture(params=["hessian", "jacobian", "classify"])
def exercise(request: pytest.FixtureRequest) -> Exercise:
    return EXERCISES[request.param]


def test_every_submission_is_asked_the_public_probes_first_and_then_its_own(
    exercise: Exercise,
) -> None:
    public = compile_public(exercise)
    one, count = compile_hidden(exercise, SEED, with_mistakes=False)
    other, _ = compile_hidden(exercise, b"another submission", with_mistakes=False)
    again, _ = compile_hidden(exercise, SEED, with_mistakes=False)
    assert count == len(public.probes)
    assert one.probes[:count] == other.probes[:count] == public.probes
    assert one.wanted[:count] == public.wanted
    assert list(map(repr, one.probes)) == list(map(repr, again.probes))
    assert list(map(repr, one.probes[count:])) != list(map(repr, other.probes[count:]))


def test_slips_tried_one_by_one_name_the_same_mistake_as_all_of_them(exercise: Exercise) -> None:
    whole, _ = compile_hidden(exercise, SEED)
    scheme, _ = compile_hidden(exercise, SEED, with_mistakes=False)
    for wrong in exercise.mistakes:
        outcomes = [ask(wrong.answers[0], probe) for probe in scheme.probes]
        kept, lazy = (
            recognise(whole, outcomes),
            recognise(scheme, outcomes, slips(exercise, scheme)),
        )
        assert kept is not None
        assert lazy is not None
        assert (
            (kept.name, kept.sentence) == (lazy.name, lazy.sentence) == (wrong.name, wrong.sentence)
        )


def test_a_slip_is_tried_only_as_far_as_it_fits() -> None:
    asked = []

    def counted(answer: Any) -> Any:
        return lambda *args: asked.append(answer) or answer(*args)

    original = EXERCISES["hessian"]
    exercise = Exercise("hessian", original.reference, original.groups, draws=original.draws)
    for wrong in original.mistakes:
        exercise.mistake(wrong.sentence, wrong.ask)(counted(wrong.answers[0]))
    scheme, _ = compile_hidden(exercise, SEED, with_mistakes=False)
    outcomes = [ask(lambda f, x: "nothing of the sort", probe) for probe in scheme.probes]
    assert recognise(scheme, outcomes, slips(exercise, scheme)) is None
    assert len(asked) < len(scheme.probes) * len(exercise.mistakes) / 4
