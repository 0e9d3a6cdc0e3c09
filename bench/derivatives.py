"""Exact derivatives against autograd, jax and algopy: one table of time ratios and errors.

Every row is measured in one run with all its contestants taking turns, and compares medians. Peers that are
not installed are left out, with a line that says so. jax is compiled (`jit`) before the clock starts.

Run ``python bench/derivatives.py``; `main` returns the rows.
"""

from __future__ import annotations

import importlib
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers import autodiff, taylor

ROUNDS = 101
SLICE_S = 4e-4  # one turn: short against the time that a busy machine takes away at once
Timed = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """One comparison: our time over the peer's.

    Attributes
    ----------
    task, peer : str
    ours_us, peer_us : float
        Median time of one call in microseconds.
    error : float
        Largest difference from the peer's answer, relative to its largest entry.
    bar : float or None
        The ratio that we promise to stay below.
    """

    task: str
    peer: str
    ours_us: float
    peer_us: float
    error: float
    bar: float | None = None

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours_us / self.peer_us

    @property
    def holds(self) -> bool:
        """True if the ratio is within its bar and the answers agree to 1e-12."""
        return (self.bar is None or self.ratio <= self.bar) and self.error <= 1e-12


def medians(contestants: list[Timed]) -> list[float]:
    """Median microseconds per call of each, taking turns."""
    calls = []
    for run in contestants:
        run()
        start = time.perf_counter()
        run()
        calls.append(max(1, round(SLICE_S / (time.perf_counter() - start))))
    times: list[list[float]] = [[] for _ in contestants]
    for _ in range(ROUNDS):
        for k, run in enumerate(contestants):
            start = time.perf_counter()
            for _ in range(calls[k]):
                run()
            times[k].append((time.perf_counter() - start) / calls[k])
    return [1e6 * median(t) for t in times]


def difference(ours: Any, peers: Any) -> float:
    """Largest difference relative to the largest entry."""
    want = np.asarray(peers)
    return float(np.max(np.abs(ours - want)) / np.max(np.abs(want)))


def compare(task: str, ours: Timed, peers: dict[str, tuple[Timed, float | None]]) -> Iterator[Row]:
    """Rows of one task; peers by name, each with its bar."""
    times = medians([ours, *(run for run, _ in peers.values())])
    for (name, (run, bar)), spent in zip(peers.items(), times[1:], strict=True):
        yield Row(task, name, times[0], spent, difference(ours(), run()), bar)


def library(name: str) -> Any:
    """A peer's module, or None if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def peer_names(peers: dict[str, tuple[Callable[..., Any], float | None]], x: Any) -> Any:
    """Derivative functions of peers, bound to the point."""
    return {name: (lambda run=run: run(x), bar) for name, (run, bar) in peers.items()}


def jitted(jax: Any, transform: Any, f: Any) -> Callable[..., Any]:
    """A compiled jax derivative that waits for its answer."""
    compiled = jax.jit(transform(f))
    return lambda x: compiled(x).block_until_ready()


# --- the functions, written for any numpy ----------------------------------------------------------


def rosenbrock(xp: Any) -> Callable[[Any], Any]:
    """Σ 100 (x₊ − x²)² + (1 − x)²."""
    return lambda x: xp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def network(xp: Any, sizes: tuple[int, ...]) -> Callable[[Any], Any]:
    """Mean squared error of a tanh network on 32 samples, as a function of all its parameters."""
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(32, sizes[0])), rng.normal(size=(32, sizes[-1]))

    def loss(p: Any) -> Any:
        a, start = inputs, 0
        for k, (m, n) in enumerate(pairwise(sizes)):
            W, b = p[start : start + m * n].reshape(m, n), p[start + m * n : start + m * n + n]
            a = a @ W + b
            a = xp.tanh(a) if k < len(sizes) - 2 else a
            start += m * n + n
        return xp.mean((a - targets) ** 2)

    return loss


def layer(xp: Any, m: int, n: int) -> Callable[[Any], Any]:
    """tanh(A x + b), shape (m,)."""
    rng = np.random.default_rng(1)
    A, b = rng.normal(size=(m, n)) / np.sqrt(n), rng.normal(size=m)
    return lambda x: xp.tanh(A @ x + b)


def two_layers(xp: Any, m: int, n: int) -> Callable[[Any], Any]:
    """tanh(A x) + sin(B x²), shape (m,)."""
    rng = np.random.default_rng(2)
    A, B = rng.normal(size=(2, m, n)) / np.sqrt(n)
    return lambda x: xp.tanh(A @ x) + xp.sin(B @ (x * x))


def beast(xp: Any) -> Callable[[Any], Any]:
    """exp(−x/2) sin(x² + 1)/(1 + x²)."""
    return lambda x: xp.exp(-x / 2) * xp.sin(x * x + 1) / (1 + x * x)


# --- the tasks -------------------------------------------------------------------------------------


def reverse_peers(make: Callable[[Any], Any], bar: float | None) -> dict[str, Any]:
    """Gradients of peers, of the function that make(numpy) writes."""
    peers: dict[str, Any] = {}
    if autograd := library("autograd"):
        peers["autograd"] = (autograd.grad(make(library("autograd.numpy"))), bar)
    if jax := library("jax"):
        peers["jax jit"] = (jitted(jax, jax.grad, make(jax.numpy)), None)
    return peers


def gradients() -> Iterator[Row]:
    """Rosenbrock's function and two networks."""
    for n in (2, 10, 100, 1000):
        x, f = np.linspace(-1.0, 1.2, n), rosenbrock(np)
        peers = peer_names(reverse_peers(rosenbrock, 0.7), x)
        yield from compare(
            f"gradient, Rosenbrock n = {n}", lambda f=f, x=x: autodiff.gradient(f, x), peers
        )
    for sizes in ((10, 24, 24, 1), (22, 64, 64, 64, 1)):
        count = sum(m * n + n for m, n in pairwise(sizes))
        p, f = np.random.default_rng(0).normal(size=count) / 5.0, network(np, sizes)
        peers = peer_names(reverse_peers(lambda xp, s=sizes: network(xp, s), 0.7), p)
        yield from compare(
            f"gradient, network of {count}", lambda f=f, p=p: autodiff.gradient(f, p), peers
        )


