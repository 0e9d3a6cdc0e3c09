"""The drivers of week 2 use an answer as its notebook would, and leave no trace."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from autograder import exercises
from autograder.compiler import compile_public
from helpers import drivers_week2 as drivers
from helpers import networks
from helpers.marking import mark
from helpers.probes import Probe, ask
from helpers.wording import call_text

WHERE = "helpers.drivers_week2:"


def weights_of_the_notebook() -> dict[str, Any]:
    """The global names that a notebook would have, and a function that uses one of them."""
    names: dict[str, Any] = {"W1": "mine"}
    exec("def answer(x, y):\n    return W1 @ x + b1", names)
    return names


def test_a_warning_about_overflow_counts_as_an_error() -> None:
    z = np.array([-1000.0])
    with pytest.raises(RuntimeWarning, match="overflow"):
        drivers.without_warnings(lambda z: 1 / (1 + np.exp(-z)), z)
    with pytest.raises(RuntimeWarning, match="invalid"):
        drivers.without_warnings(lambda z: np.log(z), z)


def test_overflow_that_an_answer_expects_is_no_error() -> None:
    def careful(z: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-z))

    assert drivers.without_warnings(careful, np.array([-1000.0])) == 0.0


def test_a_gate_answers_to_zero_and_to_one() -> None:
    np.testing.assert_allclose(drivers.gate_outputs((-5, 5)), [np.tanh(5), 0])
    np.testing.assert_allclose(drivers.gate_outputs([np.array([[2.0]]), 0.5]), np.tanh([0.5, 2.5]))


@pytest.mark.parametrize(
    "pair", [3.0, (1.0,), (1.0, 2.0, 3.0), ("a", "b"), ("-5", "5"), None, [[1, 2], [3, 4]]]
)
def test_what_is_no_pair_of_numbers_is_refused(pair: Any) -> None:
    with pytest.raises(ValueError, match="pair of two numbers"):
        drivers.gate_outputs(pair)


@pytest.mark.parametrize("wrap", [lambda f: f, functools.partial])
def test_an_answer_sees_the_weights_of_the_seed_and_finds_its_own_again(wrap: Any) -> None:
    names = weights_of_the_notebook()
    x = np.array([[0.2, 0.4]])
    (W1, b1), *_ = networks.start((1, 6, 7, 2), 5)
    got = drivers.with_weights(wrap(names["answer"]), 5, x, np.zeros((2, 2)))
    np.testing.assert_array_equal(got, W1 @ x + b1)
    assert names["W1"] == "mine"
    assert "b3" not in names


def test_the_weights_come_back_after_an_error() -> None:
    names = weights_of_the_notebook()
    with pytest.raises(ValueError, match="matmul"):
        drivers.with_weights(names["answer"], 5, np.zeros((3, 2)), np.zeros((2, 2)))
    assert names["W1"] == "mine"


def test_a_builtin_answer_that_sees_no_names_is_called_all_the_same() -> None:
    x = np.array([[1.0]])
    assert drivers.with_weights(np.add, 5, x, x) == 2.0


def cut(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def test_right_batches_satisfy_every_fact() -> None:
    facts = drivers.batch_facts(drivers.batch_cut(cut, 10, 4, seed=3))
    assert facts == {
        "sizes": [4, 4, 2],
        "in range": True,
        "none twice": True,
        "none left out": True,
    }
    order = drivers.batch_facts(drivers.batch_order(cut, 60, 12, seed=3))
    assert order.pop("spread of the indices") == 60
    assert len(order) == 5
    assert all(order.values())


@pytest.mark.parametrize(
    "claimed",
    [
        {"shuffled": True, "mixed from everywhere": True},
        {"first": [[0]], "following": [[0]]},
        {"batches": [["a"]]},
        {"batches": [[0.5]]},
        [[0, 1]],
        None,
    ],
)
def test_facts_are_drawn_from_batches_and_never_taken_on_trust(claimed: Any) -> None:
    with pytest.raises((ValueError, IndexError), match=r"wanted|whole numbers"):
        drivers.batch_facts(claimed)


def test_a_square_table_counts_as_a_list_of_batches() -> None:
    given = drivers.batch_cut(lambda n, size, rng: rng.permutation(n).reshape(-1, size), 12, 4, 0)
    assert drivers.batch_facts(given)["sizes"] == [4, 4, 4]


@pytest.mark.parametrize(
    ("batches", "error"),
    [
        (iter([[0, 1]]), TypeError),
        (None, TypeError),
        ([[0.0, 1.0]], IndexError),
        (np.arange(4), ValueError),
        ([["a"]], IndexError),
        ([np.array([True, False])], IndexError),
    ],
)
def test_what_is_no_list_of_indices_is_refused_with_a_reason(batches: Any, error: type) -> None:
    with pytest.raises(error, match=r"wanted|whole numbers|one-dimensional"):
        drivers.batch_cut(lambda *_: batches, 4, 2, 0)


class Sure:
    """A float that claims a slope of 1."""

    def __init__(self, data: float) -> None:
        self.data, self.grad = data, 0.0

    def __mul__(self, other: Sure) -> Sure:
        return Sure(self.data * other.data)

    def backward(self) -> None:
        self.grad = 1.0


def test_a_program_is_worked_out_with_the_class_of_the_answer() -> None:
    assert drivers.run_forward(Sure, "a * a", {"a": 3.0}) == 9.0
    assert drivers.run_backward(Sure, "a * a", {"a": 3.0}) == {"data": 9.0, "grad of a": 0.0}


@pytest.mark.parametrize(
    ("name", "drive", "args", "text"),
    [
        ("minibatches", "batch_cut", (10, 4, 0), "minibatches(10, 4, np.random.default_rng(0))"),
        (
            "minibatches",
            "batch_order",
            (60, 12, 1),
            "minibatches(60, 12, np.random.default_rng(1))",
        ),
        ("logistic", "without_warnings", ([1.0],), "logistic([1.0])"),
        (
            "Value",
            "run_backward",
            ("c = a * b; c + a", {"a": 2.0, "b": 3.0}),
            "a = Value(2.0); b = Value(3.0); c = a * b; out = c + a; out.backward()",
        ),
        ("Value", "run_forward", ("a + 1", {"a": 2.0}), "a = Value(2.0); (a + 1).data"),
    ],
)
def test_a_check_shows_the_call_as_a_student_would_type_it(
    name: str, drive: str, args: tuple[Any, ...], text: str
) -> None:
    assert call_text(name, Probe("value", args, drive=WHERE + drive)) == text


def test_the_call_of_the_curve_drawing_lab_names_its_weights() -> None:
    x, y = networks.fish(5)
    text = call_text("J_b3", Probe("value", (7, x, y), drive=WHERE + "with_weights"))
    assert text.startswith("J_b3(x, y)")
    assert "seed=7" in text


def test_every_driver_can_be_asked_as_a_probe() -> None:
    probe = Probe("value", (2, *networks.fish(4)), drive=WHERE + "with_weights")
    outcome = ask(lambda x, y: x.sum() + y.sum(), probe)
    assert not outcome.errors
    assert not outcome.changed


def test_a_gate_is_shown_and_named_by_what_it_answers_whatever_its_numbers() -> None:
    scheme = compile_public(exercises.find("not_gate"))
    report = mark(scheme, lambda probe: ask((-33.0, 16.5), probe), (-33.0, 16.5))
    np.testing.assert_allclose(report.findings[0].got.value, [1, -1])
    assert report.mistake is not None
    assert report.mistake.name == "gate_of_signs"
