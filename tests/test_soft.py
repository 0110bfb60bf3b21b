"""Blurs and fillings with answers that can be computed."""

import numpy as np
import pytest

from cutout.rendering.soft import blurred8, filled, gaussian


@pytest.mark.parametrize("sigma", [1.0, 3.0, 12.0])
def test_a_point_becomes_a_gaussian_of_the_asked_width(sigma: float) -> None:
    point = np.zeros((201, 161), np.float32)
    point[100, 80] = 1

    blurred = gaussian(point, sigma, sigma)

    rows, columns = np.mgrid[:201, :161]
    total = blurred.sum()
    assert total == pytest.approx(1, abs=0.01)
    assert (blurred * (rows - 100) ** 2).sum() / total == pytest.approx(sigma**2, rel=0.04)
    assert (blurred * (columns - 80) ** 2).sum() / total == pytest.approx(sigma**2, rel=0.04)


def test_rows_and_columns_have_widths_of_their_own() -> None:
    point = np.zeros((201, 201), np.float32)
    point[100, 100] = 1

    blurred = gaussian(point, 5, 15)

    at = np.arange(201) - 100
    assert (blurred.sum(1) * at**2).sum() == pytest.approx(25, rel=0.05)
    assert (blurred.sum(0) * at**2).sum() == pytest.approx(225, rel=0.05)


@pytest.mark.parametrize("sigma", [0.0, 1.0, 2.5, 6.0, 40.0])
def test_what_is_even_stays_even_up_to_the_border(sigma: float) -> None:
    even8 = np.full((300, 280), 200, np.uint8)

    assert np.array_equal(blurred8(even8, sigma, sigma), even8)


@pytest.mark.parametrize("sigma", [2.5, 8.0, 30.0])
def test_an_edge_is_at_its_normal_quantiles(sigma: float) -> None:
    """One standard deviation inside an edge lies 84.1 % of the light."""
    edge8 = np.zeros((300, 400), np.uint8)
    edge8[:, 200:] = 255

    row = blurred8(edge8, sigma, sigma)[150].astype(float)

    at = np.arange(400) + 0.5 - 200
    assert np.interp(sigma, at, row) == pytest.approx(214.5, abs=3)
    assert np.interp(-sigma, at, row) == pytest.approx(40.5, abs=3)


def test_a_hole_in_a_slope_is_filled_with_the_slope() -> None:
    slope = np.repeat(np.linspace(0, 1, 128, dtype=np.float32)[None], 128, 0)
    known = np.ones_like(slope)
    known[44:84, 44:84] = 0

    full = filled(np.where(known > 0, slope, 99).astype(np.float32), known)

    assert np.array_equal(full[known > 0], slope[known > 0])
    assert np.abs(full - slope).max() < 0.12


def test_where_nothing_is_known_there_is_nothing() -> None:
    unknown = np.full((9, 7), 5, np.float32)

    assert filled(unknown, np.zeros_like(unknown)).max() == 0


def test_a_blur_far_wider_than_the_picture_costs_no_more_than_one_as_wide() -> None:
    """A block of the asked width would be 700 billion pixels."""
    half8 = np.zeros((60, 80), np.uint8)
    half8[:, 40:] = 200

    assert np.array_equal(blurred8(half8, 1e6, 1e6), blurred8(half8, 80, 80))
    assert np.array_equal(
        gaussian(half8.astype(np.float32), 1e6, 3), gaussian(half8.astype(np.float32), 80, 3)
    )
