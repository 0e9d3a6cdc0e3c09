"""Write an exercise's marking scheme: reference, probes, mistakes and other right answers, in one block.

Examples
--------
>>> @exercise(points={"value": 2, "edge": 1}, rtol=1e-9)
... def double(x):
...     return 2 * x
>>> @double.probes("value")
... def numbers(rng):
...     yield (float(rng.normal()),)
>>> @double.probes("edge")
... def zero(rng):
...     yield (0.0,)
>>> @double.mistake("You added two.", ask="What is twice zero?")
... def adds_two(x):
...     return x + 2
>>> double(21), double.points, [mistake.name for mistake in double.mistakes]
(42, 3, ['adds_two'])
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.marking import Group

Answer = Callable[..., Any]
Draw = Callable[[np.random.Generator], Iterable[Any]]


@dataclass(frozen=True)
class Case:
    """The arguments of one probe, with the calls that follow where the answer is a function."""

    args: tuple[Any, ...]
    calls: tuple[tuple[Any, ...], ...] = ()
    drive: str = ""

    def then(self, *args: Any) -> Case:
        """The same case, calling what came back with `args`."""
        return Case(self.args, (*self.calls, args), self.drive)


def case(*args: Any, drive: str = "") -> Case:
    """A probe's arguments; ``case(f, a).then(x)`` asks ``answer(f, a)(x)``.

    `drive` names a ``"module:function"`` of helpers that is called as ``function(answer, *args)``.
    """
    return Case(args, drive=drive)


@dataclass(frozen=True)
class Draws:
    """A generator of probes for one group of points; hidden ones are never compiled for students."""

    group: str
    draw: Draw
    visible: bool


@dataclass(frozen=True)
class WrongAnswer:
    """A slip that students really make, with the sentence that names it and the question that leads on."""

    name: str
    sentence: str
    ask: str
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Game:
    """A trial before it has seeds: see :class:`helpers.marking.Trial`."""

    group: str
    play: str
    at_least: float
    games: int


@dataclass(eq=False)
class Exercise:
    """One exercise; calling it calls the reference implementation."""

    name: str
    reference: Any
    groups: dict[str, Group]
    refuses: tuple[str, ...] = ()
    view: str = ""
    is_value: bool = False
    draws: list[Draws] = field(default_factory=list)
    mistakes: list[WrongAnswer] = field(default_factory=list)
    styles: list[tuple[str, Any]] = field(default_factory=list)
    games: list[Game] = field(default_factory=list)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the reference."""
        return self.reference(*args, **kwargs)

    @property
    def points(self) -> float:
        """All points of the exercise."""
        return sum(group.points for group in self.groups.values())

    def probes(self, group: str, visible: bool = True) -> Callable[[Draw], Draw]:
        """Register a generator ``draw(rng)`` of argument tuples (or Cases) for a group of points.

        It is run with a fixed seed for the visible check, and with a fresh one for every submission.
        """
        self._need_group(group)

        def register(draw: Draw) -> Draw:
            self.draws.append(Draws(group, draw, visible))
            return draw

        return register

    def mistake(
        self, sentence: str, ask: str, variants: Sequence[Mapping[str, Any]] = ()
    ) -> Callable[[Answer], Answer]:
        """Register a wrong implementation; `variants` are keyword arguments it is also tried with."""

        def register(wrong: Answer) -> Answer:
            answers: list[Answer] = [wrong]
            answers += [functools.partial(wrong, **variant) for variant in variants]
            given = tuple(answer() for answer in answers) if self.is_value else tuple(answers)
            self.mistakes.append(WrongAnswer(wrong.__name__, sentence, ask, given))
            return wrong

        return register

    def style(self, right: Answer) -> Answer:
        """Register another right answer, as students also write it; a test holds that it gets full marks."""
        self.styles.append((right.__name__, right() if self.is_value else right))
        return right

    def trial(self, group: str, play: str, at_least: float, games: int) -> None:
        """Add a game the answer must win: ``play(answer, seeds)`` counts wins, `at_least` is the share wanted."""
        self._need_group(group)
        self.games.append(Game(group, play, at_least, games))

    def _need_group(self, group: str) -> None:
        if group not in self.groups:
            known = ", ".join(map(repr, self.groups))
            raise ValueError(f"{self.name} has points for {known}, not for {group!r}")


def exercise(
    points: float | Mapping[str, float],
    rtol: float | Mapping[str, float] = 1e-6,
    refuses: Sequence[str] = (),
    view: str = "",
    unchanged: str = "",
    is_value: bool = False,
) -> Callable[[Any], Exercise]:
    """Make an :class:`Exercise` of its reference implementation.

    Parameters
    ----------
    points : number or dict of str to number
        Points by named group; a number makes one group called "value".
    rtol : float or dict of str to float
        Tolerance relative to max(1, |wanted|), for all groups or by group.
    refuses : sequence of str
        Dotted names of functions and modules that may not do the exercise.
    view : str
        ``"module:function"`` of helpers applied to an answer's value before it is compared.
    unchanged : str
        The group that also demands that arguments are left alone. Without one, every probe demands it.
    is_value : bool
        The answer is a variable; reference, mistakes and styles are functions of no arguments that return it.
    """
    shares = dict(points) if isinstance(points, Mapping) else {"value": points}
    if unchanged and unchanged not in shares:
        raise ValueError(f"there are points for {', '.join(shares)}, not for {unchanged!r}")

    def make(reference: Any) -> Exercise:
        tolerance = rtol if isinstance(rtol, Mapping) else dict.fromkeys(shares, rtol)
        groups = {
            name: Group(share, float(tolerance.get(name, 1e-6)), name == unchanged)
            for name, share in shares.items()
        }
        made = Exercise(reference.__name__, reference, groups, tuple(refuses), view, is_value)
        functools.update_wrapper(made, reference, updated=())
        return made

    return make


def cases(draw: Draw, rng: np.random.Generator) -> Iterator[Case]:
    """The cases a generator yields, bare tuples included.

    Raises
    ------
    TypeError
        If it yields something that is neither a tuple nor a Case.
    """
    for drawn in draw(rng):
        if isinstance(drawn, tuple):
            yield Case(drawn)
        elif isinstance(drawn, Case):
            yield drawn
        else:
            raise TypeError(
                f"{draw.__name__} yields {type(drawn).__name__}: yield a tuple of arguments or case(...)"
            )
