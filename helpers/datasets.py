"""Small sets of real measurements, with where they come from and what is known about their fits.

The numbers were published; they are facts and free to use. Each file says so in its first lines.

Examples
--------
>>> hubble = load("hubble_1929")
>>> len(hubble["distance_mpc"]), hubble.source[:9]
(24, 'E. Hubble')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NUMBER = r"(-?[\d.]+(?:[eE][-+]?\d+)?)"
LINE_PARAMETER = re.compile(rf"\b(\w+) = {NUMBER} \(sd {NUMBER}\)")
MODEL_PARAMETER = re.compile(
    rf"(b\d): start1 {NUMBER}, start2 {NUMBER}, certified {NUMBER}, sd {NUMBER}"
)
RSS = re.compile(rf"certified residual sum of squares {NUMBER}")
RESIDUAL_SD = re.compile(rf"residual sd {NUMBER}")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Measurements, their source, and certified results where somebody has certified them.

    Attributes
    ----------
    name : str
    source : str
        The first line of the file: who published it, where, and what it is.
    notes : str
        All comment lines of the file.
    columns : mapping of str to ndarray of shape (rows,)
        Read-only; also ``data["x"]``.
    certified : mapping of str to float
        Certified values of the parameters, in the order of the model; empty where there are none.
    certified_sd : mapping of str to float
        Their certified standard deviations.
    starts : tuple of ndarray of shape (n,)
        Start 1 (far) and start 2 (near) of the nonlinear NIST sets; else empty.
    residual_sum : float
        Certified residual sum of squares; nan where there is none.
    residual_sd : float
        Certified standard deviation of the residuals; nan where there is none.
    """

    name: str
    source: str
    notes: str
    columns: Mapping[str, Array]
    certified: Mapping[str, float] = field(default_factory=dict)
    certified_sd: Mapping[str, float] = field(default_factory=dict)
    starts: tuple[Array, ...] = ()
    residual_sum: float = float("nan")
    residual_sd: float = float("nan")

    def __getitem__(self, column: str) -> Array:
        """One column."""
        if column not in self.columns:
            known = ", ".join(self.columns)
            raise KeyError(f"{self.name} has no column {column!r}: choose one of {known}")
        return self.columns[column]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())))


def names() -> list[str]:
    """The names of all data sets.

    Examples
    --------
    >>> names()[0]
    'anscombe_1973'
    """
    files = (item.name for item in resources.files("helpers.data").iterdir())
    return sorted(name.removesuffix(".csv") for name in files if name.endswith(".csv"))


NIST_NONLINEAR = tuple(
    f"nist_{name}" for name in ("misra1a", "chwirut2", "danwood", "eckerle4", "rat42", "rat43")
)
"""The nonlinear sets of the NIST Statistical Reference Datasets that the course has."""


def load(name: str) -> Dataset:
    """Read a data set.

    Parameters
    ----------
    name : str
        One of `names()`, such as ``"nist_rat43"``.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If there is no data set of that name.

    References
    ----------
    NIST/ITL, Statistical Reference Datasets, for those whose name begins with ``nist``; each set's
    `source` names the publication of the others.

    Examples
    --------
    >>> norris = load("nist_norris")
    >>> round(norris.certified["m"], 6), len(norris)
    (1.002117, 36)
    """
    if name not in names():
        raise ValueError(f"there is no data set {name!r}: choose one of {', '.join(names())}")
    text = resources.files("helpers.data").joinpath(f"{name}.csv").read_text("utf-8")
    lines = text.splitlines()
    notes = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    rows = [line for line in lines if line and not line.startswith("#")]
    return _described(name, "\n".join(notes), _columns(rows))


def _columns(rows: list[str]) -> Mapping[str, Array]:
    table = np.array([row.split(",") for row in rows[1:]], float).T
    table.setflags(write=False)
    return MappingProxyType(dict(zip(rows[0].split(","), table, strict=True)))


def _described(name: str, notes: str, columns: Mapping[str, Array]) -> Dataset:
    """The data set, with what its comment lines say about the certified fit."""
    model = MODEL_PARAMETER.findall(notes)
    triples = LINE_PARAMETER.findall(notes) + [(b, value, sd) for b, _, _, value, sd in model]
    starts = np.array([[float(first), float(second)] for _, first, second, _, _ in model])
    starts.setflags(write=False)
    return Dataset(
        name,
        notes.splitlines()[0],
        notes,
        columns,
        MappingProxyType({b: float(value) for b, value, _ in triples}),
        MappingProxyType({b: float(sd) for b, _, sd in triples}),
        tuple(starts.T) if model else (),
        _number(RSS, notes),
        _number(RESIDUAL_SD, notes),
    )


def _number(pattern: re.Pattern[str], notes: str) -> float:
    found = pattern.search(notes)
    return float(found[1]) if found else float("nan")
