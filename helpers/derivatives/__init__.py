"""Numerical derivatives with error bounds: f is only called, never looked into.

Each function takes ``full=True`` and then returns an `Estimate` with ``.value``, ``.error`` and
``.note``, one word where there is something to tell. `helpers.autodiff` has the same calls, exact.

Examples
--------
>>> import numpy as np
>>> e = derivative(np.exp, 0.0, full=True)
>>> abs(e.value - 1) <= e.error < 1e-11
True
"""

from __future__ import annotations

from helpers.derivatives.checks import GradientCheck, check_gradient, convergence_order
from helpers.derivatives.many import directional, gradient, jacobian, partial
from helpers.derivatives.one import derivative
from helpers.derivatives.result import DerivativeWarning, Estimate
from helpers.derivatives.second import hessian
from helpers.derivatives.series import taylor_coefficients

__all__ = [
    "DerivativeWarning",
    "Estimate",
    "GradientCheck",
    "check_gradient",
    "convergence_order",
    "derivative",
    "directional",
    "gradient",
    "hessian",
    "jacobian",
    "partial",
    "taylor_coefficients",
]
