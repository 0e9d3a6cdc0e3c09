"""Mark an answer: ask its probes, compare with what was wanted, and name the slip.

The same code runs in a student's notebook (public probes, from ``checks.json``) and in the grading process
(public and hidden probes); only who asks the answer differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from helpers.compare import Difference, difference, numbers
from helpers.plain import Opaque
from helpers.probes import Outcome, Probe, resolve

RESEMBLANCE = 0.02  # an answer's error may differ from a slip's by this share of it
ENOUGH = 2  # an answer that hung or killed its process this often is not asked again
SAME = "Your answer is the same each time, whatever it is asked."
DOTS = Opaque(f"an object of type {type(...).__name__}")  # a variable still set to ...


@dataclass(frozen=True)
class Group:
    """Some of an exercise's points and how they are won: all of its probes must pass.

    An infinite `rtol` asks for the right type and shape and for finite numbers, whatever they are. A group
    without points holds clues: its probes cost nothing and are never shown, they only help to name a slip.
    """

    points: float
    rtol: float
    unchanged: bool = False


@dataclass(frozen=True)
class Mistake:
    """A named slip and what is compared of its answer to each probe; several rows where it has variants."""

    name: str
    sentence: str
    ask: str
    rows: tuple[tuple[Outcome, ...], ...]


@dataclass(frozen=True)
class Trial:
    """A game the answer has to win often enough: ``play(answer, seeds)`` counts the wins.

    Games are played one by one until it is known whether ``at_least`` (a share of all) are won.
    """

    group: str
    play: str
    seeds: tuple[int, ...]
    at_least: float


@dataclass(frozen=True)
class Scheme:
    """A marking scheme, compiled to plain data.

    Attributes
    ----------
    name : str
        Name of the exercise.
    groups : dict of str to Group
    probes : tuple of Probe
    wanted : tuple of Outcome
        What the reference gives for each probe.
    mistakes : tuple of Mistake
    trials : tuple of Trial
    refuses : tuple of str
        Functions and modules that may not do the exercise.
    view : str
        ``"module:function"`` applied to a value before it is compared; empty for none.
    """

    name: str
    groups: dict[str, Group]
    probes: tuple[Probe, ...] = ()
    wanted: tuple[Outcome, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    trials: tuple[Trial, ...] = ()
    refuses: tuple[str, ...] = ()
    view: str = ""

    @property
    def points(self) -> float:
        """All points of the exercise."""
        return sum(group.points for group in self.groups.values())


@dataclass(frozen=True)
class Finding:
    """A probe that did not go as it should."""

    probe: Probe
    wanted: Outcome
    got: Outcome
    sentence: str
    hidden: bool = False


@dataclass(frozen=True)
class Report:
    """The result of marking one answer."""

    name: str
    points: float
    max_points: float
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    mistake: Mistake | None = None
    groups: dict[str, float] = field(default_factory=dict)
    answered: bool = True
    outcomes: tuple[Outcome, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every point was won."""
        return self.points >= self.max_points


Asker = Callable[[Probe], Outcome]


def mark(scheme: Scheme, asker: Asker, answer: Any = None, public: int | None = None) -> Report:
    """Mark one answer.

    Parameters
    ----------
    scheme : Scheme
    asker : callable
        Takes a Probe and returns the Outcome; the answer itself may live in another process.
    answer : callable, optional
        What trials play with; by default the asker is called with a plain probe.
    public : int, optional
        How many probes, from the first, are public; the others are reported without their values.

    Returns
    -------
    Report
    """
    outcomes = _ask_all(scheme.probes, asker)
    seen = len(outcomes) if public is None else public
    findings = [
        Finding(probe, wanted, compared(scheme, got), sentence, hidden=i >= seen)
        for i, (probe, wanted, got) in enumerate(
            zip(scheme.probes, scheme.wanted, outcomes, strict=True)
        )
        if scheme.groups[probe.group].points and (sentence := judge(scheme, probe, wanted, got))
    ]
    lost = {finding.probe.group for finding in findings}
    if outcomes and all(_unanswered(outcome) for outcome in outcomes):
        return Report(scheme.name, 0.0, scheme.points, answered=False)
    remarks = _returns_nothing(scheme, outcomes) + _play(
        scheme, _caller(asker) if answer is None else answer, lost
    )
    if lost and _never_varies(scheme, outcomes):
        fails = bool(outcomes[0].errors) and not _worth(scheme) - lost  # its error says it all
        lost, remarks = set(scheme.groups), remarks or [SAME] * (not fails)
    won = {name: 0.0 if name in lost else group.points for name, group in scheme.groups.items()}
    mistake = recognise(scheme, outcomes) if lost else None
    return Report(
        scheme.name,
        sum(won.values()),
        scheme.points,
        tuple(findings),
        tuple(remarks),
        mistake,
        won,
        outcomes=tuple(outcomes),
    )


