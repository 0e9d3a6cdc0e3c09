"""Derivatives against other libraries: one table of time ratios and errors.

Exact ones meet autograd, jax and algopy, numerical ones numdifftools and scipy.differentiate. Every row is
measured in one run with all its contestants taking turns, and compares medians. Peers that are not installed are
left out, with a line that says so. jax is compiled (`jit`) before the clock starts.

Run ``python bench/derivatives.py``; `main` returns the rows.
"""

from __future__ import annotations

import importlib
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers import autodiff, derivatives, taylor

ROUNDS = 101
ROW_S = 3.0  # about the longest that one row may take; then there are fewer rounds
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
        Of exact derivatives the largest difference from the peer's answer, relative to its largest
        entry; of numerical ones the largest from the truth, relative to max(1, |truth|).
    bar : float or None
        The ratio that we promise to stay below.
    peer_error : float or None
        The peer's own error, where the truth is known.
    error_bar : float
        The error that we promise to stay below.
    """

    task: str
    peer: str
    ours_us: float
    peer_us: float
    error: float
    bar: float | None = None
    peer_error: float | None = None
    error_bar: float = 1e-12

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours_us / self.peer_us

    @property
    def holds(self) -> bool:
        """True if the ratio and the error are within their bars."""
        return (self.bar is None or self.ratio <= self.bar) and self.error <= self.error_bar


def medians(contestants: list[Timed]) -> list[float]:
    """Median microseconds per call of each, taking turns."""
    calls, turn_s = [], 0.0
    for run in contestants:
        run()
        start = time.perf_counter()
        run()
        spent = time.perf_counter() - start
        calls.append(max(1, round(SLICE_S / spent)))
        turn_s += max(spent, SLICE_S)
    times: list[list[float]] = [[] for _ in contestants]
    for _ in range(max(5, min(ROUNDS, round(ROW_S / turn_s)))):
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


SLOPES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {  # each with its derivative
    "sine": (np.sin, np.cos),
    "cubic": (lambda x: x**3 - 2 * x, lambda x: 3 * x**2 - 2),
    "bell": (lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x)),
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.25 / np.cosh(x / 2) ** 2),
    "chirp": (lambda x: np.cos(x * x), lambda x: -2 * x * np.sin(x * x)),
    "fast sine": (lambda x: np.sin(200 * x), lambda x: 200 * np.cos(200 * x)),
    "steep": (lambda x: np.exp(20 * x), lambda x: 20 * np.exp(20 * x)),
    "offset": (lambda x: 1e6 + np.sin(x), np.cos),
    "root": (lambda x: np.sqrt(3.001 - x), lambda x: -0.5 / np.sqrt(3.001 - x)),
    "pole": (lambda x: 1 / (x - 3.001), lambda x: -1 / (x - 3.001) ** 2),
}
COSTLY = 60  # sines that a costly function computes besides


def costly(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same function, but so slow that only the number of its evaluations counts."""

    def slow(x: Any) -> Any:
        z = x
        for _ in range(COSTLY):
            z = np.sin(z)
        return f(x) + 0.0 * z

    return slow


def off(found: Any, want: Any) -> float:
    """Largest error relative to max(1, |truth|); a nan counts as no error, as it says so itself."""
    return float(np.nanmax(np.abs(found - want) / np.maximum(1.0, np.abs(want))))


def numerical() -> Iterator[Row]:
    """Ten functions at 1000 points each, cheap and costly, and a gradient."""
    x = np.linspace(-3.0, 3.0, 1000)
    want = np.array([slope(x) for _, slope in SLOPES.values()])
    for kind, wrap in (("cheap", lambda f: f), ("costly", costly)):
        fs = [wrap(f) for f, _ in SLOPES.values()]
        runs: dict[str, tuple[Timed, float | None]] = {}
        if scipy := library("scipy.differentiate"):
            runs["scipy"] = (lambda fs=fs: np.array([scipy.derivative(f, x).df for f in fs]), 1.5)
        if nd := library("numdifftools"):
            runs["numdifftools"] = (lambda fs=fs: np.array([nd.Derivative(f)(x) for f in fs]), None)
        task = f"derivative of 10 {kind} functions"
        yield from judge(task, lambda fs=fs: [derivatives.derivative(f, x) for f in fs], runs, want)
    f, point = rosenbrock(np), np.linspace(-1.0, 1.2, 10)
    runs = {}
    if nd := library("numdifftools"):
        runs["numdifftools"] = (lambda: nd.Gradient(f)(point), None)
    want = autodiff.gradient(f, point)
    yield from judge(
        "numerical gradient, Rosenbrock n = 10", lambda: derivatives.gradient(f, point), runs, want
    )


def judge(
    task: str, ours: Timed, peers: dict[str, tuple[Timed, float | None]], want: Any
) -> Iterator[Row]:
    """Rows of one task whose true answer is known."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        times = medians([ours, *(run for run, _ in peers.values())])
        for (name, (run, bar)), spent in zip(peers.items(), times[1:], strict=True):
            yield Row(task, name, times[0], spent, off(ours(), want), bar, off(run(), want), 1e-6)


# --- the table -------------------------------------------------------------------------------------


def main() -> list[Row]:
    """Measure everything, print the table, return its rows."""
    if jax := library("jax"):
        jax.config.update("jax_enable_x64", True)
    peers = ("autograd", "jax", "algopy", "scipy", "numdifftools")
    found = [name for name in ("numpy", *peers) if library(name)]
    missing = [name for name in peers if name not in found]
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in found))
    if missing:
        print(f"not installed, so not compared: {', '.join(missing)}")
    print(
        f"{'task':38} {'peer':13} {'ours µs':>9} {'peer µs':>9} {'ratio':>7} {'bar':>5} {'error':>8} "
        f"{'of peer':>8}"
    )
    rows = []
    for task in (gradients, hessians, jacobians, series, numerical):
        for row in task():
            rows.append(row)
            bar = "" if row.bar is None else f"{row.bar:.1f}"
            theirs = "" if row.peer_error is None else f"{row.peer_error:.0e}"
            mark = "" if row.holds else "  over the bar"
            print(
                f"{row.task:38} {row.peer:13} {row.ours_us:9.1f} {row.peer_us:9.1f} "
                f"{row.ratio:7.2f} {bar:>5} {row.error:8.0e} {theirs:>8}{mark}"
            )
    return rows


if __name__ == "__main__":
    main()
