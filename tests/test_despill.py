"""Green and blue light on a subject's rim. Scenes have a noisy screen, a lit subject and a straight edge between."""

import numpy as np
import pytest

from cutout.matting.despill import despill

ROWS, COLUMNS, EDGE, SOFT = 200, 300, 150, 6
GREEN, BLUE, LEAF, WALL = (60, 175, 85), (40, 70, 190), (110, 150, 80), (150, 150, 140)
SKIN, SHIRT = (200, 154, 128), (70, 165, 90)


def scene(ground, subject, noise=2.0):
    """The subject on the left, its edge SOFT pixels wide; (photograph, alpha8)."""
    random = np.random.default_rng(0)
    alpha = np.clip((EDGE + SOFT - np.arange(COLUMNS)) / SOFT, 0, 1)[None, :, None].repeat(ROWS, 0)
    rgb = (
        alpha * np.array(subject)
        + (1 - alpha) * np.array(ground)
        + random.normal(0, noise, (ROWS, COLUMNS, 3))
    )
    return np.rint(rgb.clip(0, 255)).astype(np.uint8), np.rint(alpha[..., 0] * 255).astype(np.uint8)


def painted(subject, alpha8, tint):
    """The subject's colour wherever alpha says so, and ``tint`` more in the soft pixels."""
    foreground8 = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    foreground8[alpha8 > 0] = subject
    soft = (alpha8 > 0) & (alpha8 < 255)
    foreground8[soft] = np.clip(np.array(subject) + tint, 0, 255)
    return foreground8, soft


@pytest.mark.parametrize(
    ("ground", "tint", "worst"),
    [(GREEN, (0, 50, 0), 14), (BLUE, (0, 0, 60), 14), (GREEN, (0, -50, 0), 14)],
    ids=["green", "blue", "taken too much"],
)
def test_the_screens_colour_leaves_the_rim(ground, tint, worst):
    rgb8, alpha8 = scene(ground, SKIN)
    foreground8, soft = painted(SKIN, alpha8, tint)

    cleaned8 = despill(foreground8, rgb8, alpha8)

    assert np.abs(foreground8[soft].astype(int) - SKIN).max() >= 50
    assert np.abs(cleaned8[soft].astype(int) - SKIN).max() <= worst


@pytest.mark.parametrize(
    "ground",
    [
        scene(WALL, SKIN),
        scene(GREEN, SKIN, noise=25.0),
        scene(LEAF, SKIN),
        scene((200, 40, 40), SKIN),
    ],
    ids=["grey wall", "grass", "leaves out of focus", "red wall"],
)
def test_without_a_screen_nothing_changes(ground):
    rgb8, alpha8 = ground
    foreground8, _ = painted(SKIN, alpha8, (0, 50, 0))

    assert despill(foreground8, rgb8, alpha8) is foreground8


def test_a_subject_of_the_screens_hue_keeps_it():
    rgb8, alpha8 = scene(GREEN, SHIRT)
    foreground8, _ = painted(SHIRT, alpha8, (0, 0, 0))

    assert np.array_equal(despill(foreground8, rgb8, alpha8), foreground8)


def test_the_inside_is_not_touched():
    """A green badge in the middle of the subject lies farther from the edge than the screen's light reaches."""
    rgb8, alpha8 = scene(GREEN, SKIN)
    foreground8, _ = painted(SKIN, alpha8, (0, 50, 0))
    foreground8[90:110, 60:80] = GREEN

    cleaned8 = despill(foreground8, rgb8, alpha8)

    assert np.array_equal(cleaned8[:, : EDGE - 10], foreground8[:, : EDGE - 10])


@pytest.mark.parametrize("level", [0, 1, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (40, 30)])
def test_mattes_of_one_level_and_any_shape(shape, level):
    rgb8 = np.full((*shape, 3), GREEN, np.uint8)

    cleaned8 = despill(rgb8, rgb8, np.full(shape, level, np.uint8))

    assert np.array_equal(cleaned8, rgb8)


def test_nothing_is_changed_in_place():
    rgb8, alpha8 = scene(GREEN, SKIN)
    foreground8, _ = painted(SKIN, alpha8, (0, 50, 0))
    before8 = foreground8.copy()

    despill(foreground8, rgb8, alpha8)

    assert np.array_equal(foreground8, before8)