def _ask_all(probes: tuple[Probe, ...], asker: Asker) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for probe in probes:
        lost = [o for o in outcomes if o.errors[:1] in {("TimeoutError",), ("ProcessEnded",)}]
        outcomes.append(lost[-1] if len(lost) >= ENOUGH else asker(probe))
    return outcomes


def _unanswered(outcome: Outcome) -> bool:
    left = outcome.errors[:1] in {("NotImplementedError",), ("NotAnswered",)}
    return left or (isinstance(outcome.value, Opaque) and outcome.value == DOTS)


def _returns_nothing(scheme: Scheme, outcomes: list[Outcome]) -> list[str]:
    """The remark for a function without a return, the one slip every exercise shares."""
    silent = outcomes and all(got.value is None and not got.errors for got in outcomes)
    if not silent or any(wanted.value is None and not wanted.errors for wanted in scheme.wanted):
        return []
    return ["Your answer is None each time. Does it hand its result back with return?"]


def _worth(scheme: Scheme) -> set[str]:
    return {name for name, group in scheme.groups.items() if group.points}


def _never_varies(scheme: Scheme, outcomes: list[Outcome]) -> bool:
    """Whether one and the same came to every probe, though not the same was wanted.

    Always raising ValueError, or always returning inf, answers nothing, not even the probes where it is right.
    """
    marked = [i for i, probe in enumerate(scheme.probes) if scheme.groups[probe.group].points]
    wanted, got = [scheme.wanted[i] for i in marked], [outcomes[i] for i in marked]
    return all(_alike(got[0], one) for one in got) and not all(
        _alike(wanted[0], one) for one in wanted
    )


def _alike(left: Outcome, right: Outcome) -> bool:
    if left.errors or right.errors:
        return left.errors[:1] == right.errors[:1]
    return difference(left.value, right.value, 0.0) is None


def judge(scheme: Scheme, probe: Probe, wanted: Outcome, got: Outcome) -> str:
    """What is wrong with this outcome, in one sentence; empty if it is right."""
    group = scheme.groups[probe.group]
    if wanted.errors or got.errors:
        return _judge_errors(wanted, got)
    found = _difference(scheme, wanted, got, group.rtol)
    if found:
        return found.sentence
    own_group = any(other.unchanged for other in scheme.groups.values())
    if got.changed and (group.unchanged or not own_group):
        return "your function changed its argument"
    return ""


def _judge_errors(wanted: Outcome, got: Outcome) -> str:
    if wanted.errors and wanted.errors[0] in got.errors:
        return ""
    if got.errors:
        return (
            f"it raised {got.errors[0]}: {got.message}"
            if got.message
            else f"it raised {got.errors[0]}"
        )
    return f"{wanted.errors[0]} should be raised, but a value came"


def _difference(scheme: Scheme, wanted: Outcome, got: Outcome, rtol: float) -> Difference | None:
    value = got.value
    if scheme.view:
        try:
            value = resolve(scheme.view)(value)
        except Exception as error:
            return Difference("type", f"the answer could not be read: {error}")
    return difference(value, wanted.value, rtol)


def _caller(asker: Asker) -> Callable[..., Any]:
    """The answer as a function, for trials: an error it raises stops the game."""

    def call(*args: Any) -> Any:
        outcome = asker(Probe("trial", args))
        if outcome.errors:
            raise StoppedGameError(f"it raised {outcome.errors[0]}: {outcome.message}")
        return outcome.value

    return call


class StoppedGameError(Exception):
    """An answer raised an error in the middle of a trial."""


def _play(scheme: Scheme, answer: Callable[..., Any], lost: set[str]) -> list[str]:
    """Play the trials; add the groups that were not won to `lost` and say by how much."""
    remarks = []
    for trial in scheme.trials:
        try:
            wins, played = _won(trial, answer)
            remark = f"won {wins} of {played}, {trial.at_least:.0%} wanted"
        except NotImplementedError:
            lost.add(trial.group)
            continue
        except Exception as error:
            wins, remark = 0, f"the game stopped: {error}"
        if wins < trial.at_least * len(trial.seeds):
            lost.add(trial.group)
            remarks.append(remark)
    return remarks


