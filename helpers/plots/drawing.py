"""Draw a scene as a static figure: an image with a sentence that says what it shows.

Only matplotlib's object interface is used, so that drawing needs no screen, no backend and no state,
and never disturbs a figure that the caller has open.
"""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray
from PIL import Image

from helpers.plots.colours import DASHES, shade
from helpers.plots.scene import (
    Arrows,
    Field,
    Layer,
    Line,
    Mesh,
    Panel,
    Points,
    Scene,
    Text,
)

WIDTH_IN = 7.2
DOTS_PER_INCH = 150
SHOWN_WIDTH_PX = 720
RAMP = 112
"""How many of a picture's 256 colours are kept for its fields."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture that is drawn when somebody looks; as the last expression of a cell it shows itself.

    Attributes
    ----------
    scene : Scene
        What is on it.
    """

    scene: Scene

    @property
    def alt(self) -> str:
        """One sentence that says what the image shows, with a number in it."""
        return self.scene.alt

    @functools.cached_property
    def png(self) -> bytes:
        """The image."""
        return _drawn(self.scene)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        data = base64.b64encode(self.png).decode("ascii")
        image = (
            f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}" '
            f'style="width: {SHOWN_WIDTH_PX}px; max-width: 100%; height: auto;">'
        )
        return {"text/html": image, "image/png": data, "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


def draw(scene: Scene) -> Figure:
    """A figure of a scene, drawn with matplotlib when it is shown.

    Examples
    --------
    >>> line = Line(np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    >>> draw(Scene([Panel([line], (0, 1), (0, 2))], alt="A line of slope 2."))
    A line of slope 2.
    """
    return Figure(scene)


def _drawn(scene: Scene) -> bytes:
    sheet = Sheet((WIDTH_IN, scene.height), dpi=DOTS_PER_INCH, layout="constrained")
    canvas: Any = FigureCanvasAgg(sheet)
    rows = -(-len(scene.panels) // scene.columns)
    grid = sheet.add_gridspec(rows, scene.columns, width_ratios=scene.widths or None)
    for i, panel in enumerate(scene.panels):
        _draw_panel(sheet.add_subplot(grid[divmod(i, scene.columns)]), panel)
    canvas.draw()
    return _png(np.asarray(canvas.buffer_rgba()), _ramp(scene))


def _ramp(scene: Scene) -> NDArray[np.uint8]:
    """The colours that a picture's fields and surfaces pass through, shape (k, 3); none without."""
    layers = [layer for panel in scene.panels for layer in panel.layers]
    signed = any(isinstance(layer, Field) and layer.signed for layer in layers)
    smooth = any(isinstance(layer, (Field, Mesh)) for layer in layers)
    return shade(np.linspace(0, 1, RAMP if smooth else 0), signed)[:, :3]


def _png(pixels: NDArray[np.uint8], ramp: NDArray[np.uint8]) -> bytes:
    """A PNG of 256 colours, a quarter of the bytes.

    The colours of fields are among them: a palette of the picture's own would show as steps that
    look like contours.
    """
    image = Image.fromarray(pixels).convert("RGB")
    own = image.quantize(256 - len(ramp), Image.Quantize.FASTOCTREE)
    if len(ramp):
        colours = [*ramp.ravel().tolist(), *(own.getpalette() or [])]
        palette = Image.new("P", (1, 1))
        palette.putpalette(colours[: 3 * 256])
        own = image.quantize(palette=palette, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    own.save(stream, "png")
    return stream.getvalue()


def _draw_panel(ax: Axes, panel: Panel) -> None:
    if "x" in panel.log:
        ax.set_xscale("log")
    if "y" in panel.log:
        ax.set_yscale("log")
    for depth, layer in enumerate(panel.layers):
        _draw_layer(ax, layer, depth + 1)
    ax.set(xlim=panel.x, ylim=panel.y)
    ax.set_title(panel.title, fontsize=11)
    if panel.equal:
        ax.set_aspect("equal", adjustable="box")
    if panel.axes:
        _draw_frame(ax, panel)
    else:
        ax.set_axis_off()
    if panel.legend:
        over_field = any(isinstance(layer, Field) for layer in panel.layers)
        _draw_legend(ax, panel.legend, "#A0A0A0" if over_field else "#FFFFFF")


def _draw_legend(ax: Axes, corner: str, ground: str) -> None:
    style: dict[str, Any] = {"fontsize": 9, "framealpha": 0.9, "facecolor": ground}
    style["handlelength"] = 3.2
    if corner == "outside":
        style |= {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    else:
        style["loc"] = corner
    ax.legend(**style).set_zorder(99)


def _draw_frame(ax: Axes, panel: Panel) -> None:
    ax.set_xlabel(panel.xlabel, fontsize=10)
    ax.set_ylabel(panel.ylabel, fontsize=10)
    ax.tick_params(labelsize=9)
    for axis, ticks in zip((ax.xaxis, ax.yaxis), panel.ticks, strict=True):
        if ticks is not None:
            axis.set_ticks([t for t, _ in ticks], [text for _, text in ticks])
            axis.set_minor_locator(NullLocator())
    if not any(isinstance(layer, Field) for layer in panel.layers):
        ax.grid(visible=True, color="#E4E4E4", linewidth=0.8)
        ax.set_axisbelow(True)


def _draw_layer(ax: Axes, layer: Layer, depth: int) -> None:
    PAINT[type(layer)](ax, layer, depth)


def _paint_field(ax: Axes, field: Field, depth: int) -> None:
    extent = (*field.x, *field.y)
    smooth = "bilinear" if field.smooth else "nearest"
    ax.imshow(
        field.pixels,
        extent=extent,
        origin="lower",
        aspect="auto",
        interpolation=smooth,
        zorder=depth,
    )
    if field.name:
        colours = ScalarMappable(cmap="RdBu_r" if field.signed else "viridis")
        colours.set_clim(0, 1)
        sheet: Any = ax.figure
        bar = sheet.colorbar(colours, ax=ax, pad=0.02, fraction=0.05)
        bar.set_ticks([t for t, _ in field.ticks], labels=[text for _, text in field.ticks])
        bar.ax.tick_params(labelsize=9)
        bar.set_label(field.name, fontsize=10)


def _paint_line(ax: Axes, line: Line, depth: int) -> None:
    (drawn,) = ax.plot(line.x, line.y, color=line.colour, linewidth=line.width, zorder=depth)
    drawn.set(alpha=line.opacity, label=line.label or "_")
    drawn.set(marker=line.marker or "none", markersize=6, markevery=line.every)
    if line.marker != "x":
        drawn.set(markeredgecolor="white", markeredgewidth=0.6)
    if DASHES[line.dash]:
        drawn.set_dashes([d / line.width for d in DASHES[line.dash]])


def _paint_points(ax: Axes, points: Points, depth: int) -> None:
    ring = points.colour if points.marker == "x" else "white"
    ax.plot(
        points.x,
        points.y,
        linestyle="none",
        marker=points.marker,
        markersize=points.size,
        color=points.colour,
        markeredgecolor=ring,
        markeredgewidth=2.0 if points.marker == "x" else 0.8,
        label=points.label or "_",
        zorder=depth,
    )


def _paint_arrows(ax: Axes, arrows: Arrows, depth: int) -> None:
    colour: Any = arrows.colour if arrows.colours is None else arrows.colours / 255
    ax.quiver(
        *(arrows.x, arrows.y, arrows.u, arrows.v),
        angles="xy",
        scale_units="xy",
        scale=1,
        color=colour,
        units="dots",
        width=arrows.width * DOTS_PER_INCH / 72,
        headwidth=4.5,
        headlength=5.5,
        headaxislength=5,
        minlength=0.1,
        zorder=depth,
    )
    if arrows.label:
        ax.plot([], [], color=arrows.colour, linewidth=2, marker=">", label=arrows.label)


def _paint_mesh(ax: Axes, mesh: Mesh, depth: int) -> None:
    shapes = PolyCollection(
        list(mesh.corners),
        facecolors=mesh.fill / 255,
        edgecolors=mesh.edge / 255,
        linewidths=0.6,
        zorder=depth,
    )
    shapes.set_label(mesh.label or "_")
    ax.add_collection(shapes)


def _paint_text(ax: Axes, text: Text, depth: int) -> None:
    ax.annotate(
        text.text,
        (text.x, text.y),
        xytext=(0, text.raise_by),
        textcoords="offset points",
        ha=text.align,
        va="center",
        color=text.colour,
        fontsize=text.size,
        annotation_clip=False,
        zorder=depth,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": text.paper},
    )


PAINT: dict[type, Callable[[Axes, Any, int], None]] = {
    Field: _paint_field,
    Line: _paint_line,
    Points: _paint_points,
    Arrows: _paint_arrows,
    Mesh: _paint_mesh,
    Text: _paint_text,
}
