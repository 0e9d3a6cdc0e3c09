"""From a course function to plain data and back; random members of a family."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from helpers.functions import curves, fields, maps
from helpers.functions.draws import DRAWS
from helpers.functions.kinds import Curve, Field, Path, VectorField, plain
from helpers.functions.named import NAMED_FIELDS
from helpers.functions.problems import PROBLEMS

CourseFunction = Field | Curve | VectorField | Path

FAMILIES: dict[str, Callable[..., CourseFunction]] = {
    maker.__name__: maker
    for maker in (
        fields.quadratic,
        fields.gaussian_hills,
        fields.waves,
        fields.polynomial_field,
        fields.exp_linear,
        fields.mixed_field,
        curves.polynomial,
        curves.sinusoid,
        curves.bump,
        curves.exponential,
        curves.rational,
        curves.logistic_curve,
        curves.log1p_curve,
        curves.damped_wave,
        maps.affine,
        maps.trig_map,
        maps.quadratic_map,
        maps.lissajous,
        maps.polynomial_path,
    )
}

NAMED: dict[str, CourseFunction] = {
    f.family: f for f in (*NAMED_FIELDS, *PROBLEMS, maps.polar, maps.spherical, maps.helix)
}

MEMBERS: dict[type, tuple[str, ...]] = {
    Field: ("gradient", "hessian"),
    Curve: ("derivative", "second"),
    VectorField: ("jacobian",),
    Path: ("velocity",),
}


def spec(f: Any) -> dict[str, Any]:
    """A course function, or one of its exact derivatives, as plain data.

    Parameters
    ----------
    f : course function or bound member
        For example ``bowl``, ``quadratic(...)`` or ``bowl.gradient``.

    Returns
    -------
    dict
        ``{"family": str, "member": str, "parameters": dict}`` of numbers, strings and lists.

    Raises
    ------
    TypeError
        If f does not come from `helpers.functions`.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> spec(bowl.gradient)
    {'family': 'bowl', 'member': 'gradient', 'parameters': {}}
    """
    owner = getattr(f, "__self__", f)
    member = "value" if owner is f else getattr(f, "__name__", "")
    known = MEMBERS.get(type(owner))
    if known is None or member not in ("value", *known):
        raise TypeError(
            f"spec wants a function from helpers.functions or its exact derivative, got {f!r}: "
            "build one, for example functions.quadratic(A=..., b=...)"
        )
    return {"family": owner.family, "member": member, "parameters": plain(owner.parameters)}


def build(plan: Mapping[str, Any]) -> Any:
    """The course function that a spec describes: the inverse of `spec`.

    Parameters
    ----------
    plan : mapping
        ``{"family": str, "member": str, "parameters": dict}``; member and parameters may be left
        out.

    Returns
    -------
    callable
        A course function, or its exact derivative.

    Raises
    ------
    ValueError
        For an unknown family, member or parameter.

    Examples
    --------
    >>> f = build({"family": "sinusoid", "parameters": {"frequency": 2}})
    >>> float(f.derivative(0))
    2.0
    """
    if not isinstance(plan, Mapping) or "family" not in plan:
        raise ValueError(f"build wants a dict with the key 'family', got {plan!r}: see spec(f)")
    parameters = plan.get("parameters", {})
    if not isinstance(parameters, Mapping) or not all(isinstance(k, str) for k in parameters):
        raise ValueError(f"parameters must be a dict of names to numbers or lists: {parameters!r}")
    f = _made(plan["family"], parameters)
    member = plan.get("member", "value")
    if member == "value":
        return f
    if member not in MEMBERS[type(f)]:
        known = ", ".join(("value", *MEMBERS[type(f)]))
        raise ValueError(f"{f} has no member {member!r}: choose one of {known}")
    return getattr(f, member)


def _made(family: Any, parameters: Mapping[str, Any]) -> CourseFunction:
    """The member of a family that the parameters pick."""
    if isinstance(family, str) and family in NAMED:
        if parameters:
            raise ValueError(f"{family} takes no parameters, got {', '.join(parameters)}")
        return NAMED[family]
    maker = FAMILIES.get(family) if isinstance(family, str) else None
    if maker is None:
        raise ValueError(f"unknown family {family!r}: choose one of {_names(FAMILIES, NAMED)}")
    try:
        inspect.signature(maker).bind(**parameters)
    except TypeError as error:
        wanted = ", ".join(inspect.signature(maker).parameters)
        raise ValueError(f"{family}: {error}; its parameters are {wanted}") from None
    return _checked(maker, family, parameters)


def _checked(
    maker: Callable[..., CourseFunction], family: str, parameters: Mapping[str, Any]
) -> CourseFunction:
    """The made function; what numpy says of text or ragged lists becomes advice."""
    try:
        return maker(**parameters)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{family} cannot be built: {error}") from error


def _names(*groups: Mapping[str, Any]) -> str:
    return ", ".join(name for group in groups for name in group)


def random(family: str, rng: np.random.Generator, n: int = 2, m: int | None = None) -> Any:
    """A random member of a family, well scaled.

    Values, slopes and curvatures are of order 1 for inputs in [−2, 2]ⁿ.

    Parameters
    ----------
    family : str
        The name of a family with parameters, such as "quadratic".
    rng : numpy.random.Generator
        Where the parameters are drawn from.
    n : int
        Number of inputs of a field or vector field, of coordinates of a path; for "polynomial" the
        degree is n + 1. Other curves ignore it.
    m : int, optional
        Number of outputs of a vector field; n unless given.

    Returns
    -------
    course function

    Raises
    ------
    ValueError
        For a family without parameters to draw, or sizes below 1.

    Examples
    --------
    >>> random("quadratic", np.random.default_rng(0), n=3)
    quadratic(n=3)
    """
    if family not in DRAWS:
        raise ValueError(f"no random member of {family!r}: choose one of {_names(DRAWS)}")
    m = n if m is None else m
    if n < 1 or m < 1:
        raise ValueError(f"n and m must be at least 1, got n={n}, m={m}")
    return FAMILIES[family](**DRAWS[family](rng, n, m))
