"""Compile an exercise to a marking scheme of plain data: probes drawn, references run, slips tried."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograder import exercises
from autograder.exercise import Exercise, cases
from helpers.marking import Mistake, Scheme, Trial, compared, judge
from helpers.probes import Outcome, Probe, ask, resolve

PUBLIC_SEED = b"public"


def generator(seed: bytes, *names: str) -> np.random.Generator:
    """A random generator that depends on every byte of the seed and the names."""
    digest = hashlib.sha256(b"\0".join([seed, *(name.encode() for name in names)])).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def compile_public(exercise: Exercise) -> Scheme:
    """The scheme that may be released: public probes, what was wanted, what each slip answers."""
    scheme = _scheme(exercise, PUBLIC_SEED, *_public(exercise))
    return replace(scheme, mistakes=_try_mistakes(exercise, scheme))


def compile_hidden(
    exercise: Exercise, seed: bytes, with_mistakes: bool = True
) -> tuple[Scheme, int]:
    """The scheme one submission is graded with, and how many of its probes are public.

    Parameters
    ----------
    exercise : Exercise
    seed : bytes
        Fresh for every submission; the same seed gives the same probes.
    with_mistakes : bool
        Whether to try the catalogued slips on the probes too.
    """
    probes, wanted = _public(exercise)
    fresh = _draw(exercise, seed, public=False)
    scheme = _scheme(exercise, seed, probes + fresh, wanted + _ask_reference(exercise, fresh))
    if with_mistakes:
        scheme = replace(scheme, mistakes=_try_mistakes(exercise, scheme))
    return scheme, len(probes)


def slips(exercise: Exercise, scheme: Scheme) -> Iterator[tuple[Mistake, Iterator[Outcome]]]:
    """Every catalogued slip with its answers to the probes of a scheme, each tried when it is asked for."""
    for wrong in exercise.mistakes:
        named = Mistake(wrong.name, wrong.sentence, wrong.ask, ())
        yield from ((named, _tried(scheme, answer)) for answer in wrong.answers)


def compile_one(name: str, probes: str = "public") -> Scheme:
    """The scheme of the exercise called `name`, for checking a solution on the instructor's machine."""
    found = exercises.find(name)
    if probes == "public":
        return compile_public(found)
    return compile_hidden(found, secrets.token_bytes(32))[0]


@functools.cache
def _public(exercise: Exercise) -> tuple[tuple[Probe, ...], tuple[Outcome, ...]]:
    """The public probes and what is wanted: the same for every submission."""
    probes = _draw(exercise, PUBLIC_SEED, public=True)
    return probes, _ask_reference(exercise, probes)


def _draw(exercise: Exercise, seed: bytes, public: bool) -> tuple[Probe, ...]:
    if exercise.is_value:
        return tuple(Probe(group, None) for group in exercise.groups) if public else ()
    probes: list[Probe] = []
    for draws in exercise.draws:
        if public and not draws.visible:
            continue
        rng = generator(seed, exercise.name, draws.draw.__name__)
        probes += [Probe(draws.group, c.args, c.calls, c.drive) for c in cases(draws.draw, rng)]
    return tuple(probes)


def _ask_reference(exercise: Exercise, probes: tuple[Probe, ...]) -> tuple[Outcome, ...]:
    """What is wanted, as it is compared."""
    reference = exercise() if exercise.is_value else exercise.reference
    return tuple(_viewed(exercise, ask(reference, probe)) for probe in probes)


def _scheme(
    exercise: Exercise, seed: bytes, probes: tuple[Probe, ...], wanted: tuple[Outcome, ...]
) -> Scheme:
    return Scheme(
        exercise.name,
        exercise.groups,
        probes,
        wanted,
        (),
        _trials(exercise, seed),
        exercise.refuses,
        exercise.view,
    )


def _viewed(exercise: Exercise, outcome: Outcome) -> Outcome:
    if not exercise.view or outcome.errors:
        return outcome
    return Outcome(resolve(exercise.view)(outcome.value), changed=outcome.changed)


def _try_mistakes(exercise: Exercise, scheme: Scheme) -> tuple[Mistake, ...]:
    def rows(answers: tuple[Any, ...]) -> tuple[tuple[Outcome, ...], ...]:
        return tuple(tuple(_tried(scheme, answer)) for answer in answers)

    return tuple(
        Mistake(wrong.name, wrong.sentence, wrong.ask, rows(wrong.answers))
        for wrong in exercise.mistakes
    )


def _tried(scheme: Scheme, answer: Any) -> Iterator[Outcome]:
    """What is compared of a slip, to be stored in few bytes: the wanted outcome itself where right."""
    for probe, wanted in zip(scheme.probes, scheme.wanted, strict=True):
        got = ask(answer, probe)
        wrong = judge(scheme, probe, wanted, got)
        yield replace(compared(scheme, got), message="") if wrong else wanted


def _trials(exercise: Exercise, seed: bytes) -> tuple[Trial, ...]:
    def seeds(group: str, games: int) -> tuple[int, ...]:
        rng = generator(seed, exercise.name, group)
        return tuple(int(n) for n in rng.integers(2**31, size=games))

    return tuple(
        Trial(game.group, game.play, seeds(game.group, game.games), game.at_least)
        for game in exercise.games
    )
