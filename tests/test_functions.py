"""helpers.functions: exact derivatives, plain data, published minima."""

from __future__ import annotations

import copy
import inspect
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from helpers import functions
from helpers.functions import NAMED, STARTS, Curve, Field, Path, VectorField
from helpers.functions.draws import DRAWS

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def members(kind):
    """Names of the families of one kind that can be drawn."""
    rng = np.random.default_rng(0)
    return [name for name in DRAWS if isinstance(functions.random(name, rng), kind)]


def named(kind):
    return [f for f in NAMED.values() if isinstance(f, kind)]


def complex_step(f, x):
    """Derivatives of f along every axis of x, exact to rounding, on the last axis."""
    h = 1e-30
    steps = 1j * h * np.eye(x.size)
    return np.stack([np.imag(f(x + step)) / h for step in steps], axis=-1)


def close(got, want, tolerance=1e-9):
    scale = max(1.0, float(np.max(np.abs(want))))
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("family", members(Field))
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 4))
def test_gradient_and_hessian_of_a_random_field_equal_the_complex_step(family, seed, n):
    rng = np.random.default_rng(seed)
    f = functions.random(family, rng, n=n)
    x = rng.uniform(-2, 2, n)
    assert f.gradient(x).shape == (n,)
    assert f.hessian(x).shape == (n, n)
    close(f.gradient(x), complex_step(f, x), 1e-12)
    close(f.hessian(x), complex_step(f.gradient, x), 1e-12)


@pytest.mark.parametrize("field", named(Field), ids=repr)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_gradient_and_hessian_of_a_named_field_equal_the_complex_step(field, seed):
    rng = np.random.default_rng(seed)
    n = field.n or rng.integers(2, 6)
    x = rng.uniform(0.2, 2, n) * rng.choice([-1, 1], n)
    if field.label in ("bard", "kowalik_osborne"):
        x = abs(x)  # their denominators vanish elsewhere
    close(field.gradient(x), complex_step(field, x), 1e-10)
    close(field.hessian(x), complex_step(field.gradient, x), 1e-10)
    np.testing.assert_array_equal(field.hessian(x), field.hessian(x).T)


@pytest.mark.parametrize("family", members(Curve))
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, x=st.floats(-2, 2))
def test_derivatives_of_a_random_curve_equal_the_complex_step(family, seed, x):
    f = functions.random(family, np.random.default_rng(seed))
    step = 1e-30
    close(f.derivative(x), np.imag(f(x + 1j * step)) / step, 1e-12)
    close(f.second(x), np.imag(f.derivative(x + 1j * step)) / step, 1e-12)


@pytest.mark.parametrize("family", members(VectorField))
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 4), m=st.integers(1, 4))
def test_jacobian_of_a_random_map_equals_the_complex_step(family, seed, n, m):
    rng = np.random.default_rng(seed)
    F = functions.random(family, rng, n=n, m=m)
    x = rng.uniform(-2, 2, n)
    assert F(x).shape == (m,)
    assert F.jacobian(x).shape == (m, n)
    close(F.jacobian(x), complex_step(F, x), 1e-12)


@settings(max_examples=25, deadline=None)
@given(r=st.floats(0.01, 3), theta=st.floats(0, 3), phi=st.floats(-3, 3))
def test_jacobians_of_polar_and_spherical_equal_the_complex_step(r, theta, phi):
    x = np.array([r, theta, phi])
    close(functions.spherical.jacobian(x), complex_step(functions.spherical, x), 1e-12)
    close(np.linalg.det(functions.spherical.jacobian(x)), r**2 * np.sin(theta), 1e-12)
    close(functions.polar.jacobian(x[:2]), complex_step(functions.polar, x[:2]), 1e-12)


@pytest.mark.parametrize("family", [*members(Path), "helix"])
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, t=st.floats(-2, 2))
def test_velocity_of_a_path_equals_the_complex_step(family, seed, t):
    rng = np.random.default_rng(seed)
    path = NAMED.get(family) or functions.random(family, rng, n=3)
    assert path(t).shape == path.velocity(t).shape == (3,)
    close(path.velocity(t), np.imag(path(t + 1e-30j)) / 1e-30, 1e-12)


def every_member():
    rng = np.random.default_rng(7)
    for f in [*NAMED.values(), *(functions.random(name, rng, n=3, m=2) for name in DRAWS)]:
        bound = ("gradient", "hessian", "derivative", "second", "jacobian", "velocity")
        yield f
        yield from (getattr(f, name) for name in bound if hasattr(f, name))


