"""Taylor polynomials: order by order, where they stop working, and over the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.plots import sampling, space
from helpers.plots.colours import BLACK, ORANGE, SKY, VERMILION, WHITE, series
from helpers.plots.drawing import Figure, draw
from helpers.plots.legends import free_corner
from helpers.plots.sampling import Function
from helpers.plots.scene import Field, Layer, Line, Panel, Points, Scene, polygons, short
from helpers.plots.wording import name, padded, pair

Array = NDArray[np.float64]
Limits = tuple[float, float]


def taylor_orders(
    f: Function, a: float = 0.0, orders: Sequence[int] = (1, 3, 5), x: Limits = (-4.0, 4.0)
) -> Figure:
    """Draw Taylor polynomials of f about a, and the band that the last one's remainder keeps to.

    The band is M |x − a|ⁿ⁺¹/(n + 1)!, with M the largest |f⁽ⁿ⁺¹⁾| that is found in the window.

    Parameters
    ----------
    f : callable
        Function of one variable, in plain numpy code.
    a : float
        The centre.
    orders : sequence of int
        Which polynomials are drawn.
    x : (low, high)
        What is shown.

    Examples
    --------
    >>> taylor_orders(np.exp, a=0, orders=[1, 2], x=(-1, 1))
    exp and its Taylor polynomials of order 1 and 2 about x = 0; for x from −1 to 1 the last one is wrong by at most 0.218.
    """
    return draw(taylor_orders_scene(f, a, orders, x))


def taylor_orders_scene(
    f: Function, a: float = 0.0, orders: Sequence[int] = (1, 3, 5), x: Limits = (-4.0, 4.0)
) -> Scene:
    """Scene of `taylor_orders`."""
    last = max(orders)
    t = np.linspace(*x, 241)
    truth = sampling.curve(f, t)
    coefficients = sampling.taylor_coefficients(f, a, last)
    limits = padded(truth, 0.35)
    best = _polynomial(coefficients, last, a, t)
    band = _remainder(f, last, a, t)
    high, low = (np.clip(best + s * band, limits[0] - 9, limits[1] + 9) for s in (1, -1))
    edge = np.concatenate([np.stack([t, high], 1), np.stack([t, low], 1)[::-1]])
    layers: list[Layer] = [polygons(edge, SKY, 0.35, SKY, f"remainder of order {last}")]
    for i, order in enumerate(orders):
        colour, dash, _ = series(i + 1)
        values = _polynomial(coefficients, order, a, t)
        layers.append(Line(t, values, colour, dash, 2.0, f"order {order}"))
    layers += [Line(t, truth, BLACK, "solid", 2.4, name(f)), Points(np.array([a]), truth_at(f, a))]
    error = short(float(np.abs(best - truth).max()))
    listed = " and ".join([", ".join(map(str, orders[:-1])), str(orders[-1])]).removeprefix(" and ")
    alt = (
        f"{name(f)} and its Taylor polynomials of order {listed} about x = {short(a)}; for x from "
        f"{short(x[0])} to {short(x[1])} the last one is wrong by at most {error}."
    )
    title = f"order {last} about {short(a)}: largest error {error}"
    panel = Panel(layers, x, limits, title, "x", legend="outside")
    return Scene([panel], alt, height=4.2)


def truth_at(f: Function, a: float) -> Array:
    """f at one number, as an array of one."""
    return sampling.curve(f, np.array([a]))


def _polynomial(coefficients: Array, order: int, a: float, t: Array) -> Array:
    return np.asarray(np.polynomial.polynomial.polyval(t - a, coefficients[: order + 1]))


def _remainder(f: Function, order: int, a: float, t: Array) -> Array:
    """Lagrange's bound, with the derivative's largest value taken over 21 points of the window."""
    places = np.linspace(t[0], t[-1], 21)
    next_ones = [sampling.taylor_coefficients(f, float(s), order + 1)[-1] for s in places]
    return np.asarray(np.abs(next_ones).max() * np.abs(t - a) ** (order + 1))


def convergence_disc(centre: float = 0.0, order: int = 16) -> Figure:
    """Draw where the Taylor series of 1/(1 + x²) converges: a disc that reaches to the nearest pole.

    Examples
    --------
    >>> convergence_disc(0.0)
    Size of 1/(1 + z²) over the complex plane with its poles at ±i. The disc about 0 that reaches them has radius 1, and outside it the polynomial of order 16 leaves the curve.
    """
    return draw(convergence_disc_scene(centre, order))


def convergence_disc_scene(centre: float = 0.0, order: int = 16) -> Scene:
    """Scene of `convergence_disc`."""
    radius = float(np.hypot(centre, 1))
    plane = _complex_panel(centre, radius)
    alt = (
        f"Size of 1/(1 + z²) over the complex plane with its poles at ±i. The disc about "
        f"{short(centre)} that reaches them has radius {short(radius)}, and outside it the polynomial "
        f"of order {order} leaves the curve."
    )
    return Scene([plane, _real_panel(centre, radius, order)], alt, columns=2, height=3.9)


def _complex_panel(centre: float, radius: float) -> Panel:
    window = (-2.5, 2.5), (-2.5, 2.5)
    re, im = sampling.grid(*window, 81)
    size = np.minimum(1 / np.maximum(np.abs(1 + (re + 1j * im) ** 2), 1e-9), 4)
    angle = np.linspace(0, 2 * np.pi, 121)
    layers: list[Layer] = [
        Field(size, *window),
        Line(centre + radius * np.cos(angle), radius * np.sin(angle), WHITE, "dashed", 2.4),
        Line(np.array([-2.5, 2.5]), np.zeros(2), WHITE, "solid", 1.0),
        Points(np.zeros(2), np.array([-1.0, 1.0]), VERMILION, "x", 10, "poles ±i"),
        Points(np.array([centre]), np.zeros(1), WHITE, "o", 8, "centre"),
    ]
    title = f"radius {short(radius)}: as far as the poles"
    return Panel(layers, *window, title, "real", "imaginary", equal=True)


def _real_panel(centre: float, radius: float, order: int) -> Panel:
    t = np.linspace(-2.5, 2.5, 301)
    coefficients = sampling.taylor_coefficients(lambda x: 1 / (1 + x**2), centre, order)
    inside = polygons(
        [(centre - radius, -2), (centre + radius, -2), (centre + radius, 3), (centre - radius, 3)],
        SKY,
        0.3,
        SKY,
        "converges",
    )
    layers: list[Layer] = [
        inside,
        Line(t, 1 / (1 + t**2), BLACK, "solid", 2.4, "1/(1 + x²)"),
        Line(
            t,
            _polynomial(coefficients, order, centre, t),
            VERMILION,
            "dashed",
            2.0,
            f"order {order}",
        ),
    ]
    window = (-2.5, 2.5), (-1.0, 2.0)
    corner = free_corner(layers, *window, columns=2)
    return Panel(layers, *window, f"about {short(centre)}", "x", legend=corner)


def taylor_sheets(f: Function, at: ArrayLike, reach: float = 1.5) -> Figure:
    """Draw a surface with its Taylor sheets of order 0, 1 and 2 at a point.

    Examples
    --------
    >>> from helpers.functions import bowl
    >>> taylor_sheets(bowl, at=(0.5, 0.5))
    bowl and its Taylor sheets of order 0, 1 and 2 at (0.5, 0.5); within 0.75 of the point they are wrong by up to 3.94, 1.69 and 0.
    """
    return draw(taylor_sheets_scene(f, at, reach))


def taylor_sheets_scene(
    f: Function, at: ArrayLike, reach: float = 1.5, turn: float = -60.0
) -> Scene:
    """Scene of `taylor_sheets`."""
    p = sampling.point(at)
    window = sampling.square(at, reach, at)
    ground = sampling.grid(*window, 21)
    truth = sampling.values(f, ground)
    view = space.View(*window, (float(truth.min()), float(truth.max())), turn)
    near = np.abs(ground - p[:, None, None]).max(axis=0) <= reach / 2 + 1e-9
    panels, errors = [], []
    for order, sheet in enumerate(_sheets(f, p, ground)):
        errors.append(short(float(np.abs(sheet - truth)[near].max())))
        panels.append(_sheet_panel(view, ground, truth, sheet, p, order))
    alt = (
        f"{name(f)} and its Taylor sheets of order 0, 1 and 2 at {pair(p)}; within {short(reach / 2)} "
        f"of the point they are wrong by up to {errors[0]}, {errors[1]} and {errors[2]}."
    )
    return Scene(panels, alt, columns=3, height=2.9)


def _sheets(f: Function, p: Array, ground: Array) -> list[Array]:
    """Values of the polynomials of order 0, 1 and 2 over the ground."""
    d = ground - p[:, None, None]
    zeroth = np.full(d.shape[1:], float(sampling.values(f, p[:, None])[0]))
    first = zeroth + np.tensordot(sampling.gradient(f, p), d, 1)
    second = first + 0.5 * np.einsum("iab,ij,jab->ab", d, sampling.hessian(f, p), d)
    return [zeroth, first, second]


def _sheet_panel(
    view: space.View, ground: Array, truth: Array, sheet: Array, p: Array, order: int
) -> Panel:
    inner = slice(5, 16)
    patch = np.stack([*ground, sheet])[:, inner, inner]
    foot = (*p, float(sheet[10, 10]))
    layers: list[Layer] = [
        space.sheet(
            view,
            [
                space.tiles(np.stack([*ground, truth]), "", 0.7, view.z),
                space.tiles(patch, ORANGE, 0.85),
            ],
        ),
        space.dots(view, foot),
    ]
    return space.panel(
        layers, f"order {order}: " + ("level", "tangent plane", "bends with f")[order]
    )
