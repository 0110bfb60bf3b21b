"""Drawn pictures blurred by known amounts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.rendering.sharpness import blur_of, softened
from cutout.rendering.soft import gaussian
from cutout.rendering.tone import tone_towards

Picture8 = NDArray[np.uint8]
ALL = np.full((384, 384), 255, np.uint8)


def bars(sigma: float) -> Picture8:
    """Slanted bars, 12 pixels wide, blurred by ``sigma``."""
    y, x = np.mgrid[:384, :384]
    plane = gaussian(np.where((x + y // 8) % 24 < 12, 60, 190).astype(np.float32), sigma, sigma)
    return np.repeat(np.rint(plane).astype(np.uint8)[..., None], 3, 2)


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.5, 2.0])
def test_the_blur_of_edges_is_found(sigma: float) -> None:
    assert blur_of(bars(sigma), ALL > 0) == pytest.approx(sigma, abs=0.35)


def test_without_edges_nothing_is_known() -> None:
    assert blur_of(np.full((384, 384, 3), 99, np.uint8), ALL > 0) is None


def test_the_sharpest_part_counts() -> None:
    picture8 = bars(2.0)
    picture8[:, 192:] = bars(0.6)[:, 192:]

    assert blur_of(picture8, ALL > 0) < 1.1


@pytest.mark.parametrize(
    ("subject", "ground", "expected"),
    [
        (0.4, 1.1, 1.0),  # the square root of 1.1^2 - 0.4^2
        (1.1, 0.4, 0.0),  # never sharper
        (0.6, 0.7, 0.0),  # as good as the same
        (0.4, 3.0, 0.0),  # out of focus on purpose
    ],
)
def test_a_subject_is_softened_when_its_background_is_a_little_softer(
    subject: float, ground: float, expected: float
) -> None:
    assert tone_towards(bars(subject), ALL, bars(ground), 1.0).blur == pytest.approx(expected, abs=0.35)


def test_colours_outside_the_subject_do_not_blur_into_it() -> None:
    alpha8 = ALL.copy()
    alpha8[:, 200:] = 0
    rgb8 = np.full((384, 384, 3), 80, np.uint8)
    rgb8[:, 200:] = 255

    assert np.array_equal(softened(rgb8, alpha8, 1.2), rgb8)


def test_an_edge_inside_the_subject_is_blurred_by_the_asked_amount() -> None:
    rgb8 = np.zeros((300, 60, 3), np.uint8)
    rgb8[:, 30:] = 200

    row = softened(rgb8, ALL[:300, :60], 2.5)[150, :, 0]

    assert np.interp([27.5, 30, 32.5], np.arange(60) + 0.5, row) == pytest.approx([31.7, 100, 168.3], abs=3)
