"""The marking schemes, one module per week, named like the week's notebook."""

from __future__ import annotations

import importlib
import pkgutil

from autograder.exercise import Exercise


def weeks() -> list[str]:
    """Names of the weeks that have a marking scheme, in order."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if name.startswith("week"))


def of_week(week: str) -> dict[str, Exercise]:
    """The exercises of a week by name, in the order they are written.

    Raises
    ------
    ValueError
        If there is no such week.
    """
    if week not in weeks():
        raise ValueError(f"there is no week {week!r}; there are {', '.join(weeks())}")
    module = importlib.import_module(f"{__name__}.{week}")
    found = [item for item in vars(module).values() if isinstance(item, Exercise)]
    return {item.name: item for item in found}


def find(name: str) -> Exercise:
    """The exercise of this name in any week.

    Raises
    ------
    KeyError
        If no week has it.
    """
    for week in weeks():
        found = of_week(week)
        if name in found:
            return found[name]
    raise KeyError(f"no week has an exercise called {name!r}")
