"""The pits are what their docstring says, and the game is fair."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import sandpit
from helpers.sandpit import Dip, descend, pit, play, wins

SEEDS = range(200)
seeds = st.integers(0, 10_000)
places = st.tuples(st.floats(0, 6), st.floats(0, 6))

LOOKS = [(x, y) for x in (1.2, 3.0, 4.8) for y in (1.0, 2.33, 3.67, 5.0)]


def look_then_descend(history: list[Dip]) -> np.ndarray:
    """Twelve looks around, then quasi-Newton steps from the best one, then from the next best."""
    if len(history) <= len(LOOKS):
        return np.array(LOOKS[len(history) - 1])
    looks, walk = history[: len(LOOKS) + 1], history[len(LOOKS) + 1 :]
    looks.sort(key=lambda dip: dip[1] - 0.15 * dip[2] @ dip[2])
    chain, bottoms = [looks.pop(0)], []
    while True:
        step = quasi_newton_step(chain)
        if np.linalg.norm(step) < 0.05:
            bottoms.append(chain[-1][0])
            looks = [dip for dip in looks if np.linalg.norm(dip[0] - bottoms[-1]) > 0.9]
            if not looks:
                return bottoms[0]
            chain = [looks.pop(0)]
        elif walk:
            chain.append(walk.pop(0))
        else:
            return chain[-1][0] + step


def quasi_newton_step(chain: list[Dip]) -> np.ndarray:
    inverse = 0.2 * np.eye(2)
    for (p, _, slope), (q, _, new_slope) in pairwise(chain):
        dx, dg = q - p, new_slope - slope
        if dx @ dg > 1e-9:
            across = np.eye(2) - np.outer(dx, dg) / (dx @ dg)
            inverse = across @ inverse @ across.T + np.outer(dx, dx) / (dx @ dg)
    step = -inverse @ chain[-1][2]
    return step * min(1, 0.6 / max(np.linalg.norm(step), 1e-12))


def hybrid(f: float, J: np.ndarray, H: np.ndarray) -> np.ndarray:
    newton = -np.linalg.solve(H, J)
    return newton if newton @ J < 0 and np.linalg.norm(newton) <= 2 else -0.3 * J


def test_a_sensible_strategy_wins_at_least_nine_pits_in_ten() -> None:
    assert wins(look_then_descend, SEEDS) >= 180


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.3])
def test_pure_descent_from_the_first_dip_does_not_reach_eighty_per_cent(rate: float) -> None:
    assert wins(lambda history: history[-1][0] - rate * history[-1][2], SEEDS) < 160


def test_a_blind_grid_does_not_reach_eighty_per_cent() -> None:
    marks = [(x, y) for x in np.linspace(0.6, 5.4, 5) for y in np.linspace(0.6, 5.4, 5)]
    assert wins(lambda history: marks[len(history) - 1], SEEDS) < 160


def test_random_dips_do_not_reach_eighty_per_cent() -> None:
    rng = np.random.default_rng(0)
    assert wins(lambda history: rng.uniform(0, 6, 2), SEEDS) < 160


def test_the_hybrid_of_week_4_beats_newton_and_fixed_descent() -> None:
    def won(step):
        return sum(descend(step, seed).won for seed in range(100))

    best = won(hybrid)
    assert best >= 90
    assert won(lambda f, J, H: -np.linalg.solve(H, J)) < 30
    assert won(lambda f, J, H: -0.3 * J) < 80


@settings(max_examples=50, deadline=None)
@given(seeds, places)
def test_no_point_of_a_pit_is_lower_than_its_lowest(seed: int, p: tuple[float, float]) -> None:
    assert pit(seed).depth(p) >= pit(seed).lowest[1] - 1e-12


@settings(max_examples=30, deadline=None)
@given(seeds)
@example(4107)
def test_every_pit_keeps_the_promises_of_the_docstring(seed: int) -> None:
    ground = pit(seed)
    depths = ground.depth(ground.hollows.T)
    assert 3 <= len(depths) <= 6
    assert np.all(np.diff(depths) >= 0)
    assert depths[1] - depths[0] >= 0.4
    assert np.abs(ground.slope(ground.hollows.T)).max() < 1e-9
    assert all(np.linalg.eigvalsh(ground.hessian(p))[0] > 0 for p in ground.hollows)
    assert 0.5 <= ground.hollows[0].min() and ground.hollows[0].max() <= 5.5
    assert np.linalg.norm(ground.first - ground.hollows[0]) >= 1


@pytest.mark.parametrize("seed", [0, 64, 122, 4107])
def test_water_that_runs_downhill_fills_every_hollow_and_no_other_place(seed: int) -> None:
    ground = pit(seed)
    p = np.stack(np.meshgrid(*[np.linspace(0.1, 5.9, 14)] * 2)).reshape(2, -1)
    for _ in range(1500):
        p = np.clip(p - 0.05 * ground.slope(p), 0, 6)
    ways = np.linalg.norm(p.T[:, None] - ground.hollows, axis=2)
    assert ways.min(axis=1).max() < 0.1
    assert set(ways.argmin(axis=1)) == set(range(len(ground.hollows)))


@settings(max_examples=50, deadline=None)
@given(seeds, st.floats(0, 6))
def test_the_ground_rises_towards_the_rim(seed: int, t: float) -> None:
    ground = pit(seed)
    assert ground.slope([0, t])[0] < 0 < ground.slope([6, t])[0]
    assert ground.slope([t, 0])[1] < 0 < ground.slope([t, 6])[1]
    assert ground.depth([0, t]) <= 0


@settings(max_examples=50, deadline=None)
@given(seeds, places)
def test_slope_and_hessian_agree_with_differences(seed: int, p: tuple[float, float]) -> None:
    ground, h = pit(seed), 1e-5
    for i, e in enumerate(h * np.eye(2)):
        slope = (ground.depth(p + e) - ground.depth(p - e)) / (2 * h)
        bend = (ground.slope(p + e) - ground.slope(p - e)) / (2 * h)
        np.testing.assert_allclose(ground.slope(p)[i], slope, atol=1e-7)
        np.testing.assert_allclose(ground.hessian(p)[i], bend, atol=1e-6)


def test_depth_and_slope_take_many_points_at_once() -> None:
    points = np.random.default_rng(0).uniform(0, 6, (2, 4, 3))
    ground = pit(5)
    assert ground.depth(points).shape == (4, 3)
    assert ground.slope(points).shape == (2, 4, 3)
    assert ground.depth(points)[1, 2] == pytest.approx(ground.depth(points[:, 1, 2]))
    np.testing.assert_allclose(ground.slope(points)[:, 1, 2], ground.slope(points[:, 1, 2]))


def test_the_same_seed_digs_the_same_pit() -> None:
    again = sandpit.pit.__wrapped__(11)
    np.testing.assert_array_equal(again.hollows, pit(11).hollows)
    np.testing.assert_array_equal(again.first, pit(11).first)


def test_a_dip_outside_is_moved_to_the_edge() -> None:
    game = play(lambda history: [-3, 9], seed=0, dips=2)
    np.testing.assert_array_equal(game.history[1][0], [0, 6])


def test_a_game_is_won_by_a_dip_within_ten_centimetres() -> None:
    goal, _ = pit(4).lowest
    assert play(lambda history: goal + np.array([0.099, 0]), seed=4).dips_used == 2
    near_miss = play(lambda history: goal + np.array([0.101, 0]), seed=4)
    assert not near_miss.won
    assert near_miss.dips_used == 25


def test_a_winning_first_dip_asks_for_no_other() -> None:
    game = play(lambda history: pytest.fail("asked"), seed=4, first=pit(4).lowest[0])
    assert game.won and game.dips_used == 1


def test_changing_the_history_changes_nothing() -> None:
    def spoil(history: list[Dip]) -> tuple[float, float]:
        history[0][0][:] = 99
        history.clear()
        return 1, 1

    game = play(spoil, seed=2, dips=3)
    np.testing.assert_array_equal(game.history[0][0], pit(2).first)
    assert game.dips_used == 3


@pytest.mark.parametrize("answer", [None, [1], [1, 2, 3], [np.nan, 1], "north", [[1, 2]]])
def test_an_answer_that_is_no_point_is_refused_with_a_reason(answer: object) -> None:
    with pytest.raises(ValueError, match="next_dip returns must be two finite numbers"):
        play(lambda history: answer, seed=0)


def test_a_step_that_is_no_point_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="next_step returns must be two finite numbers"):
        descend(lambda f, J, H: f, seed=0)


def test_depth_of_a_number_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="shape"):
        pit(0).depth(3.0)


def nine_looks_then_down(history: list[Dip]) -> np.ndarray:
    """The player of a hint in week 1: look at nine places, then follow the lowest dip downhill."""
    if len(history) <= 9:
        return np.array([1, 3, 5])[list(divmod(len(history) - 1, 3))]
    point, _, slope = min(history, key=lambda dip: dip[1])
    step = -0.15 * slope
    return point + step * min(1, 0.6 / max(float(np.linalg.norm(step)), 1e-12))


def test_the_player_of_the_hint_wins_about_seven_pits_in_ten() -> None:
    assert 0.65 <= wins(nine_looks_then_down, range(100, 400)) / 300 <= 0.75


def test_hollows_bend_by_about_five_per_metre() -> None:
    bends = [np.linalg.eigvalsh(pit(s).hessian(p)) for s in range(100) for p in pit(s).hollows]
    assert 4 < np.median(bends) < 6
