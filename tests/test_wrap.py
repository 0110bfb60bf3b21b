"""Light that wraps: from bright backgrounds, at edges, and nowhere else."""

import numpy as np
import pytest

from cutout.rendering.wrap import wrapped

RGB8 = np.full((300, 400, 3), 60, np.uint8)
HALF8 = np.zeros((300, 400), np.uint8)
HALF8[:, 200:] = 255
WHITE8 = np.full((300, 400, 3), 255, np.uint8)


def test_a_window_brightens_the_edge_and_not_the_inside() -> None:
    row = wrapped(RGB8, HALF8, WHITE8, 1.0)[150, :, 0].astype(int)

    assert row[200] > 110
    assert np.all(np.diff(row[200:]) <= 0)
    assert row[230:].tolist() == [60] * 170


def test_at_a_straight_edge_a_fifth_of_the_difference_is_covered() -> None:
    """60 is .045 of the light: .2 x .955 x .955 + .045 = .227, level 131. The first pixel lies just inside."""
    assert wrapped(RGB8, HALF8, WHITE8, 1.0)[150, 200, 0] == pytest.approx(127, abs=6)


@pytest.mark.parametrize("level", [0, 30, 60])
def test_a_wall_no_brighter_than_the_subject_does_not_wrap(level: int) -> None:
    assert np.array_equal(wrapped(RGB8, HALF8, np.full_like(RGB8, level), 1.0), RGB8)


def test_coloured_light_wraps_in_its_colour_and_darkens_nothing() -> None:
    grey8 = np.full_like(RGB8, 90)
    light8 = np.broadcast_to(np.array([255, 200, 20], np.uint8), RGB8.shape)

    red, green, blue = wrapped(grey8, HALF8, light8, 1.0)[150, 200].tolist()

    assert red > green > 90
    assert blue == 90


def test_more_strength_is_more_light() -> None:
    first = [int(wrapped(RGB8, HALF8, WHITE8, strength)[150, 200, 0]) for strength in (0.2, 0.6, 1.0)]

    assert 60 < first[0] < first[1] < first[2]


def test_a_subject_cut_by_the_canvas_has_no_edge_there() -> None:
    assert np.array_equal(wrapped(RGB8, HALF8, WHITE8, 1.0)[:, 260:], RGB8[:, 260:])


def test_nothing_asked_is_nothing_done() -> None:
    assert np.array_equal(wrapped(RGB8, HALF8, WHITE8, 0.0), RGB8)


def test_what_is_transparent_keeps_its_colour() -> None:
    assert np.array_equal(wrapped(RGB8, HALF8, WHITE8, 1.0)[:, :200], RGB8[:, :200])


def test_a_leg_as_thin_as_the_light_reaches_is_not_veiled() -> None:
    """The diagonal is 500 pixels, so light reaches 3 in; a leg of 5 pixels would be covered like an edge."""
    leg8 = np.zeros_like(HALF8)
    leg8[:, 200:205] = 255

    row = wrapped(RGB8, leg8, WHITE8, 1.0)[150, 200:205, 0]

    assert row.max() < 80


def test_what_stands_in_its_own_shadow_does_not_glow() -> None:
    """Bright ground behind the subject, that nobody sees; what is seen below it lies in the shade."""
    box8 = np.zeros_like(HALF8)
    box8[:200, :] = 255
    ground8 = WHITE8.copy()
    ground8[200:] = 60

    assert np.abs(wrapped(RGB8, box8, ground8, 1.0).astype(int) - RGB8).max() <= 1
