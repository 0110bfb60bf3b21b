"""Every metric against values worked out by hand."""

import numpy as np
import pytest

from bench import metrics

GROUNDS = {"black": (0.0, 0.0, 0.0), "white": (1.0, 1.0, 1.0)}


def test_sums_are_in_thousands_and_squares_are_times_a_thousand():
    true, alpha = np.zeros((10, 10)), np.zeros((10, 10))
    alpha[0, :4] = 0.5

    assert metrics.sad(alpha, true) == pytest.approx(0.002)  # 4 x 0.5
    assert metrics.mse(alpha, true) == pytest.approx(10.0)  # 4 x 0.25 / 100


def test_a_missing_edge_costs_its_squared_slopes():
    """20 rows; across the step the filter answers .0433 .2370 .6993 1.1962 and back, times 2.2255."""
    true = np.zeros((20, 20))
    true[:, 10:] = 1

    assert metrics.grad(np.zeros((20, 20)), true) == pytest.approx(0.39181, abs=1e-5)
    assert metrics.grad(true, true) == 0


def test_an_island_of_its_own_is_loose_and_a_faint_one_is_not():
    true = np.zeros((20, 20))
    true[2:12, 2:12] = 1
    island, faint = true.copy(), true.copy()
    island[15:17, 15:17] = 0.8
    faint[15:17, 15:17] = 0.14

    assert metrics.conn(island, true) == pytest.approx(0.0032)  # 4 x 0.8
    assert metrics.conn(faint, true) == 0
    assert metrics.conn(true, true) == 0


def test_a_pixel_is_connected_up_to_the_last_threshold_that_holds_it():
    true = np.ones((4, 4))
    alpha = true.copy()
    alpha[0, 0] = 0.55  # both hold to 0.5: 0.05 is not loose, 0.5 of the truth is

    assert metrics.conn(alpha, true) == pytest.approx(0.0005)


def test_the_band_is_where_alpha_is_soft_and_grows_in_steps():
    true = np.zeros((7, 7))
    true[3, 3] = 0.5

    assert np.count_nonzero(metrics.band(true, 0)) == 1
    assert np.count_nonzero(metrics.band(true, 2)) == 13  # a diamond


def test_bias_is_signed_and_the_error_is_not():
    true, where = np.full((1, 4), 0.5), np.array([[True, True, True, False]])
    alpha = np.array([[0.6, 0.4, 0.8, 0.0]])

    assert metrics.bias(alpha, true, where) == pytest.approx(0.1)
    assert metrics.mean_error(alpha, true, where) == pytest.approx(500 / 3)


def test_only_deep_solid_pixels_can_dissolve():
    true = np.zeros((20, 20))
    true[4:16, 4:16] = 1  # 3 pixels off the edge: 6 x 6 are deep
    alpha = true.copy()
    alpha[4:16, 4] = 0.5
    alpha[9, 7:13] = 0.97
    alpha[10, 7:13] = 0.99

    assert metrics.dissolved_share(alpha, true) == pytest.approx(6 / 36)


def test_a_subject_that_leaves_the_picture_is_deep_at_the_frame():
    alpha = np.ones((8, 8))
    alpha[0] = 0.5

    assert metrics.dissolved_share(alpha, np.ones((8, 8))) == pytest.approx(1 / 8)


def test_a_gap_is_background_that_no_path_leads_to_and_no_crumb():
    true = np.ones((12, 12))
    true[2:6, 2:6] = 0  # a gap
    true[2:5, 8:10] = 0  # a crumb
    true[8:, 8:] = 0  # open to the frame
    alpha = true.copy()
    alpha[2, 2:4] = alpha[2:5, 8:10] = alpha[11, 11] = 1

    assert metrics.closed_share(alpha, true) == pytest.approx(2 / 16)


def test_overlap_counts_what_is_more_than_half():
    true, alpha = np.zeros((2, 4)), np.zeros((2, 4))
    true[0] = 1
    alpha[:, 0] = 0.6

    assert metrics.overlap(alpha, true) == pytest.approx(1 / 5)
    assert metrics.overlap(np.zeros((2, 2)), np.zeros((2, 2))) == 1


def test_a_colour_counts_as_much_as_its_true_alpha_and_only_in_the_band():
    true = np.array([[0.25, 0.75, 1.0, 0.0]])
    colour, true_colour = np.zeros((1, 4, 3)), np.zeros((1, 4, 3))
    colour[0, 0], colour[0, 2], colour[0, 3] = 0.4, 1.0, 1.0

    assert metrics.colour_error(colour, true_colour, true) == pytest.approx(0.1 * 255)


def test_a_halo_of_the_alpha_shows_on_the_other_ground_only():
    colour = np.ones((1, 3))
    wrong, right = (colour, np.array([0.75])), (colour, np.array([0.5]))

    assert metrics.halos(wrong, right, GROUNDS) == {"black": pytest.approx(63.75), "white": 0.0}


def test_spill_is_positive_towards_the_old_background_and_negative_beyond_the_subject():
    """Green screen behind red: along (-1, 1, 0) / sqrt 2, half of the colour error at alpha one half."""
    red, green, alpha = np.array([[1.0, 0, 0]]), np.array([[0, 1.0, 0]]), np.array([0.5])
    mixed, away = np.array([[0.8, 0.2, 0]]), np.array([[1.0, -0.2, 0]])

    truth = (red, alpha)
    leaning = metrics.spill((mixed, alpha), truth, green, GROUNDS)

    assert leaning == pytest.approx(0.1 * 2**0.5 * 255)
    assert metrics.spill((away, alpha), truth, green, GROUNDS) == pytest.approx(-0.1 / 2**0.5 * 255)
    assert metrics.spill(truth, truth, red, GROUNDS) == 0


def test_the_opposite_colour_is_a_corner_of_the_cube():
    assert metrics.opposite(np.array([[0.1, 0.9, 0.4], [0.3, 0.9, 0.7]])) == (1.0, 0.0, 0.0)