def an_input(f):
    owner = getattr(f, "__self__", f)
    one = isinstance(owner, (Curve, Path))
    return 0.7 if one else np.linspace(0.3, 1.1, owner.n or 3)


@pytest.mark.parametrize("f", list(every_member()), ids=lambda f: getattr(f, "__name__", ""))
def test_spec_comes_back_exactly_through_json(f):
    plan = functions.spec(f)
    again = functions.build(json.loads(json.dumps(plan)))
    assert functions.spec(again) == plan
    np.testing.assert_array_equal(again(an_input(f)), f(an_input(f)))


def test_a_course_function_can_be_pickled_and_copied():
    f = functions.random("waves", np.random.default_rng(3), n=2)
    for again in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert functions.spec(again) == functions.spec(f)
    assert copy.deepcopy(functions.bowl) is functions.bowl


def test_functions_print_their_names():
    rng = np.random.default_rng(0)
    assert repr(functions.bowl) == functions.bowl.__name__ == "bowl"
    assert repr(functions.random("quadratic", rng, n=2)) == "quadratic(n=2)"
    assert functions.sinusoid(amplitude=2).__name__ == (
        "sinusoid(amplitude=2, frequency=1, phase=0)"
    )


@pytest.mark.parametrize("field", [*named(Field), functions.quadratic(A=np.eye(3), b=[1, 2, 3])])
def test_a_field_takes_lists_tuples_and_whole_numbers(field):
    x = [1, 2, 3, 4][: field.n or 3]
    want = field(np.array(x, float))
    assert field(x) == field(tuple(x)) == field(np.array(x)) == want
    np.testing.assert_array_equal(field.gradient(x), field.gradient(np.array(x, float)))


@pytest.mark.parametrize(
    "f",
    [f for f in every_member() if isinstance(f, (Field, VectorField)) and f.n != 1],
    ids=repr,
)
def test_values_are_vectorised_over_trailing_axes(f):
    x = np.random.default_rng(1).uniform(0.2, 1.5, (f.n or 3, 2, 3, 2))
    got = f(x)
    for place in np.ndindex(2, 3, 2):
        np.testing.assert_allclose(got[(..., *place)], f(x[(slice(None), *place)]), rtol=1e-12)


def test_paths_are_vectorised_over_time():
    path = functions.random("lissajous", np.random.default_rng(1), n=2)
    t = np.linspace(0, 1, 6).reshape(2, 3)
    for p in (path, functions.helix):
        assert p(t).shape == (p.n, 2, 3)
        np.testing.assert_allclose(p.velocity(t)[:, 1, 2], p.velocity(t[1, 2]))


@pytest.mark.parametrize("family", list(DRAWS))
def test_random_members_are_of_order_one(family):
    rng = np.random.default_rng(11)
    sizes = []
    for _ in range(60):
        f = functions.random(family, rng, n=2)
        one = isinstance(f, (Curve, Path))
        x = rng.uniform(-2, 2, None if one else 2)
        slope = next(k for k in ("gradient", "derivative", "jacobian", "velocity") if hasattr(f, k))
        sizes.append([np.linalg.norm(f(x)), np.linalg.norm(getattr(f, slope)(x))])
    assert np.all(np.median(sizes, axis=0) > 0.05)
    assert np.max(sizes) < 40


def test_arguments_and_parameters_are_never_changed():
    A = np.eye(2)
    f = functions.quadratic(A=A, b=[0, 0])
    A[0, 0] = 9
    x = np.array([1.0, 2.0])
    f(x), f.gradient(x), f.hessian(x)
    f.hessian(x)[0, 0] = 7
    assert f(x) == 2.5
    np.testing.assert_array_equal(x, [1, 2])
    with pytest.raises(ValueError, match="read-only"):
        f.parameters["A"][0, 0] = 2
    with pytest.raises(TypeError):
        f.parameters["A"] = 2
    with pytest.raises(AttributeError):
        f.label = "g"


# The least values and where they are reached, as printed in the paper of 1981.
KNOWN = [
    *((name, x, least) for name, (x, least) in functions.MINIMA.items()),
    ("box_3d", (10, 1, -1), 0.0),
    ("himmelblau", (3, 2), 0.0),
]


