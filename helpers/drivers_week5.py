"""How the checks of week 5 use an answer that wants functions, or other names of its notebook.

Each driver is called with the answer first and plain data after it; a function of the same name with ``_text``
writes the call that a student would type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers import models
from helpers.seal import sealed
from helpers.wording import value_text

Array = NDArray[np.float64]
Answer = Callable[..., Any]
TINY = 1e-30


# ── models by name ────────────────────────────────────────────────────────────────────


def fit(answer: Answer, name: str, x: Any, y: Any, b0: Any, *steps: int) -> Any:
    """``answer(model, jacobian, x, y, b0)`` for the model of that name.

    Examples
    --------
    >>> fit(lambda model, jacobian, x, y, b0: model(x, b0), "line", [1.0], [2.0], [3.0, 4.0]).tolist()
    [7.0]
    """
    model = models.named(name)
    return answer(_plain(model), _plain_jacobian(model), x, y, b0, *steps)


def fit_text(answer: str, name: str, x: Any, y: Any, b0: Any, *steps: int) -> str:
    """The call as it looks in a notebook."""
    last = "".join(f", steps={number}" for number in steps)
    return f"{answer}({name}, its Jacobian, x, y, {value_text(b0)}{last}) with {_size(x)}"


def fit_in_units(answer: Answer, name: str, x: Any, y: Any, b0: Any, units: Array) -> Any:
    """The same, each parameter divided by its unit, so that all are compared to the same digits."""
    b = fit(answer, name, x, y, b0)
    try:
        array = np.asarray(b)
    except ValueError:
        return b
    fits = array.dtype.kind in "iuf" and array.shape == np.shape(units)
    return array / units if fits else b


def fit_in_units_text(answer: str, name: str, x: Any, y: Any, b0: Any, units: Array) -> str:
    """The call as it looks in a notebook."""
    text = f"{answer}({name}, its Jacobian, x, y, {value_text(b0)})"
    return f"{text} / {value_text(np.asarray(units))} with {_size(x)}"


def library_fit(answer: Answer, name: str, x: Any, y: Any, p0: Any) -> Any:
    """``answer(model, x, y, p0)`` for the model of that name."""
    return answer(_plain(models.named(name)), x, y, p0)


def library_fit_text(answer: str, name: str, x: Any, y: Any, p0: Any) -> str:
    """The call as it looks in a notebook."""
    return f"{answer}({name}, x, y, {value_text(p0)}) with {_size(x)}"


def _plain(model: models.Model) -> Callable[[Any, Any], Any]:
    """The model as a plain function."""

    def value(x: Any, b: Any) -> Any:
        return model(x, b)

    value.__name__ = value.__qualname__ = model.name
    return value


def _plain_jacobian(model: models.Model) -> Callable[[Any, Any], Array]:
    def jacobian(x: Any, b: Any) -> Array:
        return model.jacobian(x, b)

    return jacobian


def _size(x: Any) -> str:
    return f"{len(x)} points"


# ── the heights lab ───────────────────────────────────────────────────────────────────


def with_f(answer: Answer, x: Any, mu: float, sig: float) -> Any:
    """``answer(x, mu, sig)``, where `f` of the answer's notebook is the normal density.

    Examples
    --------
    >>> with_f(lambda x, mu, sig: f(x, mu, sig), 0.0, 0.0, 1.0).round(4).item()
    0.3989
    """
    with _names_set(answer, {"f": _density}):
        return answer(x, mu, sig)


def with_f_text(name: str, x: Any, mu: float, sig: float) -> str:
    """The call as it looks in a notebook."""
    return f"{name}({value_text(x)}, {value_text(mu)}, {value_text(sig)})"


def with_slopes(
    answer: Answer, x: Array, y: Array, mu: float, sig: float, aggression: float
) -> Any:
    """``answer(x, y, mu, sig, aggression)``, where `f`, `dfdmu` and `dfdsig` of its notebook are right.

    So a step is judged by its own merits, whatever came of the exercises before it.
    """
    with _names_set(answer, {"f": _density, "dfdmu": _slope_mu, "dfdsig": _slope_sig}):
        return answer(x, y, mu, sig, aggression)


def with_slopes_text(
    name: str, x: Array, y: Array, mu: float, sig: float, aggression: float
) -> str:
    """The call as it looks in a notebook."""
    numbers = ", ".join(value_text(number) for number in (mu, sig, aggression))
    return f"{name}(x, y, {numbers}) with {_size(x)}"


def _density(x: Any, mu: Any, sig: Any) -> Any:
    return np.exp(-((x - mu) ** 2) / (2 * sig**2)) / np.sqrt(2 * np.pi) / sig


def _slope_mu(x: Any, mu: Any, sig: Any) -> Any:
    return np.imag(_density(x, mu + 1j * TINY, sig)) / TINY


def _slope_sig(x: Any, mu: Any, sig: Any) -> Any:
    return np.imag(_density(x, mu, sig + 1j * TINY)) / TINY


@contextmanager
def _names_set(answer: Answer, values: dict[str, Any]) -> Iterator[None]:
    """Give global names of the answer's notebook these values, and put the old ones back afterwards."""
    names = _globals_of(answer)
    before = {name: names[name] for name in values if name in names}
    names.update(values)
    try:
        yield
    finally:
        for name in values:
            names.pop(name, None)
        names.update(before)


def _globals_of(answer: Any) -> dict[str, Any]:
    """The global names that a function sees; those of what it wraps where it is no plain function."""
    for inner in ("func", "__wrapped__", "__func__", "pyfunc"):
        answer = getattr(answer, inner, answer)
    found: dict[str, Any] = getattr(answer, "__globals__", {})
    return found


# ── residual_verdict ──────────────────────────────────────────────────────────────────


def tidy(verdict: Any) -> dict[str, str]:
    """A dict of words in small letters, whatever spaces and capitals it came with.

    Examples
    --------
    >>> tidy({1: " Fine"})
    {'1': 'fine'}
    """
    if not isinstance(verdict, dict):
        raise ValueError("a dict such as {1: 'fine', 2: …} is wanted")
    return {str(key).strip(): str(word).strip().lower() for key, word in verdict.items()}


def sealed_words(verdict: Any) -> Any:
    """The tidied dict, sealed: it is compared and not shown.

    Examples
    --------
    >>> sealed_words({1: " Fine"}) == sealed_words({"1": "fine"})
    True
    """
    return sealed(tidy(verdict))
