"""Shades laid on backgrounds and kept in files: arithmetic by hand, in linear light."""

import numpy as np
import pytest

from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.rendering.backgrounds import flatten
from cutout.rendering.shading import shaded, under
from scenes import assert_close, disc


def plain(level: int) -> np.ndarray:
    return np.full((1, 1, 3), level, np.uint8)


def shade(level: int) -> np.ndarray:
    return np.full((1, 1), level, np.uint8)


@pytest.mark.parametrize(
    ("background", "level", "opacity", "expected"),
    [
        (255, 255, 1.0, 0),
        (255, 255, 0.5, 188),  # half of the light
        (255, 128, 1.0, 187),
        (188, 255, 0.5, 137),  # a quarter
        (188, 0, 1.0, 188),
        (188, 255, 0.0, 188),
        (0, 255, 0.7, 0),
    ],
)
def test_a_shade_takes_a_share_of_the_light(
    background: int, level: int, opacity: float, expected: int
) -> None:
    assert shaded(plain(background), shade(level), opacity).tolist() == [[[expected] * 3]]


def test_what_reaches_into_the_shadow_gives_it_its_colour() -> None:
    """Level 188 is half of the light: a full shadow takes half of blue and all of red."""
    assert shaded(plain(255), shade(255), 1.0, (0, 255, 188)).tolist() == [[[0, 255, 188]]]


def test_no_shade_changes_no_level() -> None:
    background8 = np.random.default_rng(1).integers(0, 256, (300, 40, 3), np.uint8)

    assert np.array_equal(shaded(background8, np.zeros((300, 40), np.uint8), 1.0), background8)


@pytest.mark.parametrize(("mixing", "alpha"), [(CAMERA, 128), (GRAPHIC, 67)])
def test_half_of_the_light_as_black_with_alpha(mixing: Mixing, alpha: int) -> None:
    """A browser shows 255 - 67 = 188 on white, which is half of the light."""
    rgb8, alpha8 = under(plain(90), shade(0), shade(255), 0.5, mixing)

    assert rgb8.tolist() == [[[0, 0, 0]]]
    assert alpha8.tolist() == [[alpha]]


@pytest.mark.parametrize("mixing", [CAMERA, GRAPHIC], ids=lambda mixing: mixing.name)
def test_only_soft_pixels_in_the_shade_change(mixing: Mixing) -> None:
    scene = disc(80, 25, 4)
    shade8 = np.zeros((80, 80), np.uint8)
    shade8[:, 40:] = 200

    rgb8, alpha8 = under(scene.foreground8, scene.alpha8, shade8, 0.6, mixing)

    same = (shade8 == 0) | (scene.alpha8 == 255)
    assert np.array_equal(rgb8[same], scene.foreground8[same])
    assert np.array_equal(alpha8[same], scene.alpha8[same])
    assert np.all(alpha8[~same] >= scene.alpha8[~same])
    assert alpha8[5, 60] > 0


@pytest.mark.parametrize("colour", [(255, 255, 255), (200, 120, 40), (0, 0, 0)])
def test_the_file_laid_over_a_colour_is_the_cutout_over_the_shaded_colour(
    colour: tuple[int, int, int],
) -> None:
    scene = disc(80, 25, 4)
    shade8 = np.tile(np.linspace(0, 255, 80).astype(np.uint8), (80, 1))
    ground8 = shaded(np.broadcast_to(np.array(colour, np.uint8), (80, 80, 3)), shade8, 0.6)
    a = scene.alpha8[..., None] / np.float32(255)
    over = a * CAMERA.to_amounts(scene.foreground8) + (1 - a) * CAMERA.to_amounts(ground8)

    actual8 = flatten(*under(scene.foreground8, scene.alpha8, shade8, 0.6, CAMERA), colour, CAMERA)

    assert_close(CAMERA.to_levels8(over), actual8, worst=3, mean=0.35)