@pytest.mark.parametrize(("name", "x", "least"), KNOWN)
def test_the_problem_is_least_where_the_paper_says(name, x, least):
    f = NAMED[name]
    assert f(x) == pytest.approx(least, rel=1e-12, abs=1e-12)
    assert np.all(np.linalg.eigvalsh(f.hessian(x)) > -1e-9)
    np.testing.assert_allclose(f.gradient(x), 0, atol=1e-5)


def test_every_problem_has_its_minimum():
    assert {f.label for f in functions.PROBLEMS} | {"rosenbrock"} == set(functions.MINIMA)
    assert set(STARTS) == set(functions.MINIMA)


@pytest.mark.parametrize(
    ("name", "start", "least"),
    [
        ("freudenstein_roth", STARTS["freudenstein_roth"], 48.98425),
        ("jennrich_sampson", STARTS["jennrich_sampson"], 124.362),
        ("bard", STARTS["bard"], 8.21487e-3),
        ("gaussian_fit", STARTS["gaussian_fit"], 1.12793e-8),
        ("kowalik_osborne", STARTS["kowalik_osborne"], 3.07505e-4),
        ("brown_dennis", STARTS["brown_dennis"], 85822.2),
    ],
)
def test_the_least_value_is_the_published_one(name, start, least):
    f = NAMED[name]
    found = optimize.minimize(
        f, start, jac=f.gradient, hess=f.hessian, method="trust-exact", options={"gtol": 1e-12}
    )
    assert f(found.x) == pytest.approx(least, rel=5e-6)
    if name != "freudenstein_roth":  # from there one comes to a higher hollow
        np.testing.assert_allclose(found.x, functions.MINIMA[name][0], rtol=1e-5, atol=1e-7)


def test_every_problem_has_a_start_of_its_size():
    for f in functions.PROBLEMS:
        assert len(STARTS[f.label]) == f.n
        assert np.isfinite(f(STARTS[f.label]))


def test_spec_of_anything_else_says_what_to_build():
    for stranger in (np.sin, len, 3, lambda x: x, functions.bowl.gradient.__func__, None):
        with pytest.raises(TypeError, match="build one, for example"):
            functions.spec(stranger)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"family": "spiral"}, "unknown family 'spiral': choose one of quadratic"),
        ({"family": ["a"]}, "unknown family"),
        ({"parameters": {}}, "key 'family'"),
        ("bowl", "key 'family'"),
        ({"family": "bowl", "parameters": {"a": 1}}, "bowl takes no parameters, got a"),
        ({"family": "sinusoid", "parameters": {"pitch": 1}}, "its parameters are amplitude"),
        ({"family": "quadratic", "parameters": {"A": [[1]]}}, "its parameters are A, b, c"),
        ({"family": "sinusoid", "parameters": [1]}, "must be a dict"),
        ({"family": "sinusoid", "parameters": {"phase": "x"}}, "cannot be built"),
        ({"family": "sinusoid", "parameters": {"phase": float("nan")}}, "must be finite"),
        ({"family": "quadratic", "parameters": {"A": [[1, 2]], "b": [1]}}, "must have shape"),
        ({"family": "quadratic", "parameters": {"A": [[1], [1, 2]], "b": [1]}}, "cannot be"),
        ({"family": "bump", "parameters": {"width": 0}}, "must be positive"),
        ({"family": "bowl", "member": "jacobian"}, "choose one of value, gradient, hessian"),
    ],
)
def test_a_bad_spec_is_refused_with_advice(plan, message):
    with pytest.raises(ValueError, match=message):
        functions.build(plan)


def test_random_of_an_unknown_family_lists_the_known_ones():
    with pytest.raises(ValueError, match="choose one of quadratic"):
        functions.random("bowl", np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 1"):
        functions.random("quadratic", np.random.default_rng(0), n=0)


def test_a_point_of_the_wrong_length_is_refused_with_advice():
    with pytest.raises(ValueError, match=r"bowl wants 2 numbers along the first axis"):
        functions.bowl([1, 2, 3])
    with pytest.raises(ValueError, match="not one number"):
        functions.bowl.gradient(1.0)


def test_parameters_are_taken_by_keyword_only():
    for maker in functions.FAMILIES.values():
        kinds = {p.kind for p in inspect.signature(maker).parameters.values()}
        assert kinds == {inspect.Parameter.KEYWORD_ONLY}
