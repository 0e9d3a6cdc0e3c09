"""The two sweeps over a tape: tangents from the first step to the last, adjoints from the last to the first.

Both ask the rule of every step the same kind of question. Forward costs one sweep for each input,
reverse one for each output; all of them travel at once, on a leading axis.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from helpers.autodiff.arrays import TAKE, add_taken
from helpers.autodiff.rules import BOOL, narrow, plain, scale
from helpers.autodiff.variable import Tape, Variable


def forward_sweep(x: Variable, tangents: Any, output: Variable) -> Any:
    """Push tangents of x, shape (k, *x.shape), to the output: shape (k, *output.shape)."""
    nodes: list[Any] = x.tape.nodes
    needed, last_used = plan(output)
    moved: list[Any] = [None] * len(nodes)
    moved[x.index] = tangents
    for node in nodes[x.index + 1 : output.index + 1]:
        if needed[node.index]:
            arriving: list[Any] = [None] * len(node.inputs)
            for i, parent in node.parents:
                arriving[i] = moved[parent.index]
            moved[node.index] = node.rule.push(arriving, node)
            for index in last_used.get(node.index, ()):
                moved[index] = None
    return moved[output.index]


def plan(output: Variable) -> tuple[list[bool], dict[int, list[int]]]:
    """Which steps the output depends on, and after which step each is used no more."""
    nodes = output.tape.nodes
    needed = [False] * len(nodes)
    last_used: dict[int, list[int]] = {}
    needed[output.index] = True
    for node in nodes[output.index :: -1]:
        if needed[node.index]:
            for _, parent in node.parents:
                if not needed[parent.index]:
                    needed[parent.index] = True
                    last_used.setdefault(node.index, []).append(parent.index)
    return needed, last_used


def reverse_sweep(x: Variable, output: Variable, seed: Any) -> Any:
    """Pull adjoints of the output back to x: shape (..., *x.shape), or None if it does not count.

    Where a number reached that was not chosen (the square root in ``np.where(x > 0, np.sqrt(x), 0)``
    at x = -1) its slope may be nan; then a second, careful sweep leaves such numbers out.
    """
    adjoint = adjoints_of(output, seed)[x.index]
    if finite(adjoint):
        return adjoint
    return careful_adjoints(output, seed)[x.index]


def finite(result: Any) -> bool:
    """True if no entry is inf or nan."""
    if result is None:
        return True
    numbers = plain(result)
    if not numbers.shape:
        return math.isfinite(numbers)
    # one sum is quicker than a mask; it can overflow, so only its good news counts
    return math.isfinite(np.add.reduce(numbers, axis=None)) or bool(np.all(np.isfinite(numbers)))


def adjoints_of(output: Variable, seed: Any, keep: bool = False) -> list[Any]:
    """Adjoints by place on the tape: of the first step, or with `keep` of every step."""
    nodes = output.tape.nodes
    adjoints: list[Any] = [None] * len(nodes)
    ours: set[int] = set()  # places whose array nobody else sees: sums may grow in it
    adjoints[output.index] = seed
    for node in nodes[output.index :: -1]:
        adjoint = adjoints[node.index]
        if adjoint is None or not node.parents:
            continue
        for i, parent in node.parents:
            add_share(adjoints, parent.index, i, adjoint, node, ours)
        if not keep:
            adjoints[node.index] = None
    return adjoints


def add_share(
    adjoints: list[Any], place: int, i: int, adjoint: Any, node: Any, ours: set[int]
) -> None:
    """Add what this step contributes to the adjoint of its input i."""
    old = adjoints[place]
    if place in ours and node.rule is TAKE and type(adjoint) is np.ndarray:
        add_taken(old, adjoint, node)
        return
    part = node.rule.pull(i, adjoint, node)
    if place in ours and type(part) is np.ndarray:
        old += part
        return
    adjoints[place] = part if old is None else old + part
    if type(adjoints[place]) is np.ndarray and (node.rule is TAKE or old is not None):
        ours.add(place)
    else:
        ours.discard(place)


def careful_adjoints(output: Variable, seed: Any) -> list[Any]:
    """As `adjoints_of`, but what was not chosen on the way is left out, be it nan."""
    nodes = output.tape.nodes
    adjoints: list[Any] = [None] * len(nodes)
    live: list[Any] = [None] * len(nodes)
    adjoints[output.index], live[output.index] = seed, plain(seed) != 0
    for node in nodes[output.index :: -1]:
        if adjoints[node.index] is not None:
            for i, parent in node.parents:
                part = _careful_pull(i, adjoints[node.index], node, parent, live)
                old = adjoints[parent.index]
                adjoints[parent.index] = part if old is None else old + part
    return adjoints


def _careful_pull(i: int, adjoint: Any, node: Any, parent: Variable, live: list[Any]) -> Any:
    """The share of input i, with entries dropped that were not chosen; notes which are alive."""
    alive, rule = live[node.index], node.rule
    lead = adjoint.ndim - node.value.ndim
    part = rule.pull(i, adjoint, node)
    if rule.slopes:
        slope = rule.slopes[i](node.value, *node.inputs)
        shape = node.inputs[i].shape
        part = narrow(np.where(alive, scale(slope, adjoint), 0.0), shape, lead)
        mask = slope if getattr(slope, "dtype", None) is BOOL else True
        reached = narrow((alive & mask) * 1.0, shape, lead) > 0
    elif rule.linear:
        reached = rule.pull(i, alive * 1.0, _bare(node)) > 0
    else:
        reached = np.ones(plain(part).shape, dtype=bool)
    old = live[parent.index]
    live[parent.index] = reached if old is None else old | reached
    return part


def _bare(node: Variable) -> Variable:
    """The step with plain numbers inside, for masks."""
    inputs = [plain(a) for a in node.inputs]
    return Variable(plain(node.value), Tape(), node.rule, (), inputs, node.params)
