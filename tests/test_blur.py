"""The background out of focus: nothing of the subject in it, and as bright as it was."""

from dataclasses import replace

import numpy as np
import pytest

from cutout.light import CAMERA, to_linear
from cutout.rendering.backgrounds import composite
from cutout.rendering.blur import lens_blurred
from cutout.rendering.placement import Placement, unchanged
from scenes import Scene, assert_close, disc, mesh, strands


def clear(shape: tuple[int, int]) -> np.ndarray:
    return np.zeros(shape, np.uint8)


@pytest.mark.parametrize("radius", [0.004, 0.03, 0.2])
def test_an_even_background_comes_back_without_a_trace_of_the_subject(radius: float):
    """An orange disc with a wide soft edge before one blue."""
    made = disc(500, 150, 40)
    ground8 = np.full((500, 500, 3), (30, 60, 200), np.uint8)
    rgb8 = composite(made.foreground8, made.alpha8, ground8, CAMERA)

    blurred8 = lens_blurred(rgb8, made.foreground8, made.alpha8, radius, unchanged(500, 500))

    assert_close(ground8, blurred8, worst=4, mean=0.1)


@pytest.mark.parametrize(
    ("made", "mean"),
    [(disc(400, 120, 12), 0.4), (strands(400, 30, seed=4), 0.4), (mesh(400, 24, 3), 0.5)],
    ids=["disc", "strands", "mesh"],
)
def test_beside_the_subject_it_is_the_true_background_s_blur(made: Scene, mean: float):
    """The scene's background is known behind the subject, too; what is covered was guessed from around it."""
    expected8 = lens_blurred(made.background8, made.foreground8, clear((400, 400)), 0.02, unchanged(400, 400))

    blurred8 = lens_blurred(made.rgb8, made.foreground8, made.alpha8, 0.02, unchanged(400, 400))

    seen = made.alpha8 < 250
    assert np.abs(blurred8[seen].astype(float) - expected8[seen]).mean() < mean


def test_a_light_becomes_a_bright_disc():
    """One light of 9 x 9 pixels in the dark: a disc of the radius asked for, dark beyond, brighter than its mean."""
    rgb8 = np.zeros((400, 400, 3), np.uint8)
    rgb8[196:205, 196:205] = 255
    radius = 20 / np.hypot(400, 400)

    blurred8 = lens_blurred(rgb8, rgb8, clear((400, 400)), radius, unchanged(400, 400))

    y, x = np.mgrid[:400, :400] - 200
    away = np.hypot(y, x)
    assert blurred8[away > 28].max() == 0
    assert blurred8[away < 10].min() > 60
    light = to_linear(blurred8[away < 10])
    assert light.mean() > 2.5 * 81 / (np.pi * 20**2)  # what a mean without raising would have
    assert blurred8[(away > 14) & (away < 16)].min() > 0.9 * blurred8[away < 5].min()


def test_the_blur_is_laid_out_like_the_photograph():
    """Left half dark, right half light: the middle of the change lies where the placement puts it."""
    rgb8 = np.full((300, 400, 3), 40, np.uint8)
    rgb8[:, 200:] = 220
    placement = Placement(height=200, width=300, scale=0.5, top=20, left=60)

    blurred8 = lens_blurred(rgb8, rgb8, clear((300, 400)), 0.02, placement)[..., 0]

    assert blurred8.shape == (200, 300)
    assert (blurred8[:, 70:145] == 40).all()
    assert (blurred8[:, 175:255] == 220).all()
    assert 60 < blurred8[100, 160] < 210
    assert blurred8[100, :55].max() == 40  # beyond the frame it is mirrored


def test_a_picture_that_is_all_subject_gives_its_mean():
    rgb8 = np.full((100, 80, 3), 90, np.uint8)
    rgb8[::2] = 160

    blurred8 = lens_blurred(rgb8, rgb8, np.full((100, 80), 255, np.uint8), 0.05, unchanged(100, 80))

    assert blurred8.min() > 110
    assert blurred8.max() < 150


@pytest.mark.parametrize("shape", [(1, 1), (20, 20), (15, 300), (300, 15), (7, 2)])
@pytest.mark.parametrize("radius", [0.002, 0.1, 0.5])
def test_any_shape_keeps_its_even_colour(shape: tuple[int, int], radius: float):
    rgb8 = np.full((*shape, 3), (200, 180, 20), np.uint8)
    frame = unchanged(*shape)

    for placement in (frame, replace(frame, scale=2.5), replace(frame, height=16, width=16, scale=0.1)):
        blurred8 = lens_blurred(rgb8, rgb8, clear(shape), radius, placement)
        assert np.abs(blurred8.astype(int) - (200, 180, 20)).max() <= 1
