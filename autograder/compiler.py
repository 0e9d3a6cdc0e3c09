"""Compile an exercise to a marking scheme of plain data: probes drawn, references run, slips tried."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import Any

import numpy as np

from autograder import exercises
from autograder.exercise import Exercise, cases
from helpers.marking import Mistake, Scheme, Trial, judge
from helpers.probes import Outcome, Probe, ask, resolve

PUBLIC_SEED = b"public"


def generator(seed: bytes, *names: str) -> np.random.Generator:
    """A random generator that depends on every byte of the seed and the names."""
    digest = hashlib.sha256(b"\0".join([seed, *(name.encode() for name in names)])).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def compile_public(exercise: Exercise) -> Scheme:
    """The scheme that may be released: public probes, what was wanted, what each slip answers."""
    return _compile(exercise, _draw(exercise, PUBLIC_SEED, public=True), PUBLIC_SEED)


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
    public = _draw(exercise, PUBLIC_SEED, public=True)
    fresh = _draw(exercise, seed, public=False)
    return _compile(exercise, public + fresh, seed, with_mistakes), len(public)


def compile_one(name: str, probes: str = "public") -> Scheme:
    """The scheme of the exercise called `name`, for checking a solution on the instructor's machine."""
    found = exercises.find(name)
    if probes == "public":
        return compile_public(found)
    return compile_hidden(found, secrets.token_bytes(32))[0]


def _draw(exercise: Exercise, seed: bytes, public: bool) -> list[Probe]:
    if exercise.is_value:
        return [Probe(group, None) for group in exercise.groups] if public else []
    probes = []
    for draws in exercise.draws:
        if public and not draws.visible:
            continue
        rng = generator(seed, exercise.name, draws.draw.__name__)
        probes += [Probe(draws.group, c.args, c.calls, c.drive) for c in cases(draws.draw, rng)]
    return probes


def _compile(
    exercise: Exercise, probes: list[Probe], seed: bytes, with_mistakes: bool = True
) -> Scheme:
    reference = exercise() if exercise.is_value else exercise.reference
    wanted = tuple(ask(reference, probe) for probe in probes)
    scheme = Scheme(
        exercise.name,
        exercise.groups,
        tuple(probes),
        tuple(_viewed(exercise, outcome) for outcome in wanted),
        (),
        _trials(exercise, seed),
        exercise.refuses,
        exercise.view,
    )
    return replace(scheme, mistakes=_try_mistakes(exercise, scheme)) if with_mistakes else scheme


def _viewed(exercise: Exercise, outcome: Outcome) -> Outcome:
    if not exercise.view or outcome.errors:
        return outcome
    return Outcome(resolve(exercise.view)(outcome.value), changed=outcome.changed)


def _try_mistakes(exercise: Exercise, scheme: Scheme) -> tuple[Mistake, ...]:
    def outcome(answer: Any, probe: Probe, wanted: Outcome) -> Outcome:
        """What the slip answers, to be stored in few bytes: the wanted outcome itself where right."""
        got = ask(answer, probe)
        return replace(got, message="") if judge(scheme, probe, wanted, got) else wanted

    def row(answer: Any) -> tuple[Outcome, ...]:
        asked = zip(scheme.probes, scheme.wanted, strict=True)
        return tuple(outcome(answer, probe, wanted) for probe, wanted in asked)

    return tuple(
        Mistake(wrong.name, wrong.sentence, wrong.ask, tuple(map(row, wrong.answers)))
        for wrong in exercise.mistakes
    )


def _trials(exercise: Exercise, seed: bytes) -> tuple[Trial, ...]:
    def seeds(group: str, games: int) -> tuple[int, ...]:
        rng = generator(seed, exercise.name, group)
        return tuple(int(n) for n in rng.integers(2**31, size=games))

    return tuple(
        Trial(game.group, game.play, seeds(game.group, game.games), game.at_least)
        for game in exercise.games
    )
