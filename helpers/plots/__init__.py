"""Figures: one call each, that returns an image with a sentence that says what it shows.

Colours are told apart by everybody, and no line speaks by its colour alone. The moving forms are in
`helpers.widgets`.
"""

from __future__ import annotations

from helpers.plots.difficulties import landscape_difficulties
from helpers.plots.drawing import Figure
from helpers.plots.maps import grid_map, spherical_volume
from helpers.plots.pits import sandpit_game, strategies
from helpers.plots.slopes import contours_with_gradient, path_on_field, vector_field
from helpers.plots.steps import error_slopes, noisy_slope, step_errors
from helpers.plots.surfaces import gallery, slices, surface_with_tangent

__all__ = [
    "Figure",
    "contours_with_gradient",
    "error_slopes",
    "gallery",
    "grid_map",
    "landscape_difficulties",
    "noisy_slope",
    "path_on_field",
    "sandpit_game",
    "slices",
    "spherical_volume",
    "step_errors",
    "strategies",
    "surface_with_tangent",
    "vector_field",
]
