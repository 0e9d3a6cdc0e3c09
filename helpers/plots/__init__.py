"""Figures: one call each, that returns an image with a sentence that says what it shows.

Colours are told apart by everybody, and no line speaks by its colour alone. The moving forms are in
`helpers.widgets`.
"""

from __future__ import annotations

from helpers.plots.curves import (
    corner_and_jump,
    error_against_step,
    match_derivatives,
    secant_to_tangent,
    stacked_derivatives,
)
from helpers.plots.descent import descent_paths, lagrange_contours, newton_basins, newton_hops
from helpers.plots.difficulties import landscape_difficulties
from helpers.plots.drawing import Figure
from helpers.plots.fits import (
    chi_squared_valley,
    confidence_band,
    histogram_fit,
    line_fit,
    residuals_plot,
    which_starts_converge,
)
from helpers.plots.foundations import derivative_riddle, graphs
from helpers.plots.guesses import guess_the_order
from helpers.plots.learning import activations, drawn_curve, two_walks
from helpers.plots.maps import grid_map, spherical_volume
from helpers.plots.networks import (
    cost_landscape,
    curve_drawing,
    layer_gradients,
    network_1_2_1,
    weight_heat_map,
)
from helpers.plots.pits import sandpit_game, strategies
from helpers.plots.series import convergence_disc, taylor_orders, taylor_sheets
from helpers.plots.slopes import contours_with_gradient, path_on_field, vector_field
from helpers.plots.steps import error_slopes, noisy_slope, step_errors
from helpers.plots.surfaces import gallery, slices, surface_with_tangent
from helpers.plots.tapes import computation_graph

__all__ = [
    "Figure",
    "activations",
    "chi_squared_valley",
    "computation_graph",
    "confidence_band",
    "contours_with_gradient",
    "convergence_disc",
    "corner_and_jump",
    "cost_landscape",
    "curve_drawing",
    "derivative_riddle",
    "descent_paths",
    "drawn_curve",
    "error_against_step",
    "error_slopes",
    "gallery",
    "graphs",
    "grid_map",
    "guess_the_order",
    "histogram_fit",
    "lagrange_contours",
    "landscape_difficulties",
    "layer_gradients",
    "line_fit",
    "match_derivatives",
    "network_1_2_1",
    "newton_basins",
    "newton_hops",
    "noisy_slope",
    "path_on_field",
    "residuals_plot",
    "sandpit_game",
    "secant_to_tangent",
    "slices",
    "spherical_volume",
    "stacked_derivatives",
    "step_errors",
    "strategies",
    "surface_with_tangent",
    "taylor_orders",
    "taylor_sheets",
    "two_walks",
    "vector_field",
    "weight_heat_map",
    "which_starts_converge",
]
