"""Networks start from a seed, answer as the formulas say, and learn to draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import autodiff, networks
from helpers.networks import Params


def answer(params: Params, x: np.ndarray) -> np.ndarray:
    """The network layer by layer, as the lesson writes it."""
    for W, b in params:
        x = 1 / (1 + np.exp(-(W @ x + b)))
    return x


def mean_cost(params: Params, x: np.ndarray, y: np.ndarray) -> float:
    return np.sum((answer(params, x) - y) ** 2) / x.shape[1]


def with_layer(params: Params, k: int, W: object) -> Params:
    return [(W, b) if i == k else (old, b) for i, (old, b) in enumerate(params)]


def test_a_start_has_the_shapes_of_its_sizes_and_the_numbers_of_its_seed() -> None:
    params = networks.start((3, 5, 2), seed=7)
    assert [(W.shape, b.shape) for W, b in params] == [((5, 3), (5, 1)), ((2, 5), (2, 1))]
    again = networks.start((3, 5, 2), seed=7)
    for old, new in zip(params, again, strict=True):
        np.testing.assert_array_equal(old[0], new[0])
        np.testing.assert_array_equal(old[1], new[1])
    assert not np.array_equal(params[0][0], networks.start((3, 5, 2), seed=8)[0][0])


def test_the_scale_of_a_start_multiplies_every_number() -> None:
    for (W, b), (wide, high) in zip(
        networks.start((2, 3), 1), networks.start((2, 3), 1, scale=4.0), strict=True
    ):
        np.testing.assert_allclose([*wide.flat, *high.flat], [*(4 * W).flat, *(4 * b).flat])


@pytest.mark.parametrize("sizes", [(), (3,), (1, 0, 2)])
def test_a_network_without_a_layer_or_a_neuron_is_refused_with_advice(
    sizes: tuple[int, ...],
) -> None:
    with pytest.raises(ValueError, match=r"for example \(1, 6, 7, 2\)"):
        networks.start(sizes, seed=0)


def test_the_fish_is_a_closed_curve_that_fills_its_square() -> None:
    x, y = networks.fish(2001)
    np.testing.assert_allclose(y[:, 0], y[:, -1])
    np.testing.assert_allclose([y.min(axis=1), y.max(axis=1)], [[0.1, 0.1], [0.9, 0.9]], atol=1e-5)
    assert (x[0, 0], x[0, -1]) == (0.0, 1.0)
    with pytest.raises(ValueError, match="at least 2 points"):
        networks.fish(1)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=6), st.integers(0, 1000), st.integers(1, 6))
def test_the_output_is_what_the_formulas_give(sizes: list[int], seed: int, count: int) -> None:
    params = networks.start(sizes, seed)
    x = np.random.default_rng(seed).normal(size=(sizes[0], count))
    np.testing.assert_allclose(networks.output(params, x), answer(params, x), rtol=1e-12)


def test_an_input_of_the_wrong_shape_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match="one example per column"):
        networks.output(networks.start((2, 1), 0), [[1.0, 2.0, 3.0]])


def test_a_saturated_network_answers_without_overflow() -> None:
    params = networks.start((1, 2, 1), seed=0, scale=1e6)
    with np.errstate(all="raise", under="ignore"):
        out = networks.output(params, [[-1.0, 1.0]])
    assert np.isfinite(out).all()


@pytest.mark.parametrize("sizes", [(1, 6, 7, 2), (2, 3), (3, 3, 3, 3, 1)])
def test_layer_slopes_are_those_of_the_exact_differentiator(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    params = networks.start(sizes, 5)
    x, y = rng.normal(size=(sizes[0], 9)), rng.uniform(size=(sizes[-1], 9))
    found = networks.layer_slopes(params, x, y)
    for k, (W, _) in enumerate(params):
        slope = autodiff.gradient(lambda V, k=k: mean_cost(with_layer(params, k, V), x, y), W)
        np.testing.assert_allclose(found[k], np.sqrt(np.mean(slope**2)), rtol=1e-12)


def test_a_step_of_the_training_is_minus_rate_times_the_slopes() -> None:
    rng = np.random.default_rng(1)
    params = networks.start((2, 4, 3), 2)
    x, y = rng.normal(size=(2, 7)), rng.uniform(size=(3, 7))
    before = [W.copy() for W, _ in params]
    moved, _ = networks.train(params, x, y, steps=1, rate=0.3)
    for k, (W, b) in enumerate(params):
        slope = autodiff.gradient(lambda V, k=k: mean_cost(with_layer(params, k, V), x, y), W)
        np.testing.assert_allclose(moved[k][0], W - 0.3 * slope, rtol=1e-12)
        assert moved[k][1].shape == b.shape
        np.testing.assert_array_equal(W, before[k])


def test_a_training_reports_its_costs_and_leaves_its_start_alone() -> None:
    x, y = networks.fish(30)
    params = networks.start((1, 6, 7, 2), 2)
    before = [W.copy() for W, _ in params]
    end, costs = networks.train(params, x, y, steps=400)
    np.testing.assert_allclose(costs[0], mean_cost(params, x, y))
    np.testing.assert_allclose(networks.train(end, x, y, steps=1)[1][0], mean_cost(end, x, y))
    assert len(costs) == 400
    for (W, _), old in zip(params, before, strict=True):
        np.testing.assert_array_equal(W, old)
    with pytest.raises(ValueError, match="at least one step"):
        networks.train(params, x, y, steps=0)


def test_a_trainer_goes_on_where_it_stopped() -> None:
    x, y = networks.fish(30)
    params = networks.start((1, 6, 7, 2), 2)
    go_on = networks.trainer(params, x, y, rate=5.0)
    (_, first), (drawn, second) = go_on(30), go_on(70)
    end, costs = networks.train(params, x, y, steps=100, rate=5.0)
    np.testing.assert_allclose([*first, *second], costs)
    np.testing.assert_allclose(drawn, networks.output(end, x))


def test_the_curve_drawing_network_learns_the_fish() -> None:
    x, y = networks.fish(80)
    _, costs = networks.train(networks.start((1, 6, 7, 2), seed=3), x, y)
    assert len(costs) == 50_000
    found = [costs[0], costs[9_999], costs[-1]]
    np.testing.assert_allclose(found, [0.174, 0.00084, 0.00016], rtol=0.1)
