"""Densities of colours by place."""

import numpy as np

from cutout.matting.local_colours import colour_bins, densities, look_up

RED, BLUE = (200, 20, 20), (20, 20, 200)


def left_red_right_blue() -> np.ndarray:
    rgb8 = np.empty((40, 80, 3), np.uint8)
    rgb8[:, :40], rgb8[:, 40:] = RED, BLUE
    return rgb8


def test_a_colour_is_dense_where_it_was_seen_and_nowhere_else() -> None:
    bins = colour_bins(left_red_right_blue())
    where = np.zeros((40, 80), np.bool_)
    where[:, :40] = True

    found = densities(bins, where)
    red, blue = look_up(found, bins, np.array([20, 20]), np.array([5, 75]))

    assert 0.1 < red < 0.2  # an eighth, and more as a colour at the cube's side loses some
    assert blue == 0


def test_a_shade_beside_a_seen_one_is_half_as_dense() -> None:
    rgb8 = np.full((40, 40, 3), 120, np.uint8)
    rgb8[:, 20:, 0] = 136  # the next bin
    where = np.zeros((40, 40), np.bool_)
    where[:, :20] = True

    seen, beside = look_up(
        densities(colour_bins(rgb8), where), colour_bins(rgb8), *np.array([[9, 9], [19, 20]])
    )

    assert 0.45 < beside / seen < 0.55


def test_nothing_seen_is_no_colour() -> None:
    bins = colour_bins(left_red_right_blue())

    found = look_up(densities(bins, np.zeros((40, 80), np.bool_)), bins, np.array([3]), np.array([3]))

    assert found.tolist() == [0.0]
