"""The catalogue holds what it promises, in every week that has a marking scheme."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.differentiate import jacobian as scipy_jacobian
from scipy.optimize import approx_fprime

from autograder import exercises
from autograder.compiler import compile_hidden, compile_public
from autograder.exercise import Case, Exercise, WrongAnswer, case, cases
from autograder.exercise import exercise as scheme_of
from helpers import functions, schemes
from helpers.check import examine
from helpers.compare import difference
from helpers.marking import Report, Scheme, mark, recognise
from helpers.plain import bare
from helpers.probes import Outcome, ask
from helpers.wording import describe

SEEDS = (b"one", b"two", b"three")
GAME_SEEDS = SEEDS[:1]  # fresh pits take long to dig

FOUND = [exercise for week in exercises.weeks() for exercise in exercises.of_week(week).values()]
BY_NAME = {exercise.name: exercise for exercise in FOUND}
MISTAKES = [(exercise, mistake) for exercise in FOUND for mistake in exercise.mistakes]
ANSWERS = [
    (exercise, name, answer)
    for exercise in FOUND
    for name, answer in [("reference", exercise.reference), *exercise.styles]
]

each_exercise = pytest.mark.parametrize("exercise", [pytest.param(e, id=e.name) for e in FOUND])
each_mistake = pytest.mark.parametrize(
    ("exercise", "mistake"), [pytest.param(e, m, id=f"{e.name}-{m.name}") for e, m in MISTAKES]
)


@cache
def compiled(name: str, seed: bytes = b"", with_mistakes: bool = True) -> tuple[Scheme, int]:
    exercise = BY_NAME[name]
    if seed:
        return compile_hidden(exercise, seed, with_mistakes)
    scheme = compile_public(exercise)
    return scheme, len(scheme.probes)


def marked(
    exercise: Exercise, answer: Any, seed: bytes = b"", with_mistakes: bool = True
) -> Report:
    scheme, public = compiled(exercise.name, seed, with_mistakes)
    if exercise.is_value and callable(answer):
        answer = answer()
    return mark(scheme, lambda probe: ask(answer, probe), answer, public)


def hidden_seeds(exercise: Exercise) -> tuple[bytes, ...]:
    return GAME_SEEDS if exercise.games else SEEDS


@pytest.mark.parametrize(
    ("exercise", "answer"), [pytest.param(e, a, id=f"{e.name}-{name}") for e, name, a in ANSWERS]
)
def test_the_reference_and_every_other_right_style_get_full_marks(
    exercise: Exercise, answer: Any
) -> None:
    for seed in (b"", *hidden_seeds(exercise)):
        report = marked(exercise, answer, seed, with_mistakes=not seed)
        assert report.points == exercise.points, describe(report, graded=bool(seed))


@each_exercise
def test_an_empty_stub_scores_nothing(exercise: Exercise) -> None:
    def unanswered(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("your turn")

    def silent(*args: Any, **kwargs: Any) -> Any:
        return None

    def dots(*args: Any, **kwargs: Any) -> Any:
        return ...

    for stub in (silent, dots) if exercise.is_value else (unanswered, silent, dots):
        assert marked(exercise, stub).points == 0
    if not exercise.is_value:
        assert not marked(exercise, unanswered).answered


@each_mistake
def test_a_slip_loses_points_and_its_own_sentence_names_it(
    exercise: Exercise, mistake: WrongAnswer
) -> None:
    others = {other.sentence for other in exercise.mistakes} - {mistake.sentence}
    for answer in mistake.answers:
        report = marked(exercise, answer)
        text = describe(report)
        assert report.points < exercise.points
        assert mistake.sentence in text
        assert mistake.ask in text
        assert not [sentence for sentence in others if sentence in text]


@each_mistake
def test_a_slip_loses_points_and_is_named_on_fresh_probes_too(
    exercise: Exercise, mistake: WrongAnswer
) -> None:
    for answer in mistake.answers:
        report = marked(exercise, answer, SEEDS[0])
        assert report.points < exercise.points
        assert mistake.sentence in describe(report, graded=True)


@each_mistake
def test_a_slip_is_named_in_one_sentence_and_one_question(
    exercise: Exercise, mistake: WrongAnswer
) -> None:
    assert mistake.sentence.endswith(".")
    assert ". " not in mistake.sentence
    assert mistake.ask.endswith("?")
    assert mistake.ask.count("?") == 1


@each_exercise
def test_no_two_slips_share_a_sentence_or_hold_each_others(exercise: Exercise) -> None:
    sentences = [mistake.sentence for mistake in exercise.mistakes]
    for sentence in sentences:
        assert sum(sentence in other for other in sentences) == 1


@each_exercise
def test_every_group_of_points_is_tried_by_the_visible_check(exercise: Exercise) -> None:
    scheme, _ = compiled(exercise.name)
    tried = {probe.group for probe in scheme.probes} | {trial.group for trial in scheme.trials}
    assert tried == set(exercise.groups)


@each_exercise
def test_points_are_whole_and_between_two_and_ten(exercise: Exercise) -> None:
    assert exercise.points == int(exercise.points)
    assert 2 <= exercise.points <= 10


@each_exercise
def test_a_probe_is_the_same_question_after_a_journey_as_json(exercise: Exercise) -> None:
    scheme, _ = compiled(exercise.name, hidden_seeds(exercise)[-1], with_mistakes=False)
    answer = exercise() if exercise.is_value else exercise.reference
    for probe in scheme.probes:
        buffers: list[bytes] = []
        text = json.dumps(schemes.probe_tree(probe, buffers))
        arrived = schemes.read_probe(json.loads(text), buffers)
        assert (arrived.group, arrived.drive) == (probe.group, probe.drive)
        assert same_outcome(ask(answer, arrived), ask(answer, probe))


def same_outcome(left: Outcome, right: Outcome) -> bool:
    if left.errors or right.errors:
        return left.errors == right.errors
    return difference(left.value, right.value, 0.0) is None


@each_exercise
def test_a_seed_draws_the_same_probes_each_time_and_another_seed_draws_others(
    exercise: Exercise,
) -> None:
    def drawn(seed: bytes) -> str:
        scheme, public = compile_hidden(exercise, seed, with_mistakes=False)
        buffers: list[bytes] = []
        trees = [schemes.probe_tree(probe, buffers) for probe in scheme.probes[public:]]
        return json.dumps(trees) + str(buffers)

    if not exercise.is_value:
        assert drawn(b"one") == drawn(b"one") != drawn(b"two")


def test_the_released_file_names_every_slip_as_the_instructors_machine_does(
    tmp_path: Any,
) -> None:
    path = tmp_path / schemes.FILE_NAME
    schemes.write({name: compiled(name)[0] for name in BY_NAME}, path)
    released = schemes.read(path)
    for exercise, mistake in MISTAKES:
        scheme = released[exercise.name]
        found = recognise(scheme, [ask(mistake.answers[0], probe) for probe in scheme.probes])
        assert found is not None
        assert found.name == mistake.name


def test_an_exercise_is_found_by_its_name_and_only_by_it() -> None:
    assert all(exercises.find(name) is exercise for name, exercise in BY_NAME.items())
    assert len(BY_NAME) == len(FOUND)
    with pytest.raises(KeyError, match="no week has an exercise called 'nonsense'"):
        exercises.find("nonsense")
    with pytest.raises(ValueError, match="there is no week 'week9'"):
        exercises.of_week("week9")


@each_exercise
def test_an_exercise_knows_slips_and_styles(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 4
    assert len(exercise.styles) >= 3


def peeks(f: Any, x: Any) -> Any:
    """What nobody should do: take the exact derivative that the course has of its own function."""
    return getattr(functions, f.__name__).gradient(np.array(x, float))


def test_a_function_that_is_passed_in_gives_no_derivative_to_who_opens_it() -> None:
    inside = [cell.cell_contents for cell in bare(functions.bowl).__closure__ or ()]
    assert not any(hasattr(item, name) for item in inside for name in ("gradient", "__self__"))


@pytest.mark.parametrize(
    ("name", "answer", "helper"),
    [
        ("gradient", lambda f, x: approx_fprime(np.array(x, float), f), "approx_fprime"),
        ("gradient", lambda f, x: scipy_jacobian(f, np.array(x, float)).df, "scipy.differentiate"),
        ("gradient", peeks, "Field.gradient"),
    ],
)
def test_a_library_that_does_the_exercise_is_refused_with_a_reason(
    name: str, answer: Any, helper: str
) -> None:
    scheme, _ = compiled(name)
    report = examine(scheme, answer)
    assert report.points == 0
    assert helper in describe(report)
    assert "with your own steps" in describe(report)


def test_a_group_that_has_no_points_of_its_own_is_refused_with_the_names_that_have() -> None:
    sample = scheme_of(points={"value": 1})(abs)
    with pytest.raises(ValueError, match="abs has points for 'value', not for 'edge'"):
        sample.probes("edge")
    with pytest.raises(ValueError, match="there are points for value, not for 'alone'"):
        scheme_of(points={"value": 1}, unchanged="alone")(abs)


def test_a_probe_is_a_tuple_or_a_case_and_anything_else_is_refused() -> None:
    rng = np.random.default_rng(0)
    assert list(cases(lambda rng: [(1,), case(2).then(3)], rng)) == [
        Case((1,)),
        Case((2,), ((3,),)),
    ]
    with pytest.raises(TypeError, match="yield a tuple of arguments or case"):
        list(cases(lambda rng: [3.0], rng))
