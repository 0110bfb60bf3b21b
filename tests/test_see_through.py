"""Whether the background is seen through what the matte calls solid."""

import numpy as np
import pytest

from cutout.codec import resize
from cutout.matting.see_through import see_through

SIDE = 400


def patches(seed: int, cells: int = 5) -> np.ndarray:
    """Soft patches of colour, as a room out of focus: float (SIDE, SIDE, 3), levels."""
    grid = np.random.default_rng(seed).uniform(0, 255, (cells, cells, 3)).astype(np.float32)
    return np.clip(resize(grid, SIDE, SIDE, "bicubic"), 0, 255)


def square() -> np.ndarray:
    alpha8 = np.zeros((SIDE, SIDE), np.uint8)
    alpha8[100:300, 100:300] = 255
    return alpha8


def seen(subject: np.ndarray, ground: np.ndarray) -> float:
    """What is said of a matte that takes the square for solid."""
    alpha8 = square()
    rgb = np.where(alpha8[..., None] == 255, subject, ground)
    return see_through(np.rint(rgb).clip(0, 255).astype(np.uint8), alpha8)


@pytest.mark.parametrize("seed", range(4))
def test_glass_before_patches_of_colour_is_seen_through(seed: int) -> None:
    ground = patches(seed)
    shine = 60 * (np.mgrid[:SIDE, :SIDE][1, ..., None] % 97 < 9)

    assert seen(0.4 * ground + 90 + shine, ground) > 0.5


@pytest.mark.parametrize("seed", range(4))
def test_an_opaque_thing_with_colours_of_its_own_is_not(seed: int) -> None:
    assert seen(patches(seed + 100, cells=40), patches(seed)) < 0.3


def test_one_lamp_for_both_is_no_glass() -> None:
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    light = (0.5 + 0.5 * x)[..., None]
    warmth = np.stack([y, y / 2, 1 - y], axis=2) * 60

    found = seen(light * 180 + warmth, light * 90 + warmth + patches(5) / 10)

    assert found < 0.44


@pytest.mark.parametrize("ground", [np.full((SIDE, SIDE, 3), 200.0), patches(3).mean(2, keepdims=True)])
def test_a_ground_of_one_hue_says_nothing(ground: np.ndarray) -> None:
    assert seen(0.5 * ground + 40 + 0.2 * patches(9), ground + np.zeros((SIDE, SIDE, 3))) == 0.0


@pytest.mark.parametrize("alpha8", [np.zeros((SIDE, SIDE), np.uint8), np.full((SIDE, SIDE), 255, np.uint8)])
def test_without_a_subject_or_a_background_there_is_nothing_to_say(alpha8: np.ndarray) -> None:
    assert see_through(patches(1).astype(np.uint8), alpha8) == 0.0
