"""Borders of a disc, a rod and letters with holes: radii are known to a fraction of a pixel."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.light import CAMERA, GRAPHIC
from cutout.rendering.outline import border, outlined

Alpha8 = NDArray[np.uint8]


def disc(size: int, radius: float) -> Alpha8:
    y, x = np.mgrid[:size, :size] + 0.5
    return np.rint(255 * np.clip(radius + 0.5 - np.hypot(y - size / 2, x - size / 2), 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("width", [0.5, 1.0, 2.25, 7.0, 24.0, 40.0, 90.0])
def test_a_disc_with_a_border_is_a_larger_disc(width: float) -> None:
    border8 = border(disc(500, 120.3), width)

    radius = np.sqrt(border8.sum() / 255 / np.pi)
    assert radius == pytest.approx(120.3 + width, abs=0.08)
    error = np.abs(border8.astype(int) - disc(500, 120.3 + width))
    assert error.max() <= 96  # three eighths of a pixel, anywhere on the edge


def test_the_edge_is_one_pixel_soft() -> None:
    border8 = border(disc(500, 120.3), 30)

    soft = np.count_nonzero((border8 > 12) & (border8 < 243))
    assert soft / (2 * np.pi * 150.3) < 1.3


def test_a_corner_becomes_round() -> None:
    alpha8 = np.zeros((100, 100), np.uint8)
    alpha8[:50, :50] = 255

    border8 = border(alpha8, 20)

    assert border8[10, 69] == 255
    assert border8[10, 70] == 0
    assert border8[63, 63] > 128  # 14.1 and 14.1 pixels make 20
    assert border8[65, 65] < 64


@pytest.mark.parametrize(("radius", "closed"), [(8, True), (25, False)])
def test_holes_narrower_than_the_border_are_filled(radius: float, closed: bool) -> None:
    ring8 = np.minimum(disc(200, 70), 255 - disc(200, radius))

    assert bool(border(ring8, 10)[100, 100] == 255) is closed


def test_a_thin_rod_has_a_border_and_a_speck_has_none() -> None:
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[20:180, 100] = 255
    alpha8[60:62, 30:32] = 255

    border8 = border(alpha8, 10)

    assert border8[100, 91] == 255
    assert border8[:, :85].max() == 0


def test_the_border_is_as_thick_at_the_canvas_edge() -> None:
    alpha8 = np.zeros((80, 80), np.uint8)
    alpha8[30:, 30:50] = 255

    border8 = border(alpha8, 6)

    assert np.array_equal(border8[79], border8[60])


def test_the_subject_lies_over_its_border_in_its_own_mixing() -> None:
    """Half of white light over black is level 188; half of the level is 128."""
    alpha8 = np.zeros((30, 30), np.uint8)
    alpha8[:, :15] = 255
    alpha8[:, 15] = 128
    white8 = np.full((30, 30, 3), 255, np.uint8)

    camera8, opacity8 = outlined(white8, alpha8, 4, (0, 0, 0), CAMERA)
    graphic8, _ = outlined(white8, alpha8, 4, (0, 0, 0), GRAPHIC)

    assert camera8[15, 13:18, 0].tolist() == [255, 255, 188, 0, 0]
    assert graphic8[15, 13:18, 0].tolist() == [255, 255, 128, 0, 0]
    assert opacity8[15, 13:22].tolist() == [255, 255, 255, 255, 255, 255, 129, 0, 0]


def test_no_width_and_no_subject_change_nothing() -> None:
    alpha8 = disc(40, 10)
    rgb8 = np.full((40, 40, 3), 77, np.uint8)

    for alpha, width in ((alpha8, 0), (np.zeros_like(alpha8), 5)):
        colours8, opacity8 = outlined(rgb8, alpha, width, (255, 0, 0), CAMERA)

        assert np.array_equal(colours8, rgb8)
        assert np.array_equal(opacity8, alpha)