def _won(trial: Trial, answer: Callable[..., Any]) -> tuple[int, int]:
    """Games won and played: no more of them than it takes to know whether enough are won."""
    wins, wanted = 0, trial.at_least * len(trial.seeds)
    for played, seed in enumerate(trial.seeds, 1):
        wins += int(resolve(trial.play)(answer, (seed,)))
        if wins >= wanted or wins + len(trial.seeds) - played < wanted:
            return wins, played
    return wins, len(trial.seeds)


def recognise(
    scheme: Scheme,
    outcomes: Sequence[Outcome],
    slips: Iterable[tuple[Mistake, Iterable[Outcome]]] | None = None,
) -> Mistake | None:
    """The catalogued mistake that answers the probes as this answer did, or None.

    Every probe that the slip gets wrong must come out just as wrong here, or raise an error; a few more may
    be wrong, and the slip that leaves the fewest unexplained, then the nearest one, is named.

    Parameters
    ----------
    scheme : Scheme
    outcomes : sequence of Outcome
        What the answer said to the scheme's probes.
    slips : iterable of (Mistake, iterable of Outcome), optional
        Slips and what is compared of their answers, read only as far as they fit; by default the scheme's.
    """
    if slips is None:
        slips = ((mistake, row) for mistake in scheme.mistakes for row in mistake.rows)
    asked = list(zip(scheme.probes, scheme.wanted, outcomes, strict=True))
    failed = [bool(judge(scheme, probe, wanted, got)) for probe, wanted, got in asked]
    best: tuple[int, int, float] | None = None
    found = None
    for mistake, row in slips:
        distance = _distance(scheme, outcomes, failed, row)
        if distance is not None and (best is None or distance < best):
            best, found = distance, mistake
    return found


def _distance(
    scheme: Scheme, outcomes: Sequence[Outcome], failed: list[bool], row: Iterable[Outcome]
) -> tuple[int, int, float] | None:
    """How far an answer is from a slip, None if it is another one.

    (Probes the slip does not explain, probes where only one of them changes its argument, largest share by
    which the errors differ.)
    """
    as_compared = replace(scheme, view="")  # which a slip's outcomes are already
    explained, unexplained, changes, largest = 0, 0, 0, 0.0
    asked = zip(scheme.probes, scheme.wanted, outcomes, strict=True)
    for (probe, wanted, got), wrong, slip in zip(asked, failed, row, strict=True):
        slipped = slip is not wanted and bool(judge(as_compared, probe, wanted, slip))
        if slipped and not wrong:
            return None
        if slipped and (slip.errors or not got.errors):
            largest = max(largest, _unlike(scheme, probe, wanted, got, slip))
            if largest > RESEMBLANCE:
                return None
            explained += 1
            changes += got.changed != slip.changed
        else:
            unexplained += wrong
    return (unexplained, changes, largest) if explained > unexplained else None


def _unlike(scheme: Scheme, probe: Probe, wanted: Outcome, got: Outcome, slip: Outcome) -> float:
    """The share of a slip's error by which an answer's error differs from it."""
    if got.errors or slip.errors:
        return 0.0 if got.errors[:1] == slip.errors[:1] else float("inf")
    rtol = scheme.groups[probe.group].rtol
    if (
        not wanted.errors and difference(slip.value, wanted.value, rtol) is None
    ):  # it changes its argument
        return 0.0 if _difference(scheme, wanted, got, rtol) is None else float("inf")
    seen, slipped = _viewed(scheme, got.value), slip.value
    a, b, w = numbers(seen), numbers(slipped), numbers(wanted.value)
    if a is None or b is None:
        return 0.0 if difference(seen, slipped, 1e-6) is None else float("inf")
    comparable = a.shape == b.shape and np.array_equal(np.isfinite(a), np.isfinite(b))
    share = _share(a, b, w) if comparable else float("inf")
    return min(share, RESEMBLANCE) if wanted.errors else share  # any number is wrong alike there


def compared(scheme: Scheme, outcome: Outcome) -> Outcome:
    """An outcome with the value that is compared, so that it can be shown beside the wanted one."""
    if not scheme.view or outcome.errors:
        return outcome
    return replace(outcome, value=_viewed(scheme, outcome.value))


def _viewed(scheme: Scheme, value: Any) -> Any:
    """What is compared of a value; the value itself where it cannot be read."""
    try:
        return resolve(scheme.view)(value) if scheme.view else value
    except Exception:
        return value


def _share(
    a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], w: np.ndarray[Any, Any] | None
) -> float:
    finite = np.isfinite(b)
    if not finite.any():
        return 0.0
    same_shape = w is not None and w.shape == b.shape
    slip = b[finite] - w[finite] if same_shape and w is not None else b[finite]
    scale = float(np.abs(slip).max()) or 1.0
    return float(np.abs(a[finite] - b[finite]).max()) / scale