def hessians() -> Iterator[Row]:
    """Rosenbrock's function, also against our own gradient."""
    x, f = np.linspace(-1.0, 1.2, 100), rosenbrock(np)
    ours = medians([lambda: autodiff.hessian(f, x), lambda: autodiff.gradient(f, x)])
    yield Row("Hessian, Rosenbrock n = 100", "our gradient", *ours, 0.0, 8.0)
    peers: dict[str, Any] = {}
    if autograd := library("autograd"):
        peers["autograd"] = (autograd.hessian(rosenbrock(library("autograd.numpy"))), 0.1)
    if jax := library("jax"):
        peers["jax jit"] = (jitted(jax, jax.hessian, rosenbrock(jax.numpy)), None)
    yield from compare(
        "Hessian, Rosenbrock n = 100", lambda: autodiff.hessian(f, x), peer_names(peers, x)
    )


def jacobians() -> Iterator[Row]:
    """Tall and wide maps: forward and reverse sweeps."""
    tasks = [
        ("one layer", layer, 100, 50, None, 1.5),
        ("two layers", two_layers, 100, 50, None, None),
        ("one layer", layer, 10, 1000, 0.6, None),
        ("two layers", two_layers, 10, 1000, 0.6, None),
    ]
    for name, make, m, n, bar, jax_bar in tasks:
        x, F = np.random.default_rng(3).normal(size=n), make(np, m, n)
        peers: dict[str, Any] = {}
        if autograd := library("autograd"):
            peers["autograd"] = (autograd.jacobian(make(library("autograd.numpy"), m, n)), bar)
        if jax := library("jax"):
            transform = jax.jacfwd if m > n else jax.jacrev
            peers["jax jit"] = (jitted(jax, transform, make(jax.numpy, m, n)), jax_bar)
        task = f"Jacobian {m} x {n}, {name}"
        yield from compare(task, lambda F=F, x=x: autodiff.jacobian(F, x), peer_names(peers, x))


def series() -> Iterator[Row]:
    """Taylor coefficients to order 10."""
    a, order = 0.4, 10
    peers: dict[str, Any] = {}
    if algopy := library("algopy"):
        peers["algopy"] = (lambda: algopy_series(algopy, beast(algopy), a, order), None)
    if jax := library("jax"):
        compiled = jax.jit(lambda at: jet_series(jax, beast(jax.numpy), at, order))
        peers["jax jet jit"] = (lambda: compiled(a).block_until_ready(), None)
    ours = beast(np)
    yield from compare("Taylor to order 10", lambda: taylor.coefficients(ours, a, order), peers)


def algopy_series(algopy: Any, f: Any, a: float, order: int) -> Any:
    """The coefficients by algopy's univariate Taylor polynomials."""
    x = algopy.UTPM(np.zeros((order + 1, 1)))
    x.data[0, 0], x.data[1, 0] = a, 1.0
    return f(x).data[:, 0]


def jet_series(jax: Any, f: Any, a: Any, order: int) -> Any:
    """The coefficients by jax.experimental.jet, which counts derivatives: divided by k!."""
    jet = library("jax.experimental.jet").jet
    value, derivatives = jet(f, (a,), ([1.0] + [0.0] * (order - 1),))
    factorials = np.cumprod(np.arange(1.0, order + 1.0))
    return jax.numpy.array([value, *derivatives]) / np.concatenate([[1.0], factorials])


# --- the table -------------------------------------------------------------------------------------


def main() -> list[Row]:
    """Measure everything, print the table, return its rows."""
    if jax := library("jax"):
        jax.config.update("jax_enable_x64", True)
    found = [name for name in ("numpy", "autograd", "jax", "algopy") if library(name)]
    missing = [name for name in ("autograd", "jax", "algopy") if name not in found]
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in found))
    if missing:
        print(f"not installed, so not compared: {', '.join(missing)}")
    print(
        f"{'task':34} {'peer':13} {'ours µs':>9} {'peer µs':>9} {'ratio':>7} {'bar':>5} {'error':>8}"
    )
    rows = []
    for task in (gradients, hessians, jacobians, series):
        for row in task():
            rows.append(row)
            bar = "" if row.bar is None else f"{row.bar:.1f}"
            mark = "" if row.holds else "  over the bar"
            print(
                f"{row.task:34} {row.peer:13} {row.ours_us:9.1f} {row.peer_us:9.1f} "
                f"{row.ratio:7.2f} {bar:>5} {row.error:8.0e}{mark}"
            )
    return rows


if __name__ == "__main__":
    main()
