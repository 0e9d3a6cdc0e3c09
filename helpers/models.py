"""Models ``model(x, b)`` to fit to data: elementwise in x, with the parameters in one array b.

A model is a formula with a name. Its Jacobian needs no second formula: a step into the complex plane
gives each column exactly.

Examples
--------
>>> growth = named("rat42")
>>> growth.text
'b1 / (1 + exp(b2 − b3 x))'
>>> growth.jacobian([10.0, 20.0], [70, 2.5, 0.07]).shape
(2, 3)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.functions.kinds import as_input

Array = NDArray[np.float64]
TINY = 1e-30


@dataclass(frozen=True)
class Model:
    """A formula y = model(x, b) with a name.

    Attributes
    ----------
    name : str
    text : str
        The formula as it is written, parameters counted from b1 as in tables of constants.
    n : int
        Number of parameters.
    formula : callable
        Takes x and the sequence b.
    """

    name: str
    text: str
    n: int
    formula: Callable[[Any, Any], Any]

    def __call__(self, x: Any, b: Any) -> Any:
        """Values at x, shape of x; x and b may also be complex or variables of `helpers.autodiff`.

        Raises
        ------
        ValueError
            If b has not n entries.
        """
        b = as_input(b)
        if np.shape(b) != (self.n,):
            raise ValueError(
                f"{self.name} has {self.n} parameters: b should have shape ({self.n},), "
                f"got {np.shape(b)}"
            )
        with np.errstate(all="ignore"):
            return self.formula(as_input(x), b)

    def jacobian(self, x: Any, b: Any) -> Array:
        """Partial derivatives with respect to b, shape (len(x), n).

        References
        ----------
        W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions",
        SIAM Review 40 (1998) 110-112.
        """
        b = np.asarray(b, float)
        steps = 1j * TINY * np.eye(b.size)
        columns = [np.imag(self(np.asarray(x, float), b + step)) / TINY for step in steps]
        return np.stack(columns, axis=-1)

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name


MODELS = {
    model.name: model
    for model in (
        Model("line", "b1 x + b2", 2, lambda x, b: b[0] * x + b[1]),
        Model("decay", "b1 exp(−b2 x)", 2, lambda x, b: b[0] * np.exp(-b[1] * x)),
        Model("cooling", "b1 + b2 exp(−b3 x)", 3, lambda x, b: b[0] + b[1] * np.exp(-b[2] * x)),
        Model("misra1a", "b1 (1 − exp(−b2 x))", 2, lambda x, b: b[0] * (1 - np.exp(-b[1] * x))),
        Model(
            "chwirut2",
            "exp(−b1 x) / (b2 + b3 x)",
            3,
            lambda x, b: np.exp(-b[0] * x) / (b[1] + b[2] * x),
        ),
        Model("danwood", "b1 x^b2", 2, lambda x, b: b[0] * x ** b[1]),
        Model(
            "eckerle4",
            "(b1/b2) exp(−½((x − b3)/b2)²)",
            3,
            lambda x, b: b[0] / b[1] * np.exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
        ),
        Model(
            "rat42",
            "b1 / (1 + exp(b2 − b3 x))",
            3,
            lambda x, b: b[0] / (1 + np.exp(b[1] - b[2] * x)),
        ),
        Model(
            "rat43",
            "b1 / (1 + exp(b2 − b3 x))^(1/b4)",
            4,
            lambda x, b: b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3]),
        ),
    )
}


def named(name: str) -> Model:
    """The model of that name; a NIST set's name with or without ``nist_`` is that of its model.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> named("nist_danwood")
    danwood
    """
    found = MODELS.get(name.removeprefix("nist_"))
    if found is None:
        raise ValueError(f"there is no model {name!r}: choose one of {', '.join(MODELS)}")
    return found
