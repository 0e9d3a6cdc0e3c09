"""A figure that moves: a scene that is computed anew whenever a slider is moved.

Python computes the scene, and one small canvas (`canvas.js`) draws it; numbers travel as bytes. Where
no widget can run (a printed page, a test, a kernel without anywidget), the same scene is shown as a
static image.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import numpy as np
import traitlets
from IPython.display import display
from numpy.typing import ArrayLike

from helpers.plots.colours import DASHES, shade
from helpers.plots.drawing import Figure, draw
from helpers.plots.scene import Arrows, Field, Layer, Line, Mesh, Panel, Scene
from helpers.widgets.controls import Button, Slider

HERE = Path(__file__).parent
MOVES = "This figure moves when the notebook runs."
KEYS = "Figure. Arrow keys move the point, with Shift in larger steps."


class Moving(anywidget.AnyWidget):
    """A figure with sliders, buttons and a pointer.

    Parameters
    ----------
    scene_of : callable
        Takes the sliders' values by keyword and returns a `Scene`.
    sliders : sequence of Slider
    buttons : sequence of Button
    pointer : pair of str
        The sliders that the mouse (in the first panel) and the arrow keys move; () for none.
    draggable : bool
        Whether the mouse moves them, not only the keys.
    click : str
        The button that a click and the Enter key press; "" for none.
    hint : str
        What a screen reader says of the keys.
    status_of : callable
        Returns the line below the figure.

    Examples
    --------
    >>> from helpers.plots.surfaces import surface_with_tangent_scene
    >>> from helpers.functions import bowl
    >>> moving = Moving(lambda x: surface_with_tangent_scene(bowl, (x, 0)), [Slider("x", "x", -2, 2, 0.1, 1)])
    >>> moving.values = {"x": 0.5}
    >>> moving.alt
    'Surface of bowl and its tangent plane at (0.5, 0): height 0.25, slopes ∂f/∂x = 1 and ∂f/∂y = 0.'
    """

    _esm = HERE / "canvas.js"
    _css = HERE / "canvas.css"
    controls: Any = traitlets.List().tag(sync=True)
    buttons: Any = traitlets.List().tag(sync=True)
    pointer: Any = traitlets.List().tag(sync=True)
    draggable = traitlets.Bool().tag(sync=True)
    click = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict().tag(sync=True, echo_update=False)
    scene = traitlets.Dict().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        scene_of: Callable[..., Scene],
        sliders: Sequence[Slider] = (),
        buttons: Sequence[Button] = (),
        pointer: Sequence[str] = (),
        draggable: bool = True,
        click: str = "",
        hint: str = KEYS,
        status_of: Callable[[], str] = str,
    ) -> None:
        self._scene_of, self._status_of = scene_of, status_of
        self._limits = {s.name: (s.low, s.high) for s in sliders}
        self._press = {b.name: b.press for b in buttons}
        start = {s.name: float(s.value) for s in sliders}
        self._drawn = scene_of(**start)
        self._frame = 0
        super().__init__(
            controls=[_control(s) for s in sliders],
            buttons=[{"name": b.name, "label": b.label, "repeat": b.repeat} for b in buttons],
            pointer=list(pointer),
            draggable=draggable,
            click=click,
            hint=hint,
            values=start,
            scene=packed(self._drawn),
            status=status_of(),
            still=uuid4().hex,
        )
        self.observe(self._follow, "values")
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        """What is seen now, for a notebook without figures; all that a widget holds would take long to write."""
        return self.alt

    @property
    def alt(self) -> str:
        """What is seen now, in one sentence."""
        return self._drawn.alt

    @property
    def static(self) -> Figure:
        """What is seen now, as a static figure."""
        return draw(self._drawn)

    def redraw(self) -> None:
        """Compute the scene of the present values and send it."""
        self._drawn = self._scene_of(**self.values)
        with self.hold_sync():
            self.status = self._status_of()
            self._frame += 1
            self.scene = {**packed(self._drawn), "frame": self._frame}

    def press(self, name: str) -> None:
        """Do what the button of that name does."""
        self._press[name]()
        self.redraw()

    @traitlets.validate("values")
    def _keep_inside(self, proposal: Any) -> dict[str, float]:
        given: Mapping[str, Any] = proposal["value"]
        if set(given) != set(self._limits):
            raise traitlets.TraitError(f"values has {sorted(self._limits)}, got {sorted(given)}")
        limits = self._limits
        return {name: float(np.clip(given[name], *limits[name])) for name in limits}

    def _follow(self, change: Any) -> None:
        self.redraw()

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        """A button was pressed in the browser; a click says where, too."""
        if not isinstance(message, dict) or message.get("press") not in self._press:
            return
        if "values" in message:
            self.values = message["values"]
        self.press(message["press"])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = self._widget_view()
        return {**data, **self.static._repr_mimebundle_()}, metadata

    def _ipython_display_(self) -> None:
        """Show the static image and the widget, which hides the image as soon as it runs.

        In one bundle the widget would win, and a page without a kernel would stay empty.
        """
        image = self.static._repr_mimebundle_()
        image["text/html"] = image["text/html"].replace(
            "<img", f'<img data-still="{self.still}"', 1
        )
        show: Any = display
        show(image, raw=True)
        data, metadata = self._widget_view()
        show({**data, "text/plain": MOVES}, metadata=metadata, raw=True)

    def _widget_view(self) -> tuple[dict[str, Any], dict[str, Any]]:
        made: Any = super()._repr_mimebundle_()
        data, metadata = made if isinstance(made, tuple) else (made, {})
        return data or {}, metadata


def _control(slider: Slider) -> dict[str, Any]:
    return {
        "name": slider.name,
        "label": slider.label,
        "min": slider.low,
        "max": slider.high,
        "step": slider.step,
    }


def packed(scene: Scene) -> dict[str, Any]:
    """A scene as the browser wants it: names, numbers, and arrays as bytes."""
    return {
        "alt": scene.alt,
        "columns": scene.columns,
        "height": scene.height,
        "widths": list(scene.widths),
        "panels": [_panel(panel) for panel in scene.panels],
    }


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "x": list(panel.x),
        "y": list(panel.y),
        "title": panel.title,
        "xlabel": panel.xlabel,
        "ylabel": panel.ylabel,
        "equal": panel.equal,
        "log": panel.log,
        "axes": panel.axes,
        "legend": panel.legend,
        "ticks": list(panel.ticks),
        "layers": [_layer(layer) for layer in panel.layers],
    }


def _layer(layer: Layer) -> dict[str, Any]:
    plain = {
        key: _floats(value) if isinstance(value, np.ndarray) else value
        for key, value in vars(layer).items()
    }
    return {**plain, "kind": type(layer).__name__.lower(), **EXTRA.get(type(layer), _none)(layer)}


def _none(layer: Any) -> dict[str, Any]:
    return {}


def _field(field: Field) -> dict[str, Any]:
    rows, columns = field.values.shape
    return {
        "values": None,
        "rows": rows,
        "columns": columns,
        "pixels": field.pixels.tobytes(),
        "bar": shade(np.linspace(0, 1, 64), field.signed).tobytes(),
        "ticks": field.ticks,
    }


def _line(line: Line) -> dict[str, Any]:
    return {"dash": list(DASHES[line.dash])}


def _arrows(arrows: Arrows) -> dict[str, Any]:
    return {"colours": None if arrows.colours is None else arrows.colours.tobytes()}


def _mesh(mesh: Mesh) -> dict[str, Any]:
    count = mesh.corners.shape[1]
    return {"fill": mesh.fill.tobytes(), "edge": mesh.edge.tobytes(), "count": count}


EXTRA: dict[type, Callable[[Any], dict[str, Any]]] = {
    Field: _field,
    Line: _line,
    Arrows: _arrows,
    Mesh: _mesh,
}


def _floats(values: ArrayLike) -> bytes:
    return np.ascontiguousarray(values, np.float32).tobytes()
