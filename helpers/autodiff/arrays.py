"""The rules of operations that move numbers about, add them up or multiply matrices.

Each rule is the operation itself, what it does to tangents (`push`, with the directions on a leading
axis) and its mirror image for adjoints (`pull`): a sum is mirrored by a copy, taking an entry by putting
it back, a matrix by its transpose.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.autodiff.rules import RULES, Rule, narrow, plain, spread, widen


def lead_of(adjoint: Any, node: Any) -> int:
    """Number of leading axes, the directions, of an adjoint of this node's value."""
    return int(adjoint.ndim - node.value.ndim)


def linear(name: str, push: Callable[..., Any], pull: Callable[..., Any]) -> Rule:
    """A rule for one input: push(t, lead, node) and pull(adjoint, lead, node) differ in shape only."""

    def forward(tangents: list[Any], node: Any) -> Any:
        return push(tangents[0], 1, node)

    def back(i: int, adjoint: Any, node: Any) -> Any:
        return pull(adjoint, lead_of(adjoint, node), node)

    rule = Rule(name, forward, back, linear=True)
    RULES[name] = rule
    return rule


# --- sums and shapes -------------------------------------------------------------------------------


def kept(node: Any) -> tuple[int, ...]:
    """The shape of a reduced result, with ones where axes were summed away."""
    axes = node.params[0]
    return tuple(1 if j in axes else n for j, n in enumerate(node.inputs[0].shape))


# Σ: a tangent is summed; an adjoint is copied to every entry.
SUM = linear(
    "sum",
    lambda t, lead, node: t.sum(
        axis=tuple(a + lead for a in node.params[0]), keepdims=node.params[1]
    ),
    lambda adjoint, lead, node: spread(
        adjoint.reshape(adjoint.shape[:lead] + kept(node)),
        adjoint.shape[:lead] + node.inputs[0].shape,
    ),
)

RESHAPE = linear(
    "reshape",
    lambda t, lead, node: t.reshape(t.shape[:lead] + node.value.shape),
    lambda adjoint, lead, node: adjoint.reshape(adjoint.shape[:lead] + node.inputs[0].shape),
)

BROADCAST = linear(
    "broadcast_to",
    lambda t, lead, node: spread(
        widen(t, node.inputs[0].ndim, node.value.shape), t.shape[:lead] + node.value.shape
    ),
    lambda adjoint, lead, node: narrow(adjoint, node.inputs[0].shape, lead),
)


def permuted(t: Any, lead: int, axes: Any) -> Any:
    """The axes after the leading ones in a new order."""
    return t.transpose(*range(lead), *(lead + int(a) for a in axes))


TRANSPOSE = linear(
    "transpose",
    lambda t, lead, node: permuted(t, lead, node.params[0]),
    lambda adjoint, lead, node: permuted(adjoint, lead, np.argsort(node.params[0])),
)

# running sums from the front; their mirror image: running sums from the back.
CUMSUM = linear(
    "cumsum",
    lambda t, lead, node: t.cumsum(axis=node.params[0]),
    lambda adjoint, lead, node: np.flip(
        np.flip(adjoint, node.params[0]).cumsum(axis=node.params[0]), node.params[0]
    ),
)

# --- taking entries and putting them back ----------------------------------------------------------


def behind(lead: int, index: tuple[Any, ...]) -> tuple[Any, ...]:
    """The index, applied behind the leading axes."""
    return (slice(None),) * lead + index if lead else index


def put(t: Any, index: tuple[Any, ...], shape: tuple[int, ...], lead: int) -> Any:
    """Zeros of this shape with t at the index; where an entry was taken twice, both are added."""
    if hasattr(t, "tape"):
        return t.put(index, shape, lead)
    out = np.zeros(t.shape[:lead] + shape)
    if isinstance(index[-1], np.ndarray):
        np.add.at(out, behind(lead, index), t)
    else:
        out[behind(lead, index)] = t
    return out


def add_taken(total: Any, adjoint: Any, node: Any) -> None:
    """Add the adjoint of taken entries to the adjoint of the array that they were taken from."""
    index = behind(lead_of(adjoint, node), node.params[0])
    if isinstance(index[-1], np.ndarray):
        np.add.at(total, index, adjoint)
    else:
        total[index] += adjoint


TAKE = linear(
    "take",
    lambda t, lead, node: t[behind(lead, node.params[0])],
    lambda adjoint, lead, node: put(adjoint, node.params[0], node.inputs[0].shape, lead),
)

