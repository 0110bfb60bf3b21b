"""Colours carried on where nothing is seen."""

import numpy as np
import pytest

from cutout.extended_colour import extended
from scenes import disc


def test_what_is_seen_stays_and_the_input_too():
    scene = disc(200, 60, 5)
    before = scene.rgb8.copy()

    out = extended(scene.rgb8, scene.alpha8)

    seen = scene.alpha8 > 0
    np.testing.assert_array_equal(out[seen], before[seen])
    np.testing.assert_array_equal(scene.rgb8, before)


@pytest.mark.parametrize("size", [(203, 301), (1, 1), (5, 3), (600, 7)])
def test_one_colour_is_carried_everywhere_at_any_size(size):
    """The sides need not be multiples of the cells, nor of the bands."""
    rgb8 = np.zeros((*size, 3), np.uint8)
    alpha8 = np.zeros(size, np.uint8)
    alpha8[size[0] // 2, size[1] // 2] = 255
    rgb8[size[0] // 2, size[1] // 2] = (10, 120, 240)

    out = extended(rgb8, alpha8)

    assert np.abs(out.astype(int) - (10, 120, 240)).max() <= 1


def test_beside_the_edge_lies_the_colour_of_that_side():
    """Red on the left, blue on the right of a clear gap of 40 pixels."""
    rgb8 = np.zeros((120, 120, 3), np.uint8)
    alpha8 = np.full((120, 120), 255, np.uint8)
    rgb8[:, :40], rgb8[:, 80:] = (200, 0, 0), (0, 0, 200)
    alpha8[:, 40:80] = 0

    row = extended(rgb8, alpha8)[60].astype(int)

    assert np.abs(row[40:44] - (200, 0, 0)).max() <= 40
    assert np.abs(row[76:80] - (0, 0, 200)).max() <= 40
    assert np.abs(np.diff(row[38:82], axis=0)).max() <= 25


def test_faint_pixels_count_for_as_little_as_they_cover():
    rgb8 = np.zeros((64, 64, 3), np.uint8)
    alpha8 = np.zeros((64, 64), np.uint8)
    rgb8[:32], alpha8[:32] = (0, 200, 0), 255
    rgb8[32], alpha8[32] = (255, 0, 255), 2

    out = extended(rgb8, alpha8)[33:]

    assert np.abs(out.astype(int) - (0, 200, 0)).max() <= 10


def test_where_nothing_is_seen_at_all_the_colours_stay():
    rgb8 = np.random.default_rng(2).integers(0, 256, (9, 11, 3), np.uint8)

    np.testing.assert_array_equal(extended(rgb8, np.zeros((9, 11), np.uint8)), rgb8)
