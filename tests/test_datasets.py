"""Data sets arrive as published, and their certified results are within reach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from helpers import autodiff, datasets, models

ROWS = {
    "anscombe_1973": 44,
    "galton_1886": 14,
    "hubble_1929": 24,
    "nist_chwirut2": 54,
    "nist_danwood": 6,
    "nist_eckerle4": 35,
    "nist_misra1a": 14,
    "nist_norris": 36,
    "nist_rat42": 9,
    "nist_rat43": 15,
}

each_set = pytest.mark.parametrize("name", ROWS)
each_nist_set = pytest.mark.parametrize("name", datasets.NIST_NONLINEAR)


def certified_digits(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(-np.log10(np.abs(found / wanted - 1) + 1e-16).min())


def test_all_data_sets_are_there_and_no_other() -> None:
    assert datasets.names() == sorted(ROWS)


@each_set
def test_a_set_has_its_rows_its_source_and_says_that_it_is_free(name: str) -> None:
    data = datasets.load(name)
    assert len(data) == ROWS[name]
    assert all(column.shape == (ROWS[name],) for column in data.columns.values())
    assert data.source == data.notes.splitlines()[0] != ""
    assert "free to use" in data.notes


@each_set
def test_a_column_cannot_be_written_to(name: str) -> None:
    data = datasets.load(name)
    column = next(iter(data.columns.values()))
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 0.0
    with pytest.raises(AttributeError):
        data.name = "another"  # type: ignore[misc]


def test_an_unknown_set_or_column_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="no data set 'nonsense': choose one of anscombe_1973"):
        datasets.load("nonsense")
    with pytest.raises(KeyError, match="no column 'z': choose one of set, x, y"):
        datasets.load("anscombe_1973")["z"]


def test_what_is_not_certified_is_empty_or_nan() -> None:
    data = datasets.load("hubble_1929")
    assert not data.certified
    assert not data.certified_sd
    assert data.starts == ()
    assert np.isnan(data.residual_sum)
    assert np.isnan(data.residual_sd)


def test_the_line_through_norris_has_its_certified_slope_intercept_and_scatter() -> None:
    data = datasets.load("nist_norris")
    line = stats.linregress(data["x"], data["y"])
    found = [line.slope, line.intercept, line.stderr, line.intercept_stderr]
    wanted = [*data.certified_sd.values()]
    np.testing.assert_allclose(found[:2], [data.certified["m"], data.certified["c"]], rtol=1e-10)
    np.testing.assert_allclose(sorted(found[2:]), sorted(wanted), rtol=1e-9)
    left = data["y"] - line.slope * data["x"] - line.intercept
    np.testing.assert_allclose(np.sqrt(left @ left / 34), data.residual_sd, rtol=1e-10)


def test_hubbles_slopes_are_those_that_the_file_names() -> None:
    data = datasets.load("hubble_1929")
    x, y = data["distance_mpc"], data["velocity_km_s"]
    np.testing.assert_allclose(
        [np.polyfit(x, y, 1)[0], x @ y / (x @ x)], [454.158, 423.937], atol=5e-4
    )


def test_anscombes_four_sets_share_one_line() -> None:
    data = datasets.load("anscombe_1973")
    for number in (1, 2, 3, 4):
        mine = data["set"] == number
        np.testing.assert_allclose(
            np.polyfit(data["x"][mine], data["y"][mine], 1), [0.5, 3.0], atol=3e-3
        )


def test_galton_measured_928_children() -> None:
    assert datasets.load("galton_1886")["children"].sum() == 928


@each_nist_set
def test_the_certified_parameters_leave_the_certified_residuals(name: str) -> None:
    data, model = datasets.load(name), models.named(name)
    left = data["y"] - model(data["x"], list(data.certified.values()))
    np.testing.assert_allclose(left @ left, data.residual_sum, rtol=1e-8)


@each_nist_set
def test_the_certified_deviations_are_those_of_the_models_jacobian(name: str) -> None:
    data, model = datasets.load(name), models.named(name)
    J = model.jacobian(data["x"], list(data.certified.values()))
    variance = data.residual_sum / (len(data) - model.n)
    found = np.sqrt(np.diag(variance * np.linalg.inv(J.T @ J)))
    np.testing.assert_allclose(found, list(data.certified_sd.values()), rtol=1e-5)


@each_nist_set
def test_least_squares_with_exact_jacobians_reaches_eight_certified_digits(name: str) -> None:
    data, model = datasets.load(name), models.named(name)
    found = optimize.least_squares(
        lambda b: model(data["x"], b) - data["y"],
        data.starts[1],
        lambda b: autodiff.jacobian(lambda p: model(data["x"], p), b),
        method="lm",
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    assert certified_digits(found.x, np.array(list(data.certified.values()))) >= 8