PUT = linear(
    "put",
    lambda t, lead, node: put(t, node.params[0], node.params[1], lead + node.params[2]),
    lambda adjoint, lead, node: adjoint[behind(lead + node.params[2], node.params[0])],
)


# --- several arrays into one -----------------------------------------------------------------------


def concatenate_push(tangents: list[Any], node: Any) -> Any:
    """Tangents are joined as the values are; constants do not move."""
    lead = next(t.shape[:1] for t in tangents if t is not None)
    parts = [
        np.zeros(lead + np.shape(x)) if t is None else t
        for t, x in zip(tangents, node.inputs, strict=True)
    ]
    return np.concatenate(parts, axis=node.params[0])


def concatenate_pull(i: int, adjoint: Any, node: Any) -> Any:
    """Each input gets its part of the adjoint back."""
    axis, starts = node.params
    tail = (slice(None),) * (-axis - 1)
    return adjoint[(..., slice(starts[i], starts[i + 1]), *tail)]


CONCATENATE = Rule("concatenate", concatenate_push, concatenate_pull, linear=True)


def collect_push(tangents: list[Any], node: Any) -> Any:
    """As for `concatenate`, number by number."""
    lead = next(t.shape for t in tangents if t is not None)
    parts = [np.zeros(lead) if t is None else t for t in tangents]
    return np.stack(parts, axis=-1).reshape(lead + node.value.shape)


def collect_pull(i: int, adjoint: Any, node: Any) -> Any:
    """Each number gets its entry of the adjoint."""
    lead = lead_of(adjoint, node)
    return adjoint[behind(lead, np.unravel_index(i, node.value.shape))]


# single numbers, each its own variable, into one array
COLLECT = Rule("array", collect_push, collect_pull, linear=True)

# --- products --------------------------------------------------------------------------------------


def swap(a: Any) -> Any:
    """The transposed matrix, or each of a stack of them."""
    return a.swapaxes(-1, -2)


def matmul_push(tangents: list[Any], node: Any) -> Any:
    """d(A B) = dA B + A dB."""
    (a, b), (da, db) = node.inputs, tangents
    total: Any = None
    if da is not None:
        wide = da if a.ndim > 1 else da[..., None, :]
        wide = widen(wide, max(a.ndim, 2), (1,) * max(a.ndim, b.ndim, 2))
        total = wide @ (b if b.ndim > 1 else b[:, None])
    if db is not None and a.ndim <= 2 and b.ndim == 1:
        part = db @ (a.T if a.ndim == 2 else a[:, None])
        part = part.reshape(part.shape[:1] + node.value.shape)
        total = part if total is None else total.reshape(part.shape) + part
    elif db is not None:
        wide = db if b.ndim > 1 else db[..., None]
        wide = widen(wide, max(b.ndim, 2), (1,) * max(a.ndim, b.ndim, 2))
        part = (a if a.ndim > 1 else a[None, :]) @ wide
        total = part if total is None else total + part
    return total.reshape(total.shape[:1] + node.value.shape)


def matmul_pull(i: int, adjoint: Any, node: Any) -> Any:
    """A̅ = Y̅ Bᵀ and B̅ = Aᵀ Y̅; for vectors these are outer products or one transpose less."""
    a, b = node.inputs
    if i == 0:
        if b.ndim == 1:
            part = adjoint[..., None] * b
        elif a.ndim == 1 and b.ndim > 2:
            part = (adjoint[..., None, :] @ swap(b))[..., 0, :]
        else:
            part = adjoint @ swap(b)
    elif a.ndim == 1:
        part = a * adjoint[..., None] if b.ndim == 1 else a[:, None] * adjoint[..., None, :]
    elif b.ndim == 1:
        part = adjoint @ a if a.ndim == 2 else (adjoint[..., None, :] @ a)[..., 0, :]
    else:
        part = swap(a) @ adjoint
    return narrow(part, node.inputs[i].shape, lead_of(adjoint, node))


MATMUL = Rule("matmul", matmul_push, matmul_pull)


def einsum_push(tangents: list[Any], node: Any) -> Any:
    """The product rule: one term for each input that moves."""
    terms, out, spare = node.params
    total: Any = None
    for i, t in enumerate(tangents):
        if t is not None:
            letters = [*terms[:i], spare[0] + terms[i], *terms[i + 1 :]]
            arrays = (*node.inputs[:i], t, *node.inputs[i + 1 :])
            part = np.einsum(",".join(letters) + "->" + spare[0] + out, *arrays)
            total = part if total is None else total + part
    return total


