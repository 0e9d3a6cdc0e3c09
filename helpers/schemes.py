"""Marking schemes as a file: the ``checks.json`` that is released beside a notebook.

It holds public probes, what was wanted for each and what each catalogued slip answers: data only, no reference,
no wrong implementation, no hidden probe.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from helpers.marking import Group, Mistake, Scheme, Trial
from helpers.plain import PlainDataError, pack, pack_columns, printable, unpack
from helpers.probes import Outcome, Probe

FILE_NAME = "checks.json"
FORMAT = 1


def write(schemes: dict[str, Scheme], path: Path) -> None:
    """Write schemes to `path`, by way of a file beside it.

    Parameters
    ----------
    schemes : dict of str to Scheme
    path : Path
    """
    buffers: list[bytes] = []
    tree = {name: _scheme_tree(scheme, buffers) for name, scheme in schemes.items()}
    text = [base64.b64encode(buffer).decode("ascii") for buffer in buffers]
    beside = path.with_name(path.name + ".new")
    content = {"format": FORMAT, "exercises": tree, "buffers": text}
    beside.write_text(json.dumps(content, separators=(",", ":")), "utf-8")
    os.replace(beside, path)


class Schemes(Mapping[str, Scheme]):
    """The schemes of a file by the name of the exercise; each is read when it is asked for.

    Attributes
    ----------
    points : dict of str to float
        What each exercise is worth.

    Raises
    ------
    ValueError
        If the file is damaged.
    """

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        with _damaged(path):
            self._path, self._trees = path, dict(content["exercises"].items())
            self._buffers = [base64.b64decode(text, validate=True) for text in content["buffers"]]
            self.points = {name: _points(tree) for name, tree in self._trees.items()}

    def __getitem__(self, name: str) -> Scheme:
        """Read one scheme."""
        tree = self._trees[name]
        with _damaged(self._path):
            return _read_scheme(name, tree, self._buffers)

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the week."""
        return iter(self._trees)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._trees)


@contextlib.contextmanager
def _damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is damaged: download the week again.") from error


def _points(tree: dict[str, Any]) -> float:
    return sum(float(points) for points, _, _ in tree["groups"].values())


def read(path: Path) -> Schemes:
    """Read the schemes that :func:`write` wrote.

    Raises
    ------
    ValueError
        If the file is not one of ours, or of another version.
    """
    with _damaged(path):
        content = json.loads(path.read_text("utf-8"))
        version = content["format"]
    if version == FORMAT:
        return Schemes(path, content)
    raise ValueError(f"{path.name} has format {version}, this course reads {FORMAT}: update it.")


def _scheme_tree(scheme: Scheme, buffers: list[bytes]) -> dict[str, Any]:
    return {
        "groups": {
            name: [group.points, pack(group.rtol, buffers), group.unchanged]
            for name, group in scheme.groups.items()
        },
        "probes": [probe_tree(probe, buffers) for probe in scheme.probes],
        "wanted": [outcome_tree(outcome, buffers) for outcome in scheme.wanted],
        "mistakes": [_mistake_tree(scheme, mistake, buffers) for mistake in scheme.mistakes],
        "trials": [[t.group, t.play, list(t.seeds), t.at_least] for t in scheme.trials],
        "refuses": list(scheme.refuses),
        "view": scheme.view,
    }


def _mistake_tree(scheme: Scheme, mistake: Mistake, buffers: list[bytes]) -> dict[str, Any]:
    return {
        "name": mistake.name,
        "sentence": mistake.sentence,
        "ask": mistake.ask,
        "rows": [
            [
                None if outcome is wanted else outcome_tree(outcome, buffers)
                for outcome, wanted in zip(row, scheme.wanted, strict=True)
            ]
            for row in mistake.rows
        ],
    }


def probe_tree(probe: Probe, buffers: list[bytes]) -> dict[str, Any]:
    """A Probe as JSON types, its arrays in `buffers`."""
    return {
        "group": probe.group,
        "args": None if probe.args is None else _pack_args(probe.args, buffers),
        "then": pack(probe.then, buffers),
        "drive": probe.drive,
    }


def _pack_args(args: tuple[Any, ...], buffers: list[bytes]) -> Any:
    return {"tuple": [pack_columns(argument, buffers) for argument in args]}


def read_probe(tree: dict[str, Any], buffers: list[bytes]) -> Probe:
    """The Probe of a tree."""
    args, then = unpack(tree["args"], buffers), unpack(tree["then"], buffers)
    return Probe(tree["group"], args, then, tree["drive"])


def outcome_tree(outcome: Outcome, buffers: list[bytes]) -> dict[str, Any]:
    """An Outcome as JSON types, its arrays in `buffers`."""
    if outcome.errors:
        result: dict[str, Any] = {"errors": list(outcome.errors), "message": outcome.message}
    else:
        result = {"value": pack(outcome.value, buffers)}
    return result | {"changed": True} if outcome.changed else result


def read_outcome(tree: dict[str, Any], buffers: list[bytes]) -> Outcome:
    """The Outcome of a tree; every field is checked, for it may come from a student's process."""
    fields = tree if isinstance(tree, dict) else {}
    errors, message = fields.get("errors", []), fields.get("message", "")
    answered = "value" in fields or "errors" in fields
    if not answered or not isinstance(message, str) or not isinstance(errors, list):
        raise PlainDataError("an outcome was wanted")
    if not all(isinstance(name, str) for name in errors):
        raise PlainDataError("the names of an outcome's errors are texts")
    names = tuple(printable(name[:100]) for name in errors[:8])
    value = unpack(fields.get("value"), buffers, with_functions=False)
    return Outcome(value, names, printable(message[:500]), fields.get("changed") is True)


def _read_scheme(name: str, tree: dict[str, Any], buffers: list[bytes]) -> Scheme:
    wanted = tuple(read_outcome(item, buffers) for item in tree["wanted"])
    return Scheme(
        name,
        {
            key: Group(points, unpack(rtol, buffers), unchanged)
            for key, (points, rtol, unchanged) in tree["groups"].items()
        },
        tuple(read_probe(item, buffers) for item in tree["probes"]),
        wanted,
        tuple(_read_mistake(item, wanted, buffers) for item in tree["mistakes"]),
        tuple(
            Trial(group, play, tuple(seeds), least) for group, play, seeds, least in tree["trials"]
        ),
        tuple(tree["refuses"]),
        tree["view"],
    )


def _read_mistake(
    tree: dict[str, Any], wanted: tuple[Outcome, ...], buffers: list[bytes]
) -> Mistake:
    rows = tuple(
        tuple(
            right if item is None else read_outcome(item, buffers)
            for item, right in zip(row, wanted, strict=True)
        )
        for row in tree["rows"]
    )
    return Mistake(tree["name"], tree["sentence"], tree["ask"], rows)
