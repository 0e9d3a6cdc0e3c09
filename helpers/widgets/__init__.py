"""Figures that move.

Each shows itself as the last expression of a cell. Every figure is moved by sliders, which work from the
keyboard, and many by mouse and arrow keys on the picture; where no widget can run, a static image is
shown.
"""

from __future__ import annotations

from helpers.widgets.curves import corner_and_jump, secant_to_tangent, stacked_derivatives
from helpers.widgets.descent import descent_paths, lagrange_contours, newton_hops
from helpers.widgets.fits import histogram_fit, line_fit
from helpers.widgets.networks import cost_landscape, curve_drawing, network_1_2_1
from helpers.widgets.sandpit import sandpit
from helpers.widgets.series import convergence_disc, taylor_orders, taylor_sheets
from helpers.widgets.surfaces import contours_with_gradient, grid_map, path_on_field, tangent_plane

__all__ = [
    "contours_with_gradient",
    "convergence_disc",
    "corner_and_jump",
    "cost_landscape",
    "curve_drawing",
    "descent_paths",
    "grid_map",
    "histogram_fit",
    "lagrange_contours",
    "line_fit",
    "network_1_2_1",
    "newton_hops",
    "path_on_field",
    "sandpit",
    "secant_to_tangent",
    "stacked_derivatives",
    "tangent_plane",
    "taylor_orders",
    "taylor_sheets",
]