def einsum_pull(i: int, adjoint: Any, node: Any) -> Any:
    """The adjoint takes input i's place among the factors, and input i's letters are the result."""
    terms, out, spare = node.params
    lead = lead_of(adjoint, node)
    first = spare[:lead]
    others = [*terms[:i], *terms[i + 1 :]]
    arrays = (*node.inputs[:i], *node.inputs[i + 1 :])
    found = "".join(c for c in terms[i] if c in out or any(c in term for term in others))
    letters = ",".join([first + out, *others]) + "->" + first + found
    part = np.einsum(letters, adjoint, *arrays)
    sizes = dict(zip(terms[i], node.inputs[i].shape, strict=True))
    ones = tuple(sizes[c] if c in found else 1 for c in terms[i])
    return spread(
        part.reshape(adjoint.shape[:lead] + ones), adjoint.shape[:lead] + node.inputs[i].shape
    )


EINSUM = Rule("einsum", einsum_push, einsum_pull)

# --- linear algebra --------------------------------------------------------------------------------


def inv_push(tangents: list[Any], node: Any) -> Any:
    """d(A⁻¹) = −A⁻¹ dA A⁻¹."""
    y = node.value
    return -(y @ tangents[0] @ y)


def inv_pull(i: int, adjoint: Any, node: Any) -> Any:
    """A̅ = −A⁻ᵀ Y̅ A⁻ᵀ."""
    turned = swap(node.value)
    return -(turned @ adjoint @ turned)


INV = Rule("linalg.inv", inv_push, inv_pull)


def solve_push(tangents: list[Any], node: Any) -> Any:
    """A y = b, so dy = A⁻¹ (db − dA y)."""
    (a, b), (da, db), y = node.inputs, tangents, node.value
    right: Any = 0.0 if db is None else widen(db, b.ndim, y.shape)
    if da is not None:
        right = right - widen(da, a.ndim, y.shape[:-2] + a.shape[-2:]) @ y
    return np.linalg.solve(a, right.T).T if y.ndim == 1 else np.linalg.solve(a, right)


def solve_pull(i: int, adjoint: Any, node: Any) -> Any:
    """b̅ = A⁻ᵀ y̅ and A̅ = −b̅ yᵀ."""
    turned, y = swap(node.inputs[0]), node.value
    if y.ndim == 1:
        b_bar = np.linalg.solve(turned, adjoint.T).T
        part = b_bar if i == 1 else -(b_bar[..., None] * y)
    else:
        b_bar = np.linalg.solve(turned, adjoint)
        part = b_bar if i == 1 else -(b_bar @ swap(y))
    return narrow(part, node.inputs[i].shape, lead_of(adjoint, node))


SOLVE = Rule("linalg.solve", solve_push, solve_pull)


def cofactors(a: Any) -> Any:
    """∂ det A / ∂A: det(A) A⁻ᵀ, or for a singular matrix its minors one by one."""
    n = a.shape[-1]
    if np.all(np.linalg.cond(plain(a)) < 1e6):
        return np.linalg.det(a)[..., None, None] * swap(np.linalg.inv(a))
    if n == 1:
        return np.ones(a.shape)
    rest = [np.delete(np.arange(n), j) for j in range(n)]
    minors = [
        (-1.0) ** (i + j) * np.linalg.det(a[..., rest[i][:, None], rest[j]])
        for i, j in itertools.product(range(n), repeat=2)
    ]
    return np.stack(minors, axis=-1).reshape(a.shape)


def det_push(tangents: list[Any], node: Any) -> Any:
    """d det A = Σ cofactor · dA."""
    return (cofactors(node.inputs[0]) * tangents[0]).sum(axis=(-2, -1))


def det_pull(i: int, adjoint: Any, node: Any) -> Any:
    """A̅ = y̅ · cofactors."""
    return adjoint[..., None, None] * cofactors(node.inputs[0])


DET = Rule("linalg.det", det_push, det_pull)


def logdet_push(tangents: list[Any], node: Any) -> Any:
    """d log|det A| = trace(A⁻¹ dA)."""
    return (swap(np.linalg.inv(node.inputs[0])) * tangents[0]).sum(axis=(-2, -1))


def logdet_pull(i: int, adjoint: Any, node: Any) -> Any:
    """A̅ = y̅ · A⁻ᵀ."""
    return adjoint[..., None, None] * swap(np.linalg.inv(node.inputs[0]))


LOGDET = Rule("linalg.slogdet", logdet_push, logdet_pull)

RULES.update(
    {rule.name: rule for rule in (CONCATENATE, COLLECT, MATMUL, EINSUM, INV, SOLVE, DET, LOGDET)}
)
