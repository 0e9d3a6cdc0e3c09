"""Figures that move.

Each shows itself as the last expression of a cell. Every figure can be moved by sliders, which work from
the keyboard, and many by mouse and arrow keys on the picture; where no widget can run, a static image
is shown.
"""

from __future__ import annotations

from helpers.widgets.sandpit import sandpit
from helpers.widgets.surfaces import contours_with_gradient, grid_map, tangent_plane

__all__ = ["contours_with_gradient", "grid_map", "sandpit", "tangent_plane"]
