import numpy as np
import pytest

from cutout.matting.region import bounds, grow, opened, positions, shrink


def _spot(shape, at):
    mask = np.zeros(shape, np.bool_)
    mask[at] = True
    return mask


@pytest.mark.parametrize("radius", [0, 1, 2, 3, 4, 7, 30])
def test_a_pixel_grows_to_a_square_of_that_radius(radius):
    grown = grow(_spot((40, 50), (20, 25)), radius)

    expected = np.zeros((40, 50), np.bool_)
    expected[max(0, 20 - radius) : 21 + radius, max(0, 25 - radius) : 26 + radius] = True
    assert np.array_equal(grown, expected)


def test_levels_grow_to_the_largest_and_shrink_to_the_smallest():
    levels = np.array([[9, 1, 5, 7, 3]], np.uint8)

    assert grow(levels, 1).tolist() == [[9, 9, 7, 7, 7]]
    assert shrink(levels, 1).tolist() == [[1, 1, 1, 3, 3]]


def test_extremes_of_floats_look_a_square_of_the_radius_around():
    plane = np.zeros((9, 9), np.float32)
    plane[4, 4] = -1
    steps = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 18]], np.float32)

    found = np.argwhere(shrink(plane, 3) < 0)

    assert (found.min(), found.max(), len(found)) == (1, 7, 49)
    assert grow(steps, 1).tolist() == [[5, 6, 6], [8, 18, 18], [8, 18, 18]]


def test_opening_takes_away_what_is_narrow_and_keeps_the_rest_as_it_was():
    wide_and_thin = np.zeros((9, 12), np.uint8)
    wide_and_thin[1:8, 1:6] = 200
    wide_and_thin[:, 9] = 90

    expected = wide_and_thin.copy()
    expected[:, 9] = 0
    assert np.array_equal(opened(wide_and_thin, 2), expected)


def test_growing_does_not_wrap_around():
    grown = grow(_spot((3, 6), (0, 0)), 1)

    assert grown.astype(int).tolist() == [[1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]


def test_growing_leaves_its_argument_alone():
    mask = _spot((5, 5), (2, 2))

    grow(mask, 2)

    assert mask.sum() == 1


def test_bounds_are_the_smallest_rectangle():
    mask = _spot((9, 9), (2, 7)) | _spot((9, 9), (5, 3))

    assert bounds(mask, margin=0) == (slice(2, 6), slice(3, 8))


def test_an_empty_mask_has_empty_bounds():
    assert bounds(np.zeros((4, 4), np.bool_), margin=3) == (slice(0, 0), slice(0, 0))


def test_positions_come_in_reading_order():
    y, x = positions(np.array([[0, 1, 0], [1, 0, 1]], np.bool_))

    assert (y.tolist(), x.tolist()) == ([0, 1, 1], [1, 0, 2])
