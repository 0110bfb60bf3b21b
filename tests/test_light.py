import numpy as np
import pytest

from cutout.light import to_linear, to_srgb8


@pytest.mark.parametrize(
    ("level", "linear"),
    [(0, 0.0), (10, 0.0030353), (11, 0.0033465), (128, 0.2158605), (188, 0.5028865), (255, 1.0)],
)
def test_known_levels(level, linear):
    """IEC 61966-2-1 on either side of the end of its linear part, and half the light, which is level 188."""
    assert to_linear(np.array([level], np.uint8))[0] == pytest.approx(linear, abs=1e-6)
    assert to_srgb8(np.array([linear], np.float32)).tolist() == [level]


def test_every_level_comes_back():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)

    assert to_srgb8(to_linear(levels)).tolist() == levels.tolist()


def test_light_outside_the_range_is_clipped():
    assert to_srgb8(np.array([[-0.5, 1.5]], np.float32)).tolist() == [[0, 255]]


def test_the_nearest_level_is_chosen_also_in_the_blacks():
    """Level 1 is 0.000304 of the light; the steps of the table must be much finer than that."""
    dark = np.array([0.000140, 0.000163, 0.000440, 0.000470], np.float32)

    assert to_srgb8(dark).tolist() == [0, 1, 1, 2]
