"""Means of windows, lowest values of connected parts."""

import numpy as np

from cutout.matting.windows import lowest_connected, mean

STEPS = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 18]], np.float32)


def test_a_mean_repeats_the_edge() -> None:
    """Around the corner 1: 1 1 2, 1 1 2, 4 4 5."""
    means = mean(STEPS, 1)

    assert np.allclose(means[0, 0], 21 / 9)
    assert np.allclose(means[1, 1], 6)


def test_the_lowest_value_of_a_part_reaches_all_of_it_around_corners() -> None:
    mask = np.array([[1, 1, 1, 0, 1], [0, 0, 1, 0, 1], [1, 1, 1, 0, 0], [1, 0, 0, 1, 1]], np.bool_)
    plane = np.arange(20, dtype=np.float32).reshape(4, 5)

    low = lowest_connected(plane, mask)

    inf = np.inf
    assert low.tolist() == [
        [0, 0, 0, inf, 4],
        [inf, inf, 0, inf, 4],
        [0, 0, 0, inf, inf],
        [0, inf, inf, 18, 18],
    ]
