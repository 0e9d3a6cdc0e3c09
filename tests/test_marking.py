"""Marking gives points by group, says what was wrong, and names the slip when it is sure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from helpers.marking import (
    SAME,
    Group,
    Mistake,
    Report,
    Scheme,
    StoppedGameError,
    Trial,
    judge,
    mark,
    recognise,
)
from helpers.probes import Outcome, Probe, ask

POINTS = (np.array([1.0, 2.0]), np.array([-3.0, 0.5, 2.0]))


def square(x: Any) -> Any:
    return np.asarray(x, float) ** 2


def doubled(x: Any) -> Any:
    return 2 * np.asarray(x, float)


def off_by(part: float) -> Callable[[Any], Any]:
    return lambda x: square(x) + part


def spoils(x: Any) -> Any:
    result = square(x)
    x[0] = 99.0
    return result


GROUPS = {"value": Group(2, 1e-6), "lists": Group(1, 1e-6)}
PROBES = (Probe("value", (POINTS[0],)), Probe("value", (POINTS[1],)), Probe("lists", ([3.0],)))


def scheme(
    *mistakes: tuple[str, Callable[..., Any]],
    groups: dict[str, Group] = GROUPS,
    probes: tuple[Probe, ...] = PROBES,
    reference: Callable[..., Any] = square,
    **more: Any,
) -> Scheme:
    def row(answer: Callable[..., Any]) -> tuple[Outcome, ...]:
        return tuple(ask(answer, probe) for probe in probes)

    named = tuple(
        Mistake(name, f"You {name}.", f"Why {name}?", (row(wrong),)) for name, wrong in mistakes
    )
    return Scheme("square", groups, probes, row(reference), named, **more)


def marked(answer: Any, under: Scheme | None = None, public: int | None = None) -> Report:
    under = under or scheme()
    return mark(under, lambda probe: ask(answer, probe), answer, public)


def test_a_right_answer_gets_all_points_and_no_findings() -> None:
    report = marked(square)
    assert (report.points, report.max_points, report.passed) == (3, 3, True)
    assert not report.findings
    assert report.groups == {"value": 2, "lists": 1}


def test_a_group_is_won_only_if_all_of_its_probes_are_right() -> None:
    report = marked(lambda x: square(x) if len(x) != 3 else square(x) + 1)
    assert report.groups == {"value": 0, "lists": 1}
    assert [finding.probe for finding in report.findings] == [PROBES[1]]


def test_an_answer_that_raises_not_implemented_is_not_answered() -> None:
    def stub(x: Any) -> Any:
        raise NotImplementedError("your turn")

    report = marked(stub)
    assert not report.answered
    assert report.points == 0


def test_a_variable_still_set_to_dots_is_not_answered() -> None:
    under = Scheme("match", {"value": Group(1, 0)}, (Probe("value", None),), (Outcome({"A": 1}),))
    assert not marked(..., under).answered
    assert marked({"A": 2}, under).answered
    assert marked({"A": 1}, under).points == 1


def test_a_function_without_a_return_is_asked_about_it() -> None:
    report = marked(lambda x: None)
    assert report.points == 0
    assert "return" in report.remarks[0]
    assert marked(lambda x: 0).remarks == (SAME,)


EDGES = {"value": Group(2, 1e-6), "edge": Group(1, 1e-6)}
WITH_AN_EDGE = (Probe("value", (2.0,)), Probe("value", (3.0,)), Probe("edge", (-1.0,)))


def root(x: float) -> float:
    if x < 0:
        raise ValueError(x)
    return float(x**0.5)


def test_an_answer_that_is_the_same_whatever_it_is_asked_wins_no_edge_by_it() -> None:
    def marked(answer: Callable[[float], Any]) -> Report:
        asked = scheme(groups=EDGES, probes=WITH_AN_EDGE, reference=root)
        return mark(asked, lambda probe: ask(answer, probe))

    def always_refuses(x: float) -> float:
        raise ValueError(x)

    assert marked(always_refuses).points == 0
    assert marked(always_refuses).remarks == (SAME,)
    assert marked(lambda x: 7.0).points == 0
    assert not marked(lambda x: x.upper()).remarks  # it failed each time, which was never wanted
    assert marked(lambda x: root(x) + 1).points == 1
    assert marked(root).points == 3


def test_where_none_is_right_nobody_is_asked_about_a_return() -> None:
    assert not marked(lambda x: None, scheme(reference=lambda x: None)).findings


def test_a_changed_argument_costs_the_probe_when_no_group_asks_for_it_in_particular() -> None:
    report = marked(spoils)
    assert report.points == 0
    assert {finding.sentence for finding in report.findings} == {
        "your function changed its argument"
    }


def test_a_changed_argument_costs_only_the_group_that_asks_for_it() -> None:
    groups = {"value": Group(2, 1e-6), "lists": Group(1, 1e-6, unchanged=True)}
    assert marked(spoils, scheme(groups=groups)).groups == {"value": 2, "lists": 0}


def raising(error: type[Exception]) -> Callable[..., Any]:
    def answer(x: Any) -> Any:
        raise error("no")

    return answer


class OwnError(ValueError):
    """A ValueError with another name."""


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (raising(ValueError), ""),
        (raising(OwnError), ""),
        (raising(TypeError), "it raised TypeError: no"),
        (square, "ValueError should be raised, but a value came"),
    ],
)
def test_an_error_that_is_wanted_may_be_of_a_class_of_ones_own(
    answer: Callable[..., Any], sentence: str
) -> None:
    under = scheme(reference=raising(ValueError))
    for probe, wanted in zip(under.probes, under.wanted, strict=True):
        assert judge(under, probe, wanted, ask(answer, probe)) == sentence


def test_probes_after_the_public_ones_are_marked_hidden() -> None:
    assert [f.hidden for f in marked(doubled, public=1).findings] == [False, True, True]


def test_after_two_timeouts_nobody_waits_for_a_third() -> None:
    asked = []

    def late(probe: Probe) -> Outcome:
        asked.append(probe)
        return Outcome(errors=("TimeoutError",))

    under = scheme(probes=PROBES * 3)
    assert mark(under, late, square).points == 0
    assert len(asked) == 2


def test_an_infinite_tolerance_wins_the_points_for_any_numbers_of_the_right_shape() -> None:
    under = scheme(groups={"value": Group(2, np.inf), "lists": Group(1, 1e-6)})
    assert marked(doubled, under).groups == {"value": 2, "lists": 0}
    assert marked(lambda x: 1.0, under).points == 0


def test_a_view_is_applied_before_comparing_and_may_fail() -> None:
    under = Scheme(
        "total", {"value": Group(1, 1e-6)}, (Probe("value", ()),), (Outcome(6.0),), view="math:fsum"
    )
    assert marked(lambda: [1, 2, 3], under).points == 1
    assert marked(lambda: [1, 2], under).points == 0
    assert "could not be read" in marked(lambda: 6.0, under).findings[0].sentence


# ── slips ────────────────────────────────────────────────────────────────────────────────


def named(answer: Any, *mistakes: tuple[str, Callable[..., Any]], **more: Any) -> str:
    mistake = marked(answer, scheme(*mistakes, **more)).mistake
    return mistake.name if mistake else ""


def test_a_slip_is_named_by_its_values() -> None:
    slips = [("double", doubled), ("add a tenth", off_by(0.1))]
    assert named(doubled, *slips) == "double"
    assert named(off_by(0.1), *slips) == "add a tenth"
    assert named(off_by(0.1005), *slips) == "add a tenth"
    assert named(off_by(0.2), *slips) == ""
    assert named(square, *slips) == ""


def test_of_two_slips_that_fit_the_nearer_one_is_named() -> None:
    slips = [("a", off_by(0.1)), ("b", off_by(0.101))]
    assert named(off_by(0.1001), *slips) == "a"
    assert named(off_by(0.1009), *slips) == "b"


def test_an_answer_that_does_right_what_the_slip_does_wrong_is_another() -> None:
    assert named(lambda x: doubled(x) if len(x) > 1 else square(x), ("double", doubled)) == ""


def test_a_slip_is_named_when_an_unrelated_probe_is_wrong_too() -> None:
    def only_here(x: Any) -> Any:
        return doubled(x) if len(x) > 1 else square(x)

    assert named(lambda x: doubled(x) if len(x) > 1 else 7.0, ("slip", only_here)) == "slip"


def test_a_slip_is_named_when_the_answer_also_fails_on_lists() -> None:
    def needs_an_array(x: Any) -> Any:
        return 2 * x.astype(float)

    assert named(needs_an_array, ("double", doubled)) == "double"


def test_a_slip_that_explains_less_than_it_leaves_open_is_not_named() -> None:
    def wrong_on_lists(x: Any) -> Any:
        return doubled(x) if len(x) == 1 else square(x)

    assert named(doubled, ("slip", wrong_on_lists)) == ""


def test_slips_that_raise_are_told_apart_by_the_class_of_the_error() -> None:
    slips = [("type", raising(TypeError)), ("index", raising(IndexError))]
    assert named(raising(IndexError), *slips) == "index"
    assert named(raising(KeyError), *slips) == ""


def test_where_an_error_is_wanted_any_number_is_the_same_slip_and_the_nearest_is_named() -> None:
    def without_a_guard(x: float) -> float:
        return abs(x) ** 0.5

    def nothing_below_zero(x: float) -> float:
        return max(x, 0.0) ** 0.5

    def told(answer: Callable[[float], Any], under: Scheme) -> str:
        mistake = marked(answer, under).mistake
        return mistake.name if mistake else ""

    slips = [("took the root of |x|", without_a_guard), ("cut x off", nothing_below_zero)]
    for asked in (slips, slips[::-1]):
        under = scheme(*asked, groups=EDGES, probes=WITH_AN_EDGE, reference=root)
        assert told(without_a_guard, under) == "took the root of |x|"
        assert told(nothing_below_zero, under) == "cut x off"
        assert told(lambda x: root(abs(x)) + 3.0 * (x < 0), under)
        assert not told(lambda x: root(x) if x > 0 else None, under)


def test_a_slip_of_another_shape_is_told_by_its_shape_and_values() -> None:
    slips = [("sum", lambda x: square(x).sum()), ("mean", lambda x: square(x).mean())]
    assert named(lambda x: float(np.sum(np.square(x))), *slips) == "sum"


def test_an_answer_that_changes_its_argument_and_is_right_to_rounding_is_named() -> None:
    def spoils_and_rounds(x: Any) -> Any:
        return spoils(x) * (1 + 1e-12)

    assert named(spoils_and_rounds, ("spoil", spoils)) == "spoil"
    assert named(lambda x: spoils(x) + 0.1, ("spoil", spoils)) == ""


def test_of_two_slips_with_the_same_values_the_one_that_also_changes_its_argument_is_told() -> None:
    def doubles_and_spoils(x: Any) -> Any:
        result = doubled(x)
        x[0] = 99.0
        return result

    slips = [("double", doubled), ("double and spoil", doubles_and_spoils)]
    assert named(doubled, *slips) == "double"
    assert named(doubles_and_spoils, *slips) == "double and spoil"
    assert named(doubles_and_spoils, slips[0]) == "double"


def test_a_slip_is_named_from_outcomes_that_were_collected_elsewhere() -> None:
    under = scheme(("double", doubled))
    found = recognise(under, [ask(doubled, probe) for probe in PROBES])
    assert found is not None
    assert found.sentence == "You double."


# ── trials and clues ─────────────────────────────────────────────────────────────────────


def count_squares(answer: Callable[..., Any], seeds: tuple[int, ...]) -> int:
    return sum(bool(np.all(answer([float(seed)]) == float(seed) ** 2)) for seed in seeds)


TRIAL = Trial("game", f"{__name__}:count_squares", tuple(range(3, 13)), 0.8)
GAME_GROUPS = GROUPS | {"game": Group(4, 1e-6)}


def right_up_to(most: float) -> Callable[[Any], Any]:
    return lambda x: square(x) + (max(x) > most)


@pytest.mark.parametrize(("most", "won"), [(12, 4), (10, 4), (9, 0)])
def test_a_trial_is_won_by_a_large_enough_share_of_its_games(most: float, won: float) -> None:
    under = scheme(groups=GAME_GROUPS, trials=(TRIAL,))
    report = marked(right_up_to(most), under)
    assert report.groups == {"value": 2, "lists": 1, "game": won}
    assert report.remarks == (() if won else ("won 7 of 10, 80% wanted",))


@pytest.mark.parametrize(("most", "played"), [(99, 8), (2, 3), (4, 5)])
def test_no_more_games_are_played_than_decide_a_trial(most: float, played: int) -> None:
    asked = []

    def answer(x: Any) -> Any:
        asked.append(x)
        return right_up_to(most)(x)

    under = scheme(groups=GAME_GROUPS, trials=(TRIAL,))
    report = mark(under, lambda probe: ask(square, probe), answer)
    assert len(asked) == played
    assert report.groups["game"] == (4 if most == 99 else 0)
    assert report.remarks == (() if most == 99 else (f"won {most - 2} of {played}, 80% wanted",))


def test_a_trial_asks_through_the_asker_when_the_answer_lives_elsewhere() -> None:
    under = scheme(groups=GAME_GROUPS, trials=(TRIAL,))
    assert mark(under, lambda probe: ask(square, probe)).passed


def test_an_error_in_a_trial_stops_the_game_and_says_why() -> None:
    def fails_late(x: Any) -> Any:
        if max(x) > 5:
            raise ValueError("too far")
        return square(x)

    under = scheme(groups=GAME_GROUPS, trials=(TRIAL,))
    report = mark(under, lambda probe: ask(fails_late, probe))
    assert report.groups["game"] == 0
    assert report.remarks == ("the game stopped: it raised ValueError: too far",)
    with pytest.raises(StoppedGameError):
        raise StoppedGameError


def test_a_group_without_points_costs_nothing_and_shows_nothing_but_names_a_slip() -> None:
    groups = {"value": Group(0, 1e-6), "lists": Group(0, 1e-6), "game": Group(4, 1e-6)}
    under = scheme(("double", doubled), groups=groups, trials=(TRIAL,))
    lost = marked(doubled, under)
    assert lost.points == 0
    assert not lost.findings
    assert lost.mistake is not None
    assert lost.mistake.name == "double"
    won = marked(right_up_to(10), under)
    assert won.passed
    assert won.mistake is None
