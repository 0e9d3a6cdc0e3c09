"""The functions of the course, with exact derivatives, as plain data.

A course function is called like any function; it takes lists, tuples, whole numbers and arrays,
and lets complex numbers and the variables of `helpers.autodiff` through untouched.

* scalar fields (x of shape (n, ...)) have ``.gradient(x)`` and ``.hessian(x)``;
* curves (one variable, elementwise) have ``.derivative(x)`` and ``.second(x)``;
* vector fields (x of shape (n, ...) to (m, ...)) have ``.jacobian(x)``;
* paths (t to a point of shape (n,)) have ``.velocity(t)``.

`spec` turns one into names and numbers, `build` turns these back, `random` draws one.

Examples
--------
>>> from helpers.functions import bowl
>>> float(bowl([1, 2])), bowl.gradient([1, 2]).tolist()
(9.0, [2.0, 8.0])
"""

from __future__ import annotations

from helpers.functions.curves import (
    bump,
    damped_wave,
    exponential,
    log1p_curve,
    logistic_curve,
    polynomial,
    rational,
    sinusoid,
)
from helpers.functions.draws import DRAWS
from helpers.functions.fields import (
    exp_linear,
    gaussian_hills,
    mixed_field,
    polynomial_field,
    quadratic,
    waves,
)
from helpers.functions.kinds import Curve, Field, Path, VectorField
from helpers.functions.maps import (
    affine,
    helix,
    lissajous,
    polar,
    polynomial_path,
    quadratic_map,
    spherical,
    trig_map,
)
from helpers.functions.named import (
    bowl,
    dome,
    hills,
    himmelblau,
    monkey_saddle,
    ripple,
    rosenbrock,
    saddle,
    valley,
)
from helpers.functions.problems import (
    MINIMA,
    PROBLEMS,
    STARTS,
    bard,
    beale,
    box_3d,
    brown_badly_scaled,
    brown_dennis,
    freudenstein_roth,
    gaussian_fit,
    helical_valley,
    jennrich_sampson,
    kowalik_osborne,
    powell_badly_scaled,
    powell_singular,
    wood,
)
from helpers.functions.registry import FAMILIES, NAMED, build, random, spec

__all__ = [
    "DRAWS",
    "FAMILIES",
    "MINIMA",
    "NAMED",
    "PROBLEMS",
    "STARTS",
    "Curve",
    "Field",
    "Path",
    "VectorField",
    "affine",
    "bard",
    "beale",
    "bowl",
    "box_3d",
    "brown_badly_scaled",
    "brown_dennis",
    "build",
    "bump",
    "damped_wave",
    "dome",
    "exp_linear",
    "exponential",
    "freudenstein_roth",
    "gaussian_fit",
    "gaussian_hills",
    "helical_valley",
    "helix",
    "hills",
    "himmelblau",
    "jennrich_sampson",
    "kowalik_osborne",
    "lissajous",
    "log1p_curve",
    "logistic_curve",
    "mixed_field",
    "monkey_saddle",
    "polar",
    "polynomial",
    "polynomial_field",
    "polynomial_path",
    "powell_badly_scaled",
    "powell_singular",
    "quadratic",
    "quadratic_map",
    "random",
    "rational",
    "ripple",
    "rosenbrock",
    "saddle",
    "sinusoid",
    "spec",
    "spherical",
    "trig_map",
    "valley",
    "waves",
    "wood",
]
